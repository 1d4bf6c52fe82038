//! What a policy may use. A policy is somebody else's program, run over somebody else's input.

use std::time::Duration;

/// The bounds of one policy in one scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Instructions, whatever the size of the scan.
    pub fuel: u64,
    /// Instructions for each pair of a rule and a resource in its scope.
    pub fuel_per_resource: u64,
    /// Time on the clock, whatever the size of the scan: a backstop, for fuel is what decides.
    pub wall_clock: Duration,
    /// Time for each pair of a rule and a resource in its scope.
    pub wall_clock_per_resource: Duration,
    /// Time that no scan goes above.
    pub wall_clock_at_most: Duration,
    /// Bytes of memory, whatever the size of the scan.
    pub memory: usize,
    /// Bytes of memory for each pair of a rule and a resource in its scope: a policy holds its answers until it returns.
    pub memory_per_resource: usize,
    /// Bytes of memory that no scan goes above.
    pub memory_at_most: usize,
    /// Bytes that it hands over at once, answers above all, whatever the size of the scan. They may be more than its memory
    /// holds: nothing keeps it from handing over the same text many times.
    pub handed: usize,
    /// Bytes that it hands over at once for each pair of a rule and a resource in its scope.
    pub handed_per_resource: usize,
    /// Bytes handed over at once that no scan goes above.
    pub handed_at_most: usize,
    /// Elements of its tables.
    pub table_elements: usize,
    /// Core instances, tables and memories, each.
    pub instances: usize,
    /// Rules.
    pub rules: usize,
    /// Verdicts, whatever the size of the scan.
    pub verdicts: usize,
    /// Verdicts for each pair of a rule and a resource in its scope.
    pub verdicts_per_resource: usize,
    /// Bytes of a message, a reason or an attribute path.
    pub message: usize,
    /// Bytes of a rule's documentation.
    pub doc: usize,
    /// Pieces of evidence, and related resources, of one verdict.
    pub references: usize,
    /// Bytes of a policy file.
    pub file: u64,
    /// Policies of the user in one scan.
    pub policies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 1_000_000_000,
            fuel_per_resource: 1_000_000,
            wall_clock: Duration::from_secs(10),
            wall_clock_per_resource: Duration::from_millis(1),
            wall_clock_at_most: Duration::from_secs(600),
            memory: 64 << 20,
            memory_per_resource: 16 << 10,
            memory_at_most: 1 << 30,
            handed: 128 << 20,
            handed_per_resource: 16 << 10,
            handed_at_most: 1 << 30,
            table_elements: 100_000,
            instances: 64,
            rules: 1_000,
            verdicts: 100_000,
            verdicts_per_resource: 4,
            message: 8 << 10,
            doc: 256 << 10,
            references: 100_000,
            file: 64 << 20,
            policies: 100,
        }
    }
}

impl Limits {
    /// The bounds of a run that asks about so many pairs of a rule and a resource: fuel, time, memory, what is handed over
    /// and verdicts grow with them.
    pub(super) fn for_pairs(&self, pairs: usize) -> Self {
        let fuel = self.fuel_per_resource.saturating_mul(pairs as u64);
        let memory = self.memory_per_resource.saturating_mul(pairs);
        let most = self.memory_at_most.max(self.memory);
        let handed = self.handed_per_resource.saturating_mul(pairs);
        let most_handed = self.handed_at_most.max(self.handed);
        let times = u32::try_from(pairs).unwrap_or(u32::MAX);
        let time = self.wall_clock_per_resource.saturating_mul(times);
        let longest = self.wall_clock_at_most.max(self.wall_clock);
        let verdicts = self.verdicts_per_resource.saturating_mul(pairs);
        Self {
            fuel: self.fuel.saturating_add(fuel),
            memory: self.memory.saturating_add(memory).min(most),
            handed: self.handed.saturating_add(handed).min(most_handed),
            wall_clock: self.wall_clock.saturating_add(time).min(longest),
            verdicts: self.verdicts.saturating_add(verdicts),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_grow_with_what_is_asked() {
        let limits = Limits::default();
        assert_eq!(limits.for_pairs(0), limits);
        let large = limits.for_pairs(40_000);
        assert_eq!(large.memory, (64 << 20) + 40_000 * (16 << 10));
        assert_eq!(large.handed, (128 << 20) + 40_000 * (16 << 10));
        assert_eq!(large.fuel, 41_000_000_000);
        assert_eq!(large.wall_clock, Duration::from_secs(50));
        assert_eq!(large.verdicts, 260_000);
        let endless = limits.for_pairs(usize::MAX);
        assert_eq!((endless.memory, endless.fuel), (1 << 30, u64::MAX));
        assert_eq!(endless.handed, 1 << 30);
        assert_eq!(endless.wall_clock, Duration::from_secs(600));
    }

    #[test]
    fn a_larger_base_is_no_error() {
        let generous = Limits {
            memory: 2 << 30,
            wall_clock: Duration::from_secs(3600),
            ..Limits::default()
        };
        let large = generous.for_pairs(1);
        assert_eq!(
            (large.memory, large.wall_clock),
            (2 << 30, Duration::from_secs(3600))
        );
    }
}
