//! The place inside an identifier: an ARN, a CRN, an OCID, a link to a resource, a host. What each form tells is in
//! `catalog/identifiers.toml`; a form without a place says why.

use super::region::shown;
use crate::catalog::{Catalog, Certainty, HostPlace, IdentifierForm, ResourceKind};
use crate::facts::establish::Lens;
use crate::facts::{Basis, EvidenceId, Fact, Gap, Location, Text};
use crate::graph::Resource;

impl<'a> Lens<'a> {
    /// The place of what a text identifies. `None`: it has no form that the catalogue knows.
    pub(in crate::facts) fn place_in_identifier(
        &mut self,
        resource: &'a Resource,
        kind: &'static ResourceKind,
        text: &str,
        evidence: Vec<EvidenceId>,
    ) -> Option<Fact<Location>> {
        match self.form_of(text) {
            Some((form, region)) => {
                let service = kind.region_service.as_deref();
                Some(self.place_by_form(resource, form, region, service, evidence))
            }
            None => self.place_in_host(text, evidence),
        }
    }

    /// The same for an identifier that stands in an object, and means a service of no type in particular.
    pub(in crate::facts) fn place_in_identifier_of_object(
        &mut self,
        resource: &'a Resource,
        text: &str,
        evidence: Vec<EvidenceId>,
    ) -> Option<Fact<Location>> {
        let (form, region) = self.form_of(text)?;
        Some(self.place_by_form(resource, form, region, None, evidence))
    }

    /// The form of an identifier, with its region.
    fn form_of<'t>(&self, text: &'t str) -> Option<(&'static IdentifierForm, Option<&'t str>)> {
        if text.len() > MAX_IDENTIFIER {
            return None;
        }
        let catalog: &'static Catalog = self.catalog;
        catalog.identifier_forms().iter().find_map(|form| {
            // Cheaper than the pattern, and enough for nearly every text.
            if !form
                .starts_with
                .iter()
                .any(|start| text.starts_with(start.as_str()))
            {
                return None;
            }
            let found = catalog.pattern(&form.pattern)?.captures(text)?;
            let region = found.get(1).map(|group| group.as_str());
            Some((form, region.filter(|region| !region.is_empty())))
        })
    }

    fn place_by_form(
        &mut self,
        resource: &'a Resource,
        form: &'static IdentifierForm,
        region: Option<&str>,
        service: Option<&'static str>,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Location> {
        let Some((regions, region)) = form.regions.as_deref().zip(region) else {
            return Fact::Unknown(Gap {
                reason: Text::new(form.en.as_str().to_owned(), form.fr.as_str().to_owned()),
                evidence,
            });
        };
        // Behind an endpoint of another company the same form means that company's regions.
        let own = self
            .terraform_provider(resource)
            .and_then(|facts| facts.regions_id.as_deref());
        let regions = if own == Some(regions) {
            self.regions_of(resource)
        } else {
            Some(regions)
        };
        self.look_up_for(regions, region, service, evidence, Certainty::Certain)
    }

    /// The place that a host or URL names.
    pub(in crate::facts) fn place_in_host(
        &mut self,
        text: &str,
        mut evidence: Vec<EvidenceId>,
    ) -> Option<Fact<Location>> {
        let host = host_of(text)?;
        let catalog: &'static Catalog = self.catalog;
        let found = catalog
            .endpoint_host(host)
            .or_else(|| catalog.registry_host(host))?;
        let family = found.family;
        if let Some((set, place)) = family.regions_id.as_deref().zip(found.place.as_deref()) {
            return Some(self.look_up(Some(set), place, evidence, Certainty::Certain));
        }
        if family.place == HostPlace::Global {
            evidence.push(self.host_entry(family.example.as_str()));
            return Some(Fact::Known(self.place_of_host(host, &[], evidence)));
        }
        // The countries of a family are those of names without a place of their own.
        let plain = family.group.is_none() || found.place.is_none();
        if plain && !family.countries.is_empty() {
            evidence.push(self.host_entry(family.example.as_str()));
            return Some(Fact::Known(self.place_of_host(
                host,
                &family.countries,
                evidence,
            )));
        }
        let host = shown(host);
        Some(Fact::Unknown(Gap {
            reason: Text::new(
                format!("the name of {host} does not say where it is"),
                format!("le nom de {host} ne dit pas où il se trouve"),
            ),
            evidence,
        }))
    }

    fn host_entry(&mut self, example: &str) -> EvidenceId {
        self.ledger.catalogue(
            format!("endpoints {example}"),
            String::new(),
            Text::new("what the host tells", "ce que dit l’hôte"),
        )
    }

    fn place_of_host(
        &self,
        host: &str,
        countries: &[String],
        evidence: Vec<EvidenceId>,
    ) -> Location {
        Location {
            region: shown(host).into(),
            countries: countries
                .iter()
                .map(|country| country.as_str().into())
                .collect(),
            area: self.catalog.area(countries, self.settings.as_of),
            basis: Basis {
                certainty: Certainty::Certain,
                evidence,
            },
        }
    }
}

/// Longer texts identify nothing.
const MAX_IDENTIFIER: usize = 2048;

/// The host of a URL, or of a text that looks like one.
fn host_of(text: &str) -> Option<&str> {
    let (has_scheme, rest) = match text.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, text),
    };
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let plain = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'_'));
    (plain && (has_scheme || host.contains('.'))).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn hosts_are_found_in_urls_and_alone() {
        let found = "jdbc:redshift://c.x.eu-west-3.redshift.amazonaws.com:5439/db";
        assert_eq!(
            host_of(found),
            Some("c.x.eu-west-3.redshift.amazonaws.com:5439")
        );
        assert_eq!(host_of("https://user@h.example/x"), Some("h.example"));
        assert_eq!(
            host_of("sqs.eu-west-3.amazonaws.com"),
            Some("sqs.eu-west-3.amazonaws.com")
        );
        assert_eq!(host_of("eu-west-3"), None);
        assert_eq!(host_of("a sentence. Another"), None);
    }
}
