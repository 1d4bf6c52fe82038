//! How each requirement of the frameworks stands: what gives evidence for it, what speaks against it, what is attested, and
//! what nobody looked at.
//!
//! Rules give evidence, they certify nothing. An attestation answers what code leaves open, is told apart from evidence, and
//! hides no violation. A requirement that no rule judges says so, with the reason.

mod by_scan;
mod sight;
mod texts;

use hashbrown::HashMap;
use std::sync::Arc;

pub use self::sight::Sight;
use self::texts::{as_far, in_part, no_data, nobody_judges, with_ended};
use super::frameworks::{Chosen, Levels};
use super::{Finding, Outcome, attestations};
use crate::catalog::{Catalog, Check, ClassSet, Framework, Requirement};
use crate::config::words::words;
use crate::config::{Date, Statement, Subject};
use crate::facts::{Facts, Settings, Text};
use crate::graph::{Graph, Resource, ResourceId, World};
use crate::policy::{Evaluation, Rule};
use crate::source::Place;

words! {
    /// How a requirement stands, gravest first.
    Standing, "standing" {
        /// Evidence against it that nobody accepted.
        Violated = "violated",
        /// Rules were asked, and could not decide.
        Undetermined = "undetermined",
        /// All evidence against it is accepted by waivers.
        Waived = "waived",
        /// At least one resource gives evidence for it, and none against it or open.
        Met = "met",
        /// Code leaves it open, and a person states it.
        Attested = "attested",
        /// No data at a level where it applies, or nothing in the scope of its rules.
        NotApplicable = "not-applicable",
        /// Nothing here looks at it, or nobody can tell whether it applies.
        NotChecked = "not-checked",
    }
}

/// Of how many the standing speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Resources with evidence for it and nothing else.
    pub passed: usize,
    /// Violations that are not waived.
    pub violations: usize,
    /// Undetermined findings that are not waived.
    pub undetermined: usize,
    /// Waived findings.
    pub waived: usize,
}

/// An attestation of a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedBy {
    /// Who states it.
    pub by: String,
    /// The document that says so.
    pub reference: String,
    /// What is stated, in words.
    pub statement: Option<String>,
    /// Last day on which it holds.
    pub until: Date,
    /// That day is over: it counts no more.
    pub ended: bool,
    /// The entry.
    pub place: Place,
}

/// How one requirement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementStanding {
    /// `SNC-LOC-001`.
    pub id: String,
    /// `R18`.
    pub number: String,
    /// Id of the framework that it belongs to.
    pub framework: String,
    /// Ids of all frameworks that it serves, its own among them.
    pub serves: Vec<String>,
    /// Its title.
    pub title: Text,
    /// How it stands.
    pub standing: Standing,
    /// Why, where findings do not tell.
    pub reason: Option<Text>,
    /// Rules that were asked and serve it, in order of id.
    pub rules: Vec<String>,
    /// Of how many that speaks.
    pub counts: Counts,
    /// Findings against it and open ones, waived or not: indices into those of the scan.
    pub findings: Vec<usize>,
    /// The attestation in force, else one that has ended.
    pub attestation: Option<AttestedBy>,
}

/// The requirements of one framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameworkStanding {
    /// `hds`.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its requirements: indices into [`Requirements::all`].
    pub requirements: Vec<usize>,
}

/// The table of requirements.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirements {
    /// Those of the chosen frameworks, in order of number.
    pub all: Vec<RequirementStanding>,
    /// The chosen frameworks with all that serves them; without a choice, those that have requirements of their own.
    pub frameworks: Vec<FrameworkStanding>,
    /// Frameworks were chosen.
    pub limited: bool,
}

/// What the standings are told from.
#[derive(Debug, Clone, Copy)]
pub struct Hearing<'a> {
    /// The requirements.
    pub catalog: &'static Catalog,
    /// All rules, asked or not.
    pub rules: &'a [Arc<Rule>],
    /// What they answered.
    pub evaluation: &'a Evaluation,
    /// What people have to look at.
    pub findings: &'a [Finding],
    /// The resources.
    pub graph: &'a Graph,
    /// Their levels.
    pub facts: &'a Facts,
    /// The configuration, the actor and the day.
    pub settings: &'a Settings,
    /// The frameworks that the scan is about.
    pub chosen: &'a Chosen,
    /// How much of the input was seen.
    pub sight: Sight,
}

