//! The least that any scanner pays for a folder: walking it, reading the files that can hold code, and parsing them. Done
//! as plainly as can be, so that what a scan costs beyond it is seen.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gardefou::source::Sources;
use gardefou::syntax::{hcl, json, yaml};
use rayon::prelude::*;

/// How far the floor goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    Read,
    Parsed,
}

impl Until {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "read" => Some(Self::Read),
            "parse" => Some(Self::Parsed),
            _ => None,
        }
    }
}

/// Walks on one thread, reads and parses on all that rayon has. Answers how many files there are, and of how many bytes.
pub(crate) fn run(folder: &Path, until: Until) -> (usize, usize) {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    let sources = Sources::new();
    let sizes: Vec<usize> = paths
        .par_iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let size = text.len();
            if until == Until::Read {
                black_box(text);
            } else {
                parse(&sources, path, text);
            }
            size
        })
        .collect();
    (sizes.len(), sizes.iter().sum())
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, paths);
        } else if extension(&path).is_some() {
            paths.push(path);
        }
    }
}

/// Of files that can hold code, plans and states.
fn extension(path: &Path) -> Option<&str> {
    let extension = path.extension()?.to_str()?;
    let known = ["tf", "tofu", "tfvars", "json", "tfstate", "yaml", "yml"];
    known.contains(&extension).then_some(extension)
}

fn parse(sources: &Sources, path: &Path, text: String) {
    let text = Arc::<str>::from(text);
    let source = sources.add(path.to_string_lossy().as_ref(), Arc::clone(&text));
    match extension(path) {
        Some("json" | "tfstate") => {
            black_box(json::parse(source, text));
        }
        Some("yaml" | "yml") => {
            black_box(yaml::parse(source, &text));
        }
        _ => {
            black_box(hcl::parse(source, text));
        }
    }
}
