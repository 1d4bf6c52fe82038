//! What can be wrong with a policy, in the words that its author and its user need.

use std::time::Duration;

use crate::problem::{Problem, ProblemCode};

/// Why a policy was refused, or failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is larger than {0} bytes")]
    TooLarge(u64),
    #[error("is no WebAssembly component")]
    NoWasm,
    #[error("is a core WebAssembly module, not a component")]
    CoreModule,
    #[error("is native code, compiled already")]
    Precompiled,
    #[error("is no valid component: {0}")]
    Invalid(String),
    #[error("imports WASI: {0}")]
    Wasi(String),
    #[error("imports what no policy gets: {0}")]
    ForeignImport(String),
    #[error("is for a newer contract, {0}")]
    TooNew(String),
    #[error("is for an older contract, {0}")]
    TooOld(String),
    #[error("does not export `{0}` as the contract says")]
    MissingExport(&'static str),
    #[error("does not fit the contract: {0}")]
    WrongShape(String),
    #[error("describes no rule")]
    NoRules,
    #[error("describes rule {rule} wrongly: {what}")]
    BadRule { rule: String, what: String },
    #[error("has rule {rule}, which {other} has already")]
    SameRule { rule: String, other: String },
    #[error("used up its {0} units of fuel")]
    Fuel(u64),
    #[error("ran longer than {0:?}")]
    Clock(Duration),
    #[error("needs more than {0}")]
    Memory(String),
    #[error("stopped by itself: {0}")]
    Trap(String),
    #[error("was told \"{0}\" by the host, and stopped")]
    Refused(String),
    #[error("reports: {0}")]
    Reported(String),
    #[error("gives a wrong answer: {0}")]
    WrongAnswer(String),
}

impl Fault {
    fn help(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "check the path given to --policy",
            Self::TooLarge(_) => "a policy built in release mode has some tens of kilobytes",
            Self::NoWasm => "give a .wasm component for the world in wit/policy.wit",
            Self::Precompiled => {
                "give the portable .wasm component: nobody can check what native code does"
            }
            Self::CoreModule => {
                "make it a component with `gardefou policy build`, or with your language's component tool"
            }
            Self::Invalid(_) | Self::WrongShape(_) | Self::MissingExport(_) => {
                "build it for the world `policy` in wit/policy.wit"
            }
            Self::Wasi(_) => {
                "policies get no WASI: no files, no clock, no network; build it with stubs instead"
            }
            Self::ForeignImport(_) => {
                "a policy may import the interfaces of wit/policy.wit and nothing else"
            }
            Self::TooNew(_) => "update Gardefou, or build the policy for an older contract",
            Self::TooOld(_) => "build the policy again with the wit/policy.wit of this version",
            Self::NoRules | Self::BadRule { .. } => "see `describe` in wit/policy.wit",
            Self::SameRule { .. } => "rename one of them: a rule's id is unique in a scan",
            Self::Fuel(_) | Self::Clock(_) => "it may loop; a rule has to end for every input",
            Self::Memory(_) => "fetch facts as they are needed, and keep less",
            Self::Trap(_) | Self::Refused(_) | Self::Reported(_) => {
                "none of its verdicts count; tell its author, with the input that did it"
            }
            Self::WrongAnswer(_) => {
                "every resource in a rule's scope is answered exactly once: passed, not applicable, or a verdict"
            }
        }
    }

    /// As a problem that fails the run.
    pub(super) fn problem(&self, policy: &str, built_in: bool) -> Problem {
        let problem = Problem::error(ProblemCode::Policy, format!("policy {policy} {self}"))
            .help(self.help());
        if built_in {
            problem
        } else {
            problem.in_file(policy)
        }
    }
}
