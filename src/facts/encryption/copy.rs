//! Encryption of copies: by the key that the block of the copy names, which is not that of the primary.

use super::{Part, settle};
use crate::catalog::{EncryptionDefault, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{Encryption, Fact};
use crate::graph::Resource;
use crate::value::Value;

impl<'a> Lens<'a> {
    /// Encryption of a copy that a block of a resource makes; `block` is the path of the block, empty for the resource
    /// itself. Absent: the block says nothing, and what happens then is not a matter of the resource.
    pub(in crate::facts) fn encryption_of_copy(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        block: &'static str,
        content: &'a Value,
    ) -> Fact<Vec<Encryption>> {
        let facts = &kind.encryption;
        let in_block = |path: &&'static String| {
            path.rsplit_once('.').map_or("", |(before, _)| before) == block
        };
        let own = facts.replica_key_paths.iter().find(in_block);
        let scope = facts
            .key_scopes
            .iter()
            .find(|scope| scope.block == block && !block.is_empty());
        let paths = match (own, scope) {
            (Some(path), _) => std::slice::from_ref(path),
            (None, Some(scope)) => scope.paths.as_slice(),
            (None, None) => return Fact::Absent,
        };
        let part = Part {
            resource,
            kind,
            block,
            content: Some(content),
            paths,
        };
        let written = paths.iter().any(|path| !self.values(part, path).is_empty());
        if !written && (block.is_empty() || facts.default == EncryptionDefault::Parent) {
            return Fact::Absent;
        }
        settle(self.part(part, "".into(), 0))
    }
}
