//! `gardefou rules`: every rule in a line.

use serde::Serialize;

use super::args::{Format, RulesArgs, TerminalArgs};
use super::request::loaded;
use super::{Fault, terminal};
use crate::config::words::Severity;
use crate::policy::Engine;
use crate::report::{Lang, clean_line, write_json};
use crate::verdict::{ExitStatus, OWN_POLICY, OWN_RULES};

#[derive(Serialize)]
struct RuleOut {
    id: String,
    policy: String,
    title: String,
    help: String,
    severity: &'static str,
    #[serde(skip)]
    grade: Severity,
    min_level: Option<&'static str>,
    requirements: Vec<String>,
    since: String,
}

pub(super) fn run(args: &RulesArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let lang = terminal.lang();
    let engine = loaded(&args.policy, args.no_cache)?;
    let rules = entries(&engine, lang);
    terminal::print(|out| match args.format {
        Format::Human => out.write_all(terminal::readable(&table(&rules, lang)).as_bytes()),
        Format::Json => {
            write_json(&rules, out)?;
            out.write_all(b"\n")
        }
    })
    .map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

/// Those of the policies and those of Gardefou itself, in order of id.
fn entries(engine: &Engine, lang: Lang) -> Vec<RuleOut> {
    let of_policies = engine.rules().iter().map(|rule| RuleOut {
        id: rule.id.clone(),
        policy: rule.policy.to_string(),
        title: lang.of(&rule.title).to_owned(),
        help: lang.of(&rule.help).to_owned(),
        severity: rule.severity.as_str(),
        grade: rule.severity,
        min_level: rule.min_level.map(|level| level.as_str()),
        requirements: rule.requirements.clone(),
        since: rule.since.clone(),
    });
    let own = OWN_RULES.iter().map(|rule| RuleOut {
        id: rule.id.to_owned(),
        policy: OWN_POLICY.to_owned(),
        title: lang.of(&rule.title()).to_owned(),
        help: lang.of(&rule.help()).to_owned(),
        severity: rule.severity.as_str(),
        grade: rule.severity,
        min_level: None,
        requirements: Vec::new(),
        since: rule.since.to_owned(),
    });
    let mut all: Vec<_> = of_policies.chain(own).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn table(rules: &[RuleOut], lang: Lang) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let grades = rules.iter().map(|rule| lang.severity(rule.grade));
    let grades = grades.map(|word| word.chars().count()).max().unwrap_or(0);
    let line = |rule: &RuleOut| {
        let title = clean_line(&rule.title);
        let whose = if rule.policy == OWN_POLICY {
            lang.pick(" (of the tool itself)", " (de l’outil lui-même)")
        } else {
            ""
        };
        format!(
            "{:<width$}  {:<grades$}  {title}{whose}\n",
            rule.id,
            lang.severity(rule.grade)
        )
    };
    rules.iter().map(line).collect()
}
