//! `inspect --format json` held against what the real Terraform answered (`tests/conformance/README.md`): every recorded
//! module and every recorded expression, through the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gardefou::source::Sources;
use gardefou::syntax::json::{self, Document, NodeId, NodeKind};
use gardefou::value::Number;

use crate::modules::READ_ALL_THE_SAME;
use crate::support::{AS_OF, Run, all_fixtures, gardefou_in, root};

/// So many of the recorded expressions come out of the program as recorded.
const EXPRESSIONS: usize = 3025;

/// They take in what follows them, and so stand in files of their own.
const OPEN_ENDED: [&str; 2] = ["{a=1", "<<EOT\nx"];

fn folder() -> PathBuf {
    root().join("tests/conformance")
}

/// A JSON text whose numbers keep their digits.
struct Text {
    doc: Document,
    top: NodeId,
}

impl Text {
    fn new(text: &str) -> Self {
        let source = Sources::new().add("text", text);
        let (doc, problems) = json::parse(source, text.into());
        assert!(problems.is_empty(), "{problems:?}\n{text}");
        let top = doc.root().expect("a value");
        Self { doc, top }
    }

    fn top(&self) -> Node<'_> {
        Node {
            doc: &self.doc,
            id: self.top,
        }
    }
}

#[derive(Clone, Copy)]
struct Node<'a> {
    doc: &'a Document,
    id: NodeId,
}

impl<'a> Node<'a> {
    fn kind(self) -> NodeKind {
        self.doc.node(self.id).kind
    }

    fn get(self, name: &str) -> Option<Node<'a>> {
        let id = self.doc.get(self.id, name)?;
        Some(Node { doc: self.doc, id })
    }

    fn at(self, name: &str) -> Node<'a> {
        self.get(name)
            .unwrap_or_else(|| panic!("no {name} in {}", self.shown()))
    }

    fn elements(self) -> Vec<Node<'a>> {
        let all = self.doc.elements(self.id).iter();
        all.map(|id| Node {
            doc: self.doc,
            id: *id,
        })
        .collect()
    }

    fn members(self) -> BTreeMap<String, Node<'a>> {
        let all = self.doc.members(self.id).iter();
        all.map(|member| {
            (
                self.doc.key(member).into_owned(),
                Node {
                    doc: self.doc,
                    id: member.value,
                },
            )
        })
        .collect()
    }

    fn text(self) -> String {
        self.doc
            .string(self.id)
            .unwrap_or_else(|| panic!("no text: {}", self.shown()))
            .into_owned()
    }

    fn shown(self) -> &'a str {
        self.doc.text(self.doc.node(self.id).span)
    }

    fn is_null(self) -> bool {
        matches!(self.kind(), NodeKind::Null)
    }

    /// The same value: numbers by value, and of objects what is null may be left out.
    fn same(self, other: Node<'_>) -> bool {
        match (self.kind(), other.kind()) {
            (NodeKind::Null, NodeKind::Null) => true,
            (NodeKind::Bool(a), NodeKind::Bool(b)) => a == b,
            (NodeKind::Number, NodeKind::Number) => {
                Number::parse(self.shown()).is_some_and(|a| Number::parse(other.shown()) == Some(a))
            }
            (NodeKind::String, NodeKind::String) => self.text() == other.text(),
            (NodeKind::Array(_), NodeKind::Array(_)) => {
                let (all, others) = (self.elements(), other.elements());
                all.len() == others.len() && all.iter().zip(others).all(|(a, b)| a.same(b))
            }
            (NodeKind::Object(_), NodeKind::Object(_)) => {
                let (all, others) = (self.members(), other.members());
                let agree = |all: &BTreeMap<String, Node<'_>>,
                             others: &BTreeMap<String, Node<'_>>| {
                    all.iter().all(|(key, value)| match others.get(key) {
                        Some(other) => value.same(*other),
                        None => value.is_null(),
                    })
                };
                agree(&all, &others) && agree(&others, &all)
            }
            _ => false,
        }
    }

    /// The same shape of what is unknown or sensitive: what says of nothing that it is so may be left out.
    fn same_shape(node: Option<Node<'_>>, other: Option<Node<'_>>) -> bool {
        strip(node) == strip(other)
    }
}

