//! The baseline of a scan: which file it is, and what was looked at, so that what is gone can be told from what is elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{BaselineChoice, Request, Scan};
use crate::config;
use crate::discover::{self, folder_of, in_repository};
use crate::kubernetes::RenderOutcome;
use crate::problem::{Problem, ProblemCode, Weight};
use crate::verdict::baseline::{self, Baseline, Seen};

/// The baseline that was asked for, or what is wrong with it; none: nobody asked.
pub(super) fn load(request: &Request, scan: &Scan) -> Option<(Option<Baseline>, Vec<Problem>)> {
    let config = &scan.settings.config;
    let root = scan.inputs.root.clone().unwrap_or_default();
    let (file, place) = match (&request.baseline, &config.baseline) {
        (BaselineChoice::Without, _) | (BaselineChoice::Configured, None) => return None,
        (BaselineChoice::File(file), _) => (file.clone(), None),
        (BaselineChoice::Configured, Some(named)) => {
            let base = config.base.clone().unwrap_or_default();
            (base.join(&named.value), Some(named.place))
        }
    };
    let real = file.canonicalize();
    let outside = |real: &PathBuf| {
        let boundary = discover::boundary(config.base.as_deref().unwrap_or(&root));
        place.is_some() && !real.starts_with(boundary)
    };
    let found = match &real {
        // What lies outside was reviewed by nobody with this code.
        Ok(real) if outside(real) => {
            let message = format!(
                "the baseline `{}` lies outside of this repository",
                file.display()
            );
            let problem = Problem::error(ProblemCode::Config, message);
            Err(vec![
                problem.help("name one inside it, relative to the configuration"),
            ])
        }
        Ok(real) => baseline::load(real, &config::shown(real, &root), &scan.sources),
        Err(_) => baseline::load(&file, &file.display().to_string(), &scan.sources),
    };
    Some(match found {
        Ok(baseline) => (Some(baseline), Vec::new()),
        Err(faults) => {
            let drawn = |fault: Problem| match (fault.place, place) {
                (None, Some(place)) => fault.at(place),
                _ => fault,
            };
            (None, faults.into_iter().map(drawn).collect())
        }
    })
}

/// Something could not be read or judged.
pub(super) fn is_incomplete(problems: &[Problem]) -> bool {
    problems.iter().any(|one| one.weight == Weight::Error)
}

/// What a scan looked at.
pub(super) fn seen(request: &Request, scan: &Scan, incomplete: bool) -> Seen {
    let root = scan.inputs.root.clone().unwrap_or_default();
    let top = discover::boundary(&root);
    let asked = request.paths.iter().filter_map(|path| {
        let real = path.canonicalize().ok()?;
        // A file of Terraform is read with those beside it.
        let is_code = real.is_file()
            && !scan
                .inputs
                .files
                .iter()
                .any(|file| is_recorded_at(file, &root, &real));
        let real = match is_code {
            true => real.parent()?.to_owned(),
            false => real,
        };
        Some(parts(real.strip_prefix(&top).ok()?))
    });
    let asked = asked.collect();
    let mut read = BTreeSet::new();
    for file in &scan.inputs.files {
        let path = in_repository(&scan.base, &file.path);
        let folder = match folder_of(&path) {
            "" => ".",
            folder => folder,
        };
        if !read.contains(folder) {
            read.insert(folder.to_owned());
        }
        read.insert(path.into_owned());
    }
    let renderings = &scan.manifests.renderings;
    let rendered = |outcome: &RenderOutcome| matches!(outcome, RenderOutcome::Rendered);
    Seen {
        asked,
        read,
        rendered: renderings.iter().any(|one| rendered(&one.outcome)),
        incomplete,
        top,
    }
}

fn is_recorded_at(file: &discover::Input, root: &Path, real: &Path) -> bool {
    file.kind.is_recorded() && root.join(&file.path) == real
}

/// With `/` between parts.
fn parts(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
