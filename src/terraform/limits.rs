//! Bounds on what a hostile pull request can make the evaluation do.

/// All bounds of the evaluation. Each is met with a problem that names it, never with an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Instances of one block with `count` or `for_each`.
    pub instances_per_block: usize,
    /// Instances of all blocks of a root together.
    pub instances: usize,
    /// Calls of modules inside modules.
    pub module_depth: usize,
    /// Bytes of one string made by evaluation.
    pub string: usize,
    /// Values inside one value, all levels together.
    pub nodes: usize,
    /// How deep expressions, and the values they refer to, may nest in one another.
    pub depth: usize,
    /// Steps of the evaluation of one root: a bound on time that is the same on every machine.
    pub steps: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            instances_per_block: 100_000,
            instances: 1_000_000,
            module_depth: 32,
            string: 1 << 20,
            nodes: 1 << 20,
            depth: 2_048,
            steps: 1 << 30,
        }
    }
}
