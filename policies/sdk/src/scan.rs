//! Reading a scan: every fact is fetched at most once for each resource, whatever the number of rules.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::{
    Actor, Class, CredentialFact, DataCopy, Dependency, Direction, EncryptionFact, EvidenceId,
    HostingFact, LabelsFact, LocationFact, MfaFact, Regime, Relation, ResourceId, Sensitivity,
    Tenancy, Value,
};

/// Where a scan is read from: the host, or an estate in memory for tests. Mirrors the interfaces `graph` and `settings`.
#[allow(missing_docs)]
pub trait Source {
    fn address(&self, of: ResourceId) -> String;
    fn kind(&self, of: ResourceId) -> String;
    fn class_of(&self, of: ResourceId) -> Class;
    fn sensitivity_of(&self, of: ResourceId) -> Sensitivity;
    fn location_of(&self, of: ResourceId) -> LocationFact;
    fn copies_of(&self, of: ResourceId) -> Vec<DataCopy>;
    fn hosting_of(&self, of: ResourceId) -> HostingFact;
    fn hosting_group_of(&self, of: ResourceId) -> u32;
    fn encryption_of(&self, of: ResourceId) -> EncryptionFact;
    fn mfa_of(&self, of: ResourceId) -> MfaFact;
    fn dependencies_of(&self, of: ResourceId) -> Vec<Dependency>;
    fn credential_of(&self, of: ResourceId) -> CredentialFact;
    fn tenancy_of(&self, of: ResourceId) -> Tenancy;
    fn labels_of(&self, of: ResourceId) -> LabelsFact;
    fn get(&self, of: ResourceId, path: &str) -> Option<Value>;
    fn get_all(&self, of: ResourceId, path: &str) -> Vec<Value>;
    fn keys(&self, of: ResourceId, path: &str) -> Vec<String>;
    fn evidence_of(&self, of: ResourceId, path: &str) -> Option<EvidenceId>;
    fn related(&self, of: ResourceId, by: Relation, towards: Direction) -> Vec<ResourceId>;
    fn of_kind(&self, kind: &str) -> Vec<ResourceId>;
    fn regime_of(&self, of: ResourceId) -> Regime;
    fn regime_group_of(&self, of: ResourceId) -> u32;
    fn who(&self) -> Option<Actor>;
    fn multi_tenant(&self) -> bool;
    fn as_of(&self) -> String;
    fn option_of(&self, rule: &str, name: &str) -> Vec<String>;
}

/// The host of a running policy.
#[derive(Debug, Clone, core::marker::Copy)]
pub(crate) struct Host;

/// Passes a call on to the generated import.
macro_rules! host_calls {
    ($($interface:ident . $name:ident($($argument:ident : $ty:ty),*) -> $answer:ty;)*) => {
        impl Source for Host {
            $(fn $name(&self, $($argument: $ty),*) -> $answer {
                crate::bindings::gardefou::policy::$interface::$name($($argument),*)
            })*
        }
    };
}

host_calls! {
    graph.address(of: ResourceId) -> String;
    graph.kind(of: ResourceId) -> String;
    graph.class_of(of: ResourceId) -> Class;
    graph.sensitivity_of(of: ResourceId) -> Sensitivity;
    graph.location_of(of: ResourceId) -> LocationFact;
    graph.copies_of(of: ResourceId) -> Vec<DataCopy>;
    graph.hosting_of(of: ResourceId) -> HostingFact;
    graph.hosting_group_of(of: ResourceId) -> u32;
    graph.encryption_of(of: ResourceId) -> EncryptionFact;
    graph.mfa_of(of: ResourceId) -> MfaFact;
    graph.dependencies_of(of: ResourceId) -> Vec<Dependency>;
    graph.credential_of(of: ResourceId) -> CredentialFact;
    graph.tenancy_of(of: ResourceId) -> Tenancy;
    graph.labels_of(of: ResourceId) -> LabelsFact;
    graph.get(of: ResourceId, path: &str) -> Option<Value>;
    graph.get_all(of: ResourceId, path: &str) -> Vec<Value>;
    graph.keys(of: ResourceId, path: &str) -> Vec<String>;
    graph.evidence_of(of: ResourceId, path: &str) -> Option<EvidenceId>;
    graph.related(of: ResourceId, by: Relation, towards: Direction) -> Vec<ResourceId>;
    graph.of_kind(kind: &str) -> Vec<ResourceId>;
    settings.regime_of(of: ResourceId) -> Regime;
    settings.regime_group_of(of: ResourceId) -> u32;
    settings.who() -> Option<Actor>;
    settings.multi_tenant() -> bool;
    settings.as_of() -> String;
    settings.option_of(rule: &str, name: &str) -> Vec<String>;
}

