//! What the values of a plan were taken from. The plan says which expressions refer to what, not which value came from
//! where. So a known value counts as taken from an attribute only when it holds that attribute's value, and an unknown
//! one only when that attribute is unknown too.

use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;
use std::sync::{Arc, RwLock};

use super::address::{self, Reference};
use super::configuration::{self, Configuration, Form, form};
use super::sources::{MAX_SOURCES, Texts};
use crate::syntax::json::{Document, NodeId, NodeKind};
use crate::terraform::Declared;
use crate::value::{Data, Entries, Value};

/// Variables, outputs and `for_each` are followed through no more steps than this for one expression.
const MAX_STEPS: usize = 512;
const MAX_DEPTH: usize = 64;
/// So many elements are held against so many blocks to find out which made which.
const MAX_PAIRS: usize = 1 << 16;

/// An attribute that an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Of an instance, or of all of them.
    pub(super) address: Arc<str>,
    /// Empty: the plan does not say which.
    pub(super) path: Arc<str>,
}

/// What an expression refers to, all in all.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) targets: Vec<Target>,
    /// Something that is followed no further, as the reason of an unknown.
    pub(super) end: Option<Arc<str>>,
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

/// Follows the references of a plan.
pub(super) struct Resolver<'a> {
    configuration: &'a Configuration,
    document: &'a Document,
    pub(super) resources: &'a [Declared],
    /// Positions by address.
    pub(super) instances: HashMap<&'a str, usize>,
    /// Positions by address without their own key.
    pub(super) declarations: HashMap<String, Vec<usize>>,
    /// Addresses of module instances by address without their own key.
    modules: HashMap<&'a str, Vec<&'a str>>,
    module_instances: HashSet<&'a str>,
    /// By declaration and path.
    pub(super) texts: RwLock<HashMap<Target, Arc<Texts>>>,
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
            texts: RwLock::default(),
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

    /// The attributes of a resource with what they were taken from; none: nothing has changed.
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
        let written = block.expressions;
        let annotated =
            written.and_then(|all| self.value(&resource.attributes, &[all], &scope, true));
        let attributes = annotated.as_ref().unwrap_or(&resource.attributes);
        self.without_computed(attributes, written).or(annotated)
    }

    /// What no argument writes and the provider will compute is not set, as it is in code; none: there is no such thing.
    fn without_computed(&self, attributes: &Value, written: Option<NodeId>) -> Option<Value> {
        if !attributes
            .entries()?
            .iter()
            .any(|(_, value)| value.is_unknown())
        {
            return None;
        }
        let members = written.map_or(&[][..], |all| self.document.members(all));
        let arguments: HashSet<Cow<'_, str>> = members
            .iter()
            .map(|member| self.document.key(member))
            .collect();
        let is_computed =
            |(key, value): &(Arc<str>, Value)| value.is_unknown() && !arguments.contains(&**key);
        let entries = attributes.entries()?;
        if !entries.iter().any(is_computed) {
            return None;
        }
        let set = entries.iter().filter(|entry| !is_computed(entry)).cloned();
        let set = Arc::new(set.collect::<Entries>());
        Some(with_data(attributes, Data::Object(set)))
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
                let mut written: HashMap<Cow<'_, str>, Vec<NodeId>> = HashMap::new();
                for member in blocks
                    .iter()
                    .flat_map(|block| self.document.members(*block))
                {
                    let name = self.document.key(member);
                    written.entry(name).or_default().push(member.value);
                }
                let mut changed: Option<Entries> = None;
                for (at, (key, inner)) in entries.iter().enumerate() {
                    let Some(written) = written.get(&**key) else {
                        continue;
                    };
                    if let Some(new) = self.value(inner, written, scope, false) {
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
            let last = texts.last();
            if !last.is_some_and(|last| address::is_part_of(&text, last)) {
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
}

/// The address without its own key.
pub(super) fn declaration(resource: &Declared) -> String {
    let local = match resource.mode {
        crate::terraform::Mode::Managed => format!("{}.{}", resource.kind, resource.name),
        crate::terraform::Mode::Data => format!("data.{}.{}", resource.kind, resource.name),
    };
    address::within(&resource.module, &local)
}

pub(super) fn with_data(value: &Value, data: Data) -> Value {
    Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

/// A sequence with what has changed in it; none: nothing has.
pub(super) fn rebuilt(
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
