//! What changed, when only that is to be reported: since a commit, which `git` is asked for, or by a list of files.

mod before;
mod git;
mod list;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

pub use git::{Git, GitError};
pub use list::names;

use super::{Request, Scan, Variable};
use crate::config;
use crate::discover;
use crate::policy::{self, Engine};
use crate::problem::{Problem, ProblemCode};
use crate::text::{Text, text};
use crate::verdict::{self, Changed, Narrowed, Scope, ScopeKind};

/// What changed. Paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Where that is known from.
    pub from: ChangesFrom,
    /// Files, and folders with all that is below them.
    pub paths: BTreeSet<PathBuf>,
}

/// Where changes are known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangesFrom {
    /// Git knows: everything since a commit, with what is not committed.
    Since(Since),
    /// Somebody said so.
    List,
}

/// A commit to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// As it was asked for.
    pub reference: String,
    /// The last commit that it has in common with what is checked out.
    pub commit: String,
    /// Asks the repository.
    git: Git,
}

impl Changes {
    /// What changed since a commit in the repository that holds `paths`.
    ///
    /// # Errors
    /// When git is not there, or cannot tell.
    pub fn since(
        reference: &str,
        paths: &[PathBuf],
        tools: &crate::kubernetes::Tools,
    ) -> Result<Self, GitError> {
        let start = paths.iter().find_map(|path| {
            let real = path.canonicalize().ok()?;
            if real.is_dir() {
                Some(real)
            } else {
                real.parent().map(Path::to_owned)
            }
        });
        let start = match start {
            Some(start) => start,
            None => std::env::current_dir()
                .and_then(|here| here.canonicalize())
                .unwrap_or_default(),
        };
        let git = Git::of(&start, tools)?;
        paths.iter().try_for_each(|path| git.has(path))?;
        let commit = git.common_commit(reference)?;
        let changed = git.changed_since(&commit)?;
        Ok(Self {
            paths: changed.iter().map(|path| git.top().join(path)).collect(),
            from: ChangesFrom::Since(Since {
                reference: reference.to_owned(),
                commit,
                git,
            }),
        })
    }

    /// Files that somebody listed, relative to the folder one stands in.
    pub fn listed(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let mut all = BTreeSet::new();
        for path in paths {
            let path = straight(&here.join(path));
            // What a link leads to is another file, and both were meant.
            all.extend(path.canonicalize().ok());
            all.insert(real_folder(&path));
        }
        Self {
            from: ChangesFrom::List,
            paths: all,
        }
    }

    /// The changed files as a scan shows paths, and how many of them it has nothing to do with.
    fn seen_by(&self, scan: &Scan) -> (Changed, usize) {
        let Some(root) = &scan.inputs.root else {
            return (Changed::default(), self.paths.len());
        };
        let mut changed = Changed {
            is_list: self.from == ChangesFrom::List,
            ..Changed::default()
        };
        let sources: BTreeSet<String> = beside(scan).collect();
        let mut outside = 0;
        for path in &self.paths {
            let shown = config::shown(path, root);
            let is_beside = shown.starts_with("../") || Path::new(&shown).is_absolute();
            if is_beside && !sources.iter().any(|source| is_in(source, &shown)) {
                outside += 1;
            }
            changed.is_read |= scan.asked.has(path);
            if changed.is_list && path.symlink_metadata().is_err() {
                changed.gone.insert(shown.clone());
            }
            changed.paths.insert(shown);
        }
        // Nobody lists what comes through a pipe.
        changed.paths.insert(discover::STDIN.to_owned());
        // A link shows the text of the file that it leads to.
        let mut through = Vec::new();
        for (link, target) in &scan.inputs.links {
            let below = changed.paths.iter().filter(|path| is_in(path, target));
            through.extend(below.map(|path| path.replacen(target.as_str(), link, 1)));
        }
        for file in &scan.inputs.files {
            let path = root.join(&file.path);
            if path.is_symlink()
                && let Ok(target) = path.canonicalize()
                && changed.has(&config::shown(&target, root))
            {
                through.push(file.path.clone());
            }
        }
        changed.paths.extend(through);
        // What a link leads to is read by its own name, too.
        changed.is_read |= changed
            .paths
            .iter()
            .any(|path| scan.asked.has(&root.join(path)));
        (changed, outside)
    }
}

/// Paths of sources that lie beside the scan: modules that are called there, the configuration.
fn beside(scan: &Scan) -> impl Iterator<Item = String> {
    let all = scan.sources.all().into_iter();
    all.map(|source| source.path().to_owned())
        .filter(|path| path.starts_with("../"))
}

