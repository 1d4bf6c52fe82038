//! How sensitive data is, and who says so: label, configuration, inherited label, resource type, telling name; then
//! along the relations to what serves it. What nobody says anything about is assumed, and marked so.

mod flow;
mod hints;
mod names;
mod own;
mod vocabulary;

use std::sync::Arc;

use super::establish::Lens;
use super::labels::{LabelFrom, Labels};
use super::location::dedup;
use super::{Basis, ContradictedBy, Contradiction, EvidenceId, Hint, LevelFrom, Sensitivity, Text};
use crate::catalog::{Certainty, LevelOrigin};
use crate::config::words::Level;
use crate::text::text;
use crate::value::{Because, Value};
use names::Names;
use vocabulary::{Reading, Vocabulary};

/// A level that something says, with the reason.
#[derive(Debug, Clone)]
struct Said {
    level: Level,
    from: LevelFrom,
    /// In percent.
    confidence: u8,
    /// A lower bound: somebody should say which.
    at_least: bool,
    /// A label says that the data is invented or anonymised.
    synthetic: bool,
    /// The highest of what it contains: it says nothing of its other parts.
    gathered: bool,
    evidence: Vec<EvidenceId>,
}

impl Said {
    /// Does a label of its own or of its namespace, or a configuration that names it, say that it holds health data or
    /// more? A name, or a pattern that takes in all that is around it, says too little about a type that nobody knows.
    fn marks(&self, is_named: impl FnOnce() -> bool, in_labelled: impl FnOnce() -> bool) -> bool {
        let said = match self.from {
            LevelFrom::Label => true,
            LevelFrom::InheritedLabel => in_labelled(),
            LevelFrom::Configuration => is_named(),
            _ => false,
        };
        said && self.level >= Level::Health
    }
}

/// Something that says a higher level than the one that counts.
#[derive(Debug, Clone)]
struct Against {
    by: ContradictedBy,
    level: Level,
    confidence: u8,
    evidence: Vec<EvidenceId>,
}

/// What is said of a resource.
#[derive(Debug, Clone, Default)]
struct Opinion {
    said: Option<Said>,
    against: Option<Against>,
    hint: Option<(Level, Vec<EvidenceId>)>,
}

/// What levels are read with.
struct Words {
    vocabulary: Vocabulary,
    names: Names,
}

/// The sensitivity of every resource of the graph.
pub(super) fn establish(lens: &mut Lens<'_>) -> Vec<Sensitivity> {
    let facts = lens.catalog.classification();
    let mut words = Words {
        vocabulary: Vocabulary::new(facts, &lens.settings.config),
        names: Names::new(facts),
    };
    let graph = lens.graph;
    let mut opinions: Vec<Opinion> = graph
        .resources()
        .iter()
        .map(|resource| own::opinion(lens, &mut words, resource))
        .collect();
    let marked = graph.resources().iter().zip(&opinions);
    let marked = marked.map(|(resource, opinion)| {
        let is_named =
            || &*resource.kind == crate::graph::ABSENT_MODULE || lens.settings.is_named(resource);
        let said = opinion.said.as_ref();
        // What lies in a namespace works on the data of the namespace, whatever it is.
        let in_labelled = || {
            let labels = &lens.labels[resource.id.index()].all;
            labels
                .iter()
                .any(|label| label.from >= LabelFrom::Namespace)
        };
        said.is_some_and(|said| said.marks(is_named, in_labelled))
    });
    let marked = marked.collect();
    lens.marked = Arc::new(marked);
    flow::spread(lens, &words.vocabulary, &mut opinions);
    for (resource, opinion) in graph.resources().iter().zip(&mut opinions) {
        if opinion.said.is_none() && opinion.hint.is_none() {
            opinion.hint = hints::of(lens, &mut words, resource);
        }
    }
    let assumed = lens.ledger.setting(Text::new(
        format!("nobody labelled it: assumed {}", lens.settings.assume),
        format!(
            "personne ne l’a étiquetée : supposée {}",
            lens.settings.assume.french()
        ),
    ));
    opinions
        .into_iter()
        .map(|opinion| settle(lens, opinion, assumed))
        .collect()
}

