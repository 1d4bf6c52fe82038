//! What is established about each resource: location, hosting, encryption, MFA, tenant, sensitivity; each with its
//! certainty and its evidence, or with the reason why it is unknown.
//!
//! The types mirror `wit/policy.wit`: a policy sees exactly these.

mod carried;
mod cluster;
mod copies;
mod credential;
mod dependency;
mod encryption;
mod establish;
mod evidence;
mod hosting;
mod labels;
mod location;
mod mfa;
mod period;
mod sensitivity;
mod settings;
mod tenancy;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use establish::establish;
pub(crate) use evidence::describe;
pub use labels::{Label, LabelFrom, Labels, telling};
pub(crate) use location::because_fr;
pub use settings::Settings;

pub use crate::catalog::{Answer, Audience, Flow, Standing as VisaState};
use crate::catalog::{Area, Certainty, ClassSet};
use crate::config::words::Level;
use crate::graph::ResourceId;
use crate::problem::Problem;
use crate::source::Place;
pub use crate::text::{Phrase, Text};

/// One piece of evidence; an index into [`Facts::evidence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceId(pub u32);

/// A place in a source, or an entry of the catalogue, with what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it shows, in a few words: `region of the provider`.
    pub label: Text,
    /// Where it stands.
    pub at: EvidenceAt,
}

/// Evidence is looked up more often than anything else: what tells two pieces apart is all that is hashed.
impl std::hash::Hash for Evidence {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.label.en.hash(state);
        match &self.at {
            EvidenceAt::Place(place) => place.hash(state),
            EvidenceAt::Catalogue { entry, .. } => entry.hash(state),
            EvidenceAt::Setting => {}
        }
    }
}

/// Where evidence stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceAt {
    /// In the input.
    Place(Place),
    /// In the catalogue: the entry (`regions/aws eu-west-2`) and its source.
    Catalogue {
        /// Which entry.
        entry: Phrase,
        /// Where the catalogue has it from.
        source: Phrase,
    },
    /// An option of the command line, a default of the tool: no place.
    Setting,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Basis {
    /// How sure.
    pub certainty: Certainty,
    /// Shown to people in this order.
    pub evidence: Vec<EvidenceId>,
}

/// Why a fact could not be established.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gap {
    /// Said to people word for word.
    pub reason: Text,
    /// What was looked at.
    pub evidence: Vec<EvidenceId>,
}

/// A fact, a stated gap, or nothing to ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Fact<T> {
    /// Established.
    Known(T),
    /// Asked, and not established.
    Unknown(Gap),
    /// The question does not arise for this kind of resource.
    #[default]
    Absent,
}

impl<T> Fact<T> {
    /// The value when known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }
}

/// Where a resource, a copy or a key is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Location {
    /// Identifier as written, or its canonical form.
    pub region: Arc<str>,
    /// ISO 3166-1 alpha-2 codes; empty: worldwide.
    pub countries: Vec<Arc<str>>,
    /// The worst area of the countries.
    pub area: Area,
    /// Evidence.
    pub basis: Basis,
}

/// Is this use (region, site, service, model) inside the visa's scope?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VisaScope {
    /// Yes.
    Inside,
    /// No.
    Outside,
    /// The registry does not say.
    NotStated,
}

/// What of a use is outside the visa's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// Its region or site.
    Place,
    /// Its type, wherever it runs.
    Service,
    /// Its service model.
    Model,
}

/// Reach of extraterritorial law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// Out of reach.
    None,
    /// In reach.
    Exposed,
    /// The group is in reach; the qualified offering was assessed as not.
    Elsewhere,
    /// Not established.
    Unknown,
}

/// Who runs it, and what is known of that offering.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hosting {
    /// Registry id of the provider.
    pub provider: Arc<str>,
    /// Registry id of the offering; none: no registered offering here.
    pub offering: Option<Arc<str>>,
    /// Standing at the date of the scan.
    pub visa: VisaState,
    /// J0 to J2 for a candidate.
    pub milestone: Option<Arc<str>>,
    /// ISO 8601 day or month of the milestone; none: not established.
    pub milestone_on: Option<Arc<str>>,
    /// ISO 8601; none: not established.
    pub visa_from: Option<Arc<str>>,
    /// ISO 8601; none: not established.
    pub visa_ends: Option<Arc<str>>,
    /// Inside the visa's scope?
    pub scope: VisaScope,
    /// What of it is outside.
    pub outside_by: Option<Beyond>,
    /// A qualified offering of the same provider: one of a fitting service model, with the visa that ends last.
    pub qualified_sibling: Option<Arc<str>>,
    /// Other qualified offerings of the same provider, in the same order.
    pub other_siblings: Vec<Arc<str>>,
    /// Regions, else sites, that the visa covers: that of the offering while it is in force, else that of the sibling.
    pub visa_places: Vec<Arc<str>>,
    /// Certified HDS.
    pub hds: Answer,
    /// ISO country code.
    pub headquarters: Option<Arc<str>>,
    /// Where that country stands.
    pub headquarters_area: Option<Area>,
    /// Controlled from the EU.
    pub eu_controlled: Answer,
    /// Reach of extraterritorial law.
    pub exposure: Exposure,
    /// Names of the laws.
    pub exposed_to: Vec<Arc<str>>,
    /// Evidence.
    pub basis: Basis,
}

