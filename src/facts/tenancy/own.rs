//! What says by itself whose a resource is, strongest first.

use std::rc::Rc;
use std::sync::Arc;

use super::words::{Rank, WEAK, Words};
use super::{Of, Said, Tenants};
use crate::facts::establish::{Kind, Lens};
use crate::facts::labels::{Label, LabelFrom};
use crate::facts::{EvidenceId, Gap, Text, because_fr};
use crate::graph::Resource;
use crate::source::Place;
use crate::value::Value;

/// So many tenants are read from one label.
const MAX_LISTED: usize = 64;

/// What is said of a resource by itself.
pub(super) fn said<'a>(
    lens: &mut Lens<'a>,
    words: &mut Words,
    tenants: &mut Tenants,
    resource: &'a Resource,
) -> Said {
    if let Some(Kind::Terraform(kind)) = lens.kinds[resource.id.index()]
        && kind.category.is_excluded(words.facts)
        && !words.is_container(&resource.kind)
    {
        return Said::Excluded;
    }
    let mut reader = Reader {
        lens,
        words,
        tenants,
        resource,
    };
    let ways: [fn(&mut Reader<'_, '_>) -> Said; 9] = [
        |reader| reader.by_label(),
        |reader| reader.by_key(),
        |reader| reader.by_root_variable(),
        |reader| reader.by_folder(),
        |reader| reader.by_object(),
        |reader| reader.by_namespace(),
        |reader| reader.by_container_name(),
        |reader| reader.by_placement(),
        |reader| reader.by_name_of_call(),
    ];
    let mut said = ways.into_iter().map(|way| way(&mut reader));
    said.find(|said| !matches!(said, Said::Nothing))
        .unwrap_or_default()
}

struct Reader<'r, 'a> {
    lens: &'r mut Lens<'a>,
    words: &'r mut Words,
    tenants: &'r mut Tenants,
    resource: &'a Resource,
}

impl Reader<'_, '_> {
    fn one(&mut self, name: &Arc<str>, evidence: Vec<EvidenceId>) -> Said {
        let tenant = self.tenants.id(name);
        Said::Tenants(Rc::new(vec![Of { tenant, evidence }]))
    }

    fn at(&mut self, name: &Arc<str>, place: Option<Place>, label: Text) -> Said {
        let place = place.unwrap_or(self.resource.header);
        let evidence = vec![self.lens.ledger.place(place, label)];
        self.one(name, evidence)
    }

    fn unknown(&mut self, value: &Value, what: &str, quoi: &str, label: Text) -> Said {
        let Some(unknown) = value.as_unknown() else {
            return Said::Nothing;
        };
        let because = &unknown.because;
        Said::Unknown(Rc::new(Gap {
            reason: Text::new(
                format!("{what} names the tenant, but {because}"),
                format!("{quoi} nomme le client, mais {}", because_fr(because)),
            ),
            evidence: self.lens.ledger.way(value, label),
        }))
    }

