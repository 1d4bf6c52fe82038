//! How requirements stand, which of them are asked, and what is attested: through the real program.

use std::collections::BTreeSet;

use gardefou::catalog::{Catalog, Check};
use gardefou::policy::{Engine, Limits};
use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou, gardefou_in, root};

/// Every requirement has somebody who answers it, or says why nobody does.
#[test]
fn every_requirement_is_answered_or_says_why_not() {
    let engine = Engine::builtin(Limits::default());
    let judged: BTreeSet<&str> = engine
        .rules()
        .iter()
        .flat_map(|rule| rule.requirements.iter().map(String::as_str))
        .collect();
    let mut faults = Vec::new();
    let catalog = Catalog::get();
    for one in catalog.requirements() {
        let id = one.id.as_str();
        let is_judged = judged.contains(id);
        match (&one.unchecked, is_judged) {
            (Some(_), true) => faults.push(format!("{id}: a rule judges it: remove `unchecked`")),
            (Some(why), false) if why.en.is_empty() || why.fr.is_empty() => {
                faults.push(format!("{id}: an empty reason"));
            }
            (None, false) if one.check != Check::Attestation && one.check != Check::Scan => {
                faults.push(format!(
                    "{id}: no rule judges it: list it in one, or say why with `unchecked`"
                ));
            }
            _ => {}
        }
        if one.check == Check::Code && one.unchecked.is_some() && !one.attestable {
            faults.push(format!(
                "{id}: code is not read for it, and nobody can attest it"
            ));
        }
        if one.title_fr.is_empty() {
            faults.push(format!("{id}: no French title"));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_numbers_go_from_1_to_84() {
    let mut numbers: Vec<u32> = Catalog::get()
        .requirements()
        .map(|one| {
            one.number
                .trim_start_matches('R')
                .parse()
                .expect("a number")
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=84).collect::<Vec<u32>>());
}

/// One bucket of health data in Paris, one in Virginia.
const TWO_PLACES: &str = r#"
provider "aws" {
  region = "eu-west-3"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
resource "aws_s3_bucket" "paris" {
  tags = { data-classification = "health" }
}
resource "aws_s3_bucket" "virginia" {
  provider = aws.us
  tags     = { data-classification = "health" }
}
"#;

/// One bucket of health data, in a region that nobody gives.
const NOWHERE: &str = r#"
variable "region" {}
provider "aws" {
  region = var.region
}
resource "aws_s3_bucket" "a" {
  tags = { data-classification = "health" }
}
"#;

fn run_in(files: &[(&str, &str)], more: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        std::fs::write(folder.path().join(path), text).expect("written");
    }
    let mut arguments = vec!["scan", ".", "--as-of", AS_OF];
    arguments.extend(more);
    gardefou_in(folder.path(), &arguments, &[])
}

fn scan(code: &str, config: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["--format", "json"];
    arguments.extend(more);
    let run = run_in(&[("main.tf", code), ("gardefou.toml", config)], &arguments);
    let document: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stderr));
    let schema =
        std::fs::read_to_string(root().join("docs/schema/scan.schema.json")).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<_> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

fn row<'d>(document: &'d Value, id: &str) -> &'d Value {
    let mut all = document["requirements"].as_array().expect("a list").iter();
    all.find(|one| one["id"] == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

fn standing<'d>(document: &'d Value, id: &str) -> &'d str {
    row(document, id)["standing"].as_str().expect("a word")
}

fn rules_of_findings(document: &Value) -> BTreeSet<&str> {
    let all = document["findings"].as_array().expect("a list").iter();
    all.map(|one| one["rule"].as_str().expect("a rule"))
        .collect()
}

