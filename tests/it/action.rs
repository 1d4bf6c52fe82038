//! The GitHub Action, run by a small runner of our own on good and bad code, with inputs and code that mean harm.
#![cfg(unix)]

mod gitlab;
mod install;
mod runner;
mod upload;

use std::fs;

use gardefou::report::clean_line;
use runner::{Done, Job, TOKEN, action, document, object, outputs, text};

use crate::support::root;

const GOOD: &str = "fixtures/hospital-platform/clean";
const BAD: &str = "fixtures/mixed-aws";

/// Stands in for the program: writes its arguments down, one after each line break of its own, and a report.
const RECORDS: &str = r#"
printf '<%s>\n' "$@" >"$STUBS/arguments"
for word in "$@"; do
    case "$word" in
        json=*) printf '{\n  "summary": {\n    "violations": {\n      "high": 0\n    },\n    "undetermined": 0,\n    "failing": 0\n  }\n}\n' >"${word#json=}" ;;
    esac
done
"#;

fn arguments(job: &Job) -> String {
    fs::read_to_string(job.stubs().join("arguments")).expect("it ran")
}

/// What the outputs have to say, from the report.
fn holds(done: &Done) {
    let summary = &done.report["summary"];
    let violations: u64 = object(&summary["violations"])
        .map(|(_, count)| count.as_u64().expect("a count"))
        .sum();
    let undetermined = summary["undetermined"].as_u64().expect("a count");
    assert_eq!(
        done.output("findings"),
        (violations + undetermined).to_string()
    );
    assert_eq!(done.output("undetermined"), undetermined.to_string());
    let highest = ["critical", "high", "medium", "low", "info"]
        .into_iter()
        .find(|severity| summary["violations"][*severity] != 0);
    assert_eq!(done.output("highest-severity"), highest.unwrap_or_default());
    assert_eq!(done.output("exit-code"), summary["exit_status"].to_string());
}

#[test]
fn the_action_is_wired_up() {
    let action = action();
    let written = fs::read_to_string(root().join("action.yml")).expect("a file");
    let page = fs::read_to_string(root().join("docs/src/ci.md")).expect("a page");
    for (name, _) in object(&action["inputs"]) {
        assert!(
            page.contains(&format!("\n| `{name}` | ")),
            "{name} is on no page"
        );
    }
    for (name, _) in object(&action["outputs"]) {
        assert!(page.contains(&format!("`{name}`")), "{name} is on no page");
    }
    for (name, input) in object(&action["inputs"]) {
        let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(name.chars().all(kebab), "{name}");
        assert!(!text(&input["description"]).is_empty(), "{name}");
        assert!(
            written.contains(&format!("${{{{ inputs.{name} }}}}")),
            "{name} does nothing"
        );
    }
    for step in action["runs"]["steps"].as_array().expect("steps") {
        // What an input says must never become part of a script.
        assert!(!text(&step["run"]).contains("${{"), "{step}");
        if let Some(uses) = step["uses"].as_str() {
            let (_, commit) = uses.split_once('@').expect("a commit");
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()));
        }
        // A script reads no variable that its step does not give: each would be empty for ever.
        let Some(script) = text(&step["run"])
            .split('/')
            .next_back()
            .map(|name| name.trim_end_matches('"').to_owned())
            .filter(|name| !name.is_empty())
        else {
            continue;
        };
        let mut code = fs::read_to_string(root().join("action").join(&script)).expect("a script");
        code += &fs::read_to_string(root().join("action/common.sh")).expect("a script");
        let given: Vec<&String> = object(&step["env"]).map(|(name, _)| name).collect();
        for name in &given {
            assert!(
                code.contains(name.as_str()),
                "{script} does not read {name}"
            );
        }
        for read in code.split("INPUT_").skip(1) {
            let name: String = read
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_')
                .collect();
            let name = format!("INPUT_{name}");
            assert!(given.contains(&&name), "nobody gives {script} {name}");
        }
    }
}

