//! Charts, rendered with `helm template`.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::installed::Installed;
use super::tree::{self, Refusal};
use super::{
    Input, Job, MAX_FILE, Made, Origins, Package, Problem, ProblemCode, Rendering, Shop, What,
    installed, join, said, shown,
};
use crate::config::{self, Located, RenderChart, Subject};
use crate::discover;
use crate::kubernetes::releases::Release;
use crate::program::{Failure, Workshop};
use crate::source::{Place, SourceId};
use crate::text::{Text, text, why_not};

/// How a chart is rendered.
pub(super) struct Chart<'a> {
    /// What the configuration says of it.
    pub(super) entry: Option<&'a RenderChart>,
    /// None: one could not be read, and was said; nothing is rendered without it.
    pub(super) values: Option<Vec<Given>>,
    /// What Terraform says of it, when that installs it.
    pub(super) installed: Option<Installed>,
}

/// A file of values.
#[derive(Debug, Clone)]
pub(super) struct Given {
    shown: String,
    text: Arc<str>,
    source: SourceId,
}

impl Given {
    pub(super) fn new(shown: String, text: Arc<str>, source: SourceId) -> Self {
        Self {
            shown,
            text,
            source,
        }
    }
}

/// Which charts are rendered how often, and with what.
pub(super) struct Charts<'a, 'b> {
    shop: &'b Shop<'a>,
    /// Files of values for all of them; none: one could not be read.
    for_all: Option<Vec<Given>>,
    used: Vec<bool>,
}

impl<'a, 'b> Charts<'a, 'b> {
    pub(super) fn new(shop: &'b Shop<'a>, problems: &mut Vec<Problem>) -> Self {
        let named = shop.render.values.iter();
        let for_all: Result<Vec<_>, Problem> = named.map(|path| by_hand(shop, path)).collect();
        Self {
            shop,
            for_all: for_all.map_err(|problem| problems.push(problem)).ok(),
            used: vec![false; shop.render.config.render.charts.len()],
        }
    }

    /// The entries of the configuration that name a chart.
    fn entries(&mut self, file: &Input) -> Vec<&'a RenderChart> {
        let config = self.shop.render.config;
        let folder = config.path_of(&file.folder);
        let path = match folder.trim_end_matches('/') {
            "" => ".",
            folder => folder,
        };
        let subject = Subject {
            path,
            ..Subject::default()
        };
        let mut entries = Vec::new();
        for (entry, used) in config.render.charts.iter().zip(&mut self.used) {
            if entry.paths.iter().any(|path| path.value.matches(&subject)) {
                *used = true;
                entries.push(entry);
            }
        }
        entries
    }

    /// The renderings of one chart: one for each entry that names it and one for each release of it, else one with its own
    /// values.
    pub(super) fn jobs(
        &mut self,
        package: &'a Package,
        file: &'a Input,
        releases: &[Release],
        problems: &mut Vec<Problem>,
    ) -> Vec<Job<'a>> {
        let named = self.entries(file);
        let first = named.first().copied();
        let mut entries: Vec<_> = named.into_iter().map(Some).collect();
        let of = releases.iter().enumerate().filter(|(_, release)| {
            let install = release.install.as_ref();
            install.is_some_and(|install| install.folder == file.folder)
        });
        let of: Vec<_> = of.collect();
        if entries.is_empty() && of.is_empty() {
            entries.push(None);
        }
        let several = entries.len() > 1;
        let mut jobs: Vec<Job<'a>> = Vec::new();
        for entry in entries {
            let mut job = self.job(package, file, entry, problems);
            if several {
                job.label = told_apart(&job, &jobs);
            }
            jobs.push(job);
        }
        for release in of {
            jobs.extend(installed::job(
                self.shop,
                (package, file),
                release,
                first,
                &jobs,
            ));
        }
        jobs
    }

    fn job(
        &self,
        package: &'a Package,
        file: &'a Input,
        entry: Option<&'a RenderChart>,
        problems: &mut Vec<Problem>,
    ) -> Job<'a> {
        let own = package.name.as_ref().filter(|name| !name.is_empty());
        let stated = |of: Option<&Located<String>>| of.map(|text| text.value.clone());
        let mut rendering = Rendering {
            release: stated(entry.and_then(|entry| entry.release.as_ref())).or(own.cloned()),
            namespace: stated(entry.and_then(|entry| entry.namespace.as_ref())),
            ..Rendering::of(package, file)
        };
        let mut values = Some(Vec::new());
        for named in entry.iter().flat_map(|entry| &entry.values) {
            rendering.values.push(named.value.clone());
            match of_config(self.shop, named) {
                Ok(given) => values.iter_mut().for_each(|all| all.push(given.clone())),
                Err(problem) => {
                    problems.push(problem);
                    values = None;
                }
            }
        }
        // What is given by hand counts most.
        let values = values
            .zip(self.for_all.clone())
            .map(|(mut values, for_all)| {
                values.extend(for_all);
                values
            });
        if let Some(values) = &values {
            rendering.values = values.iter().map(|given| given.shown.clone()).collect();
        }
        Job {
            package,
            file,
            label: format!("{} (rendered)", shown(&file.folder)),
            rendering,
            what: What::Chart(Chart {
                entry,
                values,
                installed: None,
            }),
        }
    }

    /// Entries that name no chart of the scan: most likely a slip.
    pub(super) fn unused(&self, problems: &mut Vec<Problem>) {
        let entries = self.shop.render.config.render.charts.iter();
        for (entry, _) in entries.zip(&self.used).filter(|(_, used)| !**used) {
            let message = Text::new(
                "this names no chart of the scan; nothing is rendered with it",
                "ceci ne nomme aucun chart de l’analyse ; rien n’est rendu avec",
            );
            problems.push(
                Problem::warning(ProblemCode::Config, message)
                    .at(entry.place)
                    .help(Text::new(
                        "`paths` are globs on the folders that hold a Chart.yaml",
                        "`paths` contient des motifs sur les dossiers qui ont un Chart.yaml",
                    )),
            );
        }
    }
}

