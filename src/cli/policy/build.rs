//! `gardefou policy build`.

use std::path::Path;

use super::args::PolicyBuildArgs;
use super::{engine_of, read, said, say_stubs, shown, size};
use crate::cli::{Fault, terminal};
use crate::policy::Engine;
use crate::verdict::ExitStatus;
use crate::workshop::{Inside, Project, Stub, from_core};

pub(super) fn run(args: &PolicyBuildArgs) -> Result<ExitStatus, Fault> {
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
    let engine = keep(&bytes, &stubs, output)?;
    let text = summary(&bytes, &engine, output);
    terminal::print(|out| out.write_all(text.as_bytes())).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}

/// Writes a component, when it is a policy that a scan accepts.
pub(super) fn keep(bytes: &[u8], stubs: &[Stub], output: &Path) -> Result<Engine, Fault> {
    say_stubs(stubs);
    let name = output.display().to_string();
    let engine = engine_of(bytes, &name).map_err(|problem| said(&problem))?;
    std::fs::write(output, bytes).map_err(|error| Fault::Output { to: name, error })?;
    Ok(engine)
}

fn summary(bytes: &[u8], engine: &Engine, output: &Path) -> String {
    let inside = Inside::of(bytes);
    let rules: Vec<&str> = engine.rules().iter().map(|rule| rule.id.as_str()).collect();
    format!(
        "{}\n  size    {}\n  sha256  {}\n  rules   {}\n",
        shown(output),
        size(bytes.len()),
        inside.sha256,
        rules.join("\n          ")
    )
}
