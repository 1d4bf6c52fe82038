//! How an offering stands for one use of it: visa, scope, certificates, exposure.

use hashbrown::HashMap;
use std::sync::Arc;

use crate::catalog::{
    Area, Certainty, Extraterritorial, Hds, Offering, Provider, Qualification, Region, Visa,
};
use crate::facts::establish::{Kind, Lens, gap};
use crate::facts::location::dedup;
use crate::facts::{
    Answer, Basis, Beyond, EvidenceId, Exposure, Fact, Gap, Hosting, Location, Text, VisaScope,
    VisaState,
};
use crate::graph::Resource;

/// How an offering stands for one use of it.
pub(in crate::facts) struct Standing {
    /// With nothing but the registry as evidence.
    alone: Arc<Hosting>,
    /// The place speaks against the visa's scope: it is the first thing to show.
    place_first: bool,
    /// With what led to the offering as well.
    with: HashMap<(Certainty, Vec<EvidenceId>), Arc<Hosting>>,
}

impl Standing {
    fn new(alone: Arc<Hosting>, place_first: bool) -> Self {
        Self {
            alone,
            place_first,
            with: HashMap::new(),
        }
    }

    /// The same for all resources that come to it by the same way.
    fn with(&mut self, certainty: Certainty, evidence: Vec<EvidenceId>) -> Arc<Hosting> {
        let alone = &self.alone;
        let known = self.with.entry((certainty, evidence));
        let key = known.key().1.clone();
        Arc::clone(known.or_insert_with(|| {
            let mut evidence = key;
            evidence.extend(&alone.basis.evidence);
            Arc::new(Hosting {
                basis: Basis {
                    certainty,
                    evidence: dedup(evidence),
                },
                ..(**alone).clone()
            })
        }))
    }
}

/// What a visa's scope says of one use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cover {
    Inside,
    /// Its type is not covered.
    OtherService,
    /// Its service model is not covered.
    OtherModel,
    OtherPlace,
    NotStated,
}

impl Cover {
    fn scope(self) -> VisaScope {
        match self {
            Self::Inside => VisaScope::Inside,
            Self::OtherService | Self::OtherModel | Self::OtherPlace => VisaScope::Outside,
            Self::NotStated => VisaScope::NotStated,
        }
    }

    fn outside_by(self) -> Option<Beyond> {
        match self {
            Self::Inside | Self::NotStated => None,
            Self::OtherService => Some(Beyond::Service),
            Self::OtherModel => Some(Beyond::Model),
            Self::OtherPlace => Some(Beyond::Place),
        }
    }

    /// What the visa covers instead; nothing to say of a use that it covers.
    fn label(self, offering: &Offering, resource: &Resource) -> Option<Text> {
        let places = places_of(offering);
        match self {
            Self::Inside => None,
            Self::OtherService | Self::OtherModel => {
                let kind = &resource.kind;
                let models: Vec<&str> = offering
                    .service_models
                    .iter()
                    .map(|model| model.as_str())
                    .collect();
                let models = models.join(", ");
                Some(Text::new(
                    format!("the visa covers {models}, and not {kind}"),
                    format!("le visa couvre {models}, et pas {kind}"),
                ))
            }
            Self::NotStated if places.is_empty() => Some(Text::new(
                "no region or site that the visa covers is recorded",
                "aucune région ni aucun site que le visa couvre n’est consigné",
            )),
            Self::OtherPlace | Self::NotStated => {
                let places = places.join(", ");
                Some(Text::new(
                    format!("the visa covers {places} only"),
                    format!("le visa ne couvre que {places}"),
                ))
            }
        }
    }
}

