//! Compiled policies of this user, kept from one run to the next.
//!
//! What is kept is native code, and is run without a further check: so it is only ever taken from a folder that belongs
//! to this user alone, from a file that this user wrote, and only when its hash still holds. Whatever does not fit is as
//! if it were not there: the policy is compiled again. Nothing of a scanned repository ever comes here but the portable
//! component, by its hash.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// First bytes of every kept file; another layout gets another number.
const HEAD: &[u8] = b"gardefou policy 1\n";
/// Length of a SHA-256.
const HASH: usize = 32;
/// So large a file is none of ours.
const MOST_BYTES: u64 = 1 << 30;
/// Files that are kept; the oldest go first.
const MOST_FILES: usize = 64;

/// SHA-256.
pub(super) type Hash = [u8; HASH];

/// The hash of some bytes.
pub(super) fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A hash as text.
pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folder of compiled policies. It is looked at when the first policy of a user is loaded, and not before.
#[derive(Debug)]
pub struct Cache {
    folder: Result<PathBuf, String>,
    checked: OnceLock<Result<(), String>>,
}

/// Native code from the cache: made by [`Cache::find`] alone.
pub(super) struct Kept {
    bytes: Vec<u8>,
}

impl Kept {
    /// The code behind head and hash.
    pub(super) fn code(&self) -> &[u8] {
        self.bytes.get(HEAD.len() + HASH..).unwrap_or_default()
    }
}

impl Cache {
    /// The cache of this user.
    ///
    /// `variable` looks up a variable of the environment. With `CI` set there is none: what a pipeline keeps between
    /// runs, other people's code may have written.
    pub fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folder = if set("CI").is_some() {
            Err("the variable CI is set".to_owned())
        } else {
            folder(set).ok_or_else(|| "there is no home folder".to_owned())
        };
        Self {
            folder,
            checked: OnceLock::new(),
        }
    }

    /// A cache in this folder.
    pub fn at(folder: PathBuf) -> Self {
        Self {
            folder: Ok(folder),
            checked: OnceLock::new(),
        }
    }

    /// Why it is not used; none when it is, or when there was nothing to keep.
    pub fn refused(&self) -> Option<&str> {
        self.checked.get()?.as_ref().err().map(String::as_str)
    }

    /// The folder, when it can be trusted; made when it is not there.
    fn folder(&self) -> Option<&Path> {
        let checked = self.checked.get_or_init(|| {
            let folder = self.folder.as_ref().map_err(String::clone)?;
            let why = |error: String| format!("{}: {error}", folder.display());
            private::make(folder).map_err(|error| why(error.kind().to_string()))?;
            private::check(folder).map_err(why)
        });
        checked.as_ref().ok()?;
        self.folder.as_deref().ok()
    }

    /// The compiled form of a component, when it is there and undamaged.
    pub(super) fn find(&self, engine: &Engine, of: &Hash) -> Option<Kept> {
        let name = name(engine, of);
        let folder = self.folder()?;
        let file = File::open(folder.join(&name)).ok()?;
        private::check_file(&file, folder).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        let (found, code) = bytes.strip_prefix(HEAD)?.split_first_chunk::<HASH>()?;
        (*found == sealed(&name, code)).then_some(Kept { bytes })
    }

    /// Keeps the compiled form of a component. What goes wrong has no consequence: it is compiled again next time.
    pub(super) fn keep(&self, engine: &Engine, of: &Hash, component: &Component) {
        let Some(folder) = self.folder() else { return };
        if let Ok(code) = component.serialize() {
            _ = write(folder, &name(engine, of), &code);
            forget_the_oldest(folder);
        }
    }
}

/// Under another name first: whoever reads sees all of it or nothing.
fn write(folder: &Path, name: &str, code: &[u8]) -> io::Result<()> {
    let temporary = folder.join(temporary_name());
    let written = private::create(&temporary).and_then(|mut file| {
        file.write_all(HEAD)?;
        file.write_all(&sealed(name, code))?;
        file.write_all(code)
    });
    let renamed = written.and_then(|()| fs::rename(&temporary, folder.join(name)));
    if renamed.is_err() {
        _ = fs::remove_file(&temporary);
    }
    renamed
}

fn forget_the_oldest(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort();
    let too_many = files.len().saturating_sub(MOST_FILES);
    for (_, path) in files.into_iter().take(too_many) {
        _ = fs::remove_file(path);
    }
}

/// What a file of this name and content says of itself: one that was damaged or renamed says something else.
fn sealed(name: &str, code: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([0]);
    hasher.update(code);
    hasher.finalize().into()
}

