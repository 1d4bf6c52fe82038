//! Where an object must be by its own words: node selectors and required node affinity, the node that it names, what its
//! namespace adds, the labels of a node.
//!
//! Only what binds counts. A label of a place that must have one of some values places; other constraints only keep
//! nodes out, which places where the nodes that are left are known. Of all that is allowed the worst counts: the
//! scheduler may choose it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::nodes::Shape;
use super::object::Object;
use super::selection::{self, MOST, Need, Operator, Selection, Wanted};
use super::site::Site;
use super::{inside, text_of};
use crate::catalog::{
    Area, Certainty, FactKind, FieldFact, KubernetesKind, MetadataKey, Provider, Qualification,
};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::{dedup, not_known, shown};
use crate::facts::{EvidenceId, Fact, Gap, Location, Text};
use crate::graph::{RelationKind, Resource};
use crate::source::Place;
use crate::value::Value;

/// A place, with the region that it is or lies in.
type Placed = (Location, &'static str);

/// What one alternative comes to.
pub(super) enum Way {
    /// It names no place: that of the cluster.
    Open,
    /// No node can fit it.
    Impossible(Gap),
    Unknown(Gap),
    /// One of these.
    At(Vec<Location>),
}

impl<'a> Lens<'a> {
    /// Where an object must be, as far as it or its storage says.
    pub(super) fn pinned(
        &mut self,
        resource: &'a Resource,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let object = self.object_of(resource)?;
        let kind = object.kind?;
        if object.pod_spec().is_some() || !kind.placed_by.is_empty() {
            let found = self.place_of_pods_of(resource, &object, kind, site);
            return found.or_else(|| self.place_of_operated(resource, kind, site));
        }
        match (kind.group.as_str(), kind.kind.as_str()) {
            ("", "Node") => {
                let (value, label) = self.place_of_node(resource)?;
                let way = self.ledger.way(value, label_of_node(label));
                let text = text_of(value)?;
                Some(match label {
                    Some(label) => self.labelled(label, text, site, way, Certainty::Certain),
                    None => self.in_node_id(text, site, way)?,
                })
            }
            // What makes nodes makes them where it must.
            ("karpenter.sh", "NodePool") => {
                let list = inside(object.value, &["spec", "template", "spec", "requirements"])?;
                let mut selection = Selection::default();
                selection.add_requirements(list);
                let label = Text::new("where it makes nodes", "où il crée des nœuds");
                self.selected(&selection, site, &label)
            }
            ("", "PersistentVolumeClaim") => self.place_of_claim(resource, site),
            ("", "PersistentVolume") => self.place_of_volume(&object, site),
            _ if kind.class.contains(crate::catalog::Class::Network) => {
                self.place_in_annotations(object.value, site)
            }
            _ => self.place_of_operated(resource, kind, site),
        }
    }

    /// What an operator runs is where the class makes the volumes that are claimed for it.
    fn place_of_operated(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let claims = |fact: &FieldFact| fact.fact == FactKind::StorageClass;
        if kind.pod_spec.is_some() || !kind.holds_data || !kind.facts.iter().any(claims) {
            return None;
        }
        let class = self.storage_class_of(resource)?;
        let object = self.object_of(class)?;
        self.place_of_class(class, &object, site)
    }

    /// Where the pods of an object may run: those of its specification, and those of each block that binds some. `None`:
    /// wherever its cluster is.
    fn place_of_pods_of(
        &mut self,
        resource: &'a Resource,
        object: &Object<'a>,
        kind: &'static KubernetesKind,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let label = Text::new(
            "where the scheduler may place it",
            "où l’ordonnanceur peut le placer",
        );
        let mut ways = Vec::new();
        let spec = object.pod_spec();
        if let Some(spec) = spec {
            let node = inside(spec, &[object.words.node_name]);
            if let Some(found) = self.on_named_node(node, site) {
                return Some(found);
            }
            let mut selection = selection::of_pod(spec, object.words);
            self.add_namespace(resource, &mut selection);
            let found = self.selected(&selection, site, &label);
            ways.push(match found {
                None if self.runs_everywhere(object, kind, spec) => self.on_all_nodes(site),
                found => way_of(found),
            });
        }
        for path in &kind.placed_by {
            let path = self.path(path);
            for block in object.all(&path).into_iter().take(MOST) {
                let mut selection = selection::of_pod(block, object.words);
                if selection.is_empty() && spec.is_some() {
                    continue;
                }
                self.add_namespace(resource, &mut selection);
                let found = self.selected(&selection, site, &label);
                ways.push(way_of(found));
            }
        }
        // Without a block it is bound by its namespace alone.
        if ways.is_empty() {
            let mut selection = Selection::default();
            self.add_namespace(resource, &mut selection);
            let found = self.selected(&selection, site, &label);
            ways.push(way_of(found));
        }
        self.settle_ways(ways, site)
    }

    /// Is there a pod on every node, or in every region?
    fn runs_everywhere(
        &self,
        object: &Object<'a>,
        kind: &'static KubernetesKind,
        spec: &'a Value,
    ) -> bool {
        if kind.group == "apps" && kind.kind == "DaemonSet" {
            return true;
        }
        let replicas = inside(object.value, &["spec", "replicas"]);
        let replicas = replicas.and_then(Value::as_number);
        let several = replicas.is_some_and(|count| count.as_f64() > 1.0);
        several
            && selection::is_spread_over_regions(spec, |key| {
                let mut labels = self.place_labels();
                labels.any(|label| label.fact == FactKind::Region && label.key == key)
            })
    }

    /// The places of all nodes, where they are known.
    fn on_all_nodes(&mut self, site: &Site<'a>) -> Way {
        let nodes = site.nodes.shapes().to_vec();
        match self.places_of_nodes(nodes, site) {
            Some(places) if !places.is_empty() => Way::At(places),
            _ => Way::Open,
        }
    }

    /// None: the place of one is not known.
    fn places_of_nodes(
        &mut self,
        nodes: Vec<(Arc<Shape>, Option<Place>)>,
        site: &Site<'a>,
    ) -> Option<Vec<Location>> {
        let mut places = Vec::with_capacity(nodes.len());
        for (shape, at) in nodes {
            let label = Text::new("a node that it may run on", "un nœud où il peut s’exécuter");
            let evidence = at.map(|at| self.ledger.place(at, label));
            let (text, key) = shape.place.as_ref()?;
            let evidence = evidence.into_iter().collect();
            match self.place_of_shape(text, *key, site, evidence) {
                Fact::Known(place) => places.push(place),
                _ => return None,
            }
        }
        Some(places)
    }

    /// A pod that names its node needs no scheduler.
    fn on_named_node(
        &mut self,
        name: Option<&'a Value>,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let value = name?;
        let (shape, at) = site.nodes.named(text_of(value)?)?.clone();
        let (text, label) = shape.place.as_ref()?;
        let mut way = self.ledger.way(
            value,
            Text::new("the node that it names", "le nœud qu’il nomme"),
        );
        way.extend(at.map(|at| self.ledger.place(at, label_of_node(None))));
        // What is not known of the node is not known of its pods.
        Some(self.place_of_shape(text, *label, site, way))
    }

    pub(super) fn place_of_shape(
        &mut self,
        text: &str,
        label: Option<&str>,
        site: &Site<'a>,
        way: Vec<EvidenceId>,
    ) -> Fact<Location> {
        let label = label.and_then(|key| self.place_labels().find(|label| label.key == key));
        match label {
            Some(label) => self.labelled(label, text, site, way, Certainty::Probable),
            None => self.in_node_id(text, site, way).unwrap_or_default(),
        }
    }

    /// `scaleway://instance/fr-par-1/...`
    fn in_node_id(
        &mut self,
        id: &str,
        site: &Site<'a>,
        way: Vec<EvidenceId>,
    ) -> Option<Fact<Location>> {
        let set = site.regions?;
        let place = id
            .split('/')
            .find(|piece| self.catalog.region(set, piece).is_some())?;
        Some(self.look_up(Some(set), place, way, Certainty::Certain))
    }

    /// What the namespace of a pod adds to its node selector.
    fn add_namespace(&mut self, resource: &'a Resource, selection: &mut Selection<'a>) {
        let Some(namespace) = self.namespace_of(resource) else {
            return;
        };
        let Some(object) = self.object_of(namespace) else {
            return;
        };
        let Some(metadata) = inside(object.value, &["metadata"]) else {
            return;
        };
        for key in NODE_SELECTORS {
            if let Some(value) = inside(metadata, &["annotations", key]) {
                selection.add_text(value);
            }
        }
        let Some(tenant) = inside(metadata, &["labels", CAPSULE_TENANT]).and_then(text_of) else {
            return;
        };
        let graph = self.graph;
        let tenants = self.sites.tenants.get_or_insert_with(|| {
            let all = graph.of_kind("capsule.clastix.io/Tenant").iter();
            let all = all.filter_map(|id| graph.get(*id));
            all.map(|tenant| (&*tenant.name, tenant)).collect()
        });
        let found = tenants.get(tenant);
        if let Some(labels) =
            found.and_then(|found| inside(&found.attributes, &["spec", "nodeSelector"]))
        {
            selection.add_probable_labels(labels);
        }
    }

    fn namespace_of(&self, resource: &'a Resource) -> Option<&'a Resource> {
        let related = self.graph.outgoing(resource.id).iter();
        related
            .filter(|relation| relation.kind == RelationKind::PartOf)
            .filter_map(|relation| self.graph.get(relation.to))
            .find(|target| self.is_kind(target, "", "Namespace"))
    }

    /// The worst of the places that are allowed. `None`: nothing binds, and it is where its cluster is.
    pub(super) fn selected(
        &mut self,
        selection: &Selection<'a>,
        site: &Site<'a>,
        label: &Text,
    ) -> Option<Fact<Location>> {
        if selection.is_empty() {
            return None;
        }
        if let Some(value) = selection.unclear {
            let way = self.ledger.way(value, label.clone());
            return Some(Fact::Unknown(not_known(value, "its node selection", way)));
        }
        if selection.is_too_large() {
            return Some(Fact::Unknown(gap(
                format!("more than {MOST} constraints decide where it may run"),
                format!("plus de {MOST} contraintes décident d’où il peut s’exécuter"),
            )));
        }
        let mut ways = Vec::new();
        for way in selection.ways() {
            ways.push(self.allowed_by(&way, site, label));
        }
        self.settle_ways(ways, site)
    }

    /// Alternatives together.
    fn settle_ways(&mut self, ways: Vec<Way>, site: &Site<'a>) -> Option<Fact<Location>> {
        let (mut open, mut unknown, mut impossible) = (false, None, None);
        let mut allowed: Vec<Location> = Vec::new();
        for way in ways {
            match way {
                Way::Open => open = true,
                Way::Impossible(gap) => impossible = impossible.or(Some(gap)),
                Way::Unknown(gap) => unknown = unknown.or(Some(gap)),
                Way::At(places) => allowed.extend(places),
            }
        }
        if allowed.is_empty() {
            return match (unknown, open, impossible) {
                (Some(gap), ..) => Some(Fact::Unknown(gap)),
                (None, true, _) => None,
                (None, false, Some(gap)) => Some(Fact::Unknown(gap)),
                (None, false, None) => Some(Fact::Unknown(gap(
                    "no node fits what it asks of nodes: it is never scheduled",
                    "aucun nœud ne convient à ce qu’il demande : il n’est jamais ordonnancé",
                ))),
            };
        }
        if open {
            match &site.location {
                Fact::Known(location) => allowed.push(location.clone()),
                Fact::Unknown(gap) => unknown = unknown.or(Some(gap.clone())),
                Fact::Absent => {}
            }
        }
        let worst = self.worst(allowed, site)?;
        match unknown {
            // What else is allowed could only be worse.
            Some(gap) if worst.area <= Area::Eea => Some(Fact::Unknown(gap)),
            _ => Some(Fact::Known(worst)),
        }
    }

    /// The worst of several places: by its area, then by what a visa of the company covers.
    pub(super) fn worst(&self, places: Vec<Location>, site: &Site<'a>) -> Option<Location> {
        let rank = |place: &Location| (place.area, !is_covered(site.company, &place.region));
        places.into_iter().reduce(|worst, one| {
            if rank(&one) > rank(&worst) {
                one
            } else {
                worst
            }
        })
    }

    /// Where one alternative lets it run.
    fn allowed_by(&mut self, way: &[&Need<'a>], site: &Site<'a>, label: &Text) -> Way {
        let labels: Vec<&'static MetadataKey> = self
            .place_labels()
            .filter(|label| way.iter().any(|need| is_about(need, label)))
            .collect();
        let mut found: Vec<(&'static MetadataKey, Vec<Placed>)> = Vec::new();
        let mut unknown = None;
        for key in labels {
            let wanted = match wanted(way, key) {
                Some(Ok(wanted)) => wanted,
                Some(Err(text)) => return Way::Impossible(self.contradiction(way, &[key], &text)),
                None => continue,
            };
            match self.places_of_label(key, &wanted, site, label) {
                Ok(places) => found.push((key, places)),
                // A zone that nobody knows (`nova`) is no matter where the region is known.
                Err(gap) => unknown = unknown.or(Some(gap)),
            }
        }
        let excluded = self.excluded_regions(way, site);
        if found.is_empty() {
            return match unknown {
                Some(gap) => Way::Unknown(gap),
                None => self.left_by(way, site, &excluded),
            };
        }
        let keys: Vec<&'static MetadataKey> = found.iter().map(|(key, _)| *key).collect();
        found.sort_by_key(|(_, places)| places.len());
        let mut sets = found.into_iter();
        let Some((_, mut allowed)) = sets.next() else {
            return Way::Open;
        };
        for (_, others) in sets {
            let regions: BTreeSet<&str> = others.iter().map(|(_, region)| *region).collect();
            allowed.retain(|(_, region)| regions.contains(region));
        }
        allowed.retain(|(_, region)| !excluded.contains(region));
        if allowed.is_empty() {
            let texts = way
                .iter()
                .filter(|need| keys.iter().any(|key| is_about(need, key)));
            let texts: Vec<String> = texts.map(|need| said(need)).collect();
            return Way::Impossible(self.contradiction(way, &keys, &texts.join(", ")));
        }
        Way::At(allowed.into_iter().map(|(place, _)| place).collect())
    }

    /// Where the values of a label are.
    fn places_of_label(
        &mut self,
        key: &'static MetadataKey,
        wanted: &[(Wanted<'a>, Certainty)],
        site: &Site<'a>,
        label: &Text,
    ) -> Result<Vec<Placed>, Gap> {
        let mut places = Vec::with_capacity(wanted.len());
        for (value, certainty) in wanted {
            let way = self.ledger.way(value.at, label.clone());
            let Some(text) = value.text.filter(|text| !text.is_empty()) else {
                return Err(not_known(value.at, &key.key, way));
            };
            match self.labelled(key, text, site, way, *certainty) {
                Fact::Known(place) => {
                    let region = self.region_around(key, &place, site);
                    places.push((place, region));
                }
                Fact::Unknown(gap) => return Err(gap),
                Fact::Absent => {}
            }
        }
        Ok(places)
    }

    /// The region that a place is, or that a zone with a record of its own lies in.
    fn region_around(
        &self,
        label: &'static MetadataKey,
        place: &Location,
        site: &Site<'a>,
    ) -> &'static str {
        let sets = self.sets_of_label(label).into_iter().chain(site.regions);
        let mut records = sets.filter_map(|set| self.catalog.region(set, &place.region));
        records.next().map_or("", |record| record.region_id())
    }

    /// Regions that an alternative keeps out.
    fn excluded_regions(&mut self, way: &[&Need<'a>], site: &Site<'a>) -> BTreeSet<&'static str> {
        let mut out = BTreeSet::new();
        for need in way.iter().filter(|need| need.operator == Operator::NotIn) {
            let mut labels = self.place_labels();
            let Some(key) = labels.find(|label| {
                label.fact == FactKind::Region && label.key == need.key && !need.of_field
            }) else {
                continue;
            };
            for text in need.values.iter().filter_map(|value| value.text) {
                let found = self.labelled(key, text, site, Vec::new(), Certainty::Certain);
                if let Fact::Known(place) = found {
                    out.insert(self.region_around(key, &place, site));
                }
            }
        }
        out
    }

    /// Constraints that name no place: the nodes that they leave do, where they are known.
    fn left_by(
        &mut self,
        way: &[&Need<'a>],
        site: &Site<'a>,
        excluded: &BTreeSet<&'static str>,
    ) -> Way {
        let left = site.nodes.left_by(way).unwrap_or_default();
        match self.places_of_nodes(left, site) {
            None => return Way::Open,
            Some(places) if !places.is_empty() => return Way::At(places),
            Some(_) => {}
        }
        match &site.location {
            Fact::Known(cluster) if excluded.contains(&*cluster.region) => {
                let region = &cluster.region;
                Way::Impossible(Gap {
                    reason: Text::new(
                        format!("its cluster is in {region}, which its node affinity keeps out"),
                        format!("son cluster est à {region}, que son affinité de nœuds exclut"),
                    ),
                    evidence: cluster.basis.evidence.clone(),
                })
            }
            _ => Way::Open,
        }
    }

    fn contradiction(
        &mut self,
        way: &[&Need<'a>],
        keys: &[&'static MetadataKey],
        said: &str,
    ) -> Gap {
        let label = Text::new("asked of the node", "demandé au nœud");
        let evidence = way
            .iter()
            .filter(|need| keys.iter().any(|key| is_about(need, key)))
            .filter_map(|need| need.values.first())
            .flat_map(|value| self.ledger.way(value.at, label.clone()))
            .collect();
        let said = shown(said);
        Gap {
            reason: Text::new(
                format!("no node can fit {said}: it is never scheduled"),
                format!("aucun nœud ne peut convenir à {said} : il n’est jamais ordonnancé"),
            ),
            evidence: dedup(evidence),
        }
    }
}

fn way_of(found: Option<Fact<Location>>) -> Way {
    match found {
        None | Some(Fact::Absent) => Way::Open,
        Some(Fact::Known(place)) => Way::At(vec![place]),
        Some(Fact::Unknown(gap)) => Way::Unknown(gap),
    }
}

/// Annotations of a namespace that bind its pods: OpenShift reads the first, an admission plugin of Kubernetes the other.
const NODE_SELECTORS: [&str; 2] = [
    "openshift.io/node-selector",
    "scheduler.alpha.kubernetes.io/node-selector",
];

/// The tenant of a namespace, whose node selector Capsule passes on.
const CAPSULE_TENANT: &str = "capsule.clastix.io/tenant";

fn label_of_node(label: Option<&MetadataKey>) -> Text {
    match label {
        Some(_) => Text::new("label of the node", "étiquette du nœud"),
        None => Text::new("identifier of the node", "identifiant du nœud"),
    }
}

fn is_about(need: &Need<'_>, label: &MetadataKey) -> bool {
    !need.of_field && need.key == label.key
}

/// Does a visa of the company name this region?
fn is_covered(company: Option<&'static Provider>, region: &str) -> bool {
    company.is_some_and(|company| {
        let qualified = company
            .offering
            .iter()
            .filter(|offering| offering.status == Qualification::Qualified);
        let mut regions = qualified.flat_map(|offering| &offering.scope_regions);
        regions.any(|one| one.eq_ignore_ascii_case(region))
    })
}

/// The values that a label may have. `None`: no list says. An error: none is left.
fn wanted<'v>(
    way: &[&Need<'v>],
    label: &MetadataKey,
) -> Option<Result<Vec<(Wanted<'v>, Certainty)>, String>> {
    let about: Vec<&&Need<'v>> = way.iter().filter(|need| is_about(need, label)).collect();
    let (first, rest) = {
        let at = about
            .iter()
            .position(|need| need.operator == Operator::In)?;
        let first = about.get(at)?;
        let rest = about
            .iter()
            .enumerate()
            .filter(move |(other, _)| *other != at);
        (first, rest.map(|(_, need)| *need).collect::<Vec<_>>())
    };
    let mut texts = BTreeMap::new();
    let kept = first.values.iter().filter(|value| match value.text {
        Some(text) => {
            rest.iter()
                .all(|need| need.holds(Some(text)) != Some(false))
                && texts.insert(text, ()).is_none()
        }
        None => true,
    });
    let kept: Vec<_> = kept.map(|value| (*value, first.certainty)).collect();
    if kept.is_empty() {
        let said: Vec<String> = about.iter().map(|need| said(need)).collect();
        return Some(Err(said.join(", ")));
    }
    Some(Ok(kept))
}

/// `zone in a, b`, for people.
fn said(need: &Need<'_>) -> String {
    let key = need.key.rsplit('/').next().unwrap_or(need.key);
    let texts: Vec<&str> = need
        .values
        .iter()
        .filter_map(|value| value.text)
        .take(5)
        .collect();
    let operator = match need.operator {
        Operator::In => "=",
        Operator::NotIn => "≠",
        Operator::Gt => ">",
        Operator::Lt => "<",
        Operator::Exists => "exists",
        Operator::DoesNotExist => "does not exist",
    };
    format!("`{key}` {operator} {}", texts.join(" | "))
}
