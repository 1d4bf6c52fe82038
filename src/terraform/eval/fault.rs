//! Why an expression has no value, and the problems that come of it.

use hashbrown::HashSet;
use std::sync::Arc;

use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::terraform::limits::Exceeded;
use crate::text::{Text, did_you_mean};
use crate::value::{Because, Value};

/// Why an expression has no value.
#[derive(Debug)]
pub(in crate::terraform) struct Fault(pub(super) Box<FaultData>);

#[derive(Debug)]
pub(super) struct FaultData {
    pub(super) problem: Problem,
    pub(super) kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
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
pub(in crate::terraform) type Outcome = Result<Value, Fault>;

impl Fault {
    /// Depends on values.
    pub(in crate::terraform) fn value(place: Place, message: impl Into<Text>) -> Self {
        Self::new(ProblemCode::Evaluation, FaultKind::Value, place, message)
    }

    /// A reference to something that is not declared.
    pub(in crate::terraform) fn reference(place: Place, message: impl Into<Text>) -> Self {
        Self::new(ProblemCode::Reference, FaultKind::Code, place, message)
    }

    /// Code that is refused whatever the values are.
    pub(in crate::terraform) fn code(place: Place, message: impl Into<Text>) -> Self {
        Self::new(ProblemCode::Evaluation, FaultKind::Code, place, message)
    }

    /// A bound of the scan.
    pub(in crate::terraform) fn limit(place: Place, exceeded: Exceeded) -> Self {
        Self::new(ProblemCode::Limit, FaultKind::Limit, place, exceeded).help(Text::new(
            "split the code, or raise the limit in the configuration",
            "découpez le code, ou relevez la limite dans la configuration",
        ))
    }

    pub(super) fn silent(place: Place) -> Self {
        Self::new(
            ProblemCode::Evaluation,
            FaultKind::Silent,
            place,
            Text::default(),
        )
    }

    pub(super) fn new(
        code: ProblemCode,
        kind: FaultKind,
        place: Place,
        message: impl Into<Text>,
    ) -> Self {
        Self::of(kind, Problem::error(code, message).at(place))
    }

    pub(super) fn of(kind: FaultKind, problem: Problem) -> Self {
        Self(Box::new(FaultData { problem, kind }))
    }

    /// Adds a further place.
    pub(in crate::terraform) fn related(mut self, place: Place, label: impl Into<Text>) -> Self {
        self.0.problem.related.push((place, label.into()));
        self
    }

    /// Sets the remedy.
    pub(in crate::terraform) fn help(mut self, help: impl Into<Text>) -> Self {
        self.0.problem.help = Some(Box::new(help.into()));
        self
    }

    pub(super) fn help_near(self, near: Option<Arc<str>>, form: impl Fn(&str) -> String) -> Self {
        match near {
            Some(near) => self.help(did_you_mean(&form(&near))),
            None => self,
        }
    }

    /// The problem to report; none when it is reported already.
    pub(in crate::terraform) fn problem(self) -> Option<Problem> {
        (self.0.kind != FaultKind::Silent).then_some(self.0.problem)
    }

    /// Why the value that it leaves is unknown.
    pub(in crate::terraform) fn because(&self) -> Because {
        match self.0.kind {
            FaultKind::Limit => Because::Limit,
            FaultKind::Value | FaultKind::Code | FaultKind::Silent => Because::Error,
        }
    }

    /// True when `try` and `can` may take it.
    pub(super) fn is_soft(&self) -> bool {
        self.0.kind == FaultKind::Value
    }
}

/// Problems without repeats: an expression is evaluated once for each instance, but is at fault once.
#[derive(Debug, Default)]
pub(in crate::terraform) struct Problems {
    all: Vec<Problem>,
    seen: HashSet<(ProblemCode, Option<Place>)>,
}

impl Problems {
    pub(in crate::terraform) fn add(&mut self, problem: Problem) {
        if problem.place.is_none() || self.seen.insert((problem.code, problem.place)) {
            self.all.push(problem);
        }
    }

    pub(in crate::terraform) fn take(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.all)
    }
}
