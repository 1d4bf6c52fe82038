//! `gardefou policy new`.

use std::path::PathBuf;

use super::args::PolicyNewArgs;
use crate::cli::args::TerminalArgs;
use crate::cli::{Fault, terminal};
use crate::report::clean_line;
use crate::text::{Lang, Text};
use crate::verdict::ExitStatus;
use crate::workshop::{Language, NotStarted};

pub(super) fn run(args: &PolicyNewArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let lang = terminal.lang();
    let name = &args.name;
    let language = Language::from(args.language);
    let folder = args
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(name.family()));
    let written = name.start(language, &folder).map_err(|why| {
        let help = match why {
            NotStarted::Taken(_) => Text::new(
                "name a folder that is new or empty with --dir",
                "nommez un dossier nouveau ou vide avec --dir",
            ),
            NotStarted::Output(..) => Text::new(
                "name a folder that you can write to with --dir",
                "nommez avec --dir un dossier où vous pouvez écrire",
            ),
            NotStarted::NoSdk => Text::new(
                "build gardefou from its repository, or use --language javascript or python",
                "construisez gardefou depuis son dépôt, ou employez --language javascript ou python",
            ),
        };
        Fault::with_help(why.text(), help)
    })?;
    let shown = folder.display().to_string();
    let shown = clean_line(&shown);
    let own = written.iter().filter(|path| !path.starts_with("vendor/"));
    let mut text = match lang {
        Lang::En => format!("{name} in {shown}, in {language}:\n"),
        Lang::Fr => format!("{name} dans {shown}, en {language} :\n"),
    };
    for path in own {
        text.push_str(&format!("  {path}\n"));
    }
    if written.iter().any(|path| path.starts_with("vendor/")) {
        text.push_str(lang.pick("  vendor/  the SDK\n", "  vendor/  le SDK\n"));
    }
    let component = format!("{}-policy.wasm", name.family());
    let prepare = match language {
        Language::Rust => "",
        Language::JavaScript => "  npm install\n",
        Language::Python => {
            "  python3 -m venv .venv && .venv/bin/pip install componentize-py==0.25.1\n"
        }
    };
    let (next, tries) = match lang {
        Lang::En => (
            "Next:",
            format!("builds {component} and tries it on its cases"),
        ),
        Lang::Fr => (
            "Ensuite :",
            format!("construit {component} et l’essaie sur ses cas"),
        ),
    };
    text.push_str(&format!(
        "\n{next}\n  cd {shown}\n{prepare}  gardefou policy test    {tries}\n"
    ));
    terminal::print_text(&text).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}
