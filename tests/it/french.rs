//! French: whatever people read, in their language.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{AS_OF, Run, all_fixtures, gardefou, gardefou_in, root};

/// English words that no French sentence holds, each by itself. Those that French has too (`policy` is none, `service` is)
/// are left out.
const TELLING: &[&str] = &[
    "the",
    "is",
    "are",
    "was",
    "were",
    "not",
    "of",
    "and",
    "with",
    "without",
    "which",
    "that",
    "this",
    "these",
    "has",
    "have",
    "it",
    "its",
    "from",
    "for",
    "by",
    "be",
    "cannot",
    "could",
    "should",
    "would",
    "must",
    "does",
    "when",
    "where",
    "who",
    "nothing",
    "none",
    "every",
    "other",
    "others",
    "than",
    "into",
    "outside",
    "inside",
    "found",
    "missing",
    "unknown",
    "undetermined",
    "violations",
    "finding",
    "findings",
    "waived",
    "rule",
    "rules",
    "severity",
    "critical",
    "high",
    "medium",
    "low",
    "level",
    "levels",
    "evidence",
    "help",
    "error",
    "errors",
    "warning",
    "warnings",
    "file",
    "files",
    "folder",
    "resource",
    "resources",
    "known",
    "kind",
    "kinds",
    "only",
    "set",
    "needs",
    "write",
    "remove",
    "add",
];

