//! What an expression can refer to: a module instance with its lazily filled slots, and the names around the expression.

use hashbrown::HashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt::Write as _;
use std::sync::Arc;

use super::Key;
use super::common::Common;
use super::index::Body;
use super::module::{CallDef, Module};
use crate::source::Place;
use crate::value::{Origin, Step, Value, Via};

/// A value worked out once.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) value: Value,
    /// The way through this slot, shared by all references to the whole value.
    pub(super) via: Arc<Via>,
    /// Levels of expressions behind it.
    pub(super) height: usize,
}

impl Done {
    pub(super) fn new(value: Value, step: Step, height: usize) -> Self {
        let via = Arc::new(Via {
            step,
            origins: vec![value.origin.clone()],
        });
        Self { value, via, height }
    }
}

/// The arguments of a resource instance, worked out once. Nothing goes through them whole, so there is no way to share.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) value: Value,
    /// Levels of expressions behind them.
    pub(super) height: usize,
}

/// A place for a value that is worked out at its first use.
#[derive(Debug)]
pub(super) struct Slot<T = Done> {
    pub(super) value: OnceCell<T>,
    /// Being worked out right now: a second visit is a circle.
    pub(super) busy: Cell<bool>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            value: OnceCell::new(),
            busy: Cell::new(false),
        }
    }
}

fn slots<T>(count: usize) -> Box<[Slot<T>]> {
    (0..count).map(|_| Slot::default()).collect()
}

/// `count.index`, `each.key` and `each.value`.
#[derive(Debug, Clone, Default)]
pub(super) enum Repetition {
    #[default]
    None,
    Count(Named),
    Each {
        key: Named,
        value: Value,
    },
}

/// What tells an instance apart. Most of what it holds asks for it, so the way through it is made once.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) value: Value,
    way: OnceCell<Arc<Via>>,
}

impl From<Value> for Named {
    fn from(value: Value) -> Self {
        Self {
            value,
            way: OnceCell::new(),
        }
    }
}

impl Named {
    /// The value, asked for at a place.
    pub(super) fn at(&self, place: Place) -> Value {
        let way = self.way.get_or_init(|| {
            Arc::new(Via {
                step: Step::Each,
                origins: vec![self.value.origin.clone()],
            })
        });
        Value {
            data: self.value.data.clone(),
            marks: self.value.marks,
            origin: Origin {
                place: Some(place),
                via: Some(Arc::clone(way)),
            },
        }
    }
}

impl Repetition {
    /// `count.index` or `each.key`; the way of a key is that of the collection it is from.
    pub(super) fn named(&self, over: Option<&Arc<Via>>) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Count(index) => Some(index.value.clone()),
            Self::Each { key, .. } => Some(key.value.clone().with_origin(Origin {
                place: key.value.origin.place,
                via: over.cloned(),
            })),
        }
    }
}

/// One instance of something with `count` or `for_each`.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) key: Option<Key>,
    pub(super) repetition: Repetition,
}

/// The instances of a block.
#[derive(Debug)]
pub(super) struct Expansion {
    pub(super) form: Form,
    /// Sorted by key.
    pub(super) items: Vec<Item>,
    /// What `for_each` ranges over: evidence of what its keys are.
    pub(super) over: Option<Arc<Via>>,
}

/// How a block is repeated.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Single,
    Count,
    Each,
    /// One item stands for all.
    Unknown {
        each: bool,
    },
}

impl Expansion {
    /// Position of the item with a key.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.items
            .binary_search_by(|item| item.key.as_ref().cmp(&Some(key)))
            .ok()
    }
}

/// The instances of a resource with their slots.
#[derive(Debug)]
pub(super) struct Resources {
    pub(super) expansion: Expansion,
    /// `module.a.aws_x.y`
    pub(super) address: Arc<str>,
    /// Parallel to the items of the expansion.
    pub(super) addresses: Vec<Arc<str>>,
    /// Parallel to the items of the expansion; one for all of them when nothing in the block tells instances apart.
    pub(super) bodies: Box<[Slot<Arguments>]>,
    /// What they have in common; none when there is but one, or nothing tells them apart.
    pub(super) common: Option<Common>,
    /// All of them as one value.
    pub(super) whole: OnceCell<Value>,
    /// Module instance and resource.
    pub(super) at: (usize, usize),
    /// Whether the instances can be found by their addresses.
    pub(super) findable: Cell<bool>,
}

impl Resources {
    pub(super) fn new(
        expansion: Expansion,
        address: Arc<str>,
        at: (usize, usize),
        body: &Body,
    ) -> Self {
        let several = expansion.items.len() > 1;
        let uniform = several && body.is_uniform();
        let mut text = String::from(&*address);
        let addresses = expansion.items.iter().map(|item| match &item.key {
            None => Arc::clone(&address),
            Some(key) => {
                text.truncate(address.len());
                // Writing to a text never fails.
                let _ = write!(text, "{key}");
                text.as_str().into()
            }
        });
        let addresses = addresses.collect();
        Self {
            common: (several && !uniform).then(|| Common::of(body)),
            bodies: slots(if uniform { 1 } else { expansion.items.len() }),
            addresses,
            address,
            expansion,
            whole: OnceCell::new(),
            at,
            findable: Cell::new(false),
        }
    }

