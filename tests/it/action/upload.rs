//! When findings go to code scanning.

use std::fs;

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
    let done = job(0, "200").input("changed-since", "HEAD^1").run();
    assert!(why(&done).contains("changed-since"), "{}", done.log);
    // The alerts of a pull request are its own.
    let mut job = job(0, "200")
        .input("changed-since", "HEAD^1")
        .variable("GITHUB_EVENT_NAME", "pull_request");
    job.head = "clinic/records".to_owned();
    assert!(job.run().uploaded.is_some());
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
