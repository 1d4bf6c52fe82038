//! Companies and their offerings: what ANSSI qualifies, who is certified for health data, who answers to which law.

use serde::{Deserialize, Serialize};

use super::{Answer, Area, Category, Certainty, Confidence, Date, Receives, Region, ServiceModel};
use crate::config::words::words;

words! {
    /// What a company sells, roughly.
    ProviderKind, "provider kind" {
        /// Infrastructure and platforms.
        Cloud = "cloud",
        /// Software as a service.
        Saas = "saas",
    }
}

words! {
    /// Whether extraterritorial law reaches the operator.
    Extraterritorial, "exposure" {
        /// It does.
        Yes = "yes",
        /// It does not.
        No = "no",
        /// Not established.
        Unknown = "unknown",
        /// It reaches the group somewhere; the qualified services were assessed as out of reach.
        OutsideQualifiedScope = "outside-qualified-scope",
    }
}

words! {
    /// Where an offering stands with ANSSI, at the registry's date.
    Qualification, "qualification" {
        /// A visa is in force.
        Qualified = "qualified",
        /// An application is filed: not compliant.
        Candidate = "candidate",
        /// No visa.
        None = "none",
        /// Not established.
        Unknown = "unknown",
    }
}

/// `catalog/providers/<id>.toml`: a company and its offerings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Id; the file's name.
    pub id: String,
    /// Legal name.
    pub legal_name: String,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it sells.
    pub kind: ProviderKind,
    /// Country of the registered office.
    pub hq_country: String,
    /// Country of ultimate control; `unknown` when not established.
    pub control_country: String,
    /// Controlled from inside the EU (SecNumCloud 19.6.a-b)?
    pub eu_controlled: Answer,
    /// Who owns it.
    pub ownership: String,
    /// How sure that is.
    pub ownership_confidence: Confidence,
    /// Exposure to extraterritorial law.
    pub extraterritorial: Extraterritorial,
    /// Names of the laws.
    #[serde(default)]
    pub extraterritorial_laws: Vec<String>,
    /// Why.
    pub extraterritorial_reason: String,
    /// Certified for hosting health data?
    pub hds: Hds,
    /// Ids under `catalog/sources.toml`.
    pub sources: Vec<String>,
    /// How code shows that this company is meant.
    pub identify: Identify,
    /// What reaches it through resources of its Terraform provider; the first entry that fits counts. Of a type that no
    /// entry names, its category tells first.
    #[serde(default)]
    pub receives: Vec<Receives>,
    /// How Kubernetes manifests show it.
    #[serde(default)]
    pub kubernetes: KubernetesHints,
    /// What it offers.
    #[serde(default)]
    pub offering: Vec<Offering>,
}

/// HDS certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hds {
    /// Certified?
    pub certified: Answer,
    /// Certified in these regions only; empty: no limit by region is known.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Regions of which it is not known whether the certificate covers them.
    #[serde(default)]
    pub open_regions: Vec<String>,
    /// Kinds of resources of the products that it is known to cover; `*` at the end for a family. Of others it is not
    /// known. Empty: no limit by product is known.
    #[serde(default)]
    pub products: Vec<String>,
    /// First day of the certificate; before it nothing is established.
    #[serde(default)]
    pub from: Option<Date>,
    /// Certified inside this area only.
    #[serde(default)]
    pub area: Option<Area>,
    /// Last day of the certificate.
    #[serde(default)]
    pub until: Option<Date>,
    /// What to know.
    #[serde(default)]
    pub note: String,
    /// Id under `catalog/sources.toml`.
    pub source: String,
}

impl Hds {
    /// Is a region, or the one that it is a zone of, in a list?
    pub fn lists(names: &[String], region: &Region) -> bool {
        names.iter().any(|name| {
            name.eq_ignore_ascii_case(&region.id) || name.eq_ignore_ascii_case(region.region_id())
        })
    }

