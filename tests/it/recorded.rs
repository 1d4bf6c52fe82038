//! Plans and states: read from files and pipes, and never printed.

use std::fs;

use crate::support::{AS_OF, Run, gardefou, gardefou_piped, root, scan_json};

const STATES: &str = "fixtures/recorded-states";

/// In every secret of the fixture.
const SECRET: &str = "s3cr3t";

#[test]
fn secrets_of_a_state_are_never_printed() {
    let text = fs::read_to_string(root().join(STATES).join("storage/terraform.tfstate"));
    assert!(text.expect("the state").matches(SECRET).count() > 5);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report");
    let output = format!("json={}", file.display());
    let commands: [&[&str]; 9] = [
        &["scan", STATES],
        &["scan", STATES, "--verbose"],
        &["scan", STATES, "--lang", "fr", "--verbose"],
        &["scan", STATES, "--format", "json"],
        &["scan", STATES, "--quiet", "--output", &output],
        &[
            "scan",
            "fixtures/recorded-states/storage/terraform.tfstate",
            "--assume",
            "health",
            "--verbose",
        ],
        &["inspect", STATES],
        &["inspect", STATES, "--verbose"],
        &["inspect", STATES, "--format", "json"],
    ];
    for command in commands {
        let run = gardefou(&[command, &["--as-of", AS_OF]].concat());
        assert!(run.code < 2, "{command:?}: {}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(SECRET), "{command:?}: {text}");
        }
    }
    let report = fs::read_to_string(file).expect("a report");
    assert!(report.contains("aws_db_instance") && !report.contains(SECRET));
}

#[test]
fn broken_states_print_no_secret_either() {
    let whole = fs::read_to_string(root().join(STATES).join("storage/terraform.tfstate"))
        .expect("the state");
    // Every place where a secret ends, cut right there, and a wrong character put there.
    let ends = whole
        .match_indices(SECRET)
        .map(|(at, text)| at + text.len());
    for end in ends.step_by(2) {
        let cut = &whole[..end];
        for text in [cut.to_owned(), format!("{cut}\"x{}", &whole[end..])] {
            let run = gardefou_piped(&["scan", "-", "--verbose"], text.as_bytes());
            assert_eq!(run.code, 2, "{}", run.stdout);
            assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET));
        }
    }
}

#[test]
fn a_state_shows_lines_and_no_excerpts() {
    let run = gardefou(&["scan", STATES, "--as-of", AS_OF]);
    assert!(
        run.stdout
            .contains("at fixtures/recorded-states/storage/terraform.tfstate:"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("╭─["), "{}", run.stdout);
}

fn piped(path: &str, arguments: &[&str]) -> Run {
    let text = fs::read(root().join(path)).expect("a fixture");
    gardefou_piped(arguments, &text)
}

#[test]
fn standard_input_is_scanned_as_the_file_is() {
    let arguments = [
        "scan",
        "-",
        "--as-of",
        AS_OF,
        "--format",
        "json",
        "--config",
        "fixtures/recorded-states/gardefou.toml",
    ];
    let run = piped("fixtures/recorded-states/shown.json", &arguments);
    let (code, of_file) = scan_json("fixtures/recorded-states/shown.json", &[]);
    assert_eq!(run.code, code);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let found = |document: &serde_json::Value| -> Vec<String> {
        let all = document["findings"].as_array().expect("findings").iter();
        all.map(|one| format!("{} {}", one["rule"], one["address"]))
            .collect()
    };
    assert!(!found(&of_file).is_empty());
    assert_eq!(found(&document), found(&of_file));
    assert_eq!(document["findings"][0]["location"]["path"], "<stdin>");
}

#[test]
fn inspect_reads_standard_input_too() {
    let run = piped("fixtures/recorded-states/shown.json", &["inspect", "-"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("azurerm_storage_container.scans"));
    let manifest = b"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n";
    let run = gardefou_piped(&["inspect", "-"], manifest);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Namespace"), "{}", run.stdout);
}

#[test]
fn what_cannot_come_through_a_pipe_is_status_2_with_a_remedy() {
    for (text, remedy) in [
        (b"".as_slice(), "pipefail"),
        (b"resource \"a\" \"b\" {}\n", "the folder that holds it"),
        (b"PK\x03\x04", "terraform show -json FILE > plan.json"),
        (b"\xFF\xFEh\0i\0", "terraform show -json"),
    ] {
        let run = gardefou_piped(&["scan", "-"], text);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stdout.contains(remedy), "{}", run.stdout);
    }
}

#[test]
fn what_a_name_calls_secret_is_hidden_where_it_is_repeated() {
    let plan = br#"{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[{"address":"aws_db_instance.x","mode":"managed","type":"aws_db_instance","name":"x","provider_name":"registry.terraform.io/hashicorp/aws","values":{"password":"hunter2","tags":{"note":"hunter2","classification":"health"}},"sensitive_values":{}}]}},"configuration":{}}"#;
    let run = gardefou_piped(&["inspect", "-", "--format", "json"], plan);
    assert!(
        run.stdout.contains("\"classification\": \"health\""),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
}
