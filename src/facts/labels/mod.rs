//! Labels and tags of a resource, whatever their shape, with where they come from.

mod around;
mod shape;
mod spaces;

use hashbrown::HashSet;
use std::sync::Arc;

use super::establish::{Kind, Lens};
use crate::catalog::{Catalog, ResourceKind, normalise};
use crate::config::Config;
use crate::graph::{ABSENT_MODULE, Resource};
use crate::value::{Path, PathStep, Value};
pub(super) use around::{Around, Read};

/// Where a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelFrom {
    /// On the resource.
    Own,
    /// Given to the module that it is in, or to its root.
    Module,
    /// In the provider block.
    Provider,
    /// On its namespace, or put there by a controller.
    Namespace,
    /// On a namespace above its own.
    Above,
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

/// The labels of a resource.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Own ones first; of those inherited only what the resource does not set itself.
    pub all: Vec<Label>,
    /// What is there and cannot be read: tags that are wholly unknown, or a label about the level that no vocabulary knows.
    pub unknown: Option<Box<Value>>,
}

/// The parts of a key by which it may be known: all of it, and what follows the last separator of a prefix
/// (`data.example.org/classification`, `acme:classification`, `Operations.CostCenter`).
pub(super) fn segments(key: &str) -> impl Iterator<Item = &str> {
    let after = |separators: &[char]| key.rsplit_once(separators).map(|(_, last)| last);
    let last = after(&['/']);
    let shorter = after(&['/', ':', '.']).filter(|shorter| last != Some(*shorter));
    std::iter::once(key).chain(last).chain(shorter)
}

/// Names, normalised, of the arguments of module calls that speak of all that is in the module: its tags, a level, a tenant.
pub fn telling(catalog: &Catalog, config: &Config) -> HashSet<String> {
    let mut names = HashSet::new();
    if let Some(facts) = catalog.classification() {
        let labels = &facts.labels;
        names.extend(labels.tag_arguments.iter().map(|name| normalise(name)));
        names.extend(labels.key.iter().map(|key| normalise(&key.key)));
        names.extend(labels.boolean_key.iter().map(|key| normalise(&key.key)));
        names.extend(labels.need_key.iter().map(|key| normalise(&key.key)));
    }
    let tenants = catalog.tenancy();
    let tenants = tenants.into_iter().flat_map(|facts| &facts.arguments);
    names.extend(tenants.map(|name| normalise(name)));
    let own = config
        .classification
        .keys
        .iter()
        .chain(&config.tenancy.keys);
    names.extend(own.map(|key| normalise(&key.value)));
    names
}

impl<'a> Lens<'a> {
    /// Own labels, then inherited ones whose key the resource does not set itself.
    pub(super) fn read_labels(
        &mut self,
        resource: &'a Resource,
        around: &Around<'a>,
        read: &mut Read<'a>,
    ) -> Labels {
        let mut labels = Labels::default();
        match self.kinds[resource.id.index()] {
            Some(Kind::Terraform(_)) => {
                // An object has labels of its own beside the tags of what it stands for.
                if resource.is_object() {
                    self.kubernetes_labels(resource, read, &mut labels);
                }
                self.terraform_labels(resource, around, &mut labels);
            }
            _ if resource.root.is_none() => self.kubernetes_labels(resource, read, &mut labels),
            _ if &*resource.kind == ABSENT_MODULE => {
                for (name, value) in resource.attributes.entries().unwrap_or_default() {
                    around.take_argument(name, value, LabelFrom::Own, &mut labels);
                }
            }
            _ => {
                // A type the catalogue does not know: the two usual names.
                for path in ["tags", "labels"] {
                    if let Some(value) = self.attribute(resource, path) {
                        labels.take(value, LabelFrom::Own);
                    }
                }
            }
        }
        around.tagged(resource, &mut labels);
        around.of_modules(read, resource, &mut labels);
        let namespace = around.namespace_of(self, resource);
        if let Some(namespace) = namespace {
            let all = read.namespaces.entry(namespace.id).or_insert_with(|| {
                let paths = ["metadata.labels", "metadata.annotations"].into_iter();
                let all = paths.map(|path| self.attributes(namespace, path));
                all.flatten().collect()
            });
            for value in all {
                labels.take(value, LabelFrom::Namespace);
            }
        }
        around.spaces.take(self, resource, namespace, &mut labels);
        labels
    }

