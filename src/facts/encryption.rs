//! Encryption at rest: whether it is, who holds the key, and which key it is; part by part.
//!
//! In the order of what decides: what the attributes of the part switch off or name, then what completes the resource
//! (companions, linked configurations), then the default that the provider documents. A key that is only known after
//! apply but refers to a key of the code is that key: evidence, not a gap.

mod answer;
mod around;
mod cited;
mod copy;
mod etcd;
mod key;
mod operator;
mod release;
mod side;
mod store;
mod switch;
mod volume;

use std::sync::Arc;

use super::establish::{Kind, Lens};
use super::{Answer, Encryption, EvidenceId, Fact, Gap, Text};
use crate::catalog::{Certainty, CustomerKey, EncryptionDefault, KeyScope, ResourceKind};
use crate::graph::{Resource, World};
use crate::value::{Path, Value};
use cited::Cited;
pub(super) use cited::KeyNames;
use switch::State;

/// How far encryption is taken from what something belongs to.
const MAX_DEPTH: usize = 8;

/// How many candidates are looked at where the code should have one.
const MAX_CANDIDATES: usize = 64;

/// One separately encrypted part of a resource, as its attributes show it.
#[derive(Clone, Copy)]
struct Part<'a> {
    resource: &'a Resource,
    kind: &'static ResourceKind,
    /// The scope's block; empty: the resource.
    block: &'static str,
    /// The block's content; none: it is not written.
    content: Option<&'a Value>,
    paths: &'static [String],
}

/// A part's encryption, or why it is not known.
type Found = Result<Encryption, Gap>;

impl<'a> Lens<'a> {
    /// Encryption at rest of a resource.
    pub(super) fn encryption_of(&mut self, resource: &'a Resource) -> Fact<Vec<Encryption>> {
        self.encryption_within(resource, 0)
    }

    fn encryption_within(&mut self, resource: &'a Resource, depth: usize) -> Fact<Vec<Encryption>> {
        // What is only read is judged where it is made.
        if resource.world == World::TerraformData {
            return Fact::Absent;
        }
        match self.kinds.get(resource.id.index()).copied().flatten() {
            Some(Kind::Terraform(kind)) if kind.mirrors.is_some() || kind.embeds.is_some() => {
                match self.object_of(resource).and_then(|object| object.kind) {
                    Some(mirrored) => self.encryption_of_object(resource, mirrored),
                    // A kind that the catalogue does not know is counted, and nothing is asked of it.
                    None if kind.embeds.is_none() || resource.object.is_some() => Fact::Absent,
                    None => Fact::Unknown(self.gap_at(
                        resource,
                        format!("what {} declares could not be read", resource.address),
                        format!("ce que déclare {} n’a pas pu être lu", resource.address),
                    )),
                }
            }
            Some(Kind::Terraform(kind)) if not_asked(kind) => Fact::Absent,
            Some(Kind::Terraform(kind)) if kind.installs.is_some() => {
                match self.graph.release(resource.id) {
                    Some(release) => self.encryption_of_release(resource, release),
                    None => settle(self.parts_of(resource, kind, depth)),
                }
            }
            Some(Kind::Terraform(kind)) => settle(self.parts_of(resource, kind, depth)),
            Some(Kind::Kubernetes(kind)) => self.encryption_of_object(resource, kind),
            None if resource.root.is_none() => Fact::Absent,
            None if self.is_neutral(resource) => Fact::Absent,
            None => Fact::Unknown(self.unknown_kind(resource)),
        }
    }

    /// Every part: those with a block of their own for each block that is written, the resource itself for the rest.
    fn parts_of(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        depth: usize,
    ) -> Vec<Found> {
        if resource.attributes.is_unknown() {
            return vec![Err(self.not_known(&resource.attributes, ""))];
        }
        let mut found: Vec<Found> = Vec::new();
        for scope in &kind.encryption.key_scopes {
            self.parts_of_scope(resource, kind, scope, depth, &mut found);
        }
        if found.is_empty() {
            let paths = if kind.encryption.key_scopes.is_empty() {
                kind.encryption.key_paths.as_slice()
            } else {
                &[]
            };
            let whole = Part {
                resource,
                kind,
                block: "",
                content: Some(&resource.attributes),
                paths,
            };
            found.extend(self.part(whole, "".into(), depth));
        }
        found.extend(self.parts_by_mode(resource, kind));
        found.extend(self.side_data(resource, kind));
        found
    }

