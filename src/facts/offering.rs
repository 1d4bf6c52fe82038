//! How an offering stands for one use of it: visa, scope, certificates, exposure.

use std::collections::HashMap;
use std::sync::Arc;

use super::establish::{Lens, gap};
use super::location::dedup;
use super::{
    Answer, Basis, EvidenceId, Exposure, Fact, Hosting, Location, Text, VisaScope, VisaState,
};
use crate::catalog::{Certainty, Extraterritorial, Offering, Provider, Qualification, Region};
use crate::graph::Resource;

/// How an offering stands for one use of it.
pub(super) struct Standing {
    /// With nothing but the registry as evidence.
    alone: Arc<Hosting>,
    /// With what led to the offering as well.
    with: HashMap<(Certainty, Vec<EvidenceId>), Arc<Hosting>>,
}

impl Standing {
    fn new(alone: Arc<Hosting>) -> Self {
        Self {
            alone,
            with: HashMap::new(),
        }
    }

    /// The same for all resources that come to it by the same way.
    fn with(&mut self, certainty: Certainty, evidence: Vec<EvidenceId>) -> Arc<Hosting> {
        let alone = &self.alone;
        let known = self.with.entry((certainty, evidence));
        let key = known.key().1.clone();
        Arc::clone(known.or_insert_with(|| {
            let mut evidence = key;
            evidence.extend(&alone.basis.evidence);
            Arc::new(Hosting {
                basis: Basis {
                    certainty,
                    evidence: dedup(evidence),
                },
                ..(**alone).clone()
            })
        }))
    }
}

