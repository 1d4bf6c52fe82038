//! The configuration: `gardefou.toml`, with the place of every key and value.
//!
//! Every fault is a problem drawn where it stands. Ids of offerings and rules are checked by those who know them; the
//! places are here.

pub mod date;
mod find;
pub mod keys;
mod pattern;
mod read;
mod rules;
pub mod suggest;
pub mod words;

use std::borrow::Cow;

pub use date::Date;
pub use find::{Found, find, load, shown};
pub(crate) use pattern::without_keys;
pub use pattern::{Pattern, PatternError, Subject};
pub use read::parse;

use crate::source::Place;
use words::{Actor, Level, Role, Severity};

/// A value with the places of its key and of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
    /// Where its key stands.
    pub key: Place,
}

/// Everything a configuration file says. What it does not say is none, and has the defaults of the accessors.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Path of the file as shown; none without a file.
    pub path: Option<String>,
    /// Leads from the folder that patterns are relative to down to the scan root: empty, or with `/` at its end.
    pub prefix: String,
    /// Who is asking.
    pub organisation: Organisation,
    /// How sensitive data is.
    pub classification: Classification,
    /// Whose data it is.
    pub tenancy: Tenancy,
    /// Where manifests are applied.
    pub targets: Vec<Target>,
    /// What people state of offerings that code cannot show.
    pub attestations: Vec<Attestation>,
    /// What people state of requirements that code cannot show.
    pub statements: Vec<Statement>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
    /// Rules switched off, weighed otherwise, or with options.
    pub rules: Vec<RuleSetting>,
    /// Policies beside the built-in ones: files or folders, relative to [`Config::base`].
    pub policies: Vec<Located<String>>,
    /// What makes the run fail.
    pub fail: Fail,
    /// Ignores in the code.
    pub ignores: Ignores,
    /// The baseline, relative to [`Config::base`].
    pub baseline: Option<Located<String>>,
    /// Folders of facts over those of the binary, relative to [`Config::base`].
    pub catalog: Vec<Located<String>>,
    /// How charts and kustomizations are rendered.
    pub render: Render,
    /// How much is read and worked out.
    pub limits: Limits,
    /// The folder of the configuration; none without a file.
    pub base: Option<std::path::PathBuf>,
}

/// `[organisation]`
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// What it is before the law.
    pub actor: Option<Located<Actor>>,
    /// Whose cloud it is.
    pub role: Option<Located<Role>>,
    /// Ids of the frameworks that it answers to; empty: all.
    pub frameworks: Vec<Located<String>>,
}

/// `[classification]`
#[derive(Debug, Clone, Default)]
pub struct Classification {
    /// The level of data that nobody labelled.
    pub assume: Option<Located<Level>>,
    /// Further label keys.
    pub keys: Vec<Located<String>>,
    /// Levels by pattern; the last that matches counts.
    pub assign: Vec<Assign>,
}

/// `[[classification.assign]]`
#[derive(Debug, Clone)]
pub struct Assign {
    /// What it is about.
    pub matches: Vec<Located<Pattern>>,
    /// Its level.
    pub level: Located<Level>,
    /// The whole entry.
    pub place: Place,
}

/// `[tenancy]`
#[derive(Debug, Clone, Default)]
pub struct Tenancy {
    /// Do several clients share what is scanned?
    pub multi_tenant: Option<Located<bool>>,
    /// Further label keys that name the client.
    pub keys: Vec<Located<String>>,
}

/// `[[target]]`
#[derive(Debug, Clone)]
pub struct Target {
    /// Which manifests.
    pub paths: Vec<Located<Pattern>>,
    /// Id of the offering they run on.
    pub offering: Located<String>,
    /// Region, when there is one default.
    pub region: Option<Located<String>>,
    /// The whole entry.
    pub place: Place,
}

/// `[[attestation]]` of an offering
#[derive(Debug, Clone)]
pub struct Attestation {
    /// Id of the offering.
    pub offering: Located<String>,
    /// Which resources: patterns of types, addresses, paths and namespaces.
    pub covers: Vec<Located<Pattern>>,
    /// Where they are, when code does not tell.
    pub region: Option<Located<String>>,
    /// The document that says so.
    pub reference: Located<String>,
    /// Who states it.
    pub by: Located<String>,
    /// Last day on which it holds.
    pub until: Located<Date>,
    /// The whole entry.
    pub place: Place,
}

