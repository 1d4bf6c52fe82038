//! Copies of the resources of clouds that objects stand for, where their fields are the cloud's own and no attributes of a
//! Terraform type: replicas by region, backups elsewhere, redundancy that a word chooses.

use super::MAX_COPIES;
use super::by_value::{Choice, choice, choice_label, strange};
use super::destination::out_of_sight;
use crate::catalog::{Certainty, FactKind, KubernetesKind, Provider, ReplicationValues};
use crate::facts::establish::Lens;
use crate::facts::location::not_known;
use crate::facts::{Copy, CopyKind, EvidenceId, Fact, Gap, Location, Text};
use crate::graph::Resource;
use crate::value::{Path, Value};

/// An object, and the company whose resource it stands for.
type StoodFor = (&'static KubernetesKind, &'static Provider);

impl<'a> Lens<'a> {
    /// Copies that the fields of an object make at the company whose resource it stands for.
    pub(super) fn copies_stood_for(&mut self, resource: &'a Resource, out: &mut Vec<Copy>) {
        let Some(of) = self.company_stood_for(resource) else {
            return;
        };
        let mut found = Vec::new();
        self.places_of_copies(resource, of, &mut found);
        let named = !found.is_empty();
        for values in &of.0.replication_values {
            // The choice says that there are copies, and the fields beside it say where.
            if let Some((location, elsewhere)) = self.field_chooses(resource, of, values)
                && !(named && elsewhere)
            {
                found.push(copy_of(
                    of.0,
                    &values.path,
                    CopyKind::GeoRedundant,
                    location,
                ));
            }
        }
        out.extend(self.settle_copies(resource, found));
    }

    /// Fields that name regions or stores.
    fn places_of_copies(
        &mut self,
        resource: &'a Resource,
        (kind, company): StoodFor,
        out: &mut Vec<Copy>,
    ) {
        for field in &kind.facts {
            let path = field.path.as_str();
            // What is listed are choices, and not places.
            let mut choices = kind.replication_values.iter();
            if field.fact != FactKind::Replication
                || choices.any(|values| values.path == path && !values.in_region.is_empty())
            {
                continue;
            }
            for value in self.switched_on(resource, kind, path) {
                let text = value.as_str().filter(|text| !text.is_empty());
                if out.len() >= MAX_COPIES || text.is_none() && !value.is_unknown() {
                    continue;
                }
                let label = Text::new(
                    format!("`{path}`: where the copy goes"),
                    format!("`{path}` : où va la copie"),
                );
                let way = self.ledger.way(value, label);
                let location = match text {
                    None => Fact::Unknown(not_known(value, path, way)),
                    Some(text) => self.place_named(resource, company, (path, text), way),
                };
                out.push(copy_of(kind, path, CopyKind::Replica, location));
            }
        }
    }

    /// A region of the company, or an identifier with one inside.
    fn place_named(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        (path, text): (&str, &str),
        way: Vec<EvidenceId>,
    ) -> Fact<Location> {
        if regions_with(self, company, text).is_some() {
            return self.region_of_company(company, text, way);
        }
        self.place_in_identifier_of_object(resource, text, way.clone())
            .unwrap_or_else(|| Fact::Unknown(out_of_sight(path, text, way)))
    }

    /// Every value of a field, but for those in blocks that are switched off.
    fn switched_on(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
        path: &'static str,
    ) -> Vec<&'a Value> {
        let whole = self.path(path);
        let Some(object) = self.object_of(resource) else {
            return Vec::new();
        };
        let switch = kind.switched.iter().find_map(|switch| {
            let rest = path.strip_prefix(switch.block.as_str())?;
            Some((switch, rest.strip_prefix('.')?))
        });
        let Some((switch, rest)) = switch else {
            return object.all(&whole);
        };
        let Ok(rest) = Path::parse(rest) else {
            return Vec::new();
        };
        let (block, rest) = (self.path(&switch.block), object.own_words(&rest));
        let mut found = Vec::new();
        for block in object.all(&block) {
            let says = block.entry(&switch.by).and_then(Value::as_text);
            if !says.is_some_and(|says| switch.off.iter().any(|off| *off == says)) {
                found.extend(block.get_all(&rest));
            }
        }
        found
    }

    /// Where the value of a field, or its default, sends copies; and whether that is a place that the company chooses.
    fn field_chooses(
        &mut self,
        resource: &'a Resource,
        (kind, company): StoodFor,
        values: &'static ReplicationValues,
    ) -> Option<(Fact<Location>, bool)> {
        let path = values.path.as_str();
        if let Some(switch) = values.requires.as_deref()
            && self
                .object_field(resource, switch)
                .is_none_or(|value| value.as_bool() == Some(false))
        {
            return None;
        }
        let entry = format!("kubernetes/kinds {}/{}", kind.group, kind.kind);
        let (text, evidence, certainty) = match self.object_field(resource, path) {
            Some(value) => {
                let way = self.ledger.way(value, choice_label(path));
                if value.is_unknown() {
                    return Some((Fact::Unknown(not_known(value, path, way)), false));
                }
                (value.as_text()?.into_owned(), way, Certainty::Certain)
            }
            None => {
                let default = values.default.clone()?;
                let label = Text::new(
                    format!("`{path}` is {default} when it is not written"),
                    format!("`{path}` vaut {default} lorsqu’il n’est pas écrit"),
                );
                let way = self
                    .ledger
                    .catalogue(entry.clone(), kind.source.clone(), label);
                (default, vec![way], Certainty::Probable)
            }
        };
        match choice(values, &text) {
            Choice::Stays => None,
            Choice::Leaves => Some((self.pair_at(resource, company, evidence, certainty), true)),
            Choice::Anywhere => {
                let mut location = self.worldwide_by(entry, kind.source.clone());
                location.basis.evidence.splice(0..0, evidence);
                location.basis.certainty = certainty;
                Some((Fact::Known(location), true))
            }
            Choice::Strange => Some((Fact::Unknown(strange(path, &text, evidence)), false)),
        }
    }

    /// The region that receives the redundant copies of what an object stands for.
    fn pair_at(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        match self.location_of(resource) {
            Fact::Known(primary) => {
                let regions = regions_with(self, company, &primary.region);
                self.pair_of_location(regions, primary, evidence, certainty)
            }
            Fact::Unknown(mut gap) => {
                evidence.append(&mut gap.evidence);
                Fact::Unknown(Gap { evidence, ..gap })
            }
            Fact::Absent => Fact::Unknown(Gap {
                reason: Text::new(
                    "the provider chooses the region of the copy",
                    "le fournisseur choisit la région de la copie",
                ),
                evidence,
            }),
        }
    }
}

/// The regions of a company among which one is called so.
fn regions_with(lens: &Lens<'_>, company: &'static Provider, region: &str) -> Option<&'static str> {
    let mut sets = company.identify.regions_id.iter();
    let set = sets.find(|set| lens.catalog.region(set, region).is_some());
    set.map(String::as_str)
}

fn copy_of(
    kind: &KubernetesKind,
    path: &str,
    otherwise: CopyKind,
    location: Fact<Location>,
) -> Copy {
    let is_backup = kind.backup_paths.iter().any(|backup| backup == path);
    Copy {
        kind: if is_backup {
            CopyKind::Backup
        } else {
            otherwise
        },
        location,
        encryption: Fact::Absent,
        target: None,
        path: path.to_owned(),
    }
}
