//! Assessment results of OSCAL: valid by the official schema, whole, and never better than the evidence.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{AS_OF, gardefou, gardefou_in, root, scan_json};

/// One of each: clean and not, code and manifests, plans and states, rendered or not, unreadable, empty.
const PATHS: [&str; 9] = [
    "fixtures/health-data-hub-on-azure",
    "fixtures/hospital-platform/clean",
    "fixtures/hospital-platform/faulty",
    "fixtures/clinic-plan-and-code",
    "fixtures/recorded-states",
    "fixtures/estates/ovh-secnumcloud",
    "fixtures/helm",
    "fixtures/broken/deep-nesting",
    "fixtures/broken/empty",
];

/// A bucket in London that is accepted until a day, one in Virginia that nobody accepted, and an open question.
const CODE: &str = r#"
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "open"
  region = var.region
}
variable "region" {}
resource "aws_s3_bucket" "letters" {
  region = "eu-west-2"
  tags   = { data-classification = "health" }
}
resource "aws_s3_bucket" "scans" {
  tags = { data-classification = "health" }
}
resource "aws_s3_bucket" "open" {
  provider = aws.open
  tags     = { data-classification = "health" }
}
"#;

const SETTINGS: &str = r#"
[[waiver]]
rule = "residency/outside-area"
match = ["aws_s3_bucket.letters"]
reason = "moves to Paris in spring"
by = "DSI"
until = 2027-03-31

[[attestation]]
requirement = "SNC-GOV-001"
reference = "register 2026-7"
statement = "the register of processing is kept"
by = "RSSI"
until = 2027-01-31
"#;

/// The part of the schema that is about assessment results: asked for one of all models, it would only say that none fits.
fn validator() -> jsonschema::Validator {
    let path = root().join("tests/data/schemas/oscal/oscal_complete_schema.json");
    let schema = fs::read_to_string(path).expect("the schema");
    let mut schema: Value = serde_json::from_str(&schema).expect("JSON");
    let models = schema["oneOf"].take();
    let model = models
        .as_array()
        .into_iter()
        .flatten()
        .find(|model| model["required"] == serde_json::json!(["assessment-results"]))
        .expect("the model");
    let whole = schema.as_object_mut().expect("an object");
    whole.shift_remove("oneOf");
    whole.extend(model.as_object().expect("an object").clone());
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema")
}

fn hold(validator: &jsonschema::Validator, document: &Value, of: &str) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| {
            let said: String = error.to_string().chars().take(300).collect();
            format!("{}: {said}", error.instance_path())
        })
        .take(5)
        .collect();
    assert!(errors.is_empty(), "{of}: {errors:#?}");
}

fn in_folder(folder: &Path, more: &[&str]) -> Value {
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "oscal"];
    let run = gardefou_in(folder, &[&arguments, more].concat(), &[]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr))
}

fn estate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), CODE).expect("written");
    fs::write(folder.path().join("gardefou.toml"), SETTINGS).expect("written");
    folder
}

fn of_fixture(path: &str) -> Value {
    let run = gardefou(&["scan", path, "--as-of", AS_OF, "--format", "oscal"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn result(document: &Value) -> &Value {
    &document["assessment-results"]["results"][0]
}

fn prop<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    let mut props = list(value, "props").iter();
    props.find(|prop| prop["name"] == name)?["value"].as_str()
}

/// All values of a key, wherever it stands.
fn values<'v>(value: &'v Value, key: &str, out: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if name == key {
                    out.extend(value.as_str());
                    out.extend(list_of_strings(value));
                }
                values(value, key, out);
            }
        }
        Value::Array(all) => all.iter().for_each(|value| values(value, key, out)),
        _ => {}
    }
}

fn list_of_strings(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn all<'v>(document: &'v Value, key: &str) -> Vec<&'v str> {
    let mut out = Vec::new();
    values(document, key, &mut out);
    out
}

