//! From parser events to values with places.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};

use super::{
    Document, Failed, Keys, MAX_EXPANSION, MAX_NESTING, MAX_PROBLEMS, MAX_VALUES, MIN_EXPANSION,
    Parsed, scalar, template_mark,
};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::value::{Because, Data, Entries, Origin, Step, Value, Via};

/// Reads the documents in `range` into `parsed`; the first fault ends the run.
///
/// `used` counts over the whole text.
pub(super) fn run(
    source: SourceId,
    text: &str,
    range: Range<usize>,
    used: &mut Used,
    parsed: &mut Parsed,
) -> Result<(), Failed> {
    let chunk = text.get(range.clone()).unwrap_or("");
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_comments: true,
        max_buffered_comment_events: 100_000,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    };
    let mut builder = Builder {
        source,
        text,
        base: range.start,
        parsed,
        used,
        stack: Vec::new(),
        anchors: HashMap::new(),
        words: HashMap::new(),
        keys: Vec::new(),
        root: None,
        templated: None,
        document: range.start,
    };
    for event in Parser::new_from_str_with_options(chunk, options) {
        match event {
            Ok((event, span)) => {
                builder.take(event, &span);
                if builder.used.values > MAX_VALUES {
                    builder.stop();
                    return Ok(());
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(chunk.len());
                return Err(Failed {
                    document: builder.document,
                    at: range.start + at,
                    message: in_words(&error),
                });
            }
        }
    }
    Ok(())
}

fn in_words(error: &granit_parser::ScanError) -> String {
    let words = error.info();
    if words.contains("recursion limit") {
        return format!("it nests more than {MAX_NESTING} collections");
    }
    words
}

/// What the documents of a text have used up.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// Bytes that aliases have expanded to.
    expanded: u64,
    values: usize,
}

/// A collection that is still open, or a finished node, with what the limits need.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Bytes that the aliases inside expand to.
    aliased: u64,
    /// Collections inside each other, aliases followed.
    height: usize,
}

impl Size {
    fn hold(&mut self, inner: Size) {
        self.aliased += inner.aliased;
        self.height = self.height.max(inner.height);
    }
}

enum Content {
    Sequence(Vec<Value>),
    Mapping {
        entries: Vec<Entry>,
        key: Option<Key>,
    },
}

struct Frame {
    content: Content,
    span: Span,
    is_block: bool,
    anchor: usize,
    size: Size,
}

struct Key {
    /// None: cannot be a key, its value is left out.
    name: Option<Arc<str>>,
    span: Span,
    merges: bool,
}

struct Entry {
    name: Arc<str>,
    key: Span,
    value: Value,
    merged: bool,
}

struct Anchored {
    value: Value,
    weight: u64,
    height: usize,
}

