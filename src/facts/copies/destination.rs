//! Destinations that attributes name: a region, a resource of the scan, or an identifier with the region inside.

use super::{MAX_COPIES, kind_of_copy};
use crate::catalog::{Category, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::{dedup, not_known, shown};
use crate::facts::{Copy, CopyKind, Encryption, EvidenceId, Fact, Gap, KeyHolder, Location, Text};
use crate::graph::{Resource, ResourceId, written};
use crate::value::Value;

/// A handle leads to no more handles than this.
const MAX_HANDLES: usize = 2;

/// Where one value sends data.
struct Destination {
    path: &'static str,
    location: Fact<Location>,
    target: Option<ResourceId>,
    /// It names a region and nothing else.
    is_region: bool,
}

impl<'a> Lens<'a> {
    /// Replicas and backups whose place an attribute names.
    pub(super) fn copies_by_path(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        out: &mut Vec<Copy>,
    ) {
        // Its paths name where it comes from; and a peer of a network receives no copy.
        if kind.replication_role.is_some()
            || (kind.category == Category::Network && !kind.holds_data)
        {
            return;
        }
        let names_a_copy = |path: &&'static String| {
            !kind.replication_sources.contains(path)
                && !kind.location.contains(path)
                && !kind
                    .replication_values
                    .iter()
                    // What is listed are choices, and not places.
                    .any(|values| values.path == **path && !values.in_region.is_empty())
        };
        let paths: Vec<&'static str> = kind
            .replication
            .iter()
            .filter(names_a_copy)
            .map(String::as_str)
            .collect();
        self.destinations(maker, kind, &paths, None, out);
    }

    /// Where data is delivered.
    pub(super) fn exports_by_path(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        out: &mut Vec<Copy>,
    ) {
        let paths: Vec<&'static str> = kind.data_egress.iter().map(String::as_str).collect();
        let exported = (kind.category != Category::Backup).then_some(CopyKind::Export);
        self.destinations(maker, kind, &paths, exported, out);
    }

    /// Paths of one block speak of one copy: its region, its bucket.
    fn destinations(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        paths: &[&'static str],
        only: Option<CopyKind>,
        out: &mut Vec<Copy>,
    ) {
        let mut done: Vec<&'static str> = Vec::new();
        for path in paths {
            let (prefix, _) = split(path);
            if done.contains(&prefix) {
                continue;
            }
            done.push(prefix);
            let leaves: Vec<(&'static str, &'static str)> = paths
                .iter()
                .map(|path| (*path, split(path)))
                .filter(|(_, (before, _))| *before == prefix)
                .map(|(path, (_, leaf))| (path, leaf))
                .collect();
            for block in self.blocks(maker, kind, prefix) {
                let mut named = Vec::new();
                for (path, leaf) in &leaves {
                    let leaf = self.path(leaf);
                    for value in block.get_all(&leaf) {
                        for value in value.elements().unwrap_or(std::slice::from_ref(value)) {
                            named.extend(self.destination(maker, kind, path, value, 0));
                        }
                    }
                }
                for destination in as_one(named) {
                    if out.len() >= MAX_COPIES {
                        return;
                    }
                    // What receives it here is judged by itself, at the level of what is sent to it.
                    if only == Some(CopyKind::Export) && destination.target.is_some() {
                        continue;
                    }
                    let copy = self.copy_to((maker, kind), (prefix, block), destination, only);
                    out.push(copy);
                }
            }
        }
    }

    fn blocks(
        &mut self,
        maker: &'a Resource,
        kind: &ResourceKind,
        prefix: &'static str,
    ) -> Vec<&'a Value> {
        if prefix.is_empty() && kind.switched.is_empty() {
            return vec![&maker.attributes];
        }
        let path = self.path(prefix);
        let mut found = Vec::new();
        for value in written(Some(kind), &maker.attributes, prefix, &path) {
            if !value.is_null() {
                found.extend(value.elements().unwrap_or(std::slice::from_ref(value)));
            }
        }
        found
    }

    fn copy_to(
        &mut self,
        (maker, kind): (&'a Resource, &'static ResourceKind),
        (prefix, block): (&'static str, &'a Value),
        destination: Destination,
        only: Option<CopyKind>,
    ) -> Copy {
        let is_backup = kind
            .backup_paths
            .iter()
            .any(|path| path == destination.path);
        // The key that is named with the copy; else what receives it has its own. What is exported is encrypted there.
        let named = match self.encryption_of_copy(maker, kind, prefix, block) {
            found if only.is_none() || has_customer_key(&found) => found,
            _ => Fact::Absent,
        };
        let encryption = match destination.target.and_then(|id| self.graph.get(id)) {
            Some(target) if !has_customer_key(&named) => self.encryption_of(target),
            _ => named,
        };
        Copy {
            kind: match only {
                Some(kind) => kind,
                None if is_backup => CopyKind::Backup,
                None => kind_of_copy(kind),
            },
            location: destination.location,
            encryption,
            target: destination.target,
            path: destination.path.to_owned(),
        }
    }

    /// What one value names; nothing when it is not written, or only switches something on.
    fn destination(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        path: &'static str,
        value: &Value,
        depth: usize,
    ) -> Option<Destination> {
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() && !value.is_unknown() {
            return None;
        }
        let way = self.ledger.way(
            value,
            Text::new(
                format!("`{path}`: where the copy goes"),
                format!("`{path}` : où va la copie"),
            ),
        );
        let regions = match kind.path_regions.get(path) {
            Some(set) => Some(set.as_str()),
            None => self.regions_of(maker),
        };
        if let (Some(text), Some(set)) = (text, regions)
            && let service = kind.region_service.as_deref()
            && self.region(set, text, service).is_some()
        {
            let location = self.place_of_text(maker, kind, regions, text, way);
            return Some(Destination {
                path,
                location,
                target: None,
                is_region: true,
            });
        }
        if let Some((handle, of)) = self.handle(maker, value, depth) {
            return Some(self.behind_handle(handle, of, path, way, depth));
        }
        if let Some(target) = self.target_of_copy(maker, path, value) {
            let location = with_way(self.location_of(target), way);
            return Some(Destination {
                path,
                location,
                target: Some(target.id),
                is_region: false,
            });
        }
        let location = match text {
            None => Fact::Unknown(not_known(value, path, way)),
            Some(text) => self
                .place_in_identifier(maker, kind, text, way.clone())
                .unwrap_or_else(|| Fact::Unknown(out_of_sight(path, text, way))),
        };
        Some(Destination {
            path,
            location,
            target: None,
            is_region: false,
        })
    }

    /// What stands for the store that receives the copy: a location of a copy service, an endpoint.
    fn handle(
        &self,
        maker: &Resource,
        value: &Value,
        depth: usize,
    ) -> Option<(&'a Resource, &'static ResourceKind)> {
        if depth >= MAX_HANDLES {
            return None;
        }
        let (id, _) = self.referenced(maker, value).into_iter().next()?;
        let kind = self.terraform_kind(id)?;
        let handle = self.graph.get(id).filter(|_| !kind.stands_for.is_empty());
        Some((handle?, kind))
    }

    /// Where the store is that a handle stands for: the place of the handle says nothing of it.
    fn behind_handle(
        &mut self,
        handle: &'a Resource,
        kind: &'static ResourceKind,
        path: &'static str,
        way: Vec<EvidenceId>,
        depth: usize,
    ) -> Destination {
        for own in &kind.stands_for {
            for value in self.attributes(handle, own) {
                if let Some(found) = self.destination(handle, kind, own, value, depth + 1) {
                    return Destination {
                        path,
                        location: with_way(found.location, way),
                        ..found
                    };
                }
            }
        }
        let address = shown(&handle.address);
        let reason = Text::new(
            format!("{address} does not say which store it stands for"),
            format!("{address} ne dit pas quel stockage il désigne"),
        );
        Destination {
            path,
            location: Fact::Unknown(Gap {
                reason,
                evidence: way,
            }),
            target: None,
            is_region: false,
        }
    }

    /// The resource of the scan that a value names: what holds data, else what has a place.
    fn target_of_copy(
        &mut self,
        maker: &'a Resource,
        path: &str,
        value: &Value,
    ) -> Option<&'a Resource> {
        let graph = self.graph;
        let mut named: Vec<ResourceId> = self
            .referenced(maker, value)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        if named.is_empty() {
            let by_name = graph.outgoing(maker.id).iter().filter(|relation| {
                relation.path == path
                    && relation.place.is_some()
                    && relation.place == value.origin.place
            });
            named.extend(by_name.map(|relation| relation.to));
        }
        named.retain(|id| *id != maker.id);
        let keeps = |lens: &Self, id: &ResourceId| {
            lens.terraform_kind(*id)
                .is_some_and(|kind| kind.holds_data || kind.key.is_some())
        };
        let found = named
            .iter()
            .copied()
            .find(|id| keeps(self, id))
            .or_else(|| {
                named.iter().copied().find(|id| {
                    graph
                        .get(*id)
                        .is_some_and(|target| matches!(self.location_of(target), Fact::Known(_)))
                })
            });
        graph.get(found?)
    }
}

