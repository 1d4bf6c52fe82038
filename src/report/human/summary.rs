//! The end of the report: counts, what was not seen, and the exit status in words.

use std::fmt::{self, Write as _};

use super::known;
use super::layout::{Look, Paint};
use super::packages;
use super::phrases::{
    A_FACT, A_FAILING_FINDING, A_FINDING, A_KIND, A_MODULE, A_RESOURCE, A_RULE, A_WARNING,
    AN_ERROR, AN_IGNORE, AND, AS_OF, ASSUMED, COLON, COULD_NOT_BE_READ, DATA, EXIT_STATUS, FACTS,
    FINDINGS, MORE_OF_THEM, NEVER_FAIL, NO_RESOURCE, NO_VIOLATION, NO_VIOLATION_SEEN,
    NOT_ALL_JUDGED, NOT_ASKED, NOT_AT_HAND, NOT_ESTABLISHED, NOT_HEEDED, NOT_SEEN, NOT_SUPPORTED,
    NOTHING_FOUND, NOTHING_JUDGED, NOTHING_TO_SCAN, OF, OF_A_KIND, PROBLEMS, READ, REGISTRY_OF,
    SCOPE, SEMICOLON, STATES_READ, SUMMARY, UNKNOWN_TO_CATALOGUE, WHAT_COULD_HAS,
};
use crate::catalog::CatalogFolder;
use crate::config::words::Severity;
use crate::discover::{Kind, State};
use crate::problem::Weight;
use crate::report::{Lang, Report, Tally, clean_line};
use crate::verdict::ExitStatus;

/// Kinds unknown to the catalogue that are named; the JSON output has all.
const KINDS: usize = 8;

pub(super) fn write(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let lang = report.lang;
    writeln!(out, "{}\n", look.paint(Paint::Strong, lang.say(SUMMARY)))?;
    let counts = findings(report, look);
    look.line(out, lang.say(FINDINGS), &counts)?;
    if let Some(used) = report.baseline {
        for (at, line) in known::summary(used, report, look).iter().enumerate() {
            let name = if at == 0 {
                lang.pick("baseline", "référence")
            } else {
                ""
            };
            look.row(out, name, line)?;
        }
    }
    if let Some(scope) = report.scope {
        look.row(out, lang.say(SCOPE), &super::scope::words(scope, lang))?;
    }
    look.row(out, lang.say(READ), &read(report))?;
    for (at, folder) in report.coverage.catalogues.iter().enumerate() {
        look.row(
            out,
            if at == 0 { lang.say(FACTS) } else { "" },
            &catalogue(folder, lang),
        )?;
    }
    for (at, line) in not_seen(report, look).iter().enumerate() {
        look.row(out, if at == 0 { lang.say(NOT_SEEN) } else { "" }, line)?;
    }
    let problems = problems(report);
    if !problems.is_empty() {
        look.row(out, lang.say(PROBLEMS), &problems)?;
    }
    writeln!(out)?;
    verdict(out, report, look)
}

/// `12 critical · 3 high · 4 undetermined · 2 waived · 1 inline ignore not heeded`.
fn findings(report: &Report<'_>, look: &Look) -> String {
    let (lang, tally) = (report.lang, Tally::of(report.findings, report.bar));
    let unheeded = report.coverage.ignores.not_heeded;
    let mut parts: Vec<String> = tally
        .violations
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| look.paint((*severity).into(), &lang.severities(*n, *severity)))
        .collect();
    if parts.is_empty() {
        let (paint, words) = match report.status {
            _ if report.coverage.scanned() == 0 => (Paint::Care, NOTHING_JUDGED),
            ExitStatus::Incomplete => (Paint::Care, NO_VIOLATION_SEEN),
            _ => (Paint::Good, NO_VIOLATION),
        };
        parts.push(look.paint(paint, lang.say(words)));
    }
    parts.extend(
        (tally.undetermined > 0)
            .then(|| look.paint(Paint::Care, &lang.undetermined(tally.undetermined))),
    );
    parts.extend((tally.waived > 0).then(|| lang.waived(tally.waived)));
    parts.extend((unheeded > 0).then(|| {
        let ignores = lang.count(unheeded, AN_IGNORE);
        format!("{ignores} {}", lang.say(NOT_HEEDED))
    }));
    parts.join(" · ")
}