#[test]
fn good_code_passes() {
    let done = Job::new().input("paths", GOOD).run();
    assert!(done.passed, "{}", done.log);
    holds(&done);
    assert_eq!(done.output("highest-severity"), "");
    assert!(
        done.log.contains("Nothing that makes the job fail."),
        "{}",
        done.log
    );
    assert!(
        done.commands().iter().all(|(name, _)| name != "error"),
        "{}",
        done.log
    );
}

#[test]
fn bad_code_fails_after_everything_is_reported() {
    let done = Job::new().input("paths", BAD).run();
    assert!(!done.passed);
    assert_eq!(done.output("exit-code"), "1");
    assert_eq!(done.output("highest-severity"), "critical");
    holds(&done);
    let failing = done.report["summary"]["failing"].to_string();
    let (name, last) = done.commands().pop().expect("a command");
    assert_eq!(name, "error");
    assert_eq!(last, format!("findings that make the job fail: {failing}"));
    assert!(
        done.log.contains("residency/outside-area"),
        "the log has the report"
    );
    assert!(
        done.summary.contains("residency/outside-area"),
        "{}",
        done.summary
    );
    let annotations = done.commands();
    assert!(
        annotations
            .iter()
            .filter(|(name, _)| name == "error")
            .count()
            > 1,
        "{annotations:?}"
    );
    assert!(!done.log.contains(TOKEN));
}

#[test]
fn the_gate_is_set_by_inputs() {
    let done = Job::new()
        .input("paths", BAD)
        .input("fail-on", "never")
        .run();
    assert!(done.passed, "{}", done.log);
    assert_eq!(done.output("highest-severity"), "critical");
    let done = Job::new()
        .input("paths", GOOD)
        .input("args", "--actor=state\n--assume=particular\n")
        .run();
    assert!(!done.passed, "{}", done.log);
    // Both in one run.
    let both = format!("{GOOD}\n{BAD}\n");
    let done = Job::new().input("paths", &both).run();
    assert_eq!(done.output("exit-code"), "1");
    assert_eq!(done.report["schema"], 1);
}

#[test]
fn what_is_not_done_is_no_success() {
    for (paths, code, words) in [
        ("fixtures/broken/syntax-error", "2", "could not be done"),
        (
            "fixtures/broken/empty",
            "3",
            "nothing to scan in these paths",
        ),
        ("fixtures/no-such-folder", "2", "could not be done"),
    ] {
        let done = Job::new().input("paths", paths).run();
        assert!(!done.passed, "{paths}");
        assert_eq!(done.output("exit-code"), code, "{paths}\n{}", done.log);
        let (name, last) = done.commands().pop().expect("a command");
        assert!(name == "error" && last.contains(words), "{paths}: {last}");
        assert!(done.uploaded.is_none(), "half a scan would close alerts");
        for output in ["findings", "undetermined", "highest-severity"] {
            assert_ne!(done.output(output), "0", "{paths}: {output} is not known");
        }
    }
    let done = Job::new()
        .input("paths", GOOD)
        .input("fail-on", "hihg")
        .run();
    assert!(!done.passed);
    assert_eq!(done.output("exit-code"), "2");
    assert_eq!(done.output("findings"), "", "not known is not none");
    assert_eq!(done.output("json-file"), "");
    assert!(done.summary.contains("no report"), "{}", done.summary);
}

/// Of a commit that is no merge, the first parent is not the branch that is merged into.
#[test]
fn a_comparison_with_the_wrong_commit_is_said() {
    let warned = |second: &str, since: &str, event: &str| {
        let job = Job::new()
            .pretend(RECORDS)
            .input("changed-since", since)
            .variable("GITHUB_EVENT_NAME", event);
        let git = job.stubs().join("../bin/git");
        let answer = format!("case \"$*\" in *'HEAD^1'*) exit 0 ;; *) {second} ;; esac");
        runner::executable(&git, &answer);
        let done = job.run();
        assert!(done.passed, "{}", done.log);
        let mut commands = done.commands().into_iter();
        commands.any(|(name, text)| name == "warning" && text.contains("no merge commit"))
    };
    assert!(warned("exit 1", "HEAD^1", "pull_request"));
    assert!(!warned("exit 0", "HEAD^1", "pull_request"));
    assert!(!warned("exit 1", "origin/main", "pull_request"));
    assert!(!warned("exit 1", "HEAD^1", "push"));
}

