//! `encryption/key-shared-between-tenants`: one key serves the stores of two tenants.
//!
//! One finding for each key: on the key when it is a resource of the scan, else on the storage class that every store
//! took it from, else on the first store. A scan without several tenants has nothing to separate.

use std::collections::{BTreeMap, BTreeSet};

use gardefou_sdk::{
    Class, Direction, EncryptionFact, EvidenceId, Judgement, KeyHolder, Level, Relation, Resource,
    ResourceId, Rule, Scan, Severity, Tenancy, Text, Verdict, text,
};

pub(crate) const RULE: Rule = Rule::together(prepare);

const STORAGE_CLASS: &str = "storage.k8s.io/StorageClass";

/// A key, as stores name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A resource of the scan.
    Resource(ResourceId),
    /// A literal that is no resource of the scan.
    Named(String),
}

/// The stores that one key serves.
#[derive(Debug, Default)]
struct Served<'a> {
    stores: Vec<Resource<'a>>,
    evidence: Vec<EvidenceId>,
}

fn prepare<'a>(
    scan: &'a Scan,
    scope: &[Resource<'a>],
) -> Box<dyn Fn(&Resource<'a>) -> Judgement + 'a> {
    let in_scope: BTreeSet<ResourceId> = scope.iter().map(Resource::id).collect();
    let mut findings: BTreeMap<ResourceId, Judgement> = BTreeMap::new();
    for (key, served) in keys(scan, scope) {
        let on = seat(&key, &served, &in_scope);
        let judgement = judge(scan, &key, &served);
        // Two keys can meet on one storage class or store: what a person has to look at counts, and all of it.
        match (findings.get_mut(&on), judgement) {
            (Some(Judgement::Verdicts(all)), Judgement::Verdicts(more)) => all.extend(more),
            (Some(Judgement::Verdicts(_)), _) => {}
            (Some(Judgement::Passed), Judgement::NotApplicable) => {}
            (_, judgement) => _ = findings.insert(on, judgement),
        }
    }
    Box::new(move |resource| match findings.get(&resource.id()) {
        Some(judgement) => judgement.clone(),
        None => without_finding(scan, resource),
    })
}

/// Which key serves which stores, in the order of the resources.
fn keys<'a>(scan: &'a Scan, scope: &[Resource<'a>]) -> BTreeMap<Key, Served<'a>> {
    let mut keys: BTreeMap<Key, Served<'a>> = BTreeMap::new();
    for store in scope.iter().filter(|resource| counts(resource)) {
        let EncryptionFact::Known(parts) = store.encryption() else {
            continue;
        };
        for part in parts
            .iter()
            .filter(|part| matches!(part.holder, KeyHolder::Customer | KeyHolder::External))
        {
            let key = match (part.key, &part.key_name) {
                (Some(id), _) => Key::Resource(id),
                (None, Some(name)) => Key::Named(name.clone()),
                (None, None) => continue,
            };
            keys.entry(key)
                .or_default()
                .add(store, &part.basis.evidence);
        }
    }
    // A key also serves stores below the level of this rule; their tenants count when they are others.
    for (key, served) in &mut keys {
        let Key::Resource(id) = key else { continue };
        for store in scan
            .resource(*id)
            .related(Relation::EncryptsWith, Direction::Incoming)
        {
            if store.class().contains(Class::HOLDS_DATA) && names(&store, *id) {
                served.add(&store, &[]);
            }
        }
    }
    keys
}

/// Is the data of the store encrypted with this key?
fn names(store: &Resource<'_>, key: ResourceId) -> bool {
    match store.encryption() {
        EncryptionFact::Known(parts) => parts.iter().any(|part| part.key == Some(key)),
        EncryptionFact::Unknown(_) | EncryptionFact::Absent => false,
    }
}

impl<'a> Served<'a> {
    fn add(&mut self, store: &Resource<'a>, evidence: &[EvidenceId]) {
        if !self.stores.contains(store) {
            self.stores.push(store.clone());
        }
        self.evidence.extend(evidence);
    }

    fn tenants(&self) -> BTreeSet<&str> {
        let mut tenants = BTreeSet::new();
        for store in &self.stores {
            match store.tenancy() {
                Tenancy::Dedicated(tenant) => _ = tenants.insert(tenant.name.as_str()),
                Tenancy::Shared(several) => {
                    tenants.extend(several.iter().map(|tenant| tenant.name.as_str()));
                }
                Tenancy::Unknown(_) | Tenancy::Unattributed => {}
            }
        }
        tenants
    }

    fn unattributed(&self) -> usize {
        self.stores
            .iter()
            .filter(|store| matches!(store.tenancy(), Tenancy::Unattributed | Tenancy::Unknown(_)))
            .count()
    }

    fn level(&self) -> Level {
        self.stores
            .iter()
            .map(|store| store.sensitivity().level)
            .max()
            .unwrap_or(Level::Health)
    }
}

/// Stores of health data or above; what lies beyond answers to other rules.
fn counts(resource: &Resource<'_>) -> bool {
    resource.class().contains(Class::HOLDS_DATA)
        && matches!(
            resource.sensitivity().level,
            Level::Health | Level::Particular
        )
}

/// The resource that carries the finding.
fn seat(key: &Key, served: &Served<'_>, in_scope: &BTreeSet<ResourceId>) -> ResourceId {
    if let Key::Resource(id) = key
        && in_scope.contains(id)
    {
        return *id;
    }
    let class_of = |store: &Resource<'_>| {
        const WAYS: [Relation; 4] = [
            Relation::AttachedTo,
            Relation::PartOf,
            Relation::RunsOn,
            Relation::ReadsFrom,
        ];
        let classes = WAYS
            .iter()
            .flat_map(|way| store.related(*way, Direction::Outgoing));
        classes
            .filter(|other| other.kind() == STORAGE_CLASS)
            .map(|class| class.id())
            .min()
    };
    let mut classes = served.stores.iter().map(class_of);
    let first = classes.next().flatten();
    match first {
        Some(class) if in_scope.contains(&class) && classes.all(|other| other == first) => class,
        _ => served
            .stores
            .iter()
            .map(Resource::id)
            .filter(|id| in_scope.contains(id))
            .min()
            .unwrap_or_default(),
    }
}

fn judge(scan: &Scan, key: &Key, served: &Served<'_>) -> Judgement {
    let tenants = served.tenants();
    let named = match key {
        Key::Resource(id) => scan.resource(*id).address().to_owned(),
        Key::Named(name) => format!("\"{name}\""),
    };
    let verdict = if tenants.len() > 1 {
        Verdict::violation(shared(&named, &tenants))
    } else if !scan.multi_tenant() {
        return Judgement::NotApplicable;
    } else if served.unattributed() > 0 && served.stores.len() > 1 {
        let (count, total) = (served.unattributed(), served.stores.len());
        Verdict::undecided(
            text!(
                "{count} of the {total} stores of this key name no tenant",
                "{count} des {total} stockages de cette clé ne nomment pas leur client"
            ),
            text!(
                "cannot tell whether {named} serves one tenant or several: label its stores with their tenant",
                "impossible de dire si {named} sert un client ou plusieurs : étiquetez ses stockages avec leur client"
            ),
        )
    } else {
        return Judgement::Passed;
    };
    verdict
        .severity(severity(served.level()))
        .evidence(&served.evidence)
        .related(&served.stores)
        .into()
}

fn severity(level: Level) -> Severity {
    if level >= Level::Particular {
        Severity::Critical
    } else {
        Severity::High
    }
}

fn shared(key: &str, tenants: &BTreeSet<&str>) -> Text {
    const SHOWN: usize = 5;
    let count = tenants.len();
    let mut names = tenants
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if count > SHOWN {
        names.push_str(", …");
    }
    text!(
        "{key} encrypts the data of {count} tenants ({names}): give each tenant a key of its own",
        "{key} chiffre les données de {count} clients ({names}) : donnez à chaque client sa propre clé"
    )
}

/// A resource that carries no finding: its key is judged elsewhere, or cannot be known.
fn without_finding(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    if !counts(resource) || !scan.multi_tenant() {
        return Judgement::NotApplicable;
    }
    let address = resource.address();
    let ask = || {
        text!(
            "cannot tell which key encrypts {address}, and so whether tenants share it: name the key in the code",
            "impossible de dire quelle clé chiffre {address}, donc si des clients la partagent : nommez la clé dans le code"
        )
    };
    let verdict = match resource.encryption() {
        EncryptionFact::Absent => return Judgement::NotApplicable,
        EncryptionFact::Unknown(gap) => Verdict::undetermined(gap, ask()),
        EncryptionFact::Known(parts) => {
            let nameless = parts.iter().find(|part| {
                part.holder == KeyHolder::Customer && part.key.is_none() && part.key_name.is_none()
            });
            let Some(part) = nameless else {
                return Judgement::NotApplicable;
            };
            Verdict::undecided(
                text!(
                    "the customer key is set, but not known here",
                    "la clé du client est posée, mais n'est pas connue ici"
                ),
                ask(),
            )
            .evidence(&part.basis.evidence)
        }
    };
    verdict
        .severity(severity(resource.sensitivity().level))
        .evidence(&resource.sensitivity().basis.evidence)
        .into()
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn key(name: &str) -> Item {
        Item::new(&format!("aws_kms_key.{name}")).class(Class::KEY)
    }

    fn store(name: &str) -> Item {
        Item::new(&format!("aws_s3_bucket.{name}")).level(Level::Health)
    }

    #[test]
    fn one_finding_on_the_key_with_the_stores_beside_it() {
        let mut estate = Estate::new().multi_tenant();
        let shared = estate.add(key("shared"));
        let a = estate.add(store("a").tenant("chu-a").key(shared));
        let b = estate.add(store("b").tenant("chu-b").key(shared));
        let all = estate.judge(RULE);
        let verdict = all[shared as usize].verdict();
        assert!(verdict.is_violation());
        assert_eq!(verdict.related_ids(), [a, b]);
        assert_eq!(verdict.severity_override(), Some(Severity::High));
        assert!(verdict.message().en.contains("chu-a, chu-b"));
        assert_eq!(
            &all[a as usize..],
            [Judgement::NotApplicable, Judgement::NotApplicable]
        );
    }

    #[test]
    fn a_key_for_each_tenant_passes_however_many_stores_it_has() {
        let mut estate = Estate::new().multi_tenant();
        let keys = [estate.add(key("a")), estate.add(key("b"))];
        for (tenant, key) in ["chu-a", "chu-b"].iter().zip(keys) {
            estate.add(store("x").tenant(tenant).key(key));
            estate.add(store("y").tenant(tenant).key(key));
        }
        let all = estate.judge(RULE);
        assert_eq!(&all[..2], [Judgement::Passed, Judgement::Passed]);
        assert!(
            all.iter()
                .all(|judgement| !matches!(judgement, Judgement::Verdicts(_)))
        );
    }

    #[test]
    fn a_store_of_lower_level_with_another_tenant_shares_the_key_too() {
        let mut estate = Estate::new();
        let shared = estate.add(key("shared"));
        estate.add(store("a").tenant("chu-a").key(shared));
        let b = estate.add(
            store("b")
                .level(Level::Personal)
                .tenant("chu-b")
                .key(shared),
        );
        assert_eq!(
            estate.judge(RULE)[shared as usize],
            Judgement::NotApplicable
        );
        estate.relate(b, Relation::EncryptsWith, shared);
        assert!(estate.judge(RULE)[shared as usize].verdict().is_violation());
    }

    #[test]
    fn a_key_named_by_a_literal_is_reported_on_the_first_store() {
        let mut estate = Estate::new().multi_tenant();
        let a = estate.add(
            store("a")
                .level(Level::Particular)
                .tenant("chu-a")
                .key_named("arn:key"),
        );
        let b = estate.add(store("b").tenant("chu-b").key_named("arn:key"));
        let all = estate.judge(RULE);
        assert_eq!(
            all[a as usize].verdict().severity_override(),
            Some(Severity::Critical)
        );
        assert_eq!(all[b as usize], Judgement::NotApplicable);
    }

    #[test]
    fn claims_of_one_storage_class_are_reported_on_it() {
        let mut estate = Estate::new().multi_tenant();
        let class = estate.add(
            Item::new("sc")
                .kind(STORAGE_CLASS)
                .class(Class::CONFIGURATION),
        );
        for tenant in ["chu-a", "chu-b"] {
            let claim = estate.add(store(tenant).tenant(tenant).key_named("arn:key"));
            estate.relate(claim, Relation::AttachedTo, class);
        }
        let all = estate.judge(RULE);
        assert!(all[class as usize].verdict().is_violation());
        assert_eq!(
            all.iter()
                .filter(|judgement| matches!(judgement, Judgement::Verdicts(_)))
                .count(),
            1
        );
    }

    #[test]
    fn one_store_of_several_tenants_is_shared_as_well() {
        let mut estate = Estate::new().multi_tenant();
        let key = estate.add(key("k"));
        estate.add(store("a").tenants(&["chu-a", "chu-b"]).key(key));
        assert!(estate.judge(RULE)[key as usize].verdict().is_violation());
    }

    #[test]
    fn a_store_without_a_tenant_leaves_it_open_only_where_there_are_several() {
        let estate = |mut estate: Estate| {
            let key = estate.add(key("k"));
            estate.add(store("a").tenant("chu-a").key(key));
            estate.add(store("b").key(key));
            estate.judge(RULE)
        };
        assert!(
            !estate(Estate::new().multi_tenant())[0]
                .verdict()
                .is_violation()
        );
        assert!(
            estate(Estate::new())
                .iter()
                .all(|judgement| *judgement == Judgement::NotApplicable)
        );
    }

    #[test]
    fn an_unknown_key_is_undetermined_on_the_store() {
        let mut estate = Estate::new().multi_tenant();
        estate.add(
            store("a")
                .tenant("chu-a")
                .encryption_unknown("var.kms_key has no value"),
        );
        estate.add(
            store("b")
                .tenant("chu-b")
                .encrypted(KeyHolder::Customer, None, None),
        );
        let all = estate.judge(RULE);
        assert_eq!(
            all[0].verdict().reason().map(|reason| reason.en.as_str()),
            Some("var.kms_key has no value")
        );
        assert!(!all[1].verdict().is_violation());
    }

    #[test]
    fn provider_keys_and_lower_levels_are_not_asked() {
        let mut estate = Estate::new().multi_tenant();
        let shared = estate.add(key("k"));
        estate.add(
            store("a")
                .tenant("chu-a")
                .encrypted(KeyHolder::Provider, None, Some("aws/s3")),
        );
        estate.add(
            store("b")
                .tenant("chu-b")
                .encrypted(KeyHolder::Provider, None, Some("aws/s3")),
        );
        estate.add(
            store("c")
                .level(Level::Personal)
                .tenant("chu-a")
                .key(shared),
        );
        estate.add(
            store("d")
                .level(Level::Personal)
                .tenant("chu-b")
                .key(shared),
        );
        assert!(
            estate
                .judge(RULE)
                .iter()
                .all(|judgement| *judgement == Judgement::NotApplicable)
        );
    }
}
