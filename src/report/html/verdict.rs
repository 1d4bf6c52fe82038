//! The answer first: how the scan ends and why, what was found, and under which terms it was judged.

use super::markup::{Anchor, Markup};
use super::{COVERAGE, FINDINGS, Page, VERDICT, WAIVERS};
use crate::config::words::Level;
use crate::problem::Weight;
use crate::report::Lang;
use crate::report::human::phrases::{A_RESOURCE, A_RULE, COLON, EXIT_STATUS};
use crate::report::human::summary;
use crate::report::human::{self, Look};
use crate::verdict::ExitStatus;

/// The verdict in a word or two.
pub(super) fn word(page: &Page<'_>) -> &'static str {
    match page.report.status {
        ExitStatus::Clean => page.say("Passed", "Contrôle réussi"),
        ExitStatus::Findings => page.say("Failed", "Contrôle en échec"),
        ExitStatus::Incomplete => page.say("Not fully judged", "Contrôle incomplet"),
        ExitStatus::NothingToScan => page.say("Nothing to scan", "Rien à analyser"),
    }
}

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    let class = match page.report.status {
        ExitStatus::Clean => "verdict passed",
        ExitStatus::Findings => "verdict failed",
        ExitStatus::Incomplete | ExitStatus::NothingToScan => "verdict incomplete",
    };
    let around = [
        ("id", VERDICT.id),
        ("class", class),
        ("aria-labelledby", "verdict-heading"),
    ];
    h.tag("section", &around, |h| {
        h.leaf("h1", &[("id", "verdict-heading")], word(page));
        let colon = page.lang.say(COLON);
        let (_, why) = summary::verdict_words(page.report);
        h.tag("p", &[("class", "why")], |h| {
            let status = page.lang.say(EXIT_STATUS);
            h.text(&format!("{status} {}{colon} ", page.report.status.code()));
            h.prose(&why);
            h.text(".");
        });
        part(page, h);
        tally(page, h);
        unseen(page, h);
        terms(page, h);
    });
}

/// Which part of the findings is listed, and what became of the baseline: a part never looks like all of them.
fn part(page: &Page<'_>, h: &mut Markup) {
    let colon = page.lang.say(COLON);
    for (name, words) in human::terms(page.report) {
        h.tag("p", &[("class", "note"), ("role", "note")], |h| {
            h.leaf("strong", &[], name);
            h.text(colon);
            h.text(" ");
            h.prose(&words);
            h.text(".");
        });
    }
}

/// A number that leads to what it counts.
struct Count<'a> {
    class: String,
    n: usize,
    name: &'a str,
    to: &'static str,
    /// What the filters are set to.
    set: String,
}

fn tally(page: &Page<'_>, h: &mut Markup) {
    let mut counts: Vec<Count<'_>> = page
        .tally
        .violations
        .iter()
        .map(|(severity, n)| Count {
            class: severity.to_string(),
            n: *n,
            name: page.lang.severity(*severity),
            to: FINDINGS.id,
            set: format!("severity={severity}&outcome=violation&waived=no"),
        })
        .collect();
    counts.push(Count {
        class: "undetermined".into(),
        n: page.tally.undetermined,
        name: page.say("undetermined", "indéterminés"),
        to: FINDINGS.id,
        set: "outcome=undetermined&waived=no".into(),
    });
    counts.push(Count {
        class: "waived".into(),
        n: page.tally.waived,
        name: page.say("waived", "acceptés"),
        to: FINDINGS.id,
        set: "waived=only".into(),
    });
    let label = page.say(
        "Findings by severity, and problems",
        "Constats par gravité, et problèmes",
    );
    h.tag("ul", &[("class", "tally"), ("aria-label", label)], |h| {
        for count in &counts {
            one(h, count);
        }
        let problems = page.report.problems;
        let errors = problems
            .iter()
            .filter(|p| p.weight == Weight::Error)
            .count();
        let words = match (errors, problems.len()) {
            (0, _) => page.say("problems", "problèmes").to_owned(),
            (n, _) => format!(
                "{} {n} {}",
                page.say("problems,", "problèmes, dont"),
                page.say("of them errors", if n == 1 { "erreur" } else { "erreurs" })
            ),
        };
        one(
            h,
            &Count {
                class: if errors > 0 { "errors" } else { "problems" }.into(),
                n: problems.len(),
                name: &words,
                to: if problems.is_empty() {
                    COVERAGE.id
                } else {
                    "problems"
                },
                set: String::new(),
            },
        );
    });
}

