//! Which files a scan reads: walk, classify, read. Contents are looked at no further than it takes to tell what they are.

mod classify;
mod text;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub use classify::Kind;
pub use text::{STDIN, bytes, text};

use text::Bytes;

use crate::problem::{Problem, ProblemCode};
use crate::source::{SourceId, Sources};
use crate::text::{Text, text, why_not};

/// How to walk and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Leave out what `.gitignore` files name. Terraform reads such files, so by default they count; `.gardefouignore` files
    /// leave out what they name, with a warning each.
    pub gitignore: bool,
    /// Heed no `.gardefouignore`: what is left out is judged, too.
    pub no_ignore_files: bool,
    /// A file that is named is read without the others of its module: it is a program of its own, as the cases of policies are.
    pub alone: bool,
    /// Larger files are not read.
    pub max_file: u64,
    /// The same for plans and states.
    pub max_recorded: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gitignore: false,
            no_ignore_files: false,
            alone: false,
            max_file: 16 << 20,
            max_recorded: 1 << 30,
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its text is at hand.
    Read,
    /// It holds nothing for this tool.
    Skipped,
    /// Known, but not read by this version.
    Unsupported,
    /// It could not be read; a problem says why.
    Unreadable,
}

impl State {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Skipped => "skipped",
            Self::Unsupported => "unsupported",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One file whose text is at hand.
#[derive(Debug, Clone)]
pub struct Input {
    /// Path below the scan root, `/` between parts; also the path of the source.
    pub path: String,
    /// The folder part of the path; empty for the top.
    pub folder: String,
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub source: SourceId,
}

/// Everything a scan reads.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Sorted by path.
    pub files: Vec<Input>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How many files of which kind ended in which state; sorted.
    pub counts: BTreeMap<(Kind, State), usize>,
    /// The folder that shown paths are relative to: the given folder, that of the given file, or what several given
    /// paths have in common. Absolute, links resolved. None when no given path exists.
    pub root: Option<PathBuf>,
    /// Folders that are links, with the folder they lead to; both shown paths.
    pub links: BTreeMap<String, String>,
}

impl Inputs {
    /// The files of a kind, in order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Input> {
        self.files.iter().filter(move |file| file.kind == kind)
    }
}

/// Finds and reads what `paths` (folders or files) hold.
pub fn discover(paths: &[PathBuf], options: &Options, sources: &Sources) -> Inputs {
    let mut inputs = Inputs::default();
    let starts = starts(paths, options.alone, &mut inputs.problems);
    let Some(root) = common_folder(&starts) else {
        return inputs;
    };
    let found = walk::walk(&root, &starts, options);
    inputs.problems.extend(found.problems);
    inputs.links = found.links;
    let outcomes: Vec<Outcome> = found
        .files
        .par_iter()
        .map(|file| {
            if is_superseded(file, &found.files) {
                return without(Kind::StateBackup, State::Skipped, None);
            }
            read(file, options)
        })
        .collect();
    for (file, outcome) in found.files.iter().zip(outcomes) {
        inputs.add(&file.shown, outcome, sources);
    }
    let orchestration = |file: &&walk::Found| file.kind == Some(Kind::Orchestration);
    let mut unread = found.files.iter().filter(orchestration);
    if let Some(first) = unread.next() {
        inputs
            .problems
            .push(text::orchestrated(&first.shown, unread.count()));
    }
    inputs.root = Some(root);
    inputs
}

/// What will be [`Inputs::root`] of these paths: where the configuration is looked for, which may say how files are read.
pub fn root(paths: &[PathBuf]) -> Option<PathBuf> {
    let real = paths.iter().filter_map(|path| path.canonicalize().ok());
    common_folder(&real.collect::<Vec<_>>())
}

/// Reads what comes through a pipe, beside the files: a plan, a state, or manifests, told apart by their content.
pub fn from_pipe(pipe: &mut dyn Read, options: &Options, sources: &Sources, inputs: &mut Inputs) {
    let outcome = match text::piped(pipe, options) {
        Ok(bytes) => settle(Kind::Other, bytes, STDIN, true, options),
        Err(problem) => without(Kind::Other, State::Unreadable, Some(problem)),
    };
    inputs.add(STDIN, outcome, sources);
}

