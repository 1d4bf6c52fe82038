//! What one file says about another holds: no count shrinks unseen, no reference leads nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// What is wrong, all of it: a contributor sees every dangling reference at once.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.0.push(fault());
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "\n{}\n", self.0.join("\n"));
    }
}

fn known_country(code: &str) -> bool {
    let jurisdictions = Catalog::get().jurisdictions().unwrap();
    jurisdictions.countries.contains_key(code)
}

pub(super) fn toml_files(folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "toml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("catalog")
        .join(folder);
    walk(&root, &mut found);
    found
}

#[test]
fn nothing_that_was_gathered_is_lost() {
    let catalog = Catalog::get();
    let types = catalog
        .resource_kinds()
        .filter(|kind| !kind.name.starts_with("terraform.backend."));
    assert!(types.count() >= 4300);
    assert!(catalog.kubernetes_kinds().count() >= 148);
    assert!(catalog.regions().count() >= 1062);
    assert!(catalog.providers().count() >= 95);
    assert!(catalog.offerings().count() >= 116);
    assert_eq!(catalog.terraform_providers().count(), 43);
    for number in 1..=84 {
        let number = format!("R{number:02}");
        assert!(catalog.requirement(&number).is_some(), "{number}");
    }
}

#[test]
fn every_file_is_embedded() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    for file in toml_files("providers") {
        faults.unless(catalog.provider(&stem(&file)).is_some(), || {
            file.display().to_string()
        });
    }
    for file in toml_files("regions") {
        faults.unless(catalog.region_set(&stem(&file)).is_some(), || {
            file.display().to_string()
        });
    }
    for file in toml_files("resources") {
        if file.ends_with("provider.toml") {
            continue;
        }
        let entries: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        for (title, entry) in &entries {
            let alike = entry.get("types").and_then(toml::Value::as_array);
            let alike = alike.map(|types| types.iter().filter_map(toml::Value::as_str));
            let kinds: Vec<&str> = alike.map_or_else(|| vec![title.as_str()], Iterator::collect);
            for kind in kinds {
                faults.unless(catalog.resource_kind(kind).is_some(), || {
                    format!("{}: {kind}", file.display())
                });
            }
        }
    }
    faults.none();
}

#[test]
fn every_country_exists() {
    let catalog = Catalog::get();
    let jurisdictions = catalog.jurisdictions().unwrap();
    let mut faults = Faults::default();
    for region in catalog.regions() {
        for code in region
            .countries
            .iter()
            .chain(region.services.values().flatten())
        {
            faults.unless(code == "EU" || known_country(code), || {
                format!("{}/{}: {code}", region.regions_id, region.id)
            });
        }
    }
    for provider in catalog.providers() {
        faults.unless(known_country(&provider.hq_country), || {
            format!("{}: hq {}", provider.id, provider.hq_country)
        });
        let control = provider.control_country.as_str();
        faults.unless(control == "unknown" || known_country(control), || {
            format!("{}: control {control}", provider.id)
        });
    }
    let lists = [
        jurisdictions.eu.members.iter().collect::<Vec<_>>(),
        jurisdictions.eea_beyond_eu.members.iter().collect(),
        jurisdictions.adequacy.iter().map(|a| &a.code).collect(),
        jurisdictions.territory.iter().map(|t| &t.code).collect(),
        jurisdictions
            .territory
            .iter()
            .filter_map(|t| t.state.as_ref())
            .collect(),
        jurisdictions.subdivision.iter().map(|s| &s.state).collect(),
        jurisdictions
            .extraterritorial
            .iter()
            .map(|l| &l.code)
            .collect(),
        jurisdictions.code_aliases.values().collect(),
    ];
    for code in lists.into_iter().flatten() {
        faults.unless(known_country(code), || format!("jurisdictions: {code}"));
    }
    faults.none();
    assert_eq!(jurisdictions.eu.members.len(), 27);
    assert_eq!(jurisdictions.eea_beyond_eu.members.len(), 3);
}

