//! All resources of a scan and the typed relations between them: one model for Terraform and Kubernetes.

mod addresses;
mod assemble;
mod embedded;
mod managed;
mod manifests;
mod payloads;
mod relations;

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use addresses::Addresses;
pub use assemble::assemble;
pub use payloads::{Carried, CloudSign};
pub(crate) use relations::written;

use crate::catalog::ClassSet;
use crate::kubernetes::Release;
use crate::source::Place;
use crate::terraform::ReadFrom;
use crate::text::Text;
use crate::value::{Origin, Value};

/// One resource of a scan; an index into [`Graph::resources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub u32);

impl ResourceId {
    /// Position in the graph.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One configuration of a Terraform provider; an index into [`Graph::providers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(pub u32);

/// One Terraform root module; an index into [`Graph::roots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootId(pub u32);

/// Where a resource was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum World {
    /// `resource` block, plan or state; or an object that stands for a resource of such a type.
    Terraform,
    /// `data` block: read, not made.
    TerraformData,
    /// Manifest or export.
    Kubernetes,
}

/// One declared instance.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// Its ecosystem.
    pub world: World,
    /// Its name in its own notation: `module.db["x"].aws_db_instance.main[0]`, `apps/v1/Deployment prod/api`.
    pub address: Arc<str>,
    /// `aws_s3_bucket`, `apps/Deployment`, `terraform.backend.s3`.
    pub kind: Arc<str>,
    /// For an object of Kubernetes that stands for a resource of a Terraform type, which is its kind then: the kind as
    /// written, `rds.aws.upbound.io/Instance`.
    pub written_as: Option<Arc<str>>,
    /// Declared name.
    pub name: Arc<str>,
    /// What is set, with places; blocks are sequences of objects.
    pub attributes: Value,
    /// The line that declares it: `resource "type" "name"`, or `kind:`.
    pub header: Place,
    /// Everything it spans.
    pub block: Place,
    /// Which root it belongs to; manifests have none.
    pub root: Option<RootId>,
    /// Path of the file that declares it, as shown.
    pub path: Arc<str>,
    /// Module address; empty in the root module and for manifests.
    pub module: Arc<str>,
    /// Headers of the module calls on the way, outermost first.
    pub calls: Arc<[Place]>,
    /// Key of `for_each` or number of `count`, when there is one.
    pub instance_key: Option<Value>,
    /// Configuration of its provider.
    pub provider: Option<ProviderId>,
    /// For an object of a chart that Terraform installs: the resource that does.
    pub release: Option<ResourceId>,
    /// Kubernetes namespace.
    pub namespace: Option<Arc<str>>,
    /// What it is, from the catalogue; empty when the catalogue does not know the kind.
    pub classes: ClassSet,
    /// Kind of the Kubernetes object that a resource of Terraform has as a whole, as rules write it.
    pub object: Option<Arc<str>>,
    /// True when the catalogue knows the kind.
    pub catalogued: bool,
    /// Where the names of the attributes are written, sorted by name.
    pub attribute_names: Arc<[(Arc<str>, Place)]>,
    /// Part of it could not be parsed: what is not in `attributes` may still have been written.
    pub incomplete: bool,
    /// `lifecycle { prevent_destroy = true }`.
    pub prevent_destroy: bool,
    /// `lifecycle { replace_triggered_by = [..] }`: addresses of declarations.
    pub replaced_with: Arc<[Arc<str>]>,
}

impl Resource {
    /// The kind as people write it.
    pub fn written_kind(&self) -> &Arc<str> {
        self.written_as.as_ref().unwrap_or(&self.kind)
    }

    /// Was it declared as an object of Kubernetes?
    pub fn is_object(&self) -> bool {
        self.world == World::Kubernetes || self.written_as.is_some()
    }
}

/// A provider configuration that resources use.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Source address: `hashicorp/aws`.
    pub source: Arc<str>,
    /// Alias, when it has one.
    pub alias: Option<Arc<str>>,
    /// Its arguments; an empty object without a block.
    pub config: Value,
    /// Header of its block; none: there is no block.
    pub place: Option<Place>,
}

/// One instance of a module call.
#[derive(Debug, Clone)]
pub struct Module {
    /// `module.a["x"].module.b`
    pub address: Arc<str>,
    /// Address of the module that calls it; empty for the root module.
    pub caller: Arc<str>,
    /// The label of its block.
    pub name: Arc<str>,
    /// Its `source`, as written.
    pub source: Arc<str>,
    /// The line of the call.
    pub header: Place,
    /// `each.key` or `count.index`; the origin of a key is the collection of its `for_each`.
    pub each_key: Option<Value>,
    /// Arguments that speak of all that is in it, such as its tags.
    pub arguments: Vec<(Arc<str>, Value)>,
    /// Why its code is not at hand; none: it is.
    pub absent: Option<Text>,
}

