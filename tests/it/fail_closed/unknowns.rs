//! What is not known is neither taken for right nor for wrong: what can be told of it is told, the rest stays open.

use super::*;

const NO_KEY: &str = "encryption/no-customer-key";

/// The key that encrypts a resource of a fixture, as `inspect` tells it.
fn key_of(fixture: &str, address: &str) -> String {
    let path = format!("{FOLDER}/{fixture}");
    let run = gardefou(&["inspect", &path, "--as-of", AS_OF, "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let mut all = document["roots"][0]["resources"]
        .as_array()
        .expect("resources")
        .iter();
    let found = all.find(|one| one["address"] == address);
    let found = found.unwrap_or_else(|| panic!("no {address}"));
    found["facts"]["encryption"].to_string()
}

#[test]
fn checkov_5472() {
    let fixture = "checkov-5472-key-known-after-apply";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    // The key of the same plan is that key, through a module and an index; an alias of the provider is none; what comes from
    // elsewhere stays open.
    assert_eq!(
        all.of_rule(NO_KEY),
        [
            "undetermined encryption/no-customer-key aws_sqs_queue.guessed plan.json:23",
            "violation encryption/no-customer-key aws_sqs_queue.managed plan.json:55",
        ]
    );
    assert_eq!(all.counts(NO_KEY), [1, 1, 1]);
    assert!(
        key_of(fixture, "module.results.aws_sqs_queue.this[0]").contains("aws_kms_key.records")
    );
    assert_eq!(
        all.reasons(),
        ["`kms_master_key_id` is not known: data.external.key.result is known only after apply"]
    );
}

#[test]
fn checkov_3138() {
    let fixture = "checkov-3138-key-in-a-module";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            "violation encryption/no-customer-key module.plain.aws_secretsmanager_secret.this modules/secret/main.tf:5"
        ]
    );
    assert_eq!(all.counts(NO_KEY), [1, 1, 0]);
    assert!(
        key_of(fixture, "module.secret.aws_secretsmanager_secret.this")
            .contains("aws_kms_key.records")
    );
}

#[test]
fn terraform_validator_366() {
    let fixture = "terraform-validator-366-key-of-a-module";
    let all = seen(fixture);
    assert_eq!(
        all.of_rule(NO_KEY),
        ["violation encryption/no-customer-key google_storage_bucket.plain plan.json:30"]
    );
    assert_eq!(all.counts(NO_KEY), [1, 1, 0]);
    assert!(
        key_of(fixture, "google_storage_bucket.letters")
            .contains("module.kms.google_kms_crypto_key.this")
    );
}

#[test]
fn terraform_compliance_796() {
    let all = seen("terraform-compliance-796-unknown-in-a-module");
    assert_eq!(all.code, 1);
    let open =
        |address: &str, line: u32| format!("undetermined {PLAIN} {address} plan.json:{line}");
    assert_eq!(
        all.failing(),
        [
            open("aws_db_instance.root", 8),
            open("aws_db_instance.counted[0]", 26),
            open("module.m.aws_db_instance.this", 50)
        ]
    );
    // In one voice, wherever it stands.
    assert_eq!(
        all.reasons(),
        ["`storage_encrypted` is not known: data.external.x.result is known only after apply"]
    );
}

#[test]
fn terraform_compliance_417() {
    let all = seen("terraform-compliance-417-default-guessed");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            format!("undetermined {PLAIN} aws_ebs_volume.records plan.json:8"),
            plain("aws_ebs_volume.plain", "plan.json:42"),
        ]
    );
}

