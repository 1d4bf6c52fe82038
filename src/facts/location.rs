//! Where a resource is: own attribute, parent or companion, provider block, documented default; else a stated gap.

use std::sync::Arc;

use super::establish::{Kind, Lens, gap};
use super::{Basis, Copy, CopyKind, EvidenceId, Fact, Gap, Location, Text};
use crate::catalog::{Area, Certainty, Class, LocationKind, ResourceKind};
use crate::graph::{RelationKind, Resource, ResourceId};
use crate::value::Value;

impl<'a> Lens<'a> {
    /// The primary location of a resource; worked out once.
    pub(super) fn location_of(&mut self, resource: &'a Resource) -> Fact<Location> {
        let at = resource.id.index();
        if let Some(found) = &self.locations[at] {
            return found.clone();
        }
        if std::mem::replace(&mut self.locating[at], true) {
            return Fact::Unknown(gap(
                format!("the location of {} depends on itself", resource.address),
                format!("la localisation de {} dépend d'elle-même", resource.address),
            ));
        }
        let found = match self.kinds[at] {
            Some(Kind::Terraform(kind)) if self.is_object(resource, kind) => {
                self.object_location(resource)
            }
            Some(Kind::Terraform(kind)) => self.terraform_location(resource, kind),
            Some(Kind::Kubernetes(_)) => self.object_location(resource),
            None if resource.catalogued => Fact::Absent,
            None if resource.root.is_none() && !self.marked[resource.id.index()] => Fact::Absent,
            None => Fact::Unknown(self.unknown_kind(resource)),
        };
        let found = match found {
            Fact::Unknown(gap) => match self.attested_place(resource) {
                Some(attested) => attested,
                None => Fact::Unknown(gap),
            },
            found => found,
        };
        self.locating[at] = false;
        self.locations[at] = Some(found.clone());
        found
    }

    /// Replicas, backups and exports with a place of their own.
    pub(super) fn copies_of(&mut self, resource: &'a Resource) -> Vec<Copy> {
        let targets: Vec<(RelationKind, ResourceId, String)> = self
            .graph
            .outgoing(resource.id)
            .iter()
            .filter(|relation| {
                matches!(
                    relation.kind,
                    RelationKind::ReplicatesTo | RelationKind::BacksUpTo
                )
            })
            .map(|relation| (relation.kind, relation.to, relation.path.clone()))
            .collect();
        targets
            .into_iter()
            .filter_map(|(kind, to, path)| {
                let target = self.graph.get(to)?;
                Some(Copy {
                    kind: if kind == RelationKind::BacksUpTo {
                        CopyKind::Backup
                    } else {
                        CopyKind::Replica
                    },
                    location: self.location_of(target),
                    encryption: Fact::Absent,
                    target: Some(to),
                    path,
                })
            })
            .collect()
    }

    fn terraform_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Fact<Location> {
        let regions = self.regions_of(resource);
        if let Some(found) = self.own_location(resource, kind, regions) {
            return found;
        }
        if let Some(found) = self.computed_location(resource, regions) {
            return found;
        }
        if let Some(found) = self.location_of_parent(resource, kind) {
            return found;
        }
        if resource.incomplete && !kind.location.is_empty() {
            return Fact::Unknown(incomplete(resource));
        }
        if kind.location_inherits
            && let Some(found) = self.default_location(resource, kind, regions)
        {
            return found;
        }
        if let Some(default) = &kind.location_default {
            let evidence = self.ledger.catalogue(
                format!("{} location default", kind.name),
                kind.source.clone(),
                Text::new(
                    "documented default of the type",
                    "valeur par défaut documentée du type",
                ),
            );
            return self.look_up(regions, default, vec![evidence], Certainty::Probable);
        }
        if kind.global {
            return Fact::Known(self.worldwide(kind));
        }
        match kind.location.first() {
            Some(path) => Fact::Unknown(Gap {
                reason: Text::new(
                    format!("`{path}` is not set"),
                    format!("`{path}` n'est pas renseigné"),
                ),
                evidence: vec![self.header(resource)],
            }),
            None if kind.class.intersects(placed()) => Fact::Unknown(Gap {
                reason: Text::new(
                    format!("{} has no argument that says where it is", kind.name),
                    format!("{} n'a aucun argument qui dise où il se trouve", kind.name),
                ),
                evidence: vec![self.header(resource)],
            }),
            None => Fact::Absent,
        }
    }

