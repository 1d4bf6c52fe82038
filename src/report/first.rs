//! Which problems are told where there is room for some: those behind which the most may hide come first.

use hashbrown::HashMap;
use std::cmp::Reverse;

use crate::problem::{Problem, ProblemCode};
use crate::source::SourceId;

/// Errors before warnings; of these, first what keeps a whole text or rule from being looked at, then one of each kind in each
/// file before its repeats. A file with a hundred faults hides neither the faults of others nor that its rest was not read.
pub(super) fn problems(all: &[Problem]) -> Vec<&Problem> {
    type Kind<'a> = (ProblemCode, Option<SourceId>, Option<&'a str>);
    let mut seen: HashMap<Kind<'_>, usize> = HashMap::new();
    let mut ranked: Vec<_> = all
        .iter()
        .map(|one| {
            let source = one.place.map(|place| place.source);
            let repeats = seen
                .entry((one.code, source, one.path.as_deref()))
                .or_default();
            *repeats += 1;
            let rank = (Reverse(one.weight), !loses_whole(one.code), *repeats);
            (rank, one)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, one)| one).collect()
}

/// True where more is lost than the lines that a problem is about.
fn loses_whole(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::Unreadable
            | ProblemCode::Encoding
            | ProblemCode::Limit
            | ProblemCode::Policy
            | ProblemCode::NotRendered
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn what_hides_the_most_comes_first() {
        let mut all: Vec<Problem> = (0..100)
            .map(|n| {
                Problem::error(ProblemCode::Syntax, Text::same(format!("fault {n}")))
                    .in_file("a.tf")
            })
            .collect();
        let rest = Text::same("the rest was not read");
        all.push(Problem::error(ProblemCode::Limit, rest).in_file("a.tf"));
        all.push(Problem::error(ProblemCode::Syntax, Text::same("another")).in_file("b.tf"));
        all.insert(
            0,
            Problem::warning(ProblemCode::Unreadable, Text::same("a link")).in_file("c"),
        );
        let first: Vec<&str> = problems(&all)
            .into_iter()
            .map(|one| &*one.message.en)
            .collect();
        assert_eq!(
            first[..4],
            ["the rest was not read", "fault 0", "another", "fault 1"]
        );
        assert_eq!(first.last(), Some(&"a link"));
    }
}
