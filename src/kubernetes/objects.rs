//! From documents to objects.

use hashbrown::HashMap;
use std::cell::RefCell;
use std::sync::Arc;

use super::shapes::{self, Called, MAX_NAME};
use super::{Manifest, Problem, ProblemCode, applied, deliveries, inside, owned, secrets, yaml};
use crate::discover::Input;
use crate::source::{Place, Source, Sources, Span};
use crate::syntax::comment;
use crate::syntax::yaml::{Document, Keys};
use crate::text::{Text, text};
use crate::value::Value;

/// Problems with the objects of one file above this number are not listed.
const MAX_PROBLEMS: usize = 100;

/// What some of the objects ask for that is done when all of them are known. Each is told while the object is at hand: to
/// go through all of them once more takes longer than to read some.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asks {
    /// Something applies what the scan may not have.
    pub(super) deliveries: bool,
    /// Objects stand inside others.
    pub(super) inner: bool,
    /// Objects were read back from a server.
    pub(super) recorded: bool,
}

impl Asks {
    pub(super) fn of(manifest: &Manifest) -> Self {
        Self {
            deliveries: deliveries::delivers(manifest),
            inner: inside::holds(manifest),
            recorded: owned::is_recorded(manifest),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            deliveries: self.deliveries | other.deliveries,
            inner: self.inner | other.inner,
            recorded: self.recorded | other.recorded,
        }
    }
}

/// What one file declares.
#[derive(Default)]
pub(super) struct File {
    pub(super) all: Vec<Manifest>,
    pub(super) problems: Vec<Problem>,
    pub(super) comments: Vec<Place>,
    pub(super) other_documents: usize,
    pub(super) templates: usize,
    /// Problems with objects.
    odd: usize,
    /// Addresses that are made of a path or of the start of a name, with how many objects have them.
    vague: HashMap<Arc<str>, usize>,
    /// What must not be shown.
    secrets: Vec<Span>,
    /// What has to be looked for once all files are read.
    pub(super) asks: Asks,
    /// The text.
    source: Option<Arc<Source>>,
}

pub(super) fn read(input: &Input, sources: &Sources) -> File {
    let source = sources.get(input.source);
    let parsed = yaml::parse(input.source, source.text());
    let mut file = File {
        problems: parsed.problems,
        comments: marked(parsed.comments, source.text()),
        templates: parsed.templated.len(),
        source: Some(Arc::clone(&source)),
        ..File::default()
    };
    for place in parsed.templated {
        file.problems.push(
            Problem::warning(
                ProblemCode::NotRendered,
                Text::new(
                    "this document is a template; it was not rendered and is not judged",
                    "ce document est un modèle ; il n’a pas été rendu et n’est pas jugé",
                ),
            )
            .gap()
            .at(place)
            .help(Text::new(
                "render it and scan the result",
                "rendez-le et analysez le résultat",
            )),
        );
    }
    let path: Arc<str> = input.path.as_str().into();
    for document in &parsed.documents {
        file.document(document, &path);
    }
    let asks = file.all.iter().map(Asks::of);
    file.asks = asks.fold(Asks::default(), Asks::or);
    for problem in &file.problems {
        file.secrets.extend(
            problem
                .place
                .and_then(|at| secrets::around(source.text(), at.span)),
        );
    }
    source.hide(&file.secrets);
    file
}

/// The comments that are meant for us. Most texts have none.
fn marked(mut comments: Vec<Place>, text: &str) -> Vec<Place> {
    if !comment::is_marked(text) {
        return Vec::new();
    }
    comments.retain(|place| comment::is_marked(place.span.of(text)));
    comments
}

impl File {
    fn document(&mut self, document: &Document, path: &Arc<str>) {
        let before = self.all.len();
        let keys = &document.keys;
        if let Some(all) = document.value.elements()
            && let Some(place) = document.value.origin.place
            && all.iter().any(is_object)
        {
            self.warn(
                Problem::warning(
                    ProblemCode::Manifest,
                    Text::new("this is a sequence of objects, which Kubernetes does not read; they are not judged", "ceci est une suite d’objets, que Kubernetes ne lit pas ; ils ne sont pas jugés"),
                )
                .gap()
                .at(place)
                .help(Text::new("put them into the `items` of a `List`, or each into a document of its own", "mettez-les dans les `items` d’une `List`, ou chacun dans son propre document")),
            );
        }
        let is_list = self.unfold(&document.value, None, keys, path);
        if self.all.len() == before && !is_list {
            self.other_documents += 1;
        }
    }

    /// Problems of which any number may be in a file.
    fn warn(&mut self, problem: Problem) {
        self.odd += 1;
        if self.odd < MAX_PROBLEMS {
            self.problems.push(problem);
        } else if self.odd == MAX_PROBLEMS {
            let message = text!(
                "{MAX_PROBLEMS} problems with the objects of this file; further ones are not listed",
                "{MAX_PROBLEMS} problèmes avec les objets de ce fichier ; les suivants ne sont pas listés"
            );
            let mut last = Problem::warning(ProblemCode::Manifest, message);
            last.place = problem.place;
            self.problems.push(last);
        }
    }

