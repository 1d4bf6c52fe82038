//! Objects that Kubernetes would refuse because something in them has the wrong shape. What facts look for is then not
//! where they look: this is said, so that nothing is passed over in silence.

use crate::catalog::{Catalog, KubernetesKind};
use crate::problem::{Problem, ProblemCode};
use crate::syntax::yaml::Keys;
use crate::text::{Text, text};
use crate::value::{Data, Value};

/// Names of objects and namespaces end here.
pub(super) const MAX_NAME: usize = 253;

/// Fields of a pod specification that facts look into.
const LISTS: &[&str] = &[
    "containers",
    "initContainers",
    "ephemeralContainers",
    "volumes",
    "imagePullSecrets",
];
const MAPPINGS: &[&str] = &["nodeSelector", "affinity", "securityContext"];

/// What an object is called.
pub(super) struct Called<'a> {
    pub(super) api_version: &'a str,
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) kind: &'a str,
}

/// Says what is wrong with an object; at most one problem of a sort.
pub(super) fn check(
    object: &Value,
    called: &Called<'_>,
    keys: &Keys,
    say: &mut dyn FnMut(Problem),
) {
    let known = Catalog::get().kubernetes_kind(called.group, called.kind);
    let mut check = Check { keys, say };
    check.version(object, called, known);
    if let Some(metadata) = check.mapping(
        object,
        "metadata",
        Text::new(
            "an object has no name without it",
            "sans lui, un objet n’a pas de nom",
        ),
    ) {
        check.metadata(metadata);
    }
    let Some(known) = known else { return };
    if called.kind == "StorageClass" {
        check.texts(object, "parameters");
    }
    let lost = Text::new("nothing in it is judged", "rien n’y est jugé");
    check.mapping(object, "spec", lost.clone());
    if let Some(path) = known.pod_spec.as_deref() {
        let mut at = object;
        for key in path.split('.') {
            let Some(inner) = check.mapping(at, key, lost.clone()) else {
                return;
            };
            at = inner;
        }
        check.pods(at);
    }
}

struct Check<'a> {
    keys: &'a Keys,
    say: &'a mut dyn FnMut(Problem),
}