impl Inputs {
    fn add(&mut self, shown: &str, outcome: Outcome, sources: &Sources) {
        let state = match outcome.text {
            Some(text) => {
                let is_private = outcome.kind.is_recorded();
                let source = if shown == STDIN {
                    sources.add_given(shown, text, is_private)
                } else if is_private {
                    sources.add_private(shown, text)
                } else {
                    sources.add(shown, text)
                };
                self.files.push(Input {
                    path: shown.to_owned(),
                    folder: folder_of(shown).to_owned(),
                    kind: outcome.kind,
                    source,
                });
                match outcome.kind {
                    // What it says is not evaluated; whom it speaks of is of use.
                    Kind::Orchestration => State::Unsupported,
                    _ => State::Read,
                }
            }
            None => outcome.state,
        };
        *self.counts.entry((outcome.kind, state)).or_default() += 1;
        self.problems.extend(outcome.problem);
    }
}

/// A backup of a state that is read too: what it holds is no longer so.
fn is_superseded(file: &walk::Found, all: &[walk::Found]) -> bool {
    if file.kind != Some(Kind::StateBackup) || file.is_named {
        return false;
    }
    let end = file.shown.find(".tfstate.").map(|at| at + ".tfstate".len());
    let state = end
        .and_then(|end| file.shown.get(..end))
        .unwrap_or_default();
    all.binary_search_by(|other| other.shown.as_str().cmp(state))
        .is_ok()
}

/// How far up the code may lie that a scan of `root` calls: in the repository around it (the nearest folder with `.git`), else
/// in the working folder when the root is below that, else in the root itself.
pub fn boundary(root: &Path) -> PathBuf {
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    if let Some(repository) = repository {
        return repository.to_owned();
    }
    let working = std::env::current_dir().and_then(|folder| folder.canonicalize());
    match working {
        Ok(working) if root.starts_with(&working) => working,
        _ => root.to_owned(),
    }
}

/// A shown path as its repository knows it: `base` is the folder of the scan inside it. Outside of the repository, and for
/// what comes through a pipe, the path stays as it is shown.
pub fn in_repository<'p>(base: &str, shown: &'p str) -> Cow<'p, str> {
    if base.is_empty() || shown == STDIN || shown.starts_with('/') {
        return Cow::Borrowed(shown);
    }
    let (mut folder, mut rest) = (base, shown);
    while let Some(above) = rest.strip_prefix("../") {
        if folder.is_empty() {
            return Cow::Borrowed(shown);
        }
        folder = folder_of(folder);
        rest = above;
    }
    match (folder, rest) {
        ("", rest) => Cow::Borrowed(rest),
        (folder, ".") => Cow::Owned(folder.to_owned()),
        (folder, rest) => Cow::Owned(format!("{folder}/{rest}")),
    }
}

/// The folder part of a shown path.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The given paths that exist, links resolved.
fn starts(paths: &[PathBuf], alone: bool, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut starts = Vec::new();
    for path in paths {
        match path.canonicalize() {
            Ok(real) => {
                if !alone {
                    starts.extend(siblings(&real));
                }
                starts.push(real);
            }
            Err(error) => {
                let shown = path.display();
                let problem = match error.kind() {
                    std::io::ErrorKind::NotFound => Problem::error(
                        ProblemCode::Unreadable,
                        text!(
                            "the path `{shown}` does not exist",
                            "le chemin `{shown}` n’existe pas"
                        ),
                    )
                    .help(Text::new(
                        "give a folder or a file that is there",
                        "donnez un dossier ou un fichier qui existe",
                    )),
                    kind => {
                        let why = why_not(kind);
                        Problem::error(
                            ProblemCode::Unreadable,
                            text!(
                                "the path `{shown}` could not be read: {why}",
                                "le chemin `{shown}` n’a pas pu être lu : {why}";
                                why
                            ),
                        )
                    }
                };
                problems.push(problem.in_file(shown.to_string()));
            }
        }
    }
    starts.sort();
    starts.dedup();
    starts
}

/// One file of a module says little without the others, so they are read with it.
fn siblings(file: &Path) -> Vec<PathBuf> {
    let is_terraform = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kind = Kind::of_name(&name);
        matches!(kind, Some(Kind::Terraform | Kind::TerraformVariables)) && path.is_file()
    };
    if !is_terraform(file) {
        return Vec::new();
    }
    let folder = file.parent().and_then(|folder| folder.read_dir().ok());
    let entries = folder.into_iter().flatten().flatten();
    let siblings = entries.map(|entry| entry.path());
    siblings
        .filter(|path| is_terraform(path))
        .filter_map(|path| path.canonicalize().ok())
        .filter(|real| real.parent() == file.parent())
        .collect()
}

