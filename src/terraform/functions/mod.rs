//! Terraform's functions over evaluated values.
//!
//! A [`Function`] is a table entry: name, parameters, what it answers, and the code. [`call`] does for all of them what
//! Terraform does around each: it converts the arguments, refuses nulls, passes unknowns and marks on, and records which
//! arguments the result came from. `try` and `can` take unevaluated arguments and belong to the evaluator; they are
//! here only by name ([`Function::is_lazy`]).

mod call;
mod cidr;
mod collection;
mod convert;
mod encoding;
mod filesystem;
mod format;
mod go_math;
mod hash;
mod number;
mod regular;
mod select;
mod set;
mod string;
#[cfg(test)]
mod tests;
mod text_encoding;
mod tfvars;
mod time;
mod yaml;

use hashbrown::HashMap;
use std::sync::{Arc, LazyLock};

pub use call::{Call, call};

use super::ReadFault;
use super::limits::Limits;
use crate::source::Place;
use crate::text::Text;
use crate::value::{Because, Type, Value};

/// What functions need from the evaluation around them.
pub trait Context {
    /// The bounds of the scan.
    fn limits(&self) -> &Limits;

    /// Counts work that grows with an argument, in steps of the evaluation.
    ///
    /// # Errors
    /// When the scan has no steps left.
    fn spend(&self, steps: usize) -> Result<(), FunctionError>;

    /// Counts values made inside of a result.
    ///
    /// # Errors
    /// When the scan may make no more.
    fn made(&self, values: usize) -> Result<(), FunctionError>;

    /// The values of the text of a tfvars file, as an object.
    ///
    /// # Errors
    /// When it is none, or holds more than constants.
    fn constants(&self, text: &str) -> Result<Value, FunctionError>;

    /// The absolute path of the folder that Terraform would run in; none when it must not matter.
    fn working_folder(&self) -> Option<String>;

    /// The content of a file, by its path as written in the expression.
    ///
    /// # Errors
    /// When it is not there, outside the scan, too big or refused.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault>;

    /// The paths of all files below a folder, relative to that folder, sorted; the folder as written in the expression.
    ///
    /// # Errors
    /// When the folder is not there, outside the scan or refused.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadFault>;

    /// Renders a template. `name` is the path of its file, or none for a text that was given directly; `variables` is a
    /// map or an object. Must refuse `templatefile` inside it.
    ///
    /// # Errors
    /// When the text is no template or its evaluation fails.
    fn render(
        &self,
        name: Option<&str>,
        text: &str,
        variables: &Value,
    ) -> Result<Value, FunctionError>;
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// Which argument is at fault, from 0; none for the call as a whole.
    pub argument: Option<usize>,
    /// What is wrong, without the name of the function.
    pub message: Text,
}

impl FunctionError {
    /// The call as a whole is at fault.
    pub fn new(message: impl Into<Text>) -> Self {
        Self {
            argument: None,
            message: message.into(),
        }
    }

    /// One argument is at fault.
    pub fn argument(at: usize, message: impl Into<Text>) -> Self {
        Self {
            argument: Some(at),
            message: message.into(),
        }
    }
}

/// The result of a function.
pub type Outcome = Result<Value, FunctionError>;

/// A type in a table: what a parameter takes, or what a function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Any,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(...)`
    List(&'static Kind),
    /// `set(...)`
    Set(&'static Kind),
    /// `map(...)`
    Map(&'static Kind),
}

impl Kind {
    /// The type it stands for.
    pub fn ty(self) -> Type {
        match self {
            Self::Any => Type::Dynamic,
            Self::String => Type::String,
            Self::Number => Type::Number,
            Self::Bool => Type::Bool,
            Self::List(element) => Type::list(element.ty()),
            Self::Set(element) => Type::set(element.ty()),
            Self::Map(element) => Type::map(element.ty()),
        }
    }
}

/// What a parameter of any type takes all the same. It is asked of unknown values too, whose type may be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Anything.
    Any,
    /// A string.
    Text,
    /// A list or tuple.
    List,
    /// A list, set or tuple.
    Sequence,
    /// A map or object.
    Mapping,
    /// What has a length.
    Countable,
}

impl Shape {
    fn takes(self, ty: &Type) -> bool {
        let is_list = matches!(ty, Type::List(_) | Type::Tuple(_));
        let is_sequence = is_list || matches!(ty, Type::Set(_));
        let is_mapping = matches!(ty, Type::Map(_) | Type::Object(_));
        match self {
            _ if matches!(ty, Type::Dynamic) => true,
            Self::Any => true,
            Self::Text => matches!(ty, Type::String),
            Self::List => is_list,
            Self::Sequence => is_sequence,
            Self::Mapping => is_mapping,
            Self::Countable => is_sequence || is_mapping || matches!(ty, Type::String),
        }
    }

    fn wanted(self) -> Text {
        match self {
            Self::Any => Text::new("a value", "une valeur"),
            Self::Text => Text::new("a string", "une chaîne"),
            Self::List => Text::new("a list or tuple", "une liste ou un tuple"),
            Self::Sequence => {
                Text::new("a list, set or tuple", "une liste, un ensemble ou un tuple")
            }
            Self::Mapping => Text::new("a map or object", "une table ou un objet"),
            Self::Countable => Text::new(
                "a string, a collection or a structure",
                "une chaîne, une collection ou une structure",
            ),
        }
    }
}

/// One parameter of a function.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    kind: Kind,
    shape: Shape,
    nulls: bool,
    unknowns: bool,
    untyped: bool,
    marks: Marking,
    peeks: bool,
}

