//! Holds the evaluator against what the real Terraform answered (`tests/conformance/README.md`).
//!
//! The numbers below can only be raised.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gardefou::problem::Weight;
use gardefou::source::Sources;
use gardefou::syntax::json::{self, Document, NodeId, NodeKind};
use gardefou::terraform::{FolderFiles, Options, TerraformFile, evaluate};
use gardefou::value::{Data, Number, Value};

/// So many of the recorded expressions come out as recorded.
const EXPRESSIONS: usize = 3011;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

/// Everything below a folder that Terraform reads.
fn load(top: &Path, sources: &Sources) -> Vec<TerraformFile> {
    let mut files = Vec::new();
    let mut open = vec![(top.to_path_buf(), String::new())];
    while let Some((path, folder)) = open.pop() {
        let mut names: Vec<_> = std::fs::read_dir(&path)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect();
        names.sort();
        for name in names {
            let here = path.join(&name);
            let shown = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if here.is_dir() {
                open.push((here, shown));
            } else if [".tf", ".tf.json", ".tfvars", ".tfvars.json"]
                .iter()
                .any(|end| name.ends_with(end))
            {
                let text = std::fs::read_to_string(&here).expect("a text");
                let source = sources.add(shown.clone(), text);
                files.push(TerraformFile {
                    path: shown,
                    folder: folder.clone(),
                    source,
                });
            }
        }
    }
    files
}

/// Compares by value; unknown parts are null or left out.
fn same(value: &Value, doc: &Document, node: Option<NodeId>) -> bool {
    let Some(node) = node else {
        return value.is_unknown();
    };
    if value.is_unknown() {
        return matches!(doc.node(node).kind, NodeKind::Null);
    }
    match (&value.data, doc.node(node).kind) {
        (Data::Null(_), NodeKind::Null) => true,
        (Data::Bool(a), NodeKind::Bool(b)) => *a == b,
        (Data::Number(a), NodeKind::Number) => {
            Number::parse(doc.text(doc.node(node).span)).is_some_and(|b| *a == b)
        }
        (Data::String(a), NodeKind::String) => doc.string(node).is_some_and(|b| **a == *b),
        (_, NodeKind::Array(_)) => value.elements().is_some_and(|all| {
            let nodes = doc.elements(node);
            all.len() == nodes.len() && all.iter().zip(nodes).all(|(a, b)| same(a, doc, Some(*b)))
        }),
        (_, NodeKind::Object(_)) => value.entries().is_some_and(|all| {
            doc.members(node)
                .iter()
                .all(|member| value.entry(&doc.key(member)).is_some())
                && all
                    .iter()
                    .all(|(key, value)| same(value, doc, doc.get(node, key)))
        }),
        _ => false,
    }
}

/// Shapes of unknown parts say the same when they differ in what is false only.
fn strip(shape: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value as J;
    match shape {
        J::Object(all) => J::Object(
            all.iter()
                .map(|(key, value)| (key.clone(), strip(value)))
                .filter(|(_, value)| {
                    *value != J::Bool(false) && *value != J::Object(Default::default())
                })
                .collect(),
        ),
        J::Array(all) => {
            let all: Vec<_> = all.iter().map(strip).collect();
            let empty = |v: &J| {
                *v == J::Bool(false)
                    || *v == J::Array(vec![])
                    || v.as_object().is_some_and(|o| o.is_empty())
            };
            if all.iter().all(empty) {
                J::Array(vec![])
            } else {
                J::Array(all)
            }
        }
        other => other.clone(),
    }
}

