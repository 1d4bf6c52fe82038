//! `residency/outside-area`: the primary location lies outside the area that the data's level allows.

use gardefou_sdk::{
    Area, Class, Judgement, Level, Location, LocationFact, Resource, Rule, Scan, Severity, Text,
    Verdict, level_words, text,
};

use crate::place::{Standing, place_words, standing};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let level = resource.sensitivity().level;
    // Level beyond answers to another rule; so do copies of what a backup saves, and states of Terraform.
    if level == Level::Beyond
        || resource
            .class()
            .intersects(Class::BACKUP | Class::STATE_BACKEND)
        || resource.is_placed_as_its_whole()
    {
        return Judgement::NotApplicable;
    }
    let verdict = match resource.location() {
        LocationFact::Absent => return Judgement::NotApplicable,
        LocationFact::Unknown(gap) => {
            Verdict::undetermined(gap, cannot_tell(resource)).severity(outside(level))
        }
        // What has no place to be outside of is named by `residency/worldwide-service`.
        LocationFact::Known(location) if location.area == Area::Worldwide => {
            return Judgement::NotApplicable;
        }
        LocationFact::Known(location) => {
            let standing = standing(resource.regime(), level, location);
            if standing == Standing::Inside {
                return Judgement::Passed;
            }
            Verdict::violation(message(resource, standing, location))
                .severity(standing.severity(outside(level)))
                .evidence(&location.basis.evidence)
        }
    };
    verdict
        .evidence(&resource.sensitivity().basis.evidence)
        .into()
}

/// Severity outside; and when the place is not known, that of the worst place.
fn outside(level: Level) -> Severity {
    if level >= Level::Health {
        Severity::Critical
    } else {
        Severity::High
    }
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell where {address} keeps {en}: state its region where this code can show it",
        "impossible de dire où {address} conserve {fr} : indiquez sa région là où ce code peut la montrer"
    )
}

