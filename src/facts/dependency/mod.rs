//! Services of others that a resource uses: what flows there, who runs them, and where.
//!
//! A resource depends on what it names (images, hosts, stores of secrets: `named`, `pod`, `store`; in what it carries:
//! `payload`; in fields that only their shape tells of: `shape`, `text`), or is itself declared at somebody else's (`own`). Whose a host is, and how that offering stands, is worked out once for each host (`host`).
//! What its own host runs, and what does not leave the cluster, is no service of others.

mod host;
mod named;
mod own;
mod payload;
mod pod;
mod shape;
mod store;
mod text;

use std::sync::Arc;

use host::{Behind, Service};
pub(super) use host::{Hosts, is_local};
pub(super) use own::Seats;

use super::establish::{Kind, Lens};
use super::location::shown;
use super::{Dependency, EvidenceId, Fact, Flow, Gap, Hosting, Location, Text};
use crate::catalog::{FactKind, Provider, ProviderKind};
use crate::graph::{RelationKind, Resource, ResourceId, World};
use crate::value::Value;

/// More services of one resource tell nothing more.
const MAX_SERVICES: usize = 64;

/// Who runs a resource itself, or the cluster that it is applied to.
enum Host {
    Company(Arc<str>),
    /// Nothing runs it: settings.
    Nobody,
    Open(Gap),
}

/// What is found for one resource.
struct Found<'a> {
    resource: &'a Resource,
    host: Host,
    all: Vec<Dependency>,
    /// Those of `all` that no field of known meaning names.
    guessed: Vec<usize>,
}

/// Where a service is named.
struct Mention {
    flow: Flow,
    path: String,
    evidence: Vec<EvidenceId>,
}

impl<'a> Lens<'a> {
    /// The services that a resource depends on and that are not its own host's, in the order of its attributes.
    pub(super) fn dependencies_of(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
        hosting: &Fact<Arc<Hosting>>,
    ) -> Vec<Dependency> {
        if resource.world == World::TerraformData {
            return Vec::new();
        }
        let mut all = Vec::new();
        all.extend(self.service_of_its_own(resource, location, hosting));
        let kind = self.kinds.get(resource.id.index()).copied().flatten();
        let (names, is_object) = match kind {
            Some(Kind::Terraform(kind)) => (
                !kind.images.is_empty()
                    || !kind.images_inside.is_empty()
                    || !kind.services.is_empty(),
                self.is_object(resource, kind),
            ),
            Some(Kind::Kubernetes(_)) => (false, true),
            None => (false, resource.world == World::Kubernetes),
        };
        let may_name =
            names || is_object && (self.may_name(resource) || self.has_settings(resource));
        if !may_name {
            return all;
        }
        let mut found = Found {
            resource,
            host: self.own_host(resource, hosting, is_object),
            all,
            guessed: Vec::new(),
        };
        if let Some(Kind::Terraform(kind)) = kind {
            self.named_by_type(kind, &mut found);
        }
        if is_object {
            self.named_by_object(&mut found);
            self.named_by_pod(&mut found);
            self.named_by_payloads(&mut found);
            self.named_by_settings(&mut found);
            self.named_by_shape(&mut found);
            self.named_beside(&mut found);
            found.settle();
        }
        found.all
    }

    /// Most objects have no field that names a service: there is nothing to look for.
    fn may_name(&self, resource: &'a Resource) -> bool {
        let object = self.object_of(resource);
        let kind = object.and_then(|object| object.kind);
        let reads = |relation: &crate::graph::Relation| relation.kind == RelationKind::ReadsFrom;
        kind.is_some_and(|kind| {
            kind.pod_spec.is_some() || kind.facts.iter().any(|fact| fact.flow.is_some())
        }) || self.of_an_operator(resource).is_some()
            || !self.graph.payloads_of(resource.id).is_empty()
            || self.graph.outgoing(resource.id).iter().any(reads)
    }

