//! Folders of further facts, laid over those of the binary: `--catalog DIR`, and `[catalog] paths` of the configuration.
//!
//! They are read by the reader of the build, checked against each other and against what the binary carries, and written
//! into tables of the same form, once a run. Without such folders nothing of this happens.

use std::fs;
use std::path::{Path, PathBuf};

use super::read::{Entry, Facts, Fault, File, Reading, Records, locate};
use super::{Catalog, check, fold_identifier};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Sources, Span};
use crate::text::{Text, text, why_not};

/// Files of one run.
const MOST_FILES: usize = 2000;
/// Bytes of one file.
const LARGEST: u64 = 4 << 20;
/// Bytes of all files.
const LARGEST_ALL: u64 = 32 << 20;
/// Folders inside folders: the catalogue has two.
const DEEPEST: usize = 4;

/// A folder of facts, and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogFolder {
    /// Path as people see it.
    pub path: String,
    /// Files that were read.
    pub files: usize,
    /// Facts that the binary does not carry.
    pub added: usize,
    /// Facts of the binary that it replaces.
    pub replaced: usize,
}

/// The facts of a run.
pub struct Extended {
    /// The binary's, with those of the folders over them.
    pub catalog: &'static Catalog,
    /// The folders, in the order in which they count.
    pub folders: Vec<CatalogFolder>,
    /// What is wrong in them. With an error, the facts are the binary's alone.
    pub problems: Vec<Problem>,
}

/// Lays folders of facts over those of the binary; later ones win. Each comes with its path as people see it.
pub fn extend(folders: &[(PathBuf, String)], sources: &Sources) -> Extended {
    let shipped = Catalog::get();
    let mut extended = Extended {
        catalog: shipped,
        folders: Vec::new(),
        problems: Vec::new(),
    };
    if folders.is_empty() {
        return extended;
    }
    let mut load = Load {
        sources,
        facts: facts_of(shipped),
        texts: Vec::new(),
        entries: Vec::new(),
        problems: Vec::new(),
        bytes: 0,
    };
    for (folder, shown) in folders {
        extended.folders.push(load.folder(folder, shown));
    }
    if load.problems.is_empty() {
        load.facts.connect();
        match std::mem::take(&mut load.facts).tables() {
            Ok(tables) => {
                let catalog = Catalog::of(tables);
                load.check(&catalog);
                if load.problems.is_empty() {
                    // Facts are borrowed by everything that is established from them, to the end of the process.
                    extended.catalog = Box::leak(Box::new(catalog));
                }
            }
            Err(error) => load.fault(None, Text::same(error.to_string())),
        }
    }
    extended.problems = load.problems;
    extended
}

struct Load<'s> {
    sources: &'s Sources,
    facts: Facts,
    /// By the path as people see it.
    texts: Vec<(String, SourceId)>,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    bytes: u64,
}

impl Load<'_> {
    fn folder(&mut self, folder: &Path, shown: &str) -> CatalogFolder {
        let mut about = CatalogFolder {
            path: shown.to_owned(),
            files: 0,
            added: 0,
            replaced: 0,
        };
        let mut files = Vec::new();
        if let Err(why) = list(folder, 0, &mut files) {
            self.fault(
                Some(shown),
                text!("the facts in `{shown}` could not be read: {why}", "les faits de `{shown}` n’ont pas pu être lus : {why}"; why),
            );
            return about;
        }
        if files.is_empty() {
            let message = text!(
                "`{shown}` holds no .toml file",
                "`{shown}` ne contient aucun fichier .toml"
            );
            let problem = Problem::error(ProblemCode::Config, message)
                .in_file(shown)
                .help(Text::new("name a folder laid out like the catalogue: regions/, providers/, resources/ ...", "nommez un dossier rangé comme le catalogue : regions/, providers/, resources/ ..."));
            self.problems.push(problem);
            return about;
        }
        files.sort();
        // Terraform providers first: their folder's other files take the address from them.
        files.sort_by_key(|file| !file.ends_with("provider.toml"));
        let mut reading = Reading::default();
        for file in &files {
            about.files += 1;
            self.file(folder, file, shown, &mut reading);
        }
        for fault in reading.faults {
            self.faulty(&fault);
        }
        about.replaced = reading.entries.iter().filter(|one| one.replaced).count();
        about.added = reading.entries.len() - about.replaced;
        self.entries.append(&mut reading.entries);
        about
    }

    fn file(&mut self, folder: &Path, file: &Path, shown: &str, reading: &mut Reading) {
        let below = file.strip_prefix(folder).unwrap_or(file);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let shown = format!("{}/{name}", shown.trim_end_matches('/'));
        let text = match text(file, LARGEST.min(LARGEST_ALL.saturating_sub(self.bytes))) {
            Ok(text) => text,
            Err(why) => {
                self.fault(Some(&shown), text!("`{shown}` could not be read: {why}", "`{shown}` n’a pas pu être lu : {why}"; why));
                return;
            }
        };
        self.bytes += text.len() as u64;
        let source = self.sources.add(shown.as_str(), text.as_str());
        self.texts.push((shown.clone(), source));
        let file = File {
            name: &name,
            shown: &shown,
            text: &text,
        };
        self.facts.extending = true;
        self.facts.read(file, reading);
    }

    /// What entries point at has to be there.
    fn check(&mut self, catalog: &Catalog) {
        // Of what two folders say, only the last counts.
        let mut faults = Vec::new();
        for entry in &self.entries {
            for (path, message) in check::entry(catalog, entry) {
                faults.push((entry.clone(), path, message));
            }
        }
        for (entry, path, message) in faults {
            let Some((_, source)) = self.texts.iter().find(|(shown, _)| *shown == entry.file)
            else {
                continue;
            };
            let source = *source;
            let text = self.sources.get(source).shared_text();
            let whole: Vec<&str> = entry
                .path
                .iter()
                .map(String::as_str)
                .chain(path.iter().map(String::as_str))
                .collect();
            let span = locate(&text, &whole);
            self.problem(&entry.file, source, span, Text::same(message));
        }
    }

    fn faulty(&mut self, fault: &Fault) {
        let source = self.texts.iter().find(|(shown, _)| *shown == fault.file);
        match source.map(|(_, source)| *source) {
            Some(source) => {
                self.problem(
                    &fault.file,
                    source,
                    fault.span.clone(),
                    Text::same(fault.message.clone()),
                );
            }
            None => self.fault(Some(&fault.file), Text::same(fault.message.clone())),
        }
    }

    fn problem(
        &mut self,
        file: &str,
        source: SourceId,
        span: Option<std::ops::Range<usize>>,
        message: Text,
    ) {
        let message = text!("a fact cannot be used: {message}", "un fait ne peut pas être utilisé : {message}"; message);
        let problem = Problem::error(ProblemCode::Config, message);
        self.problems.push(match span {
            Some(span) => problem.at(Place {
                source,
                span: Span::new(span.start as u32, span.end as u32),
            }),
            None => problem.in_file(file),
        });
    }

    fn fault(&mut self, file: Option<&str>, message: Text) {
        let problem = Problem::error(ProblemCode::Config, message);
        self.problems.push(match file {
            Some(file) => problem.in_file(file),
            None => problem,
        });
    }
}

