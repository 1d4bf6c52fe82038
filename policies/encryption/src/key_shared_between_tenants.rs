//! `encryption/key-shared-between-tenants`: one key serves the stores of two tenants.
//!
//! One finding for each key: on the key when it is a resource of the scan, else on the storage class that every store
//! took it from, else on the first store. A scan without several tenants has nothing to separate.

use std::collections::BTreeSet;

use gardefou_sdk::{
    Judgement, Judges, Level, Resource, ResourceId, Rule, Scan, Severity, Tenancy, Text, Verdict,
    listed, text,
};

use crate::keys::{self, Findings, Key, Served, counts};
use crate::words;

pub(crate) const RULE: Rule = Rule::apart(prepare);

fn prepare<'a>(scan: &'a Scan, scope: &[Resource<'a>]) -> Judges<'a> {
    let in_scope: BTreeSet<ResourceId> = scope.iter().map(Resource::id).collect();
    let mut findings = Findings::default();
    for (key, served) in keys::served(scope) {
        let on = key.seat_or_class(&served, &in_scope);
        findings.add(on, judge(scan, &key, &served, on));
    }
    Judges {
        apart: Box::new(move |resource| findings.of(resource).cloned()),
        rest: Box::new(|resource| without_finding(scan, resource)),
    }
}

/// Whose data the stores hold.
fn tenants<'s>(stores: &'s [Resource<'_>]) -> BTreeSet<&'s str> {
    stores.iter().flat_map(names).collect()
}

fn names<'s>(store: &'s Resource<'_>) -> Vec<&'s str> {
    match store.tenancy() {
        Tenancy::Dedicated(tenant) => vec![tenant.name.as_str()],
        Tenancy::Shared(several) => several.iter().map(|tenant| tenant.name.as_str()).collect(),
        Tenancy::Unknown(_) | Tenancy::Unattributed => vec![],
    }
}

fn judge<'a>(scan: &'a Scan, key: &Key, served: &Served<'a>, on: ResourceId) -> Judgement {
    let tenants = tenants(&served.stores);
    let nameless = served
        .stores
        .iter()
        .filter(|store| matches!(store.tenancy(), Tenancy::Unattributed | Tenancy::Unknown(_)));
    let named = key.named(scan);
    let verdict = if tenants.len() > 1 {
        Verdict::violation(shared(&named, &tenants))
    } else if !scan.multi_tenant() {
        return Judgement::NotApplicable;
    } else {
        let (count, total) = (nameless.count(), served.stores.len());
        if count == 0 || total < 2 {
            return Judgement::Passed;
        }
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
    };
    // Of each tenant one store is shown before the others of any.
    let mut seen = BTreeSet::new();
    let shown = served.shown(scan, key, on, |store| {
        let mut own = names(store).into_iter().map(str::to_owned);
        own.any(|name| seen.insert(name))
    });
    verdict
        .severity(severity(served.level()))
        .evidence(&served.evidence)
        .related(&shown)
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
    let count = tenants.len();
    let names = listed(tenants.iter().copied());
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
    let address = words::address(resource);
    let ask = || {
        text!(
            "cannot tell which key encrypts {address}, and so whether tenants share it: name the key in the code",
            "impossible de dire quelle clé chiffre {address}, donc si des clients la partagent : nommez la clé dans le code"
        )
    };
    keys::untold(resource, severity(resource.sensitivity().level), ask)
        .map_or(Judgement::NotApplicable, Judgement::from)
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, certain, encryption};
    use gardefou_sdk::{
        Area, Class, CopyKind, DataCopy, EncryptionFact, KeyHolder, Location, LocationFact,
        Relation,
    };

    use super::*;

    fn key(name: &str) -> Item {
        Item::new(&format!("aws_kms_key.{name}")).class(Class::KEY)
    }

    fn store(name: &str) -> Item {
        Item::new(&format!("aws_s3_bucket.{name}")).level(Level::Health)
    }

    fn at(region: &str) -> LocationFact {
        LocationFact::Known(Location {
            region: region.to_owned(),
            countries: vec!["FR".to_owned()],
            area: Area::Eu,
            basis: certain(700),
        })
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
        estate.add(
            store("b")
                .level(Level::Personal)
                .tenant("chu-b")
                .key(shared),
        );
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
                .kind("storage.k8s.io/StorageClass")
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

    #[test]
    fn the_same_name_in_two_regions_is_two_keys() {
        let mut estate = Estate::new().multi_tenant();
        for (tenant, region) in [("chu-a", "eu-west-3"), ("chu-b", "eu-west-1")] {
            let mut part = encryption(KeyHolder::Customer);
            part.key_name = Some("alias/records".to_owned());
            part.key_location = at(region);
            estate.add(store(tenant).tenant(tenant).encrypted_as(&[part]));
        }
        assert!(
            estate
                .judge(RULE)
                .iter()
                .all(|judgement| *judgement == Judgement::Passed)
        );
    }

    #[test]
    fn a_copy_with_the_key_of_another_tenant_shares_it() {
        let mut estate = Estate::new().multi_tenant();
        let key = estate.add(key("k"));
        estate.add(store("a").tenant("chu-a").key(key));
        let mut part = encryption(KeyHolder::Customer);
        part.key = Some(key);
        estate.add(store("b").tenant("chu-b").copied(DataCopy {
            kind: CopyKind::Replica,
            location: LocationFact::Absent,
            encryption: EncryptionFact::Known(vec![part]),
            target: None,
            path: "replica".to_owned(),
        }));
        assert!(estate.judge(RULE)[key as usize].verdict().is_violation());
    }

    #[test]
    fn thousands_of_tenants_with_endless_names_fit_a_message() {
        let mut estate = Estate::new();
        let key = estate.add(key("k"));
        for at in 0..2_000 {
            let tenant = format!("{at:04}{}", "x".repeat(10_000));
            estate.add(store("s").tenant(&tenant).key(key));
        }
        let all = estate.judge(RULE);
        let verdict = all[key as usize].verdict();
        assert!(verdict.message().en.len() < 1_000 && verdict.message().fr.len() < 1_000);
        assert!(verdict.message().en.contains("2000 tenants"));
        assert!(verdict.related_ids().len() < 50 && verdict.evidence_ids().len() < 50);
    }
}
