//! Runs every case of every rule through the whole scanner: `policies/<family>/rules/<rule>/cases/`. What a case is, says
//! `src/workshop/cases.rs`.
//!
//! `GARDEFOU_TEST_POLICIES` names a folder of components to run instead of those that the binary carries.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use gardefou::catalog::Date;
use gardefou::policy::{Engine, Limits};
use gardefou::workshop::Mark;
use gardefou::workshop::cases::{self, Case};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let engine = Arc::new(engine());
    let mut trials = Vec::new();
    for case in all_cases() {
        let engine = Arc::clone(&engine);
        trials.push(Trial::test(case.name.clone(), move || run(&case, &engine)));
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

fn all_cases() -> Vec<Case> {
    let mut all = Vec::new();
    for family in entries(&policies()) {
        for folder in entries(&family.join("rules")) {
            let rule = format!("{}/{}", file_name(&family), file_name(&folder));
            all.extend(cases::in_folder(&rule, &folder.join("cases")));
        }
    }
    all
}

/// A renamed folder must not turn the suite into one that checks nothing.
fn every_rule_has_cases(engine: &Engine) -> Result<(), Failed> {
    if engine.rules().is_empty() {
        return Err("there are no rules".into());
    }
    for rule in engine.rules() {
        let (family, name) = rule.id.split_once('/').unwrap_or_default();
        let folder = policies().join(family).join("rules").join(name);
        let cases = cases::in_folder(&rule.id, &folder.join("cases"));
        for (kind, least) in [("bad-", 2), ("good-", 2), ("unknown-", 1)] {
            let found = cases
                .iter()
                .filter(|case| file_name(&case.path).starts_with(kind))
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

fn run(case: &Case, engine: &Engine) -> Result<(), Failed> {
    let as_of = Date::new(2026, 11, 21).ok_or("a day")?;
    let trial = case.run(engine, as_of);
    if trial.passed() {
        return Ok(());
    }
    let line = |mark: &Mark| format!("  {}:{} {}\n", mark.file, mark.line, mark.kind.as_str());
    let missing: String = trial.missing.iter().map(line).collect();
    let extra: String = trial.extra.iter().map(|said| line(&said.mark)).collect();
    let said = trial.said.iter();
    let said: String = said
        .map(|said| format!("  line {}: {}\n", said.mark.line, said.message))
        .collect();
    let faults = trial.faults.join("\n");
    Err(format!("{faults}\nmissing:\n{missing}not expected:\n{extra}findings:\n{said}").into())
}
