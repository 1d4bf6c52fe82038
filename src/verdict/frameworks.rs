//! Which frameworks a scan is about, and which rules and verdicts serve them.
//!
//! A rule names its requirements, each requirement the levels at which it applies, each framework the requirements that
//! serve it. A verdict counts against the requirements of its rule that apply at the level of its resource: personal data
//! in another country is evidence against a clause of the GDPR, not against one of HDS.

use std::sync::Arc;

use crate::catalog::{Catalog, Framework, Requirement};
use crate::config::words::Level;
use crate::config::{Config, suggest};
use crate::facts::{Facts, ResourceFacts};
use crate::graph::ResourceId;
use crate::policy::{Evaluation, Judgement, Rule};
use crate::problem::{Problem, ProblemCode};

/// A set of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Levels(u8);

impl Levels {
    /// Those that a resource answers to: its level, and the one that the actor raised it from.
    pub(super) fn of(facts: Option<&ResourceFacts>) -> Self {
        let of = facts.map(|facts| &facts.sensitivity);
        Self::among(
            of.into_iter()
                .flat_map(|of| [Some(of.level), of.raised_from].into_iter().flatten()),
        )
    }

    /// Those at which a requirement applies.
    pub(super) fn applied(requirement: &Requirement) -> Self {
        Self::among(requirement.severity.keys().copied())
    }

    fn among(levels: impl Iterator<Item = Level>) -> Self {
        Self(levels.fold(0, |all, level| all | 1 << level as u8))
    }

    /// Any in common?
    pub(super) const fn meet(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// From the lowest.
    pub(super) fn each(self) -> impl Iterator<Item = Level> {
        let all = Level::ALL.iter().copied();
        all.filter(move |level| self.0 & 1 << *level as u8 != 0)
    }
}

/// The requirements of a rule, each with its levels; none for one that the catalogue does not know.
pub(super) struct Scope<'a> {
    requirements: Vec<(&'a str, Option<Levels>)>,
}

impl<'a> Scope<'a> {
    /// Of a rule.
    pub(super) fn of(rule: &'a Rule, catalog: &Catalog) -> Self {
        let requirements = rule.requirements.iter();
        Self {
            requirements: requirements
                .map(|id| (id.as_str(), catalog.requirement(id).map(Levels::applied)))
                .collect(),
        }
    }

    /// The requirements that a verdict on data of these levels is evidence against: of those that it names, else of all.
    /// Where none applies it is against all the same: a policy may judge by the level of another resource, as with the key of
    /// a store.
    pub(super) fn against(&self, at: Levels, named: &[String]) -> impl Iterator<Item = &'a str> {
        let is_named = |id: &str| named.is_empty() || named.iter().any(|one| one == id);
        let among: Vec<(&'a str, Option<Levels>)> = (self.requirements.iter().copied())
            .filter(|(id, _)| is_named(id))
            .collect();
        let known = |levels: &Option<Levels>| levels.is_some_and(|levels| levels.meet(at));
        let none = !among.iter().any(|(_, levels)| known(levels));
        among
            .into_iter()
            .filter(move |(_, levels)| none || levels.is_none_or(|levels| levels.meet(at)))
            .map(|(id, _)| id)
    }
}

/// The frameworks that a scan is about.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    frameworks: Vec<&'static Framework>,
}

impl Chosen {
    /// False: all are meant.
    pub fn is_limited(&self) -> bool {
        !self.frameworks.is_empty()
    }

    /// Those that were chosen, in the order of the choice.
    pub fn frameworks(&self) -> &[&'static Framework] {
        &self.frameworks
    }

    /// Does the requirement serve any of them?
    pub fn has(&self, requirement: &Requirement) -> bool {
        let mut frameworks = self.frameworks.iter();
        !self.is_limited() || frameworks.any(|one| one.is_served_by(requirement))
    }
}

/// The frameworks that were asked for: those of the command line, else those of the configuration. One that does not exist
/// is a problem.
pub fn choose(
    asked: &[String],
    config: &Config,
    catalog: &'static Catalog,
) -> (Chosen, Vec<Problem>) {
    let (mut chosen, mut problems) = (Chosen::default(), Vec::new());
    let written = config.organisation.frameworks.iter();
    let of_file = written
        .filter(|_| asked.is_empty())
        .map(|one| (&one.value, Some(one.place)));
    for (word, place) in asked.iter().map(|one| (one, None)).chain(of_file) {
        match catalog.framework(&word.to_lowercase()) {
            Some(one) if chosen.frameworks.iter().any(|other| other.id == one.id) => {}
            Some(one) => chosen.frameworks.push(one),
            None => {
                let words = || {
                    catalog
                        .frameworks()
                        .flat_map(|one| [&one.id].into_iter().chain(&one.aliases))
                        .map(String::as_str)
                };
                let help = match suggest::closest(word, words()) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("use one of {}", words().collect::<Vec<_>>().join(", ")),
                };
                let message = format!("there is no framework \"{word}\"");
                let problem = Problem::error(ProblemCode::Config, message).help(help);
                problems.push(match place {
                    Some(place) => problem.at(place),
                    None => problem,
                });
            }
        }
    }
    (chosen, problems)
}

