//! Plans, with their code and without: from a file, from a pipe, and never printed.

use std::fs;

use crate::support::{AS_OF, gardefou, gardefou_piped, root, scan_json};

const JOINED: &str = "fixtures/clinic-plan-and-code";
const ALONE: &str = "fixtures/plan-alone";

/// The secrets in the two plans.
const SECRETS: [&str; 3] = ["correct-horse-battery", "hunter2-hunter2", "swordfish-old"];

/// Rule, address and line of each finding.
fn findings(document: &serde_json::Value) -> Vec<String> {
    let all = document["findings"].as_array().expect("findings").iter();
    all.map(|one| {
        let place = &one["location"];
        let (rule, address) = (one["rule"].as_str(), one["address"].as_str());
        format!(
            "{} {} {}:{}",
            rule.expect("a rule"),
            address.expect("an address"),
            place["path"].as_str().expect("a path"),
            place["start"]["line"]
        )
    })
    .collect()
}

#[test]
fn with_the_code_beside_a_plan_findings_stand_in_the_code() {
    let (_, document) = scan_json(JOINED, &[]);
    let found = findings(&document);
    assert!(
        found.iter().all(|one| one.contains(" main.tf:")),
        "{found:#?}"
    );
    assert!(found.contains(
        &"residency/outside-area module.archive.aws_s3_bucket.this main.tf:102".to_owned()
    ));
    assert!(!found.iter().any(|one| one.contains("aws_s3_bucket.old")));
    let named = gardefou(&[
        "scan",
        "fixtures/clinic-plan-and-code/main.tf",
        "fixtures/clinic-plan-and-code/tfplan.json",
        "--as-of",
        AS_OF,
        "--format",
        "json",
    ]);
    let named = serde_json::from_str(&named.stdout).expect("JSON");
    assert_eq!(findings(&named), found);
}

#[test]
fn a_plan_through_a_pipe_meets_the_code_of_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = root().join(JOINED).join("main.tf");
    fs::copy(code, folder.path().join("main.tf")).expect("copied");
    let plan = fs::read(root().join(JOINED).join("tfplan.json")).expect("the plan");
    let path = folder.path().to_str().expect("UTF-8");
    let arguments = ["scan", path, "-", "--as-of", AS_OF, "--format", "json"];
    let run = gardefou_piped(&arguments, &plan);
    let piped = serde_json::from_str(&run.stdout).expect("JSON");
    let (_, beside) = scan_json(JOINED, &[]);
    assert_eq!(findings(&piped), findings(&beside));
}

#[test]
fn secrets_of_a_plan_are_never_printed() {
    for fixture in [JOINED, ALONE] {
        let commands: [&[&str]; 5] = [
            &["scan", fixture],
            &["scan", fixture, "--verbose", "--lang", "fr"],
            &["scan", fixture, "--format", "json"],
            &["inspect", fixture, "--verbose"],
            &["inspect", fixture, "--format", "json"],
        ];
        for command in commands {
            let run = gardefou(&[command, &["--as-of", AS_OF]].concat());
            assert!(run.code < 2, "{command:?}: {}", run.stderr);
            for secret in SECRETS {
                let shown = run.stdout.contains(secret) || run.stderr.contains(secret);
                assert!(!shown, "{command:?} prints {secret}");
            }
        }
    }
}