#[test]
fn evidence_against_one_resource_is_a_violation() {
    let document = scan(TWO_PLACES, "", &[]);
    let row = row(&document, "HDS-LOC-001");
    assert_eq!(row["standing"], "violated");
    assert_eq!(row["counts"]["violations"], 1);
    assert_eq!(row["counts"]["passed"], 1);
    let rules = row["rules"].as_array().expect("a list");
    assert!(rules.contains(&Value::from("residency/outside-area")));
    let finding = &document["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["rule"] == "residency/outside-area")
        .expect("a finding");
    assert_eq!(row["findings"][0], finding["fingerprint"]);
    // Health data is no evidence for or against what is asked of data of particular sensitivity.
    assert_eq!(standing(&document, "SNC-LOC-001"), "not-applicable");
    assert_eq!(
        finding["requirements"],
        serde_json::json!(["HDS-LOC-001", "GDP-LOC-001"])
    );
    // Both buckets have a label.
    assert_eq!(standing(&document, "CLS-001"), "met");
}

#[test]
fn evidence_for_all_is_met() {
    let moved = TWO_PLACES.replace("us-east-1", "eu-central-1");
    let document = scan(&moved, "", &[]);
    let row = row(&document, "HDS-LOC-001");
    assert_eq!(row["standing"], "met");
    assert_eq!(row["counts"]["passed"], 2);
    assert!(row["findings"].as_array().is_some_and(Vec::is_empty));
}

/// The actor raises health data: both levels ask.
#[test]
fn raised_data_answers_to_both_levels() {
    let document = scan(
        TWO_PLACES,
        "[organisation]\nactor = \"state-operator\"\n",
        &[],
    );
    assert_eq!(standing(&document, "SNC-LOC-001"), "violated");
    assert_eq!(standing(&document, "HDS-LOC-001"), "violated");
}

#[test]
fn violations_that_are_all_waived_are_accepted() {
    let waiver = |pattern: &str| {
        format!(
            "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"{pattern}\"]\nreason = \"moving\"\nby = \"DSI\"\nuntil = 2026-12-31\n"
        )
    };
    let document = scan(TWO_PLACES, &waiver("aws_s3_bucket.virginia"), &[]);
    let row = row(&document, "HDS-LOC-001");
    assert_eq!(row["standing"], "waived");
    assert_eq!(row["counts"]["waived"], 1);
    assert_eq!(row["counts"]["violations"], 0);
    let both = TWO_PLACES.replace("eu-west-3", "us-west-2");
    let document = scan(&both, &waiver("aws_s3_bucket.virginia"), &[]);
    assert_eq!(standing(&document, "HDS-LOC-001"), "violated");
}

#[test]
fn what_could_not_be_decided_is_undetermined() {
    let document = scan(NOWHERE, "", &[]);
    let row = row(&document, "HDS-LOC-001");
    assert_eq!(row["standing"], "undetermined");
    assert_eq!(row["counts"]["undetermined"], 1);
}

/// A user pool whose sign-in is decided elsewhere.
const POOL: &str = r#"
variable "mfa" {}
provider "aws" {
  region = "eu-west-3"
}
resource "aws_s3_bucket" "a" {
  tags = { data-classification = "health" }
}
resource "aws_cognito_user_pool" "staff" {
  name              = "staff"
  mfa_configuration = var.mfa
}
"#;

fn attested(requirement: &str, more: &str, until: &str) -> String {
    format!(
        "[[attestation]]\nrequirement = \"{requirement}\"\nreference = \"procedure 12\"\nby = \"RSSI\"\nuntil = {until}\n{more}"
    )
}

#[test]
fn an_attestation_answers_what_is_open_and_is_no_evidence() {
    assert_eq!(
        standing(&scan(POOL, "", &[]), "SNC-IAM-001"),
        "undetermined"
    );
    let document = scan(POOL, &attested("SNC-IAM-001", "", "2027-01-31"), &[]);
    let row = row(&document, "SNC-IAM-001");
    assert_eq!(row["standing"], "attested");
    assert_eq!(row["counts"]["passed"], 0);
    assert_eq!(row["counts"]["undetermined"], 1);
    assert_eq!(row["attestation"]["reference"], "procedure 12");
    assert_eq!(row["attestation"]["ended"], false);
    // The finding stays, and so does what it makes of the exit status.
    assert!(rules_of_findings(&document).contains("identity/mfa-not-enforced"));
    // For other resources it says nothing.
    let elsewhere = attested("SNC-IAM-001", "covers = [\"infra/**\"]\n", "2027-01-31");
    assert_eq!(
        standing(&scan(POOL, &elsewhere, &[]), "SNC-IAM-001"),
        "undetermined"
    );
    let here = attested(
        "SNC-IAM-001",
        "covers = [\"aws_cognito_*\"]\n",
        "2027-01-31",
    );
    assert_eq!(standing(&scan(POOL, &here, &[]), "SNC-IAM-001"), "attested");
}

#[test]
fn an_attestation_hides_no_violation() {
    let off = POOL.replace("var.mfa", "\"OFF\"");
    let document = scan(&off, &attested("SNC-IAM-001", "", "2027-01-31"), &[]);
    let row = row(&document, "SNC-IAM-001");
    assert_eq!(row["standing"], "violated");
    assert_eq!(row["attestation"]["by"], "RSSI");
}

#[test]
fn what_nobody_checks_says_why_until_it_is_attested() {
    let document = scan(TWO_PLACES, "", &[]);
    let before = row(&document, "SNC-GOV-001");
    assert_eq!(before["standing"], "not-checked");
    assert_eq!(
        before["reason"],
        "a document of the organisation: attest it"
    );
    let config = "[[attestation]]\nrequirements = [\"SNC-GOV-001\", \"R77\"]\nstatement = \"approved by the board\"\nreference = \"minutes 4\"\nby = \"RSSI\"\nuntil = 2026-11-21\n";
    let document = scan(TWO_PLACES, config, &[]);
    assert_eq!(standing(&document, "SNC-GOV-001"), "attested");
    assert_eq!(
        row(&document, "SNC-GOV-001")["attestation"]["statement"],
        "approved by the board"
    );
    // By its number.
    assert_eq!(standing(&document, "SNC-REV-001"), "attested");
    // Only data of particular sensitivity has to do with it, and there is none.
    let governance = row(&document, "SNC-GOV-002");
    assert_eq!(governance["standing"], "not-applicable");
    assert_eq!(governance["reason"], "no data at level particular");
}

#[test]
fn an_attestation_that_ended_falls_back_and_is_a_finding() {
    let config = attested("SNC-GOV-001", "", "2026-11-20");
    let document = scan(TWO_PLACES, &config, &[]);
    let row = row(&document, "SNC-GOV-001");
    assert_eq!(row["standing"], "not-checked");
    assert_eq!(row["attestation"]["ended"], true);
    let reason = row["reason"].as_str().expect("a reason");
    assert!(reason.ends_with("ended on 2026-11-20"), "{reason}");
    let findings = document["findings"].as_array().expect("a list");
    let ended: Vec<&Value> = findings
        .iter()
        .filter(|one| one["rule"] == "attestation/expired")
        .collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0]["severity"], "medium");
    assert_eq!(ended[0]["location"]["path"], "gardefou.toml");
    assert_eq!(ended[0]["location"]["start"]["line"], 5);
    // It can be switched off like any rule.
    let off = format!("{config}[rules]\n\"attestation/expired\" = \"off\"\n");
    let document = scan(TWO_PLACES, &off, &[]);
    assert!(!rules_of_findings(&document).contains("attestation/expired"));
}

