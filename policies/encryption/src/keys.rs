//! Which key serves which stores, and which resource carries what is said of a key: what the rules about keys share.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_sdk::{
    Class, Direction, Encryption, EncryptionFact, EvidenceId, Judgement, KeyHolder, Level,
    LocationFact, Relation, Resource, ResourceId, Scan, Severity, Text, Verdict,
};

use crate::words;

const STORAGE_CLASS: &str = "storage.k8s.io/StorageClass";

/// So much evidence is kept for a key, and so many of its stores are shown: one key can serve thousands.
const MAX_EVIDENCE: usize = 32;
const MAX_SHOWN: usize = 32;

/// A key, as stores name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A resource of the scan.
    Resource(ResourceId),
    /// A literal that is no resource of the scan. The same name in two regions is two keys.
    Named {
        name: String,
        region: Option<String>,
    },
}

/// The stores that one key serves.
#[derive(Debug)]
pub(crate) struct Served<'a> {
    /// In the order of the resources; at least one of them counts.
    pub(crate) stores: Vec<Resource<'a>>,
    /// How the first of them is encrypted with it. What it says of the key holds for all.
    pub(crate) known: Encryption,
    /// How the stores name the key.
    pub(crate) evidence: Vec<EvidenceId>,
    seen: BTreeSet<ResourceId>,
}

/// Levels that the rules about keys are asked at; what lies beyond answers to other rules.
pub(crate) fn asked(level: Level) -> bool {
    matches!(level, Level::Health | Level::Particular)
}

/// Stores of health data or above.
pub(crate) fn counts(resource: &Resource<'_>) -> bool {
    resource.class().contains(Class::HOLDS_DATA) && asked(resource.sensitivity().level)
}

/// Is it the customer's own?
pub(crate) fn is_customers(part: &Encryption) -> bool {
    matches!(part.holder, KeyHolder::Customer | KeyHolder::External)
}

/// A customer's key that the code sets and does not show.
pub(crate) fn is_nameless(part: &Encryption) -> bool {
    is_customers(part) && part.key.is_none() && part.key_name.is_none()
}

/// The customer's keys, each with the stores it serves. Only keys that serve a store that counts; their stores of lower
/// level are there too.
pub(crate) fn served<'a>(scope: &[Resource<'a>]) -> BTreeMap<Key, Served<'a>> {
    let mut keys: BTreeMap<Key, Served<'a>> = BTreeMap::new();
    let stores = scope
        .iter()
        .filter(|resource| resource.class().contains(Class::HOLDS_DATA));
    for store in stores {
        // A copy that is a resource speaks for itself.
        let copies = store
            .copies()
            .iter()
            .filter(|copy| copy.target.is_none())
            .map(|copy| &copy.encryption);
        for fact in std::iter::once(store.encryption()).chain(copies) {
            let EncryptionFact::Known(parts) = fact else {
                continue;
            };
            for part in parts.iter().filter(|part| is_customers(part)) {
                let Some(key) = key_of(part) else { continue };
                keys.entry(key)
                    .or_insert_with(|| Served::by(part))
                    .add(store, &part.basis.evidence);
            }
        }
    }
    keys.retain(|_, served| served.stores.iter().any(counts));
    keys
}

fn key_of(part: &Encryption) -> Option<Key> {
    if let Some(id) = part.key {
        return Some(Key::Resource(id));
    }
    let region = match &part.key_location {
        LocationFact::Known(location) => Some(location.region.clone()),
        LocationFact::Unknown(_) | LocationFact::Absent => None,
    };
    let name = part.key_name.clone()?;
    Some(Key::Named { name, region })
}

impl<'a> Served<'a> {
    fn by(part: &Encryption) -> Self {
        Self {
            stores: Vec::new(),
            known: part.clone(),
            evidence: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    fn add(&mut self, store: &Resource<'a>, evidence: &[EvidenceId]) {
        if self.seen.insert(store.id()) {
            self.stores.push(*store);
        }
        let room = MAX_EVIDENCE.saturating_sub(self.evidence.len());
        self.evidence.extend(evidence.iter().take(room));
    }

    /// The store with the highest level, of those that count; the first of several.
    pub(crate) fn highest(&self) -> Option<&Resource<'a>> {
        let mut counting = self.stores.iter().filter(|store| counts(store));
        let first = counting.next()?;
        Some(counting.fold(first, |best, store| {
            if store.sensitivity().level > best.sensitivity().level {
                store
            } else {
                best
            }
        }))
    }

    /// The level that the key answers for.
    pub(crate) fn level(&self) -> Level {
        self.highest()
            .map_or(Level::Health, |store| store.sensitivity().level)
    }

    /// What a reader has to see beside the finding on a resource: the key, when that is another, and stores, those that
    /// `first` picks before the others.
    pub(crate) fn shown(
        &self,
        scan: &'a Scan,
        key: &Key,
        on: ResourceId,
        mut first: impl FnMut(&Resource<'a>) -> bool,
    ) -> Vec<Resource<'a>> {
        let (mut shown, others): (Vec<_>, Vec<_>) =
            self.stores.iter().cloned().partition(|store| first(store));
        shown.extend(others);
        shown.truncate(MAX_SHOWN);
        match key {
            Key::Resource(id) if *id != on => shown.push(scan.resource(*id)),
            _ => {}
        }
        shown
    }
}

impl Key {
    /// How a sentence names it.
    pub(crate) fn named(&self, scan: &Scan) -> String {
        match self {
            Self::Resource(id) => words::address(&scan.resource(*id)).to_string(),
            Self::Named { name, .. } => words::quoted(name),
        }
    }

