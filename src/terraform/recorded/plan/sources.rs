//! Which of the attributes that an expression refers to a value was taken from.

use hashbrown::HashMap;
use std::sync::{Arc, PoisonError};

use super::references::{Found, Resolver, Target, rebuilt, with_data};
use crate::value::{Because, Data, Entries, Origin, Path, Step, Value, Via};

/// A value is taken from no more attributes than this.
pub(super) const MAX_SOURCES: usize = 32;
/// Shorter texts are equal by chance.
const SHORTEST: usize = 3;

/// Texts to the instance that has it as an attribute, with the attribute; none where two have it.
pub(super) type Texts = HashMap<Arc<str>, Option<(usize, Arc<str>)>>;

impl Resolver<'_> {
    /// Notes where a value, or the parts of it, came from.
    pub(super) fn mark(&self, value: &Value, found: &Found) -> Option<Value> {
        match &value.data {
            Data::String(text) => {
                let sources = self.sources_of_text(text, &found.targets);
                let via = self.via(&sources)?;
                Some(with_via(value, via))
            }
            Data::Unknown(_) => {
                let sources = self.sources_of_unknown(found);
                let because = match (sources.first(), &found.end) {
                    (Some(first), _) => Because::Reference {
                        address: Arc::clone(&first.address),
                        path: Arc::clone(&first.path),
                    },
                    (None, Some(end)) => Because::Reference {
                        address: Arc::clone(end),
                        path: "".into(),
                    },
                    (None, None) => return None,
                };
                let mut marked = Value::unknown(because).marked(value.marks);
                marked.origin = value.origin.clone();
                marked.origin.via = self.via(&sources);
                Some(marked)
            }
            Data::Object(entries) | Data::Map(_, entries) => {
                let each: Vec<Option<Value>> = entries
                    .iter()
                    .map(|(_, inner)| self.mark(inner, found))
                    .collect();
                if each.iter().all(Option::is_none) {
                    return None;
                }
                let entries = entries.iter().zip(each).map(|((key, inner), new)| {
                    (Arc::clone(key), new.unwrap_or_else(|| inner.clone()))
                });
                let entries = Arc::new(entries.collect::<Entries>());
                Some(with_data(value, Data::Object(entries)))
            }
            Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all) => {
                rebuilt(value, all, all.iter().map(|inner| self.mark(inner, found)))
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => None,
        }
    }

    /// Attributes whose values a text holds.
    fn sources_of_text(&self, text: &str, targets: &[Target]) -> Vec<Target> {
        let mut sources: Vec<Target> = Vec::new();
        if text.len() < SHORTEST {
            return sources;
        }
        for target in targets {
            let found = match self.instances.get(&*target.address) {
                Some(at) => self.holds(*at, target, text),
                None => {
                    let texts = self.texts(target);
                    let found = texts.get(text).cloned().flatten();
                    found.and_then(|(at, path)| {
                        let address = Arc::clone(&self.resources.get(at)?.address);
                        Some(Target { address, path })
                    })
                }
            };
            sources.extend(found.filter(|found| !sources.contains(found)));
            if sources.len() >= MAX_SOURCES {
                break;
            }
        }
        sources
    }

    /// The attribute of one instance that a text holds.
    fn holds(&self, at: usize, target: &Target, text: &str) -> Option<Target> {
        let resource = self.resources.get(at)?;
        if target.path.is_empty() {
            let entries = resource.attributes.entries()?;
            let (name, _) = entries
                .iter()
                .find(|(_, value)| value.as_str().is_some_and(|own| own == text))?;
            return Some(Target {
                address: Arc::clone(&target.address),
                path: Arc::clone(name),
            });
        }
        let path = Path::parse(&target.path).ok()?;
        let values = resource.attributes.get_all(&path);
        let is_in = |value: &&Value| {
            value
                .as_str()
                .is_some_and(|own| own.len() >= SHORTEST && text.contains(own))
        };
        values.iter().any(is_in).then(|| target.clone())
    }

    /// The texts that the instances of a whole resource have at a path, or at the top when the plan names none.
    fn texts(&self, target: &Target) -> Arc<Texts> {
        let known = self.texts.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(target) {
            return Arc::clone(known);
        }
        drop(known);
        let mut texts = Texts::new();
        let path = Path::parse(&target.path).unwrap_or_default();
        let mut add = |at: usize, name: &Arc<str>, value: &Value| {
            if let Data::String(text) = &value.data {
                texts
                    .entry(Arc::clone(text))
                    .and_modify(|found| {
                        *found = found.take().filter(|(before, _)| *before == at);
                    })
                    .or_insert_with(|| Some((at, Arc::clone(name))));
            }
        };
        let positions = self.declarations.get(&*target.address);
        for at in positions.map_or(&[][..], Vec::as_slice) {
            let Some(resource) = self.resources.get(*at) else {
                continue;
            };
            if target.path.is_empty() {
                for (name, value) in resource.attributes.entries().unwrap_or_default() {
                    add(*at, name, value);
                }
            } else {
                for value in resource.attributes.get_all(&path) {
                    add(*at, &target.path, value);
                }
            }
        }
        let texts = Arc::new(texts);
        // Another thread may have made the same meanwhile.
        let known = self.texts.write();
        known
            .unwrap_or_else(PoisonError::into_inner)
            .insert(target.clone(), Arc::clone(&texts));
        texts
    }

    /// Attributes that are unknown too. Where none is, it was something that is followed no further, or else any of them.
    fn sources_of_unknown(&self, found: &Found) -> Vec<Target> {
        let is_open = |target: &&Target| {
            let Some(at) = self.instances.get(&*target.address) else {
                return true;
            };
            let Some(resource) = self.resources.get(*at) else {
                return true;
            };
            match Path::parse(&target.path) {
                Ok(path) if !path.steps().is_empty() => resource
                    .attributes
                    .get(&path)
                    .is_none_or(|value| value.first_unknown().is_some()),
                _ => true,
            }
        };
        let mut sources: Vec<Target> = found.targets.iter().filter(is_open).cloned().collect();
        if sources.is_empty() && found.end.is_none() {
            sources.clone_from(&found.targets);
        }
        sources.truncate(MAX_SOURCES);
        sources
    }

    fn via(&self, sources: &[Target]) -> Option<Arc<Via>> {
        let one = |target: &Target| {
            Arc::new(Via {
                step: Step::Resource {
                    address: Arc::clone(&target.address),
                    path: Arc::clone(&target.path),
                },
                origins: self.written_at(target).into_iter().collect(),
            })
        };
        match sources {
            [] => None,
            [only] => Some(one(only)),
            several => Some(Arc::new(Via {
                step: Step::Parts,
                origins: several
                    .iter()
                    .map(|target| Origin {
                        place: None,
                        via: Some(one(target)),
                    })
                    .collect(),
            })),
        }
    }

    /// Where the plan has the attribute, or the resource when it has no value yet.
    fn written_at(&self, target: &Target) -> Option<Origin> {
        let at = match self.instances.get(&*target.address) {
            Some(at) => *at,
            None => *self.declarations.get(&*target.address)?.first()?,
        };
        let resource = self.resources.get(at)?;
        let path = Path::parse(&target.path).unwrap_or_default();
        let own = match path.steps() {
            [] => None,
            _ => resource.attributes.get(&path),
        };
        let place = own.and_then(|value| value.origin.place);
        Some(Origin::at(place.unwrap_or(resource.header)))
    }
}

fn with_via(value: &Value, via: Arc<Via>) -> Value {
    let mut value = value.clone();
    value.origin.via = Some(via);
    value
}
