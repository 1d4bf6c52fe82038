//! What is asked of `git`: which commit two branches have in common, which files changed since, and what they held.
//!
//! A repository may be anybody's, so the program runs with nothing of the environment, without network, and without what a
//! repository may set to have other programs run: no hooks, no filters, no monitors. Only commands that read are used; files
//! of the working tree are compared by what the index knows of them, and never opened.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rayon::prelude::*;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::list;
use crate::kubernetes::Tools;
use crate::program::{Bounds, Failure, Setting, Workshop};
use crate::text::{Text, text};

/// Each command may take so long.
const TIME: Duration = Duration::from_secs(120);
/// All that is taken out of a repository at once.
pub(super) const MAX_CONTENT: u64 = 512 << 20;

/// A larger file that looks as if it had changed counts as changed.
const MAX_COMPARED: u64 = 64 << 20;

/// In the environment of every command, beside a home of its own.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    // No transport has that name: what wants to fetch fails.
    ("GIT_ALLOW_PROTOCOL", "none"),
];

/// Over what the repository itself sets.
const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    // What it names there would hide new files.
    "core.excludesFile=/dev/null",
    // In a container, owner and times of change differ from what the index was written with.
    "core.checkStat=minimal",
    "core.trustctime=false",
    "diff.external=",
    "submodule.recurse=false",
];

/// Why nobody can tell what changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no such program.
    #[error("{}", self.text().en)]
    NoGit,
    /// The environment names a program that is none.
    #[error("{}", self.text().en)]
    NoProgram(Text),
    /// The folder is in no repository that has a commit.
    #[error("{}", self.text().en)]
    NoRepository(String),
    /// There is no such commit.
    #[error("{}", self.text().en)]
    Unknown {
        /// As it was asked for.
        reference: String,
        /// The clone holds only the last commits.
        is_shallow: bool,
    },
    /// The commit and the one that is checked out have no common history here.
    #[error("{}", self.text().en)]
    NothingInCommon {
        /// As it was asked for.
        reference: String,
        /// The clone holds only the last commits.
        is_shallow: bool,
    },
    /// What git said is not what was expected, or it could not do it.
    #[error("{}", self.text().en)]
    Failed(Text),
    /// There is more than is taken out of a repository.
    #[error("{}", self.text().en)]
    TooMuch,
    /// There are more files than are taken out of a repository.
    #[error("{}", self.text().en)]
    TooMany,
    /// The clone was told to leave contents out, and one of them is needed.
    #[error("{}", self.text().en)]
    NotHere(String),
}

impl GitError {
    /// In words.
    pub fn text(&self) -> Text {
        match self {
            Self::NoGit => Text::new(
                "`git` is not installed; --files-from takes a list of files instead",
                "`git` n’est pas installé ; --files-from accepte une liste de fichiers à la place",
            ),
            Self::NoProgram(why) => why.clone(),
            Self::NoRepository(folder) => Text::new(
                format!(
                    "`{folder}` is in no git repository with a commit; --files-from takes a list of files instead"
                ),
                format!(
                    "`{folder}` n’est dans aucun dépôt git ayant un commit ; --files-from accepte une liste de fichiers à la place"
                ),
            ),
            Self::Unknown {
                reference,
                is_shallow,
            } => {
                let (en, fr) = remedy(*is_shallow);
                Text::new(
                    format!("this repository has no commit `{reference}`; {en}"),
                    format!("ce dépôt n’a pas de commit `{reference}` ; {fr}"),
                )
            }
            Self::NothingInCommon {
                reference,
                is_shallow,
            } => {
                let (en, fr) = remedy(*is_shallow);
                Text::new(
                    format!(
                        "`{reference}` and what is checked out have no commit in common here; {en}"
                    ),
                    format!(
                        "`{reference}` et ce qui est extrait n’ont ici aucun commit en commun ; {fr}"
                    ),
                )
            }
            Self::Failed(why) => text!(
                "git could not be asked: {why}",
                "git n’a pas pu répondre : {why}"; why
            ),
            Self::TooMuch => Text::new(
                format!(
                    "the code of that commit takes more than {} MiB",
                    MAX_CONTENT >> 20
                ),
                format!(
                    "le code de ce commit prend plus de {} Mio",
                    MAX_CONTENT >> 20
                ),
            ),
            Self::TooMany => Text::new(
                "that commit has too many files",
                "ce commit a trop de fichiers",
            ),
            Self::NotHere(what) => text!(
                "this clone does not hold `{what}` of that commit: clone without `--filter` (`filter: \"\"` for actions/checkout), or fetch what is missing with `git fetch --refetch --no-filter`",
                "ce clone ne contient pas `{what}` de ce commit : clonez sans `--filter` (`filter: \"\"` pour actions/checkout), ou récupérez ce qui manque avec `git fetch --refetch --no-filter`"
            ),
        }
    }
}

