//! Terraform and OpenTofu code, evaluated: which resources it declares, in which instances, with which values, and by
//! which provider configuration.
//!
//! [`evaluate`] never stops at a fault: what cannot be worked out is an unknown with its reason, and a
//! [`Problem`] says what to do. Every value carries its origin, so that a finding can show the way from the attribute
//! through variables, locals and module calls to the line that decides it.

mod calls;
mod check;
mod common;
mod cycles;
mod data;
mod dynamic;
mod eval;
mod expand;
mod fed;
mod files;
pub mod functions;
mod given;
mod index;
pub mod limits;
mod load;
mod module;
mod paths;
mod providers;
mod reach;
mod recorded;
mod references;
mod resources;
mod roots;
mod schema;
mod scope;
mod types;
mod undeclared;
mod variables;
mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;

pub use fed::{Feeder, fed};
pub use files::{Asked, FolderFiles, ReadFault, ReadFiles};
pub use recorded::{Recorded, RecordedFile};

use crate::catalog::Catalog;
use crate::problem::Problem;
use crate::source::{Place, SourceId, Sources};
use crate::text::Text;
use crate::value::{Type, Value};

/// One file of the scan that belongs to Terraform: `.tf`, `.tofu`, `.tf.json`, `.tofu.json`, `.tfvars`, `.tfvars.json`, and
/// `.terraform/modules/modules.json`.
#[derive(Debug, Clone)]
pub struct TerraformFile {
    /// Path as shown, `/` between parts.
    pub path: String,
    /// The folder part of the path; empty for the top of the scan.
    pub folder: String,
    /// Its text.
    pub source: SourceId,
}

/// One value for an input variable, or a file of them, given on the command line.
#[derive(Debug, Clone)]
pub enum VarInput {
    /// `--var name=text`
    Var {
        /// Name of the variable.
        name: String,
        /// Its value as written.
        text: String,
    },
    /// `--var-file path`
    File {
        /// Path as shown; `.json` at its end decides how it is read.
        path: String,
        /// Its text.
        source: SourceId,
    },
}

/// What evaluation depends on beside the files.
#[derive(Debug, Clone)]
pub struct Options {
    /// Values for input variables, in command-line order; later ones win.
    pub vars: Vec<VarInput>,
    /// Environment variables that start with `TF_VAR_`, as pairs of full name and text.
    pub environment: Vec<(String, String)>,
    /// `terraform.workspace`.
    pub workspace: String,
    /// Nobody said which workspace is meant.
    pub workspace_assumed: bool,
    /// Folders whose variables a file gives values that is not read, with the path of that file.
    pub fed: BTreeMap<String, String>,
    /// Folders that are links, with the folder they lead to: the same code under two names.
    pub links: BTreeMap<String, String>,
    /// The absolute path of the scanned folder, for `path.cwd` and `abspath`. None: they are unknown, so that a scan says
    /// the same wherever the checkout lies.
    pub folder: Option<String>,
    /// Names, normalised, of the arguments of module calls that speak of all that is in the module, such as its tags. Others
    /// are not kept.
    pub telling: Arc<HashSet<String>>,
    /// Bounds on hostile input.
    pub limits: limits::Limits,
    /// What is known of data sources and providers.
    pub catalog: &'static Catalog,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            vars: Vec::new(),
            environment: Vec::new(),
            workspace: "default".to_owned(),
            workspace_assumed: false,
            fed: BTreeMap::new(),
            links: BTreeMap::new(),
            folder: None,
            telling: Arc::default(),
            limits: limits::Limits::default(),
            catalog: Catalog::get(),
        }
    }
}

/// Everything that the files declare.
#[derive(Debug, Default)]
pub struct Estate {
    /// One for each root module, plan and state, sorted by path.
    pub roots: Vec<Root>,
    /// What could not be read or decided, in the order of roots and files, without repeats.
    pub problems: Vec<Problem>,
    /// Module calls whose code is not part of the scan.
    pub modules_missing: Vec<MissingModule>,
    /// Files that were not among those given, and were read since modules in them are called.
    pub files_reached: usize,
}