/// The kind of a module whose code is not at hand, where its arguments say what it holds.
pub const ABSENT_MODULE: &str = "terraform.module";

/// How one resource serves another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// Uses a key.
    EncryptsWith,
    /// Has a live copy there.
    ReplicatesTo,
    /// Has a backup, export or snapshot there.
    BacksUpTo,
    /// Completes or is mounted by the other.
    AttachedTo,
    /// Executes on the other.
    RunsOn,
    /// Is contained in the other.
    PartOf,
    /// Sends logs there.
    LogsTo,
    /// Takes data or secrets from there.
    ReadsFrom,
    /// Makes the other reachable.
    Exposes,
}

impl RelationKind {
    /// All kinds.
    pub const ALL: [RelationKind; 9] = [
        Self::EncryptsWith,
        Self::ReplicatesTo,
        Self::BacksUpTo,
        Self::AttachedTo,
        Self::RunsOn,
        Self::PartOf,
        Self::LogsTo,
        Self::ReadsFrom,
        Self::Exposes,
    ];

    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EncryptsWith => "encrypts-with",
            Self::ReplicatesTo => "replicates-to",
            Self::BacksUpTo => "backs-up-to",
            Self::AttachedTo => "attached-to",
            Self::RunsOn => "runs-on",
            Self::PartOf => "part-of",
            Self::LogsTo => "logs-to",
            Self::ReadsFrom => "reads-from",
            Self::Exposes => "exposes",
        }
    }
}

/// An argument of a provider block leads to a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The cluster.
    pub cluster: ResourceId,
    /// The argument: `host`, `kubernetes.host`.
    pub path: String,
    /// Where that is written.
    pub place: Option<Place>,
}

/// A typed edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// From.
    pub from: ResourceId,
    /// How.
    pub kind: RelationKind,
    /// To.
    pub to: ResourceId,
    /// Attribute of `from` (or of the companion) that makes it.
    pub path: String,
    /// Where that is written.
    pub place: Option<Place>,
}

/// A reference leads to no more instances than this: `t.n[*].id` in each of many instances would be quadratic.
const MAX_TARGETS: usize = 256;

/// The resources of a scan, in the order of their addresses within each root, and their relations.
#[derive(Debug, Default)]
pub struct Graph {
    resources: Vec<Resource>,
    providers: Vec<Provider>,
    /// Folders of the root modules, and paths of plans and states.
    roots: Vec<Arc<str>>,
    /// The same, with `.` for the top of the scan.
    shown_roots: Vec<Arc<str>>,
    /// What each root was read from.
    read_from: Vec<ReadFrom>,
    /// By root; then by address.
    names: HashMap<Option<RootId>, Addresses>,
    /// Sorted by (from, kind, to).
    outgoing: Vec<Relation>,
    /// Where those of each resource begin in it, and the end.
    outgoing_from: Vec<u32>,
    /// Positions in `outgoing`, sorted by (to, kind, from).
    incoming: Vec<u32>,
    /// Where those of each resource begin in it, and the end.
    incoming_to: Vec<u32>,
    by_kind: HashMap<Arc<str>, Vec<ResourceId>>,
    /// By root and address.
    modules: HashMap<(RootId, Arc<str>), Module>,
    /// Input variables of each root module, by name.
    variables: Vec<HashMap<Arc<str>, Value>>,
    /// By provider configuration.
    clusters: Vec<Vec<Citation>>,
    /// Configurations that resources carry.
    payloads: HashMap<ResourceId, Vec<Carried>>,
    /// Resources that install charts.
    releases: BTreeMap<ResourceId, Release>,
}

impl Graph {
    /// Every resource.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resource behind an id; none for an id of another graph.
    pub fn get(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.get(id.index())
    }

    /// The provider configuration of a resource.
    pub fn provider(&self, resource: &Resource) -> Option<&Provider> {
        self.providers.get(resource.provider?.0 as usize)
    }

    /// Folder of the root that a resource belongs to, as it is printed: `.` for the top of the scan.
    pub fn root_of(&self, resource: &Resource) -> Option<&Arc<str>> {
        self.shown_roots.get(resource.root?.0 as usize)
    }

