//! The words people use for sensitive data and for the client whose data it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Category, Level};
use crate::config::words::words;

words! {
    /// Where a level comes from.
    LevelOrigin, "origin of a level" {
        /// The configuration assigns it.
        Configuration = "configuration",
        /// A label or tag of the resource.
        Label = "label",
        /// A label of what it is part of.
        InheritedLabel = "inherited-label",
        /// A type that exists only for such data.
        ResourceType = "resource-type",
        /// A telling word in its name.
        StrongName = "strong-name",
        /// A word in its name that often means something else.
        WeakName = "weak-name",
        /// A telling word in a variable, key or image name.
        StrongSideName = "strong-side-name",
        /// Another word there.
        WeakSideName = "weak-side-name",
        /// A comment or description.
        Comment = "comment",
    }
}

words! {
    /// What a label key is about: decides which values can be read under it.
    KeyAbout, "subject of a key" {
        /// The classification itself: every value is a level, `secret` and `dr` too.
        Classification = "classification",
        /// How sensitive it is: every value is a level.
        Sensitivity = "sensitivity",
        /// The kind of data, a law, a domain: values that are no level say nothing.
        Topic = "topic",
    }
}

words! {
    /// Language of a word.
    Language, "language" {
        /// English.
        En = "en",
        /// French.
        Fr = "fr",
    }
}

/// `catalog/classification/`: what tells how sensitive data is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classification {
    /// What labels say.
    pub labels: LabelFacts,
    /// What names hint at.
    pub names: NameFacts,
}

/// `catalog/classification/labels.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelFacts {
    /// From this confidence a level counts, in percent.
    pub enforce_from: u8,
    /// How far each origin is trusted, in percent.
    pub confidence: BTreeMap<LevelOrigin, u8>,
    /// Words for true.
    pub true_words: Vec<String>,
    /// Words for false.
    pub false_words: Vec<String>,
    /// Words that say the data is invented or anonymised.
    pub synthetic: Vec<String>,
    /// Keys that say where the data comes from, beside those that hold a level: such words count under them.
    pub synthetic_keys: Vec<String>,
    /// Words that turn the meaning of their neighbours round.
    pub negations: Vec<String>,
    /// Words of environments that are not production: they lower nothing by themselves.
    pub non_production: Vec<String>,
    /// Label keys that hold a level.
    pub key: Vec<LabelKey>,
    /// Keys that hold several needs at once, one of them confidentiality.
    pub need_key: Vec<NeedKey>,
    /// Keys that are true or false, and the level they then mean.
    pub boolean_key: Vec<BooleanKey>,
    /// What a value under such a key means.
    pub value: Vec<LabelValue>,
    /// Resource types that exist only for data of a level.
    pub types: BTreeMap<String, Level>,
}

/// `catalog/classification/names.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameFacts {
    /// Attributes that hold the name of a resource.
    pub attributes: Vec<String>,
    /// Attributes that describe it: advice only.
    pub descriptions: Vec<String>,
    /// Maps whose keys are names of variables: advice only.
    pub variables: Vec<String>,
    /// Words in names.
    pub words: Vec<NameWords>,
    /// Words that mean something else.
    pub trap: Vec<Trap>,
}

/// A label key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelKey {
    /// As people write it; compared normalised.
    pub key: String,
    /// What it is about.
    pub about: KeyAbout,
    /// Language.
    pub lang: Language,
}

/// A label key that holds several needs: `dicp = "2-3-4-1"`, `dict = "D2I3C4T1"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedKey {
    /// As people write it; compared normalised.
    pub key: String,
    /// The needs in their order, one letter each; `c` is confidentiality, whose grade is looked up as the value `c1` to
    /// `c4`.
    pub letters: String,
}

/// A label key that is true or false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BooleanKey {
    /// As people write it; compared normalised.
    pub key: String,
    /// Level when true.
    pub level: Level,
}

/// Label values that mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelValue {
    /// The level.
    pub level: Level,
    /// As people write them; compared normalised.
    pub words: Vec<String>,
    /// In percent.
    pub confidence: u8,
    /// The level is a lower bound: ask.
    #[serde(default)]
    pub at_least: bool,
    /// Counts only under a key about classification itself, never under a data-type key.
    #[serde(default)]
    pub classification_key_only: bool,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// Words in names that hint at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameWords {
    /// The level.
    pub level: Level,
    /// Enough by themselves?
    pub strong: bool,
    /// Single whole tokens.
    #[serde(default)]
    pub words: Vec<String>,
    /// Tokens that count together, anywhere in one name.
    #[serde(default)]
    pub together: Vec<Vec<String>>,
}

/// A word that means something else in some company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trap {
    /// The level the word would hint at.
    pub level: Level,
    /// The token.
    pub word: String,
    /// Never counts alone.
    #[serde(default)]
    pub always: bool,
    /// Does not count when one of these is in the same name.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Does not count in types of these categories.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Does not count in types whose name contains one of these.
    #[serde(default)]
    pub type_contains: Vec<String>,
    /// What it means there.
    pub means: String,
}

/// `catalog/classification/tenancy.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenancy {
    /// Label keys that name a tenant; compared normalised.
    pub keys: Vec<String>,
    /// Names of collections whose keys are tenants, in `for_each` and `count`.
    pub collections: Vec<String>,
    /// Folders with one tenant each.
    pub folders: Vec<String>,
    /// What names of namespaces start with.
    pub namespace_prefixes: Vec<String>,
    /// Kubernetes labels and annotations that name a tenant, in full.
    pub kubernetes_keys: Vec<String>,
    /// Cloud containers that often are a tenant.
    pub containers: Vec<String>,
    /// Keys that look like a tenant and are not.
    pub traps: Vec<TenantTrap>,
    /// Identity resources name directories and clients of OAuth: not counted.
    pub excluded_categories: Vec<Category>,
}

/// A key that looks like a tenant and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantTrap {
    /// The attribute or key; compared normalised.
    pub key: String,
    /// What types start with where it applies; empty: everywhere.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// What it means there.
    pub means: String,
}
