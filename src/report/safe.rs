//! What comes from the input never drives the terminal: control characters, escape sequences and marks that reorder or
//! hide text are made visible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for a character that could move the cursor, change colours, reorder or hide text.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// How many bytes are looked at in one step: a report is megabytes of harmless ones.
const STEP: usize = 32;

/// Is there such a character among those that are no printable ASCII and no line feed?
fn any_odd(text: &str, is_meant: impl Fn(char) -> bool) -> bool {
    let is_odd = |byte: &u8| (*byte < b' ' && *byte != b'\n') | (*byte >= 0x7F);
    let mut rest = text;
    // Of a fixed length and without a way out in the middle: so a processor looks at all of them at once.
    while let Some(part) = rest.as_bytes().first_chunk::<STEP>() {
        let odd = part.iter().fold(false, |odd, byte| odd | is_odd(byte));
        let (part, behind) = rest.split_at(rest.ceil_char_boundary(STEP));
        if odd && part.chars().any(&is_meant) {
            return true;
        }
        rest = behind;
    }
    let odd = rest
        .as_bytes()
        .iter()
        .fold(false, |odd, byte| odd | is_odd(byte));
    odd && rest.chars().any(&is_meant)
}

/// Text for people on one line: hostile characters as `\u{1b}`, line breaks and tabs as a space.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    clean_with(text, |c| match c {
        '\n' | '\t' => Some(" "),
        '\r' => Some(""),
        _ => None,
    })
}

/// Text for people that may have several lines.
pub fn clean(text: &str) -> Cow<'_, str> {
    clean_with(text, |c| match c {
        '\n' => Some("\n"),
        '\t' => Some("    "),
        '\r' => Some(""),
        _ => None,
    })
}