/// Every name is given once, and every reference leads somewhere.
fn hangs_together(document: &Value, of: &str) {
    let names = all(document, "uuid");
    let known: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(known.len(), names.len(), "{of}: a name is given twice");
    for key in [
        "observation-uuid",
        "risk-uuid",
        "subject-uuid",
        "actor-uuid",
        "party-uuid",
        "component-uuid",
    ] {
        for name in all(document, key) {
            assert!(known.contains(name), "{of}: {key} {name}");
        }
    }
    let plan = document["assessment-results"]["import-ap"]["href"]
        .as_str()
        .and_then(|href| href.strip_prefix('#'))
        .expect("a reference");
    assert!(known.contains(plan), "{of}");
    let objectives = all(&document["assessment-results"]["local-definitions"], "id");
    for target in all(document, "target-id") {
        assert!(objectives.contains(&target), "{of}: {target}");
    }
}

#[test]
fn it_follows_the_schema_and_hangs_together() {
    let validator = validator();
    for path in PATHS {
        let document = of_fixture(path);
        hold(&validator, &document, path);
        hangs_together(&document, path);
    }
    let folder = estate();
    for lang in ["en", "fr"] {
        let document = in_folder(folder.path(), &["--lang", lang]);
        hold(&validator, &document, lang);
        hangs_together(&document, lang);
    }
    // The schema refuses what is not in it.
    let mut more = in_folder(folder.path(), &[]);
    more["assessment-results"]["surprise"] = 1.into();
    assert!(!validator.is_valid(&more));
}

/// A requirement is satisfied by evidence or by a person's word, and the one never reads as the other.
#[test]
fn nothing_reads_better_than_it_stands() {
    let mut met = BTreeSet::new();
    let folder = estate();
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "json"];
    let json = gardefou_in(folder.path(), &arguments, &[]).stdout;
    let mut pairs = vec![(
        "the estate".to_owned(),
        serde_json::from_str(&json).expect("JSON"),
        in_folder(folder.path(), &[]),
    )];
    pairs.extend(PATHS.map(|path| {
        let (_, json) = scan_json(path, &[]);
        (path.to_owned(), json, of_fixture(path))
    }));
    for (path, json, document) in pairs {
        let findings = list(result(&document), "findings");
        let requirements = list(&json, "requirements");
        assert_eq!(findings.len(), requirements.len(), "{path}: all are listed");
        for (finding, requirement) in findings.iter().zip(requirements) {
            let standing = requirement["standing"].as_str().expect("a standing");
            met.insert(standing.to_owned());
            assert_eq!(prop(finding, "standing"), Some(standing));
            let status = &finding["target"]["status"];
            let expected = match standing {
                "met" => ("satisfied", "pass"),
                "attested" => ("satisfied", "other"),
                "violated" => ("not-satisfied", "fail"),
                _ => ("not-satisfied", "other"),
            };
            let said = (
                status["state"].as_str().expect("a state"),
                status["reason"].as_str().expect("a reason"),
            );
            assert_eq!(said, expected, "{path}: {standing}");
            let not_applicable = finding["target"]["implementation-status"]["state"].as_str();
            assert_eq!(
                not_applicable == Some("not-applicable"),
                standing == "not-applicable"
            );
            if standing == "attested" {
                assert!(by_word(&document, finding), "{path}: {finding:#}");
            }
        }
    }
    for standing in ["met", "violated", "undetermined", "attested", "not-checked"] {
        assert!(met.contains(standing), "nothing is {standing}");
    }
}

/// True when a person, and no test, stands behind a finding.
fn by_word(document: &Value, finding: &Value) -> bool {
    let observations = list(result(document), "observations");
    list(finding, "related-observations").iter().any(|one| {
        let name = &one["observation-uuid"];
        let mut known = observations.iter();
        let observation = known.find(|one| one["uuid"] == *name).expect("known");
        observation["methods"] == serde_json::json!(["ATTESTATION"])
            && observation["origins"][0]["actors"][0]["type"] == "party"
            && observation["expires"].is_string()
    })
}