    fn parts_of_scope(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        scope: &'static KeyScope,
        depth: usize,
        found: &mut Vec<Found>,
    ) {
        let part = Part {
            resource,
            kind,
            block: &scope.block,
            content: None,
            paths: &scope.paths,
        };
        if scope.block.is_empty() {
            let name = self.part_name(kind, scope);
            found.extend(self.part(
                Part {
                    content: Some(&resource.attributes),
                    ..part
                },
                name,
                depth,
            ));
            return;
        }
        let mut blocks: Vec<&'a Value> = Vec::new();
        for value in self.attributes(resource, &scope.block) {
            blocks.extend(value.elements().unwrap_or(std::slice::from_ref(value)));
        }
        if blocks.is_empty() && scope.required {
            found.extend(self.part(part, shown_block(&scope.block).into(), depth));
        }
        let several = blocks.len() > 1;
        let plain_block = shown_block(&scope.block);
        for (at, block) in blocks.into_iter().enumerate() {
            let plain = &plain_block;
            let name: Arc<str> = if several {
                format!("{plain}.{at}").into()
            } else {
                plain.as_str().into()
            };
            if block.is_unknown() {
                found.push(Err(self.not_known(block, plain)));
            } else {
                found.extend(self.part(
                    Part {
                        content: Some(block),
                        ..part
                    },
                    name,
                    depth,
                ));
            }
        }
    }

    /// The first scope without a block is the resource; others are named by where their key stands.
    fn part_name(&self, kind: &'static ResourceKind, scope: &'static KeyScope) -> Arc<str> {
        let first = kind
            .encryption
            .key_scopes
            .iter()
            .find(|scope| scope.block.is_empty());
        if first.is_some_and(|first| std::ptr::eq(first, scope)) {
            return "".into();
        }
        let path = scope.paths.first().map_or("", String::as_str);
        path.rsplit_once('.')
            .map_or_else(|| path.to_owned(), |(block, _)| shown_block(block))
            .into()
    }

    /// One part. Nothing: it takes part in what it belongs to, and that has no data of its own.
    fn part(&mut self, part: Part<'a>, name: Arc<str>, depth: usize) -> Vec<Found> {
        let facts = &part.kind.encryption;
        let cited = self.cited(part);
        let switch = self.switched(part);
        let default = facts.default;
        let off = match switch.state {
            State::Off => true,
            State::FlagOff => {
                let in_clear = matches!(
                    default,
                    EncryptionDefault::Unencrypted | EncryptionDefault::Unknown
                );
                // What is said to be off has no key, unless the switch is about something else.
                in_clear || facts.off_in_clear && !matches!(cited, Cited::Keys(_))
            }
            _ => false,
        };
        if off {
            return vec![Ok(self.clear(
                part,
                name,
                switch.evidence,
                Certainty::Certain,
            ))];
        }
        // A key that is named is used only where the switch beside it says so.
        if matches!(cited, Cited::Keys(_)) {
            match switch.state {
                State::Unknown(gap) => return vec![Err(gap)],
                // Where off means in clear, the switch is about the provider's own key.
                State::FlagOff if !facts.off_in_clear => {
                    let address = &part.resource.address;
                    return vec![Err(self.gap_at(
                        part.resource,
                        format!("{address} names a key and says that it is not to be used"),
                        format!("{address} nomme une clé et dit de ne pas s’en servir"),
                    ))];
                }
                _ => {}
            }
        }
        match cited {
            Cited::Keys(keys) if switch.state != State::Provider => {
                // A key without the switch that it needs encrypts nothing.
                if switch.state == State::Silent
                    && switch.has_flag
                    && default == EncryptionDefault::Unencrypted
                {
                    let mut evidence = vec![self.default_entry(part.kind)];
                    evidence.extend(keys.into_iter().flat_map(|keys| keys.evidence));
                    return vec![Ok(self.clear(part, name, evidence, Certainty::Probable))];
                }
                return self.with_keys(part.resource, name, keys, switch.evidence);
            }
            Cited::Unknown(gap) if switch.state != State::Provider => return vec![Err(gap)],
            Cited::Provider(mut evidence) => {
                evidence.extend(switch.evidence);
                return vec![Ok(self.provider_key(
                    part.kind,
                    name,
                    evidence,
                    Certainty::Certain,
                ))];
            }
            _ => {}
        }
        if part.block.is_empty()
            && let Some(found) = self.completed(part, &name, depth)
        {
            return found;
        }
        match switch.state {
            State::Unknown(gap) => vec![Err(gap)],
            State::Customer if part.paths.is_empty() => {
                vec![Ok(self.unnamed_key(name, switch.evidence))]
            }
            State::On | State::Customer | State::Provider
                if default == EncryptionDefault::AccountDefault =>
            {
                vec![Ok(self.account_key(part, name, switch.evidence))]
            }
            State::On | State::Customer | State::Provider => vec![Ok(self.provider_key(
                part.kind,
                name,
                switch.evidence,
                Certainty::Certain,
            ))],
            State::Off | State::FlagOff | State::Silent => {
                self.by_default(part, name, switch.evidence, depth)
            }
        }
    }

