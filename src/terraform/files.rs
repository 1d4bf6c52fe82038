//! Files that are read beside those of the scan: by `file()`, `templatefile()`, `fileset()`, and the code of modules that
//! lie beside the scanned folder or that `terraform init` fetched. Never outside the boundary: the repository.

use crate::text::{Text, text, why_not};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFault {
    /// There is none of this name.
    NotFound,
    /// It lies outside the scan.
    Outside,
    /// It is above the size limit.
    TooBig,
    /// The system refuses.
    Unreadable(Text),
}

impl ReadFault {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        match self {
            Self::NotFound => Text::new("there is no such file", "ce fichier n’existe pas"),
            Self::Outside => Text::new(
                "it lies outside the repository or the scanned folder",
                "il se trouve hors du dépôt ou du dossier analysé",
            ),
            Self::TooBig => Text::new(
                "it is above the size limit for one file",
                "il dépasse la taille permise pour un fichier",
            ),
            Self::Unreadable(why) => {
                text!("it could not be read: {why}", "il n’a pas pu être lu : {why}"; why)
            }
        }
    }
}

/// Reads files of the scan. Paths are relative to the top of the scan, with `/` between parts; they may begin with `..`.
pub trait ReadFiles: Sync {
    /// The content of a file.
    ///
    /// # Errors
    /// When it is not there, outside the scan, too big or refused.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault>;

    /// The paths of all files below a folder, relative to that folder, sorted.
    ///
    /// # Errors
    /// When the folder is not there, outside the scan or refused.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadFault>;

    /// The names of the files that lie directly in a folder, sorted.
    ///
    /// # Errors
    /// When the folder is not there, outside the scan or refused.
    fn folder(&self, folder: &str) -> Result<Vec<String>, ReadFault>;
}

/// The files below a folder on disk.
#[derive(Debug, Clone)]
pub struct FolderFiles {
    top: PathBuf,
    boundary: PathBuf,
    max_size: u64,
    asked: Asked,
}

/// What was asked for, whether it was there or not: what became of it, only the evaluation knows.
#[derive(Debug, Clone, Default)]
pub struct Asked(Arc<Mutex<AskedFor>>);

#[derive(Debug, Default)]
struct AskedFor {
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// There was more than is remembered.
    any: bool,
}

/// So much is remembered.
const MAX_ASKED: usize = 200_000;

impl Asked {
    /// Was a file asked for, or anything below a folder?
    pub fn has(&self, path: &Path) -> bool {
        let of = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let below = || of.files.range(path.to_owned()..).next();
        of.any
            || below().is_some_and(|file| file.starts_with(path))
            || path.ancestors().any(|above| of.folders.contains(above))
    }

    fn note(&self, path: &Path, is_folder: bool) {
        let mut of = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if of.files.len() + of.folders.len() >= MAX_ASKED {
            of.any = true;
        } else if is_folder {
            of.folders.insert(path.to_owned());
        } else {
            of.files.insert(path.to_owned());
        }
    }
}

/// So many files of one folder are listed at most.
const MAX_LISTED: usize = 100_000;

impl FolderFiles {
    /// Reads below `top`, files of at most `max_size` bytes.
    pub fn new(top: impl Into<PathBuf>, max_size: u64) -> Self {
        let top = top.into();
        // Links are compared by their target, so the top has to be one as well.
        let top = top.canonicalize().unwrap_or(top);
        Self {
            boundary: top.clone(),
            top,
            max_size,
            asked: Asked::default(),
        }
    }

    /// Notes what is asked for.
    #[must_use]
    pub fn noting(self, asked: &Asked) -> Self {
        Self {
            asked: asked.clone(),
            ..self
        }
    }

    /// Reads up to `boundary` as well, a folder around the top; any other is no boundary.
    #[must_use]
    pub fn within(mut self, boundary: &Path) -> Self {
        if let Ok(real) = boundary.canonicalize()
            && self.top.starts_with(&real)
        {
            self.boundary = real;
        }
        self
    }