impl Lens<'_> {
    /// How an offering stands at the date of the scan, for this use.
    pub(super) fn standing(
        &mut self,
        resource: &Resource,
        offering: &'static Offering,
        place: Option<&Location>,
        certainty: Certainty,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Arc<Hosting>> {
        let key = (offering.id.as_str(), Arc::clone(&resource.kind));
        let region = place.map(|place| Arc::clone(&place.region));
        let known = self
            .standings
            .get(&key)
            .is_some_and(|all| all.contains_key(&region));
        if !known {
            match self.work_out_standing(resource, offering, place) {
                Fact::Known(alone) => {
                    let all = self.standings.entry(key.clone()).or_default();
                    all.insert(region.clone(), Standing::new(alone));
                }
                other => return other,
            }
        }
        let all = self.standings.get_mut(&key);
        match all.and_then(|all| all.get_mut(&region)) {
            Some(standing) => Fact::Known(standing.with(certainty, evidence)),
            None => Fact::Absent,
        }
    }

    /// The same with nothing but the registry as evidence.
    fn work_out_standing(
        &mut self,
        resource: &Resource,
        offering: &'static Offering,
        place: Option<&Location>,
    ) -> Fact<Arc<Hosting>> {
        let Some(company) = self.catalog.provider(offering.provider()) else {
            return Fact::Unknown(gap(
                format!("the registry has no provider for {}", offering.id),
                format!("le registre n'a pas de fournisseur pour {}", offering.id),
            ));
        };
        let visa = self.catalog.visa_at(offering, self.settings.as_of);
        let compiled_on = self
            .catalog
            .registry()
            .map(|registry| registry.compiled_on.to_string())
            .unwrap_or_default();
        let entry = self.ledger.catalogue(
            format!("offerings {}", offering.id),
            offering.sources.join(", "),
            Text::new(
                format!(
                    "{}: {} (registry of {})",
                    offering.name,
                    visa_en(visa.standing),
                    compiled_on
                ),
                format!(
                    "{} : {} (registre du {})",
                    offering.name,
                    visa_fr(visa.standing),
                    compiled_on
                ),
            ),
        );
        let scope = scope(offering, &resource.kind, place);
        let mut hosting = self.unregistered(company, vec![entry]);
        hosting.offering = Some(offering.id.as_str().into());
        hosting.visa = visa.standing;
        hosting.milestone = visa.milestone.map(Into::into);
        hosting.visa_from = visa.from.map(|date| date.to_string().into());
        hosting.visa_ends = visa.to.map(|date| date.to_string().into());
        hosting.scope = scope;
        hosting.qualified_sibling = self.sibling(company, offering);
        let region = self.region_record(company, place);
        hosting.hds = self.catalog.hds(offering, region, self.settings.as_of);
        if hosting.exposure == Exposure::Elsewhere
            && visa.standing == VisaState::InForce
            && scope != VisaScope::Outside
        {
            hosting.exposure = Exposure::None;
        }
        Fact::Known(Arc::new(hosting))
    }

    /// Has an offering a visa, or applied for one?
    pub(super) fn counts(&self, offering: &str) -> bool {
        let offering = self.catalog.offering(offering);
        offering.is_some_and(|offering| {
            matches!(
                offering.status,
                Qualification::Qualified | Qualification::Candidate
            )
        })
    }

    /// What is known of a company whatever the offering.
    pub(super) fn unregistered(
        &mut self,
        company: &'static Provider,
        evidence: Vec<EvidenceId>,
    ) -> Hosting {
        let mut basis = evidence;
        basis.push(self.ledger.catalogue(
            format!("providers/{}", company.id),
            company.sources.join(", "),
            Text::new(
                format!(
                    "{}, headquarters {}",
                    company.legal_name, company.hq_country
                ),
                format!("{}, siège {}", company.legal_name, company.hq_country),
            ),
        ));
        Hosting {
            provider: company.id.as_str().into(),
            offering: None,
            visa: VisaState::None,
            milestone: None,
            visa_from: None,
            visa_ends: None,
            scope: VisaScope::NotStated,
            qualified_sibling: self.sibling_of(company, None),
            hds: Answer::Unknown,
            headquarters: (company.hq_country != "unknown")
                .then(|| company.hq_country.as_str().into()),
            eu_controlled: company.eu_controlled,
            exposure: match company.extraterritorial {
                Extraterritorial::Yes => Exposure::Exposed,
                Extraterritorial::No => Exposure::None,
                Extraterritorial::Unknown => Exposure::Unknown,
                Extraterritorial::OutsideQualifiedScope => Exposure::Elsewhere,
            },
            exposed_to: company
                .extraterritorial_laws
                .iter()
                .map(|law| law.as_str().into())
                .collect(),
            basis: Basis {
                certainty: Certainty::Probable,
                evidence: dedup(basis),
            },
        }
    }

    /// The catalogue's region behind a location, at a company.
    fn region_record(
        &self,
        company: &'static Provider,
        place: Option<&Location>,
    ) -> Option<&'static Region> {
        let place = place?;
        company
            .identify
            .regions_id
            .iter()
            .find_map(|set| self.catalog.region(set, &place.region))
    }

    fn sibling(&self, company: &'static Provider, offering: &Offering) -> Option<Arc<str>> {
        self.sibling_of(company, Some(offering))
    }

    /// A qualified offering of the same company, one with a common service model first.
    fn sibling_of(&self, company: &'static Provider, of: Option<&Offering>) -> Option<Arc<str>> {
        let in_force = |other: &&Offering| {
            of.is_none_or(|of| of.id != other.id)
                && other.status == Qualification::Qualified
                && self.catalog.visa_at(other, self.settings.as_of).standing == VisaState::InForce
        };
        let shares = |other: &&Offering| {
            of.is_some_and(|of| {
                of.service_models
                    .iter()
                    .any(|m| other.service_models.contains(m))
            })
        };
        let all = || company.offering.iter().filter(in_force);
        all()
            .find(shares)
            .or_else(|| all().next())
            .map(|other| other.id.as_str().into())
    }
}

/// Is this use inside the visa's scope?
fn scope(offering: &Offering, kind: &str, place: Option<&Location>) -> VisaScope {
    if offering
        .not_covered_resource_types
        .iter()
        .any(|t| t == kind)
    {
        return VisaScope::Outside;
    }
    if offering.scope_regions.is_empty() {
        return VisaScope::NotStated;
    }
    match place {
        None => VisaScope::NotStated,
        Some(place)
            if place.region.split(", ").all(|region| {
                offering
                    .scope_regions
                    .iter()
                    .any(|r| r.eq_ignore_ascii_case(region))
            }) =>
        {
            VisaScope::Inside
        }
        Some(_) => VisaScope::Outside,
    }
}

fn visa_en(standing: VisaState) -> &'static str {
    match standing {
        VisaState::None => "no SecNumCloud visa",
        VisaState::Candidate => "candidate, not qualified",
        VisaState::InForce => "SecNumCloud visa in force",
        VisaState::Lapsed => "SecNumCloud visa ended",
    }
}

fn visa_fr(standing: VisaState) -> &'static str {
    match standing {
        VisaState::None => "sans visa SecNumCloud",
        VisaState::Candidate => "candidate, non qualifiée",
        VisaState::InForce => "visa SecNumCloud en cours",
        VisaState::Lapsed => "visa SecNumCloud échu",
    }
}
