//! The words of an ignore: `gardefou: ignore[rule, family/*] reason until=2026-12-31`.
//!
//! Comments come from pull requests: every step is linear in the text, and what is kept of it is bounded.

use std::sync::Arc;

use crate::config::{Date, suggest};
use crate::source::Span;
use crate::syntax::comment::MARKER;

/// So many rules of one ignore count.
const MAX_RULES: usize = 100;
/// So many characters of a reason are kept.
const MAX_REASON: usize = 500;

/// An ignore as written; places are offsets into the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// From the marker to the last word.
    pub(super) span: Span,
    /// What stands in the brackets.
    pub(super) rules: Vec<(String, Span)>,
    /// Why; may be empty.
    pub(super) reason: String,
    /// Its last day.
    pub(super) until: Option<(Date, Span)>,
    /// Why nothing of it counts.
    pub(super) fault: Option<Fault>,
    /// It is the marker of another tool: the types of resources that each of its checks looks at, beside `rules`.
    pub(super) foreign: Option<Vec<Arc<[String]>>>,
}

/// What makes an ignore void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// `gardefou: ignor[..]`
    NoIgnore(String),
    /// No brackets, or nothing in them.
    NoRule,
    /// The bracket is not closed on its line.
    Open,
    /// `ignore[*]`
    Everything,
    /// More than one ignore should name.
    TooMany,
    /// `until=` and no day.
    NoDay(String),
    /// `until=` twice.
    TwoDays,
    /// The annotation is no text.
    NoText,
}

impl Written {
    /// One that is void.
    pub(super) fn void(span: Span, fault: Fault) -> Self {
        Self {
            span,
            rules: Vec::new(),
            reason: String::new(),
            until: None,
            fault: Some(fault),
            foreign: None,
        }
    }
}

/// The ignores of a comment that starts at `base` in its source. A marker counts where a comment begins: at the start, after
/// another tool's words and a further `#` or `//`, or at the start of a line in `/* */`. Elsewhere it is prose.
pub(super) fn comment(text: &str, base: u32, out: &mut Vec<Written>) {
    let mut from = base;
    for line in text.split_inclusive('\n') {
        of_line(line.trim_end(), from, out);
        from += line.len() as u32;
    }
}

fn of_line(line: &str, base: u32, out: &mut Vec<Written>) {
    let starts = |at: &usize| {
        let before = line.get(..*at).unwrap_or_default().trim_end();
        before.is_empty() || before.ends_with(['#', '/', '*'])
    };
    let found = memchr::memmem::find_iter(line.as_bytes(), MARKER);
    let mut markers = found.filter(starts).peekable();
    while let Some(at) = markers.next() {
        let end = markers.peek().copied().unwrap_or(line.len());
        let part = line.get(at..end).unwrap_or_default();
        let part = part.trim_end_matches([' ', '\t', '#', '/', '*']);
        let from = base + at as u32;
        let words = part.get(MARKER.len()..).unwrap_or_default();
        out.extend(directive(Text {
            text: words,
            base: from + MARKER.len() as u32,
            whole: Span::new(from, from + part.len() as u32),
        }));
    }
}

/// A part of a source.
#[derive(Clone, Copy)]
struct Text<'a> {
    text: &'a str,
    /// Where it starts in the source.
    base: u32,
    /// The whole ignore.
    whole: Span,
}

impl<'a> Text<'a> {
    /// Where a part of it stands.
    fn span(&self, part: &str) -> Span {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let start = self.base + offset as u32;
        Span::new(start, start + part.len() as u32)
    }

    /// From a part of it to its end.
    fn from(&self, part: &'a str) -> Self {
        Self {
            text: part,
            base: self.span(part).start,
            whole: self.whole,
        }
    }
}

/// What follows `gardefou:`; none for prose.
fn directive(said: Text<'_>) -> Option<Written> {
    let words = said.text.trim_start();
    let end = words.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    let (word, rest) = words.split_at(end.unwrap_or(words.len()));
    if word == "ignore" {
        return Some(after_ignore(said.from(rest)));
    }
    let is_meant =
        rest.trim_start().starts_with('[') || suggest::closest(word, ["ignore"]).is_some();
    is_meant.then(|| Written::void(said.whole, Fault::NoIgnore(word.to_owned())))
}

