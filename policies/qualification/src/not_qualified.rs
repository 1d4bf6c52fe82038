//! `qualification/not-qualified`: sensitive data on an offering without a SecNumCloud visa in force.

use gardefou_sdk::{
    Demand, Hosting, HostingFact, Judgement, Level, Resource, Rule, Scan, Severity, Text, Verdict,
    Visa, level_words, lower, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    if sensitivity.level == Level::Beyond || resource.regime().qualification == Demand::None {
        return Judgement::NotApplicable;
    }
    let verdict = match resource.hosting() {
        HostingFact::Absent => return Judgement::NotApplicable,
        HostingFact::Unknown(gap) => Verdict::undetermined(gap, cannot_tell(resource)),
        // Inside or outside its scope: another rule asks that.
        HostingFact::Known(Hosting {
            visa: Visa::InForce,
            ..
        }) => return Judgement::Passed,
        HostingFact::Known(hosting) => {
            Verdict::violation(message(scan, resource, hosting)).evidence(&hosting.basis.evidence)
        }
    };
    verdict
        .severity(severity(resource))
        .evidence(&sensitivity.basis.evidence)
        .into()
}

/// Particular sensitivity binds the State and its operators, and is strong advice to a private body; for health data it
/// is advice to all.
fn severity(resource: &Resource<'_>) -> Severity {
    match resource.sensitivity().level {
        Level::Particular if resource.regime().softened => lower(Severity::Critical),
        Level::Particular => Severity::Critical,
        _ => Severity::Medium,
    }
}

fn name(hosting: &Hosting) -> &str {
    hosting.offering.as_deref().unwrap_or(&hosting.provider)
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.address();
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell which offering runs {address}, which holds {en}: name it in the code, or attest it with [[attestation]]",
        "impossible de dire quelle offre exploite {address}, qui porte {fr} : nommez-la dans le code, ou attestez-la avec [[attestation]]"
    )
}

fn message(scan: &Scan, resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let address = resource.address();
    let offering = name(hosting);
    let as_of = scan.as_of();
    let sensitivity = resource.sensitivity();
    let data = level_words(sensitivity.level);
    let (data_en, data_fr) = (&data.en, &data.fr);
    let raised = match sensitivity.raised_from {
        Some(level) => {
            let Text { en, fr } = level_words(level);
            text!(
                " ({en}, raised by the organisation's status)",
                " ({fr}, relevées par le statut de l'organisation)"
            )
        }
        None => Text {
            en: String::new(),
            fr: String::new(),
        },
    };
    let standing = standing(hosting, as_of);
    let remedy = match &hosting.qualified_sibling {
        Some(sibling) => text!(
            "the qualified offering of this provider is {sibling}: move it there",
            "l'offre qualifiée de ce fournisseur est {sibling} : déplacez-la"
        ),
        None => text!(
            "move it to a qualified offering",
            "choisissez une offre qualifiée"
        ),
    };
    Text {
        en: format!(
            "{address} holds {data_en}{} on {offering}, {}; {}",
            raised.en, standing.en, remedy.en
        ),
        fr: format!(
            "{address} porte {data_fr}{} chez {offering}, {} ; {}",
            raised.fr, standing.fr, remedy.fr
        ),
    }
}

