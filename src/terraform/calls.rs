//! Module calls: the code they name, and an instance for each key.

use std::rc::Rc;
use std::sync::Arc;

use super::eval::{Evaluator, Fault};
use super::limits::{LONG_ADDRESSES, TOO_MANY};
use super::module::{CallDef, Module};
use super::reach::Fetched;
use super::scope::{Caller, Children, Expansion, Instance, Item, Scope};
use super::{MissingModule, ModuleCall, ReadFault, paths};
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::text::{Text, text};
use crate::value::Value;

/// So many instances of a module whose code is not at hand are kept: they differ in their arguments only.
const MAX_ABSENT: usize = 64;

/// Why the code of a module is not at hand.
enum Absent {
    /// It lies outside of what may be read: a gap that the coverage shows.
    Elsewhere(Text),
    /// It has to be fetched first: a gap as well.
    Unfetched(Text),
    /// Terraform would refuse the call.
    Mistake(Text),
    /// A problem says so already.
    Told(Text),
}

impl<'a> Evaluator<'a> {
    /// The instances of a module call.
    pub(super) fn children<'v>(
        &self,
        instance: &'v Instance<'a>,
        at: usize,
        place: Place,
    ) -> Result<&'v Children, Fault> {
        let (Some(slot), Some(call)) = (instance.calls.get(at), instance.module.calls.all.get(at))
        else {
            return Err(Fault::reference(
                place,
                Text::new("this module is not called", "ce module n’est pas appelé"),
            ));
        };
        let name = || format!("module.{} (count or for_each)", call.name).into();
        self.force(slot, call.block.header, name, || {
            self.call_module(instance, call)
        })
    }

    fn call_module(&self, instance: &Instance<'a>, call: &'a CallDef) -> Children {
        let address = instance.address_of(&format!("module.{}", call.name));
        if self.budget.is_exhausted() {
            return self.cut_off(address, call);
        }
        let module = match self.locate(instance, call) {
            Ok(module) => module,
            Err(absent) => {
                let why = self.missing_module(&address, call, absent);
                self.note_absent(instance, call, &address, &why);
                return Children::Missing(address);
            }
        };
        const OWN: [&str; 6] = [
            "source",
            "version",
            "providers",
            "count",
            "for_each",
            "depends_on",
        ];
        for attribute in &call.block.body.attributes {
            if !OWN.contains(&&*attribute.name) && module.variables.get(&attribute.name).is_none() {
                let mut problem = Problem::error(
                    ProblemCode::Reference,
                    text!(
                        "module.{} has no variable \"{}\"",
                        "module.{} n’a pas de variable « {} »",
                        call.name,
                        attribute.name
                    ),
                )
                .at(attribute.name_place);
                if let Some(near) = module.variables.nearest(&attribute.name) {
                    problem = problem.help(text!(
                        "did you mean `{near}`?",
                        "vouliez-vous dire `{near}` ?"
                    ));
                }
                self.problem(problem);
            }
        }
        let expansion = self.expand(&call.block, &Scope::of(instance));
        let expansion = self.as_planned(&address, expansion);
        // Counted before they are made, with what they declare: each has a slot for it.
        let weight = module.weight().saturating_mul(expansion.items.len());
        if self.budget.is_exhausted() || !self.budget.instances(weight) {
            self.report(Fault::limit(call.block.header, TOO_MANY));
            return self.cut_off(address, call);
        }
        let length = address.len().saturating_mul(module.weight());
        if !self.affords(length, &expansion) {
            self.report(Fault::limit(call.block.header, LONG_ADDRESSES));
            return self.cut_off(address, call);
        }
        let calls: Arc<[Place]> = instance
            .calls_to_here
            .iter()
            .copied()
            .chain([call.block.header])
            .collect();
        let mut ids = Vec::with_capacity(expansion.items.len());
        for item in &expansion.items {
            let address: Arc<str> = match &item.key {
                None => Arc::clone(&address),
                Some(key) => format!("{address}{key}").into(),
            };
            self.note_call(instance, call, (&expansion, item), &address, None);
            let caller = Caller {
                parent: instance.id,
                call,
                repetition: item.repetition.clone(),
            };
            let depth = instance.depth + 1;
            let mut all = self.instances.borrow_mut();
            let id = all.len();
            let child = Instance::new(id, module, address, Some(caller), depth, Arc::clone(&calls));
            all.push(Rc::new(child));
            ids.push(id);
        }
        Children::Present { expansion, ids }
    }

    /// A call after the last instance that a scan allows.
    fn cut_off(&self, address: Arc<str>, call: &CallDef) -> Children {
        if self.cut.borrow_mut().insert(call.block.header) {
            let why = Text::new(
                "there are more instances than a scan allows",
                "il y a plus d’instances qu’une analyse n’en permet",
            );
            self.missing_module(&address, call, Absent::Told(why));
        }
        Children::Missing(address)
    }

    /// The module that a call names.
    fn locate(&self, instance: &Instance<'a>, call: &CallDef) -> Result<&'a Module, Absent> {
        let source = &self.source_of(instance, call)?;
        let folder = match paths::is_local(source) {
            true => paths::join(&instance.module.folder, source).ok_or_else(|| outside(source))?,
            false => self.fetched(instance, call, source)?,
        };
        let Some(module) = self.modules.get(&folder) else {
            return Err(match self.reader.folder(&folder) {
                Err(ReadFault::Outside) => outside(source),
                _ => {
                    let folder = shown_folder(&folder);
                    Absent::Mistake(text!(
                        "there is no Terraform code in {folder}",
                        "il n’y a pas de code Terraform dans {folder}";
                        folder
                    ))
                }
            });
        };
        if instance.depth + 1 > self.budget.limits.module_depth {
            return Err(Absent::Mistake(Text::new(
                "modules are nested deeper than a scan allows",
                "les modules sont imbriqués plus profondément qu’une analyse ne le permet",
            )));
        }
        let mut ancestor = Some(instance.id);
        while let Some(found) = ancestor.and_then(|id| self.instance(id)) {
            if found.module.folder == folder {
                self.problem(
                    Problem::error(
                        ProblemCode::Cycle,
                        text!(
                            "module.{} calls a module that it is part of",
                            "module.{} appelle un module dont il fait partie",
                            call.name
                        ),
                    )
                    .at(call.block.header)
                    .help(Text::new(
                        "a module cannot contain itself",
                        "un module ne peut pas se contenir lui-même",
                    )),
                );
                return Err(Absent::Told(Text::new(
                    "it contains itself",
                    "il se contient lui-même",
                )));
            }
            ancestor = found.caller.as_ref().map(|caller| caller.parent);
        }
        Ok(module)
    }

    /// The source of a call. OpenTofu takes expressions too.
    fn source_of(&self, instance: &Instance<'a>, call: &CallDef) -> Result<String, Absent> {
        if let Some(source) = &call.source {
            return Ok(source.clone());
        }
        let Some(expr) = call.block.body.expr("source") else {
            return Err(Absent::Mistake(Text::new(
                "it has no source",
                "il n’a pas de source",
            )));
        };
        let value = self.value(expr, &Scope::of(instance));
        match value.as_str() {
            Some(source) => Ok(source.to_owned()),
            None => Err(Absent::Mistake(Text::new(
                "its source is not known",
                "sa source n’est pas connue",
            ))),
        }
    }

    /// The folder where `terraform init` put the code of a call.
    fn fetched(
        &self,
        instance: &Instance<'a>,
        call: &CallDef,
        source: &str,
    ) -> Result<String, Absent> {
        let address = without_keys(&instance.address_of(&format!("module.{}", call.name)));
        let names: Vec<&str> = address.split('.').skip(1).step_by(2).collect();
        let found = match self.installed {
            Some(installed) => installed.find(&names.join("."), source, call.version().as_deref()),
            None => Fetched::Absent,
        };
        match found {
            Fetched::At(folder) => Ok(folder.to_owned()),
            Fetched::Stale => Err(Absent::Unfetched(Text::new(
                "`terraform init` fetched another source for it",
                "`terraform init` a récupéré une autre source pour lui",
            ))),
            Fetched::OtherVersion(version) => Err(Absent::Unfetched(text!(
                "`terraform init` fetched version {version} for it, which its `version` does not allow",
                "`terraform init` a récupéré pour lui la version {version}, que sa `version` n’admet pas"
            ))),
            Fetched::Absent => {
                let origin = origin_of(source);
                Err(Absent::Unfetched(
                    text!("its code is kept in {origin}", "son code est gardé dans {origin}"; origin),
                ))
            }
        }
    }

    /// Keeps what a call tells of all that is in the module.
    fn note_call(
        &self,
        instance: &Instance<'a>,
        call: &CallDef,
        (expansion, item): (&Expansion, &Item),
        address: &Arc<str>,
        absent: Option<Text>,
    ) {
        let scope = Scope::repeated(instance, &item.repetition);
        let telling = &self.options.telling;
        let mut arguments: Vec<(Arc<str>, Value)> = Vec::new();
        for attribute in &call.block.body.attributes {
            if telling.contains(&crate::catalog::normalise(&attribute.name)) {
                let value = self.value(&attribute.expr, &scope);
                arguments.push((Arc::clone(&attribute.name), value));
            }
        }
        arguments.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.called.borrow_mut().push(ModuleCall {
            address: Arc::clone(address),
            caller: Arc::clone(&instance.address),
            name: Arc::clone(&call.name),
            source: call.source.as_deref().unwrap_or_default().into(),
            header: call.block.header,
            block: call.block.place,
            each_key: item.repetition.named(expansion.over.as_ref()),
            arguments,
            absent,
        });
    }

    /// The same for a module whose code is not at hand: its arguments are all that is known of what it holds.
    fn note_absent(&self, instance: &Instance<'a>, call: &CallDef, address: &Arc<str>, why: &Text) {
        if self
            .planned
            .is_some_and(|planned| planned.covers(&without_keys(address)))
        {
            return;
        }
        let expansion = self.expand(&call.block, &Scope::of(instance));
        for item in expansion.items.iter().take(MAX_ABSENT) {
            let address: Arc<str> = match &item.key {
                None => Arc::clone(address),
                Some(key) => format!("{address}{key}").into(),
            };
            self.note_call(
                instance,
                call,
                (&expansion, item),
                &address,
                Some(why.clone()),
            );
        }
    }

    /// Reports it; answers why it is not at hand.
    fn missing_module(&self, address: &str, call: &CallDef, absent: Absent) -> Text {
        let name = without_keys(address);
        if !matches!(absent, Absent::Told(_))
            && self.planned.is_some_and(|planned| planned.covers(&name))
        {
            self.covered.borrow_mut().insert(name, call.block.header);
            return Text::default();
        }
        let source = call.source.clone().unwrap_or_default();
        let told = |why: &Text| {
            text!(
                "module.{} is not judged: {why}",
                "module.{} n’est pas jugé : {why}",
                call.name;
                why
            )
        };
        let problem = match &absent {
            Absent::Elsewhere(why) => Some(Problem::warning(ProblemCode::MissingModule, told(why)).help(
                Text::new("scan from a folder that contains it", "analysez à partir d’un dossier qui le contient"),
            )),
            Absent::Unfetched(why) => Some(
                Problem::warning(ProblemCode::MissingModule, told(why)).help(
                    Text::new("run `terraform init` (or `terraform get`) first: what it puts into .terraform/modules is read, or scan a plan", "lancez d’abord `terraform init` (ou `terraform get`) : ce qu’il met dans .terraform/modules est lu ; ou analysez un plan"),
                ),
            ),
            Absent::Mistake(why) => {
                Some(Problem::error(ProblemCode::MissingModule, told(why)).help(Text::new("correct `source`", "corrigez `source`")))
            }
            Absent::Told(_) => None,
        };
        if let Some(problem) = problem {
            self.problem(problem.gap().at(call.block.header));
        }
        let (Absent::Elsewhere(why)
        | Absent::Unfetched(why)
        | Absent::Mistake(why)
        | Absent::Told(why)) = absent;
        let root = self
            .instance(0)
            .map_or_else(String::new, |root| root.module.folder.clone());
        self.missing.borrow_mut().push(MissingModule {
            root,
            address: name,
            source,
            place: call.block.header,
            why: why.clone(),
        });
        why
    }
}

