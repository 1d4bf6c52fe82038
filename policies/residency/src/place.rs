//! How a place stands to the area that a level allows. Primary places, copies and states are graded alike.

use gardefou_sdk::{Area, Level, Location, Regime, Severity, Text, listed, short, text};

/// How a place stands to the area that a level allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Inside,
    /// Personal data in a country with an adequacy decision: a remark.
    Adequate,
    /// Personal data in the United States: it depends on the recipient's certification under the Data Privacy Framework,
    /// which code cannot show, and on a decision that is contested.
    UnitedStates,
    Outside,
}

/// How a place stands to what the regime allows for data of this level.
pub(crate) fn standing(regime: &Regime, level: Level, location: &Location) -> Standing {
    if regime.allowed.contains(&location.area) {
        return Standing::Inside;
    }
    let is_us = |country: &String| country == "US";
    let tolerated = regime.tolerated.contains(&location.area);
    let only_us = !location.countries.is_empty() && location.countries.iter().all(is_us);
    if level < Level::Health && (only_us || tolerated && location.countries.iter().any(is_us)) {
        Standing::UnitedStates
    } else if tolerated {
        Standing::Adequate
    } else {
        Standing::Outside
    }
}

impl Standing {
    /// The severity of a place of this standing, when that of a plain outside is known.
    pub(crate) fn severity(self, outside: Severity) -> Severity {
        match self {
            Self::Inside | Self::Adequate => Severity::Low,
            Self::UnitedStates => Severity::Medium,
            Self::Outside => outside,
        }
    }

    /// What is wrong with the place, and what to do: ends a sentence that says what is there.
    pub(crate) fn words(self, level: Level) -> Text {
        let Text { en, fr } = area_words(level);
        match self {
            Self::Inside => text!("inside {en}", "dans {fr}"),
            Self::Adequate => text!(
                "outside {en} but under an adequacy decision: record the transfer, or choose a region inside",
                "hors de {fr} mais couvert par une décision d'adéquation : consignez le transfert, ou choisissez une région à l'intérieur"
            ),
            Self::UnitedStates => text!(
                "outside {en}, under a decision that covers certified recipients only and is contested: choose a region inside, or record the recipient's certification",
                "hors de {fr}, sous une décision contestée qui ne couvre que les destinataires certifiés : choisissez une région à l'intérieur, ou consignez la certification du destinataire"
            ),
            Self::Outside => text!(
                "outside {en}: choose a region inside",
                "hors de {fr} : choisissez une région à l'intérieur"
            ),
        }
    }
}

/// The area that a level allows.
fn area_words(level: Level) -> Text {
    match level {
        Level::Particular | Level::Beyond => text!("the European Union", "l'Union européenne"),
        _ => text!("the European Economic Area", "l'Espace économique européen"),
    }
}

/// A place in a sentence: `eu-west-2 (GB)`.
pub(crate) fn place_words(location: &Location) -> String {
    let region = short(&location.region);
    if location.area == Area::Worldwide || location.countries.is_empty() {
        return region.into_owned();
    }
    let countries = listed(location.countries.iter().map(String::as_str));
    format!("{region} ({countries})")
}