/// `[[attestation]]` of requirements
#[derive(Debug, Clone)]
pub struct Statement {
    /// Ids of the requirements.
    pub requirements: Vec<Located<String>>,
    /// What is stated, in words.
    pub statement: Option<Located<String>>,
    /// Which resources: patterns of types, addresses, paths and namespaces. Empty: the whole scan.
    pub covers: Vec<Located<Pattern>>,
    /// The document that says so.
    pub reference: Located<String>,
    /// Who states it.
    pub by: Located<String>,
    /// Last day on which it holds.
    pub until: Located<Date>,
    /// The whole entry.
    pub place: Place,
}

impl Statement {
    /// Does it speak of a resource of a kind?
    pub fn speaks_of(&self, subject: &Subject<'_>, kind: &str) -> bool {
        let mut covers = self.covers.iter();
        self.covers.is_empty()
            || covers.any(|one| one.value.matches(subject) || one.value.names_kind(kind))
    }
}

/// `[[waiver]]`
#[derive(Debug, Clone)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: Located<String>,
    /// Which resources.
    pub matches: Vec<Located<Pattern>>,
    /// Why it is accepted.
    pub reason: Located<String>,
    /// Who accepts it.
    pub by: Located<String>,
    /// Last day on which it holds.
    pub until: Located<Date>,
    /// The whole entry.
    pub place: Place,
}

/// An entry of `[rules]`.
#[derive(Debug, Clone)]
pub struct RuleSetting {
    /// Id of the rule; its place is that of the key.
    pub rule: Located<String>,
    /// What it says of the severity, if anything; the inner none: off.
    pub severity: Option<Located<Option<Severity>>>,
    /// What the rule lets its users choose. Those who know the rule check names and types.
    pub options: Vec<OptionSetting>,
}

/// An option of a rule.
#[derive(Debug, Clone)]
pub struct OptionSetting {
    /// Its name; the place is that of the key.
    pub name: Located<String>,
    /// Its value.
    pub value: Located<OptionValue>,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list of texts.
    Texts(Vec<String>),
}

/// `[render]`. It never names a program: whoever changes the code would choose what runs.
#[derive(Debug, Clone, Default)]
pub struct Render {
    /// Are charts and kustomizations rendered?
    pub enabled: Option<Located<bool>>,
    /// Seconds for each rendering.
    pub timeout: Option<Located<u64>>,
    /// With what charts are rendered.
    pub charts: Vec<RenderChart>,
}

/// `[[render.chart]]`
#[derive(Debug, Clone)]
pub struct RenderChart {
    /// Which charts: globs on their folders.
    pub paths: Vec<Located<Pattern>>,
    /// Files of values, relative to [`Config::base`]; later ones win.
    pub values: Vec<Located<String>>,
    /// Name of the release.
    pub release: Option<Located<String>>,
    /// The namespace it is installed in.
    pub namespace: Option<Located<String>>,
    /// The version of Kubernetes that templates see.
    pub kube_version: Option<Located<String>>,
    /// Further APIs that templates see.
    pub api_versions: Vec<Located<String>>,
    /// The whole entry.
    pub place: Place,
}

/// `[fail]`
#[derive(Debug, Clone, Default)]
pub struct Fail {
    /// The lowest severity that fails.
    pub on: Option<Located<Severity>>,
    /// Levels at which an undetermined outcome fails.
    pub undetermined: Option<Vec<Located<Level>>>,
    /// What was to be judged and was not seen fails.
    pub gaps: Option<Located<bool>>,
    /// Fewer resources than these fail.
    pub min_resources: Option<Located<u64>>,
}

/// `[ignores]`
#[derive(Debug, Clone, Default)]
pub struct Ignores {
    /// Do they count?
    pub inline: Option<Located<bool>>,
    /// So many days ahead their last day may lie; with it, each needs one.
    pub max_days: Option<Located<u64>>,
    /// Rules and families that they cannot accept.
    pub never: Vec<Located<String>>,
    /// Do the markers of other tools count?
    pub foreign: Option<Located<bool>>,
}

