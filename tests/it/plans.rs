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

/// A plan of one bucket, with some texts in the place of others: the exit status and the problems.
fn altered(changes: &[(&str, &str)]) -> (i32, String) {
    const HEAD: &str = r#""address":"aws_s3_bucket.b","mode":"managed","type":"aws_s3_bucket","name":"b","provider_name":"registry.terraform.io/hashicorp/aws""#;
    let mut plan = format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{{"root_module":{{"resources":[
            {{{HEAD},"schema_version":0,"values":{{"bucket":"b","region":"eu-west-3","tags":{{"data-classification":"internal"}}}},"sensitive_values":{{}}}}]}}}},
            "resource_changes":[{{{HEAD},"change":{{"actions":["create"],"before":null,"after":{{"bucket":"b","n":[1,2.5]}},"after_unknown":{{}},"before_sensitive":false,"after_sensitive":{{}}}}}}],
            "configuration":{{"root_module":{{}}}}}}"#
    );
    for (from, to) in changes {
        assert!(plan.contains(from), "{from}");
        plan = plan.replacen(from, to, 1);
    }
    let arguments = ["scan", "-", "--as-of", AS_OF, "--format", "json"];
    let run = gardefou_piped(&arguments, plan.as_bytes());
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let problems = document["problems"].as_array().expect("problems").iter();
    let said = problems.filter_map(|one| one["message"].as_str());
    (run.code, said.collect::<Vec<_>>().join("; "))
}

#[test]
fn a_fault_where_nobody_looks_is_a_fault_of_the_plan() {
    assert_eq!(altered(&[("[1,2.5]", "[1, 2.5]")]), (0, String::new()));
    for to in [
        "[1,02.5]",
        "[1 2.5]",
        "[1,2.5}",
        "[1,\"\\x\"]",
        "[1,nil]",
        "[1,2.5",
        "[\"\n\"]",
    ] {
        let (code, said) = altered(&[("[1,2.5]", to)]);
        assert!(code == 2 && !said.is_empty(), "{to}: {code} {said}");
    }
}

#[test]
fn what_is_changed_and_not_planned_is_missing() {
    const EMPTIED: (&str, &str) = ("\"resources\":[", "\"elsewhere\":[");
    const LOST: &str = "the plan changes aws_s3_bucket.b, and its `planned_values` do not hold it";
    assert_eq!(altered(&[EMPTIED]), (2, LOST.to_owned()));
    let other = (
        "\"address\":\"aws_s3_bucket.b\"",
        "\"address\":\"aws_s3_bucket.c\"",
    );
    assert_eq!(altered(&[other]), (2, LOST.to_owned()));
    for actions in ["[\"no-op\"]", "[\"update\"]", "[\"delete\",\"create\"]"] {
        let changed = ("[\"create\"]", actions);
        assert_eq!(
            altered(&[EMPTIED, changed]),
            (2, LOST.to_owned()),
            "{actions}"
        );
    }
    // What is destroyed or forgotten is not there afterwards.
    for actions in ["[\"delete\"]", "[\"forget\"]"] {
        let changed = ("[\"create\"]", actions);
        assert_eq!(
            altered(&[EMPTIED, changed]),
            (0, String::new()),
            "{actions}"
        );
    }
}
