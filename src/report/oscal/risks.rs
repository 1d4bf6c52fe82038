//! Violations as risks: open, or with a deviation that somebody approved until a day.

use std::ops::Range;

use super::model::{Entry, Log, LoggedBy, ObservationRef, Prop, Response, Risk};
use super::text::{ends, markup, paragraphs, prop};
use super::uuid::uuid;
use super::{Page, person};
use crate::report::Lang;
use crate::verdict::{AcceptedBy, Finding, Waived};

/// The risks among some findings, in their order.
pub(super) fn some<'p>(page: &'p Page<'_>, some: &Range<usize>) -> impl Iterator<Item = Risk<'p>> {
    let findings = page.report.findings.get(some.clone()).into_iter().flatten();
    findings
        .zip(page.risks.get(some.clone()).into_iter().flatten())
        .zip(page.observations.get(some.clone()).into_iter().flatten())
        .filter_map(|((finding, risk), observation)| {
            Some(self::risk(page, finding, risk.as_deref()?, observation))
        })
}

fn risk<'p>(page: &'p Page<'_>, finding: &Finding, name: &'p str, observation: &str) -> Risk<'p> {
    let lang = page.report.lang;
    let title = markup(lang.of(&finding.title));
    let help = lang.of(&finding.help);
    let waived = finding.waived.as_ref();
    Risk {
        uuid: name,
        description: markup(lang.of(&finding.message)),
        statement: statement(finding, lang),
        props: props(page, finding),
        status: waived.map_or("open", status),
        origins: &page.tool,
        deadline: waived.and_then(|waived| ends(waived.until.as_deref()?)),
        remediations: (!help.is_empty())
            .then(|| Response {
                uuid: uuid("remedy", &[name]),
                lifecycle: "recommendation",
                title: title.clone(),
                description: markup(help),
            })
            .into_iter()
            .collect(),
        risk_log: waived.map(|waived| log(page, waived, name)),
        related_observations: [ObservationRef {
            observation_uuid: observation.to_owned(),
        }],
        title,
    }
}

/// Somebody decided to accept it. Being known from before decides nothing, unless somebody answers for it until a day.
fn status(waived: &Waived) -> &'static str {
    let is_decided = match waived.kind {
        AcceptedBy::Config | AcceptedBy::Inline => true,
        AcceptedBy::Baseline => waived.by.is_some() && waived.until.is_some(),
    };
    if is_decided {
        "deviation-approved"
    } else {
        "open"
    }
}

/// What weighs how much, for which data.
fn statement(finding: &Finding, lang: Lang) -> String {
    let severity = lang.severity(finding.severity);
    let mut text = match (lang, finding.level) {
        (Lang::En, Some(level)) => format!("Severity {severity}, for {}.", lang.data(level)),
        (Lang::En, None) => format!("Severity {severity}."),
        (Lang::Fr, Some(level)) => format!("Gravité {severity}, pour des {}.", lang.data(level)),
        (Lang::Fr, None) => format!("Gravité {severity}."),
    };
    if !finding.requirements.is_empty() {
        let said = lang.pick("Evidence against", "Preuve contre");
        text += &format!(" {said} {}.", markup(&finding.requirements.join(", ")));
    }
    text
}

fn props(page: &Page<'_>, finding: &Finding) -> Vec<Prop> {
    let waived = finding.waived.as_ref();
    let props = [
        prop("rule", &finding.rule),
        prop("severity", finding.severity.as_str()),
        finding
            .level
            .and_then(|level| prop("level", level.as_str())),
        prop("fails", page.report.bar.fails(finding).to_string()),
        waived.and_then(|waived| prop("accepted-by", waived.kind.as_str())),
        waived.and_then(|waived| prop("accepted-until", waived.until.as_deref()?)),
    ];
    props.into_iter().flatten().collect()
}

/// Why it is accepted, and by whom.
fn log(page: &Page<'_>, waived: &Waived, risk: &str) -> Log {
    let lang = page.report.lang;
    let until = waived.until.as_deref().map(|day| match lang {
        Lang::En => format!("Until {day}, that day included."),
        Lang::Fr => format!("Jusqu’au {day} inclus."),
    });
    let reason = std::iter::once(markup(&waived.reason));
    Log {
        entries: [Entry {
            uuid: uuid("acceptance", &[risk]),
            title: match waived.kind {
                AcceptedBy::Config | AcceptedBy::Inline => lang.pick("Accepted", "Accepté"),
                AcceptedBy::Baseline => {
                    lang.pick("Known by the baseline", "Connu selon l’état de référence")
                }
            }
            .to_owned(),
            description: paragraphs(reason.chain(until.map(|text| markup(&text))))
                .unwrap_or_default(),
            start: page.day.clone(),
            logged_by: waived
                .by
                .iter()
                .map(|by| LoggedBy {
                    party_uuid: person(by),
                })
                .collect(),
            status_change: status(waived),
        }],
    }
}
