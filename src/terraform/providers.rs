//! Provider configurations: blocks, aliases, what a call passes on, what a module inherits.

use hashbrown::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::eval::Evaluator;
use super::index::{Block, Expr};
use super::module::{Module, ResourceDef};
use super::scope::{Caller, Instance, Repetition, Scope};
use super::{Key, ProviderConfig};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprKind, StepKind};
use crate::text::{Text, text};
use crate::value::{Because, Data, Value};

/// The configurations of one root.
#[derive(Debug, Default)]
pub(super) struct Providers {
    pub(super) all: Vec<ProviderConfig>,
    /// Of a block: module instance, name with alias, key. Of no block: the root and the source.
    known: HashMap<(usize, String, Option<Key>), usize>,
    /// Blocks with `for_each` whose configurations have been made: module instance, name with alias.
    repeated: HashSet<(usize, String)>,
    /// Being worked out right now: who asks for one of them asks in a circle.
    busy: HashSet<usize>,
}

/// `aws`, `aws.west`, `aws.by_region[each.key]`
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    /// The local name, for people.
    name: String,
    /// What the name stands for where it is written: Terraform tells configurations apart by this, not by the name.
    source: Arc<str>,
    alias: Option<String>,
    key: Option<Key>,
}

impl Reference {
    fn of(module: &Module, name: &str, alias: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            source: source_of(module, name),
            alias,
            key: None,
        }
    }

    /// `aws.west`
    fn parse(module: &Module, text: &str) -> Self {
        match text.split_once('.') {
            Some((name, alias)) => Self::of(module, name, Some(alias.to_owned())),
            None => Self::of(module, text, None),
        }
    }

    fn text(&self) -> String {
        shown(&self.name, self.alias.as_deref())
    }

    /// True when both mean the same configuration, or configurations of the same block.
    fn same(&self, other: &Self) -> bool {
        self.source == other.source && self.alias == other.alias
    }
}

fn shown(name: &str, alias: Option<&str>) -> String {
    match alias {
        Some(alias) => format!("{name}.{alias}"),
        None => name.to_owned(),
    }
}

/// Hosts of the registries that need not be written.
pub(super) const DEFAULT_HOSTS: [&str; 2] = ["registry.terraform.io/", "registry.opentofu.org/"];

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
    if let Some(name) = lower.strip_prefix("-/") {
        // How old states and plans name a provider without a namespace.
        format!("hashicorp/{name}").into()
    } else if lower.contains('/') {
        lower.into()
    } else {
        format!("hashicorp/{lower}").into()
    }
}

fn alias_of(block: &Block) -> Option<String> {
    block.body.expr("alias").and_then(Expr::literal_text)
}

/// Nothing but a name: before `configuration_aliases`, a module asked its caller for a configuration by such a block.
fn is_proxy(block: &Block) -> bool {
    let own = |name: &str| name != "alias";
    block.body.blocks.is_empty() && !block.body.attributes.iter().any(|a| own(&a.name))
}

/// The block of a module for a reference.
fn block_of<'a>(module: &'a Module, reference: &Reference) -> Option<&'a Block> {
    module.providers.iter().find(|block| {
        source_of(module, &block.label(0)) == reference.source && alias_of(block) == reference.alias
    })
}

/// An entry of the `providers` map of a call: name inside, where it is written, what is passed.
struct Passed {
    inside: Reference,
    place: Place,
    outer: Expr,
}

fn passed(caller: &Caller<'_>, module: &Module) -> Vec<Passed> {
    let map = caller.call.block.body.expr("providers");
    let entries = map.and_then(Expr::entries).unwrap_or_default();
    let all = entries.into_iter().map(|(name, place, outer)| Passed {
        inside: Reference::parse(module, &name),
        place,
        outer,
    });
    all.collect()
}

