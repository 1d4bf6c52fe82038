//! Where a value was written, and by which way it came to where it is used.

use std::sync::Arc;

use crate::source::Place;

/// One step on the way of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// An input variable: its default, a tfvars line, `--var`, or the argument of the module call.
    Variable(Arc<str>),
    /// A local value.
    Local(Arc<str>),
    /// An output of a module.
    Output(Arc<str>),
    /// An attribute of another resource: what relations are made of.
    Resource {
        /// Address of the instance, or of the resource when the instance is not known.
        address: Arc<str>,
        /// Attribute path; empty: the whole resource.
        path: Arc<str>,
    },
    /// `each.key`, `each.value`, `count.index`: from the collection of the block.
    Each,
    /// The provider block (default tags, region).
    Provider(Arc<str>),
    /// Parts of an expression: operands, arguments, interpolations.
    Parts,
}

/// A step with what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Via {
    /// What was gone through.
    pub step: Step,
    /// Where the value, or its parts, came from.
    pub origins: Vec<Origin>,
}

/// Where a value was written (`place`), and what it was taken from (`via`).
///
/// `region = var.region` has the place of the expression `var.region`, and goes via `Variable("region")` to the tfvars
/// line. A literal has a place and no via.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Origin {
    /// The expression or scalar itself.
    pub place: Option<Place>,
    /// What it refers to.
    pub via: Option<Arc<Via>>,
}

/// Chains longer than this are cut: evidence is for people.
const MAX_CHAIN: usize = 64;

impl Origin {
    /// Written here, from nothing else.
    pub fn at(place: Place) -> Self {
        Self {
            place: Some(place),
            via: None,
        }
    }

    /// The places from the use to the source, each with the step that led there (none for the first).
    pub fn chain(&self) -> Vec<(Place, Option<Step>)> {
        let mut out = Vec::new();
        self.walk(&mut |origin, step| {
            if let Some(place) = origin.place
                && !out.iter().any(|(seen, _)| *seen == place)
            {
                out.push((place, step.cloned()));
            }
        });
        out
    }

    /// The resources that the value was taken from: `(address, attribute path)`, nearest first, without repeats.
    pub fn references(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let mut out: Vec<(Arc<str>, Arc<str>)> = Vec::new();
        self.walk(&mut |_, step| {
            if let Some(Step::Resource { address, path }) = step {
                let found = (Arc::clone(address), Arc::clone(path));
                if !out.contains(&found) {
                    out.push(found);
                }
            }
        });
        out
    }

    fn walk(&self, visit: &mut dyn FnMut(&Origin, Option<&Step>)) {
        // Breadth first, bounded: origins form a graph that can share a lot.
        let mut queue = std::collections::VecDeque::from([(self, None)]);
        let mut seen = 0;
        while let Some((origin, step)) = queue.pop_front() {
            visit(origin, step);
            seen += 1;
            if seen >= MAX_CHAIN {
                return;
            }
            if let Some(via) = &origin.via {
                if via.origins.is_empty() {
                    visit(&Origin::default(), Some(&via.step));
                }
                queue.extend(via.origins.iter().map(|from| (from, Some(&via.step))));
            }
        }
    }
}