    /// Is a kind of resource one of a product that the certificate is known to cover?
    pub fn covers(&self, kind: &str) -> bool {
        self.products.is_empty()
            || self.products.iter().any(|product| {
                let family = product.strip_suffix('*');
                family.map_or(kind == product, |start| kind.starts_with(start))
            })
    }
}

/// How code shows that a company is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identify {
    /// Terraform provider addresses.
    #[serde(default)]
    pub terraform_sources: Vec<String>,
    /// Prefixes of resource types.
    #[serde(default)]
    pub resource_prefixes: Vec<String>,
    /// Providers of others that can be pointed at it, in words.
    #[serde(default)]
    pub shared_sources: Vec<String>,
    /// Host names end like this.
    #[serde(default)]
    pub endpoint_suffixes: Vec<String>,
    /// Provider arguments that name a region.
    #[serde(default)]
    pub region_args: Vec<String>,
    /// Provider arguments that name an endpoint.
    #[serde(default)]
    pub endpoint_args: Vec<String>,
    /// Environment variables.
    #[serde(default)]
    pub env: Vec<String>,
    /// What project names start with.
    #[serde(default)]
    pub project_prefix: Option<String>,
    /// What it usually receives.
    #[serde(default)]
    pub typical_data: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// Id under `catalog/sources.toml`.
    pub source: String,
    /// Region files whose identifiers it uses.
    #[serde(default)]
    pub regions_id: Vec<String>,
}

/// How Kubernetes manifests show that a company is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KubernetesHints {
    /// Volume drivers.
    #[serde(default)]
    pub csi_provisioners: Vec<String>,
    /// Names of storage classes (`*` at the end).
    #[serde(default)]
    pub storage_class_patterns: Vec<String>,
    /// Annotations of load balancers.
    #[serde(default)]
    pub lb_annotation_prefixes: Vec<String>,
    /// Other annotations.
    #[serde(default)]
    pub annotation_prefixes: Vec<String>,
    /// Labels of nodes.
    #[serde(default)]
    pub node_label_prefixes: Vec<String>,
    /// Topology keys.
    #[serde(default)]
    pub topology_keys: Vec<String>,
    /// Image registries, whole host.
    #[serde(default)]
    pub registry_hosts: Vec<String>,
    /// Image registries, end of the host.
    #[serde(default)]
    pub registry_suffixes: Vec<String>,
    /// Schemes of node ids (`aws` of `aws:///eu-west-3a/i-0`).
    #[serde(default)]
    pub node_id_schemes: Vec<String>,
    /// Names of ingress classes.
    #[serde(default)]
    pub ingress_classes: Vec<String>,
    /// Groups of the kinds that only clusters of this cloud have.
    #[serde(default)]
    pub api_groups: Vec<String>,
    /// Images that only clusters of this cloud run: the last part of the name, without tag.
    #[serde(default)]
    pub controller_images: Vec<String>,
    /// What `--cloud-provider` of an autoscaler or a controller manager calls it.
    #[serde(default)]
    pub cloud_provider_names: Vec<String>,
    /// Company whose annotations, labels and ids it has as well: it runs the same software.
    #[serde(default)]
    pub same_signs_as: Option<String>,
    /// Workload identity pools.
    #[serde(default)]
    pub workload_identity_suffixes: Vec<String>,
    /// How sure these are; absent: nothing is known.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// A named service of a company: what a visa is given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// `provider/offering`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Service models.
    #[serde(default)]
    pub service_models: Vec<ServiceModel>,
    /// Where it stands at the registry's date.
    pub status: Qualification,
    /// Where it stood in March 2026.
    pub status_2026_03: Qualification,
    /// Milestone of an application: J0 to J2, `unknown`.
    #[serde(default)]
    pub milestone: Option<String>,
    /// Milestone in March 2026.
    #[serde(default)]
    pub milestone_2026_03: Option<String>,
    /// Milestones with their days.
    #[serde(default)]
    pub milestone_dates: Vec<String>,
    /// Version of SecNumCloud.
    #[serde(default)]
    pub framework: Option<String>,
    /// First day of the visa.
    #[serde(default)]
    pub qualified_from: Option<Date>,
    /// Last day of the visa, inclusive.
    #[serde(default)]
    pub qualified_to: Option<Date>,
    /// Number of the decision.
    #[serde(default)]
    pub decision: Option<String>,
    /// Day on which it was announced.
    #[serde(default)]
    pub announced: Option<Date>,
    /// Day of the latest decision.
    #[serde(default)]
    pub latest_decision: Option<Date>,
    /// Qualified offering it is built on.
    #[serde(default)]
    pub composition: Option<String>,
    /// How sure that is.
    #[serde(default)]
    pub composition_confidence: Option<Confidence>,
    /// The rules on ownership bar it from a visa of its own.
    #[serde(default)]
    pub ineligible: bool,
    /// Regions inside the visa; empty: not stated.
    #[serde(default)]
    pub scope_regions: Vec<String>,
    /// Sites inside the visa.
    #[serde(default)]
    pub scope_sites: Vec<String>,
    /// Services inside the visa.
    #[serde(default)]
    pub scope_services: Vec<String>,
    /// How sure the scope is.
    #[serde(default)]
    pub scope_confidence: Option<Confidence>,
    /// What to know about the scope.
    #[serde(default)]
    pub scope_note: String,
    /// Resource types that are outside the visa.
    #[serde(default)]
    pub not_covered_resource_types: Vec<String>,
    /// Company that runs it, where it is not the one that the file is about.
    #[serde(default)]
    pub legal_name: Option<String>,
    /// Country of its registered office, where it differs from the company's.
    #[serde(default)]
    pub hq_country: Option<String>,
    /// Controlled from inside the EU, where it differs from the company's.
    #[serde(default)]
    pub eu_controlled: Option<Answer>,
    /// Exposure to extraterritorial law, where it differs from the company's.
    #[serde(default)]
    pub extraterritorial: Option<Extraterritorial>,
    /// Names of the laws; read with `extraterritorial` only.
    #[serde(default)]
    pub extraterritorial_laws: Vec<String>,
    /// HDS certification, where it differs from the company's.
    #[serde(default)]
    pub hds: Option<Hds>,
    /// How sure all this is.
    pub confidence: Confidence,
    /// Ids under `catalog/sources.toml`.
    pub sources: Vec<String>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// How code shows that this offering is meant; entries are alternatives.
    #[serde(default, rename = "match")]
    pub matches: Vec<Match>,
}

