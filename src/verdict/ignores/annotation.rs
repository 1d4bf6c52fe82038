//! The annotation `gardefou.eu/ignore` of objects of Kubernetes.

use rayon::prelude::*;

use super::code::Region;
use super::parse::{self, Fault, Written};
use super::{Found, Standing};
use crate::kubernetes::{Manifest, Manifests};
use crate::source::{Place, Sources};
use crate::value::Value;

/// The annotation: one entry a line, each what follows `ignore` in a comment.
const ANNOTATION: &str = "gardefou.eu/ignore";

/// The ignores in annotations, each of which speaks of its object.
pub(super) fn in_annotations(sources: &Sources, manifests: &Manifests) -> Found {
    let annotated = |manifest: &Manifest| -> Option<Found> {
        let metadata = manifest.value.entry("metadata")?;
        let value = metadata.entry("annotations")?.entry(ANNOTATION)?;
        let block = manifest.block;
        let region = Region { span: block.span };
        // What it speaks of is here, wherever it is written.
        let place = value.origin.place;
        let place = place.filter(|place| place.source == block.source);
        let written = of_annotation(value, place.unwrap_or(block), sources).into_iter();
        let found = written.map(|written| (block.source, Standing::Scanned, written, Some(region)));
        Some(found.collect())
    };
    let found: Vec<Found> = manifests.all.par_iter().filter_map(annotated).collect();
    found.into_iter().flatten().collect()
}

fn of_annotation(value: &Value, place: Place, sources: &Sources) -> Vec<Written> {
    let source = sources.get(place.source);
    let shown = crate::verdict::narrow(&source, place.span);
    let Some(text) = value.as_str() else {
        return vec![Written::void(shown, Fault::NoText)];
    };
    let mut at = place.span;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| match at.of(source.text()).find(line) {
            Some(offset) => {
                let start = at.start + offset as u32;
                at.start = start + line.len() as u32;
                parse::entry(line, start)
            }
            // Written with escapes, or folded: the value as a whole is its place.
            None => {
                at.start = at.end;
                parse::entry(line, shown.start).shown_at(shown)
            }
        })
        .collect()
}
