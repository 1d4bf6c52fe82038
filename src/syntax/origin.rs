//! Where a text came from, when it is not a file of its own.

use crate::source::Span;

/// Maps offsets in a text to offsets in the source that holds it, such as a template inside a JSON string.
///
/// The map is a list of runs: from each noted offset on, both sides advance together until the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Pairs (offset in the text, offset in the source), ascending; none for a text that is its source.
    runs: Vec<(u32, u32)>,
}

impl Origin {
    /// The text is the source itself.
    pub const WHOLE: Self = Self { runs: Vec::new() };

    /// The text stands as it is in the source, from `offset` on.
    pub fn at(offset: u32) -> Self {
        Self {
            runs: vec![(0, offset)],
        }
    }

    /// Notes that from `text` on, the text continues at `source`. Calls must be in ascending order.
    pub fn push(&mut self, text: u32, source: u32) {
        if let Some(last) = self.runs.last_mut()
            && last.0 == text
        {
            last.1 = source;
            return;
        }
        self.runs.push((text, source));
    }

    /// The offset in the source.
    pub fn offset(&self, text: u32) -> u32 {
        let next = self.runs.partition_point(|run| run.0 <= text);
        match next.checked_sub(1).and_then(|at| self.runs.get(at)) {
            None => text,
            Some(&(from, to)) => {
                let mapped = to.saturating_add(text - from);
                self.runs
                    .get(next)
                    .map_or(mapped, |after| mapped.min(after.1))
            }
        }
    }

    /// The span in the source.
    pub fn span(&self, text: Span) -> Span {
        Span::new(self.offset(text.start), self.offset(text.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_follow_the_runs() {
        assert_eq!(Origin::WHOLE.span(Span::new(3, 5)), Span::new(3, 5));
        assert_eq!(Origin::at(10).span(Span::new(3, 5)), Span::new(13, 15));
        // `"a\nb"` at offset 100: `a` is at 101, the escape at 102..104, `b` at 104.
        let mut origin = Origin::at(101);
        origin.push(1, 102);
        origin.push(2, 104);
        assert_eq!(origin.span(Span::new(0, 1)), Span::new(101, 102));
        assert_eq!(origin.span(Span::new(1, 2)), Span::new(102, 104));
        assert_eq!(origin.span(Span::new(2, 3)), Span::new(104, 105));
    }
}
