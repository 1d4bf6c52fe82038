//! Cases in files: what a rule has to say, written where it has to say it.
//!
//! A case is a file, or a folder when it needs several or a configuration. `# expect: family/rule` on a line means a
//! violation of that rule there, `# expect-undetermined:` an undetermined outcome. Whatever else the rule under test says
//! is a failure, so that a `good-*` case is one without a mark.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::marks::{self, Kind, Mark};
use crate::catalog::Date;
use crate::policy::Engine;
use crate::problem::{Problem, Weight};
use crate::scan::{self, ConfigChoice, Request};
use crate::verdict::Outcome;

/// Files of a case above this size are not looked at for marks.
const LARGEST: u64 = 16 << 20;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `residency/outside-area/bad-london.tf`
    pub name: String,
    /// The rule under test.
    pub rule: String,
    /// A file or a folder.
    pub path: PathBuf,
}

/// What a rule said at a place, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Where, and whether it is a violation.
    pub mark: Mark,
    /// The message, and the reason when there is one, in English.
    pub message: String,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trial {
    /// What keeps it from being a case: the input has problems of its own, or name and marks disagree.
    pub faults: Vec<String>,
    /// Marked, and not said.
    pub missing: Vec<Mark>,
    /// Said, and not marked.
    pub extra: Vec<Said>,
    /// All that the rule said, by place.
    pub said: Vec<Said>,
}

impl Trial {
    /// The rule said what the marks say, and nothing else.
    pub fn passed(&self) -> bool {
        self.faults.is_empty() && self.missing.is_empty() && self.extra.is_empty()
    }
}

/// One line that was rewritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path of the file inside the case.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// As it was, and as it is.
    pub before: String,
    /// As it is.
    pub after: String,
}

/// The cases of a rule, sorted: every entry of a folder that is not hidden.
pub fn in_folder(rule: &str, folder: &Path) -> Vec<Case> {
    let visible = |path: &PathBuf| !file_name(path).starts_with('.');
    let cases = entries(folder).into_iter().filter(visible);
    cases
        .map(|path| Case {
            name: format!("{rule}/{}", file_name(&path)),
            rule: rule.to_owned(),
            path,
        })
        .collect()
}

impl Case {
    /// Runs the case through the whole scanner.
    pub fn run(&self, engine: &Engine, as_of: Date) -> Trial {
        let mut trial = Trial::default();
        let expected = match self.marks() {
            Ok(marks) => marks,
            Err(fault) => {
                trial.faults.push(fault);
                return trial;
            }
        };
        let configuration = self.path.join("gardefou.toml");
        let request = Request {
            paths: vec![self.path.clone()],
            config: if configuration.is_file() {
                ConfigChoice::File(configuration)
            } else {
                ConfigChoice::Without
            },
            as_of: Some(as_of),
            alone: true,
            ..Request::default()
        };
        let scan = scan::run(&request, engine);
        // A variable without a value is what some cases are about: it warns.
        let problems = scan.problems.iter();
        let errors = problems.filter(|problem| problem.weight == Weight::Error);
        let told = |problem: &Problem| match problem.place {
            Some(place) => {
                let line = scan.sources.start(place).line;
                let source = scan.sources.get(place.source);
                format!("{}:{line}  {}", source.path(), problem.message.en)
            }
            None => problem.message.en.to_string(),
        };
        trial.faults.extend(errors.map(told));
        if !trial.faults.is_empty() {
            return trial;
        }
        let mut said: BTreeMap<Mark, String> = BTreeMap::new();
        for finding in &scan.findings {
            if *finding.rule != *self.rule {
                continue;
            }
            let source = scan.sources.get(finding.place.source);
            let (kind, message) = match &finding.outcome {
                Outcome::Violation => (Kind::Violation, finding.message.en.to_string()),
                Outcome::Undetermined(reason) => (
                    Kind::Undetermined,
                    format!("{} ({})", finding.message.en, reason.en),
                ),
            };
            let mark = Mark {
                file: source.path().to_owned(),
                line: source.position(finding.place.span.start).line,
                kind,
            };
            said.entry(mark).or_insert(message);
        }
        trial.missing = expected
            .iter()
            .filter(|mark| !said.contains_key(mark))
            .cloned()
            .collect();
        trial.said = said
            .into_iter()
            .map(|(mark, message)| Said { mark, message })
            .collect();
        let unexpected = |said: &&Said| !expected.contains(&said.mark);
        trial.extra = trial.said.iter().filter(unexpected).cloned().collect();
        trial.faults.extend(self.misnamed(&expected));
        trial
    }

