//! From what the policies answered to what people read: located, fingerprinted, waived, sorted.

use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::baseline::{self, Baseline, BaselineUse, Seen};
use super::fingerprint::address_inside;
use super::frameworks::{Levels, Scope};
use super::ignores::{Ignores, about_ignores};
use super::{Finding, Identity, Outcome, Pointed, Related, attestations, locate, waivers};
use crate::catalog::Catalog;
use crate::config::words::Level;
use crate::config::{Config, Date};
use crate::discover::in_repository;
use crate::facts::{Evidence, EvidenceAt, EvidenceId, Facts};
use crate::graph::{Graph, Resource, ResourceId};
use crate::policy::{self, Evaluation, Rule, Verdict};
use crate::source::{Place, Source, SourceId, Sources};

/// What the verdicts speak of.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// The resources.
    pub graph: &'a Graph,
    /// Their facts and the evidence.
    pub facts: &'a Facts,
    /// Requirements, and the levels at which they apply.
    pub catalog: &'a Catalog,
    /// Folder of the scan inside its repository: a finding has one name from wherever it is looked at.
    pub base: &'a str,
}

/// What is accepted outside of the configuration.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// In the code.
    pub ignores: Ignores,
    /// Known findings, and what the scan looked at.
    pub baseline: Option<(&'a Baseline, &'a Seen)>,
}

/// Turns every verdict into a finding, and every waiver, ignore and attestation that has ended, and every waiver and ignore
/// that accepts nothing. `as_of` decides which of them are in force; `limited` says that only the rules of some frameworks
/// were asked.
pub fn settle(
    evaluation: &Evaluation,
    ground: Ground<'_>,
    config: &Config,
    accepted: Accepted<'_>,
    as_of: Date,
    limited: bool,
) -> (Vec<Finding>, Option<BaselineUse>) {
    let Accepted {
        mut ignores,
        baseline,
    } = accepted;
    let verdicts = evaluation.judgements.iter();
    let mut findings = Vec::with_capacity(verdicts.map(|of| of.verdicts.len()).sum());
    let mut used = vec![false; config.waivers.len()];
    for judgement in &evaluation.judgements {
        let scope = Scope::of(&judgement.rule, ground.catalog);
        let id: Arc<str> = judgement.rule.id.as_str().into();
        // What waives it is noted in order; all the rest of a finding stands by itself.
        let drafts: Vec<Option<Finding>> = judgement
            .verdicts
            .par_iter()
            .map(|verdict| {
                let resource = ground.graph.get(verdict.on)?;
                let evidence = evidence(&verdict.evidence, evaluation, ground.facts);
                Some(finding(
                    (&judgement.rule, &id),
                    &scope,
                    verdict,
                    evidence,
                    resource,
                    ground,
                ))
            })
            .collect();
        for (verdict, draft) in judgement.verdicts.iter().zip(drafts) {
            let Some(severity) = waivers::severity(&judgement.rule, verdict.severity, config)
            else {
                continue;
            };
            let (Some(resource), Some(draft)) = (ground.graph.get(verdict.on), draft) else {
                continue;
            };
            let waiver = waivers::waiver_of(&judgement.rule.id, resource, config, as_of);
            if let Some(slot) = waiver.and_then(|(at, _)| used.get_mut(at)) {
                *slot = true;
            }
            // Both are in use; whoever wrote the configuration answers for it.
            let ignored = ignores.accept(&judgement.rule.id, &draft, resource);
            findings.push(Finding {
                severity,
                waived: waiver
                    .map(|(_, waiver)| waivers::waived(waiver))
                    .or(ignored),
                ..draft
            });
        }
    }
    let judged: BTreeSet<&str> = evaluation
        .judgements
        .iter()
        .map(|judgement| judgement.rule.id.as_str())
        .collect();
    let judged = (!limited).then_some(&judged);
    let ended = baseline.and_then(|(baseline, _)| baseline.about(as_of));
    let about = about_what_is_set(config, &ignores, (&used, judged), as_of);
    findings.extend(waivers::weighed(about.into_iter().chain(ended), config));
    findings.extend(attestations::ended(config, as_of));
    sort(&mut findings, ground.sources);
    fingerprint(&mut findings, ground);
    let known = baseline.map(|known| baseline::accept(known, &mut findings, ground, judged, as_of));
    (findings, known)
}

