//! Where a value was written, and by which way it came to where it is used.

use std::collections::VecDeque;
use std::sync::Arc;

use hashbrown::HashSet;

use crate::source::Place;

/// One step on the way of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// An input variable.
    Variable {
        /// Its name.
        name: Arc<str>,
        /// Who gave the value.
        by: Supply,
        /// Declared as sensitive: what lies behind is not to be quoted.
        secret: bool,
    },
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
    /// A named template of a chart.
    Helper(Arc<str>),
    /// A value that a chart is given: `.Values.storage.region`.
    Setting(Arc<str>),
    /// What a kustomization changed.
    Replaced,
}

/// Who gave a variable its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Supply {
    /// Its `default`.
    Default,
    /// A file of values.
    File,
    /// `--var`
    Option,
    /// `TF_VAR_name`
    Environment,
    /// An argument of the module call.
    Argument,
    /// It has no value.
    Nobody,
}

impl Supply {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Option => "option",
            Self::Environment => "environment",
            Self::Argument => "argument",
            Self::Nobody => "nobody",
        }
    }
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

/// So many places of a chain are told: evidence is for people.
const MAX_CHAIN: usize = 64;

/// So many origins are looked at on the way. Origins form a graph that can share a lot, and be wide.
const MAX_WALK: usize = 1024;

/// So many parts of a value that was made of several are looked at for an element.
const MAX_PARTS: usize = 8;

/// Containers are followed through so many steps to where an element of theirs was written.
const MAX_DEPTH: usize = 32;

/// One step of the way of a value, as a tree told from the top.
#[derive(Debug, Clone, Copy)]
pub struct RouteStep<'a> {
    /// Where.
    pub place: Place,
    /// What was gone through to get there; none for the first.
    pub step: Option<&'a Step>,
    /// How far behind the first.
    pub depth: usize,
    /// Behind a variable that is declared as sensitive.
    pub secret: bool,
}

impl Origin {
    /// Written here, from nothing else.
    pub fn at(place: Place) -> Self {
        Self {
            place: Some(place),
            via: None,
        }
    }

    /// The origin of an element of a value with this origin: the way of the whole, with the element at its end. Only the
    /// part of the way that is one way is taken: where the whole was made of several things, not all of them are in the
    /// element.
    #[must_use]
    pub fn inside(&self, element: &Origin) -> Origin {
        self.inside_within(element, MAX_DEPTH)
    }

    fn inside_within(&self, element: &Origin, depth: usize) -> Origin {
        let Some(place) = self.place.filter(|_| depth > 0) else {
            return element.clone();
        };
        if let Some(via) = &self.via {
            let one = match via.origins.as_slice() {
                [one] if via.step != Step::Parts => Some(one),
                // Made of several, one of which has it, such as an argument of a function.
                several if via.step == Step::Parts => {
                    let mut several = several.iter().take(MAX_PARTS);
                    several.find(|one| one.leads_to(element))
                }
                _ => return element.clone(),
            };
            if let Some(one) = one {
                return Origin {
                    place: self.place,
                    via: Some(Arc::new(Via {
                        step: via.step.clone(),
                        origins: vec![one.inside_within(element, depth - 1)],
                    })),
                };
            }
        }
        // Written as part of the whole, which says no more than the element itself.
        if element.place.is_none_or(|own| place.contains(own)) {
            return element.clone();
        }
        Origin {
            place: self.place,
            via: Some(Arc::new(Via {
                step: Step::Parts,
                origins: vec![element.clone()],
            })),
        }
    }

    /// True when what is found on the way holds the place where an element was written.
    fn leads_to(&self, element: &Origin) -> bool {
        let Some(wanted) = element.place else {
            return false;
        };
        let mut open = VecDeque::from([self]);
        let mut left = MAX_PARTS * MAX_PARTS;
        while let Some(origin) = open.pop_front() {
            if origin.place.is_some_and(|place| place.contains(wanted)) {
                return true;
            }
            left -= 1;
            if left == 0 {
                return false;
            }
            if let Some(via) = &origin.via {
                open.extend(via.origins.iter().take(MAX_PARTS));
            }
        }
        false
    }

    /// The places from the use to the source, nearest first, each with the step that led there (none for the first).
    pub fn chain(&self) -> Vec<(Place, Option<Step>)> {
        let owned = |(place, step): (Place, Option<&Step>)| (place, step.cloned());
        self.way().into_iter().map(owned).collect()
    }

    /// The same, borrowed.
    pub fn way(&self) -> Vec<(Place, Option<&Step>)> {
        let mut out: Vec<(Place, Option<&Step>)> = Vec::new();
        self.walk(&mut |origin, step| {
            if let Some(place) = origin.place
                && !out.iter().any(|(seen, _)| *seen == place)
            {
                out.push((place, step));
            }
            out.len() < MAX_CHAIN
        });
        out
    }

