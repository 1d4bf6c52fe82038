//! Data beside the main data, with keys of its own: the secret with the password, the measurements of performance.

use super::cited::Cited;
use super::{Found, Part};
use crate::catalog::ResourceKind;
use crate::facts::establish::Lens;
use crate::graph::Resource;

impl<'a> Lens<'a> {
    /// Keys of side data that are written: each a part, named as its attribute. One that is not known says nothing of
    /// the main data, and is left out.
    pub(super) fn side_data(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for path in &kind.encryption.auxiliary_key_paths {
            let part = Part {
                resource,
                kind,
                block: "",
                content: Some(&resource.attributes),
                paths: std::slice::from_ref(path),
            };
            if let Cited::Keys(keys) = self.cited(part) {
                found.extend(self.with_keys(resource, path.as_str().into(), keys, Vec::new()));
            }
        }
        found
    }
}
