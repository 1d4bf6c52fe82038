//! What attributes name: images, hosts, URLs, in Terraform types and in the fields of objects.

use super::pod::image_host;
use super::{Found, Mention};
use crate::catalog::{FactKind, Flow, JsonPath, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::hosting::host_of;
use crate::facts::location::shown;
use crate::facts::{Fact, Gap, Text};
use crate::value::Value;

/// Values of one attribute that are looked at.
const MAX_VALUES: usize = 256;

impl<'a> Lens<'a> {
    /// What the attributes of a Terraform type name.
    pub(super) fn named_by_type(&mut self, kind: &'static ResourceKind, found: &mut Found<'a>) {
        let resource = found.resource;
        for path in &kind.images {
            for value in self.attributes(resource, path).into_iter().take(MAX_VALUES) {
                self.note_image(found, value, || path.clone());
            }
        }
        for inside in &kind.images_inside {
            if let Some(value) = self.attribute(resource, &inside.path) {
                self.images_in_document(found, value, inside);
            }
        }
        for service in &kind.services {
            for value in self
                .attributes(resource, &service.path)
                .into_iter()
                .take(MAX_VALUES)
            {
                self.note_address(found, value, service.flow, || service.path.clone());
            }
        }
    }

    /// What the fields of an object name.
    pub(super) fn named_by_object(&mut self, found: &mut Found<'a>) {
        let Some(object) = self.object_of(found.resource) else {
            return;
        };
        let Some(kind) = object.kind else { return };
        for fact in &kind.facts {
            let Some(flow) = fact.flow else { continue };
            let path = self.path(&fact.path);
            let values = object.all(&path);
            for value in values.into_iter().take(MAX_VALUES) {
                let shown_path = || object.shown_path(&path);
                if fact.fact == FactKind::Reference {
                    self.note_absent_store(found, value, flow, shown_path());
                } else if fact.fact == FactKind::Image {
                    self.note_image(found, value, shown_path);
                } else if let Some(entries) = value.entries() {
                    self.note_stores(found, entries, &shown_path());
                } else if let Some(elements) = value.elements() {
                    for one in elements.iter().take(MAX_VALUES) {
                        self.note_address(found, one, flow, shown_path);
                    }
                } else if !self.note_provider_of_secrets(found, value, &shown_path) {
                    self.note_address(found, value, flow, shown_path);
                }
            }
        }
        self.note_agent_object(found, kind);
    }

    /// A host or URL.
    pub(super) fn note_address(
        &mut self,
        found: &mut Found<'a>,
        value: &'a Value,
        flow: Flow,
        path: impl FnOnce() -> String,
    ) {
        let host = known_start(value).and_then(host_of_start);
        if let Some(host) = &host
            && self.is_none_of_others(found, flow, host, false)
        {
            return;
        }
        let mention = Mention {
            flow,
            path: path(),
            evidence: self.ledger.way(value, flow_label(flow)),
        };
        self.note(found, host.as_deref(), value, mention);
    }

    /// An image, by its name.
    pub(super) fn note_image(
        &mut self,
        found: &mut Found<'a>,
        value: &'a Value,
        path: impl FnOnce() -> String,
    ) {
        let text = value.as_str();
        let host = match text {
            Some("") => return,
            Some(text) if is_filled_in(text) => {
                self.note_open_image(found, text, value, path());
                return;
            }
            Some(text) => Some(image_host(text)),
            None => started_image(value),
        };
        if let Some(host) = &host
            && self.is_none_of_others(found, Flow::Images, host, false)
        {
            return;
        }
        let label = match text {
            Some(text) => {
                let text = shown(text);
                Text::new(format!("image {text}"), format!("image {text}"))
            }
            None => flow_label(Flow::Images),
        };
        let mention = Mention {
            flow: Flow::Images,
            path: path(),
            evidence: self.ledger.way(value, label),
        };
        self.note(found, host.as_deref(), value, mention);
    }

    /// An image whose registry something else fills in.
    fn note_open_image(&mut self, found: &mut Found<'a>, text: &str, value: &Value, path: String) {
        let name = shown(text);
        if found.is_full() || found.has(Flow::Images, name) {
            return;
        }
        let mention = Mention {
            flow: Flow::Images,
            path,
            evidence: self.ledger.way(value, flow_label(Flow::Images)),
        };
        let gap = Gap {
            reason: Text::new(
                format!("the registry of {name} is filled in later"),
                format!("le registre de {name} est rempli plus tard"),
            ),
            evidence: mention.evidence.clone(),
        };
        found.push(name, mention, Fact::Unknown(gap), Fact::Absent, None);
    }

    /// A host, or a value of which no host is known.
    fn note(&mut self, found: &mut Found<'a>, host: Option<&str>, value: &Value, mention: Mention) {
        match host {
            Some(host) => self.note_host(found, host, mention, false),
            None => {
                let name = mention.path.clone();
                self.note_unknown(found, value, &name, mention);
            }
        }
    }

    /// Images inside a JSON document, what is known of it.
    fn images_in_document(
        &mut self,
        found: &mut Found<'a>,
        value: &'a Value,
        inside: &'static JsonPath,
    ) {
        let parts = value
            .as_unknown()
            .and_then(|unknown| unknown.range.parts.as_deref());
        let text = value.as_str().or(parts);
        let document = text.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let mention = |lens: &mut Self| Mention {
            flow: Flow::Images,
            path: inside.path.clone(),
            evidence: lens.ledger.way(value, flow_label(Flow::Images)),
        };
        let Some(document) = document else {
            let mention = mention(self);
            self.note_unknown(found, value, &inside.path, mention);
            return;
        };
        let mut images = Vec::new();
        let steps: Vec<&str> = inside.inside.split('.').collect();
        collect(&document, &steps, &mut images);
        for image in images.into_iter().take(MAX_VALUES) {
            let mention = mention(self);
            match image.as_str() {
                Some(text) if !text.is_empty() => {
                    self.note_host(found, &image_host(text), mention, false);
                }
                // `{"$unknown": true}`: the only one that is open says where the document comes from.
                _ => self.note_unknown(found, value, &inside.path, mention),
            }
        }
    }
}

/// What stands at a path of a document; `*` is every element.
fn collect<'d>(at: &'d serde_json::Value, steps: &[&str], out: &mut Vec<&'d serde_json::Value>) {
    let Some((step, rest)) = steps.split_first() else {
        if out.len() < MAX_VALUES {
            out.push(at);
        }
        return;
    };
    if *step == "*" {
        for one in at.as_array().into_iter().flatten() {
            collect(one, rest, out);
        }
    } else if let Some(one) = at.get(step) {
        collect(one, rest, out);
    }
}

