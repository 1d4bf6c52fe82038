//! Objects that a controller made of another one in the same scan: an export of a cluster holds a Deployment, its
//! ReplicaSets and their pods, and they are one workload.
//!
//! What such an object is made of was written at its owner, so it is judged there, once. This holds only for what was read
//! back from a server (both have their `uid`) and says nothing that its owner does not say: a pod that was given a sidecar,
//! or that claims an owner it does not fit, is judged by itself.

use hashbrown::HashMap;
use std::collections::BTreeMap;

use super::Manifest;
use crate::catalog::Catalog;
use crate::value::{Path, Value, identical};

/// Owners of owners: pods of jobs of cron jobs, with room for what operators add.
const MAX_OWNERS: usize = 8;

/// What container fields decide what is run, and what it talks to.
const CONTAINER: &[&str] = &["image", "command", "args", "env", "envFrom"];

/// Each object that says nothing beside its owner, with that owner. Claims that were made of templates are tied to the
/// workload, and the template, which stands for claims that are not at hand, is theirs.
pub(super) fn find(all: &mut [Manifest], catalog: &Catalog) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    let by_uid: HashMap<&str, usize> = all
        .iter()
        .enumerate()
        .filter_map(|(at, manifest)| Some((uid(manifest)?, at)))
        .collect();
    if by_uid.is_empty() {
        return found;
    }
    for (at, manifest) in all.iter().enumerate() {
        if let Some(owner) = workload_behind(manifest, all, &by_uid, catalog) {
            found.insert(at, owner);
        }
    }
    drop(by_uid);
    let claims = claims(all);
    for (claim, template) in claims {
        let Some(owner) = all.get(template).and_then(|template| template.template_of) else {
            continue;
        };
        if let Some(claim) = all.get_mut(claim) {
            claim.template_of = Some(owner);
        }
        found.insert(template, owner);
    }
    found
}

fn meta<'m>(manifest: &'m Manifest, key: &str) -> Option<&'m Value> {
    manifest.value.entry("metadata")?.entry(key)
}

/// Was it read back from a server?
pub(super) fn is_recorded(manifest: &Manifest) -> bool {
    uid(manifest).is_some()
}

fn uid(manifest: &Manifest) -> Option<&str> {
    meta(manifest, "uid")?
        .as_str()
        .filter(|uid| !uid.is_empty())
}

/// The outermost owner whose pods are those of `manifest`.
fn workload_behind(
    manifest: &Manifest,
    all: &[Manifest],
    by_uid: &HashMap<&str, usize>,
    catalog: &Catalog,
) -> Option<usize> {
    uid(manifest)?;
    let own = pods(manifest, catalog)?;
    let mut found = None;
    let mut at = manifest;
    for _ in 0..MAX_OWNERS {
        let Some((index, owner)) = controller(at, all, by_uid) else {
            break;
        };
        let Some(theirs) = pods(owner, catalog) else {
            break;
        };
        if !adds_nothing(own, theirs, owner) {
            break;
        }
        found = Some(index);
        at = owner;
    }
    found
}

/// The object that controls another one, when it is the one that it names.
fn controller<'a>(
    manifest: &Manifest,
    all: &'a [Manifest],
    by_uid: &HashMap<&str, usize>,
) -> Option<(usize, &'a Manifest)> {
    let references = meta(manifest, "ownerReferences")?.elements()?;
    let reference = references
        .iter()
        .find(|one| one.entry("controller").and_then(Value::as_bool) == Some(true))?;
    let text = |key| reference.entry(key).and_then(Value::as_str);
    let index = *by_uid.get(text("uid")?)?;
    let owner = all.get(index)?;
    let group = text("apiVersion")?
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    let is_it = text("kind")? == &*owner.kind
        && Some(text("name")?) == owner.name.as_deref()
        && group == &*owner.group
        && manifest.namespace == owner.namespace
        && !std::ptr::eq(owner, manifest);
    is_it.then_some((index, owner))
}

/// The pod specification of a workload.
fn pods<'m>(manifest: &'m Manifest, catalog: &Catalog) -> Option<&'m Value> {
    let kind = catalog.kubernetes_kind(&manifest.group, &manifest.kind)?;
    manifest
        .value
        .get(&Path::parse(kind.pod_spec.as_deref()?).ok()?)
}

