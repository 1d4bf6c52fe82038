//! Relations between resources, derived from the catalogue.

use super::GraphBuilder;
use crate::catalog::Catalog;
use crate::kubernetes::Manifests;

/// Adds every relation that the catalogue and the manifests tell of.
pub(super) fn add(
    builder: &mut GraphBuilder,
    manifests: &Manifests,
    first_manifest: u32,
    catalog: &Catalog,
) {
    let _ = (builder, manifests, first_manifest, catalog);
}
