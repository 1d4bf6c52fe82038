//! What the values of a plan were taken from: the plan says which expressions refer to what, not which value came from
//! where. So a known value counts as taken from an attribute only when it holds that attribute's value, and an unknown
//! one only when that attribute is unknown too.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::address::{self, Reference};
use super::configuration::{self, Configuration, Form, form};
use crate::syntax::json::{Document, NodeId, NodeKind};
use crate::terraform::Declared;
use crate::value::{Because, Data, Entries, Origin, Path, Step, Value, Via};

/// Variables, outputs and `for_each` are followed through no more steps than this for one expression.
const MAX_STEPS: usize = 512;
const MAX_DEPTH: usize = 64;
/// A value is taken from no more attributes than this.
const MAX_SOURCES: usize = 32;
/// So many elements are held against so many blocks to find out which made which.
const MAX_PAIRS: usize = 1 << 16;
/// Shorter texts are equal by chance.
const SHORTEST: usize = 3;

/// An attribute that an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    /// Of an instance, or of all of them.
    address: Arc<str>,
    /// Empty: the plan does not say which.
    path: Arc<str>,
}

/// What an expression refers to, all in all.
#[derive(Debug, Default)]
struct Found {
    targets: Vec<Target>,
    /// Something that is followed no further, as the reason of an unknown.
    end: Option<Arc<str>>,
    steps: usize,
}

/// Where an expression stands.
#[derive(Clone)]
struct Scope {
    /// Address of the module instance.
    instance: Arc<str>,
    each: Option<Each>,
}

/// Which instance of a repeated block.
#[derive(Clone)]
struct Each {
    /// With brackets.
    key: Arc<str>,
    over: NodeId,
}

/// Texts to the instance that has it as an attribute, with the attribute; none where two have it.
type Texts = HashMap<Arc<str>, Option<(usize, Arc<str>)>>;

/// Follows the references of a plan.
pub(super) struct Resolver<'a> {
    configuration: &'a Configuration,
    document: &'a Document,
    resources: &'a [Declared],
    /// Positions by address.
    instances: HashMap<&'a str, usize>,
    /// Positions by address without their own key.
    declarations: HashMap<String, Vec<usize>>,
    /// Addresses of module instances by address without their own key.
    modules: HashMap<&'a str, Vec<&'a str>>,
    module_instances: HashSet<&'a str>,
    /// By declaration and path.
    texts: RefCell<HashMap<Target, Rc<Texts>>>,
}

