//! The answers that are no key of the customer's: in clear, the provider's key, a key that is not named; and the gaps.

use std::sync::Arc;

use super::Part;
use crate::catalog::{Certainty, CustomerKey, EncryptionDefault, ResourceKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::{because_fr, dedup};
use crate::facts::{Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, Phrase, Text};
use crate::graph::Resource;
use crate::value::Value;

impl<'a> Lens<'a> {
    pub(super) fn clear(
        &mut self,
        part: Part<'a>,
        name: Arc<str>,
        mut evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Encryption {
        if evidence.is_empty() {
            evidence.push(self.header(part.resource));
        }
        Encryption {
            at_rest: Answer::No,
            erasable: None,
            deletion_days: None,
            origin: None,
            ..self.provider_key(part.kind, name, evidence, certainty)
        }
    }

    pub(super) fn provider_key(
        &mut self,
        kind: &'static ResourceKind,
        name: Arc<str>,
        evidence: Vec<EvidenceId>,
        certainty: Certainty,
    ) -> Encryption {
        let impossible = matches!(
            kind.encryption.customer_key,
            CustomerKey::None | CustomerKey::Outside
        );
        Encryption {
            part: name,
            at_rest: Answer::Yes,
            holder: if impossible {
                KeyHolder::Impossible
            } else {
                KeyHolder::Provider
            },
            key: None,
            key_name: None,
            key_location: Fact::Absent,
            rotates: None,
            // Nothing of the customer's can be destroyed.
            erasable: (!impossible).then_some(false),
            deletion_days: None,
            origin: None,
            basis: Basis {
                certainty,
                evidence: dedup(evidence),
            },
        }
    }

    /// What a default says where another company answers than the one that documents it: nothing.
    pub(super) fn default_of_another(
        &mut self,
        kind: &'static ResourceKind,
        name: Arc<str>,
        mut evidence: Vec<EvidenceId>,
    ) -> Encryption {
        evidence.push(self.ledger.catalogue(
            format!("{} encryption default", kind.name),
            kind.source.clone(),
            Text::new(
                "the documented default is that of another company than the one that answers here",
                "la valeur par défaut documentée est celle d’une autre société que celle qui répond ici",
            ),
        ));
        Encryption {
            at_rest: Answer::Unknown,
            erasable: None,
            ..self.provider_key(kind, name, evidence, Certainty::Probable)
        }
    }

    /// A customer's key that the code does not name.
    pub(super) fn unnamed_key(&mut self, name: Arc<str>, evidence: Vec<EvidenceId>) -> Encryption {
        let reason = gap(
            "the code does not name the key",
            "le code ne nomme pas la clé",
        );
        Encryption {
            part: name,
            at_rest: Answer::Yes,
            holder: KeyHolder::Customer,
            key: None,
            key_name: None,
            key_location: Fact::Unknown(Gap {
                evidence: evidence.clone(),
                ..reason
            }),
            rotates: None,
            erasable: None,
            deletion_days: None,
            origin: None,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: dedup(evidence),
            },
        }
    }

    /// The catalogue's word on the default.
    pub(super) fn default_entry(&mut self, kind: &'static ResourceKind) -> EvidenceId {
        if let Some(known) = self.default_entries.get(kind.name.as_str()) {
            return *known;
        }
        let entry = self.ledger.catalogue(
            format!("{} encryption default", kind.name),
            kind.source.clone(),
            default_words(kind.encryption.default),
        );
        self.default_entries.insert(&kind.name, entry);
        entry
    }

    /// As something else is, and the code does not lead there.
    pub(super) fn nothing_to_follow(&mut self, part: Part<'a>) -> Gap {
        let facts = part.kind;
        let attr = match &facts.parent {
            Some(parent) => Some(parent.attr.as_str()),
            None => facts.encryption.made_from.first().map(String::as_str),
        };
        match attr {
            Some(attr) => self.gap_at(
                part.resource,
                format!("it is encrypted as what `{attr}` names, which is not declared in the scan"),
                format!("elle est chiffrée comme ce que désigne `{attr}`, qui n’est pas déclaré dans l’analyse"),
            ),
            None => self.gap_at(
                part.resource,
                format!("{} has no encryption of its own: that of the storage behind it decides, which the code does not name", facts.name),
                format!("{} n’a pas de chiffrement propre : celui du stockage sous-jacent décide, et le code ne le nomme pas", facts.name),
            ),
        }
    }

    pub(super) fn gap_at(
        &mut self,
        resource: &Resource,
        en: impl Into<Phrase>,
        fr: impl Into<Phrase>,
    ) -> Gap {
        Gap {
            evidence: vec![self.header(resource)],
            ..gap(en, fr)
        }
    }

    pub(super) fn not_known(&mut self, value: &Value, path: &str) -> Gap {
        let shown = if path.is_empty() {
            "the resource"
        } else {
            path
        };
        let (en, fr) = match value.as_unknown() {
            Some(unknown) => (unknown.because.to_string(), because_fr(&unknown.because)),
            None => (
                "it is not set".to_owned(),
                "elle n’est pas renseignée".to_owned(),
            ),
        };
        let way = self
            .ledger
            .way(value, Text::new(format!("`{shown}`"), format!("`{shown}`")));
        Gap {
            evidence: way,
            ..gap(
                format!("`{shown}` is not known: {en}"),
                format!("`{shown}` n’est pas connu : {fr}"),
            )
        }
    }

    pub(super) fn not_followed(&mut self, value: &Value, path: &str) -> Gap {
        let way = self.ledger.way(
            value,
            Text::new(
                format!("`{path}` of the resource"),
                format!("`{path}` de la ressource"),
            ),
        );
        Gap {
            evidence: way,
            ..gap(
                format!("`{path}` names a configuration that is not declared in the scan"),
                format!("`{path}` désigne une configuration qui n’est pas déclarée dans l’analyse"),
            )
        }
    }

    /// What it was made from decides, and is not declared.
    pub(super) fn not_part_of_scan(&mut self, value: &Value, path: &str) -> Gap {
        let way = self
            .ledger
            .way(value, Text::new(format!("`{path}`"), format!("`{path}`")));
        Gap {
            evidence: way,
            ..gap(
                format!(
                    "it is encrypted as what `{path}` names, which is not declared in the scan"
                ),
                format!(
                    "elle est chiffrée comme ce que désigne `{path}`, qui n’est pas déclaré dans l’analyse"
                ),
            )
        }
    }

    /// What decides is declared, and code does not show what it decides.
    pub(super) fn not_told_by(&mut self, value: &Value, path: &str, target: &Resource) -> Gap {
        let way = self
            .ledger
            .way(value, Text::new(format!("`{path}`"), format!("`{path}`")));
        let address = &target.address;
        Gap {
            evidence: way,
            ..gap(
                format!("{address} decides, and the code does not show whether and with which key"),
                format!(
                    "{address} en décide, et le code ne montre ni si elle est chiffrée ni avec quelle clé"
                ),
            )
        }
    }
}

/// What is documented of a type without any encryption argument, in words.
fn default_words(default: EncryptionDefault) -> Text {
    match default {
        EncryptionDefault::Unencrypted => Text::new(
            "documented default of the type: not encrypted",
            "valeur par défaut documentée du type : non chiffré",
        ),
        EncryptionDefault::AccountDefault => Text::new(
            "documented default of the type: as a setting of the account says",
            "valeur par défaut documentée du type : selon un réglage du compte",
        ),
        EncryptionDefault::ProviderOwned => Text::new(
            "documented default of the type: encrypted with a key of the provider that no client sees",
            "valeur par défaut documentée du type : chiffré avec une clé du fournisseur qu’aucun client ne voit",
        ),
        EncryptionDefault::ProviderManaged => Text::new(
            "documented default of the type: encrypted with a key that the provider manages",
            "valeur par défaut documentée du type : chiffré avec une clé que gère le fournisseur",
        ),
        EncryptionDefault::Parent => Text::new(
            "documented default of the type: as what it belongs to",
            "valeur par défaut documentée du type : comme ce dont il fait partie",
        ),
        EncryptionDefault::KeyRequired => {
            Text::new("the type demands a key", "le type exige une clé")
        }
        EncryptionDefault::NotApplicable | EncryptionDefault::Unknown => Text::new(
            "the provider documents no default",
            "le fournisseur ne documente aucun réglage par défaut",
        ),
    }
}
