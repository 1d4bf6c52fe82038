//! What Terraform refuses before it looks at any value: names that are not declared, arguments that do not exist,
//! blocks that refer to themselves. Code that is never evaluated is held to it as well.

use std::sync::Arc;

use super::Mode;
use super::eval::Fault;
use super::index::{Block, Body, Expr};
use super::module::{Module, ResourceDef, VariableDef, nearest};
use super::references::{self, Target};
use super::schema::{self, Schema};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Span};
use crate::syntax::hcl::{self, ExprKind, Step, StepKind};
use crate::text::{Text, text};

/// Holds a block against what such a block may hold.
pub(super) fn shape(block: &Block, schema: &Schema, problems: &mut Vec<Problem>) {
    if &*block.kind == "resource" && &*block.label(0) == "terraform_data" {
        return body(
            &block.body,
            &schema::TERRAFORM_DATA,
            "terraform_data",
            problems,
        );
    }
    body(&block.body, schema, &block.kind, problems);
}

fn body(body_: &Body, schema: &Schema, what: &str, problems: &mut Vec<Problem>) {
    let hint = |problem: Problem, name: &str| match nearest(name, schema.names().map(Arc::from)) {
        Some(near) => problem.help(text!(
            "did you mean `{near}`?",
            "vouliez-vous dire `{near}` ?"
        )),
        None => problem,
    };
    for attribute in &body_.attributes {
        let name = &attribute.name;
        if !schema.takes(name) {
            let message = match (what, &**name) {
                ("terraform_data", "id" | "output") => {
                    text!(
                        "`{name}` of terraform_data is set by Terraform, not by code",
                        "`{name}` de terraform_data est rempli par Terraform, non par le code"
                    )
                }
                _ => text!(
                    "`{name}` is no argument of `{what}`",
                    "`{name}` n’est pas un argument de `{what}`"
                ),
            };
            let problem = Problem::error(ProblemCode::Evaluation, message).at(attribute.name_place);
            problems.push(hint(problem, name));
        }
    }
    let mut lifecycle: Option<Place> = None;
    for block in &body_.blocks {
        if &*block.kind == "lifecycle"
            && let Some(first) = lifecycle.replace(block.header)
        {
            problems.push(twice(
                &Text::new("the `lifecycle` block", "bloc `lifecycle`"),
                block.header,
                first,
            ));
        }
        match schema.block(&block.kind) {
            Some((_, inner)) => body(&block.body, inner, &block.kind, problems),
            // Terraform's way to write arguments that are named like its own.
            None if schema.is_open() || &*block.kind == "_" => {}
            None => {
                let message = text!(
                    "`{} {{ }}` is no block of `{what}`",
                    "`{} {{ }}` n’est pas un bloc de `{what}`",
                    block.kind
                );
                let problem = Problem::error(ProblemCode::Evaluation, message).at(block.header);
                problems.push(hint(problem, &block.kind));
            }
        }
    }
}

/// Two things where there can be one.
pub(super) fn twice(what: &Text, again: Place, first: Place) -> Problem {
    Problem::error(
        ProblemCode::Duplicate,
        text!("{what} is declared twice", "déclaré deux fois : {what}"; what),
    )
    .at(again)
    .related(
        first,
        Text::new("first declared here", "déclaré ici d’abord"),
    )
    .help(Text::new(
        "rename one of them, or move the second into an override file",
        "renommez l’un des deux, ou déplacez le second dans un fichier de remplacement",
    ))
}

