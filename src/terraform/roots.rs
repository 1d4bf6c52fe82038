//! Which folders are root modules, and the evaluation of each.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use super::eval::Evaluator;
use super::index::Block;
use super::limits::{Limits, TOO_MANY_DECLARED, Used};
use super::load;
use super::module::Module;
use super::recorded::{Recorded, plan};
use super::scope::{Instance, Scope};
use super::{
    Backend, Estate, MissingModule, Options, Output, ReadFiles, ReadFrom, Root, TerraformFile,
    VarInput, Variable, cycles, paths, reach,
};
use crate::problem::{Problem, ProblemCode};
use crate::source::Sources;
use crate::text::{Text, text};
use crate::value::{Because, Value};

/// Expressions nest, and refer to one another, deeper than the stack of an ordinary thread may bear.
const STACK: usize = 256 << 20;

pub(super) fn evaluate(
    files: &[TerraformFile],
    sources: &Sources,
    options: &Options,
    reader: &dyn ReadFiles,
    recorded: Recorded,
) -> Estate {
    let mut modules = load::load_all(files, sources);
    let indexes: Vec<&TerraformFile> = files
        .iter()
        .filter(|file| file.path.ends_with("modules.json"))
        .collect();
    let mut reached = reach::complete(&mut modules, &indexes, sources, reader);
    let cycles = cycles::find(&modules);
    for (folder, problem) in cycles.problems {
        if let Some(module) = modules.get_mut(&folder) {
            module.problems.push(problem);
        }
    }
    let mut estate = Estate::default();
    let mut problems = super::eval::Problems::default();
    // What a link leads to is told under its own name.
    let own = |folder: &str| paths::real(folder, &options.links) == folder;
    let of_modules = modules.iter().filter(|(folder, _)| own(folder));
    of_modules
        .flat_map(|(_, module)| &module.problems)
        .for_each(|problem| problems.add(problem.clone()));
    std::mem::take(&mut reached.problems)
        .into_iter()
        .for_each(|problem| problems.add(problem));
    estate.files_reached = reached.files;
    let declared: usize = modules.values().map(|module| module.resources.len()).sum();
    let roots = if declared <= options.limits.instances {
        roots(&modules, &reached.companions, &options.links)
    } else {
        problems.add(Problem::error(ProblemCode::Limit, TOO_MANY_DECLARED));
        Vec::new()
    };
    let mut plans = plan::match_roots(recorded.plans, &modules, &roots);
    let planned: BTreeMap<&String, plan::Instances<'_>> = plans
        .joined
        .iter()
        .map(|(folder, plan)| (folder, plan::Instances::of(plan)))
        .collect();
    let one = |folder: &String, limits: Limits| {
        let module = modules.get(folder)?;
        let told = &cycles.members;
        let mut evaluator = Evaluator::new(&modules, told, sources, options, limits, reader);
        evaluator.installed = reached.installed.get(folder);
        evaluator.planned = planned.get(folder);
        Some(evaluate_root(module, evaluator))
    };
    let evaluated: Vec<_> = match pool(roots.len()) {
        Some(pool) => pool.install(|| within_limits(&roots, options.limits, one)),
        None => {
            problems.add(Problem::error(
                ProblemCode::Unreadable,
                Text::new(
                    "the system gives no thread to evaluate Terraform code in",
                    "le système ne donne pas de fil d’exécution pour évaluer le code Terraform",
                ),
            ));
            Vec::new()
        }
    };
    drop(planned);
    let mut of_plans = recorded.problems;
    of_plans.append(&mut plans.problems);
    for mut one in evaluated {
        if let Some(plan) = plans.joined.remove(&one.root.path) {
            of_plans.extend(plan::join(&mut one.root, plan, &one.covered));
        }
        let of_root = one.root.problems.iter();
        of_root.for_each(|problem| problems.add(problem.clone()));
        estate.roots.push(one.root);
        estate.modules_missing.extend(one.missing);
    }
    for problem in undeclared(options, &modules, &roots) {
        problems.add(problem);
    }
    estate.problems = problems.take();
    estate.problems.append(&mut of_plans);
    estate.roots.extend(plans.apart);
    estate.roots.extend(recorded.roots);
    estate.roots.sort_by(|a, b| a.path.cmp(&b.path));
    estate
}

/// Threads with a stack that is deep enough, as many as are of use and the system gives; none: not even one. Where address
/// space is short, fewer do the same work.
fn pool(roots: usize) -> Option<rayon::ThreadPool> {
    let mut threads = rayon::current_num_threads().min(roots).max(1);
    loop {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
        match builder.stack_size(STACK).build() {
            Ok(pool) => return Some(pool),
            Err(_) if threads > 1 => threads /= 2,
            Err(_) => return None,
        }
    }
}