fn one(h: &mut Markup, count: &Count<'_>) {
    let class = format!("{}{}", count.class, if count.n == 0 { " zero" } else { "" });
    h.tag("li", &[("class", &class)], |h| {
        let set = [("data-set", count.set.as_str())];
        let set = if count.set.is_empty() {
            &set[..0]
        } else {
            &set
        };
        h.link(&Anchor::fixed(count.to), set, |h| {
            h.leaf("b", &[], &count.n.to_string());
            h.text(" ");
            h.leaf("span", &[], count.name);
        });
    });
}

/// No pass is silent: what was not seen is said beside the verdict.
fn unseen(page: &Page<'_>, h: &mut Markup) {
    let unseen = summary::not_seen(page.report, &Look::default());
    if unseen.is_empty() {
        return;
    }
    h.tag("div", &[("class", "unseen")], |h| {
        h.leaf("h2", &[], page.say("Not seen", "Ce qui n’a pas été vu"));
        h.tag("ul", &[], |h| {
            for line in &unseen {
                h.leaf("li", &[], line);
            }
        });
        h.tag("p", &[], |h| {
            h.link(&Anchor::fixed(COVERAGE.id), &[], |h| {
                h.text(page.say("All that was covered", "Tout ce qui a été couvert"));
            });
        });
    });
}

/// Under which terms it was judged.
fn terms(page: &Page<'_>, h: &mut Markup) {
    let report = page.report;
    let (coverage, lang) = (report.coverage, page.lang);
    let mut rows: Vec<(&str, String)> = vec![
        (
            page.say("As of", "À la date du"),
            report.as_of().to_string(),
        ),
        (
            page.say("Looked at", "Examiné"),
            format!(
                "{}, {}",
                lang.count(coverage.resources.total, A_RESOURCE),
                lang.count(coverage.rules.len(), A_RULE)
            ),
        ),
        (page.say("Fails on", "Échoue sur"), bar(page)),
        (
            page.say("Configuration", "Configuration"),
            report
                .config
                .unwrap_or(page.say("none", "aucune"))
                .to_owned(),
        ),
    ];
    if !report.base.is_empty() {
        rows.insert(1, (page.say("Folder", "Dossier"), report.base.to_owned()));
    }
    let actor = report.settings.actor.map(|actor| lang.actor(actor));
    rows.push((
        page.say("Organisation", "Organisation"),
        actor.unwrap_or_else(|| page.say("not stated", "non précisée").to_owned()),
    ));
    rows.push((
        page.say("Unlabelled data is", "Données sans étiquette"),
        lang.data(report.settings.assume).to_owned(),
    ));
    let names = report.requirements.frameworks.iter();
    let names: Vec<&str> = names.map(|one| lang.of(&one.name)).collect();
    if !names.is_empty() {
        let names = names.join(" · ");
        rows.push((page.say("Frameworks", "Référentiels"), names));
    }
    if let Some(registry) = coverage.registry {
        rows.push((
            page.say("Registry of offerings", "Registre des offres"),
            registry.to_string(),
        ));
    }
    for folder in &coverage.catalogues {
        rows.push((
            page.say("Facts", "Faits"),
            crate::report::human::catalogue(folder, lang),
        ));
    }
    rows.push((
        page.say("Tool", "Outil"),
        format!("Gardefou {}", env!("CARGO_PKG_VERSION")),
    ));
    h.tag("dl", &[("class", "terms")], |h| {
        for (name, value) in &rows {
            h.tag("div", &[], |h| {
                h.leaf("dt", &[], name);
                h.leaf("dd", &[], value);
            });
        }
    });
    if page.tally.waived > 0 {
        h.tag("p", &[("class", "small")], |h| {
            h.link(&Anchor::fixed(WAIVERS.id), &[], |h| {
                h.text(page.say(
                    "Who waived what, and until when",
                    "Qui a accepté quoi, et jusqu’à quand",
                ));
            });
        });
    }
}

/// What makes the run fail.
fn bar(page: &Page<'_>) -> String {
    let (bar, lang) = (page.report.bar, page.lang);
    let Some(lowest) = bar.fail_on else {
        return page.say("nothing", "rien").to_owned();
    };
    let levels: Vec<&str> = Level::ALL
        .iter()
        .filter(|level| bar.undetermined.contains(level))
        .map(|level| lang.level(*level))
        .collect();
    let severity = lang.severity(lowest);
    match (lang, levels.is_empty()) {
        (Lang::En, true) => format!("severity {severity} and above"),
        (Lang::En, false) => format!(
            "severity {severity} and above; undetermined as well for {} data",
            levels.join(" and ")
        ),
        (Lang::Fr, true) => format!("gravité {severity} ou plus"),
        (Lang::Fr, false) => format!(
            "gravité {severity} ou plus\u{a0}; indéterminé aussi pour les données {}",
            levels.join(" et ")
        ),
    }
}
