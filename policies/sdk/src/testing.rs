//! An estate in memory: native unit tests of rule logic, with plain `cargo test`.
//!
//! ```
//! use gardefou_sdk::testing::{Estate, Item};
//! use gardefou_sdk::{Area, Level};
//!
//! let mut estate = Estate::new();
//! let store = estate.add(Item::new("aws_s3_bucket.a").level(Level::Health).at("eu-west-3", &["FR"], Area::Eu));
//! assert_eq!(store, 0);
//! ```

use std::collections::BTreeMap;

use crate::{
    Actor, Answer3, Area, Audience, Basis, Certainty, Class, ContradictedBy, Contradiction,
    CopyKind, CredentialFact, DataCopy, Demand, Dependency, Direction, Encryption, EncryptionFact,
    EvidenceId, Exposure, Fact, Gap, Hint, Hosting, HostingFact, Judgement, KeyHolder, Label,
    LabelsFact, Level, LevelOrigin, Location, LocationFact, Mfa, MfaFact, MfaState, Regime,
    Relation, Resource, ResourceId, Rule, Scan, Scope, Sensitivity, Source, Tenancy, Tenant, Text,
    Value, Verdict, Visa,
};

/// A basis that is certain, with one piece of evidence.
pub fn certain(evidence: EvidenceId) -> Basis {
    Basis {
        certainty: Certainty::Certain,
        evidence: vec![evidence],
    }
}

/// A gap with the same reason in both languages.
pub fn gap(reason: &str) -> Gap {
    Gap {
        reason: Text {
            en: reason.to_owned(),
            fr: reason.to_owned(),
        },
        evidence: vec![],
    }
}

/// An offering of a provider without any qualification.
pub fn unqualified(provider: &str) -> Hosting {
    Hosting {
        provider: provider.to_owned(),
        offering: Some(format!("{provider}/public-cloud")),
        visa: Visa::None,
        milestone: None,
        milestone_on: None,
        visa_from: None,
        visa_ends: None,
        scope: Scope::NotStated,
        outside_by: None,
        qualified_sibling: None,
        other_siblings: vec![],
        visa_places: vec![],
        hds: Answer3::Unknown,
        headquarters: None,
        headquarters_area: None,
        eu_controlled: Answer3::Unknown,
        exposure: Exposure::Unknown,
        exposed_to: vec![],
        basis: certain(900),
    }
}

/// A copy of this kind that goes to a place, made by an attribute.
pub fn copy(kind: CopyKind, path: &str, location: LocationFact) -> DataCopy {
    DataCopy {
        kind,
        location,
        encryption: EncryptionFact::Absent,
        target: None,
        path: path.to_owned(),
    }
}

/// A place that is known.
pub fn place(region: &str, countries: &[&str], area: Area) -> Location {
    Location {
        region: region.to_owned(),
        countries: countries
            .iter()
            .map(|country| (*country).to_owned())
            .collect(),
        area,
        basis: certain(700),
    }
}

/// Encrypted as a whole, by this holder, with a key of which nothing is known.
pub fn encryption(holder: KeyHolder) -> Encryption {
    Encryption {
        part: String::new(),
        at_rest: Answer3::Yes,
        holder,
        key: None,
        key_name: None,
        key_location: LocationFact::Absent,
        rotates: None,
        erasable: None,
        deletion_days: None,
        origin: None,
        basis: certain(600),
    }
}

/// One resource of the estate.
#[derive(Debug, Clone)]
pub struct Item {
    address: String,
    kind: String,
    class: Class,
    sensitivity: Sensitivity,
    location: LocationFact,
    copies: Vec<DataCopy>,
    hosting: HostingFact,
    encryption: EncryptionFact,
    mfa: MfaFact,
    dependencies: Vec<Dependency>,
    credential: CredentialFact,
    tenancy: Tenancy,
    labels: LabelsFact,
    attributes: BTreeMap<String, Value>,
}