    /// The resource that carries a finding about the key: the key when it is in scope, else the first store.
    pub(crate) fn seat(&self, served: &Served<'_>, in_scope: &BTreeSet<ResourceId>) -> ResourceId {
        if let Self::Resource(id) = self
            && in_scope.contains(id)
        {
            return *id;
        }
        let stores = served.stores.iter().filter(|store| counts(store));
        stores.map(Resource::id).min().unwrap_or_default()
    }

    /// The same, and the storage class when every store took the key from one.
    pub(crate) fn seat_or_class(
        &self,
        served: &Served<'_>,
        in_scope: &BTreeSet<ResourceId>,
    ) -> ResourceId {
        if matches!(self, Self::Resource(id) if in_scope.contains(id)) {
            return self.seat(served, in_scope);
        }
        let mut classes = served.stores.iter().map(storage_class);
        let first = classes.next().flatten();
        match first {
            Some(class) if in_scope.contains(&class) && classes.all(|other| other == first) => {
                class
            }
            _ => self.seat(served, in_scope),
        }
    }
}

fn storage_class(store: &Resource<'_>) -> Option<ResourceId> {
    const WAYS: [Relation; 4] = [
        Relation::AttachedTo,
        Relation::PartOf,
        Relation::RunsOn,
        Relation::ReadsFrom,
    ];
    let related = WAYS
        .iter()
        .flat_map(|way| store.related(*way, Direction::Outgoing));
    related
        .filter(|other| other.kind() == STORAGE_CLASS)
        .map(|class| class.id())
        .min()
}

/// What is said of keys, by the resource that carries it.
#[derive(Debug, Default)]
pub(crate) struct Findings(BTreeMap<ResourceId, Judgement>);

impl Findings {
    /// Two keys can meet on one resource: what a person has to look at counts, and all of it.
    pub(crate) fn add(&mut self, on: ResourceId, judgement: Judgement) {
        match (self.0.get_mut(&on), judgement) {
            (Some(Judgement::Verdicts(all)), Judgement::Verdicts(more)) => all.extend(more),
            (Some(Judgement::Verdicts(_)), _) => {}
            (Some(Judgement::Passed), Judgement::NotApplicable) => {}
            (_, judgement) => _ = self.0.insert(on, judgement),
        }
    }

    pub(crate) fn of(&self, resource: &Resource<'_>) -> Option<&Judgement> {
        self.0.get(&resource.id())
    }
}

/// What is said of keys on a resource, and of the resource itself.
pub(crate) fn and_own(keys: &Judgement, own: Judgement) -> Judgement {
    match (keys, own) {
        (Judgement::Verdicts(keys), Judgement::Verdicts(mut own)) => {
            own.extend(keys.iter().cloned());
            Judgement::Verdicts(own)
        }
        (_, own @ Judgement::Verdicts(_)) => own,
        (keys, _) => keys.clone(),
    }
}

/// A store whose customer key cannot be told, or is not shown: undetermined, with what is asked of whom.
pub(crate) fn untold(
    resource: &Resource<'_>,
    severity: Severity,
    ask: impl Fn() -> Text,
) -> Option<Verdict> {
    let verdict = match resource.encryption() {
        EncryptionFact::Absent => return None,
        EncryptionFact::Unknown(gap) => Verdict::undetermined(gap, ask()),
        EncryptionFact::Known(parts) => {
            let part = parts.iter().find(|part| is_nameless(part))?;
            Verdict::undecided(
                Text {
                    en: "the customer key is set, but not known here".to_owned(),
                    fr: "la clé du client est posée, mais n'est pas connue ici".to_owned(),
                },
                ask(),
            )
            .evidence(&part.basis.evidence)
        }
    };
    Some(
        verdict
            .severity(severity)
            .evidence(&resource.sensitivity().basis.evidence),
    )
}
