//! Objects of a cluster as their fields call themselves: in manifests, and in the words of the Terraform provider.

use super::selection::TermWords;
use super::{at, inside, text_of};
use crate::catalog::KubernetesKind;
use crate::facts::establish::{Kind, Lens};
use crate::graph::{RelationKind, Resource};
use crate::value::{Path, PathStep, Value};

/// An object of a cluster, whoever declares it.
pub(in crate::facts) struct Object<'a> {
    pub(in crate::facts) value: &'a Value,
    pub(super) words: &'static Words,
    pub(in crate::facts) kind: Option<&'static KubernetesKind>,
    /// Attribute of the resource that holds the whole object.
    embedded: Option<&'static str>,
}

/// How the fields that place an object are called: in manifests, and in the Terraform provider.
pub(super) struct Words {
    pub(super) node_name: &'static str,
    pub(super) node_selector: &'static str,
    /// From the affinity.
    pub(super) terms: &'static [&'static str],
    pub(super) term: TermWords,
    pub(super) volume_terms: &'static [&'static str],
    /// The block with the kind of a volume.
    pub(super) volume_source: &'static [&'static str],
    pub(super) volume_handle: &'static str,
    pub(super) topologies: &'static str,
    pub(super) topology: TermWords,
    pub(super) binding_mode: &'static str,
    provisioner: &'static str,
    class_name: &'static str,
    /// Field names are written with underscores.
    snake: bool,
}

const MANIFEST: Words = Words {
    node_name: "nodeName",
    node_selector: "nodeSelector",
    terms: &[
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ],
    term: TermWords {
        expressions: "matchExpressions",
        fields: "matchFields",
    },
    volume_terms: &["spec", "nodeAffinity", "required", "nodeSelectorTerms"],
    volume_source: &["spec"],
    volume_handle: "volumeHandle",
    topologies: "allowedTopologies",
    topology: TermWords {
        expressions: "matchLabelExpressions",
        fields: "",
    },
    binding_mode: "volumeBindingMode",
    provisioner: "provisioner",
    class_name: "storageClassName",
    snake: false,
};

const TERRAFORM: Words = Words {
    node_name: "node_name",
    node_selector: "node_selector",
    terms: &[
        "node_affinity",
        "required_during_scheduling_ignored_during_execution",
        "node_selector_term",
    ],
    term: TermWords {
        expressions: "match_expressions",
        fields: "match_fields",
    },
    volume_terms: &["spec", "node_affinity", "required", "node_selector_term"],
    volume_source: &["spec", "persistent_volume_source"],
    volume_handle: "volume_handle",
    topologies: "allowed_topologies",
    topology: TermWords {
        expressions: "match_label_expressions",
        fields: "",
    },
    binding_mode: "volume_binding_mode",
    provisioner: "storage_provisioner",
    class_name: "storage_class_name",
    snake: true,
};

impl<'a> Lens<'a> {
    /// A resource as the object that it declares.
    pub(in crate::facts) fn object_of(&self, resource: &'a Resource) -> Option<Object<'a>> {
        match self.kinds.get(resource.id.index()).copied().flatten()? {
            Kind::Kubernetes(kind) => Some(Object {
                value: &resource.attributes,
                words: &MANIFEST,
                kind: Some(kind),
                embedded: None,
            }),
            Kind::Terraform(kind) => {
                if let Some(mirrored) = &kind.mirrors {
                    return Some(Object {
                        value: &resource.attributes,
                        words: &TERRAFORM,
                        kind: self.catalog.kind_called(mirrored),
                        embedded: None,
                    });
                }
                let value = resource.attributes.entry(kind.embeds.as_deref()?)?;
                let version = value.entry("apiVersion").and_then(Value::as_str);
                let group = version
                    .and_then(|version| version.split_once('/'))
                    .map_or("", |(group, _)| group);
                let name = value.entry("kind").and_then(Value::as_str)?;
                Some(Object {
                    value,
                    words: &MANIFEST,
                    kind: self.catalog.kubernetes_kind(group, name),
                    embedded: kind.embeds.as_deref(),
                })
            }
        }
    }

    /// The class that makes the volume of a claim, straight or through the volume that it is bound to.
    pub(in crate::facts) fn storage_class_of(&self, claim: &Resource) -> Option<&'a Resource> {
        let named = |from: &Resource| {
            self.graph
                .outgoing(from.id)
                .iter()
                .filter(|relation| {
                    matches!(relation.kind, RelationKind::RunsOn | RelationKind::PartOf)
                })
                .filter_map(|relation| self.graph.get(relation.to))
                .find(|target| self.is_kind(target, "storage.k8s.io", "StorageClass"))
        };
        named(claim).or_else(|| {
            let bound = self.graph.outgoing(claim.id).iter();
            bound
                .filter(|relation| relation.kind == RelationKind::AttachedTo)
                .find_map(|relation| named(self.graph.get(relation.to)?))
        })
    }

