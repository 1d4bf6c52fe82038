//! Rules, and the two functions that every policy exports.

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
        let mut memo = Memo::new();
        self.with(scan, scope, |resource, judge| memo.judge(resource, judge))
    }

    /// The same, and each resource by itself, whatever was said of others.
    pub(crate) fn judge_each<'a>(&self, scan: &'a Scan, scope: &[Resource<'a>]) -> Vec<Judgement> {
        self.with(scan, scope, |resource, judge| judge(resource))
    }

    fn with<'a>(
        &self,
        scan: &'a Scan,
        scope: &[Resource<'a>],
        mut ask: impl FnMut(&Resource<'a>, &dyn Fn(&Resource<'a>) -> Judgement) -> Judgement,
    ) -> Vec<Judgement> {
        let all = scope.iter();
        match self.0 {
            Logic::Each(judge) => all
                .map(|resource| ask(resource, &|resource| judge(scan, resource)))
                .collect(),
            Logic::Together(prepare) => {
                let judge = prepare(scan, scope);
                all.map(|resource| ask(resource, &*judge)).collect()
            }
            Logic::Apart(prepare) => {
                let Judges { apart, rest } = prepare(scan, scope);
                all.map(|resource| apart(resource).unwrap_or_else(|| ask(resource, &*rest)))
                    .collect()
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
    let scan = Scan::of(Box::new(Host));
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
    let judgements = about.rule.judge(scan, &resources);
    let mut answer = Answer {
        rule: at,
        passed: Vec::new(),
        not_applicable: Vec::new(),
        verdicts: Vec::new(),
    };
    for (resource, judgement) in resources.iter().zip(judgements) {
        match judgement {
            Judgement::Passed => answer.passed.push(resource.number()),
            Judgement::NotApplicable => answer.not_applicable.push(resource.number()),
            Judgement::Verdicts(verdicts) => {
                answer.verdicts.extend(
                    verdicts
                        .into_iter()
                        .map(|verdict| said(resource.number(), verdict)),
                );
            }
        }
    }
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
