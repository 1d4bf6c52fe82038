//! What is asked of a scan.

use std::path::PathBuf;

use super::{BaselineChoice, Changes};
use crate::config::words::{Actor, Level, Severity};
use crate::config::{Config, Date};
use crate::kubernetes;
use crate::verdict::Bar;

/// A value for an input variable, as given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// `--var name=text`
    Text {
        /// Name of the variable.
        name: String,
        /// Its value as written.
        text: String,
    },
    /// `--var-file path`
    File(PathBuf),
}

/// Which configuration file counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ConfigChoice {
    /// The nearest one above the scan root.
    #[default]
    Nearest,
    /// This one.
    File(PathBuf),
    /// None.
    Without,
}

/// What to scan, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Folders and files.
    pub paths: Vec<PathBuf>,
    /// Reads standard input too.
    pub standard_input: bool,
    /// Which configuration file counts.
    pub config: ConfigChoice,
    /// Values for input variables, in command-line order.
    pub variables: Vec<Variable>,
    /// Environment variables that start with `TF_VAR_`.
    pub environment: Vec<(String, String)>,
    /// `terraform.workspace`; `default` when none.
    pub workspace: Option<String>,
    /// The day that decides which visas are in force; today when none.
    pub as_of: Option<Date>,
    /// Level of data that nobody labelled; overrides the configuration.
    pub assume: Option<Level>,
    /// What the organisation is; overrides the configuration.
    pub actor: Option<Actor>,
    /// What makes the run fail; overrides the configuration.
    pub bar: BarChoice,
    /// Ids of the frameworks that the scan is about; overrides the configuration. Empty: what that says, else all.
    pub frameworks: Vec<String>,
    /// Further policies: files, or folders of them.
    pub policies: Vec<PathBuf>,
    /// Folders of facts over those of the binary; later ones win.
    pub catalog: Vec<PathBuf>,
    /// What is asked of rendering charts and kustomizations.
    pub render: RenderChoice,
    /// Leave out what `.gitignore` names.
    pub gitignore: bool,
    /// Heed no `.gardefouignore`.
    pub no_ignore_files: bool,
    /// Read files that are named without the others of their module.
    pub alone: bool,
    /// Ignores in the code do nothing, whatever the configuration says.
    pub no_inline_ignores: bool,
    /// Markers of other tools count as ignores, whatever the configuration says.
    pub foreign_ignores: bool,
    /// Which known findings are accepted.
    pub baseline: BaselineChoice,
    /// Report only what touches these; none: everything.
    pub changes: Option<Changes>,
}

/// How charts and kustomizations are rendered.
#[derive(Debug, Clone, Default)]
pub struct RenderChoice {
    /// Overrides the configuration; none: what that says, else not.
    pub asked: Option<bool>,
    /// Files of values for every chart, over those of the configuration.
    pub values: Vec<PathBuf>,
    /// Where programs come from.
    pub tools: kubernetes::Tools,
}

/// Overrides of what makes a run fail.
#[derive(Debug, Clone, Default)]
pub struct BarChoice {
    /// The lowest severity that fails; the inner none: nothing fails.
    pub fail_on: Option<Option<Severity>>,
    /// Levels at which an undetermined outcome fails.
    pub undetermined: Option<Vec<Level>>,
    /// What was to be judged and was not seen fails, also where the configuration does not say so.
    pub gaps: bool,
    /// Fewer resources than these fail; none: what the configuration says.
    pub min_resources: Option<usize>,
}

/// What makes the run fail: what was asked, else what the configuration says.
pub(super) fn bar(request: &Request, config: &Config) -> Bar {
    Bar {
        fail_on: request
            .bar
            .fail_on
            .unwrap_or_else(|| Some(config.fail_on())),
        undetermined: request.bar.undetermined.clone().unwrap_or_else(|| {
            Level::ALL
                .iter()
                .copied()
                .filter(|level| config.fails_undetermined(*level))
                .collect()
        }),
        gaps: request.bar.gaps || config.fail.gaps.as_ref().is_some_and(|gaps| gaps.value),
        min_resources: request.bar.min_resources.unwrap_or_else(|| {
            let least = config.fail.min_resources.as_ref();
            least.map_or(0, |least| {
                usize::try_from(least.value).unwrap_or(usize::MAX)
            })
        }),
    }
}
