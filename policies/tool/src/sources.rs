//! The hash of what a policy is made of. The scanner's tests include this file, so that a forgotten rebuild is noticed
//! on machines without any WebAssembly toolchain.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Every policy crate of the workspace: the folders that hold a `rules/` folder, sorted.
pub(crate) fn families(policies: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(policies)? {
        let entry = entry?;
        if entry.path().join("rules").is_dir() {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}

/// SHA-256 over the sorted paths and contents of all that decides what a family's component does: its crate without the
/// cases, the SDK, the macros, the contract and the lock file.
pub(crate) fn hash(repository: &Path, family: &str) -> io::Result<String> {
    let mut files = Vec::new();
    for part in [
        "wit",
        "policies/Cargo.toml",
        "policies/Cargo.lock",
        "policies/sdk",
        "policies/macros",
        &format!("policies/{family}"),
    ] {
        collect(&repository.join(part), &mut files)?;
    }
    let mut named: Vec<(String, PathBuf)> = files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(repository).unwrap_or(&path);
            let parts: Vec<_> = inside
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            (parts.join("/"), path)
        })
        .collect();
    named.sort();
    let mut hash = Sha256::new();
    for (name, path) in named {
        let text = std::fs::read(path)?;
        // Lengths keep two files from being read as one.
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(&text);
    }
    Ok(hex(&hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        // Cases are input for tests, and no part of the component.
        if name != "cases" && name != "target" && !name.to_string_lossy().starts_with('.') {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// SHA-256 of bytes.
pub(crate) fn hash_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
