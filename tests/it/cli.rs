//! The command line: statuses, where output goes, help that teaches, errors that say what to do.

use std::fs;

use crate::support::{AS_OF, gardefou, gardefou_in, root};

const FIXTURE: &str = "fixtures/health-data-hub-on-azure";

#[test]
fn bad_usage_is_status_2_with_a_remedy() {
    let cases: [(&[&str], &str); 10] = [
        (&["scna"], "scan"),
        (&["scan", "--fail-on", "hihg"], "critical, or never"),
        (&["scan", "--format", "xml"], "human, json"),
        (&["scan", "--output", "report.json"], "json=report.json"),
        (&["scan", "--actor", "hospital"], "health-body"),
        (&["scan", ".", "--as-of", "tomorrow"], "2026-11-30"),
        (&["scan", ".", "--var", "region"], "NAME=VALUE"),
        (&["scan", ".", "--config", "nowhere.toml"], "no such file"),
        (&["scan", ".", "--threads", "0"], "at least one"),
        (
            &["explain", "residency/outside-arena"],
            "residency/outside-area",
        ),
    ];
    for (arguments, remedy) in cases {
        let run = gardefou(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(remedy), "{arguments:?}: {}", run.stderr);
        assert!(
            run.stdout.is_empty(),
            "{arguments:?}: errors do not go to standard output"
        );
    }
}