/// An entry of the annotation: what follows `ignore` in a comment.
pub(super) fn entry(text: &str, base: u32) -> Written {
    after_ignore(Text {
        text,
        base,
        whole: Span::new(base, base + text.len() as u32),
    })
}

/// `[rule, family/*] reason until=2026-12-31`
fn after_ignore(said: Text<'_>) -> Written {
    let void = |fault| Written::void(said.whole, fault);
    let Some(list) = said.text.trim_start().strip_prefix('[') else {
        return void(Fault::NoRule);
    };
    let Some((list, rest)) = list.split_once(']') else {
        return void(Fault::Open);
    };
    let named = list.split(',').map(str::trim).filter(|one| !one.is_empty());
    let rules: Vec<(String, Span)> = named
        .take(MAX_RULES + 1)
        .map(|one| (one.to_owned(), said.span(one)))
        .collect();
    let fault = match rules.len() {
        0 => Some(Fault::NoRule),
        _ if rules.iter().any(|(rule, _)| rule == "*" || rule == "*/*") => Some(Fault::Everything),
        n if n > MAX_RULES => Some(Fault::TooMany),
        _ => None,
    };
    if let Some(fault) = fault {
        return void(fault);
    }
    let mut written = Written {
        span: said.whole,
        rules,
        reason: String::new(),
        until: None,
        fault: None,
        foreign: None,
    };
    let mut kept = 0;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ":-–—".contains(c));
    for word in rest.split_whitespace() {
        match word.strip_prefix("until=") {
            Some(day) => written.day(day, said.span(day)),
            None => written.because(word, &mut kept),
        }
    }
    written
}

impl Written {
    fn day(&mut self, day: &str, span: Span) {
        let day = day.trim_end_matches([',', ';', '.', ')']);
        match day.parse() {
            Ok(_) if self.until.is_some() => self.fault = Some(Fault::TwoDays),
            Ok(date) => self.until = Some((date, span)),
            Err(_) => self.fault = Some(Fault::NoDay(day.to_owned())),
        }
    }

    /// One more word of the reason; `kept` counts its characters.
    fn because(&mut self, word: &str, kept: &mut usize) {
        if *kept > MAX_REASON {
            return;
        }
        if !self.reason.is_empty() {
            self.reason.push(' ');
            *kept += 1;
        }
        let room = MAX_REASON.saturating_sub(*kept);
        self.reason.extend(word.chars().take(room));
        *kept += word.chars().take(room + 1).count();
        if *kept > MAX_REASON {
            self.reason.push('…');
        }
    }

    /// The same, with all of it at one place.
    pub(super) fn shown_at(mut self, span: Span) -> Self {
        self.span = span;
        self.rules.iter_mut().for_each(|(_, place)| *place = span);
        if let Some((_, place)) = &mut self.until {
            *place = span;
        }
        self
    }

