//! The grammar of bodies, and how to go on after an error.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::ast::{
    Attribute, Block, Body, BodyId, Escapes, Expr, ExprId, ExprKind, Item, Label, List, Literal,
};
use super::errors::shorten;
use super::parser::{Failed, Parser, Parsing};
use crate::problem::ProblemCode;
use crate::source::Span;
use crate::text::{Text, text};

/// Up to so many attributes, names are compared with each other; beyond, sorting them is cheaper.
const FEW: usize = 12;

/// The upper half of a hash. There are fewer bytes in a text than the lower half can count.
const HALF: u64 = !0 << 32;

/// The braces a body stands in.
#[derive(Clone, Copy)]
struct Braces {
    /// Where the type of the block starts.
    block: usize,
    /// From the type to the last label.
    header: Span,
    /// The opening brace.
    open: usize,
}

/// What a line has come to the end of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Argument,
    Block,
}

impl Parser<'_> {
    /// The body of the whole file.
    pub(super) fn whole(&mut self) -> BodyId {
        if self.sees("\u{FEFF}".as_bytes()) {
            self.pos = '\u{FEFF}'.len_utf8();
        }
        self.body(None)
    }

    /// Items up to the closing brace, or to the end.
    fn body(&mut self, braces: Option<Braces>) -> BodyId {
        let start = braces.map_or(0, |braces| braces.open);
        let begin = self.begin::<Item>();
        let mut broken = false;
        let mut attributes = 0;
        loop {
            let mark = self.mark();
            if self.skip_lines().is_err() {
                // A comment that does not end takes the rest of the file along; it is reported.
                broken = true;
                self.stopped = true;
            }
            if self.stopped || self.at_end() {
                broken |= self.stopped;
                if let Some(braces) = braces {
                    self.left_open(braces, None);
                    broken = true;
                }
                break;
            }
            if let Some(braces) = braces {
                if self.by_layout && self.leaves(braces) {
                    self.left_open(braces, Some(self.pos));
                    broken = true;
                    break;
                }
                if self.eat(b'}') {
                    break;
                }
            }
            let item_start = self.pos;
            match self.item(&mut attributes) {
                Ok(()) => {}
                Err(Failed) => {
                    broken = true;
                    let failed = self.pos;
                    self.reset(&mark);
                    self.recover(item_start, failed, braces);
                }
            }
        }
        if attributes > 1 {
            self.refuse_duplicates(begin, attributes);
        }
        let items = self.seal(begin);
        let end = if braces.is_some() {
            self.end.max(start)
        } else {
            self.bytes.len()
        };
        self.add(Body {
            items,
            span: Self::span(start, end),
            broken,
        })
    }

    /// An attribute or a block with the line break after it.
    fn item(&mut self, attributes: &mut usize) -> Parsing<()> {
        if !self.at_name() {
            return self.no_item();
        }
        let start = self.pos;
        let name = self.name();
        self.skip()?;
        match self.byte() {
            b'=' if self.byte_at(self.pos + 1) != b'=' => {
                *attributes += 1;
                self.attribute(name)?;
                self.skip()?;
                self.end_of_line(Ends::Argument)
            }
            b'{' | b'"' => self.block(start, name),
            _ if self.at_name() => self.block(start, name),
            _ => {
                let problem = self
                    .unexpected(Text::new(
                        "`=` and a value, or a block",
                        "`=` et une valeur, ou un bloc",
                    ))
                    .help(text!(
                        "write `{0} = ...` to set an argument, `{0} {{ ... }}` to open a block",
                        "écrivez `{0} = ...` pour un argument, `{0} {{ ... }}` pour ouvrir un bloc",
                        shorten(self.slice(name))
                    ));
                self.fail(problem)
            }
        }
    }

    #[cold]
    fn no_item(&mut self) -> Parsing<()> {
        let problem = match self.byte() {
            b'"' => {
                let end = self.pos + 1;
                self.problem(
                    ProblemCode::Syntax,
                    self.pos,
                    end,
                    Text::new(
                        "names of arguments are not quoted",
                        "les noms d’arguments s’écrivent sans guillemets",
                    ),
                )
                .help(Text::new("leave out the quotes", "ôtez les guillemets"))
            }
            b'}' => {
                let end = self.pos + 1;
                self.problem(
                    ProblemCode::Syntax,
                    self.pos,
                    end,
                    Text::new(
                        "this brace closes no block",
                        "cette accolade ne ferme aucun bloc",
                    ),
                )
                .help(Text::new(
                    "remove it, or look for a brace too many above it",
                    "ôtez-la, ou cherchez plus haut une accolade en trop",
                ))
            }
            _ => self.unexpected(Text::new(
                "an argument or a block",
                "un argument ou un bloc",
            )),
        };
        self.fail(problem)
    }

    /// From `=` on. A value that cannot be read leaves an attribute with an invalid value.
    fn attribute(&mut self, name: Span) -> Parsing<()> {
        self.take(1);
        let outer = self.tainted;
        self.tainted = false;
        let value = self.expression();
        let value = match value {
            Ok(value) => {
                if self.tainted {
                    self.spoil(value);
                }
                self.tainted = outer;
                value
            }
            Err(Failed) => {
                let start = name.end as usize;
                let span = Self::span(start, self.end.max(start));
                let value = self.add(Expr {
                    span,
                    kind: ExprKind::Invalid,
                });
                self.keep_invalid(name, value, span);
                return Err(Failed);
            }
        };
        let span = Self::span(name.start as usize, self.end);
        self.push(Item::Attribute(Attribute { name, value, span }));
        Ok(())
    }

    fn spoil(&mut self, value: ExprId) {
        if let Some(expr) = self.arenas.exprs.get_mut(value.index()) {
            expr.kind = ExprKind::Invalid;
        }
    }

    #[cold]
    fn keep_invalid(&mut self, name: Span, value: ExprId, span: Span) {
        self.salvaged = Some(Item::Attribute(Attribute {
            name,
            value,
            span: name.to(span),
        }));
    }

    /// Labels, braces and body, after the type.
    fn block(&mut self, start: usize, kind: Span) -> Parsing<()> {
        let begin = self.begin::<Label>();
        let mut header = kind;
        loop {
            let label_start = self.pos;
            let text = match self.byte() {
                b'{' => break,
                b'"' => self.quoted_label()?,
                _ if self.at_name() => Literal {
                    span: self.name(),
                    escapes: Escapes::None,
                },
                _ => {
                    let problem = self
                        .unexpected(Text::new(
                            "`{` to open the block",
                            "`{` pour ouvrir le bloc",
                        ))
                        .help(Text::new(
                            "the brace stands on the line of the block's type and labels",
                            "l’accolade se place sur la ligne du type et des étiquettes du bloc",
                        ));
                    return self.fail(problem);
                }
            };
            header.end = self.end as u32;
            self.push(Label {
                span: Self::span(label_start, self.end),
                text,
            });
            self.skip()?;
        }
        let labels = self.seal(begin);
        let braces = Braces {
            block: start,
            header,
            open: self.pos,
        };
        self.enter()?;
        self.take(1);
        self.skip()?;
        let body = if self.at_line_end() || self.byte() == b'}' {
            self.body(Some(braces))
        } else {
            match self.one_line_body(braces) {
                Ok(body) => body,
                Err(Failed) => return self.keep_broken(braces, kind, labels),
            }
        };
        self.depth -= 1;
        let span = Self::span(start, self.end);
        self.push(Item::Block(Block {
            kind,
            labels,
            header,
            body,
            span,
        }));
        if self.stopped {
            return Ok(());
        }
        if self.by_layout
            && self
                .arenas
                .bodies
                .get(body.index())
                .is_some_and(|body| body.broken)
        {
            // The brace may be missing: what follows is an item of the body around.
            return Ok(());
        }
        self.skip()?;
        self.end_of_line(Ends::Block)
    }

    /// `name = value }`: what a block on one line may hold.
    fn one_line_body(&mut self, braces: Braces) -> Parsing<BodyId> {
        let begin = self.begin::<Item>();
        if !self.at_name() {
            self.no_item()?;
        }
        let name = self.name();
        self.skip()?;
        if self.byte() != b'=' || self.byte_at(self.pos + 1) == b'=' {
            let problem = self.unexpected(Text::new("`=` and a value", "`=` et une valeur")).help(
                Text::new("a block on one line holds one argument; give nested blocks lines of their own", "un bloc sur une ligne contient un seul argument ; donnez aux blocs imbriqués leurs propres lignes"),
            );
            return self.fail(problem);
        }
        self.attribute(name)?;
        self.skip()?;
        if !self.eat(b'}') {
            let open = self.place(Self::span(braces.open, braces.open + 1));
            let problem = self
                .unexpected(Text::same("`}`"))
                .help(Text::new("a block on one line holds one argument and closes on that line; put each argument on a line of its own", "un bloc sur une ligne contient un seul argument et se ferme sur cette ligne ; mettez chaque argument sur sa propre ligne"))
                .related(open, Text::new("the block opened here", "le bloc s’ouvre ici"));
            return self.fail(problem);
        }
        let items = self.seal(begin);
        Ok(self.add(Body {
            items,
            span: Self::span(braces.open, self.end),
            broken: false,
        }))
    }

    /// Keeps a block whose only line could not be read.
    #[cold]
    fn keep_broken(&mut self, braces: Braces, kind: Span, labels: List<Label>) -> Parsing<()> {
        let begin = self.begin::<Item>();
        if let Some(attribute) = self.salvaged.take() {
            self.push(attribute);
        }
        let items = self.seal(begin);
        let end = self.end.max(braces.open + 1);
        let body = self.add(Body {
            items,
            span: Self::span(braces.open, end),
            broken: true,
        });
        self.salvaged = Some(Item::Block(Block {
            kind,
            labels,
            header: braces.header,
            body,
            span: Self::span(braces.block, end),
        }));
        Err(Failed)
    }

    fn end_of_line(&mut self, what: Ends) -> Parsing<()> {
        if self.at_line_end() {
            return Ok(());
        }
        let problem = self.unexpected(Text::new("the end of the line", "la fin de la ligne"));
        let problem = match self.byte() {
            b',' => problem.help(Text::new(
                "arguments are separated by line breaks, not commas",
                "les arguments se séparent par des retours à la ligne, pas par des virgules",
            )),
            b'}' if what == Ends::Argument => problem.help(Text::new(
                "put the closing brace on a line of its own",
                "mettez l’accolade fermante sur sa propre ligne",
            )),
            _ if problem.help.is_some() => problem,
            _ => problem.help(match what {
                Ends::Argument => Text::new(
                    "start a new line after this argument",
                    "allez à la ligne après cet argument",
                ),
                Ends::Block => Text::new(
                    "start a new line after this block",
                    "allez à la ligne après ce bloc",
                ),
            }),
        };
        self.fail(problem)
    }

    /// Reports each attribute that was there before.
    fn refuse_duplicates(&mut self, begin: usize, attributes: usize) {
        let text = self.text;
        let names = |item: &Item| match item {
            Item::Attribute(attribute) => Some(attribute.name),
            Item::Block(_) => None,
        };
        let mut twice: Vec<(Span, Span)> = Vec::new();
        let items = self.stacks.items.get(begin..).unwrap_or_default();
        if attributes <= FEW {
            for (at, name) in items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| Some((at, names(item)?)))
            {
                let mut before = items.iter().take(at).filter_map(names);
                if let Some(first) = before.find(|first| first.of(text) == name.of(text)) {
                    twice.push((first, name));
                }
            }
        } else {
            let names: Vec<Span> = items.iter().filter_map(names).collect();
            same_names(&names, text, &mut twice);
        }
        for (first, name) in twice {
            let problem = self
                .problem(
                    ProblemCode::Duplicate,
                    name.start as usize,
                    name.end as usize,
                    text!(
                        "`{}` is set twice",
                        "`{}` est renseigné deux fois",
                        shorten(name.of(text))
                    ),
                )
                .help(Text::new("remove one of the two", "ôtez l’un des deux"))
                .related(
                    self.place(first),
                    Text::new("it was set here", "il est renseigné ici"),
                );
            self.report(problem);
        }
    }

    /// Reports a block without its closing brace. `before` is where the layout says it should have been.
    #[cold]
    fn left_open(&mut self, braces: Braces, before: Option<usize>) {
        self.left_open = true;
        if self.stopped {
            return;
        }
        let header = self.slice(braces.header);
        let problem = self.problem(
            ProblemCode::Syntax,
            braces.block,
            braces.open + 1,
            text!(
                "the block `{}` is not closed",
                "le bloc `{}` n’est pas fermé",
                shorten(header)
            ),
        );
        let problem = match before {
            Some(at) => problem
                .help(Text::new(
                    "add `}` before what follows it",
                    "ajoutez `}` avant ce qui le suit",
                ))
                .related(
                    self.place(Self::span(at, at)),
                    Text::new(
                        "the brace is missing before this",
                        "l’accolade manque avant ceci",
                    ),
                ),
            None => problem.help(Text::new("add `}` at its end", "ajoutez `}` à sa fin")),
        };
        self.report(problem);
    }

    /// Whether what starts a line here stands too far left to be inside the block.
    fn leaves(&self, braces: Braces) -> bool {
        let Some(column) = self.indentation(self.pos) else {
            return false;
        };
        let Some(block) = self.indentation(braces.block) else {
            return false;
        };
        if self.byte() == b'}' {
            column < block
        } else {
            column <= block
        }
    }

    /// How far from the start of the line; none when other text stands before it.
    fn indentation(&self, at: usize) -> Option<usize> {
        let before = self.bytes.get(..at)?;
        let blank = before
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let line_start = at - blank;
        (line_start == 0 || self.byte_at(line_start - 1) == b'\n').then_some(blank)
    }

    /// Goes to the next place where an item, or the end of the body around it, seems to start: a line no further in than
    /// the item that was given up. Code is mostly indented well, and brackets cannot be trusted here.
    #[cold]
    fn recover(&mut self, item: usize, failed: usize, braces: Option<Braces>) {
        if let Some(item) = self.salvaged.take() {
            self.push(item);
        }
        if self.stopped {
            self.pos = self.bytes.len();
            return;
        }
        let indent = self.indentation(item).unwrap_or(0);
        let outside = braces.map(|braces| self.indentation(braces.block).unwrap_or(0));
        let mut line = match self.indentation(failed) {
            Some(blank) if failed > item => failed - blank,
            _ => self.next_line(failed.max(item)),
        };
        while line < self.bytes.len() {
            self.pos = line;
            while matches!(self.byte(), b' ' | b'\t') {
                self.pos += 1;
            }
            let column = self.pos - line;
            if self.byte() == b'}' {
                let unformatted = outside.is_some_and(|outside| outside >= indent);
                if outside.is_some() && (column < indent || unformatted) {
                    return;
                }
            } else if column <= indent && self.starts_item() {
                return;
            }
            line = self.next_line(self.pos);
        }
        self.pos = self.bytes.len();
    }

    /// Whether what stands here looks like `name =`, `name "`, `name {` or `name name`.
    fn starts_item(&self) -> bool {
        if !self.at_name() {
            return false;
        }
        let mut at = self.name_end(self.pos);
        while matches!(self.byte_at(at), b' ' | b'\t') {
            at += 1;
        }
        match self.byte_at(at) {
            b'=' => !matches!(self.byte_at(at + 1), b'=' | b'>'),
            b'{' | b'"' | b'_' => true,
            byte => byte.is_ascii_alphabetic(),
        }
    }

    fn next_line(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |len| at + len + 1)
    }
}

/// Finds names that come again: pairs of the first and each later one, in source order.
///
/// Sorts by half a hash and position first, packed so that a body of a hundred thousand attributes stays in the cache, and
/// by text only where halves are equal, so that made-up collisions gain nothing.
fn same_names(names: &[Span], text: &str, twice: &mut Vec<(Span, Span)>) {
    let mut packed: Vec<u64> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let mut hasher = DefaultHasher::new();
            name.of(text).hash(&mut hasher);
            hasher.finish() & HALF | at as u64
        })
        .collect();
    packed.sort_unstable();
    let alike = packed.chunk_by(|a, b| a & HALF == b & HALF);
    for run in alike.filter(|run| run.len() > 1) {
        let name = |packed: &u64| names.get((packed & !HALF) as usize).copied();
        let mut run: Vec<Span> = run.iter().filter_map(name).collect();
        run.sort_by_key(|name| name.of(text));
        for same in run.chunk_by(|a, b| a.of(text) == b.of(text)) {
            if let [first, later @ ..] = same {
                twice.extend(later.iter().map(|name| (*first, *name)));
            }
        }
    }
    twice.sort_unstable_by_key(|(_, name)| name.start);
}
