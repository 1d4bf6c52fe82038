//! Function calls, `try` and `can`.

use std::sync::Arc;

use super::context::CallContext;
use super::{BYTES_PER_NODE, Evaluator, Fault, Outcome, parts, unknown_from};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprKind};
use crate::terraform::scope::Scope;
use crate::terraform::{functions, module};
use crate::text::{Text, text};
use crate::value::{Because, Data, Marks, Type, Value};

/// An argument whose evaluation may fail.
type Attempt<'e> = Box<dyn FnOnce() -> Outcome + 'e>;

impl<'a> Evaluator<'a> {
    /// Calls a function.
    pub(super) fn call(
        &self,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let name = file.function(call);
        if let Some(rest) = name.strip_prefix("provider::")
            && functions::lookup(&name).is_none()
        {
            let provider = rest.split("::").next().unwrap_or(rest);
            if scope.instance.is_some_and(|instance| {
                provider != "terraform" && !instance.module.required.contains_key(provider)
            }) {
                return Err(Fault::reference(
                    file.place(call.name),
                    text!(
                        "no provider is called `{provider}` in this module",
                        "aucun fournisseur ne s’appelle `{provider}` dans ce module"
                    ),
                )
                .help(Text::new(
                    "name it in `required_providers`",
                    "nommez-le dans `required_providers`",
                )));
            }
            let mut origins = Vec::new();
            for id in file.list(call.args) {
                origins.push(self.eval(file, *id, scope)?.origin);
            }
            let name: Arc<str> = (*name).into();
            let mut value = Value::unknown(Because::Function(name));
            value.origin = parts(place, origins);
            return Ok(value);
        }
        let Some(function) = functions::lookup(&name) else {
            return self.unknown_function(&name, file, call, place, scope);
        };
        if function.is_lazy() {
            return match function.name {
                "can" => self.can(file, call, place, scope),
                _ => self.try_(file, call, place, scope),
            };
        }
        let ids = file.list(call.args);
        if function.name == "templatestring"
            && let Some(first) = ids.first()
            && !matches!(
                file.expr(*first).kind,
                ExprKind::Traversal { .. } | ExprKind::Variable
            )
        {
            return Err(Fault::code(
                file.place(file.expr(*first).span),
                Text::new(
                    "templatestring() takes a reference to a text, not an expression",
                    "templatestring() prend une référence à un texte, pas une expression",
                ),
            )
            .help(Text::new(
                "give the text a name in a `locals` block",
                "donnez un nom au texte dans un bloc `locals`",
            )));
        }
        let mut args = Vec::with_capacity(ids.len());
        for id in ids {
            args.push(self.eval(file, *id, scope)?);
        }
        if call.expand
            && let Some(last) = args.pop()
        {
            let last_place = ids
                .last()
                .map_or(place, |id| file.place(file.expr(*id).span));
            if let Some(unknown) = last.as_unknown() {
                let because = unknown.because.clone();
                let mut value = Value::unknown(because).marked(last.marks);
                value.origin = parts(place, [last.origin]);
                return Ok(value);
            }
            args.extend(self.spread(&last, last_place)?);
        }
        let context = CallContext {
            evaluator: self,
            scope,
            place,
        };
        match functions::call(function, args, &context, Some(place)) {
            Ok(value) => {
                let size = match &value.data {
                    Data::String(text) => text.len() / BYTES_PER_NODE,
                    Data::Map(_, all) | Data::Object(all) => all.len(),
                    _ => value.elements().map_or(0, <[Value]>::len),
                };
                self.make(size, place)?;
                Ok(value)
            }
            Err(error) => {
                // What was used up is no fault of the call: `try` is to end here as well.
                self.make(0, place)?;
                let at = error.argument.and_then(|at| {
                    let id = ids.get(at).or(ids.last())?;
                    Some(file.place(file.expr(*id).span))
                });
                let place = at.unwrap_or(place);
                let (name, why) = (function.name, error.message);
                let message = text!("{name}(): {why}", "{name}() : {why}"; why);
                Err(Fault::value(place, message))
            }
        }
    }

    fn unknown_function(
        &self,
        name: &str,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        if !KNOWN_FUNCTIONS.contains(&name.strip_prefix("core::").unwrap_or(name)) {
            let known = functions::names().into_iter().map(Arc::from);
            // `try` takes it, as in Terraform.
            return Err(Fault::value(
                file.place(call.name),
                text!(
                    "there is no function `{name}`",
                    "il n’y a pas de fonction `{name}`"
                ),
            )
            .help_near(module::nearest(name, known), |near| format!("{near}()")));
        }
        self.problem(
            Problem::warning(
                ProblemCode::UnsupportedFunction,
                text!(
                    "{name}() is not evaluated yet: its result counts as unknown",
                    "{name}() n’est pas encore évaluée : son résultat compte comme inconnu"
                ),
            )
            .at(file.place(call.name)),
        );
        let mut origins = Vec::new();
        for id in file.list(call.args) {
            origins.push(self.eval(file, *id, scope)?.origin);
        }
        let mut value = functions::not_evaluated(name, Type::Dynamic, Some(place));
        value.origin = parts(place, origins);
        Ok(value)
    }

