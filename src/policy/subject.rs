//! What policies look at: a graph, its facts, and the organisation's choices.

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::facts::{Facts, Settings};
use crate::graph::Graph;

/// A scan, as it is handed to policies.
///
/// Shared and not borrowed: wasmtime lets no store hold a borrow.
#[derive(Clone)]
pub struct Subject {
    /// The resources and their relations.
    pub graph: Arc<Graph>,
    /// What is established about them.
    pub facts: Arc<Facts>,
    /// The organisation's choices.
    pub settings: Arc<Settings>,
    /// Regimes come from here.
    pub catalog: &'static Catalog,
    /// Rules that this scan does not ask, in order of id: they serve none of its frameworks.
    pub left_out: Arc<[String]>,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject")
            .field("resources", &self.graph.resources().len())
            .finish_non_exhaustive()
    }
}

impl Subject {
    /// Several clients' data is here: the configuration says so, or the labels name more than one.
    pub(super) fn multi_tenant(&self) -> bool {
        let declared = self.settings.config.tenancy.multi_tenant.as_ref();
        declared.map_or_else(|| self.facts.tenants().len() > 1, |declared| declared.value)
    }

    /// Is the rule not asked: switched off in the configuration, or of no use to the frameworks of this scan?
    pub(super) fn is_off(&self, rule: &str) -> bool {
        let left_out = self.left_out.binary_search_by(|id| id.as_str().cmp(rule));
        left_out.is_ok() || self.settings.config.severity_of(rule) == Some(None)
    }
}