#[test]
fn regions_and_companies_name_each_other() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    for set in catalog.region_sets() {
        for operator in set.operator.iter().chain(&set.other_operators) {
            let back = catalog
                .provider(operator)
                .is_some_and(|provider| provider.identify.regions_id.contains(&set.id));
            faults.unless(back, || {
                format!(
                    "regions/{}: providers/{operator} does not name it in regions_id",
                    set.id
                )
            });
        }
        for derivation in &set.derived {
            faults.unless(catalog.region_set(&derivation.regions).is_some(), || {
                format!("regions/{}: {}", set.id, derivation.regions)
            });
        }
    }
    for provider in catalog.providers() {
        for id in &provider.identify.regions_id {
            let set = catalog.region_set(id);
            let back = set.is_some_and(|set| {
                set.operator.as_ref() == Some(&provider.id)
                    || set.other_operators.contains(&provider.id)
            });
            faults.unless(back, || {
                format!(
                    "providers/{}: regions/{id} does not name it as an operator",
                    provider.id
                )
            });
        }
    }
    for region in catalog.regions() {
        let name = format!("{}/{}", region.regions_id, region.id);
        for other in region.parent.iter().chain(&region.pair) {
            faults.unless(catalog.region(&region.regions_id, other).is_some(), || {
                format!("{name}: {other}")
            });
        }
        let operator = region.operator.as_ref();
        faults.unless(
            operator.is_none_or(|id| catalog.provider(id).is_some()),
            || format!("{name}: {operator:?}"),
        );
    }
    for provider in catalog.terraform_providers() {
        let regions = provider
            .regions_id
            .as_ref()
            .is_none_or(|id| catalog.region_set(id).is_some());
        let company = provider
            .providers_id
            .as_ref()
            .is_none_or(|id| catalog.provider(id).is_some());
        faults.unless(regions && company, || {
            format!("{}: regions_id or providers_id", provider.address)
        });
        let default = provider
            .location_default
            .as_ref()
            .zip(provider.regions_id.as_ref());
        let resolves = default.is_none_or(|(region, set)| catalog.region(set, region).is_some());
        faults.unless(resolves, || {
            format!("{}: location_default", provider.address)
        });
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog/resources");
        let name = provider
            .address
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        faults.unless(folder.join(&name).join("provider.toml").is_file(), || {
            format!("{}: folder", provider.address)
        });
    }
    faults.none();
}

#[test]
fn offerings_lean_on_what_exists() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let known_source = |address: &str| {
        catalog
            .source_facts(address)
            .is_some_and(|facts| !facts.providers.is_empty())
    };
    for provider in catalog.providers() {
        for source in provider
            .sources
            .iter()
            .chain([&provider.identify.source, &provider.hds.source])
        {
            faults.unless(catalog.reference(source).is_some(), || {
                format!("{}: source {source}", provider.id)
            });
        }
        for region in &provider.hds.regions {
            let found = provider
                .identify
                .regions_id
                .iter()
                .any(|set| catalog.region(set, region).is_some());
            faults.unless(found, || format!("{}: hds region {region}", provider.id));
        }
        for offering in &provider.offering {
            let id = &offering.id;
            faults.unless(offering.provider() == provider.id, || {
                format!("{id}: in the file of {}", provider.id)
            });
            for source in &offering.sources {
                faults.unless(catalog.reference(source).is_some(), || {
                    format!("{id}: source {source}")
                });
            }
            let base = offering.composition.as_ref();
            faults.unless(
                base.is_none_or(|base| catalog.offering(base).is_some()),
                || format!("{id}: composition {base:?}"),
            );
            let order = offering
                .qualified_from
                .zip(offering.qualified_to)
                .is_none_or(|(from, to)| from < to);
            faults.unless(order, || format!("{id}: visa ends before it begins"));
            for when in &offering.matches {
                if let Some(address) = &when.terraform_source {
                    let known =
                        known_source(address) || catalog.generic_provider(address).is_some();
                    faults.unless(known, || {
                        format!("{id}: nobody is known to publish {address}")
                    });
                }
                let valued = !when.values.is_empty() || when.values_regex.is_some() || when.absent;
                faults.unless(when.arg.is_none() || valued, || {
                    format!("{id}: a match names {:?} and no value", when.arg)
                });
            }
        }
    }
    let mut ids = BTreeSet::new();
    for offering in catalog.offerings() {
        faults.unless(ids.insert(&offering.id), || {
            format!("{}: said twice", offering.id)
        });
    }
    for backend in catalog.terraform_facts().unwrap().backend.values() {
        let company = backend.default_provider.as_ref();
        faults.unless(
            company.is_none_or(|id| catalog.provider(id).is_some()),
            || format!("backend: {company:?}"),
        );
    }
    faults.none();
}

