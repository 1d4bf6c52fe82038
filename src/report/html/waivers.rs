//! Who accepted what, and who states what, until when; what has ended and what serves no more.

use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};

use super::markup::Markup;
use super::{Page, WAIVERS, number, part, table};
use crate::config::{Date, Located, Pattern};
use crate::report::Lang;
use crate::report::human::finding::position;
use crate::source::Place;
use crate::verdict::{AcceptedBy, Waived};

/// An end within so many days is marked.
const SOON: i64 = 30;
/// Rows of one table: the JSON output has all.
const ROWS: usize = 500;

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    part(page, h, &WAIVERS, |h| {
        let config = &page.report.settings.config;
        let none = config.waivers.is_empty()
            && config.attestations.is_empty()
            && config.statements.is_empty()
            && page.tally.waived == 0
            && page.report.baseline.is_none()
            && page.report.coverage.ignores.written == 0;
        if none {
            let text = page.say(
                "Nothing is waived and nothing is attested.",
                "Aucune dérogation, aucune attestation.",
            );
            h.leaf("p", &[], text);
            return;
        }
        of_config(page, h);
        inline(page, h);
        baseline(page, h);
        attestations(page, h);
        statements(page, h);
        about(page, h);
    });
}

/// Waived findings by where their waiver is written.
fn accepted(page: &Page<'_>) -> HashMap<Place, usize> {
    let mut accepted = HashMap::new();
    let waived = page
        .report
        .findings
        .iter()
        .filter_map(|one| one.waived.as_ref());
    for place in waived.filter_map(|waived| waived.place) {
        *accepted.entry(place).or_insert(0) += 1;
    }
    accepted
}

fn of_config(page: &Page<'_>, h: &mut Markup) {
    let waivers = &page.report.settings.config.waivers;
    if waivers.is_empty() {
        return;
    }
    let accepted = accepted(page);
    let headings = [
        page.say("Rule", "Règle"),
        page.say("On", "Sur"),
        page.say("Because", "Motif"),
        page.say("By", "Par"),
        page.say("Until", "Jusqu’au"),
        page.say("State", "État"),
        page.say("Accepts", "Accepte"),
    ];
    let caption = page.say(
        "Waivers of the configuration",
        "Dérogations de la configuration",
    );
    table(h, "waivers", caption, &headings, |h| {
        for waiver in waivers.iter().take(ROWS) {
            let n = accepted.get(&waiver.place).copied().unwrap_or(0);
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    h.leaf("code", &[], &waiver.rule.value)
                });
                patterns(h, &waiver.matches);
                h.tag("td", &[], |h| h.prose(&waiver.reason.value));
                h.leaf("td", &[], &waiver.by.value);
                h.leaf("td", &[("class", "day")], &waiver.until.value.to_string());
                // With a part of the rules nobody can tell whether it serves.
                let unused = n == 0 && !page.report.requirements.limited;
                state(page, h, waiver.until.value, unused);
                number(h, n);
            });
        }
    });
    more(page, h, waivers.len());
}

fn patterns(h: &mut Markup, all: &[Located<Pattern>]) {
    h.tag("td", &[], |h| {
        for (at, one) in all.iter().enumerate() {
            if at > 0 {
                h.text(", ");
            }
            h.leaf("code", &[], one.value.as_str());
        }
    });
}

fn state(page: &Page<'_>, h: &mut Markup, until: Date, unused: bool) {
    let days = page.report.settings.as_of.days_until(until);
    let (class, text) = match days {
        ..0 => ("state ended", page.say("ended", "échue").to_owned()),
        _ if unused => (
            "state idle",
            page.say("accepts nothing", "ne sert plus").to_owned(),
        ),
        0..=SOON => (
            "state soon",
            match page.lang {
                Lang::En => format!("ends in {days} days"),
                Lang::Fr => format!("prend fin dans {days} jours"),
            },
        ),
        _ => ("state force", page.say("in force", "en vigueur").to_owned()),
    };
    h.tag("td", &[], |h| h.leaf("span", &[("class", class)], &text));
}

