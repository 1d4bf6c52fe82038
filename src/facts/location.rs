//! Where a resource is: own attribute, zone, parent, provider block, documented default; else a stated gap.

mod around;
mod identifier;
mod own;
mod provider;
mod region;

use std::sync::Arc;

pub(super) use own::not_known;
pub(super) use region::{dedup, shown, together};

use super::establish::{Kind, Lens, gap};
use super::{EvidenceId, Fact, Gap, Location, Text};
use crate::catalog::{Area, Category, Certainty, Class, ResourceKind};
use crate::graph::Resource;
use crate::text::Lang;

impl<'a> Lens<'a> {
    /// The primary location of a resource; worked out once.
    pub(super) fn location_of(&mut self, resource: &'a Resource) -> Fact<Location> {
        let at = resource.id.index();
        if let Some(found) = self.locations.get(&resource.id) {
            return found.clone();
        }
        if !self.locating.insert(resource.id) {
            return Fact::Unknown(gap(
                format!("the location of {} depends on itself", resource.address),
                format!("la localisation de {} dépend d’elle-même", resource.address),
            ));
        }
        let found = match self.kinds[at] {
            Some(Kind::Terraform(kind)) if self.is_object(resource, kind) => {
                self.object_location(resource)
            }
            Some(Kind::Terraform(kind)) => self.terraform_location(resource, kind),
            Some(Kind::Kubernetes(_)) => self.object_location(resource),
            None if resource.catalogued => Fact::Absent,
            None if self.is_only_read(resource) => Fact::Absent,
            None if resource.root.is_none() && !self.marked[resource.id.index()] => Fact::Absent,
            None => Fact::Unknown(self.unknown_kind(resource)),
        };
        let found = match found {
            Fact::Unknown(gap) => match self.attested_place(resource) {
                Some(attested) => attested,
                None => Fact::Unknown(gap),
            },
            found => found,
        };
        self.locating.remove(&resource.id);
        self.locations.insert(resource.id, found.clone());
        found
    }

