//! The inspection as one JSON object, described by `docs/schema/inspect.schema.json`: Terraform roots with what they
//! declare, Kubernetes objects, the relations between all of them.
//!
//! Values are written as Terraform writes those of a plan: `values`, `unknown` and `sensitive` beside one another.

use hashbrown::HashSet;
use std::cell::Cell;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::{Inspection, facts, root_path, summary};
use crate::graph::{ABSENT_MODULE, RelationKind, Resource, ResourceId, RootId};
use crate::problem::{Problem, Weight};
use crate::report::json::{
    CatalogueOut, LocationOut, ProblemOut, RenderingOut, SCHEMA, Tool, problem,
};
use crate::report::values::{self, Known, Secrets};
use crate::source::{Place, SourceId};
use crate::terraform::{Backend, Declared, Key, Mode, ProviderConfig, ReadFrom, Root};
use crate::value::{Because, Marks, Unknown, Value};

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    as_of: &'a str,
    roots: Vec<RootOut<'a>>,
    objects: Vec<ObjectOut<'a>>,
    relations: Vec<RelationOut<'a>>,
    summary: Vec<summary::RowOut<'a>>,
    catalogues: Vec<CatalogueOut<'a>>,
    renderings: Vec<RenderingOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
}

#[derive(Serialize)]
struct RootOut<'a> {
    path: &'a str,
    read_from: &'static str,
    variables: Named<'a, VariableOut<'a>>,
    outputs: Named<'a, OutputOut<'a>>,
    providers: Named<'a, ProviderOut<'a>>,
    backend: Option<BackendOut<'a>>,
    cloud: Option<BackendOut<'a>>,
    resources: Vec<ResourceOut<'a>>,
    missing_modules: Vec<MissingOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
}

/// An object whose names are data.
struct Named<'a, T>(Vec<(std::borrow::Cow<'a, str>, T)>);

impl<T: Serialize> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// The parts of a value of its own: a variable or an output.
#[derive(Serialize)]
struct ValueOut<'a> {
    value: Known<'a>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<Json>,
    #[serde(skip_serializing_if = "values::is_empty")]
    unknown: Json,
    sensitive: Json,
    #[serde(skip_serializing_if = "Map::is_empty")]
    reasons: Map<String, Json>,
}

#[derive(Serialize)]
struct VariableOut<'a> {
    #[serde(flatten)]
    value: Outcome<'a>,
    /// As declared.
    constraint: Json,
    location: LocationOut,
}

#[derive(Serialize)]
struct OutputOut<'a> {
    #[serde(flatten)]
    value: Outcome<'a>,
    location: LocationOut,
}

/// What an expression comes to.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Value(Box<ValueOut<'a>>),
    Fault { error: &'a str },
}

#[derive(Serialize)]
struct ProviderOut<'a> {
    source: &'a str,
    alias: Option<&'a str>,
    module: &'a str,
    version: Option<&'a str>,
    #[serde(flatten)]
    values: ValuesOut<'a>,
    location: Option<LocationOut>,
}

/// The values of a block, as a plan writes those of a resource.
#[derive(Serialize)]
struct ValuesOut<'a> {
    values: Known<'a>,
    unknown: Json,
    sensitive: Json,
    #[serde(skip_serializing_if = "Map::is_empty")]
    reasons: Map<String, Json>,
}

/// What the catalogue and the facts say.
#[derive(Serialize)]
struct UnderstoodOut<'a> {
    catalogued: bool,
    classes: Vec<&'static str>,
    facts: Option<facts::FactsOut<'a>>,
}

#[derive(Serialize)]
struct BackendOut<'a> {
    address: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(flatten)]
    values: ValuesOut<'a>,
    location: LocationOut,
    #[serde(flatten)]
    understood: Option<UnderstoodOut<'a>>,
}

#[derive(Serialize)]
struct ResourceOut<'a> {
    address: &'a str,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<IndexOut<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    module: &'a str,
    provider: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_config: Option<String>,
    #[serde(flatten)]
    values: ValuesOut<'a>,
    location: LocationOut,
    block: LocationOut,
    /// Of the value of each argument and of the header of each nested block.
    locations: Named<'a, LocationOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<LocationOut>,
    #[serde(flatten)]
    understood: Option<UnderstoodOut<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum IndexOut<'a> {
    Int(u64),
    Str(&'a str),
    /// One instance that stands for all.
    Unknown(()),
}