/// How many findings there are, by what they weigh.
pub(in crate::report) fn counts(report: &Report<'_>) -> String {
    findings(report, &Look::default())
}

/// What was read and judged.
pub(in crate::report) fn read(report: &Report<'_>) -> String {
    let (coverage, lang) = (report.coverage, report.lang);
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
        .map(|of| lang.files(of.files, of.kind))
        .collect();
    parts.extend(packages::rendered(coverage, lang));
    parts.push(lang.count(coverage.resources.total, A_RESOURCE));
    parts.push(lang.count(coverage.rules.len(), A_RULE));
    let levels: Vec<String> = coverage
        .levels
        .iter()
        .rev()
        .map(|of| format!("{} {}", of.resources, lang.level(of.level)))
        .collect();
    let assumed: usize = coverage.levels.iter().map(|of| of.assumed).sum();
    let mut text = parts.join(", ");
    if !levels.is_empty() {
        let (data, colon) = (lang.say(DATA), lang.say(COLON));
        text += &format!("{}{data}{colon} {}", lang.say(SEMICOLON), levels.join(", "));
    }
    if assumed > 0 {
        text += &format!(" ({assumed} {})", lang.say(ASSUMED));
    }
    text += &format!(
        "{}{} {}",
        lang.say(SEMICOLON),
        lang.say(AS_OF),
        report.as_of()
    );
    match report.coverage.registry {
        Some(registry) => text + &format!(", {} {registry}", lang.say(REGISTRY_OF)),
        None => text,
    }
}

/// Facts that are not the binary's can turn a finding into a pass.
pub(in crate::report) fn catalogue(folder: &CatalogFolder, lang: Lang) -> String {
    let facts = lang.count(folder.replaced, A_FACT);
    match lang {
        Lang::En => format!(
            "also those of {}: {facts} replaced, {} added",
            folder.path, folder.added
        ),
        Lang::Fr => format!(
            "aussi ceux de {} : {facts} en remplacement, {} en plus",
            folder.path, folder.added
        ),
    }
}

/// What a pass does not cover.
pub(in crate::report) fn not_seen(report: &Report<'_>, look: &Look) -> Vec<String> {
    let (coverage, lang) = (report.coverage, report.lang);
    let colon = lang.say(COLON);
    let mut lines = Vec::new();
    for of in coverage.files.iter() {
        let what = match (of.state, of.kind) {
            (State::Unreadable, _) => COULD_NOT_BE_READ,
            (State::Unsupported, _) => NOT_SUPPORTED,
            (State::Skipped, Kind::StateBackup) => STATES_READ,
            (State::Read | State::Skipped, _) => continue,
        };
        let what = lang.say(what);
        lines.push(format!("{}{colon} {what}", lang.files(of.files, of.kind)));
    }
    lines.extend(packages::not_seen(coverage, lang, look));
    lines.extend(known::foreign(report));
    if coverage.scanned() > 0 && coverage.resources.total == 0 {
        lines.push(lang.say(NO_RESOURCE).to_owned());
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
            format!(" {} {more} {}", lang.say(AND), lang.say(MORE_OF_THEM))
        } else {
            String::new()
        };
        let resources: usize = kinds.iter().map(|(_, n)| n).sum();
        lines.push(format!(
            "{} {} {} {}{colon} {}{more}",
            lang.count(resources, A_RESOURCE),
            lang.say(OF_A_KIND),
            lang.count(kinds.len(), A_KIND),
            lang.say(UNKNOWN_TO_CATALOGUE),
            named.join(", ")
        ));
    }
    let left_out = &coverage.left_out;
    if !left_out.is_empty() {
        lines.push(format!(
            "{} {} {}{colon} {}",
            lang.count(left_out.len(), A_RULE),
            lang.say(NOT_ASKED),
            coverage.frameworks.join(", "),
            left_out.join(", ")
        ));
    }
    let gaps: Vec<String> = coverage
        .facts
        .iter()
        .filter(|of| of.unknown > 0)
        .map(|of| {
            let (fact, all) = (lang.fact(of.fact), of.known + of.unknown);
            format!("{fact} {} {} {all}", of.unknown, lang.say(OF))
        })
        .collect();
    if !gaps.is_empty() {
        lines.push(format!(
            "{}{colon} {}",
            lang.say(NOT_ESTABLISHED),
            gaps.join(", ")
        ));
    }
    if !coverage.missing_modules.is_empty() {
        let named: Vec<String> = coverage
            .missing_modules
            .iter()
            .take(KINDS)
            .map(|module| format!("{} ({})", module.call, module.source))
            .collect();
        let all = lang.count(coverage.missing_modules.len(), A_MODULE);
        let missing = lang.say(NOT_AT_HAND);
        lines.push(format!("{all} {missing}{colon} {}", named.join(", ")));
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
    parts.extend((errors > 0).then(|| report.lang.count(errors, AN_ERROR)));
    parts.extend((warnings > 0).then(|| report.lang.count(warnings, A_WARNING)));
    parts.join(", ")
}

