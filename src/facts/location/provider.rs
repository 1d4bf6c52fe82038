//! Where the provider configuration puts what says nothing itself: its region, the host of its endpoint, its
//! documented default, the environment.

use super::because_fr;
use crate::catalog::{Certainty, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{EvidenceId, Fact, Gap, Location, Text};
use crate::graph::Resource;

impl<'a> Lens<'a> {
    /// Does the provider block write a region, or a host with one?
    pub(super) fn provider_names_a_place(&mut self, resource: &'a Resource) -> bool {
        if self.operator_of(resource).region.is_some() {
            return true;
        }
        let Some((facts, provider)) = self
            .terraform_provider(resource)
            .zip(self.graph.provider(resource))
        else {
            return false;
        };
        facts.location_paths.iter().any(|text| {
            let path = self.path(text);
            provider
                .config
                .get(&path)
                .is_some_and(|value| !value.is_null())
        })
    }

    /// Where the provider configuration puts a type; worked out once.
    pub(super) fn default_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let key = (resource.provider?, kind.name.as_str());
        if let Some(known) = self.defaults.get(&key) {
            return known.clone();
        }
        let found = self.location_of_provider(resource, kind, regions);
        self.defaults.insert(key, found.clone());
        found
    }

    fn location_of_provider(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let facts = self.terraform_provider(resource)?;
        let provider = self.graph.provider(resource)?;
        let mut evidence: Vec<EvidenceId> = Vec::new();
        // What has a zone and no region falls back on the zone of the provider, which may lie in another region.
        let is_zone = |path: &&String| facts.zone_paths.contains(path);
        let own = &kind.location;
        let is_zonal = !own.is_empty() && own.iter().all(|path| kind.zone_paths.contains(path));
        let (zones, regional): (Vec<&String>, Vec<&String>) = facts
            .location_paths
            .iter()
            .partition(|path| is_zonal && is_zone(path));
        for text in zones.into_iter().chain(regional) {
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
                            "`{text}` du fournisseur n’est pas connu : {}",
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
                    "la région vient de l’environnement ({name}) : ni la ressource ni son fournisseur n’en nomment"
                ),
            ),
            evidence,
        }))
    }
}
