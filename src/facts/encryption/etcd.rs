//! Encryption of what the server of a cluster keeps in etcd: one configuration for the whole cluster.
//!
//! The first entry that covers secrets counts, and in it the first provider: it writes, the others only read.

use super::super::establish::{Lens, gap};
use super::super::location::not_known;
use super::super::{Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, Text};
use crate::catalog::{Certainty, KubernetesKind};
use crate::graph::Resource;
use crate::value::Value;

/// The provider that writes as is.
const CLEAR: &str = "identity";
/// How an entry says that it covers secrets.
const COVERS: [&str; 3] = ["secrets", "*.", "*.*"];

/// Is this the configuration of a cluster's encryption?
pub(super) fn is_configuration(kind: &KubernetesKind) -> bool {
    kind.group == "apiserver.config.k8s.io" && kind.kind == "EncryptionConfiguration"
}

impl<'a> Lens<'a> {
    pub(super) fn encryption_of_etcd(&mut self, resource: &'a Resource) -> Fact<Vec<Encryption>> {
        let entries = resource.attributes.entry("resources");
        if let Some(unknown) = entries.filter(|entries| entries.is_unknown()) {
            return Fact::Unknown(not_known(unknown, "resources", Vec::new()));
        }
        let entries = entries.and_then(Value::elements).unwrap_or_default();
        let covering = entries.iter().find(|entry| {
            let covered = entry.entry("resources").and_then(Value::elements);
            let mut covered = covered.unwrap_or_default().iter().filter_map(Value::as_str);
            covered.any(|text| COVERS.contains(&text))
        });
        let Some(entry) = covering else {
            let evidence = self.ledger.place(
                resource.header,
                Text::new(
                    "no entry covers secrets",
                    "aucune entrée ne couvre les secrets",
                ),
            );
            return written(Answer::No, vec![evidence]);
        };
        let first = entry
            .entry("providers")
            .and_then(Value::elements)
            .and_then(|providers| providers.first());
        let named = first.and_then(|first| Some((first, &first.entries()?.first()?.0)));
        let Some((first, name)) = named else {
            return Fact::Unknown(Gap {
                evidence: vec![self.header(resource)],
                ..gap(
                    "its first provider cannot be read",
                    "son premier fournisseur ne peut pas être lu",
                )
            });
        };
        let way = self.ledger.way(
            first,
            Text::new(
                format!(
                    "the provider that writes: {}",
                    super::super::location::shown(name)
                ),
                format!(
                    "le fournisseur qui écrit : {}",
                    super::super::location::shown(name)
                ),
            ),
        );
        let answer = if **name == *CLEAR {
            Answer::No
        } else {
            Answer::Yes
        };
        written(answer, way)
    }
}

fn written(at_rest: Answer, evidence: Vec<EvidenceId>) -> Fact<Vec<Encryption>> {
    Fact::Known(vec![Encryption {
        part: "".into(),
        at_rest,
        // Keys of every other provider are the cluster operator's: in the file, or behind its plugin.
        holder: KeyHolder::Customer,
        key: None,
        key_name: None,
        key_location: Fact::Absent,
        rotates: None,
        erasable: None,
        deletion_days: None,
        origin: None,
        basis: Basis {
            certainty: Certainty::Certain,
            evidence,
        },
    }])
}
