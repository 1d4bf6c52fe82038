//! SARIF of real estates: it follows the published schema, stays within what code scanning takes, and points at what it speaks
//! of.

mod hostile;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{
    AS_OF, Run, all_fixtures, gardefou, gardefou_in, gardefou_piped, root, scan_json,
};

/// Scans a path of the repository.
fn sarif(path: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["scan", path, "--as-of", AS_OF, "--format", "sarif"];
    arguments.extend(more);
    parsed(&gardefou(&arguments))
}

/// Scans a folder from inside.
fn sarif_in(folder: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["scan", ".", "--as-of", AS_OF, "--format", "sarif"];
    arguments.extend(more);
    parsed(&gardefou_in(folder, &arguments, &[]))
}

fn parsed(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stderr))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> usize {
    value.as_u64().expect("a number") as usize
}

fn results(log: &Value) -> &[Value] {
    list(&log["runs"][0]["results"])
}

fn rules(log: &Value) -> &[Value] {
    list(&log["runs"][0]["tool"]["driver"]["rules"])
}

fn validator() -> jsonschema::Validator {
    let schema = fs::read_to_string(root().join("tests/data/schemas/sarif-schema-2.1.0.json"));
    // The published schema holds a pattern that is none: a bracket closes that nobody opened.
    let schema = schema.expect("the schema").replace(
        "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$",
        "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$",
    );
    let schema = serde_json::from_str(&schema).expect("JSON");
    jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema")
}

fn assert_valid(validator: &jsonschema::Validator, log: &Value, what: &str) {
    let errors: Vec<String> = validator
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

/// Every object of a log that says where something is.
fn physical_locations<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("physicalLocation"));
            map.values()
                .for_each(|value| physical_locations(value, found));
        }
        Value::Array(all) => all
            .iter()
            .for_each(|value| physical_locations(value, found)),
        _ => {}
    }
}

/// `%20` and the like.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = rest.by_ref().take(2).collect();
        let digits = String::from_utf8(digits).expect("ASCII");
        bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The file of a location: named from the top of `top`, by a relative URI that nobody can read otherwise.
fn file_of(location: &Value, top: &Path) -> String {
    let artifact = &location["artifactLocation"];
    let uri = text(&artifact["uri"]);
    assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
    assert!(!uri.is_empty() && !uri.starts_with('/'), "{uri}");
    assert!(
        uri.is_ascii() && !uri.contains([' ', '\\', ':', '#', '?', '[']),
        "{uri}"
    );
    assert!(
        !uri.split('/').any(|part| matches!(part, "" | "." | "..")),
        "{uri}"
    );
    let path = decoded(uri);
    assert!(top.join(&path).is_file(), "{path} is no file");
    path
}

/// The text of a region, with columns in UTF-16 code units and the end not in it.
fn highlighted(location: &Value, top: &Path) -> String {
    let path = file_of(location, top);
    // A file that is no text can be named as a whole.
    let content = fs::read(top.join(&path)).expect("a file");
    let content = String::from_utf8_lossy(&content);
    let region = &location["region"];
    let at = |key: &str| number(&region[key]);
    let (start, end) = (at("startLine"), at("endLine"));
    assert!(start >= 1 && start == end, "{path}: {region}");
    let (from, to) = (at("startColumn"), at("endColumn"));
    assert!(from >= 1 && from <= to, "{path}: {region}");
    let line: Vec<u16> = content
        .split('\n')
        .nth(start - 1)
        .unwrap_or_else(|| panic!("{path} has no line {start}"))
        .encode_utf16()
        .collect();
    let part = line.get(from - 1..to - 1);
    let part = part.unwrap_or_else(|| panic!("{path}: {region} is not in the line"));
    String::from_utf16(part).expect("whole characters")
}

/// The text at a place of the JSON format: columns count characters there.
fn pointed(location: &Value, top: &Path) -> String {
    let content = fs::read_to_string(top.join(text(&location["path"]))).expect("a text");
    let line = number(&location["start"]["line"]);
    let (from, to) = (
        number(&location["start"]["column"]),
        number(&location["end"]["column"]),
    );
    let line = content.split('\n').nth(line - 1).expect("a line");
    line.chars().skip(from - 1).take(to - from).collect()
}

