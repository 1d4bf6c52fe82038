//! Kustomizations, rendered with `kubectl kustomize` or `kustomize build`.
//!
//! A kustomization may name what lies anywhere: addresses are fetched (those of the machine itself in spite of all proxies),
//! folders may lead out of the repository. So every reference is followed before anything runs, and what leads out is
//! refused. The fields are compared as Kustomize compares them, without regard to case.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::helm::is_address;
use super::{Job, MAX_FILE, Made, Origins, Problem, Shop, said};
use crate::config;
use crate::discover;
use crate::program::{Failure, Workshop};
use crate::source::{Place, SourceId};
use crate::syntax::yaml;
use crate::text::{Text, text};
use crate::value::Value;

/// Kustomizations that one builds on.
const MOST_FOLDERS: usize = 1_000;
/// Files that one names.
const MOST_FILES: usize = 50_000;
/// References that are said to be wrong.
const MOST_PROBLEMS: usize = 20;

/// Names of the file, in the order in which it is looked for.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Renders one kustomization.
pub(super) fn run(shop: &Shop<'_>, job: &Job<'_>) -> Result<Made, Vec<Problem>> {
    let folder = shop.real(&job.file.folder);
    let files = check(shop, job, &folder)?;
    let (program, name, verb) = program(shop).map_err(|why| {
        vec![said::not_rendered(job, &why).help(
            Text::new("install kubectl or kustomize, or name the program in the environment variable GARDEFOU_KUBECTL or GARDEFOU_KUSTOMIZE", "installez kubectl ou kustomize, ou nommez le programme dans la variable d’environnement GARDEFOU_KUBECTL ou GARDEFOU_KUSTOMIZE"),
        )]
    })?;
    let failed = |failure: &Failure, workshop: Option<&Workshop>| {
        let said = match (failure, workshop) {
            (Failure::Status(_, raw), Some(workshop)) => {
                said::clean(shop, workshop.folder(), &[], raw)
            }
            _ => String::new(),
        };
        vec![said::problem(job, name, failure, &said)]
    };
    let workshop = Workshop::open().map_err(|failure| failed(&failure, None))?;
    // Kustomize wants the folder itself, and not a link to it.
    let real = folder.canonicalize().unwrap_or(folder);
    let text = workshop
        .run(&program, &[verb.into(), real.into()], shop.bounds)
        .map_err(|failure| failed(&failure, Some(&workshop)))?;
    Ok(Made {
        text,
        origins: Origins {
            root: job.file.folder.clone(),
            files,
            values: Vec::new(),
        },
        tree: Vec::new(),
    })
}

/// The program, its name, and the word that makes it build.
fn program(shop: &Shop<'_>) -> Result<(PathBuf, &'static str, &'static str), Text> {
    let tools = shop.render.tools;
    let kustomize = tools.kustomize.as_deref();
    let kubectl = tools.kubectl.as_deref();
    let both = [
        ("kustomize", kustomize, "GARDEFOU_KUSTOMIZE", "build"),
        ("kubectl", kubectl, "GARDEFOU_KUBECTL", "kustomize"),
    ];
    let is_named = |named: Option<&std::ffi::OsStr>| named.is_some_and(|named| !named.is_empty());
    for (name, named, variable, verb) in both.iter().filter(|(_, named, ..)| is_named(*named)) {
        if let Some(found) = tools.find(name, *named, variable)? {
            return Ok((found, name, verb));
        }
    }
    for (name, _, variable, verb) in both.iter().rev() {
        if let Some(found) = tools.find(name, None, variable)? {
            return Ok((found, name, verb));
        }
    }
    Err(Text::new(
        "there is no program `kubectl` or `kustomize`",
        "il n’y a pas de programme `kubectl` ou `kustomize`",
    ))
}

/// Follows every reference of a kustomization, and gives the texts of all files that it names.
fn check(
    shop: &Shop<'_>,
    job: &Job<'_>,
    folder: &Path,
) -> Result<Vec<(String, SourceId)>, Vec<Problem>> {
    let mut walk = Walk {
        shop,
        job,
        entered: BTreeSet::new(),
        named: BTreeSet::new(),
        files: Vec::new(),
        problems: Vec::new(),
        next: vec![(folder.to_owned(), false, None)],
    };
    while let Some((folder, configures, place)) = walk.next.pop() {
        if walk.entered.len() + walk.next.len() > MOST_FOLDERS || walk.named.len() > MOST_FILES {
            walk.refuse(
                Text::new("it builds on too much", "elle s’appuie sur trop de choses"),
                place,
            );
            break;
        }
        walk.folder(&folder, configures, place);
    }
    if !walk.problems.is_empty() {
        return Err(walk.problems);
    }
    let mut files = walk.files;
    files.sort();
    Ok(files)
}