/// Evaluates all roots within what a scan allows. Each has an equal share; what some leave is shared by those that need
/// more, once. So the result depends neither on the number of threads nor on which root is first.
fn within_limits(
    roots: &[String],
    limits: Limits,
    one: impl Fn(&String, Limits) -> Option<Evaluated> + Sync,
) -> Vec<Evaluated> {
    let share = limits.share(roots.len());
    let mut evaluated: Vec<_> = roots
        .par_iter()
        .map(|folder| (folder, one(folder, share)))
        .collect();
    let wants_more = |found: &Option<Evaluated>| found.as_ref().is_some_and(|one| one.wants_more);
    let (mut left, mut needy) = (limits, 0);
    for found in evaluated.iter().filter_map(|(_, found)| found.as_ref()) {
        if found.wants_more {
            needy += 1;
        } else {
            left = left.without(&found.used);
        }
    }
    let larger = left.share(needy);
    if needy > 0 && larger.is_more_than(&share) {
        evaluated.par_iter_mut().for_each(|(folder, found)| {
            if wants_more(found) {
                // First free what the first attempt holds.
                *found = None;
                *found = one(folder, larger);
            }
        });
    }
    evaluated
        .into_iter()
        .filter_map(|(_, found)| found)
        .collect()
}

/// `--var` for a variable that no root has.
fn undeclared(
    options: &Options,
    modules: &BTreeMap<String, Module>,
    roots: &[String],
) -> Vec<Problem> {
    let declared = |name: &str| {
        let mut all = roots.iter().filter_map(|folder| modules.get(folder));
        all.any(|module| module.variables.get(name).is_some())
    };
    let names = options.vars.iter().filter_map(|input| match input {
        VarInput::Var { name, .. } => Some(name),
        VarInput::File { .. } => None,
    });
    names
        .filter(|name| !roots.is_empty() && !declared(name))
        .map(|name| {
            Problem::error(
                ProblemCode::Reference,
                text!(
                    "--var {name}: no root module declares this variable",
                    "--var {name} : aucun module racine ne déclare cette variable"
                ),
            )
        })
        .collect()
}

/// Folders that nothing else calls, or that have a backend or values of their own. A provider block makes no root of a
/// folder that is called: its resources would be found twice. Circles of calls that hang on no root get one. What is at
/// hand only because it is called is none, nor is a folder under the name of a link to it.
fn roots(
    modules: &BTreeMap<String, Module>,
    companions: &BTreeSet<String>,
    links: &BTreeMap<String, String>,
) -> Vec<String> {
    let possible = |folder: &String| {
        let real = paths::real(folder, links);
        !companions.contains(folder) && (real == folder.as_str() || !modules.contains_key(&*real))
    };
    let local_folders = |folder: &str, module: &Module| -> BTreeSet<String> {
        let all = reach::local_folders(folder, module).into_iter();
        all.map(|folder| paths::real(&folder, links).into_owned())
            .collect()
    };
    let calls: BTreeMap<&String, BTreeSet<String>> = modules
        .iter()
        .map(|(folder, module)| (folder, local_folders(folder, module)))
        .collect();
    let mut all_called: BTreeSet<&String> = BTreeSet::new();
    for (folder, targets) in &calls {
        all_called.extend(targets.iter().filter(|target| target != folder));
    }
    let mut roots: BTreeSet<String> = modules
        .iter()
        .filter(|(folder, module)| {
            let own =
                module.backend.is_some() || module.cloud.is_some() || !module.values.is_empty();
            possible(folder) && (own || !all_called.contains(folder))
        })
        .map(|(folder, _)| folder.clone())
        .collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&String> = modules.keys().filter(|f| roots.contains(*f)).collect();
    let mut rest = modules.keys();
    loop {
        while let Some(folder) = open.pop() {
            if reached.insert(folder) {
                let targets = calls.get(folder).into_iter().flatten();
                open.extend(targets.filter(|target| modules.contains_key(*target)));
            }
        }
        match rest.find(|folder| possible(folder) && !reached.contains(folder)) {
            Some(folder) => {
                roots.insert(folder.clone());
                open.push(folder);
            }
            None => break,
        }
    }
    roots.into_iter().collect()
}

