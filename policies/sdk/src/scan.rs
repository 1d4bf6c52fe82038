//! Reading a scan: every fact is fetched once for all resources that have it in common, whatever the number of rules.

use std::cell::OnceCell;
use std::fmt;

use crate::alike::{Reads, Watched};
use crate::column::{Column, Groups};
use crate::{
    Actor, Class, CredentialFact, DataCopy, Dependency, Direction, EncryptionFact, EvidenceId,
    Fact, HostingFact, LabelsFact, LocationFact, MfaFact, Regime, Relation, ResourceId,
    Sensitivity, Tenancy, Value, short,
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
    fn alike_in(&self, fact: Fact) -> Vec<u32>;
    fn alike_in_related(&self, by: Relation, towards: Direction) -> Vec<u32>;
    fn regime_of(&self, of: ResourceId) -> Regime;
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
    graph.alike_in(fact: Fact) -> Vec<u32>;
    graph.alike_in_related(by: Relation, towards: Direction) -> Vec<u32>;
    settings.regime_of(of: ResourceId) -> Regime;
    settings.who() -> Option<Actor>;
    settings.multi_tenant() -> bool;
    settings.as_of() -> String;
    settings.option_of(rule: &str, name: &str) -> Vec<String>;
}

/// One scan, as a policy sees it.
pub struct Scan {
    pub(crate) source: Box<dyn Source>,
    /// What is being judged, and what was read of it.
    watched: Watched,
    /// By resource.
    addresses: OnceCell<Box<[OnceCell<Box<str>>]>>,
    kinds: Column<String>,
    classes: Column<Class>,
    sensitivities: Column<Sensitivity>,
    locations: Column<LocationFact>,
    copies: Column<Vec<DataCopy>>,
    hostings: Column<HostingFact>,
    encryptions: Column<EncryptionFact>,
    mfas: Column<MfaFact>,
    dependencies: Column<Vec<Dependency>>,
    credentials: Column<CredentialFact>,
    tenancies: Column<Tenancy>,
    labels: Column<LabelsFact>,
    regimes: Column<Regime>,
    /// One for each relation and direction.
    related: [Column<Vec<ResourceId>>; RELATED],
    who: OnceCell<Option<Actor>>,
    as_of: OnceCell<String>,
    multi_tenant: OnceCell<bool>,
}

/// Relations, each in both directions.
const RELATED: usize = 18;

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").finish_non_exhaustive()
    }
}

impl Scan {
    /// A scan read from this source.
    pub fn of(source: Box<dyn Source>) -> Self {
        Self {
            source,
            watched: Watched::default(),
            addresses: OnceCell::new(),
            kinds: Column::default(),
            classes: Column::default(),
            sensitivities: Column::default(),
            locations: Column::default(),
            copies: Column::default(),
            hostings: Column::default(),
            encryptions: Column::default(),
            mfas: Column::default(),
            dependencies: Column::default(),
            credentials: Column::default(),
            tenancies: Column::default(),
            labels: Column::default(),
            regimes: Column::default(),
            related: std::array::from_fn(|_| Column::default()),
            who: OnceCell::new(),
            as_of: OnceCell::new(),
            multi_tenant: OnceCell::new(),
        }
    }

    /// The resource behind an id that the host gave.
    pub fn resource(&self, id: ResourceId) -> Resource<'_> {
        Resource {
            id,
            scan: self,
            judged: false,
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

    pub(crate) fn watched(&self) -> &Watched {
        &self.watched
    }

    /// Which resources are alike in this.
    pub(crate) fn groups(&self, reads: Reads) -> &Groups {
        match reads {
            Reads::Fact(fact) => {
                let fetch = || self.source.alike_in(fact);
                match fact {
                    Fact::Kind => self.kinds.groups(fetch),
                    Fact::ClassOf => self.classes.groups(fetch),
                    Fact::SensitivityOf => self.sensitivities.groups(fetch),
                    Fact::LocationOf => self.locations.groups(fetch),
                    Fact::CopiesOf => self.copies.groups(fetch),
                    Fact::HostingOf => self.hostings.groups(fetch),
                    Fact::EncryptionOf => self.encryptions.groups(fetch),
                    Fact::MfaOf => self.mfas.groups(fetch),
                    Fact::DependenciesOf => self.dependencies.groups(fetch),
                    Fact::CredentialOf => self.credentials.groups(fetch),
                    Fact::TenancyOf => self.tenancies.groups(fetch),
                    Fact::LabelsOf => self.labels.groups(fetch),
                    Fact::RegimeOf => self.regimes.groups(fetch),
                }
            }
            Reads::Related(by, towards) => self
                .related_column(by, towards)
                .groups(|| self.source.alike_in_related(by, towards)),
        }
    }

    fn related_column(&self, by: Relation, towards: Direction) -> &Column<Vec<ResourceId>> {
        &self.related[by as usize * 2 + towards as usize]
    }
}

/// One resource of a scan.
#[derive(Clone, Copy)]
pub struct Resource<'a> {
    id: ResourceId,
    scan: &'a Scan,
    /// It is what a judge was given: what is read through it is noted. The same resource, come by in another way, is one
    /// that all judgements have before them alike.
    judged: bool,
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resource").field(&self.id()).finish()
    }
}

impl PartialEq for Resource<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

