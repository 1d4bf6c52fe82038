//! Where objects of a Kubernetes cluster are and who runs it: manifests, and the resources of Terraform providers that
//! are such objects. Their own hard constraint comes first, then their storage, then the cluster they run on.
//!
//! `selection` says what binds the scheduler, `placement` and `volume` where that puts an object, `nodes` what nodes
//! there are; `site` and `hints` where the cluster is and who runs it, `evident` whether Terraform code of the same scan
//! tells, `managed` and `backup` what is outside the cluster.

mod against;
mod attested;
mod backup;
mod companies;
mod evident;
mod hints;
mod labelled;
mod managed;
mod nodes;
mod object;
mod placement;
mod selection;
mod signs;
mod site;
mod volume;

use std::sync::Arc;

use super::establish::Lens;
use super::{Fact, Gap, Hosting, Location};
use crate::catalog::{Class, ClassSet, Provider};
use crate::graph::Resource;
use crate::value::Value;

pub(super) use hints::{Gathered, Sites, gather};
use site::Host;

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
        if let Some(found) = self.location_of_share(resource) {
            return found;
        }
        let site = self.site_of(resource);
        if let Some(found) = self.pinned(resource, &site) {
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
        if let Some(found) = self.hosting_of_share(resource, location) {
            return found;
        }
        let site = self.site_of(resource);
        // What the provider block says of a host is told better than that no cluster is behind it.
        if matches!(site.host, Host::As(Fact::Unknown(_))) && self.reaches_none(resource) {
            return self.terraform_hosting(resource, location);
        }
        if let Some(attested) = self.attested_over(resource, &site, location) {
            return attested;
        }
        let place = location.known();
        match &site.host {
            Host::Offering {
                offering,
                certainty,
                evidence,
                cluster,
            } => {
                // Who declares an offering means it, also where its visa does not reach.
                let there = match site.by_target {
                    true => None,
                    false => self.offering_there(offering, place),
                };
                let there = there.unwrap_or(offering);
                self.standing(
                    cluster.unwrap_or(resource),
                    there,
                    place,
                    *certainty,
                    evidence.clone(),
                )
            }
            // The place that it has of its own tells the offering.
            Host::As(Fact::Unknown(gap)) => match site.company.filter(|_| place.is_some()) {
                Some(company) => self.hosting_at(resource, company, location, gap.evidence.clone()),
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
        let site = self.site_of(resource);
        match &site.host {
            Host::Offering { offering, .. } => Ok(Some(offering.provider().into())),
            Host::As(Fact::Known(hosting)) => Ok(Some(Arc::clone(&hosting.provider))),
            Host::As(Fact::Unknown(gap)) => match site.company {
                Some(company) => Ok(Some(company.id.as_str().into())),
                None => Err(gap.clone()),
            },
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

/// What stands behind keys, as a path of them finds it, which need not be made.
///
/// Recursion is bounded: the nesting of values is.
fn at<'v>(value: &'v Value, keys: &[&str]) -> Option<&'v Value> {
    let Some((key, rest)) = keys.split_first() else {
        return Some(value);
    };
    match value.elements() {
        _ if value.is_unknown() => Some(value),
        Some(all) => all.iter().find_map(|one| at(one, keys)),
        None => at(value.entry(key)?, rest),
    }
}

/// What stands in a block, through blocks that Terraform has as lists of one. An unknown on the way is the answer.
fn inside<'v>(value: &'v Value, keys: &[&str]) -> Option<&'v Value> {
    let mut value = value;
    for key in keys {
        if value.is_unknown() {
            break;
        }
        value = match value.elements() {
            Some(all) => all.iter().find_map(|one| one.entry(key))?,
            None => value.entry(key)?,
        };
    }
    Some(value)
}

/// What a value says as text, when it says something.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Because, Path};

    #[test]
    fn keys_find_what_their_path_finds() {
        let object = |key: &str, value| Value::object([(key.into(), value)]);
        let inner = object("b", Value::string("x"));
        let values = [
            object("a", inner.clone()),
            object("a", Value::tuple([Value::object([]), inner.clone()])),
            object("a", Value::tuple([])),
            object("a", Value::null()),
            object("a", Value::unknown(Because::Error)),
            Value::tuple([object("a", inner.clone())]),
            Value::unknown(Because::Error),
            inner,
        ];
        for value in &values {
            for keys in [&["a", "b"][..], &["a"], &["b"], &[]] {
                let path = keys.join(".");
                let by_path = match keys {
                    [] => Some(value),
                    _ => value.get(&Path::parse(&path).expect("a path")),
                };
                let found = at(value, keys);
                let place = |found: Option<&Value>| found.map(std::ptr::from_ref);
                assert_eq!(place(found), place(by_path), "{keys:?} in {value:?}");
            }
        }
    }
}