    fn own_host(
        &mut self,
        resource: &'a Resource,
        hosting: &Fact<Arc<Hosting>>,
        is_object: bool,
    ) -> Host {
        match hosting {
            Fact::Known(hosting) => Host::Company(Arc::clone(&hosting.provider)),
            _ if is_object => match self.cluster_company(resource) {
                Ok(Some(company)) => Host::Company(company),
                Ok(None) => Host::Nobody,
                Err(gap) => Host::Open(gap),
            },
            Fact::Unknown(gap) => Host::Open(gap.clone()),
            Fact::Absent => match self.operator_of(resource).company {
                Some(company) => Host::Company(company.into()),
                None => Host::Nobody,
            },
        }
    }

    /// True for a host that needs no further look: its own host's, one that stays inside, one that is noted already.
    fn is_none_of_others(
        &mut self,
        found: &Found<'a>,
        flow: Flow,
        host: &str,
        known_only: bool,
    ) -> bool {
        if found.is_full() || found.has(flow, host) {
            return true;
        }
        match &*self.behind(found.resource, host) {
            Behind::Nobody => true,
            Behind::Stranger(_) => known_only,
            Behind::Company(service) => {
                matches!(found.is_anothers(service.company), Answer::No)
            }
        }
    }

    /// Notes a host that a resource names; one that is its own host's, or does not leave the cluster, is none.
    fn note_host(&mut self, found: &mut Found<'a>, host: &str, mention: Mention, known_only: bool) {
        if found.is_full() || found.has(mention.flow, host) {
            return;
        }
        let behind = self.behind(found.resource, host);
        match &*behind {
            Behind::Nobody => {}
            Behind::Stranger(gap) if !known_only => {
                let mut gap = gap.clone();
                gap.evidence.clone_from(&mention.evidence);
                found.push(shown(host), mention, Fact::Unknown(gap), Fact::Absent, None);
            }
            Behind::Stranger(_) => {}
            Behind::Company(service) => self.note_service(found, shown(host), service, mention),
        }
    }

    /// Notes a service of a known company.
    fn note_service(
        &mut self,
        found: &mut Found<'a>,
        name: &str,
        service: &Service,
        mention: Mention,
    ) {
        if found.is_full() || found.has(mention.flow, name) {
            return;
        }
        let hosting = match found.is_anothers(service.company) {
            Answer::No => return,
            Answer::Yes => service.hosting.clone(),
            Answer::Open(gap) => Fact::Unknown(perhaps_its_own(name, service.company, gap)),
        };
        let location = service.location.clone();
        found.push(name, mention, hosting, location, None);
    }

    /// Notes a value that is not known: the resource that it was taken from may tell.
    fn note_unknown(&mut self, found: &mut Found<'a>, value: &Value, name: &str, mention: Mention) {
        let Some(unknown) = value.as_unknown() else {
            return;
        };
        if found.is_full() {
            return;
        }
        for (id, _) in self.referenced(found.resource, value) {
            let Some(target) = self.graph.get(id) else {
                continue;
            };
            let at = self.location_of(target);
            if let Fact::Known(hosting) = self.hosting_of(target, &at) {
                let own = match &found.host {
                    Host::Company(company) => *company == hosting.provider,
                    Host::Nobody | Host::Open(_) => false,
                };
                if !own && !found.has(mention.flow, &target.address) {
                    let name = Arc::clone(&target.address);
                    found.push(&name, mention, Fact::Known(hosting), at, Some(id));
                }
                return;
            }
        }
        if found.has(mention.flow, name) {
            return;
        }
        let gap = Gap {
            reason: Text::new(
                format!("`{}` is not known: {}", mention.path, unknown.because),
                format!(
                    "`{}` n’est pas connu : {}",
                    mention.path,
                    super::location::because_fr(&unknown.because)
                ),
            ),
            evidence: mention.evidence.clone(),
        };
        found.push(name, mention, Fact::Unknown(gap), Fact::Absent, None);
    }

