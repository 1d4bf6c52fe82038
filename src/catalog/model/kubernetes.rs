//! What Kubernetes objects, drivers, hosts and annotations say about place, company, keys and sign-in.
//!
//! Paths are from the object's root: `spec.region`, `.*` for every element, `["x.y/z"]` for keys with dots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Agent, ClassSet, Credential, Evidence, Flow, MadeObject, ManagedFamily, NamedObject, Payload,
    PodSetting, ReplicationValues, SavedNamespaces, SecretStore, Switched, Tie,
};
use crate::config::words::words;

words! {
    /// What a field tells.
    FactKind, "kind of fact" {
        /// A region.
        Region = "region",
        /// A zone.
        Zone = "zone",
        /// The company or cloud.
        Provider = "provider",
        /// Encryption on or off.
        EncryptionFlag = "encryption-flag",
        /// A reference to a key.
        EncryptionKey = "encryption-key",
        /// Whose key, which algorithm.
        EncryptionMode = "encryption-mode",
        /// Rotation.
        KeyRotation = "key-rotation",
        /// The object is a key.
        KeyObject = "key-object",
        /// Where copies go.
        Replication = "replication",
        /// A store that backups go to: a block with its host and region, or its URL.
        Backup = "backup",
        /// Where data is sent.
        Egress = "egress",
        /// Whose it is.
        Tenant = "tenant",
        /// Sign-in.
        Mfa = "mfa",
        /// A container image.
        Image = "image",
        /// A storage class.
        StorageClass = "storage-class",
        /// Another object.
        Reference = "reference",
        /// How sensitive.
        Sensitivity = "sensitivity",
        /// Which application.
        Application = "application",
        /// Which environment.
        Environment = "environment",
    }
}

/// What the catalogue knows about a kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesKind {
    /// API group; empty for the core. `*.aws.upbound.io` covers a family of groups.
    pub group: String,
    /// Kind; `*` covers every kind of the group.
    pub kind: String,
    /// Other kinds of the group of which the entry says the same; each becomes an entry of its own.
    #[serde(default)]
    pub alike: Vec<String>,
    /// Known versions.
    pub versions: Vec<String>,
    /// Family it was gathered with; the file's name.
    pub family: String,
    /// Its objects belong to no namespace.
    #[serde(default)]
    pub cluster_scoped: bool,
    /// Company whose resource it stands for, by its id under `catalog/providers/`, whatever cluster it is applied to;
    /// absent: it is an object of its cluster.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Field of its namespace with the region, where it says none itself.
    #[serde(default)]
    pub namespace_region: Option<String>,
    /// Where the resource is that it stands for when no field says.
    #[serde(default)]
    pub location_default: Option<String>,
    /// Fields that leave the place to the company when they are set.
    #[serde(default)]
    pub worldwide_paths: Vec<String>,
    /// Fields whose values decide whether copies leave the region. What names a place is a fact: `replication`.
    #[serde(default)]
    pub replication_values: Vec<ReplicationValues>,
    /// Fields among those of copies whose copies are backups.
    #[serde(default)]
    pub backup_paths: Vec<String>,
    /// Blocks that a field of theirs switches off: what they name receives nothing.
    #[serde(default)]
    pub switched: Vec<Switched>,
    /// Does it keep data?
    #[serde(default)]
    pub holds_data: bool,
    /// Without a block of volumes it keeps nothing at rest, or what it keeps is in objects of another kind.
    #[serde(default)]
    pub volumes_optional: bool,
    /// Classes; derived unless TOML says them.
    #[serde(default)]
    pub class: ClassSet,
    /// Classes that it has besides when a field says so.
    #[serde(default)]
    pub class_when: Option<ClassWhen>,
    /// Path of the pod specification, for workloads.
    #[serde(default)]
    pub pod_spec: Option<String>,
    /// Blocks that bind pods of it to nodes, each for pods of its own: with a `nodeSelector`, an `affinity` or a
    /// `nodeAffinity`.
    #[serde(default)]
    pub placed_by: Vec<String>,
    /// What its fields tell.
    #[serde(default)]
    pub facts: Vec<FieldFact>,
    /// Other objects that its fields name.
    #[serde(default)]
    pub names: Vec<NamedObject>,
    /// Objects that a controller makes from it, and that others name instead of it.
    #[serde(default)]
    pub makes: Vec<MadeObject>,
    /// Set when it saves whole namespaces.
    #[serde(default)]
    pub saves: Option<SavedNamespaces>,
    /// Set when an object can be a static credential.
    #[serde(default)]
    pub credential: Option<Credential>,
    /// How well the paths are known.
    pub verification: Evidence,
    /// Where they were read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// What an object is besides when a field has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassWhen {
    /// The field; its words are the same in the Terraform provider.
    pub path: String,
    /// The value.
    pub value: String,
    /// The classes.
    pub class: ClassSet,
}

