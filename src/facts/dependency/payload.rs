//! What configurations that an object carries send to, or take from: exporters, outputs, object stores, issuers,
//! repositories; and the keys of a `ConfigMap` that are variables of containers.

use std::sync::Arc;

use super::host::{Behind, Service, unplaced};
use super::named::flow_label;
use super::text::without_method;
use super::{Found, Mention};
use crate::catalog::{Flow, Outlet};
use crate::facts::carried::{Entry, all_at, is_set, texts};
use crate::facts::establish::{Lens, gap};
use crate::facts::hosting::host_of;
use crate::facts::location::shown;
use crate::facts::{Fact, Gap, Text};
use crate::graph::{Carried, Resource};
use crate::value::Value;

/// Addresses of one configuration, and keys of one object, that are looked at.
const MAX_ADDRESSES: usize = 256;

/// Keys of an object that are variables of containers.
struct Block<'a> {
    field: &'static str,
    entries: &'a [(Arc<str>, Value)],
    hidden: bool,
}

/// Where an address is written.
struct Address<'a> {
    carried: &'a Carried,
    outlet: &'static Outlet,
    value: &'a Value,
    path: String,
}

impl<'a> Lens<'a> {
    /// What the configurations of an object name.
    pub(super) fn named_by_payloads(&mut self, found: &mut Found<'a>) {
        for carried in self.graph.payloads_of(found.resource.id) {
            let payloads = self.catalog.kubernetes().map(|facts| &facts.payloads);
            let Some(payload) = payloads.and_then(|all| all.get(carried.entry)) else {
                continue;
            };
            for outlet in &payload.outlets {
                let path = self.path(&outlet.path);
                let entries = all_at(&carried.value, &path);
                for entry in entries.into_iter().take(MAX_ADDRESSES) {
                    self.note_outlet(found, carried, outlet, entry);
                }
            }
        }
    }

