//! Where the storage lies that backups go to, and who runs it: outside the cluster, so that neither the place nor the
//! company of the cluster says anything of it. A host that is named wins over a region, which means something at one
//! company only.

use std::sync::Arc;

use super::text_of;
use crate::catalog::{Class, FactKind, FieldFact, KubernetesKind, Provider};
use crate::facts::establish::Lens;
use crate::facts::hosting::host_of;
use crate::facts::location::{not_known, shown};
use crate::facts::{Copy, CopyKind, EvidenceId, Fact, Gap, Hosting, Location, Text};
use crate::graph::{RelationKind, Resource};
use crate::value::Value;

/// Plugins of backup tools, and whose storage they mean.
const PLUGINS: [(&str, &str); 3] = [("aws", "aws"), ("azure", "azure"), ("gcp", "google")];

/// Keys of a block with the host of a store, and with the URL of what is in it.
const HOSTS: [&str; 4] = ["endpointURL", "endpointUrl", "endpoint", "destinationPath"];

/// Schemes of URLs that name a bucket, and whose it is unless a host says otherwise.
const SCHEMES: [(&str, &str); 2] = [("s3://", "aws"), ("gs://", "google")];

/// Variables with the bucket that a database sends its log to, and whose it is unless a host says otherwise.
const BUCKETS: [(&[&str], &str); 3] = [
    (
        &["WAL_S3_BUCKET", "WALG_S3_PREFIX", "WALE_S3_PREFIX"],
        "aws",
    ),
    (
        &["WAL_GS_BUCKET", "WALG_GS_PREFIX", "WALE_GS_PREFIX"],
        "google",
    ),
    (&["WALG_AZ_PREFIX", "AZURE_STORAGE_ACCOUNT"], "azure"),
];

/// Variables with the host of that bucket, and with its region.
const HOST_VARIABLES: [&str; 2] = ["AWS_ENDPOINT", "WALE_S3_ENDPOINT"];
const REGION_VARIABLES: [&str; 1] = ["AWS_REGION"];

/// Stores of one object that are looked at.
const MAX_STORES: usize = 64;

/// A store that backups go to.
struct Store {
    /// Who runs it, with what tells; or why that is open.
    operator: Result<(&'static Provider, Vec<EvidenceId>), Gap>,
    location: Fact<Location>,
    /// The key that tells.
    key: &'static str,
}

impl<'a> Lens<'a> {
    /// The place of the storage that a backup object names. `None`: its kind names none, or it is in the cluster.
    pub(super) fn backup_location(&mut self, resource: &'a Resource) -> Option<Fact<Location>> {
        Some(self.store_of_backup(resource)?.location)
    }

    /// Who runs that storage.
    pub(super) fn backup_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Option<Fact<Arc<Hosting>>> {
        Some(match self.store_of_backup(resource)?.operator {
            Ok((company, evidence)) => self.hosting_at(resource, company, location, evidence),
            Err(gap) => match self.attested_object(resource, location) {
                Some(attested) => attested,
                None => Fact::Unknown(gap),
            },
        })
    }

    /// The stores that a database sends its own backups to, as copies of it.
    pub(in crate::facts) fn backups_by_field(
        &mut self,
        resource: &'a Resource,
        out: &mut Vec<Copy>,
    ) {
        let Some(object) = self.object_of(resource) else {
            return;
        };
        let Some(kind) = object.kind.filter(|kind| is_live(kind)) else {
            return;
        };
        for field in of_fact(kind, FactKind::Backup) {
            let path = self.path(&field.path);
            for value in object.all(&path).into_iter().take(MAX_STORES) {
                let Some(store) = self.store_in(field, value) else {
                    continue;
                };
                let encryption = self.encryption_of_store(kind, &field.path, value);
                let path = object.shown_path(&path);
                out.push(Copy {
                    kind: CopyKind::Backup,
                    location: store.location,
                    encryption,
                    target: None,
                    path: match store.key {
                        "" => path,
                        key => format!("{path}.{key}"),
                    },
                });
            }
        }
    }

    fn store_of_backup(&mut self, resource: &'a Resource) -> Option<Store> {
        let kind = self.object_of(resource)?.kind?;
        let tells = |fact| of_fact(kind, fact).next().is_some();
        let classes = resource.classes;
        let names_storage = classes.contains(Class::HoldsData)
            && classes.contains(Class::Backup)
            && (tells(FactKind::Egress) || tells(FactKind::Region) || tells(FactKind::Backup));
        if !names_storage {
            return None;
        }
        for field in of_fact(kind, FactKind::Backup) {
            if let Some(value) = self.object_field(resource, &field.path) {
                return self.store_in(field, value);
            }
        }
        for field in of_fact(kind, FactKind::Egress) {
            if let Some(value) = self.object_field(resource, &field.path) {
                return match region_in_bucket(value) {
                    Some(region) => self.store_of_bucket(resource, value, &field.path, region),
                    None => self.store_at(value, &field.path, ""),
                };
            }
        }
        Some(self.store_of_plugin(resource, kind))
    }