    /// The strongest label; of equally strong ones the nearest.
    fn by_label(&mut self) -> Said {
        let labels = Arc::clone(&self.lens.labels[self.resource.id.index()]);
        let kind = &*self.resource.kind;
        let mut ranked: Vec<(bool, LabelFrom, Rank, &Label)> = Vec::new();
        let mut top: Option<(u32, &Label, &str)> = None;
        // The tenants of namespaces above are told with the way there (`hierarchy`).
        let near = |label: &&Label| label.from != LabelFrom::Above;
        for label in labels.all.iter().filter(near) {
            if let Some(ancestor) = self.words.ancestor(&label.key) {
                let depth = label.value.as_text();
                let depth = depth.and_then(|depth| depth.parse().ok()).unwrap_or(0);
                if top.as_ref().is_none_or(|(most, ..)| *most < depth) {
                    top = Some((depth, label, ancestor));
                }
            } else if let Some(rank) = self.words.rank(&label.key, kind) {
                ranked.push((rank >= WEAK, label.from, rank, label));
            }
        }
        ranked.sort_by_key(|(weak, from, rank, _)| (*weak, *from, *rank));
        let mut unknown = None;
        let mut nobody = false;
        for (weak, from, rank, label) in &ranked {
            let text = shown(label);
            if label.value.is_unknown() {
                unknown = unknown.or(Some(*label));
                continue;
            }
            // A weaker word does not stand in for a stronger one that is not known.
            if unknown.is_some() && *weak {
                break;
            }
            let Some(value) = label.value.as_text() else {
                continue;
            };
            if self.words.is_nobody(&value) {
                nobody = true;
                continue;
            }
            if self.words.is_identifier(&label.key, &value) {
                continue;
            }
            // A list of tags may name several.
            let same = ranked
                .iter()
                .filter(|(_, other_from, other_rank, _)| (other_from, other_rank) == (from, rank))
                .filter_map(|(.., other)| Some((*other, other.value.as_text()?)));
            let named: Vec<(&Label, String)> = same
                .flat_map(|(label, value)| {
                    let names = value
                        .split([',', ';', '|'])
                        .map(|name| name.trim().to_owned());
                    names.map(move |name| (label, name)).collect::<Vec<_>>()
                })
                .filter(|(_, name)| !self.words.is_nobody(name))
                .take(MAX_LISTED)
                .collect();
            let mut all: Vec<Of> = Vec::new();
            for (label, name) in named {
                let tenant = self.tenants.id(&name.as_str().into());
                if !all.iter().any(|of| of.tenant == tenant) {
                    let evidence = self.lens.ledger.way(&label.value, text.clone());
                    all.push(Of { tenant, evidence });
                }
            }
            if !all.is_empty() {
                all.sort_by_key(|of| of.tenant);
                return Said::Tenants(Rc::new(all));
            }
        }
        if let Some(label) = unknown {
            let (en, fr) = (
                format!("the label `{}`", label.key),
                format!("l’étiquette `{}`", label.key),
            );
            return self.unknown(&label.value, &en, &fr, shown(label));
        }
        if let Some((_, label, ancestor)) = top
            && !self.words.is_nobody(ancestor)
        {
            let place = label.value.origin.place;
            return self.at(&ancestor.into(), place, shown(label));
        }
        if nobody { Said::Nobody } else { Said::Nothing }
    }

    /// The key of its own `for_each` or of that of a module around it, over a collection of tenants.
    fn by_key(&mut self) -> Said {
        let resource = self.resource;
        if let Some(key) = &resource.instance_key {
            match self.of_key(key, &resource.name) {
                Said::Nothing => {}
                said => return said,
            }
        }
        let graph = self.lens.graph;
        for module in graph.modules_of(resource) {
            if let Some(key) = &module.each_key {
                match self.of_key(key, &module.name) {
                    Said::Nothing => {}
                    said => return said,
                }
            }
        }
        self.by_address()
    }

    fn of_key(&mut self, key: &Value, block: &str) -> Said {
        let collection = self.words.collection_of(key);
        if collection.is_none() && !self.words.is_tenant_word(block) {
            return Said::Nothing;
        }
        let label = Text::new("one for each tenant", "un par client");
        if key.is_unknown() {
            let (what, quoi) = ("the key of its collection", "la clé de sa collection");
            return self.unknown(key, what, quoi, label);
        }
        if let Some(text) = key.as_str() {
            if self.words.is_nobody(text) {
                return Said::Nobody;
            }
            let evidence = self.lens.ledger.way(key, label);
            return self.one(&text.into(), evidence);
        }
        // The number of a `count`: which element of the collection it is.
        let (Some((name, is_variable)), Some(at)) = (
            collection,
            key.as_number().and_then(crate::value::Number::as_i64),
        ) else {
            return Said::Nothing;
        };
        let variable = self.resource.root.filter(|_| is_variable);
        let element = variable
            .and_then(|root| self.lens.graph.variable(root, &name))
            .and_then(|all| all.elements()?.get(usize::try_from(at).ok()?))
            .and_then(Value::as_str);
        let tenant = match element {
            Some(element) => Arc::from(element),
            None => format!("{name}[{at}]").into(),
        };
        let evidence = self.lens.ledger.way(key, label);
        self.one(&tenant, evidence)
    }

    /// `module.tenant["chu-x"]`, where nothing but the address is known, as in a plan.
    fn by_address(&mut self) -> Said {
        let address = Arc::clone(&self.resource.address);
        if !address.contains("[\"") {
            return Said::Nothing;
        }
        let mut rest = &*address;
        while let Some((before, after)) = rest.split_once("[\"") {
            let Some((key, next)) = after.split_once("\"]") else {
                break;
            };
            let name = before.rsplit('.').next().unwrap_or(before);
            if self.words.is_tenant_word(name) && key != "*" && !self.words.is_nobody(key) {
                let label = Text::new("one for each tenant", "un par client");
                return self.at(&key.into(), None, label);
            }
            rest = next;
        }
        Said::Nothing
    }

