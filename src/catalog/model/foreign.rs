//! Checks of other tools that ask what a rule of ours asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Evidence;

/// `catalog/foreign.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignFacts {
    /// The checks, by the rule that asks the same.
    pub check: Vec<ForeignCheck>,
}

/// Checks that ask what one rule asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignCheck {
    /// Tools that have them: `checkov`, `trivy`, `tfsec`.
    pub tools: Vec<String>,
    /// The rule.
    pub rule: String,
    /// Where it was read.
    pub source: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Their ids, without `AVD-`, each with the Terraform types that the check looks at.
    pub ids: BTreeMap<String, Vec<String>>,
}
