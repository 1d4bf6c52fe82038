//! Signs that are too weak to decide: weak words of names, names of variables, keys of maps, images, descriptions. They
//! are advice to whoever should classify the data.

use super::Words;
use super::own::{best_hit, named};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::establish::{Kind, Lens};
use crate::facts::{EvidenceId, Text};
use crate::graph::Resource;
use crate::source::Place;
use crate::value::{Path, PathStep, Value};

/// So many variables and images of one workload are looked at.
const MAX_LOOKED_AT: usize = 256;

/// The best weak sign of a resource of which nothing else is known.
pub(super) fn of<'a>(
    lens: &mut Lens<'a>,
    words: &mut Words,
    resource: &'a Resource,
) -> Option<(Level, Vec<EvidenceId>)> {
    let is_named = !resource.catalogued || resource.classes.intersects(named());
    if !is_named && !resource.classes.contains(Class::Configuration) {
        return None;
    }
    if let Some(found) = best_hit(lens, words, resource, false) {
        return Some((found.level, vec![found.evidence(lens)]));
    }
    let mut best: Option<(Level, Place, Text)> = None;
    let mut left = MAX_LOOKED_AT;
    let mut consider = |name: &str, place: Place, what: (&str, &str)| {
        if left == 0 {
            return;
        }
        left -= 1;
        for hit in words.names.hits(name) {
            if best.as_ref().is_none_or(|(level, ..)| *level < hit.level) {
                let word = &hit.word;
                let text = Text::new(
                    format!("{} says \"{word}\"", what.0),
                    format!("{} dit « {word} »", what.1),
                );
                best = Some((hit.level, place, text));
            }
        }
    };
    let facts = words.vocabulary.facts?;
    let around = |value: &Value| value.origin.place.unwrap_or(resource.header);
    const VARIABLE: (&str, &str) = ("the name of a variable", "le nom d’une variable");
    for path in &facts.names.variables {
        for value in lens.attributes(resource, path) {
            for (key, value) in value.entries().unwrap_or_default() {
                consider(key, around(value), VARIABLE);
            }
        }
    }
    if let Some(Kind::Kubernetes(kind)) = lens.kinds[resource.id.index()] {
        if let Some(spec) = kind.pod_spec.as_deref().map(|path| lens.path(path)) {
            for container in containers(resource, &spec) {
                for variable in container
                    .entry("env")
                    .and_then(Value::elements)
                    .unwrap_or_default()
                {
                    if let Some(name) = variable.entry("name").and_then(Value::as_str) {
                        consider(name, around(variable), VARIABLE);
                    }
                }
                if let Some(image) = container.entry("image")
                    && let Some(name) = image.as_str()
                {
                    consider(
                        name,
                        around(image),
                        ("the name of an image", "le nom d’une image"),
                    );
                }
            }
        }
        let data = resource.attributes.entry("data").and_then(Value::entries);
        if resource.classes.contains(Class::Configuration) {
            for (key, value) in data.unwrap_or_default() {
                consider(key, around(value), ("a key", "une clé"));
            }
        }
    }
    for path in &facts.names.descriptions {
        if let Some(value) = lens.attribute(resource, path)
            && let Some(text) = value.as_str()
        {
            consider(text, around(value), ("a description", "une description"));
        }
    }
    let (level, place, text) = best?;
    Some((level, vec![lens.ledger.place(place, text)]))
}

fn containers<'a>(resource: &'a Resource, spec: &Path) -> Vec<&'a Value> {
    let mut all = Vec::new();
    for list in ["containers", "initContainers"] {
        let mut steps = spec.steps().to_vec();
        steps.push(PathStep::Key(list.into()));
        steps.push(PathStep::Every);
        all.extend(resource.attributes.get_all(&Path::of(steps)));
    }
    all
}
