//! No prefix and no change of a single byte of a file that we have makes the library panic.
//!
//! All of them are too many for every run: `GARDEFOU_EXHAUSTIVE=1 cargo test --release --test it mutations` tries them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gardefou::catalog::Catalog;
use gardefou::config::{Config, Date, words::Level};
use gardefou::discover::{Input, Kind, folder_of};
use gardefou::facts::{self, Settings};
use gardefou::problem::Problem;
use gardefou::source::Sources;
use gardefou::terraform::{self, Estate, FolderFiles, TerraformFile};
use gardefou::{graph, kubernetes};

use crate::support::root;

/// Readings of a file in an ordinary run, all files together.
const READINGS: usize = 1_000;

/// What a byte becomes. One of each kind that some grammar treats by itself; zero and the half of a character stand for
/// what is in no text.
const BYTES: &[u8] = b"\0\t\n\r !\"#$%&'()*+,-./09:;<=>?@AEZ[\\]_`ae{|}~\x7F\xC3\xFF";

/// A folder whose files are changed one at a time, as they stand on disk.
struct Estates {
    top: PathBuf,
    files: Vec<(String, Vec<u8>)>,
}

fn is_terraform(path: &str) -> bool {
    let ends = [".tf", ".tf.json", ".tofu", ".tfvars", ".tfvars.json"];
    ends.iter().any(|end| path.ends_with(end))
}

fn is_manifest(path: &str) -> bool {
    path.ends_with(".yaml")
}

impl Estates {
    fn load(top: &Path) -> Self {
        let mut files = Vec::new();
        let mut open = vec![(top.to_owned(), String::new())];
        while let Some((folder, shown)) = open.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let entry = entry.expect("an entry");
                let name = entry.file_name().into_string().expect("a name");
                let path = format!("{shown}{name}");
                if entry.path().is_dir() {
                    open.push((entry.path(), format!("{path}/")));
                } else if is_terraform(&path) || is_manifest(&path) {
                    files.push((path, std::fs::read(entry.path()).expect("a file")));
                }
            }
        }
        files.sort();
        Self {
            top: top.to_owned(),
            files,
        }
    }

    /// Parse, evaluate, assemble, establish: all that is done with a text before policies see it. The other files of the
    /// folder are there as well, for one file refers to another.
    fn understand(&self, changed: usize, bytes: &[u8]) {
        let sources = Sources::new();
        let mut code = Vec::new();
        let mut inputs = Vec::new();
        for (at, (path, original)) in self.files.iter().enumerate() {
            let bytes = if at == changed { bytes } else { original };
            // What is no text is refused before any of this.
            let text = String::from_utf8_lossy(bytes);
            let source = sources.add(path.as_str(), &*text);
            let folder = folder_of(path).to_owned();
            let path = path.clone();
            if is_manifest(&path) {
                let kind = Kind::Manifest;
                inputs.push(Input {
                    path,
                    folder,
                    kind,
                    source,
                });
            } else {
                code.push(TerraformFile {
                    path,
                    folder,
                    source,
                });
            }
        }
        let is_code = self
            .files
            .get(changed)
            .is_some_and(|(path, _)| is_terraform(path));
        // Neither sees the other before the graph.
        let (code, inputs) = if is_code {
            (code, Vec::new())
        } else {
            (Vec::new(), inputs)
        };
        let reader = FolderFiles::new(&self.top, 1 << 20);
        let options = terraform::Options::default();
        let estate = match code.is_empty() {
            true => Estate::default(),
            false => terraform::evaluate(&code, &sources, &options, &reader),
        };
        let manifests = kubernetes::read(&inputs, &sources);
        check(&estate.problems, &sources);
        check(&manifests.problems, &sources);
        let catalog = Catalog::get();
        let settings = Settings {
            actor: None,
            as_of: Date::LAST,
            assume: Level::Personal,
            config: Config::default(),
        };
        let graph = graph::assemble(&estate, &manifests, catalog, &sources);
        facts::establish(&graph, catalog, &settings);
    }
}

/// Every place can be shown.
fn check(problems: &[Problem], sources: &Sources) {
    for problem in problems {
        let related = problem.related.iter().map(|(place, _)| *place);
        for place in problem.place.into_iter().chain(related) {
            let source = sources.get(place.source);
            let range = place.span.start as usize..place.span.end as usize;
            assert!(
                source.text().get(range.clone()).is_some(),
                "{range:?}: {}",
                problem.message.en
            );
        }
    }
}

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Change {
    Cut(usize),
    Set(usize, u8),
    Remove(usize),
}

impl Change {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self {
            Self::Cut(at) => bytes.truncate(at),
            Self::Set(at, byte) => bytes[at] = byte,
            Self::Remove(at) => _ = bytes.remove(at),
        }
        bytes
    }

    /// All changes of a file of that length.
    fn all(length: usize) -> impl Iterator<Item = Self> {
        (0..length).flat_map(|at| {
            let bytes = BYTES.iter().map(move |byte| Self::Set(at, *byte));
            [Self::Cut(at), Self::Remove(at)].into_iter().chain(bytes)
        })
    }
}

fn estates() -> Vec<Estates> {
    let mut folders = Vec::new();
    for group in ["fixtures", "fixtures/broken", "tests/conformance/modules"] {
        for entry in std::fs::read_dir(root().join(group)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("broken") {
                folders.push(path);
            }
        }
    }
    folders.sort();
    folders.iter().map(|path| Estates::load(path)).collect()
}

#[test]
fn no_change_makes_it_panic() {
    let estates = estates();
    let exhaustive = std::env::var_os("GARDEFOU_EXHAUSTIVE").is_some();
    let mut changes = Vec::new();
    for (at, estate) in estates.iter().enumerate() {
        for (file, (_, bytes)) in estate.files.iter().enumerate() {
            changes.extend(Change::all(bytes.len()).map(|change| (at, file, change)));
        }
    }
    assert!(changes.len() > 100_000, "{}", changes.len());
    // A step that has nothing in common with the number of changes of a byte meets them all in turn.
    let step = if exhaustive {
        1
    } else {
        (changes.len() / READINGS) | 1
    };
    let chosen: Vec<_> = changes.into_iter().step_by(step).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    // Threads of their own: a thread of the pool that waits for a part of its reading would start another one on top of it.
    let work = || {
        while let Some((at, file, change)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let estate = &estates[*at];
            let (path, bytes) = &estate.files[*file];
            let changed = change.of(bytes);
            let outcome = catch_unwind(AssertUnwindSafe(|| estate.understand(*file, &changed)));
            if outcome.is_err() {
                let what = format!("{}/{path}: {change:?}", estate.top.display());
                wrong.lock().expect("no panic while it is held").push(what);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().expect("no panic while it is held");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
