//! `gardefou scan`: the main job.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::args::{ReportFormat, ScanArgs, TerminalArgs, Undetermined};
use super::{Fault, request, terminal, threads};
use crate::discover::{Kind, State};
use crate::policy::Cache;
use crate::report::human::Look;
use crate::report::{self, Report, clean_line};
use crate::scan::{self, Scan};
use crate::text::{Lang, Text, text};
use crate::verdict::{ExitStatus, FileCount};

pub(super) fn run(
    args: &ScanArgs,
    options: Option<&ArgMatches>,
    terminal: &TerminalArgs,
) -> Result<ExitStatus, Fault> {
    threads::set(args.input.threads);
    each_its_file(&args.output)?;
    let asked = request::scan_request(args, options, terminal.lang())?;
    let engine = request::engine(args.no_cache);
    let scan = scan::run(&asked, &engine);
    if terminal.verbose
        && let Some(why) = engine.cache().and_then(Cache::refused)
    {
        let note = terminal.lang().pick(
            "note: compiled policies are not kept:",
            "note : les politiques compilées ne sont pas gardées :",
        );
        terminal::say(&format!("{note} {why}"));
    }
    let report = Report::of(&scan, terminal.lang(), args.category.as_deref());
    let look = Look {
        undetermined: args.undetermined != Some(Undetermined::Ignore),
        ground: terminal::ground(terminal, scan.inputs.root.as_deref()),
        ..terminal::look(terminal)
    };
    // One file that cannot be written takes nothing from the others.
    let mut unwritten = None;
    for (format, path) in &args.output {
        if let Err(fault) = to_file(*format, path, &report, &look) {
            super::say(&fault, report.lang);
            unwritten = Some(ExitStatus::Incomplete);
        }
    }
    terminal::print(|out| written(args.format, &report, &look, out)).map_err(Fault::stdout)?;
    if scan.status == ExitStatus::NothingToScan {
        terminal::say(&nothing_to_scan(&scan, args, terminal.lang()));
    }
    let status = unwritten.unwrap_or(scan.status);
    // The process ends here: giving all of it back piece by piece would only take time.
    std::mem::forget((scan, engine));
    Ok(status)
}

/// Two reports in one file: the later would silently take the place of the other.
fn each_its_file(outputs: &[(ReportFormat, PathBuf)]) -> Result<(), Fault> {
    let mut taken = BTreeSet::new();
    for (_, path) in outputs {
        // What is no file, such as /dev/null, takes any number.
        if path.metadata().is_ok_and(|is| !is.is_file()) {
            continue;
        }
        if !taken.insert(same_file(path)) {
            let path = path.display();
            return Err(Fault::with_help(
                text!(
                    "two reports cannot be written into one file: {path}",
                    "deux rapports ne peuvent être écrits dans un même fichier : {path}"
                ),
                text!(
                    "give each `--output` a file of its own",
                    "donnez à chaque `--output` son propre fichier"
                ),
            ));
        }
    }
    Ok(())
}

/// One name for a file, however it is written; it need not be there yet.
fn same_file(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        match (folder.canonicalize(), path.file_name()) {
            (Ok(folder), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        }
    })
}

fn to_file(
    format: ReportFormat,
    path: &Path,
    report: &Report<'_>,
    look: &Look,
) -> Result<(), Fault> {
    let failed = |error| Fault::Output {
        to: Text::new(
            path.display().to_string(),
            format!("dans {}", path.display()),
        ),
        error,
    };
    // Files are read later and elsewhere.
    let look = Look {
        color: false,
        width: terminal::WIDTH,
        ground: look.ground.clone().without_links(),
        ..look.clone()
    };
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    written(format, report, &look, &mut out)
        .and_then(|()| out.flush())
        .map_err(failed)
}

/// What people read may end in the log of a job, whether it goes there at once or by way of a file.
fn written(
    format: ReportFormat,
    report: &Report<'_>,
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let format = report::Format::from(format);
    if format != report::Format::Human {
        return report::write(format, report, look, out);
    }
    let mut text = Vec::new();
    report::write(format, report, look, &mut text)?;
    out.write_all(terminal::readable(&String::from_utf8_lossy(&text)).as_bytes())
}

/// What was looked for, and what was there instead.
fn nothing_to_scan(scan: &Scan, args: &ScanArgs, lang: Lang) -> String {
    let paths: Vec<String> = args
        .input
        .paths
        .iter()
        .map(|path| clean_line(&path.display().to_string()).into_owned())
        .collect();
    let seen: Vec<String> = scan
        .coverage
        .files
        .iter()
        .filter(|of| of.files > 0)
        .map(|of| {
            let files = lang.files(of.files, of.kind);
            match of.state {
                State::Read | State::Skipped => files,
                State::Unsupported => {
                    format!(
                        "{files} ({})",
                        lang.pick("unsupported", "non pris en charge")
                    )
                }
                State::Unreadable => {
                    format!("{files} ({})", lang.pick("unreadable", "non lisible"))
                }
            }
        })
        .collect();
    let seen = if seen.is_empty() {
        lang.pick("no file at all", "aucun fichier").to_owned()
    } else {
        seen.join(", ")
    };
    let packages =
        |of: &FileCount| of.files > 0 && matches!(of.kind, Kind::HelmChart | Kind::Kustomization);
    let help = if !scan.coverage.missing_modules.is_empty() {
        lang.pick(
            "the code only calls modules that are not at hand: `terraform init` fetches them, and then they are judged",
            "le code ne fait qu’appeler des modules qui ne sont pas là : `terraform init` les récupère, et ils sont alors jugés",
        )
    } else if scan.coverage.files.iter().any(packages) {
        lang.pick(
            "`--render` renders charts and kustomizations with the installed programs; or scan the output of `helm template` and `kustomize build`",
            "`--render` rend les charts et les kustomizations avec les programmes installés ; ou analysez la sortie de `helm template` et de `kustomize build`",
        )
    } else {
        lang.pick(
            "give the folder that holds the code; what .gardefouignore names is left out",
            "donnez le dossier qui contient le code ; ce que nomme .gardefouignore est laissé de côté",
        )
    };
    let (paths, word) = (paths.join(", "), terminal::help_word(lang));
    match lang {
        Lang::En => format!(
            "nothing to scan in {paths}: looked for Terraform and OpenTofu (.tf, .tofu, .tf.json) and for Kubernetes objects in YAML and \
             JSON; found {seen}.\n{word} {help}"
        ),
        Lang::Fr => format!(
            "rien à analyser dans {paths} : cherché du Terraform et de l’OpenTofu (.tf, .tofu, .tf.json) et des objets Kubernetes en YAML \
             et en JSON ; trouvé : {seen}.\n{word} {help}"
        ),
    }
}
