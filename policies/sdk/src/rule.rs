//! Rules, and the two functions that every policy exports.

use std::mem::ManuallyDrop;

use crate::alike::Memo;
use crate::bindings::gardefou::policy::types::{Answer, Rule as Described, Verdict as Said};
use crate::scan::Host;
use crate::{
    Class, Judgement, Level, OptionKind, Resource, ResourceId, RuleOption, Scan, Severity, Text,
};

/// How a rule judges one resource.
type Each = fn(&Scan, &Resource<'_>) -> Judgement;
/// Judges one resource, with what was learnt from all of them.
pub type Judge<'a> = Box<dyn Fn(&Resource<'a>) -> Judgement + 'a>;
/// Looks at all resources first.
type Together = for<'a> fn(&'a Scan, &[Resource<'a>]) -> Judge<'a>;

/// Judges a resource about which something was found.
pub type Finding<'a> = Box<dyn Fn(&Resource<'a>) -> Option<Judgement> + 'a>;

/// The judge of a rule that finds something about some resources before it judges any.
pub struct Judges<'a> {
    /// Of those that something was found about: told by their ids, each by itself. None: it is not one of them.
    pub apart: Finding<'a>,
    /// Of the rest.
    pub rest: Judge<'a>,
}

impl std::fmt::Debug for Judges<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Judges")
    }
}

/// Finds out about some resources first.
type Apart = for<'a> fn(&'a Scan, &[Resource<'a>]) -> Judges<'a>;

/// The logic of a rule. Either way it is asked about every resource of its scope, so none can be left out.
///
/// What it says of a resource depends on what it reads of it, and on what is the same for all resources of the scan. So
/// what was said of one resource holds for all of which it would read the same, and the rule is not asked about them
/// again.
#[derive(Clone, Copy)]
pub struct Rule(Logic);

#[derive(Clone, Copy)]
enum Logic {
    Each(Each),
    Together(Together),
    Apart(Apart),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rule")
    }
}

impl Rule {
    /// A rule that needs to see one resource at a time.
    pub const fn each(judge: Each) -> Self {
        Self(Logic::Each(judge))
    }

    /// A rule that compares resources: the function sees the whole scope, and returns the judge of each.
    pub const fn together(judge: Together) -> Self {
        Self(Logic::Together(judge))
    }

    /// A rule that compares resources and has something to say of some of them, told by their ids.
    pub const fn apart(judge: Apart) -> Self {
        Self(Logic::Apart(judge))
    }

    /// Judges every resource, in order.
    pub fn judge<'a>(&self, scan: &'a Scan, scope: &[Resource<'a>]) -> Vec<Judgement> {
        let mut all = Vec::with_capacity(scope.len());
        self.judge_into(scan, scope, |_, judgement| all.push(judgement));
        all
    }

    /// The same; each answer is taken as it comes.
    fn judge_into<'a>(
        &self,
        scan: &'a Scan,
        scope: &[Resource<'a>],
        take: impl FnMut(&Resource<'a>, Judgement),
    ) {
        let mut memo = Memo::new();
        self.with(
            scan,
            scope,
            |resource, judge| memo.judge(resource, judge),
            take,
        );
        // Its memory goes with the instance, all at once.
        std::mem::forget(memo);
    }

    /// The same, and each resource by itself, whatever was said of others.
    pub(crate) fn judge_each<'a>(&self, scan: &'a Scan, scope: &[Resource<'a>]) -> Vec<Judgement> {
        let mut all = Vec::with_capacity(scope.len());
        self.with(
            scan,
            scope,
            |resource, judge| judge(resource),
            |_, judgement| all.push(judgement),
        );
        all
    }

    fn with<'a>(
        &self,
        scan: &'a Scan,
        scope: &[Resource<'a>],
        mut ask: impl FnMut(&Resource<'a>, &dyn Fn(&Resource<'a>) -> Judgement) -> Judgement,
        mut take: impl FnMut(&Resource<'a>, Judgement),
    ) {
        match self.0 {
            Logic::Each(judge) => {
                let judge = |resource: &Resource<'a>| judge(scan, resource);
                for resource in scope {
                    take(resource, ask(resource, &judge));
                }
            }
            Logic::Together(prepare) => {
                let judge = prepare(scan, scope);
                for resource in scope {
                    take(resource, ask(resource, &*judge));
                }
            }
            Logic::Apart(prepare) => {
                let Judges { apart, rest } = prepare(scan, scope);
                for resource in scope {
                    let found = apart(resource);
                    take(resource, found.unwrap_or_else(|| ask(resource, &*rest)));
                }
            }
        }
    }
}

/// What `policy!` embeds about an option of a rule.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct AboutOption {
    pub name: &'static str,
    pub kind: OptionKind,
    pub default: &'static [&'static str],
    pub about: [&'static str; 2],
}

