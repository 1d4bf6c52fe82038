//! What an identifier of a region means: its countries and its area, with the entry of the catalogue as evidence.

use crate::catalog::{Area, Catalog, Certainty, RegionKind, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{Basis, EvidenceId, Fact, Gap, Location, Text};

impl Lens<'_> {
    /// What an identifier means, with the catalogue's entry as evidence.
    pub(in crate::facts) fn look_up(
        &mut self,
        regions: Option<&'static str>,
        identifier: &str,
        evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        self.look_up_for(regions, identifier, None, evidence, certainty)
    }

    /// The same for a service that may mean something else by it.
    pub(in crate::facts) fn look_up_for(
        &mut self,
        regions: Option<&'static str>,
        identifier: &str,
        service: Option<&'static str>,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let Some(set) = regions else {
            let identifier = shown(identifier);
            return Fact::Unknown(Gap {
                reason: Text::new(
                    format!("\"{identifier}\" cannot be placed: who runs it is not established"),
                    format!("« {identifier} » ne peut être situé : l’opérateur n’est pas établi"),
                ),
                evidence,
            });
        };
        // Where there is one region, all of them is that one.
        let sole = self.catalog.region_set(set);
        let sole = sole.and_then(|set| set.sole_region.as_deref());
        let identifier = sole
            .filter(|_| identifier.eq_ignore_ascii_case("global"))
            .unwrap_or(identifier);
        match self.region(set, identifier, service) {
            // Several places that nobody listed are no service without a region.
            Some((location, entry))
                if location.countries.is_empty() && !self.is_global(set, identifier) =>
            {
                evidence.push(entry);
                let identifier = shown(identifier);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!(
                            "which countries \"{identifier}\" spans at {set} is not established"
                        ),
                        format!(
                            "les pays que couvre « {identifier} » chez {set} ne sont pas établis"
                        ),
                    ),
                    evidence: dedup(evidence),
                })
            }
            Some((mut location, entry)) => {
                evidence.push(entry);
                location.basis = Basis {
                    certainty,
                    evidence: dedup(evidence),
                };
                Fact::Known(location)
            }
            None if identifier.contains("${") => {
                let identifier = shown(identifier);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!(
                            "`{identifier}` is filled in when it is applied, as Flux does with `postBuild`"
                        ),
                        format!(
                            "`{identifier}` est rempli au moment de l’application, comme le fait Flux avec `postBuild`"
                        ),
                    ),
                    evidence,
                })
            }
            None => {
                let identifier = shown(identifier);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("\"{identifier}\" is no known region of {set}"),
                        format!("« {identifier} » n’est pas une région connue de {set}"),
                    ),
                    evidence,
                })
            }
        }
    }

    /// Does an identifier stand for the whole provider?
    fn is_global(&self, set: &str, identifier: &str) -> bool {
        let region = self.catalog.region(set, identifier);
        region.is_some_and(|region| region.kind == RegionKind::Global)
    }

    /// A region of the catalogue as a location, and its entry; worked out once.
    pub(in crate::facts) fn region(
        &mut self,
        set: &'static str,
        identifier: &str,
        service: Option<&'static str>,
    ) -> Option<(Location, EvidenceId)> {
        let known = self.regions.get(&(set, service));
        if let Some(known) = known.and_then(|all| all.get(identifier)) {
            return known.clone();
        }
        let found = self.look_up_region(set, identifier, service);
        let all = self.regions.entry((set, service)).or_default();
        all.insert(identifier.to_owned(), found.clone());
        found
    }

    fn look_up_region(
        &mut self,
        set: &str,
        identifier: &str,
        service: Option<&str>,
    ) -> Option<(Location, EvidenceId)> {
        let region = self.catalog.region(set, identifier)?;
        let countries = region.countries_for(service);
        let area = self.catalog.area(countries, self.settings.as_of);
        let country = if countries.is_empty() {
            "?".to_owned()
        } else {
            countries.join(", ")
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
            countries: countries
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

    pub(in crate::facts) fn worldwide(&mut self, kind: &'static ResourceKind) -> Location {
        self.worldwide_by(kind.name.clone(), kind.source.clone())
    }

    /// Everywhere, as an entry of the catalogue says.
    pub(in crate::facts) fn worldwide_by(&mut self, entry: String, source: String) -> Location {
        let entry = self.ledger.catalogue(
            entry,
            source,
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

    /// The region that receives the redundant copies of another one.
    pub(in crate::facts) fn pair_of_location(
        &mut self,
        regions: Option<&'static str>,
        primary: Location,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let catalog: &'static Catalog = self.catalog;
        let pair = regions.and_then(|set| {
            let region = catalog.region(set, &primary.region)?;
            let region = catalog.region(set, region.region_id()).unwrap_or(region);
            region.pair.as_deref()
        });
        evidence.extend(primary.basis.evidence);
        let evidence = dedup(evidence);
        if let Some(pair) = pair {
            return self.look_up(regions, pair, evidence, certainty);
        }
        let region = shown(&primary.region);
        Fact::Unknown(Gap {
            reason: Text::new(
                format!("it goes to another region, and the catalogue knows no pair of {region}"),
                format!(
                    "elle va dans une autre région, et le catalogue ne connaît pas la paire de {region}"
                ),
            ),
            evidence,
        })
    }
}

/// One resource in several places: the countries of all, the worst area.
pub(in crate::facts) fn together(mut before: Location, mut location: Location) -> Location {
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
pub(in crate::facts) fn dedup(ids: Vec<EvidenceId>) -> Vec<EvidenceId> {
    let mut out: Vec<EvidenceId> = Vec::with_capacity(ids.len());
    for id in ids {
        if !out.contains(&id) {
            out.push(id);
        }
    }
    out
}

/// A text of the input as reasons quote it: each resource has its own, and a text may be as long as a file.
pub(in crate::facts) fn shown(text: &str) -> &str {
    const BYTES: usize = 200;
    text.get(..text.floor_char_boundary(BYTES)).unwrap_or(text)
}
