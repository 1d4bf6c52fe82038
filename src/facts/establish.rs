//! Establishes every fact of every resource, once, in the order in which they rest on each other.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::evidence::Ledger;
use super::hosting::Operator;
use super::{Fact, Facts, Gap, Labels, Location, ResourceFacts, Text};
use crate::catalog::{Catalog, Class, ClassSet, KubernetesKind, ResourceKind, TerraformProvider};
use crate::graph::{Graph, ProviderId, Resource, ResourceId, World};
use crate::value::{Path, Value};

/// What the catalogue says of a resource's kind.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A Terraform type.
    Terraform(&'static ResourceKind),
    /// A kind of Kubernetes object.
    Kubernetes(&'static KubernetesKind),
}

/// What every fact is established from.
pub(super) struct Lens<'a> {
    pub(super) graph: &'a Graph,
    pub(super) catalog: &'static Catalog,
    pub(super) settings: &'a super::Settings,
    /// By resource.
    pub(super) kinds: Vec<Option<Kind>>,
    /// By resource.
    pub(super) labels: Vec<Rc<Labels>>,
    /// By resource: it says itself that it holds health data or more.
    pub(super) marked: Vec<bool>,
    pub(super) ledger: Ledger,
    /// Attribute paths of the catalogue, parsed once.
    paths: HashMap<&'static str, Arc<Path>>,
    /// Who answers behind a provider configuration, for a type.
    pub(super) operators: HashMap<(ProviderId, Arc<str>), Arc<Operator>>,
    /// Locations found so far; `None` inside: being worked out.
    pub(super) locations: Vec<Option<Fact<Location>>>,
    pub(super) locating: Vec<bool>,
}

impl<'a> Lens<'a> {
    fn new(graph: &'a Graph, catalog: &'static Catalog, settings: &'a super::Settings) -> Self {
        let kinds = graph
            .resources()
            .iter()
            .map(|resource| kind_of(catalog, resource))
            .collect();
        let count = graph.resources().len();
        Self {
            graph,
            catalog,
            settings,
            kinds,
            labels: Vec::new(),
            marked: Vec::new(),
            ledger: Ledger::default(),
            paths: HashMap::new(),
            operators: HashMap::new(),
            locations: vec![None; count],
            locating: vec![false; count],
        }
    }

    /// The parsed form of a path of the catalogue. A path that does not parse matches nothing; a test of the catalogue
    /// holds that there is none.
    pub(super) fn path(&mut self, text: &'static str) -> Arc<Path> {
        Arc::clone(
            self.paths
                .entry(text)
                .or_insert_with(|| Arc::new(Path::parse(text).unwrap_or_default())),
        )
    }

    /// The value of an attribute, when it is written and not null.
    pub(super) fn attribute(
        &mut self,
        resource: &'a Resource,
        path: &'static str,
    ) -> Option<&'a Value> {
        let path = self.path(path);
        resource
            .attributes
            .get(&path)
            .filter(|value| !value.is_null())
    }

    /// Every value of an attribute that is not null.
    pub(super) fn attributes(
        &mut self,
        resource: &'a Resource,
        path: &'static str,
    ) -> Vec<&'a Value> {
        let path = self.path(path);
        let mut found = resource.attributes.get_all(&path);
        found.retain(|value| !value.is_null());
        found
    }

    pub(super) fn terraform_kind(&self, id: ResourceId) -> Option<&'static ResourceKind> {
        match self.kinds.get(id.index()).copied().flatten()? {
            Kind::Terraform(kind) => Some(kind),
            Kind::Kubernetes(_) => None,
        }
    }

    pub(super) fn terraform_provider(
        &self,
        resource: &Resource,
    ) -> Option<&'static TerraformProvider> {
        let provider = self.graph.provider(resource)?;
        self.catalog.terraform_provider(&provider.source)
    }

    /// Resources that a value was taken from, with the attribute.
    pub(super) fn referenced(
        &self,
        resource: &Resource,
        value: &Value,
    ) -> Vec<(ResourceId, Arc<str>)> {
        let mut found = Vec::new();
        for (ids, path) in self.graph.referenced(resource.root, &value.origin) {
            found.extend(ids.iter().map(|id| (*id, Arc::clone(&path))));
        }
        found
    }
}

fn kind_of(catalog: &'static Catalog, resource: &Resource) -> Option<Kind> {
    if resource.root.is_some() {
        return catalog.resource_kind(&resource.kind).map(Kind::Terraform);
    }
    let (group, kind) = resource
        .kind
        .rsplit_once('/')
        .unwrap_or(("", &resource.kind));
    catalog.kubernetes_kind(group, kind).map(Kind::Kubernetes)
}

impl Lens<'_> {
    /// What a resource is: from the catalogue; and what the catalogue does not know holds data when it says so itself.
    fn classes_of(&self, resource: &Resource) -> ClassSet {
        let marked = self
            .marked
            .get(resource.id.index())
            .is_some_and(|marked| *marked);
        match resource.world {
            World::Terraform | World::Kubernetes if marked && !resource.catalogued => {
                ClassSet::EMPTY.with(Class::HoldsData)
            }
            _ => resource.classes,
        }
    }
}

/// A gap without evidence.
pub(super) fn gap(en: impl Into<String>, fr: impl Into<String>) -> Gap {
    Gap {
        reason: Text::new(en, fr),
        evidence: Vec::new(),
    }
}

/// Establishes the facts of a graph. The result depends on nothing but the arguments.
pub fn establish(graph: &Graph, catalog: &'static Catalog, settings: &super::Settings) -> Facts {
    let mut lens = Lens::new(graph, catalog, settings);
    lens.labels = graph
        .resources()
        .iter()
        .map(|resource| Rc::new(lens.read_labels(resource)))
        .collect();
    let sensitivities = super::sensitivity::establish(&mut lens);
    let tenancies = super::tenancy::establish(&mut lens);
    let mut resources = Vec::with_capacity(graph.resources().len());
    for ((resource, sensitivity), tenancy) in
        graph.resources().iter().zip(sensitivities).zip(tenancies)
    {
        let location = lens.location_of(resource);
        let hosting = lens.hosting_of(resource, &location);
        let copies = lens.copies_of(resource);
        let encryption = lens.encryption_of(resource);
        let mfa = lens.mfa_of(resource);
        let classes = lens.classes_of(resource);
        resources.push(ResourceFacts {
            classes,
            location,
            copies,
            hosting,
            encryption,
            mfa,
            tenancy,
            sensitivity,
        });
    }
    super::mfa::judge_together(&mut lens, &mut resources);
    Facts {
        resources,
        labels: lens
            .labels
            .into_iter()
            .map(|labels| Rc::try_unwrap(labels).unwrap_or_else(|shared| (*shared).clone()))
            .collect(),
        evidence: lens.ledger.into_all(),
    }
}
