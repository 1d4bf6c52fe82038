//! What an ignore speaks of: the code that starts on its line or, when it stands alone, on the next one.

use hashbrown::HashMap;

use crate::kubernetes::Manifest;
use crate::source::{Place, Source, SourceId, Span};
use crate::syntax::hcl::{self, Body, ExprId, ExprKind, File, Item};
use crate::syntax::yaml::Keys;
use crate::value::Value;

/// The notation of a source: says which lines an ignore looks past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Hcl,
    Yaml,
}

/// The part of a source that an ignore speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Region {
    /// What is written there.
    pub(super) span: Span,
}

/// Where the items of one source start: attributes, blocks, entries, elements, expressions.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Sorted; of those that start together the longest first.
    all: Vec<Span>,
    /// Lines that declare an object of Kubernetes, with the object.
    headers: Vec<(Span, Span)>,
    /// The outermost blocks, in order.
    blocks: Vec<Span>,
}

impl Items {
    fn sorted(mut self) -> Self {
        self.all
            .sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        self.all.dedup();
        self.headers.sort_unstable();
        self
    }

    /// Of a text of HCL.
    pub(super) fn of_hcl(file: &File) -> Self {
        let mut items = Self::default();
        for item in file.list(file.root().items) {
            if let Item::Block(block) = item {
                items.blocks.push(block.span);
            }
        }
        items.body(file, file.root());
        items.sorted()
    }

    fn body(&mut self, file: &File, body: &Body) {
        for item in file.list(body.items) {
            match item {
                Item::Attribute(attribute) => {
                    self.all.push(attribute.span);
                    self.expression(file, attribute.value);
                }
                Item::Block(block) => {
                    self.all.push(block.span);
                    self.body(file, file.get(block.body));
                }
            }
        }
    }

    /// Recursion is bounded by the nesting limit of the parser.
    fn expression(&mut self, file: &File, id: ExprId) {
        let expr = file.expr(id);
        self.all.push(expr.span);
        if let ExprKind::Object(members) = expr.kind {
            for member in file.list(members) {
                let (key, value) = (file.expr(member.key), file.expr(member.value));
                self.all.push(key.span.to(value.span));
            }
        }
        file.children(id, &mut |inner| self.expression(file, inner));
    }

    /// Of the objects of Kubernetes that a source holds.
    pub(super) fn of_objects<'m>(
        source: SourceId,
        manifests: impl Iterator<Item = &'m Manifest>,
    ) -> Self {
        let mut items = Self::default();
        for manifest in manifests {
            let here = |place: Place| (place.source == source).then_some(place.span);
            let Some(block) = here(manifest.block) else {
                continue;
            };
            items.all.push(block);
            // What stands where the object is declared is about the object.
            let version = manifest.value.entry("apiVersion");
            let version = version.and_then(|value| manifest.keys.entry_of(value));
            let lines = [Some(manifest.header), version].into_iter().flatten();
            let lines = lines.filter_map(here).filter(|line| *line != block);
            items.headers.extend(lines.map(|line| (line, block)));
            items.value(source, &manifest.value, &manifest.keys);
        }
        items.sorted()
    }

    /// Recursion is bounded by the nesting limit of the parser.
    fn value(&mut self, source: SourceId, value: &Value, keys: &Keys) {
        let entries = value.entries().unwrap_or_default();
        let inner = entries
            .iter()
            .map(|(_, value)| (value, keys.entry_of(value)))
            .chain(
                value
                    .elements()
                    .unwrap_or_default()
                    .iter()
                    .map(|one| (one, one.origin.place)),
            );
        for (value, place) in inner {
            let here = |place: Option<Place>| {
                let place = place.filter(|place| place.source == source)?;
                Some(place.span)
            };
            self.all.extend(here(place));
            // What an alias brings is written elsewhere.
            if value.origin.via.is_none() {
                self.value(source, value, keys);
            }
        }
    }

    /// All that starts on a line; where an object is declared, the object.
    fn starting_on(&self, line: Span) -> Option<Span> {
        let on_line = |span: &Span| span.start < line.end.max(line.start + 1);
        let at = self.headers.partition_point(|(h, _)| h.start < line.start);
        if let Some((_, block)) = self.headers.get(at).filter(|(h, _)| on_line(h)) {
            return Some(*block);
        }
        let at = self.all.partition_point(|span| span.start < line.start);
        let rest = self.all.get(at..).unwrap_or_default();
        rest.iter()
            .take_while(|span| on_line(span))
            .copied()
            .reduce(Span::to)
    }
}

