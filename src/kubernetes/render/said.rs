//! What a program said of its troubles, as the remedy of a problem: short, on one line, harmless, and without the machine's
//! own folders.

use std::fmt::Write as _;
use std::path::Path;

use super::{Job, Problem, ProblemCode, Shop, shown};
use crate::program::Failure;

/// Characters that are kept.
const MOST: usize = 800;

/// A problem for a job that a program did not do.
pub(super) fn problem(job: &Job<'_>, program: &str, failure: &Failure, said: &str) -> Problem {
    let elsewhere = "render it where it can be, and scan the output";
    let (why, help) = match failure {
        Failure::NotStarted(why) => (
            format!("`{program}` could not be started: {why}"),
            elsewhere.to_owned(),
        ),
        Failure::Time(time) => (
            format!("`{program}` took longer than {} s", time.as_secs()),
            format!("give it more with `timeout` in [render], or {elsewhere}"),
        ),
        Failure::Output(bound) => (
            format!("`{program}` wrote more than {}", size(*bound)),
            elsewhere.to_owned(),
        ),
        Failure::Memory(bound) => (
            format!("`{program}` took more than {} of memory", size(*bound)),
            elsewhere.to_owned(),
        ),
        Failure::NotText => (
            format!("what `{program}` wrote is no UTF-8"),
            elsewhere.to_owned(),
        ),
        Failure::Status(status, _) => (
            format!("`{program}` failed ({status})"),
            remedy(program, said),
        ),
    };
    not_rendered(job, &why).help(help)
}

/// An error that says what was not rendered, at the file that makes its folder what it is.
pub(super) fn not_rendered(job: &Job<'_>, why: &str) -> Problem {
    let by = job.rendering.by.as_ref();
    let by = by.map_or_else(String::new, |by| format!(" for `{}`", by.address));
    let message = format!(
        "the {} `{}` was not rendered{by}: {why}",
        job.package.kind.title(),
        shown(&job.file.folder)
    );
    Problem::error(ProblemCode::NotRendered, message).in_file(&job.file.path)
}

/// What to do about it, when it is known; what was said, always.
fn remedy(program: &str, said: &str) -> String {
    let known = [
        (
            "missing in charts/",
            "put its dependencies into `charts/` with `helm dependency build`, before the scan",
        ),
        (
            "which is incompatible with Kubernetes",
            "set `kube-version` in [[render.chart]]",
        ),
        (
            "no such host",
            "nothing is fetched: put it into the repository",
        ),
        (
            "connection refused",
            "nothing is fetched: put it into the repository",
        ),
    ];
    let remedy = known.iter().find(|(sign, _)| said.contains(sign));
    match remedy {
        Some((_, remedy)) => format!("{remedy}; {program} said: {said}"),
        None if said.is_empty() => format!("{program} did not say why"),
        None => format!("{program} said: {said}"),
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

fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 {
        format!("{} GiB", bytes >> 30)
    } else {
        format!("{} MiB", bytes >> 20)
    }
}