/// True when all that decides where a pod runs, what it runs and what it keeps is said by its owner too.
fn adds_nothing(own: &Value, theirs: &Value, owner: &Manifest) -> bool {
    let same = |key: &str| match (own.entry(key), theirs.entry(key)) {
        (Some(own), Some(theirs)) => identical(own, theirs),
        (None, None) => true,
        _ => false,
    };
    // A DaemonSet ties each of its pods to its node.
    let placed = same("nodeSelector") && (&*owner.kind == "DaemonSet" || same("affinity"));
    placed
        && ["containers", "initContainers"]
            .iter()
            .all(|key| containers_are_among(own.entry(key), theirs.entry(key)))
        && volumes_are_among(own.entry("volumes"), theirs.entry("volumes"), owner)
}

fn named<'v>(all: Option<&'v Value>, name: &str) -> Option<&'v Value> {
    let mut all = all?.elements()?.iter();
    all.find(|one| one.entry("name").and_then(Value::as_str) == Some(name))
}

fn containers_are_among(own: Option<&Value>, theirs: Option<&Value>) -> bool {
    let own = own.and_then(Value::elements).unwrap_or_default();
    own.iter().all(|container| {
        let name = container.entry("name").and_then(Value::as_str);
        let Some(other) = name.and_then(|name| named(theirs, name)) else {
            return false;
        };
        CONTAINER
            .iter()
            .all(|key| match (container.entry(key), other.entry(key)) {
                (Some(own), Some(theirs)) => identical(own, theirs),
                (None, None) => true,
                _ => false,
            })
    })
}

fn volumes_are_among(own: Option<&Value>, theirs: Option<&Value>, owner: &Manifest) -> bool {
    let own = own.and_then(Value::elements).unwrap_or_default();
    let templates = owner
        .value
        .entry("spec")
        .and_then(|spec| spec.entry("volumeClaimTemplates"));
    own.iter().all(|volume| {
        // The token of its service account, which every pod is given.
        if volume.entry("projected").is_some() {
            return true;
        }
        let Some(name) = volume.entry("name").and_then(Value::as_str) else {
            return false;
        };
        if let Some(other) = named(theirs, name) {
            return identical(volume, other);
        }
        let is_template = |one: &Value| {
            let named = one.entry("metadata").and_then(|meta| meta.entry("name"));
            named.and_then(Value::as_str) == Some(name)
        };
        let templates = templates.and_then(Value::elements).unwrap_or_default();
        volume.entry("persistentVolumeClaim").is_some() && templates.iter().any(is_template)
    })
}

/// Claims of a server that were made of a template in the scan: `data-db-0` of `data-db-*`.
fn claims(all: &[Manifest]) -> Vec<(usize, usize)> {
    let of = |manifest: &Manifest| {
        let spec = manifest.value.entry("spec");
        spec.and_then(|spec| spec.entry("storageClassName"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let templates: HashMap<(Option<&str>, &str), usize> = all
        .iter()
        .enumerate()
        .filter(|(_, manifest)| manifest.template_of.is_some())
        .filter_map(|(at, manifest)| {
            let name = manifest.name.as_deref()?.strip_suffix('*')?;
            Some(((manifest.namespace.as_deref(), name), at))
        })
        .collect();
    let mut found = Vec::new();
    for (at, manifest) in all.iter().enumerate() {
        let is_claim = &*manifest.kind == "PersistentVolumeClaim" && manifest.group.is_empty();
        if templates.is_empty() || !is_claim || manifest.template_of.is_some() {
            continue;
        }
        let Some(name) = manifest.name.as_deref().filter(|_| uid(manifest).is_some()) else {
            continue;
        };
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let key = (manifest.namespace.as_deref(), stem);
        if stem.len() < name.len()
            && let Some(template) = templates.get(&key)
            && let Some(made) = all.get(*template)
            // Before a class is named the default one is, by the server.
            && (of(made).is_none() || of(made) == of(manifest))
        {
            found.push((at, *template));
        }
    }
    found
}