    /// The name says which kind of case it is, and the marks have to agree.
    fn misnamed(&self, marks: &BTreeSet<Mark>) -> Option<String> {
        let has = |kind| marks.iter().any(|mark| mark.kind == kind);
        let name = file_name(&self.path);
        let why = match name.split('-').next() {
            Some("bad") if !has(Kind::Violation) => {
                "a `bad-` case marks a violation: `# expect: family/rule` on its line"
            }
            Some("unknown") if !has(Kind::Undetermined) => {
                "an `unknown-` case marks what cannot be told: `# expect-undetermined: family/rule` on its line"
            }
            Some("good") if !marks.is_empty() => "a `good-` case has no mark of its rule",
            Some("bad" | "good" | "unknown") => return None,
            _ => "the name of a case starts with `bad-`, `good-` or `unknown-`",
        };
        Some(why.to_owned())
    }

    /// The marks in the files of the case, as far as they are about the rule under test.
    fn marks(&self) -> Result<BTreeSet<Mark>, String> {
        let mut all = BTreeSet::new();
        for (file, path) in self.files() {
            if std::fs::metadata(&path).is_ok_and(|of| of.len() > LARGEST) {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|error| format!("{file}: {error}"))?;
            all.extend(marks::of(
                &file,
                &String::from_utf8_lossy(&bytes),
                &self.rule,
            ));
        }
        Ok(all)
    }

    /// Paths as findings show them, and as they are on disk.
    fn files(&self) -> Vec<(String, PathBuf)> {
        if !self.path.is_dir() {
            return vec![(file_name(&self.path), self.path.clone())];
        }
        let mut files = Vec::new();
        let mut folders = vec![(String::new(), self.path.clone())];
        while let Some((inside, folder)) = folders.pop() {
            for path in entries(&folder) {
                let name = format!("{inside}{}", file_name(&path));
                // Links could lead in circles, and out.
                if path.is_symlink() {
                    continue;
                }
                if path.is_dir() {
                    folders.push((format!("{name}/"), path));
                } else {
                    files.push((name, path));
                }
            }
        }
        files.sort();
        files
    }

    /// Rewrites the marks to what the rule says now; nothing else in the files changes. When what was written does not hold
    /// (a comment inside a text is none, JSON has none), the files are as before.
    ///
    /// # Errors
    /// When a file cannot be read or written, or marks cannot say it.
    pub fn update(
        &self,
        engine: &Engine,
        as_of: Date,
        trial: &Trial,
    ) -> Result<Vec<Change>, String> {
        let mut changes = Vec::new();
        let mut before: Vec<(PathBuf, String)> = Vec::new();
        for (file, path) in self.files() {
            let of_file = |mark: &&Mark| mark.file == file;
            let extra = trial.extra.iter().map(|said| &said.mark);
            let add: Vec<&Mark> = extra.filter(of_file).collect();
            let remove: Vec<&Mark> = trial.missing.iter().filter(of_file).collect();
            if add.is_empty() && remove.is_empty() {
                continue;
            }
            let failed = |error: std::io::Error| format!("{file}: {error}");
            let text = std::fs::read_to_string(&path).map_err(failed)?;
            let (after, lines) = marks::rewrite(&text, &self.rule, &add, &remove);
            changes.extend(lines.into_iter().map(|(line, before, after)| Change {
                file: file.clone(),
                line,
                before,
                after,
            }));
            before.push((path.clone(), text));
            std::fs::write(&path, after).map_err(failed)?;
        }
        let again = self.run(engine, as_of);
        // A file that can no longer be read has nothing missing either: the same has to be said again.
        let marks = |of: &Trial| of.said.iter().map(|said| said.mark.clone()).collect();
        let (now, then): (Vec<Mark>, Vec<Mark>) = (marks(&again), marks(trial));
        if again.missing.is_empty() && again.extra.is_empty() && now == then {
            return Ok(changes);
        }
        for (path, text) in before {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Err("marks cannot say it here: a comment on that line would change the file's meaning; nothing was changed".to_owned())
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.sort();
    all
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
