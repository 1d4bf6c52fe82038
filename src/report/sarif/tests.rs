//! The shape of the log, and its bounds. What it says of real estates is tested through the program.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use serde_json::Value;

use crate::facts::{Evidence, EvidenceAt, Text};
use crate::report::testing::Sample;
use crate::report::{Lang, Report};
use crate::source::{Place, Span};
use crate::verdict::{ExitStatus, Outcome, Related};

const SCHEMA: &str = include_str!("../../../tests/data/schemas/sarif-schema-2.1.0.json");

/// The published schema holds a pattern that is none: a bracket closes that nobody opened.
const PATTERNS: [&str; 2] = [
    "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$",
    "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$",
];

/// The log of a report, as it is.
fn written(report: &Report<'_>) -> Value {
    let mut text = Vec::new();
    super::write(report, &mut text).expect("written");
    serde_json::from_slice(&text).expect("JSON")
}

/// The published schema.
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let [wrong, right] = PATTERNS;
    let schema = serde_json::from_str(&SCHEMA.replace(wrong, right)).expect("JSON");
    jsonschema::draft7::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema")
});

/// The log of a report, which follows the schema.
fn log(report: &Report<'_>) -> Value {
    let log = written(report);
    let errors: Vec<_> = VALIDATOR
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn notifications(log: &Value) -> Vec<&str> {
    let all = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let all = all.as_array().map_or(&[][..], Vec::as_slice);
    all.iter()
        .filter_map(|one| one["message"]["text"].as_str())
        .collect()
}

#[test]
fn the_log_follows_the_schema() {
    let sample = Sample::new();
    let log = log(&sample.report(ExitStatus::Incomplete));
    let text = serde_json::to_string_pretty(&log).expect("JSON");
    insta::assert_snapshot!("sarif", text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn in_french_only_what_people_read_is_french() {
    fn keys(value: &Value, path: &str, all: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let path = format!("{path}/{key}");
                    keys(value, &path, all);
                    all.push(path);
                }
            }
            Value::Array(list) => list.iter().for_each(|one| keys(one, path, all)),
            _ => {}
        }
    }
    let sample = Sample::new();
    let report = sample.report(ExitStatus::Incomplete);
    let french = Report {
        lang: Lang::Fr,
        ..report
    };
    let (english, french) = (log(&report), log(&french));
    let (mut a, mut b) = (Vec::new(), Vec::new());
    keys(&english, "", &mut a);
    keys(&french, "", &mut b);
    assert_eq!(a, b);
    let open = results(&french)
        .iter()
        .find(|one| one["properties"]["outcome"] == "undetermined");
    let text = open.and_then(|one| one["message"]["text"].as_str());
    assert_eq!(
        text,
        Some(
            "Indéterminé\u{a0}: Titre (aws_s3_bucket.scans). It cannot be told whether the key of aws_s3_bucket.scans serves one \
             tenant. Pourquoi cela reste ouvert\u{a0}: var.kms_key n’a pas de valeur. Avec\u{a0}: [aws_s3_bucket.notes](1)."
        )
    );
}

#[test]
fn the_gravest_five_thousand_are_kept_and_the_rest_is_counted() {
    let mut sample = Sample::new();
    let (scans, waived) = (sample.findings[3].clone(), sample.findings[0].clone());
    sample.findings = std::iter::repeat_n(waived, 3_000)
        .chain(std::iter::repeat_n(scans, 4_990))
        .enumerate()
        .map(|(n, mut finding)| {
            finding.fingerprint = format!("{n:016x}");
            finding
        })
        .collect();
    let log = written(&sample.report(ExitStatus::Findings));
    assert_eq!(results(&log).len(), 5_000);
    let accepted = |one: &Value| one["suppressions"][0].is_object();
    assert!(results(&log)[..4_990].iter().all(|one| !accepted(one)));
    assert!(results(&log)[4_990..].iter().all(accepted));
    assert_eq!(
        notifications(&log).last(),
        Some(
            &"2990 of 7990 findings, the least grave ones, are not in this file, which may only grow so large; the json format \
              has all of them."
        )
    );
    assert_eq!(log["runs"][0]["properties"]["resultsLeftOut"], 2_990);
}

