//! An input as files of a folder, the whole scan of it, and what holds of every scan.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

use gardefou::config::Date;
use gardefou::discover;
use gardefou::policy::{Engine, Limits};
use gardefou::problem::Weight;
use gardefou::scan::{self, RenderChoice, Request, Scan};
use gardefou::verdict::ExitStatus;

use crate::{check, lies};

/// Starts a file in an input that holds several: the rest of the line is its path.
pub(crate) const FILE: &str = "#>>";

/// The day of every scan.
pub(crate) const AS_OF: &str = "2026-11-21";

/// The files of an input: what stands before the first mark is `first`.
pub(crate) fn files<'t>(text: &'t str, first: &'t str) -> Vec<(&'t str, &'t str)> {
    let mut parts = text.split(FILE);
    let mut files = vec![(first, parts.next().unwrap_or(""))];
    files.extend(parts.filter_map(|part| part.split_once('\n')));
    files
}

/// A folder with these files and no others; what names no file inside it is left out.
pub(crate) fn folder<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> &'static Path {
    static TOP: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    one_thread();
    let (_, folder) = TOP.get_or_init(|| {
        let top = tempfile::tempdir().expect("a folder");
        let folder = top.path().join("estate");
        (top, folder)
    });
    _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).expect("a folder");
    for (path, text) in files {
        let inside = |part: &str| {
            !matches!(part, "" | "." | "..") && part.len() <= 80 && !part.contains('\0')
        };
        if path.split('/').count() > 4 || !path.split('/').all(inside) {
            continue;
        }
        let file = folder.join(path);
        let parent = file.parent().unwrap_or(folder);
        // A name can be that of a file and of a folder.
        if fs::create_dir_all(parent).is_ok() {
            _ = fs::write(file, text);
        }
    }
    folder
}

/// A scan of a folder: no program is started, and the day is fixed.
pub(crate) fn request(folder: &Path) -> Request {
    Request {
        paths: vec![folder.to_owned()],
        as_of: AS_OF.parse::<Date>().ok(),
        render: RenderChoice {
            asked: Some(false),
            ..RenderChoice::default()
        },
        ..Request::default()
    }
}

/// The policies that the binary carries.
pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::builtin(Limits::default()))
}

/// What an input covers does not depend on which thread was faster.
fn one_thread() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
        pool.build_global().expect("the first one");
    });
}

/// The whole scan.
pub(crate) fn scan(request: &Request) -> Scan {
    let scan = scan::run(request, engine());
    hold(&scan);
    scan
}

/// What holds of every scan.
pub(crate) fn hold(scan: &Scan) {
    check(&scan.problems, &scan.sources);
    for finding in &scan.findings {
        lies(finding.place, &scan.sources, &finding.message.en);
        let waived = finding.waived.as_ref().and_then(|waived| waived.place);
        if let Some(place) = waived {
            lies(place, &scan.sources, "a waiver");
        }
        for related in &finding.related {
            lies(related.place, &scan.sources, &related.address);
        }
    }
    let names: BTreeSet<_> = scan.findings.iter().map(|one| &one.fingerprint).collect();
    assert_eq!(names.len(), scan.findings.len(), "two findings of one name");
    // What went wrong is never green.
    let wrong = scan.problems.iter().any(|one| one.weight == Weight::Error);
    assert_eq!(wrong, scan.status == ExitStatus::Incomplete);
    let fails = scan.findings.iter().any(|one| scan.bar.fails(one));
    assert!(
        !fails || matches!(scan.status, ExitStatus::Findings | ExitStatus::Incomplete),
        "{:?}",
        scan.status
    );
    answered(scan);
}

/// Every rule that was asked says one thing of each resource of its scope, and of no other.
fn answered(scan: &Scan) {
    for judgement in &scan.evaluation.judgements {
        let rule = &judgement.rule;
        let mut said: Vec<u32> = judgement.verdicts.iter().map(|one| one.on.0).collect();
        said.dedup();
        let rest = judgement.passed.iter().chain(&judgement.not_applicable);
        said.extend(rest.map(|id| id.0));
        said.sort_unstable();
        let asked = scan.graph.resources().iter().filter(|resource| {
            scan.facts.of(resource.id).is_some_and(|facts| {
                let level = facts.sensitivity.level;
                rule.asks(&resource.kind, facts.classes)
                    && rule.min_level.is_none_or(|least| level >= least)
            })
        });
        let asked: Vec<u32> = asked.map(|resource| resource.id.0).collect();
        assert_eq!(said, asked, "{}", rule.id);
    }
}

/// The text of a file of the folder, if it is text.
pub(crate) fn read(path: &Path) -> Option<String> {
    discover::bytes(path, 1 << 20)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
}
