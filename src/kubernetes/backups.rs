//! What the schedules of backup tools save: namespaces and what holds data in them, and the volumes of one driver.

use hashbrown::{HashMap, HashSet};

use super::links::{Kinds, Link};
use super::{Manifest, Manifests, common_folders, nearest};
use crate::catalog::{KubernetesKind, SavedNamespaces, Tie};
use crate::discover::folder_of;
use crate::source::Place;
use crate::value::{Path, Value};

/// One object is saved by no more schedules than this: those that send to the same place say nothing more.
const MAX_SCHEDULES: usize = 8;

/// A schedule, or a single backup.
struct Plan<'a> {
    at: usize,
    folder: &'a str,
    /// Where it sends to; none: it holds that itself.
    storage: Option<usize>,
    excluded: Vec<&'a str>,
    place: Option<Place>,
}

/// Plans by the namespaces that they name; those that save all of them apart.
#[derive(Default)]
struct Plans<'a> {
    named: HashMap<&'a str, Vec<Plan<'a>>>,
    everywhere: Vec<Plan<'a>>,
}

/// Links from what is saved to what saves it. What the schedules send to is among the links already.
pub(super) fn find(manifests: &Manifests, kinds: &Kinds<'_>, out: &mut Vec<Link<'_>>) {
    let mut plans = Plans::default();
    let all = || manifests.all.iter().enumerate();
    let schedules: Vec<usize> = all()
        .filter(|(at, _)| kinds.of(*at).is_some_and(|kind| kind.saves.is_some()))
        .map(|(at, _)| at)
        .collect();
    if !schedules.is_empty() {
        let sent: HashMap<usize, usize> = out
            .iter()
            .filter(|link| link.tie == Tie::BacksUpTo)
            .map(|link| (link.from, link.to))
            .collect();
        for at in schedules {
            if let (Some(manifest), Some(kind)) = (manifests.all.get(at), kinds.of(at)) {
                plans.add(at, manifest, kind, sent.get(&at).copied());
            }
        }
        for (at, manifest) in all() {
            let is_namespace = manifest.group.is_empty() && &*manifest.kind == "Namespace";
            let is_saved = |kind: &&KubernetesKind| kind.holds_data && kind.family != "backup";
            let namespace = match kinds.of(at) {
                _ if is_namespace => manifest.name.as_deref(),
                kind => kind.filter(is_saved).and(manifest.namespace.as_deref()),
            };
            if let Some(namespace) = namespace {
                plans.save(at, namespace, folder_of(&manifest.path), out);
            }
        }
    }
    longhorn(manifests, out);
}

fn texts<'a>(object: &'a Value, path: Option<&String>) -> (Vec<&'a str>, Option<Place>) {
    let path = path.and_then(|path| Path::parse(path).ok());
    let value = path.and_then(|path| object.get(&path));
    let elements = value.and_then(Value::elements).unwrap_or_default();
    let texts = elements.iter().filter_map(Value::as_str).collect();
    (texts, value.and_then(|value| value.origin.place))
}

/// One of those that stand beside each other and send to one place is enough, unless it leaves out something.
fn keep<'a>(plans: &mut Vec<Plan<'a>>, new: Plan<'a>) {
    let same = |known: &Plan<'_>| {
        known.folder == new.folder
            && known.storage.is_some()
            && known.storage == new.storage
            && known.excluded.is_empty()
    };
    if plans.len() < MAX_SCHEDULES * MAX_SCHEDULES && !plans.iter().any(same) {
        plans.push(new);
    }
}

