//! `wasm-policies/manifest.toml`: what the committed components were made of, and by what.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Failure;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Manifest {
    /// Package and version of the contract.
    pub(crate) contract: String,
    pub(crate) toolchain: Toolchain,
    pub(crate) policies: BTreeMap<String, Policy>,
}

/// What compiled them: with the same, the same bytes come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Toolchain {
    pub(crate) rustc: String,
    pub(crate) commit: String,
    pub(crate) llvm: String,
    pub(crate) lld: String,
    /// `prebuilt` or `from source`.
    pub(crate) standard_library: String,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    /// Hash of the sources.
    pub(crate) sources: String,
    /// Hash of the component.
    pub(crate) component: String,
    pub(crate) bytes: usize,
}

const HEAD: &str =
    "# Written by policies/build.sh; do not edit. `sources` and `component` are SHA-256.\n\n";

pub(crate) fn read(folder: &Path) -> Result<Manifest, Failure> {
    let path = folder.join("manifest.toml");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

pub(crate) fn write(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let text = toml::to_string(manifest).map_err(|error| format!("manifest: {error}"))?;
    std::fs::write(folder.join("manifest.toml"), format!("{HEAD}{text}"))?;
    Ok(())
}
