//! Hosts in provider blocks and state backends: which arguments hold them, and whose they are.

use std::sync::Arc;

use super::Client;
use crate::facts::EvidenceId;
use crate::facts::Text;
use crate::facts::establish::Lens;
use crate::graph::Resource;
use crate::value::{Unknown, Value};

/// What an argument that tells who answers holds.
#[derive(Debug, Clone)]
pub(super) struct Host {
    /// Path of the argument.
    pub(super) argument: Arc<str>,
    /// What it says.
    pub(super) said: Said,
    /// Where it stands.
    pub(super) evidence: Vec<EvidenceId>,
}

/// What an argument says of a host.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// A host name, in lower case.
    Name(Arc<str>),
    /// A word that is no host: `ovh-eu`, `china`.
    Word(Arc<str>),
    /// It is not known; with the resources of the scan that it was taken from.
    Unknown(Unknown, Vec<crate::graph::ResourceId>),
}

impl Host {
    pub(super) fn name(&self) -> Option<&str> {
        match &self.said {
            Said::Name(name) => Some(name),
            _ => None,
        }
    }
}

impl<'a> Lens<'a> {
    /// Every argument of a client that tells who answers for a type.
    pub(super) fn hosts_of(&mut self, resource: &'a Resource, client: &Client<'a>) -> Vec<Host> {
        let mut found = Vec::new();
        // A state does not describe its providers.
        if client.config.is_unknown() {
            return found;
        }
        for argument in client.arguments.iter() {
            self.values_of(argument, resource, client, &mut found);
        }
        if client.arguments.is_empty() {
            for (name, value) in client.config.entries().unwrap_or_default() {
                if sounds_like_host(name) {
                    self.host_in(name, value, resource, client, &mut found);
                }
            }
        }
        found
    }

    fn values_of(
        &mut self,
        argument: &'static str,
        resource: &'a Resource,
        client: &Client<'a>,
        found: &mut Vec<Host>,
    ) {
        // `*_custom_endpoint`: one argument for each service.
        if let Some(end) = argument.strip_prefix('*') {
            for (name, value) in client.config.entries().unwrap_or_default() {
                let service = name.strip_suffix(end);
                if service.is_some_and(|service| names_service(service, &resource.kind)) {
                    self.host_in(name, value, resource, client, found);
                }
            }
            return;
        }
        let path = self.path(argument);
        for value in client.config.get_all(&path) {
            self.host_in(argument, value, resource, client, found);
        }
    }

    /// A text, a list of texts, or a map of them by service.
    fn host_in(
        &mut self,
        argument: &str,
        value: &'a Value,
        resource: &'a Resource,
        client: &Client<'a>,
        found: &mut Vec<Host>,
    ) {
        if let Some(all) = value.elements() {
            for inner in all {
                self.host_in(argument, inner, resource, client, found);
            }
        } else if let Some(entries) = value.entries() {
            for (service, value) in entries {
                if client.serves(service, &resource.kind) {
                    let inner = format!("{argument}.{service}");
                    self.host(&inner, value, resource, found);
                }
            }
        } else {
            self.host(argument, value, resource, found);
        }
    }

    fn host(
        &mut self,
        argument: &str,
        value: &'a Value,
        resource: &'a Resource,
        found: &mut Vec<Host>,
    ) {
        let said = match (value.as_str(), value.as_unknown()) {
            (Some(""), _) | (None, None) => return,
            (Some(text), _) => match host_of(text) {
                Some(name) => Said::Name(name.into()),
                None => Said::Word(text.trim().into()),
            },
            (None, Some(unknown)) => {
                let referenced = self.referenced(resource, value);
                let ids = referenced.into_iter().map(|(id, _)| id).collect();
                Said::Unknown(unknown.clone(), ids)
            }
        };
        let evidence = self.ledger.way(
            value,
            Text::new(
                format!("`{argument}` tells who answers"),
                format!("`{argument}` dit qui répond"),
            ),
        );
        found.push(Host {
            argument: argument.into(),
            said,
            evidence,
        });
    }
}

