//! What a policy may use. A policy is somebody else's program, run over somebody else's input.

use std::time::Duration;

/// The bounds of one policy in one scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Instructions, whatever the size of the scan.
    pub fuel: u64,
    /// Instructions for each pair of a rule and a resource in its scope.
    pub fuel_per_resource: u64,
    /// Time on the clock: a backstop, for fuel is what decides.
    pub wall_clock: Duration,
    /// Bytes of memory, whatever the size of the scan.
    pub memory: usize,
    /// Bytes of memory for each pair of a rule and a resource in its scope: a policy holds its answers until it returns.
    pub memory_per_resource: usize,
    /// Bytes of memory that no scan goes above.
    pub memory_at_most: usize,
    /// Elements of its tables.
    pub table_elements: usize,
    /// Core instances, tables and memories, each.
    pub instances: usize,
    /// Rules.
    pub rules: usize,
    /// Verdicts in one scan.
    pub verdicts: usize,
    /// Bytes of a message, a reason or an attribute path.
    pub message: usize,
    /// Bytes of a rule's documentation.
    pub doc: usize,
    /// Pieces of evidence, and related resources, of one verdict.
    pub references: usize,
    /// Bytes of a policy file.
    pub file: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 1_000_000_000,
            fuel_per_resource: 1_000_000,
            wall_clock: Duration::from_secs(10),
            memory: 64 << 20,
            memory_per_resource: 16 << 10,
            memory_at_most: 1 << 30,
            table_elements: 100_000,
            instances: 64,
            rules: 1_000,
            verdicts: 100_000,
            message: 8 << 10,
            doc: 256 << 10,
            references: 100_000,
            file: 64 << 20,
        }
    }
}

impl Limits {
    /// The bounds of a run that asks about so many pairs of a rule and a resource: fuel and memory grow with them.
    pub(super) fn for_pairs(&self, pairs: usize) -> Self {
        let fuel = self.fuel_per_resource.saturating_mul(pairs as u64);
        let memory = self.memory_per_resource.saturating_mul(pairs);
        let most = self.memory_at_most.max(self.memory);
        Self {
            fuel: self.fuel.saturating_add(fuel),
            memory: self.memory.saturating_add(memory).min(most),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_and_memory_grow_with_what_is_asked() {
        let limits = Limits::default();
        assert_eq!(limits.for_pairs(0), limits);
        let large = limits.for_pairs(40_000);
        assert_eq!(large.memory, (64 << 20) + 40_000 * (16 << 10));
        assert_eq!(large.fuel, 41_000_000_000);
        let endless = limits.for_pairs(usize::MAX);
        assert_eq!((endless.memory, endless.fuel), (1 << 30, u64::MAX));
    }

    #[test]
    fn a_larger_base_is_no_error() {
        let generous = Limits {
            memory: 2 << 30,
            ..Limits::default()
        };
        assert_eq!(generous.for_pairs(1).memory, 2 << 30);
    }
}
