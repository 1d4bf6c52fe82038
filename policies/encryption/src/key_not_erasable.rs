//! `encryption/key-not-erasable`: at the end of the contract there is no key to destroy, or destroying it is prevented.
//!
//! Data that cannot be overwritten is erased by destroying its key. A key of the provider's is not the client's to
//! destroy: that is said of the store. A key that the code protects from destruction is said of the key.

use std::collections::BTreeSet;

use gardefou_sdk::{
    Answer3, Encryption, EncryptionFact, Judgement, Judges, KeyHolder, Resource, ResourceId, Rule,
    Scan, Severity, Text, Verdict, level_words, text,
};

use crate::keys::{self, Findings, Key, Served};
use crate::words;

pub(crate) const RULE: Rule = Rule::apart(prepare);

fn prepare<'a>(scan: &'a Scan, scope: &[Resource<'a>]) -> Judges<'a> {
    let in_scope: BTreeSet<ResourceId> = scope.iter().map(Resource::id).collect();
    let mut findings = Findings::default();
    for (key, served) in keys::served(scope) {
        let on = key.seat(&served, &in_scope);
        findings.add(on, judge(scan, &key, &served, on));
    }
    Judges {
        apart: Box::new(move |resource| {
            let keys = findings.of(resource)?;
            Some(keys::and_own(keys, of_store(resource)))
        }),
        rest: Box::new(of_store),
    }
}

/// A customer's key.
fn judge<'a>(scan: &'a Scan, key: &Key, served: &Served<'a>, on: ResourceId) -> Judgement {
    let named = key.named(scan);
    let Text { en, fr } = level_words(served.level());
    let verdict = match served.known.erasable {
        Some(true) => return Judgement::Passed,
        Some(false) => Verdict::violation(text!(
            "the key {named} of {en} is protected from destruction: lift the protection, or write down how it is destroyed when the contract ends",
            "la clé {named} qui chiffre {fr} est protégée contre la destruction : levez la protection, ou consignez comment elle sera détruite à la fin du contrat"
        )),
        None => Verdict::undecided(
            text!(
                "the key is managed outside this code",
                "la clé est gérée hors de ce code"
            ),
            text!(
                "cannot tell whether the key {named} of {en} can be destroyed when the contract ends: declare it in the code, or attest how it is destroyed",
                "impossible de dire si la clé {named} qui chiffre {fr} peut être détruite à la fin du contrat : déclarez-la dans le code, ou attestez comment elle est détruite"
            ),
        ),
    };
    let level = served
        .highest()
        .map(|store| store.sensitivity().basis.evidence.as_slice());
    verdict
        .severity(Severity::Medium)
        .evidence(&served.evidence)
        .evidence(level.unwrap_or_default())
        .related(&served.shown(scan, key, on, |_| false))
        .into()
}

/// A store without a key of the customer's.
fn of_store(resource: &Resource<'_>) -> Judgement {
    if !keys::counts(resource) || resource.is_encrypted_as_its_whole() {
        return Judgement::NotApplicable;
    }
    let verdict = match resource.encryption() {
        EncryptionFact::Known(all) => by_provider(resource, all),
        EncryptionFact::Absent | EncryptionFact::Unknown(_) => None,
    };
    let verdict = verdict.or_else(|| {
        let address = words::address(resource);
        keys::untold(resource, Severity::Medium, || {
            text!(
                "cannot tell which key encrypts {address}, and so whether it can be destroyed: name the key in the code",
                "impossible de dire quelle clé chiffre {address}, donc si elle peut être détruite : nommez la clé dans le code"
            )
        })
    });
    verdict.map_or(Judgement::NotApplicable, Judgement::from)
}

