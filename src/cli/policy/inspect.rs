//! `gardefou policy inspect`: what a policy is, or what is wrong with it.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::Serialize;

use super::args::PolicyInspectArgs;
use super::{engine_of, read, said, size};
use crate::cli::args::{Format, TerminalArgs};
use crate::cli::{Fault, terminal};
use crate::policy::{CONTRACT, Limits, OptionKind, Rule};
use crate::problem::Problem;
use crate::report::{Lang, clean, clean_line, write_json};
use crate::verdict::ExitStatus;
use crate::workshop::Inside;

#[derive(Serialize)]
struct Document<'a> {
    file: String,
    size: usize,
    sha256: &'a str,
    kind: Option<&'a str>,
    contracts: &'a [String],
    offered_contract: &'a str,
    imports: &'a [String],
    exports: &'a [String],
    limits: LimitsOut,
    rules: Vec<RuleOut>,
    /// Why it cannot be loaded.
    problem: Option<ProblemOut>,
}

#[derive(Serialize)]
struct ProblemOut {
    message: String,
    help: Option<String>,
}

#[derive(Serialize)]
struct LimitsOut {
    fuel: u64,
    fuel_per_resource: u64,
    seconds: u64,
    memory: usize,
    memory_per_resource: usize,
    memory_at_most: usize,
    verdicts: usize,
}

#[derive(Serialize)]
struct RuleOut {
    id: String,
    title: TextOut,
    help: TextOut,
    doc: TextOut,
    severity: &'static str,
    requirements: Vec<String>,
    classes: Vec<&'static str>,
    kinds: Vec<String>,
    min_level: Option<&'static str>,
    options: Vec<OptionOut>,
    since: String,
}

#[derive(Serialize)]
struct OptionOut {
    name: String,
    kind: &'static str,
    default: Vec<String>,
    about: TextOut,
}

#[derive(Serialize)]
struct TextOut {
    en: String,
    fr: String,
}

pub(super) fn run(args: &PolicyInspectArgs, look: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let bytes = read(&args.file)?;
    let name = args.file.display().to_string();
    let inside = Inside::of(&bytes);
    let (rules, problem) = match engine_of(&bytes, &name) {
        Ok(engine) => (engine.rules().to_vec(), None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let failed = |_| Fault::stdout(std::io::Error::other("text too large"));
    match args.format {
        Format::Human => {
            let text = human(&name, &inside, &rules, look.lang(), look.verbose);
            let text = text.map_err(failed)?;
            terminal::print_text(&clean(&text)).map_err(Fault::stdout)?;
        }
        Format::Json => {
            let document = document(&name, &inside, &rules, problem.as_ref(), look.lang());
            terminal::print(|out| {
                write_json(&document, out)?;
                out.write_all(b"\n")
            })
            .map_err(Fault::stdout)?;
        }
    }
    match problem {
        None => Ok(ExitStatus::Clean),
        Some(problem) => Err(said(&problem)),
    }
}

fn human(
    name: &str,
    inside: &Inside,
    rules: &[Arc<Rule>],
    lang: Lang,
    whole: bool,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{}", clean_line(name))?;
    let kind = inside
        .kind
        .unwrap_or(lang.pick("no WebAssembly", "pas du WebAssembly"));
    row(&mut out, lang.pick("kind", "genre"), kind)?;
    if let Some(broken) = &inside.broken {
        row(&mut out, lang.pick("broken", "défaut"), &clean_line(broken))?;
    }
    row(
        &mut out,
        lang.pick("size", "taille"),
        &size(inside.size, lang),
    )?;
    row(&mut out, "sha256", &inside.sha256)?;
    if inside.kind.is_none() {
        return Ok(out);
    }
    let contracts = match inside.contracts.as_slice() {
        [] => lang.pick("none named", "aucun nommé").to_owned(),
        all => names(all, ", ", lang),
    };
    let offers = lang.pick("this Gardefou offers", "ce Gardefou offre");
    row(
        &mut out,
        lang.pick("contract", "contrat"),
        &format!("{contracts} ({offers} {CONTRACT})"),
    )?;
    let imports = names(&inside.imports, "\n            ", lang);
    row(&mut out, lang.pick("imports", "importe"), &imports)?;
    let exports = names(&inside.exports, ", ", lang);
    row(&mut out, lang.pick("exports", "exporte"), &exports)?;
    let limits = Limits::default();
    let (memory, each, most) = (
        limits.memory >> 20,
        limits.memory_per_resource >> 10,
        limits.memory_at_most >> 20,
    );
    let (fuel, more) = (
        limits.fuel / 1_000_000,
        limits.fuel_per_resource / 1_000_000,
    );
    let (seconds, verdicts) = (limits.wall_clock.as_secs(), limits.verdicts);
    let bounds = match lang {
        Lang::En => format!(
            "{memory} MiB of memory and {each} KiB for each resource of a rule, at most {most} MiB; {fuel} million instructions and \
             {more} million for each; {seconds} s; {verdicts} verdicts"
        ),
        Lang::Fr => format!(
            "{memory} Mio de mémoire et {each} Kio par ressource d’une règle, au plus {most} Mio ; {fuel} millions d’instructions et \
             {more} million pour chacune ; {seconds} s ; {verdicts} verdicts"
        ),
    };
    row(&mut out, lang.pick("limits", "limites"), &bounds)?;
    for rule in rules {
        describe(&mut out, rule, lang, whole)?;
    }
    if !rules.is_empty() && !whole {
        out.push_str(lang.pick(
            "\nThe whole documentation: --verbose\n",
            "\nToute la documentation : --verbose\n",
        ));
    }
    Ok(out)
}

/// A name in the left column, and what it is.
fn row(out: &mut String, name: &str, text: &str) -> fmt::Result {
    writeln!(out, "  {name:<8}  {text}")
}

/// The same for a rule, whose names are longer.
fn part(out: &mut String, name: &str, text: &str) -> fmt::Result {
    writeln!(out, "  {name:<12}  {text}")
}

/// Names from the file, bounded in number.
fn names(all: &[String], between: &str, lang: Lang) -> String {
    if all.is_empty() {
        return lang.pick("nothing", "rien").to_owned();
    }
    let mut shown: Vec<String> = all
        .iter()
        .take(20)
        .map(|name| clean_line(name).chars().take(200).collect())
        .collect();
    if all.len() > shown.len() {
        let left = all.len() - shown.len();
        shown.push(match lang {
            Lang::En => format!("and {left} more"),
            Lang::Fr => format!("et {left} de plus"),
        });
    }
    shown.join(between)
}

fn describe(out: &mut String, rule: &Rule, lang: Lang, whole: bool) -> fmt::Result {
    writeln!(out, "\n{}", rule.id)?;
    part(
        out,
        lang.pick("title", "titre"),
        &clean_line(lang.of(&rule.title)),
    )?;
    let severity = lang.severity(rule.severity);
    part(out, lang.pick("severity", "gravité"), severity)?;
    let mut scope = Vec::new();
    if !rule.classes.is_empty() {
        scope.push(rule.classes.to_string());
    }
    if !rule.kinds.is_empty() {
        scope.push(names(&rule.kinds, ", ", lang));
    }
    if scope.is_empty() {
        scope.push(lang.pick("every resource", "toute ressource").to_owned());
    }
    let level = rule.min_level.map_or_else(String::new, |level| {
        let from = lang.pick(", from", ", à partir de :");
        format!("{from} {}", lang.data(level))
    });
    part(
        out,
        lang.pick("asked about", "porte sur"),
        &format!("{}{level}", scope.join(", ")),
    )?;
    if !rule.requirements.is_empty() {
        let named = names(&rule.requirements, ", ", lang);
        part(out, lang.pick("requirements", "exigences"), &named)?;
    }
    for option in &rule.options {
        let default = match option.default.as_slice() {
            [] => lang.pick("nothing", "rien").to_owned(),
            all => names(all, ", ", lang),
        };
        let by_default = lang.pick("default", "par défaut :");
        part(
            out,
            "option",
            &format!(
                "{} ({}, {by_default} {default}){} {}",
                option.name,
                kind_in(option.kind, lang),
                lang.pick(":", " :"),
                clean_line(lang.of(&option.about))
            ),
        )?;
    }
    part(out, lang.pick("since", "depuis"), &clean_line(&rule.since))?;
    part(
        out,
        lang.pick("help", "remède"),
        &clean_line(lang.of(&rule.help)),
    )?;
    if whole {
        writeln!(out, "\n{}", lang.of(&rule.doc).trim())?;
    }
    Ok(())
}

fn kind_word(kind: OptionKind) -> &'static str {
    match kind {
        OptionKind::Text => "text",
        OptionKind::Integer => "integer",
        OptionKind::Boolean => "boolean",
        OptionKind::TextList => "list of texts",
    }
}

fn kind_in(kind: OptionKind, lang: Lang) -> &'static str {
    let french = match kind {
        OptionKind::Text => "texte",
        OptionKind::Integer => "entier",
        OptionKind::Boolean => "booléen",
        OptionKind::TextList => "liste de textes",
    };
    lang.pick(kind_word(kind), french)
}

