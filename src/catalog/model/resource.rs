//! What a Terraform resource type says about place, keys and sign-in.
//!
//! Paths are attribute paths from the resource's root: `a.b`, `.*` after a block or list that can repeat,
//! `name["k"]` for a key of a map.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClassSet, Credential, NamedService, ServiceModel};
use crate::config::words::words;

words! {
    /// What kind of service a type belongs to.
    Category, "category" {
        /// Machine learning and assistants.
        Ai = "ai",
        /// Warehouses, pipelines, notebooks.
        Analytics = "analytics",
        /// Backups and their plans.
        Backup = "backup",
        /// In-memory stores.
        Cache = "cache",
        /// Content delivery.
        Cdn = "cdn",
        /// Machines.
        Compute = "compute",
        /// Image registries.
        ContainerRegistry = "container-registry",
        /// Databases.
        Database = "database",
        /// Volumes and their snapshots.
        Disk = "disk",
        /// Users, sign-in, permissions.
        Identity = "identity",
        /// Keys and what holds them.
        Kms = "kms",
        /// Clusters and node pools.
        Kubernetes = "kubernetes",
        /// Logs, metrics, traces.
        Logs = "logs",
        /// Networks, load balancers, gateways.
        Network = "network",
        /// None of the others.
        Other = "other",
        /// Queues.
        Queue = "queue",
        /// Search.
        Search = "search",
        /// Secret stores.
        Secrets = "secrets",
        /// Functions and container services.
        Serverless = "serverless",
        /// Objects and files.
        Storage = "storage",
        /// Streams of events.
        Stream = "stream",
    }
}

words! {
    /// How a customer's key reaches a type.
    CustomerKey, "way to a customer key" {
        /// By an attribute of the resource.
        Attribute = "attribute",
        /// By another resource that completes it.
        Companion = "companion",
        /// By a companion of a companion.
        CompanionChain = "companion-chain",
        /// By a configuration resource that it names.
        Linked = "linked",
        /// By the resource it is part of.
        Parent = "parent",
        /// Inside a text or document that has no fixed form.
        FreeForm = "free-form",
        /// Outside this provider's code.
        Outside = "outside",
        /// A secret the customer supplies (SSE-C, PGP), not a reference to a key.
        Passphrase = "passphrase",
        /// In no way: no argument exists.
        None = "none",
        /// The type holds no data.
        NotApplicable = "not-applicable",
    }
}

words! {
    /// What happens without any encryption argument.
    EncryptionDefault, "default of encryption" {
        /// Data is in clear.
        Unencrypted = "unencrypted",
        /// An account setting decides.
        AccountDefault = "account-default",
        /// A key the customer never sees.
        ProviderOwned = "provider-owned",
        /// A key of the provider in the customer's account.
        ProviderManaged = "provider-managed",
        /// As the resource it is part of.
        Parent = "parent",
        /// A key is a required argument.
        KeyRequired = "key-required",
        /// The type holds no data.
        NotApplicable = "not-applicable",
        /// The documentation does not say.
        Unknown = "unknown",
    }
}

words! {
    /// What a location attribute holds when it is no plain region identifier.
    LocationKind, "kind of location" {
        /// A region of the cloud below.
        CloudRegion = "cloud-region",
        /// `de/fra`.
        CountryCity = "country-city",
        /// A geography or jurisdiction (`eu`).
        Jurisdiction = "jurisdiction",
        /// A wish that does not bind.
        Hint = "hint",
        /// An id that tells nothing by itself.
        OpaqueId = "opaque-id",
        /// A host, URL or path with the region inside.
        Hostname = "hostname",
        /// A storage or availability class.
        Profile = "profile",
    }
}

words! {
    /// How tags are written.
    TagShape, "tag shape" {
        /// A map.
        Map = "map",
        /// A list of strings; `key=value` inside.
        ListOfStrings = "list-of-strings",
        /// Repeated blocks with `key` and `value`.
        BlocksKeyValue = "blocks-key-value",
        /// The type takes none.
        None = "none",
    }
}

words! {
    /// What a resource that is about keys is.
    KeyKind, "kind of key" {
        /// A key.
        Key = "key",
        /// Another name of a key.
        Alias = "alias",
        /// A copy of a key elsewhere.
        Replica = "replica",
        /// Something that wraps a key for others to cite.
        Wrapper = "wrapper",
        /// One version of a key.
        KeyVersion = "key-version",
        /// A handle on a key that lives elsewhere.
        Handle = "handle",
        /// Key material brought in.
        Import = "import",
        /// A vault or key ring.
        KeyStore = "key-store",
        /// A hardware security module.
        Hsm = "hsm",
    }
}

