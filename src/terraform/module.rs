//! Modules as written: one per folder, parsed and indexed once, shared by all its instances.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::index::{self, Block, Body, Expr, Indexer};
use super::limits::MODULE_WEIGHT;
use super::resources::written_name;
use super::types;
use super::{Mode, TerraformFile};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Sources};
use crate::syntax::{hcl, json};
use crate::value::Constraint;

/// Things with a name, in source order, found by name.
#[derive(Debug)]
pub(super) struct Named<T> {
    pub(super) all: Vec<T>,
    by_name: HashMap<Arc<str>, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_name: HashMap::new(),
        }
    }
}

impl<T> Named<T> {
    /// Position and thing of a name.
    pub(super) fn get(&self, name: &str) -> Option<(usize, &T)> {
        let at = *self.by_name.get(name)?;
        self.all.get(at).map(|thing| (at, thing))
    }

    /// Positions in the order of names.
    pub(super) fn by_name(&self) -> Vec<(Arc<str>, usize)> {
        let mut all: Vec<_> = self
            .by_name
            .iter()
            .map(|(name, at)| (Arc::clone(name), *at))
            .collect();
        all.sort();
        all
    }

    fn names(&self) -> Vec<Arc<str>> {
        self.by_name().into_iter().map(|(name, _)| name).collect()
    }

    /// The name nearest to a wrong one, for a hint.
    pub(super) fn nearest(&self, wrong: &str) -> Option<Arc<str>> {
        nearest(wrong, self.names())
    }

    fn insert(&mut self, name: Arc<str>, thing: T) -> Result<(), T> {
        if self.by_name.contains_key(&name) {
            return Err(thing);
        }
        self.by_name.insert(name, self.all.len());
        self.all.push(thing);
        Ok(())
    }
}

