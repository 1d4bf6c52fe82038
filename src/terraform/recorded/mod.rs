//! What Terraform recorded: plans and states, as JSON.
//!
//! Both hold values that Terraform worked out already, with masks beside them that say which are secret and which are not
//! known yet. Their texts are private: nothing of them is printed but addresses, attribute names and lines.

mod flat;
pub(super) mod plan;
mod secrets;
mod shown;
mod state;
mod values;

use rayon::prelude::*;

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::MAX_PROBLEMS;
use crate::syntax::json::{self, Document, NodeId, NodeKind};
use crate::terraform::Root;
use crate::text::{Text, text};

/// A plan or a state, as JSON.
#[derive(Debug, Clone)]
pub struct RecordedFile {
    /// Path as shown, `/` between parts.
    pub path: String,
    /// Its text.
    pub source: SourceId,
}

/// What a text of Terraform turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `terraform show -json` of a plan.
    Plan,
    /// `terraform show -json` of a state.
    ShownState,
    /// A state as it is stored.
    State,
    /// A state that OpenTofu encrypted.
    EncryptedState,
}

/// Plans and states as they were read.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Of states.
    pub(super) roots: Vec<Root>,
    pub(super) plans: Vec<plan::Plan>,
    pub(super) problems: Vec<Problem>,
}

impl Recorded {
    /// Reads files, side by side; what they hold is in their order.
    pub(super) fn read(files: &[RecordedFile], sources: &Sources) -> Self {
        let each: Vec<Self> = files
            .par_iter()
            .map(|file| {
                let mut one = Self::default();
                one.add(file, sources);
                one
            })
            .collect();
        let mut all = Self::default();
        for one in each {
            all.roots.extend(one.roots);
            all.plans.extend(one.plans);
            all.problems.extend(one.problems);
        }
        all
    }

    /// What could not be read leaves a problem.
    fn add(&mut self, file: &RecordedFile, sources: &Sources) {
        let text = sources.get(file.source).shared_text();
        let (document, faults) = json::parse_without(file.source, text, Some(&plan::unwanted));
        self.problems.extend(faults);
        let Some(top) = document.root() else { return };
        let repeated = document.repeated_keys(MAX_PROBLEMS);
        self.problems.extend(repeated.into_iter().map(|key| {
            // Not which: a key may tell something, too.
            Problem::warning(
                ProblemCode::Duplicate,
                Text::new(
                    "a key is there twice; the last one counts",
                    "une clé figure deux fois ; la dernière compte",
                ),
            )
            .at(document.place(key))
        }));
        if form(&document, top) == Some(Form::Plan) {
            let plan = plan::read(file, &document, top, &mut self.problems);
            self.plans.extend(plan);
        } else {
            let root = read_state(file, &document, top, &mut self.problems);
            self.roots.extend(root);
        }
    }
}

/// The root in a state; none when it could not be read, and then a problem says why.
fn read_state(
    file: &RecordedFile,
    document: &Document,
    top: NodeId,
    problems: &mut Vec<Problem>,
) -> Option<Root> {
    match form(document, top) {
        Some(Form::State) => state::stored(file, document, top, problems),
        Some(Form::ShownState) => state::shown(file, document, top, problems),
        Some(Form::EncryptedState) => {
            let message = Text::new(
                "the state is encrypted by OpenTofu and was not read",
                "l’état est chiffré par OpenTofu et n’a pas été lu",
            );
            problems.push(
                Problem::error(ProblemCode::Unreadable, message)
                    .at(first_line(file))
                    .help(
                        Text::new("scan what `tofu show -json` prints: `tofu show -json | gardefou scan -`", "analysez ce qu’affiche `tofu show -json` : `tofu show -json | gardefou scan -`"),
                    ),
            );
            None
        }
        Some(Form::Plan) | None => {
            let message = Text::new(
                "neither a plan nor a state of Terraform",
                "ni un plan ni un état de Terraform",
            );
            problems.push(
                Problem::error(ProblemCode::Unreadable, message)
                    .at(first_line(file))
                    .help(Text::new("make a plan or a state readable with `terraform show -json FILE > FILE.json`", "rendez lisible un plan ou un état avec `terraform show -json FICHIER > FICHIER.json`")),
            );
            None
        }
    }
}

fn form(document: &Document, top: NodeId) -> Option<Form> {
    let has = |name: &str| document.get(top, name).is_some();
    if has("encrypted_data") {
        Some(Form::EncryptedState)
    } else if has("planned_values") || has("resource_changes") {
        Some(Form::Plan)
    } else if has("version") && !has("format_version") {
        Some(Form::State)
    } else if has("format_version") {
        // `terraform show -json` of an empty state has nothing else in it.
        Some(Form::ShownState)
    } else {
        None
    }
}

/// What is about the whole file stands at its start.
fn first_line(file: &RecordedFile) -> Place {
    Place::new(file.source, Span::default())
}

/// Refuses what `terraform show -json` of a later major version of the format says.
fn supported_format(file: &RecordedFile, document: &Document, top: NodeId) -> Result<(), Problem> {
    let version = document
        .get(top, "format_version")
        .and_then(|node| document.string(node))
        .unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    // Before Terraform 1.1 it was 0.1 and 0.2, with the same meaning.
    if matches!(major, "0" | "1") {
        return Ok(());
    }
    // The text is private.
    let major = major.parse::<u32>().unwrap_or(0);
    Err(Problem::error(
        ProblemCode::Unreadable,
        text!(
            "the JSON format has version {major}; this version of Gardefou reads version 1",
            "le format JSON est de version {major} ; cette version de Gardefou lit la version 1"
        ),
    )
    .at(first_line(file))
    .help(Text::new("update Gardefou", "mettez Gardefou à jour")))
}

/// The number in a node, when it is a whole one.
fn whole(document: &Document, node: NodeId) -> Option<u64> {
    match document.node(node).kind {
        NodeKind::Number => document.text(document.node(node).span).parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
