//! Where an object must be by its own words: node selectors and required node affinity, the topology of its storage class,
//! the disk behind a volume, the labels of a node.
//!
//! Only what binds counts: preferences and exclusions say nothing, terms that are alternatives mean the worst of them.

use super::super::establish::{Kind, Lens};
use super::super::{EvidenceId, Fact, Location, Text};
use super::{at, text_of};
use crate::catalog::{Certainty, FactKind, KubernetesKind, MetadataKey, VolumeDriver};
use crate::graph::{RelationKind, Resource};
use crate::value::{Path, PathStep, Value};

/// An object of a cluster, whoever declares it.
pub(in crate::facts) struct Object<'a> {
    pub(in crate::facts) value: &'a Value,
    words: &'static Words,
    pub(in crate::facts) kind: Option<&'static KubernetesKind>,
    /// Attribute of the resource that holds the whole object.
    embedded: Option<&'static str>,
}

/// How the fields that place an object are called: in manifests, and in the Terraform provider.
struct Words {
    node_selector: &'static str,
    terms: &'static [&'static str],
    expressions: &'static str,
    volume_terms: &'static [&'static str],
    volume_handle: &'static [&'static str],
    topologies: &'static str,
    topology_labels: &'static str,
    provisioner: &'static str,
    class_name: &'static str,
    /// Field names are written with underscores.
    snake: bool,
}

const MANIFEST: Words = Words {
    node_selector: "nodeSelector",
    terms: &[
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ],
    expressions: "matchExpressions",
    volume_terms: &["spec", "nodeAffinity", "required", "nodeSelectorTerms"],
    volume_handle: &["spec", "csi", "volumeHandle"],
    topologies: "allowedTopologies",
    topology_labels: "matchLabelExpressions",
    provisioner: "provisioner",
    class_name: "storageClassName",
    snake: false,
};

const TERRAFORM: Words = Words {
    node_selector: "node_selector",
    terms: &[
        "affinity",
        "node_affinity",
        "required_during_scheduling_ignored_during_execution",
        "node_selector_term",
    ],
    expressions: "match_expressions",
    volume_terms: &["spec", "node_affinity", "required", "node_selector_term"],
    volume_handle: &["spec", "persistent_volume_source", "csi", "volume_handle"],
    topologies: "allowed_topologies",
    topology_labels: "match_label_expressions",
    provisioner: "storage_provisioner",
    class_name: "storage_class_name",
    snake: true,
};

