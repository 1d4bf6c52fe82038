//! How objects of a cluster that Terraform declares hang together: by their names, within one provider configuration.

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use super::names::Only;
use super::{Finder, Relation, RelationKind};
use crate::catalog::ResourceKind;
use crate::graph::{Citation, ProviderId, Resource, ResourceId, RootId, World};
use crate::kubernetes::Manifests;
use crate::value::{Path, Value};

/// Kind of object, cluster, namespace and name.
type Name = (&'static str, Seat, Arc<str>, Arc<str>);

/// What tells objects of one name apart: their clusters, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Seat {
    Cluster(ResourceId),
    /// The provider blocks of a root without an alias, which mean one cluster.
    Usual(Option<RootId>),
    Provider(ProviderId),
}

const NAMESPACE: &str = "Namespace";
const CLAIM: &str = "PersistentVolumeClaim";
const CLASS: &str = "storage.k8s.io/StorageClass";
const SERVICE: &str = "Service";
/// Kinds that others name.
const NAMED: [&str; 4] = [NAMESPACE, CLAIM, CLASS, SERVICE];

/// What an object names: the kind, the relation to it, the fields in the words of Terraform and of manifests, and whether
/// the named one is in the same namespace.
const FIELDS: [(&str, RelationKind, &str, bool); 9] = [
    (NAMESPACE, RelationKind::PartOf, "metadata.namespace", false),
    (
        CLASS,
        RelationKind::RunsOn,
        "spec.storage_class_name",
        false,
    ),
    (CLASS, RelationKind::RunsOn, "spec.storageClassName", false),
    (
        CLASS,
        RelationKind::RunsOn,
        "spec.volume_claim_template.*.spec.storage_class_name",
        false,
    ),
    (
        CLAIM,
        RelationKind::AttachedTo,
        "spec.template.spec.volume.*.persistent_volume_claim.claim_name",
        true,
    ),
    (
        CLAIM,
        RelationKind::AttachedTo,
        "spec.volume.*.persistent_volume_claim.claim_name",
        true,
    ),
    (
        CLAIM,
        RelationKind::AttachedTo,
        "spec.template.spec.volumes.*.persistentVolumeClaim.claimName",
        true,
    ),
    (
        SERVICE,
        RelationKind::Exposes,
        "spec.rule.*.http.path.*.backend.service.name",
        true,
    ),
    (
        SERVICE,
        RelationKind::Exposes,
        "spec.rules.*.http.paths.*.backend.service.name",
        true,
    ),
];

impl Finder<'_> {
    /// Relations between objects of one cluster.
    ///
    /// Where Terraform knows one cluster only, the manifests are taken to be of it, and are named too.
    pub(super) fn objects(
        &self,
        clusters: &[Vec<Citation>],
        manifests: &Manifests,
        first_manifest: u32,
        out: &mut Vec<Relation>,
    ) {
        let paths: Vec<Path> = FIELDS
            .iter()
            .map(|(_, _, path, _)| Path::parse(path).unwrap_or_default())
            .collect();
        let mut named: HashMap<Name, Only> = HashMap::new();
        let mut objects = Vec::new();
        let mut seats: HashSet<Seat> = HashSet::new();
        for resource in self.graph.resources() {
            let Some(kind) = self
                .kind(resource)
                .filter(|_| resource.world == World::Terraform)
            else {
                continue;
            };
            let Some(object) = object_of(resource, kind) else {
                continue;
            };
            if let Some(own) = NAMED.into_iter().find(|one| object.is(one))
                && let Some(name) = object.metadata("name")
            {
                let namespace = if matches!(own, CLAIM | SERVICE) {
                    object.namespace()
                } else {
                    Arc::from("")
                };
                let seat = self.seat_of(resource, clusters);
                let key = (own, seat, namespace, Arc::from(name));
                named.entry(key).or_default().add(resource.id);
            }
            seats.insert(self.seat_of(resource, clusters));
            objects.push((resource, object));
        }
        if seats.len() == 1
            && let Some(seat) = seats.into_iter().next()
        {
            name_manifests(&mut named, seat, manifests, first_manifest);
        }
        for (resource, object) in &objects {
            let seat = self.seat_of(resource, clusters);
            for ((wanted, relation, path, near), parsed) in FIELDS.iter().zip(&paths) {
                let (value, parsed, path) = match &object.namespace_path {
                    Some(own) if *wanted == NAMESPACE => {
                        (&resource.attributes, own, &*own.to_string())
                    }
                    _ => (object.value, parsed, *path),
                };
                for value in value.get_all(parsed) {
                    let namespace = if *near {
                        object.namespace()
                    } else {
                        Arc::from("")
                    };
                    let target = value.as_str().and_then(|text| {
                        let key = (*wanted, seat, namespace, Arc::from(text));
                        named.get(&key)?.get()
                    });
                    let target = target.or_else(|| self.object_behind(resource, value, wanted));
                    if let Some(to) = target.filter(|to| *to != resource.id) {
                        out.push(Relation {
                            from: resource.id,
                            kind: *relation,
                            to,
                            path: path.to_owned(),
                            place: value.origin.place,
                        });
                    }
                }
            }
        }
    }

    fn seat_of(&self, resource: &Resource, clusters: &[Vec<Citation>]) -> Seat {
        let Some(id) = resource.provider else {
            return Seat::Usual(resource.root);
        };
        match clusters.get(id.0 as usize).map(Vec::as_slice) {
            Some([citation]) => Seat::Cluster(citation.cluster),
            _ => {
                let provider = self.graph.provider(resource);
                match provider.is_some_and(|provider| provider.alias.is_none()) {
                    true => Seat::Usual(resource.root),
                    false => Seat::Provider(id),
                }
            }
        }
    }

    /// The object of a kind that a value refers to, where its name is not known.
    fn object_behind(
        &self,
        resource: &Resource,
        value: &Value,
        wanted: &str,
    ) -> Option<ResourceId> {
        let referenced = self.graph.referenced(resource.root, &value.origin);
        referenced
            .iter()
            .filter_map(|(ids, _)| match ids {
                [one] => self.graph.get(*one),
                _ => None,
            })
            .find(|target| {
                self.kind(target)
                    .and_then(|kind| object_of(target, kind))
                    .is_some_and(|object| object.is(wanted))
            })
            .map(|target| target.id)
    }
}

