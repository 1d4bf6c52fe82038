//! Resources, data sources and module calls: their instances, and what is collected of them.

use std::rc::Rc;
use std::sync::Arc;

use super::eval::{Evaluator, Fault, Spot, handle};
use super::index::{Block, Body, Expr};
use super::module::{CallDef, ResourceDef};
use super::scope::{
    Caller, Children, Expansion, Form, Instance, Item, Repetition, Resources, Scope,
};
use super::{Declared, Key, Lifecycle, MissingModule, Mode, paths};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl;
use crate::value::{Because, Data, Number, Type, Value, convert};

/// An attribute of a resource.
pub(super) enum Written {
    /// As the code writes it.
    Known(Value),
    /// By the provider, with what is known of its type.
    Computed(Type),
}

/// Why the code of a module is not at hand.
enum Absent {
    /// It is kept elsewhere: a gap that the coverage shows.
    Elsewhere(String),
    /// Terraform would refuse the call.
    Mistake(String),
    /// A problem says so already.
    Told(String),
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
            return Err(Fault::reference(place, "this resource is not declared"));
        };
        let name = || format!("{} (count or for_each)", def.local_address());
        self.force(slot, def.block.header, name, || {
            let expansion = self.expand(&def.block, &Scope::of(instance));
            let address = instance.address_of(&def.local_address());
            let resources = Resources::new(expansion, address);
            let mut known = self.addresses.borrow_mut();
            for (item, address) in resources.addresses.iter().enumerate() {
                known.insert(Arc::clone(address), (instance.id, at, item));
            }
            resources
        })
    }

    /// All instances as one value: a handle, or a tuple or an object of them.
    pub(super) fn whole(&self, resources: &Resources) -> Value {
        resources
            .whole
            .get_or_init(|| {
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
        // The one resource type whose provider is part of Terraform: its schema is the language's.
        let builtin = &*def.kind == "terraform_data" && def.mode == Mode::Managed;
        if !def.block.body.writes(name) {
            return match name {
                _ if !builtin => computed,
                "input" | "triggers_replace" => Ok(Written::Known(Value::null())),
                "id" => Ok(Written::Computed(Type::String)),
                "output" => {
                    let body = self.body_of(&instance, resource, item, at)?;
                    let input = body.entry("input").map(Value::ty);
                    Ok(Written::Computed(input.unwrap_or_default()))
                }
                _ => Err(Fault::code(
                    at,
                    format!("terraform_data has no attribute `{name}`"),
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
    fn body_of(
        &self,
        instance: &Instance<'a>,
        resource: usize,
        item: usize,
        place: Place,
    ) -> Result<Value, Fault> {
        let resources = self.resources(instance, resource, place)?;
        let def = instance.module.resources.get(resource);
        let slot = resources.bodies.get(item);
        let found = resources.expansion.items.get(item);
        let (Some(def), Some(slot), Some(item), Some(address)) =
            (def, slot, found, resources.addresses.get(item))
        else {
            return Err(Fault::reference(place, "this resource is not declared"));
        };
        let done = self.force_value(
            slot,
            def.block.header,
            || address.to_string(),
            crate::value::Step::Resource {
                address: Arc::clone(address),
                path: "".into(),
            },
            || {
                let scope = Scope::repeated(instance, &item.repetition);
                Ok(self.body(&def.block.body, &scope).at(def.block.header))
            },
        )?;
        Ok(done.value.clone())
    }

    /// The instances that `count` or `for_each` of a block make.
    fn expand(&self, block: &Block, scope: &Scope<'_, 'a>) -> Expansion {
        let count = block.body.expr("count");
        let for_each = block.body.expr("for_each");
        let expansion = match (count, for_each) {
            (Some(_), Some(each)) => Err(Fault::code(
                each.place(),
                "a block has either `count` or `for_each`, not both",
            )),
            (Some(count), None) => self.expand_count(count, scope),
            (None, Some(each)) => self.expand_each(each, scope),
            (None, None) => {
                return Expansion {
                    form: Form::Single,
                    items: vec![Item {
                        key: None,
                        repetition: Repetition::None,
                    }],
                };
            }
        };
        expansion.unwrap_or_else(|fault| {
            self.report(fault);
            symbolic(for_each.is_some(), Because::Error, None)
        })
    }

    fn expand_count(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Result<Expansion, Fault> {
        let place = expr.place();
        let value = self.eval_expr(expr, scope)?;
        if value.is_null() {
            return Err(Fault::value(place, "`count` must not be null"));
        }
        let number = convert(&value, &Type::Number)
            .map_err(|error| Fault::value(place, format!("`count` must be a number: {error}")))?;
        if let Some(unknown) = number.as_unknown() {
            return Ok(symbolic(false, unknown.because.clone(), Some(&value)));
        }
        let count = number
            .as_number()
            .and_then(Number::as_i64)
            .and_then(|count| u64::try_from(count).ok())
            .ok_or_else(|| {
                Fault::value(
                    place,
                    format!(
                        "`count` must be a whole number from 0, not {}",
                        value.show()
                    ),
                )
            })?;
        self.check_number(count, place)?;
        let items = (0..count).map(|at| {
            let mut index = Value::int(i64::try_from(at).unwrap_or_default());
            index.origin = value.origin.clone();
            index.marks = value.marks;
            Item {
                key: Some(Key::Int(at)),
                repetition: Repetition::Count(index),
            }
        });
        Ok(Expansion {
            form: Form::Count,
            items: items.collect(),
        })
    }

    fn expand_each(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Result<Expansion, Fault> {
        let place = expr.place();
        let value = self.eval_expr(expr, scope)?;
        if value.is_sensitive() {
            return Err(Fault::value(
                place,
                "`for_each` must not be sensitive: its keys become part of addresses",
            )
            .help("use nonsensitive() on the keys if they are no secret"));
        }
        let mut items = match &value.data {
            Data::Unknown(unknown) => {
                return Ok(symbolic(true, unknown.because.clone(), Some(&value)));
            }
            Data::Null(_) => return Err(Fault::value(place, "`for_each` must not be null")),
            Data::Map(_, entries) | Data::Object(entries) => {
                self.check_number(entries.len() as u64, place)?;
                let items = entries.iter().map(|(key, element)| {
                    let mut element = element.clone();
                    if !super::scope::has_origin(&element.origin) {
                        element.origin = value.origin.clone();
                    }
                    let mut named = Value::string(Arc::clone(key));
                    named.origin = element.origin.clone();
                    Item {
                        key: Some(Key::Str(Arc::clone(key))),
                        repetition: Repetition::Each {
                            key: named,
                            value: element,
                        },
                    }
                });
                items.collect::<Vec<_>>()
            }
            Data::Set(_, all) => {
                self.check_number(all.len() as u64, place)?;
                if let Some(unknown) = value.first_unknown() {
                    return Ok(symbolic(true, unknown.because.clone(), Some(&value)));
                }
                let mut items = Vec::with_capacity(all.len());
                for element in all.iter() {
                    let Data::String(key) = &element.data else {
                        return Err(Fault::value(
                            place,
                            format!("`for_each` takes a set of strings, not a {}", value.ty()),
                        )
                        .help("convert it: toset([for x in ... : tostring(x)])"));
                    };
                    let mut element = element.clone();
                    if !super::scope::has_origin(&element.origin) {
                        element.origin = value.origin.clone();
                    }
                    items.push(Item {
                        key: Some(Key::Str(Arc::clone(key))),
                        repetition: Repetition::Each {
                            key: element.clone(),
                            value: element,
                        },
                    });
                }
                items
            }
            _ => {
                return Err(Fault::value(
                    place,
                    format!(
                        "`for_each` takes a map or a set of strings, not a {}",
                        value.ty()
                    ),
                )
                .help("make a set of a list with toset()"));
            }
        };
        items.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Expansion {
            form: Form::Each,
            items,
        })
    }

    fn check_number(&self, count: u64, place: Place) -> Result<(), Fault> {
        use super::limits::Exceeded;
        if count > self.budget.limits.instances_per_block as u64 {
            let limit = Exceeded("a block has more instances than a scan allows");
            return Err(Fault::limit(place, limit));
        }
        if !self
            .budget
            .instances(usize::try_from(count).unwrap_or(usize::MAX))
        {
            let limit = Exceeded("there are more instances than a scan allows");
            return Err(Fault::limit(place, limit));
        }
        Ok(())
    }

    /// The instances of a module call.
    pub(super) fn children<'v>(
        &self,
        instance: &'v Instance<'a>,
        at: usize,
        place: Place,
    ) -> Result<&'v Children, Fault> {
        let (Some(slot), Some(call)) = (instance.calls.get(at), instance.module.calls.all.get(at))
        else {
            return Err(Fault::reference(place, "this module is not called"));
        };
        let name = || format!("module.{} (count or for_each)", call.name);
        self.force(slot, call.block.header, name, || {
            self.call_module(instance, call)
        })
    }

    fn call_module(&self, instance: &Instance<'a>, call: &'a CallDef) -> Children {
        let address = instance.address_of(&format!("module.{}", call.name));
        let module = match self.locate(instance, call) {
            Ok(module) => module,
            Err(absent) => {
                self.missing_module(&address, call, absent);
                return Children::Missing(address);
            }
        };
        const OWN: [&str; 6] = [
            "source",
            "version",
            "providers",
            "count",
            "for_each",
            "depends_on",
        ];
        for attribute in &call.block.body.attributes {
            if !OWN.contains(&&*attribute.name) && module.variables.get(&attribute.name).is_none() {
                let mut problem = Problem::error(
                    ProblemCode::Reference,
                    format!(
                        "module.{} has no variable \"{}\"",
                        call.name, attribute.name
                    ),
                )
                .at(attribute.name_place);
                if let Some(near) = module.variables.nearest(&attribute.name) {
                    problem = problem.help(format!("did you mean `{near}`?"));
                }
                self.problem(problem);
            }
        }
        let expansion = self.expand(&call.block, &Scope::of(instance));
        let calls: Arc<[Place]> = instance
            .calls_to_here
            .iter()
            .copied()
            .chain([call.block.header])
            .collect();
        let mut ids = Vec::with_capacity(expansion.items.len());
        for item in &expansion.items {
            let address: Arc<str> = match &item.key {
                None => Arc::clone(&address),
                Some(key) => format!("{address}{key}").into(),
            };
            let caller = Caller {
                parent: instance.id,
                call,
                repetition: item.repetition.clone(),
            };
            let depth = instance.depth + 1;
            let mut all = self.instances.borrow_mut();
            let id = all.len();
            let child = Instance::new(id, module, address, Some(caller), depth, Arc::clone(&calls));
            all.push(Rc::new(child));
            ids.push(id);
        }
        Children::Present { expansion, ids }
    }

    /// The module that a call names.
    fn locate(
        &self,
        instance: &Instance<'a>,
        call: &CallDef,
    ) -> Result<&'a super::module::Module, Absent> {
        let Some(source) = &call.source else {
            return Err(Absent::Mistake(match call.block.body.expr("source") {
                Some(_) => "its source is not a plain text".to_owned(),
                None => "it has no source".to_owned(),
            }));
        };
        if !is_local(source) {
            let origin = origin_of(source);
            return Err(Absent::Elsewhere(format!(
                "its code is fetched from {origin}"
            )));
        }
        let folder = paths::join(&instance.module.folder, source)
            .ok_or_else(|| Absent::Elsewhere("its folder lies outside of the scan".to_owned()))?;
        let Some(module) = self.modules.get(&folder) else {
            let folder = shown_folder(&folder);
            return Err(Absent::Mistake(format!(
                "the scan found no Terraform code in {folder}"
            )));
        };
        if instance.depth + 1 > self.budget.limits.module_depth {
            return Err(Absent::Mistake(
                "modules are nested deeper than a scan allows".to_owned(),
            ));
        }
        let mut ancestor = Some(instance.id);
        while let Some(found) = ancestor.and_then(|id| self.instance(id)) {
            if found.module.folder == folder {
                self.problem(
                    Problem::error(
                        ProblemCode::Cycle,
                        format!("module.{} calls a module that it is part of", call.name),
                    )
                    .at(call.block.header)
                    .help("a module cannot contain itself"),
                );
                return Err(Absent::Told("it contains itself".to_owned()));
            }
            ancestor = found.caller.as_ref().map(|caller| caller.parent);
        }
        Ok(module)
    }

    fn missing_module(&self, address: &str, call: &CallDef, absent: Absent) {
        let source = call.source.clone().unwrap_or_default();
        let told = |why: &str| format!("module.{} is not judged: {why}", call.name);
        let problem = match &absent {
            Absent::Elsewhere(why) => Some(Problem::warning(ProblemCode::MissingModule, told(why)).help(
                "scan from a folder that contains it, or put a copy inside the scanned folder and point `source` at it",
            )),
            Absent::Mistake(why) => {
                Some(Problem::error(ProblemCode::MissingModule, told(why)).help("correct `source`"))
            }
            Absent::Told(_) => None,
        };
        if let Some(problem) = problem {
            self.problem(problem.at(call.block.header));
        }
        let (Absent::Elsewhere(why) | Absent::Mistake(why) | Absent::Told(why)) = absent;
        let root = self
            .instance(0)
            .map_or_else(String::new, |root| root.module.folder.clone());
        self.missing.borrow_mut().push(MissingModule {
            root,
            address: without_keys(address),
            source,
            place: call.block.header,
            why,
        });
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
        for def in &module.variables.all {
            self.note(self.variable_done(instance, &def.name, def.block.header));
        }
        for def in &module.locals.all {
            self.note(self.local_done(instance, &def.name, def.name_place));
        }
        for def in &module.outputs.all {
            self.note(self.output_done(instance, &def.label(0), def.header));
            for rule in def.body.blocks_of("precondition") {
                let what = format!(
                    "a precondition of output \"{}\" does not hold",
                    def.label(0)
                );
                self.condition(&rule.body, &Scope::of(instance), None, &what);
            }
        }
        for check in &module.checks {
            for rule in check.body.blocks_of("assert") {
                if let Some(condition) = rule.body.expr("condition") {
                    self.value(condition, &Scope::of(instance));
                }
            }
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
        let lifecycle = self.lifecycle(instance, &def.block.body);
        let items = resources.expansion.items.iter().zip(&resources.addresses);
        for (position, (item, address)) in items.enumerate() {
            let attributes = match self.body_of(instance, at, position, def.block.header) {
                Ok(value) => value,
                Err(fault) => {
                    self.report(fault);
                    Value::unknown(Because::Error).at(def.block.header)
                }
            };
            let scope = Scope::repeated(instance, &item.repetition);
            let provider = self.provider_of(instance, def, &scope);
            self.conditions(def, address, &scope);
            out.push(Declared {
                address: Arc::clone(address),
                mode: def.mode,
                kind: Arc::clone(&def.kind),
                name: Arc::clone(&def.name),
                key: item.key.clone(),
                module: Arc::clone(&instance.address),
                provider,
                attributes,
                attribute_names: Arc::clone(&def.names),
                header: def.block.header,
                block: def.block.place,
                calls: Arc::clone(&instance.calls_to_here),
                each_key: match &item.repetition {
                    Repetition::None => None,
                    Repetition::Count(index) => Some(index.clone()),
                    Repetition::Each { key, .. } => Some(key.clone()),
                },
                depends_on: Arc::clone(&depends_on),
                lifecycle: lifecycle.clone(),
                incomplete: is_broken(&def.block.body),
            });
        }
    }

    /// Pre- and postconditions of a resource instance.
    fn conditions(&self, def: &ResourceDef, address: &Arc<str>, scope: &Scope<'_, 'a>) {
        for lifecycle in def.block.body.blocks_of("lifecycle") {
            for rule in &lifecycle.body.blocks {
                let owner = handle(address);
                let mut scope = *scope;
                let what = match &*rule.kind {
                    "precondition" => format!("a precondition of {address} does not hold"),
                    "postcondition" => {
                        scope.owner = Some(&owner);
                        format!("a postcondition of {address} does not hold")
                    }
                    _ => continue,
                };
                self.condition(&rule.body, &scope, None, &what);
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
        }
        out
    }
}

/// One instance that stands for all.
fn symbolic(each: bool, because: Because, from: Option<&Value>) -> Expansion {
    let unknown = |ty: Type| {
        let mut value = Value::unknown_of(ty, because.clone());
        if let Some(from) = from {
            value.origin = from.origin.clone();
            value.marks = from.marks;
        }
        value
    };
    let repetition = if each {
        Repetition::Each {
            key: unknown(Type::String),
            value: unknown(Type::Dynamic),
        }
    } else {
        Repetition::Count(unknown(Type::Number))
    };
    Expansion {
        form: Form::Unknown { each },
        items: vec![Item {
            key: Some(Key::Unknown),
            repetition,
        }],
    }
}

/// A name written as a reference or as a text: `aws_x.y`, `tags`, `"tags"`.
fn written_name(expr: &Expr) -> Option<Arc<str>> {
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

fn is_local(source: &str) -> bool {
    source.starts_with("./")
        || source.starts_with("../")
        || source.starts_with(".\\")
        || source.starts_with("..\\")
        || source == "."
        || source == ".."
}

/// Where a source that is not local is fetched from, in words.
fn origin_of(source: &str) -> &'static str {
    let has = |text: &str| source.contains(text);
    if has("git::") || has("git@") || source.starts_with("github.com/") || has("bitbucket.org/") {
        "a git repository"
    } else if has("s3::") || has("gcs::") {
        "an object store"
    } else if has("://") {
        "the web"
    } else if source.starts_with('/') {
        "an absolute path"
    } else {
        "a module registry"
    }
}

fn shown_folder(folder: &str) -> &str {
    if folder.is_empty() {
        "the top folder"
    } else {
        folder
    }
}

/// `module.a["x"].module.b` -> `module.a.module.b`
fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find('[') {
        let (before, key) = rest.split_at(at);
        out.push_str(before);
        rest = match key.strip_prefix("[\"") {
            Some(inner) => after_quoted(inner),
            None => key.split_once(']').map_or("", |(_, after)| after),
        };
    }
    out.push_str(rest);
    out
}

/// What follows `..."]`.
fn after_quoted(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return text.get(at + 2..).unwrap_or(""),
            _ => {}
        }
    }
    ""
}
