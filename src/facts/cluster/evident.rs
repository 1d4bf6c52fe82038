//! The cluster of the Terraform code in the same scan that manifests are applied to, where that is evident: it is the
//! only one, the only one of the company that the manifests show, or the one whose name or folder they lie under.

use super::site::{Host, Site};
use crate::catalog::Certainty;
use crate::discover::folder_of;
use crate::facts::establish::{Kind, Lens};
use crate::facts::location::shown;
use crate::facts::{EvidenceId, Fact, Gap, Text};
use crate::graph::{Resource, World};

/// A cluster that Terraform declares.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) cluster: &'a Resource,
    /// Who runs it, where that is known.
    company: Option<&'static str>,
}

/// The clusters of a scan.
#[derive(Default)]
pub(super) struct Clusters<'a> {
    all: Vec<Candidate<'a>>,
    /// A call of a module that most likely makes one, and whose code is not at hand.
    unseen: Option<Gap>,
}

/// Which cluster is meant.
pub(super) enum Evident<'a> {
    /// The scan has none.
    None,
    One(&'a Resource),
    /// Several could be.
    Open(Gap),
}

/// More clusters than this are not told apart.
const MAX_CLUSTERS: usize = 1_000;

/// Words of the sources of modules that make a cluster.
const CLUSTER_WORDS: [&str; 8] = [
    "eks",
    "aks",
    "gke",
    "oks",
    "kapsule",
    "kubernetes",
    "k8s",
    "openshift",
];

/// Words of those that only add something to one.
const ADDITION_WORDS: [&str; 8] = [
    "addon",
    "addons",
    "iam",
    "irsa",
    "role",
    "node",
    "karpenter",
    "namespace",
];

impl<'a> Lens<'a> {
    /// The cluster that the manifests of a folder are applied to. `companies`: those that proofs among the manifests
    /// allow; empty: all.
    pub(super) fn evident_cluster(
        &mut self,
        folder: &str,
        companies: &[&'static str],
    ) -> Evident<'a> {
        let clusters = match self.sites.clusters.take() {
            Some(clusters) => clusters,
            None => self.clusters_of_code(),
        };
        let found = self.evident_of(&clusters, folder, companies);
        self.sites.clusters = Some(clusters);
        found
    }

