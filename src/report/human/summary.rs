//! The end of the report: counts, what was not seen, and the exit status in words.

use std::fmt::{self, Write as _};

use super::layout::{Look, Paint, count};
use crate::catalog::CatalogFolder;
use crate::config::words::Severity;
use crate::discover::{Kind, State};
use crate::problem::Weight;
use crate::report::{Report, Tally, clean_line};
use crate::verdict::ExitStatus;

/// Kinds unknown to the catalogue that are named; the JSON output has all.
const KINDS: usize = 8;

pub(super) fn write(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    writeln!(out, "{}\n", look.paint(Paint::Strong, "Summary"))?;
    let tally = Tally::of(report.findings, report.bar);
    look.line(out, "findings", &findings(&tally, look))?;
    look.row(out, "read", &read(report))?;
    for (at, folder) in report.coverage.catalogues.iter().enumerate() {
        look.row(out, if at == 0 { "facts" } else { "" }, &catalogue(folder))?;
    }
    for (at, line) in not_seen(report).iter().enumerate() {
        look.row(out, if at == 0 { "not seen" } else { "" }, line)?;
    }
    let problems = problems(report);
    if !problems.is_empty() {
        look.row(out, "problems", &problems)?;
    }
    writeln!(out)?;
    verdict(out, report, look)
}

/// `12 critical · 3 high · 4 undetermined · 2 waived`.
fn findings(tally: &Tally, look: &Look) -> String {
    let mut parts: Vec<String> = tally
        .violations
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| look.paint((*severity).into(), &format!("{n} {severity}")))
        .collect();
    if parts.is_empty() {
        parts.push(look.paint(Paint::Good, "no violation"));
    }
    parts.extend(
        (tally.undetermined > 0)
            .then(|| look.paint(Paint::Care, &format!("{} undetermined", tally.undetermined))),
    );
    parts.extend((tally.waived > 0).then(|| format!("{} waived", tally.waived)));
    parts.join(" · ")
}

/// What was read and judged.
fn read(report: &Report<'_>) -> String {
    let coverage = report.coverage;
    let judged = |kind| {
        matches!(
            kind,
            Kind::Terraform
                | Kind::TerraformVariables
                | Kind::Plan
                | Kind::TerraformState
                | Kind::Manifest
        )
    };
    let mut parts: Vec<String> = coverage
        .files
        .iter()
        .filter(|of| of.state == State::Read && judged(of.kind))
        .map(|of| count(of.files, of.kind.title()))
        .collect();
    parts.push(count(coverage.resources.total, "resource"));
    parts.push(count(coverage.rules.len(), "rule"));
    let levels: Vec<String> = coverage
        .levels
        .iter()
        .rev()
        .map(|of| format!("{} {}", of.resources, of.level))
        .collect();
    let assumed: usize = coverage.levels.iter().map(|of| of.assumed).sum();
    let mut text = parts.join(", ");
    if !levels.is_empty() {
        text += &format!("; data: {}", levels.join(", "));
    }
    if assumed > 0 {
        text += &format!(" ({assumed} assumed, nobody said)");
    }
    text += &format!("; as of {}", report.as_of);
    match report.coverage.registry {
        Some(registry) => text + &format!(", registry of {registry}"),
        None => text,
    }
}

/// Facts that are not the binary's can turn a finding into a pass.
pub(in crate::report) fn catalogue(folder: &CatalogFolder) -> String {
    format!(
        "also those of {}: {} replaced, {} added",
        folder.path,
        count(folder.replaced, "fact"),
        folder.added
    )
}

