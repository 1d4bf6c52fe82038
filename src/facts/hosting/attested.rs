//! What people state in `[[attestation]]` where code cannot tell.
//!
//! An attestation is believed where the code leaves a choice, and only as long as it says. What code shows stands against it;
//! the visa is that of the registry, which no attestation outlives.

use std::collections::BTreeMap;

use super::client::Client;
use super::matching::ByCode;
use crate::catalog::{Certainty, Class, Offering};
use crate::config::Attestation;
use crate::facts::establish::{Kind, Lens};
use crate::facts::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::graph::{Graph, Resource, ResourceId};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::text::text;

/// Attestations that the code speaks against: by the place of the entry, the resources with what the code shows.
#[derive(Debug, Default)]
pub(in crate::facts) struct Contradictions {
    found: BTreeMap<Place, BTreeMap<ResourceId, Against>>,
}

/// What an attestation says, and what the code shows instead.
#[derive(Debug)]
struct Against {
    offering: &'static str,
    shown: Text,
}

impl Contradictions {
    /// Those of further resources.
    pub(in crate::facts) fn append(&mut self, further: Self) {
        for (place, resources) in further.found {
            self.found.entry(place).or_default().extend(resources);
        }
    }

    /// One problem for each attestation.
    pub(in crate::facts) fn into_problems(self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (place, resources) in self.found {
            let count = resources.len();
            let Some((first, against)) = resources.into_iter().next() else {
                continue;
            };
            let Some(resource) = graph.get(first) else {
                continue;
            };
            let others = match count {
                1 => Text::default(),
                2 => Text::new(" and 1 other", " et 1 autre"),
                _ => text!(" and {} others", " et {} autres", count - 1),
            };
            let Against { offering, shown } = against;
            problems.push(
                Problem::warning(
                    ProblemCode::Config,
                    text!(
                        "the attestation of {offering} is not believed for {}{others}: {shown}",
                        "l’attestation de {offering} n’est pas crue pour {}{others} : {shown}",
                        resource.address;
                        others, shown
                    ),
                )
                .at(place)
                .related(resource.header, Text::new("declared here", "déclarée ici"))
                .help(Text::new(
                    "narrow `covers` to what runs there, or correct `offering`",
                    "restreignez `covers` à ce qui y tourne, ou corrigez `offering`",
                )),
            );
        }
        problems
    }
}

impl<'a> Lens<'a> {
    /// What an attestation makes of what the code shows; none: nothing.
    pub(super) fn attested(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        by_code: &ByCode,
        location: &Fact<Location>,
    ) -> Option<ByCode> {
        let (valid, ended) = self.settings.attestations_of(resource);
        let Some(entry) = valid else {
            return match by_code {
                ByCode::Open { gap, company } => Some(ByCode::Open {
                    gap: self.with_ended(gap, ended?),
                    company: *company,
                }),
                _ => None,
            };
        };
        let offering = self.catalog.offering(&entry.offering.value)?;
        let evidence = self.statement(entry);
        if let Some(shown) = self.against(client, offering, by_code, location) {
            self.contradicted(entry, offering, resource, shown);
            return None;
        }
        Some(match by_code {
            ByCode::Offering {
                offering: shown,
                certainty,
                by_absence,
                evidence: basis,
            } if shown.id == offering.id => ByCode::Offering {
                offering,
                // What the code makes probable is what somebody states.
                certainty: match certainty {
                    Certainty::Certain => Certainty::Certain,
                    Certainty::Probable | Certainty::Attest => Certainty::Attest,
                },
                by_absence: *by_absence,
                evidence: basis.iter().copied().chain([evidence]).collect(),
            },
            _ => ByCode::Offering {
                offering,
                certainty: Certainty::Attest,
                by_absence: false,
                evidence: vec![evidence],
            },
        })
    }

