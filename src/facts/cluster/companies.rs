//! Which clouds have a sign that manifests show, from the catalogue.

use std::sync::{Mutex, PoisonError};

use hashbrown::HashMap;

use crate::catalog::{Catalog, FactKind, HostPlace};

/// Which companies have a sign, from the catalogue.
pub(super) struct Companies {
    drivers: HashMap<&'static str, Vec<&'static str>>,
    catalog: &'static Catalog,
    pub(super) load_balancers: Vec<(&'static str, Vec<&'static str>)>,
    pub(super) annotations: Vec<(&'static str, Vec<&'static str>)>,
    pub(super) nodes: Vec<(&'static str, Vec<&'static str>)>,
    pub(super) schemes: HashMap<&'static str, Vec<&'static str>>,
    pub(super) ingress_classes: HashMap<&'static str, Vec<&'static str>>,
    /// Groups of the kinds that only its clusters have.
    pub(super) api_groups: HashMap<&'static str, Vec<&'static str>>,
    /// Names of the images of its controllers.
    pub(super) controllers: HashMap<&'static str, Vec<&'static str>>,
    /// What `--cloud-provider` calls it.
    pub(super) cloud_providers: HashMap<&'static str, Vec<&'static str>>,
    registries: Vec<(&'static str, &'static str)>,
    /// Hosts of registries met so far: most images come from a few.
    hosts: Mutex<HashMap<String, Vec<&'static str>>>,
    /// Clouds that run clusters, with those that are built like them.
    alike: HashMap<&'static str, Vec<&'static str>>,
}

impl Companies {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut companies = Self {
            drivers: HashMap::new(),
            catalog,
            load_balancers: Vec::new(),
            annotations: Vec::new(),
            nodes: Vec::new(),
            schemes: HashMap::new(),
            ingress_classes: HashMap::new(),
            api_groups: HashMap::new(),
            controllers: HashMap::new(),
            cloud_providers: HashMap::new(),
            registries: Vec::new(),
            hosts: Mutex::default(),
            alike: HashMap::new(),
        };
        for provider in catalog.providers() {
            let signs = &provider.kubernetes;
            let id = provider.id.as_str();
            // A cloud built from another's software has its labels and annotations too.
            let mut alike = vec![id];
            alike.extend(catalog.providers().filter_map(|other| {
                let like = other.kubernetes.same_signs_as.as_deref() == Some(id);
                like.then_some(other.id.as_str())
            }));
            if !signs.csi_provisioners.is_empty() {
                let suffixes = signs.registry_suffixes.iter();
                companies
                    .registries
                    .extend(suffixes.map(|suffix| (suffix.as_str(), id)));
                companies.alike.insert(id, alike.clone());
            }
            for driver in &signs.csi_provisioners {
                companies.drivers.entry(driver).or_default().push(id);
            }
            for (list, prefixes) in [
                (&mut companies.load_balancers, &signs.lb_annotation_prefixes),
                (&mut companies.annotations, &signs.annotation_prefixes),
                (&mut companies.nodes, &signs.node_label_prefixes),
            ] {
                for prefix in prefixes {
                    match list.iter_mut().find(|(known, _)| *known == prefix) {
                        Some((_, all)) => all.extend(&alike),
                        None => list.push((prefix, alike.clone())),
                    }
                }
            }
            for (map, names) in [
                (&mut companies.schemes, &signs.node_id_schemes),
                (&mut companies.ingress_classes, &signs.ingress_classes),
                (&mut companies.api_groups, &signs.api_groups),
                (&mut companies.controllers, &signs.controller_images),
                (&mut companies.cloud_providers, &signs.cloud_provider_names),
            ] {
                for name in names {
                    map.entry(name.as_str()).or_default().extend(&alike);
                }
            }
        }
        companies
    }

    pub(super) fn of_prefix(
        &self,
        list: &[(&'static str, Vec<&'static str>)],
        key: &str,
    ) -> Vec<&'static str> {
        list.iter()
            .find(|(prefix, _)| key.starts_with(prefix))
            .map(|(_, companies)| companies.clone())
            .unwrap_or_default()
    }

    /// Clouds whose nodes carry a label.
    pub(super) fn of_label(&self, key: &str) -> Vec<&'static str> {
        let of_prefix = self.of_prefix(&self.nodes, key);
        if !of_prefix.is_empty() {
            return of_prefix;
        }
        let facts = self.catalog.kubernetes();
        let labels = facts.map_or(&[][..], |facts| &facts.labels);
        let known = labels.iter().find(|label| {
            label.key == key && matches!(label.fact, FactKind::Region | FactKind::Zone)
        });
        let Some(company) = known.and_then(|label| label.providers_id.as_deref()) else {
            return Vec::new();
        };
        let drivers = facts.map_or(&[][..], |facts| &facts.drivers).iter();
        let mut all = vec![company];
        all.extend(self.alike.get(company).into_iter().flatten());
        let of_drivers = drivers.filter(|driver| driver.topology_keys.iter().any(|one| one == key));
        all.extend(of_drivers.flat_map(|driver| driver.also_used_by.iter().map(String::as_str)));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Clouds whose private registry it is, or that are built like such a cloud and can use it as well. Public registries
    /// are used from everywhere.
    pub(super) fn of_registry(&self, host: &str) -> Vec<&'static str> {
        let hosts = || self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = hosts().get(host) {
            return known.clone();
        }
        let found = self.of_new_registry(host);
        hosts().insert(host.to_owned(), found.clone());
        found
    }

    fn of_new_registry(&self, host: &str) -> Vec<&'static str> {
        let family = self.catalog.registry_host(host);
        if family
            .as_ref()
            .is_some_and(|found| found.family.place == HostPlace::Global)
        {
            return Vec::new();
        }
        let of_family = family.and_then(|found| found.family.providers_id.as_deref());
        let of_suffix = || {
            self.registries
                .iter()
                .find(|(suffix, _)| {
                    let before = host.strip_suffix(suffix);
                    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
                })
                .map(|(_, company)| *company)
        };
        let Some(company) = of_family.or_else(of_suffix) else {
            return Vec::new();
        };
        self.alike.get(company).cloned().unwrap_or_default()
    }

    /// One company, when the driver proves it; else everybody who is known to use a driver of that name.
    pub(super) fn of_driver(&self, name: &str) -> Vec<&'static str> {
        let driver = self.catalog.volume_driver(name);
        if let Some(driver) = driver
            && !driver.shared
            && let Some(company) = &driver.providers_id
        {
            return vec![company];
        }
        let mut all = self.drivers.get(name).cloned().unwrap_or_default();
        let more = driver.iter().flat_map(|driver| {
            let own = driver.providers_id.iter();
            own.chain(&driver.also_used_by).map(String::as_str)
        });
        all.extend(more);
        all.sort_unstable();
        all.dedup();
        all
    }
}
