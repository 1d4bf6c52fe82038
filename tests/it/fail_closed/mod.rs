//! What the users of other scanners reported: each report is a fixture in `fixtures/fail-closed`, with data that must be
//! protected, so that doing what the other tool did would be a pass. Each test says exactly what comes out here, and that the
//! neighbours of what is broken are still judged. `docs/src/fail-closed.md` is the table of them.

mod accepted;
mod doors;
mod instances;
mod plans;
mod silence;
mod table;
mod unknowns;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou, gardefou_in, root};

const FOLDER: &str = "fixtures/fail-closed";

/// What a scan said.
struct Seen {
    code: i32,
    document: Value,
}

/// Scans a fixture.
fn seen(fixture: &str) -> Seen {
    seen_with(fixture, &[])
}

/// The same with further arguments.
fn seen_with(fixture: &str, more: &[&str]) -> Seen {
    let path = format!("{FOLDER}/{fixture}");
    let mut arguments = vec!["scan", &path, "--as-of", AS_OF, "--format", "json"];
    arguments.extend(more);
    Seen::of(&gardefou(&arguments))
}

/// Scans some files of a fixture, by name.
fn seen_files(fixture: &str, files: &[&str]) -> Seen {
    let files: Vec<String> = files
        .iter()
        .map(|file| format!("{FOLDER}/{fixture}/{file}"))
        .collect();
    let mut arguments = vec!["scan"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(["--as-of", AS_OF, "--format", "json"]);
    Seen::of(&gardefou(&arguments))
}

/// Scans in a folder.
fn seen_in(folder: &Path, arguments: &[&str]) -> Seen {
    let mut all = vec!["scan"];
    all.extend(arguments);
    all.extend(["--as-of", AS_OF, "--format", "json"]);
    Seen::of(&gardefou_in(folder, &all, &[]))
}

impl Seen {
    fn of(run: &Run) -> Self {
        let document = serde_json::from_str(&run.stdout);
        Self {
            code: run.code,
            document: document.unwrap_or_else(|error| panic!("{error}\n{}", run.stderr)),
        }
    }

    fn list(&self, key: &str) -> &[Value] {
        self.document[key].as_array().expect("a list")
    }

    fn findings(&self, are: impl Fn(&Value) -> bool) -> Vec<String> {
        let all = self.list("findings").iter();
        all.filter(|one| are(one)).map(finding).collect()
    }

    /// `outcome rule address path:line` of what makes the run fail, in the order of the report.
    fn failing(&self) -> Vec<String> {
        self.findings(|one| one["fails"] == true)
    }

    /// The same of what somebody accepted.
    fn accepted(&self) -> Vec<String> {
        self.findings(|one| !one["waived"].is_null())
    }

    /// The same of all findings of a rule.
    fn of_rule(&self, rule: &str) -> Vec<String> {
        self.findings(|one| one["rule"] == rule)
    }

    /// `weight code path:line: message` of each problem.
    fn problems(&self) -> Vec<String> {
        let all = self.list("problems").iter();
        all.map(|one| {
            let place = &one["location"];
            let place = if place.is_null() {
                text(&one["path"]).to_owned()
            } else {
                at(place)
            };
            let (weight, code) = (text(&one["severity"]), text(&one["code"]));
            format!("{weight} {code} {place}: {}", text(&one["message"]))
        })
        .collect()
    }

    /// The reasons of the failing findings that are undetermined, each once.
    fn reasons(&self) -> Vec<&str> {
        let open = self.list("findings").iter();
        let mut all: Vec<_> = open
            .filter(|one| one["fails"] == true)
            .filter_map(|one| one["reason"].as_str())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How often a rule passed, was violated, and stayed open.
    fn counts(&self, rule: &str) -> [u64; 3] {
        let rules = self.document["coverage"]["rules"].as_array();
        let found = rules.expect("rules").iter().find(|one| one["rule"] == rule);
        let found = found.unwrap_or_else(|| panic!("no rule {rule}"));
        ["passed", "violations", "undetermined"].map(|key| found[key].as_u64().expect("a number"))
    }

    /// How many resources were looked at.
    fn resources(&self) -> u64 {
        let total = &self.document["coverage"]["resources"]["total"];
        total.as_u64().expect("a number")
    }
}

fn finding(one: &Value) -> String {
    format!(
        "{} {} {} {}",
        text(&one["outcome"]),
        text(&one["rule"]),
        text(&one["address"]),
        at(&one["location"])
    )
}

fn at(place: &Value) -> String {
    format!("{}:{}", text(&place["path"]), place["start"]["line"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// What most fixtures get wrong: a store of health data without encryption.
const PLAIN: &str = "encryption/not-encrypted";

fn plain(address: &str, place: &str) -> String {
    format!("violation {PLAIN} {address} {place}")
}

/// A copy of a fixture, to be changed.
struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    /// Of everything but `later`, which comes when the test says so.
    fn of(fixture: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join(".git")).expect("made");
        let from = root().join(FOLDER).join(fixture);
        copy(&from, folder.path(), &from.join("later"));
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn later(&self, fixture: &str) {
        let from = root().join(FOLDER).join(fixture).join("later");
        copy(&from, self.path(), Path::new(""));
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{from} in {text}");
        fs::write(path, text.replace(from, to)).expect("written");
    }

    fn scan(&self, more: &[&str]) -> Seen {
        let mut arguments = vec!["."];
        arguments.extend(more);
        seen_in(self.path(), &arguments)
    }

    fn baseline(&self, command: &str) {
        let mut arguments = vec!["baseline", command, ".", "--as-of", AS_OF];
        if command == "create" {
            arguments.extend(["--reason", "known before"]);
        }
        let run = gardefou_in(self.path(), &arguments, &[]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
}

fn copy(from: &Path, to: &Path, without: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            if path != without {
                copy(&path, &to, without);
            }
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}