    fn terraform_location(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Fact<Location> {
        let found = self.place_of_kind(resource, kind);
        let open = match &found {
            Fact::Known(location) => location.area == Area::Worldwide,
            // What is written and not known, or wrong, stays so.
            Fact::Unknown(_) => kind.location.is_empty() && !kind.location_inherits,
            Fact::Absent => false,
        };
        if open && let Some(only) = self.sole_region(resource) {
            return only;
        }
        found
    }

    fn place_of_kind(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Fact<Location> {
        if let Some(found) = self.worldwide_by_choice(resource, kind) {
            return found;
        }
        let regions = self.regions_of(resource);
        let mut wish = None;
        if let Some(found) = self.own_location(resource, kind, regions, &mut wish) {
            return found;
        }
        if let Some(found) = self.computed_location(resource, regions) {
            return found;
        }
        if kind.placed_in_pair {
            return self.location_beside(resource, kind, regions);
        }
        // What delivers everywhere is not where its origin is.
        if kind.global && kind.category == Category::Cdn {
            return Fact::Known(self.worldwide(kind));
        }
        if let Some(found) = self.location_of_parent(resource, kind) {
            return found;
        }
        if let Some(found) = self.location_of_companion(resource, kind) {
            return found;
        }
        if resource.incomplete && !kind.location.is_empty() {
            return Fact::Unknown(incomplete(resource));
        }
        if let Some(wish) = wish {
            return Fact::Unknown(wish);
        }
        // The default of the type stands where the provider block is silent.
        if kind.location_inherits
            && (kind.location_default.is_none() || self.provider_names_a_place(resource))
            && let Some(found) = self.default_location(resource, kind, regions)
        {
            return found;
        }
        if let Some(default) = &kind.location_default {
            let evidence = self.ledger.catalogue(
                format!("{} location default", kind.name),
                kind.source.clone(),
                Text::new(
                    "documented default of the type",
                    "valeur par défaut documentée du type",
                ),
            );
            return self.look_up(regions, default, vec![evidence], Certainty::Probable);
        }
        if kind.global {
            return Fact::Known(self.worldwide(kind));
        }
        if kind.location.is_empty() && !kind.class.intersects(placed()) {
            return Fact::Absent;
        }
        Fact::Unknown(self.says_nothing(resource, kind))
    }

    /// Where everything is that runs on a cloud of one region.
    fn sole_region(&mut self, resource: &'a Resource) -> Option<Fact<Location>> {
        let regions = self.regions_of(resource)?;
        let only = self.catalog.region_set(regions)?.sole_region.as_deref()?;
        let entry = self.ledger.catalogue(
            format!("regions/{regions}"),
            String::new(),
            Text::new(
                format!("{regions} has one region, {only}"),
                format!("{regions} n’a qu’une région, {only}"),
            ),
        );
        Some(self.look_up(Some(regions), only, vec![entry], Certainty::Certain))
    }

    fn says_nothing(&mut self, resource: &Resource, kind: &'static ResourceKind) -> Gap {
        let paths: Vec<String> = (kind.location.iter().take(MAX_PATHS))
            // In the words of what is written: a block with something in it.
            .map(|path| match path.rsplit_once(".*.") {
                Some((block, inside)) => format!("`{block} {{ {inside} }}`").replace(".*", ""),
                None => format!("`{}`", path.trim_end_matches(".*")),
            })
            .collect();
        let named = paths.join(", ");
        let reason = match (paths.len(), &kind.parent) {
            (1.., Some(parent)) => {
                let attr = &parent.attr;
                Text::new(
                    format!(
                        "{named} is not set, and `{attr}` leads to nothing whose place is known"
                    ),
                    format!(
                        "{named} n’est pas renseigné, et `{attr}` ne mène à rien dont le lieu soit connu"
                    ),
                )
            }
            (1, None) => Text::new(
                format!("{named} is not set"),
                format!("{named} n’est pas renseigné"),
            ),
            (2.., None) => Text::new(
                format!("none of {named} is set"),
                format!("aucun de {named} n’est renseigné"),
            ),
            (0, _) => Text::new(
                format!("{} has no argument that says where it is", kind.name),
                format!("{} n’a aucun argument qui dise où il se trouve", kind.name),
            ),
        };
        Gap {
            reason,
            evidence: vec![self.header(resource)],
        }
    }

    /// In the pair of the region of what it belongs to.
    fn location_beside(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        regions: Option<&'static str>,
    ) -> Fact<Location> {
        let mut near = self.location_of_parent(resource, kind);
        if near.is_none() && kind.location_inherits {
            near = self.default_location(resource, kind, regions);
        }
        match near {
            Some(Fact::Known(near)) => {
                let entry = self.ledger.catalogue(
                    format!("{} location", kind.name),
                    kind.source.clone(),
                    Text::new(
                        "without a place of its own: the nearest multi-region",
                        "sans lieu propre : la multi-région la plus proche",
                    ),
                );
                self.pair_of_location(regions, near, vec![entry], Certainty::Probable)
            }
            Some(open) => open,
            None => Fact::Unknown(self.says_nothing(resource, kind)),
        }
    }

    /// Why nothing is known of a resource of a kind that the catalogue does not have.
    pub(super) fn unknown_kind(&mut self, resource: &Resource) -> Gap {
        if &*resource.kind == crate::graph::ABSENT_MODULE {
            return self.absent_module(resource);
        }
        if let Some(known) = self.unknown_kinds.get(&resource.kind) {
            return known.clone();
        }
        let found = gap(
            format!("the catalogue does not know {}", resource.kind),
            format!("le catalogue ne connaît pas {}", resource.kind),
        );
        let kind = Arc::clone(&resource.kind);
        self.unknown_kinds.insert(kind, found.clone());
        found
    }

    /// Why nothing is known of what is in a module whose code is not at hand.
    fn absent_module(&mut self, resource: &Resource) -> Gap {
        let module = resource
            .root
            .and_then(|root| self.graph.module(root, &resource.address));
        let why = module.and_then(|module| module.absent.clone());
        let why = why.unwrap_or_else(|| {
            Text::new("its code is not at hand", "son code n’est pas disponible")
        });
        let address = &resource.address;
        let mut found = gap(
            format!("what is in {address} is not seen: {}", why.en),
            format!(
                "le contenu de {address} n’est pas vu : {}",
                Lang::Fr.of(&why)
            ),
        );
        found.evidence.push(self.header(resource));
        found
    }

    /// The header of a resource as evidence.
    pub(super) fn header(&mut self, resource: &Resource) -> EvidenceId {
        self.ledger
            .place(resource.header, Text::new("declared here", "déclarée ici"))
    }
}

/// So many attributes are named that could say where something is.
const MAX_PATHS: usize = 3;

/// Classes that sit somewhere.
fn placed() -> crate::catalog::ClassSet {
    crate::catalog::ClassSet::of(&[
        Class::HoldsData,
        Class::Compute,
        Class::Workload,
        Class::Backup,
        Class::Logs,
        Class::Secrets,
        Class::Registry,
    ])
}

fn incomplete(resource: &Resource) -> Gap {
    gap(
        format!("part of {} could not be read", resource.address),
        format!("une partie de {} n’a pas pu être lue", resource.address),
    )
}

/// The reason of an unknown in French.
pub(crate) fn because_fr(because: &crate::value::Because) -> String {
    because.french()
}
