//! Terraform providers, backends, and the providers that any company may stand behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Clock, TagShape};

/// `catalog/resources/<provider>/provider.toml`: how the provider block gives place and tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerraformProvider {
    /// Source address, `namespace/name`.
    pub address: String,
    /// Other addresses of the same provider.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What its types start with.
    pub prefix: String,
    /// Region file of its identifiers.
    #[serde(default)]
    pub regions_id: Option<String>,
    /// Company behind it; absent: an endpoint decides.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// The company in words.
    #[serde(default)]
    pub operator: String,
    /// Arguments of the provider block that hold the region, in order.
    #[serde(default)]
    pub location_paths: Vec<String>,
    /// Those of them that hold zones.
    #[serde(default)]
    pub zone_paths: Vec<String>,
    /// A zone always lies in the region of the provider block or of the resource: a zone that is not known takes nothing away
    /// from that.
    #[serde(default)]
    pub zones_in_region: bool,
    /// Environment variables that replace them.
    #[serde(default)]
    pub location_env: Vec<String>,
    /// Region when nothing says one.
    #[serde(default)]
    pub location_default: Option<String>,
    /// What the provider computes of a resource, known in plans and states, and what of it is its place.
    #[serde(default)]
    pub computed_location: Vec<ComputedLocation>,
    /// Arguments whose URL, host or word pins place or company; `*_custom_endpoint` has one for each service.
    #[serde(default)]
    pub endpoint_paths: Vec<String>,
    /// With endpoints by service: what the types of a service start with, after the provider's prefix, where that is not
    /// the service's name. The longest that fits a type decides.
    #[serde(default)]
    pub endpoint_services: BTreeMap<String, Vec<String>>,
    /// Its resources are objects of a Kubernetes cluster, which its arguments reach.
    #[serde(default)]
    pub in_cluster: bool,
    /// How tags are written.
    #[serde(default = "map")]
    pub tag_shape: TagShape,
    /// Attribute with a resource's tags.
    #[serde(default)]
    pub tag_attribute: Option<String>,
    /// A second one.
    #[serde(default)]
    pub second_tag_attribute: Option<String>,
    /// Attribute with the tags that hold in the end.
    #[serde(default)]
    pub effective_tag_attribute: Option<String>,
    /// Attribute with the resource's own tags over those of the provider block, and nothing else.
    #[serde(default)]
    pub merged_tag_attribute: Option<String>,
    /// Arguments of the provider block with tags for all resources.
    #[serde(default)]
    pub tag_default_paths: Vec<String>,
    /// Arguments of the provider block with tags to leave alone.
    #[serde(default)]
    pub tag_ignore_paths: Vec<String>,
    /// Argument that demands tags.
    #[serde(default)]
    pub tag_policy_path: Option<String>,
    /// How keys are cited.
    #[serde(default)]
    pub key_reference_forms: Vec<String>,
    /// The key service serves its own region only: a key that is named without a place is in that of what it encrypts.
    #[serde(default)]
    pub keys_in_region: bool,
    /// Names of the provider's own keys (`*` at the end).
    #[serde(default)]
    pub provider_managed_key_pattern: Option<String>,
    /// Version whose schema was read.
    #[serde(default)]
    pub schema_version: Option<String>,
    /// `schema` or `docs`.
    pub verification: super::Evidence,
    /// Repository of the documentation.
    #[serde(default)]
    pub docs_repository: Option<String>,
    /// Its commit.
    #[serde(default)]
    pub docs_commit: Option<String>,
    /// Its day, or year.
    #[serde(default)]
    pub docs_date: Option<String>,
    /// Its version.
    #[serde(default)]
    pub docs_version: Option<String>,
    /// What to know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// An attribute that identifies a resource and names its place: an ARN, a link to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedLocation {
    /// The attribute.
    pub attr: String,
    /// Its first group is the region or zone.
    pub pattern: String,
}

fn map() -> TagShape {
    TagShape::Map
}

/// `catalog/terraform.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerraformFacts {
    /// Providers that say nothing about a company: the host does.
    pub generic: Vec<GenericProvider>,
    /// Where state is kept, by backend type.
    pub backend: BTreeMap<String, Backend>,
    /// Addresses of providers that hold no data and sit nowhere.
    pub neutral: Vec<String>,
    /// Types whose resources change as time goes by.
    #[serde(default)]
    pub clocks: BTreeMap<String, Clock>,
    /// Types that facts point at and that the catalogue leaves out on purpose, with the reason.
    pub foreign_types: BTreeMap<String, String>,
}

/// A provider that any company may stand behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericProvider {
    /// Source address.
    pub address: String,
    /// Arguments of the provider block with the host.
    pub host_args: Vec<String>,
    /// Arguments that name a file with the host: a kubeconfig, an entry of `clouds.yaml`.
    #[serde(default)]
    pub file_args: Vec<String>,
    /// Environment variables that replace them, named in reasons; nothing reads them.
    #[serde(default)]
    pub env: Vec<String>,
}

/// A state backend. Its place and key are those of the type `terraform.backend.<name>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Company behind it unless a host says otherwise.
    #[serde(default)]
    pub default_provider: Option<String>,
    /// Provider that calls the same service with the same arguments: its offerings may stand behind the backend.
    #[serde(default)]
    pub source: Option<String>,
    /// Arguments with the host, or a word for it.
    #[serde(default)]
    pub host_args: Vec<String>,
    /// Arguments that name a file with the host.
    #[serde(default)]
    pub file_args: Vec<String>,
    /// Without one of these the block is not complete: what is missing comes from `-backend-config`, and a host may.
    #[serde(default)]
    pub required_args: Vec<String>,
    /// Environment variables that replace the host, named in reasons; nothing reads them.
    #[serde(default)]
    pub env: Vec<String>,
    /// Why nobody is known to answer where no argument says it.
    #[serde(default)]
    pub nobody: Option<Reason>,
}

/// A reason in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}
