//! Services of others: what flows to a company, and which fields of code and manifests name one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::words::words;

words! {
    /// What goes to somebody else's service, or comes from there.
    Flow, "flow" {
        /// The data itself.
        Data = "data",
        /// Keys, passwords, tokens.
        Secrets = "secrets",
        /// Who signs in.
        Identities = "identities",
        /// Logs, metrics, traces.
        Logs = "logs",
        /// What is executed.
        Images = "images",
        /// Code and its delivery.
        Sources = "sources",
    }
}

/// What reaches a company through resources of its Terraform provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receives {
    /// Types (`*` at the end for a family); empty: all that no other entry and no category tells.
    #[serde(default)]
    pub types: Vec<String>,
    /// What; absent: nothing.
    #[serde(default)]
    pub flow: Option<Flow>,
    /// Only when this attribute is true.
    #[serde(default)]
    pub when: Option<String>,
}

impl Receives {
    /// Does it speak of a type by name?
    pub fn names(&self, kind: &str) -> bool {
        self.types.iter().any(|name| match name.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => name == kind,
        })
    }
}

/// An attribute that names a service of others by its host or URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedService {
    /// What flows there.
    pub flow: Flow,
    /// The attribute.
    pub path: String,
}

/// A kind of store in `SecretStore` and `ClusterSecretStore` of external-secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    /// Its key under `spec.provider`.
    pub store: String,
    /// Company behind it; absent: a host decides, or the registry does not have it.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Its name, where the registry does not have the company.
    #[serde(default)]
    pub operator: String,
    /// Field with the region, inside the entry.
    #[serde(default)]
    pub region: Option<String>,
    /// Field with the host, inside the entry. It decides the company where it is known.
    #[serde(default)]
    pub host: Option<String>,
    /// It leads nowhere outside the cluster.
    #[serde(default)]
    pub local: bool,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// Software of a company that runs in a cluster and sends something there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// Its name.
    pub product: String,
    /// The company.
    pub providers_id: String,
    /// What it sends.
    pub flow: Flow,
    /// Ends of the names of its images, without registry and tag: `datadog/agent`.
    #[serde(default)]
    pub images: Vec<String>,
    /// Kinds of objects that ask for it: `datadoghq.com/DatadogAgent`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Variables of the container that name the host.
    #[serde(default)]
    pub env: Vec<String>,
    /// Where it was read.
    pub source: String,
}

/// Settings of containers that name a host: variables and flags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PodSetting {
    /// What flows there.
    pub flow: Flow,
    /// Names of variables (`*` at the start or at the end).
    #[serde(default)]
    pub env: Vec<String>,
    /// Flags: `--oidc-issuer-url`.
    #[serde(default)]
    pub args: Vec<String>,
    /// Companies by the scheme of an address that has no host: `gs:bucket:/`.
    #[serde(default)]
    pub companies: BTreeMap<String, String>,
    /// The name alone says little: it counts only where the catalogue knows whose the host is.
    #[serde(default)]
    pub known_only: bool,
    /// Where it was read.
    pub source: String,
}

impl PodSetting {
    /// Is it about a variable of that name?
    pub fn names(&self, variable: &str) -> bool {
        let fits = |name: &String| match (name.strip_prefix('*'), name.strip_suffix('*')) {
            (Some(rest), Some(_)) => {
                let inner = rest.strip_suffix('*').unwrap_or(rest);
                variable.contains(inner)
            }
            (Some(end), None) => variable.ends_with(end),
            (None, Some(start)) => variable.starts_with(start),
            (None, None) => variable == name,
        };
        self.env.iter().any(fits)
    }
}
