//! Texts and addresses for SARIF: whole sentences, no link that the input made, paths as URIs.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::report::clean_line;

/// Text of the input: on one line, visible, bounded, and without a link.
pub(super) fn line(text: &str, most: usize) -> Cow<'_, str> {
    let clean = match clean_line(text) {
        Cow::Borrowed(text) => bounded(text, most),
        Cow::Owned(text) => Cow::Owned(bounded(&text, most).into_owned()),
    };
    // `[text](target)` is a link, wherever it comes from.
    match clean.contains("](") {
        true => Cow::Owned(clean.replace("](", "] (")),
        false => clean,
    }
}

/// The start of a text, with a mark where something is left out.
pub(super) fn bounded(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    // Never more than `most` bytes, and so never more characters.
    let end = text.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}

/// A whole sentence: findings and problems start in lower case, and leave the full stop out. A name at the start stays as it
/// is.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let first = text.split([' ', '\u{a0}']).next().unwrap_or_default();
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len() + 1);
    if first.chars().all(char::is_alphabetic) {
        out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    }
    out.push_str(chars.as_str());
    if !text.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
    out
}

/// A link in a message to the location with an id.
pub(super) fn link(text: &str, id: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    out.push('[');
    for c in text.chars() {
        if matches!(c, '[' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    // Writing to a String cannot fail.
    let _ = write!(out, "]({id})");
    out
}

/// A path as a relative URI. What may stand in a path stays as it is; a colon may not stand in the first part, and is
/// escaped everywhere.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(byte)),
            b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => out.push(char::from(byte)),
            b'!' | b'$' | b'&' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => {
                out.push(char::from(byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("infra/main.tf"), "infra/main.tf");
        assert_eq!(uri("a b/100%/c#d?e.tf"), "a%20b/100%25/c%23d%3Fe.tf");
        assert_eq!(uri("c:/é\u{202e}[0].tf"), "c%3A/%C3%A9%E2%80%AE%5B0%5D.tf");
        assert_eq!(uri("x\u{1b}\\y"), "x%1B%5Cy");
    }

    #[test]
    fn the_input_makes_no_links() {
        assert_eq!(
            line("x[here](https://evil.example)\u{202e}\ny", 100),
            "x[here] (https://evil.example)\\u{202e} y"
        );
        assert_eq!(link("a[0](1)", 2), "[a\\[0\\](1)](2)");
        assert!(matches!(line("b[\"é\"]", 100), Cow::Borrowed(_)));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(bounded("éééé", 8), "éééé");
        assert_eq!(bounded("ééééé", 8), "éé…");
        assert!(bounded(&"é".repeat(900), 1024).chars().count() <= 1024);
    }

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence("it is so"), "It is so.");
        assert_eq!(sentence("état des lieux. "), "État des lieux.");
        assert_eq!(sentence("is it so?"), "Is it so?");
        assert_eq!(sentence("aws_s3_bucket.a is so"), "aws_s3_bucket.a is so.");
        assert_eq!(sentence("`a` is so"), "`a` is so.");
    }
}