/// What a field tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFact {
    /// What.
    pub fact: FactKind,
    /// The field.
    pub path: String,
    /// How to read it.
    pub meaning: String,
    /// It names a service of others, and this flows there: a host or URL, an image, a provider of secrets.
    #[serde(default)]
    pub flow: Option<Flow>,
    /// How a Terraform resource that the field cites serves.
    #[serde(default)]
    pub tie: Option<Tie>,
    /// When it breaks a requirement, in words.
    #[serde(default)]
    pub violation: String,
    /// Company that is meant where the field is set and names no host.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// It names something of the object's own namespace: a secret.
    #[serde(default)]
    pub of_namespace: bool,
    /// Values of a mode of encryption that ask for a customer's key, which is named elsewhere.
    #[serde(default)]
    pub customer_values: Vec<String>,
    /// Where it was read, if elsewhere than the kind.
    #[serde(default)]
    pub source: String,
}

words! {
    /// How a volume driver encrypts when nothing is asked.
    DriverDefault, "default of a driver" {
        /// In clear.
        Unencrypted = "unencrypted",
        /// An account setting decides.
        AccountDefault = "account-default",
        /// With a key of the provider.
        ProviderManaged = "provider-managed",
        /// Decided elsewhere: file system, policy, cluster.
        Outside = "outside",
        /// Not documented.
        Unknown = "unknown",
    }
}

words! {
    /// How a customer's key reaches a driver's volumes.
    DriverKey, "way to a key of a driver" {
        /// By a parameter of the class.
        Attribute = "attribute",
        /// By a secret with a passphrase.
        Secret = "secret",
        /// Outside the manifests.
        Outside = "outside",
        /// In no way.
        None = "none",
        /// The driver keeps no volume of its own.
        NotApplicable = "not-applicable",
    }
}

/// A volume driver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeDriver {
    /// Name in `provisioner` and `driver`; `*` at the end for a family.
    pub provisioner: String,
    /// Company, when the driver proves one.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Region file of its zones.
    #[serde(default)]
    pub regions_id: Option<String>,
    /// Whose disks they are, in words.
    pub operator: String,
    /// Several companies use this name: never decide on it alone.
    #[serde(default)]
    pub shared: bool,
    /// Companies that use or used the name beside `providers_id`.
    #[serde(default)]
    pub also_used_by: Vec<String>,
    /// Driver that replaces it, for one built into Kubernetes.
    #[serde(default)]
    pub successor: Option<String>,
    /// Topology keys with the zone.
    #[serde(default)]
    pub topology_keys: Vec<String>,
    /// Parameters with the place.
    #[serde(default)]
    pub location_parameters: Vec<String>,
    /// Parameters with zones.
    #[serde(default)]
    pub zone_parameters: Vec<String>,
    /// Parameters of snapshot classes with the place.
    #[serde(default)]
    pub snapshot_location_parameters: Vec<String>,
    /// Parameter that switches encryption on.
    #[serde(default)]
    pub encryption_parameter: Option<String>,
    /// Its values that do.
    #[serde(default)]
    pub encryption_values: Vec<String>,
    /// Parameters with the key.
    #[serde(default)]
    pub key_parameters: Vec<String>,
    /// Key of the secret with a passphrase.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// How a customer's key reaches its volumes.
    pub customer_key: DriverKey,
    /// What happens when nothing is asked.
    pub default: DriverDefault,
    /// The same in words.
    #[serde(default)]
    pub default_note: String,
    /// Do parameter names count their case?
    #[serde(default = "yes")]
    pub case_sensitive: bool,
    /// When it breaks a requirement, in words.
    #[serde(default)]
    pub violation: String,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

fn yes() -> bool {
    true
}

words! {
    /// What a host name tells about the place.
    HostPlace, "place of a host" {
        /// A region or zone, in the named group.
        Region = "region",
        /// Several regions, in the named group or fixed.
        MultiRegion = "multi-region",
        /// No place: served from everywhere.
        Global = "global",
        /// A place there is, the name does not show it.
        Unknown = "unknown",
    }
}

