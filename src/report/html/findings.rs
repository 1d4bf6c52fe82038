//! The findings, by rule, gravest first. A page that nobody can open helps nobody: above a number of findings or of bytes the
//! less grave ones are left out, which the page says.

use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::markup::{Anchor, Anchors, Markup};
use super::{FINDINGS, Page, finding, part};
use crate::config::words::{Level, Severity};
use crate::report::Lang;
use crate::report::human::phrases::A_FINDING;
use crate::verdict::{Finding, Outcome};

/// Findings that are written at most.
const MOST: usize = 3_000;
/// Findings of each rule that come before all others: one rule must not hide the rest.
const OF_EACH: usize = 50;
/// Bytes that they take at most.
const BYTES: usize = 24 << 20;

/// A finding that is written already.
pub(super) struct Shown {
    at: usize,
    written: Markup,
}

/// What comes first: what fails now, what is open, what is accepted; in each the gravest.
fn weight(finding: &Finding) -> (bool, bool, Reverse<Severity>) {
    (
        finding.waived.is_some(),
        finding.outcome != Outcome::Violation,
        Reverse(finding.severity),
    )
}

/// The gravest findings, as many as a page holds, gravest first; of every rule some.
fn gravest(findings: &[Finding]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|at| findings.get(*at).map(weight));
    if order.len() <= MOST {
        return order;
    }
    let mut of_rule: HashMap<&str, usize> = HashMap::new();
    let (mut first, rest): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|at| {
        let rule = findings.get(*at).map(|one| &*one.rule);
        let n = of_rule.entry(rule.unwrap_or_default()).or_default();
        *n += 1;
        *n <= OF_EACH
    });
    first.extend(rest);
    first.truncate(MOST);
    first.sort_by_key(|at| (findings.get(*at).map(weight), *at));
    first
}

/// Writes the findings that the page shows, and says where each stands.
pub(super) fn choose(page: &mut Page<'_>, anchors: &mut Anchors) {
    let findings = page.report.findings;
    let mut bytes = 0;
    for at in gravest(findings) {
        let Some(one) = findings.get(at) else {
            continue;
        };
        let anchor = anchors.make("", &one.fingerprint);
        let mut written = Markup::default();
        finding::write(page, &mut written, one, &anchor);
        bytes += written.len();
        if bytes > BYTES {
            break;
        }
        page.shown.push(Shown { at, written });
        if let Some(slot) = page.anchors.get_mut(at) {
            *slot = Some(anchor);
        }
    }
}

/// Findings of one rule, gravest first.
struct Group<'a> {
    rule: &'a str,
    members: Vec<(&'a Finding, &'a Markup)>,
    /// All of them, shown or not.
    all: usize,
}

fn groups<'p>(page: &'p Page<'_>) -> Vec<Group<'p>> {
    let mut groups: Vec<Group<'p>> = Vec::new();
    let mut known = HashMap::new();
    let mut all: HashMap<&str, usize> = HashMap::new();
    for one in page.report.findings {
        *all.entry(&one.rule).or_default() += 1;
    }
    // The first finding of a rule is its gravest, so rules are in the order of their first ones.
    for shown in &page.shown {
        let Some(one) = page.report.findings.get(shown.at) else {
            continue;
        };
        let at = *known.entry(&*one.rule).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group {
                rule: &one.rule,
                members: Vec::new(),
                all: all.get(&*one.rule).copied().unwrap_or(0),
            });
        }
        if let Some(group) = groups.get_mut(at) {
            group.members.push((one, &shown.written));
        }
    }
    groups
}

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    part(page, h, &FINDINGS, |h| {
        if page.report.findings.is_empty() {
            let none = page.say(
                "No finding. What was looked at, and what was not, is under coverage.",
                "Aucun constat. La couverture dit ce qui a été examiné, et ce qui ne l’a pas été.",
            );
            h.leaf("p", &[], none);
            return;
        }
        cut(page, h);
        filters(page, h);
        for group in groups(page) {
            write_group(page, h, &group);
        }
        let nothing = page.say(
            "No finding passes these filters.",
            "Aucun constat ne passe ces filtres.",
        );
        let hidden = [("id", "no-match"), ("class", "scripted"), ("hidden", "")];
        h.leaf("p", &hidden, nothing);
    });
}

/// What is left out is said.
fn cut(page: &Page<'_>, h: &mut Markup) {
    let (shown, all) = (page.shown.len(), page.report.findings.len());
    if shown == all {
        return;
    }
    let text = match page.lang {
        Lang::En => format!(
            "This page shows {shown} of {all} findings, the gravest of every rule; the counts above are those of all. `gardefou scan --output json=findings.json` writes every one."
        ),
        Lang::Fr => format!(
            "Cette page montre {shown} constats sur {all}, les plus graves de chaque règle\u{a0}; les nombres ci-dessus sont ceux de tous. `gardefou scan --output json=findings.json` les écrit tous."
        ),
    };
    h.tag("p", &[("class", "note"), ("role", "note")], |h| {
        h.prose(&text)
    });
}

/// A choice of the filters: what it is called, and its values with their words.
struct Choice {
    id: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
}