fn message(resource: &Resource<'_>, standing: Standing, location: &Location) -> Text {
    let level = resource.sensitivity().level;
    let address = resource.name();
    let place = place_words(location);
    let Text { en, fr } = level_words(level);
    let wrong = standing.words(level);
    let (wrong_en, wrong_fr) = (&wrong.en, &wrong.fr);
    text!(
        "{address} keeps {en} in {place}, {wrong_en}",
        "{address} conserve {fr} dans {place}, {wrong_fr}"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::Relation;
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn severity_of(level: Level, countries: &[&str], area: Area) -> Option<Severity> {
        let item = Item::new("aws_s3_bucket.a")
            .level(level)
            .at("somewhere-1", countries, area);
        judged(item)
            .verdicts()
            .first()
            .and_then(Verdict::severity_override)
    }

    #[test]
    fn the_level_decides_the_area() {
        use Severity::{Critical, High, Low, Medium};
        let table = [
            (Level::Particular, "FR", Area::Eu, None),
            (Level::Particular, "NO", Area::Eea, Some(Critical)),
            (Level::Particular, "CH", Area::Adequate, Some(Critical)),
            (Level::Particular, "US", Area::Adequate, Some(Critical)),
            (Level::Health, "NO", Area::Eea, None),
            (Level::Health, "GB", Area::Adequate, Some(Critical)),
            (Level::Health, "US", Area::Adequate, Some(Critical)),
            (Level::Health, "US", Area::Third, Some(Critical)),
            (Level::Personal, "IS", Area::Eea, None),
            (Level::Personal, "GB", Area::Adequate, Some(Low)),
            (Level::Personal, "CA", Area::Adequate, Some(Low)),
            // While the decision on the United States holds, and when it falls.
            (Level::Personal, "US", Area::Adequate, Some(Medium)),
            (Level::Personal, "US", Area::Third, Some(Medium)),
            (Level::Personal, "RS", Area::Third, Some(High)),
        ];
        for (level, country, area, expected) in table {
            assert_eq!(
                severity_of(level, &[country], area),
                expected,
                "{level:?} in {country}"
            );
        }
    }

    #[test]
    fn what_lives_in_another_store_is_judged_with_it() {
        let at = |level, region: &str| {
            Item::new("store.a")
                .level(level)
                .at(region, &["US"], Area::Third)
        };
        let judged = |part: Item, whole: Item, circle: bool| {
            let mut estate = Estate::new();
            let part = estate.add(part);
            let whole = estate.add(whole);
            estate.relate(part, Relation::PartOf, whole);
            if circle {
                estate.relate(whole, Relation::PartOf, part);
            }
            let all = estate.judge(RULE);
            [part, whole].map(|id| all[id as usize].verdicts().len())
        };
        let account = || at(Level::Health, "eastus");
        assert_eq!(judged(account(), account(), false), [0, 1]);
        assert_eq!(
            judged(at(Level::Health, "westus"), account(), false),
            [1, 1]
        );
        // What is more sensitive than what it lives in is not answered for there.
        assert_eq!(
            judged(at(Level::Particular, "eastus"), account(), false),
            [1, 1]
        );
        // Nor could two that lie in each other answer for each other.
        assert_eq!(judged(account(), account(), true), [1, 1]);
    }

    #[test]
    fn a_multi_region_counts_as_its_worst_country() {
        let mixed = severity_of(Level::Personal, &["US", "CA"], Area::Adequate);
        assert_eq!(mixed, Some(Severity::Medium));
        let worse = severity_of(Level::Personal, &["US", "BE", "TW"], Area::Third);
        assert_eq!(worse, Some(Severity::High));
    }

    #[test]
    fn the_contested_decision_is_named() {
        let of = |country: &str| {
            let item = Item::new("aws_s3_bucket.a");
            let judgement = judged(item.at("somewhere-1", &[country], Area::Adequate));
            judgement.verdict().message().clone()
        };
        assert!(of("US").en.contains("contested") && of("US").fr.contains("contestée"));
        assert!(of("GB").en.contains("adequacy") && !of("GB").en.contains("contested"));
    }

    #[test]
    fn an_unknown_place_is_never_a_pass() {
        let judgement = judged(
            Item::new("aws_s3_bucket.a")
                .level(Level::Health)
                .nowhere("AWS_REGION decides"),
        );
        let verdict = judgement.verdict();
        assert_eq!(
            verdict.reason().map(|reason| reason.en.as_str()),
            Some("AWS_REGION decides")
        );
        assert_eq!(verdict.severity_override(), Some(Severity::Critical));
    }

    #[test]
    fn evidence_of_the_place_comes_before_evidence_of_the_level() {
        let judgement = judged(Item::new("aws_s3_bucket.a").at("us-east-1", &["US"], Area::Third));
        assert_eq!(judgement.verdict().evidence_ids(), [700, 800]);
    }

    #[test]
    fn other_rules_answer_for_backups_states_services_without_a_region_and_level_beyond() {
        let abroad = |item: Item| judged(item.at("us-east-1", &["US"], Area::Third));
        for class in [
            Class::HOLDS_DATA | Class::BACKUP,
            Class::HOLDS_DATA | Class::STATE_BACKEND,
        ] {
            let item = Item::new("aws_backup_vault.a").class(class);
            assert_eq!(abroad(item), Judgement::NotApplicable, "{class:?}");
        }
        let beyond = Item::new("aws_s3_bucket.a").level(Level::Beyond);
        assert_eq!(abroad(beyond), Judgement::NotApplicable);
        let everywhere = Item::new("aws_cloudfront_distribution.a").level(Level::Health);
        assert_eq!(
            judged(everywhere.at("global", &[], Area::Worldwide)),
            Judgement::NotApplicable
        );
    }

    #[test]
    fn a_message_stays_short_whatever_the_names() {
        let address = format!("aws_s3_bucket.a[\"{}\"]", "x".repeat(20_000));
        let judgement = judged(Item::new(&address).at("us-east-1", &["US"], Area::Third));
        assert!(judgement.verdict().message().fr.len() < 1024);
    }
}
