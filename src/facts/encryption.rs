//! Encryption at rest: whether, with whose key, by part.

use super::establish::Lens;
use super::{Encryption, Fact};
use crate::graph::Resource;

impl<'a> Lens<'a> {
    pub(super) fn encryption_of(&mut self, resource: &'a Resource) -> Fact<Vec<Encryption>> {
        let _ = resource;
        Fact::Absent
    }
}