fn document<'a>(
    name: &str,
    inside: &'a Inside,
    rules: &[Arc<Rule>],
    problem: Option<&Problem>,
    lang: Lang,
) -> Document<'a> {
    let text = |text: &crate::facts::Text| TextOut {
        en: text.en.to_string(),
        fr: text.fr.to_string(),
    };
    let limits = Limits::default();
    Document {
        file: name.to_owned(),
        size: inside.size,
        sha256: &inside.sha256,
        kind: inside.kind,
        contracts: &inside.contracts,
        offered_contract: CONTRACT,
        imports: &inside.imports,
        exports: &inside.exports,
        limits: LimitsOut {
            fuel: limits.fuel,
            fuel_per_resource: limits.fuel_per_resource,
            seconds: limits.wall_clock.as_secs(),
            memory: limits.memory,
            memory_per_resource: limits.memory_per_resource,
            memory_at_most: limits.memory_at_most,
            verdicts: limits.verdicts,
        },
        rules: rules
            .iter()
            .map(|rule| RuleOut {
                id: rule.id.clone(),
                title: text(&rule.title),
                help: text(&rule.help),
                doc: text(&rule.doc),
                severity: rule.severity.as_str(),
                requirements: rule.requirements.clone(),
                classes: rule.classes.iter().map(|class| class.as_str()).collect(),
                kinds: rule.kinds.clone(),
                min_level: rule.min_level.map(|level| level.as_str()),
                options: rule
                    .options
                    .iter()
                    .map(|option| OptionOut {
                        name: option.name.clone(),
                        kind: kind_word(option.kind),
                        default: option.default.clone(),
                        about: text(&option.about),
                    })
                    .collect(),
                since: rule.since.clone(),
            })
            .collect(),
        problem: problem.map(|problem| ProblemOut {
            message: lang.of(&problem.message).to_owned(),
            help: problem.help.as_deref().map(|help| lang.of(help).to_owned()),
        }),
    }
}
