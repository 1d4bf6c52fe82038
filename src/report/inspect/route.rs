//! Where the attributes of a resource came from: for each the way of its value, from the place that uses it back through
//! variables, locals, module calls and other resources to what was written.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::Value as Json;

use super::Inspection;
use super::address::Pattern;
use crate::config::suggest;
use crate::facts;
use crate::problem::Problem;
use crate::report::human::Look;
use crate::report::json::{LocationOut, ProblemOut, SCHEMA, Tool, problem};
use crate::report::values::{self, Known, Secrets};
use crate::report::{Lang, clean_line};
use crate::source::Place;
use crate::terraform::{Declared, ReadFrom, Root};
use crate::text::{Text, text};
use crate::value::{Origin, Path, PathStep, RouteStep, Step, Supply, Value};
use crate::verdict::narrow;

/// What was asked, answered.
#[derive(Debug)]
pub struct Answer<'a> {
    inspection: &'a Inspection<'a>,
    found: Vec<Found<'a>>,
}

/// Why there is no answer, and what may be meant.
#[derive(Debug)]
pub struct NoAnswer(pub Text);

/// One instance that the address means, with the parts that the path means.
#[derive(Debug)]
struct Found<'a> {
    root: Option<&'a str>,
    address: &'a str,
    header: Place,
    secrets: Secrets,
    /// Whether what is written in its files may be printed.
    quotes: bool,
    parts: Vec<Part<'a>>,
}

/// A part of a resource that has no parts of its own.
#[derive(Debug)]
struct Part<'a> {
    path: String,
    value: &'a Value,
    origin: &'a Origin,
}

/// Looks up an address, and an attribute path when there is one.
///
/// # Errors
/// When there is no such resource, or it has no such attribute.
pub fn ask<'a>(
    inspection: &'a Inspection<'a>,
    address: &str,
    attribute: Option<&str>,
) -> Result<Answer<'a>, NoAnswer> {
    let mut found = resources(inspection, address);
    if found.is_empty() {
        return Err(nothing_there(inspection, address));
    }
    if let Some(attribute) = attribute {
        let path = Path::parse(attribute).map_err(|error| {
            let path = error.0;
            NoAnswer(text!(
                "`{path}` is no attribute path",
                "`{path}` n’est pas un chemin d’attribut"
            ))
        })?;
        let mut known: Vec<String> = Vec::new();
        for one in &mut found {
            known.extend(one.parts.iter().map(|part| part.path.clone()));
            one.parts.retain(|part| is_meant(&path, &part.path));
        }
        if found.iter().all(|one| one.parts.is_empty()) {
            return Err(not_written(address, attribute, &known));
        }
        found.retain(|one| !one.parts.is_empty());
    }
    Ok(Answer { inspection, found })
}

fn resources<'a>(inspection: &'a Inspection<'a>, address: &str) -> Vec<Found<'a>> {
    let wanted = Pattern::parse(address);
    let mut found = Vec::new();
    for root in &inspection.estate.roots {
        let all = root.resources.iter();
        let meant = all.filter(|declared| wanted.matches(&declared.address));
        found.extend(meant.map(|declared| of_terraform(inspection, root, declared)));
    }
    let objects = inspection.graph.resources().iter();
    let objects = objects.filter(|one| one.is_object() && *one.address == *address);
    found.extend(objects.map(|object| Found {
        root: None,
        address: &object.address,
        header: object.header,
        secrets: Secrets::Hidden,
        quotes: true,
        parts: parts(inspection.values_of(object), "", Secrets::Hidden),
    }));
    found
}

fn of_terraform<'a>(
    inspection: &'a Inspection<'a>,
    root: &'a Root,
    declared: &'a Declared,
) -> Found<'a> {
    let is_code = root.read_from == ReadFrom::Code;
    let secrets = if is_code {
        inspection.secrets
    } else {
        Secrets::Hidden
    };
    let mut all = Vec::new();
    if let Some(key) = &declared.each_key {
        let name = match &declared.key {
            Some(crate::terraform::Key::Int(_)) => "count.index",
            _ => "each.key",
        };
        all.extend(parts(key, name, secrets));
    }
    all.extend(parts(&declared.attributes, "", secrets));
    if let Some(provider) = root.providers.get(declared.provider)
        && provider.place.is_some()
    {
        all.extend(parts(&provider.config, "provider", secrets));
    }
    Found {
        root: Some(super::root_path(&root.path)),
        address: &declared.address,
        header: declared.header,
        secrets,
        quotes: is_code,
        parts: all,
    }
}

