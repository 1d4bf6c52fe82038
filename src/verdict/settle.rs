//! From what the policies answered to what people read: located, fingerprinted, waived, sorted.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::frameworks::{Levels, Scope};
use super::ignores::{Ignores, about_ignores};
use super::{Finding, Identity, Outcome, Pointed, Related, attestations, locate, waivers};
use crate::catalog::Catalog;
use crate::config::words::Level;
use crate::config::{Config, Date};
use crate::facts::{Evidence, EvidenceAt, EvidenceId, Facts};
use crate::graph::{Graph, Resource, ResourceId};
use crate::policy::{self, Evaluation, Rule, Verdict};
use crate::source::{Place, Sources};

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
}

/// Turns every verdict into a finding, and every waiver, ignore and attestation that has ended, and every waiver and ignore
/// that accepts nothing. `as_of` decides which of them are in force; `limited` says that only the rules of some frameworks
/// were asked.
pub fn settle(
    evaluation: &Evaluation,
    ground: Ground<'_>,
    config: &Config,
    mut ignores: Ignores,
    as_of: Date,
    limited: bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = vec![false; config.waivers.len()];
    for judgement in &evaluation.judgements {
        let scope = Scope::of(&judgement.rule, ground.catalog);
        for verdict in &judgement.verdicts {
            let Some(severity) = waivers::severity(&judgement.rule, verdict.severity, config)
            else {
                continue;
            };
            let Some(resource) = ground.graph.get(verdict.on) else {
                continue;
            };
            let waiver = waivers::waiver_of(&judgement.rule.id, resource, config, as_of);
            if let Some(slot) = waiver.and_then(|(at, _)| used.get_mut(at)) {
                *slot = true;
            }
            let mut found = finding(
                &judgement.rule,
                &scope,
                verdict,
                evidence(&verdict.evidence, evaluation, ground.facts),
                resource,
                ground,
            );
            found.severity = severity;
            // Both are in use; whoever wrote the configuration answers for it.
            let ignored = ignores.accept(&judgement.rule.id, &found, resource);
            found.waived = waiver
                .map(|(_, waiver)| waivers::waived(waiver))
                .or(ignored);
            findings.push(found);
        }
    }
    findings.extend(about_what_is_set(
        evaluation, config, &ignores, &used, as_of, limited,
    ));
    sort(&mut findings, ground.sources);
    fingerprint(&mut findings, ground.sources);
    findings
}

/// Findings about waivers, ignores and attestations.
fn about_what_is_set(
    evaluation: &Evaluation,
    config: &Config,
    ignores: &Ignores,
    used: &[bool],
    as_of: Date,
    limited: bool,
) -> Vec<Finding> {
    let judged: BTreeSet<&str> = evaluation
        .judgements
        .iter()
        .map(|judgement| judgement.rule.id.as_str())
        .collect();
    let mut all = waivers::about_waivers(config, (!limited).then_some(used), as_of);
    all.extend(about_ignores(ignores, (!limited).then_some(&judged)));
    let mut all: Vec<Finding> = waivers::weighed(all, config).collect();
    all.extend(attestations::ended(config, as_of));
    all
}

fn finding(
    rule: &Rule,
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
        rule: Arc::from(rule.id.as_str()),
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
fn sort(findings: &mut [Finding], sources: &Sources) {
    findings.sort_by_cached_key(|finding| {
        (
            sources.get(finding.place.source).path().to_owned(),
            finding.place.span,
            Arc::clone(&finding.rule),
            Arc::clone(&finding.address),
            finding.root.clone(),
            finding.message.en.clone(),
        )
    });
}

/// Names each finding; expects them sorted, so that equal identities are told apart in a stable order.
fn fingerprint(findings: &mut [Finding], sources: &Sources) {
    let mut seen: HashMap<_, u32> = HashMap::new();
    for finding in findings {
        let source = sources.get(finding.place.source);
        let root = finding
            .root
            .as_deref()
            .filter(|root| !is_in(root, source.path()));
        let key = (
            Arc::clone(&finding.rule),
            Arc::clone(&finding.address),
            root.map(str::to_owned),
            source.path().to_owned(),
            finding.attribute.clone(),
        );
        let discriminator = seen.entry(key).and_modify(|n| *n += 1).or_insert(0);
        finding.fingerprint = Identity {
            rule: &finding.rule,
            address: &finding.address,
            root: root.unwrap_or_default(),
            path: source.path(),
            attribute: finding.attribute.as_deref().unwrap_or(""),
            discriminator: *discriminator,
        }
        .fingerprint();
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