/// The candidate that differs least from a wrong name, when it differs little.
pub(super) fn nearest(
    wrong: &str,
    candidates: impl IntoIterator<Item = Arc<str>>,
) -> Option<Arc<str>> {
    let limit = (wrong.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|name| (distance(wrong, &name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Edits between two names; names longer than 64 characters are never near.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = i + 1;
        let mut next = vec![before];
        for ((y, diagonal), above) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(x != y))
                .min(above + 1)
                .min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// `variable "name" { }`
#[derive(Debug)]
pub(super) struct VariableDef {
    pub(super) name: Arc<str>,
    pub(super) ty: Constraint,
    /// Whether a type is written at all: without one, texts from outside stay texts.
    pub(super) typed: bool,
    pub(super) default: Option<Expr>,
    pub(super) block: Block,
}

/// `resource "kind" "name" { }` and `data "kind" "name" { }`
#[derive(Debug)]
pub(super) struct ResourceDef {
    pub(super) mode: Mode,
    pub(super) kind: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) block: Block,
    pub(super) names: Arc<[(Arc<str>, Place)]>,
}

/// Arguments of a resource that Terraform itself reads.
pub(super) const META_ARGUMENTS: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
/// Blocks of a resource that Terraform itself reads.
pub(super) const META_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

impl ResourceDef {
    fn new(mode: Mode, block: Block) -> Self {
        let mut names: Vec<(Arc<str>, Place)> = Vec::new();
        for attribute in &block.body.attributes {
            if !META_ARGUMENTS.contains(&&*attribute.name) {
                names.push((Arc::clone(&attribute.name), attribute.name_place));
            }
        }
        for inner in &block.body.blocks {
            if &*inner.kind == "dynamic" {
                names.push((inner.label(0), inner.header));
            } else if !META_BLOCKS.contains(&&*inner.kind) {
                names.push((Arc::clone(&inner.kind), inner.header));
            }
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names.dedup_by(|later, earlier| later.0 == earlier.0);
        Self {
            mode,
            kind: block.label(0),
            name: block.label(1),
            names: names.into(),
            block,
        }
    }

    /// `aws_s3_bucket.b`, `data.aws_region.r`
    pub(super) fn local_address(&self) -> String {
        match self.mode {
            Mode::Managed => format!("{}.{}", self.kind, self.name),
            Mode::Data => format!("data.{}.{}", self.kind, self.name),
        }
    }
}

/// `module "name" { }`
#[derive(Debug)]
pub(super) struct CallDef {
    pub(super) name: Arc<str>,
    /// The `source` argument, when it is a plain text.
    pub(super) source: Option<String>,
    pub(super) block: Block,
}

/// One entry of `required_providers`.
#[derive(Debug, Clone, Default)]
pub(super) struct Required {
    pub(super) source: Option<String>,
    pub(super) version: Option<String>,
    /// `configuration_aliases`, as written: `aws.replica`.
    pub(super) aliases: Vec<String>,
}

/// A folder of Terraform files.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) folder: String,
    pub(super) variables: Named<VariableDef>,
    pub(super) locals: Named<index::Attribute>,
    pub(super) outputs: Named<Block>,
    pub(super) resources: Vec<ResourceDef>,
    managed: HashMap<Arc<str>, HashMap<Arc<str>, usize>>,
    data: HashMap<Arc<str>, HashMap<Arc<str>, usize>>,
    pub(super) calls: Named<CallDef>,
    pub(super) providers: Vec<Block>,
    pub(super) required: BTreeMap<Arc<str>, Required>,
    pub(super) backend: Option<Block>,
    pub(super) cloud: Option<Block>,
    pub(super) checks: Vec<Block>,
    /// Has a `.tfvars` file beside it.
    pub(super) has_values: bool,
    pub(super) problems: Vec<Problem>,
}

impl Module {
    /// Position and definition of a resource or data source.
    pub(super) fn resource(
        &self,
        mode: Mode,
        kind: &str,
        name: &str,
    ) -> Option<(usize, &ResourceDef)> {
        let table = self.table(mode);
        let at = *table.get(kind)?.get(name)?;
        self.resources.get(at).map(|def| (at, def))
    }

    /// True when a resource or data source of that kind is declared.
    pub(super) fn has_kind(&self, mode: Mode, kind: &str) -> bool {
        self.table(mode).contains_key(kind)
    }

    /// The name nearest to a wrong one among the resources of a kind.
    pub(super) fn nearest_resource(&self, mode: Mode, kind: &str, wrong: &str) -> Option<Arc<str>> {
        nearest(wrong, self.table(mode).get(kind)?.keys().cloned())
    }

    /// What an instance of it takes, in instances of a resource.
    pub(super) fn weight(&self) -> usize {
        MODULE_WEIGHT
            + self.variables.all.len()
            + self.locals.all.len()
            + self.outputs.all.len()
            + self.resources.len()
            + self.calls.all.len()
    }

    fn table(&self, mode: Mode) -> &HashMap<Arc<str>, HashMap<Arc<str>, usize>> {
        match mode {
            Mode::Managed => &self.managed,
            Mode::Data => &self.data,
        }
    }
}

/// How a file name says that it belongs to Terraform, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Code { json: bool, tofu: bool },
    Values { json: bool },
}

/// The kind of a file and the stem of its name.
pub(super) fn file_kind(path: &str) -> Option<(FileKind, &str)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    const ENDS: [(&str, FileKind); 6] = [
        (
            ".tf.json",
            FileKind::Code {
                json: true,
                tofu: false,
            },
        ),
        (
            ".tofu.json",
            FileKind::Code {
                json: true,
                tofu: true,
            },
        ),
        (".tfvars.json", FileKind::Values { json: true }),
        (
            ".tf",
            FileKind::Code {
                json: false,
                tofu: false,
            },
        ),
        (
            ".tofu",
            FileKind::Code {
                json: false,
                tofu: true,
            },
        ),
        (".tfvars", FileKind::Values { json: false }),
    ];
    ENDS.iter()
        .find_map(|(end, kind)| Some((*kind, name.strip_suffix(end)?)))
}

/// True for the name of a file that holds code.
pub(super) fn is_code(name: &str) -> bool {
    matches!(file_kind(name), Some((FileKind::Code { .. }, _)))
}

