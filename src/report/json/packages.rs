//! Charts and kustomizations: how many were seen through, and what each was rendered with.

use serde::Serialize;

use crate::kubernetes::Rendering;
use crate::verdict::{Coverage, ReleaseCount};

/// Charts, or kustomizations.
#[derive(Serialize)]
pub(super) struct PackageOut {
    kind: &'static str,
    found: usize,
    rendered: usize,
    failed: usize,
    not_rendered: usize,
    parts: usize,
    objects: usize,
}

/// Charts that Terraform installs.
#[derive(Serialize)]
pub(super) struct ReleasesOut {
    found: usize,
    rendered: usize,
    not_rendered: usize,
}

impl ReleasesOut {
    pub(super) fn of(count: ReleaseCount) -> Self {
        Self {
            found: count.found,
            rendered: count.rendered,
            not_rendered: count.unseen(),
        }
    }
}

/// A chart or kustomization, rendered with some values.
#[derive(Serialize)]
pub(crate) struct RenderingOut<'a> {
    kind: &'static str,
    path: &'a str,
    outcome: &'static str,
    release: Option<&'a str>,
    installed_by: Option<&'a str>,
    namespace: Option<&'a str>,
    values: &'a [String],
    objects: usize,
    empty_templates: &'a [String],
}

impl<'a> RenderingOut<'a> {
    /// Of a rendering.
    pub(crate) fn of(rendering: &'a Rendering) -> Self {
        Self {
            kind: rendering.kind.as_str(),
            path: &rendering.folder,
            outcome: rendering.outcome.as_str(),
            release: rendering.release.as_deref(),
            installed_by: rendering.by.as_ref().map(|by| &*by.address),
            namespace: rendering.namespace.as_deref(),
            values: &rendering.values,
            objects: rendering.objects,
            empty_templates: &rendering.empty,
        }
    }
}

pub(super) fn counts(coverage: &Coverage) -> Vec<PackageOut> {
    let packages = coverage.packages.iter();
    packages
        .map(|of| PackageOut {
            kind: of.kind.as_str(),
            found: of.found,
            rendered: of.rendered,
            failed: of.failed,
            not_rendered: of.not_rendered,
            parts: of.parts,
            objects: of.objects,
        })
        .collect()
}