    fn terraform_labels(
        &mut self,
        resource: &'a Resource,
        around: &Around<'a>,
        labels: &mut Labels,
    ) {
        let Some(kind) = self.terraform_kind(resource.id) else {
            return;
        };
        let facts = self.terraform_provider(resource);
        let usual = facts.and_then(|facts| facts.tag_attribute.as_deref());
        let second = facts.and_then(|facts| facts.second_tag_attribute.as_deref());
        let own = kind.tags.iter().map(String::as_str).chain(
            usual
                .into_iter()
                .chain(second)
                .filter(|_| kind.tags.is_empty()),
        );
        for path in own {
            for value in self.attributes(resource, path) {
                self.take_tags(resource, value, around, labels);
            }
        }
        let (Some(facts), Some(provider)) = (facts, self.graph.provider(resource)) else {
            return;
        };
        // Default tags reach only what takes tags under their usual name: not `settings.user_labels` of a database.
        let usual = usual.into_iter().chain(second);
        let usual = usual.chain(facts.effective_tag_attribute.as_deref());
        if !usual.into_iter().any(|name| takes(kind, name)) {
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

    /// Tags as a type takes them. In lists some may be ids of resources that say what they mean.
    fn take_tags(
        &mut self,
        resource: &'a Resource,
        value: &'a Value,
        around: &Around<'a>,
        labels: &mut Labels,
    ) {
        let elements = value.elements().unwrap_or_default();
        if !elements.iter().any(Value::is_unknown) {
            labels.take(value, LabelFrom::Own);
            return;
        }
        for element in elements {
            match around.cited(self, resource, element) {
                Some((key, value)) => labels.add(key, &value, LabelFrom::Own),
                None => labels.take(element, LabelFrom::Own),
            }
        }
    }

    fn kubernetes_labels(
        &mut self,
        resource: &'a Resource,
        read: &mut Read<'a>,
        labels: &mut Labels,
    ) {
        for path in ["metadata.labels", "metadata.annotations"] {
            if let Some(value) = self.attribute(resource, path) {
                labels.take(value, LabelFrom::Own);
            }
        }
        // Labels of the pods that a workload makes.
        let Some(Kind::Kubernetes(kind)) = self.kinds[resource.id.index()] else {
            return;
        };
        let Some(spec) = kind.pod_spec.as_deref() else {
            return;
        };
        let paths = read.templates.entry(spec);
        let paths = paths.or_insert_with(|| beside(&self.path(spec)));
        for path in paths {
            if let Some(value) = resource.attributes.get(path) {
                labels.take(value, LabelFrom::Own);
            }
        }
    }
}

/// Where the labels and annotations of pods stand, whose specification is at a path. That of a Pod itself lies beside labels
/// that are read already.
fn beside(spec: &Path) -> Vec<Path> {
    let template = match spec.steps().split_last() {
        Some((_, template)) if !template.is_empty() => template,
        _ => return Vec::new(),
    };
    let names = ["labels", "annotations"].into_iter();
    let paths = names.map(|name| {
        let mut steps = template.to_vec();
        steps.extend(["metadata", name].map(|step| PathStep::Key(step.into())));
        Path::of(steps)
    });
    paths.collect()
}

/// Does a type take tags under a name, at its root or in its metadata?
fn takes(kind: &ResourceKind, name: &str) -> bool {
    kind.tags
        .iter()
        .any(|path| path.strip_prefix("metadata.").unwrap_or(path) == name)
}