/// A shape without what is not so.
fn strip(node: Option<Node<'_>>) -> Option<String> {
    let node = node?;
    match node.kind() {
        NodeKind::Bool(true) => Some("true".to_owned()),
        NodeKind::Array(_) => {
            let all: Vec<_> = node
                .elements()
                .into_iter()
                .map(|inner| strip(Some(inner)))
                .collect();
            all.iter().any(Option::is_some).then(|| format!("{all:?}"))
        }
        NodeKind::Object(_) => {
            let all = node.members().into_iter();
            let all: BTreeMap<_, _> = all
                .filter_map(|(key, inner)| Some((key, strip(Some(inner))?)))
                .collect();
            (!all.is_empty()).then(|| format!("{all:?}"))
        }
        _ => None,
    }
}

/// `terraform plan` arguments as this program has them, and the environment.
fn run_of(path: &Path) -> (Vec<String>, Vec<(String, String)>) {
    let Ok(run) = std::fs::read_to_string(path.join("run.json")) else {
        return (Vec::new(), Vec::new());
    };
    let run: serde_json::Value = serde_json::from_str(&run).expect("JSON");
    let arguments = run["args"].as_array().into_iter().flatten();
    let arguments = arguments
        .map(|argument| argument.as_str().expect("a text"))
        .map(|argument| match argument.strip_prefix('-') {
            Some(option) => format!("--{option}"),
            None => argument.to_owned(),
        });
    let mut arguments: Vec<String> = arguments.collect();
    let environment = run["env"].as_object().into_iter().flatten();
    let mut environment: Vec<(String, String)> = environment
        .map(|(name, text)| (name.clone(), text.as_str().expect("a text").to_owned()))
        .collect();
    // The workspace is a matter of the command line alone.
    environment.retain(|(name, text)| {
        let workspace = name == "TF_WORKSPACE";
        if workspace {
            arguments.extend(["--workspace".to_owned(), text.clone()]);
        }
        !workspace
    });
    (arguments, environment)
}

fn inspect(path: &Path) -> Run {
    let (arguments, environment) = run_of(path);
    let mut all = vec!["inspect", ".", "--format", "json", "--show-sensitive"];
    all.extend(arguments.iter().map(String::as_str));
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    gardefou_in(path, &all, &environment)
}

#[test]
fn recorded_modules_come_out_as_recorded() {
    let mut failed = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(folder().join("modules"))
        .expect("the modules")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    for path in &names {
        let name = path.file_name().and_then(|name| name.to_str());
        if READ_ALL_THE_SAME
            .iter()
            .any(|(known, _)| Some(*known) == name)
        {
            continue;
        }
        let run = inspect(path);
        let ours = Text::new(&run.stdout);
        let expected = std::fs::read_to_string(path.join("expected.json")).expect("the plan");
        let expected = Text::new(&expected);
        let verdict = match expected.top().get("error") {
            Some(_) => refused(&run, ours.top(), expected.top()),
            None => planned(&run, ours.top(), expected.top()),
        };
        if let Err(why) = verdict {
            failed.push(format!(
                "{}: {why}",
                path.file_name()
                    .and_then(|n| n.to_str())
                    .unwrap_or_default()
            ));
        }
    }
    let passed = names.len() - failed.len();
    assert!(
        failed.is_empty(),
        "{passed} of {}\n{}",
        names.len(),
        failed.join("\n")
    );
}

