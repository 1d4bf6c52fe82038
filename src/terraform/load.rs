//! From files to modules: which files of a folder count, and what their blocks declare.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;
use rayon::prelude::*;

use super::index::{Block, Body, Expr, Indexer, read_json};
use super::limits::read_hcl;
use super::module::{CallDef, Module, Required, ResourceDef, VariableDef, nearest};
use super::resources::written_name;
use super::{Mode, TerraformFile, check, schema, types};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, Sources};
use crate::text::{Text, text};
use crate::value::Constraint;

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
            Some((FileKind::Values { .. }, _)) => module.values.push((*file).clone()),
            Some((FileKind::Code { json, tofu }, stem)) => code.push((*file, json, tofu, stem)),
            None => {}
        }
    }
    if code.is_empty() {
        return None;
    }
    // OpenTofu takes its own file in place of Terraform's of the same name.
    let tofu_only: HashSet<(bool, &str)> = (code.iter())
        .filter(|(_, _, tofu, _)| *tofu)
        .map(|(_, json, _, stem)| (*json, &**stem))
        .collect();
    let shadowed = |json, tofu: bool, stem| !tofu && tofu_only.contains(&(json, stem));
    let mut parts: Vec<Part> = Vec::new();
    let mut indexer = Indexer::default();
    for (file, json, tofu, stem) in &code {
        if shadowed(*json, *tofu, stem) {
            module.problems.push(
                Problem::warning(
                    ProblemCode::Duplicate,
                    text!(
                        "{} is not read: a `.tofu` file of the same name takes its place",
                        "{} n’est pas lu : un fichier `.tofu` du même nom prend sa place",
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
    let mut builder = Builder {
        module,
        indexer,
        required: None,
    };
    for part in parts {
        builder.module.problems.extend(part.problems);
        for block in part.body.blocks {
            builder.block(block, part.overrides);
        }
        for attribute in part.body.attributes {
            builder.module.problems.push(
                Problem::error(
                    ProblemCode::Syntax,
                    text!(
                        "`{}` stands outside of a block",
                        "`{}` se trouve hors d’un bloc",
                        attribute.name
                    ),
                )
                .at(attribute.name_place)
                .help(Text::new(
                    "put it into a `locals` block, or into the block it belongs to",
                    "mettez-le dans un bloc `locals`, ou dans le bloc auquel il appartient",
                )),
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
        let (doc, problems) = read_json(file.source, text);
        let body = doc
            .root()
            .map(|root| indexer.json(&doc, root, &schema::FILE))
            .unwrap_or_default();
        return Part {
            body,
            problems,
            overrides,
        };
    }
    let parsed = read_hcl(file.source, text);
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
    /// The first `required_providers` block.
    required: Option<Place>,
}

impl Builder {
    fn finish(mut self) -> Module {
        self.module.problems.append(&mut self.indexer.problems);
        let found = check::module(&self.module);
        self.module.problems.extend(found);
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
            0 => text!(
                "`{} {{ }}` takes no name",
                "`{} {{ }}` ne prend pas de nom",
                block.kind
            ),
            1 => text!(
                "`{}` needs one name: `{} \"name\" {{ }}`",
                "`{}` a besoin d’un nom : `{} \"nom\" {{ }}`",
                block.kind,
                block.kind
            ),
            _ => text!(
                "`{}` needs a type and a name: `{} \"type\" \"name\" {{ }}`",
                "`{}` a besoin d’un type et d’un nom : `{} \"type\" \"nom\" {{ }}`",
                block.kind,
                block.kind
            ),
        };
        self.problem(Problem::error(ProblemCode::Syntax, form).at(block.header));
        false
    }

    fn block(&mut self, block: Block, overrides: bool) {
        if let Some((labels, inner)) = schema::FILE.block(&block.kind) {
            check::shape(&block, inner, &mut self.module.problems);
            let named = !["terraform", "provider"].contains(&&*block.kind);
            if named && labels > 0 && block.labels.len() == labels {
                check::name(&block, &mut self.module.problems);
            }
        }
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
                let mut known = self.module.checks.iter();
                if let Some(known) = known.find(|known| known.labels == block.labels) {
                    let first = known.header;
                    let what = text!("check \"{}\"", "check « {} »", block.label(0));
                    return self.duplicate(&what, block.header, first);
                }
                for data in block.body.blocks_of("data") {
                    self.resource(Mode::Data, data.clone(), false);
                }
                self.module.checks.push(block);
            }
            "variable" | "output" | "locals" | "resource" | "data" | "module" | "provider"
            | "terraform" | "check" => {}
            "import" => self.module.imports.push(block),
            "removed" => self.module.removals.push(block),
            // Of no bearing on what is declared.
            "moved" | "ephemeral" | "action" | "language" => {}
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
                    text!(
                        "`{other}` is no block that Terraform knows",
                        "`{other}` n’est pas un bloc que Terraform connaît"
                    ),
                )
                .at(block.header);
                if let Some(near) = nearest(other, KNOWN.map(Arc::from)) {
                    problem = problem.help(text!(
                        "did you mean `{near}`?",
                        "vouliez-vous dire `{near}` ?"
                    ));
                }
                self.problem(problem);
            }
        }
    }

    fn duplicate(&mut self, what: &Text, again: Place, first: Place) {
        self.problem(check::twice(what, again, first));
    }

    /// What an override file puts into the place of something must have that something.
    fn nothing_to_override(&mut self, what: &Text, place: Place) {
        self.problem(
            Problem::error(
                ProblemCode::Reference,
                text!("{what} overrides nothing: no other file declares it", "{what} : rien n’est remplacé, aucun autre fichier ne le déclare"; what),
            )
            .at(place)
            .help(Text::new("override files (`override.tf`, `*_override.tf`) only change what other files declare", "les fichiers de remplacement (`override.tf`, `*_override.tf`) ne changent que ce que d’autres fichiers déclarent")),
        );
    }

    /// What an override file cannot change.
    fn not_overridable(&mut self, body: &Body) {
        if let Some(attribute) = body.attribute("depends_on") {
            self.problem(
                Problem::error(
                    ProblemCode::Evaluation,
                    Text::new(
                        "an override file cannot change `depends_on`",
                        "un fichier de remplacement ne peut pas changer `depends_on`",
                    ),
                )
                .at(attribute.name_place),
            );
        }
        for lifecycle in body.blocks_of("lifecycle") {
            for rule in &lifecycle.body.blocks {
                let message = text!(
                    "an override file cannot change a `{}`",
                    "un fichier de remplacement ne peut pas changer un `{}`",
                    rule.kind
                );
                self.problem(Problem::error(ProblemCode::Evaluation, message).at(rule.header));
            }
        }
    }

    fn variable(&mut self, block: Block, overrides: bool) {
        let name = block.label(0);
        if let Some((at, known)) = self.module.variables.get(&name) {
            let first = known.block.header;
            if !overrides {
                return self.duplicate(
                    &text!("variable \"{name}\"", "variable « {name} »"),
                    block.header,
                    first,
                );
            }
            let mut merged = known.block.clone();
            merged.body.overridden_by(block.body);
            let def = self.variable_def(name, merged);
            if let Some(slot) = self.module.variables.all.get_mut(at) {
                *slot = def;
            }
            return;
        }
        if overrides {
            self.nothing_to_override(
                &text!("variable \"{name}\"", "variable « {name} »"),
                block.header,
            );
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
            if types::is_quoted(expr) {
                self.problem(
                    Problem::error(ProblemCode::Evaluation, Text::new("a type is written without quotes", "un type s’écrit sans guillemets"))
                        .at(expr.place())
                        .help(Text::new("for lists and maps say what they hold: list(string), map(string)", "pour les listes et les tables, dites ce qu’elles contiennent : list(string), map(string)")),
                );
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
                return self.duplicate(
                    &text!("output \"{name}\"", "sortie « {name} »"),
                    block.header,
                    first,
                );
            }
            self.not_overridable(&block.body);
            if let Some(known) = self.module.outputs.all.get_mut(at) {
                known.body.overridden_by(block.body);
            }
            return;
        }
        if overrides {
            self.nothing_to_override(
                &text!("output \"{name}\"", "sortie « {name} »"),
                block.header,
            );
        }
        let _ = self.module.outputs.insert(name, block);
    }

    fn locals(&mut self, block: Block, overrides: bool) {
        for attribute in block.body.attributes {
            let name = Arc::clone(&attribute.name);
            if let Some((at, known)) = self.module.locals.get(&name) {
                let first = known.name_place;
                if !overrides {
                    self.duplicate(
                        &Text::same(format!("local.{name}")),
                        attribute.name_place,
                        first,
                    );
                } else if let Some(slot) = self.module.locals.all.get_mut(at) {
                    *slot = attribute;
                }
                continue;
            }
            if overrides {
                self.nothing_to_override(
                    &Text::same(format!("local.{name}")),
                    attribute.name_place,
                );
            }
            let _ = self.module.locals.insert(name, attribute);
        }
    }

    fn resource(&mut self, mode: Mode, block: Block, overrides: bool) {
        let (kind, name) = (block.label(0), block.label(1));
        if let Some((at, known)) = self.module.resource(mode, &kind, &name) {
            let first = known.block.header;
            if !overrides {
                let what = Text::same(known.local_address());
                return self.duplicate(&what, block.header, first);
            }
            let mut merged = known.block.clone();
            self.not_overridable(&block.body);
            merged.body.overridden_by(block.body);
            if let Some(slot) = self.module.resources.get_mut(at) {
                *slot = ResourceDef::new(mode, merged);
            }
            return;
        }
        if overrides {
            let what = Text::same(ResourceDef::new(mode, block.clone()).local_address());
            self.nothing_to_override(&what, block.header);
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
                return self.duplicate(
                    &text!("module \"{name}\"", "module « {name} »"),
                    block.header,
                    first,
                );
            }
            self.not_overridable(&block.body);
            if let Some(known) = self.module.calls.all.get_mut(at) {
                known.block.body.overridden_by(block.body);
                known.source = source(&known.block);
            }
            return;
        }
        if overrides {
            self.nothing_to_override(
                &text!("module \"{name}\"", "module « {name} »"),
                block.header,
            );
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
                    Some(alias) => text!(
                        "provider {}.{alias}",
                        "fournisseur {}.{alias}",
                        block.label(0)
                    ),
                    None => text!(
                        "provider \"{}\" without alias",
                        "fournisseur « {} » sans alias",
                        block.label(0)
                    ),
                };
                self.duplicate(&what, block.header, first);
            }
            None => {
                if overrides {
                    let what = text!("provider \"{}\"", "fournisseur « {} »", block.label(0));
                    self.nothing_to_override(&what, block.header);
                }
                self.module.providers.push(block);
            }
        }
    }

    fn terraform(&mut self, block: Block, overrides: bool) {
        for inner in block.body.blocks {
            match &*inner.kind {
                "required_providers" => {
                    if !overrides && let Some(first) = self.required.replace(inner.header) {
                        self.duplicate(
                            &Text::new(
                                "the `required_providers` block",
                                "bloc `required_providers`",
                            ),
                            inner.header,
                            first,
                        );
                    }
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
                        self.duplicate(
                            &Text::new("the place of the state", "lieu de l’état"),
                            inner.header,
                            first,
                        );
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