/// What is remembered about one resource. There are many: what is large is kept beside it, and what several resources
/// have in common is kept once.
#[derive(Debug, Default)]
struct Memory {
    address: OnceCell<String>,
    kind: OnceCell<String>,
    class: OnceCell<Class>,
    sensitivity: OnceCell<Box<Sensitivity>>,
    location: OnceCell<Box<LocationFact>>,
    copies: OnceCell<Vec<DataCopy>>,
    hosting: OnceCell<Rc<HostingFact>>,
    encryption: OnceCell<Box<EncryptionFact>>,
    mfa: OnceCell<Box<MfaFact>>,
    dependencies: OnceCell<Vec<Dependency>>,
    credential: OnceCell<Box<CredentialFact>>,
    tenancy: OnceCell<Box<Tenancy>>,
    labels: OnceCell<Box<LabelsFact>>,
    regime: OnceCell<Rc<Regime>>,
}

/// Facts that resources share, by the number that the host gives to those who do.
type Shared<T> = RefCell<BTreeMap<u32, Rc<T>>>;

/// One scan, as a policy sees it.
pub struct Scan {
    source: Box<dyn Source>,
    /// By id: the host counts resources from zero.
    memories: RefCell<Vec<Option<Rc<Memory>>>>,
    hostings: Shared<HostingFact>,
    regimes: Shared<Regime>,
    who: OnceCell<Option<Actor>>,
    as_of: OnceCell<String>,
    multi_tenant: OnceCell<bool>,
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").finish_non_exhaustive()
    }
}

impl Scan {
    /// A scan read from this source.
    pub fn of(source: Box<dyn Source>) -> Self {
        Self {
            source,
            memories: RefCell::default(),
            hostings: RefCell::default(),
            regimes: RefCell::default(),
            who: OnceCell::new(),
            as_of: OnceCell::new(),
            multi_tenant: OnceCell::new(),
        }
    }

    /// The resource behind an id that the host gave.
    pub fn resource(&self, id: ResourceId) -> Resource<'_> {
        let at = id as usize;
        let mut memories = self.memories.borrow_mut();
        if memories.len() <= at {
            memories.resize(at + 1, None);
        }
        let memory = Rc::clone(memories[at].get_or_insert_default());
        Resource {
            id,
            scan: self,
            memory,
        }
    }

    /// All resources of a kind, also outside the rule's scope.
    pub fn of_kind(&self, kind: &str) -> Vec<Resource<'_>> {
        self.source
            .of_kind(kind)
            .into_iter()
            .map(|id| self.resource(id))
            .collect()
    }

    /// What the organisation is before the law, when it says so.
    pub fn who(&self) -> Option<Actor> {
        *self.who.get_or_init(|| self.source.who())
    }

    /// True when several clients' data is here.
    pub fn multi_tenant(&self) -> bool {
        *self.multi_tenant.get_or_init(|| self.source.multi_tenant())
    }

    /// The date that decides which visas are in force; ISO 8601.
    pub fn as_of(&self) -> &str {
        self.as_of.get_or_init(|| self.source.as_of())
    }

    /// An option of a rule of this policy: as configured, else its default. Scalars are one text, lists several.
    pub fn option(&self, rule: &str, name: &str) -> Vec<String> {
        self.source.option_of(rule, name)
    }
}

/// What a group of resources has in common; fetched for the first of them.
fn shared<T>(known: &Shared<T>, group: u32, fetch: impl FnOnce() -> T) -> Rc<T> {
    let found = known.borrow().get(&group).map(Rc::clone);
    found.unwrap_or_else(|| {
        let fetched = Rc::new(fetch());
        known.borrow_mut().insert(group, Rc::clone(&fetched));
        fetched
    })
}

/// One resource of a scan.
#[derive(Clone)]
pub struct Resource<'a> {
    id: ResourceId,
    scan: &'a Scan,
    memory: Rc<Memory>,
}