/// The kinds of problem that stand for a title of Terraform's.
fn codes(title: &str) -> &'static [&'static str] {
    match title {
        "Cycle" => &["cycle"],
        "No value for required variable" => &["missing-variable"],
        title if title.starts_with("Reference to undeclared") => &["reference"],
        title if title.starts_with("Duplicate") => &["duplicate", "evaluation"],
        title if title.starts_with("Self-referen") => &["cycle"],
        title if title.starts_with("Unreadable module") => &["missing-module"],
        title if title.starts_with("Missing") => &[
            "evaluation",
            "missing-module",
            "missing-variable",
            "reference",
            "syntax",
        ],
        title if title.contains("block") => &["syntax", "evaluation"],
        title if title.starts_with("Unsupported") => &["syntax", "evaluation", "reference"],
        _ => &["evaluation", "reference", "syntax", "duplicate"],
    }
}

/// Terraform makes no plan of it: a problem says why, or it is open what the plan would be since a value of the root or
/// the number of instances is.
fn refused(run: &Run, ours: Node<'_>, expected: Node<'_>) -> Result<(), String> {
    let roots = ours.at("roots").elements();
    let titles: Vec<String> = expected
        .at("summaries")
        .elements()
        .into_iter()
        .map(Node::text)
        .collect();
    let open = |title: &str| {
        roots.iter().any(|root| match title {
            "No value for required variable" => root
                .at("variables")
                .members()
                .values()
                // A value that could not be read is none.
                .any(|variable| {
                    ["unknown", "error"]
                        .iter()
                        .any(|one| variable.get(one).is_some())
                }),
            "Invalid count argument" | "Invalid for_each argument" => {
                let all = root.at("resources").elements().into_iter();
                all.map(|resource| resource.at("address").text())
                    .any(|address| address.contains("[\"*\"]"))
            }
            _ => false,
        })
    };
    let problems: Vec<(String, String)> = ours
        .at("problems")
        .elements()
        .iter()
        .map(|problem| (problem.at("severity").text(), problem.at("code").text()))
        .collect();
    for title in &titles {
        let said = problems
            .iter()
            .any(|(severity, code)| severity == "error" && codes(title).contains(&code.as_str()));
        if !said && !open(title) {
            return Err(format!("{title}: no such problem in {problems:?}"));
        }
        if said && run.code != 2 {
            return Err(format!("{title}: exit status {}", run.code));
        }
    }
    Ok(())
}

fn planned(run: &Run, ours: Node<'_>, expected: Node<'_>) -> Result<(), String> {
    let error = ours
        .at("problems")
        .elements()
        .into_iter()
        .find(|problem| problem.at("severity").text() == "error");
    if let Some(error) = error {
        return Err(error.at("message").text());
    }
    // 3: a module without resources is nothing to judge.
    if !matches!(run.code, 0 | 3) {
        return Err(format!("exit status {}", run.code));
    }
    let roots = ours.at("roots").elements();
    let root = roots
        .iter()
        .find(|root| root.at("path").text() == ".")
        .ok_or("no root")?;
    let (outputs, recorded) = (
        root.at("outputs").members(),
        expected.at("outputs").members(),
    );
    if !outputs.keys().eq(recorded.keys()) {
        return Err(format!("outputs {:?}", outputs.keys()));
    }
    for (name, recorded) in recorded {
        output(outputs[&name], recorded).map_err(|why| format!("output {name}: {why}"))?;
    }
    let resources: BTreeMap<String, Node<'_>> = root
        .at("resources")
        .elements()
        .into_iter()
        .map(|resource| (resource.at("address").text(), resource))
        .collect();
    let recorded = expected.at("resources").members();
    if !resources.keys().eq(recorded.keys()) {
        return Err(format!("resources {:?}", resources.keys()));
    }
    for (address, recorded) in recorded {
        resource(resources[&address], recorded).map_err(|why| format!("{address}: {why}"))?;
    }
    Ok(())
}

