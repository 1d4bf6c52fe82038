//! Configurations that objects carry: found by what the catalogue says of their carriers, and read once.

use hashbrown::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Graph, ResourceId};
use crate::catalog::{Carrier, Catalog, Payload, PayloadFormat, fits};
use crate::kubernetes::payload::{self, MAX_TEXT, Text};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::Sources;
use crate::value::{Entries, Path, Value};

/// More configurations in one object are not read.
const MAX_CARRIED: usize = 64;
/// Keys of one object that are looked at.
const MAX_KEYS: usize = 256;
/// Containers, and settings of one container, that are looked at.
const MAX_CONTAINERS: usize = 64;
const MAX_SETTINGS: usize = 512;

/// A configuration that a resource carries.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Its entry of the catalogue, by position.
    pub entry: usize,
    /// Where it is carried: `data["config.yaml"]`.
    pub path: String,
    /// What it says; unknown when it could not be read.
    pub value: Value,
    /// Its content is secret: no part of it may be shown.
    pub secret: bool,
}

/// What a configuration tells of the cloud that the cluster runs on: the settings of its cloud controller.
#[derive(Debug, Clone, Copy)]
pub struct CloudSign<'v> {
    /// The address of the cloud's API.
    pub host: &'v Value,
    /// Its region.
    pub region: Option<&'v Value>,
}

impl Carried {
    /// What it tells of the cloud that the cluster runs on; none for most. Of a secret one neither address nor region may
    /// be shown.
    pub fn cloud(&self, catalog: &Catalog) -> Option<CloudSign<'_>> {
        let payload = catalog.kubernetes()?.payloads.get(self.entry)?;
        let fields = payload.cloud.as_ref()?;
        let at = |path: &str| self.value.get(&Path::parse(path).ok()?);
        Some(CloudSign {
            host: at(&fields.host)?,
            region: fields.region.as_deref().and_then(at),
        })
    }
}

/// What manifests carry, by their positions.
pub(super) type OfManifests = Vec<(u32, Vec<Carried>)>;

/// The configurations of the manifests that carry any.
pub(super) fn of_manifests(
    manifests: &Manifests,
    catalog: &Catalog,
    sources: &Sources,
) -> OfManifests {
    let index = Index::new(catalog);
    let of_manifest = |(at, manifest): (usize, &Manifest)| {
        let found = index.of_object(&Object {
            kind: kind_of(manifest),
            value: &manifest.value,
            around: "",
            catalog,
            sources,
        });
        (!found.is_empty()).then_some((at as u32, found))
    };
    let all = manifests.all.par_iter().enumerate();
    all.with_min_len(64).filter_map(of_manifest).collect()
}

/// The configurations of all resources, by resource; manifests are the resources from `first_manifest` on.
pub(super) fn find(
    graph: &Graph,
    of_manifests: OfManifests,
    first_manifest: u32,
    catalog: &Catalog,
    sources: &Sources,
) -> HashMap<ResourceId, Vec<Carried>> {
    let index = Index::new(catalog);
    let of_manifests = of_manifests.into_iter();
    let of_manifests = of_manifests.map(|(at, all)| (ResourceId(first_manifest + at), all));
    let mut all: HashMap<ResourceId, Vec<Carried>> = of_manifests.collect();
    for resource in graph.resources().iter().take(first_manifest as usize) {
        let Some(kind) = catalog.resource_kind(&resource.kind) else {
            continue;
        };
        let (value, name, around) = match (&kind.mirrors, kind.embeds.as_deref()) {
            (Some(mirrored), _) => (&resource.attributes, mirrored.clone(), ""),
            (None, Some(field)) => match resource.attributes.entry(field) {
                Some(value) => (value, kind_in(value), field),
                None => continue,
            },
            (None, None) => continue,
        };
        let found = index.of_object(&Object {
            kind: name,
            value,
            around,
            catalog,
            sources,
        });
        if !found.is_empty() {
            all.insert(resource.id, found);
        }
    }
    all
}

fn kind_of(manifest: &Manifest) -> String {
    called(&manifest.group, &manifest.kind)
}

fn kind_in(object: &Value) -> String {
    let text = |name| object.entry(name).and_then(Value::as_str).unwrap_or("");
    let group = text("apiVersion")
        .split_once('/')
        .map_or("", |(group, _)| group);
    called(group, text("kind"))
}

fn called(group: &str, kind: &str) -> String {
    match group {
        "" => kind.to_owned(),
        _ => format!("{group}/{kind}"),
    }
}

struct Object<'o> {
    kind: String,
    value: &'o Value,
    /// Attribute that holds the whole object.
    around: &'o str,
    catalog: &'o Catalog,
    sources: &'o Sources,
}

