//! Helm charts that Terraform installs: which chart, from where, with which values; and why what one makes is not seen.
//!
//! A chart is rendered for a release with exactly what Helm would be given at apply. Where a part of that is not known, what
//! would come of it is somebody else's chart: then nothing is rendered, and the reason is kept.

use hashbrown::HashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::packages;
use crate::catalog::Catalog;
use crate::discover::{Input, Kind, folder_of};
use crate::source::Place;
use crate::terraform::{Declared, Estate, Mode, ReadFrom, Root};
use crate::text::{Text, text};
use crate::value::Value;

/// Longer flags are not handed to a program: the system refuses them.
const MAX_FLAG: usize = 64 << 10;
/// Flags of one release.
const MAX_FLAGS: usize = 1_000;

/// A chart that Terraform installs.
#[derive(Debug, Clone)]
pub struct Release {
    /// Index of its root in the estate.
    pub root: usize,
    /// Index of the resource in the root.
    pub at: usize,
    /// Address of the resource.
    pub address: Arc<str>,
    /// The folder of the chart, else the chart as it is named; empty when that is not known.
    pub chart: Arc<str>,
    /// The line that declares the resource.
    pub header: Place,
    /// Why its objects are not seen; none: they are among the manifests.
    pub unseen: Option<Unseen>,
    /// Index of its provider configuration in the root.
    pub(super) provider: usize,
    /// What it is rendered with; none: it cannot be.
    pub(super) install: Option<Install>,
}

/// Why nobody sees what a release makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// Nobody asked for rendering.
    NotAsked,
    /// Its chart lies in a registry.
    Registry,
    /// Its chart is no folder of the scan.
    NotInScan,
    /// An argument is only known after apply.
    Unknown(Arc<str>),
    /// An argument is a secret, and is handed to no program.
    Secret(Arc<str>),
    /// An argument changes what the chart makes in a way that code does not show.
    Changed(Arc<str>),
    /// Its arguments are longer than what a program is handed.
    TooLong,
    /// It could not be rendered; a problem says why.
    Failed,
}

impl Unseen {
    /// In words, with the remedy where there is one.
    pub fn text(&self) -> Text {
        match self {
            Self::NotAsked => Text::new("scan with --render", "analysez avec --render"),
            Self::Registry => Text::new(
                "it is in a registry: put it into the repository, and scan with --render",
                "il est dans un registre : placez-le dans le dépôt et analysez avec --render",
            ),
            Self::NotInScan => Text::new(
                "it is no chart folder of the scan",
                "ce n’est pas un dossier de chart de l’analyse",
            ),
            Self::Unknown(argument) => text!(
                "`{argument}` is known only after apply",
                "`{argument}` n’est connu qu’après l’application"
            ),
            Self::Secret(argument) => text!(
                "`{argument}` is secret, and is handed to no program",
                "`{argument}` est secret et n’est transmis à aucun programme"
            ),
            Self::Changed(argument) => text!(
                "`{argument}` changes it beyond what the code shows",
                "`{argument}` le modifie au-delà de ce que montre le code"
            ),
            Self::TooLong => Text::new(
                "its values are too long to be handed to a program",
                "ses valeurs sont trop longues pour être transmises à un programme",
            ),
            Self::Failed => Text::new("it could not be rendered", "son rendu a échoué"),
        }
    }
}

/// What Helm is given.
#[derive(Debug, Clone)]
pub(super) struct Install {
    /// The folder of the chart, below the top of the scan.
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) namespace: String,
    /// Texts of values, the last of which counts most.
    pub(super) values: Vec<Value>,
    /// Flags with single values, which count more.
    pub(super) flags: Vec<String>,
    pub(super) definitions: bool,
}

impl Release {
    /// True where both are applied through one configuration of a provider, and so to one cluster.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        (self.root, self.provider) == (other.root, other.provider)
    }
}

/// Every release of an estate, in its order.
pub fn releases(estate: &Estate, files: &[Input], catalog: &Catalog) -> Vec<Release> {
    // Each type that is present is asked once: to ask all that the catalogue has would cost more than a small scan.
    let mut kinds: HashMap<&str, Option<&str>> = HashMap::new();
    let charts = files.iter().filter(|file| file.kind == Kind::HelmChart);
    let charts: BTreeSet<&str> = charts.map(|file| file.folder.as_str()).collect();
    let mut found = Vec::new();
    for (root_at, root) in estate.roots.iter().enumerate() {
        for (at, declared) in root.resources.iter().enumerate() {
            let argument = *kinds.entry(&declared.kind).or_insert_with(|| {
                let kind = catalog.resource_kind(&declared.kind)?;
                kind.installs.as_deref()
            });
            let Some(argument) = argument.filter(|_| declared.mode == Mode::Managed) else {
                continue;
            };
            let chart = || {
                let named = declared.attributes.entry(argument);
                named.filter(|chart| !chart.is_sensitive())?.as_str()
            };
            let installed = install(root, declared, argument, &charts);
            let (install, unseen) = match installed {
                Ok(install) => (Some(install), Unseen::NotAsked),
                Err(why) => (None, why),
            };
            found.push(Release {
                root: root_at,
                at,
                address: Arc::clone(&declared.address),
                chart: match &install {
                    Some(install) => packages::shown(&install.folder),
                    None => chart().unwrap_or_default(),
                }
                .into(),
                header: declared.header,
                unseen: Some(unseen),
                provider: declared.provider,
                install,
            });
        }
    }
    found
}