/// The rules that serve none of the chosen frameworks, in order of id: nobody has to ask them.
pub fn left_out(rules: &[Arc<Rule>], catalog: &Catalog, chosen: &Chosen) -> Vec<String> {
    if !chosen.is_limited() {
        return Vec::new();
    }
    let serves = |id: &String| catalog.requirement(id).is_some_and(|one| chosen.has(one));
    let mut out: Vec<String> = rules
        .iter()
        .filter(|rule| !rule.requirements.iter().any(serves))
        .map(|rule| rule.id.clone())
        .collect();
    out.sort_unstable();
    out
}

/// Takes out what the rules that were asked say of resources at levels of which the chosen frameworks ask nothing, and
/// verdicts whose reason touches none of them. These are then not applicable.
pub fn limit(evaluation: &mut Evaluation, facts: &Facts, catalog: &Catalog, chosen: &Chosen) {
    if !chosen.is_limited() {
        return;
    }
    let serves = |id: &str| catalog.requirement(id).is_some_and(|one| chosen.has(one));
    for judgement in &mut evaluation.judgements {
        let rule = Arc::clone(&judgement.rule);
        let scope = Scope::of(&rule, catalog);
        keep(judgement, |id, named| {
            let levels = Levels::of(facts.of(id));
            scope.against(levels, named).any(serves)
        });
    }
}

/// Keeps some of what is said, by the resource and the requirements that are named; a resource of which nothing is left is
/// not applicable.
fn keep(judgement: &mut Judgement, wanted: impl Fn(ResourceId, &[String]) -> bool) {
    let moved = &mut judgement.not_applicable;
    let before = moved.len();
    judgement.passed.retain(|id| {
        let stays = wanted(*id, &[]);
        if !stays {
            moved.push(*id);
        }
        stays
    });
    let mut gone = Vec::new();
    judgement.verdicts.retain(|verdict| {
        let stays = wanted(verdict.on, &verdict.requirements);
        if !stays {
            gone.push(verdict.on);
        }
        stays
    });
    // In the order of the resources, as the policy's answer was.
    let stay = &judgement.verdicts;
    gone.retain(|id| stay.binary_search_by_key(id, |verdict| verdict.on).is_err());
    moved.append(&mut gone);
    if moved.len() > before {
        moved.sort_unstable();
        moved.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &[&str]) -> (Chosen, Vec<Problem>) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        choose(&words, &Config::default(), Catalog::get())
    }

    #[test]
    fn a_framework_has_its_own_requirements_and_those_that_serve_it() {
        let requirement = |id| Catalog::get().requirement(id).expect("known");
        let (hds, problems) = chosen(&["hds"]);
        assert!(problems.is_empty());
        assert!(hds.has(requirement("HDS-LOC-001")) && hds.has(requirement("SNC-LOC-003")));
        assert!(!hds.has(requirement("SNC-QUA-001")));
        let (sren, _) = chosen(&["sren"]);
        assert!(sren.has(requirement("SNC-QUA-001")) && !sren.has(requirement("HDS-CER-001")));
        assert!(Chosen::default().has(requirement("GDP-LOC-001")));
    }

    #[test]
    fn a_framework_is_named_once_and_by_any_of_its_words() {
        let (both, _) = chosen(&["sren-31", "SREN", "gdpr"]);
        let ids: Vec<&str> = both.frameworks().iter().map(|one| &*one.id).collect();
        assert_eq!(ids, ["sren-31", "gdpr"]);
        let (none, problems) = chosen(&["gpdr"]);
        assert!(!none.is_limited());
        assert_eq!(
            problems
                .first()
                .and_then(|one| one.help.as_ref())
                .map(|help| &*help.en),
            Some("did you mean \"gdpr\"?")
        );
    }

    #[test]
    fn a_verdict_is_against_what_asks_something_at_its_level() {
        let scope = Scope {
            requirements: ["SNC-LOC-001", "HDS-LOC-001", "GDP-LOC-001", "ACME-1"]
                .map(|id| (id, Catalog::get().requirement(id).map(Levels::applied)))
                .into(),
        };
        let against = |levels: &[Level]| -> Vec<&str> {
            scope
                .against(Levels::among(levels.iter().copied()), &[])
                .collect()
        };
        assert_eq!(against(&[Level::Personal]), ["GDP-LOC-001", "ACME-1"]);
        assert_eq!(
            against(&[Level::Health]),
            ["HDS-LOC-001", "GDP-LOC-001", "ACME-1"]
        );
        // Raised by the actor: both rows ask.
        assert_eq!(against(&[Level::Health, Level::Particular]).len(), 4);
        // A policy that judges by another resource's level.
        assert_eq!(against(&[Level::Public]).len(), 4);
        // A verdict that says what it touches: no more than that, and no less where nothing of it asks at the level.
        let touched = |levels: &[Level], named: &[&str]| -> Vec<&str> {
            let named: Vec<String> = named.iter().map(|one| (*one).to_owned()).collect();
            let levels = Levels::among(levels.iter().copied());
            scope.against(levels, &named).collect()
        };
        let named = ["SNC-LOC-001", "GDP-LOC-001"];
        assert_eq!(touched(&[Level::Particular], &named), named);
        assert_eq!(touched(&[Level::Health], &named), ["GDP-LOC-001"]);
        assert_eq!(
            touched(&[Level::Personal], &["SNC-LOC-001"]),
            ["SNC-LOC-001"]
        );
    }
}