/// Tells how every requirement of the chosen frameworks stands.
pub fn requirements(of: Hearing<'_>) -> Requirements {
    let mut asked: Vec<&'static Requirement> = of
        .catalog
        .requirements()
        .filter(|one| of.chosen.has(one))
        .collect();
    asked.sort_by_key(|one| (number(&one.number), &one.id));
    let bench = Bench::new(of, &asked);
    let all = asked
        .iter()
        .zip(&bench.heard)
        .map(|(one, heard)| bench.row(one, heard))
        .collect();
    let shown: Vec<&Framework> = if of.chosen.is_limited() {
        of.chosen.frameworks().to_vec()
    } else {
        of.catalog.frameworks().collect()
    };
    let members = |framework: &Framework| -> Vec<usize> {
        let limited = of.chosen.is_limited();
        let has = |one: &Requirement| {
            if limited {
                framework.is_served_by(one)
            } else {
                one.framework == framework.id
            }
        };
        let among = asked.iter().enumerate();
        among
            .filter(|(_, one)| has(one))
            .map(|(at, _)| at)
            .collect()
    };
    Requirements {
        frameworks: shown
            .into_iter()
            .map(|one| FrameworkStanding {
                id: one.id.clone(),
                name: Text::new(one.name.clone(), one.name_fr.clone()),
                requirements: members(one),
            })
            .filter(|one| !one.requirements.is_empty())
            .collect(),
        all,
        limited: of.chosen.is_limited(),
    }
}

/// `R18` as a number; what is none comes last.
fn number(text: &str) -> u32 {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(u32::MAX)
}

/// What was said of one requirement.
#[derive(Debug, Default)]
struct Heard {
    /// Resources with evidence for it and nothing else.
    passed: Vec<ResourceId>,
    findings: Vec<usize>,
    /// Rules that were asked.
    rules: Vec<String>,
    /// Rules that serve it and gave no answer.
    silent: Vec<String>,
}

/// All that was said, requirement by requirement.
struct Bench<'a> {
    of: Hearing<'a>,
    heard: Vec<Heard>,
    /// Levels of each resource that holds, processes or carries data.
    data: Vec<Levels>,
    /// Levels of any of them.
    present: Levels,
    /// How many of them have a level that nobody stated.
    unstated: usize,
}

/// A standing, and why where findings do not tell.
type Why = (Standing, Option<Text>);

impl<'a> Bench<'a> {
    fn new(of: Hearing<'a>, asked: &[&Requirement]) -> Self {
        let (data, unstated) = data(of);
        Self {
            heard: hear(of, asked),
            unstated,
            present: data
                .iter()
                .fold(Levels::default(), |all, one| all.and(*one)),
            data,
            of,
        }
    }

    fn row(&self, requirement: &'static Requirement, heard: &Heard) -> RequirementStanding {
        let (mut counts, open) = self.count(heard);
        let statements: Vec<&Statement> =
            attestations::of(requirement, &self.of.settings.config, self.of.catalog).collect();
        let (valid, ended): (Vec<&Statement>, Vec<&Statement>) = statements
            .iter()
            .partition(|one| self.of.settings.as_of <= one.until.value);
        let (standing, reason) = if requirement.check == Check::Scan {
            self.by_scan(requirement, &mut counts)
        } else {
            self.by_evidence(requirement, heard, counts, &open, &valid)
        };
        let (standing, reason) = match (self.of.sight, standing) {
            (Sight::Nothing, Standing::Violated) | (Sight::Part | Sight::All, _) => {
                (standing, reason)
            }
            (Sight::Nothing, _) => (Standing::NotChecked, Some(texts::nothing_read())),
        };
        let last_ended = ended.first().filter(|_| valid.is_empty());
        let frameworks = self.of.catalog.frameworks();
        RequirementStanding {
            id: requirement.id.clone(),
            number: requirement.number.clone(),
            framework: requirement.framework.clone(),
            serves: frameworks
                .filter(|one| one.is_served_by(requirement))
                .map(|one| one.id.clone())
                .collect(),
            title: Text::new(requirement.title.clone(), requirement.title_fr.clone()),
            standing,
            reason: match (standing, last_ended) {
                (Standing::NotChecked | Standing::Undetermined, Some(ended)) => {
                    Some(with_ended(reason, ended))
                }
                _ => reason,
            },
            rules: heard.rules.clone(),
            counts,
            findings: heard.findings.clone(),
            attestation: (valid.first().map(|one| attested_by(one, false)))
                .or_else(|| last_ended.map(|one| attested_by(one, true))),
        }
    }

