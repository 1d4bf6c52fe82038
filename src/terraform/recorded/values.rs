//! JSON values as Terraform records them, with the masks that stand beside them, as [`Value`]s.
//!
//! A plan says `"values": {...}` and beside it, in the same shape, what of it is sensitive and what is known only after
//! apply. A state lists paths. Both become a [`Mask`].

use hashbrown::HashMap;
use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::secrets;
use crate::problem::{Problem, ProblemCode};
use crate::source::says_secret;
use crate::syntax::json::{Document, Member, NodeId, NodeKind};
use crate::syntax::{MAX_NESTING, MAX_PROBLEMS};
use crate::terraform::Declared;
use crate::text::Text;
use crate::value::{Because, Data, Entries, Marks, Number, Type, Value};

/// A step of a mask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::terraform) enum Part {
    /// An attribute, or a key of a map.
    Key(Arc<str>),
    /// An element of a sequence.
    At(usize),
}

/// Which parts of a value something is true of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::terraform) enum Mask {
    /// Of nothing in it.
    #[default]
    None,
    /// Of all of it.
    All,
    /// Of something in these parts, sorted.
    Parts(Vec<(Part, Mask)>),
}

impl Mask {
    /// A mask of the shape of its value: `true`, or objects and arrays with `true` in them (`sensitive_values`,
    /// `after_unknown`).
    pub(in crate::terraform) fn of_shape(reader: &mut Reader<'_>, shape: NodeId) -> Self {
        let document = reader.document;
        let mut parts: Vec<(Part, Self)> = Vec::new();
        match document.node(shape).kind {
            NodeKind::Bool(true) => return Self::All,
            NodeKind::Object(_) => {
                for member in document.members(shape) {
                    let mask = Self::of_shape(reader, member.value);
                    if mask != Self::None {
                        parts.push((Part::Key(reader.shared(document.key(member))), mask));
                    }
                }
            }
            NodeKind::Array(_) => {
                for (at, element) in document.elements(shape).iter().enumerate() {
                    let mask = Self::of_shape(reader, *element);
                    if mask != Self::None {
                        parts.push((Part::At(at), mask));
                    }
                }
            }
            _ => {}
        }
        Self::of_parts(parts)
    }

    /// A mask of paths, each a list of `{"type": "get_attr" | "index", "value": ...}` (`sensitive_attributes` of a
    /// state). What cannot be followed, such as an element of a set, makes all that is above it masked.
    pub(in crate::terraform) fn of_paths(reader: &mut Reader<'_>, paths: NodeId) -> Self {
        let document = reader.document;
        let mut all: Vec<Vec<Part>> = document
            .elements(paths)
            .iter()
            .map(|path| {
                let steps = document.elements(*path).iter().take(MAX_NESTING as usize);
                steps
                    .map_while(|step| part_of_step(reader, *step))
                    .collect()
            })
            .collect();
        all.sort_unstable();
        Self::of_sorted(&all, 0)
    }

    /// Of paths that are the same up to `depth`.
    fn of_sorted(paths: &[Vec<Part>], depth: usize) -> Self {
        // Of such paths the shortest comes first.
        match paths.first() {
            None => return Self::None,
            Some(shortest) if shortest.len() <= depth => return Self::All,
            Some(_) => {}
        }
        let groups = paths.chunk_by(|a, b| a.get(depth) == b.get(depth));
        Self::Parts(
            groups
                .filter_map(|group| {
                    let part = group.first()?.get(depth)?.clone();
                    Some((part, Self::of_sorted(group, depth + 1)))
                })
                .collect(),
        )
    }

    fn of_parts(mut parts: Vec<(Part, Self)>) -> Self {
        if parts.is_empty() {
            return Self::None;
        }
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        Self::Parts(parts)
    }

    /// What it says of an attribute or key.
    pub(in crate::terraform) fn key(&self, key: &str) -> &Self {
        self.find(|part| match part {
            Part::Key(name) => (**name).cmp(key),
            Part::At(_) => std::cmp::Ordering::Greater,
        })
    }

    /// What it says of an element.
    pub(in crate::terraform) fn at(&self, index: usize) -> &Self {
        self.find(|part| match part {
            Part::Key(_) => std::cmp::Ordering::Less,
            Part::At(at) => at.cmp(&index),
        })
    }