struct Builder<'a> {
    source: SourceId,
    text: &'a str,
    base: usize,
    parsed: &'a mut Parsed,
    used: &'a mut Used,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    /// Keys repeat a lot: each is kept once.
    words: HashMap<String, Arc<str>>,
    keys: Vec<(Span, Span)>,
    root: Option<Value>,
    templated: Option<Span>,
    document: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &granit_parser::Span) {
        let span = self.span(span);
        match event {
            Event::DocumentStart(..) => self.start_document(span),
            Event::DocumentEnd => self.end_document(),
            Event::Comment(..) => self.parsed.comments.push(self.place(span)),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span);
            }
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                self.problem(
                    ProblemCode::Reference,
                    format!("the alias `*{name}` has no anchor before it"),
                    span,
                );
                self.node(unknown(Because::Error), span, 0, Size::default());
            }
            Event::SequenceStart(style, anchor, _) => {
                self.open(Content::Sequence(Vec::new()), style, anchor, span);
            }
            Event::MappingStart(style, anchor, _) => {
                let content = Content::Mapping {
                    entries: Vec::new(),
                    key: None,
                };
                self.open(content, style, anchor, span);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => {}
        }
    }

    fn start_document(&mut self, span: Span) {
        self.document = span.start as usize;
        self.anchors.clear();
        self.stack.clear();
        self.keys.clear();
        self.root = None;
        self.templated = None;
    }

    fn end_document(&mut self) {
        let keys = std::mem::take(&mut self.keys);
        if let Some(span) = self.templated.take() {
            self.parsed.templated.push(self.place(span));
            self.root = None;
        }
        if let Some(value) = self.root.take()
            && let Some(place) = value.origin.place
        {
            self.parsed.documents.push(Document {
                value,
                place,
                keys: Keys::new(keys),
            });
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) {
        let is_plain = style == ScalarStyle::Plain;
        // An absent node is told by its empty span: the parser gives it a text of its own.
        let is_absent = is_plain && span.is_empty();
        let text = if is_absent { "" } else { text };
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.trim(span),
            _ => span,
        };
        let tag = tag.and_then(|tag| tag.suffix_in_namespace("tag:yaml.org,2002:"));
        let typed = match &tag {
            Some(tag) => Some(scalar::tagged(tag, text, is_plain)),
            None if is_plain => scalar::special(text),
            None => None,
        };
        if self.expects_key() {
            // A key as the JSON that Kubernetes makes of a mapping spells it; null is none.
            let name = match &typed {
                Some(value) => value.as_text().map(|name| self.word(&name)),
                None => Some(self.word(text)),
            };
            let merges = is_plain && text == "<<";
            self.key(name, span, merges, is_absent);
            if anchor > 0 {
                let value = typed.unwrap_or_else(|| Value::string(text));
                self.anchor(anchor, value.at(self.place(span)), span, Size::default());
            }
            return;
        }
        if is_absent && self.stack.is_empty() && tag.is_none() {
            return;
        }
        let value = typed.unwrap_or_else(|| Value::string(text));
        self.node(value, span, anchor, Size::default());
    }

    fn alias(&mut self, id: usize, span: Span) {
        let Some(anchored) = self.anchors.get(&id) else {
            self.problem(
                ProblemCode::Cycle,
                format!(
                    "the alias `{}` stands inside its own anchor",
                    span.of(self.text)
                ),
                span,
            );
            self.node(unknown(Because::Error), span, 0, Size::default());
            return;
        };
        let limit = MIN_EXPANSION.max(self.text.len() as u64 * MAX_EXPANSION);
        let fits = self.used.expanded + anchored.weight <= limit
            && self.stack.len() + anchored.height <= MAX_NESTING;
        if !fits {
            self.problem(
                ProblemCode::Limit,
                format!(
                    "the alias `{}` is not followed: aliases may expand to {MAX_EXPANSION} times the text, \
                     {MAX_NESTING} levels deep",
                    span.of(self.text)
                ),
                span,
            );
            self.node(unknown(Because::Limit), span, 0, Size::default());
            return;
        }
        self.used.expanded += anchored.weight;
        let size = Size {
            aliased: anchored.weight,
            height: anchored.height,
        };
        if self.expects_key() {
            let name = anchored.value.as_text().map(|name| Arc::from(&*name));
            self.key(name, span, false, false);
            return;
        }
        let mut value = anchored.value.clone();
        value.origin = Origin {
            place: Some(self.place(span)),
            via: Some(Arc::new(Via {
                step: Step::Parts,
                origins: vec![value.origin],
            })),
        };
        self.node(value, span, 0, size);
    }

    fn open(&mut self, content: Content, style: StructureStyle, anchor: usize, span: Span) {
        let is_block = style == StructureStyle::Block;
        let span = match content {
            Content::Sequence(_) if is_block => self.with_dash(span),
            _ => span,
        };
        self.stack.push(Frame {
            content,
            span,
            is_block,
            anchor,
            size: Size::default(),
        });
    }

    fn close(&mut self, end: Span) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        // The end of a block collection is announced at the next token: its last child knows better.
        let span = if frame.is_block {
            frame.span
        } else {
            frame.span.to(end)
        };
        let data = match frame.content {
            Content::Sequence(items) => Data::Tuple(items.into()),
            Content::Mapping { entries, .. } => Data::Object(Arc::new(self.settle(entries))),
        };
        let size = Size {
            height: frame.size.height + 1,
            ..frame.size
        };
        if self.expects_key() {
            let outer = self.stack.last().map_or(span, |outer| outer.span);
            let at = outer.start as usize;
            if let Some(mark) = template_mark(self.text, at..at + 2) {
                self.templated.get_or_insert(mark);
            } else {
                self.problem(
                    ProblemCode::Syntax,
                    "a key must be a scalar; this entry is left out".to_owned(),
                    span,
                );
            }
            self.key(None, span, false, true);
            return;
        }
        self.node(data.into(), span, frame.anchor, size);
    }

    /// A key, or the reason that there is none (`reported`: already said).
    fn key(&mut self, name: Option<Arc<str>>, span: Span, merges: bool, reported: bool) {
        if name.is_none() && !reported {
            self.problem(
                ProblemCode::Syntax,
                "null cannot be a key; this entry is left out".to_owned(),
                span,
            );
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.span = frame.span.to(span);
            if let Content::Mapping { key, .. } = &mut frame.content {
                *key = Some(Key { name, span, merges });
            }
        }
    }

    /// Nothing more of the text is read.
    fn stop(&mut self) {
        let rest = Span::new(self.document as u32, self.text.len() as u32);
        let message = format!(
            "the file holds more than {MAX_VALUES} values; from this document on it is not read"
        );
        self.problem(ProblemCode::Limit, message, rest);
    }

    /// A finished value goes into the collection around it, or becomes the document.
    fn node(&mut self, value: Value, span: Span, anchor: usize, size: Size) {
        self.used.values += 1;
        if self.expects_key() {
            self.key(None, span, false, false);
            return;
        }
        let source = self.source;
        let Some(frame) = self.stack.last_mut() else {
            let value = placed(value, Place::new(source, span));
            self.anchor(anchor, value.clone(), span, size);
            self.root = Some(value);
            return;
        };
        frame.size.hold(size);
        // What is not written (`key:`) is shown by its key.
        let key_span = match &frame.content {
            Content::Mapping { key: Some(key), .. } => Some(key.span),
            _ => None,
        };
        let shown = match key_span {
            Some(key) if span.is_empty() => key,
            _ => span,
        };
        let value = placed(value, Place::new(source, shown));
        frame.span = frame.span.to(shown);
        let kept = (anchor > 0).then(|| value.clone());
        let mut refused = None;
        match &mut frame.content {
            Content::Sequence(items) => items.push(value),
            Content::Mapping { entries, key } => {
                if let Some(key) = key.take() {
                    if key.merges {
                        refused = merge(value, entries, key.span).err();
                    } else if let Some(name) = key.name {
                        self.keys.push((shown, key.span));
                        entries.push(Entry {
                            name,
                            key: key.span,
                            value,
                            merged: false,
                        });
                    }
                }
            }
        }
        if let Some(value) = kept {
            self.anchor(anchor, value, span, size);
        }
        if let Some(message) = refused {
            self.problem(ProblemCode::Syntax, message, shown);
        }
    }

    /// Sorted by key; of equal keys the last counts, and says so when both were written here.
    fn settle(&mut self, mut entries: Vec<Entry>) -> Entries {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match out.last_mut() {
                Some(before) if before.name == entry.name => {
                    if !before.merged && !entry.merged && self.parsed.problems.len() < MAX_PROBLEMS
                    {
                        let first = Place::new(self.source, before.key);
                        self.parsed.problems.push(
                            Problem::warning(
                                ProblemCode::Duplicate,
                                format!(
                                    "the key `{}` is written twice; the last one counts",
                                    entry.name
                                ),
                            )
                            .at(Place::new(self.source, entry.key))
                            .related(first, "first written here"),
                        );
                    }
                    *before = entry;
                }
                _ => out.push(entry),
            }
        }
        out.into_iter()
            .map(|entry| (entry.name, entry.value))
            .collect()
    }

    fn anchor(&mut self, id: usize, value: Value, span: Span, size: Size) {
        if id > 0 {
            let anchored = Anchored {
                value,
                weight: u64::from(span.len().max(1)) + size.aliased,
                height: size.height,
            };
            self.anchors.insert(id, anchored);
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                content: Content::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(word) = self.words.get(text) {
            return Arc::clone(word);
        }
        let word: Arc<str> = text.into();
        self.words.insert(text.to_owned(), Arc::clone(&word));
        word
    }

    fn problem(&mut self, code: ProblemCode, message: String, span: Span) {
        if self.parsed.problems.len() < MAX_PROBLEMS {
            let place = self.place(span);
            self.parsed
                .problems
                .push(Problem::error(code, message).at(place));
        }
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.source, span)
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        let at = |marker: granit_parser::Marker| {
            let offset = self.base + marker.byte_offset().unwrap_or(0);
            offset.min(self.text.len()) as u32
        };
        Span::new(at(span.start), at(span.end))
    }

    /// A sequence that is not indented is announced behind its first dash.
    fn with_dash(&self, span: Span) -> Span {
        let (before, after) = self
            .text
            .split_at_checked(span.start as usize)
            .unwrap_or_default();
        if !after.starts_with("- ") && before.trim_end_matches([' ', '\t']).ends_with('-') {
            let dash = before.trim_end_matches([' ', '\t']).len() - 1;
            return Span::new(dash as u32, span.end);
        }
        span
    }

    /// Without the blank lines that belong to a block scalar's end.
    fn trim(&self, span: Span) -> Span {
        let length = span.of(self.text).trim_end().len() as u32;
        Span::new(span.start, span.start + length)
    }
}

/// Keeps the way of an alias; everything else is written where it stands.
fn placed(value: Value, place: Place) -> Value {
    if value.origin.via.is_some() {
        value
    } else {
        value.at(place)
    }
}

fn unknown(because: Because) -> Value {
    Value::unknown(because)
}

/// `<<`: takes over the entries of a mapping, or of several of which the first counts most.
fn merge(value: Value, into: &mut Vec<Entry>, key: Span) -> Result<(), String> {
    let wrong = || Err("`<<` merges mappings only; this entry is left out".to_owned());
    let mut take = |entries: &Entries| {
        into.extend(entries.iter().map(|(name, value)| Entry {
            name: Arc::clone(name),
            key,
            value: value.clone(),
            merged: true,
        }));
    };
    match &value.data {
        Data::Object(entries) => take(entries),
        Data::Tuple(all) => {
            for one in all.iter().rev() {
                match &one.data {
                    Data::Object(entries) => take(entries),
                    _ => return wrong(),
                }
            }
        }
        // Its problem is already said.
        Data::Unknown(_) => {}
        _ => return wrong(),
    }
    Ok(())
}
