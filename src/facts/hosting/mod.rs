//! Who runs a resource: the company from discriminating arguments first, then the offering, and how that stands.
//!
//! `client` says what describes the service that is called (a provider block, a state backend), `host` whose hosts stand in
//! it, `matching` which offering that fits, `attested` what people state where code cannot tell, `standing` how the
//! offering stands on the day of the scan.

mod attested;
mod client;
mod host;
mod matching;
mod standing;

use std::sync::Arc;

pub(super) use attested::Contradictions;
use client::Client;
pub(super) use client::Speech;
pub(super) use host::host_of;
use host::{Host, Said};
pub(super) use matching::{ByCode, Use};
pub(super) use standing::Standing;

use super::establish::{Kind, Lens};
use super::location::because_fr;
use super::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::catalog::Certainty;
use crate::graph::{Resource, ResourceId};

/// Who answers behind a provider configuration or a backend, before any region is looked at.
#[derive(Debug, Default)]
pub(super) struct Operator {
    /// Registry id of the company; none: not established.
    pub(super) company: Option<&'static str>,
    /// Region file of its identifiers.
    pub(super) regions: Option<&'static str>,
    /// A region that stands inside the host of an endpoint, with the evidence.
    pub(super) region: Option<(Arc<str>, Vec<EvidenceId>)>,
    /// What shows the company, beside the provider's address.
    evidence: Vec<EvidenceId>,
    /// An argument says that it is another company than the provider's address tells.
    redirected: bool,
    /// Why the company is open.
    open: Option<Gap>,
    /// A resource of the scan answers: a cluster, a machine.
    answered_by: Option<ResourceId>,
    /// What the arguments say.
    hosts: Vec<Host>,
}

