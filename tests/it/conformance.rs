//! Holds the evaluator against what the real Terraform answered (`tests/conformance/README.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gardefou::problem::Weight;
use gardefou::source::{SourceId, Sources};
use gardefou::syntax::json::{self, Document, NodeId, NodeKind};
use gardefou::terraform::{FolderFiles, Options, TerraformFile, evaluate};
use gardefou::value::{Data, Number, Value};

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
            // A plan keeps a double where that is exact, and prints the fewest digits that tell it from others.
            let text = doc.text(doc.node(node).span);
            Number::parse(text).is_some_and(|b| *a == b)
                || (text.parse() == Ok(a.as_f64())
                    && Number::from_f64(a.as_f64()).as_ref() == Some(a))
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
                    *value != J::Bool(false)
                        && *value != J::Object(Default::default())
                        && *value != J::Array(vec![])
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
                let plain = |v: J| if empty(&v) { J::Bool(false) } else { v };
                J::Array(all.into_iter().map(plain).collect())
            }
        }
        other => other.clone(),
    }
}

/// How a recorded expression came out.
enum Verdict {
    Same,
    /// Unknown where Terraform has a value or an error: safe, but less than it could be.
    Open(String),
    Wrong(String),
}

fn verdict(value: Option<&Value>, failed: bool, doc: &Document, line: NodeId) -> Verdict {
    let is_true = |name| {
        doc.get(line, name)
            .is_some_and(|n| doc.node(n).kind == NodeKind::Bool(true))
    };
    let differs = |why: &str, value: &Value| {
        let text = format!("{why}: {}", value.to_json_text());
        match value.first_unknown() {
            Some(_) => Verdict::Open(text),
            None => Verdict::Wrong(text),
        }
    };
    if is_true("error") {
        return match value {
            _ if failed => Verdict::Same,
            Some(value) => differs("no error", value),
            None => Verdict::Wrong("no error, and no value".to_owned()),
        };
    }
    let Some(value) = value.filter(|_| !failed) else {
        return Verdict::Wrong("an error".to_owned());
    };
    let written = |name| {
        doc.get(line, name).map(|n| {
            serde_json::from_str::<serde_json::Value>(doc.text(doc.node(n).span)).expect("JSON")
        })
    };
    let shape = written("unknown").as_ref().map(strip);
    let own = value.unknown_shape().as_ref().map(strip);
    if !same(value, doc, doc.get(line, "json")) {
        return match (&own, &shape) {
            (Some(_), _) if own != shape => differs("unknown", value),
            _ => Verdict::Wrong(format!("another value: {}", value.to_json_text())),
        };
    }
    if let Some(ty) = written("type")
        && value.ty().to_json() != ty
    {
        return Verdict::Wrong(format!("another type: {}", value.ty().to_json()));
    }
    if shape != own {
        return match &shape {
            Some(_) if own.is_none() => Verdict::Wrong("known".to_owned()),
            _ => Verdict::Open(format!("another unknown: {own:?}")),
        };
    }
    if is_true("sensitive") != value.is_sensitive() {
        return Verdict::Wrong("another mark".to_owned());
    }
    if doc.get(line, "marks").is_some() || is_true("deep") {
        let marks = written("marks").as_ref().map(strip);
        let own = Some(strip(&mark_shape(value))).filter(|own| {
            *own != serde_json::json!({}) && *own != serde_json::json!([]) && *own != false
        });
        if marks != own {
            return Verdict::Wrong(format!("other marks: {own:?}"));
        }
    }
    Verdict::Same
}

/// Which parts are sensitive, in the notation of the recordings.
fn mark_shape(value: &Value) -> serde_json::Value {
    if value.is_sensitive() {
        return true.into();
    }
    if let Some(all) = value.elements() {
        return all.iter().map(mark_shape).collect();
    }
    if let Some(all) = value.entries() {
        return all
            .iter()
            .map(|(key, value)| (key.to_string(), mark_shape(value)))
            .collect();
    }
    false.into()
}

