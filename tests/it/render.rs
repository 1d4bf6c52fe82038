//! Rendering charts and kustomizations: what is started, with what, what is refused before anything starts, and what becomes of
//! what is rendered. Most of it with programs of a few lines of shell; the last part with the real ones.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{AS_OF, Run, gardefou_in, root};

pub(crate) const CHART: &str = "apiVersion: v2\nname: portal\nversion: 1.0.0\n";
const TEMPLATE: &str =
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {{ .Values.name }}\n";
const CLAIM: &str = "echo '---'; echo '# Source: portal/templates/db.yaml'; echo 'apiVersion: v1'; echo 'kind: PersistentVolumeClaim'; echo 'metadata: {name: db}'";

/// A repository, and beside it a folder of programs. Every program writes its arguments into a file beside itself, so that
/// it can be told whether it was started.
pub(crate) struct Estate {
    pub(crate) folder: TempDir,
}

impl Estate {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let estate = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir_all(estate.code().join(".git")).expect("made");
        fs::create_dir_all(estate.programs()).expect("made");
        for (path, text) in files {
            estate.write(path, text);
        }
        estate
    }

    /// A chart `charts/portal` with one template.
    fn chart(more: &[(&str, &str)]) -> Self {
        let estate = Self::new(&[
            ("charts/portal/Chart.yaml", CHART),
            ("charts/portal/values.yaml", "name: db\n"),
            ("charts/portal/templates/db.yaml", TEMPLATE),
        ]);
        for (path, text) in more {
            estate.write(path, text);
        }
        estate
    }

    pub(crate) fn code(&self) -> PathBuf {
        self.folder.path().join("code")
    }

    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.path().join("programs")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.code().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }

    pub(crate) fn program(&self, name: &str, script: &str) -> &Self {
        let file = self.programs().join(name);
        let script = format!("#!/bin/sh\necho \"$*\" >> \"$0.started\"\n{script}\n");
        fs::write(&file, script).expect("written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("allowed");
        self
    }

    /// The arguments of each start of a program, sorted.
    pub(crate) fn started(&self, name: &str) -> Vec<String> {
        let file = self.programs().join(format!("{name}.started"));
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    }

    fn run(&self, command: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        let programs = self.programs();
        let mut all = vec![command, ".", "--as-of", AS_OF];
        all.extend(arguments);
        let scratch = self.folder.path().join("scratch");
        fs::create_dir_all(&scratch).expect("made");
        let mut variables = vec![
            ("PATH", programs.to_str().expect("UTF-8")),
            ("TMPDIR", scratch.to_str().expect("UTF-8")),
        ];
        variables.extend(environment);
        let run = gardefou_in(&self.code(), &all, &variables);
        let left = fs::read_dir(scratch).expect("a folder").count();
        assert_eq!(left, 0, "something is left behind");
        run
    }

    fn scan(&self, arguments: &[&str]) -> Run {
        self.run("scan", arguments, &[])
    }

    pub(crate) fn json(&self, command: &str, arguments: &[&str]) -> (i32, Value) {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let run = self.run(command, &all, &[]);
        let document = serde_json::from_str(&run.stdout);
        (
            run.code,
            document.unwrap_or_else(|error| panic!("{error}: {}", run.stderr)),
        )
    }
}

pub(crate) fn texts(list: &Value) -> Vec<&str> {
    let all = list.as_array().expect("a list").iter();
    all.map(|one| one.as_str().expect("a text")).collect()
}

pub(crate) fn hold_schema(name: &str, document: &Value) {
    let file = root().join(format!("docs/schema/{name}.schema.json"));
    let schema = fs::read_to_string(file).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors = validator
        .iter_errors(document)
        .map(|error| error.to_string());
    assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new());
}