impl<'a> Lens<'a> {
    /// Region file of the identifiers that a resource uses.
    pub(super) fn regions_of(&mut self, resource: &'a Resource) -> Option<&'static str> {
        self.operator_of(resource).regions
    }

    pub(super) fn operator_of(&mut self, resource: &'a Resource) -> Arc<Operator> {
        let Some(client) = self.client_of(resource) else {
            return Arc::default();
        };
        // A backend has no provider: there is one in a root.
        let Some(provider) = resource.provider else {
            return Arc::new(self.work_out_operator(resource, &client));
        };
        let key = (provider, Arc::clone(&resource.kind));
        if let Some(found) = self.operators.get(&key) {
            return Arc::clone(found);
        }
        let found = Arc::new(self.work_out_operator(resource, &client));
        self.operators.insert(key, Arc::clone(&found));
        found
    }

    /// What shows that another company answers than the one that a provider or a backend is named for, and not by the
    /// same software. Nothing: it is the usual one, or no argument tells.
    pub(super) fn answered_by_another(
        &mut self,
        resource: &'a Resource,
    ) -> Option<Vec<EvidenceId>> {
        let usual = self.client_of(resource)?.company?;
        let operator = self.operator_of(resource);
        if operator.hosts.is_empty() {
            return None;
        }
        match operator.company {
            Some(company) if company == usual => None,
            Some(company) => {
                let runs = self.catalog.provider(company);
                let like = runs.and_then(|facts| facts.kubernetes.same_signs_as.as_deref());
                (like != Some(usual)).then(|| operator.evidence.clone())
            }
            None => operator.open.as_ref().map(|open| open.evidence.clone()),
        }
    }

    /// How the service is called that a resource is declared at: its host, where an argument names one.
    pub(super) fn host_called(&mut self, resource: &'a Resource) -> Option<Arc<str>> {
        let operator = self.operator_of(resource);
        let mut hosts = operator.hosts.iter();
        hosts.find_map(|host| host.name().map(Arc::from))
    }

    /// True when any company may stand behind the provider of a resource: a host decides.
    pub(super) fn is_run_by_anybody(&self, resource: &Resource) -> bool {
        let speech = self.speech_of(resource);
        speech.is_some_and(|speech| speech.is_generic)
    }

    fn work_out_operator(&mut self, resource: &'a Resource, client: &Client<'a>) -> Operator {
        let mut operator = Operator {
            company: client.company,
            regions: client.regions,
            hosts: self.hosts_of(resource, client),
            ..Operator::default()
        };
        self.follow_hosts(resource, client, &mut operator);
        operator.region = self.region_in_host(&operator);
        operator
    }

    /// Whose the hosts are decides; a stranger's leaves everything open.
    fn follow_hosts(
        &mut self,
        resource: &'a Resource,
        client: &Client<'a>,
        operator: &mut Operator,
    ) {
        let mut open: Option<Gap> = None;
        for at in 0..operator.hosts.len() {
            let Some(host) = operator.hosts.get(at).cloned() else {
                continue;
            };
            match &host.said {
                Said::Name(name) => {
                    let owners = self.catalog.providers_of_host(name);
                    let usual = client.company;
                    if let Some(usual) = usual
                        && owners.iter().any(|owner| owner == usual)
                    {
                        self.redirect(operator, usual, host.evidence);
                        continue;
                    }
                    if let [owner] = owners {
                        self.redirect(operator, owner, host.evidence);
                        return;
                    }
                    open = open.or(Some(stranger(name, host.evidence)));
                }
                Said::Word(word) => match self.company_of_word(client, &host.argument, word) {
                    Some(Some(company)) => self.redirect(operator, company, host.evidence),
                    Some(None) => open = open.or(Some(unheard_of(&host, word))),
                    None if client.is_generic => {
                        open = open.or(Some(stranger(word, host.evidence)));
                    }
                    None => {}
                },
                Said::Unknown(unknown, ids) => {
                    operator.answered_by = operator.answered_by.or(ids.first().copied());
                    open = open.or(Some(Gap {
                        reason: Text::new(
                            format!("`{}` is not known: {}", host.argument, unknown.because),
                            format!(
                                "`{}` n’est pas connu : {}",
                                host.argument,
                                because_fr(&unknown.because)
                            ),
                        ),
                        evidence: host.evidence,
                    }));
                }
            }
        }
        if let Some(gap) = open {
            operator.open = Some(gap);
            operator.company = None;
            operator.regions = None;
            operator.redirected = false;
        } else if operator.company.is_none() {
            operator.open = Some(self.silence(resource, client));
        } else if !operator.redirected {
            // A block that is not complete may be completed by another company's host.
            if let Some(gap) = self.partial(resource, client) {
                operator.open = Some(gap);
                operator.company = None;
                operator.regions = None;
            }
        }
    }

    fn redirect(
        &self,
        operator: &mut Operator,
        company: &'static str,
        mut evidence: Vec<EvidenceId>,
    ) {
        operator.evidence.append(&mut evidence);
        operator.redirected = true;
        if operator.company == Some(company) {
            return;
        }
        operator.company = Some(company);
        operator.regions = self
            .catalog
            .provider(company)
            .and_then(|p| p.identify.regions_id.first())
            .map(String::as_str);
    }

    /// A known region that is part of the host name of an endpoint: `oos.cloudgouv-eu-west-1.outscale.com`.
    fn region_in_host(&self, operator: &Operator) -> Option<(Arc<str>, Vec<EvidenceId>)> {
        let set = operator.regions?;
        operator.hosts.iter().find_map(|host| {
            let mut labels = host.name()?.split('.');
            let region = labels.find(|label| self.catalog.region(set, label).is_some())?;
            Some((region.into(), host.evidence.clone()))
        })
    }

    /// Who runs a resource, and how that offering stands.
    pub(super) fn hosting_of(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        match self.kinds[resource.id.index()] {
            Some(Kind::Kubernetes(_)) => self.object_hosting(resource, location),
            Some(Kind::Terraform(kind)) if self.is_object(resource, kind) => {
                self.object_hosting(resource, location)
            }
            Some(Kind::Terraform(_)) => self.terraform_hosting(resource, location),
            None if resource.catalogued => Fact::Absent,
            None if resource.root.is_none() && !self.marked[resource.id.index()] => Fact::Absent,
            None => self.hosting_of_unknown_kind(resource, location),
        }
    }

    /// Who runs it is known whatever the type; what a visa covers is not, nor whether a type that is labelled holds data.
    fn hosting_of_unknown_kind(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        if self.marked[resource.id.index()] {
            return Fact::Unknown(self.unknown_kind(resource));
        }
        match self.terraform_hosting(resource, location) {
            Fact::Known(hosting) if hosting.visa != super::VisaState::InForce => {
                Fact::Known(hosting)
            }
            _ => Fact::Unknown(self.unknown_kind(resource)),
        }
    }

    pub(in crate::facts) fn terraform_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        let Some(client) = self.client_of(resource) else {
            return Fact::Absent;
        };
        if self.is_neutral(resource) {
            return Fact::Absent;
        }
        let by_code = self.by_code(resource, &client, location);
        let by_code = match self.attested(resource, &client, &by_code, location) {
            Some(attested) => attested,
            None => by_code,
        };
        self.settle(resource, by_code, location.known())
    }

