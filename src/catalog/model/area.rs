//! Countries, who is in the EU and the EEA, adequacy decisions, territories, laws that reach abroad.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Area, Date, Evidence};
use crate::config::words::words;

/// `catalog/jurisdictions.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jurisdictions {
    /// Schema version of the file.
    pub schema: u32,
    /// Day on which the facts were gathered.
    pub gathered: Date,
    /// Name of every country and territory the catalogue speaks of, by ISO 3166-1 alpha-2 code.
    pub countries: BTreeMap<String, String>,
    /// Codes used elsewhere for a country: `EL` for `GR`, `UK` for `GB`.
    pub code_aliases: BTreeMap<String, String>,
    /// The European Union.
    pub eu: Membership,
    /// The states of the European Economic Area that are not in the Union.
    pub eea_beyond_eu: Membership,
    /// Adequacy decisions under GDPR article 45.
    pub adequacy: Vec<Adequacy>,
    /// The same for organisations.
    #[serde(default)]
    pub adequacy_organisation: Vec<AdequateOrganisation>,
    /// Territories whose standing differs from that of their state.
    pub territory: Vec<Territory>,
    /// Territories without a country code of their own.
    #[serde(default)]
    pub subdivision: Vec<Subdivision>,
    /// Laws that reach data held abroad by companies under a country's control.
    pub extraterritorial: Vec<ExtraterritorialLaw>,
}

/// The members of a union.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Country codes.
    pub members: Vec<String>,
    /// Where that was read.
    pub source: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

words! {
    /// How far an adequacy decision reaches.
    AdequacyScope, "adequacy scope" {
        /// The whole country.
        Full = "full",
        /// Some recipients only.
        Partial = "partial",
    }
}

/// One adequacy decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adequacy {
    /// Country.
    pub code: String,
    /// Year of adoption.
    pub year: u16,
    /// First day, when it is known to the day.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day, for decisions with an end.
    #[serde(default)]
    pub expires: Option<Date>,
    /// Number of the decision.
    pub decision: String,
    /// Whole country or some recipients.
    pub scope: AdequacyScope,
    /// What to know before relying on it.
    #[serde(default)]
    pub caveat: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

impl Adequacy {
    /// Is the decision in force on that day? Without a first day, from the first of January after its year of adoption.
    pub fn in_force(&self, on: Date) -> bool {
        let from = self
            .from
            .or_else(|| Date::new(self.year.saturating_add(1), 1, 1));
        from.is_none_or(|first| first <= on) && self.expires.is_none_or(|last| on <= last)
    }
}

/// An international organisation with an adequacy decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdequateOrganisation {
    /// Its name.
    pub name: String,
    /// Day of adoption.
    pub adopted: Date,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

words! {
    /// How a territory stands to the Union.
    TerritoryStatus, "territory status" {
        /// Union law applies.
        InEu = "in-eu",
        /// Overseas country or territory: outside the Union.
        Oct = "oct",
        /// Outside.
        Outside = "outside",
    }
}

/// A territory with a code of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// Its code.
    pub code: String,
    /// The state it belongs to.
    #[serde(default)]
    pub state: Option<String>,
    /// How it stands.
    pub status: TerritoryStatus,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

/// A part of a country that has no country code of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subdivision {
    /// ISO 3166-2 code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The state it belongs to.
    pub state: String,
    /// How it stands.
    pub status: TerritoryStatus,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

/// A law that binds operators wherever the data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraterritorialLaw {
    /// Country whose law it is.
    pub code: String,
    /// Its name.
    pub law: String,
    /// Year of adoption.
    pub year: u16,
    /// Where it stands in the statute book.
    pub citation: String,
    /// What it does.
    pub effect: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
}

impl Jurisdictions {
    /// The code used here for a country, whatever alias or case it is written in. `None`: no such country is known.
    pub fn country_code(&self, written: &str) -> Option<&str> {
        let upper = written.trim().to_ascii_uppercase();
        let code = self.code_aliases.get(&upper).unwrap_or(&upper);
        self.countries
            .get_key_value(code)
            .map(|(known, _)| known.as_str())
    }

    /// Where one country stands on a day. `EU` stands for "Member States"; an unknown code is a third country.
    pub fn area_of(&self, country: &str, on: Date) -> Area {
        if country.eq_ignore_ascii_case("EU") {
            return Area::Eu;
        }
        let Some(code) = self.country_code(country) else {
            return Area::Third;
        };
        let is = |list: &[String]| list.iter().any(|member| member == code);
        let in_eu_territory = || {
            self.territory
                .iter()
                .any(|t| t.code == code && t.status == TerritoryStatus::InEu)
        };
        if is(&self.eu.members) || in_eu_territory() {
            Area::Eu
        } else if is(&self.eea_beyond_eu.members) {
            Area::Eea
        } else if self.adequacy(code, on).is_some() {
            Area::Adequate
        } else {
            Area::Third
        }
    }

    /// Where a set of countries stands: as its worst member does. No country means no known perimeter: `Worldwide`.
    pub fn area<S: AsRef<str>>(&self, countries: &[S], on: Date) -> Area {
        countries
            .iter()
            .map(|country| self.area_of(country.as_ref(), on))
            .max()
            .unwrap_or(Area::Worldwide)
    }

    /// The adequacy decision in force for a country on a day.
    pub fn adequacy(&self, country: &str, on: Date) -> Option<&Adequacy> {
        let code = self.country_code(country)?;
        self.adequacy
            .iter()
            .find(|decision| decision.code == code && decision.in_force(on))
    }

    /// The laws of a country that reach data abroad.
    pub fn laws_of(&self, country: &str) -> impl Iterator<Item = &ExtraterritorialLaw> {
        let code = self.country_code(country);
        self.extraterritorial
            .iter()
            .filter(move |law| code == Some(law.code.as_str()))
    }
}
