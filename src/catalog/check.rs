//! What entries point at is there: companies, regions, types, sources, patterns.
//!
//! The tests of the catalogue hold every entry of the binary to this, a run with further facts each entry of these.

use regex::Regex;

use super::read::{Entry, Subject};
use super::{
    Catalog, Framework, HostFamily, KubernetesFacts, KubernetesKind, MetadataKey, Offering,
    Provider, Region, RegionSet, Requirement, ResourceKind, TerraformProvider, VolumeDriver,
};

/// What is wrong, each with the way to the key below the entry.
type Faults = Vec<(Vec<String>, String)>;

/// Checks one entry that was read.
pub(super) fn entry(catalog: &Catalog, entry: &Entry) -> Faults {
    let key = entry.key.as_str();
    let mut check = Check {
        catalog,
        file: &entry.file,
        faults: Vec::new(),
    };
    match entry.subject {
        Subject::Region => {
            if let Some(region) = catalog.regions.get(key) {
                check.region(region);
            }
        }
        Subject::RegionSet => {
            if let Some(set) = catalog.region_set(key) {
                check.region_set(set);
            }
        }
        Subject::Provider => {
            if let Some(provider) = catalog.provider(key) {
                check.provider(provider);
            }
        }
        Subject::Offering => {
            if let Some(offering) = catalog.offering(key) {
                check.offering(offering);
            }
        }
        Subject::Resource => {
            if let Some(kind) = catalog.resource_kind(key) {
                check.resource(kind);
            }
        }
        Subject::TerraformProvider => {
            if let Some(provider) = catalog.terraform.get(key) {
                check.terraform_provider(provider);
            }
        }
        Subject::Requirement => {
            if let Some(requirement) = catalog.requirement(key) {
                check.requirement(requirement);
            }
        }
        Subject::Kubernetes => {
            if let Some(facts) = catalog.kubernetes() {
                check.kubernetes(facts, key);
            }
        }
        Subject::Whole => check.whole(key),
        Subject::Framework => {
            if let Some(framework) = catalog.framework(key) {
                check.framework(framework);
            }
        }
        Subject::Kind => {
            let mut kinds = catalog.kubernetes_kinds();
            if let Some(kind) = kinds.find(|kind| format!("{}/{}", kind.group, kind.kind) == key) {
                check.kind(kind);
            }
        }
        Subject::DataSource | Subject::Reference => {}
    }
    check.faults
}

struct Check<'c> {
    catalog: &'c Catalog,
    /// File of the entry: it stands among the sources of what was read from it.
    file: &'c str,
    faults: Faults,
}

