//! Labels that stand elsewhere: on the namespace, on the call of the module, on a resource that tags others, on a tag that
//! is cited by its id.

use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

use super::shape::split;
use super::spaces::Spaces;
use super::{Label, LabelFrom, Labels};
use crate::catalog::{LabelFacts, TagReference, normalise};
use crate::facts::establish::Lens;
use crate::graph::{Graph, RelationKind, Resource, ResourceId, RootId};
use crate::value::{Data, Path, Value};

/// What surrounds the resources of a graph, indexed once.
pub(in crate::facts) struct Around<'a> {
    facts: Option<&'static LabelFacts>,
    references: HashMap<&'static str, &'static TagReference>,
    /// Arguments of modules that hold tags.
    tag_arguments: HashSet<String>,
    /// Namespaces that Terraform declares, by root and name.
    namespaces: HashMap<(Option<RootId>, Arc<str>), ResourceId>,
    /// Labels that other resources put on one.
    tagged: HashMap<ResourceId, Vec<Label>>,
    /// What is said of namespaces elsewhere than on them.
    pub(super) spaces: Spaces<'a>,
    graph: &'a Graph,
}

/// What one thread has read so far that many resources have in common.
#[derive(Default)]
pub(in crate::facts) struct Read<'a> {
    /// Labels of the calls of modules, by root and address of the module.
    modules: HashMap<(Option<RootId>, Arc<str>), Labels>,
    /// Labels and annotations of namespaces.
    pub(super) namespaces: HashMap<ResourceId, Vec<&'a Value>>,
    /// Where the labels and annotations of the pods of workloads stand, by the path of their specification.
    pub(super) templates: HashMap<&'static str, Vec<Path>>,
}

impl<'a> Around<'a> {
    pub(in crate::facts) fn new(lens: &mut Lens<'a>) -> Self {
        let facts = lens.catalog.classification().map(|facts| &facts.labels);
        let references = facts.into_iter().flat_map(|facts| &facts.tag_reference);
        let arguments = facts.into_iter().flat_map(|facts| &facts.tag_arguments);
        let mut around = Self {
            facts,
            references: references.map(|tag| (tag.kind.as_str(), tag)).collect(),
            tag_arguments: arguments.map(|name| normalise(name)).collect(),
            namespaces: HashMap::new(),
            tagged: HashMap::new(),
            spaces: Spaces::new(lens),
            graph: lens.graph,
        };
        around.find_namespaces(lens);
        around.find_taggings(lens);
        around
    }

    fn find_namespaces(&mut self, lens: &mut Lens<'a>) {
        for (kind, path) in self
            .facts
            .into_iter()
            .flat_map(|facts| &facts.namespace_types)
        {
            for id in self.graph.of_kind(kind) {
                let Some(resource) = self.graph.get(*id) else {
                    continue;
                };
                if let Some(Data::String(name)) = lens
                    .attributes(resource, path)
                    .first()
                    .map(|name| &name.data)
                {
                    let key = (resource.root, Arc::clone(name));
                    self.namespaces.entry(key).or_insert(*id);
                }
            }
        }
    }

    fn find_taggings(&mut self, lens: &mut Lens<'a>) {
        for tagging in self.facts.into_iter().flat_map(|facts| &facts.tagging) {
            for id in self.graph.of_kind(&tagging.kind) {
                let Some(resource) = self.graph.get(*id) else {
                    continue;
                };
                let Some(target) = lens.attribute(resource, &tagging.target) else {
                    continue;
                };
                let mut labels = Labels::default();
                match &tagging.value {
                    Some(path) => {
                        let key = lens.attribute(resource, &tagging.tags);
                        let value = lens.attribute(resource, path);
                        if let (Some(key), Some(value)) = (key.and_then(Value::as_str), value) {
                            labels.add(key.into(), value, LabelFrom::Own);
                        }
                    }
                    None => {
                        for value in lens.attributes(resource, &tagging.tags) {
                            match self.cited(lens, resource, value) {
                                Some((key, value)) => labels.add(key, &value, LabelFrom::Own),
                                None => labels.take(value, LabelFrom::Own),
                            }
                        }
                    }
                }
                for (target, _) in lens.referenced(resource, target) {
                    let known = self.tagged.entry(target).or_default();
                    known.extend(labels.all.iter().cloned());
                }
            }
        }
    }

