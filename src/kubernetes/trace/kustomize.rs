//! What `kustomize build` printed: each object back to the resource that it was made from, each value back to the file
//! that set it last. Kustomize says nothing about where things are from, so they are found again by kind, name and path,
//! and only what is equal counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::{Found, Names, affixes, name_of, without_hash};
use super::overlay::{Layer, Overlay, Patch};
use super::{Made, through};
use crate::kubernetes::Manifest;
use crate::kubernetes::objects::File;
use crate::source::{Place, SourceId, Sources};
use crate::syntax::yaml::Keys;
use crate::value::{Data, Entries, Origin, Step, Value, Via};

use super::cursor::{Cursor, IDENTITIES};
use super::settings::same;

/// Operations of one JSON patch; of more only the last ones are looked at.
const MAX_OPERATIONS: usize = 1024;
/// Patches and operations that are followed for one object.
const MAX_CURSORS: usize = 1024;
/// Entries of one generator that are looked through.
const MAX_ENTRIES: usize = 1024;

/// Rewrites the places of what was read from the output of `kustomize build` to those of its files.
pub(crate) fn kustomization(file: &mut File, made: &Made<'_>, sources: &Sources) {
    let overlay = Overlay::read(made, sources);
    let names = Names::of(&overlay);
    let text = sources.get(made.rendered).shared_text();
    for manifest in &mut file.all {
        if manifest.template_of.is_some() {
            continue;
        }
        let Some(found) = names.find(manifest, &overlay) else {
            continue;
        };
        let mut walk = Walk::new(&overlay, made.rendered, &found, manifest);
        walk.manifest(manifest, &found);
    }
    claims(file);
    // Comments do not come through, or only some: those of the files count.
    let words: BTreeSet<String> = overlay.comments.iter().map(|c| sources.text(*c)).collect();
    file.comments
        .retain(|comment| !words.contains(comment.span.of(&text)));
    file.comments.extend(&overlay.comments);
    let mut seen = BTreeSet::new();
    file.comments.retain(|comment| seen.insert(*comment));
}

/// The claims of a StatefulSet are part of it, and are found where it is.
fn claims(file: &mut File) {
    for at in 0..file.all.len() {
        let Some(claim) = file.all.get(at) else {
            return;
        };
        let Some(owner) = claim.template_of.and_then(|owner| file.all.get(owner)) else {
            continue;
        };
        let templates = owner
            .value
            .entry("spec")
            .and_then(|spec| spec.entry("volumeClaimTemplates"))
            .and_then(Value::elements)
            .unwrap_or_default();
        let Some(own) = templates
            .iter()
            .find(|one| same(one, &claim.value))
            .cloned()
        else {
            continue;
        };
        let keys = owner.keys.clone();
        if let Some(claim) = file.all.get_mut(at)
            && let Some(block) = own.origin.place
        {
            let name = own.entry("metadata").and_then(|meta| meta.entry("name"));
            claim.header = name.and_then(|name| keys.entry_of(name)).unwrap_or(block);
            claim.block = block;
            claim.value = own;
            claim.keys = keys;
        }
    }
}

/// Rewrites one object.
struct Walk<'a> {
    overlay: &'a Overlay<'a>,
    rendered: SourceId,
    old: Keys,
    /// The layers around the object, the outermost first.
    layers: Vec<usize>,
    own_name: String,
    affixes: (String, String),
    keys: Vec<(Place, Place)>,
    path: Vec<Arc<str>>,
}

/// A place with its key, and what was there before.
struct Set {
    origin: Origin,
    key: Option<Place>,
}

impl Set {
    fn at(value: &Value, keys: &Keys) -> Self {
        Self {
            origin: value.origin.clone(),
            key: keys.key_of(value),
        }
    }
}

impl<'a> Walk<'a> {
    fn new(
        overlay: &'a Overlay<'a>,
        rendered: SourceId,
        found: &Found<'a>,
        manifest: &Manifest,
    ) -> Self {
        let (layer, own_name) = match found {
            Found::Base(base) => (base.layer, name_of(&base.value)),
            Found::Generated(all) => all.last().map_or((0, ""), |(entry, layer)| {
                let name = entry.entry("name").and_then(Value::as_str);
                (*layer, name.unwrap_or(""))
            }),
        };
        let mut layers = overlay.around(layer);
        layers.reverse();
        Self {
            overlay,
            rendered,
            old: manifest.keys.clone(),
            layers,
            own_name: own_name.to_owned(),
            affixes: affixes(overlay, layer),
            keys: Vec::new(),
            path: Vec::new(),
        }
    }

