//! The run, in one function: discover, parse, evaluate, assemble, establish, judge, settle.

pub mod changes;
mod checks;
mod gaps;
mod known;
mod limits;
mod request;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use changes::Changes;
pub use known::{BaselineChoice, settings_of};
pub use request::{BarChoice, ConfigChoice, RenderChoice, Request, Variable};

use checks::{
    idle_values, stale_registry, unknown_offerings, unknown_regions, unknown_rules, unused_values,
};

use crate::catalog::{self, Catalog};
use crate::config::{self, Config, Date};
use crate::discover::{self, Inputs, Kind};
use crate::facts::{self, Facts, Settings};
use crate::graph::{self, Graph};
use crate::kubernetes::{self, Manifests, Render};
use crate::policy::{self, Engine, Evaluation, Rule, Subject};
use crate::problem::{Problem, ProblemCode};
use crate::source::Sources;
use crate::terraform::{self, Estate, FolderFiles, RecordedFile, TerraformFile, VarInput};
use crate::text::{Text, text};
use crate::verdict::{
    self, Bar, BaselineUse, Coverage, ExitStatus, Finding, Hearing, Requirements, Scope,
};

/// Everything a run found out.
#[derive(Debug)]
pub struct Scan {
    /// The texts.
    pub sources: Sources,
    /// What was found on disk.
    pub inputs: Inputs,
    /// Terraform roots, with variables and outputs.
    pub estate: Estate,
    /// The files that it asked for, beside its code.
    pub asked: terraform::Asked,
    /// Kubernetes objects.
    pub manifests: Manifests,
    /// Resources and relations.
    pub graph: Arc<Graph>,
    /// What is established about them.
    pub facts: Arc<Facts>,
    /// What facts depended on.
    pub settings: Arc<Settings>,
    /// What is known of clouds and companies.
    pub catalog: &'static Catalog,
    /// Folder of the scan inside its repository, or else below the working folder, with `/` between parts; empty at the top.
    pub base: String,
    /// The rules that judged, those of users too, in the order of their ids.
    pub rules: Vec<Arc<Rule>>,
    /// What the policies answered.
    pub evaluation: Evaluation,
    /// What people have to look at, sorted.
    pub findings: Vec<Finding>,
    /// What became of the baseline; none: there is none.
    pub baseline: Option<BaselineUse>,
    /// The part of the findings that is left; none: all of them.
    pub scope: Option<Scope>,
    /// How the requirements of the frameworks stand.
    pub requirements: Requirements,
    /// What could not be read or decided, sorted.
    pub problems: Vec<Problem>,
    /// What was covered.
    pub coverage: Coverage,
    /// What makes the run fail.
    pub bar: Bar,
    /// The outcome of the run.
    pub status: ExitStatus,
}

/// Reads, establishes and judges. Never fails: what went wrong is among the problems, and in the status.
pub fn run(request: &Request, engine: &Engine) -> Scan {
    let mut scan = read(request, Keep::Graph);
    let own = engine;
    let bounded = limits::of_policies(&scan.settings.config.limits, own.limits());
    let (engine, unloaded) = with_users(&own.clone().within(bounded), request, &scan);
    scan.problems.extend(unloaded);
    scan.problems
        .extend(unknown_rules(&scan.settings.config, &engine));
    let rules = |id: &str| engine.rule(id).map(|rule| &**rule);
    scan.problems
        .extend(policy::options::check(&scan.settings.config, rules));
    let (rules, catalog) = (engine.rules(), scan.catalog);
    let (chosen, unknown) = verdict::choose(&request.frameworks, &scan.settings.config, catalog);
    scan.problems.extend(unknown);
    let left_out = verdict::left_out(rules, catalog, &chosen);
    let subject = Subject {
        graph: Arc::clone(&scan.graph),
        facts: Arc::clone(&scan.facts),
        settings: Arc::clone(&scan.settings),
        catalog,
        left_out: left_out.clone().into(),
    };
    let mut evaluation = engine.run(&subject);
    scan.problems.extend(evaluation.problems.iter().cloned());
    verdict::limit(&mut evaluation, &scan.facts, catalog, &chosen);
    let ground = verdict::Ground {
        sources: &scan.sources,
        graph: &scan.graph,
        facts: &scan.facts,
        catalog,
        base: &scan.base,
    };
    let ignores = known::ignores(request, &scan, ground, rules);
    let ignore_count = ignores.count;
    let known = known::load(request, &scan);
    (scan.findings, scan.baseline) = verdict::settle(
        &evaluation,
        ground,
        &scan.settings.config,
        verdict::Accepted {
            ignores,
            baseline: known.baseline.as_ref().map(|(all, seen)| (all, seen)),
        },
        scan.settings.as_of,
        chosen.is_limited(),
    );
    scan.problems.extend(known.faults);
    scan.requirements = verdict::requirements(Hearing {
        catalog,
        rules,
        evaluation: &evaluation,
        findings: &scan.findings,
        graph: &scan.graph,
        facts: &scan.facts,
        settings: &scan.settings,
        chosen: &chosen,
        sight: verdict::Sight::of(&scan.coverage, &scan.problems),
    });
    let chosen = chosen.frameworks().iter();
    scan.coverage.frameworks = chosen.map(|one| one.id.clone()).collect();
    scan.coverage.left_out = left_out;
    scan.coverage.ignores = ignore_count;
    scan.coverage.answered(&evaluation.judgements);
    scan.evaluation = evaluation;
    scan.rules = rules.to_vec();
    changes::narrow(&mut scan, request, own);
    gaps::weigh(&mut scan);
    sort_problems(&mut scan.problems, &scan.sources);
    scan.status = verdict::decide(
        &scan.bar,
        &scan.findings,
        &scan.problems,
        scan.coverage.scanned(),
    );
    scan
}

