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
use crate::verdict::ExitStatus;
use crate::workshop::{NotBuilt, Stub};

pub(super) use args::PolicyArgs;

pub(super) fn run(args: &PolicyArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    match &args.command {
        PolicyCommand::New(args) => new::run(args),
        PolicyCommand::Build(args) => build::run(args),
        PolicyCommand::Test(args) => test::run(args, terminal),
        PolicyCommand::Inspect(args) => inspect::run(args, terminal),
        PolicyCommand::Lock(args) => lock::run(args, terminal),
    }
}

impl From<NotBuilt> for Fault {
    fn from(why: NotBuilt) -> Self {
        Self::Usage(why.to_string())
    }
}

/// What is wrong with a policy, and what to do, as text.
fn said(problem: &Problem) -> Fault {
    let help = problem.help.as_deref();
    let help = help.map_or_else(String::new, |help| format!("\nhelp: {}", help.en));
    Fault::Usage(format!("{}{help}", problem.message.en))
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
        Ok(size) if size > most => Err(Fault::Usage(format!(
            "{shown}: {size} bytes are more than a policy may have, {most}"
        ))),
        _ if path.is_dir() => Err(Fault::Usage(format!(
            "{shown} is a folder\nhelp: name the .wasm file in it; `gardefou policy build` makes one"
        ))),
        _ => std::fs::read(path).map_err(|error| unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    let shown = path.display();
    Fault::Usage(match error.kind() {
        io::ErrorKind::NotFound => format!("{shown}: there is no such file or folder"),
        kind => format!("{shown}: {kind}"),
    })
}

/// Says which functions of WASI were replaced.
fn say_stubs(stubs: &[Stub]) {
    let named = |traps: bool| {
        let of = stubs.iter().filter(|stub| stub.traps == traps);
        let names: Vec<String> = of.map(|stub| clean_line(&stub.name).into_owned()).collect();
        match names.len() {
            0..=8 => names.join(", "),
            all => format!(
                "{}, and {} more",
                names.get(..8).unwrap_or_default().join(", "),
                all - 8
            ),
        }
    };
    let (stopping, empty) = (named(true), named(false));
    if !stopping.is_empty() {
        terminal::say(&format!(
            "note: policies get no WASI; calling these stops the policy: {stopping}"
        ));
    }
    if !empty.is_empty() {
        terminal::say(&format!(
            "note: policies get no WASI; these have nothing to tell: {empty}"
        ));
    }
}

/// `41.2 KB`
fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
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