    /// What happens when nothing is written.
    fn by_default(
        &mut self,
        part: Part<'a>,
        name: Arc<str>,
        mut evidence: Vec<EvidenceId>,
        depth: usize,
    ) -> Vec<Found> {
        let facts = &part.kind.encryption;
        if part.resource.incomplete {
            return vec![Err(self.gap_at(
                part.resource,
                format!("part of {} could not be read", part.resource.address),
                format!(
                    "une partie de {} n’a pas pu être lue",
                    part.resource.address
                ),
            ))];
        }
        if facts.customer_key == CustomerKey::FreeForm {
            return vec![Err(self.gap_at(
                part.resource,
                "its key is part of a document that is not read here",
                "sa clé fait partie d’un document qui n’est pas lu ici",
            ))];
        }
        let from_parent =
            facts.default == EncryptionDefault::Parent || facts.customer_key == CustomerKey::Parent;
        if from_parent && let Some(found) = self.as_parent(part, &name, depth) {
            return found;
        }
        if let Some(found) = self.as_source(part, &name, depth) {
            return found;
        }
        // What a block does not say is missing there.
        if evidence.is_empty()
            && !part.block.is_empty()
            && let Some(place) = part.content.and_then(|block| block.origin.place)
        {
            let block = shown_block(part.block);
            evidence.push(
                self.ledger
                    .place(place, Text::new(format!("`{block}`"), format!("`{block}`"))),
            );
        }
        let documented = !matches!(
            facts.default,
            EncryptionDefault::Parent
                | EncryptionDefault::KeyRequired
                | EncryptionDefault::NotApplicable
        );
        if documented && let Some(other) = self.answered_by_another(part.resource) {
            evidence.extend(other);
            return vec![Ok(self.default_of_another(part.kind, name, evidence))];
        }
        evidence.push(self.default_entry(part.kind));
        match facts.default {
            EncryptionDefault::Unencrypted => {
                vec![Ok(self.clear(part, name, evidence, Certainty::Probable))]
            }
            EncryptionDefault::AccountDefault => vec![self.account_default(part, name, evidence)],
            EncryptionDefault::ProviderOwned | EncryptionDefault::ProviderManaged => {
                vec![Ok(self.provider_key(
                    part.kind,
                    name,
                    evidence,
                    Certainty::Probable,
                ))]
            }
            EncryptionDefault::Unknown => vec![Ok(Encryption {
                at_rest: Answer::Unknown,
                ..self.provider_key(part.kind, name, evidence, Certainty::Probable)
            })],
            EncryptionDefault::Parent => vec![Err(self.nothing_to_follow(part))],
            EncryptionDefault::KeyRequired => vec![Err(self.gap_at(
                part.resource,
                "its key is a required argument that is not written",
                "sa clé est un argument obligatoire qui n’est pas écrit",
            ))],
            EncryptionDefault::NotApplicable => Vec::new(),
        }
    }

    /// Values of a path within a part.
    fn values(&mut self, part: Part<'a>, path: &'static str) -> Vec<&'a Value> {
        let inner = under(part.block, path);
        let (from, path) = match (inner, part.content) {
            (Some(inner), Some(content)) => (content, inner),
            (Some(_), None) => return Vec::new(),
            (None, _) => (&part.resource.attributes, path),
        };
        let path: Arc<Path> = self.path(path);
        let mut found: Vec<&'a Value> = Vec::new();
        for value in from.get_all(&path) {
            found.extend(value.elements().unwrap_or(std::slice::from_ref(value)));
        }
        found.retain(|value| !value.is_null() && value.as_str() != Some(""));
        found
    }
}

/// The type keeps no data that could be encrypted.
fn not_asked(kind: &ResourceKind) -> bool {
    kind.encryption.default == EncryptionDefault::NotApplicable
        && (kind.encryption.customer_key == CustomerKey::NotApplicable || !kind.holds_data)
}

/// One answer from those of the parts. A part in clear decides alone; else one that is not known makes the whole unknown.
fn settle(parts: Vec<Found>) -> Fact<Vec<Encryption>> {
    let mut known = Vec::with_capacity(parts.len());
    let mut missing = None;
    for part in parts {
        match part {
            Ok(found) => known.push(found),
            Err(gap) => missing = missing.or(Some(gap)),
        }
    }
    match missing {
        Some(gap) if !known.iter().any(|part| part.at_rest == Answer::No) => Fact::Unknown(gap),
        _ if known.is_empty() => Fact::Absent,
        _ => Fact::Known(known),
    }
}

/// The name of a block, without the signs that stand for each of its instances.
fn shown_block(block: &str) -> String {
    block.replace(".*", "")
}

/// The path below a block; the whole path for the empty block.
fn under(block: &str, path: &'static str) -> Option<&'static str> {
    if block.is_empty() {
        Some(path)
    } else {
        path.strip_prefix(block)?.strip_prefix('.')
    }
}
