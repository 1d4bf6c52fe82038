//! What can be typed after `gardefou ignore`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::InputArgs;

/// Arguments of `ignore`.
#[derive(Debug, Args)]
pub(in crate::cli) struct IgnoreArgs {
    /// Accept the findings of a rule, or of a family as `residency/*`, on a resource
    #[arg(long, num_args = 2, value_names = ["RULE", "ADDRESS"], required = true)]
    pub(super) add: Vec<String>,
    /// Why they are accepted: whoever reads the code weighs it
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// The last day on which they are accepted: 2026-12-31
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
    /// Write it above this call of a module, for this call alone, and not where the resource is
    #[arg(long, value_name = "module.NAME")]
    pub(super) at: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Write it where the rule has no finding, too, and where other instances are accepted with the one that is named
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// A policy beside the built-in ones: a component file or a folder of them, repeatable
    #[arg(long, value_name = "FILE|DIR", help_heading = "Judgement")]
    pub(super) policy: Vec<PathBuf>,
    /// Compile policies anew, and keep nothing of them
    #[arg(long, help_heading = "Judgement")]
    pub(super) no_cache: bool,
}
