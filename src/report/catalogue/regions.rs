//! What an identifier of a region or a zone means, at every provider that has it.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Serialize;

use super::{Question, area_paint, write_json};
use crate::catalog::{Area, Hit, Region, RegionKind, RegionSet, RegionStatus};
use crate::report::human::{Cell, Look, Paint, count};

/// What an identifier means at one provider.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    region: &'a Region,
    set: &'a RegionSet,
    area: Area,
    hit: Hit,
    /// The name that was asked for is not listed: a rule leads from it to this region.
    by_rule: bool,
}

/// Regions that meet the question, the best hits first; only those of an area, when one is given.
pub fn find<'a>(question: &Question<'a>, area: Option<Area>) -> Vec<Found<'a>> {
    let catalog = question.catalog;
    let mut found = Vec::new();
    for region in catalog.regions() {
        let Some(set) = catalog.region_set(&region.regions_id) else {
            continue;
        };
        if let Some(hit) = question.query.hit(&names(region, set, question)) {
            found.push(Found {
                region,
                set,
                area: catalog.area(&region.countries, question.as_of),
                hit,
                by_rule: false,
            });
        }
    }
    if let [name] = question.query.words() {
        by_rule(name, question, &mut found);
    }
    found.retain(|one| {
        let operators = one.region.operator.iter().chain(&one.set.operator);
        let ids = operators.chain([&one.set.id]).map(String::as_str);
        question.is_of(ids) && area.is_none_or(|area| one.area == area)
    });
    found.sort_by_key(|one| {
        let kind = (one.region.kind, one.region.status);
        (std::cmp::Reverse(one.hit), &one.set.id, kind)
    });
    found
}

/// Zones that are not listed: `eu-west-3a`.
fn by_rule<'a>(name: &str, question: &Question<'a>, found: &mut Vec<Found<'a>>) {
    for set in question.catalog.region_sets() {
        let Some(region) = question.catalog.region(&set.id, name) else {
            continue;
        };
        if !found.iter().any(|one| std::ptr::eq(one.region, region)) {
            found.push(Found {
                region,
                set,
                area: question.catalog.area(&region.countries, question.as_of),
                hit: Hit::Whole,
                by_rule: true,
            });
        }
    }
}

/// Everything a region may be asked by.
fn names<'a>(region: &'a Region, set: &'a RegionSet, question: &Question<'a>) -> Vec<&'a str> {
    let mut names = vec![
        region.id.as_str(),
        &region.city,
        &set.id,
        &set.name,
        &region.partition,
        region.kind.as_str(),
        region.status.as_str(),
    ];
    names.extend(region.aliases.iter().map(String::as_str));
    names.extend(region.countries.iter().map(String::as_str));
    if let Some(places) = question.catalog.jurisdictions() {
        let named = region.countries.iter();
        names.extend(named.filter_map(|code| Some(places.countries.get(code)?.as_str())));
    }
    if let Some(company) = region
        .operator
        .as_ref()
        .and_then(|id| question.catalog.provider(id))
    {
        names.extend([company.id.as_str(), &company.legal_name]);
        names.extend(company.aliases.iter().map(String::as_str));
    }
    names
}

/// Identifiers like the one that was asked for.
pub fn near<'a>(question: &Question<'a>) -> Vec<&'a str> {
    let regions = question.catalog.regions();
    let cities = |region: &'a Region| [region.id.as_str(), region.city.as_str()];
    super::near(question, regions.flat_map(cities))
}