    /// What it reads from another object of the scan is a dependency of its own: that object may hold less.
    fn named_beside(&mut self, found: &mut Found<'a>) {
        let graph = self.graph;
        for relation in graph.outgoing(found.resource.id) {
            if relation.kind != RelationKind::ReadsFrom {
                continue;
            }
            let Some(target) = graph.get(relation.to) else {
                continue;
            };
            for mut dependency in self.stores_behind(target) {
                if found.is_full() || found.has(dependency.flow, &dependency.name) {
                    continue;
                }
                let label = Text::new(
                    format!("takes its secrets from {}", target.address),
                    format!("prend ses secrets de {}", target.address),
                );
                let place = relation.place.unwrap_or(found.resource.header);
                let mut evidence = vec![self.ledger.place(place, label)];
                evidence.append(&mut dependency.evidence);
                dependency.evidence = evidence;
                dependency.path = self.path_of_reference(found.resource, target);
                dependency.target = Some(target.id);
                found.all.push(dependency);
            }
        }
    }

    /// Where an object names another.
    fn path_of_reference(&mut self, resource: &'a Resource, target: &Resource) -> String {
        let fallback = || "spec".to_owned();
        let Some(object) = self.object_of(resource) else {
            return fallback();
        };
        let facts = object.kind.map(|kind| kind.facts.as_slice());
        for fact in facts.unwrap_or_default() {
            if fact.fact != FactKind::Reference {
                continue;
            }
            let path = self.path(&fact.path);
            let names = object.all(&path).into_iter().filter_map(Value::as_str);
            if names.into_iter().any(|name| *name == *target.name) {
                return object.shown_path(&path);
            }
        }
        fallback()
    }

    /// The stores of secrets that an object stands for.
    fn stores_behind(&mut self, target: &'a Resource) -> Vec<Dependency> {
        let is_store = target.world == World::Kubernetes
            && target.classes.contains(crate::catalog::Class::Secrets)
            && !target.classes.contains(crate::catalog::Class::HoldsData);
        if !is_store {
            return Vec::new();
        }
        let mut found = Found {
            resource: target,
            host: self.own_host(target, &Fact::Absent, true),
            all: Vec::new(),
            guessed: Vec::new(),
        };
        self.named_by_object(&mut found);
        found.all.retain(|one| one.flow == Flow::Secrets);
        found.all
    }
}

/// Is a service another company's than the host's own?
enum Answer<'g> {
    Yes,
    No,
    Open(&'g Gap),
}

impl Found<'_> {
    fn is_anothers(&self, company: &Provider) -> Answer<'_> {
        match &self.host {
            Host::Company(own) if **own == *company.id => Answer::No,
            Host::Company(_) | Host::Nobody => Answer::Yes,
            // Nobody's machines or clusters are run by a company that sells software.
            Host::Open(_) if company.kind == ProviderKind::Saas => Answer::Yes,
            Host::Open(gap) => Answer::Open(gap),
        }
    }

    fn is_full(&self) -> bool {
        self.all.len() >= MAX_SERVICES
    }

    /// The same service for the same thing is one dependency, however often it is named.
    fn has(&self, flow: Flow, name: &str) -> bool {
        let mut all = self.all.iter();
        all.any(|one| one.flow == flow && *one.name == *name)
    }

    fn push(
        &mut self,
        name: &str,
        mention: Mention,
        hosting: Fact<Arc<Hosting>>,
        location: Fact<Location>,
        target: Option<ResourceId>,
    ) {
        self.all.push(Dependency {
            flow: mention.flow,
            name: name.into(),
            hosting,
            location,
            path: mention.path,
            target,
            evidence: mention.evidence,
        });
    }
}

/// What people call a company.
fn called(company: &Provider) -> &str {
    company.aliases.first().unwrap_or(&company.legal_name)
}

/// A cloud's service, used from a cluster that may run on the same cloud.
fn perhaps_its_own(name: &str, company: &Provider, gap: &Gap) -> Gap {
    let who = called(company);
    let (en, fr) = if name == who {
        (String::new(), String::new())
    } else {
        (
            format!("{name} is run by {who}; "),
            format!("{name} est opéré par {who} ; "),
        )
    };
    Gap {
        reason: Text::new(
            format!(
                "{en}whether {who} is its own host as well is open: {}",
                &*gap.reason.en
            ),
            format!(
                "{fr}rien ne dit si {who} est aussi son propre hébergeur : {}",
                &*gap.reason.fr
            ),
        ),
        evidence: gap.evidence.clone(),
    }
}
