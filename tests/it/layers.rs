//! The modules of `src/` are layers: one may use those above it, never those below.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// Top to bottom.
const LAYERS: [&str; 20] = [
    "source",
    "text",
    "problem",
    "value",
    "syntax",
    "config",
    "catalog",
    "discover",
    // Starts programs of the machine: those that render charts, and git.
    "program",
    "terraform",
    "kubernetes",
    "graph",
    "facts",
    "policy",
    "verdict",
    "scan",
    // Runs the cases of authors through whole scans; what it finds out is printed by the command line.
    "workshop",
    "report",
    // Proposes files to people.
    "init",
    "cli",
];

#[test]
fn no_module_uses_one_below_it() {
    let src = root().join("src");
    let mut wrong = Vec::new();
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).expect("below src");
        let Some(own) = module_of(inside) else {
            continue;
        };
        let Some(layer) = LAYERS.iter().position(|name| *name == own) else {
            panic!(
                "src/{}: `{own}` is no layer; say in tests/it/layers.rs where it stands",
                inside.display()
            );
        };
        let text = fs::read_to_string(&file).expect("a source file");
        for used in uses(&text) {
            let below = LAYERS
                .iter()
                .position(|name| *name == used)
                .is_some_and(|at| at > layer);
            if below {
                wrong.push(format!(
                    "src/{} uses crate::{used}, which stands below {own}",
                    inside.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_layer_is_there() {
    let src = root().join("src");
    let missing =
        |name: &&&str| !src.join(name).is_dir() && !src.join(format!("{name}.rs")).is_file();
    let missing: Vec<_> = LAYERS.iter().filter(missing).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn uses_are_found_in_every_form() {
    let text = "use crate::report::{self, Look};\nlet x = crate::verdict::narrow(1);\nuse crate::{\n    graph::Graph,\n    facts::{Fact, Facts},\n};\n// crate::cli is a word in a comment\n";
    assert_eq!(uses(text), ["report", "verdict", "graph", "facts"]);
}

/// The layer of a file: the first part of its path.
fn module_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// Every module that a text names after `crate::`, comments left out.
fn uses(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut found = Vec::new();
    for after in code.split("crate::").skip(1) {
        if let Some(group) = after.strip_prefix('{') {
            found.extend(first_names(group));
        } else {
            found.extend(name(after));
        }
    }
    found
}

/// The first name of each entry of a `use crate::{...}`.
fn first_names(group: &str) -> Vec<String> {
    let (mut names, mut depth, mut entry) = (Vec::new(), 0_u32, String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.extend(name(&std::mem::take(&mut entry))),
            c if depth == 0 => entry.push(c),
            _ => {}
        }
    }
    names.extend(name(&entry));
    names
}

fn name(text: &str) -> Option<String> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text.get(..end)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The lint refuses `unsafe` everywhere; these say why they may have it.
#[test]
fn unsafe_code_is_at_one_place() {
    let src = root().join("src");
    let mut allowed = Vec::new();
    for file in rust_files(&src) {
        let text = fs::read_to_string(&file).expect("a source file");
        if text.contains("unsafe_code") {
            let blocks = text.matches("unsafe {").count();
            let inside = file.strip_prefix(&src).expect("below src");
            allowed.push((inside.to_string_lossy().replace('\\', "/"), blocks));
        }
    }
    let expected = [
        // Generated bindings, none of it ours.
        ("policy/contract.rs".to_owned(), 0),
        // Native code of policies.
        ("policy/precompiled.rs".to_owned(), 1),
    ];
    assert_eq!(allowed, expected);
}