#[test]
fn every_fixture_follows_the_schema_at_any_number_of_threads() {
    let validator = validator();
    for path in &all_fixtures() {
        let run = |threads| {
            let arguments = [
                "scan",
                path,
                "--as-of",
                AS_OF,
                "--format",
                "sarif",
                "--threads",
                threads,
            ];
            gardefou(&arguments)
        };
        let one = run("1");
        assert_eq!(one, run("8"), "{path}");
        let log = parsed(&one);
        assert_valid(&validator, &log, path);
        assert_within_limits(&log, path);
        let (code, document) = scan_json(path, &[]);
        assert_same(&log, &document, path);
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["exitCode"], code, "{path}");
        assert_eq!(invocation["executionSuccessful"], code < 2, "{path}");
    }
}

/// What code scanning takes; above any of it the whole file is refused.
fn assert_within_limits(log: &Value, path: &str) {
    let rules = rules(log);
    let ids: Vec<&str> = rules.iter().map(|rule| text(&rule["id"])).collect();
    assert!(ids.is_sorted(), "{path}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for rule in rules {
        for key in ["shortDescription", "fullDescription"] {
            let words = text(&rule[key]["text"]);
            assert!(
                !words.is_empty() && words.chars().count() <= 1024,
                "{rule:#}"
            );
        }
        assert!(!text(&rule["name"]).is_empty() && text(&rule["name"]).chars().count() <= 255);
        assert!(!text(&rule["help"]["text"]).is_empty());
        assert!(!text(&rule["help"]["markdown"]).is_empty());
        let tags = list(&rule["properties"]["tags"]);
        assert!(
            tags.len() <= 10 && tags.contains(&"security".into()),
            "{rule:#}"
        );
        let score: f32 = text(&rule["properties"]["security-severity"])
            .parse()
            .expect("a number");
        assert!(score > 0.0 && score <= 10.0);
    }
    assert!(results(log).len() <= 5_000);
    let mut fingerprints = BTreeSet::new();
    for result in results(log) {
        assert_eq!(
            ids.get(number(&result["ruleIndex"])),
            Some(&text(&result["ruleId"]))
        );
        assert_eq!(list(&result["locations"]).len(), 1);
        let related = list(&result["relatedLocations"]);
        assert!(related.len() < 100);
        let numbers: Vec<usize> = related.iter().map(|one| number(&one["id"])).collect();
        assert!(numbers.iter().copied().eq(1..=related.len()), "{result:#}");
        for flow in list(&result["codeFlows"]) {
            let steps = list(&flow["threadFlows"][0]["locations"]);
            assert!((2..=100).contains(&steps.len()));
            // The way ends where the finding is.
            let last = &steps[steps.len() - 1]["location"]["physicalLocation"];
            assert_eq!(*last, result["locations"][0]["physicalLocation"]);
        }
        assert_links(text(&result["message"]["text"]), related.len());
        assert!(result["suppressions"].is_array());
        let own = text(&result["partialFingerprints"]["gardefou/v1"]);
        assert_eq!(
            result["partialFingerprints"]["primaryLocationLineHash"],
            format!("{own}:1")
        );
        assert!(fingerprints.insert(own), "{path}: {own} twice");
    }
}

/// Every link of a message leads to a related location.
fn assert_links(message: &str, locations: usize) {
    for after in message.split("](").skip(1) {
        let target = after.split(')').next().unwrap_or_default();
        let id: usize = target.parse().unwrap_or_else(|_| panic!("{message}"));
        assert!((1..=locations).contains(&id), "{message}");
    }
    let first = message.split(". ").next().unwrap_or_default();
    assert!(
        !first.is_empty() && first.chars().count() < 200,
        "{message}"
    );
}

/// The findings of the JSON format, each with its words and its place; gravest first among those that nobody accepted.
fn assert_same(log: &Value, document: &Value, path: &str) {
    let found: BTreeMap<&str, &Value> = list(&document["findings"])
        .iter()
        .map(|finding| (text(&finding["fingerprint"]), finding))
        .collect();
    assert_eq!(found.len(), results(log).len(), "{path}");
    let top = root();
    for result in results(log) {
        let own = text(&result["partialFingerprints"]["gardefou/v1"]);
        let finding = found.get(own).unwrap_or_else(|| panic!("{path}: {own}"));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            highlighted(place, &top),
            pointed(&finding["location"], &top.join(path)),
            "{path}: {result:#}"
        );
        let message = text(&result["message"]["text"]);
        // As a sentence.
        let words = text(&finding["message"]);
        let words = &words[words.chars().next().map_or(0, char::len_utf8)..];
        assert!(message.contains(words), "{path}: {message}");
        assert_eq!(result["properties"]["outcome"], finding["outcome"]);
        assert_eq!(result["properties"]["fails"], finding["fails"]);
        assert_eq!(
            finding["outcome"] == "undetermined",
            message.starts_with("Undetermined: "),
            "{message}"
        );
        if finding["fails"] == true {
            assert_eq!(result["level"], "error");
        }
    }
    let mut places = Vec::new();
    physical_locations(log, &mut places);
    for place in places {
        highlighted(place, &top);
    }
    // Problems are told with their places.
    let invocation = &log["runs"][0]["invocations"][0];
    let told = |key: &str| list(&invocation[key]).iter();
    let told: Vec<&Value> = told("toolExecutionNotifications")
        .chain(told("toolConfigurationNotifications"))
        .filter(|one| one["descriptor"]["id"] != "report")
        .collect();
    let problems = list(&document["problems"]);
    assert_eq!(told.len(), problems.len(), "{path}");
    let placed = problems.iter().filter(|one| one["location"].is_object());
    let located = told.iter().filter(|one| one["locations"].is_array());
    assert!(located.count() >= placed.count(), "{path}");
}