/// What `policy!` embeds about a rule: its `rule.toml` and its documentation.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct About {
    pub id: &'static str,
    pub title: [&'static str; 2],
    pub help: [&'static str; 2],
    pub doc: [&'static str; 2],
    pub severity: Severity,
    pub requirements: &'static [&'static str],
    pub classes: Class,
    pub kinds: &'static [&'static str],
    pub min_level: Option<Level>,
    pub options: &'static [AboutOption],
    pub since: &'static str,
    pub rule: Rule,
}

impl About {
    fn described(&self) -> Described {
        let text = |[en, fr]: [&str; 2]| Text {
            en: en.to_owned(),
            fr: fr.to_owned(),
        };
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Described {
            id: self.id.to_owned(),
            title: text(self.title),
            help: text(self.help),
            doc: text(self.doc),
            severity: self.severity,
            requirements: list(self.requirements),
            classes: self.classes,
            kinds: list(self.kinds),
            min_level: self.min_level,
            options: self
                .options
                .iter()
                .map(|option| RuleOption {
                    name: option.name.to_owned(),
                    kind: option.kind,
                    default: list(option.default),
                    about: text(option.about),
                })
                .collect(),
            since: self.since.to_owned(),
        }
    }
}

/// The export `describe`.
pub fn describe(rules: &[About]) -> Vec<Described> {
    rules.iter().map(About::described).collect()
}

/// The export `evaluate`.
///
/// # Errors
/// When the host asks for a rule that this policy does not have.
pub fn evaluate(
    rules: &[About],
    scope: Vec<(u32, Vec<ResourceId>)>,
) -> Result<Vec<Answer>, String> {
    // Never taken apart: its memory goes with the instance, all at once.
    let scan = ManuallyDrop::new(Scan::of(Box::new(Host)));
    scope
        .into_iter()
        .map(|(at, resources)| answer(rules, &scan, at, resources))
        .collect()
}

fn answer(rules: &[About], scan: &Scan, at: u32, ids: Vec<ResourceId>) -> Result<Answer, String> {
    let about = rules
        .get(at as usize)
        .ok_or_else(|| format!("there is no rule {at}"))?;
    let resources: Vec<Resource<'_>> = ids.into_iter().map(|id| scan.resource(id)).collect();
    let mut answer = Answer {
        rule: at,
        passed: Vec::with_capacity(resources.len()),
        not_applicable: Vec::new(),
        verdicts: Vec::new(),
    };
    let take = |resource: &Resource<'_>, judgement| {
        let on = resource.number();
        match judgement {
            Judgement::Passed => answer.passed.push(on),
            Judgement::NotApplicable => answer.not_applicable.push(on),
            Judgement::Verdicts(verdicts) => {
                let said = verdicts.into_iter().map(|verdict| said(on, verdict));
                answer.verdicts.extend(said);
            }
        }
    };
    about.rule.judge_into(scan, &resources, take);
    Ok(answer)
}

fn said(on: ResourceId, verdict: crate::Verdict) -> Said {
    Said {
        on,
        outcome: verdict.outcome,
        severity: verdict.severity,
        message: verdict.message,
        path: verdict.path,
        evidence: verdict.evidence,
        related: verdict.related,
        requirements: verdict.requirements,
    }
}
