//! What a pull request changes: `--changed-since`, `--files-from`, `--only-changed`, in real repositories.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

use crate::support::{AS_OF, Run, run};

/// A repository in a folder of its own.
struct Repository {
    folder: tempfile::TempDir,
}

/// Is git there? Without it there is nothing to test, and that is said.
fn has_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok();
    if !found {
        #[allow(clippy::print_stderr, reason = "whoever runs the tests is to know")]
        {
            eprintln!("SKIPPED: git is not installed");
        }
    }
    found
}

impl Repository {
    /// With files, all in one commit on `main`.
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.at(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, text).expect("written");
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.at(path)).expect("removed");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "x", "--allow-empty"]);
    }

    fn branch(&self, name: &str) {
        self.git(&["checkout", "--quiet", "-b", name]);
    }

    fn git(&self, arguments: &[&str]) {
        git_in(self.path(), arguments);
    }

    fn gardefou(&self, arguments: &[&str]) -> Run {
        gardefou_in(self.path(), arguments, None)
    }

    /// The report as JSON.
    fn scan(&self, arguments: &[&str]) -> Report {
        let all: Vec<&str> = ["scan", "--as-of", AS_OF, "--format", "json"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        let run = self.gardefou(&all);
        Report {
            code: run.code,
            json: serde_json::from_str(&run.stdout)
                .unwrap_or_else(|error| panic!("{error}: {}", run.stderr)),
        }
    }
}

fn git_in(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args([
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x.example",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("git starts").success(), "{arguments:?}");
}

/// With the `PATH`, where git is, and nothing else of the environment.
fn gardefou_in(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Run {
    let mut command = cargo_bin_cmd!("gardefou");
    command
        .current_dir(folder)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    if let Some(input) = input {
        command.write_stdin(input);
    }
    run(&mut command)
}

struct Report {
    code: i32,
    json: Value,
}

impl Report {
    /// `rule address`, of all findings.
    fn findings(&self) -> BTreeSet<String> {
        let all = self.json["findings"].as_array().expect("a list").iter();
        all.map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            format!("{} {}", text("rule"), text("address"))
        })
        .collect()
    }

    fn has(&self, rule: &str, address: &str) -> bool {
        self.findings().contains(&format!("{rule} {address}"))
    }

    fn scope(&self, key: &str) -> &Value {
        &self.json["scope"][key]
    }
}

const OUTSIDE: &str = "residency/outside-area";
const PROVIDER: &str = "provider \"aws\" {\n  region = var.region\n}\n\nvariable \"region\" {}\n";
const BUCKETS: &str = r#"resource "aws_s3_bucket" "records" {
  bucket = "records"
  tags   = { data-classification = "health" }
}
"#;
const LONDON: &str = r#"resource "aws_s3_bucket" "scans" {
  bucket = "scans"
  region = "us-east-1"
  tags   = { data-classification = "health" }
}
"#;