#[test]
fn findings_are_observations_and_violations_are_risks() {
    let folder = estate();
    let document = in_folder(folder.path(), &[]);
    let result = result(&document);
    let arguments = ["scan", ".", "--as-of", AS_OF, "--format", "json"];
    let json = gardefou_in(folder.path(), &arguments, &[]).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let findings = list(&json, "findings");
    let observed: Vec<&str> = list(result, "observations")
        .iter()
        .filter_map(|one| prop(one, "fingerprint"))
        .collect();
    let fingerprints: Vec<&str> = findings
        .iter()
        .filter_map(|one| one["fingerprint"].as_str())
        .collect();
    assert_eq!(observed, fingerprints);
    let violations = findings.iter().filter(|one| one["outcome"] == "violation");
    assert_eq!(list(result, "risks").len(), violations.count());
    let mut risks = list(result, "risks").iter();
    let accepted = risks
        .find(|risk| risk["status"] == "deviation-approved")
        .expect("one is accepted");
    assert_eq!(accepted["deadline"], "2027-03-31T23:59:59Z");
    let entry = &accepted["risk-log"]["entries"][0];
    let reason = entry["description"].as_str().expect("a reason");
    assert!(reason.starts_with("moves to Paris in spring"), "{reason}");
    let by = &entry["logged-by"][0]["party-uuid"];
    let parties = list(&document["assessment-results"]["metadata"], "parties");
    let mut parties = parties.iter();
    assert_eq!(
        parties.find(|one| one["uuid"] == *by).expect("known")["name"],
        "DSI"
    );
    let open = list(result, "risks").iter();
    assert!(open.filter(|risk| risk["status"] == "open").count() > 0);
}

/// Names survive edits elsewhere; a document that says something else has another name.
/// A pull request in a repository with a baseline.
#[test]
fn a_part_of_the_findings_says_so() {
    let folder = crate::reports_ci::in_part();
    let document = in_folder(folder.path(), &["--files-from", "list"]);
    hold(&validator(), &document, "a part");
    hangs_together(&document, "a part");
    let result = result(&document);
    assert_eq!(prop(result, "scope"), Some("files"));
    assert!(prop(result, "left-out").is_some_and(|n| n != "0"));
    assert!(prop(result, "baseline-known").is_some_and(|n| n != "0"));
    // Nobody answers for this baseline.
    let risks = list(result, "risks").iter();
    let known: Vec<&Value> = risks
        .filter(|risk| prop(risk, "accepted-by") == Some("baseline"))
        .collect();
    assert!(!known.is_empty());
    assert!(known.iter().all(|risk| risk["status"] == "open"));
}

#[test]
fn names_are_stable() {
    let folder = estate();
    let before = in_folder(folder.path(), &[]);
    assert_eq!(before, in_folder(folder.path(), &[]));
    let moved = format!("# one line more\n{CODE}");
    fs::write(folder.path().join("main.tf"), moved).expect("written");
    let after = in_folder(folder.path(), &[]);
    for key in ["observations", "risks", "findings"] {
        let names = |document| -> Vec<Value> {
            let all = list(result(document), key).iter();
            all.map(|one| one["uuid"].clone()).collect()
        };
        assert_eq!(names(&before), names(&after), "{key}");
    }
    let name = |document: &Value| document["assessment-results"]["uuid"].clone();
    assert_ne!(name(&before), name(&after), "a line has moved");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    for path in ["fixtures/health-data-hub-on-azure", "fixtures/mixed-aws"] {
        let run = |threads| {
            let arguments = ["scan", path, "--as-of", AS_OF, "--format", "oscal"];
            gardefou(&[&arguments[..], &["--threads", threads]].concat())
        };
        assert_eq!(run("1"), run("8"), "{path}");
    }
}

/// What could not be read is said, and weakens what was found.
#[test]
fn gaps_are_observations() {
    let document = of_fixture("fixtures/broken/syntax-error");
    let result = result(&document);
    let problem = list(result, "observations")
        .iter()
        .find(|one| prop(one, "problem") == Some("syntax"))
        .expect("the problem");
    let href = problem["relevant-evidence"][0]["href"].as_str();
    let href = href.expect("where");
    assert!(href.starts_with("fixtures/broken/syntax-error/"), "{href}");
    assert!(href.contains("#L"), "{href}");
    let remarks = result["remarks"].as_str().expect("remarks");
    assert!(
        remarks.contains("Not everything could be judged"),
        "{remarks}"
    );
    let seen = list(result, "observations").last().expect("coverage");
    assert_eq!(seen["title"], "What was seen, and what was not");
}

