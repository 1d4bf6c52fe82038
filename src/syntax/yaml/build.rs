//! Nodes one after another become values with places.
//!
//! Both readers of a text, the parser's events and [`quick`](super::quick), tell the builder what they meet; what it
//! means (types, merge keys, aliases, limits) is decided here alone.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::sync::Arc;

use granit_parser::{ScalarStyle, Tag};

use super::entries::{self, Entry};
use super::words::Words;
use super::{
    Document, Keys, MAX_EXPANSION, MAX_MOVED, MAX_NESTING, MAX_PROBLEMS, MIN_EXPANSION, Parsed,
    scalar,
};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::text::{Text, text};
use crate::value::{Because, Data, Value};

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

/// What kind of collection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    Sequence,
    Mapping,
}

struct Frame {
    opening: Opening,
    /// Where its elements or entries begin among those of all open collections.
    from: usize,
    /// A key that waits for its value.
    key: Option<Key>,
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
    /// Its place among the keys of the document.
    index: usize,
}

struct Anchored {
    value: Value,
    weight: u64,
    height: usize,
}

pub(super) struct Builder<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    pub(super) parsed: Parsed,
    /// Bytes that aliases have expanded to in the whole text.
    expanded: u64,
    /// Values of the whole text.
    values: usize,
    /// Values that may still be moved to the place of an alias.
    movable: usize,
    /// Keys and short texts repeat a lot: each is kept once.
    words: Words,
    stack: Vec<Frame>,
    items: Vec<Value>,
    entries: Vec<Entry>,
    anchors: HashMap<usize, Anchored>,
    /// Values and their keys, in the order of the text.
    keys: Vec<(Span, Span)>,
    root: Option<Value>,
    templated: Option<Span>,
    /// Where the document starts that is being read.
    pub(super) document: usize,
    /// It has been read to its end.
    pub(super) is_complete: bool,
}

