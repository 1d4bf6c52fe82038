//! What an attestation makes of who runs the cluster of an object: as for resources of Terraform, it is believed where
//! the manifests, the `[[target]]` or the cluster leave a choice, and what they show stands against it.

use std::sync::Arc;

use super::site::{Host, Site};
use crate::catalog::Certainty;
use crate::facts::establish::Lens;
use crate::facts::{Fact, Hosting, Location};
use crate::graph::Resource;
use crate::text::text;

impl<'a> Lens<'a> {
    /// None: no attestation speaks of it, or it is not believed.
    pub(super) fn attested_over(
        &mut self,
        resource: &'a Resource,
        site: &Site<'a>,
        location: &Fact<Location>,
    ) -> Option<Fact<Arc<Hosting>>> {
        if self.settings.config.attestations.is_empty() {
            return None;
        }
        let (valid, ended) = self.settings.attestations_of(resource);
        let Some(entry) = valid else {
            return match &site.host {
                Host::As(Fact::Unknown(gap)) => Some(Fact::Unknown(self.with_ended(gap, ended?))),
                _ => None,
            };
        };
        let offering = self.catalog.offering(&entry.offering.value)?;
        let company = offering.provider();
        let said = |company: &str| match site.by_target {
            true => text!(
                "its [[target]] says {company}",
                "sa [[target]] dit {company}"
            ),
            false => text!(
                "its cluster shows {company}",
                "son cluster montre {company}"
            ),
        };
        let place = location.known();
        let is_foreign = place.is_some_and(|place| self.is_foreign_to(place, company));
        let shown = match (&site.host, place) {
            (Host::As(Fact::Absent), _) => return None,
            (Host::Offering { offering: of, .. }, _) if of.provider() != company => {
                Some(said(&of.id))
            }
            (Host::As(Fact::Known(of)), _) if *of.provider != *company => Some(said(&of.provider)),
            (Host::As(Fact::Unknown(_)), _) if site.company.is_some_and(|of| of.id != company) => {
                let of = site.company.map_or("", |of| of.id.as_str());
                Some(said(of))
            }
            (
                Host::Offering {
                    offering: of,
                    certainty: Certainty::Certain,
                    ..
                },
                _,
            ) if of.id != offering.id => Some(said(&of.id)),
            (_, Some(place)) if is_foreign => Some(text!(
                "{company} has no region {}",
                "{company} n’a pas de région {}",
                place.region
            )),
            _ => None,
        };
        if let Some(shown) = shown {
            self.contradicted(entry, offering, resource, shown);
            return None;
        }
        let (mut evidence, mut certainty, mut cluster) = (Vec::new(), Certainty::Attest, None);
        if let Host::Offering {
            offering: of,
            certainty: shown,
            evidence: basis,
            cluster: on,
        } = &site.host
            && of.id == offering.id
        {
            evidence.extend(basis);
            cluster = *on;
            if *shown == Certainty::Certain {
                certainty = Certainty::Certain;
            }
        }
        evidence.push(self.statement(entry));
        let on = cluster.unwrap_or(resource);
        Some(self.standing(on, offering, place, certainty, evidence))
    }
}