fn verdict(
    value: Option<&Value>,
    failed: bool,
    doc: &Document,
    line: NodeId,
) -> Result<(), String> {
    let is_true = |name| {
        doc.get(line, name)
            .is_some_and(|n| doc.node(n).kind == NodeKind::Bool(true))
    };
    if is_true("error") {
        return if failed {
            Ok(())
        } else {
            Err(format!(
                "no error, but {}",
                value.map_or("nothing".to_owned(), Value::to_json_text)
            ))
        };
    }
    let Some(value) = value.filter(|_| !failed) else {
        return Err("an error".to_owned());
    };
    let plain = || value.to_json_text();
    if !same(value, doc, doc.get(line, "json")) {
        return Err(if value.first_unknown().is_some() {
            format!("unknown: {}", plain())
        } else {
            format!("wrong: {}", plain())
        });
    }
    let written = |name| doc.get(line, name).map(|n| doc.text(doc.node(n).span));
    if let Some(ty) = written("type") {
        let ty: serde_json::Value = serde_json::from_str(ty).expect("a type");
        if value.ty().to_json() != ty {
            return Err(format!("wrong type: {}", value.ty().to_json()));
        }
    }
    let shape = written("unknown")
        .map(|text| serde_json::from_str::<serde_json::Value>(text).expect("a shape"));
    let own = value.unknown_shape();
    if shape.as_ref().map(strip) != own.as_ref().map(strip) {
        return Err(format!("wrong unknown: {own:?}"));
    }
    if is_true("sensitive") != value.is_sensitive() {
        return Err("wrong mark".to_owned());
    }
    Ok(())
}

#[test]
fn expressions() {
    let top = folder().join("fixture");
    let sources = Sources::new();
    let mut files = load(&top, &sources);
    let recorded = std::fs::read_to_string(folder().join("terraform-expressions.jsonl"))
        .expect("the recordings");
    let lines: Vec<Document> = recorded
        .lines()
        .map(|line| json::parse(sources.add("line", line), line.into()).0)
        .collect();
    let text = |doc: &Document, name| -> String {
        let root = doc.root().expect("an object");
        doc.get(root, name)
            .and_then(|n| doc.string(n))
            .expect("a text")
            .into_owned()
    };
    let mut ids = Vec::new();
    for (at, doc) in lines.iter().enumerate() {
        let code = format!(
            "locals {{\n  e{at:05} = {}\n}}\noutput \"v{at:05}\" {{\n  sensitive = true\n  value = [local.e{at:05}]\n}}\n",
            text(doc, "expr")
        );
        let path = format!("e{at:05}.tf");
        let source = sources.add(path.clone(), code);
        ids.push(source);
        files.push(TerraformFile {
            path,
            folder: String::new(),
            source,
        });
    }
    let estate = evaluate(
        &files,
        &sources,
        &Options::default(),
        &FolderFiles::new(&top, 1 << 20),
    );
    let root = estate.roots.first().expect("a root");
    let failed: std::collections::HashSet<_> = estate
        .problems
        .iter()
        .filter(|p| p.weight == Weight::Error)
        .filter_map(|p| p.place)
        .map(|place| place.source)
        .collect();
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut passed = 0;
    let mut report = String::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (at, doc) in lines.iter().enumerate() {
        let name = format!("v{at:05}");
        let output = root.outputs.iter().find(|output| *output.name == *name);
        let value = output.and_then(|output| output.value.elements()?.first().cloned());
        let line = doc.root().expect("an object");
        let group = groups.entry(text(doc, "group")).or_default();
        group.1 += 1;
        match verdict(value.as_ref(), failed.contains(&ids[at]), doc, line) {
            Ok(()) => {
                group.0 += 1;
                passed += 1;
            }
            Err(why) => {
                *kinds
                    .entry(
                        why.split(':')
                            .next()
                            .unwrap_or_default()
                            .chars()
                            .take(12)
                            .collect(),
                    )
                    .or_default() += 1;
                let problem = estate
                    .problems
                    .iter()
                    .find(|p| p.place.is_some_and(|p| p.source == ids[at]));
                let said = problem.map_or(String::new(), |p| format!(" ({})", p.message));
                report.push_str(&format!(
                    "{}: {}: {why}{said}\n",
                    text(doc, "group"),
                    text(doc, "expr")
                ));
            }
        }
    }
    for (name, (passed, all)) in &groups {
        if passed < all {
            eprintln!("{name}: {passed} of {all}");
        }
    }
    if let Some(path) = std::env::var_os("GARDEFOU_CONFORMANCE_REPORT") {
        std::fs::write(path, report).expect("a report");
    }
    eprintln!("{passed} of {} expressions; {kinds:?}", lines.len());
    assert!(
        passed >= EXPRESSIONS,
        "{passed} of {}, but there were {EXPRESSIONS}",
        lines.len()
    );
}
