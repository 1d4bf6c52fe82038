//! The sources of a policy in a folder, and what makes a component of them: `cargo`, `jco` or `componentize-py`. These
//! are the author's own programs, looked for where authors have them; nothing is fetched here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::component::{self, WORLD};
use super::start::Language;
use super::{Stub, toolchain};
use crate::text::{Text, text};

/// Why something was not built: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBuilt {
    /// What is wrong.
    pub what: Text,
    /// What to do.
    pub help: Text,
}

impl NotBuilt {
    pub(super) fn new(what: Text, help: Text) -> Self {
        Self { what, help }
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
                text!("{}: {error}", "{} : {error}", folder.display()),
                Text::new(
                    "give the folder of a policy, or a core .wasm module",
                    "donnez le dossier d’une politique, ou un module .wasm de base",
                ),
            )
        })?;
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let of = |language, (name, entry): (String, String)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/".contains(c);
            let last = name.rsplit('/').next().unwrap_or_default();
            if entry.starts_with('-') {
                return Err(NotBuilt::new(
                    text!(
                        "\"{}\" is no file",
                        "« {} » n’est pas un fichier",
                        entry.escape_debug()
                    ),
                    Text::new(
                        "name the module that holds the policy",
                        "nommez le module qui contient la politique",
                    ),
                ));
            }
            if last.is_empty() || last.starts_with('.') || !name.chars().all(plain) {
                return Err(NotBuilt::new(
                    text!(
                        "\"{}\" is no name for a component",
                        "« {} » n’est pas un nom de composant",
                        name.escape_debug()
                    ),
                    Text::new(
                        "name the package in letters, digits and `-`",
                        "nommez le paquet en lettres, chiffres et `-`",
                    ),
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
            let what = text!(
                "{}: {file} names no package",
                "{} : {file} ne nomme aucun paquet",
                folder.display()
            );
            NotBuilt::new(
                what,
                Text::new(
                    "give it a name: it becomes the name of the component",
                    "donnez-lui un nom : il devient celui du composant",
                ),
            )
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
            text!(
                "{} holds no policy: no Cargo.toml, package.json or pyproject.toml",
                "{} ne contient pas de politique : ni Cargo.toml, ni package.json, ni pyproject.toml",
                folder.display()
            ),
            Text::new(
                "`gardefou policy new house/data-owner` starts one",
                "`gardefou policy new house/data-owner` en commence une",
            ),
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
            Some((what, help)) => {
                NotBuilt::new(Text::same(what.to_owned()), Text::same(help.to_owned()))
            }
            None => NotBuilt::new(
                Text::same(error),
                Text::new("install Rust", "installez Rust"),
            ),
        })?;
        let target = self.folder.join("target/gardefou");
        let mut cargo = compiler.cargo(&self.folder, "/policy", &target);
        run(
            &mut cargo,
            "cargo",
            Text::new("install Rust with rustup", "installez Rust avec rustup"),
        )?;
        let module = target
            .join(toolchain::TARGET)
            .join("release")
            .join(format!("{}.wasm", self.entry));
        let module = std::fs::read(&module).map_err(|_| {
            NotBuilt::new(
                text!("{} made no module", "{} n’a pas produit de module", self.folder.display()),
                Text::new("set `crate-type = [\"cdylib\", \"rlib\"]` in the `[lib]` of its Cargo.toml", "mettez `crate-type = [\"cdylib\", \"rlib\"]` dans le `[lib]` de son Cargo.toml"),
            )
        })?;
        from_core(&module, &self.folder.display().to_string())
    }

    fn build_javascript(&self) -> Result<Vec<u8>, NotBuilt> {
        let jco = self.tool("jco", "node_modules/.bin").ok_or_else(|| {
            NotBuilt::new(
                Text::new("jco, which makes components of JavaScript, is neither in node_modules nor on PATH", "jco, qui fait des composants à partir de JavaScript, n’est ni dans node_modules ni sur PATH"),
                text!("run `npm install` in {}", "lancez `npm install` dans {}", self.folder.display()),
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
            run(
                &mut jco,
                "jco",
                Text::new("run `npm install` again", "relancez `npm install`"),
            )
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
                Text::new("componentize-py, which makes components of Python, is neither in .venv nor on PATH", "componentize-py, qui fait des composants à partir de Python, n’est ni dans .venv ni sur PATH"),
                text!("run `{install}` in {}", "lancez `{install}` dans {}", self.folder.display()),
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
            run(&mut python, "componentize-py", Text::same(install))
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
                    text!(
                        "{} left no component: {error}",
                        "{} n’a pas laissé de composant : {error}",
                        self.language
                    ),
                    Text::new(
                        "its own messages above say more",
                        "ses propres messages, plus haut, en disent plus",
                    ),
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
    let made = made.map_err(|unfit| {
        let why = unfit.text();
        NotBuilt::new(text!("{shown} {why}", "{shown} {why}"; why), unfit.help())
    })?;
    Ok((made.bytes, made.stubs))
}

/// Runs a tool; its output is for people.
fn run(command: &mut Command, name: &str, install: Text) -> Result<(), NotBuilt> {
    // Standard output is kept for what Gardefou prints.
    command
        .stdout(std::io::stderr())
        .stdin(std::process::Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(NotBuilt::new(
            text!(
                "{name} could not build the policy",
                "{name} n’a pas pu construire la politique"
            ),
            Text::new(
                "its own messages above say why",
                "ses propres messages, plus haut, disent pourquoi",
            ),
        )),
        Err(error) => Err(NotBuilt::new(
            text!(
                "{name} does not start: {error}",
                "{name} ne démarre pas : {error}"
            ),
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
