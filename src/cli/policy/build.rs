//! `gardefou policy build`.

use std::path::Path;

use super::args::PolicyBuildArgs;
use super::{engine_of, read, said, say_stubs, shown, size};
use crate::cli::args::TerminalArgs;
use crate::cli::{Fault, terminal};
use crate::policy::Engine;
use crate::text::{Lang, Text};
use crate::verdict::ExitStatus;
use crate::workshop::{Inside, Project, Stub, from_core};

pub(super) fn run(args: &PolicyBuildArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let lang = terminal.lang();
    let what = &args.what;
    let ((bytes, stubs), output) = if what.is_file() {
        let module = read(what)?;
        let built = from_core(&module, &what.display().to_string())?;
        (built, what.with_extension("component.wasm"))
    } else {
        let project = Project::of(what)?;
        (project.build()?, project.component())
    };
    let output = args.output.as_deref().unwrap_or(&output);
    let engine = keep(&bytes, &stubs, output, lang)?;
    let text = summary(&bytes, &engine, output, lang);
    terminal::print_text(&text).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

/// Writes a component, when it is a policy that a scan accepts.
pub(super) fn keep(
    bytes: &[u8],
    stubs: &[Stub],
    output: &Path,
    lang: Lang,
) -> Result<Engine, Fault> {
    say_stubs(stubs, lang);
    let name = output.display().to_string();
    let engine = engine_of(bytes, &name).map_err(|problem| said(&problem))?;
    std::fs::write(output, bytes).map_err(|error| Fault::Output {
        to: Text::same(name),
        error,
    })?;
    Ok(engine)
}

fn summary(bytes: &[u8], engine: &Engine, output: &Path, lang: Lang) -> String {
    let inside = Inside::of(bytes);
    let rules: Vec<&str> = engine.rules().iter().map(|rule| rule.id.as_str()).collect();
    format!(
        "{}\n  {}  {}\n  sha256  {}\n  {}  {}\n",
        shown(output),
        lang.pick("size  ", "taille"),
        size(bytes.len(), lang),
        inside.sha256,
        lang.pick("rules ", "règles"),
        rules.join("\n          ")
    )
}