/// A name for one of several renderings of a chart that no other one has.
fn told_apart(job: &Job<'_>, others: &[Job<'_>]) -> String {
    let folder = shown(&job.file.folder);
    let names: Vec<&str> = job
        .rendering
        .values
        .iter()
        .map(|path| path.rsplit('/').next().unwrap_or(path))
        .collect();
    let name = match (&job.rendering.release, names.is_empty()) {
        (_, false) => format!("rendered with {}", names.join(", ")),
        (Some(release), true) => format!("rendered as {release}"),
        (None, true) => "rendered".to_owned(),
    };
    let mut label = format!("{folder} ({name})");
    let mut count = 1;
    while others.iter().any(|other| other.label == label) {
        count += 1;
        label = format!("{folder} ({name}, {count})");
    }
    label
}

/// A file of values that was named on the command line: whoever typed it knows what it is.
fn by_hand(shop: &Shop<'_>, path: &Path) -> Result<Given, Problem> {
    let text = discover::text(path, MAX_FILE)?;
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let shown = match real.strip_prefix(&shop.boundary) {
        Ok(_) => config::shown(&real, shop.render.root),
        Err(_) => path.display().to_string(),
    };
    Ok(given(shop, shown, text))
}

/// A file of values that the configuration names: one of the repository.
fn of_config(shop: &Shop<'_>, named: &Located<String>) -> Result<Given, Problem> {
    let wrong = |why: Text| {
        let message = text!("the values file `{}` {why}", "le fichier de valeurs `{}` {why}", named.value; why);
        Problem::error(ProblemCode::Config, message).at(named.place)
    };
    let base = shop.render.config.base.clone().unwrap_or_default();
    let boundary = discover::boundary(&base);
    let real = base.join(&named.value).canonicalize().map_err(|_| {
        wrong(Text::new("is not there", "n’existe pas")).help(Text::new(
            "paths are relative to the folder of the configuration",
            "les chemins partent du dossier de la configuration",
        ))
    })?;
    if !real.starts_with(&boundary) {
        return Err(wrong(Text::new(
            "lies outside the repository",
            "se trouve hors du dépôt",
        )));
    }
    let bytes = discover::bytes(&real, MAX_FILE).map_err(|why| {
        wrong(text!(
            "could not be read: {why}",
            "n’a pas pu être lu : {why}";
            why
        ))
    })?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(wrong(Text::new("is larger than 16 MiB", "dépasse 16 Mio")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| wrong(Text::new("is not UTF-8", "n’est pas en UTF-8")))?;
    Ok(given(shop, config::shown(&real, shop.render.root), text))
}

fn given(shop: &Shop<'_>, shown: String, text: String) -> Given {
    let known = shop.known.get(shown.as_str()).copied();
    let source = known.unwrap_or_else(|| shop.sources.add(shown.as_str(), text.as_str()));
    Given {
        shown,
        text: text.into(),
        source,
    }
}

/// Renders one chart.
pub(super) fn run(shop: &Shop<'_>, job: &Job<'_>, chart: &Chart<'_>) -> Result<Made, Vec<Problem>> {
    let values = chart.values.as_ref().ok_or_else(Vec::new)?;
    let folder = shop.real(&job.file.folder);
    let refused = |why: Refusal| vec![refusal(job, why)];
    let tree = tree::files(&folder, &shop.boundary).map_err(refused)?;
    let tools = shop.render.tools;
    let program = tools
        .find("helm", tools.helm.as_deref(), "GARDEFOU_HELM")
        .and_then(|found| found.ok_or_else(|| Text::new("there is no program `helm`", "il n’y a pas de programme `helm`")))
        .map_err(|why| {
            vec![said::not_rendered(job, &why).help(
                Text::new("install Helm 3 or 4, or name the program in the environment variable GARDEFOU_HELM", "installez Helm 3 ou 4, ou nommez le programme dans la variable d’environnement GARDEFOU_HELM"),
            )]
        })?;
    let failed = |failure: &Failure, workshop: Option<&Workshop>| {
        vec![failure_of(shop, job, values, &tree, failure, workshop)]
    };
    let workshop = Workshop::open().map_err(|failure| failed(&failure, None))?;
    for (at, given) in values.iter().enumerate() {
        let file = workshop.work().join(values_name(at));
        std::fs::write(file, given.text.as_bytes())
            .map_err(|error| failed(&Failure::NotStarted(why_not(error.kind())), None))?;
    }
    let mut arguments = arguments(job, chart, values.len(), &folder);
    arguments.insert(1, SKIP_SCHEMAS.into());
    let mut made = workshop.run(&program, &arguments, shop.bounds);
    if matches!(&made, Err(Failure::Status(_, said)) if is_unknown_flag(said)) {
        if tree.iter().any(|file| may_hold_schema(file)) {
            let why = Text::new(
                "it has a `values.schema.json` or a packed subchart, and this Helm would follow what schemas refer to",
                "il a un `values.schema.json` ou un sous-chart archivé, et ce Helm suivrait ce à quoi les schémas renvoient",
            );
            return Err(vec![said::not_rendered(job, &why).help(Text::new(
                "take Helm 3.16 or newer, which can leave schemas aside",
                "prenez Helm 3.16 ou plus récent, qui sait laisser les schémas de côté",
            ))]);
        }
        arguments.remove(1);
        made = workshop.run(&program, &arguments, shop.bounds);
    }
    let text = made.map_err(|failure| failed(&failure, Some(&workshop)))?;
    Ok(Made {
        text,
        origins: origins(shop, job, &folder, &tree, values),
        tree,
    })
}

/// Copies under names of ours: Helm takes a comma in a name for the end of it, and an address for something to fetch.
fn values_name(at: usize) -> String {
    format!("values-{at}.yaml")
}

/// The flags that Helm 3 and 4 share. Nothing is validated against a cluster, and no name is looked up, unless asked for.
fn arguments(job: &Job<'_>, chart: &Chart<'_>, values: usize, folder: &Path) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec!["template".into()];
    let installed = chart.installed.as_ref();
    if installed.is_none_or(|installed| installed.definitions) {
        all.push("--include-crds".into());
    }
    all.extend((0..values).map(|at| format!("--values={}", values_name(at)).into()));
    let flags = installed.into_iter().flat_map(|installed| &installed.flags);
    all.extend(flags.map(OsString::from));
    let mut flag = |name: &str, text: &str| all.push(format!("--{name}={text}").into());
    if let Some(namespace) = &job.rendering.namespace {
        flag("namespace", namespace);
    }
    if let Some(entry) = chart.entry {
        if let Some(version) = &entry.kube_version {
            flag("kube-version", &version.value);
        }
        for version in &entry.api_versions {
            flag("api-versions", &version.value);
        }
    }
    // What follows is no flag, whatever a chart calls itself.
    all.push("--".into());
    all.push(job.rendering.release.as_deref().unwrap_or("release").into());
    all.push(folder.into());
    all
}