impl Object<'_> {
    fn metadata(&self, name: &str) -> Option<&Value> {
        let metadata = self.value.entry("metadata")?;
        // A block of Terraform is a list of one.
        let one = metadata.elements().and_then(<[Value]>::first);
        one.unwrap_or(metadata).entry(name)
    }

    fn has_name(&self, names: &[String]) -> bool {
        let name = || self.metadata("name").and_then(Value::as_str);
        names.is_empty() || name().is_some_and(|name| names.iter().any(|one| fits(one, name)))
    }

    fn has_label(&self, labels: &[String]) -> bool {
        labels.is_empty()
            || labels.iter().any(|label| {
                let Some((key, wanted)) = label.split_once('=') else {
                    return false;
                };
                let found = self.metadata("labels").and_then(|all| all.entry(key));
                found
                    .and_then(Value::as_str)
                    .is_some_and(|text| fits(wanted, text))
            })
    }

    fn path(&self, inner: &str) -> String {
        match self.around {
            "" => inner.to_owned(),
            around if inner.is_empty() => around.to_owned(),
            around => format!("{around}.{inner}"),
        }
    }
}

/// What carries what, by kind of object.
struct Index<'c> {
    by_kind: HashMap<&'c str, Vec<(usize, &'c Payload, &'c Carrier)>>,
    of_workloads: Vec<(usize, &'c Payload, &'c Carrier)>,
}

impl<'c> Index<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let mut index = Self {
            by_kind: HashMap::new(),
            of_workloads: Vec::new(),
        };
        let payloads = catalog.kubernetes().map(|facts| facts.payloads.as_slice());
        for (at, payload) in payloads.unwrap_or_default().iter().enumerate() {
            for carrier in &payload.carriers {
                if carrier.kinds.is_empty() {
                    index.of_workloads.push((at, payload, carrier));
                }
                for kind in &carrier.kinds {
                    let all = index.by_kind.entry(kind.as_str()).or_default();
                    all.push((at, payload, carrier));
                }
            }
        }
        index
    }

    fn of_object(&self, object: &Object<'_>) -> Vec<Carried> {
        let mut found = Vec::new();
        let mut taken: Vec<&str> = Vec::new();
        let carriers = self.by_kind.get(object.kind.as_str());
        for (entry, payload, carrier) in carriers.into_iter().flatten() {
            if !object.has_name(&carrier.names) || !object.has_label(&carrier.labels) {
                continue;
            }
            match (payload.format, carrier.at.as_deref()) {
                (PayloadFormat::Keys, _) => keys(object, *entry, payload, carrier, &mut found),
                (_, Some(at)) => field(object, *entry, payload, at, &mut found),
                (_, None) => texts(object, *entry, payload, carrier, &mut taken, &mut found),
            }
        }
        if !self.of_workloads.is_empty() {
            self.of_pod(object, &mut found);
        }
        found.truncate(MAX_CARRIED);
        found
    }

    /// The flags and variables of containers.
    fn of_pod(&self, object: &Object<'_>, found: &mut Vec<Carried>) {
        let kind = object.catalog.kind_called(&object.kind);
        let Some(path) = kind.and_then(|kind| kind.pod_spec.as_deref()) else {
            return;
        };
        let spec = Path::parse(path)
            .ok()
            .and_then(|path| object.value.get(&path));
        let containers = spec.and_then(|spec| spec.entry("containers")?.elements());
        let containers = containers.unwrap_or_default().iter().enumerate();
        for (at, container) in containers.take(MAX_CONTAINERS) {
            let Some(image) = container.entry("image").and_then(Value::as_str) else {
                continue;
            };
            for (entry, payload, carrier) in &self.of_workloads {
                if !carrier.images.iter().any(|end| is_image(image, end)) {
                    continue;
                }
                let value = flags(container, carrier.env.as_deref());
                if has_all(&value, &payload.needs) {
                    found.push(Carried {
                        entry: *entry,
                        path: object.path(&format!("{path}.containers.{at}")),
                        value,
                        secret: false,
                    });
                }
            }
        }
    }
}

