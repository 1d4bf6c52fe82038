//! How policies are compiled: the settings that the build script and the running scanner must share, since a component
//! compiled with others is refused.

use wasmtime::{Config, Strategy};

/// Stack of a guest. Deep recursion in a policy ends in a trap, never in the host.
const STACK: usize = 512 * 1024;

/// Address space for the memory of a guest, before it has to move to grow, and so much again each time it does. By default
/// the engine takes 4 GiB for each memory and saves checks of bounds; a pipeline may allow a process less than that in all
/// (`ulimit -v`), and a gate that cannot start there is none.
const RESERVED: u64 = 16 << 20;
const RESERVED_TO_GROW: u64 = 64 << 20;
/// Address space behind it: saves the checks of all but the first of accesses beside one another.
const GUARD: u64 = 1 << 20;

/// The settings for a compiler.
pub(super) fn config(strategy: Strategy) -> Config {
    let mut config = Config::new();
    config.strategy(strategy);
    config.wasm_component_model(true);
    // Fuel decides, since it is exactly repeatable; the epoch bounds the wall clock.
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(STACK);
    config.memory_reservation(RESERVED);
    config.memory_reservation_for_growth(RESERVED_TO_GROW);
    config.memory_guard_size(GUARD);
    // The same input gives the same bytes on every machine.
    config.relaxed_simd_deterministic(true);
    if matches!(strategy, Strategy::Cranelift) {
        config.cranelift_nan_canonicalization(true);
    }
    config
}
