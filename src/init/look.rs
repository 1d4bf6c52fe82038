//! What is in a repository, as far as it bears on the configuration: from what a scan understood, and the files around it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use crate::catalog::{normalise, tokens};
use crate::discover::{Kind, State};
use crate::graph::World;
use crate::report::clean_line;
use crate::scan::Scan;

/// Keys longer than this are no keys.
const LONGEST: usize = 64;
/// Values of a key that are named.
const VALUES: usize = 6;

/// Where resources are, and who runs them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Id of the provider.
    pub provider: String,
    /// Id of the offering, where that is known.
    pub offering: Option<String>,
    /// The region, where that is known.
    pub region: Option<String>,
    /// The countries of the region.
    pub countries: Vec<String>,
}

/// A label key that resources carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As written.
    pub name: String,
    /// Resources that carry it.
    pub resources: usize,
    /// Some of its values.
    pub values: BTreeSet<String>,
    /// It is read already; else it only looks as if it meant this.
    pub known: bool,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Files of Terraform and OpenTofu.
    pub terraform: usize,
    /// Files with Kubernetes objects.
    pub manifests: usize,
    /// Helm charts.
    pub charts: usize,
    /// Kustomizations.
    pub kustomizations: usize,
    /// Resources.
    pub resources: usize,
    /// Where they are, most first.
    pub places: Vec<(Place, usize)>,
    /// Resources of which nobody says how sensitive their data is.
    pub assumed: usize,
    /// Keys about the level, known ones first.
    pub level_keys: Vec<Key>,
    /// Keys that name a tenant, known ones first.
    pub tenant_keys: Vec<Key>,
    /// Clients that were found.
    pub tenants: Vec<String>,
    /// Folders of manifests of whose cluster nothing is known.
    pub unplaced: Vec<String>,
    /// The configuration that is there.
    pub config: Option<String>,
    /// `.github` is there.
    pub github: bool,
    /// `.gitlab-ci.yml` is there.
    pub gitlab: bool,
    /// `.pre-commit-config.yaml` is there.
    pub pre_commit: bool,
    /// The branch that others are merged into; none: nothing tells.
    pub branch: Option<String>,
}

/// Looks at a repository whose top is `top`.
pub fn look(top: &Path, scan: &Scan) -> Seen {
    let read = |kind: Kind| -> usize {
        let files = scan.coverage.files.iter();
        files
            .filter(|of| of.kind == kind && of.state == State::Read)
            .map(|of| of.files)
            .sum()
    };
    let is_there = |name: &str| top.join(name).symlink_metadata().is_ok();
    let configs = ["gardefou.toml", ".gardefou.toml", ".github/gardefou.toml"];
    let (level_keys, tenant_keys) = keys(scan);
    Seen {
        terraform: read(Kind::Terraform),
        manifests: read(Kind::Manifest),
        charts: scan.manifests.counts.charts,
        kustomizations: scan.manifests.counts.kustomizations,
        resources: scan.coverage.resources.total,
        places: places(scan),
        assumed: scan.coverage.levels.iter().map(|of| of.assumed).sum(),
        level_keys,
        tenant_keys,
        tenants: scan.facts.tenants().into_iter().map(shown).collect(),
        unplaced: unplaced(scan),
        config: configs
            .into_iter()
            .find(|name| is_there(name))
            .map(str::to_owned),
        github: is_there(".github"),
        gitlab: is_there(".gitlab-ci.yml"),
        pre_commit: is_there(".pre-commit-config.yaml"),
        branch: branch(top),
    }
}

