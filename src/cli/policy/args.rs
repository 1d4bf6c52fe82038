//! What can be typed after `gardefou policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::cli::args::Format;

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: PolicyCommand,
}

/// What is done with a policy.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PolicyCommand {
    /// Start a policy that builds and passes its own cases
    ///
    /// Writes sources, documentation, cases and the contract; for Rust also the SDK, so that nothing of Gardefou has to be
    /// fetched. Nothing is ever overwritten: the folder has to be new or empty.
    #[command(after_long_help = "\
Examples:
  gardefou policy new house/data-owner                        in ./house, in Rust
  gardefou policy new house/data-owner --language python --dir policies/house
  gardefou policy new house/data-owner && cd house && gardefou policy test

A policy holds a family of rules: NAME is its first one. The README in the folder says how to go on.

What building needs:
  rust        cargo, and `rustup target add wasm32-unknown-unknown`
  javascript  node, and `npm install` in the folder (jco, with the QuickJS engine)
  python      componentize-py, in .venv or on PATH")]
    New(PolicyNewArgs),
    /// Make a component of the sources in a folder, or of a core .wasm module
    ///
    /// A folder is built with the tool of its language, which runs code of its own: build what you trust. A core module, of
    /// whatever language, becomes a component for the contract. What it imports of WASI is replaced inside it: no arguments, no
    /// environment, a clock that stands still; all else stops the policy when it is called. The result is loaded once, so that
    /// what comes out is a policy that a scan accepts.
    #[command(after_long_help = "\
Examples:
  gardefou policy build                       the policy in this folder, to NAME.wasm beside its sources
  gardefou policy build house --output policies/house.wasm
  gardefou policy build zig-out/policy.wasm   a core module, to zig-out/policy.component.wasm

Environment:
  GARDEFOU_GUEST_RUSTC  another Rust compiler for policies; one with its library sources and without the target will do

Gardefou itself uses no network; cargo fetches the crates that a Rust policy names.

Exit status: 0, or 2 when nothing was built.")]
    Build(PolicyBuildArgs),
    /// Try a policy on its cases: rules/RULE/cases below the folder
    ///
    /// A case is a file of Terraform or Kubernetes code, or a folder of them with a gardefou.toml. `# expect: family/rule` at the
    /// end of a line says that a violation is found there, `# expect-undetermined: family/rule` that it cannot be decided.
    /// `bad-*` cases have the first, `unknown-*` the second, `good-*` none. The policy is built first when its sources are newer.
    #[command(after_long_help = "\
Examples:
  gardefou policy test                              build when needed, run every case
  gardefou policy test house --policy other.wasm    the cases of house, judged by another component
  gardefou policy test --update                     rewrite the marks to what is found; read them before you keep them

Exit status: 0 when every case passes, 1 when one fails, 2 when they could not be run.")]
    Test(PolicyTestArgs),
    /// Show what a policy is: its rules, options and documentation, what it imports, its hash and its limits
    ///
    /// Also of a file that cannot be loaded: what it imports, and what is wrong. With --verbose, the whole documentation.
    #[command(after_long_help = "\
Examples:
  gardefou policy inspect house-policy.wasm
  gardefou policy inspect house-policy.wasm --verbose --lang fr
  gardefou policy inspect house-policy.wasm --format json | jq '.rules[].id'

Exit status: 0, or 2 when it cannot be loaded as a policy.")]
    Inspect(PolicyInspectArgs),
    /// Pin the policies of others that were reviewed, in gardefou.lock
    ///
    /// Those that the configuration names and those that are given here, by the SHA-256 of their files. The lock lies beside
    /// the configuration, without one in the working folder. Where there is one, a scan runs no policy of others that it does
    /// not pin, and none whose file changed. What is not named any more is dropped from it. Commit the lock.
    #[command(after_long_help = "\
Examples:
  gardefou policy lock                              those of [policies] in gardefou.toml
  gardefou policy lock --policy house-policy.wasm   and one that `scan --policy` is given
  gardefou policy lock --check                      in a pipeline: writes nothing

Look at a policy before you pin it: `gardefou policy inspect FILE`.

Exit status: 0; with --check, 1 when the lock differs; 2 when a policy cannot be loaded, or the lock not be written.")]
    Lock(PolicyLockArgs),
}

/// Arguments of `policy new`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyNewArgs {
    /// The family and its first rule, in kebab case: house/data-owner
    #[arg(value_name = "FAMILY/RULE")]
    pub(in crate::cli) name: crate::workshop::Name,
    /// What it is written in
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    pub(in crate::cli) language: LanguageArg,
    /// Where it goes [default: a folder called as the family]
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) dir: Option<PathBuf>,
}

/// A language of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LanguageArg {
    /// The language of the built-in policies: small and fast
    Rust,
    /// Runs in QuickJS, 1.7 MB
    #[value(name = "javascript", alias = "js")]
    JavaScript,
    /// Runs in CPython, 18 MB
    #[value(alias = "py")]
    Python,
}

impl From<LanguageArg> for crate::workshop::Language {
    fn from(language: LanguageArg) -> Self {
        match language {
            LanguageArg::Rust => Self::Rust,
            LanguageArg::JavaScript => Self::JavaScript,
            LanguageArg::Python => Self::Python,
        }
    }
}

/// Arguments of `policy build`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyBuildArgs {
    /// The folder of a policy, or a core module
    #[arg(value_name = "DIR|FILE.wasm", default_value = ".")]
    pub(in crate::cli) what: PathBuf,
    /// Where the component goes
    #[arg(long, short, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
}

/// Arguments of `policy test`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyTestArgs {
    /// The folder of a policy
    #[arg(value_name = "DIR", default_value = ".")]
    pub(in crate::cli) folder: PathBuf,
    /// A component that is built already
    #[arg(long, value_name = "FILE.wasm")]
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Rewrite the marks in the files to what the rule says now
    #[arg(long)]
    pub(in crate::cli) update: bool,
    /// The day of the cases, which decides which visas are in force [default: the day of the registry]
    #[arg(long, value_name = "DATE")]
    pub(in crate::cli) as_of: Option<String>,
}

/// Arguments of `policy inspect`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyInspectArgs {
    /// A component, or what should have been one
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: Format,
}

/// Arguments of `policy lock`.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyLockArgs {
    /// What is scanned: the nearest configuration from there counts
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// A policy beside those of the configuration: a component file or a folder of them, repeatable
    #[arg(long, value_name = "FILE|DIR")]
    pub(in crate::cli) policy: Vec<PathBuf>,
    /// Configuration file, instead of the nearest gardefou.toml
    #[arg(
        long,
        value_name = "FILE",
        env = "GARDEFOU_CONFIG",
        hide_env_values = true
    )]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Write nothing; say whether the lock is as it would be written
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Compile policies anew, and keep nothing of them
    #[arg(long)]
    pub(in crate::cli) no_cache: bool,
}
