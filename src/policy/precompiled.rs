//! The policies that the binary carries, compiled when it was built: starting up pays for no compiler.

use wasmtime::component::Component;
use wasmtime::{Engine, Error, Result};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// Loads an embedded policy.
pub(super) fn load(engine: &Engine, bytes: &'static [u8]) -> Result<Component> {
    if Engine::detect_precompiled(bytes).is_none() {
        // The build script could not compile for this target, and embedded the portable form.
        return Component::from_binary(engine, bytes);
    }
    if !BUILT_IN
        .iter()
        .any(|(_, embedded)| std::ptr::eq(*embedded, bytes))
    {
        return Err(Error::msg("not one of the embedded policies"));
    }
    // SAFETY: `deserialize` runs native code that it cannot check, so the bytes must come from wasmtime's own compiler.
    // These do: they are one of the constants above, which the build script wrote with this version of wasmtime from the
    // committed components, and which are part of this binary. No other caller, file or cache can get here.
    #[allow(unsafe_code)]
    unsafe {
        Component::deserialize(engine, bytes)
    }
}