    /// A root that is applied once for each tenant takes its name as a variable.
    fn by_root_variable(&mut self) -> Said {
        let Some(root) = self.resource.root else {
            return Said::Nothing;
        };
        let graph = self.lens.graph;
        let found = match self.words.root_variables.get(&root) {
            Some(found) => found.clone(),
            None => {
                let named = graph.variables(root).filter(|(name, value)| {
                    self.words.is_argument(name)
                        && value
                            .as_str()
                            .is_some_and(|text| !self.words.is_nobody(text))
                });
                // In no order: the first by name.
                let found = named.map(|(name, _)| Arc::clone(name)).min();
                self.words.root_variables.insert(root, found.clone());
                found
            }
        };
        let Some(name) = found else {
            return Said::Nothing;
        };
        let Some(value) = graph.variable(root, &name) else {
            return Said::Nothing;
        };
        let Some(text) = value.as_str() else {
            return Said::Nothing;
        };
        let label = Text::new(
            format!("variable `{name}` of the root"),
            format!("variable `{name}` de la racine"),
        );
        let evidence = self.lens.ledger.way(value, label);
        self.one(&text.into(), evidence)
    }

    /// `tenants/chu-x/`: the folder of its root, or of its file.
    fn by_folder(&mut self) -> Said {
        let resource = self.resource;
        let config = &self.lens.settings.config;
        let root = self.lens.graph.root_of(resource);
        let of_root = root.and_then(|root| {
            let full = config.path_of(root);
            self.words.folder(root, &full, true)
        });
        let found = of_root.or_else(|| {
            let full = config.path_of(&resource.path);
            self.words.folder(&resource.path, &full, false)
        });
        let Some(name) = found else {
            return Said::Nothing;
        };
        let label = Text::new(
            format!("the folder `{name}` of one tenant"),
            format!("le dossier `{name}` d’un client"),
        );
        self.at(&name, None, label)
    }

    /// Objects that are a tenant.
    fn by_object(&mut self) -> Said {
        if self.resource.root.is_some() {
            return Said::Nothing;
        }
        let objects = self.words.facts.into_iter().flat_map(|facts| &facts.object);
        let mut objects = objects.filter(|object| object.kind == *self.resource.kind);
        let Some(object) = objects.next() else {
            return Said::Nothing;
        };
        let Some(value) = self.lens.attribute(self.resource, &object.path) else {
            return Said::Nothing;
        };
        match value.as_str() {
            Some(name) if !self.words.is_nobody(name) => {
                let kind = object.kind.rsplit('/').next().unwrap_or_default();
                let label = Text::new(
                    format!("{kind} of one tenant"),
                    format!("{kind} d’un client"),
                );
                self.at(&name.into(), value.origin.place, label)
            }
            _ => Said::Nothing,
        }
    }

    /// Namespaces whose names say so.
    fn by_namespace(&mut self) -> Said {
        let resource = self.resource;
        let is_namespace = &*resource.kind == "Namespace";
        let of_terraform = || {
            let facts = self.lens.catalog.classification()?;
            facts.labels.namespace_types.get(&*resource.kind)
        };
        let name: Option<Arc<str>> = if is_namespace {
            Some(Arc::clone(&resource.name))
        } else if let Some(path) = of_terraform() {
            let found = self.lens.attributes(resource, path);
            found.first().and_then(|name| name.as_str()).map(Arc::from)
        } else {
            resource.namespace.clone()
        };
        let Some(name) = name else {
            return Said::Nothing;
        };
        let declared = self.words.declared_in(&name);
        let tenant = declared
            .filter(|name| !self.words.is_nobody(name))
            .or_else(|| {
                let prefixed = self
                    .words
                    .prefixed(&name, |facts| &facts.namespace_prefixes);
                prefixed.map(|(_, tenant)| tenant.into())
            });
        let Some(tenant) = tenant else {
            return Said::Nothing;
        };
        let label = Text::new(
            format!("the name of the namespace `{name}`"),
            format!("le nom de l’espace de noms `{name}`"),
        );
        self.at(&tenant, None, label)
    }