    fn locate(&self, path: &str, is_folder: bool) -> Result<PathBuf, ReadFault> {
        let relative = Path::new(path);
        // What lies outside is not even looked for: whether it is there is nobody's business.
        let mut at = self.top.clone();
        for part in relative.components() {
            match part {
                Component::Normal(name) => at.push(name),
                Component::CurDir => {}
                Component::ParentDir if at != self.boundary => {
                    at.pop();
                }
                _ => return Err(ReadFault::Outside),
            }
        }
        self.asked.note(&at, is_folder);
        let found = at.canonicalize().map_err(fault)?;
        if found != at {
            self.asked.note(&found, is_folder);
        }
        if found.starts_with(&self.boundary) {
            Ok(found)
        } else {
            Err(ReadFault::Outside)
        }
    }
}

fn fault(error: std::io::Error) -> ReadFault {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadFault::NotFound,
        kind => ReadFault::Unreadable(why_not(kind)),
    }
}

impl ReadFiles for FolderFiles {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault> {
        use std::io::Read as _;
        let found = self.locate(path, false)?;
        // A pipe or a device would block or never end.
        if !found.is_file() {
            return Err(ReadFault::Unreadable(Text::new(
                "it is no regular file",
                "ce n’est pas un fichier ordinaire",
            )));
        }
        let file = std::fs::File::open(found).map_err(fault)?;
        let mut bytes = Vec::new();
        file.take(self.max_size + 1)
            .read_to_end(&mut bytes)
            .map_err(fault)?;
        if bytes.len() as u64 > self.max_size {
            return Err(ReadFault::TooBig);
        }
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadFault> {
        let top = self.locate(folder, true)?;
        let mut found = Vec::new();
        let mut open = vec![(top, String::new())];
        while let Some((folder, prefix)) = open.pop() {
            for entry in std::fs::read_dir(&folder).map_err(fault)? {
                let entry = entry.map_err(fault)?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                let kind = entry.file_type().map_err(fault)?;
                let path = format!("{prefix}{name}");
                if kind.is_dir() {
                    open.push((entry.path(), format!("{path}/")));
                } else if kind.is_file() {
                    if found.len() >= MAX_LISTED {
                        return Err(ReadFault::TooBig);
                    }
                    found.push(path);
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn folder(&self, folder: &str) -> Result<Vec<String>, ReadFault> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(self.locate(folder, true)?).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            // A link to a file counts; where it leads is checked when it is read.
            let is_folder = entry.file_type().map_err(fault)?.is_dir();
            if let (false, Ok(name)) = (is_folder, entry.file_name().into_string()) {
                if found.len() >= MAX_LISTED {
                    return Err(ReadFault::TooBig);
                }
                found.push(name);
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_inside_the_scan() {
        let files = FolderFiles::new(env!("CARGO_MANIFEST_DIR").to_owned() + "/src", 1 << 20);
        assert!(files.read("lib.rs").is_ok());
        assert!(files.read("./terraform/files.rs").is_ok());
        assert_eq!(files.read("../Cargo.toml"), Err(ReadFault::Outside));
        assert_eq!(files.read("/etc/passwd"), Err(ReadFault::Outside));
        assert_eq!(files.read("nothing.tf"), Err(ReadFault::NotFound));
        assert!(
            files
                .list("terraform")
                .is_ok_and(|all| all.contains(&"files.rs".to_owned()))
        );
        assert!(
            files
                .folder("terraform")
                .is_ok_and(|all| all.contains(&"files.rs".to_owned()))
        );
        let wide = files.clone().within(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert!(wide.read("../Cargo.toml").is_ok());
        assert!(wide.read("../wit/policy.wit").is_ok());
        assert_eq!(wide.read("../../anything"), Err(ReadFault::Outside));
        let elsewhere = files.within(Path::new("/etc"));
        assert_eq!(elsewhere.read("../Cargo.toml"), Err(ReadFault::Outside));
        let asked = Asked::default();
        let noting = FolderFiles::new(env!("CARGO_MANIFEST_DIR"), 1 << 20).noting(&asked);
        let at = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        assert!(noting.read("data/nothing.csv").is_err() && noting.list("wit").is_ok());
        for path in ["data/nothing.csv", "data", "wit/policy.wit", "wit"] {
            assert!(asked.has(&at(path)), "{path}");
        }
        assert!(!asked.has(&at("data/other.csv")) && !asked.has(&at("src")));
        let small = FolderFiles::new(env!("CARGO_MANIFEST_DIR"), 3);
        assert_eq!(small.read("Cargo.toml"), Err(ReadFault::TooBig));
    }
}