/// The parts of a value that have no parts of their own, each with its path below `prefix`.
fn parts<'a>(value: &'a Value, prefix: &str, secrets: Secrets) -> Vec<Part<'a>> {
    let mut out = Vec::new();
    values::leaves(value, secrets, &mut |path, value, origin| {
        let path = match (prefix, path) {
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) if path.starts_with('[') => format!("{prefix}{path}"),
            (prefix, path) => format!("{prefix}.{path}"),
        };
        // A resource without arguments has no part to name.
        if !path.is_empty() || value.is_unknown() {
            out.push(Part {
                path,
                value,
                origin,
            });
        }
    });
    out
}

/// Whether a path means a part: the part itself, one above it, or one below a part that has no parts of its own. The
/// number of a block that comes once need not be written.
fn is_meant(wanted: &Path, part: &str) -> bool {
    let Ok(part) = Path::parse(part) else {
        return false;
    };
    let mut own = part.steps().iter().peekable();
    for step in wanted.steps() {
        if matches!(step, PathStep::Key(_)) {
            while matches!(own.peek(), Some(PathStep::Index(_))) {
                own.next();
            }
        }
        match (step, own.next()) {
            (_, None) => return true,
            (PathStep::Every, Some(_)) => {}
            (step, Some(own)) if step == own => {}
            _ => return false,
        }
    }
    true
}

fn nothing_there(inspection: &Inspection<'_>, address: &str) -> NoAnswer {
    let all = inspection.graph.resources().iter();
    let all: Vec<(String, &str)> = all
        .map(|resource| {
            (
                Pattern::parse(&resource.address).keyless(),
                &*resource.address,
            )
        })
        .collect();
    let wanted = Pattern::parse(address).keyless();
    let near = suggest::closest(&wanted, all.iter().map(|(keyless, _)| keyless.as_str()));
    let text = Text::each(|lang| {
        let none = lang.pick("there is no resource", "il n’y a pas de ressource");
        let mut text = format!("{none} {}", clean_line(address));
        if let Some(near) = near {
            let meant = all.iter().filter(|(keyless, _)| keyless == near);
            let meant: Vec<_> = meant
                .take(3)
                .map(|(_, address)| clean_line(address))
                .collect();
            let meant = meant.join(lang.pick(" or ", " ou "));
            text += &match lang {
                Lang::En => format!("; did you mean {meant}?"),
                Lang::Fr => format!(" ; vouliez-vous dire {meant} ?"),
            };
        }
        text
    });
    NoAnswer(text)
}

fn not_written(address: &str, attribute: &str, known: &[String]) -> NoAnswer {
    let mut tops: Vec<&str> = known
        .iter()
        .map(|path| path.split(['.', '[']).next().unwrap_or(path))
        .filter(|top| !top.is_empty())
        .collect();
    tops.sort_unstable();
    tops.dedup();
    let all = known.iter().map(String::as_str).chain(tops.iter().copied());
    let near = suggest::closest(attribute, all);
    let (address, attribute, tops) = (clean_line(address), clean_line(attribute), tops.join(", "));
    let text = match near {
        Some(near) => text!(
            "{address} has no attribute {attribute}; did you mean {near}?",
            "{address} n’a pas d’attribut {attribute} ; vouliez-vous dire {near} ?"
        ),
        None if !tops.is_empty() => text!(
            "{address} has no attribute {attribute}; it has {tops}",
            "{address} n’a pas d’attribut {attribute} ; il y a {tops}"
        ),
        None => text!(
            "{address} has no attribute {attribute}",
            "{address} n’a pas d’attribut {attribute}"
        ),
    };
    NoAnswer(text)
}

/// One step of a way, ready to be said.
struct Said {
    label: String,
    /// What is written there; none when it must not be told.
    text: Option<String>,
}

/// So many characters of what is written are told.
const MAX_TEXT: usize = 200;

