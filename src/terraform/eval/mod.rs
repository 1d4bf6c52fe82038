//! Expressions to values, with unknowns, marks and origins, as Terraform evaluates them.

mod collections;
mod context;
mod operators;
mod template;
mod traversal;

pub(super) use collections::pairs as collection_pairs;
pub(super) use traversal::handle;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::functions;
use super::index::{Expr, JsonKind};
use super::limits::{Budget, Exceeded};
use super::module::Module;
use super::providers::Providers;
use super::scope::{Done, Instance, Scope, Slot, has_origin};
use super::{MissingModule, Options, ReadFiles};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Sources};
use crate::syntax::hcl::{self, ExprId, ExprKind};
use crate::value::{
    Because, Data, Marks, Number, Origin, Step, Type, Value, Via, convert, normal_text,
};

/// Why an expression has no value.
#[derive(Debug)]
pub(super) struct Fault(Box<FaultData>);

#[derive(Debug)]
struct FaultData {
    problem: Problem,
    kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FaultKind {
    /// Depends on values: `try` and `can` take it.
    Value,
    /// Terraform finds it before it looks at values: nothing takes it.
    Code,
    /// A bound of the scan.
    Limit,
    /// Already reported where it happened.
    Silent,
}

/// The value of an expression.
pub(super) type Outcome = Result<Value, Fault>;

impl Fault {
    /// Depends on values.
    pub(super) fn value(place: Place, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Evaluation, FaultKind::Value, place, message)
    }

