//! The words that name tenants: keys, collections, folders, prefixes; normalised once.

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalog::{Category, Tenancy, normalise, tokens};
use crate::facts::establish::Lens;
use crate::facts::labels::segments;
use crate::graph::RootId;
use crate::value::{Step, Value};

/// How strongly a key names a tenant; lower is stronger.
pub(super) type Rank = usize;

/// Keys that count only where no other is set begin here.
pub(super) const WEAK: Rank = 1_000;

pub(super) struct Words {
    pub(super) facts: Option<&'static Tenancy>,
    labels: HashMap<String, Rank>,
    collections: HashSet<String>,
    fillers: HashSet<String>,
    folders: HashSet<String>,
    nobody: HashSet<String>,
    arguments: HashSet<String>,
    /// Tenants that objects of the scan declare.
    declared: HashSet<Arc<str>>,
    /// Keys as written, met so far.
    met: HashMap<Arc<str>, Option<Rank>>,
    /// Folders of paths, met so far.
    paths: HashMap<Arc<str>, Option<Arc<str>>>,
    /// Names of blocks, met so far: do they mean a tenant?
    blocks: HashMap<String, bool>,
    /// Names of variables and locals, met so far: do they hold all tenants?
    held: HashMap<Arc<str>, bool>,
    /// The variable of each root that names its tenant.
    pub(super) root_variables: HashMap<RootId, Option<Arc<str>>>,
    /// Sources that several modules of one prefix are called from: one call for each tenant.
    pub(super) called_often: HashSet<(RootId, Arc<str>, &'static str)>,
}

/// The names of the objects that are a tenant.
fn declared(lens: &Lens<'_>, facts: Option<&'static Tenancy>) -> HashSet<Arc<str>> {
    let mut declared = HashSet::new();
    for object in facts.into_iter().flat_map(|facts| &facts.object) {
        let own_name = object.path == "metadata.name";
        for id in lens.graph.of_kind(&object.kind).iter().filter(|_| own_name) {
            declared.extend(lens.graph.get(*id).map(|found| Arc::clone(&found.name)));
        }
    }
    declared
}

impl Words {
    pub(super) fn new(lens: &Lens<'_>) -> Self {
        let facts = lens.catalog.tenancy();
        let set = |list: fn(&Tenancy) -> &Vec<String>| -> HashSet<String> {
            let words = facts.into_iter().flat_map(list);
            words.map(|word| normalise(word)).collect()
        };
        let own = &lens.settings.config.tenancy.keys;
        let mut labels: HashMap<String, Rank> = HashMap::new();
        let strong = own.iter().map(|key| &key.value);
        let strong = strong.chain(facts.into_iter().flat_map(|facts| &facts.keys));
        for (rank, key) in strong.enumerate() {
            labels.entry(normalise(key)).or_insert(rank);
        }
        let weak = facts.into_iter().flat_map(|facts| &facts.weak_keys);
        for (rank, key) in weak.enumerate() {
            labels.entry(normalise(key)).or_insert(WEAK + rank);
        }
        let mut arguments = set(|facts| &facts.arguments);
        arguments.extend(own.iter().map(|key| normalise(&key.value)));
        let mut words = Self {
            facts,
            labels,
            collections: set(|facts| &facts.collections),
            fillers: set(|facts| &facts.collection_fillers),
            folders: set(|facts| &facts.folders),
            nobody: set(|facts| &facts.nobody),
            arguments,
            declared: declared(lens, facts),
            met: HashMap::new(),
            paths: HashMap::new(),
            blocks: HashMap::new(),
            held: HashMap::new(),
            root_variables: HashMap::new(),
            called_often: HashSet::new(),
        };
        words.find_siblings(lens);
        words
    }