/// Who holds the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyHolder {
    /// The customer manages it.
    Customer,
    /// The provider manages it.
    Provider,
    /// In a key store outside the provider.
    External,
    /// This provider offers no customer key for this type.
    Impossible,
}

/// Where the material of a customer's key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyOrigin {
    /// Made by the key service.
    Service,
    /// Brought by the customer.
    Imported,
    /// Made in a hardware module of the customer's.
    Hsm,
    /// Kept in a store outside the provider.
    External,
}

/// Encryption at rest of a resource, or of one part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Encryption {
    /// Empty: the resource itself; else the block it covers.
    pub part: Arc<str>,
    /// Encrypted at rest?
    pub at_rest: Answer,
    /// Who holds the key.
    pub holder: KeyHolder,
    /// The key, when it is a resource of the scan.
    pub key: Option<ResourceId>,
    /// The key, when it is named by a literal that is no resource of the scan.
    pub key_name: Option<Arc<str>>,
    /// Where the key is.
    pub key_location: Fact<Location>,
    /// Rotates by itself.
    pub rotates: Option<bool>,
    /// Can be destroyed.
    pub erasable: Option<bool>,
    /// Days between the request to destroy the key and its end; none: not established.
    pub deletion_days: Option<u32>,
    /// Where the key's material comes from; none: not established, or no customer key.
    pub origin: Option<KeyOrigin>,
    /// Evidence.
    pub basis: Basis,
}

/// What a copy is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CopyKind {
    /// A replica that serves, or could.
    Replica,
    /// A backup or snapshot.
    Backup,
    /// Data delivered to something else.
    Export,
    /// Redundancy that the provider keeps in another place.
    GeoRedundant,
}

/// A replica, backup, export or geo-redundant copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Copy {
    /// What it is made for.
    pub kind: CopyKind,
    /// Where it goes.
    pub location: Fact<Location>,
    /// How it is encrypted.
    pub encryption: Fact<Vec<Encryption>>,
    /// The destination, when it is a resource of the scan.
    pub target: Option<ResourceId>,
    /// Attribute that makes it.
    pub path: String,
}

/// State of multi-factor authentication on one identity boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MfaState {
    /// Every sign-in needs it.
    Enforced,
    /// Offered.
    Optional,
    /// Off.
    Off,
    /// The condition is written the wrong way round.
    Inverted,
    /// Decided outside the code (federation).
    OutsideCode,
}

/// Multi-factor authentication on an identity boundary.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mfa {
    /// State.
    pub state: MfaState,
    /// Who signs in.
    pub audience: Audience,
    /// Evidence.
    pub basis: Basis,
}

/// A service that a resource depends on and that is not its own host's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dependency {
    /// What flows.
    pub flow: Flow,
    /// How the service is called here: a host, an image, a type of store.
    pub name: Arc<str>,
    /// Who runs it.
    pub hosting: Fact<Arc<Hosting>>,
    /// Where.
    pub location: Fact<Location>,
    /// Attribute that names it; empty: the resource is itself the service's.
    pub path: String,
    /// The resource that stands for the service, when it is one of the scan.
    pub target: Option<ResourceId>,
    /// Evidence.
    pub evidence: Vec<EvidenceId>,
}

/// How long a static credential is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// Until somebody takes it away.
    Unlimited,
    /// It ends by itself, or something in the code replaces it.
    Limited,
}

/// A static credential: a key, a password, a token that is good by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Credential {
    /// How long.
    pub lifetime: Lifetime,
    /// Days from its making to its end; none: not established.
    pub days: Option<u32>,
    /// Attribute that decides; empty: none is written.
    pub path: String,
    /// Evidence.
    pub basis: Basis,
}

/// A client whose data it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    /// As first written.
    pub name: Arc<str>,
    /// What says so.
    pub evidence: Vec<EvidenceId>,
}

/// Whose data it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Tenancy {
    /// One tenant.
    Dedicated(Tenant),
    /// Several tenants, sorted by name.
    Shared(Vec<Tenant>),
    /// Something names the tenant, and its value cannot be known here.
    Unknown(Gap),
    /// Nothing says.
    #[default]
    Unattributed,
}

