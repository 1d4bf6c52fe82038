//! Which offering the code shows: the candidates behind an address, the most demanding first.

use std::sync::Arc;

use super::Operator;
use super::client::Client;
use super::host::host_of;
use crate::catalog::{Candidate, Catalog, Certainty, Match, Offering, Provider};
use crate::facts::establish::Lens;
use crate::facts::location::because_fr;
use crate::facts::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::graph::{ProviderId, Resource};
use crate::value::Value;

/// What the code shows of who runs a resource.
#[derive(Clone)]
pub(in crate::facts) enum ByCode {
    /// An offering.
    Offering {
        offering: &'static Offering,
        certainty: Certainty,
        /// Only that something is not written speaks for it.
        by_absence: bool,
        evidence: Vec<EvidenceId>,
    },
    /// A company, and none of its offerings.
    Company {
        company: &'static Provider,
        evidence: Vec<EvidenceId>,
    },
    /// Who runs a resource of the scan that answers for this one.
    Beside(Arc<Hosting>),
    /// Not established.
    Open {
        gap: Gap,
        /// The company, where only the offering is open.
        company: Option<&'static str>,
    },
}

/// What decides that for a resource which does not speak for itself: its provider, its type, and the region that it is
/// known to be in.
pub(in crate::facts) type Use = (ProviderId, Arc<str>, Option<Arc<str>>);

/// Does a condition hold?
enum Holds {
    Yes(Vec<EvidenceId>),
    No,
    /// It depends on something that is not known.
    Maybe(Gap),
}

impl<'a> Lens<'a> {
    /// What the code shows of who runs a resource.
    pub(super) fn by_code(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        location: &Fact<Location>,
    ) -> ByCode {
        let operator = self.operator_of(resource);
        let Some(its_use) = self.use_of(resource, client, &operator, location) else {
            return self.worked_out(resource, client, &operator, location);
        };
        if let Some(found) = self.uses.get(&its_use) {
            return found.clone();
        }
        let found = self.worked_out(resource, client, &operator, location);
        self.uses.insert(its_use, found.clone());
        found
    }

    /// What the answer depends on, where that is not the resource itself.
    fn use_of(
        &self,
        resource: &Resource,
        client: &Client<'a>,
        operator: &Operator,
        location: &Fact<Location>,
    ) -> Option<Use> {
        // Without a block the header of the resource is the evidence.
        self.graph.provider(resource)?.place?;
        let region = match location {
            Fact::Known(place) => Some(Arc::clone(&place.region)),
            Fact::Absent => None,
            Fact::Unknown(_) => return None,
        };
        let is_plain = operator.open.is_none() && !client.is_told_by(resource);
        is_plain.then(|| Some((resource.provider?, Arc::clone(&resource.kind), region)))?
    }

    fn worked_out(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        operator: &Operator,
        location: &Fact<Location>,
    ) -> ByCode {
        if let Some(gap) = &operator.open {
            let beside = operator.answered_by;
            if let Some(found) =
                beside.and_then(|beside| self.hosting_beside(beside, &gap.evidence))
            {
                return found;
            }
            return ByCode::Open {
                gap: gap.clone(),
                company: None,
            };
        }
        let mut basis = operator.evidence.clone();
        if basis.is_empty() {
            basis.push(self.block_of(resource));
        }
        match self.first_that_holds(resource, client, operator, location, &basis) {
            Some(found) => found,
            None => match operator.company.and_then(|id| self.catalog.provider(id)) {
                Some(company) => match company.offering.as_slice() {
                    // Where its arguments are read and do not hold, it is a platform beside the one that is registered.
                    [only] if !is_told_by_arguments(client, resource, only, location) => {
                        ByCode::Offering {
                            offering: only,
                            certainty: Certainty::Probable,
                            by_absence: false,
                            evidence: basis,
                        }
                    }
                    _ => ByCode::Company {
                        company,
                        evidence: basis,
                    },
                },
                None => ByCode::Open {
                    gap: self.silence(resource, client),
                    company: None,
                },
            },
        }
    }