    /// Of how many it speaks, and what is open.
    fn count(&self, heard: &Heard) -> (Counts, Vec<&'a Finding>) {
        let mut counts = Counts {
            passed: heard.passed.len(),
            ..Counts::default()
        };
        let mut open = Vec::new();
        for finding in heard
            .findings
            .iter()
            .filter_map(|at| self.of.findings.get(*at))
        {
            match (&finding.waived, &finding.outcome) {
                (Some(_), _) => counts.waived += 1,
                (None, Outcome::Violation) => counts.violations += 1,
                (None, Outcome::Undetermined(_)) => {
                    counts.undetermined += 1;
                    open.push(finding);
                }
            }
        }
        (counts, open)
    }

    fn by_evidence(
        &self,
        requirement: &Requirement,
        heard: &Heard,
        counts: Counts,
        open: &[&Finding],
        valid: &[&Statement],
    ) -> Why {
        let attested = |finding: &&&Finding| {
            let resource = finding.on.and_then(|id| self.of.graph.get(id));
            resource.is_some_and(|resource| valid.iter().any(|one| self.speaks_of(one, resource)))
        };
        let all_attested = !open.is_empty() && open.iter().all(|one| attested(&one));
        if counts.violations > 0 {
            return (Standing::Violated, None);
        }
        if counts.undetermined > 0 && !all_attested {
            return (Standing::Undetermined, None);
        }
        if counts.waived > 0 {
            return (Standing::Waived, None);
        }
        if all_attested {
            return (Standing::Attested, None);
        }
        let silent = (!heard.silent.is_empty()).then(|| self.silent(&heard.silent));
        if counts.passed > 0 {
            return (Standing::Met, in_part(requirement, silent));
        }
        let applied = Levels::applied(requirement);
        let absent = self.absent(applied);
        if let Some(why @ (Standing::NotApplicable, _)) = absent {
            return why;
        }
        let covering = valid.iter().find(|one| self.covers_any(one, applied));
        if let Some(statement) = covering {
            return (Standing::Attested, as_far(statement));
        }
        if let Some(why) = absent {
            return why;
        }
        if silent.is_some() {
            return (Standing::NotChecked, silent);
        }
        if !heard.rules.is_empty() {
            return match texts::doubt(self.of.sight, 0) {
                Some(doubt) => (Standing::NotChecked, Some(doubt)),
                None => (Standing::NotApplicable, Some(texts::out_of_scope())),
            };
        }
        let why = match &requirement.unchecked {
            Some(why) => Text::new(why.en.clone(), why.fr.clone()),
            None => nobody_judges(requirement),
        };
        (Standing::NotChecked, Some(why))
    }

    /// What stands where there is no data at these levels. That there is none is known only when all was seen and somebody
    /// stated the level of all data; else it would be a silent pass.
    fn absent(&self, applied: Levels) -> Option<Why> {
        if self.present.meet(applied) {
            return None;
        }
        Some(match texts::doubt(self.of.sight, self.unstated) {
            Some(doubt) => (Standing::NotChecked, Some(doubt)),
            None => (Standing::NotApplicable, Some(no_data(applied))),
        })
    }

    fn speaks_of(&self, statement: &Statement, resource: &Resource) -> bool {
        let path = self.of.settings.config.path_of(&resource.path);
        let subject = Subject {
            path: &path,
            address: &resource.address,
            namespace: resource.namespace.as_deref(),
        };
        statement.speaks_of(&subject, &resource.kind)
    }