/// The policies of the configuration and of the command line beside those of the engine.
fn with_users(engine: &Engine, request: &Request, scan: &Scan) -> (Engine, Vec<Problem>) {
    let naming = policy::Naming {
        by_hand: &request.policies,
        config: &scan.settings.config,
        root: scan.inputs.root.as_deref().unwrap_or(Path::new("")),
        locked: request.config != ConfigChoice::Without,
    };
    policy::with_users(engine, &naming, &scan.sources)
}

/// Everything but the policies: what `inspect` shows.
pub fn understand(request: &Request) -> Scan {
    read(request, Keep::All)
}

/// What is kept of the evaluated code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    All,
    /// Resources only as the graph has them: there can be a million.
    Graph,
}

fn read(request: &Request, keep: Keep) -> Scan {
    let sources = Sources::new();
    let mut problems = Vec::new();
    let root = root(request);
    // First, for it says how large files may be.
    let config = configuration(request, root.as_deref(), &sources, &mut problems);
    let options = discover::Options {
        gitignore: request.gitignore,
        no_ignore_files: request.no_ignore_files,
        alone: request.alone,
        ..discover::Options::default()
    };
    let options = limits::of_files(&config.limits, options);
    let mut inputs = discovered(request, &options, &sources);
    inputs.root = root;
    problems.extend(inputs.problems.iter().cloned());
    let folders = catalogues(request, &config, &inputs, &mut problems);
    let extended = catalog::extend(&folders, &sources);
    problems.extend(extended.problems);
    let catalog = extended.catalog;
    problems.extend(unknown_offerings(&config, catalog));
    problems.extend(unknown_regions(&config, catalog));
    problems.extend(verdict::attestation_problems(&config, catalog));
    let settings = Settings {
        actor: request
            .actor
            .or(config.organisation.actor.as_ref().map(|actor| actor.value)),
        as_of: request.as_of.unwrap_or_else(today),
        assume: request.assume.unwrap_or_else(|| config.assume()),
        config,
    };
    problems.extend(unused_values(request, &settings.config));
    let asked = terraform::Asked::default();
    let evaluated = || {
        evaluate(
            request,
            &asked,
            &settings.config,
            &inputs,
            &sources,
            options.max_file,
            catalog,
        )
    };
    let releases = |estate: &Estate| kubernetes::releases(estate, &inputs.files, catalog);
    let render = rendering(request, &settings.config, &inputs);
    let ((mut estate, faults), manifests) = match render {
        // Charts are rendered with the values that Terraform installs them with.
        Some(_) => {
            let (estate, faults) = evaluated();
            let releases = releases(&estate);
            let manifests = kubernetes::read_rendered(&inputs.files, &sources, render, releases);
            ((estate, faults), manifests)
        }
        None => {
            let ((estate, faults), mut manifests) =
                rayon::join(evaluated, || kubernetes::read(&inputs.files, &sources));
            manifests.releases = releases(&estate);
            ((estate, faults), manifests)
        }
    };
    problems.extend(faults);
    problems.extend(idle_values(request, &inputs, &estate));
    problems.extend(estate.problems.iter().cloned());
    problems.extend(manifests.problems.iter().cloned());
    let graph = graph::assemble(&estate, &manifests, catalog, &sources);
    if keep == Keep::Graph {
        for root in &mut estate.roots {
            root.resources = Vec::new();
        }
    }
    let facts = facts::establish(&graph, catalog, &settings);
    problems.extend(facts.problems().iter().cloned());
    problems.extend(stale_registry(catalog, settings.as_of));
    let bar = request::bar(request, &settings.config);
    sort_problems(&mut problems, &sources);
    Scan {
        coverage: Coverage {
            catalogues: extended.folders,
            registry: catalog.registry().map(|registry| registry.compiled_on),
            ..Coverage::measure(&inputs, &graph, &facts, &estate, &manifests)
        },
        catalog,
        base: inputs.root.as_deref().map(base).unwrap_or_default(),
        rules: Vec::new(),
        sources,
        inputs,
        estate,
        asked,
        manifests,
        graph: Arc::new(graph),
        facts: Arc::new(facts),
        settings: Arc::new(settings),
        evaluation: Evaluation::default(),
        findings: Vec::new(),
        baseline: None,
        scope: None,
        requirements: Requirements::default(),
        problems,
        bar,
        status: ExitStatus::Clean,
    }
}

