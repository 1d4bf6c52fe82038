//! Files that commands write: whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

/// Puts a text in the place of a file, or where there is none. Whoever reads it meanwhile reads the old one or the new one,
/// never a part; who may read and write it stays as it was.
///
/// # Errors
/// When it cannot be written; then nothing has changed.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let parent = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = parent.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gardefou-");
    // What the system gives to new files, not what it gives to private ones.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut new = builder.tempfile_in(folder)?;
    new.write_all(text)?;
    new.as_file().sync_all()?;
    if let Ok(old) = std::fs::metadata(path) {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}
