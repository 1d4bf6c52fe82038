//! Expressions to values, with unknowns, marks and origins, as Terraform evaluates them.

mod calls;
mod collections;
mod context;
mod fault;
mod handle;
mod operators;
mod splat;
mod steps;
mod template;
mod traversal;

pub(super) use collections::pairs as collection_pairs;
pub(super) use fault::{Fault, Outcome, Problems};
pub(super) use handle::handle;

use hashbrown::{HashMap, HashSet};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use self::fault::FaultKind;
use super::given::Given;
use super::index::{Expr, JsonKind};
use super::limits::{Budget, Exceeded, Limits};
use super::module::Module;
use super::providers::Providers;
use super::reach::Installed;
use super::recorded::plan::{Calls, Instances};
use super::scope::{Arguments, Done, Instance, Resources, Scope, Slot, has_origin};
use super::{MissingModule, ModuleCall, Options, ReadFiles, cycles};
use crate::problem::Problem;
use crate::source::{Place, Sources};
use crate::syntax::hcl::{self, ExprId, ExprKind};
use crate::text::{Text, text};
use crate::value::{
    Because, Data, Marks, Number, Origin, Step, Type, Value, Via, convert, normal_text,
};

/// Position of a resource instance: module instance, resource, item.
pub(super) type Spot = (usize, usize, usize);

