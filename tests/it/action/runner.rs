//! A runner of GitHub Actions as far as a composite action sees one: it evaluates the few expressions that `action.yml` uses,
//! starts its scripts with their environment, reads their outputs, and obeys workflow commands as the real one does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gardefou::source::Sources;
use gardefou::syntax::yaml;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{AS_OF, root};

/// The token of every job; it must be nowhere but where it is needed.
pub(super) const TOKEN: &str = "ghs_0123456789secret";

/// All that the scripts may need of a system.
const PLAIN_SYSTEM: [&str; 21] = [
    "awk",
    "bash",
    "cat",
    "cp",
    "cut",
    "dirname",
    "env",
    "grep",
    "gzip",
    "ldd",
    "mkdir",
    "mktemp",
    "mv",
    "od",
    "rm",
    "sed",
    "sha256sum",
    "shasum",
    "tar",
    "tr",
    "wc",
];

/// A job with one step: the action.
pub(super) struct Job {
    folder: TempDir,
    inputs: BTreeMap<String, String>,
    /// `github.event.pull_request.head.repo.full_name`.
    pub(super) head: String,
    environment: BTreeMap<String, String>,
    workspace: PathBuf,
    program: Option<PathBuf>,
}

/// What a job left behind.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Whether the job is green.
    pub(super) passed: bool,
    pub(super) log: String,
    /// Outputs of the action.
    pub(super) outputs: BTreeMap<String, String>,
    /// Inputs of the step that uploads, when it ran, and whether its failure would count.
    pub(super) uploaded: Option<(BTreeMap<String, String>, bool)>,
    pub(super) summary: String,
    /// What the file of the output `json-file` holds.
    pub(super) report: serde_json::Value,
}

impl Done {
    /// The workflow commands that the runner obeyed: `error`, `notice`, ... with what they carry.
    pub(super) fn commands(&self) -> Vec<(String, String)> {
        commands(&self.log)
    }

    pub(super) fn output(&self, name: &str) -> &str {
        self.outputs
            .get(name)
            .unwrap_or_else(|| panic!("no output {name}"))
    }
}

impl Job {
    /// A job that runs the program under test, without installing it.
    pub(super) fn new() -> Self {
        let mut job = Self::installing();
        job.program = Some(PathBuf::from(env!("CARGO_BIN_EXE_gardefou")));
        job
    }

    /// A job that installs the program as users do; see [`Job::stubs`].
    pub(super) fn installing() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["temp", "tools", "stubs", "stubs/releases", "action", "bin"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        programs(&folder.path().join("bin"));
        // A copy: the test decides which releases it knows.
        for entry in fs::read_dir(root().join("action")).expect("a folder") {
            let entry = entry.expect("an entry");
            fs::copy(
                entry.path(),
                folder.path().join("action").join(entry.file_name()),
            )
            .expect("copied");
        }
        Self {
            folder,
            inputs: BTreeMap::new(),
            head: String::new(),
            environment: BTreeMap::new(),
            workspace: root(),
            program: None,
        }
    }