/// What comes out unknown where Terraform has an answer: group, part of the expression, reason. Nothing may come out
/// known that differs.
type Exception = (&'static str, &'static str, &'static str);

const EXPRESSIONS: &[Exception] = &[
    (
        "rsadecrypt",
        "rsadecrypt(",
        "a scanner has no business with private keys",
    ),
    (
        "base64gzip",
        "base64gzip(",
        "the bytes depend on how Go's compressor cuts its blocks",
    ),
];

const COMPOSITIONS: &[Exception] = &[
    (
        "call",
        "matchkeys([\"a\", \"b\"], [\"x\", \"y\"], ",
        "with an unknown key Terraform answers an empty list, and another one at apply",
    ),
    (
        "index",
        "in terraform_data.each : k => v.id }",
        "what comes out of a resource may get attributes from its provider, whose schema is not at hand",
    ),
    (
        "nested",
        "in terraform_data.each : k => v.id }.name",
        "the same",
    ),
    (
        "typed",
        "ports = terraform_data.ul.output",
        "the length of an unknown tuple is not kept through the default of an optional attribute",
    ),
];

/// Evaluates all recorded expressions of a file as locals of the fixture module.
fn recorded(file: &str, exceptions: &[Exception]) {
    let top = folder().join("fixture");
    let sources = Sources::new();
    let mut files = load(&top, &sources);
    let recorded = std::fs::read_to_string(folder().join(file)).expect("the recordings");
    let lines: Vec<Document> = recorded
        .lines()
        .map(|line| json::parse(sources.add("line", line), line.into()).0)
        .collect();
    let get = |doc: &Document, name| -> Option<String> {
        let root = doc.root().expect("an object");
        let node = doc.get(root, name)?;
        Some(doc.string(node)?.into_owned())
    };
    let text = |doc: &Document, name| get(doc, name).expect("a text");
    let mut ids = Vec::new();
    for (at, doc) in lines.iter().enumerate() {
        let expr = text(doc, "expr");
        let code = match get(doc, "through") {
            None => format!("locals {{\n  e{at:05} = {expr}\n}}\n"),
            Some(module) => format!(
                "module \"m{at:05}\" {{\n  source = \"./types/{module}\"\n  value = {expr}\n}}\n\
                 locals {{\n  e{at:05} = module.m{at:05}.value\n}}\n"
            ),
        };
        let code = format!(
            "{code}output \"v{at:05}\" {{\n  sensitive = true\n  value = [local.e{at:05}]\n}}\n"
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
    let reader = FolderFiles::new(&top, 1 << 20);
    let options = Options {
        folder: Some("/home/user/code".to_owned()),
        ..Options::default()
    };
    let estate = evaluate(&files, &sources, &options, &reader);
    let root = estate
        .roots
        .iter()
        .find(|root| root.path.is_empty())
        .expect("the root");
    let outputs: BTreeMap<&str, &Value> = root
        .outputs
        .iter()
        .map(|output| (&*output.name, &output.value))
        .collect();
    let mut failed: BTreeMap<SourceId, &str> = BTreeMap::new();
    for problem in &estate.problems {
        if let Some(place) = problem.place
            && problem.weight == Weight::Error
        {
            failed.entry(place.source).or_insert(&problem.message.en);
        }
    }
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut excepted: BTreeSet<usize> = BTreeSet::new();
    let (mut passed, mut wrong, mut report) = (0, 0, String::new());
    for (at, doc) in lines.iter().enumerate() {
        let value = outputs.get(&*format!("v{at:05}"));
        let value = value.and_then(|value| value.elements()?.first());
        let said = failed.get(&ids[at]);
        let (name, expr) = (text(doc, "group"), text(doc, "expr"));
        let group = groups.entry(name.clone()).or_default();
        group.1 += 1;
        let line = doc.root().expect("an object");
        let why = match verdict(value, said.is_some(), doc, line) {
            Verdict::Same => {
                group.0 += 1;
                passed += 1;
                continue;
            }
            Verdict::Open(why) => {
                let found = exceptions
                    .iter()
                    .position(|(group, part, _)| name == *group && expr.contains(part));
                match found {
                    Some(found) => {
                        excepted.insert(found);
                        continue;
                    }
                    None => why,
                }
            }
            Verdict::Wrong(why) => why,
        };
        wrong += 1;
        let said = said.map_or(String::new(), |said| format!(" ({said})"));
        report.push_str(&format!("{name}: {expr}: {why}{said}\n"));
    }
    for (name, (passed, all)) in &groups {
        eprintln!("{name}: {passed} of {all}");
    }
    eprintln!("{passed} of {} in {file}", lines.len());
    if let Some(path) = std::env::var_os("GARDEFOU_CONFORMANCE_REPORT") {
        std::fs::write(path, &report).expect("a report");
    }
    let first: Vec<&str> = report.lines().take(20).collect();
    assert_eq!(wrong, 0, "{wrong} differ:\n{}", first.join("\n"));
    for (at, (group, part, _)) in exceptions.iter().enumerate() {
        assert!(
            excepted.contains(&at),
            "{group}: {part} needs no exception any more"
        );
    }
}

#[test]
fn expressions() {
    recorded("terraform-expressions.jsonl", EXPRESSIONS);
}

/// What users write, and the other recordings have few of.
#[test]
fn compositions() {
    let file = std::env::var("GARDEFOU_CONFORMANCE_FILE");
    recorded(
        file.as_deref().unwrap_or("compositions.jsonl"),
        COMPOSITIONS,
    );
}
