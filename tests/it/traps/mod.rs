//! Traps of the field: what makes a scanner of this kind pass what it did not see, or cry wolf. One folder of
//! `fixtures/traps` each, scanned as a user would; `expect.toml` in it says everything that has to come of it.

mod page;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::support::{AS_OF, gardefou_in, root};

/// Every folder of a section, by name.
fn folders(section: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("fixtures/traps")).expect("a folder");
    let mut found: Vec<PathBuf> = all
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && name(path).starts_with(section))
        .collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("a name");
    name.to_str().expect("UTF-8").to_owned()
}

/// `expect.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    scan: Vec<Scan>,
}

/// One run, and all that it says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scan {
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    status: i32,
    /// Rules whose findings are held; the others may say what they like.
    rules: Vec<String>,
    /// Every finding of them, in order.
    #[serde(default)]
    found: Vec<String>,
    /// How many resources passed one of them: what is not found was seen.
    #[serde(default)]
    passed: BTreeMap<String, u64>,
    /// Every problem.
    #[serde(default)]
    problems: Vec<String>,
    /// Texts that no format prints.
    #[serde(default)]
    never: Vec<String>,
}

/// Scans all folders of a section and holds them against what is expected.
fn hold(section: &str, least: usize) {
    let folders = folders(section);
    assert!(folders.len() >= least, "{section}: {}", folders.len());
    let mut wrong = String::new();
    for folder in folders {
        let text = fs::read_to_string(folder.join("expect.toml")).unwrap_or_default();
        let expected: Expected = toml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}/expect.toml: {error}", folder.display()));
        assert!(!expected.scan.is_empty(), "{}", folder.display());
        for scan in &expected.scan {
            check(&folder, scan, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn check(folder: &Path, scan: &Scan, wrong: &mut String) {
    let environment: Vec<(&str, &str)> = scan
        .environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let run = |format: &str| {
        let mut arguments = vec!["scan", ".", "--as-of", AS_OF, "--format", format];
        // The configuration of all, wherever the folder was copied to; its own stands before it.
        if !folder.join("gardefou.toml").exists() {
            arguments.extend(["--config", "../gardefou.toml"]);
        }
        arguments.extend(scan.arguments.iter().map(String::as_str));
        gardefou_in(folder, &arguments, &environment)
    };
    let shown = name(folder);
    let json = run("json");
    let document: Value = serde_json::from_str(&json.stdout)
        .unwrap_or_else(|error| panic!("{shown}: {error}\n{}", json.stderr));
    let mut differs = |what: &str, expected: &[String], got: &[String]| {
        if expected != got {
            let _ = writeln!(wrong, "{shown} {:?}: {what}\n  expected", scan.arguments);
            for line in expected {
                let _ = writeln!(wrong, "    {line}");
            }
            let _ = writeln!(wrong, "  got");
            for line in got {
                let _ = writeln!(wrong, "    {line}");
            }
        }
    };
    differs(
        "exit status",
        &[scan.status.to_string()],
        &[json.code.to_string()],
    );
    let is_held = |rule: &Value| scan.rules.iter().any(|held| rule == held);
    let found: Vec<String> = list(&document["findings"])
        .iter()
        .filter(|finding| is_held(&finding["rule"]))
        .map(finding)
        .collect();
    differs("findings", &scan.found, &found);
    let problems: Vec<String> = list(&document["problems"]).iter().map(problem).collect();
    differs("problems", &scan.problems, &problems);
    let counts = list(&document["coverage"]["rules"]).iter();
    let passed: BTreeMap<&str, u64> = counts
        .map(|count| (text(&count["rule"]), count["passed"].as_u64().unwrap_or(0)))
        .collect();
    for (rule, expected) in &scan.passed {
        let got = passed.get(rule.as_str()).copied().unwrap_or(0);
        differs(
            &format!("resources that passed {rule}"),
            &[expected.to_string()],
            &[got.to_string()],
        );
    }
    if !scan.never.is_empty() {
        for format in ["json", "human", "sarif", "html", "markdown", "oscal"] {
            let run = run(format);
            for secret in &scan.never {
                let printed = run.stdout.contains(secret) || run.stderr.contains(secret);
                differs(
                    &format!("{secret} in {format}"),
                    &[false.to_string()],
                    &[printed.to_string()],
                );
            }
        }
    }
}

/// Outcome, severity, rule, address, where, by what, and of what is undetermined why.
fn finding(finding: &Value) -> String {
    let mut line = format!(
        "{} {} {} {} at {}",
        text(&finding["outcome"]),
        text(&finding["severity"]),
        text(&finding["rule"]),
        text(&finding["address"]),
        place(&finding["location"]["path"], &finding["location"]["start"])
    );
    let mut by: Vec<String> = Vec::new();
    for one in list(&finding["evidence"]) {
        let place = place(&one["path"], one);
        if !place.is_empty() && !by.contains(&place) {
            by.push(place);
        }
    }
    if !by.is_empty() {
        let _ = write!(line, " by {}", by.join(" "));
    }
    if let Some(reason) = finding["reason"].as_str() {
        let _ = write!(line, " because {reason}");
    }
    line
}

fn problem(problem: &Value) -> String {
    let location = &problem["location"];
    let place = match location.is_null() {
        true => text(&problem["path"]).to_owned(),
        false => place(&location["path"], &location["start"]),
    };
    format!(
        "{} {} {place} {}",
        text(&problem["severity"]),
        text(&problem["code"]),
        text(&problem["message"])
    )
}

fn place(path: &Value, start: &Value) -> String {
    match (path.as_str(), start["line"].as_u64()) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        (Some(path), None) => path.to_owned(),
        (None, _) => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn terraform_is_evaluated_and_not_guessed() {
    hold("5.1-", 20);
}

#[test]
fn places_come_from_where_they_are_decided() {
    hold("5.2-", 20);
}

#[test]
fn manifests_are_read_as_kubernetes_reads_them() {
    hold("5.3-", 10);
}