/// A text, or the known start of one, and whether it goes on.
fn known_start(value: &Value) -> Option<(&str, bool)> {
    if let Some(text) = value.as_str() {
        return Some((text, false));
    }
    let prefix = value.as_unknown()?.range.prefix.as_deref()?;
    Some((prefix, true))
}

/// The host of an address; of one that goes on, only when the host is complete.
fn host_of_start((text, goes_on): (&str, bool)) -> Option<String> {
    if goes_on {
        let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
        rest.split_once('/')?;
    }
    if let Some(host) = host_of(text) {
        return Some(host);
    }
    // A bare name is a host beside it, unless it is no name at all.
    let bare = text.trim();
    (!goes_on && !bare.is_empty()).then(|| bare.to_ascii_lowercase())
}

/// Is the part of an image's name that tells its registry filled in by something else? `${REGISTRY}/app`
fn is_filled_in(text: &str) -> bool {
    let start = text.split('/').next().unwrap_or(text);
    start.contains('$') || start.contains("{{")
}

/// The registry of an image of which the start is known: `ghcr.io/acme/app:${var.tag}`.
fn started_image(value: &Value) -> Option<String> {
    let range = &value.as_unknown()?.range;
    let prefix = range.prefix.as_deref()?;
    if prefix.contains('/') {
        return Some(image_host(prefix));
    }
    // `nginx:${var.tag}`: nothing of what is known makes the start a host.
    let parts = range.parts.as_deref()?;
    let plain = !parts.contains('/') && !prefix.contains('.');
    plain.then(|| super::pod::DOCKER_HUB.to_owned())
}

/// What a piece of evidence shows.
pub(super) fn flow_label(flow: Flow) -> Text {
    let (en, fr) = match flow {
        Flow::Data => ("data goes there", "des données y vont"),
        Flow::Secrets => ("secrets are kept there", "des secrets y sont gardés"),
        Flow::Identities => ("identities come from there", "les identités en viennent"),
        Flow::Logs => (
            "logs and metrics go there",
            "des journaux et mesures y vont",
        ),
        Flow::Images => ("an image comes from there", "une image en vient"),
        Flow::Sources => ("code comes from there", "du code en vient"),
    };
    Text::new(en, fr)
}
