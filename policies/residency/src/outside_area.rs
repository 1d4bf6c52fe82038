//! `residency/outside-area`: the primary location lies outside the area that the data's level allows.

use gardefou_sdk::{
    Area, Class, Judgement, Level, Location, LocationFact, Resource, Rule, Scan, Severity, Text,
    Verdict, level_words, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    // Level beyond answers to other rules; a standalone backup is judged as a copy of what it saves.
    if sensitivity.level == Level::Beyond || resource.class().contains(Class::BACKUP) {
        return Judgement::NotApplicable;
    }
    let address = resource.address();
    let data = level_words(sensitivity.level);
    let (en, fr) = (&data.en, &data.fr);
    let verdict = match resource.location() {
        LocationFact::Absent => return Judgement::NotApplicable,
        LocationFact::Unknown(gap) => Verdict::undetermined(
            gap,
            text!(
                "cannot tell where {address} keeps {en}: state its region where this code can show it",
                "impossible de dire où {address} conserve {fr} : indiquez sa région là où ce code peut la montrer"
            ),
        )
        .severity(worst(sensitivity.level)),
        LocationFact::Known(location) => {
            let regime = resource.regime();
            if regime.allowed.contains(&location.area) {
                return Judgement::Passed;
            }
            if location.area == Area::Worldwide {
                worldwide(address, &data, &location.region).severity(worst(sensitivity.level))
            } else {
                let tolerated = regime.tolerated.contains(&location.area);
                let severity = severity(sensitivity.level, tolerated, location);
                Verdict::violation(message(address, sensitivity.level, tolerated, location)).severity(severity)
            }
            .evidence(&location.basis.evidence)
        }
    };
    verdict.evidence(&sensitivity.basis.evidence).into()
}

/// Severity when the place is not known: that of the worst place.
fn worst(level: Level) -> Severity {
    if level >= Level::Health {
        Severity::Critical
    } else {
        Severity::High
    }
}

/// Personal data: an adequate country is a remark, the United States depend on the recipient's certification under the
/// Data Privacy Framework, which code cannot show.
fn severity(level: Level, tolerated: bool, location: &Location) -> Severity {
    let only_us =
        !location.countries.is_empty() && location.countries.iter().all(|country| country == "US");
    match level {
        _ if tolerated => Severity::Low,
        Level::Health | Level::Particular => Severity::Critical,
        _ if only_us => Severity::Medium,
        _ => Severity::High,
    }
}

fn message(address: &str, level: Level, tolerated: bool, location: &Location) -> Text {
    let Text { en, fr } = level_words(level);
    let region = &location.region;
    let countries = location.countries.join(", ");
    let allowed = match level {
        Level::Particular => text!("the European Union", "l'Union européenne"),
        _ => text!("the European Economic Area", "l'Espace économique européen"),
    };
    let (area_en, area_fr) = (&allowed.en, &allowed.fr);
    if tolerated {
        return text!(
            "{address} keeps {en} in {region} ({countries}), outside {area_en} but under an adequacy decision: record the transfer, or move it to a region inside",
            "{address} conserve {fr} dans {region} ({countries}), hors de {area_fr} mais couvert par une décision d'adéquation : consignez le transfert, ou choisissez une région à l'intérieur"
        );
    }
    text!(
        "{address} keeps {en} in {region} ({countries}), outside {area_en}: move it to a region inside",
        "{address} conserve {fr} dans {region} ({countries}), hors de {area_fr} : choisissez une région à l'intérieur"
    )
}

/// A service without a region proves neither side.
fn worldwide(address: &str, data: &Text, region: &str) -> Verdict {
    let Text { en, fr } = data;
    Verdict::undecided(
        text!(
            "\"{region}\" is served worldwide: the provider chooses the place",
            "« {region} » est servi dans le monde entier : le fournisseur choisit le lieu"
        ),
        text!(
            "cannot tell where {address} keeps {en}: use a service with a region, or attest where its data stays",
            "impossible de dire où {address} conserve {fr} : utilisez un service régional, ou attestez où restent ses données"
        ),
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn severity_of(level: Level, region: &str, country: &str, area: Area) -> Option<Severity> {
        let item = Item::new("aws_s3_bucket.a")
            .level(level)
            .at(region, &[country], area);
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
            (Level::Health, "NO", Area::Eea, None),
            (Level::Health, "GB", Area::Adequate, Some(Critical)),
            (Level::Health, "US", Area::Third, Some(Critical)),
            (Level::Personal, "IS", Area::Eea, None),
            (Level::Personal, "GB", Area::Adequate, Some(Low)),
            (Level::Personal, "US", Area::Third, Some(Medium)),
            (Level::Personal, "RS", Area::Third, Some(High)),
        ];
        for (level, country, area, expected) in table {
            assert_eq!(
                severity_of(level, "somewhere-1", country, area),
                expected,
                "{level:?} in {country}"
            );
        }
    }

    #[test]
    fn a_mixed_multi_region_is_not_only_american() {
        let item = Item::new("google_storage_bucket.a").at("nam4", &["US", "CA"], Area::Third);
        assert_eq!(
            judged(item).verdict().severity_override(),
            Some(Severity::High)
        );
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
        let worldwide = judged(Item::new("aws_globalaccelerator_accelerator.a").at(
            "global",
            &[],
            Area::Worldwide,
        ));
        assert!(!worldwide.verdict().is_violation());
    }

    #[test]
    fn evidence_of_the_place_comes_before_evidence_of_the_level() {
        let judgement = judged(Item::new("aws_s3_bucket.a").at("us-east-1", &["US"], Area::Third));
        assert_eq!(judgement.verdict().evidence_ids(), [700, 800]);
    }

    #[test]
    fn a_backup_is_judged_as_a_copy() {
        let item = Item::new("aws_backup_vault.a").class(Class::HOLDS_DATA | Class::BACKUP);
        assert_eq!(
            judged(item.at("us-east-1", &["US"], Area::Third)),
            Judgement::NotApplicable
        );
        assert_eq!(
            judged(Item::new("aws_s3_bucket.a").level(Level::Beyond)),
            Judgement::NotApplicable
        );
    }
}
