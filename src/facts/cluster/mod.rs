//! Where objects of a Kubernetes cluster are and who runs it: manifests, and the resources of Terraform providers that
//! are such objects. Their own hard constraint comes first, then their storage, then the cluster they run on.

mod against;
mod backup;
mod companies;
mod hints;
mod managed;
mod placement;
mod site;

use std::sync::Arc;

use super::establish::Lens;
use super::{Fact, Gap, Hosting, Location};
use crate::catalog::{Class, ClassSet, Provider};
use crate::graph::Resource;
use crate::value::{Path, PathStep, Value};

pub(super) use hints::Sites;
use site::Host;

/// Labels of nodes that name a region, and zones after them.
const REGION_LABELS: [&str; 2] = [
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/region",
];
const ZONE_LABELS: [&str; 2] = [
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

impl<'a> Lens<'a> {
    /// Is an object one that sits somewhere? One that the catalogue does not know is when it says what it holds.
    fn is_placed(&self, resource: &Resource) -> bool {
        let marked = self.marked.get(resource.id.index());
        resource.classes.intersects(placed())
            || !resource.catalogued && marked.is_some_and(|marked| *marked)
    }

    /// Where an object is.
    pub(super) fn object_location(&mut self, resource: &'a Resource) -> Fact<Location> {
        if !self.is_placed(resource) {
            return Fact::Absent;
        }
        if let Some(found) = self.backup_location(resource) {
            return found;
        }
        if let Some(found) = self.location_stood_for(resource) {
            return found;
        }
        let site = self.site_of(resource);
        if let Some(found) = self.pinned(resource, site.regions) {
            return found;
        }
        site.location.clone()
    }

    /// Who runs the cluster of an object.
    pub(super) fn object_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        if !self.is_placed(resource) {
            return Fact::Absent;
        }
        if let Some(found) = self.backup_hosting(resource, location) {
            return found;
        }
        if let Some(found) = self.hosting_stood_for(resource, location) {
            return found;
        }
        let site = self.site_of(resource);
        match &site.host {
            Host::Offering {
                offering,
                certainty,
                evidence,
                cluster,
            } => self.standing(
                cluster.unwrap_or(resource),
                offering,
                location.known(),
                *certainty,
                evidence.clone(),
            ),
            // What the provider block says of a host is told better than that no cluster is behind it.
            Host::As(Fact::Unknown(_)) if self.reaches_none(resource) => {
                self.terraform_hosting(resource, location)
            }
            Host::As(Fact::Unknown(gap)) => match self.attested_object(resource, location) {
                Some(attested) => attested,
                None => Fact::Unknown(gap.clone()),
            },
            Host::As(hosting) => hosting.clone(),
        }
    }
}

impl<'a> Lens<'a> {
    /// The company that runs the cluster of an object, of whatever kind; none where nobody does.
    pub(super) fn cluster_company(
        &mut self,
        resource: &'a Resource,
    ) -> Result<Option<Arc<str>>, Gap> {
        if let Some((_, company)) = self.company_stood_for(resource) {
            return Ok(Some(company.id.as_str().into()));
        }
        match &self.site_of(resource).host {
            Host::Offering { offering, .. } => Ok(Some(offering.provider().into())),
            Host::As(Fact::Known(hosting)) => Ok(Some(Arc::clone(&hosting.provider))),
            Host::As(Fact::Unknown(gap)) => Err(gap.clone()),
            Host::As(Fact::Absent) => Ok(None),
        }
    }

    /// Where the cluster of an object is, wherever the object sends what it keeps.
    pub(super) fn location_of_cluster(&mut self, resource: &'a Resource) -> Fact<Location> {
        self.site_of(resource).location.clone()
    }

    /// How the offering of a company stands that is meant where nothing but the place tells.
    pub(super) fn hosting_of_company(
        &mut self,
        resource: &'a Resource,
        company: &'static Provider,
        place: Option<&Location>,
    ) -> Fact<Arc<Hosting>> {
        match self.host_of_company(company, place, Vec::new()) {
            Host::Offering {
                offering,
                certainty,
                evidence,
                ..
            } => self.standing(resource, offering, place, certainty, evidence),
            Host::As(hosting) => hosting,
        }
    }
}

/// Kinds that sit somewhere.
fn placed() -> ClassSet {
    ClassSet::of(&[
        Class::HoldsData,
        Class::Compute,
        Class::Workload,
        Class::Backup,
        Class::Edge,
    ])
}

fn at(steps: &[&str]) -> Path {
    Path::of(
        steps
            .iter()
            .map(|step| PathStep::Key(Arc::from(*step)))
            .collect::<Vec<_>>(),
    )
}

/// What a value says as text, when it says something.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}
