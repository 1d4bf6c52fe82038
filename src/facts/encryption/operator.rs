//! Encryption of what operators run in a cluster, and of the stores that backups go to: by the fields that the catalogue
//! names, else by the classes of the volumes that the operator claims for it.

use std::sync::Arc;

use super::{Found, settle};
use crate::catalog::{Certainty, Class, EncryptionDefault, FactKind, FieldFact, KubernetesKind};
use crate::facts::establish::{Lens, gap};
use crate::facts::location::dedup;
use crate::facts::{Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, Text};
use crate::graph::{RelationKind, Resource, World};
use crate::value::{Path, Value};

/// Words that switch encryption off where a mode is asked for.
const OFF: [&str; 5] = ["none", "off", "false", "disabled", "unencrypted"];

/// So many volumes of one object are looked at.
const MAX_VOLUMES: usize = 64;

/// What the fields of an object say together.
#[derive(Default)]
struct Said {
    /// On or off.
    flag: Option<bool>,
    /// The key is the customer's.
    customer: bool,
    /// Its name.
    key: Option<Arc<str>>,
    /// It is a secret of the object's namespace.
    in_cluster: bool,
    /// Why something that is written is not known.
    unknown: Option<Gap>,
    evidence: Vec<EvidenceId>,
}

impl<'a> Lens<'a> {
    /// Objects of operators.
    pub(super) fn encryption_of_operated(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Fact<Vec<Encryption>> {
        // Of a family the fields are not known, only whose its objects are.
        if kind.kind == "*" && self.holds_something(resource) {
            return Fact::Unknown(Gap {
                evidence: vec![self.header(resource)],
                ..gap(
                    format!(
                        "the catalogue does not know the fields of {}",
                        resource.kind
                    ),
                    format!(
                        "le catalogue ne connaît pas les champs de {}",
                        resource.kind
                    ),
                )
            });
        }
        if !kind.holds_data {
            return Fact::Absent;
        }
        let said = self.said_of_encryption(resource, kind);
        if let Some(gap) = said.unknown {
            return Fact::Unknown(gap);
        }
        if said.flag.is_some() {
            return Fact::Known(vec![self.as_said(resource, said)]);
        }
        let volumes = self.encryption_of_volumes(resource, kind);
        if !volumes.is_empty() {
            return settle(volumes);
        }
        if !must_say(kind) || kind.volumes_optional && said.evidence.is_empty() {
            return Fact::Absent;
        }
        let mut evidence = said.evidence;
        evidence.push(self.header(resource));
        if let Some(found) = self.default_of_type(kind, &evidence) {
            return found;
        }
        Fact::Unknown(Gap {
            evidence,
            ..gap(
                "no field says whether or with which key it is encrypted",
                "aucun champ ne dit si elle est chiffrée ni avec quelle clé",
            )
        })
    }

    fn holds_something(&self, resource: &Resource) -> bool {
        let marked = self.marked.get(resource.id.index());
        resource.classes.contains(Class::HoldsData)
            || !resource.catalogued && marked.is_some_and(|marked| *marked)
    }

    /// What a cloud does when nothing is asked: as with the type of Terraform that makes the same.
    fn default_of_type(
        &mut self,
        kind: &'static KubernetesKind,
        evidence: &[EvidenceId],
    ) -> Option<Fact<Vec<Encryption>>> {
        let (_, of) = self.catalog.type_stood_for(&kind.group, &kind.kind)?;
        let at_rest = match of.encryption.default {
            EncryptionDefault::Unencrypted => Answer::No,
            EncryptionDefault::ProviderOwned | EncryptionDefault::ProviderManaged => Answer::Yes,
            _ => return None,
        };
        let mut evidence = evidence.to_vec();
        evidence.push(self.ledger.catalogue(
            format!("{} encryption default", of.name),
            of.source.clone(),
            Text::new(
                format!("documented default, as of {}", of.name),
                format!("valeur par défaut documentée, comme pour {}", of.name),
            ),
        ));
        Some(Fact::Known(vec![said_by_fields(at_rest, None, evidence)]))
    }

    fn said_of_encryption(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Said {
        let mut said = Said::default();
        let Some(object) = self.object_of(resource) else {
            return said;
        };
        for fact in kind.facts.iter().filter(|fact| is_own(fact, kind)) {
            let path = self.path(&fact.path);
            for value in object.all(&path) {
                if value.is_null() || value.as_str() == Some("") {
                    continue;
                }
                let label = format!("`{}`", object.shown_path(&path));
                said.evidence.extend(
                    self.ledger
                        .way(value, Text::new(label.clone(), label.clone())),
                );
                if value.is_unknown() {
                    said.unknown = Some(self.not_known(value, &object.shown_path(&path)));
                    continue;
                }
                said.hear(
                    fact,
                    value,
                    object.metadata("namespace").unwrap_or("default"),
                );
            }
        }
        said
    }

    fn as_said(&mut self, resource: &'a Resource, said: Said) -> Encryption {
        let on = said.flag == Some(true);
        let customer = on && said.customer;
        let key_name = said.key.filter(|_| customer);
        let key_location = match &key_name {
            None => Fact::Absent,
            // A secret of the cluster is where the cluster is.
            Some(_) if said.in_cluster => self.location_of_cluster(resource),
            Some(_) => Fact::Unknown(gap(
                "the key is not part of the scan",
                "la clé ne fait pas partie de l’analyse",
            )),
        };
        let evidence = match said.evidence.is_empty() {
            true => vec![self.header(resource)],
            false => said.evidence,
        };
        let at_rest = if on { Answer::Yes } else { Answer::No };
        Encryption {
            holder: match customer {
                true => KeyHolder::Customer,
                false => KeyHolder::Provider,
            },
            erasable: (on && !customer).then_some(false),
            key_location,
            ..said_by_fields(at_rest, key_name, evidence)
        }
    }

    /// The volumes that an operator claims for an object: by the class that each names, else by the default class.
    fn encryption_of_volumes(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        // What the workload of a file claims are objects of their own.
        if kind.pod_spec.is_some() && resource.world == World::Kubernetes {
            return found;
        }
        for (block, name) in self.classes_named(resource, kind) {
            let part: Arc<str> = match found.is_empty() {
                true => "".into(),
                false => block.into(),
            };
            match self.encryption_of_class_named(resource, name) {
                Fact::Known(of_class) => found.extend(of_class.into_iter().map(|one| {
                    Ok(Encryption {
                        part: Arc::clone(&part),
                        ..one
                    })
                })),
                Fact::Unknown(gap) => found.push(Err(gap)),
                Fact::Absent => {}
            }
        }
        found
    }

    /// Each block that asks for volumes, as people find it, with the class that it names.
    fn classes_named(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Vec<(String, Option<&'a Value>)> {
        let Some(object) = self.object_of(resource) else {
            return Vec::new();
        };
        let mut found: Vec<(String, Option<&'a Value>)> = Vec::new();
        for fact in &kind.facts {
            if fact.fact != FactKind::StorageClass {
                continue;
            }
            let path = self.path(&fact.path);
            let Some((class, block)) = path.steps().split_last() else {
                continue;
            };
            let block = Path::of(block.to_vec());
            let shown = object.shown_path(&block).replace(".*", "");
            let class = object.own_words(&Path::of(vec![class.clone()]));
            for asked in object.all(&block).into_iter().take(MAX_VOLUMES) {
                // What lives as long as its pod is never claimed.
                if asked.entry("type").and_then(Value::as_str) == Some("ephemeral") {
                    continue;
                }
                let name = asked.get(&class);
                let name = name.filter(|name| !name.is_null() && name.as_str() != Some(""));
                // A template inside a block names the class for it.
                if name.is_some() {
                    found.retain(|(around, class): &(String, Option<&Value>)| {
                        class.is_some() || !shown.starts_with(&format!("{around}."))
                    });
                }
                found.push((shown.clone(), name));
            }
        }
        found
    }

    fn encryption_of_class_named(
        &mut self,
        resource: &'a Resource,
        name: Option<&'a Value>,
    ) -> Fact<Vec<Encryption>> {
        let mut evidence = Vec::new();
        if let Some(name) = name {
            let label = Text::new("its storage class", "sa classe de stockage");
            evidence.extend(self.ledger.way(name, label));
        }
        let wanted = name.and_then(Value::as_str);
        let graph = self.graph;
        let class = graph
            .outgoing(resource.id)
            .iter()
            .filter(|relation| relation.kind == RelationKind::RunsOn)
            .filter_map(|relation| graph.get(relation.to))
            .find(|class| {
                let object = self.object_of(class);
                let name = object.as_ref().and_then(|object| object.metadata("name"));
                self.is_kind(class, "storage.k8s.io", "StorageClass")
                    && (wanted.is_none() || name == wanted)
            });
        let Some(class) = class else {
            if evidence.is_empty() {
                evidence.push(self.header(resource));
            }
            let reason = match name {
                Some(_) => gap(
                    "its storage class is not part of the scan",
                    "sa classe de stockage ne fait pas partie de l’analyse",
                ),
                None => gap(
                    "it names no storage class, and no default class is part of the scan",
                    "elle ne nomme aucune classe de stockage, et aucune classe par défaut ne fait partie de l’analyse",
                ),
            };
            return Fact::Unknown(Gap { evidence, ..reason });
        };
        let label = Text::new(
            format!("class {}", class.name),
            format!("classe {}", class.name),
        );
        evidence.push(self.ledger.place(class.header, label));
        self.encryption_by_class(resource, class, evidence)
    }
}

/// The key that a field names: as a text, or as another object.
fn key_said(value: &Value) -> Option<&str> {
    let block = value.entry("from").unwrap_or(value);
    let text = block
        .as_str()
        .or_else(|| block.entry("external")?.as_str())
        .or_else(|| block.entry("name")?.as_str());
    text.filter(|text| !text.is_empty())
}

/// Encryption as fields tell it: the key by its name, if there is one.
pub(super) fn said_by_fields(
    at_rest: Answer,
    key: Option<Arc<str>>,
    evidence: Vec<EvidenceId>,
) -> Encryption {
    let key: Option<Arc<str>> = key.filter(|_| at_rest == Answer::Yes);
    let key_location = match &key {
        None => Fact::Absent,
        Some(_) => Fact::Unknown(gap(
            "the key is not part of the scan",
            "la clé ne fait pas partie de l’analyse",
        )),
    };
    Encryption {
        part: "".into(),
        at_rest,
        holder: match key.is_some() {
            true => KeyHolder::Customer,
            false => KeyHolder::Provider,
        },
        erasable: (key.is_none() && at_rest == Answer::Yes).then_some(false),
        deletion_days: None,
        origin: None,
        key: None,
        key_name: key,
        key_location,
        rotates: None,
        basis: Basis {
            certainty: Certainty::Certain,
            evidence: dedup(evidence),
        },
    }
}

impl Said {
    fn hear(&mut self, fact: &FieldFact, value: &Value, namespace: &str) {
        let text = value.as_text();
        let text = text.as_deref().unwrap_or_default();
        match fact.fact {
            FactKind::EncryptionFlag => {
                let flag = value.as_bool().or_else(|| text.parse().ok());
                self.flag = self.flag.or(flag);
            }
            FactKind::EncryptionMode if !text.is_empty() => {
                let on = !OFF.iter().any(|off| text.eq_ignore_ascii_case(off));
                self.flag = self.flag.or(Some(on));
                self.customer |= fact
                    .customer_values
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(text));
            }
            FactKind::EncryptionKey => {
                let Some(text) = key_said(value) else { return };
                // What is switched off has no key.
                self.flag = self.flag.or(Some(true));
                self.customer = true;
                if self.key.is_none() {
                    self.in_cluster = fact.of_namespace;
                    self.key = Some(match fact.of_namespace {
                        true => format!("{namespace}/{text}").into(),
                        false => text.into(),
                    });
                }
            }
            _ => {}
        }
    }
}

/// Does a field speak of the object itself? Fields below the store of its backups speak of that.
fn is_own(fact: &FieldFact, kind: &KubernetesKind) -> bool {
    let tells = matches!(
        fact.fact,
        FactKind::EncryptionFlag | FactKind::EncryptionKey | FactKind::EncryptionMode
    );
    let of_copy = |store: &FieldFact| {
        store.fact == FactKind::Backup
            && fact
                .path
                .strip_prefix(store.path.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
    };
    tells && (is_store(kind) || !kind.facts.iter().any(of_copy))
}

/// The object is itself a store that backups go to.
fn is_store(kind: &KubernetesKind) -> bool {
    kind.class.contains(Class::Backup)
}

/// Databases, stores of backups and resources of clouds keep data at rest: silence is not encryption. Other objects keep
/// theirs in the cluster's own store or in volumes, which are judged themselves.
fn must_say(kind: &KubernetesKind) -> bool {
    kind.providers_id.is_some() || matches!(kind.family.as_str(), "database-operator" | "backup")
}
