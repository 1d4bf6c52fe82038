//! What is said of a run as a whole: how it ended, what could not be read, what was covered.

use serde_json::{Map, Value};

use super::log::{
    AutomationDetails, Driver, Invocation, Location, Message, Notification, Override, Reference,
};
use super::results::location;
use super::rules::Rules;
use super::text::{line, sentence, uri};
use crate::problem::{Problem, ProblemCode, Weight};
use crate::report::anchor::Anchors;
use crate::report::{Report, clean, first, human, json};
use crate::verdict::{BaselineUse, ExitStatus};

/// Problems that are told one by one; errors come first.
const NOTIFICATIONS: usize = 1_000;
/// Bytes of a message.
const MESSAGE: usize = 4 << 10;
/// Further places of a problem.
const PLACES: usize = 20;

/// Bytes of the name of a scan.
const CATEGORY: usize = 200;

/// Stands for no problem of the input: what the report itself had to leave out.
const REPORT: &str = "report";

/// Who wrote this, with all rules.
pub(super) fn driver<'a>(rules: &'a Rules<'a>) -> Driver<'a> {
    Driver {
        name: "Gardefou",
        full_name: concat!("Gardefou ", env!("CARGO_PKG_VERSION")),
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: &rules.all,
    }
}

/// What a later upload takes the place of: that of the same name, or of the same folder. What stands behind the last `/` names
/// one run, and there is nothing to name it with.
pub(super) fn automation_details(report: &Report<'_>) -> AutomationDetails {
    let name = match (report.category, report.base) {
        (Some(name), _) => line(name, CATEGORY).trim_matches('/').to_owned(),
        (None, "") => "gardefou".to_owned(),
        (None, folder) => format!("gardefou/{}", uri(folder)),
    };
    AutomationDetails {
        id: format!("{name}/"),
    }
}

/// How the run ended; `left_out` results had no room.
pub(super) fn invocation<'a>(
    report: &'a Report<'a>,
    anchors: &Anchors<'_>,
    overrides: Vec<Override>,
    left_out: usize,
) -> Invocation<'a> {
    let mut problems = first::problems(report.problems);
    let untold = problems.len().saturating_sub(NOTIFICATIONS);
    problems.truncate(NOTIFICATIONS);
    let (about_config, others): (Vec<&Problem>, Vec<&Problem>) = problems
        .into_iter()
        .partition(|problem| problem.code == ProblemCode::Config);
    let told = |problem: &Problem| notification(problem, report, anchors);
    let mut execution: Vec<_> = others.into_iter().map(told).collect();
    execution.extend(
        own(report, left_out, untold)
            .into_iter()
            .map(|(level, text)| Notification {
                descriptor: reference(REPORT),
                level,
                message: Message::plain(text),
                locations: Vec::new(),
            }),
    );
    Invocation {
        execution_successful: matches!(report.status, ExitStatus::Clean | ExitStatus::Findings),
        exit_code: report.status.code(),
        exit_code_description: exit(report),
        rule_configuration_overrides: overrides,
        tool_execution_notifications: execution,
        tool_configuration_notifications: about_config.into_iter().map(told).collect(),
    }
}

