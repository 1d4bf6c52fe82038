//! Provider configurations: blocks, aliases, what a call passes on, what a module inherits.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::eval::Evaluator;
use super::index::{Block, Expr};
use super::module::{Module, ResourceDef};
use super::scope::{Instance, Repetition, Scope};
use super::{Key, ProviderConfig};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprKind, StepKind};
use crate::value::{Data, Value};

/// The configurations of one root.
#[derive(Debug, Default)]
pub(super) struct Providers {
    pub(super) all: Vec<ProviderConfig>,
    /// Of a block: module instance, name with alias, key. Of no block: the root and the source.
    known: HashMap<(usize, String, Option<Key>), usize>,
}

/// `aws`, `aws.west`, `aws.by_region[each.key]`
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    name: String,
    alias: Option<String>,
    key: Option<Key>,
}

impl Reference {
    fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            alias: None,
            key: None,
        }
    }

    fn text(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{}.{alias}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Hosts of the registries that need not be written.
const DEFAULT_HOSTS: [&str; 2] = ["registry.terraform.io/", "registry.opentofu.org/"];

/// The address of a provider: `hashicorp/aws`.
fn source_of(module: &Module, local_name: &str) -> Arc<str> {
    let written = module
        .required
        .get(local_name)
        .and_then(|required| required.source.as_deref());
    let Some(written) = written else {
        // The provider that is part of Terraform.
        if local_name == "terraform" {
            return "terraform.io/builtin/terraform".into();
        }
        return format!("hashicorp/{}", local_name.to_lowercase()).into();
    };
    normal_source(written)
}

/// The address of a provider, however it is written: `hashicorp/aws`.
pub(super) fn normal_source(written: &str) -> Arc<str> {
    let lower = written.trim().to_lowercase();
    let lower = DEFAULT_HOSTS
        .iter()
        .find_map(|host| lower.strip_prefix(host))
        .unwrap_or(&lower);
    if lower.contains('/') {
        lower.into()
    } else {
        format!("hashicorp/{lower}").into()
    }
}

fn alias_of(block: &Block) -> Option<String> {
    block.body.expr("alias").and_then(Expr::literal_text)
}

impl<'a> Evaluator<'a> {
    /// Takes in the provider blocks of a module instance.
    pub(super) fn module_providers(&self, instance: &Rc<Instance<'a>>) {
        for block in &instance.module.providers {
            let alias = alias_of(block);
            let reference = Reference {
                name: block.label(0).to_string(),
                alias,
                key: None,
            };
            match block.body.expr("for_each") {
                None => {
                    self.block_config(instance, block, &reference, &Repetition::None);
                }
                Some(each) => self.repeated_config(instance, block, &reference, each),
            }
        }
    }

    /// OpenTofu: one configuration for each element.
    fn repeated_config(
        &self,
        instance: &Rc<Instance<'a>>,
        block: &Block,
        reference: &Reference,
        each: &Expr,
    ) {
        let value = self.value(each, &Scope::of(instance));
        let items: Vec<(Key, Value, Value)> = match &value.data {
            Data::Map(_, entries) | Data::Object(entries) => entries
                .iter()
                .map(|(key, value)| {
                    let named = Value::string(Arc::clone(key)).with_origin(value.origin.clone());
                    (Key::Str(Arc::clone(key)), named, value.clone())
                })
                .collect(),
            Data::Set(_, all) => all
                .iter()
                .filter_map(|value| {
                    let key = Key::Str(value.as_str()?.into());
                    Some((key, value.clone(), value.clone()))
                })
                .collect(),
            _ => vec![(Key::Unknown, value.clone(), value.clone())],
        };
        for (key, named, value) in items
            .into_iter()
            .take(self.budget.limits.instances_per_block)
        {
            let keyed = Reference {
                key: Some(key),
                ..reference.clone()
            };
            let repetition = Repetition::Each { key: named, value };
            self.block_config(instance, block, &keyed, &repetition);
        }
    }

    fn block_config(
        &self,
        instance: &Rc<Instance<'a>>,
        block: &Block,
        reference: &Reference,
        repetition: &Repetition,
    ) -> usize {
        let slot = (instance.id, reference.text(), reference.key.clone());
        if let Some(known) = self.providers.borrow().known.get(&slot) {
            return *known;
        }
        let scope = Scope::repeated(instance, repetition);
        let config = self
            .object_of(&block.body, &scope, &["alias", "version", "for_each"], &[])
            .at(block.header);
        let required = instance.module.required.get(&*reference.name);
        let version = match block.body.expr("version").and_then(Expr::literal_text) {
            Some(version) => Some(version),
            None => required.and_then(|required| required.version.clone()),
        };
        let mut providers = self.providers.borrow_mut();
        let at = providers.all.len();
        providers.all.push(ProviderConfig {
            source: source_of(instance.module, &reference.name),
            local_name: reference.name.as_str().into(),
            alias: reference.alias.as_deref().map(Arc::from),
            key: reference.key.clone(),
            module: Arc::clone(&instance.address),
            config,
            place: Some(block.header),
            version: version.map(Arc::from),
        });
        providers.known.insert(slot, at);
        at
    }

    /// The configuration of a resource instance.
    pub(super) fn provider_of(
        &self,
        instance: &Rc<Instance<'a>>,
        def: &ResourceDef,
        scope: &Scope<'_, 'a>,
    ) -> usize {
        let written = def.block.body.expr("provider");
        let reference = match written {
            Some(expr) => self.reference(expr, scope),
            None => None,
        };
        let place = written.map_or(def.block.header, Expr::place);
        let reference = reference.unwrap_or_else(|| {
            // The type up to the first underscore is the name of the provider.
            Reference::plain(def.kind.split('_').next().unwrap_or(&def.kind))
        });
        self.resolve(instance, &reference, place)
    }

    /// A reference to a configuration, written bare or (in old code) as a text.
    fn reference(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Option<Reference> {
        if let Some(text) = expr.literal_text() {
            let (name, alias) = match text.split_once('.') {
                Some((name, alias)) => (name, Some(alias.to_owned())),
                None => (text.as_str(), None),
            };
            return Some(Reference {
                name: name.to_owned(),
                alias,
                key: None,
            });
        }
        let (file, id) = expr.as_hcl()?;
        let written = file.expr(id);
        match written.kind {
            ExprKind::Variable => Some(Reference::plain(file.text(written.span))),
            ExprKind::Traversal { base, steps } => {
                let name = file.text(file.expr(base).span).to_owned();
                let mut reference = Reference::plain(&name);
                for step in file.list(steps) {
                    match step.kind {
                        StepKind::Attribute(alias) => {
                            reference.alias = Some(file.text(alias).to_owned());
                        }
                        StepKind::Index(key) => {
                            reference.key = Some(self.provider_key(&file, key, scope));
                        }
                        _ => {}
                    }
                }
                Some(reference)
            }
            _ => None,
        }
    }

    fn provider_key(&self, file: &Arc<hcl::File>, key: hcl::ExprId, scope: &Scope<'_, 'a>) -> Key {
        let expr = Expr::Hcl(Arc::clone(file), key);
        match self.value(&expr, scope).as_text() {
            Some(text) => Key::Str(text.as_ref().into()),
            None => Key::Unknown,
        }
    }

    fn resolve(&self, instance: &Rc<Instance<'a>>, reference: &Reference, place: Place) -> usize {
        let cached = match &reference.key {
            None => reference.text(),
            Some(key) => format!("{}{key}", reference.text()),
        };
        if let Some(known) = instance.providers.borrow().get(&cached) {
            return *known;
        }
        let found = self.resolve_new(instance, reference, place);
        instance.providers.borrow_mut().insert(cached, found);
        found
    }

    fn resolve_new(
        &self,
        instance: &Rc<Instance<'a>>,
        reference: &Reference,
        place: Place,
    ) -> usize {
        let module = instance.module;
        let own = module
            .providers
            .iter()
            .find(|block| *block.label(0) == *reference.name && alias_of(block) == reference.alias);
        if let Some(block) = own {
            if block.body.expr("for_each").is_none() {
                return self.block_config(instance, block, reference, &Repetition::None);
            }
            let slot = (instance.id, reference.text(), reference.key.clone());
            if let Some(known) = self.providers.borrow().known.get(&slot) {
                return *known;
            }
        }
        let parent = instance
            .caller
            .as_ref()
            .and_then(|caller| Some((caller, self.instance(caller.parent)?)));
        let Some((caller, parent)) = parent else {
            if let Some(alias) = &reference.alias
                && own.is_none()
            {
                self.undeclared(reference, alias, place);
            }
            return self.implicit(instance, reference);
        };
        if let Some(passed) = caller.call.block.body.expr("providers") {
            let entries = passed.entries().unwrap_or_default();
            let text = reference.text();
            if let Some((_, at, expr)) = entries.iter().find(|(key, ..)| *key == text) {
                let scope = Scope::repeated(&parent, &caller.repetition);
                if let Some(outer) = self.reference(expr, &scope) {
                    return self.resolve(&parent, &outer, *at);
                }
            }
        }
        if let Some(alias) = &reference.alias {
            self.undeclared(reference, alias, place);
            return self.implicit(instance, reference);
        }
        // A default configuration is inherited by source, under whatever name the caller has for it.
        let source = source_of(module, &reference.name);
        let mut names = parent.module.required.keys().map(|name| &**name);
        let name = if source_of(parent.module, &reference.name) == source {
            reference.name.clone()
        } else {
            names
                .find(|name| source_of(parent.module, name) == source)
                .map_or_else(|| reference.name.clone(), str::to_owned)
        };
        if source_of(parent.module, &name) != source {
            // The caller does not know this provider at all.
            return self.implicit(instance, reference);
        }
        self.resolve(&parent, &Reference::plain(&name), place)
    }

    fn undeclared(&self, reference: &Reference, alias: &str, place: Place) {
        self.problem(
            Problem::error(
                ProblemCode::Reference,
                format!("provider {} is not configured", reference.text()),
            )
            .at(place)
            .help(format!(
                "add `provider \"{}\" {{ alias = \"{alias}\" }}`, or pass it with `providers` in the module block",
                reference.name
            )),
        );
    }

    /// A provider without a block: its configuration comes from the environment.
    fn implicit(&self, instance: &Rc<Instance<'a>>, reference: &Reference) -> usize {
        let source = source_of(instance.module, &reference.name);
        let alias = reference.alias.clone();
        let name = format!("{source}.{}", alias.as_deref().unwrap_or_default());
        let slot = (usize::MAX, name, reference.key.clone());
        let mut providers = self.providers.borrow_mut();
        if let Some(known) = providers.known.get(&slot) {
            return *known;
        }
        let at = providers.all.len();
        let required = instance.module.required.get(&*reference.name);
        providers.all.push(ProviderConfig {
            source,
            local_name: reference.name.as_str().into(),
            alias: alias.map(Arc::from),
            key: reference.key.clone(),
            module: Arc::clone(&instance.address),
            config: Value::object([]),
            place: None,
            version: required.and_then(|required| required.version.as_deref().map(Arc::from)),
        });
        providers.known.insert(slot, at);
        at
    }
}
