//! The command line: statuses, where output goes, help that teaches, errors that say what to do.

use std::fs;

use crate::support::{AS_OF, gardefou, gardefou_in, root};

const FIXTURE: &str = "fixtures/health-data-hub-on-azure";

#[test]
fn bad_usage_is_status_2_with_a_remedy() {
    let cases: [(&[&str], &str); 9] = [
        (&["scna"], "scan"),
        (&["scan", "--fail-on", "hihg"], "critical, or never"),
        (&["scan", "--format", "xml"], "human, json"),
        (&["scan", "--output", "report.json"], "json=report.json"),
        (&["scan", "--actor", "hospital"], "health-body"),
        (&["scan", ".", "--as-of", "tomorrow"], "2026-11-30"),
        (&["scan", ".", "--var", "region"], "NAME=VALUE"),
        (&["scan", ".", "--config", "nowhere.toml"], "no such file"),
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
            .any(|line| line.starts_with(&format!("{FIXTURE}/supervision.tf:"))),
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
    let resource = |arguments: &[&str]| {
        let mut all = vec!["inspect", ".", "--format", "json"];
        all.extend(arguments);
        let run = gardefou_in(folder.path(), &all, &[]);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        document["roots"][0]["resources"][0].clone()
    };
    let bucket = |arguments: &[&str]| resource(arguments)["values"]["bucket"].clone();
    assert_eq!(
        bucket(&["--var", "region=a", "--var-file", "file.tfvars.txt"]),
        "eu-west-2"
    );
    assert_eq!(
        bucket(&["--var-file", "file.tfvars.txt", "--var", "region=a"]),
        "a"
    );
    let open = resource(&[]);
    assert_eq!(open["unknown"]["bucket"], true);
    assert_eq!(
        open["reasons"]["bucket"],
        "variable \"region\" has no value"
    );
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
    assert!(ids.contains(&"waiver/expired") && ids.contains(&"waiver/unused"));
    assert_eq!(run.stdout.matches("(of the tool itself)").count(), 6);
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
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("man1");
    let run = gardefou(&["man", "--to", &to.to_string_lossy()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut left = vec![("gardefou".to_owned(), gardefou::cli::command())];
    while let Some((name, command)) = left.pop() {
        let page = fs::read_to_string(to.join(format!("{name}.1")));
        let page = page.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains(".SH NAME"), "{name}");
        for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
            let written = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(page.contains(&written), "{name}: --{option}");
        }
        for below in command.get_subcommands() {
            left.push((format!("{name}-{}", below.get_name()), below.clone()));
        }
    }
    let run = gardefou(&["man"]);
    assert!(run.stdout.contains(".TH gardefou 1"), "{}", run.stdout);
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

/// What the README shows is what the program prints; a line `[...]` stands for what is left out.
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
    let mut rest = run.stdout.trim_end();
    for part in format!("\n{shown}").split("\n[...]\n") {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("print it again and put it into the README:\n{part}"));
        rest = &rest[at + part.len()..];
    }
    assert_eq!(rest, "", "the README leaves out the end");
}

/// Code with one finding, and what the configuration says.
fn with_config(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"aws_s3_bucket\" \"a\" {\n  tags = { data-classification = \"health\" }\n}\n";
    fs::write(folder.path().join("main.tf"), code).expect("written");
    fs::write(folder.path().join("gardefou.toml"), config).expect("written");
    folder
}

#[test]
fn a_rule_that_does_not_exist_is_an_error_where_it_is_named() {
    let waiver = |rule: &str| {
        format!(
            "[[waiver]]\nrule = \"{rule}\"\nmatch = [\"**\"]\nreason = \"r\"\nby = \"b\"\nuntil = 2026-12-31\n"
        )
    };
    let cases = [
        (
            "[rules]\n\"residency/outside-aera\" = \"off\"\n".to_owned(),
            "gardefou.toml:2:1",
            "did you mean \"residency/outside-area\"?",
        ),
        (
            waiver("residency/outside-aera"),
            "gardefou.toml:2:8",
            "did you mean \"residency/outside-area\"?",
        ),
        (
            "[rules]\n\"waiver/expird\" = \"off\"\n".to_owned(),
            "gardefou.toml:2:1",
            "did you mean \"waiver/expired\"?",
        ),
        (
            waiver("entirely/different-matter"),
            "gardefou.toml:2:8",
            "gardefou rules",
        ),
    ];
    for (config, place, help) in cases {
        let folder = with_config(&config);
        let run = gardefou_in(folder.path(), &["scan", ".", "--as-of", AS_OF], &[]);
        assert_eq!(run.code, 2, "{}", run.stdout);
        for part in ["there is no rule", place, help] {
            assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
        }
    }
    // Those of the tool itself exist, and can be turned off.
    let known = "[rules]\n\"waiver/expired\" = \"off\"\n\"waiver/unused\" = \"high\"\n\"waiver/no-reason\" = \"low\"\n";
    let folder = with_config(known);
    let run = gardefou_in(folder.path(), &["scan", ".", "--as-of", AS_OF], &[]);
    assert_eq!(run.code, 1, "{}", run.stdout);
}