/// Parts with the provider's key alone; what lies in clear is for another rule.
fn by_provider(resource: &Resource<'_>, all: &[Encryption]) -> Option<Verdict> {
    let without = |at_rest: &[Answer3], holder: KeyHolder| -> Vec<&Encryption> {
        all.iter()
            .filter(|part| part.holder == holder && at_rest.contains(&part.at_rest))
            .collect()
    };
    let known = without(&[Answer3::Yes], KeyHolder::Provider);
    let not_known = without(&[Answer3::Unknown], KeyHolder::Provider);
    let impossible = without(&[Answer3::Yes, Answer3::Unknown], KeyHolder::Impossible);
    let address = words::address(resource);
    let Text { en, fr } = level_words(resource.sensitivity().level);
    let told = |parts: &[&Encryption]| words::parts(parts.iter().map(|part| part.part.as_str()));
    let (verdict, parts) = if !known.is_empty() {
        let named = told(&known);
        let message = text!(
            "{address} keeps {en} with the provider's key alone{named}: there is nothing of yours to destroy when the contract ends, name a key that you hold",
            "{address} conserve {fr} avec la seule clé du fournisseur{named} : rien ne vous appartient qui puisse être détruit à la fin du contrat, nommez une clé que vous détenez"
        );
        (Verdict::violation(message), known)
    } else if !not_known.is_empty() {
        let named = told(&not_known);
        let verdict = Verdict::undecided(
            text!(
                "the code names no key, and the provider documents no default",
                "le code ne nomme aucune clé, et le fournisseur ne documente aucun réglage par défaut"
            ),
            text!(
                "cannot tell whether a key of {address} can be destroyed when the contract ends{named}: name a key that you hold",
                "impossible de dire si une clé de {address} peut être détruite à la fin du contrat{named} : nommez une clé que vous détenez"
            ),
        );
        (verdict, not_known)
    } else if !impossible.is_empty() {
        let named = told(&impossible);
        let verdict = Verdict::undecided(
            words::no_key_offered(),
            text!(
                "cannot tell how {en} in {address} can be erased when the contract ends{named}: attest how the provider erases it",
                "impossible de dire comment {fr} dans {address} peuvent être effacées à la fin du contrat{named} : attestez comment le fournisseur les efface"
            ),
        );
        (verdict, impossible)
    } else {
        return None;
    };
    let first = parts.first()?;
    Some(
        verdict
            .severity(Severity::Medium)
            .evidence(&first.basis.evidence)
            .evidence(&resource.sensitivity().basis.evidence),
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, encryption};
    use gardefou_sdk::{Class, Level};

    use super::*;

    fn store(name: &str) -> Item {
        Item::new(&format!("aws_s3_bucket.{name}")).level(Level::Health)
    }

    fn with(key: Option<ResourceId>, erasable: Option<bool>) -> Encryption {
        Encryption {
            key,
            key_name: key.is_none().then(|| "arn:key".to_owned()),
            erasable,
            ..encryption(KeyHolder::Customer)
        }
    }

    fn keyed(erasable: Option<bool>) -> Vec<Judgement> {
        let mut estate = Estate::new();
        let key = estate.add(Item::new("aws_kms_key.k").class(Class::KEY));
        estate.add(store("a").encrypted_as(&[with(Some(key), erasable)]));
        estate.add(store("b").encrypted_as(&[with(Some(key), erasable)]));
        estate.judge(RULE)
    }

    #[test]
    fn a_protected_key_is_said_once_on_the_key() {
        let all = keyed(Some(false));
        let verdict = all[0].verdict();
        assert!(verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Medium));
        assert_eq!(verdict.related_ids(), [1, 2]);
        assert_eq!(
            &all[1..],
            [Judgement::NotApplicable, Judgement::NotApplicable]
        );
    }

    #[test]
    fn a_key_that_can_be_destroyed_passes() {
        assert_eq!(keyed(Some(true))[0], Judgement::Passed);
        assert!(!keyed(None)[0].verdict().is_violation());
    }

    #[test]
    fn a_key_managed_elsewhere_is_undetermined_on_the_first_store() {
        let mut estate = Estate::new();
        estate.add(store("a").encrypted_as(&[with(None, None)]));
        estate.add(store("b").encrypted_as(&[with(None, None)]));
        let all = estate.judge(RULE);
        assert!(!all[0].verdict().is_violation());
        assert_eq!(all[1], Judgement::NotApplicable);
    }

    #[test]
    fn a_provider_key_leaves_nothing_to_destroy() {
        let judged = |at_rest, holder| {
            let mut estate = Estate::new();
            estate.add(store("a").encrypted_as(&[Encryption {
                at_rest,
                ..encryption(holder)
            }]));
            estate.judge_one(RULE)
        };
        assert!(
            judged(Answer3::Yes, KeyHolder::Provider)
                .verdict()
                .is_violation()
        );
        for (at_rest, holder) in [
            (Answer3::Unknown, KeyHolder::Provider),
            (Answer3::Yes, KeyHolder::Impossible),
            (Answer3::Unknown, KeyHolder::Impossible),
        ] {
            assert!(!judged(at_rest, holder).verdict().is_violation());
        }
        assert_eq!(
            judged(Answer3::No, KeyHolder::Provider),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn both_are_said_where_a_store_has_a_key_elsewhere_and_a_part_without() {
        let mut estate = Estate::new();
        let mut disk = encryption(KeyHolder::Provider);
        disk.part = "ebs_block_device".to_owned();
        estate.add(store("a").encrypted_as(&[with(None, None), disk]));
        let judgement = estate.judge_one(RULE);
        assert_eq!(judgement.verdicts().len(), 2);
        assert!(
            judgement
                .verdict()
                .message()
                .en
                .contains("(ebs_block_device)")
        );
    }

    #[test]
    fn personal_data_and_unknown_keys() {
        let mut estate = Estate::new();
        estate.add(
            store("a")
                .level(Level::Personal)
                .encrypted_as(&[encryption(KeyHolder::Provider)]),
        );
        assert_eq!(estate.judge_one(RULE), Judgement::NotApplicable);
        let mut estate = Estate::new();
        estate.add(store("a").encryption_unknown("var.key has no value"));
        assert!(!estate.judge_one(RULE).verdict().is_violation());
    }
}
