//! What a program said of its troubles, as the remedy of a problem: short, on one line, harmless, and without the machine's
//! own folders.

use std::fmt::Write as _;
use std::path::Path;

use super::{Job, Problem, ProblemCode, Shop, shown};
use crate::program::Failure;
use crate::text::{Lang, Text, text};

/// Characters that are kept.
const MOST: usize = 800;

/// A problem for a job that a program did not do.
pub(super) fn problem(job: &Job<'_>, program: &str, failure: &Failure, said: &str) -> Problem {
    let elsewhere = Text::new(
        "render it where it can be, and scan the output",
        "rendez-le là où c’est possible, et analysez la sortie",
    );
    let (why, help) = match failure {
        Failure::NotStarted(why) => (
            text!(
                "`{program}` could not be started: {why}",
                "`{program}` n’a pas pu être lancé : {why}";
                why
            ),
            elsewhere,
        ),
        Failure::Time(time) => (
            text!(
                "`{program}` took longer than {} s",
                "`{program}` a duré plus de {} s",
                time.as_secs()
            ),
            text!(
                "give it more with `timeout` in [render], or {elsewhere}",
                "donnez-lui plus avec `timeout` dans [render], ou {elsewhere}";
                elsewhere
            ),
        ),
        Failure::Output(bound) => {
            let size = size(*bound);
            (
                text!(
                    "`{program}` wrote more than {size}",
                    "`{program}` a écrit plus de {size}";
                    size
                ),
                elsewhere,
            )
        }
        Failure::Memory(bound) => {
            let size = size(*bound);
            (
                text!(
                    "`{program}` took more than {size} of memory",
                    "`{program}` a pris plus de {size} de mémoire";
                    size
                ),
                elsewhere,
            )
        }
        Failure::NotText => (
            text!(
                "what `{program}` wrote is no UTF-8",
                "ce que `{program}` a écrit n’est pas en UTF-8"
            ),
            elsewhere,
        ),
        Failure::Status(status, _) => (
            text!(
                "`{program}` failed ({status})",
                "`{program}` a échoué ({status})"
            ),
            remedy(program, said),
        ),
    };
    not_rendered(job, &why).help(help)
}

/// An error that says what was not rendered, at the file that makes its folder what it is.
pub(super) fn not_rendered(job: &Job<'_>, why: &Text) -> Problem {
    let by = job.rendering.by.as_ref();
    let message = Text::each(|lang| {
        let by = by.map_or_else(String::new, |by| {
            format!(" {} `{}`", lang.pick("for", "pour"), by.address)
        });
        let (kind, folder) = (job.package.kind.title(lang), shown(&job.file.folder));
        let why = lang.of(why);
        match lang {
            Lang::En => format!("the {kind} `{folder}` was not rendered{by}: {why}"),
            Lang::Fr => format!("{kind} `{folder}` n’a pas de rendu{by} : {why}"),
        }
    });
    Problem::error(ProblemCode::NotRendered, message).in_file(&job.file.path)
}

/// What to do about it, when it is known; what was said, always.
fn remedy(program: &str, said: &str) -> Text {
    const FETCHES: (&str, &str) = (
        "nothing is fetched: put it into the repository",
        "rien n’est téléchargé : mettez-le dans le dépôt",
    );
    let known = [
        (
            "missing in charts/",
            (
                "put its dependencies into `charts/` with `helm dependency build`, before the scan",
                "mettez ses dépendances dans `charts/` avec `helm dependency build`, avant l’analyse",
            ),
        ),
        (
            "which is incompatible with Kubernetes",
            (
                "set `kube-version` in [[render.chart]]",
                "renseignez `kube-version` dans [[render.chart]]",
            ),
        ),
        ("no such host", FETCHES),
        ("connection refused", FETCHES),
    ];
    let remedy = known.iter().find(|(sign, _)| said.contains(sign));
    match remedy {
        Some((_, (en, fr))) => Text::new(
            format!("{en}; {program} said: {said}"),
            format!("{fr} ; {program} a dit : {said}"),
        ),
        None if said.is_empty() => {
            text!(
                "{program} did not say why",
                "{program} n’a pas dit pourquoi"
            )
        }
        None => text!("{program} said: {said}", "{program} a dit : {said}"),
    }
}

/// The words of a program on one line.
pub(super) fn clean(shop: &Shop<'_>, workshop: &Path, values: &[String], said: &str) -> String {
    let mut text = said.replace("Use --debug flag to render out invalid YAML", "");
    for folder in [workshop.join("work"), workshop.to_owned()] {
        text = without(&text, &folder);
    }
    text = without(&text, shop.render.root);
    text = without(&text, &shop.boundary);
    for (at, shown) in values.iter().enumerate() {
        text = text.replace(&format!("values-{at}.yaml"), shown);
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = words.chars().count();
    let mut out = String::new();
    for (at, c) in words.chars().enumerate() {
        // What was done comes first, and what went wrong with it last.
        let is_cut = count > MOST && at >= MOST / 2 && at < count - MOST / 2;
        if is_cut && at == MOST / 2 {
            out.push_str(" … ");
        }
        if is_cut {
            continue;
        }
        if c.is_control() {
            // Writing to a String cannot fail.
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Where a machine keeps things is nobody's business, and differs from run to run.
fn without(text: &str, folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    if folder.len() < 2 {
        return text.to_owned();
    }
    text.replace(&format!("{folder}/"), "")
        .replace(&*folder, ".")
}

fn size(bytes: u64) -> Text {
    if bytes >= 1 << 30 {
        text!("{} GiB", "{} Gio", bytes >> 30)
    } else {
        text!("{} MiB", "{} Mio", bytes >> 20)
    }
}
