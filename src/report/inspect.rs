//! What was understood: every resource with its values, facts and evidence, the relations between them, variables and
//! outputs. For people who ask why, and for tools of their own.

use super::Lang;
use super::json::EvidenceOut;
use crate::catalog::CatalogFolder;
use crate::facts::Facts;
use crate::graph::{Graph, Resource, ResourceId};
use crate::kubernetes::Rendering;
use crate::problem::Problem;
use crate::source::Sources;
use crate::terraform::Estate;
use crate::value::Value;
use hashbrown::HashMap;

mod address;
mod document;
mod facts;
mod people;
pub mod route;
mod summary;
mod words;

pub use super::values::Secrets;
pub use document::write as json;
pub use people::write as human;

/// What `inspect` prints.
#[derive(Debug, Clone, Copy)]
pub struct Inspection<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Resources and relations.
    pub graph: &'a Graph,
    /// Their facts.
    pub facts: &'a Facts,
    /// The Terraform roots.
    pub estate: &'a Estate,
    /// Folders of facts that lie over those of the binary.
    pub catalogues: &'a [CatalogFolder],
    /// What became of charts and kustomizations, and the values that were used.
    pub renderings: &'a [Rendering],
    /// Sorted.
    pub problems: &'a [Problem],
    /// The date of the facts.
    pub as_of: &'a str,
    /// Language of labels and reasons.
    pub lang: Lang,
    /// Whether sensitive values of code are printed.
    pub secrets: Secrets,
    /// The Kubernetes objects as they may be printed; those that are not here may be printed as they are.
    pub objects: &'a HashMap<ResourceId, Value>,
}

impl<'a> Inspection<'a> {
    /// The values of an object, without its secrets.
    fn values_of(&self, object: &'a Resource) -> &'a Value {
        self.objects.get(&object.id).unwrap_or(&object.attributes)
    }
}

/// The path of a root as it is printed: `.` for the top of the scan.
fn root_path(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

/// Evidence of a fact.
fn evidence<'a>(
    ids: &[crate::facts::EvidenceId],
    inspection: &Inspection<'a>,
) -> Vec<EvidenceOut<'a>> {
    ids.iter()
        .filter_map(|id| inspection.facts.evidence(*id))
        .map(|piece| EvidenceOut::of(piece, inspection.sources, inspection.lang))
        .collect()
}
