//! What is said of a resource by itself: the most authoritative word holds, and what says more stays beside it.

use std::rc::Rc;
use std::sync::Arc;

use super::names::{Hit, known_part};
use super::vocabulary::{Meaning, Reading};
use super::{Against, Opinion, Said, Words, trusted};
use crate::catalog::{Category, Class, ClassSet, LevelOrigin};
use crate::config::words::Level;
use crate::facts::establish::{Kind, Lens};
use crate::facts::labels::{Label, LabelFrom};
use crate::facts::{ContradictedBy, EvidenceId, LevelFrom, Text};
use crate::graph::Resource;
use crate::source::Place;

/// Classes whose names speak of their data. Permissions, networks and settings are named after what they serve.
pub(super) fn named() -> ClassSet {
    ClassSet::of(&[
        Class::HoldsData,
        Class::Backup,
        Class::Workload,
        Class::Compute,
    ])
}

/// What is said of a resource by itself.
pub(super) fn opinion<'a>(
    lens: &mut Lens<'a>,
    words: &mut Words,
    resource: &'a Resource,
) -> Opinion {
    let label = by_labels(lens, words, resource, |from| from == LabelFrom::Own);
    let inherited = by_labels(lens, words, resource, |from| from != LabelFrom::Own);
    let configured = configured(lens, words, resource);
    let of_type = by_type(lens, words, resource);
    let name = by_name(lens, words, resource);

    let mut opinion = Opinion::default();
    let ((label, unsure), (inherited, unsure_too)) = (label, inherited);
    opinion.hint = unsure
        .or(unsure_too)
        .map(|said| (said.level, said.evidence));

    // Of what is as strong the higher holds; of equal ones the first.
    let from_around = higher(inherited, of_type.clone());
    let parent = match (&label, &from_around) {
        // Default tags of a provider are there to be overridden.
        (Some(label), Some(around)) if around.level > label.level => {
            let of_parent = |from| {
                matches!(
                    from,
                    LabelFrom::Namespace | LabelFrom::Above | LabelFrom::Module
                )
            };
            by_labels(lens, words, resource, of_parent).0
        }
        _ => None,
    };
    let mut chosen = label
        .clone()
        .or_else(|| configured.clone())
        .or_else(|| from_around.clone())
        .or_else(|| name.clone());
    if let Some(said) = chosen.take_if(|said| said.at_least) {
        chosen = raised(said, [&configured, &from_around, &name]);
    }
    let Some(said) = chosen else {
        return opinion;
    };
    if said.from != LevelFrom::Name {
        opinion.hint = None;
    }
    let mut against: Option<Against> = None;
    let mut weigh = |other: &Option<Said>, by: ContradictedBy| {
        if let Some(other) = other
            && other.level > said.level
            && against.as_ref().is_none_or(|best| best.level < other.level)
        {
            against = Some(Against {
                by,
                level: other.level,
                confidence: other.confidence,
                evidence: other.evidence.clone(),
            });
        }
    };
    // Of equal levels the better evidence first.
    if said.from == LevelFrom::Label && !said.synthetic {
        weigh(&configured, ContradictedBy::Parent);
        weigh(&parent, ContradictedBy::Parent);
    }
    if matches!(said.from, LevelFrom::Label | LevelFrom::InheritedLabel) && !said.synthetic {
        weigh(&of_type, ContradictedBy::Name);
        weigh(&name, ContradictedBy::Name);
    }
    opinion.said = Some(said);
    opinion.against = against;
    opinion
}

fn higher(a: Option<Said>, b: Option<Said>) -> Option<Said> {
    match (a, b) {
        (Some(a), Some(b)) if b.level > a.level => Some(b),
        (a, b) => a.or(b),
    }
}

/// A lower bound with what says more.
fn raised(bound: Said, others: [&Option<Said>; 3]) -> Option<Said> {
    let best = others
        .into_iter()
        .flatten()
        .filter(|other| other.level > bound.level)
        .reduce(|best, next| if next.level > best.level { next } else { best });
    Some(match best {
        None => bound,
        Some(best) => {
            let mut said = best.clone();
            said.evidence.extend(bound.evidence);
            said
        }
    })
}

