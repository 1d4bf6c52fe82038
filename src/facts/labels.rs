//! Labels and tags of a resource, whatever their shape, with where they come from.

use std::sync::Arc;

use super::establish::{Kind, Lens};
use crate::graph::{Resource, ResourceId};
use crate::value::{Data, Path, PathStep, Value};

/// Where a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelFrom {
    /// On the resource.
    Own,
    /// Given to the module that it is in, or to its root.
    Module,
    /// In the provider block.
    Provider,
    /// On its namespace.
    Namespace,
}

/// One label.
#[derive(Debug, Clone)]
pub struct Label {
    /// As written.
    pub key: Arc<str>,
    /// Known, or set but not knowable here.
    pub value: Value,
    /// Where it stands.
    pub from: LabelFrom,
}

/// The parts of a key by which it may be known: all of it, and what follows the last separator of a prefix
/// (`data.example.org/classification`, `acme:classification`, `Operations.CostCenter`).
pub(super) fn segments(key: &str) -> impl Iterator<Item = &str> {
    let after = |separators: &[char]| key.rsplit_once(separators).map(|(_, last)| last);
    let last = after(&['/']);
    let shorter = after(&['/', ':', '.']).filter(|shorter| last != Some(*shorter));
    std::iter::once(key).chain(last).chain(shorter)
}

/// The labels of a resource.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Own ones first; of those inherited only what the resource does not set itself.
    pub all: Vec<Label>,
    /// What is there and cannot be read: tags that are wholly unknown, or a label about the level that no vocabulary knows.
    pub unknown: Option<Box<Value>>,
}

impl<'a> Lens<'a> {
    /// Own labels, then inherited ones whose key the resource does not set itself.
    pub(super) fn read_labels(&mut self, resource: &'a Resource) -> Labels {
        let mut labels = Labels::default();
        match self.kinds[resource.id.index()] {
            Some(Kind::Terraform(_)) => self.terraform_labels(resource, &mut labels),
            _ if resource.root.is_none() => self.kubernetes_labels(resource, &mut labels),
            _ => {
                // A type the catalogue does not know: the two usual names.
                for path in ["tags", "labels"] {
                    if let Some(value) = self.attribute(resource, path) {
                        labels.take(value, LabelFrom::Own);
                    }
                }
            }
        }
        labels
    }

    fn terraform_labels(&mut self, resource: &'a Resource, labels: &mut Labels) {
        let Some(kind) = self.terraform_kind(resource.id) else {
            return;
        };
        let facts = self.terraform_provider(resource);
        let usual = facts.and_then(|facts| facts.tag_attribute.as_deref());
        let own = kind
            .tags
            .iter()
            .map(String::as_str)
            .chain(usual.filter(|_| kind.tags.is_empty()));
        for path in own {
            for value in self.attributes(resource, path) {
                labels.take(value, LabelFrom::Own);
            }
        }
        // Default tags reach only what takes tags at all.
        let (Some(facts), Some(provider)) = (facts, self.graph.provider(resource)) else {
            return;
        };
        if kind.tags.is_empty() {
            return;
        }
        // What a plan or a state records has them in it already.
        let effective = facts.effective_tag_attribute.as_deref();
        if effective.is_some_and(|path| {
            self.attribute(resource, path)
                .is_some_and(|tags| !tags.is_unknown())
        }) {
            return;
        }
        for text in &facts.tag_default_paths {
            let path = self.path(text);
            if let Some(value) = provider.config.get(&path).filter(|value| !value.is_null()) {
                labels.take(value, LabelFrom::Provider);
            }
        }
    }

    fn kubernetes_labels(&mut self, resource: &'a Resource, labels: &mut Labels) {
        for path in ["metadata.labels", "metadata.annotations"] {
            if let Some(value) = self.attribute(resource, path) {
                labels.take(value, LabelFrom::Own);
            }
        }
        if let Some(namespace) = self.namespace_of(resource) {
            for path in ["metadata.labels", "metadata.annotations"] {
                if let Some(value) = self.attribute(namespace, path) {
                    labels.take(value, LabelFrom::Namespace);
                }
            }
        }
    }

    /// The Namespace object that a manifest belongs to, when it is part of the scan and the only one of its name.
    pub(super) fn namespace_of(&self, resource: &Resource) -> Option<&'a Resource> {
        let name = resource.namespace.as_ref()?;
        let namespaces: &[ResourceId] = self.graph.of_kind("Namespace");
        let mut found = namespaces
            .iter()
            .filter_map(|id| self.graph.get(*id))
            .filter(|namespace| namespace.name == *name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

impl Labels {
    fn take(&mut self, value: &Value, from: LabelFrom) {
        match &value.data {
            Data::Unknown(_) => {
                self.unknown = self
                    .unknown
                    .take()
                    .or_else(|| Some(Box::new(value.clone())))
            }
            Data::Map(..) | Data::Object(_) if is_pair(value) => self.pair(value, from),
            Data::Map(..) | Data::Object(_) => {
                for (key, value) in value.entries().unwrap_or_default() {
                    self.add(Arc::clone(key), value, from);
                }
            }
            Data::List(..) | Data::Set(..) | Data::Tuple(_) => {
                for element in value.elements().unwrap_or_default() {
                    match element.as_str() {
                        Some(text) => self.text(text, element, from),
                        None => self.take(element, from),
                    }
                }
            }
            _ => {}
        }
    }

    /// `tags { key = "a"  value = "b" }`
    fn pair(&mut self, block: &Value, from: LabelFrom) {
        let step = |name: &str| Path::of([PathStep::Key(name.into())]);
        let key = block.get(&step("key")).and_then(Value::as_str);
        if let (Some(key), Some(value)) = (key, block.get(&step("value"))) {
            self.add(key.into(), value, from);
        }
    }

    /// `"key=value"`, `"key:value"`, or a bare word.
    fn text(&mut self, text: &str, element: &Value, from: LabelFrom) {
        match text.split_once(['=', ':']) {
            Some((key, rest)) => {
                let value = Value::string(rest).with_origin(element.origin.clone());
                self.add(key.trim().into(), &value, from);
            }
            None => self.add(
                text.into(),
                &Value::bool(true).with_origin(element.origin.clone()),
                from,
            ),
        }
    }

    fn add(&mut self, key: Arc<str>, value: &Value, from: LabelFrom) {
        if value.is_null()
            || from != LabelFrom::Own
                && self
                    .all
                    .iter()
                    .any(|label| label.key == key && label.from < from)
        {
            return;
        }
        self.all.push(Label {
            key,
            value: value.clone(),
            from,
        });
    }
}

/// A block with just a key and a value, not a map of tags.
fn is_pair(value: &Value) -> bool {
    let entries = value.entries().unwrap_or_default();
    entries.len() <= 3
        && value.entry("key").is_some_and(|key| key.as_str().is_some())
        && value.entry("value").is_some()
}
