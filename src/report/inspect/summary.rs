//! How many resources of each level sit in which area, at which offering, with which visa.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::Inspection;
use super::words::{exposure, visa};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::{Fact, Hosting, ResourceFacts};
use crate::graph::World;
use crate::report::Lang;
use crate::report::human::{Cell, Look, Paint};

/// Resources that stand alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RowOut<'a> {
    level: Level,
    /// `unknown`: asked and not established; null: the question does not arise.
    area: Option<&'static str>,
    provider: Option<&'a str>,
    offering: Option<&'a str>,
    visa: Option<&'static str>,
    exposure: Option<&'static str>,
    resources: usize,
    holds_data: usize,
    assumed: usize,
}

impl RowOut<'_> {
    /// Nobody said the level of any of them.
    fn is_assumed(&self) -> bool {
        self.assumed == self.resources
    }
}

/// What makes two resources stand alike, in the order of the rows: the most sensitive first, then the farthest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Stand<'a> {
    level: std::cmp::Reverse<Level>,
    area: std::cmp::Reverse<(u8, Option<&'static str>)>,
    provider: Option<&'a str>,
    offering: Option<&'a str>,
    visa: Option<&'static str>,
    exposure: Option<&'static str>,
}

const UNKNOWN: &str = "unknown";

/// Every row: resources that have a place or a host.
pub(super) fn rows<'a>(inspection: &Inspection<'a>) -> Vec<RowOut<'a>> {
    let mut counts: BTreeMap<Stand<'a>, [usize; 3]> = BTreeMap::new();
    let made = inspection.graph.resources().iter();
    for resource in made.filter(|one| one.world != World::TerraformData) {
        let Some(of) = inspection.facts.of(resource.id) else {
            continue;
        };
        if matches!((&of.location, &of.hosting), (Fact::Absent, Fact::Absent)) {
            continue;
        }
        let [all, data, assumed] = counts.entry(stand(of)).or_default();
        *all += 1;
        *data += usize::from(resource.classes.contains(Class::HoldsData));
        *assumed += usize::from(of.sensitivity.assumed);
    }
    counts
        .into_iter()
        .map(|(stand, [resources, holds_data, assumed])| RowOut {
            level: stand.level.0,
            area: stand.area.0.1,
            provider: stand.provider,
            offering: stand.offering,
            visa: stand.visa,
            exposure: stand.exposure,
            resources,
            holds_data,
            assumed,
        })
        .collect()
}

fn stand(of: &ResourceFacts) -> Stand<'_> {
    let area = match &of.location {
        Fact::Known(at) => (1 + at.area as u8, Some(at.area.as_str())),
        // What is not known may be anywhere: it stands with the farthest.
        Fact::Unknown(_) => (u8::MAX, Some(UNKNOWN)),
        Fact::Absent => (0, None),
    };
    let host: Option<&Hosting> = of.hosting.known().map(|host| &**host);
    let unknown = matches!(of.hosting, Fact::Unknown(_)).then_some(UNKNOWN);
    Stand {
        level: std::cmp::Reverse(of.sensitivity.level),
        area: std::cmp::Reverse(area),
        provider: host.map(|host| &*host.provider).or(unknown),
        offering: host.and_then(|host| host.offering.as_deref()),
        visa: host.map(|host| visa(host.visa)),
        exposure: host.map(|host| exposure(host.exposure)),
    }
}

/// Writes the rows for people.
pub(super) fn human(out: &mut String, inspection: &Inspection<'_>, look: &Look) -> fmt::Result {
    let rows = rows(inspection);
    if rows.is_empty() {
        return Ok(());
    }
    let lang = inspection.lang;
    let pick = |en, fr| lang.pick(en, fr);
    let title = pick("Who holds what, and where", "Qui détient quoi, et où");
    out.push_str(&format!("{}\n\n", look.paint(Paint::Strong, title)));
    let headings = [
        pick("level", "niveau"),
        pick("area", "zone"),
        pick("resources", "nombre"),
        pick("data", "données"),
        pick("visa", "visa"),
        pick("foreign law", "lois étrangères"),
        pick("hosting", "hébergement"),
    ];
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| cells(row, lang)).collect();
    look.grid(out, &headings, &cells, true)?;
    if rows.iter().any(RowOut::is_assumed) {
        let note = pick("* assumed, nobody said", "* supposé, personne ne l’a dit");
        out.push_str(&format!("{}\n", look.paint(Paint::Faint, note)));
    }
    out.push('\n');
    Ok(())
}

fn cells(row: &RowOut<'_>, lang: Lang) -> Vec<Cell> {
    let pick = |en, fr| lang.pick(en, fr);
    let area = match row.area {
        Some(UNKNOWN) => Cell::of(Paint::Care, pick("unknown", "inconnue")),
        Some(area @ ("eu" | "eea")) => Cell::of(Paint::Good, area),
        Some(area @ "adequate") => Cell::of(Paint::Care, area),
        Some(area) => Cell::of(Paint::Bad, area),
        None => Cell::plain(""),
    };
    let host = match (row.offering, row.provider) {
        (Some(offering), _) => Cell::plain(offering),
        (None, Some(UNKNOWN)) => Cell::of(Paint::Care, pick("unknown", "inconnu")),
        (None, Some(provider)) => Cell::plain(provider),
        (None, None) => Cell::plain(""),
    };
    let standing = match row.visa {
        Some("in-force") => Cell::of(Paint::Good, pick("in force", "en cours")),
        Some("lapsed") => Cell::of(Paint::Bad, pick("ended", "échu")),
        Some("candidate") => Cell::of(Paint::Care, pick("candidate", "candidate")),
        Some(_) => Cell::plain(pick("none", "aucun")),
        None => Cell::plain(""),
    };
    let law = match row.exposure {
        Some("exposed") => Cell::of(Paint::Bad, pick("exposed", "exposée")),
        Some("none") => Cell::of(Paint::Good, pick("out of reach", "hors d’atteinte")),
        Some("elsewhere") => Cell::of(Paint::Care, pick("reaches group", "groupe atteint")),
        Some(_) => Cell::of(Paint::Care, pick("unknown", "inconnu")),
        None => Cell::plain(""),
    };
    let mark = if row.is_assumed() { " *" } else { "" };
    vec![
        Cell::of(Paint::Strong, format!("{}{mark}", row.level)),
        area,
        Cell::plain(row.resources.to_string()),
        Cell::plain(row.holds_data.to_string()),
        standing,
        law,
        host,
    ]
}
