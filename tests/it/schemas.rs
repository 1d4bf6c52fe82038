//! Paths of the catalogue and code of the fixtures against the attribute trees of the providers.
//!
//! A path that no provider knows finds nothing, and nobody sees it: the fact is then missing everywhere. So every type
//! that a fixture uses has its tree in `tests/schemas/<provider>.toml`, or a reason in `unrecorded.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gardefou::catalog::Catalog;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};
use serde::Deserialize;
use serde_json::Value;

use crate::support::root;

/// `tests/schemas/<provider>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schemas {
    /// Address of the provider.
    provider: String,
    /// Its version, or the commit of its documentation.
    version: String,
    /// Its types.
    types: BTreeMap<String, Tree>,
}

/// What is known of one type.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Tree {
    /// What code can set, by path from the root; the blocks around it are implied.
    arguments: BTreeSet<String>,
    /// What the provider computes.
    #[serde(default)]
    computed: BTreeSet<String>,
    /// What only other versions know, which the catalogue names on purpose.
    #[serde(default)]
    other_versions: BTreeSet<String>,
}

impl Tree {
    fn has_argument(&self, path: &str) -> bool {
        within(&self.arguments, path)
    }

    fn has(&self, path: &str) -> bool {
        [&self.arguments, &self.computed, &self.other_versions]
            .iter()
            .any(|paths| within(paths, path))
    }

    /// Is there anything inside?
    fn opens(&self, path: &str) -> bool {
        let inside = format!("{path}.");
        self.arguments
            .iter()
            .any(|known| known.starts_with(&inside))
    }
}

/// Is it one of the paths, or a block around one?
fn within(paths: &BTreeSet<String>, path: &str) -> bool {
    let inside = format!("{path}.");
    paths.contains(path)
        || (paths.range(inside.clone()..).next()).is_some_and(|next| next.starts_with(&inside))
}

/// What every resource has.
const META: [&str; 8] = [
    "count",
    "for_each",
    "provider",
    "depends_on",
    "lifecycle",
    "connection",
    "provisioner",
    "timeouts",
];

