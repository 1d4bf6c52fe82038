//! How sensitive data is, and who says so: label, configuration, inherited label, resource type, telling name; then
//! along the relations to what serves it. What nobody says anything about is assumed, and marked so.

use std::collections::HashMap;
use std::rc::Rc;

use super::establish::Lens;
use super::labels::{Label, LabelFrom, Labels};
use super::location::dedup;
use super::{Basis, EvidenceId, LevelFrom, Sensitivity, Text};
use crate::catalog::{Certainty, Class, Classification, LevelOrigin, normalise, tokens};
use crate::config::words::Level;
use crate::graph::{RelationKind, Resource, ResourceId};
use crate::value::{Because, Value};

/// A level that something says, with the reason.
#[derive(Debug, Clone)]
struct Said {
    level: Level,
    origin: LevelOrigin,
    evidence: Vec<EvidenceId>,
}

impl Said {
    /// Does a label of its own, or the configuration, say that it holds health data or more? A name says too little about
    /// a type that nobody knows.
    fn marks(&self) -> bool {
        self.level >= Level::Health
            && matches!(self.origin, LevelOrigin::Configuration | LevelOrigin::Label)
    }
}

/// Rounds of propagation at most: longer chains than this do not occur, circles end by themselves.
const MAX_ROUNDS: usize = 16;

/// The sensitivity of every resource of the graph.
pub(super) fn establish(lens: &mut Lens<'_>) -> Vec<Sensitivity> {
    let words = Words::new(lens);
    let graph = lens.graph;
    for labels in &mut lens.labels {
        if let Some(labels) = Rc::get_mut(labels) {
            words.note_unread(labels);
        }
    }
    let mut said: Vec<Option<Said>> = graph
        .resources()
        .iter()
        .map(|resource| own(lens, &words, resource))
        .collect();
    lens.marked = said
        .iter()
        .map(|said| said.as_ref().is_some_and(Said::marks))
        .collect();
    propagate(lens, &mut said);
    serve_root(lens, &mut said);
    let assumed = lens.ledger.setting(Text::new(
        format!("nobody labelled it: assumed {}", lens.settings.assume),
        format!(
            "personne ne l'a étiquetée : supposée {}",
            lens.settings.assume
        ),
    ));
    said.into_iter()
        .map(|said| settle(lens, said, assumed))
        .collect()
}

/// The vocabulary, normalised once.
struct Words {
    classification: Option<&'static Classification>,
    keys: Vec<String>,
    boolean_keys: HashMap<String, Level>,
    values: HashMap<String, (Level, u8)>,
    truths: Vec<String>,
    falsehoods: Vec<String>,
}

impl Words {
    fn new(lens: &Lens<'_>) -> Self {
        let classification = lens.catalog.classification();
        let of = |list: &[String]| list.iter().map(|word| normalise(word)).collect::<Vec<_>>();
        let mut keys: Vec<String> = lens
            .settings
            .config
            .classification
            .keys
            .iter()
            .map(|key| normalise(&key.value))
            .collect();
        let mut values = HashMap::new();
        let mut boolean_keys = HashMap::new();
        if let Some(facts) = classification {
            keys.extend(facts.labels.key.iter().map(|key| normalise(&key.key)));
            for key in &facts.labels.boolean_key {
                boolean_keys.insert(normalise(&key.key), key.level);
            }
            for value in &facts.labels.value {
                for word in &value.words {
                    values.insert(normalise(word), (value.level, value.confidence));
                }
            }
        }
        for level in Level::ALL {
            values
                .entry(normalise(level.as_str()))
                .or_insert((*level, 100));
        }
        Self {
            classification,
            keys,
            boolean_keys,
            values,
            truths: classification
                .map(|facts| of(&facts.labels.true_words))
                .unwrap_or_default(),
            falsehoods: classification
                .map(|facts| of(&facts.labels.false_words))
                .unwrap_or_default(),
        }
    }

    fn enforced(&self, confidence: u8) -> bool {
        confidence
            >= self
                .classification
                .map_or(60, |facts| facts.labels.enforce_from)
    }