    pub(in crate::facts) fn is_kind(
        &self,
        resource: &'a Resource,
        group: &str,
        kind: &str,
    ) -> bool {
        self.object_of(resource)
            .and_then(|object| object.kind)
            .is_some_and(|found| found.group == group && found.kind == kind)
    }

    /// A field of an object, in the words of manifests.
    pub(in crate::facts) fn object_field(
        &mut self,
        resource: &'a Resource,
        path: &'static str,
    ) -> Option<&'a Value> {
        let path = self.path(path);
        let found = self.object_of(resource)?.value.get(&path)?;
        (!found.is_null()).then_some(found)
    }

    /// The pod specification of an object.
    pub(super) fn pod_spec(&self, resource: &'a Resource) -> Option<&'a Value> {
        self.object_of(resource)?.pod_spec()
    }
}

impl<'a> Object<'a> {
    /// A field of a block, in the words of manifests.
    pub(super) fn field(&self, block: &'a Value, name: &str) -> Option<&'a Value> {
        let found = match self.words.snake {
            true => inside(block, &[&snake(name)]),
            false => inside(block, &[name]),
        };
        found.filter(|value| !value.is_null())
    }

    /// A text of its metadata.
    pub(in crate::facts) fn metadata(&self, name: &str) -> Option<&'a str> {
        text_of(at(self.value, &["metadata", name])?)
    }

    /// Every value of a field, in the words of manifests.
    pub(in crate::facts) fn all(&self, path: &Path) -> Vec<&'a Value> {
        if self.words.snake {
            return self.value.get_all(&snake_path(path));
        }
        let mut found = Vec::new();
        every(self.value, path.steps(), &mut found);
        found
    }

    /// A path of the catalogue, as people find it in the resource.
    pub(in crate::facts) fn shown_path(&self, path: &Path) -> String {
        let path = if self.words.snake {
            snake_path(path).to_string()
        } else {
            path.to_string()
        };
        match self.embedded {
            Some(attribute) => format!("{attribute}.{path}"),
            None => path,
        }
    }

    /// A path of the catalogue in the words of the object.
    pub(in crate::facts) fn own_words(&self, path: &Path) -> Path {
        match self.words.snake {
            true => snake_path(path),
            false => path.clone(),
        }
    }

    /// True when field names are written with underscores.
    pub(in crate::facts) fn is_snake(&self) -> bool {
        self.words.snake
    }

    /// What a claim says of its class.
    pub(in crate::facts) fn class_name(&self) -> Option<&'a Value> {
        at(self.value, &["spec", self.words.class_name])
    }

    /// The driver of a storage class.
    pub(in crate::facts) fn provisioner(&self) -> Option<&'a Value> {
        self.value.entry(self.words.provisioner)
    }

    /// The parameters of a storage class.
    pub(in crate::facts) fn parameters(&self) -> Option<&'a Value> {
        self.value.entry("parameters")
    }

    pub(in crate::facts) fn pod_spec(&self) -> Option<&'a Value> {
        let path = self.kind?.pod_spec.as_deref()?;
        // Asked of every workload more than once, and nearly always in plain words.
        let is_plain = path.bytes().all(|b| b.is_ascii_alphabetic() || b == b'.');
        if is_plain && !self.words.snake {
            let mut keys = [""; 8];
            let mut count = 0;
            for (to, key) in keys.iter_mut().zip(path.split('.')) {
                *to = key;
                count += 1;
            }
            if count < keys.len() {
                return at(self.value, keys.get(..count)?);
            }
        }
        let path = Path::parse(path).ok()?;
        if !self.words.snake {
            return self.value.get(&path);
        }
        self.value.get(&snake_path(&path))
    }
}

/// Every value at a path of a manifest, where a step for every element also goes through a map by name: a block that
/// stands for a list of one is a thing of Terraform.
fn every<'v>(value: &'v Value, steps: &[PathStep], out: &mut Vec<&'v Value>) {
    let Some(at) = steps.iter().position(|step| *step == PathStep::Every) else {
        out.extend(value.get_all(&Path::of(steps)));
        return;
    };
    let (before, rest) = steps.split_at(at);
    let rest = rest.get(1..).unwrap_or_default();
    for all in value.get_all(&Path::of(before)) {
        match (all.elements(), all.entries()) {
            (Some(all), _) => all.iter().for_each(|one| every(one, rest, out)),
            (None, Some(all)) => all.iter().for_each(|(_, one)| every(one, rest, out)),
            // What lies below an unknown is unknown for the same reason.
            (None, None) if all.is_unknown() => out.push(all),
            (None, None) => {}
        }
    }
}

/// A path in the words of the Terraform provider.
fn snake_path(path: &Path) -> Path {
    let steps = path.steps().iter().map(|step| match step {
        PathStep::Key(key) => PathStep::Key(snake(key).into()),
        other => other.clone(),
    });
    Path::of(steps.collect::<Vec<_>>())
}

/// `jobTemplate` becomes `job_template`.
fn snake(name: &str) -> String {
    // Blocks that repeat are named in the singular.
    if name == "volumeClaimTemplates" {
        return "volume_claim_template".to_owned();
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