#[derive(Serialize)]
struct MissingOut<'a> {
    address: &'a str,
    source: &'a str,
    why: &'a str,
    location: LocationOut,
    /// What its arguments say of what is in it, when they say anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<facts::FactsOut<'a>>,
}

/// A Kubernetes object.
#[derive(Serialize)]
struct ObjectOut<'a> {
    address: &'a str,
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    #[serde(flatten)]
    values: ValuesOut<'a>,
    location: LocationOut,
    #[serde(flatten)]
    understood: UnderstoodOut<'a>,
}

#[derive(Serialize)]
struct RelationOut<'a> {
    from: EndOut<'a>,
    relation: &'static str,
    to: EndOut<'a>,
    attribute: &'a str,
    location: Option<LocationOut>,
}

/// Two roots may hold the same address.
#[derive(Serialize)]
struct EndOut<'a> {
    root: Option<&'a str>,
    address: &'a str,
}

/// Writes the inspection as one JSON object.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(inspection: &Inspection<'_>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let writer = Writer::new(inspection);
    values::write(&writer.document(), out)?;
    out.write_all(b"\n")
}

struct Writer<'a> {
    of: &'a Inspection<'a>,
    /// For what is written now: what plans and states record is hidden whatever was asked for.
    secrets: Cell<Secrets>,
    /// The errors by where they start.
    errors: BTreeMap<(SourceId, u32), &'a Problem>,
}

impl<'a> Writer<'a> {
    fn new(of: &'a Inspection<'a>) -> Self {
        let mut errors = BTreeMap::new();
        for problem in of
            .problems
            .iter()
            .filter(|problem| problem.weight == Weight::Error)
        {
            if let Some(place) = problem.place {
                errors
                    .entry((place.source, place.span.start))
                    .or_insert(problem);
            }
        }
        Self {
            of,
            secrets: Cell::default(),
            errors,
        }
    }

