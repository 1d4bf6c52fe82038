//! Which key the attributes of a part name: by reference, by a name that a key of the code has, or by a literal.
//!
//! A key that is only known after apply but refers to a key of the code is that key. Where two keys could be meant, or
//! a key and nothing, none is: the reason names them.

use hashbrown::HashMap;
use std::sync::Arc;

use super::{MAX_CANDIDATES, Part};
use crate::catalog::{Key, KeyKind, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::because_fr;
use crate::facts::{EvidenceId, Gap, Text};
use crate::graph::{RelationKind, Resource, ResourceId, RootId, World};
use crate::value::{Because, Origin, Step, Value};

/// So many keys are named in a reason.
const MAX_NAMED: usize = 4;

/// What the key attributes of a part say.
pub(super) enum Cited {
    /// Keys of the customer: one, save where an attribute takes several.
    Keys(Vec<Keys>),
    /// A name of the provider's own key.
    Provider(Vec<EvidenceId>),
    /// Something that is not known, and refers to no key of the code.
    Unknown(Gap),
    /// Nothing is written.
    Nothing,
}

/// A customer's key as it is cited: by a resource of the scan, or by a literal.
#[derive(Default)]
pub(super) struct Keys {
    /// What is cited: the key, or what leads to it.
    pub(super) id: Option<ResourceId>,
    /// The key itself.
    pub(super) real: Option<ResourceId>,
    pub(super) literal: Option<Arc<str>>,
    /// The vault or ring that is named beside it: as a resource, or by a literal.
    pub(super) store: Option<ResourceId>,
    pub(super) within: Option<Arc<str>>,
    pub(super) evidence: Vec<EvidenceId>,
}

/// What a value says of a key of the scan.
enum Named {
    Key(ResourceId),
    /// More than one could be meant.
    Unclear(Gap),
    Nothing,
}

/// By root and name; none where two have the same.
type ByName<'a> = HashMap<(Option<RootId>, &'a str), Option<ResourceId>>;

/// Keys by the literal names that they have.
#[derive(Default)]
pub(in crate::facts) struct KeyNames<'a> {
    by_name: Option<ByName<'a>>,
}

/// What is collected from the key attributes of one part.
#[derive(Default)]
struct Collected {
    keys: Vec<Keys>,
    literal: Option<Keys>,
    store: Option<ResourceId>,
    provider: Vec<EvidenceId>,
    missing: Option<Gap>,
}

impl<'a> Lens<'a> {
    /// What the key attributes of a part say; a key wins over the provider's, and that over a gap.
    pub(super) fn cited(&mut self, part: Part<'a>) -> Cited {
        let mut all = Collected::default();
        for path in part.paths {
            for value in self.values(part, path) {
                self.collect(part, path, value, &mut all);
            }
        }
        self.settle_cited(all)
    }

    fn collect(
        &mut self,
        part: Part<'a>,
        path: &'static str,
        value: &'a Value,
        all: &mut Collected,
    ) {
        let label = self.ledger.key_path(path);
        match self.named(part.resource, value, path) {
            Named::Key(id) if self.is_provider_key(part.kind, id) => {
                all.provider.extend(self.ledger.way(value, label));
            }
            Named::Key(id) => {
                let evidence = self.ledger.way(value, label);
                let real = self.real_key(id);
                match all.keys.iter_mut().find(|keys| keys.real == Some(real)) {
                    Some(keys) => keys.evidence.extend(evidence),
                    None => all.keys.push(Keys {
                        id: Some(id),
                        real: Some(real),
                        evidence,
                        ..Keys::default()
                    }),
                }
            }
            Named::Unclear(gap) => all.missing = all.missing.take().or(Some(gap)),
            Named::Nothing => {
                if let Some(store) = self.store_named(part.resource, value) {
                    all.store = all.store.or(Some(store));
                } else if value.is_unknown() {
                    let gap = self.not_known(value, path);
                    all.missing = all.missing.take().or(Some(gap));
                } else if let Some(text) = value
                    .as_str()
                    .filter(|text| part.resource.world == World::Terraform && is_reference(text))
                {
                    let gap = Gap {
                        evidence: self.ledger.way(value, label),
                        ..gap(
                            format!(
                                "`{path}` is the text `{text}`, not the reference that it looks like"
                            ),
                            format!(
                                "`{path}` est le texte `{text}`, et non la référence qu’il paraît être"
                            ),
                        )
                    };
                    all.missing = all.missing.take().or(Some(gap));
                } else if let Some(text) = value.as_str() {
                    let way = self.ledger.way(value, label);
                    if is_provider_value(part.kind, text) {
                        all.provider.extend(way);
                    } else if !by_mode_only(part.kind, path) {
                        // A mode among the key paths of a companion names no key.
                        let keys = all.literal.get_or_insert_with(Keys::default);
                        if keys.literal.is_none() {
                            keys.literal = Some(text.into());
                        } else if keys.within.is_none() {
                            keys.within = Some(text.into());
                        }
                        keys.evidence.extend(way);
                    }
                }
            }
        }
    }