#[test]
fn charts_and_kustomizations_alone_are_nothing_to_scan() {
    let chart = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
    let claim =
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: a\n  namespace: b\n";
    let kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - claim.yaml\n";
    let packages: [&[(&str, &str)]; 2] = [
        &[
            ("web/Chart.yaml", chart),
            ("web/templates/claim.yaml", claim),
        ],
        &[
            ("base/kustomization.yaml", kustomization),
            ("base/claim.yaml", claim),
        ],
    ];
    for files in packages {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, text).expect("written");
        };
        files.iter().for_each(|(name, text)| write(name, text));
        for command in ["scan", "inspect"] {
            let run = gardefou_in(folder.path(), &[command, "."], &[]);
            assert_eq!(run.code, 3, "{command} {files:?}: {}", run.stdout);
        }
        let run = gardefou_in(folder.path(), &["scan", "."], &[]);
        assert!(run.stderr.contains("helm template"), "{}", run.stderr);
        assert!(run.stdout.contains("not-rendered"), "{}", run.stdout);
        // One object beside them is something.
        write("claim.yaml", claim);
        let run = gardefou_in(folder.path(), &["scan", ".", "--fail-on", "never"], &[]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_variable_file_is_a_regular_file_of_some_size() {
    let folder = with_config("");
    let large = fs::File::create(folder.path().join("large.tfvars")).expect("made");
    large.set_len((16 << 20) + 1).expect("extended");
    fs::write(folder.path().join("latin1.tfvars"), b"a = \"\xe9\"\n").expect("written");
    let mut cases = vec![
        ("large.tfvars", "larger than 16 MiB"),
        ("latin1.tfvars", "not UTF-8 (line 1)"),
        ("absent.tfvars", "could not be read"),
        (".", "no regular file"),
    ];
    if cfg!(unix) {
        cases.push(("/dev/zero", "no regular file"));
    }
    for (file, says) in cases {
        let run = gardefou_in(folder.path(), &["scan", ".", "--var-file", file], &[]);
        assert_eq!(run.code, 2, "{file}: {}", run.stdout);
        assert!(run.stdout.contains(says), "{file}: {}", run.stdout);
    }
}

#[test]
fn quiet_still_warns() {
    let folder = with_config("");
    fs::write(folder.path().join(".gardefouignore"), "hidden.tf\n").expect("written");
    fs::write(folder.path().join("hidden.tf"), "locals {}\n").expect("written");
    let run = gardefou_in(folder.path(), &["scan", ".", "--quiet"], &[]);
    assert!(
        run.stdout
            .lines()
            .any(|line| line.contains("warning[") && line.contains(".gardefouignore")),
        "{}",
        run.stdout
    );
}

/// A pipe would block for ever, and a folder or device is no policy.
#[test]
fn a_policy_that_is_no_regular_file_is_named_and_the_others_judge() {
    let run = gardefou(&["scan", FIXTURE, "--as-of", AS_OF, "--policy", "/dev/null"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stdout.contains("it is no regular file"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("residency/outside-area"),
        "{}",
        run.stdout
    );
}

/// A registry that is too old for the day of the scan says little of it.
#[test]
fn an_old_registry_is_told() {
    let stale = |day: &str| {
        let run = gardefou(&["scan", FIXTURE, "--as-of", day, "--format", "json"]);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(document["coverage"]["registry"], "2026-11-21");
        let problems = document["problems"].as_array().expect("problems").clone();
        problems
            .iter()
            .any(|problem| problem["code"] == "stale" && problem["severity"] == "warning")
    };
    assert!(!stale("2026-11-21"));
    assert!(!stale("2027-02-19"), "ninety days later");
    assert!(stale("2027-02-20"), "ninety-one days later");
}

/// A region that the company does not have is a mistake in the configuration, not a gap.
#[test]
fn a_region_that_the_company_does_not_have_is_an_error_where_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), "locals {}\n").expect("a file");
    fs::write(
        folder.path().join("gardefou.toml"),
        "[[attestation]]\noffering = \"ovhcloud/hosted-private-cloud-vmware\"\ncovers = [\"vsphere_*\"]\nregion = \"mars-north-1\"\nreference = \"contract\"\nby = \"RSSI\"\nuntil = 2027-01-31\n",
    )
    .expect("a file");
    let run = gardefou_in(folder.path(), &["scan", ".", "--as-of", AS_OF], &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    let said = run.stdout + &run.stderr;
    assert!(said.contains("ovhcloud has no region"), "{said}");
}

/// The later would silently take the place of the other, and `-` would be a file of that name.
#[test]
fn two_reports_never_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.tf"), "").expect("written");
    let scan = |first: &str, second: &str| {
        gardefou_in(
            folder.path(),
            &["scan", ".", "--output", first, "--output", second],
            &[],
        )
    };
    let run = scan("json=report", "sarif=./report");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("into one file: ./report"),
        "{}",
        run.stderr
    );
    assert!(!folder.path().join("report").exists());
    let run = scan("json=report", "html=-");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--format html"), "{}", run.stderr);
    assert!(!folder.path().join("-").exists());
    let run = scan("json=a", "sarif=b");
    assert_ne!(run.code, 2, "{}", run.stderr);
    let run = scan("bogus=a", "sarif=b");
    assert!(run.stderr.contains("human, json, ndjson"), "{}", run.stderr);
}