fn output(ours: Node<'_>, recorded: Node<'_>) -> Result<(), String> {
    let differs = |what: &str| {
        Err(format!(
            "{what}: {} is not {}",
            ours.shown(),
            recorded.shown()
        ))
    };
    let value = recorded
        .get("value")
        .or(recorded.get("known_part"))
        .ok_or("nothing recorded")?;
    if !ours.get("value").is_some_and(|own| own.same(value)) {
        return differs("value");
    }
    match (ours.get("type"), recorded.get("type")) {
        (Some(own), Some(ty)) if own.same(ty) => {}
        (None, None) => {}
        // A plan leaves the type of a null out.
        (Some(_), None) if value.is_null() => {}
        _ => return differs("type"),
    }
    if !Node::same_shape(ours.get("unknown"), recorded.get("unknown")) {
        return differs("unknown");
    }
    if !Node::same_shape(ours.get("sensitive"), recorded.get("sensitive")) {
        return differs("sensitive");
    }
    Ok(())
}

fn resource(ours: Node<'_>, recorded: Node<'_>) -> Result<(), String> {
    for (name, recorded) in recorded.members() {
        let own = ours.get(&name);
        let agrees = match name.as_str() {
            "unknown" | "sensitive" => Node::same_shape(own, Some(recorded)),
            _ => own.is_some_and(|own| own.same(recorded)),
        };
        if !agrees {
            let own = own.map_or("nothing", Node::shown);
            return Err(format!("{name} is {own}, not {}", recorded.shown()));
        }
    }
    for name in ["index", "module"] {
        if ours.get(name).is_some() != recorded.get(name).is_some() {
            return Err(format!("{name} is {:?}", ours.get(name).map(Node::shown)));
        }
    }
    Ok(())
}

/// The recorded expressions as outputs of one module: those that are no expression at all stand among the others.
#[test]
fn recorded_expressions_come_out_as_recorded() {
    let recorded = std::fs::read_to_string(folder().join("terraform-expressions.jsonl"))
        .expect("the recordings");
    let recorded: Vec<Text> = recorded.lines().map(Text::new).collect();
    let work = tempfile::tempdir().expect("a folder");
    copy(&folder().join("fixture"), work.path());
    let mut code = String::new();
    for (at, line) in recorded.iter().enumerate() {
        let expr = line.top().at("expr").text();
        let output = format!("output \"v{at:05}\" {{\n  value = {expr}\n}}\n");
        if OPEN_ENDED.contains(&expr.as_str()) {
            let path = work.path().join(format!("open{at:05}.tf"));
            std::fs::write(path, output).expect("written");
        } else {
            code.push_str(&output);
        }
    }
    std::fs::write(work.path().join("recorded.tf"), code).expect("written");
    let run = inspect(work.path());
    assert_eq!(run.code, 2);
    let ours = Text::new(&run.stdout);
    let outputs = ours.top().at("roots").elements()[0].at("outputs").members();
    let mut missed = Vec::new();
    for (at, line) in recorded.iter().enumerate() {
        let line = line.top();
        let verdict = match outputs.get(&format!("v{at:05}")) {
            Some(output) => expression(*output, line),
            None => Err("no output".to_owned()),
        };
        if let Err(why) = verdict {
            missed.push(format!(
                "{}: {}: {why}",
                line.at("group").text(),
                line.at("expr").text()
            ));
        }
    }
    if let Some(path) = std::env::var_os("GARDEFOU_INSPECT_REPORT") {
        std::fs::write(path, missed.join("\n")).expect("a report");
    }
    let passed = recorded.len() - missed.len();
    assert!(
        passed >= EXPRESSIONS,
        "{passed} of {}\n{}",
        recorded.len(),
        missed.join("\n")
    );
}

