//! Reads catalogue files into the model's types. One reader for two callers: the build, which puts `catalog/` into the
//! binary, and a run with `--catalog`, which lays further files over it. So nothing here may use more of the crate than
//! the model.
//!
//! Every mistake is collected with its file and place: a contributor sees them all at once.

mod connect;
mod entries;
mod fault;
mod kubernetes;
mod patterns;
mod records;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::model::*;
pub(crate) use fault::{Fault, locate};
use records::Put;
pub(crate) use records::Records;
pub(crate) use write::Tables;

/// Everything read, before it is written.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) resources: Records<ResourceKind>,
    pub(crate) terraform: Records<TerraformProvider>,
    pub(crate) data_sources: Records<DataSource>,
    pub(crate) regions: Records<Region>,
    pub(crate) region_sets: Records<RegionSet>,
    pub(crate) providers: Records<Provider>,
    pub(crate) kinds: Records<KubernetesKind>,
    pub(crate) requirements: Records<Requirement>,
    pub(crate) references: Records<Source>,
    pub(crate) frameworks: Records<Framework>,
    pub(crate) kubernetes: KubernetesFacts,
    pub(crate) jurisdictions: Option<Jurisdictions>,
    pub(crate) registry: Option<Registry>,
    pub(crate) terraform_facts: Option<TerraformFacts>,
    pub(crate) identifiers: Option<IdentifierFacts>,
    pub(crate) foreign: Option<ForeignFacts>,
    pub(crate) labels: Option<LabelFacts>,
    pub(crate) names: Option<NameFacts>,
    pub(crate) tenancy: Option<Tenancy>,
    pub(crate) regimes: Option<RegimeTable>,
    // Made of the others by `connect`.
    pub(super) prefixes: BTreeMap<String, String>,
    pub(super) sources: BTreeMap<String, SourceFacts>,
    pub(super) hosts: BTreeMap<String, Vec<String>>,
    /// What is read lies over facts that are there: it may be a part of a file.
    pub(crate) extending: bool,
}

/// One file.
#[derive(Clone, Copy)]
pub(crate) struct File<'t> {
    /// Path below the catalogue's folder, with `/`.
    pub(crate) name: &'t str,
    /// Path as people see it.
    pub(crate) shown: &'t str,
    pub(crate) text: &'t str,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Region,
    RegionSet,
    Provider,
    Offering,
    Resource,
    TerraformProvider,
    DataSource,
    Kind,
    /// An entry of a list of `kubernetes/*.toml`.
    Kubernetes,
    Requirement,
    Framework,
    Reference,
    /// A file that is one entry.
    Whole,
}

/// An entry that was read.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) subject: Subject,
    /// Its key in its table.
    pub(crate) key: String,
    /// The file it stands in, as people see it.
    pub(crate) file: String,
    /// Where it stands there.
    pub(crate) path: Vec<String>,
    /// Another one was there.
    pub(crate) replaced: bool,
}

/// What came of reading the files of one folder.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) faults: Vec<Fault>,
    pub(crate) entries: Vec<Entry>,
    /// What was said in this folder: once is enough.
    said: BTreeSet<(Subject, String)>,
}

/// So many mistakes say enough.
const MOST_FAULTS: usize = 100;

/// One file that is being read.
struct Page<'p> {
    file: File<'p>,
    reading: &'p mut Reading,
    extending: bool,
}

