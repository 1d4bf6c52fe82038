//! Policies of users: which are named, cached and pinned, and the options they are given.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::config;
use crate::source::Sources;

/// A repository with a configuration, and what lies beside it.
struct Place {
    _folder: tempfile::TempDir,
    top: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().canonicalize().expect("a path");
        fs::create_dir_all(top.join("repo/policies/deep")).expect("folders");
        fs::write(top.join("outside.wasm"), named("acme/outside")).expect("a file");
        let this = Self {
            _folder: folder,
            top,
        };
        this.write("policies/b.wasm", &named("acme/b"));
        this.write("policies/a.wasm", &named("acme/a"));
        this.write("policies/deep/c.wasm", &named("acme/c"));
        this.write("policies/notes.txt", b"no policy");
        this
    }

    fn repo(&self) -> PathBuf {
        self.top.join("repo")
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        fs::write(self.repo().join(path), bytes).expect("a file");
    }

    /// The rules of the user, and what was said; of a configuration with these paths, and files named by hand.
    fn load(&self, paths: &str, by_hand: &[&str]) -> (Vec<String>, Vec<String>) {
        let (engine, problems, sources) = self.engine(paths, by_hand);
        let rules = engine.rules().iter().map(|rule| rule.id.clone()).collect();
        let said = problems.iter().map(|problem| {
            let place = problem.place.map(|place| sources.text(place));
            format!("{} [{}]", problem.message.en, place.unwrap_or_default())
        });
        (rules, said.collect())
    }

    fn engine(&self, paths: &str, by_hand: &[&str]) -> (Engine, Vec<Problem>, Sources) {
        self.write(
            "gardefou.toml",
            format!("[policies]\npaths = {paths}\n").as_bytes(),
        );
        let sources = Sources::new();
        let found = config::Found::named(&self.repo().join("gardefou.toml"));
        let (config, problems) = config::load(&found, &self.repo(), &sources);
        assert_eq!(problems, []);
        let by_hand: Vec<PathBuf> = by_hand.iter().map(|path| self.top.join(path)).collect();
        let naming = Naming {
            by_hand: &by_hand,
            config: &config,
            root: &self.repo(),
            locked: true,
        };
        let (engine, problems) = with_users(&Engine::empty(Limits::default()), &naming, &sources);
        (engine, problems, sources)
    }

    /// Pins these files.
    fn pin(&self, paths: &[&str]) -> Vec<lock::Pin> {
        let named: Vec<Named> = paths
            .iter()
            .map(|path| Named {
                path: self.repo().join(path),
                shown: (*path).to_owned(),
                place: None,
            })
            .collect();
        let pins = lock::pins(&named, &self.repo(), &Engine::empty(Limits::default()));
        let pins = pins.expect("policies that load");
        let file = lock::write(&self.repo(), &pins).expect("a lock");
        assert_eq!(file, self.repo().join("gardefou.lock"));
        pins
    }
}

fn link(to: &Path, at: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(to, at).expect("a link");
    #[cfg(not(unix))]
    let _ = (to, at);
}

