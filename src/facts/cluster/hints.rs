//! What manifests show of the cloud that their cluster runs on: volume drivers, annotations of load balancers, labels and
//! ids of nodes, the address of the cluster, registries.
//!
//! One sign that only one company has is enough; else two that agree. Signs that speak against each other leave it open
//! and are both named.

use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::establish::{Common, Lens, gap};
use super::super::{EvidenceId, Gap, Text};
use super::companies::Companies;
use super::evident::{Clusters, Evident};
use super::nodes::{Nodes, Shape};
use super::signs::{Sign, SignKind};
use super::site::{Site, regions_of_company};
use crate::catalog::{Certainty, Provider};
use crate::config::Target;
use crate::discover::folder_of;
use crate::facts::{Fact, Location};
use crate::graph::{Resource, World};
use crate::source::Place;
use crate::text::Lang;

/// What the files of a folder and those below show.
#[derive(Default)]
pub(super) struct Bag {
    signs: BTreeMap<(SignKind, Vec<&'static str>), Sign>,
    /// Regions in the addresses of clusters.
    addresses: BTreeMap<String, Option<Place>>,
    nodes: Arc<Nodes>,
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
    pub(super) fn shown(&self, company: &str) -> impl Iterator<Item = (&Text, Place)> {
        let of_it = self
            .signs
            .values()
            .filter(move |sign| sign.companies.contains(&company));
        of_it
            .filter_map(|sign| Some((&sign.text, sign.place?)))
            .take(2)
    }
}

/// More kinds of signs, or places of nodes, tell nothing more.
pub(super) const MAX_SIGNS: usize = 64;

/// What a bag comes to.
pub(super) enum Verdict {
    Nothing,
    /// Too little; and the companies that proofs allow, if there are any proofs.
    Open(Gap, Vec<&'static str>),
    /// Signs that exclude each other.
    Torn(Gap),
    Company(&'static Provider, Vec<EvidenceId>),
}

/// Sites found so far.
#[derive(Default)]
pub(in crate::facts) struct Sites<'a> {
    pub(super) by_provider: HashMap<crate::graph::ProviderId, Option<Rc<Site<'a>>>>,
    pub(super) by_target: HashMap<Place, Rc<Site<'a>>>,
    pub(super) clusters: Option<Clusters<'a>>,
    /// Tenants of Capsule, by name.
    pub(super) tenants: Option<HashMap<&'a str, &'a Resource>>,
    by_folder: HashMap<String, Rc<Site<'a>>>,
    gathered: Arc<Gathered>,
}

impl Sites<'_> {
    /// With what the manifests show.
    pub(in crate::facts) fn sharing(gathered: Arc<Gathered>) -> Self {
        Self {
            gathered,
            ..Self::default()
        }
    }
}

/// What all manifests show.
#[derive(Default)]
pub(in crate::facts) struct Gathered {
    /// By folder, those below included; without what a target places.
    bags: HashMap<String, Bag>,
    /// Nodes, by the target that places them.
    of_targets: HashMap<Place, Arc<Nodes>>,
}

/// What one object shows of its cluster.
struct ShownBy<'a> {
    resource: &'a Resource,
    /// The target that it is applied to.
    target: Option<Place>,
    signs: Vec<Sign>,
    addresses: Vec<(String, Option<Place>)>,
}

impl ShownBy<'_> {
    /// Nothing but that its folder is there.
    fn is_bare(&self) -> bool {
        self.signs.is_empty() && self.addresses.is_empty() && &*self.resource.kind != "Node"
    }
}

/// Objects that one thread takes at a time.
const AT_A_TIME: usize = 512;