#[test]
fn resource_types_point_at_types_that_exist() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let foreign = &catalog.terraform_facts().unwrap().foreign_types;
    let mut used = BTreeSet::new();
    for kind in catalog.resource_kinds() {
        let encryption = &kind.encryption;
        let parents = kind.parent.iter().flat_map(|parent| &parent.types);
        let attached = kind.attaches_to.iter().map(|link| &link.kind);
        let completed = encryption
            .companions
            .iter()
            .map(|companion| &companion.kind);
        let linked = encryption.linked.iter().map(|link| &link.kind);
        let serving = [&kind.runs_on, &kind.hosts, &kind.exposes, &kind.exposed_by]
            .into_iter()
            .flatten()
            .flat_map(|reference| &reference.types);
        for other in parents
            .chain(attached)
            .chain(completed)
            .chain(linked)
            .chain(serving)
        {
            used.insert(other);
            let known = catalog.resource_kind(other).is_some() || foreign.contains_key(other);
            faults.unless(known, || format!("{}: {other}", kind.name));
        }
        faults.unless(!kind.class.is_empty(), || {
            format!("{}: no class", kind.name)
        });
        let provider = catalog.terraform_provider(&kind.provider);
        let known = provider.is_some() || catalog.is_neutral(&kind.provider);
        faults.unless(known, || {
            format!("{}: provider {}", kind.name, kind.provider)
        });
        let prefixed = provider.is_none_or(|provider| kind.name.starts_with(&provider.prefix));
        faults.unless(prefixed, || {
            format!("{}: prefix of {}", kind.name, kind.provider)
        });
        let zones = kind
            .zone_paths
            .iter()
            .all(|path| kind.location.contains(path));
        faults.unless(zones, || {
            format!("{}: a zone path is no location path", kind.name)
        });
        let by_attribute = encryption.customer_key == CustomerKey::Attribute;
        let has_path = !encryption.key_paths.is_empty() || !encryption.modes.is_empty();
        faults.unless(!by_attribute || has_path, || {
            format!("{}: a customer key by attribute, and no path", kind.name)
        });
        let known = kind.location_default.as_ref().is_none_or(|region| {
            let set = provider.and_then(|provider| provider.regions_id.as_ref());
            set.is_some_and(|set| catalog.region(set, region).is_some())
        });
        faults.unless(known, || {
            format!(
                "{}: location_default {:?}",
                kind.name, kind.location_default
            )
        });
    }
    let outside = catalog
        .offerings()
        .flat_map(|offering| &offering.not_covered_resource_types);
    used.extend(outside);
    for name in foreign.keys() {
        faults.unless(used.contains(name), || {
            format!("terraform.toml: nothing points at the foreign type {name}")
        });
    }
    faults.none();
}

#[test]
fn patterns_compile_and_fit_their_examples() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let matches = catalog.offerings().flat_map(|offering| &offering.matches);
    for pattern in matches.flat_map(|when| when.values_regex.iter().chain(&when.endpoint_regex)) {
        faults.unless(catalog.pattern(pattern).is_some(), || {
            format!("no pattern: {pattern}")
        });
    }
    let facts = catalog.kubernetes().unwrap();
    let registries = facts
        .registries
        .iter()
        .map(|family| (family, catalog.registry_host(&family.example)));
    let endpoints = facts
        .endpoints
        .iter()
        .map(|family| (family, catalog.endpoint_host(&family.example)));
    for (family, found) in registries.chain(endpoints) {
        let example = &family.example;
        let own = found.as_ref().is_some_and(|found| found.family == family);
        faults.unless(own, || {
            format!("{example}: not found by its own pattern, but {found:?}")
        });
        let company = family
            .providers_id
            .as_ref()
            .is_none_or(|id| catalog.provider(id).is_some());
        faults.unless(company, || format!("{example}: {:?}", family.providers_id));
        let placed = found
            .and_then(|found| found.place)
            .zip(family.regions_id.as_ref());
        let resolves = placed
            .as_ref()
            .is_none_or(|(place, set)| catalog.region(set, place).is_some());
        faults.unless(resolves, || format!("{example}: {placed:?} is no region"));
    }
    faults.none();
}

