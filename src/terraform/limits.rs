//! Bounds on what a hostile pull request can make the evaluation do.

use std::cell::Cell;
use std::sync::Arc;

use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Span};
use crate::syntax::hcl;
use crate::text::{Text, text};

/// A step of the evaluation takes as long as reading so many bytes.
pub(super) const BYTES_PER_STEP: usize = 16;

/// All bounds of the evaluation. Each is met with a problem that names it, never with an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Instances of one block with `count` or `for_each`.
    pub instances_per_block: usize,
    /// Instances of all blocks of a scan together; each instance of a module counts as [`MODULE_WEIGHT`] of them, and as
    /// what it declares.
    pub instances: usize,
    /// Calls of modules inside modules.
    pub module_depth: usize,
    /// Bytes of one string made by evaluation.
    pub string: usize,
    /// Values inside one value, all levels together.
    pub nodes: usize,
    /// How deep expressions, and the values they refer to, may nest in one another.
    pub depth: usize,
    /// Values made by the evaluation of all roots together: a bound on memory.
    pub values: u64,
    /// Steps of the evaluation of one root: a bound on time that is the same on every machine.
    pub steps: u64,
    /// Steps of all roots together.
    pub steps_in_all: u64,
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
            values: 1 << 22,
            steps: 1 << 28,
            steps_in_all: 1 << 32,
        }
    }
}

impl Limits {
    /// What one of so many roots may take when all take the same. Where this is all there is, more is not to be had.
    pub(super) fn share(&self, roots: usize) -> Self {
        let parts = roots.max(1) as u64;
        Self {
            instances: self.instances / roots.max(1),
            values: self.values / parts,
            steps: self.steps.min(self.steps_in_all / parts),
            ..*self
        }
    }

    /// What is left for others.
    pub(super) fn without(&self, used: &Used) -> Self {
        Self {
            instances: self.instances.saturating_sub(used.instances),
            values: self.values.saturating_sub(used.values),
            steps_in_all: self.steps_in_all.saturating_sub(used.steps),
            ..*self
        }
    }

    /// True when it allows more of what is shared.
    pub(super) fn is_more_than(&self, other: &Self) -> bool {
        self.instances > other.instances || self.values > other.values || self.steps > other.steps
    }
}

/// What the evaluation of a root took of what the roots of a scan share.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    instances: usize,
    values: u64,
    steps: u64,
}

/// What an evaluation has used up. One for each root, so that the result does not depend on the number of threads.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) limits: Limits,
    steps: Cell<u64>,
    made: Cell<u64>,
    instances: Cell<usize>,
    /// Set for good once the instances are used up: what comes after is not expanded, however little it asks for.
    exhausted: Cell<bool>,
    /// Set for good once steps or values are used up.
    spent: Cell<bool>,
    /// Levels of recursion right now.
    depth: Cell<usize>,
    /// Where the expression of the current slot started, and the deepest it went, what it refers to included.
    base: Cell<usize>,
    height: Cell<usize>,
}

/// The limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exceeded(pub(super) &'static str, pub(super) &'static str);

impl From<Exceeded> for Text {
    fn from(limit: Exceeded) -> Self {
        Self::new(limit.0, limit.1)
    }
}

/// Saved by [`Budget::open`] for [`Budget::close`].
#[derive(Debug)]
pub(super) struct Outer {
    base: usize,
    height: usize,
}

