//! Short texts that repeat, kept once.

use std::cell::Cell;
use std::sync::Arc;

/// A power of two.
const PLACES: usize = 512;
/// Longer texts seldom repeat.
const LONGEST: usize = 48;

/// The texts seen last, each at a place that its bytes choose. What is pushed out costs nothing but a second copy, so
/// that no input can make it slow.
pub(super) struct Words(Vec<Option<Arc<str>>>);

thread_local! {
    /// Those of the text before: manifests have nearly all their keys in common.
    static KEPT: Cell<Vec<Option<Arc<str>>>> = const { Cell::new(Vec::new()) };
}

impl Words {
    pub(super) fn new() -> Self {
        let kept = KEPT.try_with(Cell::take).unwrap_or_default();
        Self(match kept.len() {
            PLACES => kept,
            _ => vec![None; PLACES],
        })
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

impl Drop for Words {
    fn drop(&mut self) {
        let all = std::mem::take(&mut self.0);
        // The thread may be ending.
        _ = KEPT.try_with(|kept| kept.set(all));
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
