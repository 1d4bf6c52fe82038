//! Spans inside each other, and which of them lie around another: in the time of a search and of the nesting.

use crate::source::Span;

/// What has a span.
pub(super) trait Spanned: Ord {
    fn span(&self) -> Span;
}

impl Spanned for Span {
    fn span(&self) -> Span {
        *self
    }
}

/// Spans, sorted, each with the one before it that may hold it.
#[derive(Debug)]
pub(super) struct Nest<T> {
    all: Vec<T>,
    outer: Vec<Option<usize>>,
}

impl<T: Spanned> Nest<T> {
    /// Of spans in any order; equal ones are kept once.
    pub(super) fn new(mut all: Vec<T>) -> Self {
        all.sort_unstable_by(|a, b| {
            let key = |one: &T| (one.span().start, std::cmp::Reverse(one.span().end));
            key(a).cmp(&key(b)).then_with(|| a.cmp(b))
        });
        all.dedup();
        let mut outer = Vec::with_capacity(all.len());
        let mut open: Vec<usize> = Vec::new();
        for (at, one) in all.iter().enumerate() {
            let ended = |inner: &usize| {
                let inner = all.get(*inner).map(Spanned::span);
                inner.is_none_or(|inner| inner.end <= one.span().start)
            };
            while open.pop_if(|inner| ended(inner)).is_some() {}
            outer.push(open.last().copied());
            open.push(at);
        }
        Self { all, outer }
    }

    /// Those that hold a span, innermost first, with their positions.
    pub(super) fn around(&self, span: Span) -> impl Iterator<Item = (&T, usize)> {
        let before = self
            .all
            .partition_point(|one| one.span().start <= span.start);
        let outer = |at: &usize| self.outer.get(*at).copied().flatten();
        std::iter::successors(before.checked_sub(1), outer)
            .filter_map(|at| Some((self.all.get(at)?, at)))
            .filter(move |(one, _)| one.span().end >= span.end)
    }

    /// Where one stands.
    pub(super) fn position(&self, wanted: &T) -> Option<usize> {
        let key = |one: &T| (one.span().start, std::cmp::Reverse(one.span().end));
        let order = |one: &T| key(one).cmp(&key(wanted)).then_with(|| one.cmp(wanted));
        self.all.binary_search_by(order).ok()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(nest: &Nest<Span>, start: u32, end: u32) -> Vec<(u32, u32)> {
        let found = nest.around(Span::new(start, end));
        found.map(|(one, _)| (one.start, one.end)).collect()
    }

    #[test]
    fn the_innermost_comes_first() {
        let spans = [(20, 30), (0, 100), (10, 40), (22, 24), (50, 60), (0, 100)];
        let nest = Nest::new(spans.iter().map(|(a, b)| Span::new(*a, *b)).collect());
        assert_eq!(nest.len(), 5);
        assert_eq!(
            around(&nest, 22, 23),
            [(22, 24), (20, 30), (10, 40), (0, 100)]
        );
        assert_eq!(around(&nest, 22, 26), [(20, 30), (10, 40), (0, 100)]);
        assert_eq!(around(&nest, 45, 46), [(0, 100)]);
        assert_eq!(around(&nest, 55, 60), [(50, 60), (0, 100)]);
        assert_eq!(around(&nest, 100, 101), []);
        assert_eq!(nest.position(&Span::new(50, 60)), Some(4));
        assert_eq!(nest.position(&Span::new(50, 61)), None);
    }

    #[test]
    fn spans_that_overlap_are_all_found() {
        let spans = vec![Span::new(0, 10), Span::new(5, 15), Span::new(8, 30)];
        let nest = Nest::new(spans);
        assert_eq!(around(&nest, 9, 10), [(8, 30), (5, 15), (0, 10)]);
        assert_eq!(around(&nest, 12, 14), [(8, 30), (5, 15)]);
    }
}
