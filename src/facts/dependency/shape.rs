//! Containers, images and addresses inside objects of operators, recognised by their shape: no catalogue knows the
//! fields of every kind.
//!
//! Only what is sure counts: a mapping that can be nothing but a container, and a host whose company the catalogue knows.

use hashbrown::HashSet;

use super::pod::image_host;
use super::text::{address_in, hosts_in};
use super::{Found, Mention};
use crate::catalog::{Class, ClassSet, FactKind, Flow, KubernetesKind};
use crate::facts::establish::Lens;
use crate::graph::{Resource, World};
use crate::value::Value;

/// Values of one object that are looked at, and how deep.
const MAX_VALUES: usize = 8192;
const MAX_DEPTH: usize = 48;

/// Lists whose elements are containers, with or without settings of their own.
const LISTS: [&str; 5] = [
    "containers",
    "initContainers",
    "ephemeralContainers",
    "steps",
    "sidecars",
];

/// Settings that nothing but a container has beside its image.
const SETTINGS: [&str; 10] = [
    "args",
    "command",
    "env",
    "envFrom",
    "imagePullPolicy",
    "ports",
    "resources",
    "script",
    "securityContext",
    "volumeMounts",
];

/// Fields for people: where something is described.
const ASIDE: [&str; 14] = [
    "$schema",
    "annotations",
    "description",
    "docs",
    "documentation",
    "help",
    "homepage",
    "icon",
    "labels",
    "message",
    "openAPIV3Schema",
    "runbook_url",
    "summary",
    "title",
];

/// Where the walk is.
struct Walk<'a> {
    around: String,
    steps: Vec<Step<'a>>,
    left: usize,
    /// Values that the catalogue knows.
    known: HashSet<usize>,
    /// Are addresses of services looked for?
    addresses: bool,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    At(usize),
}

impl Walk<'_> {
    fn path(&self) -> String {
        let mut path = self.around.clone();
        for step in &self.steps {
            match step {
                Step::Key(key) if key.contains(['.', '/', '[']) => {
                    path.push_str(&format!("[\"{key}\"]"));
                    continue;
                }
                _ if !path.is_empty() => path.push('.'),
                _ => {}
            }
            match step {
                Step::Key(key) => path.push_str(key),
                Step::At(at) => path.push_str(&at.to_string()),
            }
        }
        path
    }
}

impl<'a> Lens<'a> {
    /// An object whose fields are another project's, and what the catalogue knows of its kind.
    pub(super) fn of_an_operator(
        &self,
        resource: &'a Resource,
    ) -> Option<(&'a Value, Option<&'static KubernetesKind>)> {
        let (value, kind) = match self.object_of(resource) {
            Some(object) if object.is_snake() => return None,
            Some(object) => (object.value, object.kind),
            None if resource.world == World::Kubernetes => (&resource.attributes, None),
            None => return None,
        };
        let version = value.entry("apiVersion").and_then(Value::as_str)?;
        let (group, _) = version.rsplit_once('/')?;
        let is_cloud = kind.is_some_and(|kind| kind.providers_id.is_some());
        (!is_cloud && !is_built_in(group)).then_some((value, kind))
    }

    /// What an object of an operator names in fields that the catalogue does not list.
    pub(super) fn named_by_shape(&mut self, found: &mut Found<'a>) {
        let Some((object, kind)) = self.of_an_operator(found.resource) else {
            return;
        };
        let running = ClassSet::of(&[Class::HoldsData, Class::Compute, Class::Workload]);
        let mut walk = Walk {
            around: self.prefix_of(found.resource),
            steps: Vec::new(),
            left: MAX_VALUES,
            known: kind.map_or_else(HashSet::new, |kind| self.known_values(found.resource, kind)),
            addresses: kind.is_none_or(|kind| kind.class.intersects(running)),
        };
        for (key, value) in object.entries().unwrap_or_default() {
            if !matches!(&**key, "apiVersion" | "kind" | "metadata" | "status") {
                walk.steps.push(Step::Key(key));
                self.visit(found, value, &mut walk);
                walk.steps.pop();
            }
        }
    }

    /// Attribute of a Terraform resource that holds the object.
    fn prefix_of(&self, resource: &'a Resource) -> String {
        let Some(object) = self.object_of(resource) else {
            return String::new();
        };
        let path = crate::value::Path::parse("spec").map(|path| object.shown_path(&path));
        let path = path.unwrap_or_default();
        let before = path.strip_suffix("spec").unwrap_or_default();
        before.trim_end_matches('.').to_owned()
    }

    /// Fields that the catalogue reads, each in its own way: as backups, as hosts, as images.
    fn known_values(
        &mut self,
        resource: &'a Resource,
        kind: &'static KubernetesKind,
    ) -> HashSet<usize> {
        let mut known = HashSet::new();
        let Some(object) = self.object_of(resource) else {
            return known;
        };
        for fact in &kind.facts {
            let whole = fact.fact == FactKind::Backup;
            let one = matches!(
                fact.fact,
                FactKind::Egress
                    | FactKind::Provider
                    | FactKind::Replication
                    | FactKind::Image
                    | FactKind::Reference
                    | FactKind::EncryptionKey
            );
            if !whole && !one {
                continue;
            }
            let path = self.path(&fact.path);
            let all = object.all(&path).into_iter();
            known.extend(
                all.filter(|value| whole || value.entries().is_none())
                    .map(identity),
            );
        }
        known
    }