fn expression(ours: Node<'_>, recorded: Node<'_>) -> Result<(), String> {
    let differs = |what: &str| Err(format!("{what}: {}", ours.shown()));
    if recorded.get("error").is_some() {
        return match ours.get("error") {
            Some(_) => Ok(()),
            None => differs("no error"),
        };
    }
    if ours.get("error").is_some() {
        return differs("an error");
    }
    if !ours.at("value").same(recorded.at("json")) {
        return differs("value");
    }
    if recorded
        .get("type")
        .is_some_and(|ty| !ours.get("type").is_some_and(|own| own.same(ty)))
    {
        return differs("type");
    }
    if !Node::same_shape(ours.get("unknown"), recorded.get("unknown")) {
        return differs("unknown");
    }
    let marked = |node: Node<'_>| {
        node.get("sensitive")
            .is_some_and(|mark| matches!(mark.kind(), NodeKind::Bool(true)))
    };
    if marked(ours) != marked(recorded) {
        return differs("sensitive");
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).expect("copied");
        }
    }
}

#[test]
fn the_document_follows_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/schema/inspect.schema.json"));
    let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let recorded = [
        "sensitive-flow",
        "type-error",
        "for-each-unknown-keys",
        "nested-three-deep",
    ];
    let recorded = recorded.map(|name| format!("tests/conformance/modules/{name}"));
    for path in all_fixtures().into_iter().chain(recorded) {
        let run = gardefou_in(&root(), &["inspect", &path, "--format", "json"], &[]);
        let document = serde_json::from_str(&run.stdout).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

#[test]
fn secrets_are_printed_only_when_asked_for() {
    let path = folder().join("modules/sensitive-flow");
    let hidden = gardefou_in(&path, &["inspect", ".", "--format", "json"], &[]);
    let shown = inspect(&path);
    assert!(shown.stdout.contains("t0k3n"));
    assert!(!hidden.stdout.contains("t0k3n") && !hidden.stderr.contains("t0k3n"));
}

/// One output at fault does not take the others down, wherever the fault is.
#[test]
fn outputs_fail_one_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = r#"
output "before" { value = 1 }
output "broken" {
  value = [1,,2]
}
output "missing" { value = local.nothing }
output "wrong" { value = { ok = true, bad = upper([]) } }
output "after" { value = "x" }
"#;
    std::fs::write(folder.path().join("main.tf"), code).expect("written");
    let run = inspect(folder.path());
    assert_eq!(run.code, 2);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let outputs = &document["roots"][0]["outputs"];
    assert_eq!(
        (&outputs["before"]["value"], &outputs["after"]["value"]),
        (&1.into(), &"x".into())
    );
    for (name, word) in [
        ("broken", "expected a value"),
        ("missing", "local.nothing"),
        ("wrong", "upper()"),
    ] {
        let error = outputs[name]["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {outputs}"));
        assert!(error.contains(word), "{name}: {error}");
        assert!(outputs[name].get("value").is_none());
    }
    assert_eq!(document["problems"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["problems"], document["roots"][0]["problems"]);
}

/// Two roots that call one module hold the same address at the same place: findings say which root, and have names of
/// their own that do not depend on the other root.
#[test]
fn roots_that_share_a_module_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    let call = |region: &str| {
        format!(
            "provider \"aws\" {{ region = \"{region}\" }}\nmodule \"store\" {{ source = \"../store\" }}\n"
        )
    };
    write(
        "store/main.tf",
        "resource \"aws_s3_bucket\" \"patients\" { bucket = \"patients\" }\n",
    );
    write("a/main.tf", &call("us-east-1"));
    let scan = || {
        let run = gardefou_in(
            folder.path(),
            &["scan", ".", "--as-of", AS_OF, "--format", "json"],
            &[],
        );
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let all = document["findings"].as_array().expect("findings").clone();
        let named = |finding: serde_json::Value| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            (text("root"), text("rule"), text("fingerprint"))
        };
        all.into_iter().map(named).collect::<Vec<_>>()
    };
    let alone = scan();
    assert!(
        !alone.is_empty() && alone.iter().all(|(root, ..)| root == "a"),
        "{alone:?}"
    );
    write("0/main.tf", &call("us-west-2"));
    let both = scan();
    assert_eq!(both.len(), 2 * alone.len());
    assert!(
        alone.iter().all(|finding| both.contains(finding)),
        "{both:?}\n{alone:?}"
    );
    let prints: std::collections::BTreeSet<_> = both.iter().map(|(.., print)| print).collect();
    assert_eq!(prints.len(), both.len());
}

