//! Resources and data sources: their arguments, and what is collected of a module instance.

use std::rc::Rc;
use std::sync::Arc;

use super::eval::{Evaluator, Fault, Spot, handle};
use super::index::{Block, Body, Expr};
use super::limits::LONG_ADDRESSES;
use super::module::ResourceDef;
use super::scope::{Children, Form, Instance, Resources, Scope};
use super::{Declared, Key, Lifecycle, Mode};
use crate::problem::Weight;
use crate::source::Place;
use crate::syntax::hcl;
use crate::text::{Text, text};
use crate::value::{Because, Marks, Type, Value};

/// An attribute of a resource.
pub(super) enum Written {
    /// As the code writes it.
    Known(Value),
    /// By the provider, with what is known of its type.
    Computed(Type),
}

impl<'a> Evaluator<'a> {
    /// The instances of a resource.
    pub(super) fn resources<'v>(
        &self,
        instance: &'v Instance<'a>,
        at: usize,
        place: Place,
    ) -> Result<&'v Resources, Fault> {
        let module = instance.module;
        let (Some(slot), Some(def)) = (instance.resources.get(at), module.resources.get(at)) else {
            return Err(Fault::reference(
                place,
                Text::new(
                    "this resource is not declared",
                    "cette ressource n’est pas déclarée",
                ),
            ));
        };
        let name = || format!("{} (count or for_each)", def.local_address()).into();
        self.force(slot, def.block.header, name, || {
            let address = instance.address_of(&def.local_address());
            let expansion = self.expand(&def.block, &Scope::of(instance));
            let mut expansion = self.as_planned(&address, expansion);
            if !self.affords(address.len(), &expansion) {
                self.report(Fault::limit(def.block.header, LONG_ADDRESSES));
                expansion = expansion.cut();
            }
            Resources::new(expansion, address, (instance.id, at), &def.block.body)
        })
    }

    /// All instances as one value: a handle, or a tuple or an object of them.
    pub(super) fn whole(&self, resources: &Resources) -> Value {
        resources
            .whole
            .get_or_init(|| {
                self.make_findable(resources);
                let handles = resources.addresses.iter().map(handle);
                let items = resources.expansion.items.iter();
                match resources.expansion.form {
                    Form::Single | Form::Unknown { .. } => handle(&resources.address),
                    Form::Count => Value {
                        origin: handle(&resources.address).origin,
                        ..Value::tuple(handles.collect::<Vec<_>>())
                    },
                    Form::Each => {
                        let keyed =
                            items
                                .zip(handles)
                                .filter_map(|(item, handle)| match &item.key {
                                    Some(Key::Str(key)) => Some((Arc::clone(key), handle)),
                                    _ => None,
                                });
                        Value {
                            origin: handle(&resources.address).origin,
                            ..Value::object(keyed)
                        }
                    }
                }
            })
            .clone()
    }

    /// What the code says of an attribute of a resource instance.
    pub(super) fn written(
        &self,
        (instance, resource, item): Spot,
        name: &str,
        at: Place,
    ) -> Result<Written, Fault> {
        let computed = Ok(Written::Computed(Type::Dynamic));
        let Some(instance) = self.instance(instance) else {
            return computed;
        };
        let Some(def) = instance.module.resources.get(resource) else {
            return computed;
        };
        let builtin = is_builtin(def);
        let spot = (instance.id, resource, item);
        if let Some(value) = self.answer(spot, &instance, def, name, at)? {
            return Ok(Written::Known(value));
        }
        if !def.block.body.writes(name) {
            return match name {
                _ if !builtin => computed,
                "input" | "triggers_replace" => Ok(Written::Known(Value::null())),
                "id" => Ok(Written::Computed(Type::String)),
                "output" => {
                    let body = self.body_of(&instance, resource, item, at)?;
                    let input = body.entry("input").filter(|input| !input.is_null());
                    Ok(match input {
                        Some(input) => Written::Computed(input.ty()),
                        None => Written::Known(Value::null()),
                    })
                }
                _ => Err(Fault::code(
                    at,
                    text!(
                        "terraform_data has no attribute `{name}`",
                        "terraform_data n’a pas d’attribut `{name}`"
                    ),
                )),
            };
        }
        let body = self.body_of(&instance, resource, item, at)?;
        // Null means "not set": the provider may still compute it.
        let known = body.entry(name).filter(|value| builtin || !value.is_null());
        Ok(known.map_or(Written::Computed(Type::Dynamic), |value| {
            Written::Known(value.clone())
        }))
    }

    /// The arguments of a resource instance.
    pub(super) fn body_of(
        &self,
        instance: &Instance<'a>,
        resource: usize,
        item: usize,
        place: Place,
    ) -> Result<Value, Fault> {
        let resources = self.resources(instance, resource, place)?;
        let def = instance.module.resources.get(resource);
        let slot = resources.body(item);
        let found = resources.expansion.items.get(item);
        let (Some(def), Some(slot), Some(item), Some(address)) =
            (def, slot, found, resources.addresses.get(item))
        else {
            return Err(Fault::reference(
                place,
                Text::new(
                    "this resource is not declared",
                    "cette ressource n’est pas déclarée",
                ),
            ));
        };
        let name = || Arc::clone(address);
        let done = self.force_arguments(slot, def.block.header, name, || {
            let scope = Scope::repeated(instance, &item.repetition);
            self.keeps_parts.set(&*def.kind != "terraform_data");
            let common = resources.common.as_ref();
            let body = self.body(&def.block.body, &scope, common);
            Ok(body.at(def.block.header))
        })?;
        Ok(done.value.clone())
    }

    /// Everything that an instance and the modules below it declare.
    pub(super) fn collect(&self, instance: &Rc<Instance<'a>>, out: &mut Vec<Declared>) {
        self.validate(instance);
        self.module_providers(instance);
        let module = instance.module;
        for (at, def) in module.resources.iter().enumerate() {
            match self.resources(instance, at, def.block.header) {
                Ok(resources) => self.collect_resource(instance, at, def, resources, out),
                Err(fault) => self.report(fault),
            }
        }
        for (at, call) in module.calls.all.iter().enumerate() {
            match self.children(instance, at, call.block.header) {
                Ok(Children::Present { ids, .. }) => {
                    for child in ids.iter().filter_map(|id| self.instance(*id)) {
                        self.collect(&child, out);
                    }
                }
                Ok(Children::Missing(_)) => {}
                Err(fault) => self.report(fault),
            }
        }
        // Terraform evaluates what nothing uses as well, and so finds its faults.
        let first = self.seen.borrow_mut().insert(&module.folder);
        for (at, def) in module.variables.all.iter().enumerate() {
            self.note(self.variable_at(instance, at, def));
            if first {
                self.check_default(def);
            }
        }
        for def in &module.locals.all {
            self.note(self.local_done(instance, &def.name, def.name_place));
        }
        for def in &module.outputs.all {
            self.note(self.output_done(instance, &def.label(0), def.header));
            self.ephemeral_output(instance, def);
            for rule in def.body.blocks_of("precondition") {
                let what = text!(
                    "a precondition of output \"{}\" does not hold",
                    "une précondition de la sortie « {} » n’est pas remplie",
                    def.label(0)
                );
                let at = (None, Weight::Error);
                self.condition(&rule.body, &Scope::of(instance), at, &what);
            }
        }
        for check in &module.checks {
            for rule in check.body.blocks_of("assert") {
                // Terraform warns of it, and goes on.
                let what = text!(
                    "check \"{}\" does not hold",
                    "le contrôle « {} » n’est pas rempli",
                    check.label(0)
                );
                let at = (None, Weight::Warning);
                self.condition(&rule.body, &Scope::of(instance), at, &what);
            }
        }
    }

    /// Outputs outlive a run, but for those of modules that say otherwise.
    fn ephemeral_output(&self, instance: &Instance<'a>, def: &Block) {
        let declared = self.declared_marks(def).has(Marks::EPHEMERAL);
        let name = def.label(0);
        let place = def.body.expr("value").map_or(def.header, Expr::place);
        if declared && instance.caller.is_none() {
            let message = text!(
                "output \"{name}\" of a root module cannot be ephemeral",
                "la sortie « {name} » d’un module racine ne peut pas être éphémère"
            );
            self.report(Fault::value(def.header, message));
        } else if !declared
            && let Ok(done) = self.output_done(instance, &name, def.header)
            && done.value.deep_marks().has(Marks::EPHEMERAL)
        {
            let message = text!(
                "output \"{name}\" would keep an ephemeral value",
                "la sortie « {name} » garderait une valeur éphémère"
            );
            self.report(Fault::value(place, message).help(Text::new(
                "add `ephemeral = true`",
                "ajoutez `ephemeral = true`",
            )));
        }
    }

    fn note<T>(&self, outcome: Result<T, Fault>) {
        if let Err(fault) = outcome {
            self.report(fault);
        }
    }

    fn collect_resource(
        &self,
        instance: &Rc<Instance<'a>>,
        at: usize,
        def: &ResourceDef,
        resources: &Resources,
        out: &mut Vec<Declared>,
    ) {
        let depends_on = depends_on(instance, &def.block.body);
        let lifecycle = Arc::new(self.lifecycle(instance, &def.block.body));
        let incomplete = is_broken(&def.block.body);
        // What tells no instances apart is asked once for all of them.
        let mut shared = None;
        let provider = def.block.body.expr("provider");
        let one_provider = resources.is_uniform() || provider.is_none_or(Expr::is_uniform);
        let mut conditions_checked = false;
        out.reserve(resources.addresses.len());
        let items = resources.expansion.items.iter().zip(&resources.addresses);
        for (position, (item, address)) in items.enumerate() {
            let attributes = match self.body_of(instance, at, position, def.block.header) {
                Ok(value) => value,
                Err(fault) => {
                    self.report(fault);
                    Value::unknown(Because::Error).at(def.block.header)
                }
            };
            if is_builtin(def) {
                self.ephemeral_arguments(&attributes);
            }
            let scope = Scope::repeated(instance, &item.repetition);
            let provider = shared.unwrap_or_else(|| self.provider_of(instance, def, &scope));
            if one_provider {
                shared = Some(provider);
            }
            if !std::mem::replace(&mut conditions_checked, resources.is_uniform()) {
                self.conditions(def, resources, address, &scope);
            }
            out.push(Declared {
                address: Arc::clone(address),
                mode: def.mode,
                kind: Arc::clone(&def.kind),
                name: Arc::clone(&def.name),
                key: item.key.clone(),
                module: Arc::clone(&instance.address),
                provider,
                attributes: completed(def, address, attributes),
                attribute_names: Arc::clone(&def.names),
                header: def.block.header,
                block: def.block.place,
                calls: Arc::clone(&instance.calls_to_here),
                each_key: item.repetition.named(resources.expansion.over.as_ref()),
                depends_on: Arc::clone(&depends_on),
                lifecycle: Arc::clone(&lifecycle),
                incomplete,
            });
        }
    }

    /// Of a provider's resources we do not know which arguments are never stored; of the built-in one we do: none.
    fn ephemeral_arguments(&self, attributes: &Value) {
        for (name, value) in attributes.entries().unwrap_or_default() {
            if let (true, Some(place)) =
                (value.deep_marks().has(Marks::EPHEMERAL), value.origin.place)
            {
                let message = text!(
                    "`{name}` would keep an ephemeral value",
                    "`{name}` garderait une valeur éphémère"
                );
                self.report(Fault::value(place, message));
            }
        }
    }

    /// Pre- and postconditions of a resource instance.
    fn conditions(
        &self,
        def: &ResourceDef,
        resources: &Resources,
        address: &Arc<str>,
        scope: &Scope<'_, 'a>,
    ) {
        for lifecycle in def.block.body.blocks_of("lifecycle") {
            for rule in &lifecycle.body.blocks {
                let owner = handle(address);
                let mut scope = *scope;
                let what = match &*rule.kind {
                    "precondition" => text!(
                        "a precondition of {address} does not hold",
                        "une précondition de {address} n’est pas remplie"
                    ),
                    "postcondition" => {
                        self.make_findable(resources);
                        scope.owner = Some(&owner);
                        text!(
                            "a postcondition of {address} does not hold",
                            "une postcondition de {address} n’est pas remplie"
                        )
                    }
                    _ => continue,
                };
                self.condition(&rule.body, &scope, (None, Weight::Error), &what);
            }
        }
    }

    fn lifecycle(&self, instance: &Instance<'a>, body: &Body) -> Lifecycle {
        let mut out = Lifecycle::default();
        for block in body.blocks_of("lifecycle") {
            let scope = Scope::of(instance);
            let value = |name: &str| block.body.expr(name).map(|expr| self.value(expr, &scope));
            out.prevent_destroy = value("prevent_destroy").or(out.prevent_destroy);
            out.create_before_destroy =
                value("create_before_destroy").or(out.create_before_destroy);
            if let Some(expr) = block.body.expr("ignore_changes") {
                out.ignore_changes = match expr.elements() {
                    Some(all) => all.iter().filter_map(written_name).collect(),
                    None => Arc::from([Arc::from("*")]),
                };
            }
            if let Some(expr) = block.body.expr("replace_triggered_by") {
                out.replace_triggered_by = triggers(instance, expr.elements());
            }
        }
        out
    }
}