    fn document(&self) -> Document<'a> {
        let of = self.of;
        let roots = of.estate.roots.iter().enumerate();
        let roots = roots.map(|(at, root)| self.root(RootId(at as u32), root));
        let roots = roots.collect();
        self.secrets.set(Secrets::Hidden);
        let objects = of.graph.resources().iter();
        Document {
            schema: SCHEMA,
            tool: Tool::THIS,
            as_of: of.as_of,
            roots,
            objects: objects
                .filter(|resource| resource.is_object())
                .map(|resource| self.object(resource))
                .collect(),
            relations: self.relations(),
            summary: summary::rows(of),
            catalogues: of.catalogues.iter().map(CatalogueOut::of).collect(),
            renderings: of.renderings.iter().map(RenderingOut::of).collect(),
            problems: of
                .problems
                .iter()
                .map(|p| problem(p, of.sources, of.lang))
                .collect(),
        }
    }

    fn root(&self, id: RootId, root: &'a Root) -> RootOut<'a> {
        self.secrets.set(match root.read_from {
            ReadFrom::Code => self.of.secrets,
            ReadFrom::Plan | ReadFrom::State => Secrets::Hidden,
        });
        let missing = self.of.estate.modules_missing.iter();
        let keys = provider_keys(root);
        RootOut {
            path: root_path(&root.path),
            read_from: match root.read_from {
                ReadFrom::Code => "code",
                ReadFrom::Plan => "plan",
                ReadFrom::State => "state",
            },
            variables: Named(
                root.variables
                    .iter()
                    .map(|variable| {
                        let out = VariableOut {
                            value: self.outcome(
                                &variable.value,
                                variable.place,
                                variable.value.is_sensitive(),
                            ),
                            constraint: variable.ty.to_json(),
                            location: self.location(variable.place),
                        };
                        ((&*variable.name).into(), out)
                    })
                    .collect(),
            ),
            outputs: Named(
                root.outputs
                    .iter()
                    .map(|output| {
                        let out = OutputOut {
                            value: self.outcome(&output.value, output.block, output.sensitive),
                            location: self.location(output.place),
                        };
                        ((&*output.name).into(), out)
                    })
                    .collect(),
            ),
            providers: Named(
                root.providers
                    .iter()
                    .zip(&keys)
                    .map(|(provider, key)| (key.clone().into(), self.provider(provider)))
                    .collect(),
            ),
            backend: root
                .backend
                .as_ref()
                .map(|backend| self.backend(id, "terraform.backend.", backend)),
            cloud: root
                .cloud
                .as_ref()
                .map(|cloud| self.backend(id, "terraform.", cloud)),
            resources: root
                .resources
                .iter()
                .map(|declared| ResourceOut {
                    provider_config: keys.get(declared.provider).cloned(),
                    ..self.resource(id, root, declared)
                })
                .collect(),
            missing_modules: missing
                .filter(|module| module.root == root.path)
                .map(|module| MissingOut {
                    address: &module.address,
                    source: &module.source,
                    why: self.of.lang.of(&module.why),
                    location: self.location(module.place),
                    facts: self.of_absent(id, &module.address),
                })
                .collect(),
            problems: root
                .problems
                .iter()
                .map(|p| problem(p, self.of.sources, self.of.lang))
                .collect(),
        }
    }

    fn location(&self, place: Place) -> LocationOut {
        LocationOut::of(place, self.of.sources)
    }

    /// What a variable or an output comes to; `block` is where to look for the reason when it comes to nothing.
    fn outcome(&self, value: &'a Value, block: Place, sensitive: bool) -> Outcome<'a> {
        if let Some(fault) = fault_in(value) {
            return Outcome::Fault {
                error: self.error(fault, value, block),
            };
        }
        let secrets = self.secrets.get();
        // All of it is a secret when its declaration says so.
        let marked = value.deep_marks().has(Marks::SENSITIVE);
        // Declared as a secret, though what it is made of is none: all of it is one.
        if sensitive && !marked && secrets == Secrets::Hidden {
            return Outcome::Value(Box::new(ValueOut {
                value: Known(nothing(), secrets),
                ty: None,
                unknown: Json::Bool(value.first_unknown().is_some()),
                sensitive: Json::Bool(true),
                reasons: Map::new(),
            }));
        }
        Outcome::Value(Box::new(ValueOut {
            value: Known(value, secrets),
            ty: values::type_of(value, secrets),
            unknown: values::unknown(value, secrets),
            sensitive: match values::sensitive(value) {
                shape if !sensitive && !values::is_empty(&shape) => shape,
                _ => Json::Bool(sensitive),
            },
            reasons: values::reasons(value, secrets),
        }))
    }

    /// The message of the problem that kept a value from being worked out.
    fn error(&self, fault: &'a Value, whole: &'a Value, block: Place) -> &'a str {
        let ways = fault.origin.chain().into_iter().chain(whole.origin.chain());
        let mut places = ways.map(|(place, _)| place).chain([block]);
        let found = places.find_map(|place| {
            let range = (place.source, place.span.start)..=(place.source, place.span.end);
            self.errors
                .range(range)
                .next()
                .map(|(_, problem)| self.of.lang.of(&problem.message))
        });
        found.unwrap_or(self.of.lang.pick(
            "it could not be evaluated; the problems say why",
            "l’évaluation a échoué ; les problèmes disent pourquoi",
        ))
    }

    fn values(&self, value: &'a Value) -> ValuesOut<'a> {
        let secrets = self.secrets.get();
        ValuesOut {
            values: Known(value, secrets),
            unknown: values::unknown(value, secrets),
            sensitive: values::sensitive(value),
            reasons: values::reasons(value, secrets),
        }
    }

    fn provider(&self, provider: &'a ProviderConfig) -> ProviderOut<'a> {
        ProviderOut {
            source: &provider.source,
            alias: provider.alias.as_deref(),
            module: &provider.module,
            version: provider.version.as_deref(),
            values: self.values(&provider.config),
            location: provider.place.map(|place| self.location(place)),
        }
    }

    fn backend(&self, root: RootId, prefix: &str, backend: &'a Backend) -> BackendOut<'a> {
        let address = format!("{prefix}{}", backend.kind);
        let resource = self.in_graph(root, &address);
        BackendOut {
            address: resource.map_or("", |resource| &*resource.address),
            kind: &backend.kind,
            values: self.values(&backend.config),
            location: self.location(backend.place),
            understood: resource.map(|resource| self.understood(resource)),
        }
    }

    fn resource(&self, root_id: RootId, root: &'a Root, declared: &'a Declared) -> ResourceOut<'a> {
        let provider = root.providers.get(declared.provider);
        let entries = declared.attributes.entries().unwrap_or_default().iter();
        let placed = entries.filter_map(|(name, value)| Some((name, value.origin.place?)));
        ResourceOut {
            address: &declared.address,
            mode: match declared.mode {
                Mode::Managed => "managed",
                Mode::Data => "data",
            },
            kind: &declared.kind,
            name: &declared.name,
            index: declared.key.as_ref().map(|key| match key {
                Key::Int(at) => IndexOut::Int(*at),
                Key::Str(key) => IndexOut::Str(key),
                Key::Unknown => IndexOut::Unknown(()),
            }),
            module: &declared.module,
            provider: provider.map_or("", |provider| &*provider.source),
            provider_config: None,
            values: self.values(&declared.attributes),
            location: self.location(declared.header),
            block: self.location(declared.block),
            locations: Named(
                placed
                    .map(|(name, place)| ((&**name).into(), self.location(place)))
                    .collect(),
            ),
            calls: declared
                .calls
                .iter()
                .map(|place| self.location(*place))
                .collect(),
            understood: self
                .in_graph(root_id, &declared.address)
                .map(|resource| self.understood(resource)),
        }
    }

    fn in_graph(&self, root: RootId, address: &str) -> Option<&'a Resource> {
        let ids = self.of.graph.resolve(Some(root), address);
        let found = ids.iter().filter_map(|id| self.of.graph.get(*id));
        found
            .into_iter()
            .find(|resource| &*resource.address == address)
    }

    /// The facts of a module whose code is not at hand; of several instances the first.
    fn of_absent(&self, root: RootId, address: &str) -> Option<facts::FactsOut<'a>> {
        let all = self.of.graph.resolve(Some(root), address).iter();
        let mut all = all.filter_map(|id| self.of.graph.get(*id));
        let module = all.find(|resource| &*resource.kind == ABSENT_MODULE)?;
        let facts = self.of.facts.of(module.id)?;
        Some(facts::out(facts, self.of))
    }

    fn understood(&self, resource: &'a Resource) -> UnderstoodOut<'a> {
        let classes = resource.classes.iter();
        UnderstoodOut {
            catalogued: resource.catalogued,
            classes: classes.map(|class| class.as_str()).collect(),
            facts: self
                .of
                .facts
                .of(resource.id)
                .map(|of| facts::out(of, self.of)),
        }
    }

    fn object(&self, resource: &'a Resource) -> ObjectOut<'a> {
        ObjectOut {
            address: &resource.address,
            kind: resource.written_kind(),
            name: &resource.name,
            namespace: resource.namespace.as_deref(),
            values: self.values(self.of.values_of(resource)),
            location: self.location(resource.header),
            understood: self.understood(resource),
        }
    }

    fn relations(&self) -> Vec<RelationOut<'a>> {
        let end = |id: ResourceId| {
            let resource = self.of.graph.get(id);
            EndOut {
                root: resource.and_then(|resource| Some(&**self.of.graph.root_of(resource)?)),
                address: resource.map_or("", |resource| &*resource.address),
            }
        };
        let out = |relation: &'a crate::graph::Relation| RelationOut {
            from: end(relation.from),
            relation: RelationKind::as_str(relation.kind),
            to: end(relation.to),
            attribute: &relation.path,
            location: relation.place.map(|place| self.location(place)),
        };
        self.of.graph.relations().iter().map(out).collect()
    }
}