#[test]
fn an_attestation_of_an_offering_that_ended_is_a_finding_too() {
    let config = "[[attestation]]\noffering = \"ovhcloud/hosted-private-cloud-vmware\"\ncovers = [\"vsphere_*\"]\nreference = \"contract\"\nby = \"RSSI\"\nuntil = 2026-01-31\n";
    let document = scan(TWO_PLACES, config, &[]);
    assert!(rules_of_findings(&document).contains("attestation/expired"));
}

/// Message and help of the only error of a configuration.
fn refused(config: &str) -> (String, String, u64) {
    let document = scan(TWO_PLACES, config, &[]);
    let problems = document["problems"].as_array().expect("a list");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let one = &problems[0];
    assert_eq!(document["summary"]["exit_status"], 2);
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let line = one["location"]["start"]["line"].as_u64().expect("a place");
    (text("message"), text("help"), line)
}

#[test]
fn attestations_that_cannot_count_are_refused_at_their_place() {
    let (message, help, line) = refused(&attested("SNC-GVO-001", "", "2027-01-31"));
    assert_eq!(message, "there is no requirement \"SNC-GVO-001\"");
    assert_eq!(help, "did you mean \"SNC-GOV-001\"?");
    assert_eq!(line, 2);
    let (message, _, _) = refused(&attested("SNC-QUA-001", "", "2027-01-31"));
    assert!(
        message.starts_with("SNC-QUA-001 is decided from the code"),
        "{message}"
    );
    let (message, help, _) = refused(&attested("SNC-SCP-003", "", "2027-01-31"));
    assert!(message.contains("by the scan itself"), "{message}");
    assert!(help.contains("actor"), "{help}");
    let (message, _, _) = refused(
        "[[attestation]]\nrequirement = \"SNC-GOV-001\"\noffering = \"outscale/iaas-cloud-on-demand\"\nreference = \"x\"\nby = \"y\"\nuntil = 2027-01-31\n",
    );
    assert!(message.contains("write two entries"), "{message}");
}

