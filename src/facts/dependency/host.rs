//! Whose a host is: worked out once for each host, with how that company's offering stands and where it is.

use hashbrown::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use crate::catalog::{PodSetting, Provider};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::shown;
use crate::facts::{Fact, Gap, Hosting, Location};
use crate::graph::Resource;

/// What answers at a host.
pub(super) enum Behind {
    /// The cluster or the machine itself.
    Nobody,
    /// Somebody whom the catalogue does not know.
    Stranger(Gap),
    Company(Service),
}

/// A service of a company.
pub(super) struct Service {
    pub(super) company: &'static Provider,
    pub(super) hosting: Fact<Arc<Hosting>>,
    pub(super) location: Fact<Location>,
}

/// What was worked out so far.
#[derive(Default)]
pub(in crate::facts) struct Hosts {
    /// By the kind of resource that names them, since what a visa covers can depend on it, and by host.
    by_kind: HashMap<Arc<str>, HashMap<String, Rc<Behind>>>,
    /// What variables of containers tell, by their name.
    pub(super) settings: HashMap<String, Option<&'static PodSetting>>,
}

impl<'a> Lens<'a> {
    /// What answers at a host.
    pub(super) fn behind(&mut self, resource: &'a Resource, host: &str) -> Rc<Behind> {
        let known = self.hosts.by_kind.get(&resource.kind);
        if let Some(known) = known.and_then(|all| all.get(host)) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.work_out_host(resource, host));
        let all = self.hosts.by_kind.entry(Arc::clone(&resource.kind));
        all.or_default().insert(host.to_owned(), Rc::clone(&found));
        found
    }

    fn work_out_host(&mut self, resource: &'a Resource, host: &str) -> Behind {
        if is_local(host) {
            return Behind::Nobody;
        }
        let Some(company) = self.company_of_host(host) else {
            let host = shown(host);
            return Behind::Stranger(gap(
                format!("the catalogue does not know who answers at {host}"),
                format!("le catalogue ne sait pas qui répond à {host}"),
            ));
        };
        let location = match self.place_in_host(host, Vec::new()) {
            Some(location) => location,
            None => Fact::Unknown(unplaced(host)),
        };
        Behind::Company(self.service(resource, company, host, location))
    }

    /// A service of a company, called by a name, at a place.
    pub(super) fn service(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        name: &str,
        location: Fact<Location>,
    ) -> Service {
        let hosting = match self.hosting_of_company(resource, company, location.known()) {
            Fact::Unknown(_) => Fact::Unknown(gap(
                format!(
                    "which offering of {} runs {} depends on its region, which is not known",
                    super::called(company),
                    shown(name)
                ),
                format!(
                    "l’offre de {} qui opère {} dépend de sa région, qui n’est pas connue",
                    super::called(company),
                    shown(name)
                ),
            )),
            known => known,
        };
        Service {
            company,
            hosting,
            location,
        }
    }

    /// The company that answers at a host.
    pub(in crate::facts) fn company_of_host(&self, host: &str) -> Option<&'static Provider> {
        let catalog = self.catalog;
        let of_family = catalog
            .registry_host(host)
            .or_else(|| catalog.endpoint_host(host))
            .and_then(|found| found.family.providers_id.as_deref());
        let of_suffix = || match catalog.providers_of_host(host) {
            [one] => Some(one.as_str()),
            _ => None,
        };
        catalog.provider(of_family.or_else(of_suffix)?)
    }
}

pub(super) fn unplaced(host: &str) -> Gap {
    let host = shown(host);
    gap(
        format!("the name of {host} does not say where it is"),
        format!("le nom de {host} ne dit pas où il se trouve"),
    )
}

/// Names and addresses that do not leave the cluster or the own network.
pub(in crate::facts) fn is_local(host: &str) -> bool {
    const ENDS: [&str; 5] = [
        ".svc",
        ".cluster.local",
        ".local",
        ".localhost",
        ".localdomain",
    ];
    if let Ok(address) = host.parse::<IpAddr>() {
        return is_private(address);
    }
    // A name without a dot is that of a service beside it.
    !host.contains('.') || ENDS.iter().any(|end| host.ends_with(end))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn what_stays_in_the_cluster_is_local() {
        for host in [
            "localhost",
            "redis",
            "redis.shop.svc",
            "redis.shop.svc.cluster.local",
            "10.1.2.3",
            "192.168.0.1",
            "127.0.0.1",
            "fd00::1",
            "::1",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "ghcr.io",
            "vault.example.org",
            "svc.example.org",
            "8.8.8.8",
            "10.example.org",
            "evil.svc.example.org",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }
}