impl std::hash::Hash for Target {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.address.hash(state);
        self.path.hash(state);
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        configuration: &'a Configuration,
        document: &'a Document,
        resources: &'a [Declared],
    ) -> Self {
        let mut resolver = Self {
            configuration,
            document,
            resources,
            instances: HashMap::with_capacity(resources.len()),
            declarations: HashMap::new(),
            modules: HashMap::new(),
            module_instances: HashSet::new(),
            texts: RefCell::default(),
        };
        for (at, resource) in resources.iter().enumerate() {
            resolver.instances.insert(&resource.address, at);
            let declaration = declaration(resource);
            resolver
                .declarations
                .entry(declaration)
                .or_default()
                .push(at);
            if resolver.module_instances.contains(&*resource.module) {
                continue;
            }
            for call in address::calls(&resource.module).0 {
                if resolver.module_instances.insert(call.instance) {
                    let all = resolver.modules.entry(call.declaration).or_default();
                    all.push(call.instance);
                }
            }
        }
        resolver
    }

    /// The attributes of a resource with what they were taken from; none: nothing was added.
    pub(super) fn annotate(&self, resource: &Declared) -> Option<Value> {
        let block = self.block(resource)?;
        let scope = Scope {
            instance: Arc::clone(&resource.module),
            each: match (&resource.key, block.over) {
                (Some(key), Some(over)) => Some(Each {
                    key: key.to_string().into(),
                    over,
                }),
                _ => None,
            },
        };
        self.value(&resource.attributes, &[block.expressions?], &scope, true)
    }

    /// The addresses in `depends_on`.
    pub(super) fn depends_on(&self, resource: &Declared) -> Arc<[Arc<str>]> {
        self.block(resource)
            .map_or(&[][..], |block| &block.depends_on)
            .iter()
            .map(|local| address::within(&resource.module, local).into())
            .collect()
    }

    /// The block that declares a resource.
    fn block(&self, resource: &Declared) -> Option<&'a configuration::Resource> {
        let (module, local) = self.configuration.module(&resource.address)?;
        let end = local.find('[').unwrap_or(local.len());
        module.resources.get(local.get(..end)?)
    }

    /// A value with what the expressions that may have made it refer to.
    fn value(
        &self,
        value: &Value,
        expressions: &[NodeId],
        scope: &Scope,
        top: bool,
    ) -> Option<Value> {
        let mut found = Found::default();
        let mut blocks: Vec<NodeId> = Vec::new();
        for expression in expressions {
            match form(self.document, *expression) {
                // Arguments may have the names of what tells an expression.
                _ if top => blocks.push(*expression),
                Form::References(_) => self.follow(*expression, scope, false, &mut found, 0),
                Form::Blocks(all) => blocks.extend(all),
                Form::Block => blocks.push(*expression),
                Form::Constant(_) | Form::Other => {}
            }
        }
        if !blocks.is_empty() {
            return self.blocks(value, &blocks, scope);
        }
        if found.targets.is_empty() && found.end.is_none() {
            return None;
        }
        self.mark(value, &found)
    }

    fn blocks(&self, value: &Value, blocks: &[NodeId], scope: &Scope) -> Option<Value> {
        match &value.data {
            Data::Object(entries) | Data::Map(_, entries) => {
                let mut changed: Option<Entries> = None;
                for (at, (key, inner)) in entries.iter().enumerate() {
                    let written: Vec<NodeId> = blocks
                        .iter()
                        .filter_map(|block| self.document.get(*block, key))
                        .collect();
                    if written.is_empty() {
                        continue;
                    }
                    if let Some(new) = self.value(inner, &written, scope, false) {
                        let entries = changed.get_or_insert_with(|| entries.to_vec());
                        if let Some(entry) = entries.get_mut(at) {
                            entry.1 = new;
                        }
                    }
                }
                changed.map(|entries| with_data(value, Data::Object(Arc::new(entries))))
            }
            Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all) => {
                let few = all.len().saturating_mul(blocks.len()) <= MAX_PAIRS;
                let each = all.iter().enumerate().map(|(at, element)| {
                    let fitting: Vec<NodeId> = if few {
                        let agrees = |block: &NodeId| self.agrees(element, *block);
                        blocks.iter().copied().filter(agrees).collect()
                    } else {
                        blocks.get(at).copied().into_iter().collect()
                    };
                    self.blocks(element, &fitting, scope)
                });
                rebuilt(value, all, each)
            }
            _ => None,
        }
    }

    /// False when a constant of the block is not what the element has: it is another block.
    fn agrees(&self, element: &Value, block: NodeId) -> bool {
        self.document.members(block).iter().all(|member| {
            let Form::Constant(constant) = form(self.document, member.value) else {
                return true;
            };
            let own = element.entry(&self.document.key(member));
            let Some(own) = own.and_then(Value::as_text) else {
                return true;
            };
            let span = self.document.node(constant).span;
            match self.document.node(constant).kind {
                NodeKind::String => self.document.string(constant).as_deref() == Some(&*own),
                NodeKind::Bool(_) | NodeKind::Number => self.document.text(span) == &*own,
                _ => true,
            }
        })
    }

    /// Follows the references of one expression. `same`: where it names a repeated block and no instance, the instance
    /// of the same key is meant.
    fn follow(
        &self,
        expression: NodeId,
        scope: &Scope,
        same: bool,
        found: &mut Found,
        depth: usize,
    ) {
        let Form::References(all) = form(self.document, expression) else {
            return;
        };
        let mut texts: Vec<Cow<'_, str>> = Vec::with_capacity(all.len());
        for node in all {
            let Some(text) = self.document.string(*node) else {
                continue;
            };
            // `a.b["x"].c` comes with `a.b["x"]` and `a.b` behind it.
            if !texts
                .iter()
                .any(|before| address::is_part_of(&text, before))
            {
                texts.push(text);
            }
        }
        let by_key = |text: &Cow<'_, str>| {
            let reference = Reference::of(text);
            matches!(reference, Reference::EachKey | Reference::EachValue)
        };
        let same = same || texts.iter().any(by_key);
        for text in &texts {
            found.steps += 1;
            if found.steps > MAX_STEPS || depth > MAX_DEPTH {
                found.end.get_or_insert_with(|| text.as_ref().into());
                return;
            }
            self.reference(text, scope, same, found, depth);
        }
    }

    fn reference(&self, text: &str, scope: &Scope, same: bool, found: &mut Found, depth: usize) {
        match Reference::of(text) {
            Reference::EachKey | Reference::Other => {}
            Reference::EachValue => {
                if let Some(each) = &scope.each {
                    self.follow(each.over, scope, true, found, depth + 1);
                }
            }
            Reference::Local(_) => {
                let end = address::within(&scope.instance, text);
                found.end.get_or_insert_with(|| end.into());
            }
            Reference::Variable { name, .. } => self.variable(name, scope, found, depth),
            Reference::Output {
                call, key, output, ..
            } => {
                let declaration = address::within(&scope.instance, &format!("module.{call}"));
                for instance in self.module_instances(&declaration, key, scope, same) {
                    self.outputs(&instance, output, found, depth);
                }
            }
            Reference::Resource {
                declaration,
                key,
                path,
            } => {
                let declaration = address::within(&scope.instance, declaration);
                let target = Target {
                    address: self.instance(declaration, key, scope, same),
                    path: path.into(),
                };
                if !found.targets.contains(&target) {
                    found.targets.push(target);
                }
            }
        }
    }

    /// What the caller gives for a variable.
    fn variable(&self, name: &str, scope: &Scope, found: &mut Found, depth: usize) {
        let (calls, _) = address::calls(&scope.instance);
        let Some(last) = calls.last() else {
            // A value from outside refers to nothing.
            return;
        };
        let Some((module, _)) = self.configuration.module(last.caller) else {
            return;
        };
        let Some(call) = module.calls.get(last.name) else {
            return;
        };
        let argument = call
            .expressions
            .and_then(|all| self.document.get(all, name));
        let Some(argument) = argument else { return };
        let outer = Scope {
            instance: last.caller.into(),
            each: match (last.key, call.over) {
                (Some(key), Some(over)) => Some(Each {
                    key: key.into(),
                    over,
                }),
                _ => None,
            },
        };
        self.follow(argument, &outer, false, found, depth + 1);
    }

    fn outputs(&self, instance: &str, output: Option<&str>, found: &mut Found, depth: usize) {
        let Some((module, _)) = self.configuration.module(instance) else {
            return;
        };
        let scope = Scope {
            instance: instance.into(),
            each: None,
        };
        for (name, expression) in &module.outputs {
            if output.is_none_or(|output| output == &**name) {
                self.follow(*expression, &scope, false, found, depth + 1);
            }
        }
    }

    /// The instances of a call that a reference means.
    fn module_instances(
        &self,
        declaration: &str,
        key: Option<&str>,
        scope: &Scope,
        same: bool,
    ) -> Vec<Arc<str>> {
        let all = self.modules.get(declaration).map_or(&[][..], Vec::as_slice);
        let keyed = |key: &str| -> Arc<str> { format!("{declaration}{key}").into() };
        if let Some(key) = key {
            return vec![keyed(key)];
        }
        if let Some(each) = scope.each.as_ref().filter(|_| same) {
            let wanted = keyed(&each.key);
            if self.module_instances.contains(&*wanted) {
                return vec![wanted];
            }
        }
        if all.is_empty() {
            // It declares no resources; what it hands on may come from elsewhere.
            return vec![declaration.into()];
        }
        all.iter()
            .take(MAX_SOURCES)
            .map(|instance| Arc::from(*instance))
            .collect()
    }

    /// The instance of a resource that a reference means, or the whole of it.
    fn instance(
        &self,
        declaration: String,
        key: Option<&str>,
        scope: &Scope,
        same: bool,
    ) -> Arc<str> {
        if let Some(key) = key {
            return format!("{declaration}{key}").into();
        }
        if let Some(each) = scope.each.as_ref().filter(|_| same) {
            let wanted = format!("{declaration}{}", each.key);
            if self.instances.contains_key(&*wanted) {
                return wanted.into();
            }
        }
        match self.declarations.get(&declaration).map(Vec::as_slice) {
            Some([only]) => self
                .resources
                .get(*only)
                .map_or_else(|| declaration.into(), |only| Arc::clone(&only.address)),
            _ => declaration.into(),
        }
    }

    /// Notes where a value, or the parts of it, came from.
    fn mark(&self, value: &Value, found: &Found) -> Option<Value> {
        match &value.data {
            Data::String(text) => {
                let sources = self.sources_of_text(text, &found.targets);
                let via = self.via(&sources)?;
                Some(with_via(value, via))
            }
            Data::Unknown(_) => {
                let sources = self.sources_of_unknown(&found.targets);
                let because = match (sources.first(), &found.end) {
                    (Some(first), _) => Because::Reference {
                        address: Arc::clone(&first.address),
                        path: Arc::clone(&first.path),
                    },
                    (None, Some(end)) => Because::Reference {
                        address: Arc::clone(end),
                        path: "".into(),
                    },
                    (None, None) => return None,
                };
                let mut marked = Value::unknown(because).marked(value.marks);
                marked.origin = value.origin.clone();
                marked.origin.via = self.via(&sources);
                Some(marked)
            }
            Data::Object(entries) | Data::Map(_, entries) => {
                let each: Vec<Option<Value>> = entries
                    .iter()
                    .map(|(_, inner)| self.mark(inner, found))
                    .collect();
                if each.iter().all(Option::is_none) {
                    return None;
                }
                let entries = entries.iter().zip(each).map(|((key, inner), new)| {
                    (Arc::clone(key), new.unwrap_or_else(|| inner.clone()))
                });
                let entries = Arc::new(entries.collect::<Entries>());
                Some(with_data(value, Data::Object(entries)))
            }
            Data::Tuple(all) | Data::List(_, all) | Data::Set(_, all) => {
                rebuilt(value, all, all.iter().map(|inner| self.mark(inner, found)))
            }
            Data::Null(_) | Data::Bool(_) | Data::Number(_) => None,
        }
    }

    /// Attributes whose values a text holds.
    fn sources_of_text(&self, text: &str, targets: &[Target]) -> Vec<Target> {
        let mut sources: Vec<Target> = Vec::new();
        if text.len() < SHORTEST {
            return sources;
        }
        for target in targets.iter().take(MAX_STEPS) {
            let found = match self.instances.get(&*target.address) {
                Some(at) => self.holds(*at, target, text),
                None => {
                    let texts = self.texts(target);
                    let found = texts.get(text).cloned().flatten();
                    found.and_then(|(at, path)| {
                        let address = Arc::clone(&self.resources.get(at)?.address);
                        Some(Target { address, path })
                    })
                }
            };
            sources.extend(found.filter(|found| !sources.contains(found)));
            if sources.len() >= MAX_SOURCES {
                break;
            }
        }
        sources
    }

    /// The attribute of one instance that a text holds.
    fn holds(&self, at: usize, target: &Target, text: &str) -> Option<Target> {
        let resource = self.resources.get(at)?;
        if target.path.is_empty() {
            let entries = resource.attributes.entries()?;
            let (name, _) = entries
                .iter()
                .find(|(_, value)| value.as_str().is_some_and(|own| own == text))?;
            return Some(Target {
                address: Arc::clone(&target.address),
                path: Arc::clone(name),
            });
        }
        let path = Path::parse(&target.path).ok()?;
        let values = resource.attributes.get_all(&path);
        let is_in = |value: &&Value| {
            value
                .as_str()
                .is_some_and(|own| own.len() >= SHORTEST && text.contains(own))
        };
        values.iter().any(is_in).then(|| target.clone())
    }

    /// The texts that the instances of a whole resource have at a path, or at the top when the plan names none.
    fn texts(&self, target: &Target) -> Rc<Texts> {
        if let Some(known) = self.texts.borrow().get(target) {
            return Rc::clone(known);
        }
        let mut texts = Texts::new();
        let path = Path::parse(&target.path).unwrap_or_default();
        let mut add = |at: usize, name: &Arc<str>, value: &Value| {
            if let Data::String(text) = &value.data {
                texts
                    .entry(Arc::clone(text))
                    .and_modify(|found| {
                        *found = found.take().filter(|(before, _)| *before == at);
                    })
                    .or_insert_with(|| Some((at, Arc::clone(name))));
            }
        };
        let positions = self.declarations.get(&*target.address);
        for at in positions.map_or(&[][..], Vec::as_slice) {
            let Some(resource) = self.resources.get(*at) else {
                continue;
            };
            if target.path.is_empty() {
                for (name, value) in resource.attributes.entries().unwrap_or_default() {
                    add(*at, name, value);
                }
            } else {
                for value in resource.attributes.get_all(&path) {
                    add(*at, &target.path, value);
                }
            }
        }
        let texts = Rc::new(texts);
        self.texts
            .borrow_mut()
            .insert(target.clone(), Rc::clone(&texts));
        texts
    }

    /// Attributes that are unknown too; where none is, all of them: the plan does not say which it was.
    fn sources_of_unknown(&self, targets: &[Target]) -> Vec<Target> {
        let is_open = |target: &&Target| {
            let Some(at) = self.instances.get(&*target.address) else {
                return true;
            };
            let Some(resource) = self.resources.get(*at) else {
                return true;
            };
            match Path::parse(&target.path) {
                Ok(path) if !path.steps().is_empty() => resource
                    .attributes
                    .get(&path)
                    .is_none_or(|value| value.first_unknown().is_some()),
                _ => true,
            }
        };
        let open: Vec<Target> = targets.iter().filter(is_open).cloned().collect();
        let mut sources = if open.is_empty() {
            targets.to_vec()
        } else {
            open
        };
        sources.truncate(MAX_SOURCES);
        sources
    }

    fn via(&self, sources: &[Target]) -> Option<Arc<Via>> {
        let one = |target: &Target| {
            Arc::new(Via {
                step: Step::Resource {
                    address: Arc::clone(&target.address),
                    path: Arc::clone(&target.path),
                },
                origins: self.written_at(target).into_iter().collect(),
            })
        };
        match sources {
            [] => None,
            [only] => Some(one(only)),
            several => Some(Arc::new(Via {
                step: Step::Parts,
                origins: several
                    .iter()
                    .map(|target| Origin {
                        place: None,
                        via: Some(one(target)),
                    })
                    .collect(),
            })),
        }
    }

    /// Where the plan has the attribute, or the resource when it has no value yet.
    fn written_at(&self, target: &Target) -> Option<Origin> {
        let at = match self.instances.get(&*target.address) {
            Some(at) => *at,
            None => *self.declarations.get(&*target.address)?.first()?,
        };
        let resource = self.resources.get(at)?;
        let path = Path::parse(&target.path).unwrap_or_default();
        let own = match path.steps() {
            [] => None,
            _ => resource.attributes.get(&path),
        };
        let place = own.and_then(|value| value.origin.place);
        Some(Origin::at(place.unwrap_or(resource.header)))
    }
}

/// The address without its own key.
pub(super) fn declaration(resource: &Declared) -> String {
    let local = match resource.mode {
        crate::terraform::Mode::Managed => format!("{}.{}", resource.kind, resource.name),
        crate::terraform::Mode::Data => format!("data.{}.{}", resource.kind, resource.name),
    };
    address::within(&resource.module, &local)
}

fn with_data(value: &Value, data: Data) -> Value {
    Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

fn with_via(value: &Value, via: Arc<Via>) -> Value {
    let mut value = value.clone();
    value.origin.via = Some(via);
    value
}

/// A sequence with what has changed in it; none: nothing has.
fn rebuilt(
    value: &Value,
    all: &[Value],
    each: impl Iterator<Item = Option<Value>>,
) -> Option<Value> {
    let each: Vec<Option<Value>> = each.collect();
    if each.iter().all(Option::is_none) {
        return None;
    }
    let all = all.iter().zip(each);
    let all: Vec<Value> = all
        .map(|(inner, new)| new.unwrap_or_else(|| inner.clone()))
        .collect();
    Some(with_data(value, Data::Tuple(all.into())))
}
