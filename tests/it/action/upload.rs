//! When findings go to code scanning.

use std::fs;

use serde_json::Value;

use super::runner::{Done, Job, TOKEN};

/// Stands in for the program: a report, and SARIF.
const REPORTS: &str = r#"
for word in "$@"; do
    case "$word" in
        json=*) printf '{\n  "summary": {\n    "violations": {\n      "high": 1\n    },\n    "undetermined": 0,\n    "failing": 1\n  }\n}\n' >"${word#json=}" ;;
        sarif=*) echo '{}' >"${word#sarif=}" ;;
    esac
done
"#;

fn job(exit: u8, answer: &str) -> Job {
    let job = Job::new().pretend(&format!("{REPORTS}\nexit {exit}"));
    fs::write(job.stubs().join("status"), answer).expect("written");
    job
}

/// Why nothing was sent.
fn why(done: &Done) -> String {
    assert!(done.uploaded.is_none());
    let (_, notice) = done
        .commands()
        .into_iter()
        .find(|(name, _)| name == "notice")
        .unwrap_or_else(|| panic!("it is not said why: {}", done.log));
    notice
}

#[test]
fn where_the_token_may() {
    // 404: nothing was uploaded yet.
    for answer in ["200", "404"] {
        let job = job(1, answer);
        let done = job.run();
        let (with, counts) = done.uploaded.as_ref().expect("an upload");
        assert!(!counts, "what `auto` tries may fail");
        assert_eq!(with["token"], TOKEN);
        assert!(with["sarif_file"].ends_with("/gardefou.sarif"));
        assert!(!done.passed, "the gate is closed all the same");
        // Other programs can read arguments.
        assert!(!job.calls().contains(TOKEN), "{}", job.calls());
        let headers = fs::read_to_string(job.stubs().join("headers")).expect("headers");
        assert_eq!(headers, format!("Authorization: Bearer {TOKEN}\n"));
        assert!(
            job.calls()
                .contains("https://api.example.org/repos/clinic/records/code-scanning/analyses")
        );
    }
    for (answer, words) in [
        ("403", "security-events: write"),
        ("401", "security-events: write"),
        ("503", "the service answered 503"),
    ] {
        let done = job(0, answer).run();
        assert!(
            done.passed,
            "a token that may only read is enough: {}",
            done.log
        );
        assert!(why(&done).contains(words), "{}", done.log);
    }
    let done = job(0, "200").without("curl").run();
    assert!(
        done.passed && why(&done).contains("without curl"),
        "{}",
        done.log
    );
    let done = job(0, "200").input("token", "").run();
    assert!(
        done.passed && why(&done).contains("no token"),
        "{}",
        done.log
    );
}

/// What stands in the file has precedence over what the step that uploads is told.
#[test]
fn the_file_says_which_scan_it_is() {
    let id = |category: &str| {
        let job = Job::new()
            .input("paths", super::GOOD)
            .input("category", category);
        let done = job.run();
        let text = fs::read_to_string(done.output("sarif-file")).expect("a report");
        let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        log["runs"][0]["automationDetails"]["id"].clone()
    };
    assert_eq!(id("production \"$(id)\""), "production \"$(id)\"/");
    assert_eq!(id(""), format!("gardefou/{}/", super::GOOD));
}

#[test]
fn never_from_a_fork() {
    for head in ["mallory/records", ""] {
        let mut job = job(0, "200").variable("GITHUB_EVENT_NAME", "pull_request");
        job.head = head.to_owned();
        let done = job.run();
        assert!(
            done.passed && why(&done).contains("from a fork"),
            "{}",
            done.log
        );
        assert_eq!(job.calls(), "", "nobody is asked");
    }
    let mut own = job(0, "200").variable("GITHUB_EVENT_NAME", "pull_request");
    own.head = "clinic/records".to_owned();
    assert!(own.run().uploaded.is_some());
    let done = job(0, "200")
        .variable("GITHUB_ACTOR", "dependabot[bot]")
        .run();
    assert!(why(&done).contains("Dependabot"));
}

#[test]
fn never_what_would_close_alerts() {
    for exit in [2, 3, 137] {
        for mode in ["auto", "true"] {
            let done = job(exit, "200").input("sarif", mode).run();
            assert!(
                why(&done).contains("not complete"),
                "{exit} {mode}: {}",
                done.log
            );
        }
    }
}