fn said(
    inspection: &Inspection<'_>,
    found: &Found<'_>,
    part: &Part<'_>,
    step: &RouteStep<'_>,
) -> Said {
    let label = match step.step {
        None => inspection.lang.pick("written", "écrit").to_owned(),
        Some(step) => label(step, inspection.lang),
    };
    let secret = found.secrets == Secrets::Hidden && (part.value.is_sensitive() || step.secret);
    let text = (found.quotes && !secret).then(|| {
        let source = inspection.sources.get(step.place.source);
        let text = narrow(&source, step.place.span).of(source.shown_text());
        let text = clean_line(text.trim());
        text.chars().take(MAX_TEXT).collect()
    });
    Said { label, text }
}

fn label(step: &Step, lang: Lang) -> String {
    let text = facts::describe(step);
    let text = lang.of(&text);
    let more = match step {
        Step::Variable { by, .. } => match by {
            Supply::Default => lang.pick(", its default", ", valeur par défaut"),
            Supply::File => lang.pick(", from a file of values", ", d’un fichier de valeurs"),
            Supply::Option => lang.pick(", from --var", ", de --var"),
            Supply::Environment => lang.pick(", from the environment", ", de l’environnement"),
            Supply::Argument => lang.pick(", argument of the call", ", argument de l’appel"),
            Supply::Nobody => lang.pick(", which has none", ", qui n’en a pas"),
        },
        _ => "",
    };
    format!("{text}{more}")
}

/// The same in a word or two, to stand in a column.
fn short(step: Option<&Step>, lang: Lang) -> String {
    let text = match step {
        None => lang.pick("written", "écrit"),
        Some(Step::Variable { name, by, .. }) => {
            let by = match by {
                Supply::Default => lang.pick("default", "par défaut"),
                Supply::File => lang.pick("in a file", "dans un fichier"),
                Supply::Option => "--var",
                Supply::Environment => "TF_VAR_",
                Supply::Argument => lang.pick("argument", "argument"),
                Supply::Nobody => lang.pick("has no value", "sans valeur"),
            };
            return format!("var.{} {by}", clean_line(name));
        }
        Some(Step::Local(name)) => return format!("local.{}", clean_line(name)),
        Some(Step::Output(name)) => return format!("output {}", clean_line(name)),
        Some(Step::Resource { address, path }) if path.is_empty() => {
            return clean_line(address).into_owned();
        }
        Some(Step::Resource { address, path }) => {
            return clean_line(&format!("{address}.{path}")).into_owned();
        }
        Some(Step::Each) => "for_each",
        Some(Step::Provider(name)) => return format!("provider {}", clean_line(name)),
        Some(Step::Parts) => lang.pick("part", "partie"),
        Some(Step::Helper(name)) => {
            let word = lang.pick("template", "gabarit");
            return format!("{word} {}", clean_line(name));
        }
        Some(Step::Setting(name)) => return clean_line(name).into_owned(),
        Some(Step::Replaced) => lang.pick("changed from", "modifié à partir de"),
    };
    text.to_owned()
}

/// Writes the answer for people.
///
/// # Errors
/// When `out` cannot take more.
pub fn human(answer: &Answer<'_>, look: &Look) -> Result<String, fmt::Error> {
    let inspection = answer.inspection;
    let mut out = String::new();
    let roots: std::collections::BTreeSet<_> = answer.found.iter().map(|one| one.root).collect();
    for found in &answer.found {
        let mut place = super::people::place_of(found.header, inspection, look);
        if let (Some(root), true) = (found.root, roots.len() > 1) {
            _ = write!(place, " (root {})", clean_line(root));
        }
        look.title(&mut out, &clean_line(found.address), &place)?;
        for part in &found.parts {
            attribute(&mut out, inspection, found, part, look)?;
        }
        writeln!(out)?;
    }
    Ok(out)
}

fn attribute(
    out: &mut String,
    inspection: &Inspection<'_>,
    found: &Found<'_>,
    part: &Part<'_>,
    look: &Look,
) -> fmt::Result {
    look.attribute(
        out,
        &clean_line(&part.path),
        &clean_line(&shown(part.value, found.secrets)),
    )?;
    let rows: Vec<Vec<String>> = part
        .origin
        .route()
        .iter()
        .map(|step| {
            let said = said(inspection, found, part, step);
            let place = look.at(inspection.sources, step.place);
            let label = short(step.step, inspection.lang);
            let label = format!("{:indent$}{label}", "", indent = 2 * step.depth.min(8));
            vec![place, label, said.text.unwrap_or_default()]
        })
        .collect();
    look.table(out, "", &rows)
}