/// The signs of every folder, those of the folders below included. For all objects at once, before the first of them asks:
/// else all would wait for it.
pub(in crate::facts) fn gather(common: &Common<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    // What a chart makes that Terraform installs shows the cluster of that release alone.
    let shows = |one: &Resource| one.world == World::Kubernetes && one.release.is_none();
    if !common.graph.resources().iter().any(shows) {
        return gathered;
    }
    let lens = Lens::new(common.clone());
    let companies = Companies::new(lens.catalog);
    let parts = common.graph.resources().par_chunks(AT_A_TIME);
    let parts = parts.map(|part| {
        let lens = Lens::new(common.clone());
        let all = part.iter().filter(|one| shows(one));
        all.map(|one| lens.shown_by(one, &companies)).collect()
    });
    let parts: Vec<Vec<ShownBy<'_>>> = parts.collect();
    let mut shapes = HashMap::new();
    let mut last = None;
    for shown in parts.iter().flatten() {
        let resource = shown.resource;
        let folder = folder_of(&resource.path);
        if shown.is_bare() && (shown.target.is_some() || last == Some(folder)) {
            continue;
        }
        let node = (&*resource.kind == "Node").then(|| lens.node(resource, &mut shapes));
        if let Some(target) = shown.target {
            if let Some(node) = &node {
                let nodes = gathered.of_targets.entry(target).or_default();
                Arc::make_mut(nodes).note(node);
            }
            continue;
        }
        last = Some(folder);
        for folder in folders_down_to(folder) {
            let bag = match gathered.bags.get_mut(folder) {
                Some(bag) => bag,
                None => gathered.bags.entry(folder.to_owned()).or_default(),
            };
            shown.signs.iter().for_each(|sign| bag.note(sign));
            for (text, place) in &shown.addresses {
                bag.addresses.entry(text.clone()).or_insert(*place);
            }
            if let Some(node) = &node {
                Arc::make_mut(&mut bag.nodes).note(node);
            }
        }
    }
    gathered
}

impl<'a> Lens<'a> {
    /// The cluster of a manifest: the one of the scan that is evident, else what the manifests around it show, those of
    /// the widest folder whose signs agree.
    pub(super) fn site_around(&mut self, resource: &'a Resource) -> Rc<Site<'a>> {
        let folder = folder_of(&resource.path).to_owned();
        if let Some(site) = self.sites.by_folder.get(&folder) {
            return Rc::clone(site);
        }
        let gathered = Arc::clone(&self.sites.gathered);
        let mut verdict = Verdict::Nothing;
        let mut seen = None;
        for wider in folders_down_to(&folder) {
            let Some(bag) = gathered.bags.get(wider) else {
                break;
            };
            verdict = self.weigh(bag);
            seen = Some(bag);
            if !matches!(verdict, Verdict::Torn(_)) {
                break;
            }
        }
        let mut site = self.site_of_verdict(verdict, seen, &folder);
        site.nodes = seen.map(|bag| Arc::clone(&bag.nodes)).unwrap_or_default();
        let site = Rc::new(site);
        self.sites.by_folder.insert(folder, Rc::clone(&site));
        site
    }

    fn site_of_verdict(&mut self, verdict: Verdict, seen: Option<&Bag>, folder: &str) -> Site<'a> {
        let (gap, companies) = match verdict {
            Verdict::Torn(gap) => return Site::unknown(gap),
            Verdict::Open(gap, companies) => (Some(gap), companies),
            Verdict::Nothing => (None, Vec::new()),
            Verdict::Company(company, evidence) => {
                let shown = self.site_shown(company, seen, evidence);
                return self.with_evident(shown, company, folder);
            }
        };
        match (self.evident_cluster(folder, &companies), gap) {
            (Evident::One(cluster), _) => self.site_of_evident(cluster),
            (Evident::Open(gap), None) => Site::unknown(gap),
            (_, Some(gap)) => Site::unknown(gap),
            (Evident::None, None) => Site::unknown(gap_without_cluster()),
        }
    }