impl Page<'_> {
    /// The file's text as a type of the model.
    fn parse<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.file.text) {
            Ok(read) => Some(read),
            Err(error) => {
                let message = error.message().trim().to_owned();
                let fault = Fault::new(self.file, error.span(), message);
                self.add(fault);
                None
            }
        }
    }

    fn add(&mut self, fault: Fault) {
        if self.reading.faults.len() < MOST_FAULTS {
            self.reading.faults.push(fault);
        }
    }

    /// A mistake at a key.
    fn fault(&mut self, path: &[&str], message: impl Into<String>) {
        if self.reading.faults.len() >= MOST_FAULTS {
            return;
        }
        let span = locate(self.file.text, path);
        self.add(Fault::new(self.file, span, message.into()));
    }

    /// Notes an entry. False: this folder said it before.
    fn note(&mut self, subject: Subject, key: &str, path: &[&str], replaced: bool) -> bool {
        if !self.reading.said.insert((subject, key.to_owned())) {
            self.fault(path, format!("`{key}` is said twice"));
            return false;
        }
        self.reading.entries.push(Entry {
            subject,
            key: key.to_owned(),
            file: self.file.shown.to_owned(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            replaced,
        });
        true
    }

    /// Keeps a record under its keys, the one that names it first.
    fn put<T>(
        &mut self,
        subject: Subject,
        records: &mut Records<T>,
        keys: Vec<String>,
        path: &[&str],
        record: T,
    ) {
        let Some(name) = keys.first().cloned() else {
            return;
        };
        let replaced = records.holds(&name) && self.extending;
        if !self.note(subject, &name, path, replaced) {
            return;
        }
        if let Put::Twice(key) = records.put(keys, record, self.extending) {
            self.fault(path, format!("`{key}` is said twice"));
        }
    }

    /// Keeps the only record of a file; what could not be read leaves the one that was there.
    fn whole<T: DeserializeOwned>(&mut self, slot: &mut Option<T>) {
        if let Some(read) = self.parse() {
            let key = self.file.name.to_owned();
            self.note(Subject::Whole, &key, &[], slot.is_some());
            *slot = Some(read);
        }
    }

    /// A source, with the file it was said in when that is none of the binary's.
    fn cite(&self, source: &str) -> String {
        match (self.extending, source) {
            (false, source) => source.to_owned(),
            (true, "") => self.file.shown.to_owned(),
            (true, source) => format!("{}: {source}", self.file.shown),
        }
    }

    /// Has the file no other keys than these at its top?
    fn has_only(&self, keys: &[&str]) -> bool {
        toml::de::DeTable::parse(self.file.text).is_ok_and(|table| {
            let mut names = table.get_ref().iter().map(|(key, _)| key.get_ref());
            names.all(|name| keys.contains(&name.as_ref()))
        })
    }

    fn is_named_as_file(&mut self, id: &str) {
        let name = self.file.name.rsplit('/').next().unwrap_or_default();
        if name.strip_suffix(".toml") != Some(id) {
            self.fault(
                &["id"],
                format!("the id is `{id}`, which should be the file's name"),
            );
        }
    }
}

impl Facts {
    /// Reads one file. Files called `provider.toml` come first: the others of their folder take the address from them.
    pub(crate) fn read(&mut self, file: File<'_>, reading: &mut Reading) {
        let mut page = Page {
            file,
            reading,
            extending: self.extending,
        };
        let parts: Vec<&str> = file.name.split('/').collect();
        match parts.as_slice() {
            ["jurisdictions.toml"] => page.whole(&mut self.jurisdictions),
            ["registry.toml"] => page.whole(&mut self.registry),
            ["terraform.toml"] => page.whole(&mut self.terraform_facts),
            ["identifiers.toml"] => page.whole(&mut self.identifiers),
            ["foreign.toml"] => page.whole(&mut self.foreign),
            ["sources.toml"] => self.read_sources(&mut page),
            ["regions", _] => self.read_regions(&mut page),
            ["providers", _] => self.read_provider(&mut page),
            ["resources", _, "provider.toml"] => self.read_terraform_provider(&mut page),
            ["resources", folder, _] => self.read_resources(folder, &mut page),
            ["data-sources", _] => self.read_data_sources(&mut page),
            ["kubernetes", "kinds", _] => self.read_kinds(&mut page),
            ["kubernetes", _] => kubernetes::read(&mut self.kubernetes, &mut page),
            ["classification", "labels.toml"] => page.whole(&mut self.labels),
            ["classification", "names.toml"] => page.whole(&mut self.names),
            ["classification", "tenancy.toml"] => page.whole(&mut self.tenancy),
            ["frameworks", "regime.toml"] => page.whole(&mut self.regimes),
            ["frameworks", "frameworks.toml"] => self.read_frameworks(&mut page),
            ["frameworks", "requirements", _] => self.read_requirements(&mut page),
            _ => page.fault(
                &[],
                "nothing reads a file in this place; see catalog/README.md",
            ),
        }
    }
}