/// Where something must be.
#[derive(Default)]
struct Pins<'v> {
    /// Each value with the region file that its label has of its own.
    values: Vec<(&'v Value, Option<&'static str>)>,
}

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

    /// Where an object must be, as far as it or its storage says.
    pub(super) fn pinned(
        &mut self,
        resource: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let object = self.object_of(resource)?;
        let kind = object.kind?;
        if let Some(spec) = object.pod_spec() {
            let pins = self.pins_of_pod(spec, object.words);
            let label = Text::new(
                "where the scheduler may place it",
                "où l'ordonnanceur peut le placer",
            );
            return self.worst(pins, regions, &label);
        }
        match (kind.group.as_str(), kind.kind.as_str()) {
            ("", "Node") => {
                let labels = object.value.get(&at(&["metadata", "labels"]))?;
                let pins = Pins {
                    values: self
                        .place_labels()
                        .find_map(|label| Some((labels.entry(&label.key)?, set_of(label))))
                        .into_iter()
                        .collect(),
                };
                let label = Text::new("label of the node", "étiquette du nœud");
                self.worst(pins, regions, &label)
            }
            ("", "PersistentVolumeClaim") => self.pinned_by_class(resource, regions),
            ("", "PersistentVolume") => self.pinned_volume(&object, regions),
            _ => None,
        }
    }

    /// Labels of nodes that name a place: regions before zones.
    fn place_labels(&self) -> impl Iterator<Item = &'static MetadataKey> + use<> {
        let all = self
            .catalog
            .kubernetes()
            .map_or(&[][..], |facts| &facts.labels);
        let of = |fact: FactKind| all.iter().filter(move |label| label.fact == fact);
        of(FactKind::Region).chain(of(FactKind::Zone))
    }

    fn pins_of_pod(&self, spec: &'a Value, words: &Words) -> Pins<'a> {
        let selected = spec.get(&at(&[words.node_selector])).and_then(|labels| {
            self.place_labels()
                .find_map(|label| Some((labels.entry(&label.key)?, set_of(label))))
        });
        if let Some(pin) = selected {
            return Pins { values: vec![pin] };
        }
        let terms = spec.get(&at(words.terms));
        self.pins_of_terms(terms, words.expressions)
    }

    /// Values of `In` expressions; none at all when some term leaves the place open.
    fn pins_of_terms(&self, terms: Option<&'a Value>, expressions: &str) -> Pins<'a> {
        let mut found = Pins::default();
        for term in terms.and_then(Value::elements).unwrap_or_default() {
            let all = term.entry(expressions).and_then(Value::elements);
            let all = all.unwrap_or_default();
            let pin = self.place_labels().find_map(|label| {
                let named = all.iter().find(|expression| {
                    let text = |name: &str| expression.entry(name).and_then(Value::as_str);
                    text("operator").is_none_or(|operator| operator == "In")
                        && text("key") == Some(label.key.as_str())
                })?;
                Some((named.entry("values")?.elements()?, set_of(label)))
            });
            match pin {
                Some((values, set)) if !values.is_empty() => {
                    found.values.extend(values.iter().map(|value| (value, set)));
                }
                _ => return Pins::default(),
            }
        }
        found
    }

    /// A claim is where the class lets its volume be made.
    fn pinned_by_class(
        &mut self,
        claim: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let class = self.storage_class_of(claim)?;
        let object = self.object_of(class)?;
        let words = object.words;
        let topologies = object.value.entry(words.topologies);
        let mut pins = self.pins_of_terms(topologies, words.topology_labels);
        let driver = object.provisioner().and_then(text_of);
        let driver = driver.and_then(|name| self.catalog.volume_driver(name));
        if let Some(driver) = driver
            && pins.values.is_empty()
        {
            pins = pins_of_parameters(object.value, driver);
        }
        let label = Text::new(
            format!("where class {} makes volumes", class.name),
            format!("où la classe {} crée ses volumes", class.name),
        );
        self.worst(pins, regions, &label)
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

    /// Is a resource an object of that kind, whoever declares it?
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

    /// A volume is where the nodes are that can mount it, or where its disk is.
    fn pinned_volume(
        &mut self,
        object: &Object<'a>,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let terms = object.value.get(&at(object.words.volume_terms));
        let pins = self.pins_of_terms(terms, object.words.expressions);
        let label = Text::new(
            "nodes that can mount the volume",
            "nœuds qui peuvent monter le volume",
        );
        if let Some(found) = self.worst(pins, regions, &label) {
            return Some(found);
        }
        let handle = object.value.get(&at(object.words.volume_handle))?;
        let set = regions?;
        let place = text_of(handle)?
            .split('/')
            .find(|piece| self.catalog.region(set, piece).is_some())?;
        let way = self.ledger.way(
            handle,
            Text::new("identifier of the disk", "identifiant du disque"),
        );
        Some(self.look_up(Some(set), place, way, Certainty::Certain))
    }

    /// The worst of the places that are allowed.
    fn worst(
        &mut self,
        pins: Pins<'_>,
        regions: Option<&'static str>,
        label: &Text,
    ) -> Option<Fact<Location>> {
        let mut worst: Option<Location> = None;
        for (value, own) in pins.values {
            let way: Vec<EvidenceId> = self.ledger.way(value, label.clone());
            let Some(text) = text_of(value) else {
                continue;
            };
            // A place in its own notation (`a,b` in parameters of old drivers).
            for text in text.split(',').map(str::trim) {
                match self.look_up(own.or(regions), text, way.clone(), Certainty::Certain) {
                    Fact::Known(location)
                        if worst
                            .as_ref()
                            .is_none_or(|before| before.area < location.area) =>
                    {
                        worst = Some(location);
                    }
                    Fact::Known(_) | Fact::Absent => {}
                    Fact::Unknown(gap) => return Some(Fact::Unknown(gap)),
                }
            }
        }
        worst.map(Fact::Known)
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
    /// A text of its metadata.
    pub(in crate::facts) fn metadata(&self, name: &str) -> Option<&'a str> {
        text_of(self.value.get(&at(&["metadata", name]))?)
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
        self.value.get(&at(&["spec", self.words.class_name]))
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
        let path = Path::parse(self.kind?.pod_spec.as_deref()?).ok()?;
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

/// `jobTemplate` becomes `job_template`; blocks that repeat are named in the singular.
fn snake(name: &str) -> String {
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

fn set_of(label: &'static MetadataKey) -> Option<&'static str> {
    label.regions_id.as_deref()
}

fn pins_of_parameters<'v>(class: &'v Value, driver: &'static VolumeDriver) -> Pins<'v> {
    let parameters = class.entry("parameters");
    let set = driver.regions_id.as_deref().filter(|_| !driver.shared);
    let names = driver
        .location_parameters
        .iter()
        .chain(&driver.zone_parameters);
    let value = names
        .filter_map(|name| parameters?.entry(name))
        .find(|value| text_of(value).is_some());
    Pins {
        values: value.map(|value| (value, set)).into_iter().collect(),
    }
}