impl Check<'_> {
    fn warn(&mut self, at: &Value, message: Text, help: Text) {
        let mut problem = Problem::warning(ProblemCode::Manifest, message).help(help);
        if let Some(place) = self.keys.entry_of(at) {
            problem = problem.at(place);
        }
        (self.say)(problem);
    }

    /// The mapping behind a key; what is there but is none is said.
    fn mapping<'v>(&mut self, value: &'v Value, key: &str, lost: Text) -> Option<&'v Value> {
        let found = value.entry(key)?;
        if found.entries().is_some() {
            return Some(found);
        }
        if !found.is_null() && !found.is_unknown() {
            let message = {
                let is = what(found);
                text!(
                    "`{key}` is {is}, not a mapping; {lost}",
                    "`{key}` est {is}, et non une table ; {lost}";
                    is, lost
                )
            };
            self.warn(
                found,
                message,
                Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
            );
        }
        None
    }

    fn version(&mut self, object: &Value, called: &Called<'_>, known: Option<&KubernetesKind>) {
        let Some(at) = object.entry("apiVersion") else {
            return;
        };
        let written = shown(called.api_version);
        if called.group.contains('/') || called.version.is_empty() {
            let message = text!(
                "`{written}` is no API version: it is a group, a `/` and a version",
                "`{written}` n’est pas une version d’API : c’est un groupe, un `/` et une version"
            );
            self.warn(
                at,
                message,
                Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
            );
            return;
        }
        // Only of its own groups are all versions known.
        let is_own = !called.group.contains('.') || called.group.ends_with(".k8s.io");
        if called.group.is_empty() && called.version != "v1" {
            let message = text!(
                "the API version `{written}` is unknown: without a group there is `v1` only",
                "la version d’API `{written}` est inconnue : sans groupe, il n’y a que `v1`"
            );
            self.warn(
                at,
                message,
                Text::new(
                    "write the group: `apps/v1`",
                    "écrivez le groupe : `apps/v1`",
                ),
            );
        } else if let Some(known) = known
            && is_own
            && !is_version(called.version, &known.versions)
        {
            let message = text!(
                "the API version `{written}` of `{}` is unknown; it is judged as `{}` is",
                "la version d’API `{written}` de `{}` est inconnue ; elle est jugée comme `{}`",
                shown(called.kind),
                known.versions.join("`, `")
            );
            self.warn(
                at,
                message,
                Text::new("check the version", "vérifiez la version"),
            );
        }
    }

    fn metadata(&mut self, metadata: &Value) {
        for key in ["name", "generateName", "namespace"] {
            let Some(name) = metadata.entry(key) else {
                continue;
            };
            let wrong = match &name.data {
                Data::String(text) if text.len() <= MAX_NAME => continue,
                Data::String(_) => text!(
                    "longer than {MAX_NAME} characters",
                    "plus long que {MAX_NAME} caractères"
                ),
                Data::Null(_) | Data::Unknown(_) => continue,
                _ => {
                    let is = what(name);
                    text!("{is}, not a text", "{is}, et non un texte"; is)
                }
            };
            let message = text!(
                "`metadata.{key}` is {wrong}",
                "`metadata.{key}` est {wrong}";
                wrong
            );
            self.warn(
                name,
                message,
                Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
            );
        }
        for key in ["labels", "annotations"] {
            self.texts(metadata, key);
        }
    }

    /// Values of labels and their like are texts: `NO` and `1.10` are not, unless they stand in quotes.
    fn texts(&mut self, value: &Value, key: &str) {
        let Some(found) = self.mapping(value, key, Text::new("it is not read", "il n’est pas lu"))
        else {
            return;
        };
        let is_text = |value: &Value| {
            matches!(
                &value.data,
                Data::String(_) | Data::Null(_) | Data::Unknown(_)
            )
        };
        let odd = found.entries().unwrap_or_default().iter();
        if let Some((name, value)) = odd.into_iter().find(|(_, value)| !is_text(value)) {
            let is = what(value);
            let message = text!(
                "`{}` in `{key}` is {is}, not a text",
                "`{}` dans `{key}` est {is}, et non un texte",
                shown(name);
                is
            );
            self.warn(
                value,
                message,
                Text::new(
                    "put the value in quotes: Kubernetes refuses it as it is",
                    "mettez la valeur entre guillemets : Kubernetes la refuse telle quelle",
                ),
            );
        }
    }

    fn pods(&mut self, spec: &Value) {
        for key in MAPPINGS {
            self.mapping(spec, key, Text::new("it is not read", "il n’est pas lu"));
        }
        self.texts(spec, "nodeSelector");
        for key in LISTS {
            let Some(list) = spec.entry(key) else {
                continue;
            };
            match list.elements() {
                Some(all) => {
                    let odd = all
                        .iter()
                        .find(|one| one.entries().is_none() && !one.is_unknown());
                    if let Some(odd) = odd {
                        let is = what(odd);
                        let message = text!(
                            "an element of `{key}` is {is}, not a mapping; it is not judged",
                            "un élément de `{key}` est {is}, et non une table ; il n’est pas jugé";
                            is
                        );
                        let mut problem = Problem::warning(ProblemCode::Manifest, message)
                            .help(Text::new("Kubernetes refuses it", "Kubernetes le refuse"));
                        if let Some(place) = odd.origin.place {
                            problem = problem.at(place);
                        }
                        (self.say)(problem);
                    }
                }
                None if list.is_null() || list.is_unknown() => {}
                None => {
                    let is = what(list);
                    let message = text!(
                        "`{key}` is {is}, not a sequence; what it holds is not judged",
                        "`{key}` est {is}, et non une suite ; ce qu’il contient n’est pas jugé";
                        is
                    );
                    self.warn(
                        list,
                        message,
                        Text::new("Kubernetes refuses it", "Kubernetes le refuse"),
                    );
                }
            }
        }
    }
}

/// `v1`, `v1beta2`: known, or of a kind that came and went before the catalogue was written.
fn is_version(version: &str, known: &[String]) -> bool {
    if known.is_empty() || known.iter().any(|known| known == version) {
        return true;
    }
    let newest = known.iter().filter_map(|known| major(known)).max();
    let is_early = version.contains("alpha") || version.contains("beta");
    match (major(version), newest) {
        (Some(major), Some(newest)) => is_early && major <= newest,
        _ => false,
    }
}

fn major(version: &str) -> Option<u32> {
    let digits = version.strip_prefix('v')?;
    let end = digits.find(|c: char| !c.is_ascii_digit());
    digits.get(..end.unwrap_or(digits.len()))?.parse().ok()
}

/// What a value is, for a message.
fn what(value: &Value) -> Text {
    match &value.data {
        Data::Bool(value) => text!("the boolean `{value}`", "le booléen `{value}`"),
        Data::Number(_) => Text::new("a number", "un nombre"),
        Data::String(_) => Text::new("a text", "un texte"),
        Data::Null(_) => Text::new("empty", "vide"),
        _ if value.elements().is_some() => Text::new("a sequence", "une suite"),
        _ => Text::new("a mapping", "une table"),
    }
}

/// As much of a word as a message has room for.
pub(super) fn shown(word: &str) -> &str {
    let end = word.char_indices().nth(60).map_or(word.len(), |(at, _)| at);
    word.get(..end).unwrap_or(word)
}
