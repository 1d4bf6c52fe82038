//! Reads `catalog/**/*.toml` into the model's types and writes one table for each kind of fact.
//!
//! Every mistake is collected and named with its file, so that a contributor sees them all at once. References
//! between files are held by the tests of `src/catalog`, which can say more about them.

#[allow(dead_code, unreachable_pub, unused_imports)]
#[path = "../src/catalog/model/mod.rs"]
mod model;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use model::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is wrong with the catalogue, one text a mistake.
type Problems = Vec<String>;

/// Everything read, before it is written.
#[derive(Default)]
struct Facts {
    resources: Records<ResourceKind>,
    terraform: Records<TerraformProvider>,
    data_sources: Records<DataSource>,
    prefixes: BTreeMap<String, String>,
    sources: BTreeMap<String, SourceFacts>,
    hosts: BTreeMap<String, Vec<String>>,
    regions: Records<Region>,
    region_sets: Records<RegionSet>,
    providers: Records<Provider>,
    kinds: Records<KubernetesKind>,
    kubernetes: KubernetesFacts,
    requirements: Records<Requirement>,
    references: Records<Source>,
    frameworks: Records<Framework>,
    jurisdictions: Option<Jurisdictions>,
    registry: Option<Registry>,
    terraform_facts: Option<TerraformFacts>,
    identifiers: Option<IdentifierFacts>,
    labels: Option<LabelFacts>,
    names: Option<NameFacts>,
    tenancy: Option<Tenancy>,
    regimes: Option<RegimeTable>,
}

/// Records, and the keys under which they are found.
struct Records<T> {
    records: Vec<T>,
    keys: BTreeMap<String, u32>,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            keys: BTreeMap::new(),
        }
    }
}

impl<T> Records<T> {
    fn add(
        &mut self,
        keys: impl IntoIterator<Item = String>,
        record: T,
        file: &str,
        problems: &mut Problems,
    ) {
        let at = self.records.len() as u32;
        for key in keys {
            match self.keys.insert(key.clone(), at) {
                Some(other) if other != at => {
                    problems.push(format!("{file}: `{key}` is said twice"))
                }
                _ => {}
            }
        }
        self.records.push(record);
    }
}

/// Reads the catalogue and writes the tables to `OUT_DIR`.
pub(crate) fn embed() -> Result<(), Problems> {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=src/catalog/model");
    println!("cargo::rerun-if-changed=src/config/date.rs");
    println!("cargo::rerun-if-changed=src/config/words.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or_else(|| vec![format!("{name} is not set")])
    };
    let root = variable("CARGO_MANIFEST_DIR")?.join("catalog");
    let out = variable("OUT_DIR")?.join("catalog");

    let mut problems = Problems::new();
    let mut facts = Facts::default();
    let mut files = Vec::new();
    list(&root, &mut files).map_err(|error| vec![format!("catalog: {error}")])?;
    files.sort();
    // Terraform providers first: their folder's other files take the address from them.
    files.sort_by_key(|file| !file.ends_with("provider.toml"));
    for file in &files {
        let name = file
            .strip_prefix(&root)
            .unwrap_or(file)
            .to_string_lossy()
            .replace('\\', "/");
        match fs::read_to_string(file) {
            Ok(text) => facts.read(&name, &text, &mut problems),
            Err(error) => problems.push(format!("catalog/{name}: {error}")),
        }
    }
    facts.connect();
    if !problems.is_empty() {
        return Err(problems);
    }
    facts
        .write(&out)
        .map_err(|error| vec![format!("{}: {error}", out.display())])
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    Ok(())
}