    /// From the attributes of the resource itself: regions first, zones after.
    fn own_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let is_zone = |path: &String| kind.zone_paths.contains(path);
        let facts = self.terraform_provider(resource);
        let within_region = facts.is_some_and(|facts| facts.zones_in_region);
        let in_order = kind
            .location
            .iter()
            .filter(|path| !is_zone(path))
            .chain(kind.location.iter().filter(|path| is_zone(path)));
        for path in in_order {
            let values = self.attributes(resource, path);
            let mut found: Option<Location> = None;
            for value in values {
                for value in value.elements().unwrap_or(std::slice::from_ref(value)) {
                    match self.location_of_value(
                        value,
                        kind,
                        regions,
                        path,
                        (is_zone(path), within_region),
                    ) {
                        None => {}
                        Some(Fact::Known(location)) => {
                            found = Some(match found.take() {
                                None => location,
                                Some(before) => together(before, location),
                            })
                        }
                        Some(other) => return Some(other),
                    }
                }
            }
            if let Some(location) = found {
                return Some(Fact::Known(location));
            }
        }
        None
    }

    /// From what the provider computed for the resource itself: its ARN, its link to itself. Attributes that name
    /// something else, such as a destination, say nothing of its own place.
    fn computed_location(
        &mut self,
        resource: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        if !self.graph.is_recorded(resource) {
            return None;
        }
        let mut unknown = None;
        for computed in &self.terraform_provider(resource)?.computed_location {
            let Some(value) = self.attribute(resource, &computed.attr) else {
                continue;
            };
            let region = value.as_str().and_then(|text| {
                let found = self.catalog.pattern(&computed.pattern)?.captures(text)?;
                Some(found.get(1)?.as_str())
            });
            let Some(region) = region.filter(|region| *region != "global") else {
                continue;
            };
            let attr = &computed.attr;
            let way = self.ledger.way(
                value,
                Text::new(
                    format!("`{attr}` of the resource"),
                    format!("`{attr}` de la ressource"),
                ),
            );
            match self.look_up(regions, region, way, Certainty::Certain) {
                Fact::Unknown(gap) => unknown = unknown.or(Some(Fact::Unknown(gap))),
                found => return Some(found),
            }
        }
        unknown
    }

    fn location_of_value(
        &mut self,
        value: &Value,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
        path: &str,
        (is_zone, within_region): (bool, bool),
    ) -> Option<Fact<Location>> {
        let way = self.ledger.way(
            value,
            Text::new(
                format!("`{path}` of the resource"),
                format!("`{path}` de la ressource"),
            ),
        );
        // Where zones lie in the region that something else names, one that is not known takes nothing away from that.
        if is_zone && within_region && value.is_unknown() {
            return None;
        }
        if let Some(unknown) = value.as_unknown() {
            return Some(Fact::Unknown(Gap {
                reason: Text::new(
                    format!("`{path}` is not known: {}", unknown.because),
                    format!(
                        "`{path}` n'est pas connu : {}",
                        because_fr(&unknown.because)
                    ),
                ),
                evidence: way,
            }));
        }
        let text = value.as_str().filter(|text| !text.is_empty())?;
        match kind.location_kind {
            Some(LocationKind::Hint | LocationKind::OpaqueId | LocationKind::Profile) => {
                let text = shown(text);
                Some(Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("`{path}` = \"{text}\" does not name a place by itself"),
                        format!("`{path}` = « {text} » ne désigne pas un lieu à lui seul"),
                    ),
                    evidence: way,
                }))
            }
            // A zone such as "1" is counted within a region that something else names.
            _ if is_zone && text.bytes().all(|byte| byte.is_ascii_digit()) => None,
            _ => Some(self.look_up(regions, text, way, Certainty::Certain)),
        }
    }

    fn location_of_parent(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Option<Fact<Location>> {
        let attributes = kind
            .parent
            .iter()
            .map(|parent| parent.attr.as_str())
            .chain(kind.parent_alternatives.iter().map(String::as_str))
            .chain(kind.attaches_to.iter().map(|link| link.attr.as_str()));
        let mut missing = None;
        for attr in attributes {
            let Some(value) = self.attribute(resource, attr) else {
                continue;
            };
            for id in self.parents(resource, attr, value) {
                let Some(parent) = self.graph.get(id) else {
                    continue;
                };
                match self.location_of(parent) {
                    Fact::Known(mut location) => {
                        let mut evidence = self.ledger.way(
                            value,
                            Text::new(
                                format!("`{attr}` of the resource"),
                                format!("`{attr}` de la ressource"),
                            ),
                        );
                        evidence.append(&mut location.basis.evidence);
                        location.basis.evidence = dedup(evidence);
                        return Some(Fact::Known(location));
                    }
                    Fact::Unknown(gap) => missing = missing.or(Some(gap)),
                    Fact::Absent => {}
                }
            }
            if missing.is_none() && kind.location.is_empty() && !kind.location_inherits {
                let way = self.ledger.way(
                    value,
                    Text::new(
                        format!("`{attr}` of the resource"),
                        format!("`{attr}` de la ressource"),
                    ),
                );
                missing = Some(Gap {
                    reason: Text::new(
                        format!("it is where `{attr}` is, which is not part of the scan"),
                        format!(
                            "elle se trouve là où est `{attr}`, qui ne fait pas partie de l'analyse"
                        ),
                    ),
                    evidence: way,
                });
            }
        }
        missing.map(Fact::Unknown)
    }

    /// What an attribute names: by reference, else by the identifier that a recorded resource has.
    fn parents(&self, resource: &'a Resource, attr: &str, value: &Value) -> Vec<ResourceId> {
        let referenced = self.referenced(resource, value);
        if !referenced.is_empty() || !self.graph.is_recorded(resource) {
            return referenced.into_iter().map(|(id, _)| id).collect();
        }
        let relations = self.graph.outgoing(resource.id).iter();
        relations
            .filter(|relation| {
                relation.path == attr
                    && matches!(
                        relation.kind,
                        RelationKind::PartOf | RelationKind::AttachedTo
                    )
            })
            .map(|relation| relation.to)
            .collect()
    }

    /// Where the provider configuration puts a type; worked out once.
    fn default_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let key = (resource.provider?, kind.name.as_str());
        if let Some(known) = self.defaults.get(&key) {
            return known.clone();
        }
        let found = self.location_of_provider(resource, regions);
        self.defaults.insert(key, found.clone());
        found
    }

    fn location_of_provider(
        &mut self,
        resource: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let facts = self.terraform_provider(resource)?;
        let provider = self.graph.provider(resource)?;
        let mut evidence: Vec<EvidenceId> = Vec::new();
        for text in &facts.location_paths {
            let path = self.path(text);
            let Some(value) = provider.config.get(&path).filter(|value| !value.is_null()) else {
                continue;
            };
            let way = self.ledger.way(
                value,
                Text::new(
                    format!("`{text}` of the provider"),
                    format!("`{text}` du fournisseur"),
                ),
            );
            if let Some(unknown) = value.as_unknown() {
                return Some(Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("`{text}` of the provider is not known: {}", unknown.because),
                        format!(
                            "`{text}` du fournisseur n'est pas connu : {}",
                            because_fr(&unknown.because)
                        ),
                    ),
                    evidence: way,
                }));
            }
            if let Some(region) = value.as_str() {
                return Some(self.look_up(regions, region, way, Certainty::Certain));
            }
        }
        // The region can also stand inside the host of an endpoint.
        if let Some(region) = self.operator_of(resource).region.clone() {
            return Some(self.look_up(regions, &region.0, region.1, Certainty::Probable));
        }
        if let Some(default) = &facts.location_default {
            evidence.push(self.ledger.catalogue(
                format!("{} location default", facts.address),
                facts.docs_repository.clone().unwrap_or_default(),
                Text::new(
                    "documented default of the provider",
                    "valeur par défaut documentée du fournisseur",
                ),
            ));
            return Some(self.look_up(regions, default, evidence, Certainty::Probable));
        }
        if facts.location_paths.is_empty() {
            return None;
        }
        if let Some(place) = provider.place {
            evidence.push(self.ledger.place(
                place,
                Text::new(
                    "the provider block names no region",
                    "le bloc du fournisseur ne nomme aucune région",
                ),
            ));
        }
        let name = facts
            .location_env
            .first()
            .map_or("its environment", String::as_str);
        Some(Fact::Unknown(Gap {
            reason: Text::new(
                format!(
                    "the region comes from the environment ({name}): neither the resource nor its provider block names one"
                ),
                format!(
                    "la région vient de l'environnement ({name}) : ni la ressource ni son fournisseur n'en nomment"
                ),
            ),
            evidence,
        }))
    }

    /// What an identifier means, with the catalogue's entry as evidence.
    pub(super) fn look_up(
        &mut self,
        regions: Option<&'static str>,
        identifier: &str,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let Some(set) = regions else {
            let identifier = shown(identifier);
            return Fact::Unknown(Gap {
                reason: Text::new(
                    format!("\"{identifier}\" cannot be placed: who runs it is not established"),
                    format!("« {identifier} » ne peut être situé : l'opérateur n'est pas établi"),
                ),
                evidence,
            });
        };
        match self.region(set, identifier) {
            Some((mut location, entry)) => {
                evidence.push(entry);
                location.basis = Basis {
                    certainty,
                    evidence: dedup(evidence),
                };
                Fact::Known(location)
            }
            None => {
                let identifier = shown(identifier);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("\"{identifier}\" is no known region of {set}"),
                        format!("« {identifier} » n'est pas une région connue de {set}"),
                    ),
                    evidence,
                })
            }
        }
    }

    /// A region of the catalogue as a location, and its entry; worked out once.
    pub(super) fn region(
        &mut self,
        set: &'static str,
        identifier: &str,
    ) -> Option<(Location, EvidenceId)> {
        let known = self.regions.get(set).and_then(|all| all.get(identifier));
        if let Some(known) = known {
            return known.clone();
        }
        let found = self.look_up_region(set, identifier);
        let all = self.regions.entry(set).or_default();
        all.insert(identifier.to_owned(), found.clone());
        found
    }

    fn look_up_region(&mut self, set: &str, identifier: &str) -> Option<(Location, EvidenceId)> {
        let region = self.catalog.region(set, identifier)?;
        let area = self.catalog.area(&region.countries, self.settings.as_of);
        let country = if region.countries.is_empty() {
            "?".to_owned()
        } else {
            region.countries.join(", ")
        };
        let shown = if region.city.is_empty() {
            country.clone()
        } else {
            format!("{}, {country}", region.city)
        };
        let entry = self.ledger.catalogue(
            format!("regions/{set} {}", region.id),
            region.source.clone(),
            Text::new(
                format!("{} at {set}: {shown}", region.id),
                format!("{} chez {set} : {shown}", region.id),
            ),
        );
        let location = Location {
            region: region.id.as_str().into(),
            countries: region
                .countries
                .iter()
                .map(|country| country.as_str().into())
                .collect(),
            area,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: Vec::new(),
            },
        };
        Some((location, entry))
    }

    fn worldwide(&mut self, kind: &'static ResourceKind) -> Location {
        let entry = self.ledger.catalogue(
            kind.name.clone(),
            kind.source.clone(),
            Text::new("a service without a region", "un service sans région"),
        );
        Location {
            region: "global".into(),
            countries: Vec::new(),
            area: Area::Worldwide,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: vec![entry],
            },
        }
    }

    /// Why nothing is known of a resource of a kind that the catalogue does not have.
    pub(super) fn unknown_kind(&mut self, resource: &Resource) -> Gap {
        if let Some(known) = self.unknown_kinds.get(&resource.kind) {
            return known.clone();
        }
        let found = gap(
            format!("the catalogue does not know {}", resource.kind),
            format!("le catalogue ne connaît pas {}", resource.kind),
        );
        let kind = Arc::clone(&resource.kind);
        self.unknown_kinds.insert(kind, found.clone());
        found
    }

    /// The header of a resource as evidence.
    pub(super) fn header(&mut self, resource: &Resource) -> EvidenceId {
        self.ledger
            .place(resource.header, Text::new("declared here", "déclarée ici"))
    }
}