fn exit(report: &Report<'_>) -> &'static str {
    let lang = report.lang;
    match report.status {
        ExitStatus::Clean => lang.pick("nothing fails the run", "rien ne fait échouer l’analyse"),
        ExitStatus::Findings => lang.pick(
            "findings fail the run",
            "des constats font échouer l’analyse",
        ),
        ExitStatus::Incomplete => lang.pick(
            "not everything could be judged",
            "tout n’a pas pu être jugé",
        ),
        ExitStatus::NothingToScan => lang.pick("nothing to scan", "rien à analyser"),
    }
}

/// What the report says of itself: no silence about what it leaves out.
fn own(report: &Report<'_>, left_out: usize, untold: usize) -> Vec<(&'static str, String)> {
    let lang = report.lang;
    let mut all = Vec::new();
    if report.status == ExitStatus::NothingToScan {
        all.push(sentence(exit(report)));
    }
    if left_out > 0 {
        let total = report.findings.len();
        all.push(match lang.pick("en", "fr") {
            "fr" => format!(
                "{left_out} constats sur {total}, les moins graves, ne sont pas dans ce fichier, qui a une taille limitée\u{a0}; \
                 le format json les a tous."
            ),
            _ => format!(
                "{left_out} of {total} findings, the least grave ones, are not in this file, which may only grow so large; the \
                 json format has all of them."
            ),
        });
    }
    if untold > 0 {
        all.push(match lang.pick("en", "fr") {
            "fr" => format!("{untold} autres problèmes ne sont pas dans ce fichier\u{a0}; le format json les a tous."),
            _ => format!("{untold} more problems are not in this file; the json format has all of them."),
        });
    }
    let terms = human::terms(report).into_iter().map(|(name, words)| {
        let colon = lang.pick(":", "\u{a0}:");
        let text = format!("{name}{colon} {}", line(&words, MESSAGE));
        ("note", sentence(&text))
    });
    let warnings = all.into_iter().map(|text| ("warning", text));
    warnings.chain(terms).collect()
}

/// A kind of problem by its id.
fn reference(code: &'static str) -> Reference {
    Reference {
        id: Some(code),
        index: None,
    }
}

fn notification<'a>(
    problem: &Problem,
    report: &Report<'_>,
    anchors: &Anchors<'_>,
) -> Notification<'a> {
    let mut text = sentence(&line(report.lang.of(&problem.message), MESSAGE));
    if let Some(help) = &problem.help {
        text.push(' ');
        text += &sentence(&line(report.lang.of(help), MESSAGE));
    }
    Notification {
        descriptor: reference(problem.code.as_str()),
        level: match problem.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        },
        locations: places(problem, report, anchors),
        message: Message::plain(text),
    }
}

/// Where it is, then the further places with what they show.
fn places<'a>(problem: &Problem, report: &Report<'_>, anchors: &Anchors<'_>) -> Vec<Location<'a>> {
    let own = match (problem.place, &problem.path) {
        (Some(place), _) => anchors.place(place),
        (None, Some(path)) => anchors.path(path),
        (None, None) => None,
    };
    let own = own.map(|anchor| location(&anchor, report.sources));
    let related = problem.related.iter().filter_map(|(place, label)| {
        let anchor = anchors.place(*place)?;
        let text = line(report.lang.of(label), MESSAGE).into_owned();
        Some(Location {
            message: (!text.is_empty()).then(|| super::log::Label { text: text.into() }),
            ..location(&anchor, report.sources)
        })
    });
    own.into_iter().chain(related.take(PLACES)).collect()
}

/// The day, the bar and the coverage, as in the JSON format: what was not read must not look as if it had passed.
pub(super) fn properties(report: &Report<'_>, left_out: usize) -> serde_json::Result<Value> {
    let mut all = Map::new();
    all.insert("asOf".into(), report.as_of().to_string().into());
    all.insert("config".into(), report.config.into());
    all.insert("resultsLeftOut".into(), left_out.into());
    if let Some(scope) = report.scope {
        let scope = serde_json::to_value(json::ScopeOut::of(scope))?;
        all.insert("scope".into(), scope);
    }
    if let Some(used) = report.baseline {
        all.insert("baseline".into(), baseline(used));
    }
    all.insert(
        "summary".into(),
        serde_json::to_value(json::summary(report))?,
    );
    all.insert(
        "coverage".into(),
        serde_json::to_value(json::coverage(report.coverage))?,
    );
    let mut all = Value::Object(all);
    make_visible(&mut all);
    Ok(all)
}

/// Counts alone: what is fixed may be thousands of entries, and the JSON format names them.
fn baseline(used: &BaselineUse) -> Value {
    serde_json::json!({
        "path": used.path,
        "known": used.known,
        "new": used.new,
        "graver": used.graver,
        "fixed": used.fixed.len(),
        "not_looked_at": used.not_looked_at,
        "expired": used.expired,
    })
}

/// Names of kinds and modules come from the input.
fn make_visible(value: &mut Value) {
    match value {
        Value::String(text) => {
            let visible = clean(text);
            if visible != *text {
                *text = visible.into_owned();
            }
        }
        Value::Array(all) => all.iter_mut().for_each(make_visible),
        Value::Object(all) => all.values_mut().for_each(make_visible),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
