//! The files of a kustomization as they build on each other: what is there, and what changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::{Made, join};
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::yaml::{self, Keys};
use crate::value::{Origin, Value};

/// Kustomizations on kustomizations; further ones are not looked at.
const MAX_LAYERS: usize = 256;
/// Patches of one kustomization; further ones are not looked at.
const MAX_PATCHES: usize = 1024;
/// Elements of a list that is looked through for each value.
const MAX_FEW: usize = 256;
/// How large the patterns of a patch's target may become.
const MAX_PATTERN: usize = 1 << 16;
/// How deep they may build on each other.
const MAX_DEPTH: usize = 32;

/// One kustomization.
pub(super) struct Layer {
    pub(super) value: Value,
    pub(super) keys: Keys,
    /// The one that builds on it.
    pub(super) above: Option<usize>,
    /// What it lays over resources, in order.
    pub(super) patches: Vec<Patch>,
}

impl Layer {
    pub(super) fn text(&self, key: &str) -> &str {
        self.value.entry(key).and_then(Value::as_str).unwrap_or("")
    }

    /// The elements of a field that is looked through often: of very many only the first.
    pub(super) fn few(&self, key: &str) -> &[Value] {
        let all = self.all(key);
        all.get(..MAX_FEW).unwrap_or(all)
    }

    /// The elements of a field.
    pub(super) fn all(&self, key: &str) -> &[Value] {
        let field = self.value.entry(key);
        field.and_then(Value::elements).unwrap_or_default()
    }
}

/// An object that resources are made from.
pub(super) struct Base {
    pub(super) value: Value,
    pub(super) keys: Keys,
    pub(super) layer: usize,
}

/// A document that changes objects.
pub(super) struct Patch {
    pub(super) value: Value,
    pub(super) keys: Keys,
    /// What it is for, when that is said beside it.
    pub(super) target: Option<Arc<Target>>,
}

/// What a patch is for: what is not said fits everything.
#[derive(Default)]
pub(super) struct Target {
    pub(super) group: Pattern,
    pub(super) version: Pattern,
    pub(super) kind: Pattern,
    pub(super) name: Pattern,
}

impl Target {
    fn of(value: &Value) -> Self {
        let pattern = |key| Pattern::of(value.entry(key).and_then(Value::as_str));
        Self {
            group: pattern("group"),
            version: pattern("version"),
            kind: pattern("kind"),
            name: pattern("name"),
        }
    }
}

/// A pattern that a whole text has to match.
#[derive(Default)]
pub(super) struct Pattern(Option<Regex>);

impl Pattern {
    /// What is no pattern is taken to fit: it only says where one may look.
    fn of(text: Option<&str>) -> Self {
        Self(text.and_then(|text| {
            let mut pattern = RegexBuilder::new(&format!("^(?:{text})$"));
            pattern.size_limit(MAX_PATTERN).build().ok()
        }))
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        self.0.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }
}

/// All that a rendered text was made from.
pub(super) struct Overlay<'a> {
    pub(super) layers: Vec<Layer>,
    pub(super) bases: Vec<Base>,
    /// Comments of every file that was looked at.
    pub(super) comments: Vec<Place>,
    files: BTreeMap<&'a str, SourceId>,
    sources: &'a Sources,
}

impl<'a> Overlay<'a> {
    pub(super) fn read(made: &Made<'a>, sources: &'a Sources) -> Self {
        let files = made.files.iter();
        let mut overlay = Self {
            layers: Vec::new(),
            bases: Vec::new(),
            comments: Vec::new(),
            files: files
                .map(|(path, source)| (path.as_str(), *source))
                .collect(),
            sources,
        };
        overlay.layer(made.root, None, 0);
        overlay
    }

    /// The layers from the one of an object up to the outermost.
    pub(super) fn around(&self, layer: usize) -> Vec<usize> {
        let mut out = vec![layer];
        let mut at = layer;
        while let Some(above) = self.layers.get(at).and_then(|layer| layer.above) {
            out.push(above);
            at = above;
        }
        out
    }

    fn layer(&mut self, folder: &str, above: Option<usize>, depth: usize) {
        let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
        let mut found = names.iter().filter_map(|name| {
            let path = join(folder, name);
            self.files.get(path.as_str()).copied()
        });
        let Some(source) = found.next() else { return };
        if depth > MAX_DEPTH || self.layers.len() >= MAX_LAYERS {
            return;
        }
        let Some((value, keys)) = self.documents(source).into_iter().next() else {
            return;
        };
        let index = self.layers.len();
        let mut layer = Layer {
            value,
            keys,
            above,
            patches: Vec::new(),
        };
        self.patches(folder, &mut layer);
        let inner: Vec<String> = ["resources", "bases", "components", "crds"]
            .iter()
            .flat_map(|field| layer.all(field))
            .filter_map(|named| resolve(folder, named.as_str()?))
            .collect();
        self.layers.push(layer);
        for path in inner {
            if let Some(source) = self.files.get(path.as_str()).copied() {
                for (value, keys) in self.documents(source) {
                    self.base(&value, &keys, index, 0);
                }
            } else {
                self.layer(&path, Some(index), depth + 1);
            }
        }
    }

    /// Objects; the items of lists each by itself.
    fn base(&mut self, value: &Value, keys: &Keys, layer: usize, depth: usize) {
        let kind = value.entry("kind").and_then(Value::as_str);
        if let Some(items) = value.entry("items").and_then(Value::elements)
            && kind.is_some_and(|kind| kind.ends_with("List"))
            && depth < MAX_DEPTH
        {
            for item in items {
                self.base(item, keys, layer, depth + 1);
            }
            return;
        }
        self.bases.push(Base {
            value: value.clone(),
            keys: keys.clone(),
            layer,
        });
    }

