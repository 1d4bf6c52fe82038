//! Which key: from the attribute, through aliases and wrappers, to the key itself, and what is known of it.

use std::sync::Arc;

use super::{MAX_CANDIDATES, MAX_DEPTH, Part};
use crate::catalog::{Certainty, Key, KeyKind, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::dedup;
use crate::facts::{Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, Location, Text};
use crate::graph::{RelationKind, Resource, ResourceId, World};
use crate::value::{Because, Value};

/// What the key attributes of a part say.
pub(super) enum Cited {
    /// A customer's key.
    Keys(Keys),
    /// A name of the provider's own key.
    Provider(Vec<EvidenceId>),
    /// Something that is not known, and refers to no key of the code.
    Unknown(Gap),
    /// Nothing is written.
    Nothing,
}

/// A customer's key as it is cited: by resources of the scan (several when the instance is not known), or by a literal.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) ids: Vec<ResourceId>,
    literal: Option<Arc<str>>,
    /// The vault or ring that is named beside it.
    store: Option<ResourceId>,
    pub(super) evidence: Vec<EvidenceId>,
}

/// What is known of a key that is a resource of the scan.
struct Known {
    holder: KeyHolder,
    rotates: Option<bool>,
    erasable: Option<bool>,
}

impl<'a> Lens<'a> {
    /// What the key attributes of a part say; a key wins over the provider's, and that over a gap.
    pub(super) fn cited(&mut self, part: Part<'a>) -> Cited {
        let mut keys = Keys::default();
        let (mut provider, mut missing) = (Vec::new(), None);
        for path in part.paths {
            for value in self.values(part, path) {
                let label = Text::new(format!("`{path}`: the key"), format!("`{path}` : la clé"));
                let named = self.named(part.resource, value);
                if named.iter().any(|id| self.is_provider_key(part.kind, *id)) {
                    provider.extend(self.ledger.way(value, label));
                } else if !named.is_empty() {
                    keys.evidence.extend(self.ledger.way(value, label));
                    keys.ids.extend(named);
                } else if let Some(store) = self.store_named(part.resource, value) {
                    keys.store = keys.store.or(Some(store));
                } else if value.is_unknown() {
                    missing = missing.or(Some(self.not_known(value, path)));
                } else if let Some(text) = value.as_str() {
                    let way = self.ledger.way(value, label);
                    if is_provider_value(part.kind, text) {
                        provider.extend(way);
                    } else if keys.literal.is_none() && by_mode_only(part.kind, path) {
                        // A mode among the key paths of a companion names no key.
                    } else {
                        keys.evidence.extend(way);
                        keys.literal = keys.literal.or(Some(text.into()));
                    }
                }
            }
        }
        if !keys.ids.is_empty() || keys.literal.is_some() {
            Cited::Keys(keys)
        } else if !provider.is_empty() {
            Cited::Provider(provider)
        } else if let Some(gap) = missing {
            Cited::Unknown(gap)
        } else {
            Cited::Nothing
        }
    }

    /// Resources of the scan that stand for a key, as a value names them.
    fn named(&self, resource: &Resource, value: &Value) -> Vec<ResourceId> {
        let mut found = Vec::new();
        if value.origin.via.is_some() || value.is_unknown() {
            found.extend(
                self.referenced(resource, value)
                    .into_iter()
                    .map(|(id, _)| id)
                    .filter(|id| self.stands_for_key(*id)),
            );
        }
        if found.is_empty()
            && let Some(Because::Reference { address, .. }) =
                value.as_unknown().map(|unknown| &unknown.because)
        {
            found.extend(
                self.graph
                    .resolve(resource.root, address)
                    .iter()
                    .copied()
                    .filter(|id| self.stands_for_key(*id)),
            );
        }
        if found.is_empty() {
            // By a literal that the key has as its name: the graph has made the relation.
            let text = value.as_str();
            let has_name = |id: &ResourceId| {
                let key = self.graph.get(*id).zip(self.key_facts(*id));
                key.is_some_and(|(key, facts)| {
                    let own = |attribute: &String| key.attributes.entry(attribute)?.as_str();
                    facts
                        .reference_attributes
                        .iter()
                        .filter_map(own)
                        .any(|name| Some(name) == text)
                })
            };
            let out = self.graph.outgoing(resource.id).iter();
            let keys = out.filter(|relation| relation.kind == RelationKind::EncryptsWith);
            found.extend(keys.map(|relation| relation.to).filter(has_name));
        }
        found.truncate(MAX_CANDIDATES);
        found
    }

