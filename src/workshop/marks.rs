//! `# expect: family/rule` at the end of a line: reading them, and writing them without touching anything else.

use std::collections::BTreeSet;

/// What is expected at a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `# expect:`
    Violation,
    /// `# expect-undetermined:`
    Undetermined,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Violation, Self::Undetermined];

    /// How it is written.
    fn word(self) -> &'static str {
        match self {
            Self::Violation => "# expect:",
            Self::Undetermined => "# expect-undetermined:",
        }
    }

    /// How it is said.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::Undetermined => "undetermined",
        }
    }
}

/// An outcome of the rule under test at a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Path inside the case, `/` between its parts.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// Which outcome.
    pub kind: Kind,
}

/// The marks of a text that are about a rule.
pub(super) fn of(file: &str, text: &str, rule: &str) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (line, text) in (1..).zip(text.lines()) {
        for kind in Kind::ALL {
            if list(text, kind).is_some_and(|list| list.rules(text).any(|named| named == rule)) {
                let file = file.to_owned();
                marks.insert(Mark { file, line, kind });
            }
        }
    }
    marks
}

/// Where the rules of a mark stand in a line.
struct List {
    /// Of the `#`.
    comment: usize,
    start: usize,
    end: usize,
}

impl List {
    fn rules<'a>(&self, line: &'a str) -> impl Iterator<Item = &'a str> {
        let list = line.get(self.start..self.end).unwrap_or_default();
        list.split(',')
            .map(str::trim)
            .filter(|rule| !rule.is_empty())
    }
}

/// The list behind the word of a kind; it ends where the next comment starts.
fn list(line: &str, kind: Kind) -> Option<List> {
    let comment = line.find(kind.word())?;
    let start = comment + kind.word().len();
    let rest = line.get(start..)?;
    let end = start + rest.find('#').unwrap_or(rest.len());
    Some(List {
        comment,
        start,
        end,
    })
}

/// A line by its number, before and after.
pub(super) type Rewritten = (u32, String, String);

/// The text with marks of a rule added and removed, and the lines that changed.
pub(super) fn rewrite(
    text: &str,
    rule: &str,
    add: &[&Mark],
    remove: &[&Mark],
) -> (String, Vec<Rewritten>) {
    let mut after = String::with_capacity(text.len() + 64 * add.len());
    let mut changed = Vec::new();
    for (number, whole) in (1..).zip(text.split_inclusive('\n')) {
        let content = whole.trim_end_matches(['\n', '\r']);
        let ending = whole.get(content.len()..).unwrap_or_default();
        let mut line = content.to_owned();
        for mark in remove.iter().filter(|mark| mark.line == number) {
            line = without(&line, rule, mark.kind);
        }
        for mark in add.iter().filter(|mark| mark.line == number) {
            line = with(&line, rule, mark.kind);
        }
        if line != content {
            changed.push((number, content.to_owned(), line.clone()));
        }
        after.push_str(&line);
        after.push_str(ending);
    }
    (after, changed)
}

fn with(line: &str, rule: &str, kind: Kind) -> String {
    let Some(list) = list(line, kind) else {
        return format!("{line} {} {rule}", kind.word());
    };
    let (before, after) = line.split_at(list.end);
    let kept = before.trim_end();
    let between = before.get(kept.len()..).unwrap_or_default();
    format!("{kept}, {rule}{between}{after}")
}

fn without(line: &str, rule: &str, kind: Kind) -> String {
    let Some(list) = list(line, kind) else {
        return line.to_owned();
    };
    let rules: Vec<&str> = list.rules(line).filter(|named| *named != rule).collect();
    let before = line.get(..list.comment).unwrap_or_default();
    let after = line.get(list.end..).unwrap_or_default();
    if rules.is_empty() {
        let before = before.trim_end();
        return match after {
            "" => before.to_owned(),
            _ => format!("{before} {after}"),
        };
    }
    let space = if after.is_empty() { "" } else { " " };
    format!("{before}{} {}{space}{after}", kind.word(), rules.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(line: u32, kind: Kind) -> Mark {
        Mark {
            file: "main.tf".to_owned(),
            line,
            kind,
        }
    }

    #[test]
    fn a_mark_is_read_where_it_stands() {
        let text = "a # expect: x/y\nb # expect-undetermined: x/z, x/y\nc # expect: x/yy # x/y\n";
        let expected = [mark(1, Kind::Violation), mark(2, Kind::Undetermined)];
        assert_eq!(of("main.tf", text, "x/y"), expected.into());
        assert_eq!(
            of("main.tf", text, "x/yy"),
            [mark(3, Kind::Violation)].into()
        );
    }

    #[test]
    fn both_kinds_may_share_a_line() {
        let text = "a # expect: x/y # expect-undetermined: x/y";
        assert_eq!(of("main.tf", text, "x/y").len(), 2);
    }

    #[test]
    fn marks_come_and_go_without_touching_other_text() {
        let text = "one {  # a comment\r\n  two  \n} # expect: x/y, a/b\nfour # expect: x/y\nlast # expect-undetermined: x/y # why";
        let add = [
            mark(1, Kind::Violation),
            mark(2, Kind::Undetermined),
            mark(5, Kind::Violation),
        ];
        let remove = [
            mark(3, Kind::Violation),
            mark(4, Kind::Violation),
            mark(5, Kind::Undetermined),
        ];
        let (after, changed) = rewrite(
            text,
            "x/y",
            &add.iter().collect::<Vec<_>>(),
            &remove.iter().collect::<Vec<_>>(),
        );
        assert_eq!(
            after,
            "one {  # a comment # expect: x/y\r\n  two   # expect-undetermined: x/y\n} # expect: a/b\nfour\nlast # why # expect: x/y"
        );
        assert_eq!(changed.len(), 5);
        let (joined, _) = rewrite(
            "a # expect: a/b\n",
            "x/y",
            &[&mark(1, Kind::Violation)],
            &[],
        );
        assert_eq!(joined, "a # expect: a/b, x/y\n");
    }
}
