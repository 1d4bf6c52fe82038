//! Objects that stand for resources of a Terraform type, as providers of Crossplane make them of such types: their fields
//! are the attributes of the type in another spelling, so that all that is known of the type holds for them.
//!
//! The attributes get their names from Terraform beside the object's own fields; the values, and so the places that
//! findings show, are those of the manifest. `kmsKeyIdRef` and `kmsKeyIdSelector` name other objects: they are references,
//! whose values are only known when the other one exists.

use hashbrown::HashMap;
use std::sync::Arc;

use super::manifests::attribute_names;
use super::{GraphBuilder, Provider, ProviderId, Resource, World};
use crate::catalog::{Catalog, ManagedFamily, ResourceKind};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::Place;
use crate::text::Text;
use crate::value::{Because, Origin, Path, Step, Value, Via};

/// A name or a label is followed to so many objects: which one is meant, the attribute tells by the type it wants.
const MAX_MEANT: usize = 16;

/// The type and family of an object.
type Of<'c> = (&'c ManagedFamily, &'c ResourceKind);

/// Where the names of attributes are written.
type KeyPlaces = Arc<[(Arc<str>, Place)]>;

/// An object that others name, with its type.
type Target<'a, 'c> = (&'a Manifest, &'c ResourceKind);

/// The objects of a scan that stand for resources.
pub(super) struct Managed<'a, 'c> {
    of: HashMap<usize, Of<'c>>,
    by_name: HashMap<&'a str, Vec<Target<'a, 'c>>>,
    by_label: HashMap<(&'a str, &'a str), Vec<Target<'a, 'c>>>,
    /// Those of one composition.
    by_owner: HashMap<usize, Vec<Target<'a, 'c>>>,
    providers: HashMap<(&'c str, Option<Arc<str>>), ProviderId>,
}

impl<'a, 'c> Managed<'a, 'c> {
    pub(super) fn new(manifests: &'a Manifests, catalog: &'c Catalog) -> Self {
        let mut managed = Self {
            of: HashMap::new(),
            by_name: HashMap::new(),
            by_label: HashMap::new(),
            by_owner: HashMap::new(),
            providers: HashMap::new(),
        };
        let mut asked: HashMap<(&str, &str), Option<Of<'c>>> = HashMap::new();
        for (at, manifest) in manifests.all.iter().enumerate() {
            let words = (&*manifest.group, &*manifest.kind);
            let of = *asked.entry(words).or_insert_with(|| {
                let found = catalog.type_stood_for(words.0, words.1);
                found.filter(|(family, _)| !family.attributes.is_empty())
            });
            let Some(of) = of else { continue };
            managed.of.insert(at, of);
            if let Some(name) = manifest.name.as_deref() {
                managed
                    .by_name
                    .entry(name)
                    .or_default()
                    .push((manifest, of.1));
            }
            if let Some(owner) = manifest.template_of {
                let siblings = managed.by_owner.entry(owner).or_default();
                siblings.push((manifest, of.1));
            }
            let labels = manifest.value.entry("metadata");
            let labels = labels.and_then(|metadata| metadata.entry("labels")?.entries());
            for (key, value) in labels.unwrap_or_default() {
                if let Some(value) = value.as_str() {
                    let label = managed.by_label.entry((key, value)).or_default();
                    label.push((manifest, of.1));
                }
            }
        }
        managed
    }

    pub(super) fn of(&self, at: usize) -> Option<Of<'c>> {
        self.of.get(&at).copied()
    }

