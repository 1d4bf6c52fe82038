//! What is known of a key: through aliases, data sources and wrappers to the key itself, then where it is, who holds
//! it, where its material comes from, whether it rotates, and how it can be destroyed.

use std::sync::Arc;

use super::cited::Keys;
use super::{Found, MAX_CANDIDATES, MAX_DEPTH};
use crate::catalog::{Certainty, Key, KeyKind, Material};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::dedup;
use crate::facts::period;
use crate::facts::{
    Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, KeyOrigin, Location, Text,
};
use crate::graph::{RelationKind, Resource, ResourceId, World};
use crate::value::Value;

/// What is known of a key that is a resource of the scan.
struct Known {
    holder: KeyHolder,
    rotates: Option<bool>,
    erasable: Option<bool>,
    deletion_days: Option<u32>,
    origin: Option<KeyOrigin>,
}

impl<'a> Lens<'a> {
    /// Encryption with keys of the customer's: a part for each, where an attribute takes several.
    pub(super) fn with_keys(
        &mut self,
        from: &'a Resource,
        part: Arc<str>,
        keys: Vec<Keys>,
        evidence: Vec<EvidenceId>,
    ) -> Vec<Found> {
        let several = keys.len() > 1;
        let each = keys.into_iter().enumerate().map(|(at, keys)| {
            let name: Arc<str> = match (several, part.is_empty()) {
                (false, _) => Arc::clone(&part),
                (true, true) => format!("key {}", at + 1).into(),
                (true, false) => format!("{part} key {}", at + 1).into(),
            };
            Ok(self.with_key(from, name, keys, evidence.clone()))
        });
        each.collect()
    }

    /// Encryption with a customer's key.
    pub(super) fn with_key(
        &mut self,
        from: &'a Resource,
        part: Arc<str>,
        keys: Keys,
        mut evidence: Vec<EvidenceId>,
    ) -> Encryption {
        let key_name = self.name_in_store(&keys);
        let mut chain = keys.evidence;
        chain.append(&mut evidence);
        let real = keys.id.map(|id| self.follow(id, &mut chain));
        let location = match real {
            Some(real) => self.key_location(real),
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
        let known = known.unwrap_or(Known {
            holder: KeyHolder::Customer,
            rotates: None,
            erasable: None,
            deletion_days: None,
            origin: None,
        });
        Encryption {
            part,
            at_rest: Answer::Yes,
            holder: known.holder,
            key: real,
            key_name: key_name.filter(|_| real.is_none()),
            key_location: location,
            rotates: known.rotates,
            erasable: known.erasable,
            deletion_days: known.deletion_days,
            origin: known.origin,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: dedup(chain),
            },
        }
    }

    /// A bare name is that of a key only together with the vault that it is in: every vault can have one of that name.
    fn name_in_store(&self, keys: &Keys) -> Option<Arc<str>> {
        let name = keys.literal.as_ref()?;
        let store = keys.store.and_then(|id| self.graph.get(id));
        let within = match store {
            Some(store) => Some(&store.address),
            None => keys.within.as_ref(),
        };
        Some(match within {
            Some(within) if !name.contains(['/', ':']) => format!("{within}/{name}").into(),
            _ => Arc::clone(name),
        })
    }

    /// The key behind what is cited.
    pub(super) fn real_key(&mut self, id: ResourceId) -> ResourceId {
        self.way_to_key(id).last().copied().unwrap_or(id)
    }

    /// The same, with every step as evidence.
    fn follow(&mut self, id: ResourceId, evidence: &mut Vec<EvidenceId>) -> ResourceId {
        let way = self.way_to_key(id);
        for step in &way {
            if let Some(resource) = self.graph.get(*step) {
                let label = Text::new(
                    format!("{} is declared here", resource.address),
                    format!("{} est déclarée ici", resource.address),
                );
                evidence.push(self.ledger.place(resource.header, label));
            }
        }
        way.last().copied().unwrap_or(id)
    }

    /// From an alias, a wrapper, a version, a handle or a data source to the key itself, as far as the code leads.
    fn way_to_key(&mut self, id: ResourceId) -> Vec<ResourceId> {
        let mut way = vec![id];
        while way.len() <= MAX_DEPTH {
            let at = way.last().copied().unwrap_or(id);
            match self.next_towards_key(at) {
                Some(to) if !way.contains(&to) => way.push(to),
                _ => break,
            }
        }
        way
    }

    fn next_towards_key(&mut self, at: ResourceId) -> Option<ResourceId> {
        let facts = self.key_facts(at)?;
        let resource = self.graph.get(at)?;
        if resource.world == World::TerraformData {
            return self.declared_as(resource, facts);
        }
        let leads = matches!(
            facts.kind,
            KeyKind::Alias | KeyKind::Wrapper | KeyKind::Handle | KeyKind::KeyVersion
        );
        let mut out = self.graph.outgoing(at).iter();
        let next = out.find(|relation| leads && relation.kind == RelationKind::EncryptsWith)?;
        Some(next.to)
    }

