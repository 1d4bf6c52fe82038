//! Which offering holds data of which level, what the rules say of it, and how long its visa lasts.

use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::markup::{Anchor, Markup};
use super::{FINDINGS, HOSTS, Page, judged, part, table, timeline};
use crate::catalog::{ClassSet, Date, Offering, Standing, Visa};
use crate::config::words::Level;
use crate::facts::{Fact, VisaScope};
use crate::graph::ResourceId;
use crate::report::Lang;
use crate::verdict::Outcome;

/// Resources of one level at one host.
#[derive(Debug, Default)]
struct Cell {
    resources: usize,
    /// Findings on them that nobody accepted.
    violations: usize,
    undetermined: usize,
}

/// Company and offering; both none: nobody knows.
type Key = (Option<Arc<str>>, Option<Arc<str>>);

/// A host of something that holds, processes or carries data.
pub(super) struct Host<'a> {
    pub(super) name: String,
    company: String,
    pub(super) offering: Option<&'a Offering>,
    pub(super) visa: Option<Visa<'a>>,
    cells: BTreeMap<Level, Cell>,
    /// Resources outside the scope of a visa that is in force.
    outside: usize,
    is_known: bool,
}

impl Host<'_> {
    fn total(&self) -> usize {
        self.cells.values().map(|cell| cell.resources).sum()
    }
}

pub(super) fn write(page: &Page<'_>, h: &mut Markup) {
    part(page, h, &HOSTS, |h| {
        let hosts = hosts(page);
        if hosts.is_empty() {
            let none = page.say(
                "Nothing that was read holds, processes or carries data.",
                "Rien de ce qui a été lu ne détient, ne traite ni ne transporte de données.",
            );
            h.leaf("p", &[], none);
            return;
        }
        let lead = page.say(
            "Every resource that holds, processes or carries data, by offering and by level of the data. A cell is marked by the findings on its resources.",
            "Toutes les ressources qui détiennent, traitent ou transportent des données, par offre et par niveau. Une case est marquée par les constats sur ses ressources.",
        );
        h.leaf("p", &[("class", "lead")], lead);
        matrix(page, h, &hosts);
        marks(page, h);
        timeline::write(page, h, &hosts);
    });
}

fn hosts<'a>(page: &Page<'a>) -> Vec<Host<'a>> {
    let said = said(page);
    let mut all: BTreeMap<Key, Host<'a>> = BTreeMap::new();
    let data = ClassSet::of_data();
    for (resource, facts) in judged(page.report).filter(|(_, of)| of.classes.intersects(data)) {
        let hosting = match &facts.hosting {
            Fact::Known(hosting) => Some(hosting),
            Fact::Unknown(_) | Fact::Absent => None,
        };
        let key = hosting.map_or((None, None), |of| {
            (Some(Arc::clone(&of.provider)), of.offering.clone())
        });
        let host = all.entry(key).or_insert_with_key(|key| host(page, key));
        let cell = host.cells.entry(facts.sensitivity.level).or_default();
        cell.resources += 1;
        if let Some((violations, undetermined)) = said.get(&resource.id) {
            cell.violations += violations;
            cell.undetermined += undetermined;
        }
        let outside = hosting.is_some_and(|of| of.scope == VisaScope::Outside);
        host.outside += usize::from(outside);
    }
    let mut all: Vec<Host<'a>> = all.into_values().collect();
    // By what they hold; who is not known comes last. The names are in order already.
    all.sort_by_key(|host| (!host.is_known, std::cmp::Reverse(host.total())));
    all
}

/// Violations and open questions on each resource, without the accepted ones.
fn said(page: &Page<'_>) -> HashMap<ResourceId, (usize, usize)> {
    let mut said: HashMap<ResourceId, (usize, usize)> = HashMap::new();
    for finding in page
        .report
        .findings
        .iter()
        .filter(|one| one.waived.is_none())
    {
        let Some(on) = finding.on else { continue };
        let counts = said.entry(on).or_default();
        match finding.outcome {
            Outcome::Violation => counts.0 += 1,
            Outcome::Undetermined(_) => counts.1 += 1,
        }
    }
    said
}

fn host<'a>(page: &Page<'a>, key: &Key) -> Host<'a> {
    let catalog = page.report.catalog;
    let company = key.0.as_deref().and_then(|id| catalog.provider(id));
    let offering = key.1.as_deref().and_then(|id| catalog.offering(id));
    let called = company.map(|of| of.legal_name.clone());
    let called = called.or_else(|| key.0.as_deref().map(str::to_owned));
    let name = match (offering, &key.0) {
        (Some(offering), _) => offering.name.clone(),
        (None, Some(_)) => page
            .say("no registered offering", "aucune offre au registre")
            .to_owned(),
        (None, None) => page
            .say("Host not established", "Hébergeur non établi")
            .to_owned(),
    };
    Host {
        name,
        company: called.unwrap_or_default(),
        offering,
        visa: offering.map(|one| catalog.visa_at(one, page.report.settings.as_of)),
        cells: BTreeMap::new(),
        outside: 0,
        is_known: key.0.is_some(),
    }
}

