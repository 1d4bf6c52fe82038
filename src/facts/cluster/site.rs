//! Where a cluster is and who runs it, found once for all objects that are applied the same way: from the cluster that
//! the provider block reaches, from `[[target]]`, or from what the manifests around an object show.

use std::rc::Rc;
use std::sync::Arc;

use super::super::establish::{Lens, gap};
use super::super::location::dedup;
use super::super::{EvidenceId, Fact, Gap, Hosting, Location, Text};
use super::nodes::Nodes;
use crate::catalog::{Certainty, Offering, Provider, ResourceKind};
use crate::config::Target;
use crate::graph::{Resource, World};

/// What is known of a cluster.
pub(in crate::facts) struct Site<'a> {
    /// Region file of its zones.
    pub(super) regions: Option<&'static str>,
    /// Where it is.
    pub(super) location: Fact<Location>,
    /// Who runs it.
    pub(super) host: Host<'a>,
    /// The company that does, also where its offering is open.
    pub(super) company: Option<&'static Provider>,
    /// A `[[target]]` says so.
    pub(super) by_target: bool,
    /// Its nodes, as far as files show them.
    pub(super) nodes: Arc<Nodes>,
}

/// Who runs a cluster.
pub(super) enum Host<'a> {
    /// An offering of the registry.
    Offering {
        offering: &'static Offering,
        certainty: Certainty,
        evidence: Vec<EvidenceId>,
        /// The cluster, whose type can be outside the visa.
        cluster: Option<&'a Resource>,
    },
    /// What was established of the cluster itself, or why nothing was.
    As(Fact<Arc<Hosting>>),
}

impl<'a> Site<'a> {
    pub(super) fn unknown(reason: Gap) -> Self {
        Self {
            regions: None,
            location: Fact::Unknown(reason.clone()),
            host: Host::As(Fact::Unknown(reason)),
            company: None,
            by_target: false,
            nodes: Arc::default(),
        }
    }
}

