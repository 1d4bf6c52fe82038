//! Services of others that a resource uses: what flows there, who runs them, and where.

use super::Dependency;
use super::establish::Lens;
use crate::graph::Resource;

impl<'a> Lens<'a> {
    /// The services that a resource depends on and that are not its own host's.
    pub(super) fn dependencies_of(&mut self, _resource: &'a Resource) -> Vec<Dependency> {
        Vec::new()
    }
}
