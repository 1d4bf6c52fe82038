//! The sources of a policy in a folder, and what makes a component of them: `cargo`, `jco` or `componentize-py`. These
//! are the author's own programs, looked for where authors have them; nothing is fetched here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::component::{self, WORLD};
use super::start::Language;
use super::{Stub, toolchain};

/// Why something was not built: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}\nhelp: {help}")]
pub struct NotBuilt {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl NotBuilt {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
        }
    }
}

/// The sources of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    folder: PathBuf,
    /// What it is written in.
    pub language: Language,
    /// Name of the component, without its ending.
    name: String,
    /// What the language's tool starts from.
    entry: String,
}

/// Where the parts of a JavaScript project stand.
#[derive(serde::Deserialize)]
struct Package {
    name: String,
    main: Option<String>,
}

/// Folders that are no sources.
const NO_SOURCES: [&str; 6] = [
    "target",
    "node_modules",
    "cases",
    "__pycache__",
    "wit_world",
    "dist",
];

impl Project {
    /// Recognises the sources in a folder: by `Cargo.toml`, `package.json` or `pyproject.toml`.
    ///
    /// # Errors
    /// When there is none of them, or it does not name the policy.
    pub fn of(folder: &Path) -> Result<Self, NotBuilt> {
        // Programs run inside it, and some take no relative paths.
        let real = folder.canonicalize();
        let folder = real.map_err(|error| {
            NotBuilt::new(
                format!("{}: {error}", folder.display()),
                "give the folder of a policy, or a core .wasm module",
            )
        })?;
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let of = |language, (name, entry): (String, String)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/".contains(c);
            let last = name.rsplit('/').next().unwrap_or_default();
            if entry.starts_with('-') {
                return Err(NotBuilt::new(
                    format!("\"{}\" is no file", entry.escape_debug()),
                    "name the module that holds the policy",
                ));
            }
            if last.is_empty() || last.starts_with('.') || !name.chars().all(plain) {
                return Err(NotBuilt::new(
                    format!("\"{}\" is no name for a component", name.escape_debug()),
                    "name the package in letters, digits and `-`",
                ));
            }
            Ok(Self {
                folder: folder.clone(),
                language,
                name: last.to_owned(),
                entry,
            })
        };
        let unnamed = |file: &str| {
            let what = format!("{}: {file} names no package", folder.display());
            NotBuilt::new(what, "give it a name: it becomes the name of the component")
        };
        if let Some(text) = read("Cargo.toml") {
            let named = cargo_names(&text).ok_or_else(|| unnamed("Cargo.toml"))?;
            return of(Language::Rust, named);
        }
        if let Some(text) = read("package.json") {
            let package: Package =
                serde_json::from_str(&text).map_err(|_| unnamed("package.json"))?;
            let main = package.main.unwrap_or_else(|| "policy.js".to_owned());
            return of(Language::JavaScript, (package.name, main));
        }
        if let Some(text) = read("pyproject.toml") {
            let named = python_names(&text).ok_or_else(|| unnamed("pyproject.toml"))?;
            return of(Language::Python, named);
        }
        Err(NotBuilt::new(
            format!(
                "{} holds no policy: no Cargo.toml, package.json or pyproject.toml",
                folder.display()
            ),
            "`gardefou policy new house/data-owner` starts one",
        ))
    }

    /// Where the component goes when nothing else is said.
    pub fn component(&self) -> PathBuf {
        self.folder.join(format!("{}.wasm", self.name))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Was anything written after the component was built, or is there none?
    pub fn is_stale(&self) -> bool {
        let modified = |path: &Path| std::fs::metadata(path).and_then(|of| of.modified()).ok();
        match modified(&self.component()) {
            Some(built) => newer_source(&self.folder, built),
            None => true,
        }
    }

    /// Builds the component; what the language's tool says goes to standard error.
    ///
    /// # Errors
    /// When the tool is missing or fails, or what it made is no policy.
    pub fn build(&self) -> Result<(Vec<u8>, Vec<Stub>), NotBuilt> {
        match self.language {
            Language::Rust => self.build_rust(),
            Language::JavaScript => self.build_javascript().map(|bytes| (bytes, Vec::new())),
            Language::Python => self.build_python().map(|bytes| (bytes, Vec::new())),
        }
    }

    fn build_rust(&self) -> Result<(Vec<u8>, Vec<Stub>), NotBuilt> {
        let found = toolchain::find();
        let compiler = found.map_err(|error| match error.split_once(": ") {
            Some((what, help)) => NotBuilt::new(what, help),
            None => NotBuilt::new(error, "install Rust"),
        })?;
        let target = self.folder.join("target/gardefou");
        let mut cargo = compiler.cargo(&self.folder, "/policy", &target);
        run(&mut cargo, "cargo", "install Rust with rustup")?;
        let module = target
            .join(toolchain::TARGET)
            .join("release")
            .join(format!("{}.wasm", self.entry));
        let module = std::fs::read(&module).map_err(|_| {
            NotBuilt::new(
                format!("{} made no module", self.folder.display()),
                "set `crate-type = [\"cdylib\", \"rlib\"]` in the `[lib]` of its Cargo.toml",
            )
        })?;
        from_core(&module, &self.folder.display().to_string())
    }

    fn build_javascript(&self) -> Result<Vec<u8>, NotBuilt> {
        let jco = self.tool("jco", "node_modules/.bin").ok_or_else(|| {
            NotBuilt::new(
                "jco, which makes components of JavaScript, is neither in node_modules nor on PATH",
                format!("run `npm install` in {}", self.folder.display()),
            )
        })?;
        self.through_file(|output| {
            let mut jco = Command::new(&jco);
            jco.current_dir(&self.folder)
                .args(["componentize", &self.entry, "--world-name", WORLD, "--wit"])
                .arg(self.folder.join("wit"))
                // QuickJS without WASI: an eighth of the size of the other engine, and ten times as fast here.
                .args([
                    "--backend",
                    "quickjs",
                    "--backend-qjs-stub-wasi",
                    "--backend-qjs-disable-async",
                    "-o",
                ])
                .arg(output);
            run(&mut jco, "jco", "run `npm install` again")
        })
    }

    fn build_python(&self) -> Result<Vec<u8>, NotBuilt> {
        let places = if cfg!(windows) {
            ".venv/Scripts"
        } else {
            ".venv/bin"
        };
        let install = "python3 -m venv .venv && .venv/bin/pip install componentize-py==0.25.1";
        let tool = self.tool("componentize-py", places).ok_or_else(|| {
            NotBuilt::new(
                "componentize-py, which makes components of Python, is neither in .venv nor on PATH",
                format!("run `{install}` in {}", self.folder.display()),
            )
        })?;
        self.through_file(|output| {
            let mut python = Command::new(&tool);
            python
                .current_dir(&self.folder)
                .args([
                    "-d",
                    "wit",
                    "-w",
                    WORLD,
                    "componentize",
                    "--stub-wasi",
                    &self.entry,
                    "-o",
                ])
                .arg(output);
            run(&mut python, "componentize-py", install)
        })
    }

    /// Runs what writes a component into a file of its own, and takes that away again.
    fn through_file(
        &self,
        write: impl FnOnce(&Path) -> Result<(), NotBuilt>,
    ) -> Result<Vec<u8>, NotBuilt> {
        let part = self
            .folder
            .join(format!(".{}.{}.part", self.name, std::process::id()));
        let bytes = write(&part).and_then(|()| {
            std::fs::read(&part).map_err(|error| {
                NotBuilt::new(
                    format!("{} left no component: {error}", self.language),
                    "its own messages above say more",
                )
            })
        });
        _ = std::fs::remove_file(&part);
        bytes
    }

    /// A program of the project, of a folder above it, or on PATH.
    fn tool(&self, name: &str, inside: &str) -> Option<PathBuf> {
        let names: &[&str] = if cfg!(windows) {
            &["exe", "cmd"]
        } else {
            &[""]
        };
        let mut folders: Vec<PathBuf> = self
            .folder
            .ancestors()
            .map(|above| above.join(inside))
            .collect();
        let path = std::env::var_os("PATH").unwrap_or_default();
        folders.extend(std::env::split_paths(&path));
        let files = folders.iter().flat_map(|folder| {
            names
                .iter()
                .map(move |ending| folder.join(name).with_extension(ending))
        });
        files.into_iter().find(|file| file.is_file())
    }
}

