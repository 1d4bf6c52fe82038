//! Who makes copies of whose data: configurations beside a store, and the members of one replication group.

use hashbrown::{HashMap, HashSet};
use std::rc::Rc;

use super::{MAX_COPIES, kind_of_copy};
use crate::catalog::{Category, ResourceKind};
use crate::facts::Copy;
use crate::facts::establish::Lens;
use crate::graph::{RelationKind, Resource, ResourceId, World};

/// A replication group has no more members than this at any provider.
const MAX_MEMBERS: usize = 32;

/// One configuration completes no more stores than this; one that names more keeps its copies to itself.
const MAX_STORES: usize = 64;

/// Found once for the whole graph.
#[derive(Debug, Default)]
pub(in crate::facts) struct Makers {
    /// Configurations that make copies, by the store whose data it is.
    by_store: HashMap<ResourceId, Vec<ResourceId>>,
    /// Configurations whose store is part of the scan.
    for_another: HashSet<ResourceId>,
    /// Members of a group that replicates, by the resource that stands for the group, with the attribute.
    groups: HashMap<ResourceId, Vec<(ResourceId, &'static str)>>,
    /// Groups of a member.
    of_member: HashMap<ResourceId, Vec<ResourceId>>,
}

impl Makers {
    /// Configurations that make copies of a store's data.
    pub(super) fn of(&self, store: ResourceId) -> &[ResourceId] {
        self.by_store.get(&store).map_or(&[], Vec::as_slice)
    }

    /// Do the copies of this configuration stand on its store?
    pub(super) fn speaks_for_another(&self, maker: ResourceId) -> bool {
        self.for_another.contains(&maker)
    }
}

impl<'a> Lens<'a> {
    /// Worked out at the first question.
    pub(super) fn makers(&mut self) -> Rc<Makers> {
        if let Some(known) = &self.copy_makers {
            return Rc::clone(known);
        }
        let mut found = Makers::default();
        let graph = self.graph;
        for resource in graph.resources() {
            if resource.world != World::Terraform {
                continue;
            }
            let Some(kind) = self.terraform_kind(resource.id) else {
                continue;
            };
            if is_maker(kind) && !kind.tells_itself {
                self.find_stores(resource, kind, &mut found);
            }
            if kind.replication_role.is_some() || !kind.replication_sources.is_empty() {
                self.find_groups(resource, kind, &mut found);
            }
        }
        let found = Rc::new(found);
        self.copy_makers = Some(Rc::clone(&found));
        found
    }

    fn find_stores(&self, maker: &Resource, kind: &ResourceKind, found: &mut Makers) {
        let is_store =
            |id: &ResourceId| self.terraform_kind(*id).is_some_and(|kind| kind.holds_data);
        let out = || self.graph.outgoing(maker.id).iter();
        // What it says to copy; else what it belongs to. A backup plan belongs to a vault, and saves something else.
        let copied = self.graph.incoming(maker.id).filter(|relation| {
            matches!(
                relation.kind,
                RelationKind::ReplicatesTo | RelationKind::BacksUpTo
            )
        });
        let read = out().filter(|relation| {
            relation.kind == RelationKind::ReadsFrom
                && kind.data_source_refs.contains(&relation.path)
        });
        let mut stores: Vec<ResourceId> = copied
            .map(|relation| relation.from)
            .chain(read.map(|relation| relation.to))
            .filter(is_store)
            .collect();
        if stores.is_empty() {
            let belongs = out().filter(|relation| {
                matches!(
                    relation.kind,
                    RelationKind::PartOf | RelationKind::AttachedTo
                )
            });
            stores.extend(belongs.map(|relation| relation.to).filter(is_store));
        }
        stores.sort_unstable();
        stores.dedup();
        if stores.is_empty() || stores.len() > MAX_STORES {
            return;
        }
        for store in stores {
            found.by_store.entry(store).or_default().push(maker.id);
        }
        found.for_another.insert(maker.id);
    }

    /// A member names the group it joins; the group can name its first member.
    fn find_groups(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        found: &mut Makers,
    ) {
        let paths: &'static [String] = if kind.replication_role.is_some() {
            &kind.replication
        } else {
            &kind.replication_sources
        };
        for path in paths {
            for value in self.attributes(resource, path) {
                for (named, _) in self.referenced(resource, value) {
                    let named_holds = self
                        .terraform_kind(named)
                        .is_some_and(|kind| kind.holds_data);
                    let (group, member) = match (kind.holds_data, named_holds) {
                        (true, false) => (named, resource.id),
                        (false, true) => (resource.id, named),
                        _ => continue,
                    };
                    let members = found.groups.entry(group).or_default();
                    let is_new = members.iter().all(|(known, _)| *known != member);
                    if is_new && members.len() < MAX_MEMBERS {
                        members.push((member, path));
                        found.of_member.entry(member).or_default().push(group);
                    }
                }
            }
        }
    }

    /// The other members of a replication group hold the same data.
    pub(super) fn members_beside(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        makers: &Makers,
        out: &mut Vec<Copy>,
    ) {
        let groups = makers
            .of_member
            .get(&resource.id)
            .map_or(&[][..], Vec::as_slice);
        for group in groups {
            for (member, path) in makers.groups.get(group).map_or(&[][..], Vec::as_slice) {
                if *member == resource.id || out.len() >= MAX_COPIES {
                    continue;
                }
                if let Some(other) = self.graph.get(*member) {
                    out.push(Copy {
                        kind: kind_of_copy(kind),
                        location: self.location_of(other),
                        encryption: self.encryption_of(other),
                        target: Some(*member),
                        path: (*path).to_owned(),
                    });
                }
            }
        }
    }
}

/// A configuration that holds nothing and makes copies of what it belongs to. Peers of networks are no copies.
fn is_maker(kind: &ResourceKind) -> bool {
    !kind.holds_data
        && kind.category != Category::Network
        && (!kind.replication.is_empty()
            || !kind.replication_values.is_empty()
            || !kind.data_egress.is_empty())
}
