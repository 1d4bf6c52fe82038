//! SARIF 2.1.0, as code scanning reads it.
//!
//! Readers refuse a whole file for one thing too many in it, so every number here has a bound below theirs, and what is left
//! out is said. What they refuse besides is a result without a file: `anchor` finds one.

mod log;
mod results;
mod rules;
mod run;
#[cfg(test)]
mod tests;
mod text;

use std::cmp::Reverse;
use std::io::{self, Write};

use rayon::prelude::*;

use log::{ArtifactDescription, Head, Message, SCHEMA, Tail, Tool, UriBaseIds};
use results::Results;
use rules::Rules;

use super::Report;
use super::anchor::Anchors;
use crate::verdict::{Finding, Outcome};

/// Results that code scanning keeps of a run; it takes more, and then chooses by itself.
const RESULTS: usize = 5_000;
/// Bytes of results: far below the ten megabytes that it takes when they are compressed, to about a tenth.
const BYTES: usize = 40 << 20;
/// Results that one thread writes at a time.
const AT_A_TIME: usize = 64;
/// Such parts that are held at once.
const PARTS: usize = 16;

/// Writes the report: a line for each result.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_within(report, BYTES, out)
}

/// Writes it with at most so many bytes of results.
fn write_within(report: &Report<'_>, most: usize, out: &mut dyn Write) -> io::Result<()> {
    let anchors = Anchors::of(report);
    let mut rules = Rules::of(report);
    let overrides = std::mem::take(&mut rules.overrides);
    let head = serde_json::to_vec(&head(report, &rules))?;
    writeln!(
        out,
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":["
    )?;
    out.write_all(head.strip_suffix(b"}").unwrap_or(&head))?;
    out.write_all(b",\n\"results\":[")?;
    let of = Results {
        report,
        rules: &rules,
        anchors: &anchors,
    };
    let written = write_results(&of, most, out)?;
    let left_out = report.findings.len() - written;
    let tail = serde_json::to_vec(&Tail {
        invocations: [run::invocation(report, &anchors, overrides, left_out)],
        properties: run::properties(report, left_out)?,
    })?;
    out.write_all(b"],\n")?;
    out.write_all(tail.strip_prefix(b"{").unwrap_or(&tail))?;
    out.write_all(b"\n]}\n")
}

fn head<'a>(report: &'a Report<'a>, rules: &'a Rules<'a>) -> Head<'a> {
    Head {
        tool: Tool {
            driver: run::driver(rules),
        },
        automation_details: run::automation_details(report),
        original_uri_base_ids: UriBaseIds {
            source_root: ArtifactDescription {
                description: Message::plain(report.lang.pick(
                    "The top folder of the repository.",
                    "Le dossier racine du dépôt.",
                )),
            },
        },
        // Editors and code scanning count so.
        column_kind: "utf16CodeUnits",
        language: report.lang.pick("en", "fr"),
    }
}

/// As many results as there is room for, gravest first; answers how many.
fn write_results(of: &Results<'_>, most: usize, out: &mut dyn Write) -> io::Result<usize> {
    let chosen = chosen(of.report);
    let (mut written, mut bytes) = (0, 0);
    for parts in chosen.chunks(AT_A_TIME * PARTS) {
        let lines = parts
            .par_chunks(AT_A_TIME)
            .map(|part| {
                part.iter()
                    .map(|one| serde_json::to_vec(&of.of(one)))
                    .collect()
            })
            .collect::<serde_json::Result<Vec<Vec<Vec<u8>>>>>()?;
        for line in lines.iter().flatten() {
            bytes += line.len();
            if bytes > most {
                return Ok(written);
            }
            out.write_all(if written == 0 { b"\n" } else { b",\n" })?;
            out.write_all(line)?;
            written += 1;
        }
    }
    if written > 0 {
        out.write_all(b"\n")?;
    }
    Ok(written)
}

/// The findings that have room, in the order in which they matter: what nobody accepted, what fails the run, the gravest, what
/// is certain; among equals the order of paths and lines stays.
fn chosen<'a>(report: &Report<'a>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_cached_key(|finding| {
        (
            finding.waived.is_some(),
            !report.bar.fails(finding),
            Reverse(finding.severity),
            finding.outcome != Outcome::Violation,
        )
    });
    findings.truncate(RESULTS);
    findings
}