/// What must hold for code to mean an offering: every key that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Terraform provider address.
    #[serde(default)]
    pub terraform_source: Option<String>,
    /// Argument of the provider block, or attribute of the resource.
    #[serde(default)]
    pub arg: Option<String>,
    /// It has one of these values.
    #[serde(default)]
    pub values: Vec<String>,
    /// Its value matches.
    #[serde(default)]
    pub values_regex: Option<String>,
    /// It is not set.
    #[serde(default)]
    pub absent: bool,
    /// The resource has one of these types.
    #[serde(default)]
    pub resource_types: Vec<String>,
    /// The resource's type starts so.
    #[serde(default)]
    pub resource_type_prefixes: Vec<String>,
    /// Some endpoint matches.
    #[serde(default)]
    pub endpoint_regex: Option<String>,
    /// An environment variable has one of `values`.
    #[serde(default)]
    pub env: Option<String>,
    /// The company's hints in Kubernetes manifests.
    #[serde(default)]
    pub kubernetes: bool,
    /// How far this establishes the offering.
    pub certainty: Certainty,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

impl Match {
    /// How much it asks besides the provider's address: the more, the earlier it is tried. What an argument says weighs more
    /// than the type.
    pub fn weight(&self) -> usize {
        usize::from(self.arg.is_some() && !self.absent) * 4
            + usize::from(self.endpoint_regex.is_some()) * 4
            + usize::from(!self.resource_types.is_empty()) * 2
            + usize::from(!self.resource_type_prefixes.is_empty()) * 2
            + usize::from(self.absent)
    }
}

