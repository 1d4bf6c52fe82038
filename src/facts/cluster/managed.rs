//! Objects that stand for a resource of a cloud: those of Crossplane, of the controllers that clouds publish, of Cluster
//! API. The cluster that they are applied to only passes them on, so that neither its place nor its company is theirs:
//! their kind tells the company, and their own fields the place.

use std::sync::Arc;

use super::site::Host;
use super::text_of;
use crate::catalog::{Certainty, FactKind, KubernetesKind, Provider};
use crate::facts::establish::Lens;
use crate::facts::location::{not_known, together};
use crate::facts::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::graph::{RelationKind, Resource};
use crate::value::Value;

impl<'a> Lens<'a> {
    /// The company whose resource an object stands for.
    pub(in crate::facts) fn company_stood_for(
        &self,
        resource: &'a Resource,
    ) -> Option<(&'static KubernetesKind, &'static Provider)> {
        let kind = self.object_of(resource)?.kind?;
        Some((kind, self.catalog.provider(kind.providers_id.as_deref()?)?))
    }

    /// Where the resource is that an object stands for. `None`: it stands for none.
    pub(super) fn location_stood_for(&mut self, resource: &'a Resource) -> Option<Fact<Location>> {
        let (kind, company) = self.company_stood_for(resource)?;
        if let Some(found) = self.worldwide_by_field(resource, kind) {
            return Some(found);
        }
        let mut open = None;
        for fact in [FactKind::Region, FactKind::Zone] {
            for field in kind.facts.iter().filter(|field| field.fact == fact) {
                match self.location_in_field(resource, company, &field.path) {
                    Some(Fact::Known(location)) => return Some(Fact::Known(location)),
                    Some(found) => open = open.or(Some(found)),
                    None => {}
                }
            }
        }
        if let Some(open) = open {
            return Some(open);
        }
        if let Some(found) = self.location_in_namespace(resource, kind, company) {
            return Some(found);
        }
        let entry = self.stood_for(kind, company);
        if let Some(default) = &kind.location_default {
            return Some(self.region_of_company(company, default, vec![entry]));
        }
        let evidence = vec![self.header(resource), entry];
        let mut fields = kind
            .facts
            .iter()
            .filter(|field| matches!(field.fact, FactKind::Region | FactKind::Zone));
        let reason = match fields.next() {
            Some(field) => {
                let path = &field.path;
                Text::new(
                    format!("`{path}` is not set, and the place of its cluster is not its own"),
                    format!(
                        "`{path}` n’est pas renseigné, et le lieu de son cluster n’est pas le sien"
                    ),
                )
            }
            None => Text::new(
                "no field of its kind says where it is, and the place of its cluster is not its own",
                "aucun champ de son genre ne dit où il se trouve, et le lieu de son cluster n’est pas le sien",
            ),
        };
        Some(Fact::Unknown(Gap { reason, evidence }))
    }

    /// Some field leaves the place to the company.
    fn worldwide_by_field(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Option<Fact<Location>> {
        for path in &kind.worldwide_paths {
            let Some(value) = self.object_field(resource, path) else {
                continue;
            };
            let mut way = self.way_to(value, path);
            if value.is_unknown() {
                return Some(Fact::Unknown(not_known(value, path, way)));
            }
            if value.as_bool() == Some(false) {
                continue;
            }
            let entry = format!("kubernetes/kinds {}/{}", kind.group, kind.kind);
            let mut location = self.worldwide_by(entry, kind.source.clone());
            way.append(&mut location.basis.evidence);
            location.basis.evidence = way;
            return Some(Fact::Known(location));
        }
        None
    }

    /// What the namespace says for all that is in it.
    fn location_in_namespace(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
        company: &'static Provider,
    ) -> Option<Fact<Location>> {
        let path = kind.namespace_region.as_deref()?;
        let graph = self.graph;
        let within = graph.outgoing(resource.id).iter();
        let namespace = within
            .filter(|relation| relation.kind == RelationKind::PartOf)
            .filter_map(|relation| graph.get(relation.to))
            .find(|one| &*one.kind == "Namespace")?;
        let value = self.object_field(namespace, path)?;
        let way = self.ledger.way(
            value,
            Text::new(
                format!("`{path}` of the namespace"),
                format!("`{path}` de l’espace de noms"),
            ),
        );
        Some(match text_of(value) {
            Some(text) => self.region_of_company(company, text, way),
            None => Fact::Unknown(not_known(value, path, way)),
        })
    }

    /// What one field says: all its places together.
    fn location_in_field(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        path: &'static str,
    ) -> Option<Fact<Location>> {
        let parsed = self.path(path);
        let object = self.object_of(resource)?;
        let values = object.all(&parsed);
        let each = values.into_iter().flat_map(|value| {
            value
                .elements()
                .unwrap_or(std::slice::from_ref(value))
                .iter()
        });
        let mut found: Option<Location> = None;
        for value in each.filter(|value| !value.is_null()) {
            let way = self.way_to(value, path);
            let place = match text_of(value) {
                Some(text) => self.region_of_company(company, text, way),
                None => Fact::Unknown(not_known(value, path, way)),
            };
            match place {
                Fact::Known(place) => {
                    found = Some(match found.take() {
                        None => place,
                        Some(before) => together(before, place),
                    });
                }
                open => return Some(open),
            }
        }
        found.map(Fact::Known)
    }

    fn way_to(&mut self, value: &Value, path: &str) -> Vec<EvidenceId> {
        let label = Text::new(
            format!("`{path}` of the object"),
            format!("`{path}` de l’objet"),
        );
        self.ledger.way(value, label)
    }

    /// A region of a company, whichever of its clouds it belongs to.
    pub(in crate::facts) fn region_of_company(
        &mut self,
        company: &'static Provider,
        region: &str,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Location> {
        let sets = &company.identify.regions_id;
        let set = sets
            .iter()
            .find(|set| self.catalog.region(set, region).is_some())
            .or(sets.first());
        self.look_up(
            set.map(String::as_str),
            region,
            evidence,
            Certainty::Certain,
        )
    }

    /// Who runs the resource that an object stands for. `None`: it stands for none.
    pub(super) fn hosting_stood_for(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Option<Fact<Arc<Hosting>>> {
        let (kind, company) = self.company_stood_for(resource)?;
        let entry = self.stood_for(kind, company);
        Some(self.hosting_at(resource, company, location, vec![entry]))
    }

    /// How a resource stands that a company runs, and not the cluster that its object is applied to.
    pub(super) fn hosting_at(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        location: &Fact<Location>,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Arc<Hosting>> {
        let place = location.known();
        match self.host_of_company(company, place, evidence) {
            Host::Offering {
                offering,
                certainty,
                evidence,
                ..
            } => self.standing(resource, offering, place, certainty, evidence),
            Host::As(Fact::Unknown(gap)) => match self.attested_object(resource, location) {
                Some(attested) => attested,
                None => Fact::Unknown(gap),
            },
            Host::As(hosting) => hosting,
        }
    }

    fn stood_for(&mut self, kind: &'static KubernetesKind, company: &Provider) -> EvidenceId {
        let KubernetesKind {
            group, kind: name, ..
        } = kind;
        let company = &company.legal_name;
        self.ledger.catalogue(
            format!("kubernetes/kinds {group}/{name}"),
            kind.source.clone(),
            Text::new(
                format!("it stands for a resource of {company}, whatever cluster it is applied to"),
                format!(
                    "il représente une ressource de {company}, quel que soit le cluster où il est appliqué"
                ),
            ),
        )
    }
}
