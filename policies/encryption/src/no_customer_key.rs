//! `encryption/no-customer-key`: sensitive data with no other key than the provider's.

use gardefou_sdk::{
    Answer3, Demand, Encryption, EncryptionFact, Judgement, KeyHolder, Level, Resource, Rule, Scan,
    Severity, Text, Verdict, level_words, lower, text,
};

use crate::{keys, parts, words};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    if !keys::asked(resource.sensitivity().level)
        || resource.regime().customer_key == Demand::None
        || resource.is_encrypted_as_its_whole()
    {
        return Judgement::NotApplicable;
    }
    let verdicts = match resource.encryption() {
        EncryptionFact::Absent => return Judgement::NotApplicable,
        EncryptionFact::Unknown(gap) => {
            vec![Verdict::undetermined(gap, cannot_tell(resource, ""))]
        }
        EncryptionFact::Known(all) => {
            // What lies in clear has no key at all: another rule says so.
            let encrypted = || all.iter().filter(|part| part.at_rest != Answer3::No);
            if encrypted().next().is_none() {
                return Judgement::NotApplicable;
            }
            parts::each(
                encrypted().filter(|part| !keys::is_customers(part)),
                |part, named| of_part(resource, part, named).evidence(&part.basis.evidence),
            )
        }
    };
    let severity = severity(scan, resource);
    // A key for each client is asked of those that serve several.
    let touched: &[&str] = if scan.multi_tenant() {
        &[]
    } else {
        &["SNC-CRY-003"]
    };
    let verdicts = verdicts.into_iter().map(|verdict| {
        verdict
            .severity(severity)
            .against(touched)
            .evidence(&resource.sensitivity().basis.evidence)
    });
    Judgement::of(verdicts.collect())
}

fn of_part(resource: &Resource<'_>, part: &Encryption, named: &str) -> Verdict {
    match (part.holder, part.at_rest) {
        (KeyHolder::Impossible, _) => {
            Verdict::undecided(words::no_key_offered(), not_offered(resource, named))
        }
        (_, Answer3::Unknown) => Verdict::undecided(
            text!(
                "the code names no key, and the provider documents no default",
                "le code ne nomme aucune clé, et le fournisseur ne documente aucun réglage par défaut"
            ),
            cannot_tell(resource, named),
        ),
        _ => Verdict::violation(message(resource, named)),
    }
}

/// A key for each client is a demand on those that serve several.
fn severity(scan: &Scan, resource: &Resource<'_>) -> Severity {
    let for_several = match resource.sensitivity().level {
        Level::Particular => Severity::Critical,
        _ => Severity::High,
    };
    if scan.multi_tenant() {
        for_several
    } else {
        lower(for_several)
    }
}

fn message(resource: &Resource<'_>, part: &str) -> Text {
    let address = words::address(resource);
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "{address} encrypts {en} with the provider's key alone{part}: name a key that you hold",
        "{address} chiffre {fr} avec la seule clé du fournisseur{part} : nommez une clé que vous détenez"
    )
}

fn not_offered(resource: &Resource<'_>, part: &str) -> Text {
    let address = words::address(resource);
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "{address} keeps {en} and can name no key of yours{part}: encrypt the data before it is stored and say so, or use a service that takes a key",
        "{address} conserve {fr} et ne peut nommer aucune clé à vous{part} : chiffrez les données avant de les stocker et dites-le, ou utilisez un service qui accepte une clé"
    )
}

fn cannot_tell(resource: &Resource<'_>, part: &str) -> Text {
    let address = words::address(resource);
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell who holds the key of {address}, which keeps {en}{part}: name the key in the code",
        "impossible de dire qui détient la clé de {address}, qui conserve {fr}{part} : nommez la clé dans le code"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, encryption};

    use super::*;

    fn store(level: Level, holder: KeyHolder) -> Item {
        Item::new("aws_s3_bucket.a")
            .level(level)
            .encrypted_as(&[encryption(holder)])
    }

    fn judged(estate: Estate, item: Item) -> Judgement {
        let mut estate = estate;
        estate.add(item);
        estate.judge_one(RULE)
    }

    #[test]
    fn severity_follows_level_and_clients() {
        let of = |estate: Estate, level| {
            judged(estate, store(level, KeyHolder::Provider))
                .verdicts()
                .first()
                .and_then(Verdict::severity_override)
        };
        let table = [
            (Level::Personal, None, None),
            (Level::Health, Some(Severity::Medium), Some(Severity::High)),
            (
                Level::Particular,
                Some(Severity::High),
                Some(Severity::Critical),
            ),
            (Level::Beyond, None, None),
        ];
        for (level, single, several) in table {
            assert_eq!(of(Estate::new(), level), single, "{level:?}");
            assert_eq!(
                of(Estate::new().multi_tenant(), level),
                several,
                "{level:?}"
            );
        }
    }

    #[test]
    fn a_key_of_the_customer_or_outside_the_provider_passes() {
        for holder in [KeyHolder::Customer, KeyHolder::External] {
            let judgement = judged(Estate::new(), store(Level::Health, holder));
            assert_eq!(judgement, Judgement::Passed);
        }
    }

    #[test]
    fn what_the_provider_does_not_offer_is_undetermined_never_passed() {
        let judgement = judged(
            Estate::new().multi_tenant(),
            store(Level::Particular, KeyHolder::Impossible),
        );
        let verdict = judgement.verdict();
        assert!(!verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Critical));
        assert!(
            verdict
                .reason()
                .is_some_and(|reason| reason.en.contains("no customer key"))
        );
    }

    #[test]
    fn one_part_without_a_key_breaks_it() {
        let mut disk = encryption(KeyHolder::Provider);
        disk.part = "ebs_block_device".to_owned();
        let all = [encryption(KeyHolder::Customer), disk];
        let item = Item::new("aws_instance.a")
            .level(Level::Health)
            .encrypted_as(&all);
        let judgement = judged(Estate::new(), item);
        assert_eq!(judgement.verdicts().len(), 1);
        assert!(
            judgement
                .verdict()
                .message()
                .en
                .contains("(ebs_block_device)")
        );
    }

    #[test]
    fn in_clear_or_not_documented_is_no_violation_of_this_rule() {
        let with = |at_rest| {
            let part = Encryption {
                at_rest,
                ..encryption(KeyHolder::Provider)
            };
            let item = Item::new("a.b").level(Level::Health).encrypted_as(&[part]);
            judged(Estate::new(), item)
        };
        assert_eq!(with(Answer3::No), Judgement::NotApplicable);
        assert!(!with(Answer3::Unknown).verdict().is_violation());
        assert!(with(Answer3::Yes).verdict().is_violation());
    }

    #[test]
    fn a_key_that_is_not_known_is_undetermined() {
        let item = Item::new("a.b")
            .level(Level::Health)
            .encryption_unknown("var.key has no value");
        let judgement = judged(Estate::new(), item);
        assert_eq!(
            judgement
                .verdict()
                .reason()
                .map(|reason| reason.fr.as_str()),
            Some("var.key has no value")
        );
    }
}
