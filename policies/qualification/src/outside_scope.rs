//! `qualification/outside-scope`: a qualified offering, used where or for what its visa does not cover.
//!
//! Only asked of offerings whose visa is in force: anything else is `not-qualified`, and never both.

use gardefou_sdk::{
    Beyond, Certainty, Hosting, HostingFact, Judgement, LocationFact, Resource, Rule, Scan, Scope,
    Severity, Text, Verdict, Visa, listed, short, text,
};

use crate::common::{address, data, holds, is_demanded, offering, weighed};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    if !is_demanded(resource) || resource.is_hosted_as_its_whole() {
        return Judgement::NotApplicable;
    }
    let HostingFact::Known(
        hosting @ Hosting {
            visa: Visa::InForce,
            ..
        },
    ) = resource.hosting()
    else {
        return Judgement::NotApplicable;
    };
    let verdict = match hosting.scope {
        Scope::Inside => return Judgement::Passed,
        Scope::Outside => {
            Verdict::violation(outside(resource, hosting)).against(touched(hosting.outside_by))
        }
        Scope::NotStated if is_attested(resource, hosting) => return Judgement::Passed,
        Scope::NotStated => not_stated(resource, hosting).against(&["SNC-QUA-003"]),
    };
    weighed(resource, Severity::Critical, verdict, Some(hosting))
}

/// By what of the use is outside. A managed service on qualified infrastructure is a layer that needs its own visa.
fn touched(by: Option<Beyond>) -> &'static [&'static str] {
    match by {
        Some(Beyond::Place) => &["SNC-QUA-003"],
        Some(Beyond::Service) => &["SNC-QUA-004"],
        Some(Beyond::Model) => &["SNC-QUA-004", "SNC-CMP-001"],
        None => &[],
    }
}

/// Somebody states that this use is of that offering, and where it is: no place that the visa covers speaks against it.
fn is_attested(resource: &Resource<'_>, hosting: &Hosting) -> bool {
    hosting.basis.certainty == Certainty::Attest
        && matches!(resource.location(), LocationFact::Known(_))
}

fn outside(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let Text { en, fr } = holds(resource, hosting);
    let kind = short(resource.kind());
    let place = match resource.location() {
        LocationFact::Known(location) => {
            let region = short(&location.region);
            text!(" in {region}", " dans {region}")
        }
        LocationFact::Unknown(_) | LocationFact::Absent => text!("", ""),
    };
    let (in_en, in_fr) = (place.en, place.fr);
    let places = listed(hosting.visa_places.iter().map(String::as_str));
    let named = if places.is_empty() {
        text!(
            "a region and a service that the visa names",
            "une région et un service que le visa nomme"
        )
    } else {
        text!(
            "a service that the visa names, in {places}",
            "un service que le visa nomme, dans {places}"
        )
    };
    let (named_en, named_fr) = (named.en, named.fr);
    text!(
        "{en}, whose SecNumCloud visa is in force and does not cover {kind}{in_en}: use {named_en}",
        "{fr}, dont le visa SecNumCloud est en vigueur et ne couvre pas {kind}{in_fr} : choisissez {named_fr}"
    )
}

