//! Regions, zones and what their identifiers mean at one provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Evidence;
use crate::config::words::words;

words! {
    /// What an identifier names.
    RegionKind, "region kind" {
        /// A region.
        Region = "region",
        /// A zone, or a site that answers to a region.
        Zone = "zone",
        /// Several regions at once.
        MultiRegion = "multi-region",
        /// The whole provider.
        Global = "global",
        /// An edge location.
        Edge = "edge",
    }
}

impl RegionKind {
    /// Does it name one place, and not several or all?
    pub const fn is_one_place(self) -> bool {
        matches!(self, Self::Region | Self::Zone)
    }
}

words! {
    /// Whether a region can be used.
    RegionStatus, "region status" {
        /// In service.
        InService = "in-service",
        /// Announced.
        Announced = "announced",
        /// Offered as a preview.
        Preview = "preview",
        /// For chosen customers.
        Restricted = "restricted",
        /// Being built or tested.
        Staging = "staging",
        /// Closed.
        Retired = "retired",
    }
}

words! {
    /// How a zone's name is turned into that of its region.
    ZoneRule, "zone rule" {
        /// `eu-west-3a` is in `eu-west-3`.
        DropLastLetter = "drop-last-letter",
        /// `europe-west9-a` is in `europe-west9`.
        DropLastHyphenPart = "drop-last-hyphen-part",
        /// `Xyz:EU-FRANKFURT-1-AD-1` is in `eu-frankfurt-1`.
        OciAvailabilityDomain = "oci-availability-domain",
        /// `GRA11` is one of the places called `GRA`.
        DropTrailingDigits = "drop-trailing-digits",
        /// `euc1-az1` is in what is also called `euc1`.
        DropZoneNumber = "drop-zone-number",
    }
}

words! {
    /// How a name of one provider's region is turned into that of the cloud below.
    NameRule, "name rule" {
        /// As it is.
        Keep = "keep",
        /// `norway-east` is `norwayeast`.
        RemoveHyphens = "remove-hyphens",
        /// `EU_CENTRAL_2` is `eu-central-2`.
        HyphensForUnderscores = "hyphens-for-underscores",
        /// `de-fra` is `de-fra1`.
        AppendOne = "append-one",
    }
}

/// `catalog/regions/<provider>.toml`: every identifier of one provider, and how to read those not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionFile {
    /// Short id of the provider in this role; the file's name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Id under `catalog/providers/` of the company that runs these regions.
    #[serde(default)]
    pub operator: Option<String>,
    /// Other ids under `catalog/providers/` that run a part of them.
    #[serde(default)]
    pub other_operators: Vec<String>,
    /// Terraform providers whose resources use these identifiers.
    #[serde(default)]
    pub terraform: Vec<String>,
    /// Day on which the facts were gathered.
    pub gathered: super::Date,
    /// Applies when a line below does not say.
    #[serde(default)]
    pub defaults: RegionDefaults,
    /// Rules tried in turn on an identifier that is not listed.
    #[serde(default)]
    pub zone_rules: Vec<ZoneRule>,
    /// May spaces be left out (`West Europe` for `westeurope`)?
    #[serde(default)]
    pub ignore_spaces: bool,
    /// Isolated parts run by another company than `operator`.
    #[serde(default)]
    pub partition_operators: BTreeMap<String, String>,
    /// The only region there is: what names none, or all of them, sits in it.
    #[serde(default)]
    pub sole_region: Option<String>,
    /// Long source references, by the short name that lines cite.
    #[serde(default)]
    pub sources: BTreeMap<String, String>,
    /// Names built on those of another cloud.
    #[serde(default)]
    pub derived: Vec<Derivation>,
    /// What to know about the identifiers.
    #[serde(default)]
    pub note: String,
    /// One line an identifier.
    #[serde(default)]
    pub region: BTreeMap<String, RegionLine>,
}

/// Values that most lines of a file share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionDefaults {
    /// Isolated part of the provider.
    #[serde(default)]
    pub partition: Option<String>,
    /// How well a line is known.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Short name of the source.
    #[serde(default)]
    pub source: Option<String>,
}