impl Item {
    /// A data store with assumed personal data about which nothing else is to be asked. The kind is the address up to
    /// its last dot (`aws_s3_bucket.a`).
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            kind: address
                .rsplit_once('.')
                .map_or(address, |(kind, _)| kind)
                .to_owned(),
            class: Class::HOLDS_DATA,
            sensitivity: Sensitivity {
                level: Level::Personal,
                assumed: true,
                raised_from: None,
                origin: LevelOrigin::Assumed,
                confidence: 0,
                contradiction: None,
                hint: None,
                basis: certain(800),
            },
            location: LocationFact::Absent,
            copies: vec![],
            hosting: HostingFact::Absent,
            encryption: EncryptionFact::Absent,
            mfa: MfaFact::Absent,
            dependencies: vec![],
            credential: CredentialFact::Absent,
            tenancy: Tenancy::Unattributed,
            labels: LabelsFact::Known(vec![]),
            attributes: BTreeMap::new(),
        }
    }

    /// Sets the classes.
    #[must_use]
    pub fn class(mut self, class: Class) -> Self {
        self.class = class;
        self
    }

    /// Sets the kind.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }

    /// Labelled with this level.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.sensitivity.level = level;
        self.sensitivity.assumed = false;
        self.sensitivity.origin = LevelOrigin::Label;
        self.sensitivity.confidence = 100;
        self
    }

    /// Raised from this level by the organisation's actor.
    #[must_use]
    pub fn raised_from(mut self, level: Level) -> Self {
        self.sensitivity.raised_from = Some(level);
        self
    }

    /// Known to be in this region.
    #[must_use]
    pub fn at(mut self, region: &str, countries: &[&str], area: Area) -> Self {
        self.location = LocationFact::Known(place(region, countries, area));
        self
    }

    /// Has a copy elsewhere.
    #[must_use]
    pub fn copied(mut self, copy: DataCopy) -> Self {
        self.copies.push(copy);
        self
    }

    /// Something says this level, which is more than the one that counts.
    #[must_use]
    pub fn contradicted(mut self, by: ContradictedBy, level: Level) -> Self {
        self.sensitivity.contradiction = Some(Contradiction {
            by,
            level,
            basis: certain(810),
        });
        self
    }

    /// A weak sign of this level.
    #[must_use]
    pub fn hint(mut self, level: Level) -> Self {
        self.sensitivity.hint = Some(Hint {
            level,
            basis: certain(820),
        });
        self
    }

    /// Who says the level.
    #[must_use]
    pub fn origin(mut self, origin: LevelOrigin) -> Self {
        self.sensitivity.origin = origin;
        self
    }

    /// Nobody knows where.
    #[must_use]
    pub fn nowhere(mut self, reason: &str) -> Self {
        self.location = LocationFact::Unknown(gap(reason));
        self
    }

    /// Sets who runs it.
    #[must_use]
    pub fn hosted(mut self, hosting: Hosting) -> Self {
        self.hosting = HostingFact::Known(hosting);
        self
    }

    /// Nobody knows who runs it.
    #[must_use]
    pub fn hosted_by_nobody_known(mut self, reason: &str) -> Self {
        self.hosting = HostingFact::Unknown(gap(reason));
        self
    }

    /// Encrypted with a customer key that is a resource of the estate.
    #[must_use]
    pub fn key(self, key: ResourceId) -> Self {
        self.encrypted(KeyHolder::Customer, Some(key), None)
    }

    /// Encrypted with a customer key that is named only.
    #[must_use]
    pub fn key_named(self, name: &str) -> Self {
        self.encrypted(KeyHolder::Customer, None, Some(name))
    }

    /// Encrypted by this holder, with this key.
    #[must_use]
    pub fn encrypted(
        mut self,
        holder: KeyHolder,
        key: Option<ResourceId>,
        name: Option<&str>,
    ) -> Self {
        self.encryption = EncryptionFact::Known(vec![Encryption {
            key,
            key_name: name.map(str::to_owned),
            ..encryption(holder)
        }]);
        self
    }

    /// Encrypted in these parts.
    #[must_use]
    pub fn encrypted_as(mut self, parts: &[Encryption]) -> Self {
        self.encryption = EncryptionFact::Known(parts.to_vec());
        self
    }

    /// Nobody knows how it is encrypted.
    #[must_use]
    pub fn encryption_unknown(mut self, reason: &str) -> Self {
        self.encryption = EncryptionFact::Unknown(gap(reason));
        self
    }

    /// An identity boundary with this state of MFA.
    #[must_use]
    pub fn mfa(mut self, state: MfaState, audience: Audience) -> Self {
        self.mfa = MfaFact::Known(Mfa {
            state,
            audience,
            basis: certain(500),
        });
        self.class(Class::IDENTITY)
    }

    /// An identity boundary whose MFA cannot be known.
    #[must_use]
    pub fn mfa_unknown(mut self, reason: &str) -> Self {
        self.mfa = MfaFact::Unknown(gap(reason));
        self.class(Class::IDENTITY)
    }

    /// Uses a service of somebody else.
    #[must_use]
    pub fn depends_on(mut self, dependency: Dependency) -> Self {
        self.dependencies.push(dependency);
        self
    }

    /// A static credential.
    #[must_use]
    pub fn credential(mut self, credential: CredentialFact) -> Self {
        self.credential = credential;
        self.class(Class::IDENTITY)
    }

    /// Holds the data of one tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: &str) -> Self {
        self.tenancy = Tenancy::Dedicated(named(tenant));
        self
    }

    /// Holds the data of these tenants.
    #[must_use]
    pub fn tenants(mut self, tenants: &[&str]) -> Self {
        self.tenancy = Tenancy::Shared(tenants.iter().map(|tenant| named(tenant)).collect());
        self
    }

    /// Adds a label; without a value it is set, and not knowable.
    #[must_use]
    pub fn label(mut self, key: &str, value: Option<&str>) -> Self {
        let label = Label {
            key: key.to_owned(),
            value: value.map(str::to_owned),
        };
        match &mut self.labels {
            LabelsFact::Known(labels) => labels.push(label),
            other => *other = LabelsFact::Known(vec![label]),
        }
        self
    }

    /// Labels that are set to something unknown as a whole.
    #[must_use]
    pub fn labels_unknown(mut self, reason: &str) -> Self {
        self.labels = LabelsFact::Unknown(gap(reason));
        self
    }

    /// Sets an attribute at a path.
    #[must_use]
    pub fn attribute(mut self, path: &str, value: Value) -> Self {
        self.attributes.insert(path.to_owned(), value);
        self
    }
}

