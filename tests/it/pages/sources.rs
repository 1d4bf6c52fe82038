//! The rules as they lie in the repository: `policies/<family>/rules/<name>/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::support::root;

/// A text in both languages.
#[derive(Deserialize)]
pub(super) struct Both {
    pub(super) en: String,
    pub(super) fr: String,
}

/// `rule.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct About {
    pub(super) title: Both,
    pub(super) help: Both,
    pub(super) severity: String,
    pub(super) requirements: Vec<String>,
    pub(super) since: String,
    pub(super) scope: Scope,
    #[serde(default)]
    pub(super) option: Vec<RuleOption>,
}

/// Whom a rule asks.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Scope {
    #[serde(default)]
    pub(super) classes: Vec<String>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    pub(super) min_level: Option<String>,
}

/// What a rule lets its users choose.
#[derive(Deserialize)]
pub(super) struct RuleOption {
    pub(super) name: String,
    pub(super) default: toml::Value,
    pub(super) about: Both,
}

/// What a case shows, by the beginning of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shows {
    Bad,
    Good,
    Unknown,
}

impl Shows {
    pub(super) const ALL: [Self; 3] = [Self::Bad, Self::Good, Self::Unknown];
}

/// A case: one file, or the files of a folder, each with its name below the case.
pub(super) struct Case {
    /// `bad-london.tf`, `bad-kubernetes`.
    pub(super) name: String,
    pub(super) shows: Shows,
    pub(super) files: Vec<(String, String)>,
}

/// A rule with all that is said about it.
pub(super) struct Rule {
    pub(super) family: String,
    pub(super) name: String,
    pub(super) about: About,
    pub(super) doc: Both,
    pub(super) cases: Vec<Case>,
}

impl Rule {
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.family, self.name)
    }
}

/// Every rule, sorted by its id.
pub(super) fn rules() -> Vec<Rule> {
    let mut found = BTreeMap::new();
    for family in entries(&root().join("policies")) {
        for folder in entries(&family.join("rules")) {
            if !folder.join("rule.toml").is_file() {
                continue;
            }
            let read = |file: &str| {
                let path = folder.join(file);
                fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            };
            let rule = Rule {
                family: name_of(&family),
                name: name_of(&folder),
                about: toml::from_str(&read("rule.toml"))
                    .unwrap_or_else(|error| panic!("{}: {error}", folder.display())),
                doc: Both {
                    en: read("doc.en.md"),
                    fr: read("doc.fr.md"),
                },
                cases: cases(&folder.join("cases")),
            };
            found.insert(rule.id(), rule);
        }
    }
    assert!(!found.is_empty(), "there are no rules");
    found.into_values().collect()
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut all = Vec::new();
    for path in entries(folder) {
        let name = name_of(&path);
        let shows = match name.split('-').next() {
            Some("bad") => Shows::Bad,
            Some("good") => Shows::Good,
            Some("unknown") => Shows::Unknown,
            _ => panic!("{}: a case is bad-*, good-* or unknown-*", path.display()),
        };
        let mut files = Vec::new();
        collect(&path, &path, &mut files);
        all.push(Case { name, shows, files });
    }
    all
}

fn collect(case: &Path, path: &Path, files: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in entries(path) {
            collect(case, &entry, files);
        }
        return;
    }
    let below = path.strip_prefix(case).unwrap_or(path);
    let name = if below.as_os_str().is_empty() {
        name_of(path)
    } else {
        below.to_string_lossy().replace('\\', "/")
    };
    // A case can be about bytes that are no text.
    let text = fs::read(path).expect("a file of a case");
    files.push((name, String::from_utf8_lossy(&text).into_owned()));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.sort();
    all
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