/// What to do about a commit that is not here.
fn remedy(is_shallow: bool) -> (&'static str, &'static str) {
    if is_shallow {
        (
            "the clone is shallow: fetch all history, with `fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab, or `git fetch --unshallow`",
            "le clone est superficiel : récupérez tout l’historique, avec `fetch-depth: 0` pour actions/checkout, `GIT_DEPTH: 0` chez GitLab, ou `git fetch --unshallow`",
        )
    } else {
        (
            "fetch the branch first, or name one that is there, such as origin/main",
            "récupérez d’abord la branche, ou nommez-en une qui est là, comme origin/main",
        )
    }
}

impl From<Failure> for GitError {
    fn from(failure: Failure) -> Self {
        Self::Failed(match failure {
            Failure::NotStarted(why) => why,
            Failure::Time(bound) => {
                let seconds = bound.as_secs();
                text!(
                    "it took longer than {seconds} s",
                    "il a mis plus de {seconds} s"
                )
            }
            Failure::Output(_) => return Self::TooMuch,
            Failure::Memory(bound) => {
                let most = bound >> 20;
                text!(
                    "it took more than {most} MiB of memory",
                    "il a pris plus de {most} Mio de mémoire"
                )
            }
            Failure::Status(_, said) => match said.lines().next() {
                Some(line) => Text::same(line.to_owned()),
                None => Text::new("it said nothing", "il n’a rien dit"),
            },
            Failure::NotText => Text::new("its answer is no text", "sa réponse n’est pas du texte"),
        })
    }
}

/// A repository, and the program that knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    program: PathBuf,
    top: PathBuf,
}

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) object: String,
    /// None: the clone does not hold the content.
    pub(super) size: Option<u64>,
    pub(super) is_link: bool,
}

impl Git {
    /// The repository around a folder.
    ///
    /// # Errors
    /// When there is none, or no program to ask.
    pub fn of(folder: &Path, tools: &Tools) -> Result<Self, GitError> {
        let program = tools
            .find("git", tools.git.as_deref(), "GARDEFOU_GIT")
            .map_err(GitError::NoProgram)?
            .ok_or(GitError::NoGit)?;
        let git = Self {
            program,
            top: folder.to_owned(),
        };
        let none = || GitError::NoRepository(folder.display().to_string());
        let answer = match git.ask(&["rev-parse", "--show-toplevel"]) {
            Err(GitError::Failed(why)) if why.en.contains("not a git repository") => {
                return Err(none());
            }
            answer => answer?,
        };
        let top = list::path(answer.strip_suffix(b"\n").unwrap_or(&answer));
        let top = top.canonicalize().map_err(|_| none())?;
        // A repository may be set to mean another folder.
        if folder.starts_with(&top) && top.join(".git").exists() {
            Ok(Self { top, ..git })
        } else {
            Err(none())
        }
    }

    /// Does a path lie in the repository?
    ///
    /// # Errors
    /// When it does not: nobody could tell what of it changed.
    pub(super) fn has(&self, path: &Path) -> Result<(), GitError> {
        match path.canonicalize() {
            Ok(real) if !real.starts_with(&self.top) => {
                Err(GitError::NoRepository(path.display().to_string()))
            }
            _ => Ok(()),
        }
    }

