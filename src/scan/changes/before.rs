//! The code as it was before the changes, judged as the code of now is: only so can be told what a change took away.
//!
//! The files of that commit that a scan may read are written into a private folder: nothing is checked out, so no hook and
//! no filter runs. What git does not keep and nobody changed, as fetched modules, is put beside them as it is now.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::git::{Entry, Git, GitError, MAX_CONTENT};
use super::{Since, straight};
use crate::discover::Kind;
use crate::policy::Engine;
use crate::scan::{BaselineChoice, ConfigChoice, Request, Scan, Variable, run};
use crate::text::{Text, text, why_not};
use crate::verdict::{Before, Changed};

/// Larger files of a commit are not taken out: more of the findings then count as new.
const MAX_FILE: u64 = 64 << 20;
/// The same for files that only a function of Terraform or a template may read.
const MAX_OTHER: u64 = 1 << 20;
/// More files are not taken out of a commit.
const MAX_FILES: usize = 200_000;

/// How the findings stood at a commit.
pub(super) fn scan(
    since: &Since,
    changed: &Changed,
    request: &Request,
    now: &Scan,
    engine: &Engine,
) -> Result<Before, GitError> {
    let tree = Tree::of(since, changed, now)?;
    let request = tree.request(request);
    let scan = run(&request, engine);
    Ok(Before::of(&scan.findings, &scan.bar))
}

/// The files of a commit, in a private folder that goes with this value.
struct Tree {
    folder: TempDir,
    /// The top of the repository now.
    top: PathBuf,
}

impl Tree {
    fn of(since: &Since, changed: &Changed, now: &Scan) -> Result<Self, GitError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("gardefou-before-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir().map_err(not_written)?;
        // Here the repository ends: what lies above is not looked at.
        fs::create_dir(folder.path().join(".git")).map_err(not_written)?;
        let tree = Self {
            folder,
            top: since.git.top().to_owned(),
        };
        let all = since.git.tree(&since.commit)?;
        let (links, files): (Vec<_>, Vec<_>) =
            of_use(&all).into_iter().partition(|entry| entry.is_link);
        tree.write(&since.git, &files)?;
        tree.add_what_git_lacks(&all, changed, now);
        // Last, so that nothing is written through one.
        tree.link(&since.git, &links)?;
        Ok(tree)
    }

    /// Where a file of the repository is in the folder; none for a name that leads elsewhere.
    fn at(&self, path: &Path) -> Option<PathBuf> {
        let is_plain = path.components().all(|part| match part {
            Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
            _ => false,
        });
        (is_plain && path.components().next().is_some()).then(|| self.folder.path().join(path))
    }

    fn write(&self, git: &Git, files: &[&Entry]) -> Result<(), GitError> {
        let mut by_object: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for file in files {
            by_object.entry(&file.object).or_default().push(file);
        }
        each_content(git, &by_object, |paths, content| {
            for entry in paths {
                if let Some(path) = self.at(&entry.path) {
                    put(&path, content)?;
                }
            }
            Ok(())
        })
    }

    /// Files that the scan of now has read, that the commit does not have and that did not change: git does not keep them.
    fn add_what_git_lacks(&self, all: &[Entry], changed: &Changed, now: &Scan) {
        let Some(root) = &now.inputs.root else {
            return;
        };
        let known: HashSet<&Path> = all.iter().map(|entry| &*entry.path).collect();
        for source in now.sources.all() {
            // A plan or a state was made of the code of now: as it is, it would say that nothing is new.
            if source.is_rendered() || source.is_private() || changed.has(source.path()) {
                continue;
            }
            let path = straight(&root.join(source.path()));
            let Ok(inside) = path.strip_prefix(&self.top) else {
                continue;
            };
            // A file that was given from somewhere else only looks as if it were here.
            if known.contains(inside) || !path.is_file() {
                continue;
            }
            // Where it cannot be, it is not: then more counts as new.
            if let Some(at) = self.at(inside) {
                drop(put(&at, source.text().as_bytes()));
            }
        }
    }

    #[cfg(unix)]
    fn link(&self, git: &Git, links: &[&Entry]) -> Result<(), GitError> {
        let mut by_object: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for link in links {
            by_object.entry(&link.object).or_default().push(link);
        }
        each_content(git, &by_object, |paths, target| {
            use std::os::unix::ffi::OsStrExt as _;
            let target = Path::new(OsStr::from_bytes(target));
            for entry in paths {
                let Some(path) = self.at(&entry.path) else {
                    continue;
                };
                // Links to outside would show what lies there now; a scan follows none of them.
                let leads_to = straight(&path.parent().unwrap_or(&path).join(target));
                if target.is_relative() && leads_to.starts_with(self.folder.path()) {
                    // One that cannot be made is a file less.
                    let _ = path.parent().map(fs::create_dir_all);
                    let _ = std::os::unix::fs::symlink(target, &path);
                }
            }
            Ok(())
        })
    }

    #[cfg(not(unix))]
    fn link(&self, _: &Git, _: &[&Entry]) -> Result<(), GitError> {
        Ok(())
    }

