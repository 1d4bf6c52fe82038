//! Stores that a selection of backups chooses by their tags, or all of an account, without naming them.

use hashbrown::HashMap;

use super::{Finder, Relation, RelationKind};
use crate::catalog::{ResourceKind, Selects};
use crate::graph::{ProviderId, Resource, ResourceId, RootId, World};
use crate::value::{Path, Value};

/// So many stores of one selection are related to it, one more than copies are worked out for: of an account with more, the
/// destination is judged by itself.
const MAX_SELECTED: usize = 65;

/// An account and region as far as code shows them: a root and its provider configuration.
type Account = (Option<RootId>, Option<ProviderId>);

/// What holds data, in the order of the graph.
#[derive(Default)]
pub(super) struct Tagged<'a> {
    all: HashMap<Account, Vec<ResourceId>>,
    /// By key and value of a tag.
    by_tag: HashMap<(Account, &'a str, &'a str), Vec<ResourceId>>,
}

impl<'a> Finder<'a> {
    /// Relates the stores that a resource chooses by tags.
    pub(super) fn selected(
        &mut self,
        resource: &'a Resource,
        kind: &'a ResourceKind,
        relation: RelationKind,
        out: &mut Vec<Relation>,
    ) {
        let Some(selects) = &kind.selects else {
            return;
        };
        let tagged = self.tagged.get_or_init(|| self.all_tagged());
        let account = (resource.root, resource.provider);
        let mut found: Vec<(ResourceId, &'a str, &'a Value)> = Vec::new();
        for (path, value, tag) in wanted(selects, resource) {
            let ids = tagged.by_tag.get(&(account, tag.0, tag.1));
            found.extend(ids.into_iter().flatten().map(|id| (*id, path, value)));
        }
        if let Some(path) = &selects.all
            && let Some(star) = values(resource, path).into_iter().find_map(star)
        {
            let conditions = conditions(selects, resource);
            let ids = tagged.all.get(&account).into_iter().flatten();
            let meets = |id: &&ResourceId| {
                let store = self.graph.get(**id);
                store.is_some_and(|store| {
                    let tags = self.tags(store);
                    conditions.iter().all(|wanted| tags.contains(wanted))
                })
            };
            found.extend(ids.filter(meets).map(|id| (*id, path.as_str(), star)));
        }
        found.retain(|(id, ..)| {
            let store = self.graph.get(*id).filter(|store| store.id != resource.id);
            store.is_some_and(|store| {
                selects.types.is_empty() || selects.types.iter().any(|kind| **kind == *store.kind)
            })
        });
        found.sort_by_key(|(id, ..)| *id);
        found.dedup_by_key(|(id, ..)| *id);
        out.extend(
            found
                .into_iter()
                .take(MAX_SELECTED)
                .map(|(id, path, value)| Relation {
                    from: id,
                    kind: relation,
                    to: resource.id,
                    path: path.to_owned(),
                    place: value.origin.place,
                }),
        );
    }

    fn all_tagged(&self) -> Tagged<'a> {
        let mut tagged = Tagged::default();
        for store in self.graph.resources() {
            let holds = self.kind(store).is_some_and(|kind| kind.holds_data);
            if store.world != World::Terraform || !holds {
                continue;
            }
            let account = (store.root, store.provider);
            tagged.all.entry(account).or_default().push(store.id);
            for (key, value) in self.tags(store) {
                let ids = tagged.by_tag.entry((account, key, value)).or_default();
                if ids.last() != Some(&store.id) {
                    ids.push(store.id);
                }
            }
        }
        tagged
    }

    /// The tags of a store that are known.
    fn tags(&self, store: &'a Resource) -> Vec<(&'a str, &'a str)> {
        let paths = self.kind(store).map(|kind| kind.tags.as_slice());
        let maps = paths
            .unwrap_or_default()
            .iter()
            .flat_map(|path| values(store, path));
        maps.filter_map(Value::entries)
            .flatten()
            .filter_map(|(key, value)| Some((&**key, value.as_str()?)))
            .collect()
    }
}

fn values<'v>(resource: &'v Resource, path: &str) -> Vec<&'v Value> {
    Path::parse(path).map_or_else(|_| Vec::new(), |path| resource.attributes.get_all(&path))
}

/// `*`, alone or in a list.
fn star(value: &Value) -> Option<&Value> {
    let all = value.elements().unwrap_or(std::slice::from_ref(value));
    all.iter().find(|one| one.as_str() == Some("*"))
}

/// The tags of which one is enough, with the path and the value that asks for them.
fn wanted<'v>(
    selects: &'v Selects,
    resource: &'v Resource,
) -> Vec<(&'v str, &'v Value, (&'v str, &'v str))> {
    let mut all = Vec::new();
    if let Some(path) = &selects.tags {
        for map in values(resource, path) {
            for (key, value) in map.entries().unwrap_or_default() {
                all.extend(
                    value
                        .as_str()
                        .map(|text| (path.as_str(), value, (&**key, text))),
                );
            }
        }
    }
    for path in &selects.pairs {
        for block in values(resource, path) {
            all.extend(pair(block).map(|tag| (path.as_str(), block, tag)));
        }
    }
    all
}

/// The tags that all of those must have.
fn conditions<'v>(selects: &'v Selects, resource: &'v Resource) -> Vec<(&'v str, &'v str)> {
    let blocks = selects
        .conditions
        .iter()
        .flat_map(|path| values(resource, path));
    blocks.filter_map(pair).collect()
}

fn pair(block: &Value) -> Option<(&str, &str)> {
    let key = block.entry("key")?.as_str()?;
    let key = key.strip_prefix("aws:ResourceTag/").unwrap_or(key);
    Some((key, block.entry("value")?.as_str()?))
}
