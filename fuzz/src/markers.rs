//! Ignores in the code and markers of other tools: they accept what is listed as accepted, and hide nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use gardefou::scan::{Request, Scan};
use gardefou::verdict::{AcceptedBy, Finding};

use crate::folder::{AS_OF, files, folder, read, request, scan};

/// What is in the text of every marker.
const MARKERS: [&str; 6] = [
    "gardefou:",
    "gardefou.eu/ignore",
    "[",
    "checkov:skip=",
    "trivy:ignore:",
    "tfsec:ignore:",
];

/// Scans code with its markers, and without heeding them.
pub fn markers(text: &str) {
    // A configuration could have them switched off, or programs started.
    let files: Vec<_> = files(text, "main.tf")
        .into_iter()
        .filter(|(path, _)| !path.ends_with(".toml"))
        .collect();
    let folder = folder(files.iter().copied());
    let asked = Request {
        foreign_ignores: true,
        ..request(folder)
    };
    let heeded = scan(&asked);
    let bare = scan(&Request {
        no_inline_ignores: true,
        ..asked.clone()
    });
    assert_eq!(found(&heeded), found(&bare));
    assert_eq!(heeded.problems, bare.problems);
    assert!(bare.findings.iter().all(|one| one.waived.is_none()));
    for finding in &heeded.findings {
        let Some(waived) = &finding.waived else {
            continue;
        };
        assert_eq!(waived.kind, AcceptedBy::Inline);
        let place = waived.place.expect("an ignore in the code has a place");
        let source = heeded.sources.get(place.source);
        let marker = place.span.of(source.text());
        assert!(
            MARKERS.iter().any(|one| marker.contains(one)),
            "{marker:?} accepts {}",
            finding.rule
        );
    }
    if text.len() % 4 == 0 {
        add(&heeded, &asked, folder, &files);
    }
}

/// What is found on resources, whether it is accepted or not.
fn found(scan: &Scan) -> BTreeMap<&str, (&str, &str, String)> {
    let on = scan.findings.iter().filter(|one| one.on.is_some());
    on.map(|one| {
        let graver = format!("{:?} {}", one.severity, one.outcome.as_str());
        (
            one.fingerprint.as_str(),
            (&*one.rule, &*one.address, graver),
        )
    })
    .collect()
}

/// `gardefou ignore --add` for the first finding that can be accepted: it writes one marker and nothing else, which accepts it.
fn add(before: &Scan, asked: &Request, folder: &Path, files: &[(&str, &str)]) {
    let open = |one: &&Finding| one.on.is_some() && one.waived.is_none();
    let Some(finding) = before.findings.iter().find(open) else {
        return;
    };
    let words = [
        "gardefou",
        "ignore",
        "--no-cache",
        "--as-of",
        AS_OF,
        "--reason",
        "it is known",
    ];
    let words = words
        .into_iter()
        .chain(["--add", &finding.rule, &finding.address]);
    let mut words: Vec<OsString> = words.map(OsString::from).collect();
    words.push("--".into());
    words.push(folder.into());
    gardefou::cli::main(words);
    let mut changed = Vec::new();
    // An input can name a file twice: the last one counts.
    let paths: BTreeSet<&str> = files.iter().map(|(path, _)| *path).collect();
    for path in paths {
        let Some(file) = before.inputs.files.iter().find(|file| file.path == path) else {
            continue;
        };
        let old = before.sources.get(file.source);
        let new = read(&folder.join(path)).expect("what was text stays text");
        if old.text() != new {
            changed.push((old.text().to_owned(), new));
        }
    }
    let Some((old, new)) = changed.pop() else {
        return;
    };
    assert!(changed.is_empty(), "one file is written");
    let same = |(one, other): &(u8, u8)| one == other;
    let head = old.bytes().zip(new.bytes()).take_while(same).count();
    let tail = old.bytes().rev().zip(new.bytes().rev());
    let tail = tail.take_while(same).count().min(old.len() - head);
    assert_eq!(head + tail, old.len(), "one insertion, not\n{old}\n{new}");
    let inserted = String::from_utf8_lossy(&new.as_bytes()[head..new.len() - tail]);
    assert!(inserted.contains("it is known"), "{inserted:?}");
    let after = scan(asked);
    assert_eq!(found(before), found(&after));
    assert_eq!(after.problems.len(), before.problems.len());
    let meant = |one: &&Finding| one.fingerprint == finding.fingerprint;
    let now = after.findings.iter().find(meant);
    assert!(now.is_some_and(|one| one.waived.is_some()));
}
