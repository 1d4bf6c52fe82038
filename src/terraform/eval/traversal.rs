//! References: what a name at the start of a traversal stands for.

use std::sync::Arc;

use super::steps::arrived;
use super::{Evaluator, Fault, Outcome, handle};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Span};
use crate::syntax::hcl::{self, ExprId, ExprKind, Step as Part, StepKind};
use crate::terraform::scope::{
    Children, Expansion, Form, Instance, Repetition, Resources, Scope, through,
};
use crate::terraform::{Key, Mode, paths};
use crate::text::{Text, text};
use crate::value::{Because, Data, Marks, Number, Origin, Step, Type, Value, Via, convert};

impl<'a> Evaluator<'a> {
    /// A name on its own.
    pub(super) fn variable(&self, file: &hcl::File, name: Span, scope: &Scope<'_, 'a>) -> Outcome {
        let place = file.place(name);
        self.named(file, name, &[], place, scope)
    }

    pub(super) fn traversal(
        &self,
        file: &hcl::File,
        base: ExprId,
        steps: &[Part],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let expr = file.expr(base);
        if expr.kind == ExprKind::Variable {
            return self.named(file, expr.span, steps, place, scope);
        }
        let value = self.eval(file, base, scope)?;
        self.follow(file, value, steps, Step::Parts, place, scope)
    }

    /// A reference that starts with a name.
    fn named(
        &self,
        file: &hcl::File,
        name: Span,
        steps: &[Part],
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let at = file.place(name);
        let name = file.text(name);
        if let Some(value) = scope.lookup(name) {
            return self.follow(file, value.clone(), steps, Step::Parts, place, scope);
        }
        let Some(instance) = scope.instance else {
            return Err(no_references(name, at, scope.in_template));
        };
        match name {
            "var" => {
                let (name, at, rest) = attribute(file, steps, at, "var", "var.name")?;
                let done = self.variable_done(instance, name, at)?;
                self.follow_done(file, done, rest, place, scope)
            }
            "local" => {
                let (name, at, rest) = attribute(file, steps, at, "local", "local.name")?;
                let done = self.local_done(instance, name, at)?;
                self.follow_done(file, done, rest, place, scope)
            }
            "module" => self.module_reference(file, steps, at, place, (instance, scope)),
            "data" => {
                let (kind, kind_at, rest) = attribute(file, steps, at, "data", "data.type.name")?;
                self.resource(
                    file,
                    (Mode::Data, kind, kind_at),
                    rest,
                    place,
                    (instance, scope),
                )
            }
            "each" | "count" => self.repetition(file, name, steps, at, place, scope),
            "path" => self.path(file, steps, at, place, (instance, scope)),
            "terraform" | "tofu" => {
                let (name, at, rest) =
                    attribute(file, steps, at, "terraform", "terraform.workspace")?;
                let value = match name {
                    "workspace" => {
                        self.note_workspace(place);
                        Value::string(self.options.workspace.as_str())
                    }
                    "applying" => Value::unknown_of(
                        Type::Bool,
                        Because::other(Text::new(
                            "terraform.applying depends on the command",
                            "terraform.applying dépend de la commande",
                        )),
                    ),
                    _ => {
                        return Err(Fault::reference(
                            at,
                            text!(
                                "`terraform.{name}` does not exist",
                                "`terraform.{name}` n’existe pas"
                            ),
                        )
                        .help(Text::new(
                            "`terraform.workspace` does",
                            "`terraform.workspace` existe",
                        )));
                    }
                };
                self.follow(file, value.at(place), rest, Step::Parts, place, scope)
            }
            "self" => match scope.owner {
                Some(owner) => self.follow(file, owner.clone(), steps, Step::Parts, place, scope),
                None => Err(Fault::reference(
                    at,
                    Text::new("`self` has no meaning here", "`self` n’a pas de sens ici"),
                )
                .help(Text::new(
                    "it exists only in provisioners, connections and postconditions",
                    "il n’existe que dans les provisioners, les connections et les postconditions",
                ))),
            },
            "ephemeral" | "action" => {
                let value = Value::unknown(Because::other(text!(
                    "{name} values are never stored",
                    "les valeurs de {name} ne sont jamais enregistrées"
                )));
                Ok(value.at(place))
            }
            kind => self.resource(
                file,
                (Mode::Managed, kind, at),
                steps,
                place,
                (instance, scope),
            ),
        }
    }