words! {
    /// Where the material of a key comes from.
    Material, "origin of a key" {
        /// Made by the key service.
        Service = "service",
        /// Brought by the customer.
        Imported = "imported",
        /// Made in a hardware module of the customer's.
        Hsm = "hsm",
        /// Kept in a store outside the provider.
        External = "external",
    }
}

words! {
    /// What a sign-in rule shows.
    MfaKind, "kind of sign-in evidence" {
        /// It makes a second factor mandatory.
        Enforcement = "enforcement",
        /// It asks depending on risk.
        Adaptive = "adaptive",
        /// It asks again.
        Reauth = "reauth",
        /// A permission holds only with a second factor.
        PolicyCondition = "policy-condition",
        /// Sign-in is delegated.
        FederationHint = "federation-hint",
        /// It shows that factors exist.
        Evidence = "evidence",
        /// A factor is needed to delete.
        DeleteProtection = "delete-protection",
        /// Credentials of the root account.
        RootCredentials = "root-credentials",
        /// Sign-in without any factor.
        NoAuth = "no-auth",
    }
}

words! {
    /// How many of the rules must hold.
    RulesMatch, "rules match" {
        /// All of them.
        All = "all",
        /// One is enough.
        Any = "any",
    }
}

words! {
    /// Which answer of the rules tells something.
    MfaTells, "answer that tells" {
        /// Both.
        Either = "either",
        /// That they hold: otherwise something else can decide.
        Holding = "holding",
        /// That they do not hold: holding is no more than the absence of a weakness.
        Failing = "failing",
    }
}

words! {
    /// Whom a sign-in boundary covers.
    Audience, "audience" {
        /// Those who run things.
        Administrators = "administrators",
        /// Those who use the service.
        EndUsers = "end-users",
        /// Both, or it cannot be told.
        Both = "both",
    }
}

words! {
    /// How a value is tested. The rule holds when the test does.
    MfaTest, "test" {
        /// Equal to the value.
        Equals = "equals",
        /// One of the values.
        In = "in",
        /// None of the values.
        NotIn = "not-in",
        /// The list contains one of the values.
        ContainsAny = "contains-any",
        /// Set.
        Present = "present",
        /// Not set.
        Absent = "absent",
        /// A policy document with a condition on one of the values.
        JsonCondition = "json-condition",
        /// The text contains one of the values.
        TextContains = "text-contains",
        /// The map has these `key=value` pairs.
        MapEquals = "map-equals",
        /// The map has none of these `key=value` pairs.
        MapNotIn = "map-not-in",
        /// The attribute is the key, and `value` beside it the value, of one of these pairs.
        PairEquals = "pair-equals",
    }
}

