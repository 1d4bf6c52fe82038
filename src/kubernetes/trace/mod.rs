//! From rendered text back to the files that people edit: templates and values of charts, bases and patches of
//! kustomizations.
//!
//! What `helm` and `kustomize` print is read like any manifest; then the places of what was read are rewritten here. A
//! place that cannot be told for certain stays the one in the rendered text: a wrong line is worse than none.

mod align;
mod charts;
mod cursor;
mod expression;
mod flow;
mod helm;
mod kustomize;
mod names;
mod overlay;
mod part;
mod settings;
mod template;

use crate::source::{Place, SourceId};
use crate::value::{Origin, Step, Via};

pub(super) use helm::chart;
pub(super) use kustomize::kustomization;

/// What was rendered, and from what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made<'a> {
    /// The rendered text.
    pub(super) rendered: SourceId,
    /// The folder of the chart or kustomization, as shown; empty for the top.
    pub(super) root: &'a str,
    /// The files that it was made from: paths as shown.
    pub(super) files: &'a [(String, SourceId)],
    /// Files of values given for a chart, in rising precedence; those of the chart itself are among `files`.
    pub(super) values: &'a [SourceId],
}

/// The same origin, each place of it rewritten where `place` can tell.
pub(super) fn moved(origin: &Origin, place: &dyn Fn(Place) -> Option<Place>) -> Origin {
    fn within(origin: &Origin, place: &dyn Fn(Place) -> Option<Place>, depth: usize) -> Origin {
        let via = origin.via.as_ref().filter(|_| depth > 0);
        Origin {
            place: origin.place.map(|old| place(old).unwrap_or(old)),
            via: via.map(|via| {
                let origins = via.origins.iter();
                std::sync::Arc::new(Via {
                    step: via.step.clone(),
                    origins: origins.map(|one| within(one, place, depth - 1)).collect(),
                })
            }),
        }
    }
    // Only aliases have a way before rendering, one step for each alias of an alias.
    within(origin, place, 16)
}

/// What was gone through to get to `origins`.
fn through(step: Step, origins: Vec<Origin>) -> std::sync::Arc<Via> {
    std::sync::Arc::new(Via { step, origins })
}

/// A path below a folder.
fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() {
        rest.to_owned()
    } else {
        format!("{folder}/{rest}")
    }
}

#[cfg(test)]
mod tests;
