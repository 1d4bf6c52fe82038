//! What a root module declares, without any values: tells which code a plan was made from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::address;
use super::configuration;
use crate::terraform::module::Module;

/// The names that a module declares.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Addresses within the module.
    pub(super) resources: BTreeSet<String>,
    pub(super) calls: BTreeMap<Arc<str>, Outline>,
    pub(super) variables: BTreeSet<Arc<str>>,
}

impl Outline {
    pub(super) fn of_configuration(module: &configuration::Module) -> Self {
        Self {
            resources: module.resources.keys().cloned().collect(),
            calls: module
                .calls
                .iter()
                .map(|(name, call)| (Arc::clone(name), Self::of_configuration(&call.module)))
                .collect(),
            variables: module.variables.keys().cloned().collect(),
        }
    }

    /// Of a folder of code; what lies behind its calls is left out.
    pub(super) fn of_code(module: &Module) -> Self {
        Self {
            resources: module
                .resources
                .iter()
                .map(crate::terraform::module::ResourceDef::local_address)
                .collect(),
            calls: module
                .calls
                .all
                .iter()
                .map(|call| (Arc::clone(&call.name), Self::default()))
                .collect(),
            variables: module
                .variables
                .all
                .iter()
                .map(|variable| Arc::clone(&variable.name))
                .collect(),
        }
    }

    /// How many names two outlines share, and how many there are in both together. What lies behind calls does not count.
    pub(super) fn shared(&self, other: &Self) -> (usize, usize) {
        let resources = self.resources.intersection(&other.resources).count();
        let calls = self.calls.keys();
        let calls = calls.filter(|name| other.calls.contains_key(*name)).count();
        let variables = self.variables.intersection(&other.variables).count();
        let both = resources + calls + variables;
        (both, self.size() + other.size() - both)
    }

    fn size(&self) -> usize {
        self.resources.len() + self.calls.len() + self.variables.len()
    }

    /// True when it declares the block of an address, whatever its keys.
    pub(super) fn declares(&self, address: &str) -> bool {
        let (calls, local) = address::calls(address);
        let mut outline = self;
        for call in calls {
            match outline.calls.get(call.name) {
                Some(inner) => outline = inner,
                None => return false,
            }
        }
        let end = local.find('[').unwrap_or(local.len());
        let block = local.get(..end).unwrap_or_default();
        block.is_empty() || outline.resources.contains(block)
    }
}