/// What lies below the paths, and what comes through the pipe.
fn discovered(request: &Request, options: &discover::Options, sources: &Sources) -> Inputs {
    let mut inputs = discover::discover(&request.paths, options, sources);
    if request.standard_input {
        let pipe = &mut std::io::stdin().lock();
        discover::from_pipe(pipe, options, sources, &mut inputs);
    }
    inputs
}

/// The folder that a scan starts from. For what comes through a pipe alone it is the one that one stands in: so is its
/// configuration.
fn root(request: &Request) -> Option<PathBuf> {
    if request.standard_input && request.paths.is_empty() {
        return std::env::current_dir().ok();
    }
    discover::root(&request.paths)
}

/// The folder of a scan inside its repository.
fn base(root: &Path) -> String {
    let boundary = discover::boundary(root);
    let inside = root.strip_prefix(&boundary).unwrap_or(Path::new(""));
    let parts: Vec<_> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// The one place that reads the clock.
pub fn today() -> Date {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Date::of_unix_time(now.as_secs()).unwrap_or(Date::LAST)
}

fn configuration(
    request: &Request,
    root: Option<&Path>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) -> Config {
    let found = match (&request.config, root) {
        (ConfigChoice::Without, _) | (ConfigChoice::Nearest, None) => None,
        (ConfigChoice::File(file), _) => Some(config::Found::named(file)),
        (ConfigChoice::Nearest, Some(root)) => config::find(root),
    };
    let Some(found) = found else {
        return Config::default();
    };
    let (config, faults) = config::load(&found, root.unwrap_or(Path::new("")), sources);
    problems.extend(faults);
    config
}

/// The folders of facts: those of the configuration, then those of the command line, each with its path as people see it.
fn catalogues(
    request: &Request,
    config: &Config,
    inputs: &Inputs,
    problems: &mut Vec<Problem>,
) -> Vec<(PathBuf, String)> {
    let mut folders = Vec::new();
    let root = inputs.root.clone().unwrap_or_default();
    for path in &config.catalog {
        let base = config.base.clone().unwrap_or_default();
        let boundary = discover::boundary(&base);
        // What lies outside was reviewed by nobody with this code.
        let inside = base
            .join(&path.value)
            .canonicalize()
            .ok()
            .filter(|folder| folder.starts_with(&boundary) && folder.is_dir());
        match inside {
            Some(folder) => {
                let shown = config::shown(&folder, &root);
                folders.push((folder, shown));
            }
            None => problems.push(
                Problem::error(
                    ProblemCode::Config,
                    text!(
                        "`{}` is no folder of this repository",
                        "`{}` n’est pas un dossier de ce dépôt",
                        path.value
                    ),
                )
                .at(path.place)
                .help(Text::new(
                    "paths of [catalog] are relative to the folder of the configuration",
                    "les chemins de [catalog] partent du dossier de la configuration",
                )),
            ),
        }
    }
    let named = request.catalog.iter();
    folders.extend(named.map(|folder| (folder.clone(), folder.display().to_string())));
    folders
}

/// How charts and kustomizations are rendered; none: nobody asked for it.
fn rendering<'a>(
    request: &'a Request,
    config: &'a Config,
    inputs: &'a Inputs,
) -> Option<Render<'a>> {
    let root = inputs
        .root
        .as_deref()
        .filter(|_| renders(request, config))?;
    Some(Render {
        config,
        root,
        tools: &request.render.tools,
        values: &request.render.values,
    })
}