fn filters(page: &Page<'_>, h: &mut Markup) {
    let form = [
        ("id", "filters"),
        ("class", "scripted"),
        ("role", "search"),
        (
            "aria-label",
            page.say("Filter the findings", "Filtrer les constats"),
        ),
    ];
    h.tag("form", &form, |h| {
        field(h, "f-text", page.say("Text", "Texte"));
        field(h, "f-path", page.say("Path", "Chemin"));
        for choice in choices(page) {
            h.tag("label", &[], |h| {
                h.leaf("span", &[], choice.label);
                h.tag("select", &[("id", choice.id)], |h| {
                    h.leaf("option", &[("value", "")], page.say("all", "tous"));
                    for (value, word) in &choice.options {
                        h.leaf("option", &[("value", value)], word);
                    }
                });
            });
        }
        h.tag("div", &[("class", "buttons")], |h| {
            let button = |h: &mut Markup, id: &str, text: &str| {
                h.leaf("button", &[("type", "button"), ("id", id)], text);
            };
            button(h, "f-reset", page.say("Reset", "Réinitialiser"));
            button(h, "f-open", page.say("Open all", "Tout ouvrir"));
            button(h, "f-close", page.say("Close all", "Tout fermer"));
        });
        let status = [
            ("id", "f-count"),
            ("role", "status"),
            (
                "data-words",
                page.say("{n} of {all} findings", "{n} constats sur {all}"),
            ),
        ];
        h.leaf("p", &status, "");
    });
}

fn field(h: &mut Markup, id: &'static str, label: &str) {
    h.tag("label", &[], |h| {
        h.leaf("span", &[], label);
        let input = [
            ("type", "search"),
            ("id", id),
            ("autocomplete", "off"),
            ("spellcheck", "false"),
        ];
        h.void("input", &input);
    });
}

fn choices(page: &Page<'_>) -> Vec<Choice> {
    let findings = || {
        let shown = page.shown.iter();
        shown.filter_map(|one| page.report.findings.get(one.at))
    };
    let severities: BTreeSet<Severity> = findings().map(|one| one.severity).collect();
    let levels: BTreeSet<Level> = findings().filter_map(|one| one.level).collect();
    let rules: BTreeSet<&str> = findings().map(|one| &*one.rule).collect();
    let severities = severities.iter().rev();
    let levels = levels.iter().rev();
    let pair = |value: &str, en, fr| (value.to_owned(), page.say(en, fr).to_owned());
    vec![
        Choice {
            id: "f-severity",
            label: page.say("Severity", "Gravité"),
            options: severities
                .map(|one| (one.to_string(), page.lang.severity(*one).to_owned()))
                .collect(),
        },
        Choice {
            id: "f-level",
            label: page.say("Level", "Niveau"),
            options: levels
                .map(|one| (one.to_string(), page.lang.level(*one).to_owned()))
                .collect(),
        },
        Choice {
            id: "f-outcome",
            label: page.say("Outcome", "Issue"),
            options: vec![
                pair("violation", "violation", "violation"),
                pair("undetermined", "undetermined", "indéterminé"),
                pair("fails", "makes the run fail", "fait échouer"),
            ],
        },
        Choice {
            id: "f-rule",
            label: page.say("Rule", "Règle"),
            options: rules
                .iter()
                .map(|rule| ((*rule).to_owned(), (*rule).to_owned()))
                .collect(),
        },
        Choice {
            id: "f-waived",
            label: page.say("Waived", "Acceptés"),
            options: vec![
                pair("no", "without them", "sans eux"),
                pair("only", "only them", "eux seuls"),
            ],
        },
    ]
}

fn write_group(page: &Page<'_>, h: &mut Markup, group: &Group<'_>) {
    let Some((first, _)) = group.members.first() else {
        return;
    };
    let fallback = Anchor::fixed(FINDINGS.id);
    let anchor = page.rules.get(group.rule).unwrap_or(&fallback);
    let heading = format!("{}-heading", anchor.id());
    let around = [
        ("class", "rule"),
        ("id", anchor.id()),
        ("data-rule", group.rule),
        ("aria-labelledby", &heading),
    ];
    h.tag("section", &around, |h| {
        h.tag("h3", &[("id", &heading)], |h| {
            h.prose(page.lang.of(&first.title));
        });
        let all = page.lang.count(group.all, A_FINDING);
        let counted = match (group.members.len(), page.lang) {
            (n, _) if n == group.all => all,
            (n, Lang::En) => format!("{n} of {all}"),
            (n, Lang::Fr) => format!("{n} sur {all}"),
        };
        h.tag("p", &[("class", "about")], |h| {
            h.leaf("code", &[], group.rule);
            h.text(" · ");
            h.leaf("span", &[("class", "counted")], &counted);
        });
        let mut helps: Vec<&str> = Vec::new();
        for (one, _) in &group.members {
            let help = page.lang.of(&one.help);
            if !help.is_empty() && !helps.contains(&help) && helps.len() < 3 {
                helps.push(help);
            }
        }
        for help in helps {
            h.tag("p", &[("class", "help")], |h| {
                h.leaf(
                    "span",
                    &[("class", "lead-in")],
                    page.say("What to do", "Que faire"),
                );
                h.text(" ");
                h.prose(help);
            });
        }
        for (_, written) in &group.members {
            h.append(written);
        }
    });
}