/// A value in a line.
fn shown(value: &Value, secrets: Secrets) -> String {
    match secrets {
        Secrets::Hidden => value.show().to_string(),
        Secrets::Shown => value.unmarked().show().to_string(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    as_of: &'a str,
    resources: Vec<ResourceOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
}

#[derive(Serialize)]
struct ResourceOut<'a> {
    root: Option<&'a str>,
    address: &'a str,
    location: LocationOut,
    attributes: Vec<AttributeOut<'a>>,
}

#[derive(Serialize)]
struct AttributeOut<'a> {
    path: &'a str,
    value: Known<'a>,
    unknown: bool,
    sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    chain: Vec<StepOut<'a>>,
}

#[derive(Serialize)]
struct StepOut<'a> {
    /// How many steps lie between this one and the use.
    depth: usize,
    step: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Of a variable: who gave the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    /// Of a resource: which attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    label: String,
    location: LocationOut,
    text: Option<String>,
}

/// Writes the answer as one JSON object.
///
/// # Errors
/// When `out` cannot take more.
pub fn json(answer: &Answer<'_>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let inspection = answer.inspection;
    let document = Document {
        schema: SCHEMA,
        tool: Tool::THIS,
        as_of: inspection.as_of,
        resources: answer
            .found
            .iter()
            .map(|found| ResourceOut {
                root: found.root,
                address: found.address,
                location: LocationOut::of(found.header, inspection.sources),
                attributes: found
                    .parts
                    .iter()
                    .map(|part| attribute_out(inspection, found, part))
                    .collect(),
            })
            .collect(),
        problems: inspection
            .problems
            .iter()
            .map(|one: &Problem| problem(one, inspection.sources, inspection.lang))
            .collect(),
    };
    values::write(&document, out)?;
    out.write_all(b"\n")
}

fn attribute_out<'a>(
    inspection: &Inspection<'_>,
    found: &Found<'_>,
    part: &'a Part<'a>,
) -> AttributeOut<'a> {
    let value = part.value;
    AttributeOut {
        path: &part.path,
        value: Known(value, found.secrets),
        unknown: values::unknown(value, found.secrets) != Json::Bool(false)
            && value.first_unknown().is_some(),
        sensitive: value.is_sensitive(),
        reason: value
            .first_unknown()
            .map(|unknown| unknown.because.to_string()),
        chain: part
            .origin
            .route()
            .into_iter()
            .map(|step| {
                let said = said(inspection, found, part, &step);
                let (kind, name, by, attribute) = kind(step.step);
                StepOut {
                    depth: step.depth,
                    step: kind,
                    name,
                    by,
                    attribute,
                    label: said.label,
                    location: LocationOut::of(step.place, inspection.sources),
                    text: said.text,
                }
            })
            .collect(),
    }
}

type Kind<'a> = (
    &'static str,
    Option<&'a str>,
    Option<&'static str>,
    Option<&'a str>,
);

fn kind(step: Option<&Step>) -> Kind<'_> {
    match step {
        None => ("written", None, None, None),
        Some(Step::Variable { name, by, .. }) => ("variable", Some(name), Some(by.as_str()), None),
        Some(Step::Local(name)) => ("local", Some(name), None, None),
        Some(Step::Output(name)) => ("output", Some(name), None, None),
        Some(Step::Resource { address, path }) => {
            let path = Some(&**path).filter(|path| !path.is_empty());
            ("resource", Some(address), None, path)
        }
        Some(Step::Each) => ("each", None, None, None),
        Some(Step::Provider(name)) => ("provider", Some(name), None, None),
        Some(Step::Parts) => ("part", None, None, None),
        Some(Step::Helper(name)) => ("template", Some(name), None, None),
        Some(Step::Setting(name)) => ("setting", Some(name), None, None),
        Some(Step::Replaced) => ("replaced", None, None, None),
    }
}
