//! One resource for each Kubernetes manifest, shaped like those of Terraform.

use std::sync::Arc;

use rayon::prelude::*;

use super::managed::Managed;
use super::{GraphBuilder, Resource, ResourceId, World};
use crate::catalog::{Catalog, ClassSet, ClassWhen, KubernetesKind};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::Place;
use crate::value::{Path, Value};

/// Manifests that one thread takes at a time.
const AT_A_TIME: usize = 256;

/// Adds every manifest, in the order of the files: the first gets the next id, and so on.
/// `releases`: the resources that install charts.
pub(super) fn add(
    builder: &mut GraphBuilder,
    manifests: &Manifests,
    releases: &[Option<ResourceId>],
    catalog: &Catalog,
) {
    let mut managed = Managed::new(manifests, catalog);
    let applied = super::embedded::applied(builder.so_far(), catalog, manifests);
    let objects = manifests.all.par_iter().with_min_len(AT_A_TIME);
    let objects: Vec<Resource> = objects.map(|one| resource(one, catalog)).collect();
    builder.reserve(objects.len());
    for ((at, manifest), object) in manifests.all.iter().enumerate().zip(objects) {
        let mut resource = match managed.of(at) {
            Some(of) => managed.resource(of, manifest, object, builder),
            None => object,
        };
        // What a controller made of another object, or Terraform applies, is judged there, and not once more.
        if manifests.covered.contains_key(&at) || applied.contains(&at) {
            resource.classes = ClassSet::EMPTY;
        }
        let release = manifests.release_of(manifest);
        resource.release = release.and_then(|at| *releases.get(at)?);
        builder.resource(resource);
    }
}

fn resource(manifest: &Manifest, catalog: &Catalog) -> Resource {
    let known = catalog.kubernetes_kind(&manifest.group, &manifest.kind);
    // A family tells the company of whatever kind, and not what the kind is.
    let listed = known.filter(|kind| kind.kind != "*");
    let like = match listed {
        None => catalog.type_stood_for(&manifest.group, &manifest.kind),
        Some(_) => None,
    };
    Resource {
        id: ResourceId(0),
        world: World::Kubernetes,
        address: Arc::clone(&manifest.address),
        kind: manifest.kind_word(),
        name: manifest.name.clone().unwrap_or_default(),
        attributes: shown(manifest),
        header: manifest.header,
        block: manifest.block,
        root: None,
        written_as: None,
        path: Arc::clone(&manifest.path),
        module: "".into(),
        calls: Arc::from([]),
        instance_key: None,
        provider: None,
        release: None,
        namespace: manifest.namespace.clone(),
        classes: match (listed, like) {
            (Some(kind), _) => kind.class.union(classes_besides(kind, &manifest.value)),
            (None, Some((_, kind))) => kind.class,
            (None, None) => ClassSet::EMPTY,
        },
        object: None,
        catalogued: listed.is_some() || like.is_some(),
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

pub(super) fn attribute_names(manifest: &Manifest) -> Arc<[(Arc<str>, Place)]> {
    let entries = manifest.value.entries().unwrap_or_default();
    entries
        .iter()
        .filter_map(|(name, value)| Some((Arc::clone(name), manifest.keys.key_of(value)?)))
        .collect()
}
