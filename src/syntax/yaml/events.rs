//! YAML as a whole: the parser's events, told to the builder.

use std::collections::BTreeSet;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, StructureStyle};

use super::build::{Builder, Opening};
use super::{MAX_NESTING, MAX_VALUES};
use crate::problem::ProblemCode;
use crate::source::Span;
use crate::text::{Text, text};

/// A document that could not be read.
pub(super) struct Failed {
    /// Where it starts.
    pub(super) document: usize,
    /// It was read; the fault lies behind it.
    pub(super) is_complete: bool,
    /// Where the fault shows.
    pub(super) at: usize,
    /// The parser's words.
    pub(super) message: Text,
}

/// Reads the documents in `range`; the first fault ends the run.
pub(super) fn read(builder: &mut Builder<'_>, range: Range<usize>) -> Result<(), Failed> {
    let text = builder.text;
    let chunk = text.get(range.clone()).unwrap_or("");
    builder.document = range.start;
    builder.is_complete = false;
    for event in Parser::new_from_str_with_options(chunk, options()) {
        match event {
            Ok((event, place)) => {
                take(builder, event, span(&place, range.start, text.len()));
                if builder.values() > MAX_VALUES {
                    stop(builder);
                    return Ok(());
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(chunk.len());
                return Err(Failed {
                    document: builder.document,
                    is_complete: builder.is_complete,
                    at: range.start + at,
                    message: in_words(&error),
                });
            }
        }
    }
    Ok(())
}

/// Where texts start and end.
pub(super) type Texts = BTreeSet<(usize, usize)>;

/// The texts with `{{` in them that could be read before the fault in `range`.
pub(super) fn texts_with_braces(text: &str, range: Range<usize>) -> Texts {
    let chunk = text.get(range.clone()).unwrap_or("");
    let mut found = Texts::new();
    if !chunk.contains("{{") {
        return found;
    }
    for event in Parser::new_from_str_with_options(chunk, options()) {
        match event {
            Ok((Event::Scalar(scalar, ..), place)) if scalar.contains("{{") => {
                let span = span(&place, range.start, text.len());
                found.insert((span.start as usize, span.end as usize));
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    found
}

fn options() -> Options {
    granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_comments: true,
        max_buffered_comment_events: 100_000,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    }
}

fn in_words(error: &granit_parser::ScanError) -> Text {
    let words = error.info();
    if words.contains("recursion limit") {
        return text!(
            "it nests more than {MAX_NESTING} collections",
            "il imbrique plus de {MAX_NESTING} collections"
        );
    }
    Text::same(words)
}

fn take(builder: &mut Builder<'_>, event: Event<'_>, span: Span) {
    match event {
        Event::DocumentStart(..) => builder.start_document(span),
        Event::DocumentEnd => builder.end_document(),
        Event::Comment(..) => builder.comment(span),
        Event::Scalar(text, style, anchor, tag) => {
            builder.scalar(text, style, anchor, tag.as_deref(), span);
        }
        Event::Alias(id) => builder.alias(id, span),
        Event::UnresolvedAlias(name) => builder.unresolved(&name, span),
        Event::SequenceStart(style, anchor, _) => {
            builder.open(Opening::Sequence, is_block(style), anchor, span);
        }
        Event::MappingStart(style, anchor, _) => {
            builder.open(Opening::Mapping, is_block(style), anchor, span);
        }
        Event::SequenceEnd | Event::MappingEnd => builder.close(span),
        _ => {}
    }
}

fn is_block(style: StructureStyle) -> bool {
    style == StructureStyle::Block
}

/// Nothing more of the text is read.
fn stop(builder: &mut Builder<'_>) {
    let rest = Span::new(builder.document as u32, builder.text.len() as u32);
    let message = text!(
        "the file holds more than {MAX_VALUES} values; from this document on it is not read",
        "le fichier contient plus de {MAX_VALUES} valeurs ; à partir de ce document, il n’est pas lu"
    );
    builder.problem(ProblemCode::Limit, message, rest);
}

fn span(span: &granit_parser::Span, base: usize, end: usize) -> Span {
    let at = |marker: granit_parser::Marker| {
        let offset = base + marker.byte_offset().unwrap_or(0);
        offset.min(end) as u32
    };
    Span::new(at(span.start), at(span.end))
}
