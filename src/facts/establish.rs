//! Establishes every fact of every resource, once, in the order in which they rest on each other.

use hashbrown::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use super::evidence::{Ledger, Shift};
use super::hosting::{ByCode, Contradictions, Operator, Speech, Standing, Use};
use super::{EvidenceId, Fact, Facts, Gap, Labels, Location, Phrase, ResourceFacts, Text};
use crate::catalog::{Catalog, Class, ClassSet, KubernetesKind, ResourceKind, TerraformProvider};
use crate::graph::{Graph, ProviderId, RelationKind, Resource, ResourceId, World};
use crate::value::{Path, Value};

/// What the catalogue says of a resource's kind.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A Terraform type.
    Terraform(&'static ResourceKind),
    /// A kind of Kubernetes object.
    Kubernetes(&'static KubernetesKind),
}

/// Regions by identifier, with the entry of the catalogue; none where there is none.
type Regions = HashMap<String, Option<(Location, EvidenceId)>>;

/// How an offering stands, by region.
type Standings = HashMap<Option<Arc<str>>, Standing>;

/// What every fact is established from.
pub(super) struct Lens<'a> {
    pub(super) graph: &'a Graph,
    pub(super) catalog: &'static Catalog,
    pub(super) settings: &'a super::Settings,
    /// By resource.
    pub(super) kinds: Arc<Vec<Option<Kind>>>,
    /// By resource.
    pub(super) labels: Arc<Vec<Arc<Labels>>>,
    /// By resource: it says itself that it holds health data or more.
    pub(super) marked: Arc<Vec<bool>>,
    pub(super) ledger: Ledger,
    /// Attribute paths of the catalogue, parsed once.
    paths: HashMap<&'static str, Arc<Path>>,
    /// What the catalogue says of the providers, by configuration.
    providers: Arc<Vec<ProviderFacts>>,
    /// Where a provider configuration puts a type that says nothing itself.
    pub(super) defaults: HashMap<(ProviderId, &'static str), Option<Fact<Location>>>,
    /// Regions found so far, by region file and the service that may mean something else by them.
    pub(super) regions: HashMap<(&'static str, Option<&'static str>), Regions>,
    /// How offerings stand, by offering, type and region; their evidence is that of the registry alone.
    pub(super) standings: HashMap<(&'static str, Arc<str>), Standings>,
    /// Why nothing is known of kinds that the catalogue does not have.
    pub(super) unknown_kinds: HashMap<Arc<str>, Gap>,
    /// The entries of documented defaults, by type.
    pub(super) default_entries: HashMap<&'static str, EvidenceId>,
    /// Keys by their literal names.
    pub(super) key_names: super::encryption::KeyNames<'a>,
    /// Who answers behind a provider configuration, for a type.
    pub(super) operators: HashMap<(ProviderId, Arc<str>), Arc<Operator>>,
    /// What the code shows of who runs resources that do not say it themselves.
    pub(super) uses: HashMap<Use, ByCode>,
    /// Resources whose operator is being worked out for another's.
    pub(super) asking: Vec<ResourceId>,
    /// Attestations that the code speaks against.
    pub(super) contradictions: Contradictions,
    /// Who makes copies of whose data.
    pub(super) copy_makers: Option<Rc<super::copies::Makers>>,
    /// Whose the hosts are that resources name.
    pub(super) hosts: super::dependency::Hosts,
    /// Which resource stands for a service that a root declares.
    pub(super) seats: Option<Rc<super::dependency::Seats>>,
    /// Locations found so far.
    pub(super) locations: HashMap<ResourceId, Fact<Location>>,
    /// Resources whose location is being worked out.
    pub(super) locating: HashSet<ResourceId>,
    /// Where clusters are and who runs them, as objects lead to them.
    pub(super) sites: super::cluster::Sites<'a>,
}

/// What the catalogue says of a provider.
struct ProviderFacts {
    terraform: Option<&'static TerraformProvider>,
    /// It holds nothing and sits nowhere.
    neutral: bool,
    /// What its arguments tell of who answers.
    speech: Arc<Speech>,
}

/// What lenses have in common: made once, and looked through by several threads.
#[derive(Clone)]
pub(super) struct Common<'a> {
    pub(super) graph: &'a Graph,
    catalog: &'static Catalog,
    settings: &'a super::Settings,
    kinds: Arc<Vec<Option<Kind>>>,
    labels: Arc<Vec<Arc<Labels>>>,
    marked: Arc<Vec<bool>>,
    providers: Arc<Vec<ProviderFacts>>,
    /// What all manifests show of their clusters.
    signs: Arc<super::cluster::Gathered>,
}

impl<'a> Common<'a> {
    fn new(graph: &'a Graph, catalog: &'static Catalog, settings: &'a super::Settings) -> Self {
        // A scan has few kinds of resources.
        let mut known: HashMap<(bool, &str), Option<Kind>> = HashMap::new();
        let kinds = graph.resources().iter().map(|resource| {
            let key = (is_of_terraform(resource), &*resource.kind);
            *known
                .entry(key)
                .or_insert_with(|| kind_of(catalog, resource))
        });
        let kinds = kinds.collect();
        let providers = graph.providers().iter().map(|provider| {
            let terraform = catalog.terraform_provider(&provider.source);
            let sources = catalog.source_facts(&provider.source);
            let speech = Speech::of_provider(catalog, &provider.source, sources, terraform);
            ProviderFacts {
                terraform,
                neutral: catalog.is_neutral(&provider.source),
                speech: Arc::new(speech),
            }
        });
        Self {
            graph,
            catalog,
            settings,
            kinds: Arc::new(kinds),
            labels: Arc::default(),
            marked: Arc::default(),
            providers: Arc::new(providers.collect()),
            signs: Arc::default(),
        }
    }
}

impl<'a> Lens<'a> {
    pub(super) fn new(common: Common<'a>) -> Self {
        let Common {
            graph,
            catalog,
            settings,
            kinds,
            labels,
            marked,
            providers,
            signs,
        } = common;
        Self {
            graph,
            catalog,
            settings,
            kinds,
            labels,
            marked,
            ledger: Ledger::default(),
            paths: HashMap::new(),
            providers,
            defaults: HashMap::new(),
            regions: HashMap::new(),
            standings: HashMap::new(),
            unknown_kinds: HashMap::new(),
            default_entries: HashMap::new(),
            key_names: super::encryption::KeyNames::default(),
            operators: HashMap::new(),
            uses: HashMap::new(),
            asking: Vec::new(),
            contradictions: Contradictions::default(),
            copy_makers: None,
            hosts: super::dependency::Hosts::default(),
            seats: None,
            locations: HashMap::new(),
            locating: HashSet::new(),
            sites: super::cluster::Sites::sharing(signs),
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
        self.provider_facts(resource)?.terraform
    }

    /// What the arguments of the provider of a resource tell of who answers.
    pub(super) fn speech_of(&self, resource: &Resource) -> Option<Arc<Speech>> {
        Some(Arc::clone(&self.provider_facts(resource)?.speech))
    }

    /// True when the provider of a resource holds nothing and sits nowhere.
    pub(super) fn is_neutral(&self, resource: &Resource) -> bool {
        self.provider_facts(resource)
            .is_some_and(|facts| facts.neutral)
    }

    fn provider_facts(&self, resource: &Resource) -> Option<&ProviderFacts> {
        self.providers.get(resource.provider?.0 as usize)
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

/// Is its kind a type of Terraform?
fn is_of_terraform(resource: &Resource) -> bool {
    resource.root.is_some() || resource.world != World::Kubernetes
}

fn kind_of(catalog: &'static Catalog, resource: &Resource) -> Option<Kind> {
    if is_of_terraform(resource) {
        return catalog.resource_kind(&resource.kind).map(Kind::Terraform);
    }
    catalog.kind_called(&resource.kind).map(Kind::Kubernetes)
}

impl Lens<'_> {
    /// A data source of a type that the catalogue does not have: what is only read is judged where it is made.
    pub(super) fn is_only_read(&self, resource: &Resource) -> bool {
        let at = resource.id.index();
        resource.world == World::TerraformData
            && self.kinds.get(at).is_some_and(Option::is_none)
            && self.marked.get(at).is_some_and(|marked| !marked)
    }

    /// What a resource is: from the catalogue; and what the catalogue does not know holds data when it says so itself.
    fn classes_of(&self, resource: &Resource, location: &Fact<Location>) -> ClassSet {
        let marked = self
            .marked
            .get(resource.id.index())
            .is_some_and(|marked| *marked);
        let classes = resource.classes;
        match resource.world {
            World::Terraform | World::Kubernetes if marked && !resource.catalogued => {
                classes.with(Class::HoldsData)
            }
            _ if classes.contains(Class::KeyStore) && self.holds_keys_alone(resource) => {
                classes.without(Class::HoldsData)
            }
            // An edge by a switch, which is off.
            _ if classes.contains(Class::Edge) && matches!(location, Fact::Absent) => {
                let kind = self.terraform_kind(resource.id);
                match kind.is_some_and(|kind| !kind.worldwide_paths.is_empty()) {
                    true => classes.without(Class::Edge),
                    false => classes,
                }
            }
            _ => classes,
        }
    }

    /// Does the code put keys into a key store, and nothing else that it could hold?
    fn holds_keys_alone(&self, store: &Resource) -> bool {
        let inside = self.graph.incoming(store.id);
        let inside = inside.filter(|relation| relation.kind == RelationKind::PartOf);
        let mut any = false;
        for resource in inside.filter_map(|relation| self.graph.get(relation.from)) {
            if !resource.classes.contains(Class::Key) {
                return false;
            }
            any = true;
        }
        any
    }
}

/// A gap without evidence.
pub(super) fn gap(en: impl Into<Phrase>, fr: impl Into<Phrase>) -> Gap {
    Gap {
        reason: Text::new(en, fr),
        evidence: Vec::new(),
    }
}

/// Resources that one thread takes at a time: fewer cost more than they win. Their number does not depend on that of the
/// threads, so that the result does not either.
const AT_A_TIME: usize = 1_024;

/// The same for labels, which are soon read.
const LABELS_AT_A_TIME: usize = 1_024;

/// Parts at most: each works out for itself what it asks of the others.
const MAX_PARTS: usize = 16;

/// Establishes the facts of a graph. The result depends on nothing but the arguments.
pub fn establish(graph: &Graph, catalog: &'static Catalog, settings: &super::Settings) -> Facts {
    let mut common = Common::new(graph, catalog, settings);
    common.signs = Arc::new(super::cluster::gather(&common));
    common.labels = Arc::new(labels_of(&common));
    let of_levels = common.clone();
    let of_tenants = common.clone();
    let ((sensitivities, marked, mut ledger), (mut tenancies, more)) = rayon::join(
        move || {
            let mut lens = Lens::new(of_levels);
            let found = super::sensitivity::establish(&mut lens);
            (found, lens.marked, lens.ledger)
        },
        move || {
            let mut lens = Lens::new(of_tenants);
            let found = super::tenancy::establish(&mut lens);
            (found, lens.ledger)
        },
    );
    common.marked = marked;
    let shift = Shift::by(ledger.append(more));
    for tenancy in &mut tenancies {
        shift.tenancy(tenancy);
    }
    let mut resources: Vec<ResourceFacts> = sensitivities
        .into_par_iter()
        .zip(tenancies)
        .map(|(sensitivity, tenancy)| ResourceFacts::only(sensitivity, tenancy))
        .collect();
    let size = AT_A_TIME.max(resources.len().div_ceil(MAX_PARTS));
    let parts: Vec<Part> = resources
        .par_chunks_mut(size)
        .zip(graph.resources().par_chunks(size))
        .map(|(facts, resources)| part(&common, resources, facts))
        .collect();
    let mut contradictions = Contradictions::default();
    let mut moved = Vec::with_capacity(parts.len());
    for part in parts {
        moved.push(ledger.append(part.ledger));
        contradictions.append(part.contradictions);
    }
    resources
        .par_chunks_mut(size)
        .zip(moved)
        .for_each(|(facts, by)| {
            let mut shift = Shift::by(by);
            facts.iter_mut().for_each(|one| shift.rest(one));
        });
    let labels = Arc::clone(&common.labels);
    let mut lens = Lens::new(common);
    lens.ledger = ledger;
    super::mfa::judge_together(&mut lens, &mut resources);
    let mut problems = contradictions.into_problems(graph);
    problems.extend(lens.targets_against());
    Facts {
        resources,
        labels,
        evidence: lens.ledger.into_all(),
        problems,
    }
}

fn labels_of(common: &Common<'_>) -> Vec<Arc<Labels>> {
    let around = super::labels::Around::new(&mut Lens::new(common.clone()));
    let parts = common.graph.resources().par_chunks(LABELS_AT_A_TIME);
    let parts = parts.map(|part| {
        let mut lens = Lens::new(common.clone());
        let mut read = super::labels::Read::default();
        let all = part.iter();
        let all = all.map(|resource| lens.read_labels(resource, &around, &mut read));
        let mut all: Vec<Labels> = all.collect();
        super::sensitivity::note_unread(&lens, &mut all);
        all.into_iter()
            .map(|mut labels| {
                labels.all.shrink_to_fit();
                Arc::new(labels)
            })
            .collect()
    });
    let parts: Vec<Vec<Arc<Labels>>> = parts.collect();
    parts.concat()
}

/// What one thread found out beside the facts.
struct Part {
    ledger: Ledger,
    contradictions: Contradictions,
}

/// Establishes what there is beside levels and tenants.
fn part<'a>(common: &Common<'a>, resources: &'a [Resource], facts: &mut [ResourceFacts]) -> Part {
    let mut lens = Lens::new(common.clone());
    for (resource, facts) in resources.iter().zip(facts) {
        let location = lens.location_of(resource);
        let hosting = if lens.is_only_read(resource) {
            Fact::Absent
        } else {
            lens.hosting_of(resource, &location)
        };
        facts.mfa = lens.mfa_of(resource);
        let classes = lens.classes_of(resource, &location);
        facts.copies = lens.copies_of(resource);
        facts.encryption = lens.encryption_of(resource);
        facts.dependencies = lens.dependencies_of(resource, &location, &hosting);
        facts.credential = lens.credential_of(resource);
        // Whoever carries the configuration of a sign-in is about identities.
        facts.classes = match facts.mfa {
            Fact::Known(_) | Fact::Unknown(_)
                if !lens.graph.payloads_of(resource.id).is_empty() =>
            {
                classes.with(Class::Identity)
            }
            _ => classes,
        };
        facts.location = location;
        facts.hosting = hosting;
    }
    Part {
        ledger: lens.ledger,
        contradictions: lens.contradictions,
    }
}
