//! Encryption of Kubernetes volumes: through their storage class and its driver.

use std::sync::Arc;

use super::super::establish::{Kind, Lens, gap};
use super::super::location::dedup;
use super::super::{Answer, Basis, Encryption, EvidenceId, Fact, Gap, KeyHolder, Text};
use crate::catalog::{Certainty, DriverDefault, DriverKey, KubernetesKind, VolumeDriver};
use crate::graph::{RelationKind, Resource, ResourceId};
use crate::value::Value;

/// Kind of the objects that claim volumes, and of volumes.
const CLAIM: &str = "PersistentVolumeClaim";
const VOLUME: &str = "PersistentVolume";

impl<'a> Lens<'a> {
    pub(super) fn encryption_of_object(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> Fact<Vec<Encryption>> {
        if kind.group.is_empty() && kind.kind == CLAIM {
            return self.encryption_of_claim(resource);
        }
        if kind.group.is_empty() && kind.kind == VOLUME {
            return self.encryption_of_volume(resource);
        }
        if super::etcd::is_configuration(kind) {
            return self.encryption_of_etcd(resource);
        }
        self.encryption_of_operated(resource, kind)
    }

    /// A volume that a claim of the scan is bound to is judged there. Of another the manifests name what was made before.
    fn encryption_of_volume(&mut self, volume: &'a Resource) -> Fact<Vec<Encryption>> {
        let claimed = self.graph.incoming(volume.id).any(|relation| {
            relation.kind == RelationKind::AttachedTo && self.is_core_object(relation.from, CLAIM)
        });
        if claimed {
            return Fact::Absent;
        }
        Fact::Unknown(made_elsewhere(vec![self.header(volume)]))
    }

    fn is_core_object(&self, id: ResourceId, kind: &str) -> bool {
        matches!(
            self.kinds.get(id.index()).copied().flatten(),
            Some(Kind::Kubernetes(of)) if of.group.is_empty() && of.kind == kind
        )
    }

    /// The volume that a claim is bound to by name.
    fn bound_to(&self, claim: &Resource) -> Option<&'a Resource> {
        let mut out = self.graph.outgoing(claim.id).iter();
        let bound = out.find(|relation| {
            relation.kind == RelationKind::AttachedTo && self.is_core_object(relation.to, VOLUME)
        })?;
        self.graph.get(bound.to)
    }

    fn encryption_of_claim(&mut self, claim: &'a Resource) -> Fact<Vec<Encryption>> {
        let named = self
            .object_of(claim)
            .and_then(|object| object.class_name())
            .filter(|value| !value.is_null() && value.as_str() != Some(""));
        let class = self.storage_class_of(claim);
        let Some(class) = class else {
            if let Some(volume) = self.bound_to(claim) {
                return Fact::Unknown(made_elsewhere(vec![self.header(volume)]));
            }
            let mut evidence = vec![self.header(claim)];
            let reason = match named {
                Some(name) => {
                    evidence = self.ledger.way(
                        name,
                        Text::new("its storage class", "sa classe de stockage"),
                    );
                    gap(
                        "its storage class is not part of the scan",
                        "sa classe de stockage ne fait pas partie de l’analyse",
                    )
                }
                None => gap(
                    "it names no storage class, and no default class is part of the scan",
                    "elle ne nomme aucune classe de stockage, et aucune classe par défaut ne fait partie de l’analyse",
                ),
            };
            return Fact::Unknown(Gap { evidence, ..reason });
        };
        let mut evidence: Vec<EvidenceId> = Vec::new();
        if let Some(name) = named {
            evidence.extend(self.ledger.way(
                name,
                Text::new("its storage class", "sa classe de stockage"),
            ));
        }
        evidence.push(self.ledger.place(
            class.header,
            Text::new(
                format!("class {}", class.name),
                format!("classe {}", class.name),
            ),
        ));
        self.encryption_by_class(claim, class, evidence)
    }

    /// By the driver of a class, and the parameters that the class gives it.
    pub(super) fn encryption_by_class(
        &mut self,
        claim: &'a Resource,
        class: &'a Resource,
        mut evidence: Vec<EvidenceId>,
    ) -> Fact<Vec<Encryption>> {
        let object = self.object_of(class);
        let provisioner = object.as_ref().and_then(|object| object.provisioner());
        let driver = provisioner
            .and_then(Value::as_str)
            .and_then(|name| self.catalog.volume_driver(name));
        let (Some(value), Some(driver)) = (provisioner, driver) else {
            return Fact::Unknown(Gap {
                evidence,
                ..gap(
                    "its volume driver is not in the catalogue",
                    "son pilote de volumes n’est pas dans le catalogue",
                )
            });
        };
        evidence.extend(self.ledger.way(
            value,
            Text::new("the volume driver", "le pilote de volumes"),
        ));
        let parameters = object.and_then(|object| object.parameters());
        let parameter = |name: &str| {
            let same = |key: &str| {
                if driver.case_sensitive {
                    key == name
                } else {
                    key.eq_ignore_ascii_case(name)
                }
            };
            let entries = parameters?.entries()?;
            entries
                .iter()
                .find(|(key, value)| same(key) && !value.is_null() && value.as_str() != Some(""))
                .map(|(_, value)| value)
        };
        let switch = driver.encryption_parameter.as_deref().and_then(parameter);
        if let Some(value) = switch {
            evidence.extend(self.ledger.way(
                value,
                Text::new(
                    "encryption parameter of the class",
                    "paramètre de chiffrement de la classe",
                ),
            ));
        }
        let on = switch.and_then(Value::as_text).map(|text| {
            driver
                .encryption_values
                .iter()
                .any(|on| on.eq_ignore_ascii_case(&text))
        });
        let key = driver
            .key_parameters
            .iter()
            .find_map(|name| parameter(name));
        if let Some(value) = key {
            evidence.extend(self.ledger.way(
                value,
                Text::new(
                    "key parameter of the class",
                    "paramètre de clé de la classe",
                ),
            ));
        }
        let secret = (driver.customer_key == DriverKey::Secret)
            .then(|| {
                let own = self.object_of(claim);
                let named = |name| own.as_ref().and_then(|own| own.metadata(name));
                secret_name(
                    named("namespace").unwrap_or_default(),
                    named("name").unwrap_or_default(),
                    &parameter,
                )
            })
            .flatten();
        if let Some((_, value)) = &secret {
            evidence.extend(self.ledger.way(
                value,
                Text::new(
                    "secret with the passphrase",
                    "secret contenant la phrase de passe",
                ),
            ));
        }
        // A secret is known by its namespace and name together: its name alone may stand in every namespace.
        let key_name: Option<Arc<str>> = secret
            .map(|(name, _)| name)
            .or_else(|| key.and_then(Value::as_str).map(Arc::from));
        self.by_driver(claim, driver, on, key_name, evidence)
    }

