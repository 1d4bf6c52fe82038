//! `qualification/hds-missing`: health data at a host without an HDS certificate that counts there.

use gardefou_sdk::{
    Answer3, Demand, Hosting, HostingFact, Judgement, Level, LocationFact, Resource, Rule, Scan,
    Severity, Text, Verdict, text,
};

use crate::common::{address, cut, data, holds, offering, unknown_host, weighed};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    // Particular sensitivity asks for a certificate when it was raised from health: what health asks still holds.
    if resource.sensitivity().level == Level::Beyond || resource.regime().hds == Demand::None {
        return Judgement::NotApplicable;
    }
    let (verdict, hosting) = match resource.hosting() {
        HostingFact::Absent => return Judgement::NotApplicable,
        HostingFact::Unknown(gap) => (unknown_host(resource, gap), None),
        HostingFact::Known(hosting) => {
            let verdict = match hosting.hds {
                Answer3::Yes => return Judgement::Passed,
                Answer3::No => Verdict::violation(missing(resource, hosting)),
                Answer3::Unknown => unknown(resource, hosting),
            };
            (verdict, Some(hosting))
        }
    };
    weighed(resource, Severity::Critical, verdict, hosting)
}

/// Certificates name sites: the region is part of the answer.
fn region(resource: &Resource<'_>) -> Text {
    match resource.location() {
        LocationFact::Known(location) => {
            let region = cut(&location.region);
            text!(" in {region}", " dans {region}")
        }
        LocationFact::Unknown(_) | LocationFact::Absent => text!("", ""),
    }
}

fn missing(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let Text { en, fr } = holds(resource, hosting);
    let region = region(resource);
    let (in_en, in_fr) = (region.en, region.fr);
    text!(
        "{en}{in_en}, where no HDS certificate covers it: move it to a host, or a region, that a certificate covers",
        "{fr}{in_fr}, où aucun certificat HDS ne la couvre : choisissez un hébergeur, ou une région, qu'un certificat couvre"
    )
}

fn unknown(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let (address, offering) = (address(resource), offering(hosting));
    let region = region(resource);
    let (in_en, in_fr) = (region.en, region.fr);
    let Text { en, fr } = data(resource);
    let message = text!(
        "cannot tell whether an HDS certificate covers {address}, which holds {en}: ask the host for its certificate (activities, sites, last day), and record it in a catalogue of your own with --catalog",
        "impossible de dire si un certificat HDS couvre {address}, qui porte {fr} : demandez à l'hébergeur son certificat (activités, sites, dernier jour), et consignez-le dans un catalogue à vous avec --catalog"
    );
    Verdict::undecided(
        text!(
            "no HDS certificate is established for {offering}{in_en}",
            "aucun certificat HDS n'est établi pour {offering}{in_fr}"
        ),
        message,
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Item, unqualified};
    use gardefou_sdk::{Actor, Area};

    use super::*;
    use crate::common::tests::{judged, judged_item};

    fn host(hds: Answer3) -> Hosting {
        Hosting {
            hds,
            ..unqualified("scaleway")
        }
    }

    #[test]
    fn the_certificate_decides() {
        let of = |hds| judged(RULE, None, Level::Health, host(hds));
        assert_eq!(of(Answer3::Yes), Judgement::Passed);
        assert!(of(Answer3::No).verdict().is_violation());
        let unknown = of(Answer3::Unknown);
        assert!(!unknown.verdict().is_violation());
        for judgement in [of(Answer3::No), unknown] {
            let severity = judgement.verdict().severity_override();
            assert_eq!(severity, Some(Severity::Critical));
        }
    }

    #[test]
    fn it_is_asked_of_health_data_and_of_what_was_raised_from_it() {
        for level in [
            Level::Public,
            Level::Internal,
            Level::Personal,
            Level::Particular,
            Level::Beyond,
        ] {
            let judgement = judged(RULE, Some(Actor::State), level, host(Answer3::No));
            assert_eq!(judgement, Judgement::NotApplicable, "{level:?}");
        }
        let raised = Item::new("disk.a")
            .level(Level::Particular)
            .raised_from(Level::Health)
            .hosted(host(Answer3::No));
        let judgement = judged_item(RULE, Some(Actor::State), raised);
        assert!(judgement.verdict().message().en.contains("health data"));
    }

    #[test]
    fn the_message_names_the_host_and_the_region() {
        let item = Item::new("scaleway_object_bucket.a")
            .level(Level::Health)
            .at("nl-ams", &["NL"], Area::Eu)
            .hosted(host(Answer3::No));
        let judgement = judged_item(RULE, None, item);
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            for word in [
                "scaleway_object_bucket.a",
                "scaleway/public-cloud",
                "nl-ams",
            ] {
                assert!(text.contains(word), "{text}");
            }
        }
    }

    #[test]
    fn an_unknown_host_is_undetermined_and_nothing_hosted_is_not_asked() {
        let nobody = Item::new("apps/Deployment.a")
            .level(Level::Health)
            .hosted_by_nobody_known("no target");
        let judgement = judged_item(RULE, None, nobody);
        let reason = judgement.verdict().reason().map(|text| text.en.as_str());
        assert_eq!(reason, Some("no target"));
        let none = Item::new("disk.a").level(Level::Health);
        assert_eq!(judged_item(RULE, None, none), Judgement::NotApplicable);
    }
}
