//! Pieces of a report that all threads make and one writes, in order: while some are written, the next are made.

use std::io;

use rayon::prelude::*;

/// What one thread makes at a time.
pub(super) const AT_A_TIME: usize = 128;

/// Such pieces that are made at once: a report can be larger than what it was made from.
pub(super) const PIECES: usize = 16;

/// Makes pieces of what is given and hands them on in its order.
///
/// # Errors
/// The first of `make` or of `take`.
pub(super) fn made_ahead<'a, T: Sync, P: Send>(
    all: &'a [T],
    make: impl Fn(&'a [T]) -> io::Result<P> + Sync,
    mut take: impl FnMut(P) -> io::Result<()>,
) -> io::Result<()> {
    let made =
        |some: &'a [T]| -> io::Result<Vec<P>> { some.par_chunks(AT_A_TIME).map(&make).collect() };
    let mut rest = all.chunks(AT_A_TIME * PIECES);
    let mut next = rest.next().map(made);
    while let Some(ready) = next.take() {
        let ready = ready?;
        let following = rest.next();
        rayon::in_place_scope(|scope| {
            if let Some(following) = following {
                scope.spawn(|_| next = Some(made(following)));
            }
            ready.into_iter().try_for_each(&mut take)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_order_and_an_error_ends_it() {
        for count in [0, 1, AT_A_TIME * PIECES, AT_A_TIME * PIECES * 3 + 5] {
            let all: Vec<usize> = (0..count).collect();
            let mut taken = Vec::new();
            let make = |some: &[usize]| Ok(some.to_vec());
            let done = made_ahead(&all, make, |some| {
                taken.extend(some);
                Ok(())
            });
            assert!(done.is_ok());
            assert_eq!(taken, all);
            let full = made_ahead(&all, make, |_| Err(io::ErrorKind::StorageFull.into()));
            assert_eq!(full.is_err(), count > 0);
            let bad = |some: &[usize]| match some.first() {
                Some(0) => Err(io::ErrorKind::InvalidData.into()),
                _ => Ok(()),
            };
            assert_eq!(made_ahead(&all, bad, Ok).is_err(), count > 0);
        }
    }
}
