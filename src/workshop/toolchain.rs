//! A compiler that can make `wasm32-unknown-unknown`: one with the target installed, or one with its library sources.
//!
//! The build tool of the built-in policies includes this file: theirs and those of others are compiled alike.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The target of every policy.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Names another compiler.
pub(crate) const OTHER: &str = "GARDEFOU_GUEST_RUSTC";

/// A compiler and how to use it.
#[derive(Debug)]
pub(crate) struct Compiler {
    rustc: PathBuf,
    sysroot: PathBuf,
    /// The linker, when the standard library is built from source: that compiler does not bring its own.
    pub(crate) lld: Option<PathBuf>,
    /// What `rustc -vV` says.
    version: String,
}

/// Tries `$GARDEFOU_GUEST_RUSTC`, the compiler in use, and the distribution's.
pub(crate) fn find() -> Result<Compiler, String> {
    // An empty variable asks for nothing.
    let asked = std::env::var_os(OTHER).filter(|rustc| !rustc.is_empty());
    let asked = asked.map(PathBuf::from);
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
        format!("{OTHER} names a compiler without it")
    } else if run(Path::new("rustc"), &["-vV"]).is_none() {
        format!("install Rust, then run `rustup target add {TARGET}`")
    } else {
        format!("run `rustup target add {TARGET}`, or install Debian's rustc-web and rust-web-src")
    };
    Err(format!("no compiler here can make {TARGET}: {hint}"))
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
    Some(Compiler {
        rustc: rustc.to_owned(),
        sysroot,
        lld,
        version,
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

/// What a program prints, when it is there and succeeds.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl Compiler {
    /// A line of `rustc -vV`: `release:`, `commit-hash:`, `LLVM version:`.
    #[allow(dead_code, reason = "the build tool records it")]
    pub(crate) fn version(&self, field: &str) -> String {
        let mut lines = self.version.lines();
        let found = lines.find_map(|line| line.strip_prefix(field));
        found.map(str::trim).unwrap_or_default().to_owned()
    }

    /// `cargo build` for the target, of what stands in `folder`, into a target folder. `name` is what the folder is called
    /// in the modules.
    pub(crate) fn cargo(&self, folder: &Path, name: &str, target: &Path) -> Command {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(folder)
            .args(["build", "--release", "--target", TARGET, "--target-dir"])
            .arg(target)
            .env("RUSTC", &self.rustc)
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                self.flags(folder, name).join("\x1f"),
            );
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        // Code that is made in pieces is other code.
        cargo.env("CARGO_INCREMENTAL", "0");
        if let Some(lld) = &self.lld {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC_BOOTSTRAP", "1");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", lld);
        }
        cargo
    }

    /// No path of this machine may reach the modules: not its folders, not the registry's host name.
    fn flags(&self, folder: &Path, name: &str) -> Vec<String> {
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
        remap(folder.to_owned(), name);
        // Of two prefixes that fit, the compiler takes the one given last.
        remaps.sort_by_key(|(from, _)| from.as_os_str().len());
        remaps
            .iter()
            .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
            .collect()
    }
}
