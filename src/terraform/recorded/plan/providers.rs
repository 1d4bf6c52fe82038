//! Which provider configuration a resource of a plan has. The format keeps the blocks and, for each resource, a key; a key
//! that leads to no block with arguments may stand for one that was passed on or inherited, and is then not guessed.

use hashbrown::HashMap;
use std::sync::Arc;

use super::address::{self, Reference};
use super::configuration::{Configuration, Form, Provider, form};
use crate::syntax::json::{NodeId, NodeKind};
use crate::terraform::recorded::values::{Mask, Reader};
use crate::terraform::{ProviderConfig, Variable};
use crate::text::{Text, text};
use crate::value::{Because, Path, Value};

/// Variables are followed through no more modules than this.
const MAX_DEPTH: usize = 64;

/// The configurations that the resources of a plan use.
pub(super) struct Providers<'a> {
    configuration: &'a Configuration,
    variables: &'a [Variable],
    /// Keys with the sources of the resources that have them, in the order met.
    used: Vec<Use>,
    known: HashMap<Use, usize>,
    /// By source, the first few that can be passed on or inherited.
    candidates: HashMap<&'a str, Vec<(&'a str, &'a Provider)>>,
}

/// Key and source.
type Use = (Arc<str>, Arc<str>);

/// What a key leads to.
enum Means<'a> {
    /// A block, or the use without one that Terraform resolved.
    One(&'a Provider),
    /// No block anywhere: the environment.
    Environment,
    /// The plan does not say.
    Open,
}

