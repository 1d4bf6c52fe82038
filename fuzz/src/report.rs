//! Reports: whatever the names and texts of the input are, every format can be read back, and nothing of the input becomes markup
//! or a command.

use std::fmt::Write as _;

use gardefou::report::human::Look;
use gardefou::report::{self, Format, Lang, Report};
use gardefou::scan::Scan;
use serde_json::Value;

use crate::folder::{FILE, folder, request, scan};

#[path = "../../tests/it/report_html/page.rs"]
mod page;

const FORMATS: [Format; 10] = [
    Format::Human,
    Format::Json,
    Format::Ndjson,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Markdown,
    Format::Html,
    Format::Oscal,
];

/// Scans an estate whose names and texts are those of the input, and reads every report of it back.
pub fn report(text: &str) {
    let mut parts = text.split(FILE);
    let mut next = || parts.next().unwrap_or("x");
    let (name, tenant, file, reason) = (next(), next(), next(), next());
    let (by, broken, object, label) = (next(), next(), next(), next());
    let code = format!(
        "provider \"aws\" {{\n  region = \"us-east-1\"\n}}\nvariable \"x\" {{}}\n\
         resource \"aws_s3_bucket\" \"a\" {{\n  for_each = toset([{name}])\n  bucket = each.key\n  \
         tags = {{ data-classification = \"health\", tenant = {tenant} }}\n}}\n\
         resource \"aws_s3_bucket\" \"w\" {{\n  # gardefou: ignore[residency/outside-area] {}\n  \
         tags = {{ data-classification = \"health\", {name} = {tenant} }}\n}}\n\
         resource \"aws_db_instance\" \"d\" {{\n  region = \"${{var.x}}\"\n  kms_key_id = {name}\n}}\n\
         module \"m\" {{\n  source = {}\n}}\n",
        reason.replace(['\n', '\r'], " "),
        quoted(&format!("./{name}")),
        name = quoted(name),
        tenant = quoted(tenant),
    );
    let waiver = format!(
        "[[waiver]]\nrule = \"encryption/*\"\nmatch = [\"aws_s3_bucket.a*\"]\nreason = {reason}\nby = {by}\nuntil = 2027-01-01\n\
         [[attestation]]\nrequirements = [\"SNC-GOV-001\"]\nstatement = {reason}\nreference = {by}\nby = {by}\nuntil = 2027-01-01\n",
        reason = quoted(reason),
        by = quoted(by),
    );
    let manifest = format!(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {}\n  labels:\n    data-classification: health\n    tenant: {}\n",
        json(object),
        json(label),
    );
    let file = format!("{file}.tf");
    let files = [
        ("main.tf", code.as_str()),
        ("gardefou.toml", &waiver),
        ("k.yaml", &manifest),
        (&file, broken),
    ];
    read_back(&scan(&request(folder(files))), &FORMATS, text.len());
}

/// A text of HCL and of TOML, which have these escapes in common, and no template in it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '$' | '%' => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c if c.is_control() => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text of JSON, and so of YAML.
fn json(text: &str) -> String {
    Value::from(text).to_string()
}

/// Writes a scan in formats, and reads them back. The language, and which of them is written twice, come from the input, too.
pub(crate) fn read_back(scan: &Scan, formats: &[Format], input: usize) {
    let lang = if input % 2 == 0 { Lang::En } else { Lang::Fr };
    let twice = formats.get(input / 2 % formats.len().max(1));
    let report = Report::of(scan, lang, None);
    for format in formats {
        let written = || {
            let mut out = Vec::new();
            report::write(*format, &report, &Look::default(), &mut out).expect("written");
            String::from_utf8(out).expect("a report is text")
        };
        let text = written();
        if Some(format) == twice {
            assert_eq!(text, written(), "{format:?} is not the same twice");
        }
        plain(*format, &text);
        read(*format, &text, scan);
    }
}

/// Writes a scan in one of the formats.
pub(crate) fn read_back_one(scan: &Scan, input: usize) {
    let format = FORMATS[input % FORMATS.len()];
    read_back(scan, &[format], input / FORMATS.len());
}

/// Nothing drives what shows it. Whoever reads data gets what is there.
fn plain(format: Format, text: &str) {
    let reorders = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_data = matches!(format, Format::Json | Format::Ndjson);
    let wrong = text
        .char_indices()
        .find(|(_, c)| (c.is_control() && !matches!(c, '\n' | '\t')) || (!is_data && reorders(*c)));
    if let Some((at, c)) = wrong {
        let from = text.floor_char_boundary(at.saturating_sub(80));
        let to = text.ceil_char_boundary((at + 80).min(text.len()));
        panic!("{format:?}: {c:?} in {:?}", &text[from..to]);
    }
}

