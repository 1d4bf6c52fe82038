//! The grammar of templates: quoted strings, heredocs, template files.
//!
//! As in Terraform, a template is first a flat run of pieces. White space markers (`~`) and the indentation of `<<-`
//! act on these pieces, where each line of a heredoc is one; only then do directives nest.

use super::ast::{
    Escapes, ExprId, ExprKind, ForDirective, IfDirective, List, Literal, Part, PartKind,
};
use super::errors::shorten;
use super::escape;
use super::parser::{Parser, Parsing};
use crate::problem::ProblemCode;
use crate::source::Span;
use crate::text::{Text, text};

/// One piece of a template before directives nest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flat {
    span: Span,
    kind: FlatKind,
}

#[derive(Debug, Clone, Copy)]
enum FlatKind {
    Literal(Escapes),
    Interpolation(ExprId),
    If(ExprId),
    Else,
    EndIf,
    For {
        key_name: Option<Span>,
        value_name: Span,
        collection: ExprId,
    },
    EndFor,
}

/// A quoted label or a template's literal text between two sequences.
enum QuotedEnd {
    Quote,
    Sequence,
}

impl Parser<'_> {
    /// A quoted string, from its opening quote.
    pub(super) fn quoted(&mut self) -> Parsing<ExprId> {
        let start = self.pos;
        self.take(1);
        let begin = self.stacks.flats.len();
        let mut trim = false;
        loop {
            let (literal, ended) = self.quoted_literal(start)?;
            self.literal_piece(literal, &mut trim);
            match ended {
                QuotedEnd::Quote => break,
                QuotedEnd::Sequence => trim = self.sequence(begin)?,
            }
        }
        let inner = self.pos;
        self.take(1);
        self.finish_template(start, begin, inner)
    }

    /// Literal text of a quoted string up to its closing quote or the next sequence.
    fn quoted_literal(&mut self, opener: usize) -> Parsing<(Literal, QuotedEnd)> {
        let start = self.pos;
        let mut escapes = Escapes::None;
        let ended = loop {
            let at = self.pos;
            match self.byte() {
                b'"' => break QuotedEnd::Quote,
                b'\\' => {
                    escapes = Escapes::Quoted;
                    match self.bytes.get(at..).and_then(escape::sequence) {
                        Some((_, len)) => self.pos += len,
                        None => self.bad_escape(),
                    }
                }
                b'$' | b'%' if self.byte_at(at + 1) == b'{' => {
                    if at == start || self.byte_at(at - 1) != self.byte() {
                        break QuotedEnd::Sequence;
                    }
                    if escapes == Escapes::None {
                        escapes = Escapes::Template;
                    }
                    self.pos += 2;
                }
                b'\n' | b'\r' => return self.unclosed_quote(opener),
                0 if self.at_end() => return self.unclosed_quote(opener),
                _ => self.pos += 1,
            }
        };
        let span = Self::span(start, self.pos);
        Ok((Literal { span, escapes }, ended))
    }

    #[cold]
    fn unclosed_quote<T>(&mut self, opener: usize) -> Parsing<T> {
        self.end = self.pos;
        let problem = self
            .problem(
                ProblemCode::Syntax,
                opener,
                self.pos,
                Text::new("this string is not closed on its line", "cette chaîne n’est pas fermée sur sa ligne"),
            )
            .help(
                Text::new("close it with `\"`; for text of several lines use `\\n`, or a heredoc (`<<-EOT`)", "fermez-la par `\"` ; pour un texte de plusieurs lignes, employez `\\n` ou un heredoc (`<<-EOT`)"),
            );
        self.fail(problem)
    }

    #[cold]
    fn bad_escape(&mut self) {
        let start = self.pos;
        let len = 1 + self
            .char_at(start + 1)
            .map_or(0, |c| if c == '\n' { 0 } else { c.len_utf8() });
        let shown = self.text.get(start..start + len).unwrap_or("\\");
        let help = if shown == "\\u" || shown == "\\U" {
            Text::new(
                "`\\u` takes four hexadecimal digits, `\\U` eight, for a character that exists",
                "`\\u` prend quatre chiffres hexadécimaux, `\\U` huit, pour un caractère qui existe",
            )
        } else {
            Text::new(
                "write a backslash as `\\\\`; there are `\\n`, `\\r`, `\\t`, `\\\"`, `\\u` and `\\U`, and `$${` for a literal `${`",
                "une barre oblique inverse s’écrit `\\\\` ; il y a `\\n`, `\\r`, `\\t`, `\\\"`, `\\u` et `\\U`, et `$${` pour un `${` littéral",
            )
        };
        let problem = self
            .problem(
                ProblemCode::Syntax,
                start,
                start + len,
                text!(
                    "`{shown}` is not an escape sequence",
                    "`{shown}` n’est pas une séquence d’échappement"
                ),
            )
            .help(help);
        self.pos += len;
        self.taint(problem);
    }

    /// A quoted label, from its opening quote: text only.
    pub(super) fn quoted_label(&mut self) -> Parsing<Literal> {
        let start = self.pos;
        self.take(1);
        let (literal, ended) = self.quoted_literal(start)?;
        if let QuotedEnd::Sequence = ended {
            let problem = self
                .problem(
                    ProblemCode::Syntax,
                    self.pos,
                    self.pos + 2,
                    Text::new(
                        "a label is fixed text; it cannot hold `${` or `%{`",
                        "une étiquette est un texte fixe : elle ne peut contenir ni `${` ni `%{`",
                    ),
                )
                .help(Text::new(
                    "write `$${` for a literal `${`",
                    "écrivez `$${` pour un `${` littéral",
                ));
            return self.fail(problem);
        }
        self.take(1);
        Ok(literal)
    }

    /// A heredoc, from `<<`.
    pub(super) fn heredoc(&mut self) -> Parsing<ExprId> {
        let (start, end) = (self.pos, self.end);
        let flush = self.byte_at(start + 2) == b'-';
        let name_start = start + 2 + usize::from(flush);
        self.pos = name_start;
        let name = if self.at_name() {
            self.name()
        } else {
            (self.pos, self.end) = (start, end);
            return self.expected(Text::new("a value", "une valeur"));
        };
        if !self.at_line_end() || self.at_end() {
            (self.pos, self.end) = (start, end);
            return self.expected(Text::new("a value", "une valeur"));
        }
        self.pos += if self.byte() == b'\r' { 2 } else { 1 };
        let begin = self.stacks.flats.len();
        let marker = self.slice(name);
        let mut trim = false;
        let mut line_start = true;
        let (content_end, close) = loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let Some(len) = memchr::memchr(b'\n', rest) else {
                return self.unclosed_heredoc(start, name);
            };
            let line = Self::span(self.pos, self.pos + len);
            if line_start && self.slice(line).trim() == marker {
                break (
                    self.pos,
                    self.pos + self.slice(line).trim_end_matches('\r').len(),
                );
            }
            line_start = self.template_line(self.pos + len + 1, begin, &mut trim)?;
        };
        self.take(close - content_end);
        if flush {
            self.remove_indentation(begin);
        }
        self.finish_template(start, begin, content_end)
    }

    #[cold]
    fn unclosed_heredoc<T>(&mut self, start: usize, name: Span) -> Parsing<T> {
        let marker = self.slice(name);
        let last = self.text.get(start..).unwrap_or_default().lines().last();
        let help = if last.is_some_and(|line| line.trim() == marker) {
            text!(
                "`{}` is on the last line: add a line break after it",
                "`{}` est sur la dernière ligne : ajoutez un retour à la ligne après",
                shorten(marker)
            )
        } else {
            text!(
                "put `{}` alone on the line after its last one",
                "mettez `{}` seul sur la ligne qui suit la dernière",
                shorten(marker)
            )
        };
        self.pos = name.end as usize;
        self.end = self.pos;
        let problem = self
            .problem(
                ProblemCode::Syntax,
                start,
                name.end as usize,
                text!(
                    "this heredoc has no end line `{}`",
                    "ce heredoc n’a pas de ligne finale `{}`",
                    shorten(marker)
                ),
            )
            .help(help);
        self.fail(problem)
    }

    /// A text that is one template.
    pub(super) fn whole_template(&mut self) -> Parsing<ExprId> {
        let begin = self.stacks.flats.len();
        let mut trim = false;
        while !self.at_end() {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            let end =
                memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |len| self.pos + len + 1);
            self.template_line(end, begin, &mut trim)?;
        }
        self.end = self.pos;
        self.finish_template(0, begin, self.bytes.len())
    }

    /// Literal text and sequences up to `line_end`, which lies after the line break. A sequence may run past it, in
    /// which case the rest of its last line is read too. Tells whether a line starts at the new position.
    fn template_line(
        &mut self,
        mut line_end: usize,
        begin: usize,
        trim: &mut bool,
    ) -> Parsing<bool> {
        loop {
            let start = self.pos;
            let mut escapes = Escapes::None;
            let mut at = start;
            let sequence = loop {
                let line = self.bytes.get(at..line_end).unwrap_or_default();
                let Some(found) = memchr::memchr2(b'$', b'%', line) else {
                    break false;
                };
                at += found;
                if self.byte_at(at + 1) == b'{' {
                    if at == start || self.byte_at(at - 1) != self.byte_at(at) {
                        break true;
                    }
                    escapes = Escapes::Template;
                }
                at += 1;
            };
            self.pos = if sequence { at } else { line_end };
            let literal = Literal {
                span: Self::span(start, self.pos),
                escapes,
            };
            self.literal_piece(literal, trim);
            if !sequence {
                return Ok(true);
            }
            *trim = self.sequence(begin)?;
            if self.pos > line_end {
                let rest = self.bytes.get(self.pos..).unwrap_or_default();
                match memchr::memchr(b'\n', rest) {
                    Some(len) => line_end = self.pos + len + 1,
                    // The caller finds that nothing follows.
                    None => line_end = self.bytes.len(),
                }
            }
            if self.pos == self.bytes.len() {
                return Ok(false);
            }
        }
    }

    /// Keeps literal text, without the white space at its start if the sequence before it says so.
    fn literal_piece(&mut self, literal: Literal, trim: &mut bool) {
        let Literal { mut span, escapes } = literal;
        if span.is_empty() {
            return;
        }
        if std::mem::take(trim) {
            span.start += escape::leading_space(self.slice(span), escapes) as u32;
        }
        self.stacks.flats.push(Flat {
            span,
            kind: FlatKind::Literal(escapes),
        });
    }

    /// `${ }` or `%{ }`. Tells whether it ends in `~}`.
    fn sequence(&mut self, begin: usize) -> Parsing<bool> {
        let start = self.pos;
        let directive = self.byte() == b'%';
        self.take(2);
        if self.byte() == b'~' {
            self.take(1);
            self.trim_last_piece(begin);
        }
        let outer = std::mem::replace(&mut self.multiline, true);
        let kind = if directive {
            self.directive()?
        } else {
            FlatKind::Interpolation(self.expression()?)
        };
        self.skip()?;
        let trim = self.byte() == b'~' && self.byte_at(self.pos + 1) == b'}';
        if trim {
            self.take(1);
        }
        if !self.eat(b'}') {
            let opened = self.place(Self::span(start, start + 2));
            let mut problem = self.unexpected(Text::same("`}`")).related(
                opened,
                Text::new("the sequence starts here", "la séquence commence ici"),
            );
            if problem.help.is_none() {
                problem = problem.help(Text::new(
                    "for a literal `${` or `%{` write `$${` or `%%{`",
                    "pour un `${` ou un `%{` littéral, écrivez `$${` ou `%%{`",
                ));
            }
            return self.fail(problem);
        }
        self.multiline = outer;
        self.stacks.flats.push(Flat {
            span: Self::span(start, self.pos),
            kind,
        });
        Ok(trim)
    }

    fn trim_last_piece(&mut self, begin: usize) {
        let text = self.text;
        if self.stacks.flats.len() > begin
            && let Some(last) = self.stacks.flats.last_mut()
            && let FlatKind::Literal(escapes) = last.kind
        {
            let kept = escape::without_trailing_space(last.span.of(text), escapes);
            last.span.end = last.span.start + kept as u32;
        }
    }

    /// What stands in `%{ }`.
    fn directive(&mut self) -> Parsing<FlatKind> {
        self.skip()?;
        if !self.at_name() {
            return self.expected(Text::new(
                "`if`, `else`, `endif`, `for` or `endfor`",
                "`if`, `else`, `endif`, `for` ou `endfor`",
            ));
        }
        let (start, end) = (self.pos, self.end);
        let word = self.name();
        Ok(match self.slice(word) {
            "if" => FlatKind::If(self.expression()?),
            "else" => FlatKind::Else,
            "endif" => FlatKind::EndIf,
            "for" => {
                let (key_name, value_name) = self.for_names()?;
                FlatKind::For {
                    key_name,
                    value_name,
                    collection: self.expression()?,
                }
            }
            "endfor" => FlatKind::EndFor,
            _ => {
                // It may be the name of the next argument.
                (self.pos, self.end) = (start, end);
                return self.expected(Text::new(
                    "`if`, `else`, `endif`, `for` or `endfor`",
                    "`if`, `else`, `endif`, `for` ou `endfor`",
                ));
            }
        })
    }

    /// Takes the indentation of `<<-` off: the least of all lines, where a sequence at the start of a line has none and
    /// an empty line does not count. Pieces are as they were left by `~`, which can join lines.
    fn remove_indentation(&mut self, begin: usize) {
        let text = self.text;
        let mut least = usize::MAX;
        for_line_starts(
            self.stacks.flats.get_mut(begin..).unwrap_or_default(),
            text,
            |piece| {
                least = least.min(piece.map_or(0, |piece| {
                    let line = piece.span.of(text);
                    line.chars().take_while(|c| c.is_whitespace()).count()
                }));
            },
        );
        if least == 0 || least == usize::MAX {
            return;
        }
        for_line_starts(
            self.stacks.flats.get_mut(begin..).unwrap_or_default(),
            text,
            |piece| {
                if let Some(piece) = piece {
                    let line = piece.span.of(text);
                    let cut: usize = line.chars().take(least).map(char::len_utf8).sum();
                    piece.span.start += cut as u32;
                }
            },
        );
    }

    /// Makes the expression of all pieces since `begin`. `inner_end` is where the text of the template ends.
    fn finish_template(&mut self, start: usize, begin: usize, inner_end: usize) -> Parsing<ExprId> {
        let mut pieces = std::mem::take(&mut self.stacks.flats);
        let kind = match pieces.get(begin..).unwrap_or_default() {
            [] => Some(ExprKind::String(Literal {
                span: Self::span(inner_end, inner_end),
                escapes: Escapes::None,
            })),
            [
                Flat {
                    span,
                    kind: FlatKind::Literal(escapes),
                },
            ] => Some(ExprKind::String(Literal {
                span: *span,
                escapes: *escapes,
            })),
            [
                Flat {
                    kind: FlatKind::Interpolation(inner),
                    ..
                },
            ] => Some(ExprKind::Wrap(*inner)),
            _ => None,
        };
        let kind = match kind {
            Some(kind) => Ok(kind),
            None => self.nest(pieces.get(begin..).unwrap_or_default()),
        };
        pieces.truncate(begin);
        self.stacks.flats = pieces;
        let kind = kind?;
        Ok(self.add_expr(start, kind))
    }

    /// Nests the directives of several pieces.
    fn nest(&mut self, pieces: &[Flat]) -> Parsing<ExprKind> {
        let mut next = 0;
        let parts = self.parts(pieces, &mut next)?;
        if let Some(stray) = pieces.get(next) {
            let problem = self
                .problem(
                    ProblemCode::Syntax,
                    stray.span.start as usize,
                    stray.span.end as usize,
                    text!("`{}` without a start", "`{}` sans début", stray.kind.word()),
                )
                .help(Text::new("each `%{endif}` and `%{else}` needs an `%{if}` before it, each `%{endfor}` a `%{for}`", "chaque `%{endif}` et chaque `%{else}` suppose un `%{if}` avant lui, chaque `%{endfor}` un `%{for}`"));
            return self.fail(problem);
        }
        // Lines of a heredoc that are one stretch of text are one literal.
        if let [
            Part {
                span,
                kind: PartKind::Literal(escapes),
            },
        ] = *self.arena_parts(parts)
        {
            return Ok(ExprKind::String(Literal { span, escapes }));
        }
        Ok(ExprKind::Template(parts))
    }

    fn arena_parts(&self, parts: List<Part>) -> &[Part] {
        let all = &self.arenas.parts;
        all.get(all.len() - parts.len()..).unwrap_or_default()
    }

    /// Parts up to the end or to a word that closes or continues a directive.
    fn parts(&mut self, pieces: &[Flat], next: &mut usize) -> Parsing<List<Part>> {
        self.enter()?;
        let begin = self.begin::<Part>();
        while let Some(piece) = pieces.get(*next) {
            let kind = match piece.kind {
                FlatKind::Else | FlatKind::EndIf | FlatKind::EndFor => break,
                FlatKind::Literal(escapes) => {
                    *next += 1;
                    self.literal_part(begin, piece.span, escapes);
                    continue;
                }
                FlatKind::Interpolation(expr) => PartKind::Interpolation(expr),
                FlatKind::If(condition) => self.if_directive(pieces, next, condition)?,
                FlatKind::For {
                    key_name,
                    value_name,
                    collection,
                } => {
                    let opener = *next;
                    *next += 1;
                    let body = self.parts(pieces, next)?;
                    self.closing(pieces, *next, opener, "endfor")?;
                    PartKind::For(self.add(ForDirective {
                        key_name,
                        value_name,
                        collection,
                        body,
                    }))
                }
            };
            let last = pieces.get(*next).unwrap_or(piece);
            *next += 1;
            self.push(Part {
                span: piece.span.to(last.span),
                kind,
            });
        }
        self.depth -= 1;
        Ok(self.seal(begin))
    }

    fn if_directive(
        &mut self,
        pieces: &[Flat],
        next: &mut usize,
        condition: ExprId,
    ) -> Parsing<PartKind> {
        let opener = *next;
        *next += 1;
        let then = self.parts(pieces, next)?;
        let mut otherwise = List::EMPTY;
        if let Some(Flat {
            kind: FlatKind::Else,
            ..
        }) = pieces.get(*next)
        {
            *next += 1;
            otherwise = self.parts(pieces, next)?;
        }
        self.closing(pieces, *next, opener, "endif")?;
        Ok(PartKind::If(self.add(IfDirective {
            condition,
            then,
            otherwise,
        })))
    }

    /// Checks that the directive that starts at piece `opener` ends at piece `next`.
    fn closing(&mut self, pieces: &[Flat], next: usize, opener: usize, word: &str) -> Parsing<()> {
        let found = pieces.get(next);
        if found.is_some_and(|piece| piece.kind.word() == word) {
            return Ok(());
        }
        let Some(start) = pieces.get(opener) else {
            return Ok(());
        };
        let problem = match found {
            None => self.problem(
                ProblemCode::Syntax,
                start.span.start as usize,
                start.span.end as usize,
                text!(
                    "this `%{{{}}}` has no `%{{{word}}}`",
                    "ce `%{{{}}}` n’a pas de `%{{{word}}}`",
                    start.kind.word()
                ),
            ),
            Some(piece) => self
                .problem(
                    ProblemCode::Syntax,
                    piece.span.start as usize,
                    piece.span.end as usize,
                    text!(
                        "expected `%{{{word}}}`, found `%{{{}}}`",
                        "attendu : `%{{{word}}}` ; trouvé : `%{{{}}}`",
                        piece.kind.word()
                    ),
                )
                .related(
                    self.place(start.span),
                    Text::new("the directive starts here", "la directive commence ici"),
                ),
        };
        self.fail(problem)
    }

    /// Keeps a literal, joined to the one before it where the text runs on.
    fn literal_part(&mut self, begin: usize, span: Span, escapes: Escapes) {
        if span.is_empty() {
            return;
        }
        if self.stacks.parts.len() > begin
            && let Some(last) = self.stacks.parts.last_mut()
            && let PartKind::Literal(before) = &mut last.kind
            && last.span.end == span.start
        {
            last.span.end = span.end;
            *before = stronger(*before, escapes);
            return;
        }
        self.push(Part {
            span,
            kind: PartKind::Literal(escapes),
        });
    }
}