struct Walk<'a, 'b> {
    shop: &'b Shop<'a>,
    job: &'b Job<'a>,
    /// Folders that were looked at, with whether they hold what configures Kustomize.
    entered: BTreeSet<(PathBuf, bool)>,
    /// Files that were looked at.
    named: BTreeSet<(PathBuf, bool)>,
    files: Vec<(String, SourceId)>,
    problems: Vec<Problem>,
    /// Folders to look at, and where they are named.
    next: Vec<(PathBuf, bool, Option<Place>)>,
}

/// What a field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Files and folders of objects.
    Objects,
    /// Files and folders of what configures Kustomize, or that itself.
    Configuration,
    /// Files.
    Files,
    /// Files, each perhaps behind the key that it gets.
    Data,
    /// Charts, which Kustomize would fetch and render.
    Charts,
}

/// The fields of a kustomization that name something, in small letters.
const FIELDS: [(&str, Names); 17] = [
    ("resources", Names::Objects),
    ("bases", Names::Objects),
    ("components", Names::Objects),
    ("generators", Names::Configuration),
    ("transformers", Names::Configuration),
    ("validators", Names::Configuration),
    ("crds", Names::Files),
    ("configurations", Names::Files),
    ("patchesstrategicmerge", Names::Files),
    ("patches", Names::Files),
    ("patchesjson6902", Names::Files),
    ("replacements", Names::Files),
    ("openapi", Names::Files),
    ("configmapgenerator", Names::Data),
    ("secretgenerator", Names::Data),
    ("helmcharts", Names::Charts),
    ("helmchartinflationgenerator", Names::Charts),
];

/// The keys of a patch or a replacement that name a file; a text in the list itself does too.
const FILE: &[&str] = &["path"];
/// The keys of a generator that name files.
const DATA: &[&str] = &["files", "file", "envs", "env"];
/// The keys of plugins that name files.
const PLUGIN: &[&str] = &[
    "path",
    "paths",
    "files",
    "file",
    "envs",
    "env",
    "resources",
    "configurations",
    "valuesfile",
    "additionalvaluesfiles",
    "repo",
];

/// `key=path`, or the path alone.
fn behind_key(text: &str) -> &str {
    text.split_once('=').map_or(text, |(_, path)| path)
}

/// As Go's JSON reads names of fields: without regard to case, of two letters of other scripts as well.
fn fold(key: &str) -> String {
    key.to_uppercase().to_lowercase()
}

impl Walk<'_, '_> {
    fn refuse(&mut self, why: Text, place: Option<Place>) {
        self.refuse_with(
            why,
            Text::new(
                "put what it needs into the repository",
                "mettez ce qu’il lui faut dans le dépôt",
            ),
            place,
        );
    }

