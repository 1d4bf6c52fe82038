//! `gardefou explain`: a rule, a requirement or an offering.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::args::{ExplainArgs, TerminalArgs};
use super::request::{as_of, loaded};
use super::{Fault, request, terminal};
use crate::catalog::{Catalog, Check, Framework, Query, Requirement};
use crate::config::suggest;
use crate::policy::Rule;
use crate::report::catalogue::{Question, offering};
use crate::report::{Lang, clean};
use crate::text::{Text, did_you_mean, text};
use crate::verdict::{ExitStatus, OWN_RULES, OwnRule, Standing};

pub(super) fn run(args: &ExplainArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let engine = loaded(&args.policy, args.no_cache)?;
    let extended = request::catalog(&args.catalog)?;
    let catalog = extended.catalog;
    let lang = terminal.lang();
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
        terminal::print_text(&text).map_err(Fault::stdout)?;
        return Ok(ExitStatus::Clean);
    } else if let Some(judges) = others(what, rules) {
        explain_other(what, &judges, lang)
    } else {
        let known: Vec<&str> = (rules.iter().map(|rule| rule.id.as_str()))
            .chain(OWN_RULES.iter().map(|rule| rule.id))
            .chain(catalog.requirements().map(|one| one.id.as_str()))
            .chain(catalog.offerings().map(|one| one.id.as_str()))
            .collect();
        let near = suggest::closest(what, known.iter().copied()).or_else(|| ending(what, &known));
        let help = near.map_or_else(
            || {
                Text::new(
                    "`gardefou rules` lists the rules",
                    "`gardefou rules` liste les règles",
                )
            },
            did_you_mean,
        );
        let message = text!("nothing is called `{what}`", "rien ne s’appelle `{what}`");
        return Err(Fault::with_help(message, help));
    };
    let text = text.map_err(|_| Fault::stdout(std::io::Error::other("text too large")))?;
    terminal::print_text(&clean(&text)).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

/// People remember the second half of an id.
fn ending<'a>(what: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut known = known.iter().copied();
    known.find(|id| id.rsplit('/').next() == Some(what))
}

/// Width of the names in the left column.
const NAMES: usize = 12;

/// A name in the left column, and what it is.
fn line(out: &mut String, name: &str, text: impl std::fmt::Display) -> fmt::Result {
    writeln!(out, "{name:<NAMES$}  {text}")
}

fn explain_rule(rule: &Rule, lang: Lang) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}\n{}\n", rule.id, lang.of(&rule.title))?;
    line(
        &mut out,
        lang.pick("severity", "gravité"),
        lang.severity(rule.severity),
    )?;
    if let Some(level) = rule.min_level {
        line(
            &mut out,
            lang.pick("asked from", "à partir de"),
            lang.data(level),
        )?;
    }
    if !rule.requirements.is_empty() {
        let name = lang.pick("requirements", "exigences");
        line(&mut out, name, rule.requirements.join(", "))?;
    }
    for option in &rule.options {
        let default = match option.default.as_slice() {
            [] => lang.pick("nothing", "rien").to_owned(),
            all => all.join(", "),
        };
        let about = lang.of(&option.about).trim_end_matches('.');
        let word = lang.pick("default:", "par défaut :");
        let colon = lang.pick(":", " :");
        let text = format!("{}{colon} {about} ({word} {default})", option.name);
        line(&mut out, "option", text)?;
    }
    line(&mut out, lang.pick("policy", "politique"), &rule.policy)?;
    line(&mut out, lang.pick("since", "depuis"), &rule.since)?;
    let (doc, help) = (lang.of(&rule.doc).trim(), lang.of(&rule.help));
    writeln!(out, "\n{}", if doc.is_empty() { help } else { doc })?;
    Ok(out)
}

/// A rule about the configuration: nothing of the law asks for it.
fn explain_own(rule: &OwnRule, lang: Lang) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}\n{}\n", rule.id, lang.of(&rule.title()))?;
    line(
        &mut out,
        lang.pick("severity", "gravité"),
        lang.severity(rule.severity),
    )?;
    let own = lang.pick(
        "none: a rule of the tool itself",
        "aucune : une règle de l’outil lui-même",
    );
    line(&mut out, lang.pick("policy", "politique"), own)?;
    line(&mut out, lang.pick("since", "depuis"), rule.since)?;
    let (doc, help) = (rule.doc(), rule.help());
    writeln!(out, "\n{}\n\n{}", lang.of(&doc), lang.of(&help))?;
    Ok(out)
}

/// The rules that name a requirement which the catalogue does not have: policies of others bring their own.
fn others<'a>(id: &str, rules: &'a [Arc<Rule>]) -> Option<Vec<&'a Rule>> {
    let named = |rule: &&Arc<Rule>| rule.requirements.iter().any(|one| one == id);
    let judges: Vec<&Rule> = rules.iter().filter(named).map(|rule| &**rule).collect();
    (!judges.is_empty()).then_some(judges)
}

fn explain_other(id: &str, judges: &[&Rule], lang: Lang) -> Result<String, fmt::Error> {
    let own = lang.pick(
        "A requirement of a policy's own: no framework of the catalogue has it.",
        "Une exigence propre à une politique : aucun référentiel du catalogue ne l’a.",
    );
    let mut out = format!("{id}\n{own}\n\n");
    for rule in judges {
        judged_by(&mut out, rule, lang)?;
    }
    Ok(out)
}

fn judged_by(out: &mut String, rule: &Rule, lang: Lang) -> fmt::Result {
    let name = lang.pick("judged by", "jugée par");
    let colon = lang.pick(":", " :");
    let title = lang.of(&rule.title);
    line(out, name, format!("{}{colon} {title}", rule.id))
}