impl Tenancy {
    /// Every tenant that is known.
    pub fn tenants(&self) -> &[Tenant] {
        match self {
            Self::Dedicated(tenant) => std::slice::from_ref(tenant),
            Self::Shared(tenants) => tenants,
            Self::Unknown(_) | Self::Unattributed => &[],
        }
    }
}

/// Who says how sensitive data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LevelFrom {
    /// The configuration file.
    Configuration,
    /// A label of its own.
    Label,
    /// A label of what it belongs to.
    InheritedLabel,
    /// Its type holds nothing else.
    ResourceType,
    /// A telling name.
    Name,
    /// A related resource.
    Propagated,
    /// Nobody.
    Assumed,
}

/// What speaks against a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContradictedBy {
    /// A telling name.
    Name,
    /// What it belongs to, or is a copy of.
    Parent,
    /// Another label.
    Label,
}

/// Something says a higher level than the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Contradiction {
    /// What does.
    pub by: ContradictedBy,
    /// The level that it says.
    pub level: Level,
    /// Evidence.
    pub basis: Basis,
}

/// A sign of a level, too weak to decide: somebody should classify it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hint {
    /// The level that it hints at.
    pub level: Level,
    /// Evidence.
    pub basis: Basis,
}

/// How sensitive the data is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sensitivity {
    /// Level.
    pub level: Level,
    /// Nobody said: assumed from the configuration.
    pub assumed: bool,
    /// The level before the organisation's actor raised it.
    pub raised_from: Option<Level>,
    /// Who says so.
    pub origin: LevelFrom,
    /// How much that counts, 0 to 100.
    pub confidence: u8,
    /// What says a higher level.
    pub contradiction: Option<Contradiction>,
    /// A weak sign of a level that does not count.
    pub hint: Option<Hint>,
    /// Evidence.
    pub basis: Basis,
}

/// The facts of one resource.
#[derive(Debug, Clone)]
pub struct ResourceFacts {
    /// What it is: decides which rules are asked.
    pub classes: ClassSet,
    /// Primary location.
    pub location: Fact<Location>,
    /// Copies.
    pub copies: Vec<Copy>,
    /// Who runs it; shared by those of whom the same is known.
    pub hosting: Fact<Arc<Hosting>>,
    /// At rest, by part.
    pub encryption: Fact<Vec<Encryption>>,
    /// Multi-factor authentication.
    pub mfa: Fact<Mfa>,
    /// Services of others that it uses, in the order of its attributes.
    pub dependencies: Vec<Dependency>,
    /// How long it is good for, when it is a static credential.
    pub credential: Fact<Credential>,
    /// Whose data.
    pub tenancy: Tenancy,
    /// How sensitive.
    pub sensitivity: Sensitivity,
}

impl ResourceFacts {
    /// Nothing but a level and tenants.
    fn only(sensitivity: Sensitivity, tenancy: Tenancy) -> Self {
        Self {
            classes: ClassSet::EMPTY,
            location: Fact::Absent,
            copies: Vec::new(),
            hosting: Fact::Absent,
            encryption: Fact::Absent,
            mfa: Fact::Absent,
            dependencies: Vec::new(),
            credential: Fact::Absent,
            tenancy,
            sensitivity,
        }
    }
}

/// The facts of every resource of a graph, and all evidence.
#[derive(Debug, Default)]
pub struct Facts {
    resources: Vec<ResourceFacts>,
    labels: Arc<Vec<Arc<Labels>>>,
    evidence: Vec<Evidence>,
    problems: Vec<Problem>,
}

impl Facts {
    /// Facts of a resource; none for an id of another graph.
    pub fn of(&self, id: ResourceId) -> Option<&ResourceFacts> {
        self.resources.get(id.index())
    }

    /// Tags and labels of a resource; none for an id of another graph.
    pub fn labels(&self, id: ResourceId) -> Option<&Labels> {
        self.labels.get(id.index()).map(|labels| &**labels)
    }

    /// Every tenant that some resource serves, sorted.
    pub fn tenants(&self) -> std::collections::BTreeSet<&str> {
        let mut tenants = std::collections::BTreeSet::new();
        for facts in &self.resources {
            tenants.extend(facts.tenancy.tenants().iter().map(|tenant| &*tenant.name));
        }
        tenants
    }

    /// Number of pieces of evidence: their ids are below it.
    pub fn evidence_count(&self) -> usize {
        self.evidence.len()
    }

    /// What the configuration states and the code speaks against.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A piece of evidence; none for an id of another scan.
    pub fn evidence(&self, id: EvidenceId) -> Option<&Evidence> {
        self.evidence.get(id.0 as usize)
    }
}