/// What the catalogue knows about a resource type. In TOML, `[aws_s3_bucket]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceKind {
    /// The type; in TOML the name of the table.
    #[serde(default)]
    pub name: String,
    /// In TOML only: types that have all the other keys in common. The name of the table is then a title.
    #[serde(default)]
    pub types: Vec<String>,
    /// Address of the Terraform provider; in TOML that of the folder unless it says otherwise.
    #[serde(default)]
    pub provider: String,
    /// Kind of service.
    pub category: Category,
    /// Does it keep data?
    #[serde(default)]
    pub holds_data: bool,
    /// How the service is delivered.
    pub service_model: ServiceModel,
    /// Classes; derived from the other facts unless TOML says them.
    #[serde(default)]
    pub class: ClassSet,
    /// No region argument: worldwide, or placed by something else.
    #[serde(default)]
    pub global: bool,
    /// Paths whose value is a region, a zone or a place.
    #[serde(default)]
    pub location: Vec<String>,
    /// Those of them that hold zones.
    #[serde(default)]
    pub zone_paths: Vec<String>,
    /// The value is no plain region identifier.
    #[serde(default)]
    pub location_kind: Option<LocationKind>,
    /// The provider block gives the region when the paths are absent.
    #[serde(default)]
    pub location_inherits: bool,
    /// Region in which data lands when neither says anything.
    #[serde(default)]
    pub location_default: Option<String>,
    /// What to know about the place.
    #[serde(default)]
    pub location_note: String,
    /// The service is one for each account and region, project, folder, organisation ...
    #[serde(default)]
    pub scope: Option<String>,
    /// Resource that gives the place, and often the key.
    #[serde(default)]
    pub parent: Option<Reference>,
    /// Other reference attributes that can give the place.
    #[serde(default)]
    pub parent_alternatives: Vec<String>,
    /// What this type is attached to.
    #[serde(default)]
    pub attaches_to: Vec<Link>,
    /// What it names (parent, source) may be in another region: that is no evidence of its own place.
    #[serde(default)]
    pub placed_apart: bool,
    /// Type of the resource that places it without being named: the only one of its root counts.
    #[serde(default)]
    pub placed_by: Option<String>,
    /// When it names no place, it lies in the pair of the region of what it belongs to (the nearest multi-region).
    #[serde(default)]
    pub placed_in_pair: bool,
    /// Paths that, when written, leave the place to the provider's choice, anywhere.
    #[serde(default)]
    pub worldwide_paths: Vec<String>,
    /// Region file of paths that name places of another cloud.
    #[serde(default)]
    pub path_regions: BTreeMap<String, String>,
    /// The service under which a region means something else than usual.
    #[serde(default)]
    pub region_service: Option<String>,
    /// How others cite it without a reference, with its own attributes in braces and `*` for anything:
    /// `arn:*:s3:::{bucket}`. One without a `*` belongs to one resource in the whole world.
    #[serde(default)]
    pub cited_as: Vec<String>,
    /// Kind of Kubernetes object that it declares in its own words: `apps/Deployment`.
    #[serde(default)]
    pub mirrors: Option<String>,
    /// Attribute that holds a whole Kubernetes object.
    #[serde(default)]
    pub embeds: Option<String>,
    /// Attribute that names a Helm chart that it installs, with values in the words of the provider of Helm.
    #[serde(default)]
    pub installs: Option<String>,
    /// Attribute that names the namespace it is put into, where it is no object itself.
    #[serde(default)]
    pub namespace: Option<String>,
    /// A Kubernetes cluster: what names it in a provider block sits where it sits.
    #[serde(default)]
    pub cluster: bool,
    /// What it executes on: hosts, clusters, plans, environments.
    #[serde(default)]
    pub runs_on: Vec<Reference>,
    /// What executes on it: a node pool names its cluster.
    #[serde(default)]
    pub hosts: Vec<Reference>,
    /// What it makes reachable.
    #[serde(default)]
    pub exposes: Vec<Reference>,
    /// What makes it reachable: a machine names its network interface.
    #[serde(default)]
    pub exposed_by: Vec<Reference>,
    /// Attributes that name whom it speaks for: what it exposes, delivers and reads is theirs. A listener does for its load
    /// balancer, a logging configuration for its bucket.
    #[serde(default)]
    pub speaks_for: Vec<String>,
    /// Attributes that name what it is only a handle on: a location of a copy service stands for its bucket.
    #[serde(default)]
    pub stands_for: Vec<String>,
    /// Types that it copies without naming them: all of its account and region.
    #[serde(default)]
    pub copies_all: Option<CopiesAll>,
    /// What it chooses by tags: a selection of backups.
    #[serde(default)]
    pub selects: Option<Selects>,
    /// Blocks that an argument of theirs switches off: what they name receives nothing.
    #[serde(default)]
    pub switched: Vec<Switched>,
    /// What it delivers is only about the data of what it belongs to (a list of objects): it tells its copies itself.
    #[serde(default)]
    pub tells_itself: bool,
    /// Values of a location path that mean several regions.
    #[serde(default)]
    pub multi_region_values: Vec<String>,
    /// Paths that name another place or resource that receives a copy.
    #[serde(default)]
    pub replication: Vec<String>,
    /// Those of them that name where this one comes from: it is the copy.
    #[serde(default)]
    pub replication_sources: Vec<String>,
    /// Those of them whose copies are backups; the others are live.
    #[serde(default)]
    pub backup_paths: Vec<String>,
    /// `member-or-source`: those paths mark this resource as member of a set, or as the copy.
    #[serde(default)]
    pub replication_role: Option<String>,
    /// Values that decide whether data leaves the region.
    #[serde(default)]
    pub replication_values: Vec<ReplicationValues>,
    /// Paths that name where data comes from.
    #[serde(default)]
    pub data_source_refs: Vec<String>,
    /// Paths that name where data is delivered.
    #[serde(default)]
    pub data_egress: Vec<String>,
    /// Attributes that name container images.
    #[serde(default)]
    pub images: Vec<String>,
    /// Container images inside documents.
    #[serde(default)]
    pub images_inside: Vec<JsonPath>,
    /// Attributes that name services of others: issuers of identities, sources of code.
    #[serde(default)]
    pub services: Vec<NamedService>,
    /// Attributes that hold tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How tags are written, where it differs from the provider's way.
    #[serde(default)]
    pub tag_shape: Option<TagShape>,
    /// Encryption at rest.
    #[serde(default)]
    pub encryption: Encryption,
    /// Set when the type is about a key.
    #[serde(default)]
    pub key: Option<Key>,
    /// Values that tell how a key is protected.
    #[serde(default)]
    pub protection_values: Vec<ProtectionValues>,
    /// Sign-in.
    #[serde(default)]
    pub mfa: Option<Mfa>,
    /// Set when the type is a static credential.
    #[serde(default)]
    pub credential: Option<Credential>,
    /// Checks of other scanners about the type.
    #[serde(default)]
    pub checks_by_peers: Vec<String>,
    /// Version of the provider in which the type is gone.
    #[serde(default)]
    pub removed_in: Option<String>,
    /// What changed between versions.
    #[serde(default)]
    pub version_note: String,
    /// Page or file of the provider's documentation.
    #[serde(default)]
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// An attribute that names a resource of one of some types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The attribute.
    pub attr: String,
    /// The types; empty: any.
    #[serde(default)]
    pub types: Vec<String>,
}