    pub(super) fn input(mut self, name: &str, value: &str) -> Self {
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where the code is.
    pub(super) fn workspace(mut self, folder: &Path) -> Self {
        self.workspace = folder.to_owned();
        self
    }

    /// Takes a program off the system.
    pub(super) fn without(self, program: &str) -> Self {
        fs::remove_file(self.folder.path().join("bin").join(program)).expect("it was there");
        self
    }

    /// Runs this shell script in place of the program.
    pub(super) fn pretend(mut self, script: &str) -> Self {
        let path = self.folder.path().join("pretended");
        executable(&path, script);
        self.program = Some(path);
        self
    }

    /// What the programs that stand in for others answer, and what they wrote down.
    pub(super) fn stubs(&self) -> PathBuf {
        self.folder.path().join("stubs")
    }

    /// The releases that the action knows.
    pub(super) fn record(&self, sums: &str) {
        fs::write(self.folder.path().join("action/releases.sha256"), sums).expect("written");
    }

    /// The tool cache.
    pub(super) fn tools(&self) -> PathBuf {
        self.folder.path().join("tools")
    }

    /// How the programs that stand in for others were called.
    pub(super) fn calls(&self) -> String {
        fs::read_to_string(self.stubs().join("calls")).unwrap_or_default()
    }

    /// Runs the action.
    pub(super) fn run(&self) -> Done {
        let action = action();
        let mut state = State {
            inputs: BTreeMap::new(),
            steps: BTreeMap::new(),
            head: &self.head,
        };
        for (name, input) in object(&action["inputs"]) {
            let default = text(&input["default"]);
            let given = self.inputs.get(name).cloned();
            let value = given.unwrap_or_else(|| state.evaluate(&default));
            state.inputs.insert(name.clone(), value);
        }
        for name in self.inputs.keys() {
            assert!(state.inputs.contains_key(name), "no input {name}");
        }
        let mut done = Done {
            passed: true,
            ..Done::default()
        };
        let steps = action["runs"]["steps"].as_array().expect("steps");
        for step in steps {
            self.step(step, &mut state, &mut done);
        }
        for (name, output) in object(&action["outputs"]) {
            let value = state.evaluate(&text(&output["value"]));
            done.outputs.insert(name.clone(), value);
        }
        if let Ok(report) = fs::read_to_string(done.output("json-file")) {
            done.report = serde_json::from_str(&report).expect("JSON");
        }
        done.summary = fs::read_to_string(self.folder.path().join("summary")).unwrap_or_default();
        done
    }

    fn step(&self, step: &Value, state: &mut State<'_>, done: &mut Done) {
        let condition = text(&step["if"]);
        // Without a word about it, a step runs when all before it went well.
        let wanted = if condition.is_empty() {
            done.passed
        } else {
            (condition.contains("cancelled()") || done.passed)
                && state.evaluate(&condition) == "true"
        };
        if !wanted {
            return;
        }
        if !step["uses"].is_null() {
            let with = object(&step["with"])
                .map(|(name, value)| (name.clone(), state.evaluate(&text(value))))
                .collect();
            let counts = state.evaluate(&text(&step["continue-on-error"])) != "true";
            done.uploaded = Some((with, counts));
            return;
        }
        let id = text(&step["id"]);
        if let (Some(program), "install") = (&self.program, id.as_str()) {
            let outputs = BTreeMap::from([("program".to_owned(), program.display().to_string())]);
            state.steps.insert(id, outputs);
            return;
        }
        let output = self.folder.path().join("output");
        fs::write(&output, "").expect("written");
        let mut command = self.shell(&text(&step["run"]));
        command.env("GITHUB_OUTPUT", &output);
        for (name, value) in object(&step["env"]) {
            command.env(name, state.evaluate(&text(value)));
        }
        command.envs(&self.environment);
        let ended = command.output().expect("bash starts");
        done.log.push_str(&String::from_utf8_lossy(&ended.stdout));
        done.log.push_str(&String::from_utf8_lossy(&ended.stderr));
        done.passed &= ended.status.success();
        let outputs = outputs(&fs::read_to_string(&output).expect("outputs"));
        state.steps.insert(id, outputs);
    }

    fn shell(&self, script: &str) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(&self.workspace)
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", folder.join("bin"))
            .env("STUBS", self.stubs())
            .env("GITHUB_ACTION_PATH", folder)
            .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
            .env("GITHUB_WORKSPACE", &self.workspace)
            .env("GITHUB_REPOSITORY", "clinic/records")
            .env("GITHUB_API_URL", "https://api.example.org")
            .env("GITHUB_EVENT_NAME", "push")
            .env("GITHUB_ACTOR", "somebody")
            .env("RUNNER_TEMP", folder.join("temp"))
            .env("RUNNER_TOOL_CACHE", folder.join("tools"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env("GARDEFOU_AS_OF", AS_OF);
        command
    }
}

/// A plain system, and what stands in for the programs that reach out of it.
fn programs(bin: &Path) {
    let path = std::env::var_os("PATH").expect("a PATH");
    for name in PLAIN_SYSTEM {
        let found = std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|program| program.is_file());
        // macOS has `shasum` and no `ldd`.
        if let Some(program) = found {
            std::os::unix::fs::symlink(program, bin.join(name)).expect("a link");
        }
    }
    for entry in fs::read_dir(root().join("tests/action/bin")).expect("a folder") {
        let entry = entry.expect("an entry");
        std::os::unix::fs::symlink(entry.path(), bin.join(entry.file_name())).expect("a link");
    }
}

/// `action.yml`.
pub(super) fn action() -> Value {
    document("action.yml")
}

/// A YAML file of this repository.
pub(super) fn document(path: &str) -> Value {
    let read = fs::read_to_string(root().join(path)).expect("a file");
    let parsed = yaml::parse(Sources::new().add(path, read.as_str()), &read);
    assert!(parsed.problems.is_empty(), "{path}: {:?}", parsed.problems);
    let first = parsed.documents.first().expect("a document");
    first.value.to_plain_json()
}

/// The entries of a mapping; none where there is none.
pub(super) fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A scalar as it is written; nothing where there is none.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A program of a few lines of shell.
pub(super) fn executable(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, format!("#!/bin/bash\n{script}")).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// What expressions can name.
struct State<'a> {
    inputs: BTreeMap<String, String>,
    steps: BTreeMap<String, BTreeMap<String, String>>,
    head: &'a str,
}