/// An ignore in the code, and what it accepts.
struct Ignore<'a> {
    waived: &'a Waived,
    rules: BTreeSet<&'a str>,
    findings: usize,
}

/// Ignores in the code that accept something, by where they are written.
fn inline(page: &Page<'_>, h: &mut Markup) {
    let mut all: BTreeMap<(String, u32, u32), Ignore<'_>> = BTreeMap::new();
    for finding in page.report.findings {
        let Some(waived) = finding.waived.as_ref() else {
            continue;
        };
        let (AcceptedBy::Inline, Some(place)) = (waived.kind, waived.place) else {
            continue;
        };
        let source = page.report.sources.get(place.source);
        let at = source.position(place.span.start);
        let key = (source.path().to_owned(), at.line, at.column);
        let ignore = all.entry(key).or_insert_with(|| Ignore {
            waived,
            rules: BTreeSet::new(),
            findings: 0,
        });
        ignore.rules.insert(&finding.rule);
        ignore.findings += 1;
    }
    let count = page.report.coverage.ignores;
    if count.not_heeded > 0 {
        let text = match page.lang {
            Lang::En => format!(
                "{} of {} ignores in the code are not heeded: they are switched off, or stand in code that was fetched.",
                count.not_heeded, count.written
            ),
            Lang::Fr => format!(
                "{} dérogations dans le code sur {} sont sans effet\u{a0}: elles sont désactivées, ou figurent dans du code téléchargé.",
                count.not_heeded, count.written
            ),
        };
        h.leaf("p", &[("class", "note"), ("role", "note")], &text);
    }
    if all.is_empty() {
        return;
    }
    let headings = [
        page.say("Place", "Emplacement"),
        page.say("Rules", "Règles"),
        page.say("Because", "Motif"),
        page.say("Until", "Jusqu’au"),
        page.say("State", "État"),
        page.say("Accepts", "Accepte"),
    ];
    let caption = page.say("Ignores in the code", "Dérogations dans le code");
    let rows = all.len();
    table(h, "waivers", caption, &headings, |h| {
        for ignore in all.into_values().take(ROWS) {
            let waived = ignore.waived;
            h.tag("tr", &[], |h| {
                let place = waived
                    .place
                    .map(|place| position(page.report.sources, place));
                h.tag("th", &[("scope", "row")], |h| {
                    h.leaf("code", &[], &place.unwrap_or_default());
                });
                let rules: Vec<&str> = ignore.rules.into_iter().collect();
                h.leaf("td", &[], &rules.join(", "));
                h.tag("td", &[], |h| h.prose(&waived.reason));
                let open = page.say("no end", "sans échéance");
                let until = waived.until.as_deref();
                h.leaf("td", &[("class", "day")], until.unwrap_or(open));
                match until.and_then(|day| day.parse().ok()) {
                    Some(day) => state(page, h, day, false),
                    None => in_force(page, h),
                }
                number(h, ignore.findings);
            });
        }
    });
    more(page, h, rows);
}

/// The baseline as a whole: it may know thousands of findings, and each says so itself.
fn baseline(page: &Page<'_>, h: &mut Markup) {
    let Some(used) = page.report.baseline else {
        return;
    };
    let headings = [
        page.say("File", "Fichier"),
        page.say("Because", "Motif"),
        page.say("By", "Par"),
        page.say("Until", "Jusqu’au"),
        page.say("State", "État"),
        page.say("Accepts", "Accepte"),
        page.say("Not in it", "N’y figurent pas"),
        page.say("Graver now", "Aggravés depuis"),
        page.say("Fixed", "Corrigés"),
    ];
    let caption = page.say("Baseline", "État de référence");
    table(h, "waivers", caption, &headings, |h| {
        h.tag("tr", &[], |h| {
            h.tag("th", &[("scope", "row")], |h| {
                h.leaf("code", &[], &used.path);
            });
            h.tag("td", &[], |h| h.prose(&used.reason));
            h.leaf("td", &[], used.by.as_deref().unwrap_or("–"));
            match used.until {
                Some(day) => {
                    h.leaf("td", &[("class", "day")], &day.to_string());
                    state(page, h, day, false);
                }
                None => {
                    let open = page.say("no end", "sans échéance");
                    h.leaf("td", &[("class", "day")], open);
                    in_force(page, h);
                }
            }
            number(h, used.known);
            number(h, used.new - used.graver.min(used.new));
            number(h, used.graver);
            number(h, used.fixed.len());
        });
    });
}

