//! The code as it was before the changes, judged as the code of now is: only so can be told what a change took away.
//!
//! The files of that commit that a scan may read are written into a private folder: nothing is checked out, so no hook and
//! no filter runs. What git does not keep and nobody changed, as fetched modules, is put beside them as it is now.

use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Component, Path, PathBuf};

use super::git::{Entry, Git, GitError, MAX_CONTENT, not_understood};
use super::{Since, straight};
use crate::config;
use crate::discover::{self, Kind};
use crate::policy::Engine;
use crate::program::PrivateFolder;
use crate::scan::{BaselineChoice, ConfigChoice, Request, Scan, Variable, limits, run};
use crate::text::{Text, text, why_not};
use crate::verdict::{Before, Changed, Ground};

/// More files are not taken out of a commit. Nothing is passed over: a file less than there was could make a finding look
/// older than it is.
const MAX_FILES: usize = 200_000;

/// How the findings stood at a commit.
pub(super) fn scan(
    since: &Since,
    changed: &Changed,
    request: &Request,
    now: &Scan,
    engine: &Engine,
) -> Result<Before, GitError> {
    let tree = Tree::of(since, changed, request, now)?;
    let request = tree.request(request, changed, now);
    // None of the files was there: nor was any finding.
    if request.paths.is_empty() {
        return Ok(Before::default());
    }
    let scan = run(&request, engine);
    let ground = Ground {
        sources: &scan.sources,
        graph: &scan.graph,
        facts: &scan.facts,
        catalog: scan.catalog,
        base: &scan.base,
    };
    Ok(Before::of(&scan.findings, ground, &scan.bar))
}

/// The files of a commit, in a private folder that goes with this value.
struct Tree {
    folder: PrivateFolder,
    /// The top of the repository now.
    top: PathBuf,
}

impl Tree {
    fn of(
        since: &Since,
        changed: &Changed,
        request: &Request,
        now: &Scan,
    ) -> Result<Self, GitError> {
        let folder = PrivateFolder::new("before-").map_err(not_written)?;
        // Here the repository ends: what lies above is not looked at.
        fs::create_dir(folder.path().join(".git")).map_err(not_written)?;
        let tree = Self {
            folder,
            top: since.git.top().to_owned(),
        };
        let all = since.git.tree(&since.commit)?;
        let named: HashSet<PathBuf> = given(request)
            .filter_map(|path| Some(tree.inside(path)?.to_owned()))
            .collect();
        let all_of_use = of_use(&all, &named)?;
        let (links, files): (Vec<_>, Vec<_>) =
            all_of_use.into_iter().partition(|entry| entry.is_link);
        let said = &now.settings.config.limits;
        let most = limits::of_files(said, discover::Options::default()).max_file;
        let (large, files): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|entry| entry.size.is_some_and(|size| size > most));
        tree.write(&since.git, &files)?;
        for entry in large {
            tree.hollow(entry)?;
        }
        tree.add_what_git_lacks(&all, changed, now)?;
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

    /// A file that is too large to be read: that it is there counts, and what it holds does not.
    fn hollow(&self, entry: &Entry) -> Result<(), GitError> {
        let Some(path) = self.at(&entry.path) else {
            return Ok(());
        };
        put(&path, b"")?;
        let file = fs::OpenOptions::new().write(true).open(&path);
        file.and_then(|file| file.set_len(entry.size.unwrap_or_default()))
            .map_err(not_written)
    }

