//! `identity/mfa-not-enforced`: somebody can sign in with one factor.

use gardefou_sdk::{
    Audience, Demand, Judgement, Level, Mfa, MfaFact, MfaState, Resource, Rule, Scan, Severity,
    Text, Verdict, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    if sensitivity.level == Level::Beyond || resource.regime().mfa == Demand::None {
        return Judgement::NotApplicable;
    }
    let verdict = match resource.mfa() {
        MfaFact::Absent => return Judgement::NotApplicable,
        MfaFact::Unknown(gap) => {
            Verdict::undetermined(gap, cannot_tell(&resource.name().to_string()))
        }
        MfaFact::Known(mfa) => match mfa.state {
            MfaState::Enforced => return Judgement::Passed,
            // A factor that end users may decline satisfies what is asked for personal data, and no more.
            MfaState::Optional
                if mfa.audience == Audience::EndUsers && sensitivity.level < Level::Health =>
            {
                return Judgement::Passed;
            }
            MfaState::OutsideCode => Verdict::undecided(
                text!(
                    "sign-in is decided outside this code",
                    "la connexion se décide hors de ce code"
                ),
                cannot_tell(&resource.name().to_string()),
            ),
            MfaState::Optional | MfaState::Off | MfaState::Inverted => {
                Verdict::violation(message(&resource.name().to_string(), mfa))
            }
        }
        .evidence(&mfa.basis.evidence),
    };
    let severity = if sensitivity.level >= Level::Health {
        Severity::High
    } else {
        Severity::Medium
    };
    verdict
        .severity(severity)
        .evidence(&sensitivity.basis.evidence)
        .into()
}

fn cannot_tell(address: &str) -> Text {
    text!(
        "cannot tell whether {address} asks for a second factor: enforce it here, or attest where it is enforced",
        "impossible de dire si {address} exige un second facteur : imposez-le ici, ou attestez où il est imposé"
    )
}

fn message(address: &str, mfa: &Mfa) -> Text {
    let who = match mfa.audience {
        Audience::Administrators => text!("administrators", "les administrateurs"),
        Audience::EndUsers => text!("end users", "les utilisateurs"),
        Audience::Both => text!(
            "administrators and end users",
            "les administrateurs et les utilisateurs"
        ),
    };
    let (who_en, who_fr) = (&who.en, &who.fr);
    match mfa.state {
        MfaState::Optional => text!(
            "{address} offers a second factor, but {who_en} can decline it: a factor that can be declined is not enforced; require it",
            "{address} propose un second facteur, mais {who_fr} peuvent le refuser : un facteur que l'on peut refuser n'est pas imposé ; exigez-le"
        ),
        MfaState::Inverted => text!(
            "{address} asks for a second factor the wrong way round, so that {who_en} can sign in without one: correct the condition",
            "{address} écrit la condition du second facteur à l'envers, si bien que {who_fr} peuvent s'en passer : corrigez la condition"
        ),
        _ => text!(
            "{address} lets {who_en} sign in with one factor: require a second one",
            "{address} laisse {who_fr} se connecter avec un seul facteur : exigez-en un second"
        ),
    }
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn judged(level: Level, state: MfaState, audience: Audience) -> Judgement {
        let mut estate = Estate::new();
        estate.add(
            Item::new("aws_cognito_user_pool.a")
                .level(level)
                .mfa(state, audience),
        );
        estate.judge_one(RULE)
    }

    #[test]
    fn only_an_enforced_factor_passes_for_administrators() {
        for level in [Level::Personal, Level::Health, Level::Particular] {
            assert_eq!(
                judged(level, MfaState::Enforced, Audience::Administrators),
                Judgement::Passed
            );
            for state in [MfaState::Off, MfaState::Optional, MfaState::Inverted] {
                assert!(
                    judged(level, state, Audience::Administrators)
                        .verdict()
                        .is_violation()
                );
                assert!(
                    judged(level, state, Audience::Both)
                        .verdict()
                        .is_violation()
                );
            }
        }
    }

    #[test]
    fn an_offered_factor_is_enough_for_end_users_of_personal_data_only() {
        assert_eq!(
            judged(Level::Personal, MfaState::Optional, Audience::EndUsers),
            Judgement::Passed
        );
        let judgement = judged(Level::Health, MfaState::Optional, Audience::EndUsers);
        assert!(judgement.verdict().message().en.contains("offers"));
        assert_eq!(
            judgement.verdict().severity_override(),
            Some(Severity::High)
        );
        assert!(
            judged(Level::Personal, MfaState::Off, Audience::EndUsers)
                .verdict()
                .is_violation()
        );
    }

    #[test]
    fn severity_follows_the_level() {
        let of = |level| {
            judged(level, MfaState::Off, Audience::EndUsers)
                .verdict()
                .severity_override()
        };
        assert_eq!(of(Level::Particular), Some(Severity::High));
        assert_eq!(of(Level::Health), Some(Severity::High));
        assert_eq!(of(Level::Personal), Some(Severity::Medium));
        assert_eq!(
            judged(Level::Internal, MfaState::Off, Audience::Both),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn what_is_decided_elsewhere_is_undetermined() {
        let judgement = judged(
            Level::Health,
            MfaState::OutsideCode,
            Audience::Administrators,
        );
        assert!(!judgement.verdict().is_violation());
        let mut estate = Estate::new();
        estate.add(
            Item::new("aws_cognito_user_pool.a")
                .level(Level::Health)
                .mfa_unknown("variable without value"),
        );
        assert_eq!(
            estate
                .judge_one(RULE)
                .verdict()
                .reason()
                .map(|reason| reason.en.as_str()),
            Some("variable without value")
        );
    }
}
