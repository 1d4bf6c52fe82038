//! Who runs a resource: the company from discriminating arguments first, then the offering, and how that stands.

use std::sync::Arc;

use super::establish::{Kind, Lens};
use super::location::because_fr;
use super::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::catalog::{Candidate, Catalog, Match};
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
    /// A host in the provider block says that it is another company than the provider's address tells.
    redirected: bool,
    /// A host in the provider block is nobody's that the catalogue knows.
    stranger: Option<Gap>,
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
            ..Operator::default()
        };
        let Some(source) = self.source_facts(resource) else {
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
                self.redirect(&mut operator, company_of(candidate));
                operator.region = self.region_in_endpoint(resource, operator.regions);
                return operator;
            }
        }
        self.follow_hosts(resource, &mut operator);
        operator.region = self.region_in_endpoint(resource, operator.regions);
        operator
    }

    fn redirect(&self, operator: &mut Operator, company: &'static str) {
        if operator.company == Some(company) {
            return;
        }
        operator.redirected = true;
        operator.company = Some(company);
        operator.regions = self
            .catalog
            .provider(company)
            .and_then(|p| p.identify.regions_id.first())
            .map(String::as_str);
    }

    /// Hosts that no offering names: whose they are decides, and a stranger's leaves everything open.
    fn follow_hosts(&mut self, resource: &'a Resource, operator: &mut Operator) {
        let Some(usual) = operator.company else {
            return;
        };
        for value in self.endpoints(resource) {
            let label = Text::new("endpoint of the provider", "point d'accès du fournisseur");
            let (en, fr) = match (value.as_str(), value.as_unknown()) {
                (Some(text), _) => {
                    let Some(host) = host_of(text) else { continue };
                    let owners = self.catalog.providers_of_host(host);
                    if owners.iter().any(|owner| owner == usual) {
                        continue;
                    }
                    if let [owner] = owners {
                        self.redirect(operator, owner);
                        return;
                    }
                    (
                        format!("the catalogue does not know who answers at {host}"),
                        format!("le catalogue ne sait pas qui répond à {host}"),
                    )
                }
                (None, Some(unknown)) => (
                    format!(
                        "an endpoint of the provider is not known: {}",
                        unknown.because
                    ),
                    format!(
                        "un point d'accès du fournisseur n'est pas connu : {}",
                        because_fr(&unknown.because)
                    ),
                ),
                (None, None) => continue,
            };
            let evidence = self.ledger.way(value, label);
            operator.stranger = Some(Gap {
                reason: Text::new(en, fr),
                evidence,
            });
            operator.company = None;
            operator.regions = None;
            return;
        }
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
            let Some(host) = host_of(text) else { continue };
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
        location: Option<&Fact<Location>>,
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

    /// True when a company with regions of its own has none of that name: a resource that is recorded there is not its.
    fn is_foreign_to(&self, place: &Location, candidate: &'static Candidate) -> bool {
        let company = self.catalog.provider(company_of(candidate));
        company
            .and_then(|company| company.identify.regions_id.first())
            .is_some_and(|set| self.catalog.region(set, &place.region).is_none())
    }

    fn argument_holds(
        &mut self,
        resource: &'a Resource,
        candidate: &'static Candidate,
        arg: &'static str,
        location: Option<&Fact<Location>>,
    ) -> Holds {
        let when = &candidate.when;
        let path = self.path(arg);
        let provider = self.graph.provider(resource);
        let mut written = provider
            .and_then(|provider| provider.config.get(&path))
            .filter(|value| !value.is_null())
            .or_else(|| self.attribute(resource, arg));
        let is_region = self
            .catalog
            .provider(company_of(candidate))
            .is_some_and(|p| p.identify.region_args.iter().any(|a| a == arg));
        let place = location.and_then(Fact::known);
        // What a state does not say is told by the place: where a company has no region of that name it is not meant, and
        // for the others the argument is as good as not written.
        if let Some(place) = place
            && written.is_some_and(Value::is_unknown)
        {
            let is_recorded = self.graph.is_recorded(resource);
            if is_recorded && self.is_foreign_to(place, candidate) {
                return Holds::No;
            }
            if is_recorded || is_region {
                written = None;
            }
        }
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
                let elsewhere =
                    is_region && place.is_some_and(|place| !fits_place(self.catalog, when, place));
                if fits && !elsewhere {
                    Holds::Yes(self.ledger.way(
                        value,
                        Text::new(
                            format!("`{arg}` decides the offering"),
                            format!("`{arg}` décide de l'offre"),
                        ),
                    ))
                } else if is_region
                    && place.is_some_and(|place| fits_place(self.catalog, when, place))
                {
                    Holds::Yes(Vec::new())
                } else {
                    Holds::No
                }
            }
            // The region is not written where the offering is usually told by it: what is known of the place decides.
            None if is_region && location.is_some() => match location {
                Some(Fact::Known(place))
                    if !when.absent && fits_place(self.catalog, when, place) =>
                {
                    Holds::Yes(Vec::new())
                }
                Some(Fact::Unknown(gap)) => Holds::Maybe(gap.clone()),
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
    ) -> Fact<Arc<Hosting>> {
        match self.kinds[resource.id.index()] {
            Some(Kind::Kubernetes(_)) => self.kubernetes_hosting(resource, location),
            Some(Kind::Terraform(_)) => self.terraform_hosting(resource, location),
            None if resource.catalogued => Fact::Absent,
            None if resource.root.is_none() && !self.marked[resource.id.index()] => Fact::Absent,
            None => Fact::Unknown(self.unknown_kind(resource)),
        }
    }

    fn terraform_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        let Some(provider) = self.graph.provider(resource) else {
            return Fact::Absent;
        };
        if self.is_neutral(resource) {
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
            .source_facts(resource)
            .map_or(&[][..], |facts| facts.candidates.as_slice());
        let operator = self.operator_of(resource);
        if let Some(gap) = &operator.stranger {
            return Fact::Unknown(gap.clone());
        }
        let place = location.known();
        let mut open = None;
        for candidate in candidates {
            // Another company's offerings say nothing once a host has told which company it is.
            if operator.redirected && operator.company != Some(company_of(candidate)) {
                continue;
            }
            match self.holds(resource, candidate, Some(location)) {
                Holds::No => {}
                // Which of a company's offerings it is matters only when one of them is on the way to a visa.
                Holds::Maybe(gap) => {
                    if self.counts(&candidate.offering) {
                        return Fact::Unknown(gap);
                    }
                    open = open.or(Some(gap));
                }
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
        if let Some(gap) = open {
            return Fact::Unknown(gap);
        }
        match self
            .operator_of(resource)
            .company
            .and_then(|company| self.catalog.provider(company))
        {
            Some(company) => Fact::Known(Arc::new(self.unregistered(company, basis))),
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

/// The host of a URL or of a bare host name; none for a word such as `ovh-eu`.
fn host_of(text: &str) -> Option<&str> {
    let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or(rest);
    (text.contains("//") || host.contains('.')).then_some(host)
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