#[test]
fn a_program_that_dies_is_no_success() {
    let done = Job::new().pretend("kill -9 $$").run();
    assert!(!done.passed);
    assert_eq!(done.output("exit-code"), "137");
    assert!(done.log.contains("ended from outside"), "{}", done.log);
    // Nor is one that says it went well and whose report says nothing.
    let done = Job::new().pretend("exit 0").run();
    assert!(!done.passed, "{}", done.log);
}

#[test]
fn wrong_inputs_are_refused_before_anything_is_scanned() {
    for (input, value) in [
        ("annotations", "yes"),
        ("summary", "::error::x\n::error::y"),
        ("sarif", "TRUE"),
        ("lang", "de"),
    ] {
        let job = Job::new().pretend(RECORDS).input(input, value);
        let done = job.run();
        assert!(!done.passed, "{input}");
        assert!(!job.stubs().join("arguments").exists(), "{input}");
        let errors = done.commands();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(
            errors
                .iter()
                .all(|(_, e)| e.contains(&format!("input {input}"))),
            "{errors:?}"
        );
    }
}

#[test]
fn inputs_are_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let hostile = "$(touch pwned)\n`touch pwned`\n; touch pwned\n--output=json=pwned\n-v\n a  b \n*\n'\"\\\n\r\n::error::x\n";
    let job = Job::new()
        .pretend(RECORDS)
        .workspace(folder.path())
        .input("paths", hostile)
        .input("config", "--help")
        .input("policies", "$(touch pwned)\n-x")
        .input("fail-on", "high; touch pwned")
        .input("undetermined", "a b")
        .input("baseline", "$IFS")
        .input("changed-since", "--upload-pack=touch pwned")
        .input("lang", "fr")
        .input("category", "--x y")
        .input("args", "--var=a=b c\n--assume=health\r\n");
    let done = job.run();
    assert!(done.passed, "{}", done.log);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    let arguments = arguments(&job);
    let (options, paths) = arguments.split_once("<-->\n").expect("options end");
    assert_eq!(
        paths,
        "<$(touch pwned)>\n<`touch pwned`>\n<; touch pwned>\n<--output=json=pwned>\n<-v>\n< a  b >\n<*>\n<'\"\\>\n<::error::x>\n"
    );
    for option in [
        "<--config=--help>",
        "<--policy=$(touch pwned)>",
        "<--policy=-x>",
        "<--fail-on=high; touch pwned>",
        "<--undetermined=a b>",
        "<--baseline=$IFS>",
        "<--changed-since=--upload-pack=touch pwned>",
        "<--lang=fr>",
        "<--category=--x y>",
        "<--var=a=b c>",
        "<--assume=health>",
    ] {
        assert!(
            options.lines().any(|line| line == option),
            "{option}\n{options}"
        );
    }
}

#[test]
fn reports_are_written_as_asked() {
    let job = Job::new().pretend(RECORDS);
    job.run();
    let all = arguments(&job);
    for format in ["<json=", "<github=", "<markdown=", "<sarif="] {
        assert!(all.contains(format), "{format}\n{all}");
    }
    assert!(all.ends_with("<-->\n<.>\n"), "{all}");
    let job = Job::new()
        .pretend(RECORDS)
        .input("annotations", "false")
        .input("summary", "false")
        .input("sarif", "false");
    let done = job.run();
    let all = arguments(&job);
    for format in ["<github=", "<markdown=", "<sarif="] {
        assert!(!all.contains(format), "{format}\n{all}");
    }
    assert_eq!(done.summary, "");
    assert!(done.uploaded.is_none());
}

