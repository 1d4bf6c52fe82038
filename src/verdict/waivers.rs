//! What the configuration says of rules and findings: severities, rules that are off, waivers and their end.
//!
//! A waived finding stays in every output. A waiver that has ended, or that accepts nothing any more, is a finding itself,
//! drawn in the configuration.

use std::sync::Arc;

use super::own::{EXPIRED, OwnRule, UNUSED};
use super::{AcceptedBy, Finding, Outcome, Pointed, Waived};
use crate::config::words::Severity;
use crate::config::{Config, Date, Subject, Waiver};
use crate::facts::Text;
use crate::graph::Resource;
use crate::policy::Rule;

/// Severity of a verdict: what the configuration says, else what the policy says of this case, else the rule's own. None:
/// the rule is off.
pub(super) fn severity(
    rule: &Rule,
    verdict: Option<Severity>,
    config: &Config,
) -> Option<Severity> {
    match config.severity_of(&rule.id) {
        Some(setting) => setting,
        None => Some(verdict.unwrap_or(rule.severity)),
    }
}

/// The waiver that accepts a finding of a rule on a resource, if one does on this day; its last day counts.
pub(super) fn waiver_of<'a>(
    rule: &str,
    resource: &Resource,
    config: &'a Config,
    as_of: Date,
) -> Option<(usize, &'a Waiver)> {
    if config.waivers.is_empty() {
        return None;
    }
    let path = config.path_of(&resource.path);
    let subject = Subject {
        path: &path,
        address: &resource.address,
        namespace: resource.namespace.as_deref(),
    };
    config.waivers.iter().enumerate().find(|(_, waiver)| {
        waiver.rule.value == rule
            && as_of <= waiver.until.value
            && waiver.matches.iter().any(|one| one.value.matches(&subject))
    })
}

/// A waiver as a finding shows it.
pub(super) fn waived(waiver: &Waiver) -> Waived {
    Waived {
        kind: AcceptedBy::Config,
        reason: waiver.reason.value.clone(),
        by: Some(waiver.by.value.clone()),
        until: Some(waiver.until.value.to_string()),
        place: Some(waiver.place),
    }
}

/// Findings about the waivers themselves: `used` says which ones accepted something. None: only a part of the rules was
/// asked, and nobody can tell.
pub(super) fn about_waivers(config: &Config, used: Option<&[bool]>, as_of: Date) -> Vec<Finding> {
    let stale = config
        .waivers
        .iter()
        .enumerate()
        .filter_map(|(at, waiver)| {
            if as_of > waiver.until.value {
                Some(expired(waiver))
            } else if used.and_then(|used| used.get(at)) == Some(&false) {
                Some(unused(waiver))
            } else {
                None
            }
        });
    stale.collect()
}

/// Findings of rules of our own, with the severity that the configuration gives them; those that are off are left out.
pub(super) fn weighed(
    findings: impl IntoIterator<Item = Finding>,
    config: &Config,
) -> impl Iterator<Item = Finding> {
    findings.into_iter().filter_map(|finding| {
        let severity = config
            .severity_of(&finding.rule)
            .unwrap_or(Some(finding.severity))?;
        Some(Finding {
            severity,
            ..finding
        })
    })
}

fn expired(waiver: &Waiver) -> Finding {
    let (rule, until, by) = (&waiver.rule.value, waiver.until.value, &waiver.by.value);
    Finding {
        message: Text::new(
            format!("the waiver of {rule} ended on {until}: its findings count again"),
            format!(
                "la dérogation à {rule} a pris fin le {until} : ses constats comptent de nouveau"
            ),
        ),
        help: Text::new(
            format!("Fix what it accepted, or have {by} decide on a new end date."),
            format!(
                "Corrigez ce qu’elle acceptait, ou faites fixer une nouvelle échéance par {by}."
            ),
        ),
        ..about(waiver, &EXPIRED, waiver.until.place)
    }
}

fn unused(waiver: &Waiver) -> Finding {
    let rule = &waiver.rule.value;
    Finding {
        message: Text::new(
            format!("the waiver of {rule} matches no finding of this scan"),
            format!("la dérogation à {rule} ne correspond à aucun constat de cette analyse"),
        ),
        ..about(waiver, &UNUSED, waiver.rule.place)
    }
}

fn about(waiver: &Waiver, rule: &OwnRule, place: crate::source::Place) -> Finding {
    let patterns: Vec<&str> = waiver
        .matches
        .iter()
        .map(|one| one.value.as_str())
        .collect();
    Finding {
        rule: Arc::from(rule.id),
        title: rule.title(),
        outcome: Outcome::Violation,
        severity: rule.severity,
        level: None,
        on: None,
        // What tells one waiver from another, whatever its place in the file.
        address: Arc::from(
            format!("waiver {} {}", waiver.rule.value, patterns.join(" ")).trim_end(),
        ),
        root: None,
        kind: Arc::from("waiver"),
        message: Text::default(),
        help: rule.help(),
        place,
        pointed: Pointed::Setting,
        attribute: None,
        evidence: Vec::new(),
        related: Vec::new(),
        requirements: Vec::new(),
        fingerprint: String::new(),
        waived: None,
    }
}
