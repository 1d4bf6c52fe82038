//! Who runs a resource: the company from discriminating arguments first, then the offering, and how that stands.

use std::sync::Arc;

use super::establish::{Kind, Lens, gap};
use super::location::{because_fr, dedup, unknown_kind};
use super::{
    Answer, Basis, EvidenceId, Exposure, Fact, Gap, Hosting, Location, Text, VisaScope, VisaState,
};
use crate::catalog::{
    Candidate, Catalog, Certainty, Extraterritorial, Match, Offering, Provider, Qualification,
    Region,
};
use crate::graph::Resource;
use crate::value::Value;

/// Who answers behind a provider configuration, before any region is looked at.
#[derive(Debug, Default)]
pub(super) struct Operator {
    /// Registry id of the company; none: not established.
    pub(super) company: Option<&'static str>,
    /// Region file of its identifiers.
    pub(super) regions: Option<&'static str>,
    /// A region that stands inside the host of an endpoint, with the evidence.
    pub(super) region: Option<(Arc<str>, Vec<EvidenceId>)>,
}

/// Does a condition hold?
enum Holds {
    Yes(Vec<EvidenceId>),
    No,
    /// It depends on something that is not known.
    Maybe(Gap),
}

impl<'a> Lens<'a> {
    /// Region file of the identifiers that a resource uses.
    pub(super) fn regions_of(&mut self, resource: &'a Resource) -> Option<&'static str> {
        self.operator_of(resource).regions
    }

    pub(super) fn operator_of(&mut self, resource: &'a Resource) -> Arc<Operator> {
        let Some(provider) = resource.provider else {
            return Arc::default();
        };
        let key = (provider, Arc::clone(&resource.kind));
        if let Some(found) = self.operators.get(&key) {
            return Arc::clone(found);
        }
        let found = Arc::new(self.work_out_operator(resource));
        self.operators.insert(key, Arc::clone(&found));
        found
    }

    fn work_out_operator(&mut self, resource: &'a Resource) -> Operator {
        let facts = self.terraform_provider(resource);
        let mut operator = Operator {
            company: facts.and_then(|facts| facts.providers_id.as_deref()),
            regions: facts.and_then(|facts| facts.regions_id.as_deref()),
            region: None,
        };
        let Some(source) = self
            .graph
            .provider(resource)
            .and_then(|p| self.catalog.source_facts(&p.source))
        else {
            return operator;
        };
        for candidate in &source.candidates {
            // Only what speaks of the company by itself: an endpoint, or a host argument. Regions come later.
            if candidate.when.endpoint_regex.is_none()
                && !candidate.when.arg.as_deref().is_some_and(is_host_argument)
            {
                continue;
            }
            if let Holds::Yes(_) = self.holds(resource, candidate, None) {
                let company = company_of(candidate);
                if operator.company != Some(company) {
                    operator.company = Some(company);
                    operator.regions = self
                        .catalog
                        .provider(company)
                        .and_then(|p| p.identify.regions_id.first())
                        .map(String::as_str);
                }
                break;
            }
        }
        operator.region = self.region_in_endpoint(resource, operator.regions);
        operator
    }

    /// A known region that is part of the host name of an endpoint: `oos.cloudgouv-eu-west-1.outscale.com`.
    fn region_in_endpoint(
        &mut self,
        resource: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<(Arc<str>, Vec<EvidenceId>)> {
        let set = regions?;
        for value in self.endpoints(resource) {
            let Some(text) = value.as_str() else { continue };
            let host = text.split_once("//").map_or(text, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or(host);
            if let Some(label) = host
                .split('.')
                .find(|label| self.catalog.region(set, label).is_some())
            {
                let way = self.ledger.way(
                    value,
                    Text::new(
                        "region in the host of the endpoint",
                        "région dans l'hôte du point d'accès",
                    ),
                );
                return Some((label.into(), way));
            }
        }
        None
    }

    /// Endpoints of the provider configuration that serve this type. A map of endpoints by service counts where the
    /// service is part of the type's name; when no service of the map fits any type of the provider, all of it counts.
    fn endpoints(&mut self, resource: &'a Resource) -> Vec<&'a Value> {
        let Some(provider) = self.graph.provider(resource) else {
            return Vec::new();
        };
        let Some(entries) = provider.config.entries() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (name, value) in entries {
            if is_host_argument(name) {
                collect_endpoints(value, &resource.kind, &mut found);
            } else {
                // One block deeper: `api { endpoint = ... }`.
                for inner in value.elements().unwrap_or(std::slice::from_ref(value)) {
                    for (name, value) in inner.entries().unwrap_or_default() {
                        if is_host_argument(name) {
                            collect_endpoints(value, &resource.kind, &mut found);
                        }
                    }
                }
            }
        }
        found
    }

    /// Does a candidate's condition hold for a resource? `location` is its place when that is known already.
    fn holds(
        &mut self,
        resource: &'a Resource,
        candidate: &'static Candidate,
        location: Option<&Location>,
    ) -> Holds {
        let when = &candidate.when;
        if when.env.is_some() || when.kubernetes {
            return Holds::No;
        }
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
            match self.argument_holds(resource, candidate, arg, location) {
                Holds::Yes(mut found) => evidence.append(&mut found),
                other => return other,
            }
        }
        if let Some(regex) = &when.endpoint_regex {
            match self.endpoint_holds(resource, regex) {
                Holds::Yes(mut found) => evidence.append(&mut found),
                other => return other,
            }
        }
        Holds::Yes(evidence)
    }

    fn endpoint_holds(&mut self, resource: &'a Resource, regex: &'static str) -> Holds {
        let mut maybe = None;
        for value in self.endpoints(resource) {
            if let Some(text) = value.as_str() {
                if self
                    .catalog
                    .pattern(regex)
                    .is_some_and(|pattern| pattern.is_match(&text.to_lowercase()))
                {
                    return Holds::Yes(self.ledger.way(
                        value,
                        Text::new("endpoint of the provider", "point d'accès du fournisseur"),
                    ));
                }
            } else if let Some(unknown) = value.as_unknown() {
                maybe = Some(Gap {
                    reason: Text::new(
                        format!(
                            "an endpoint of the provider is not known: {}",
                            unknown.because
                        ),
                        format!(
                            "un point d'accès du fournisseur n'est pas connu : {}",
                            because_fr(&unknown.because)
                        ),
                    ),
                    evidence: self.ledger.way(
                        value,
                        Text::new("endpoint of the provider", "point d'accès du fournisseur"),
                    ),
                });
            }
        }
        maybe.map_or(Holds::No, Holds::Maybe)
    }

    fn argument_holds(
        &mut self,
        resource: &'a Resource,
        candidate: &'static Candidate,
        arg: &'static str,
        location: Option<&Location>,
    ) -> Holds {
        let when = &candidate.when;
        let path = self.path(arg);
        let provider = self.graph.provider(resource);
        let written = provider
            .and_then(|provider| provider.config.get(&path))
            .filter(|value| !value.is_null())
            .or_else(|| self.attribute(resource, arg));
        let is_region = self
            .catalog
            .provider(company_of(candidate))
            .is_some_and(|p| p.identify.region_args.iter().any(|a| a == arg));
        match written {
            Some(value) => {
                if when.absent {
                    return Holds::No;
                }
                if let Some(unknown) = value.as_unknown() {
                    return Holds::Maybe(Gap {
                        reason: Text::new(
                            format!("`{arg}` is not known: {}", unknown.because),
                            format!("`{arg}` n'est pas connu : {}", because_fr(&unknown.because)),
                        ),
                        evidence: self
                            .ledger
                            .way(value, Text::new(format!("`{arg}`"), format!("`{arg}`"))),
                    });
                }
                let fits = value
                    .as_text()
                    .is_some_and(|text| fits(self.catalog, when, &text));
                // What the resource says of its own region goes before what the provider block says.
                let elsewhere = is_region
                    && location.is_some_and(|place| !fits_place(self.catalog, when, place));
                if fits && !elsewhere {
                    Holds::Yes(self.ledger.way(
                        value,
                        Text::new(
                            format!("`{arg}` decides the offering"),
                            format!("`{arg}` décide de l'offre"),
                        ),
                    ))
                } else if is_region
                    && location.is_some_and(|place| fits_place(self.catalog, when, place))
                {
                    Holds::Yes(Vec::new())
                } else {
                    Holds::No
                }
            }
            None if is_region && location.is_some() => match location {
                Some(place) if !when.absent && fits_place(self.catalog, when, place) => {
                    Holds::Yes(Vec::new())
                }
                _ => Holds::No,
            },
            None if when.absent => Holds::Yes(Vec::new()),
            None => Holds::No,
        }
    }

    /// Who runs a resource, and how that offering stands.
    pub(super) fn hosting_of(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Hosting> {
        match self.kinds[resource.id.index()] {
            Some(Kind::Kubernetes(_)) => self.kubernetes_hosting(resource, location),
            Some(Kind::Terraform(_)) => self.terraform_hosting(resource, location),
            None if resource.root.is_none() => Fact::Absent,
            None => Fact::Unknown(unknown_kind(resource)),
        }
    }

    fn terraform_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Hosting> {
        let Some(provider) = self.graph.provider(resource) else {
            return Fact::Absent;
        };
        if self.catalog.is_neutral(&provider.source) {
            return Fact::Absent;
        }
        let mut basis = vec![match provider.place {
            Some(place) => self.ledger.place(
                place,
                Text::new("provider of the resource", "fournisseur de la ressource"),
            ),
            None => self.header(resource),
        }];
        let candidates = self
            .catalog
            .source_facts(&provider.source)
            .map_or(&[][..], |facts| facts.candidates.as_slice());
        let place = location.known();
        for candidate in candidates {
            match self.holds(resource, candidate, place) {
                Holds::No => {}
                Holds::Maybe(gap) => return Fact::Unknown(gap),
                Holds::Yes(mut evidence) => {
                    let Some(offering) = self.catalog.offering(&candidate.offering) else {
                        continue;
                    };
                    evidence.append(&mut basis);
                    return self.standing(
                        resource,
                        offering,
                        place,
                        candidate.when.certainty,
                        evidence,
                    );
                }
            }
        }
        match self
            .operator_of(resource)
            .company
            .and_then(|company| self.catalog.provider(company))
        {
            Some(company) => Fact::Known(self.unregistered(company, basis)),
            None => Fact::Unknown(Gap {
                reason: Text::new(
                    format!(
                        "the provider {} does not tell who runs the service, and nothing in its block does",
                        provider.source
                    ),
                    format!(
                        "le fournisseur {} ne dit pas qui opère le service, et son bloc non plus",
                        provider.source
                    ),
                ),
                evidence: basis,
            }),
        }
    }

    /// How an offering stands at the date of the scan, for this use.
    pub(super) fn standing(
        &mut self,
        resource: &Resource,
        offering: &'static Offering,
        place: Option<&Location>,
        certainty: Certainty,
        mut evidence: Vec<EvidenceId>,
    ) -> Fact<Hosting> {
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
        evidence.push(self.ledger.catalogue(
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
        ));
        let scope = scope(offering, &resource.kind, place);
        let mut hosting = self.unregistered(company, dedup(evidence));
        hosting.basis.certainty = certainty;
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
        Fact::Known(hosting)
    }

    /// What is known of a company whatever the offering.
    fn unregistered(&mut self, company: &'static Provider, evidence: Vec<EvidenceId>) -> Hosting {
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

fn company_of(candidate: &'static Candidate) -> &'static str {
    candidate
        .offering
        .split_once('/')
        .map_or(candidate.offering.as_str(), |(company, _)| company)
}

fn fits(catalog: &Catalog, when: &Match, text: &str) -> bool {
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

fn fits_place(catalog: &Catalog, when: &Match, place: &Location) -> bool {
    fits(catalog, when, &place.region)
}

/// Arguments whose value is a host or a URL.
fn is_host_argument(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(last, "address" | "host" | "url" | "hostname" | "server")
        || ["endpoint", "_url", "_host", "_server", "universe_domain"]
            .iter()
            .any(|part| last.contains(part))
}

fn collect_endpoints<'a>(value: &'a Value, kind: &str, found: &mut Vec<&'a Value>) {
    if value.as_str().is_some() || value.is_unknown() {
        found.push(value);
        return;
    }
    if let Some(all) = value.elements() {
        for inner in all {
            collect_endpoints(inner, kind, found);
        }
        return;
    }
    let Some(entries) = value.entries() else {
        return;
    };
    let serves = |service: &str| {
        kind.split_once('_')
            .is_some_and(|(_, rest)| rest == service || rest.starts_with(&format!("{service}_")))
    };
    for (service, value) in entries {
        if (serves(service) || !entries.iter().any(|(other, _)| serves(other)))
            && (value.as_str().is_some() || value.is_unknown())
        {
            found.push(value);
        }
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
