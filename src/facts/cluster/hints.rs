//! What manifests show of the cloud that their cluster runs on: volume drivers, annotations of load balancers, labels and
//! ids of nodes, the address of the cluster, registries.
//!
//! One sign that only one company has is enough; else two that agree. Signs that speak against each other leave it open
//! and are both named.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::super::establish::{Lens, gap};
use super::super::{EvidenceId, Gap, Text};
use super::companies::Companies;
use super::site::{Site, regions_of_company};
use super::{REGION_LABELS, ZONE_LABELS, at, text_of};
use crate::catalog::Provider;
use crate::discover::folder_of;
use crate::graph::{Resource, World};
use crate::source::Place;
use crate::value::Value;

/// What kind of sign it is: two of one kind do not agree, they repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum SignKind {
    Driver,
    LoadBalancer,
    Node,
    Address,
    Annotation,
    IngressClass,
    Registry,
}

impl SignKind {
    /// Others can be used from any cloud, and so only support what something else says.
    fn proves(self) -> bool {
        matches!(
            self,
            Self::Driver | Self::LoadBalancer | Self::Node | Self::Address
        )
    }
}

/// One sign, with the companies that have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sign {
    kind: SignKind,
    companies: Vec<&'static str>,
    text: String,
    place: Option<Place>,
}

/// What the files of a folder and those below show.
#[derive(Default)]
pub(super) struct Bag {
    signs: BTreeMap<(SignKind, Vec<&'static str>), Sign>,
    /// Regions and zones of nodes, by the text.
    nodes: BTreeMap<String, Option<Place>>,
    /// Nodes that say nothing of their place.
    silent_nodes: bool,
}

impl Bag {
    /// One more sign, unless it only repeats another.
    pub(super) fn note(&mut self, sign: &Sign) {
        if self.signs.len() < MAX_SIGNS {
            let key = (sign.kind, sign.companies.clone());
            self.signs.entry(key).or_insert_with(|| sign.clone());
        }
    }

    /// The first signs of a company, where they stand in files.
    pub(super) fn shown(&self, company: &str) -> impl Iterator<Item = (&str, Place)> {
        let of_it = self
            .signs
            .values()
            .filter(move |sign| sign.companies.contains(&company));
        of_it
            .filter_map(|sign| Some((sign.text.as_str(), sign.place?)))
            .take(2)
    }
}

/// More kinds of signs, or places of nodes, tell nothing more.
const MAX_SIGNS: usize = 64;

/// What a bag comes to.
pub(super) enum Verdict {
    Nothing,
    /// Too little.
    Open(Gap),
    /// Signs that exclude each other.
    Torn(Gap),
    Company(&'static Provider, Vec<EvidenceId>),
}

/// Sites found so far.
#[derive(Default)]
pub(in crate::facts) struct Sites<'a> {
    pub(super) by_provider: HashMap<crate::graph::ProviderId, Option<Rc<Site<'a>>>>,
    pub(super) by_target: HashMap<Place, Rc<Site<'a>>>,
    by_folder: HashMap<String, Rc<Site<'a>>>,
    bags: Option<HashMap<String, Bag>>,
}

impl<'a> Lens<'a> {
    /// The cluster of a manifest as the manifests around it show it: those of the widest folder whose signs agree.
    pub(super) fn site_around(&mut self, resource: &'a Resource) -> Rc<Site<'a>> {
        let folder = folder_of(&resource.path).to_owned();
        if let Some(site) = self.sites.by_folder.get(&folder) {
            return Rc::clone(site);
        }
        let bags = match self.sites.bags.take() {
            Some(bags) => bags,
            None => self.gather(),
        };
        let mut verdict = Verdict::Nothing;
        let mut seen = None;
        for wider in folders_down_to(&folder) {
            let Some(bag) = bags.get(wider) else {
                break;
            };
            verdict = self.weigh(bag);
            seen = Some(bag);
            if !matches!(verdict, Verdict::Torn(_)) {
                break;
            }
        }
        let site = match verdict {
            Verdict::Nothing => Site::unknown(gap(
                "where its cluster runs is not part of the scan: declare a [[target]] in gardefou.toml",
                "l'emplacement du cluster ne fait pas partie de l'analyse : déclarez une [[target]] dans gardefou.toml",
            )),
            Verdict::Open(gap) | Verdict::Torn(gap) => Site::unknown(gap),
            Verdict::Company(company, evidence) => self.site_shown(company, seen, evidence),
        };
        let site = Rc::new(site);
        self.sites.bags = Some(bags);
        self.sites.by_folder.insert(folder, Rc::clone(&site));
        site
    }

    /// A cluster of a known company, where all its nodes are.
    fn site_shown(
        &mut self,
        company: &'static Provider,
        bag: Option<&Bag>,
        mut evidence: Vec<EvidenceId>,
    ) -> Site<'a> {
        let mut region: Option<&'static str> = None;
        let mut agree = bag.is_some_and(|bag| !bag.silent_nodes);
        let set = regions_of_company(company);
        for (text, place) in bag.iter().flat_map(|bag| &bag.nodes) {
            // `scaleway://instance/fr-par-1/...`
            let found = set.and_then(|set| {
                text.split('/')
                    .find_map(|part| self.catalog.region(set, part))
            });
            let Some(found) = found.map(|found| found.region_id()) else {
                agree = false;
                continue;
            };
            agree &= region.is_none_or(|before| before == found);
            region.get_or_insert(found);
            let label = Text::new("where the cluster is", "où se trouve le cluster");
            evidence.extend(place.map(|place| self.ledger.place(place, label)));
        }
        let region = region.filter(|_| agree);
        self.site_of_company(company, region, evidence)
    }

