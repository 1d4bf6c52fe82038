//! The catalogue: what Gardefou knows about clouds, companies, countries and frameworks.
//!
//! The facts are TOML under `catalog/`, read at build time into tables (`read/`, `build/catalog.rs`) that the binary carries.
//! [`Catalog::get`] costs nothing; a question decodes the few records it needs, once. Every question that the layers
//! below ask is one call here, so that none of them knows a provider by name.

mod check;
mod model;
mod overlay;
mod pattern;
mod places;
// The build uses all of it.
#[allow(dead_code)]
mod read;
mod search;
mod table;
#[cfg(test)]
mod tests;
mod text;

use hashbrown::HashMap;
use std::sync::OnceLock;

use regex::Regex;
use serde::de::DeserializeOwned;

pub use model::*;
pub use overlay::{CatalogFolder, Extended, extend};
use pattern::Pattern;
pub use places::HostMatch;
pub use search::{Hit, Query, nearest};
use table::Table;
pub use text::{normalise, plain, tokens};

/// The facts that the binary carries, or these with others laid over them.
pub struct Catalog {
    resources: Table<ResourceKind>,
    terraform: Table<TerraformProvider>,
    data_sources: Table<DataSource>,
    prefixes: Table<String>,
    sources: Table<SourceFacts>,
    hosts: Table<Vec<String>>,
    regions: Table<Region>,
    region_sets: Table<RegionSet>,
    providers: Table<Provider>,
    kinds: Table<KubernetesKind>,
    requirements: Table<Requirement>,
    references: Table<Source>,
    frameworks: Table<Framework>,
    patterns: Table<Pattern>,
    kubernetes: Table<KubernetesFacts>,
    jurisdictions: Table<Jurisdictions>,
    registry: Table<Registry>,
    terraform_facts: Table<TerraformFacts>,
    identifiers: Table<IdentifierFacts>,
    foreign: Table<ForeignFacts>,
    classification: Table<Classification>,
    tenancy: Table<Tenancy>,
    regimes: Table<RegimeTable>,
    plain_types: OnceLock<HashMap<String, &'static str>>,
}

macro_rules! table {
    ($name:literal) => {
        Table::new(
            include_bytes!(concat!(env!("OUT_DIR"), "/catalog/", $name, ".bin")),
            record,
        )
    };
}

static CATALOG: Catalog = Catalog {
    resources: table!("resources"),
    terraform: table!("terraform"),
    data_sources: table!("data-sources"),
    prefixes: table!("prefixes"),
    sources: table!("sources"),
    hosts: table!("hosts"),
    regions: table!("regions"),
    region_sets: table!("region-sets"),
    providers: table!("providers"),
    kinds: table!("kinds"),
    requirements: table!("requirements"),
    references: table!("references"),
    frameworks: table!("frameworks"),
    patterns: Table::new(
        include_bytes!(concat!(env!("OUT_DIR"), "/catalog/patterns.bin")),
        pattern,
    ),
    kubernetes: table!("kubernetes"),
    jurisdictions: table!("jurisdictions"),
    registry: table!("registry"),
    terraform_facts: table!("terraform-facts"),
    identifiers: table!("identifiers"),
    foreign: table!("foreign"),
    classification: table!("classification"),
    tenancy: table!("tenancy"),
    regimes: table!("regimes"),
    plain_types: OnceLock::new(),
};

fn record<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

fn pattern(bytes: &[u8]) -> Option<Pattern> {
    record::<PatternText>(bytes).map(Pattern::new)
}