    fn find(&self, order: impl Fn(&Part) -> std::cmp::Ordering) -> &Self {
        match self {
            Self::None => &Self::None,
            Self::All => &Self::All,
            Self::Parts(parts) => parts
                .binary_search_by(|(part, _)| order(part))
                .ok()
                .and_then(|at| parts.get(at))
                .map_or(&Self::None, |(_, mask)| mask),
        }
    }

    fn parts(&self) -> &[(Part, Self)] {
        match self {
            Self::Parts(parts) => parts,
            _ => &[],
        }
    }
}

fn part_of_step(reader: &mut Reader<'_>, step: NodeId) -> Option<Part> {
    let document = reader.document;
    let value = document.get(step, "value")?;
    let kind = document
        .get(step, "type")
        .and_then(|id| document.string(id));
    match kind.as_deref() {
        Some("get_attr") => reader.text(value).map(Part::Key),
        Some("index") => {
            let key = document.get(value, "value")?;
            match document.node(key).kind {
                NodeKind::String => reader.text(key).map(Part::Key),
                NodeKind::Number => document
                    .text(document.node(key).span)
                    .parse()
                    .ok()
                    .map(Part::At),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What is said of the values of one resource.
#[derive(Debug, Clone, Default)]
pub(in crate::terraform) struct Masks {
    /// Never printed.
    pub(in crate::terraform) sensitive: Mask,
    /// Known only after apply. Such attributes may be missing from the values altogether.
    pub(in crate::terraform) unknown: Mask,
}

/// Shorter strings are kept once: states repeat themselves.
const SHARED: usize = 40;

/// So many resources are read one after the other, and share their strings.
const TOGETHER: usize = 512;

/// Reads values out of a document.
pub(in crate::terraform) struct Reader<'d> {
    /// The tree.
    pub(in crate::terraform) document: &'d Document,
    /// What is not as it should be.
    pub(in crate::terraform) problems: Vec<Problem>,
    shared: HashMap<&'d str, Shared>,
    /// A value of no fixed type is written as `{"value": ..., "type": ...}`.
    typed: bool,
}

/// A text that is kept once.
struct Shared {
    text: Arc<str>,
    /// As a name it says that what it names is secret; none: nobody asked yet.
    says_secret: Option<bool>,
}

/// Whose values are read.
struct Owner<'a> {
    /// Its type is one that holds secrets under common names.
    holds_secrets: bool,
    address: &'a Arc<str>,
    /// Attribute path so far.
    path: String,
}

impl<'d> Reader<'d> {
    /// A reader of plans, and of what `terraform show -json` prints.
    pub(in crate::terraform) fn new(document: &'d Document) -> Self {
        Self {
            document,
            problems: Vec::new(),
            shared: HashMap::new(),
            typed: false,
        }
    }

    /// A reader of states as they are stored.
    pub(in crate::terraform) fn of_state(document: &'d Document) -> Self {
        Self {
            typed: true,
            ..Self::new(document)
        }
    }

    /// Gives resources their attributes, many at a time. `read` takes what was put beside a resource for it.
    pub(in crate::terraform) fn fill<W: Send>(
        &mut self,
        resources: Vec<(Declared, W)>,
        read: impl Fn(&mut Self, &Declared, W) -> Value + Sync,
    ) -> Vec<Declared> {
        let (document, typed) = (self.document, self.typed);
        let parts: Vec<(Vec<Declared>, Vec<Problem>)> = resources
            .into_par_iter()
            .chunks(TOGETHER)
            .map(|part| {
                let mut reader = Self {
                    typed,
                    ..Self::new(document)
                };
                let filled = part.into_iter().map(|(mut resource, beside)| {
                    resource.attributes = read(&mut reader, &resource, beside);
                    resource
                });
                (filled.collect(), reader.problems)
            })
            .collect();
        let mut all = Vec::with_capacity(parts.iter().map(|(part, _)| part.len()).sum());
        let before = self.problems.len();
        for (part, problems) in parts {
            all.extend(part);
            self.problems.extend(problems);
        }
        if self.problems.len() > before {
            // In the order of the text, as if all had been read one after the other.
            self.problems.sort_by_key(|problem| problem.place);
            self.problems.truncate(MAX_PROBLEMS);
        }
        all
    }

    /// A text that is kept once, when it is short.
    pub(in crate::terraform) fn shared(&mut self, text: Cow<'d, str>) -> Arc<str> {
        match text {
            Cow::Borrowed(text) if text.len() <= SHARED => Arc::clone(&self.keep(text).text),
            text => text.into(),
        }
    }

    fn keep(&mut self, text: &'d str) -> &mut Shared {
        self.shared.entry(text).or_insert_with(|| Shared {
            text: text.into(),
            says_secret: None,
        })
    }

    /// The name of a member, and whether it says that what it names is secret.
    fn name(&mut self, member: &Member) -> (Arc<str>, bool) {
        match self.document.key(member) {
            Cow::Borrowed(name) if name.len() <= SHARED => {
                let kept = self.keep(name);
                let known = &mut kept.says_secret;
                let secret = *known.get_or_insert_with(|| says_secret(name));
                (Arc::clone(&kept.text), secret)
            }
            name => {
                let secret = says_secret(&name);
                (name.into(), secret)
            }
        }
    }

    /// The text of a string; none for other values.
    pub(in crate::terraform) fn text(&mut self, node: NodeId) -> Option<Arc<str>> {
        let text = self.document.string(node)?;
        Some(self.shared(text))
    }

    /// The last entry of that name in an object, as Terraform takes it.
    pub(in crate::terraform) fn get(&self, object: NodeId, name: &str) -> Option<NodeId> {
        let mut members = self.document.members(object).iter().rev();
        members
            .find(|member| self.document.is_key(member, name))
            .map(|member| member.value)
    }

    /// The elements of an entry that is an array.
    pub(in crate::terraform) fn list(&self, object: NodeId, name: &str) -> Option<&'d [NodeId]> {
        let node = self.get(object, name)?;
        match self.document.node(node).kind {
            NodeKind::Array(_) => Some(self.document.elements(node)),
            _ => None,
        }
    }

    /// Notes what is not as Terraform writes it, and so was not read.
    pub(in crate::terraform) fn fault(&mut self, node: NodeId, message: impl Into<Text>) {
        if self.problems.len() < MAX_PROBLEMS {
            let place = self.document.place(self.document.node(node).span);
            self.problems
                .push(Problem::error(ProblemCode::Syntax, message).at(place));
        }
    }

    /// The text of an entry that is a string.
    pub(in crate::terraform) fn text_of(&mut self, object: NodeId, name: &str) -> Option<Arc<str>> {
        let node = self.get(object, name)?;
        self.text(node)
    }

    /// The attributes of a resource: an object, as [`super::super::Declared::attributes`] wants it. Attributes that are
    /// unknown or known to be secret by their names are marked.
    pub(in crate::terraform) fn attributes(
        &mut self,
        kind: &str,
        address: &Arc<str>,
        values: Option<NodeId>,
        masks: &Masks,
    ) -> Value {
        let mut owner = Owner {
            holds_secrets: secrets::holds_secrets(kind),
            address,
            path: String::new(),
        };
        let values =
            values.filter(|node| !matches!(self.document.node(*node).kind, NodeKind::Null));
        if values.is_none() && masks.unknown == Mask::None {
            return Value::object([]);
        }
        let value = self.read(values, &masks.sensitive, &masks.unknown, &mut owner);
        // From here on the secrets are gone: whoever holds the values cannot give them away.
        // What a name gives away is echoed as well as what Terraform marks.
        secrets::with_echoes(value).withheld()
    }

    /// A value that belongs to no resource, such as an output or a variable: secret as a whole, in parts, by its name,
    /// or not.
    pub(in crate::terraform) fn named_value(
        &mut self,
        name: &Arc<str>,
        node: NodeId,
        sensitive: &Mask,
    ) -> Value {
        let mut owner = Owner {
            holds_secrets: false,
            address: &"".into(),
            path: String::new(),
        };
        let value = self.read(Some(node), sensitive, &Mask::None, &mut owner);
        if says_secret(name) && secrets::holds_text(&value) {
            return value.marked(Marks::SENSITIVE);
        }
        value
    }

    fn read(
        &mut self,
        node: Option<NodeId>,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> Value {
        let mut value = match (unknown, node) {
            (Mask::All, _) => Value::unknown(Because::Reference {
                address: Arc::clone(owner.address),
                path: owner.path.as_str().into(),
            }),
            (Mask::Parts(parts), None) => {
                let is_sequence = parts.iter().any(|(part, _)| matches!(part, Part::At(_)));
                self.compound(None, is_sequence, sensitive, unknown, owner)
            }
            (Mask::None, None) => Value::null(),
            (_, Some(node)) => self.present(node, sensitive, unknown, owner),
        };
        if let Some(node) = node {
            value = value.at(self.document.place(self.document.node(node).span));
        }
        if *sensitive == Mask::All {
            value = value.marked(Marks::SENSITIVE);
        }
        value
    }

    fn present(
        &mut self,
        node: NodeId,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> Value {
        let document = self.document;
        match document.node(node).kind {
            NodeKind::Null => Value::null(),
            NodeKind::Bool(value) => Value::bool(value),
            NodeKind::Number => match Number::parse(document.text(document.node(node).span)) {
                Some(number) => Value::number(number),
                None => Value::unknown_of(Type::Number, Because::Limit),
            },
            NodeKind::String => {
                let text = document.string(node).unwrap_or_default();
                let secret = secrets::is_secret_text(&text);
                let value = Value::string(self.shared(text));
                if secret {
                    value.marked(Marks::SENSITIVE)
                } else {
                    value
                }
            }
            NodeKind::Array(_) => self.compound(Some(node), true, sensitive, unknown, owner),
            NodeKind::Object(_) => match self.typed_value(node) {
                Some(inner) => self.present(inner, sensitive, unknown, owner),
                None => self.compound(Some(node), false, sensitive, unknown, owner),
            },
        }
    }

    /// The value in `{"value": ..., "type": ...}`, as states write what has no fixed type.
    fn typed_value(&self, node: NodeId) -> Option<NodeId> {
        let members = self.document.members(node);
        if !self.typed || members.len() != 2 {
            return None;
        }
        let ty = self.get(node, "type")?;
        let value = self.get(node, "value")?;
        self.is_type(ty).then_some(value)
    }

    /// `"string"`, `["list", ...]`, `["object", {...}]`
    fn is_type(&self, node: NodeId) -> bool {
        let document = self.document;
        if let Some(name) = document.string(node) {
            return matches!(&*name, "string" | "number" | "bool" | "dynamic");
        }
        let first = document.elements(node).first();
        first
            .and_then(|first| document.string(*first))
            .is_some_and(|name| matches!(&*name, "list" | "set" | "map" | "tuple" | "object"))
    }

    fn compound(
        &mut self,
        node: Option<NodeId>,
        is_sequence: bool,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> Value {
        if is_sequence {
            self.sequence(node, sensitive, unknown, owner)
        } else {
            self.mapping(node, sensitive, unknown, owner)
        }
    }

    fn sequence(
        &mut self,
        node: Option<NodeId>,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> Value {
        let elements = node.map_or(&[][..], |node| self.document.elements(node));
        let further = unknown.parts().iter().filter_map(|(part, _)| match part {
            Part::At(at) => Some(at + 1),
            Part::Key(_) => None,
        });
        let count = further.max().unwrap_or(0).max(elements.len());
        let mut all = Vec::with_capacity(count);
        for at in 0..count {
            let element = elements.get(at).copied();
            let below = unknown.at(at);
            let depth = owner.path.len();
            if *below != Mask::None {
                owner.enter(&at.to_string());
            }
            all.push(self.read(element, sensitive.at(at), below, owner));
            owner.path.truncate(depth);
        }
        Data::Tuple(all.into()).into()
    }

    fn mapping(
        &mut self,
        node: Option<NodeId>,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> Value {
        let document = self.document;
        let members = node.map_or(&[][..], |node| document.members(node));
        let mut entries: Entries = Vec::with_capacity(members.len() + unknown.parts().len());
        // Of equal keys the last one wins: what has a value, too, comes from there.
        for (part, _) in unknown.parts() {
            if let Part::Key(key) = part {
                let name = (Arc::clone(key), says_secret(key));
                entries.push(self.entry(name, None, sensitive, unknown, owner));
            }
        }
        for member in members {
            let name = self.name(member);
            entries.push(self.entry(name, Some(member.value), sensitive, unknown, owner));
        }
        Value::object(entries)
    }

    fn entry(
        &mut self,
        (key, says_secret): (Arc<str>, bool),
        node: Option<NodeId>,
        sensitive: &Mask,
        unknown: &Mask,
        owner: &mut Owner<'_>,
    ) -> (Arc<str>, Value) {
        let below = unknown.key(&key);
        let depth = owner.path.len();
        if *below != Mask::None {
            owner.enter(&key);
        }
        let mut value = self.read(node, sensitive.key(&key), below, owner);
        owner.path.truncate(depth);
        let is_secret = says_secret || owner.holds_secrets && secrets::is_content(&key);
        if is_secret && secrets::holds_text(&value) {
            value = value.marked(Marks::SENSITIVE);
        }
        (key, value)
    }
}

impl Owner<'_> {
    /// Goes into a part.
    fn enter(&mut self, part: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::json;

    fn read(text: &str, kind: &str, typed: bool) -> Value {
        let id = Sources::new().add("test.json", text);
        let (document, problems) = json::parse(id, text.into());
        assert_eq!(problems, []);
        let root = document.root().expect("a root");
        let mut reader = if typed {
            Reader::of_state(&document)
        } else {
            Reader::new(&document)
        };
        let mask = |reader: &mut Reader<'_>, name: &str| {
            let node = document.get(root, name);
            node.map_or(Mask::None, |node| Mask::of_shape(reader, node))
        };
        let sensitive = match document.get(root, "paths") {
            Some(paths) => Mask::of_paths(&mut reader, paths),
            None => mask(&mut reader, "sensitive"),
        };
        let unknown = mask(&mut reader, "unknown");
        let values = document.get(root, "values");
        let masks = Masks { sensitive, unknown };
        reader.attributes(kind, &"t.n".into(), values, &masks)
    }

    #[test]
    fn masks_are_laid_over_the_values() {
        let value = read(
            r#"{"values": {"a": "x", "b": [1, {"c": "y", "d": true}], "e": null},
                "sensitive": {"a": true, "b": [false, {"c": true}]},
                "unknown": {"f": true, "g": [{"h": true}], "b": [false, {"i": true}]}}"#,
            "t",
            false,
        );
        assert_eq!(
            value.to_inspection().to_string(),
            concat!(
                r#"{"a":{"$sensitive":true},"b":[1,{"c":{"$sensitive":true},"d":true,"#,
                r#""i":{"$unknown":"t.n.b.1.i is known only after apply"}}],"e":null,"#,
                r#""f":{"$unknown":"t.n.f is known only after apply"},"#,
                r#""g":[{"h":{"$unknown":"t.n.g.0.h is known only after apply"}}]}"#
            )
        );
    }

    #[test]
    fn paths_of_a_state_are_followed_and_what_cannot_be_hides_more() {
        let value = read(
            r#"{"values": {"a": {"x": "1", "y": "2"}, "b": ["3", "4"], "s": ["5"], "z": "6"},
                "paths": [
                  [{"type": "get_attr", "value": "a"}, {"type": "index", "value": {"value": "y", "type": "string"}}],
                  [{"type": "get_attr", "value": "b"}, {"type": "index", "value": {"value": 1, "type": "number"}}],
                  [{"type": "get_attr", "value": "s"}, {"type": "index", "value": {"value": {"k": 1}, "type": ["object", {}]}}]
                ]}"#,
            "t",
            true,
        );
        assert_eq!(
            value.to_inspection().to_string(),
            r#"{"a":{"x":"1","y":{"$sensitive":true}},"b":["3",{"$sensitive":true}],"s":{"$sensitive":true},"z":"6"}"#
        );
    }

    #[test]
    fn values_of_no_fixed_type_are_unwrapped_in_states_only() {
        let text = r#"{"values": {"input": {"value": {"a": [1]}, "type": ["object", {"a": ["tuple", ["number"]]}]},
                       "block": {"value": "v", "type": "A"}}}"#;
        assert_eq!(
            read(text, "t", true).to_inspection().to_string(),
            r#"{"block":{"type":"A","value":"v"},"input":{"a":[1]}}"#
        );
        assert!(
            read(text, "t", false)
                .entry("input")
                .is_some_and(|input| input.entry("type").is_some())
        );
    }

    #[test]
    fn the_last_of_equal_keys_wins_and_values_know_their_place() {
        let text = r#"{"values": {"a": 1, "a": 2}}"#;
        let value = read(text, "t", false);
        let a = value.entry("a").expect("a");
        assert_eq!(a.as_text().as_deref(), Some("2"));
        assert_eq!(a.origin.place.map(|place| place.span.of(text)), Some("2"));
    }
}
