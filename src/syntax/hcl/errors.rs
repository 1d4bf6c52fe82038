//! What the parser says when something is wrong.

use super::parser::{Failed, Parser, Parsing};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Span};
use crate::syntax::{MAX_NESTING, MAX_PROBLEMS};
use crate::text::{Text, text};

/// A word of the input for a message, of bounded length.
pub(super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
    }
}

impl Parser<'_> {
    #[inline]
    pub(super) fn span(start: usize, end: usize) -> Span {
        Span::new(start as u32, end as u32)
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place::new(self.source, self.origin.span(span))
    }

    /// A problem at a range of bytes, not reported yet.
    pub(super) fn problem(
        &self,
        code: ProblemCode,
        start: usize,
        end: usize,
        message: Text,
    ) -> Problem {
        let end = end.min(self.bytes.len());
        Problem::error(code, message).at(self.place(Self::span(start.min(end), end)))
    }

    /// Reports a problem and gives up the item it is in.
    #[cold]
    pub(super) fn fail<T>(&mut self, problem: Problem) -> Parsing<T> {
        self.report(problem);
        Err(Failed)
    }

    /// Reports a problem that does not stop the parser but spoils the value it is in.
    #[cold]
    pub(super) fn taint(&mut self, problem: Problem) {
        self.tainted = true;
        self.report(problem);
    }

    #[cold]
    pub(super) fn report(&mut self, problem: Problem) {
        if self.stopped {
            return;
        }
        self.problems.push(problem);
        if self.problems.len() >= MAX_PROBLEMS {
            self.stopped = true;
            let here = self.pos;
            let last = self
                .problem(
                    ProblemCode::Limit,
                    here,
                    here,
                    text!(
                        "the rest of this file was not read: it has more than {MAX_PROBLEMS} faults", "le reste de ce fichier n’a pas été lu : il contient plus de {MAX_PROBLEMS} fautes"
                    ),
                )
                .help(Text::new("is this a file of another format?", "est-ce un fichier d’un autre format ?"));
            self.problems.push(last);
        }
        if self.stopped {
            self.pos = self.bytes.len();
        }
    }

    /// Counts one more level of nesting.
    #[inline]
    pub(super) fn enter(&mut self) -> Parsing<()> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return self.too_deep();
        }
        Ok(())
    }

    #[cold]
    fn too_deep(&mut self) -> Parsing<()> {
        let problem = self
            .problem(
                ProblemCode::Limit,
                self.pos,
                self.pos + 1,
                text!(
                    "nested more than {MAX_NESTING} levels deep",
                    "plus de {MAX_NESTING} niveaux d’imbrication"
                ),
            )
            .help(Text::new(
                "split the value over several locals",
                "répartissez la valeur sur plusieurs variables locales",
            ));
        self.fail(problem)
    }

    /// Says that something else was expected here.
    #[cold]
    pub(super) fn expected<T>(&mut self, what: Text) -> Parsing<T> {
        let problem = self.unexpected(what);
        self.fail(problem)
    }

    /// The problem that something else was expected here.
    #[cold]
    pub(super) fn unexpected(&self, what: Text) -> Problem {
        let start = self.pos;
        if self.at_end() {
            return self.problem(
                ProblemCode::Syntax,
                self.end,
                self.end,
                text!("expected {what}, found the end of the file", "attendu : {what} ; trouvé : la fin du fichier"; what),
            );
        }
        if self.at_line_end() {
            return self.problem(
                ProblemCode::Syntax,
                self.end,
                self.end,
                text!("expected {what}, found the end of the line", "attendu : {what} ; trouvé : la fin de la ligne"; what),
            );
        }
        let (len, found) = self.describe();
        let problem = self.problem(
            ProblemCode::Syntax,
            start,
            start + len,
            text!("expected {what}, found {found}", "attendu : {what} ; trouvé : {found}"; what, found),
        );
        match self.remedy() {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    /// What stands here, in words, and how long it is.
    fn describe(&self) -> (usize, Text) {
        if self.at_name() {
            let end = self.name_end(self.pos);
            let name = self.text.get(self.pos..end).unwrap_or_default();
            return (end - self.pos, Text::same(format!("`{}`", shorten(name))));
        }
        for pair in [
            "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "::", "<<", "~}",
        ] {
            if self.sees(pair.as_bytes()) {
                return (pair.len(), Text::same(format!("`{pair}`")));
            }
        }
        match self.char_at(self.pos) {
            Some('"') => (1, Text::new("a string", "une chaîne")),
            Some(c) if c.is_ascii_digit() => (1, Text::new("a number", "un nombre")),
            Some('`') => (1, Text::new("a backquote", "un accent grave")),
            Some(c)
                if c.is_control() || c.is_whitespace() || c == '\u{FEFF}' || is_invisible(c) =>
            {
                (
                    c.len_utf8(),
                    text!(
                        "the invisible character U+{:04X}",
                        "le caractère invisible U+{:04X}",
                        u32::from(c)
                    ),
                )
            }
            Some(c) => (c.len_utf8(), Text::same(format!("`{c}`"))),
            None => (1, Text::new("a broken character", "un caractère abîmé")),
        }
    }

    /// What people who write this mostly mean.
    fn remedy(&self) -> Option<Text> {
        Some(match self.char_at(self.pos)? {
            '\'' | '`' | '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}' => Text::new(
                "strings take straight double quotes: \"...\"",
                "les chaînes prennent des guillemets droits : \"...\"",
            ),
            ';' => Text::new(
                "arguments end with the line; no semicolon is needed",
                "les arguments finissent avec la ligne ; pas besoin de point-virgule",
            ),
            '&' if !self.sees(b"&&") => Text::new(
                "the logical operator is `&&`",
                "l’opérateur logique est `&&`",
            ),
            '|' if !self.sees(b"||") => Text::new(
                "the logical operator is `||`",
                "l’opérateur logique est `||`",
            ),
            '^' | '~' => Text::new("there is no such operator", "cet opérateur n’existe pas"),
            '<' if self.sees(b"<<") => Text::new(
                "a heredoc starts with `<<NAME` or `<<-NAME` and nothing else after it on the line",
                "un heredoc commence par `<<NOM` ou `<<-NOM`, sans rien après sur la ligne",
            ),
            '$' => Text::new(
                "references need no `${ }` outside of strings",
                "hors des chaînes, les références se passent de `${ }`",
            ),
            '\r' => Text::new(
                "save the file with line ends LF or CR LF",
                "enregistrez le fichier avec des fins de ligne LF ou CR LF",
            ),
            c if c == '\u{FEFF}' || c.is_control() || is_invisible(c) => {
                Text::new("remove it", "ôtez-le")
            }
            c if c.is_whitespace() => {
                Text::new("use an ordinary space", "mettez une espace ordinaire")
            }
            _ => return None,
        })
    }
}

/// Characters that take no room: joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
}