impl<'a> Plans<'a> {
    fn add(
        &mut self,
        at: usize,
        manifest: &'a Manifest,
        kind: &KubernetesKind,
        storage: Option<usize>,
    ) {
        let Some(SavedNamespaces { included, excluded }) = &kind.saves else {
            return;
        };
        // What sends to nothing that is known says nothing.
        if storage.is_none() && !kind.holds_data {
            return;
        }
        let (names, place) = texts(&manifest.value, included.as_ref());
        let (excluded, _) = texts(&manifest.value, excluded.as_ref());
        let new = || Plan {
            at,
            folder: folder_of(&manifest.path),
            storage,
            excluded: excluded.clone(),
            place,
        };
        match included {
            None => {
                if let Some(own) = manifest.namespace.as_deref() {
                    keep(self.named.entry(own).or_default(), new());
                }
            }
            Some(_) if names.is_empty() || names.contains(&"*") => {
                keep(&mut self.everywhere, new());
            }
            Some(_) => {
                for namespace in names {
                    keep(self.named.entry(namespace).or_default(), new());
                }
            }
        }
    }

    /// The plans that save an object: those whose files are nearest to its own, since each cluster has its folder.
    fn save(&self, at: usize, namespace: &str, folder: &str, out: &mut Vec<Link<'_>>) {
        let all = || {
            let named = self.named.get(namespace).into_iter().flatten();
            named
                .chain(&self.everywhere)
                .filter(|plan| !plan.excluded.contains(&namespace))
        };
        let Some(near) = all().map(|plan| common_folders(folder, plan.folder)).max() else {
            return;
        };
        let nearest = all().filter(|plan| common_folders(folder, plan.folder) == near);
        out.extend(nearest.take(MAX_SCHEDULES).map(|plan| Link {
            from: at,
            tie: Tie::BacksUpTo,
            to: plan.at,
            path: "",
            place: plan.place,
        }));
    }
}

const LONGHORN: &str = "longhorn.io";

/// Jobs of Longhorn save its volumes: those of the group `default`, which every volume without groups of its own is in.
fn longhorn(manifests: &Manifests, out: &mut Vec<Link<'_>>) {
    let of_kind = |kind: &str| -> Vec<usize> {
        let found = manifests.all.iter().enumerate();
        let mut found: Vec<usize> = found
            .filter(|(_, one)| &*one.group == LONGHORN && &*one.kind == kind)
            .map(|(at, _)| at)
            .collect();
        manifests.sort_by_folder(&mut found);
        found
    };
    let spec = |at: usize| manifests.all.get(at)?.value.entry("spec");
    let mut jobs = of_kind("RecurringJob");
    jobs.retain(|at| {
        let task = spec(*at).and_then(|spec| spec.entry("task")?.as_str());
        let groups = spec(*at).and_then(|spec| spec.entry("groups")?.elements());
        task.is_some_and(|task| task.starts_with("backup"))
            && groups
                .unwrap_or_default()
                .iter()
                .any(|group| group.as_str() == Some("default"))
    });
    if jobs.is_empty() {
        return;
    }
    let mut targets = of_kind("BackupTarget");
    targets.extend(of_kind("Setting").into_iter().filter(|at| {
        let setting = manifests.all.get(*at);
        setting.is_some_and(|one| one.name.as_deref() == Some("backup-target"))
    }));
    manifests.sort_by_folder(&mut targets);
    let folder = |index: usize| manifests.folder(index);
    for job in &jobs {
        let path = manifests.all.get(*job).map_or("", |one| &*one.path);
        out.extend(nearest(&targets, path, folder).map(|to| Link {
            from: *job,
            tie: Tie::BacksUpTo,
            to,
            path: "",
            place: None,
        }));
    }
    let is_class = |at: usize| {
        let driver = manifests
            .all
            .get(at)
            .filter(|one| &*one.kind == "StorageClass")
            .and_then(|one| one.value.entry("provisioner")?.as_str());
        driver == Some("driver.longhorn.io")
    };
    let claims: HashSet<usize> = out
        .iter()
        .filter(|link| link.tie == Tie::RunsOn && is_class(link.to))
        .map(|link| link.from)
        .collect();
    for claim in claims {
        let path = manifests.all.get(claim).map_or("", |one| &*one.path);
        out.extend(nearest(&jobs, path, folder).map(|to| Link {
            from: claim,
            tie: Tie::BacksUpTo,
            to,
            path: "",
            place: None,
        }));
    }
}
