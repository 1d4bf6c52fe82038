//! Questions about places: regions, countries, hosts, certification by region.

use super::{
    Answer, Area, Catalog, Date, Hds, HostFamily, Jurisdictions, Offering, Region, RegionSet,
    ZoneRule, fold_identifier,
};

/// How often a derived name may lead to another cloud: services build on clouds, clouds on nothing.
const MAX_DERIVATIONS: usize = 2;

/// A host of a known family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostMatch<'a> {
    /// The family.
    pub family: &'a HostFamily,
    /// The value of its group: a region, a zone, a geography.
    pub place: Option<String>,
}

impl Catalog {
    /// What an identifier means at one provider: a region, or a zone that leads to one. Case does not count.
    ///
    /// Identifiers mean something only together with the provider: `eu-west-2` is London at AWS, France at Outscale.
    pub fn region(&self, regions_id: &str, identifier: &str) -> Option<&Region> {
        self.region_within(regions_id, identifier, MAX_DERIVATIONS)
    }

    fn region_within(
        &self,
        regions_id: &str,
        identifier: &str,
        derivations: usize,
    ) -> Option<&Region> {
        let set = self.region_set(regions_id)?;
        let name = fold_identifier(identifier, set.ignore_spaces);
        let listed = |name: &str| self.regions.get(&format!("{}/{name}", set.id));
        // `europe-west99` is no zone of the multi-region `europe`: a guess may only lead to one place.
        let by_rule =
            |rule: &ZoneRule| listed(rule.apply(&name)?).filter(|found| found.kind.is_one_place());
        listed(&name)
            .or_else(|| set.zone_rules.iter().find_map(by_rule))
            .or_else(|| self.derived_region(set, &name, derivations.checked_sub(1)?))
    }

    /// A name built on that of another cloud's region (`aws-eu-west-3`).
    fn derived_region(&self, set: &RegionSet, name: &str, derivations: usize) -> Option<&Region> {
        set.derived.iter().find_map(|derivation| {
            let rest = name.strip_prefix(derivation.prefix.as_str())?;
            let below = derivation
                .names
                .get(rest)
                .cloned()
                .unwrap_or_else(|| derivation.rule.apply(rest));
            self.region_within(&derivation.regions, &below, derivations)
        })
    }

    /// The regions of one provider, by the id of their file.
    pub fn region_set(&self, regions_id: &str) -> Option<&RegionSet> {
        self.region_sets.get(regions_id)
    }

    /// Every set of regions.
    pub fn region_sets(&self) -> impl Iterator<Item = &RegionSet> {
        self.region_sets.iter()
    }

    /// Every region and zone.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter()
    }

    /// Known identifiers of one provider, in order: for suggestions.
    pub fn region_names(&self, regions_id: &str) -> impl Iterator<Item = &'static str> {
        let prefix = format!("{regions_id}/");
        self.regions
            .keys()
            .filter_map(move |key| key.strip_prefix(prefix.as_str()))
    }

    /// Countries, unions, adequacy decisions, laws.
    pub fn jurisdictions(&self) -> Option<&Jurisdictions> {
        self.jurisdictions.at(0)
    }

    /// Where a set of countries stands on a day: as its worst member does. No country: `Worldwide`.
    pub fn area<S: AsRef<str>>(&self, countries: &[S], on: Date) -> Area {
        self.jurisdictions()
            .map_or(Area::Worldwide, |facts| facts.area(countries, on))
    }

    /// Is an offering certified for hosting health data, used in a region (`None`: not known which), on a day?
    pub fn hds(
        &self,
        offering: &Offering,
        kind: &str,
        region: Option<&Region>,
        on: Date,
    ) -> Answer {
        let of_company = || {
            self.provider(offering.provider())
                .map(|provider| &provider.hds)
        };
        let hds = offering.hds.as_ref().or_else(of_company);
        hds.map_or(Answer::Unknown, |hds| self.certified(hds, kind, region, on))
    }

    /// Does a certificate count for a kind of resource, in a region (`None`: not known which), on a day?
    pub fn certified(&self, hds: &Hds, kind: &str, region: Option<&Region>, on: Date) -> Answer {
        if hds.certified != Answer::Yes {
            return hds.certified;
        }
        if hds.from.is_some_and(|first| on < first) {
            return Answer::Unknown;
        }
        // A certificate past its known end may have been renewed since the catalogue was written.
        if hds.until.is_some_and(|last| last < on) {
            return Answer::Unknown;
        }
        let covered = if hds.covers(kind) {
            Answer::Yes
        } else {
            Answer::Unknown
        };
        if hds.regions.is_empty() && hds.open_regions.is_empty() && hds.area.is_none() {
            return covered;
        }
        let Some(region) = region else {
            return Answer::Unknown;
        };
        let in_regions = hds.regions.is_empty() || Hds::lists(&hds.regions, region);
        let in_area = hds
            .area
            .is_none_or(|area| self.area(&region.countries, on) <= area);
        if !in_regions || !in_area {
            return Answer::No;
        }
        if Hds::lists(&hds.open_regions, region) {
            return Answer::Unknown;
        }
        covered
    }

    /// Companies that a host name belongs to, by the end of the name.
    pub fn providers_of_host(&self, host: &str) -> &[String] {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut rest = host.as_str();
        loop {
            if let Some(found) = self.hosts.get(rest) {
                return found;
            }
            match rest.split_once('.') {
                Some((_, shorter)) => rest = shorter,
                None => return &[],
            }
        }
    }

    /// What an image registry's host tells. The host of an image without one is `docker.io`.
    pub fn registry_host(&self, host: &str) -> Option<HostMatch<'_>> {
        self.host_in(&self.kubernetes()?.registries, host)
    }

    /// What a service's host tells.
    pub fn endpoint_host(&self, host: &str) -> Option<HostMatch<'_>> {
        self.host_in(&self.kubernetes()?.endpoints, host)
    }

    fn host_in<'a>(&self, families: &'a [HostFamily], host: &str) -> Option<HostMatch<'a>> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let host = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
            .map_or(host.as_str(), |(name, _)| name);
        families.iter().find_map(|family| {
            let captures = self.patterns.get(&family.host_regex)?.captures(host)?;
            let place = family
                .group
                .as_ref()
                .and_then(|group| captures.name(group))
                .map(|found| found.as_str().to_owned());
            Some(HostMatch { family, place })
        })
    }
}
