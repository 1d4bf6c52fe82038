//! Estates in the styles of three public module repositories, read whole: every value is known, or unknown for a reason
//! that is written down here.

use std::collections::BTreeMap;

use crate::support::{AS_OF, gardefou, root};

/// Roots below `fixtures/modules`, by the folder that is inspected, with their resource instances. The management groups of
/// the landing zone are told apart by the tenant's id, which only the cloud knows: one stands for each level.
const ESTATES: [(&str, &[(&str, usize)]); 3] = [
    (
        "aws-modules",
        &[("examples/exchange", 19), ("examples/imaging", 25)],
    ),
    (
        "gcp-fabric",
        &[("stages/0-foundation", 12), ("stages/1-research", 4)],
    ),
    ("azure-landing-zone", &[("deployment", 22)]),
];

/// Data sources that only the cloud can answer.
const ASKED: [&str; 2] = ["aws_caller_identity", "azurerm_client_config"];

/// What the environment of the deployment says.
const ENVIRONMENT: [&str; 1] = ["ARM_TENANT_ID comes from the environment"];

fn inspect(estate: &str) -> serde_json::Value {
    let path = format!("fixtures/modules/{estate}");
    let run = gardefou(&["inspect", &path, "--format", "json", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{estate}: {}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

fn roots(estate: &str) -> BTreeMap<String, serde_json::Value> {
    let mut document = inspect(estate);
    assert_eq!(document["problems"], serde_json::json!([]), "{estate}");
    let serde_json::Value::Array(roots) = document["roots"].take() else {
        panic!("{estate}: no roots");
    };
    let named = |root: serde_json::Value| {
        let path = root["path"].as_str().expect("a path").to_owned();
        (path, root)
    };
    roots.into_iter().map(named).collect()
}

/// The address that a reason begins with, and its type; none: another reason.
fn computed(reason: &str) -> Option<(bool, String)> {
    let address = reason.strip_suffix(" is known only after apply")?;
    // Keys in brackets may hold dots.
    let mut depth = 0;
    let plain: String = address
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '[');
            let keep = depth == 0;
            depth -= i32::from(*c == ']');
            keep
        })
        .collect();
    let mut parts = plain.split('.').peekable();
    while parts.next_if_eq(&"module").is_some() {
        parts.next();
    }
    let is_data = parts.next_if_eq(&"data").is_some();
    Some((is_data, parts.next()?.to_owned()))
}

#[test]
fn the_outputs_are_those_of_terraform() {
    for (estate, expected) in ESTATES {
        let found = roots(estate);
        let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(found.keys().collect::<Vec<_>>(), names, "{estate}");
        for (path, document) in &found {
            let file = root().join(format!("fixtures/modules/{estate}/{path}/expected.json"));
            let text = std::fs::read_to_string(&file).expect("the outputs");
            let outputs: BTreeMap<String, serde_json::Value> =
                serde_json::from_str(&text).expect("JSON");
            for (name, value) in &outputs {
                assert_eq!(
                    &document["outputs"][name]["value"], value,
                    "{estate}/{path}: {name}"
                );
            }
        }
    }
}

#[test]
fn every_block_has_its_instances() {
    for (estate, expected) in ESTATES {
        let found = roots(estate);
        for (path, wanted) in expected {
            let resources = found[*path]["resources"].as_array().expect("resources");
            let managed = resources.iter().filter(|one| one["mode"] == "managed");
            assert_eq!(managed.count(), *wanted, "{estate}/{path}");
        }
    }
}

#[test]
fn nothing_is_unknown_without_an_explanation() {
    let mut explained = 0;
    for (estate, _) in ESTATES {
        for (path, document) in roots(estate) {
            for resource in document["resources"].as_array().expect("resources") {
                let Some(reasons) = resource["reasons"].as_object() else {
                    continue;
                };
                for (attribute, reason) in reasons {
                    let reason = reason.as_str().expect("a reason");
                    let is_expected = match computed(reason) {
                        Some((true, kind)) => ASKED.contains(&kind.as_str()),
                        Some((false, _)) => true,
                        None => ENVIRONMENT.contains(&reason),
                    };
                    let address = &resource["address"];
                    assert!(
                        is_expected,
                        "{estate}/{path}: {address} {attribute}: {reason}"
                    );
                    explained += 1;
                }
            }
        }
    }
    assert!(explained > 0, "the reasons are no longer told");
}