/// The folder that paths (absolute, links resolved) have in common: what a scan of them starts from.
pub fn common_folder(starts: &[PathBuf]) -> Option<PathBuf> {
    let folder = |path: &Path| {
        if path.is_dir() {
            path.to_owned()
        } else {
            path.parent().unwrap_or(path).to_owned()
        }
    };
    let mut common = folder(starts.first()?);
    for start in starts {
        let other = folder(start);
        while !other.starts_with(&common) {
            if !common.pop() {
                break;
            }
        }
    }
    Some(common)
}

/// What reading a file gave.
struct Outcome {
    kind: Kind,
    text: Option<Arc<str>>,
    /// When there is no text.
    state: State,
    problem: Option<Problem>,
}

fn read(file: &walk::Found, options: &Options) -> Outcome {
    let kind = match file.kind {
        Some(kind) => kind,
        // Whatever its name, it was given to be read.
        None if file.is_named => Kind::Other,
        None => return without(Kind::Other, State::Skipped, None),
    };
    match Bytes::of_file(&file.real, kind, options) {
        Ok(bytes) => settle(kind, bytes, &file.shown, file.is_named, options),
        Err(message) => {
            let problem = text::unreadable(&file.shown, &message);
            without(kind, State::Unreadable, Some(problem))
        }
    }
}

/// What becomes of a file, by its content.
fn settle(kind: Kind, bytes: Bytes, shown: &str, is_named: bool, options: &Options) -> Outcome {
    let kind = match kind {
        Kind::Other => match Kind::of_content(bytes.sniff()) {
            Some(kind) => kind,
            None if classify::is_archive(bytes.sniff()) => Kind::Plan,
            None if shown == STDIN => {
                return without(Kind::Other, State::Unreadable, Some(text::strange(&bytes)));
            }
            None if is_named => {
                return without(Kind::Other, State::Unreadable, Some(text::of_no_use(shown)));
            }
            None => return without(Kind::Other, State::Skipped, None),
        },
        kind => match kind.with_content(bytes.sniff()) {
            // Hidden files are mostly the settings of tools, and often in dialects of their own.
            Kind::Manifest
                if !is_named
                    && classify::is_hidden(shown)
                    && !classify::may_be_object(bytes.sniff()) =>
            {
                Kind::Data
            }
            kind => kind,
        },
    };
    if kind == Kind::Plan && classify::is_archive(bytes.sniff()) {
        let problem = text::archive(shown, is_named);
        let state = if is_named {
            State::Unreadable
        } else {
            State::Unsupported
        };
        return without(kind, state, Some(problem));
    }
    let limit = if kind.is_recorded() {
        options.max_recorded
    } else {
        options.max_file
    };
    if bytes.len() > limit {
        let message = text::too_large(shown, limit);
        // Nothing in the part that was read speaks for Kubernetes: most likely somebody's data.
        let problem = if kind == Kind::Data {
            Problem::warning(ProblemCode::Limit, message).gap()
        } else {
            Problem::error(ProblemCode::Limit, message)
        };
        let problem = problem.help(text::smaller()).in_file(shown);
        return without(kind, State::Unreadable, Some(problem));
    }
    if !kind.is_read() {
        // Whoever names a file counts on its being judged.
        return if is_named {
            without(kind, State::Unreadable, Some(text::of_no_use(shown)))
        } else {
            without(kind, State::Skipped, None)
        };
    }
    match bytes.into_text(shown, limit) {
        Ok(text) => Outcome {
            // The backup of a state that is lost is all there is of it.
            kind: match kind {
                Kind::StateBackup => Kind::TerraformState,
                kind => kind,
            },
            text: Some(text.into()),
            state: State::Read,
            problem: None,
        },
        Err(problem) => without(kind, State::Unreadable, Some(problem)),
    }
}

fn without(kind: Kind, state: State, problem: Option<Problem>) -> Outcome {
    Outcome {
        kind,
        text: None,
        state,
        problem,
    }
}

#[cfg(test)]
mod tests;