/// Leaves of the findings of a scan those that touch the changes. What cannot be compared leaves them all, with an error.
pub(super) fn narrow(scan: &mut Scan, request: &Request, engine: &Engine) {
    let Some(changes) = &request.changes else {
        return;
    };
    let (changed, outside) = changes.seen_by(scan);
    let everything = {
        let named = settings(scan, request);
        verdict::bears_on_everything(&changed, &named, request.gitignore).map(str::to_owned)
    };
    let mut scope = Scope {
        kind: match &changes.from {
            ChangesFrom::Since(since) => ScopeKind::Since {
                reference: since.reference.clone(),
                commit: since.commit.clone(),
            },
            ChangesFrom::List => ScopeKind::Listed,
        },
        files: changes.paths.len() - outside,
        outside,
        everything,
        new_elsewhere: 0,
        left_out: 0,
        left_out_failing: 0,
    };
    if scope.everything.is_none() {
        let before = match &changes.from {
            // Nothing is there that could be left out.
            ChangesFrom::Since(_) if scan.findings.is_empty() => Ok(None),
            ChangesFrom::Since(since) => {
                before::scan(since, &changed, request, scan, engine).map(Some)
            }
            ChangesFrom::List => Ok(None),
        };
        match before {
            Ok(before) => {
                let ground = verdict::Ground {
                    sources: &scan.sources,
                    graph: &scan.graph,
                    facts: &scan.facts,
                    catalog: scan.catalog,
                    base: &scan.base,
                };
                let Narrowed {
                    new_elsewhere,
                    left_out,
                    left_out_failing,
                } = verdict::narrow_to(
                    &changed,
                    before,
                    ground,
                    &scan.bar,
                    &mut scan.findings,
                    &mut scan.requirements,
                );
                scope.new_elsewhere = new_elsewhere;
                scope.left_out = left_out;
                scope.left_out_failing = left_out_failing;
            }
            Err(error) => scan.problems.push(not_compared(&error)),
        }
    }
    scan.scope = Some(scope);
}

fn not_compared(error: &GitError) -> Problem {
    let why = error.text();
    Problem::error(
        ProblemCode::Config,
        text!(
            "the code could not be compared with what it was: {why}",
            "le code n’a pas pu être comparé à ce qu’il était : {why}"; why
        ),
    )
    .help(Text::new(
        "every finding is reported",
        "tous les constats sont rapportés",
    ))
}

/// What the scan took its settings from, as shown.
fn settings(scan: &Scan, request: &Request) -> Vec<Cow<'static, str>> {
    let (config, root) = (&scan.settings.config, scan.inputs.root.as_deref());
    let root = root.unwrap_or(Path::new(""));
    let base = config.base.clone().unwrap_or_default();
    let of_config = config.policies.iter().chain(&config.catalog);
    let mut all: Vec<PathBuf> = of_config
        .map(|path| straight(&base.join(&path.value)))
        .collect();
    all.extend(
        config
            .base
            .as_ref()
            .map(|base| base.join(policy::lock::NAME)),
    );
    let of_request = request.policies.iter().chain(&request.catalog);
    all.extend(of_request.filter_map(|path| path.canonicalize().ok()));
    // What they were before, a list does not tell; and they serve every root and every chart.
    if request
        .changes
        .as_ref()
        .is_some_and(|changes| changes.from == ChangesFrom::List)
    {
        let files = request
            .variables
            .iter()
            .filter_map(|variable| match variable {
                Variable::File(file) => Some(file),
                Variable::Text { .. } => None,
            });
        let files = files.chain(&request.render.values);
        all.extend(files.filter_map(|path| path.canonicalize().ok()));
    }
    let shown = all.iter().map(|path| config::shown(path, root));
    let baseline = scan.baseline.as_ref().map(|of| of.path.clone());
    shown
        .chain(config.path.clone())
        .chain(baseline)
        .map(Cow::Owned)
        .collect()
}

/// Without `.` and `..`, whatever is there.
fn straight(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// The same path with the links of its folders resolved, as far as they are there. The file itself may be a link, or gone.
fn real_folder(path: &Path) -> PathBuf {
    for above in path.ancestors().skip(1) {
        if let Ok(real) = above.canonicalize() {
            return match path.strip_prefix(above) {
                Ok(rest) => real.join(rest),
                Err(_) => path.to_owned(),
            };
        }
    }
    path.to_owned()
}

/// Is a shown path another one, or below it?
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
