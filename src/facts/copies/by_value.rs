//! Copies that a choice makes and no attribute places: geo-redundant storage, whose second region is the pair of the
//! first, and services that copy wherever they like.

use super::MAX_COPIES;
use crate::catalog::{Certainty, ReplicationValues, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::{dedup, not_known, shown};
use crate::facts::{Basis, Copy, CopyKind, Encryption, EvidenceId, Fact, Gap, Location, Text};
use crate::graph::Resource;

/// What a value chooses.
pub(super) enum Choice {
    /// Nothing leaves.
    Stays,
    /// To the pair of its region, or to a region of the provider's choice.
    Leaves,
    /// To anywhere.
    Anywhere,
    /// The catalogue does not know the value.
    Strange,
}

impl<'a> Lens<'a> {
    /// `named`: attributes have named the places already.
    pub(super) fn copies_by_value(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        named: bool,
        out: &mut Vec<Copy>,
    ) {
        for values in &kind.replication_values {
            let Some((location, elsewhere)) = self.chosen(maker, kind, values) else {
                continue;
            };
            // The choice says that there are copies, and the attributes beside it say where.
            if (named && elsewhere) || out.len() >= MAX_COPIES {
                continue;
            }
            let encryption = self.encryption_of_geo_copy(maker, kind);
            let is_backup = kind.backup_paths.contains(&values.path);
            out.push(Copy {
                kind: if is_backup {
                    CopyKind::Backup
                } else {
                    CopyKind::GeoRedundant
                },
                location,
                encryption,
                target: None,
                path: values.path.clone(),
            });
        }
    }

    /// A key that is named for the copy alone.
    fn encryption_of_geo_copy(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
    ) -> Fact<Vec<Encryption>> {
        for path in &kind.encryption.replica_key_paths {
            let block = path.rsplit_once('.').map_or("", |(before, _)| before);
            let content = match block {
                "" => Some(&maker.attributes),
                _ => self.attribute(maker, block),
            };
            if let Some(content) = content
                && let found @ Fact::Known(_) = self.encryption_of_copy(maker, kind, block, content)
            {
                return found;
            }
        }
        Fact::Absent
    }

    /// Where the value of an attribute, or its default, sends data; and whether that is a place the provider chooses.
    fn chosen(
        &mut self,
        maker: &'a Resource,
        kind: &'static ResourceKind,
        values: &'static ReplicationValues,
    ) -> Option<(Fact<Location>, bool)> {
        let path = values.path.as_str();
        if let Some(switch) = values.requires.as_deref()
            && self
                .attribute(maker, switch)
                .is_none_or(|value| value.as_bool() == Some(false))
        {
            return None;
        }
        let written = self.attribute(maker, path);
        let (text, evidence, certainty) = match written {
            Some(value) if value.is_unknown() => {
                let way = self.ledger.way(value, choice_label(path));
                return Some((Fact::Unknown(not_known(value, path, way)), false));
            }
            Some(value) => {
                let way = self.ledger.way(value, choice_label(path));
                (value.as_text()?.into_owned(), way, Certainty::Certain)
            }
            None if values.default_open => {
                let reason = Text::new(
                    format!(
                        "`{path}` is not written: the service decides whether copies leave the region"
                    ),
                    format!(
                        "`{path}` n’est pas écrit : le service décide si des copies quittent la région"
                    ),
                );
                let evidence = vec![self.header(maker)];
                return Some((Fact::Unknown(Gap { reason, evidence }), false));
            }
            None => {
                let default = values.default.clone()?;
                let entry = self.ledger.catalogue(
                    format!("{} {path}", kind.name),
                    kind.source.clone(),
                    Text::new(
                        format!("`{path}` is {default} when it is not written"),
                        format!("`{path}` vaut {default} lorsqu’il n’est pas écrit"),
                    ),
                );
                (default, vec![entry], Certainty::Probable)
            }
        };
        match choice(values, &text) {
            Choice::Stays => None,
            // Where there is one region, there is no other one to leave for.
            Choice::Leaves | Choice::Anywhere if self.has_one_region(maker) => None,
            Choice::Leaves => {
                let place = self.pair_of(maker, evidence, certainty);
                Some((place, true))
            }
            Choice::Anywhere => {
                let mut location = self.worldwide(kind);
                let mut evidence = evidence;
                evidence.append(&mut location.basis.evidence);
                location.basis = Basis {
                    certainty,
                    evidence: dedup(evidence),
                };
                Some((Fact::Known(location), true))
            }
            Choice::Strange => Some((Fact::Unknown(strange(path, &text, evidence)), false)),
        }
    }

    fn has_one_region(&mut self, maker: &'a Resource) -> bool {
        let set = self.regions_of(maker);
        set.and_then(|set| self.catalog.region_set(set))
            .is_some_and(|set| set.sole_region.is_some())
    }

    /// The region that receives the geo-redundant copies of a resource.
    fn pair_of(
        &mut self,
        resource: &'a Resource,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let primary = match self.location_of(resource) {
            Fact::Known(primary) => primary,
            Fact::Unknown(mut gap) => {
                evidence.append(&mut gap.evidence);
                return Fact::Unknown(Gap {
                    evidence: dedup(evidence),
                    ..gap
                });
            }
            Fact::Absent => {
                return Fact::Unknown(Gap {
                    evidence,
                    ..gap(
                        "the provider chooses the region of the copy",
                        "le fournisseur choisit la région de la copie",
                    )
                });
            }
        };
        let regions = self.regions_of(resource);
        self.pair_of_location(regions, primary, evidence, certainty)
    }
}

pub(super) fn choice(values: &ReplicationValues, text: &str) -> Choice {
    let among = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if among(&values.in_region) {
        Choice::Stays
    } else if among(&values.cross_region) {
        Choice::Leaves
    } else if among(&values.worldwide) {
        Choice::Anywhere
    } else if values.in_region.is_empty() {
        // Only what leaves is listed.
        Choice::Stays
    } else {
        Choice::Strange
    }
}

/// A value of which nobody knows what it chooses.
pub(super) fn strange(path: &str, text: &str, evidence: Vec<EvidenceId>) -> Gap {
    let text = shown(text);
    let reason = Text::new(
        format!("the catalogue does not know whether `{path}` = \"{text}\" makes copies elsewhere"),
        format!("le catalogue ne sait pas si `{path}` = « {text} » crée des copies ailleurs"),
    );
    Gap { reason, evidence }
}

pub(super) fn choice_label(path: &str) -> Text {
    Text::new(
        format!("`{path}`: whether copies leave the region"),
        format!("`{path}` : si des copies quittent la région"),
    )
}
