//! A place read from the resource itself: its region, its zone, what was computed for it.

use super::because_fr;
use super::region::{shown, together};
use crate::catalog::{Certainty, LocationKind, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{EvidenceId, Fact, Gap, Location, Text};
use crate::graph::Resource;
use crate::value::Value;

/// What one value says about a place.
enum Said {
    /// Nothing: not written, or counted within a region that something else names.
    Nothing,
    /// Where it is, or why that is open.
    Place(Fact<Location>),
    /// It is written, and its value is not known here.
    NotKnown(Gap),
    /// It names no place by itself.
    Wish(Gap),
}

/// The attribute that is read.
#[derive(Clone, Copy)]
struct Spot {
    kind: &'static ResourceKind,
    regions: Option<&'static str>,
    path: &'static str,
    is_zone: bool,
    /// Zones lie in the region that something else names.
    within_region: bool,
}

impl<'a> Lens<'a> {
    /// Some block leaves the place to the provider.
    pub(super) fn worldwide_by_choice(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Option<Fact<Location>> {
        for path in &kind.worldwide_paths {
            let Some(value) = self.attribute(resource, path) else {
                continue;
            };
            let written = match (value.as_unknown(), value.as_bool(), value.elements()) {
                (Some(_), ..) => {
                    let way = self.ledger.way(value, of_resource(path));
                    return Some(Fact::Unknown(not_known(value, path, way)));
                }
                (_, Some(on), _) => on,
                (_, _, Some(blocks)) => !blocks.is_empty(),
                _ => true,
            };
            if written {
                let mut location = self.worldwide(kind);
                let mut way = self.ledger.way(value, of_resource(path));
                way.append(&mut location.basis.evidence);
                location.basis.evidence = way;
                return Some(Fact::Known(location));
            }
        }
        None
    }

    /// From the attributes of the resource itself: regions first, zones after. A region that is not known leaves the word
    /// to a zone that is. What is written and binds nothing goes into `wish`.
    pub(super) fn own_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
        wish: &mut Option<Gap>,
    ) -> Option<Fact<Location>> {
        let is_zone = |path: &String| kind.zone_paths.contains(path);
        let facts = self.terraform_provider(resource);
        let within_region = facts.is_some_and(|facts| facts.zones_in_region);
        let in_order = kind
            .location
            .iter()
            .filter(|path| !is_zone(path))
            .chain(kind.location.iter().filter(|path| is_zone(path)));
        let mut missing: Option<Gap> = None;
        for path in in_order {
            let spot = Spot {
                kind,
                regions: kind.path_regions.get(path).map(String::as_str).or(regions),
                path,
                is_zone: is_zone(path),
                within_region,
            };
            // Only a zone can stand in for a region.
            if missing.is_some() && !spot.is_zone {
                continue;
            }
            let mut found: Option<Location> = None;
            let mut open: Option<Gap> = None;
            for value in self.attributes(resource, path) {
                for value in value.elements().unwrap_or(std::slice::from_ref(value)) {
                    match self.location_of_value(resource, value, spot) {
                        Said::Nothing => {}
                        Said::Place(Fact::Known(location)) => {
                            found = Some(match found.take() {
                                None => location,
                                Some(before) => together(before, location),
                            });
                        }
                        Said::Place(other) => return Some(other),
                        Said::NotKnown(gap) => open = open.or(Some(gap)),
                        Said::Wish(gap) => *wish = wish.take().or(Some(gap)),
                    }
                }
            }
            match (open, found) {
                (Some(gap), _) => missing = missing.or(Some(gap)),
                (None, Some(location)) => return Some(Fact::Known(location)),
                (None, None) => {}
            }
        }
        missing.map(Fact::Unknown)
    }

    fn location_of_value(&mut self, resource: &'a Resource, value: &Value, spot: Spot) -> Said {
        let path = spot.path;
        // One that is not known takes nothing away from the region.
        if spot.is_zone && spot.within_region && value.is_unknown() {
            return Said::Nothing;
        }
        let way = self.ledger.way(value, of_resource(path));
        if value.is_unknown() {
            return Said::NotKnown(not_known(value, path, way));
        }
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else {
            return Said::Nothing;
        };
        match spot.kind.location_kind {
            Some(LocationKind::Hint | LocationKind::OpaqueId | LocationKind::Profile) => {
                let text = shown(text);
                Said::Wish(Gap {
                    reason: Text::new(
                        format!("`{path}` = \"{text}\" does not name a place by itself"),
                        format!("`{path}` = « {text} » ne désigne pas un lieu à lui seul"),
                    ),
                    evidence: way,
                })
            }
            _ if spot.is_zone && text.bytes().all(|byte| byte.is_ascii_digit()) => Said::Nothing,
            _ => Said::Place(self.place_of_text(resource, spot.kind, spot.regions, text, way)),
        }
    }

    /// What a text names: a region or zone, else the place inside an identifier or a host.
    pub(in crate::facts) fn place_of_text(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
        text: &str,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Location> {
        let service = kind.region_service.as_deref();
        let is_region = regions.is_some_and(|set| self.region(set, text, service).is_some());
        if !is_region
            && let Some(found) = self.place_in_identifier(resource, kind, text, evidence.clone())
        {
            return found;
        }
        self.look_up_for(regions, text, service, evidence, Certainty::Certain)
    }

    /// From what the provider computed for the resource itself: its ARN, its link to itself. Attributes that name
    /// something else, such as a destination, say nothing of its own place.
    pub(super) fn computed_location(
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
}

fn of_resource(path: &str) -> Text {
    Text::new(
        format!("`{path}` of the resource"),
        format!("`{path}` de la ressource"),
    )
}

/// Why the value of an attribute is open.
pub(in crate::facts) fn not_known(value: &Value, path: &str, evidence: Vec<EvidenceId>) -> Gap {
    let reason = match value.as_unknown() {
        Some(unknown) => Text::new(
            format!("`{path}` is not known: {}", unknown.because),
            format!(
                "`{path}` n’est pas connu : {}",
                because_fr(&unknown.because)
            ),
        ),
        None => Text::new(
            format!("`{path}` is not known"),
            format!("`{path}` n’est pas connu"),
        ),
    };
    Gap { reason, evidence }
}
