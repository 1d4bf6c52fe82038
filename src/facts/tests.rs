//! Facts of small pieces of code, read as a scan reads them.

mod backups;
mod copies;
mod credential;
mod dependencies;
mod elsewhere;
mod encryption;
mod encryption_elsewhere;
mod evident;
mod levels;
mod managed;
mod mfa;
mod namespaces;
mod places;
mod recorded;
mod relations;
mod saved;
mod scheduling;
mod shapes;
mod spread;
mod tenants;
mod visas;
mod volumes;

use crate::catalog::{Catalog, Date};
use crate::config::Config;
use crate::config::words::Level;
use crate::discover::{Input, Kind};
use crate::facts::{self, Encryption, Fact, Facts, Mfa, ResourceFacts, Settings};
use crate::graph::{self, Graph, RelationKind, Resource};
use crate::kubernetes;
use crate::source::Sources;
use crate::terraform::{self, Estate, ReadFault, ReadFiles, TerraformFile};

/// `file()` and its like find nothing.
struct NoFiles;

impl ReadFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn folder(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }
}

/// What was understood of a piece of code.
struct Seen {
    graph: Graph,
    facts: Facts,
}

/// Reads one Terraform file.
fn terraform(text: &str) -> Seen {
    seen(Some(text), None)
}

/// Reads one file of manifests.
fn manifests(text: &str) -> Seen {
    seen(None, Some(text))
}

fn seen(terraform: Option<&str>, manifests: Option<&str>) -> Seen {
    let sources = Sources::new();
    let files: Vec<TerraformFile> = terraform
        .map(|text| TerraformFile {
            path: "main.tf".to_owned(),
            folder: String::new(),
            source: sources.add("main.tf", text),
        })
        .into_iter()
        .collect();
    let inputs: Vec<Input> = manifests
        .map(|text| Input {
            path: "all.yaml".to_owned(),
            folder: String::new(),
            kind: Kind::Manifest,
            source: sources.add("all.yaml", text),
        })
        .into_iter()
        .collect();
    let estate = terraform::evaluate(&files, &sources, &terraform::Options::default(), &NoFiles);
    assert!(estate.problems.is_empty(), "{:?}", estate.problems);
    seen_in(&estate, &inputs, &sources)
}

/// What is understood of roots and manifests that were read.
fn seen_in(estate: &Estate, inputs: &[Input], sources: &Sources) -> Seen {
    let catalog = Catalog::get();
    let manifests = kubernetes::read(inputs, sources);
    let graph = graph::assemble(estate, &manifests, catalog, sources);
    let settings = Settings {
        actor: None,
        as_of: Date::new(2026, 6, 1).expect("a day"),
        assume: Level::Personal,
        config: Config::default(),
    };
    let facts = facts::establish(&graph, catalog, &settings);
    Seen { graph, facts }
}

impl Seen {
    fn resource(&self, address: &str) -> &Resource {
        let found = self
            .graph
            .resources()
            .iter()
            .find(|resource| &*resource.address == address);
        found.unwrap_or_else(|| panic!("no resource {address}"))
    }

    fn facts_of(&self, address: &str) -> &ResourceFacts {
        let found = self.facts.of(self.resource(address).id);
        found.unwrap_or_else(|| panic!("no facts of {address}"))
    }

    fn encryption(&self, address: &str) -> &Fact<Vec<Encryption>> {
        &self
            .facts
            .of(self.resource(address).id)
            .expect("facts")
            .encryption
    }

    /// The only part of a resource.
    fn whole(&self, address: &str) -> &Encryption {
        match self.encryption(address) {
            Fact::Known(parts) if parts.len() == 1 => &parts[0],
            other => panic!("{address}: {other:?}"),
        }
    }

    fn mfa(&self, address: &str) -> &Fact<Mfa> {
        &self.facts.of(self.resource(address).id).expect("facts").mfa
    }

    /// Addresses that relations of a kind lead to, in order.
    fn related(&self, from: &str, kind: RelationKind) -> Vec<&str> {
        let out = self.graph.outgoing(self.resource(from).id).iter();
        let to = out
            .filter(|relation| relation.kind == kind)
            .filter_map(|relation| self.graph.get(relation.to));
        to.map(|resource| &*resource.address).collect()
    }
}

/// Why something is not known, in English.
fn reason<T: std::fmt::Debug>(fact: &Fact<T>) -> &str {
    match fact {
        Fact::Unknown(gap) => &gap.reason.en,
        other => panic!("{other:?}"),
    }
}
