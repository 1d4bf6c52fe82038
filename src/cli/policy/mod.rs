//! `gardefou policy`: the workshop for authors.

mod args;
mod build;
mod inspect;
mod lock;
mod new;
mod test;

use std::io;
use std::path::Path;

use args::PolicyCommand;

use super::args::TerminalArgs;
use super::{Fault, terminal};
use crate::policy::{Engine, Limits};
use crate::problem::Problem;
use crate::report::clean_line;
use crate::text::{Lang, Text, text, why_not};
use crate::verdict::ExitStatus;
use crate::workshop::{NotBuilt, Stub};

pub(super) use args::PolicyArgs;

pub(super) fn run(args: &PolicyArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    match &args.command {
        PolicyCommand::New(args) => new::run(args, terminal),
        PolicyCommand::Build(args) => build::run(args, terminal),
        PolicyCommand::Test(args) => test::run(args, terminal),
        PolicyCommand::Inspect(args) => inspect::run(args, terminal),
        PolicyCommand::Lock(args) => lock::run(args, terminal),
    }
}

impl From<NotBuilt> for Fault {
    fn from(why: NotBuilt) -> Self {
        Self::with_help(why.what, why.help)
    }
}

/// What is wrong with a policy, and what to do, as text.
fn said(problem: &Problem) -> Fault {
    Fault::Usage(problem.message.clone(), problem.help.as_deref().cloned())
}

/// An engine with one policy.
fn engine_of(bytes: &[u8], shown: &str) -> Result<Engine, Problem> {
    let mut engine = Engine::empty(Limits::default());
    engine.load_bytes(bytes, shown)?;
    Ok(engine)
}

/// Reads a component or a module, within bounds.
fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let most = Limits::default().file;
    let shown = path.display();
    let size = std::fs::metadata(path).map(|of| of.len());
    match size {
        Ok(size) if size > most => Err(Fault::usage(text!(
            "{shown}: {size} bytes are more than a policy may have, {most}",
            "{shown} : {size} octets, c’est plus qu’une politique ne peut avoir, {most}"
        ))),
        _ if path.is_dir() => Err(Fault::with_help(
            text!("{shown} is a folder", "{shown} est un dossier"),
            Text::new(
                "name the .wasm file in it; `gardefou policy build` makes one",
                "nommez le fichier .wasm qui s’y trouve ; `gardefou policy build` en fait un",
            ),
        )),
        _ => std::fs::read(path).map_err(|error| unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let shown = path.display();
    Fault::usage(match error.kind() {
        io::ErrorKind::NotFound => text!(
            "{shown}: there is no such file or folder",
            "{shown} : ce fichier ou ce dossier n’existe pas"
        ),
        kind => {
            let why = why_not(kind);
            text!("{shown}: {why}", "{shown} : {why}"; why)
        }
    })
}

/// Says which functions of WASI were replaced.
fn say_stubs(stubs: &[Stub], lang: Lang) {
    let named = |traps: bool| {
        let of = stubs.iter().filter(|stub| stub.traps == traps);
        let names: Vec<String> = of.map(|stub| clean_line(&stub.name).into_owned()).collect();
        match names.len() {
            0..=8 => names.join(", "),
            all => format!(
                "{}{} {} {}",
                names.get(..8).unwrap_or_default().join(", "),
                lang.pick(", and", " et"),
                all - 8,
                lang.pick("more", "de plus")
            ),
        }
    };
    let (stopping, empty) = (named(true), named(false));
    if !stopping.is_empty() {
        let note = lang.pick(
            "note: policies get no WASI; calling these stops the policy:",
            "note : les politiques n’ont pas WASI ; appeler ceci arrête la politique :",
        );
        terminal::say(&format!("{note} {stopping}"));
    }
    if !empty.is_empty() {
        let note = lang.pick(
            "note: policies get no WASI; these have nothing to tell:",
            "note : les politiques n’ont pas WASI ; ceci n’a rien à dire :",
        );
        terminal::say(&format!("{note} {empty}"));
    }
}

/// `41.2 KB`
fn size(bytes: usize, lang: Lang) -> String {
    let bytes = bytes as f64;
    if lang == Lang::Fr {
        return match bytes {
            1e6.. => format!("{:.1} Mo", bytes / 1e6).replace('.', ","),
            1e3.. => format!("{:.1} ko", bytes / 1e3).replace('.', ","),
            _ => format!("{bytes} octets"),
        };
    }
    match bytes {
        1e6.. => format!("{:.1} MB", bytes / 1e6),
        1e3.. => format!("{:.1} KB", bytes / 1e3),
        _ => format!("{bytes} bytes"),
    }
}

/// A path as people would type it: relative to where they are, when it is below.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let path = match here.as_ref().map(|here| path.strip_prefix(here)) {
        Ok(Ok(inside)) if !inside.as_os_str().is_empty() => inside,
        _ => path,
    };
    clean_line(&path.display().to_string()).into_owned()
}