    /// Every provider configuration; ids are positions.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// True when the values of a resource were recorded by Terraform: they hold what the provider computed, too.
    pub fn is_recorded(&self, resource: &Resource) -> bool {
        let root = resource
            .root
            .and_then(|root| self.read_from.get(root.0 as usize));
        root.is_some_and(|from| *from != ReadFrom::Code)
    }

    /// Folders of the root modules, and paths of plans and states.
    pub fn roots(&self) -> &[Arc<str>] {
        &self.roots
    }

    /// The resources an address means, seen from a root: the instance itself, or every instance of the declaration
    /// when the address names no instance (or one that is not known).
    pub fn resolve(&self, root: Option<RootId>, address: &str) -> &[ResourceId] {
        let names = self.names.get(&root);
        names.map_or(&[], |names| names.resolve(address))
    }

    /// The resources that a value was taken from, seen from a root, nearest first, each with the attribute. A reference
    /// to a whole declaration says nothing new beside one to an instance of it: `t.n[each.key]` goes through both.
    pub fn referenced(
        &self,
        root: Option<RootId>,
        origin: &Origin,
    ) -> Vec<(&[ResourceId], Arc<str>)> {
        if origin.via.is_none() {
            return Vec::new();
        }
        let mut found: Vec<(&[ResourceId], Arc<str>)> = Vec::new();
        for (address, path) in origin.references() {
            let ids = self.resolve(root, &address);
            // In the order they were added, so sorted.
            let known = |(before, _): &(&[ResourceId], Arc<str>)| matches!(before, [one] if ids.binary_search(one).is_ok());
            if !ids.is_empty() && !found.iter().any(known) {
                found.push((ids.get(..MAX_TARGETS).unwrap_or(ids), path));
            }
        }
        found
    }

    /// The module instance of an address.
    pub fn module(&self, root: RootId, address: &Arc<str>) -> Option<&Module> {
        self.modules.get(&(root, Arc::clone(address)))
    }

