//! `identity/long-lived-credential`: a key, password or token that nobody has to renew.

use gardefou_sdk::{
    Credential, CredentialFact, Judgement, Level, Lifetime, Resource, Rule, Scan, Severity, Text,
    Verdict, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

const ID: &str = "identity/long-lived-credential";

/// The requirement names these levels: below them a key without end is nobody's business here.
const FROM: Level = Level::Personal;

fn judge(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    let credential = resource.credential();
    if *credential == CredentialFact::Absent {
        return Judgement::NotApplicable;
    }
    let sensitivity = resource.sensitivity();
    if sensitivity.level < FROM || sensitivity.level == Level::Beyond {
        return Judgement::NotApplicable;
    }
    let most = most_days(scan);
    let address = resource.name().to_string();
    let verdict = match credential {
        CredentialFact::Absent => return Judgement::NotApplicable,
        CredentialFact::Unknown(gap) => Verdict::undetermined(gap, cannot_tell(&address)),
        CredentialFact::Known(found) => match judged(found, most) {
            Says::Fine => return Judgement::Passed,
            Says::Endless => Verdict::violation(endless(&address)),
            Says::TooLong(days, most) => Verdict::violation(too_long(&address, days, most)),
            Says::Unmeasured(most) => Verdict::undecided(
                text!(
                    "it ends, and when cannot be known here",
                    "il a une fin, et sa date ne peut pas être connue ici"
                ),
                unmeasured(&address, most),
            ),
        }
        .path(&found.path)
        .evidence(&found.basis.evidence),
    };
    verdict
        .severity(Severity::Medium)
        .evidence(&sensitivity.basis.evidence)
        .into()
}

/// What the length of a credential means to the house.
enum Says {
    Fine,
    Endless,
    TooLong(u32, u32),
    Unmeasured(u32),
}

fn judged(found: &Credential, most: Option<u32>) -> Says {
    match (found.lifetime, found.days, most) {
        (Lifetime::Unlimited, ..) => Says::Endless,
        (Lifetime::Limited, _, None) => Says::Fine,
        (Lifetime::Limited, Some(days), Some(most)) if days > most => Says::TooLong(days, most),
        (Lifetime::Limited, Some(_), Some(_)) => Says::Fine,
        (Lifetime::Limited, None, Some(most)) => Says::Unmeasured(most),
    }
}

/// The option `max-days`; none: any end is enough.
fn most_days(scan: &Scan) -> Option<u32> {
    let set = scan.option(ID, "max-days");
    let days = set.first()?.parse::<u32>().ok()?;
    (days > 0).then_some(days)
}

fn endless(address: &str) -> Text {
    text!(
        "{address} is a static credential without an end: whoever finds it can use it for as long as nobody notices; give it an expiry, rotate it, or replace it by workload identity",
        "{address} est un secret statique sans fin : qui le trouve peut s'en servir tant que personne ne le remarque ; donnez-lui une échéance, renouvelez-le, ou remplacez-le par une identité de charge de travail"
    )
}

fn too_long(address: &str, days: u32, most: u32) -> Text {
    text!(
        "{address} is good for {days} days, and the configuration allows {most}: shorten its life, or rotate it",
        "{address} est valable {days} jours, et la configuration en permet {most} : raccourcissez sa durée, ou renouvelez-le"
    )
}

fn unmeasured(address: &str, most: u32) -> Text {
    text!(
        "cannot tell whether {address} ends within {most} days: write its expiry as a date or a duration",
        "impossible de dire si {address} prend fin en {most} jours : écrivez son échéance sous forme de date ou de durée"
    )
}

fn cannot_tell(address: &str) -> Text {
    text!(
        "cannot tell whether {address} ends: write its expiry here, or attest where it is set",
        "impossible de dire si {address} a une fin : écrivez son échéance ici, ou attestez où elle est fixée"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, certain, gap};

    use super::*;

    fn good_for(lifetime: Lifetime, days: Option<u32>) -> CredentialFact {
        CredentialFact::Known(Credential {
            lifetime,
            days,
            path: "expiration_date".to_owned(),
            basis: certain(1),
        })
    }

    fn judged_with(level: Level, credential: CredentialFact, most: &str) -> Judgement {
        let mut estate = Estate::new().option(ID, "max-days", &[most]);
        estate.add(
            Item::new("outscale_access_key.a")
                .level(level)
                .credential(credential),
        );
        estate.judge_one(RULE)
    }

    fn judged(level: Level, credential: CredentialFact) -> Judgement {
        judged_with(level, credential, "0")
    }

    #[test]
    fn a_key_without_end_is_a_violation_from_personal_data_on() {
        for level in [Level::Personal, Level::Health, Level::Particular] {
            let judgement = judged(level, good_for(Lifetime::Unlimited, None));
            let verdict = judgement.verdict();
            assert!(verdict.is_violation());
            assert_eq!(verdict.severity_override(), Some(Severity::Medium));
            assert_eq!(verdict.evidence_ids(), [1, 800]);
        }
        for level in [Level::Public, Level::Internal, Level::Beyond] {
            assert_eq!(
                judged(level, good_for(Lifetime::Unlimited, None)),
                Judgement::NotApplicable
            );
        }
    }

    #[test]
    fn any_end_is_enough_unless_the_house_says_how_long() {
        for days in [None, Some(30), Some(3_000)] {
            let credential = good_for(Lifetime::Limited, days);
            assert_eq!(judged(Level::Health, credential), Judgement::Passed);
        }
        let of = |days| judged_with(Level::Health, good_for(Lifetime::Limited, days), "90");
        assert_eq!(of(Some(90)), Judgement::Passed);
        let long = of(Some(91));
        assert!(long.verdict().is_violation());
        assert!(long.verdict().message().en.contains("91 days"));
        assert!(of(None).verdict().reason().is_some());
    }

    #[test]
    fn what_is_no_credential_is_not_asked() {
        assert_eq!(
            judged(Level::Health, CredentialFact::Absent),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn an_end_that_is_not_known_is_undetermined() {
        let judgement = judged(
            Level::Health,
            CredentialFact::Unknown(gap("variable \"end\" has no value")),
        );
        let verdict = judgement.verdict();
        assert!(!verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Medium));
    }
}
