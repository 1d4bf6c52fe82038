//! The part of the findings that is listed, for JSON.

use serde::Serialize;

use crate::verdict::{Scope, ScopeKind};

/// Which part of the findings is listed.
#[derive(Serialize)]
pub(crate) struct ScopeOut<'a> {
    kind: &'static str,
    reference: Option<&'a str>,
    commit: Option<&'a str>,
    files: usize,
    outside: usize,
    everything: Option<&'a str>,
    new_elsewhere: usize,
    left_out: usize,
    left_out_failing: usize,
}

impl<'a> ScopeOut<'a> {
    /// Of a scope.
    pub(crate) fn of(scope: &'a Scope) -> Self {
        let (reference, commit) = match &scope.kind {
            ScopeKind::Since { reference, commit } => (Some(&**reference), Some(&**commit)),
            ScopeKind::Listed => (None, None),
        };
        Self {
            kind: scope.kind.as_str(),
            reference,
            commit,
            files: scope.files,
            outside: scope.outside,
            everything: scope.everything.as_deref(),
            new_elsewhere: scope.new_elsewhere,
            left_out: scope.left_out,
            left_out_failing: scope.left_out_failing,
        }
    }
}
