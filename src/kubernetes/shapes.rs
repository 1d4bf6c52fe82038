//! Objects that Kubernetes would refuse because something in them has the wrong shape. What facts look for is then not
//! where they look: this is said, so that nothing is passed over in silence.

use crate::catalog::{Catalog, KubernetesKind};
use crate::problem::{Problem, ProblemCode};
use crate::syntax::yaml::Keys;
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
    if let Some(metadata) = check.mapping(object, "metadata", "an object has no name without it") {
        check.metadata(metadata);
    }
    let Some(known) = known else { return };
    let lost = "nothing in it is judged";
    check.mapping(object, "spec", lost);
    if let Some(path) = known.pod_spec.as_deref() {
        let mut at = object;
        for key in path.split('.') {
            let Some(inner) = check.mapping(at, key, lost) else {
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
    fn warn(&mut self, at: &Value, message: String, help: &str) {
        let mut problem = Problem::warning(ProblemCode::Manifest, message).help(help.to_owned());
        if let Some(place) = self.keys.entry_of(at) {
            problem = problem.at(place);
        }
        (self.say)(problem);
    }

    /// The mapping behind a key; what is there but is none is said.
    fn mapping<'v>(&mut self, value: &'v Value, key: &str, lost: &str) -> Option<&'v Value> {
        let found = value.entry(key)?;
        if found.entries().is_some() {
            return Some(found);
        }
        if !found.is_null() && !found.is_unknown() {
            let message = format!("`{key}` is {}, not a mapping; {lost}", what(found));
            self.warn(found, message, "Kubernetes refuses it");
        }
        None
    }

    fn version(&mut self, object: &Value, called: &Called<'_>, known: Option<&KubernetesKind>) {
        let Some(at) = object.entry("apiVersion") else {
            return;
        };
        let written = shown(called.api_version);
        if called.group.contains('/') || called.version.is_empty() {
            let message =
                format!("`{written}` is no API version: it is a group, a `/` and a version");
            self.warn(at, message, "Kubernetes refuses it");
            return;
        }
        // Only of its own groups are all versions known.
        let is_own = !called.group.contains('.') || called.group.ends_with(".k8s.io");
        if called.group.is_empty() && called.version != "v1" {
            let message = format!(
                "the API version `{written}` is unknown: without a group there is `v1` only"
            );
            self.warn(at, message, "write the group: `apps/v1`");
        } else if let Some(known) = known
            && is_own
            && !is_version(called.version, &known.versions)
        {
            let message = format!(
                "the API version `{written}` of `{}` is unknown; it is judged as `{}` is",
                shown(called.kind),
                known.versions.join("`, `")
            );
            self.warn(at, message, "check the version");
        }
    }

    fn metadata(&mut self, metadata: &Value) {
        for key in ["name", "generateName", "namespace"] {
            let Some(name) = metadata.entry(key) else {
                continue;
            };
            let wrong = match &name.data {
                Data::String(text) if text.len() <= MAX_NAME => continue,
                Data::String(_) => format!("longer than {MAX_NAME} characters"),
                Data::Null(_) | Data::Unknown(_) => continue,
                _ => format!("{}, not a text", what(name)),
            };
            let message = format!("`metadata.{key}` is {wrong}");
            self.warn(name, message, "Kubernetes refuses it");
        }
        for key in ["labels", "annotations"] {
            self.texts(metadata, key);
        }
    }

    /// Values of labels and their like are texts: `NO` and `1.10` are not, unless they stand in quotes.
    fn texts(&mut self, value: &Value, key: &str) {
        let Some(found) = self.mapping(value, key, "it is not read") else {
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
            let message = format!(
                "`{}` in `{key}` is {}, not a text",
                shown(name),
                what(value)
            );
            self.warn(
                value,
                message,
                "put the value in quotes: Kubernetes refuses it as it is",
            );
        }
    }

    fn pods(&mut self, spec: &Value) {
        for key in MAPPINGS {
            self.mapping(spec, key, "it is not read");
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
                        let message = format!(
                            "an element of `{key}` is {}, not a mapping; it is not judged",
                            what(odd)
                        );
                        let mut problem = Problem::warning(ProblemCode::Manifest, message)
                            .help("Kubernetes refuses it");
                        if let Some(place) = odd.origin.place {
                            problem = problem.at(place);
                        }
                        (self.say)(problem);
                    }
                }
                None if list.is_null() || list.is_unknown() => {}
                None => {
                    let message = format!(
                        "`{key}` is {}, not a sequence; what it holds is not judged",
                        what(list)
                    );
                    self.warn(list, message, "Kubernetes refuses it");
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
fn what(value: &Value) -> String {
    match &value.data {
        Data::Bool(value) => format!("the boolean `{value}`"),
        Data::Number(_) => "a number".to_owned(),
        Data::String(_) => "a text".to_owned(),
        Data::Null(_) => "empty".to_owned(),
        _ if value.elements().is_some() => "a sequence".to_owned(),
        _ => "a mapping".to_owned(),
    }
}

/// As much of a word as a message has room for.
pub(super) fn shown(word: &str) -> &str {
    let end = word.char_indices().nth(60).map_or(word.len(), |(at, _)| at);
    word.get(..end).unwrap_or(word)
}