    fn evident_of(
        &mut self,
        clusters: &Clusters<'a>,
        folder: &str,
        companies: &[&'static str],
    ) -> Evident<'a> {
        let fits = |candidate: &&Candidate<'a>| {
            companies.is_empty()
                || candidate
                    .company
                    .is_some_and(|one| companies.contains(&one))
        };
        let fitting: Vec<&Candidate<'a>> = clusters.all.iter().filter(fits).collect();
        let chosen = by_name(&fitting, folder).or_else(|| by_folder(&fitting, folder));
        if let Some(chosen) = chosen {
            return Evident::One(chosen);
        }
        match (fitting.as_slice(), &clusters.unseen) {
            ([], None) => Evident::None,
            ([], Some(gap)) => match companies {
                [] => Evident::Open(gap.clone()),
                _ => Evident::None,
            },
            ([one], None) => Evident::One(one.cluster),
            ([one], Some(gap)) => {
                let address = &one.cluster.address;
                let mut evidence = vec![self.header(one.cluster)];
                evidence.extend(&gap.evidence);
                Evident::Open(Gap {
                    reason: Text::new(
                        format!("{address} may be its cluster, and {}", gap.reason.en),
                        format!("{address} est peut-être son cluster, et {}", gap.reason.fr),
                    ),
                    evidence,
                })
            }
            ([one, other, ..], _) => {
                let evidence = vec![self.header(one.cluster), self.header(other.cluster)];
                let (one, other) = (&one.cluster.address, &other.cluster.address);
                let rest = match fitting.len() - 2 {
                    0 => (String::new(), String::new()),
                    more => (format!(" and {more} more"), format!(" et {more} de plus")),
                };
                Evident::Open(Gap {
                    reason: Text::new(
                        format!(
                            "the scan has several clusters, {one} and {other}{}, and nothing says which is meant: declare a [[target]] in gardefou.toml",
                            rest.0
                        ),
                        format!(
                            "l’analyse compte plusieurs clusters, {one} et {other}{}, sans que rien ne dise lequel est visé : déclarez une [[target]] dans gardefou.toml",
                            rest.1
                        ),
                    ),
                    evidence,
                })
            }
        }
    }

    /// Where such a cluster is and who runs it: probable, since nothing ties the manifests to it.
    pub(super) fn site_of_evident(&mut self, cluster: &'a Resource) -> Site<'a> {
        let address = &cluster.address;
        let led = self.ledger.place(
            cluster.header,
            Text::new(
                format!("the cluster of the same scan: {address}"),
                format!("le cluster de la même analyse : {address}"),
            ),
        );
        let mut site = self.site_of_cluster(cluster, vec![led]);
        if let Fact::Known(location) = &mut site.location {
            location.basis.certainty = location.basis.certainty.max(Certainty::Probable);
        }
        if let Host::Offering { certainty, .. } = &mut site.host {
            *certainty = (*certainty).max(Certainty::Probable);
        }
        let said = |gap: &mut Gap| {
            gap.reason = Text::new(
                format!("{} (of its cluster, {address})", gap.reason.en),
                format!("{} (de son cluster, {address})", gap.reason.fr),
            );
        };
        if let Fact::Unknown(gap) = &mut site.location {
            said(gap);
        }
        if let Host::As(Fact::Unknown(gap)) = &mut site.host {
            said(gap);
        }
        site
    }

    /// Every cluster that Terraform declares; those that it only reads where it declares none.
    fn clusters_of_code(&mut self) -> Clusters<'a> {
        let graph = self.graph;
        let is_cluster = |resource: &&'a Resource| match self.kinds.get(resource.id.index()) {
            Some(Some(Kind::Terraform(kind))) => kind.cluster,
            _ => false,
        };
        let of_world = |world: World| -> Vec<&'a Resource> {
            let all = graph.resources().iter().filter(is_cluster);
            all.filter(|resource| resource.world == world)
                .take(MAX_CLUSTERS)
                .collect()
        };
        let mut found = of_world(World::Terraform);
        if found.is_empty() {
            found = of_world(World::TerraformData);
        }
        let mut all: Vec<Candidate<'a>> = Vec::with_capacity(found.len());
        for cluster in found {
            // A plan beside the code that it was made of.
            let again = all.iter().any(|known| {
                let is_copy = graph.is_recorded(cluster) || graph.is_recorded(known.cluster);
                is_copy && known.cluster.address == cluster.address
            });
            if again {
                continue;
            }
            let location = self.location_of(cluster);
            let hosting = self.hosting_of(cluster, &location);
            let company = hosting
                .known()
                .and_then(|hosting| self.catalog.provider(&hosting.provider))
                .map(|company| company.id.as_str());
            all.push(Candidate { cluster, company });
        }
        Clusters {
            unseen: self.unseen_cluster(),
            all,
        }
    }

    /// A call of a module whose source says that it makes a cluster, and whose code is not at hand.
    fn unseen_cluster(&mut self) -> Option<Gap> {
        let graph = self.graph;
        let modules = graph
            .modules()
            .filter(|(_, module)| module.absent.is_some() && makes_a_cluster(&module.source));
        let (_, module) = modules.min_by_key(|(root, module)| (*root, module.address.clone()))?;
        let address = shown(&module.address);
        let evidence: Vec<EvidenceId> = vec![self.ledger.place(
            module.header,
            Text::new("call of the module", "appel du module"),
        )];
        Some(Gap {
            reason: Text::new(
                format!(
                    "what is in {address}, which may make its cluster, is not seen: run `terraform init`, or declare a [[target]] in gardefou.toml"
                ),
                format!(
                    "le contenu de {address}, qui crée peut-être son cluster, n’est pas vu : lancez `terraform init`, ou déclarez une [[target]] dans gardefou.toml"
                ),
            ),
            evidence,
        })
    }
}

/// The only cluster whose name is that of a folder above the manifests: `clusters/prod/api.yaml`.
fn by_name<'a>(clusters: &[&Candidate<'a>], folder: &str) -> Option<&'a Resource> {
    let of_name = |candidate: &&&Candidate<'a>| {
        let name = candidate.cluster.attributes.entry("name");
        let name = name.and_then(super::text_of).unwrap_or_default();
        !name.is_empty() && folder.split('/').any(|part| part == name)
    };
    only(clusters.iter().filter(of_name).map(|one| one.cluster))
}

/// The only cluster of the nearest folder around the manifests that has one and is not the top of the scan.
fn by_folder<'a>(clusters: &[&Candidate<'a>], folder: &str) -> Option<&'a Resource> {
    let mut around = folder;
    while !around.is_empty() {
        let here = clusters
            .iter()
            .filter(|one| folder_of(&one.cluster.path) == around)
            .map(|one| one.cluster);
        let mut here = here.peekable();
        if here.peek().is_some() {
            return only(here);
        }
        around = folder_of(around);
    }
    None
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// `terraform-aws-modules/eks/aws`, and not its submodules.
fn makes_a_cluster(source: &str) -> bool {
    if source.contains("//modules/") {
        return false;
    }
    let has = |words: &[&str]| {
        let mut parts = source.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    has(&CLUSTER_WORDS) && !has(&ADDITION_WORDS)
}
