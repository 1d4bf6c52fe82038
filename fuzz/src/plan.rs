//! Plans and states of Terraform: whatever is in them is read, or its absence is said.

use std::collections::BTreeSet;

use gardefou::discover::Kind;
use gardefou::problem::Weight;
use gardefou::scan::{self, Scan};
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::check;
use crate::folder::{self, files, folder, request};

/// Reads plans and states, with the code beside them, up to the facts; now and then up to the verdicts.
pub fn plan(text: &str) {
    let files = files(text, "plan.json");
    let request = request(folder(files.iter().copied()));
    let seen = scan::understand(&request);
    check(&seen.problems, &seen.sources);
    for (path, text) in &files {
        complete(path, text, &seen);
    }
    let again = scan::understand(&request);
    assert_eq!(addresses(&seen), addresses(&again));
    assert_eq!(
        format!("{:?}", seen.problems),
        format!("{:?}", again.problems)
    );
    if text.len() % 8 == 0 {
        folder::scan(&request);
    }
}

fn addresses(scan: &Scan) -> Vec<&str> {
    let resources = scan.graph.resources().iter();
    resources.map(|resource| &*resource.address).collect()
}

/// Resources that another reader of JSON sees are there, or an error says that not all was read.
fn complete(path: &str, text: &str, scan: &Scan) {
    let recorded = |file: &&gardefou::discover::Input| {
        file.path == path && matches!(file.kind, Kind::Plan | Kind::TerraformState)
    };
    let Some(file) = scan.inputs.files.iter().find(recorded) else {
        return;
    };
    if scan.problems.iter().any(|one| one.weight == Weight::Error) {
        return;
    }
    let lexical = serde_json::from_str::<IgnoredAny>(text.trim_start_matches('\u{FEFF}'));
    if let Err(error) = lexical {
        panic!("{path} is no JSON, and nothing says so: {error}");
    }
    // The other reader takes no number beyond those of 64 bits, no half of a surrogate pair, and less nesting.
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut wanted = BTreeSet::new();
    if file.kind == Kind::Plan {
        modules(&document["planned_values"]["root_module"], &mut wanted);
    } else if document.get("version") == Some(&Value::from(4)) {
        stored(&document["resources"], &mut wanted);
    }
    // A state beside code or a plan of the same resources stands behind these.
    let there: BTreeSet<&str> = addresses(scan).into_iter().collect();
    if let Some(lost) = wanted.iter().find(|one| !there.contains(one.as_str())) {
        panic!("{path}: {lost} is lost, and nothing says so");
    }
}

/// Managed resources of a module and of those that it calls.
fn modules(module: &Value, wanted: &mut BTreeSet<String>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        if resource["mode"] == "managed"
            && let Some(address) = resource["address"].as_str()
        {
            wanted.insert(address.to_owned());
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        modules(child, wanted);
    }
}

/// Managed resources of a state that have instances without a key.
fn stored(resources: &Value, wanted: &mut BTreeSet<String>) {
    for resource in resources.as_array().into_iter().flatten() {
        let (Some(kind), Some(name)) = (resource["type"].as_str(), resource["name"].as_str())
        else {
            continue;
        };
        let plain = resource["instances"].as_array().into_iter().flatten();
        let mut plain = plain.filter(|one| one.get("index_key").is_none());
        if resource["mode"] == "managed"
            && resource.get("module").is_none()
            && plain.any(|one| one["attributes"].is_object())
        {
            wanted.insert(format!("{kind}.{name}"));
        }
    }
}
