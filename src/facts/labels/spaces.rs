//! Labels that a namespace has without anybody writing them on it: controllers put them there, or it lies below another
//! one, whose data it shares.

use hashbrown::HashMap;
use std::sync::Arc;

use super::{LabelFrom, Labels};
use crate::facts::establish::Lens;
use crate::graph::Resource;
use crate::value::Value;

/// So many namespaces above one are looked at.
const MAX_DEPTH: usize = 16;

/// Where labels of namespaces and of their objects stand.
const LABELS: [&str; 2] = ["metadata.labels", "metadata.annotations"];

/// What is said of namespaces elsewhere than on them, by the names of the namespaces.
#[derive(Default)]
pub(in crate::facts) struct Spaces<'a> {
    /// The namespace above one. None: several are said.
    parents: HashMap<Arc<str>, Option<Arc<str>>>,
    /// What objects that put a namespace below another label it with.
    given: HashMap<Arc<str>, Vec<&'a Value>>,
    /// By label of a namespace and its value: the labels that come with it.
    with: HashMap<(&'static str, Arc<str>), Vec<&'a Value>>,
    /// The keys of those labels.
    keys: Vec<&'static str>,
    /// The objects of namespaces that stand above others.
    objects: HashMap<Arc<str>, Vec<&'a Resource>>,
}

impl<'a> Spaces<'a> {
    pub(super) fn new(lens: &mut Lens<'a>) -> Self {
        let mut spaces = Self::default();
        let Some(facts) = lens.catalog.tenancy() else {
            return spaces;
        };
        let graph = lens.graph;
        let all = |kind: &str| {
            let ids = graph.of_kind(kind).iter();
            let all = ids.filter_map(|id| graph.get(*id));
            all.filter(|resource| resource.root.is_none())
                .collect::<Vec<_>>()
        };
        for fact in &facts.hierarchy {
            for resource in all(&fact.kind) {
                let Some(child) = text(lens, resource, &fact.child) else {
                    continue;
                };
                if let Some(parent) = text(lens, resource, &fact.parent) {
                    let known = spaces.parents.entry(Arc::clone(&child));
                    known
                        .and_modify(|known| {
                            if known.as_ref().is_some_and(|name| *name != parent) {
                                *known = None;
                            }
                        })
                        .or_insert(Some(parent));
                }
                for path in &fact.labels {
                    let given = lens.attributes(resource, path);
                    spaces
                        .given
                        .entry(Arc::clone(&child))
                        .or_default()
                        .extend(given);
                }
            }
        }
        for fact in &facts.namespace_labels {
            spaces.keys.push(&fact.member);
            for resource in all(&fact.kind) {
                let key = (fact.member.as_str(), Arc::clone(&resource.name));
                for path in &fact.labels {
                    let given = lens.attributes(resource, path);
                    spaces.with.entry(key.clone()).or_default().extend(given);
                }
            }
        }
        spaces.keys.sort_unstable();
        spaces.keys.dedup();
        for parent in spaces.parents.values().flatten() {
            spaces.objects.entry(Arc::clone(parent)).or_default();
        }
        if !spaces.objects.is_empty() {
            for resource in all("Namespace") {
                if let Some(known) = spaces.objects.get_mut(&resource.name) {
                    known.push(resource);
                }
            }
        }
        spaces
    }

    /// Adds what is said of the namespace that a resource is or lies in; `namespace`: its object.
    pub(super) fn take(
        &self,
        lens: &mut Lens<'a>,
        resource: &'a Resource,
        namespace: Option<&'a Resource>,
        labels: &mut Labels,
    ) {
        if self.parents.is_empty() && self.given.is_empty() && self.with.is_empty() {
            return;
        }
        if resource.root.is_some() {
            return;
        }
        let is_namespace = &*resource.kind == "Namespace";
        let name = match is_namespace {
            true => Some(&resource.name),
            false => resource.namespace.as_ref(),
        };
        let Some(name) = name else { return };
        let namespace = match is_namespace {
            true => Some(resource),
            false => namespace,
        };
        for value in self.given.get(name).into_iter().flatten() {
            labels.take(value, LabelFrom::Namespace);
        }
        for value in namespace
            .into_iter()
            .flat_map(|one| self.brought(lens, one))
        {
            labels.take(value, LabelFrom::Namespace);
        }
        let mut at = name;
        for _ in 0..MAX_DEPTH {
            let Some(Some(parent)) = self.parents.get(at) else {
                break;
            };
            at = parent;
            let mut above = Labels::default();
            for value in self.given.get(at).into_iter().flatten() {
                above.take(value, LabelFrom::Above);
            }
            for object in self.objects.get(at).into_iter().flatten() {
                for path in LABELS {
                    for value in lens.attributes(object, path) {
                        above.take(value, LabelFrom::Above);
                    }
                }
                for value in self.brought(lens, object) {
                    above.take(value, LabelFrom::Above);
                }
            }
            // What is nearer holds.
            above
                .all
                .retain(|label| labels.all.iter().all(|near| near.key != label.key));
            labels.all.extend(above.all);
        }
    }

    /// The labels that come with those of a namespace.
    fn brought(&self, lens: &mut Lens<'a>, namespace: &'a Resource) -> Vec<&'a Value> {
        let mut found = Vec::new();
        if self.with.is_empty() {
            return found;
        }
        let Some(labels) = lens.attribute(namespace, LABELS[0]) else {
            return found;
        };
        for key in &self.keys {
            let value = labels.entry(key).and_then(Value::as_str);
            if let Some(value) = value
                && let Some(with) = self.with.get(&(*key, Arc::from(value)))
            {
                found.extend(with);
            }
        }
        found
    }
}

fn text<'a>(lens: &mut Lens<'a>, resource: &'a Resource, path: &'static str) -> Option<Arc<str>> {
    let value = lens.attribute(resource, path)?;
    Some(value.as_str()?.into())
}
