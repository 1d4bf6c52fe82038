//! A compiler that can make `wasm32-unknown-unknown`: one with the target installed, or one with its library sources.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::manifest::Toolchain;

/// The target of every policy.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler and how to use it.
pub(crate) struct Compiler {
    rustc: PathBuf,
    sysroot: PathBuf,
    /// The linker, when the standard library is built from source: that compiler does not bring its own.
    lld: Option<PathBuf>,
    /// What the manifest records.
    pub(crate) record: Toolchain,
}

/// Tries `$GARDEFOU_GUEST_RUSTC`, the compiler in use, and the distribution's.
pub(crate) fn find() -> Result<Compiler, Failure> {
    let asked = std::env::var_os("GARDEFOU_GUEST_RUSTC").map(PathBuf::from);
    let only_asked = asked.is_some();
    let candidates: Vec<PathBuf> = match asked {
        Some(rustc) => vec![rustc],
        None => vec!["rustc".into(), "/usr/bin/rustc".into()],
    };
    // A prebuilt target first, from whichever compiler has it.
    for from_source in [false, true] {
        for rustc in &candidates {
            if let Some(compiler) = usable(rustc, from_source) {
                return Ok(compiler);
            }
        }
    }
    let hint = if only_asked {
        "GARDEFOU_GUEST_RUSTC names a compiler without it"
    } else {
        "run `rustup target add wasm32-unknown-unknown`, or install Debian's rustc-web and rust-web-src"
    };
    Err(format!("no compiler here can make {TARGET}: {hint}").into())
}

fn usable(rustc: &Path, from_source: bool) -> Option<Compiler> {
    let sysroot = PathBuf::from(run(rustc, &["--print", "sysroot"])?);
    let rustlib = sysroot.join("lib/rustlib");
    let ready = if from_source {
        rustlib.join("src/rust/library/std/Cargo.toml").is_file()
    } else {
        rustlib.join(TARGET).join("lib").is_dir()
    };
    if !ready {
        return None;
    }
    let lld = if from_source {
        Some(linker(&sysroot)?)
    } else {
        None
    };
    let version = run(rustc, &["-vV"])?;
    let field = |name: &str| {
        version
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
            .unwrap_or_default()
            .to_owned()
    };
    let record = Toolchain {
        rustc: field("release:"),
        commit: field("commit-hash:"),
        llvm: field("LLVM version:"),
        lld: lld.as_deref().and_then(lld_version).unwrap_or_default(),
        standard_library: if from_source {
            "from source"
        } else {
            "prebuilt"
        }
        .to_owned(),
    };
    Some(Compiler {
        rustc: rustc.to_owned(),
        sysroot,
        lld,
        record,
    })
}

/// `rust-lld` of this compiler, of the one in use, or of the system.
fn linker(sysroot: &Path) -> Option<PathBuf> {
    let host = run(Path::new("rustc"), &["-vV"])?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))?
        .to_owned();
    let in_use = run(Path::new("rustc"), &["--print", "sysroot"]).map(PathBuf::from)?;
    let inside = |root: &Path| root.join("lib/rustlib").join(&host).join("bin/rust-lld");
    [inside(sysroot), inside(&in_use), "/usr/bin/rust-lld".into()]
        .into_iter()
        .find(|path| path.is_file())
}

/// `LLD 22.1.2`; what follows in brackets says where it was built.
fn lld_version(lld: &Path) -> Option<String> {
    let version = run(lld, &["-flavor", "wasm", "--version"])?;
    version.split(" (").next().map(str::to_owned)
}

fn run(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Compiler {
    /// Compiles the families to core modules; answers the folder that holds them.
    pub(crate) fn compile(&self, policies: &Path, families: &[String]) -> Result<PathBuf, Failure> {
        let target = policies.join("target/guest");
        let mut cargo = Command::new("cargo");
        cargo.current_dir(policies).args([
            "build",
            "--quiet",
            "--locked",
            "--release",
            "--target",
            TARGET,
        ]);
        cargo.arg("--target-dir").arg(&target);
        for family in families {
            cargo.args(["--package", family]);
        }
        cargo
            .env("RUSTC", &self.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags(policies).join("\x1f"));
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        if let Some(lld) = &self.lld {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC_BOOTSTRAP", "1");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", lld);
        }
        let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
        if !status.success() {
            return Err("the policies do not compile".into());
        }
        Ok(target.join(TARGET).join("release"))
    }

    /// No path of this machine may reach the modules: not its folders, not the registry's host name.
    fn flags(&self, policies: &Path) -> Vec<String> {
        let mut remaps: Vec<(PathBuf, String)> = Vec::new();
        let mut remap = |from: PathBuf, to: &str| {
            // The compiler may see a folder by its real name or through a link.
            if let Ok(real) = from.canonicalize()
                && real != from
            {
                remaps.push((real, to.to_owned()));
            }
            remaps.push((from, to.to_owned()));
        };
        let home = std::env::var_os("HOME")
            .map(PathBuf::from)
            .unwrap_or_else(|| "/nonexistent".into());
        remap(home.clone(), "/home");
        let cargo_home =
            std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        if let Ok(registries) = std::fs::read_dir(cargo_home.join("registry/src")) {
            for registry in registries.flatten() {
                remap(registry.path(), "/dependencies");
            }
        }
        remap(self.sysroot.join("lib/rustlib/src/rust"), "/rust");
        remap(policies.to_owned(), "/policies");
        // Of two prefixes that fit, the compiler takes the one given last.
        remaps.sort_by_key(|(from, _)| from.as_os_str().len());
        remaps
            .iter()
            .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
            .collect()
    }
}
