//! From what was typed to what is asked of a scan.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::args::{InputArgs, ScanArgs, Undetermined};
use super::{Fault, terminal};
use crate::catalog::{self, Extended};
use crate::config::words::Level;
use crate::config::{self, Date};
use crate::kubernetes::Tools;
use crate::policy::{self, Cache, Engine, Limits, Naming};
use crate::program::sweeper;
use crate::report::Lang;
use crate::scan::{
    self, BarChoice, BaselineChoice, Changes, ConfigChoice, RenderChoice, Request, Variable,
};
use crate::source::Sources;
use crate::text::{Text, text, why_not};

/// `-`: what comes through a pipe.
pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What `scan` and `inspect` ask for alike.
pub(super) fn request(args: &InputArgs, options: Option<&ArgMatches>) -> Result<Request, Fault> {
    let as_of = args.as_of.as_deref().map(day).transpose()?;
    let is_said = |name: &str| {
        let from = options.and_then(|options| options.value_source(name));
        from.is_some_and(|from| from != ValueSource::DefaultValue)
    };
    Ok(Request {
        paths: args
            .paths
            .iter()
            .filter(|path| !is_standard_input(path))
            .cloned()
            .collect(),
        standard_input: args.paths.iter().any(|path| is_standard_input(path)),
        config: match &args.config {
            Some(file) if file.is_file() => ConfigChoice::File(file.clone()),
            Some(file) => {
                let shown = file.display();
                return Err(no_config(&shown));
            }
            None => ConfigChoice::Nearest,
        },
        variables: variables(args, options)?,
        environment: environment(),
        // The default is an assumption, which is said where the code depends on it.
        workspace: (args.workspace != "default" || is_said("workspace"))
            .then(|| args.workspace.clone()),
        as_of,
        assume: args.assume,
        actor: args.actor,
        bar: BarChoice::default(),
        frameworks: Vec::new(),
        policies: Vec::new(),
        catalog: args.catalog.clone(),
        render: render(args),
        gitignore: args.gitignore,
        no_ignore_files: args.no_ignore_files,
        alone: false,
        no_inline_ignores: false,
        foreign_ignores: false,
        baseline: BaselineChoice::Without,
        changes: None,
    })
}

/// A configuration that was named and is not there.
pub(super) fn no_config(file: &impl std::fmt::Display) -> Fault {
    Fault::usage(text!(
        "--config {file}: there is no such file",
        "--config {file} : ce fichier n’existe pas"
    ))
}

