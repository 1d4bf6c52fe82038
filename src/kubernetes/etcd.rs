//! What the configuration of a cluster's encryption stands for: all that is kept in its cluster.

use super::links::{Kinds, Link};
use super::{Manifests, nearest};
use crate::catalog::Tie;

/// Links from what holds data, and from namespaces, to the nearest configuration: each cluster has its folder.
pub(super) fn find(manifests: &Manifests, kinds: &Kinds<'_>, out: &mut Vec<Link<'_>>) {
    let all = || manifests.all.iter().enumerate();
    let mut found: Vec<usize> = all()
        .filter(|(_, manifest)| {
            &*manifest.group == "apiserver.config.k8s.io"
                && &*manifest.kind == "EncryptionConfiguration"
        })
        .map(|(at, _)| at)
        .collect();
    if found.is_empty() {
        return;
    }
    manifests.sort_by_folder(&mut found);
    for (at, manifest) in all() {
        let holds = kinds.of(at).is_some_and(|kind| kind.holds_data);
        let is_namespace = manifest.group.is_empty() && &*manifest.kind == "Namespace";
        if !holds && !is_namespace {
            continue;
        }
        let to = nearest(&found, &manifest.path, |index| manifests.folder(index));
        out.extend(to.map(|to| Link {
            from: at,
            tie: Tie::EncryptsWith,
            to,
            path: "",
            place: None,
        }));
    }
}
