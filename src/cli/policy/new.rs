//! `gardefou policy new`.

use std::path::PathBuf;

use super::args::PolicyNewArgs;
use crate::cli::{Fault, terminal};
use crate::report::clean_line;
use crate::verdict::ExitStatus;
use crate::workshop::{Language, NotStarted};

pub(super) fn run(args: &PolicyNewArgs) -> Result<ExitStatus, Fault> {
    let name = &args.name;
    let language = Language::from(args.language);
    let folder = args
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(name.family()));
    let written = name.start(language, &folder).map_err(|why| {
        let help = match why {
            NotStarted::Taken(_) => "\nhelp: name a folder that is new or empty with --dir",
            NotStarted::Output(..) => "\nhelp: name a folder that you can write to with --dir",
            NotStarted::NoSdk => {
                "\nhelp: build gardefou from its repository, or use --language javascript or python"
            }
        };
        Fault::Usage(format!("{why}{help}"))
    })?;
    let shown = folder.display().to_string();
    let shown = clean_line(&shown);
    let own = written.iter().filter(|path| !path.starts_with("vendor/"));
    let mut text = format!("{name} in {shown}, in {language}:\n");
    for path in own {
        text.push_str(&format!("  {path}\n"));
    }
    if written.iter().any(|path| path.starts_with("vendor/")) {
        text.push_str("  vendor/  the SDK\n");
    }
    let component = format!("{}-policy.wasm", name.family());
    let prepare = match language {
        Language::Rust => "",
        Language::JavaScript => "  npm install\n",
        Language::Python => {
            "  python3 -m venv .venv && .venv/bin/pip install componentize-py==0.25.1\n"
        }
    };
    text.push_str(&format!(
        "\nNext:\n  cd {shown}\n{prepare}  gardefou policy test    builds {component} and tries it on its cases\n"
    ));
    terminal::print(|out| out.write_all(text.as_bytes())).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}
