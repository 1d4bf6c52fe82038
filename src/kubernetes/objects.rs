//! From documents to objects.

use std::sync::Arc;

use super::{Manifest, Problem, ProblemCode, yaml};
use crate::discover::Input;
use crate::source::{Place, Sources};
use crate::syntax::yaml::{Document, Keys};
use crate::value::Value;

/// What one file declares.
#[derive(Default)]
pub(super) struct File {
    pub(super) all: Vec<Manifest>,
    pub(super) problems: Vec<Problem>,
    pub(super) comments: Vec<Place>,
    pub(super) other_documents: usize,
    pub(super) templates: usize,
}

pub(super) fn read(input: &Input, sources: &Sources) -> File {
    let source = sources.get(input.source);
    let parsed = yaml::parse(input.source, source.text());
    let mut file = File {
        problems: parsed.problems,
        comments: parsed.comments,
        templates: parsed.templated.len(),
        ..File::default()
    };
    for place in parsed.templated {
        file.problems.push(
            Problem::warning(
                ProblemCode::NotRendered,
                "this document is a template; it was not rendered and is not judged",
            )
            .at(place)
            .help("render it and scan the result"),
        );
    }
    let path: Arc<str> = input.path.as_str().into();
    for document in &parsed.documents {
        file.document(document, &path);
    }
    file
}

impl File {
    fn document(&mut self, document: &Document, path: &Arc<str>) {
        let mut found = Vec::new();
        unfold(&document.value, None, &mut found);
        let before = self.all.len();
        for (value, header) in found {
            match header {
                Some(header) => self.object(value, header, &document.keys, path),
                None => self.incomplete(value, &document.keys),
            }
        }
        if self.all.len() == before {
            self.other_documents += 1;
        }
    }

    fn object(&mut self, value: &Value, header: Header, keys: &Keys, path: &Arc<str>) {
        let Some(block) = value.origin.place else {
            return;
        };
        if &*header.group == "kustomize.config.k8s.io" {
            return;
        }
        let name = text(value, "name");
        let namespace = text(value, "namespace");
        let kind_line = value.entry("kind").and_then(|kind| keys.entry_of(kind));
        self.all.push(Manifest {
            address: address(
                &header.api_version,
                &header.kind,
                namespace.as_deref(),
                name.as_deref(),
                path,
            ),
            api_version: header.api_version,
            group: header.group,
            version: header.version,
            kind: header.kind,
            name,
            namespace,
            value: value.clone(),
            keys: keys.clone(),
            header: kind_line.unwrap_or(block),
            block,
            path: Arc::clone(path),
            template_of: None,
            rendering: None,
        });
        self.claims(self.all.len() - 1);
    }

    /// The claims that a StatefulSet makes for each of its pods: volumes of their own, with data of their own.
    fn claims(&mut self, owner: usize) {
        let Some(set) = self.all.get(owner).cloned() else {
            return;
        };
        if &*set.group != "apps" || &*set.kind != "StatefulSet" {
            return;
        }
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
            (Some(kind), None) => (kind, "`apiVersion`"),
            (None, Some(version)) => (version, "`kind`"),
            (Some(kind), Some(_)) if kind.as_str().is_none() => (kind, "a text as `kind`"),
            (Some(_), Some(version)) => (version, "a text as `apiVersion`"),
            (None, None) => return,
        };
        // Kubernetes would refuse it: nothing that runs is missed.
        let problem = Problem::warning(
            ProblemCode::Manifest,
            format!("this looks like a Kubernetes object, but has not {lacks}; it is not judged"),
        );
        self.problems.push(match keys.entry_of(is) {
            Some(place) => problem.at(place),
            None => problem,
        });
    }
}

struct Header {
    api_version: Arc<str>,
    group: Arc<str>,
    version: Arc<str>,
    kind: Arc<str>,
}

impl Header {
    fn of(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        Self {
            api_version: api_version.into(),
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
        }
    }
}

/// The objects of a document, lists unfolded; none instead of a header for what is no object.
///
/// Recursion is bounded by the nesting limit of the parser.
fn unfold<'a>(
    value: &'a Value,
    inherited: Option<(&str, &str)>,
    out: &mut Vec<(&'a Value, Option<Header>)>,
) {
    let word = |key| {
        value
            .entry(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    // Items of a typed list need not repeat what they are.
    let api_version = word("apiVersion").or(inherited.map(|(version, _)| version));
    let kind = word("kind").or(inherited.map(|(_, kind)| kind));
    let (Some(api_version), Some(kind)) = (api_version, kind) else {
        out.push((value, None));
        return;
    };
    if let Some(of) = kind.strip_suffix("List")
        && let Some(items) = value.entry("items").and_then(Value::elements)
        && value.entry("spec").is_none()
    {
        for item in items {
            let inherited = (!of.is_empty()).then_some((api_version, of));
            unfold(item, inherited, out);
        }
        return;
    }
    out.push((value, Some(Header::of(api_version, kind))));
}

fn text(value: &Value, key: &str) -> Option<Arc<str>> {
    let text = value.entry("metadata")?.entry(key)?.as_text()?;
    (!text.is_empty()).then(|| text.as_ref().into())
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