    /// The same for what an object of a cluster stands for or sends copies to, when nobody is known to run it.
    pub(in crate::facts) fn attested_object(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Option<Fact<std::sync::Arc<Hosting>>> {
        let (valid, _) = self.settings.attestations_of(resource);
        let entry = valid?;
        let offering = self.catalog.offering(&entry.offering.value)?;
        let evidence = vec![self.statement(entry)];
        let place = location.known();
        Some(self.standing(resource, offering, place, Certainty::Attest, evidence))
    }

    /// Where an attestation that is believed puts a resource whose place the code does not tell.
    pub(in crate::facts) fn attested_place(
        &mut self,
        resource: &'a Resource,
    ) -> Option<Fact<Location>> {
        if self.settings.config.attestations.is_empty() {
            return None;
        }
        let (valid, _) = self.settings.attestations_of(resource);
        let entry = valid?;
        let region = entry.region.as_ref()?;
        let offering = self.catalog.offering(&entry.offering.value)?;
        if let Some(Kind::Terraform(_)) = self.kinds[resource.id.index()] {
            let client = self.client_of(resource)?;
            let open = Fact::Absent;
            let by_code = self.by_code(resource, &client, &open);
            if self.against(&client, offering, &by_code, &open).is_some() {
                return None;
            }
        } else if !resource.classes.contains(Class::Backup)
            && let Ok(Some(company)) = self.cluster_company(resource)
            && *company != *offering.provider()
        {
            return None;
        }
        let evidence = vec![self.statement(entry)];
        let company = self.catalog.provider(offering.provider())?;
        let sets = &company.identify.regions_id;
        let set = sets
            .iter()
            .find(|set| self.catalog.region(set, &region.value).is_some())?;
        match self.look_up(Some(set), &region.value, evidence, Certainty::Attest) {
            Fact::Known(location) => Some(Fact::Known(location)),
            _ => None,
        }
    }

    /// What the code shows that an attestation cannot be true of.
    fn against(
        &self,
        client: &Client<'a>,
        offering: &Offering,
        by_code: &ByCode,
        location: &Fact<Location>,
    ) -> Option<Text> {
        let company = offering.provider();
        let can_be = |shown: &str| shown == company || self.is_candidate(client, offering);
        let shown = match by_code {
            ByCode::Offering { offering: of, .. } if of.id == offering.id => None,
            ByCode::Offering {
                offering: of,
                certainty,
                by_absence,
                ..
            } => {
                let is_open = *certainty != Certainty::Certain || *by_absence;
                (!is_open || !can_be(of.provider())).then(|| code_shows(&of.id))
            }
            ByCode::Company { company: of, .. } => (!can_be(&of.id)).then(|| code_shows(&of.id)),
            ByCode::Beside(hosting) => (hosting.offering.as_deref() != Some(&*offering.id)
                && (*hosting.provider != *company
                    || hosting.basis.certainty == Certainty::Certain))
                .then(|| {
                    let company = &hosting.provider;
                    text!("it runs on {company}", "elle tourne chez {company}")
                }),
            ByCode::Open { company: of, .. } => of.filter(|of| !can_be(of)).map(code_shows),
        };
        shown.or_else(|| {
            let place = location.known()?;
            self.is_foreign_to(place, company).then(|| {
                text!(
                    "{company} has no region {}",
                    "{company} n’a pas de région {}",
                    place.region
                )
            })
        })
    }

    /// Notes that an attestation is not believed.
    pub(in crate::facts) fn contradicted(
        &mut self,
        entry: &'a Attestation,
        offering: &'static Offering,
        resource: &Resource,
        shown: Text,
    ) {
        let against = Against {
            offering: &offering.id,
            shown,
        };
        let all = self.contradictions.found.entry(entry.place).or_default();
        all.insert(resource.id, against);
    }

    /// An attestation as evidence.
    pub(in crate::facts) fn statement(&mut self, entry: &'a Attestation) -> EvidenceId {
        let (by, reference, until) = (&entry.by.value, &entry.reference.value, entry.until.value);
        self.ledger.place(
            entry.place,
            Text::new(
                format!("attested by {by} until {until}: {reference}"),
                format!("attesté par {by} jusqu’au {until} : {reference}"),
            ),
        )
    }

    /// A gap that an attestation closed until it ended.
    pub(in crate::facts) fn with_ended(&mut self, gap: &Gap, ended: &'a Attestation) -> Gap {
        let evidence = self.statement(ended);
        let (offering, until) = (&ended.offering.value, ended.until.value);
        Gap {
            reason: Text::new(
                format!(
                    "{}; the attestation of {offering} ended on {until}",
                    gap.reason.en
                ),
                format!(
                    "{} ; l’attestation de {offering} a pris fin le {until}",
                    gap.reason.fr
                ),
            ),
            evidence: gap.evidence.iter().copied().chain([evidence]).collect(),
        }
    }
}

fn code_shows(company: &str) -> Text {
    text!("the code shows {company}", "le code montre {company}")
}