    /// The signs of every folder, those of the folders below included.
    fn gather(&mut self) -> HashMap<String, Bag> {
        let mut bags: HashMap<String, Bag> = HashMap::new();
        let mut signs = Vec::new();
        let companies = Companies::new(self.catalog);
        for resource in self.graph.resources() {
            if resource.world != World::Kubernetes || self.settings.target_of(resource).is_some() {
                continue;
            }
            signs.clear();
            self.signs_of(resource, &companies, &mut signs);
            let node = (&*resource.kind == "Node").then(|| place_of_node(resource));
            let addresses = self.places_of_kubeconfig(resource);
            for folder in folders_down_to(folder_of(&resource.path)) {
                let bag = match bags.get_mut(folder) {
                    Some(bag) => bag,
                    None => bags.entry(folder.to_owned()).or_default(),
                };
                signs.iter().for_each(|sign| bag.note(sign));
                for (text, place) in &addresses {
                    bag.nodes.entry(text.clone()).or_insert(*place);
                }
                match &node {
                    Some(Some((text, place))) if bag.nodes.len() < MAX_SIGNS => {
                        bag.nodes.entry(text.clone()).or_insert(*place);
                    }
                    Some(_) => bag.silent_nodes = true,
                    None => {}
                }
            }
        }
        bags
    }

    pub(super) fn weigh(&mut self, bag: &Bag) -> Verdict {
        let signs: Vec<&Sign> = bag.signs.values().collect();
        let strong: Vec<&Sign> = signs.iter().copied().filter(|s| s.kind.proves()).collect();
        // What can be used from anywhere counts only where nothing that proves a cloud speaks against it.
        let agreeing = |with: &[&Sign]| common(with.iter().map(|sign| sign.companies.as_slice()));
        let mut of_strong = agreeing(&strong);
        if !strong.is_empty() && of_strong.is_empty() {
            return Verdict::Torn(self.torn(&strong));
        }
        let supporting: Vec<&Sign> = signs
            .iter()
            .copied()
            .filter(|sign| {
                !sign.kind.proves()
                    && (strong.is_empty()
                        || sign.companies.iter().any(|one| of_strong.contains(one)))
            })
            .collect();
        let mut counted = strong;
        counted.extend(supporting);
        if counted.is_empty() {
            return Verdict::Nothing;
        }
        let together = agreeing(&counted);
        if together.is_empty() && of_strong.is_empty() {
            return Verdict::Torn(self.torn(&counted));
        }
        if !together.is_empty() {
            of_strong = together;
        }
        let exclusive = counted
            .iter()
            .any(|sign| sign.kind.proves() && sign.companies.len() == 1);
        let kinds: BTreeSet<SignKind> = counted.iter().map(|sign| sign.kind).collect();
        let evidence = self.evidence_of_signs(&counted);
        match of_strong.as_slice() {
            [one] if exclusive || kinds.len() > 1 => match self.catalog.provider(one) {
                Some(company) => Verdict::Company(company, evidence),
                None => Verdict::Nothing,
            },
            [one] => Verdict::Open(self.open(&counted, &[one], evidence)),
            several => Verdict::Open(self.open(&counted, several, evidence)),
        }
    }

