//! Where copies of a resource's data go: replicas, backups, exports, geo-redundancy.
//!
//! A copy is told by the resource itself, by what completes it (a replication configuration, a sink), or by the copy,
//! which names what it was taken from. Each stands on the resource whose data it is, at the attribute that makes it.

mod by_value;
mod destination;
mod makers;
mod stood_for;

pub(super) use makers::Makers;

use super::establish::{Kind, Lens};
use super::{Copy, CopyKind, Fact, Location};
use crate::catalog::{Category, Class, ResourceKind};
use crate::graph::{RelationKind, Resource, World};

/// A resource is copied to no more places than this; code that names more names them in vain.
const MAX_COPIES: usize = 256;

impl<'a> Lens<'a> {
    /// Replicas, backups and exports with a place of their own.
    pub(super) fn copies_of(&mut self, resource: &'a Resource) -> Vec<Copy> {
        let mut found = Vec::new();
        match self.kinds.get(resource.id.index()).copied().flatten() {
            // What is only read is judged where it is made.
            _ if resource.world == World::TerraformData => found,
            Some(Kind::Terraform(kind)) if kind.embeds.is_some() || kind.mirrors.is_some() => {
                self.copies_of_object(resource, &mut found);
                found
            }
            Some(Kind::Terraform(kind)) => {
                let makers = self.makers();
                if !makers.speaks_for_another(resource.id) {
                    self.copies_made_by(resource, kind, &mut found);
                }
                for maker in makers.of(resource.id) {
                    let maker = self.graph.get(*maker);
                    if let Some((maker, kind)) =
                        maker.and_then(|maker| Some((maker, self.terraform_kind(maker.id)?)))
                    {
                        self.copies_made_by(maker, kind, &mut found);
                    }
                }
                self.copies_taken_from(resource, kind, &mut found);
                self.members_beside(resource, kind, &makers, &mut found);
                self.settle_copies(resource, found)
            }
            _ => {
                self.copies_of_object(resource, &mut found);
                found
            }
        }
    }

    /// What the attributes of a resource make.
    fn copies_made_by(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        out: &mut Vec<Copy>,
    ) {
        let before = out.len();
        self.copies_by_path(maker, kind, out);
        let named = out.len() > before;
        self.copies_by_value(maker, kind, named, out);
        self.exports_by_path(maker, kind, out);
    }

    /// Copies that name this resource as what they were taken from.
    fn copies_taken_from(
        &mut self,
        resource: &'a Resource,
        of: &'static ResourceKind,
        out: &mut Vec<Copy>,
    ) {
        let graph = self.graph;
        // What stands for a group holds nothing: its members tell each other.
        let holds = of.holds_data || of.key.is_some();
        for relation in graph.outgoing(resource.id) {
            let copied = matches!(
                relation.kind,
                RelationKind::ReplicatesTo | RelationKind::BacksUpTo
            );
            if !holds || !copied {
                continue;
            }
            if let Some((copy, kind)) = graph
                .get(relation.to)
                .and_then(|copy| Some((copy, self.terraform_kind(copy.id)?)))
                && kind.holds_data
                && names_its_source(kind, &relation.path)
            {
                self.push_copy(copy, kind, relation.path.clone(), out);
            }
        }
        for relation in graph.incoming(resource.id) {
            if !matches!(
                relation.kind,
                RelationKind::PartOf | RelationKind::AttachedTo
            ) {
                continue;
            }
            if let Some((copy, kind)) = graph
                .get(relation.from)
                .and_then(|copy| Some((copy, self.terraform_kind(copy.id)?)))
                && kind.holds_data
                && is_copy_elsewhere(kind)
            {
                self.push_copy(copy, kind, relation.path.clone(), out);
            }
        }
    }