impl<'a> Evaluator<'a> {
    /// Takes in the provider blocks of a module instance.
    pub(super) fn module_providers(&self, instance: &Rc<Instance<'a>>) {
        let from_caller = match &instance.caller {
            Some(caller) => {
                let passed = passed(caller, instance.module);
                self.requirements(instance, caller, &passed);
                passed
            }
            None => Vec::new(),
        };
        for block in &instance.module.providers {
            let reference = Reference::of(instance.module, &block.label(0), alias_of(block));
            let given = from_caller.iter().find(|p| p.inside.same(&reference));
            match (given, block.body.expr("for_each")) {
                (Some(_), _) if is_proxy(block) => {}
                (Some(given), _) => self.problem(
                    Problem::error(
                        ProblemCode::Reference,
                        text!(
                            "provider {} cannot be passed: the module configures it itself", "le fournisseur {} ne peut pas être passé : le module le configure lui-même",
                            reference.text()
                        ),
                    )
                    .at(given.place)
                    .related(block.header, Text::new("configured here", "configuré ici"))
                    .help(Text::new("leave it out of `providers`, or remove the block from the module", "ôtez-le de `providers`, ou supprimez le bloc du module")),
                ),
                (None, None) => {
                    self.block_config(instance, block, None, &Repetition::None);
                }
                (None, Some(each)) => self.repeated_config(instance, block, each),
            }
        }
    }

    /// What a module says it must be given, and is not.
    fn requirements(&self, instance: &Instance<'a>, caller: &Caller<'a>, passed: &[Passed]) {
        let module = instance.module;
        for text in module.required.values().flat_map(|r| &r.aliases) {
            let wanted = Reference::parse(module, text);
            let given = passed.iter().any(|p| p.inside.same(&wanted));
            if given || block_of(module, &wanted).is_some_and(|block| !is_proxy(block)) {
                continue;
            }
            self.problem(
                Problem::error(
                    ProblemCode::Reference,
                    text!(
                        "module.{} needs provider {text}, which its call does not pass",
                        "module.{} a besoin du fournisseur {text}, que son appel ne passe pas",
                        caller.call.name
                    ),
                )
                .at(caller.call.block.header)
                .help(text!(
                    "add `providers = {{ {text} = ... }}` to the module block",
                    "ajoutez `providers = {{ {text} = ... }}` au bloc du module"
                )),
            );
        }
    }

    /// OpenTofu: one configuration for each element.
    fn repeated_config(&self, instance: &Rc<Instance<'a>>, block: &Block, each: &Expr) {
        let name = shown(&block.label(0), alias_of(block).as_deref());
        let slot = (instance.id, name);
        if !self.providers.borrow_mut().repeated.insert(slot) {
            return;
        }
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
        let limit = self.budget.limits.instances_per_block;
        for (key, named, value) in items.into_iter().take(limit) {
            let repetition = Repetition::Each {
                key: named.into(),
                value,
            };
            self.block_config(instance, block, Some(key), &repetition);
        }
    }

    fn block_config(
        &self,
        instance: &Rc<Instance<'a>>,
        block: &Block,
        key: Option<Key>,
        repetition: &Repetition,
    ) -> usize {
        let (name, alias) = (block.label(0), alias_of(block));
        let text = shown(&name, alias.as_deref());
        let slot = (instance.id, text.clone(), key.clone());
        let known = self.providers.borrow().known.get(&slot).copied();
        if let Some(known) = known {
            if self.providers.borrow().busy.contains(&known) {
                self.problem(
                    Problem::error(
                        ProblemCode::Cycle,
                        text!(
                            "a circle of references: provider {text} depends on itself",
                            "un cercle de références : le fournisseur {text} dépend de lui-même"
                        ),
                    )
                    .at(block.header)
                    .help(Text::new(
                        "configure it with values that need no provider",
                        "configurez-le avec des valeurs qui se passent de fournisseur",
                    )),
                );
            }
            return known;
        }
        let required = instance.module.required.get(&name);
        let version = match block.body.expr("version").and_then(Expr::literal_text) {
            Some(version) => Some(version),
            None => required.and_then(|required| required.version.clone()),
        };
        let at = self.add_config(
            Some(slot),
            ProviderConfig {
                source: source_of(instance.module, &name),
                local_name: name,
                alias: alias.as_deref().map(Arc::from),
                key,
                module: Arc::clone(&instance.address),
                // Until it is worked out: a data source in it may ask for it.
                config: Value::unknown(Because::other(text!(
                    "the configuration of provider {text} depends on itself",
                    "la configuration du fournisseur {text} dépend d’elle-même"
                ))),
                place: Some(block.header),
                version: version.map(Arc::from),
            },
        );
        self.providers.borrow_mut().busy.insert(at);
        let scope = Scope::repeated(instance, repetition);
        let config = self
            .object_of(&block.body, &scope, &["alias", "version", "for_each"], &[])
            .at(block.header);
        let mut providers = self.providers.borrow_mut();
        providers.busy.remove(&at);
        if let Some(made) = providers.all.get_mut(at) {
            made.config = config;
        }
        at
    }