/// A scan in memory.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    items: Vec<Item>,
    relations: Vec<(ResourceId, Relation, ResourceId)>,
    who: Option<Actor>,
    multi_tenant: bool,
    options: BTreeMap<(String, String), Vec<String>>,
}

impl Estate {
    /// An empty estate of an organisation that said nothing about itself, on 2026-11-21.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what the organisation is.
    #[must_use]
    pub fn of(mut self, actor: Actor) -> Self {
        self.who = Some(actor);
        self
    }

    /// Declares that several clients' data is here.
    #[must_use]
    pub fn multi_tenant(mut self) -> Self {
        self.multi_tenant = true;
        self
    }

    /// Sets an option of a rule. Defaults stand in `rule.toml`, which an estate does not know: set what the rule reads.
    #[must_use]
    pub fn option(mut self, rule: &str, name: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.options
            .insert((rule.to_owned(), name.to_owned()), values);
        self
    }

    /// Adds a resource.
    pub fn add(&mut self, item: Item) -> ResourceId {
        self.items.push(item);
        self.items.len() as ResourceId - 1
    }

    /// Adds a relation.
    pub fn relate(&mut self, from: ResourceId, by: Relation, to: ResourceId) {
        self.relations.push((from, by, to));
    }

    /// What a rule says of every resource, in order.
    pub fn judge(&self, rule: Rule) -> Vec<Judgement> {
        let scan = Scan::of(Box::new(self.clone()));
        let scope: Vec<Resource<'_>> = (0..self.items.len() as ResourceId)
            .map(|id| scan.resource(id))
            .collect();
        let judged = rule.judge(&scan, &scope);
        // What is taken over from others is what the rule says by itself.
        assert_eq!(judged, rule.judge_each(&scan, &scope));
        judged
    }

