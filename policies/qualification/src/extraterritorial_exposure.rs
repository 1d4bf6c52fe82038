//! `qualification/extraterritorial-exposure`: law from outside the EU reaches whoever runs it.
//!
//! What ANSSI qualified was assessed as out of reach (SecNumCloud 19.6), so a use inside its visa's scope passes. A region
//! in the EU, or a subsidiary there, changes nothing for another company.

use gardefou_sdk::{
    Answer3, Area, Exposure, Hosting, HostingFact, Judgement, Level, Resource, Rule, Scan, Scope,
    Severity, Text, Verdict, Visa, listed, short, text,
};

use crate::common::{address, data, holds, is_demanded, offering, unknown_host, way_out, weighed};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let Some(severity) = severity(resource) else {
        return Judgement::NotApplicable;
    };
    if resource.is_hosted_as_its_whole() {
        return Judgement::NotApplicable;
    }
    let hosting = match resource.hosting() {
        HostingFact::Absent => return Judgement::NotApplicable,
        HostingFact::Unknown(gap) => {
            return weighed(resource, severity, unknown_host(resource, gap), None);
        }
        HostingFact::Known(hosting) => hosting,
    };
    let verdict = match reach(hosting) {
        Reach::None => return Judgement::Passed,
        // Only a demand for a qualified offering asks who else of the group is reached.
        Reach::Group if !is_demanded(resource) => return Judgement::NotApplicable,
        Reach::Group => of_the_group(resource, hosting),
        Reach::Unknown => unknown(resource, hosting),
        Reach::Known => Verdict::violation(message(resource, hosting)),
    }
    .against(&touched(hosting));
    weighed(resource, severity, verdict, Some(hosting))
}

/// None: the question does not arise.
fn severity(resource: &Resource<'_>) -> Option<Severity> {
    match resource.sensitivity().level {
        Level::Public | Level::Internal | Level::Beyond => None,
        Level::Personal => Some(Severity::Low),
        Level::Health if resource.regime().bound => Some(Severity::High),
        Level::Health => Some(Severity::Medium),
        Level::Particular => Some(Severity::Critical),
    }
}

/// What the reach rests on: the seat, the control, the laws. Out of reach (SNC-IMM-001) is what all of it is about.
fn touched(hosting: &Hosting) -> Vec<&'static str> {
    let seat = hosting.headquarters_area;
    let each = [
        ("SNC-IMM-001", true),
        ("SNC-OWN-001", seat.is_some_and(|area| area != Area::Eu)),
        ("SNC-OWN-002", hosting.eu_controlled != Answer3::Yes),
        ("SNC-IMM-002", hosting.exposure == Exposure::Exposed),
    ];
    let held = each.into_iter().filter(|(_, holds)| *holds);
    held.map(|(id, _)| id).collect()
}

/// Does such law reach the operator?
enum Reach {
    None,
    /// It reaches the group; only its qualified services were assessed.
    Group,
    Unknown,
    Known,
}

fn reach(hosting: &Hosting) -> Reach {
    if hosting.visa == Visa::InForce && hosting.scope == Scope::Inside {
        return Reach::None;
    }
    match (hosting.exposure, hosting.eu_controlled) {
        (Exposure::Exposed, _) | (_, Answer3::No) => Reach::Known,
        (Exposure::Unknown, _) | (_, Answer3::Unknown) => Reach::Unknown,
        (Exposure::Elsewhere, Answer3::Yes) => Reach::Group,
        (Exposure::None, Answer3::Yes) => Reach::None,
    }
}

fn message(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let Text { en, fr } = holds(resource, hosting);
    let seat = match &hosting.headquarters {
        Some(country) => {
            let country = short(country);
            text!(
                "whose operator (headquarters: {country})",
                "dont l'opérateur (siège : {country})"
            )
        }
        None => text!("whose operator", "dont l'opérateur"),
    };
    let (seat_en, seat_fr) = (seat.en, seat.fr);
    let laws = listed(hosting.exposed_to.iter().map(String::as_str));
    let answers = match (hosting.exposure, laws.is_empty()) {
        (Exposure::Exposed, false) => text!("answers to {laws}", "répond à : {laws}"),
        (Exposure::Exposed, true) => text!(
            "answers to law from outside the EU",
            "répond à un droit extérieur à l'UE"
        ),
        _ => text!(
            "is controlled from outside the EU",
            "est contrôlé depuis l'extérieur de l'UE"
        ),
    };
    let (answers_en, answers_fr) = (answers.en, answers.fr);
    let remedy = if is_demanded(resource) {
        way_out(hosting)
    } else {
        text!(
            "move it to an operator that only European law reaches; a key that the operator cannot use lowers the exposure and does not end it",
            "choisissez un opérateur que seul le droit européen atteint ; une clé que l'opérateur ne peut employer réduit l'exposition sans y mettre fin"
        )
    };
    let (remedy_en, remedy_fr) = (remedy.en, remedy.fr);
    text!(
        "{en}, {seat_en} {answers_en}, whatever the region; {remedy_en}",
        "{fr}, {seat_fr} {answers_fr}, quelle que soit la région ; {remedy_fr}"
    )
}

