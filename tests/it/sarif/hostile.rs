//! Names that were chosen to break what prints them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{
    assert_links, assert_valid, assert_within_limits, file_of, highlighted, list,
    physical_locations, results, sarif_in, text, validator,
};

/// Escape sequences, marks that reorder text, markup, links, and placeholders.
const EVIL: &str =
    "x\u{1b}[2J\u{202e}\u{9b}31m\u{7}<script>alert(1)</script>[here](https://evil.example){0}%s";

/// Names of files with what means something in a URI.
const NAMES: [&str; 6] = [
    "50% off.tf",
    "a b#c?d.tf",
    "é\u{1f3e5}[0].tf",
    "x\u{202e}\u{1b}y.tf",
    "c:d.tf",
    "a\\b&c=d.tf",
];

fn code(name: &str, at: usize) -> String {
    format!(
        "resource \"aws_s3_bucket\" \"b{at}\" {{\n  for_each = toset([\"{EVIL}\"])\n  /* \u{1f3e5} */ region = \"eu-west-2\" # {name}\n  tags = {{ data-classification = \"health\", tenant = \"{EVIL}\\n\" }}\n}}\n"
    )
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(all) => all.iter().for_each(|one| strings(one, found)),
        Value::Object(map) => {
            for (key, value) in map {
                found.push(key);
                strings(value, found);
            }
        }
        _ => {}
    }
}

fn estate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, name) in NAMES.iter().enumerate() {
        fs::write(folder.path().join(name), code(name, at)).expect("written");
    }
    let sub = folder.path().join(format!("k8s {}", EVIL.replace('/', "")));
    fs::create_dir(&sub).expect("made");
    fs::write(
        sub.join("claim.yaml"),
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: \"x\\e[2J\\u202ey](1) [z](https://evil.example)\"\n  labels: { data-classification: health }\n",
    )
    .expect("written");
    fs::write(
        sub.join("broken.yaml"),
        format!("a: [\n# {EVIL}\n\"{EVIL}\": {{\n"),
    )
    .expect("written");
    folder
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_text() {
    let folder = estate();
    let log = sarif_in(folder.path(), &[]);
    assert_valid(&validator(), &log, "hostile names");
    assert_within_limits(&log, "hostile names");
    let mut all = Vec::new();
    strings(&log["runs"][0]["results"], &mut all);
    strings(&log["runs"][0]["invocations"], &mut all);
    strings(&log["runs"][0]["properties"], &mut all);
    strings(&log["runs"][0]["automationDetails"], &mut all);
    for one in &all {
        let hostile = one
            .chars()
            .find(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}'));
        assert_eq!(hostile, None, "{one:?}");
    }
    // It is shown all the same, and made no link.
    assert!(all.iter().any(|one| one.contains("\\u{1b}[2J\\u{202e}")));
    for result in results(&log) {
        assert_links(
            text(&result["message"]["text"]),
            list(&result["relatedLocations"]).len(),
        );
    }
}

#[cfg(unix)]
#[test]
fn hostile_file_names_lead_to_the_files() {
    let folder = estate();
    let log = sarif_in(folder.path(), &[]);
    let mut places = Vec::new();
    physical_locations(&log, &mut places);
    let read = |place: &&Value| {
        (
            file_of(place, folder.path()),
            highlighted(place, folder.path()),
        )
    };
    let read: Vec<(String, String)> = places.iter().map(read).collect();
    for name in NAMES {
        // Behind a character that UTF-16 writes as two.
        let is_region = |(path, text): &(String, String)| path == name && text == "\"eu-west-2\"";
        assert!(read.iter().any(is_region), "{name:?} in {read:#?}");
    }
    assert!(
        read.iter()
            .any(|(path, _)| Path::new(path).ends_with("claim.yaml"))
    );
}