    /// Files that the scan of now has read, that the commit does not have and that did not change: git does not keep them.
    fn add_what_git_lacks(
        &self,
        all: &[Entry],
        changed: &Changed,
        now: &Scan,
    ) -> Result<(), GitError> {
        let Some(root) = &now.inputs.root else {
            return Ok(());
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
            if let Some(at) = self.at(inside) {
                put(&at, source.text().as_bytes())?;
            }
        }
        Ok(())
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
    fn request(&self, now: &Request, changed: &Changed, scan: &Scan) -> Request {
        let then = |path: &PathBuf| self.then(path, changed, scan);
        let paths = now.paths.iter();
        Request {
            paths: paths
                .filter_map(|path| {
                    let there = then(path)?;
                    // The scan starts at the same folders, whether they were there or not.
                    if path.is_dir() && !there.exists() {
                        drop(fs::create_dir_all(&there));
                    }
                    there.exists().then_some(there)
                })
                .collect(),
            standard_input: false,
            config: match &now.config {
                ConfigChoice::File(file) => {
                    then(file).map_or(ConfigChoice::Without, ConfigChoice::File)
                }
                other => other.clone(),
            },
            baseline: match &now.baseline {
                BaselineChoice::File(file) => {
                    then(file).map_or(BaselineChoice::Without, BaselineChoice::File)
                }
                other => other.clone(),
            },
            variables: now
                .variables
                .iter()
                .filter_map(|variable| match variable {
                    Variable::File(file) => then(file).map(Variable::File),
                    text => Some(text.clone()),
                })
                .collect(),
            render: crate::scan::RenderChoice {
                values: now.render.values.iter().filter_map(then).collect(),
                ..now.render.clone()
            },
            changes: None,
            ..now.clone()
        }
    }

    /// A path of the repository in the folder; none for a file that came since. What is outside of the repository, and what
    /// git does not keep and nobody changed, stays what it is.
    fn then(&self, path: &Path, changed: &Changed, scan: &Scan) -> Option<PathBuf> {
        if let Some(inside) = path.is_dir().then(|| path.canonicalize().ok()).flatten() {
            return Some(match inside.strip_prefix(&self.top) {
                Ok(inside) => self.folder.path().join(inside),
                Err(_) => path.to_owned(),
            });
        }
        let Some(inside) = self.inside(path) else {
            return Some(path.to_owned());
        };
        let there = self.folder.path().join(&inside);
        if there.exists() {
            return Some(there);
        }
        let root = scan.inputs.root.as_deref().unwrap_or(&self.top);
        let shown = config::shown(&self.top.join(&inside), root);
        (!changed.has(&shown)).then(|| path.to_owned())
    }

    /// A file as the repository knows it; a link is itself, and not what it leads to.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let here = std::env::current_dir().unwrap_or_default();
        let path = super::real_folder(&here.join(path));
        Some(path.strip_prefix(&self.top).ok()?.to_owned())
    }
}

/// Files that were named one by one.
fn given(request: &Request) -> impl Iterator<Item = &PathBuf> {
    let config = match &request.config {
        ConfigChoice::File(file) => Some(file),
        _ => None,
    };
    let baseline = match &request.baseline {
        BaselineChoice::File(file) => Some(file),
        _ => None,
    };
    let variables = request
        .variables
        .iter()
        .filter_map(|variable| match variable {
            Variable::File(file) => Some(file),
            Variable::Text { .. } => None,
        });
    let paths = request.paths.iter();
    let all = paths.chain(config).chain(baseline).chain(variables);
    all.chain(&request.render.values)
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
        .filter_map(|(object, entries)| Some((*object, entries.first()?.size?)))
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
            return Err(GitError::NotHere((*object).to_owned()));
        }
        let size: u64 = size.and_then(|size| size.parse().ok()).unwrap_or(u64::MAX);
        if sizes.get(object) != Some(&size) {
            return Err(not_understood());
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
/// function or a template may ask for it; and what was named.
fn of_use<'e>(all: &'e [Entry], named: &HashSet<PathBuf>) -> Result<Vec<&'e Entry>, GitError> {
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
        above.any(|folder| code.contains(folder))
    };
    let is_of_use = |entry: &&Entry| {
        entry.is_link
            || kind(entry).is_some()
            || is_setting(entry)
            || named.contains(&entry.path)
            || is_beside_code(entry)
    };
    let of_use: Vec<&Entry> = all.iter().filter(is_of_use).collect();
    if of_use.len() > MAX_FILES {
        return Err(GitError::TooMany);
    }
    match of_use.iter().find(|entry| entry.size.is_none()) {
        Some(missing) => Err(GitError::NotHere(missing.path.display().to_string())),
        None => Ok(of_use),
    }
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
