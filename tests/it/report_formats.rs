//! What holds of every format of the report: the same bytes at any number of threads and by any way to a file, the same keys in
//! every language, and nothing of the input that drives a terminal, a page or a runner.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou, gardefou_in};

/// Every format, in the order of the help.
pub(crate) const FORMATS: [&str; 10] = [
    "human", "json", "ndjson", "sarif", "github", "gitlab", "junit", "markdown", "html", "oscal",
];

/// Formats that are JSON.
const JSON: [&str; 4] = ["json", "sarif", "gitlab", "oscal"];

/// Findings of all kinds, waived ones, problems, charts that are not rendered, manifests, plans.
const FOLDERS: [&str; 5] = [
    "fixtures/hospital-platform/faulty",
    "fixtures/clinic-saas-on-outscale",
    "fixtures/broken/missing-module",
    "fixtures/plan-alone",
    "fixtures/broken/empty",
];

fn scan(folder: &str, format: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["scan", folder, "--as-of", AS_OF, "--format", format];
    arguments.extend(more);
    gardefou(&arguments)
}

#[test]
fn every_format_is_the_same_at_any_number_of_threads() {
    for folder in FOLDERS {
        let status = scan(folder, "human", &[]).code;
        for format in FORMATS {
            let one = scan(folder, format, &["--threads", "1"]);
            let eight = scan(folder, format, &["--threads", "8"]);
            assert_eq!(one.stdout, eight.stdout, "{folder}: {format}");
            assert_eq!(one.code, status, "{folder}: {format}");
            let may_be_empty = format == "human" || status == 3;
            assert!(may_be_empty || !one.stdout.is_empty(), "{folder}: {format}");
        }
    }
}

#[test]
fn one_run_writes_them_all() {
    let folder = tempfile::tempdir().expect("a folder");
    for fixture in FOLDERS {
        let outputs: Vec<String> = FORMATS
            .iter()
            .map(|format| format!("{format}={}", folder.path().join(format).display()))
            .collect();
        let mut more = Vec::new();
        for output in &outputs {
            more.extend(["--output", output]);
        }
        let printed = scan(fixture, "json", &more);
        for format in FORMATS {
            let written = fs::read_to_string(folder.path().join(format)).expect("a file");
            let alone = scan(fixture, format, &[]);
            assert_eq!(written, alone.stdout, "{fixture}: {format}");
        }
        assert_eq!(printed.stdout, scan(fixture, "json", &[]).stdout);
    }
}

/// Which of these a program reads says nothing of the language that a person reads.
#[test]
fn keys_and_words_do_not_change_with_the_language() {
    for fixture in FOLDERS {
        for format in JSON {
            let keys = |lang: &str| {
                let run = scan(fixture, format, &["--lang", lang]);
                let document = serde_json::from_str::<Value>(&run.stdout)
                    .unwrap_or_else(|error| panic!("{fixture}: {format}: {error}"));
                let mut keys = BTreeSet::new();
                collect(&document, "", &mut keys);
                keys
            };
            assert_eq!(keys("en"), keys("fr"), "{fixture}: {format}");
        }
    }
}

/// Every path of keys, with the values that are words of programs.
fn collect(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(of) => {
            for (key, value) in of {
                let path = format!("{path}.{key}");
                if let Value::String(word) = value
                    && [
                        "outcome",
                        "severity",
                        "level",
                        "fingerprint",
                        "rule",
                        "ruleId",
                        "kind",
                        "state",
                    ]
                    .contains(&key.as_str())
                {
                    out.insert(format!("{path} = {word}"));
                }
                collect(value, &path, out);
                out.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, out)),
        _ => {}
    }
}

/// What somebody may write into a pull request to be believed by a terminal, a browser or a runner.
const HOSTILE: [&str; 8] = [
    "\\u001b]0;owned\\u0007\\u001b[2J",
    "\\n::error file=x,line=1::owned",
    "%0A::set-output name=x::owned",
    "##[error]owned",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]></failure><testcase name='owned'/>",
    "@everyone ![x](https://evil.example/x.png) | # owned",
    "\\u202eevil\\u2066",
];

