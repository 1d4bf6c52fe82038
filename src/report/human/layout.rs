//! Width, colour, and the two columns that everything beside drawings is set in.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{Ground, Verbosity};
use crate::config::words::Severity;
use crate::report::clean_line;

/// How the report looks.
#[derive(Debug, Clone)]
pub struct Look {
    /// With colour.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// How much is said.
    pub verbosity: Verbosity,
    /// False: undetermined findings are counted, not shown.
    pub undetermined: bool,
    /// Where the reader stands.
    pub ground: Ground,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            verbosity: Verbosity::Normal,
            undetermined: true,
            ground: Ground::default(),
        }
    }
}

/// Names in the left column are at most this wide.
const NAMES: usize = 9;
/// Space before the left column.
const INDENT: usize = 3;
/// A column narrower than this is no place to wrap a text in.
const LEAST: usize = 16;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Paint {
    /// Bold.
    Strong,
    /// Dimmed.
    Faint,
    /// Good news.
    Good,
    /// An error.
    Bad,
    /// A warning.
    Care,
    /// A place or a command.
    Link,
}

impl From<Severity> for Paint {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Bad,
            Severity::Medium => Self::Care,
            Severity::Low | Severity::Info => Self::Link,
        }
    }
}

impl Look {
    /// The text in colour, or as it is.
    pub(in crate::report) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match paint {
            Paint::Strong => Style::new().bold(),
            Paint::Faint => Style::new().dimmed(),
            Paint::Good => AnsiColor::Green.on_default().bold(),
            Paint::Bad => AnsiColor::Red.on_default().bold(),
            Paint::Care => AnsiColor::Yellow.on_default().bold(),
            Paint::Link => AnsiColor::Cyan.on_default(),
        };
        format!("{style}{text}{style:#}")
    }

    /// A headline with where it is.
    pub(in crate::report) fn title(
        &self,
        out: &mut String,
        title: &str,
        place: &str,
    ) -> fmt::Result {
        let title = self.paint(Paint::Strong, title);
        writeln!(out, "{title} {}", self.paint(Paint::Link, place))
    }

    /// An attribute and its value.
    pub(in crate::report) fn attribute(
        &self,
        out: &mut String,
        name: &str,
        value: &str,
    ) -> fmt::Result {
        let room = self.width.saturating_sub(INDENT + width(name) + 3).max(20);
        let name = self.paint(Paint::Strong, name);
        writeln!(out, "{:INDENT$}{name} = {}", "", shorten(value, room))
    }

    /// A name in the left column, and text beside it, wrapped.
    pub(in crate::report) fn row(&self, out: &mut String, name: &str, text: &str) -> fmt::Result {
        let room = self.width.saturating_sub(INDENT + NAMES + 2).max(20);
        let text = clean_line(text);
        for (at, line) in textwrap::wrap(&text, room).iter().enumerate() {
            self.line(out, if at == 0 { name } else { "" }, line)?;
        }
        Ok(())
    }

    /// A name in the left column, a sentence beside it, and what shows it: on the same line where there is room.
    pub(in crate::report) fn fact(
        &self,
        out: &mut String,
        name: &str,
        text: &str,
        paint: Option<Paint>,
        shown_by: &str,
    ) -> fmt::Result {
        let room = self.width.saturating_sub(INDENT + NAMES + 2).max(20);
        let text = clean_line(text);
        let painted = |part: &str| match paint {
            Some(paint) => self.paint(paint, part),
            None => part.to_owned(),
        };
        let (wide, more) = (width(&text), width(shown_by));
        if more > 0 && wide + 2 + more <= room {
            let shown_by = self.paint(Paint::Faint, shown_by);
            return self.line(out, name, &format!("{}  {shown_by}", painted(&text)));
        }
        for (at, line) in textwrap::wrap(&text, room).iter().enumerate() {
            self.line(out, if at == 0 { name } else { "" }, &painted(line))?;
        }
        if more > 0 {
            let shown_by = shorten(shown_by, room.saturating_sub(2));
            self.line(
                out,
                "",
                &format!("  {}", self.paint(Paint::Faint, &shown_by)),
            )?;
        }
        Ok(())
    }

    /// A name in the left column, and a line that is ready to print.
    pub(super) fn line(&self, out: &mut String, name: &str, text: &str) -> fmt::Result {
        let name = self.paint(Paint::Faint, &format!("{name:<NAMES$}"));
        writeln!(out, "{:INDENT$}{name}  {text}", "")
    }

    /// Lines of several columns beside a name, each column as wide as its widest cell. The first column is a place and never
    /// cut; a second one that ends its row is wrapped; a third one is cut at the border of the terminal.
    pub(in crate::report) fn table(
        &self,
        out: &mut String,
        name: &str,
        rows: &[Vec<String>],
    ) -> fmt::Result {
        let widest = |at: usize| {
            let cells = rows.iter().filter(|row| row.len() > at + 1);
            cells
                .filter_map(|row| row.get(at))
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
        };
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        for (number, row) in rows.iter().enumerate() {
            let mut text = String::new();
            let mut used = INDENT + NAMES + 2;
            let mut below: Vec<String> = Vec::new();
            let wide = |at: usize| widths.get(at).copied().unwrap_or(0);
            // A sentence that finds no room in its column stands right behind the first; names stay in line.
            let fits = |cell: &String| used + wide(0) + 2 + width(cell) <= self.width;
            let stays = |cell: &String| fits(cell) || !cell.contains(' ');
            let aligned = row.len() != 2 || row.get(1).is_none_or(stays);
            for (at, cell) in row.iter().enumerate() {
                let room = self.width.saturating_sub(used);
                let ends = at + 1 == row.len();
                let cell = match at {
                    1 if !aligned && room >= LEAST => {
                        let before = used - (INDENT + NAMES + 2);
                        let mut lines = wrapped(cell, room).into_iter();
                        let first = lines.next().unwrap_or_default();
                        below.extend(lines.map(|line| format!("{:before$}{line}", "")));
                        first
                    }
                    0 | 1 => cell.clone(),
                    _ if room < 12 => continue,
                    _ => shorten(cell, room),
                };
                let pad = match (ends, aligned) {
                    (true, _) => 0,
                    (false, true) => wide(at).saturating_sub(width(&cell)) + 2,
                    (false, false) => 2,
                };
                used += width(&cell) + pad;
                let cell = if at == 0 { self.place(&cell) } else { cell };
                write!(text, "{cell}{:pad$}", "")?;
            }
            self.line(out, if number == 0 { name } else { "" }, text.trim_end())?;
            for line in below {
                self.line(out, "", &line)?;
            }
        }
        Ok(())
    }
}

/// A text in lines of so many columns; words that are longer stay whole: they name things.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let options = textwrap::Options::new(room).break_words(false);
    let lines = textwrap::wrap(text, options);
    lines.into_iter().map(|line| line.into_owned()).collect()
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// A text cut to a number of columns, with a sign that it was.
pub(super) fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if width(&out) + 2 > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// `1 finding`, `2 findings`.
pub fn count(n: usize, one: &str) -> String {
    // `entry`, but not `day`.
    let stem = one
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (n, stem) {
        (1, _) => format!("1 {one}"),
        (n, Some(stem)) => format!("{n} {stem}ies"),
        (n, None) => format!("{n} {one}s"),
    }
}
