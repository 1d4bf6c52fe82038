//! What a rule answers for one resource.

use crate::bindings::gardefou::policy::types::Outcome;
use crate::{EvidenceId, Gap, Level, Resource, ResourceId, Severity, Text};

/// The answer of one rule for one resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// The rule was asked and is kept.
    Passed,
    /// The question does not arise here.
    NotApplicable,
    /// A person has to look: at one thing, or at several of the same resource.
    Verdicts(Vec<Verdict>),
}

impl Judgement {
    /// Passed, unless there is something to look at.
    pub fn of(verdicts: Vec<Verdict>) -> Self {
        if verdicts.is_empty() {
            Self::Passed
        } else {
            Self::Verdicts(verdicts)
        }
    }

    /// What a person has to look at.
    pub fn verdicts(&self) -> &[Verdict] {
        match self {
            Self::Verdicts(verdicts) => verdicts,
            Self::Passed | Self::NotApplicable => &[],
        }
    }
}

/// A violation, or a question that could not be decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) severity: Option<Severity>,
    pub(crate) message: Text,
    pub(crate) path: String,
    pub(crate) evidence: Vec<EvidenceId>,
    pub(crate) related: Vec<ResourceId>,
    pub(crate) requirements: Vec<String>,
}

impl Verdict {
    fn new(outcome: Outcome, message: Text) -> Self {
        Self {
            outcome,
            severity: None,
            message,
            path: String::new(),
            evidence: Vec::new(),
            related: Vec::new(),
            requirements: Vec::new(),
        }
    }

    /// The rule is broken. The message names the resource, the fact and the remedy.
    pub fn violation(message: Text) -> Self {
        Self::new(Outcome::Violation, message)
    }

    /// It cannot be decided, because of this gap. The message says what is asked of whom; the reason is added to it by
    /// the host. The gap's evidence comes first.
    pub fn undetermined(gap: &Gap, message: Text) -> Self {
        Self::new(Outcome::Undetermined(gap.reason.clone()), message).evidence(&gap.evidence)
    }

    /// It cannot be decided, for a reason of the rule's own.
    pub fn undecided(reason: Text, message: Text) -> Self {
        Self::new(Outcome::Undetermined(reason), message)
    }

    /// Instead of the severity in `rule.toml`. An undetermined verdict has the severity that the violation would have.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// The attribute that proves it; without one the host points at the first evidence inside the resource, else at
    /// the resource.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// What proves it; shown in this order, without repeats.
    #[must_use]
    pub fn evidence(mut self, evidence: &[EvidenceId]) -> Self {
        for id in evidence {
            if !self.evidence.contains(id) {
                self.evidence.push(*id);
            }
        }
        self
    }

    /// Other resources that a reader has to see.
    #[must_use]
    pub fn related<'a>(mut self, resources: impl IntoIterator<Item = &'a Resource<'a>>) -> Self {
        for resource in resources {
            if !self.related.contains(&resource.id()) {
                self.related.push(resource.id());
            }
        }
        self
    }

    /// Speaks against these of the rule's requirements, and not against all: those that its reason touches. More of them
    /// are added by another call.
    #[must_use]
    pub fn against(mut self, requirements: &[&str]) -> Self {
        for id in requirements {
            if !self.requirements.iter().any(|known| known == id) {
                self.requirements.push((*id).to_owned());
            }
        }
        self
    }

    /// True for a violation.
    pub fn is_violation(&self) -> bool {
        matches!(self.outcome, Outcome::Violation)
    }

    /// The reason of an undetermined verdict.
    pub fn reason(&self) -> Option<&Text> {
        match &self.outcome {
            Outcome::Undetermined(reason) => Some(reason),
            Outcome::Violation => None,
        }
    }

    /// The message.
    pub fn message(&self) -> &Text {
        &self.message
    }

    /// The attribute to point at; empty: none.
    pub fn attribute(&self) -> &str {
        &self.path
    }

    /// The severity, when it is not the rule's.
    pub fn severity_override(&self) -> Option<Severity> {
        self.severity
    }

    /// The requirements that it speaks against; empty: all of the rule.
    pub fn requirements(&self) -> &[String] {
        &self.requirements
    }

    /// The related resources.
    pub fn related_ids(&self) -> &[ResourceId] {
        &self.related
    }

    /// The evidence.
    pub fn evidence_ids(&self) -> &[EvidenceId] {
        &self.evidence
    }
}

impl From<Vec<Verdict>> for Judgement {
    fn from(verdicts: Vec<Verdict>) -> Self {
        Self::of(verdicts)
    }
}

impl From<Verdict> for Judgement {
    fn from(verdict: Verdict) -> Self {
        Self::Verdicts(vec![verdict])
    }
}

/// One step lower; the lowest stays.
pub fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

/// How a level is said in a sentence: "health data", « des données de santé ».
pub fn level_words(level: Level) -> Text {
    let (en, fr) = match level {
        Level::Public => ("public data", "des données publiques"),
        Level::Internal => ("internal data", "des données internes"),
        Level::Personal => ("personal data", "des données personnelles"),
        Level::Health => ("health data", "des données de santé"),
        Level::Particular => (
            "data of particular sensitivity",
            "des données d'une sensibilité particulière",
        ),
        Level::Beyond => (
            "data protected by other rules",
            "des données protégées par d'autres règles",
        ),
    };
    Text {
        en: en.to_owned(),
        fr: fr.to_owned(),
    }
}