    /// `module "tenant_a"` and `module "tenant_b"` of one source are one for each tenant; `client_portal` and `client_api`
    /// are parts of a program.
    fn find_siblings(&mut self, lens: &Lens<'_>) {
        let mut calls: HashMap<(RootId, Arc<str>, &'static str), HashSet<&str>> = HashMap::new();
        for (root, module) in lens.graph.modules() {
            if let Some((prefix, _)) = self.prefixed(&module.name, |facts| &facts.name_prefixes) {
                let key = (root, Arc::clone(&module.source), prefix);
                calls.entry(key).or_default().insert(&module.name);
            }
        }
        let often = calls.into_iter().filter(|(_, names)| names.len() > 1);
        self.called_often = often.map(|(key, _)| key).collect();
    }

    /// The declared tenant that the name of a namespace is, or starts with; the longest one.
    pub(super) fn declared_in(&self, name: &str) -> Option<Arc<str>> {
        if self.declared.is_empty() {
            return None;
        }
        let ends = name.rmatch_indices('-').map(|(at, _)| at);
        let starts = std::iter::once(name.len()).chain(ends);
        starts
            .filter_map(|end| name.get(..end))
            .find_map(|start| self.declared.get(start).cloned())
    }

    /// Is this type a container of a cloud?
    pub(super) fn is_container(&self, kind: &str) -> bool {
        let mut all = self.facts.into_iter().flat_map(|facts| &facts.container);
        all.any(|container| container.types.iter().any(|own| own == kind))
    }

    /// Does this name nobody in particular?
    pub(super) fn is_nobody(&self, name: &str) -> bool {
        let name = normalise(name);
        name.is_empty() || self.nobody.contains(&name)
    }

    /// How strongly a label names a tenant of a resource of a type; `*` in the key of the catalogue: the start of the key
    /// is the tenant.
    pub(super) fn rank(&mut self, key: &Arc<str>, kind: &str) -> Option<Rank> {
        let known = match self.met.get(key) {
            Some(known) => *known,
            None => {
                let found = self.rank_of(key);
                self.met.insert(Arc::clone(key), found);
                found
            }
        };
        known.filter(|_| !self.is_trapped(key, kind))
    }

    fn rank_of(&self, key: &str) -> Option<Rank> {
        let facts = self.facts?;
        let of_kubernetes = facts.kubernetes_keys.iter().position(|own| own == key);
        if of_kubernetes.is_some() {
            return of_kubernetes;
        }
        if let Some((domain, _)) = key.rsplit_once('/') {
            let foreign = facts.foreign_domains.iter().any(|foreign| {
                let before = domain.strip_suffix(foreign.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            });
            if foreign {
                return None;
            }
        }
        segments(key).find_map(|part| self.labels.get(&normalise(part)).copied())
    }

    /// `tenant_id` on a type of Azure is the directory.
    fn is_trapped(&self, key: &str, kind: &str) -> bool {
        let Some(facts) = self.facts else {
            return false;
        };
        let fits = |prefix: &String| kind.starts_with(prefix.as_str());
        let mut traps = facts.traps.iter();
        traps.any(|trap| trap.prefixes.iter().any(fits) && normalise(&trap.key) == normalise(key))
    }

    /// Is a value under a key an identifier that machines give: an OAuth client, a cloud account?
    pub(super) fn is_identifier(&self, key: &str, value: &str) -> bool {
        let Some(facts) = self.facts else {
            return false;
        };
        let is_uuid = value.len() == 36
            && value.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if !(is_uuid || value.len() >= 12 && value.bytes().all(|byte| byte.is_ascii_digit())) {
            return false;
        }
        let last = segments(key).last().unwrap_or(key);
        let everywhere = facts.traps.iter().filter(|trap| trap.prefixes.is_empty());
        everywhere
            .map(|trap| normalise(&trap.key))
            .any(|trap| trap == normalise(last) || trap == format!("{}id", normalise(last)))
    }

    /// The ancestor that a label of hierarchical namespaces names: `chu-x.tree.hnc.x-k8s.io/depth`.
    pub(super) fn ancestor<'k>(&self, key: &'k str) -> Option<&'k str> {
        let keys = self
            .facts
            .into_iter()
            .flat_map(|facts| &facts.kubernetes_keys);
        let mut ends = keys.filter_map(|own| own.strip_prefix('*'));
        let name = ends.find_map(|end| key.strip_suffix(end))?;
        (!name.is_empty()).then_some(name)
    }

    /// Is an argument of this name a tenant?
    pub(super) fn is_argument(&self, name: &str) -> bool {
        self.arguments.contains(&normalise(name))
    }