fn explain_requirement<'a>(
    of: &Requirement,
    catalog: &Catalog,
    rules: impl Iterator<Item = &'a Rule>,
    lang: Lang,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let title = Text::new(of.title.clone(), of.title_fr.clone());
    writeln!(out, "{} ({})\n{}\n", of.id, of.number, lang.of(&title))?;
    frameworks(&mut out, of, catalog, lang)?;
    let sources: Vec<&str> = of
        .source
        .split(", ")
        .map(|id| catalog.reference(id).map_or(id, |source| &source.reference))
        .collect();
    let source = sources.join("; ");
    line(&mut out, lang.pick("source", "source"), source)?;
    if !of.references.is_empty() {
        let name = lang.pick("references", "références");
        line(&mut out, name, of.references.join(", "))?;
    }
    let levels: Vec<String> = of
        .severity
        .iter()
        .rev()
        .map(|(level, severity)| {
            let (severity, data) = (lang.severity(*severity), lang.data(*level));
            format!("{severity} {} {data}", lang.pick("for", "pour les"))
        })
        .collect();
    if !levels.is_empty() {
        line(
            &mut out,
            lang.pick("severity", "gravité"),
            levels.join(", "),
        )?;
    }
    for (name, text) in [
        (lang.pick("breaks it", "l’enfreint"), &of.breaks),
        (lang.pick("shows it", "la montre"), &of.shows),
        ("note", &of.note),
    ] {
        if !text.is_empty() {
            // The catalogue has them in one language.
            let text = format!("{}{text}", lang.pick("", "(en anglais) "));
            line(&mut out, name, text)?;
        }
    }
    writeln!(out)?;
    let name = lang.pick("judged by", "jugée par");
    let judges: Vec<&Rule> = rules
        .filter(|rule| rule.requirements.contains(&of.id))
        .collect();
    for rule in &judges {
        judged_by(&mut out, rule, lang)?;
    }
    if of.check == Check::Scan {
        let scan = lang.pick(
            "the scan itself, from the configuration and the levels that it finds",
            "l’analyse elle-même, d’après la configuration et les niveaux qu’elle trouve",
        );
        line(&mut out, name, scan)?;
    } else if judges.is_empty() {
        let none = lang.pick("no rule of this version", "aucune règle de cette version");
        line(&mut out, name, none)?;
        if let Some(why) = &of.unchecked {
            let why = Text::new(why.en.clone(), why.fr.clone());
            line(&mut out, lang.pick("because", "car"), lang.of(&why))?;
        }
    }
    stands(&mut out, of, !judges.is_empty(), lang)?;
    attest(&mut out, of, lang)?;
    Ok(out)
}

/// Its own framework, and those that it serves beside.
fn frameworks(out: &mut String, of: &Requirement, catalog: &Catalog, lang: Lang) -> fmt::Result {
    let named = |one: &Framework| match lang {
        Lang::En => one.name.clone(),
        Lang::Fr => one.name_fr.clone(),
    };
    let own = catalog.framework(&of.framework);
    let own = own.map_or_else(|| of.framework.clone(), named);
    line(out, lang.pick("framework", "référentiel"), own)?;
    let others: Vec<String> = catalog
        .frameworks()
        .filter(|one| one.id != of.framework && one.is_served_by(of))
        .map(named)
        .collect();
    if !others.is_empty() {
        line(
            out,
            lang.pick("serves too", "sert aussi"),
            others.join("; "),
        )?;
    }
    Ok(())
}

/// How it can stand in a report.
fn stands(out: &mut String, of: &Requirement, judged: bool, lang: Lang) -> fmt::Result {
    let can = |standing: &&Standing| match standing {
        Standing::Violated | Standing::Met | Standing::Undetermined => {
            judged || of.check == Check::Scan
        }
        Standing::Waived => judged,
        Standing::Attested => of.is_attestable(),
        Standing::NotApplicable => true,
        Standing::NotChecked => !judged && of.check != Check::Scan,
    };
    let name = lang.pick("can stand", "peut être");
    for (at, standing) in Standing::ALL.iter().filter(can).enumerate() {
        let (word, means) = (lang.standing(*standing), lang.standing_means(*standing));
        let text = format!("{word}{} {means}", lang.pick(":", " :"));
        line(out, if at == 0 { name } else { "" }, text)?;
    }
    Ok(())
}

/// How to attest it, or why that counts for nothing.
fn attest(out: &mut String, of: &Requirement, lang: Lang) -> fmt::Result {
    writeln!(out)?;
    if !of.is_attestable() {
        let why = match of.check {
            Check::Scan => lang.pick(
                "It cannot be attested: the scan decides it.",
                "Elle ne s’atteste pas : l’analyse la tranche.",
            ),
            _ => lang.pick(
                "It cannot be attested: the code shows it. An offering that code cannot tell is attested with `offering`, and a \
                 finding is accepted with [[waiver]].",
                "Elle ne s’atteste pas : le code la montre. Une offre que le code ne dit pas s’atteste avec `offering`, et un \
                 constat s’accepte avec [[waiver]].",
            ),
        };
        return writeln!(out, "{why}");
    }
    let how = lang.pick(
        "To attest it, in gardefou.toml:",
        "Pour l’attester, dans gardefou.toml :",
    );
    let document = lang.pick("the document that says so", "le document qui le dit");
    let who = lang.pick("who states it", "qui l’atteste");
    writeln!(
        out,
        "{how}\n\n[[attestation]]\nrequirement = \"{}\"\nreference = \"{document}\"\nby = \"{who}\"\nuntil = 2027-12-31",
        of.id
    )
}
