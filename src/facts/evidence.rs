//! Collects evidence: every distinct piece once.

use hashbrown::HashMap;
use std::sync::Arc;

use super::{
    Encryption, Evidence, EvidenceAt, EvidenceId, Fact, Hosting, Location, Phrase, ResourceFacts,
    Tenancy, Text,
};
use crate::source::Place;
use crate::value::{Origin, Step, Value};

/// Every distinct piece of evidence, by id.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    all: Vec<Evidence>,
    ids: HashMap<Evidence, EvidenceId>,
    /// What steps show, told once each: many values come the same way.
    steps: HashMap<Step, Text>,
    /// The same of paths of the catalogue, and of those that name a key.
    paths: HashMap<&'static str, Text>,
    key_paths: HashMap<&'static str, Text>,
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
        entry: impl Into<Phrase>,
        source: impl Into<Phrase>,
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
        let way = origin.way().into_iter();
        way.map(|(place, step)| {
            let text = match step {
                None => label.take().unwrap_or_default(),
                Some(step) => self.shown(step),
            };
            self.place(place, text)
        })
        .collect()
    }

    fn shown(&mut self, step: &Step) -> Text {
        // Each of its own.
        if let Step::Resource { .. } = step {
            return describe(step);
        }
        if let Some(text) = self.steps.get(step) {
            return text.clone();
        }
        let text = describe(step);
        self.steps.insert(step.clone(), text.clone());
        text
    }

    /// A path of the catalogue, as it is shown.
    pub(super) fn path(&mut self, path: &'static str) -> Text {
        let quoted = || Text::new(format!("`{path}`"), format!("`{path}`"));
        self.paths.entry(path).or_insert_with(quoted).clone()
    }

    /// A path that names a key.
    pub(super) fn key_path(&mut self, path: &'static str) -> Text {
        let quoted = || Text::new(format!("`{path}`: the key"), format!("`{path}` : la clé"));
        self.key_paths.entry(path).or_insert_with(quoted).clone()
    }

    /// Takes all of another ledger, whose ids move up by the answer.
    pub(super) fn append(&mut self, mut other: Self) -> u32 {
        let by = self.all.len() as u32;
        self.all.append(&mut other.all);
        by
    }

    pub(super) fn into_all(self) -> Vec<Evidence> {
        self.all
    }
}

/// Moves the ids of facts to where their evidence is after [`Ledger::append`].
pub(super) struct Shift {
    by: u32,
    /// What many resources share is moved once; the old ones are kept, so that an address means one of them.
    hostings: HashMap<*const Hosting, (Arc<Hosting>, Arc<Hosting>)>,
}

impl Shift {
    pub(super) fn by(by: u32) -> Self {
        Self {
            by,
            hostings: HashMap::new(),
        }
    }

    fn ids(&self, ids: &mut [EvidenceId]) {
        for id in ids {
            id.0 = id.0.saturating_add(self.by);
        }
    }

    pub(super) fn tenancy(&self, of: &mut Tenancy) {
        match of {
            Tenancy::Dedicated(tenant) => self.ids(&mut tenant.evidence),
            Tenancy::Shared(tenants) => {
                for tenant in tenants {
                    self.ids(&mut tenant.evidence);
                }
            }
            Tenancy::Unknown(gap) => self.ids(&mut gap.evidence),
            Tenancy::Unattributed => {}
        }
    }

    /// All but levels and tenants.
    pub(super) fn rest(&mut self, of: &mut ResourceFacts) {
        self.location(&mut of.location);
        for copy in &mut of.copies {
            self.location(&mut copy.location);
            self.encryption(&mut copy.encryption);
        }
        self.hosted(&mut of.hosting);
        self.encryption(&mut of.encryption);
        for dependency in &mut of.dependencies {
            self.ids(&mut dependency.evidence);
            self.hosted(&mut dependency.hosting);
            self.location(&mut dependency.location);
        }
        match &mut of.credential {
            Fact::Known(credential) => self.ids(&mut credential.basis.evidence),
            Fact::Unknown(gap) => self.ids(&mut gap.evidence),
            Fact::Absent => {}
        }
        match &mut of.mfa {
            Fact::Known(mfa) => self.ids(&mut mfa.basis.evidence),
            Fact::Unknown(gap) => self.ids(&mut gap.evidence),
            Fact::Absent => {}
        }
    }

    fn location(&self, of: &mut Fact<Location>) {
        match of {
            Fact::Known(location) => self.ids(&mut location.basis.evidence),
            Fact::Unknown(gap) => self.ids(&mut gap.evidence),
            Fact::Absent => {}
        }
    }

    fn encryption(&self, of: &mut Fact<Vec<Encryption>>) {
        match of {
            Fact::Known(parts) => {
                for part in parts {
                    self.location(&mut part.key_location);
                    self.ids(&mut part.basis.evidence);
                }
            }
            Fact::Unknown(gap) => self.ids(&mut gap.evidence),
            Fact::Absent => {}
        }
    }

    fn hosted(&mut self, of: &mut Fact<Arc<Hosting>>) {
        match of {
            Fact::Known(hosting) => self.hosting(hosting),
            Fact::Unknown(gap) => self.ids(&mut gap.evidence),
            Fact::Absent => {}
        }
    }

    fn hosting(&mut self, of: &mut Arc<Hosting>) {
        let by = self.by;
        let (_, moved) = self.hostings.entry(Arc::as_ptr(of)).or_insert_with(|| {
            let mut moved = (**of).clone();
            for id in &mut moved.basis.evidence {
                id.0 = id.0.saturating_add(by);
            }
            (Arc::clone(of), Arc::new(moved))
        });
        *of = Arc::clone(moved);
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
        Step::Parts => Text::new("part of the expression", "partie de l’expression"),
        Step::Helper(name) => Text::new(
            format!("in the template `{name}`"),
            format!("dans le gabarit `{name}`"),
        ),
        Step::Setting(name) => {
            Text::new(format!("value of `{name}`"), format!("valeur de `{name}`"))
        }
        Step::Replaced => Text::new("changed from here", "modifié à partir d’ici"),
    }
}
