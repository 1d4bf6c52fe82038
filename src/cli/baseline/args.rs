//! What can be typed after `gardefou baseline`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::InputArgs;

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub(in crate::cli) struct BaselineArgs {
    #[command(subcommand)]
    pub(super) command: BaselineCommand,
}

/// What is done with it.
#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write what is found today; refuses to write over a file, and in CI without --allow-ci
    Create(CreateArgs),
    /// Drop what is fixed and add what is new, and say so; in CI nothing is added without --allow-ci
    Update(UpdateArgs),
    /// Drop what is fixed, add nothing
    Prune(PruneArgs),
}

/// The same for all three: what is scanned, and where the baseline is.
#[derive(Debug, Args)]
pub(super) struct CommonArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// The file [default: that of the configuration, else gardefou.baseline.json beside it or at the top of the repository]
    #[arg(
        long,
        value_name = "FILE",
        env = "GARDEFOU_BASELINE",
        hide_env_values = true
    )]
    pub(super) baseline: Option<OsString>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// A policy beside the built-in ones: a component file or a folder of them, repeatable
    #[arg(long, value_name = "FILE|DIR", help_heading = "Judgement")]
    pub(super) policy: Vec<PathBuf>,
    /// Compile policies anew, and keep nothing of them
    #[arg(long, help_heading = "Judgement")]
    pub(super) no_cache: bool,
}

/// What is said of all its findings.
#[derive(Debug, Args)]
pub(super) struct WordsArgs {
    /// Why the findings are accepted
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Who accepts them
    #[arg(long, value_name = "WHO")]
    pub(super) by: Option<String>,
    /// The last day on which they are accepted: 2027-06-30
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
}

/// Arguments of `baseline create`.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    pub(super) words: WordsArgs,
    /// Accept findings in CI too, where nobody looks at what is accepted
    #[arg(long)]
    pub(super) allow_ci: bool,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// Arguments of `baseline update`.
#[derive(Debug, Args)]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    pub(super) words: WordsArgs,
    /// Add findings in CI too, where nobody looks at what is added
    #[arg(long)]
    pub(super) allow_ci: bool,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// Arguments of `baseline prune`.
#[derive(Debug, Args)]
pub(super) struct PruneArgs {
    #[command(flatten)]
    pub(super) common: CommonArgs,
}
