//! Policies of users: which files are named, by hand or by the configuration, and loading them.
//!
//! The configuration of a scanned repository may name policies, and a pull request may change it: what it names lies
//! inside the repository, runs in the same sandbox as every policy, and can only add findings. It cannot take the place of
//! a rule that is there already.

use std::path::{Path, PathBuf};

use super::Engine;
use super::lock::Lock;
use crate::config::{self, Config};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Sources};
use crate::text::{Text, text, why_not};

/// A file that somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where it really lies, links resolved.
    pub path: PathBuf,
    /// Its path as people see it.
    pub shown: String,
    /// Where the configuration names it.
    pub place: Option<Place>,
}

/// What a user's policies are named by.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// Files and folders of the command line.
    pub by_hand: &'a [PathBuf],
    /// The configuration.
    pub config: &'a Config,
    /// Where shown paths start: the scan root.
    pub root: &'a Path,
    /// A lock counts when there is one.
    pub locked: bool,
}

impl Naming<'_> {
    /// Every file once, those of the configuration first; and what could not be found.
    pub fn files(&self) -> (Vec<Named>, Vec<Problem>) {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for path in &self.config.policies {
            let found = self.configured(&path.value);
            match found {
                Ok(found) => all.extend(found.into_iter().map(|named| Named {
                    place: Some(path.place),
                    ..named
                })),
                Err((message, help)) => problems.push(
                    Problem::error(ProblemCode::Policy, message)
                        .at(path.place)
                        .help(help),
                ),
            }
        }
        for path in self.by_hand {
            match by_hand(path) {
                Ok(found) => all.extend(found),
                Err((message, help)) => {
                    let shown = path.display();
                    let message = text!("--policy {shown}: {message}", "--policy {shown} : {message}"; message);
                    problems.push(Problem::error(ProblemCode::Policy, message).help(help));
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|named| seen.insert(named.path.clone()));
        (all, problems)
    }

    /// What a path of the configuration names: below its own folder or the scan root, wherever links lead.
    fn configured(&self, path: &str) -> Result<Vec<Named>, Fault> {
        let help = || {
            Text::new(
                "paths of [policies] are relative to the folder of the configuration, and stay inside it or the scan root",
                "les chemins de [policies] partent du dossier de la configuration, et restent dans celui-ci ou dans la racine de l’analyse",
            )
        };
        let base = self.config.base.as_deref().unwrap_or(Path::new("."));
        // An empty root is the start of every path.
        let root = Some(self.root).filter(|root| root.is_absolute());
        let inside =
            |path: &Path| path.starts_with(base) || root.is_some_and(|root| path.starts_with(root));
        let outside = || {
            let message = text!(
                "`{path}` lies outside this repository",
                "`{path}` se trouve hors de ce dépôt"
            );
            (message, help())
        };
        if Path::new(path).is_absolute() {
            return Err(outside());
        }
        let found = base.join(path).canonicalize().map_err(|_| {
            let message = text!(
                "there is no policy `{path}`",
                "il n’y a pas de politique `{path}`"
            );
            (message, help())
        })?;
        if !inside(&found) {
            return Err(outside());
        }
        let files = if found.is_dir() {
            components(&found, &inside)?
        } else {
            vec![found]
        };
        let named = files.into_iter().map(|path| Named {
            shown: config::shown(&path, self.root),
            path,
            place: None,
        });
        Ok(named.collect())
    }

    /// The folder of the lock: that of the configuration, else the one we stand in.
    pub fn lock_folder(&self) -> Option<PathBuf> {
        match &self.config.base {
            _ if !self.locked => None,
            Some(base) => Some(base.clone()),
            None => std::env::current_dir()
                .and_then(|folder| folder.canonicalize())
                .ok(),
        }
    }
}

/// What is wrong, and what to do.
type Fault = (Text, Text);

/// A file as it is named; of a folder, every component in it.
fn by_hand(named: &Path) -> Result<Vec<Named>, Fault> {
    let found = named.canonicalize().map_err(|error| {
        let help = Text::new(
            "check the path given to --policy",
            "vérifiez le chemin donné à --policy",
        );
        (why_not(error.kind()), help)
    })?;
    if !found.is_dir() {
        let shown = named.display().to_string();
        return Ok(vec![Named {
            path: found,
            shown,
            place: None,
        }]);
    }
    let inside = |path: &Path| path.starts_with(&found);
    let files = components(&found, &inside)?;
    let shown = |path: &Path| {
        let below = path.strip_prefix(&found).unwrap_or(path);
        named.join(below).display().to_string()
    };
    let all = files.into_iter().map(|path| Named {
        shown: shown(&path),
        path,
        place: None,
    });
    Ok(all.collect())
}

/// The components of a folder, sorted by name; folders below it are not looked into.
fn components(folder: &Path, inside: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Fault> {
    let help = || {
        Text::new(
            "name a component, or a folder of components that end in .wasm",
            "nommez un composant, ou un dossier de composants qui finissent par .wasm",
        )
    };
    let entries = std::fs::read_dir(folder).map_err(|error| (why_not(error.kind()), help()))?;
    let mut names: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    names.sort();
    if names.is_empty() {
        let message = Text::new(
            "the folder holds no .wasm file",
            "le dossier ne contient aucun fichier .wasm",
        );
        return Err((message, help()));
    }
    let mut files = Vec::new();
    for path in names {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let found = path.canonicalize().map_err(|error| {
            let why = why_not(error.kind());
            (text!("{name}: {why}", "{name} : {why}"; why), help())
        })?;
        if !inside(&found) {
            return Err((
                text!(
                    "{name} is a link that leads out of the folder",
                    "{name} est un lien qui mène hors du dossier"
                ),
                Text::new(
                    "links are not followed out of a folder of policies: copy the file",
                    "les liens ne sont pas suivis hors d’un dossier de politiques : copiez le fichier",
                ),
            ));
        }
        files.push(found);
    }
    Ok(files)
}

/// An engine with the policies of the user beside those it has, as far as they can be loaded and the lock allows them.
pub fn with_users(
    engine: &Engine,
    naming: &Naming<'_>,
    sources: &Sources,
) -> (Engine, Vec<Problem>) {
    let mut engine = engine.clone();
    let (mut named, mut problems) = naming.files();
    let lock = naming
        .lock_folder()
        .map_or(Ok(None), |folder| Lock::read(&folder, naming.root, sources));
    let lock = match lock {
        Ok(lock) => lock,
        // Nobody can tell what was reviewed.
        Err(problem) => {
            problems.push(problem);
            return (engine, problems);
        }
    };
    if let Some(lock) = &lock {
        problems.extend(lock.missing(&named));
    }
    let most = engine.limits().policies;
    if let Some(beyond) = named.get(most) {
        let message = text!(
            "{} policies are more than {most}: {} and what follows was not loaded",
            "{} politiques, c’est plus que {most} : {} et la suite n’ont pas été chargées",
            named.len(),
            beyond.shown
        );
        problems.push(Problem::error(ProblemCode::Policy, message).help(Text::new(
            "put the rules of a family into one policy",
            "mettez les règles d’une famille dans une seule politique",
        )));
        named.truncate(most);
    }
    problems.extend(engine.load_all(&named, lock.as_ref()));
    (engine, problems)
}