/// What is asked of rendering. Programs are named by the environment alone: a configuration comes with the code.
fn render(args: &InputArgs) -> RenderChoice {
    RenderChoice {
        asked: match (args.render, args.no_render) {
            (_, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => None,
        },
        values: args.values.clone(),
        tools: tools(),
    }
}

/// Where programs come from.
pub(super) fn tools() -> Tools {
    // What they leave behind when a scan is ended from outside, this program clears away.
    sweeper::enable();
    let variable = |name: &str| std::env::var_os(name);
    Tools {
        path: variable("PATH"),
        helm: variable("GARDEFOU_HELM"),
        kubectl: variable("GARDEFOU_KUBECTL"),
        kustomize: variable("GARDEFOU_KUSTOMIZE"),
        git: variable("GARDEFOU_GIT"),
    }
}

/// What `scan` alone asks for.
pub(super) fn scan_request(
    args: &ScanArgs,
    options: Option<&ArgMatches>,
    lang: Lang,
) -> Result<Request, Fault> {
    let mut request = request(&args.input, options)?;
    let names = options.and_then(|options| options.value_source("paths"));
    let are_named = names.is_some_and(|from| from != ValueSource::DefaultValue);
    request.changes = changes(args, &mut request, are_named, lang)?;
    request.policies.clone_from(&args.policy);
    request.no_inline_ignores = args.no_inline_ignores;
    request.foreign_ignores = args.foreign_ignores;
    request.baseline = match &args.baseline {
        _ if args.no_baseline => BaselineChoice::Without,
        // An empty environment variable names none.
        Some(file) if !file.is_empty() => BaselineChoice::File(file.into()),
        Some(_) | None => BaselineChoice::Configured,
    };
    // An empty environment variable asks for nothing.
    let named = args.framework.iter().filter(|one| !one.trim().is_empty());
    request.frameworks = named.cloned().collect();
    request.bar = BarChoice {
        fail_on: args.fail_on.map(|bar| bar.0),
        undetermined: args.undetermined.map(|what| match what {
            Undetermined::Fail => Level::ALL.to_vec(),
            Undetermined::Warn | Undetermined::Ignore => Vec::new(),
        }),
        gaps: args.fail_on_gaps,
        min_resources: args.min_resources,
    };
    Ok(request)
}

/// What changed, where only that is to be reported.
fn changes(
    args: &ScanArgs,
    request: &mut Request,
    are_named: bool,
    lang: Lang,
) -> Result<Option<Changes>, Fault> {
    if let Some(reference) = &args.changed_since {
        let found = Changes::since(reference, &request.paths, &request.render.tools);
        return found.map(Some).map_err(|error| {
            let text = error.text();
            Fault::spoken(format!("--changed-since {reference}: {}", lang.of(&text)))
        });
    }
    if args.only_changed {
        if request.standard_input {
            let why = lang.pick(
                "--only-changed takes names of files; what comes through a pipe has none",
                "--only-changed prend des noms de fichiers ; ce qui vient d’un tube n’en a pas",
            );
            return Err(Fault::spoken(why.to_owned()));
        }
        let mut named = std::mem::replace(&mut request.paths, vec![PathBuf::from(".")]);
        if !are_named {
            named.clear();
            let note = lang.pick(
                "note: --only-changed without PATHS: no file changed, so no finding is reported",
                "note : --only-changed sans PATHS : aucun fichier n’a changé, donc aucun constat n’est rapporté",
            );
            terminal::say(note);
        }
        return Ok(Some(Changes::listed(named)));
    }
    let Some(file) = &args.files_from else {
        return Ok(None);
    };
    let list = if !is_standard_input(file) {
        File::open(file).and_then(|mut file| whole(&mut file))
    } else if request.standard_input {
        let why = lang.pick(
            "standard input is either a list of files (--files-from -) or what is scanned (-)",
            "l’entrée standard est soit une liste de fichiers (--files-from -), soit ce qui est analysé (-)",
        );
        return Err(Fault::spoken(why.to_owned()));
    } else {
        whole(&mut std::io::stdin().lock())
    };
    let list = list.map_err(|error| {
        let (file, why) = (file.display(), why_not(error.kind()));
        Fault::usage(text!("--files-from {file}: {why}", "--files-from {file} : {why}"; why))
    })?;
    let names = scan::changes::names(&list);
    // What writes the list may have failed, and nobody sees that through a pipe.
    if names.is_empty() {
        let file = file.display();
        return Err(Fault::with_help(
            text!(
                "--files-from {file}: the list names no file, so nothing would be judged",
                "--files-from {file} : la liste ne nomme aucun fichier, donc rien ne serait jugé"
            ),
            Text::new(
                "a command that fails writes an empty list, too: write it to a file and look at the status of the command first; where nothing changed, do not scan; --changed-since asks git itself",
                "une commande qui échoue écrit aussi une liste vide : écrivez-la dans un fichier et regardez d’abord le statut de la commande ; si rien n’a changé, n’analysez pas ; --changed-since interroge git lui-même",
            ),
        ));
    }
    Ok(Some(Changes::listed(names)))
}

/// All of a list of files.
fn whole(from: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    const MAX: u64 = 256 << 20;
    let mut list = Vec::new();
    from.take(MAX + 1).read_to_end(&mut list)?;
    if list.len() as u64 > MAX {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(list)
}

/// The facts, with folders of others over them.
///
/// # Errors
/// When something is wrong in these: drawn on standard error by [`super::Fault::Input`].
pub(super) fn catalog(folders: &[PathBuf]) -> Result<Extended, Fault> {
    let sources = Sources::new();
    let named: Vec<(PathBuf, String)> = folders
        .iter()
        .map(|folder| (folder.clone(), folder.display().to_string()))
        .collect();
    let extended = catalog::extend(&named, &sources);
    if extended.problems.is_empty() {
        Ok(extended)
    } else {
        Err(Fault::Input(Box::new((sources, extended.problems))))
    }
}

/// The day of `--as-of`, else today.
pub(super) fn as_of(text: Option<&str>) -> Result<Date, Fault> {
    Ok(text
        .map(day)
        .transpose()?
        .unwrap_or_else(crate::scan::today))
}

fn day(text: &str) -> Result<Date, Fault> {
    let wrong = |_| {
        Fault::usage(text!(
            "--as-of {text}: write a day such as 2026-11-30",
            "--as-of {text} : écrivez un jour tel que 2026-11-30"
        ))
    };
    text.parse().map_err(wrong)
}

/// `--var` and `--var-file` in the order in which they were typed: later ones win.
fn variables(args: &InputArgs, options: Option<&ArgMatches>) -> Result<Vec<Variable>, Fault> {
    let places = |name: &str| -> Vec<usize> {
        let indices = options.and_then(|options| options.indices_of(name));
        indices.into_iter().flatten().collect()
    };
    let mut all = Vec::new();
    for (at, text) in places("var").into_iter().zip(&args.var) {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Fault::usage(text!(
                "--var {text}: write it as NAME=VALUE, such as --var region=fr-par",
                "--var {text} : écrivez-le NOM=VALEUR, par exemple --var region=fr-par"
            ))
        })?;
        let (name, text) = (name.trim().to_owned(), value.to_owned());
        all.push((at, Variable::Text { name, text }));
    }
    let files = args.var_file.iter().cloned().map(Variable::File);
    all.extend(places("var_file").into_iter().zip(files));
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, variable)| variable).collect())
}

/// `TF_VAR_name`, sorted. Names and values that are no text cannot be values of Terraform either.
fn environment() -> Vec<(String, String)> {
    let mut all: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("TF_VAR_"))
        .collect();
    all.sort();
    all
}

/// The built-in policies. Those of the user are added when the configuration is known; what is compiled then is kept.
pub(super) fn engine(no_cache: bool) -> Engine {
    let engine = Engine::builtin(Limits::default());
    if no_cache {
        engine
    } else {
        engine.with_cache(Cache::of_user(|name| std::env::var_os(name)))
    }
}

/// The engine for a command that only speaks of rules, with the policies of the nearest configuration and those that were
/// named: every one has to be there.
pub(super) fn loaded(by_hand: &[PathBuf], no_cache: bool) -> Result<Engine, Fault> {
    let sources = Sources::new();
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let root = here.unwrap_or_default();
    let found = config::find(&root);
    // What else is wrong with the configuration, a scan says.
    let (config, _) = found.map_or_else(Default::default, |found| {
        config::load(&found, &root, &sources)
    });
    let naming = Naming {
        by_hand,
        config: &config,
        root: &root,
        locked: true,
    };
    let (engine, problems) = policy::with_users(&engine(no_cache), &naming, &sources);
    if problems.is_empty() {
        Ok(engine)
    } else {
        Err(Fault::Input(Box::new((sources, problems))))
    }
}