fn refusal(job: &Job<'_>, why: Refusal) -> Problem {
    let path = |below: &str| join(&job.file.folder, below);
    let why = match why {
        Refusal::Leaves(below) => {
            let why = text!(
                "`{}` is a link that leads out of the repository",
                "`{}` est un lien qui mène hors du dépôt",
                path(&below)
            );
            return said::not_rendered(job, &why).help(Text::new(
                "Helm would read what lies there; put the file itself into the chart",
                "Helm lirait ce qui s’y trouve ; mettez le fichier lui-même dans le chart",
            ));
        }
        Refusal::Special(below) => text!(
            "`{}` is no regular file",
            "`{}` n’est pas un fichier ordinaire",
            path(&below)
        ),
        Refusal::Unreadable(below) => text!(
            "`{}` could not be read",
            "`{}` n’a pas pu être lu",
            path(&below)
        ),
        Refusal::TooMany => Text::new(
            "its folder holds too many files",
            "son dossier contient trop de fichiers",
        ),
    };
    said::not_rendered(job, &why)
}

fn failure_of(
    shop: &Shop<'_>,
    job: &Job<'_>,
    values: &[Given],
    tree: &[String],
    failure: &Failure,
    workshop: Option<&Workshop>,
) -> Problem {
    let Failure::Status(_, raw) = failure else {
        return said::problem(job, "helm", failure, "");
    };
    let names: Vec<String> = values.iter().map(|given| given.shown.clone()).collect();
    let folder = workshop.map_or(Path::new(""), Workshop::folder);
    let said = said::clean(shop, folder, &names, raw);
    let problem = said::problem(job, "helm", failure, &said);
    match template(shop, job, tree, raw) {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// The line of a template that Helm names. The last one that has a line is the innermost.
fn template(shop: &Shop<'_>, job: &Job<'_>, tree: &[String], said: &str) -> Option<Place> {
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"[^\s()"'/]+/((?:charts/[^\s()"'/]+/)*templates/[^\s()"':]+):(\d+)"#).ok()
    });
    let named = NAMED.as_ref()?;
    let (below, line) = named
        .captures_iter(said)
        .filter_map(|found| Some((found.get(1)?.as_str(), found.get(2)?.as_str())))
        .filter(|(below, _)| tree.iter().any(|file| file == below))
        .last()?;
    let path = join(&job.file.folder, below);
    let source = shop.source(&path, &shop.real(&path))?;
    let span = shop.sources.get(source).line_span(line.parse().ok()?)?;
    Some(Place::new(source, span))
}

