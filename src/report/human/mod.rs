//! The report for people at a terminal: what is wrong, the narrow place, the chain of evidence, what to do, what was not
//! seen, and the exit status in words.

pub(in crate::report) mod excerpt;
pub(in crate::report) mod finding;
mod grid;
mod ground;
mod known;
mod layout;
mod packages;
pub(in crate::report) mod phrases;
mod problem;
pub(in crate::report) mod requirements;
mod scope;
pub(in crate::report) mod summary;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::problem::Problem;
use crate::report::{Lang, Report};
use crate::source::Sources;
use crate::verdict::ExitStatus;

use phrases::SEMICOLON;

pub(in crate::report) use grid::Cell;
pub use ground::Ground;
pub(in crate::report) use layout::Paint;
pub use layout::{Look, count};
pub(in crate::report) use requirements::short_name;
pub(in crate::report) use summary::{
    catalogue, counts, not_seen, read, status_words, verdict_words,
};

/// Which part of the findings is listed, in words; none: all of them. Names in it come from the input.
pub(in crate::report) fn scope_words(report: &Report<'_>) -> Option<String> {
    report.scope.map(|scope| scope::words(scope, report.lang))
}

/// What became of the baseline, in words; none: there is none. Its path comes from the input.
pub(in crate::report) fn baseline_words(report: &Report<'_>) -> Option<String> {
    let used = report.baseline?;
    let lines = known::summary(used, report, &Look::default());
    Some(lines.join(report.lang.say(SEMICOLON)))
}

/// Both, each with its name.
pub(in crate::report) fn terms(report: &Report<'_>) -> Vec<(&'static str, String)> {
    let lang = report.lang;
    let baseline = baseline_words(report).map(|text| (lang.pick("Baseline", "Référence"), text));
    let scope = scope_words(report).map(|text| (lang.pick("Scope", "Portée"), text));
    baseline.into_iter().chain(scope).collect()
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// One line for each finding and problem.
    Quiet,
    /// Findings that say the same of several resources are drawn once.
    #[default]
    Normal,
    /// Every finding and all evidence drawn in full.
    Verbose,
}

/// Writes the whole report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, look: &Look) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let problems = problem::Problems {
        sources: report.sources,
        all: report.problems,
        lang: report.lang,
    };
    if look.verbosity == Verbosity::Quiet {
        finding::lines(&mut out, report, look)?;
        problem::lines(&mut out, problems, look)?;
        return Ok(out);
    }
    finding::all(&mut out, report, look)?;
    problem::all(&mut out, problems, look)?;
    if report.status == ExitStatus::NothingToScan {
        summary::verdict(&mut out, report, look)?;
        return Ok(out);
    }
    finding::remedies(&mut out, report, look)?;
    requirements::write(&mut out, report, look)?;
    summary::write(&mut out, report, look)?;
    Ok(out)
}

/// Writes problems alone, in English.
///
/// # Errors
/// When `out` cannot take more.
pub fn problems(
    sources: &Sources,
    all: &[Problem],
    lang: Lang,
    look: &Look,
) -> Result<String, fmt::Error> {
    let mut out = String::new();
    let problems = problem::Problems { sources, all, lang };
    if look.verbosity == Verbosity::Quiet {
        problem::lines(&mut out, problems, look)?;
    } else {
        problem::all(&mut out, problems, look)?;
    }
    Ok(out)
}