impl Catalog {
    /// Of tables that were made now: they stay to the end of the process, as those of the binary do.
    fn of(tables: read::Tables) -> Self {
        let mut tables: std::collections::BTreeMap<&str, Vec<u8>> = tables.into_iter().collect();
        let mut take =
            |name: &str| -> &'static [u8] { tables.remove(name).unwrap_or_default().leak() };
        Self {
            resources: Table::new(take("resources"), record),
            terraform: Table::new(take("terraform"), record),
            data_sources: Table::new(take("data-sources"), record),
            prefixes: Table::new(take("prefixes"), record),
            sources: Table::new(take("sources"), record),
            hosts: Table::new(take("hosts"), record),
            regions: Table::new(take("regions"), record),
            region_sets: Table::new(take("region-sets"), record),
            providers: Table::new(take("providers"), record),
            kinds: Table::new(take("kinds"), record),
            requirements: Table::new(take("requirements"), record),
            references: Table::new(take("references"), record),
            frameworks: Table::new(take("frameworks"), record),
            patterns: Table::new(take("patterns"), pattern),
            kubernetes: Table::new(take("kubernetes"), record),
            jurisdictions: Table::new(take("jurisdictions"), record),
            registry: Table::new(take("registry"), record),
            terraform_facts: Table::new(take("terraform-facts"), record),
            identifiers: Table::new(take("identifiers"), record),
            foreign: Table::new(take("foreign"), record),
            classification: Table::new(take("classification"), record),
            tenancy: Table::new(take("tenancy"), record),
            regimes: Table::new(take("regimes"), record),
            plain_types: OnceLock::new(),
        }
    }

