//! What was seen and what was not: files, resources, facts, rules.

use super::markup::Markup;
use super::{COVERAGE, Page, number, part, table};
use crate::discover::State;
use crate::report::Lang;
use crate::report::human::phrases::{A_MODULE, A_RESOURCE};

/// Names that one list has at most: the JSON output has all.
const NAMED: usize = 200;

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    part(page, h, &COVERAGE, |h| {
        h.tag("div", &[("class", "beside thirds")], |h| {
            files(page, h);
            resources(page, h);
            facts(page, h);
        });
        rules(page, h);
        unknown_kinds(page, h);
        missing_modules(page, h);
        left_out(page, h);
    });
}

fn files(page: &Page<'_>, h: &mut Markup) {
    let headings = [page.say("Files", "Fichiers"), page.say("State", "État")];
    let caption = page.say("Files by kind and state", "Fichiers par type et par état");
    table(h, "", caption, &headings, |h| {
        for of in &page.report.coverage.files {
            let (class, word) = match of.state {
                State::Read => ("", page.say("read", "lus")),
                State::Skipped => ("", page.say("skipped", "laissés de côté")),
                State::Unsupported => ("open", page.say("not supported", "non pris en charge")),
                State::Unreadable => ("bad", page.say("could not be read", "non lisibles")),
            };
            h.tag("tr", &[], |h| {
                h.leaf(
                    "th",
                    &[("scope", "row")],
                    &page.lang.files(of.files, of.kind),
                );
                h.leaf("td", &[("class", class)], word);
            });
        }
    });
}

fn resources(page: &Page<'_>, h: &mut Markup) {
    let of = &page.report.coverage.resources;
    let rows = [
        (page.say("Terraform", "Terraform"), of.terraform),
        (page.say("Kubernetes", "Kubernetes"), of.kubernetes),
        (page.say("all", "toutes"), of.total),
        (
            page.say("known to the catalogue", "connues du catalogue"),
            of.catalogued,
        ),
        (
            page.say(
                "data sources, read only",
                "sources de données, lues seulement",
            ),
            of.data_sources,
        ),
    ];
    let headings = [
        page.say("Resources", "Ressources"),
        page.say("Number", "Nombre"),
    ];
    let caption = page.say("Resources that were judged", "Ressources jugées");
    table(h, "counts", caption, &headings, |h| {
        for (name, n) in rows {
            h.tag("tr", &[], |h| {
                h.leaf("th", &[("scope", "row")], name);
                number(h, n);
            });
        }
        for of in page.report.coverage.levels.iter().rev() {
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    h.text(page.lang.data(of.level));
                    if of.assumed > 0 {
                        let assumed = page.say("of them assumed", "par hypothèse");
                        let text = format!("{} {assumed}", of.assumed);
                        h.leaf("span", &[("class", "under")], &text);
                    }
                });
                number(h, of.resources);
            });
        }
    });
}

fn facts(page: &Page<'_>, h: &mut Markup) {
    let headings = [
        page.say("Fact", "Fait"),
        page.say("Known", "Connu"),
        page.say("Unknown", "Inconnu"),
    ];
    let caption = page.say("Facts, by resource", "Faits, par ressource");
    table(h, "counts", caption, &headings, |h| {
        for of in &page.report.coverage.facts {
            h.tag("tr", &[], |h| {
                h.leaf("th", &[("scope", "row")], page.lang.fact(of.fact));
                number(h, of.known);
                number(h, of.unknown);
            });
        }
    });
}

fn rules(page: &Page<'_>, h: &mut Markup) {
    let headings = [
        page.say("Rule", "Règle"),
        page.say("Passed", "Réussites"),
        page.say("Violations", "Violations"),
        page.say("Undetermined", "Indéterminés"),
        page.say("Not applicable", "Sans objet"),
    ];
    let caption = page.say(
        "Rules that were asked, and what they answered of each resource",
        "Règles posées, et leur réponse pour chaque ressource",
    );
    table(h, "counts", caption, &headings, |h| {
        for of in &page.report.coverage.rules {
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    let shown = page.rules.get(of.rule.as_str());
                    match shown.filter(|_| has_findings(page, &of.rule)) {
                        Some(to) => h.link(to, &[], |h| h.leaf("code", &[], &of.rule)),
                        None => h.leaf("code", &[], &of.rule),
                    }
                });
                number(h, of.passed);
                number(h, of.violations);
                number(h, of.undetermined);
                number(h, of.not_applicable);
            });
        }
    });
}

/// Does the page show a finding of a rule?
fn has_findings(page: &Page<'_>, rule: &str) -> bool {
    let mut all = page.report.findings.iter().zip(&page.anchors);
    all.any(|(finding, anchor)| anchor.is_some() && &*finding.rule == rule)
}

fn unknown_kinds(page: &Page<'_>, h: &mut Markup) {
    let kinds = &page.report.coverage.resources.unknown_kinds;
    if kinds.is_empty() {
        return;
    }
    let heading = page.say(
        "Kinds unknown to the catalogue",
        "Types que le catalogue ne connaît pas",
    );
    h.leaf("h3", &[], heading);
    h.tag("ul", &[("class", "names")], |h| {
        for (kind, n) in kinds.iter().take(NAMED) {
            h.tag("li", &[], |h| {
                h.leaf("code", &[], kind);
                h.text(&format!(" {}", page.lang.count(*n, A_RESOURCE)));
            });
        }
    });
    more(page, h, kinds.len());
}

fn missing_modules(page: &Page<'_>, h: &mut Markup) {
    let modules = &page.report.coverage.missing_modules;
    if modules.is_empty() {
        return;
    }
    let heading = page.say("Modules not at hand", "Modules introuvables");
    h.leaf("h3", &[], heading);
    h.leaf("p", &[], &page.lang.count(modules.len(), A_MODULE));
    h.tag("ul", &[("class", "names")], |h| {
        for module in modules.iter().take(NAMED) {
            h.tag("li", &[], |h| {
                h.leaf("code", &[], &module.call);
                h.text(" ");
                h.leaf("code", &[("class", "path")], &module.source);
            });
        }
    });
    more(page, h, modules.len());
}

fn left_out(page: &Page<'_>, h: &mut Markup) {
    let rules = &page.report.coverage.left_out;
    if rules.is_empty() {
        return;
    }
    h.leaf(
        "h3",
        &[],
        page.say(
            "Rules not asked: they serve none of the chosen frameworks",
            "Règles non posées\u{a0}: elles ne servent aucun des référentiels choisis",
        ),
    );
    h.tag("ul", &[("class", "names")], |h| {
        for rule in rules.iter().take(NAMED) {
            h.tag("li", &[], |h| h.leaf("code", &[], rule));
        }
    });
}

fn more(page: &Page<'_>, h: &mut Markup, all: usize) {
    let left = all.saturating_sub(NAMED);
    if left > 0 {
        let text = match page.lang {
            Lang::En => format!("and {left} more, in the JSON output"),
            Lang::Fr => format!("et {left} de plus, dans la sortie JSON"),
        };
        h.leaf("p", &[("class", "small")], &text);
    }
}