/// The highest level that labels say, and that of those that are too unsure to count.
fn by_labels(
    lens: &mut Lens<'_>,
    words: &Words,
    resource: &Resource,
    counts: fn(LabelFrom) -> bool,
) -> (Option<Said>, Option<Said>) {
    let labels = Arc::clone(&lens.labels[resource.id.index()]);
    let (mut sure, mut unsure): (Option<Said>, Option<Said>) = (None, None);
    let mut invented: Option<Said> = None;
    for label in labels.all.iter().filter(|label| counts(label.from)) {
        let (origin, from) = match label.from {
            LabelFrom::Own => (LevelOrigin::Label, LevelFrom::Label),
            _ => (LevelOrigin::InheritedLabel, LevelFrom::InheritedLabel),
        };
        let said = |meaning: Option<Meaning>, lens: &mut Lens<'_>| {
            let confidence = meaning.map_or(100, |meaning| meaning.confidence);
            Said {
                // What is invented or anonymised is about nobody.
                level: meaning.map_or(Level::Internal, |meaning| meaning.level),
                from,
                confidence: trusted(&words.vocabulary, origin, confidence),
                at_least: meaning.is_some_and(|meaning| meaning.at_least),
                synthetic: meaning.is_none(),
                gathered: false,
                evidence: lens.ledger.way(&label.value, shown(label)),
            }
        };
        match words.vocabulary.read(label) {
            Reading::Says(meaning) => {
                let said = said(Some(meaning), lens);
                let best = if words.vocabulary.enforces(said.confidence) {
                    &mut sure
                } else {
                    &mut unsure
                };
                join(best, said);
            }
            Reading::Synthetic => join(&mut invented, said(None, lens)),
            Reading::Nothing | Reading::Unread | Reading::Unknown => {}
        }
    }
    if let (Some(sure), Some(_)) = (&mut sure, &invented) {
        sure.synthetic = true;
    }
    (sure.or(invented), unsure)
}

/// Of two labels the higher one; where both say the same, both are evidence.
fn join(best: &mut Option<Said>, said: Said) {
    match best {
        Some(before) if before.level > said.level => {}
        Some(before) if before.level == said.level => {
            before.evidence.extend(said.evidence);
            before.at_least &= said.at_least;
            before.confidence = before.confidence.max(said.confidence);
        }
        _ => *best = Some(said),
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
        LabelFrom::Namespace => Text::new(
            format!("label `{key}` of the namespace"),
            format!("étiquette `{key}` de l’espace de noms"),
        ),
        LabelFrom::Above => Text::new(
            format!("label `{key}` of the namespace above"),
            format!("étiquette `{key}` de l’espace de noms parent"),
        ),
    }
}

fn configured(lens: &mut Lens<'_>, words: &Words, resource: &Resource) -> Option<Said> {
    let assignment = lens.settings.assigned(resource)?;
    let text = Text::new(
        "assigned in the configuration",
        "attribué dans la configuration",
    );
    Some(Said {
        level: assignment.level.value,
        from: LevelFrom::Configuration,
        confidence: words.vocabulary.confidence(LevelOrigin::Configuration),
        at_least: false,
        synthetic: false,
        gathered: false,
        evidence: vec![lens.ledger.place(assignment.place, text)],
    })
}

fn by_type(lens: &mut Lens<'_>, words: &Words, resource: &Resource) -> Option<Said> {
    let facts = words.vocabulary.facts?;
    let level = *facts.labels.types.get(&*resource.kind)?;
    let text = Text::new(
        format!("{} holds nothing else", resource.kind),
        format!("{} ne contient rien d’autre", resource.kind),
    );
    Some(Said {
        level,
        from: LevelFrom::ResourceType,
        confidence: words.vocabulary.confidence(LevelOrigin::ResourceType),
        at_least: false,
        synthetic: false,
        gathered: false,
        evidence: vec![lens.ledger.place(resource.header, text)],
    })
}

