//! What a scan accepts: which ignores count, which file the baseline is, and what was looked at, so that what is gone can be told
//! from what is elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Request, Scan, configuration};
use crate::config::{self, Config};
use crate::discover::{self, folder_of, in_repository};
use crate::kubernetes::RenderOutcome;
use crate::policy::Rule;
use crate::problem::{Problem, ProblemCode, Weight};
use crate::source::Sources;
use crate::text::{Text, text};
use crate::verdict::baseline::{self, Baseline, Seen};
use crate::verdict::{Asked, Foreign, Ground, Ignores};

/// Which baseline counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BaselineChoice {
    /// The one that the configuration names, if it does.
    #[default]
    Configured,
    /// This one.
    File(PathBuf),
    /// None.
    Without,
}

/// The configuration of a scan, and the folder that it would start from; what is wrong with them the scan says.
pub fn settings_of(request: &Request) -> (Config, PathBuf) {
    let root = discover::root(&request.paths)
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_default();
    let config = configuration(request, Some(&root), &Sources::new(), &mut Vec::new());
    (config, root)
}

/// What is known of a scan beforehand.
#[derive(Default)]
pub(super) struct Known {
    /// The baseline that was asked for, and what the scan looked at.
    pub(super) baseline: Option<(Baseline, Seen)>,
    /// What is wrong with it.
    pub(super) faults: Vec<Problem>,
}

/// The baseline that was asked for, if it was.
pub(super) fn load(request: &Request, scan: &Scan) -> Known {
    match read(request, scan) {
        None => Known::default(),
        Some(Ok(baseline)) => Known {
            baseline: Some((baseline, seen(request, scan))),
            faults: Vec::new(),
        },
        Some(Err(faults)) => Known {
            baseline: None,
            faults,
        },
    }
}

/// The file, or what is wrong with it; none: nobody asked for one.
fn read(request: &Request, scan: &Scan) -> Option<Result<Baseline, Vec<Problem>>> {
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
            let file = file.display();
            let message = text!(
                "the baseline `{file}` lies outside of this repository",
                "l’état de référence `{file}` est hors de ce dépôt"
            );
            let problem = Problem::error(ProblemCode::Config, message);
            Err(vec![problem.help(Text::new(
                "name one inside it, relative to the configuration",
                "nommez-en un dedans, relatif à la configuration",
            ))])
        }
        Ok(real) => baseline::load(real, &config::shown(real, &root), &scan.sources),
        Err(_) => baseline::load(&file, &file.display().to_string(), &scan.sources),
    };
    Some(found.map_err(|faults| {
        let drawn = |fault: Problem| match (fault.place, place) {
            (None, Some(place)) => fault.at(place),
            _ => fault,
        };
        faults.into_iter().map(drawn).collect()
    }))
}

/// The ignores in the code, as the configuration and the command line let them count.
pub(super) fn ignores(
    request: &Request,
    scan: &Scan,
    ground: Ground<'_>,
    rules: &[Arc<Rule>],
) -> Ignores {
    let config = &scan.settings.config;
    let foreign =
        (request.foreign_ignores || config.heeds_foreign()).then(|| Foreign::new(ground.catalog));
    let asked = Asked {
        files: &scan.inputs.files,
        manifests: &scan.manifests,
        rules,
        heeds: !request.no_inline_ignores && config.heeds_ignores(),
        max_days: config.ignores.max_days.as_ref().map(|days| days.value),
        never: &config.ignores.never,
        foreign: foreign.as_ref(),
        as_of: scan.settings.as_of,
    };
    Ignores::find(ground, asked)
}

/// What a scan looked at.
fn seen(request: &Request, scan: &Scan) -> Seen {
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
        incomplete: scan.problems.iter().any(|one| one.weight == Weight::Error),
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