/// The object's keys are the settings.
fn keys(
    object: &Object<'_>,
    entry: usize,
    payload: &Payload,
    carrier: &Carrier,
    found: &mut Vec<Carried>,
) {
    let is_wanted = |key: &str| {
        carrier.keys.is_empty() || carrier.keys.iter().any(|pattern| fits(pattern, key))
    };
    let mut settings: Entries = Vec::new();
    let mut secret = false;
    let mut around = "data";
    for field in ["data", "stringData"] {
        let packed = field == "data" && object.kind == "Secret";
        for (key, value) in object
            .value
            .entry(field)
            .and_then(Value::entries)
            .unwrap_or_default()
        {
            if !is_wanted(key) {
                continue;
            }
            secret |= value.is_sensitive();
            around = field;
            let text = if packed {
                Text::decoded(value)
            } else {
                Text::of(value, object.sources)
            };
            let nested = payload.nested.iter().any(|name| fits(name, key));
            let read = match text {
                Some(text) if nested => text
                    .read(PayloadFormat::Yaml)
                    .unwrap_or_else(|why| payload::unread(value, why)),
                Some(text) if packed => {
                    let mut plain = Value::string(text.as_str()).marked(value.marks);
                    plain.origin = value.origin.clone();
                    plain
                }
                _ => value.clone(),
            };
            settings.push((Arc::clone(key), read));
        }
    }
    if settings.is_empty() && !carrier.keys.is_empty() {
        return;
    }
    let value = Value::object(settings);
    if has_all(&value, &payload.needs) {
        found.push(Carried {
            entry,
            path: object.path(around),
            value,
            secret,
        });
    }
}

/// A field of the object: a mapping, or a text with one.
fn field(object: &Object<'_>, entry: usize, payload: &Payload, at: &str, found: &mut Vec<Carried>) {
    let Ok(path) = Path::parse(at) else { return };
    let Some(value) = object.value.get(&path).filter(|value| !value.is_null()) else {
        return;
    };
    let read = match Text::of(value, object.sources) {
        Some(text) if !payload.format.is_structure() => text
            .read(payload.format)
            .unwrap_or_else(|why| payload::unread(value, why)),
        _ => value.clone(),
    };
    if read.is_unknown() || has_all(&read, &payload.needs) {
        found.push(Carried {
            entry,
            path: object.path(at),
            value: read,
            secret: value.is_sensitive(),
        });
    }
}

impl PayloadFormat {
    /// Not a text.
    fn is_structure(self) -> bool {
        matches!(self, Self::Object | Self::Keys | Self::Flags)
    }
}

/// Texts under some keys. A key whose text was taken for one product's is no other's.
fn texts<'o>(
    object: &Object<'o>,
    entry: usize,
    payload: &Payload,
    carrier: &Carrier,
    taken: &mut Vec<&'o str>,
    found: &mut Vec<Carried>,
) {
    for field in ["data", "stringData", "binaryData"] {
        let packed = field == "binaryData" || field == "data" && object.kind == "Secret";
        let entries = object.value.entry(field).and_then(Value::entries);
        for (key, value) in entries.unwrap_or_default().iter().take(MAX_KEYS) {
            let wanted = carrier.keys.iter().any(|pattern| fits(pattern, key));
            if !wanted || taken.contains(&&**key) {
                continue;
            }
            let text = if packed {
                Text::decoded(value)
            } else {
                Text::of(value, object.sources)
            };
            let Some(text) = text else { continue };
            let is_spelled = matches!(payload.format, PayloadFormat::Yaml | PayloadFormat::Toml);
            if is_spelled
                && text.as_str().len() <= MAX_TEXT
                && !mentions(text.as_str(), &payload.needs)
            {
                continue;
            }
            // What is known by the name of its object is known even when it cannot be read.
            let named = !carrier.names.is_empty() || !carrier.labels.is_empty();
            let read = match text.read(payload.format) {
                Ok(read) if has_all(&read, &payload.needs) => read,
                Ok(_) => continue,
                Err(why) if named => payload::unread(value, why),
                Err(_) => continue,
            };
            taken.push(key);
            found.push(Carried {
                entry,
                path: object.path(&format!("{field}[\"{key}\"]")),
                value: read,
                secret: value.is_sensitive(),
            });
        }
    }
}

/// Can a text have these fields? Cheaper than reading it.
fn mentions(text: &str, needs: &[String]) -> bool {
    let word = |one: &str| {
        let mut parts = one.rsplit(['.', '"']);
        let last = parts.find(|part| !matches!(*part, "" | "*" | "]" | "["));
        last.is_none_or(|word| text.contains(word))
    };
    needs.iter().all(|need| need.split('|').any(word))
}

/// Has it these fields? Where several are set apart by `|`, one is enough.
fn has_all(value: &Value, needs: &[String]) -> bool {
    needs.iter().all(|need| {
        need.split('|').any(|one| {
            let path = Path::parse(one).ok();
            path.is_some_and(|path| value.get(&path).is_some_and(|found| !found.is_null()))
        })
    })
}

