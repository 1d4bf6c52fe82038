//! What a run saw and what it did not: no pass is silent.

use std::collections::BTreeMap;

use super::IgnoreCount;
use super::packages::{self, PackageCount, ReleaseCount};
use crate::catalog::{CatalogFolder, ClassSet};
use crate::config::Date;
use crate::config::words::Level;
use crate::discover::{Inputs, Kind, State};
use crate::facts::{Fact, Facts, ResourceFacts};
use crate::graph::{ABSENT_MODULE, Graph, World};
use crate::kubernetes::{Manifests, Rendering};
use crate::policy::{Judgement, Outcome};
use crate::terraform::{self, Estate};

/// Files of one kind in one state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileCount {
    /// What they are.
    pub kind: Kind,
    /// What became of them.
    pub state: State,
    /// How many.
    pub files: usize,
}

/// Resources, by what the catalogue knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceCount {
    /// All, without data sources.
    pub total: usize,
    /// Declared in Terraform.
    pub terraform: usize,
    /// Declared in manifests.
    pub kubernetes: usize,
    /// `data` blocks: read, not judged.
    pub data_sources: usize,
    /// Of a kind that the catalogue knows.
    pub catalogued: usize,
    /// Kinds that it does not know, with the number of resources, sorted.
    pub unknown_kinds: Vec<(String, usize)>,
}

/// How often a fact was established.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactCount {
    /// `location`, `hosting` ...
    pub fact: &'static str,
    /// Resources where it is known.
    pub known: usize,
    /// Resources where it was asked and not established.
    pub unknown: usize,
}

/// Resources of one level, of those that rules about data look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelCount {
    /// The level.
    pub level: Level,
    /// Those that hold, process or carry data.
    pub resources: usize,
    /// Of these, those where nobody said it.
    pub assumed: usize,
}

/// What one rule answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// Its id.
    pub rule: String,
    /// Resources that pass.
    pub passed: usize,
    /// Verdicts against.
    pub violations: usize,
    /// Verdicts left open.
    pub undetermined: usize,
    /// Resources it does not apply to.
    pub not_applicable: usize,
}

/// A module that was not at hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingModule {
    /// Address of the call: `module.db`.
    pub call: String,
    /// Its source, as written.
    pub source: String,
}

/// What a run saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// By kind and state, sorted.
    pub files: Vec<FileCount>,
    /// Resources.
    pub resources: ResourceCount,
    /// By fact.
    pub facts: Vec<FactCount>,
    /// By level, lowest first; levels without resources are left out.
    pub levels: Vec<LevelCount>,
    /// Modules not at hand.
    pub missing_modules: Vec<MissingModule>,
    /// By rule, in order of id.
    pub rules: Vec<RuleCount>,
    /// Folders of facts that lie over those of the binary, in the order in which they count.
    pub catalogues: Vec<CatalogFolder>,
    /// The day whose state the registry of offerings describes.
    pub registry: Option<Date>,
    /// Charts and kustomizations by what became of them.
    pub packages: Vec<PackageCount>,
    /// Every rendering of a chart or kustomization, with the values that were used.
    pub renderings: Vec<Rendering>,
    /// Charts that Terraform installs.
    pub releases: ReleaseCount,
    /// Ids of the frameworks that the scan was limited to; empty: all.
    pub frameworks: Vec<String>,
    /// Rules that were not asked, since they serve none of these, in order of id.
    pub left_out: Vec<String>,
    /// Ignores in the code.
    pub ignores: IgnoreCount,
}

impl Coverage {
    /// Counts what was seen, before any rule was asked.
    pub fn measure(
        inputs: &Inputs,
        graph: &Graph,
        facts: &Facts,
        estate: &Estate,
        manifests: &Manifests,
    ) -> Self {
        Self {
            files: count_files(inputs, estate.files_reached),
            resources: count_resources(graph),
            facts: count_facts(graph, facts),
            levels: count_levels(graph, facts),
            missing_modules: missing_modules(estate),
            rules: Vec::new(),
            catalogues: Vec::new(),
            registry: None,
            packages: packages::count(manifests),
            renderings: manifests.renderings.clone(),
            releases: ReleaseCount::of(manifests),
            frameworks: Vec::new(),
            left_out: Vec::new(),
            ignores: IgnoreCount::default(),
        }
    }

    /// Counts what the rules answered.
    pub fn answered(&mut self, judgements: &[Judgement]) {
        self.rules = judgements.iter().map(count_rule).collect();
    }

    /// Files in a state, of any kind.
    pub fn files_in(&self, state: State) -> usize {
        let counts = self.files.iter().filter(|count| count.state == state);
        counts.map(|count| count.files).sum()
    }

    /// Files that declare something, read or not: none means that there was nothing to scan. Values for variables declare
    /// nothing by themselves. YAML and JSON that gave no object does not either: it was not judged, as with charts and
    /// kustomizations that nobody rendered, or it holds something else. Nor does code that only calls modules which are not
    /// at hand.
    pub fn scanned(&self) -> usize {
        let only_calls = self.resources.terraform + self.resources.data_sources == 0
            && !self.missing_modules.is_empty();
        let declares = |of: &&FileCount| match (of.kind, of.state) {
            (Kind::Terraform, State::Read) if only_calls => false,
            (Kind::Terraform | Kind::Plan | Kind::TerraformState, State::Read) => true,
            (Kind::Manifest, State::Read) => self.resources.kubernetes > 0,
            (kind, State::Unreadable) => {
                kind.is_recorded() || matches!(kind, Kind::Terraform | Kind::Manifest)
            }
            _ => false,
        };
        let counts = self.files.iter().filter(declares);
        let files: usize = counts.map(|count| count.files).sum();
        let packages = self.packages.iter().filter(|of| of.objects > 0);
        files + packages.map(|of| of.rendered).sum::<usize>()
    }
}