/// Reads all folders that hold code.
pub(super) fn load_all(files: &[TerraformFile], sources: &Sources) -> BTreeMap<String, Module> {
    let mut folders: BTreeMap<&str, Vec<&TerraformFile>> = BTreeMap::new();
    for file in files {
        folders.entry(&file.folder).or_default().push(file);
    }
    folders
        .into_par_iter()
        .filter_map(|(folder, files)| {
            let module = load(folder, files, sources)?;
            Some((folder.to_owned(), module))
        })
        .collect()
}

/// What one file holds.
struct Part {
    body: Body,
    problems: Vec<Problem>,
    overrides: bool,
}

fn load(folder: &str, mut files: Vec<&TerraformFile>, sources: &Sources) -> Option<Module> {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    let mut module = Module {
        folder: folder.to_owned(),
        ..Module::default()
    };
    let mut code = Vec::new();
    for file in &files {
        match file_kind(&file.path) {
            Some((FileKind::Values { .. }, _)) => module.has_values = true,
            Some((FileKind::Code { json, tofu }, stem)) => code.push((*file, json, tofu, stem)),
            None => {}
        }
    }
    if code.is_empty() {
        return None;
    }
    let shadowed = |json: bool, tofu: bool, stem: &str| {
        !tofu
            && code
                .iter()
                .any(|(_, j, t, s)| *j == json && *t && *s == stem)
    };
    let mut parts: Vec<Part> = Vec::new();
    let mut indexer = Indexer::default();
    for (file, json, tofu, stem) in &code {
        if shadowed(*json, *tofu, stem) {
            module.problems.push(
                Problem::warning(
                    ProblemCode::Duplicate,
                    format!(
                        "{} is not read: a `.tofu` file of the same name takes its place",
                        file.path
                    ),
                )
                .in_file(file.path.clone()),
            );
            continue;
        }
        let overrides = *stem == "override" || stem.ends_with("_override");
        parts.push(read(file, *json, overrides, sources, &mut indexer));
    }
    // Override files come after all others, in the order of their names.
    parts.sort_by_key(|part| part.overrides);
    let mut builder = Builder { module, indexer };
    for part in parts {
        builder.module.problems.extend(part.problems);
        for block in part.body.blocks {
            builder.block(block, part.overrides);
        }
        for attribute in part.body.attributes {
            builder.module.problems.push(
                Problem::error(
                    ProblemCode::Syntax,
                    format!("`{}` stands outside of a block", attribute.name),
                )
                .at(attribute.name_place)
                .help("put it into a `locals` block, or into the block it belongs to"),
            );
        }
    }
    Some(builder.finish())
}

fn read(
    file: &TerraformFile,
    json: bool,
    overrides: bool,
    sources: &Sources,
    indexer: &mut Indexer,
) -> Part {
    let text = sources.get(file.source).shared_text();
    if json {
        let (doc, problems) = json::parse(file.source, text);
        let body = doc
            .root()
            .map(|root| indexer.json(&doc, root, &index::FILE))
            .unwrap_or_default();
        return Part {
            body,
            problems,
            overrides,
        };
    }
    let parsed = hcl::parse(file.source, text);
    let file = Arc::new(parsed.file);
    Part {
        body: indexer.hcl(&file, file.root()),
        problems: parsed.problems,
        overrides,
    }
}

struct Builder {
    module: Module,
    indexer: Indexer,
}

impl Builder {
    fn finish(mut self) -> Module {
        self.module.problems.append(&mut self.indexer.problems);
        self.module
    }

    fn problem(&mut self, problem: Problem) {
        self.module.problems.push(problem);
    }

    fn labelled(&mut self, block: &Block, wanted: usize) -> bool {
        if block.labels.len() == wanted {
            return true;
        }
        let form = match wanted {
            0 => format!("`{} {{ }}` takes no name", block.kind),
            1 => format!(
                "`{}` needs one name: `{} \"name\" {{ }}`",
                block.kind, block.kind
            ),
            _ => format!(
                "`{}` needs a type and a name: `{} \"type\" \"name\" {{ }}`",
                block.kind, block.kind
            ),
        };
        self.problem(Problem::error(ProblemCode::Syntax, form).at(block.header));
        false
    }