    fn settle_cited(&mut self, mut all: Collected) -> Cited {
        if all.keys.is_empty()
            && let Some(mut literal) = all.literal.take()
        {
            literal.store = all.store;
            if let Some(store) = all.store
                && let Some(found) = self.key_in_store(store, literal.literal.as_deref())
            {
                literal.id = Some(found);
                literal.real = Some(found);
            }
            all.keys.push(literal);
        }
        if !all.keys.is_empty() {
            Cited::Keys(all.keys)
        } else if !all.provider.is_empty() {
            Cited::Provider(all.provider)
        } else if let Some(gap) = all.missing {
            Cited::Unknown(gap)
        } else {
            Cited::Nothing
        }
    }

    /// The resource of the scan that stands for a key, as a value names it.
    fn named(&mut self, resource: &'a Resource, value: &'a Value, path: &str) -> Named {
        let unknown = value.as_unknown();
        if let Some(Because::Reference { address, path: to }) = unknown.map(|u| &u.because) {
            let ids = self.graph.resolve(resource.root, address);
            let ids: Vec<ResourceId> = ids
                .iter()
                .copied()
                .take(MAX_CANDIDATES)
                .filter(|id| self.cites(*id, to))
                .collect();
            if !ids.is_empty() {
                let undecided = self.may_be_absent(&ids, value);
                return self.one_of(&ids, value, path, undecided);
            }
        }
        let candidates = self.candidates(resource, value);
        match unknown {
            Some(unknown) => {
                // A text that is made with a key, or what a plan takes from one, is not nothing.
                let certain = unknown.range.is_set || self.graph.is_recorded(resource);
                let absent = self.may_be_absent(&candidates, value);
                self.one_of(&candidates, value, path, !certain || absent)
            }
            None => {
                let text = value.as_str();
                let own = |id: &ResourceId| text.is_some_and(|text| self.has_name(*id, text));
                let found = match candidates.as_slice() {
                    [one] => Some(*one),
                    several => several.iter().copied().find(own),
                };
                let found = found.or_else(|| self.by_name(resource, text?));
                found.map_or(Named::Nothing, Named::Key)
            }
        }
    }

    /// Can a key be missing that a value was made with? Nobody knows how many of it there are, and what the value is made
    /// by (`one`, `try`, `join`) does without it. An index does not: it asks for a key that is there.
    fn may_be_absent(&self, ids: &[ResourceId], value: &Value) -> bool {
        let is_symbolic = |id: &ResourceId| {
            let key = self.graph.get(*id);
            key.is_some_and(|key| key.address.contains("[\"*\"]"))
        };
        ids.iter().any(is_symbolic) && is_made(&value.origin)
    }

    /// Keys that a value was taken from; those by an attribute that cites a key, when there are any.
    fn candidates(&self, resource: &Resource, value: &Value) -> Vec<ResourceId> {
        if value.origin.via.is_none() {
            return Vec::new();
        }
        let mut all = self.referenced(resource, value);
        all.retain(|(id, _)| self.stands_for_key(*id));
        if all.iter().any(|(id, path)| self.cites(*id, path)) {
            all.retain(|(id, path)| self.cites(*id, path));
        }
        let mut ids: Vec<ResourceId> = all.into_iter().map(|(id, _)| id).collect();
        ids.truncate(MAX_CANDIDATES);
        ids
    }

    /// Does an attribute of a resource cite a key?
    fn cites(&self, id: ResourceId, path: &str) -> bool {
        self.stands_for_key(id)
            && self.key_facts(id).is_some_and(|key| {
                path.is_empty() || key.reference_attributes.iter().any(|known| known == path)
            })
    }

    /// The one key that is meant, when all candidates lead to one, and nothing else can be meant.
    fn one_of(
        &mut self,
        candidates: &[ResourceId],
        value: &Value,
        path: &str,
        undecided: bool,
    ) -> Named {
        let Some(first) = candidates.first().copied() else {
            return Named::Nothing;
        };
        let mut real: Vec<ResourceId> = candidates.iter().map(|id| self.real_key(*id)).collect();
        real.sort_unstable();
        real.dedup();
        if real.len() == 1 && !undecided {
            return Named::Key(first);
        }
        Named::Unclear(self.unclear(&real, value, path))
    }

    fn unclear(&mut self, keys: &[ResourceId], value: &Value, path: &str) -> Gap {
        let all = keys.iter().filter_map(|id| self.graph.get(*id));
        let names: Vec<&str> = all.map(|key| &*key.address).take(MAX_NAMED).collect();
        let more = keys.len().saturating_sub(names.len());
        let (mut en, mut fr) = (names.join(" or "), names.join(" ou "));
        if more > 0 {
            en.push_str(&format!(" or one of {more} more"));
            fr.push_str(&format!(" ou l’une de {more} autres"));
        }
        if keys.len() == 1 {
            en.push_str(" or nothing");
            fr.push_str(" ou rien");
        }
        let (why_en, why_fr) = match value.as_unknown().map(|unknown| &unknown.because) {
            Some(because) => (
                format!(": {because}"),
                format!(" : {}", because_fr(because)),
            ),
            None => (String::new(), String::new()),
        };
        let way = self.ledger.way(
            value,
            Text::new(format!("`{path}`: the key"), format!("`{path}` : la clé")),
        );
        Gap {
            evidence: way,
            ..gap(
                format!("which key `{path}` means is not known, {en}{why_en}"),
                format!("on ignore quelle clé désigne `{path}`, {fr}{why_fr}"),
            )
        }
    }