/// Entering a slot costs more stack than one expression; so many levels.
const SLOT_LEVELS: usize = 3;

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            steps: Cell::new(0),
            made: Cell::new(0),
            instances: Cell::new(0),
            exhausted: Cell::new(false),
            spent: Cell::new(false),
            depth: Cell::new(0),
            base: Cell::new(0),
            height: Cell::new(0),
        }
    }

    /// One level down; pair with [`Budget::leave`] when it answers `Ok`.
    pub(super) fn enter(&self) -> Result<(), Exceeded> {
        self.step(1)?;
        let depth = self.depth.get() + 1;
        let local = depth - self.base.get().min(depth);
        if depth > self.limits.depth {
            return Err(Exceeded(
                "expressions nested, or referring to one another, too deep",
                "des expressions imbriquées, ou renvoyant les unes aux autres, trop profondément",
            ));
        }
        self.depth.set(depth);
        self.rise(local);
        Ok(())
    }

    /// One level up.
    pub(super) fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Counts work.
    pub(super) fn step(&self, steps: u64) -> Result<(), Exceeded> {
        let used = self.steps.get().saturating_add(steps);
        self.steps.set(used);
        if used > self.limits.steps {
            self.spent.set(true);
            return Err(Exceeded(
                "more steps of evaluation than a scan allows",
                "plus d’étapes d’évaluation qu’une analyse n’en permet",
            ));
        }
        Ok(())
    }

    /// Counts values made, as a bound on memory.
    pub(super) fn make(&self, values: usize) -> Result<(), Exceeded> {
        let made = self.made.get().saturating_add(values as u64);
        self.made.set(made);
        if made > self.limits.values {
            self.spent.set(true);
            return Err(Exceeded(
                "more values made than a scan allows",
                "plus de valeurs créées qu’une analyse n’en permet",
            ));
        }
        self.step(values as u64)
    }

    /// Counts instances; false when there are too many, and from then on.
    pub(super) fn instances(&self, more: usize) -> bool {
        let all = self.instances.get().saturating_add(more);
        if self.exhausted.get() || all > self.limits.instances {
            self.exhausted.set(true);
            return false;
        }
        self.instances.set(all);
        true
    }

    /// True once there were too many instances.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// True when a larger share would have let the evaluation go further.
    pub(super) fn wants_more(&self) -> bool {
        self.exhausted.get() || self.spent.get()
    }

    /// What was taken so far.
    pub(super) fn used(&self) -> Used {
        Used {
            instances: self.instances.get(),
            values: self.made.get(),
            steps: self.steps.get(),
        }
    }

    /// Starts the expression of a slot.
    pub(super) fn open(&self) -> Outer {
        let outer = Outer {
            base: self.base.get(),
            height: self.height.get(),
        };
        self.depth.set(self.depth.get() + SLOT_LEVELS);
        self.base.set(self.depth.get());
        self.height.set(0);
        outer
    }

    /// Ends it; answers its height.
    pub(super) fn close(&self, outer: Outer) -> usize {
        let height = self.height.get();
        self.depth.set(self.base.get().saturating_sub(SLOT_LEVELS));
        self.base.set(outer.base);
        self.height.set(outer.height);
        height + SLOT_LEVELS
    }

    /// What something adds to the height, beside what it gives.
    pub(super) fn measure<T>(&self, work_out: impl FnOnce() -> T) -> (T, usize) {
        let before = self.height.replace(0);
        let done = work_out();
        let height = self.height.get();
        self.rise(before);
        (done, height)
    }

    /// Notes that the current slot goes that deep.
    pub(super) fn rise(&self, height: usize) {
        if height > self.height.get() {
            self.height.set(height);
        }
    }

    /// Notes a reference to something of that height: what is behind a value counts as if it were written in place,
    /// whether it was worked out before or not. So the bound does not depend on the order of evaluation.
    pub(super) fn lean(&self, height: usize) -> Result<(), Exceeded> {
        let local = self.depth.get().saturating_sub(self.base.get());
        let all = local + height;
        if all > self.limits.depth {
            return Err(Exceeded(
                "expressions nested, or referring to one another, too deep",
                "des expressions imbriquées, ou renvoyant les unes aux autres, trop profondément",
            ));
        }
        self.rise(all);
        Ok(())
    }
}

/// Values in one JSON text. Each takes a hundred times the room of the two bytes that it may be written in.
pub(super) const JSON_VALUES: usize = 1 << 21;

/// Attributes and blocks in one text. Code that people write has some tens of bytes for each; without the bound, a text of
/// blocks of four bytes would take two hundred times its room.
const ITEMS: usize = 1 << 19;
const BLOCKS: usize = 1 << 17;

/// The tree of a text of code of bounded size. Above it, there is an empty one.
pub(super) fn read_hcl(source: SourceId, text: Arc<str>) -> hcl::Parsed {
    let mut parsed = hcl::parse(source, text);
    let (items, blocks) = parsed.file.size();
    let (most, what) = if blocks > BLOCKS {
        (BLOCKS, Text::new("blocks", "blocs"))
    } else if items > ITEMS {
        let what = Text::new("arguments and blocks", "arguments et blocs");
        (ITEMS, what)
    } else {
        return parsed;
    };
    let message = text!(
        "the file holds more than {most} {what} and was not read",
        "le fichier contient plus de {most} {what} et n’a pas été lu";
        what
    );
    let place = Place::new(source, Span::new(0, 0));
    parsed.file = hcl::parse(source, "".into()).file;
    parsed
        .problems
        .push(Problem::error(ProblemCode::Limit, message).at(place));
    parsed
}

/// The one message for code that declares too much before anything of it is multiplied.
pub(super) const TOO_MANY_DECLARED: Exceeded = Exceeded(
    "the code declares more resources than a scan allows: nothing of it is evaluated",
    "le code déclare plus de ressources qu’une analyse n’en permet : rien n’en est évalué",
);

/// An instance of a module weighs as much as so many instances of a resource, since it takes that much memory and time.
/// It bounds small files that call one another many times over.
pub const MODULE_WEIGHT: usize = 100;

/// The one message for addresses that are too long in all.
pub(super) const LONG_ADDRESSES: Exceeded = Exceeded(
    "the addresses of all instances are longer than a scan allows: this one is not expanded",
    "les adresses de toutes les instances sont plus longues qu’une analyse ne le permet : celle-ci n’est pas développée",
);

/// The one message for too many instances.
pub(super) const TOO_MANY: Exceeded = Exceeded(
    "there are more instances than a scan allows: nothing more is expanded from here on",
    "il y a plus d’instances qu’une analyse n’en permet : plus rien n’est développé à partir d’ici",
);