#[test]
fn kubernetes_facts_lean_on_what_exists() {
    let catalog = Catalog::get();
    let facts = catalog.kubernetes().unwrap();
    let mut faults = Faults::default();
    let company = |id: &Option<String>| id.as_ref().is_none_or(|id| catalog.provider(id).is_some());
    let regions = |id: &Option<String>| {
        id.as_ref()
            .is_none_or(|id| catalog.region_set(id).is_some())
    };
    for driver in &facts.drivers {
        let known = company(&driver.providers_id) && regions(&driver.regions_id);
        faults.unless(known, || {
            format!("{}: company or regions", driver.provisioner)
        });
        let successor = driver.successor.as_deref();
        let known = successor.is_none_or(|name| catalog.volume_driver(name).is_some());
        faults.unless(known, || {
            format!("{}: successor {successor:?}", driver.provisioner)
        });
    }
    for key in facts
        .labels
        .iter()
        .chain(&facts.annotations)
        .chain(&facts.load_balancer_annotations)
    {
        faults.unless(
            company(&key.providers_id) && regions(&key.regions_id),
            || format!("{}: company or regions", key.key),
        );
    }
    for kind in catalog.kubernetes_kinds() {
        faults.unless(!kind.class.is_empty(), || {
            format!("{}/{}: no class", kind.group, kind.kind)
        });
        for field in &kind.facts {
            faults.unless(
                !field.path.starts_with('$') && !field.path.contains("[*]"),
                || format!("{}: {}", kind.kind, field.path),
            );
        }
    }
    faults.none();
    let bucket = catalog
        .kubernetes_kind("s3.aws.upbound.io", "Bucket")
        .unwrap();
    assert_eq!(bucket.group, "s3.aws.upbound.io");
    let other = catalog
        .kubernetes_kind("sns.aws.upbound.io", "Topic")
        .unwrap();
    assert_eq!(other.group, "*.aws.upbound.io");
    let deployment = catalog.kubernetes_kind("apps", "Deployment").unwrap();
    assert_eq!(deployment.pod_spec.as_deref(), Some("spec.template.spec"));
    assert!(deployment.class.contains(Class::Workload));
    assert!(catalog.kubernetes_kind("example.org", "Thing").is_none());
}

#[test]
fn frameworks_cover_every_level_and_actor() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let regimes = catalog.regimes().unwrap();
    for level in Level::ALL {
        faults.unless(regimes.level.contains_key(level), || {
            format!("regime: {level}")
        });
    }
    for actor in Actor::ALL {
        faults.unless(regimes.actor.contains_key(actor), || {
            format!("regime: {actor}")
        });
    }
    for framework in regimes.level.values().flat_map(|regime| &regime.frameworks) {
        faults.unless(catalog.framework(framework).is_some(), || {
            format!("regime: {framework}")
        });
    }
    for requirement in catalog.requirements() {
        let id = &requirement.id;
        faults.unless(catalog.framework(&requirement.framework).is_some(), || {
            format!("{id}: {}", requirement.framework)
        });
        faults.unless(!requirement.severity.is_empty(), || {
            format!("{id}: no level")
        });
    }
    for kind in catalog.classification().unwrap().labels.types.keys() {
        let provider = catalog.provider_for_type_prefix(kind);
        faults.unless(catalog.source_facts(&provider).is_some(), || {
            format!("classification: {kind}")
        });
    }
    for origin in LevelOrigin::ALL {
        let known = catalog
            .classification()
            .unwrap()
            .labels
            .confidence
            .contains_key(origin);
        faults.unless(known, || format!("classification: {origin}"));
    }
    faults.none();
}

#[test]
fn words_of_classification_contradict_each_other_nowhere() {
    let catalog = Catalog::get();
    let classification = catalog.classification().unwrap();
    let mut faults = Faults::default();
    let mut values = BTreeSet::new();
    for value in &classification.labels.value {
        for word in &value.words {
            faults.unless(values.insert(normalise(word)), || {
                format!("value {word} has two levels")
            });
        }
    }
    let mut keys = BTreeSet::new();
    for key in &classification.labels.key {
        faults.unless(keys.insert(normalise(&key.key)), || {
            format!("key {} is said twice", key.key)
        });
    }
    let mut boolean = BTreeSet::new();
    for key in &classification.labels.boolean_key {
        faults.unless(boolean.insert(normalise(&key.key)), || {
            format!("boolean key {} is said twice", key.key)
        });
    }
    let mut names = BTreeSet::new();
    for group in &classification.names.words {
        for word in &group.words {
            faults.unless(tokens(word) == [word.clone()], || {
                format!("name word {word} is no single token")
            });
            faults.unless(names.insert(word.clone()), || {
                format!("name word {word} has two levels")
            });
        }
        for word in group.together.iter().flatten() {
            faults.unless(tokens(word) == [word.clone()], || {
                format!("name word {word} is no single token")
            });
        }
    }
    for trap in &classification.names.trap {
        faults.unless(names.contains(&trap.word), || {
            format!("trap for {}, which is no word", trap.word)
        });
        let acts = trap.always
            || !trap.beside.is_empty()
            || !trap.categories.is_empty()
            || !trap.type_contains.is_empty();
        faults.unless(acts, || format!("trap for {} never acts", trap.word));
    }
    faults.none();
}

/// Types of the kubernetes provider that came when it had begun to name versions.
const ONLY_WITH_A_VERSION: [&str; 3] = [
    "kubernetes_endpoint_slice",
    "kubernetes_runtime_class",
    "kubernetes_token_request",
];