fn follows_its_schema(json: &Value) {
    let schema = serde_json::from_str(include_str!("../../docs/schema/scan.schema.json"));
    let validator = jsonschema::validator_for(&schema.expect("JSON")).expect("a schema");
    let errors: Vec<String> = validator.iter_errors(json).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// One bucket in Paris, one in Virginia.
fn estate() -> Repository {
    Repository::new(&[
        ("main.tf", PROVIDER),
        ("records.tf", BUCKETS),
        ("scans.tf", LONDON),
        ("terraform.tfvars", "region = \"eu-west-3\"\n"),
    ])
}

#[test]
fn nothing_changed_reports_nothing() {
    if !has_git() {
        return;
    }
    let repository = estate();
    let whole = repository.scan(&["."]);
    assert!(whole.has(OUTSIDE, "aws_s3_bucket.scans"));
    assert_eq!(whole.code, 1);
    assert!(whole.json.get("scope").is_none());
    let none = repository.scan(&[".", "--changed-since", "main"]);
    assert_eq!((none.code, none.findings().len()), (0, 0));
    assert_eq!(none.scope("left_out"), whole.findings().len());
    assert_eq!(
        none.scope("left_out_failing"),
        &whole.json["summary"]["failing"]
    );
    assert_eq!(none.scope("kind"), "changed-since");
    follows_its_schema(&none.json);
    follows_its_schema(&repository.scan(&["--only-changed", "main.tf"]).json);
    // What the code is, is known all the same.
    let standing = |report: &Report| {
        let all = report.json["requirements"]
            .as_array()
            .expect("a list")
            .iter();
        all.map(|one| (one["id"].clone(), one["standing"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(standing(&none), standing(&whole));
    assert_eq!(none.json["coverage"], whole.json["coverage"]);
}

#[test]
fn a_variables_file_shows_the_finding_that_it_makes_elsewhere() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.branch("move");
    repository.write("terraform.tfvars", "region = \"us-east-1\"\n");
    for committed in [false, true] {
        if committed {
            repository.commit();
        }
        let report = repository.scan(&[".", "--changed-since", "main"]);
        assert!(report.has(OUTSIDE, "aws_s3_bucket.records"), "{committed}");
        assert!(!report.has(OUTSIDE, "aws_s3_bucket.scans"), "{committed}");
        assert_eq!((report.code, report.scope("files")), (1, &1.into()));
    }
    // A list, which knows nothing of the commit before, takes the whole root.
    let report = repository.scan(&["--only-changed", "terraform.tfvars"]);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.records"));
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn what_was_taken_away_is_found_where_it_is_missed() {
    if !has_git() {
        return;
    }
    let key = "resource \"aws_ebs_encryption_by_default\" \"all\" {\n  enabled = true\n}\n";
    let volume = r#"resource "aws_ebs_volume" "db" {
  availability_zone = "eu-west-3a"
  size              = 10
  tags              = { data-classification = "health" }
}
"#;
    let repository = Repository::new(&[
        ("main.tf", PROVIDER),
        ("terraform.tfvars", "region = \"eu-west-3\"\n"),
        ("switch.tf", key),
        ("volume.tf", volume),
        ("scans.tf", LONDON),
    ]);
    let rule = "encryption/not-encrypted";
    assert!(!repository.scan(&["."]).has(rule, "aws_ebs_volume.db"));
    repository.branch("less");
    repository.write("switch.tf", "# nothing\n");
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(
        report.has(rule, "aws_ebs_volume.db"),
        "{:?}",
        report.findings()
    );
    assert!(!report.has(OUTSIDE, "aws_s3_bucket.scans"));
    assert!(report.scope("new_elsewhere").as_u64() >= Some(1));
    // A file that is gone, of which a list knows no more: all that its folder had a part in is shown.
    repository.remove("switch.tf");
    let report = repository.scan(&["--only-changed", "switch.tf"]);
    assert!(report.has(rule, "aws_ebs_volume.db"));
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn a_level_that_rose_makes_findings_of_before_worse() {
    if !has_git() {
        return;
    }
    let namespace = |level: &str| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: app\n  labels:\n    data-classification: {level}\n"
        )
    };
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: files\n  namespace: app\nspec:\n  storageClassName: none\n";
    let repository = Repository::new(&[
        ("a/ns.yaml", &namespace("personal")),
        ("b/claim.yaml", claim),
    ]);
    let now = |report: &Report| {
        report
            .findings()
            .iter()
            .filter(|one| one.ends_with("app/files"))
            .count()
    };
    let all = now(&repository.scan(&["."]));
    assert!(all > 0);
    repository.branch("health");
    repository.write("a/ns.yaml", &namespace("health"));
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(now(&report) > 0, "{:?}", report.findings());
    // A list that names the file alone knows of the label by the evidence.
    let listed = repository.scan(&["--only-changed", "b/claim.yaml"]);
    assert!(now(&listed) > 0);
}

#[test]
fn a_calling_block_touches_what_it_calls() {
    if !has_git() {
        return;
    }
    let module = "variable \"name\" {}\n\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.name\n  region = \"us-east-1\"\n  tags   = { data-classification = \"health\" }\n}\n";
    let call = |name: &str, extra: &str| {
        format!(
            "module \"{name}\" {{\n  source = \"../modules/store\"\n  name   = \"{name}\"\n{extra}}}\n"
        )
    };
    let repository = Repository::new(&[
        ("modules/store/main.tf", module),
        ("prod/one.tf", &call("one", "")),
        ("prod/two.tf", &call("two", "")),
    ]);
    repository.branch("calls");
    repository.write("prod/two.tf", &call("two", "  # reviewed\n"));
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(report.has(OUTSIDE, "module.two.aws_s3_bucket.b"));
    assert!(!report.has(OUTSIDE, "module.one.aws_s3_bucket.b"));
    // From the folder of the root, where the module lies beside the scan.
    let run = gardefou_in(
        &repository.at("prod"),
        &[
            "scan",
            ".",
            "--changed-since",
            "main",
            "--format",
            "json",
            "--as-of",
            AS_OF,
        ],
        None,
    );
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let inside = Report {
        code: run.code,
        json,
    };
    assert!(inside.has(OUTSIDE, "module.two.aws_s3_bucket.b"));
    assert!(
        !inside.has(OUTSIDE, "module.one.aws_s3_bucket.b"),
        "{:?}",
        inside.findings()
    );
    repository.write("modules/store/main.tf", &format!("# changed\n{module}"));
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(report.has(OUTSIDE, "module.one.aws_s3_bucket.b"));
}

#[test]
fn renamed_new_and_uncommitted_files_are_changed_files() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.branch("rename");
    repository.git(&["mv", "scans.tf", "imaging.tf"]);
    repository.commit();
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("new file é.tf", &LONDON.replace("scans", "fresh"));
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.fresh"));
    assert!(!report.has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn what_came_to_the_other_branch_since_is_no_change_of_this_one() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.branch("feature");
    repository.write("records.tf", &format!("{BUCKETS}\n# more\n"));
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("scans.tf", &format!("{LONDON}\n# more\n"));
    repository.commit();
    repository.git(&["checkout", "--quiet", "feature"]);
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(!report.has(OUTSIDE, "aws_s3_bucket.scans"));
    assert_eq!(report.scope("files"), 1);
}

/// In a copy of a repository, all times are new.
#[test]
fn a_file_that_holds_what_it_held_has_not_changed() {
    if !has_git() {
        return;
    }
    let repository = estate();
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(100_000);
    for path in ["main.tf", "records.tf", "scans.tf"] {
        let file = std::fs::File::options()
            .append(true)
            .open(repository.at(path));
        file.and_then(|file| file.set_modified(earlier))
            .expect("set");
    }
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert_eq!(report.scope("files"), 0);
    assert!(!report.has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn the_configuration_bears_on_everything() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.write("gardefou.toml", "[fail]\non = \"high\"\n");
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
    assert_eq!(report.scope("everything"), "gardefou.toml");
    assert_eq!(report.scope("left_out"), 0);
    // From a folder below it, too; and when it is gone.
    repository.write("infra/scans.tf", LONDON);
    repository.commit();
    repository.remove("gardefou.toml");
    let report = repository.scan(&["infra", "--changed-since", "main"]);
    assert_eq!(report.scope("everything"), "../gardefou.toml");
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn what_could_not_be_read_is_never_left_out() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.write("broken.tf", "resource \"aws_s3_bucket\" {{{\n");
    repository.commit();
    repository.branch("other");
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert_eq!(report.code, 2);
    assert!(
        !report.json["problems"]
            .as_array()
            .expect("a list")
            .is_empty()
    );
}

#[test]
fn lists_come_in_every_form() {
    if !has_git() {
        return;
    }
    let repository = estate();
    let list = |text: &[u8]| {
        let arguments = [
            "scan",
            ".",
            "--files-from",
            "-",
            "--format",
            "json",
            "--as-of",
            AS_OF,
        ];
        let run = gardefou_in(repository.path(), &arguments, Some(text));
        let json = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
        Report {
            code: run.code,
            json,
        }
    };
    let absolute = format!("{}\n", repository.at("scans.tf").display());
    for text in [
        &b"scans.tf\n"[..],
        b"main.tf\r\n./scans.tf\r\n",
        b"main.tf\0scans.tf\0",
        b"\"scans.tf\"\n",
        b"nowhere/../scans.tf",
        absolute.as_bytes(),
    ] {
        let report = list(text);
        assert!(
            report.has(OUTSIDE, "aws_s3_bucket.scans"),
            "{}",
            String::from_utf8_lossy(text)
        );
        assert_eq!(report.scope("kind"), "files");
    }
    // A command that failed writes an empty list, too: that is no pass.
    for text in [&b""[..], b"\n", b"\0"] {
        let arguments = ["scan", ".", "--files-from", "-"];
        let run = gardefou_in(repository.path(), &arguments, Some(text));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("names no file"), "{}", run.stderr);
        assert!(run.stderr.contains("--changed-since"), "{}", run.stderr);
    }
    // No file is no list: nothing is to be done, and that is said.
    let run = gardefou_in(repository.path(), &["scan", "--only-changed"], None);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("no file changed"), "{}", run.stderr);
    let report = list(b"../elsewhere.tf\n/etc/passwd\n\xff\xfe.tf\n");
    assert_eq!(report.scope("outside"), 2);
    repository.write("list", "scans.tf\n");
    let report = repository.scan(&[".", "--files-from", "list"]);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans"));
    // A folder stands for all that is below it.
    assert!(list(b".\n").has(OUTSIDE, "aws_s3_bucket.scans"));
}

#[test]
fn what_is_ignored_by_git_is_as_it_was() {
    if !has_git() {
        return;
    }
    let repository = Repository::new(&[
        (
            "main.tf",
            "module \"store\" {\n  source = \"acme/store/aws\"\n}\n",
        ),
        (".gitignore", ".terraform\n*.auto.tfvars\n"),
    ]);
    repository.write(
        ".terraform/modules/modules.json",
        r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"store","Source":"registry.terraform.io/acme/store/aws","Version":"1.0.0","Dir":".terraform/modules/store"}]}"#,
    );
    repository.write(".terraform/modules/store/main.tf", LONDON);
    let whole = repository.scan(&["."]);
    assert!(
        whole.has(OUTSIDE, "module.store.aws_s3_bucket.scans"),
        "{}",
        whole.json
    );
    repository.branch("other");
    repository.write("more.tf", BUCKETS);
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert!(!report.has(OUTSIDE, "module.store.aws_s3_bucket.scans"));
}

