//! The scan as one JSON object, `"schema": 1`: kept compatible, described by `docs/schema/scan.schema.json`.

mod known;
mod packages;
mod requirements;
mod scope;

use std::io::Write;
use std::sync::Arc;

use serde::{Serialize, Serializer};

pub(super) use known::BaselineOut;
pub(crate) use packages::RenderingOut;
pub(super) use requirements::{RequirementOut, requirement};
pub(super) use scope::ScopeOut;

use super::ahead::made_ahead;
use super::values::indented;
use super::{Lang, Report, Tally};
use crate::catalog::CatalogFolder;
use crate::config::Date;
use crate::facts::{Evidence, EvidenceAt};
use crate::problem::Problem;
use crate::source::{Place, Source, Sources};
use crate::verdict::{Coverage, Finding};

/// Version of the output; raised when something that is there changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Bytes that a finding mostly takes, and what stands around all of them.
const A_FINDING: usize = 2_500;
const HEAD: usize = 16 << 10;

/// Writes the report, indented, with a line break at the end.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let head = indented(&head(report), HEAD)?;
    out.write_all(head.strip_suffix(b"\n}").unwrap_or(&head))?;
    out.write_all(b",\n  \"findings\": [")?;
    findings(report, out)?;
    out.write_all(b"],\n")?;
    let tail = indented(&tail(report), HEAD)?;
    out.write_all(tail.strip_prefix(b"{\n").unwrap_or(&tail))?;
    out.write_all(b"\n")
}

/// The elements of the list of findings. They are nearly all of a report, so all threads make them.
fn findings(report: &Report<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let mut comma: &[u8] = b"";
    let make = |part| Ok(nested(part, report)?);
    made_ahead(report.findings, make, |text| {
        out.write_all(comma)?;
        let elements = text.strip_prefix(b"[\n  [").unwrap_or(&text);
        out.write_all(elements.strip_suffix(b"\n  ]\n]").unwrap_or(elements))?;
        comma = b",";
        Ok(())
    })?;
    if !report.findings.is_empty() {
        out.write_all(b"\n  ")?;
    }
    Ok(())
}

/// Findings as the only element of a list: so they are indented as they are in the report.
fn nested(part: &[Finding], report: &Report<'_>) -> serde_json::Result<Vec<u8>> {
    let part: Vec<FindingOut<'_>> = part.iter().map(|one| finding(one, report)).collect();
    let room = part.len() * A_FINDING;
    indented(&[part], room)
}

/// What stands before the findings.
#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    tool: Tool,
    as_of: Date,
    config: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeOut<'a>>,
    coverage: CoverageOut<'a>,
}

fn head<'a>(report: &Report<'a>) -> Head<'a> {
    Head {
        schema: SCHEMA,
        tool: Tool::THIS,
        as_of: report.as_of(),
        config: report.config,
        scope: report.scope.map(ScopeOut::of),
        coverage: coverage(report.coverage),
    }
}

/// What stands behind them.
#[derive(Serialize)]
struct Tail<'a> {
    baseline: Option<BaselineOut<'a>>,
    requirements: Vec<RequirementOut<'a>>,
    problems: Vec<ProblemOut<'a>>,
    summary: Summary,
}

fn tail<'a>(report: &Report<'a>) -> Tail<'a> {
    Tail {
        baseline: report.baseline.map(BaselineOut::of),
        requirements: report
            .requirements
            .all
            .iter()
            .map(|one| requirement(one, report))
            .collect(),
        problems: report
            .problems
            .iter()
            .map(|p| problem(p, report.sources, report.lang))
            .collect(),
        summary: summary(report),
    }
}

/// Which program wrote this.
#[derive(Serialize)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This program.
    pub(crate) const THIS: Self = Self {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// A position, from 1; columns count characters.
#[derive(Serialize)]
pub(crate) struct PositionOut {
    line: u32,
    column: u32,
}

/// The path of a source: there are as many as places.
struct PathOut(Arc<Source>);

impl Serialize for PathOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.path())
    }
}

