//! Driving the real executable in a clean environment.

use std::path::{Path, PathBuf};

use assert_cmd::cargo::cargo_bin_cmd;

/// The day of every test: visas and waivers have ends.
pub(crate) const AS_OF: &str = "2026-11-21";

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `gardefou` in the top folder of the repository.
pub(crate) fn gardefou(arguments: &[&str]) -> Run {
    gardefou_in(&root(), arguments, &[])
}

/// Runs `gardefou` in a folder; of the environment nothing is left but what is given.
pub(crate) fn gardefou_in(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    run(cargo_bin_cmd!("gardefou")
        .current_dir(folder)
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied()))
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut assert_cmd::Command) -> Run {
    let output = command.output().expect("the program starts");
    Run {
        code: output.status.code().expect("an exit status"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Runs `gardefou` in the top folder of the repository, with a text on its standard input.
pub(crate) fn gardefou_piped(arguments: &[&str], text: &[u8]) -> Run {
    run(cargo_bin_cmd!("gardefou")
        .current_dir(root())
        .args(arguments)
        .env_clear()
        .write_stdin(text))
}

/// `scan --format json` on the day of the tests, with the exit status.
pub(crate) fn scan_json(path: &str, more: &[&str]) -> (i32, serde_json::Value) {
    let mut arguments = vec!["scan", path, "--as-of", AS_OF, "--format", "json"];
    arguments.extend(more);
    let run = gardefou(&arguments);
    let document = serde_json::from_str(&run.stdout);
    (
        run.code,
        document.unwrap_or_else(|error| panic!("{path}: {error}\n{}", run.stderr)),
    )
}

/// The top folder of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every folder that a fixture is scanned from, with the exit status it ends with.
pub(crate) const FIXTURES: [(&str, i32); 26] = [
    ("fixtures/health-data-hub-on-azure", 1),
    ("fixtures/health-data-hub-moved", 1),
    ("fixtures/clinic-saas-on-outscale", 1),
    ("fixtures/cluster-export", 1),
    ("fixtures/helm", 3),
    ("fixtures/kustomize", 3),
    ("fixtures/hospital-platform/clean", 0),
    ("fixtures/hospital-platform/faulty", 1),
    ("fixtures/mixed-aws", 1),
    ("fixtures/modules/aws-modules/examples/exchange", 1),
    ("fixtures/modules/aws-modules/examples/imaging", 0),
    ("fixtures/modules/azure-landing-zone", 1),
    ("fixtures/modules/gcp-fabric", 1),
    ("fixtures/recorded-states", 1),
    ("fixtures/clinic-plan-and-code", 1),
    ("fixtures/plan-alone", 1),
    ("fixtures/broken/bad-config", 2),
    ("fixtures/broken/cyclic-locals", 2),
    ("fixtures/broken/deep-nesting", 2),
    ("fixtures/broken/duplicate-attribute", 2),
    ("fixtures/broken/empty", 3),
    ("fixtures/broken/missing-module", 2),
    ("fixtures/broken/not-utf8", 2),
    ("fixtures/broken/syntax-error", 2),
    ("fixtures/broken/unknown-type", 0),
    ("fixtures/broken/yaml-document", 2),
];

/// Every estate of `fixtures/estates` and every other folder that a fixture is scanned from.
pub(crate) fn all_fixtures() -> Vec<String> {
    let estates = std::fs::read_dir(root().join("fixtures/estates")).expect("a folder");
    let mut all: Vec<String> = estates
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| format!("fixtures/estates/{}", name.display()))
        .collect();
    all.extend(FIXTURES.iter().map(|(path, _)| (*path).to_owned()));
    all.sort();
    all
}

/// How the generated pages are written.
pub(crate) const HOW: &str = "GARDEFOU_UPDATE_PAGES=1 cargo test --test it -- --ignored pages";

/// Whether generated pages are written now, and not held against what is committed.
pub(crate) fn updates_pages() -> bool {
    std::env::var_os("GARDEFOU_UPDATE_PAGES").is_some_and(|on| on == "1")
}

/// Holds a committed page against the generated one, or writes it.
pub(crate) fn hold(path: &str, generated: &str) {
    let file = root().join(path);
    if updates_pages() {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(&file, generated).expect("written");
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = committed
        .lines()
        .zip(generated.lines())
        .find(|(a, b)| a != b);
    assert!(
        committed == generated,
        "{path} is not what its sources say now: write it with `{HOW}`. First difference: {differs:#?}"
    );
}
