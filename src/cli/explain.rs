//! `gardefou explain`: a rule, a requirement or an offering.

use std::fmt::{self, Write as _};

use super::args::{ExplainArgs, TerminalArgs};
use super::request::{as_of, loaded};
use super::{Fault, request, terminal};
use crate::catalog::{Catalog, Query, Requirement};
use crate::config::suggest;
use crate::policy::Rule;
use crate::report::catalogue::{Question, offering};
use crate::report::{Lang, clean};
use crate::verdict::{ExitStatus, OWN_RULES, OwnRule};

pub(super) fn run(args: &ExplainArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let engine = loaded(&args.policy, args.no_cache)?;
    let extended = request::catalog(&args.catalog)?;
    let catalog = extended.catalog;
    let lang = args.lang.into();
    let (what, rules) = (args.what.trim(), engine.rules());
    let upper = what.to_uppercase();
    let text = if let Some(rule) = rules.iter().find(|rule| rule.id == what) {
        explain_rule(rule, lang)
    } else if let Some(rule) = OWN_RULES.iter().find(|rule| rule.id == what) {
        explain_own(rule, lang)
    } else if let Some(requirement) = catalog.requirement(&upper) {
        explain_requirement(requirement, catalog, rules.iter().map(|rule| &**rule), lang)
    } else if let Some(found) = catalog.offering(&what.to_lowercase()) {
        let question = Question {
            catalog,
            folders: &extended.folders,
            query: &Query::default(),
            provider: None,
            as_of: as_of(args.as_of.as_deref())?,
            lang,
        };
        // Colours are its own: what comes from the catalogue is cleaned where it is set.
        let look = terminal::look(terminal);
        let text = offering::human(found, &question, &look)
            .map_err(|_| Fault::stdout(std::io::Error::other("text too large")))?;
        terminal::print(|out| out.write_all(text.as_bytes())).map_err(Fault::stdout)?;
        return Ok(ExitStatus::Clean);
    } else {
        let known: Vec<&str> = (rules.iter().map(|rule| rule.id.as_str()))
            .chain(OWN_RULES.iter().map(|rule| rule.id))
            .chain(catalog.requirements().map(|one| one.id.as_str()))
            .chain(catalog.offerings().map(|one| one.id.as_str()))
            .collect();
        let near = suggest::closest(what, known.iter().copied()).or_else(|| ending(what, &known));
        let help = near.map_or_else(
            || "`gardefou rules` lists the rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Fault::Usage(format!(
            "nothing is called `{what}`\nhelp: {help}"
        )));
    };
    let text = text.map_err(|_| Fault::stdout(std::io::Error::other("text too large")))?;
    terminal::print(|out| out.write_all(clean(&text).as_bytes())).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

/// People remember the second half of an id.
fn ending<'a>(what: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut known = known.iter().copied();
    known.find(|id| id.rsplit('/').next() == Some(what))
}

fn explain_rule(rule: &Rule, lang: Lang) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}\n{}\n", rule.id, lang.of(&rule.title))?;
    writeln!(out, "severity      {}", rule.severity)?;
    if let Some(level) = rule.min_level {
        writeln!(out, "asked from    {level} data")?;
    }
    if !rule.requirements.is_empty() {
        writeln!(out, "requirements  {}", rule.requirements.join(", "))?;
    }
    writeln!(out, "policy        {}", rule.policy)?;
    writeln!(out, "since         {}", rule.since)?;
    let (doc, help) = (lang.of(&rule.doc).trim(), lang.of(&rule.help));
    writeln!(out, "\n{}", if doc.is_empty() { help } else { doc })?;
    Ok(out)
}

/// A rule about the configuration: nothing of the law asks for it.
fn explain_own(rule: &OwnRule, lang: Lang) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}\n{}\n", rule.id, lang.of(&rule.title()))?;
    writeln!(out, "severity      {}", rule.severity)?;
    writeln!(out, "policy        none: a rule of the tool itself")?;
    writeln!(out, "since         {}", rule.since)?;
    let (doc, help) = (rule.doc(), rule.help());
    writeln!(out, "\n{}\n\n{}", lang.of(&doc), lang.of(&help))?;
    Ok(out)
}

fn explain_requirement<'a>(
    of: &Requirement,
    catalog: &Catalog,
    rules: impl Iterator<Item = &'a Rule>,
    lang: Lang,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}\n{}\n", of.id, of.title)?;
    let framework = catalog.framework(&of.framework);
    let framework = framework.map_or(&*of.framework, |framework| match lang {
        Lang::En => &framework.name,
        Lang::Fr => &framework.name_fr,
    });
    writeln!(out, "framework     {framework}")?;
    let source = catalog.reference(&of.source);
    let source = source.map_or(&*of.source, |source| &source.reference);
    writeln!(out, "source        {source}")?;
    if !of.references.is_empty() {
        writeln!(out, "references    {}", of.references.join(", "))?;
    }
    let levels: Vec<String> = of
        .severity
        .iter()
        .rev()
        .map(|(level, severity)| format!("{severity} for {level} data"))
        .collect();
    if !levels.is_empty() {
        writeln!(out, "severity      {}", levels.join(", "))?;
    }
    for (name, text) in [
        ("breaks it", &of.breaks),
        ("shows it", &of.shows),
        ("note", &of.note),
    ] {
        if !text.is_empty() {
            writeln!(out, "{name:<12}  {text}")?;
        }
    }
    let mut none = true;
    writeln!(out)?;
    for rule in rules.filter(|rule| rule.requirements.contains(&of.id)) {
        writeln!(out, "judged by     {}: {}", rule.id, lang.of(&rule.title))?;
        none = false;
    }
    if none {
        writeln!(out, "judged by     no rule of this version")?;
    }
    Ok(out)
}