impl State<'_> {
    /// A value with or without an expression.
    fn evaluate(&self, written: &str) -> String {
        let Some(expression) = written
            .strip_prefix("${{")
            .and_then(|rest| rest.strip_suffix("}}"))
        else {
            assert!(!written.contains("${{"), "more than one: {written}");
            return written.to_owned();
        };
        let parts: Vec<&str> = expression.split("&&").map(str::trim).collect();
        match parts.as_slice() {
            [one] => self.term(one),
            all => all.iter().all(|part| self.term(part) == "true").to_string(),
        }
    }

    fn term(&self, term: &str) -> String {
        if let Some((left, right)) = term.split_once("==") {
            return (self.name(left.trim()) == self.name(right.trim())).to_string();
        }
        if let Some((left, right)) = term.split_once("!=") {
            return (self.name(left.trim()) != self.name(right.trim())).to_string();
        }
        self.name(term)
    }

    fn name(&self, name: &str) -> String {
        if let Some(word) = name.strip_prefix('\'').and_then(|w| w.strip_suffix('\'')) {
            return word.to_owned();
        }
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["inputs", input] => self.inputs.get(*input).cloned().expect("a declared input"),
            // What a step did not say is empty, as is a step that did not run.
            ["steps", id, "outputs", output] => {
                let outputs = self.steps.get(*id);
                outputs
                    .and_then(|o| o.get(*output))
                    .cloned()
                    .unwrap_or_default()
            }
            ["github", "token"] => TOKEN.to_owned(),
            [
                "github",
                "event",
                "pull_request",
                "head",
                "repo",
                "full_name",
            ] => self.head.to_owned(),
            ["!cancelled()"] => "true".to_owned(),
            _ => panic!("what is {name}?"),
        }
    }
}

/// A file of outputs, as the runner reads it: `name=value`, or `name<<mark`, lines, `mark`.
pub(super) fn outputs(written: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = written.lines();
    while let Some(line) = lines.next() {
        let mark = line.find("<<");
        let equals = line.find('=');
        match (mark, equals) {
            (Some(at), equals) if equals.is_none_or(|e| at < e) => {
                let (name, mark) = (&line[..at], &line[at + 2..]);
                let value: Vec<&str> = lines.by_ref().take_while(|l| *l != mark).collect();
                outputs.insert(name.to_owned(), value.join("\n"));
            }
            (_, Some(at)) => {
                outputs.insert(line[..at].to_owned(), line[at + 1..].to_owned());
            }
            _ => assert!(line.is_empty(), "no output: {line}"),
        }
    }
    outputs
}

/// The commands in a log that are obeyed: `::name ...::value` after blanks, `##[name ...]value` anywhere in a line; none between
/// `::stop-commands::word` and `::word::`.
fn commands(log: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut stopped: Option<String> = None;
    for line in log.split(['\n', '\r']) {
        let old = line.find("##[").map(|at| &line[at + 3..]);
        let new = line.trim_start().strip_prefix("::");
        let Some((command, value)) = new
            .and_then(|rest| rest.split_once("::"))
            .or_else(|| old.and_then(|rest| rest.split_once(']')))
        else {
            continue;
        };
        match &stopped {
            Some(word) if command == word => stopped = None,
            Some(_) => {}
            None if command == "stop-commands" => stopped = Some(value.to_owned()),
            None => {
                let name = command.split(' ').next().unwrap_or_default();
                found.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    assert!(stopped.is_none(), "commands are not resumed:\n{log}");
    found
}
