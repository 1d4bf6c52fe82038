//! What the fuzz targets do with an input, and what has to hold whatever it says: one function for each target.

mod answers;
mod config;
mod folder;
mod markers;
mod plan;
mod report;
mod text;

pub use answers::answers;
pub use config::config;
pub use markers::markers;
pub use plan::plan;
pub use report::report;
pub use text::{evaluate, hcl, json, manifests};

use gardefou::problem::Problem;
use gardefou::source::{Place, Sources};

/// Every place of the problems lies in a text and cuts no character.
fn check(problems: &[Problem], sources: &Sources) {
    for problem in problems {
        let related = problem.related.iter().map(|(place, _)| *place);
        for place in problem.place.into_iter().chain(related) {
            lies(place, sources, &problem.message.en);
        }
    }
}

/// A place lies in a text and cuts no character.
fn lies(place: Place, sources: &Sources, about: &str) {
    let source = sources.get(place.source);
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    assert!(
        source.text().get(start..end).is_some(),
        "{start}..{end} in {:?}: {about}",
        source.path(),
    );
}
