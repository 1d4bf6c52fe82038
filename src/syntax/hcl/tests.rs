#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cases;

use super::*;
use crate::source::Sources;

fn read(text: &str) -> Parsed {
    parse(Sources::new().add("test.tf", text), Arc::from(text))
}

#[test]
fn takes_what_terraform_takes() {
    let refused: Vec<_> = cases::TAKEN
        .iter()
        .filter_map(|text| {
            let problems = read(text).problems;
            (!problems.is_empty()).then(|| format!("{text:?}: {}", problems[0].message))
        })
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn refuses_what_terraform_refuses() {
    let taken: Vec<_> = cases::REFUSED
        .iter()
        .filter(|text| read(text).problems.is_empty())
        .collect();
    assert!(taken.is_empty(), "{taken:#?}");
}
