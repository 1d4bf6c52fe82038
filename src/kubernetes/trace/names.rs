//! Which resource a rendered object was made from: by kind, and by the name that kustomize gives it.

use hashbrown::HashMap;
use std::collections::BTreeSet;

use super::overlay::{Base, Overlay};
use crate::kubernetes::Manifest;
use crate::value::Value;

/// Objects that a name may be part of another's are looked through one by one up to this number.
const MAX_LOOSE: usize = 200;

/// What an object was made from.
pub(super) enum Found<'a> {
    Base(&'a Base),
    /// Entries of generators, the outermost first, each with its layer.
    Generated(Vec<(&'a Value, usize)>),
}

/// Objects by kind and by the name that they are rendered with.
pub(super) struct Names<'a> {
    exact: HashMap<(String, String), Vec<&'a Base>>,
    by_kind: HashMap<String, Vec<&'a Base>>,
    generated: HashMap<(String, String), Vec<(&'a Value, usize)>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(overlay: &'a Overlay<'_>) -> Self {
        let mut names = Self {
            exact: HashMap::new(),
            by_kind: HashMap::new(),
            generated: HashMap::new(),
        };
        for base in &overlay.bases {
            let kind = kind_of(&base.value);
            let own = name_of(&base.value);
            let (prefix, suffix) = affixes(overlay, base.layer);
            let rendered = format!("{prefix}{own}{suffix}");
            // Some kinds keep their names.
            for name in BTreeSet::from([rendered, own.to_owned()]) {
                names
                    .exact
                    .entry((kind.clone(), name))
                    .or_default()
                    .push(base);
            }
            names.by_kind.entry(kind).or_default().push(base);
        }
        for (at, layer) in overlay.layers.iter().enumerate() {
            for (field, kind) in [
                ("configMapGenerator", "/ConfigMap"),
                ("secretGenerator", "/Secret"),
            ] {
                for entry in layer.all(field) {
                    let own = entry.entry("name").and_then(Value::as_str).unwrap_or("");
                    let (prefix, suffix) = affixes(overlay, at);
                    let key = (kind.to_owned(), format!("{prefix}{own}{suffix}"));
                    names.generated.entry(key).or_default().push((entry, at));
                }
            }
        }
        names
    }

    pub(super) fn find(&self, manifest: &Manifest, overlay: &Overlay<'_>) -> Option<Found<'a>> {
        let kind = format!("{}/{}", manifest.group, manifest.kind);
        let name = manifest.name.as_deref()?;
        let key = (kind.clone(), name.to_owned());
        let mut found: Vec<&'a Base> = self.exact.get(&key).cloned().unwrap_or_default();
        if found.len() > 1 {
            found.retain(|base| namespace_of(base, overlay) == manifest.namespace.as_deref());
        }
        match found.as_slice() {
            [only] => return Some(Found::Base(only)),
            [] => {}
            _ => return None,
        }
        let generated = self.generated.get(&key).or_else(|| {
            let plain = without_hash(name)?;
            self.generated.get(&(kind.clone(), plain.to_owned()))
        });
        if let Some(generated) = generated {
            return Some(Found::Generated(generated.clone()));
        }
        let all = self
            .by_kind
            .get(&kind)
            .filter(|all| all.len() <= MAX_LOOSE)?;
        let mut loose = all.iter().filter(|base| {
            let own = name_of(&base.value);
            !own.is_empty() && name.contains(own)
        });
        let first = loose.next()?;
        loose.next().is_none().then_some(Found::Base(first))
    }
}

fn kind_of(value: &Value) -> String {
    let word = |key| value.entry(key).and_then(Value::as_str).unwrap_or("");
    let version = word("apiVersion");
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    format!("{group}/{}", word("kind"))
}

pub(super) fn name_of(value: &Value) -> &str {
    let name = value.entry("metadata").and_then(|meta| meta.entry("name"));
    name.and_then(Value::as_str).unwrap_or("")
}

/// What the layers set before and behind names.
pub(super) fn affixes(overlay: &Overlay<'_>, layer: usize) -> (String, String) {
    let (mut prefix, mut suffix) = (String::new(), String::new());
    for at in overlay.around(layer) {
        if let Some(layer) = overlay.layers.get(at) {
            prefix.insert_str(0, layer.text("namePrefix"));
            suffix.push_str(layer.text("nameSuffix"));
        }
    }
    (prefix, suffix)
}

fn namespace_of<'a>(base: &'a Base, overlay: &'a Overlay<'_>) -> Option<&'a str> {
    let around = overlay.around(base.layer);
    let layers = around.iter().rev().filter_map(|at| overlay.layers.get(*at));
    let mut set = layers.map(|layer| layer.text("namespace"));
    let own = base
        .value
        .entry("metadata")
        .and_then(|m| m.entry("namespace"));
    set.find(|name| !name.is_empty())
        .or(own.and_then(Value::as_str))
}

/// Without what kustomize puts behind the names of generated objects.
pub(super) fn without_hash(name: &str) -> Option<&str> {
    let (plain, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == 10
        && hash
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    is_hash.then_some(plain)
}