/// Why the visa does not count.
fn standing(hosting: &Hosting, as_of: &str) -> Text {
    match (
        hosting.visa,
        hosting.milestone.as_deref(),
        hosting.visa_ends.as_deref(),
    ) {
        (Visa::Candidate, Some(milestone), _) => text!(
            "a SecNumCloud candidate at milestone {milestone}, which counts for nothing before the decision",
            "candidate SecNumCloud au jalon {milestone}, ce qui ne vaut rien avant la décision"
        ),
        (Visa::Candidate, None, _) => text!(
            "a SecNumCloud candidate, which counts for nothing before the decision",
            "candidate SecNumCloud, ce qui ne vaut rien avant la décision"
        ),
        (Visa::Lapsed, _, Some(end)) => text!(
            "whose SecNumCloud visa ended on {end}",
            "dont le visa SecNumCloud a pris fin le {end}"
        ),
        _ => text!(
            "which has no SecNumCloud visa in force on {as_of}",
            "qui n'a pas de visa SecNumCloud en vigueur au {as_of}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item, unqualified};
    use gardefou_sdk::{Actor, Certainty};

    use super::*;

    fn judged(actor: Option<Actor>, level: Level, hosting: Hosting) -> Judgement {
        let mut estate = match actor {
            Some(actor) => Estate::new().of(actor),
            None => Estate::new(),
        };
        estate.add(
            Item::new("azurerm_storage_account.a")
                .level(level)
                .hosted(hosting),
        );
        estate.judge_one(RULE)
    }

    #[test]
    fn severity_follows_level_and_actor() {
        let of = |actor, level| {
            judged(actor, level, unqualified("microsoft"))
                .verdict()
                .severity_override()
        };
        assert_eq!(of(None, Level::Particular), Some(Severity::Critical));
        assert_eq!(
            of(Some(Actor::State), Level::Particular),
            Some(Severity::Critical)
        );
        assert_eq!(
            of(Some(Actor::PrivateBody), Level::Particular),
            Some(Severity::High)
        );
        assert_eq!(
            of(Some(Actor::State), Level::Health),
            Some(Severity::Medium)
        );
        assert_eq!(
            of(Some(Actor::PrivateBody), Level::Health),
            Some(Severity::Medium)
        );
        assert_eq!(
            judged(None, Level::Personal, unqualified("microsoft")),
            Judgement::NotApplicable
        );
        assert_eq!(
            judged(None, Level::Beyond, unqualified("microsoft")),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn only_a_visa_in_force_passes() {
        let with = |visa| {
            judged(
                None,
                Level::Particular,
                Hosting {
                    visa,
                    ..unqualified("outscale")
                },
            )
        };
        assert_eq!(with(Visa::InForce), Judgement::Passed);
        for visa in [Visa::None, Visa::Candidate, Visa::Lapsed] {
            assert!(with(visa).verdict().is_violation());
        }
    }

    #[test]
    fn a_candidate_is_named_with_its_milestone_and_a_sibling_as_the_way_out() {
        let hosting = Hosting {
            visa: Visa::Candidate,
            milestone: Some("J1".to_owned()),
            qualified_sibling: Some("ovhcloud/hosted-private-cloud-vmware".to_owned()),
            ..unqualified("ovhcloud")
        };
        let judgement = judged(None, Level::Particular, hosting);
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            assert!(
                text.contains("J1") && text.contains("ovhcloud/hosted-private-cloud-vmware"),
                "{text}"
            );
            assert!(!text.contains("certifi"), "{text}");
        }
    }

    #[test]
    fn a_lapsed_visa_tells_its_last_day() {
        let hosting = Hosting {
            visa: Visa::Lapsed,
            visa_ends: Some("2026-11-20".to_owned()),
            ..unqualified("outscale")
        };
        assert!(
            judged(None, Level::Particular, hosting)
                .verdict()
                .message()
                .en
                .contains("2026-11-20")
        );
    }

    #[test]
    fn an_attested_offering_counts_as_its_visa_does() {
        for (visa, passes) in [(Visa::InForce, true), (Visa::Lapsed, false)] {
            let mut hosting = Hosting {
                visa,
                ..unqualified("ovhcloud")
            };
            hosting.basis.certainty = Certainty::Attest;
            let judgement = judged(None, Level::Particular, hosting);
            assert_eq!(judgement == Judgement::Passed, passes, "{visa:?}");
        }
    }

    #[test]
    fn an_unknown_operator_is_undetermined_with_its_reason() {
        let mut estate = Estate::new();
        estate.add(
            Item::new("apps/Deployment.a")
                .level(Level::Particular)
                .hosted_by_nobody_known("no target"),
        );
        let judgement = estate.judge_one(RULE);
        assert_eq!(
            judgement
                .verdict()
                .reason()
                .map(|reason| reason.fr.as_str()),
            Some("no target")
        );
    }
}
