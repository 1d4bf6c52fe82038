//! Kubernetes objects as resources.

use super::GraphBuilder;
use crate::catalog::Catalog;
use crate::kubernetes::Manifests;

/// Adds a resource for each object.
pub(super) fn add(builder: &mut GraphBuilder, manifests: &Manifests, catalog: &Catalog) {
    let _ = (builder, manifests, catalog);
}