    /// What a data source reads is a key of the same code, when it names one.
    fn declared_as(&mut self, read: &'a Resource, facts: &'static Key) -> Option<ResourceId> {
        let entries = read.attributes.entries()?;
        for (name, value) in entries {
            let names_it = facts
                .reference_attributes
                .iter()
                .any(|known| **known == **name)
                || facts.target_path.as_deref() == Some(&**name);
            if !names_it || value.is_null() {
                continue;
            }
            let referenced = self.referenced(read, value).into_iter();
            let mut keys = referenced
                .map(|(id, _)| id)
                .filter(|id| self.stands_for_key(*id));
            if let Some(found) = keys.next() {
                return keys.all(|other| other == found).then_some(found);
            }
            if let Some(found) = value.as_str().and_then(|text| self.by_name(read, text)) {
                return Some(found);
            }
        }
        // By its name in a ring or vault of the code.
        let store = self.attribute(read, facts.vault_path.as_deref()?)?;
        let (store, _) = self.stores_of(read, store).into_iter().next()?;
        let name = read.attributes.entry("name").and_then(Value::as_str);
        self.key_in_store(store.id, name)
    }

    /// Where a key is.
    fn key_location(&mut self, real: ResourceId) -> Fact<Location> {
        let Some(key) = self.graph.get(real) else {
            return Fact::Absent;
        };
        match self.location_of(key) {
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
        let mut parts = literal.split([':', '/', '.']);
        if let Some(regions) = self.regions_of(from)
            && let Some(region) =
                parts.find(|part| !part.is_empty() && self.catalog.region(regions, part).is_some())
        {
            return self.look_up(Some(regions), region, evidence.to_vec(), Certainty::Certain);
        }
        // Some key services serve no other region than their own.
        let own = self
            .terraform_provider(from)
            .filter(|facts| facts.keys_in_region);
        if let Some(facts) = own
            && let Fact::Known(mut place) = self.location_of(from)
        {
            place.basis.certainty = Certainty::Probable;
            place.basis.evidence.push(self.ledger.catalogue(
                format!("terraform/{} keys", facts.address),
                "",
                Text::new(
                    "a key that is named without a region is in that of what it encrypts",
                    "une clé nommée sans région est dans celle de ce qu’elle chiffre",
                ),
            ));
            return Fact::Known(place);
        }
        Fact::Unknown(Gap {
            evidence: evidence.to_vec(),
            ..gap(
                "the key is not declared in the scan, and its name shows no region",
                "la clé n’est pas déclarée dans l’analyse et son nom ne montre aucune région",
            )
        })
    }

    fn known_of(&mut self, key: &'a Resource) -> Known {
        let mut known = Known {
            holder: KeyHolder::Customer,
            rotates: None,
            erasable: None,
            deletion_days: None,
            origin: None,
        };
        let Some(facts) = self.key_facts(key.id) else {
            return known;
        };
        // A replica has the material of its primary, and turns with it.
        let primary = self.primary_of(key, facts);
        let (origin_of, origin_facts) = match primary {
            Some(primary) => (primary, self.key_facts(primary.id).unwrap_or(facts)),
            None => (key, facts),
        };
        known.origin = self.origin(origin_of, origin_facts);
        if known.origin == Some(KeyOrigin::External) {
            known.holder = KeyHolder::External;
        }
        // What is only read is set up and destroyed elsewhere.
        if key.world == World::Terraform {
            known.rotates = match primary {
                Some(primary) => self.rotates(primary, origin_facts),
                None if facts.primary_path.is_some() => None,
                None => self.rotates(key, facts),
            };
            known.erasable = Some(!key.prevent_destroy);
            known.deletion_days = self.deletion_days(key, facts);
        }
        known
    }

    fn primary_of(&mut self, key: &'a Resource, facts: &'static Key) -> Option<&'a Resource> {
        let path = facts.primary_path.as_deref()?;
        let value = self.attribute(key, path)?;
        let mut referenced = self.referenced(key, value).into_iter();
        let (id, _) = referenced.find(|(id, _)| self.stands_for_key(*id))?;
        self.graph.get(id)
    }

