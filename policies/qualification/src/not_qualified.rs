//! `qualification/not-qualified`: sensitive data on an offering without a SecNumCloud visa in force.

use gardefou_sdk::{
    Answer3, Demand, Hosting, HostingFact, Judgement, Level, Resource, Rule, Scan, Severity, Text,
    Verdict, Visa, short, text,
};

use crate::common::{holds, is_demanded, unknown_host, way_out, weighed};

pub(crate) const RULE: Rule = Rule::each(judge);

/// What every verdict of the rule speaks against.
const QUALIFIED: &str = "SNC-QUA-001";

fn judge(scan: &Scan, resource: &Resource<'_>) -> Judgement {
    let level = resource.sensitivity().level;
    if level == Level::Beyond
        || resource.regime().qualification == Demand::None
        || resource.is_hosted_as_its_whole()
    {
        return Judgement::NotApplicable;
    }
    // It binds the State and its operators for particular sensitivity; for health data it is advice to all.
    let severity = match level {
        Level::Particular => Severity::Critical,
        _ => Severity::Medium,
    };
    match resource.hosting() {
        HostingFact::Absent => Judgement::NotApplicable,
        HostingFact::Unknown(gap) => {
            let verdict = unknown_host(resource, gap).against(&[QUALIFIED]);
            weighed(resource, severity, verdict, None)
        }
        // Inside or outside its scope: another rule asks that.
        HostingFact::Known(Hosting {
            visa: Visa::InForce,
            ..
        }) => Judgement::Passed,
        HostingFact::Known(hosting) => {
            let verdict = Verdict::violation(message(scan, resource, hosting))
                .against(&[QUALIFIED])
                .against(&touched(resource, hosting));
            weighed(resource, severity, verdict, Some(hosting))
        }
    }
}