/// The whole log of a small fixture; of the rules only those that a result names, since their pages are tested elsewhere.
#[test]
fn the_log_of_a_small_fixture() {
    let mut log = sarif("fixtures/broken/yaml-document", &[]);
    let named: BTreeSet<String> = results(&log)
        .iter()
        .map(|result| text(&result["ruleId"]).to_owned())
        .collect();
    let driver = &mut log["runs"][0]["tool"]["driver"];
    driver["fullName"] = "Gardefou VERSION".into();
    driver["version"] = "VERSION".into();
    driver["semanticVersion"] = "VERSION".into();
    if let Some(rules) = driver["rules"].as_array_mut() {
        assert!(rules.len() > 20);
        rules.retain(|rule| named.contains(text(&rule["id"])));
        for rule in rules {
            let help = text(&rule["help"]["markdown"]).to_owned();
            let start: Vec<&str> = help.lines().take(6).collect();
            rule["help"]["markdown"] = format!("{}\n[...]", start.join("\n")).into();
        }
    }
    let text = serde_json::to_string_pretty(&log).expect("JSON");
    insta::assert_snapshot!(text);
}

/// A rule is a page of the documentation, and the page is there.
#[test]
fn pages_of_rules_exist() {
    for lang in ["en", "fr"] {
        let log = sarif("fixtures/broken/empty", &["--lang", lang]);
        assert!(rules(&log).len() >= 25);
        for rule in rules(&log) {
            let page = text(&rule["helpUri"]);
            let file = page
                .split("/blob/main/")
                .nth(1)
                .expect("a page of the repository");
            assert!(root().join(file).is_file(), "{page}");
            assert!(text(&rule["help"]["markdown"]).ends_with(&format!("]({page})")));
        }
    }
}

const CODE: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n\nresource \"aws_s3_bucket\" \"a\" {\n  tags = { data-classification = \"health\" }\n}\n";
const MORE: &str =
    "resource \"aws_s3_bucket\" \"b\" {\n  tags = { data-classification = \"health\" }\n}\n";

fn fingerprints(log: &Value) -> Vec<(String, String)> {
    let mut all: Vec<_> = results(log)
        .iter()
        .map(|result| {
            (
                text(&result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
                    .to_owned(),
                text(&result["partialFingerprints"]["primaryLocationLineHash"]).to_owned(),
            )
        })
        .collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

#[test]
fn fingerprints_survive_inserted_lines_and_another_order_of_files() {
    let estate = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, code) in files {
            fs::write(folder.path().join(path), code).expect("written");
        }
        folder
    };
    let plain = estate(&[("a.tf", CODE), ("b.tf", MORE)]);
    let before = fingerprints(&sarif_in(plain.path(), &[]));
    let edited = estate(&[
        (
            "a.tf",
            &format!(
                "# a line\n\n{}",
                CODE.replace("\n  tags", "\n  # another\n  tags")
            ),
        ),
        ("b.tf", &format!("\n\n\n{MORE}")),
    ]);
    assert_eq!(before, fingerprints(&sarif_in(edited.path(), &[])));
    let named = |files: [&str; 2]| {
        let mut arguments = vec!["scan", "--as-of", AS_OF, "--format", "sarif"];
        arguments.extend(files);
        gardefou_in(plain.path(), &arguments, &[]).stdout
    };
    assert_eq!(named(["a.tf", "b.tf"]), named(["b.tf", "a.tf"]));
}