    /// The resource that an object stands for.
    pub(super) fn resource(
        &mut self,
        (family, kind): Of<'c>,
        manifest: &'a Manifest,
        object: Resource,
        builder: &mut GraphBuilder,
    ) -> Resource {
        let spec = manifest.value.entry("spec");
        let text = |block: &str, key: &str| spec?.entry(block)?.entry(key)?.as_str();
        let configuration = text("providerConfigRef", "name").map(Arc::from);
        let provider = *self
            .providers
            .entry((&family.address, configuration))
            .or_insert_with(|| {
                builder.provider(Provider {
                    source: family.address.as_str().into(),
                    alias: None,
                    config: Value::object([]),
                    place: None,
                })
            });
        let policies = spec.and_then(|spec| spec.entry("managementPolicies")?.elements());
        let observed = matches!(policies, Some([one]) if one.as_str() == Some("Observe"));
        let (attributes, names) = self.attributes(family, manifest);
        Resource {
            world: match observed {
                true => World::TerraformData,
                false => World::Terraform,
            },
            kind: kind.name.as_str().into(),
            written_as: Some(object.kind),
            attributes,
            attribute_names: names,
            provider: Some(provider),
            classes: match observed {
                true => crate::catalog::ClassSet::EMPTY,
                false => kind.class,
            },
            catalogued: true,
            ..object
        }
    }

    /// The fields of the object, and beside them the attributes of the type.
    fn attributes(&self, family: &ManagedFamily, manifest: &Manifest) -> (Value, KeyPlaces) {
        let mut all: Vec<(Arc<str>, Value)> = manifest.value.entries().unwrap_or_default().to_vec();
        let mut names = attribute_names(manifest).to_vec();
        for path in &family.attributes {
            let block = Path::parse(path).ok();
            let block = block.and_then(|path| manifest.value.get(&path));
            for (name, value, key) in self.respelled(block, manifest) {
                if all.iter().all(|(known, _)| *known != name) {
                    names.extend(key.map(|key| (Arc::clone(&name), key)));
                    all.push((name, value));
                }
            }
        }
        if all.iter().all(|(known, _)| &**known != "id")
            && let Some(name) = external_name(manifest)
        {
            all.push(("id".into(), name));
        }
        names.sort();
        names.dedup_by(|a, b| a.0 == b.0);
        let origin = manifest.value.origin.clone();
        (Value::object(all).with_origin(origin), names.into())
    }

    /// The entries of a block in the spelling of Terraform, with the places of their keys.
    fn respelled(
        &self,
        block: Option<&Value>,
        from: &Manifest,
    ) -> Vec<(Arc<str>, Value, Option<Place>)> {
        let entries = block.and_then(Value::entries).unwrap_or_default();
        let mut out = Vec::with_capacity(entries.len());
        for (name, value) in entries {
            let key = from.keys.key_of(value);
            out.push((snake(name), self.value(name, value, from), key));
        }
        for (name, value) in entries {
            let Some((of, meant)) = self.meant(name, value, from.template_of) else {
                continue;
            };
            if out.iter().all(|(known, _, _)| *known != of) {
                out.push((of, reference(name, value, &meant), from.keys.key_of(value)));
            }
        }
        out
    }

    fn value(&self, name: &str, value: &Value, from: &Manifest) -> Value {
        let again = if let Some(elements) = value.elements() {
            let elements: Vec<Value> = elements
                .iter()
                .map(|element| self.value(name, element, from))
                .collect();
            Value::tuple(elements)
        } else if value.entries().is_some() && !has_free_keys(name) {
            let entries = self.respelled(Some(value), from);
            Value::object(entries.into_iter().map(|(name, value, _)| (name, value)))
        } else {
            return value.clone();
        };
        again.with_origin(value.origin.clone())
    }