/// Every way by which a value can come, in one estate.
const WAYS: [(&str, &str); 4] = [
    (
        "main.tf",
        r#"variable "env" { default = "prod" }
variable "region" { type = string }
variable "size" {}
variable "owner" {}
variable "cfg" {
  type    = object({ tier = optional(string, "gold"), zone = string })
  default = { zone = "z1" }
}
variable "sites" {
  default = { paris = { region = "eu-west-9" } }
}
variable "password" {
  sensitive = true
  default   = { admin = "hunter2" }
}
locals {
  name   = "data-${var.env}"
  places = { prod = "p1", dev = "d1" }
}
provider "aws" { region = var.region }
data "x_key" "k" { key_id = var.env }
resource "x_store" "sites" {
  for_each = var.sites
  key      = each.key
  region   = each.value.region
}
resource "aws_s3_bucket" "one" {
  fixed    = "literal"
  default  = var.env
  file     = var.region
  option   = var.size
  outside  = var.owner
  local    = local.name
  call     = upper(var.env)
  branch   = var.env == "prod" ? "yes" : "no"
  optional = var.cfg.tier
  zone     = var.cfg.zone
  keyed    = local.places[var.env]
  data     = data.x_key.k.key_id
  open     = data.x_key.k.arn
  loop     = [for site in var.sites : site.region]
  secret   = var.password.admin
  told     = nonsensitive(keys(var.password))
  merged   = merge(local.places, { test = var.region }).prod
  dynamic "rule" {
    for_each = var.sites
    content {
      where = rule.value.region
    }
  }
}
module "m" {
  source = "./m"
  cfg    = { level = local.name }
}
"#,
    ),
    (
        "m/main.tf",
        "variable \"cfg\" {}\nresource \"x_store\" \"inner\" { level = var.cfg.level }\n",
    ),
    (
        "extra.tf.json",
        r#"{"resource": {"x_store": {"json": {"region": "${var.region}"}}}}"#,
    ),
    ("terraform.tfvars", "region = \"eu-west-3\"\n"),
];