/// What stands for a value that is not printed.
fn nothing() -> &'static Value {
    static NOTHING: std::sync::LazyLock<Value> = std::sync::LazyLock::new(Value::null);
    &NOTHING
}

/// The first part that could not be worked out.
fn fault_in(value: &Value) -> Option<&Value> {
    let is_fault = |unknown: &Unknown| matches!(unknown.because, Because::Error | Because::Limit);
    if value.as_unknown().is_some_and(is_fault) {
        return Some(value);
    }
    let elements = value.elements().unwrap_or_default().iter();
    let entries = value.entries().unwrap_or_default().iter();
    elements
        .chain(entries.map(|(_, inner)| inner))
        .find_map(fault_in)
}

/// How resources name the configurations of their root, parallel to these. Without blocks a name may stand for several
/// sources; then the others are named by theirs.
fn provider_keys(root: &Root) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut unused = |key: String, source: &str| match seen.insert(key.clone()) {
        true => key,
        false => format!("{key} ({source})"),
    };
    let all = root.providers.iter();
    all.map(|provider| unused(provider_key(provider), &provider.source))
        .collect()
}

/// `aws`, `aws.west`, `module.m:aws`, `aws.by_region["fr"]`
fn provider_key(provider: &ProviderConfig) -> String {
    let module = match &*provider.module {
        "" => String::new(),
        module => format!("{module}:"),
    };
    let alias = provider
        .alias
        .as_ref()
        .map_or_else(String::new, |alias| format!(".{alias}"));
    let key = provider
        .key
        .as_ref()
        .map_or_else(String::new, Key::to_string);
    format!("{module}{}{alias}{key}", provider.local_name)
}