    /// The attribute that a field gives by naming objects, and the objects: those that it names best.
    fn meant(
        &self,
        name: &str,
        value: &Value,
        owner: Option<usize>,
    ) -> Option<(Arc<str>, Vec<&'a Manifest>)> {
        let named = |block: &Value| -> &[Target<'a, 'c>] {
            let name = block.entry("name").and_then(Value::as_str);
            let all = name.and_then(|name| self.by_name.get(name));
            all.map_or(&[], Vec::as_slice)
        };
        if let Some(of) = name.strip_suffix("Ref") {
            value.entry("name")?;
            let of = snake(of);
            let meant = best(&of, named(value));
            return Some((of, meant));
        }
        if let Some(of) = name.strip_suffix("Refs") {
            let of = snake(&format!("{of}s"));
            let all = value.elements()?.iter().take(MAX_MEANT);
            let meant = all.flat_map(|one| best(&of, named(one))).collect();
            return Some((of, meant));
        }
        let of = snake(name.strip_suffix("Selector")?);
        let siblings = || {
            let all = owner.and_then(|owner| self.by_owner.get(&owner));
            all.map_or(&[][..], Vec::as_slice)
        };
        let labels = match value.entry("matchLabels").and_then(Value::entries) {
            Some(labels) => labels,
            // Whichever of the same composition it is.
            None => {
                let meant = best(&of, siblings());
                return Some((of, meant));
            }
        };
        let mut all: Option<Vec<Target<'a, 'c>>> = None;
        for (key, value) in labels {
            let with = self.by_label.get(&(&**key, value.as_str()?));
            let with = with.map_or(&[][..], Vec::as_slice);
            all = Some(match all {
                None => with.iter().copied().take(MAX_MEANT * MAX_MEANT).collect(),
                Some(before) => before
                    .into_iter()
                    .filter(|(one, _)| with.iter().any(|(other, _)| std::ptr::eq(*one, *other)))
                    .collect(),
            });
        }
        let meant = best(&of, &all.unwrap_or_default());
        Some((of, meant))
    }
}

/// A name is that of one object of each kind: those whose type the attribute is called by, else all of them.
fn best<'a>(attribute: &str, all: &[Target<'a, '_>]) -> Vec<&'a Manifest> {
    let ends = ["_ids", "_id", "_arns", "_arn", "_names", "_name"];
    let stem = ends.iter().find_map(|end| attribute.strip_suffix(end));
    let stem = stem.unwrap_or(attribute);
    let whole = |kind: &ResourceKind| {
        let before = kind.name.strip_suffix(stem);
        before.is_some_and(|before| before.ends_with('_'))
    };
    let last = |kind: &ResourceKind| {
        let last = kind.name.rsplit('_').next();
        last.is_some_and(|last| stem.split('_').any(|word| word == last))
    };
    let ways: [&dyn Fn(&ResourceKind) -> bool; 3] = [&whole, &last, &|_| true];
    let chosen = ways.iter().find_map(|fits| {
        let some = all.iter().filter(|(_, kind)| fits(kind));
        let some: Vec<&Manifest> = some.map(|(one, _)| *one).take(MAX_MEANT).collect();
        (!some.is_empty()).then_some(some)
    });
    chosen.unwrap_or_default()
}

/// A value that is only known when the objects exist that it is taken from.
fn reference(name: &str, value: &Value, meant: &[&Manifest]) -> Value {
    let path: Arc<str> = "id".into();
    let origins: Vec<Origin> = meant
        .iter()
        .map(|object| Origin {
            place: value.origin.place,
            via: Some(Arc::new(Via {
                step: Step::Resource {
                    address: Arc::clone(&object.address),
                    path: Arc::clone(&path),
                },
                origins: Vec::new(),
            })),
        })
        .collect();
    let because = match meant {
        [object] => Because::Reference {
            address: Arc::clone(&object.address),
            path,
        },
        _ => Because::other(Text::same(format!("`{name}`"))),
    };
    let origin = match <[Origin; 1]>::try_from(origins) {
        Ok([one]) => one,
        Err(origins) => Origin {
            place: value.origin.place,
            via: (!origins.is_empty()).then(|| {
                Arc::new(Via {
                    step: Step::Parts,
                    origins,
                })
            }),
        },
    };
    Value::unknown(because).with_origin(origin)
}

/// The name that the resource has at its cloud, when it is written.
fn external_name(manifest: &Manifest) -> Option<Value> {
    let metadata = manifest.value.entry("metadata")?;
    let annotations = metadata.entry("annotations");
    let external = annotations.and_then(|all| all.entry("crossplane.io/external-name"));
    let name = external.or_else(|| metadata.entry("name"))?;
    name.as_str().map(|_| name.clone())
}

/// Maps whose keys are people's own.
fn has_free_keys(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("tags")
        || name.ends_with("labels")
        || matches!(
            name.as_str(),
            "annotations" | "metadata" | "parameters" | "variables" | "appsettings"
        )
}

/// `kmsKeyId` becomes `kms_key_id`.
fn snake(name: &str) -> Arc<str> {
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            if !out.is_empty() {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(letter);
        }
    }
    out.into()
}