fn places(scan: &Scan) -> Vec<(Place, usize)> {
    let mut counts: BTreeMap<Place, usize> = BTreeMap::new();
    for resource in scan.graph.resources() {
        let Some(facts) = scan.facts.of(resource.id) else {
            continue;
        };
        let Some(hosting) = facts.hosting.known() else {
            continue;
        };
        let location = facts.location.known();
        let place = Place {
            provider: shown(&hosting.provider),
            offering: hosting.offering.as_deref().map(shown),
            region: location.map(|location| shown(&location.region)),
            countries: location.map_or_else(Vec::new, |location| {
                location
                    .countries
                    .iter()
                    .map(|country| shown(country))
                    .collect()
            }),
        };
        *counts.entry(place).or_default() += 1;
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    all
}

/// Top folders of objects of whose cluster nobody knows who runs it.
fn unplaced(scan: &Scan) -> Vec<String> {
    let mut folders = BTreeSet::new();
    for resource in scan.graph.resources() {
        let is_open = resource.world == World::Kubernetes
            && scan
                .facts
                .of(resource.id)
                .is_some_and(|facts| matches!(facts.hosting, crate::facts::Fact::Unknown(_)));
        if is_open && let Some((folder, _)) = resource.path.split_once('/') {
            folders.insert(folder.to_owned());
        }
    }
    let plain = folders.into_iter().filter(|folder| is_plain(folder));
    plain.take(VALUES).collect()
}

/// Keys that speak of the level and of the tenant.
fn keys(scan: &Scan) -> (Vec<Key>, Vec<Key>) {
    let mut all: BTreeMap<String, Key> = BTreeMap::new();
    for resource in scan.graph.resources() {
        let Some(labels) = scan.facts.labels(resource.id) else {
            continue;
        };
        let mut of_this = BTreeSet::new();
        for label in &labels.all {
            if !is_plain(&label.key) || !of_this.insert(&label.key) {
                continue;
            }
            let key = all.entry(label.key.to_string()).or_insert_with(|| Key {
                name: label.key.to_string(),
                resources: 0,
                values: BTreeSet::new(),
                known: false,
            });
            key.resources += 1;
            if let Some(value) = label.value.as_str()
                && !label.value.is_sensitive()
                && key.values.len() < VALUES
                && is_plain(value)
            {
                key.values.insert(value.to_owned());
            }
        }
    }
    let (levels, tenants) = known(scan);
    let mut level_keys = Vec::new();
    let mut tenant_keys = Vec::new();
    for key in all.into_values() {
        let is = |known: &BTreeSet<String>| {
            segments(&key.name).any(|part| known.contains(&normalise(part)))
        };
        if is(&levels) {
            level_keys.push(Key { known: true, ..key });
        } else if is(&tenants) {
            tenant_keys.push(Key { known: true, ..key });
        } else if looks_like_level(&key.name) {
            level_keys.push(key);
        } else if looks_like_tenant(&key.name) {
            tenant_keys.push(key);
        }
    }
    for keys in [&mut level_keys, &mut tenant_keys] {
        keys.sort_by(|a, b| (b.known, b.resources, &a.name).cmp(&(a.known, a.resources, &b.name)));
        keys.truncate(2 * VALUES);
    }
    (level_keys, tenant_keys)
}

/// Keys that are read already, normalised.
fn known(scan: &Scan) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut levels, mut tenants) = (BTreeSet::new(), BTreeSet::new());
    if let Some(facts) = scan.catalog.classification() {
        let labels = &facts.labels;
        levels.extend(labels.key.iter().map(|key| normalise(&key.key)));
        levels.extend(labels.boolean_key.iter().map(|key| normalise(&key.key)));
        levels.extend(labels.need_key.iter().map(|key| normalise(&key.key)));
    }
    if let Some(facts) = scan.catalog.tenancy() {
        tenants.extend(facts.keys.iter().map(|key| normalise(key)));
        tenants.extend(facts.weak_keys.iter().map(|key| normalise(key)));
    }
    let config = &scan.settings.config;
    levels.extend(
        config
            .classification
            .keys
            .iter()
            .map(|key| normalise(&key.value)),
    );
    tenants.extend(config.tenancy.keys.iter().map(|key| normalise(&key.value)));
    (levels, tenants)
}

/// A key may have a prefix: `data.example.org/classification`.
fn segments(key: &str) -> impl Iterator<Item = &str> {
    let last = key.rsplit(['/', ':']).next().filter(|last| *last != key);
    std::iter::once(key).chain(last)
}

fn looks_like_level(key: &str) -> bool {
    let words = tokens(key);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    has(&[
        "classification",
        "sensitivity",
        "sensibilite",
        "confidentiality",
        "confidentialite",
        "rgpd",
        "gdpr",
        "hds",
    ]) || (has(&["data", "donnee", "donnees", "info", "information"])
        && has(&[
            "class",
            "classe",
            "level",
            "niveau",
            "nature",
            "category",
            "categorie",
            "type",
            "kind",
        ]))
}