/// The exit status in words.
pub(super) fn verdict(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let (paint, text) = verdict_words(report);
    let status = status_words(report);
    for line in textwrap::wrap(&format!("{status} {text}"), look.width) {
        match line.strip_prefix(&*status) {
            Some(rest) => writeln!(out, "{}{rest}", look.paint(paint, &status))?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

/// `Exit status 1:`
pub(in crate::report) fn status_words(report: &Report<'_>) -> String {
    let lang = report.lang;
    let (name, colon) = (lang.say(EXIT_STATUS), lang.say(COLON));
    format!("{name} {}{colon}", report.status.code())
}

/// Why the run ends so. Nothing in it comes from the input.
pub(in crate::report) fn verdict_words(report: &Report<'_>) -> (Paint, String) {
    let tally = Tally::of(report.findings, report.bar);
    let (bar, lang) = (report.bar.fail_on, report.lang);
    match report.status {
        ExitStatus::Clean => {
            let mut text = clean_words(&tally, bar, lang);
            if report.scope.is_some_and(|scope| scope.left_out > 0) {
                text += lang.pick(" in what changed", " dans ce qui a changé");
            }
            (Paint::Good, text)
        }
        ExitStatus::Findings => (Paint::Bad, failing_words(&tally, bar, lang)),
        ExitStatus::Incomplete => {
            let errors = report
                .problems
                .iter()
                .filter(|p| p.weight == Weight::Error)
                .count();
            let mut text = lang.say(NOT_ALL_JUDGED).to_owned();
            text += &format!("{} {}", lang.say(COLON), lang.count(errors, AN_ERROR));
            if tally.failing > 0 {
                text += lang.say(SEMICOLON);
                text += lang.say(WHAT_COULD_HAS);
                text += &lang.count(tally.failing, A_FAILING_FINDING);
            }
            (Paint::Bad, text)
        }
        ExitStatus::NothingToScan => (Paint::Care, lang.say(NOTHING_TO_SCAN).to_owned()),
    }
}

/// Those above the bar, and how many of them are violations and how many would be: the counts above tell these apart.
fn failing_words(tally: &Tally, bar: Option<Severity>, lang: Lang) -> String {
    let mut text = lang.count(tally.failing, A_FINDING);
    if let Some(bar) = bar {
        text += &match lang {
            Lang::En => format!(" at or above `{bar}`"),
            Lang::Fr => format!(" de gravité {} ou plus", lang.severity(bar)),
        };
    }
    let undetermined = tally.failing_undetermined;
    match (undetermined, tally.failing - undetermined) {
        (0, _) => text,
        (_, 0) => text + lang.pick(", all undetermined", ", indéterminés"),
        _ => match lang {
            Lang::En => format!("{text}, {undetermined} of them undetermined"),
            Lang::Fr => format!("{text}, dont {}", lang.undetermined(undetermined)),
        },
    }
}

fn clean_words(tally: &Tally, bar: Option<Severity>, lang: Lang) -> String {
    match bar {
        None => lang.say(NEVER_FAIL).to_owned(),
        Some(_) if tally.total_violations() + tally.undetermined == 0 => {
            let mut text = lang.say(NOTHING_FOUND).to_owned();
            if tally.waived > 0 {
                text += lang.pick(" but what is accepted", ", sinon ce qui est accepté");
            }
            text
        }
        Some(bar) => match lang {
            Lang::En => format!("nothing at or above `{bar}`"),
            Lang::Fr => format!("rien de gravité {} ou plus", lang.severity(bar)),
        },
    }
}
