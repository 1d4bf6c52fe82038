//! The page of the traps: every row has its fixture and its tests, and every fixture its row.

use std::collections::BTreeSet;
use std::fs;

use super::{folders, name};
use crate::support::root;

/// The text between each `open` and `close`.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    let parts = text.split(open).skip(1);
    parts
        .filter_map(|part| part.split_once(close).map(|(inside, _)| inside))
        .collect()
}

#[test]
fn every_row_has_its_fixture_and_its_test_and_every_fixture_its_row() {
    let page = fs::read_to_string(root().join("docs/src/traps.md")).expect("the page");
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| 5."))
        .collect();
    let mut numbers = BTreeSet::new();
    let mut named = BTreeSet::new();
    for row in &rows {
        let number = row.trim_start_matches("| ").split(' ').next();
        numbers.insert(number.expect("a number").to_owned());
        let fixtures = between(row, "/fixtures/traps/", ")");
        let tests = between(row, "/tests/it/", ")");
        assert!(!fixtures.is_empty() || !tests.is_empty(), "{row}");
        for fixture in fixtures {
            let path = root().join("fixtures/traps").join(fixture);
            assert!(path.join("expect.toml").exists(), "{fixture}");
            named.insert(fixture.to_owned());
        }
        // `[name_of_the_test](.../tests/it/file.rs)`
        for link in between(row, "[`", ")") {
            let Some((test, file)) = link.split_once("`](") else {
                continue;
            };
            let Some((_, file)) = file.split_once("/tests/it/") else {
                continue;
            };
            let text = fs::read_to_string(root().join("tests/it").join(file)).expect(file);
            assert!(
                text.contains(&format!("fn {test}(")),
                "{file} has no {test}"
            );
        }
    }
    let there: BTreeSet<String> = folders("5.").iter().map(|path| name(path)).collect();
    assert_eq!(named, there);
    for (section, last) in [("5.1", 12), ("5.2", 11), ("5.3", 7)] {
        for number in 1..=last {
            let number = format!("{section}.{number}");
            assert!(numbers.contains(&number), "no row of {number}");
        }
    }
}
