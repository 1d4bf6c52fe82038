//! Rows of facts under headings: columns as wide as their widest cell, and a last one that takes what is left.

use std::fmt::{self, Write as _};

use super::layout::{Look, Paint, shorten, width};
use crate::report::clean_line;

/// A cell: its text, and what it is.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Cell {
    text: String,
    paint: Option<Paint>,
}

impl Cell {
    /// Plain text.
    pub(in crate::report) fn plain(text: impl AsRef<str>) -> Self {
        Self {
            text: clean_line(text.as_ref()).into_owned(),
            paint: None,
        }
    }

    /// Text of a kind.
    pub(in crate::report) fn of(paint: Paint, text: impl AsRef<str>) -> Self {
        Self {
            paint: Some(paint),
            ..Self::plain(text)
        }
    }
}

/// Space between columns.
const GAP: usize = 2;
/// Names up to this length stand beside the rest, however narrow the terminal is.
const NAME: usize = 24;
/// A last column narrower than this says nothing.
const LEAST: usize = 12;
/// Where a last cell goes that found no room beside the others.
const INDENT: usize = 4;

impl Look {
    /// Rows under headings. The last column is cut at the border of the terminal; in full it goes on the next lines
    /// where it finds no room. Other columns are never cut: they name things.
    pub(in crate::report) fn grid(
        &self,
        out: &mut String,
        headings: &[&str],
        rows: &[Vec<Cell>],
        full: bool,
    ) -> fmt::Result {
        let last = headings.len().saturating_sub(1);
        let widths: Vec<usize> = headings
            .iter()
            .take(last)
            .enumerate()
            .map(|(at, heading)| {
                let cells = rows.iter().filter_map(|row| row.get(at));
                cells
                    .map(|cell| width(&cell.text))
                    .chain([width(heading)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        // A name that would push the others out of the terminal stands on a line of its own.
        let mut widths = widths;
        let others: usize = widths.iter().skip(1).map(|wide| wide + GAP).sum();
        if let Some(first) = widths.first_mut() {
            let most = self.width.saturating_sub(others + GAP).max(NAME);
            *first = (*first).min(most);
        }
        let used: usize = widths.iter().map(|wide| wide + GAP).sum();
        let room = self.width.saturating_sub(used);
        let beside = room >= LEAST;
        let mut line = String::new();
        for (at, heading) in headings.iter().enumerate() {
            if at == last && !beside {
                break;
            }
            let pad = widths
                .get(at)
                .map_or(0, |wide| wide.saturating_sub(width(heading)) + GAP);
            write!(line, "{}{:pad$}", self.paint(Paint::Faint, heading), "")?;
        }
        writeln!(out, "{}", line.trim_end())?;
        for row in rows {
            let mut line = String::new();
            for (at, (cell, wide)) in row.iter().take(last).zip(&widths).enumerate() {
                if at == 0 && width(&cell.text) > *wide {
                    writeln!(out, "{}", self.painted(cell, &cell.text))?;
                    write!(line, "{:pad$}", "", pad = wide + GAP)?;
                    continue;
                }
                let pad = wide.saturating_sub(width(&cell.text)) + GAP;
                write!(line, "{}{:pad$}", self.painted(cell, &cell.text), "")?;
            }
            let more = row.get(last).filter(|cell| !cell.text.is_empty());
            let fits = more.is_some_and(|cell| width(&cell.text) <= room);
            if let Some(cell) = more.filter(|_| fits || (beside && !full)) {
                line += &self.painted(cell, &shorten(&cell.text, room));
            }
            writeln!(out, "{}", line.trim_end())?;
            if let Some(cell) = more.filter(|_| !fits && full) {
                let room = self.width.saturating_sub(INDENT).max(20);
                for part in textwrap::wrap(&cell.text, room) {
                    writeln!(out, "{:INDENT$}{}", "", self.painted(cell, &part))?;
                }
            }
        }
        Ok(())
    }

    fn painted(&self, cell: &Cell, text: &str) -> String {
        match cell.paint {
            Some(paint) => self.paint(paint, text),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(width: usize, full: bool) -> String {
        let look = Look {
            width,
            ..Look::default()
        };
        let rows = [
            vec![
                Cell::plain("eu-west-2"),
                Cell::plain("aws"),
                Cell::plain("read in the documentation of the vendor"),
            ],
            vec![
                Cell::plain("fr-par"),
                Cell::plain("scaleway"),
                Cell::plain(""),
            ],
        ];
        let mut out = String::new();
        look.grid(&mut out, &["region", "at", "source"], &rows, full)
            .expect("written");
        out
    }

    #[test]
    fn columns_are_aligned_and_the_last_is_cut() {
        assert_eq!(
            grid(40, false),
            "region     at        source\n\
             eu-west-2  aws       read in the docume…\n\
             fr-par     scaleway\n"
        );
    }

    #[test]
    fn in_full_the_last_goes_on_the_next_lines() {
        assert_eq!(
            grid(30, true),
            "region     at\n\
             eu-west-2  aws\n    read in the documentation\n    of the vendor\n\
             fr-par     scaleway\n"
        );
    }

    #[test]
    fn a_name_that_is_too_long_stands_alone() {
        let look = Look {
            width: 40,
            ..Look::default()
        };
        let long = "a_name_that_is_longer_than_all_others";
        let rows = [
            vec![Cell::plain(long), Cell::plain("yes"), Cell::plain("")],
            vec![Cell::plain("short"), Cell::plain("no"), Cell::plain("")],
        ];
        let mut out = String::new();
        look.grid(&mut out, &["type", "data", ""], &rows, false)
            .expect("written");
        let pad = " ".repeat(34);
        assert_eq!(
            out,
            format!(
                "type{}  data\n{long}\n{pad}yes\nshort{}no\n",
                " ".repeat(28),
                " ".repeat(29)
            )
        );
    }

    #[test]
    fn hostile_text_is_made_visible() {
        assert_eq!(Cell::plain("a\u{1b}[31m").text, "a\\u{1b}[31m");
    }
}
