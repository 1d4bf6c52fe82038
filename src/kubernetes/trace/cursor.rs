//! The place in a resource or a patch that belongs to a place in the rendered object, while one goes down into it.

use crate::syntax::yaml::Keys;
use crate::value::Value;

/// What tells the elements of a list apart, the most usual first.
pub(super) const IDENTITIES: &[&str] = &[
    "name",
    "containerPort",
    "port",
    "mountPath",
    "devicePath",
    "key",
    "ip",
    "topologyKey",
    "type",
];

/// So many elements of a list are told apart by comparing each with each.
const MAX_ELEMENTS: usize = 256;

/// Where one file is, beside a rendered value.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    way: Way<'a>,
    pub(super) keys: &'a Keys,
    /// 0 for the outermost layer; the resource itself comes last.
    pub(super) rank: usize,
}

#[derive(Clone)]
pub(super) enum Way<'a> {
    /// At this value.
    At(&'a Value),
    /// Above it: an operation of a JSON patch, with the rest of its path.
    Above(&'a str, &'a Value),
}

impl<'a> Cursor<'a> {
    /// At the top of an object.
    pub(super) fn new(value: &'a Value, keys: &'a Keys, rank: usize) -> Self {
        Self {
            way: Way::At(value),
            keys,
            rank,
        }
    }

    /// What an operation of a JSON patch sets.
    pub(super) fn operation(operation: &'a Value, keys: &'a Keys, rank: usize) -> Option<Self> {
        let op = operation.entry("op")?.as_str()?;
        if !matches!(op, "add" | "replace") {
            return None;
        }
        let path = operation.entry("path")?.as_str()?.strip_prefix('/')?;
        Some(Self {
            way: Way::Above(path, operation.entry("value")?),
            keys,
            rank,
        })
    }

    /// The value that the file has here.
    pub(super) fn at(&self) -> Option<&'a Value> {
        match self.way {
            Way::At(value) => Some(value),
            Way::Above(..) => None,
        }
    }

    fn to(&self, way: Way<'a>) -> Self {
        Self {
            way,
            keys: self.keys,
            rank: self.rank,
        }
    }

    fn below(&self, fits: impl Fn(&str) -> bool, path: &'a str, value: &'a Value) -> Option<Self> {
        let (step, rest) = match path.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (path, None),
        };
        let way = match rest {
            Some(rest) => Way::Above(rest, value),
            None => Way::At(value),
        };
        fits(step).then(|| self.to(way))
    }

    /// Into the entry of a mapping.
    pub(super) fn entry(&self, key: &str) -> Option<Self> {
        match self.way {
            Way::At(value) => value.entry(key).map(|inner| self.to(Way::At(inner))),
            Way::Above(path, value) => {
                let fits = |step: &str| step.replace("~1", "/").replace("~0", "~") == key;
                self.below(fits, path, value)
            }
        }
    }

    /// Into the element that belongs to one of a rendered list.
    pub(super) fn element(&self, rendered: &[Value], at: usize) -> Option<Self> {
        match self.way {
            Way::At(value) => {
                let inner = counterpart(value.elements()?, rendered, at)?;
                Some(self.to(Way::At(inner)))
            }
            Way::Above(path, value) => {
                self.below(|step| step == "-" || step == at.to_string(), path, value)
            }
        }
    }
}

/// The element of a file's list that belongs to one of the rendered list.
fn counterpart<'a>(written: &'a [Value], rendered: &[Value], at: usize) -> Option<&'a Value> {
    let wanted = rendered.get(at)?;
    if written.len() > MAX_ELEMENTS || rendered.len() > MAX_ELEMENTS {
        return (written.len() == rendered.len()).then(|| written.get(at))?;
    }
    let one = |fits: &dyn Fn(&Value) -> bool| {
        let mut fitting = written.iter().filter(|one| fits(one));
        fitting.next().filter(|_| fitting.next().is_none())
    };
    if wanted.entries().is_none() {
        let text = wanted.as_text();
        return one(&|one| text.is_some() && one.as_text() == text)
            .or_else(|| (written.len() == rendered.len()).then(|| written.get(at))?);
    }
    let by_identity = IDENTITIES.iter().find_map(|key| {
        let text = wanted.entry(key)?.as_text()?;
        Some(one(&|one| {
            one.entry(key).and_then(Value::as_text).as_ref() == Some(&text)
        }))
    });
    match by_identity {
        Some(Some(found)) => Some(found),
        // Named, and not found under that name: another one, unless names are not what tells them apart.
        Some(None) => None,
        None => (written.len() == rendered.len()).then(|| written.get(at))?,
    }
}
