//! Static credentials: keys, passwords and tokens that are good by themselves, and how long.

use super::establish::Lens;
use super::{Credential, Fact};
use crate::graph::Resource;

impl<'a> Lens<'a> {
    /// How long a resource is good for, when it is a static credential.
    pub(super) fn credential_of(&mut self, _resource: &'a Resource) -> Fact<Credential> {
        Fact::Absent
    }
}