/// The `.toml` files below a folder. Links are not followed: they may lead anywhere.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Text> {
    let entries = fs::read_dir(folder).map_err(|error| why_not(error.kind()))?;
    for entry in entries {
        let path = entry.map_err(|error| why_not(error.kind()))?.path();
        let about = fs::symlink_metadata(&path).map_err(|error| why_not(error.kind()))?;
        if about.is_dir() {
            if depth >= DEEPEST {
                return Err(text!(
                    "folders are nested deeper than {DEEPEST}",
                    "les dossiers sont imbriqués sur plus de {DEEPEST} niveaux"
                ));
            }
            list(&path, depth + 1, files)?;
        } else if about.is_file() && path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
            if files.len() > MOST_FILES {
                return Err(text!(
                    "there are more than {MOST_FILES} files",
                    "il y a plus de {MOST_FILES} fichiers"
                ));
            }
        }
    }
    Ok(())
}

fn text(file: &Path, largest: u64) -> Result<String, Text> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    fs::File::open(file)
        .and_then(|open| open.take(largest + 1).read_to_end(&mut bytes))
        .map_err(|error| why_not(error.kind()))?;
    if bytes.len() as u64 > largest {
        return Err(Text::new(
            "files of facts are too large",
            "les fichiers de faits sont trop gros",
        ));
    }
    String::from_utf8(bytes).map_err(|_| Text::new("it is not UTF-8", "il n’est pas en UTF-8"))
}

/// Everything that a catalogue carries, to be added to.
fn facts_of(catalog: &Catalog) -> Facts {
    let region = |region: &super::Region| {
        let spaces = catalog.region_set(&region.regions_id);
        let spaces = spaces.is_some_and(|set| set.ignore_spaces);
        format!(
            "{}/{}",
            region.regions_id,
            fold_identifier(&region.id, spaces)
        )
    };
    let (labels, names) = match catalog.classification() {
        Some(all) => (Some(all.labels.clone()), Some(all.names.clone())),
        None => (None, None),
    };
    Facts {
        resources: records(&catalog.resources, |one| one.name.clone()),
        terraform: records(&catalog.terraform, |one| one.address.to_ascii_lowercase()),
        data_sources: records(&catalog.data_sources, |one| one.name.clone()),
        regions: records(&catalog.regions, region),
        region_sets: records(&catalog.region_sets, |one| one.id.clone()),
        providers: records(&catalog.providers, |one| one.id.clone()),
        kinds: records(&catalog.kinds, |one| format!("{}/{}", one.group, one.kind)),
        requirements: records(&catalog.requirements, |one| one.id.clone()),
        references: records(&catalog.references, |one| one.id.clone()),
        frameworks: records(&catalog.frameworks, |one| one.id.clone()),
        kubernetes: catalog.kubernetes().cloned().unwrap_or_default(),
        jurisdictions: catalog.jurisdictions().cloned(),
        registry: catalog.registry().cloned(),
        terraform_facts: catalog.terraform_facts().cloned(),
        identifiers: catalog.identifiers.at(0).cloned(),
        foreign: catalog.foreign.at(0).cloned(),
        labels,
        names,
        tenancy: catalog.tenancy().cloned(),
        regimes: catalog.regimes().cloned(),
        ..Facts::default()
    }
}

fn records<T: Clone>(table: &super::table::Table<T>, name: impl Fn(&T) -> String) -> Records<T> {
    Records::of(table.iter().cloned().collect(), table.index(), name)
}