    /// What a rule says of the only resource.
    ///
    /// # Panics
    /// When there is not exactly one.
    pub fn judge_one(&self, rule: Rule) -> Judgement {
        let mut all = self.judge(rule);
        assert_eq!(all.len(), 1, "one resource");
        all.remove(0)
    }

    fn item(&self, of: ResourceId) -> &Item {
        &self.items[of as usize]
    }

    /// The same number for those with the same answer.
    fn alike<T: PartialEq>(&self, answer: impl Fn(ResourceId) -> T) -> Vec<u32> {
        let mut known: Vec<T> = Vec::new();
        let ids = 0..self.items.len() as ResourceId;
        ids.map(|of| {
            let answer = answer(of);
            let at = known.iter().position(|one| *one == answer);
            at.unwrap_or_else(|| {
                known.push(answer);
                known.len() - 1
            }) as u32
        })
        .collect()
    }
}

impl Judgement {
    /// The first verdict, for tests.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn verdict(&self) -> &Verdict {
        match self.verdicts() {
            [first, ..] => first,
            [] => panic!("no verdict but {self:?}"),
        }
    }
}

fn named(tenant: &str) -> Tenant {
    Tenant {
        name: tenant.to_owned(),
        evidence: vec![],
    }
}

/// The regime of the shipped table, as far as a test needs it: nothing is raised here.
fn regime(who: Option<Actor>, level: Level) -> Regime {
    let (allowed, tolerated) = match level {
        Level::Public | Level::Internal => (
            vec![
                Area::Eu,
                Area::Eea,
                Area::Adequate,
                Area::Third,
                Area::Worldwide,
            ],
            vec![],
        ),
        Level::Personal => (vec![Area::Eu, Area::Eea], vec![Area::Adequate]),
        Level::Health => (vec![Area::Eu, Area::Eea], vec![]),
        Level::Particular | Level::Beyond => (vec![Area::Eu], vec![]),
    };
    let from = |threshold: Level, demand| {
        if level >= threshold {
            demand
        } else {
            Demand::None
        }
    };
    Regime {
        allowed,
        tolerated,
        qualification: match level {
            Level::Particular => Demand::Required,
            Level::Health => Demand::Advised,
            _ => Demand::None,
        },
        hds: if level == Level::Health {
            Demand::Required
        } else {
            Demand::None
        },
        customer_key: from(Level::Health, Demand::Required),
        mfa: from(Level::Personal, Demand::Required),
        frameworks: vec![],
        bound: !matches!(who, None | Some(Actor::LocalAuthority | Actor::PrivateBody)),
        softened: who == Some(Actor::PrivateBody) && level == Level::Particular,
    }
}

impl Source for Estate {
    fn address(&self, of: ResourceId) -> String {
        self.item(of).address.clone()
    }

    fn kind(&self, of: ResourceId) -> String {
        self.item(of).kind.clone()
    }

    fn class_of(&self, of: ResourceId) -> Class {
        self.item(of).class
    }

    fn sensitivity_of(&self, of: ResourceId) -> Sensitivity {
        self.item(of).sensitivity.clone()
    }

    fn location_of(&self, of: ResourceId) -> LocationFact {
        self.item(of).location.clone()
    }

    fn copies_of(&self, of: ResourceId) -> Vec<DataCopy> {
        self.item(of).copies.clone()
    }

    fn hosting_of(&self, of: ResourceId) -> HostingFact {
        self.item(of).hosting.clone()
    }

