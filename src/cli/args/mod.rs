//! What can be typed: commands, options, and the help that teaches them.

mod catalog;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::baseline::BaselineArgs;
use super::ignore::IgnoreArgs;
use super::policy::PolicyArgs;
use crate::config::words::{Actor, Level};
use crate::text::Lang;

pub(super) use catalog::{CatalogArgs, CatalogCommand, ListArgs};
use values::output;
pub(super) use values::{
    CiArg, Color, FailOn, Format, LangArg, ReportFormat, StandingArg, Undetermined,
};

const AFTER_HELP: &str = "\
Examples:
  gardefou scan .                              judge the code below this folder
  gardefou scan infra --var-file prod.tfvars   with the values of production
  gardefou inspect . --format json             what was understood, for tools of your own
  gardefou explain residency/outside-area      a rule, why it is there, how to comply
  gardefou policy new house/data-owner         a rule of your own

Exit status of `scan`, the same for every format:
  0  nothing at or above --fail-on
  1  a finding at or above --fail-on, or an undetermined one that fails (see --undetermined)
  2  the job could not be done: bad usage or configuration, input that could not be read, a policy that failed
  3  nothing to scan

Gardefou reads files and nothing else: no network, no credentials, no provider plugins. With --render it starts `helm` and
`kubectl` or `kustomize` on the charts and kustomizations it finds, without network, credentials and plugins.";

const SCAN_HELP: &str = "\
Reads the Terraform, OpenTofu and Kubernetes code, plans and states below PATHS, establishes what data each resource holds, where it sits, who \
operates it, whose it is and with which key it is encrypted, and judges it by the rules. Terraform roots are evaluated as \
`terraform plan` would, without running it: variables, modules, for_each. What cannot be known is said, never passed over.";

const SCAN_AFTER: &str = "\
Examples:
  gardefou scan .
  gardefou scan infra k8s --fail-on medium
  gardefou scan . --var region=fr-par --var-file prod.tfvars
  gardefou scan . --as-of 2027-01-01              which visas will be in force then
  gardefou scan . --actor state-operator --assume health
  gardefou scan . --framework hds                 what HDS asks, and how each requirement stands
  gardefou scan . --render --values prod.yaml     what charts become with the values of production
  terraform show -json | gardefou scan -          what is in the state
  gardefou scan . --output json=report.json       the report for people here, JSON in a file
  gardefou scan . --changed-since origin/main     what a pull request changes

Exit status:
  0  nothing at or above --fail-on
  1  a finding at or above --fail-on, or an undetermined one that fails
  2  the job could not be done: usage, configuration, unreadable input, a policy that failed
  3  nothing to scan";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "gardefou", version, about, long_about = None, after_long_help = AFTER_HELP, max_term_width = 110)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) terminal: TerminalArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge the Terraform, OpenTofu and Kubernetes code below some folders
    #[command(long_about = SCAN_HELP, after_long_help = SCAN_AFTER)]
    Scan(ScanArgs),
    /// Show what was understood: resources, values, facts and their evidence
    ///
    /// With the address of a resource, shows its attributes and where the value of each came from: `inspect ADDRESS`, or
    /// `inspect ADDRESS PATH` for one attribute, each with the folders to read behind it. What exists as a file or folder
    /// is read; write --resource and --attribute where a name could be both.
    #[command(after_long_help = "\
Examples:
  gardefou inspect .
  gardefou inspect aws_s3_bucket.archive bucket             where the name of the bucket came from
  gardefou inspect 'module.db[*].aws_db_instance.main' infra  all attributes of these instances
  gardefou inspect . --format json | jq '.roots[].resources[] | select(.facts.location.area == \"third\") | .address'

JSON is described by docs/schema/inspect.schema.json: values are written as in Terraform's plans, with what is unknown and
what is sensitive beside them. Sensitive values are null.")]
    Inspect(InspectArgs),
    /// Keep the findings that are known today in a file, so that only new ones fail
    ///
    /// A finding that the file holds is accepted: it stays in every report and does not fail the run. It counts again when it
    /// becomes graver, or is about another place, host or operator. Scans read the file with `--baseline FILE`, or with
    /// `[baseline] file = "..."` in gardefou.toml.
    #[command(after_long_help = "\