fn looks_like_tenant(key: &str) -> bool {
    const WORDS: [&str; 13] = [
        "tenant",
        "client",
        "customer",
        "locataire",
        "etablissement",
        "hopital",
        "hospital",
        "ght",
        "adherent",
        "organisme",
        "collectivite",
        "commune",
        "subscriber",
    ];
    tokens(key)
        .iter()
        .any(|word| WORDS.contains(&word.as_str()))
}

/// Text that can stand in a file as it is: short, on one line, without anything that hides or reorders.
fn is_plain(text: &str) -> bool {
    let clean = clean_line(text) == text;
    clean
        && !text.is_empty()
        && text.len() <= LONGEST
        && !text.contains(['"', '\'', '\\', '`', '*', '?', '[', '{'])
}

fn shown(text: &str) -> String {
    clean_line(text).chars().take(LONGEST).collect()
}

/// As the clone knows it of the repository that it was cloned from, else by its usual names, else the one that is checked
/// out.
fn branch(top: &Path) -> Option<String> {
    let git = top.join(".git");
    let read = |path: &str, most: u64| {
        let mut text = String::new();
        let file = std::fs::File::open(git.join(path)).ok()?;
        file.take(most).read_to_string(&mut text).ok()?;
        Some(text)
    };
    let named = |path: &str, start: &str| {
        // Longer names are none.
        let text = read(path, 1000)?;
        let name = text.trim().strip_prefix(start)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let is_name =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
        is_name.then(|| name.to_owned())
    };
    let packed = read("packed-refs", 4 << 20).unwrap_or_default();
    let is_there = |name: &str| {
        ["refs/heads/", "refs/remotes/origin/"].iter().any(|start| {
            let end = format!(" {start}{name}");
            git.join(format!("{start}{name}")).is_file()
                || packed.lines().any(|line| line.ends_with(&end))
        })
    };
    let usual = || {
        let mut names = ["main", "master", "trunk", "develop"].into_iter();
        names.find(|name| is_there(name)).map(str::to_owned)
    };
    named("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/")
        .or_else(usual)
        .or_else(|| named("HEAD", "ref: refs/heads/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_the_one_that_others_are_merged_into() {
        let top = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let file = top.path().join(".git").join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, text).expect("written");
        };
        assert_eq!(branch(top.path()), None);
        write("HEAD", "ref: refs/heads/add-gardefou\n");
        assert_eq!(branch(top.path()).as_deref(), Some("add-gardefou"));
        write(
            "packed-refs",
            "# pack-refs\n3b18 refs/heads/develop\n3b18 refs/tags/main\n",
        );
        assert_eq!(branch(top.path()).as_deref(), Some("develop"));
        write("refs/heads/master", "3b18\n");
        assert_eq!(branch(top.path()).as_deref(), Some("master"));
        write(
            "refs/remotes/origin/HEAD",
            "ref: refs/remotes/origin/next\n",
        );
        assert_eq!(branch(top.path()).as_deref(), Some("next"));
        write(
            "refs/remotes/origin/HEAD",
            "ref: refs/remotes/origin/x\"]\n",
        );
        assert_eq!(branch(top.path()).as_deref(), Some("master"));
    }

    #[test]
    fn keys_are_recognised_by_whole_words() {
        for key in [
            "data-class",
            "niveauDonnees",
            "acme:data_classification",
            "Sensibilité",
            "rgpd",
        ] {
            assert!(looks_like_level(key), "{key}");
        }
        for key in ["database", "class", "name", "data-centre", "hdsx"] {
            assert!(!looks_like_level(key), "{key}");
        }
        assert!(looks_like_tenant("code-etablissement") && looks_like_tenant("CustomerId"));
        assert!(!looks_like_tenant("clientele") && !looks_like_tenant("ingredient"));
    }

    #[test]
    fn only_plain_text_is_proposed() {
        assert!(is_plain("data-class") && is_plain("nature des données"));
        for text in ["", "a\nb", "a\"b", "\u{202e}x", "a*", &"x".repeat(65)] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
