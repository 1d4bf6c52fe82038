//! The reports that CI systems show: annotations of GitHub, Code Quality of GitLab, JUnit, Markdown. Each is read again as its
//! reader reads it, and held against the JSON report of the same run.

mod hostile;
mod readers;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use self::readers::{Command, Status, commands, entries, suites};
use crate::render::{CHART, Estate};
use crate::support::{AS_OF, all_fixtures, gardefou_in, gardefou_piped, root};

/// What a comment at GitHub holds, in characters.
const COMMENT: usize = 65_536;

/// Personal data in Virginia, which is below the bar; health data in Virginia, which is not; health data that nobody can
/// place; a finding that is accepted; a type that is not known.
const CODE: &str = r#"variable "region" {}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "open"
  region = var.region
}

resource "aws_s3_bucket" "letters" {
  tags = { data-classification = "personal" }
}

resource "aws_s3_bucket" "open" {
  provider = aws.open
  tags     = { data-classification = "health" }
}

resource "aws_s3_bucket" "records" {
  for_each = toset(["lyon", "nice"])
  bucket   = "records-${each.key}"
  tags     = { data-classification = "health" }
}

resource "acme_widget" "w" {}
"#;

const CONFIG: &str = r#"[rules]
"qualification/hds-missing" = "off"
"encryption/key-not-erasable" = "off"

[[waiver]]
rule = "qualification/not-qualified"
match = ["aws_s3_bucket.records*"]
reason = "derogation granted during the migration"
by = "DSI"
until = 2026-12-31
"#;

/// Every report of one run.
pub(crate) struct Reports {
    code: i32,
    json: Value,
    github: String,
    gitlab: String,
    junit: String,
    markdown: String,
}

/// Runs once, with a file for each report.
pub(crate) fn reports(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Reports {
    let to = tempfile::tempdir().expect("a folder");
    let file = |format: &str| to.path().join(format).display().to_string();
    let mut all: Vec<String> = vec!["scan".into(), "--as-of".into(), AS_OF.into(), "-q".into()];
    for format in ["json", "github", "gitlab", "junit", "markdown"] {
        all.extend(["--output".into(), format!("{format}={}", file(format))]);
    }
    all.extend(arguments.iter().map(|one| (*one).to_owned()));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let run = gardefou_in(folder, &all, environment);
    let read = |format: &str| {
        fs::read_to_string(file(format))
            .unwrap_or_else(|error| panic!("{format}: {error}: {}", run.stderr))
    };
    Reports {
        code: run.code,
        json: serde_json::from_str(&read("json")).expect("JSON"),
        github: read("github"),
        gitlab: read("gitlab"),
        junit: read("junit"),
        markdown: read("markdown"),
    }
}

/// A repository with the code in a folder of it.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in [
        (".git/HEAD", ""),
        ("gardefou.toml", CONFIG),
        ("infra/main.tf", CODE),
    ] {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }
    folder
}

#[test]
fn a_small_estate_in_every_format() {
    let folder = repository();
    let all = reports(folder.path(), &["infra"], &[]);
    insta::assert_snapshot!("github", all.github);
    insta::assert_snapshot!("gitlab", all.gitlab);
    insta::assert_snapshot!("junit", all.junit);
    insta::assert_snapshot!("markdown", all.markdown);
    let french = reports(folder.path(), &["infra", "--lang", "fr"], &[]);
    insta::assert_snapshot!("markdown_fr", french.markdown);
    hold("a repository", &all, Some(folder.path()));
    hold("a repository, in French", &french, Some(folder.path()));
    for phrase in [
        "finding",
        "evidence",
        "Evidence",
        "What to do",
        "undetermined",
        "would be",
        "Not seen",
    ] {
        assert!(
            !french.markdown.contains(phrase),
            "{phrase}: {}",
            french.markdown
        );
        assert!(
            !french.github.contains(phrase),
            "{phrase}: {}",
            french.github
        );
    }
    // Names are compared from run to run: those of cases and checks are the same in each language.
    let names = |all: &Reports| -> Vec<String> {
        let suites = suites(&all.junit).into_iter();
        suites
            .flat_map(|one| one.cases.into_iter().map(|case| case.name))
            .collect()
    };
    assert_eq!(names(&all), names(&french));
}

#[test]
fn every_fixture_holds_in_every_format() {
    for path in all_fixtures() {
        let all = reports(&root(), &[&path], &[]);
        hold(&path, &all, None);
    }
}

