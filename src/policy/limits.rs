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
    /// Bytes of memory.
    pub memory: usize,
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