    fn block(&mut self, block: Block, overrides: bool) {
        match &*block.kind {
            "variable" if self.labelled(&block, 1) => self.variable(block, overrides),
            "output" if self.labelled(&block, 1) => self.output(block, overrides),
            "locals" if self.labelled(&block, 0) => self.locals(block, overrides),
            "resource" if self.labelled(&block, 2) => {
                self.resource(Mode::Managed, block, overrides)
            }
            "data" if self.labelled(&block, 2) => self.resource(Mode::Data, block, overrides),
            "module" if self.labelled(&block, 1) => self.call(block, overrides),
            "provider" if self.labelled(&block, 1) => self.provider(block, overrides),
            "terraform" if self.labelled(&block, 0) => self.terraform(block, overrides),
            "check" if self.labelled(&block, 1) => {
                for data in block.body.blocks_of("data") {
                    self.resource(Mode::Data, data.clone(), false);
                }
                self.module.checks.push(block);
            }
            "variable" | "output" | "locals" | "resource" | "data" | "module" | "provider"
            | "terraform" | "check" => {}
            // Of no bearing on what is declared.
            "moved" | "removed" | "import" | "ephemeral" | "action" | "language" => {}
            other => {
                const KNOWN: [&str; 12] = [
                    "check",
                    "data",
                    "import",
                    "locals",
                    "module",
                    "moved",
                    "output",
                    "provider",
                    "removed",
                    "resource",
                    "terraform",
                    "variable",
                ];
                let mut problem = Problem::error(
                    ProblemCode::Syntax,
                    format!("`{other}` is no block that Terraform knows"),
                )
                .at(block.header);
                if let Some(near) = nearest(other, KNOWN.map(Arc::from)) {
                    problem = problem.help(format!("did you mean `{near}`?"));
                }
                self.problem(problem);
            }
        }
    }

    fn duplicate(&mut self, what: &str, again: Place, first: Place) {
        self.problem(
            Problem::error(ProblemCode::Duplicate, format!("{what} is declared twice"))
                .at(again)
                .related(first, "first declared here")
                .help("rename one of them, or move the second into an override file"),
        );
    }

    fn variable(&mut self, block: Block, overrides: bool) {
        let name = block.label(0);
        if let Some((at, known)) = self.module.variables.get(&name) {
            let first = known.block.header;
            if !overrides {
                return self.duplicate(&format!("variable \"{name}\""), block.header, first);
            }
            let mut merged = known.block.clone();
            merged.body.overridden_by(block.body);
            let def = self.variable_def(name, merged);
            if let Some(slot) = self.module.variables.all.get_mut(at) {
                *slot = def;
            }
            return;
        }
        let def = self.variable_def(Arc::clone(&name), block);
        let _ = self.module.variables.insert(name, def);
    }

    fn variable_def(&mut self, name: Arc<str>, block: Block) -> VariableDef {
        let mut ty = Constraint::default();
        let mut typed = false;
        if let Some(expr) = block.body.expr("type") {
            match types::constraint(expr) {
                Ok(found) => {
                    ty = found;
                    typed = true;
                }
                Err(problem) => self.problem(problem),
            }
        }
        VariableDef {
            name,
            ty,
            typed,
            default: block.body.expr("default").cloned(),
            block,
        }
    }

    fn output(&mut self, block: Block, overrides: bool) {
        let name = block.label(0);
        if let Some((at, known)) = self.module.outputs.get(&name) {
            let first = known.header;
            if !overrides {
                return self.duplicate(&format!("output \"{name}\""), block.header, first);
            }
            if let Some(known) = self.module.outputs.all.get_mut(at) {
                known.body.overridden_by(block.body);
            }
            return;
        }
        let _ = self.module.outputs.insert(name, block);
    }

    fn locals(&mut self, block: Block, overrides: bool) {
        for attribute in block.body.attributes {
            let name = Arc::clone(&attribute.name);
            if let Some((at, known)) = self.module.locals.get(&name) {
                let first = known.name_place;
                if !overrides {
                    self.duplicate(&format!("local.{name}"), attribute.name_place, first);
                } else if let Some(slot) = self.module.locals.all.get_mut(at) {
                    *slot = attribute;
                }
                continue;
            }
            let _ = self.module.locals.insert(name, attribute);
        }
    }

