//! `qualification/visa-ending`: the visa that counts today ends soon.
//!
//! The end of a visa is one event, whatever runs on the offering: one finding for each offering, on its first resource.

use std::collections::BTreeMap;

use gardefou_sdk::{
    Hosting, HostingFact, Judgement, Judges, Resource, ResourceId, Rule, Scan, Scope, Severity,
    Text, Verdict, Visa, short, text,
};

use crate::common::{address, data, holds, is_demanded, offering, weighed};
use crate::days;

pub(crate) const RULE: Rule = Rule::apart(prepare);

/// Days before the end, the last day included: time to find out about a renewal.
const SOON: i64 = 180;
/// Days before the end in which there is hardly time to move.
const NOW: i64 = 30;

/// So many of the other resources are shown.
const RELATED: usize = 32;

/// What tells one visa from another.
type Key = (String, Option<String>, Option<String>);

fn prepare<'a>(scan: &'a Scan, scope: &[Resource<'a>]) -> Judges<'a> {
    let mut users: BTreeMap<Key, Vec<Resource<'a>>> = BTreeMap::new();
    for resource in scope {
        if let Some(hosting) = concerned(resource) {
            let key = (
                hosting.provider.clone(),
                hosting.offering.clone(),
                hosting.visa_ends.clone(),
            );
            users.entry(key).or_default().push(*resource);
        }
    }
    // By the first resource of each offering: the others that the end of its visa reaches.
    let others: BTreeMap<ResourceId, Vec<Resource<'a>>> = users
        .into_values()
        .filter_map(|mut all| {
            let first = (!all.is_empty()).then(|| all.remove(0))?;
            Some((first.id(), all))
        })
        .collect();
    let apart = move |resource: &Resource<'a>| {
        let others = others.get(&resource.id())?;
        let judgement = judge(scan, resource, concerned(resource)?, others.len());
        let Judgement::Verdicts(verdicts) = judgement else {
            return Some(judgement);
        };
        let verdicts = verdicts
            .into_iter()
            .map(|verdict| verdict.related(others.iter().take(RELATED)));
        Some(Judgement::of(verdicts.collect()))
    };
    // Another resource of the offering says it for them.
    let rest = move |resource: &Resource<'a>| match concerned(resource) {
        None => Judgement::NotApplicable,
        Some(hosting) => match judge(scan, resource, hosting, 0) {
            Judgement::Verdicts(_) => Judgement::NotApplicable,
            judgement => judgement,
        },
    };
    Judges {
        apart: Box::new(apart),
        rest: Box::new(rest),
    }
}

/// The offering whose visa counts for this resource. A use outside the visa's scope loses nothing when the visa ends.
fn concerned<'r>(resource: &'r Resource<'_>) -> Option<&'r Hosting> {
    match resource.hosting() {
        HostingFact::Known(hosting)
            if is_demanded(resource)
                && hosting.visa == Visa::InForce
                && hosting.scope != Scope::Outside =>
        {
            Some(hosting)
        }
        _ => None,
    }
}

fn judge(scan: &Scan, resource: &Resource<'_>, hosting: &Hosting, others: usize) -> Judgement {
    let as_of = scan.as_of();
    let Some(ends) = hosting.visa_ends.as_deref() else {
        let verdict = Verdict::undecided(
            text!(
                "the dates of the visa are not established",
                "les dates du visa ne sont pas établies"
            ),
            ask(resource, hosting),
        );
        return weighed(resource, Severity::Medium, verdict, Some(hosting));
    };
    let ends = short(ends);
    let (severity, verdict) = match days::between(as_of, &ends) {
        Some(left) if left > SOON => return Judgement::Passed,
        Some(left @ 0..) => {
            let severity = if left > NOW {
                Severity::Medium
            } else {
                Severity::High
            };
            (
                severity,
                Verdict::violation(message(resource, hosting, others, &ends, left)),
            )
        }
        // A visa that ended is not in force, and a date is a date: the facts say otherwise only when they are wrong.
        Some(_) | None => {
            let reason = text!(
                "the end of the visa, \"{ends}\", is no day after {as_of}",
                "la fin du visa, « {ends} », n'est pas un jour postérieur au {as_of}"
            );
            (
                Severity::Medium,
                Verdict::undecided(reason, ask(resource, hosting)),
            )
        }
    };
    weighed(resource, severity, verdict, Some(hosting))
}

fn message(
    resource: &Resource<'_>,
    hosting: &Hosting,
    others: usize,
    ends: &str,
    left: i64,
) -> Text {
    let Text { en, fr } = holds(resource, hosting);
    let more = match others {
        0 => text!("", ""),
        1 => text!(" as does 1 more resource,", " comme 1 autre ressource,"),
        _ => text!(
            " as do {others} more resources,",
            " comme {others} autres ressources,"
        ),
    };
    let (more_en, more_fr) = (more.en, more.fr);
    let when = match left {
        0 => text!("today", "aujourd'hui"),
        1 => text!("in 1 day", "dans 1 jour"),
        _ => text!("in {left} days", "dans {left} jours"),
    };
    let (when_en, when_fr) = (when.en, when.fr);
    text!(
        "{en},{more_en} whose SecNumCloud visa ends on {ends}, {when_en}: ask the provider for the decision that renews it, and have a qualified offering to move to",
        "{fr},{more_fr} dont le visa SecNumCloud prend fin le {ends}, {when_fr} : demandez au fournisseur la décision qui le renouvelle, et prévoyez une offre qualifiée de repli"
    )
}