#[test]
fn what_only_an_ignored_plan_shows_is_reported() {
    if !has_git() {
        return;
    }
    let plan =
        std::fs::read_dir(crate::support::root().join("fixtures/plan-alone")).expect("a folder");
    let plan = plan.map(|entry| entry.expect("an entry").path());
    let plan = plan
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "json"));
    let plan = std::fs::read_to_string(plan.expect("a plan")).expect("text");
    let repository = Repository::new(&[(".gitignore", "*.json\n")]);
    repository.write("plan.json", &plan);
    let whole = repository.scan(&["."]);
    assert!(!whole.findings().is_empty());
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert_eq!(report.findings(), whole.findings());
    // So is what comes through a pipe, with a list that does not speak of it.
    repository.write("list", "README.md\n");
    let arguments = [
        "scan",
        "-",
        "--files-from",
        "list",
        "--format",
        "json",
        "--as-of",
        AS_OF,
    ];
    let run = gardefou_in(repository.path(), &arguments, Some(plan.as_bytes()));
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        json["findings"].as_array().map(Vec::len),
        whole.json["findings"].as_array().map(Vec::len)
    );
}

#[test]
fn nothing_that_a_repository_sets_is_run() {
    if !has_git() {
        return;
    }
    let repository = estate();
    let proof = repository.at("it-ran");
    let script = repository.at(".git/evil.sh");
    std::fs::write(
        &script,
        format!("#!/bin/sh\ntouch '{}'\ncat\n", proof.display()),
    )
    .expect("written");
    #[cfg(unix)]
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("allowed");
    let program = script.to_str().expect("text");
    for (key, value) in [
        ("core.fsmonitor", program),
        ("core.excludesFile", "hidden"),
        ("core.pager", program),
        ("diff.external", program),
        ("filter.evil.clean", program),
        ("filter.evil.smudge", program),
        ("diff.evil.textconv", program),
        ("core.sshCommand", program),
        ("alias.diff-index", program),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.write(".gitattributes", "* filter=evil diff=evil\n");
    repository.write("records.tf", &format!("{BUCKETS}\n"));
    // Nor is a new file hidden.
    repository.write("hidden", "new.tf\n");
    repository.write("new.tf", &LONDON.replace("scans", "new"));
    let report = repository.scan(&[".", "--changed-since", "main"]);
    assert_eq!(report.scope("files"), 4);
    assert!(report.has(OUTSIDE, "aws_s3_bucket.new"));
    assert!(!proof.exists());
}

#[test]
fn what_git_cannot_tell_is_said() {
    if !has_git() {
        return;
    }
    let repository = estate();
    let asked = |reference: &str| {
        let flag = format!("--changed-since={reference}");
        let run = repository.gardefou(&["scan", ".", &flag]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{reference}");
        run.stderr
    };
    for reference in [
        "nowhere",
        "--output=evil",
        "",
        "a b",
        "HEAD:main.tf",
        "\u{1b}[31m",
    ] {
        let said = asked(reference);
        assert!(said.contains("has no commit"), "{reference}: {said}");
        assert!(!said.contains('\u{1b}'));
    }
    assert!(!repository.at("evil").exists());
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("main.tf"), LONDON).expect("written");
    let run = gardefou_in(
        outside.path(),
        &["scan", ".", "--changed-since", "main"],
        None,
    );
    assert!(
        run.code == 2 && run.stderr.contains("no git repository"),
        "{}",
        run.stderr
    );
    let run = gardefou_in(
        outside.path(),
        &["scan", ".", "--changed-since", "main", "--lang", "fr"],
        None,
    );
    assert!(run.stderr.contains("aucun dépôt git"), "{}", run.stderr);
    let mut command = cargo_bin_cmd!("gardefou");
    command
        .current_dir(repository.path())
        .env_clear()
        .env("PATH", outside.path());
    let none = crate::support::run(command.args(["scan", ".", "--changed-since", "main"]));
    assert!(
        none.code == 2 && none.stderr.contains("not installed"),
        "{}",
        none.stderr
    );
}

#[test]
fn a_shallow_clone_is_told_what_to_fetch() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.branch("feature");
    repository.write("records.tf", &format!("{BUCKETS}\n"));
    repository.commit();
    let clones = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", repository.path().display());
    git_in(
        clones.path(),
        &[
            "clone",
            "--quiet",
            "--depth=1",
            "--branch=feature",
            &url,
            "clone",
        ],
    );
    let run = gardefou_in(
        &clones.path().join("clone"),
        &["scan", ".", "--changed-since", "origin/main"],
        None,
    );
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("fetch-depth: 0"), "{}", run.stderr);
    git_in(
        &clones.path().join("clone"),
        &[
            "fetch",
            "--quiet",
            "--depth=1",
            "origin",
            "main:refs/remotes/origin/main",
        ],
    );
    let run = gardefou_in(
        &clones.path().join("clone"),
        &["scan", ".", "--changed-since", "origin/main"],
        None,
    );
    assert!(
        run.code == 2 && run.stderr.contains("in common"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("fetch-depth: 0"), "{}", run.stderr);
}

