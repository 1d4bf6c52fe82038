//! Every file below the given paths, in the order of their shown paths.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::Options;
use super::classify::Kind;
use crate::problem::{Problem, ProblemCode};
use crate::text::{Text, text, why_not};

/// A file that was found.
pub(super) struct Found {
    /// Where it is.
    pub(super) real: PathBuf,
    /// Path below the root, `/` between parts.
    pub(super) shown: String,
    /// None: it need not be opened.
    pub(super) kind: Option<Kind>,
    /// It was given by hand, not found.
    pub(super) is_named: bool,
}

/// What a walk gave.
#[derive(Default)]
pub(super) struct Walked {
    pub(super) files: Vec<Found>,
    pub(super) problems: Vec<Problem>,
    /// Folders that are links, with what they lead to.
    pub(super) links: BTreeMap<String, String>,
}

/// Names what a scan leaves out, in the form of a `.gitignore`.
const IGNORE_FILE: &str = ".gardefouignore";
const GIT_FILE: &str = ".gitignore";

/// Folders of other tools' copies and caches. Other hidden folders are walked: what is applied may lie there.
const SKIPPED_FOLDERS: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".terraform",
    ".terragrunt-cache",
    ".venv",
    "node_modules",
];

/// Walks `starts`, absolute paths with links resolved, all below `root`.
pub(super) fn walk(root: &Path, starts: &[PathBuf], options: &Options) -> Walked {
    let heeded = heeded(options);
    let heeds_ours = heeded.contains(&IGNORE_FILE);
    // On the way to a start the folders above it count as well.
    let (unfit, starts): (Vec<_>, Vec<_>) = starts
        .iter()
        .map(|start| {
            let mut folders = start.ancestors();
            (
                start,
                folders.find_map(|folder| unfit_rules(root, folder, heeded)),
            )
        })
        .partition(|(_, problem)| problem.is_some());
    let unfit: Vec<Problem> = unfit
        .into_iter()
        .filter_map(|(_, problem)| problem)
        .collect();
    let Some(((first, _), others)) = starts.split_first() else {
        return Walked {
            problems: unfit,
            ..Walked::default()
        };
    };
    let mut builder = WalkBuilder::new(first);
    for (other, _) in others {
        builder.add(other);
    }
    let boundary = root.to_owned();
    let refused: std::sync::Arc<Mutex<Vec<Problem>>> = std::sync::Arc::new(Mutex::new(unfit));
    if heeds_ours {
        // Those of the folders above count, too, and nobody walks there.
        for folder in starts.iter().flat_map(|(start, _)| start.ancestors()) {
            note_rules(root, folder, &refused);
        }
    }
    let note = std::sync::Arc::clone(&refused);
    let links: std::sync::Arc<Mutex<Vec<(String, String)>>> = std::sync::Arc::default();
    let linked = std::sync::Arc::clone(&links);
    let threads = rayon::current_num_threads().min(8);
    if heeds_ours {
        builder.add_custom_ignore_filename(IGNORE_FILE);
    }
    builder
        .standard_filters(false)
        .parents(true)
        .git_ignore(options.gitignore)
        // The same files in a copy without its repository; nothing that depends on one machine's own settings.
        .require_git(false)
        .follow_links(true)
        .threads(threads)
        .filter_entry(move |entry| {
            let name = entry.file_name().to_string_lossy();
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if entry.depth() > 0 && is_folder && SKIPPED_FOLDERS.contains(&&*name) {
                return false;
            }
            // They are read on the way into a folder, by a library that would read all of a pipe.
            if is_folder && let Some(problem) = unfit_rules(&boundary, entry.path(), heeded) {
                push(&note, problem);
                return false;
            }
            if is_folder && heeds_ours {
                note_rules(&boundary, entry.path(), &note);
            }
            if !entry.path_is_symlink() {
                return true;
            }
            let target = entry.path().canonicalize();
            let inside = target.as_ref().is_ok_and(|at| at.starts_with(&boundary));
            if let (true, true, Ok(target)) = (inside, is_folder, &target) {
                let pair = (shown(&boundary, entry.path()), shown(&boundary, target));
                push(&linked, pair);
            }
            if !inside && (is_folder || Kind::of_name(&name).is_some()) {
                push(&note, outside(&boundary, entry.path(), is_folder));
            }
            inside
        });
    let files = Mutex::new(Vec::new());
    let visit = |entry: Result<DirEntry, ignore::Error>| match entry {
        Ok(entry) => {
            let kind = entry.file_type();
            if kind.is_some_and(|kind| kind.is_dir()) {
                if let Some(index) = modules_index(root, entry.path()) {
                    push(&files, index);
                }
                return;
            }
            let is_named = entry.depth() == 0;
            let name = entry.file_name().to_string_lossy();
            let kind = Kind::of_name(&name);
            let shown = shown(root, entry.path());
            push(
                &files,
                Found {
                    real: entry.into_path(),
                    shown,
                    kind,
                    is_named,
                },
            );
        }
        Err(error) => push(&refused, unreadable(root, &error)),
    };
    if threads > 1 {
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                visit(entry);
                WalkState::Continue
            })
        });
    } else {
        // Without a thread of its own: there may be none to be had.
        builder.build().for_each(visit);
    }
    let mut files = into_inner(files);
    // What is both given and found counts as given.
    files.sort_by(|a, b| (&a.shown, &a.real, b.is_named).cmp(&(&b.shown, &b.real, a.is_named)));
    files.dedup_by(|a, b| a.shown == b.shown && a.real == b.real);
    let mut problems = std::mem::take(&mut *refused.lock().unwrap_or_else(PoisonError::into_inner));
    problems.sort_by(|a, b| (&a.path, &a.message).cmp(&(&b.path, &b.message)));
    problems.dedup();
    let links = std::mem::take(&mut *links.lock().unwrap_or_else(PoisonError::into_inner));
    Walked {
        files,
        problems,
        links: links.into_iter().collect(),
    }
}

