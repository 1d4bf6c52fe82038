//! `residency/state-outside-area`: Terraform keeps its state outside the area that its level allows, or at a company that
//! extraterritorial law reaches.
//!
//! A state holds every attribute of every resource of its root, secrets included: it has the highest level of the root.

use gardefou_sdk::{
    Class, Exposure, Hosting, HostingFact, Judgement, Level, Location, LocationFact, Resource,
    Rule, Scan, Scope, Severity, Text, Verdict, Visa, level_words, listed, lower, short, text,
};

use crate::place::{Standing, place_words, standing};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    let level = sensitivity.level;
    if level == Level::Beyond || !resource.class().contains(Class::STATE_BACKEND) {
        return Judgement::NotApplicable;
    }
    let outside = match resource.location() {
        LocationFact::Known(location) => match standing(resource.regime(), level, location) {
            Standing::Inside => None,
            standing => Some((location, standing)),
        },
        LocationFact::Unknown(_) | LocationFact::Absent => None,
    };
    let exposed = match resource.hosting() {
        HostingFact::Known(hosting) if hosting.exposure == Exposure::Exposed => Some(hosting),
        _ => None,
    };
    let verdict = match (exposed, outside) {
        (Some(hosting), _) => Verdict::violation(at_exposed(resource, hosting))
            .severity(severity(level))
            .evidence(&hosting.basis.evidence),
        (None, Some((location, standing))) => {
            Verdict::violation(abroad(resource, location, standing))
                .severity(match standing {
                    Standing::Adequate => lower(severity(level)),
                    _ => severity(level),
                })
                .evidence(&location.basis.evidence)
        }
        (None, None) => match open_question(resource) {
            Some(verdict) => verdict.severity(severity(level)),
            None => return Judgement::Passed,
        },
    };
    verdict.evidence(&sensitivity.basis.evidence).into()
}