/// An attribute that names a resource of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The attribute.
    pub attr: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The resources that a setting of an account copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiesAll {
    /// Their type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The attribute that holds their names.
    pub name: String,
    /// The rules of the setting.
    pub rules: String,
    /// Attribute of a rule with starts of names; without any a rule holds for all.
    pub starts: String,
}

/// How a resource chooses stores by their tags, without naming them: those of its account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selects {
    /// Types that it chooses from; none: all that hold data.
    #[serde(default)]
    pub types: Vec<String>,
    /// A map of tags: one of them is enough.
    #[serde(default)]
    pub tags: Option<String>,
    /// Blocks with `key` and `value`: one of them is enough.
    #[serde(default)]
    pub pairs: Vec<String>,
    /// Where `*` stands for all.
    #[serde(default)]
    pub all: Option<String>,
    /// Blocks with `key` and `value` that all of those must meet; keys may start with `aws:ResourceTag/`.
    #[serde(default)]
    pub conditions: Vec<String>,
}

/// A block that an argument of its own switches off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switched {
    /// The block; empty: the whole resource.
    #[serde(default)]
    pub block: String,
    /// The argument inside it.
    pub by: String,
    /// Values that switch it off.
    pub off: Vec<String>,
}

/// Values that decide whether data leaves the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplicationValues {
    /// The attribute.
    pub path: String,
    /// These copy to the region that is paired with its own, or to one that the provider chooses.
    #[serde(default)]
    pub cross_region: Vec<String>,
    /// These copy to anywhere.
    #[serde(default)]
    pub worldwide: Vec<String>,
    /// These stay.
    #[serde(default)]
    pub in_region: Vec<String>,
    /// Value that counts when the attribute is not written.
    #[serde(default)]
    pub default: Option<String>,
    /// When it is not written, the service decides.
    #[serde(default)]
    pub default_open: bool,
    /// A flag without which there are no copies at all.
    #[serde(default)]
    pub requires: Option<String>,
}

/// Values that tell how a key is protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectionValues {
    /// The attribute.
    pub path: String,
    /// In hardware, or outside the provider.
    #[serde(default)]
    pub hardware_or_external: Vec<String>,
    /// In software.
    #[serde(default)]
    pub software: Vec<String>,
}