impl Facts {
    fn read(&mut self, name: &str, text: &str, problems: &mut Problems) {
        let file = &format!("catalog/{name}");
        let parts: Vec<&str> = name.split('/').collect();
        match parts.as_slice() {
            ["jurisdictions.toml"] => self.jurisdictions = parse(file, text, problems),
            ["registry.toml"] => self.registry = parse(file, text, problems),
            ["terraform.toml"] => self.terraform_facts = parse(file, text, problems),
            ["identifiers.toml"] => self.identifiers = parse(file, text, problems),
            ["sources.toml"] => {
                for source in
                    parse::<Sources>(file, text, problems).map_or_else(Vec::new, |list| list.source)
                {
                    self.references
                        .add([source.id.clone()], source, file, problems);
                }
            }
            ["regions", _] => {
                if let Some(set) = parse(file, text, problems) {
                    self.add_regions(set, file, problems);
                }
            }
            ["providers", _] => {
                if let Some(provider) = parse::<Provider>(file, text, problems) {
                    named_as_file(&provider.id, file, problems);
                    self.providers
                        .add([provider.id.clone()], provider, file, problems);
                }
            }
            ["resources", _, "provider.toml"] => {
                if let Some(provider) = parse::<TerraformProvider>(file, text, problems) {
                    let keys: Vec<String> = provider
                        .aliases
                        .iter()
                        .chain([&provider.address])
                        .map(|a| a.to_ascii_lowercase())
                        .collect();
                    self.terraform.add(keys, provider, file, problems);
                }
            }
            ["resources", folder, _] => {
                for (title, mut facts) in
                    parse::<BTreeMap<String, ResourceKind>>(file, text, problems)
                        .unwrap_or_default()
                {
                    // An entry with `types` stands for each of them; its own name is a title.
                    let alike = std::mem::take(&mut facts.types);
                    for kind in &alike {
                        self.add_resource(folder, kind.clone(), facts.clone(), file, problems);
                    }
                    if alike.is_empty() {
                        self.add_resource(folder, title, facts, file, problems);
                    }
                }
            }
            ["data-sources", _] => {
                for (kind, mut facts) in
                    parse::<BTreeMap<String, DataSource>>(file, text, problems).unwrap_or_default()
                {
                    facts.name = kind.clone();
                    self.data_sources.add([kind], facts, file, problems);
                }
            }
            ["kubernetes", "kinds", _] => {
                for kind in parse::<KubernetesKinds>(file, text, problems)
                    .map_or_else(Vec::new, |list| list.kind)
                {
                    self.add_kubernetes_kind(kind, file, problems);
                }
            }
            ["kubernetes", _] => {
                if let Some(facts) = parse(file, text, problems) {
                    merge(&mut self.kubernetes, facts);
                }
            }
            ["classification", "labels.toml"] => self.labels = parse(file, text, problems),
            ["classification", "names.toml"] => self.names = parse(file, text, problems),
            ["classification", "tenancy.toml"] => self.tenancy = parse(file, text, problems),
            ["frameworks", "regime.toml"] => self.regimes = parse(file, text, problems),
            ["frameworks", "frameworks.toml"] => {
                for framework in parse::<Frameworks>(file, text, problems)
                    .map_or_else(Vec::new, |list| list.framework)
                {
                    self.frameworks
                        .add([framework.id.clone()], framework, file, problems);
                }
            }
            ["frameworks", "requirements", _] => {
                for requirement in parse::<Requirements>(file, text, problems)
                    .map_or_else(Vec::new, |list| list.requirement)
                {
                    self.requirements.add(
                        [requirement.id.clone(), requirement.number.clone()],
                        requirement,
                        file,
                        problems,
                    );
                }
            }
            _ => problems.push(format!(
                "{file}: nothing reads a file in this place; see catalog/README.md"
            )),
        }
    }

