//! `gardefou` in a step of GitHub Actions: the runner reads commands in whatever is printed, so that no name in the code may
//! be one.

use std::fs;

use crate::support::{AS_OF, gardefou_in};

const RUNNER: (&str, &str) = ("GITHUB_ACTIONS", "true");

/// A file whose name is a command, and a name that is one in the older notation.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let code = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"aws_s3_bucket\" \"a\" {\n  for_each = toset([\"##[error]forged\"])\n  \
                bucket = each.key\n  tags = { data-classification = \"health\" }\n}\n";
    let files = [
        ("::error::forged.tf", code),
        ("::stop-commands::x/##[group]y.tf", "broken = \"\n"),
    ];
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }
    folder
}

fn is_command(line: &str) -> bool {
    line.trim().starts_with("::") || line.contains("##[")
}

#[test]
fn nothing_that_is_printed_is_a_command() {
    let folder = repository();
    let scan = ["scan", ".", "--as-of", AS_OF];
    let inspect = ["inspect", ".", "--as-of", AS_OF];
    let calls: [&[&str]; 8] = [
        &scan,
        &[&scan[..], &["--quiet"]].concat(),
        &[&scan[..], &["--verbose", "--lang", "fr"]].concat(),
        &inspect,
        &[&inspect[..], &["aws_s3_bucket.a[\"##[error]forged\"]"]].concat(),
        &["scan", "--as-of", AS_OF, "\n::error::nowhere ##[error]"],
        &["scan", "--fail-on", "\n::error::x ##[error]"],
        &["explain", "x\n::error::x ##[error]"],
    ];
    let mut forged = 0;
    for arguments in calls {
        let text = |environment: &[(&str, &str)]| {
            let run = gardefou_in(folder.path(), arguments, environment);
            format!("{}\n{}", run.stdout, run.stderr)
        };
        let commands = |text: &str| text.lines().filter(|line| is_command(line)).count();
        let (here, elsewhere) = (text(&[RUNNER]), text(&[]));
        assert_eq!(commands(&here), 0, "{arguments:?}: {here}");
        forged += commands(&elsewhere);
        // What is not a command stays as it is.
        assert_eq!(here.lines().count(), elsewhere.lines().count());
    }
    assert!(forged > 10, "the names would be commands: {forged}");
}

/// Programs read what they read anywhere else.
#[test]
fn the_formats_of_programs_are_the_same() {
    let folder = repository();
    for format in ["json", "ndjson", "sarif", "github", "junit", "gitlab"] {
        let arguments = ["scan", ".", "--as-of", AS_OF, "--format", format];
        let here = gardefou_in(folder.path(), &arguments, &[RUNNER]);
        assert_eq!(
            here,
            gardefou_in(folder.path(), &arguments, &[]),
            "{format}"
        );
    }
}

/// A report for people may be printed later, by way of a file.
#[test]
fn neither_is_anything_in_a_report_that_is_a_file() {
    let folder = repository();
    let arguments = [
        "scan",
        ".",
        "--as-of",
        AS_OF,
        "--output",
        "human=report.txt",
    ];
    gardefou_in(folder.path(), &arguments, &[RUNNER]);
    let text = fs::read_to_string(folder.path().join("report.txt")).expect("a report");
    assert!(text.contains(": :error::forged.tf") || text.contains("# #[error]forged"));
    assert!(!text.lines().any(is_command), "{text}");
}