/// Without an end.
fn in_force(page: &Page<'_>, h: &mut Markup) {
    h.leaf("td", &[], page.say("in force", "en vigueur"));
}

fn attestations(page: &Page<'_>, h: &mut Markup) {
    let all = &page.report.settings.config.attestations;
    if all.is_empty() {
        return;
    }
    let headings = [
        page.say("Offering", "Offre"),
        page.say("Covers", "Couvre"),
        page.say("Document", "Document"),
        page.say("By", "Par"),
        page.say("Until", "Jusqu’au"),
        page.say("State", "État"),
    ];
    let caption = page.say("Attestations of offerings", "Attestations d’offres");
    table(h, "waivers", caption, &headings, |h| {
        for one in all.iter().take(ROWS) {
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    h.leaf("code", &[], &one.offering.value)
                });
                patterns(h, &one.covers);
                h.leaf("td", &[], &one.reference.value);
                h.leaf("td", &[], &one.by.value);
                h.leaf("td", &[("class", "day")], &one.until.value.to_string());
                state(page, h, one.until.value, false);
            });
        }
    });
    more(page, h, all.len());
}

fn statements(page: &Page<'_>, h: &mut Markup) {
    let all = &page.report.settings.config.statements;
    if all.is_empty() {
        return;
    }
    let headings = [
        page.say("Requirements", "Exigences"),
        page.say("States", "Déclare"),
        page.say("Document", "Document"),
        page.say("By", "Par"),
        page.say("Until", "Jusqu’au"),
        page.say("State", "État"),
    ];
    let caption = page.say("Attestations of requirements", "Attestations d’exigences");
    table(h, "waivers", caption, &headings, |h| {
        for one in all.iter().take(ROWS) {
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    for (at, id) in one.requirements.iter().enumerate() {
                        if at > 0 {
                            h.text(", ");
                        }
                        match page.requirements.get(id.value.as_str()) {
                            Some(to) => h.link(to, &[], |h| h.text(&id.value)),
                            None => h.text(&id.value),
                        }
                    }
                });
                let statement = one.statement.as_ref();
                h.leaf("td", &[], statement.map_or("–", |one| one.value.as_str()));
                h.leaf("td", &[], &one.reference.value);
                h.leaf("td", &[], &one.by.value);
                h.leaf("td", &[("class", "day")], &one.until.value.to_string());
                state(page, h, one.until.value, false);
            });
        }
    });
    more(page, h, all.len());
}

/// Findings about waivers and attestations themselves.
fn about(page: &Page<'_>, h: &mut Markup) {
    let own = crate::verdict::OWN_RULES;
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for (finding, anchor) in page.report.findings.iter().zip(&page.anchors) {
        if anchor.is_some() && own.iter().any(|rule| *rule.id == *finding.rule) {
            *rules.entry(&finding.rule).or_default() += 1;
        }
    }
    let found: Vec<_> = rules
        .into_iter()
        .filter_map(|(rule, n)| Some((page.rules.get(rule)?, rule, n)))
        .collect();
    if found.is_empty() {
        return;
    }
    h.tag("p", &[], |h| {
        h.text(page.say("Found about them: ", "Constats à leur sujet\u{a0}: "));
        for (at, (to, rule, n)) in found.iter().enumerate() {
            if at > 0 {
                h.text(", ");
            }
            h.link(to, &[], |h| h.text(rule));
            h.text(&format!(" ({n})"));
        }
        h.text(".");
    });
}

fn more(page: &Page<'_>, h: &mut Markup, all: usize) {
    let left = all.saturating_sub(ROWS);
    if left > 0 {
        let text = match page.lang {
            Lang::En => format!("and {left} more"),
            Lang::Fr => format!("et {left} de plus"),
        };
        h.leaf("p", &[("class", "small")], &text);
    }
}