/// How far a builder was.
pub(super) struct Mark {
    documents: usize,
    problems: usize,
    comments: usize,
    values: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: SourceId, text: &'a str) -> Self {
        Self {
            source,
            text,
            parsed: Parsed::default(),
            expanded: 0,
            values: 0,
            movable: MAX_MOVED,
            words: Words::new(),
            stack: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            anchors: HashMap::new(),
            keys: Vec::new(),
            root: None,
            templated: None,
            document: 0,
            is_complete: false,
        }
    }

    /// Values read so far.
    pub(super) fn values(&self) -> usize {
        self.values
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            documents: self.parsed.documents.len(),
            problems: self.parsed.problems.len(),
            comments: self.parsed.comments.len(),
            values: self.values,
        }
    }

    /// Takes back what was told since.
    pub(super) fn back_to(&mut self, mark: &Mark) {
        self.parsed.documents.truncate(mark.documents);
        self.parsed.problems.truncate(mark.problems);
        self.parsed.comments.truncate(mark.comments);
        self.values = mark.values;
    }

    pub(super) fn comment(&mut self, span: Span) {
        let place = self.place(span);
        self.parsed.comments.push(place);
    }

    pub(super) fn start_document(&mut self, span: Span) {
        self.document = span.start as usize;
        self.is_complete = false;
        self.anchors.clear();
        self.stack.clear();
        self.items.clear();
        self.entries.clear();
        self.keys.clear();
        self.root = None;
        self.templated = None;
    }

    pub(super) fn end_document(&mut self) {
        self.is_complete = true;
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
                keys: Keys::new(&self.keys),
            });
        }
        self.keys.clear();
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) {
        let is_plain = style == ScalarStyle::Plain;
        // An absent node is told by its empty span: the parser gives it a text of its own.
        let is_absent = is_plain && span.is_empty();
        let text = if is_absent { Cow::Borrowed("") } else { text };
        let span = match style {
            ScalarStyle::Literal | ScalarStyle::Folded => self.trim(span),
            _ => span,
        };
        let tag = tag.and_then(|tag| tag.suffix_in_namespace("tag:yaml.org,2002:"));
        let typed = match &tag {
            Some(tag) => Some(scalar::tagged(tag, &text, is_plain)),
            None if is_plain => scalar::special(&text),
            None => None,
        };
        if self.expects_key() {
            // A key as the JSON that Kubernetes makes of a mapping spells it; null is none.
            let name = match &typed {
                Some(value) => value.as_text().map(|name| self.words.of(&name)),
                None => Some(self.words.of(&text)),
            };
            let merges = is_plain && text == "<<";
            self.key(name, span, merges, is_absent);
            if anchor > 0 {
                let value = typed.unwrap_or_else(|| Value::string(&*text));
                self.anchor(anchor, value.at(self.place(span)), span, Size::default());
            }
            return;
        }
        if is_absent && self.stack.is_empty() && tag.is_none() {
            return;
        }
        let value = match typed {
            Some(value) => value,
            None => Value::string(self.words.of(&text)),
        };
        self.node(value, span, anchor, Size::default());
    }

    /// An alias whose name was not met before.
    pub(super) fn unresolved(&mut self, name: &str, span: Span) {
        self.problem(
            ProblemCode::Reference,
            text!(
                "the alias `*{name}` has no anchor before it",
                "l’alias `*{name}` n’a pas d’ancre avant lui"
            ),
            span,
        );
        self.node(Value::unknown(Because::Error), span, 0, Size::default());
    }

    pub(super) fn alias(&mut self, id: usize, span: Span) {
        let Some(anchored) = self.anchors.get(&id) else {
            self.problem(
                ProblemCode::Cycle,
                text!(
                    "the alias `{}` stands inside its own anchor",
                    "l’alias `{}` se trouve dans sa propre ancre",
                    span.of(self.text)
                ),
                span,
            );
            self.node(Value::unknown(Because::Error), span, 0, Size::default());
            return;
        };
        let limit = MIN_EXPANSION.max(self.text.len() as u64 * MAX_EXPANSION);
        let fits = self.expanded + anchored.weight <= limit
            && self.stack.len() + anchored.height <= MAX_NESTING;
        if !fits {
            self.problem(
                ProblemCode::Limit,
                text!(
                    "the alias `{}` is not followed: aliases may expand to {MAX_EXPANSION} times the text, \
                     {MAX_NESTING} levels deep",
                    "l’alias `{}` n’est pas suivi : les alias peuvent s’étendre à {MAX_EXPANSION} fois le texte, \
                     sur {MAX_NESTING} niveaux",
                    span.of(self.text)
                ),
                span,
            );
            self.node(Value::unknown(Because::Limit), span, 0, Size::default());
            return;
        }
        self.expanded += anchored.weight;
        let size = Size {
            aliased: anchored.weight,
            height: anchored.height,
        };
        if self.expects_key() {
            let name = anchored.value.as_text().map(|name| Arc::from(&*name));
            self.key(name, span, false, false);
            return;
        }
        let place = Place::new(self.source, span);
        let value = entries::moved(&anchored.value, place, &mut self.movable);
        self.node(value, span, 0, size);
    }

    pub(super) fn open(&mut self, opening: Opening, is_block: bool, anchor: usize, span: Span) {
        let (span, from) = match opening {
            Opening::Sequence if is_block => (self.with_dash(span), self.items.len()),
            Opening::Sequence => (span, self.items.len()),
            Opening::Mapping => (span, self.entries.len()),
        };
        self.stack.push(Frame {
            opening,
            from,
            key: None,
            span,
            is_block,
            anchor,
            size: Size::default(),
        });
    }

    pub(super) fn close(&mut self, end: Span) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        // The end of a block collection is announced at the next token: its last child knows better.
        let span = if frame.is_block {
            frame.span
        } else {
            frame.span.to(end)
        };
        let data = match frame.opening {
            Opening::Sequence => {
                let from = frame.from.min(self.items.len());
                Data::Tuple(self.items.drain(from..).collect())
            }
            Opening::Mapping => {
                let from = frame.from.min(self.entries.len());
                let source = self.source;
                let problems = &mut self.parsed.problems;
                let settled = entries::settle(&mut self.entries, from, |twice, first, name| {
                    if problems.len() < MAX_PROBLEMS {
                        problems.push(duplicate(source, twice, first, name));
                    }
                });
                Data::Object(Arc::new(settled))
            }
        };
        let size = Size {
            height: frame.size.height + 1,
            ..frame.size
        };
        if self.expects_key() {
            let outer = self.stack.last().map_or(span, |outer| outer.span);
            let at = outer.start as usize;
            if self
                .text
                .get(at..)
                .is_some_and(|text| text.starts_with("{{"))
            {
                let mark = Span::new(outer.start, outer.start + 2);
                self.templated.get_or_insert(mark);
            } else {
                self.problem(
                    ProblemCode::Syntax,
                    Text::new(
                        "a key must be a scalar; this entry is left out",
                        "une clé doit être un scalaire ; cette entrée est laissée de côté",
                    ),
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
                Text::new(
                    "null cannot be a key; this entry is left out",
                    "null ne peut pas être une clé ; cette entrée est laissée de côté",
                ),
                span,
            );
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.span = frame.span.to(span);
            if frame.opening == Opening::Mapping {
                let index = self.keys.len();
                // Until its value has come it is its own.
                if name.is_some() {
                    self.keys.push((span, span));
                }
                frame.key = Some(Key {
                    name,
                    span,
                    merges,
                    index,
                });
            }
        }
    }

    /// A finished value goes into the collection around it, or becomes the document.
    fn node(&mut self, value: Value, span: Span, anchor: usize, size: Size) {
        self.values += 1;
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
        let shown = match &frame.key {
            Some(key) if span.is_empty() => key.span,
            _ => span,
        };
        let value = placed(value, Place::new(source, shown));
        frame.span = frame.span.to(shown);
        let kept = (anchor > 0).then(|| value.clone());
        let mut refused = None;
        if frame.opening == Opening::Sequence {
            self.items.push(value);
        } else if let Some(key) = frame.key.take()
            && let Some(name) = key.name
        {
            if let Some(pair) = self.keys.get_mut(key.index) {
                pair.0 = shown;
            }
            if key.merges {
                refused = entries::merge(value, &mut self.entries, key.span).err();
            } else {
                self.entries.push(Entry {
                    name,
                    key: key.span,
                    value,
                    merged: false,
                });
            }
        }
        if let Some(value) = kept {
            self.anchor(anchor, value, span, size);
        }
        if let Some(message) = refused {
            self.problem(ProblemCode::Syntax, message, shown);
        }
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
                opening: Opening::Mapping,
                key: None,
                ..
            })
        )
    }

    pub(super) fn problem(&mut self, code: ProblemCode, message: Text, span: Span) {
        if self.parsed.problems.len() < MAX_PROBLEMS {
            let place = self.place(span);
            let problem = Problem::error(code, message).at(place);
            self.parsed.problems.push(problem);
        }
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.source, span)
    }

    /// A sequence that is not indented is announced behind its first dash.
    fn with_dash(&self, span: Span) -> Span {
        let (before, after) = self
            .text
            .split_at_checked(span.start as usize)
            .unwrap_or_default();
        let is_there = after.starts_with('-')
            && matches!(
                after.as_bytes().get(1),
                None | Some(b' ' | b'\t' | b'\r' | b'\n')
            );
        if !is_there && before.trim_end_matches([' ', '\t']).ends_with('-') {
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

fn duplicate(source: SourceId, twice: Span, first: Span, name: &str) -> Problem {
    Problem::warning(
        ProblemCode::Duplicate,
        text!(
            "the key `{name}` is written twice; the last one counts",
            "la clé `{name}` est écrite deux fois ; la dernière compte"
        ),
    )
    .at(Place::new(source, twice))
    .related(
        Place::new(source, first),
        Text::new("first written here", "écrite ici d’abord"),
    )
}

/// Keeps the way of an alias; everything else is written where it stands.
fn placed(value: Value, place: Place) -> Value {
    if value.origin.via.is_some() {
        value
    } else {
        value.at(place)
    }
}