/// One line of a region file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionLine {
    /// City or site.
    #[serde(default)]
    pub city: String,
    /// The country, when it is one.
    #[serde(default)]
    pub country: Option<String>,
    /// The countries, when they are several; `EU` stands for Member States. Neither key: no known perimeter.
    #[serde(default)]
    pub countries: Vec<String>,
    /// What it names; a region when absent.
    #[serde(default)]
    pub kind: Option<RegionKind>,
    /// Isolated part of the provider.
    #[serde(default)]
    pub partition: Option<String>,
    /// Region that a zone belongs to.
    #[serde(default)]
    pub parent: Option<String>,
    /// Region that receives geo-redundant copies.
    #[serde(default)]
    pub pair: Option<String>,
    /// Other spellings, codes, zone names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// In service when absent.
    #[serde(default)]
    pub status: Option<RegionStatus>,
    /// When it opened or will.
    #[serde(default)]
    pub since: Option<String>,
    /// The only service that uses the identifier.
    #[serde(default)]
    pub service: Option<String>,
    /// Countries for one service, where it means something else there.
    #[serde(default)]
    pub services: BTreeMap<String, Vec<String>>,
    /// How well it is known.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Short name under `sources`, or a reference.
    #[serde(default)]
    pub source: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// What an identifier means at one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Region file it comes from.
    pub regions_id: String,
    /// The identifier, in the provider's own spelling.
    pub id: String,
    /// City or site.
    pub city: String,
    /// Countries; `EU` stands for Member States; empty: no known perimeter.
    pub countries: Vec<String>,
    /// What it names.
    pub kind: RegionKind,
    /// Can it be used?
    pub status: RegionStatus,
    /// Isolated part of the provider.
    pub partition: String,
    /// Id of the company that runs it.
    pub operator: Option<String>,
    /// Region that a zone belongs to.
    pub parent: Option<String>,
    /// Region that receives geo-redundant copies.
    pub pair: Option<String>,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// When it opened or will.
    pub since: Option<String>,
    /// The only service that uses the identifier.
    pub service: Option<String>,
    /// Countries for one service, where it means something else there.
    pub services: BTreeMap<String, Vec<String>>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    pub note: String,
}

impl Region {
    /// The countries for one service, or for any.
    pub fn countries_for(&self, service: Option<&str>) -> &[String] {
        service
            .and_then(|name| self.services.get(name))
            .unwrap_or(&self.countries)
    }

    /// The region itself: a zone's parent, else its own id.
    pub fn region_id(&self) -> &str {
        self.parent.as_deref().unwrap_or(&self.id)
    }
}

/// A set of regions, without the regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionSet {
    /// Short id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Id of the company that runs them.
    pub operator: Option<String>,
    /// Companies that run a part of them.
    pub other_operators: Vec<String>,
    /// Terraform providers whose resources use these identifiers.
    pub terraform: Vec<String>,
    /// Day on which the facts were gathered.
    pub gathered: super::Date,
    /// Rules tried in turn on an identifier that is not listed.
    pub zone_rules: Vec<ZoneRule>,
    /// May spaces be left out?
    pub ignore_spaces: bool,
    /// Names built on those of another cloud.
    pub derived: Vec<Derivation>,
    /// The only region there is.
    pub sole_region: Option<String>,
    /// What to know about the identifiers.
    pub note: String,
}

/// `aws-eu-west-3` of a service that runs on AWS is `eu-west-3` there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derivation {
    /// What the name starts with, in lower case; may be empty.
    pub prefix: String,
    /// Region file that knows the rest.
    pub regions: String,
    /// How the rest is rewritten.
    pub rule: NameRule,
    /// Names that no rule gives.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// The form in which identifiers are compared.
pub fn fold_identifier(identifier: &str, ignore_spaces: bool) -> String {
    let kept = identifier
        .trim()
        .chars()
        .filter(|c| !(ignore_spaces && *c == ' '));
    kept.flat_map(char::to_lowercase).collect()
}

impl ZoneRule {
    /// The region's name that a folded zone name leads to; `None` when the rule does not fit.
    pub fn apply(self, zone: &str) -> Option<&str> {
        match self {
            Self::DropLastLetter => {
                let region = zone.strip_suffix(|c: char| c.is_ascii_lowercase())?;
                region
                    .ends_with(|c: char| c.is_ascii_digit())
                    .then_some(region)
            }
            Self::DropLastHyphenPart => zone.rsplit_once('-').map(|(region, _)| region),
            Self::OciAvailabilityDomain => {
                let name = zone.split_once(':').map_or(zone, |(_, name)| name);
                name.rsplit_once("-ad-").map(|(region, _)| region)
            }
            Self::DropTrailingDigits => {
                let region = zone.trim_end_matches(|c: char| c.is_ascii_digit());
                (region.len() < zone.len() && !region.is_empty()).then_some(region)
            }
            Self::DropZoneNumber => {
                let (region, number) = zone.rsplit_once("-az")?;
                let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
                is_number.then_some(region)
            }
        }
    }
}

impl NameRule {
    /// The name at the cloud below.
    pub fn apply(self, name: &str) -> String {
        match self {
            Self::Keep => name.to_owned(),
            Self::RemoveHyphens => name.replace('-', ""),
            Self::HyphensForUnderscores => name.replace('_', "-"),
            Self::AppendOne => format!("{name}1"),
        }
    }
}
