//! Where a pipeline runs the program: without a home, without room, without rights, with closed or full outputs, with few
//! threads, files and processors. The verdict is the same, or a message says what is missing and the status is 2.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

use super::support::folder;
use crate::report_formats::FORMATS;
use crate::support::root;

const CODE: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\nresource \"aws_s3_bucket\" \"a\" {\n  tags = { data-classification = \"health\" }\n}\n";
const MANIFEST: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n";
const SCAN: &str = "\"$G\" scan . --as-of 2026-11-21";

/// What a few lines of shell ended with.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    /// No panic, no signal, and this status.
    fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self
    }

    fn says(&self, words: &str) -> &Self {
        let said = self.stdout.contains(words) || self.stderr.contains(words);
        assert!(said, "{words}: {self:?}");
        self
    }
}

/// Runs lines of shell in a folder, in which `$G` is the program. Of the environment nothing is left but what is given.
fn shell(folder: &Path, lines: &str) -> Ended {
    run(
        Command::new("/bin/sh")
            .arg("-c")
            .arg(lines)
            .env("G", cargo_bin("gardefou")),
        folder,
    )
}

fn run(command: &mut Command, folder: &Path) -> Ended {
    let output = command
        .current_dir(folder)
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The program where every user may run it.
fn for_everybody() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path(), 0o755);
    let program = folder.path().join("gardefou");
    let own = cargo_bin("gardefou");
    if fs::hard_link(&own, &program).is_err() {
        fs::copy(&own, &program).expect("copied");
    }
    (folder, program)
}

fn open(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
}

/// The same as a user to whom rights and bounds apply; none where the tests run as the super-user and nobody else can be
/// had.
fn as_somebody(folder: &Path, lines: &str) -> Option<Ended> {
    open(folder, 0o755);
    let is_super = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let (_kept, program) = for_everybody();
    let mut command = if is_super {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "/bin/sh",
        ]);
        let works = Command::new("setpriv")
            .args(["--reuid=65534", "true"])
            .status();
        if !works.is_ok_and(|status| status.success()) {
            return None;
        }
        command
    } else {
        Command::new("/bin/sh")
    };
    Some(run(command.arg("-c").arg(lines).env("G", program), folder))
}

fn code() -> tempfile::TempDir {
    folder(&[("main.tf", CODE), ("k/namespace.yaml", MANIFEST)])
}

#[test]
fn outputs_that_are_closed_or_full() {
    let folder = code();
    let here = folder.path();
    shell(here, SCAN).is(1).says("outside-area");
    // Closed: as if thrown away. What the gate says is its status.
    shell(here, &format!("{SCAN} >&-")).is(1);
    shell(here, &format!("{SCAN} 2>&-"))
        .is(1)
        .says("outside-area");
    shell(here, &format!("{SCAN} <&- >&- 2>&-")).is(1);
    // A reader that has read enough.
    shell(
        here,
        &format!("{{ {SCAN} --format json; echo $? >&2; }} | head -c 1"),
    )
    .is(0)
    .says("1\n");
    for format in FORMATS {
        let full = shell(here, &format!("{SCAN} --format {format} > /dev/full"));
        full.is(2).says("could not write to standard output");
        let full = shell(here, &format!("{SCAN} --output {format}=/dev/full"));
        full.is(2)
            .says("could not write /dev/full")
            .says("outside-area");
    }
    shell(here, &format!("{SCAN} --lang fr > /dev/full"))
        .is(2)
        .says("écriture impossible");
    // Nobody can be told, and it is said all the same by the status.
    shell(here, &format!("{SCAN} > /dev/full 2> /dev/full")).is(2);
    for command in [
        "rules",
        "explain secnumcloud",
        "catalog regions",
        "inspect .",
        "--help",
        "--version",
        "completions bash",
    ] {
        let full = shell(here, &format!("\"$G\" {command} > /dev/full"));
        full.is(2);
    }
}

#[test]
fn no_input_where_some_was_promised() {
    let folder = code();
    for from in ["<&-", "< /dev/null"] {
        shell(folder.path(), &format!("\"$G\" scan - {from}"))
            .is(2)
            .says("standard input is empty");
        shell(folder.path(), &format!("{SCAN} --files-from - {from}"))
            .is(2)
            .says("names no file");
    }
}

