//! What is printed: nothing in it drives the terminal, and secrets do not show.

use std::fs;

use crate::support::gardefou_in;

/// Escape sequences, marks that reorder text, and a bell, in every place that a report prints.
const EVIL: &str = "x\u{1b}[2J\u{202e}\u{9b}31m\u{7}y";

fn code() -> String {
    format!(
        "# {EVIL}\nprovider \"aws\" {{\n  region = \"us-east-1\"\n}}\nresource \"aws_s3_bucket\" \"a\" {{\n  for_each = toset([\"{EVIL}\"])\n  \
         bucket = each.key # {EVIL}\n  tags = {{ data-classification = \"health\", tenant = \"{EVIL}\" }} # {EVIL}\n}}\nmodule \"m\" {{\n  source = \"./{EVIL}\"\n}}\nbroken = \"{EVIL}\n"
    )
}

#[test]
fn nothing_from_the_input_drives_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = format!("{}.tf", EVIL.replace('/', ""));
    fs::write(folder.path().join(name), code()).expect("written");
    let manifest = format!(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: \"{}\"\n  labels: {{ \"a\": \"b\" }}\n",
        "x\\x1b[2J\\u202ey"
    );
    fs::write(folder.path().join("k.yaml"), manifest).expect("written");
    let commands: [&[&str]; 6] = [
        &["scan", "."],
        &["scan", ".", "--verbose"],
        &["scan", ".", "--quiet"],
        &["inspect", "."],
        &["explain", EVIL],
        &["scan", EVIL],
    ];
    for command in commands {
        let run = gardefou_in(folder.path(), command, &[]);
        assert!(
            !run.stdout.is_empty() || !run.stderr.is_empty(),
            "{command:?}"
        );
        for text in [&run.stdout, &run.stderr] {
            let hostile = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}'));
            assert_eq!(hostile, None, "{command:?}: {}", text.escape_debug());
        }
    }
}

#[test]
fn json_stays_json() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), code()).expect("written");
    for command in ["scan", "inspect"] {
        let run = gardefou_in(folder.path(), &[command, ".", "--format", "json"], &[]);
        assert!(
            serde_json::from_str::<serde_json::Value>(&run.stdout).is_ok(),
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains('\u{1b}'));
    }
}

#[test]
fn sensitive_values_stay_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "variable \"password\" {\n  sensitive = true\n}\nresource \"aws_db_instance\" \"a\" {\n  password = var.password\n  username = \"user-${var.password}\"\n}\noutput \"p\" {\n  value = var.password\n  sensitive = true\n}\n";
    fs::write(folder.path().join("main.tf"), code).expect("written");
    for command in [
        &["inspect", ".", "--format", "json"],
        &["inspect", ".", "--format", "human"],
        &["scan", ".", "--format", "json"],
    ] {
        let mut command = command.to_vec();
        command.extend(["--var", "password=hunter2hunter2"]);
        let run = gardefou_in(folder.path(), &command, &[]);
        assert!(
            !run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"),
            "{command:?}: {}",
            run.stdout
        );
    }
}

/// One line of a megabyte is drawn in part.
#[test]
fn long_lines_are_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = "a".repeat(1 << 20);
    let code = format!(
        "provider \"aws\" {{ region = \"us-east-1\" }}\nresource \"aws_s3_bucket\" \"a\" {{ bucket = \"{long}\" }}\nbroken = {{ \"{long}\n"
    );
    fs::write(folder.path().join("main.tf"), code).expect("written");
    let run = gardefou_in(folder.path(), &["scan", "."], &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.lines().all(|line| line.chars().count() < 1_000));
}