fn schemas() -> BTreeMap<String, Tree> {
    let mut all = BTreeMap::new();
    for file in files(&root().join("tests/schemas"), &["toml"]) {
        if file.ends_with("unrecorded.toml") {
            continue;
        }
        let read: Schemas = read(&file);
        assert!(!read.provider.is_empty() && !read.version.is_empty());
        all.extend(read.types);
    }
    all
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).expect("it can be read");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if ending.is_some_and(|ending| endings.contains(&ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Folders of fixtures in which code may be broken.
const BROKEN: [&str; 2] = ["broken", "fail-closed"];

/// Every resource block of the fixtures, with where it is. Fixtures that are broken or hostile on purpose are no code.
fn fixtures() -> Vec<(String, String, Body)> {
    let mut blocks = Vec::new();
    for file in files(&root().join("fixtures"), &["tf", "tofu"]) {
        let top = root().join("fixtures");
        let is = |name: &str| file.starts_with(top.join(name));
        if is("hostile") {
            continue;
        }
        let Some(body) = fs::read_to_string(&file)
            .ok()
            .and_then(|text| hcl_edit::parser::parse_body(&text).ok())
        else {
            assert!(BROKEN.iter().any(|name| is(name)));
            continue;
        };
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            if let ("resource", [kind, name]) = (block.ident.as_str(), labels.as_slice()) {
                let place = format!("{}: {kind}.{name}", file.display());
                blocks.push((place, (*kind).to_owned(), block.body.clone()));
            }
        }
    }
    blocks
}

#[test]
fn fixtures_are_valid_code() {
    let schemas = schemas();
    let unrecorded: BTreeMap<String, String> = read(&root().join("tests/schemas/unrecorded.toml"));
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for (place, kind, body) in fixtures() {
        match schemas.get(&kind) {
            Some(tree) => {
                let mut unknown = Vec::new();
                unknown_names(&body, "", tree, &mut unknown);
                faults.extend(unknown.iter().map(|path| format!("{place}: no {path}")));
            }
            None if unrecorded.contains_key(&kind) => {}
            None => faults.push(format!("{place}: no schema in tests/schemas")),
        }
        used.insert(kind);
    }
    let recorded = schemas.keys().chain(unrecorded.keys());
    faults.extend(
        recorded
            .filter(|kind| !used.contains(*kind))
            .map(|kind| format!("tests/schemas: no fixture has {kind}")),
    );
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn unknown_names(body: &Body, above: &str, tree: &Tree, unknown: &mut Vec<String>) {
    for structure in body.iter() {
        match structure {
            Structure::Attribute(attribute) => {
                let name = attribute.key.as_str();
                if above.is_empty() && META.contains(&name) {
                    continue;
                }
                let path = join(above, name);
                if tree.has_argument(&path) {
                    unknown_keys(&attribute.value, &path, tree, unknown);
                } else {
                    unknown.push(path);
                }
            }
            Structure::Block(block) if block.ident.as_str() == "dynamic" => {
                let name = block.labels.first().map_or("", |label| label.as_str());
                let path = join(above, name);
                if !tree.has_argument(&path) {
                    unknown.push(path);
                    continue;
                }
                for content in block.body.blocks() {
                    unknown_names(&content.body, &path, tree, unknown);
                }
            }
            Structure::Block(block) => {
                let name = block.ident.as_str();
                if above.is_empty() && META.contains(&name) {
                    continue;
                }
                let path = join(above, name);
                if tree.has_argument(&path) {
                    unknown_names(&block.body, &path, tree, unknown);
                } else {
                    unknown.push(path);
                }
            }
        }
    }
}

/// Attributes that are objects are written as values: their keys are names too.
fn unknown_keys(value: &Expression, path: &str, tree: &Tree, unknown: &mut Vec<String>) {
    if !tree.opens(path) {
        return;
    }
    match value {
        Expression::Array(elements) => {
            for element in elements.iter() {
                unknown_keys(element, path, tree, unknown);
            }
        }
        Expression::Object(object) => {
            for (key, value) in object.iter() {
                let name = key.as_ident().map(|ident| ident.as_str().to_owned());
                let quoted = key
                    .as_expr()
                    .and_then(Expression::as_str)
                    .map(str::to_owned);
                let Some(name) = name.or(quoted) else {
                    continue;
                };
                let path = join(path, &name);
                if tree.has_argument(&path) {
                    unknown_keys(value.expr(), &path, tree, unknown);
                } else {
                    unknown.push(path);
                }
            }
        }
        _ => {}
    }
}

fn join(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        format!("{above}.{name}")
    }
}

#[test]
fn the_catalogue_names_only_attributes_that_exist() {
    let schemas = schemas();
    let mut faults = Vec::new();
    let mut checked = 0;
    for kind in Catalog::get().resource_kinds() {
        let mut named = Vec::new();
        let facts = serde_json::to_value(kind).expect("plain facts");
        paths(&facts, &kind.name, &mut named);
        for (of, path) in named {
            let Some(tree) = schemas.get(&of) else {
                continue;
            };
            checked += 1;
            if !tree.has(&plain(&path)) {
                faults.push(format!("{}: {of} has no {path}", kind.name));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(checked > 500, "{checked}");
}

/// Without what repeats a block, or picks a key of a map.
fn plain(path: &str) -> String {
    let path = path.replace(".*", "");
    path.split('[').next().unwrap_or_default().to_owned()
}

/// Every path that an entry names, with the type that has it.
fn paths(facts: &Value, of: &str, named: &mut Vec<(String, String)>) {
    match facts {
        Value::Object(keys) => {
            // Links and companions name attributes of another type.
            if let (Some(Value::String(kind)), Some(Value::String(link))) =
                (keys.get("type"), keys.get("link"))
            {
                named.push((kind.clone(), link.clone()));
            }
            for (key, value) in keys {
                match key.as_str() {
                    "companions" | "limits" => {
                        for companion in value.as_array().into_iter().flatten() {
                            let kind = companion["type"].as_str().unwrap_or_default();
                            paths(companion, kind, named);
                        }
                    }
                    "users" => {
                        for user in value.as_array().into_iter().flatten() {
                            let kind = user["type"].as_str().unwrap_or_default();
                            paths(user, kind, named);
                        }
                    }
                    "location"
                    | "replication"
                    | "parent_alternatives"
                    | "data_egress"
                    | "data_source_refs"
                    | "tags"
                    | "attr"
                    | "path"
                    | "paths"
                    | "block"
                    | "reference_attributes" => take(value, of, named),
                    _ if key.ends_with("_path") => take(value, of, named),
                    _ if key.ends_with("_paths") => take(value, of, named),
                    _ => paths(value, of, named),
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                paths(element, of, named);
            }
        }
        _ => {}
    }
}

fn take(value: &Value, of: &str, named: &mut Vec<(String, String)>) {
    match value {
        Value::String(path) if !path.is_empty() => named.push((of.to_owned(), path.clone())),
        Value::Array(elements) => {
            for element in elements {
                match element {
                    // `json_paths`: the attribute, and a path inside the document that it holds.
                    Value::Object(keys) => {
                        if let Some(path) = keys.get("path") {
                            take(path, of, named);
                        }
                    }
                    other => take(other, of, named),
                }
            }
        }
        _ => {}
    }
}
