//! Function calls, `try` and `can`.

use std::sync::Arc;

use super::context::CallContext;
use super::{BYTES_PER_NODE, Evaluator, Fault, Outcome, parts, unknown_from};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::syntax::hcl::{self, ExprId, ExprKind};
use crate::terraform::scope::Scope;
use crate::terraform::{functions, module};
use crate::value::{Because, Data, Type, Value};

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
        if let Some(rest) = name.strip_prefix("provider::") {
            let provider = rest.split("::").next().unwrap_or(rest);
            if scope.instance.is_some_and(|instance| {
                provider != "terraform" && !instance.module.required.contains_key(provider)
            }) {
                return Err(Fault::reference(
                    file.place(call.name),
                    format!("no provider is called `{provider}` in this module"),
                )
                .help("name it in `required_providers`"));
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
                "templatestring() takes a reference to a text, not an expression",
            )
            .help("give the text a name in a `locals` block"));
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
            let Some(elements) = last.elements() else {
                let what = if last.is_null() { "null" } else { "this" };
                return Err(Fault::value(
                    last_place,
                    format!("{what} cannot be spread with `...`: a list, set or tuple is needed"),
                ));
            };
            self.make(elements.len(), place)?;
            args.extend(elements.iter().map(|e| e.clone().marked(last.marks)));
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
                Err(Fault::value(
                    place,
                    format!("{}(): {}", function.name, error.message),
                ))
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
                format!("there is no function `{name}`"),
            )
            .help_near(module::nearest(name, known), |near| format!("{near}()")));
        }
        self.problem(
            Problem::warning(
                ProblemCode::UnsupportedFunction,
                format!("{name}() is not evaluated yet: its result counts as unknown"),
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

    /// Evaluates an argument of `try` or `can`. The flag says whether it depends on an unknown.
    fn attempt(&self, file: &hcl::File, id: ExprId, scope: &Scope<'_, 'a>) -> (Outcome, bool) {
        let watching = self.watching.replace(true);
        let met = self.met_unknown.replace(false);
        let outcome = self.eval(file, id, scope);
        let depends = self.met_unknown.get();
        self.watching.set(watching);
        self.met_unknown.set(met || depends);
        (outcome, depends)
    }

    fn try_(
        &self,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let ids = file.list(call.args);
        if ids.is_empty() {
            return Err(Fault::value(place, "try() needs at least one argument"));
        }
        for id in ids {
            let (outcome, depends) = self.attempt(file, *id, scope);
            match outcome {
                Ok(value) => {
                    let origin = parts(place, [value.origin.clone()]);
                    return Ok(value.with_origin(origin));
                }
                Err(fault) if !fault.is_soft() => return Err(fault),
                // Whether it fails is only known at apply.
                Err(_) if depends => {
                    let because = Because::other("whether this fails is known only after apply");
                    return Ok(Value::unknown(because).at(place));
                }
                Err(_) => {}
            }
        }
        Err(Fault::value(
            place,
            "no argument of try() could be evaluated",
        ))
    }

    fn can(
        &self,
        file: &hcl::File,
        call: &hcl::Call,
        place: Place,
        scope: &Scope<'_, 'a>,
    ) -> Outcome {
        let &[id] = file.list(call.args) else {
            return Err(Fault::value(place, "can() needs exactly one argument"));
        };
        let (outcome, depends) = self.attempt(file, id, scope);
        let (holds, from) = match outcome {
            Err(fault) if !fault.is_soft() => return Err(fault),
            Ok(value) if depends || value.first_unknown().is_some() => {
                return Ok(unknown_from(&value, Type::Bool, place));
            }
            Err(_) if depends => {
                let because = Because::other("whether this fails is known only after apply");
                return Ok(Value::unknown_of(Type::Bool, because).at(place));
            }
            Ok(value) => (true, Some(value.origin)),
            Err(_) => (false, None),
        };
        let mut value = Value::bool(holds);
        value.origin = parts(place, from);
        Ok(value)
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