impl std::fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Resource").field(&self.id).finish()
    }
}

impl PartialEq for Resource<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<'a> Resource<'a> {
    /// Its id, valid for this scan.
    pub fn id(&self) -> ResourceId {
        self.id
    }

    /// Its name in its own notation.
    pub fn address(&self) -> &str {
        self.memory
            .address
            .get_or_init(|| self.scan.source.address(self.id))
    }

    /// `aws_s3_bucket`, `apps/Deployment`.
    pub fn kind(&self) -> &str {
        self.memory
            .kind
            .get_or_init(|| self.scan.source.kind(self.id))
    }

    /// What it is, from the catalogue.
    pub fn class(&self) -> Class {
        *self
            .memory
            .class
            .get_or_init(|| self.scan.source.class_of(self.id))
    }

    /// How sensitive its data is.
    pub fn sensitivity(&self) -> &Sensitivity {
        self.memory
            .sensitivity
            .get_or_init(|| Box::new(self.scan.source.sensitivity_of(self.id)))
    }

    /// Where it is.
    pub fn location(&self) -> &LocationFact {
        self.memory
            .location
            .get_or_init(|| Box::new(self.scan.source.location_of(self.id)))
    }

    /// Its replicas, backups, exports.
    pub fn copies(&self) -> &[DataCopy] {
        self.memory
            .copies
            .get_or_init(|| self.scan.source.copies_of(self.id))
    }

    /// Who runs it.
    pub fn hosting(&self) -> &HostingFact {
        self.memory.hosting.get_or_init(|| {
            let source = &self.scan.source;
            shared(
                &self.scan.hostings,
                source.hosting_group_of(self.id),
                || source.hosting_of(self.id),
            )
        })
    }

    /// Its encryption at rest, by part.
    pub fn encryption(&self) -> &EncryptionFact {
        self.memory
            .encryption
            .get_or_init(|| Box::new(self.scan.source.encryption_of(self.id)))
    }

    /// Multi-factor authentication on this identity boundary.
    pub fn mfa(&self) -> &MfaFact {
        self.memory
            .mfa
            .get_or_init(|| Box::new(self.scan.source.mfa_of(self.id)))
    }

    /// Services of others that it uses.
    pub fn dependencies(&self) -> &[Dependency] {
        self.memory
            .dependencies
            .get_or_init(|| self.scan.source.dependencies_of(self.id))
    }

    /// How long it is good for, when it is a static credential.
    pub fn credential(&self) -> &CredentialFact {
        self.memory
            .credential
            .get_or_init(|| Box::new(self.scan.source.credential_of(self.id)))
    }

    /// Whose data it holds.
    pub fn tenancy(&self) -> &Tenancy {
        self.memory
            .tenancy
            .get_or_init(|| Box::new(self.scan.source.tenancy_of(self.id)))
    }

    /// Its tags and labels.
    pub fn labels(&self) -> &LabelsFact {
        self.memory
            .labels
            .get_or_init(|| Box::new(self.scan.source.labels_of(self.id)))
    }

    /// What the frameworks ask for it.
    pub fn regime(&self) -> &Regime {
        self.memory.regime.get_or_init(|| {
            let source = &self.scan.source;
            shared(&self.scan.regimes, source.regime_group_of(self.id), || {
                source.regime_of(self.id)
            })
        })
    }

    /// An attribute; none: not set.
    pub fn get(&self, path: &str) -> Option<Value> {
        self.scan.source.get(self.id, path)
    }

    /// Every match of a path with `*`.
    pub fn get_all(&self, path: &str) -> Vec<Value> {
        self.scan.source.get_all(self.id, path)
    }

    /// The keys of a mapping.
    pub fn keys(&self, path: &str) -> Vec<String> {
        self.scan.source.keys(self.id, path)
    }

    /// Where an attribute was written.
    pub fn evidence(&self, path: &str) -> Option<EvidenceId> {
        self.scan.source.evidence_of(self.id, path)
    }

    /// Resources that this one points to (`Outgoing`), or that point to it (`Incoming`).
    pub fn related(&self, by: Relation, towards: Direction) -> Vec<Resource<'a>> {
        self.scan
            .source
            .related(self.id, by, towards)
            .into_iter()
            .map(|id| self.scan.resource(id))
            .collect()
    }
}
