//! How the requirements of each framework stand. Rules give evidence for and against them; they certify nothing.

use hashbrown::HashSet;

use super::markup::Markup;
use super::{Page, REQUIREMENTS, number, part, table};
use crate::problem::Weight;
use crate::report::Lang;
use crate::report::human::requirements::reasons;
use crate::verdict::{FrameworkStanding, RequirementStanding, Standing};

/// Findings that a row leads to.
const LINKS: usize = 5;

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    let all = page.report.requirements;
    if all.all.is_empty() {
        return;
    }
    part(page, h, &REQUIREMENTS, |h| {
        let mut problems = page.report.problems.iter();
        if problems.any(|problem| problem.weight == Weight::Error) {
            let text = page.say(
                "Not everything could be judged: what was not may be evidence against any of them.",
                "Tout n’a pas pu être jugé\u{a0}: ce qui manque peut être une preuve contre chacune d’elles.",
            );
            h.leaf("p", &[("class", "note"), ("role", "note")], text);
        }
        // A requirement that serves several frameworks stands in each; links lead to the first.
        let mut named = HashSet::new();
        for framework in &all.frameworks {
            write_framework(page, h, framework, &mut named);
        }
        meanings(page, h);
    });
}

fn members<'a>(
    page: &'a Page<'_>,
    of: &'a FrameworkStanding,
) -> impl Iterator<Item = &'a RequirementStanding> {
    let all = &page.report.requirements.all;
    of.requirements.iter().filter_map(|at| all.get(*at))
}

fn write_framework<'a>(
    page: &'a Page<'_>,
    h: &mut Markup,
    framework: &'a FrameworkStanding,
    named: &mut HashSet<&'a str>,
) {
    let lang = page.lang;
    let needs_a_look = |one: &RequirementStanding| {
        matches!(one.standing, Standing::Violated | Standing::Undetermined)
    };
    let open = members(page, framework).any(needs_a_look);
    let around = [("class", "framework"), ("open", "")];
    let around = if open { &around[..] } else { &around[..1] };
    let name = lang.of(&framework.name);
    h.tag("details", around, |h| {
        h.tag("summary", &[], |h| {
            h.leaf("strong", &[], name);
            h.text(" ");
            h.tag("span", &[("class", "standings")], |h| {
                for standing in Standing::ALL {
                    let n = members(page, framework)
                        .filter(|one| one.standing == *standing)
                        .count();
                    if n > 0 {
                        let class = format!("standing st-{standing}");
                        h.leaf("span", &[("class", &class)], &lang.standings(n, *standing));
                        h.text(" ");
                    }
                }
            });
        });
        let headings = [
            page.say("Requirement", "Exigence"),
            page.say("Standing", "État"),
            page.say("Against", "Contre"),
            page.say("Open", "En suspens"),
            page.say("Waived", "Acceptés"),
            page.say("For", "Pour"),
            page.say("Rests on", "Repose sur"),
        ];
        table(h, "standings", name, &headings, |h| {
            for one in members(page, framework) {
                let is_first = named.insert(&one.id);
                row(page, h, one, is_first);
            }
        });
    });
}

fn row(page: &Page<'_>, h: &mut Markup, one: &RequirementStanding, is_first: bool) {
    let anchor = page.requirements.get(one.id.as_str()).filter(|_| is_first);
    let id = anchor.map(|anchor| ("id", anchor.id()));
    let id: Vec<(&'static str, &str)> = id.into_iter().collect();
    h.tag("tr", &id, |h| {
        h.tag("th", &[("scope", "row")], |h| {
            h.leaf("code", &[], &one.id);
            h.leaf(
                "span",
                &[("class", "under title")],
                page.lang.of(&one.title),
            );
        });
        h.tag("td", &[], |h| {
            let class = format!("standing st-{}", one.standing);
            h.leaf(
                "span",
                &[("class", &class)],
                page.lang.standing(one.standing),
            );
        });
        let counts = one.counts;
        for n in [
            counts.violations,
            counts.undetermined,
            counts.waived,
            counts.passed,
        ] {
            number(h, n);
        }
        h.tag("td", &[("class", "rests")], |h| {
            for reason in reasons(one, page.report) {
                h.leaf("p", &[], &reason);
            }
            links(page, h, one);
        });
    });
}

fn links(page: &Page<'_>, h: &mut Markup, one: &RequirementStanding) {
    let shown: Vec<_> = one
        .findings
        .iter()
        .filter_map(|at| {
            let to = page.anchors.get(*at)?.as_ref()?;
            Some((to, page.report.findings.get(*at)?))
        })
        .collect();
    if shown.is_empty() {
        return;
    }
    h.tag("ul", &[("class", "links")], |h| {
        for (to, finding) in shown.iter().take(LINKS) {
            h.tag("li", &[], |h| {
                h.link(to, &[], |h| h.text(&finding.address));
            });
        }
        let left = one.findings.len().saturating_sub(LINKS.min(shown.len()));
        if left > 0 {
            let text = match page.lang {
                Lang::En => format!("and {left} more"),
                Lang::Fr => format!("et {left} de plus"),
            };
            h.leaf("li", &[], &text);
        }
    });
}

fn meanings(page: &Page<'_>, h: &mut Markup) {
    h.tag("details", &[("class", "meanings")], |h| {
        h.leaf(
            "summary",
            &[],
            page.say("What the words mean", "Ce que veulent dire les mots"),
        );
        h.tag("dl", &[("class", "terms")], |h| {
            for standing in Standing::ALL {
                h.tag("div", &[], |h| {
                    h.leaf("dt", &[], page.lang.standing(*standing));
                    h.leaf("dd", &[], page.lang.standing_means(*standing));
                });
            }
        });
    });
}
