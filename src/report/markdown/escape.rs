//! Text of the input in Markdown, as GitHub and GitLab read it: shown as it is, never acted on.
//!
//! Escaping the marks of Markdown is not enough. Both look for references in the *finished* page: a name behind `@` is told,
//! `#12` and `!12` link issues, which then say so, `:tada:` becomes a picture, an address becomes a link, `$` starts
//! mathematics. A backslash does not help, since it is gone by then. Within code neither looks, so names of things are set as
//! code; in prose a space of no width stands behind the character that would start a reference. Nothing of the input stands
//! at the start of a line, where GitLab reads commands (`/close`).

use std::borrow::Cow;

use crate::report::{clean_line, safe::cut};

/// Keeps two characters from being read together, and is not seen.
const APART: &str = "&#8203;";

/// Bytes of one name: an address, a path.
const NAME: usize = 200;

/// A name as code. In a table a bar ends the cell even within code.
pub(super) fn code(text: &str) -> String {
    let clean = clean_line(text);
    let text = cut(&clean, NAME);
    if text.trim().is_empty() {
        return "—".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // The renderer takes one space from each end when there is one at both.
    let spaced = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if spaced { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A name as code, in a cell of a table.
pub(super) fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Prose of at most so many bytes. What stands between backticks is code: messages and labels are written so.
pub(super) fn prose(text: &str, most: usize) -> String {
    let clean = clean_line(text);
    let text = cut(&clean, most);
    let parts: Vec<&str> = text.split('`').collect();
    // An odd backtick may be one of the input, or half of a pair that was cut.
    if parts.len().is_multiple_of(2) {
        return plain(&text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in parts.iter().enumerate() {
        match at % 2 {
            0 => out += &plain(part),
            _ if part.trim().is_empty() => out += "\\`\\`",
            _ => push(&mut out, &code(part)),
        }
    }
    out
}

/// Prose that speaks of a resource: its address is set as code.
pub(super) fn message(text: &str, address: &str, most: usize) -> String {
    let (text, address) = (clean_line(text), clean_line(address));
    if address.is_empty()
        || address.contains('`')
        || address.len() > NAME
        || !text.contains(&*address)
    {
        return prose(&text, most);
    }
    let text = cut(&text, most);
    let mut out = String::with_capacity(text.len() + 16);
    for (at, part) in text.split(&*address).enumerate() {
        if at > 0 {
            push(&mut out, &code(&address));
        }
        push(&mut out, &prose(part, most));
    }
    out
}

/// Adds what may start with code: backticks of two spans side by side would be read as one run.
fn push(out: &mut String, part: &str) {
    if out.ends_with('`') && part.starts_with('`') {
        out.push_str(APART);
    }
    out.push_str(part);
}

/// Text without code.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    let mut before: [char; 3] = [' '; 3];
    let mut digits_only = true;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let starts = next.is_some_and(|next| next.is_alphanumeric() || "_+-/\"'".contains(next));
        let at_start = out.is_empty();
        if c == '.' && before.map(|c| c.to_ascii_lowercase()) == ['w'; 3] {
            // The renderer itself makes a link of `www.`, before it knows of a space of no width behind it.
            out.push_str(APART);
        }
        match escaped(c) {
            Some(instead) => out.push_str(&instead),
            // A list or a heading may begin where the text does.
            None if at_start && matches!(c, '-' | '+' | '=') => {
                out.push('\\');
                out.push(c);
            }
            None if digits_only && !at_start && matches!(c, '.' | ')') => {
                out.push('\\');
                out.push(c);
            }
            None => out.push(c),
        }
        if starts && refers(c, before) {
            out.push_str(APART);
        }
        digits_only &= c.is_ascii_digit();
        before = [before[1], before[2], c];
    }
    out
}

/// A mark of Markdown or HTML, as text.
fn escaped(c: char) -> Option<Cow<'static, str>> {
    Some(match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '>' => "&gt;".into(),
        // Neither reads it as mathematics here.
        '$' => "<span>$</span>".into(),
        '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | '~' | '#' | '!' => {
            format!("\\{c}").into()
        }
        _ => return None,
    })
}