#[test]
fn files_and_folders_are_named() {
    let place = Place::new();
    let both = ["acme/a", "acme/b"].map(str::to_owned).to_vec();
    assert_eq!(place.load(r#"["policies"]"#, &[]), (both.clone(), vec![]));
    // Sorted, not recursive, every file once.
    let again = place.load(
        r#"["policies/b.wasm", "policies/"]"#,
        &["repo/policies/a.wasm"],
    );
    assert_eq!(again, (both.clone(), vec![]));
    assert_eq!(place.load("[]", &["repo/policies"]), (both, vec![]));
    let deep = place.load("[]", &["repo/policies/deep", "outside.wasm"]);
    assert_eq!(deep.0, ["acme/c", "acme/outside"]);
}

#[test]
fn a_configuration_names_nothing_outside() {
    let place = Place::new();
    let outside = place.top.join("outside.wasm");
    let absolute = format!("{:?}", outside.display().to_string());
    for (paths, drawn) in [
        (r#"["../outside.wasm"]"#, r#""../outside.wasm""#),
        (
            r#"["policies/../../outside.wasm"]"#,
            r#""policies/../../outside.wasm""#,
        ),
        (&*format!("[{absolute}]"), &*absolute),
    ] {
        let (rules, said) = place.load(paths, &[]);
        assert_eq!(rules, Vec::<String>::new());
        let [said] = &said[..] else {
            panic!("one problem: {said:?}")
        };
        assert!(said.contains("lies outside this repository"), "{said}");
        assert!(said.ends_with(&format!("[{drawn}]")), "{said}");
    }
    let (_, said) = place.load(r#"["nowhere.wasm"]"#, &[]);
    assert!(
        said[0].starts_with("there is no policy `nowhere.wasm`"),
        "{said:?}"
    );
    fs::create_dir(place.repo().join("empty")).expect("a folder");
    let (_, said) = place.load(r#"["empty"]"#, &[]);
    assert!(
        said[0].starts_with("the folder holds no .wasm file"),
        "{said:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out() {
    let place = Place::new();
    link(
        &place.top.join("outside.wasm"),
        &place.repo().join("policies/link.wasm"),
    );
    for (paths, by_hand) in [
        (r#"["policies/link.wasm"]"#, &[][..]),
        (r#"["policies"]"#, &[]),
        ("[]", &["repo/policies"]),
    ] {
        let (rules, said) = place.load(paths, by_hand);
        assert_eq!(rules, Vec::<String>::new());
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("outside") || said[0].contains("out of the folder"),
            "{said:?}"
        );
    }
    // Whoever types a link means where it leads.
    let (rules, said) = place.load("[]", &["repo/policies/link.wasm"]);
    assert_eq!((rules, said), (vec!["acme/outside".to_owned()], vec![]));
}

#[test]
fn one_bad_file_leaves_the_others_alone() {
    let place = Place::new();
    place.write("policies/bad.wasm", b"no policy");
    place.write("policies/twin.wasm", &named("acme/a"));
    let (rules, said) = place.load(r#"["policies"]"#, &[]);
    assert_eq!(rules, ["acme/a", "acme/b"]);
    assert_eq!(said.len(), 2);
    assert!(
        said[0].contains("policies/bad.wasm is no WebAssembly component"),
        "{said:?}"
    );
    assert!(
        said[1].contains("policies/twin.wasm has rule acme/a, which policies/a.wasm has already"),
        "{said:?}"
    );
}

#[test]
fn a_lock_lets_in_what_was_reviewed_and_nothing_else() {
    let place = Place::new();
    let pins = place.pin(&["policies/b.wasm", "policies/a.wasm"]);
    assert_eq!(pins[0].rules, ["acme/a"]);
    let (rules, said) = place.load(r#"["policies"]"#, &[]);
    assert_eq!((rules.len(), said), (2, vec![]));

    place.write("policies/a.wasm", &named("acme/changed"));
    let (rules, said) = place.load(r#"["policies"]"#, &[]);
    assert_eq!(rules, ["acme/b"]);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].contains("policies/a.wasm is not the file that was pinned"),
        "{said:?}"
    );
    assert!(
        said[0].ends_with(&format!("[\"{}\"]", pins[0].sha256)),
        "{said:?}"
    );

    place.write("policies/a.wasm", &named("acme/a"));
    let (rules, said) = place.load(r#"["policies", "policies/deep/c.wasm"]"#, &["outside.wasm"]);
    assert_eq!(rules, ["acme/a", "acme/b"]);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("policies/deep/c.wasm is not pinned in gardefou.lock"),
        "{said:?}"
    );
    assert!(said[0].ends_with(r#"["policies/deep/c.wasm"]"#), "{said:?}");
    assert!(said[1].contains("outside.wasm is not pinned"), "{said:?}");

    let (rules, said) = place.load(r#"["policies/b.wasm"]"#, &[]);
    assert_eq!(rules, ["acme/b"]);
    assert_eq!(
        said,
        [
            r#"gardefou.lock pins policies/a.wasm, which is not there or not named ["policies/a.wasm"]"#
        ]
    );
}

#[test]
fn a_lock_is_the_same_text_for_the_same_policies() {
    let place = Place::new();
    let read = || fs::read_to_string(place.repo().join("gardefou.lock")).expect("a lock");
    place.pin(&["policies/b.wasm", "policies/a.wasm", "../outside.wasm"]);
    let first = read();
    place.pin(&["policies/a.wasm", "../outside.wasm", "policies/b.wasm"]);
    assert_eq!(read(), first);
    let paths: Vec<&str> = first
        .lines()
        .filter(|line| line.starts_with("path"))
        .collect();
    assert_eq!(
        paths,
        [
            "path = \"../outside.wasm\"",
            "path = \"policies/a.wasm\"",
            "path = \"policies/b.wasm\""
        ]
    );
    assert!(
        first.contains("contract = \"gardefou:policy@0.1.0\"\nrules = [\"acme/a\"]\n"),
        "{first}"
    );
    let (rules, said) = place.load(r#"["policies"]"#, &["outside.wasm"]);
    assert_eq!((rules.len(), said), (3, vec![]));
}

#[test]
fn a_lock_that_cannot_be_read_lets_nothing_in() {
    let place = Place::new();
    place.pin(&["policies/a.wasm"]);
    let good = fs::read_to_string(place.repo().join("gardefou.lock")).expect("a lock");
    for (text, expected) in [
        ("version = 2\n".to_owned(), "locks of version 1 [2]"),
        (
            "version = 1\n[[policy]\n".to_owned(),
            "the lock is not as it must be",
        ),
        (
            "version = 1\nother = 2\n".to_owned(),
            "unknown field `other`",
        ),
        (
            good.replace("sha256 = \"", "sha256 = \"X"),
            "64 hexadecimal digits",
        ),
        (
            format!("{good}\n{}", good.split_once("\n\n").expect("an entry").1),
            "is pinned twice",
        ),
    ] {
        place.write("gardefou.lock", text.as_bytes());
        let (rules, said) = place.load(r#"["policies"]"#, &[]);
        assert_eq!(rules, Vec::<String>::new(), "{text}");
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains(expected), "{said:?}");
    }
    place.write("gardefou.lock", &[0xff, 0xfe]);
    assert!(place.load(r#"["policies"]"#, &[]).1[0].contains("not UTF-8"));
}

/// An engine with a cache, and the compiler that it uses.
fn cached(folder: &Path) -> (Engine, Cache, wasmtime::Engine) {
    let engine = Engine::empty(Limits::default()).with_cache(Cache::at(folder.to_owned()));
    let compiler = wasmtime::Engine::new(&compile::config(wasmtime::Strategy::Winch));
    (
        engine,
        Cache::at(folder.to_owned()),
        compiler.expect("Winch"),
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut all: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    all.sort();
    all
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[test]
fn what_was_compiled_is_kept_and_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("policies");
    let (mut engine, cache, compiler) = cached(&folder);
    let (one, other) = (guest(PASS_ALL), named("acme/other"));
    engine.load_bytes(&one, "one.wasm").expect("a policy");
    let [file] = &files(&folder)[..] else {
        panic!("one file")
    };
    let name = file
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    assert!(name.starts_with(&cache::hex(&cache::hash(&one))), "{name}");
    assert!(cache.find(&compiler, &cache::hash(&one)).is_some());
    // Kept under the name of another: what is found there runs in its place, so it is really used.
    let component =
        wasmtime::component::Component::from_binary(&compiler, &other).expect("a component");
    cache.keep(&compiler, &cache::hash(&one), &component);
    let (mut engine, ..) = cached(&folder);
    engine.load_bytes(&one, "one.wasm").expect("a policy");
    assert_eq!(engine.rules()[0].id, "acme/other");
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[test]
fn a_damaged_file_is_compiled_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("policies");
    let bytes = guest(PASS_ALL);
    let hash = cache::hash(&bytes);
    let (mut engine, cache, compiler) = cached(&folder);
    engine.load_bytes(&bytes, "one.wasm").expect("a policy");
    let file = files(&folder).remove(0);
    let good = fs::read(&file).expect("a file");
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for damaged in [
        changed(0),
        changed(20),
        changed(good.len() / 2),
        changed(good.len() - 1),
        good[..good.len() - 7].to_vec(),
        good[..30].to_vec(),
        Vec::new(),
    ] {
        fs::write(&file, damaged).expect("a file");
        assert!(cache.find(&compiler, &hash).is_none());
        let (mut engine, ..) = cached(&folder);
        engine.load_bytes(&bytes, "one.wasm").expect("a policy");
        assert_eq!(engine.run(&subject()).problems, []);
        assert_eq!(
            fs::read(&file).expect("a file").len(),
            good.len(),
            "kept anew"
        );
    }
    // Under another name it says something else of itself.
    let other = named("acme/other");
    let elsewhere = file
        .to_string_lossy()
        .replace(&cache::hex(&hash), &cache::hex(&cache::hash(&other)));
    fs::copy(&file, elsewhere).expect("a copy");
    assert!(cache.find(&compiler, &cache::hash(&other)).is_none());
}

#[cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn a_file_that_others_can_write_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("policies");
    let bytes = guest(PASS_ALL);
    let (mut engine, cache, compiler) = cached(&folder);
    engine.load_bytes(&bytes, "one.wasm").expect("a policy");
    let file = files(&folder).remove(0);
    assert_eq!(
        fs::metadata(&file).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o620)).expect("its mode");
    assert!(cache.find(&compiler, &cache::hash(&bytes)).is_none());
}

#[test]
fn the_cache_forgets_the_oldest() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("policies");
    let (mut engine, ..) = cached(&folder);
    engine
        .load_bytes(&guest(PASS_ALL), "one.wasm")
        .expect("a policy");
    for at in 0..100 {
        fs::write(folder.join(format!("old-{at}")), "").expect("a file");
    }
    engine
        .load_bytes(&named("acme/new"), "new.wasm")
        .expect("a policy");
    assert_eq!(files(&folder).len(), 64);
}

/// The message of the only verdict, with this configuration; and what is wrong with it.
fn told(kind: u32, text: &str) -> (String, Vec<(String, String)>) {
    let sources = Sources::new();
    let (config, problems) = config::parse(sources.add("gardefou.toml", text), text);
    assert_eq!(problems, []);
    let mut engine = Engine::empty(Limits::default());
    engine
        .load_bytes(&says_option(kind), "bad.wasm")
        .expect("a policy");
    let rules = |id: &str| engine.rule(id).map(|rule| &**rule);
    let wrong = options::check(&config, rules);
    let wrong = wrong.iter().map(|problem| {
        let help = problem.help.as_ref().map_or("", |help| &help.en);
        let place = sources.text(problem.place.expect("a place"));
        (place, format!("{}: {help}", problem.message.en))
    });
    let wrong = wrong.collect();
    let evaluation = engine.run(&subject_with(config));
    assert_eq!(evaluation.problems, []);
    (
        evaluation.judgements[0].verdicts[0].message.en.to_string(),
        wrong,
    )
}

#[test]
fn a_policy_is_told_what_the_configuration_chooses() {
    let option = |value: &str| format!("[rules.\"test/rule\".options]\nrule = {value}\n");
    let (text, integer, boolean, list) = (0, 1, 2, 3);
    for (kind, value, expected) in [
        (text, "\"acme-\"", "acme-"),
        (integer, "90", "90"),
        (integer, "-1_000", "-1000"),
        (boolean, "true", "true"),
        (list, "[\"first\", \"second\"]", "first"),
    ] {
        let told = told(kind, &option(value));
        assert_eq!(told, (expected.to_owned(), vec![]), "{value}");
    }
    assert_eq!(told(text, "").0, "Words");
    assert_eq!(told(text, "[rules]\n\"test/rule\" = \"low\"\n").0, "Words");
    let inline = "[rules]\n\"test/rule\" = { severity = \"low\", options = { rule = \"x\" } }\n";
    assert_eq!(told(text, inline).0, "x");
}

#[test]
fn options_that_do_not_fit_are_drawn_and_do_not_count() {
    let option =
        |name: &str, value: &str| format!("[rules.\"test/rule\".options]\n{name} = {value}\n");
    let long = format!("\"{}\"", "x".repeat(9000));
    for (text, place, message) in [
        (
            option("rul", "\"x\""),
            "rul",
            "test/rule has no option \"rul\": did you mean \"rule\"?",
        ),
        (
            option("prefix", "\"x\""),
            "prefix",
            "test/rule has no option \"prefix\": its options are rule",
        ),
        (
            option("rule", "90"),
            "90",
            "\"rule\" of test/rule takes a text: rule: Words",
        ),
        (
            option("rule", "[\"x\"]"),
            "[\"x\"]",
            "\"rule\" of test/rule takes a text: rule: Words",
        ),
        (
            option("rule", &long),
            &*long,
            "\"rule\" of test/rule is too long: 8192 bytes and 1000 elements at most: ",
        ),
    ] {
        let told = told(0, &text);
        assert_eq!(told.1, [(place.to_owned(), message.to_owned())]);
        assert_eq!(told.0, "Words");
    }
}