impl<'a> Lens<'a> {
    /// The cluster of an object.
    pub(super) fn site_of(&mut self, resource: &'a Resource) -> Rc<Site<'a>> {
        if resource.world == World::Kubernetes {
            let graph = self.graph;
            let release = resource.release.and_then(|id| graph.get(id));
            let target = self.settings.target_of(resource);
            return match (release, target) {
                // What a chart makes is applied by the release that installs it.
                (Some(release), None) => self.site_of(release),
                (Some(release), Some(target)) => match self.site_reached(release) {
                    Some(site) => site,
                    None => self.site_of_target(target),
                },
                (None, Some(target)) => self.site_of_target(target),
                (None, None) => self.site_around(resource),
            };
        }
        if let Some(site) = self.site_reached(resource) {
            return site;
        }
        match self.settings.target_of(resource) {
            Some(target) => self.site_of_target(target),
            None => {
                let reason = self.unreached(resource);
                Rc::new(Site::unknown(reason))
            }
        }
    }

    /// The cluster that the provider block of a resource reaches, found once for each block.
    fn site_reached(&mut self, resource: &'a Resource) -> Option<Rc<Site<'a>>> {
        let provider = resource.provider?;
        if let Some(known) = self.sites.by_provider.get(&provider) {
            return known.clone();
        }
        let site = self.site_of_provider(resource).map(Rc::new);
        self.sites.by_provider.insert(provider, site.clone());
        site
    }

    fn site_of_target(&mut self, target: &'a Target) -> Rc<Site<'a>> {
        if let Some(site) = self.sites.by_target.get(&target.place) {
            return Rc::clone(site);
        }
        let evidence = self.ledger.place(
            target.place,
            Text::new("target of the manifests", "cible des manifestes"),
        );
        let offering = self.catalog.offering(&target.offering.value);
        let company = offering.and_then(|offering| self.catalog.provider(offering.provider()));
        let regions = company.and_then(regions_of_company);
        let nodes = self.nodes_of_target(target);
        let location = match &target.region {
            Some(region) => {
                self.look_up(regions, &region.value, vec![evidence], Certainty::Probable)
            }
            None => self.where_nodes_agree(&nodes, company).unwrap_or_else(|| {
                Fact::Unknown(Gap {
                    reason: Text::new(
                        "the [[target]] names no region",
                        "la [[target]] ne nomme aucune région",
                    ),
                    evidence: vec![evidence],
                })
            }),
        };
        let host = match offering {
            Some(offering) => Host::Offering {
                offering,
                certainty: Certainty::Probable,
                evidence: vec![evidence],
                cluster: None,
            },
            None => Host::As(Fact::Unknown(gap(
                format!("the registry has no offering {}", target.offering.value),
                format!("le registre n’a pas d’offre {}", target.offering.value),
            ))),
        };
        let site = Rc::new(Site {
            regions,
            location,
            host,
            company,
            by_target: true,
            nodes,
        });
        self.sites.by_target.insert(target.place, Rc::clone(&site));
        site
    }

    /// The cluster that a provider block reaches: one of the scan, else the one whose host or context it names.
    fn site_of_provider(&mut self, resource: &'a Resource) -> Option<Site<'a>> {
        match self.graph.clusters_of(resource.provider?) {
            [] => self.site_of_host(resource),
            [citation] => {
                let cluster = self.graph.get(citation.cluster)?;
                let path = &citation.path;
                let evidence: Vec<EvidenceId> = citation
                    .place
                    .map(|place| {
                        self.ledger.place(
                            place,
                            Text::new(
                                format!("`{path}` of the provider reaches {}", cluster.address),
                                format!("`{path}` du fournisseur mène à {}", cluster.address),
                            ),
                        )
                    })
                    .into_iter()
                    .collect();
                Some(self.site_of_cluster(cluster, evidence))
            }
            [first, second, ..] => {
                let name = |id| {
                    self.graph
                        .get(id)
                        .map_or("?", |resource| &*resource.address)
                };
                let (one, other) = (name(first.cluster), name(second.cluster));
                let reason = Text::new(
                    format!("its provider block reaches several clusters: {one} and {other}"),
                    format!("son bloc fournisseur mène à plusieurs clusters : {one} et {other}"),
                );
                let places = [first.place, second.place].into_iter().flatten();
                let label = Text::new("argument of the provider", "argument du fournisseur");
                let evidence = places
                    .map(|place| self.ledger.place(place, label.clone()))
                    .collect();
                Some(Site::unknown(Gap { reason, evidence }))
            }
        }
    }

    pub(super) fn site_of_cluster(
        &mut self,
        cluster: &'a Resource,
        evidence: Vec<EvidenceId>,
    ) -> Site<'a> {
        let led = |mut before: Vec<EvidenceId>, after: &[EvidenceId]| {
            before.extend(after);
            dedup(before)
        };
        let location = match self.location_of(cluster) {
            Fact::Known(mut location) => {
                location.basis.evidence = led(evidence.clone(), &location.basis.evidence);
                Fact::Known(location)
            }
            Fact::Unknown(mut gap) => {
                gap.evidence = led(evidence.clone(), &gap.evidence);
                Fact::Unknown(gap)
            }
            Fact::Absent => Fact::Unknown(Gap {
                evidence: evidence.clone(),
                ..gap(
                    format!("where {} is cannot be told", cluster.address),
                    format!("le lieu de {} ne peut être établi", cluster.address),
                )
            }),
        };
        let own = self.location_of(cluster);
        let regions = self.regions_of(cluster);
        let host = match self.hosting_of(cluster, &own) {
            Fact::Known(hosting) => {
                let offering = hosting
                    .offering
                    .as_deref()
                    .and_then(|id| self.catalog.offering(id));
                let evidence = led(evidence, &hosting.basis.evidence);
                match offering {
                    Some(offering) => Host::Offering {
                        offering,
                        certainty: hosting.basis.certainty,
                        evidence,
                        cluster: Some(cluster),
                    },
                    None => {
                        let mut hosting = (*hosting).clone();
                        hosting.basis.evidence = evidence;
                        Host::As(Fact::Known(Arc::new(hosting)))
                    }
                }
            }
            Fact::Unknown(mut gap) => {
                gap.evidence = led(evidence, &gap.evidence);
                Host::As(Fact::Unknown(gap))
            }
            Fact::Absent => Host::As(Fact::Absent),
        };
        Site {
            regions,
            location,
            company: self.company_of(&host),
            host,
            by_target: false,
            nodes: Arc::default(),
        }
    }

    /// From the host or the context that a provider block names itself.
    fn site_of_host(&mut self, resource: &'a Resource) -> Option<Site<'a>> {
        let facts = self.terraform_provider(resource)?;
        let provider = self.graph.provider(resource)?;
        for text in &facts.endpoint_paths {
            let path = self.path(text);
            let Some(value) = provider.config.get(&path).filter(|value| !value.is_null()) else {
                continue;
            };
            let Some(found) = value.as_str().and_then(|text| self.api_host(text)) else {
                continue;
            };
            let way = self.ledger.way(
                value,
                Text::new(
                    format!("`{text}` of the provider"),
                    format!("`{text}` du fournisseur"),
                ),
            );
            let (company, region) = found;
            return Some(self.site_of_company(company, region.as_deref(), way));
        }
        None
    }

    /// The company that answers at the address of a cluster, and the region in it.
    pub(super) fn api_host(&self, text: &str) -> Option<(&'static Provider, Option<String>)> {
        let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
        let host = rest.split('/').next()?;
        let found = self.catalog.endpoint_host(host)?;
        let company = self
            .catalog
            .provider(found.family.providers_id.as_deref()?)?;
        Some((company, found.place))
    }

    /// A cluster of which the company is known, and perhaps the region.
    pub(super) fn site_of_company(
        &mut self,
        company: &'static Provider,
        region: Option<&str>,
        evidence: Vec<EvidenceId>,
    ) -> Site<'a> {
        let regions = regions_of_company(company);
        let location = match region {
            Some(region) => self.look_up(regions, region, evidence.clone(), Certainty::Probable),
            None => Fact::Unknown(Gap {
                reason: Text::new(
                    format!(
                        "its cluster is run by {}, and nothing says in which region: declare a [[target]] in gardefou.toml",
                        company.legal_name
                    ),
                    format!(
                        "son cluster est opéré par {}, sans que rien n’en dise la région : déclarez une [[target]] dans gardefou.toml",
                        company.legal_name
                    ),
                ),
                evidence: evidence.clone(),
            }),
        };
        let host = self.host_of_company(company, location.known(), evidence);
        Site {
            regions,
            location,
            host,
            company: Some(company),
            by_target: false,
            nodes: Arc::default(),
        }
    }

    fn company_of(&self, host: &Host<'_>) -> Option<&'static Provider> {
        match host {
            Host::Offering { offering, .. } => self.catalog.provider(offering.provider()),
            Host::As(Fact::Known(hosting)) => self.catalog.provider(&hosting.provider),
            Host::As(_) => None,
        }
    }

    /// The offering of an object that its own place puts elsewhere than where its cluster is: where offerings are told
    /// by their regions, that of the region. None: the cluster's.
    pub(super) fn offering_there(
        &self,
        offering: &'static Offering,
        place: Option<&Location>,
    ) -> Option<&'static Offering> {
        let place = place?;
        let told_by_place = offering.matches.iter().any(by_place);
        if !told_by_place || is_in_region(self.catalog, offering, place) {
            return None;
        }
        let company = self.catalog.provider(offering.provider())?;
        let there = |one: &&'static Offering| is_in_region(self.catalog, one, place);
        company.offering.iter().find(there)
    }

    /// Which offering of a company it is, as far as the region tells.
    pub(super) fn host_of_company(
        &mut self,
        company: &'static Provider,
        place: Option<&Location>,
        evidence: Vec<EvidenceId>,
    ) -> Host<'a> {
        let fits = |offering: &&'static Offering| {
            place.is_some_and(|place| is_in_region(self.catalog, offering, place))
        };
        let by_region = company.offering.iter().find(fits);
        let depends = company
            .offering
            .iter()
            .any(|offering| self.counts(&offering.id) && offering.matches.iter().any(by_place));
        if by_region.is_none() && place.is_none() && depends {
            return Host::As(Fact::Unknown(Gap {
                reason: Text::new(
                    format!(
                        "which offering of {} runs it depends on the region, which is not known",
                        company.legal_name
                    ),
                    format!(
                        "l’offre de {} qui l’opère dépend de la région, qui n’est pas connue",
                        company.legal_name
                    ),
                ),
                evidence,
            }));
        }
        let found = by_region.or_else(|| usual_offering(company));
        match found {
            Some(offering) => Host::Offering {
                offering,
                certainty: Certainty::Probable,
                evidence,
                cluster: None,
            },
            None => {
                let hosting = self.unregistered(company, evidence);
                Host::As(Fact::Known(Arc::new(hosting)))
            }
        }
    }

    /// Why nothing tells which cluster an object of Terraform runs on.
    fn unreached(&mut self, resource: &'a Resource) -> Gap {
        let provider = self.graph.provider(resource);
        let place = provider.and_then(|provider| provider.place);
        let label = Text::new("provider of the resource", "fournisseur de la ressource");
        let evidence = match place {
            Some(place) => vec![self.ledger.place(place, label)],
            None => vec![self.header(resource)],
        };
        Gap {
            reason: Text::new(
                "which cluster its provider block reaches is not part of the scan: declare a [[target]] in gardefou.toml",
                "le cluster que vise son bloc fournisseur ne fait pas partie de l’analyse : déclarez une [[target]] dans gardefou.toml",
            ),
            evidence,
        }
    }

    /// True for an object of Terraform whose provider block leads to no cluster of the scan.
    pub(super) fn reaches_none(&self, resource: &Resource) -> bool {
        let provider = resource.provider;
        provider.is_some_and(|provider| self.graph.clusters_of(provider).is_empty())
    }

    /// Is a Terraform type an object of a cluster?
    pub(in crate::facts) fn is_object(
        &self,
        resource: &Resource,
        kind: &'static ResourceKind,
    ) -> bool {
        let own = self.terraform_provider(resource);
        own.or_else(|| self.catalog.terraform_provider(&kind.provider))
            .is_some_and(|facts| facts.in_cluster)
    }
}

pub(super) fn regions_of_company(company: &'static Provider) -> Option<&'static str> {
    company.identify.regions_id.first().map(String::as_str)
}

/// Does a condition ask for a region and nothing else?
fn by_place(when: &crate::catalog::Match) -> bool {
    let last = when.arg.as_deref().and_then(|arg| arg.rsplit('.').next());
    last.is_some_and(|last| matches!(last, "region" | "location"))
        && !when.absent
        && when.resource_types.is_empty()
        && when.resource_type_prefixes.is_empty()
}

fn is_in_region(
    catalog: &crate::catalog::Catalog,
    offering: &'static Offering,
    place: &Location,
) -> bool {
    offering.matches.iter().any(|when| {
        let listed = when
            .values
            .iter()
            .any(|value| value.eq_ignore_ascii_case(&place.region));
        let matched = when
            .values_regex
            .as_deref()
            .and_then(|pattern| catalog.pattern(pattern))
            .is_some_and(|pattern| pattern.is_match(&place.region));
        by_place(when) && (listed || matched)
    })
}

/// The offering that is meant when nothing says otherwise: the only one that runs containers, or the only one.
fn usual_offering(company: &'static Provider) -> Option<&'static Offering> {
    let containers = |offering: &&Offering| {
        offering
            .service_models
            .contains(&crate::catalog::ServiceModel::Caas)
    };
    let unconditional = |offering: &&Offering| {
        offering
            .matches
            .iter()
            .any(|when| when.weight() == 0 && !when.kubernetes && when.env.is_none())
    };
    let only = |fits: &dyn Fn(&&'static Offering) -> bool| {
        let mut found = company.offering.iter().filter(|offering| fits(offering));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    };
    only(&|offering| unconditional(offering))
        .or_else(|| only(&|offering| containers(offering)))
        .or_else(|| only(&|_| true))
}