Examples:
  gardefou baseline create . --reason \"known before the migration\" --until 2027-06-30
  gardefou scan . --baseline gardefou.baseline.json
  gardefou baseline prune .                       drop what is fixed
  gardefou baseline update .                      drop what is fixed, add what is new

Exit status: 0, 2 when the job could not be done or not everything could be read, 3 when there was nothing to scan.")]
    Baseline(BaselineArgs),
    /// Write an ignore into the code, above what it is about
    ///
    /// One line is inserted, in the notation of the file, and no other byte is touched: a comment in Terraform and YAML, the
    /// key "//" in .tf.json, the annotation gardefou.eu/ignore in JSON manifests. The code is then scanned again: where the
    /// findings are not accepted, the file is put back as it was.
    #[command(after_long_help = "\
Examples:
  gardefou ignore --add residency/outside-area aws_s3_bucket.training --reason \"synthetic records\" --until 2026-12-31
  gardefou ignore --add encryption/not-encrypted module.db.aws_db_instance.main --at module.db --reason \"no data yet\"
  gardefou ignore --add 'qualification/*' 'apps/v1/Deployment prod/api' k8s --reason \"contract under way\" --dry-run

Exit status: 0 when it is written, 2 when it is not.")]
    Ignore(IgnoreArgs),
    /// Explain a rule, a requirement or an offering
    #[command(after_long_help = "\
Examples:
  gardefou explain residency/outside-area
  gardefou explain SNC-LOC-001
  gardefou explain outscale/iaas-cloud-on-demand --lang fr")]
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Look facts up: regions, offerings, resource types
    ///
    /// Every word of QUERY has to be met by a name of the entry, whole or from its start; short words count as a whole. Exact
    /// hits come first. Without words, everything is listed.
    #[command(after_long_help = "\
Examples:
  gardefou catalog regions eu-west-2              what this identifier means at each provider
  gardefou catalog regions --area adequate        what is European and not in the EU
  gardefou catalog offerings --status qualified --as-of 2027-01-01
  gardefou catalog resources aws_s3_bucket        all that is known of the type
  gardefou catalog resources s3 --format json

Exit status: 0, 2 when the job could not be done, 3 when nothing was met (what is near is suggested).")]
    Catalog(CatalogArgs),
    /// Write policies of your own: start one, build it, try it, look at it
    ///
    /// A policy is a WebAssembly component that holds a family of rules. It sees what a scan established, through the contract
    /// in wit/policy.wit, and nothing else: no files, no network, no clock. Rust, JavaScript and Python have templates; any
    /// language that makes a core .wasm module will do.
    #[command(after_long_help = "\
Examples:
  gardefou policy new house/data-owner            a policy that builds and passes its cases, in ./house
  cd house && gardefou policy test                build it, and try it on its cases
  gardefou scan . --policy house                  judge code by it, beside the built-in rules
  gardefou policy inspect house/house-policy.wasm its rules, what it imports, its hash")]
    Policy(PolicyArgs),
    /// Propose a configuration, a job for the CI and a hook, and write them
    ///
    /// Looks at the repository around DIR: what is written there, where it runs, which labels it carries. Asks at a terminal;
    /// without one it shows what it would write, and --yes writes it. What is there already is never changed: the proposal is
    /// printed.
    #[command(after_long_help = "\
Examples:
  gardefou init                                   asks, then writes
  gardefou init --dry-run                         shows what it would write
  gardefou init --yes --actor health-body --assume health --ci github --hook")]
    Init(InitArgs),
    /// Write completions for a shell
    #[command(after_long_help = "\
