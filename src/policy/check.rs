//! Checks what a policy says: about itself, and about the resources it was asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::contract::{self, types};
use super::fault::Fault;
use super::{Limits, Outcome, Rule, RuleOption, Verdict};
use crate::facts::{EvidenceId, Text};
use crate::graph::{Graph, ResourceId};

/// What a policy was asked: the rule's index, and resources in ascending order.
pub(super) type Asked = (u32, Vec<u32>);

/// A checked answer.
pub(super) struct Answered {
    pub(super) passed: Vec<ResourceId>,
    pub(super) not_applicable: Vec<ResourceId>,
    pub(super) verdicts: Vec<Verdict>,
}

/// The rules that a policy describes.
pub(super) fn rules(
    policy: &Arc<str>,
    described: Vec<types::Rule>,
    limits: &Limits,
) -> Result<Vec<Arc<Rule>>, Fault> {
    if described.is_empty() {
        return Err(Fault::NoRules);
    }
    if described.len() > limits.rules {
        return Err(Fault::WrongAnswer(format!(
            "{} rules are more than {}",
            described.len(),
            limits.rules
        )));
    }
    let mut seen = BTreeSet::new();
    let mut rules = Vec::with_capacity(described.len());
    for rule in described {
        let shown: String = rule.id.chars().take(80).collect();
        let wrong = |what: &str| Fault::BadRule {
            rule: format!("\"{}\"", shown.escape_default()),
            what: what.to_owned(),
        };
        if !is_rule_id(&rule.id) {
            return Err(wrong("its id is not `family/name` in kebab case"));
        }
        if !seen.insert(rule.id.clone()) {
            return Err(wrong("its id is there twice"));
        }
        let message = |text| bounded(text, limits.message);
        let title = message(rule.title).ok_or_else(|| wrong("its title is empty or too long"))?;
        let help = message(rule.help).ok_or_else(|| wrong("its help is empty or too long"))?;
        let doc = bounded(rule.doc, limits.doc)
            .ok_or_else(|| wrong("its documentation is empty or too long"))?;
        let plain = |word: &String| {
            !word.is_empty() && word.len() <= 200 && !word.contains(char::is_whitespace)
        };
        if !rule.requirements.iter().all(plain) {
            return Err(wrong("a requirement is no id"));
        }
        if !rule
            .kinds
            .iter()
            .all(|kind| plain(kind) && !kind.trim_end_matches('*').contains('*'))
        {
            return Err(wrong(
                "a kind is no name, or has `*` elsewhere than at the end",
            ));
        }
        let mut options: Vec<RuleOption> = Vec::with_capacity(rule.options.len().min(100));
        for option in rule.options {
            let about = message(option.about);
            let fits = is_word(&option.name)
                && options.len() < 100
                && options.iter().all(|other| other.name != option.name)
                && option.default.iter().map(String::len).sum::<usize>() <= limits.message;
            let Some(about) = about.filter(|_| fits) else {
                return Err(wrong(
                    "an option has no name in kebab case of its own, or a text that is empty or too long",
                ));
            };
            options.push(RuleOption {
                name: option.name,
                kind: contract::option_kind_from(option.kind),
                default: option.default,
                about,
            });
        }
        rules.push(Arc::new(Rule {
            options,
            id: rule.id,
            policy: Arc::clone(policy),
            title,
            help,
            doc,
            severity: contract::severity_from(rule.severity),
            requirements: rule.requirements,
            classes: contract::classes_from(rule.classes),
            kinds: rule.kinds,
            min_level: rule.min_level.map(contract::level_from),
            since: rule.since.chars().take(40).collect(),
        }));
    }
    Ok(rules)
}

/// Kebab case.
fn is_word(word: &str) -> bool {
    word.len() <= 100
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_rule_id(id: &str) -> bool {
    id.split_once('/')
        .is_some_and(|(family, name)| is_word(family) && is_word(name))
}

/// Both languages, within bounds; a missing translation falls back on English.
fn bounded(text: types::Text, most: usize) -> Option<Text> {
    let mut text = contract::text_from(text);
    if text.fr.is_empty() {
        text.fr = text.en.clone();
    }
    (!text.en.is_empty() && text.en.len() <= most && text.fr.len() <= most).then_some(text)
}

/// Checks that every rule asked was answered, and every resource in its scope.
///
/// The answers come back in the order in which they were asked.
pub(super) fn answers(
    asked: &[Asked],
    answers: Vec<types::Answer>,
    rules: &[Arc<Rule>],
    graph: &Graph,
    evidence: usize,
    limits: &Limits,
) -> Result<Vec<Answered>, Fault> {
    let count: usize = answers.iter().map(|answer| answer.verdicts.len()).sum();
    if count > limits.verdicts {
        return Err(Fault::WrongAnswer(format!(
            "{count} verdicts are more than {}",
            limits.verdicts
        )));
    }
    let mut settled: Vec<Option<Answered>> = asked.iter().map(|_| None).collect();
    for answer in answers {
        let rule = name_of(rules, answer.rule);
        let requirements = rules
            .get(answer.rule as usize)
            .map_or(&[][..], |rule| &rule.requirements);
        let slot = asked
            .iter()
            .position(|(at, _)| *at == answer.rule)
            .and_then(|at| Some((settled.get_mut(at)?, asked.get(at)?)));
        let Some((slot, (_, scope))) = slot else {
            return Err(Fault::WrongAnswer(format!(
                "it answers for {rule}, which was not asked"
            )));
        };
        if slot.is_some() {
            return Err(Fault::WrongAnswer(format!("it answers twice for {rule}")));
        }
        let about = About {
            rule: &rule,
            requirements,
            graph,
            evidence,
        };
        *slot = Some(one(answer, scope, about, limits)?);
    }
    let missing = settled
        .iter()
        .position(Option::is_none)
        .and_then(|at| asked.get(at));
    if let Some((rule, _)) = missing {
        return Err(Fault::WrongAnswer(format!(
            "it does not answer for {}",
            name_of(rules, *rule)
        )));
    }
    Ok(settled.into_iter().flatten().collect())
}

fn name_of(rules: &[Arc<Rule>], at: u32) -> String {
    rules
        .get(at as usize)
        .map_or_else(|| format!("a rule number {at}"), |rule| rule.id.clone())
}

/// What was said of a resource so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Verdict,
    Settled,
}

