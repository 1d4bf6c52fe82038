//! Charts and kustomizations in the coverage: which were seen through, and which were not.

use std::collections::BTreeMap;

use crate::kubernetes::{Manifests, PackageKind, RenderOutcome, Rendering};

/// Charts, or kustomizations. Those rendered by themselves and the parts of others together are all that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageCount {
    /// What they are.
    pub kind: PackageKind,
    /// All of them.
    pub found: usize,
    /// Rendered, with every choice of values.
    pub rendered: usize,
    /// To be rendered, and not rendered with some choice of values; a problem says why.
    pub failed: usize,
    /// Not to be rendered.
    pub not_rendered: usize,
    /// Rendered with others, if at all: subcharts, library charts, bases, components.
    pub parts: usize,
    /// Objects that came of them.
    pub objects: usize,
}

/// Charts that Terraform installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReleaseCount {
    /// All of them.
    pub found: usize,
    /// Rendered with their values: their objects are judged.
    pub rendered: usize,
}

impl ReleaseCount {
    pub(super) fn of(manifests: &Manifests) -> Self {
        let rendered = manifests.releases.iter().filter(|one| one.unseen.is_none());
        Self {
            found: manifests.releases.len(),
            rendered: rendered.count(),
        }
    }

    /// Those whose objects nobody saw.
    pub const fn unseen(self) -> usize {
        self.found.saturating_sub(self.rendered)
    }
}

/// Counts charts and kustomizations; kinds of which there is none are left out.
pub(super) fn count(manifests: &Manifests) -> Vec<PackageCount> {
    let found = [
        (PackageKind::Chart, manifests.counts.charts),
        (PackageKind::Kustomization, manifests.counts.kustomizations),
    ];
    let found = found.into_iter().filter(|(_, found)| *found > 0);
    found
        .map(|(kind, found)| of_kind(kind, found, &manifests.renderings))
        .collect()
}

fn of_kind(kind: PackageKind, found: usize, renderings: &[Rendering]) -> PackageCount {
    let of_kind = || renderings.iter().filter(move |of| of.kind == kind);
    // One that could not be rendered with some values was not seen through.
    let worst = |of: RenderOutcome| match of {
        RenderOutcome::Rendered => 0,
        RenderOutcome::NotRendered => 1,
        RenderOutcome::Failed => 2,
    };
    let mut folders: BTreeMap<&str, RenderOutcome> = BTreeMap::new();
    for of in of_kind() {
        let outcome = folders.entry(&of.folder).or_insert(of.outcome);
        if worst(of.outcome) > worst(*outcome) {
            *outcome = of.outcome;
        }
    }
    let of = |outcome| folders.values().filter(|one| **one == outcome).count();
    PackageCount {
        kind,
        found,
        rendered: of(RenderOutcome::Rendered),
        failed: of(RenderOutcome::Failed),
        not_rendered: of(RenderOutcome::NotRendered),
        parts: found.saturating_sub(folders.len()),
        objects: of_kind().map(|of| of.objects).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_counts_once_and_by_its_worst_rendering() {
        let of = |folder: &str, outcome, objects| Rendering {
            kind: PackageKind::Chart,
            folder: folder.to_owned(),
            outcome,
            release: None,
            by: None,
            namespace: None,
            values: Vec::new(),
            objects,
            empty: Vec::new(),
        };
        let mut manifests = Manifests::default();
        manifests.counts.charts = 4;
        manifests.renderings = vec![
            of("a", RenderOutcome::Rendered, 2),
            of("a", RenderOutcome::Rendered, 3),
            of("b", RenderOutcome::Rendered, 1),
            of("b", RenderOutcome::Failed, 0),
            of("c", RenderOutcome::NotRendered, 0),
        ];
        assert_eq!(
            count(&manifests),
            [PackageCount {
                kind: PackageKind::Chart,
                found: 4,
                rendered: 1,
                failed: 1,
                not_rendered: 1,
                parts: 1,
                objects: 6,
            }]
        );
    }
}