    fn note_outlet(
        &mut self,
        found: &mut Found<'a>,
        carried: &'a Carried,
        outlet: &'static Outlet,
        entry: Entry<'a>,
    ) {
        let address = |value: &'a Value, field: &str| Address {
            carried,
            outlet,
            value,
            path: inner_path(carried, outlet, field),
        };
        let is_entry = entry.value.entries().is_some();
        if !is_entry && outlet.name.is_none() && outlet.companies.is_empty() {
            self.note_addresses(found, &address(entry.value, ""));
            return;
        }
        let off = |name: &str, off: bool| {
            let switch = entry.value.entry(name).and_then(Value::as_bool);
            switch == Some(off)
        };
        if off("enabled", false) || off("disabled", true) {
            return;
        }
        for field in &outlet.hosts {
            let path = self.path(field);
            let hosts = all_at(entry.value, &path);
            let mut any = false;
            for host in hosts.iter().filter(|host| is_set(host.value)) {
                any = true;
                self.note_addresses(found, &address(host.value, field));
            }
            if any {
                return;
            }
        }
        let name = match &outlet.name {
            Some(field) => {
                let path = self.path(field);
                let name = all_at(entry.value, &path).into_iter().next();
                name.and_then(|name| name.value.as_str())
            }
            None => entry.key.map(|key| key.split('/').next().unwrap_or(key)),
        };
        let word = entry.value.as_str().filter(|_| outlet.name.is_none());
        let scheme = word.and_then(|word| word.split(':').next());
        let company = name
            .and_then(|name| outlet.companies.get(name))
            .or_else(|| outlet.companies.get(scheme?))
            .or(outlet.providers_id.as_ref());
        if let Some(company) = company {
            let region = outlet.regions.iter().find_map(|field| {
                let path = self.path(field);
                let region = all_at(entry.value, &path).into_iter().next()?.value;
                (is_set(region) && !is_filled_in(region.as_str()?)).then_some(region)
            });
            // Part of a secret text is not shown, not even its region.
            let region = region.filter(|_| !carried.secret);
            let mention = Mention {
                flow: outlet.flow,
                path: inner_path(carried, outlet, ""),
                evidence: self.ledger.way(entry.value, flow_label(outlet.flow)),
            };
            self.note_company(found, company, region, mention);
        } else if !is_entry && outlet.name.is_none() {
            self.note_addresses(found, &address(entry.value, ""));
        } else if let Some(host) = &outlet.host {
            let mention = Mention {
                flow: outlet.flow,
                path: inner_path(carried, outlet, ""),
                evidence: self.ledger.way(entry.value, flow_label(outlet.flow)),
            };
            self.note_host(found, host, mention, outlet.known_only);
        }
    }

    /// One address, a list of them, or several in one text.
    fn note_addresses(&mut self, found: &mut Found<'a>, address: &Address<'a>) {
        if address.value.is_unknown() {
            if !address.outlet.known_only {
                let evidence = self
                    .ledger
                    .way(address.value, flow_label(address.outlet.flow));
                let mention = Mention {
                    flow: address.outlet.flow,
                    path: address.path.clone(),
                    evidence,
                };
                self.note_unknown(found, address.value, &address.path, mention);
            }
            return;
        }
        for text in texts(address.value).take(MAX_ADDRESSES) {
            for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
                self.note_written(found, address, one);
            }
        }
    }

    fn note_written(&mut self, found: &mut Found<'a>, address: &Address<'a>, text: &str) {
        let flow = address.outlet.flow;
        let mention = |lens: &mut Self| Mention {
            flow,
            path: address.path.clone(),
            evidence: lens.ledger.way(address.value, flow_label(flow)),
        };
        if is_filled_in(text) {
            if address.outlet.known_only || found.has(flow, &address.path) {
                return;
            }
            let mention = mention(self);
            let gap = Gap {
                reason: Text::new(
                    format!("`{}` is filled in when it runs", address.path),
                    format!("`{}` est rempli à l’exécution", address.path),
                ),
                evidence: mention.evidence.clone(),
            };
            found.push(
                &address.path,
                mention,
                Fact::Unknown(gap),
                Fact::Absent,
                None,
            );
            return;
        }
        let Some(host) = host_in(without_method(text)) else {
            return;
        };
        // A name that says little gives way to one that says more.
        let is_vague = address.outlet.known_only && address.carried.secret;
        if is_vague
            && self
                .company_of_host(&host)
                .is_some_and(|company| found.names(super::called(company)))
        {
            return;
        }
        if self.is_none_of_others(found, flow, &host, address.outlet.known_only) {
            return;
        }
        let mention = mention(self);
        if address.carried.secret {
            self.note_hidden(found, &host, mention);
        } else {
            self.note_host(found, &host, mention, address.outlet.known_only);
        }
    }

    /// A host that is kept secret: whose it is may be said, its name may not.
    pub(super) fn note_hidden(&mut self, found: &mut Found<'a>, host: &str, mention: Mention) {
        match &*self.behind(found.resource, host) {
            Behind::Nobody => {}
            Behind::Stranger(_) => {
                let path = mention.path.clone();
                if found.has(mention.flow, &path) {
                    return;
                }
                let mut gap = gap(
                    "the catalogue does not know who answers at a host that is kept in a Secret",
                    "le catalogue ne sait pas qui répond à un hôte gardé dans un Secret",
                );
                gap.evidence.clone_from(&mention.evidence);
                found.push(&path, mention, Fact::Unknown(gap), Fact::Absent, None);
            }
            Behind::Company(known) => {
                let name = super::called(known.company);
                let location = match &known.location {
                    Fact::Known(location) => Fact::Known(location.clone()),
                    _ => Fact::Unknown(unplaced(name)),
                };
                let service: Service = self.service(found.resource, known.company, name, location);
                self.note_service(found, name, &service, mention);
            }
        }
    }

    /// Does an object hold variables of containers that name hosts?
    pub(super) fn has_settings(&mut self, resource: &'a Resource) -> bool {
        let blocks = self.blocks_of(resource);
        blocks.iter().any(|block| {
            let entries = block.entries.iter().take(MAX_ADDRESSES);
            let mut names = entries.map(|(name, _)| name);
            names.any(|name| self.setting_called(name).is_some())
        })
    }

    /// The keys of a `ConfigMap` or a `Secret`, which containers take as variables.
    pub(super) fn named_by_settings(&mut self, found: &mut Found<'a>) {
        for block in self.blocks_of(found.resource) {
            for (name, value) in block.entries.iter().take(MAX_ADDRESSES) {
                let Some(setting) = self.setting_called(name) else {
                    continue;
                };
                let Some(text) = value.as_str() else {
                    continue;
                };
                // A variable is one line.
                if text.trim().contains('\n') {
                    continue;
                }
                let path = || format!("{}[\"{name}\"]", block.field);
                self.note_value(found, text, value, block.hidden, setting, path);
            }
        }
    }

    /// What stands behind a key of a `ConfigMap`.
    pub(super) fn entry_called(&self, resource: &'a Resource, key: &str) -> Option<&'a str> {
        let object = self.object_of(resource)?;
        object.value.entry("data")?.entry(key)?.as_str()
    }

    /// The settings of a `ConfigMap` or a `Secret`. What a manifest's Secret keeps is not among its attributes: it is read as
    /// a configuration that it carries.
    fn blocks_of(&self, resource: &'a Resource) -> Vec<Block<'a>> {
        let Some(object) = self.object_of(resource) else {
            return Vec::new();
        };
        let name = object.kind.filter(|kind| kind.group.is_empty());
        let hidden = match name.map(|kind| kind.kind.as_str()) {
            Some("ConfigMap") => false,
            Some("Secret") => true,
            _ => return Vec::new(),
        };
        let fields = ["data", "stringData"].into_iter();
        let block = |field| {
            Some(Block {
                field,
                entries: object.value.entry(field)?.entries()?,
                hidden,
            })
        };
        fields.filter_map(block).collect()
    }

    /// A store that an object names and that is not part of the scan.
    pub(super) fn note_absent_store(
        &mut self,
        found: &mut Found<'a>,
        value: &'a Value,
        flow: Flow,
        path: String,
    ) {
        let Some(name) = value.as_str() else { return };
        let graph = self.graph;
        let mut read = graph.outgoing(found.resource.id).iter();
        let is_there = read.any(|relation| {
            let target = graph.get(relation.to);
            target.is_some_and(|target| *target.name == *name)
        });
        if is_there || found.is_full() || found.has(flow, name) {
            return;
        }
        let name = shown(name);
        let mention = Mention {
            flow,
            path,
            evidence: self.ledger.way(value, flow_label(flow)),
        };
        let mut gap = gap(
            format!("the store {name} is not part of the scan"),
            format!("le magasin {name} ne fait pas partie de l’analyse"),
        );
        gap.evidence.clone_from(&mention.evidence);
        found.push(name, mention, Fact::Unknown(gap), Fact::Absent, None);
    }
}

fn inner_path(carried: &Carried, outlet: &Outlet, field: &str) -> String {
    let mut path = carried.path.clone();
    for part in [outlet.path.as_str(), field] {
        if !part.is_empty() {
            let dot = if path.is_empty() || part.starts_with('[') {
                ""
            } else {
                "."
            };
            path = format!("{path}{dot}{part}");
        }
    }
    path
}

/// A place that something else fills in: `${HOST}`, `$(HOST)`, `{{ host }}`.
fn is_filled_in(text: &str) -> bool {
    text.contains(['$']) || text.contains("{{") || text.contains("%(")
}

/// The host of an address; none for a file, a socket or a word that is no name.
fn host_in(text: &str) -> Option<String> {
    if text.starts_with(['/', '.']) || text.starts_with("unix:") || text.starts_with("file:") {
        return None;
    }
    host_of(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_sockets_are_no_hosts() {
        for text in [
            "/etc/resolv.conf",
            "unix:///run/x.sock",
            "file:///x",
            "es",
            ".",
        ] {
            assert_eq!(host_in(text), None, "{text}");
        }
        assert_eq!(host_in("tls://dns.google").as_deref(), Some("dns.google"));
        assert_eq!(host_in("es:9200").as_deref(), Some("es"));
        assert!(is_filled_in("https://${HOST}/"));
        assert!(is_filled_in("{{ host }}"));
    }
}