    fn by_driver(
        &mut self,
        claim: &'a Resource,
        driver: &'static VolumeDriver,
        on: Option<bool>,
        key_name: Option<Arc<str>>,
        mut evidence: Vec<EvidenceId>,
    ) -> Fact<Vec<Encryption>> {
        let needs_switch = driver.encryption_parameter.is_some();
        // A key alone encrypts only where no switch has to go with it, or where the default encrypts anyway.
        let keyed = key_name.is_some()
            && (on == Some(true)
                || on.is_none()
                    && (!needs_switch || driver.default == DriverDefault::ProviderManaged));
        if !keyed {
            evidence.push(self.ledger.catalogue(
                format!("driver {} default", driver.provisioner),
                driver.source.clone(),
                Text::new(
                    format!("default: {}", driver.default_note),
                    format!("par défaut : {}", driver.default_note),
                ),
            ));
        }
        let at_rest = match (keyed || on == Some(true), driver.default) {
            (true, _) | (false, DriverDefault::ProviderManaged) => Answer::Yes,
            (false, DriverDefault::Unencrypted | DriverDefault::AccountDefault) => Answer::No,
            (false, DriverDefault::Outside) => {
                return Fact::Unknown(Gap {
                    evidence,
                    ..gap(
                        "its encryption is decided outside the manifests, where the driver's storage is made",
                        "son chiffrement se décide hors des manifestes, là où le stockage du pilote est créé",
                    )
                });
            }
            (false, DriverDefault::Unknown) => Answer::Unknown,
        };
        let holder = match driver.customer_key {
            _ if keyed => KeyHolder::Customer,
            DriverKey::Attribute | DriverKey::Secret => KeyHolder::Provider,
            DriverKey::Outside | DriverKey::None | DriverKey::NotApplicable => {
                KeyHolder::Impossible
            }
        };
        let key_location = match key_name.as_deref().filter(|_| keyed) {
            None => Fact::Absent,
            Some(name) if driver.customer_key == DriverKey::Secret => {
                let _ = name;
                // A secret of the cluster is where the cluster is.
                self.location_of(claim)
            }
            Some(name) => self.place_in_name(driver, name, &evidence),
        };
        Fact::Known(vec![Encryption {
            part: "".into(),
            at_rest,
            holder,
            key: None,
            key_name: key_name.filter(|_| keyed),
            key_location,
            rotates: None,
            erasable: (holder == KeyHolder::Provider && at_rest == Answer::Yes).then_some(false),
            deletion_days: None,
            origin: None,
            basis: Basis {
                certainty: Certainty::Certain,
                evidence: dedup(evidence),
            },
        }])
    }

    /// The region inside the name of a key.
    fn place_in_name(
        &mut self,
        driver: &'static VolumeDriver,
        name: &str,
        evidence: &[EvidenceId],
    ) -> Fact<super::super::Location> {
        if let Some(regions) = driver.regions_id.as_deref()
            && let Some(region) = name
                .split([':', '/'])
                .find(|part| !part.is_empty() && self.catalog.region(regions, part).is_some())
        {
            return self.look_up(Some(regions), region, evidence.to_vec(), Certainty::Certain);
        }
        Fact::Unknown(Gap {
            evidence: evidence.to_vec(),
            ..gap(
                "the name of the key shows no region",
                "le nom de la clé ne montre aucune région",
            )
        })
    }
}

/// Manifests name a volume that was made before them.
fn made_elsewhere(evidence: Vec<EvidenceId>) -> Gap {
    Gap {
        evidence,
        ..gap(
            "its encryption is decided where the volume was made, outside the manifests",
            "son chiffrement se décide là où le volume a été créé, hors des manifestes",
        )
    }
}

/// The secret that holds the passphrase: `namespace/name`, with the claim's own name and namespace filled in.
fn secret_name<'v>(
    namespace: &str,
    claim: &str,
    parameter: &dyn Fn(&str) -> Option<&'v Value>,
) -> Option<(Arc<str>, &'v Value)> {
    ["node-stage", "node-publish"].iter().find_map(|step| {
        let name = parameter(&format!("csi.storage.k8s.io/{step}-secret-name"))?;
        let of_secret = parameter(&format!("csi.storage.k8s.io/{step}-secret-namespace"))
            .and_then(Value::as_str);
        let fill = |text: &str| {
            text.replace("${pvc.namespace}", namespace)
                .replace("${pvc.name}", claim)
        };
        Some((
            format!(
                "{}/{}",
                fill(of_secret.unwrap_or_default()),
                fill(name.as_str()?)
            )
            .into(),
            name,
        ))
    })
}
