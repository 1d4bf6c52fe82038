//! Names that are the same for the same thing in every report: version 5 UUIDs (RFC 9562) under a namespace of our own.

use sha1::{Digest, Sha1};

/// The version 5 UUID of `https://gardefou.eu/ns/oscal` in the namespace of addresses.
const SPACE: [u8; 16] = [
    0x62, 0x5d, 0x40, 0xb0, 0x0c, 0xa8, 0x5b, 0x68, 0xbf, 0x7f, 0x05, 0xa4, 0x74, 0x38, 0x0f, 0x5f,
];

/// The name of a thing: what it is, and the parts that make it itself.
pub(super) fn uuid(is: &str, parts: &[&str]) -> String {
    let mut hash = Sha1::new();
    hash.update(SPACE);
    hash.update(is.as_bytes());
    for part in parts {
        // No part can shift its border to its neighbour.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(36);
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => (byte & 0x0f) | 0x50,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let halves = [byte >> 4, byte & 15].into_iter();
        text.extend(halves.filter_map(|half| char::from_digit(half.into(), 16)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::uuid;

    /// Reports of different days are compared by them: they are a promise.
    #[test]
    fn names_are_frozen() {
        // uuid5(uuid5(NAMESPACE_URL, "https://gardefou.eu/ns/oscal"), "tool") of Python.
        assert_eq!(uuid("tool", &[]), "1139966a-beac-5669-a78d-c67f8d4007cc");
        assert_ne!(uuid("a", &["b", "c"]), uuid("a", &["bc"]));
    }
}
