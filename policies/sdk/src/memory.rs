//! The memory of a policy in the sandbox.
//!
//! A policy is called once and its memory goes with it, so nothing is ever given back to the host. A block that is freed is
//! kept for the next of its size: two steps to take one, two to return it, and nothing to search or to merge.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::ptr::{self, NonNull};

/// What every block is aligned to; a block is no smaller.
const UNIT: usize = 8;
/// Two sizes for each doubling: 8, 12 (unused), 16, 24, 32, 48 ... as far as an address goes.
const SIZES: usize = 2 * usize::BITS as usize;
/// So much is asked of the host at a time, at least.
const STEP: usize = 1 << 20;

/// Allocates for a component; `policy!` puts it in place.
pub struct Memory(UnsafeCell<State>);

struct State {
    /// Blocks that were freed, by size; each begins with the address of the next.
    free: [Option<NonNull<Freed>>; SIZES],
    /// What was never used, from here to there.
    next: usize,
    end: usize,
}

struct Freed(Option<NonNull<Freed>>);

// SAFETY: the target has no threads; the host calls a policy from one.
#[cfg(target_family = "wasm")]
unsafe impl Sync for Memory {}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// Nothing is allocated yet.
    pub const fn new() -> Self {
        Self(UnsafeCell::new(State {
            free: [None; SIZES],
            next: 0,
            end: 0,
        }))
    }
}

/// Where blocks of at least so many bytes are kept, and how large they are. None: larger than any address.
#[inline]
const fn size_of_block(bytes: usize) -> Option<(usize, usize)> {
    if bytes <= UNIT {
        return Some((0, UNIT));
    }
    // The power of two at or above, and three quarters of it where that is enough.
    let Some(whole) = bytes.checked_next_power_of_two() else {
        return None;
    };
    let at = 2 * whole.trailing_zeros() as usize;
    let less = whole / 4 * 3;
    if bytes <= less && less % UNIT == 0 {
        Some((at - 1, less))
    } else {
        Some((at, whole))
    }
}

impl State {
    /// A block that was never used.
    #[cold]
    fn fresh(&mut self, size: usize, align: usize) -> *mut u8 {
        let start = |next: usize| next.checked_next_multiple_of(align);
        let fits = |next: usize, end: usize| {
            let start = start(next)?;
            Some((
                start,
                start.checked_add(size).filter(|after| *after <= end)?,
            ))
        };
        if let Some((start, after)) = fits(self.next, self.end) {
            self.next = after;
            return start as *mut u8;
        }
        let Some((from, to)) = more(size.saturating_add(align).max(STEP)) else {
            return ptr::null_mut();
        };
        // Most often what is new goes on where the old ends.
        if from != self.end {
            self.next = from;
        }
        self.end = to;
        match fits(self.next, self.end) {
            Some((start, after)) => {
                self.next = after;
                start as *mut u8
            }
            None => ptr::null_mut(),
        }
    }
}

/// More memory from the host: from where to where.
#[cfg(target_arch = "wasm32")]
fn more(bytes: usize) -> Option<(usize, usize)> {
    const PAGE: usize = 64 << 10;
    let pages = bytes.div_ceil(PAGE);
    let before = core::arch::wasm32::memory_grow(0, pages);
    if before == usize::MAX {
        return None;
    }
    // The last page may end at the very end of the addresses.
    let to = before.checked_add(pages)?.saturating_mul(PAGE);
    Some((before * PAGE, to))
}

/// Tests on the machine that builds take it from its own allocator.
#[cfg(not(target_arch = "wasm32"))]
fn more(bytes: usize) -> Option<(usize, usize)> {
    let layout = Layout::from_size_align(bytes, 1 << 12).ok()?;
    // SAFETY: never empty.
    let from = unsafe { std::alloc::System.alloc(layout) } as usize;
    (from != 0).then(|| (from, from + bytes))
}

// SAFETY: a block handed out lies in memory that the host gave, is of the size and alignment asked for, and is not handed
// out again before it was returned; layouts of the calls are those of the blocks, as the trait asks.
unsafe impl GlobalAlloc for Memory {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and nothing below calls back.
        let state = unsafe { &mut *self.0.get() };
        let Some((at, size)) = size_of_block(layout.size()) else {
            return ptr::null_mut();
        };
        if layout.align() <= UNIT
            && let Some(block) = state.free[at % SIZES]
        {
            // SAFETY: what is kept here was returned, and begins with its successor.
            state.free[at % SIZES] = unsafe { block.as_ref().0 };
            return block.as_ptr().cast();
        }
        state.fresh(size, layout.align().max(UNIT))
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        let state = unsafe { &mut *self.0.get() };
        if let (Some((at, _)), Some(block)) = (
            size_of_block(layout.size()),
            NonNull::new(block.cast::<Freed>()),
        ) {
            // SAFETY: the block is ours again, large enough for an address and aligned to one.
            unsafe { block.write(Freed(state.free[at % SIZES])) };
            state.free[at % SIZES] = Some(block);
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (before, after) = (size_of_block(layout.size()), size_of_block(size));
        // It has the room already.
        if before == after && after.is_some() {
            return block;
        }
        // SAFETY: as the caller promises; both blocks have the bytes that are copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap_or(Layout::new::<u64>())
    }

    #[test]
    fn a_block_holds_what_was_asked_and_little_more() {
        for bytes in 0..10_000 {
            let (at, size) = size_of_block(bytes).unwrap_or_default();
            assert!(size >= bytes && size % UNIT == 0, "{bytes}: {size}");
            assert!(
                size <= UNIT || size < bytes * 3 / 2 + UNIT,
                "{bytes}: {size}"
            );
            assert!(at < SIZES);
            // What is kept under one number is of one size.
            assert_eq!(size_of_block(size), Some((at, size)));
        }
        assert_eq!(size_of_block(usize::MAX), None);
    }

    #[test]
    fn blocks_are_apart_aligned_and_used_again() {
        let memory = Memory::new();
        let sizes = [1, 8, 9, 24, 100, 5_000, 3 << 20];
        // SAFETY: every block is written within its size, and returned with its layout.
        unsafe {
            let blocks = sizes.map(|size| (memory.alloc(layout(size, 8)), size));
            for (fill, (block, size)) in (1..).zip(blocks) {
                assert_eq!(block as usize % 8, 0);
                block.write_bytes(fill, size);
            }
            for (fill, (block, size)) in (1..).zip(blocks) {
                assert!((0..size).all(|at| *block.add(at) == fill), "{size}");
                memory.dealloc(block, layout(size, 8));
                assert_eq!(memory.alloc(layout(size, 8)), block, "{size}");
            }
            let aligned = memory.alloc(layout(40, 256));
            assert_eq!(aligned as usize % 256, 0);
        }
    }

    #[test]
    fn growing_keeps_what_is_there() {
        let memory = Memory::new();
        // SAFETY: as above.
        unsafe {
            let mut block = memory.alloc(layout(1, 1));
            block.write(7);
            for size in 1..3_000 {
                block = memory.realloc(block, layout(size, 1), size + 1);
                block.add(size).write(size as u8);
                assert_eq!(
                    (*block, *block.add(size / 2 + 1)),
                    (7, (size / 2 + 1) as u8)
                );
            }
            assert!(memory.alloc(layout(isize::MAX as usize - 8, 8)).is_null());
        }
    }
}