/// Writes the regions for people.
///
/// # Errors
/// When `out` cannot take more.
pub fn human(
    found: &[Found<'_>],
    question: &Question<'_>,
    look: &Look,
) -> Result<String, fmt::Error> {
    let pick = |en, fr| question.lang.pick(en, fr);
    let full = question.full(found.len(), look);
    let rows: Vec<Vec<Cell>> = found.iter().map(|one| row(one, question, full)).collect();
    let headings = [
        pick("identifier", "identifiant"),
        pick("at", "chez"),
        pick("place", "lieu"),
        pick("area", "zone"),
        pick("evidence", "preuve"),
        pick("gathered", "relevé le"),
        pick("source", "source"),
    ];
    let mut out = String::new();
    look.grid(&mut out, &headings, &rows, full)?;
    let counted = match question.lang {
        crate::report::Lang::En => count(found.len(), "identifier"),
        crate::report::Lang::Fr => format!("{} identifiant(s)", found.len()),
    };
    out += &format!("\n{}\n", look.paint(Paint::Faint, &counted));
    Ok(out)
}

fn row(one: &Found<'_>, question: &Question<'_>, full: bool) -> Vec<Cell> {
    let pick = |en, fr| question.lang.pick(en, fr);
    let region = one.region;
    let countries = if region.countries.is_empty() {
        pick("no known perimeter", "périmètre inconnu").to_owned()
    } else {
        region.countries.join(", ")
    };
    let place = match region.city.as_str() {
        "" => countries,
        city => format!("{city} ({countries})"),
    };
    let mut about = Vec::new();
    match region.kind {
        RegionKind::Region => {}
        RegionKind::Zone => about.push(pick("zone", "zone").to_owned()),
        kind => about.push(kind.as_str().to_owned()),
    }
    if let Some(parent) = &region.parent {
        about.push(format!("{} {parent}", pick("of", "de")));
    }
    if one.by_rule {
        let words = question.query.words().join(" ");
        about.push(format!("{words} {}", pick("is there", "s’y trouve")));
    }
    if region.status != RegionStatus::InService {
        about.push(region.status.as_str().to_owned());
    }
    if let Some(service) = &region.service {
        about.push(format!("{} {service}", pick("only", "seulement")));
    }
    if full {
        if let Some(pair) = &region.pair {
            about.push(format!("{} {pair}", pick("copies to", "copies vers")));
        }
        about.push(region.source.clone());
        about.push(region.note.clone());
    } else {
        about.push(region.source.clone());
    }
    about.retain(|part| !part.is_empty());
    vec![
        Cell::of(Paint::Strong, &region.id),
        Cell::of(Paint::Link, &one.set.id),
        Cell::plain(place),
        Cell::of(area_paint(one.area), one.area.as_str()),
        Cell::plain(region.evidence.as_str()),
        Cell::plain(one.set.gathered.to_string()),
        Cell::of(Paint::Faint, about.join("; ")),
    ]
}

#[derive(Serialize)]
struct Listing<'a> {
    regions: Vec<RegionOut<'a>>,
}

#[derive(Serialize)]
struct RegionOut<'a> {
    id: &'a str,
    provider: &'a str,
    provider_name: &'a str,
    operator: Option<&'a str>,
    city: Option<&'a str>,
    countries: &'a [String],
    area: Area,
    kind: RegionKind,
    status: RegionStatus,
    partition: &'a str,
    parent: Option<&'a str>,
    pair: Option<&'a str>,
    aliases: &'a [String],
    since: Option<&'a str>,
    service: Option<&'a str>,
    services: &'a BTreeMap<String, Vec<String>>,
    by_rule: bool,
    evidence: &'a str,
    gathered: String,
    source: &'a str,
    note: &'a str,
}

/// Writes the regions as JSON.
///
/// # Errors
/// When `out` cannot take more.
pub fn json(
    found: &[Found<'_>],
    question: &Question<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let regions = found.iter().map(|one| RegionOut {
        id: &one.region.id,
        provider: &one.set.id,
        provider_name: &one.set.name,
        operator: one.region.operator.as_deref(),
        city: Some(one.region.city.as_str()).filter(|city| !city.is_empty()),
        countries: &one.region.countries,
        area: one.area,
        kind: one.region.kind,
        status: one.region.status,
        partition: &one.region.partition,
        parent: one.region.parent.as_deref(),
        pair: one.region.pair.as_deref(),
        aliases: &one.region.aliases,
        since: one.region.since.as_deref(),
        service: one.region.service.as_deref(),
        services: &one.region.services,
        by_rule: one.by_rule,
        evidence: one.region.evidence.as_str(),
        gathered: one.set.gathered.to_string(),
        source: &one.region.source,
        note: &one.region.note,
    });
    let regions = regions.collect();
    let near = if found.is_empty() {
        near(question)
    } else {
        Vec::new()
    };
    write_json(Listing { regions }, near, question, out)
}
