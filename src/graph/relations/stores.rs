//! Whose data a copy is, where no attribute names the store itself: members of one group, handles on a store, settings of
//! an account; and blocks that are switched off.

use hashbrown::{HashMap, HashSet};

use super::{Finder, Relation, RelationKind, Wanted, Way};
use crate::catalog::{CopiesAll, ResourceKind, Switched};
use crate::graph::{ProviderId, Resource, ResourceId, RootId, World};
use crate::value::{Path, Value};

/// An account and region as far as code shows them: a root and its provider configuration.
type Account = (Option<RootId>, Option<ProviderId>);

/// What settings of accounts copy.
pub(super) struct Accounts<'a> {
    stores: HashMap<(Account, &'a str), Vec<ResourceId>>,
    /// Types that `stores` has.
    types: HashSet<&'a str>,
    /// Settings that were found: a second one of an account says nothing more.
    known: HashSet<(Account, &'a str)>,
}

impl<'a> Finder<'a> {
    /// Members of a group that replicates hold the same data, each that of the others.
    pub(super) fn group(&mut self, resource: &'a Resource, path: &'a str, out: &mut Vec<Relation>) {
        let mut named = Vec::new();
        self.relate(
            resource,
            path,
            RelationKind::ReplicatesTo,
            Wanted::Nearest(&[]),
            Way::Out,
            &mut named,
        );
        for relation in named {
            let group = self.graph.get(relation.to).and_then(|to| self.kind(to));
            if group.is_some_and(|kind| !kind.holds_data && kind.key.is_none()) {
                out.push(Relation {
                    from: relation.to,
                    to: relation.from,
                    ..relation.clone()
                });
                out.push(relation);
            }
        }
    }

    /// The stores that handles stand for.
    pub(super) fn stood_for(&self, ids: &[ResourceId], kind: &ResourceKind) -> Vec<ResourceId> {
        let mut found = Vec::new();
        for handle in ids.iter().filter_map(|id| self.graph.get(*id)) {
            for path in &kind.stands_for {
                let Ok(parsed) = Path::parse(path) else {
                    continue;
                };
                for value in handle.attributes.get_all(&parsed) {
                    let named = self.graph.referenced(handle.root, &value.origin);
                    let stores = named.into_iter().flat_map(|(ids, _)| ids).filter(|id| {
                        let kind = self.graph.get(**id).and_then(|to| self.kind(to));
                        kind.is_some_and(|kind| super::fits(kind, Wanted::Store))
                    });
                    let before = found.len();
                    found.extend(stores.copied());
                    if found.len() == before
                        && let Some(text) = value.as_str()
                    {
                        found.extend(self.named(handle, path, text, Wanted::Store));
                    }
                }
            }
        }
        found
    }

    /// A setting of an account copies what it does not name.
    pub(super) fn copies_all(
        &mut self,
        resource: &'a Resource,
        kind: &'a ResourceKind,
        out: &mut Vec<Relation>,
    ) {
        let Some(all) = &kind.copies_all else {
            return;
        };
        let account = (resource.root, resource.provider);
        let graph = self.graph;
        let accounts = self.accounts.get_or_insert_with(|| Accounts {
            stores: HashMap::new(),
            types: HashSet::new(),
            known: HashSet::new(),
        });
        if !accounts.known.insert((account, &kind.name)) {
            return;
        }
        if accounts.types.insert(&all.kind) {
            for id in graph.of_kind(&all.kind) {
                let store = graph.get(*id);
                if let Some(store) = store.filter(|store| store.world == World::Terraform) {
                    let account = (store.root, store.provider);
                    let known = accounts.stores.entry((account, &all.kind)).or_default();
                    known.push(*id);
                }
            }
        }
        let stores = accounts.stores.get(&(account, all.kind.as_str()));
        let starts = starts(all, resource);
        for id in stores.into_iter().flatten() {
            let name = graph
                .get(*id)
                .and_then(|store| store.attributes.entry(&all.name));
            // A name that is not known could be any.
            let name = name.and_then(Value::as_str);
            let copied = |starts: &Vec<&str>| {
                starts.is_empty()
                    || name.is_none_or(|name| starts.iter().any(|start| name.starts_with(start)))
            };
            if starts.iter().any(copied) {
                out.push(Relation {
                    from: *id,
                    kind: RelationKind::ReplicatesTo,
                    to: resource.id,
                    path: all.rules.clone(),
                    place: Some(resource.header),
                });
            }
        }
    }
}

/// By rule of a setting, how the names of what it copies start; empty: all.
fn starts<'v>(all: &CopiesAll, resource: &'v Resource) -> Vec<Vec<&'v str>> {
    let (Ok(rules), Ok(starts)) = (Path::parse(&all.rules), Path::parse(&all.starts)) else {
        return Vec::new();
    };
    let rules = resource.attributes.get_all(&rules);
    rules
        .into_iter()
        .map(|rule| {
            let texts = rule.get_all(&starts);
            texts.into_iter().filter_map(Value::as_str).collect()
        })
        .collect()
}

/// The values of a path that are not inside a block which an argument of its own switches off.
pub(crate) fn written<'v>(
    kind: Option<&ResourceKind>,
    attributes: &'v Value,
    path: &str,
    parsed: &Path,
) -> Vec<&'v Value> {
    let switched = kind.map_or(&[][..], |kind| &kind.switched);
    let Some((switch, rest)) = switched
        .iter()
        .find_map(|switch| Some((switch, inside(path, &switch.block)?)))
    else {
        return attributes.get_all(parsed);
    };
    let blocks = match Path::parse(&switch.block) {
        Ok(block) if !block.steps().is_empty() => attributes.get_all(&block),
        _ => vec![attributes],
    };
    let rest = Path::parse(rest).unwrap_or_default();
    let mut found = Vec::new();
    for block in blocks {
        for block in block.elements().unwrap_or(std::slice::from_ref(block)) {
            if is_off(block, switch) {
                continue;
            }
            if rest.steps().is_empty() {
                found.push(block);
            } else {
                found.extend(block.get_all(&rest));
            }
        }
    }
    found
}

/// What is left of a path inside a block.
fn inside<'p>(path: &'p str, block: &str) -> Option<&'p str> {
    match path.strip_prefix(block)? {
        rest if block.is_empty() || rest.is_empty() => Some(rest),
        rest => rest.strip_prefix('.'),
    }
}

fn is_off(block: &Value, switch: &Switched) -> bool {
    let said = block.entry(&switch.by).and_then(Value::as_text);
    said.is_some_and(|said| switch.off.iter().any(|off| off.eq_ignore_ascii_case(&said)))
}