impl Check<'_> {
    fn unless(&mut self, holds: bool, path: &[&str], fault: impl FnOnce() -> String) {
        if !holds {
            let path = path.iter().map(|part| (*part).to_owned()).collect();
            self.faults.push((path, fault()));
        }
    }

    fn company<'i>(&mut self, path: &[&str], ids: impl IntoIterator<Item = &'i String>) {
        for id in ids {
            let known = self.catalog.provider(id).is_some();
            self.unless(known, path, || format!("no company is called `{id}`"));
        }
    }

    fn region_sets<'i>(&mut self, path: &[&str], ids: impl IntoIterator<Item = &'i String>) {
        for id in ids {
            let known = self.catalog.region_set(id).is_some();
            self.unless(known, path, || {
                format!("no set of regions is called `{id}`")
            });
        }
    }

    fn sources<'i>(&mut self, path: &[&str], ids: impl IntoIterator<Item = &'i String>) {
        for id in ids {
            let known = self.catalog.reference(id).is_some() || id == self.file;
            self.unless(known, path, || {
                format!("no source is called `{id}`; sources.toml lists them")
            });
        }
    }

    fn countries<'i>(&mut self, path: &[&str], codes: impl IntoIterator<Item = &'i String>) {
        for code in codes {
            let places = self.catalog.jurisdictions();
            let known = places.is_some_and(|places| places.countries.contains_key(code));
            self.unless(known || code == "EU", path, || {
                format!("no country has the code `{code}`")
            });
        }
    }

    fn types<'i>(&mut self, path: &[&str], kinds: impl IntoIterator<Item = &'i String>) {
        for kind in kinds {
            let foreign = self.catalog.terraform_facts();
            let known = self.catalog.resource_kind(kind).is_some()
                || foreign.is_some_and(|facts| facts.foreign_types.contains_key(kind));
            self.unless(known, path, || {
                format!("no resource type is called `{kind}`")
            });
        }
    }

    fn patterns<'i>(&mut self, path: &[&str], patterns: impl IntoIterator<Item = &'i String>) {
        for pattern in patterns {
            self.unless(Regex::new(pattern).is_ok(), path, || {
                format!("`{pattern}` is no pattern")
            });
        }
    }

    fn region(&mut self, region: &Region) {
        self.countries(&["countries"], &region.countries);
        self.countries(&["services"], region.services.values().flatten());
        self.company(&[], &region.operator);
        for (key, other) in [("parent", &region.parent), ("pair", &region.pair)] {
            if let Some(other) = other {
                let known = self.catalog.region(&region.regions_id, other).is_some();
                self.unless(known, &[key], || {
                    format!("`{}` has no region `{other}`", region.regions_id)
                });
            }
        }
    }

    fn region_set(&mut self, set: &RegionSet) {
        self.company(&["operator"], &set.operator);
        self.company(&["other_operators"], &set.other_operators);
        let below = set.derived.iter().map(|derivation| &derivation.regions);
        self.region_sets(&["derived"], below);
        if let Some(sole) = &set.sole_region {
            let known = self.catalog.region(&set.id, sole).is_some();
            self.unless(known, &["sole_region"], || {
                format!("`{}` has no region `{sole}`", set.id)
            });
        }
    }

    fn provider(&mut self, provider: &Provider) {
        self.countries(&["hq_country"], [&provider.hq_country]);
        let control = Some(&provider.control_country).filter(|code| *code != "unknown");
        self.countries(&["control_country"], control);
        self.sources(&["sources"], &provider.sources);
        self.sources(&["identify", "source"], [&provider.identify.source]);
        self.sources(&["hds", "source"], [&provider.hds.source]);
        self.region_sets(&["identify", "regions_id"], &provider.identify.regions_id);
    }

    fn offering(&mut self, offering: &Offering) {
        self.sources(&["sources"], &offering.sources);
        if let Some(hds) = &offering.hds {
            self.sources(&["hds", "source"], [&hds.source]);
        }
        if let Some(base) = &offering.composition {
            let known = self.catalog.offering(base).is_some();
            self.unless(known, &["composition"], || {
                format!("no offering is called `{base}`")
            });
        }
        let dates = offering.qualified_from.zip(offering.qualified_to);
        let ordered = dates.is_none_or(|(from, to)| from < to);
        self.unless(ordered, &["qualified_to"], || {
            "the visa ends before it begins".to_owned()
        });
        self.types(
            &["not_covered_resource_types"],
            &offering.not_covered_resource_types,
        );
        for (at, when) in offering.matches.iter().enumerate() {
            let at = at.to_string();
            if let Some(address) = &when.terraform_source {
                let published = self
                    .catalog
                    .source_facts(address)
                    .is_some_and(|facts| !facts.providers.is_empty());
                let known = published || self.catalog.generic_provider(address).is_some();
                self.unless(known, &["match", &at, "terraform_source"], || {
                    format!("nobody is known to publish `{address}`")
                });
            }
            let valued = !when.values.is_empty() || when.values_regex.is_some() || when.absent;
            self.unless(when.arg.is_none() || valued, &["match", &at], || {
                format!("a match names {:?} and no value", when.arg)
            });
            self.patterns(&["match", &at, "values_regex"], &when.values_regex);
            self.patterns(&["match", &at, "endpoint_regex"], &when.endpoint_regex);
        }
    }

    fn resource(&mut self, kind: &ResourceKind) {
        let parents = kind.parent.iter().flat_map(|parent| &parent.types);
        self.types(&["parent"], parents);
        let attached = kind.attaches_to.iter().map(|link| &link.kind);
        self.types(&["attaches_to"], attached);
        let of = &kind.encryption;
        self.types(
            &["encryption", "companions"],
            of.companions.iter().map(|one| &one.kind),
        );
        self.types(
            &["encryption", "linked"],
            of.linked.iter().map(|link| &link.kind),
        );
        self.types(&["encryption", "account_switch"], &of.account_switch);
        self.types(&["encryption", "account_key"], &of.account_key);
        let limits = kind.credential.iter().flat_map(|of| &of.limits);
        self.types(&["credential", "limits"], limits.map(|limit| &limit.kind));
    }

    fn terraform_provider(&mut self, provider: &TerraformProvider) {
        self.region_sets(&["regions_id"], &provider.regions_id);
        self.company(&["providers_id"], &provider.providers_id);
        let default = provider.location_default.as_ref();
        if let Some((region, set)) = default.zip(provider.regions_id.as_ref()) {
            let known = self.catalog.region(set, region).is_some();
            self.unless(known, &["location_default"], || {
                format!("`{set}` has no region `{region}`")
            });
        }
        let patterns = provider.computed_location.iter().map(|one| &one.pattern);
        self.patterns(&["computed_location"], patterns);
    }

    fn requirement(&mut self, requirement: &Requirement) {
        let known = self.catalog.framework(&requirement.framework).is_some();
        self.unless(known, &["framework"], || {
            format!("no framework is called `{}`", requirement.framework)
        });
        let of = requirement.refuses.iter().flat_map(|labels| &labels.of);
        self.requirements(&["refuses", "of"], of);
    }

    fn framework(&mut self, framework: &Framework) {
        self.requirements(&["includes"], &framework.includes);
    }

    fn requirements<'i>(&mut self, path: &[&str], ids: impl IntoIterator<Item = &'i String>) {
        for id in ids {
            let known = match id.strip_suffix('*') {
                Some(start) => self
                    .catalog
                    .requirements()
                    .any(|one| one.id.starts_with(start)),
                None => self
                    .catalog
                    .requirement(id)
                    .is_some_and(|one| one.id == *id),
            };
            self.unless(known, path, || format!("no requirement is called `{id}`"));
        }
    }

    fn kind(&mut self, kind: &KubernetesKind) {
        self.company(&["providers_id"], &kind.providers_id);
        let fields = kind.facts.iter();
        self.company(
            &["facts"],
            fields.filter_map(|field| field.providers_id.as_ref()),
        );
        let company = kind.providers_id.as_deref();
        let company = company.and_then(|id| self.catalog.provider(id));
        if let Some((company, region)) = company.zip(kind.location_default.as_ref()) {
            let mut sets = company.identify.regions_id.iter();
            let known = sets.any(|set| self.catalog.region(set, region).is_some());
            self.unless(known, &["location_default"], || {
                format!("{} has no region `{region}`", company.id)
            });
        }
    }

    /// An entry of a list; its key starts with the name of the list.
    fn kubernetes(&mut self, facts: &KubernetesFacts, key: &str) {
        let Some((list, key)) = key.split_once(' ') else {
            return;
        };
        let host = |one: &&HostFamily| one.host_regex == key;
        let named = |one: &&MetadataKey| format!("{} {}", one.fact, one.key) == key;
        match list {
            "drivers" => {
                let found = facts.drivers.iter().find(|one| one.provisioner == key);
                if let Some(driver) = found {
                    self.driver(driver);
                }
            }
            "registries" | "endpoints" => {
                let families = if list == "registries" {
                    &facts.registries
                } else {
                    &facts.endpoints
                };
                if let Some(family) = families.iter().find(host) {
                    self.company(&["providers_id"], &family.providers_id);
                    self.region_sets(&["regions_id"], &family.regions_id);
                    self.countries(&["countries"], &family.countries);
                    self.patterns(&["host_regex"], [&family.host_regex]);
                }
            }
            "managed" => {
                let found = facts.managed.iter();
                for family in found.filter(|one| one.groups.join(" ") == key) {
                    let known = self.catalog.terraform_provider(&family.address).is_some();
                    self.unless(known, &["address"], || {
                        format!("no Terraform provider is called `{}`", family.address)
                    });
                }
            }
            "labels" | "annotations" | "load_balancer_annotations" => {
                let keys = match list {
                    "labels" => &facts.labels,
                    "annotations" => &facts.annotations,
                    _ => &facts.load_balancer_annotations,
                };
                if let Some(one) = keys.iter().find(named) {
                    self.company(&["providers_id"], &one.providers_id);
                    self.region_sets(&["regions_id"], &one.regions_id);
                }
            }
            "secret_providers" => {
                let found = facts
                    .secret_providers
                    .iter()
                    .find(|one| one.provider == key);
                if let Some(one) = found {
                    self.company(&["providers_id"], &one.providers_id);
                }
            }
            "secret_stores" => {
                let found = facts.secret_stores.iter().find(|one| one.store == key);
                if let Some(one) = found {
                    self.company(&["providers_id"], &one.providers_id);
                }
            }
            "agents" => {
                let found = facts.agents.iter().find(|one| one.product == key);
                if let Some(one) = found {
                    self.company(&["providers_id"], [&one.providers_id]);
                }
            }
            "payloads" => {
                let found = facts.payloads.iter().find(|one| one.product == key);
                for outlet in found.into_iter().flat_map(|one| &one.outlets) {
                    self.company(&["outlets"], &outlet.providers_id);
                    self.company(&["outlets"], outlet.companies.values());
                }
            }
            _ => {}
        }
    }

    fn driver(&mut self, driver: &VolumeDriver) {
        self.company(&["providers_id"], &driver.providers_id);
        self.region_sets(&["regions_id"], &driver.regions_id);
    }

    /// A file that is one entry.
    fn whole(&mut self, file: &str) {
        match file {
            "terraform.toml" => {
                let backends = self.catalog.terraform_facts().map(|facts| &facts.backend);
                let companies: Vec<&String> = backends
                    .into_iter()
                    .flat_map(|all| all.values())
                    .filter_map(|backend| backend.default_provider.as_ref())
                    .collect();
                self.company(&["backend"], companies);
            }
            "jurisdictions.toml" => {
                let Some(places) = self.catalog.jurisdictions() else {
                    return;
                };
                self.countries(&["eu"], &places.eu.members);
                self.countries(&["eea_beyond_eu"], &places.eea_beyond_eu.members);
                let codes = places.adequacy.iter().map(|one| &one.code);
                self.countries(&["adequacy"], codes);
                self.countries(&["code_aliases"], places.code_aliases.values());
            }
            _ => {}
        }
    }
}
