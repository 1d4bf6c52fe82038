//! Drawing: one label on one line of one text, by miette.
//!
//! miette draws every line that a label covers and knows one text per drawing, so a label is at most one line, and places
//! in other texts get drawings or lines of their own.

use std::fmt::{self, Write as _};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::Look;
use super::phrases::COLON;
use crate::report::safe;
use crate::source::{Place, Position, Source, Sources, Span};
use crate::text::Lang;
use crate::verdict::narrow;

/// Lines longer than this are drawn in part: minified JSON is one line.
const MAX_LINE: u32 = 160;
/// How much of a long line is drawn on either side of the label.
const AROUND: u32 = 40;
/// How much of a label is underlined on a long line.
const MAX_LABEL: u32 = 60;

/// How a drawing starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `×`
    Error,
    /// `⚠`
    Warning,
    /// `☞`
    Advice,
}

/// One drawing.
#[derive(Debug)]
pub(super) struct Drawing<'a> {
    pub(super) mark: Mark,
    /// The headline.
    pub(super) message: String,
    /// What is drawn, and the words at the label.
    pub(super) at: Option<(Place, String)>,
    pub(super) sources: &'a Sources,
    pub(super) lang: Lang,
}

impl Drawing<'_> {
    /// Draws into `out`.
    pub(super) fn render(&self, out: &mut String, look: &Look) -> fmt::Result {
        // Of a plan or a state no text is shown, only where it stands.
        let is_private =
            |(place, _): &&(Place, String)| self.sources.get(place.source).is_private();
        let withheld = self.at.as_ref().filter(is_private);
        let excerpt = self
            .at
            .as_ref()
            .filter(|at| !is_private(at))
            .map(|(place, label)| Excerpt::new(self.sources, *place, label, look));
        let drawn = Drawn {
            drawing: self,
            excerpt,
        };
        GraphicalReportHandler::new_themed(theme(look))
            .with_width(look.width)
            .with_links(false)
            .with_context_lines(1)
            .render_report(out, &drawn)?;
        match withheld {
            Some((place, label)) => {
                let place = look.at(self.sources, *place);
                let at = self.lang.pick("at", "dans");
                match label.as_str() {
                    "" => writeln!(out, "    {at} {place}"),
                    label => writeln!(out, "    {at} {place}{} {label}", self.lang.say(COLON)),
                }
            }
            None => Ok(()),
        }
    }
}

fn theme(look: &Look) -> GraphicalTheme {
    GraphicalTheme {
        characters: ThemeCharacters::unicode(),
        styles: if look.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    }
}

/// A drawing as miette wants it.
#[derive(Debug)]
struct Drawn<'a> {
    drawing: &'a Drawing<'a>,
    excerpt: Option<Excerpt>,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.drawing.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.drawing.mark {
            Mark::Error => miette::Severity::Error,
            Mark::Warning => miette::Severity::Warning,
            Mark::Advice => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        let label = LabeledSpan::new_primary_with_span(
            Some(excerpt.label.clone()).filter(|label| !label.is_empty()),
            SourceSpan::from((excerpt.span.start as usize, excerpt.span.len() as usize)),
        );
        Some(Box::new(std::iter::once(label)))
    }
}

/// The part of a text that is drawn.
#[derive(Debug)]
pub(in crate::report) struct Excerpt {
    /// Path as shown.
    name: String,
    /// The label, within the source.
    pub(in crate::report) span: Span,
    /// Where it starts.
    pub(in crate::report) at: Position,
    label: String,
    /// What is drawn, within the source.
    pub(in crate::report) window: Span,
    /// Line of its first character.
    pub(in crate::report) first_line: u32,
    /// Its text, harmless and of the same length.
    pub(in crate::report) text: String,
}

impl Excerpt {
    /// Around a place.
    pub(in crate::report) fn new(
        sources: &Sources,
        place: Place,
        label: &str,
        look: &Look,
    ) -> Self {
        let source = sources.get(place.source);
        let text = source.shown_text();
        let narrow = narrow(&source, place.span);
        let start = floor(text, narrow.start);
        let line = source.line_span(source.position(start).line);
        let most = match line {
            Some(line) if line.len() > MAX_LINE => MAX_LABEL,
            _ => MAX_LINE,
        };
        let end = narrow.end.min(start.saturating_add(most));
        let span = Span::new(start, floor(text, end).max(start));
        let window = window(&source, span);
        Self {
            name: name(&source, look),
            span,
            at: source.position(span.start),
            label: label.to_owned(),
            window,
            first_line: source.position(window.start).line,
            text: safe::same_length(window.of(text)),
        }
    }
}

/// The path, from where people stand. It is no part of any width, so it may be a link.
fn name(source: &Source, look: &Look) -> String {
    if source.is_rendered() {
        return safe::clean_line(source.path()).into_owned();
    }
    let path = look.path(source.path());
    look.link(&path, &path)
}

/// The line of the label with one on either side; of a long line only what is near the label.
fn window(source: &Source, label: Span) -> Span {
    let text = source.shown_text();
    let line = source.position(label.start).line;
    let Some(own) = source.line_span(line) else {
        return label;
    };
    let around = [line.saturating_sub(1), line + 1]
        .iter()
        .filter_map(|line| source.line_span(*line))
        .fold(own, Span::to);
    let fits = |span: Span| {
        span.of(text)
            .lines()
            .all(|line| line.len() <= MAX_LINE as usize)
    };
    if fits(around) {
        return around;
    }
    let start = own.start.max(label.start.saturating_sub(AROUND));
    let end = own.end.min(label.end.saturating_add(AROUND));
    Span::new(floor(text, start), floor(text, end))
}

/// The nearest border of characters at or before an offset.
fn floor(text: &str, at: u32) -> u32 {
    text.floor_char_boundary(at as usize) as u32
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked without context, the answer is only used for the position in the headline.
        let (span, line, column) = if before == 0 && after == 0 {
            (self.span, self.at.line, self.at.column)
        } else {
            (self.window, self.first_line, 1)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            SourceSpan::from((span.start as usize, span.len() as usize)),
            line as usize - 1,
            column as usize - 1,
            self.text.lines().count(),
        )))
    }
}