impl Lens<'_> {
    /// How an offering stands at the date of the scan, for this use.
    pub(in crate::facts) fn standing(
        &mut self,
        resource: &Resource,
        offering: &'static Offering,
        place: Option<&Location>,
        certainty: Certainty,
        evidence: Vec<EvidenceId>,
    ) -> Fact<Arc<Hosting>> {
        // Neither a visa nor its absence: what rests on it would be a guess either way.
        if offering.status == Qualification::Unknown {
            return Fact::Unknown(self.unheard_of_visa(offering, evidence));
        }
        let key = (offering.id.as_str(), Arc::clone(&resource.kind));
        let region = place.map(|place| Arc::clone(&place.region));
        let known = self
            .standings
            .get(&key)
            .is_some_and(|all| all.contains_key(&region));
        if !known {
            match self.work_out_standing(resource, offering, place) {
                Ok(standing) => {
                    let all = self.standings.entry(key.clone()).or_default();
                    all.insert(region.clone(), standing);
                }
                Err(gap) => return Fact::Unknown(gap),
            }
        }
        let all = self.standings.get_mut(&key);
        let Some(standing) = all.and_then(|all| all.get_mut(&region)) else {
            return Fact::Absent;
        };
        let evidence = match place.filter(|_| standing.place_first) {
            Some(place) => dedup([place.basis.evidence.as_slice(), &evidence].concat()),
            None => evidence,
        };
        Fact::Known(standing.with(certainty, evidence))
    }

    /// Why it is not known how an offering stands.
    fn unheard_of_visa(&mut self, offering: &'static Offering, led: Vec<EvidenceId>) -> Gap {
        let (id, name) = (&offering.id, &offering.name);
        let entry = self.ledger.catalogue(
            format!("offerings {id}"),
            offering.sources.join(", "),
            Text::new(
                format!("{name}: not known whether it has a SecNumCloud visa"),
                format!("{name} : visa SecNumCloud inconnu"),
            ),
        );
        Gap {
            reason: Text::new(
                format!("the registry does not know whether {id} has a SecNumCloud visa"),
                format!("le registre ne sait pas si {id} a un visa SecNumCloud"),
            ),
            evidence: dedup(led.into_iter().chain([entry]).collect()),
        }
    }

    /// The same with nothing but the registry as evidence.
    fn work_out_standing(
        &mut self,
        resource: &Resource,
        offering: &'static Offering,
        place: Option<&Location>,
    ) -> Result<Standing, Gap> {
        let Some(company) = self.catalog.provider(offering.provider()) else {
            return Err(gap(
                format!("the registry has no provider for {}", offering.id),
                format!("le registre n’a pas de fournisseur pour {}", offering.id),
            ));
        };
        let visa = self.catalog.visa_at(offering, self.settings.as_of);
        let compiled_on = self
            .catalog
            .registry()
            .map(|registry| registry.compiled_on.to_string())
            .unwrap_or_default();
        let entry = self.ledger.catalogue(
            format!("offerings {}", offering.id),
            offering.sources.join(", "),
            Text::new(
                format!(
                    "{}: {} (registry of {compiled_on})",
                    offering.name,
                    visa_en(offering, &visa)
                ),
                format!(
                    "{} : {} (registre du {compiled_on})",
                    offering.name,
                    visa_fr(offering, &visa)
                ),
            ),
        );
        let region = self.region_record(company, place);
        let cover = self.cover(offering, resource, place, region);
        let mut hosting = self.unregistered(company, vec![entry]);
        self.differs(offering, &mut hosting);
        hosting.offering = Some(offering.id.as_str().into());
        hosting.visa = visa.standing;
        hosting.milestone = visa.milestone.map(Into::into);
        hosting.milestone_on = visa.milestone.and_then(|name| day_of(offering, name));
        hosting.visa_from = visa.from.map(|date| date.to_string().into());
        hosting.visa_ends = visa.to.map(|date| date.to_string().into());
        hosting.scope = cover.scope();
        hosting.outside_by = cover.outside_by();
        let siblings = self.siblings_of(company, Some((offering, resource)));
        name_siblings(&siblings, &mut hosting);
        let qualified = match visa.standing {
            VisaState::InForce => Some(offering),
            _ => siblings.first().copied(),
        };
        hosting.visa_places = qualified.map(named_places).unwrap_or_default();
        hosting.hds = self
            .catalog
            .hds(offering, &resource.kind, region, self.settings.as_of);
        let certificate = offering.hds.as_ref().unwrap_or(&company.hds);
        if let Some(label) = hds_label(certificate, &resource.kind, region, hosting.hds) {
            let of = offering.hds.as_ref().map_or_else(
                || format!("providers/{} hds", company.id),
                |_| format!("offerings {} hds", offering.id),
            );
            let entry = self.ledger.catalogue(of, certificate.source.clone(), label);
            hosting.basis.evidence.push(entry);
        }
        let in_force = visa.standing == VisaState::InForce;
        if let Some(label) = cover.label(offering, resource).filter(|_| in_force) {
            let of = format!("offerings {} scope", offering.id);
            let entry = self
                .ledger
                .catalogue(of, offering.sources.join(", "), label);
            hosting.basis.evidence.insert(1, entry);
        }
        if hosting.exposure == Exposure::Elsewhere
            && in_force
            && hosting.scope != VisaScope::Outside
        {
            hosting.exposure = Exposure::None;
        }
        let place_first = in_force && cover == Cover::OtherPlace;
        Ok(Standing::new(Arc::new(hosting), place_first))
    }

    /// What the registry says of an offering in place of what it says of the company.
    fn differs(&mut self, offering: &'static Offering, hosting: &mut Hosting) {
        if let Some(country) = &offering.hq_country {
            hosting.headquarters = known_country(country);
            hosting.headquarters_area = self.area_of(hosting.headquarters.as_deref());
        }
        if let Some(controlled) = offering.eu_controlled {
            hosting.eu_controlled = controlled;
        }
        if let Some(exposure) = offering.extraterritorial {
            hosting.exposure = exposure_of(exposure);
            hosting.exposed_to = laws(&offering.extraterritorial_laws);
        }
        if let Some(name) = &offering.legal_name {
            let country = offering.hq_country.as_deref().unwrap_or("unknown");
            hosting.basis.evidence.push(self.ledger.catalogue(
                format!("offerings {}", offering.id),
                offering.sources.join(", "),
                Text::new(
                    format!("run by {name}, headquarters {country}"),
                    format!("opérée par {name}, siège {country}"),
                ),
            ));
        }
    }

    /// Has an offering a visa, or applied for one?
    pub(in crate::facts) fn counts(&self, offering: &str) -> bool {
        let offering = self.catalog.offering(offering);
        offering.is_some_and(|offering| {
            matches!(
                offering.status,
                Qualification::Qualified | Qualification::Candidate
            )
        })
    }

    /// What is known of a company whatever the offering.
    pub(in crate::facts) fn unregistered(
        &mut self,
        company: &'static Provider,
        evidence: Vec<EvidenceId>,
    ) -> Hosting {
        let mut basis = evidence;
        basis.push(self.ledger.catalogue(
            format!("providers/{}", company.id),
            company.sources.join(", "),
            Text::new(
                format!(
                    "{}, headquarters {}, control {}",
                    company.legal_name, company.hq_country, company.control_country
                ),
                format!(
                    "{}, siège {}, contrôle {}",
                    company.legal_name, company.hq_country, company.control_country
                ),
            ),
        ));
        let siblings = self.siblings_of(company, None);
        let headquarters = known_country(&company.hq_country);
        let mut hosting = Hosting {
            provider: company.id.as_str().into(),
            offering: None,
            visa: VisaState::None,
            milestone: None,
            milestone_on: None,
            visa_from: None,
            visa_ends: None,
            scope: VisaScope::NotStated,
            outside_by: None,
            qualified_sibling: None,
            other_siblings: Vec::new(),
            visa_places: siblings
                .first()
                .copied()
                .map(named_places)
                .unwrap_or_default(),
            hds: Answer::Unknown,
            headquarters_area: self.area_of(headquarters.as_deref()),
            headquarters,
            eu_controlled: company.eu_controlled,
            exposure: exposure_of(company.extraterritorial),
            exposed_to: laws(&company.extraterritorial_laws),
            basis: Basis {
                certainty: Certainty::Probable,
                evidence: dedup(basis),
            },
        };
        name_siblings(&siblings, &mut hosting);
        hosting
    }

    /// Where a country stands.
    fn area_of(&self, country: Option<&str>) -> Option<Area> {
        country.map(|country| self.catalog.area(&[country], self.settings.as_of))
    }

    /// The catalogue's region behind a location, at a company.
    pub(super) fn region_record(
        &self,
        company: &'static Provider,
        place: Option<&Location>,
    ) -> Option<&'static Region> {
        let place = place?;
        company
            .identify
            .regions_id
            .iter()
            .find_map(|set| self.catalog.region(set, &place.region))
    }

    /// The qualified offerings of the same company: those of the resource's service model first, else of one that the
    /// offering in use has; among them the visa that ends last first, since whoever moves wants to stay.
    fn siblings_of(
        &self,
        company: &'static Provider,
        of: Option<(&Offering, &Resource)>,
    ) -> Vec<&'static Offering> {
        let as_of = self.settings.as_of;
        let model = of.and_then(|(_, resource)| match self.kinds[resource.id.index()] {
            Some(Kind::Terraform(kind)) => Some(&kind.service_model),
            _ => None,
        });
        let fits = |other: &Offering| {
            let models = &other.service_models;
            let shares = |(of, _): (&Offering, &Resource)| {
                of.service_models.iter().any(|one| models.contains(one))
            };
            (
                model.is_some_and(|model| models.contains(model)),
                of.is_some_and(shares),
            )
        };
        let mut all: Vec<(_, &'static Offering)> = company
            .offering
            .iter()
            .filter(|other| {
                of.is_none_or(|(of, _)| of.id != other.id)
                    && other.status == Qualification::Qualified
            })
            .filter_map(|other| {
                let visa = self.catalog.visa_at(other, as_of);
                let in_force = visa.standing == VisaState::InForce;
                in_force.then_some(((fits(other), visa.to), other))
            })
            .collect();
        // Stable: the registry's order decides between equals. An end that is not known comes last.
        all.sort_by(|(one, _), (other, _)| other.cmp(one));
        all.into_iter().map(|(_, offering)| offering).collect()
    }

    /// Is this use inside the visa's scope: its services, its models, its regions, its sites?
    fn cover(
        &self,
        offering: &Offering,
        resource: &Resource,
        place: Option<&Location>,
        region: Option<&Region>,
    ) -> Cover {
        let kind = &resource.kind;
        if offering.status != Qualification::Qualified {
            return Cover::NotStated;
        }
        let mut excluded = offering.not_covered_resource_types.iter();
        if self.is_other_model(offering, resource) {
            return Cover::OtherModel;
        }
        if excluded.any(|t| **t == **kind) {
            return Cover::OtherService;
        }
        let Some(place) = place else {
            return Cover::NotStated;
        };
        let listed = |all: &[String], one: &str| all.iter().any(|r| r.eq_ignore_ascii_case(one));
        let inside = if !offering.scope_regions.is_empty() {
            let mut regions = place.region.split(", ");
            regions.all(|region| listed(&offering.scope_regions, region))
        } else if let (false, Some(region)) = (offering.scope_sites.is_empty(), region) {
            listed(&offering.scope_sites, &region.city)
        } else {
            return Cover::NotStated;
        };
        if inside {
            Cover::Inside
        } else {
            Cover::OtherPlace
        }
    }

    /// A managed database is no infrastructure. What every model brings along, such as object storage, is not told apart.
    fn is_other_model(&self, offering: &Offering, resource: &Resource) -> bool {
        let Some(Kind::Terraform(kind)) = self.kinds[resource.id.index()] else {
            return false;
        };
        let is_base = self.catalog.registry().is_some_and(|registry| {
            let mut base = registry.base_categories.iter();
            base.any(|category| *category == kind.category)
        });
        let holds_state = kind.class.contains(crate::catalog::Class::StateBackend);
        !is_base
            && !holds_state
            && !offering.service_models.is_empty()
            && !offering.service_models.contains(&kind.service_model)
    }
}