fn matrix(page: &Page<'_>, h: &mut Markup, hosts: &[Host<'_>]) {
    let has = |level: &&Level| hosts.iter().any(|host| host.cells.contains_key(level));
    let levels: Vec<Level> = Level::ALL.iter().filter(has).copied().collect();
    let mut headings = vec![page.say("Offering", "Offre")];
    headings.extend(levels.iter().map(|level| page.lang.level(*level)));
    headings.push(page.say("SecNumCloud", "SecNumCloud"));
    let caption = page.say(
        "Offerings by level of the data: number of resources, and what was found on them",
        "Offres par niveau des données\u{a0}: nombre de ressources, et ce qui a été constaté",
    );
    table(h, "matrix", caption, &headings, |h| {
        for host in hosts {
            h.tag("tr", &[], |h| {
                h.tag("th", &[("scope", "row")], |h| {
                    h.text(&host.name);
                    if !host.company.is_empty() {
                        h.leaf("span", &[("class", "under")], &host.company);
                    }
                });
                for level in &levels {
                    cell(page, h, host.cells.get(level));
                }
                h.tag("td", &[("class", "visa")], |h| {
                    h.text(&visa_words(page, host));
                    outside(page, h, host);
                });
            });
        }
    });
}

fn cell(page: &Page<'_>, h: &mut Markup, cell: Option<&Cell>) {
    let Some(cell) = cell else {
        h.leaf("td", &[("class", "n none")], "–");
        return;
    };
    let class = match (cell.violations, cell.undetermined) {
        (0, 0) => "n cell quiet",
        (0, _) => "n cell open",
        _ => "n cell bad",
    };
    h.tag("td", &[("class", class)], |h| {
        h.leaf("b", &[], &cell.resources.to_string());
        let mut said = Vec::new();
        if cell.violations > 0 {
            let word = page.say(
                if cell.violations == 1 {
                    "violation"
                } else {
                    "violations"
                },
                if cell.violations == 1 {
                    "violation"
                } else {
                    "violations"
                },
            );
            said.push(format!("▲ {} {word}", cell.violations));
        }
        if cell.undetermined > 0 {
            let word = page.say("open", "en suspens");
            said.push(format!("? {} {word}", cell.undetermined));
        }
        for one in &said {
            h.leaf("span", &[("class", "under")], one);
        }
    });
}

fn marks(page: &Page<'_>, h: &mut Markup) {
    h.tag("p", &[("class", "small")], |h| {
        h.text(page.say(
            "▲ violations, ? open questions; a bare number: no finding, which is no proof. All of them are under ",
            "▲ violations, ? questions en suspens\u{a0}; un nombre seul\u{a0}: aucun constat, ce qui n’est pas une preuve. Tous sont sous ",
        ));
        h.link(&Anchor::fixed(FINDINGS.id), &[], |h| {
            h.text(page.say(FINDINGS.en, FINDINGS.fr));
        });
        h.text(".");
    });
}

fn outside(page: &Page<'_>, h: &mut Markup, host: &Host<'_>) {
    let in_force = host
        .visa
        .is_some_and(|visa| visa.standing == Standing::InForce);
    if host.outside == 0 || !in_force {
        return;
    }
    let n = host.outside;
    let text = match page.lang {
        Lang::En => format!("▲ {n} outside its scope"),
        Lang::Fr => format!("▲ {n} hors de son périmètre"),
    };
    h.leaf("span", &[("class", "under bad")], &text);
}

/// How an offering stands with ANSSI, in words: a candidate has nothing yet.
pub(super) fn visa_words(page: &Page<'_>, host: &Host<'_>) -> String {
    let Some(visa) = host.visa else {
        if !host.is_known {
            // Whoever it is may well have one.
            return page.say("not established", "non établi").to_owned();
        }
        return page
            .say(
                "no offering that could have a visa is known",
                "aucune offre connue pouvant avoir un visa",
            )
            .to_owned();
    };
    match (visa.standing, visa.to) {
        (Standing::InForce, Some(last)) => {
            let text = format!("{} {last}", page.say("visa until", "visa jusqu’au"));
            match days_left(page.report.settings.as_of, last) {
                Some(days) if days <= timeline::YEAR => format!(
                    "{text}, {}",
                    match page.lang {
                        Lang::En => format!("{days} days left"),
                        Lang::Fr => format!("encore {days} jours"),
                    }
                ),
                _ => text,
            }
        }
        (Standing::InForce, None) => page
            .say(
                "visa in force, dates not established",
                "visa en vigueur, dates non établies",
            )
            .to_owned(),
        (Standing::Lapsed, Some(last)) => {
            format!("{} {last}", page.say("visa ended on", "visa échu le"))
        }
        (Standing::Lapsed, None) => page.say("visa ended", "visa échu").to_owned(),
        (Standing::Candidate, _) => match visa.milestone {
            Some(milestone) => format!(
                "{} ({milestone}){} {}",
                page.say("candidate", "candidate"),
                page.say(":", "\u{a0}:"),
                page.say("not qualified", "non qualifiée")
            ),
            None => page
                .say("candidate: not qualified", "candidate\u{a0}: non qualifiée")
                .to_owned(),
        },
        (Standing::None, _) if !visa.established => page
            .say("visa not established", "visa non établi")
            .to_owned(),
        (Standing::None, _) => page.say("no visa", "aucun visa").to_owned(),
    }
}

/// Days to a last day that is not over.
pub(super) fn days_left(as_of: Date, last: Date) -> Option<i64> {
    Some(as_of.days_until(last)).filter(|days| *days >= 0)
}