    fn evidence_of_signs(&mut self, signs: &[&Sign]) -> Vec<EvidenceId> {
        let mut evidence = Vec::new();
        for sign in signs {
            let text = &sign.text;
            let label = Text::new(
                format!("{text}: {}", sign.companies.join(" or ")),
                format!("{text} : {}", sign.companies.join(" ou ")),
            );
            evidence.extend(sign.place.map(|place| self.ledger.place(place, label)));
        }
        evidence
    }

    /// Two signs that exclude each other.
    fn torn(&mut self, signs: &[&Sign]) -> Gap {
        let mut pair = signs.first().zip(signs.get(1));
        for (at, one) in signs.iter().enumerate() {
            let against = signs.iter().skip(at + 1).find(|other| {
                common([one.companies.as_slice(), other.companies.as_slice()]).is_empty()
            });
            if let Some(other) = against {
                pair = Some((one, other));
                break;
            }
        }
        let Some((one, other)) = pair else {
            return gap(
                "the manifests do not tell who runs their cluster",
                "les manifestes ne disent pas qui opère leur cluster",
            );
        };
        let evidence = self.evidence_of_signs(&[*one, *other]);
        let said = |sign: &Sign, or: &str| format!("{} ({})", sign.text, sign.companies.join(or));
        Gap {
            reason: Text::new(
                format!(
                    "the manifests speak of two clouds, {} and {}: declare a [[target]] in gardefou.toml",
                    said(one, " or "),
                    said(other, " or ")
                ),
                format!(
                    "les manifestes parlent de deux clouds, {} et {} : déclarez une [[target]] dans gardefou.toml",
                    said(one, " ou "),
                    said(other, " ou ")
                ),
            ),
            evidence,
        }
    }

    /// Signs that prove nothing yet.
    fn open(&self, signs: &[&Sign], companies: &[&str], evidence: Vec<EvidenceId>) -> Gap {
        let shown = signs.first().map_or("", |sign| sign.text.as_str());
        let reason = match companies {
            [one] => Text::new(
                format!(
                    "{shown} is all that speaks of a cloud ({one}), and is not enough: declare a [[target]] in gardefou.toml"
                ),
                format!(
                    "{shown} est le seul signe d'un cloud ({one}), et ne suffit pas : déclarez une [[target]] dans gardefou.toml"
                ),
            ),
            several => Text::new(
                format!(
                    "{shown} may mean {}: declare a [[target]] in gardefou.toml",
                    several.join(" or ")
                ),
                format!(
                    "{shown} peut désigner {} : déclarez une [[target]] dans gardefou.toml",
                    several.join(" ou ")
                ),
            ),
        };
        Gap { reason, evidence }
    }

    pub(super) fn signs_of(
        &mut self,
        resource: &'a Resource,
        companies: &Companies,
        out: &mut Vec<Sign>,
    ) {
        let value = &resource.attributes;
        let driver = match &*resource.kind {
            "storage.k8s.io/StorageClass" => value.entry("provisioner"),
            "snapshot.storage.k8s.io/VolumeSnapshotClass" => value.entry("driver"),
            "PersistentVolume" => value.get(&at(&["spec", "csi", "driver"])),
            _ => None,
        };
        if let Some(driver) = driver
            && let Some(name) = text_of(driver)
        {
            let text = format!("the volume driver {name}");
            push(
                out,
                SignKind::Driver,
                companies.of_driver(name),
                text,
                driver,
            );
        }
        if &*resource.kind == "Node" {
            self.signs_of_node(value, companies, out);
        }
        let of_network = resource.classes.contains(crate::catalog::Class::Network);
        let annotations = value.get(&at(&["metadata", "annotations"]));
        for (key, value) in annotations.and_then(Value::entries).unwrap_or_default() {
            let text = || format!("the annotation {key}");
            if of_network {
                let of = companies.of_prefix(&companies.load_balancers, key);
                push(out, SignKind::LoadBalancer, of, text(), value);
            }
            let of = companies.of_prefix(&companies.annotations, key);
            push(out, SignKind::Annotation, of, text(), value);
        }
        if let Some(class) = value.get(&at(&["spec", "ingressClassName"]))
            && let Some(name) = text_of(class)
        {
            let of = companies.ingress_classes.get(name).cloned();
            let text = format!("the ingress class {name}");
            push(
                out,
                SignKind::IngressClass,
                of.unwrap_or_default(),
                text,
                class,
            );
        }
        if &*resource.kind == "Config" {
            self.signs_of_kubeconfig(value, out);
        }
        self.signs_of_images(resource, companies, out);
    }