/// A module call whose code is not part of the scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingModule {
    /// Folder of the root it belongs to.
    pub root: String,
    /// `module.a.module.b`, without instance keys.
    pub address: String,
    /// The `source` argument as written.
    pub source: String,
    /// Header of the module block.
    pub place: Place,
    /// Why it is not there, in words.
    pub why: Text,
}

/// What a root was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadFrom {
    /// Its code.
    Code,
    /// A plan: what will be.
    Plan,
    /// A state: what is.
    State,
}

/// One root module with all that is below it.
#[derive(Debug)]
pub struct Root {
    /// Its folder, empty for the top of the scan; of a plan or a state the path of its file.
    pub path: String,
    /// What it was read from.
    pub read_from: ReadFrom,
    /// Every resource and data source instance, in the order of files, blocks and keys; modules after their caller.
    pub resources: Vec<Declared>,
    /// Provider configurations in use, those without a block included.
    pub providers: Vec<ProviderConfig>,
    /// `backend "..." { }` in the `terraform` block.
    pub backend: Option<Backend>,
    /// `cloud { }` in the `terraform` block, with kind `cloud`.
    pub cloud: Option<Backend>,
    /// Instances of module calls, callers before what they call.
    pub modules: Vec<ModuleCall>,
    /// Input variables of the root module, by name.
    pub variables: Vec<Variable>,
    /// Outputs of the root module, by name.
    pub outputs: Vec<Output>,
    /// What was met in its modules and in their evaluation; [`Estate::problems`] holds them as well.
    pub problems: Vec<Problem>,
}

/// One instance of a module call.
#[derive(Debug, Clone)]
pub struct ModuleCall {
    /// `module.a["x"].module.b`
    pub address: Arc<str>,
    /// Address of the module that calls it; empty for the root module.
    pub caller: Arc<str>,
    /// The label of its block.
    pub name: Arc<str>,
    /// The `source` argument as written.
    pub source: Arc<str>,
    /// Header of its block.
    pub header: Place,
    /// The whole block.
    pub block: Place,
    /// `each.key` or `count.index`; the origin of a key is the collection of its `for_each`.
    pub each_key: Option<Value>,
    /// Those of its arguments that speak of all that is in it ([`Options::telling`]), sorted by name.
    pub arguments: Vec<(Arc<str>, Value)>,
    /// Why its code is not at hand; none: it is.
    pub absent: Option<Text>,
}

/// An input variable of a root module.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Its value; unknown because of itself when none is given.
    pub value: Value,
    /// The declared type.
    pub ty: Type,
    /// The header of its block.
    pub place: Place,
}

/// An output of a root module.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// Its value; unknown because of an error when it could not be evaluated.
    pub value: Value,
    /// Declared as sensitive.
    pub sensitive: bool,
    /// The header of its block.
    pub place: Place,
    /// The whole block.
    pub block: Place,
}

/// Where the state is kept, or who runs the plan.
#[derive(Debug, Clone)]
pub struct Backend {
    /// `s3`, `azurerm`, `cloud` ...
    pub kind: Arc<str>,
    /// Its arguments: an object shaped as [`Declared::attributes`].
    pub config: Value,
    /// The header of the block.
    pub place: Place,
    /// All of it.
    pub block: Place,
}

/// `resource` or `data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// `resource`
    Managed,
    /// `data`
    Data,
}

/// Which instance of a block with `count` or `for_each`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Of `count`.
    Int(u64),
    /// Of `for_each`.
    Str(Arc<str>),
    /// One instance that stands for all, since their number is not known: `["*"]`.
    Unknown,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(at) => write!(f, "[{at}]"),
            Self::Str(key) => {
                // As Terraform prints it: with the escapes of a quoted template.
                f.write_str("[\"")?;
                let mut rest = &**key;
                while let Some(at) = rest.find(['"', '\\', '\n', '\r', '\t']) {
                    let (before, after) = rest.split_at(at);
                    f.write_str(before)?;
                    let mut after = after.chars();
                    f.write_str(match after.next() {
                        Some('"') => "\\\"",
                        Some('\n') => "\\n",
                        Some('\r') => "\\r",
                        Some('\t') => "\\t",
                        _ => "\\\\",
                    })?;
                    rest = after.as_str();
                }
                f.write_str(rest)?;
                f.write_str("\"]")
            }
            Self::Unknown => f.write_str("[\"*\"]"),
        }
    }
}