/// R15: a certificate of another kind is no visa.
#[test]
fn a_foreign_label_proves_no_qualification() {
    let config = "[[attestation]]\nrequirement = \"SNC-QUA-003\"\nstatement = \"the site has a C5:2020 report\"\nreference = \"audit report\"\nby = \"RSSI\"\nuntil = 2027-01-31\n";
    let document = scan(&TWO_PLACES.replace("health", "particular"), config, &[]);
    let row = row(&document, "SNC-QUA-010");
    assert_eq!(row["standing"], "violated");
    assert!(row["reason"].as_str().is_some_and(|why| why.contains("C5")));
    assert_ne!(standing(&document, "SNC-QUA-003"), "attested");
    let (message, _, line) = refused(config);
    assert!(message.starts_with("C5 proves nothing"), "{message}");
    assert_eq!(line, 3);
    let plain = config.replace("a C5:2020 report", "the region that the visa names");
    let document = scan(&TWO_PLACES.replace("health", "particular"), &plain, &[]);
    assert_eq!(standing(&document, "SNC-QUA-003"), "attested");
    assert_eq!(standing(&document, "SNC-QUA-010"), "not-applicable");
}

/// R04 and R05: what the scan knows by itself.
#[test]
fn the_scan_says_itself_whether_the_actor_is_declared() {
    let document = scan(TWO_PLACES, "", &[]);
    assert_eq!(standing(&document, "SNC-SCP-003"), "undetermined");
    assert_eq!(standing(&document, "SNC-SCP-002"), "not-applicable");
    let document = scan(TWO_PLACES, "", &["--actor", "private"]);
    assert_eq!(standing(&document, "SNC-SCP-003"), "met");
    let personal = TWO_PLACES.replace("health", "personal");
    let document = scan(&personal, "", &[]);
    assert_eq!(standing(&document, "SNC-SCP-003"), "not-applicable");
    assert_eq!(standing(&document, "SNC-SCP-002"), "met");
    let document = scan(&personal, "", &["--actor", "oiv"]);
    assert_eq!(standing(&document, "SNC-SCP-002"), "not-applicable");
}

#[test]
fn a_rule_that_is_off_answers_nothing() {
    let config = "[rules]\n\"residency/outside-area\" = \"off\"\n";
    let document = scan(TWO_PLACES, config, &[]);
    let row = row(&document, "HDS-LOC-001");
    assert_eq!(row["standing"], "not-checked");
    assert_eq!(
        row["reason"],
        "off in the configuration: residency/outside-area"
    );
}

#[test]
fn a_framework_limits_what_is_asked() {
    let all = scan(TWO_PLACES, "", &[]);
    assert!(rules_of_findings(&all).contains("qualification/not-qualified"));
    assert_eq!(all["requirements"].as_array().map(Vec::len), Some(84));
    let hds = scan(TWO_PLACES, "", &["--framework", "hds"]);
    let found = rules_of_findings(&hds);
    assert!(found.contains("residency/outside-area"), "{found:?}");
    // Its only requirement of HDS is not to take a certificate for a visa, and no verdict here touches it.
    assert!(!found.contains("qualification/not-qualified"), "{found:?}");
    assert_eq!(hds["coverage"]["frameworks"], serde_json::json!(["hds"]));
    let rows = hds["requirements"].as_array().expect("a list");
    assert!(rows.iter().all(|one| {
        let serves = one["serves"].as_array().expect("a list");
        serves.contains(&Value::from("hds"))
    }));
    // Copies of health data and the second factor are of HDS too, the visa is not.
    assert!(rows.iter().any(|one| one["id"] == "SNC-LOC-003"));
    assert!(!rows.iter().any(|one| one["id"] == "SNC-QUA-001"));
    let gdpr = scan(TWO_PLACES, "", &["--framework", "gdpr"]);
    let left_out = gdpr["coverage"]["rules_left_out"]
        .as_array()
        .expect("a list");
    for rule in [
        "encryption/key-shared-between-tenants",
        "qualification/not-qualified",
    ] {
        assert!(left_out.contains(&Value::from(rule)), "{left_out:?}");
    }
    assert!(!left_out.contains(&Value::from("residency/outside-area")));
    assert_eq!(standing(&gdpr, "GDP-LOC-001"), "violated");
}