    /// The objects of a document, or of an item of a list, lists unfolded; true for a list.
    ///
    /// Recursion is bounded by the nesting limit of the parser.
    fn unfold(
        &mut self,
        value: &Value,
        inherited: Option<(&str, &str)>,
        keys: &Keys,
        path: &Arc<str>,
    ) -> bool {
        let word = |key| {
            let word = value.entry(key).and_then(Value::as_str);
            word.filter(|text| !text.is_empty() && text.len() <= MAX_NAME)
        };
        // Items of a typed list need not repeat what they are.
        let api_version = word("apiVersion").or(inherited.map(|(version, _)| version));
        let kind = word("kind").or(inherited.map(|(_, kind)| kind));
        let (Some(api_version), Some(kind)) = (api_version, kind) else {
            self.incomplete(value, keys);
            return false;
        };
        let Some(of) = kind.strip_suffix("List").filter(|of| is_list(value, of)) else {
            self.object(value, Header::of(api_version, kind), keys, path);
            return false;
        };
        let Some(items) = value.entry("items").filter(|items| !items.is_null()) else {
            return true;
        };
        let Some(items) = items.elements() else {
            if !items.is_unknown() {
                let message = text!(
                    "the `items` of this `{}` are no sequence; nothing in them is judged",
                    "les `items` de cette `{}` ne sont pas une suite ; rien n’y est jugé",
                    shapes::shown(kind)
                );
                self.warn_at(
                    items,
                    keys,
                    message,
                    Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
                );
            }
            return true;
        };
        for item in items {
            if item.entries().is_none() && !item.is_unknown() {
                let message = Text::new(
                    "this item of a list is no object; it is not judged",
                    "cet élément d’une liste n’est pas un objet ; il n’est pas jugé",
                );
                self.warn_at(
                    item,
                    keys,
                    message,
                    Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
                );
                continue;
            }
            let inherited = (!of.is_empty()).then_some((api_version, of));
            self.unfold(item, inherited, keys, path);
        }
        true
    }

    fn warn_at(&mut self, value: &Value, keys: &Keys, message: Text, help: Text) {
        let problem = Problem::warning(ProblemCode::Manifest, message).help(help);
        self.warn(match keys.entry_of(value) {
            Some(place) => problem.at(place),
            None => problem,
        });
    }

    fn object(&mut self, value: &Value, header: Header, keys: &Keys, path: &Arc<str>) {
        let Some(block) = value.origin.place else {
            return;
        };
        if &*header.group == "kustomize.config.k8s.io" {
            return;
        }
        let called = Called {
            api_version: &header.api_version,
            group: &header.group,
            version: &header.version,
            kind: &header.kind,
        };
        let mut odd = Vec::new();
        shapes::check(value, &called, keys, &mut |problem| odd.push(problem));
        odd.into_iter().for_each(|problem| self.warn(problem));
        // The server adds to it what makes it a name.
        let started = || Some(format!("{}*", text(value, "generateName")?).into());
        let given = text(value, "name");
        let is_vague = given.is_none();
        let name = given.or_else(started);
        let namespace = text(value, "namespace");
        let mut address = address(
            &header.api_version,
            &header.kind,
            namespace.as_deref(),
            name.as_deref(),
            path,
        );
        if is_vague {
            address = self.apart(address);
        }
        let kind_line = value.entry("kind").and_then(|kind| keys.entry_of(kind));
        let value = match (&*header.group, &*header.kind) {
            ("", "Secret") => secrets::marked(value, &mut self.secrets),
            ("", "ConfigMap") => {
                if let Some(source) = &self.source {
                    secrets::in_texts(value, source, &mut self.secrets);
                }
                value.clone()
            }
            _ => value.clone(),
        };
        self.all.push(Manifest {
            address,
            api_version: header.api_version,
            group: header.group,
            version: header.version,
            kind: header.kind,
            name,
            namespace,
            value: applied::as_applied(&value),
            keys: keys.clone(),
            header: kind_line.unwrap_or(block),
            block,
            path: Arc::clone(path),
            template_of: None,
            rendering: None,
        });
        self.claims(self.all.len() - 1);
    }

    /// Objects of one file that have no name of their own are told apart by their order.
    fn apart(&mut self, address: Arc<str>) -> Arc<str> {
        let count = self.vague.entry(Arc::clone(&address)).or_default();
        *count += 1;
        match *count {
            1 => address,
            count => format!("{address} #{count}").into(),
        }
    }