/// One instance of a resource or data source.
#[derive(Debug, Clone)]
pub struct Declared {
    /// `module.a["x"].aws_s3_bucket.b[0]`, `data.aws_region.current`.
    pub address: Arc<str>,
    /// Managed or data.
    pub mode: Mode,
    /// `aws_s3_bucket`
    pub kind: Arc<str>,
    /// The second label.
    pub name: Arc<str>,
    /// Which instance; none without `count` and `for_each`.
    pub key: Option<Key>,
    /// Address of the module instance; empty for the root module.
    pub module: Arc<str>,
    /// Index into [`Root::providers`].
    pub provider: usize,
    /// Its arguments: an object. Nested blocks are tuples of objects (a single one too), each with the place of its
    /// header as origin. Meta-arguments are not in it. An unknown object when it could not be built at all.
    pub attributes: Value,
    /// Where the names of the arguments and the kinds of the nested blocks are written, sorted by name; one of a kind.
    pub attribute_names: Arc<[(Arc<str>, Place)]>,
    /// `resource "type" "name"`
    pub header: Place,
    /// The whole block.
    pub block: Place,
    /// Headers of the module blocks on the way here, outermost first.
    pub calls: Arc<[Place]>,
    /// `each.key` or `count.index` of this instance; the origin of a key is the collection of its `for_each`.
    pub each_key: Option<Value>,
    /// Addresses in `depends_on`, as written, with the address of the module in front.
    pub depends_on: Arc<[Arc<str>]>,
    /// The `lifecycle` block.
    pub lifecycle: Arc<Lifecycle>,
    /// Part of the block could not be parsed: what is not in `attributes` may still have been written.
    pub incomplete: bool,
}

/// What of a `lifecycle` block bears on judgement.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    /// `prevent_destroy`, when written.
    pub prevent_destroy: Option<Value>,
    /// `create_before_destroy`, when written.
    pub create_before_destroy: Option<Value>,
    /// Attribute names in `ignore_changes`; a single `*` for `all`.
    pub ignore_changes: Arc<[Arc<str>]>,
    /// Addresses of the resources in `replace_triggered_by`, without keys and attributes.
    pub replace_triggered_by: Arc<[Arc<str>]>,
}

/// A provider configuration of a root.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// `hashicorp/aws`, in lower case; with the registry's host only when it is not the default one.
    pub source: Arc<str>,
    /// The name used in the module of its block: `aws`.
    pub local_name: Arc<str>,
    /// `alias`, if any.
    pub alias: Option<Arc<str>>,
    /// Which instance of a provider block with `for_each`.
    pub key: Option<Key>,
    /// Address of the module instance that holds the block; empty for the root module.
    pub module: Arc<str>,
    /// Its arguments: an object shaped as [`Declared::attributes`]; empty when there is no block.
    pub config: Value,
    /// Header of the block; none when there is no block.
    pub place: Option<Place>,
    /// Version constraint in `required_providers`, as written.
    pub version: Option<Arc<str>>,
}

/// Works out what the files declare. The result depends on nothing but the arguments, whatever the number of threads.
///
/// `reader` answers `file()` and its like; it must not leave the scan.
pub fn evaluate(
    files: &[TerraformFile],
    sources: &Sources,
    options: &Options,
    reader: &dyn ReadFiles,
) -> Estate {
    evaluate_with(files, sources, options, reader, Recorded::default())
}

/// As [`evaluate`], with plans and states: a plan is put together with the code it was made from, when that is here; other
/// plans, and states, are roots of their own.
pub fn evaluate_with(
    files: &[TerraformFile],
    sources: &Sources,
    options: &Options,
    reader: &dyn ReadFiles,
    recorded: Recorded,
) -> Estate {
    roots::evaluate(files, sources, options, reader, recorded)
}

/// Reads plans and states, for [`evaluate_with`].
pub fn recorded(files: &[RecordedFile], sources: &Sources) -> Recorded {
    Recorded::read(files, sources)
}

#[cfg(test)]
mod tests;