#[test]
fn frameworks_come_from_the_configuration_and_the_command_line_wins() {
    let config = "[organisation]\nframeworks = [\"sren\"]\n";
    let sren = scan(TWO_PLACES, config, &[]);
    assert_eq!(
        sren["coverage"]["frameworks"],
        serde_json::json!(["sren-31"])
    );
    let both = scan(TWO_PLACES, config, &["--framework", "hds,gdpr"]);
    assert_eq!(
        both["coverage"]["frameworks"],
        serde_json::json!(["hds", "gdpr"])
    );
    let (message, help, line) = refused("[organisation]\nframeworks = [\"gpdr\"]\n");
    assert_eq!(message, "there is no framework \"gpdr\"");
    assert_eq!(help, "did you mean \"gdpr\"?");
    assert_eq!(line, 2);
}

/// What is out of sight under a framework says nothing about a waiver.
#[test]
fn a_waiver_of_a_rule_that_is_not_asked_is_not_unused() {
    let waiver = "[[waiver]]\nrule = \"qualification/not-qualified\"\nmatch = [\"**\"]\nreason = \"moving\"\nby = \"DSI\"\nuntil = 2026-12-31\n";
    let document = scan(TWO_PLACES, waiver, &["--framework", "hds"]);
    assert!(!rules_of_findings(&document).contains("waiver/unused"));
}

#[test]
fn people_read_counts_or_the_whole_table() {
    let files = [("main.tf", TWO_PLACES)];
    let compact = run_in(&files, &[]).stdout;
    assert!(compact.contains("Requirements\n"), "{compact}");
    assert!(
        compact.contains("HDS-LOC-001  1 against  Health storage inside the EEA"),
        "{compact}"
    );
    assert!(!compact.contains("SNC-BCK-001"), "{compact}");
    for more in [&["--verbose"][..], &["--framework", "hds"]] {
        let whole = run_in(&files, more).stdout;
        assert!(whole.contains("SNC-BCK-001"), "{whole}");
        assert!(
            whole.contains("needs schedules of backups and what they select"),
            "{whole}"
        );
    }
    let french = run_in(&files, &["--lang", "fr", "--framework", "hds"]).stdout;
    assert!(french.contains("Exigences\n"), "{french}");
    assert!(french.contains("enfreinte"), "{french}");
    assert!(
        french.contains("Stockage des données de santé dans l’EEE (1 contre, 1 pour)"),
        "{french}"
    );
    for text in [&compact, &french] {
        for word in ["certified", "compliant", "conforme"] {
            let table = text.split("Requirements").nth(1).unwrap_or(text);
            // What a requirement asks of a host, and not what Gardefou says of it.
            let table = table.replace("Host certified HDS", "");
            assert!(
                !table.contains(&format!(" {word} ")),
                "{word}: nothing here certifies"
            );
        }
    }
}

