//! Identifiers of cloud resources that carry their place: ARNs, CRNs, OCIDs, names of resources.

use serde::{Deserialize, Serialize};

use super::Evidence;

/// `catalog/identifiers.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierFacts {
    /// The forms, in the order in which they are tried.
    pub form: Vec<IdentifierForm>,
}

/// One form of identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierForm {
    /// What texts of this form start with, one of these; looked at before the pattern.
    pub starts_with: Vec<String>,
    /// Its first group is the region or zone; no group, or an empty one: it names no place.
    pub pattern: String,
    /// Region file of the group's value; absent: the form names no place.
    #[serde(default)]
    pub regions: Option<String>,
    /// A text of this form.
    pub example: String,
    /// Why one without a place has none, in English.
    pub en: String,
    /// The same in French.
    pub fr: String,
    /// Where it was read.
    pub source: String,
    /// How well it is known.
    pub evidence: Evidence,
}