/// Findings about waivers and ignores. `used` says which waivers accepted something, and which rules gave an answer; none of
/// these: only a part of them was asked.
fn about_what_is_set(
    config: &Config,
    ignores: &Ignores,
    (used, judged): (&[bool], Option<&BTreeSet<&str>>),
    as_of: Date,
) -> Vec<Finding> {
    let mut all = waivers::about_waivers(config, judged.map(|_| used), as_of);
    all.extend(about_ignores(ignores, judged));
    all
}

fn finding(
    (rule, id): (&Rule, &Arc<str>),
    scope: &Scope<'_>,
    verdict: &Verdict,
    evidence: Vec<Evidence>,
    resource: &Resource,
    ground: Ground<'_>,
) -> Finding {
    let located = locate::locate(
        resource,
        &verdict.path,
        proof(verdict, &evidence, ground.facts),
        ground.sources,
    );
    Finding {
        rule: Arc::clone(id),
        title: rule.title.clone(),
        outcome: match &verdict.outcome {
            policy::Outcome::Violation => Outcome::Violation,
            policy::Outcome::Undetermined(reason) => Outcome::Undetermined(reason.clone()),
        },
        severity: rule.severity,
        level: ground
            .facts
            .of(verdict.on)
            .map(|facts| facts.sensitivity.level),
        on: Some(verdict.on),
        address: Arc::clone(&resource.address),
        root: ground.graph.root_of(resource).cloned(),
        kind: Arc::clone(resource.written_kind()),
        message: verdict.message.clone(),
        help: rule.help.clone(),
        place: located.place,
        pointed: located.pointed,
        attribute: Some(verdict.path.clone()).filter(|path| !path.is_empty()),
        evidence,
        related: related(&verdict.related, resource, ground.graph),
        requirements: scope
            .against(
                Levels::of(ground.facts.of(verdict.on)),
                &verdict.requirements,
            )
            .map(str::to_owned)
            .collect(),
        fingerprint: String::new(),
        waived: None,
    }
}

/// The place of the first piece of evidence. One that only says how sensitive the data is proves nothing by itself: it
/// comes first where there is no other. Where the level itself is the question, it is the proof.
fn proof(verdict: &Verdict, evidence: &[Evidence], facts: &Facts) -> Option<Place> {
    let about_level = facts.of(verdict.on).is_some_and(|of| {
        let sensitivity = &of.sensitivity;
        let against = sensitivity.contradiction.iter();
        let is_asked = sensitivity.level == Level::Beyond
            || against
                .flat_map(|against| &against.basis.evidence)
                .any(|id| verdict.evidence.contains(id));
        let first = verdict.evidence.first();
        !is_asked && first.is_some_and(|first| sensitivity.basis.evidence.contains(first))
    });
    match evidence.first()?.at {
        EvidenceAt::Place(place) if !about_level => Some(place),
        _ => None,
    }
}

/// In the order of the proof, each piece once.
fn evidence(ids: &[EvidenceId], evaluation: &Evaluation, facts: &Facts) -> Vec<Evidence> {
    let mut out: Vec<Evidence> = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(piece) = evaluation.evidence(facts, *id)
            && !out.contains(piece)
        {
            out.push(piece.clone());
        }
    }
    out
}

fn related(ids: &[ResourceId], on: &Resource, graph: &Graph) -> Vec<Related> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.iter()
        .filter(|id| **id != on.id)
        .filter_map(|id| graph.get(*id))
        .map(|resource| Related {
            address: Arc::clone(&resource.address),
            place: resource.header,
        })
        .collect()
}

/// By path, place, rule and address, whatever the order of reading was.
fn sort(findings: &mut Vec<Finding>, sources: &Sources) {
    let ranks = ranks(findings, sources);
    let place = |(at, one): (usize, &Finding)| (ranks.get(&one.place.source), one.place.span, at);
    let mut order: Vec<_> = findings.iter().enumerate().map(place).collect();
    // Findings are large, and their places nearly always tell.
    let rest = |at: usize| {
        let one = findings.get(at)?;
        Some((&one.rule, &one.address, &one.root, &one.message.en))
    };
    order.par_sort_unstable_by(|(rank_a, span_a, a), (rank_b, span_b, b)| {
        (rank_a, span_a)
            .cmp(&(rank_b, span_b))
            .then_with(|| (rest(*a), a).cmp(&(rest(*b), b)))
    });
    let order: Vec<usize> = order.into_iter().map(|(_, _, at)| at).collect();
    let mut all: Vec<Option<Finding>> = findings.drain(..).map(Some).collect();
    findings.extend(order.iter().filter_map(|at| all.get_mut(*at)?.take()));
}