/// A place: the end is the position after the last character.
#[derive(Serialize)]
pub(crate) struct LocationOut {
    path: PathOut,
    start: PositionOut,
    end: PositionOut,
    /// No file: what a program made of a chart or kustomization.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rendered: bool,
}

impl LocationOut {
    /// Of a place.
    pub(crate) fn of(place: Place, sources: &Sources) -> Self {
        let source = sources.get(place.source);
        let position = |offset| {
            let at = source.position(offset);
            PositionOut {
                line: at.line,
                column: at.column,
            }
        };
        Self {
            start: position(place.span.start),
            end: position(place.span.end),
            rendered: source.is_rendered(),
            path: PathOut(source),
        }
    }
}

/// A finding.
#[derive(Serialize)]
pub(super) struct FindingOut<'a> {
    rule: &'a str,
    title: &'a str,
    outcome: &'static str,
    severity: &'static str,
    level: Option<&'static str>,
    address: &'a str,
    root: Option<&'a str>,
    kind: &'a str,
    message: &'a str,
    help: &'a str,
    reason: Option<&'a str>,
    location: LocationOut,
    pointed: &'static str,
    attribute: Option<&'a str>,
    evidence: Vec<EvidenceOut<'a>>,
    related: Vec<RelatedOut<'a>>,
    requirements: &'a [String],
    fingerprint: &'a str,
    fails: bool,
    waived: Option<WaivedOut<'a>>,
}

/// A piece of evidence: a place, an entry of the catalogue, or a setting without a place.
#[derive(Serialize)]
pub(crate) struct EvidenceOut<'a> {
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<PathOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

impl<'a> EvidenceOut<'a> {
    /// Of a piece of evidence.
    pub(crate) fn of(piece: &'a Evidence, sources: &Sources, lang: Lang) -> Self {
        let mut out = Self {
            label: lang.of(&piece.label),
            path: None,
            line: None,
            column: None,
            catalogue: None,
            source: None,
        };
        match &piece.at {
            EvidenceAt::Place(place) => {
                let source = sources.get(place.source);
                let at = source.position(place.span.start);
                out.path = Some(PathOut(source));
                out.line = Some(at.line);
                out.column = Some(at.column);
            }
            EvidenceAt::Catalogue { entry, source } => {
                out.catalogue = Some(entry);
                out.source = Some(source);
            }
            EvidenceAt::Setting => {}
        }
        out
    }
}

#[derive(Serialize)]
struct RelatedOut<'a> {
    address: &'a str,
    path: PathOut,
    line: u32,
}

#[derive(Serialize)]
struct WaivedOut<'a> {
    kind: &'static str,
    reason: &'a str,
    by: Option<&'a str>,
    until: Option<&'a str>,
    location: Option<LocationOut>,
}

/// A finding for output.
pub(super) fn finding<'a>(finding: &'a Finding, report: &Report<'a>) -> FindingOut<'a> {
    let (lang, sources) = (report.lang, report.sources);
    FindingOut {
        rule: &finding.rule,
        title: lang.of(&finding.title),
        outcome: finding.outcome.as_str(),
        severity: finding.severity.as_str(),
        level: finding.level.map(|level| level.as_str()),
        address: &finding.address,
        root: finding.root.as_deref(),
        kind: &finding.kind,
        message: lang.of(&finding.message),
        help: lang.of(&finding.help),
        reason: finding.outcome.reason().map(|reason| lang.of(reason)),
        location: LocationOut::of(finding.place, sources),
        pointed: finding.pointed.as_str(),
        attribute: finding.attribute.as_deref(),
        evidence: finding
            .evidence
            .iter()
            .map(|piece| EvidenceOut::of(piece, sources, lang))
            .collect(),
        related: finding
            .related
            .iter()
            .map(|related| RelatedOut {
                address: &related.address,
                line: sources.start(related.place).line,
                path: PathOut(sources.get(related.place.source)),
            })
            .collect(),
        requirements: &finding.requirements,
        fingerprint: &finding.fingerprint,
        fails: report.bar.fails(finding),
        waived: finding.waived.as_ref().map(|waived| WaivedOut {
            kind: waived.kind.as_str(),
            reason: &waived.reason,
            by: waived.by.as_deref(),
            until: waived.until.as_deref(),
            location: waived.place.map(|place| LocationOut::of(place, sources)),
        }),
    }
}