/// What has to be true of the reports of any run. Paths are looked up in the repository, when it is given.
pub(crate) fn hold(name: &str, all: &Reports, repository: Option<&Path>) {
    let list = |key: &str| all.json[key].as_array().expect("a list");
    let findings = list("findings");
    let problems = list("problems");
    let failing = findings.iter().filter(|one| one["fails"] == true).count();
    let waived = findings
        .iter()
        .filter(|one| !one["waived"].is_null())
        .count();
    let errors = problems
        .iter()
        .filter(|one| one["severity"] == "error")
        .count();
    assert_eq!(all.json["summary"]["exit_status"], all.code, "{name}");

    let said = commands(&all.github);
    let nothing = usize::from(all.code == 3);
    let told = findings.len() - waived + problems.len() + nothing;
    hold_annotations(name, &said, told);
    let kinds = |command: &str| said.iter().filter(|one| one.name == command).count();
    assert_eq!(
        kinds("error"),
        (failing + errors + nothing).min(10),
        "{name}: {}",
        all.github
    );
    let last = all.github.lines().last().expect("a line");
    assert!(last.contains(&format!(" {}", all.code)), "{name}: {last}");

    let found = entries(&all.gitlab);
    assert_eq!(found.len(), told, "{name}");
    let fingerprints: BTreeSet<&str> = found.iter().map(|one| one.fingerprint.as_str()).collect();
    assert_eq!(
        fingerprints.len(),
        found.len(),
        "{name}: fingerprints are not unique"
    );
    for one in &found {
        let hex = one.fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(
            hex && one.fingerprint.len() >= 16,
            "{name}: {}",
            one.fingerprint
        );
        assert!(
            one.begin >= 1 && one.begin <= one.end,
            "{name}: {}",
            one.path
        );
        assert!(
            !one.path.starts_with("./") && !one.path.is_empty(),
            "{name}: {}",
            one.path
        );
    }

    let suites = suites(&all.junit);
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let count = |status: Status| cases().filter(|case| case.status == status).count();
    assert_eq!(count(Status::Failure), failing, "{name}");
    assert_eq!(count(Status::Error), errors + nothing, "{name}");
    let told = cases().filter(|case| case.file.is_some()).count();
    let placed = problems.iter().filter(|one| !one["path"].is_null()).count();
    assert_eq!(told, findings.len() + placed, "{name}");
    let names: BTreeSet<_> = cases().map(|case| (&case.class, &case.name)).collect();
    assert_eq!(names.len(), cases().count(), "{name}: names are not unique");
    assert_eq!(
        all.code == 0,
        count(Status::Failure) + count(Status::Error) == 0,
        "{name}"
    );

    assert!(all.markdown.starts_with("<!-- gardefou -->\n## "), "{name}");
    assert!(all.markdown.chars().count() <= COMMENT, "{name}");
    // Names may hold a tag, as code.
    let lines = |start: &str| {
        let lines = all.markdown.lines().map(str::trim_start);
        lines.filter(|line| line.starts_with(start)).count()
    };
    assert_eq!(lines("<details>"), lines("</details>"), "{name}");
    assert_eq!(all.markdown.contains('✅'), all.code == 0, "{name}");
    assert_eq!(
        all.markdown.contains("| 🔴"),
        findings.iter().any(|one| {
            one["severity"] == "critical"
                && one["outcome"] == "violation"
                && one["waived"].is_null()
        }),
        "{name}"
    );

    let Some(repository) = repository else { return };
    for (path, line) in said
        .iter()
        .filter_map(|one| Some((one.property("file")?.to_owned(), one.number("line"))))
        .chain(found.iter().map(|one| (one.path.clone(), Some(one.begin))))
        .chain(cases().filter_map(|case| Some((case.file.clone()?, case.line))))
    {
        let text = fs::read_to_string(repository.join(&path));
        let text = text.unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
        let lines = text.lines().count().max(1) as u64;
        assert!(
            line.is_none_or(|line| line <= lines),
            "{name}: {path}:{line:?}"
        );
    }
}

/// Ten of a kind, and nothing without a word.
fn hold_annotations(name: &str, said: &[Command], all: usize) {
    for kind in ["error", "warning", "notice"] {
        let n = said.iter().filter(|one| one.name == kind).count();
        assert!(n <= 10, "{name}: {n} of {kind}");
    }
    let left = said.iter().find(|one| {
        one.data.starts_with("Not shown here") || one.data.starts_with("Non montrés ici")
    });
    let shown = said.len() - usize::from(left.is_some());
    let numbers = left.map_or(0, |left| {
        let words = left.data.split(['.', ':']).nth(1).unwrap_or_default();
        words
            .split(' ')
            .filter_map(|word| word.parse::<usize>().ok())
            .sum()
    });
    assert_eq!(shown + numbers, all, "{name}: {left:?}");
    for one in said {
        assert!(one.property("title").is_some(), "{name}: {one:?}");
        assert!(!one.data.is_empty(), "{name}: {one:?}");
        // What the runner would drop.
        let (line, end) = (one.number("line"), one.number("endLine"));
        assert!(line <= end, "{name}: {one:?}");
        if let (Some(start), Some(end_column)) = (one.number("col"), one.number("endColumn")) {
            assert!(line == end && start <= end_column, "{name}: {one:?}");
        }
    }
}

