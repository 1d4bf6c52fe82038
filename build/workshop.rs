//! Embeds the sources of the SDK: `gardefou policy new` writes them beside the policies that it starts.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// Writes `workshop.rs`: paths below `policies/`, with the contents. A package without that folder has none.
pub(crate) fn embed() -> io::Result<()> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let policies = root.join("policies");
    let mut files = Vec::new();
    for part in ["Cargo.toml", "Cargo.lock", "sdk", "macros"] {
        let path = policies.join(part);
        // One that is not there would make every build start over.
        if path.exists() {
            println!("cargo::rerun-if-changed=policies/{part}");
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let mut code = String::from(
        "/// Files below `policies/`.\npub(super) const SOURCES: &[(&str, &str)] = &[\n",
    );
    for file in files {
        let inside = file.strip_prefix(&policies).unwrap_or(&file);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        _ = writeln!(code, "    ({:?}, include_str!({file:?})),", parts.join("/"));
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("workshop.rs"), code)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name();
            if name != "target" && !name.to_string_lossy().starts_with('.') {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}