impl<'a> Providers<'a> {
    pub(super) fn new(configuration: &'a Configuration, variables: &'a [Variable]) -> Self {
        // One of them may be the one in question, and two others leave it open.
        const FEW: usize = 3;
        let mut candidates: HashMap<&str, Vec<(&str, &Provider)>> = HashMap::new();
        for (key, provider) in &configuration.providers {
            if provider.expressions.is_some() || !key.contains(':') {
                let all = candidates.entry(&provider.source).or_default();
                if all.len() < FEW {
                    all.push((key, provider));
                }
            }
        }
        Self {
            configuration,
            variables,
            candidates,
            used: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The configuration of a resource: an index into what [`finish`](Self::finish) gives.
    pub(super) fn of(&mut self, address: &str, source: &str) -> usize {
        let key = self
            .configuration
            .module(address)
            .and_then(|(module, local)| {
                let end = local.find('[').unwrap_or(local.len());
                Some(Arc::clone(
                    &module.resources.get(local.get(..end)?)?.provider,
                ))
            })
            .unwrap_or_default();
        let used = (key, Arc::from(source));
        if let Some(known) = self.known.get(&used) {
            return *known;
        }
        self.used.push(used.clone());
        let at = self.used.len() - 1;
        self.known.insert(used, at);
        at
    }

    /// The configurations in use.
    pub(super) fn finish(&self, reader: &mut Reader<'_>) -> Vec<ProviderConfig> {
        let used = self.used.iter();
        used.map(|(key, source)| self.config(reader, key, source))
            .collect()
    }

    fn config(&self, reader: &mut Reader<'_>, key: &str, source: &str) -> ProviderConfig {
        let local = key.rsplit_once(':').map_or(key, |(_, local)| local);
        let (name, alias) = match local.split_once('.') {
            Some((name, alias)) => (name, Some(Arc::from(alias))),
            None => (local, None),
        };
        let name = match name {
            "" => source.rsplit('/').next().unwrap_or(source),
            name => name,
        };
        let mut config = ProviderConfig {
            source: source.into(),
            local_name: name.into(),
            alias,
            key: None,
            module: "".into(),
            config: Value::object([]),
            place: None,
            version: None,
        };
        match self.meaning(key, source) {
            Means::Environment => {}
            Means::One(provider) => {
                config.local_name = Arc::clone(&provider.name);
                config.alias = provider.alias.clone();
                config.module = Arc::clone(&provider.module);
                config.version = provider.version.clone();
                // Without arguments it need not be a block at all.
                config.place = provider.expressions.map(|_| provider.place);
                config.config = self.arguments(reader, provider).at(provider.place);
            }
            Means::Open => {
                let why = text!(
                    "the plan does not say which configuration of {source} it uses",
                    "le plan ne dit pas quelle configuration de {source} il utilise"
                );
                config.config = Value::unknown(Because::other(why));
            }
        }
        config
    }

    fn meaning(&self, key: &str, source: &str) -> Means<'a> {
        if key.is_empty() {
            return Means::Open;
        }
        let all = &self.configuration.providers;
        let named = all.get(key).filter(|provider| &*provider.source == source);
        // What stands in the root, or has arguments, is what it says.
        if let Some(provider) = named
            && (!key.contains(':') || provider.expressions.is_some())
        {
            return Means::One(provider);
        }
        // A name within a module may stand for any configuration that is passed on to it, or be inherited.
        let others = self.candidates.get(source).map_or(&[][..], Vec::as_slice);
        let mut others = others.iter().filter(|(other, _)| *other != key);
        match (others.next(), others.next()) {
            (None, _) => Means::Environment,
            // Nothing else can be passed on, and without an alias it is what is inherited.
            (Some((other, only)), None) if !other.contains(':') && only.alias.is_none() => {
                Means::One(only)
            }
            _ => Means::Open,
        }
    }

    fn arguments(&self, reader: &mut Reader<'_>, provider: &Provider) -> Value {
        match provider.expressions {
            Some(expressions) => self.block(reader, expressions, &provider.module),
            None => Value::object([]),
        }
    }

    /// The arguments of a provider block, or of a block in it.
    fn block(&self, reader: &mut Reader<'_>, block: NodeId, module: &str) -> Value {
        let document = reader.document;
        let mut entries = Vec::new();
        for member in document.members(block) {
            let name = reader.shared(document.key(member));
            let value = self.argument(reader, &name, member.value, module);
            entries.push((name, value));
        }
        Value::object(entries)
    }

    fn argument(
        &self,
        reader: &mut Reader<'_>,
        name: &Arc<str>,
        node: NodeId,
        module: &str,
    ) -> Value {
        let place = reader.document.place(reader.document.node(node).span);
        match form(reader.document, node) {
            Form::Constant(constant) => reader.named_value(name, constant, &Mask::None),
            Form::References(_) => self.reference(reader, name, node, module, 0),
            Form::Block => {
                let block = self.block(reader, node, module).at(place);
                Value::tuple(vec![block])
            }
            Form::Blocks(all) => {
                let blocks = all.iter().map(|block| {
                    let place = reader.document.place(reader.document.node(*block).span);
                    self.block(reader, *block, module).at(place)
                });
                Value::tuple(blocks.collect::<Vec<_>>())
            }
            Form::Other => Value::null(),
        }
        .at(place)
    }

    /// The value of an argument that refers to one variable and nothing else. The plan does not say whether the expression
    /// does anything to it.
    fn reference(
        &self,
        reader: &mut Reader<'_>,
        name: &Arc<str>,
        node: NodeId,
        module: &str,
        depth: usize,
    ) -> Value {
        let document = reader.document;
        let Form::References(all) = form(document, node) else {
            return match form(document, node) {
                Form::Constant(constant) => reader.named_value(name, constant, &Mask::None),
                _ => Value::null(),
            };
        };
        let texts: Vec<_> = all.iter().filter_map(|id| document.string(*id)).collect();
        let unknown = || {
            let what = if texts.is_empty() {
                Text::new(
                    "the plan does not give its value",
                    "le plan n’en donne pas la valeur",
                )
            } else {
                text!(
                    "the plan gives of it only that it refers to {}",
                    "le plan dit seulement qu’elle renvoie à {}",
                    texts.join(", ")
                )
            };
            Value::unknown(Because::other(what))
        };
        let Some(first) = texts.first() else {
            return unknown();
        };
        let alone = texts.iter().all(|text| address::is_part_of(text, first));
        let Reference::Variable {
            name: variable,
            rest,
        } = Reference::of(first)
        else {
            return unknown();
        };
        let Ok(path) = Path::parse(rest) else {
            return unknown();
        };
        if !alone || depth > MAX_DEPTH {
            return unknown();
        }
        let whole = self.variable(reader, variable, module, depth);
        match whole.as_ref().map(|whole| whole.get(&path)) {
            Some(Some(found)) => found.clone(),
            _ => unknown(),
        }
    }

    fn variable(
        &self,
        reader: &mut Reader<'_>,
        name: &str,
        module: &str,
        depth: usize,
    ) -> Option<Value> {
        let (calls, _) = address::calls(module);
        let Some(last) = calls.last() else {
            let all = self.variables;
            let at = all.binary_search_by(|one| (*one.name).cmp(name)).ok()?;
            return all.get(at).map(|variable| variable.value.clone());
        };
        let (outer, _) = self.configuration.module(last.caller)?;
        let call = outer.calls.get(last.name)?;
        let argument = call
            .expressions
            .and_then(|all| reader.document.get(all, name));
        let shared: Arc<str> = name.into();
        match argument {
            Some(argument) => match form(reader.document, argument) {
                Form::Constant(constant) => {
                    Some(reader.named_value(&shared, constant, &Mask::None))
                }
                _ => Some(self.reference(reader, &shared, argument, last.caller, depth + 1)),
            },
            None => {
                let definition = *call.module.variables.get(name)?;
                let default = reader.get(definition, "default")?;
                Some(reader.named_value(&shared, default, &Mask::None))
            }
        }
    }
}

/// The input variables of the root, by name. A default that was taken is among the values; a variable without a value is
/// not there.
pub(super) fn variables(
    reader: &mut Reader<'_>,
    node: Option<NodeId>,
    configuration: &Configuration,
) -> Vec<Variable> {
    let document = reader.document;
    let mut all = Vec::new();
    for member in node.map_or(&[][..], |node| document.members(node)) {
        let name = reader.shared(document.key(member));
        let Some(value) = reader.get(member.value, "value") else {
            continue;
        };
        let definition = configuration.root.variables.get(&name);
        let sensitive = definition.and_then(|node| reader.get(*node, "sensitive"));
        let sensitive = sensitive.map(|node| document.node(node).kind);
        let mask = match sensitive {
            Some(NodeKind::Bool(true)) => Mask::All,
            _ => Mask::None,
        };
        let value = reader.named_value(&name, value, &mask);
        all.push(Variable {
            ty: value.ty(),
            place: document.place(member.key),
            value,
            name,
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
