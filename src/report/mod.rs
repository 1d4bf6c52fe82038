//! What a scan says, one file per format. Every format gets the same [`Report`] and decides nothing.

pub mod catalogue;
pub mod human;
pub mod inspect;
pub mod json;
mod safe;
pub(crate) mod standing;
#[cfg(test)]
mod testing;
mod values;

use crate::config::words::{Level, Severity};
use crate::facts::Text;
use crate::problem::Problem;
use crate::source::Sources;
use crate::verdict::{Bar, Coverage, ExitStatus, Finding, Outcome, Requirements};

pub use safe::{clean, clean_line};

/// Language of titles, messages and remedies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// The word in this language.
    pub(crate) fn pick(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    /// The text in this language; the English one where it is missing.
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::Fr if !text.fr.is_empty() => &text.fr,
            _ => &text.en,
        }
    }
}

/// Everything that a format may print.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Sorted.
    pub findings: &'a [Finding],
    /// Sorted.
    pub problems: &'a [Problem],
    /// How the requirements of the frameworks stand.
    pub requirements: &'a Requirements,
    /// What was seen.
    pub coverage: &'a Coverage,
    /// The date that decided which visas are in force.
    pub as_of: &'a str,
    /// Path of the configuration, when there is one.
    pub config: Option<&'a str>,
    /// What makes the run fail.
    pub bar: &'a Bar,
    /// How it ends.
    pub status: ExitStatus,
    /// Language of the findings.
    pub lang: Lang,
}

/// Findings by what they weigh; each finding is counted once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Violations that are not waived, by severity, gravest first.
    pub violations: Vec<(Severity, usize)>,
    /// Undetermined findings that are not waived.
    pub undetermined: usize,
    /// Waived findings.
    pub waived: usize,
    /// Findings that make the run fail.
    pub failing: usize,
    /// The undetermined ones among these.
    pub failing_undetermined: usize,
    /// The highest level of data with a violation.
    pub highest_level: Option<Level>,
}

impl Tally {
    /// Counts.
    pub fn of(findings: &[Finding], bar: &Bar) -> Self {
        let mut tally = Self {
            violations: Severity::ALL.iter().rev().map(|s| (*s, 0)).collect(),
            ..Self::default()
        };
        for finding in findings {
            let fails = bar.fails(finding);
            tally.failing += usize::from(fails);
            tally.failing_undetermined +=
                usize::from(fails && finding.outcome != Outcome::Violation);
            match (&finding.waived, &finding.outcome) {
                (Some(_), _) => tally.waived += 1,
                (None, Outcome::Undetermined(_)) => tally.undetermined += 1,
                (None, Outcome::Violation) => {
                    let slot = tally
                        .violations
                        .iter_mut()
                        .find(|(s, _)| *s == finding.severity);
                    if let Some((_, count)) = slot {
                        *count += 1;
                    }
                    tally.highest_level = tally.highest_level.max(finding.level);
                }
            }
        }
        tally
    }

    /// All violations that are not waived.
    pub fn total_violations(&self) -> usize {
        self.violations.iter().map(|(_, count)| count).sum()
    }
}
