//! One resource for each Kubernetes manifest, shaped like those of Terraform.

use std::sync::Arc;

use super::{GraphBuilder, Resource, ResourceId, World};
use crate::catalog::{Catalog, ClassSet, ClassWhen, KubernetesKind};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::Place;
use crate::value::{Path, Value};

/// Adds every manifest, in the order of the files: the first gets the next id, and so on.
pub(super) fn add(builder: &mut GraphBuilder, manifests: &Manifests, catalog: &Catalog) {
    for manifest in &manifests.all {
        builder.resource(resource(manifest, catalog));
    }
}

fn resource(manifest: &Manifest, catalog: &Catalog) -> Resource {
    let known = catalog.kubernetes_kind(&manifest.group, &manifest.kind);
    Resource {
        id: ResourceId(0),
        world: World::Kubernetes,
        address: Arc::clone(&manifest.address),
        kind: kind_word(manifest),
        name: manifest.name.clone().unwrap_or_default(),
        attributes: shown(manifest),
        header: manifest.header,
        block: manifest.block,
        root: None,
        path: Arc::clone(&manifest.path),
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        namespace: manifest.namespace.clone(),
        classes: known.map_or(ClassSet::EMPTY, |kind| {
            kind.class.union(classes_besides(kind, &manifest.value))
        }),
        catalogued: known.is_some(),
        attribute_names: attribute_names(manifest),
        incomplete: false,
        prevent_destroy: false,
        replaced_with: Arc::default(),
    }
}

/// What facts and policies see of an object: all of it, but for what a `Secret` keeps and for passwords
/// in the texts of a `ConfigMap`.
fn shown(manifest: &Manifest) -> Value {
    match (&*manifest.group, &*manifest.kind) {
        ("", "Secret") => manifest.value.withheld(),
        ("", "ConfigMap") => crate::kubernetes::shown_texts(&manifest.value),
        _ => manifest.value.clone(),
    }
}

/// The classes that an object has besides those of its kind, by what its fields say.
pub(super) fn classes_besides(kind: &KubernetesKind, object: &Value) -> ClassSet {
    let said = |when: &&ClassWhen| {
        let path = Path::parse(&when.path).ok();
        path.and_then(|path| object.get(&path)?.as_str()) == Some(when.value.as_str())
    };
    let besides = kind.class_when.as_ref().filter(said);
    besides.map_or(ClassSet::EMPTY, |when| when.class)
}

/// As rules write it: `apps/Deployment`, without version; of the core group just `Pod`.
fn kind_word(manifest: &Manifest) -> Arc<str> {
    if manifest.group.is_empty() {
        Arc::clone(&manifest.kind)
    } else {
        format!("{}/{}", manifest.group, manifest.kind).into()
    }
}

fn attribute_names(manifest: &Manifest) -> Arc<[(Arc<str>, Place)]> {
    let entries = manifest.value.entries().unwrap_or_default();
    entries
        .iter()
        .filter_map(|(name, value)| Some((Arc::clone(name), manifest.keys.key_of(value)?)))
        .collect()
}
