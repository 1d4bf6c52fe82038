//! The reports as their readers read them.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use crate::support::root;

/// A workflow command.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) name: String,
    properties: Vec<(String, String)>,
    pub(super) data: String,
}

impl Command {
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.property(name)
            .map(|text| text.parse().expect("a number"))
    }
}

/// The commands that a runner finds in a log: `::name properties::data` at the start of a line; else, in its older
/// notation, `##[name]data` anywhere in it, which must not be there.
pub(super) fn commands(log: &str) -> Vec<Command> {
    let mut all = Vec::new();
    for line in log.lines() {
        let Some((head, data)) = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"))
        else {
            assert!(!line.contains("##["), "{line}");
            continue;
        };
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        let pairs = properties
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        let property = |text: &str| {
            text.replace("%0D", "\r")
                .replace("%0A", "\n")
                .replace("%3A", ":")
                .replace("%2C", ",")
                .replace("%25", "%")
        };
        all.push(Command {
            name: name.to_owned(),
            properties: pairs
                .map(|(key, value)| (key.to_owned(), property(value)))
                .collect(),
            data: data
                .replace("%0D", "\r")
                .replace("%0A", "\n")
                .replace("%25", "%"),
        });
    }
    all
}

/// An entry of a Code Quality report.
pub(super) struct Entry {
    pub(super) check: String,
    pub(super) fingerprint: String,
    pub(super) severity: String,
    pub(super) path: String,
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// The entries, each held against GitLab's schema.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let schema = std::fs::read_to_string(root().join("tests/data/schemas/ci/codeclimate.json"));
    let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let document: Vec<Value> = serde_json::from_str(text).expect("an array");
    let read = |entry: &Value| {
        let errors = validator.iter_errors(entry).map(|error| error.to_string());
        assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new(), "{entry}");
        let text = |pointer: &str| {
            let found = entry.pointer(pointer).and_then(Value::as_str);
            found
                .unwrap_or_else(|| panic!("{pointer}: {entry}"))
                .to_owned()
        };
        let number = |pointer: &str| {
            entry
                .pointer(pointer)
                .and_then(Value::as_u64)
                .expect("a number")
        };
        let severity = text("/severity");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity.as_str()));
        assert!(!text("/description").is_empty());
        Entry {
            check: text("/check_name"),
            fingerprint: text("/fingerprint"),
            severity,
            path: text("/location/path"),
            begin: number("/location/lines/begin"),
            end: number("/location/lines/end"),
        }
    };
    document.iter().map(read).collect()
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Passed,
    Failure,
    Error,
    Skipped,
}

pub(super) struct Case {
    pub(super) class: String,
    pub(super) name: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) status: Status,
}

pub(super) struct Suite {
    pub(super) cases: Vec<Case>,
}

/// The suites; their counts are held against their cases.
pub(super) fn suites(text: &str) -> Vec<Suite> {
    let mut reader = Reader::from_str(text);
    let mut suites: Vec<Suite> = Vec::new();
    let mut counts: Vec<[usize; 4]> = Vec::new();
    let mut whole = [0; 3];
    loop {
        let event = reader
            .read_event()
            .unwrap_or_else(|error| panic!("{error}: {text}"));
        let tag = match &event {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => break,
            _ => continue,
        };
        let number =
            |key: &str| -> usize { attribute(tag, key).expect(key).parse().expect("a number") };
        let name = tag.name();
        match name.as_ref() {
            b"testsuites" => whole = ["tests", "failures", "errors"].map(number),
            b"testsuite" => {
                suites.push(Suite { cases: Vec::new() });
                counts.push(["tests", "failures", "errors", "skipped"].map(number));
            }
            b"testcase" => {
                let case = Case {
                    class: attribute(tag, "classname").expect("a class"),
                    name: attribute(tag, "name").expect("a name"),
                    file: attribute(tag, "file"),
                    line: attribute(tag, "line").map(|line| line.parse().expect("a number")),
                    status: Status::Passed,
                };
                assert!(!case.name.trim().is_empty());
                suites.last_mut().expect("a suite").cases.push(case);
            }
            b"failure" | b"error" | b"skipped" => {
                let case = suites.last_mut().and_then(|suite| suite.cases.last_mut());
                case.expect("a case").status = match name.as_ref() {
                    b"failure" => Status::Failure,
                    b"error" => Status::Error,
                    _ => Status::Skipped,
                };
                assert!(attribute(tag, "message").is_some_and(|text| !text.is_empty()));
            }
            b"system-out" | b"properties" | b"property" => {}
            other => panic!("{}", String::from_utf8_lossy(other)),
        }
    }
    for (suite, [tests, failures, errors, skipped]) in suites.iter().zip(&counts) {
        let count = |status| {
            suite
                .cases
                .iter()
                .filter(|case| case.status == status)
                .count()
        };
        assert_eq!(suite.cases.len(), *tests);
        assert_eq!(count(Status::Failure), *failures);
        assert_eq!(count(Status::Error), *errors);
        assert_eq!(count(Status::Skipped), *skipped);
    }
    let sum = |at: usize| counts.iter().map(|one| one[at]).sum::<usize>();
    assert_eq!(whole, [sum(0), sum(1), sum(2)]);
    suites
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).expect("attributes")?;
    let value = std::str::from_utf8(&found.value).expect("UTF-8");
    Some(
        quick_xml::escape::unescape(value)
            .expect("escapes")
            .into_owned(),
    )
}