#[test]
fn explain_says_how_a_requirement_can_stand() {
    let text = gardefou(&["explain", "SNC-GOV-001"]).stdout;
    for part in [
        "SNC-GOV-001 (R72)",
        "because       a document of the organisation: attest it",
        "attested: a person states it",
        "[[attestation]]\nrequirement = \"SNC-GOV-001\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = gardefou(&["explain", "snc-cry-002", "--lang", "fr"]).stdout;
    for part in [
        "Au moins une clé par client",
        "référentiel   SecNumCloud 3.2",
        "gravité       critique pour les données d’une sensibilité particulière",
        "jugée par     encryption/key-shared-between-tenants :",
        "étayée : ",
        "Elle ne s’atteste pas",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = gardefou(&["explain", "residency/outside-area", "--lang", "fr"]).stdout;
    for part in [
        "gravité       critique",
        "à partir de   données personnelles",
        "exigences     SNC-LOC-001",
        "politique     residency",
        "depuis        0.1.0",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// Where nobody stated the level of some data, it may be health data: HDS is not waved away.
#[test]
fn what_nobody_classified_may_be_what_a_requirement_is_about() {
    let unlabelled = TWO_PLACES.replace("tags = { data-classification = \"health\" }", "");
    let unlabelled = unlabelled.replace("tags     = { data-classification = \"health\" }", "");
    let document = scan(&unlabelled, "", &[]);
    let hds = row(&document, "HDS-LOC-001");
    assert_eq!(hds["standing"], "not-checked");
    assert_eq!(
        hds["reason"],
        "nobody can tell whether it applies: nobody stated the level of 2 resources with data"
    );
    // To set the clauses of SecNumCloud aside for it is no evidence either.
    assert_eq!(standing(&document, "SNC-SCP-002"), "not-checked");
    // An assumption states nothing.
    let assumed = scan(&unlabelled, "", &["--assume", "internal"]);
    assert_eq!(standing(&assumed, "HDS-LOC-001"), "not-checked");
    // A person who states it closes the question, as with all that is not checked.
    let config = attested("SNC-GOV-002", "", "2027-01-31");
    let stated = scan(&unlabelled, &config, &[]);
    assert_eq!(standing(&stated, "SNC-GOV-002"), "attested");
    // One without a label is enough.
    let one = TWO_PLACES.replace("tags     = { data-classification = \"health\" }", "");
    let one = scan(&one.replace("health", "personal"), "", &[]);
    assert_eq!(standing(&one, "HDS-LOC-001"), "not-checked");
    let all = scan(&TWO_PLACES.replace("health", "personal"), "", &[]);
    assert_eq!(standing(&all, "HDS-LOC-001"), "not-applicable");
}

#[test]
fn what_was_not_read_is_not_set_aside() {
    let personal = TWO_PLACES.replace("health", "personal");
    let broken = format!("{personal}\nresource \"aws_s3_bucket\" \"torn\" {{\n  tags = \n}}\n");
    let module = format!(
        "{personal}\nmodule \"db\" {{\n  source  = \"terraform-aws-modules/rds/aws\"\n  version = \"6.1.0\"\n}}\n"
    );
    for (code, status) in [(broken, 2), (module, 0)] {
        let document = scan(&code, "", &[]);
        assert_eq!(document["summary"]["exit_status"], status);
        let hds = row(&document, "HDS-LOC-001");
        assert_eq!(hds["standing"], "not-checked");
        let reason = hds["reason"].as_str().expect("a reason");
        assert!(reason.contains("not everything was read"), "{reason}");
        assert_eq!(standing(&document, "SNC-SCP-002"), "not-checked");
        let all = document["requirements"].as_array().expect("a list");
        let aside = all
            .iter()
            .filter(|one| one["standing"] == "not-applicable" && one["id"] != "SNC-QUA-010");
        assert_eq!(aside.count(), 0);
    }
}

/// An empty checkout gives no compliance document.
#[test]
fn where_nothing_was_read_nothing_is_checked() {
    let run = run_in(&[("notes.txt", "nothing here")], &["--format", "json"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let all = document["requirements"].as_array().expect("a list");
    assert!(!all.is_empty());
    for one in all {
        assert_eq!(one["standing"], "not-checked", "{}", one["id"]);
        assert_eq!(one["reason"], "nothing was read");
    }
    let run = run_in(&[("notes.txt", "nothing here")], &["--format", "oscal"]);
    assert!(!run.stdout.contains("not-applicable"));
    assert!(run.stdout.contains("nothing was read"));
}

#[test]
fn no_violation_is_said_of_what_was_judged() {
    let broken = "resource \"aws_s3_bucket\" \"torn\" {\n  tags = \n}\n";
    for format in ["human", "github", "markdown"] {
        let run = run_in(&[("main.tf", broken)], &["--format", format]);
        assert_eq!(run.code, 2);
        let text = run.stdout.to_lowercase();
        let all = text.matches("no violation").count();
        let some = text.matches("no violation in what could be judged").count();
        assert!(all == some, "{format}:\n{}", run.stdout);
    }
}