/// Which component, and which compiler with its settings.
fn name(engine: &Engine, of: &Hash) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    format!("{}-{:016x}", hex(of), hasher.finish())
}

fn temporary_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".{}-{count}", std::process::id())
}

/// Where programs keep what they can make again, on this platform.
fn folder(set: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let caches = if cfg!(windows) {
        set("LOCALAPPDATA").and_then(absolute)?
    } else if cfg!(target_os = "macos") {
        set("HOME").and_then(absolute)?.join("Library/Caches")
    } else {
        match set("XDG_CACHE_HOME").and_then(absolute) {
            Some(folder) => folder,
            None => set("HOME").and_then(absolute)?.join(".cache"),
        }
    };
    Some(caches.join("gardefou").join("policies"))
}

/// Folders and files that nobody else can write to.
#[cfg(unix)]
mod private {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};

    use super::{File, Path, fs, io, temporary_name};

    pub(super) fn make(folder: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)
    }

    pub(super) fn create(file: &Path) -> io::Result<File> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).open(file)
    }

    /// The folder is this user's own: a file that is made in it has the same owner.
    pub(super) fn check(folder: &Path) -> Result<(), String> {
        let about = fs::symlink_metadata(folder).map_err(|error| error.kind().to_string())?;
        if !about.is_dir() || about.mode() & 0o077 != 0 {
            return Err("it is no folder that only its owner can read (mode 0700)".to_owned());
        }
        let probe = folder.join(temporary_name());
        let made = create(&probe).and_then(|file| file.metadata());
        _ = fs::remove_file(&probe);
        let mine = made.map_err(|error| error.kind().to_string())?.uid();
        if mine != about.uid() {
            return Err("it belongs to another user".to_owned());
        }
        Ok(())
    }

    /// A file of the folder's owner, that nobody else may write.
    pub(super) fn check_file(file: &File, folder: &Path) -> io::Result<()> {
        let (file, folder) = (file.metadata()?, fs::symlink_metadata(folder)?);
        let fits = file.is_file() && file.uid() == folder.uid() && file.mode() & 0o022 == 0;
        if fits {
            Ok(())
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
}

/// Elsewhere the folder for local data of programs is the user's own by its access list.
#[cfg(not(unix))]
mod private {
    use super::{File, Path, fs, io};

    pub(super) fn make(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(super) fn create(file: &Path) -> io::Result<File> {
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(file)
    }

    pub(super) fn check(folder: &Path) -> Result<(), String> {
        match fs::symlink_metadata(folder) {
            Ok(about) if about.is_dir() => Ok(()),
            Ok(_) => Err("it is no folder".to_owned()),
            Err(error) => Err(error.kind().to_string()),
        }
    }

    pub(super) fn check_file(file: &File, _: &Path) -> io::Result<()> {
        if file.metadata()?.is_file() {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Option<PathBuf> {
        folder(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_folder_is_the_platforms() {
        let folder = |text: &str| Some(PathBuf::from(text));
        assert_eq!(
            found(&[("HOME", "/home/a"), ("XDG_CACHE_HOME", "/var/c")]),
            folder("/var/c/gardefou/policies")
        );
        assert_eq!(
            found(&[("HOME", "/home/a")]),
            folder("/home/a/.cache/gardefou/policies")
        );
        // Relative to what? Nobody knows, so it does not count.
        assert_eq!(
            found(&[("HOME", "/home/a"), ("XDG_CACHE_HOME", "c")]),
            folder("/home/a/.cache/gardefou/policies")
        );
        assert_eq!(found(&[("HOME", "a")]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_pipeline_has_no_cache() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().as_os_str().to_owned();
        let of = |ci: &str| {
            let ci = OsString::from(ci);
            Cache::of_user(|name| match name {
                "CI" => Some(ci.clone()),
                "HOME" | "LOCALAPPDATA" => Some(home.clone()),
                _ => None,
            })
        };
        let empty = || folder.path().read_dir().expect("a folder").next().is_none();
        let cache = of("true");
        assert_eq!(cache.folder(), None);
        assert_eq!(cache.refused(), Some("the variable CI is set"));
        let cache = of("");
        // Nothing is made before it is needed.
        assert!(empty() && cache.refused().is_none());
        assert!(cache.folder().is_some() && !empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_use_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("policies");
        let mode = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
        };
        assert!(Cache::at(path.clone()).folder().is_some());
        for open in [0o777, 0o770, 0o750, 0o701] {
            mode(open);
            let cache = Cache::at(path.clone());
            assert_eq!(cache.folder(), None);
            let why = cache.refused().expect("a reason");
            assert!(why.contains("0700"), "{why}");
        }
        mode(0o700);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert_eq!(Cache::at(link).folder(), None);
    }
}
