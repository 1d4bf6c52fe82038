//! The organisation's choices that facts depend on: from the configuration file and the command line.

use globset::GlobSet;

use crate::catalog::Date;
use crate::config::words::{Actor, Level, Role};
use crate::graph::Resource;
use crate::source::Place;

/// What facts depend on beside the input and the catalogue.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the organisation is; decides the regime together with the level.
    pub actor: Option<Actor>,
    /// Whose cloud it is.
    pub role: Option<Role>,
    /// The day that decides which visas are in force.
    pub as_of: Date,
    /// Level of data that nobody labelled.
    pub assume: Level,
    /// Further label keys that hold a level.
    pub level_keys: Vec<String>,
    /// Further label keys that name a tenant.
    pub tenant_keys: Vec<String>,
    /// Declared to serve several tenants.
    pub multi_tenant: Option<bool>,
    /// Levels given by path, address or namespace; the first that covers a resource counts.
    pub assignments: Vec<Assignment>,
    /// Where manifests are applied; the first that covers a manifest counts.
    pub targets: Vec<Target>,
}

/// A level given in the configuration.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Globs over paths, addresses, and namespaces with `ns:` in front.
    pub globs: GlobSet,
    /// The level.
    pub level: Level,
    /// Where it is written.
    pub place: Place,
}

impl Assignment {
    /// Does it speak of this resource?
    pub fn covers(&self, resource: &Resource) -> bool {
        self.globs.is_match(&*resource.path)
            || self.globs.is_match(&*resource.address)
            || !resource.module.is_empty() && self.globs.is_match(&*resource.module)
            || resource
                .namespace
                .as_ref()
                .is_some_and(|name| self.globs.is_match(format!("ns:{name}")))
    }
}

/// Where manifests are applied.
#[derive(Debug, Clone)]
pub struct Target {
    /// Globs over paths.
    pub globs: GlobSet,
    /// Registry id of the offering.
    pub offering: String,
    /// Region there.
    pub region: Option<String>,
    /// Where it is written.
    pub place: Place,
}
