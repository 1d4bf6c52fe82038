//! What a WebAssembly file shows of itself, whether it can be loaded or not.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use wasmparser::{ComponentTypeRef, Parser, Payload};

/// Names beyond these are counted, not kept: the file may be anybody's.
const MOST: usize = 1_000;

/// The outside of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inside {
    /// Bytes.
    pub size: usize,
    /// In hexadecimal.
    pub sha256: String,
    /// `component`, `core module`, or none when it is no WebAssembly.
    pub kind: Option<&'static str>,
    /// What it imports: interfaces of a component, functions of a module.
    pub imports: Vec<String>,
    /// What it exports.
    pub exports: Vec<String>,
    /// The versions of the contract that it names: `gardefou:policy@0.1.0`.
    pub contracts: Vec<String>,
    /// Where it stops being WebAssembly.
    pub broken: Option<String>,
}

impl Inside {
    /// Looks at bytes; never fails, and runs nothing.
    pub fn of(bytes: &[u8]) -> Self {
        let mut this = Self {
            size: bytes.len(),
            sha256: sha256(bytes),
            kind: match bytes {
                [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Some("core module"),
                [0, b'a', b's', b'm', _, 0, 1, 0, ..] => Some("component"),
                _ => None,
            },
            ..Self::default()
        };
        if this.kind.is_some()
            && let Err(error) = this.read(bytes)
        {
            let words = error.to_string();
            this.broken = Some(words.chars().take(300).collect());
        }
        let versions = this.imports.iter().filter_map(|import| {
            let (interface, version) = import.split_once('@')?;
            let (package, _) = interface.split_once('/')?;
            (package == "gardefou:policy").then(|| format!("{package}@{version}"))
        });
        let mut contracts: Vec<String> = versions.collect();
        contracts.sort();
        contracts.dedup();
        this.contracts = contracts;
        this
    }

    fn read(&mut self, bytes: &[u8]) -> wasmparser::Result<()> {
        // Components hold modules and components: only the outermost is looked at.
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ImportSection(section) if depth == 0 => {
                    for import in section.into_imports() {
                        let import = import?;
                        self.import(format!("{}::{}", import.module, import.name));
                    }
                }
                Payload::ExportSection(section) if depth == 0 => {
                    for export in section {
                        self.export(export?.name);
                    }
                }
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let import = import?;
                        // Types are names for what the interfaces hold, and ask for nothing.
                        if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                            self.import(import.name.name.to_owned());
                        }
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        self.export(export?.name.name);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn import(&mut self, name: String) {
        if self.imports.len() < MOST {
            self.imports.push(name);
        }
    }

    fn export(&mut self, name: &str) {
        if self.exports.len() < MOST {
            self.exports.push(name.to_owned());
        }
    }
}

/// In hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            _ = write!(text, "{byte:02x}");
            text
        })
}