/// A problem, as every output writes it.
#[derive(Serialize)]
pub(crate) struct ProblemOut<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    path: Option<String>,
    location: Option<LocationOut>,
    related: Vec<ProblemRelatedOut<'a>>,
}

#[derive(Serialize)]
struct ProblemRelatedOut<'a> {
    label: &'a str,
    location: LocationOut,
}

/// A problem for output.
pub(crate) fn problem<'a>(problem: &'a Problem, sources: &Sources, lang: Lang) -> ProblemOut<'a> {
    let in_source = problem
        .place
        .map(|place| sources.get(place.source).path().to_owned());
    ProblemOut {
        code: problem.code.as_str(),
        severity: problem.weight.as_str(),
        message: lang.of(&problem.message),
        help: problem.help.as_deref().map(|help| lang.of(help)),
        path: in_source.or_else(|| problem.path.clone()),
        location: problem.place.map(|place| LocationOut::of(place, sources)),
        related: problem
            .related
            .iter()
            .map(|(place, label)| ProblemRelatedOut {
                label: lang.of(label),
                location: LocationOut::of(*place, sources),
            })
            .collect(),
    }
}

/// What was seen.
#[derive(Serialize)]
pub(super) struct CoverageOut<'a> {
    files: Vec<FilesOut<'a>>,
    resources: ResourcesOut<'a>,
    facts: Vec<FactOut>,
    levels: Vec<LevelOut>,
    missing_modules: Vec<ModuleOut<'a>>,
    rules: Vec<RuleOut<'a>>,
    packages: Vec<packages::PackageOut>,
    renderings: Vec<RenderingOut<'a>>,
    releases: packages::ReleasesOut,
    catalogues: Vec<CatalogueOut<'a>>,
    registry: Option<String>,
    frameworks: &'a [String],
    rules_left_out: &'a [String],
    inline_ignores: IgnoresOut,
}

#[derive(Serialize)]
struct IgnoresOut {
    written: usize,
    not_heeded: usize,
    foreign: usize,
    foreign_unmapped: usize,
}

/// A folder of facts that lies over those of the binary.
#[derive(Serialize)]
pub(crate) struct CatalogueOut<'a> {
    path: &'a str,
    files: usize,
    added: usize,
    replaced: usize,
}

impl<'a> CatalogueOut<'a> {
    /// Of a folder.
    pub(crate) fn of(folder: &'a CatalogFolder) -> Self {
        Self {
            path: &folder.path,
            files: folder.files,
            added: folder.added,
            replaced: folder.replaced,
        }
    }
}

#[derive(Serialize)]
struct FilesOut<'a> {
    kind: &'a str,
    state: &'static str,
    files: usize,
}

#[derive(Serialize)]
struct ResourcesOut<'a> {
    total: usize,
    terraform: usize,
    kubernetes: usize,
    data_sources: usize,
    catalogued: usize,
    unknown_kinds: Vec<KindOut<'a>>,
}

#[derive(Serialize)]
struct KindOut<'a> {
    kind: &'a str,
    resources: usize,
}

#[derive(Serialize)]
struct FactOut {
    fact: &'static str,
    known: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct LevelOut {
    level: &'static str,
    resources: usize,
    assumed: usize,
}

#[derive(Serialize)]
struct ModuleOut<'a> {
    call: &'a str,
    source: &'a str,
}

#[derive(Serialize)]
struct RuleOut<'a> {
    rule: &'a str,
    passed: usize,
    violations: usize,
    undetermined: usize,
    not_applicable: usize,
}