/// The host of a URL, of a host with a port, of a bare host name or of a connection string, in lower case; none for a word
/// such as `ovh-eu`. What stands before `@` is no host: `https://s3.amazonaws.com@example.net` is example.net.
pub(in crate::facts) fn host_of(text: &str) -> Option<String> {
    let text = text.trim();
    let (has_scheme, rest) = match text.split_once("//") {
        Some((_, rest)) => (true, rest),
        None => (false, text),
    };
    if !has_scheme && let Some(host) = in_key_values(text) {
        return host_of(&format!("//{host}"));
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.split(':').next().unwrap_or(host),
    };
    let is_host = has_scheme || host.contains(['.', ':']);
    let name = name.trim_end_matches('.').to_lowercase();
    (is_host && !name.is_empty()).then_some(name)
}

/// The host of `host=db.example.net port=5432 user=x`.
fn in_key_values(text: &str) -> Option<&str> {
    text.split_whitespace()
        .find_map(|pair| pair.strip_prefix("host="))
        .map(|host| host.trim_matches('\''))
        .filter(|host| !host.is_empty())
}

/// `big_query` of `big_query_custom_endpoint` is the service of `google_bigquery_dataset`.
fn names_service(service: &str, kind: &str) -> bool {
    let Some((_, rest)) = kind.split_once('_') else {
        return false;
    };
    let mut rest = rest.bytes().filter(|byte| *byte != b'_');
    let mut service = service.bytes().filter(|byte| *byte != b'_');
    service.all(|byte| rest.next() == Some(byte))
}

/// Arguments of providers that the catalogue does not describe: by their name. Those that sign people in say nothing of who
/// runs the service.
fn sounds_like_host(name: &str) -> bool {
    const ASIDE: [&str; 7] = ["proxy", "oidc", "oauth", "msi", "sts", "token", "metadata"];
    const NAMES: [&str; 9] = [
        "address", "host", "url", "hostname", "server", "endpoint", "base_url", "api_url", "site",
    ];
    const ENDS: [&str; 4] = ["_endpoint", "_url", "_host", "_server"];
    !ASIDE.iter().any(|word| name.contains(word))
        && (NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_a_client_connects_to() {
        for (text, host) in [
            ("https://auth.cloud.ovh.net/v3", Some("auth.cloud.ovh.net")),
            ("https://Auth.Cloud.OVH.net.", Some("auth.cloud.ovh.net")),
            ("s3.fr-par.scw.cloud", Some("s3.fr-par.scw.cloud")),
            ("minio:9000", Some("minio")),
            ("http://localhost:4566", Some("localhost")),
            ("https://[2001:db8::1]:6443", Some("2001:db8::1")),
            (
                "https://s3.amazonaws.com@evil.example/x",
                Some("evil.example"),
            ),
            ("https://evil.example\\.amazonaws.com", Some("evil.example")),
            ("https://evil.example#.amazonaws.com", Some("evil.example")),
            (
                "postgres://u:p%40@db.example.net:5432/state?sslmode=require",
                Some("db.example.net"),
            ),
            (
                "host=db.example.net user=x password=y",
                Some("db.example.net"),
            ),
            ("ovh-eu", None),
            ("china", None),
            ("", None),
            ("https://", None),
        ] {
            assert_eq!(host_of(text).as_deref(), host, "{text}");
        }
    }

    #[test]
    fn an_argument_for_one_service_serves_its_types() {
        assert!(names_service("big_query", "google_bigquery_dataset"));
        assert!(names_service("storage", "google_storage_bucket"));
        assert!(!names_service("storage", "google_sql_database_instance"));
        assert!(sounds_like_host("base_url"));
        assert!(!sounds_like_host("oidc_request_url"));
        assert!(!sounds_like_host("ec2_metadata_service_endpoint"));
    }
}