/// Are charts and kustomizations rendered?
fn renders(request: &Request, config: &Config) -> bool {
    let enabled = config.render.enabled.as_ref();
    let asked = request.render.asked;
    asked.unwrap_or(enabled.is_some_and(|on| on.value))
}

/// Terraform code, evaluated, and the variable files that could not be read.
fn evaluate(
    request: &Request,
    asked: &terraform::Asked,
    config: &Config,
    inputs: &Inputs,
    sources: &Sources,
    max_file: u64,
    catalog: &'static Catalog,
) -> (Estate, Vec<Problem>) {
    let files: Vec<TerraformFile> = inputs
        .files
        .iter()
        .filter(|file| {
            matches!(
                file.kind,
                Kind::Terraform | Kind::TerraformVariables | Kind::ModulesIndex
            )
        })
        .map(|file| TerraformFile {
            path: file.path.clone(),
            folder: file.folder.clone(),
            source: file.source,
        })
        .collect();
    let recorded: Vec<RecordedFile> = inputs
        .files
        .iter()
        .filter(|file| matches!(file.kind, Kind::Plan | Kind::TerraformState))
        .map(|file| RecordedFile {
            path: file.path.clone(),
            source: file.source,
        })
        .collect();
    let mut problems = Vec::new();
    let vars = request
        .variables
        .iter()
        .filter_map(|variable| given(variable, sources, max_file, &mut problems))
        .collect();
    if files.is_empty() && recorded.is_empty() {
        return (Estate::default(), problems);
    }
    let recorded = terraform::recorded(&recorded, sources);
    let feeders: Vec<_> = inputs
        .of(Kind::Orchestration)
        .map(|file| (file, sources.get(file.source)))
        .collect();
    let feeders: Vec<terraform::Feeder<'_>> = feeders
        .iter()
        .map(|(file, source)| terraform::Feeder {
            path: &file.path,
            folder: &file.folder,
            text: source.text(),
        })
        .collect();
    let folders = files.iter().map(|file| file.folder.as_str()).collect();
    let options = terraform::Options {
        vars,
        environment: request.environment.clone(),
        workspace: request
            .workspace
            .clone()
            .unwrap_or_else(|| "default".to_owned()),
        workspace_assumed: request.workspace.is_none(),
        fed: terraform::fed(&feeders, &folders),
        links: inputs.links.clone(),
        catalog,
        telling: Arc::new(facts::telling(catalog, config)),
        limits: limits::of_evaluation(&config.limits),
        ..terraform::Options::default()
    };
    let root = inputs.root.clone().unwrap_or_default();
    let boundary = discover::boundary(&root);
    let reader = FolderFiles::new(root, max_file)
        .within(&boundary)
        .noting(asked);
    (
        terraform::evaluate_with(&files, sources, &options, &reader, recorded),
        problems,
    )
}

fn given(
    variable: &Variable,
    sources: &Sources,
    max_file: u64,
    problems: &mut Vec<Problem>,
) -> Option<VarInput> {
    match variable {
        Variable::Text { name, text } => Some(VarInput::Var {
            name: name.clone(),
            text: text.clone(),
        }),
        Variable::File(path) => {
            let shown = path.display().to_string();
            match discover::text(path, max_file) {
                Ok(text) => Some(VarInput::File {
                    source: sources.add(shown.as_str(), text),
                    path: shown,
                }),
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            }
        }
    }
}

/// By path and place, errors and warnings alike, without repeats.
fn sort_problems(problems: &mut Vec<Problem>, sources: &Sources) {
    problems.sort_by_cached_key(|problem| {
        let path = match problem.place {
            Some(place) => sources.get(place.source).path().to_owned(),
            None => problem.path.clone().unwrap_or_default(),
        };
        (
            path,
            problem.place.map(|place| place.span),
            problem.code,
            problem.message.clone(),
        )
    });
    problems.dedup();
}