/// How much of an argument a call walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// One of its parts, found at once.
    One,
    /// Its parts, but not what is in them.
    Top,
    /// All that is in it.
    All,
}

/// What happens to the marks on an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marking {
    /// All in it come off, and go onto the result.
    Gather,
    /// Those inside stay where they are; its own go onto the result.
    Keep,
    /// The function decides.
    Own,
}

impl Param {
    /// Takes known values that are not null, without marks.
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            shape: Shape::Any,
            nulls: false,
            unknowns: false,
            untyped: false,
            marks: Marking::Gather,
            peeks: false,
        }
    }

    /// The function takes one part out, whatever else is there.
    #[must_use]
    pub const fn peeked(mut self) -> Self {
        self.peeks = true;
        self
    }

    /// Marks are gathered, and types converted, from everything inside.
    fn reads(&self, function: &Function) -> Reads {
        let converts =
            self.kind != Kind::Any || !matches!(function.returns, Kind::Any | Kind::Number);
        match self.marks {
            _ if self.peeks => Reads::One,
            Marking::Gather => Reads::All,
            Marking::Keep | Marking::Own if converts => Reads::All,
            Marking::Keep | Marking::Own => Reads::Top,
        }
    }

    /// Takes null as well.
    #[must_use]
    pub const fn or_null(mut self) -> Self {
        self.nulls = true;
        self
    }

    /// Takes unknown as well: the function decides what it can say.
    #[must_use]
    pub const fn or_unknown(mut self) -> Self {
        self.unknowns = true;
        self
    }

    /// Takes only values of a shape.
    #[must_use]
    pub const fn shaped(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// What is of no known type does not make the result of no known type.
    #[must_use]
    pub const fn or_untyped(mut self) -> Self {
        self.untyped = true;
        self
    }

    /// Elements keep their marks; those of the argument itself go onto the result.
    #[must_use]
    pub const fn keeps_marks(mut self) -> Self {
        self.marks = Marking::Keep;
        self
    }

    /// The function is about marks.
    #[must_use]
    pub const fn owns_marks(mut self) -> Self {
        self.marks = Marking::Own;
        self
    }
}

/// One function.
#[derive(Debug)]
pub struct Function {
    /// Its name, without `core::`.
    pub name: &'static str,
    params: &'static [Param],
    variadic: Option<Param>,
    returns: Kind,
    /// Its result can be null.
    nullable: bool,
    run: Option<fn(&Call<'_>) -> Outcome>,
}

impl Function {
    /// A function of fixed parameters.
    pub const fn new(
        name: &'static str,
        params: &'static [Param],
        returns: Kind,
        run: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self {
            name,
            params,
            variadic: None,
            returns,
            nullable: false,
            run: Some(run),
        }
    }

    /// A function of parameters followed by any number of one more.
    pub const fn variadic(
        name: &'static str,
        params: &'static [Param],
        rest: Param,
        returns: Kind,
        run: fn(&Call<'_>) -> Outcome,
    ) -> Self {
        Self {
            name,
            params,
            variadic: Some(rest),
            returns,
            nullable: false,
            run: Some(run),
        }
    }

    /// A function whose arguments the evaluator must not evaluate first.
    pub const fn lazy(name: &'static str, returns: Kind) -> Self {
        Self {
            name,
            params: &[],
            variadic: Some(Param::new(Kind::Any)),
            returns,
            nullable: true,
            run: None,
        }
    }

    /// Its result can be null.
    #[must_use]
    const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// `try`, `can`: the evaluator handles the call itself.
    pub fn is_lazy(&self) -> bool {
        self.run.is_none()
    }

    /// How many arguments it takes at least, and at most; none: any number.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let least = self.params.len();
        (least, self.variadic.is_none().then_some(least))
    }

    /// Most results are never null, even when nothing else is known of them.
    fn refine(&self, value: Value) -> Value {
        if self.nullable {
            value
        } else {
            value.never_null()
        }
    }

    fn param(&self, at: usize) -> Option<&Param> {
        self.params.get(at).or(self.variadic.as_ref())
    }
}

/// A table of functions, by group.
type Group = &'static [Function];

const GROUPS: &[Group] = &[
    LAZY,
    cidr::ALL,
    collection::ALL,
    convert::ALL,
    encoding::ALL,
    filesystem::ALL,
    format::ALL,
    hash::ALL,
    number::ALL,
    regular::ALL,
    select::ALL,
    set::ALL,
    string::ALL,
    text_encoding::ALL,
    time::ALL,
    yaml::ALL,
];

const LAZY: Group = &[
    Function::lazy("can", Kind::Bool),
    Function::lazy("try", Kind::Any),
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    GROUPS
        .iter()
        .flat_map(|group| group.iter())
        .map(|function| (function.name, function))
        .collect()
});

/// The function of a name, with or without `core::` in front, or of Terraform's own provider.
pub fn lookup(name: &str) -> Option<&'static Function> {
    if let Some(name) = name.strip_prefix("provider::terraform::") {
        return tfvars::ALL.iter().find(|function| function.name == name);
    }
    let name = name.strip_prefix("core::").unwrap_or(name);
    BY_NAME.get(name).copied()
}

/// Names of all functions, sorted: for suggestions.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = BY_NAME.keys().copied().collect();
    names.sort_unstable();
    names
}

/// The unknown of a function that is not evaluated here.
pub fn not_evaluated(name: &str, returns: Type, place: Option<Place>) -> Value {
    let name: Arc<str> = name.into();
    let mut value = Value::unknown_of(returns, Because::Function(name));
    value.origin.place = place;
    value
}