/// The order of the files of findings by their paths: numbers are compared sooner than texts.
fn ranks(findings: &[Finding], sources: &Sources) -> HashMap<SourceId, usize> {
    let ids: HashSet<SourceId> = findings.iter().map(|one| one.place.source).collect();
    let files: Vec<(SourceId, &Source)> = ids.into_iter().map(|id| (id, sources.at(id))).collect();
    let paths: BTreeSet<&str> = files.iter().map(|(_, file)| file.path()).collect();
    let of_paths: HashMap<&str, usize> = paths.into_iter().zip(0..).collect();
    let ranked = files
        .iter()
        .filter_map(|(id, file)| Some((*id, *of_paths.get(file.path())?)));
    ranked.collect()
}

/// Names each finding; expects them sorted, so that equal identities are told apart in a stable order.
fn fingerprint(findings: &mut [Finding], ground: Ground<'_>) {
    let named: Vec<Named<'_>> = findings
        .par_iter()
        .map(|one| Named::of(one, ground))
        .collect();
    let identities: Vec<Identity<'_>> = findings
        .iter()
        .zip(&named)
        .map(|(finding, named)| named.identity(finding))
        .collect();
    let mut names: Vec<String> = identities.par_iter().map(Identity::fingerprint).collect();
    for (at, discriminator) in repeated(&identities, &names) {
        if let Some((name, identity)) = names.get_mut(at).zip(identities.get(at)) {
            let identity = Identity {
                discriminator,
                ..*identity
            };
            *name = identity.fingerprint();
        }
    }
    drop(identities);
    for (finding, name) in findings.iter_mut().zip(names) {
        finding.fingerprint = name;
    }
}

/// Positions of identities that stood before, each with how often. Nearly all differ, and their names tell that sooner
/// than all that they are made of.
fn repeated(identities: &[Identity<'_>], names: &[String]) -> Vec<(usize, u32)> {
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(names.len());
    let mut again: HashMap<Identity<'_>, u32> = HashMap::new();
    let mut out = Vec::new();
    for (at, (name, identity)) in names.iter().zip(identities).enumerate() {
        let first = *first.entry(name).or_insert(at);
        if first == at {
            continue;
        }
        // Two names may agree by chance.
        let is_same = identities.get(first) == Some(identity);
        let next = again.entry(*identity).and_modify(|n| *n += 1);
        let next = *next.or_insert(u32::from(is_same));
        if next > 0 {
            out.push((at, next));
        }
    }
    out
}

/// The parts of a finding's name that hold paths.
struct Named<'a> {
    path: &'a str,
    inside: Inside,
}

/// The same as the repository knows them, where the scan does not start at its top.
#[derive(Default)]
struct Inside {
    path: Option<String>,
    root: Option<String>,
    /// Of an object without a name: it goes by its file.
    address: Option<String>,
}

impl<'a> Named<'a> {
    fn of(finding: &Finding, ground: Ground<'a>) -> Self {
        let path = ground.sources.at(finding.place.source).path();
        let known = |path: &str| in_repository(ground.base, path).into_owned();
        let inside = match ground.base {
            "" => Inside::default(),
            base => Inside {
                path: Some(known(path)),
                root: finding.root.as_deref().map(known),
                address: finding
                    .on
                    .and_then(|id| address_inside(ground.graph.get(id)?, base)),
            },
        };
        Self { path, inside }
    }

    fn identity<'f>(&'f self, finding: &'f Finding) -> Identity<'f> {
        let inside = &self.inside;
        let path = inside.path.as_deref().unwrap_or(self.path);
        let root = inside.root.as_deref().or(finding.root.as_deref());
        Identity {
            rule: &finding.rule,
            address: inside.address.as_deref().unwrap_or(&finding.address),
            root: root.filter(|root| !is_in(root, path)).unwrap_or(""),
            path,
            attribute: finding.attribute.as_deref().unwrap_or(""),
            discriminator: 0,
        }
    }
}

/// True when a file lies directly in the folder of a root, or is the root itself, as a state is: its path tells it.
fn is_in(root: &str, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    root == folder || root == path
}

impl Pointed {
    /// The word used in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Ancestor => "ancestor",
            Self::Header => "header",
            Self::Setting => "setting",
        }
    }
}