fn estate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in WAYS {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

const GIVEN: [&str; 4] = ["--var", "size=L", "--format", "json"];

/// The steps of the way of an attribute: the kind with who gave it, and what is written there, read again from the file.
fn way(folder: &Path, address: &str, attribute: &str) -> Vec<String> {
    let mut arguments = vec!["inspect", address, attribute];
    arguments.extend(GIVEN);
    let run = gardefou_in(folder, &arguments, &[("TF_VAR_owner", "DSI")]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let attributes = &document["resources"][0]["attributes"];
    assert_eq!(
        attributes.as_array().map(Vec::len),
        Some(1),
        "{address} {attribute}: {attributes:#}"
    );
    let chain = attributes[0]["chain"].as_array().expect("a chain");
    chain.iter().map(|step| said(folder, step)).collect()
}

fn said(folder: &Path, step: &serde_json::Value) -> String {
    let word = |name: &str| step[name].as_str().unwrap_or_default();
    let text = step["text"].as_str();
    let path = folder.join(step["location"]["path"].as_str().expect("a path"));
    if let (Some(text), Ok(file)) = (text, std::fs::read_to_string(path)) {
        let at = |end: &str, part: &str| {
            usize::try_from(step["location"][end][part].as_u64().expect("a number")).expect("small")
        };
        let line = file.lines().nth(at("start", "line") - 1).expect("a line");
        let written: String = line.chars().skip(at("start", "column") - 1).collect();
        assert!(written.starts_with(text), "{text:?} is not at {written:?}");
        if at("start", "line") == at("end", "line") {
            assert_eq!(
                text.chars().count(),
                at("end", "column") - at("start", "column")
            );
        }
    }
    let kind = match (word("step"), word("by")) {
        (kind, "") => kind.to_owned(),
        (kind, by) => format!("{kind}/{by}"),
    };
    format!("{kind} {}", text.unwrap_or("(hidden)"))
}

#[test]
fn values_are_followed_to_what_was_written() {
    let folder = estate();
    let folder = folder.path();
    let one = "aws_s3_bucket.one";
    let paris = "x_store.sites[\"paris\"]";
    let cases: [(&str, &str, &[&str]); 23] = [
        (
            one,
            "merged",
            &[
                "written merge(local.places, { test = var.region }).prod",
                "part merge(local.places, { test = var.region })",
                "part local.places",
                "local \"p1\"",
            ],
        ),
        (
            one,
            "told",
            &[
                "written nonsensitive(keys(var.password))",
                "part keys(var.password)",
                "part var.password",
                "variable/default (hidden)",
            ],
        ),
        (one, "fixed", &["written \"literal\""]),
        (
            one,
            "default",
            &["written var.env", "variable/default \"prod\""],
        ),
        (
            one,
            "file",
            &["written var.region", "variable/file \"eu-west-3\""],
        ),
        (one, "option", &["written var.size", "variable/option L"]),
        (
            one,
            "outside",
            &["written var.owner", "variable/environment DSI"],
        ),
        (
            one,
            "local",
            &[
                "written local.name",
                "local \"data-${var.env}\"",
                "part var.env",
                "variable/default \"prod\"",
            ],
        ),
        (
            one,
            "call",
            &[
                "written upper(var.env)",
                "part var.env",
                "variable/default \"prod\"",
            ],
        ),
        (
            one,
            "branch",
            &[
                "written var.env == \"prod\" ? \"yes\" : \"no\"",
                "part \"yes\"",
                "part var.env == \"prod\"",
                "part var.env",
                "variable/default \"prod\"",
            ],
        ),
        (
            one,
            "optional",
            &[
                "written var.cfg.tier",
                "variable/default { zone = \"z1\" }",
                "part \"gold\"",
            ],
        ),
        (
            one,
            "zone",
            &["written var.cfg.zone", "variable/default \"z1\""],
        ),
        (
            one,
            "keyed",
            &[
                "written local.places[var.env]",
                "local \"p1\"",
                "part var.env",
                "variable/default \"prod\"",
            ],
        ),
        (
            one,
            "data",
            &[
                "written data.x_key.k.key_id",
                "resource var.env",
                "variable/default \"prod\"",
            ],
        ),
        (one, "open", &["written data.x_key.k.arn"]),
        (
            one,
            "loop",
            &[
                "written site.region",
                "part var.sites",
                "variable/default \"eu-west-9\"",
            ],
        ),
        (
            one,
            "rule.where",
            &[
                "written rule.value.region",
                "part var.sites",
                "variable/default \"eu-west-9\"",
            ],
        ),
        (
            one,
            "provider.region",
            &["written var.region", "variable/file \"eu-west-3\""],
        ),
        (
            paris,
            "key",
            &[
                "written each.key",
                "each var.sites",
                "variable/default { region = \"eu-west-9\" }",
            ],
        ),
        (
            paris,
            "region",
            &[
                "written each.value.region",
                "each var.sites",
                "variable/default \"eu-west-9\"",
            ],
        ),
        (
            paris,
            "each.key",
            &[
                "written var.sites",
                "variable/default { paris = { region = \"eu-west-9\" } }",
            ],
        ),
        (
            "module.m.x_store.inner",
            "level",
            &[
                "written var.cfg.level",
                "variable/argument local.name",
                "local \"data-${var.env}\"",
                "part var.env",
                "variable/default \"prod\"",
            ],
        ),
        (
            "x_store.json",
            "region",
            &["written \"${var.region}\"", "variable/file \"eu-west-3\""],
        ),
    ];
    let mut wrong = Vec::new();
    for (address, attribute, expected) in cases {
        let steps = way(folder, address, attribute);
        if steps != expected {
            wrong.push(format!(
                "{address} {attribute}\n  is  {steps:?}\n  not {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_way_of_a_secret_is_told_without_its_words() {
    let folder = estate();
    let steps = way(folder.path(), "aws_s3_bucket.one", "secret");
    assert_eq!(steps, ["written (hidden)", "variable/default (hidden)"]);
    for (attribute, format) in [("told", "json"), ("secret", "human"), ("told", "human")] {
        let arguments = [
            "inspect",
            "aws_s3_bucket.one",
            attribute,
            "--format",
            format,
        ];
        let run = gardefou_in(folder.path(), &arguments, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    }
    let shown = ["inspect", "aws_s3_bucket.one", "secret", "--show-sensitive"];
    assert!(
        gardefou_in(folder.path(), &shown, &[])
            .stdout
            .contains("hunter2")
    );
}

#[test]
fn a_resource_is_asked_for_in_several_ways() {
    let folder = estate();
    let ask = |arguments: &[&str]| {
        let mut all = vec!["inspect"];
        all.extend(arguments);
        gardefou_in(folder.path(), &all, &[])
    };
    let by_place = ask(&["x_store.sites[\"paris\"]", "region", "."]);
    assert_eq!(by_place.code, 0, "{}", by_place.stderr);
    for same in [
        &[
            "--resource",
            "x_store.sites[\"paris\"]",
            "--attribute",
            "region",
        ][..],
        &[
            "--resource",
            "x_store.sites[\"paris\"]",
            "--attribute",
            "region",
            ".",
        ],
        &["x_store.sites", "region"],
        &["x_store.sites[*]", "region"],
        &["x_store.sites[paris]", "--attribute", "region", "."],
    ] {
        assert_eq!(ask(same), by_place, "{same:?}");
    }
    insta::assert_snapshot!("inspect_attribute", by_place.stdout);
    insta::assert_snapshot!("inspect_resource", ask(&["aws_s3_bucket.one"]).stdout);
    // `m` is a folder, so it is read, and there is no such resource in it.
    let elsewhere = ask(&["x_store.sites", "m"]);
    assert!(
        elsewhere
            .stderr
            .contains("there is no resource x_store.sites"),
        "{}",
        elsewhere.stderr
    );
    let near = ask(&["x_store.site"]);
    assert_eq!((near.code, near.stdout.as_str()), (2, ""));
    assert!(
        near.stderr.contains("x_store.sites[\"paris\"]"),
        "{}",
        near.stderr
    );
    let attribute = ask(&["aws_s3_bucket.one", "fixd"]);
    assert_eq!(attribute.code, 2);
    assert!(
        attribute.stderr.contains("did you mean fixed?"),
        "{}",
        attribute.stderr
    );
    assert_eq!(ask(&["--attribute", "region"]).code, 2);
}

#[test]
fn evidence_follows_its_schema() {
    let schema = std::fs::read_to_string(root().join("docs/schema/evidence.schema.json"));
    let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = estate();
    for address in ["aws_s3_bucket.one", "data.x_key.k", "x_store.sites"] {
        let arguments = ["inspect", address, "--format", "json"];
        let run = gardefou_in(folder.path(), &arguments, &[]);
        let document = serde_json::from_str(&run.stdout).expect("JSON");
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{address}: {errors:#?}");
    }
}

#[test]
fn the_inspection_for_people() {
    let folder = estate();
    let run = gardefou_in(folder.path(), &["inspect", ".", "--as-of", AS_OF], &[]);
    insta::assert_snapshot!(
        "inspect_human",
        format!("{}--- stderr ---\n{}", run.stdout, run.stderr)
    );
}