/// Prose of OSCAL is Markdown: names from the input link nowhere, embed nothing and drive no terminal.
#[test]
fn hostile_names_stay_text() {
    let evil = "x\u{1b}[2J\u{202e}](javascript:alert(1)) <script>alert(1)</script> `![i](http://h)\u{2028}y";
    let folder = tempfile::tempdir().expect("a folder");
    let name = evil.replace(['/', '"'], "");
    fs::create_dir(folder.path().join(&name)).expect("a folder");
    let code = format!(
        "provider \"aws\" {{\n  region = \"us-east-1\"\n}}\nresource \"aws_s3_bucket\" \"a\" {{\n  for_each = toset([\"{}\"])\n  tags = {{ data-classification = \"health\" }}\n}}\nbroken = \"{evil}\n",
        evil.replace('"', ""),
    );
    fs::write(folder.path().join(&name).join(format!("{name}.tf")), code).expect("written");
    let run = gardefou_in(
        folder.path(),
        &["scan", ".", "--as-of", AS_OF, "--format", "oscal"],
        &[],
    );
    let strange = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2028}".contains(c);
    assert!(!run.stdout.contains(strange), "{}", run.stdout);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    hold(&validator(), &document, "hostile");
    hangs_together(&document, "hostile");
    for key in ["title", "description", "remarks", "statement", "prose"] {
        for text in all(&document, key) {
            for active in ["<script", "](javascript", "![i]"] {
                let at = text.match_indices(active);
                for (at, _) in at {
                    assert_eq!(text.get(at - 1..at), Some("\\"), "{key}: {text}");
                }
            }
        }
    }
    for href in all(&document, "href") {
        assert!(!href.contains(['<', '>', ' ', '`']), "{href}");
    }
}

#[test]
fn snapshot() {
    let folder = estate();
    let mut document = in_folder(folder.path(), &[]);
    let whole = &mut document["assessment-results"];
    // These names follow from every byte, and from the version.
    whole["uuid"] = "DOCUMENT".into();
    whole["results"][0]["uuid"] = "RESULT".into();
    whole["import-ap"]["href"] = "#PLAN".into();
    whole["back-matter"]["resources"][0]["uuid"] = "PLAN".into();
    for key in ["objectives-and-methods", "activities"] {
        let all = whole["local-definitions"][key].as_array_mut();
        all.expect("a list").truncate(1);
    }
    let result = &mut whole["results"][0];
    let observations = result["observations"].as_array_mut().expect("a list");
    // One that is accepted, one that is open, and those that are no findings.
    let kept = ["residency/outside-area", "encryption/no-customer-key"];
    observations.retain(|one| prop(one, "rule").is_none_or(|rule| kept.contains(&rule)));
    let risks = result["risks"].as_array_mut().expect("a list");
    risks.retain(|one| prop(one, "rule") == Some("residency/outside-area"));
    let findings = result["findings"].as_array_mut().expect("a list");
    findings.retain(|one| {
        let title = one["title"].as_str().unwrap_or_default();
        ["GDP-LOC-001", "SNC-GOV-001", "CLS-001"]
            .iter()
            .any(|id| title.starts_with(id))
    });
    for one in findings {
        for key in ["related-observations", "related-risks"] {
            if let Some(all) = one.get_mut(key).and_then(Value::as_array_mut) {
                all.truncate(1);
            }
        }
    }
    for selection in result["reviewed-controls"]["control-selections"]
        .as_array_mut()
        .expect("a list")
    {
        let all = selection["include-controls"].as_array_mut();
        all.expect("a list").truncate(1);
    }
    result["local-definitions"]["inventory-items"]
        .as_array_mut()
        .expect("a list")
        .truncate(1);
    let text = serde_json::to_string_pretty(&document).expect("JSON");
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}