    /// What was asked of the scan of now, asked of the code of then.
    fn request(&self, now: &Request) -> Request {
        let then = |path: &PathBuf| self.then(path);
        let paths = now.paths.iter();
        Request {
            paths: paths
                .filter_map(|path| {
                    let there = then(path);
                    // The scan starts at the same folders, whether they were there or not.
                    if path.is_dir() && !there.exists() {
                        drop(fs::create_dir_all(&there));
                    }
                    there.exists().then_some(there)
                })
                .collect(),
            standard_input: false,
            config: match &now.config {
                ConfigChoice::File(file) => ConfigChoice::File(then(file)),
                other => other.clone(),
            },
            baseline: match &now.baseline {
                BaselineChoice::File(file) => BaselineChoice::File(then(file)),
                other => other.clone(),
            },
            variables: now
                .variables
                .iter()
                .map(|variable| match variable {
                    Variable::File(file) => Variable::File(then(file)),
                    text => text.clone(),
                })
                .collect(),
            render: crate::scan::RenderChoice {
                values: now.render.values.iter().map(then).collect(),
                ..now.render.clone()
            },
            changes: None,
            ..now.clone()
        }
    }

    /// A path of the repository in the folder; any other, and a file that was not there then, stays what it is.
    fn then(&self, path: &Path) -> PathBuf {
        let Ok(real) = path.canonicalize() else {
            return path.to_owned();
        };
        match real.strip_prefix(&self.top) {
            Ok(inside) => {
                let there = self.folder.path().join(inside);
                if real.is_dir() || there.exists() {
                    there
                } else {
                    path.to_owned()
                }
            }
            Err(_) => path.to_owned(),
        }
    }
}

/// Gives the content of every object to those who wait for it.
fn each_content(
    git: &Git,
    by_object: &BTreeMap<&str, Vec<&Entry>>,
    mut take: impl FnMut(&[&Entry], &[u8]) -> Result<(), GitError>,
) -> Result<(), GitError> {
    if by_object.is_empty() {
        return Ok(());
    }
    let objects: Vec<&str> = by_object.keys().copied().collect();
    let sizes: HashMap<&str, u64> = by_object
        .iter()
        .filter_map(|(object, entries)| Some((*object, entries.first()?.size)))
        .collect();
    let total: u64 = sizes
        .values()
        .fold(0, |sum, size| sum.saturating_add(*size));
    if total > MAX_CONTENT {
        return Err(GitError::TooMuch);
    }
    let (_workshop, file) = git.contents(&objects)?;
    let mut answer = BufReader::new(file);
    let mut content = Vec::new();
    for (object, entries) in by_object {
        let mut head = Vec::new();
        // `<object> blob <size>`, or `<object> missing`.
        Read::take(&mut answer, 1000)
            .read_until(b'\n', &mut head)
            .map_err(not_written)?;
        let head = String::from_utf8_lossy(&head);
        let mut words = head.split_ascii_whitespace();
        let (named, kind, size) = (words.next(), words.next(), words.next());
        if named != Some(*object) || kind != Some("blob") {
            return Err(GitError::Failed(text!(
                "the object {object} is not in this clone",
                "l’objet {object} n’est pas dans ce clone"
            )));
        }
        let size: u64 = size.and_then(|size| size.parse().ok()).unwrap_or(u64::MAX);
        if sizes.get(object) != Some(&size) {
            return Err(GitError::Failed(Text::new(
                "its answer is not understood",
                "sa réponse n’est pas comprise",
            )));
        }
        content.clear();
        // The line break behind the content is no part of it.
        Read::take(&mut answer, size + 1)
            .read_to_end(&mut content)
            .map_err(not_written)?;
        if content.pop() != Some(b'\n') || content.len() as u64 != size {
            return Err(GitError::Failed(Text::new(
                "its answer ends too soon",
                "sa réponse s’arrête trop tôt",
            )));
        }
        take(entries, &content)?;
    }
    Ok(())
}

/// The files of a commit that a scan may read: those of known kinds, settings, and what lies beside or below code, where a
/// function or a template may ask for it.
fn of_use(all: &[Entry]) -> Vec<&Entry> {
    let kind = |entry: &Entry| {
        let name = entry.path.file_name().unwrap_or_default().to_string_lossy();
        Kind::of_name(&name)
    };
    let code: HashSet<&Path> = all
        .iter()
        .filter(|entry| {
            matches!(
                kind(entry),
                Some(Kind::Terraform | Kind::HelmChart | Kind::Kustomization)
            )
        })
        .filter_map(|entry| entry.path.parent())
        .collect();
    let is_setting = |entry: &Entry| {
        let end = entry.path.extension().unwrap_or_default();
        let name = entry.path.file_name().unwrap_or_default();
        ["toml", "wasm", "lock", "tpl"]
            .iter()
            .any(|one| end == *one)
            || [".gardefouignore", ".gitignore", ".helmignore"]
                .iter()
                .any(|one| name == *one)
    };
    let is_beside_code = |entry: &Entry| {
        let mut above = entry.path.ancestors().skip(1);
        entry.size <= MAX_OTHER && above.any(|folder| code.contains(folder))
    };
    all.iter()
        .filter(|entry| {
            let known = kind(entry).is_some() || is_setting(entry);
            entry.is_link || (known && entry.size <= MAX_FILE) || is_beside_code(entry)
        })
        .take(MAX_FILES)
        .collect()
}

fn put(path: &Path, content: &[u8]) -> Result<(), GitError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(not_written)?;
    }
    // What is there already came first: on some systems two names mean one file.
    match fs::File::create_new(path) {
        Ok(mut file) => file.write_all(content).map_err(not_written),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(not_written(error)),
    }
}

fn not_written(error: std::io::Error) -> GitError {
    let why = why_not(error.kind());
    GitError::Failed(text!(
        "the code of then could not be written: {why}",
        "le code d’alors n’a pas pu être écrit : {why}"; why
    ))
}
