//! The component for GitLab: its script, with inputs as GitLab fills them in, run by the shell.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use gardefou::source::Sources;
use gardefou::syntax::yaml;
use serde_json::Value;
use tempfile::TempDir;

use super::runner::{executable, object, text};
use super::{BAD, GOOD};
use crate::support::{AS_OF, root};

/// The head of the component and its job.
fn component() -> (Value, Value) {
    let path = "templates/gardefou/template.yml";
    let read = fs::read_to_string(root().join(path)).expect("a file");
    let parsed = yaml::parse(Sources::new().add(path, read.as_str()), &read);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let documents: Vec<Value> = parsed
        .documents
        .iter()
        .map(|document| document.value.to_plain_json())
        .collect();
    let [head, jobs] = documents.as_slice() else {
        panic!("{} documents", documents.len());
    };
    (head["spec"]["inputs"].clone(), jobs["gardefou"].clone())
}

/// A text with inputs filled in.
fn filled(written: &str, inputs: &BTreeMap<String, String>) -> String {
    let mut text = written.to_owned();
    for (name, value) in inputs {
        text = text.replace(&format!("$[[ inputs.{name} ]]"), value);
    }
    assert!(!text.contains("$[["), "{text}");
    text
}

struct Pipeline {
    folder: TempDir,
    given: Vec<(&'static str, String)>,
    variables: Vec<(&'static str, String)>,
}

impl Pipeline {
    fn new(given: &[(&'static str, &str)]) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            given: given.iter().map(|(n, v)| (*n, (*v).to_owned())).collect(),
            variables: Vec::new(),
        }
    }

    /// Puts a program into the image.
    fn holds(self, name: &str, script: &str) -> Self {
        executable(&self.folder.path().join(name), script);
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs the job as a runner does: all lines in one shell, which stops at the first that fails.
    fn run(&self, workspace: &Path) -> Output {
        let (head, job) = component();
        let mut inputs: BTreeMap<String, String> = object(&head)
            .map(|(name, input)| (name.clone(), text(&input["default"])))
            .collect();
        for (name, value) in &self.given {
            assert!(inputs.contains_key(*name), "no input {name}");
            inputs.insert((*name).to_owned(), value.clone());
        }
        let lines: Vec<String> = ["before_script", "script"]
            .into_iter()
            .flat_map(|part| job[part].as_array().expect("lines"))
            .map(text)
            .collect();
        let script = lines.join("\n");
        assert!(
            !script.contains("$[["),
            "what an input says must never become part of a script"
        );
        let mut command = Command::new("sh");
        command
            .args(["-e", "-c", &script])
            .current_dir(workspace)
            .env_clear()
            .env("GARDEFOU_AS_OF", AS_OF)
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.folder.path().display()),
            )
            .envs(self.variables.iter().map(|(n, v)| (n, v)));
        for (name, variable) in object(&job["variables"]) {
            let value = match &variable["value"] {
                Value::Null => text(variable),
                value => {
                    assert_eq!(variable["expand"], false, "{name}");
                    text(value)
                }
            };
            command.env(name, filled(&value, &inputs));
        }
        command.output().expect("a shell")
    }
}

fn real() -> String {
    format!("exec {} \"$@\"", env!("CARGO_BIN_EXE_gardefou"))
}

const RECORDS: &str = "[ \"$1\" = --version ] || printf '<%s>\\n' \"$@\"";

#[test]
fn the_exit_status_is_that_of_the_scan() {
    let workspace = tempfile::tempdir().expect("a folder");
    for (path, code) in [
        (GOOD, 0),
        (BAD, 1),
        ("fixtures/broken/empty", 3),
        ("fixtures/broken/syntax-error", 2),
    ] {
        let path = root().join(path);
        let pipeline =
            Pipeline::new(&[("paths", path.to_str().expect("UTF-8"))]).holds("gardefou", &real());
        let output = pipeline.run(workspace.path());
        assert_eq!(output.status.code(), Some(code), "{path:?} {output:?}");
        for file in [
            "gl-code-quality-report.json",
            "gardefou.junit.xml",
            "gardefou.html",
        ] {
            assert!(workspace.path().join(file).is_file(), "{file}");
        }
    }
}

#[test]
fn inputs_are_data() {
    let workspace = tempfile::tempdir().expect("a folder");
    let hostile =
        "$(touch pwned)\n`touch pwned`\n\"; touch pwned\nEND_OF_LIST\n--help\n a  b \n*\n$HOME\n";
    let output = Pipeline::new(&[
        ("paths", hostile),
        ("config", "$(touch pwned)"),
        ("fail-on", "high; touch pwned"),
        ("baseline", "-x"),
        ("lang", "fr"),
        ("args", "--var=a=b c\n--assume=health"),
    ])
    .holds("gardefou", RECORDS)
    .run(workspace.path());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_dir(workspace.path()).expect("a folder").count(), 0);
    let all = String::from_utf8(output.stdout).expect("UTF-8");
    let (options, paths) = all.split_once("<-->\n").expect("options end");
    assert_eq!(
        paths,
        "<$(touch pwned)>\n<`touch pwned`>\n<\"; touch pwned>\n<END_OF_LIST>\n<--help>\n< a  b >\n<*>\n<$HOME>\n"
    );
    for option in [
        "--config=$(touch pwned)",
        "--fail-on=high; touch pwned",
        "--baseline=-x",
        "--lang=fr",
        "--var=a=b c",
        "--assume=health",
    ] {
        assert!(
            options.contains(&format!("<{option}>\n")),
            "{option}\n{options}"
        );
    }
}

#[test]
fn a_merge_request_may_hear_only_of_its_changes() {
    let workspace = tempfile::tempdir().expect("a folder");
    let arguments = |changed: &str, base: &str| {
        let output = Pipeline::new(&[("changed-only", changed)])
            .variable("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
            .holds("gardefou", RECORDS)
            .run(workspace.path());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(arguments("true", "4f2a").contains("<--changed-since=4f2a>"));
    assert!(!arguments("false", "4f2a").contains("changed-since"));
    assert!(
        !arguments("true", "").contains("changed-since"),
        "no merge request"
    );
}

#[test]
fn the_program_is_built_at_the_commit_when_the_image_has_none() {
    let workspace = tempfile::tempdir().expect("a folder");
    let none = Pipeline::new(&[]).run(workspace.path());
    assert_eq!(none.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&none.stderr).contains("give the input commit"));
    let pipeline = Pipeline::new(&[("commit", "4f2a; touch pwned")]);
    let built = pipeline.folder.path().join("gardefou");
    let pipeline = pipeline.holds("git", "").holds(
        "cargo",
        &format!(
            "printf '<%s>\\n' \"$@\"; pwd\nprintf '#!/bin/sh\\n' >{0}; chmod +x {0}",
            built.display()
        ),
    );
    let output = pipeline.run(workspace.path());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("<--locked>") && said.contains("<--rev>\n<4f2a; touch pwned>"),
        "{said}"
    );
    assert!(
        !said.contains(workspace.path().to_str().expect("UTF-8")),
        "{said}"
    );
}