    /// The same as a tree, told from the top: what lies behind a step follows it.
    pub fn route(&self) -> Vec<RouteStep<'_>> {
        let mut out: Vec<RouteStep<'_>> = Vec::new();
        let mut seen = HashSet::new();
        let mut open: Vec<(&Origin, Option<&Step>, usize, bool)> = vec![(self, None, 0, false)];
        let mut left = MAX_WALK;
        while let Some((origin, step, depth, secret)) = open.pop() {
            left -= 1;
            if left == 0 || out.len() >= MAX_CHAIN {
                break;
            }
            let secret = secret || matches!(step, Some(Step::Variable { secret: true, .. }));
            let mut deeper = depth;
            if let Some(place) = origin.place
                && !out.iter().any(|before| before.place == place)
            {
                out.push(RouteStep {
                    place,
                    step,
                    depth,
                    secret,
                });
                deeper += 1;
            }
            if let Some(via) = &origin.via
                && seen.insert(Arc::as_ptr(via))
            {
                let behind = via.origins.iter().rev();
                open.extend(behind.map(|from| (from, Some(&via.step), deeper, secret)));
            }
        }
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
            true
        });
        out
    }

    /// Breadth first, each way once, until `visit` has seen enough.
    fn walk<'o>(&'o self, visit: &mut dyn FnMut(&'o Origin, Option<&'o Step>) -> bool) {
        static NOWHERE: Origin = Origin {
            place: None,
            via: None,
        };
        let (mut origin, mut step) = (self, None);
        let mut seen = 0;
        // Mostly it is one way, on which nothing can be met twice.
        let parted = loop {
            seen += 1;
            if !visit(origin, step) || seen >= MAX_WALK {
                return;
            }
            let Some(via) = &origin.via else {
                return;
            };
            match via.origins.as_slice() {
                [] => {
                    visit(&NOWHERE, Some(&via.step));
                    return;
                }
                [one] => (origin, step) = (one, Some(&via.step)),
                _ => break via,
            }
        };
        let mut queue: VecDeque<_> = parted.behind().collect();
        let mut ways = HashSet::new();
        while let Some((origin, step)) = queue.pop_front() {
            seen += 1;
            if !visit(origin, step) || seen >= MAX_WALK {
                return;
            }
            if let Some(via) = &origin.via
                && ways.insert(Arc::as_ptr(via))
            {
                if via.origins.is_empty() {
                    visit(&NOWHERE, Some(&via.step));
                }
                queue.extend(via.behind());
            }
        }
    }
}

impl Via {
    fn behind(&self) -> impl Iterator<Item = (&Origin, Option<&Step>)> {
        self.origins.iter().map(|from| (from, Some(&self.step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, Span};

    fn through(place: Place, step: Step, origins: Vec<Origin>) -> Origin {
        Origin {
            place: Some(place),
            via: Some(Arc::new(Via { step, origins })),
        }
    }

    #[test]
    fn an_element_comes_by_the_way_of_the_whole() {
        let source = Sources::new().add("x", "x");
        let at = |start, end| Place::new(source, Span::new(start, end));
        let local = |name: &str| Step::Local(name.into());
        // `[1]` at 10..13, used through two locals; the element is written in it.
        let whole = through(
            at(50, 57),
            local("b"),
            vec![through(
                at(30, 37),
                local("a"),
                vec![Origin::at(at(10, 13))],
            )],
        );
        let element = whole.inside(&Origin::at(at(11, 12)));
        let places: Vec<_> = element
            .chain()
            .into_iter()
            .map(|(place, _)| place)
            .collect();
        assert_eq!(places, [at(50, 57), at(30, 37), at(11, 12)]);
        // Made of several things: the element has its own way only.
        let made = through(
            at(60, 70),
            Step::Parts,
            vec![Origin::at(at(1, 2)), Origin::at(at(3, 4))],
        );
        let element = made.inside(&Origin::at(at(3, 4)));
        let places: Vec<_> = element
            .chain()
            .into_iter()
            .map(|(place, _)| place)
            .collect();
        assert_eq!(places, [at(60, 70), at(3, 4)]);
    }

    #[test]
    fn wide_and_shared_ways_keep_what_lies_behind() {
        let source = Sources::new().add("x", "x");
        let at = |start| Place::new(source, Span::new(start, start + 1));
        let shared = Arc::new(Via {
            step: Step::Local("l".into()),
            origins: vec![Origin::at(at(9_000))],
        });
        // A hundred parts that have no place of their own, then one that has.
        let mut origins: Vec<Origin> = (0..100)
            .map(|_| Origin {
                place: None,
                via: Some(Arc::clone(&shared)),
            })
            .collect();
        origins.push(Origin::at(at(8_000)));
        let wide = through(at(1), Step::Parts, origins);
        let places: Vec<_> = wide.chain().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [at(1), at(8_000), at(9_000)]);
        let route: Vec<_> = wide
            .route()
            .iter()
            .map(|step| (step.place, step.depth))
            .collect();
        assert_eq!(route, [(at(1), 0), (at(9_000), 1), (at(8_000), 1)]);
    }
}
