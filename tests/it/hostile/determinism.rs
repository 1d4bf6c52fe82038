//! Every format has the same bytes whatever surrounds the run: threads, order and dates of the files, where the folder lies,
//! language and zone of the machine, terminal, home, path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use assert_cmd::cargo::cargo_bin_cmd;

use crate::report_formats::FORMATS;
use crate::support::{AS_OF, all_fixtures, root};

/// Numbers that look like chance and are the same in every run of the test (a linear congruence).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.roll(at + 1));
        }
    }
}

/// Files below a folder, as paths relative to it; links count as what they are.
fn files(top: &Path) -> Vec<PathBuf> {
    let (mut open, mut files) = (vec![top.to_owned()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else {
                files.push(path.strip_prefix(top).expect("below").to_owned());
            }
        }
    }
    files.sort();
    files
}

/// The same files, made in another order, at other times, under another roof.
fn copy(from: &Path, dice: &mut Dice) -> tempfile::TempDir {
    let prefix = dice.pick(&["a", "Zz", "é", "with space"]);
    let roof = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir()
        .expect("a folder");
    let mut all = files(from);
    dice.shuffle(&mut all);
    for path in all {
        let to = roof.path().join(&path);
        fs::create_dir_all(to.parent().expect("a folder above")).expect("a folder");
        let of = from.join(&path);
        #[cfg(unix)]
        if of.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&of).expect("a link"), &to).expect("a link");
            continue;
        }
        fs::copy(&of, &to).expect("copied");
        let days = u64::try_from(dice.roll(10_000)).expect("a number");
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        let file = fs::OpenOptions::new()
            .append(true)
            .open(&to)
            .expect("a file");
        file.set_modified(time).expect("its time");
    }
    roof
}

/// What the run prints and what it writes in every format, and its status, in these surroundings.
fn outputs(folder: &Path, threads: &str, around: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    let to = tempfile::tempdir().expect("a folder");
    let mut command = cargo_bin_cmd!("gardefou");
    command
        .current_dir(folder)
        .env_clear()
        .envs(around.iter().copied());
    command.args([
        "scan",
        ".",
        "--as-of",
        AS_OF,
        "--lang",
        "en",
        "--threads",
        threads,
    ]);
    for format in FORMATS {
        let file = to.path().join(format);
        command
            .arg("--output")
            .arg(format!("{format}={}", file.display()));
    }
    let run = command.output().expect("the program starts");
    let mut all: BTreeMap<String, Vec<u8>> = FORMATS
        .iter()
        .map(|format| {
            (
                (*format).to_owned(),
                fs::read(to.path().join(format)).unwrap_or_default(),
            )
        })
        .collect();
    all.insert(
        "status".to_owned(),
        format!("{:?}", run.status.code()).into_bytes(),
    );
    all.insert("standard output".to_owned(), run.stdout);
    all.insert("standard error".to_owned(), run.stderr);
    all
}

fn hold(fixture: &str, runs: usize) {
    let from = root().join(fixture);
    let mut dice = Dice(fixture.bytes().map(u64::from).sum());
    let first = copy(&from, &mut dice);
    let expected = outputs(first.path(), "1", &[]);
    let copies: Vec<_> = (0..4).map(|_| copy(&from, &mut dice)).collect();
    let nowhere = first.path().join("no-such-folder").display().to_string();
    for run in 0..runs {
        let copy = copies[dice.roll(copies.len())].path();
        let threads = (run % 17).to_string();
        let around = [
            (
                "LANG",
                dice.pick(&["C", "fr_FR.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP", "nonsense"]),
            ),
            ("LC_ALL", dice.pick(&["", "C", "de_DE@euro", "fr_FR"])),
            (
                "TZ",
                dice.pick(&["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "nonsense"]),
            ),
            ("COLUMNS", dice.pick(&["1", "80", "1000"])),
            (
                "TERM",
                dice.pick(&["dumb", "xterm-256color", "xterm-kitty"]),
            ),
            ("NO_COLOR", dice.pick(&["", "1"])),
            ("HOME", dice.pick(&["/", "/root", &nowhere])),
            ("PATH", dice.pick(&["", "/bin:/usr/bin", &nowhere])),
            ("TMPDIR", dice.pick(&["/tmp", &nowhere])),
            ("USER", dice.pick(&["root", "nobody"])),
            ("RAYON_NUM_THREADS", dice.pick(&["1", "3", "16"])),
        ];
        let found = outputs(copy, &threads, &around);
        for (what, bytes) in &expected {
            let other = found.get(what).map(Vec::as_slice).unwrap_or_default();
            if bytes != other {
                let (one, two) = (
                    String::from_utf8_lossy(bytes),
                    String::from_utf8_lossy(other),
                );
                let line = one.lines().zip(two.lines()).find(|(one, two)| one != two);
                panic!(
                    "{fixture}, run {run}: {what} differs with {threads} threads in {around:?}: {line:?}"
                );
            }
        }
    }
}

#[test]
fn fifty_runs_have_the_same_bytes() {
    for (fixture, runs) in [
        ("fixtures/mixed-aws", 50),
        ("fixtures/hospital-platform/faulty", 15),
        ("fixtures/recorded-states", 15),
        ("fixtures/clinic-plan-and-code", 15),
        ("fixtures/broken/missing-module", 15),
    ] {
        hold(fixture, runs);
    }
}

#[test]
#[ignore = "takes minutes; run by hand and before a release"]
fn fifty_runs_of_every_fixture_have_the_same_bytes() {
    for fixture in all_fixtures() {
        hold(&fixture, 50);
    }
}