    /// Where the material of a key comes from: what an argument says, else the vault or store that it lives in, else
    /// what the type is.
    fn origin(&mut self, key: &'a Resource, facts: &'static Key) -> Option<KeyOrigin> {
        if let Some(said) = self.said_origin(key, facts) {
            return said;
        }
        let lives_in = [&facts.custom_store_path, &facts.vault_path];
        for path in lives_in.into_iter().flatten() {
            let Some(value) = self.attribute(key, path) else {
                continue;
            };
            let store = self.stores_of(key, value).into_iter().next();
            let found = store.map(|(store, facts)| {
                let said = self.said_origin(store, facts);
                said.unwrap_or(facts.material.map(origin_of))
            });
            // A store that is not part of the scan can be of any kind.
            if facts.custom_store_path.as_ref() == Some(path) {
                return found.flatten();
            }
            if let Some(Some(found)) = found {
                return Some(found);
            }
        }
        facts.material.map(origin_of)
    }

    /// What arguments say of it; `Some(None)`: one that decides is not known.
    fn said_origin(&mut self, key: &'a Resource, facts: &'static Key) -> Option<Option<KeyOrigin>> {
        for rule in &facts.origins {
            for value in self.attributes(key, &rule.path) {
                if value.is_unknown() && !rule.values.is_empty() {
                    return Some(None);
                }
                let text = value.as_text();
                let holds = if rule.values.is_empty() {
                    text.as_deref() != Some("")
                } else {
                    let same = |known: &String| {
                        text.as_deref()
                            .is_some_and(|text| known.eq_ignore_ascii_case(text))
                    };
                    rule.values.iter().any(same)
                };
                if holds {
                    return Some(Some(origin_of(rule.is)));
                }
            }
        }
        None
    }

    /// Vaults, rings and hardware modules that a value names.
    fn stores_of(&self, key: &Resource, value: &Value) -> Vec<(&'a Resource, &'static Key)> {
        let referenced = self.referenced(key, value).into_iter();
        referenced
            .filter_map(|(id, _)| self.graph.get(id).zip(self.key_facts(id)))
            .filter(|(_, facts)| matches!(facts.kind, KeyKind::KeyStore | KeyKind::Hsm))
            .take(MAX_CANDIDATES)
            .collect()
    }

    fn rotates(&mut self, key: &'a Resource, facts: &'static Key) -> Option<bool> {
        let paths = [&facts.rotation_path, &facts.rotation_period_path];
        let mut asked = false;
        for path in paths.into_iter().flatten().filter(|path| !path.is_empty()) {
            asked = true;
            let Some(value) = self.attribute(key, path) else {
                continue;
            };
            return says_on(value);
        }
        if let Some(companion) = &facts.rotation_by {
            asked = true;
            let turning = self
                .graph
                .incoming(key.id)
                .map(|relation| relation.from)
                .filter_map(|id| self.graph.get(id))
                .filter(|other| *other.kind == *companion.kind)
                .take(MAX_CANDIDATES);
            for other in turning.collect::<Vec<_>>() {
                let Some(value) = self.attribute(other, &companion.path) else {
                    continue;
                };
                return says_on(value);
            }
        }
        facts.rotation_default.or(asked.then_some(false))
    }

    /// Days between the request to destroy a key and its end: its own, else those of its vault.
    fn deletion_days(&mut self, key: &'a Resource, facts: &'static Key) -> Option<u32> {
        if let Some(path) = &facts.deletion_window_path
            && let Some(value) = self.attribute(key, path)
        {
            return days(value);
        }
        if facts.deletion_days_default.is_some() {
            return facts.deletion_days_default;
        }
        let path = facts.vault_path.as_deref()?;
        let value = self.attribute(key, path)?;
        let store = self.stores_of(key, value).into_iter().next();
        store.and_then(|(store, facts)| {
            let path = facts.deletion_window_path.as_deref();
            match path.and_then(|path| self.attribute(store, path)) {
                Some(value) => days(value),
                None => facts.deletion_days_default,
            }
        })
    }
}

fn origin_of(material: Material) -> KeyOrigin {
    match material {
        Material::Service => KeyOrigin::Service,
        Material::Imported => KeyOrigin::Imported,
        Material::Hsm => KeyOrigin::Hsm,
        Material::External => KeyOrigin::External,
    }
}

/// A switch, a period, or a block: on unless it says otherwise.
fn says_on(value: &Value) -> Option<bool> {
    if value.is_unknown() {
        return None;
    }
    let off = value.as_text().is_some_and(|text| {
        ["", "0", "false", "disabled", "none"]
            .iter()
            .any(|off| text.eq_ignore_ascii_case(off))
    });
    Some(!off)
}

/// A number of days, or a duration with a unit (`2592000s`, `720h`).
fn days(value: &Value) -> Option<u32> {
    period::days(period::seconds(&value.as_text()?, period::DAY)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_days_or_durations() {
        let of = |text: &str| days(&Value::string(text));
        assert_eq!(of("7"), Some(7));
        assert_eq!(of("2592000s"), Some(30));
        assert_eq!(of("36h"), Some(2), "two days begin");
        for wrong in ["", "soon", "-3", "1w", "é", "99999999999999999999s"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(days(&Value::int(30)), Some(30));
    }
}