Examples:
  gardefou completions bash > ~/.local/share/bash-completion/completions/gardefou
  gardefou completions zsh > \"${fpath[1]}/_gardefou\"
  gardefou completions fish > ~/.config/fish/completions/gardefou.fish")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    ///
    /// Without a folder, prints the page of the program itself.
    #[command(after_long_help = "\
Examples:
  gardefou man | man -l -                         read it now
  gardefou man --to ~/.local/share/man/man1       one page for each command")]
    Man(ManArgs),
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write a page for the program and for each command into this folder
    #[arg(long, value_name = "DIR")]
    pub(super) to: Option<PathBuf>,
}

/// What is read and how it is understood: the same for `scan` and `inspect`.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Folders or files; `-` for standard input: a plan or a state as JSON, or Kubernetes objects
    #[arg(default_value = ".", value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,
    /// Value of a Terraform variable of the roots, repeatable; later ones win
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Input")]
    pub(super) var: Vec<String>,
    /// File of values for Terraform variables, repeatable, in order with --var
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) var_file: Vec<PathBuf>,
    /// Value of `terraform.workspace`
    #[arg(
        long,
        value_name = "NAME",
        env = "GARDEFOU_WORKSPACE",
        hide_env_values = true,
        default_value = "default",
        help_heading = "Input"
    )]
    pub(super) workspace: String,
    /// Render Helm charts and kustomizations with the installed helm and kubectl or kustomize, and judge what they become
    #[arg(
        long,
        env = "GARDEFOU_RENDER",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new(),
        action = clap::ArgAction::SetTrue,
        help_heading = "Input"
    )]
    pub(super) render: bool,
    /// Start no program, whatever the configuration says
    #[arg(long, help_heading = "Input")]
    pub(super) no_render: bool,
    /// File of values for Helm charts, as `helm -f`, repeatable; later ones win
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) values: Vec<PathBuf>,
    /// Leave out what .gitignore names; by default it is read, as Terraform does
    #[arg(long, help_heading = "Input")]
    pub(super) gitignore: bool,
    /// Leave nothing out: no .gardefouignore counts, for gates that the code must not open
    #[arg(long, help_heading = "Input")]
    pub(super) no_ignore_files: bool,
    /// Configuration file, instead of the nearest gardefou.toml
    #[arg(
        long,
        value_name = "FILE",
        env = "GARDEFOU_CONFIG",
        hide_env_values = true,
        help_heading = "Input"
    )]
    pub(super) config: Option<PathBuf>,
    /// A folder of facts over the shipped ones, laid out like catalog/, repeatable; later ones win
    #[arg(long, value_name = "DIR", help_heading = "Judgement")]
    pub(super) catalog: Vec<PathBuf>,
    /// The date that decides which visas are in force: 2026-11-30 [default: today]
    #[arg(
        long,
        value_name = "DATE",
        env = "GARDEFOU_AS_OF",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) as_of: Option<String>,
    /// Level of data that nobody labelled: public, internal, personal, health or particular
    #[arg(
        long,
        value_name = "LEVEL",
        env = "GARDEFOU_ASSUME",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) assume: Option<Level>,
    /// What the organisation is before the law: state, state-operator, gip, oiv, ose, health-body, local-authority or private
    #[arg(
        long,
        value_name = "ACTOR",
        env = "GARDEFOU_ACTOR",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) actor: Option<Actor>,
    /// Threads; 0: one for each processor [default: 0]
    #[arg(
        long,
        value_name = "N",
        env = "GARDEFOU_THREADS",
        hide_env_values = true,
        help_heading = "Input"
    )]
    pub(super) threads: Option<usize>,
}