/// What was seen, as every machine format writes it.
pub(super) fn coverage(coverage: &Coverage) -> CoverageOut<'_> {
    let resources = &coverage.resources;
    CoverageOut {
        files: coverage
            .files
            .iter()
            .map(|of| FilesOut {
                kind: of.kind.as_str(),
                state: of.state.as_str(),
                files: of.files,
            })
            .collect(),
        resources: ResourcesOut {
            total: resources.total,
            terraform: resources.terraform,
            kubernetes: resources.kubernetes,
            data_sources: resources.data_sources,
            catalogued: resources.catalogued,
            unknown_kinds: resources
                .unknown_kinds
                .iter()
                .map(|(kind, resources)| KindOut {
                    kind,
                    resources: *resources,
                })
                .collect(),
        },
        facts: coverage
            .facts
            .iter()
            .map(|of| FactOut {
                fact: of.fact,
                known: of.known,
                unknown: of.unknown,
            })
            .collect(),
        levels: coverage
            .levels
            .iter()
            .map(|of| LevelOut {
                level: of.level.as_str(),
                resources: of.resources,
                assumed: of.assumed,
            })
            .collect(),
        missing_modules: coverage
            .missing_modules
            .iter()
            .map(|module| ModuleOut {
                call: &module.call,
                source: &module.source,
            })
            .collect(),
        rules: coverage
            .rules
            .iter()
            .map(|of| RuleOut {
                rule: &of.rule,
                passed: of.passed,
                violations: of.violations,
                undetermined: of.undetermined,
                not_applicable: of.not_applicable,
            })
            .collect(),
        packages: packages::counts(coverage),
        renderings: coverage.renderings.iter().map(RenderingOut::of).collect(),
        releases: packages::ReleasesOut::of(coverage.releases),
        catalogues: coverage.catalogues.iter().map(CatalogueOut::of).collect(),
        registry: coverage.registry.map(|day| day.to_string()),
        frameworks: &coverage.frameworks,
        rules_left_out: &coverage.left_out,
        inline_ignores: IgnoresOut {
            written: coverage.ignores.written,
            not_heeded: coverage.ignores.not_heeded,
            foreign: coverage.ignores.foreign,
            foreign_unmapped: coverage.ignores.foreign_unmapped,
        },
    }
}

/// Counts and the exit status.
#[derive(Serialize)]
pub(super) struct Summary {
    /// Violations that are not waived, by severity.
    violations: serde_json::Map<String, serde_json::Value>,
    undetermined: usize,
    waived: usize,
    /// Findings that make the run fail.
    failing: usize,
    fail_on: &'static str,
    errors: usize,
    warnings: usize,
    exit_status: u8,
}

/// Counts, as every machine format writes them.
pub(super) fn summary(report: &Report<'_>) -> Summary {
    let tally = Tally::of(report.findings, report.bar);
    let problems = |weight| {
        report
            .problems
            .iter()
            .filter(|p| p.weight == weight)
            .count()
    };
    Summary {
        violations: tally
            .violations
            .iter()
            .map(|(severity, n)| (severity.to_string(), (*n).into()))
            .collect(),
        undetermined: tally.undetermined,
        waived: tally.waived,
        failing: tally.failing,
        fail_on: report
            .bar
            .fail_on
            .map_or("never", |severity| severity.as_str()),
        errors: problems(crate::problem::Weight::Error),
        warnings: problems(crate::problem::Weight::Warning),
        exit_status: report.status.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::Sample;
    use crate::verdict::ExitStatus;

    #[test]
    fn the_report_follows_its_schema() {
        let schema = serde_json::from_str(include_str!("../../docs/schema/scan.schema.json"));
        let validator = jsonschema::validator_for(&schema.expect("JSON")).expect("a schema");
        let sample = Sample::new();
        let mut text = Vec::new();
        write(&sample.report(ExitStatus::Incomplete), &mut text).expect("written");
        let document = serde_json::from_slice(&text).expect("JSON");
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        // The schema refuses what is not in it.
        let mut more = document.clone();
        more["findings"][0]["surprise"] = 1.into();
        assert!(!validator.is_valid(&more));
        insta::assert_snapshot!(
            "json",
            String::from_utf8_lossy(&text).replace(env!("CARGO_PKG_VERSION"), "VERSION")
        );
    }
}