/// A family of host names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostFamily {
    /// Pattern over the host in lower case, without port.
    pub host_regex: String,
    /// Company, by its id under `catalog/providers/`; absent: several.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Region file of the group's value.
    #[serde(default)]
    pub regions_id: Option<String>,
    /// What the name tells about the place.
    pub place: HostPlace,
    /// Capture group with the place.
    #[serde(default)]
    pub group: Option<String>,
    /// Countries when the name alone fixes them, or when the group is absent.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Service behind the host.
    #[serde(default)]
    pub service: String,
    /// The place in words.
    #[serde(default)]
    pub location: String,
    /// A host of the family.
    pub example: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// A label or annotation key that tells something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataKey {
    /// The key; `*` at the end for a family, `<x>` for a free part.
    pub key: String,
    /// What it tells.
    #[serde(rename = "use")]
    pub fact: FactKind,
    /// Kinds it stands on; empty: any.
    #[serde(default)]
    pub on: Vec<String>,
    /// Company it shows.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Region file of its value.
    #[serde(default)]
    pub regions_id: Option<String>,
    /// How to read its value.
    #[serde(default)]
    pub value: String,
    /// When it breaks a requirement, in words.
    #[serde(default)]
    pub violation: String,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// A provider of secrets mounted by `SecretProviderClass`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretProvider {
    /// Name in `SecretProviderClass`.
    pub provider: String,
    /// Company it fetches from; absent: a host decides.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// The cloud in words.
    pub cloud: String,
    /// Fields with regions: where it reads, and where it turns to when that fails.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Fields with a YAML text, and the field of each of its entries with an identifier that may name a region.
    #[serde(default)]
    pub identifiers: BTreeMap<String, String>,
    /// The field with the host. It decides the company where it is known.
    #[serde(default)]
    pub host: Option<String>,
    /// When it breaks a requirement, in words.
    #[serde(default)]
    pub violation: String,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// Another policy engine whose objects restrict a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyEngine {
    /// Its name.
    pub engine: String,
    /// Its API group.
    pub group: String,
    /// Its kinds.
    pub kinds: Vec<String>,
    /// Fields to read.
    pub paths: Vec<String>,
    /// What they tell.
    #[serde(rename = "use")]
    pub tells: String,
    /// Where it was read.
    pub source: String,
}

/// A way to keep tenants apart in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenancyModel {
    /// Its name.
    pub model: String,
    /// What shows it.
    pub signals: Vec<String>,
    /// When it breaks a requirement, in words.
    #[serde(default)]
    pub violation: String,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// The files of `catalog/kubernetes/` that list no kinds, put together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesFacts {
    /// Fields of a pod specification.
    #[serde(default)]
    pub pod_facts: Vec<FieldFact>,
    /// Labels.
    #[serde(default)]
    pub labels: Vec<MetadataKey>,
    /// Annotations.
    #[serde(default)]
    pub annotations: Vec<MetadataKey>,
    /// Annotations of Services and Ingresses that a cloud reads.
    #[serde(default)]
    pub load_balancer_annotations: Vec<MetadataKey>,
    /// Volume drivers, those built into Kubernetes included.
    #[serde(default)]
    pub drivers: Vec<VolumeDriver>,
    /// Image registries; the first that matches counts.
    #[serde(default)]
    pub registries: Vec<HostFamily>,
    /// Service hosts; the first that matches counts.
    #[serde(default)]
    pub endpoints: Vec<HostFamily>,
    /// Providers of mounted secrets.
    #[serde(default)]
    pub secret_providers: Vec<SecretProvider>,
    /// Kinds of secret stores.
    #[serde(default)]
    pub secret_stores: Vec<SecretStore>,
    /// Software that sends something to the company that makes it.
    #[serde(default)]
    pub agents: Vec<Agent>,
    /// Settings of containers that name hosts; the first that fits counts.
    #[serde(default)]
    pub pod_settings: Vec<PodSetting>,
    /// Configurations inside other objects.
    #[serde(default)]
    pub payloads: Vec<Payload>,
    /// Other policy engines.
    #[serde(default)]
    pub policy_engines: Vec<PolicyEngine>,
    /// Ways to keep tenants apart.
    #[serde(default)]
    pub tenancy: Vec<TenancyModel>,
    /// Families of objects that stand for types of a Terraform provider.
    #[serde(default)]
    pub managed: Vec<ManagedFamily>,
}

/// A file of `catalog/kubernetes/` that lists kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesKinds {
    /// Its kinds.
    pub kind: Vec<KubernetesKind>,
}