/// What an answer is checked against.
#[derive(Clone, Copy)]
struct About<'a> {
    /// The rule's name.
    rule: &'a str,
    /// Those that the rule lists.
    requirements: &'a [String],
    graph: &'a Graph,
    /// How many pieces of evidence there are.
    evidence: usize,
}

fn one(
    answer: types::Answer,
    scope: &[u32],
    about: About<'_>,
    limits: &Limits,
) -> Result<Answered, Fault> {
    let About { rule, graph, .. } = about;
    let mut said = vec![Said::Nothing; scope.len()];
    let named = |id: u32| match graph.get(ResourceId(id)) {
        Some(resource) => resource.address.to_string(),
        None => format!("a resource number {id}"),
    };
    // Answers mostly come in the order of the question.
    let mut next = 0;
    let mut say = |id: u32, what: Said| {
        let at = match scope.get(next) {
            Some(expected) if *expected == id => Ok(next),
            _ => scope.binary_search(&id),
        };
        next = at.map_or(0, |at| at + 1);
        let place = at.ok().and_then(|at| said.get_mut(at));
        match place {
            None => Err(Fault::WrongAnswer(format!(
                "{rule} speaks of {}, which was not asked",
                named(id)
            ))),
            // One resource can have several verdicts, but no other answer beside them.
            Some(Said::Verdict) if what == Said::Verdict => Ok(()),
            Some(place) if *place == Said::Nothing => {
                *place = what;
                Ok(())
            }
            Some(_) => Err(Fault::WrongAnswer(format!(
                "{rule} answers twice for {}",
                named(id)
            ))),
        }
    };
    for id in answer.passed.iter().chain(&answer.not_applicable) {
        say(*id, Said::Settled)?;
    }
    let mut verdicts = Vec::with_capacity(answer.verdicts.len());
    for verdict in answer.verdicts {
        let on = verdict.on;
        say(on, Said::Verdict)?;
        let wrong = |what: &str| {
            Fault::WrongAnswer(format!("the verdict of {rule} on {} {what}", named(on)))
        };
        verdicts.push(self::verdict(verdict, about, limits).map_err(wrong)?);
    }
    if let Some((id, _)) = scope
        .iter()
        .zip(&said)
        .find(|(_, said)| **said == Said::Nothing)
    {
        return Err(Fault::WrongAnswer(format!(
            "{rule} leaves out {}",
            named(*id)
        )));
    }
    // Stable: several verdicts on one resource stay in the policy's order.
    verdicts.sort_by_key(|verdict: &Verdict| verdict.on);
    if let Some([twice, _]) = verdicts.array_windows().find(|[one, other]| one == other) {
        return Err(Fault::WrongAnswer(format!(
            "{rule} says the same thing twice of {}",
            named(twice.on.0)
        )));
    }
    let sorted = |mut ids: Vec<u32>| {
        ids.sort_unstable();
        ids.into_iter().map(ResourceId).collect()
    };
    Ok(Answered {
        passed: sorted(answer.passed),
        not_applicable: sorted(answer.not_applicable),
        verdicts,
    })
}

/// Checks the texts and ids of a verdict; the error says what is wrong, after "the verdict".
fn verdict(
    from: types::Verdict,
    about: About<'_>,
    limits: &Limits,
) -> Result<Verdict, &'static str> {
    let About {
        graph, evidence, ..
    } = about;
    if from.evidence.len() > limits.references || from.related.len() > limits.references {
        return Err("refers to too much");
    }
    if from.evidence.iter().any(|id| *id as usize >= evidence) {
        return Err("names evidence that does not exist");
    }
    if from
        .related
        .iter()
        .any(|id| graph.get(ResourceId(*id)).is_none())
    {
        return Err("names a resource that does not exist");
    }
    if from.requirements.len() > about.requirements.len() {
        return Err("names more requirements than the rule");
    }
    let listed = |id: &String| about.requirements.contains(id);
    if !from.requirements.iter().all(listed) {
        return Err("names a requirement that the rule does not list");
    }
    if from.path.len() > limits.message {
        return Err("has too long a path");
    }
    let message =
        bounded(from.message, limits.message).ok_or("has no message, or too long a one")?;
    let outcome = match from.outcome {
        types::Outcome::Violation => Outcome::Violation,
        types::Outcome::Undetermined(reason) => Outcome::Undetermined(
            bounded(reason, limits.message).ok_or("has no reason, or too long a one")?,
        ),
    };
    Ok(Verdict {
        on: ResourceId(from.on),
        outcome,
        severity: from.severity.map(contract::severity_from),
        message,
        path: from.path,
        evidence: from.evidence.into_iter().map(EvidenceId).collect(),
        related: from.related.into_iter().map(ResourceId).collect(),
        requirements: from.requirements,
    })
}
