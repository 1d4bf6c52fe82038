//! Encryption of the stores that objects send their backups to, as the block of the store says it.

use std::sync::Arc;

use super::operator::said_by_fields;
use crate::catalog::{FactKind, KubernetesKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::{Answer, Encryption, Fact, Gap, Text};
use crate::value::{Path, Value};

impl<'a> Lens<'a> {
    /// From the block of a store at a path of its object. Absent: its kind has no field that says it.
    pub(in crate::facts) fn encryption_of_store(
        &mut self,
        kind: &'static KubernetesKind,
        path: &'static str,
        block: &'a Value,
    ) -> Fact<Vec<Encryption>> {
        let inside = |path_of_fact: &'static str| {
            let rest = path_of_fact.strip_prefix(path)?;
            rest.strip_prefix('.')
        };
        let (mut mode, mut key, mut asked) = (None, None, false);
        let mut evidence = Vec::new();
        for fact in &kind.facts {
            if !matches!(
                fact.fact,
                FactKind::EncryptionMode | FactKind::EncryptionKey
            ) {
                continue;
            }
            let Some(rest) = inside(&fact.path) else {
                continue;
            };
            asked = true;
            let found = Path::parse(rest).ok().and_then(|rest| block.get(&rest));
            let Some(text) = found
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
            else {
                continue;
            };
            if let Some(value) = found {
                let label = Text::new(format!("`{}`", fact.path), format!("`{}`", fact.path));
                evidence.extend(self.ledger.way(value, label));
            }
            if fact.fact == FactKind::EncryptionMode {
                mode = mode.or(Some(text));
            } else {
                key = key.or(Some(Arc::from(text)));
            }
        }
        if !asked {
            return Fact::Absent;
        }
        if mode.is_none() && key.is_none() {
            let evidence = self
                .ledger
                .way(block, Text::new(format!("`{path}`"), format!("`{path}`")));
            return Fact::Unknown(Gap {
                evidence,
                ..gap(
                    "the bucket decides how backups are encrypted there, and no field asks for it",
                    "le bucket décide du chiffrement des sauvegardes, et aucun champ ne le demande",
                )
            });
        }
        Fact::Known(vec![said_by_fields(Answer::Yes, key, evidence)])
    }
}