    /// A reference to something that is not declared.
    pub(super) fn reference(place: Place, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Reference, FaultKind::Code, place, message)
    }

    /// Code that is refused whatever the values are.
    pub(super) fn code(place: Place, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Evaluation, FaultKind::Code, place, message)
    }

    /// A bound of the scan.
    pub(super) fn limit(place: Place, exceeded: Exceeded) -> Self {
        Self::new(ProblemCode::Limit, FaultKind::Limit, place, exceeded.0)
            .help("split the code, or raise the limit in the configuration")
    }

    fn silent(place: Place) -> Self {
        Self::new(ProblemCode::Evaluation, FaultKind::Silent, place, "")
    }

    fn new(code: ProblemCode, kind: FaultKind, place: Place, message: impl Into<String>) -> Self {
        let problem = Problem::error(code, message).at(place);
        Self(Box::new(FaultData { problem, kind }))
    }

    /// Sets the remedy.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.problem.help = Some(help.into());
        self
    }

    fn help_near(self, near: Option<Arc<str>>, form: impl Fn(&str) -> String) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{}`?", form(&near))),
            None => self,
        }
    }

    /// True when `try` and `can` may take it.
    fn is_soft(&self) -> bool {
        self.0.kind == FaultKind::Value
    }
}

/// Problems without repeats: an expression is evaluated once for each instance, but is at fault once.
#[derive(Debug, Default)]
pub(super) struct Problems {
    all: Vec<Problem>,
    seen: HashSet<(ProblemCode, Option<Place>)>,
}

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        if problem.place.is_none() || self.seen.insert((problem.code, problem.place)) {
            self.all.push(problem);
        }
    }

    pub(super) fn take(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.all)
    }
}

/// Position of a resource instance: module instance, resource, item.
pub(super) type Spot = (usize, usize, usize);

/// The evaluation of one root.
pub(super) struct Evaluator<'a> {
    pub(super) modules: &'a BTreeMap<String, Module>,
    pub(super) sources: &'a Sources,
    pub(super) options: &'a Options,
    pub(super) reader: &'a dyn ReadFiles,
    pub(super) budget: Budget,
    pub(super) instances: RefCell<Vec<Rc<Instance<'a>>>>,
    /// Values given from outside for the variables of the root, by name.
    pub(super) given: HashMap<Arc<str>, Value>,
    pub(super) providers: RefCell<Providers>,
    /// Resource instances by address, for values that stand for a whole resource.
    pub(super) addresses: RefCell<HashMap<Arc<str>, Spot>>,
    pub(super) problems: RefCell<Problems>,
    pub(super) missing: RefCell<Vec<MissingModule>>,
    /// What is being worked out, outermost first: names circles.
    busy: RefCell<Vec<(Place, String)>>,
    /// Inside `try` or `can`: whether an unknown was met.
    watching: Cell<bool>,
    met_unknown: Cell<bool>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        modules: &'a BTreeMap<String, Module>,
        sources: &'a Sources,
        options: &'a Options,
        reader: &'a dyn ReadFiles,
    ) -> Self {
        Self {
            modules,
            sources,
            options,
            reader,
            budget: Budget::new(options.limits),
            instances: RefCell::default(),
            given: HashMap::new(),
            providers: RefCell::default(),
            addresses: RefCell::default(),
            problems: RefCell::default(),
            missing: RefCell::default(),
            busy: RefCell::default(),
            watching: Cell::new(false),
            met_unknown: Cell::new(false),
        }
    }

    /// The module instance of an id.
    pub(super) fn instance(&self, id: usize) -> Option<Rc<Instance<'a>>> {
        self.instances.borrow().get(id).map(Rc::clone)
    }

    pub(super) fn problem(&self, problem: Problem) {
        self.problems.borrow_mut().add(problem);
    }

    /// The value of an expression on its own, such as an argument: a fault becomes a problem and an unknown.
    pub(super) fn settle(&self, place: Place, outcome: Outcome) -> Value {
        match outcome {
            Ok(value) => value,
            Err(fault) => {
                let because = match fault.0.kind {
                    FaultKind::Limit => Because::Limit,
                    _ => Because::Error,
                };
                self.report(fault);
                Value::unknown(because).at(place)
            }
        }
    }

    /// Makes a problem of a fault.
    pub(super) fn report(&self, fault: Fault) {
        if fault.0.kind != FaultKind::Silent {
            self.problem(fault.0.problem);
        }
    }

    /// Evaluates an argument, and settles.
    pub(super) fn value(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Value {
        let outcome = self.eval_expr(expr, scope);
        match outcome {
            Ok(value) => value,
            Err(_) => self.settle(expr.place(), outcome),
        }
    }

    /// Works out a slot at its first use. `name` is called only to describe a circle.
    pub(super) fn force<'v, T>(
        &self,
        slot: &'v Slot<T>,
        place: Place,
        name: impl Fn() -> String,
        compute: impl FnOnce() -> T,
    ) -> Result<&'v T, Fault> {
        if let Some(done) = slot.value.get() {
            return Ok(done);
        }
        if slot.busy.replace(true) {
            return Err(self.circle(place, &name()));
        }
        self.busy.borrow_mut().push((place, name()));
        let done = compute();
        self.busy.borrow_mut().pop();
        slot.busy.set(false);
        Ok(slot.value.get_or_init(|| done))
    }

    /// Works out a slot that holds a value, with the bounds on depth and size.
    pub(super) fn force_value<'v>(
        &self,
        slot: &'v Slot,
        place: Place,
        name: impl Fn() -> String,
        step: Step,
        compute: impl FnOnce() -> Outcome,
    ) -> Result<&'v Done, Fault> {
        let done = self.force(slot, place, name, || {
            let outer = self.budget.open();
            // What is unknown in there is met by whoever uses the value.
            let watching = self.watching.replace(false);
            let outcome = compute().and_then(|value| self.bounded(value, place));
            self.watching.set(watching);
            let height = self.budget.close(outer);
            let value = self.settle(place, outcome);
            Done::new(value, step, height)
        })?;
        self.budget
            .lean(done.height)
            .map_err(|exceeded| Fault::limit(place, exceeded))?;
        Ok(done)
    }

    /// A value of bounded size: shared parts count each time, for they are walked each time.
    fn bounded(&self, value: Value, place: Place) -> Outcome {
        let mut left = self.budget.limits.nodes;
        if value.elements().is_none() && value.entries().is_none() {
            return Ok(value);
        }
        let fits = count_nodes(&value, &mut left);
        let walked = self.budget.limits.nodes - left;
        self.budget
            .step(walked as u64)
            .map_err(|exceeded| Fault::limit(place, exceeded))?;
        if fits {
            Ok(value)
        } else {
            let limit = Exceeded("a value holds more parts than a scan allows");
            Err(Fault::limit(place, limit))
        }
    }

    fn circle(&self, place: Place, name: &str) -> Fault {
        let busy = self.busy.borrow();
        let start = busy.iter().rposition(|(_, known)| known == name);
        let members = busy.get(start.unwrap_or(0)..).unwrap_or_default();
        let mut names: Vec<&str> = members.iter().map(|(_, name)| name.as_str()).collect();
        names.push(name);
        const SHOWN: usize = 8;
        if names.len() > SHOWN {
            names.truncate(SHOWN);
            names.push("...");
        }
        let mut fault = Fault::new(
            ProblemCode::Cycle,
            FaultKind::Code,
            place,
            format!("a circle of references: {}", names.join(" -> ")),
        )
        .help("let one of them not depend on the others");
        for (member, name) in members.iter().skip(1).take(SHOWN) {
            fault.0.problem = fault
                .0
                .problem
                .related(*member, format!("{name} is part of it"));
        }
        fault
    }

    /// Evaluates an expression in HCL or JSON.
    pub(super) fn eval_expr(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Outcome {
        let json = match expr {
            Expr::Hcl(file, id) => return self.eval(file, *id, scope),
            Expr::Json(json) => json,
        };
        match &json.kind {
            JsonKind::Constant(value) => Ok(value.clone()),
            JsonKind::Template(file, id) => {
                let mut value = self.eval(file, *id, scope)?;
                value.origin.place = Some(json.place);
                Ok(value)
            }
            JsonKind::Array(all) => {
                let all: Result<Vec<Value>, Fault> =
                    all.iter().map(|e| self.eval_expr(e, scope)).collect();
                Ok(Value::tuple(all?).at(json.place))
            }
            JsonKind::Object(all) => {
                let mut entries = Vec::with_capacity(all.len());
                for (key, value) in all {
                    let key_value = self.eval_expr(key, scope)?;
                    let text = self.text_of(&key_value, key.place(), "an object key")?;
                    let Some(text) = text else {
                        return Ok(unknown_from(&key_value, Type::Dynamic, json.place));
                    };
                    entries.push((text, self.eval_expr(value, scope)?));
                }
                Ok(Value::object(entries).at(json.place))
            }
        }
    }

    /// Evaluates an expression of an HCL text.
    pub(super) fn eval(&self, file: &hcl::File, id: ExprId, scope: &Scope<'_, 'a>) -> Outcome {
        let expr = file.expr(id);
        self.budget
            .enter()
            .map_err(|exceeded| Fault::limit(file.place(expr.span), exceeded))?;
        let outcome = self.eval_kind(file, expr, scope);
        self.budget.leave();
        outcome
    }

    fn eval_kind(&self, file: &hcl::File, expr: hcl::Expr, scope: &Scope<'_, 'a>) -> Outcome {
        let place = file.place(expr.span);
        match expr.kind {
            // The parser has said why.
            ExprKind::Invalid => Err(Fault::silent(place)),
            ExprKind::Null => Ok(Value::null().at(place)),
            ExprKind::Bool(value) => Ok(Value::bool(value).at(place)),
            ExprKind::Number => match Number::parse(file.text(expr.span)) {
                Some(number) => Ok(Value::number(number).at(place)),
                None => Err(Fault::code(place, "this is no number")),
            },
            ExprKind::String(literal) => {
                Ok(Value::string(normal_text(&file.literal(literal))).at(place))
            }
            ExprKind::Template(parts) => self.template(file, parts, place, scope),
            ExprKind::Wrap(inner) | ExprKind::Parentheses(inner) => {
                let mut value = self.eval(file, inner, scope)?;
                value.origin.place = Some(place);
                Ok(value)
            }
            ExprKind::Variable => self.variable(file, expr.span, scope),
            ExprKind::Traversal { base, steps } => {
                self.traversal(file, base, file.list(steps), place, scope)
            }
            ExprKind::Call(call) => self.call(file, file.get(call), place, scope),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(file, [condition, then, otherwise], place, scope),
            ExprKind::Operation { first, rest } => {
                self.operation(file, first, file.list(rest), place, scope)
            }
            ExprKind::Unary { operator, operand } => {
                self.unary(file, operator, operand, place, scope)
            }
            ExprKind::Tuple(list) => {
                let mut all = Vec::with_capacity(list.len());
                for id in file.list(list) {
                    all.push(self.eval(file, *id, scope)?);
                }
                Ok(Value::tuple(all).at(place))
            }
            ExprKind::Object(members) => self.object(file, file.list(members), place, scope),
            ExprKind::For(id) => self.for_expr(file, file.get(id), place, scope),
        }
    }

    /// Calls a function.
    fn call(
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
        let context = context::CallContext {
            evaluator: self,
            scope,
            place,
        };
        match functions::call(function, args, &context, Some(place)) {
            Ok(value) => {
                let size = match &value.data {
                    Data::String(text) => text.len() / BYTES_PER_NODE,
                    _ => value.elements().map_or(0, <[Value]>::len),
                };
                self.make(size, place)?;
                Ok(value)
            }
            Err(error) => {
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
            .help_near(super::module::nearest(name, known), |near| {
                format!("{near}()")
            }));
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

    /// Notes an unknown for an enclosing `try` or `can`.
    fn watch(&self, value: &Value) {
        if self.watching.get() && !self.met_unknown.get() && value.first_unknown().is_some() {
            self.met_unknown.set(true);
        }
    }

    /// Counts values made.
    fn make(&self, count: usize, place: Place) -> Result<(), Fault> {
        self.budget
            .make(count)
            .map_err(|exceeded| Fault::limit(place, exceeded))
    }

    /// A known text; none when unknown.
    fn text_of(&self, value: &Value, place: Place, what: &str) -> Result<Option<Arc<str>>, Fault> {
        if value.is_unknown() {
            return Ok(None);
        }
        if value.is_null() {
            return Err(Fault::value(place, format!("{what} must not be null")));
        }
        let text = convert(value, &Type::String)
            .map_err(|error| Fault::value(place, format!("{what} must be a text: {error}")))?;
        match &text.data {
            Data::String(text) => Ok(Some(Arc::clone(text))),
            _ => Ok(None),
        }
    }

    /// A known boolean; none when unknown.
    fn bool_of(&self, value: &Value, place: Place, what: &str) -> Result<Option<bool>, Fault> {
        if value.is_null() {
            return Err(Fault::value(place, format!("{what} must not be null")));
        }
        let value = convert(value, &Type::Bool).map_err(|error| {
            Fault::value(place, format!("{what} must be true or false: {error}"))
        })?;
        match value.data {
            Data::Bool(value) => Ok(Some(value)),
            _ => Ok(None),
        }
    }
}

/// Texts count against the bound on values by their length.
const BYTES_PER_NODE: usize = 64;

/// Counts the parts of a value; false when there are more than `left`.
fn count_nodes(value: &Value, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    if let Some(all) = value.elements() {
        all.iter().all(|element| count_nodes(element, left))
    } else if let Some(all) = value.entries() {
        all.iter().all(|(_, element)| count_nodes(element, left))
    } else {
        true
    }
}

/// The origin of something computed from several values.
pub(super) fn parts(place: Place, origins: impl IntoIterator<Item = Origin>) -> Origin {
    let origins: Vec<Origin> = origins
        .into_iter()
        .filter(|origin| {
            // A literal inside the expression is no news.
            has_origin(origin)
                && (origin.via.is_some()
                    || origin.place.is_none_or(|at| {
                        at.source != place.source
                            || at.span.start < place.span.start
                            || at.span.end > place.span.end
                    }))
        })
        .collect();
    let via = (!origins.is_empty()).then(|| {
        Arc::new(Via {
            step: Step::Parts,
            origins,
        })
    });
    Origin {
        place: Some(place),
        via,
    }
}

/// An unknown for the reason of another value, or of the first unknown part of it.
pub(super) fn unknown_from(value: &Value, ty: Type, place: Place) -> Value {
    let because = value.first_unknown().map_or_else(
        || Because::other("it depends on a value that is not known"),
        |unknown| unknown.because.clone(),
    );
    let mut unknown = Value::unknown_of(ty, because).marked(value.marks);
    unknown.origin = parts(place, [value.origin.clone()]);
    unknown
}

/// All marks of several values.
pub(super) fn marks<'v>(values: impl IntoIterator<Item = &'v Value>) -> Marks {
    values
        .into_iter()
        .fold(Marks::NONE, |all, value| all.with(value.marks))
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