    /// A label about the level whose value is not known, or no word of any vocabulary: something was said, and it cannot be
    /// read. Where another label can be read, that one holds.
    fn note_unread(&self, labels: &mut Labels) {
        if labels.unknown.is_some()
            || labels
                .all
                .iter()
                .any(|label| self.level_of(label).is_some())
        {
            return;
        }
        let unread = labels.all.iter().find_map(|label| {
            let key = normalise(label.key.rsplit('/').next().unwrap_or(&label.key));
            if label.value.is_unknown() {
                let about = self.keys.contains(&key) || self.boolean_keys.contains_key(&key);
                return about.then(|| label.value.clone());
            }
            let text = label.value.as_text()?;
            let read = self.values.contains_key(&normalise(&text));
            (self.keys.contains(&key) && !self.boolean_keys.contains_key(&key) && !read).then(
                || {
                    let why = format!(
                        "the label `{}` says \"{text}\", which is no known level",
                        label.key
                    );
                    Value::unknown(Because::other(why)).with_origin(label.value.origin.clone())
                },
            )
        });
        labels.unknown = unread.map(Box::new);
    }

    /// The level that a label says.
    fn level_of(&self, label: &Label) -> Option<Level> {
        let last = label.key.rsplit('/').next().unwrap_or(&label.key);
        let key = normalise(last);
        let text = label.value.as_text()?;
        let value = normalise(&text);
        if let Some(level) = self.boolean_keys.get(&key) {
            if self.truths.contains(&value) {
                return Some(*level);
            }
            if self.falsehoods.contains(&value) {
                return None;
            }
        }
        if !self.keys.contains(&key) && !self.boolean_keys.contains_key(&key) {
            return None;
        }
        let (level, confidence) = self.values.get(&value)?;
        self.enforced(*confidence).then_some(*level)
    }

    /// The level that a name tells by a strong word.
    fn level_of_name(&self, name: &str, kind: &str) -> Option<(Level, String)> {
        let facts = self.classification?;
        let words = tokens(name);
        let trapped = |word: &str| {
            facts.names.trap.iter().any(|trap| {
                trap.word == word
                    && (trap.always
                        || trap
                            .beside
                            .iter()
                            .any(|other| words.iter().any(|w| w == other))
                        || trap
                            .type_contains
                            .iter()
                            .any(|part| kind.contains(part.as_str())))
            })
        };
        let mut found: Option<(Level, String)> = None;
        for list in facts.names.words.iter().filter(|list| list.strong) {
            let single = list
                .words
                .iter()
                .find(|word| words.contains(word) && !trapped(word));
            let joined = || {
                list.together
                    .iter()
                    .find(|group| group.iter().all(|word| words.contains(word)))
            };
            let hit = single
                .cloned()
                .or_else(|| joined().map(|group| group.join("+")));
            if let Some(hit) = hit
                && found.as_ref().is_none_or(|(level, _)| *level < list.level)
            {
                found = Some((list.level, hit));
            }
        }
        found
    }
}

/// What is said of a resource by itself, most authoritative first.
fn own(lens: &mut Lens<'_>, words: &Words, resource: &Resource) -> Option<Said> {
    // The resource of the graph, with the graph's lifetime.
    let resource = lens.graph.get(resource.id)?;
    let labels = Rc::clone(&lens.labels[resource.id.index()]);
    let by_label = |lens: &mut Lens<'_>, own: bool| {
        let mut said: Option<Said> = None;
        for label in labels
            .all
            .iter()
            .filter(|label| (label.from == LabelFrom::Own) == own)
        {
            let Some(level) = words.level_of(label) else {
                continue;
            };
            let text = match label.from {
                LabelFrom::Own => Text::new(
                    format!("label `{}`", label.key),
                    format!("étiquette `{}`", label.key),
                ),
                LabelFrom::Provider => Text::new(
                    format!("default tag `{}`", label.key),
                    format!("étiquette par défaut `{}`", label.key),
                ),
                LabelFrom::Namespace => Text::new(
                    format!("label `{}` of the namespace", label.key),
                    format!("étiquette `{}` de l'espace de noms", label.key),
                ),
            };
            let evidence = lens.ledger.way(&label.value, text);
            match &mut said {
                Some(before) if before.level > level => {}
                Some(before) if before.level == level => before.evidence.extend(evidence),
                _ => {
                    let origin = if own {
                        LevelOrigin::Label
                    } else {
                        LevelOrigin::InheritedLabel
                    };
                    said = Some(Said {
                        level,
                        origin,
                        evidence,
                    });
                }
            }
        }
        said
    };
    if let Some(said) = by_label(lens, true) {
        return Some(said);
    }
    if let Some(said) = configured(lens, resource) {
        return Some(said);
    }
    if let Some(said) = by_label(lens, false) {
        return Some(said);
    }
    let type_level = words
        .classification
        .and_then(|facts| facts.labels.types.get(&*resource.kind))
        .copied();
    if let Some(level) = type_level {
        let evidence = lens.ledger.place(
            resource.header,
            Text::new(
                format!("{} holds nothing else", resource.kind),
                format!("{} ne contient rien d'autre", resource.kind),
            ),
        );
        return Some(Said {
            level,
            origin: LevelOrigin::ResourceType,
            evidence: vec![evidence],
        });
    }
    by_name(lens, words, resource)
}