fn read(format: Format, text: &str, scan: &Scan) {
    let document = || serde_json::from_str::<Value>(text).expect("JSON");
    let of = |value: &Value| value.as_array().map_or(0, Vec::len);
    let count = scan.findings.len();
    match format {
        Format::Human => {}
        Format::Json => {
            let document = document();
            assert_eq!(of(&document["findings"]), count);
            assert_eq!(of(&document["problems"]), scan.problems.len());
        }
        Format::Ndjson => {
            for line in text.lines() {
                let one: Value = serde_json::from_str(line).expect("each line is JSON");
                assert!(one.is_object());
            }
        }
        Format::Sarif => assert_eq!(of(&document()["runs"]), 1),
        Format::Gitlab => assert!(document().is_array()),
        Format::Oscal => assert!(document()["assessment-results"].is_object()),
        Format::Github => commands(text),
        Format::Junit => suites(text),
        Format::Markdown => prose(text),
        Format::Html => page::hold(text),
    }
}

/// Lines are the program's own commands, and hold no other. What is a command in the new notation is none in the old one.
fn commands(text: &str) {
    const OWN: [&str; 6] = [
        "::error ",
        "::warning ",
        "::notice ",
        "::error::",
        "::warning::",
        "::notice::",
    ];
    for line in text.lines() {
        assert!(!line.contains('\r'), "{line:?}");
        if !OWN.iter().any(|one| line.starts_with(one)) {
            let command = line.trim_start().starts_with("::") || line.contains("##[");
            assert!(!command, "{line:?}");
        }
    }
}

/// XML of the elements that JUnit has.
fn suites(text: &str) {
    use quick_xml::events::Event;
    const ELEMENTS: [&[u8]; 10] = [
        b"testsuites",
        b"testsuite",
        b"testcase",
        b"failure",
        b"error",
        b"skipped",
        b"system-out",
        b"system-err",
        b"properties",
        b"property",
    ];
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut open, mut roots) = (0_u32, 0);
    loop {
        match reader.read_event().expect("XML") {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if !ELEMENTS.contains(&tag.name().as_ref()) => {
                panic!("<{}>", String::from_utf8_lossy(tag.name().as_ref()));
            }
            Event::Start(tag) => {
                attributes(&tag);
                roots += u32::from(open == 0);
                open += 1;
            }
            Event::Empty(tag) => attributes(&tag),
            Event::End(_) => open -= 1,
            Event::Text(_) | Event::GeneralRef(_) | Event::CData(_) => {}
            Event::Decl(_) => assert_eq!(roots, 0),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((open, roots), (0, 1));
}

fn attributes(tag: &quick_xml::events::BytesStart<'_>) {
    for attribute in tag.attributes() {
        attribute.expect("an attribute");
    }
}

/// Code is shown as it is; elsewhere nothing is markup but what the program writes.
fn prose(text: &str) {
    const TAGS: [&str; 12] = [
        "!-- gardefou -->",
        "details>",
        "/details>",
        "summary>",
        "/summary>",
        "br>",
        "sub>",
        "/sub>",
        "span>",
        "/span>",
        "b>",
        "/b>",
    ];
    for line in text.lines() {
        for after in without_code(line).split('<').skip(1) {
            assert!(TAGS.iter().any(|tag| after.starts_with(tag)), "{line:?}");
        }
    }
}

/// A line of Markdown without its spans of code: from a run of backticks to the next one of the same length.
fn without_code(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(c) = rest.chars().next() {
        let run = rest.len() - rest.trim_start_matches('`').len();
        if run > 0 {
            let (fence, after) = rest.split_at(run);
            rest = match end_of_code(after, run) {
                Some(end) => &after[end..],
                None => {
                    out.push_str(fence);
                    after
                }
            };
            continue;
        }
        let escaped = rest.starts_with("\\`");
        let len = if escaped { 2 } else { c.len_utf8() };
        out.push_str(&rest[..len]);
        rest = &rest[len..];
    }
    out
}

/// Where the first run of exactly so many backticks ends.
fn end_of_code(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let len = text[start..].len() - text[start..].trim_start_matches('`').len();
        at = start + len;
        if len == run {
            return Some(at);
        }
    }
    None
}
