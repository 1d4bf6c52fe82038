//! Code Quality of GitLab: an array of what to look at, which merge requests show beside the lines.
//!
//! GitLab reads six fields and knows neither waivers nor open questions. A waived finding is left out: every entry counts as
//! a fault there. What could not be read is an entry, and so is a scan that found nothing to read, since a missing one would
//! look like a repair.

use std::io;

use serde::Serialize;

use super::spot::{Names, Spot, short_hash};
use super::{Lang, Report, clean_line, human};
use crate::config::words::Severity;
use crate::problem::{Problem, Weight};
use crate::verdict::{ExitStatus, Finding, Outcome};

/// What is said of a scan that read nothing.
const NOTHING: &str = "nothing-to-scan";

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl From<Spot> for Location {
    fn from(spot: Spot) -> Self {
        let (begin, end) = spot
            .lines
            .map_or((1, 1), |(start, end)| (start.line, end.line));
        Self {
            path: spot.path,
            lines: Lines { begin, end },
        }
    }
}

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut before: &[u8] = b"[\n";
    let mut names = Names::default();
    let suffix = suffix(report);
    let problems = report.problems.iter();
    let problems = problems.map(|one| problem(one, names.of(one, report), report));
    let open = report.findings.iter().filter(|one| one.waived.is_none());
    let nothing = (report.status == ExitStatus::NothingToScan).then(|| nothing(&suffix, report));
    let problems = nothing.into_iter().chain(problems);
    for entry in problems.chain(open.map(|one| finding(one, &suffix, report))) {
        out.write_all(before)?;
        serde_json::to_writer(&mut *out, &entry)?;
        before = b",\n";
    }
    // An array that nothing opened yet is empty.
    out.write_all(if before == b"[\n" { b"[]\n" } else { b"\n]\n" })
}

/// Fingerprints speak of paths below the folder of the scan. GitLab puts the reports of several jobs together, so those of
/// a folder of the repository get its name.
fn suffix(report: &Report<'_>) -> String {
    match report.base {
        "" => String::new(),
        base => short_hash(base),
    }
}

fn finding<'a>(finding: &'a Finding, suffix: &str, report: &Report<'_>) -> Entry<'a> {
    let lang = report.lang;
    let spot = Spot::of(finding.place, report);
    let mut description = format!("{}{} ", finding.rule, colon(lang));
    if let Outcome::Undetermined(reason) = &finding.outcome {
        description += lang.pick("undetermined, ", "indéterminé, ");
        description += &clean_line(lang.of(&finding.message));
        description += lang.pick(". Reason: ", ". Motif\u{a0}: ");
        description += &clean_line(lang.of(reason));
    } else {
        description += &clean_line(lang.of(&finding.message));
    }
    if let Some(rendered) = &spot.rendered {
        description += &format!(" ({rendered})");
    }
    Entry {
        description,
        check_name: &finding.rule,
        fingerprint: format!("{}{suffix}", finding.fingerprint),
        severity: severity(finding.severity),
        location: spot.into(),
    }
}

fn problem<'a>(problem: &'a Problem, fingerprint: String, report: &Report<'_>) -> Entry<'a> {
    let mut description = clean_line(report.lang.of(&problem.message)).into_owned();
    if let Some(help) = &problem.help {
        description += &format!(
            "{} {}",
            colon(report.lang),
            clean_line(report.lang.of(help))
        );
    }
    let spot = Spot::of_problem(problem, report).unwrap_or_else(|| Spot::of_run(report));
    if let Some(rendered) = &spot.rendered {
        description += &format!(" ({rendered})");
    }
    Entry {
        description,
        check_name: problem.code.as_str(),
        fingerprint,
        severity: match problem.weight {
            // What was not read may hold the worst.
            Weight::Error => "blocker",
            Weight::Warning => "minor",
        },
        location: spot.into(),
    }
}

/// An entry for a scan that read nothing: an empty list would say that all is repaired.
fn nothing<'a>(suffix: &str, report: &Report<'_>) -> Entry<'a> {
    let (_, verdict) = human::verdict_words(report);
    Entry {
        description: verdict,
        check_name: NOTHING,
        fingerprint: format!("{}{suffix}", short_hash(NOTHING)),
        severity: "blocker",
        location: Spot::of_run(report).into(),
    }
}

fn colon(lang: Lang) -> &'static str {
    lang.pick(":", " :")
}

/// GitLab's words, gravest for gravest.
fn severity(of: Severity) -> &'static str {
    match of {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::Sample;

    #[test]
    fn a_scan_that_read_nothing_is_no_repair() {
        let mut sample = Sample::new();
        sample.findings.clear();
        sample.problems.clear();
        let written = |status| {
            let mut out = Vec::new();
            write(&sample.report(status), &mut out).expect("written");
            serde_json::from_slice::<serde_json::Value>(&out).expect("JSON")
        };
        assert_eq!(written(ExitStatus::Clean), serde_json::json!([]));
        let nothing = written(ExitStatus::NothingToScan);
        assert_eq!(nothing.as_array().map(Vec::len), Some(1), "{nothing}");
        assert_eq!(nothing[0]["check_name"], NOTHING);
        assert_eq!(nothing[0]["severity"], "blocker");
        assert_eq!(nothing[0]["location"]["lines"]["begin"], 1);
    }
}
