//! How much of the input was seen: where something was not, nobody can say that data of a level is absent.

use crate::problem::{Problem, Weight};
use crate::verdict::Coverage;

/// How much of the input was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing that declares anything was read.
    Nothing,
    /// Something kept a part from being read: an error, a module that is not at hand, a chart that nobody rendered.
    Part,
    /// All of it.
    All,
}

impl Sight {
    /// Of a scan.
    pub fn of(coverage: &Coverage, problems: &[Problem]) -> Self {
        let mut problems = problems.iter();
        let mut packages = coverage.packages.iter();
        if coverage.scanned() == 0 {
            Self::Nothing
        } else if problems.any(|one| one.weight == Weight::Error)
            || packages.any(|one| one.failed + one.not_rendered > 0)
            || coverage.releases.unseen() > 0
            || !coverage.missing_modules.is_empty()
        {
            Self::Part
        } else {
            Self::All
        }
    }
}