/// Encryption at rest of a resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// How a customer's key reaches the type.
    pub customer_key: CustomerKey,
    /// What happens without any argument.
    pub default: EncryptionDefault,
    /// Paths of references to a customer's key.
    #[serde(default)]
    pub key_paths: Vec<String>,
    /// One entry for each separately encrypted part; one for the whole when TOML says nothing.
    #[serde(default)]
    pub key_scopes: Vec<KeyScope>,
    /// Keys of copies elsewhere: no evidence for the primary.
    #[serde(default)]
    pub replica_key_paths: Vec<String>,
    /// Keys for side data only.
    #[serde(default)]
    pub auxiliary_key_paths: Vec<String>,
    /// Flags that switch encryption on.
    #[serde(default)]
    pub enabled_paths: Vec<String>,
    /// Flags that switch it off.
    #[serde(default)]
    pub disabled_paths: Vec<String>,
    /// Flags of an extra layer with the provider's keys.
    #[serde(default)]
    pub platform_layer_paths: Vec<String>,
    /// A switch that says no means in clear, although the default encrypts.
    #[serde(default)]
    pub off_in_clear: bool,
    /// Values that tell whose key it is.
    #[serde(default)]
    pub modes: Vec<KeyMode>,
    /// Key values that are no customer's key (`*` at the end).
    #[serde(default)]
    pub provider_values: Vec<String>,
    /// Resource types that complete this one.
    #[serde(default)]
    pub companions: Vec<Companion>,
    /// Attributes that name a configuration resource with the key.
    #[serde(default)]
    pub linked: Vec<Link>,
    /// Keys inside a document.
    #[serde(default)]
    pub json_paths: Vec<JsonPath>,
    /// Attributes that name what it is made from: made from something encrypted, it is encrypted as that is.
    #[serde(default)]
    pub made_from: Vec<String>,
    /// Type of the setting that decides, when the account does.
    #[serde(default)]
    pub account_switch: Option<String>,
    /// Type of the setting that names the key for what names none.
    #[serde(default)]
    pub account_key: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

impl Default for Encryption {
    /// That of a type that holds no data.
    fn default() -> Self {
        Self {
            customer_key: CustomerKey::NotApplicable,
            default: EncryptionDefault::NotApplicable,
            key_paths: Vec::new(),
            key_scopes: Vec::new(),
            replica_key_paths: Vec::new(),
            auxiliary_key_paths: Vec::new(),
            enabled_paths: Vec::new(),
            disabled_paths: Vec::new(),
            platform_layer_paths: Vec::new(),
            off_in_clear: false,
            modes: Vec::new(),
            made_from: Vec::new(),
            provider_values: Vec::new(),
            companions: Vec::new(),
            linked: Vec::new(),
            json_paths: Vec::new(),
            account_switch: None,
            account_key: None,
            note: String::new(),
        }
    }
}

/// A separately encrypted part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyScope {
    /// The block; empty: the resource itself, else each instance of the block.
    pub block: String,
    /// One of these must hold a key.
    pub paths: Vec<String>,
    /// A missing block or value counts as no customer key.
    pub required: bool,
}

/// Values of an attribute that tell whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyMode {
    /// The attribute.
    pub path: String,
    /// The part of the service it is about; absent: all.
    #[serde(default)]
    pub applies_to: Option<String>,
    /// A customer's key.
    #[serde(default)]
    pub customer: Vec<String>,
    /// The provider's key.
    #[serde(default)]
    pub provider: Vec<String>,
    /// No encryption.
    #[serde(default)]
    pub off: Vec<String>,
}

/// A resource type that completes another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its attribute that points here.
    #[serde(default)]
    pub link: Option<String>,
    /// Its paths with the key.
    #[serde(default)]
    pub key_paths: Vec<String>,
    /// Its paths with the place of a copy.
    #[serde(default)]
    pub replication: Vec<String>,
}

/// A path inside a JSON document held by an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonPath {
    /// The attribute.
    pub path: String,
    /// The path inside it.
    pub inside: String,
}

