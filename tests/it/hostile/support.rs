//! Driving the program at bad input: with bounded memory, for a bounded time.

use std::fs;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// Kilobytes of address space of a run: a bound that everything counts towards, the sandbox of the policies as well.
#[cfg(unix)]
const MEMORY: &str = "1048576";

/// Seconds of a processor that a run may take: a bound that does not depend on what else the machine does.
#[cfg(unix)]
const TIME: &str = "300";

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What a run of `scan` said.
pub(super) struct Outcome {
    pub(super) code: i32,
    pub(super) report: Value,
    pub(super) text: String,
}

impl Outcome {
    pub(super) fn problems(&self) -> &[Value] {
        self.report["problems"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// A problem of that code, at that place (`path:line`, or `path` when it has no place), that says that.
    pub(super) fn says(&self, code: &str, place: &str, words: &str) -> bool {
        self.problems().iter().any(|problem| {
            let location = &problem["location"];
            let path = location["path"].as_str().or(problem["path"].as_str());
            let path = path.unwrap_or_default();
            let here = match location["start"]["line"].as_u64() {
                Some(line) => format!("{path}:{line}"),
                None => path.to_owned(),
            };
            problem["code"] == code
                && (here == place || path == place)
                && problem["message"]
                    .as_str()
                    .unwrap_or_default()
                    .contains(words)
        })
    }
}

/// Scans a folder within the bounds.
pub(super) fn scan(folder: &Path) -> Outcome {
    scan_with(folder, &[])
}

/// The same, with further arguments.
pub(super) fn scan_with(folder: &Path, arguments: &[&str]) -> Outcome {
    let program = cargo_bin("gardefou");
    #[cfg(unix)]
    let mut command = {
        let mut command = Command::new("/bin/sh");
        command
            .args([
                "-c",
                "ulimit -c 0; ulimit -v \"$0\" && ulimit -t \"$1\" && shift && exec \"$@\"",
                MEMORY,
                TIME,
            ])
            .arg(program);
        command
    };
    #[cfg(not(unix))]
    let mut command = Command::new(program);
    let output = command
        .current_dir(folder)
        .args(["scan", ".", "--format", "json", "--threads", "2"])
        .args(arguments)
        .env_clear()
        .timeout(PATIENCE)
        .output()
        .expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    let code = code.unwrap_or_else(|| panic!("{}: {errors}", output.status));
    let report = serde_json::from_str(&text);
    Outcome {
        code,
        report: report.unwrap_or_else(|error| panic!("status {code}: {error}\n{errors}")),
        text,
    }
}

/// A folder with those files.
pub(super) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        let parent = path.parent().expect("a folder above");
        fs::create_dir_all(parent).expect("a folder");
        fs::write(path, text).expect("written");
    }
    folder
}

/// One piece of bad input, and what has to come of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) files: Vec<(String, String)>,
    /// Code, place and words of a problem, and exit status 2; none when it is harmless.
    pub(super) problem: Option<(&'static str, &'static str, &'static str)>,
}

/// A case of one file `main.tf`.
pub(super) fn code(
    name: &'static str,
    text: impl Into<String>,
    problem: Option<(&'static str, &'static str, &'static str)>,
) -> Case {
    file(name, "main.tf", text, problem)
}

/// A case of one file.
pub(super) fn file(
    name: &'static str,
    path: &str,
    text: impl Into<String>,
    problem: Option<(&'static str, &'static str, &'static str)>,
) -> Case {
    Case {
        name,
        files: vec![(path.to_owned(), text.into())],
        problem,
    }
}

/// Runs the cases and says all that went wrong.
pub(super) fn hold(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for case in cases {
        let files: Vec<(&str, &str)> = case
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let folder = folder(&files);
        let outcome = scan(folder.path());
        let fine = match case.problem {
            Some((code, place, words)) => outcome.code == 2 && outcome.says(code, place, words),
            None => matches!(outcome.code, 0 | 1 | 3),
        };
        if !fine {
            let problems: String = format!("{:?}", outcome.problems())
                .chars()
                .take(600)
                .collect();
            wrong.push(format!(
                "{}: status {}, {problems}",
                case.name, outcome.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