/// Adds the objects of manifests that others name, as far as no resource of Terraform is called so.
fn name_manifests(
    named: &mut HashMap<Name, Only>,
    seat: Seat,
    manifests: &Manifests,
    first_manifest: u32,
) {
    let mut added: HashMap<Name, Only> = HashMap::new();
    for (id, manifest) in (first_manifest..).map(ResourceId).zip(&manifests.all) {
        let word = |known: &&str| {
            let (group, kind) = known.rsplit_once('/').unwrap_or(("", known));
            *manifest.group == *group && *manifest.kind == *kind
        };
        let (Some(own), Some(name)) = (NAMED.into_iter().find(|one| word(one)), &manifest.name)
        else {
            continue;
        };
        let namespace = match (own, &manifest.namespace) {
            (CLAIM | SERVICE, Some(namespace)) => Arc::clone(namespace),
            (CLAIM | SERVICE, None) => "default".into(),
            _ => Arc::from(""),
        };
        let key = (own, seat, namespace, Arc::clone(name));
        if !named.contains_key(&key) {
            added.entry(key).or_default().add(id);
        }
    }
    named.extend(added);
}

/// An object that a resource declares.
struct Object<'a> {
    value: &'a Value,
    /// `apps/Deployment`
    kind: Arc<str>,
    /// Where the namespace stands, when not in the metadata.
    namespace_path: Option<Path>,
}

fn object_of<'a>(resource: &'a Resource, kind: &'a ResourceKind) -> Option<Object<'a>> {
    if let Some(mirrored) = &kind.mirrors {
        return Some(Object {
            value: &resource.attributes,
            kind: mirrored.as_str().into(),
            namespace_path: None,
        });
    }
    if let Some(path) = &kind.namespace {
        return Some(Object {
            value: &resource.attributes,
            kind: Arc::clone(&resource.kind),
            namespace_path: Some(Path::parse(path).ok()?),
        });
    }
    let value = resource.attributes.entry(kind.embeds.as_deref()?)?;
    let text = |name: &str| value.entry(name).and_then(Value::as_str);
    let name = text("kind")?;
    let group = text("apiVersion").and_then(|version| version.split_once('/'));
    Some(Object {
        value,
        kind: match group {
            Some((group, _)) => format!("{group}/{name}").into(),
            None => name.into(),
        },
        namespace_path: None,
    })
}

impl Object<'_> {
    fn is(&self, kind: &str) -> bool {
        *self.kind == *kind
    }

    fn metadata(&self, name: &str) -> Option<&str> {
        let path = Path::parse(&format!("metadata.{name}")).ok()?;
        self.value.get(&path)?.as_str()
    }

    fn namespace(&self) -> Arc<str> {
        self.metadata("namespace").unwrap_or("default").into()
    }
}
