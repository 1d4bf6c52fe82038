//! How policies are compiled: the settings that the build script and the running scanner must share, since a component
//! compiled with others is refused.

use wasmtime::{Config, Strategy};

/// Stack of a guest. Deep recursion in a policy ends in a trap, never in the host.
const STACK: usize = 512 * 1024;

/// The settings for a compiler.
pub(super) fn config(strategy: Strategy) -> Config {
    let mut config = Config::new();
    config.strategy(strategy);
    config.wasm_component_model(true);
    // Fuel decides, since it is exactly repeatable; the epoch bounds the wall clock.
    config.consume_fuel(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(STACK);
    // The same input gives the same bytes on every machine.
    config.relaxed_simd_deterministic(true);
    if matches!(strategy, Strategy::Cranelift) {
        config.cranelift_nan_canonicalization(true);
    }
    config
}
