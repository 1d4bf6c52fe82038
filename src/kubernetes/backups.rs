//! What the schedules of a backup tool save, and where to: namespaces and what holds data in them.

use std::collections::HashMap;

use super::links::{Link, Tie};
use super::{Manifest, Manifests, common_folders};
use crate::catalog::Catalog;
use crate::discover::folder_of;
use crate::source::Place;
use crate::value::Value;

const GROUP: &str = "velero.io";

/// One object is saved by no more schedules than this: those that send to the same place say nothing more.
const MAX_SCHEDULES: usize = 8;

/// A schedule, or a single backup.
struct Plan<'a> {
    at: usize,
    folder: &'a str,
    /// Where it sends to, as it is named.
    storage: &'a str,
    excluded: Vec<&'a str>,
    place: Option<Place>,
}

/// Plans by the namespaces that they name; those that save all of them apart.
#[derive(Default)]
struct Plans<'a> {
    named: HashMap<&'a str, Vec<Plan<'a>>>,
    everywhere: Vec<Plan<'a>>,
}

/// Links from what is saved to what saves it, and on to the storage.
pub(super) fn find(manifests: &Manifests, catalog: &Catalog, out: &mut Vec<Link>) {
    let mut plans = Plans::default();
    for (at, manifest) in manifests.all.iter().enumerate() {
        if &*manifest.group == GROUP && matches!(&*manifest.kind, "Schedule" | "Backup") {
            plan(at, manifest, manifests, &mut plans, out);
        }
    }
    if plans.named.is_empty() && plans.everywhere.is_empty() {
        return;
    }
    for (at, manifest) in manifests.all.iter().enumerate() {
        let namespace = match (&*manifest.group, &*manifest.kind) {
            ("", "Namespace") => manifest.name.as_deref(),
            (group, kind) => catalog
                .kubernetes_kind(group, kind)
                .filter(|kind| kind.holds_data && kind.group != GROUP)
                .and(manifest.namespace.as_deref()),
        };
        if let Some(namespace) = namespace {
            plans.save(at, namespace, folder_of(&manifest.path), out);
        }
    }
}

fn plan<'a>(
    at: usize,
    manifest: &'a Manifest,
    manifests: &Manifests,
    plans: &mut Plans<'a>,
    out: &mut Vec<Link>,
) {
    let Some(mut spec) = manifest.value.entry("spec") else {
        return;
    };
    if &*manifest.kind == "Schedule" {
        let Some(template) = spec.entry("template") else {
            return;
        };
        spec = template;
    }
    let storage = spec.entry("storageLocation").filter(|name| !name.is_null());
    // Without a name it is the location that is called so, unless the server is told otherwise.
    let name = storage.map_or(Some("default"), Value::as_str);
    let found = name.and_then(|name| {
        let namespace = manifest.namespace.as_deref();
        manifests.find("BackupStorageLocation", namespace, name, manifest)
    });
    let (Some(to), Some(name)) = (found, name) else {
        return;
    };
    out.push(Link {
        from: at,
        tie: Tie::BacksUpTo,
        to,
        place: storage.and_then(|name| name.origin.place),
    });
    let included = spec.entry("includedNamespaces");
    let names = texts(included);
    let every = names.is_empty() || names.contains(&"*");
    let new = || Plan {
        at,
        folder: folder_of(&manifest.path),
        storage: name,
        excluded: texts(spec.entry("excludedNamespaces")),
        place: included.and_then(|names| names.origin.place),
    };
    if every {
        keep(&mut plans.everywhere, new());
        return;
    }
    for namespace in names {
        keep(plans.named.entry(namespace).or_default(), new());
    }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    let elements = value.and_then(Value::elements).unwrap_or_default();
    elements.iter().filter_map(Value::as_str).collect()
}

/// One of those that stand beside each other and send to one place is enough, unless it leaves out something.
fn keep<'a>(plans: &mut Vec<Plan<'a>>, new: Plan<'a>) {
    let same = |known: &Plan<'_>| {
        known.folder == new.folder && known.storage == new.storage && known.excluded.is_empty()
    };
    if plans.len() < MAX_SCHEDULES * MAX_SCHEDULES && !plans.iter().any(same) {
        plans.push(new);
    }
}

impl Plans<'_> {
    /// The plans that save an object: those whose files are nearest to its own, since each cluster has its folder.
    fn save(&self, at: usize, namespace: &str, folder: &str, out: &mut Vec<Link>) {
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
            place: plan.place,
        }));
    }
}