/// One way for a Terraform provider address to mean an offering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Id of the offering.
    pub offering: String,
    /// What must hold.
    pub when: Match,
}

/// All ways for a Terraform provider address to mean something, the most demanding first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Companies that identify by this address.
    pub providers: Vec<String>,
    /// Offerings, in the order in which to try them.
    pub candidates: Vec<Candidate>,
}

/// Where an offering stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// No visa.
    None,
    /// An application is filed.
    Candidate,
    /// A visa is in force.
    InForce,
    /// A visa has ended.
    Lapsed,
}

/// The visa of an offering, seen from a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visa<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// J0 to J2, for a candidate with a known milestone.
    pub milestone: Option<&'a str>,
    /// First day, when established.
    pub from: Option<Date>,
    /// Last day, inclusive, when established.
    pub to: Option<Date>,
    /// False when dates or status are not established: the answer is that of the registry's own date.
    pub established: bool,
}

impl Offering {
    /// Id of the company.
    pub fn provider(&self) -> &str {
        self.id
            .split_once('/')
            .map_or(&self.id, |(provider, _)| provider)
    }

    /// Where it stands on a day; `compiled_on` is the registry's own date.
    ///
    /// Before the visa it is a candidate, after it lapsed; a visa without a first day did not hold earlier than the
    /// March 2026 table says.
    pub fn visa_at(&self, on: Date, compiled_on: Date) -> Visa<'_> {
        let known =
            |milestone: &'_ Option<String>| milestone.as_deref().is_some_and(|m| m != "unknown");
        let (standing, milestone) = match self.status {
            Qualification::Qualified if self.qualified_from.is_some_and(|first| on < first) => {
                (Standing::Candidate, &self.milestone_2026_03)
            }
            Qualification::Qualified if self.qualified_to.is_some_and(|last| last < on) => {
                (Standing::Lapsed, &None)
            }
            Qualification::Qualified if self.qualified_from.is_none() && on < compiled_on => {
                match self.status_2026_03 {
                    Qualification::Qualified => (Standing::InForce, &None),
                    Qualification::Candidate => (Standing::Candidate, &self.milestone_2026_03),
                    Qualification::None | Qualification::Unknown => (Standing::None, &None),
                }
            }
            Qualification::Qualified => (Standing::InForce, &None),
            Qualification::Candidate => (Standing::Candidate, &self.milestone),
            Qualification::None | Qualification::Unknown => (Standing::None, &None),
        };
        let established = match self.status {
            Qualification::Qualified => {
                self.qualified_from.is_some() && self.qualified_to.is_some()
            }
            Qualification::Unknown => false,
            Qualification::Candidate | Qualification::None => true,
        };
        Visa {
            standing,
            milestone: milestone.as_deref().filter(|_| known(milestone)),
            from: self.qualified_from,
            to: self.qualified_to,
            established,
        }
    }
}

/// `catalog/registry.toml`: what holds for the whole registry of providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Schema version.
    pub schema_version: u32,
    /// Day whose state `status` describes.
    pub compiled_on: Date,
    /// Month of the seed table.
    pub seed_state: String,
    /// How long a visa lasts.
    pub qualification_validity_years: u32,
    /// How often a holder is audited.
    pub surveillance_audit: String,
    /// Share of one holder from outside the EU, at most, in percent.
    pub non_eu_holder_individual_max_percent: u32,
    /// Share of all of them.
    pub non_eu_holders_collective_max_percent: u32,
    /// Steps of an application; only the last is a decision.
    pub milestones: Vec<String>,
    /// Statuses that satisfy a requirement for a qualified offering.
    pub compliant_statuses: Vec<Qualification>,
    /// Categories of resource types that every service model brings along: a visa for infrastructure covers its object
    /// storage, and not a managed database.
    pub base_categories: Vec<Category>,
    /// A scan so many days after `compiled_on`, or less, may rely on the registry.
    pub stale_after_days: u32,
    /// From how many days before its end a visa is reported.
    pub expiry_warning_days: u32,
}