#[test]
fn people_read_what_is_not_shown() {
    if !has_git() {
        return;
    }
    let repository = estate();
    repository.branch("feature");
    repository.write("records.tf", &format!("{BUCKETS}\n"));
    let line = |lang: &str, name: &str| {
        let run = repository.gardefou(&[
            "scan",
            ".",
            "--changed-since",
            "main",
            "--as-of",
            AS_OF,
            "--lang",
            lang,
        ]);
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let start = text.find(name).unwrap_or_else(|| panic!("{text}"));
        text[start..].to_owned()
    };
    let en = line("en", "scope ");
    assert!(
        en.contains("1 changed file; ") && en.contains("are not shown, "),
        "{en}"
    );
    assert!(
        en.contains("in what changed") || en.contains("Exit status 1"),
        "{en}"
    );
    let fr = line("fr", "portée ");
    assert!(
        fr.contains("1 fichier modifié ; ") && fr.contains("ne sont pas montrés"),
        "{fr}"
    );
}

const COPY: &str = "residency/copy-outside-area";
const PLAIN: &str = "encryption/not-encrypted";

/// A table with copies that variables decide about.
fn table(condition: &str) -> String {
    format!(
        r#"provider "aws" {{
  region = "eu-west-3"
}}

variable "on" {{
  default = true
}}