/// Finds what the comments of a source speak of, from the last to the first.
pub(super) struct Finder<'a> {
    source: &'a Source,
    notation: Notation,
    items: &'a Items,
    /// By line.
    known: HashMap<u32, Option<Region>>,
    /// The line of the last comment that was alone, and where it led.
    after: Option<(u32, Option<Region>)>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(source: &'a Source, notation: Notation, items: &'a Items) -> Self {
        Self {
            source,
            notation,
            items,
            known: HashMap::new(),
            after: None,
        }
    }

    /// The outermost block that a comment stands in.
    pub(super) fn around(&self, comment: Span) -> Option<Region> {
        let blocks = &self.items.blocks;
        let before = blocks.partition_point(|block| block.start <= comment.start);
        let span = *blocks.get(before.checked_sub(1)?)?;
        (comment.end <= span.end).then_some(Region { span })
    }

    /// The code that a comment speaks of; comments have to come in reverse order.
    pub(super) fn of(&mut self, comment: Span) -> Option<Region> {
        let first = self.source.line(comment.start);
        let last = self.source.line(comment.end);
        let text = |line, cut: fn(Span, Span) -> Span| {
            let span = self.source.line_span(line).unwrap_or_default();
            cut(span, comment).of(self.source.text())
        };
        let before = text(first, |line, comment| Span::new(line.start, comment.start));
        // A byte order mark is no code.
        let before = before.trim_start_matches('\u{feff}');
        let behind = text(last, |line, comment| Span::new(comment.end, line.end));
        // A dash alone announces what follows.
        let is_dash = self.notation == Notation::Yaml && before.trim() == "-";
        if !before.trim_start().is_empty() && !is_dash {
            self.on_line(first)
        } else if !behind.trim_start().is_empty() {
            self.on_line(last)
        } else {
            let found = self.below(last);
            self.after = Some((first, found));
            found
        }
    }

    /// What starts on the first line below one that holds code.
    fn below(&mut self, line: u32) -> Option<Region> {
        let mut at = line + 1;
        loop {
            match self.after {
                Some((comment, found)) if comment == at => return found,
                _ => {}
            }
            let span = self.source.line_span(at)?;
            let text = span.of(self.source.text()).trim();
            let is_passed = match self.notation {
                _ if text.starts_with('#') => true,
                Notation::Hcl => {
                    text.starts_with("//") || (text.starts_with("/*") && text.ends_with("*/"))
                }
                // Templates are looked through: what they make stands below them.
                Notation::Yaml => text == "---" || (text.starts_with("{{") && text.ends_with("}}")),
            };
            if !is_passed {
                return self.on_line(at);
            }
            at += 1;
        }
    }

    fn on_line(&mut self, line: u32) -> Option<Region> {
        if let Some(known) = self.known.get(&line) {
            return *known;
        }
        let found = self.source.line_span(line).and_then(|span| self.line(span));
        self.known.insert(line, found);
        found
    }

    fn line(&mut self, line: Span) -> Option<Region> {
        let text = line.of(self.source.text());
        let indent = text.len() - text.trim_start_matches([' ', '\t', '-']).len();
        let code = text.get(indent..).unwrap_or_default();
        // What `<<` brings stands where the alias does.
        if self.notation == Notation::Yaml && code.starts_with("<<") {
            let span = Span::new(line.start + indent as u32, line.end);
            return Some(Region { span });
        }
        let span = self.items.starting_on(line)?;
        Some(Region { span })
    }
}

/// The comments of a text of HCL that may hold an ignore, and its items.
pub(super) fn of_hcl(
    source: SourceId,
    text: &Source,
    may_hold: impl Fn(&str) -> bool,
) -> (Vec<Span>, Items) {
    let parsed = hcl::parse(source, text.shared_text());
    let file = &parsed.file;
    let comments = file.comments().iter().map(|comment| comment.span);
    let comments: Vec<Span> = comments
        .filter(|span| may_hold(span.of(text.text())))
        .collect();
    let items = match comments.is_empty() {
        true => Items::default(),
        false => Items::of_hcl(file),
    };
    (comments, items)
}