    /// True when all items have the same arguments, by the text of the block.
    pub(super) fn is_uniform(&self) -> bool {
        self.bodies.len() == 1
    }

    /// Where the arguments of an item are kept.
    pub(super) fn body(&self, item: usize) -> Option<&Slot<Arguments>> {
        match &*self.bodies {
            [shared] => (item < self.expansion.items.len()).then_some(shared),
            each => each.get(item),
        }
    }
}

/// The instances of a module call.
#[derive(Debug)]
pub(super) enum Children {
    /// The code is not at hand.
    Missing(Arc<str>),
    /// Ids of the module instances, parallel to the items of the expansion.
    Present {
        expansion: Expansion,
        ids: Vec<usize>,
    },
}

/// How a module instance was called.
#[derive(Debug)]
pub(super) struct Caller<'a> {
    /// Id of the calling instance.
    pub(super) parent: usize,
    pub(super) call: &'a CallDef,
    pub(super) repetition: Repetition,
}

/// One instance of a module.
#[derive(Debug)]
pub(super) struct Instance<'a> {
    pub(super) id: usize,
    pub(super) module: &'a Module,
    /// `module.a["x"]`; empty for the root.
    pub(super) address: Arc<str>,
    pub(super) caller: Option<Caller<'a>>,
    pub(super) depth: usize,
    /// Headers of the module blocks on the way here.
    pub(super) calls_to_here: Arc<[Place]>,
    pub(super) variables: Box<[Slot]>,
    pub(super) locals: Box<[Slot]>,
    pub(super) outputs: Box<[Slot]>,
    pub(super) resources: Box<[Slot<Resources>]>,
    pub(super) calls: Box<[Slot<Children>]>,
    /// Provider references already resolved, as indices into the configurations of the root.
    pub(super) providers: RefCell<HashMap<String, usize>>,
}

impl<'a> Instance<'a> {
    pub(super) fn new(
        id: usize,
        module: &'a Module,
        address: Arc<str>,
        caller: Option<Caller<'a>>,
        depth: usize,
        calls_to_here: Arc<[Place]>,
    ) -> Self {
        Self {
            id,
            address,
            caller,
            depth,
            calls_to_here,
            variables: slots(module.variables.all.len()),
            locals: slots(module.locals.all.len()),
            outputs: slots(module.outputs.all.len()),
            resources: slots(module.resources.len()),
            calls: slots(module.calls.all.len()),
            providers: RefCell::default(),
            module,
        }
    }

    /// The address of something in this instance.
    pub(super) fn address_of(&self, local: &str) -> Arc<str> {
        if self.address.is_empty() {
            local.into()
        } else {
            format!("{}.{local}", self.address).into()
        }
    }
}

/// Names brought in around an expression: by `for`, by a dynamic block, or by the caller of a template.
#[derive(Debug)]
pub(super) struct Frame<'s> {
    pub(super) names: Names<'s>,
    pub(super) outer: Option<&'s Frame<'s>>,
}

#[derive(Debug)]
pub(super) enum Names<'s> {
    /// One name.
    One(&'s str, Value),
    /// The entries of an object.
    All(&'s Value),
}

/// What surrounds an expression.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scope<'s, 'a> {
    /// None: no references to anything of a module (tfvars files, template files).
    pub(super) instance: Option<&'s Instance<'a>>,
    pub(super) frame: Option<&'s Frame<'s>>,
    pub(super) repetition: Option<&'s Repetition>,
    /// `self`
    pub(super) owner: Option<&'s Value>,
    /// Inside a template file: no other template file may be called.
    pub(super) in_template: bool,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// Directly inside a module instance.
    pub(super) fn of(instance: &'s Instance<'a>) -> Self {
        Self {
            instance: Some(instance),
            frame: None,
            repetition: None,
            owner: None,
            in_template: false,
        }
    }

    /// Inside a repeated block.
    pub(super) fn repeated(instance: &'s Instance<'a>, repetition: &'s Repetition) -> Self {
        Self {
            repetition: Some(repetition),
            ..Self::of(instance)
        }
    }

    /// With further names.
    pub(super) fn with<'t>(&self, frame: &'t Frame<'t>) -> Scope<'t, 'a>
    where
        's: 't,
    {
        Scope {
            instance: self.instance,
            frame: Some(frame),
            repetition: self.repetition,
            owner: self.owner,
            in_template: self.in_template,
        }
    }

    /// The value of a name of the frames.
    pub(super) fn lookup(&self, name: &str) -> Option<&'s Value> {
        let mut next = self.frame;
        while let Some(frame) = next {
            match &frame.names {
                Names::One(own, value) if *own == name => return Some(value),
                Names::One(..) => {}
                Names::All(object) => {
                    if let Some(value) = object.entry(name) {
                        return Some(value);
                    }
                }
            }
            next = frame.outer;
        }
        None
    }
}

/// An origin through one step.
pub(super) fn through(place: Place, step: Step, from: Origin) -> Origin {
    Origin {
        place: Some(place),
        via: Some(Arc::new(Via {
            step,
            origins: vec![from],
        })),
    }
}

/// True when an origin says anything.
pub(super) fn has_origin(origin: &Origin) -> bool {
    origin.place.is_some() || origin.via.is_some()
}
