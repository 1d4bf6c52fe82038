//! Markers of other tools.

use super::{Estate, HEAD, OUTSIDE, PLAIN, set};

const KEY: &str = "encryption/no-customer-key";

fn code() -> String {
    HEAD.to_owned()
        + r#"
resource "aws_s3_bucket" "inside" {
  #checkov:skip=CKV_AWS_145:test data
  bucket = "x"
}
# checkov:skip=CKV_AWS_145:above is outside
resource "aws_s3_bucket" "above" {}
#trivy:ignore:AVD-AWS-0132 test data
#trivy:ignore:AVD-AWS-0089
resource "aws_s3_bucket" "trivy" {}
#tfsec:ignore:aws-s3-encryption-customer-key
resource "aws_s3_bucket" "no_reason" {}
#tfsec:ignore:aws-s3-encryption-customer-key:exp:2026-11-20 test data
resource "aws_s3_bucket" "expired" {}
#tfsec:ignore:aws-s3-encryption-customer-key:ws:staging test data
resource "aws_s3_bucket" "workspace" {}
resource "aws_db_instance" "line" {
  storage_encrypted = false #tfsec:ignore:aws-rds-encrypt-instance-storage-data no data yet
}
#trivy:ignore:AVD-AWS-0080
resource "aws_s3_bucket" "another_matter" {}
"#
}

#[test]
fn they_count_where_they_are_switched_on() {
    let estate = Estate::new(&[("main.tf", &code())]);
    let off = estate.scan();
    assert_eq!(off.of(KEY, true), set(&[]));
    assert_eq!(
        off.document["coverage"]["inline_ignores"]["foreign_unmapped"],
        0
    );
    let config = "[ignores]\nforeign = true\n";
    let configured = Estate::new(&[("main.tf", &code()), ("gardefou.toml", config)]);
    for on in [
        estate.scan_with(&["--foreign-ignores"], &[]),
        estate.scan_with(&[], &[("GARDEFOU_FOREIGN_IGNORES", "1")]),
        configured.scan(),
    ] {
        assert_eq!(
            on.of(KEY, true),
            set(&["aws_s3_bucket.inside", "aws_s3_bucket.trivy"])
        );
        assert_eq!(on.of(PLAIN, true), set(&["aws_db_instance.line"]));
        assert_eq!(on.of(OUTSIDE, true), set(&[]));
        // Only those that somebody believes in are said.
        assert_eq!(
            on.about(),
            [
                "15 no-reason: this ignore says no reason, so it does nothing".to_owned(),
                format!(
                    "17 expired: the ignore of {KEY} ended on 2026-11-20: what it accepted counts again"
                ),
            ]
        );
        let count = &on.document["coverage"]["inline_ignores"];
        assert_eq!(
            (&count["foreign"], &count["foreign_unmapped"]),
            (&7.into(), &2.into())
        );
    }
    let waived = configured
        .scan()
        .findings()
        .find(|one| one["rule"] == PLAIN)
        .expect("one")["waived"]
        .clone();
    assert_eq!(
        (&waived["kind"], &waived["reason"]),
        (&"inline".into(), &"no data yet".into())
    );
    let text = configured.run(&[], &[]).stdout;
    assert!(
        text.contains("2 markers of other tools: no rule here asks the same"),
        "{text}"
    );
    // A gate heeds none.
    let gate = configured.scan_with(&["--no-inline-ignores"], &[]);
    assert_eq!(gate.of(KEY, true), set(&[]));
    assert_eq!(gate.about(), [""; 0]);
}

#[test]
fn the_configuration_bounds_them_too() {
    let config =
        "[ignores]\nforeign = true\nmax-days = 30\nnever = [\"encryption/not-encrypted\"]\n";
    let scan = Estate::new(&[("main.tf", &code()), ("gardefou.toml", config)]).scan();
    assert_eq!(scan.of(KEY, true), set(&[]));
    assert_eq!(scan.of(PLAIN, true), set(&[]));
    assert!(
        scan.about().iter().any(|one| one.contains("not-allowed")),
        "{:?}",
        scan.about()
    );
}

/// A check speaks of the resources that it looks at, and of no other beside its marker.
#[test]
fn a_check_accepts_what_it_looks_at() {
    let code = HEAD.to_owned()
        + r#"
resource "aws_db_instance" "of_a_volume" {
  #checkov:skip=CKV_AWS_3:EBS volume check
  storage_encrypted = false
}
#trivy:ignore:AVD-AWS-0026 volumes
resource "aws_db_instance" "trivy" {
  storage_encrypted = false
}
resource "aws_db_instance" "prose" {
  # we removed checkov:skip=CKV_AWS_16:legacy in 2024
  storage_encrypted = false
}
resource "aws_db_instance" "both" {
  #checkov:skip=CKV_AWS_3:volumes
  #checkov:skip=CKV_AWS_16:no data yet
  storage_encrypted = false
}
"#;
    let estate = Estate::new(&[("main.tf", &code)]);
    let scan = estate.scan_with(&["--foreign-ignores"], &[]);
    assert_eq!(scan.of(PLAIN, true), set(&["aws_db_instance.both"]));
    let waived = scan
        .findings()
        .find(|one| one["rule"] == PLAIN && !one["waived"].is_null());
    assert_eq!(waived.expect("one")["waived"]["reason"], "no data yet");
    assert_eq!(scan.about(), [""; 0]);
}
