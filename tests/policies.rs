//! Runs every case of every rule through the whole scanner: `policies/<family>/rules/<rule>/cases/`.
//!
//! A case is a file, or a folder when it needs a configuration. `# expect: family/rule` on a line means a violation of
//! that rule there, `# expect-undetermined:` an undetermined outcome. Whatever else the rule under test says is a
//! failure, so that a `good*` case is one without a mark.
//!
//! `GARDEFOU_TEST_POLICIES` names a folder of components to run instead of those that the binary carries.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use gardefou::catalog::Date;
use gardefou::policy::{Engine, Limits};
use gardefou::scan::{self, ConfigChoice, Request};
use gardefou::verdict::Outcome;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let engine = Arc::new(engine());
    let mut trials = Vec::new();
    for case in cases() {
        let engine = Arc::clone(&engine);
        trials.push(Trial::test(case.name.clone(), move || case.run(&engine)));
    }
    trials.push(Trial::test("every rule has cases", move || {
        every_rule_has_cases(&engine)
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The policies under test.
fn engine() -> Engine {
    let Some(folder) = std::env::var_os("GARDEFOU_TEST_POLICIES") else {
        return Engine::builtin(Limits::default());
    };
    let mut engine = Engine::empty(Limits::default());
    for path in entries(Path::new(&folder)) {
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            engine
                .load(&path, &path.display().to_string())
                .expect("a policy that loads");
        }
    }
    engine
}

/// One case.
struct Case {
    /// `residency/outside-area/bad-london.tf`
    name: String,
    /// The rule under test.
    rule: String,
    path: PathBuf,
}

/// Of the clone that the tests run in, which need not be the one they were compiled in.
fn policies() -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR");
    let root = root.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    root.join("policies")
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

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for family in entries(&policies()) {
        for folder in entries(&family.join("rules")) {
            let rule = format!("{}/{}", file_name(&family), file_name(&folder));
            for path in entries(&folder.join("cases")) {
                cases.push(Case {
                    name: format!("{rule}/{}", file_name(&path)),
                    rule: rule.clone(),
                    path,
                });
            }
        }
    }
    cases
}

/// A renamed folder must not turn the suite into one that checks nothing.
fn every_rule_has_cases(engine: &Engine) -> Result<(), Failed> {
    if engine.rules().is_empty() {
        return Err("there are no rules".into());
    }
    for rule in engine.rules() {
        let (family, name) = rule.id.split_once('/').unwrap_or_default();
        let cases = entries(
            &policies()
                .join(family)
                .join("rules")
                .join(name)
                .join("cases"),
        );
        for (kind, least) in [("bad-", 2), ("good-", 2), ("unknown-", 1)] {
            let found = cases
                .iter()
                .filter(|path| file_name(path).starts_with(kind))
                .count();
            if found < least {
                return Err(format!(
                    "{} has {found} `{kind}*` cases of at least {least}",
                    rule.id
                )
                .into());
            }
        }
    }
    Ok(())
}

/// File, line, and whether it is a violation.
type Mark = (String, u32, bool);

impl Case {
    fn run(&self, engine: &Engine) -> Result<(), Failed> {
        let config = if self.path.is_dir() {
            ConfigChoice::File(self.path.join("gardefou.toml"))
        } else {
            ConfigChoice::Without
        };
        let as_of = Date::new(2026, 11, 21);
        let request = Request {
            paths: vec![self.path.clone()],
            config,
            as_of,
            alone: true,
            ..Request::default()
        };
        let scan = scan::run(&request, engine);
        // A variable without a value is what some cases are about: it warns.
        let failed: Vec<&str> = scan
            .problems
            .iter()
            .filter(|problem| problem.weight == gardefou::problem::Weight::Error)
            .map(|problem| problem.message.as_str())
            .collect();
        if !failed.is_empty() {
            return Err(format!("the case has problems of its own:\n{}", failed.join("\n")).into());
        }
        let expected = self.marks();
        let name = file_name(&self.path);
        let fits = match name.split('-').next() {
            Some("bad") => expected.iter().any(|(_, _, violation)| *violation),
            Some("unknown") => expected.iter().any(|(_, _, violation)| !violation),
            Some("good") => expected.is_empty(),
            _ => false,
        };
        if !fits {
            return Err(
                "the name says `bad-`, `good-` or `unknown-`, and the marks must agree".into(),
            );
        }
        let mut found = BTreeSet::new();
        let mut messages = String::new();
        for finding in scan
            .findings
            .iter()
            .filter(|finding| *finding.rule == *self.rule)
        {
            let source = scan.sources.get(finding.place.source);
            let line = source.position(finding.place.span.start).line;
            let violation = matches!(finding.outcome, Outcome::Violation);
            found.insert((file_name(Path::new(source.path())), line, violation));
            messages.push_str(&format!("  line {line}: {}\n", finding.message.en));
        }
        if found == expected {
            return Ok(());
        }
        let missing = shown(expected.difference(&found));
        let extra = shown(found.difference(&expected));
        Err(format!("missing:\n{missing}not expected:\n{extra}findings:\n{messages}").into())
    }

    /// The marks in the files of the case, as far as they are about the rule under test.
    fn marks(&self) -> BTreeSet<Mark> {
        let mut marks = BTreeSet::new();
        // The modules of a case are folders inside it.
        let mut waiting = vec![self.path.clone()];
        while let Some(file) = waiting.pop() {
            if file.is_dir() {
                waiting.extend(entries(&file));
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a readable case");
            for (line, text) in (1..).zip(text.lines()) {
                for (word, violation) in [("# expect: ", true), ("# expect-undetermined: ", false)]
                {
                    let rules = text.split_once(word).map_or("", |(_, rules)| rules);
                    if rules.split(',').any(|rule| rule.trim() == self.rule) {
                        marks.insert((file_name(&file), line, violation));
                    }
                }
            }
        }
        marks
    }
}

fn shown<'a>(marks: impl Iterator<Item = &'a Mark>) -> String {
    let word = |violation: bool| {
        if violation {
            "violation"
        } else {
            "undetermined"
        }
    };
    marks
        .map(|(file, line, violation)| format!("  {file}:{line} {}\n", word(*violation)))
        .collect()
}