    fn add_regions(&mut self, set: RegionFile, file: &str, problems: &mut Problems) {
        named_as_file(&set.id, file, problems);
        for (id, line) in set.region {
            let fold =
                |name: &String| format!("{}/{}", set.id, fold_identifier(name, set.ignore_spaces));
            let keys: Vec<String> = line.aliases.iter().chain([&id]).map(fold).collect();
            let Some(evidence) = line.evidence.or(set.defaults.evidence) else {
                problems.push(format!(
                    "{file}: `{id}` has no `evidence`, and `[defaults]` has none"
                ));
                continue;
            };
            let Some(source) = line.source.or_else(|| set.defaults.source.clone()) else {
                problems.push(format!(
                    "{file}: `{id}` has no `source`, and `[defaults]` has none"
                ));
                continue;
            };
            if line.country.is_some() && !line.countries.is_empty() {
                problems.push(format!("{file}: `{id}` has both `country` and `countries`"));
            }
            let partition = line
                .partition
                .or_else(|| set.defaults.partition.clone())
                .unwrap_or_default();
            let region = Region {
                regions_id: set.id.clone(),
                city: line.city,
                countries: line.country.map_or(line.countries, |one| vec![one]),
                kind: line.kind.unwrap_or(RegionKind::Region),
                status: line.status.unwrap_or(RegionStatus::InService),
                operator: set
                    .partition_operators
                    .get(&partition)
                    .or(set.operator.as_ref())
                    .cloned(),
                partition,
                parent: line.parent,
                pair: line.pair,
                aliases: line.aliases,
                since: line.since,
                service: line.service,
                services: line.services,
                evidence,
                source: set.sources.get(&source).cloned().unwrap_or(source),
                note: line.note,
                id,
            };
            self.regions.add(keys, region, file, problems);
        }
        let facts = RegionSet {
            id: set.id.clone(),
            name: set.name,
            operator: set.operator,
            other_operators: set.other_operators,
            terraform: set.terraform,
            gathered: set.gathered,
            zone_rules: set.zone_rules,
            ignore_spaces: set.ignore_spaces,
            derived: set.derived,
            note: set.note,
        };
        self.region_sets.add([set.id], facts, file, problems);
    }

    fn add_resource(
        &mut self,
        folder: &str,
        kind: String,
        mut facts: ResourceKind,
        file: &str,
        problems: &mut Problems,
    ) {
        facts.name = kind.clone();
        if facts.provider.is_empty() {
            // The folder is named after the provider: its address ends so.
            let address = self
                .terraform
                .records
                .iter()
                .map(|p| &p.address)
                .find(|a| a.rsplit('/').next() == Some(folder));
            match address {
                Some(address) => facts.provider = address.clone(),
                None => problems.push(format!(
                    "{file}: no provider.toml beside it gives an address that ends in `{folder}`"
                )),
            }
        }
        if facts.encryption.key_scopes.is_empty() && !facts.encryption.key_paths.is_empty() {
            let paths = facts.encryption.key_paths.clone();
            facts.encryption.key_scopes.push(KeyScope {
                block: String::new(),
                paths,
                required: true,
            });
        }
        self.resources.add([kind], facts, file, problems);
    }

    fn add_kubernetes_kind(
        &mut self,
        mut kind: KubernetesKind,
        file: &str,
        problems: &mut Problems,
    ) {
        if kind.class.is_empty() {
            kind.class = kubernetes_class(&kind);
        }
        self.kinds.add(
            [format!("{}/{}", kind.group, kind.kind)],
            kind,
            file,
            problems,
        );
    }

    /// Fills the tables that are made of others: classes, and what addresses, prefixes and hosts lead to.
    fn connect(&mut self) {
        let saas = |id: &String| {
            self.providers
                .records
                .iter()
                .any(|p| p.id == *id && p.kind == ProviderKind::Saas)
        };
        let third_parties: Vec<String> = (self.terraform.records.iter())
            .filter(|provider| provider.providers_id.as_ref().is_some_and(saas))
            .map(|provider| provider.address.clone())
            .collect();
        for facts in &mut self.resources.records {
            if facts.class.is_empty() {
                facts.class = resource_class(facts, third_parties.contains(&facts.provider));
            }
        }
        for provider in &self.terraform.records {
            self.prefixes
                .entry(provider.prefix.trim_end_matches('_').to_owned())
                .or_insert_with(|| provider.address.clone());
        }
        for provider in &self.providers.records {
            let identify = &provider.identify;
            for prefix in &identify.resource_prefixes {
                let prefix = prefix.trim_end_matches('_');
                let named = identify
                    .terraform_sources
                    .iter()
                    .find(|source| source.rsplit('/').next() == Some(prefix));
                if let Some(address) = named.or(identify.terraform_sources.first()) {
                    self.prefixes
                        .entry(prefix.to_owned())
                        .or_insert_with(|| address.clone());
                }
            }
            for source in &identify.terraform_sources {
                self.sources
                    .entry(source.to_ascii_lowercase())
                    .or_default()
                    .providers
                    .push(provider.id.clone());
            }
            for suffix in &identify.endpoint_suffixes {
                let suffix = suffix.trim_start_matches(['*', '.']).to_ascii_lowercase();
                self.hosts
                    .entry(suffix)
                    .or_default()
                    .push(provider.id.clone());
            }
            for offering in &provider.offering {
                for when in &offering.matches {
                    if let Some(source) = &when.terraform_source {
                        let candidate = Candidate {
                            offering: offering.id.clone(),
                            when: when.clone(),
                        };
                        self.sources
                            .entry(source.to_ascii_lowercase())
                            .or_default()
                            .candidates
                            .push(candidate);
                    }
                }
            }
        }
        for facts in self.sources.values_mut() {
            facts
                .candidates
                .sort_by_key(|candidate| std::cmp::Reverse(candidate.when.weight()));
        }
    }

