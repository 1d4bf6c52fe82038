//! The parts of a resource that are encrypted by themselves: one verdict for each, as far as a reader bears it.

use gardefou_sdk::{Encryption, Verdict};

use crate::words;

/// So many parts of one resource get a verdict of their own; the last one says how many more there are.
const MAX_SHOWN: usize = 16;

/// A verdict for each of these parts; parts that the same evidence shows have one in common. `say` is told how the part is
/// named in a sentence.
pub(crate) fn each<'p>(
    parts: impl Iterator<Item = &'p Encryption>,
    say: impl Fn(&Encryption, &str) -> Verdict,
) -> Vec<Verdict> {
    let mut alike: Vec<(&Encryption, Vec<&str>)> = Vec::new();
    for part in parts {
        // What one line shows is mended in one place.
        let last = alike.last_mut().filter(|(first, _)| {
            !part.basis.evidence.is_empty()
                && part.basis.evidence == first.basis.evidence
                && part.holder == first.holder
                && part.at_rest == first.at_rest
        });
        match last {
            Some((_, names)) => names.push(&part.part),
            None => alike.push((part, vec![&part.part])),
        }
    }
    let more = alike.len().saturating_sub(MAX_SHOWN);
    let shown = alike.iter().take(MAX_SHOWN).enumerate();
    shown
        .map(|(at, (part, names))| {
            let mut named = words::parts(names.iter().copied());
            if more > 0 && at + 1 == MAX_SHOWN {
                named.push_str(&format!(" (+{more})"));
            }
            say(part, &named)
        })
        .collect()
}