    /// The arguments of `try` and `can`, each to be evaluated when its turn comes. What is spread is evaluated before.
    fn attempts<'e>(
        &'e self,
        file: &'e hcl::File,
        call: &'e hcl::Call,
        scope: &'e Scope<'_, 'a>,
    ) -> Result<Vec<Attempt<'e>>, Fault> {
        let (ids, spread) = match file.list(call.args).split_last() {
            Some((last, rest)) if call.expand => (rest, Some(*last)),
            _ => (file.list(call.args), None),
        };
        let mut all: Vec<Attempt<'e>> = Vec::with_capacity(ids.len());
        for id in ids {
            all.push(Box::new(move || self.eval(file, *id, scope)));
        }
        if let Some(id) = spread {
            let value = self.eval(file, id, scope)?;
            let place = file.place(file.expr(id).span);
            if value.is_unknown() {
                all.push(Box::new(move || Ok(value)));
                return Ok(all);
            }
            for element in self.spread(&value, place)? {
                all.push(Box::new(move || Ok(element)));
            }
        }
        Ok(all)
    }

    /// The arguments behind `...`.
    fn spread(&self, value: &Value, place: Place) -> Result<Vec<Value>, Fault> {
        let Some(elements) = value.elements() else {
            let message = if value.is_null() {
                Text::new(
                    "null cannot be spread with `...`: a list, set or tuple is needed",
                    "null ne s’étale pas avec `...` : il faut une liste, un ensemble ou un tuple",
                )
            } else {
                Text::new(
                    "this cannot be spread with `...`: a list, set or tuple is needed",
                    "ceci ne s’étale pas avec `...` : il faut une liste, un ensemble ou un tuple",
                )
            };
            return Err(Fault::value(place, message));
        };
        self.make(elements.len(), place)?;
        let elements = elements.iter().cloned();
        Ok(elements.map(|e| e.marked(value.marks)).collect())
    }

    /// The first argument that can be evaluated. More knowledge never heals a fault, but it may bring one: what is not
    /// wholly known leaves open which argument it will be.
    fn try_(
        &self,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        for outcome in self.attempts(file, call, scope)? {
            match outcome() {
                Ok(value) => {
                    let origin = parts(place, [value.origin.clone()]);
                    return Ok(match value.first_unknown() {
                        Some(unknown) if !self.keeps_parts.get() => {
                            Value::unknown(unknown.because.clone()).with_origin(origin)
                        }
                        _ => value.with_origin(origin),
                    });
                }
                Err(fault) if !fault.is_soft() => return Err(fault),
                Err(_) => {}
            }
        }
        Err(Fault::value(
            place,
            Text::new(
                "no argument of try() could be evaluated",
                "aucun argument de try() n’a pu être évalué",
            ),
        ))
    }

    fn can(
        &self,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let mut all = self.attempts(file, call, scope)?;
        let (Some(attempt), true) = (all.pop(), all.is_empty()) else {
            return Err(Fault::value(
                place,
                Text::new(
                    "can() needs exactly one argument",
                    "can() a besoin d’exactement un argument",
                ),
            ));
        };
        let (holds, from) = match attempt() {
            Err(fault) if !fault.is_soft() => return Err(fault),
            Ok(value) if value.first_unknown().is_some() && !is_time_of_plan(file, call) => {
                let mut open = unknown_from(&value, Type::Bool, place);
                open.marks = Marks::NONE;
                return Ok(open);
            }
            Ok(value) => (true, Some(value.origin)),
            Err(_) => (false, None),
        };
        let mut value = Value::bool(holds);
        value.origin = parts(place, from);
        Ok(value)
    }
}

/// A plan knows its own time, though no scan does; and to ask for it never fails.
fn is_time_of_plan(file: &hcl::File, call: &hcl::Call) -> bool {
    match file.list(call.args) {
        [id] => match file.expr(*id).kind {
            ExprKind::Call(inner) => matches!(
                &*file.function(file.get(inner)),
                "plantimestamp" | "core::plantimestamp"
            ),
            _ => false,
        },
        _ => false,
    }
}

/// Functions that Terraform has: one that is not evaluated here yet is no fault of the code.
const KNOWN_FUNCTIONS: &[&str] = &[
    "abs",
    "abspath",
    "alltrue",
    "anytrue",
    "base64decode",
    "base64encode",
    "base64gunzip",
    "base64gzip",
    "base64sha256",
    "base64sha512",
    "basename",
    "bcrypt",
    "can",
    "ceil",
    "chomp",
    "chunklist",
    "cidrcontains",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "cidrsubnets",
    "coalesce",
    "coalescelist",
    "compact",
    "concat",
    "contains",
    "csvdecode",
    "dirname",
    "distinct",
    "element",
    "endswith",
    "ephemeralasnull",
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "flatten",
    "floor",
    "format",
    "formatdate",
    "formatlist",
    "indent",
    "index",
    "issensitive",
    "join",
    "jsondecode",
    "jsonencode",
    "keys",
    "length",
    "log",
    "lookup",
    "lower",
    "matchkeys",
    "max",
    "md5",
    "merge",
    "min",
    "nonsensitive",
    "one",
    "parseint",
    "pathexpand",
    "plantimestamp",
    "pow",
    "range",
    "regex",
    "regexall",
    "replace",
    "reverse",
    "rsadecrypt",
    "sensitive",
    "setintersection",
    "setproduct",
    "setsubtract",
    "setunion",
    "sha1",
    "sha256",
    "sha512",
    "signum",
    "slice",
    "sort",
    "split",
    "startswith",
    "strcontains",
    "strrev",
    "substr",
    "sum",
    "templatefile",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "timeadd",
    "timecmp",
    "timestamp",
    "title",
    "tobool",
    "tolist",
    "tomap",
    "tonumber",
    "toset",
    "tostring",
    "transpose",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "try",
    "type",
    "upper",
    "urldecode",
    "urlencode",
    "uuid",
    "uuidv5",
    "values",
    "yamldecode",
    "yamlencode",
    "zipmap",
];