    /// A cluster of the company that the manifests show tells what they do not.
    fn with_evident(
        &mut self,
        mut shown: Site<'a>,
        company: &'static Provider,
        folder: &str,
    ) -> Site<'a> {
        match self.evident_cluster(folder, &[company.id.as_str()]) {
            Evident::One(cluster) => {
                let evident = self.site_of_evident(cluster);
                match (&shown.location, &evident.location) {
                    // Nodes that are elsewhere are those of another cluster.
                    (Fact::Known(nodes), Fact::Known(code)) if nodes.region != code.region => shown,
                    (Fact::Known(_), Fact::Unknown(_)) => shown,
                    _ => evident,
                }
            }
            Evident::Open(gap) => {
                if matches!(shown.location, Fact::Unknown(_)) {
                    shown.location = Fact::Unknown(gap);
                }
                shown
            }
            Evident::None => shown,
        }
    }

    /// A cluster of a known company, where all its nodes are.
    fn site_shown(
        &mut self,
        company: &'static Provider,
        bag: Option<&Bag>,
        mut evidence: Vec<EvidenceId>,
    ) -> Site<'a> {
        let Some(bag) = bag else {
            return self.site_of_company(company, None, evidence);
        };
        let nodes = Arc::clone(&bag.nodes);
        let mut found = self.regions_of_nodes(&nodes, company);
        if let Some(set) = regions_of_company(company) {
            for (text, place) in &bag.addresses {
                let region = self.catalog.region(set, text);
                found.push((region.map(|region| region.region_id()), *place));
            }
        }
        let region = agreed(&found);
        if region.is_some() {
            let label = Text::new("where the cluster is", "où se trouve le cluster");
            let places = found.iter().filter_map(|(_, place)| *place).take(MAX_SIGNS);
            evidence.extend(places.map(|place| self.ledger.place(place, label.clone())));
        }
        let mut site = self.site_of_company(company, region, evidence);
        if region.is_none()
            && let Fact::Unknown(gap) = &mut site.location
            && let Some((one, other)) = two_of(&found)
        {
            let name = &company.legal_name;
            gap.reason = Text::new(
                format!(
                    "its cluster, run by {name}, has nodes in {one} and {other}, and nothing says in which region it runs: pin it, or declare a [[target]] in gardefou.toml"
                ),
                format!(
                    "son cluster, opéré par {name}, a des nœuds à {one} et à {other}, sans que rien ne dise dans quelle région il s’exécute : fixez-la, ou déclarez une [[target]] dans gardefou.toml"
                ),
            );
        }
        site
    }

    /// Where each kind of node is, in the regions of a company.
    fn regions_of_nodes(
        &mut self,
        nodes: &Nodes,
        company: &'static Provider,
    ) -> Vec<(Option<&'static str>, Option<Place>)> {
        let Some(set) = regions_of_company(company) else {
            return Vec::new();
        };
        let region_of = |shape: &Shape| {
            let (text, _) = shape.place.as_ref()?;
            // `scaleway://instance/fr-par-1/...`
            let found = text
                .split('/')
                .find_map(|part| self.catalog.region(set, part));
            found.map(|found| found.region_id())
        };
        let mut shapes = nodes.shapes().iter();
        let mut found: Vec<_> = shapes
            .by_ref()
            .map(|(shape, at)| (region_of(shape), *at))
            .collect();
        // Nodes of many kinds in one place are one sign.
        let mut known = BTreeSet::new();
        found.retain(|(region, _)| known.insert(*region));
        found
    }

    /// The place of a cluster all of whose nodes are in one region.
    pub(super) fn where_nodes_agree(
        &mut self,
        nodes: &Nodes,
        company: Option<&'static Provider>,
    ) -> Option<Fact<Location>> {
        let company = company?;
        let found = self.regions_of_nodes(nodes, company);
        let region = agreed(&found)?;
        let label = Text::new("where the cluster is", "où se trouve le cluster");
        let places = found.iter().filter_map(|(_, place)| *place);
        let evidence = places
            .map(|place| self.ledger.place(place, label.clone()))
            .collect();
        let set = regions_of_company(company);
        Some(self.look_up(set, region, evidence, Certainty::Probable))
    }

    /// The nodes among the manifests of a target.
    pub(super) fn nodes_of_target(&self, target: &Target) -> Arc<Nodes> {
        let found = self
            .sites
            .gathered
            .of_targets
            .get(&target.place)
            .map(Arc::clone);
        found.unwrap_or_default()
    }

    /// What an object shows of its cluster.
    fn shown_by(&self, resource: &'a Resource, companies: &Companies) -> ShownBy<'a> {
        let mut shown = ShownBy {
            resource,
            target: self.settings.target_of(resource).map(|of| of.place),
            signs: Vec::new(),
            addresses: Vec::new(),
        };
        if shown.target.is_none() {
            self.signs_of(resource, companies, &mut shown.signs);
            shown.addresses = self.places_of_kubeconfig(resource);
        }
        shown
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
        let proven = match counted.iter().any(|sign| sign.kind.proves()) {
            true => of_strong.clone(),
            false => Vec::new(),
        };
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
            [one] => Verdict::Open(self.open(&counted, &[one], evidence), proven),
            several => Verdict::Open(self.open(&counted, several, evidence), proven),
        }
    }

    fn evidence_of_signs(&mut self, signs: &[&Sign]) -> Vec<EvidenceId> {
        let mut evidence = Vec::new();
        for sign in signs {
            let text = &sign.text;
            let label = Text::new(
                format!("{}: {}", text.en, sign.companies.join(" or ")),
                format!("{} : {}", text.fr, sign.companies.join(" ou ")),
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
        let said = |sign: &Sign, lang: Lang| {
            let companies = sign.companies.join(lang.pick(" or ", " ou "));
            format!("{} ({companies})", lang.of(&sign.text))
        };
        Gap {
            reason: Text::new(
                format!(
                    "the manifests speak of two clouds, {} and {}: declare a [[target]] in gardefou.toml",
                    said(one, Lang::En),
                    said(other, Lang::En)
                ),
                format!(
                    "les manifestes parlent de deux clouds, {} et {} : déclarez une [[target]] dans gardefou.toml",
                    said(one, Lang::Fr),
                    said(other, Lang::Fr)
                ),
            ),
            evidence,
        }
    }

    /// Signs that prove nothing yet.
    fn open(&self, signs: &[&Sign], companies: &[&str], evidence: Vec<EvidenceId>) -> Gap {
        let shown = signs.first().map(|sign| sign.text.clone());
        let Text {
            en: shown,
            fr: signe,
        } = shown.unwrap_or_default();
        let reason = match companies {
            [one] => Text::new(
                format!(
                    "{shown} is all that speaks of a cloud ({one}), and is not enough: declare a [[target]] in gardefou.toml"
                ),
                format!(
                    "{signe} est le seul signe d’un cloud ({one}), et ne suffit pas : déclarez une [[target]] dans gardefou.toml"
                ),
            ),
            several => Text::new(
                format!(
                    "{shown} may mean {}: declare a [[target]] in gardefou.toml",
                    several.join(" or ")
                ),
                format!(
                    "{signe} peut désigner {} : déclarez une [[target]] dans gardefou.toml",
                    several.join(" ou ")
                ),
            ),
        };
        Gap { reason, evidence }
    }
}

fn gap_without_cluster() -> Gap {
    gap(
        "where its cluster runs is not part of the scan: declare a [[target]] in gardefou.toml",
        "l’emplacement du cluster ne fait pas partie de l’analyse : déclarez une [[target]] dans gardefou.toml",
    )
}

/// The region that all name.
fn agreed(found: &[(Option<&'static str>, Option<Place>)]) -> Option<&'static str> {
    let (first, _) = found.first()?;
    let all = found.iter().all(|(region, _)| region == first);
    first.filter(|_| all)
}

/// Two regions that speak against each other.
fn two_of(found: &[(Option<&'static str>, Option<Place>)]) -> Option<(&'static str, &'static str)> {
    let mut regions = found.iter().filter_map(|(region, _)| *region);
    let one = regions.next()?;
    Some((one, regions.find(|other| *other != one)?))
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