    /// Every regular expression of the catalogue: each is compiled at most once, when it is first asked for.
    fn patterns(&self) -> BTreeMap<String, String> {
        let offerings = self
            .providers
            .records
            .iter()
            .flat_map(|provider| &provider.offering)
            .flat_map(|offering| &offering.matches);
        let of_offerings =
            offerings.flat_map(|when| when.values_regex.iter().chain(&when.endpoint_regex));
        let of_hosts = self
            .kubernetes
            .registries
            .iter()
            .chain(&self.kubernetes.endpoints)
            .map(|family| &family.host_regex);
        let of_identities = self
            .terraform
            .records
            .iter()
            .flat_map(|provider| &provider.computed_location)
            .map(|computed| &computed.pattern);
        let of_forms = self
            .identifiers
            .iter()
            .flat_map(|identifiers| &identifiers.form)
            .map(|form| &form.pattern);
        of_offerings
            .chain(of_forms)
            .chain(of_hosts)
            .chain(of_identities)
            .map(|pattern| (pattern.clone(), pattern.clone()))
            .collect()
    }

    fn write(self, out: &Path) -> std::io::Result<()> {
        fs::create_dir_all(out)?;
        let patterns = self.patterns();
        let classification = self
            .labels
            .zip(self.names)
            .map(|(labels, names)| Classification { labels, names });
        let write = |name: &str, bytes: std::io::Result<Vec<u8>>| {
            fs::write(out.join(format!("{name}.bin")), bytes?)
        };
        write("resources", table(&self.resources))?;
        write("terraform", table(&self.terraform))?;
        write("data-sources", table(&self.data_sources))?;
        write("regions", table(&self.regions))?;
        write("region-sets", table(&self.region_sets))?;
        write("providers", table(&self.providers))?;
        write("kinds", table(&self.kinds))?;
        write("requirements", table(&self.requirements))?;
        write("references", table(&self.references))?;
        write("frameworks", table(&self.frameworks))?;
        write("prefixes", table(&map(self.prefixes)))?;
        write("sources", table(&map(self.sources)))?;
        write("hosts", table(&map(self.hosts)))?;
        write("patterns", table(&map(patterns)))?;
        write("kubernetes", single("kubernetes", Some(self.kubernetes)))?;
        write(
            "jurisdictions",
            single("jurisdictions.toml", self.jurisdictions),
        )?;
        write("registry", single("registry.toml", self.registry))?;
        write(
            "terraform-facts",
            single("terraform.toml", self.terraform_facts),
        )?;
        write("identifiers", single("identifiers.toml", self.identifiers))?;
        write("classification", single("classification/", classification))?;
        write(
            "tenancy",
            single("classification/tenancy.toml", self.tenancy),
        )?;
        write("regimes", single("frameworks/regime.toml", self.regimes))
    }
}

/// `catalog/sources.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    source: Vec<Source>,
}

fn parse<T: DeserializeOwned>(file: &str, text: &str, problems: &mut Problems) -> Option<T> {
    toml::from_str(text)
        .map_err(|error| problems.push(format!("{file}: {error}")))
        .ok()
}

fn named_as_file(id: &str, file: &str, problems: &mut Problems) {
    if Path::new(file).file_stem().is_none_or(|stem| stem != id) {
        problems.push(format!(
            "{file}: the id is `{id}`, which should be the file's name"
        ));
    }
}

fn merge(into: &mut KubernetesFacts, from: KubernetesFacts) {
    into.pod_facts.extend(from.pod_facts);
    into.labels.extend(from.labels);
    into.annotations.extend(from.annotations);
    into.load_balancer_annotations
        .extend(from.load_balancer_annotations);
    into.drivers.extend(from.drivers);
    into.registries.extend(from.registries);
    into.endpoints.extend(from.endpoints);
    into.secret_providers.extend(from.secret_providers);
    into.payloads.extend(from.payloads);
    into.policy_engines.extend(from.policy_engines);
    into.tenancy.extend(from.tenancy);
}