    /// What other resources say of one.
    pub(super) fn tagged(&self, resource: &Resource, labels: &mut Labels) {
        for label in self.tagged.get(&resource.id).into_iter().flatten() {
            labels.add(Arc::clone(&label.key), &label.value, LabelFrom::Own);
        }
    }

    /// The key and the value of a tag that is cited by its id.
    pub(super) fn cited(
        &self,
        lens: &mut Lens<'a>,
        resource: &'a Resource,
        value: &Value,
    ) -> Option<(Arc<str>, Value)> {
        let (tag, facts) = lens
            .referenced(resource, value)
            .into_iter()
            .filter_map(|(id, _)| self.graph.get(id))
            .find_map(|tag| Some((tag, *self.references.get(&*tag.kind)?)))?;
        let name = lens.attribute(tag, &facts.value)?;
        let text = name.as_str()?;
        let (Some(key), Some(key_name)) = (&facts.key, &facts.key_name) else {
            let (key, value) = split(text);
            let value = value.map_or_else(|| Value::bool(true), Value::string);
            return Some((key.into(), value.with_origin(name.origin.clone())));
        };
        let category = lens.attribute(tag, key)?;
        let named = lens
            .referenced(tag, category)
            .into_iter()
            .filter_map(|(id, _)| self.graph.get(id))
            .find_map(|category| lens.attribute(category, key_name)?.as_str())?;
        Some((named.into(), name.clone()))
    }

    /// What the calls of the modules around a resource say, the nearest first.
    pub(super) fn of_modules(&self, read: &mut Read<'a>, resource: &Resource, labels: &mut Labels) {
        if resource.root.is_none() || resource.module.is_empty() {
            return;
        }
        let key = (resource.root, Arc::clone(&resource.module));
        let found = read.modules.entry(key).or_insert_with(|| {
            let mut found = Labels::default();
            for module in self.graph.modules_of(resource) {
                for (name, value) in &module.arguments {
                    self.take_argument(name, value, LabelFrom::Module, &mut found);
                }
            }
            found
        });
        let own = labels.all.len();
        for label in &found.all {
            let known = |before: &Label| before.key == label.key;
            if !labels.all.iter().take(own).any(known) {
                labels.all.push(label.clone());
            }
        }
    }

    /// An argument that holds tags, or is itself a word about what is in the module.
    pub(super) fn take_argument(
        &self,
        name: &Arc<str>,
        value: &Value,
        from: LabelFrom,
        labels: &mut Labels,
    ) {
        if self.tag_arguments.contains(&normalise(name)) {
            labels.take(value, from);
        } else if value.elements().is_none() && value.entries().is_none() {
            labels.add(Arc::clone(name), value, from);
        }
    }

    /// The namespace that a resource lies in, when the scan declares it.
    pub(super) fn namespace_of(
        &self,
        lens: &mut Lens<'a>,
        resource: &'a Resource,
    ) -> Option<&'a Resource> {
        if resource.root.is_none() {
            resource.namespace.as_ref()?;
            return self.related(resource);
        }
        if self.namespaces.is_empty() {
            return self.related(resource);
        }
        for path in self
            .facts
            .into_iter()
            .flat_map(|facts| &facts.namespace_paths)
        {
            for value in lens.attributes(resource, path) {
                let by_name = match &value.data {
                    Data::String(name) => self
                        .namespaces
                        .get(&(resource.root, Arc::clone(name)))
                        .copied(),
                    _ => None,
                };
                let found = by_name.or_else(|| {
                    let mut cited = lens.referenced(resource, value).into_iter();
                    cited.find_map(|(id, _)| {
                        let kind = &*self.graph.get(id)?.kind;
                        let facts = self.facts?;
                        facts.namespace_types.contains_key(kind).then_some(id)
                    })
                });
                if let Some(namespace) = found.and_then(|id| self.graph.get(id)) {
                    return Some(namespace);
                }
            }
        }
        self.related(resource)
    }

    /// The namespace that a relation leads to, whoever declares it.
    fn related(&self, resource: &Resource) -> Option<&'a Resource> {
        let relations = self.graph.outgoing(resource.id).iter();
        let parents = relations.filter(|relation| relation.kind == RelationKind::PartOf);
        let mut parents = parents.filter_map(|relation| self.graph.get(relation.to));
        parents.find(|parent| {
            let declares = |facts: &LabelFacts| facts.namespace_types.contains_key(&*parent.kind);
            &*parent.kind == "Namespace" || self.facts.is_some_and(declares)
        })
    }
}