    /// Bounded by depth, and by the number of values.
    fn visit(&mut self, found: &mut Found<'a>, value: &'a Value, walk: &mut Walk<'a>) {
        if walk.left == 0 || walk.steps.len() > MAX_DEPTH || found.is_full() {
            return;
        }
        walk.left -= 1;
        if walk.known.contains(&identity(value)) {
            return;
        }
        if let Some(entries) = value.entries() {
            let is_container = is_container(value, &walk.steps);
            if is_container {
                self.named_by_container(found, value, &|| walk.path());
            }
            for (key, inner) in entries {
                let is_read = is_container
                    && matches!(&**key, "image" | "env" | "args" | "command" | "script");
                if is_read || ASIDE.contains(&&**key) {
                    continue;
                }
                walk.steps.push(Step::Key(key));
                self.visit(found, inner, walk);
                walk.steps.pop();
            }
        } else if let Some(elements) = value.elements() {
            for (at, inner) in elements.iter().enumerate() {
                walk.steps.push(Step::At(at));
                self.visit(found, inner, walk);
                walk.steps.pop();
            }
        } else if let Some(text) = value.as_str() {
            self.note_leaf(found, text, value, walk);
        }
    }

    fn note_leaf(&mut self, found: &mut Found<'a>, text: &str, value: &'a Value, walk: &Walk<'a>) {
        if !text.contains('.') {
            return;
        }
        let keys = walk.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::At(_) => None,
        });
        let key = keys.unwrap_or_default();
        let ends_with = |end: &str| {
            let start = key.len().checked_sub(end.len());
            let tail = start.and_then(|start| key.get(start..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
        };
        if ends_with("image") || ends_with("imageName") {
            let host = image_host(text);
            // A word without a registry may be an image of a machine.
            if text.starts_with(host.as_str()) && self.catalog.registry_host(&host).is_some() {
                self.note_image(found, value, || walk.path());
            }
            return;
        }
        if !walk.addresses {
            return;
        }
        if ["script", "source", ".string"]
            .iter()
            .any(|end| ends_with(end))
        {
            self.note_text(found, text, value, || walk.path());
            return;
        }
        for one in text.split(',').take(8) {
            if let Some(host) = address_in(one.trim()) {
                self.note_guess(found, &host, value, || walk.path());
            }
        }
    }

    /// Services that a text for a shell or a program names.
    pub(super) fn note_text(
        &mut self,
        found: &mut Found<'a>,
        text: &str,
        value: &'a Value,
        path: impl Fn() -> String,
    ) {
        for host in hosts_in(text) {
            self.note_guess(found, &host, value, &path);
        }
    }

    /// A host that stands where anything may stand: it counts when the catalogue knows the service behind it. One that a
    /// field of known meaning names as well is told by that.
    pub(super) fn note_guess(
        &mut self,
        found: &mut Found<'a>,
        host: &super::text::Host,
        value: &'a Value,
        path: impl Fn() -> String,
    ) {
        let catalog = self.catalog;
        let may_be_known = !catalog.providers_of_host(&host.name).is_empty()
            || host.is_address && catalog.registry_host(&host.name).is_some();
        if !may_be_known || !host.is_address && catalog.endpoint_host(&host.name).is_none() {
            return;
        }
        let flow = self.flow_to(&host.name);
        if found.names(&host.name) || self.is_none_of_others(found, flow, &host.name, true) {
            return;
        }
        let mention = Mention {
            flow,
            path: path(),
            evidence: self.ledger.way(value, super::named::flow_label(flow)),
        };
        let before = found.all.len();
        self.note_host(found, &host.name, mention, true);
        found.guessed.extend(before..found.all.len());
    }

    /// What flows to a host, by what its company is for.
    fn flow_to(&self, host: &str) -> Flow {
        if self.catalog.registry_host(host).is_some() {
            return Flow::Images;
        }
        let company = self.company_of_host(host);
        let rest =
            company.and_then(|company| company.receives.iter().find(|one| one.types.is_empty()));
        rest.and_then(|one| one.flow).unwrap_or(Flow::Data)
    }
}

impl Found<'_> {
    /// Is a host noted, whatever flows there?
    pub(super) fn names(&self, host: &str) -> bool {
        self.all.iter().any(|one| *one.name == *host)
    }

    /// What was guessed gives way to what a field of known meaning says of the same host.
    pub(super) fn settle(&mut self) {
        let guessed = std::mem::take(&mut self.guessed);
        let is_told = |at: &usize| {
            let Some(guess) = self.all.get(*at) else {
                return false;
            };
            let mut others = self.all.iter().enumerate();
            others.any(|(other, one)| one.name == guess.name && !guessed.contains(&other))
        };
        let gone: Vec<usize> = guessed.iter().copied().filter(is_told).collect();
        let mut at = 0;
        self.all.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// Values are told apart by where they are kept.
fn identity(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Groups of Kubernetes itself: the catalogue says which of their kinds have pods, and where.
fn is_built_in(group: &str) -> bool {
    matches!(
        group,
        "apps" | "batch" | "autoscaling" | "policy" | "extensions"
    ) || group.ends_with(".k8s.io")
}

/// Is a mapping a container: by what it has, or by where it stands?
fn is_container(value: &Value, steps: &[Step<'_>]) -> bool {
    let listed = match steps {
        [.., Step::Key(list), Step::At(_)] => LISTS.contains(list),
        _ => false,
    };
    let has_variables = || {
        let variables = value.entry("env").and_then(Value::elements);
        variables.is_some_and(|all| all.iter().any(|one| one.entry("name").is_some()))
    };
    if value.entry("image").and_then(Value::as_str).is_none() {
        return listed && value.entry("name").is_some() || has_variables();
    }
    listed || SETTINGS.iter().any(|name| value.entry(name).is_some())
}