/// What a Terraform type is, unless its entry says so itself.
fn resource_class(facts: &ResourceKind, third_party: bool) -> ClassSet {
    let mut set = ClassSet::EMPTY;
    if facts.holds_data {
        set = set.with(Class::HoldsData);
    }
    set = match facts.category {
        Category::Compute | Category::Kubernetes => set.with(Class::Compute),
        Category::Serverless => set.with(Class::Workload),
        Category::Identity => set.with(Class::Identity),
        Category::Backup => set.with(Class::Backup),
        Category::Network => set.with(Class::Network),
        Category::Cdn => set.with(Class::Edge),
        Category::ContainerRegistry => set.with(Class::Registry),
        Category::Secrets => set.with(Class::Secrets),
        Category::Logs => set.with(Class::Logs),
        _ => set,
    };
    if let Some(key) = &facts.key {
        set = set.with(match key.kind {
            KeyKind::KeyStore | KeyKind::Hsm => Class::KeyStore,
            _ => Class::Key,
        });
    }
    if set.is_empty() {
        set = set.with(Class::Configuration);
    }
    if third_party {
        set.with(Class::ThirdParty)
    } else {
        set
    }
}

/// What a Kubernetes kind is, unless its entry says so itself.
fn kubernetes_class(kind: &KubernetesKind) -> ClassSet {
    let mut set = ClassSet::EMPTY;
    if kind.holds_data {
        set = set.with(Class::HoldsData);
    }
    if kind.pod_spec.is_some() {
        set = set.with(Class::Workload);
    }
    if kind
        .facts
        .iter()
        .any(|field| field.fact == FactKind::KeyObject)
    {
        set = set.with(Class::Key);
    }
    set = match kind.family.as_str() {
        "cluster-api" | "karpenter" => set.with(Class::Compute),
        "backup" => set.with(Class::Backup),
        "identity" => set.with(Class::Identity),
        "secrets" => set.with(Class::Secrets),
        _ => set,
    };
    if set.is_empty() {
        set.with(Class::Configuration)
    } else {
        set
    }
}

fn map<T>(entries: BTreeMap<String, T>) -> Records<T> {
    let mut records = Records::default();
    for (at, (key, record)) in entries.into_iter().enumerate() {
        records.keys.insert(key, at as u32);
        records.records.push(record);
    }
    records
}

fn single<T: Serialize>(file: &str, record: Option<T>) -> std::io::Result<Vec<u8>> {
    let missing = || std::io::Error::other(format!("catalog/{file} is missing"));
    let keys = BTreeMap::from([(String::new(), 0)]);
    table(&Records {
        records: vec![record.ok_or_else(missing)?],
        keys,
    })
}

/// Writes a table; `src/catalog/table.rs` reads it and says what the bytes mean.
fn table<T: Serialize>(records: &Records<T>) -> std::io::Result<Vec<u8>> {
    let word = |number: usize| {
        u32::try_from(number)
            .map(u32::to_le_bytes)
            .map_err(std::io::Error::other)
    };
    let mut bodies: Vec<u8> = Vec::new();
    let mut offsets: Vec<u8> = Vec::new();
    for record in &records.records {
        offsets.extend(word(bodies.len())?);
        bodies.extend(postcard::to_allocvec(record).map_err(std::io::Error::other)?);
    }
    offsets.extend(word(bodies.len())?);
    let mut keys: Vec<u8> = Vec::new();
    let mut index: Vec<u8> = Vec::new();
    for (key, record) in &records.keys {
        index.extend(word(keys.len())?);
        index.extend(record.to_le_bytes());
        keys.extend(key.as_bytes());
    }
    index.extend(word(keys.len())?);
    let mut bytes: Vec<u8> = Vec::new();
    bytes.extend(word(records.records.len())?);
    bytes.extend(word(records.keys.len())?);
    bytes.extend(offsets);
    bytes.extend(index);
    bytes.extend(keys);
    bytes.extend(bodies);
    Ok(bytes)
}
