//! The requirement table as JSON.

use serde::Serialize;

use super::LocationOut;
use crate::report::Report;
use crate::source::Sources;
use crate::verdict::{AttestedBy, RequirementStanding};

/// A requirement and how it stands.
#[derive(Serialize)]
pub(crate) struct RequirementOut<'a> {
    id: &'a str,
    number: &'a str,
    framework: &'a str,
    serves: &'a [String],
    title: &'a str,
    standing: &'static str,
    reason: Option<&'a str>,
    rules: &'a [String],
    counts: CountsOut,
    findings: Vec<&'a str>,
    attestation: Option<AttestationOut<'a>>,
}

#[derive(Serialize)]
struct CountsOut {
    passed: usize,
    violations: usize,
    undetermined: usize,
    waived: usize,
}

#[derive(Serialize)]
struct AttestationOut<'a> {
    by: &'a str,
    reference: &'a str,
    statement: Option<&'a str>,
    until: String,
    ended: bool,
    location: LocationOut,
}

/// A requirement for output.
pub(crate) fn requirement<'a>(
    one: &'a RequirementStanding,
    report: &Report<'a>,
) -> RequirementOut<'a> {
    let findings = one.findings.iter();
    RequirementOut {
        id: &one.id,
        number: &one.number,
        framework: &one.framework,
        serves: &one.serves,
        title: report.lang.of(&one.title),
        standing: one.standing.as_str(),
        reason: one.reason.as_ref().map(|why| report.lang.of(why)),
        rules: &one.rules,
        counts: CountsOut {
            passed: one.counts.passed,
            violations: one.counts.violations,
            undetermined: one.counts.undetermined,
            waived: one.counts.waived,
        },
        findings: findings
            .filter_map(|at| report.findings.get(*at))
            .map(|finding| &*finding.fingerprint)
            .collect(),
        attestation: one
            .attestation
            .as_ref()
            .map(|one| attestation(one, report.sources)),
    }
}

fn attestation<'a>(one: &'a AttestedBy, sources: &Sources) -> AttestationOut<'a> {
    AttestationOut {
        by: &one.by,
        reference: &one.reference,
        statement: one.statement.as_deref(),
        until: one.until.to_string(),
        ended: one.ended,
        location: LocationOut::of(one.place, sources),
    }
}