    fn add_config(
        &self,
        slot: Option<(usize, String, Option<Key>)>,
        config: ProviderConfig,
    ) -> usize {
        let mut providers = self.providers.borrow_mut();
        let at = providers.all.len();
        providers.all.push(config);
        if let Some(slot) = slot {
            providers.known.insert(slot, at);
        }
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
            Some(expr) => self.reference(expr, scope, instance.module),
            None => None,
        };
        let place = written.map_or(def.block.header, Expr::place);
        let reference = reference.unwrap_or_else(|| {
            // The type up to the first underscore is the name of the provider.
            let name = def.kind.split('_').next().unwrap_or(&def.kind);
            Reference::of(instance.module, name, None)
        });
        self.resolve(instance, &reference, place)
    }

    /// The arguments of a configuration.
    pub(super) fn provider_config(&self, at: usize) -> Option<(Arc<str>, Value)> {
        let providers = self.providers.borrow();
        let found = providers.all.get(at)?;
        Some((Arc::clone(&found.local_name), found.config.clone()))
    }

    /// A reference to a configuration, written bare or (in old code) as a text.
    fn reference(&self, expr: &Expr, scope: &Scope<'_, 'a>, module: &Module) -> Option<Reference> {
        if let Some(text) = expr.literal_text() {
            return Some(Reference::parse(module, &text));
        }
        let (file, id) = expr.as_hcl()?;
        let written = file.expr(id);
        match written.kind {
            ExprKind::Variable => Some(Reference::of(module, file.text(written.span), None)),
            ExprKind::Traversal { base, steps } => {
                let name = file.text(file.expr(base).span).to_owned();
                let mut reference = Reference::of(module, &name, None);
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
        let key = reference.key.as_ref().map_or(String::new(), Key::to_string);
        let alias = reference.alias.as_deref();
        let cached = format!("{}{key}", shown(&reference.source, alias));
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
        let parent = instance
            .caller
            .as_ref()
            .and_then(|caller| Some((caller, self.instance(caller.parent)?)));
        let given = parent.as_ref().and_then(|(caller, _)| {
            let all = passed(caller, module).into_iter();
            all.into_iter().find(|given| given.inside.same(reference))
        });
        let own = block_of(module, reference);
        if let Some(block) = own
            && (given.is_none() || !is_proxy(block))
        {
            return self.own_config(instance, block, reference, place);
        }
        if let (Some(given), Some((caller, parent))) = (given, &parent) {
            let scope = Scope::repeated(parent, &caller.repetition);
            if let Some(outer) = self.reference(&given.outer, &scope, parent.module) {
                return self.resolve(parent, &outer, given.place);
            }
        }
        if reference.alias.is_some() {
            // What only a caller can give is no mistake of a module that nobody calls here.
            let declared = module.required.values().flat_map(|r| &r.aliases);
            let mut declared = declared.map(|text| Reference::parse(module, text));
            let why = if declared.any(|wanted| wanted.same(reference)) {
                text!(
                    "provider {} is given by whoever calls the module",
                    "le fournisseur {} est donné par qui appelle le module",
                    reference.text()
                )
            } else {
                self.undeclared(reference, place);
                text!(
                    "provider {} is not configured",
                    "le fournisseur {} n’est pas configuré",
                    reference.text()
                )
            };
            return self.undetermined(instance, reference, why);
        }
        match parent {
            // A default configuration is inherited by source, under whatever name the caller has for it.
            Some((_, parent)) => self.resolve(&parent, reference, place),
            None => self.implicit(instance, reference),
        }
    }

    /// The configuration that a block of the module makes, or that one of its instances makes.
    fn own_config(
        &self,
        instance: &Rc<Instance<'a>>,
        block: &Block,
        reference: &Reference,
        place: Place,
    ) -> usize {
        let text = reference.text();
        let Some(each) = block.body.expr("for_each") else {
            if reference.key.is_none() {
                return self.block_config(instance, block, None, &Repetition::None);
            }
            self.problem(
                Problem::error(
                    ProblemCode::Reference,
                    text!(
                        "provider {text} has no `for_each`, so it takes no key",
                        "le fournisseur {text} n’a pas de `for_each` : il ne prend pas de clé"
                    ),
                )
                .at(place)
                .help(text!("write `{text}`", "écrivez `{text}`")),
            );
            let why = text!(
                "provider {text} has no instances to choose from",
                "le fournisseur {text} n’a pas d’instances parmi lesquelles choisir"
            );
            return self.undetermined(instance, reference, why);
        };
        self.repeated_config(instance, block, each);
        let name = shown(&block.label(0), reference.alias.as_deref());
        let known = |key: Option<Key>| {
            let providers = self.providers.borrow();
            providers
                .known
                .get(&(instance.id, name.clone(), key))
                .copied()
        };
        if let Some(found) = known(reference.key.clone()) {
            return found;
        }
        match &reference.key {
            Some(Key::Str(key)) if known(Some(Key::Unknown)).is_some() => {
                // Which instances there are is not known; of this one, the key is.
                let value = self.value(each, &Scope::of(instance));
                let repetition = Repetition::Each {
                    key: Value::string(Arc::clone(key)).at(place).into(),
                    value,
                };
                self.block_config(instance, block, reference.key.clone(), &repetition)
            }
            Some(Key::Unknown) => {
                let why = text!(
                    "which instance of provider {text} it uses is not known",
                    "l’instance du fournisseur {text} qu’il utilise n’est pas connue"
                );
                self.undetermined(instance, reference, why)
            }
            Some(key) => {
                self.problem(
                    Problem::error(
                        ProblemCode::Reference,
                        text!(
                            "provider {text} has no instance {key}",
                            "le fournisseur {text} n’a pas d’instance {key}"
                        ),
                    )
                    .at(place)
                    .related(
                        each.place(),
                        Text::new("its keys come from here", "ses clés viennent d’ici"),
                    ),
                );
                let why = text!(
                    "provider {text} has no instance {key}",
                    "le fournisseur {text} n’a pas d’instance {key}"
                );
                self.undetermined(instance, reference, why)
            }
            None => {
                self.problem(
                    Problem::error(
                        ProblemCode::Reference,
                        text!(
                            "provider {text} has several instances, and none is chosen",
                            "le fournisseur {text} a plusieurs instances, et aucune n’est choisie"
                        ),
                    )
                    .at(place)
                    .help(text!(
                        "write `{text}[each.key]`",
                        "écrivez `{text}[each.key]`"
                    )),
                );
                let why = text!(
                    "which instance of provider {text} it uses is not said",
                    "l’instance du fournisseur {text} qu’il utilise n’est pas précisée"
                );
                self.undetermined(instance, reference, why)
            }
        }
    }

    fn undeclared(&self, reference: &Reference, place: Place) {
        let (name, alias) = (&reference.name, reference.alias.as_deref());
        self.problem(
            Problem::error(
                ProblemCode::Reference,
                text!("provider {} is not configured", "le fournisseur {} n’est pas configuré", reference.text()),
            )
            .at(place)
            .help(text!(
                "add `provider \"{name}\" {{ alias = \"{}\" }}`, or pass it with `providers` in the module block", "ajoutez `provider \"{name}\" {{ alias = \"{}\" }}`, ou passez-le avec `providers` dans le bloc du module",
                alias.unwrap_or_default()
            )),
        );
    }

    /// A configuration of which nothing is known, for a reason: it must not pass for one that sets nothing.
    fn undetermined(&self, instance: &Instance<'a>, reference: &Reference, why: Text) -> usize {
        let config = Value::unknown(Because::other(why));
        self.add_config(None, without_block(instance, reference, config))
    }

    /// A provider without a block: its configuration comes from the environment.
    fn implicit(&self, instance: &Instance<'a>, reference: &Reference) -> usize {
        let slot = (usize::MAX, reference.source.to_string(), None);
        if let Some(known) = self.providers.borrow().known.get(&slot) {
            return *known;
        }
        let config = without_block(instance, reference, Value::object([]));
        self.add_config(Some(slot), config)
    }
}

fn without_block(instance: &Instance<'_>, reference: &Reference, config: Value) -> ProviderConfig {
    let required = instance.module.required.iter();
    let mut versions = required
        .filter(|(name, _)| source_of(instance.module, name) == reference.source)
        .filter_map(|(_, required)| required.version.as_deref());
    ProviderConfig {
        source: Arc::clone(&reference.source),
        local_name: reference.name.as_str().into(),
        alias: reference.alias.as_deref().map(Arc::from),
        key: reference.key.clone(),
        module: Arc::clone(&instance.address),
        config,
        place: None,
        version: versions.next().map(Arc::from),
    }
}

#[cfg(test)]
mod tests;