    /// A container of a cloud whose name says that it is one tenant's: `rg-tenant-chu-x`.
    fn by_container_name(&mut self) -> Said {
        let resource = self.resource;
        if !self.words.is_container(&resource.kind) {
            return Said::Nothing;
        }
        let value = self.lens.attribute(resource, "name");
        let named = value.and_then(|name| Some((name.as_str()?, name.origin.place)));
        let block = (&*resource.name, Some(resource.header));
        for (name, place) in named.into_iter().chain([block]) {
            // What stands before the prefix says what kind of container it is.
            let starts =
                std::iter::once(0).chain(name.match_indices(['-', '_']).map(|(at, _)| at + 1));
            let found = starts
                .filter_map(|at| name.get(at..))
                .find_map(|rest| self.words.prefixed(rest, |facts| &facts.name_prefixes));
            if let Some((_, tenant)) = found {
                let label = Text::new(
                    format!("`{name}` is there for one tenant"),
                    format!("`{name}` est là pour un client"),
                );
                return self.at(&tenant.into(), place, label);
            }
        }
        Said::Nothing
    }

    /// Node pools and workloads that are tied to nodes of a tenant.
    fn by_placement(&mut self) -> Said {
        let paths = self
            .words
            .facts
            .into_iter()
            .flat_map(|facts| &facts.placement);
        let resource = self.resource;
        for path in paths {
            let first = path.split('.').next().unwrap_or(path);
            if resource.attributes.entry(first).is_none() {
                continue;
            }
            let mut labels = crate::facts::Labels::default();
            for value in self.lens.attributes(resource, path) {
                labels.take(value, LabelFrom::Own);
            }
            for label in &labels.all {
                let rank = self.words.rank(&label.key, &resource.kind);
                if rank.is_none_or(|rank| rank >= WEAK) {
                    continue;
                }
                let Some(value) = label.value.as_text() else {
                    continue;
                };
                // `tenant=chu-x:NoSchedule`
                let name = value.split(':').next().unwrap_or_default();
                if !self.words.is_nobody(name) && !self.words.is_identifier(&label.key, name) {
                    let text = Text::new(
                        format!("tied to nodes by `{}`", label.key),
                        format!("lié à des nœuds par `{}`", label.key),
                    );
                    return self.at(&name.into(), label.value.origin.place, text);
                }
            }
        }
        Said::Nothing
    }

    /// A module that is called once for each tenant, a provider that is there for one.
    fn by_name_of_call(&mut self) -> Said {
        let graph = self.lens.graph;
        let Some(root) = self.resource.root else {
            return Said::Nothing;
        };
        for module in graph.modules_of(self.resource) {
            let found = self
                .words
                .prefixed(&module.name, |facts| &facts.name_prefixes);
            let Some((prefix, tenant)) = found else {
                continue;
            };
            let key = (root, Arc::clone(&module.source), prefix);
            if self.words.called_often.contains(&key) {
                let label = Text::new(
                    "a module that is called for each tenant",
                    "un module appelé pour chaque client",
                );
                return self.at(&tenant.into(), Some(module.header), label);
            }
        }
        let Some(provider) = graph.provider(self.resource) else {
            return Said::Nothing;
        };
        let alias = provider.alias.as_deref().unwrap_or_default();
        match self.words.prefixed(alias, |facts| &facts.name_prefixes) {
            Some((_, tenant)) => {
                let label = Text::new(
                    format!("the provider `{alias}` of one tenant"),
                    format!("le fournisseur `{alias}` d’un client"),
                );
                self.at(&tenant.into(), provider.place, label)
            }
            None => Said::Nothing,
        }
    }
}

fn shown(label: &Label) -> Text {
    let key = &label.key;
    match label.from {
        LabelFrom::Own => Text::new(format!("label `{key}`"), format!("étiquette `{key}`")),
        LabelFrom::Module => Text::new(
            format!("`{key}` of the module call"),
            format!("`{key}` de l’appel du module"),
        ),
        LabelFrom::Provider => Text::new(
            format!("default tag `{key}`"),
            format!("étiquette par défaut `{key}`"),
        ),
        LabelFrom::Namespace | LabelFrom::Above => Text::new(
            format!("label `{key}` of the namespace"),
            format!("étiquette `{key}` de l’espace de noms"),
        ),
    }
}
