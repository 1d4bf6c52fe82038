//! `gardefou init`: what it proposes works, and nothing that is there changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{AS_OF, Run, gardefou_in};

const MAIN: &str = r#"provider "aws" {
  region = "eu-west-3"
}

resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags = {
    data-classification = "health"
    "acme:data-class"   = "C3"
    client              = "chu-a"
  }
}

resource "aws_s3_bucket" "scans" {
  bucket = "scans"
  tags = {
    "acme:data-class" = "C2"
    client            = "chu-b"
  }
}
"#;
const CLAIM: &str =
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: files\nspec: {}\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        std::fs::create_dir(folder.at(".git")).expect("made");
        for (path, text) in files {
            let file = folder.at(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, text).expect("written");
        }
        folder
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn init(&self, arguments: &[&str]) -> Run {
        let all: Vec<&str> = ["init"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        gardefou_in(self.0.path(), &all, &[])
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Every file, but for what git keeps.
    fn files(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        walk(self.0.path(), self.0.path(), &mut all);
        all
    }
}

fn walk(top: &Path, folder: &Path, all: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            walk(top, &path, all);
        } else {
            let below = path.strip_prefix(top).expect("below");
            all.insert(below.to_string_lossy().replace('\\', "/"));
        }
    }
}

fn estate() -> Folder {
    Folder::new(&[("infra/main.tf", MAIN), ("k8s/claim.yaml", CLAIM)])
}

#[test]
fn what_it_writes_works() {
    for lang in ["en", "fr"] {
        let folder = estate();
        let run = folder.init(&[
            "--yes",
            "--actor",
            "health-body",
            "--assume",
            "health",
            "--ci",
            "github",
            "--hook",
            "--lang",
            lang,
        ]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
        let expected = [
            ".github/workflows/gardefou.yml",
            ".pre-commit-config.yaml",
            "gardefou.toml",
            "infra/main.tf",
            "k8s/claim.yaml",
        ];
        assert_eq!(folder.files(), expected.map(str::to_owned).into());
        insta::assert_snapshot!(format!("config_{lang}"), folder.text("gardefou.toml"));
        let version = env!("CARGO_PKG_VERSION");
        let stable = |path: &str| folder.text(path).replace(version, "VERSION");
        insta::assert_snapshot!(
            format!("workflow_{lang}"),
            stable(".github/workflows/gardefou.yml")
        );
        insta::assert_snapshot!(format!("hook_{lang}"), stable(".pre-commit-config.yaml"));
        let scan = gardefou_in(
            folder.0.path(),
            &["scan", ".", "--as-of", AS_OF, "--format", "json"],
            &[],
        );
        let json: serde_json::Value = serde_json::from_str(&scan.stdout).expect("JSON");
        assert_eq!(json["problems"], serde_json::json!([]));
        assert_eq!(json["config"], "gardefou.toml");
        assert_eq!(scan.code, 1);
    }
}

#[test]
fn gitlab_has_its_own_file() {
    let folder = estate();
    let run = folder.init(&["--yes", "--ci", "gitlab"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let version = env!("CARGO_PKG_VERSION");
    insta::assert_snapshot!(
        "gitlab",
        folder.text(".gitlab-ci.yml").replace(version, "VERSION")
    );
    assert!(!folder.at(".pre-commit-config.yaml").exists());
}

#[test]
fn what_is_there_stays_and_the_proposal_is_printed() {
    let own = "# my own\n";
    let folder = Folder::new(&[
        ("main.tf", MAIN),
        (".gitlab-ci.yml", own),
        (".pre-commit-config.yaml", own),
        (".github/gardefou.toml", ""),
    ]);
    let before = folder.files();
    let run = folder.init(&["--yes", "--ci", "gitlab"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(folder.files(), before);
    assert_eq!(folder.text(".gitlab-ci.yml"), own);
    assert_eq!(folder.text(".pre-commit-config.yaml"), own);
    for said in [
        ".github/gardefou.toml is there and stays as it is",
        "    [organisation]",
        ".gitlab-ci.yml is there",
        "    gardefou:",
        // It uses pre-commit, so a hook is proposed.
        "          - id: gardefou-changed",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
}

#[test]
fn nothing_is_written_that_nobody_wanted() {
    let folder = estate();
    let before = folder.files();
    let shown = folder.init(&["--dry-run", "--ci", "github"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    assert!(
        shown.stdout.contains("would write gardefou.toml:"),
        "{}",
        shown.stdout
    );
    let alone = folder.init(&[]);
    assert_eq!(alone.code, 2);
    assert!(alone.stderr.contains("--yes"), "{}", alone.stderr);
    assert!(alone.stdout.contains("would write gardefou.toml:"));
    assert_eq!(folder.files(), before);
    for wrong in [&["--pin", "v0.1.0"][..], &["nowhere"], &["--actor", "x"]] {
        assert_eq!(folder.init(wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(folder.files(), before);
}

#[test]
fn a_folder_below_means_its_repository() {
    let folder = estate();
    let run = folder.init(&["infra", "--yes"]);
    assert_eq!(run.code, 0);
    assert!(folder.at("gardefou.toml").exists() && !folder.at("infra/gardefou.toml").exists());
    assert!(folder.text("gardefou.toml").contains("Kubernetes manifest"));
    assert!(!folder.at(".github").exists());
}

#[test]
fn what_strangers_wrote_stays_what_it_is() {
    let hostile = MAIN
        .replace(
            "acme:data-class",
            "data-class\\\"]\\nactor = \\\"state\\\"\\n#",
        )
        .replace("chu-a", "\u{202e}\\u001b[31m\\n[fail]");
    let folder = Folder::new(&[
        ("main.tf", &hostile),
        ("a\"]\n[x]/claim.yaml", CLAIM),
        ("b\u{202e}/claim.yaml", CLAIM),
    ]);
    let run = folder.init(&["--yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = folder.text("gardefou.toml");
    assert!(
        !text.contains('\u{1b}') && !text.contains('\u{202e}'),
        "{text}"
    );
    assert_eq!(text.matches("\n[fail]\n").count(), 1, "{text}");
    assert!(!text.contains("\nactor"), "{text}");
    let scan = gardefou_in(
        folder.0.path(),
        &["scan", "main.tf", "--as-of", AS_OF, "--format", "json"],
        &[],
    );
    let json: serde_json::Value = serde_json::from_str(&scan.stdout).expect("JSON");
    let about = json["problems"].as_array().expect("a list").iter();
    assert!(
        about.clone().all(|problem| problem["code"] != "config"),
        "{json}"
    );
}

#[test]
fn an_empty_repository_can_start() {
    let folder = Folder::new(&[]);
    let run = folder.init(&["--yes", "--lang", "fr"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("gardefou.toml : écrit"),
        "{}",
        run.stdout
    );
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    let folder = estate();
    let outside = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(outside.path(), folder.at(".github")).expect("linked");
    std::os::unix::fs::symlink(
        outside.path().join("new"),
        folder.at(".pre-commit-config.yaml"),
    )
    .expect("linked");
    let run = folder.init(&["--yes", "--ci", "github", "--hook"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("could not write .github/workflows/gardefou.yml"),
        "{}",
        run.stdout
    );
    assert!(
        std::fs::read_dir(outside.path())
            .expect("read")
            .next()
            .is_none()
    );
}