    /// The top folder of the repository.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// The last commit that `reference` and what is checked out have in common.
    pub(super) fn common_commit(&self, reference: &str) -> Result<String, GitError> {
        let is_name = !reference.is_empty()
            && reference.len() <= 1000
            && !reference.starts_with('-')
            && !reference.contains(|c: char| c.is_control() || c == ' ');
        let unknown = || GitError::Unknown {
            reference: reference.escape_debug().to_string(),
            is_shallow: is_name && self.is_shallow(),
        };
        if !is_name {
            return Err(unknown());
        }
        let commit = |name: &str| {
            let name = format!("{name}^{{commit}}");
            let answer = self.ask(&["rev-parse", "--verify", "--quiet", &name]);
            answer.ok().as_deref().and_then(object)
        };
        let Some(head) = commit("HEAD") else {
            return Err(GitError::NoRepository(self.top.display().to_string()));
        };
        let other = commit(reference).ok_or_else(unknown)?;
        let answer = self.ask(&["merge-base", &other, &head]);
        let common = answer.ok().as_deref().and_then(object);
        common.ok_or_else(|| GitError::NothingInCommon {
            reference: reference.to_owned(),
            is_shallow: self.is_shallow(),
        })
    }

    fn is_shallow(&self) -> bool {
        let answer = self.ask(&["rev-parse", "--is-shallow-repository"]);
        answer.is_ok_and(|answer| answer.starts_with(b"true"))
    }

    /// Files that differ from a commit, committed or not, those that git does not know yet, and submodules that moved;
    /// relative to the top.
    pub(super) fn changed_since(&self, commit: &str) -> Result<BTreeSet<PathBuf>, GitError> {
        let differ = self.ask(&[
            "diff-index",
            "--raw",
            "--no-abbrev",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=dirty",
            commit,
            "--",
        ])?;
        let new = self.ask(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        let mut differ = differ.split(|byte| *byte == 0);
        let mut pairs = Vec::new();
        while let (Some(about), Some(path)) = (differ.next(), differ.next()) {
            pairs.push((about, path));
        }
        let differ = pairs
            .into_par_iter()
            .filter(|(about, path)| !self.is_same(about, path))
            .map(|(_, path)| list::path(path));
        let mut all: BTreeSet<PathBuf> = differ.collect();
        let new = new.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        // A repository inside of this one is named with a slash at its end.
        all.extend(new.map(|path| list::path(path.strip_suffix(b"/").unwrap_or(path))));
        Ok(all)
    }

    /// A file whose times alone changed, as in a copy of a repository, holds what it held: git would open it to see, and run
    /// the filters that it is told to. `about`: `:100644 100644 3b18e5… 000000… M`.
    fn is_same(&self, about: &[u8], path: &[u8]) -> bool {
        let same = || {
            let mut words = std::str::from_utf8(about).ok()?.split(' ');
            let (from, to) = (words.next()?, words.next()?);
            let (was, is) = (words.next()?, words.next()?);
            let is_open = is.bytes().all(|digit| digit == b'0') && words.next()? == "M";
            if !is_open || from.strip_prefix(':')? != to || !to.starts_with("100") {
                return None;
            }
            let path = self.top.join(list::path(path));
            let kind = path.symlink_metadata().ok()?;
            if !kind.is_file() || kind.len() > MAX_COMPARED {
                return None;
            }
            let content = std::fs::read(path).ok()?;
            Some(name_of_blob(&content, was.len()) == was)
        };
        same().unwrap_or(false)
    }

    /// All files of a commit.
    pub(super) fn tree(&self, commit: &str) -> Result<Vec<Entry>, GitError> {
        let answer = self.ask(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit])?;
        let lines = answer.split(|byte| *byte == 0);
        let entries = lines.filter(|line| !line.is_empty()).map(entry);
        // A file less than there was could make a finding look older than it is: what is not understood is not passed over.
        let entries: Option<Vec<Option<Entry>>> = entries.collect();
        let entries = entries.ok_or_else(not_understood)?;
        Ok(entries.into_iter().flatten().collect())
    }