    fn first_that_holds(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        operator: &Operator,
        location: &Fact<Location>,
        basis: &[EvidenceId],
    ) -> Option<ByCode> {
        let (mut open, mut attest) = (None, None);
        for candidate in &client.sources?.candidates {
            // Another company's offerings say nothing once a host has told which company it is.
            if operator.redirected && operator.company != Some(company_of(candidate)) {
                continue;
            }
            let certainty = candidate.when.certainty;
            match self.holds(resource, client, operator, candidate, location) {
                Holds::No => {}
                Holds::Yes(evidence) if certainty == Certainty::Attest => {
                    attest = attest.or(Some((candidate, evidence)));
                }
                Holds::Yes(mut evidence) => {
                    let offering = self.catalog.offering(&candidate.offering)?;
                    evidence.extend(basis);
                    return Some(ByCode::Offering {
                        offering,
                        certainty,
                        by_absence: candidate.when.absent,
                        evidence,
                    });
                }
                // Which of a company's offerings it is matters only when one of them is on the way to a visa; and what is
                // probable at best takes nothing away from what holds.
                Holds::Maybe(gap)
                    if certainty == Certainty::Certain && self.counts(&candidate.offering) =>
                {
                    return Some(ByCode::Open {
                        gap,
                        company: operator.company,
                    });
                }
                Holds::Maybe(gap) => open = open.or(Some(gap)),
            }
        }
        let gap = match attest {
            Some((candidate, evidence)) => self.only_attested(candidate, evidence, basis),
            None => open?,
        };
        Some(ByCode::Open {
            gap,
            company: operator.company,
        })
    }

    /// The code fits an offering, and another of the same company or none as well.
    fn only_attested(
        &self,
        candidate: &'static Candidate,
        mut evidence: Vec<EvidenceId>,
        basis: &[EvidenceId],
    ) -> Gap {
        evidence.extend(basis);
        let id = &candidate.offering;
        let name = self.catalog.offering(id).map_or(&**id, |of| &of.name);
        Gap {
            reason: Text::new(
                format!("the code fits {name} ({id}), but only an attestation can tell"),
                format!(
                    "le code correspond à {name} ({id}), mais seule une attestation peut le dire"
                ),
            ),
            evidence,
        }
    }

    /// Does a candidate's condition hold for a resource?
    fn holds(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        operator: &Operator,
        candidate: &'static Candidate,
        location: &Fact<Location>,
    ) -> Holds {
        let when = &candidate.when;
        let by_type = when.resource_types.is_empty() && when.resource_type_prefixes.is_empty()
            || when.resource_types.iter().any(|t| **t == *resource.kind)
            || when
                .resource_type_prefixes
                .iter()
                .any(|prefix| resource.kind.starts_with(prefix.as_str()));
        if !by_type {
            return Holds::No;
        }
        let mut evidence = Vec::new();
        if let Some(arg) = &when.arg {
            match self.argument_holds(resource, client, candidate, arg, location) {
                Holds::Yes(mut found) => evidence.append(&mut found),
                other => return other,
            }
        }
        if let Some(regex) = &when.endpoint_regex {
            match self.endpoint_holds(operator, company_of(candidate), regex) {
                Some(mut found) => evidence.append(&mut found),
                None => return Holds::No,
            }
        }
        Holds::Yes(evidence)
    }

    /// Some host matches, and is the company's: the end of the name decides whose it is, whatever stands before it.
    fn endpoint_holds(
        &self,
        operator: &Operator,
        company: &str,
        regex: &'static str,
    ) -> Option<Vec<EvidenceId>> {
        let pattern = self.catalog.pattern(regex)?;
        let found = operator.hosts.iter().find(|host| {
            host.name()
                .is_some_and(|name| self.is_host_of(name, company) && pattern.is_match(name))
        })?;
        Some(found.evidence.clone())
    }

    fn is_host_of(&self, host: &str, company: &str) -> bool {
        let owners = self.catalog.providers_of_host(host);
        owners.iter().any(|owner| owner == company)
    }

    /// True when a company with regions of its own has none of that name: a resource that is recorded there is not its.
    pub(in crate::facts) fn is_foreign_to(&self, place: &Location, company: &str) -> bool {
        let sets = self
            .catalog
            .provider(company)
            .map_or(&[][..], |company| &company.identify.regions_id);
        // Clouds that share a technology share a list of regions: who runs a region tells them apart.
        let is_its = |set: &String| {
            self.catalog
                .region(set, &place.region)
                .is_some_and(|region| region.operator.as_deref().is_none_or(|of| of == company))
        };
        !sets.is_empty() && !sets.iter().any(is_its)
    }

