//! How the action gets its program: released archives held against digests or attestations, else a build from source.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::GOOD;
use super::runner::{Job, TOKEN, executable};

const ARCHIVE: &str = "gardefou-v0.1.0-x86_64-unknown-linux-gnu.tar.gz";

/// The program under test, as a program of one line.
fn wrapper() -> String {
    format!("exec {} \"$@\"", env!("CARGO_BIN_EXE_gardefou"))
}

/// Puts an archive on the release page; gives its digest.
fn release(job: &Job, archive: &str, script: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let name = archive.trim_end_matches(".tar.gz");
    fs::create_dir(folder.path().join(name)).expect("a folder");
    executable(&folder.path().join(name).join("gardefou"), script);
    let file = job.stubs().join("releases").join(archive);
    let status = Command::new("tar")
        .arg("-czf")
        .arg(&file)
        .arg("-C")
        .arg(folder.path())
        .arg(name)
        .status()
        .expect("tar starts");
    assert!(status.success());
    digest(&file)
}

fn digest(file: &Path) -> String {
    use std::fmt::Write as _;
    let sum = Sha256::digest(fs::read(file).expect("a file"));
    sum.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A job on a system of which the archive is: with the C library that the action asks for.
fn job() -> Job {
    let job = Job::installing().input("paths", GOOD);
    let bin = job.stubs().join("../bin/ldd");
    let _ = fs::remove_file(&bin);
    executable(&bin, "echo 'ldd (GNU libc) 2.36'");
    job
}

#[test]
fn a_recorded_release_is_downloaded_once_and_checked_each_time() {
    let job = job();
    let sum = release(&job, ARCHIVE, &wrapper());
    job.record(&format!("# of a release\n{sum}  {ARCHIVE}\n"));
    let done = job.run();
    assert!(done.passed, "{}", done.log);
    let calls = job.calls();
    assert!(
        calls.contains(&format!("/releases/download/v0.1.0/{ARCHIVE}")),
        "{calls}"
    );
    assert!(calls.contains("--proto =https"), "{calls}");
    assert!(
        !calls.contains("gh ") && !calls.contains("cargo "),
        "{calls}"
    );

    fs::remove_file(job.stubs().join("calls")).expect("removed");
    assert!(job.run().passed);
    assert!(!job.calls().contains("download"), "{}", job.calls());

    // Whoever wrote into the cache since then is not trusted.
    fs::write(job.tools().join("gardefou").join(ARCHIVE), "evil").expect("written");
    assert!(job.run().passed);
    assert!(job.calls().contains("download"), "{}", job.calls());
    assert_eq!(digest(&job.tools().join("gardefou").join(ARCHIVE)), sum);
}

#[test]
fn a_wrong_archive_is_never_run() {
    let job = job();
    let ran = job.stubs().join("ran");
    release(&job, ARCHIVE, &format!("touch {}", ran.display()));
    job.record(&format!("{}  {ARCHIVE}\n", "0".repeat(64)));
    let done = job.run();
    assert!(!done.passed);
    assert!(
        done.log.contains("is not the archive that was released"),
        "{}",
        done.log
    );
    assert!(!ran.exists());
    assert!(!job.tools().join("gardefou").join(ARCHIVE).exists());
    assert_eq!(done.output("exit-code"), "", "nothing was scanned");
    // A release that is recorded and not there is an error, and no reason to build something else.
    fs::remove_file(job.stubs().join("releases").join(ARCHIVE)).expect("removed");
    let done = job.run();
    assert!(
        !done.passed && done.log.contains("could not download"),
        "{}",
        done.log
    );
    assert!(!job.calls().contains("cargo"), "{}", job.calls());
}

#[test]
fn the_archive_is_that_of_the_platform_and_the_version() {
    for (os, arch, target) in [
        ("Linux", "ARM64", "aarch64-unknown-linux-gnu"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
        ("macOS", "X64", "x86_64-apple-darwin"),
    ] {
        let name = format!("gardefou-v0.2.0-{target}.tar.gz");
        let job = job()
            .variable("RUNNER_OS", os)
            .variable("RUNNER_ARCH", arch)
            .input("version", "v0.2.0");
        let sum = release(&job, &name, &wrapper());
        job.record(&format!("{}  {ARCHIVE}\n{sum}  {name}\n", "0".repeat(64)));
        let done = job.run();
        assert!(done.passed, "{os} {arch}: {}", done.log);
    }
    // The other C library: the archive for Linux needs none.
    let job = job();
    executable(
        &job.stubs().join("../bin/ldd"),
        "echo 'musl libc (x86_64)' >&2\nexit 1",
    );
    let sum = release(&job, ARCHIVE, &wrapper());
    job.record(&format!("{sum}  {ARCHIVE}\n"));
    let done = job.run();
    assert!(done.passed, "{}", done.log);
}

#[test]
fn without_a_release_the_source_of_the_action_is_built() {
    for (recorded, version) in [(false, ""), (true, "source")] {
        let job = job()
            .input("version", version)
            .variable("CARGO_TARGET_DIR", "/workspace/target");
        executable(&job.stubs().join("program"), &wrapper());
        if recorded {
            job.record(&format!("{}  {ARCHIVE}\n", "0".repeat(64)));
        }
        let done = job.run();
        assert!(done.passed, "{}", done.log);
        let calls = job.calls();
        let folder = job.stubs().join("..").canonicalize().expect("a folder");
        // Not where the scanned code is: it may hold settings for cargo.
        let whole = format!(" in {}\n", folder.display());
        assert!(
            calls.contains("cargo install --locked --path . --root "),
            "{calls}"
        );
        assert!(calls.contains(&whole), "{calls}");
        let seen = fs::read_to_string(job.stubs().join("environment")).expect("it ran");
        assert!(!seen.contains(TOKEN), "builds run code of others");
        let target = seen
            .lines()
            .find_map(|line| line.strip_prefix("CARGO_TARGET_DIR="))
            .expect("a folder");
        assert!(target.starts_with(text(&folder.join("temp"))), "{target}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn without_anything_it_says_so() {
    let done = job().without("cargo").run();
    assert!(
        !done.passed && done.log.contains("without cargo"),
        "{}",
        done.log
    );
    let done = job().run();
    assert!(
        !done.passed && done.log.contains("could not be built"),
        "{}",
        done.log
    );
    // No archive is made for this platform.
    let done = job()
        .without("cargo")
        .variable("RUNNER_ARCH", "S390X")
        .run();
    assert!(
        !done.passed && done.log.contains("without cargo"),
        "{}",
        done.log
    );
}

#[test]
fn another_release_needs_its_attestation() {
    let script = wrapper();
    let asked = |attested: bool, token: &str| {
        let job = job().input("version", "0.1.0").input("token", token);
        release(&job, ARCHIVE, &script);
        if attested {
            fs::write(job.stubs().join("attested"), "").expect("written");
        }
        let done = job.run();
        (done, job.calls())
    };
    let (done, calls) = asked(true, TOKEN);
    assert!(done.passed, "{}", done.log);
    assert!(calls.contains("gh attestation verify"), "{calls}");
    // One workflow at one tag: any other of the repository could be that of a branch.
    let proof = "--repo gardefou/gardefou --signer-workflow gardefou/gardefou/.github/workflows/release.yml \
                 --source-ref refs/tags/v0.1.0 --deny-self-hosted-runners";
    assert!(calls.contains(proof), "{calls}");
    let (done, _) = asked(false, TOKEN);
    assert!(
        !done.passed && done.log.contains("no valid attestation"),
        "{}",
        done.log
    );
    let (done, calls) = asked(true, "");
    assert!(
        !done.passed && done.log.contains("gh and a token are needed"),
        "{}",
        done.log
    );
    assert!(!calls.contains("download"), "{calls}");
    let other = job()
        .input("version", "0.1.0")
        .variable("GITHUB_SERVER_URL", "https://github.clinic.example");
    let done = other.run();
    assert!(
        !done.passed && done.log.contains("from this server"),
        "{}",
        done.log
    );
    assert_eq!(other.calls(), "", "its token goes nowhere else");
    let done = job().without("gh").input("version", "0.1.0").run();
    assert!(
        !done.passed && done.log.contains("gh and a token are needed"),
        "{}",
        done.log
    );
}

#[test]
fn a_version_is_a_version() {
    for wrong in [
        "latest",
        "1.2",
        "0.1.0/../../x",
        "$(id)",
        "-x",
        "0.1.0\n::error::x",
    ] {
        let job = job().input("version", wrong);
        let done = job.run();
        assert!(!done.passed, "{wrong}");
        assert!(done.log.contains("input version"), "{wrong}: {}", done.log);
        assert_eq!(job.calls(), "", "{wrong}");
        assert_eq!(done.commands().len(), 1, "{wrong}: {}", done.log);
    }
}
