//! Putting a proposed file where it belongs: it is made or it is not, and nothing that is there changes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    /// Something is there already.
    #[error("it is there already")]
    Taken,
    /// A folder on the way is a link, or no folder.
    #[error("{0} is a link, or no folder")]
    Elsewhere(String),
    /// The system refused.
    #[error("{}", .0.kind())]
    Refused(#[from] io::Error),
}

/// Writes a new file below `top`; `path` has `/` between its parts and leads nowhere else.
///
/// # Errors
/// When anything is there, a folder on the way is a link, or it cannot be written.
pub fn place(top: &Path, path: &str, text: &str) -> Result<(), NotPlaced> {
    let mut at = top.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        if parts.peek().is_none() {
            break;
        }
        match at.symlink_metadata() {
            Ok(about) if about.is_dir() => {}
            Ok(_) => return Err(NotPlaced::Elsewhere(at.display().to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(&at)?,
            Err(error) => return Err(error.into()),
        }
    }
    // A link that leads nowhere counts as something, too: it is not followed.
    let mut file = match File::create_new(&at) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(NotPlaced::Taken),
        Err(error) => return Err(error.into()),
    };
    if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.flush()) {
        drop(file);
        // Half a file would be taken for a whole one.
        let _ = fs::remove_file(&at);
        return Err(error.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let top = tempfile::tempdir().expect("a folder");
        place(top.path(), ".github/workflows/g.yml", "a").expect("written");
        let again = place(top.path(), ".github/workflows/g.yml", "b");
        assert!(matches!(again, Err(NotPlaced::Taken)));
        let text = fs::read_to_string(top.path().join(".github/workflows/g.yml"));
        assert_eq!(text.expect("read"), "a");
        fs::write(top.path().join("file"), "x").expect("written");
        assert!(matches!(
            place(top.path(), "file/g.yml", "b"),
            Err(NotPlaced::Elsewhere(_))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (top, other) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        let link = |to: &Path, name: &str| {
            std::os::unix::fs::symlink(to, top.path().join(name)).expect("linked")
        };
        link(other.path(), ".github");
        link(&other.path().join("new"), "gardefou.toml");
        assert!(matches!(
            place(top.path(), ".github/g.yml", "b"),
            Err(NotPlaced::Elsewhere(_))
        ));
        assert!(matches!(
            place(top.path(), "gardefou.toml", "b"),
            Err(NotPlaced::Taken)
        ));
        assert!(fs::read_dir(other.path()).expect("read").next().is_none());
    }
}