fn of_the_group(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let laws = listed(hosting.exposed_to.iter().map(String::as_str));
    let named = if laws.is_empty() {
        text!("", "")
    } else {
        text!(" ({laws})", " ({laws})")
    };
    let (laws_en, laws_fr) = (named.en, named.fr);
    let reason = text!(
        "law from outside the EU reaches a part of the group{laws_en}, and only its qualified services were assessed as out of its reach",
        "un droit extérieur à l'UE atteint une partie du groupe{laws_fr}, et seuls ses services qualifiés ont été évalués comme hors de sa portée"
    );
    let way_out = way_out(hosting);
    let (way_en, way_fr) = (way_out.en, way_out.fr);
    asked(resource, hosting, reason, &way_en, &way_fr)
}

fn unknown(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let company = short(&hosting.provider);
    let reason = if hosting.eu_controlled == Answer3::Unknown {
        text!(
            "the registry does not know who controls {company}",
            "le registre ne sait pas qui contrôle {company}"
        )
    } else {
        text!(
            "nobody has established whether law from outside the EU reaches {company}",
            "personne n'a établi si un droit extérieur à l'UE atteint {company}"
        )
    };
    asked(
        resource,
        hosting,
        reason,
        "ask the provider who holds its capital and its votes, and correct the catalogue with --catalog",
        "demandez au fournisseur qui détient son capital et ses droits de vote, et corrigez le catalogue avec --catalog",
    )
}

