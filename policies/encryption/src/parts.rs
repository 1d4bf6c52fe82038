//! The parts of a resource that are encrypted by themselves: one verdict for each, as far as a reader bears it.

use gardefou_sdk::{Encryption, Verdict};

use crate::words;

/// So many parts of one resource get a verdict of their own; the last one says how many more there are.
const MAX_SHOWN: usize = 16;

/// A verdict for each of these parts. `say` is told how the part is named in a sentence.
pub(crate) fn each<'p>(
    parts: impl Iterator<Item = &'p Encryption>,
    say: impl Fn(&Encryption, &str) -> Verdict,
) -> Vec<Verdict> {
    let parts: Vec<&Encryption> = parts.collect();
    let more = parts.len().saturating_sub(MAX_SHOWN);
    let shown = parts.iter().take(MAX_SHOWN).enumerate();
    shown
        .map(|(at, part)| {
            let mut named = words::parts([part.part.as_str()]);
            if more > 0 && at + 1 == MAX_SHOWN {
                named.push_str(&format!(" (+{more})"));
            }
            say(part, &named)
        })
        .collect()
}
