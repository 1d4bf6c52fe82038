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

    /// Does the configuration switch the rule off?
    pub(super) fn is_off(&self, rule: &str) -> bool {
        self.settings.config.severity_of(rule) == Some(None)
    }
}