/// A pull request in a repository with a baseline: each format says of both, and what is there still holds.
#[test]
fn a_part_of_the_findings_says_so() {
    let folder = in_part();
    for (lang, words) in [
        (
            "en",
            ["other findings are not shown", "known by the baseline"],
        ),
        (
            "fr",
            [
                "autres constats ne sont pas montrés",
                "connu selon l’état de référence",
            ],
        ),
    ] {
        let all = reports(
            folder.path(),
            &[".", "--files-from", "list", "--lang", lang],
            &[],
        );
        hold("a part", &all, None);
        assert!(all.json["scope"]["left_out"].as_u64() > Some(0));
        assert!(all.json["baseline"]["known"].as_u64() > Some(0));
        for text in [&all.github, &all.junit, &all.markdown] {
            assert!(text.contains(words[0]), "{text}");
        }
        for text in [&all.junit, &all.markdown] {
            assert!(text.contains(words[1]), "{text}");
        }
    }
}

/// All is known but what a later file brings; only that file and the first are said to have changed.
pub(crate) fn in_part() -> tempfile::TempDir {
    let folder = repository();
    let created = gardefou_in(
        folder.path(),
        &[
            "baseline",
            "create",
            "--reason",
            "before we began",
            "--as-of",
            AS_OF,
        ],
        &[],
    );
    assert_eq!(created.code, 0, "{}{}", created.stdout, created.stderr);
    let with_baseline = format!("{CONFIG}\n[baseline]\nfile = \"gardefou.baseline.json\"\n");
    let letters = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"aws_s3_bucket\" \"x\" {\n  tags = { data-classification = \"health\" }\n}\n";
    for (path, text) in [
        ("new/main.tf", letters),
        ("other/main.tf", letters),
        ("list", "infra/main.tf\nnew/main.tf\n"),
        ("gardefou.toml", with_baseline.as_str()),
    ] {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }
    folder
}

#[test]
fn the_same_bytes_at_any_number_of_threads() {
    for path in [
        "fixtures/mixed-aws",
        "fixtures/cluster-export",
        "fixtures/broken/yaml-document",
    ] {
        let one = reports(&root(), &[path, "--threads", "1"], &[]);
        let eight = reports(&root(), &[path, "--threads", "8"], &[]);
        assert_eq!(one.github, eight.github, "{path}");
        assert_eq!(one.gitlab, eight.gitlab, "{path}");
        assert_eq!(one.junit, eight.junit, "{path}");
        assert_eq!(one.markdown, eight.markdown, "{path}");
    }
}

#[test]
fn nothing_found_and_nothing_to_scan_differ_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = reports(folder.path(), &["."], &[]);
    hold("nothing to scan", &empty, None);
    assert_eq!(empty.code, 3);
    assert_eq!(
        empty.github,
        "::error title=Gardefou::nothing to scan\nExit status 3: nothing to scan\n"
    );
    // An empty list would say that all is repaired.
    assert_eq!(entries(&empty.gitlab).len(), 1, "{}", empty.gitlab);
    for words in [
        "\"check_name\":\"nothing-to-scan\"",
        "\"severity\":\"blocker\"",
    ] {
        assert!(empty.gitlab.contains(words), "{}", empty.gitlab);
    }
    fs::write(folder.path().join("main.tf"), "locals {}\n").expect("written");
    let clean = reports(folder.path(), &["."], &[]);
    hold("nothing found", &clean, Some(folder.path()));
    assert_eq!(clean.code, 0);
    assert_eq!(clean.github, "no violation\nExit status 0: nothing found\n");
    assert_eq!(clean.gitlab, "[]\n");
    // A rule that judged nothing does not pass.
    let suites = suites(&clean.junit);
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    assert!(cases.clone().count() > 10, "{}", clean.junit);
    assert!(
        cases.clone().all(|case| case.status == Status::Skipped),
        "{}",
        clean.junit
    );
    assert!(
        clean.markdown.contains("no resource is declared"),
        "{}",
        clean.markdown
    );
}

/// What could not be read stays in sight however much was found.
#[test]
fn problems_alone_are_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), "resource \"a\" {\n").expect("written");
    fs::write(folder.path().join("gardefou.toml"), "[fail]\nof = 1\n").expect("written");
    let all = reports(folder.path(), &["."], &[]);
    hold("problems", &all, Some(folder.path()));
    assert_eq!(all.code, 2);
    for (format, text) in [
        ("github", &all.github),
        ("gitlab", &all.gitlab),
        ("junit", &all.junit),
        ("markdown", &all.markdown),
    ] {
        assert!(
            text.contains("main.tf") && text.contains("gardefou.toml"),
            "{format}: {text}"
        );
    }
    let blockers = entries(&all.gitlab)
        .iter()
        .filter(|one| one.severity == "blocker")
        .count();
    assert!(blockers >= 2, "{}", all.gitlab);
}

