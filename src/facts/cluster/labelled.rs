//! What labels and annotations with a place in them mean: those that one cloud has mean its places, those that every
//! cloud writes the places of the cloud that runs the cluster.

use super::site::Site;
use super::{inside, text_of};
use crate::catalog::{Certainty, FactKind, MetadataKey};
use crate::facts::establish::Lens;
use crate::facts::location::shown;
use crate::facts::{EvidenceId, Fact, Gap, Location, Text};
use crate::value::Value;

impl<'a> Lens<'a> {
    /// Labels of nodes that name a place: regions before zones.
    pub(super) fn place_labels(&self) -> impl Iterator<Item = &'static MetadataKey> + use<> {
        let all = self
            .catalog
            .kubernetes()
            .map_or(&[][..], |facts| &facts.labels);
        let of = |fact: FactKind| all.iter().filter(move |label| label.fact == fact);
        of(FactKind::Region).chain(of(FactKind::Zone))
    }

    /// What the value of a label of a place means: labels that one cloud has mean its places, the others those of the
    /// cloud that runs the cluster.
    pub(super) fn labelled(
        &mut self,
        label: &'static MetadataKey,
        text: &str,
        site: &Site<'a>,
        way: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let sets = self.sets_of_label(label);
        let set = match sets.as_slice() {
            [] => site.regions,
            [one] => Some(*one),
            several => match site.regions.filter(|set| several.contains(set)) {
                Some(set) => Some(set),
                None => return self.in_one_of(several, text, way, certainty),
            },
        };
        self.look_up(set, text, way, certainty)
    }

    /// A place of one of several clouds: known where only one has it, or all have it in the same countries.
    pub(super) fn in_one_of(
        &mut self,
        sets: &[&'static str],
        text: &str,
        way: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Fact<Location> {
        let mut found: Option<Location> = None;
        for set in sets {
            let Fact::Known(place) = self.look_up(Some(set), text, way.clone(), certainty) else {
                continue;
            };
            match &found {
                Some(before) if before.countries != place.countries => {
                    let (text, sets) = (shown(text), sets.join(", "));
                    return Fact::Unknown(Gap {
                        reason: Text::new(
                            format!(
                                "\"{text}\" is another place for each of {sets}: declare a [[target]] in gardefou.toml"
                            ),
                            format!(
                                "« {text} » est un autre lieu pour chacun de {sets} : déclarez une [[target]] dans gardefou.toml"
                            ),
                        ),
                        evidence: way,
                    });
                }
                Some(_) => {}
                None => found = Some(place),
            }
        }
        match found {
            Some(place) => Fact::Known(place),
            None => self.look_up(sets.first().copied(), text, way, certainty),
        }
    }

    /// Region files that the values of a label can belong to. None at all: any cloud writes it.
    pub(super) fn sets_of_label(&self, label: &'static MetadataKey) -> Vec<&'static str> {
        let Some(own) = label.regions_id.as_deref() else {
            return Vec::new();
        };
        let mut sets = vec![own];
        let drivers = self
            .catalog
            .kubernetes()
            .map_or(&[][..], |facts| &facts.drivers);
        for driver in drivers.iter().filter(|driver| driver.shared) {
            if driver.topology_keys.contains(&label.key) {
                sets.extend(self.sets_of_driver(driver));
            }
        }
        sets.dedup();
        sets
    }

    /// A load balancer is where its annotations put it.
    pub(super) fn place_in_annotations(
        &mut self,
        object: &'a Value,
        site: &Site<'a>,
    ) -> Option<Fact<Location>> {
        let annotations = inside(object, &["metadata", "annotations"])?;
        let known = self
            .catalog
            .kubernetes()
            .map_or(&[][..], |facts| &facts.load_balancer_annotations);
        for key in known {
            if !matches!(key.fact, FactKind::Region | FactKind::Zone) {
                continue;
            }
            let Some(text) = annotations.entry(&key.key).and_then(text_of) else {
                continue;
            };
            let value = annotations.entry(&key.key)?;
            let name = &key.key;
            let way = self.ledger.way(
                value,
                Text::new(
                    format!("annotation `{name}`"),
                    format!("annotation `{name}`"),
                ),
            );
            // An ARN carries the region in its fourth part.
            let place = match text.starts_with("arn:") {
                true => text.split(':').nth(3).unwrap_or(text),
                false => text,
            };
            let set = key.regions_id.as_deref().or(site.regions);
            return Some(self.look_up(set, place, way, Certainty::Certain));
        }
        None
    }
}
