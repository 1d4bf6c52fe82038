//! Multi-factor authentication of sign-in boundaries.

use super::establish::Lens;
use super::{Fact, Mfa, ResourceFacts};
use crate::graph::Resource;

impl<'a> Lens<'a> {
    pub(super) fn mfa_of(&mut self, resource: &'a Resource) -> Fact<Mfa> {
        let _ = resource;
        Fact::Absent
    }
}

/// Policies that only work together are judged together.
pub(super) fn judge_together(lens: &mut Lens<'_>, facts: &mut [ResourceFacts]) {
    let _ = (lens, facts);
}