/// Makes a component of a core module of any language.
///
/// # Errors
/// When it cannot be a policy.
pub fn from_core(module: &[u8], shown: &str) -> Result<(Vec<u8>, Vec<Stub>), NotBuilt> {
    let made = component::make(module);
    let made = made.map_err(|unfit| NotBuilt::new(format!("{shown} {unfit}"), unfit.help()))?;
    Ok((made.bytes, made.stubs))
}

/// Runs a tool; its output is for people.
fn run(command: &mut Command, name: &str, install: &str) -> Result<(), NotBuilt> {
    // Standard output is kept for what Gardefou prints.
    command
        .stdout(std::io::stderr())
        .stdin(std::process::Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(NotBuilt::new(
            format!("{name} could not build the policy"),
            "its own messages above say why",
        )),
        Err(error) => Err(NotBuilt::new(
            format!("{name} does not start: {error}"),
            install,
        )),
    }
}

/// Name of the component, and of the module that cargo writes.
fn cargo_names(text: &str) -> Option<(String, String)> {
    let table: toml::Table = text.parse().ok()?;
    let name = table.get("package")?.get("name")?.as_str()?.to_owned();
    let lib = table.get("lib").and_then(|lib| lib.get("name"));
    let module = lib.and_then(toml::Value::as_str).unwrap_or(&name);
    Some((name.clone(), module.replace('-', "_")))
}

/// Name of the component, and of the module that holds the policy.
fn python_names(text: &str) -> Option<(String, String)> {
    let table: toml::Table = text.parse().ok()?;
    let name = table.get("project")?.get("name")?.as_str()?.to_owned();
    let own = table.get("tool").and_then(|tool| tool.get("gardefou"));
    let module = own.and_then(|own| own.get("module"));
    let module = module.and_then(toml::Value::as_str).unwrap_or("policy");
    Some((name, module.to_owned()))
}

/// Is there a source that was written after this moment?
fn newer_source(folder: &Path, built: SystemTime) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name: OsString = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let Ok(kind) = entry.file_type() else {
            return false;
        };
        if hidden || NO_SOURCES.iter().any(|skipped| name == *skipped) {
            return false;
        }
        if kind.is_dir() {
            return newer_source(&entry.path(), built);
        }
        let component = Path::new(&name).extension() == Some(OsStr::new("wasm"));
        let modified = entry.metadata().and_then(|of| of.modified());
        !component && modified.is_ok_and(|modified| modified > built)
    })
}
