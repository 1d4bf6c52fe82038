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
    /// Arguments of module calls that hold tags for all that is in the module; compared normalised.
    pub tag_arguments: Vec<String>,
    /// Types that put tags on another resource.
    pub tagging: Vec<Tagging>,
    /// Types that others cite as their tags.
    pub tag_reference: Vec<TagReference>,
    /// Terraform types that declare a Kubernetes namespace, with the path of its name.
    pub namespace_types: BTreeMap<String, String>,
    /// Paths at which Terraform types name the Kubernetes namespace they are in.
    pub namespace_paths: Vec<String>,
    /// Resource types that exist only for data of a level.
    pub types: BTreeMap<String, Level>,
}

/// A type that puts tags on another resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tagging {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attribute that names the other resource.
    pub target: String,
    /// Attribute with the tags, or with the key when `value` is set.
    pub tags: String,
    /// Attribute with the value.
    #[serde(default)]
    pub value: Option<String>,
}

/// A type that others cite as a tag: by its id, which says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagReference {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attribute with the value of the tag.
    pub value: String,
    /// Attribute that refers to what names the key; none: the value is the whole tag.
    #[serde(default)]
    pub key: Option<String>,
    /// Attribute of that with the key.
    #[serde(default)]
    pub key_name: Option<String>,
}

/// `catalog/classification/names.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameFacts {
    /// Attributes that hold the name of a resource.
    pub attributes: Vec<String>,
    /// Tags that hold the name, where resources have none of their own; case does not count.
    pub name_tags: Vec<String>,
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
    /// Label keys that name a tenant, strongest first; compared normalised.
    pub keys: Vec<String>,
    /// Label keys that often name something else: they count where none of the others is set.
    pub weak_keys: Vec<String>,
    /// Variables of modules that name a tenant; compared normalised.
    pub arguments: Vec<String>,
    /// Names of collections whose keys are tenants, in `for_each` and `count`, and of modules with such keys.
    pub collections: Vec<String>,
    /// Words beside the name of a collection that change nothing: `all_tenants`.
    pub collection_fillers: Vec<String>,
    /// Folders with one tenant each.
    pub folders: Vec<String>,
    /// What names of namespaces start with.
    pub namespace_prefixes: Vec<String>,
    /// What names of provider aliases and of module calls start with that are there for one tenant.
    pub name_prefixes: Vec<String>,
    /// What is no tenant, whatever names it so.
    pub nobody: Vec<String>,
    /// Kubernetes labels and annotations that name a tenant, in full; with `*` at their start, the start names it.
    pub kubernetes_keys: Vec<String>,
    /// Prefixes of Kubernetes labels and annotations that speak of something else (`azure.workload.identity`).
    pub foreign_domains: Vec<String>,
    /// Kubernetes objects that are, or name, a tenant.
    pub object: Vec<TenantObject>,
    /// Kubernetes objects that put a namespace below another.
    pub hierarchy: Vec<NamespaceHierarchy>,
    /// Kubernetes objects whose controllers label namespaces.
    pub namespace_labels: Vec<NamespaceLabels>,
    /// Paths in pods and node pools that tie them to nodes of a tenant: maps, or lists of keys and values.
    pub placement: Vec<String>,
    /// Containers of a cloud that are a tenant's where labels or their name say so.
    pub container: Vec<TenantContainer>,
    /// Keys that look like a tenant and are not.
    pub traps: Vec<TenantTrap>,
    /// Identity resources name directories and clients of OAuth: not counted.
    pub excluded_categories: Vec<Category>,
}

/// A container of a cloud that may be a tenant's: a resource group, a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantContainer {
    /// Types that declare it.
    pub types: Vec<String>,
    /// Attribute by which resources name the one they are in.
    pub attribute: String,
    /// What their types start with.
    pub prefix: String,
}

/// A kind of Kubernetes object that names a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantObject {
    /// `group/Kind`.
    pub kind: String,
    /// Path of the name.
    pub path: String,
}

/// A kind of Kubernetes object that puts a namespace below another, which passes on its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceHierarchy {
    /// `group/Kind`.
    pub kind: String,
    /// Path of the name of the lower namespace.
    pub child: String,
    /// Path of the name of the upper one.
    pub parent: String,
    /// Paths of the labels that the lower one and those below it are given.
    #[serde(default)]
    pub labels: Vec<String>,
}

/// A kind of Kubernetes object whose controller labels namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceLabels {
    /// `group/Kind`.
    pub kind: String,
    /// Label with which a namespace names the object.
    pub member: String,
    /// Paths of the labels that it is given.
    pub labels: Vec<String>,
}

/// A key that looks like a tenant and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantTrap {
    /// The attribute or key; compared normalised.
    pub key: String,
    /// What types start with where it applies; empty: everywhere, for values that are identifiers of machines.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// What it means there.
    pub means: String,
}