/// The errors of a scan: message, help, path.
pub(crate) fn errors(document: &Value) -> Vec<(String, String, String)> {
    let problems = document["problems"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems
        .filter(|problem| problem["severity"] == "error")
        .map(|problem| {
            let of = |key: &str| text(&problem[key]);
            (of("message"), of("help"), of("path"))
        })
        .collect()
}

#[test]
fn nothing_is_started_unless_it_is_asked_for() {
    let estate = Estate::chart(&[("k/kustomization.yaml", "resources: []\n")]);
    for name in ["helm", "kubectl", "kustomize"] {
        estate.program(name, CLAIM);
    }
    let started = || ["helm", "kubectl", "kustomize"].map(|name| estate.started(name).len());
    let run = estate.scan(&[]);
    assert_eq!((run.code, started()), (3, [0, 0, 0]), "{}", run.stdout);
    assert!(run.stdout.contains("not-rendered") && run.stderr.contains("--render"));
    // The configuration comes with the code: it may ask for it, and is overruled.
    estate.write("gardefou.toml", "[render]\nenabled = true\n");
    let run = estate.scan(&["--no-render"]);
    assert_eq!((run.code, started()), (3, [0, 0, 0]), "{}", run.stdout);
    estate.scan(&[]);
    assert_eq!(started(), [1, 1, 0]);
    estate.write("gardefou.toml", "[render]\nenabled = false\n");
    estate.scan(&[]);
    assert_eq!(started(), [1, 1, 0]);
    estate.scan(&["--render"]);
    assert_eq!(started(), [2, 2, 0]);
    estate.run("inspect", &[], &[("GARDEFOU_RENDER", "1")]);
    assert_eq!(started(), [3, 3, 0]);
}

#[test]
fn the_configuration_cannot_name_a_program() {
    let config = "[render]\nenabled = true\nhelm = \"./evil\"\n";
    let estate = Estate::chart(&[("gardefou.toml", config)]);
    let (code, document) = estate.json("scan", &[]);
    assert_eq!(code, 2);
    let found = errors(&document);
    let said = |text: &str| found.iter().any(|(message, ..)| message.contains(text));
    assert!(said("`helm` is no key of [render]"), "{found:#?}");
    assert!(said("there is no program `helm`"), "{found:#?}");
}

#[test]
fn what_is_rendered_is_judged_and_marked() {
    let estate = Estate::chart(&[(
        "charts/portal/templates/off.yaml",
        "{{ if .Values.off }}\napiVersion: v1\nkind: Pod\n{{ end }}\n",
    )]);
    estate.program("helm", CLAIM);
    let (code, document) = estate.json("scan", &["--render", "--assume", "particular"]);
    assert_eq!(code, 1, "{document:#}");
    let finding = &document["findings"][0];
    assert_eq!(finding["address"], "v1/PersistentVolumeClaim db");
    assert_eq!(finding["location"]["path"], "charts/portal (rendered)");
    assert_eq!(finding["location"]["rendered"], true);
    assert_eq!(
        document["coverage"]["packages"],
        serde_json::json!([{
            "kind": "helm-chart", "found": 1, "rendered": 1, "failed": 0, "not_rendered": 0, "parts": 0, "objects": 1
        }])
    );
    hold_schema("scan", &document);
    let rendering = &document["coverage"]["renderings"][0];
    assert_eq!(rendering["release"], "portal");
    assert_eq!(
        texts(&rendering["empty_templates"]),
        ["charts/portal/templates/off.yaml"]
    );
    let run = estate.scan(&["--render", "--assume", "particular"]);
    for part in [
        "in the rendered text",
        "1 Helm chart (1 object)",
        "1 template gave nothing with these values: charts/portal/templates/off.yaml",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let run = estate.run("inspect", &["--render"], &[]);
    assert!(
        run.stdout
            .contains("charts/portal (1 object, release portal"),
        "{}",
        run.stdout
    );
}

/// Without a namespace in the configuration Helm calls it `default`, also in the chart that makes it.
#[test]
fn what_states_no_namespace_is_in_the_one_that_its_chart_makes_for_the_release() {
    let estate = Estate::chart(&[]);
    let namespace = |name: &str| {
        format!(
            "{CLAIM}; echo '---'; echo '# Source: portal/templates/ns.yaml'; echo 'apiVersion: v1'; echo 'kind: Namespace'; echo 'metadata: {{name: {name}, labels: {{gardefou.eu/sensitivity: particular}}}}'"
        )
    };
    estate.program("helm", &namespace("default"));
    let (_, document) = estate.json("scan", &["--render"]);
    let claims = |document: &Value, address: &str| {
        let findings = document["findings"].as_array().expect("findings").iter();
        let levels = findings.filter(|finding| finding["address"] == address);
        levels
            .map(|finding| finding["level"].as_str().expect("a level").to_owned())
            .collect::<Vec<_>>()
    };
    let found = claims(&document, "v1/PersistentVolumeClaim default/db");
    assert!(!found.is_empty(), "{document:#}");
    assert!(found.iter().all(|level| level == "particular"), "{found:?}");
    // One of another name may be another's.
    estate.program("helm", &namespace("tools"));
    let (_, document) = estate.json("scan", &["--render"]);
    let found = claims(&document, "v1/PersistentVolumeClaim db");
    assert!(found.iter().all(|level| level != "particular"), "{found:?}");
}

#[test]
fn helm_is_told_what_the_configuration_says() {
    let config = "[render]\nenabled = true\n[[render.chart]]\npaths = [\"charts/*\"]\nvalues = [\"env/a,b.yaml\"]\nrelease = \"blue\"\nnamespace = \"prod\"\nkube-version = \"1.33\"\napi-versions = [\"a/v1\"]\n[[render.chart]]\npaths = [\"nowhere\"]\n";
    let estate = Estate::chart(&[("env/a,b.yaml", "name: x\n"), ("gardefou.toml", config)]);
    estate.program("helm", CLAIM);
    estate.write("more.yaml", "name: y\n");
    let (_, document) = estate.json("inspect", &["--values", "more.yaml"]);
    let chart = estate.code().join("charts/portal");
    let chart = chart.canonicalize().expect("there");
    assert_eq!(
        estate.started("helm"),
        [format!(
            "template --skip-schema-validation --include-crds --values=values-0.yaml --values=values-1.yaml --namespace=prod --kube-version=1.33 --api-versions=a/v1 -- blue {}",
            chart.display()
        )]
    );
    hold_schema("inspect", &document);
    let object = &document["objects"][0];
    assert_eq!(object["address"], "v1/PersistentVolumeClaim prod/db");
    let rendering = &document["renderings"][0];
    assert_eq!(texts(&rendering["values"]), ["env/a,b.yaml", "more.yaml"]);
    assert_eq!(rendering["namespace"], "prod");
    let warned = document["problems"][0]["message"].as_str();
    assert!(
        warned.is_some_and(|text| text.contains("names no chart")),
        "{document:#}"
    );
}

#[test]
fn renderings_of_one_chart_are_not_mixed_up() {
    let config = "[render]\nenabled = true\n[[render.chart]]\npaths = [\"charts/portal\"]\nnamespace = \"prod\"\n[[render.chart]]\npaths = [\"charts/portal\"]\nnamespace = \"staging\"\n";
    let estate = Estate::chart(&[("gardefou.toml", config)]);
    estate.program(
        "helm",
        "case \"$*\" in *=staging*) r=us-east-1;; *) r=eu-west-3;; esac
        echo '---'
        echo '# Source: portal/templates/db.yaml'
        echo 'apiVersion: storage.k8s.io/v1'
        echo 'kind: StorageClass'
        echo 'metadata: {name: fast}'
        echo 'provisioner: ebs.csi.aws.com'
        echo \"allowedTopologies: [{matchLabelExpressions: [{key: topology.kubernetes.io/region, values: [$r]}]}]\"
        echo '---'
        echo '# Source: portal/templates/db.yaml'
        echo 'apiVersion: v1'
        echo 'kind: PersistentVolumeClaim'
        echo 'metadata: {name: db}'
        echo 'spec: {storageClassName: fast}'",
    );
    let (code, document) = estate.json("inspect", &[]);
    assert_eq!(code, 0, "{document:#}");
    let objects = document["objects"].as_array().expect("a list");
    let region = |address: &str| {
        let object = objects.iter().find(|one| one["address"] == address);
        object.expect("the object")["facts"]["location"].to_string()
    };
    let prod = region("v1/PersistentVolumeClaim prod/db");
    let staging = region("v1/PersistentVolumeClaim staging/db");
    assert!(
        prod.contains("eu-west-3") && !prod.contains("us-east-1"),
        "{prod}"
    );
    assert!(
        staging.contains("us-east-1") && !staging.contains("eu-west-3"),
        "{staging}"
    );
    let paths: Vec<_> = objects.iter().map(|one| &one["location"]["path"]).collect();
    assert_eq!(
        paths,
        [
            "charts/portal (rendered as portal)",
            "charts/portal (rendered as portal)",
            "charts/portal (rendered as portal, 2)",
            "charts/portal (rendered as portal, 2)",
        ]
    );
}

#[test]
fn a_program_that_fails_is_an_error_and_drives_no_terminal() {
    let estate = Estate::chart(&[]);
    estate.program(
        "helm",
        "echo 'apiVersion: v1'; printf 'Error: execution error at (portal/templates/db.yaml:4:11): \\033[31mname is needed in %s\\n' \"$PWD\" >&2; exit 1",
    );
    let (code, document) = estate.json("scan", &["--render"]);
    assert_eq!(code, 2);
    let [(message, help, path)] = &errors(&document)[..] else {
        panic!("{document:#}");
    };
    assert_eq!(
        message,
        "the Helm chart `charts/portal` was not rendered: `helm` failed (exit status: 1)"
    );
    assert!(help.contains("\\u{1b}[31mname is needed"), "{help}");
    assert!(
        !help.contains("gardefou-"),
        "the machine's folders are nobody's business: {help}"
    );
    assert_eq!(path, "charts/portal/templates/db.yaml");
    assert_eq!(document["problems"][0]["location"]["start"]["line"], 4);
    assert_eq!(document["coverage"]["packages"][0]["failed"], 1);
    let run = estate.scan(&["--render"]);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
    assert!(
        run.stdout.contains("1 Helm chart: could not be rendered"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_is_missing_is_an_error() {
    let estate = Estate::chart(&[("k/kustomization.yaml", "resources: []\n")]);
    let (code, document) = estate.json("scan", &["--render"]);
    assert_eq!(code, 2);
    let found = errors(&document);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].0.contains("there is no program `helm`") && found[0].1.contains("GARDEFOU_HELM")
    );
    assert!(
        found[1]
            .0
            .contains("there is no program `kubectl` or `kustomize`")
    );
    let run = estate.run("scan", &["--render"], &[("GARDEFOU_HELM", "/nowhere/helm")]);
    assert_eq!(run.code, 2);
    assert!(
        run.stdout.contains("GARDEFOU_HELM names `/nowhere/helm`"),
        "{}",
        run.stdout
    );
    estate.program("helm", CLAIM).program("kubectl", "echo");
    let run = estate.scan(&["--render", "--values", "nowhere.yaml"]);
    assert_eq!(
        (run.code, estate.started("helm").len()),
        (2, 0),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("nowhere.yaml"), "{}", run.stdout);
    for (values, why) in [
        ("nowhere.yaml", "is not there"),
        ("../outside.yaml", "lies outside"),
    ] {
        fs::write(estate.folder.path().join("outside.yaml"), "a: 1\n").expect("written");
        let config =
            format!("[[render.chart]]\npaths = [\"charts/portal\"]\nvalues = [\"{values}\"]\n");
        estate.write("gardefou.toml", &config);
        let (code, document) = estate.json("scan", &["--render"]);
        assert_eq!((code, estate.started("helm").len()), (2, 0));
        assert!(errors(&document)[0].0.contains(why), "{document:#}");
    }
}

#[test]
fn links_out_of_the_repository_are_refused_before_anything_starts() {
    let estate = Estate::chart(&[]);
    estate.program("helm", CLAIM);
    let secret = estate.folder.path().join("secret");
    fs::write(&secret, "x").expect("written");
    symlink(&secret, estate.code().join("charts/portal/files")).expect("linked");
    let (code, document) = estate.json("scan", &["--render"]);
    assert_eq!((code, estate.started("helm").len()), (2, 0));
    let (message, ..) = &errors(&document)[0];
    assert!(
        message.contains("`charts/portal/files` is a link that leads out"),
        "{message}"
    );
    // Inside the repository a link is a way to share.
    fs::remove_file(estate.code().join("charts/portal/files")).expect("removed");
    estate.write("shared/x.txt", "x");
    symlink("../../shared", estate.code().join("charts/portal/files")).expect("linked");
    estate.scan(&["--render"]);
    assert_eq!(estate.started("helm").len(), 1);
}

/// A kustomization that builds on `base`, which says `text`.
fn refused(text: &str, more: &[(&str, &str)]) -> (usize, Vec<(String, String, String)>) {
    let estate = Estate::new(&[
        ("prod/kustomization.yaml", "resources: [../base]\n"),
        ("base/kustomization.yaml", text),
    ]);
    for (path, text) in more {
        estate.write(path, text);
    }
    fs::write(estate.folder.path().join("kustomization.yaml"), "").expect("written");
    estate.program("kubectl", "echo");
    let (code, document) = estate.json("scan", &["--render"]);
    assert!(
        code == 2 || !estate.started("kubectl").is_empty(),
        "{document:#}"
    );
    (estate.started("kubectl").len(), errors(&document))
}

#[test]
fn kustomizations_that_lead_outside_are_refused_before_anything_starts() {
    let plugin = (
        "base/plugin.yaml",
        "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\nfiles: [\"a=HTTP://localhost:1/x\"]\n",
    );
    let cases = [
        ("resources: [\"https://example.org/x.yaml\"]", "network"),
        ("resources: [\"github.com/a/b//c?ref=v1\"]", "network"),
        ("resources: [\"git@example.org:a/b.git\"]", "network"),
        // As Kustomize reads it.
        ("Re\u{17f}ources: [\"http://localhost:1/x\"]", "network"),
        ("patches: [{path: \"http://localhost:1/x\"}]", "network"),
        (
            "configMapGenerator: [{name: a, files: [\"k=http://localhost:1/x\"]}]",
            "network",
        ),
        ("openapi: {path: \"http://localhost:1/x\"}", "network"),
        ("generators: [plugin.yaml]", "network"),
        (
            "transformers: [\"apiVersion: builtin\\nkind: PatchTransformer\\npath: http://localhost:1/x\\n\"]",
            "network",
        ),
        (
            "helmCharts: [{name: x, repo: \"https://example.org\"}]",
            "inflates",
        ),
        ("resources: [../..]", "outside the repository"),
        ("resources: [/etc/hosts]", "path of the machine"),
        ("resources: [nowhere.yaml]", "is not there"),
        ("resources: [a", "could not be read"),
    ];
    for (text, why) in cases {
        let (started, errors) = refused(text, &[plugin]);
        assert_eq!(started, 0, "{text}");
        assert!(
            errors.iter().any(|(message, ..)| message.contains(why)),
            "{text}: {errors:#?}"
        );
        assert!(
            errors
                .iter()
                .any(|(.., path)| path == "base/kustomization.yaml"
                    || path == "base/plugin.yaml"
                    || path == "prod/kustomization.yaml"),
            "{text}: {errors:#?}"
        );
    }
    // Addresses that are nothing but data.
    let data = "configMapGenerator: [{name: a, literals: [\"u=https://example.org\"]}]\nimages: [{name: x, newName: example.org/x}]\nhelmCharts: []\npatches: [{patch: \"a:\\n  b: https://example.org\\n\"}]\n";
    assert_eq!(refused(data, &[]).0, 1);
}

#[test]
fn kustomizations_are_rendered_where_nobody_builds_on_them() {
    let estate = Estate::new(&[
        ("base/kustomization.yaml", "resources: [claim.yaml]\n"),
        (
            "base/claim.yaml",
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: raw}\n",
        ),
        (
            "audit/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\ncomponents: [../audit]\n",
        ),
        ("test/kustomization.yaml", "resources: [../base]\n"),
    ]);
    estate.program(
        "kustomize",
        "echo 'apiVersion: v1'; echo 'kind: PersistentVolumeClaim'; echo \"metadata: {name: ${2##*/}}\"",
    );
    let (code, document) = estate.json("inspect", &["--render"]);
    assert_eq!(code, 0, "{document:#}");
    let started = estate.started("kustomize");
    assert_eq!(started.len(), 2, "{started:?}");
    assert!(
        started.iter().all(|line| line.starts_with("build /")),
        "{started:?}"
    );
    let objects = document["objects"].as_array().expect("a list").iter();
    let addresses: Vec<_> = objects
        .map(|one| one["address"].as_str().expect("text"))
        .collect();
    assert_eq!(
        addresses,
        [
            "v1/PersistentVolumeClaim prod",
            "v1/PersistentVolumeClaim test"
        ]
    );
}

/// With the programs that `.ci/kubernetes-tools` gets.
mod real {
    use super::*;

    fn tool(name: &str) -> String {
        let tool = std::env::var(name);
        tool.unwrap_or_else(|_| panic!("{name} names the program; .ci/kubernetes-tools gets it"))
    }

    /// A scan or inspection of a folder, with the real programs and nothing else of the environment.
    fn json(folder: &Path, arguments: &[&str]) -> (i32, Value) {
        let (helm, kubectl) = (tool("GARDEFOU_TEST_HELM"), tool("GARDEFOU_TEST_KUBECTL"));
        let mut all = arguments.to_vec();
        all.extend([".", "--render", "--as-of", AS_OF, "--format", "json"]);
        let variables = [("GARDEFOU_HELM", &*helm), ("GARDEFOU_KUBECTL", &*kubectl)];
        let run = gardefou_in(folder, &all, &variables);
        let document = serde_json::from_str(&run.stdout);
        (
            run.code,
            document.unwrap_or_else(|error| panic!("{error}: {}", run.stderr)),
        )
    }

    /// Addresses of the findings of a rule.
    fn found<'a>(document: &'a Value, rule: &str) -> Vec<&'a str> {
        let findings = document["findings"].as_array().expect("a list").iter();
        let mut all: Vec<_> = findings
            .filter(|one| one["rule"] == rule && one["outcome"] == "violation")
            .map(|one| one["address"].as_str().expect("a text"))
            .collect();
        all.sort_unstable();
        all
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("made");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                copy(&from, &to);
            } else {
                fs::copy(&from, &to).expect("copied");
            }
        }
    }

    /// The chart of the samples, to be changed.
    fn portal() -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("fixtures/helm"), folder.path());
        folder
    }

    /// The files that a finding leads to, each with the text of its line: its place, then its evidence.
    fn way(folder: &str, rule: &str, address: &str) -> Vec<String> {
        let folder = root().join(folder);
        let (_, document) = json(&folder, &["scan"]);
        let findings = document["findings"].as_array().expect("a list");
        let finding = findings
            .iter()
            .find(|one| one["rule"] == rule && one["address"] == address)
            .unwrap_or_else(|| panic!("{document:#}"));
        let own = [(
            &finding["location"]["path"],
            &finding["location"]["start"]["line"],
        )];
        let evidence = finding["evidence"].as_array().expect("a list").iter();
        let evidence = evidence.map(|one| (&one["path"], &one["line"]));
        own.into_iter()
            .chain(evidence)
            .filter_map(|(path, line)| {
                let (path, line) = (path.as_str()?, line.as_u64()?);
                let text = fs::read_to_string(folder.join(path)).expect("a file");
                let line = text.lines().nth(line as usize - 1).expect("a line");
                Some(format!("{path}: {}", line.trim()))
            })
            .collect()
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn findings_lead_to_the_template_the_values_and_the_patch() {
        let chart = way(
            "fixtures/helm",
            "residency/outside-area",
            "v1/PersistentVolumeClaim staging/records-chu-essai",
        );
        assert_eq!(
            chart[0],
            "portal/templates/storage.yaml: kind: PersistentVolumeClaim"
        );
        let value = "portal/values-staging.yaml: region: us-east-1";
        assert!(chart.iter().any(|one| one == value), "{chart:#?}");
        let overlay = way(
            "fixtures/kustomize",
            "residency/outside-area",
            "v1/PersistentVolumeClaim staging/staging-records",
        );
        assert_eq!(overlay[0], "base/storage.yaml: kind: PersistentVolumeClaim");
        let patch = overlay
            .iter()
            .any(|one| one.starts_with("overlays/staging/class.yaml: "));
        assert!(patch, "{overlay:#?}");
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn what_a_schema_refers_to_is_not_read() {
        let folder = portal();
        let outside = tempfile::tempdir().expect("a folder");
        let secret = outside.path().join("s.json");
        fs::write(&secret, r#"{"const": "OUTSIDE-CONTENT"}"#).expect("written");
        let schema = format!(
            r#"{{"properties": {{"image": {{"$ref": "file://{}"}}}}}}"#,
            secret.display()
        );
        fs::write(folder.path().join("portal/values.schema.json"), schema).expect("written");
        let (code, document) = json(folder.path(), &["scan"]);
        assert_eq!(code, 1, "{document:#}");
        assert!(!document.to_string().contains("OUTSIDE-CONTENT"));
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn a_chart_differs_with_its_values() {
        let (code, document) = json(&root().join("fixtures/helm"), &["scan"]);
        assert_eq!(code, 1, "{document:#}");
        assert_eq!(
            found(&document, "residency/outside-area"),
            ["v1/PersistentVolumeClaim staging/records-chu-essai"]
        );
        let renderings = document["coverage"]["renderings"]
            .as_array()
            .expect("a list");
        let of = |values: &str| {
            let one = renderings
                .iter()
                .find(|one| texts(&one["values"]) == [values]);
            let one = one.expect("the rendering");
            (one["objects"].as_u64(), texts(&one["empty_templates"]))
        };
        let backup = "portal/templates/backup.yaml";
        assert_eq!(of("portal/values-prod.yaml"), (Some(8), vec![backup]));
        assert_eq!(
            of("portal/values-staging.yaml"),
            (
                Some(5),
                vec!["portal/charts/cache/templates/deployment.yaml", backup]
            )
        );
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn overlays_differ() {
        let (code, document) = json(&root().join("fixtures/kustomize"), &["scan"]);
        assert_eq!(code, 1, "{document:#}");
        assert_eq!(
            found(&document, "residency/outside-area"),
            ["v1/PersistentVolumeClaim staging/staging-records"]
        );
        assert_eq!(
            document["coverage"]["packages"],
            serde_json::json!([{
                "kind": "kustomization", "found": 4, "rendered": 2, "failed": 0, "not_rendered": 0, "parts": 2, "objects": 8
            }])
        );
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn what_helm_says_leads_to_the_line() {
        let folder = portal();
        let values = folder.path().join("more.yaml");
        fs::write(&values, "backup: {enabled: true}\n").expect("written");
        let (code, document) = json(folder.path(), &["scan", "--values", "more.yaml"]);
        assert_eq!(code, 2, "{document:#}");
        let problem = &document["problems"][0];
        assert_eq!(problem["location"]["path"], "portal/templates/backup.yaml");
        assert_eq!(problem["location"]["start"]["line"], 9);
        let help = problem["help"].as_str().expect("a text");
        assert!(help.contains("backup.bucket is needed"), "{help}");
        fs::write(&values, "tenants: {a\n").expect("written");
        let (code, document) = json(folder.path(), &["scan", "--values", "more.yaml"]);
        assert_eq!(code, 2);
        let help = document["problems"][0]["help"].as_str().expect("a text");
        assert!(help.contains("more.yaml"), "{help}");
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn a_dependency_that_is_not_there_is_an_error_with_a_remedy() {
        let folder = portal();
        fs::remove_dir_all(folder.path().join("portal/charts")).expect("removed");
        let (code, document) = json(folder.path(), &["scan"]);
        assert_eq!(code, 2);
        let (_, help, path) = &errors(&document)[0];
        assert!(help.contains("helm dependency build"), "{help}");
        assert_eq!(path, "portal/Chart.yaml");
    }

    #[test]
    #[ignore = "needs helm and kubectl: .ci/run gets them"]
    fn what_kustomize_says_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("fixtures/kustomize"), folder.path());
        let class = folder.path().join("overlays/staging/class.yaml");
        let text = fs::read_to_string(&class).expect("a text");
        fs::write(class, text.replace("name: records", "name: other")).expect("written");
        let (code, document) = json(folder.path(), &["scan"]);
        assert_eq!(code, 2);
        let (message, help, path) = &errors(&document)[0];
        assert!(message.contains("`kubectl` failed"), "{message}");
        assert!(help.contains("no matches for Id StorageClass"), "{help}");
        assert!(!help.contains(&*folder.path().to_string_lossy()), "{help}");
        assert_eq!(path, "overlays/staging/kustomization.yaml");
        // The other overlay is judged all the same.
        assert_eq!(document["coverage"]["packages"][0]["rendered"], 1);
    }
}