/// Paths start where the repository does, wherever the scan stands.
#[test]
fn a_scan_of_a_folder_names_files_from_the_top_of_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("infra/prod eu");
    fs::create_dir_all(&below).expect("made");
    fs::create_dir_all(folder.path().join(".git")).expect("made");
    fs::write(below.join("main.tf"), CODE).expect("written");
    fs::write(
        folder.path().join("gardefou.toml"),
        "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"**\"]\nreason = \"[moves](https://evil.example) soon\"\nby = \"DSI\"\nuntil = 2026-12-31\n\n[rules]\n\"encryption/no-customer-key\" = \"off\"\n",
    )
    .expect("written");
    let log = sarif_in(&below, &[]);
    assert_valid(&validator(), &log, "a folder");
    assert_eq!(
        log["runs"][0]["automationDetails"]["id"],
        "gardefou/infra/prod%20eu/"
    );
    let named = sarif_in(&below, &["--category", "prod/eu"]);
    assert_eq!(named["runs"][0]["automationDetails"]["id"], "prod/eu/");
    let mut places = Vec::new();
    physical_locations(&log, &mut places);
    let files: BTreeSet<String> = places
        .iter()
        .map(|place| file_of(place, folder.path()))
        .collect();
    assert_eq!(
        files,
        ["gardefou.toml", "infra/prod eu/main.tf"]
            .map(str::to_owned)
            .into()
    );
    let waived = results(&log)
        .iter()
        .find(|result| result["ruleId"] == "residency/outside-area")
        .expect("what is accepted stays visible");
    let suppression = &waived["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["status"], "accepted");
    assert_eq!(
        suppression["justification"],
        "[moves] (https://evil.example) soon"
    );
    assert_eq!(suppression["properties"]["until"], "2026-12-31");
    assert_eq!(
        highlighted(&suppression["location"]["physicalLocation"], folder.path()),
        "[[waiver]]"
    );
    // A rule that is off is said to be off.
    let overrides = &log["runs"][0]["invocations"][0]["ruleConfigurationOverrides"];
    let off = number(&overrides[0]["descriptor"]["index"]);
    assert_eq!(rules(&log)[off]["id"], "encryption/no-customer-key");
    assert_eq!(overrides[0]["configuration"]["enabled"], false);
}

#[test]
fn an_ignore_in_the_code_is_a_suppression_in_the_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let ignored = CODE.replace(
        "resource",
        "# gardefou: ignore[residency/outside-area] moves until=2026-12-31\nresource",
    );
    fs::write(folder.path().join("main.tf"), ignored).expect("written");
    let log = sarif_in(folder.path(), &[]);
    let suppressed: Vec<&Value> = results(&log)
        .iter()
        .filter(|result| !list(&result["suppressions"]).is_empty())
        .collect();
    assert_eq!(suppressed.len(), 1);
    let suppression = &suppressed[0]["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(
        suppression["location"]["physicalLocation"]["region"]["startLine"],
        5
    );
    // What is accepted comes last: it is the first to be left out.
    assert_eq!(Some(suppressed[0]), results(&log).last());
}

#[test]
fn a_fault_of_the_configuration_is_told_apart_from_one_of_the_code() {
    let log = sarif("fixtures/broken/bad-config", &[]);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = list(&invocation["toolConfigurationNotifications"]);
    assert!(!told.is_empty());
    for one in told {
        assert_eq!(one["descriptor"]["id"], "config");
        let place = &one["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "fixtures/broken/bad-config/gardefou.toml"
        );
    }
    let log = sarif("fixtures/broken/syntax-error", &[]);
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(list(told).iter().any(|one| one["level"] == "error"));
}

/// Code scanning refuses a result without a file, and a pipe has none.
#[test]
fn what_comes_through_a_pipe_is_shown_in_a_file() {
    let log = parsed(&gardefou_piped(
        &["scan", "-", "--as-of", AS_OF, "--format", "sarif"],
        b"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: db, labels: { data-classification: health } }\n",
    ));
    assert_valid(&validator(), &log, "a pipe");
    assert!(!results(&log).is_empty());
    for result in results(&log) {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "standard-input");
        assert_eq!(place["region"]["startLine"], 1);
        let message = text(&result["message"]["text"]);
        assert!(
            message.contains("stands in no file: <stdin>, line 2."),
            "{message}"
        );
    }
}

/// What was not covered can be read from the log too.
#[test]
fn the_coverage_is_that_of_the_json_format() {
    let path = "fixtures/broken/missing-module";
    let log = sarif(path, &[]);
    let (_, document) = scan_json(path, &[]);
    let properties = &log["runs"][0]["properties"];
    assert_eq!(properties["coverage"], document["coverage"]);
    assert_eq!(properties["summary"], document["summary"]);
    assert_eq!(properties["asOf"], AS_OF);
}