fn severity(level: Level) -> Severity {
    if level == Level::Particular {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// What has to be known before the state can be said to be in good hands.
fn open_question(resource: &Resource<'_>) -> Option<Verdict> {
    let hosting = match resource.hosting() {
        HostingFact::Unknown(gap) => {
            return Some(Verdict::undetermined(gap, cannot_tell(resource)));
        }
        HostingFact::Known(hosting) => Some(hosting),
        HostingFact::Absent => None,
    };
    if let Some(hosting) = hosting
        && is_open(hosting, resource.sensitivity().level)
    {
        let name = short(operator(hosting));
        let reason = text!(
            "whether extraterritorial law reaches {name} is not established",
            "il n'est pas établi si une loi extraterritoriale atteint {name}"
        );
        return Some(
            Verdict::undecided(reason, cannot_tell(resource)).evidence(&hosting.basis.evidence),
        );
    }
    match resource.location() {
        LocationFact::Unknown(gap) => Some(Verdict::undetermined(gap, cannot_tell(resource))),
        LocationFact::Known(_) => None,
        LocationFact::Absent => Some(Verdict::undecided(
            text!(
                "the catalogue does not say where it keeps the state",
                "le catalogue ne dit pas où il conserve l'état"
            ),
            cannot_tell(resource),
        )),
    }
}

/// The group of a qualified offering may answer to foreign law where that offering was found not to: elsewhere in the
/// group that is open, and matters at particular sensitivity.
fn is_open(hosting: &Hosting, level: Level) -> bool {
    let assessed = hosting.visa == Visa::InForce && hosting.scope == Scope::Inside;
    match hosting.exposure {
        Exposure::None | Exposure::Exposed => false,
        Exposure::Elsewhere => level == Level::Particular && !assessed,
        Exposure::Unknown => true,
    }
}

fn operator(hosting: &Hosting) -> &str {
    hosting.offering.as_deref().unwrap_or(&hosting.provider)
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell in whose hands {address} keeps a state with {en}: name a backend whose host and region this code can show, or attest them",
        "impossible de dire entre quelles mains {address} conserve un état qui porte {fr} : nommez un backend dont ce code peut montrer l'hôte et la région, ou attestez-les"
    )
}

fn at_exposed(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let address = resource.name();
    let name = short(operator(hosting));
    let Text { en, fr } = level_words(resource.sensitivity().level);
    let reached = if hosting.exposed_to.is_empty() {
        text!("extraterritorial law", "une loi extraterritoriale")
    } else {
        let laws = listed(hosting.exposed_to.iter().map(String::as_str));
        text!(
            "extraterritorial law ({laws})",
            "une loi extraterritoriale ({laws})"
        )
    };
    let (by_en, by_fr) = (&reached.en, &reached.fr);
    text!(
        "{address} keeps a state with {en} at {name}, which {by_en} reaches wherever the state lies: keep it at an operator inside the European Union",
        "{address} conserve un état qui porte {fr} chez {name}, que {by_fr} atteint où que soit l'état : confiez-le à un opérateur de l'Union européenne"
    )
}

fn abroad(resource: &Resource<'_>, location: &Location, standing: Standing) -> Text {
    let level = resource.sensitivity().level;
    let address = resource.name();
    let place = place_words(location);
    let Text { en, fr } = level_words(level);
    let wrong = standing.words(level);
    let (wrong_en, wrong_fr) = (&wrong.en, &wrong.fr);
    text!(
        "{address} keeps a state with {en} in {place}, {wrong_en}",
        "{address} conserve un état qui porte {fr} dans {place}, {wrong_fr}"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::Area;
    use gardefou_sdk::testing::{Estate, Item, unqualified};

    use super::*;

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn backend(level: Level) -> Item {
        let item = Item::new("terraform.backend.s3").level(level);
        item.class(Class::HOLDS_DATA | Class::STATE_BACKEND)
    }

    fn host(exposure: Exposure) -> Hosting {
        Hosting {
            exposure,
            exposed_to: vec!["CLOUD Act".to_owned()],
            ..unqualified("somebody")
        }
    }

    #[test]
    fn an_exposed_company_violates_inside_the_union_too() {
        for (level, severity) in [
            (Level::Personal, Severity::Medium),
            (Level::Health, Severity::Medium),
            (Level::Particular, Severity::High),
        ] {
            let item = backend(level).hosted(host(Exposure::Exposed));
            let judgement = judged(item.at("eu-west-3", &["FR"], Area::Eu));
            let verdict = judgement.verdict();
            assert!(verdict.is_violation());
            assert_eq!(verdict.severity_override(), Some(severity), "{level:?}");
            assert!(verdict.message().en.contains("CLOUD Act"));
        }
    }

    #[test]
    fn a_place_outside_violates_whoever_runs_it() {
        let of = |level, country: &str, area| {
            let item = backend(level).hosted(host(Exposure::None));
            let judgement = judged(item.at("somewhere-1", &[country], area));
            let first = judgement.verdicts().first().cloned();
            first.and_then(|verdict| verdict.severity_override())
        };
        assert_eq!(of(Level::Health, "FR", Area::Eu), None);
        assert_eq!(
            of(Level::Health, "CH", Area::Adequate),
            Some(Severity::Medium)
        );
        assert_eq!(of(Level::Particular, "NO", Area::Eea), Some(Severity::High));
        assert_eq!(
            of(Level::Personal, "CH", Area::Adequate),
            Some(Severity::Low)
        );
        assert_eq!(
            of(Level::Personal, "RS", Area::Third),
            Some(Severity::Medium)
        );
        // Also where the operator is not known.
        let item = backend(Level::Health).hosted_by_nobody_known("own host");
        let judgement = judged(item.at("us-east-1", &["US"], Area::Third));
        assert!(judgement.verdict().is_violation());
    }

    #[test]
    fn an_unknown_host_or_place_is_undetermined() {
        let unknown_host = backend(Level::Particular).hosted_by_nobody_known("own host");
        let inside = unknown_host.at("fr-par", &["FR"], Area::Eu);
        let unknown_place = backend(Level::Particular).hosted(host(Exposure::None));
        let neither = backend(Level::Particular).hosted(host(Exposure::Unknown));
        for item in [
            inside,
            unknown_place.nowhere("no argument"),
            neither.at("fr-par", &["FR"], Area::Eu),
        ] {
            let judgement = judged(item);
            let verdict = judgement.verdict();
            assert!(!verdict.is_violation());
            assert_eq!(verdict.severity_override(), Some(Severity::High));
        }
    }

    #[test]
    fn elsewhere_in_a_qualified_group_is_open_at_particular_sensitivity() {
        let of = |level, visa, scope| {
            let item = backend(level).hosted(Hosting {
                visa,
                scope,
                ..host(Exposure::Elsewhere)
            });
            judged(item.at("eu-west-2", &["FR"], Area::Eu))
        };
        let open = of(Level::Particular, Visa::None, Scope::NotStated);
        assert!(!open.verdict().is_violation());
        assert_eq!(
            of(Level::Health, Visa::None, Scope::NotStated),
            Judgement::Passed
        );
        assert_eq!(
            of(Level::Particular, Visa::InForce, Scope::Inside),
            Judgement::Passed
        );
    }

    #[test]
    fn level_beyond_and_other_stores_are_not_its_business() {
        let abroad = |item: Item| judged(item.at("us-east-1", &["US"], Area::Third));
        assert_eq!(abroad(backend(Level::Beyond)), Judgement::NotApplicable);
        let bucket = Item::new("aws_s3_bucket.a").level(Level::Health);
        assert_eq!(abroad(bucket), Judgement::NotApplicable);
    }
}