/// What else the reason speaks against: that a company is qualified elsewhere, that it only applied, that its visa is over,
/// that another certificate stands there.
fn touched(resource: &Resource<'_>, hosting: &Hosting) -> Vec<&'static str> {
    let each = [
        ("SNC-QUA-002", hosting.qualified_sibling.is_some()),
        ("SNC-QUA-005", hosting.visa == Visa::Candidate),
        ("SNC-QUA-006", hosting.visa == Visa::Lapsed),
        ("HDS-CER-002", has_only_hds(resource, hosting)),
    ];
    let held = each.into_iter().filter(|(_, holds)| *holds);
    held.map(|(id, _)| id).collect()
}

/// Certified for health data, where a visa is demanded.
fn has_only_hds(resource: &Resource<'_>, hosting: &Hosting) -> bool {
    hosting.hds == Answer3::Yes && is_demanded(resource)
}

fn message(scan: &Scan, resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let Text { en, fr } = holds(resource, hosting);
    let standing = standing(hosting, scan.as_of());
    let (standing_en, standing_fr) = (standing.en, standing.fr);
    let hds = if has_only_hds(resource, hosting) {
        text!(
            ", and whose HDS certificate does not stand for a visa",
            ", et dont le certificat HDS ne tient pas lieu de visa"
        )
    } else {
        text!("", "")
    };
    let (hds_en, hds_fr) = (hds.en, hds.fr);
    let way_out = way_out(hosting);
    let (way_en, way_fr) = (way_out.en, way_out.fr);
    text!(
        "{en}, {standing_en}{hds_en}; {way_en}",
        "{fr}, {standing_fr}{hds_fr} ; {way_fr}"
    )
}

/// Why the visa does not count.
fn standing(hosting: &Hosting, as_of: &str) -> Text {
    match (hosting.visa, &hosting.milestone, &hosting.visa_ends) {
        (Visa::Candidate, Some(milestone), _) => {
            let milestone = short(milestone);
            let milestone = match &hosting.milestone_on {
                Some(day) => format!("{milestone} ({})", short(day)),
                None => milestone.into_owned(),
            };
            text!(
                "a SecNumCloud candidate at milestone {milestone}, which counts for nothing before the decision",
                "candidate SecNumCloud au jalon {milestone}, ce qui ne vaut rien avant la décision"
            )
        }
        (Visa::Candidate, None, _) => text!(
            "a SecNumCloud candidate, which counts for nothing before the decision",
            "candidate SecNumCloud, ce qui ne vaut rien avant la décision"
        ),
        (Visa::Lapsed, _, Some(end)) => {
            let end = short(end);
            text!(
                "whose SecNumCloud visa ended on {end}",
                "dont le visa SecNumCloud a pris fin le {end}"
            )
        }
        _ => text!(
            "which has no SecNumCloud visa in force on {as_of}",
            "qui n'a pas de visa SecNumCloud en vigueur au {as_of}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Item, unqualified};
    use gardefou_sdk::{Actor, Certainty};

    use super::*;
    use crate::common::tests::{judged as judged_by, judged_item};

    fn judged(actor: Option<Actor>, level: Level, hosting: Hosting) -> Judgement {
        judged_by(RULE, actor, level, hosting)
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
            milestone_on: Some("2025-11-17".to_owned()),
            qualified_sibling: Some("ovhcloud/hosted-private-cloud-vmware".to_owned()),
            visa_places: vec!["Roubaix".to_owned(), "Gravelines".to_owned()],
            ..unqualified("ovhcloud")
        };
        let judgement = judged(None, Level::Particular, hosting);
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            assert!(
                text.contains("J1 (2025-11-17)")
                    && text.contains("ovhcloud/hosted-private-cloud-vmware (Roubaix, Gravelines)"),
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
    fn an_hds_certificate_is_not_taken_for_a_visa() {
        let says = |level, hds| {
            let hosting = Hosting {
                hds,
                ..unqualified("aws")
            };
            let judgement = judged(None, level, hosting);
            judgement.verdict().message().en.contains("HDS")
        };
        assert!(says(Level::Particular, Answer3::Yes));
        assert!(!says(Level::Particular, Answer3::No));
        assert!(!says(Level::Particular, Answer3::Unknown));
        // For health data that is the certificate that is asked.
        assert!(!says(Level::Health, Answer3::Yes));
    }

    #[test]
    fn a_level_that_was_raised_says_from_what() {
        let item = Item::new("aws_s3_bucket.a")
            .level(Level::Particular)
            .raised_from(Level::Health)
            .hosted(unqualified("aws"));
        let judgement = judged_item(RULE, Some(Actor::Gip), item);
        let message = judgement.verdict().message();
        assert!(
            message.en.contains("(health data, raised by"),
            "{message:?}"
        );
    }

    #[test]
    fn an_unknown_operator_is_undetermined_with_its_reason() {
        let item = Item::new("apps/Deployment.a")
            .level(Level::Particular)
            .hosted_by_nobody_known("no target");
        let judgement = judged_item(RULE, None, item);
        let reason = judgement.verdict().reason().map(|text| text.fr.as_str());
        assert_eq!(reason, Some("no target"));
        assert_eq!(
            judgement.verdict().severity_override(),
            Some(Severity::Critical)
        );
    }

    #[test]
    fn a_verdict_speaks_against_what_its_reason_touches() {
        let against = |level, hosting| {
            let judgement = judged(None, level, hosting);
            judgement.verdict().requirements().join(" ")
        };
        let of = Level::Particular;
        assert_eq!(against(of, unqualified("aws")), "SNC-QUA-001");
        let sibling = Hosting {
            qualified_sibling: Some("ovhcloud/snc-cloud-platform".to_owned()),
            hds: Answer3::Yes,
            ..unqualified("ovhcloud")
        };
        assert_eq!(
            against(of, sibling.clone()),
            "SNC-QUA-001 SNC-QUA-002 HDS-CER-002"
        );
        assert_eq!(against(Level::Health, sibling), "SNC-QUA-001 SNC-QUA-002");
        for (visa, also) in [
            (Visa::Candidate, "SNC-QUA-005"),
            (Visa::Lapsed, "SNC-QUA-006"),
        ] {
            let hosting = Hosting {
                visa,
                ..unqualified("outscale")
            };
            assert_eq!(against(of, hosting), format!("SNC-QUA-001 {also}"));
        }
        let unknown = Item::new("a.b").level(of).hosted_by_nobody_known("why");
        let judgement = judged_item(RULE, None, unknown);
        assert_eq!(judgement.verdict().requirements(), ["SNC-QUA-001"]);
    }

    #[test]
    fn all_qualified_offerings_of_a_company_are_named() {
        let hosting = Hosting {
            qualified_sibling: Some("ovhcloud/snc-cloud-platform".to_owned()),
            other_siblings: vec!["ovhcloud/bare-metal-pod".to_owned()],
            ..unqualified("ovhcloud")
        };
        let judgement = judged(None, Level::Particular, hosting);
        let message = judgement.verdict().message();
        for text in [&message.en, &message.fr] {
            assert!(
                text.contains("ovhcloud/snc-cloud-platform")
                    && text.contains("ovhcloud/bare-metal-pod"),
                "{text}"
            );
        }
    }
}