    fn resource(&mut self, mode: Mode, block: Block, overrides: bool) {
        let (kind, name) = (block.label(0), block.label(1));
        if let Some((at, known)) = self.module.resource(mode, &kind, &name) {
            let first = known.block.header;
            if !overrides {
                let what = known.local_address();
                return self.duplicate(&what, block.header, first);
            }
            let mut merged = known.block.clone();
            merged.body.overridden_by(block.body);
            if let Some(slot) = self.module.resources.get_mut(at) {
                *slot = ResourceDef::new(mode, merged);
            }
            return;
        }
        let table = match mode {
            Mode::Managed => &mut self.module.managed,
            Mode::Data => &mut self.module.data,
        };
        let at = self.module.resources.len();
        table.entry(kind).or_default().insert(name, at);
        self.module.resources.push(ResourceDef::new(mode, block));
    }

    fn call(&mut self, block: Block, overrides: bool) {
        let name = block.label(0);
        let source = |block: &Block| block.body.expr("source").and_then(Expr::literal_text);
        if let Some((at, known)) = self.module.calls.get(&name) {
            let first = known.block.header;
            if !overrides {
                return self.duplicate(&format!("module \"{name}\""), block.header, first);
            }
            if let Some(known) = self.module.calls.all.get_mut(at) {
                known.block.body.overridden_by(block.body);
                known.source = source(&known.block);
            }
            return;
        }
        let def = CallDef {
            name: Arc::clone(&name),
            source: source(&block),
            block,
        };
        let _ = self.module.calls.insert(name, def);
    }

    fn provider(&mut self, block: Block, overrides: bool) {
        let alias = |block: &Block| block.body.expr("alias").and_then(Expr::literal_text);
        let same = self
            .module
            .providers
            .iter_mut()
            .find(|known| known.label(0) == block.label(0) && alias(known) == alias(&block));
        match same {
            Some(known) if overrides => known.body.overridden_by(block.body),
            Some(known) => {
                let first = known.header;
                let what = match alias(&block) {
                    Some(alias) => format!("provider {}.{alias}", block.label(0)),
                    None => format!("provider \"{}\" without alias", block.label(0)),
                };
                self.duplicate(&what, block.header, first);
            }
            None => self.module.providers.push(block),
        }
    }

    fn terraform(&mut self, block: Block, overrides: bool) {
        for inner in block.body.blocks {
            match &*inner.kind {
                "required_providers" => {
                    for attribute in &inner.body.attributes {
                        let required = required(&attribute.expr);
                        self.module
                            .required
                            .insert(Arc::clone(&attribute.name), required);
                    }
                }
                "backend" | "cloud" => {
                    // One of the two: an override file may put one in the place of the other.
                    if overrides {
                        self.module.backend = None;
                        self.module.cloud = None;
                    } else if let Some(first) = self
                        .module
                        .backend
                        .as_ref()
                        .or(self.module.cloud.as_ref())
                        .map(|known| known.header)
                    {
                        self.duplicate("the place of the state", inner.header, first);
                        continue;
                    }
                    if &*inner.kind == "cloud" {
                        self.module.cloud = Some(inner);
                    } else if self.labelled(&inner, 1) {
                        self.module.backend = Some(inner);
                    }
                }
                _ => {}
            }
        }
    }
}

/// `{ source = "hashicorp/aws", version = "~> 5.0" }`, or the version alone as old code has it.
fn required(expr: &Expr) -> Required {
    if let Some(version) = expr.literal_text() {
        return Required {
            version: Some(version),
            ..Required::default()
        };
    }
    let entries = expr.entries().unwrap_or_default();
    let text = |wanted: &str| {
        entries
            .iter()
            .find(|(key, ..)| key == wanted)
            .and_then(|(_, _, value)| value.literal_text())
    };
    let aliases = entries
        .iter()
        .find(|(key, ..)| key == "configuration_aliases");
    let aliases = aliases.and_then(|(_, _, all)| all.elements());
    Required {
        source: text("source"),
        version: text("version"),
        aliases: aliases
            .unwrap_or_default()
            .iter()
            .filter_map(|alias| Some(written_name(alias)?.to_string()))
            .collect(),
    }
}