/// The declarations that a list of references names: `a.b[each.key].id` is of `a.b`.
fn triggers(instance: &Instance<'_>, all: Option<Vec<Expr>>) -> Arc<[Arc<str>]> {
    let names = all.unwrap_or_default();
    let names = names.iter().filter_map(written_name);
    names
        .filter_map(|name| {
            let mut parts = name.split(['.', '[']);
            let (kind, name) = (parts.next()?, parts.next()?);
            Some(instance.address_of(&format!("{kind}.{name}")))
        })
        .collect()
}

/// `terraform_data` with the attributes that its provider, a part of Terraform, gives it: those not written are null, the
/// computed ones unknown.
fn completed(def: &ResourceDef, address: &Arc<str>, attributes: Value) -> Value {
    let Some(entries) = attributes.entries().filter(|_| is_builtin(def)) else {
        return attributes;
    };
    let computed = |name: &str, ty: Type| {
        let because = Because::Reference {
            address: Arc::clone(address),
            path: name.into(),
        };
        Value::unknown_of(ty, because)
    };
    let output = match attributes.entry("input") {
        Some(input) if !input.is_null() => computed("output", input.ty()),
        _ => Value::null(),
    };
    let defaults = [
        ("id".into(), computed("id", Type::String)),
        ("input".into(), Value::null()),
        ("output".into(), output),
        ("triggers_replace".into(), Value::null()),
    ];
    let all = defaults.into_iter().chain(entries.iter().cloned());
    Value {
        marks: attributes.marks,
        origin: attributes.origin.clone(),
        ..Value::object(all)
    }
}

/// The one resource type whose provider is part of Terraform: its schema is the language's.
fn is_builtin(def: &ResourceDef) -> bool {
    &*def.kind == "terraform_data" && def.mode == Mode::Managed
}

/// A name written as a reference or as a text: `aws_x.y`, `tags`, `"tags"`.
pub(super) fn written_name(expr: &Expr) -> Option<Arc<str>> {
    if let Some(text) = expr.literal_text() {
        return Some(text.into());
    }
    let (file, id): (Arc<hcl::File>, _) = expr.as_hcl()?;
    Some(file.text(file.expr(id).span).into())
}

fn depends_on(instance: &Instance<'_>, body: &Body) -> Arc<[Arc<str>]> {
    let Some(expr) = body.expr("depends_on") else {
        return Arc::from([]);
    };
    let all = expr.elements().unwrap_or_default();
    all.iter()
        .filter_map(written_name)
        .map(|name| instance.address_of(&name))
        .collect()
}

fn is_broken(body: &Body) -> bool {
    body.broken || body.blocks.iter().any(|block| is_broken(&block.body))
}
