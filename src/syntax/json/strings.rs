//! The inside of strings: where their text ends, and what escapes stand for.

/// How many bytes at the start of `bytes` are nothing but text: no quote, no backslash, no control character. Eight are
/// looked at in one go; fewer may be answered than there are.
pub(super) fn plain(bytes: &[u8]) -> usize {
    const EACH: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = EACH * 0x80;
    // Of several bytes below `limit` the first is found for sure; those behind it may only look so.
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word & HIGH;
    let (eights, _) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let word = u64::from_le_bytes(*eight);
        let quotes = below(word ^ (EACH * u64::from(b'"')), 1);
        let backslashes = below(word ^ (EACH * u64::from(b'\\')), 1);
        let found = quotes | backslashes | below(word, 0x20);
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    eights.len() * 8
}

/// An escape sequence at the start of `bytes`: its character and its length. Half of a surrogate pair alone is the
/// replacement character, as Go reads it.
pub(super) fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let simple = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = code_unit(bytes)?;
            if let 0xD800..=0xDBFF = first
                && bytes.get(6..8) == Some(b"\\u")
                && let Some(second @ 0xDC00..=0xDFFF) = bytes.get(6..).and_then(code_unit)
            {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Some((char::from_u32(code)?, 12));
            }
            return Some((
                char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
                6,
            ));
        }
        _ => return None,
    };
    Some((simple, 2))
}

/// The four hexadecimal digits after `\u`.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let mut code = 0;
    for &digit in bytes.get(2..6)? {
        code = (code << 4) | char::from(digit).to_digit(16)?;
    }
    Some(code)
}
