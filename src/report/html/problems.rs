//! What could not be read or decided, drawn like findings.

use super::markup::Markup;
use super::{PROBLEMS, Page, finding, part};
use crate::problem::{Problem, Weight};
use crate::report::Lang;
use crate::report::human::finding::position;

/// Problems that are shown: one fault in a file may have many.
const SHOWN: usize = 300;

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    let all = page.report.problems;
    if all.is_empty() {
        return;
    }
    part(page, h, &PROBLEMS, |h| {
        let lead = page.say(
            "An error means that something was not read or not judged; the run cannot pass then. A warning changes nothing.",
            "Une erreur veut dire que quelque chose n’a pas été lu ou jugé\u{a0}: le contrôle ne peut alors pas réussir. Un avertissement n’y change rien.",
        );
        h.leaf("p", &[("class", "lead")], lead);
        let weighing = |weight| all.iter().filter(move |one| one.weight == weight);
        let shown = weighing(Weight::Error).chain(weighing(Weight::Warning));
        for problem in shown.take(SHOWN) {
            one(page, h, problem);
        }
        let left = all.len().saturating_sub(SHOWN);
        if left > 0 {
            let text = match page.lang {
                Lang::En => format!("and {left} more, in the JSON output"),
                Lang::Fr => format!("et {left} de plus, dans la sortie JSON"),
            };
            h.leaf("p", &[("class", "small")], &text);
        }
    });
}

fn one(page: &Page<'_>, h: &mut Markup, problem: &Problem) {
    let class = format!("severity s-{}", problem.weight.as_str());
    let around = [("class", "finding problem"), ("open", "")];
    let is_error = problem.weight == Weight::Error;
    let around = if is_error { &around[..] } else { &around[..1] };
    h.tag("details", around, |h| {
        h.tag("summary", &[], |h| {
            h.leaf(
                "span",
                &[("class", &class)],
                page.lang.weight(problem.weight),
            );
            h.text(" ");
            h.tag("span", &[("class", "address prose")], |h| {
                h.prose(page.lang.of(&problem.message));
            });
            h.text(" ");
            let place = problem
                .place
                .map(|place| position(page.report.sources, place));
            let place = place.or_else(|| problem.path.clone());
            h.leaf("span", &[("class", "path")], &place.unwrap_or_default());
        });
        h.tag("div", &[("class", "body")], |h| {
            if let Some(place) = problem.place {
                finding::excerpt(page, h, place, "");
            }
            for (place, label) in &problem.related {
                finding::excerpt(page, h, *place, page.lang.of(label));
            }
            if let Some(help) = &problem.help {
                h.tag("p", &[("class", "help")], |h| {
                    h.leaf(
                        "span",
                        &[("class", "lead-in")],
                        page.say("What to do", "Que faire"),
                    );
                    h.text(" ");
                    h.prose(page.lang.of(help));
                });
            }
            h.leaf("p", &[("class", "small")], problem.code.as_str());
        });
    });
}