    /// The key that a literal is the name of.
    pub(super) fn by_name(&mut self, resource: &'a Resource, text: &str) -> Option<ResourceId> {
        // The graph has made the relation for names of this root, and for identifiers that are recorded anywhere.
        let out = self.graph.outgoing(resource.id).iter();
        let related = out
            .filter(|relation| relation.kind == RelationKind::EncryptsWith)
            .map(|relation| relation.to)
            .find(|id| self.has_name(*id, text));
        related.or_else(|| {
            let root = resource.root;
            if let Some(found) = self.key_of_name(root, text) {
                return Some(found);
            }
            // `arn:...:eu-west-3:...:alias/a` is the alias of that name in that region.
            let (before, name) = text.rsplit_once(':')?;
            let found = self.key_of_name(root, name)?;
            let key = self.graph.get(found)?;
            let place = self.location_of(key);
            let region = Arc::clone(&place.known()?.region);
            before
                .split(':')
                .any(|part| *part == *region)
                .then_some(found)
        })
    }

    fn key_of_name(&mut self, root: Option<RootId>, name: &str) -> Option<ResourceId> {
        if self.key_names.by_name.is_none() {
            self.key_names.by_name = Some(self.all_key_names());
        }
        let names = self.key_names.by_name.as_ref()?;
        names.get(&(root, name)).copied().flatten()
    }

    fn all_key_names(&self) -> ByName<'a> {
        let mut names = HashMap::new();
        for resource in self.graph.resources() {
            if resource.world != World::Terraform || !self.stands_for_key(resource.id) {
                continue;
            }
            let facts = self.key_facts(resource.id);
            for attribute in facts.iter().flat_map(|facts| &facts.reference_attributes) {
                let value = resource.attributes.entry(attribute);
                if let Some(name) = value
                    .and_then(Value::as_str)
                    .filter(|name| !name.is_empty())
                {
                    names
                        .entry((resource.root, name))
                        .and_modify(|found: &mut Option<ResourceId>| {
                            *found = found.filter(|before| *before == resource.id);
                        })
                        .or_insert(Some(resource.id));
                }
            }
        }
        names
    }

    fn has_name(&self, id: ResourceId, text: &str) -> bool {
        let (Some(key), Some(facts)) = (self.graph.get(id), self.key_facts(id)) else {
            return false;
        };
        let own = |attribute: &String| key.attributes.entry(attribute)?.as_str();
        let mut names = facts.reference_attributes.iter().filter_map(own);
        names.any(|name| name == text)
    }

    /// The key of a vault or ring that is declared with this name.
    pub(super) fn key_in_store(&self, store: ResourceId, name: Option<&str>) -> Option<ResourceId> {
        let name = name?;
        let within = self.graph.incoming(store).map(|relation| relation.from);
        let mut named = within.take(MAX_CANDIDATES).filter(|id| {
            let key = self.graph.get(*id);
            let own = key
                .filter(|key| key.world == World::Terraform)
                .and_then(|key| key.attributes.entry("name"));
            self.stands_for_key(*id) && own.and_then(Value::as_str) == Some(name)
        });
        let first = named.next()?;
        named.all(|other| other == first).then_some(first)
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

    pub(super) fn key_facts(&self, id: ResourceId) -> Option<&'static Key> {
        self.terraform_kind(id)?.key.as_ref()
    }

    pub(super) fn stands_for_key(&self, id: ResourceId) -> bool {
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
}

/// Is a value made by an expression, and not just handed on?
fn is_made(origin: &Origin) -> bool {
    let mut next = origin.via.as_ref();
    while let Some(via) = next {
        if via.step == Step::Parts {
            return true;
        }
        next = via.origins.first().and_then(|origin| origin.via.as_ref());
    }
    false
}

/// Does a text read like a reference of Terraform? Quotes make a text of it, which names no key.
fn is_reference(text: &str) -> bool {
    let mut words = text.split('.');
    let first = words.next().unwrap_or_default();
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-[]\"*".contains(&byte))
    };
    let rest: Vec<&str> = words.collect();
    if rest.is_empty() || !rest.iter().all(|word| is_word(word)) {
        return false;
    }
    let is_type = || {
        let attribute = rest
            .last()
            .is_some_and(|last| ["arn", "id", "key_id", "self_link", "name"].contains(last));
        rest.len() >= 2 && attribute && first.contains('_') && is_word(first)
    };
    match first {
        "var" | "local" | "each" => rest.len() <= 2,
        "module" | "data" => rest.len() >= 2,
        _ => is_type(),
    }
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
