//! The table in the book, the fixtures and the tests are about the same reports.

use std::collections::BTreeSet;

use super::*;

const MODULES: [&str; 5] = ["silence", "unknowns", "instances", "plans", "accepted"];

/// The rows with a fixture: its name, and `module::test`.
fn rows() -> Vec<(String, String)> {
    let page = fs::read_to_string(root().join("docs/src/fail-closed.md")).expect("the page");
    let mut rows = Vec::new();
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let Some((_, rest)) = line.split_once("/fixtures/fail-closed/") else {
            continue;
        };
        let (fixture, rest) = rest.split_once(')').expect("a link");
        let (_, rest) = rest.split_once('`').expect("the name of a test");
        let (test, _) = rest.split_once('`').expect("the name of a test");
        rows.push((fixture.to_owned(), test.to_owned()));
    }
    rows
}

/// The tests of a module: each with its text.
fn tests_of(module: &str) -> Vec<(String, String)> {
    let file = root().join(format!("tests/it/fail_closed/{module}.rs"));
    let text = fs::read_to_string(file).expect("a module");
    let parts = text.split("#[test]").skip(1);
    parts
        .map(|part| {
            let (_, rest) = part.split_once("fn ").expect("a function");
            let (name, _) = rest.split_once('(').expect("a function");
            (format!("{module}::{name}"), part.to_owned())
        })
        .collect()
}

#[test]
fn every_row_has_its_fixture_and_its_test() {
    let tests: Vec<(String, String)> = MODULES.iter().flat_map(|module| tests_of(module)).collect();
    let rows = rows();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for (fixture, test) in &rows {
        assert!(
            root().join(FOLDER).join(fixture).is_dir(),
            "{fixture}: no such fixture"
        );
        let found = tests.iter().find(|(name, _)| name == test);
        let (_, text) = found.unwrap_or_else(|| panic!("{fixture}: no test {test}"));
        assert!(
            text.contains(fixture.as_str()),
            "{test} does not use {fixture}"
        );
    }
}

#[test]
fn every_fixture_and_every_test_has_its_row() {
    let rows = rows();
    let fixtures: BTreeSet<&str> = rows.iter().map(|(fixture, _)| fixture.as_str()).collect();
    for entry in fs::read_dir(root().join(FOLDER)).expect("the fixtures") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("UTF-8");
        assert!(
            name == "README.md" || fixtures.contains(name),
            "{name} has no row in docs/src/fail-closed.md"
        );
    }
    let named: BTreeSet<&str> = rows.iter().map(|(_, test)| test.as_str()).collect();
    for module in MODULES {
        for (test, _) in tests_of(module) {
            assert!(
                named.contains(test.as_str()),
                "{test} has no row in docs/src/fail-closed.md"
            );
        }
    }
}
