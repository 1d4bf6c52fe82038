//! Rendered texts of real programs, and hostile ones.

mod helm;
mod hostile;
mod kustomize;

use std::path::Path as FilePath;

use super::super::Manifest;
use super::super::objects::{self, File};
use super::Made;
use crate::discover::{Input, Kind};
use crate::source::{Place, SourceId, Sources};
use crate::value::{Path, Step, Value};

/// Something rendered, traced.
struct Traced {
    sources: Sources,
    file: File,
    rendered: SourceId,
}

/// What is traced: a chart or a kustomization.
type Trace = fn(&mut File, &Made<'_>, &Sources);

/// Traces a text with the files that it was made from.
fn traced(
    trace: Trace,
    root: &str,
    text: &str,
    files: &[(String, String)],
    values: &[&str],
) -> Traced {
    let sources = Sources::new();
    let rendered = sources.add(format!("{root} (rendered)"), text);
    let files: Vec<(String, SourceId)> = files
        .iter()
        .map(|(path, text)| (path.clone(), sources.add(path.as_str(), text.as_str())))
        .collect();
    let values: Vec<SourceId> = values
        .iter()
        .map(|name| {
            files
                .iter()
                .find(|(path, _)| path == name)
                .expect("a file")
                .1
        })
        .collect();
    let input = Input {
        path: format!("{root} (rendered)"),
        folder: root.to_owned(),
        kind: Kind::Manifest,
        source: rendered,
    };
    let mut file = objects::read(&input, &sources);
    let made = Made {
        rendered,
        root,
        files: &files,
        values: &values,
    };
    trace(&mut file, &made, &sources);
    Traced {
        sources,
        file,
        rendered,
    }
}

/// Every file below a folder of `fixtures/traced`, by its path there.
fn folder(name: &str) -> Vec<(String, String)> {
    fn walk(base: &FilePath, folder: &FilePath, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(base, &path, out);
            } else {
                let shown = path.strip_prefix(base).expect("a path below");
                let shown = shown.to_string_lossy().replace('\\', "/");
                out.push((shown, std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    let base = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traced");
    let mut out = Vec::new();
    walk(&base, &base.join(name), &mut out);
    out.sort();
    out
}

fn rendered(name: &str) -> String {
    let base = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traced");
    std::fs::read_to_string(base.join(name)).expect("a text")
}

impl Traced {
    fn manifest(&self, address: &str) -> &Manifest {
        let mut all = self.file.all.iter();
        all.find(|manifest| &*manifest.address == address)
            .unwrap_or_else(|| panic!("{address}"))
    }

    fn value(&self, address: &str, path: &str) -> &Value {
        let value = &self.manifest(address).value;
        let path = Path::parse(path).expect("a path");
        value
            .get(&path)
            .unwrap_or_else(|| panic!("{address} {path:?}"))
    }

    /// `file:line text`
    fn shown(&self, place: Place) -> String {
        let source = self.sources.get(place.source);
        let text = self.sources.text(place);
        let line = self.sources.start(place).line;
        let text: Vec<&str> = text.lines().map(str::trim).collect();
        format!("{}:{line} {}", source.path(), text.join("|"))
    }

    /// The way of a value: each place, with what was gone through.
    fn way(&self, address: &str, path: &str) -> Vec<String> {
        let chain = self.value(address, path).origin.chain();
        chain
            .into_iter()
            .map(|(place, step)| match step {
                None => self.shown(place),
                Some(step) => format!("{} <- {}", word(&step), self.shown(place)),
            })
            .collect()
    }

    fn key(&self, address: &str, path: &str) -> String {
        let keys = &self.manifest(address).keys;
        let key = keys.key_of(self.value(address, path));
        key.map_or("none".to_owned(), |key| self.shown(key))
    }

    /// Every scalar of every object.
    fn scalars(&self) -> Vec<&Value> {
        fn walk<'a>(value: &'a Value, out: &mut Vec<&'a Value>) {
            for inner in value.elements().unwrap_or_default() {
                walk(inner, out);
            }
            for (_, inner) in value.entries().unwrap_or_default() {
                walk(inner, out);
            }
            if value.elements().is_none() && value.entries().is_none() {
                out.push(value);
            }
        }
        let mut out = Vec::new();
        for manifest in &self.file.all {
            walk(&manifest.value, &mut out);
        }
        out
    }

    /// What is shown is on a line of an input, is the text of the value or an action that may have made it, and what
    /// a value file is cited for is in it. The number of scalars that could be traced, and of all.
    fn hold(&self) -> (usize, usize) {
        let scalars = self.scalars();
        let mut count = 0;
        for value in &scalars {
            let Some(place) = value.origin.place else {
                continue;
            };
            if place.source == self.rendered {
                continue;
            }
            count += 1;
            let text = value.as_text().unwrap_or_default();
            let plain = |text: &str| text.replace(['"', '\'', ' ', '\n'], "");
            let text = plain(&text);
            let fits = |written: &str| {
                let written = plain(written);
                written.contains("{{") || written.contains(&text) || text.contains(&written)
            };
            let chain = value.origin.chain();
            assert!(
                chain
                    .iter()
                    .any(|(place, _)| fits(&self.sources.text(*place))),
                "{text:?} is not in {}",
                self.shown(place)
            );
            for (place, step) in value.origin.chain() {
                if matches!(step, Some(Step::Setting(_))) {
                    let set = self.sources.text(place);
                    assert!(text.contains(&plain(&set)), "{text:?} from {set:?}");
                }
            }
        }
        (count, scalars.len())
    }
}

fn word(step: &Step) -> String {
    match step {
        Step::Helper(name) => format!("template {name}"),
        Step::Setting(name) => name.to_string(),
        Step::Replaced => "replaced".to_owned(),
        Step::Parts => "part".to_owned(),
        other => format!("{other:?}"),
    }
}