fn install(
    root: &Root,
    declared: &Declared,
    argument: &str,
    charts: &BTreeSet<&str>,
) -> Result<Install, Unseen> {
    let all = Arguments(&declared.attributes);
    if declared.attributes.is_unknown() || declared.incomplete {
        return Err(Unseen::Unknown(argument.into()));
    }
    let folder = chart_folder(root, &all, argument)?;
    if !charts.contains(folder.as_str()) {
        return Err(Unseen::NotInScan);
    }
    // What a program does to the output, and what an earlier release was given, is not in the code.
    for argument in ["postrender", "post_render"] {
        if all.given(argument).is_some() {
            return Err(Unseen::Changed(argument.into()));
        }
    }
    if all
        .given("reuse_values")
        .is_some_and(|on| on.as_bool() != Some(false))
    {
        return Err(Unseen::Changed("reuse_values".into()));
    }
    for argument in ["set_sensitive", "set_wo"] {
        if all.given(argument).is_some() {
            return Err(Unseen::Secret(argument.into()));
        }
    }
    Ok(Install {
        folder,
        name: all.text("name")?.ok_or(Unseen::Unknown("name".into()))?,
        namespace: all
            .text("namespace")?
            .unwrap_or_else(|| "default".to_owned()),
        values: all.values()?,
        flags: all.flags()?,
        definitions: all.given("skip_crds").and_then(Value::as_bool) != Some(true),
    })
}

/// Terraform stands in the folder of the root: paths start there, whatever module writes them.
fn chart_folder(root: &Root, all: &Arguments<'_>, argument: &str) -> Result<String, Unseen> {
    let chart = all.text(argument)?;
    let chart = chart.ok_or_else(|| Unseen::Unknown(argument.into()))?;
    if chart.contains("://") {
        return Err(Unseen::Registry);
    }
    let path = match all.text("repository")? {
        Some(repository) if repository.contains("://") => return Err(Unseen::Registry),
        Some(repository) => format!("{repository}/{chart}"),
        None => chart,
    };
    let from = match root.read_from {
        ReadFrom::Code => root.path.as_str(),
        ReadFrom::Plan | ReadFrom::State => folder_of(&root.path),
    };
    packages::resolve(from, &path).ok_or(Unseen::NotInScan)
}

/// The arguments of a release.
struct Arguments<'a>(&'a Value);

impl<'a> Arguments<'a> {
    /// An argument that says something.
    fn given(&self, name: &str) -> Option<&'a Value> {
        let value = self.0.entry(name).filter(|value| !value.is_null())?;
        let empty = value.as_str() == Some("") || value.elements().is_some_and(<[Value]>::is_empty);
        (!empty).then_some(value)
    }

    fn text(&self, name: &str) -> Result<Option<String>, Unseen> {
        let value = self.given(name);
        value
            .map(|value| known(value, name).map(Cow::into_owned))
            .transpose()
    }

    /// The elements of a list, or of blocks of one kind.
    fn list(&self, name: &str) -> Result<&'a [Value], Unseen> {
        let Some(value) = self.given(name) else {
            return Ok(&[]);
        };
        if value.is_sensitive() {
            return Err(Unseen::Secret(name.into()));
        }
        let one = value.entries().map(|_| std::slice::from_ref(value));
        let all = value.elements().or(one);
        all.ok_or_else(|| Unseen::Unknown(name.into()))
    }

    fn values(&self) -> Result<Vec<Value>, Unseen> {
        let mut all = Vec::new();
        for value in self.list("values")?.iter().filter(|value| !value.is_null()) {
            known(value, "values")?;
            all.push(value.clone());
        }
        Ok(all)
    }

    /// Single values, in the notation of Helm, which is that of the provider as well.
    fn flags(&self) -> Result<Vec<String>, Unseen> {
        let mut all = Vec::new();
        for block in self.list("set")? {
            let (name, value) = pair(block, "set")?;
            let value = match value {
                Some(value) => known(value, "set")?,
                None => Cow::Borrowed(""),
            };
            let flag = match block.entry("type").filter(|ty| !ty.is_null()) {
                None => "set",
                Some(ty) => match ty.as_str() {
                    Some("" | "auto") => "set",
                    Some("string") => "set-string",
                    Some("literal") => "set-literal",
                    _ => return Err(Unseen::Unknown("set".into())),
                },
            };
            all.push(format!("--{flag}={name}={value}"));
        }
        for block in self.list("set_list")? {
            let (name, value) = pair(block, "set_list")?;
            let unknown = || Unseen::Unknown("set_list".into());
            let elements = value.and_then(Value::elements).ok_or_else(unknown)?;
            let elements: Result<Vec<_>, Unseen> =
                elements.iter().map(|one| known(one, "set_list")).collect();
            all.push(format!("--set={name}={{{}}}", elements?.join(",")));
        }
        let is_long = |flag: &String| flag.len() > MAX_FLAG || flag.contains('\0');
        if all.len() > MAX_FLAGS || all.iter().any(is_long) {
            return Err(Unseen::TooLong);
        }
        Ok(all)
    }
}

/// The name and the value of a single value.
fn pair<'v>(block: &'v Value, argument: &str) -> Result<(Cow<'v, str>, Option<&'v Value>), Unseen> {
    let name = block.entry("name");
    let name = name.ok_or_else(|| Unseen::Unknown(argument.into()))?;
    let value = block.entry("value").filter(|value| !value.is_null());
    if value.is_some_and(Value::is_sensitive) {
        return Err(Unseen::Secret(argument.into()));
    }
    Ok((known(name, argument)?, value))
}

/// A text that is known, and may be handed on.
fn known<'v>(value: &'v Value, argument: &str) -> Result<Cow<'v, str>, Unseen> {
    if value.is_sensitive() {
        return Err(Unseen::Secret(argument.into()));
    }
    let text = value.as_text();
    text.ok_or_else(|| Unseen::Unknown(argument.into()))
}
