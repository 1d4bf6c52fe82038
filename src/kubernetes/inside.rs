//! Objects that stand inside others: claims that a pod has as long as it lives, resources that a composition of Crossplane
//! is made of, objects that one of its providers applies.

use std::sync::Arc;

use super::Manifest;
use super::objects::{Header, address};
use crate::text::Text;
use crate::value::{Because, Path, PathStep, Value};

/// What an object has inside it.
struct Inner {
    api_version: Arc<str>,
    kind: Arc<str>,
    name: Option<Arc<str>>,
    namespace: Option<Arc<str>>,
    /// The value that names it.
    named: Option<Value>,
    value: Value,
}

/// Adds what stands inside objects, after all of them.
pub(super) fn unfold(all: &mut Vec<Manifest>) {
    let mut found = Vec::new();
    for (owner, manifest) in all.iter().enumerate() {
        for inner in of(manifest) {
            let Some(block) = inner.value.origin.place else {
                continue;
            };
            let header = Header::of(&inner.api_version, &inner.kind);
            let line = inner.value.entry("kind").or(inner.named.as_ref());
            found.push(Manifest {
                address: address(
                    &header.api_version,
                    &header.kind,
                    inner.namespace.as_deref(),
                    inner.name.as_deref(),
                    &manifest.path,
                ),
                api_version: header.api_version,
                group: header.group,
                version: header.version,
                kind: header.kind,
                name: inner.name,
                namespace: inner.namespace,
                header: line
                    .and_then(|line| manifest.keys.entry_of(line))
                    .unwrap_or(block),
                value: inner.value,
                keys: manifest.keys.clone(),
                block,
                path: Arc::clone(&manifest.path),
                template_of: Some(owner),
                rendering: manifest.rendering,
            });
        }
    }
    all.append(&mut found);
}

/// Does it have any inside it?
pub(super) fn holds(manifest: &Manifest) -> bool {
    !of(manifest).is_empty()
}