    fn documents(&mut self, source: SourceId) -> Vec<(Value, Keys)> {
        let text = self.sources.get(source).shared_text();
        let parsed = yaml::parse(source, &text);
        self.comments.extend(parsed.comments);
        let documents = parsed.documents.into_iter();
        documents.map(|one| (one.value, one.keys)).collect()
    }

    fn patches(&mut self, folder: &str, layer: &mut Layer) {
        let mut found: Vec<(Value, Option<Arc<Target>>)> = Vec::new();
        let merges = layer.all("patchesStrategicMerge").iter();
        found.extend(merges.map(|one| (one.clone(), None)));
        for field in ["patchesJson6902", "patches"] {
            for one in layer.all(field) {
                let target = one.entry("target").map(|one| Arc::new(Target::of(one)));
                let written = ["path", "patch"]
                    .into_iter()
                    .filter_map(|key| one.entry(key));
                found.extend(written.map(|written| (written.clone(), target.clone())));
            }
        }
        found.truncate(MAX_PATCHES);
        for (written, target) in found {
            let Some(text) = written.as_str() else {
                continue;
            };
            let file = resolve(folder, text);
            let file = file.and_then(|path| self.files.get(path.as_str()).copied());
            let documents = match file {
                Some(source) => self.documents(source),
                None => self.inline(&written),
            };
            layer
                .patches
                .extend(documents.into_iter().map(|(value, keys)| Patch {
                    value,
                    keys,
                    target: target.clone(),
                }));
        }
    }

    /// Documents that are written in a text of another.
    fn inline(&self, written: &Value) -> Vec<(Value, Keys)> {
        let (Some(text), Some(around)) = (written.as_str(), written.origin.place) else {
            return Vec::new();
        };
        let source = self.sources.get(around.source);
        let lines = lines_inside(text, around, source.text());
        let place = |old: Place| {
            let Some(lines) = &lines else {
                return around;
            };
            let at = |offset: u32| {
                let line = lines.partition_point(|(inner, _)| *inner <= offset);
                let (inner, outer) = lines.get(line.saturating_sub(1)).copied().unwrap_or((0, 0));
                outer + (offset - inner)
            };
            Place::new(
                around.source,
                Span::new(at(old.span.start), at(old.span.end)),
            )
        };
        let documents = yaml::parse(around.source, text).documents.into_iter();
        documents
            .map(|document| {
                let mut keys = Vec::new();
                let value = moved_value(&document.value, &document.keys, &place, &mut keys);
                (value, Keys::of_places(keys))
            })
            .collect()
    }

    /// The first line of the file that a kustomization names, when it holds this text.
    pub(super) fn file(&self, kustomization: &Value, named: &str, text: &str) -> Option<Place> {
        let own = self.sources.get(kustomization.origin.place?.source);
        let folder = crate::discover::folder_of(own.path());
        let source = *self.files.get(resolve(folder, named)?.as_str())?;
        let file = self.sources.get(source);
        let first = file.line_span(1).filter(|_| file.text() == text)?;
        Some(Place::new(source, first))
    }
}

/// For each line of the text of a scalar where it starts, inside and in the file; none when it is not written line by line.
fn lines_inside(text: &str, around: Place, file: &str) -> Option<Vec<(u32, u32)>> {
    let start = around.span.start as usize;
    let raw = file.get(start..)?;
    // Whole lines, from the first one of the text.
    let mut outer = if raw.starts_with(['|', '>']) {
        start + raw.find('\n')? + 1
    } else {
        file.get(..start)?.rfind('\n').map_or(0, |at| at + 1)
    };
    let mut inner = 0;
    let mut indent = None;
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        let written = file.get(outer..)?.split_inclusive('\n').next()?;
        let wanted = line.trim_end_matches('\n');
        let shown = written.trim_end_matches(['\n', '\r']);
        let width = match indent {
            None if wanted.is_empty() => 0,
            None => {
                let width = shown.len().checked_sub(wanted.len())?;
                *indent.insert(width)
            }
            Some(width) => width.min(shown.len()),
        };
        if shown.get(width..)? != wanted {
            return None;
        }
        out.push((inner as u32, (outer + width) as u32));
        inner += line.len();
        outer += written.len();
    }
    Some(out)
}

/// A value with all places moved; recursion is bounded by the nesting limit of the parser.
fn moved_value(
    value: &Value,
    old: &Keys,
    place: &dyn Fn(Place) -> Place,
    keys: &mut Vec<(Place, Place)>,
) -> Value {
    use crate::value::Data;
    let data = match &value.data {
        Data::Tuple(all) => {
            let all = all.iter().map(|inner| moved_value(inner, old, place, keys));
            Data::Tuple(all.collect())
        }
        Data::Object(all) => {
            let all = all.iter().map(|(key, inner)| {
                let new = moved_value(inner, old, place, keys);
                if let (Some(key), Some(at)) = (old.key_of(inner), new.origin.place) {
                    keys.push((at, place(key)));
                }
                (key.clone(), new)
            });
            Data::Object(Arc::new(all.collect()))
        }
        data => data.clone(),
    };
    Value {
        data,
        marks: value.marks,
        origin: Origin {
            place: value.origin.place.map(place),
            via: None,
        },
    }
}

/// A path that is named in a file of `folder`; none for addresses of other places.
fn resolve(folder: &str, named: &str) -> Option<String> {
    if named.starts_with('/') || named.contains("://") || named.contains('\n') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
