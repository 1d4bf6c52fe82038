//! Which files a scan reads: walk, classify, read. Contents are looked at no further than it takes to tell what they are.

mod classify;
mod walk;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

pub use classify::Kind;

use crate::problem::{Problem, ProblemCode};
use crate::source::{SourceId, Sources};

/// How to walk and read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Leave out what `.gitignore` files name. Terraform reads such files, so by default they count; `.gardefouignore` files
    /// leave out what they name, with a warning each.
    pub gitignore: bool,
    /// Larger files are not read.
    pub max_file: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gitignore: false,
            max_file: 16 << 20,
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
    let starts = starts(paths, &mut inputs.problems);
    let Some(root) = common_folder(&starts) else {
        return inputs;
    };
    let found = walk::walk(&root, &starts, options.gitignore);
    inputs.problems.extend(found.problems);
    inputs.links = found.links;
    let outcomes: Vec<Outcome> = found
        .files
        .par_iter()
        .map(|file| read(file, options))
        .collect();
    for (file, outcome) in found.files.iter().zip(outcomes) {
        let state = match outcome.text {
            Some(text) => {
                inputs.files.push(Input {
                    path: file.shown.clone(),
                    folder: folder_of(&file.shown).to_owned(),
                    kind: outcome.kind,
                    source: sources.add(file.shown.as_str(), text),
                });
                State::Read
            }
            None => outcome.state,
        };
        *inputs.counts.entry((outcome.kind, state)).or_default() += 1;
        inputs.problems.extend(outcome.problem);
    }
    inputs.root = Some(root);
    inputs
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

/// The folder part of a shown path.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The given paths that exist, links resolved.
fn starts(paths: &[PathBuf], problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut starts = Vec::new();
    for path in paths {
        match path.canonicalize() {
            Ok(real) => {
                starts.extend(siblings(&real));
                starts.push(real);
            }
            Err(error) => {
                let shown = path.display();
                let problem = match error.kind() {
                    std::io::ErrorKind::NotFound => Problem::error(
                        ProblemCode::Unreadable,
                        format!("the path `{shown}` does not exist"),
                    )
                    .help("give a folder or a file that is there"),
                    kind => Problem::error(
                        ProblemCode::Unreadable,
                        format!("the path `{shown}` could not be read: {kind}"),
                    ),
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

fn common_folder(starts: &[PathBuf]) -> Option<PathBuf> {
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
    let Some(kind) = file.kind else {
        return without(Kind::Other, State::Skipped, None);
    };
    let bytes = match bytes(&file.real, options.max_file) {
        Ok(bytes) => bytes,
        Err(message) => {
            let problem = unreadable(&file.shown, &message);
            return without(kind, State::Unreadable, Some(problem));
        }
    };
    let kind = kind.with_content(&bytes);
    if kind.is_unsupported() {
        let problem = Problem::warning(
            ProblemCode::Unreadable,
            format!(
                "`{}` is a {}, which this version does not read",
                file.shown,
                kind.title()
            ),
        )
        .help("scan the code it was made from");
        return without(kind, State::Unsupported, Some(problem.in_file(&file.shown)));
    }
    if bytes.len() as u64 > options.max_file {
        let message = too_large(&file.shown, options.max_file);
        // Nothing in the part that was read speaks for Kubernetes: most likely somebody's data.
        let problem = if kind == Kind::Data {
            Problem::warning(ProblemCode::Limit, message)
        } else {
            Problem::error(ProblemCode::Limit, message)
        };
        return without(kind, State::Unreadable, Some(problem.in_file(&file.shown)));
    }
    if !kind.is_read() {
        return without(kind, State::Skipped, None);
    }
    match decoded(bytes, &file.shown) {
        Ok(text) => Outcome {
            kind,
            text: Some(text.into()),
            state: State::Read,
            problem: None,
        },
        Err(problem) => without(kind, State::Unreadable, Some(problem)),
    }
}

/// The text of a file that was named by hand, within the bounds of those that were found.
///
/// # Errors
/// When it cannot be read, is no regular file, is larger than `limit` bytes, or is no UTF-8.
pub fn text(path: &Path, limit: u64) -> Result<String, Problem> {
    let shown = path.display().to_string();
    let bytes = bytes(path, limit).map_err(|message| unreadable(&shown, &message))?;
    if bytes.len() as u64 > limit {
        let message = too_large(&shown, limit);
        return Err(Problem::error(ProblemCode::Limit, message).in_file(shown));
    }
    decoded(bytes, &shown)
}

fn decoded(bytes: Vec<u8>, shown: &str) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Problem::error(
            ProblemCode::Encoding,
            format!("`{shown}` is not UTF-8 (line {line}) and was not read"),
        )
        .help("save the file as UTF-8")
        .in_file(shown)
    })
}

fn unreadable(shown: &str, why: &str) -> Problem {
    Problem::error(
        ProblemCode::Unreadable,
        format!("`{shown}` could not be read: {why}"),
    )
    .in_file(shown)
}

fn too_large(shown: &str, limit: u64) -> String {
    format!("`{shown}` is larger than {} and was not read", size(limit))
}

fn without(kind: Kind, state: State, problem: Option<Problem>) -> Outcome {
    Outcome {
        kind,
        text: None,
        state,
        problem,
    }
}

/// The bytes of a regular file: at most one more than the limit, so that the caller sees that there is more.
///
/// # Errors
/// When it cannot be read or is no regular file, in words.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let words = |error: std::io::Error| error.kind().to_string();
    // A pipe or a device would block or never end.
    let about = std::fs::metadata(path).map_err(words)?;
    if !about.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let file = std::fs::File::open(path).map_err(words)?;
    let mut bytes = Vec::with_capacity(about.len().min(limit) as usize + 1);
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(words)?;
    Ok(bytes)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests;
