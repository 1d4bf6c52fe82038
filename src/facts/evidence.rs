//! Collects evidence: every distinct piece once.

use std::collections::HashMap;

use super::{Evidence, EvidenceAt, EvidenceId, Text};
use crate::source::Place;
use crate::value::{Origin, Step, Value};

/// Every distinct piece of evidence, by id.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    all: Vec<Evidence>,
    ids: HashMap<Evidence, EvidenceId>,
}

impl Ledger {
    /// The id of a piece of evidence.
    pub(super) fn add(&mut self, evidence: Evidence) -> EvidenceId {
        if let Some(id) = self.ids.get(&evidence) {
            return *id;
        }
        let id = EvidenceId(self.all.len() as u32);
        self.all.push(evidence.clone());
        self.ids.insert(evidence, id);
        id
    }

    /// A place in the input.
    pub(super) fn place(&mut self, place: Place, label: Text) -> EvidenceId {
        self.add(Evidence {
            label,
            at: EvidenceAt::Place(place),
        })
    }

    /// An entry of the catalogue.
    pub(super) fn catalogue(
        &mut self,
        entry: impl Into<String>,
        source: impl Into<String>,
        label: Text,
    ) -> EvidenceId {
        self.add(Evidence {
            label,
            at: EvidenceAt::Catalogue {
                entry: entry.into(),
                source: source.into(),
            },
        })
    }

    /// A choice of the organisation without a place.
    pub(super) fn setting(&mut self, label: Text) -> EvidenceId {
        self.add(Evidence {
            label,
            at: EvidenceAt::Setting,
        })
    }

    /// The way of a value: where it stands (`label`), then through variables, locals and other resources to its source.
    pub(super) fn way(&mut self, value: &Value, label: Text) -> Vec<EvidenceId> {
        self.way_of(&value.origin, label)
    }

    pub(super) fn way_of(&mut self, origin: &Origin, label: Text) -> Vec<EvidenceId> {
        // A value without further steps needs no list to be built.
        if origin.via.is_none() {
            return origin
                .place
                .map(|place| self.place(place, label))
                .into_iter()
                .collect();
        }
        let mut label = Some(label);
        origin
            .chain()
            .into_iter()
            .map(|(place, step)| {
                let text = match &step {
                    None => label.take().unwrap_or_default(),
                    Some(step) => describe(step),
                };
                self.place(place, text)
            })
            .collect()
    }

    pub(super) fn into_all(self) -> Vec<Evidence> {
        self.all
    }
}

/// What a step shows, in a few words.
pub(crate) fn describe(step: &Step) -> Text {
    match step {
        Step::Variable { name, .. } => Text::new(
            format!("value of `var.{name}`"),
            format!("valeur de `var.{name}`"),
        ),
        Step::Local(name) => Text::new(
            format!("value of `local.{name}`"),
            format!("valeur de `local.{name}`"),
        ),
        Step::Output(name) => Text::new(format!("output `{name}`"), format!("sortie `{name}`")),
        Step::Resource { address, path } if path.is_empty() => {
            Text::new(format!("from `{address}`"), format!("tiré de `{address}`"))
        }
        Step::Resource { address, path } => Text::new(
            format!("`{path}` of `{address}`"),
            format!("`{path}` de `{address}`"),
        ),
        Step::Each => Text::new(
            "from the collection of the block",
            "tiré de la collection du bloc",
        ),
        Step::Provider(name) => Text::new(
            format!("from the provider `{name}`"),
            format!("tiré du fournisseur `{name}`"),
        ),
        Step::Parts => Text::new("part of the expression", "partie de l'expression"),
    }
}