fn asked(
    resource: &Resource<'_>,
    hosting: &Hosting,
    reason: Text,
    remedy_en: &str,
    remedy_fr: &str,
) -> Verdict {
    let (address, offering) = (address(resource), offering(hosting));
    let Text { en, fr } = data(resource);
    let message = text!(
        "cannot tell whether law from outside the EU reaches {address}, which holds {en} on {offering}; {remedy_en}",
        "impossible de dire si un droit extérieur à l'UE atteint {address}, qui porte {fr} chez {offering} ; {remedy_fr}"
    );
    Verdict::undecided(reason, message)
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::Actor;
    use gardefou_sdk::testing::{Item, unqualified};

    use super::*;
    use crate::common::tests::{judged, judged_item, qualified};

    fn american() -> Hosting {
        Hosting {
            headquarters: Some("US".to_owned()),
            eu_controlled: Answer3::No,
            exposure: Exposure::Exposed,
            exposed_to: vec!["US CLOUD Act".to_owned(), "FISA section 702".to_owned()],
            ..unqualified("aws")
        }
    }

    /// Of a European group with a part abroad.
    fn of_a_group() -> Hosting {
        Hosting {
            headquarters: Some("FR".to_owned()),
            eu_controlled: Answer3::Yes,
            exposure: Exposure::Elsewhere,
            qualified_sibling: Some("ovhcloud/hosted-private-cloud-vmware".to_owned()),
            ..unqualified("ovhcloud")
        }
    }

    #[test]
    fn severity_follows_level_and_actor() {
        use Severity::{Critical, High, Low, Medium};
        let bound = Some(Actor::HealthBody);
        let private = Some(Actor::PrivateBody);
        for (actor, level, severity) in [
            (None, Level::Particular, Some(Critical)),
            (bound, Level::Particular, Some(Critical)),
            (private, Level::Particular, Some(High)),
            (None, Level::Health, Some(Medium)),
            (private, Level::Health, Some(Medium)),
            (bound, Level::Health, Some(High)),
            (Some(Actor::Oiv), Level::Health, Some(High)),
            (Some(Actor::LocalAuthority), Level::Health, Some(Medium)),
            (bound, Level::Personal, Some(Low)),
            (bound, Level::Internal, None),
            (None, Level::Public, None),
            (bound, Level::Beyond, None),
        ] {
            let judgement = judged(RULE, actor, level, american());
            match severity {
                Some(_) => {
                    let verdict = judgement.verdict();
                    assert!(verdict.is_violation());
                    assert_eq!(verdict.severity_override(), severity, "{actor:?} {level:?}");
                }
                None => assert_eq!(judgement, Judgement::NotApplicable, "{level:?}"),
            }
        }
    }

    #[test]
    fn the_message_names_the_laws_and_the_headquarters() {
        let judgement = judged(RULE, None, Level::Health, american());
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            for word in ["disk.a", "aws/public-cloud", "US CLOUD Act, FISA", ": US)"] {
                assert!(text.contains(word), "{text}");
            }
        }
    }

    #[test]
    fn what_a_visa_covers_was_assessed() {
        let mut hosting = Hosting {
            exposure: Exposure::Elsewhere,
            ..qualified()
        };
        let judged = |hosting: &Hosting| judged(RULE, None, Level::Particular, hosting.clone());
        assert_eq!(judged(&hosting), Judgement::Passed);
        hosting.scope = Scope::Outside;
        assert!(!judged(&hosting).verdict().is_violation());
        hosting.scope = Scope::Inside;
        hosting.visa = Visa::Lapsed;
        assert!(!judged(&hosting).verdict().is_violation());
    }

    #[test]
    fn the_rest_of_such_a_group_is_a_question_at_particular_alone() {
        let judgement = judged(RULE, None, Level::Particular, of_a_group());
        let verdict = judgement.verdict();
        assert!(!verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Critical));
        assert!(verdict.message().en.contains("hosted-private-cloud-vmware"));
        for level in [Level::Health, Level::Personal] {
            let judgement = judged(RULE, Some(Actor::HealthBody), level, of_a_group());
            assert_eq!(judgement, Judgement::NotApplicable, "{level:?}");
        }
    }

    #[test]
    fn control_that_is_not_known_is_undetermined() {
        for (exposure, eu_controlled) in [
            (Exposure::Unknown, Answer3::Unknown),
            (Exposure::Unknown, Answer3::Yes),
            (Exposure::None, Answer3::Unknown),
            (Exposure::Elsewhere, Answer3::Unknown),
        ] {
            let hosting = Hosting {
                exposure,
                eu_controlled,
                ..unqualified("adista")
            };
            let judgement = judged(RULE, None, Level::Health, hosting);
            let verdict = judgement.verdict();
            assert!(
                verdict
                    .reason()
                    .is_some_and(|text| text.en.contains("adista"))
            );
            assert_eq!(verdict.severity_override(), Some(Severity::Medium));
        }
    }

    #[test]
    fn control_from_outside_counts_by_itself() {
        let hosting = Hosting {
            exposure: Exposure::None,
            eu_controlled: Answer3::No,
            ..unqualified("somebody")
        };
        let judgement = judged(RULE, None, Level::Personal, hosting);
        assert!(judgement.verdict().is_violation());
        assert!(judgement.verdict().message().en.contains("is controlled"));
    }

    #[test]
    fn a_european_operator_passes_and_an_unknown_one_is_undetermined() {
        let hosting = Hosting {
            exposure: Exposure::None,
            eu_controlled: Answer3::Yes,
            ..unqualified("scaleway")
        };
        for level in [Level::Personal, Level::Health, Level::Particular] {
            assert_eq!(
                judged(RULE, None, level, hosting.clone()),
                Judgement::Passed
            );
        }
        let nobody = Item::new("apps/Deployment.a").hosted_by_nobody_known("no target");
        let judgement = judged_item(RULE, None, nobody);
        assert!(!judgement.verdict().is_violation());
        assert_eq!(judgement.verdict().severity_override(), Some(Severity::Low));
    }

    #[test]
    fn a_verdict_speaks_against_what_the_reach_rests_on() {
        let against = |hosting| {
            let judgement = judged(RULE, None, Level::Particular, hosting);
            judgement.verdict().requirements().join(" ")
        };
        let american = Hosting {
            headquarters_area: Some(Area::Third),
            ..american()
        };
        assert_eq!(
            against(american),
            "SNC-IMM-001 SNC-OWN-001 SNC-OWN-002 SNC-IMM-002"
        );
        let european = Hosting {
            headquarters_area: Some(Area::Eu),
            ..of_a_group()
        };
        assert_eq!(against(european.clone()), "SNC-IMM-001");
        let subsidiary = Hosting {
            eu_controlled: Answer3::No,
            exposure: Exposure::None,
            ..european.clone()
        };
        assert_eq!(against(subsidiary), "SNC-IMM-001 SNC-OWN-002");
        let exposed = Hosting {
            exposure: Exposure::Exposed,
            ..european
        };
        assert_eq!(against(exposed), "SNC-IMM-001 SNC-IMM-002");
    }
}