/// The texts that the objects of a chart are written in.
fn origins(
    shop: &Shop<'_>,
    job: &Job<'_>,
    folder: &Path,
    tree: &[String],
    values: &[Given],
) -> Origins {
    let is_origin = |file: &&String| {
        let own = own_path(file);
        own.starts_with("templates/")
            || own.starts_with("crds/")
            || matches!(own, "values.yaml" | "Chart.yaml")
    };
    let files = tree.iter().filter(is_origin).filter_map(|file| {
        let path = join(&job.file.folder, file);
        let source = shop.source(&path, &folder.join(file))?;
        Some((path.to_string(), source))
    });
    Origins {
        root: job.file.folder.clone(),
        files: files.collect(),
        values: values.iter().map(|given| given.source).collect(),
    }
}

/// The path of a file in the chart it belongs to: `charts/db/templates/x.yaml` is `templates/x.yaml` of the subchart.
pub(super) fn own_path(file: &str) -> &str {
    let mut own = file;
    while let Some((_, rest)) = own
        .strip_prefix("charts/")
        .and_then(|below| below.split_once('/'))
    {
        own = rest;
    }
    own
}

/// A schema of values refers to files and addresses anywhere, which Helm reads and quotes in what it says. What a chart
/// becomes does not depend on it.
const SKIP_SCHEMAS: &str = "--skip-schema-validation";

fn is_unknown_flag(said: &str) -> bool {
    said.contains("unknown flag") && said.contains(SKIP_SCHEMAS)
}

fn may_hold_schema(file: &str) -> bool {
    let own = own_path(file);
    own == "values.schema.json" || own.starts_with("charts/")
}

/// Something that would be fetched.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    text.starts_with("http:") || text.starts_with("https:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_subcharts_are_their_own() {
        assert_eq!(own_path("templates/a.yaml"), "templates/a.yaml");
        assert_eq!(own_path("charts/a/charts/b/crds/c.yaml"), "crds/c.yaml");
        assert_eq!(own_path("charts/a-1.0.tgz"), "charts/a-1.0.tgz");
    }

    #[test]
    fn schemas_and_packed_charts_may_refer_anywhere() {
        assert!(may_hold_schema("values.schema.json"));
        assert!(may_hold_schema("charts/a/values.schema.json"));
        assert!(may_hold_schema("charts/a-1.0.tgz"));
        assert!(!may_hold_schema("charts/a/templates/b.yaml"));
    }
}