    /// Does a name mean a collection of tenants, or one of them: `tenants`, `all_tenants`, `tenant`?
    pub(super) fn is_collection(&self, name: &str) -> bool {
        if self.collections.contains(&normalise(name)) {
            return true;
        }
        let words = tokens(name);
        let mut rest = words.iter().filter(|word| !self.fillers.contains(*word));
        match (rest.next(), rest.next()) {
            (Some(word), None) => self.collections.contains(word),
            _ => false,
        }
    }

    /// Is this the name of one tenant or of all: `module "tenant"`?
    pub(super) fn is_tenant_word(&mut self, name: &str) -> bool {
        if let Some(known) = self.blocks.get(name) {
            return *known;
        }
        let found = self.is_collection(name)
            || self.is_argument(name)
            || self.is_collection(&format!("{name}s"));
        self.blocks.insert(name.to_owned(), found);
        found
    }

    /// The collection of tenants that a key comes from.
    pub(super) fn collection_of(&mut self, key: &Value) -> Option<(Arc<str>, bool)> {
        let way = key.origin.way().into_iter();
        let mut named = way.filter_map(|(_, step)| match step? {
            Step::Variable { name, .. } => Some((name, true)),
            Step::Local(name) => Some((name, false)),
            _ => None,
        });
        let (name, is_variable) = named.find(|(name, _)| self.holds_tenants(name))?;
        Some((Arc::clone(name), is_variable))
    }

    fn holds_tenants(&mut self, name: &Arc<str>) -> bool {
        if let Some(known) = self.held.get(name) {
            return *known;
        }
        let found = self.is_collection(name);
        self.held.insert(Arc::clone(name), found);
        found
    }

    /// What follows a prefix that stands for a tenant. `tenant-chu-x` is `chu-x`; `chu-x` keeps its first word.
    pub(super) fn prefixed<'n>(
        &self,
        name: &'n str,
        prefixes: fn(&Tenancy) -> &Vec<String>,
    ) -> Option<(&'static str, &'n str)> {
        let all = self.facts.into_iter().flat_map(prefixes);
        let (prefix, rest) = all
            .filter_map(|prefix| {
                let word = prefix.trim_end_matches('-');
                let head = name.get(..word.len())?;
                let rest = name.get(word.len()..)?;
                let rest = rest.strip_prefix(['-', '_'])?;
                head.eq_ignore_ascii_case(word)
                    .then_some((prefix.as_str(), rest))
            })
            .next()?;
        if self.is_nobody(rest) {
            return None;
        }
        let word = prefix.trim_end_matches('-');
        let names_role = self.labels.contains_key(&normalise(word)) || word == "cust";
        Some((prefix, if names_role { rest } else { name }))
    }

    /// The tenant whose folder a path lies in: `tenants/chu-x/main.tf`.
    pub(super) fn folder(
        &mut self,
        path: &Arc<str>,
        full: &str,
        is_folder: bool,
    ) -> Option<Arc<str>> {
        if let Some(known) = self.paths.get(path) {
            return known.clone();
        }
        let mut parts: Vec<&str> = full.split('/').collect();
        if !is_folder {
            parts.pop();
        }
        let pair = parts.iter().zip(parts.iter().skip(1));
        let found = pair
            .filter(|(folder, _)| self.folders.contains(&normalise(folder)))
            .map(|(_, name)| *name)
            .find(|name| !self.is_nobody(name) && !is_technical(name))
            .map(Arc::from);
        self.paths.insert(Arc::clone(path), found.clone());
        found
    }
}

/// Folders that are part of the code of every tenant.
fn is_technical(name: &str) -> bool {
    const TECHNICAL: [&str; 10] = [
        "modules",
        "module",
        "src",
        "templates",
        "overlays",
        "environments",
        "envs",
        "prod",
        "dev",
        "staging",
    ];
    TECHNICAL.contains(&name) || name.starts_with(['.', '_'])
}

impl Category {
    /// Are resources of this category left out when tenants are counted?
    pub(super) fn is_excluded(self, facts: Option<&Tenancy>) -> bool {
        facts.is_some_and(|facts| facts.excluded_categories.contains(&self))
    }
}