    fn manifest(&mut self, manifest: &mut Manifest, found: &Found<'a>) {
        let mut cursors = Vec::new();
        for (rank, at) in self.layers.iter().enumerate() {
            let Some(layer) = self.overlay.layers.get(*at) else {
                continue;
            };
            // Of several patches of one layer the last one counts.
            for patch in layer.patches.iter().rev() {
                self.patch(patch, manifest, rank, &mut cursors);
            }
        }
        cursors.truncate(MAX_CURSORS);
        let innermost = self.layers.len();
        let header = match found {
            Found::Base(base) => {
                cursors.push(Cursor::new(&base.value, &base.keys, innermost));
                let kind = base.value.entry("kind");
                let block = base.value.origin.place;
                kind.and_then(|kind| base.keys.entry_of(kind)).zip(block)
            }
            Found::Generated(all) => all.last().and_then(|(entry, layer)| {
                let keys = &self.overlay.layers.get(*layer)?.keys;
                let named = entry.entry("name").and_then(|name| keys.entry_of(name));
                named.zip(entry.origin.place)
            }),
        };
        let generated = match found {
            Found::Generated(all) => all.as_slice(),
            Found::Base(_) => &[],
        };
        manifest.value = self.value(&manifest.value, &cursors, generated);
        if let Some((header, block)) = header {
            manifest.header = header;
            manifest.block = block;
        }
        manifest.keys = Keys::of_places(std::mem::take(&mut self.keys));
    }

    /// The cursors of a patch, when it is for this object.
    fn patch(
        &self,
        patch: &'a Patch,
        manifest: &Manifest,
        rank: usize,
        cursors: &mut Vec<Cursor<'a>>,
    ) {
        let fits_name = |name: &str| {
            name == self.own_name
                || manifest.name.as_deref() == Some(name)
                || (!name.is_empty()
                    && manifest
                        .name
                        .as_deref()
                        .is_some_and(|own| own.contains(name))
                    && name.contains(&self.own_name))
        };
        let fits = match &patch.target {
            Some(target) => {
                target.kind.fits(&manifest.kind)
                    && target.group.fits(&manifest.group)
                    && target.version.fits(&manifest.version)
                    && [Some(self.own_name.as_str()), manifest.name.as_deref()]
                        .into_iter()
                        .flatten()
                        .any(|name| target.name.fits(name))
            }
            None => {
                patch.value.entry("kind").and_then(Value::as_str) == Some(&manifest.kind)
                    && fits_name(name_of(&patch.value))
            }
        };
        if !fits {
            return;
        }
        match patch.value.elements() {
            Some(operations) => {
                let operations = operations.iter().rev().take(MAX_OPERATIONS);
                cursors
                    .extend(operations.filter_map(|one| Cursor::operation(one, &patch.keys, rank)));
            }
            None => cursors.push(Cursor::new(&patch.value, &patch.keys, rank)),
        }
    }

