//! Texts through the readers, in memory: no file is written, no policy asked.

use std::path::PathBuf;

use gardefou::catalog::Catalog;
use gardefou::config::{Config, Date, words::Level};
use gardefou::discover::{self, Input, Kind};
use gardefou::facts::{self, Settings};
use gardefou::graph;
use gardefou::kubernetes::{self, Manifests};
use gardefou::source::{SourceId, Sources};
use gardefou::syntax;
use gardefou::terraform::limits::Limits;
use gardefou::terraform::{self, Estate, FolderFiles, TerraformFile};

use crate::check;
use crate::folder::{FILE, files};

/// Reads a text by each of the three grammars.
pub fn hcl(text: &str) {
    use syntax::{Origin, hcl};
    let sources = Sources::new();
    let id = sources.add("main.tf", text);
    let shared = sources.get(id).shared_text();
    check(&hcl::parse(id, shared.clone()).problems, &sources);
    let origin = Origin::WHOLE;
    check(
        &hcl::parse_expression(id, shared.clone(), origin.clone()).problems,
        &sources,
    );
    check(&hcl::parse_template(id, shared, origin).problems, &sources);
}

/// Small bounds: a run of the fuzzer is to be short, and to meet them.
fn limits() -> Limits {
    Limits {
        instances_per_block: 50,
        instances: 500,
        module_depth: 8,
        string: 1 << 12,
        nodes: 1 << 12,
        values: 1 << 16,
        steps: 1 << 16,
        ..Limits::default()
    }
}

/// Evaluates Terraform code, and establishes what there is to know of it.
pub fn evaluate(text: &str) {
    let sources = Sources::new();
    let files: Vec<TerraformFile> = files(text, "main.tf")
        .into_iter()
        .filter(|(path, _)| !path.is_empty())
        .map(|(path, text)| TerraformFile {
            path: path.to_owned(),
            folder: discover::folder_of(path).to_owned(),
            source: sources.add(path, text),
        })
        .collect();
    let options = terraform::Options {
        limits: limits(),
        ..terraform::Options::default()
    };
    let reader = FolderFiles::new(PathBuf::from("/nonexistent"), 1 << 16);
    let estate = terraform::evaluate(&files, &sources, &options, &reader);
    check(&estate.problems, &sources);
    establish(&estate, &Manifests::default(), &sources);
}

/// The quick reader of YAML says the same as the parser, or nothing.
fn same_as_slowly(text: &str) {
    use syntax::yaml;
    let id = Sources::new().add("k.yaml", text);
    let (quick, slow) = (yaml::parse(id, text), yaml::parse_slowly(id, text));
    // Of JSON objects one after the other the quick one keeps those before a fault.
    if slow.problems.is_empty() || !text.contains("}\n{") {
        assert_eq!(format!("{quick:?}"), format!("{slow:?}"));
    }
}

/// Reads Kubernetes manifests, and establishes what there is to know of them.
pub fn manifests(text: &str) {
    // What both write down grows with the text.
    if text.len() < 1 << 14 {
        same_as_slowly(text);
    }
    let sources = Sources::new();
    let inputs: Vec<Input> = files(text, "k.yaml")
        .into_iter()
        .map(|(path, text)| Input {
            path: path.to_owned(),
            folder: discover::folder_of(path).to_owned(),
            kind: Kind::Manifest,
            source: sources.add(path, text),
        })
        .collect();
    let manifests = kubernetes::read(&inputs, &sources);
    check(&manifests.problems, &sources);
    establish(&Estate::default(), &manifests, &sources);
}

/// Reads a JSON text by itself and as Terraform code.
pub fn json(text: &str) {
    let sources = Sources::new();
    let id: SourceId = sources.add("a.json", text);
    let (_, problems) = syntax::json::parse(id, sources.get(id).shared_text());
    check(&problems, &sources);
    evaluate(&format!("{FILE}main.tf.json\n{}", text.replace(FILE, "")));
}

fn establish(estate: &Estate, manifests: &Manifests, sources: &Sources) {
    let catalog = Catalog::get();
    let settings = Settings {
        actor: None,
        as_of: Date::LAST,
        assume: Level::Personal,
        config: Config::default(),
    };
    let graph = graph::assemble(estate, manifests, catalog, sources);
    facts::establish(&graph, catalog, &settings);
}