#[test]
fn a_plan_without_code_is_shown_at_its_file() {
    let all = reports(&root(), &["fixtures/plan-alone"], &[]);
    hold("a plan", &all, None);
    let found = entries(&all.gitlab);
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|one| one.path.ends_with("fixtures/plan-alone/plan.json")),
        "{}",
        all.gitlab
    );
    // Nothing that is written in a plan is shown.
    assert!(
        all.markdown.contains("plan.json:") && !all.markdown.contains("\"values\""),
        "{}",
        all.markdown
    );
}

#[test]
fn what_comes_through_a_pipe_has_no_file() {
    let object = b"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: db\n  labels: {gardefou.eu/sensitivity: particular}\n";
    for (format, sign) in [
        ("github", "%0AIn what was given: <stdin>:2:1"),
        ("gitlab", " (<stdin>:2:1)\""),
        ("junit", "&lt;stdin&gt;:2:1"),
        ("markdown", "`<stdin>:2:1`"),
    ] {
        let run = gardefou_piped(&["scan", "-", "--as-of", AS_OF, "--format", format], object);
        assert!(
            run.stdout.contains(sign),
            "{format}: {} {}",
            run.stdout,
            run.stderr
        );
        for path in ["file=<stdin>", "\"path\":\"<stdin>\"", "file=\"&lt;stdin"] {
            assert!(!run.stdout.contains(path), "{format}: {}", run.stdout);
        }
    }
}

/// What is rendered is no file: it is shown at the chart, and the words say where in the rendered text it stands.
#[cfg(unix)]
#[test]
fn rendered_text_is_shown_at_its_chart() {
    let claim = "echo '---'; echo '# Source: portal/templates/db.yaml'; echo 'apiVersion: v1'; echo 'kind: PersistentVolumeClaim'; echo 'metadata: {name: db}'";
    let estate = Estate::new(&[
        ("charts/portal/Chart.yaml", CHART),
        (
            "charts/portal/templates/db.yaml",
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {{ .Values.name }}\n",
        ),
    ]);
    estate.program("helm", claim);
    let programs = estate.programs();
    let path = programs.to_str().expect("UTF-8");
    let all = reports(
        &estate.code(),
        &[".", "--render", "--assume", "particular"],
        &[("PATH", path)],
    );
    hold("a chart", &all, Some(&estate.code()));
    assert_eq!(all.code, 1, "{}", all.markdown);
    assert_eq!(all.json["findings"][0]["location"]["rendered"], true);
    let rendered = "charts/portal (rendered):";
    assert!(
        all.gitlab.contains("\"path\":\"charts/portal/Chart.yaml\""),
        "{}",
        all.gitlab
    );
    for (format, text) in [
        ("github", &all.github),
        ("gitlab", &all.gitlab),
        ("junit", &all.junit),
        ("markdown", &all.markdown),
    ] {
        assert!(text.contains(rendered), "{format}: {text}");
    }
}

/// The reports of two folders with the same names are put together by GitLab: fingerprints tell them apart, and do not
/// depend on what stands above.
#[test]
fn fingerprints_of_gitlab_survive_lines_and_tell_folders_apart() {
    let folder = repository();
    let of = |path: &str| -> BTreeSet<String> {
        let all = reports(folder.path(), &[path], &[]);
        entries(&all.gitlab)
            .into_iter()
            .filter(|one| one.check.contains('/'))
            .map(|one| one.fingerprint)
            .collect()
    };
    let before = of("infra");
    assert!(before.len() > 5);
    let code = folder.path().join("infra/main.tf");
    fs::write(&code, format!("# a line\n\n{CODE}")).expect("written");
    assert_eq!(of("infra"), before);
    fs::create_dir(folder.path().join("other")).expect("made");
    fs::copy(&code, folder.path().join("other/main.tf")).expect("copied");
    let both: BTreeSet<String> = of("other").intersection(&before).cloned().collect();
    // But for what is about the configuration, which is the same in both.
    assert_eq!(both, BTreeSet::new());
}

/// A bar that nothing reaches leaves no test red: a page of tests says what the exit status says.
#[test]
fn tests_fail_when_the_run_does() {
    let folder = repository();
    let all = reports(folder.path(), &["infra", "--fail-on", "never"], &[]);
    hold("never", &all, Some(folder.path()));
    assert_eq!(all.code, 0);
    assert!(!all.junit.contains("<failure"), "{}", all.junit);
    assert!(all.junit.contains("type=\"violation\""), "{}", all.junit);
    assert!(!all.github.contains("::error "), "{}", all.github);
}