/// What `terraform init` left says which folder a module call means; repositories ignore it, we need it.
fn modules_index(root: &Path, folder: &Path) -> Option<Found> {
    let real = folder.join(".terraform/modules/modules.json");
    // First whether it is there: to resolve the links of a path takes a time that grows with the square of its depth.
    let inside = real.is_file()
        && real
            .canonicalize()
            .is_ok_and(|target| target.starts_with(root));
    inside.then(|| Found {
        shown: shown(root, &real),
        real,
        kind: Some(Kind::ModulesIndex),
        is_named: false,
    })
}

/// Larger ones are no lists of what to leave out.
const MAX_RULES: u64 = 1 << 20;

/// The files that say what is left out, as far as they count.
fn heeded(options: &Options) -> &'static [&'static str] {
    match (options.no_ignore_files, options.gitignore) {
        (false, false) => &[IGNORE_FILE],
        (false, true) => &[IGNORE_FILE, GIT_FILE],
        (true, false) => &[],
        (true, true) => &[GIT_FILE],
    }
}

/// What a folder leaves out cannot be read: a problem that stands for the whole folder.
fn unfit_rules(root: &Path, folder: &Path, heeded: &[&str]) -> Option<Problem> {
    let (path, why) = heeded.iter().find_map(|name| {
        let path = folder.join(name);
        let found = path.metadata().ok()?;
        match found.len() {
            _ if !found.is_file() => Some((
                path,
                Text::new("it is no regular file", "ce n’est pas un fichier ordinaire"),
            )),
            size if size > MAX_RULES => Some((
                path,
                text!(
                    "it is larger than {} MiB",
                    "il dépasse {} Mio",
                    MAX_RULES >> 20
                ),
            )),
            _ => None,
        }
    })?;
    let shown = shown(root, &path);
    let message = text!("`{shown}` could not be read: {why}; its folder is not scanned", "`{shown}` n’a pas pu être lu : {why} ; son dossier n’est pas analysé"; why);
    Some(Problem::error(ProblemCode::Unreadable, message).in_file(shown))
}