/// Holds a name that a block declares against the rules for names.
pub(super) fn name(block: &Block, problems: &mut Vec<Problem>) {
    let name = match &*block.kind {
        "resource" | "data" | "ephemeral" => block.label(1),
        _ => block.label(0),
    };
    let mut all = name.chars();
    let valid = all.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && all.all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !valid {
        let message = text!(
            "\"{name}\" is no name that Terraform takes",
            "« {name} » n’est pas un nom que Terraform accepte"
        );
        problems.push(
            Problem::error(ProblemCode::Syntax, message)
                .at(block.header)
                .help(Text::new("a name starts with a letter or `_`, and holds letters, digits, `_` and `-`", "un nom commence par une lettre ou `_`, et contient des lettres, des chiffres, `_` et `-`")),
        );
    }
    const RESERVED: [&str; 8] = [
        "count",
        "depends_on",
        "for_each",
        "lifecycle",
        "locals",
        "providers",
        "source",
        "version",
    ];
    if &*block.kind == "variable" && RESERVED.contains(&&*name) {
        let message = text!(
            "a variable cannot be named \"{name}\": module blocks use that name",
            "une variable ne peut pas s’appeler « {name} » : les blocs de module emploient ce nom"
        );
        problems.push(Problem::error(ProblemCode::Evaluation, message).at(block.header));
    }
}

/// A value that must be written out: no references, no calls.
pub(super) fn constant(expr: &Expr) -> Option<Problem> {
    let mut found = None;
    references::of_expr(expr, &mut |file, name, _| {
        found.get_or_insert_with(|| no_reference(file.text(name), file.place(name)));
    });
    let fault = found.or_else(|| {
        let (file, name) = references::first_call(expr)?;
        let message = text!(
            "`{}()`: no function call is possible here",
            "`{}()` : aucun appel de fonction n’est possible ici",
            file.text(name)
        );
        Some(Fault::code(file.place(name), message).help(Text::new(
            "only constant values can stand here",
            "seules des valeurs constantes peuvent se trouver ici",
        )))
    });
    fault?.problem()
}

/// A reference where only constants can be.
pub(super) fn no_reference(name: &str, at: Place) -> Fault {
    Fault::code(
        at,
        text!(
            "`{name}`: no references are possible here",
            "`{name}` : aucune référence n’est possible ici"
        ),
    )
    .help(Text::new(
        "only constant values can stand here",
        "seules des valeurs constantes peuvent se trouver ici",
    ))
}

/// What is wrong with the code of a module, whatever the values are.
pub(super) fn module(module: &Module) -> Vec<Problem> {
    let mut check = Check {
        module,
        problems: Vec::new(),
    };
    for def in &module.variables.all {
        check.variable(def);
    }
    for def in &module.locals.all {
        check.expr(&def.expr, None);
    }
    for def in &module.outputs.all {
        check.body(&def.body, None);
        check.listed(&def.body, "depends_on", None);
        check.conditions(&def.body);
    }
    for def in &module.resources {
        check.resource(def);
    }
    for call in &module.calls.all {
        check.body(&call.block.body, None);
        check.listed(&call.block.body, "depends_on", None);
    }
    for block in module.providers.iter().chain(&module.checks) {
        check.body(&block.body, None);
        check.conditions(&block.body);
    }
    for block in &module.imports {
        check.import(block);
    }
    for block in &module.removals {
        check.removal(block);
    }
    check.problems
}