    /// Recursion is bounded by the nesting limit of the parser.
    fn value(
        &mut self,
        value: &Value,
        cursors: &[Cursor<'a>],
        generated: &[(&'a Value, usize)],
    ) -> Value {
        let is_rendered = |place: Place| place.source == self.rendered;
        if !value.origin.place.is_some_and(is_rendered) {
            return value.clone();
        }
        let old_key = self.old.key_of(value);
        let data = match &value.data {
            Data::Tuple(all) => {
                let inner = all.iter().enumerate().map(|(at, inner)| {
                    let cursors: Vec<_> = cursors
                        .iter()
                        .filter_map(|cursor| cursor.element(all, at))
                        .collect();
                    self.value(inner, &cursors, &[])
                });
                Data::Tuple(inner.collect())
            }
            Data::Object(all) => {
                let mut out = Entries::with_capacity(all.len());
                for (key, inner) in all.iter() {
                    let cursors: Vec<_> = cursors
                        .iter()
                        .filter_map(|cursor| cursor.entry(key))
                        .collect();
                    self.path.push(Arc::clone(key));
                    let new = self.value(inner, &cursors, generated);
                    self.path.pop();
                    out.push((Arc::clone(key), new));
                }
                Data::Object(Arc::new(out))
            }
            data => data.clone(),
        };
        let is_scalar = !matches!(data, Data::Tuple(_) | Data::Object(_));
        let set = if is_scalar {
            self.scalar(value, cursors)
                .or_else(|| self.generated(value, generated))
        } else {
            container(value, cursors)
        };
        let (origin, key) = match set {
            Some(set) => (set.origin, set.key),
            None => (value.origin.clone(), old_key),
        };
        if let (Some(key), Some(place)) = (key, origin.place) {
            self.keys.push((place, key));
        }
        Value {
            data,
            marks: value.marks,
            origin,
        }
    }

    /// What set a scalar last; none when what set it last says something else.
    fn scalar(&self, value: &Value, cursors: &[Cursor<'a>]) -> Option<Set> {
        // A patch repeats what tells objects and elements apart; that sets nothing.
        let identifies = self.identifies() && before(cursors, self.layers.len()).is_some();
        for (rank, at) in self.layers.iter().enumerate() {
            let layer = self.overlay.layers.get(*at)?;
            let inner = || before(cursors, rank);
            if let Some(field) = self.field(layer, value, inner()) {
                let mut set = Set::at(field, &layer.keys);
                if let Some(old) = inner() {
                    set.origin.via = replaced(old);
                }
                return Some(set);
            }
            let mut own = cursors
                .iter()
                .filter(|cursor| cursor.rank == rank && !identifies)
                .filter_map(|cursor| Some((cursor.at()?, cursor.keys)))
                .peekable();
            if own.peek().is_some() {
                let (found, keys) = own.find(|(one, _)| same(one, value))?;
                let mut set = Set::at(found, keys);
                if let Some(old) = before(cursors, rank + 1).filter(|old| !same(old, value)) {
                    set.origin.via = replaced(old);
                }
                return Some(set);
            }
        }
        let base = cursors.iter().find(|one| one.rank == self.layers.len())?;
        let written = base.at()?;
        if same(written, value) {
            return Some(Set::at(written, base.keys));
        }
        // Names, and references to them, are changed by kustomize itself.
        let (prefix, suffix) = &self.affixes;
        let own = value.as_str()?.strip_prefix(prefix.as_str())?;
        let written_text = written.as_str().filter(|text| !text.is_empty())?;
        let plain = |text: &str| text.strip_suffix(suffix.as_str()) == Some(written_text);
        if !plain(own) && !without_hash(own).is_some_and(plain) {
            return None;
        }
        let mut set = Set::at(written, base.keys);
        let affixes = self
            .layers
            .iter()
            .filter_map(|at| self.overlay.layers.get(*at));
        let affixes = affixes
            .flat_map(|layer| ["namePrefix", "nameSuffix"].map(|key| layer.value.entry(key)))
            .flatten()
            .map(|value| value.origin.clone());
        let affixes: Vec<Origin> = affixes.collect();
        if !affixes.is_empty() {
            set.origin.via = Some(through(Step::Parts, affixes));
        }
        Some(set)
    }

    fn identifies(&self) -> bool {
        let mut path = self.path.iter().rev().map(|key| &**key);
        let (key, parent) = (path.next().unwrap_or(""), path.next());
        match (key, parent) {
            ("apiVersion" | "kind", None) | ("namespace", Some("metadata")) => true,
            (key, _) => IDENTITIES.contains(&key),
        }
    }

    /// What a field of a kustomization sets.
    fn field(&self, layer: &'a Layer, value: &Value, before: Option<&Value>) -> Option<&'a Value> {
        let text = value.as_text()?;
        let mut path = self.path.iter().rev().map(|key| &**key);
        let (key, parent) = (path.next()?, path.next().unwrap_or(""));
        let is_equal = |one: &&'a Value| one.as_text().is_some_and(|one| one == text);
        match key {
            "namespace" => {
                let set = layer.value.entry("namespace").filter(is_equal);
                if set.is_some() {
                    return set;
                }
            }
            "replicas" if parent == "spec" => {
                let mut all = layer.few("replicas").iter();
                let own = all.find(|one| {
                    one.entry("name").and_then(Value::as_str) == Some(self.own_name.as_str())
                });
                return own?.entry("count").filter(is_equal);
            }
            "image" => return image(layer, &text, before?.as_str()?),
            _ => {}
        }
        match parent {
            "labels" | "matchLabels" | "selector" => {
                let common = layer.value.entry("commonLabels");
                let pairs = layer.few("labels").iter().map(|one| one.entry("pairs"));
                let mut all = pairs.chain([common]).flatten();
                all.find_map(|pairs| pairs.entry(key).filter(is_equal))
            }
            "annotations" => {
                let common = layer.value.entry("commonAnnotations")?;
                common.entry(key).filter(is_equal)
            }
            _ => None,
        }
    }

    /// What an entry of a generator sets.
    fn generated(&self, value: &Value, generated: &[(&'a Value, usize)]) -> Option<Set> {
        let text = value.as_str()?;
        let [parent, key] = self.path.as_slice() else {
            return None;
        };
        match (&**parent, &**key) {
            ("metadata", "name") => {
                let (entry, layer) = generated.last()?;
                let keys = &self.overlay.layers.get(*layer)?.keys;
                return Some(Set::at(entry.entry("name")?, keys));
            }
            ("data", _) => {}
            _ => return None,
        }
        let elements = |entry: &'a Value, field| {
            let field: Option<&'a Value> = entry.entry(field);
            let all = field.and_then(Value::elements).unwrap_or_default();
            all.get(..MAX_ENTRIES).unwrap_or(all)
        };
        for (entry, layer) in generated {
            let literal = elements(entry, "literals").iter().find(|one| {
                let pair = one.as_str().and_then(|one| one.split_once('='));
                pair.is_some_and(|(own, set)| own == &**key && unquoted(set) == text)
            });
            if let Some(literal) = literal {
                return Some(Set {
                    origin: literal.origin.clone(),
                    key: literal.origin.place,
                });
            }
            for one in elements(entry, "files") {
                let Some(named) = one.as_str() else { continue };
                let (own, path) = named
                    .split_once('=')
                    .unwrap_or_else(|| (named.rsplit('/').next().unwrap_or(named), named));
                if own == &**key {
                    let kustomization = &self.overlay.layers.get(*layer)?.value;
                    let file = self.overlay.file(kustomization, path, text)?;
                    return Some(Set {
                        origin: Origin {
                            place: one.origin.place,
                            via: Some(through(Step::Parts, vec![Origin::at(file)])),
                        },
                        key: one.origin.place,
                    });
                }
            }
        }
        None
    }
}

/// What a scalar is before the layer of a rank changes it.
fn before<'a>(cursors: &[Cursor<'a>], rank: usize) -> Option<&'a Value> {
    let mut inner = cursors.iter().filter(|cursor| cursor.rank >= rank);
    inner.find_map(|cursor| cursor.at())
}

fn replaced(old: &Value) -> Option<Arc<Via>> {
    Some(through(Step::Replaced, vec![old.origin.clone()]))
}

/// Where a mapping or a sequence is written: in the resource, or else in the patch that brought it.
fn container(value: &Value, cursors: &[Cursor<'_>]) -> Option<Set> {
    let is_mapping = value.entries().is_some();
    let fitting = cursors.iter().rev().find_map(|cursor| {
        let one = cursor.at()?;
        let fits = one.entries().is_some() == is_mapping && one.elements().is_some() != is_mapping;
        fits.then_some((one, cursor.keys))
    });
    fitting.map(|(one, keys)| Set::at(one, keys))
}

/// The part of an `images` entry that made an image what it is.
fn image<'a>(layer: &'a Layer, now: &str, before: &str) -> Option<&'a Value> {
    let (old_name, old_rest) = split_image(before);
    let (name, rest) = split_image(now);
    layer.few("images").iter().find_map(|entry| {
        let word = |key| entry.entry(key).and_then(Value::as_text);
        if word("name")? != old_name {
            return None;
        }
        let new_name = word("newName");
        if new_name.as_deref().unwrap_or(old_name) != name {
            return None;
        }
        let mut changes = ["newTag", "digest"].into_iter().filter(|key| {
            word(key).is_some_and(|set| rest.get(1..).is_some_and(|rest| rest.contains(&*set)))
        });
        let rest_key = changes.next_back();
        if rest_key.is_none() && rest != old_rest {
            return None;
        }
        let key = if new_name.is_some() {
            "newName"
        } else {
            rest_key?
        };
        entry.entry(key)
    })
}

/// The name of an image, and its tag or digest with the mark before it.
fn split_image(image: &str) -> (&str, &str) {
    let from = image.rfind('/').map_or(0, |at| at + 1);
    let last = image.get(from..).unwrap_or("");
    let end = last.find(['@', ':']).map_or(image.len(), |at| from + at);
    image.split_at_checked(end).unwrap_or((image, ""))
}

fn unquoted(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