    /// Says once for a root that the code depends on a workspace which nobody named. A plan knows its own.
    fn note_workspace(&self, place: Place) {
        if !self.options.workspace_assumed
            || self.planned.is_some()
            || self.workspace_noted.replace(true)
        {
            return;
        }
        let problem = Problem::warning(
            ProblemCode::MissingVariable,
            text!(
                "`terraform.workspace` counts as `{}`: what other workspaces change is not judged",
                "`terraform.workspace` compte comme `{}` : ce que d’autres espaces de travail changent n’est pas jugé",
                self.options.workspace
            ),
        )
        .help(Text::new(
            "`--workspace` names the one to judge",
            "`--workspace` nomme celui à juger",
        ));
        self.problem(problem.gap().at(place));
    }

    fn repetition(
        &self,
        file: &hcl::File,
        name: &str,
        steps: &[Part],
        at: Place,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let form = if name == "each" {
            "each.key"
        } else {
            "count.index"
        };
        let (part, part_at, rest) = attribute(file, steps, at, name, form)?;
        let value = match (name, part, scope.repetition) {
            ("count", "index", Some(Repetition::Count(named)))
            | ("each", "key", Some(Repetition::Each { key: named, .. })) => {
                if rest.is_empty() {
                    return Ok(named.at(place));
                }
                &named.value
            }
            ("each", "value", Some(Repetition::Each { value, .. })) => value,
            ("count", "index", _) | ("each", "key" | "value", _) => {
                let needed = if name == "each" { "for_each" } else { "count" };
                return Err(Fault::reference(
                    at,
                    text!(
                        "`{name}.{part}` has no meaning here",
                        "`{name}.{part}` n’a pas de sens ici"
                    ),
                )
                .help(text!(
                    "it exists only in blocks with `{needed}`",
                    "il n’existe que dans les blocs avec `{needed}`"
                )));
            }
            _ => {
                return Err(Fault::reference(
                    part_at,
                    text!(
                        "`{name}.{part}` does not exist",
                        "`{name}.{part}` n’existe pas"
                    ),
                )
                .help(text!("`{form}` does", "`{form}` existe")));
            }
        };
        self.follow(file, value.clone(), rest, Step::Each, place, scope)
    }

