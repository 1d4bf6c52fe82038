//! Stores of secrets: which service a store or a provider of mounted secrets reads, and where.

use std::sync::Arc;

use super::host::unplaced;
use super::named::flow_label;
use super::{Found, Mention};
use crate::catalog::{Certainty, Flow, PayloadFormat, Provider};
use crate::facts::establish::{Lens, gap};
use crate::facts::hosting::host_of;
use crate::facts::location::{shown, together};
use crate::facts::{EvidenceId, Fact, Location, Text};
use crate::graph::Resource;
use crate::kubernetes::payload;
use crate::value::Value;

/// Entries of one text that are looked at.
const MAX_ENTRIES: usize = 64;

fn region_label() -> Text {
    Text::new("region of the store", "région du magasin")
}

/// What an entry says of a service.
struct Said<'v> {
    company: Option<&'static str>,
    /// Its name, where the registry does not have the company.
    operator: &'static str,
    host: Option<&'v Value>,
    region: Option<&'v Value>,
    local: bool,
}

impl<'a> Lens<'a> {
    /// `spec.provider` of a store: its keys are kinds of stores.
    pub(super) fn note_stores(
        &mut self,
        found: &mut Found<'a>,
        entries: &'a [(Arc<str>, Value)],
        path: &str,
    ) {
        for (name, value) in entries {
            let path = format!("{path}.{name}");
            let stores = self.catalog.kubernetes().map(|facts| &facts.secret_stores);
            let store = stores
                .into_iter()
                .flatten()
                .find(|one| *one.store == **name);
            let inner = |lens: &mut Self, field: &'static Option<String>| {
                let path = lens.path(field.as_deref()?);
                value.get(&path).filter(|value| !value.is_null())
            };
            let Some(store) = store else {
                let mention = self.mention_of_store(value, &path);
                let gap = gap(
                    format!(
                        "the catalogue does not know the kind of store {}",
                        shown(name)
                    ),
                    format!(
                        "le catalogue ne connaît pas le type de magasin {}",
                        shown(name)
                    ),
                );
                found.push(shown(name), mention, Fact::Unknown(gap), Fact::Absent, None);
                continue;
            };
            let said = Said {
                company: store.providers_id.as_deref(),
                operator: &store.operator,
                host: inner(self, &store.host),
                region: inner(self, &store.region),
                local: store.local,
            };
            self.note_store(found, name, &said, value, &path);
        }
    }

    /// `spec.provider` of a SecretProviderClass: the name of a provider. False: it names none.
    pub(super) fn note_provider_of_secrets(
        &mut self,
        found: &mut Found<'a>,
        value: &'a Value,
        path: &dyn Fn() -> String,
    ) -> bool {
        let Some(name) = value.as_str() else {
            return false;
        };
        let all = self
            .catalog
            .kubernetes()
            .map(|facts| &facts.secret_providers);
        let Some(provider) = all.into_iter().flatten().find(|one| one.provider == name) else {
            return false;
        };
        let Some(object) = self.object_of(found.resource) else {
            return false;
        };
        let mut regions = provider.regions.iter().map(|path| {
            let path = self.path(path);
            object.all(&path).into_iter().find(|value| !value.is_null())
        });
        let region = regions.next().flatten();
        let others: Vec<&Value> = regions.flatten().collect();
        let host = provider.host.as_deref().and_then(|path| {
            let path = self.path(path);
            object.all(&path).into_iter().find(|value| !value.is_null())
        });
        let said = Said {
            company: provider.providers_id.as_deref(),
            operator: "",
            host,
            region,
            local: false,
        };
        let before = found.all.len();
        self.note_store(found, name, &said, value, &path());
        let mut places = Vec::new();
        if let Some(company) = said
            .company
            .and_then(|company| self.catalog.provider(company))
        {
            let set = company.identify.regions_id.first().map(String::as_str);
            for other in others {
                let way = self.ledger.way(other, region_label());
                let text = other.as_str().unwrap_or_default();
                places.push(self.look_up(set, text, way, Certainty::Certain));
            }
        }
        for (path, field) in &provider.identifiers {
            let path = self.path(path);
            for text in object.all(&path) {
                places.extend(self.places_named_in(found.resource, text, field));
            }
        }
        if let Some(noted) = found.all.get_mut(before) {
            for place in places {
                noted.location = match (std::mem::take(&mut noted.location), place) {
                    (Fact::Known(one), Fact::Known(other)) => Fact::Known(together(one, other)),
                    (known @ Fact::Known(_), _) | (_, known @ Fact::Known(_)) => known,
                    (before, _) => before,
                };
            }
        }
        true
    }

    /// The places that identifiers in a text of entries name.
    fn places_named_in(
        &mut self,
        resource: &'a Resource,
        text: &'a Value,
        field: &str,
    ) -> Vec<Fact<Location>> {
        let read = payload::Text::whole(text).and_then(|text| text.read(PayloadFormat::Yaml).ok());
        let entries = read.as_ref().and_then(Value::elements).unwrap_or_default();
        let mut found = Vec::new();
        for entry in entries.iter().take(MAX_ENTRIES) {
            let Some(name) = entry.entry(field).and_then(Value::as_str) else {
                continue;
            };
            let way = self.ledger.way(text, region_label());
            found.extend(self.place_in_identifier_of_object(resource, name, way));
        }
        found
    }

    fn note_store(
        &mut self,
        found: &mut Found<'a>,
        name: &str,
        said: &Said<'a>,
        value: &'a Value,
        path: &str,
    ) {
        let mention = self.mention_of_store(value, path);
        // A host that the catalogue knows, or that is somebody's own, says more than the kind of store.
        if let Some(host) = said.host.and_then(Value::as_str).and_then(host_of) {
            let evidence = said
                .host
                .map(|host| self.ledger.way(host, flow_label(Flow::Secrets)));
            let mention = Mention {
                evidence: evidence.unwrap_or_default(),
                ..mention
            };
            self.note_host(found, &host, mention, false);
            return;
        }
        if let Some(host) = said.host.filter(|host| host.is_unknown()) {
            self.note_unknown(found, host, name, mention);
            return;
        }
        if said.local {
            return;
        }
        if let Some(company) = said.company {
            self.note_company(found, company, said.region, mention);
            return;
        }
        let gap = if said.operator.is_empty() {
            gap(
                format!("the store {} names no host", shown(name)),
                format!("le magasin {} ne nomme aucun hôte", shown(name)),
            )
        } else {
            gap(
                format!("the registry does not have {}", said.operator),
                format!("le registre ne connaît pas {}", said.operator),
            )
        };
        found.push(shown(name), mention, Fact::Unknown(gap), Fact::Absent, None);
    }

    /// A service of a company that is known without a host; perhaps with a region.
    pub(super) fn note_company(
        &mut self,
        found: &mut Found<'a>,
        company: &str,
        region: Option<&'a Value>,
        mut mention: Mention,
    ) {
        let Some(company) = self.catalog.provider(company) else {
            return;
        };
        let name = super::called(company);
        let location = match region.and_then(|value| Some((value, value.as_str()?))) {
            Some((value, text)) => {
                let way = self.ledger.way(value, region_label());
                mention.evidence.extend(&way);
                self.place_at(company, text, way)
            }
            None => Fact::Unknown(unplaced(name)),
        };
        let service = self.service(found.resource, company, name, location);
        self.note_service(found, name, &service, mention);
    }

    fn place_at(
        &mut self,
        company: &'static Provider,
        region: &str,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Location> {
        let set = company.identify.regions_id.first().map(String::as_str);
        self.look_up(set, region, evidence, Certainty::Certain)
    }

    fn mention_of_store(&mut self, value: &Value, path: &str) -> Mention {
        Mention {
            flow: Flow::Secrets,
            path: path.to_owned(),
            evidence: self.ledger.way(value, flow_label(Flow::Secrets)),
        }
    }
}