/// What the evaluation of one root gives.
struct Evaluated {
    root: Root,
    missing: Vec<MissingModule>,
    /// Module calls whose code is not at hand, and that a plan speaks for.
    covered: plan::Calls,
    /// What it took of what all roots share, and whether it needs more than its part of it.
    used: Used,
    wants_more: bool,
}

fn evaluate_root<'a>(module: &'a Module, mut evaluator: Evaluator<'a>) -> Evaluated {
    evaluator.given = evaluator.gather(module);
    evaluator.given_by_plan(module);
    let instance = Rc::new(Instance::new(0, module, "".into(), None, 0, Arc::from([])));
    evaluator.instances.borrow_mut().push(Rc::clone(&instance));

    let mut resources = Vec::new();
    evaluator.collect(&instance, &mut resources);
    let root = Root {
        path: module.folder.clone(),
        read_from: ReadFrom::Code,
        resources,
        backend: backend(&evaluator, &instance, module.backend.as_ref()),
        cloud: backend(&evaluator, &instance, module.cloud.as_ref()),
        modules: std::mem::take(&mut *evaluator.called.borrow_mut()),
        variables: variables(&evaluator, &instance),
        outputs: outputs(&evaluator, &instance),
        providers: std::mem::take(&mut evaluator.providers.borrow_mut().all),
        problems: problems(&evaluator),
    };
    let missing = std::mem::take(&mut *evaluator.missing.borrow_mut());
    Evaluated {
        root,
        missing,
        covered: std::mem::take(&mut *evaluator.covered.borrow_mut()),
        used: evaluator.budget.used(),
        wants_more: evaluator.budget.wants_more(),
    }
}

/// What was met in the modules that the root is made of, then what their evaluation met.
fn problems(evaluator: &Evaluator<'_>) -> Vec<Problem> {
    let instances = evaluator.instances.borrow();
    let mut folders = BTreeSet::new();
    let modules = instances.iter().map(|instance| instance.module);
    let once = modules.filter(|module| folders.insert(&module.folder));
    let mut all = super::eval::Problems::default();
    once.flat_map(|module| &module.problems)
        .for_each(|problem| all.add(problem.clone()));
    let met = evaluator.problems.borrow_mut().take();
    met.into_iter().for_each(|problem| all.add(problem));
    all.take()
}

fn backend<'a>(
    evaluator: &Evaluator<'a>,
    instance: &Rc<Instance<'a>>,
    block: Option<&Block>,
) -> Option<Backend> {
    let block = block?;
    let config = evaluator.object_of(&block.body, &Scope::of(instance), &[], &[]);
    Some(Backend {
        kind: match &*block.kind {
            "backend" => block.label(0),
            other => other.into(),
        },
        config: config.at(block.header),
        place: block.header,
        block: block.place,
    })
}

fn variables<'a>(evaluator: &Evaluator<'a>, instance: &Rc<Instance<'a>>) -> Vec<Variable> {
    let module = instance.module;
    let all = module.variables.by_name();
    all.map(|(name, at, def)| {
        let done = evaluator.variable_at(instance, at, def);
        Variable {
            value: done.map_or_else(|_| failed(&def.block), |done| done.value.clone()),
            ty: def.ty.ty(),
            place: def.block.header,
            name: Arc::clone(name),
        }
    })
    .collect()
}

fn outputs<'a>(evaluator: &Evaluator<'a>, instance: &Rc<Instance<'a>>) -> Vec<Output> {
    let module = instance.module;
    let all = module.outputs.by_name();
    all.map(|(name, _, def)| {
        let done = evaluator.output_done(instance, name, def.header);
        // What of a block that could not be parsed is its value is anyone's guess.
        let value = match done {
            Ok(done) if !def.body.broken => done.value.clone(),
            _ => failed(def),
        };
        let sensitive = evaluator
            .declared_marks(def)
            .has(crate::value::Marks::SENSITIVE);
        if value.deep_marks().has(crate::value::Marks::SENSITIVE) && !sensitive {
            evaluator.problem(
                Problem::error(
                    ProblemCode::Evaluation,
                    text!(
                        "output \"{name}\" shows sensitive values",
                        "la sortie « {name} » montre des valeurs sensibles"
                    ),
                )
                .at(def.header)
                .help(Text::new(
                    "add `sensitive = true`",
                    "ajoutez `sensitive = true`",
                )),
            );
        }
        Output {
            name: Arc::clone(name),
            value,
            sensitive,
            place: def.header,
            block: def.place,
        }
    })
    .collect()
}

fn failed(block: &Block) -> Value {
    Value::unknown(Because::Error).at(block.header)
}
