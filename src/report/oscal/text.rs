//! Text as OSCAL wants it: prose is Markdown, names are tokens, days are instants, references are URIs.

use std::borrow::Cow;

use super::model::Prop;
use crate::report::{Report, safe};
use crate::report::{clean_line, percent};
use crate::source::{Place, Source};

/// The namespace of what OSCAL has no word for.
pub(super) const NAMESPACE: &str = "https://gardefou.eu/ns/oscal";

/// Ends of the days that OSCAL can write.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2999;

/// A text on one line as Markdown: nothing in it links, embeds, or looks like a heading; what the rules set in backticks
/// stays so.
pub(super) fn markup(text: &str) -> String {
    let text = clean_line(text.trim());
    let text = match text.trim() {
        // Alone it starts no list, as a hyphen would.
        "" => "–",
        text => text,
    };
    // Backticks pair from the left when each stands alone and none is left over: the parser pairs them in the same way,
    // since no backslash before them is left unescaped.
    let pairs = !text.contains("``") && text.matches('`').count().is_multiple_of(2);
    let mut out = String::with_capacity(text.len() + 8);
    let mut in_code = false;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let first = at == 0;
        match c {
            '`' if pairs => in_code = !in_code,
            _ if in_code => {}
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '~' | '^' | '{' | '}' | '|' => {
                out.push('\\');
            }
            // Inside of words it means nothing.
            '_' if !before.is_alphanumeric() => out.push('\\'),
            '#' | '-' | '+' if first => out.push('\\'),
            // `1.` and `1)` start lists.
            '.' | ')' if text.get(..at).is_some_and(is_number) => out.push('\\'),
            _ => {}
        }
        out.push(c);
        before = c;
    }
    out
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Paragraphs as one text; none when there are none.
pub(super) fn paragraphs(all: impl IntoIterator<Item = String>) -> Option<String> {
    let all: Vec<String> = all.into_iter().collect();
    (!all.is_empty()).then(|| all.join("\n\n"))
}

/// A property in our namespace; none without a value.
pub(super) fn prop(name: &'static str, value: impl AsRef<str>) -> Option<Prop> {
    let value = plain(value.as_ref())?;
    Some(Prop {
        name,
        ns: Some(NAMESPACE),
        value,
    })
}

/// A property that OSCAL knows.
pub(super) fn known(name: &'static str, value: impl AsRef<str>) -> Option<Prop> {
    let value = plain(value.as_ref())?;
    Some(Prop {
        name,
        ns: None,
        value,
    })
}

/// A string without space at its ends, as OSCAL's strings are.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = clean_line(text);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// An id as a token: what none can hold becomes a hyphen.
pub(super) fn token(id: &str) -> Cow<'_, str> {
    let starts = |c: char| c.is_alphabetic() || c == '_';
    let fits = |c: char| starts(c) || c.is_numeric() || matches!(c, '.' | '-');
    if id.starts_with(starts) && id.chars().all(fits) {
        return Cow::Borrowed(id);
    }
    let kept = id.chars().map(|c| if fits(c) { c } else { '-' });
    Cow::Owned(std::iter::once('_').chain(kept).collect())
}

/// The start of a day; none for one that OSCAL cannot write.
pub(super) fn starts(day: &str) -> Option<String> {
    can_be_written(day).then(|| format!("{day}T00:00:00Z"))
}

/// The end of a day, which is the last one: until then something holds.
pub(super) fn ends(day: &str) -> Option<String> {
    can_be_written(day).then(|| format!("{day}T23:59:59Z"))
}

fn can_be_written(day: &str) -> bool {
    let year = day.split('-').next().and_then(|year| year.parse().ok());
    year.is_some_and(|year| YEARS.contains(&year))
}

/// A line of a file, as the repository knows it; none for what is no file of it.
pub(super) fn href(place: Place, report: &Report<'_>) -> Option<String> {
    let source = report.sources.get(place.source);
    is_file(&source).then(|| {
        let line = source.position(place.span.start).line;
        format!("{}#L{line}", path_href(source.path(), report))
    })
}

fn is_file(source: &Source) -> bool {
    !source.is_rendered() && !source.path().starts_with('<')
}

/// A file, as the repository knows it.
pub(super) fn path_href(path: &str, report: &Report<'_>) -> String {
    percent(&report.repository_path(path))
}

/// An address that a source of the catalogue names; none when it is in words.
pub(super) fn address(source: &str) -> Option<String> {
    let is_web = source.starts_with("https://") || source.starts_with("http://");
    (is_web && source.bytes().all(safe::is_uri)).then(|| source.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_escaped_and_stays_readable() {
        assert_eq!(
            markup("aws_s3_bucket.notes holds health data in `eu-west-2` (GB)"),
            "aws_s3_bucket.notes holds health data in `eu-west-2` (GB)"
        );
        assert_eq!(markup("module.db[\"a\"]"), "module.db\\[\"a\"\\]");
        assert_eq!(
            markup("[x](javascript:alert(1)) <script> ![i](h) **b**"),
            "\\[x\\](javascript:alert(1)) \\<script\\> !\\[i\\](h) \\*\\*b\\*\\*"
        );
        assert_eq!(markup("# a"), "\\# a");
        assert_eq!(markup("12. a 1.5"), "12\\. a 1.5");
        assert_eq!(markup("a ` <b> c"), "a \\` \\<b\\> c");
        assert_eq!(markup("a `` <b>` c"), "a \\`\\` \\<b\\>\\` c");
        assert_eq!(markup("a \\` <b> `c"), "a \\\\` <b> `c");
        assert_eq!(
            markup("{{ insert: param, x }}"),
            "\\{\\{ insert: param, x \\}\\}"
        );
        assert_eq!(markup(" \n "), "–");
        assert_eq!(markup("- a"), "\\- a");
        assert_eq!(markup("a\u{1b}[31m"), "a\\\\u\\{1b\\}\\[31m");
    }

    #[test]
    fn ids_are_tokens() {
        assert_eq!(token("SNC-LOC-001"), "SNC-LOC-001");
        assert_eq!(token("1 a/b"), "_1-a-b");
        assert_eq!(token(""), "_");
    }

    #[test]
    fn days_are_instants_where_they_can_be_written() {
        assert_eq!(
            starts("2026-11-21").as_deref(),
            Some("2026-11-21T00:00:00Z")
        );
        assert_eq!(ends("2026-11-21").as_deref(), Some("2026-11-21T23:59:59Z"));
        assert_eq!(ends("9999-12-31"), None);
        assert_eq!(starts("0001-01-01"), None);
    }
}