#[test]
fn a_path_that_is_not_there_is_status_2() {
    let run = gardefou(&["scan", "fixtures/no-such-folder"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stdout.contains("does not exist"), "{}", run.stdout);
}

#[test]
fn an_empty_folder_says_what_was_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = gardefou_in(folder.path(), &["scan"], &[]);
    assert_eq!(run.code, 3);
    for part in ["nothing to scan", "Terraform", "Kubernetes", "help:"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn help_teaches() {
    let run = gardefou(&["scan", "--help"]);
    assert_eq!(run.code, 0);
    for part in [
        "Examples:",
        "Exit status:",
        "--fail-on",
        "--as-of",
        "gardefou scan infra",
        "GARDEFOU_FAIL_ON",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    let run = gardefou(&["--version"]);
    assert_eq!((run.code, run.stdout.starts_with("gardefou ")), (0, true));
}

#[test]
fn the_environment_stands_in_for_options() {
    let run = |environment: &[(&str, &str)], more: &[&str]| {
        let mut arguments = vec!["scan", FIXTURE, "--as-of", AS_OF];
        arguments.extend(more);
        gardefou_in(&root(), &arguments, environment).code
    };
    assert_eq!(run(&[], &[]), 1);
    assert_eq!(run(&[("GARDEFOU_FAIL_ON", "never")], &[]), 0);
    assert_eq!(
        run(&[("GARDEFOU_FAIL_ON", "never")], &["--fail-on", "high"]),
        1,
        "options win"
    );
    assert_eq!(run(&[("GARDEFOU_FAIL_ON", "sometimes")], &[]), 2);
}

#[test]
fn colour_is_asked_for_or_absent() {
    let colored = |more: &[&str], environment: &[(&str, &str)]| {
        let mut arguments = vec!["scan", FIXTURE, "--as-of", AS_OF];
        arguments.extend(more);
        gardefou_in(&root(), &arguments, environment)
            .stdout
            .contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "no terminal, no colour");
    assert!(colored(&["--color", "always"], &[]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn quiet_is_a_line_for_each_finding() {
    let run = gardefou(&["scan", FIXTURE, "--as-of", AS_OF, "--quiet"]);
    assert_eq!(run.code, 1);
    let shaped = |line: &str| line.split(": ").count() >= 3 && line.contains('[');
    assert!(run.stdout.lines().all(shaped), "{}", run.stdout);
    assert!(
        run.stdout
            .lines()
            .any(|line| line.starts_with("supervision.tf:")),
        "{}",
        run.stdout
    );
}

#[test]
fn a_report_also_goes_to_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    let output = format!("json={}", file.display());
    let run = gardefou(&["scan", FIXTURE, "--as-of", AS_OF, "--output", &output]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("Exit status 1"),
        "people still read their report"
    );
    let direct = gardefou(&["scan", FIXTURE, "--as-of", AS_OF, "--format", "json"]);
    assert_eq!(fs::read_to_string(&file).expect("the file"), direct.stdout);
    let nowhere = gardefou(&[
        "scan",
        FIXTURE,
        "--output",
        "json=/no/such/folder/report.json",
    ]);
    assert_eq!(nowhere.code, 2, "{}", nowhere.stderr);
}

/// Reading the head of a report is no reason to fail.
#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_gardefou"))
        .args([
            "scan",
            FIXTURE,
            "--as-of",
            AS_OF,
            "--format",
            "json",
            "--fail-on",
            "never",
        ])
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn later_values_of_variables_win() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "variable \"region\" {}\nprovider \"aws\" {\n  region = var.region\n}\nresource \"aws_s3_bucket\" \"a\" {\n  bucket = var.region\n}\n";
    fs::write(folder.path().join("main.tf"), code).expect("written");
    fs::write(
        folder.path().join("file.tfvars.txt"),
        "region = \"eu-west-2\"\n",
    )
    .expect("written");
    let bucket = |arguments: &[&str]| {
        let mut all = vec!["inspect", ".", "--format", "json"];
        all.extend(arguments);
        let run = gardefou_in(folder.path(), &all, &[]);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        document["resources"][0]["attributes"]["bucket"].clone()
    };
    assert_eq!(
        bucket(&["--var", "region=a", "--var-file", "file.tfvars.txt"]),
        "eu-west-2"
    );
    assert_eq!(
        bucket(&["--var-file", "file.tfvars.txt", "--var", "region=a"]),
        "a"
    );
    assert!(bucket(&[])["$unknown"].is_string());
}

#[test]
fn rules_are_listed_and_explained() {
    let run = gardefou(&["rules"]);
    assert_eq!(run.code, 0);
    let ids: Vec<&str> = run
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(ids.contains(&"residency/outside-area"), "{}", run.stdout);
    assert!(ids.is_sorted());
    for id in ids {
        for lang in ["en", "fr"] {
            let run = gardefou(&["explain", id, "--lang", lang]);
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert!(
                run.stdout.starts_with(id) && run.stdout.len() > 300,
                "{}",
                run.stdout
            );
        }
    }
    let run = gardefou(&["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert!(
        rules
            .as_array()
            .is_some_and(|rules| rules.iter().all(|rule| rule["severity"].is_string()))
    );
}

#[test]
fn requirements_and_offerings_are_explained() {
    let run = gardefou(&["explain", "snc-loc-001"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("SNC-LOC-001") && run.stdout.contains("residency/outside-area"),
        "{}",
        run.stdout
    );
    let run = gardefou(&["explain", "outscale/iaas-cloud-on-demand"]);
    assert!(
        run.stdout.contains("2026-11-30"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let run = gardefou(&["explain", "outside-area"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("did you mean `residency/outside-area`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = gardefou(&["completions", shell]);
        assert_eq!(run.code, 0, "{shell}");
        assert!(run.stdout.contains("gardefou"), "{shell}");
    }
}

#[test]
fn findings_speak_french() {
    let run = gardefou(&["scan", FIXTURE, "--as-of", AS_OF, "--lang", "fr"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("données"), "{}", run.stdout);
}

/// What the README shows is what the program prints.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a README");
    let after = readme
        .split("<!-- output:begin -->\n```text\n")
        .nth(1)
        .expect("a beginning");
    let shown = after
        .split("\n```\n<!-- output:end -->")
        .next()
        .expect("an end");
    let run = gardefou(&["scan", FIXTURE, "--as-of", AS_OF]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(
        run.stdout.trim_end(),
        shown,
        "print it again and put it into the README"
    );
}
