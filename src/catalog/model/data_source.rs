//! Data sources that answer from their arguments and the provider block, without a call.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Evidence, Sentence};

/// One data source of `catalog/data-sources/<provider>.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSource {
    /// Its type: the key in the file.
    #[serde(default)]
    pub name: String,
    /// Where its behaviour was read.
    pub source: String,
    /// How well that is known.
    pub evidence: Evidence,
    /// What each attribute answers. An argument that is not named here passes through. A name with `_` in front is no
    /// attribute: others are made of it.
    #[serde(default)]
    pub attributes: BTreeMap<String, Recipe>,
    /// Blocks that each make a statement of the policy document it answers.
    #[serde(default)]
    pub statements: Option<String>,
}

/// What an attribute of a data source answers: the first of `unknown`, `from`, `text` and `of` that gives something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The answer is a secret.
    #[serde(default)]
    pub sensitive: bool,
    /// With one of these arguments only a call can tell.
    #[serde(default)]
    pub unless: Vec<String>,
    /// It holds only when these arguments start so.
    #[serde(default)]
    pub starts_with: BTreeMap<String, String>,
    /// Only a call can tell, for this reason: for what would pass through though it does not.
    #[serde(default)]
    pub unknown: Option<Sentence>,
    /// Arguments, or `provider:path` for arguments of the provider block; the first that is set counts.
    #[serde(default)]
    pub from: Vec<String>,
    /// In lower case and without spaces.
    #[serde(default)]
    pub folded: bool,
    /// A text with `{name}` for other attributes and arguments.
    #[serde(default)]
    pub text: Option<String>,
    /// The attribute to look up in `by_prefix`.
    #[serde(default)]
    pub of: Option<String>,
    /// Answers by how that attribute starts; the longest prefix counts. An empty answer is none.
    #[serde(default)]
    pub by_prefix: BTreeMap<String, String>,
    /// The environment variable that stands in when all that gives nothing.
    #[serde(default)]
    pub env: Option<String>,
}