    /// The content of objects, one after the other, as `cat-file --batch` writes it.
    /// The file is gone with its folder.
    pub(super) fn contents(&self, objects: &[&str]) -> Result<(Workshop, File), GitError> {
        let input = objects.join("\n") + "\n";
        let workshop = Workshop::open()?;
        let bounds = Bounds {
            // A line for each object beside its content.
            output: MAX_CONTENT + 200 * objects.len() as u64,
            ..bounds()
        };
        let setting = Setting {
            input: Some(input.as_bytes()),
            ..self.setting()
        };
        let arguments = self.arguments(&["cat-file", "--batch", "--buffer"]);
        let file = workshop.file(&self.program, &arguments, bounds, setting)?;
        Ok((workshop, file))
    }

    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let workshop = Workshop::open()?;
        let arguments = self.arguments(arguments);
        Ok(workshop.bytes(&self.program, &arguments, bounds(), self.setting())?)
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            folder: Some(&self.top),
            environment: ENVIRONMENT,
            input: None,
        }
    }

    fn arguments(&self, command: &[&str]) -> Vec<OsString> {
        let mut all: Vec<OsString> = vec!["--no-pager".into()];
        for setting in SETTINGS {
            all.extend(["-c".into(), OsString::from(setting)]);
        }
        // Whose it is does not matter: nothing that it sets is run.
        all.extend(["-c".into(), "safe.directory=*".into()]);
        all.extend(command.iter().map(OsString::from));
        all
    }
}

/// Git maps what it stores into memory.
fn bounds() -> Bounds {
    Bounds {
        memory: 4 << 30,
        output: 256 << 20,
        ..Bounds::within(TIME)
    }
}

/// The name that git gives to a content: of 40 or of 64 digits.
fn name_of_blob(content: &[u8], digits: usize) -> String {
    let head = format!("blob {}\0", content.len());
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    if digits == 64 {
        hex(&Sha256::new()
            .chain_update(&head)
            .chain_update(content)
            .finalize())
    } else {
        hex(&Sha1::new()
            .chain_update(&head)
            .chain_update(content)
            .finalize())
    }
}

/// A name of an object, and nothing else.
fn object(answer: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(answer).ok()?.lines().next()?;
    let is_object = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_object.then(|| text.to_owned())
}

pub(super) fn not_understood() -> GitError {
    GitError::Failed(Text::new(
        "its answer is not understood",
        "sa réponse n’est pas comprise",
    ))
}

/// `100644 blob 3b18e5…    12\ta/b.tf`; nothing inside for a submodule, and none for what is not understood.
fn entry(line: &[u8]) -> Option<Option<Entry>> {
    let tab = memchr::memchr(b'\t', line)?;
    let (about, path) = (line.get(..tab)?, line.get(tab + 1..)?);
    let mut words = std::str::from_utf8(about).ok()?.split_ascii_whitespace();
    let (mode, kind) = (words.next()?, words.next()?);
    let (object, size) = (words.next()?, words.next()?);
    if kind == "commit" {
        return Some(None);
    }
    let size = match size {
        // A clone without contents: git has the name, and nothing else.
        "BAD" => None,
        digits => Some(digits.parse().ok()?),
    };
    (kind == "blob").then(|| {
        Some(Entry {
            path: list::path(path),
            object: object.to_owned(),
            size,
            is_link: mode == "120000",
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_tree_are_read() {
        let read = entry(b"100644 blob 3b18e512dba79e4c8300dd08aeb37f8e728b8dad      12\ta b/c.tf");
        assert_eq!(
            read,
            Some(Some(Entry {
                path: PathBuf::from("a b/c.tf"),
                object: "3b18e512dba79e4c8300dd08aeb37f8e728b8dad".into(),
                size: Some(12),
                is_link: false,
            }))
        );
        let read = |line: &[u8]| entry(line).flatten();
        assert!(read(b"120000 blob 3b18 3\tl").is_some_and(|entry| entry.is_link));
        assert!(read(b"100644 blob 3b18 BAD\tx").is_some_and(|entry| entry.size.is_none()));
        assert_eq!(entry(b"160000 commit 3b18 -\tmodule"), Some(None));
        for other in [
            &b""[..],
            b"x\ty",
            b"100644 blob 3b18 many\tx",
            b"100644 thing 3b18 1\tx",
        ] {
            assert_eq!(entry(other), None);
        }
    }

    #[test]
    fn contents_are_named_as_git_does() {
        assert_eq!(
            name_of_blob(b"test content\n", 40),
            "d670460b4b4aece5915caf5c68d12f560a9fe3e4"
        );
        assert_eq!(
            name_of_blob(b"", 64),
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
        );
    }

    #[test]
    fn objects_are_hexadecimal() {
        assert!(object(b"3b18e512dba79e4c8300dd08aeb37f8e728b8dad\n").is_some());
        assert!(object(b"--output=x\n").is_none());
        assert!(object(b"").is_none());
    }
}