/// The evaluation of one root.
pub(super) struct Evaluator<'a> {
    pub(super) modules: &'a BTreeMap<String, Module>,
    /// Headers of what is part of a circle that was told before.
    circles: &'a HashSet<Place>,
    pub(super) sources: &'a Sources,
    pub(super) options: &'a Options,
    pub(super) reader: &'a dyn ReadFiles,
    /// What `terraform init` fetched for this root.
    pub(super) installed: Option<&'a Installed>,
    pub(super) budget: Budget,
    pub(super) instances: RefCell<Vec<Rc<Instance<'a>>>>,
    /// Values given from outside for the variables of the root.
    pub(super) given: Given,
    pub(super) providers: RefCell<Providers>,
    /// Resource instances by address, for values that stand for a whole resource: those that a value stands for at all.
    addresses: RefCell<HashMap<Arc<str>, Spot>>,
    pub(super) problems: RefCell<Problems>,
    pub(super) missing: RefCell<Vec<MissingModule>>,
    /// Module calls met so far.
    pub(super) called: RefCell<Vec<ModuleCall>>,
    /// The plan that was made from this root, and what it speaks for.
    pub(super) planned: Option<&'a Instances<'a>>,
    pub(super) covered: RefCell<Calls>,
    /// Module calls left alone since there were too many instances, each noted once.
    pub(super) cut: RefCell<HashSet<Place>>,
    /// That the workspace is an assumption was said.
    workspace_noted: Cell<bool>,
    /// What data sources render, by instance and attribute.
    pub(super) rendered: RefCell<HashMap<(Spot, String), Value>>,
    /// Folders of the modules met so far.
    pub(super) seen: RefCell<HashSet<&'a str>>,
    /// Templates by path and text.
    templates: RefCell<HashMap<(String, String), Rc<hcl::ParsedExpression>>>,
    /// In the arguments of a resource: a partly unknown value passes through `try`, which Terraform makes unknown as a whole
    /// until apply. What is known of it is evidence, and the block it stands in is judged.
    pub(super) keeps_parts: Cell<bool>,
    /// How many faults were met so far, told or not.
    pub(super) faults: Cell<u64>,
    /// What is being worked out, outermost first: names circles.
    busy: RefCell<Vec<(Place, Arc<str>)>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        modules: &'a BTreeMap<String, Module>,
        circles: &'a HashSet<Place>,
        sources: &'a Sources,
        options: &'a Options,
        limits: Limits,
        reader: &'a dyn ReadFiles,
    ) -> Self {
        Self {
            modules,
            circles,
            sources,
            options,
            reader,
            installed: None,
            budget: Budget::new(limits),
            instances: RefCell::default(),
            given: Given::default(),
            providers: RefCell::default(),
            addresses: RefCell::default(),
            problems: RefCell::default(),
            missing: RefCell::default(),
            called: RefCell::default(),
            planned: None,
            covered: RefCell::default(),
            cut: RefCell::default(),
            workspace_noted: Cell::new(false),
            rendered: RefCell::default(),
            seen: RefCell::default(),
            templates: RefCell::default(),
            keeps_parts: Cell::new(false),
            faults: Cell::new(0),
            busy: RefCell::default(),
        }
    }

    /// The module instance of an id.
    pub(super) fn instance(&self, id: usize) -> Option<Rc<Instance<'a>>> {
        self.instances.borrow().get(id).map(Rc::clone)
    }

    /// Lets the instances of a resource be found by their addresses: from when on values can stand for them.
    pub(super) fn make_findable(&self, resources: &Resources) {
        if resources.findable.replace(true) {
            return;
        }
        let (instance, resource) = resources.at;
        let all = resources.addresses.iter().enumerate();
        let spots = all.map(|(item, address)| (Arc::clone(address), (instance, resource, item)));
        self.addresses.borrow_mut().extend(spots);
    }

    /// Where Terraform would run: the folder of the root module.
    fn working_folder(&self) -> Option<String> {
        let top = self.options.folder.as_deref()?;
        let instances = self.instances.borrow();
        let root = instances.first().map_or("", |root| &root.module.folder);
        Some(match root {
            "" => top.to_owned(),
            root => format!("{}/{root}", top.trim_end_matches('/')),
        })
    }

    pub(super) fn problem(&self, problem: Problem) {
        self.problems.borrow_mut().add(problem);
    }

    /// The value of an expression on its own, such as an argument: a fault becomes a problem and an unknown.
    pub(super) fn settle(&self, place: Place, outcome: Outcome) -> Value {
        match outcome {
            Ok(value) => value,
            Err(fault) => {
                let because = fault.because();
                self.report(fault);
                Value::unknown(because).at(place)
            }
        }
    }

    /// Makes a problem of a fault.
    pub(super) fn report(&self, fault: Fault) {
        self.faults.set(self.faults.get() + 1);
        if let Some(problem) = fault.problem() {
            self.problem(problem);
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
        name: impl Fn() -> Arc<str>,
        compute: impl FnOnce() -> T,
    ) -> Result<&'v T, Fault> {
        if let Some(done) = slot.value.get() {
            return Ok(done);
        }
        if slot.busy.replace(true) {
            return Err(self.circle(place, &name()));
        }
        self.busy.borrow_mut().push((place, name()));
        // What others see of a slot is what Terraform sees, whoever asks first.
        let keeps_parts = self.keeps_parts.replace(false);
        let done = compute();
        self.keeps_parts.set(keeps_parts);
        self.busy.borrow_mut().pop();
        slot.busy.set(false);
        Ok(slot.value.get_or_init(|| done))
    }

    /// Works out a slot that holds a value, with the bounds on depth and size.
    pub(super) fn force_value<'v>(
        &self,
        slot: &'v Slot,
        place: Place,
        name: impl Fn() -> Arc<str>,
        step: impl FnOnce() -> Step,
        compute: impl FnOnce() -> Outcome,
    ) -> Result<&'v Done, Fault> {
        let done = self.force(slot, place, name, || {
            let (value, height) = self.bounded_value(place, compute);
            Done::new(value, step(), height)
        })?;
        self.lean(done.height, place)?;
        Ok(done)
    }

    /// Works out the arguments of a resource instance, with the same bounds.
    pub(super) fn force_arguments<'v>(
        &self,
        slot: &'v Slot<Arguments>,
        place: Place,
        name: impl Fn() -> Arc<str>,
        compute: impl FnOnce() -> Outcome,
    ) -> Result<&'v Arguments, Fault> {
        let done = self.force(slot, place, name, || {
            let (value, height) = self.bounded_value(place, compute);
            Arguments { value, height }
        })?;
        self.lean(done.height, place)?;
        Ok(done)
    }

    fn lean(&self, height: usize, place: Place) -> Result<(), Fault> {
        let leant = self.budget.lean(height);
        leant.map_err(|exceeded| Fault::limit(place, exceeded))
    }

    /// A value of its own, with the height of what is behind it.
    fn bounded_value(&self, place: Place, compute: impl FnOnce() -> Outcome) -> (Value, usize) {
        let outer = self.budget.open();
        let outcome = compute().and_then(|value| self.bounded(value, place));
        let height = self.budget.close(outer);
        (self.settle(place, outcome), height)
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
            let limit = Exceeded(
                "a value holds more parts than a scan allows",
                "une valeur a plus de parties qu’une analyse n’en permet",
            );
            Err(Fault::limit(place, limit))
        }
    }

    fn circle(&self, place: Place, name: &str) -> Fault {
        let busy = self.busy.borrow();
        let start = busy.iter().rposition(|(_, known)| **known == *name);
        let members: Vec<(Place, &str)> = busy
            .get(start.unwrap_or(0)..)
            .unwrap_or_default()
            .iter()
            .map(|(place, name)| (*place, &**name))
            .collect();
        if members
            .iter()
            .any(|(place, _)| self.circles.contains(place))
        {
            return Fault::silent(place);
        }
        match cycles::problem(&members) {
            Some(problem) => Fault::of(FaultKind::Code, problem.at(place)),
            None => Fault::silent(place),
        }
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
                self.make(all.len(), json.place)?;
                let all: Result<Vec<Value>, Fault> =
                    all.iter().map(|e| self.eval_expr(e, scope)).collect();
                Ok(Value::tuple(all?).at(json.place))
            }
            JsonKind::Object(all) => {
                self.make(all.len(), json.place)?;
                let mut entries = Vec::with_capacity(all.len());
                for (key, value) in all {
                    let key_value = self.eval_expr(key, scope)?;
                    let text = self.text_of(
                        &key_value,
                        key.place(),
                        &Text::new("an object key", "une clé d’objet"),
                    )?;
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
                None => Err(Fault::code(
                    place,
                    Text::new("this is no number", "ceci n’est pas un nombre"),
                )),
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
                self.make(list.len(), place)?;
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

    /// Counts walks through all that is in a value.
    fn walks(&self, value: &Value, times: u64, place: Place) -> Result<(), Fault> {
        let mut left = self.budget.limits.nodes;
        if value.elements().is_none() && value.entries().is_none() {
            return Ok(());
        }
        count_nodes(value, &mut left);
        let walked = (self.budget.limits.nodes - left) as u64;
        self.budget
            .step(walked.saturating_mul(times))
            .map_err(|exceeded| Fault::limit(place, exceeded))
    }

    /// Counts values made.
    fn make(&self, count: usize, place: Place) -> Result<(), Fault> {
        self.budget
            .make(count)
            .map_err(|exceeded| Fault::limit(place, exceeded))
    }

    /// A known text; none when unknown.
    fn text_of(&self, value: &Value, place: Place, what: &Text) -> Result<Option<Arc<str>>, Fault> {
        if value.is_unknown() {
            return Ok(None);
        }
        if value.is_null() {
            let message = text!("{what} must not be null", "{what} : null n’est pas permis"; what);
            return Err(Fault::value(place, message));
        }
        let text = convert(value, &Type::String).map_err(|error| {
            let why = error.text();
            let message = text!(
                "{what} must be a text: {why}",
                "{what} : il faut un texte, {why}";
                what, why
            );
            Fault::value(place, message)
        })?;
        match &text.data {
            Data::String(text) => Ok(Some(Arc::clone(text))),
            _ => Ok(None),
        }
    }

    /// A known boolean; none when unknown.
    pub(super) fn bool_of(
        &self,
        value: &Value,
        place: Place,
        what: &Text,
    ) -> Result<Option<bool>, Fault> {
        if value.is_null() {
            let message = text!("{what} must not be null", "{what} : null n’est pas permis"; what);
            return Err(Fault::value(place, message));
        }
        let value = convert(value, &Type::Bool).map_err(|error| {
            let why = error.text();
            let message = text!(
                "{what} must be true or false: {why}",
                "{what} : il faut vrai ou faux, {why}";
                what, why
            );
            Fault::value(place, message)
        })?;
        match value.data {
            Data::Bool(value) => Ok(Some(value)),
            _ => Ok(None),
        }
    }
}

/// Texts count against the bound on values by their length.
pub(super) const BYTES_PER_NODE: usize = 64;

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
        || {
            Because::other(Text::new(
                "it depends on a value that is not known",
                "elle dépend d’une valeur qui n’est pas connue",
            ))
        },
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