/// A folder whose names, tags and labels are hostile.
fn hostile_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut code = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n".to_owned();
    for (at, text) in HOSTILE.iter().enumerate() {
        code.push_str(&format!(
            "resource \"aws_s3_bucket\" \"b{at}\" {{\n  for_each = toset([\"{text}\"])\n  bucket = \"b-${{each.key}}\"\n  \
             tags = {{\n    sensitivity = \"health\"\n    tenant = \"{text}\"\n  }}\n}}\n"
        ));
    }
    fs::write(folder.path().join("main.tf"), &code).expect("written");
    for name in ["a%0A::error::x,y:z.tf", "<b>&\"'.tf", "sp ace#frag?.tf"] {
        let more = code.replace("\"b", &format!("\"c{}", name.len()));
        fs::write(
            folder.path().join(name),
            more.replace("provider", "# provider").replacen(
                "{\n  region = \"us-east-1\"\n}\n",
                "\n",
                1,
            ),
        )
        .expect("written");
    }
    fs::write(
        folder.path().join("gardefou.toml"),
        "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.b4\"]\nreason = \"<script>alert(2)</script>\\n::error::x \\u001b[31m @team\"\n\
         by = \"</td><script>alert(3)</script>\"\nuntil = 2027-01-31\n",
    )
    .expect("written");
    folder
}

#[test]
fn nothing_of_the_input_drives_what_shows_it() {
    let folder = hostile_folder();
    for format in FORMATS {
        for lang in ["en", "fr"] {
            let arguments = [
                "scan",
                ".",
                "--as-of",
                AS_OF,
                "--format",
                format,
                "--lang",
                lang,
                "--verbose",
            ];
            let run = gardefou_in(folder.path(), &arguments, &[]);
            assert!(
                run.code == 1 || run.code == 2,
                "{format}: {} {}",
                run.code,
                run.stderr
            );
            assert!(
                run.stdout.contains("outside-area"),
                "{format}: {}",
                run.stdout
            );
            harmless(format, &run.stdout);
            harmless(format, &run.stderr);
        }
    }
}

pub(crate) fn harmless(format: &str, text: &str) {
    // Whoever reads data gets what is there.
    let bidi = !matches!(format, "json" | "ndjson");
    let wrong = text.char_indices().find(|(_, c)| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || (bidi && matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    });
    if let Some((at, c)) = wrong {
        let around: String = text
            .chars()
            .skip(text[..at].chars().count().saturating_sub(80))
            .take(160)
            .collect();
        panic!("{format}: {c:?} in {around:?}");
    }
    if format == "html" || format == "junit" {
        for markup in ["<script>alert", "<img src=x", "<testcase name='owned'"] {
            assert!(!text.contains(markup), "{format}: {markup}");
        }
    }
    if format == "github" {
        for line in text.lines() {
            let own = [
                "::error ",
                "::warning ",
                "::notice ",
                "::group::",
                "::endgroup::",
                "::error::",
                "::warning::",
                "::notice::",
            ];
            let command = line.trim_start().starts_with("::");
            assert!(
                !command || own.iter().any(|own| line.starts_with(own)),
                "{line}"
            );
            assert!(
                !line.contains("::set-output") || line.starts_with("::"),
                "{line}"
            );
            assert!(!line.starts_with("##["), "{line}");
            assert!(!line.starts_with("::error file=x,"), "{line}");
        }
    }
    if format == "markdown" {
        // What stands between backticks is shown as it is.
        for line in text.lines() {
            let prose: String = line.split('`').step_by(2).collect();
            for markup in ["](https://evil.example", "<script>alert", "<img"] {
                assert!(!prose.contains(markup), "{line}");
            }
        }
    }
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_the_rest_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = folder.path().join("report.json");
    let bad = folder.path().join("no/such/folder/report.sarif");
    let run = scan(
        FOLDERS[0],
        "human",
        &[
            "--output",
            &format!("sarif={}", bad.display()),
            "--output",
            &format!("json={}", good.display()),
        ],
    );
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("report.sarif"), "{}", run.stderr);
    assert!(run.stdout.contains("Summary"), "{}", run.stdout);
    assert!(Path::new(&good).is_file());
    let document: Value =
        serde_json::from_str(&fs::read_to_string(good).expect("a file")).expect("JSON");
    assert_eq!(document["schema"], 1);
}
