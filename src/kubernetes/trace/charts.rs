//! The files of a chart and of the charts in it: which template a rendered document is from, and which values it sees.

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::flow::Defines;
use super::settings::Settings;
use super::template::{self, Template};
use super::{Made, join};
use crate::source::{SourceId, Sources};
use crate::syntax::yaml;
use crate::value::Value;

/// Charts in charts.
const MAX_DEPTH: usize = 16;

/// The files of a chart.
pub(super) struct Charts<'a> {
    root: &'a str,
    files: BTreeMap<&'a str, SourceId>,
    /// What the `Chart.yaml` in each folder says, by folder.
    about: BTreeMap<&'a str, Value>,
    /// What the `values.yaml` in each folder says.
    values: BTreeMap<&'a str, Value>,
    given: Vec<Value>,
    templates: HashMap<SourceId, (Arc<str>, Option<Template>)>,
}

/// Where a template is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) source: SourceId,
    pub(super) path: String,
    /// The folders of the charts around it, the outermost first.
    folders: Vec<String>,
    /// The names by which the outer charts know the inner ones.
    pub(super) keys: Vec<String>,
    /// A definition, applied as it is written.
    pub(super) is_plain: bool,
}

impl<'a> Charts<'a> {
    pub(super) fn read(made: &Made<'a>, sources: &Sources) -> Self {
        let mut charts = Self {
            root: made.root,
            files: BTreeMap::new(),
            about: BTreeMap::new(),
            values: BTreeMap::new(),
            given: Vec::new(),
            templates: HashMap::new(),
        };
        for (path, source) in made.files {
            charts.files.insert(path, *source);
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            match name {
                "Chart.yaml" => {
                    charts
                        .about
                        .extend(Some(folder).zip(read(*source, sources)));
                }
                "values.yaml" => {
                    charts
                        .values
                        .extend(Some(folder).zip(read(*source, sources)));
                }
                _ if path.starts_with("templates/") || path.contains("/templates/") => {
                    let text = sources.get(*source).shared_text();
                    let template = template::parse(&text);
                    charts.templates.insert(*source, (text, template));
                }
                _ => {}
            }
        }
        charts.given = made
            .values
            .iter()
            .filter_map(|id| read(*id, sources))
            .collect();
        charts
    }

    /// The template that Helm names in `# Source: name/templates/file`.
    pub(super) fn find(&self, named: &str) -> Option<Found> {
        let (_, mut rest) = named.split_once('/')?;
        let mut folders = vec![self.root.to_owned()];
        let mut keys = Vec::new();
        while let Some(inner) = rest.strip_prefix("charts/") {
            let (name, inner) = inner.split_once('/')?;
            if keys.len() >= MAX_DEPTH {
                return None;
            }
            let folder = self.inner(folders.last()?, name)?;
            folders.push(folder.to_owned());
            keys.push(name.to_owned());
            rest = inner;
        }
        let path = join(folders.last()?, rest);
        Some(Found {
            source: *self.files.get(path.as_str())?,
            is_plain: rest.starts_with("crds/"),
            path,
            folders,
            keys,
        })
    }

    /// The folder of the chart that a chart knows by a name, which may be another than that chart's own.
    fn inner(&self, folder: &str, name: &str) -> Option<&'a str> {
        let about = self.about.get(folder)?;
        let dependencies = about.entry("dependencies").and_then(Value::elements);
        let real = dependencies
            .unwrap_or_default()
            .iter()
            .find(|one| one.entry("alias").and_then(Value::as_str) == Some(name))
            .and_then(|one| one.entry("name")?.as_str())
            .unwrap_or(name);
        let inside = join(folder, "charts/");
        let fitting: Vec<&'a str> = self
            .about
            .range::<str, _>((Bound::Included(inside.as_str()), Bound::Unbounded))
            .take_while(|(path, _)| path.starts_with(&inside))
            .filter(|(path, about)| {
                let below = path.get(inside.len()..).unwrap_or("");
                !below.contains('/') && about.entry("name").and_then(Value::as_str) == Some(real)
            })
            .map(|(path, _)| *path)
            .collect();
        match fitting.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The values that a template sees.
    pub(super) fn settings(&self, found: &Found) -> Settings {
        let keys: Vec<&str> = found.keys.iter().map(String::as_str).collect();
        let mut files: Vec<(&Value, &[&str])> = Vec::new();
        // What an outer chart says about an inner one counts more than what that says itself.
        for (depth, folder) in found.folders.iter().enumerate().rev() {
            if let Some(values) = self.values.get(folder.as_str()) {
                files.push((values, keys.get(depth..).unwrap_or_default()));
            }
        }
        files.extend(self.given.iter().map(|values| (values, keys.as_slice())));
        Settings::new(&files)
    }

    pub(super) fn template(&self, source: SourceId) -> Option<(&Arc<str>, &Template)> {
        let (text, template) = self.templates.get(&source)?;
        Some((text, template.as_ref()?))
    }

    /// Every named template: all charts share them. Of one name with two meanings nobody can tell which is meant.
    pub(super) fn defines(&self) -> Defines<'_> {
        let mut all = Defines::new();
        for (source, (text, template)) in &self.templates {
            for define in template.iter().flat_map(|template| &template.defines) {
                all.entry(define.name.as_str())
                    .and_modify(|one| *one = None)
                    .or_insert_with(|| Some((*source, Arc::clone(text), define.items.as_slice())));
            }
        }
        all
    }
}

/// The only document of a file.
fn read(source: SourceId, sources: &Sources) -> Option<Value> {
    let text = sources.get(source).shared_text();
    let mut parsed = yaml::parse(source, &text);
    match parsed.documents.len() {
        1 => parsed.documents.pop().map(|document| document.value),
        _ => None,
    }
}