#[test]
fn what_grows_without_bounds_is_cut() {
    let mut sample = Sample::new();
    let finding = &mut sample.findings[3];
    let place = finding.place;
    finding.message = Text::new("é".repeat(100_000), "");
    finding.title = Text::new("long ".repeat(1_000), "");
    finding.evidence = (0..300)
        .map(|n| Evidence {
            label: Text::new(format!("piece {n}"), ""),
            at: EvidenceAt::Place(place),
        })
        .collect();
    finding.related = (0..1_000)
        .map(|n| Related {
            address: Arc::from(format!("aws_s3_bucket.b{n}")),
            place,
        })
        .collect();
    let log = log(&sample.report(ExitStatus::Findings));
    let one = results(&log)
        .iter()
        .find(|one| one["properties"]["locationsLeftOut"].is_number())
        .expect("the long one");
    assert_eq!(one["properties"]["locationsLeftOut"], 1_201);
    assert_eq!(one["relatedLocations"].as_array().map(Vec::len), Some(99));
    let steps = one["codeFlows"][0]["threadFlows"][0]["locations"].as_array();
    assert_eq!(steps.map(Vec::len), Some(99));
    let text = one["message"]["text"].as_str().unwrap_or_default();
    assert!(text.len() < 6_000, "{}", text.len());
    assert!(text.contains("[piece 4](5); 295 more."), "{text}");
}

/// A whole file is refused for what is too large in it.
#[test]
fn results_stop_before_the_file_is_too_large() {
    let mut sample = Sample::new();
    let mut finding = sample.findings[3].clone();
    let place = finding.place;
    finding.related = (0..99)
        .map(|n| Related {
            address: Arc::from(format!("{n}{}", "x".repeat(1_000))),
            place,
        })
        .collect();
    sample.findings = std::iter::repeat_n(finding, 2_000).collect();
    let report = sample.report(ExitStatus::Findings);
    let mut text = Vec::new();
    super::write(&report, &mut text).expect("written");
    assert!(text.len() < super::BYTES + (1 << 20), "{}", text.len());
    let log: Value = serde_json::from_slice(&text).expect("JSON");
    let kept = results(&log).len();
    assert!(kept > 0 && kept < 2_000, "{kept}");
    assert_eq!(log["runs"][0]["properties"]["resultsLeftOut"], 2_000 - kept);
}

#[test]
fn nothing_to_scan_is_no_success() {
    let mut sample = Sample::new();
    sample.findings.clear();
    sample.problems.clear();
    let log = log(&sample.report(ExitStatus::NothingToScan));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 3);
    assert_eq!(notifications(&log), ["Nothing to scan."]);
    assert!(results(&log).is_empty());
}

/// The bar decides what an open question weighs.
#[test]
fn what_is_undetermined_never_vanishes() {
    let mut sample = Sample::new();
    sample.findings.truncate(3);
    let open = |sample: &Sample| {
        let log = log(&sample.report(ExitStatus::Findings));
        let one = results(&log)
            .iter()
            .find(|one| one["properties"]["outcome"] == "undetermined");
        let one = one.cloned().expect("the open question");
        assert_eq!(one["kind"], "fail");
        one["level"].as_str().map(str::to_owned)
    };
    assert_eq!(open(&sample).as_deref(), Some("error"));
    sample.bar.undetermined.clear();
    assert_eq!(open(&sample).as_deref(), Some("warning"));
}

#[test]
fn a_finding_in_no_file_is_shown_in_one_and_says_so() {
    let mut sample = Sample::new();
    let text = "kind: Secret\nmetadata: {}\n";
    let rendered = sample.sources.add_rendered("portal (rendered)", text);
    let piped = sample.sources.add_given("<stdin>", text, false);
    sample.findings.truncate(2);
    for (finding, source) in sample.findings.iter_mut().zip([rendered, piped]) {
        finding.place = Place::new(source, Span::new(13, 21));
        finding.evidence.clear();
        finding.outcome = Outcome::Violation;
    }
    let report = sample.report(ExitStatus::Findings);
    let shown: Vec<_> = results(&log(&report))
        .iter()
        .map(|one| {
            let place = &one["locations"][0]["physicalLocation"];
            let text = one["message"]["text"].as_str().unwrap_or_default();
            let at = text.find("It is shown here").unwrap_or_default();
            (
                place["artifactLocation"]["uri"].as_str().map(str::to_owned),
                place["region"]["startLine"].as_u64(),
                text[at..].to_owned(),
            )
        })
        .collect();
    let because = |what| format!("It is shown here because it stands in no file: {what}, line 2.");
    assert_eq!(
        shown,
        [
            (Some("gardefou.toml".into()), Some(1), because("<stdin>")),
            (
                Some("portal/Chart.yaml".into()),
                Some(1),
                because("portal (rendered)")
            ),
        ]
    );
}