/// The program itself, where the token may upload.
fn real() -> Job {
    let job = Job::new()
        .input("fail-on", "never")
        .input("annotations", "false");
    fs::write(job.stubs().join("status"), "200").expect("written");
    job
}

/// However the part was asked for: the report says that it is one.
#[test]
fn never_a_part_of_the_findings_for_the_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("list");
    fs::write(&list, "fixtures/mixed-aws/main.tf\n").expect("written");
    let by_list = format!("--files-from={}", list.display());
    let part = |job: Job| job.input("paths", super::BAD).input("args", &by_list);
    let done = part(real()).run();
    assert!(why(&done).contains("about changes"), "{}", done.log);
    // The alerts of a pull request are its own.
    let mut own = part(real()).variable("GITHUB_EVENT_NAME", "pull_request");
    own.head = "clinic/records".to_owned();
    assert!(own.run().uploaded.is_some());

    let of_hds = |job: Job| job.input("paths", super::BAD);
    let done = of_hds(real()).input("args", "--framework=hds").run();
    assert!(why(&done).contains("only one framework"), "{}", done.log);
    let done = of_hds(real()).variable("GARDEFOU_FRAMEWORK", "hds").run();
    assert!(why(&done).contains("only one framework"), "{}", done.log);
    let named = of_hds(real())
        .input("args", "--framework\nhds")
        .input("category", "hds");
    assert!(named.run().uploaded.is_some(), "it closes its own alerts");
    assert!(of_hds(real()).run().uploaded.is_some());
}

/// Code scanning does not look at suppressions: what is accepted would be an alert.
#[test]
fn what_is_accepted_opens_no_alert() {
    let folder = tempfile::tempdir().expect("a folder");
    // Texts that would be the key of an accepted finding, if they were no texts.
    let code = r#"provider "aws" {
  region = "us-east-1"
}
resource "aws_s3_bucket" "first" {
  for_each = toset(["a\",\"suppressions\":[{\"b"])
  bucket   = "first"
  tags     = { classification = "health" }
}
# gardefou: ignore[residency/outside-area] synthetic ","suppressions":[{ data until=2027-01-01
resource "aws_s3_bucket" "second" {
  bucket = "second"
  tags   = { classification = "health" }
}
"#;
    fs::write(folder.path().join("main.tf"), code).expect("written");
    // The folder of the job has to stay for its files to be read.
    let job = real().workspace(folder.path());
    let done = job.run();
    let results = |path: &str| -> Vec<Value> {
        let text = fs::read_to_string(path).expect("a report");
        let log: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        log["runs"][0]["results"]
            .as_array()
            .expect("results")
            .clone()
    };
    let is_accepted = |one: &Value| {
        one["suppressions"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    };
    let all = results(done.output("sarif-file"));
    assert!(all.iter().any(is_accepted), "{}", done.log);
    let is_hostile =
        |one: &Value| !is_accepted(one) && one.to_string().contains(r#"suppressions\\\":[{"#);
    assert!(all.iter().any(is_hostile), "{}", done.log);
    let (with, _) = done.uploaded.as_ref().expect("an upload");
    let sent = results(&with["sarif_file"]);
    let open: Vec<Value> = all.into_iter().filter(|one| !is_accepted(one)).collect();
    assert!(!open.is_empty() && sent == open, "{}", done.log);
    // Of nothing, nothing.
    fs::write(folder.path().join("main.tf"), "locals {}\n").expect("written");
    let job = real().workspace(folder.path());
    let done = job.run();
    let (with, _) = done.uploaded.as_ref().expect("an upload");
    assert!(results(&with["sarif_file"]).is_empty());
}

#[test]
fn as_it_is_told() {
    let always = job(0, "403").input("sarif", "true");
    let done = always.run();
    let (_, counts) = done.uploaded.as_ref().expect("an upload");
    assert!(*counts, "what was asked for has to work");
    assert_eq!(always.calls(), "", "nobody is asked");
    let never = job(0, "200").input("sarif", "false");
    let done = never.run();
    assert!(
        done.uploaded.is_none() && done.commands().is_empty(),
        "{}",
        done.log
    );
    assert_eq!(done.output("sarif-file"), "");
}