/// Where a source that is not local is fetched from, in words.
fn origin_of(source: &str) -> Text {
    let has = |text: &str| source.contains(text);
    if has("git::") || has("git@") || source.starts_with("github.com/") || has("bitbucket.org/") {
        Text::new("a git repository", "un dépôt git")
    } else if has("s3::") || has("gcs::") {
        Text::new("an object store", "un stockage objet")
    } else if has("://") {
        Text::new("the web", "le web")
    } else if source.starts_with('/') {
        Text::new("an absolute path", "un chemin absolu")
    } else {
        Text::new("a module registry", "un registre de modules")
    }
}

fn outside(source: &str) -> Absent {
    Absent::Elsewhere(text!(
        "{source} lies outside of the repository and of the scanned folder",
        "{source} se trouve hors du dépôt et du dossier analysé"
    ))
}

fn shown_folder(folder: &str) -> Text {
    if folder.is_empty() {
        Text::new("the top folder", "le dossier du haut")
    } else {
        Text::same(folder.to_owned())
    }
}

/// `module.a["x"].module.b` -> `module.a.module.b`
fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find('[') {
        let (before, key) = rest.split_at(at);
        out.push_str(before);
        rest = match key.strip_prefix("[\"") {
            Some(inner) => after_quoted(inner),
            None => key.split_once(']').map_or("", |(_, after)| after),
        };
    }
    out.push_str(rest);
    out
}

/// What follows `..."]`.
fn after_quoted(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return text.get(at + 2..).unwrap_or(""),
            _ => {}
        }
    }
    ""
}
