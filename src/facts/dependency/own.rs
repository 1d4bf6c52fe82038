//! Resources that are themselves somebody else's service: monitors at Datadog, secrets at GitHub, users at Auth0. What
//! flows there is that of the root which declares them.
//!
//! One resource of a root stands for all that flow to the same company: findings sit on it.

use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::host::Behind;
use crate::catalog::{Category, Class, ClassSet, Flow, Provider, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::{Dependency, Fact, Gap, Hosting, Location, Text};
use crate::graph::{Resource, ResourceId, RootId, World};

/// Who receives something from a root: a company of the registry, or the address of a provider.
type Receiver = Arc<str>;

/// Which resource stands for a service that a root declares.
#[derive(Default)]
pub(in crate::facts) struct Seats {
    first: HashMap<(RootId, Receiver, Flow), ResourceId>,
    /// Companies that run what a root keeps and executes.
    hosts: HashMap<RootId, BTreeSet<&'static str>>,
}

/// What a resource sends to its own service.
struct Sent {
    receiver: Receiver,
    flow: Flow,
    /// Whether it does depends on something that is not known.
    open: Option<Gap>,
}

impl<'a> Lens<'a> {
    /// The service that a resource itself belongs to, when that is a third party's.
    pub(super) fn service_of_its_own(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
        hosting: &Fact<Arc<Hosting>>,
    ) -> Option<Dependency> {
        if !may_be_anothers(resource) {
            return None;
        }
        let seats = self.seats();
        let sent = self.sent_by(resource, &seats)?;
        let seat = (resource.root?, Arc::clone(&sent.receiver), sent.flow);
        let target = seats.first.get(&seat).copied();
        let host = self.host_called(resource);
        let company = self.catalog.provider(&sent.receiver);
        let name = match (&host, company) {
            (Some(host), _) => Arc::clone(host),
            (None, Some(company)) => super::called(company).into(),
            (None, None) => Arc::clone(&sent.receiver),
        };
        // The host of the provider block may tell the place where the type does not.
        let location = match (location, host) {
            (Fact::Known(_), _) | (_, None) => location.clone(),
            (_, Some(host)) => match &*self.behind(resource, &host) {
                Behind::Company(service) => service.location.clone(),
                Behind::Nobody | Behind::Stranger(_) => location.clone(),
            },
        };
        let evidence = vec![self.block_of(resource)];
        let hosting = match sent.open {
            Some(gap) => Fact::Unknown(gap),
            None => hosting.clone(),
        };
        Some(Dependency {
            flow: sent.flow,
            name,
            hosting,
            location,
            path: String::new(),
            target,
            evidence,
        })
    }

    /// What a resource sends, and to whom.
    fn sent_by(&mut self, resource: &'a Resource, seats: &Seats) -> Option<Sent> {
        let kind = self.terraform_kind(resource.id);
        if resource.classes.contains(Class::ThirdParty) {
            let source = &self.graph.provider(resource)?.source;
            let company = self.catalog.third_party(source)?;
            return self.sent_to(company, resource, kind);
        }
        let kind = kind?;
        if self.is_object(resource, kind) {
            return None;
        }
        // Sign-in at a service that any company can run, or at a company that runs nothing else here.
        let receiver: Receiver = if self.is_run_by_anybody(resource) {
            Arc::clone(&self.graph.provider(resource)?.source)
        } else {
            let company = self.operator_of(resource).company?;
            let hosts = seats.hosts.get(&resource.root?)?;
            if hosts.is_empty() || hosts.contains(company) {
                return None;
            }
            company.into()
        };
        Some(Sent {
            receiver,
            flow: Flow::Identities,
            open: None,
        })
    }

    fn sent_to(
        &mut self,
        company: &'static Provider,
        resource: &'a Resource,
        kind: Option<&'static ResourceKind>,
    ) -> Option<Sent> {
        let named = company
            .receives
            .iter()
            .find(|one| one.names(&resource.kind));
        let rest = || company.receives.iter().find(|one| one.types.is_empty());
        let by_category = || kind.and_then(|kind| flow_of(kind.category));
        let (flow, when) = match named {
            Some(entry) => (entry.flow, entry.when.as_deref()),
            None => match (by_category(), rest()) {
                (Some(flow), _) => (Some(flow), None),
                (None, Some(entry)) => (entry.flow, entry.when.as_deref()),
                (None, None) => (Some(Flow::Data), None),
            },
        };
        let mut open = None;
        if let Some(when) = when {
            let value = self.attribute(resource, when)?;
            match (value.as_bool(), value.as_unknown()) {
                (Some(true), _) => {}
                (_, Some(unknown)) => {
                    let because = &unknown.because;
                    let mut found = gap(
                        format!("`{when}` is not known: {because}"),
                        format!(
                            "`{when}` n’est pas connu : {}",
                            crate::facts::location::because_fr(because)
                        ),
                    );
                    let label = Text::new(format!("`{when}`"), format!("`{when}`"));
                    found.evidence = self.ledger.way(value, label);
                    open = Some(found);
                }
                _ => return None,
            }
        }
        Some(Sent {
            receiver: company.id.as_str().into(),
            flow: flow?,
            open,
        })
    }

    fn seats(&mut self) -> Rc<Seats> {
        if let Some(known) = &self.seats {
            return Rc::clone(known);
        }
        let graph = self.graph;
        let mut seats = Seats::default();
        let running = ClassSet::of(&[Class::HoldsData, Class::Compute, Class::Workload]);
        let mut seen = BTreeSet::new();
        for resource in graph.resources() {
            let (Some(root), Some(provider)) = (resource.root, resource.provider) else {
                continue;
            };
            let runs = resource.world == World::Terraform
                && resource.classes.intersects(running)
                && !may_be_anothers(resource);
            if runs && seen.insert((root, provider)) {
                let company = self.operator_of(resource).company;
                seats.hosts.entry(root).or_default().extend(company);
            }
        }
        for resource in graph.resources() {
            let Some(root) = resource.root.filter(|_| may_be_anothers(resource)) else {
                continue;
            };
            if let Some(sent) = self.sent_by(resource, &seats) {
                let seat = (root, sent.receiver, sent.flow);
                seats.first.entry(seat).or_insert(resource.id);
            }
        }
        let seats = Rc::new(seats);
        self.seats = Some(Rc::clone(&seats));
        seats
    }
}

/// A third party's by its class, or a matter of sign-in.
fn may_be_anothers(resource: &Resource) -> bool {
    let classes = ClassSet::of(&[Class::ThirdParty, Class::Identity]);
    resource.world == World::Terraform && resource.classes.intersects(classes)
}

/// What a type of a third party receives, by what it is.
fn flow_of(category: Category) -> Option<Flow> {
    match category {
        Category::Logs => Some(Flow::Logs),
        Category::Identity => Some(Flow::Identities),
        Category::Secrets | Category::Kms => Some(Flow::Secrets),
        Category::ContainerRegistry => Some(Flow::Images),
        Category::Network | Category::Other => None,
        _ => Some(Flow::Data),
    }
}