    fn path(
        &self,
        file: &hcl::File,
        steps: &[Part],
        at: Place,
        place: Place,
        (instance, scope): (&Instance<'a>, &Scope<'_, 'a>),
    ) -> Outcome {
        let (name, at, rest) = attribute(file, steps, at, "path", "path.module")?;
        let value = match name {
            "module" => {
                let instances = self.instances.borrow();
                let root = instances.first().map_or("", |root| &root.module.folder);
                Value::string(paths::relative(root, &instance.module.folder))
            }
            "root" => Value::string("."),
            "cwd" => match self.working_folder() {
                Some(folder) => Value::string(folder),
                None => {
                    Value::unknown_of(Type::String, Because::environment(Text::same("path.cwd")))
                }
            },
            _ => {
                return Err(Fault::reference(
                    at,
                    text!("`path.{name}` does not exist", "`path.{name}` n’existe pas"),
                )
                .help(Text::new(
                    "there are `path.module`, `path.root` and `path.cwd`",
                    "il y a `path.module`, `path.root` et `path.cwd`",
                )));
            }
        };
        self.follow(file, value.at(place), rest, Step::Parts, place, scope)
    }

    fn resource(
        &self,
        file: &hcl::File,
        (mode, kind, kind_at): (Mode, &str, Place),
        steps: &[Part],
        place: Place,
        (instance, scope): (&Instance<'a>, &Scope<'_, 'a>),
    ) -> Outcome {
        let module = instance.module;
        let form = Example { mode, kind };
        if mode == Mode::Managed && steps.is_empty() {
            return Err(module.no_name(kind, kind_at));
        }
        let (name, name_at, rest) = attribute(file, steps, kind_at, kind, form)?;
        let Some((at, _)) = module.resource(mode, kind, name) else {
            return Err(module.no_resource((mode, kind, kind_at), name, name_at));
        };
        let resources = self.resources(instance, at, place)?;
        if resources.expansion.form == Form::Single
            && let Some(Part {
                span,
                kind: StepKind::Index(_) | StepKind::LegacyIndex(_),
            }) = rest.first()
        {
            return Err(Fault::value(
                file.place(*span),
                text!(
                    "{} has neither `count` nor `for_each`, so it takes no index",
                    "{} n’a ni `count` ni `for_each` : pas d’indice possible",
                    resources.address
                ),
            )
            .help(Text::new("leave the index out", "ôtez l’indice")));
        }
        if matches!(resources.expansion.form, Form::Count | Form::Each)
            && let Some(Part {
                span,
                kind: StepKind::Attribute(name),
            }) = rest.first()
        {
            let key = if resources.expansion.form == Form::Count {
                "0"
            } else {
                "\"key\""
            };
            let name = file.text(*name);
            return Err(Fault::code(
                file.place(*span),
                text!(
                    "{} has several instances, so `{name}` is asked of none",
                    "{} a plusieurs instances : `{name}` n’est demandé à aucune",
                    resources.address
                ),
            )
            .help(text!(
                "write `{form}[{key}].{name}`, or `{form}[*].{name}` for all of a `count`",
                "écrivez `{form}[{key}].{name}`, ou `{form}[*].{name}` pour tous ceux d’un `count`"
            )));
        }
        let step = Step::Resource {
            address: Arc::clone(&resources.address),
            path: Arc::default(),
        };
        // One instance needs no value of all of them, and an attribute of it no value of the instance.
        let (item, rest) = match (&resources.expansion.form, rest.split_first()) {
            (Form::Single, _) => (Some(0), rest),
            (_, Some((index, after))) => match self.instance_at(file, index, resources, scope)? {
                Some(item) => (Some(item), after),
                None => (None, rest),
            },
            _ => (None, rest),
        };
        let one = item.and_then(|item| Some((item, resources.addresses.get(item)?)));
        if let Some((item, address)) = one {
            return match rest.split_first() {
                Some((part, after)) if let StepKind::Attribute(name) = part.kind => {
                    let spot = (resources.at.0, resources.at.1, item);
                    let at = file.place(part.span);
                    let walk = self.start_at(spot, address, file.text(name), at)?;
                    let walk = self.walk(file, walk, after, scope)?;
                    Ok(arrived(walk, step, place))
                }
                _ => {
                    self.make_findable(resources);
                    self.follow(file, handle(address), rest, step, place, scope)
                }
            };
        }
        let whole = self.whole(resources);
        self.follow(file, whole, rest, step, place, scope)
    }

    /// Which instance of a resource an index step names; none when it names none, or not for sure.
    fn instance_at(
        &self,
        file: &hcl::File,
        step: &Part,
        resources: &Resources,
        scope: &Scope<'_, 'a>,
    ) -> Result<Option<usize>, Fault> {
        let StepKind::Index(key) = step.kind else {
            return Ok(None);
        };
        let key = match &resources.expansion.form {
            Form::Count | Form::Each => self.eval(file, key, scope)?,
            _ => return Ok(None),
        };
        let plain = key.marks == Marks::NONE;
        let key = match (&resources.expansion.form, &key.data) {
            (Form::Each, Data::String(text)) if plain => Key::Str(Arc::clone(text)),
            (Form::Count, Data::Number(number)) if plain => {
                match number.as_i64().and_then(|at| u64::try_from(at).ok()) {
                    Some(at) => Key::Int(at),
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        Ok(resources.expansion.find(&key))
    }

    fn module_reference(
        &self,
        file: &hcl::File,
        steps: &[Part],
        at: Place,
        place: Place,
        (instance, scope): (&Instance<'a>, &Scope<'_, 'a>),
    ) -> Outcome {
        let (name, name_at, rest) = attribute(file, steps, at, "module", "module.name.output")?;
        let Some((call, def)) = instance.module.calls.get(name) else {
            return Err(instance.module.no_call(name, name_at));
        };
        let (expansion, ids) = match self.children(instance, call, place)? {
            Children::Missing(address) => {
                let output = rest.first().and_then(|step| match step.kind {
                    StepKind::Attribute(name) => Some(file.text(name)),
                    _ => None,
                });
                let mut value = Value::unknown(Because::Module(Arc::clone(address)));
                let step = Step::Output(output.unwrap_or(name).into());
                value.origin = through(place, step, Origin::at(def.block.header));
                return Ok(value);
            }
            Children::Present { expansion, ids } => (expansion, ids),
        };
        // One output of one instance needs nothing of the others: a module may well use its neighbour's.
        let (child, rest) = match (&expansion.form, rest.split_first()) {
            (Form::Single, _) => (ids.first(), rest),
            (Form::Count | Form::Each, Some((step, after))) => {
                match self.key_of(file, step, &expansion.form, scope)? {
                    Some(key) => match expansion.find(&key) {
                        Some(found) => (ids.get(found), after),
                        None => {
                            return Err(Fault::value(
                                file.place(step.span),
                                text!(
                                    "module.{name} has no instance {key}",
                                    "module.{name} n’a pas d’instance {key}"
                                ),
                            ));
                        }
                    },
                    None => (None, rest),
                }
            }
            _ => (None, rest),
        };
        let child = child.and_then(|id| self.instance(*id));
        if let (Some(child), Some((step, after))) = (&child, rest.split_first())
            && let StepKind::Attribute(output) = step.kind
        {
            let done = self.output_done(child, file.text(output), file.place(output))?;
            return self.follow_done(file, done, after, place, scope);
        }
        let whole = match child {
            Some(child) => self.outputs_of(&child)?,
            None => self.outputs_of_all(expansion, ids)?,
        };
        self.follow(file, whole, rest, Step::Output(name.into()), place, scope)
    }

    /// The key that an index step names; none when it is no index, or not known.
    fn key_of(
        &self,
        file: &hcl::File,
        step: &Part,
        form: &Form,
        scope: &Scope<'_, 'a>,
    ) -> Result<Option<Key>, Fault> {
        let value = match step.kind {
            StepKind::Index(key) => self.eval(file, key, scope)?,
            StepKind::LegacyIndex(digits) => Value::string(file.text(digits)),
            _ => return Ok(None),
        };
        Ok(match form {
            Form::Count => convert(&value, &Type::Number)
                .ok()
                .and_then(|value| value.as_number().and_then(Number::as_i64))
                .and_then(|at| u64::try_from(at).ok())
                .map(Key::Int),
            _ => convert(&value, &Type::String)
                .ok()
                .and_then(|value| value.as_str().map(|key| Key::Str(key.into()))),
        })
    }

    /// All outputs of an instance as one object.
    fn outputs_of(&self, child: &Instance<'a>) -> Outcome {
        let mut entries = Vec::new();
        for (name, _, def) in child.module.outputs.by_name() {
            let place = def.header;
            let done = self.output_done(child, name, place)?;
            let mut value = done.value.clone();
            value.origin = Origin {
                place: Some(place),
                via: Some(Arc::clone(&done.via)),
            };
            entries.push((Arc::clone(name), value));
        }
        Ok(Value::object(entries))
    }

    fn outputs_of_all(&self, expansion: &Expansion, ids: &[usize]) -> Outcome {
        if let Form::Unknown { .. } = expansion.form {
            // The one instance that stands for all tells what the outputs depend on, not how many there are.
            let origins = match ids.first().and_then(|id| self.instance(*id)) {
                Some(child) => {
                    let all = self.outputs_of(&child)?;
                    let entries = all.entries().unwrap_or_default();
                    entries
                        .iter()
                        .map(|(_, value)| value.origin.clone())
                        .collect()
                }
                None => Vec::new(),
            };
            let mut value = Value::unknown(Because::other(Text::new(
                "the instances of a module are not known",
                "les instances d’un module ne sont pas connues",
            )));
            value.origin.via = Some(Arc::new(Via {
                step: Step::Parts,
                origins,
            }));
            return Ok(value);
        }
        let mut all = Vec::new();
        for (item, id) in expansion.items.iter().zip(ids) {
            if let Some(child) = self.instance(*id) {
                all.push((item.key.clone(), self.outputs_of(&child)?));
            }
        }
        Ok(match expansion.form {
            Form::Each => Value::object(all.into_iter().filter_map(|(key, value)| match key {
                Some(Key::Str(key)) => Some((key, value)),
                _ => None,
            })),
            _ => Value::tuple(all.into_iter().map(|(_, value)| value).collect::<Vec<_>>()),
        })
    }
}

/// How an attribute of a resource of some kind is written, shown only to those who wrote it wrong.
#[derive(Clone, Copy)]
struct Example<'k> {
    mode: Mode,
    kind: &'k str,
}

impl std::fmt::Display for Example<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.mode {
            Mode::Managed => write!(f, "{}.name", self.kind),
            Mode::Data => write!(f, "data.{}.name", self.kind),
        }
    }
}

/// The name in the first step, which must be there.
fn attribute<'f, 's>(
    file: &'f hcl::File,
    steps: &'s [Part],
    at: Place,
    what: &str,
    form: impl std::fmt::Display,
) -> Result<(&'f str, Place, &'s [Part]), Fault> {
    match steps.split_first() {
        Some((
            Part {
                kind: StepKind::Attribute(name),
                ..
            },
            rest,
        )) => Ok((file.text(*name), file.place(*name), rest)),
        _ => Err(Fault::reference(
            at,
            text!(
                "`{what}` is no value of its own",
                "`{what}` n’est pas une valeur à elle seule"
            ),
        )
        .help(text!("write `{form}`", "écrivez `{form}`"))),
    }
}

fn no_references(name: &str, at: Place, in_template: bool) -> Fault {
    if in_template {
        Fault::code(
            at,
            text!(
                "the template uses `{name}`, which it is not given",
                "le modèle emploie `{name}`, qui ne lui est pas donné"
            ),
        )
    } else {
        crate::terraform::check::no_reference(name, at)
    }
}