fn not_stated(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let address = address(resource);
    let offering = offering(hosting);
    let Text { en, fr } = data(resource);
    if let LocationFact::Unknown(gap) = resource.location() {
        let message = text!(
            "cannot tell whether the SecNumCloud visa of {offering} covers {address}, which holds {en}: state its region in the code, or in an [[attestation]]",
            "impossible de dire si le visa SecNumCloud de {offering} couvre {address}, qui porte {fr} : indiquez sa région dans le code, ou dans une [[attestation]]"
        );
        return Verdict::undetermined(gap, message);
    }
    Verdict::undecided(
        text!(
            "the registry does not know which regions and services the decision lists",
            "le registre ne sait pas quelles régions et quels services la décision énumère"
        ),
        text!(
            "cannot tell whether the SecNumCloud visa of {offering} covers {address}, which holds {en}: ask the provider which services and regions the decision lists, and attest the use with [[attestation]]",
            "impossible de dire si le visa SecNumCloud de {offering} couvre {address}, qui porte {fr} : demandez au fournisseur quels services et quelles régions la décision énumère, et attestez l'usage avec [[attestation]]"
        ),
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::Item;
    use gardefou_sdk::{Actor, Area, Level};

    use super::*;
    use crate::common::tests::{judged, judged_item, qualified};

    fn scoped(scope: Scope) -> Hosting {
        Hosting {
            scope,
            ..qualified()
        }
    }

    #[test]
    fn only_a_visa_in_force_has_a_scope() {
        for visa in [Visa::None, Visa::Candidate, Visa::Lapsed] {
            let hosting = Hosting {
                visa,
                ..scoped(Scope::Outside)
            };
            assert_eq!(
                judged(RULE, None, Level::Particular, hosting),
                Judgement::NotApplicable,
                "{visa:?}"
            );
        }
        let unknown = Item::new("disk.a")
            .level(Level::Particular)
            .hosted_by_nobody_known("no target");
        assert_eq!(
            judged_item(RULE, None, unknown),
            Judgement::NotApplicable,
            "not-qualified says it"
        );
    }

    #[test]
    fn it_is_asked_of_data_of_particular_sensitivity_alone() {
        for level in [
            Level::Public,
            Level::Internal,
            Level::Personal,
            Level::Health,
            Level::Beyond,
        ] {
            let judgement = judged(RULE, Some(Actor::Ose), level, scoped(Scope::Outside));
            assert_eq!(judgement, Judgement::NotApplicable, "{level:?}");
        }
    }

    #[test]
    fn outside_is_critical_and_one_step_lower_for_a_private_body() {
        for (actor, severity) in [
            (None, Severity::Critical),
            (Some(Actor::Gip), Severity::Critical),
            (Some(Actor::PrivateBody), Severity::High),
        ] {
            for scope in [Scope::Outside, Scope::NotStated] {
                let judgement = judged(RULE, actor, Level::Particular, scoped(scope));
                let verdict = judgement.verdict();
                assert_eq!(verdict.severity_override(), Some(severity), "{actor:?}");
                assert_eq!(verdict.is_violation(), scope == Scope::Outside);
            }
        }
        let inside = judged(RULE, None, Level::Particular, scoped(Scope::Inside));
        assert_eq!(inside, Judgement::Passed);
    }

    #[test]
    fn the_message_names_offering_type_and_region() {
        let item = Item::new("outscale_volume.a")
            .level(Level::Particular)
            .at("us-east-2", &["US"], Area::Third)
            .hosted(Hosting {
                visa_places: vec!["cloudgouv-eu-west-1".to_owned()],
                ..scoped(Scope::Outside)
            });
        let judgement = judged_item(RULE, None, item);
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            for word in [
                "outscale_volume.a",
                "outscale/iaas-cloud-on-demand",
                "us-east-2",
                "cloudgouv-eu-west-1",
            ] {
                assert!(text.contains(word), "{text}");
            }
        }
    }

    #[test]
    fn an_unknown_region_is_the_reason_when_there_is_one() {
        let item = Item::new("outscale_volume.a")
            .level(Level::Particular)
            .nowhere("var.region has no value")
            .hosted(scoped(Scope::NotStated));
        let judgement = judged_item(RULE, None, item);
        let reason = judgement.verdict().reason().map(|text| text.en.as_str());
        assert_eq!(reason, Some("var.region has no value"));
        let judgement = judged(RULE, None, Level::Particular, scoped(Scope::NotStated));
        let reason = judgement.verdict().reason().map(|text| text.en.as_str());
        assert!(reason.is_some_and(|reason| reason.contains("registry")));
    }

    #[test]
    fn an_attestation_answers_when_it_says_where() {
        let mut hosting = scoped(Scope::NotStated);
        hosting.basis.certainty = Certainty::Attest;
        let item = Item::new("disk.a").level(Level::Particular);
        let somewhere = item
            .clone()
            .at("RBX", &["FR"], Area::Eu)
            .hosted(hosting.clone());
        assert_eq!(judged_item(RULE, None, somewhere), Judgement::Passed);
        let nowhere = item.clone().nowhere("no region").hosted(hosting.clone());
        assert!(!judged_item(RULE, None, nowhere).verdict().is_violation());
        // What is known to be outside stays outside.
        hosting.scope = Scope::Outside;
        let abroad = item.at("BHS", &["CA"], Area::Adequate).hosted(hosting);
        assert!(judged_item(RULE, None, abroad).verdict().is_violation());
    }

    #[test]
    fn a_verdict_speaks_against_what_is_outside() {
        for (by, against) in [
            (Beyond::Place, "SNC-QUA-003"),
            (Beyond::Service, "SNC-QUA-004"),
            (Beyond::Model, "SNC-QUA-004 SNC-CMP-001"),
        ] {
            let hosting = Hosting {
                outside_by: Some(by),
                ..scoped(Scope::Outside)
            };
            let judgement = judged(RULE, None, Level::Particular, hosting);
            assert_eq!(judgement.verdict().requirements().join(" "), against);
        }
    }
}