/// The kubernetes provider has most types twice, with and without a version: what holds of one holds of the other.
#[test]
fn kubernetes_types_without_a_version_are_known_as_their_twins() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    let versioned = catalog
        .resource_kinds()
        .filter(|kind| kind.name.starts_with("kubernetes_"))
        .filter_map(|kind| Some((kind, kind.name.strip_suffix("_v1")?)))
        .filter(|(_, name)| !ONLY_WITH_A_VERSION.contains(name));
    let mut seen = 0;
    for (kind, name) in versioned {
        seen += 1;
        let same = catalog.resource_kind(name).is_some_and(|twin| {
            twin.holds_data == kind.holds_data
                && twin.location == kind.location
                && twin.tags == kind.tags
                && format!("{:?}", twin.class) == format!("{:?}", kind.class)
                && format!("{:?}", twin.encryption) == format!("{:?}", kind.encryption)
        });
        faults.unless(same, || format!("{} differs from {name}", kind.name));
    }
    assert!(seen >= 15);
    faults.none();
}

/// A copy has the level and the place of what it was taken from.
#[test]
fn copies_name_their_source() {
    let catalog = Catalog::get();
    for (kind, attribute) in [
        ("azurerm_snapshot", "source_uri"),
        ("outscale_snapshot", "volume_id"),
        ("scaleway_instance_snapshot", "volume_id"),
        ("openstack_blockstorage_volume_v3", "source_vol_id"),
        ("openstack_blockstorage_volume_v3", "snapshot_id"),
    ] {
        let known = catalog.resource_kind(kind).unwrap();
        let parent = known.parent.iter().map(|parent| &parent.attr);
        let mut named = parent.chain(&known.parent_alternatives);
        assert!(named.any(|name| name == attribute), "{kind}.{attribute}");
    }
}

/// An identifier means a place only when its form says so, and a form that says so knows the region of its example.
#[test]
fn identifiers_fit_their_forms() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    assert!(catalog.identifier_forms().len() >= 15);
    for form in catalog.identifier_forms() {
        let example = &form.example;
        let starts = form
            .starts_with
            .iter()
            .any(|start| example.starts_with(start));
        faults.unless(starts, || format!("{example}: starts otherwise"));
        let found = catalog
            .pattern(&form.pattern)
            .and_then(|pattern| pattern.captures(example));
        faults.unless(found.is_some(), || format!("{example}: does not fit"));
        let place = found
            .and_then(|found| found.get(1))
            .map(|group| group.as_str());
        let known = match (&form.regions, place) {
            (Some(set), Some(place)) => catalog.region(set, place).is_some(),
            (None, None) => true,
            _ => false,
        };
        faults.unless(known, || format!("{example}: {:?} {place:?}", form.regions));
    }
    faults.none();
}

/// What says more of a path of copies speaks of a path that is there.
#[test]
fn paths_of_copies_are_those_of_the_type() {
    let catalog = Catalog::get();
    let mut faults = Faults::default();
    for kind in catalog.resource_kinds() {
        let name = &kind.name;
        for path in kind.replication_sources.iter().chain(&kind.backup_paths) {
            let known = kind.replication.contains(path)
                || kind
                    .replication_values
                    .iter()
                    .any(|values| values.path == *path);
            faults.unless(known, || format!("{name}: {path} is no path of a copy"));
        }
        for (path, set) in &kind.path_regions {
            let known = [&kind.location, &kind.replication, &kind.data_egress]
                .iter()
                .any(|paths| paths.contains(path));
            faults.unless(known, || format!("{name}: {path} names no place"));
            faults.unless(catalog.region_set(set).is_some(), || {
                format!("{name}: {set}")
            });
        }
        for values in &kind.replication_values {
            let all = [&values.cross_region, &values.worldwide, &values.in_region];
            let fits = |default: &String| all.iter().any(|words| words.contains(default));
            faults.unless(values.default.as_ref().is_none_or(fits), || {
                format!("{name}: default {:?} of {}", values.default, values.path)
            });
        }
        let by = kind.placed_by.as_deref();
        let known = by.is_none_or(|by| catalog.resource_kind(by).is_some());
        faults.unless(known, || format!("{name}: placed by {by:?}"));
    }
    for region in catalog.regions() {
        let set = &region.regions_id;
        let pair = region.pair.as_deref();
        let known = pair.is_none_or(|pair| catalog.region(set, pair).is_some());
        faults.unless(known, || format!("{set} {}: pair {pair:?}", region.id));
    }
    faults.none();
}