    fn refuse_with(&mut self, why: Text, help: Text, place: Option<Place>) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        let problem = said::not_rendered(self.job, &why).help(help);
        self.problems.push(match place {
            Some(place) => problem.at(place),
            None => problem,
        });
    }

    fn folder(&mut self, folder: &Path, configures: bool, place: Option<Place>) {
        let Some(real) = self.inside(folder, place) else {
            return;
        };
        if !self.entered.insert((real.clone(), configures)) {
            return;
        }
        let mut found = NAMES
            .iter()
            .map(|name| real.join(name))
            .filter(|file| file.exists());
        let Some(file) = found.next() else {
            let why = text!(
                "`{}` holds no kustomization",
                "`{}` ne contient pas de kustomization",
                self.shown(&real)
            );
            self.refuse(why, place);
            return;
        };
        // Several are an error, which Kustomize says; none of them is to be missed here.
        for file in std::iter::once(file).chain(found) {
            let Some(documents) = self.read(&file, place) else {
                continue;
            };
            for document in &documents {
                self.kustomization(&real, document, configures);
            }
        }
    }

    fn kustomization(&mut self, folder: &Path, document: &Value, configures: bool) {
        for (key, value) in document.entries().unwrap_or_default() {
            let key = fold(key);
            let Some((_, names)) = FIELDS.iter().find(|(name, _)| *name == key) else {
                continue;
            };
            match names {
                Names::Charts if value.elements().is_some_and(<[Value]>::is_empty) => {}
                Names::Charts => {
                    let place = value.origin.place;
                    self.refuse_with(
                        Text::new("it inflates a Helm chart, which would be fetched and rendered by other programs", "elle déploie un chart Helm, que d’autres programmes iraient chercher et rendraient"),
                        Text::new("render the chart with `helm template`, and name the result in `resources`", "rendez le chart avec `helm template`, et nommez le résultat dans `resources`"),
                        place,
                    );
                }
                Names::Objects => self.each(folder, value, configures),
                Names::Configuration => self.each(folder, value, true),
                Names::Files => self.below(folder, value, FILE, configures),
                Names::Data => self.below(folder, value, DATA, configures),
            }
        }
    }

    /// Files and folders of a list.
    fn each(&mut self, folder: &Path, list: &Value, configures: bool) {
        for named in texts(list) {
            let Some(text) = named.as_str() else { continue };
            let place = named.origin.place;
            if text.contains('\n') || text.trim_start().starts_with('{') {
                self.inline(text, place);
                continue;
            }
            let Some(real) = self.local(folder, text, place) else {
                continue;
            };
            if real.is_dir() {
                self.next.push((real, configures, place));
            } else {
                self.file(&real, configures, place);
            }
        }
    }

    /// Files below some keys, or in the list itself.
    fn below(&mut self, folder: &Path, value: &Value, keys: &[&str], configures: bool) {
        let mut next = vec![(value, keys == FILE)];
        while let Some((value, counts)) = next.pop() {
            if let Some(all) = value.elements() {
                next.extend(all.iter().map(|one| (one, counts)));
            } else if let Some(entries) = value.entries() {
                let entries = entries.iter();
                next.extend(
                    entries
                        .filter(|(key, _)| keys.contains(&fold(key).as_str()))
                        .map(|(_, value)| (value, true)),
                );
            } else if let Some(text) = value.as_str().filter(|_| counts) {
                let place = value.origin.place;
                // A patch may stand in the place of its file.
                if text.contains('\n') || text.trim_start().starts_with('{') {
                    continue;
                }
                let path = if keys == FILE { text } else { behind_key(text) };
                if let Some(real) = self.local(folder, path, place) {
                    self.file(&real, configures, place);
                }
            }
        }
    }

    /// What a reference leads to in the repository.
    fn local(&mut self, folder: &Path, text: &str, place: Option<Place>) -> Option<PathBuf> {
        let lower = text.trim_start().to_ascii_lowercase();
        let is_far = lower.contains("://")
            || is_address(text)
            || ["git@", "git::", "github.com/", "github.com:", "gh:"]
                .iter()
                .any(|start| lower.starts_with(start))
            || lower.contains("?ref=");
        if is_far {
            let why = text!(
                "`{text}` would need the network",
                "`{text}` aurait besoin du réseau"
            );
            self.refuse_with(
                why,
                Text::new(
                    "vendor it: put a copy into the repository and name that",
                    "mettez-en une copie dans le dépôt et nommez-la",
                ),
                place,
            );
            return None;
        }
        if Path::new(text).is_absolute() {
            self.refuse(
                text!(
                    "`{text}` is a path of the machine",
                    "`{text}` est un chemin de la machine"
                ),
                place,
            );
            return None;
        }
        let path = folder.join(text);
        if !path.exists() {
            self.refuse(
                text!("`{text}` is not there", "`{text}` n’existe pas"),
                place,
            );
            return None;
        }
        self.inside(&path, place)
    }

    /// The real path of something that lies in the repository.
    fn inside(&mut self, path: &Path, place: Option<Place>) -> Option<PathBuf> {
        let real = path.canonicalize().ok();
        match real {
            Some(real) if real.starts_with(&self.shop.boundary) => Some(real),
            Some(_) => {
                let why = Text::new(
                    "it names what lies outside the repository",
                    "elle nomme ce qui se trouve hors du dépôt",
                );
                self.refuse(why, place);
                None
            }
            None => {
                self.refuse(
                    Text::new(
                        "what it names could not be read",
                        "ce qu’elle nomme n’a pas pu être lu",
                    ),
                    place,
                );
                None
            }
        }
    }

    /// A file that is named; what configures Kustomize may name others.
    fn file(&mut self, file: &Path, configures: bool, place: Option<Place>) {
        if !self.named.insert((file.to_owned(), configures)) {
            return;
        }
        if !file.is_file() {
            let why = text!(
                "`{}` is no regular file",
                "`{}` n’est pas un fichier ordinaire",
                self.shown(file)
            );
            self.refuse(why, place);
            return;
        }
        let shown = self.shown(file);
        let Some(source) = self.shop.source(&shown, file) else {
            // Data of a configuration map need not be text; but nobody looked for references in it.
            if configures {
                self.refuse(
                    text!("`{shown}` is no text", "`{shown}` n’est pas un texte"),
                    place,
                );
            }
            return;
        };
        self.files.push((shown, source));
        let text = self.shop.sources.get(source);
        if configures || text.text().contains("builtin") {
            let parsed = yaml::parse(source, text.text());
            if !parsed.problems.is_empty() && configures {
                self.refuse(
                    Text::new(
                        "what configures it is no YAML",
                        "ce qui la configure n’est pas du YAML",
                    ),
                    place,
                );
            }
            for document in &parsed.documents {
                self.configuration(&document.value, configures);
            }
        }
    }

    /// What stands in the place of a file.
    fn inline(&mut self, text: &str, place: Option<Place>) {
        let source = self.shop.sources.add("(inline)", text);
        for document in &yaml::parse(source, text).documents {
            if far_text(&document.value).is_some() {
                self.refuse(
                    Text::new(
                        "a part of it would need the network",
                        "une partie aurait besoin du réseau",
                    ),
                    place,
                );
            }
        }
    }

    /// Plugins that are built into Kustomize name files and charts too.
    fn configuration(&mut self, document: &Value, configures: bool) {
        let text = |key: &str| document.entry(key).and_then(Value::as_str);
        if !configures && text("apiVersion") != Some("builtin") {
            return;
        }
        if text("kind").is_some_and(|kind| fold(kind) == "helmchartinflationgenerator") {
            self.refuse(
                Text::new("it inflates a Helm chart", "elle déploie un chart Helm"),
                document.origin.place,
            );
        }
        if let Some(place) = far_text(document) {
            self.refuse(
                Text::new(
                    "a part of it would need the network",
                    "une partie aurait besoin du réseau",
                ),
                place,
            );
        }
    }

    /// Reads a kustomization; what we cannot read, we cannot answer for.
    fn read(&mut self, file: &Path, place: Option<Place>) -> Option<Vec<Value>> {
        let file = self.inside(file, place)?;
        let shown = self.shown(&file);
        let is_small =
            discover::bytes(&file, MAX_FILE).is_ok_and(|bytes| bytes.len() as u64 <= MAX_FILE);
        let Some(source) = self.shop.source(&shown, &file).filter(|_| is_small) else {
            self.refuse(
                text!(
                    "`{shown}` could not be read",
                    "`{shown}` n’a pas pu être lu"
                ),
                place,
            );
            return None;
        };
        self.files.push((shown.clone(), source));
        let text = self.shop.sources.get(source);
        let parsed = yaml::parse(source, text.text());
        let is_broken = |problem: &Problem| problem.weight == crate::problem::Weight::Error;
        if let Some(broken) = parsed.problems.iter().find(|problem| is_broken(problem)) {
            let why = &broken.message;
            let why = text!(
                "`{shown}` could not be read: {why}",
                "`{shown}` n’a pas pu être lu : {why}";
                why
            );
            self.refuse(why, broken.place);
            return None;
        }
        let documents = parsed.documents.into_iter();
        Some(documents.map(|document| document.value).collect())
    }

    fn shown(&self, file: &Path) -> String {
        config::shown(file, self.shop.render.root)
    }
}

/// The texts of a list, or the text itself.
fn texts(value: &Value) -> Vec<&Value> {
    match value.elements() {
        Some(all) => all.iter().collect(),
        None => vec![value],
    }
}

/// A text in a tree that would be fetched, since it stands where a file is named: its place, if that is known.
fn far_text(value: &Value) -> Option<Option<Place>> {
    let mut next = vec![(value, false)];
    while let Some((value, names)) = next.pop() {
        let is_far = |text: &str| is_address(text) || is_address(behind_key(text));
        if names && value.as_str().is_some_and(is_far) {
            return Some(value.origin.place);
        }
        let all = value.elements().unwrap_or_default();
        next.extend(all.iter().map(|one| (one, names)));
        let entries = value.entries().unwrap_or_default();
        next.extend(
            entries
                .iter()
                .map(|(key, value)| (value, PLUGIN.contains(&fold(key).as_str()))),
        );
    }
    None
}
