//! The exit status, decided in one place and the same for every format.

use super::{Finding, Outcome};
use crate::config::words::{Level, Severity};
use crate::problem::{Problem, Weight};

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: nothing at or above the bar.
    Clean,
    /// 1: a finding at or above the bar.
    Findings,
    /// 2: the tool could not do its job: usage, configuration, input that could not be read, a policy that failed.
    Incomplete,
    /// 3: nothing to scan.
    NothingToScan,
}

impl ExitStatus {
    /// The number for the operating system.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Incomplete => 2,
            Self::NothingToScan => 3,
        }
    }
}

/// What makes a run fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Findings of at least this severity fail; none: they never do.
    pub fail_on: Option<Severity>,
    /// Undetermined findings fail at these levels, when their severity reaches `fail_on`.
    pub undetermined: Vec<Level>,
    /// What was to be judged and was not seen is an error.
    pub gaps: bool,
    /// Fewer resources than these are an error; 0: none are too few.
    pub min_resources: usize,
}

impl Default for Bar {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::High),
            undetermined: vec![Level::Health, Level::Particular],
            gaps: false,
            min_resources: 0,
        }
    }
}

impl Bar {
    /// True when this finding alone makes the run fail.
    pub fn fails(&self, finding: &Finding) -> bool {
        let counts = match finding.outcome {
            Outcome::Violation => true,
            Outcome::Undetermined(_) => finding
                .level
                .is_some_and(|level| self.undetermined.contains(&level)),
        };
        counts
            && finding.waived.is_none()
            && self.fail_on.is_some_and(|bar| finding.severity >= bar)
    }
}

/// The status of a scan. An error wins over findings: what was not read may hold worse. `files` counts what was worth
/// reading, read or not.
pub fn decide(bar: &Bar, findings: &[Finding], problems: &[Problem], files: usize) -> ExitStatus {
    if problems
        .iter()
        .any(|problem| problem.weight == Weight::Error)
    {
        ExitStatus::Incomplete
    } else if files == 0 {
        ExitStatus::NothingToScan
    } else if findings.iter().any(|finding| bar.fails(finding)) {
        ExitStatus::Findings
    } else {
        ExitStatus::Clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Text;
    use crate::problem::ProblemCode;
    use crate::verdict::testing::finding;
    use crate::verdict::{AcceptedBy, Waived};

    fn of(severity: Severity, level: Level, undetermined: bool, waived: bool) -> Finding {
        let mut finding = finding("a/b", "x.y", severity);
        finding.level = Some(level);
        if undetermined {
            finding.outcome = Outcome::Undetermined(Text::default());
        }
        finding.waived = waived.then(|| Waived {
            kind: AcceptedBy::Config,
            reason: "because".into(),
            by: None,
            until: None,
            place: None,
        });
        finding
    }

    #[test]
    fn the_status_table() {
        use ExitStatus::{Clean, Findings, Incomplete, NothingToScan};
        use Level::{Health, Particular, Personal};
        use Severity::{Critical, High, Low, Medium};
        let high = Bar::default();
        let never = Bar {
            fail_on: None,
            ..Bar::default()
        };
        let low = Bar {
            fail_on: Some(Low),
            ..Bar::default()
        };
        let lenient = Bar {
            undetermined: Vec::new(),
            ..Bar::default()
        };
        let strict = Bar {
            undetermined: Level::ALL.to_vec(),
            ..Bar::default()
        };
        let error = || Problem::error(ProblemCode::Syntax, Text::same("x"));
        let warning = || Problem::warning(ProblemCode::Duplicate, Text::same("x"));
        let cases = [
            ("nothing found", &high, vec![], vec![], 1, Clean),
            (
                "violation at the bar",
                &high,
                vec![of(High, Personal, false, false)],
                vec![],
                1,
                Findings,
            ),
            (
                "violation above the bar",
                &high,
                vec![of(Critical, Personal, false, false)],
                vec![],
                1,
                Findings,
            ),
            (
                "violation below the bar",
                &high,
                vec![of(Medium, Particular, false, false)],
                vec![],
                1,
                Clean,
            ),
            (
                "a lower bar",
                &low,
                vec![of(Medium, Personal, false, false)],
                vec![],
                1,
                Findings,
            ),
            (
                "no bar",
                &never,
                vec![of(Critical, Particular, false, false)],
                vec![],
                1,
                Clean,
            ),
            (
                "waived",
                &high,
                vec![of(Critical, Particular, false, true)],
                vec![],
                1,
                Clean,
            ),
            (
                "one waived, one not",
                &high,
                vec![
                    of(High, Health, false, true),
                    of(High, Health, false, false),
                ],
                vec![],
                1,
                Findings,
            ),
            (
                "undetermined, health",
                &high,
                vec![of(High, Health, true, false)],
                vec![],
                1,
                Findings,
            ),
            (
                "undetermined, health, below",
                &high,
                vec![of(Medium, Health, true, false)],
                vec![],
                1,
                Clean,
            ),
            (
                "undetermined, personal",
                &high,
                vec![of(Critical, Personal, true, false)],
                vec![],
                1,
                Clean,
            ),
            (
                "undetermined, personal, strict",
                &strict,
                vec![of(High, Personal, true, false)],
                vec![],
                1,
                Findings,
            ),
            (
                "undetermined, particular, lenient",
                &lenient,
                vec![of(Critical, Particular, true, false)],
                vec![],
                1,
                Clean,
            ),
            ("an error", &high, vec![], vec![error()], 1, Incomplete),
            (
                "an error wins over findings",
                &high,
                vec![of(Critical, Health, false, false)],
                vec![error()],
                1,
                Incomplete,
            ),
            (
                "an error wins over nothing",
                &high,
                vec![],
                vec![error()],
                0,
                Incomplete,
            ),
            (
                "an error with no bar",
                &never,
                vec![],
                vec![error()],
                1,
                Incomplete,
            ),
            ("a warning", &high, vec![], vec![warning()], 1, Clean),
            ("nothing to scan", &high, vec![], vec![], 0, NothingToScan),
            (
                "nothing but a warning",
                &high,
                vec![],
                vec![warning()],
                0,
                NothingToScan,
            ),
        ];
        for (name, bar, findings, problems, files, expected) in cases {
            assert_eq!(decide(bar, &findings, &problems, files), expected, "{name}");
        }
    }

    #[test]
    fn the_numbers_are_a_promise() {
        let codes = [
            ExitStatus::Clean,
            ExitStatus::Findings,
            ExitStatus::Incomplete,
            ExitStatus::NothingToScan,
        ]
        .map(ExitStatus::code);
        assert_eq!(codes, [0, 1, 2, 3]);
    }
}