fn missing_modules(estate: &Estate) -> Vec<MissingModule> {
    let modules = estate.modules_missing.iter();
    let missing = |module: &terraform::MissingModule| MissingModule {
        call: module.address.clone(),
        source: module.source.clone(),
    };
    let mut all: Vec<_> = modules.map(missing).collect();
    all.sort();
    all.dedup();
    all
}

fn count_files(inputs: &Inputs, reached: usize) -> Vec<FileCount> {
    let mut counts = inputs.counts.clone();
    if reached > 0 {
        *counts.entry((Kind::Terraform, State::Read)).or_default() += reached;
    }
    let count = |((kind, state), files): (&(Kind, State), &usize)| FileCount {
        kind: *kind,
        state: *state,
        files: *files,
    };
    counts.iter().map(count).collect()
}

fn count_resources(graph: &Graph) -> ResourceCount {
    let mut count = ResourceCount::default();
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in graph.resources() {
        // Counted among the modules that are not at hand.
        if &*resource.kind == ABSENT_MODULE {
            continue;
        }
        match resource.world {
            World::TerraformData => {
                count.data_sources += 1;
                continue;
            }
            _ if resource.is_object() => count.kubernetes += 1,
            World::Terraform | World::Kubernetes => count.terraform += 1,
        }
        count.total += 1;
        if resource.catalogued {
            count.catalogued += 1;
        } else {
            let kind = resource.object.as_ref();
            let kind = kind.unwrap_or_else(|| resource.written_kind());
            *unknown.entry(kind).or_default() += 1;
        }
    }
    count.unknown_kinds = unknown
        .into_iter()
        .map(|(kind, n)| (kind.to_owned(), n))
        .collect();
    count
}

/// Counts one fact of a resource.
type Look = fn(&ResourceFacts) -> Option<bool>;

fn state<T>(fact: &Fact<T>) -> Option<bool> {
    match fact {
        Fact::Known(_) => Some(true),
        Fact::Unknown(_) => Some(false),
        Fact::Absent => None,
    }
}

fn count_facts(graph: &Graph, facts: &Facts) -> Vec<FactCount> {
    let looks: [(&'static str, Look); 7] = [
        ("location", |of| state(&of.location)),
        ("hosting", |of| state(&of.hosting)),
        ("encryption", |of| state(&of.encryption)),
        ("mfa", |of| state(&of.mfa)),
        ("credential", |of| state(&of.credential)),
        // Facts are about data where data is: a resource that has no location and no host has no tenant to ask for.
        ("tenant", |of| {
            state(&of.encryption).map(|_| !of.tenancy.tenants().is_empty())
        }),
        ("sensitivity", |of| {
            state(&of.location).map(|_| !of.sensitivity.assumed)
        }),
    ];
    let mut counts = looks.map(|(fact, _)| FactCount {
        fact,
        known: 0,
        unknown: 0,
    });
    for of in judged(graph).filter_map(|id| facts.of(id)) {
        for (count, (_, look)) in counts.iter_mut().zip(&looks) {
            match look(of) {
                Some(true) => count.known += 1,
                Some(false) => count.unknown += 1,
                None => {}
            }
        }
    }
    counts.into()
}

/// Resources that rules may judge: everything but data sources.
fn judged(graph: &Graph) -> impl Iterator<Item = crate::graph::ResourceId> + '_ {
    let made = |r: &&crate::graph::Resource| r.world != World::TerraformData;
    graph.resources().iter().filter(made).map(|r| r.id)
}

/// A network or a setting has the level of what is around it, and no data: it would drown the stores that nobody classified.
fn count_levels(graph: &Graph, facts: &Facts) -> Vec<LevelCount> {
    let data = ClassSet::of_data();
    let mut counts: Vec<LevelCount> = Level::ALL
        .iter()
        .map(|level| LevelCount {
            level: *level,
            resources: 0,
            assumed: 0,
        })
        .collect();
    let all = judged(graph).filter_map(|id| facts.of(id));
    for of in all.filter(|of| of.classes.intersects(data)) {
        let level = of.sensitivity.level;
        if let Some(count) = counts.iter_mut().find(|count| count.level == level) {
            count.resources += 1;
            count.assumed += usize::from(of.sensitivity.assumed);
        }
    }
    counts.retain(|count| count.resources > 0);
    counts
}

fn count_rule(judgement: &Judgement) -> RuleCount {
    let violations = judgement
        .verdicts
        .iter()
        .filter(|verdict| matches!(verdict.outcome, Outcome::Violation))
        .count();
    RuleCount {
        rule: judgement.rule.id.clone(),
        passed: judgement.passed.len(),
        violations,
        undetermined: judgement.verdicts.len() - violations,
        not_applicable: judgement.not_applicable.len(),
    }
}
