//! A plan beside its code: one place for each finding, in every format, and the ignores of the code count.

use super::*;

#[test]
fn checkov_1117() {
    let fixture = "checkov-1117-lines-of-a-plan";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.first", "main.tf:11"),
            plain("aws_db_instance.second", "main.tf:17")
        ]
    );
    // Without the code, each has a line of its own in the plan.
    let alone = seen_files(fixture, &["tfplan.json"]);
    assert_eq!(
        alone.failing(),
        [
            plain("aws_db_instance.first", "tfplan.json:17"),
            plain("aws_db_instance.second", "tfplan.json:35")
        ]
    );
}

#[test]
fn checkov_6943() {
    let path = format!("{FOLDER}/checkov-1117-lines-of-a-plan");
    for format in [
        "human", "json", "ndjson", "sarif", "github", "gitlab", "junit", "markdown", "html",
        "oscal",
    ] {
        let run = gardefou(&["scan", &path, "--as-of", AS_OF, "--format", format]);
        assert_eq!(run.code, 1, "{format}");
        assert!(run.stdout.contains("main.tf"), "{format}");
        assert!(!run.stdout.contains("tfplan.json:"), "{format}");
        assert!(!run.stdout.contains("\"tfplan.json\""), "{format}");
    }
}

#[test]
fn checkov_2769() {
    let fixture = "checkov-2769-comments-and-a-plan";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    assert_eq!(
        all.accepted(),
        [plain("aws_db_instance.training", "main.tf:12")]
    );
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:18")]
    );
    // A plan has no comments.
    let alone = seen_files(fixture, &["tfplan.json"]);
    assert_eq!(alone.accepted(), [""; 0]);
    assert_eq!(alone.failing().len(), 2);
    let gate = seen_with(fixture, &["--no-inline-ignores"]);
    assert_eq!(gate.failing().len(), 2);
}

#[test]
fn checkov_2047() {
    let all = seen("checkov-2047-module-and-a-plan");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.accepted(),
        [plain(
            "module.training.aws_db_instance.this",
            "store/main.tf:4"
        )]
    );
    assert_eq!(
        all.failing(),
        [plain(
            "module.records.aws_db_instance.this",
            "store/main.tf:4"
        )]
    );
}
