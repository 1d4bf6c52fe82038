//! What a person has to look at: a violation or an undetermined outcome, located and fingerprinted.

use std::sync::Arc;

use crate::config::words::{Level, Severity};
use crate::facts::{Evidence, Text};
use crate::graph::ResourceId;
use crate::source::Place;

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The rule is broken.
    Violation,
    /// It could not be decided; the reason is shown.
    Undetermined(Text),
}

impl Outcome {
    /// The word used in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::Undetermined(_) => "undetermined",
        }
    }

    /// Why it could not be decided.
    pub fn reason(&self) -> Option<&Text> {
        match self {
            Self::Violation => None,
            Self::Undetermined(reason) => Some(reason),
        }
    }
}

/// What a finding's place shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pointed {
    /// The attribute that proves it.
    Attribute,
    /// The nearest part that is written of an attribute that is not.
    Ancestor,
    /// The line that declares the resource: the attribute is absent, or the proof is elsewhere.
    Header,
    /// A line of the configuration, or an ignore in the code.
    Setting,
}

/// Another resource that a finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Its address.
    pub address: Arc<str>,
    /// The line that declares it.
    pub place: Place,
}

/// What accepts a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptedBy {
    /// A waiver of the configuration.
    Config,
    /// An ignore in the code.
    Inline,
    /// It was known when the baseline was written.
    Baseline,
}

impl AcceptedBy {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Inline => "inline",
            Self::Baseline => "baseline",
        }
    }
}

/// The waiver that accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// In the configuration, in the code, or in the baseline.
    pub kind: AcceptedBy,
    /// Why.
    pub reason: String,
    /// Who accepted it.
    pub by: Option<String>,
    /// Last day, ISO 8601.
    pub until: Option<String>,
    /// Where it is written.
    pub place: Option<Place>,
}

/// A violation or an undetermined outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule id: `family/name`.
    pub rule: Arc<str>,
    /// The rule in one line.
    pub title: Text,
    /// Violation or undetermined.
    pub outcome: Outcome,
    /// How grave; for an undetermined outcome, what the violation would be.
    pub severity: Severity,
    /// Level of the data; none for findings about the configuration and about ignores.
    pub level: Option<Level>,
    /// The resource; none for findings about the configuration.
    pub on: Option<ResourceId>,
    /// Address of the resource.
    pub address: Arc<str>,
    /// Folder of the Terraform root that the resource belongs to, `.` for the top of the scan; none for manifests and for
    /// findings about the configuration.
    pub root: Option<Arc<str>>,
    /// Its kind.
    pub kind: Arc<str>,
    /// What is wrong, with names and facts.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// Where to look: never a whole block.
    pub place: Place,
    /// What the place shows.
    pub pointed: Pointed,
    /// Attribute path that the policy named.
    pub attribute: Option<String>,
    /// What proves it, in the order of the proof.
    pub evidence: Vec<Evidence>,
    /// Other resources it speaks of.
    pub related: Vec<Related>,
    /// Requirements it is evidence against: those of its rule that ask something of data of this level.
    pub requirements: Vec<String>,
    /// Stable name: survives edits elsewhere in the file.
    pub fingerprint: String,
    /// Set when it is accepted: listed, without effect on the exit status.
    pub waived: Option<Waived>,
}
