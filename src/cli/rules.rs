//! `gardefou rules`: every rule in a line.

use serde::Serialize;

use super::args::{Format, RulesArgs};
use super::request::loaded;
use super::{Fault, terminal};
use crate::policy::Rule;
use crate::report::{Lang, clean_line};
use crate::verdict::ExitStatus;

#[derive(Serialize)]
struct RuleOut<'a> {
    id: &'a str,
    policy: &'a str,
    title: &'a str,
    help: &'a str,
    severity: &'static str,
    min_level: Option<&'static str>,
    requirements: &'a [String],
    since: &'a str,
}

pub(super) fn run(args: &RulesArgs) -> Result<ExitStatus, Fault> {
    let engine = loaded(&args.policy)?;
    let (rules, lang) = (engine.rules(), args.lang.into());
    terminal::print(|out| match args.format {
        Format::Human => out.write_all(table(rules.iter().map(|rule| &**rule), lang).as_bytes()),
        Format::Json => {
            let rules: Vec<_> = rules.iter().map(|rule| entry(rule, lang)).collect();
            serde_json::to_writer_pretty(&mut *out, &rules)?;
            out.write_all(b"\n")
        }
    })
    .map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

fn entry(rule: &Rule, lang: Lang) -> RuleOut<'_> {
    RuleOut {
        id: &rule.id,
        policy: &rule.policy,
        title: lang.of(&rule.title),
        help: lang.of(&rule.help),
        severity: rule.severity.as_str(),
        min_level: rule.min_level.map(|level| level.as_str()),
        requirements: &rule.requirements,
        since: &rule.since,
    }
}

fn table<'a>(rules: impl Iterator<Item = &'a Rule> + Clone, lang: Lang) -> String {
    let width = rules.clone().map(|rule| rule.id.len()).max().unwrap_or(0);
    rules
        .map(|rule| {
            let title = clean_line(lang.of(&rule.title));
            format!("{:<width$}  {:<8}  {title}\n", rule.id, rule.severity)
        })
        .collect()
}