#[test]
fn a_report_that_may_not_be_written() {
    let folder = code();
    let lines = format!("{SCAN} --output json=no/such/folder.json");
    shell(folder.path(), &lines)
        .is(2)
        .says("no/such/folder.json")
        .says("outside-area");
    let lines = format!("{SCAN} --output json=k");
    shell(folder.path(), &lines).is(2).says("could not write k");
    if let Some(ended) = as_somebody(folder.path(), &format!("{SCAN} --output json=report.json")) {
        ended.is(2).says("could not write report.json");
        assert!(!folder.path().join("report.json").exists());
    }
}

#[test]
fn a_tree_that_may_only_be_read() {
    let folder = code();
    let expected = shell(folder.path(), SCAN);
    open(&folder.path().join("k"), 0o555);
    if let Some(ended) = as_somebody(folder.path(), SCAN) {
        assert_eq!(ended, expected);
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn without_home_and_without_room() {
    let folder = code();
    let expected = shell(folder.path(), SCAN);
    let mut places = vec![
        "HOME= TMPDIR=",
        "HOME=/no/such/home",
        "TMPDIR=/no/such/folder",
        "HOME=/dev/null TMPDIR=/dev/null",
    ];
    places.push("XDG_CACHE_HOME=/dev/full/x");
    for place in places {
        assert_eq!(
            shell(folder.path(), &format!("{place} {SCAN}")),
            expected,
            "{place}"
        );
        if let Some(ended) = as_somebody(folder.path(), &format!("{place} {SCAN}")) {
            assert_eq!(ended, expected, "{place}");
        }
    }
}

/// What asks for a folder of its own says that it has none.
#[test]
fn rendering_without_room_is_said() {
    let charts = root().join("fixtures/helm").display().to_string();
    let nowhere = folder(&[("helm", "#!/bin/sh\nexit 0\n")]);
    open(&nowhere.path().join("helm"), 0o755);
    let lines = format!(
        "GARDEFOU_HELM={}/helm TMPDIR=/no/such/folder \"$G\" scan {charts} --render",
        nowhere.path().display()
    );
    shell(nowhere.path(), &lines).is(2);
}

#[test]
fn what_may_not_be_read_is_said() {
    for (name, hidden) in [("secret.tf", "secret.tf"), ("secret/main.tf", "secret")] {
        let folder = folder(&[("main.tf", CODE), (name, CODE)]);
        open(&folder.path().join(hidden), 0o000);
        if let Some(ended) = as_somebody(folder.path(), SCAN) {
            ended
                .is(2)
                .says(hidden)
                .says("could not be read")
                .says("outside-area");
        }
        open(&folder.path().join(hidden), 0o755);
    }
    // To go on without the configuration would be to judge by other rules.
    let folder = folder(&[
        ("main.tf", CODE),
        (".github/gardefou.toml", "[fail]\non = \"low\"\n"),
    ]);
    open(&folder.path().join(".github"), 0o000);
    if let Some(ended) = as_somebody(folder.path(), "\"$G\" scan main.tf") {
        ended
            .is(2)
            .says("the configuration `.github/gardefou.toml` could not be read");
    }
    open(&folder.path().join(".github"), 0o755);
}

/// A configuration that is there and is none.
#[test]
fn a_configuration_that_is_no_file_is_said() {
    for make in [
        "mkfifo gardefou.toml",
        "ln -s /no/such/file gardefou.toml",
        "mkdir gardefou.toml",
        "ln -s /dev/zero gardefou.toml",
    ] {
        let folder = code();
        let ended = shell(
            folder.path(),
            &format!("{make}; \"$G\" scan . --as-of 2026-11-21"),
        );
        ended
            .is(2)
            .says("the configuration `gardefou.toml` could not be read");
    }
}

#[test]
fn few_processors_files_and_threads() {
    let folder = code();
    let expected = shell(folder.path(), SCAN);
    let mut bounds = vec!["ulimit -n 64;", "ulimit -n 20;", "ulimit -v 1048576;"];
    if Path::new("/usr/bin/taskset").exists() {
        bounds.push("taskset -c 0");
    }
    for bound in bounds {
        for threads in ["0", "1", "2", "16"] {
            let ended = shell(
                folder.path(),
                &format!("{bound} {SCAN} --threads {threads}"),
            );
            assert_eq!(ended, expected, "{bound} {threads}");
        }
    }
    let many = shell(folder.path(), &format!("{SCAN} --threads 100000"));
    assert_eq!(many, expected);
    let of_environment = shell(
        folder.path(),
        &format!("GARDEFOU_THREADS=3 RAYON_NUM_THREADS=x {SCAN}"),
    );
    assert_eq!(of_environment, expected);
}

/// Code is evaluated on a stack of its own; manifests are not.
#[test]
fn no_thread_to_be_had() {
    let both = code();
    if let Some(ended) = as_somebody(
        both.path(),
        &format!("ulimit -u 1 2> /dev/null || ulimit -p 1; exec {SCAN} --threads 8"),
    ) {
        ended.is(2).says("the system gives no thread");
    }
    let manifests = folder(&[("k.yaml", MANIFEST)]);
    let expected = shell(manifests.path(), SCAN);
    if let Some(ended) = as_somebody(
        manifests.path(),
        &format!("ulimit -u 1 2> /dev/null || ulimit -p 1; exec {SCAN} --threads 8"),
    ) {
        assert_eq!(ended, expected);
    }
}

#[test]
fn where_one_stands() {
    let folder = code();
    let expected = shell(folder.path(), SCAN);
    let deep =
        "i=0; while [ $i -lt 12 ]; do d=$(printf '%0200d' $i); mkdir $d; cd $d; i=$((i+1)); done";
    // Below what a path may have, and above.
    let copy = "cp -r \"$FROM\"/main.tf \"$FROM\"/k .";
    let from = folder.path().display();
    let away = tempfile::tempdir().expect("a folder");
    let ended = shell(away.path(), &format!("FROM={from}; {deep}; {copy}; {SCAN}"));
    assert_eq!(ended, expected);
    let away = tempfile::tempdir().expect("a folder");
    let lines = format!("FROM={from}; {deep}; {deep}; {copy}; {SCAN}");
    let ended = shell(away.path(), &lines);
    assert!(ended == expected || ended.code == 2, "{ended:?}");
    let gone = tempfile::tempdir().expect("a folder");
    let lines = format!("mkdir gone; cd gone; rmdir ../gone; {SCAN}");
    shell(gone.path(), &lines).is(2).says("does not exist");
    let lines =
        format!("mkdir gone; cd gone; rmdir ../gone; \"$G\" scan {from} --as-of 2026-11-21");
    shell(gone.path(), &lines).is(1).says("outside-area");
}

/// A program that is asked to render and never ends, and a scan that is ended from outside meanwhile.
#[test]
fn nothing_is_left_behind() {
    let charts = root().join("fixtures/helm").display().to_string();
    for signal in ["TERM", "HUP", "KILL"] {
        let folder = folder(&[]);
        let here = folder.path();
        let helm = here.join("helm");
        let noted = here.join("process");
        let script = format!(
            "#!/bin/sh\necho $$ > {0}.new; mv {0}.new {0} 2>/dev/null || /bin/mv {0}.new {0}; exec /bin/sleep 1000\n",
            noted.display()
        );
        fs::write(&helm, script).expect("written");
        open(&helm, 0o755);
        fs::create_dir(here.join("tmp")).expect("a folder");
        let lines = format!(
            "TMPDIR={0}/tmp GARDEFOU_HELM={0}/helm \"$G\" scan {charts} --render > out 2>&1 & \
             scan=$!; until [ -e process ]; do :; done; ls tmp; kill -{signal} $scan; wait $scan; echo status $?; \
             while [ -n \"$(ls tmp)\" ]; do :; done; helm=$(cat process); \
             while [ -n \"$(tr -d '\\0' 2> /dev/null < /proc/$helm/cmdline)\" ]; do :; done",
            here.display()
        );
        // A time limit, for what is waited for may never come.
        let mut command = Command::new("timeout");
        let command = command
            .args(["120", "/bin/sh", "-c", &lines])
            .env("G", cargo_bin("gardefou"));
        let ended = run(command, here);
        assert!(ended.stdout.contains("gardefou-"), "{signal}: {ended:?}");
        assert_eq!(ended.code, 0, "{signal}: {ended:?}");
        assert!(!ended.stdout.contains("status 0"), "{signal}: {ended:?}");
    }
}