    /// What the code shows, as a fact.
    fn settle(
        &mut self,
        resource: &'a Resource,
        by_code: ByCode,
        place: Option<&Location>,
    ) -> Fact<Arc<Hosting>> {
        match by_code {
            ByCode::Offering {
                offering,
                certainty,
                evidence,
                ..
            } => self.standing(resource, offering, place, certainty, evidence),
            ByCode::Company { company, evidence } => {
                // The certificate is of the company unless an offering says otherwise.
                let region = self.region_record(company, place);
                let mut hosting = self.unregistered(company, evidence);
                hosting.hds = self.catalog.certified(
                    &company.hds,
                    &resource.kind,
                    region,
                    self.settings.as_of,
                );
                Fact::Known(Arc::new(hosting))
            }
            ByCode::Beside(hosting) => Fact::Known(hosting),
            ByCode::Open { gap, .. } => Fact::Unknown(gap),
        }
    }

    /// Who runs the resource of the scan that answers for another: a cluster behind the `kubernetes` provider, a machine
    /// behind an address.
    fn hosting_beside(&mut self, beside: ResourceId, evidence: &[EvidenceId]) -> Option<ByCode> {
        let resource = self.graph.get(beside)?;
        // A way that leads back to itself, or through many, tells nothing.
        const DEEP: usize = 4;
        if self.asking.len() >= DEEP || self.asking.contains(&beside) {
            return None;
        }
        self.asking.push(beside);
        let location = self.location_of(resource);
        let hosting = self.hosting_of(resource, &location);
        self.asking.pop();
        let Fact::Known(hosting) = hosting else {
            return None;
        };
        let mut hosting = (*hosting).clone();
        let mut way = evidence.to_vec();
        way.append(&mut hosting.basis.evidence);
        hosting.basis.evidence = super::location::dedup(way);
        // What runs on it is no part of its visa's services by itself.
        hosting.basis.certainty = hosting.basis.certainty.max(Certainty::Probable);
        Some(ByCode::Beside(Arc::new(hosting)))
    }
}

fn stranger(host: &str, evidence: Vec<EvidenceId>) -> Gap {
    let host = super::location::shown(host);
    Gap {
        reason: Text::new(
            format!("the catalogue does not know who answers at {host}"),
            format!("le catalogue ne sait pas qui répond à {host}"),
        ),
        evidence,
    }
}

fn unheard_of(host: &Host, word: &str) -> Gap {
    let word = super::location::shown(word);
    Gap {
        reason: Text::new(
            format!(
                "`{}` = \"{word}\" is no value that the catalogue knows",
                host.argument
            ),
            format!(
                "`{}` = « {word} » n’est pas une valeur que le catalogue connaît",
                host.argument
            ),
        ),
        evidence: host.evidence.clone(),
    }
}
