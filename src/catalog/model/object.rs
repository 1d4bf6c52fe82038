//! How Kubernetes objects name each other, and which of them stand for resources of a cloud.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::words::words;

words! {
    /// How one object serves another; the same words as between all resources.
    Tie, "relation between objects" {
        /// Lies in it, or belongs to it.
        PartOf = "part-of",
        /// Mounts it, completes it, or acts under its name.
        AttachedTo = "attached-to",
        /// Is made by it, or executes on it.
        RunsOn = "runs-on",
        /// Takes secrets, settings or sources from it.
        ReadsFrom = "reads-from",
        /// Has its backup there.
        BacksUpTo = "backs-up-to",
        /// Has a live copy there.
        ReplicatesTo = "replicates-to",
        /// Makes it reachable.
        Exposes = "exposes",
        /// Is encrypted as that says.
        EncryptsWith = "encrypts-with",
    }
}

/// A field that names another object: a text with its name (`name`, `namespace/name`, or for a service its host), or a
/// block with `name` and, where they are written, `kind`, `group` and `namespace`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedObject {
    /// The field.
    pub path: String,
    /// How it serves.
    pub tie: Tie,
    /// The kind that is meant, with its group: `cert-manager.io/Issuer`.
    pub kind: String,
    /// Kinds that a `kind` beside the name can mean instead.
    #[serde(default)]
    pub or: Vec<String>,
    /// The relation goes from the named object to this one.
    #[serde(default)]
    pub reverse: bool,
    /// Name that is meant where the field is not set.
    #[serde(default)]
    pub default: Option<String>,
    /// Field with the namespace of the named one, where it is not that of the object.
    #[serde(default)]
    pub namespace_path: Option<String>,
}

/// The namespaces that a schedule of backups saves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedNamespaces {
    /// Field with their names: none, or `*`, means all of them. Without the field it is the one of the schedule.
    #[serde(default)]
    pub included: Option<String>,
    /// Field with those that are left out.
    #[serde(default)]
    pub excluded: Option<String>,
}

/// An object that a controller makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeObject {
    /// Its kind, with the group.
    pub kind: String,
    /// Field with its name; where it is absent or not set, it has the name of the object.
    #[serde(default)]
    pub name_path: Option<String>,
}

/// Objects that stand for resources of a cloud, of kinds that were made from the types of a Terraform provider: what the
/// catalogue says of the type holds for them.
///
/// The type of a kind has the prefix, then what stands for the group, then the kind, in small letters and without `_`:
/// `rds.aws.upbound.io/Instance` is `aws_db_instance`, since `db` stands for `rds` there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagedFamily {
    /// Ends of their groups: `aws.upbound.io`.
    pub groups: Vec<String>,
    /// Source address of the Terraform provider.
    pub address: String,
    /// First word of its types.
    pub prefix: String,
    /// Fields with the attributes of the type, the first one first. None: the fields have names of their own, so that only
    /// what the kind is can be taken from the type.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// By the first word of a group: what stands for it in the types, the most likely first; empty: nothing.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// What stands for all other groups besides their own word.
    #[serde(default)]
    pub also: Vec<String>,
    /// Kinds whose type has another name: `cloudtrail/Trail`.
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    /// Where it was read.
    pub source: String,
}