struct Check<'m> {
    module: &'m Module,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn fault(&mut self, fault: Fault) {
        self.problems.extend(fault.problem());
    }

    fn error(&mut self, place: Place, message: impl Into<Text>) {
        self.problems
            .push(Problem::error(ProblemCode::Evaluation, message).at(place));
    }

    /// The references in a body; `owner` is the resource that it belongs to.
    fn body(&mut self, body: &Body, owner: Option<&ResourceDef>) {
        references::of_body(body, &mut |file, name, steps| {
            self.reference(file, name, steps, owner);
        });
    }

    fn expr(&mut self, expr: &Expr, owner: Option<&ResourceDef>) {
        references::of_expr(expr, &mut |file, name, steps| {
            self.reference(file, name, steps, owner);
        });
    }

    fn reference(
        &mut self,
        file: &hcl::File,
        name: Span,
        steps: &[Step],
        owner: Option<&ResourceDef>,
    ) {
        let module = self.module;
        let (target, span) = references::target(file, name, steps);
        let at = file.place(span);
        match target {
            Target::Variable(name) if module.variables.get(name).is_none() => {
                self.fault(module.no_variable(name, at));
            }
            Target::Local(name) if module.locals.get(name).is_none() => {
                self.fault(module.no_local(name, at));
            }
            Target::Module(name, _) if module.calls.get(name).is_none() => {
                self.fault(module.no_call(name, at));
            }
            Target::Resource(mode, kind, name_) => {
                if module.resource(mode, kind, name_).is_none() {
                    let kind = (mode, kind, file.place(name));
                    self.fault(module.no_resource(kind, name_, at));
                } else if let Some(owner) = owner
                    && (owner.mode, &*owner.kind, &*owner.name) == (mode, kind, name_)
                {
                    self.refers_to_itself(owner, file.place(name));
                }
            }
            _ => {}
        }
    }

    fn refers_to_itself(&mut self, owner: &ResourceDef, at: Place) {
        let message = text!(
            "{} refers to itself",
            "{} renvoie à lui-même",
            owner.local_address()
        );
        self.problems
            .push(Problem::error(ProblemCode::Cycle, message).at(at).help(
            Text::new("postconditions and provisioners can use `self`; anything else needs a `locals` value", "les postconditions et les provisioners peuvent employer `self` ; le reste a besoin d’une valeur de `locals`"),
        ));
    }

    /// A list of references and nothing else.
    fn listed(&mut self, body: &Body, argument: &str, owner: Option<&ResourceDef>) {
        let Some(expr) = body.expr(argument) else {
            return;
        };
        for element in expr.elements().unwrap_or_default() {
            let read = element.as_reference();
            let plain = read
                .as_ref()
                .and_then(|(file, id)| Some((file, references::plain(file, *id)?)));
            match plain {
                Some((file, (name, steps))) => self.reference(file, name, steps, owner),
                None => self.error(
                    element.place(),
                    text!(
                        "`{argument}` lists references, not other expressions",
                        "`{argument}` liste des références, pas d’autres expressions"
                    ),
                ),
            }
        }
    }

    fn variable(&mut self, def: &VariableDef) {
        if let Some(default) = &def.default {
            self.problems.extend(constant(default));
            if default.is_null() && def.block.body.expr("nullable").is_some_and(Expr::is_false) {
                let message = text!(
                    "variable \"{}\" cannot be null, its default is",
                    "la variable « {} » ne peut pas être nulle, sa valeur par défaut l’est",
                    def.name
                );
                self.error(default.place(), message);
            }
        }
        for rule in def.block.body.blocks_of("validation") {
            self.body(&rule.body, None);
            self.condition(rule);
            let Some(condition) = rule.body.expr("condition") else {
                continue;
            };
            let mut refers = false;
            references::of_expr(condition, &mut |file, name, steps| {
                refers |= references::target(file, name, steps).0 == Target::Variable(&def.name);
            });
            if !refers {
                let message = text!(
                    "the condition does not look at var.{}",
                    "la condition ne regarde pas var.{}",
                    def.name
                );
                self.error(condition.place(), message);
            }
        }
    }

    fn conditions(&mut self, body: &Body) {
        for rule in &body.blocks {
            if ["precondition", "postcondition", "assert"].contains(&&*rule.kind) {
                self.condition(rule);
            }
        }
    }

    fn condition(&mut self, rule: &Block) {
        for needed in ["condition", "error_message"] {
            if rule.body.expr(needed).is_none() && !rule.body.broken {
                let message = text!(
                    "`{}` needs `{needed} = ...`",
                    "`{}` a besoin de `{needed} = ...`",
                    rule.kind
                );
                self.error(rule.header, message);
            }
        }
    }

    fn resource(&mut self, def: &ResourceDef) {
        self.body(&def.block.body, Some(def));
        self.listed(&def.block.body, "depends_on", Some(def));
        for block in &def.block.body.blocks {
            match &*block.kind {
                "lifecycle" => {
                    self.conditions(&block.body);
                    self.replacement(&block.body);
                }
                "provisioner" => self.provisioner(block),
                _ => {}
            }
        }
    }

    /// `replace_triggered_by`: resources, their instances and attributes.
    fn replacement(&mut self, body: &Body) {
        let Some(expr) = body.expr("replace_triggered_by") else {
            return;
        };
        for element in expr.elements().unwrap_or_default() {
            let read = element.as_reference();
            let plain = read
                .as_ref()
                .and_then(|(file, id)| Some((file, references::plain(file, *id)?)));
            let Some((file, (name, steps))) = plain else {
                self.error(
                    element.place(),
                    Text::new(
                        "`replace_triggered_by` lists resources",
                        "`replace_triggered_by` liste des ressources",
                    ),
                );
                continue;
            };
            let (target, _) = references::target(file, name, steps);
            let fixed = steps.iter().all(|step| match step.kind {
                StepKind::Index(key) => is_fixed(file, file.expr(key)),
                _ => true,
            });
            if !matches!(target, Target::Resource(Mode::Managed, ..)) || !fixed {
                let message = Text::new(
                    "`replace_triggered_by` lists resources, or parts of them with a constant key",
                    "`replace_triggered_by` liste des ressources, ou des parties de celles-ci par une clé constante",
                );
                self.error(element.place(), message);
                continue;
            }
            self.reference(file, name, steps, None);
        }
    }

    /// When it is destroyed, a resource knows nothing but itself.
    fn provisioner(&mut self, block: &Block) {
        let destroy = block.body.expr("when").and_then(Expr::as_reference);
        let destroy = destroy.is_some_and(|(file, id)| file.text(file.expr(id).span) == "destroy");
        if !destroy {
            return;
        }
        let mut faults = Vec::new();
        references::of_body(&block.body, &mut |file, name, _| {
            if !["self", "each", "count", "path", "terraform"].contains(&file.text(name)) {
                faults.push(file.place(name));
            }
        });
        for place in faults {
            self.error(
                place,
                Text::new("a provisioner with `when = destroy` can use `self`, `each.key` and `count.index` only", "un provisioner avec `when = destroy` ne peut employer que `self`, `each.key` et `count.index`"),
            );
        }
    }

    fn import(&mut self, block: &Block) {
        let written = block.body.expr("to").and_then(Expr::as_reference);
        let Some((file, id)) = &written else {
            return;
        };
        if let Some((name, steps)) = references::plain(file, *id)
            && let (Target::Resource(..), _) = references::target(file, name, steps)
        {
            self.reference(file, name, steps, None);
        }
    }

    fn removal(&mut self, block: &Block) {
        let written = block.body.expr("from").and_then(Expr::as_reference);
        let Some((file, id)) = &written else {
            return;
        };
        let Some((name, steps)) = references::plain(file, *id) else {
            return;
        };
        let (target, at) = references::target(file, name, steps);
        let still = match target {
            Target::Resource(mode, kind, name) => {
                let found = self.module.resource(mode, kind, name);
                found.map(|(_, def)| def.block.header)
            }
            Target::Module(name, _) if steps.len() == 1 => {
                let found = self.module.calls.get(name);
                found.map(|(_, call)| call.block.header)
            }
            _ => None,
        };
        if let Some(still) = still {
            self.problems.push(
                Problem::error(
                    ProblemCode::Evaluation,
                    Text::new(
                        "what is said to be removed is still declared",
                        "ce qui est dit supprimé est encore déclaré",
                    ),
                )
                .at(file.place(at))
                .related(still, Text::new("here", "ici"))
                .help(Text::new(
                    "delete the block of the resource, or the `removed` block",
                    "supprimez le bloc de la ressource, ou le bloc `removed`",
                )),
            );
        }
    }
}

/// A key that is known before anything is evaluated.
fn is_fixed(file: &hcl::File, key: hcl::Expr) -> bool {
    match key.kind {
        ExprKind::Number | ExprKind::String(_) => true,
        _ => ["count.index", "each.key"].contains(&file.text(key.span)),
    }
}