    fn push_copy(
        &mut self,
        copy: &'a Resource,
        kind: &'static ResourceKind,
        path: String,
        out: &mut Vec<Copy>,
    ) {
        if out.len() >= MAX_COPIES || out.iter().any(|known| known.target == Some(copy.id)) {
            return;
        }
        out.push(Copy {
            kind: kind_of_copy(kind),
            location: self.location_of(copy),
            encryption: self.encryption_of(copy),
            target: Some(copy.id),
            path,
        });
    }

    /// Objects of Kubernetes: where they send their own backups, and what the relations between them say.
    fn copies_of_object(&mut self, resource: &'a Resource, out: &mut Vec<Copy>) {
        self.backups_by_field(resource, out);
        self.copies_stood_for(resource, out);
        let graph = self.graph;
        for relation in graph.outgoing(resource.id) {
            let kind = match relation.kind {
                RelationKind::ReplicatesTo => CopyKind::Replica,
                RelationKind::BacksUpTo => CopyKind::Backup,
                _ => continue,
            };
            let Some(target) = graph.get(relation.to) else {
                continue;
            };
            // A schedule passes on: what it sends to is told where it lies.
            let holds = |one: &Resource| one.classes.contains(Class::HoldsData);
            if !holds(resource) || !holds(target) || self.saves_namespaces(target) {
                continue;
            }
            out.push(Copy {
                kind,
                location: self.location_of(target),
                encryption: self.encryption_of(target),
                target: Some(relation.to),
                path: relation.path.clone(),
            });
        }
    }

    /// A schedule of whole namespaces is told by itself, not by each object in them.
    fn saves_namespaces(&self, target: &'a Resource) -> bool {
        let object = self.object_of(target);
        let kind = object.and_then(|object| object.kind);
        kind.is_some_and(|kind| kind.saves.is_some())
    }

    /// Each copy once, and none that is only the primary named again.
    fn settle_copies(&mut self, resource: &'a Resource, found: Vec<Copy>) -> Vec<Copy> {
        if found.is_empty() {
            return found;
        }
        let primary = self.location_of(resource);
        let mut kept: Vec<Copy> = Vec::with_capacity(found.len());
        for copy in found {
            let again = match (&copy.target, &copy.location) {
                (Some(id), _) => {
                    *id == resource.id || kept.iter().any(|known| known.target == Some(*id))
                }
                (None, Fact::Known(location)) => {
                    is_part_of(location, &primary)
                        || kept.iter().any(|known| {
                            known.kind == copy.kind
                                && known
                                    .location
                                    .known()
                                    .is_some_and(|other| other.region == location.region)
                        })
                }
                (None, _) => kept
                    .iter()
                    .any(|known| known.path == copy.path && known.location == copy.location),
            };
            if !again && kept.len() < MAX_COPIES {
                kept.push(copy);
            }
        }
        kept
    }
}

/// Is this one of the places of the primary itself?
fn is_part_of(location: &Location, primary: &Fact<Location>) -> bool {
    primary.known().is_some_and(|primary| {
        primary
            .region
            .split(", ")
            .any(|region| region == &*location.region)
    })
}

/// Does this path of a type name what it was taken from?
fn names_its_source(kind: &ResourceKind, path: &str) -> bool {
    let among = |paths: &[String]| paths.iter().any(|known| known == path);
    let is_parent = kind
        .parent
        .as_ref()
        .is_some_and(|parent| parent.attr == path);
    among(&kind.replication_sources)
        || (kind.replication_role.is_some() && among(&kind.replication))
        || (kind.category == Category::Backup && (is_parent || among(&kind.data_source_refs)))
}

/// Is a resource of this type a copy of what it belongs to, in a place of its own?
fn is_copy_elsewhere(kind: &ResourceKind) -> bool {
    kind.placed_apart
        || kind
            .replication
            .iter()
            .any(|path| kind.location.contains(path))
}

fn kind_of_copy(kind: &ResourceKind) -> CopyKind {
    if kind.category == Category::Backup {
        CopyKind::Backup
    } else {
        CopyKind::Replica
    }
}