/// Classes that sit somewhere.
fn placed() -> crate::catalog::ClassSet {
    crate::catalog::ClassSet::of(&[
        Class::HoldsData,
        Class::Compute,
        Class::Workload,
        Class::Backup,
        Class::Logs,
        Class::Secrets,
        Class::Registry,
    ])
}

/// One resource in several places: the countries of all, the worst area.
fn together(mut before: Location, mut location: Location) -> Location {
    if before.region != location.region {
        before.region = format!("{}, {}", before.region, location.region).into();
    }
    before.countries.append(&mut location.countries);
    before.countries.sort();
    before.countries.dedup();
    before.area = before.area.max(location.area);
    before.basis.evidence.append(&mut location.basis.evidence);
    before.basis.evidence = dedup(before.basis.evidence);
    before
}

/// Keeps the first of each.
pub(super) fn dedup(ids: Vec<EvidenceId>) -> Vec<EvidenceId> {
    let mut out: Vec<EvidenceId> = Vec::with_capacity(ids.len());
    for id in ids {
        if !out.contains(&id) {
            out.push(id);
        }
    }
    out
}

fn incomplete(resource: &Resource) -> Gap {
    gap(
        format!("part of {} could not be read", resource.address),
        format!("une partie de {} n'a pas pu être lue", resource.address),
    )
}

/// The reason of an unknown in French.
pub(crate) fn because_fr(because: &crate::value::Because) -> String {
    use crate::value::Because;
    match because {
        Because::Reference { address, path } if path.is_empty() => {
            format!("{address} n'est connu qu'après l'application")
        }
        Because::Reference { address, path } => {
            format!("{address}.{path} n'est connu qu'après l'application")
        }
        Because::Variable(name) => format!("la variable « {name} » n'a pas de valeur"),
        Because::Module(name) => format!("le module {name} n'est pas disponible"),
        Because::Function(name) => format!("{name}() n'est pas évaluée"),
        Because::Environment(name) => format!("{name} vient de l'environnement"),
        Because::Error => "son expression n'a pas pu être évaluée".to_owned(),
        Because::Limit => "elle dépasse une limite de l'analyse".to_owned(),
        Because::Sensitive => "elle est marquée sensible".to_owned(),
        Because::Other(text) => text.to_string(),
    }
}

/// A text of the input as reasons quote it: each resource has its own, and a text may be as long as a file.
pub(super) fn shown(text: &str) -> &str {
    const BYTES: usize = 200;
    text.get(..text.floor_char_boundary(BYTES)).unwrap_or(text)
}