variable "enc" {{
  default = false
}}

resource "aws_dynamodb_table" "t" {{
  name     = "t"
  hash_key = "id"
  dynamic "replica" {{
    for_each = toset({condition})
    content {{
      region_name = replica.value
    }}
  }}
  tags = {{ data-classification = "health" }}
}}

resource "aws_db_instance" "d" {{
  engine            = "postgres"
  instance_class    = "db.t3.micro"
  storage_encrypted = var.enc
  tags              = {{ data-classification = "health" }}
}}
"#
    )
}

/// The messages of the findings of a rule.
fn said(report: &Report, rule: &str) -> Vec<String> {
    let all = report.json["findings"].as_array().expect("a list").iter();
    all.filter(|one| one["rule"] == rule)
        .map(|one| one["message"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_clone_without_contents_shows_everything() {
    if !has_git() {
        return;
    }
    let main = table("var.on ? [\"us-east-1\"] : []");
    let repository = Repository::new(&[
        ("main.tf", &main),
        ("terraform.tfvars", "on = false\nenc = true\n"),
    ]);
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    assert!(!repository.scan(&["."]).has(COPY, "aws_dynamodb_table.t"));
    repository.branch("less");
    repository.remove("terraform.tfvars");
    repository.commit();
    let full = repository.scan(&[".", "--changed-since", "main"]);
    assert!(full.has(COPY, "aws_dynamodb_table.t"), "{}", full.json);
    let clones = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", repository.path().display());
    let filter = [
        "clone",
        "--quiet",
        "--filter=blob:none",
        "--branch=less",
        &url,
        "clone",
    ];
    git_in(clones.path(), &filter);
    let arguments = [
        "scan",
        ".",
        "--changed-since",
        "origin/main",
        "--format",
        "json",
        "--as-of",
        AS_OF,
    ];
    let run = gardefou_in(&clones.path().join("clone"), &arguments, None);
    let report = Report {
        code: run.code,
        json: serde_json::from_str(&run.stdout).expect("JSON"),
    };
    assert!(report.has(COPY, "aws_dynamodb_table.t"));
    assert_eq!(report.code, 2);
    assert_eq!(report.scope("left_out"), 0);
    let problem = report.json["problems"].to_string();
    assert!(
        problem.contains("terraform.tfvars") && problem.contains("--filter"),
        "{problem}"
    );
}

#[test]
fn a_copy_that_moved_is_another_one() {
    if !has_git() {
        return;
    }
    for (condition, before) in [
        ("var.on ? [\"cn-north-1\"] : [\"us-east-1\"]", 1),
        (
            "var.on ? [\"cn-north-1\", \"us-east-1\"] : [\"us-east-1\"]",
            1,
        ),
        (
            "var.on ? [\"cn-north-1\"] : [\"cn-north-1\", \"us-east-1\"]",
            2,
        ),
    ] {
        let repository = Repository::new(&[
            ("main.tf", &table(condition)),
            ("terraform.tfvars", "on = false\n"),
        ]);
        assert_eq!(said(&repository.scan(&["."]), COPY).len(), before);
        repository.branch("move");
        repository.write("terraform.tfvars", "on = true\n");
        let report = repository.scan(&[".", "--changed-since", "main"]);
        let said = said(&report, COPY);
        // The last one only has one less: what is left was there.
        let news = usize::from(before == 1);
        assert_eq!(said.len(), news, "{condition}: {said:?}");
        assert!(
            said.iter().all(|one| one.contains("cn-north-1")),
            "{said:?}"
        );
    }
}

#[test]
fn a_listed_file_touches_what_its_conditions_decide() {
    if !has_git() {
        return;
    }
    let data = r#"locals {
  regions = csvdecode(file("${path.module}/../data/regions.csv"))
}

resource "aws_s3_bucket" "b" {
  count  = fileexists("${path.module}/../data/on.flag") ? 1 : 0
  bucket = "b"
  region = local.regions[0].name
  tags   = { data-classification = "health" }
}
"#;
    let repository = Repository::new(&[
        ("app/main.tf", &table("var.on ? [\"us-east-1\"] : []")),
        ("app/terraform.tfvars", "on = true\n"),
        ("read/main.tf", data),
        ("data/regions.csv", "name\nus-east-1\n"),
        ("data/on.flag", ""),
        (
            "modules/which/main.tf",
            "output \"on\" {\n  value = true\n}\n",
        ),
        (
            "calls/main.tf",
            "module \"which\" {\n  source = \"../modules/which\"\n}\n\nresource \"aws_s3_bucket\" \"c\" {\n  count  = module.which.on ? 1 : 0\n  bucket = \"c\"\n  region = \"us-east-1\"\n  tags   = { data-classification = \"health\" }\n}\n",
        ),
        ("other/scans.tf", LONDON),
    ]);
    for (file, rule, address) in [
        ("app/terraform.tfvars", COPY, "aws_dynamodb_table.t"),
        ("app/data.json", COPY, "aws_dynamodb_table.t"),
        ("data/regions.csv", OUTSIDE, "aws_s3_bucket.b[0]"),
        ("data/on.flag", OUTSIDE, "aws_s3_bucket.b[0]"),
        ("data", OUTSIDE, "aws_s3_bucket.b[0]"),
        ("modules/which/main.tf", OUTSIDE, "aws_s3_bucket.c[0]"),
    ] {
        let report = repository.scan(&["--only-changed", file]);
        assert!(report.has(rule, address), "{file}: {:?}", report.findings());
        // What is read serves who reads it, and nobody knows who that is.
        let is_other = report.has(OUTSIDE, "aws_s3_bucket.scans");
        assert_eq!(is_other, file.starts_with("data"), "{file}");
    }
    let none = repository.scan(&["--only-changed", "docs/README.md"]);
    assert_eq!(
        (none.code, none.findings().len()),
        (0, 0),
        "{:?}",
        none.findings()
    );
}

#[test]
fn a_variables_file_that_came_since_was_not_there() {
    if !has_git() {
        return;
    }
    let repository = Repository::new(&[(
        "main.tf",
        &table("var.on ? [\"us-east-1\"] : []").replacen("default = true", "default = false", 1),
    )]);
    for path in ["env/prod.tfvars", "values/prod.vars"] {
        let arguments = [".", "--var-file", path, "--changed-since", "main"];
        repository.write(path, "on = true\nenc = true\n");
        let report = repository.scan(&arguments);
        assert!(
            report.has(COPY, "aws_dynamodb_table.t"),
            "{path}: {}",
            report.json
        );
    }
    // One that was there and did not change, whatever it is called, is what it was.
    repository.commit();
    for path in ["env/prod.tfvars", "values/prod.vars"] {
        let report = repository.scan(&[".", "--var-file", path, "--changed-since", "main"]);
        assert_eq!((report.code, report.findings().len()), (0, 0), "{path}");
    }
    repository.branch("off");
    repository.write("values/prod.vars", "on = true\nenc = false\n");
    let report = repository.scan(&[
        ".",
        "--var-file",
        "values/prod.vars",
        "--changed-since",
        "main",
    ]);
    assert!(
        report.has(PLAIN, "aws_db_instance.d"),
        "{:?}",
        report.findings()
    );
    assert!(!report.has(COPY, "aws_dynamodb_table.t"));
}

#[test]
fn a_baseline_by_any_name_bears_on_everything() {
    if !has_git() {
        return;
    }
    let repository = estate();
    std::fs::create_dir(repository.at("ops")).expect("made");
    let write = [
        "baseline",
        "create",
        ".",
        "--baseline",
        "ops/known.json",
        "--as-of",
        AS_OF,
        "--reason",
        "x",
    ];
    let run = repository.gardefou(&write);
    assert_eq!(run.code, 0, "{}", run.stderr);
    repository.commit();
    let arguments = [
        ".",
        "--baseline",
        "ops/known.json",
        "--changed-since",
        "main",
    ];
    let report = repository.scan(&arguments);
    assert_eq!((report.code, report.findings().len()), (0, 0));
    repository.branch("fewer");
    let text = std::fs::read_to_string(repository.at("ops/known.json")).expect("read");
    let mut json: Value = serde_json::from_str(&text).expect("JSON");
    json["findings"] = serde_json::json!([]);
    repository.write("ops/known.json", &json.to_string());
    let report = repository.scan(&arguments);
    assert_eq!(report.scope("everything"), "ops/known.json");
    assert!(report.has(OUTSIDE, "aws_s3_bucket.scans") && report.code == 1);
}