    /// The claims that a StatefulSet makes for each of its pods: volumes of their own, with data of their own.
    fn claims(&mut self, owner: usize) {
        let is_set = |one: &&Manifest| &*one.group == "apps" && &*one.kind == "StatefulSet";
        let Some(set) = self.all.get(owner).filter(is_set).cloned() else {
            return;
        };
        let templates = set
            .value
            .entry("spec")
            .and_then(|spec| spec.entry("volumeClaimTemplates"))
            .and_then(Value::elements)
            .unwrap_or_default();
        for template in templates {
            let Some(block) = template.origin.place else {
                continue;
            };
            let named = template
                .entry("metadata")
                .and_then(|meta| meta.entry("name"));
            let header = Header::of("v1", "PersistentVolumeClaim");
            let volume = named.and_then(Value::as_text).unwrap_or_default();
            let owner_name = set.name.as_deref().unwrap_or("*");
            let name: Arc<str> = format!("{volume}-{owner_name}-*").into();
            self.all.push(Manifest {
                address: address(
                    &header.api_version,
                    &header.kind,
                    set.namespace.as_deref(),
                    Some(&name),
                    &set.path,
                ),
                api_version: header.api_version,
                group: header.group,
                version: header.version,
                kind: header.kind,
                name: Some(name),
                namespace: set.namespace.clone(),
                value: template.clone(),
                keys: set.keys.clone(),
                header: named
                    .and_then(|name| set.keys.entry_of(name))
                    .unwrap_or(block),
                block,
                path: Arc::clone(&set.path),
                template_of: Some(owner),
                rendering: None,
            });
        }
    }

    /// Half an object is most likely a slip; anything else is somebody else's YAML.
    fn incomplete(&mut self, value: &Value, keys: &Keys) {
        if value.entry("metadata").and_then(Value::entries).is_none() {
            return;
        }
        let (is, lacks) = match (value.entry("kind"), value.entry("apiVersion")) {
            (Some(kind), None) => (kind, Text::same("`apiVersion`")),
            (None, Some(version)) => (version, Text::same("`kind`")),
            (Some(kind), Some(_)) if !is_word(kind) => {
                (kind, Text::new("a word as `kind`", "un mot pour `kind`"))
            }
            (Some(_), Some(version)) => (
                version,
                Text::new("a word as `apiVersion`", "un mot pour `apiVersion`"),
            ),
            (None, None) => return,
        };
        // Kubernetes would refuse it: nothing that runs is missed.
        let problem = Problem::warning(
            ProblemCode::Manifest,
            text!("this looks like a Kubernetes object, but has not {lacks}; it is not judged", "ceci ressemble à un objet Kubernetes, mais il manque {lacks} ; il n’est pas jugé"; lacks),
        );
        self.warn(match keys.entry_of(is) {
            Some(place) => problem.at(place),
            None => problem,
        });
    }
}

#[derive(Clone)]
pub(super) struct Header {
    pub(super) api_version: Arc<str>,
    pub(super) group: Arc<str>,
    pub(super) version: Arc<str>,
    pub(super) kind: Arc<str>,
}

/// So many headers are kept.
const HEADERS: usize = 32;

thread_local! {
    /// Those that were made last: the objects of a scan are of few kinds.
    static MADE: RefCell<Vec<Header>> = const { RefCell::new(Vec::new()) };
}

impl Header {
    pub(super) fn of(api_version: &str, kind: &str) -> Self {
        let kept = MADE.try_with(|made| {
            let mut made = made.try_borrow_mut().ok()?;
            let same = |one: &&Header| *one.kind == *kind && *one.api_version == *api_version;
            if let Some(known) = made.iter().find(same) {
                return Some(known.clone());
            }
            if made.len() == HEADERS {
                made.clear();
            }
            let new = Self::new(api_version, kind);
            made.push(new.clone());
            Some(new)
        });
        let kept = kept.ok().flatten();
        kept.unwrap_or_else(|| Self::new(api_version, kind))
    }

    fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        Self {
            api_version: api_version.into(),
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
        }
    }
}

/// What may be a version or a kind.
fn is_word(value: &Value) -> bool {
    let text = value.as_str();
    text.is_some_and(|text| !text.is_empty() && text.len() <= MAX_NAME)
}

fn is_object(value: &Value) -> bool {
    let has = |key| value.entry(key).is_some_and(is_word);
    has("apiVersion") && has("kind")
}

/// Is something whose kind ends with `List` one, and no object of that kind? `of`: what stands before.
fn is_list(value: &Value, of: &str) -> bool {
    if of.is_empty() {
        return true;
    }
    let items = value.entry("items").and_then(Value::elements);
    let holds_objects =
        items.is_some_and(|items| items.iter().all(|item| item.entries().is_some()));
    let is_named = text(value, "name").is_some();
    value.entry("spec").is_none() && (holds_objects || !is_named)
}

fn text(value: &Value, key: &str) -> Option<Arc<str>> {
    let text = value.entry("metadata")?.entry(key)?.as_text()?;
    (!text.is_empty() && text.len() <= MAX_NAME).then(|| text.as_ref().into())
}

/// The address of an object. What has no name goes by its file.
pub(super) fn address(
    api_version: &str,
    kind: &str,
    namespace: Option<&str>,
    name: Option<&str>,
    path: &str,
) -> Arc<str> {
    match (namespace, name) {
        (Some(namespace), Some(name)) => format!("{api_version}/{kind} {namespace}/{name}"),
        (None, Some(name)) => format!("{api_version}/{kind} {name}"),
        (_, None) => format!("{api_version}/{kind} {path}"),
    }
    .into()
}
