//! The organisation's choices that facts depend on: the configuration file, and what the command line overrides.

use crate::catalog::Date;
use crate::config::words::{Actor, Level};
use crate::config::{Assign, Attestation, Config, Subject, Target};
use crate::graph::Resource;

/// What facts depend on beside the input and the catalogue.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the organisation is; decides the regime together with the level.
    pub actor: Option<Actor>,
    /// The day that decides which visas are in force.
    pub as_of: Date,
    /// Level of data that nobody labelled.
    pub assume: Level,
    /// The configuration file.
    pub config: Config,
}

impl Settings {
    /// The level that the configuration gives a resource.
    pub(super) fn assigned(&self, resource: &Resource) -> Option<&Assign> {
        if self.config.classification.assign.is_empty() {
            return None;
        }
        let path = self.config.path_of(&resource.path);
        self.config.assigned(&subject(resource, &path))
    }

    /// Does the configuration give a level to this very resource, and not to all that a pattern takes in?
    pub(super) fn is_named(&self, resource: &Resource) -> bool {
        let assigned = self.assigned(resource);
        assigned.is_some_and(|assign| {
            let mut patterns = assign.matches.iter();
            patterns.any(|pattern| pattern.value.is_exactly(&resource.address))
        })
    }

    /// The target that a manifest is applied to.
    pub(super) fn target_of(&self, resource: &Resource) -> Option<&Target> {
        if self.config.targets.is_empty() {
            return None;
        }
        let path = self.config.path_of(&resource.path);
        self.config.target_of(&subject(resource, &path))
    }

    /// The attestation that covers a resource on the day of the scan, and the one that did and has ended.
    pub(super) fn attestations_of(
        &self,
        resource: &Resource,
    ) -> (Option<&Attestation>, Option<&Attestation>) {
        if self.config.attestations.is_empty() {
            return (None, None);
        }
        let path = self.config.path_of(&resource.path);
        let subject = subject(resource, &path);
        let covering = || self.config.attested(&subject, &resource.kind);
        (
            covering().find(|entry| self.as_of <= entry.until.value),
            covering().find(|entry| entry.until.value < self.as_of),
        )
    }
}

fn subject<'s>(resource: &'s Resource, path: &'s str) -> Subject<'s> {
    Subject {
        path,
        address: &resource.address,
        namespace: resource.namespace.as_deref(),
    }
}