/// What stands in French output and is no sentence: code in backquotes, texts that were read, paths, ids, excerpts.
fn sentences(output: &str) -> String {
    let mut out = String::new();
    for line in output.lines() {
        // Excerpts of the input have a rule on their left, and the marks below them; places a box.
        let is_excerpt = line
            .trim_start()
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start()
            .starts_with(['│', '╭', '╰', '·', '├'])
            && !line.contains("╰──");
        if !is_excerpt {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Without what stands between two marks.
fn without(text: &str, open: char, close: char) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            c if c == close && inside => inside = false,
            c if c == open && !inside => inside = true,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// The lines with a telling word in them. A word is one between spaces, with the marks of a sentence around it: names are
/// longer and hold other signs.
fn english(output: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in sentences(output).lines() {
        let prose = without(&without(line, '`', '`'), '«', '»');
        let words = prose.split_whitespace().map(|word| {
            word.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')' | '?' | '!'))
        });
        let told: Vec<&str> = words.filter(|word| TELLING.contains(word)).collect();
        // One alone may be part of a name.
        if told.len() > 1 && !is_quoted(line) {
            found.push(format!("{told:?} in {line}"));
        }
    }
    found
}

fn scan(path: &str) -> Run {
    gardefou(&["scan", path, "--as-of", AS_OF, "--lang", "fr", "--verbose"])
}

#[test]
fn english_is_told_from_french() {
    assert_eq!(
        english("the file is not there"),
        [r#"["the", "file", "is", "not"] in the file is not there"#]
    );
    assert!(english("le fichier `the file is not there` n’existe pas").is_empty());
    assert!(english("l’outil dit « the file is not there »").is_empty());
    assert!(english("  12 │ # the file is not there").is_empty());
}

/// What may stand there in English: words of files, and texts that others wrote.
const QUOTED: &[&str] = &[
    // Notes of the catalogue, said to be in English.
    "(en anglais)",
    // Words that the configuration takes.
    "à choisir parmi info, low, medium, high, critical",
    // The parser of YAML has its own words.
    "ce document YAML n’a pas pu être lu : ",
    // A cell of the table of resource types: words that catalogue files take.
    "helm_release ",
    // Sources that the catalogue cites, and what it quotes of them.
    "general industry knowledge, not looked up in this pass",
    "are possible, which Conditional Access MFA cannot cover",
    "par défaut : not encrypted by the driver",
    "par défaut : decided by the volume type",
];

fn is_quoted(line: &str) -> bool {
    QUOTED.iter().any(|quoted| line.contains(quoted))
}

#[test]
fn scans_hold_no_english() {
    let mut found = BTreeSet::new();
    for path in all_fixtures() {
        let run = scan(&path);
        for line in english(&run.stdout).into_iter().chain(english(&run.stderr)) {
            found.insert(format!("{path}: {line}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_was_understood_holds_no_english() {
    let mut found = BTreeSet::new();
    for path in all_fixtures() {
        let run = gardefou(&["inspect", &path, "--as-of", AS_OF, "--lang", "fr"]);
        for line in english(&run.stdout).into_iter().chain(english(&run.stderr)) {
            found.insert(format!("{path}: {line}"));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn lists_and_explanations_hold_no_english() {
    let mut found = BTreeSet::new();
    let mut asked: Vec<Vec<String>> = [
        "rules",
        "catalog regions",
        "catalog offerings",
        "catalog resources",
    ]
    .iter()
    .map(|command| command.split(' ').map(str::to_owned).collect())
    .collect();
    let rules = gardefou(&["rules", "--format", "json"]);
    let rules: serde_json::Value = serde_json::from_str(&rules.stdout).expect("JSON");
    for rule in rules.as_array().expect("a list") {
        let id = rule["id"].as_str().expect("an id");
        asked.push(vec!["explain".to_owned(), id.to_owned()]);
    }
    for command in asked {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.extend(["--lang", "fr"]);
        let run = gardefou(&arguments);
        assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
        let lines = english(&run.stdout).into_iter();
        found.extend(lines.map(|line| format!("{command:?}: {line}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn broken_input_is_explained_in_french() {
    let folder = root().join("fixtures/broken");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().display().to_string())
        .collect();
    names.sort();
    for name in names {
        let run = gardefou(&[
            "scan",
            &format!("fixtures/broken/{name}"),
            "--as-of",
            AS_OF,
            "--lang",
            "fr",
        ]);
        insta::assert_snapshot!(name, format!("{}{}", run.stdout, run.stderr));
    }
}

#[test]
fn machines_read_the_same_keys_and_words_in_both_languages() {
    fn keys(value: &serde_json::Value, path: &str, into: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(all) => {
                for (key, value) in all {
                    let path = format!("{path}.{key}");
                    // Words of a closed set are the same; sentences are not.
                    if let (Some(word), true) = (
                        value.as_str(),
                        [
                            "severity", "outcome", "code", "level", "state", "kind", "standing",
                        ]
                        .contains(&key.as_str()),
                    ) {
                        into.insert(format!("{path}={word}"));
                    }
                    into.insert(path.clone());
                    keys(value, &path, into);
                }
            }
            serde_json::Value::Array(all) => {
                for value in all {
                    keys(value, path, into);
                }
            }
            _ => {}
        }
    }
    for path in [
        "fixtures/mixed-aws",
        "fixtures/broken/missing-module",
        "fixtures/broken/yaml-document",
    ] {
        let of = |lang: &str| {
            let run = gardefou(&[
                "scan", path, "--as-of", AS_OF, "--format", "json", "--lang", lang,
            ]);
            let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
            let mut found = BTreeSet::new();
            keys(&document, "", &mut found);
            (run.code, found)
        };
        assert_eq!(of("en"), of("fr"), "{path}");
    }
}

#[test]
fn the_language_comes_from_the_option_then_the_variable_then_the_locale() {
    let nothing = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut all = vec!["scan", "fixtures/broken/empty"];
        all.extend(arguments);
        gardefou_in(&root(), &all, environment).stderr
    };
    let is_french = |text: &str| text.starts_with("rien à analyser");
    assert!(!is_french(&nothing(&[], &[])));
    assert!(is_french(&nothing(&["--lang", "fr"], &[])));
    assert!(is_french(&nothing(&[], &[("GARDEFOU_LANG", "fr")])));
    assert!(is_french(&nothing(&[], &[("LANG", "fr_FR.UTF-8")])));
    assert!(!is_french(&nothing(
        &["--lang", "en"],
        &[("LANG", "fr_FR.UTF-8")]
    )));
    assert!(!is_french(&nothing(
        &[],
        &[("GARDEFOU_LANG", "en"), ("LC_ALL", "fr_FR")]
    )));
    assert!(!is_french(&nothing(
        &[],
        &[("LC_ALL", "C"), ("LANG", "fr_FR.UTF-8")]
    )));
}

#[test]
fn faults_of_the_command_line_are_said_in_french() {
    for (arguments, expected) in [
        (
            vec!["scan", ".", "--as-of", "tomorrow"],
            "erreur : --as-of tomorrow : écrivez un jour tel que 2026-11-30",
        ),
        (
            vec!["scan", ".", "--config", "no.toml"],
            "erreur : --config no.toml : ce fichier n’existe pas",
        ),
        (
            vec!["explain", "residency/outside-are"],
            "erreur : rien ne s’appelle `residency/outside-are`\nremède : vouliez-vous dire `residency/outside-area` ?",
        ),
        (
            vec!["inspect", "--attribute", "x", "fixtures/mixed-aws"],
            "erreur : --attribute x : de quelle ressource ? écrivez aussi --resource ADRESSE",
        ),
        (
            vec!["policy", "inspect", "nowhere.wasm"],
            "erreur : nowhere.wasm : ce fichier ou ce dossier n’existe pas",
        ),
    ] {
        let mut all = arguments.clone();
        all.extend(["--lang", "fr"]);
        let run = gardefou_in(Path::new(&root()), &all, &[]);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert_eq!(run.stderr.trim_end(), expected, "{arguments:?}");
    }
}