/// Says that a folder has a file that leaves something out. It is looked for by its name: one that leaves out itself is never
/// met on a walk.
fn note_rules(root: &Path, folder: &Path, problems: &Mutex<Vec<Problem>>) {
    let path = folder.join(IGNORE_FILE);
    if path.is_file() {
        push(problems, leaves_out(&shown_from(root, &path)));
    }
}

/// What is left out is not judged, and whoever reads the report has to know.
fn leaves_out(shown: &str) -> Problem {
    let message = text!(
        "`{shown}` leaves files out of the scan",
        "`{shown}` laisse des fichiers hors de l’analyse"
    );
    Problem::warning(ProblemCode::Unreadable, message)
        .gap()
        .in_file(shown)
        .help(Text::new(
            "`--no-ignore-files` judges them as well",
            "`--no-ignore-files` les juge aussi",
        ))
}

fn outside(root: &Path, path: &Path, is_folder: bool) -> Problem {
    let shown = shown(root, path);
    let message = text!(
        "`{shown}` is a link to outside the scan and was not followed",
        "`{shown}` est un lien vers l’extérieur de l’analyse et n’a pas été suivi"
    );
    // A folder may be anything; a file with such a name would have been judged.
    let problem = if is_folder {
        Problem::warning(ProblemCode::Unreadable, message).gap()
    } else {
        Problem::error(ProblemCode::Unreadable, message)
    };
    problem.in_file(shown).help(Text::new(
        "scan a folder that holds both the link and its target",
        "analysez un dossier qui contient le lien et sa cible",
    ))
}

fn unreadable(root: &Path, error: &ignore::Error) -> Problem {
    if let Some(Refused { path, why, is_loop }) = of_path(error) {
        let shown = shown(root, path);
        let message = text!("`{shown}` could not be read: {why}", "`{shown}` n’a pas pu être lu : {why}"; why);
        // A link that leads nowhere or back to its own folder hides nothing.
        let hides_nothing = path.is_symlink() || is_loop;
        let problem = if hides_nothing {
            Problem::warning(ProblemCode::Unreadable, message)
        } else {
            Problem::error(ProblemCode::Unreadable, message)
        };
        return problem.in_file(shown);
    }
    Problem::error(
        ProblemCode::Unreadable,
        text!(
            "a folder could not be read: {error}",
            "un dossier n’a pas pu être lu : {error}"
        ),
    )
}

/// A fault in walking, with its path.
struct Refused<'e> {
    path: &'e Path,
    why: Text,
    is_loop: bool,
}

fn of_path(error: &ignore::Error) -> Option<Refused<'_>> {
    let refused = |path, why| Refused {
        path,
        why,
        is_loop: false,
    };
    match error {
        ignore::Error::WithPath { path, err } => match &**err {
            ignore::Error::Io(io) => Some(refused(path, why_not(io.kind()))),
            other => of_path(other).or_else(|| Some(refused(path, Text::same(other.to_string())))),
        },
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            of_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(Refused {
            path: child,
            why: Text::new(
                "the link leads back to a folder around it",
                "le lien ramène à un dossier qui le contient",
            ),
            is_loop: true,
        }),
        _ => None,
    }
}

/// Path below the root. What of a name is no text is written out, so that two names never look like one.
fn shown(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mut shown = String::new();
    for part in below.components() {
        if let Component::Normal(name) = part {
            if !shown.is_empty() {
                shown.push('/');
            }
            for chunk in name.as_encoded_bytes().utf8_chunks() {
                shown.push_str(chunk.valid());
                for byte in chunk.invalid() {
                    // Writing to a string cannot fail.
                    let _ = write!(shown, "\\x{byte:02X}");
                }
            }
        }
    }
    shown
}

/// As `shown`, also for what lies above the root.
fn shown_from(root: &Path, path: &Path) -> String {
    let mut above = String::new();
    for folder in root.ancestors() {
        if path.starts_with(folder) {
            return above + &shown(folder, path);
        }
        above.push_str("../");
    }
    shown(root, path)
}

fn push<T>(into: &Mutex<Vec<T>>, one: T) {
    into.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(one);
}

fn into_inner<T>(mutex: Mutex<Vec<T>>) -> Vec<T> {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