    fn encryption_of(&self, of: ResourceId) -> EncryptionFact {
        self.item(of).encryption.clone()
    }

    fn mfa_of(&self, of: ResourceId) -> MfaFact {
        self.item(of).mfa.clone()
    }

    fn dependencies_of(&self, of: ResourceId) -> Vec<Dependency> {
        self.item(of).dependencies.clone()
    }

    fn credential_of(&self, of: ResourceId) -> CredentialFact {
        self.item(of).credential.clone()
    }

    fn tenancy_of(&self, of: ResourceId) -> Tenancy {
        self.item(of).tenancy.clone()
    }

    fn labels_of(&self, of: ResourceId) -> LabelsFact {
        self.item(of).labels.clone()
    }

    fn get(&self, of: ResourceId, path: &str) -> Option<Value> {
        self.item(of).attributes.get(path).cloned()
    }

    fn get_all(&self, of: ResourceId, path: &str) -> Vec<Value> {
        self.get(of, path).into_iter().collect()
    }

    fn keys(&self, _: ResourceId, _: &str) -> Vec<String> {
        vec![]
    }

    fn evidence_of(&self, _: ResourceId, _: &str) -> Option<EvidenceId> {
        None
    }

    fn related(&self, of: ResourceId, by: Relation, towards: Direction) -> Vec<ResourceId> {
        let matching = |(from, relation, to): &(ResourceId, Relation, ResourceId)| match towards {
            _ if *relation != by => None,
            Direction::Outgoing if *from == of => Some(*to),
            Direction::Incoming if *to == of => Some(*from),
            _ => None,
        };
        self.relations.iter().filter_map(matching).collect()
    }

    fn of_kind(&self, kind: &str) -> Vec<ResourceId> {
        (0..self.items.len() as ResourceId)
            .filter(|id| self.item(*id).kind == kind)
            .collect()
    }

    fn alike_in(&self, fact: Fact) -> Vec<u32> {
        match fact {
            Fact::Kind => self.alike(|of| self.kind(of)),
            Fact::ClassOf => self.alike(|of| self.class_of(of)),
            Fact::SensitivityOf => self.alike(|of| self.sensitivity_of(of)),
            Fact::LocationOf => self.alike(|of| self.location_of(of)),
            Fact::CopiesOf => self.alike(|of| self.copies_of(of)),
            Fact::HostingOf => self.alike(|of| self.hosting_of(of)),
            Fact::EncryptionOf => self.alike(|of| self.encryption_of(of)),
            Fact::MfaOf => self.alike(|of| self.mfa_of(of)),
            Fact::DependenciesOf => self.alike(|of| self.dependencies_of(of)),
            Fact::CredentialOf => self.alike(|of| self.credential_of(of)),
            Fact::TenancyOf => self.alike(|of| self.tenancy_of(of)),
            Fact::LabelsOf => self.alike(|of| self.labels_of(of)),
            Fact::RegimeOf => self.alike(|of| self.regime_of(of)),
        }
    }

    fn alike_in_related(&self, by: Relation, towards: Direction) -> Vec<u32> {
        self.alike(|of| self.related(of, by, towards))
    }

    fn regime_of(&self, of: ResourceId) -> Regime {
        let sensitivity = &self.item(of).sensitivity;
        let before = sensitivity.raised_from.map(|level| regime(self.who, level));
        let mut regime = regime(self.who, sensitivity.level);
        // What the level from before asks still holds.
        if let Some(before) = before {
            regime.hds = before.hds;
        }
        regime
    }

    fn who(&self) -> Option<Actor> {
        self.who
    }

    fn multi_tenant(&self) -> bool {
        self.multi_tenant
    }

    fn as_of(&self) -> String {
        "2026-11-21".to_owned()
    }

    fn option_of(&self, rule: &str, name: &str) -> Vec<String> {
        let set = self.options.get(&(rule.to_owned(), name.to_owned()));
        set.cloned().unwrap_or_default()
    }
}