/// A resource type that is about a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// What it is.
    pub kind: KeyKind,
    /// What others cite.
    #[serde(default)]
    pub reference_attributes: Vec<String>,
    /// Where its material comes from, unless an argument, or the store it lives in, says otherwise.
    #[serde(default)]
    pub material: Option<Material>,
    /// Arguments that say where its material comes from; the first that holds counts.
    #[serde(default)]
    pub origins: Vec<KeyOriginRule>,
    /// Rotation on or off.
    #[serde(default)]
    pub rotation_path: Option<String>,
    /// Rotation when nothing is said.
    #[serde(default)]
    pub rotation_default: Option<bool>,
    /// How often it rotates.
    #[serde(default)]
    pub rotation_period_path: Option<String>,
    /// A resource type that makes keys of this type rotate.
    #[serde(default)]
    pub rotation_by: Option<RotationBy>,
    /// How long destruction waits: days, or a duration.
    #[serde(default)]
    pub deletion_window_path: Option<String>,
    /// Days that destruction waits when nothing is said.
    #[serde(default)]
    pub deletion_days_default: Option<u32>,
    /// Destruction prevented.
    #[serde(default)]
    pub purge_protection_path: Option<String>,
    /// Key enabled.
    #[serde(default)]
    pub enabled_path: Option<String>,
    /// End of its life.
    #[serde(default)]
    pub expiry_path: Option<String>,
    /// Key store it lives in.
    #[serde(default)]
    pub custom_store_path: Option<String>,
    /// Copied to other regions.
    #[serde(default)]
    pub multi_region_path: Option<String>,
    /// The key it is a copy of.
    #[serde(default)]
    pub primary_path: Option<String>,
    /// Its policy.
    #[serde(default)]
    pub policy_path: Option<String>,
    /// Its algorithm.
    #[serde(default)]
    pub spec_path: Option<String>,
    /// Its state.
    #[serde(default)]
    pub state_path: Option<String>,
    /// The key an alias names.
    #[serde(default)]
    pub target_path: Option<String>,
    /// The vault it lives in.
    #[serde(default)]
    pub vault_path: Option<String>,
    /// The key a wrapper wraps.
    #[serde(default)]
    pub wraps_key_path: Option<String>,
}

/// An argument that tells where the material of a key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyOriginRule {
    /// The attribute.
    pub path: String,
    /// Values that say so; empty: that it is set.
    #[serde(default)]
    pub values: Vec<String>,
    /// Where it comes from.
    pub is: Material,
}

/// A resource type that makes keys rotate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotationBy {
    /// The type; it is attached to the key.
    #[serde(rename = "type")]
    pub kind: String,
    /// What says that it rotates.
    pub path: String,
}

/// What a type shows about sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mfa {
    /// What it shows.
    pub kind: MfaKind,
    /// Whom it covers.
    #[serde(default = "both")]
    pub audience: Audience,
    /// What must hold for a second factor.
    pub rules: Vec<MfaRule>,
    /// All rules, or one of them.
    #[serde(default = "all")]
    pub rules_match: RulesMatch,
    /// The safe setting, in words.
    #[serde(default)]
    pub required: String,
    /// Whom it covers, in words.
    #[serde(default)]
    pub scope: String,
    /// Attributes to read together.
    #[serde(default)]
    pub related_paths: Vec<String>,
    /// Which answer of the rules tells something.
    #[serde(default = "either")]
    pub tells: MfaTells,
    /// When one of these holds, the resource says nothing about factors.
    #[serde(default)]
    pub neutral: Vec<MfaCondition>,
    /// Resources of one set are judged together: one that enforces is enough for all.
    #[serde(default)]
    pub set: Option<String>,
    /// Types whose resources are local users of this boundary, by their attribute that names it.
    #[serde(default)]
    pub users: Vec<Link>,
    /// Types that can enforce a factor for this boundary when its rules hold.
    #[serde(default)]
    pub enforced_by: Vec<String>,
}

fn either() -> MfaTells {
    MfaTells::Either
}

/// A condition about sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MfaCondition {
    /// The attribute.
    pub path: String,
    /// The test.
    pub test: MfaTest,
    /// Its values.
    #[serde(default)]
    pub values: Vec<String>,
}

fn both() -> Audience {
    Audience::Both
}

fn all() -> RulesMatch {
    RulesMatch::All
}

/// One test about sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MfaRule {
    /// The attribute.
    pub path: String,
    /// The test.
    pub test: MfaTest,
    /// Its values; booleans as `true` and `false`.
    #[serde(default)]
    pub values: Vec<String>,
    /// What it means when it does not hold.
    pub violation: String,
    /// Value that counts when the attribute is not written.
    #[serde(default)]
    pub default: Option<String>,
    /// Values that offer a second factor without asking for it.
    #[serde(default)]
    pub optional: Vec<String>,
    /// When it does not hold, a factor is asked of some, or for some things.
    #[serde(default)]
    pub partial: bool,
    /// Rules with the same word are alternatives: one is enough.
    #[serde(default)]
    pub alternative: Option<String>,
    /// When one of these holds, so does the rule.
    #[serde(default)]
    pub unless: Vec<MfaCondition>,
}