/// The flags of a container and the variables that stand for flags, as a mapping: `--acr-values` is `acr_values`.
fn flags(container: &Value, env: Option<&str>) -> Value {
    let mut all: Entries = Vec::new();
    let all_of = |name: &str| {
        container
            .entry(name)
            .and_then(Value::elements)
            .unwrap_or_default()
    };
    for variable in all_of("env").iter().take(MAX_SETTINGS) {
        let name = variable.entry("name").and_then(Value::as_str);
        let name = env.and_then(|start| name?.strip_prefix(start));
        if let Some(name) = name {
            let value = variable
                .entry("value")
                .or_else(|| variable.entry("valueFrom"));
            let value = value.map_or_else(Value::null, |value| {
                // What another object holds is set, and not known here.
                if value.entries().is_some() {
                    payload::unread(value, payload::Unread::Malformed)
                } else {
                    value.clone()
                }
            });
            all.push((name.to_ascii_lowercase().into(), value));
        }
    }
    for field in ["command", "args"] {
        let words = all_of(field);
        for (at, word) in words.iter().enumerate().take(MAX_SETTINGS) {
            let Some(flag) = word.as_str().and_then(|text| text.strip_prefix("--")) else {
                continue;
            };
            let (name, text) = match flag.split_once('=') {
                Some((name, text)) => (name, Some(text)),
                None => {
                    let next = words.get(at + 1).and_then(Value::as_str);
                    (flag, next.filter(|next| !next.starts_with('-')))
                }
            };
            let mut value = Value::string(text.unwrap_or("true"));
            value.origin = word.origin.clone();
            all.push((name.replace('-', "_").into(), value));
        }
    }
    several(all)
}

/// A mapping in which what is set several times is a list.
fn several(mut all: Entries) -> Value {
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out: Entries = Vec::with_capacity(all.len());
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        match group {
            [(name, one)] => out.push((Arc::clone(name), one.clone())),
            [(name, _), ..] => {
                let values: Vec<Value> = group.iter().map(|(_, value)| value.clone()).collect();
                out.push((Arc::clone(name), Value::tuple(values)));
            }
            [] => {}
        }
    }
    Value::object(out)
}

/// Is it an image of that name, from whatever registry?
fn is_image(image: &str, end: &str) -> bool {
    let name = image.split('@').next().unwrap_or(image);
    let start = name.rfind('/').map_or(0, |at| at + 1);
    let tag = name.get(start..).and_then(|last| last.find(':'));
    let name = tag.and_then(|at| name.get(..start + at)).unwrap_or(name);
    name.strip_suffix(end)
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, wanted) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*.json", "realm.json", true),
            ("*.json", "realm.jsonx", false),
            ("*dex*", "my-dex-config", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn what_the_catalogue_says_of_payloads_can_be_followed() {
        let catalog = Catalog::get();
        let payloads = catalog.kubernetes().map(|facts| &facts.payloads);
        let payloads = payloads.expect("payloads");
        assert!(payloads.len() >= 33);
        let mut faults = Vec::new();
        for payload in payloads {
            let outlets = payload.outlets.iter();
            let outlets = outlets.flat_map(|one| {
                let inner = one.hosts.iter().chain(&one.regions).chain(&one.name);
                inner.chain(std::iter::once(&one.path))
            });
            let sign_in = payload.sign_in.iter().flat_map(|one| {
                let tests = one.when.iter().chain(&one.open).chain(&one.offered);
                let tests = tests.chain(&one.asked).map(|test| &test.path);
                tests.chain(&one.providers)
            });
            for path in outlets.chain(sign_in).chain(&payload.needs) {
                for path in path.split('|') {
                    if Path::parse(path).is_err() {
                        faults.push(format!("{}: {path}", payload.product));
                    }
                }
            }
            for outlet in &payload.outlets {
                let companies = outlet.companies.values().chain(&outlet.providers_id);
                for company in companies.filter(|company| catalog.provider(company).is_none()) {
                    faults.push(format!("{}: no company {company}", payload.product));
                }
            }
            for kind in payload.carriers.iter().flat_map(|carrier| &carrier.kinds) {
                if catalog.kind_called(kind).is_none() {
                    faults.push(format!("{}: no kind {kind}", payload.product));
                }
            }
        }
        assert!(faults.is_empty(), "{faults:#?}");
    }

    #[test]
    fn images_are_told_by_the_end_of_their_name() {
        let end = "oauth2-proxy/oauth2-proxy";
        for image in [
            "oauth2-proxy/oauth2-proxy",
            "quay.io/oauth2-proxy/oauth2-proxy:v7.6.0",
            "registry:5000/mirror/oauth2-proxy/oauth2-proxy@sha256:0",
        ] {
            assert!(is_image(image, end), "{image}");
        }
        assert!(!is_image("quay.io/x/oauth2-proxy-2", end));
        assert!(!is_image("xoauth2-proxy/oauth2-proxy", end));
    }
}
