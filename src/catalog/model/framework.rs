//! Frameworks, what they require, and which of them apply to whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Actor, Area, Level, Severity};
use crate::config::words::words;

words! {
    /// How much something is asked for.
    Demand, "demand" {
        /// Not at all.
        None = "none",
        /// As advice.
        Advised = "advised",
        /// As a duty.
        Required = "required",
    }
}

words! {
    /// How far code can answer a requirement.
    Check, "check" {
        /// Decidable from code.
        Code = "code",
        /// In part: evidence one way only.
        Partial = "partial",
        /// By an attestation.
        Attestation = "attestation",
        /// By the scan itself, from the configuration and the levels that it found.
        Scan = "scan",
    }
}

/// A framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Name in French.
    pub name_fr: String,
    /// The text and its version.
    pub text: String,
    /// What it is about.
    pub about: String,
    /// Other words for the id on the command line and in the configuration.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Requirements of other frameworks that serve this one too: ids, or `SNC-LOC-*` for all that start so.
    #[serde(default)]
    pub includes: Vec<String>,
    /// Why these, and where it is read.
    #[serde(default)]
    pub includes_source: String,
}

impl Framework {
    /// Does the requirement serve this framework?
    pub fn is_served_by(&self, requirement: &Requirement) -> bool {
        requirement.framework == self.id
            || self.includes.iter().any(|one| match one.strip_suffix('*') {
                Some(start) => requirement.id.starts_with(start),
                None => *one == requirement.id,
            })
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// Labels that prove nothing for some requirements, whatever an attestation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The labels, as people write them.
    pub labels: Vec<String>,
    /// Ids of the requirements that they do not answer.
    pub of: Vec<String>,
}

/// A requirement: one clause that rules give evidence for or against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Id, `SNC-LOC-001`.
    pub id: String,
    /// Number, `R18`.
    pub number: String,
    /// Title.
    pub title: String,
    /// Title in French.
    #[serde(default)]
    pub title_fr: String,
    /// Framework it belongs to.
    pub framework: String,
    /// Where it is read from, in words.
    pub source: String,
    /// Chapters and articles.
    #[serde(default)]
    pub references: Vec<String>,
    /// How far code can answer.
    pub check: Check,
    /// An attestation can complete it.
    #[serde(default)]
    pub attestable: bool,
    /// Severity of a violation at each level where it applies.
    pub severity: BTreeMap<Level, Severity>,
    /// When the severity is another, in words.
    #[serde(default)]
    pub severity_note: String,
    /// What breaks it.
    #[serde(default)]
    pub breaks: String,
    /// What shows it.
    #[serde(default)]
    pub shows: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// Why no rule judges it. Which rules do is in their own metadata.
    #[serde(default)]
    pub unchecked: Option<Sentence>,
    /// Labels that an attestation cannot offer as proof.
    #[serde(default)]
    pub refuses: Option<Refusal>,
}

impl Requirement {
    /// Does an attestation of it count? What code decides is read in the code, unless it can be elsewhere as well; what
    /// the scan decides is said by the scan.
    pub fn is_attestable(&self) -> bool {
        match self.check {
            Check::Attestation | Check::Partial => true,
            Check::Code => self.attestable,
            Check::Scan => false,
        }
    }

    /// Does it ask something of data at this level?
    pub fn applies_at(&self, level: Level) -> bool {
        self.severity.contains_key(&level)
    }
}

/// A file of `catalog/frameworks/requirements/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// Its requirements.
    pub requirement: Vec<Requirement>,
}

/// `catalog/frameworks/frameworks.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frameworks {
    /// Every framework.
    pub framework: Vec<Framework>,
}

/// `catalog/frameworks/regime.toml`: which regime applies to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeTable {
    /// Levels that some actors raise.
    pub raise: Vec<Raise>,
    /// What is asked, by level.
    pub level: BTreeMap<Level, Regime>,
    /// What is special about an actor.
    pub actor: BTreeMap<Actor, ActorFacts>,
}

/// Some actors must treat a level as a higher one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// This level
    pub from: Level,
    /// becomes this one
    pub to: Level,
    /// for these actors.
    pub actors: Vec<Actor>,
    /// Why.
    pub reason: String,
}

/// What is special about an actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorFacts {
    /// Bound by the State's doctrine or by sector law: some severities are higher.
    pub bound: bool,
    /// Levels at which qualification findings weigh one step less.
    #[serde(default)]
    pub softened: Vec<Level>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// What the frameworks ask of data at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// Areas allowed without remark.
    pub allowed: Vec<Area>,
    /// Areas allowed with a warning.
    #[serde(default)]
    pub tolerated: Vec<Area>,
    /// A qualified offering.
    pub qualification: Demand,
    /// A host certified for health data.
    pub hds: Demand,
    /// A customer's own key.
    pub customer_key: Demand,
    /// A second factor.
    pub mfa: Demand,
    /// Ids of the frameworks that ask.
    pub frameworks: Vec<String>,
    /// Nothing is concluded at this level.
    #[serde(default)]
    pub no_verdict: bool,
    /// Why, and where it is read.
    #[serde(default)]
    pub note: String,
}

/// The regime of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRegime {
    /// The level that counts.
    pub level: Level,
    /// The level before the actor raised it, and why.
    pub raised_from: Option<(Level, String)>,
    /// What is asked.
    pub regime: Regime,
    /// The actor is bound by the State's doctrine or by sector law.
    pub bound: bool,
    /// Qualification findings weigh one step less.
    pub softened: bool,
}

impl RegimeTable {
    /// What is asked of an actor for data of a level. Without an actor nothing is raised or lowered.
    ///
    /// A raised level answers to both rows, and the stricter one wins.
    pub fn apply(&self, actor: Option<Actor>, level: Level) -> Option<AppliedRegime> {
        let raise = self.raise.iter().find(|raise| {
            raise.from == level && actor.is_some_and(|who| raise.actors.contains(&who))
        });
        let counts = raise.map_or(level, |raise| raise.to);
        let mut regime = self.level.get(&counts)?.clone();
        if raise.is_some() {
            regime.tighten(self.level.get(&level)?);
        }
        let facts = actor.and_then(|who| self.actor.get(&who));
        Some(AppliedRegime {
            level: counts,
            raised_from: raise.map(|raise| (level, raise.reason.clone())),
            regime,
            bound: facts.is_some_and(|facts| facts.bound),
            softened: facts.is_some_and(|facts| facts.softened.contains(&counts)),
        })
    }
}

impl Regime {
    /// Adds what another row asks.
    fn tighten(&mut self, other: &Self) {
        let accepts = |area: &Area| other.allowed.contains(area) || other.tolerated.contains(area);
        self.allowed.retain(|area| other.allowed.contains(area));
        self.tolerated.retain(accepts);
        self.qualification = self.qualification.max(other.qualification);
        self.hds = self.hds.max(other.hds);
        self.customer_key = self.customer_key.max(other.customer_key);
        self.mfa = self.mfa.max(other.mfa);
        for framework in &other.frameworks {
            if !self.frameworks.contains(framework) {
                self.frameworks.push(framework.clone());
            }
        }
        self.no_verdict |= other.no_verdict;
    }
}
