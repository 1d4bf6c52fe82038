//! `gardefou policy lock`: written, heeded by a scan, checked in a pipeline, written again.

use std::fs;

use crate::guest::named;
use crate::policies::Estate;
use crate::support::{Run, gardefou_in};

fn lock(estate: &Estate, more: &[&str]) -> Run {
    let mut arguments = vec!["policy", "lock"];
    arguments.extend(more);
    gardefou_in(&estate.path, &arguments, &[])
}

fn text(estate: &Estate) -> String {
    fs::read_to_string(estate.path.join("gardefou.lock")).expect("a lock")
}

/// An estate whose configuration names a folder of policies with one in it.
fn estate() -> Estate {
    let estate = Estate::new();
    estate.write("gardefou.toml", "[policies]\npaths = [\"policies\"]\n");
    estate.write("policies/acme.wasm", named("acme/naming"));
    estate
}

/// All of these are in what was printed.
fn holds(run: &Run, code: i32, parts: &[&str]) {
    let said = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, code, "{said}");
    for part in parts {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_lock_is_written_heeded_and_written_again() {
    let estate = estate();
    holds(
        &lock(&estate, &["--check"]),
        1,
        &["new      policies/acme.wasm", "the lock differs"],
    );
    assert!(!estate.path.join("gardefou.lock").exists());
    holds(
        &lock(&estate, &[]),
        0,
        &[
            "gardefou.lock\n  new      policies/acme.wasm\n",
            "+ acme/naming",
            "1 policy pinned; commit the lock",
        ],
    );
    let first = text(&estate);
    assert!(first.contains("path = \"policies/acme.wasm\"") && first.contains("acme/naming"));
    assert_ne!(estate.scan(&[], &[]).code, 2);
    holds(&lock(&estate, &[]), 0, &["same     policies/acme.wasm"]);
    holds(&lock(&estate, &["--check"]), 0, &["the lock is up to date"]);
    assert_eq!(text(&estate), first);

    estate.write("policies/acme.wasm", named("acme/other"));
    holds(
        &estate.scan(&[], &[]),
        2,
        &["is not the file that was pinned", "gardefou policy lock"],
    );
    holds(
        &lock(&estate, &["--check"]),
        1,
        &["changed  policies/acme.wasm", "the lock differs"],
    );
    assert_eq!(text(&estate), first);
    holds(
        &lock(&estate, &[]),
        0,
        &[
            "changed  policies/acme.wasm",
            "- sha256 ",
            "+ sha256 ",
            "- acme/naming",
            "+ acme/other",
        ],
    );
    assert_ne!(text(&estate), first);
    assert_ne!(estate.scan(&[], &[]).code, 2);
}

#[test]
fn policies_given_by_hand_are_pinned_and_dropped_again() {
    let estate = estate();
    estate.write("other.wasm", named("other/rule"));
    holds(
        &lock(&estate, &["--policy", "other.wasm"]),
        0,
        &[
            "new      other.wasm",
            "new      policies/acme.wasm",
            "2 policies pinned",
        ],
    );
    assert_ne!(estate.scan(&["--policy", "other.wasm"], &[]).code, 2);
    holds(
        &estate.scan(&[], &[]),
        2,
        &["pins other.wasm, which is not there or not named"],
    );
    holds(
        &lock(&estate, &[]),
        0,
        &["dropped  other.wasm", "1 policy pinned"],
    );
    assert_ne!(estate.scan(&[], &[]).code, 2);
    // The last ones, too: then nothing of others runs.
    fs::remove_file(estate.path.join("gardefou.toml")).expect("removed");
    holds(&lock(&estate, &[]), 0, &["nothing is pinned"]);
    holds(
        &estate.scan(&["--policy", "other.wasm"], &[]),
        2,
        &["other.wasm is not pinned"],
    );
}

#[test]
fn the_folder_of_the_configuration_is_that_of_the_lock() {
    let estate = estate();
    fs::create_dir_all(estate.path.join("ci/infra")).expect("folders");
    fs::create_dir_all(estate.path.join(".git")).expect("a folder");
    let run = gardefou_in(&estate.path.join("ci"), &["policy", "lock", "infra"], &[]);
    holds(&run, 0, &["policies/acme.wasm"]);
    assert!(!estate.path.join("ci/gardefou.lock").exists());
    estate.write("ci/other.toml", "[policies]\npaths = [\"../policies\"]\n");
    let arguments = ["policy", "lock", "..", "--config", "other.toml"];
    let run = gardefou_in(&estate.path.join("ci"), &arguments, &[]);
    holds(&run, 0, &["gardefou.lock", "../policies/acme.wasm"]);
    assert!(estate.path.join("ci/gardefou.lock").exists());
}

#[test]
fn what_cannot_be_pinned_changes_no_lock() {
    let empty = Estate::new();
    holds(
        &lock(&empty, &[]),
        2,
        &["no policy is named", "help: ", "[policies]"],
    );
    holds(
        &lock(&empty, &["--policy", "gone.wasm"]),
        2,
        &["--policy gone.wasm"],
    );
    holds(
        &lock(&empty, &["--config", "gone.toml"]),
        2,
        &["there is no such file"],
    );
    holds(
        &lock(&empty, &["gone"]),
        2,
        &["gone: there is no such file or folder"],
    );
    assert!(!empty.path.join("gardefou.lock").exists());

    let estate = estate();
    assert_eq!(lock(&estate, &[]).code, 0);
    let first = text(&estate);
    estate.write("policies/broken.wasm", "no policy");
    holds(
        &lock(&estate, &[]),
        2,
        &["policies/broken.wasm", "is no WebAssembly component"],
    );
    assert_eq!(text(&estate), first);
    fs::remove_file(estate.path.join("policies/broken.wasm")).expect("removed");

    // A lock that nobody can read is an error to those who heed it, and is written anew when asked.
    estate.write("gardefou.lock", "version = 7\n");
    holds(&estate.scan(&[], &[]), 2, &["reads locks of version 1"]);
    holds(
        &lock(&estate, &["--check"]),
        2,
        &["reads locks of version 1", "writes it anew"],
    );
    holds(&lock(&estate, &[]), 0, &["1 policy pinned"]);
    assert_eq!(text(&estate), first);
    estate.write("gardefou.toml", "[policies]\npath = [\"policies\"]\n");
    holds(&lock(&estate, &[]), 2, &["did you mean"]);
    assert_eq!(text(&estate), first);
}