    /// The catalogue of this binary.
    pub fn get() -> &'static Self {
        &CATALOG
    }

    // Terraform

    /// What a Terraform resource type says. State backends are types too: `terraform.backend.s3`.
    pub fn resource_kind(&self, kind: &str) -> Option<&ResourceKind> {
        self.resources.get(kind)
    }

    /// Every resource type, in the order of the files.
    pub fn resource_kinds(&self) -> impl Iterator<Item = &ResourceKind> {
        self.resources.iter()
    }

    /// A Terraform provider by its source address: case does not count, a registry's host may stand before it, and an
    /// address that lost its namespace (`hashicorp/scaleway`, `-/scaleway`) is found by its name.
    pub fn terraform_provider(&self, address: &str) -> Option<&TerraformProvider> {
        let address = short_address(address);
        self.terraform.get(&address).or_else(|| {
            let name = address
                .strip_prefix("hashicorp/")
                .or_else(|| address.strip_prefix("-/"))?;
            self.terraform
                .get(&self.prefixes.get(name)?.to_ascii_lowercase())
        })
    }

    /// What a data source answers without a call, by its type.
    pub fn data_source(&self, kind: &str) -> Option<&DataSource> {
        self.data_sources.get(kind)
    }

    /// Every data source that answers without a call from what the catalogue says.
    pub fn data_sources(&self) -> impl Iterator<Item = &DataSource> {
        self.data_sources.iter()
    }

    /// Every Terraform provider with facts of its own.
    pub fn terraform_providers(&self) -> impl Iterator<Item = &TerraformProvider> {
        self.terraform.iter()
    }

    /// The address Terraform takes a resource type's provider from when nothing is declared: by its first word, at
    /// its known publisher, else at `hashicorp`.
    pub fn provider_for_type_prefix(&self, kind: &str) -> String {
        let name = kind.split('_').next().unwrap_or(kind);
        // Longest known prefix first: `docker_hub_token` is not `docker_image`.
        let mut prefix = kind.trim_end_matches('_');
        loop {
            if let Some(address) = self.prefixes.get(prefix) {
                return address.clone();
            }
            match prefix.rsplit_once('_') {
                Some((shorter, _)) => prefix = shorter,
                None => return format!("hashicorp/{name}"),
            }
        }
    }

    /// Companies and offerings that a Terraform provider address may mean, the most demanding match first.
    pub fn source_facts(&self, address: &str) -> Option<&SourceFacts> {
        let address = short_address(address);
        self.sources.get(&address).or_else(|| {
            self.sources.get(
                &self
                    .terraform_provider(&address)?
                    .address
                    .to_ascii_lowercase(),
            )
        })
    }

    /// Providers that any company may stand behind, backends, providers that hold nothing.
    pub fn terraform_facts(&self) -> Option<&TerraformFacts> {
        self.terraform_facts.at(0)
    }

    /// Identifiers that carry their place, in the order in which they are tried.
    pub fn identifier_forms(&self) -> &[IdentifierForm] {
        self.identifiers
            .at(0)
            .map_or(&[], |identifiers| &identifiers.form)
    }

    /// Checks of other tools that ask what a rule asks.
    pub fn foreign_checks(&self) -> &[ForeignCheck] {
        self.foreign.at(0).map_or(&[], |foreign| &foreign.check)
    }

    /// A state backend, by its type.
    pub fn backend(&self, kind: &str) -> Option<&Backend> {
        self.terraform_facts()?.backend.get(kind)
    }

    /// A provider that says nothing about a company: the host in its arguments does.
    pub fn generic_provider(&self, address: &str) -> Option<&GenericProvider> {
        let address = short_address(address);
        self.terraform_facts()?
            .generic
            .iter()
            .find(|generic| generic.address.eq_ignore_ascii_case(&address))
    }

    /// The company behind a Terraform provider, when it sells services that others use from their own clouds.
    pub fn third_party(&self, address: &str) -> Option<&Provider> {
        let id = match self.terraform_provider(address) {
            Some(facts) => facts.providers_id.as_deref(),
            None => match self.source_facts(address)?.providers.as_slice() {
                [one] => Some(one.as_str()),
                _ => None,
            },
        };
        self.provider(id?)
            .filter(|company| company.kind == ProviderKind::Saas)
    }

    /// A provider that holds no data and sits nowhere (`hashicorp/random`).
    pub fn is_neutral(&self, address: &str) -> bool {
        let address = short_address(address);
        self.terraform_facts().is_some_and(|facts| {
            facts
                .neutral
                .iter()
                .any(|neutral| neutral.eq_ignore_ascii_case(&address))
        })
    }

    // Companies

    /// A company, by its id.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.get(id)
    }

    /// Every company, by id.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// An offering, by its id (`outscale/iaas-cloud-on-demand`).
    pub fn offering(&self, id: &str) -> Option<&Offering> {
        let (provider, _) = id.split_once('/')?;
        self.provider(provider)?
            .offering
            .iter()
            .find(|offering| offering.id == id)
    }

    /// Every offering.
    pub fn offerings(&self) -> impl Iterator<Item = &Offering> {
        self.providers().flat_map(|provider| &provider.offering)
    }

    /// Where an offering stands with ANSSI on a day.
    pub fn visa_at<'a>(&self, offering: &'a Offering, on: Date) -> Visa<'a> {
        let compiled_on = self.registry().map_or(on, |registry| registry.compiled_on);
        offering.visa_at(on, compiled_on)
    }

    /// What holds for the whole registry of companies.
    pub fn registry(&self) -> Option<&Registry> {
        self.registry.at(0)
    }

    /// A source that facts cite.
    pub fn reference(&self, id: &str) -> Option<&Source> {
        self.references.get(id)
    }

    /// The compiled form of a pattern of the catalogue, such as [`Match::values_regex`].
    pub fn pattern(&self, pattern: &str) -> Option<&Regex> {
        self.patterns.get(pattern)?.compiled()
    }

    // Kubernetes

    /// What a kind of object says. Families such as `*.aws.upbound.io` answer for the groups they cover.
    pub fn kubernetes_kind(&self, group: &str, kind: &str) -> Option<&KubernetesKind> {
        // Asked of every object, more than once.
        let mut key = String::with_capacity("*.".len() + group.len() + "/".len() + kind.len());
        let mut exact = |start: &str, group: &str| {
            [kind, "*"].into_iter().find_map(|kind| {
                key.clear();
                key.extend([start, group, "/", kind]);
                self.kinds.get(&key)
            })
        };
        exact("", group).or_else(|| {
            let mut rest = group;
            while let Some((_, shorter)) = rest.split_once('.') {
                if let Some(found) = exact("*.", shorter) {
                    return Some(found);
                }
                rest = shorter;
            }
            None
        })
    }

    /// The same by its whole name: `apps/Deployment`, of the core group just `Pod`.
    pub fn kind_called(&self, name: &str) -> Option<&KubernetesKind> {
        let (group, kind) = name.rsplit_once('/').unwrap_or(("", name));
        self.kubernetes_kind(group, kind)
    }

    /// The type of a Terraform provider that a kind of object stands for, with its family.
    pub fn type_stood_for(
        &self,
        group: &str,
        kind: &str,
    ) -> Option<(&ManagedFamily, &ResourceKind)> {
        let families = &self.kubernetes()?.managed;
        let (family, word) = families.iter().find_map(|family| {
            let word = family.groups.iter().find_map(|end| {
                let word = group.strip_suffix(end.as_str())?;
                word.strip_suffix('.').or(word.is_empty().then_some(""))
            })?;
            Some((family, word))
        })?;
        if let Some(name) = family.kinds.get(&format!("{word}/{kind}")) {
            return Some((family, self.resource_kind(name)?));
        }
        let own = [word.to_owned()];
        let words = match family.words.get(word) {
            Some(words) => words.iter().chain(&[]),
            None => own.iter().chain(&family.also),
        };
        let types = self.plain_types.get_or_init(|| {
            let names = self.resources.keys();
            names.map(|name| (name.replace('_', ""), name)).collect()
        });
        let kind = kind.to_ascii_lowercase();
        let mut names = words.filter_map(|word| {
            let word = word.replace('_', "");
            types
                .get(&format!("{}{word}{kind}", family.prefix))
                .copied()
        });
        let found = names.find_map(|name| self.resource_kind(name));
        found.map(|found| (family, found))
    }

    /// Every kind of object.
    pub fn kubernetes_kinds(&self) -> impl Iterator<Item = &KubernetesKind> {
        self.kinds.iter()
    }

    /// Labels, annotations, drivers, hosts and what else manifests carry.
    pub fn kubernetes(&self) -> Option<&KubernetesFacts> {
        self.kubernetes.at(0)
    }

    /// A volume driver, by the name of its provisioner.
    pub fn volume_driver(&self, provisioner: &str) -> Option<&VolumeDriver> {
        let fits = |driver: &&VolumeDriver| match driver.provisioner.split_once('*') {
            Some((before, after)) => {
                provisioner.len() >= before.len() + after.len()
                    && provisioner.starts_with(before)
                    && provisioner.ends_with(after)
            }
            None => driver.provisioner == provisioner,
        };
        self.kubernetes()?.drivers.iter().find(fits)
    }

    // Data and frameworks

    /// The words people use for sensitive data.
    pub fn classification(&self) -> Option<&Classification> {
        self.classification.at(0)
    }

    /// The words people use for the client whose data it is.
    pub fn tenancy(&self) -> Option<&Tenancy> {
        self.tenancy.at(0)
    }

    /// What the frameworks ask of an actor for data of a level.
    pub fn regime(&self, actor: Option<Actor>, level: Level) -> Option<AppliedRegime> {
        self.regimes.at(0)?.apply(actor, level)
    }

    /// The whole table behind [`Catalog::regime`].
    pub fn regimes(&self) -> Option<&RegimeTable> {
        self.regimes.at(0)
    }

    /// A requirement, by its id (`SNC-LOC-001`) or number (`R18`).
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.get(id)
    }

    /// Every requirement, in the order of the files.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter()
    }

    /// A framework, by its id or another word for it.
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.get(id)
    }

    /// Every framework.
    pub fn frameworks(&self) -> impl Iterator<Item = &Framework> {
        self.frameworks.iter()
    }
}

/// `namespace/name` in lower case, without a registry's host.
fn short_address(address: &str) -> String {
    let mut parts = address.trim().rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(name), Some(namespace)) => format!("{namespace}/{name}").to_ascii_lowercase(),
        (Some(name), None) => format!("hashicorp/{name}").to_ascii_lowercase(),
        _ => String::new(),
    }
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalog")
    }
}
