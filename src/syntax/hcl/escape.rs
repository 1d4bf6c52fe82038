//! Escape sequences of literals.

use std::borrow::Cow;

use super::ast::Escapes;

/// The value of a raw literal. Sequences that are not valid stay as they are: the parser has reported them.
pub(super) fn resolve(raw: &str, escapes: Escapes) -> Cow<'_, str> {
    if escapes == Escapes::None {
        return Cow::Borrowed(raw);
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let (decoded, used) = decode(rest, first, escapes);
        match decoded {
            Some(c) => value.push(c),
            None => value.push_str(rest.get(..used).unwrap_or_default()),
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    Cow::Owned(value)
}

/// The first character of a raw literal once resolved (none: as written), and how many bytes it takes.
pub(super) fn decode(rest: &str, first: char, escapes: Escapes) -> (Option<char>, usize) {
    let bytes = rest.as_bytes();
    match first {
        '$' | '%' if escapes != Escapes::None => {
            if bytes.get(1) == bytes.first() && bytes.get(2) == Some(&b'{') {
                // The brace is left to the next step.
                return (Some(first), 2);
            }
            (Some(first), 1)
        }
        '\\' if escapes == Escapes::Quoted => match sequence(bytes) {
            Some((c, used)) => (Some(c), used),
            None => (Some(first), 1),
        },
        _ => (Some(first), first.len_utf8()),
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
    // As Go does with what is no character: half of a surrogate pair, or past the last code point.
    Some((
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
        2 + digits,
    ))
}
