//! What the parser says when something is wrong.

use super::parser::{Failed, Parser, Parsing};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Span};
use crate::syntax::{MAX_NESTING, MAX_PROBLEMS};
use crate::text::Text;

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
        message: impl Into<Text>,
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
                    format!(
                        "the rest of this file was not read: it has more than {MAX_PROBLEMS} faults"
                    ),
                )
                .help("is this a file of another format?");
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
                format!("nested more than {MAX_NESTING} levels deep"),
            )
            .help("split the value over several locals");
        self.fail(problem)
    }

    /// Says that something else was expected here.
    #[cold]
    pub(super) fn expected<T>(&mut self, what: &str) -> Parsing<T> {
        let problem = self.unexpected(what);
        self.fail(problem)
    }

    /// The problem that something else was expected here.
    #[cold]
    pub(super) fn unexpected(&self, what: &str) -> Problem {
        let start = self.pos;
        if self.at_end() {
            return self.problem(
                ProblemCode::Syntax,
                self.end,
                self.end,
                format!("expected {what}, found the end of the file"),
            );
        }
        if self.at_line_end() {
            return self.problem(
                ProblemCode::Syntax,
                self.end,
                self.end,
                format!("expected {what}, found the end of the line"),
            );
        }
        let (len, found) = self.describe();
        let problem = self.problem(
            ProblemCode::Syntax,
            start,
            start + len,
            format!("expected {what}, found {found}"),
        );
        match self.remedy() {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    /// What stands here, in words, and how long it is.
    fn describe(&self) -> (usize, String) {
        if self.at_name() {
            let end = self.name_end(self.pos);
            let name = self.text.get(self.pos..end).unwrap_or_default();
            return (end - self.pos, format!("`{}`", shorten(name)));
        }
        for pair in [
            "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "::", "<<", "~}",
        ] {
            if self.sees(pair.as_bytes()) {
                return (pair.len(), format!("`{pair}`"));
            }
        }
        match self.char_at(self.pos) {
            Some('"') => (1, "a string".to_owned()),
            Some(c) if c.is_ascii_digit() => (1, "a number".to_owned()),
            Some('`') => (1, "a backquote".to_owned()),
            Some(c)
                if c.is_control() || c.is_whitespace() || c == '\u{FEFF}' || is_invisible(c) =>
            {
                (
                    c.len_utf8(),
                    format!("the invisible character U+{:04X}", u32::from(c)),
                )
            }
            Some(c) => (c.len_utf8(), format!("`{c}`")),
            None => (1, "a broken character".to_owned()),
        }
    }

    /// What people who write this mostly mean.
    fn remedy(&self) -> Option<&'static str> {
        Some(match self.char_at(self.pos)? {
            '\'' | '`' | '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}' => {
                "strings take straight double quotes: \"...\""
            }
            ';' => "arguments end with the line; no semicolon is needed",
            '&' if !self.sees(b"&&") => "the logical operator is `&&`",
            '|' if !self.sees(b"||") => "the logical operator is `||`",
            '^' | '~' => "there is no such operator",
            '<' if self.sees(b"<<") => {
                "a heredoc starts with `<<NAME` or `<<-NAME` and nothing else after it on the line"
            }
            '$' => "references need no `${ }` outside of strings",
            '\r' => "save the file with line ends LF or CR LF",
            c if c == '\u{FEFF}' || c.is_control() || is_invisible(c) => "remove it",
            c if c.is_whitespace() => "use an ordinary space",
            _ => return None,
        })
    }
}

/// Characters that take no room: joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
}