    /// Does it speak of anything that the requirement asks about?
    fn covers_any(&self, statement: &Statement, applied: Levels) -> bool {
        statement.covers.is_empty()
            || self.of.graph.resources().iter().any(|resource| {
                Levels::of(self.of.facts.of(resource.id)).meet(applied)
                    && self.speaks_of(statement, resource)
            })
    }

    /// Why rules gave no answer.
    fn silent(&self, rules: &[String]) -> Text {
        let config = &self.of.settings.config;
        let off = |rule: &&String| config.severity_of(rule) == Some(None);
        let (off, failed): (Vec<&String>, Vec<&String>) = rules.iter().partition(off);
        let list = |all: &[&String]| -> String {
            let all: Vec<&str> = all.iter().map(|one| one.as_str()).collect();
            all.join(", ")
        };
        let (mut en, mut fr) = (Vec::new(), Vec::new());
        if !off.is_empty() {
            en.push(format!("off in the configuration: {}", list(&off)));
            fr.push(format!(
                "désactivées dans la configuration : {}",
                list(&off)
            ));
        }
        if !failed.is_empty() {
            en.push(format!(
                "without an answer, their policy failed: {}",
                list(&failed)
            ));
            fr.push(format!(
                "sans réponse, leur politique a échoué : {}",
                list(&failed)
            ));
        }
        Text::new(en.join("; "), fr.join(" ; "))
    }
}

/// Levels of what holds, processes or carries data, and of how many nobody stated them.
fn data(of: Hearing<'_>) -> (Vec<Levels>, usize) {
    let classes = ClassSet::of_data();
    let resources = of.graph.resources().iter();
    let mut unstated = 0;
    let levels = resources
        .filter(|one| one.world != World::TerraformData)
        .filter_map(|one| of.facts.of(one.id))
        .filter(|facts| facts.classes.intersects(classes))
        .map(|facts| {
            unstated += usize::from(facts.sensitivity.assumed);
            Levels::of(Some(facts))
        })
        .collect();
    (levels, unstated)
}

fn hear(of: Hearing<'_>, asked: &[&Requirement]) -> Vec<Heard> {
    let mut heard: Vec<Heard> = asked.iter().map(|_| Heard::default()).collect();
    let slots: HashMap<&str, usize> = asked
        .iter()
        .enumerate()
        .map(|(at, one)| (one.id.as_str(), at))
        .collect();
    let slot = |id: &str| slots.get(id).copied();
    let judgement_of = |rule: &Rule| {
        let mut judgements = of.evaluation.judgements.iter();
        judgements.find(|one| one.rule.id == rule.id)
    };
    for rule in of.rules {
        let judgement = judgement_of(rule);
        for at in rule.requirements.iter().filter_map(|id| slot(id)) {
            let Some((heard, requirement)) = heard.get_mut(at).zip(asked.get(at)) else {
                continue;
            };
            let Some(judgement) = judgement else {
                heard.silent.push(rule.id.clone());
                continue;
            };
            heard.rules.push(rule.id.clone());
            let applied = Levels::applied(requirement);
            let passed = judgement.passed.iter().copied();
            heard
                .passed
                .extend(passed.filter(|id| Levels::of(of.facts.of(*id)).meet(applied)));
        }
    }
    for (at, finding) in of.findings.iter().enumerate() {
        for id in &finding.requirements {
            if let Some(heard) = slot(id).and_then(|at| heard.get_mut(at)) {
                heard.findings.push(at);
            }
        }
    }
    for one in &mut heard {
        let mut spoken: Vec<ResourceId> = one
            .findings
            .iter()
            .filter_map(|at| of.findings.get(*at)?.on)
            .collect();
        spoken.sort_unstable();
        one.passed.sort_unstable();
        one.passed.dedup();
        one.passed.retain(|id| spoken.binary_search(id).is_err());
    }
    heard
}

fn attested_by(statement: &Statement, ended: bool) -> AttestedBy {
    AttestedBy {
        by: statement.by.value.clone(),
        reference: statement.reference.value.clone(),
        statement: statement.statement.as_ref().map(|one| one.value.clone()),
        until: statement.until.value,
        ended,
        place: statement.place,
    }
}
