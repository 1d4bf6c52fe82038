//! What a scan says, one file per format. Every format gets the same [`Report`] and decides nothing.

mod ahead;
mod anchor;
pub mod catalogue;
mod first;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod inspect;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod ndjson;
pub mod oscal;
#[cfg(test)]
mod partial;
mod safe;
pub mod sarif;
mod spot;
pub(crate) mod standing;
#[cfg(test)]
mod testing;
mod values;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::config::Date;
use crate::config::words::{Level, Severity};
use crate::discover::in_repository;
use crate::facts::{Facts, Settings};
use crate::graph::Graph;
use crate::policy::Rule;
use crate::problem::Problem;
use crate::scan::Scan;
use crate::source::Sources;
use crate::verdict::{
    Bar, BaselineUse, Coverage, ExitStatus, Finding, Outcome, Requirements, Scope,
};

pub use crate::text::Lang;
pub(crate) use safe::percent;
pub use safe::{clean, clean_line, unheeded};
pub(crate) use values::write as write_json;

/// Everything that a format may print.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Sorted.
    pub findings: &'a [Finding],
    /// Sorted.
    pub problems: &'a [Problem],
    /// What became of the baseline; none: there is none. A finding that it accepts has `waived` of kind
    /// [`crate::verdict::AcceptedBy::Baseline`]; others that nobody accepted are new.
    pub baseline: Option<&'a BaselineUse>,
    /// How the requirements of the frameworks stand.
    pub requirements: &'a Requirements,
    /// What was seen.
    pub coverage: &'a Coverage,
    /// Path of the configuration, when there is one.
    pub config: Option<&'a str>,
    /// What makes the run fail.
    pub bar: &'a Bar,
    /// How it ends.
    pub status: ExitStatus,
    /// Language of the findings.
    pub lang: Lang,
    /// The rules that judged, in the order of their ids; those about settings are [`crate::verdict::OWN_RULES`].
    pub rules: &'a [Arc<Rule>],
    /// Resources and relations.
    pub graph: &'a Graph,
    /// What is established about them.
    pub facts: &'a Facts,
    /// The configuration, and what facts depended on.
    pub settings: &'a Settings,
    /// What is known of clouds and companies.
    pub catalog: &'static Catalog,
    /// The part of the findings that is reported; none: all of them.
    pub scope: Option<&'a Scope>,
    /// Name of the scan among several of one repository; none: that of its folder.
    pub category: Option<&'a str>,
    /// Folder of the scan inside its repository, or else below the working folder; empty at the top.
    pub base: &'a str,
}

impl<'a> Report<'a> {
    /// All that a scan found out. `category` is its name among several of one repository.
    pub fn of(scan: &'a Scan, lang: Lang, category: Option<&'a str>) -> Self {
        Self {
            sources: &scan.sources,
            findings: &scan.findings,
            problems: &scan.problems,
            baseline: scan.baseline.as_ref(),
            requirements: &scan.requirements,
            coverage: &scan.coverage,
            config: scan.settings.config.path.as_deref(),
            bar: &scan.bar,
            status: scan.status,
            lang,
            rules: &scan.rules,
            graph: &scan.graph,
            facts: &scan.facts,
            settings: &scan.settings,
            catalog: scan.catalog,
            scope: scan.scope.as_ref(),
            category: category.filter(|name| !name.is_empty()),
            base: &scan.base,
        }
    }

    /// The date that decided which visas are in force.
    pub fn as_of(&self) -> Date {
        self.settings.as_of
    }

    /// A path of this report as its repository knows it, for readers that know only the repository. What lies outside of
    /// it keeps its path.
    pub fn repository_path<'p>(&self, shown: &'p str) -> Cow<'p, str> {
        in_repository(self.base, shown)
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// One JSON object.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// Markdown, for comments and summaries.
    Markdown,
    /// One HTML page.
    Html,
    /// Assessment results of OSCAL, as JSON.
    Oscal,
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(
    format: Format,
    report: &Report<'_>,
    look: &human::Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Human => {
            let text = human::write(report, look).map_err(io::Error::other)?;
            out.write_all(text.as_bytes())
        }
        Format::Json => json::write(report, out),
        Format::Ndjson => ndjson::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
        Format::Oscal => oscal::write(report, out),
    }
}

/// Findings by what they weigh; each finding is counted once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Violations that are not waived, by severity, gravest first.
    pub violations: Vec<(Severity, usize)>,
    /// Undetermined findings that are not waived.
    pub undetermined: usize,
    /// Waived findings.
    pub waived: usize,
    /// Findings that make the run fail.
    pub failing: usize,
    /// The undetermined ones among these.
    pub failing_undetermined: usize,
    /// The highest level of data with a violation.
    pub highest_level: Option<Level>,
}

impl Tally {
    /// Counts.
    pub fn of(findings: &[Finding], bar: &Bar) -> Self {
        let mut tally = Self {
            violations: Severity::ALL.iter().rev().map(|s| (*s, 0)).collect(),
            ..Self::default()
        };
        for finding in findings {
            let fails = bar.fails(finding);
            tally.failing += usize::from(fails);
            tally.failing_undetermined +=
                usize::from(fails && finding.outcome != Outcome::Violation);
            match (&finding.waived, &finding.outcome) {
                (Some(_), _) => tally.waived += 1,
                (None, Outcome::Undetermined(_)) => tally.undetermined += 1,
                (None, Outcome::Violation) => {
                    let slot = tally
                        .violations
                        .iter_mut()
                        .find(|(s, _)| *s == finding.severity);
                    if let Some((_, count)) = slot {
                        *count += 1;
                    }
                    tally.highest_level = tally.highest_level.max(finding.level);
                }
            }
        }
        tally
    }

    /// All violations that are not waived.
    pub fn total_violations(&self) -> usize {
        self.violations.iter().map(|(_, count)| count).sum()
    }
}