/// Notes what is said of levels and cannot be read.
pub(super) fn note_unread(lens: &Lens<'_>, all: &mut [Labels]) {
    let vocabulary = Vocabulary::new(lens.catalog.classification(), &lens.settings.config);
    for labels in all {
        unread(&vocabulary, labels);
    }
}

/// A label about the level whose value is not known, or no word of any vocabulary: something was said, and it cannot be
/// read. Where another label can be read, that one holds.
fn unread(vocabulary: &Vocabulary, labels: &mut Labels) {
    if labels.unknown.is_some() {
        return;
    }
    let mut unread = None;
    for label in &labels.all {
        let found = match vocabulary.read(label) {
            Reading::Says(meaning) if !vocabulary.enforces(meaning.confidence) => continue,
            Reading::Says(_) | Reading::Synthetic => return,
            Reading::Nothing => continue,
            Reading::Unknown => label.value.clone(),
            Reading::Unread => {
                let text = label.value.as_text().unwrap_or_default();
                let text = super::location::shown(&text);
                let why = text!(
                    "the label `{}` says \"{text}\", which is no known level",
                    "l’étiquette `{}` dit « {text} », qui n’est pas un niveau connu",
                    super::location::shown(&label.key)
                );
                Value::unknown(Because::other(why)).with_origin(label.value.origin.clone())
            }
        };
        unread = unread.or(Some(found));
    }
    labels.unknown = unread.map(Box::new);
}

/// Raises what the actor must raise, and fills in the assumed level.
fn settle(lens: &Lens<'_>, opinion: Opinion, assumed: EvidenceId) -> Sensitivity {
    let said = opinion.said.unwrap_or_else(|| Said {
        level: lens.settings.assume,
        from: LevelFrom::Assumed,
        confidence: 0,
        at_least: false,
        synthetic: false,
        gathered: false,
        evidence: vec![assumed],
    });
    let level = said.level;
    let applied = lens.catalog.regime(lens.settings.actor, level);
    let counts = applied.as_ref().map_or(level, |applied| applied.level);
    let basis = basis(said.confidence, said.evidence);
    // A lower bound asks for the level itself.
    let bound = said.at_least.then(|| (level, basis.evidence.clone()));
    let hint = match said.from {
        LevelFrom::Assumed => opinion.hint,
        _ => bound,
    };
    Sensitivity {
        level: counts,
        assumed: said.from == LevelFrom::Assumed,
        raised_from: (counts != level).then_some(level),
        origin: said.from,
        confidence: said.confidence,
        contradiction: opinion
            .against
            .filter(|against| against.level > counts)
            .map(|against| Contradiction {
                by: against.by,
                level: against.level,
                basis: self::basis(against.confidence, against.evidence),
            }),
        hint: hint.map(|(level, evidence)| Hint {
            level,
            basis: Basis {
                certainty: Certainty::Probable,
                evidence: dedup(evidence),
            },
        }),
        basis,
    }
}

/// What labels, configuration and types say is certain; what names say, and what follows from it, is probable.
fn basis(confidence: u8, evidence: Vec<EvidenceId>) -> Basis {
    const CERTAIN_FROM: u8 = 90;
    Basis {
        certainty: if confidence >= CERTAIN_FROM {
            Certainty::Certain
        } else {
            Certainty::Probable
        },
        evidence: dedup(evidence),
    }
}

/// How far a level is trusted that a label says, by where the label stands.
fn trusted(vocabulary: &Vocabulary, origin: LevelOrigin, confidence: u8) -> u8 {
    vocabulary.confidence(origin).min(confidence)
}