fn clean_with(text: &str, known: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.contains('\n') && !any_odd(text, is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match known(c) {
            Some(instead) => out.push_str(instead),
            // Writing to a String cannot fail.
            None if is_hostile(c) => drop(write!(out, "{}", c.escape_unicode())),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A text of at most so many bytes, with a sign that it was cut.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}

/// A piece of written JSON with hostile characters as `\u` escapes: the same values, and bytes that neither drive a terminal
/// nor break a line for readers that know more line breaks than JSON does. Line breaks between its parts stay.
pub(super) fn escaped_text(text: &str) -> Cow<'_, str> {
    if !any_odd(text, |c| is_hostile(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if !is_hostile(c) || c == '\n' {
            out.push(c);
            continue;
        }
        // Outside of strings JSON is plain ASCII, so this one stands in a string.
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    Cow::Owned(out)
}

/// Text that a runner of GitHub Actions reads as text. It takes `::name::` at the start of a line for a command, blanks before
/// it or not, and `##[name]` anywhere; a blank breaks both and leaves them readable.
pub fn unheeded(text: &str) -> Cow<'_, str> {
    if !text.contains("##[") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive(['\n', '\r']) {
        let blanks = line.len() - line.trim_start().len();
        let (before, rest) = line.split_at(blanks);
        out.push_str(before);
        let rest = match rest.strip_prefix("::") {
            Some(after) => {
                out.push_str(": :");
                after
            }
            None => rest,
        };
        out.push_str(&unmarked(rest));
    }
    Cow::Owned(out)
}

/// Text without a mark of the older notation of such commands.
pub(super) fn unmarked(text: &str) -> Cow<'_, str> {
    match text.contains("##[") {
        true => text.replace("##[", "# #[").into(),
        false => text.into(),
    }
}

/// A path inside a URI: everything but what always stands for itself, and `/`, is percent-encoded.
pub(crate) fn percent(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            // Writing to a String cannot fail.
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// True for a byte that may stand in a URI as it is.
pub(super) fn is_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Source text for an excerpt: every hostile character becomes a harmless one of the same number of bytes, so that spans
/// stay true. Tabs and line breaks stay.
pub(super) fn same_length(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let line_break = c == '\n' || c == '\t' || (c == '\r' && chars.peek() == Some(&'\n'));
        if line_break || !is_hostile(c) {
            out.push(c);
            continue;
        }
        out.push_str(match c.len_utf8() {
            1 => "?",
            2 => "\u{b7}",
            3 => "\u{fffd}",
            _ => "\u{fffd}?",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_made_visible() {
        assert_eq!(clean_line("a\u{1b}[31mb\r\nc\td"), "a\\u{1b}[31mb c d");
        assert_eq!(clean_line("x\u{202e}y\u{9b}z"), "x\\u{202e}y\\u{9b}z");
        assert_eq!(clean("a\nb\u{7}"), "a\nb\\u{7}");
        assert!(matches!(
            clean_line("clinique à Nîmes, 東京"),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn hostile_characters_are_found_wherever_they_stand() {
        for filling in ["a", "é", "東", "\u{1f3e5}"] {
            for before in 0..STEP * 2 {
                let text = filling.repeat(before);
                assert!(!any_odd(&text, is_hostile), "{before}");
                for hostile in ["\u{1b}", "\u{7f}", "\u{9b}", "\u{202e}"] {
                    let text = format!("{text}{hostile}{text}");
                    assert!(any_odd(&text, is_hostile), "{before} {text:?}");
                    assert!(matches!(clean(&text), Cow::Owned(_)));
                }
                assert!(matches!(clean_line(&format!("{text}\n")), Cow::Owned(_)));
            }
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("données", 8), "données");
        assert_eq!(cut("données", 7), "donn…");
        assert_eq!(cut("ééé", 4), "…");
        assert_eq!(cut("ééé", 0), "…");
    }

    #[test]
    fn json_keeps_its_values_and_loses_what_drives_terminals() {
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        let json = serde_json::to_string_pretty(&[&all]).expect("JSON");
        let text = escaped_text(&json);
        assert!(!text.chars().any(|c| is_hostile(c) && c != '\n'));
        let back: Vec<String> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, [all]);
    }

    #[test]
    fn a_runner_finds_no_command() {
        let cases = [
            ("::error::x", ": :error::x"),
            ("a\n \t::add-mask::x\n", "a\n \t: :add-mask::x\n"),
            (
                "a\r\u{a0}::stop-commands::x",
                "a\r\u{a0}: :stop-commands::x",
            ),
            ("at ::1 and a::b", "at ::1 and a::b"),
            ("x ##[error]y ###[group]z", "x # #[error]y ## #[group]z"),
            (":::x", ": ::x"),
            ("\n\n  \n::x", "\n\n  \n: :x"),
        ];
        for (text, expected) in cases {
            let safe = unheeded(text);
            assert_eq!(safe, expected);
            assert!(!safe.contains("##["));
            assert!(
                !safe
                    .split(['\n', '\r'])
                    .any(|line| line.trim().starts_with("::"))
            );
        }
        assert!(matches!(unheeded("plain\ntext: a"), Cow::Borrowed(_)));
    }

    #[test]
    fn paths_are_encoded_whole() {
        assert_eq!(
            percent("infra/prod a/é#1.tf"),
            "infra/prod%20a/%C3%A9%231.tf"
        );
        assert_eq!(percent("a:b?\u{1b}\\"), "a%3Ab%3F%1B%5C");
    }

    #[test]
    fn excerpts_keep_their_length() {
        let all = (0..=0x10_ffff).filter_map(char::from_u32);
        for c in all.filter(|c| is_hostile(*c)) {
            let text = format!("a{c}b");
            let safe = same_length(&text);
            assert_eq!(safe.len(), text.len(), "{c:?}");
            assert!(
                !safe
                    .chars()
                    .any(|c| is_hostile(c) && c != '\n' && c != '\t'),
                "{c:?}"
            );
        }
        assert_eq!(same_length("a\r\nb\rc\n"), "a\r\nb?c\n");
    }
}