fn ask(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let (address, offering) = (address(resource), offering(hosting));
    let Text { en, fr } = data(resource);
    text!(
        "cannot tell until when the SecNumCloud visa of {offering} holds for {address}, which holds {en}: read its end in ANSSI's list of visas or ask the provider, and correct the catalogue with --catalog",
        "impossible de dire jusqu'à quand le visa SecNumCloud de {offering} vaut pour {address}, qui porte {fr} : lisez-en la fin dans la liste des visas de l'ANSSI ou demandez-la au fournisseur, et corrigez le catalogue avec --catalog"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};
    use gardefou_sdk::{Actor, Level};

    use super::*;
    use crate::common::tests::{judged, qualified};

    /// The date of the scan is 2026-11-21.
    fn ending(actor: Option<Actor>, level: Level, ends: Option<&str>) -> Judgement {
        let hosting = Hosting {
            visa_ends: ends.map(str::to_owned),
            ..qualified()
        };
        judged(RULE, actor, level, hosting)
    }

    #[test]
    fn the_last_day_of_each_term_is_inside_it() {
        for (ends, severity) in [
            ("2026-11-21", Some(Severity::High)),
            ("2026-11-30", Some(Severity::High)),
            ("2026-12-21", Some(Severity::High)),
            ("2026-12-22", Some(Severity::Medium)),
            ("2026-12-29", Some(Severity::Medium)),
            ("2027-05-20", Some(Severity::Medium)),
            ("2027-05-21", None),
            ("2028-02-29", None),
        ] {
            let judgement = ending(None, Level::Particular, Some(ends));
            match severity {
                Some(_) => {
                    let verdict = judgement.verdict();
                    assert_eq!(verdict.severity_override(), severity, "{ends}");
                    assert!(verdict.is_violation(), "{ends}");
                }
                None => assert_eq!(judgement, Judgement::Passed, "{ends}"),
            }
        }
    }

    #[test]
    fn it_weighs_one_step_less_for_a_private_body() {
        for (ends, severity) in [
            ("2026-11-30", Severity::Medium),
            ("2026-12-29", Severity::Low),
        ] {
            let judgement = ending(Some(Actor::PrivateBody), Level::Particular, Some(ends));
            assert_eq!(judgement.verdict().severity_override(), Some(severity));
        }
    }

    #[test]
    fn the_message_has_the_date_and_the_days_left() {
        for (ends, en, fr) in [
            ("2026-11-21", "today", "aujourd'hui"),
            ("2026-11-22", "in 1 day:", "dans 1 jour "),
            ("2026-11-30", "in 9 days", "dans 9 jours"),
        ] {
            let judgement = ending(None, Level::Particular, Some(ends));
            let message = judgement.verdict().message();
            assert!(message.en.contains(en) && message.en.contains(ends));
            assert!(message.fr.contains(fr) && message.fr.contains(ends));
        }
    }

    #[test]
    fn a_date_that_is_not_known_or_no_date_is_undetermined() {
        for (ends, word) in [
            (None, "not established"),
            (Some("soon"), "soon"),
            (Some("2026-11-31"), "2026-11-31"),
            (Some("2026-11-20"), "2026-11-20"),
        ] {
            let judgement = ending(None, Level::Particular, ends);
            let verdict = judgement.verdict();
            assert!(!verdict.is_violation(), "{ends:?}");
            assert!(verdict.reason().is_some_and(|text| text.en.contains(word)));
            assert_eq!(verdict.severity_override(), Some(Severity::Medium));
        }
    }

    #[test]
    fn one_finding_tells_of_all_that_runs_on_the_offering() {
        let mut estate = Estate::new();
        let soon = |company: &str| Hosting {
            provider: company.to_owned(),
            offering: Some(format!("{company}/cloud")),
            visa_ends: Some("2026-11-30".to_owned()),
            ..qualified()
        };
        for (name, company) in [("a", "outscale"), ("b", "s3ns"), ("c", "outscale")] {
            let item = Item::new(&format!("x_store.{name}"))
                .level(Level::Particular)
                .hosted(soon(company));
            estate.add(item);
        }
        let all = estate.judge(RULE);
        assert_eq!(all[0].verdict().related_ids(), [2]);
        assert!(all[0].verdict().message().en.contains("1 more resource"));
        assert!(all[1].verdict().related_ids().is_empty());
        assert_eq!(all[2], Judgement::NotApplicable);
    }

    #[test]
    fn it_is_asked_of_visas_in_force_and_of_uses_that_they_cover() {
        let soon = Hosting {
            visa_ends: Some("2026-11-30".to_owned()),
            ..qualified()
        };
        for visa in [Visa::None, Visa::Candidate, Visa::Lapsed] {
            let hosting = Hosting {
                visa,
                ..soon.clone()
            };
            let judgement = judged(RULE, None, Level::Particular, hosting);
            assert_eq!(judgement, Judgement::NotApplicable, "{visa:?}");
        }
        let outside = Hosting {
            scope: Scope::Outside,
            ..soon.clone()
        };
        assert_eq!(
            judged(RULE, None, Level::Particular, outside),
            Judgement::NotApplicable
        );
        let open = Hosting {
            scope: Scope::NotStated,
            ..soon
        };
        assert!(
            judged(RULE, None, Level::Particular, open)
                .verdict()
                .is_violation()
        );
        for level in [Level::Health, Level::Personal, Level::Beyond] {
            let judgement = ending(None, level, Some("2026-11-30"));
            assert_eq!(judgement, Judgement::NotApplicable, "{level:?}");
        }
    }
}