#[test]
fn a_summary_is_kept_below_what_is_accepted() {
    let script = |lines: u32| {
        format!(
            "{RECORDS}\nfor word in \"$@\"; do\n case \"$word\" in markdown=*) for i in {{1..{lines}}}; do echo '0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789'; done >\"${{word#markdown=}}\" ;; esac\ndone"
        )
    };
    let done = Job::new().pretend(&script(9_000)).run();
    assert!(done.summary.len() > 900_000);
    let done = Job::new().pretend(&script(11_000)).run();
    assert!(done.passed);
    assert!(
        done.summary.contains("too long for a summary"),
        "{}",
        done.summary.len()
    );
}

/// Names and values that are commands to the runner where they stand at the start of a line.
#[test]
fn code_gives_no_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n  provider = aws\n  tags = {\n    \
                data = \"health\"\n::error::tag = \"x\"\n##[error]x\n  }\n}\n";
    fs::write(folder.path().join("::error file=x::evil%0A.tf"), code).expect("written");
    fs::write(
        folder.path().join("main.tf"),
        "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = \"x\\n::error::from a value\\r\\n##[add-mask]y\"\n  \
         tags = { classification = \"health\\n::set-output name=findings::0\" }\n}\n",
    )
    .expect("written");
    let done = Job::new().workspace(folder.path()).run();
    assert!(!done.passed);
    for (name, value) in done.commands() {
        assert!(
            matches!(name.as_str(), "error" | "warning" | "notice"),
            "{name}: {value}"
        );
        assert!(
            !value.starts_with("from a value") && !value.starts_with("tag"),
            "{value}"
        );
    }
    assert_eq!(clean_line(done.output("findings")), done.output("findings"));
}

#[test]
fn french_is_spoken_throughout() {
    let done = Job::new().input("paths", BAD).input("lang", "fr").run();
    let (_, last) = done.commands().pop().expect("a command");
    assert!(
        last.starts_with("constats qui font échouer la tâche\u{a0}: "),
        "{last}"
    );
    let done = Job::new()
        .input("paths", GOOD)
        .variable("GARDEFOU_LANG", "fr")
        .run();
    assert!(
        done.log.contains("Rien qui fasse échouer la tâche."),
        "{}",
        done.log
    );
    let done = Job::new().input("sarif", "vrai").input("lang", "fr").run();
    assert!(
        done.log.contains("entrée sarif\u{a0}: «\u{a0}vrai\u{a0}»"),
        "{}",
        done.log
    );
}

#[test]
fn outputs_hold_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("output");
    let value = "a\nEOF\nfindings<<x\n0\nx\nname=value\n$(id) %0A";
    let status = std::process::Command::new("bash")
        .args(["-c", ". action/common.sh; put one \"$VALUE\"; put two ''"])
        .current_dir(root())
        .env("GITHUB_OUTPUT", &file)
        .env("VALUE", value)
        .status()
        .expect("bash starts");
    assert!(status.success());
    let found = outputs(&fs::read_to_string(file).expect("outputs"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found["one"], value);
    assert_eq!(found["two"], "");
}

/// Every workflow of this repository names what it uses by its commit, and takes no more rights than it needs.
#[test]
fn workflows_are_pinned() {
    for name in ["ci", "action"] {
        let workflow = document(&format!(".github/workflows/{name}.yml"));
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{name}");
        for (id, job) in object(&workflow["jobs"]) {
            assert_eq!(job["permissions"]["contents"], "read", "{name} {id}");
            for step in job["steps"].as_array().expect("steps") {
                let Some(uses) = step["uses"].as_str().filter(|uses| *uses != "./") else {
                    continue;
                };
                let (what, commit) = uses.split_once('@').expect("a commit");
                assert_eq!(commit.len(), 40, "{uses}");
                if what == "actions/checkout" {
                    assert_eq!(step["with"]["persist-credentials"], false, "{name} {id}");
                }
            }
        }
    }
}