fn of(manifest: &Manifest) -> Vec<Inner> {
    match (&*manifest.group, &*manifest.kind) {
        ("" | "apps" | "batch" | "argoproj.io", _) => claims(manifest),
        ("apiextensions.crossplane.io", "Composition") => composed(manifest),
        ("kubernetes.crossplane.io" | "kubernetes.m.crossplane.io", "Object") => {
            let applied = inside(&manifest.value, &["spec", "forProvider", "manifest"]);
            applied.and_then(declared).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Where pods are specified.
const PODS: [&[&str]; 4] = [
    &["spec", "template", "spec"],
    &["spec"],
    &["spec", "jobTemplate", "spec", "template", "spec"],
    &["template", "spec"],
];

/// Volumes that are made for each pod and go with it.
fn claims(workload: &Manifest) -> Vec<Inner> {
    let owner = workload.name.as_deref().unwrap_or("*");
    let spec = PODS.iter().find_map(|path| {
        inside(&workload.value, path).filter(|spec| spec.entry("containers").is_some())
    });
    let volumes = spec.and_then(|spec| spec.entry("volumes")?.elements());
    let mut found = Vec::new();
    for volume in volumes.unwrap_or_default() {
        let Some(template) = inside(volume, &["ephemeral", "volumeClaimTemplate"]) else {
            continue;
        };
        let named = volume.entry("name");
        let name = named.and_then(Value::as_text).unwrap_or_default();
        let name = match &*workload.kind {
            "Pod" => format!("{owner}-{name}"),
            _ => format!("{owner}-*-{name}"),
        };
        found.push(Inner {
            api_version: "v1".into(),
            kind: "PersistentVolumeClaim".into(),
            name: Some(name.into()),
            namespace: workload.namespace.clone(),
            named: named.cloned(),
            value: template.clone(),
        });
    }
    found
}

/// The resources of a composition, in both ways of writing one; what patches fill in is not known.
fn composed(composition: &Manifest) -> Vec<Inner> {
    let mut resources = Vec::new();
    let spec = composition.value.entry("spec");
    let of = |block: Option<&Value>| -> Vec<Value> {
        let all = block.and_then(|block| block.entry("resources")?.elements());
        all.unwrap_or_default().to_vec()
    };
    resources.extend(of(spec));
    let steps = spec.and_then(|spec| spec.entry("pipeline")?.elements());
    let inputs = steps.unwrap_or_default().iter();
    let inputs: Vec<&Value> = inputs.filter_map(|step| step.entry("input")).collect();
    resources.extend(inputs.iter().flat_map(|input| of(Some(input))));
    let sets: Vec<&Value> = inputs
        .into_iter()
        .chain(spec)
        .filter_map(|block| block.entry("patchSets")?.elements())
        .flatten()
        .collect();
    let owner = composition.name.as_deref().unwrap_or("*");
    let mut found = Vec::new();
    for resource in &resources {
        let Some(base) = resource.entry("base") else {
            continue;
        };
        let mut value = base.clone();
        for path in patched(resource, &sets) {
            value = with_unknown(value, path.steps());
        }
        let Some(mut inner) = declared(&value) else {
            continue;
        };
        if inner.name.is_none() {
            let named = resource.entry("name");
            let name = named.and_then(Value::as_text).unwrap_or("*".into());
            inner.name = Some(format!("{owner}.{name}").into());
        }
        found.push(inner);
    }
    found
}

/// Where the patches of a resource write to.
fn patched(resource: &Value, sets: &[&Value]) -> Vec<Path> {
    let patches = |block: &Value| -> Vec<Value> {
        let all = block.entry("patches").and_then(Value::elements);
        all.unwrap_or_default().to_vec()
    };
    let mut all = Vec::new();
    for patch in patches(resource) {
        let set = patch.entry("patchSetName").and_then(Value::as_str);
        match sets
            .iter()
            .find(|one| set.is_some() && one.entry("name").and_then(Value::as_str) == set)
        {
            Some(set) => all.extend(patches(set)),
            None => all.push(patch),
        }
    }
    let writes = |patch: &Value| {
        let kind = patch.entry("type").and_then(Value::as_str);
        // The other way: from the resource to what asked for it.
        if kind.is_some_and(|kind| {
            kind.starts_with("ToComposite") || kind.starts_with("ToEnvironment")
        }) {
            return None;
        }
        let to = patch
            .entry("toFieldPath")
            .or(patch.entry("fromFieldPath"))?;
        Path::parse(to.as_str()?).ok()
    };
    all.iter().filter_map(writes).collect()
}

/// The value with what stands at a path not known. What is not there yet is made.
///
/// Recursion is bounded by the length of the path.
fn with_unknown(value: Value, steps: &[PathStep]) -> Value {
    let Some((step, rest)) = steps.split_first() else {
        let origin = value.origin.clone();
        let why = Text::new(
            "a patch of the composition",
            "un correctif de la composition",
        );
        return Value::unknown(Because::other(why)).with_origin(origin);
    };
    let origin = value.origin.clone();
    let changed = match (step, value.elements()) {
        (PathStep::Every | PathStep::Index(_), Some(all)) => {
            let mut all = all.to_vec();
            for (at, one) in all.iter_mut().enumerate() {
                if matches!(step, PathStep::Every) || *step == PathStep::Index(at) {
                    *one = with_unknown(one.clone(), rest);
                }
            }
            Value::tuple(all)
        }
        (PathStep::Key(key), None) => {
            let mut entries = value.entries().unwrap_or_default().to_vec();
            match entries.iter_mut().find(|(name, _)| name == key) {
                Some((_, inner)) => *inner = with_unknown(inner.clone(), rest),
                None => {
                    let empty = Value::null().with_origin(origin.clone());
                    entries.push((Arc::clone(key), with_unknown(empty, rest)));
                }
            }
            Value::object(entries)
        }
        _ => return value,
    };
    changed.with_origin(origin)
}

/// An object that says itself what it is.
fn declared(value: &Value) -> Option<Inner> {
    let text = |key: &str| value.entry(key).and_then(Value::as_str);
    let metadata = |key: &str| {
        let text = value.entry("metadata")?.entry(key)?.as_str();
        text.filter(|text| !text.is_empty()).map(Arc::from)
    };
    Some(Inner {
        api_version: text("apiVersion")?.into(),
        kind: text("kind")?.into(),
        name: metadata("name"),
        namespace: metadata("namespace"),
        named: None,
        value: value.clone(),
    })
}

fn inside<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.entry(key))
}
