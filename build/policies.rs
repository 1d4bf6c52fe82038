//! Compiles the committed policies ahead of time and asks them for their rules, so that the binary starts without a
//! compiler, and lists and scopes rules without running any policy.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs, io};

use wasmtime::component::Component;

#[path = "../src/policy/compile.rs"]
mod compile;
#[path = "describe.rs"]
mod describe;

/// What makes the embedded form, beside components and compiler: another emitter has to run again.
const EMITTER: &str = concat!(include_str!("policies.rs"), include_str!("describe.rs"));

/// Writes a compiled form of every `wasm-policies/*.wasm` with its rules, and the list that `src/policy/precompiled.rs`
/// includes.
pub(super) fn embed() -> io::Result<()> {
    println!("cargo::rerun-if-changed=wasm-policies");
    println!("cargo::rerun-if-changed=src/policy/compile.rs");
    let out = Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("policies");
    fs::create_dir_all(&out)?;
    let mut components: Vec<_> = fs::read_dir("wasm-policies")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    components.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wasm")
    });
    components.sort();
    let engines = Engines::new();
    let mut list = String::from(
        "/// The built-in policies, in order of their names.\npub(super) static BUILT_IN: &[BuiltIn] = &[\n",
    );
    for path in components {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let portable = fs::read(&path)?;
        // A correction of the catalogue runs this again: what has not changed is not compiled again.
        let made_from = engines.made_from(&portable).to_string();
        let note = out.join(format!("{name}.made-from"));
        let rules = out.join(format!("{name}.rules.rs"));
        let is_current = out.join(&*name).exists()
            && rules.exists()
            && fs::read_to_string(&note).is_ok_and(|before| before == made_from);
        if !is_current {
            let (code, description) = engines.embedded(&portable).map_err(io::Error::other)?;
            fs::write(out.join(&*name), code)?;
            fs::write(rules, description)?;
            fs::write(note, made_from)?;
        }
        list.push_str(&format!(
            "    BuiltIn {{ name: {name:?}, code: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/policies/{name}\")), \
             rules: include!(concat!(env!(\"OUT_DIR\"), \"/policies/{name}.rules.rs\")) }},\n"
        ));
    }
    list.push_str("];\n");
    fs::write(out.with_extension("rs"), list)?;
    if let Err(error) = &engines.target {
        println!("cargo::warning=policies are compiled at start-up, not ahead of time: {error}");
    }
    if let Err(error) = &engines.host {
        println!("cargo::warning=policies are asked for their rules at start-up: {error}");
    }
    Ok(())
}

/// A compiler for the machine that the binary is for, and one for this machine: most often one and the same.
struct Engines {
    target: wasmtime::Result<wasmtime::Engine>,
    host: wasmtime::Result<wasmtime::Engine>,
}

impl Engines {
    fn new() -> Self {
        let triple = |name: &str| env::var(name).unwrap_or_default();
        let (target, host) = (triple("TARGET"), triple("HOST"));
        let of_target = engine(Some(&target));
        let host = match &of_target {
            Ok(engine) if target == host => Ok(engine.clone()),
            _ => engine(None),
        };
        Self {
            target: of_target,
            host,
        }
    }

    /// What is embedded for a component: its code, and its rules as a Rust expression. Compiles once where it can.
    fn embedded(&self, portable: &[u8]) -> wasmtime::Result<(Vec<u8>, String)> {
        let here = match &self.host {
            Ok(host) => Some(Component::from_binary(host, portable)?),
            Err(_) => None,
        };
        let code = match (&self.target, &here) {
            (Ok(target), Some(here)) if wasmtime::Engine::same(target, here.engine()) => {
                here.serialize()?
            }
            (Ok(target), _) => target.precompile_component(portable)?,
            (Err(_), _) => portable.to_owned(),
        };
        let rules = match here {
            Some(component) => describe::rules(&component)?,
            // Said by the component itself when the binary starts.
            None => "&[]".to_owned(),
        };
        Ok((code, rules))
    }

    /// What the embedded form of a policy depends on: its component, the compilers with their settings, and this script.
    fn made_from(&self, portable: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        portable.hash(&mut hasher);
        EMITTER.hash(&mut hasher);
        for engine in [&self.target, &self.host] {
            match engine {
                Ok(engine) => engine.precompile_compatibility_hash().hash(&mut hasher),
                Err(_) => "none".hash(&mut hasher),
            }
        }
        hasher.finish()
    }
}

/// A compiler. Naming the target also keeps the features of this machine's processor out of the result.
fn engine(target: Option<&str>) -> wasmtime::Result<wasmtime::Engine> {
    let mut config = compile::config(wasmtime::Strategy::Cranelift);
    if let Some(target) = target {
        config.target(target)?;
    }
    wasmtime::Engine::new(&config)
}
