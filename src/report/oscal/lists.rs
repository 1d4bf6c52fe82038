//! The long lists of a document, which are nearly all of it: written in parts by all threads, in order all the same.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use rayon::prelude::*;
use serde::{Serialize, Serializer};

use super::{Page, controls, observations, risks};
use crate::report::ahead::{AT_A_TIME, PIECES};

/// Bytes that are kept of what was written once: a document is written twice.
const KEPT: usize = 16 << 20;

/// Stands for a list where the document around it is written.
pub(super) struct Elsewhere;

impl Serialize for Elsewhere {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_none()
    }
}

/// A list, in the order of the document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Items,
    Observations,
    Risks,
    Findings,
}

impl List {
    const ALL: [Self; 4] = [Self::Items, Self::Observations, Self::Risks, Self::Findings];

    /// Its key, as it is written. No text can hold that: its quotes are escaped.
    fn key(self) -> &'static str {
        match self {
            Self::Items => "\"inventory-items\":",
            Self::Observations => "\"observations\":",
            Self::Risks => "\"risks\":",
            Self::Findings => "\"findings\":",
        }
    }
}

/// A part of a list.
enum Part {
    /// So many resources.
    Items(Range<usize>),
    /// Observations of so many findings.
    Observations(Range<usize>),
    /// All other observations.
    Rest,
    /// Risks among so many findings.
    Risks(Range<usize>),
    /// How a requirement stands.
    Requirement(usize),
}

impl Part {
    fn of(&self) -> List {
        match self {
            Self::Items(_) => List::Items,
            Self::Observations(_) | Self::Rest => List::Observations,
            Self::Risks(_) => List::Risks,
            Self::Requirement(_) => List::Findings,
        }
    }
}

/// So many things in parts, each what a thread writes at a time.
fn ranges(count: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..count).step_by(AT_A_TIME);
    starts.map(move |start| start..count.min(start + AT_A_TIME))
}

/// The lists of a document.
pub(super) struct Lists<'a> {
    page: &'a Page<'a>,
    /// In the order of the document.
    parts: Vec<Part>,
    /// The first of their texts.
    kept: Vec<Vec<u8>>,
    room: usize,
}

impl<'a> Lists<'a> {
    pub(super) fn new(page: &'a Page<'a>) -> Self {
        let findings = page.report.findings.len();
        let requirements = page.report.requirements.all.len();
        let parts = (ranges(page.subjects.count()).map(Part::Items))
            .chain(ranges(findings).map(Part::Observations))
            .chain([Part::Rest])
            .chain(ranges(findings).map(Part::Risks))
            .chain((0..requirements).map(Part::Requirement));
        Self {
            page,
            parts: parts.collect(),
            kept: Vec::new(),
            room: KEPT,
        }
    }

    /// Writes a document, with the lists where they belong.
    pub(super) fn write(&mut self, around: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rest = around;
        for list in List::ALL {
            let key = list.key();
            if let Some((before, behind)) = rest.split_once(&format!("{key}null")) {
                out.write_all(before.as_bytes())?;
                out.write_all(key.as_bytes())?;
                self.list(list, out)?;
                rest = behind;
            }
        }
        out.write_all(rest.as_bytes())
    }

    fn list(&mut self, list: List, out: &mut dyn io::Write) -> io::Result<()> {
        let start = self.parts.partition_point(|part| part.of() < list);
        let end = self.parts.partition_point(|part| part.of() <= list);
        let mut border: &[u8] = b"[";
        for from in (start..end).step_by(PIECES) {
            let to = end.min(from + PIECES);
            let texts = (from..to)
                .into_par_iter()
                .map(|at| self.text(at))
                .collect::<io::Result<Vec<Cow<'_, [u8]>>>>()?;
            for text in texts.iter().filter(|text| !text.is_empty()) {
                out.write_all(border)?;
                out.write_all(text)?;
                border = b",";
            }
            let new = texts.into_iter().filter_map(|text| match text {
                Cow::Owned(text) => Some(text),
                Cow::Borrowed(_) => None,
            });
            let new: Vec<Vec<u8>> = new.collect();
            self.keep(from, new);
        }
        if border == b"[" {
            out.write_all(border)?;
        }
        out.write_all(b"]")
    }

    /// The elements of a part, as they were written before or for the first time.
    fn text(&self, at: usize) -> io::Result<Cow<'_, [u8]>> {
        let page = self.page;
        if let Some(text) = self.kept.get(at) {
            return Ok(Cow::Borrowed(text));
        }
        let text = match self.parts.get(at) {
            Some(Part::Items(some)) => elements(page.subjects.items(page.report, some)),
            Some(Part::Observations(some)) => elements(observations::findings(page, some)),
            Some(Part::Rest) => elements(observations::rest(page)),
            Some(Part::Risks(some)) => elements(risks::some(page, some)),
            Some(Part::Requirement(at)) => elements(controls::said(page, *at)),
            None => Ok(Vec::new()),
        };
        text.map(Cow::Owned)
    }

    /// Keeps texts from a part on, as long as there is room and none is missing before them.
    fn keep(&mut self, from: usize, texts: Vec<Vec<u8>>) {
        if self.kept.len() != from {
            return;
        }
        for text in texts {
            let Some(room) = self.room.checked_sub(text.len()) else {
                self.room = 0;
                return;
            };
            self.room = room;
            self.kept.push(text);
        }
    }
}

/// Elements of a list, without its brackets.
fn elements(all: impl Iterator<Item = impl Serialize>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for (at, one) in all.enumerate() {
        if at > 0 {
            text.push(b',');
        }
        serde_json::to_writer(&mut text, &one)?;
    }
    Ok(text)
}