    fn argument_holds(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        candidate: &'static Candidate,
        arg: &'static str,
        location: &Fact<Location>,
    ) -> Holds {
        let when = &candidate.when;
        let company = company_of(candidate);
        let path = self.path(arg);
        let mut written = client
            .config
            .get(&path)
            .filter(|value| !value.is_null())
            .or_else(|| self.attribute(resource, arg));
        let is_region = self
            .catalog
            .provider(company)
            .is_some_and(|p| p.identify.region_args.iter().any(|a| a == arg));
        let place = location.known();
        // What a state does not say is told by the place: where a company has no region of that name it is not meant, and
        // for the others the argument is as good as not written.
        if let Some(place) = place
            && written.is_some_and(Value::is_unknown)
        {
            let is_recorded = self.graph.is_recorded(resource);
            if is_recorded && self.is_foreign_to(place, company) {
                return Holds::No;
            }
            if is_recorded || is_region {
                written = None;
            }
        }
        let fits_place = |place: &Location| fits(self.catalog, when, &place.region);
        let Some(value) = written else {
            // The region is not written where the offering is usually told by it: what is known of the place decides.
            return match location {
                Fact::Known(place) if is_region && !when.absent && fits_place(place) => {
                    Holds::Yes(Vec::new())
                }
                Fact::Unknown(gap) if is_region => Holds::Maybe(gap.clone()),
                _ if when.absent && !is_region => Holds::Yes(Vec::new()),
                _ => Holds::No,
            };
        };
        if when.absent {
            return Holds::No;
        }
        if let Some(unknown) = value.as_unknown() {
            let label = Text::new(format!("`{arg}`"), format!("`{arg}`"));
            return Holds::Maybe(Gap {
                reason: Text::new(
                    format!("`{arg}` is not known: {}", unknown.because),
                    format!("`{arg}` n’est pas connu : {}", because_fr(&unknown.because)),
                ),
                evidence: self.ledger.way(value, label),
            });
        }
        let is_host = client.arguments.contains(&arg);
        let says = value
            .as_text()
            .is_some_and(|text| match host_of(&text).filter(|_| is_host) {
                Some(host) => self.is_host_of(&host, company) && fits(self.catalog, when, &host),
                None => fits(self.catalog, when, &text),
            });
        // What the resource says of its own region goes before what the provider block says.
        let by_place = place.filter(|_| is_region).map(fits_place);
        match (says, by_place) {
            (true, None | Some(true)) => {
                let label = argument_label(arg, when.certainty);
                Holds::Yes(self.ledger.way(value, label))
            }
            (false, Some(true)) => Holds::Yes(Vec::new()),
            _ => Holds::No,
        }
    }
}

/// Does the catalogue tell an offering behind this client by arguments, and is the place one they can speak of?
fn is_told_by_arguments(
    client: &Client<'_>,
    resource: &Resource,
    offering: &Offering,
    location: &Fact<Location>,
) -> bool {
    let Some(place) = location.known() else {
        return false;
    };
    let elsewhere = !offering.scope_regions.is_empty()
        && !offering
            .scope_regions
            .iter()
            .any(|region| region.eq_ignore_ascii_case(&place.region));
    let candidates = client.sources.map(|sources| sources.candidates.iter());
    elsewhere
        && candidates.into_iter().flatten().any(|candidate| {
            let when = &candidate.when;
            let types = &when.resource_type_prefixes;
            candidate.offering == offering.id
                && (when.arg.is_some() || when.endpoint_regex.is_some())
                && (types.is_empty()
                    || types
                        .iter()
                        .any(|start| resource.kind.starts_with(start.as_str())))
        })
}

fn argument_label(arg: &str, certainty: Certainty) -> Text {
    match certainty {
        Certainty::Certain => Text::new(
            format!("`{arg}` decides the offering"),
            format!("`{arg}` décide de l’offre"),
        ),
        Certainty::Probable | Certainty::Attest => Text::new(
            format!("`{arg}` points to the offering ({certainty})"),
            format!("`{arg}` désigne l’offre ({})", certainty_fr(certainty)),
        ),
    }
}

pub(super) fn certainty_fr(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Probable => "probable",
        Certainty::Attest => "attesté",
    }
}

pub(super) fn company_of(candidate: &'static Candidate) -> &'static str {
    candidate
        .offering
        .split_once('/')
        .map_or(candidate.offering.as_str(), |(company, _)| company)
}

/// Is a text one of a match's values, and in its form?
pub(super) fn fits(catalog: &Catalog, when: &Match, text: &str) -> bool {
    let listed = when.values.is_empty()
        || when
            .values
            .iter()
            .any(|value| value.eq_ignore_ascii_case(text));
    let matches = when.values_regex.as_deref().is_none_or(|regex| {
        catalog
            .pattern(regex)
            .is_some_and(|pattern| pattern.is_match(text))
    });
    listed && matches
}