fn has_customer_key(encryption: &Fact<Vec<Encryption>>) -> bool {
    encryption.known().is_some_and(|parts| {
        parts
            .iter()
            .any(|part| matches!(part.holder, KeyHolder::Customer | KeyHolder::External))
    })
}

/// What stands before the last step of a path, and that step.
fn split(path: &'static str) -> (&'static str, &'static str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// What the attributes of one block name, as copies: a region beside the bucket that lies in it is one.
fn as_one(named: Vec<Destination>) -> Vec<Destination> {
    let region_named = named
        .iter()
        .any(|found| found.is_region && matches!(found.location, Fact::Known(_)));
    let mut lost: Vec<ResourceId> = Vec::new();
    let mut kept: Vec<Destination> = Vec::new();
    for found in named {
        match (&found.location, found.target) {
            (Fact::Known(location), target) => {
                let same = kept.iter_mut().find(|known| {
                    let same_region = known
                        .location
                        .known()
                        .is_some_and(|other| other.region == location.region);
                    same_region
                        && (known.is_region || found.is_region)
                        && (known.target.is_none() || target.is_none())
                });
                match same {
                    Some(same) => same.target = same.target.or(target),
                    None => kept.push(found),
                }
            }
            (_, Some(target)) if region_named => lost.push(target),
            (_, None) if region_named => {}
            (_, Some(_)) => kept.push(found),
            (_, None) if kept.iter().all(|known| known.path != found.path) => kept.push(found),
            (_, None) => {}
        }
    }
    // A target whose own place is not known lies in the region that is named beside it.
    for target in lost {
        match kept.iter_mut().find(|known| known.target.is_none()) {
            Some(known) => known.target = Some(target),
            None => break,
        }
    }
    kept
}

fn with_way(location: Fact<Location>, mut way: Vec<EvidenceId>) -> Fact<Location> {
    match location {
        Fact::Known(mut location) => {
            way.append(&mut location.basis.evidence);
            location.basis.evidence = dedup(way);
            Fact::Known(location)
        }
        Fact::Unknown(mut gap) => {
            way.append(&mut gap.evidence);
            Fact::Unknown(Gap {
                evidence: dedup(way),
                ..gap
            })
        }
        // A copy is somewhere, even when the catalogue asks no place of what receives it.
        Fact::Absent => Fact::Unknown(Gap {
            evidence: way,
            ..gap(
                "the catalogue does not say where what receives the copy is",
                "le catalogue ne dit pas où se trouve ce qui reçoit la copie",
            )
        }),
    }
}

/// A name of something that the scan does not declare, without a place in it.
pub(super) fn out_of_sight(path: &str, text: &str, evidence: Vec<EvidenceId>) -> Gap {
    let text = shown(text);
    Gap {
        reason: Text::new(
            format!(
                "`{path}` = \"{text}\" does not say where that is, and it is not part of the scan"
            ),
            format!(
                "`{path}` = « {text} » ne dit pas où cela se trouve, et cela ne fait pas partie de l’analyse"
            ),
        ),
        evidence,
    }
}
