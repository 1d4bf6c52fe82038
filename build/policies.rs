//! Compiles the committed policies ahead of time, so that the binary starts without a compiler.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs, io};

#[path = "../src/policy/compile.rs"]
mod compile;

/// Writes a compiled form of every `wasm-policies/*.wasm`, and the list that `src/policy/precompiled.rs` includes.
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
    let engine = engine();
    let mut list = String::from(
        "/// The built-in policies, by name.\npub(super) static BUILT_IN: &[(&str, &[u8])] = &[\n",
    );
    for path in components {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let portable = fs::read(&path)?;
        // A correction of the catalogue runs this again: what has not changed is not compiled again.
        let made_from = made_from(&portable, engine.as_ref().ok()).to_string();
        let note = out.join(format!("{name}.made-from"));
        let is_current = out.join(&*name).exists()
            && fs::read_to_string(&note).is_ok_and(|before| before == made_from);
        if !is_current {
            let compiled = match &engine {
                Ok(engine) => engine
                    .precompile_component(&portable)
                    .map_err(io::Error::other)?,
                Err(_) => portable,
            };
            fs::write(out.join(&*name), compiled)?;
            fs::write(note, made_from)?;
        }
        list.push_str(&format!(
            "    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/policies/{name}\"))),\n"
        ));
    }
    list.push_str("];\n");
    fs::write(out.with_extension("rs"), list)?;
    if let Err(error) = engine {
        println!("cargo::warning=policies are compiled at start-up, not ahead of time: {error}");
    }
    Ok(())
}

/// What a compiled policy depends on: its component, and the compiler with its settings.
fn made_from(portable: &[u8], engine: Option<&wasmtime::Engine>) -> u64 {
    let mut hasher = DefaultHasher::new();
    portable.hash(&mut hasher);
    match engine {
        Some(engine) => engine.precompile_compatibility_hash().hash(&mut hasher),
        None => "portable".hash(&mut hasher),
    }
    hasher.finish()
}

/// A compiler for the target. Naming it also keeps the features of this machine's processor out of the result.
fn engine() -> wasmtime::Result<wasmtime::Engine> {
    let mut config = compile::config(wasmtime::Strategy::Cranelift);
    config.target(&env::var("TARGET").unwrap_or_default())?;
    wasmtime::Engine::new(&config)
}
