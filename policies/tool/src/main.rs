//! Builds every policy family into `wasm-policies/`, and proves that what is committed there comes from these sources.
//!
//! `build` writes the components and the manifest. `sources` compares the recorded source hashes with the tree. `rebuild
//! FOLDER` builds into another folder and compares: exit status 0 when every byte is the same, 3 when the toolchain is
//! another one, so that only verdicts can be compared.

mod manifest;
mod sources;
#[path = "../../../src/workshop/toolchain.rs"]
mod toolchain;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use manifest::{Manifest, Policy, Toolchain};
use toolchain::{Compiler, TARGET};

/// Whatever stops the tool; said once, at the end.
pub(crate) type Failure = Box<dyn std::error::Error>;

const OTHER_TOOLCHAIN: u8 = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["build"] => build(&repository().join("wasm-policies")).map(|_| ExitCode::SUCCESS),
        ["sources"] => compare_sources().map(|()| ExitCode::SUCCESS),
        ["rebuild", folder] => rebuild(Path::new(folder)),
        _ => Err("usage: build | sources | rebuild FOLDER".into()),
    };
    outcome.unwrap_or_else(|failure| {
        eprintln!("policies: {failure}");
        ExitCode::FAILURE
    })
}

/// The folder above `policies/`.
fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

fn build(folder: &Path) -> Result<Manifest, Failure> {
    let root = repository();
    let policies = root.join("policies");
    let families = sources::families(&policies)?;
    let compiler = toolchain::find()?;
    let modules = compile(&compiler, &policies, &families)?;
    std::fs::create_dir_all(folder)?;
    let mut built = BTreeMap::new();
    for family in families {
        let module = std::fs::read(modules.join(format!("{}.wasm", family.replace('-', "_"))))?;
        let component = componentise(&module).map_err(|error| format!("{family}: {error}"))?;
        std::fs::write(folder.join(format!("{family}.wasm")), &component)?;
        println!("{family}: {} bytes", component.len());
        let policy = Policy {
            sources: sources::hash(&root, &family)?,
            component: sources::hash_bytes(&component),
            bytes: component.len(),
        };
        built.insert(family, policy);
    }
    let manifest = Manifest {
        contract: contract(&root)?,
        toolchain: record(&compiler),
        policies: built,
    };
    manifest::write(folder, &manifest)?;
    Ok(manifest)
}

/// Compiles the families to core modules; answers the folder that holds them.
fn compile(compiler: &Compiler, policies: &Path, families: &[String]) -> Result<PathBuf, Failure> {
    let target = policies.join("target/guest");
    let mut cargo = compiler.cargo(policies, "/policies", &target);
    cargo.args(["--quiet", "--locked"]);
    for family in families {
        cargo.args(["--package", family]);
    }
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err("the policies do not compile".into());
    }
    Ok(target.join(TARGET).join("release"))
}

/// What the manifest says of a compiler.
fn record(compiler: &Compiler) -> Toolchain {
    // `LLD 22.1.2`; what follows in brackets says where it was built.
    let lld = compiler.lld.as_deref();
    let lld = lld.and_then(|lld| toolchain::run(lld, &["-flavor", "wasm", "--version"]));
    let lld = lld.unwrap_or_default();
    Toolchain {
        rustc: compiler.version("release:"),
        commit: compiler.version("commit-hash:"),
        llvm: compiler.version("LLVM version:"),
        lld: lld.split(" (").next().unwrap_or_default().to_owned(),
        standard_library: if compiler.lld.is_some() {
            "from source"
        } else {
            "prebuilt"
        }
        .to_owned(),
    }
}

/// Wraps a core module that carries the contract; without any adapter, so that nothing else can be imported.
fn componentise(module: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .encode()?)
}

/// `package gardefou:policy@0.1.0;` of the contract.
fn contract(root: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(root.join("wit/policy.wit"))?;
    let package = text
        .lines()
        .find_map(|line| line.strip_prefix("package ")?.strip_suffix(';'));
    package
        .map(str::to_owned)
        .ok_or_else(|| "wit/policy.wit names no package".into())
}

fn compare_sources() -> Result<(), Failure> {
    let root = repository();
    let manifest = manifest::read(&root.join("wasm-policies"))?;
    let families = sources::families(&root.join("policies"))?;
    if !families.iter().eq(manifest.policies.keys()) {
        return Err(
            "the manifest lists other families than policies/ has: run policies/build.sh".into(),
        );
    }
    for (family, policy) in &manifest.policies {
        if sources::hash(&root, family)? != policy.sources {
            return Err(format!(
                "the sources of {family} changed after it was built: run policies/build.sh"
            )
            .into());
        }
        let component = std::fs::read(root.join("wasm-policies").join(format!("{family}.wasm")))?;
        if sources::hash_bytes(&component) != policy.component {
            return Err(format!(
                "{family}.wasm is not the component of the manifest: run policies/build.sh"
            )
            .into());
        }
    }
    println!("sources and components are those of the manifest");
    Ok(())
}

fn rebuild(folder: &Path) -> Result<ExitCode, Failure> {
    let committed = manifest::read(&repository().join("wasm-policies"))?;
    let rebuilt = build(folder)?;
    if rebuilt.toolchain != committed.toolchain {
        println!("another toolchain: functionally equal at best, compare verdicts");
        return Ok(ExitCode::from(OTHER_TOOLCHAIN));
    }
    if rebuilt.policies != committed.policies {
        return Err(
            "the same toolchain gives other bytes than those committed: run policies/build.sh"
                .into(),
        );
    }
    println!("rebuilt: every byte is the same");
    Ok(ExitCode::SUCCESS)
}
