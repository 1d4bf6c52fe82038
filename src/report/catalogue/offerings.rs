//! Offerings: where each stands with ANSSI on a day, who runs it, which law reaches it.

use std::fmt;
use std::io;

use serde::Serialize;

use super::offering::About;
use super::{Question, confidence_paint, write_json};
use crate::catalog::{Hds, Hit, Offering, Standing};
use crate::report::Lang;
use crate::report::human::{Cell, Look, Paint, count};

/// An offering that meets a question.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    about: About<'a>,
    hit: Hit,
}

impl<'a> Found<'a> {
    /// The offering.
    pub fn offering(&self) -> &'a Offering {
        self.about.offering
    }
}

/// Offerings that meet the question, the best hits first; only those of a standing, when one is given.
pub fn find<'a>(question: &Question<'a>, standing: Option<Standing>) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = question
        .catalog
        .offerings()
        .filter_map(|offering| {
            let about = About::new(offering, question.catalog, question.as_of);
            let hit = question.query.hit(&names(&about))?;
            Some(Found { about, hit })
        })
        .collect();
    found.retain(|one| {
        question.is_of([one.about.offering.provider()])
            && standing.is_none_or(|wanted| one.about.visa.standing == wanted)
    });
    found.sort_by_key(|one| std::cmp::Reverse(one.hit));
    found
}

/// Everything an offering may be asked by.
fn names<'a>(about: &About<'a>) -> Vec<&'a str> {
    let offering = about.offering;
    let (provider, name) = offering
        .id
        .split_once('/')
        .unwrap_or((&offering.id, &offering.id));
    let mut names = vec![offering.id.as_str(), provider, name, &offering.name];
    names.push(about.standing());
    if about.visa.standing == Standing::InForce {
        names.push("qualified");
    }
    names.extend(offering.milestone.as_deref());
    names.extend(offering.service_models.iter().map(|model| model.as_str()));
    names.extend(offering.scope_regions.iter().map(String::as_str));
    names.extend(offering.decision.as_deref());
    if let Some(company) = about.company {
        names.extend([company.legal_name.as_str(), &company.hq_country]);
        names.extend(company.aliases.iter().map(String::as_str));
        names.extend(about.country.map(String::as_str));
    }
    names
}

/// Ids like the one that was asked for.
pub fn near<'a>(question: &Question<'a>) -> Vec<&'a str> {
    let offerings = question.catalog.offerings();
    let names = |offering: &'a Offering| {
        let name = offering.id.split_once('/').map(|(_, name)| name);
        [offering.id.as_str(), offering.provider()]
            .into_iter()
            .chain(name)
    };
    super::near(question, offerings.flat_map(names))
}

/// Writes the offerings for people.
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
    let rows: Vec<Vec<Cell>> = found
        .iter()
        .map(|one| row(&one.about, question.lang))
        .collect();
    let headings = [
        pick("offering", "offre"),
        pick("SecNumCloud visa", "visa SecNumCloud"),
        "HDS",
        pick("seat", "siège"),
        pick("foreign law", "lois étrangères"),
        pick("certainty", "certitude"),
        pick("scope", "périmètre"),
    ];
    let mut out = String::new();
    look.grid(&mut out, &headings, &rows, full)?;
    let registry = question.catalog.registry();
    let compiled = registry.map_or_else(String::new, |registry| registry.compiled_on.to_string());
    let counted = match question.lang {
        Lang::En => format!(
            "{}; visas as of {}, from the registry of {compiled}; `gardefou explain OFFERING` has the sources",
            count(found.len(), "offering"),
            question.as_of
        ),
        Lang::Fr => format!(
            "{} offre(s) ; visas au {}, d’après le registre du {compiled} ; les sources : `gardefou explain OFFRE`",
            found.len(),
            question.as_of
        ),
    };
    out.push('\n');
    for line in textwrap::wrap(&counted, look.width) {
        out += &format!("{}\n", look.paint(Paint::Faint, &line));
    }
    Ok(out)
}

fn row(about: &About<'_>, lang: Lang) -> Vec<Cell> {
    let company = about.company;
    let seat = company.map_or("", |company| &company.hq_country);
    let (law_paint, law) = about.exposure(lang);
    vec![
        Cell::of(Paint::Strong, &about.offering.id),
        Cell::of(about.visa_paint(), about.visa_words(lang)),
        Cell::plain(about.hds_words(lang)),
        Cell::plain(seat),
        Cell::of(law_paint, law),
        Cell::of(
            confidence_paint(about.offering.confidence),
            about.offering.confidence.as_str(),
        ),
        Cell::of(Paint::Faint, about.scope_words()),
    ]
}

#[derive(Serialize)]
struct Listing<'a> {
    offerings: Vec<OfferingOut<'a>>,
}

#[derive(Serialize)]
struct OfferingOut<'a> {
    id: &'a str,
    name: &'a str,
    provider: Option<ProviderOut<'a>>,
    visa: VisaOut<'a>,
    hds: &'static str,
    /// The whole entry, with the keys of the catalogue.
    entry: &'a Offering,
}

#[derive(Serialize)]
struct VisaOut<'a> {
    standing: &'static str,
    milestone: Option<&'a str>,
    from: Option<String>,
    until: Option<String>,
    days_left: Option<i64>,
    established: bool,
}

#[derive(Serialize)]
struct ProviderOut<'a> {
    id: &'a str,
    name: &'a str,
    headquarters: &'a str,
    control: &'a str,
    eu_controlled: &'static str,
    exposure: &'static str,
    laws: &'a [String],
    confidence: &'static str,
    hds: &'a Hds,
    sources: &'a [String],
}

/// Writes the offerings as JSON.
///
/// # Errors
/// When `out` cannot take more.
pub fn json(
    found: &[Found<'_>],
    question: &Question<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let offerings = found.iter().map(|one| out_of(&one.about)).collect();
    let near = if found.is_empty() {
        near(question)
    } else {
        Vec::new()
    };
    write_json(Listing { offerings }, near, question, out)
}

fn out_of<'a>(about: &About<'a>) -> OfferingOut<'a> {
    OfferingOut {
        id: &about.offering.id,
        name: &about.offering.name,
        provider: about.company.map(|company| ProviderOut {
            id: &company.id,
            name: &company.legal_name,
            headquarters: &company.hq_country,
            control: &company.control_country,
            eu_controlled: company.eu_controlled.as_str(),
            exposure: company.extraterritorial.as_str(),
            laws: &company.extraterritorial_laws,
            confidence: company.ownership_confidence.as_str(),
            hds: &company.hds,
            sources: &company.sources,
        }),
        visa: VisaOut {
            standing: about.standing(),
            milestone: about.visa.milestone,
            from: about.visa.from.map(|day| day.to_string()),
            until: about.visa.to.map(|day| day.to_string()),
            days_left: about.days_left(),
            established: about.visa.established,
        },
        hds: about.certified.as_str(),
        entry: about.offering,
    }
}
