//! Puts `catalog/**/*.toml` into tables that the binary carries; `src/catalog/read/` reads and checks the files.
//!
//! Every mistake is named with its file and line, so that a contributor sees them all at once. References between files
//! are held by the tests of `src/catalog`, which can say more about them.

#[allow(dead_code, unreachable_pub, unused_imports)]
#[path = "../src/catalog/model/mod.rs"]
mod model;
#[allow(dead_code, unused_imports)]
#[path = "../src/catalog/read/mod.rs"]
mod read;

use std::path::{Path, PathBuf};
use std::{env, fs};

use read::{Facts, File, Reading};

/// What is wrong with the catalogue, one text a mistake.
type Problems = Vec<String>;

/// Reads the catalogue and writes the tables to `OUT_DIR`.
pub(crate) fn embed() -> Result<(), Problems> {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=src/catalog/model");
    println!("cargo::rerun-if-changed=src/catalog/read");
    println!("cargo::rerun-if-changed=src/config/date.rs");
    println!("cargo::rerun-if-changed=src/config/words.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or_else(|| vec![format!("{name} is not set")])
    };
    let root = variable("CARGO_MANIFEST_DIR")?.join("catalog");
    let out = variable("OUT_DIR")?.join("catalog");

    let mut problems = Problems::new();
    let mut facts = Facts::default();
    let mut reading = Reading::default();
    let mut files = Vec::new();
    list(&root, &mut files).map_err(|error| vec![format!("catalog: {error}")])?;
    files.sort();
    // Terraform providers first: their folder's other files take the address from them.
    files.sort_by_key(|file| !file.ends_with("provider.toml"));
    for file in &files {
        let name = file
            .strip_prefix(&root)
            .unwrap_or(file)
            .to_string_lossy()
            .replace('\\', "/");
        let shown = format!("catalog/{name}");
        match fs::read_to_string(file) {
            Ok(text) => {
                let file = File {
                    name: &name,
                    shown: &shown,
                    text: &text,
                };
                facts.read(file, &mut reading);
            }
            Err(error) => problems.push(format!("{shown}: {error}")),
        }
    }
    problems.extend(reading.faults.iter().map(ToString::to_string));
    if !problems.is_empty() {
        return Err(problems);
    }
    facts.connect();
    write(facts, &out).map_err(|error| vec![format!("{}: {error}", out.display())])
}

fn write(facts: Facts, out: &Path) -> std::io::Result<()> {
    fs::create_dir_all(out)?;
    for (name, bytes) in facts.tables()? {
        fs::write(out.join(format!("{name}.bin")), bytes)?;
    }
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    Ok(())
}
