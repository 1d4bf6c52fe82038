//! From a core WebAssembly module, of whatever language, to a component for the contract.
//!
//! The module either says itself which world it was made for (bindings generators leave that in a custom section) or was
//! written by hand against the contract's binary interface. WASI is not there for policies; what a language's runtime
//! imports of it is replaced inside the module, see [`super::stubs`].

use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding};

use super::stubs::{self, Stub};
use crate::policy::CONTRACT;
use crate::text::Text;

/// `wit/policy.wit`.
pub const WIT: &str = include_str!("../../wit/policy.wit");

/// The world of every policy.
pub const WORLD: &str = "policy";

/// A component, and what was done to make it one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The component.
    pub bytes: Vec<u8>,
    /// WASI functions that were replaced, in the module's order.
    pub stubs: Vec<Stub>,
}

/// Why a module cannot be a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is a component already.
    #[error("is a component already: there is nothing to build")]
    Component,
    /// It is no WebAssembly.
    #[error("is no WebAssembly module")]
    NoWasm,
    /// It is broken.
    #[error("is no valid WebAssembly module: {0}")]
    Invalid(String),
    /// It imports what nothing provides.
    #[error("imports `{0}`, which no policy gets")]
    Foreign(String),
    /// It lacks what the contract asks for.
    #[error("does not export `{0}`")]
    Missing(&'static str),
    /// It cannot be wrapped.
    #[error("does not fit the contract {CONTRACT}: {0}")]
    Misfit(String),
}

impl Unfit {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        let french = match self {
            Self::Component => "est déjà un composant : il n’y a rien à construire".to_owned(),
            Self::NoWasm => "n’est pas un module WebAssembly".to_owned(),
            Self::Invalid(why) => format!("n’est pas un module WebAssembly valide : {why}"),
            Self::Foreign(name) => {
                format!("importe `{name}`, ce qu’aucune politique ne reçoit")
            }
            Self::Missing(name) => format!("n’exporte pas `{name}`"),
            Self::Misfit(why) => format!("ne correspond pas au contrat {CONTRACT} : {why}"),
        };
        Text::new(self.to_string(), french)
    }

    /// What to do about it.
    pub fn help(&self) -> Text {
        match self {
            Self::Component => Text::new(
                "run it with `gardefou scan --policy`, look at it with `gardefou policy inspect`",
                "lancez-la avec `gardefou scan --policy`, regardez-la avec `gardefou policy inspect`",
            ),
            Self::NoWasm | Self::Invalid(_) => Text::new(
                "give the core module that your compiler made, a .wasm file",
                "donnez le module de base fait par votre compilateur, un fichier .wasm",
            ),
            Self::Foreign(_) => Text::new(
                "a policy may import the interfaces of wit/policy.wit; WASI is replaced, everything else has to go",
                "une politique peut importer les interfaces de wit/policy.wit ; WASI est remplacé, le reste doit disparaître",
            ),
            Self::Missing(_) => Text::new(
                "export `describe`, `evaluate`, `memory` and `cabi_realloc`, as a bindings generator for wit/policy.wit does",
                "exportez `describe`, `evaluate`, `memory` et `cabi_realloc`, comme le fait un générateur de liaisons pour wit/policy.wit",
            ),
            Self::Misfit(_) => Text::new(
                "make its bindings again from the wit/policy.wit that `gardefou policy new` writes",
                "refaites ses liaisons à partir du wit/policy.wit qu’écrit `gardefou policy new`",
            ),
        }
    }
}

/// Makes a component of a core module.
///
/// # Errors
/// When it is none, imports something else than the contract and WASI, or does not export what the contract says.
pub fn make(module: &[u8]) -> Result<Made, Unfit> {
    match module {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => {}
        [0, b'a', b's', b'm', _, 0, 1, 0, ..] => return Err(Unfit::Component),
        _ => return Err(Unfit::NoWasm),
    }
    wasmparser::Validator::new()
        .validate_all(module)
        .map_err(|error| Unfit::Invalid(error.to_string()))?;
    let shape = Shape::of(module).map_err(|error| Unfit::Invalid(error.to_string()))?;
    if let Some(name) = shape.foreign {
        return Err(Unfit::Foreign(name));
    }
    // The encoder says these in its own words; authors meet them first.
    for wanted in ["describe", "evaluate", "memory"] {
        if !shape.exports.iter().any(|export| export == wanted) {
            return Err(Unfit::Missing(wanted));
        }
    }
    let (mut module, stubs) =
        stubs::replace(module).map_err(|error| Unfit::Invalid(error.to_string()))?;
    if !shape.says_its_world {
        embed(&mut module)?;
    }
    let bytes = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| misfit(&format!("{error:#}")))?;
    Ok(Made { bytes, stubs })
}

/// The encoder's words, in one line of bounded length: names in it come from the file.
fn misfit(words: &str) -> Unfit {
    let words: Vec<&str> = words.split_whitespace().collect();
    Unfit::Misfit(words.join(" ").chars().take(500).collect())
}

/// Writes the contract into a module that was made by hand.
fn embed(module: &mut Vec<u8>) -> Result<(), Unfit> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve
        .push_str("policy.wit", WIT)
        .map_err(|error| misfit(&error.to_string()))?;
    let world = resolve
        .select_world(&[package], Some(WORLD))
        .map_err(|error| misfit(&error.to_string()))?;
    wit_component::embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
        .map_err(|error| misfit(&error.to_string()))
}

/// What a module shows of itself.
#[derive(Default)]
struct Shape {
    exports: Vec<String>,
    /// The first import that is neither of the contract nor WASI.
    foreign: Option<String>,
    /// Bindings generators say for which world they made bindings.
    says_its_world: bool,
}

impl Shape {
    fn of(module: &[u8]) -> wasmparser::Result<Self> {
        let mut shape = Self::default();
        let (package, _) = CONTRACT.split_once('@').unwrap_or((CONTRACT, ""));
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let ours = import.module.contains(package);
                        if !ours && !stubs::is_wasi(import.module) && shape.foreign.is_none() {
                            let name = format!("{}::{}", import.module, import.name);
                            shape.foreign = Some(name.chars().take(200).collect());
                        }
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        shape.exports.push(export?.name.to_owned());
                    }
                }
                Payload::CustomSection(section) => {
                    shape.says_its_world |= section.name().starts_with("component-type");
                }
                _ => {}
            }
        }
        Ok(shape)
    }
}
