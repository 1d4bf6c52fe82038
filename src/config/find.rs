//! Where the configuration is: the nearest going up to the root of the repository.

use std::path::{Path, PathBuf};

use super::{Config, parse};
use crate::problem::{Problem, ProblemCode};
use crate::source::Sources;
use crate::text::{Text, text, why_not};

/// Names below a folder, in order of preference.
const NAMES: &[&str] = &["gardefou.toml", ".gardefou.toml", ".github/gardefou.toml"];

/// So large a configuration is none.
const MAX_SIZE: u64 = 4 << 20;

/// A configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// The folder that its patterns are relative to.
    pub base: PathBuf,
}

impl Found {
    /// A file that was named by hand: its patterns are relative to its own folder.
    pub fn named(file: &Path) -> Self {
        // The parent of a bare name is nowhere: it is meant from where we stand.
        let parent = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = parent.unwrap_or(Path::new("."));
        let base = if folder.ends_with(".github") {
            folder.parent().unwrap_or(folder)
        } else {
            folder
        };
        Self {
            file: file.to_owned(),
            base: base.to_owned(),
        }
    }
}

/// The configuration for a scan root (absolute): nearest first, never above the repository it lies in. Outside a
/// repository only the scan root itself counts: what lies above may be anybody's.
pub fn find(root: &Path) -> Option<Found> {
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    let last = repository.unwrap_or(root);
    root.ancestors()
        .take_while(|folder| folder.starts_with(last))
        .find_map(|folder| {
            let file = NAMES
                .iter()
                .map(|name| folder.join(name))
                .find(|file| is_there(file))?;
            Some(Found {
                file,
                base: folder.to_owned(),
            })
        })
}

/// Whatever has the name counts, though it may be unreadable: to go on without it could mean to pass what it would have
/// failed.
fn is_there(file: &Path) -> bool {
    use std::io::ErrorKind;
    match file.symlink_metadata() {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
        ),
    }
}

/// Reads a configuration file for a scan root. Errors among the problems: the run should not go on.
pub fn load(found: &Found, root: &Path, sources: &Sources) -> (Config, Vec<Problem>) {
    let shown = shown(&found.file, root);
    let text = match read(&found.file) {
        Ok(text) => text,
        Err(why) => {
            let message = text!(
                "the configuration `{shown}` could not be read: {why}",
                "la configuration `{shown}` n’a pas pu être lue : {why}";
                why
            );
            let problem = Problem::error(ProblemCode::Config, message).in_file(shown);
            return (Config::default(), vec![problem]);
        }
    };
    let source = sources.add(shown.as_str(), text.as_str());
    let (mut config, problems) = parse(source, &text);
    config.path = Some(shown);
    // A relative base is that of a file named by hand.
    let base = found
        .base
        .canonicalize()
        .unwrap_or_else(|_| found.base.clone());
    config.base = Some(base.clone());
    if let Ok(below) = root.strip_prefix(&base) {
        for part in below.components() {
            config.prefix.push_str(&part.as_os_str().to_string_lossy());
            config.prefix.push('/');
        }
    }
    (config, problems)
}

fn read(file: &Path) -> Result<String, Text> {
    let about = std::fs::metadata(file).map_err(|error| why_not(error.kind()))?;
    if !about.is_file() {
        return Err(Text::new(
            "it is no regular file",
            "ce n’est pas un fichier ordinaire",
        ));
    }
    if about.len() > MAX_SIZE {
        return Err(text!(
            "it is larger than {} MiB",
            "il dépasse {} Mio",
            MAX_SIZE >> 20
        ));
    }
    let bytes = std::fs::read(file).map_err(|error| why_not(error.kind()))?;
    String::from_utf8(bytes).map_err(|_| Text::new("it is not UTF-8", "il n’est pas en UTF-8"))
}

/// A path as seen from the scan root: `gardefou.toml`, `../gardefou.toml`.
pub fn shown(file: &Path, root: &Path) -> String {
    let mut up = String::new();
    for folder in root.ancestors() {
        if let Ok(below) = file.strip_prefix(folder) {
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            return up + &parts.join("/");
        }
        up.push_str("../");
    }
    file.to_string_lossy().into_owned()
}