    fn signs_of_node(&self, node: &Value, companies: &Companies, out: &mut Vec<Sign>) {
        let labels = node.get(&at(&["metadata", "labels"]));
        for (key, value) in labels.and_then(Value::entries).unwrap_or_default() {
            let of = companies.of_prefix(&companies.nodes, key);
            push(
                out,
                SignKind::Node,
                of,
                format!("the node label {key}"),
                value,
            );
        }
        if let Some(id) = node.get(&at(&["spec", "providerID"]))
            && let Some((scheme, _)) = text_of(id).and_then(|text| text.split_once("://"))
        {
            let of = companies.schemes.get(scheme).cloned().unwrap_or_default();
            push(
                out,
                SignKind::Node,
                of,
                format!("the node id {scheme}://"),
                id,
            );
        }
    }

    /// Regions in the addresses of clusters.
    fn places_of_kubeconfig(&self, resource: &Resource) -> Vec<(String, Option<Place>)> {
        if &*resource.kind != "Config" {
            return Vec::new();
        }
        let clusters = resource.attributes.entry("clusters");
        let clusters = clusters.and_then(Value::elements).unwrap_or_default();
        clusters
            .iter()
            .take(MAX_SIGNS)
            .filter_map(|cluster| {
                let server = cluster.get(&at(&["cluster", "server"]))?;
                let (_, region) = self.api_host(text_of(server)?)?;
                Some((region?, server.origin.place))
            })
            .collect()
    }

    fn signs_of_kubeconfig(&self, config: &Value, out: &mut Vec<Sign>) {
        let clusters = config.entry("clusters").and_then(Value::elements);
        for cluster in clusters.unwrap_or_default() {
            if let Some(server) = cluster.get(&at(&["cluster", "server"]))
                && let Some((company, _)) = text_of(server).and_then(|text| self.api_host(text))
            {
                let text = "the address of the cluster".to_owned();
                push(
                    out,
                    SignKind::Address,
                    vec![company.id.as_str()],
                    text,
                    server,
                );
            }
        }
    }

    /// Private registries of clouds; public ones are used from everywhere.
    fn signs_of_images(
        &mut self,
        resource: &'a Resource,
        companies: &Companies,
        out: &mut Vec<Sign>,
    ) {
        let Some(spec) = self.pod_spec(resource) else {
            return;
        };
        let containers = ["containers", "initContainers"]
            .into_iter()
            .filter_map(|name| spec.entry(name)?.elements())
            .flatten();
        for image in containers.filter_map(|container| container.entry("image")) {
            let host = text_of(image)
                .and_then(|text| text.split_once('/'))
                .map(|(host, _)| host)
                .filter(|host| host.contains('.'));
            if let Some(host) = host {
                let text = format!("the registry {host}");
                push(
                    out,
                    SignKind::Registry,
                    companies.of_registry(host),
                    text,
                    image,
                );
            }
        }
    }
}

fn push(
    out: &mut Vec<Sign>,
    kind: SignKind,
    companies: Vec<&'static str>,
    text: String,
    at: &Value,
) {
    if !companies.is_empty() {
        out.push(Sign {
            kind,
            companies,
            text,
            place: at.origin.place,
        });
    }
}

/// The region of a node, or the zone; in its labels, else in its id.
fn place_of_node(node: &Resource) -> Option<(String, Option<Place>)> {
    let labels = node.attributes.get(&at(&["metadata", "labels"]));
    let labelled = REGION_LABELS
        .iter()
        .chain(&ZONE_LABELS)
        .find_map(|label| labels?.entry(label));
    let id = || node.attributes.get(&at(&["spec", "providerID"]));
    let value = labelled.or_else(id)?;
    Some((text_of(value)?.to_owned(), value.origin.place))
}

/// The folders from the top of the scan down to one, the top first: ``, `a`, `a/b`.
fn folders_down_to(folder: &str) -> impl Iterator<Item = &str> {
    let inner = folder
        .match_indices('/')
        .map(|(at, _)| at)
        .chain((!folder.is_empty()).then_some(folder.len()));
    std::iter::once("")
        .chain(inner.filter_map(move |at| folder.get(..at).filter(|f| !f.is_empty())))
}

/// Those that stand in every list.
fn common<'c>(lists: impl IntoIterator<Item = &'c [&'static str]>) -> Vec<&'static str> {
    let mut lists = lists.into_iter();
    let Some(first) = lists.next() else {
        return Vec::new();
    };
    let mut out = first.to_vec();
    for list in lists {
        out.retain(|one| list.contains(one));
    }
    out
}
