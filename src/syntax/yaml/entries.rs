//! The entries of a mapping: sorted, the last of equal keys, with what merge keys and aliases bring along.

use std::sync::Arc;

use crate::source::{Place, Span};
use crate::text::Text;
use crate::value::{Data, Entries, Origin, Step, Value, Via};

/// An entry of a mapping that is still open.
pub(super) struct Entry {
    pub(super) name: Arc<str>,
    pub(super) key: Span,
    pub(super) value: Value,
    /// Taken over by `<<`.
    pub(super) merged: bool,
}

/// Takes the entries from `from` on, sorted by key; of equal keys the last counts, which is told when both were written
/// here: the later key, the earlier one, and what they say.
pub(super) fn settle(
    all: &mut Vec<Entry>,
    from: usize,
    mut twice: impl FnMut(Span, Span, &str),
) -> Entries {
    let own = all.get_mut(from..).unwrap_or_default();
    if !own.is_sorted_by(|a, b| a.name < b.name) {
        own.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let mut out = Entries::with_capacity(own.len());
    // Of the entry that `out` ends with.
    let mut last = (Span::default(), false);
    for entry in all.drain(from..) {
        match out.last_mut() {
            Some(before) if before.0 == entry.name => {
                let (first, merged) = last;
                if !merged && !entry.merged {
                    twice(entry.key, first, &entry.name);
                }
                before.1 = entry.value;
            }
            _ => out.push((entry.name, entry.value)),
        }
        last = (entry.key, entry.merged);
    }
    out
}

/// `<<`: takes over the entries of a mapping, or of several of which the first counts most.
pub(super) fn merge(value: Value, into: &mut Vec<Entry>, key: Span) -> Result<(), Text> {
    let wrong = || {
        Err(Text::new(
            "`<<` merges mappings only; this entry is left out",
            "`<<` ne fusionne que des tables ; cette entrée est laissée de côté",
        ))
    };
    let mut take = |entries: &Entries| {
        into.extend(entries.iter().map(|(name, value)| Entry {
            name: Arc::clone(name),
            key,
            value: value.clone(),
            merged: true,
        }));
    };
    match &value.data {
        Data::Object(entries) => take(entries),
        Data::Tuple(all) => {
            for one in all.iter().rev() {
                match &one.data {
                    Data::Object(entries) => take(entries),
                    _ => return wrong(),
                }
            }
        }
        // Its problem is already said.
        Data::Unknown(_) => {}
        _ => return wrong(),
    }
    Ok(())
}

/// A value as an alias at `place` brings it: whatever part of it proves something is proved by the alias first, and
/// behind it by what the anchor stands at. Parts above the limit stay where the anchor stands.
///
/// Recursion is bounded: the nesting of values is.
pub(super) fn moved(value: &Value, place: Place, left: &mut usize) -> Value {
    if *left == 0 {
        return value.clone();
    }
    *left -= 1;
    let data = match &value.data {
        Data::Tuple(all) => Data::Tuple(all.iter().map(|one| moved(one, place, left)).collect()),
        Data::Object(all) => {
            let all = all.iter();
            let all = all.map(|(name, one)| (Arc::clone(name), moved(one, place, left)));
            Data::Object(Arc::new(all.collect()))
        }
        other => other.clone(),
    };
    Value {
        data,
        marks: value.marks,
        origin: Origin {
            place: Some(place),
            via: Some(Arc::new(Via {
                step: Step::Parts,
                origins: vec![value.origin.clone()],
            })),
        },
    }
}