    /// Says why: at least a letter or a digit.
    pub(super) fn has_reason(&self) -> bool {
        self.reason.chars().any(char::is_alphanumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Written> {
        let mut out = Vec::new();
        comment(text, 0, &mut out);
        out
    }

    fn one(text: &str) -> Written {
        let mut all = read(text);
        assert_eq!(all.len(), 1, "{text}: {all:?}");
        all.remove(0)
    }

    fn names(written: &Written) -> Vec<&str> {
        written.rules.iter().map(|(rule, _)| &**rule).collect()
    }

    #[test]
    fn the_parts_are_found_where_they_stand() {
        let text = "# gardefou: ignore[a/b, c/*] moves in spring until=2026-12-31";
        let written = one(text);
        assert_eq!(names(&written), ["a/b", "c/*"]);
        let spans: Vec<&str> = written.rules.iter().map(|(_, s)| s.of(text)).collect();
        assert_eq!(spans, ["a/b", "c/*"]);
        assert_eq!(written.reason, "moves in spring");
        let (day, place) = written.until.expect("a day");
        assert_eq!(day.to_string(), "2026-12-31");
        assert_eq!(place.of(text), "2026-12-31");
        assert_eq!(written.span.of(text), &text[2..]);
        assert_eq!(written.fault, None);
    }

    #[test]
    fn spellings_that_mean_the_same() {
        for text in [
            "#gardefou:ignore[a/b] why",
            "// gardefou: ignore [a/b]: why",
            "/* gardefou: ignore[ a/b , ] - why */",
            "/*\n * gardefou: ignore[a/b] why\n */",
            "# tflint-ignore: x # gardefou: ignore[a/b] why",
            "# gardefou: ignore[a/b] why\r\n",
        ] {
            let written = one(text);
            assert_eq!(names(&written), ["a/b"], "{text}");
            assert_eq!(written.reason, "why", "{text}");
            assert_eq!(written.fault, None, "{text}");
        }
    }

    #[test]
    fn several_on_one_line_and_in_one_comment() {
        let all = read(
            "# gardefou: ignore[a/b] one # gardefou: ignore[c/d] two until=2027-01-01\n# gardefou: ignore[e/f] three",
        );
        let reasons: Vec<&str> = all.iter().map(|one| &*one.reason).collect();
        assert_eq!(reasons, ["one", "two", "three"]);
    }

    #[test]
    fn prose_is_no_ignore() {
        for text in [
            "# write gardefou: ignore[a/b] why",
            "# gardefou: see the docs",
            "# a gardefou is a railing",
            "# Gardefou: ignore",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn faults_are_told_apart() {
        let day = |text: &str| Fault::NoDay(text.to_owned());
        let no = |text: &str| Fault::NoIgnore(text.to_owned());
        for (text, fault) in [
            ("# gardefou: ignore", Fault::NoRule),
            ("# gardefou: ignore this line", Fault::NoRule),
            ("# gardefou: ignore[]  why", Fault::NoRule),
            ("# gardefou: ignore[a/b why", Fault::Open),
            ("# gardefou: ignore[*] why", Fault::Everything),
            ("# gardefou: ignore[a/b, *] why", Fault::Everything),
            ("# gardefou: ignroe[a/b] why", no("ignroe")),
            ("# gardefou: skip[a/b] why", no("skip")),
            ("# gardefou: ignores", no("ignores")),
            (
                "# gardefou: ignore[a/b] why until=2026-02-30",
                day("2026-02-30"),
            ),
            ("# gardefou: ignore[a/b] why until=", day("")),
            (
                "# gardefou: ignore[a/b] why until=2026-01-01 until=2027-01-01",
                Fault::TwoDays,
            ),
        ] {
            assert_eq!(one(text).fault, Some(fault), "{text}");
        }
    }

    #[test]
    fn a_reason_is_words() {
        assert!(!one("# gardefou: ignore[a/b]").has_reason());
        assert!(!one("# gardefou: ignore[a/b] -- !").has_reason());
        assert!(!one("# gardefou: ignore[a/b] until=2026-12-31").has_reason());
        assert!(one("# gardefou: ignore[a/b] until=2026-12-31 é").has_reason());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let long = one(&format!(
            "# gardefou: ignore[a/b] {} until=2026-12-31",
            "é".repeat(1 << 20)
        ));
        assert_eq!(long.reason.chars().count(), MAX_REASON + 1);
        assert!(long.until.is_some());
        let words = one(&format!(
            "# gardefou: ignore[a/b] {}",
            "ab ".repeat(1 << 18)
        ));
        assert!(words.reason.chars().count() <= MAX_REASON + 2);
        let rules = one(&format!("# gardefou: ignore[{}] x", "a/b,".repeat(1 << 18)));
        assert_eq!(rules.fault, Some(Fault::TooMany));
        assert!(rules.rules.is_empty());
    }

    #[test]
    fn entries_of_the_annotation_follow_the_word() {
        let written = entry("[a/b] why until=2026-12-31", 10);
        assert_eq!(names(&written), ["a/b"]);
        assert_eq!(written.rules[0].1, Span::new(11, 14));
        assert_eq!(entry("ignore[a/b] why", 0).fault, Some(Fault::NoRule));
    }
}
