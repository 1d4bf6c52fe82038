//! `qualification/hds-missing`: health data at a host without an HDS certificate that counts there.

use gardefou_sdk::{
    Answer3, Demand, Hosting, HostingFact, Judgement, Level, LocationFact, Resource, Rule, Scan,
    Severity, Text, Verdict, short, text,
};

use crate::common::{address, data, holds, offering, unknown_host, weighed};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    // Particular sensitivity asks for a certificate when it was raised from health: what health asks still holds.
    if resource.sensitivity().level == Level::Beyond
        || resource.regime().hds == Demand::None
        || resource.is_hosted_as_its_whole()
    {
        return Judgement::NotApplicable;
    }
    let (verdict, hosting) = match resource.hosting() {
        HostingFact::Absent => return Judgement::NotApplicable,
        HostingFact::Unknown(gap) => (unknown_host(resource, gap), None),
        HostingFact::Known(hosting) => {
            let verdict = match hosting.hds {
                Answer3::Yes => return Judgement::Passed,
                Answer3::No => missing(resource, hosting),
                Answer3::Unknown => unknown(resource, hosting),
            };
            (verdict, Some(hosting))
        }
    };
    weighed(resource, Severity::Critical, verdict, hosting)
}

/// Certificates name sites: the region is part of the answer, and what shows it comes first.
fn missing(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let Text { en, fr } = holds(resource, hosting);
    let LocationFact::Known(location) = resource.location() else {
        return Verdict::violation(text!(
            "{en}, which no HDS certificate covers: move it to a host that a certificate covers",
            "{fr}, qu'aucun certificat HDS ne couvre : choisissez un hébergeur qu'un certificat couvre"
        ));
    };
    let region = short(&location.region);
    Verdict::violation(text!(
        "{en} in {region}, where no HDS certificate covers it: move it to a host, or a region, that a certificate covers",
        "{fr} dans {region}, où aucun certificat HDS ne la couvre : choisissez un hébergeur, ou une région, qu'un certificat couvre"
    ))
    .evidence(&location.basis.evidence)
}

fn unknown(resource: &Resource<'_>, hosting: &Hosting) -> Verdict {
    let (address, offering) = (address(resource), offering(hosting));
    let Text { en, fr } = data(resource);
    let reason = text!(
        "no HDS certificate is established for this use of {offering}",
        "aucun certificat HDS n'est établi pour cet usage de {offering}"
    );
    // A certificate may cover some regions only.
    let (gap, first) = match resource.location() {
        LocationFact::Unknown(gap) => (
            gap.evidence.as_slice(),
            text!(
                "state its region where this code can show it, or ask",
                "indiquez sa région là où ce code peut la montrer, ou demandez"
            ),
        ),
        LocationFact::Known(_) | LocationFact::Absent => ([].as_slice(), text!("ask", "demandez")),
    };
    let (ask_en, ask_fr) = (first.en, first.fr);
    let message = text!(
        "cannot tell whether an HDS certificate covers {address}, which holds {en}: {ask_en} the host for its certificate (activities, sites, last day) and record it in a catalogue of your own with --catalog",
        "impossible de dire si un certificat HDS couvre {address}, qui porte {fr} : {ask_fr} à l'hébergeur son certificat (activités, sites, dernier jour) et consignez-le dans un catalogue à vous avec --catalog"
    );
    Verdict::undecided(reason, message).evidence(gap)
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
    fn a_region_that_is_not_known_may_be_all_that_is_missing() {
        let item = Item::new("scaleway_object_bucket.a")
            .level(Level::Health)
            .nowhere("var.region has no value")
            .hosted(host(Answer3::Unknown));
        let judgement = judged_item(RULE, None, item);
        let message = judgement.verdict().message();
        assert!(message.en.contains("state its region"), "{message:?}");
        let judgement = judged(RULE, None, Level::Health, host(Answer3::Unknown));
        let message = judgement.verdict().message();
        assert!(!message.en.contains("state its region"), "{message:?}");
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