    /// From a bucket with a region, `s3://bucket@region/`: the secret with its credentials names the host, if it is not
    /// Amazon's.
    fn store_of_bucket(
        &mut self,
        resource: &'a Resource,
        value: &'a Value,
        path: &str,
        region: &str,
    ) -> Option<Store> {
        let graph = self.graph;
        let way = self.ledger.way(value, label(path));
        let read = graph.outgoing(resource.id).iter();
        let secret = read
            .filter(|relation| relation.kind == RelationKind::ReadsFrom)
            .filter_map(|relation| graph.get(relation.to))
            .find(|one| &*one.kind == "Secret");
        let written = secret.and_then(|secret| secret.attributes.entry("stringData"));
        if let Some(host) = written.and_then(|written| written.entry("AWS_ENDPOINTS")) {
            return self.store_at(host, "stringData.AWS_ENDPOINTS", "");
        }
        let encoded = secret.is_some_and(|secret| secret.attributes.entry("data").is_some());
        let company = self.catalog.provider("aws");
        if let Some(company) = company.filter(|_| written.is_some() && !encoded) {
            return Some(Store {
                location: self.region_of_company(company, region, way.clone()),
                operator: Ok((company, way)),
                key: "",
            });
        }
        let gap = Gap {
            reason: Text::new(
                "the secret with its credentials tells whose store it is, and cannot be read here",
                "le secret qui porte ses identifiants dit à qui est ce stockage, et ne peut être lu ici",
            ),
            evidence: way,
        };
        Some(Store {
            operator: Err(gap.clone()),
            location: Fact::Unknown(gap),
            key: "",
        })
    }

    /// From the plugin that writes it, and a region.
    fn store_of_plugin(&mut self, resource: &'a Resource, kind: &'static KubernetesKind) -> Store {
        let mut operator = None;
        for field in of_fact(kind, FactKind::Provider) {
            let Some(value) = self.object_field(resource, &field.path) else {
                continue;
            };
            let company = match &field.providers_id {
                Some(company) => Some(company.as_str()),
                None => text_of(value).and_then(company_of_plugin),
            };
            let way = self.ledger.way(value, label(&field.path));
            operator = Some(match company.and_then(|id| self.catalog.provider(id)) {
                Some(company) => Ok((company, way)),
                None => Err(nobody(value, &field.path, way)),
            });
            if company.is_some() {
                break;
            }
        }
        let company = match &operator {
            Some(Ok((company, _))) => Some(*company),
            _ => None,
        };
        let mut location = None;
        for field in of_fact(kind, FactKind::Region) {
            if let Some(value) = self.object_field(resource, &field.path) {
                location = Some(self.region_said(company, value, &field.path));
                break;
            }
        }
        let mut silent = || Gap {
            reason: Text::new(
                "it names neither the region nor the host of its storage, which is not in the cluster",
                "elle ne nomme ni la région ni l’hôte de son stockage, qui n’est pas dans le cluster",
            ),
            evidence: vec![self.header(resource)],
        };
        Store {
            location: location.unwrap_or_else(|| Fact::Unknown(silent())),
            operator: operator.unwrap_or_else(|| Err(silent())),
            key: "",
        }
    }

    /// From a block with a host or a region, or from a URL. `None`: it is in the cluster.
    fn store_in(&mut self, field: &'static FieldFact, value: &'a Value) -> Option<Store> {
        let path = field.path.as_str();
        if let Some(variables) = value.elements() {
            return self.store_in_variables(field, value, variables);
        }
        if value.entries().is_none() {
            return self.store_at(value, path, "");
        }
        let set = |key: &&str| value.entry(key).is_some_and(|found| !found.is_null());
        if let Some(key) = HOSTS.into_iter().find(set)
            && let Some(host) = value.entry(key)
        {
            return self.store_at(host, path, key);
        }
        let way = self.ledger.way(value, label(path));
        let company = field.providers_id.as_deref();
        let company = company.and_then(|id| self.catalog.provider(id));
        let operator = match company {
            Some(company) => Ok((company, way.clone())),
            None => Err(nobody(value, path, way.clone())),
        };
        let region = value.entry("region").filter(|region| !region.is_null());
        let location = match region {
            Some(region) => self.region_said(company, region, path),
            None => Fact::Unknown(placeless(path, way)),
        };
        Some(Store {
            operator,
            location,
            key: if region.is_some() { "region" } else { "" },
        })
    }

