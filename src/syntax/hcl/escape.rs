//! Escape sequences of literals.

use std::borrow::Cow;

use super::ast::Escapes;

/// The value of a raw literal. Sequences that are not valid stay as they are: the parser has reported them.
pub(super) fn resolve(raw: &str, escapes: Escapes) -> Cow<'_, str> {
    if escapes == Escapes::None {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some((decoded, used)) = next(raw, at, escapes) {
        value.push(decoded);
        at += used;
    }
    Cow::Owned(value)
}

/// The first character of a raw literal once resolved, and how many bytes it takes.
fn decode(rest: &str, first: char, escapes: Escapes) -> (char, usize) {
    let bytes = rest.as_bytes();
    match first {
        // Of `$${` the brace is left to the next step.
        '$' | '%'
            if escapes != Escapes::None
                && bytes.get(1) == bytes.first()
                && bytes.get(2) == Some(&b'{') =>
        {
            (first, 2)
        }
        '\\' if escapes == Escapes::Quoted => sequence(bytes).unwrap_or((first, 1)),
        _ => (first, first.len_utf8()),
    }
}

/// A backslash sequence at the start of `bytes`: its character and its length.
pub(super) fn sequence(bytes: &[u8]) -> Option<(char, usize)> {
    let simple = match bytes.get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'"' => '"',
        b'\\' => '\\',
        b'u' => return code_point(bytes, 4),
        b'U' => return code_point(bytes, 8),
        _ => return None,
    };
    Some((simple, 2))
}

fn code_point(bytes: &[u8], digits: usize) -> Option<(char, usize)> {
    let mut code = 0_u32;
    for &digit in bytes.get(2..2 + digits)? {
        code = (code << 4) | char::from(digit).to_digit(16)?;
    }
    Some((char::from_u32(code)?, 2 + digits))
}

/// How many bytes of white space a raw literal starts with, counted on its value: `\n` written as an escape is white space too.
pub(super) fn leading_space(raw: &str, escapes: Escapes) -> usize {
    let mut at = 0;
    while let Some((c, used)) = next(raw, at, escapes) {
        if !c.is_whitespace() {
            break;
        }
        at += used;
    }
    at
}

/// The length of a raw literal without the white space at its end, counted on its value.
pub(super) fn without_trailing_space(raw: &str, escapes: Escapes) -> usize {
    if escapes != Escapes::Quoted {
        return raw.trim_end().len();
    }
    let (mut at, mut end) = (0, 0);
    while let Some((c, used)) = next(raw, at, escapes) {
        at += used;
        if !c.is_whitespace() {
            end = at;
        }
    }
    end
}

fn next(raw: &str, at: usize, escapes: Escapes) -> Option<(char, usize)> {
    let rest = raw.get(at..)?;
    Some(decode(rest, rest.chars().next()?, escapes))
}