/// What a pass does not cover.
fn not_seen(report: &Report<'_>) -> Vec<String> {
    let coverage = report.coverage;
    let mut lines = Vec::new();
    for of in coverage.files.iter() {
        let what = match (of.state, of.kind) {
            (State::Unreadable, _) => "could not be read",
            (State::Unsupported, _) => "not supported",
            (State::Skipped, Kind::StateBackup) => "left out, the states themselves are read",
            (State::Read, Kind::HelmChart | Kind::Kustomization) => "not rendered",
            (State::Read | State::Skipped, _) => continue,
        };
        lines.push(format!("{}: {what}", count(of.files, of.kind.title())));
    }
    if coverage.scanned() > 0 && coverage.resources.total == 0 {
        lines.push("no resource is declared in what was read".to_owned());
    }
    let kinds = &coverage.resources.unknown_kinds;
    if !kinds.is_empty() {
        let named: Vec<String> = kinds
            .iter()
            .take(KINDS)
            .map(|(kind, n)| format!("{} ({n})", clean_line(kind)))
            .collect();
        let more = kinds.len().saturating_sub(KINDS);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let resources: usize = kinds.iter().map(|(_, n)| n).sum();
        lines.push(format!(
            "{} of {} unknown to the catalogue: {}{more}",
            count(resources, "resource"),
            count(kinds.len(), "kind"),
            named.join(", ")
        ));
    }
    let left_out = &coverage.left_out;
    if !left_out.is_empty() {
        lines.push(format!(
            "{} not asked, of no use to {}: {}",
            count(left_out.len(), "rule"),
            coverage.frameworks.join(", "),
            left_out.join(", ")
        ));
    }
    let gaps: Vec<String> = coverage
        .facts
        .iter()
        .filter(|of| of.unknown > 0)
        .map(|of| format!("{} {} of {}", of.fact, of.unknown, of.known + of.unknown))
        .collect();
    if !gaps.is_empty() {
        lines.push(format!("facts not established: {}", gaps.join(", ")));
    }
    if !coverage.missing_modules.is_empty() {
        let named: Vec<String> = coverage
            .missing_modules
            .iter()
            .take(KINDS)
            .map(|module| format!("{} ({})", module.call, module.source))
            .collect();
        let all = count(coverage.missing_modules.len(), "module");
        lines.push(format!("{all} not at hand: {}", named.join(", ")));
    }
    lines
}

fn problems(report: &Report<'_>) -> String {
    let of = |weight| {
        report
            .problems
            .iter()
            .filter(|p| p.weight == weight)
            .count()
    };
    let (errors, warnings) = (of(Weight::Error), of(Weight::Warning));
    let mut parts = Vec::new();
    parts.extend((errors > 0).then(|| count(errors, "error")));
    parts.extend((warnings > 0).then(|| count(warnings, "warning")));
    parts.join(", ")
}

/// The exit status in words.
pub(super) fn verdict(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let tally = Tally::of(report.findings, report.bar);
    let bar = report.bar.fail_on;
    let (paint, text) = match report.status {
        ExitStatus::Clean => (Paint::Good, clean_words(&tally, bar)),
        ExitStatus::Findings => {
            let bar = bar.map_or_else(String::new, |bar| format!(" at or above `{bar}`"));
            (
                Paint::Bad,
                format!("{}{bar}", count(tally.failing, "finding")),
            )
        }
        ExitStatus::Incomplete => {
            let errors = report
                .problems
                .iter()
                .filter(|p| p.weight == Weight::Error)
                .count();
            let mut text = format!("not everything could be judged: {}", count(errors, "error"));
            if tally.failing > 0 {
                text += &format!(
                    "; what could be has {}",
                    count(tally.failing, "failing finding")
                );
            }
            (Paint::Bad, text)
        }
        ExitStatus::NothingToScan => (Paint::Care, "nothing to scan".to_owned()),
    };
    let status = format!("Exit status {}:", report.status.code());
    for line in textwrap::wrap(&format!("{status} {text}"), look.width) {
        match line.strip_prefix(&*status) {
            Some(rest) => writeln!(out, "{}{rest}", look.paint(paint, &status))?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

fn clean_words(tally: &Tally, bar: Option<Severity>) -> String {
    match bar {
        None => "findings never fail with `--fail-on never`".to_owned(),
        Some(_) if tally.total_violations() + tally.undetermined == 0 => "nothing found".to_owned(),
        Some(bar) => format!("nothing at or above `{bar}`"),
    }
}