#[test]
fn regula_309() {
    let fixture = "regula-309-variable-without-a-value";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            format!("undetermined {PLAIN} aws_db_instance.records main.tf:19"),
            "undetermined qualification/hds-missing aws_s3_bucket.letters main.tf:24".to_owned(),
            "undetermined residency/outside-area aws_s3_bucket.letters main.tf:24".to_owned(),
        ]
    );
    // The file that has values is not taken by Terraform either, and that is said.
    assert_eq!(
        all.problems(),
        [
            "warning missing-variable environments/prod.tfvars: `environments/prod.tfvars` is not used, since nobody named it: what it would change is not judged"
        ]
    );
    // With the values that it is applied with, it is clear.
    let values = format!("{FOLDER}/{fixture}/environments/prod.tfvars");
    let given = seen_with(fixture, &["--var-file", &values]);
    assert_eq!(given.problems(), [""; 0]);
    assert_eq!(
        given.failing(),
        [
            plain("aws_db_instance.records", "main.tf:19"),
            "violation qualification/hds-missing aws_s3_bucket.letters main.tf:24".to_owned(),
            "violation residency/outside-area aws_s3_bucket.letters main.tf:24".to_owned(),
        ]
    );
    let right = ["--var", "encrypted=true", "--var", "region=eu-west-3"];
    assert_eq!(seen_with(fixture, &right).code, 0);
}

#[test]
fn checkov_651() {
    let fixture = "checkov-651-default-of-null";
    let all = seen(fixture);
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.records", "main.tf:18"),
            "violation encryption/no-customer-key aws_sqs_queue.results main.tf:24".to_owned(),
        ]
    );
    let set = seen_with(
        fixture,
        &[
            "--var",
            "encrypted=true",
            "--var",
            "key=arn:aws:kms:eu-west-3:111122223333:key/1",
        ],
    );
    assert_eq!(set.counts(PLAIN), [2, 0, 0]);
}

#[test]
fn checkov_3517() {
    let fixture = "checkov-3517-one-file-of-a-module";
    for seen in [seen_files(fixture, &["main.tf"]), seen(fixture)] {
        assert_eq!(seen.code, 1);
        assert_eq!(
            seen.failing(),
            [plain("aws_db_instance.letters", "main.tf:17")]
        );
        assert_eq!(seen.counts(PLAIN), [1, 1, 0]);
    }
    // A change of the variables is one of what they decide.
    let copy = Copy::of(fixture);
    let changed = seen_in(copy.path(), &["--only-changed", "variables.tf"]);
    assert_eq!(
        changed.failing(),
        [plain("aws_db_instance.letters", "main.tf:17")]
    );
}

#[test]
fn checkov_1515() {
    let fixture = "checkov-1515-labels-in-merge";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.records", "main.tf:13"),
            plain("aws_db_instance.letters", "main.tf:23")
        ]
    );
    let levels: Vec<&str> = all
        .list("findings")
        .iter()
        .map(|one| text(&one["level"]))
        .collect();
    assert!(levels.iter().all(|level| *level == "health"), "{levels:?}");
    // What a caller adds may win: without the value of the variable the label is still there.
    let unknown = seen_with(fixture, &["--var", "tags={ classification = \"public\" }"]);
    assert_eq!(unknown.code, 1);
}

#[test]
fn checkov_4540() {
    let all = seen("checkov-4540-policy-document");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        ["violation identity/mfa-not-enforced aws_iam_policy.wrong main.tf:34"]
    );
    assert_eq!(all.counts("identity/mfa-not-enforced"), [1, 1, 0]);
}

#[test]
fn checkov_7090() {
    let all = seen("checkov-7090-concat-of-documents");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        ["violation identity/mfa-not-enforced aws_iam_policy.joined main.tf:28"]
    );
    assert_eq!(all.problems(), [""; 0]);
}

#[test]
fn kics_7944() {
    let all = seen("kics-7944-locals");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:17")]
    );
    assert_eq!(all.counts(PLAIN), [1, 1, 0]);
}

#[test]
fn kics_4153() {
    let all = seen("kics-4153-variables");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [plain("aws_db_instance.records", "main.tf:11")]
    );
    assert_eq!(all.counts(PLAIN), [1, 1, 0]);
}

#[test]
fn checkov_6726() {
    let all = seen("checkov-6726-spelling-of-a-place");
    assert_eq!(
        all.of_rule("residency/outside-area"),
        [
            "violation residency/outside-area azurerm_storage_account.far main.tf:44",
            "violation residency/outside-area azurerm_storage_account.farshort main.tf:53",
        ]
    );
    assert_eq!(all.counts("residency/outside-area"), [4, 2, 0]);
}