fn configured(lens: &mut Lens<'_>, resource: &Resource) -> Option<Said> {
    let assignment = lens.settings.assigned(resource)?;
    let text = Text::new(
        "assigned in the configuration",
        "attribué dans la configuration",
    );
    let evidence = lens.ledger.place(assignment.place, text);
    Some(Said {
        level: assignment.level.value,
        origin: LevelOrigin::Configuration,
        evidence: vec![evidence],
    })
}

fn by_name(lens: &mut Lens<'_>, words: &Words, resource: &Resource) -> Option<Said> {
    let resource = lens.graph.get(resource.id)?;
    // Permissions, networks and settings are named after what they serve; only what holds or carries data is judged by name.
    if resource.catalogued && !resource.classes.intersects(named()) {
        return None;
    }
    let mut names: Vec<(String, crate::source::Place)> =
        vec![(resource.name.to_string(), resource.header)];
    for path in [
        "name",
        "bucket",
        "identifier",
        "db_name",
        "cluster_identifier",
        "metadata.name",
    ] {
        if let Some(value) = lens.attribute(resource, path)
            && let Some(text) = value.as_str()
        {
            names.push((
                text.to_owned(),
                value.origin.place.unwrap_or(resource.header),
            ));
        }
    }
    if !resource.module.is_empty() {
        names.push((
            resource.module.to_string(),
            resource.calls.last().copied().unwrap_or(resource.header),
        ));
    }
    if let Some(namespace) = &resource.namespace {
        names.push((namespace.to_string(), resource.header));
    }
    let mut best: Option<(Level, String, crate::source::Place)> = None;
    for (name, place) in names {
        if let Some((level, word)) = words.level_of_name(&name, &resource.kind)
            && best.as_ref().is_none_or(|(before, ..)| *before < level)
        {
            best = Some((level, word, place));
        }
    }
    let (level, word, place) = best?;
    let text = Text::new(
        format!("its name says \"{word}\""),
        format!("son nom dit « {word} »"),
    );
    let evidence = lens.ledger.place(place, text);
    Some(Said {
        level,
        origin: LevelOrigin::StrongName,
        evidence: vec![evidence],
    })
}

/// Classes whose names speak of their data.
fn named() -> crate::catalog::ClassSet {
    crate::catalog::ClassSet::of(&[
        Class::HoldsData,
        Class::Backup,
        Class::Workload,
        Class::Compute,
    ])
}

