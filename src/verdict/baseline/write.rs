//! The file as it is written: one entry a line, sorted, so that a diff shows what was accepted.

use serde::Serialize;

use super::{Baseline, Entry, SCHEMA};

/// An entry on its line, in the order of its keys.
#[derive(Serialize)]
struct Line<'a> {
    fingerprint: &'a str,
    rule: &'a str,
    outcome: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    address: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    judged: &'a [String],
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            fingerprint: &entry.fingerprint,
            rule: &entry.rule,
            outcome: match entry.undetermined {
                true => "undetermined",
                false => "violation",
            },
            severity: entry.severity.as_str(),
            level: entry.level.map(|level| level.as_str()),
            address: &entry.address,
            path: &entry.path,
            root: entry.root.as_deref(),
            attribute: entry.attribute.as_deref(),
            judged: &entry.judged,
        }
    }
}

/// The text of a baseline.
///
/// # Errors
/// Never in practice: nothing in it can fail to be written as JSON.
pub fn write(baseline: &Baseline) -> serde_json::Result<String> {
    let mut entries: Vec<&Entry> = baseline.entries.iter().collect();
    entries.sort_by_key(|one| {
        let place = (&one.path, &one.address, &one.root, &one.rule);
        (place, &one.attribute, &one.fingerprint)
    });
    entries.dedup_by_key(|one| &one.fingerprint);
    let mut out = format!("{{\n  \"schema\": {SCHEMA},\n  \"reason\": ");
    out += &serde_json::to_string(&baseline.reason)?;
    if let Some(by) = &baseline.by {
        out += ",\n  \"by\": ";
        out += &serde_json::to_string(by)?;
    }
    if let Some(until) = baseline.until {
        out += &format!(",\n  \"until\": \"{until}\"");
    }
    out += ",\n  \"findings\": [";
    for (at, entry) in entries.iter().enumerate() {
        out += if at == 0 { "\n    " } else { ",\n    " };
        out += &serde_json::to_string(&Line::of(entry))?;
    }
    out += if entries.is_empty() {
        "]\n}\n"
    } else {
        "\n  ]\n}\n"
    };
    Ok(out)
}
