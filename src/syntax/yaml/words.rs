//! Short texts that repeat, kept once.

use std::sync::Arc;

/// A power of two.
const PLACES: usize = 512;
/// Longer texts seldom repeat.
const LONGEST: usize = 48;

/// The texts seen last, each at a place that its bytes choose. What is pushed out costs nothing but a second copy, so
/// that no input can make it slow.
pub(super) struct Words(Vec<Option<Arc<str>>>);

impl Words {
    pub(super) fn new() -> Self {
        Self(vec![None; PLACES])
    }

    pub(super) fn of(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return text.into();
        }
        match self.0.get_mut(place(text.as_bytes())) {
            Some(Some(known)) if **known == *text => Arc::clone(known),
            Some(other) => {
                let word: Arc<str> = text.into();
                *other = Some(Arc::clone(&word));
                word
            }
            None => text.into(),
        }
    }
}

fn place(text: &[u8]) -> usize {
    let mut hash = text.len() as u64;
    for part in text.chunks(8) {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(part) {
            *to = *from;
        }
        hash =
            (hash.rotate_left(5) ^ u64::from_le_bytes(bytes)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (hash >> 40) as usize % PLACES
}