    /// From variables of the containers that make the backups. `None`: they name no bucket.
    fn store_in_variables(
        &mut self,
        field: &'static FieldFact,
        whole: &'a Value,
        variables: &'a [Value],
    ) -> Option<Store> {
        let path = field.path.as_str();
        let variable = |names: &[&str]| {
            let named = |one: &&Value| {
                let name = one.entry("name").and_then(Value::as_str);
                name.is_some_and(|name| names.contains(&name))
            };
            variables.iter().find(named)
        };
        let (company, _) = BUCKETS
            .iter()
            .find_map(|(names, company)| Some((*company, variable(names)?)))?;
        let value_of = |one: &'a Value| one.entry("value").unwrap_or(one);
        if let Some(host) = variable(&HOST_VARIABLES) {
            let host = value_of(host);
            return self.store_at(host, path, "");
        }
        let company = self.catalog.provider(company);
        let way = self.ledger.way(whole, label(path));
        let location = match variable(&REGION_VARIABLES) {
            Some(region) => self.region_said(company, value_of(region), path),
            None => Fact::Unknown(placeless(path, way.clone())),
        };
        Some(Store {
            operator: match company {
                Some(company) => Ok((company, way)),
                None => Err(nobody(whole, path, way)),
            },
            location,
            key: "",
        })
    }

    /// From a host or a URL. `None`: it is in the cluster.
    fn store_at(&mut self, value: &'a Value, path: &str, key: &'static str) -> Option<Store> {
        let way = self.ledger.way(value, label(path));
        let Some(text) = text_of(value) else {
            let gap = not_known(value, path, way);
            return Some(Store {
                operator: Err(gap.clone()),
                location: Fact::Unknown(gap),
                key,
            });
        };
        let of_scheme = SCHEMES
            .iter()
            .find(|(scheme, _)| text.starts_with(scheme) && key == "destinationPath")
            .and_then(|(_, company)| self.catalog.provider(company));
        if let Some(company) = of_scheme {
            return Some(Store {
                location: Fact::Unknown(placeless(path, way.clone())),
                operator: Ok((company, way)),
                key,
            });
        }
        let host = host_of(text);
        if host.as_deref().is_some_and(is_in_cluster) {
            return None;
        }
        let company = host.and_then(|host| self.company_of_host(&host));
        let location = match self.place_in_host(text, way.clone()) {
            Some(found) => found,
            None => {
                let text = shown(text);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("the catalogue does not know where {text} is"),
                        format!("le catalogue ne sait pas où se trouve {text}"),
                    ),
                    evidence: way.clone(),
                })
            }
        };
        Some(Store {
            operator: match company {
                Some(company) => Ok((company, way)),
                None => Err(nobody(value, path, way)),
            },
            location,
            key,
        })
    }

    fn region_said(
        &mut self,
        company: Option<&'static Provider>,
        value: &'a Value,
        path: &str,
    ) -> Fact<Location> {
        let way = self.ledger.way(value, label(path));
        let Some(text) = text_of(value) else {
            return Fact::Unknown(not_known(value, path, way));
        };
        match company {
            Some(company) => self.region_of_company(company, text, way),
            None => self.look_up(None, text, way, crate::catalog::Certainty::Certain),
        }
    }
}

/// Fields of a kind that speak of one thing, in one place.
fn of_fact(
    kind: &'static KubernetesKind,
    fact: FactKind,
) -> impl Iterator<Item = &'static FieldFact> {
    kind.facts.iter().filter(move |field| {
        field.fact == fact && (fact == FactKind::Backup || !field.path.contains('*'))
    })
}

/// Is it the store itself, and not what is kept of another? A cluster that saves its own state is one too.
fn is_live(kind: &KubernetesKind) -> bool {
    !kind.class.contains(Class::Backup)
}

/// The region of a bucket that is written as `s3://bucket@region/path`.
fn region_in_bucket(value: &Value) -> Option<&str> {
    let bucket = text_of(value)?.strip_prefix("s3://")?.split('/').next()?;
    let (_, region) = bucket.split_once('@')?;
    (!region.is_empty()).then_some(region)
}

fn company_of_plugin(word: &str) -> Option<&'static str> {
    let word = word.strip_prefix("velero.io/").unwrap_or(word);
    PLUGINS
        .iter()
        .find(|(plugin, _)| *plugin == word)
        .map(|(_, company)| *company)
}

/// Names that only the cluster itself resolves.
fn is_in_cluster(host: &str) -> bool {
    [".svc", ".cluster.local"]
        .iter()
        .any(|end| host.ends_with(end))
}

fn nobody(value: &Value, path: &str, evidence: Vec<EvidenceId>) -> Gap {
    let Some(text) = text_of(value) else {
        return Gap {
            reason: Text::new(
                format!("`{path}` does not tell who runs the storage"),
                format!("`{path}` ne dit pas qui opère le stockage"),
            ),
            evidence,
        };
    };
    let text = shown(text);
    Gap {
        reason: Text::new(
            format!("the catalogue does not know who runs {text}"),
            format!("le catalogue ne sait pas qui opère {text}"),
        ),
        evidence,
    }
}

fn placeless(path: &str, evidence: Vec<EvidenceId>) -> Gap {
    Gap {
        reason: Text::new(
            format!("`{path}` names neither a region nor a host"),
            format!("`{path}` ne nomme ni région ni hôte"),
        ),
        evidence,
    }
}

fn label(path: &str) -> Text {
    Text::new(
        format!("`{path}`: where backups go"),
        format!("`{path}` : où vont les sauvegardes"),
    )
}