fn by_name<'a>(lens: &mut Lens<'a>, words: &mut Words, resource: &'a Resource) -> Option<Said> {
    let best = best_hit(lens, words, resource, true)?;
    Some(Said {
        level: best.level,
        from: LevelFrom::Name,
        confidence: words.vocabulary.confidence(LevelOrigin::StrongName),
        at_least: false,
        synthetic: false,
        gathered: false,
        evidence: vec![best.evidence(lens)],
    })
}

/// A word of a name with where the name stands.
pub(super) struct Found {
    pub(super) level: Level,
    word: Rc<str>,
    of: NameOf,
    place: Place,
}

/// Whose name it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NameOf {
    Itself,
    Module,
    Namespace,
    Path,
}

impl Found {
    pub(super) fn evidence(&self, lens: &mut Lens<'_>) -> EvidenceId {
        let word = &self.word;
        let (en, fr) = match self.of {
            NameOf::Itself => (
                format!("its name says \"{word}\""),
                format!("son nom dit « {word} »"),
            ),
            NameOf::Module => (
                format!("the name of its module says \"{word}\""),
                format!("le nom de son module dit « {word} »"),
            ),
            NameOf::Namespace => (
                format!("the name of its namespace says \"{word}\""),
                format!("le nom de son espace de noms dit « {word} »"),
            ),
            NameOf::Path => (
                format!("the path of its file says \"{word}\""),
                format!("le chemin de son fichier dit « {word} »"),
            ),
        };
        lens.ledger.place(self.place, Text::new(en, fr))
    }
}

/// The highest level that names tell, by strong words or by weak ones; of equal ones what is nearest to the resource.
pub(super) fn best_hit<'a>(
    lens: &mut Lens<'a>,
    words: &mut Words,
    resource: &'a Resource,
    strong: bool,
) -> Option<Found> {
    if resource.catalogued && !resource.classes.intersects(named()) {
        return None;
    }
    let category: Option<Category> = match lens.kinds[resource.id.index()] {
        Some(Kind::Terraform(kind)) => Some(kind.category),
        _ => None,
    };
    let mut best: Option<Found> = None;
    let mut consider = |hits: &[Hit], of: NameOf, place: Place| {
        for hit in hits.iter().filter(|hit| hit.strong == strong) {
            if best.as_ref().is_none_or(|before| before.level < hit.level)
                && hit.counts(&resource.kind, category)
            {
                best = Some(Found {
                    level: hit.level,
                    word: Rc::clone(&hit.word),
                    of,
                    place,
                });
            }
        }
    };
    let shared = words.names.shared(&resource.name);
    consider(&shared, NameOf::Itself, resource.header);
    for (key, _) in resource.attributes.entries().unwrap_or_default() {
        for path in words.names.attributes(key) {
            for value in lens.attributes(resource, path) {
                if let Some(text) = known_part(value) {
                    let place = value.origin.place.unwrap_or(resource.header);
                    consider(&words.names.hits(&text), NameOf::Itself, place);
                }
            }
        }
    }
    // What has no name of its own is named by a tag.
    let labels = Arc::clone(&lens.labels[resource.id.index()]);
    for label in &labels.all {
        if label.from == LabelFrom::Own
            && words.names.is_name_tag(&label.key)
            && let Some(text) = known_part(&label.value)
        {
            let place = label.value.origin.place.unwrap_or(resource.header);
            consider(&words.names.hits(&text), NameOf::Itself, place);
        }
    }
    if let Some(text) = resource.instance_key.as_ref().and_then(|key| key.as_str()) {
        consider(&words.names.hits(text), NameOf::Itself, resource.header);
    }
    if !resource.module.is_empty() {
        let hits = words.names.shared(&resource.module);
        let place = resource.calls.last().copied().unwrap_or(resource.header);
        consider(&hits, NameOf::Module, place);
    }
    if let Some(namespace) = &resource.namespace {
        let hits = words.names.shared(namespace);
        consider(&hits, NameOf::Namespace, resource.header);
    }
    let full = lens.settings.config.path_of(&resource.path);
    let hits = words.names.of_path(&resource.path, &full);
    consider(&hits, NameOf::Path, resource.header);
    best
}