impl FlatKind {
    fn word(self) -> &'static str {
        match self {
            Self::Literal(_) => "text",
            Self::Interpolation(_) => "${",
            Self::If(_) => "if",
            Self::Else => "else",
            Self::EndIf => "endif",
            Self::For { .. } => "for",
            Self::EndFor => "endfor",
        }
    }
}

fn stronger(a: Escapes, b: Escapes) -> Escapes {
    match (a, b) {
        (Escapes::Quoted, _) | (_, Escapes::Quoted) => Escapes::Quoted,
        (Escapes::Template, _) | (_, Escapes::Template) => Escapes::Template,
        _ => Escapes::None,
    }
}

/// Calls `visit` with each literal piece that starts a line and counts for the indentation, and with none for each
/// sequence that starts a line.
fn for_line_starts(pieces: &mut [Flat], text: &str, mut visit: impl FnMut(Option<&mut Flat>)) {
    let mut line_start = true;
    for piece in pieces {
        let starts = std::mem::take(&mut line_start);
        let literal = matches!(piece.kind, FlatKind::Literal(_));
        let content = piece.span.of(text);
        line_start = literal && content.ends_with('\n');
        if starts {
            let blank = line_start && content.trim_start().is_empty();
            match literal {
                true if blank => {}
                true => visit(Some(piece)),
                false => visit(None),
            }
        }
    }
}
