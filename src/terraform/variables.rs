//! Input variables: values from outside and from callers, defaults, types, validation. And locals and outputs.

use std::cell::Cell;
use std::sync::Arc;

use super::eval::{Evaluator, Fault, Outcome};
use super::given::Given;
use super::index::{Expr, json_constant, read_json};
use super::limits::read_hcl;
use super::load::{FileKind, file_kind};
use super::module::{Module, VariableDef};
use super::scope::{Done, Instance, Scope};
use super::{TerraformFile, VarInput, check};
use crate::problem::{Problem, ProblemCode, Weight};
use crate::source::{Place, Source, SourceId};
use crate::syntax::{Origin, hcl};
use crate::text::{Text, text};
use crate::value::{Because, Marks, Step, Supply, Value};

/// How the texts of values are shown that are in no file; each is followed by a name.
const OPTION: &str = "--var ";
const ENVIRONMENT: &str = "environment variable ";

impl<'a> Evaluator<'a> {
    pub(super) fn variable_done<'v>(
        &self,
        instance: &'v Instance<'a>,
        name: &str,
        at: Place,
    ) -> Result<&'v Done, Fault> {
        let Some((index, def)) = instance.module.variables.get(name) else {
            return Err(instance.module.no_variable(name, at));
        };
        self.variable_at(instance, index, def)
    }

    /// The variable at a position among those of the module.
    pub(super) fn variable_at<'v>(
        &self,
        instance: &'v Instance<'a>,
        index: usize,
        def: &VariableDef,
    ) -> Result<&'v Done, Fault> {
        let Some(slot) = instance.variables.get(index) else {
            return Err(instance.module.no_variable(&def.name, def.block.header));
        };
        let by = Cell::new(Supply::Nobody);
        self.force_value(
            slot,
            def.block.header,
            || format!("var.{}", def.name).into(),
            || Step::Variable {
                name: Arc::clone(&def.name),
                by: by.get(),
                secret: self.declared_marks(&def.block).has(Marks::SENSITIVE),
            },
            || self.variable_value(instance, index, def, &by),
        )
    }

    fn variable_value(
        &self,
        instance: &Instance<'a>,
        index: usize,
        def: &VariableDef,
        by: &Cell<Supply>,
    ) -> Outcome {
        let nullable = self.flag(&def.block, "nullable") != Some(false);
        let given = match &instance.caller {
            Some(caller) => match caller.call.block.body.expr(&def.name) {
                Some(expr) => {
                    let parent = self.instance(caller.parent);
                    match &parent {
                        Some(parent) => {
                            let scope = Scope::repeated(parent, &caller.repetition);
                            Some(self.value(expr, &scope))
                        }
                        None => None,
                    }
                }
                None => None,
            },
            None => self.given.get(index).cloned(),
        };
        if let Some(value) = &given
            && value.is_null()
            && !nullable
            && def.default.is_none()
        {
            let place = value.origin.place.unwrap_or(def.block.header);
            let message = text!(
                "variable \"{}\" cannot be null",
                "la variable « {} » ne peut pas être nulle",
                def.name
            );
            return Err(Fault::value(place, message)
                .related(def.block.header, Text::new("declared here", "déclarée ici")));
        }
        let given = given.filter(|value| nullable || !value.is_null());
        let from_default = given.is_none();
        by.set(match &given {
            Some(_) if instance.caller.is_some() => Supply::Argument,
            Some(value) => self.supply(value),
            None if def.default.is_some() => Supply::Default,
            None => Supply::Nobody,
        });
        if given.is_none()
            && def.default.is_some()
            && let Some(by) = self.fed_by(instance)
        {
            let because = Because::other(text!(
                "`{by}` may give variable \"{}\" another value, and is not evaluated",
                "`{by}` peut donner une autre valeur à la variable « {} », et n’est pas évalué",
                def.name
            ));
            let mut value = Value::unknown_of(def.ty.ty().without_optional(), because);
            value.marks = self.declared_marks(&def.block);
            return Ok(value.at(def.block.header));
        }
        let value = match (given, &def.default) {
            (Some(value), _) => value,
            (None, Some(default)) => self.eval_expr(default, &Scope::default())?,
            (None, None) => {
                self.no_value(instance, def);
                let because = Because::Variable(Arc::clone(&def.name));
                let mut value = Value::unknown_of(def.ty.ty().without_optional(), because);
                value.marks = self.declared_marks(&def.block);
                return Ok(value.at(def.block.header));
            }
        };
        let place = value.origin.place.unwrap_or(def.block.header);
        let added = def.ty.added(&value, self.budget.limits.nodes);
        self.budget
            .make(added)
            .map_err(|exceeded| Fault::limit(place, exceeded))?;
        let marks = self.declared_marks(&def.block);
        if value.deep_marks().has(Marks::EPHEMERAL) && !marks.has(Marks::EPHEMERAL) {
            let place = value.origin.place.unwrap_or(def.block.header);
            let message = text!(
                "variable \"{}\" would keep an ephemeral value",
                "la variable « {} » garderait une valeur éphémère",
                def.name
            );
            let fault = Fault::value(place, message).related(
                def.block.header,
                Text::new(
                    "declared without `ephemeral = true`",
                    "déclarée sans `ephemeral = true`",
                ),
            );
            self.report(fault);
        }
        let mut converted = self.fitting(def, &value, from_default)?;
        // A conversion makes a new value of what was written in the same place.
        if converted.origin.place.is_none() {
            converted.origin = value.origin;
        }
        Ok(converted.marked(marks))
    }

    /// The file that gives the variables of a root their values and is not read. A plan knows them all.
    fn fed_by(&self, instance: &Instance<'a>) -> Option<&'a str> {
        if instance.caller.is_some() || self.planned.is_some() {
            return None;
        }
        self.options
            .fed
            .get(instance.module.folder.as_str())
            .map(String::as_str)
    }

    /// A value in the declared type.
    fn fitting(&self, def: &VariableDef, value: &Value, is_default: bool) -> Outcome {
        def.ty.apply(value).map_err(|error| {
            let (name, why) = (&def.name, error.text());
            let message = if is_default {
                text!(
                    "the default of variable \"{name}\" does not fit its type: {why}",
                    "la valeur par défaut de la variable « {name} » ne convient pas à son type : {why}";
                    why
                )
            } else {
                text!(
                    "the value of variable \"{name}\" does not fit its type: {why}",
                    "la valeur de la variable « {name} » ne convient pas à son type : {why}";
                    why
                )
            };
            let fault = Fault::value(
                value.origin.place.unwrap_or(def.block.header),
                message,
            );
            match def.block.body.expr("type") {
                Some(ty) => fault.related(ty.place(), Text::new("its type", "son type")),
                None => fault,
            }
        })
    }

    /// Holds a default against its type, also where another value takes its place.
    pub(super) fn check_default(&self, def: &VariableDef) {
        let Some(default) = &def.default else {
            return;
        };
        let outcome = self
            .eval_expr(default, &Scope::default())
            .and_then(|value| self.fitting(def, &value, true));
        if let Err(fault) = outcome {
            self.report(fault);
        }
    }

    /// Who gave a value from outside.
    fn supply(&self, value: &Value) -> Supply {
        let source = value
            .origin
            .place
            .map(|place| self.sources.get(place.source));
        match source.as_deref().map(Source::path) {
            Some(path) if path.starts_with(OPTION) => Supply::Option,
            Some(path) if path.starts_with(ENVIRONMENT) => Supply::Environment,
            _ => Supply::File,
        }
    }

    /// A child needs the argument; a root is scanned without its values as a rule.
    fn no_value(&self, instance: &Instance<'a>, def: &VariableDef) {
        let Some(caller) = &instance.caller else {
            return;
        };
        self.problem(
            Problem::error(
                ProblemCode::MissingVariable,
                text!(
                    "module.{} is called without its argument \"{}\"",
                    "module.{} est appelé sans son argument « {} »",
                    caller.call.name,
                    def.name
                ),
            )
            .at(caller.call.block.header)
            .related(
                def.block.header,
                Text::new(
                    "declared here, without a default",
                    "déclarée ici, sans valeur par défaut",
                ),
            )
            .help(text!(
                "add `{} = ...` to the module block",
                "ajoutez `{} = ...` au bloc du module",
                def.name
            )),
        );
    }

    /// An argument that is true or false, when it is written.
    fn flag(&self, block: &super::index::Block, name: &str) -> Option<bool> {
        let expr = block.body.expr(name)?;
        let value = self.value(expr, &Scope::default());
        if value.is_null() {
            return None;
        }
        match self.bool_of(&value, expr.place(), &Text::same(format!("`{name}`"))) {
            Ok(flag) => flag,
            Err(fault) => {
                self.report(fault);
                None
            }
        }
    }

    /// `sensitive` and `ephemeral` of a variable or an output.
    pub(super) fn declared_marks(&self, block: &super::index::Block) -> Marks {
        let set = |name: &str| self.flag(block, name) == Some(true);
        let mut marks = Marks::NONE;
        if set("sensitive") {
            marks = marks.with(Marks::SENSITIVE);
        }
        if set("ephemeral") {
            marks = marks.with(Marks::EPHEMERAL);
        }
        marks
    }

    pub(super) fn local_done<'v>(
        &self,
        instance: &'v Instance<'a>,
        name: &str,
        at: Place,
    ) -> Result<&'v Done, Fault> {
        let found = instance.module.locals.get(name);
        let slot = found.and_then(|(index, def)| Some((instance.locals.get(index)?, def)));
        let Some((slot, def)) = slot else {
            return Err(instance.module.no_local(name, at));
        };
        self.force_value(
            slot,
            def.name_place,
            || format!("local.{name}").into(),
            || Step::Local(Arc::clone(&def.name)),
            || self.eval_expr(&def.expr, &Scope::of(instance)),
        )
    }

    pub(super) fn output_done<'v>(
        &self,
        instance: &'v Instance<'a>,
        name: &str,
        at: Place,
    ) -> Result<&'v Done, Fault> {
        let found = instance.module.outputs.get(name);
        let slot = found.and_then(|(index, def)| Some((instance.outputs.get(index)?, def)));
        let Some((slot, def)) = slot else {
            let fault = Fault::reference(
                at,
                text!(
                    "{} has no output \"{name}\"",
                    "{} n’a pas de sortie « {name} »",
                    instance.address
                ),
            );
            return Err(match instance.module.outputs.nearest(name) {
                Some(near) => fault.help(text!(
                    "did you mean `{near}`?",
                    "vouliez-vous dire `{near}` ?"
                )),
                None => fault,
            });
        };
        self.force_value(
            slot,
            def.header,
            || format!("{}.{name}", instance.address).into(),
            || Step::Output(def.label(0)),
            || match def.body.expr("value") {
                Some(expr) => {
                    let value = self.eval_expr(expr, &Scope::of(instance))?;
                    Ok(value.marked(self.declared_marks(def)))
                }
                None => Err(Fault::code(
                    def.header,
                    Text::new(
                        "an output needs `value = ...`",
                        "une sortie a besoin de `value = ...`",
                    ),
                )),
            },
        )
    }

    /// Holds the variables of an instance against their `validation` blocks.
    pub(super) fn validate(&self, instance: &Instance<'a>) {
        for (at, def) in instance.module.variables.all.iter().enumerate() {
            let mut rules = def.block.body.blocks_of("validation").peekable();
            if rules.peek().is_none() {
                continue;
            }
            let Ok(done) = self.variable_at(instance, at, def) else {
                continue;
            };
            let place = done.value.origin.place.unwrap_or(def.block.header);
            for rule in rules {
                let what = text!(
                    "the value of variable \"{}\" is not valid",
                    "la valeur de la variable « {} » n’est pas valide",
                    def.name
                );
                let at = (Some(place), Weight::Error);
                self.condition(&rule.body, &Scope::of(instance), at, &what);
            }
        }
    }

    /// Evaluates `condition`; when it is known not to hold, says so with its `error_message`.
    pub(super) fn condition(
        &self,
        body: &super::index::Body,
        scope: &Scope<'_, 'a>,
        (place, weight): (Option<Place>, Weight),
        what: &Text,
    ) {
        let Some(condition) = body.expr("condition") else {
            return;
        };
        let value = self.value(condition, scope);
        match self.bool_of(
            &value,
            condition.place(),
            &Text::new("a condition", "une condition"),
        ) {
            Ok(Some(false)) => {}
            Ok(_) => return,
            Err(fault) => return self.report(fault),
        }
        let message = body
            .expr("error_message")
            .map(|expr| self.value(expr, scope));
        let message = match &message {
            Some(message) if !message.is_sensitive() => message.as_str().map(str::trim),
            _ => None,
        };
        let mut problem = Problem::error(
            ProblemCode::Evaluation,
            match message {
                Some(message) => {
                    let message = message.trim_end_matches('.');
                    text!("{what}: {message}", "{what} : {message}"; what)
                }
                None => what.clone(),
            },
        )
        .at(place.unwrap_or_else(|| condition.place()));
        problem.weight = weight;
        if place.is_some() {
            problem = problem.related(
                condition.place(),
                Text::new(
                    "this condition does not hold",
                    "cette condition n’est pas remplie",
                ),
            );
        }
        self.problem(problem);
    }

    /// Gathers the values from outside for a root, the strongest last: environment, `terraform.tfvars`,
    /// `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name, command line in its order.
    pub(super) fn gather(&self, module: &Module) -> Given {
        let mut given = Given::default();
        for (name, text) in &self.options.environment {
            if let Some(name) = name.strip_prefix("TF_VAR_")
                && let Some((at, def)) = module.variables.get(name)
            {
                let shown = format!("{ENVIRONMENT}TF_VAR_{name}");
                given.set(at, self.read_text(def, &shown, text));
            }
        }
        let mut own: Vec<(u8, &str, &TerraformFile, bool)> = module
            .values
            .iter()
            .filter_map(|file| {
                let Some((FileKind::Values { json }, stem)) = file_kind(&file.path) else {
                    return None;
                };
                let name = file.path.rsplit('/').next().unwrap_or(&file.path);
                let rank = match (stem, json) {
                    ("terraform", false) => 0,
                    ("terraform", true) => 1,
                    (stem, _) if stem.ends_with(".auto") => 2,
                    _ => return None,
                };
                Some((rank, name, file, json))
            })
            .collect();
        own.sort_by_key(|(rank, name, ..)| (*rank, *name));
        for (_, _, file, json) in own {
            self.values_file(module, file.source, json, &mut given);
        }
        for input in &self.options.vars {
            match input {
                VarInput::Var { name, text } => {
                    if let Some((at, def)) = module.variables.get(name) {
                        given.set(at, self.read_text(def, &format!("{OPTION}{name}"), text));
                    }
                }
                VarInput::File { path, source } => {
                    self.values_file(module, *source, path.ends_with(".json"), &mut given);
                }
            }
        }
        given
    }

    /// The values that a plan was made with are the strongest. Where the code, a file or the command line gives the same
    /// one, that is where it was written.
    pub(super) fn given_by_plan(&mut self, module: &Module) {
        let Some(planned) = self.planned else { return };
        for (variable, value) in planned.variables() {
            let Some((at, def)) = module.variables.get(&variable.name) else {
                continue;
            };
            let own = match (self.given.get(at), &def.default) {
                (Some(given), _) => Some(given.clone()),
                (None, Some(default)) => self.eval_expr(default, &Scope::default()).ok(),
                (None, None) => None,
            };
            let typed = |value: &Value| def.ty.apply(value).ok();
            let same = match (own.as_ref().and_then(typed), typed(&value)) {
                (Some(own), Some(planned)) => crate::value::identical(&own, &planned),
                _ => false,
            };
            if !same {
                self.given.set(at, value);
            }
        }
    }

    /// A value given as text: taken as it is for simple types, read as an expression for others.
    fn read_text(&self, def: &VariableDef, shown: &str, text: &str) -> Value {
        use crate::value::Constraint as C;
        let simple = matches!(def.ty, C::String | C::Number | C::Bool) || !def.typed;
        let source = self.sources.add_given(shown, text, false);
        let place = Place::new(source, crate::source::Span::new(0, text.len() as u32));
        if simple {
            return Value::string(crate::value::normal_text(text)).at(place);
        }
        let parsed = hcl::parse_expression(source, text.into(), Origin::WHOLE);
        for problem in parsed.problems {
            self.problem(problem);
        }
        let expr = Expr::Hcl(Arc::new(parsed.file), parsed.expr);
        self.constant(&expr)
    }

    /// The value of an expression that must be written out.
    fn constant(&self, expr: &Expr) -> Value {
        match check::constant(expr) {
            Some(problem) => {
                self.problem(problem);
                Value::unknown(Because::Error).at(expr.place())
            }
            None => self.value(expr, &Scope::default()),
        }
    }

    fn values_file(&self, module: &Module, source: SourceId, json: bool, given: &mut Given) {
        let text = self.sources.get(source).shared_text();
        let mut give = |name: &str, place: Place, value: Value| match module.variables.get(name) {
            Some((at, _)) => given.set(at, value),
            None => self.problem(without_variable(module, name, place)),
        };
        if json {
            let (doc, problems) = read_json(source, text);
            problems
                .into_iter()
                .for_each(|problem| self.problem(problem));
            let members = doc.root().map_or(&[][..], |root| doc.members(root));
            for member in members {
                let value = json_constant(&doc, member.value);
                give(&doc.key(member), doc.place(member.key), value);
            }
        } else {
            let parsed = read_hcl(source, text);
            parsed
                .problems
                .into_iter()
                .for_each(|problem| self.problem(problem));
            let file = Arc::new(parsed.file);
            for block in file.blocks(file.root()) {
                self.problem(
                    Problem::error(
                        ProblemCode::Syntax,
                        Text::new(
                            "a file of values holds no blocks",
                            "un fichier de valeurs ne contient pas de blocs",
                        ),
                    )
                    .at(file.place(block.header))
                    .help(Text::new("write `name = value`", "écrivez `nom = valeur`")),
                );
            }
            for attribute in file.attributes(file.root()) {
                let expr = Expr::Hcl(Arc::clone(&file), attribute.value);
                let value = self.constant(&expr);
                let name = file.text(attribute.name);
                give(name, file.place(attribute.name), value);
            }
        }
    }
}

/// A value that nobody asks for.
fn without_variable(module: &Module, name: &str, place: Place) -> Problem {
    let problem = Problem::warning(
        ProblemCode::Reference,
        text!(
            "no variable \"{name}\" is declared, so this value has no effect",
            "aucune variable « {name} » n’est déclarée : cette valeur est sans effet"
        ),
    )
    .at(place);
    match module.variables.nearest(name) {
        Some(near) => problem.help(text!(
            "did you mean \"{near}\"?",
            "vouliez-vous dire « {near} » ?"
        )),
        None => problem,
    }
}