fn name_siblings(all: &[&'static Offering], hosting: &mut Hosting) {
    let mut ids = all.iter().map(|one| one.id.as_str().into());
    hosting.qualified_sibling = ids.next();
    hosting.other_siblings = ids.collect();
}

fn known_country(country: &str) -> Option<Arc<str>> {
    (country != "unknown").then(|| country.into())
}

/// Regions, else sites, that a visa names.
fn places_of(offering: &Offering) -> &[String] {
    if offering.scope_regions.is_empty() {
        &offering.scope_sites
    } else {
        &offering.scope_regions
    }
}

fn named_places(offering: &'static Offering) -> Vec<Arc<str>> {
    let places = places_of(offering).iter();
    places.map(|place| place.as_str().into()).collect()
}

fn laws(names: &[String]) -> Vec<Arc<str>> {
    names.iter().map(|law| law.as_str().into()).collect()
}

fn exposure_of(answer: Extraterritorial) -> Exposure {
    match answer {
        Extraterritorial::Yes => Exposure::Exposed,
        Extraterritorial::No => Exposure::None,
        Extraterritorial::Unknown => Exposure::Unknown,
        Extraterritorial::OutsideQualifiedScope => Exposure::Elsewhere,
    }
}

/// Why a certificate does not count here; nothing to say where it does, or where there is none.
fn hds_label(hds: &Hds, kind: &str, region: Option<&Region>, here: Answer) -> Option<Text> {
    if hds.certified != Answer::Yes || here == Answer::Yes {
        return None;
    }
    let mut en = String::from("HDS certificate");
    let mut fr = String::from("certificat HDS");
    if let Some(from) = hds.from {
        en += &format!(" from {from}");
        fr += &format!(" à partir du {from}");
    }
    if let Some(until) = hds.until {
        en += &format!(" until {until}");
        fr += &format!(" jusqu’au {until}");
    }
    if !hds.regions.is_empty() {
        en += &format!(", for {} only", hds.regions.join(", "));
        fr += &format!(", pour {} seulement", hds.regions.join(", "));
    }
    if let Some(area) = hds.area {
        en += &format!(", inside the area {area}");
        fr += &format!(", dans la zone {area}");
    }
    if !hds.covers(kind) {
        en += ", for products that leave open whether it covers ";
        en += kind;
        fr += ", pour des produits qui laissent ouvert s’il couvre ";
        fr += kind;
    }
    if let Some(region) = region.filter(|region| Hds::lists(&hds.open_regions, region)) {
        en += &format!(", with sites that nobody checked for {}", region.id);
        fr += &format!(", dont les sites n’ont pas été vérifiés pour {}", region.id);
    }
    if here == Answer::No {
        en += ": not here";
        fr += " : pas ici";
    } else {
        en += ": not established for this use";
        fr += " : non établi pour cet usage";
    }
    Some(Text::new(en, fr))
}

fn visa_en(offering: &Offering, visa: &Visa<'_>) -> String {
    match visa.standing {
        VisaState::None => "no SecNumCloud visa".to_owned(),
        VisaState::Candidate => match milestones(offering, visa) {
            Some(milestones) => format!("candidate, not qualified ({milestones})"),
            None => "candidate, not qualified".to_owned(),
        },
        VisaState::InForce => match visa.to {
            Some(to) if visa.from.is_some() => format!("SecNumCloud visa in force until {to}"),
            Some(to) => format!("SecNumCloud visa in force until {to}, first day not established"),
            None => "SecNumCloud visa in force, dates not established".to_owned(),
        },
        VisaState::Lapsed => match visa.to {
            Some(to) => format!("SecNumCloud visa ended on {to}"),
            None => "SecNumCloud visa ended".to_owned(),
        },
    }
}

fn visa_fr(offering: &Offering, visa: &Visa<'_>) -> String {
    match visa.standing {
        VisaState::None => "sans visa SecNumCloud".to_owned(),
        VisaState::Candidate => match milestones(offering, visa) {
            Some(milestones) => format!("candidate, non qualifiée ({milestones})"),
            None => "candidate, non qualifiée".to_owned(),
        },
        VisaState::InForce => match visa.to {
            Some(to) if visa.from.is_some() => format!("visa SecNumCloud en cours jusqu’au {to}"),
            Some(to) => {
                format!("visa SecNumCloud en cours jusqu’au {to}, premier jour non établi")
            }
            None => "visa SecNumCloud en cours, dates non établies".to_owned(),
        },
        VisaState::Lapsed => match visa.to {
            Some(to) => format!("visa SecNumCloud échu le {to}"),
            None => "visa SecNumCloud échu".to_owned(),
        },
    }
}

/// When a milestone was passed, where the registry has no more to say than that.
fn day_of(offering: &Offering, milestone: &str) -> Option<Arc<str>> {
    let mut days = offering.milestone_dates.iter().filter_map(|entry| {
        let (name, day) = entry.split_once(' ')?;
        let is_date = day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        (name == milestone && is_date).then_some(day)
    });
    days.next().map(Into::into)
}

/// The steps that an application has passed, with their days where they are known.
fn milestones(offering: &Offering, visa: &Visa<'_>) -> Option<String> {
    if !offering.milestone_dates.is_empty() {
        return Some(offering.milestone_dates.join(", "));
    }
    visa.milestone.map(str::to_owned)
}
