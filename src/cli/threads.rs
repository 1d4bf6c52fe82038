//! The threads of a run: as many as are wanted, or as there are processors; one where the system gives no more.

use std::io;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rayon::{ThreadBuilder, ThreadPoolBuilder};

/// More than any machine has use for here.
const MOST: usize = 256;

/// The walk through the folders takes threads of its own.
const FOR_THE_WALK: usize = 8;

/// Sets how many threads are used, once and before anything runs. None and zero: as many as there are processors.
pub(super) fn set(wanted: Option<usize>) {
    let wanted = wanted
        .filter(|wanted| *wanted > 0)
        .or_else(of_environment)
        .or_else(|| std::thread::available_parallelism().ok().map(NonZero::get));
    let wanted = wanted.unwrap_or(1).min(MOST).min(that_fit());
    let (give, take) = mpsc::channel();
    let take = Arc::new(Mutex::new(take));
    // The threads are there before the pool is: a pool that asks for one in vain cannot be made again, and who asks later
    // for the walk would end the program.
    let asked = wanted + wanted.min(FOR_THE_WALK);
    let are_there = (0..asked).all(|_| {
        let take = Arc::clone(&take);
        let thread = std::thread::Builder::new();
        thread.spawn(move || serve(&take)).is_ok()
    });
    let builder = ThreadPoolBuilder::new();
    // Where threads are short, the only safe number is the one that is there.
    let set = if are_there {
        let hand_over = |thread: ThreadBuilder| {
            let gone = |_| io::Error::other("the thread is gone");
            give.send(thread).map_err(gone)
        };
        builder
            .num_threads(wanted)
            .spawn_handler(hand_over)
            .build_global()
    } else {
        builder.num_threads(1).use_current_thread().build_global()
    };
    // The only other reason is that it was set before.
    drop(set);
}

/// How many threads find room where address space is bounded (`ulimit -v`): allocators reserve much of it for each.
#[cfg(unix)]
fn that_fit() -> usize {
    const FOR_THE_WORK: u64 = 640 << 20;
    const FOR_A_THREAD: u64 = 192 << 20;
    let bound = rustix::process::getrlimit(rustix::process::Resource::As).current;
    bound.map_or(MOST, |bytes| {
        let threads = bytes.saturating_sub(FOR_THE_WORK) / FOR_A_THREAD;
        usize::try_from(threads).unwrap_or(MOST).max(1)
    })
}

#[cfg(not(unix))]
fn that_fit() -> usize {
    MOST
}

/// Runs one thread of the pool, if there is one left for this thread.
fn serve(take: &Mutex<mpsc::Receiver<ThreadBuilder>>) {
    let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
    if let Ok(thread) = next {
        thread.run();
    }
}

/// What the library for threads reads itself.
fn of_environment() -> Option<usize> {
    let threads = std::env::var("RAYON_NUM_THREADS").ok()?;
    threads.parse().ok().filter(|threads| *threads > 0)
}
