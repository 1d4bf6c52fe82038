//! Policies: WebAssembly components that judge the resources of a scan by its facts.
//!
//! A policy sees the read-only graph through `wit/policy.wit` and nothing else: no files, no network, no clock. Each runs
//! in a store of its own with bounded fuel, time, memory and output. It must answer for every resource that it was asked
//! about; one that does not, or that traps, is a problem that fails the run, and none of its answers count.

mod alike;
mod cache;
mod check;
mod compile;
mod contract;
mod engine;
mod fault;
mod host;
mod limits;
mod load;
pub mod lock;
mod named;
pub mod options;
mod precompiled;
mod subject;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalog::ClassSet;
use crate::config::words::{Level, Severity};
use crate::facts::{Evidence, EvidenceId, Facts, Text};
use crate::graph::ResourceId;
use crate::problem::Problem;

pub use cache::Cache;
pub use contract::CONTRACT;
pub use engine::Engine;
pub use limits::Limits;
pub use named::{Named, Naming, with_users};
pub use subject::Subject;

/// What an option of a rule takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    TextList,
}

/// What a rule lets its users choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOption {
    /// Kebab case; unique in its rule.
    pub name: String,
    /// What it takes.
    pub kind: OptionKind,
    /// When the configuration says nothing: one value, or the elements of a list.
    pub default: Vec<String>,
    /// What it decides, in a sentence.
    pub about: Text,
}

/// One question that a policy asks of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `family/name`.
    pub id: String,
    /// The policy that holds it: the family's name, or the path of a user's file.
    pub policy: Arc<str>,
    /// What is wrong when it is broken.
    pub title: Text,
    /// What to do, in a sentence or two.
    pub help: Text,
    /// The whole documentation, in Markdown.
    pub doc: Text,
    /// Severity, unless a verdict says otherwise.
    pub severity: Severity,
    /// Ids of the requirements it gives evidence for or against.
    pub requirements: Vec<String>,
    /// It is asked of resources of any of these classes ...
    pub classes: ClassSet,
    /// ... or of these kinds (`*` at the end for a family). Both empty: of all.
    pub kinds: Vec<String>,
    /// At least this level; none: any.
    pub min_level: Option<Level>,
    /// What its users can choose.
    pub options: Vec<RuleOption>,
    /// Version in which it appeared.
    pub since: String,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The rule is broken.
    Violation,
    /// It could not be decided, for this reason.
    Undetermined(Text),
}

/// What a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The resource.
    pub on: ResourceId,
    /// Violation or undetermined.
    pub outcome: Outcome,
    /// Instead of the rule's severity.
    pub severity: Option<Severity>,
    /// What was found, and the remedy.
    pub message: Text,
    /// Attribute to point at. Empty: the first evidence inside the resource, else its header.
    pub path: String,
    /// What proves it, most telling first.
    pub evidence: Vec<EvidenceId>,
    /// Other resources to look at.
    pub related: Vec<ResourceId>,
    /// Those of the rule's requirements that it speaks against; empty: all of them.
    pub requirements: Vec<String>,
}

/// What one rule says of every resource that it was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The rule.
    pub rule: Arc<Rule>,
    /// Resources that keep it, in order.
    pub passed: Vec<ResourceId>,
    /// Resources where the question does not arise, in order.
    pub not_applicable: Vec<ResourceId>,
    /// Violations and what could not be decided, in the order of the resources.
    pub verdicts: Vec<Verdict>,
}

/// What all rules say of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evaluation {
    /// One for each rule that was asked, in the order of the rules' ids. A rule with nothing in scope is there, empty.
    pub judgements: Vec<Judgement>,
    /// Policies that failed: none of their rules has a judgement.
    pub problems: Vec<Problem>,
    /// Evidence that policies asked for; its ids go on where those of the facts end.
    evidence: Vec<Evidence>,
}

impl Evaluation {
    /// The evidence behind an id of a verdict.
    pub fn evidence<'a>(&'a self, facts: &'a Facts, id: EvidenceId) -> Option<&'a Evidence> {
        let after = (id.0 as usize).checked_sub(facts.evidence_count());
        match after {
            Some(at) => self.evidence.get(at),
            None => facts.evidence(id),
        }
    }
}