/// The facts that resources can have in common: noted as read, and fetched for the first of those alike.
macro_rules! facts {
    ($($(#[$about:meta])* $name:ident: $column:ident, $fact:ident, $call:ident -> $ty:ty;)*) => {
        $($(#[$about])*
        pub fn $name(&self) -> $ty {
            let (scan, id) = (self.scan, self.id);
            self.note(Reads::Fact(Fact::$fact));
            let groups = || scan.source.alike_in(Fact::$fact);
            scan.$column.get(id, groups, || scan.source.$call(id))
        })*
    };
}

impl<'a> Resource<'a> {
    /// Its id, valid for this scan.
    pub fn id(&self) -> ResourceId {
        self.identify();
        self.id
    }

    /// Its id, for the answer: of no consequence for what is said.
    pub(crate) fn number(&self) -> ResourceId {
        self.id
    }

    pub(crate) fn scan(&self) -> &'a Scan {
        self.scan
    }

    /// As a judge is given it.
    pub(crate) fn to_judge(self) -> Self {
        Self {
            judged: true,
            ..self
        }
    }

    fn note(&self, reads: Reads) {
        if self.judged {
            self.scan.watched.note(reads);
        }
    }

    /// Something is read that no other resource has.
    fn identify(&self) {
        if self.judged {
            self.scan.watched.identify();
        }
    }

    /// Its name in its own notation, to be looked at. In a message write [`name`](Self::name) instead.
    pub fn address(&self) -> &'a str {
        self.identify();
        self.written_address()
    }

    pub(crate) fn written_address(&self) -> &'a str {
        let scan = self.scan;
        let none = || (0..scan.count()).map(|_| OnceCell::new()).collect();
        let addresses = scan.addresses.get_or_init(none);
        let address = || scan.source.address(self.id).into();
        addresses[self.id as usize].get_or_init(address)
    }

    /// Its address as a message names it: cut when it is long. What is said of one resource is said of all that are alike,
    /// each by its own name; so it is written into the message as it is, and never looked at.
    pub fn name(&self) -> Name<'a> {
        Name(*self)
    }

    facts! {
        /// `aws_s3_bucket`, `apps/Deployment`.
        kind: kinds, Kind, kind -> &'a str;
        /// How sensitive its data is.
        sensitivity: sensitivities, SensitivityOf, sensitivity_of -> &'a Sensitivity;
        /// Where it is.
        location: locations, LocationOf, location_of -> &'a LocationFact;
        /// Its replicas, backups, exports.
        copies: copies, CopiesOf, copies_of -> &'a [DataCopy];
        /// Who runs it.
        hosting: hostings, HostingOf, hosting_of -> &'a HostingFact;
        /// Its encryption at rest, by part.
        encryption: encryptions, EncryptionOf, encryption_of -> &'a EncryptionFact;
        /// Multi-factor authentication on this identity boundary.
        mfa: mfas, MfaOf, mfa_of -> &'a MfaFact;
        /// Services of others that it uses.
        dependencies: dependencies, DependenciesOf, dependencies_of -> &'a [Dependency];
        /// How long it is good for, when it is a static credential.
        credential: credentials, CredentialOf, credential_of -> &'a CredentialFact;
        /// Whose data it holds.
        tenancy: tenancies, TenancyOf, tenancy_of -> &'a Tenancy;
        /// Its tags and labels.
        labels: labels, LabelsOf, labels_of -> &'a LabelsFact;
        /// What the frameworks ask for it.
        regime: regimes, RegimeOf, regime_of -> &'a Regime;
    }

    /// What it is, from the catalogue.
    pub fn class(&self) -> Class {
        let (scan, id) = (self.scan, self.id);
        self.note(Reads::Fact(Fact::ClassOf));
        let groups = || scan.source.alike_in(Fact::ClassOf);
        *scan.classes.get(id, groups, || scan.source.class_of(id))
    }

    /// An attribute; none: not set.
    pub fn get(&self, path: &str) -> Option<Value> {
        self.scan.source.get(self.id(), path)
    }

    /// Every match of a path with `*`.
    pub fn get_all(&self, path: &str) -> Vec<Value> {
        self.scan.source.get_all(self.id(), path)
    }

    /// The keys of a mapping.
    pub fn keys(&self, path: &str) -> Vec<String> {
        self.scan.source.keys(self.id(), path)
    }

    /// Where an attribute was written.
    pub fn evidence(&self, path: &str) -> Option<EvidenceId> {
        self.scan.source.evidence_of(self.id(), path)
    }

    /// Resources that this one points to (`Outgoing`), or that point to it (`Incoming`).
    pub fn related(&self, by: Relation, towards: Direction) -> Vec<Resource<'a>> {
        let (scan, id) = (self.scan, self.id);
        self.note(Reads::Related(by, towards));
        let groups = || scan.source.alike_in_related(by, towards);
        let ids = scan
            .related_column(by, towards)
            .get(id, groups, || scan.source.related(id, by, towards));
        ids.iter().map(|id| scan.resource(*id)).collect()
    }
}

/// How a message names a resource.
#[derive(Clone, Copy)]
pub struct Name<'a>(Resource<'a>);

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Resource { scan, judged, .. } = self.0;
        match scan.watched.stand_in() {
            Some(stand_in) if judged => f.write_str(stand_in),
            _ => f.write_str(&short(self.0.written_address())),
        }
    }
}

impl Scan {
    /// How many resources there are.
    pub(crate) fn count(&self) -> u32 {
        let groups = || self.source.alike_in(Fact::ClassOf);
        self.classes.len(groups) as u32
    }
}