/// `[limits]`. What it does not say is what those who hold the limits say.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Size of one file.
    pub file_mib: Option<Located<u64>>,
    /// Size of one plan or state.
    pub recorded_mib: Option<Located<u64>>,
    /// Instances of one Terraform block.
    pub instances_per_block: Option<Located<u64>>,
    /// Instances of all Terraform blocks.
    pub instances: Option<Located<u64>>,
    /// Calls of modules inside modules.
    pub module_depth: Option<Located<u64>>,
    /// Size of one text made by evaluation.
    pub string_kib: Option<Located<u64>>,
    /// Values made by evaluation.
    pub values: Option<Located<u64>>,
    /// Steps of evaluation.
    pub steps: Option<Located<u64>>,
    /// Time of one policy.
    pub policy_seconds: Option<Located<u64>>,
    /// Memory of one policy.
    pub policy_memory_mib: Option<Located<u64>>,
    /// Instructions of one policy.
    pub policy_instructions: Option<Located<u64>>,
    /// Verdicts of one policy.
    pub policy_verdicts: Option<Located<u64>>,
}

impl Config {
    /// Do ignores in the code count?
    pub fn heeds_ignores(&self) -> bool {
        self.ignores.inline.as_ref().is_none_or(|heeds| heeds.value)
    }

    /// Do the markers of other tools count?
    pub fn heeds_foreign(&self) -> bool {
        let foreign = self.ignores.foreign.as_ref();
        foreign.is_some_and(|heeds| heeds.value)
    }

    /// The level of data that nobody labelled.
    pub fn assume(&self) -> Level {
        let assume = self.classification.assume.as_ref();
        assume.map_or(Level::Personal, |assume| assume.value)
    }

    /// The lowest severity that fails.
    pub fn fail_on(&self) -> Severity {
        self.fail.on.as_ref().map_or(Severity::High, |on| on.value)
    }

    /// Does an undetermined outcome at this level fail?
    pub fn fails_undetermined(&self, level: Level) -> bool {
        match &self.fail.undetermined {
            Some(levels) => levels.iter().any(|one| one.value == level),
            None => matches!(level, Level::Health | Level::Particular),
        }
    }

    /// What the file says of a rule; the outer none: nothing, the inner one: it is off.
    pub fn severity_of(&self, rule: &str) -> Option<Option<Severity>> {
        let severity = self.setting_of(rule)?.severity.as_ref()?;
        Some(severity.value)
    }

    /// The entry of a rule; TOML lets there be one.
    pub fn setting_of(&self, rule: &str) -> Option<&RuleSetting> {
        let mut settings = self.rules.iter();
        settings.find(|setting| setting.rule.value == rule)
    }

    /// The level that `[[classification.assign]]` gives, with the entry; the last that matches counts.
    pub fn assigned(&self, subject: &Subject<'_>) -> Option<&Assign> {
        let mut entries = self.classification.assign.iter().rev();
        entries.find(|entry| entry.matches.iter().any(|one| one.value.matches(subject)))
    }

    /// The target that manifests of a file are applied to; the last that matches counts.
    pub fn target_of(&self, subject: &Subject<'_>) -> Option<&Target> {
        let mut entries = self.targets.iter().rev();
        entries.find(|entry| entry.paths.iter().any(|one| one.value.matches(subject)))
    }

    /// Attestations that cover a resource of a kind, the last of the file first.
    pub fn attested<'a>(
        &'a self,
        subject: &Subject<'_>,
        kind: &str,
    ) -> impl Iterator<Item = &'a Attestation> {
        self.attestations.iter().rev().filter(move |entry| {
            let mut covers = entry.covers.iter();
            covers.any(|one| one.value.matches(subject) || one.value.names_kind(kind))
        })
    }

    /// A shown path as patterns see it.
    pub fn path_of<'a>(&self, shown: &'a str) -> Cow<'a, str> {
        if self.prefix.is_empty() {
            Cow::Borrowed(shown)
        } else {
            Cow::Owned(format!("{}{shown}", self.prefix))
        }
    }
}

#[cfg(test)]
mod tests;