/// Arguments of `scan`.
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// Ask only what serves a framework: secnumcloud, hds, sren or gdpr, repeatable [default: all]
    #[arg(
        long,
        value_name = "ID",
        env = "GARDEFOU_FRAMEWORK",
        hide_env_values = true,
        value_delimiter = ',',
        help_heading = "Judgement"
    )]
    pub(super) framework: Vec<String>,
    /// A policy beside the built-in ones: a component file or a folder of them, repeatable
    #[arg(long, value_name = "FILE|DIR", help_heading = "Judgement")]
    pub(super) policy: Vec<PathBuf>,
    /// Compile policies anew, and keep nothing of them
    #[arg(long, help_heading = "Judgement")]
    pub(super) no_cache: bool,
    /// Fail at findings of at least this severity: info, low, medium, high, critical; or `never` [default: high]
    #[arg(
        long,
        value_name = "SEVERITY",
        env = "GARDEFOU_FAIL_ON",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) fail_on: Option<FailOn>,
    /// What undetermined findings do [default: fail for health and particular data]
    #[arg(
        long,
        value_name = "WHAT",
        env = "GARDEFOU_UNDETERMINED",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) undetermined: Option<Undetermined>,
    /// Fail at what was to be judged and was not seen: modules not at hand, charts not rendered, files left out
    #[arg(
        long,
        env = "GARDEFOU_FAIL_ON_GAPS",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Judgement"
    )]
    pub(super) fail_on_gaps: bool,
    /// Fail when fewer resources were judged: for gates that must not be green for having seen nothing [default: no bound]
    #[arg(long, value_name = "N", help_heading = "Judgement")]
    pub(super) min_resources: Option<usize>,
    /// Ignores in the code do nothing, they are only counted: for gates that the code itself must not open
    #[arg(
        long,
        env = "GARDEFOU_NO_INLINE_IGNORES",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Judgement"
    )]
    pub(super) no_inline_ignores: bool,
    /// Markers of checkov, trivy and tfsec count as ignores where their check asks what a rule here asks
    #[arg(
        long,
        env = "GARDEFOU_FOREIGN_IGNORES",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new(),
        help_heading = "Judgement"
    )]
    pub(super) foreign_ignores: bool,
    /// Findings that this file holds are known: accepted, still shown [default: that of the configuration]
    #[arg(
        long,
        value_name = "FILE",
        env = "GARDEFOU_BASELINE",
        hide_env_values = true,
        help_heading = "Judgement"
    )]
    pub(super) baseline: Option<OsString>,
    /// Accept no finding for being known, whatever the configuration says
    #[arg(long, help_heading = "Judgement")]
    pub(super) no_baseline: bool,
    /// Judge everything, report what touches files that changed since REF, or is new or worse since then: for pull requests
    #[arg(long, value_name = "REF", conflicts_with_all = ["files_from", "only_changed"], help_heading = "Output")]
    pub(super) changed_since: Option<String>,
    /// Judge everything, report what touches the files of a list: one a line or between NUL bytes; `-` for standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "only_changed",
        help_heading = "Output"
    )]
    pub(super) files_from: Option<PathBuf>,
    /// PATHS are files that changed: judge everything below the working folder, report what touches them
    #[arg(long, help_heading = "Output")]
    pub(super) only_changed: bool,
    /// What is printed
    #[arg(
        long,
        value_name = "FORMAT",
        env = "GARDEFOU_FORMAT",
        hide_env_values = true,
        default_value = "human",
        help_heading = "Output"
    )]
    pub(super) format: ReportFormat,
    /// Also write a format to a file, repeatable: sarif=gardefou.sarif
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output, help_heading = "Output")]
    pub(super) output: Vec<(ReportFormat, PathBuf)>,
    /// What this scan is called in SARIF, where several of one commit are uploaded [default: gardefou and the folder]
    #[arg(
        long,
        value_name = "NAME",
        env = "GARDEFOU_CATEGORY",
        hide_env_values = true,
        help_heading = "Output"
    )]
    pub(super) category: Option<String>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// A folder of the repository
    #[arg(default_value = ".", value_name = "DIR")]
    pub(super) dir: PathBuf,
    /// Ask nothing, and write
    #[arg(long, short, conflicts_with = "dry_run")]
    pub(super) yes: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// What the organisation is before the law: state, state-operator, gip, oiv, ose, health-body, local-authority or private
    #[arg(
        long,
        value_name = "ACTOR",
        env = "GARDEFOU_ACTOR",
        hide_env_values = true
    )]
    pub(super) actor: Option<Actor>,
    /// Level of data that nobody labelled: public, internal, personal, health or particular
    #[arg(
        long,
        value_name = "LEVEL",
        env = "GARDEFOU_ASSUME",
        hide_env_values = true
    )]
    pub(super) assume: Option<Level>,
    /// A job for this CI [default: that of the repository]
    #[arg(long, value_name = "CI")]
    pub(super) ci: Option<CiArg>,
    /// A hook for pre-commit [default: when the repository uses pre-commit]
    #[arg(long, conflicts_with = "no_hook")]
    pub(super) hook: bool,
    /// No hook
    #[arg(long)]
    pub(super) no_hook: bool,
    /// The commit of Gardefou that CI and hook are pinned to
    #[arg(long, value_name = "COMMIT")]
    pub(super) pin: Option<String>,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,
    /// What is printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Output"
    )]
    pub(super) format: Format,
    /// Show one resource, and where its attributes came from; what follows are paths
    #[arg(long, value_name = "ADDRESS", help_heading = "Evidence")]
    pub(super) resource: Option<String>,
    /// Show one attribute of the resource, or all below a path: tags.owner
    #[arg(long, value_name = "PATH", help_heading = "Evidence")]
    pub(super) attribute: Option<String>,
    /// Print sensitive values of code; those of plans and states are never printed
    #[arg(long, help_heading = "Output")]
    pub(super) show_sensitive: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A rule (residency/outside-area), a requirement (SNC-LOC-001) or an offering (outscale/iaas-cloud-on-demand)
    #[arg(value_name = "RULE|REQUIREMENT|OFFERING")]
    pub(super) what: String,
    /// A folder of facts over the shipped ones, laid out like catalog/, repeatable; later ones win
    #[arg(long, value_name = "DIR")]
    pub(super) catalog: Vec<PathBuf>,
    /// The date that decides which visas are in force: 2026-11-30 [default: today]
    #[arg(
        long,
        value_name = "DATE",
        env = "GARDEFOU_AS_OF",
        hide_env_values = true
    )]
    pub(super) as_of: Option<String>,
    /// A policy beside the built-in ones, repeatable
    #[arg(long, value_name = "FILE|DIR")]
    pub(super) policy: Vec<PathBuf>,
    /// Compile policies anew, and keep nothing of them
    #[arg(long)]
    pub(super) no_cache: bool,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: Format,
    /// A policy beside the built-in ones, repeatable
    #[arg(long, value_name = "FILE|DIR")]
    pub(super) policy: Vec<PathBuf>,
    /// Compile policies anew, and keep nothing of them
    #[arg(long)]
    pub(super) no_cache: bool,
}

/// How the terminal is used: the same for every command.
#[derive(Debug, Args)]
pub(super) struct TerminalArgs {
    /// When to use colour; `auto` heeds NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR, and whether there is a terminal
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Terminal"
    )]
    pub(super) color: Color,
    /// One line for each finding and problem, no summary
    #[arg(
        long,
        short,
        global = true,
        conflicts_with = "verbose",
        help_heading = "Terminal"
    )]
    pub(super) quiet: bool,
    /// Every finding and all evidence in full
    #[arg(long, short, global = true, help_heading = "Terminal")]
    pub(super) verbose: bool,
    /// Language of what people read [default: that of the environment, else English]
    #[arg(
        long,
        global = true,
        value_name = "LANG",
        env = "GARDEFOU_LANG",
        hide_env_values = true,
        help_heading = "Terminal"
    )]
    lang: Option<LangArg>,
}

impl TerminalArgs {
    /// The language that was asked for, else that of the environment.
    pub(super) fn lang(&self) -> Lang {
        match self.lang {
            Some(LangArg::En) => Lang::En,
            Some(LangArg::Fr) => Lang::Fr,
            None => super::locale::of_environment(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
