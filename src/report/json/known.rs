//! What became of the baseline.

use serde::Serialize;

use crate::verdict::BaselineUse;
use crate::verdict::baseline::Entry;

/// The baseline of a scan.
#[derive(Serialize)]
pub(crate) struct BaselineOut<'a> {
    path: &'a str,
    known: usize,
    new: usize,
    graver: usize,
    fixed: Vec<FixedOut<'a>>,
    not_looked_at: usize,
    expired: bool,
}

/// A finding that is gone.
#[derive(Serialize)]
struct FixedOut<'a> {
    fingerprint: &'a str,
    rule: &'a str,
    address: &'a str,
    path: &'a str,
}

impl<'a> BaselineOut<'a> {
    /// Of a baseline.
    pub(crate) fn of(used: &'a BaselineUse) -> Self {
        let fixed = |entry: &'a Entry| FixedOut {
            fingerprint: &entry.fingerprint,
            rule: &entry.rule,
            address: &entry.address,
            path: &entry.path,
        };
        Self {
            path: &used.path,
            known: used.known,
            new: used.new,
            graver: used.graver,
            fixed: used.fixed.iter().map(fixed).collect(),
            not_looked_at: used.not_looked_at,
            expired: used.expired,
        }
    }
}