    /// The module that holds a resource, then the one that calls it, and so on outwards.
    pub fn modules_of<'g>(&'g self, resource: &Resource) -> impl Iterator<Item = &'g Module> {
        let root = resource.root;
        let at = move |address: &Arc<str>| {
            let root = root.filter(|_| !address.is_empty())?;
            self.module(root, address)
        };
        std::iter::successors(at(&resource.module), move |module| at(&module.caller))
    }

    /// Every module instance of a root, in no order.
    pub fn modules(&self) -> impl Iterator<Item = (RootId, &Module)> {
        self.modules
            .iter()
            .map(|((root, _), module)| (*root, module))
    }

    /// An input variable of a root module.
    pub fn variable(&self, root: RootId, name: &str) -> Option<&Value> {
        self.variables.get(root.0 as usize)?.get(name)
    }

    /// The input variables of a root module, in no order.
    pub fn variables(&self, root: RootId) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.variables.get(root.0 as usize).into_iter().flatten()
    }

    /// Resources of a kind, in order.
    pub fn of_kind(&self, kind: &str) -> &[ResourceId] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The clusters that a provider configuration reaches, in the order of its arguments.
    pub fn clusters_of(&self, provider: ProviderId) -> &[Citation] {
        self.clusters
            .get(provider.0 as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// The configurations that a resource carries, in the order of the catalogue.
    pub fn payloads_of(&self, id: ResourceId) -> &[Carried] {
        self.payloads.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What became of the chart that a resource installs; none: it installs none, or nobody looked.
    pub fn release(&self, id: ResourceId) -> Option<&Release> {
        self.releases.get(&id)
    }

    /// Every resource that installs a chart, with what became of it.
    pub fn releases(&self) -> impl Iterator<Item = (ResourceId, &Release)> {
        self.releases.iter().map(|(id, release)| (*id, release))
    }

    /// Every relation, sorted.
    pub fn relations(&self) -> &[Relation] {
        &self.outgoing
    }

    /// Relations that start here.
    pub fn outgoing(&self, from: ResourceId) -> &[Relation] {
        let range = range_of(&self.outgoing_from, from);
        self.outgoing.get(range).unwrap_or_default()
    }

    /// Relations that end here.
    pub fn incoming(&self, to: ResourceId) -> impl Iterator<Item = &Relation> {
        let range = range_of(&self.incoming_to, to);
        let all = self.incoming.get(range).unwrap_or_default();
        all.iter().map(|at| &self.outgoing[*at as usize])
    }
}

/// Where the relations of a resource stand; `starts`: where those of each begin, and the end.
fn range_of(starts: &[u32], of: ResourceId) -> std::ops::Range<usize> {
    match starts.get(of.index()..) {
        Some([start, end, ..]) => *start as usize..*end as usize,
        _ => 0..0,
    }
}

/// Where the relations of each of so many resources begin, and the end, in a list that is sorted by these.
fn starts(count: usize, ends: impl Iterator<Item = ResourceId>) -> Vec<u32> {
    let mut starts = vec![0_u32; count + 1];
    for end in ends {
        if let Some(next) = starts.get_mut(end.index() + 1) {
            *next += 1;
        }
    }
    let mut before = 0;
    for start in &mut starts {
        before += *start;
        *start = before;
    }
    starts
}

/// Collects resources and relations; [`finish`](GraphBuilder::finish) sorts and indexes them.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    graph: Graph,
}

impl GraphBuilder {
    /// Adds a provider configuration.
    pub fn provider(&mut self, provider: Provider) -> ProviderId {
        self.graph.providers.push(provider);
        ProviderId(self.graph.providers.len() as u32 - 1)
    }

    /// Adds a root module, a plan or a state.
    pub fn root(&mut self, folder: Arc<str>, read_from: ReadFrom) -> RootId {
        let shown = match &*folder {
            "" => Arc::from("."),
            _ => Arc::clone(&folder),
        };
        self.graph.shown_roots.push(shown);
        self.graph.roots.push(folder);
        self.graph.read_from.push(read_from);
        self.graph.variables.push(HashMap::new());
        RootId(self.graph.roots.len() as u32 - 1)
    }

    /// Adds a module instance of a root.
    pub fn module(&mut self, root: RootId, module: Module) {
        let address = Arc::clone(&module.address);
        self.graph.modules.insert((root, address), module);
    }

    /// Adds an input variable of the root that was added last.
    pub fn variable(&mut self, name: Arc<str>, value: Value) {
        if let Some(last) = self.graph.variables.last_mut() {
            last.insert(name, value);
        }
    }

    /// Adds a resource; its `id` is set here.
    pub fn resource(&mut self, mut resource: Resource) -> ResourceId {
        let id = ResourceId(self.graph.resources.len() as u32);
        resource.id = id;
        let graph = &mut self.graph;
        match graph.by_kind.get_mut(&resource.kind) {
            Some(all) => all.push(id),
            None => {
                graph.by_kind.insert(Arc::clone(&resource.kind), vec![id]);
            }
        }
        let names = graph.names.entry(resource.root).or_default();
        names.add(&resource.address, id);
        self.graph.resources.push(resource);
        id
    }

    /// Makes room for so many resources more that belong to no root.
    pub fn reserve(&mut self, count: usize) {
        self.graph.resources.reserve(count);
        let names = self.graph.names.entry(None).or_default();
        names.reserve(count);
    }

    /// Adds a relation.
    pub fn relation(&mut self, relation: Relation) {
        self.graph.outgoing.push(relation);
    }

    /// Adds relations.
    pub fn relations(&mut self, mut relations: Vec<Relation>) {
        match self.graph.outgoing.is_empty() {
            true => self.graph.outgoing = relations,
            false => self.graph.outgoing.append(&mut relations),
        }
    }

    /// Says which clusters each provider configuration reaches.
    pub fn clusters(&mut self, clusters: Vec<Vec<Citation>>) {
        self.graph.clusters = clusters;
    }

    /// Says which configurations resources carry.
    pub fn payloads(&mut self, payloads: HashMap<ResourceId, Vec<Carried>>) {
        self.graph.payloads = payloads;
    }

    /// Says what became of the chart that a resource installs.
    pub fn release(&mut self, id: ResourceId, release: Release) {
        self.graph.releases.insert(id, release);
    }

    /// What was added so far.
    pub fn so_far(&self) -> &Graph {
        &self.graph
    }

    /// Sorts and indexes the relations, without repeats.
    pub fn finish(mut self) -> Graph {
        let relations = &mut self.graph.outgoing;
        relations.par_sort_by(|a, b| {
            (a.from, a.kind, a.to, &a.path).cmp(&(b.from, b.kind, b.to, &b.path))
        });
        relations.dedup_by(|a, b| (a.from, a.kind, a.to) == (b.from, b.kind, b.to));
        let mut incoming: Vec<u32> = (0..relations.len() as u32).collect();
        incoming.par_sort_by_key(|at| {
            let relation = &relations[*at as usize];
            (relation.to, relation.kind, relation.from)
        });
        let count = self.graph.resources.len();
        let from = relations.iter().map(|relation| relation.from);
        self.graph.outgoing_from = starts(count, from);
        let to = incoming.iter().map(|at| relations[*at as usize].to);
        self.graph.incoming_to = starts(count, to);
        self.graph.incoming = incoming;
        self.graph
    }
}
