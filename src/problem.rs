//! What could not be read or decided, as data. A scan goes on after a problem; an error makes the exit status 2.

use crate::source::Place;
use crate::text::Text;

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Said, without effect on the exit status.
    Warning,
    /// Something was not read or not judged: exit status 2.
    Error,
}

impl Weight {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The kinds of problem; each is one stable word in kebab case in every output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemCode {
    /// A file or folder that could not be read.
    Unreadable,
    /// A text that is not UTF-8.
    Encoding,
    /// A file, a value or an expansion above a limit of the scan.
    Limit,
    /// A text that does not follow its grammar.
    Syntax,
    /// The same key or name twice.
    Duplicate,
    /// Terraform would refuse this.
    Evaluation,
    /// A reference to something that is not there.
    Reference,
    /// A dependency that goes in a circle.
    Cycle,
    /// A module that is not at hand.
    MissingModule,
    /// A variable without a value.
    MissingVariable,
    /// A function that Gardefou does not evaluate yet.
    UnsupportedFunction,
    /// A chart, kustomization or template that was not rendered.
    NotRendered,
    /// A manifest that is no Kubernetes object.
    Manifest,
    /// A fault in `gardefou.toml` or on the command line.
    Config,
    /// A policy that could not be loaded, or that misbehaved.
    Policy,
    /// Facts that are too old for the day of the scan.
    Stale,
}

impl ProblemCode {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Encoding => "encoding",
            Self::Limit => "limit",
            Self::Syntax => "syntax",
            Self::Duplicate => "duplicate",
            Self::Evaluation => "evaluation",
            Self::Reference => "reference",
            Self::Cycle => "cycle",
            Self::Stale => "stale",
            Self::MissingModule => "missing-module",
            Self::MissingVariable => "missing-variable",
            Self::UnsupportedFunction => "unsupported-function",
            Self::NotRendered => "not-rendered",
            Self::Manifest => "manifest",
            Self::Config => "config",
            Self::Policy => "policy",
        }
    }
}

/// Something that could not be read or decided.
///
/// Whoever states one states it in both languages:
///
/// ```
/// use gardefou::problem::{Problem, ProblemCode};
/// use gardefou::text::Text;
///
/// Problem::error(ProblemCode::Syntax, Text::new("a block is not closed", "un bloc n’est pas fermé"));
/// ```
///
/// ```compile_fail
/// # use gardefou::problem::{Problem, ProblemCode};
/// Problem::error(ProblemCode::Syntax, "a block is not closed");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    /// Which kind.
    pub code: ProblemCode,
    /// Error or warning.
    pub weight: Weight,
    /// One sentence, without a full stop, that names the thing.
    pub message: Text,
    /// What to do about it.
    pub help: Option<Box<Text>>,
    /// Where; none for problems of a whole file that could not be read (see `path`) or of the run.
    pub place: Option<Place>,
    /// The file, when there is no place in it.
    pub path: Option<String>,
    /// Further places with what they show.
    pub related: Vec<(Place, Text)>,
    /// It tells of something that was to be judged and was not seen. Where gaps fail a run, it is an error whatever it
    /// weighs here.
    pub is_gap: bool,
}

impl Problem {
    /// An error: something was not read or not judged.
    pub fn error(code: ProblemCode, message: impl Into<Text>) -> Self {
        Self {
            code,
            weight: Weight::Error,
            message: message.into(),
            help: None,
            place: None,
            path: None,
            related: Vec::new(),
            is_gap: false,
        }
    }

    /// A warning: said, without effect on the exit status.
    pub fn warning(code: ProblemCode, message: impl Into<Text>) -> Self {
        Self {
            weight: Weight::Warning,
            ..Self::error(code, message)
        }
    }

    /// Says that something was to be judged and was not seen.
    #[must_use]
    pub fn gap(mut self) -> Self {
        self.is_gap = true;
        self
    }

    /// Sets where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Sets the file it is about, when no place in it can be named.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<Text>) -> Self {
        self.help = Some(Box::new(help.into()));
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<Text>) -> Self {
        self.related.push((place, label.into()));
        self
    }
}