/// True for a character that starts a reference, or a link.
fn refers(c: char, before: [char; 3]) -> bool {
    match c {
        '@' | '#' | '!' | '%' | '~' | '&' | '^' | ':' => true,
        // `GH-12`
        '-' => before.map(|c| c.to_ascii_lowercase())[1..] == ['g', 'h'],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_whatever_is_in_them() {
        let cases = [
            ("aws_s3_bucket.a", "`aws_s3_bucket.a`"),
            ("a`b", "``a`b``"),
            ("`a``b", "``` `a``b ```"),
            (" a ", "`  a  `"),
            ("", "—"),
            ("a\n# b", "`a # b`"),
        ];
        for (text, expected) in cases {
            assert_eq!(code(text), expected, "{text:?}");
        }
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
        assert!(code(&"x".repeat(5000)).len() < 300);
    }

    #[test]
    fn prose_refers_to_nothing() {
        let cases = [
            ("tell @all", "tell @&#8203;all"),
            (
                "see #12, !3, %4, ~x, &5, ^alert",
                "see \\#&#8203;12, \\!&#8203;3, %&#8203;4, \\~&#8203;x, &amp;&#8203;5, ^&#8203;alert",
            ),
            (":tada: and :+1:", ":&#8203;tada: and :&#8203;+1:"),
            (
                "http://a.b www.a.b x@y.z",
                "http:&#8203;//a.b www&#8203;.a.b x@&#8203;y.z",
            ),
            ("![a](b) [c](d)", "\\!\\[a\\](b) \\[c\\](d)"),
            ("<img src=x> &lt;", "&lt;img src=x&gt; &amp;&#8203;lt;"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            ("a | b", "a \\| b"),
            ("# a", "\\# a"),
            ("- a", "\\- a"),
            ("12. a", "12\\. a"),
            ("GH-12", "GH-&#8203;12"),
            (
                "100 % at 10:30, eu-west-3: Paris",
                "100 % at 10:&#8203;30, eu-west-3: Paris",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text, 1000), expected, "{text:?}");
        }
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(prose("value of `var.a_b`", 100), "value of `var.a_b`");
        assert_eq!(prose("odd ` one @x", 100), "odd \\` one @&#8203;x");
        assert_eq!(prose("`` @x", 100), "\\`\\` @&#8203;x");
        assert_eq!(
            message("a_b.c keeps data, a_b.c too", "a_b.c", 100),
            "`a_b.c` keeps data, `a_b.c` too"
        );
        assert_eq!(message("a`b @x", "a`b", 100), "a\\`b @&#8203;x");
    }

    /// Of no text a reference, a mark or a tag is left, wherever code starts and ends in it.
    #[test]
    fn outside_of_code_nothing_is_left() {
        let marks = [
            "`", "@a", "#1", "<b>", "![x](y)", "|", "``", "\\", "\n/close", ":x:", "$y$",
        ];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            texts = texts
                .iter()
                .flat_map(|text| marks.iter().map(move |mark| format!("{text}{mark}")))
                .collect();
        }
        for text in &texts {
            for written in [prose(text, 500), message(text, "@a", 500), code(text)] {
                let outside = outside_of_code(&written);
                let left = ["@a", "#1", "<b>", "![", "](", ":x:", "$y$", "\n"];
                for mark in left {
                    assert!(!outside.contains(mark), "{text:?}: {written}");
                }
            }
        }
    }

    /// What a renderer takes for text: CommonMark's rule for spans of code.
    fn outside_of_code(text: &str) -> String {
        let bytes = text.as_bytes();
        let run = |at: usize| bytes[at..].iter().take_while(|b| **b == b'`').count();
        let (mut out, mut at) = (String::new(), 0);
        while at < text.len() {
            let c = text[at..].chars().next().expect("a character");
            if c == '\\' {
                let next = text[at + 1..].chars().next();
                at += 1 + next.map_or(0, char::len_utf8);
                // An escaped mark is text.
                out.push('\u{2}');
                continue;
            }
            if c != '`' {
                out.push(c);
                at += c.len_utf8();
                continue;
            }
            let open = run(at);
            let mut end = at + open;
            let closed = loop {
                match text[end..].find('`') {
                    None => break None,
                    Some(found) => {
                        let found = end + found;
                        let n = run(found);
                        if n == open {
                            break Some(found + n);
                        }
                        end = found + n;
                    }
                }
            };
            match closed {
                Some(past) => {
                    out.push('\u{1}');
                    at = past;
                }
                None => {
                    out.push_str(&text[at..at + open]);
                    at += open;
                }
            }
        }
        out
    }
}