/// Sends levels along the relations until nothing changes: what serves data takes its level, and what is part of
/// something that is classified inherits when nobody says otherwise.
fn propagate(lens: &mut Lens<'_>, said: &mut [Option<Said>]) {
    let graph = lens.graph;
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        for relation in graph.relations() {
            let (source, target, only_silent) = match relation.kind {
                // Keys, copies and logs take the level of what they serve.
                RelationKind::EncryptsWith
                | RelationKind::ReplicatesTo
                | RelationKind::BacksUpTo
                | RelationKind::LogsTo => (relation.from, relation.to, false),
                // Parts and companions are as their whole, unless they say otherwise.
                RelationKind::PartOf | RelationKind::AttachedTo | RelationKind::ReadsFrom => {
                    (relation.to, relation.from, true)
                }
                RelationKind::RunsOn | RelationKind::Exposes => continue,
            };
            let Some(level) = said[source.index()].as_ref().map(|said| said.level) else {
                continue;
            };
            let before = said[target.index()]
                .as_ref()
                .map(|said| (said.level, said.origin));
            let takes = match before {
                None => true,
                Some((_, origin)) if only_silent && origin != LevelOrigin::StrongName => false,
                Some((before, _)) => before < level,
            };
            if takes {
                said[target.index()] = Some(taken(lens, said, source, relation.place));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The level of another resource, with the way to it as evidence.
fn taken(
    lens: &mut Lens<'_>,
    said: &[Option<Said>],
    source: ResourceId,
    place: Option<crate::source::Place>,
) -> Said {
    let from = said[source.index()].clone();
    let graph = lens.graph;
    let address = graph.get(source).map_or("", |resource| &*resource.address);
    let header = graph.get(source).map(|resource| resource.header);
    let mut evidence: Vec<EvidenceId> = place
        .or(header)
        .map(|place| {
            lens.ledger.place(
                place,
                Text::new(
                    format!("takes the level of {address}"),
                    format!("prend le niveau de {address}"),
                ),
            )
        })
        .into_iter()
        .collect();
    let (level, behind) = from.map_or((Level::Public, Vec::new()), |said| {
        (said.level, said.evidence)
    });
    evidence.extend(behind);
    Said {
        level,
        origin: LevelOrigin::InheritedLabel,
        evidence: dedup(evidence),
    }
}

/// Sign-in, state and third parties serve a whole root: without a label of their own they carry its highest level.
fn serve_root(lens: &mut Lens<'_>, said: &mut [Option<Said>]) {
    let graph = lens.graph;
    let mut highest: HashMap<u32, ResourceId> = HashMap::new();
    for resource in graph.resources() {
        let (Some(root), Some(own)) = (resource.root, &said[resource.id.index()]) else {
            continue;
        };
        let best = highest.entry(root.0).or_insert(resource.id);
        if said[best.index()]
            .as_ref()
            .is_some_and(|best| best.level < own.level)
        {
            *best = resource.id;
        }
    }
    for resource in graph.resources() {
        let serves = [Class::Identity, Class::StateBackend, Class::ThirdParty]
            .iter()
            .any(|class| resource.classes.contains(*class));
        if !serves || said[resource.id.index()].is_some() {
            continue;
        }
        if let Some(source) = resource.root.and_then(|root| highest.get(&root.0)) {
            said[resource.id.index()] = Some(taken(lens, said, *source, None));
        }
    }
}

/// Raises what the actor must raise, and fills in the assumed level.
fn settle(lens: &Lens<'_>, said: Option<Said>, assumed: EvidenceId) -> Sensitivity {
    let origin = said
        .as_ref()
        .map_or(LevelFrom::Assumed, |said| match said.origin {
            LevelOrigin::Configuration => LevelFrom::Configuration,
            LevelOrigin::Label => LevelFrom::Label,
            LevelOrigin::InheritedLabel => LevelFrom::InheritedLabel,
            LevelOrigin::ResourceType => LevelFrom::ResourceType,
            _ => LevelFrom::Name,
        });
    let (level, is_assumed, evidence, certainty) = match said {
        Some(said) if said.origin == LevelOrigin::StrongName => {
            (said.level, false, said.evidence, Certainty::Probable)
        }
        Some(said) => (said.level, false, said.evidence, Certainty::Certain),
        None => (
            lens.settings.assume,
            true,
            vec![assumed],
            Certainty::Probable,
        ),
    };
    let applied = lens.catalog.regime(lens.settings.actor, level);
    let counts = applied.as_ref().map_or(level, |applied| applied.level);
    Sensitivity {
        level: counts,
        assumed: is_assumed,
        raised_from: (counts != level).then_some(level),
        origin,
        confidence: if is_assumed { 0 } else { 100 },
        contradiction: None,
        hint: None,
        basis: Basis {
            certainty,
            evidence: dedup(evidence),
        },
    }
}
