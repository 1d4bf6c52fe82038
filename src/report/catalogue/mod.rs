//! What the catalogue says: regions, offerings, resource types, each fact with its source, its evidence and its date. As
//! tables for people, and as one JSON object described by `docs/schema/catalog.schema.json`.

mod kind;
pub mod kinds;
pub mod offering;
pub mod offerings;
pub mod regions;

use std::io;

use serde::Serialize;

use super::Lang;
use super::human::{Look, Paint, Verbosity};
use super::json::{CatalogueOut, SCHEMA, Tool};
use super::values;
use crate::catalog::{Area, Catalog, CatalogFolder, Confidence, Date, Query};

/// Rows up to this number are shown in full.
const FEW: usize = 12;
/// Near names that are suggested.
const NEAR: usize = 5;

/// What is asked of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The facts.
    pub catalog: &'a Catalog,
    /// Folders of facts that lie over those of the binary.
    pub folders: &'a [CatalogFolder],
    /// The words that entries have to meet.
    pub query: &'a Query,
    /// Only of this company, set of regions or Terraform provider.
    pub provider: Option<&'a str>,
    /// The day that decides areas and visas.
    pub as_of: Date,
    /// Language of headings and sentences.
    pub lang: Lang,
}

impl Question<'_> {
    /// Is one of these ids the provider that was asked for?
    fn is_of<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> bool {
        let Some(wanted) = self.provider else {
            return true;
        };
        ids.into_iter().any(|id| {
            id.eq_ignore_ascii_case(wanted)
                || id
                    .rsplit_once('/')
                    .is_some_and(|(_, name)| name.eq_ignore_ascii_case(wanted))
        })
    }

    fn full(&self, rows: usize, look: &Look) -> bool {
        rows <= FEW || look.verbosity == Verbosity::Verbose
    }
}

/// A listing as JSON.
#[derive(Serialize)]
struct Document<'a, T> {
    schema: u32,
    tool: Tool,
    as_of: String,
    /// Day of the registry of companies.
    registry: Option<String>,
    query: Vec<&'a str>,
    catalogues: Vec<CatalogueOut<'a>>,
    #[serde(flatten)]
    listing: T,
    /// Names like those that met nothing.
    near: Vec<&'a str>,
}

fn write_json<T: Serialize>(
    listing: T,
    near: Vec<&str>,
    question: &Question<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let registry = question.catalog.registry();
    let document = Document {
        schema: SCHEMA,
        tool: Tool::THIS,
        as_of: question.as_of.to_string(),
        registry: registry.map(|registry| registry.compiled_on.to_string()),
        query: question.query.words().iter().map(String::as_str).collect(),
        catalogues: question.folders.iter().map(CatalogueOut::of).collect(),
        listing,
        near,
    };
    values::write(&document, out)?;
    out.write_all(b"\n")
}

/// Names like a word of the query that nothing has met: those of the longest word, which says most.
fn near<'a>(question: &Question<'_>, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let words = question.query.words().iter();
    match words.max_by_key(|word| word.len()) {
        Some(word) => crate::catalog::nearest(word, names, NEAR),
        None => Vec::new(),
    }
}

/// How an area is shown: the word says it, the colour helps.
fn area_paint(area: Area) -> Paint {
    match area {
        Area::Eu | Area::Eea => Paint::Good,
        Area::Adequate => Paint::Care,
        Area::Third | Area::Worldwide => Paint::Bad,
    }
}

fn confidence_paint(confidence: Confidence) -> Paint {
    match confidence {
        Confidence::High => Paint::Good,
        Confidence::Medium => Paint::Faint,
        Confidence::Low => Paint::Care,
    }
}
