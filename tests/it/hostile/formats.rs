//! Names of files, resources and values that some reader of a report would take for something else: each format is read
//! back, and nothing of the input is in it but as text.

use std::fs;

use quick_xml::events::Event;
use serde_json::Value;

use crate::report_formats::{FORMATS, harmless};
use crate::support::{AS_OF, gardefou_in};

/// For terminals, runners, browsers, parsers of XML and JSON, readers of Markdown.
const EVIL: [&str; 16] = [
    "\u{1b}]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "\u{1b}[2J\u{1b}[1;31mowned\u{1b}[0m",
    "\r::error title=owned::owned",
    "\n::add-mask::owned\n::stop-commands::owned",
    "\n##vso[task.complete result=Succeeded]owned",
    "section_start:0:owned\r\u{1b}[0Kowned",
    "\u{202e}dewno\u{2066}\u{200b}\u{200f}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><failure message='owned'/>",
    "<!--</style><svg onload=alert(1)>-->",
    "`` ![x](https://evil.example/x.png) ``",
    "</td></tr>| # owned |\n\n# owned",
    "\u{1}\u{8}\u{b}\u{fffe}\u{ffff}\u{85}\u{2028}\u{2029}",
    "{\"owned\": true}\\u0000\\",
    "%0A%0D%3A%2C@everyone",
];

/// What may stand in a text of XML.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// As Terraform writes it between quotes.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || !is_xml(c) || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Bad names wherever a name is free: files, folders, keys of instances, tags, objects, labels, waivers, problems.
fn estate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    let mut code = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n".to_owned();
    let mut waivers = String::new();
    for (at, evil) in EVIL.iter().enumerate() {
        let text = quoted(evil);
        code += &format!(
            "resource \"aws_s3_bucket\" \"b{at}\" {{\n  for_each = {{ \"{text}\" = 1 }}\n  bucket = each.key\n  tags = {{ data-classification = \"health\", tenant = \"{text}\" }}\n}}\n"
        );
        let name: String = evil.chars().filter(|c| *c != '/' && *c != '\0').collect();
        let below = top.join(format!("d{at}{name}"));
        if fs::create_dir(&below).is_ok() {
            let broken = format!(
                "resource \"aws_s3_bucket\" \"c\" {{\n  x = nothing.{at} # {evil}\n  y = \"{text}\n}}\n"
            );
            fs::write(below.join(format!("{name}.tf")), broken).expect("written");
            let manifest = format!(
                "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {0}\n  namespace: {0}\n  labels: {{ sensitivity: {0} }}\nspec: {{ storageClassName: {0} }}\n",
                Value::from(*evil)
            );
            fs::write(below.join(format!("{name}.yaml")), manifest).expect("written");
        }
        waivers += &format!(
            "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.b{at}\"]\nreason = {0}\nby = {0}\nuntil = 2027-01-31\n",
            // What JSON escapes, TOML does likewise.
            Value::from(evil.replace(['\u{fffe}', '\u{ffff}'], ""))
        );
    }
    fs::write(top.join("main.tf"), code).expect("written");
    fs::write(top.join("gardefou.toml"), waivers).expect("written");
    let long = "l".repeat(250);
    fs::write(top.join(format!("{long}.tf")), "broken {\n").expect("written");
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt as _;
        // No text at all: two of them must not be taken for one.
        for name in [&b"\xff.tf"[..], &b"\xfe.tf"[..]] {
            let path = top.join(std::ffi::OsStr::from_bytes(name));
            let code = format!("resource \"aws_s3_bucket\" \"x{}\" {{}}\n", name[0]);
            fs::write(path, code).expect("written");
        }
    }
    folder
}

#[test]
fn every_format_is_read_back_and_holds_nothing_but_text() {
    let folder = estate();
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
            assert_eq!(run.code, 2, "{format}: {}", run.stderr);
            harmless(format, &run.stdout);
            harmless("human", &run.stderr);
            read_back(format, &run.stdout);
            let in_runner = gardefou_in(folder.path(), &arguments, &[("GITHUB_ACTIONS", "true")]);
            if format == "human" {
                let commands = in_runner.stdout.lines().filter(|line| {
                    let line = line.trim_start();
                    line.starts_with("::") || line.starts_with("##[") || line.starts_with("##vso")
                });
                assert_eq!(commands.collect::<Vec<_>>(), Vec::<&str>::new());
            }
        }
    }
}

/// By a parser of the format, where there is one.
fn read_back(format: &str, text: &str) {
    match format {
        "json" | "sarif" | "gitlab" | "oscal" => {
            let document: Value =
                serde_json::from_str(text).unwrap_or_else(|error| panic!("{format}: {error}"));
            assert!(!keys(&document).contains(&"owned".to_owned()), "{format}");
        }
        "ndjson" => {
            for line in text.lines() {
                let one: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert!(one.is_object(), "{line}");
            }
        }
        "junit" => {
            assert_eq!(text.chars().find(|c| !is_xml(*c)), None);
            let mut reader = quick_xml::Reader::from_str(text);
            reader.config_mut().check_end_names = true;
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) => break,
                    Ok(Event::Start(tag) | Event::Empty(tag)) => {
                        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                        let known = [
                            "testsuites",
                            "testsuite",
                            "testcase",
                            "failure",
                            "error",
                            "skipped",
                            "properties",
                            "property",
                            "system-out",
                            "system-err",
                        ];
                        assert!(known.contains(&name.as_str()), "{name}");
                        for attribute in tag.attributes() {
                            assert_ne!(attribute.expect("an attribute").value.as_ref(), b"owned");
                        }
                    }
                    Ok(_) => {}
                    Err(error) => panic!("junit: {error}"),
                }
            }
        }
        "html" => {
            for tag in ["<script>alert", "<img src=x", "<svg onload", "<!--</style>"] {
                assert!(!text.contains(tag), "{tag}");
            }
        }
        "markdown" => {
            assert!(
                !text
                    .lines()
                    .any(|line| line.trim_start().starts_with("# owned")),
                "{text}"
            );
        }
        "github" => {
            for line in text.lines() {
                for command in [
                    "::add-mask",
                    "::stop-commands",
                    "::error title=owned",
                    "##vso",
                ] {
                    assert!(!line.trim_start().starts_with(command), "{line}");
                }
            }
        }
        _ => {}
    }
}

fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Object(of) => of
            .iter()
            .flat_map(|(key, value)| std::iter::once(key.clone()).chain(keys(value)))
            .collect(),
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

/// Two names that are no text are two files.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_not_mixed_up() {
    let folder = estate();
    let run = gardefou_in(folder.path(), &["inspect", ".", "--format", "json"], &[]);
    for name in [
        "aws_s3_bucket.x255",
        "aws_s3_bucket.x254",
        "\\\\xFF.tf",
        "\\\\xFE.tf",
    ] {
        assert!(run.stdout.contains(name), "{name}");
    }
}