    fn store_named(&self, resource: &Resource, value: &Value) -> Option<ResourceId> {
        let is_store = |id: &ResourceId| {
            self.key_facts(*id)
                .is_some_and(|key| matches!(key.kind, KeyKind::KeyStore | KeyKind::Hsm))
        };
        self.referenced(resource, value)
            .into_iter()
            .map(|(id, _)| id)
            .find(is_store)
    }

    fn key_facts(&self, id: ResourceId) -> Option<&'static Key> {
        self.terraform_kind(id)?.key.as_ref()
    }

    fn stands_for_key(&self, id: ResourceId) -> bool {
        self.key_facts(id).is_some_and(|key| {
            !matches!(key.kind, KeyKind::KeyStore | KeyKind::Hsm | KeyKind::Import)
        })
    }

    /// `data "aws_kms_alias"` and its like can name the provider's own key.
    fn is_provider_key(&self, store: &ResourceKind, id: ResourceId) -> bool {
        let (Some(resource), Some(key)) = (self.graph.get(id), self.key_facts(id)) else {
            return false;
        };
        let names = |attribute: &String| {
            resource
                .attributes
                .entry(attribute)
                .and_then(Value::as_str)
                .is_some_and(|text| is_provider_value(store, text))
        };
        key.reference_attributes.iter().any(names)
    }

    /// Encryption with a customer's key.
    pub(super) fn with_key(
        &mut self,
        from: &'a Resource,
        part: Arc<str>,
        keys: Keys,
        mut evidence: Vec<EvidenceId>,
    ) -> Encryption {
        let mut chain = keys.evidence;
        chain.append(&mut evidence);
        let real = keys.ids.first().map(|id| self.follow(*id, &mut chain));
        let location = match real {
            Some(real) => self.key_location(real, &keys.ids),
            None => self.literal_location(
                from,
                keys.literal.as_deref().unwrap_or_default(),
                keys.store,
                &chain,
            ),
        };
        let known = real
            .and_then(|id| self.graph.get(id))
            .map(|resource| self.known_of(resource));
        Encryption {
            part,
            at_rest: Answer::Yes,
            holder: known
                .as_ref()
                .map_or(KeyHolder::Customer, |known| known.holder),
            key: real,
            key_name: if real.is_some() { None } else { keys.literal },
            key_location: location,
            rotates: known.as_ref().and_then(|known| known.rotates),
            erasable: known.as_ref().and_then(|known| known.erasable),
            deletion_days: None,
            origin: None,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: dedup(chain),
            },
        }
    }

    /// From an alias, a wrapper, a version or a handle to the key itself, as far as the code leads.
    fn follow(&mut self, id: ResourceId, evidence: &mut Vec<EvidenceId>) -> ResourceId {
        let mut at = id;
        let mut seen = vec![id];
        while seen.len() <= MAX_DEPTH {
            if let Some(resource) = self.graph.get(at) {
                let label = Text::new(
                    format!("{} is declared here", resource.address),
                    format!("{} est déclarée ici", resource.address),
                );
                evidence.push(self.ledger.place(resource.header, label));
            }
            let leads = self.key_facts(at).is_some_and(|key| {
                matches!(
                    key.kind,
                    KeyKind::Alias | KeyKind::Wrapper | KeyKind::Handle | KeyKind::KeyVersion
                )
            });
            let mut next = self
                .graph
                .outgoing(at)
                .iter()
                .filter(|relation| relation.kind == RelationKind::EncryptsWith);
            match next.next().map(|relation| relation.to) {
                Some(to) if leads && !seen.contains(&to) => at = to,
                _ => break,
            }
            seen.push(at);
        }
        at
    }

    /// Where a key is. Of several that may be meant, they must agree.
    fn key_location(&mut self, real: ResourceId, candidates: &[ResourceId]) -> Fact<Location> {
        let Some(key) = self.graph.get(real) else {
            return Fact::Absent;
        };
        let found = self.location_of(key);
        for other in candidates.iter().skip(1) {
            let other = self.follow(*other, &mut Vec::new());
            let Some(other) = self.graph.get(other) else {
                continue;
            };
            let there = self.location_of(other);
            if there.known().map(|location| &location.region)
                != found.known().map(|location| &location.region)
            {
                return Fact::Unknown(gap(
                    format!(
                        "which instance of {} is meant is not known, and they are in different places",
                        key.address
                    ),
                    format!(
                        "on ignore de quelle instance de {} il s'agit, et elles sont en des lieux différents",
                        key.address
                    ),
                ));
            }
        }
        match found {
            Fact::Absent => Fact::Unknown(gap(
                format!("nothing says where {} is", key.address),
                format!("rien ne dit où se trouve {}", key.address),
            )),
            found => found,
        }
    }

    /// A key named by a literal: many names carry the region (`arn:...:eu-west-3:...`, `projects/p/locations/l/...`).
    fn literal_location(
        &mut self,
        from: &'a Resource,
        literal: &str,
        store: Option<ResourceId>,
        evidence: &[EvidenceId],
    ) -> Fact<Location> {
        if let Some(store) = store.and_then(|id| self.graph.get(id)) {
            return self.location_of(store);
        }
        let parts = literal.split([':', '/']);
        if let Some(regions) = self.regions_of(from)
            && let Some(region) = parts
                .into_iter()
                .find(|part| !part.is_empty() && self.catalog.region(regions, part).is_some())
        {
            return self.look_up(Some(regions), region, evidence.to_vec(), Certainty::Certain);
        }
        Fact::Unknown(Gap {
            evidence: evidence.to_vec(),
            ..gap(
                "the key is not declared in the scan, and its name shows no region",
                "la clé n'est pas déclarée dans l'analyse et son nom ne montre aucune région",
            )
        })
    }

    fn known_of(&mut self, key: &'a Resource) -> Known {
        let Some(facts) = self.key_facts(key.id) else {
            return Known {
                holder: KeyHolder::Customer,
                rotates: None,
                erasable: None,
            };
        };
        let managed = key.world == World::Terraform;
        Known {
            holder: if self.is_external(key, facts) {
                KeyHolder::External
            } else {
                KeyHolder::Customer
            },
            rotates: if managed {
                self.rotates(key, facts)
            } else {
                None
            },
            // What is only read is destroyed elsewhere.
            erasable: managed.then_some(!key.prevent_destroy),
        }
    }

    /// Is the key held outside the provider?
    fn is_external(&mut self, key: &'a Resource, facts: &'static Key) -> bool {
        let by_argument = [&facts.xks_path, &facts.external_path];
        if facts.custody.as_deref() == Some("external")
            || by_argument.into_iter().flatten().any(|path| {
                self.attribute(key, path)
                    .is_some_and(|value| value.as_str() != Some(""))
            })
        {
            return true;
        }
        if let Some(path) = &facts.protection_path
            && self.attribute(key, path).is_some_and(says_external)
        {
            return true;
        }
        let Some(store) = facts
            .custom_store_path
            .as_deref()
            .and_then(|path| self.attribute(key, path))
        else {
            return false;
        };
        self.referenced(key, store).into_iter().any(|(id, _)| {
            let Some(resource) = self.graph.get(id) else {
                return false;
            };
            let Some(path) = self
                .key_facts(id)
                .and_then(|facts| facts.store_type_path.as_deref())
            else {
                return false;
            };
            self.attribute(resource, path).is_some_and(says_external)
        })
    }

    fn rotates(&mut self, key: &'a Resource, facts: &'static Key) -> Option<bool> {
        let paths = [&facts.rotation_path, &facts.rotation_period_path]
            .into_iter()
            .flatten()
            .filter(|path| !path.is_empty());
        let mut asked = false;
        for path in paths {
            asked = true;
            let Some(value) = self.attribute(key, path) else {
                continue;
            };
            if value.is_unknown() {
                return None;
            }
            let off = value.as_text().is_some_and(|text| {
                ["", "0", "false", "disabled", "none"]
                    .iter()
                    .any(|off| text.eq_ignore_ascii_case(off))
            });
            return Some(!off);
        }
        facts.rotation_default.or(asked.then_some(false))
    }
}

fn says_external(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.to_ascii_uppercase().contains("EXTERNAL"))
}

/// Is this text a name of the provider's own key?
fn is_provider_value(kind: &ResourceKind, text: &str) -> bool {
    let fits = |known: &String| match known.strip_suffix('*') {
        // The alias also stands at the end of an ARN.
        Some(start) => {
            text.starts_with(start)
                || text
                    .rsplit_once(':')
                    .is_some_and(|(_, name)| name.starts_with(start))
        }
        None => text == known,
    };
    kind.encryption.provider_values.iter().any(fits)
}

/// Is the path a mode of the type, not a key?
fn by_mode_only(kind: &ResourceKind, path: &str) -> bool {
    kind.encryption.modes.iter().any(|mode| mode.path == path)
}
