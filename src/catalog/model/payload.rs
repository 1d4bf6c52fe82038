//! Configurations that are carried inside other objects: which object carries which product's, and what its fields tell of
//! services of others and of sign-in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Audience, Flow, MfaCondition, MfaTest};
use crate::config::words::words;

words! {
    /// How a configuration is written.
    PayloadFormat, "format of a configuration" {
        /// YAML, or JSON, of which YAML is the wider one.
        Yaml = "yaml",
        /// TOML.
        Toml = "toml",
        /// `[section]` and `key = value`.
        Ini = "ini",
        /// `[SECTION]` several times, with `Key value`: Fluent Bit.
        Sections = "sections",
        /// `<match **>` with `key value`: Fluentd.
        Directives = "directives",
        /// `forward . 1.1.1.1` inside braces: CoreDNS.
        Corefile = "corefile",
        /// The keys of the object are the settings.
        Keys = "keys",
        /// Flags and variables of a container.
        Flags = "flags",
        /// The object, or a field of it, is the configuration.
        Object = "object",
    }
}

/// A configuration carried inside a ConfigMap, a Secret, arguments, or a field of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// Whose configuration.
    pub product: String,
    /// How it is written.
    pub format: PayloadFormat,
    /// Where it is carried.
    pub carriers: Vec<Carrier>,
    /// Fields that it has, all of them: the names of objects and keys alone often say little.
    #[serde(default)]
    pub needs: Vec<String>,
    /// With the format `keys`: keys whose text is YAML.
    #[serde(default)]
    pub nested: Vec<String>,
    /// Where it sends data to, or takes it from.
    #[serde(default)]
    pub outlets: Vec<Outlet>,
    /// How people sign in there.
    #[serde(default)]
    pub sign_in: Option<SignIn>,
    /// What it tells of the cloud that the cluster runs on.
    #[serde(default)]
    pub cloud: Option<CloudFields>,
    /// Where it was read.
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// Objects that carry a configuration. All that is said must fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// Kinds: `ConfigMap`, `k8s.keycloak.org/KeycloakRealmImport`; none: workloads.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Names of objects (`*` for any part); none: any.
    #[serde(default)]
    pub names: Vec<String>,
    /// Labels, one of which it has: `key=value`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Keys below `data` (`*` for any part) whose text it is.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Field that holds it; the empty text is the object itself.
    #[serde(default)]
    pub at: Option<String>,
    /// Ends of the names of images, without registry and tag.
    #[serde(default)]
    pub images: Vec<String>,
    /// Start of the names of variables that stand for flags.
    #[serde(default)]
    pub env: Option<String>,
}

/// Fields that name services of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    /// What flows there.
    pub flow: Flow,
    /// An address, or an entry with one.
    pub path: String,
    /// Fields of the entry with the host, the first that is set counts; none: it is an address itself.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Fields of the entry with the region.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Field of the entry with the word for `companies`; absent: its key, up to the first `/`.
    #[serde(default)]
    pub name: Option<String>,
    /// Companies of entries without a host, by that word.
    #[serde(default)]
    pub companies: BTreeMap<String, String>,
    /// Company of every other entry without a host.
    #[serde(default)]
    pub providers_id: Option<String>,
    /// Host of every other entry without one.
    #[serde(default)]
    pub host: Option<String>,
    /// It counts only where the catalogue knows whose the host is.
    #[serde(default)]
    pub known_only: bool,
}

words! {
    /// How the sign-in that a configuration describes is judged.
    SignInBy, "way to judge sign-in" {
        /// By the tests of its entry.
        Settings = "settings",
        /// By the claims that the API server of a cluster demands of tokens.
        Claims = "claims",
        /// By the flags of such a server.
        ServerFlags = "server-flags",
        /// By the flows of a Keycloak realm.
        Keycloak = "keycloak",
    }
}

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// How it is judged.
    pub by: SignInBy,
    /// Who signs in.
    #[serde(default = "both")]
    pub audience: Audience,
    /// It says something of sign-in only when one of these holds; none: always.
    #[serde(default)]
    pub when: Vec<SignInTest>,
    /// One factor is enough as soon as one of these holds.
    #[serde(default)]
    pub open: Vec<SignInTest>,
    /// The second factor is offered, or asked of some, as soon as one of these holds.
    #[serde(default)]
    pub offered: Vec<SignInTest>,
    /// The second factor is asked for when one of these holds.
    #[serde(default)]
    pub asked: Vec<SignInTest>,
    /// Blocks that hand sign-in to somebody else.
    #[serde(default)]
    pub providers: Vec<String>,
    /// Fields of such a block that ask for a level (`acr`).
    #[serde(default)]
    pub levels: Vec<String>,
    /// Words that mean a second factor: values of `amr`, or steps of a flow.
    #[serde(default)]
    pub factors: Vec<String>,
    /// Words that mean none: values of `acr` that stand for a password, or steps that ask only some.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Steps of a flow that neither ask nor admit anybody new.
    #[serde(default)]
    pub neutral: Vec<String>,
    /// Actions that make new users set up a factor.
    #[serde(default)]
    pub enrolment: Vec<String>,
}

fn both() -> Audience {
    Audience::Both
}

/// One test about sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInTest {
    /// The field.
    pub path: String,
    /// The test.
    pub test: MfaTest,
    /// Its values; booleans as `true` and `false`.
    #[serde(default)]
    pub values: Vec<String>,
    /// Value that counts when the field is not written.
    #[serde(default)]
    pub default: Option<String>,
    /// When one of these holds, the test does not.
    #[serde(default)]
    pub unless: Vec<MfaCondition>,
}

/// Fields that tell the cloud of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudFields {
    /// The field with the host of its API.
    pub host: String,
    /// The field with the region.
    #[serde(default)]
    pub region: Option<String>,
}

/// Does a text fit a pattern in which `*` stands for any part?
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    true
}
