//! How the requirements stand: counts for each framework and what needs a look, or the whole table.

use std::fmt::{self, Write as _};

use super::Verbosity;
use super::layout::{Look, Paint, shorten, width};
use crate::problem::Weight;
use crate::report::{Lang, Report, clean_line};
use crate::verdict::{FrameworkStanding, RequirementStanding, Standing};

/// Requirements of one standing that are named without the whole table.
const NAMED: usize = 8;
/// Rules that are named for one requirement.
const RULES: usize = 3;
/// Space before everything.
const INDENT: usize = 3;
/// Names of frameworks and of standings are set in a column at most this wide.
const COLUMN: usize = 18;

/// Standings that need a look.
const TO_LOOK_AT: [Standing; 2] = [Standing::Violated, Standing::Undetermined];

pub(super) fn write(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let table = report.requirements;
    if table.all.is_empty() {
        return Ok(());
    }
    let title = report.lang.pick("Requirements", "Exigences");
    writeln!(out, "{}\n", look.paint(Paint::Strong, title))?;
    if table.limited || look.verbosity == Verbosity::Verbose {
        for framework in &table.frameworks {
            whole(out, framework, report, look)?;
        }
        if unread(out, report, look)? {
            writeln!(out)?;
        }
        return Ok(());
    }
    compact(out, report, look)?;
    unread(out, report, look)?;
    writeln!(out)
}

/// What was not read may hold evidence that no row knows.
fn unread(out: &mut String, report: &Report<'_>, look: &Look) -> Result<bool, fmt::Error> {
    let mut problems = report.problems.iter();
    if !problems.any(|problem| problem.weight == Weight::Error) {
        return Ok(false);
    }
    let text = report.lang.pick(
        "Not everything could be judged: what was not may be evidence against any of them.",
        "Tout n’a pas pu être jugé : ce qui manque peut être une preuve contre chacune d’elles.",
    );
    for line in textwrap::wrap(text, look.width.saturating_sub(INDENT).max(24)) {
        writeln!(out, "{:INDENT$}{}", "", look.paint(Paint::Care, &line))?;
    }
    Ok(true)
}

fn compact(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let (table, lang) = (report.requirements, report.lang);
    let names: Vec<String> = (table.frameworks.iter())
        .map(|one| short_name(lang.of(&one.name)))
        .collect();
    let named_so = names.iter().map(String::as_str);
    let words = TO_LOOK_AT.iter().map(|one| lang.standing(*one));
    let column = named_so
        .chain(words)
        .map(width)
        .max()
        .unwrap_or(0)
        .min(COLUMN);
    for (framework, name) in table.frameworks.iter().zip(&names) {
        let name = shorten(name, column);
        counted(out, &name, column, framework, report, look)?;
    }
    for standing in TO_LOOK_AT {
        named(out, standing, column, report, look)?;
    }
    let how = lang.pick(
        "--verbose: the whole table; gardefou explain ID: what one asks",
        "--verbose : le tableau entier ; gardefou explain ID : ce qu’une exigence demande",
    );
    for line in textwrap::wrap(how, look.width.saturating_sub(INDENT).max(24)) {
        writeln!(out, "{:INDENT$}{}", "", look.paint(Paint::Faint, &line))?;
    }
    Ok(())
}

/// What a name is known by, without what explains it: `HDS, hébergement de données de santé` is `HDS`.
pub(in crate::report) fn short_name(name: &str) -> String {
    let name = name.split(", ").next().unwrap_or(name);
    clean_line(name).into_owned()
}

/// The requirements of a standing that needs a look, gravest findings first.
fn named(
    out: &mut String,
    standing: Standing,
    column: usize,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let (all, lang) = (&report.requirements.all, report.lang);
    let gravest = |one: &RequirementStanding| {
        let findings = one.findings.iter();
        findings
            .filter_map(|at| report.findings.get(*at))
            .filter(|finding| finding.waived.is_none())
            .map(|finding| finding.severity)
            .max()
    };
    let mut standing_so: Vec<_> = all.iter().filter(|one| one.standing == standing).collect();
    standing_so.sort_by_key(|one| std::cmp::Reverse(gravest(one)));
    let shown: Vec<_> = standing_so.iter().take(NAMED).collect();
    let ids = shown.iter().map(|one| width(&one.id)).max().unwrap_or(0);
    let said: Vec<String> = shown.iter().map(|one| against(one, report)).collect();
    let numbers = said.iter().map(|said| width(said)).max().unwrap_or(0);
    let before = INDENT + column + 2 + ids + 2 + numbers + 2;
    let room = look.width.saturating_sub(before).max(24);
    for (at, (one, said)) in shown.iter().zip(&said).enumerate() {
        let word = if at == 0 { lang.standing(standing) } else { "" };
        let pad = column.saturating_sub(width(word));
        let (gap, id) = (numbers.saturating_sub(width(said)), clean_line(&one.id));
        // Without a finding that tells it, the reason does.
        let why = one.reason.as_ref().filter(|_| one.findings.is_empty());
        let mut text = clean_line(lang.of(&one.title)).into_owned();
        if let Some(why) = why {
            text += &format!("{} {}", lang.pick(":", " :"), clean_line(lang.of(why)));
        }
        for (at, line) in textwrap::wrap(&text, room).iter().enumerate() {
            if at == 0 {
                let word = look.paint(paint(standing), word);
                writeln!(
                    out,
                    "{:INDENT$}{word}{:pad$}  {id:ids$}  {said}{:gap$}  {line}",
                    "", "", ""
                )?;
            } else {
                writeln!(out, "{:before$}{line}", "")?;
            }
        }
    }
    let more = standing_so.len().saturating_sub(NAMED);
    if more > 0 {
        let more = match lang {
            Lang::En => format!("and {more} more"),
            Lang::Fr => format!("et {more} de plus"),
        };
        writeln!(out, "{:INDENT$}{:column$}  {more}", "", "")?;
    }
    Ok(())
}

/// `HDS  1 violated · 2 not applicable`, wrapped between the parts.
fn counted(
    out: &mut String,
    name: &str,
    column: usize,
    framework: &FrameworkStanding,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let members = || {
        let all = framework.requirements.iter();
        all.filter_map(|at| report.requirements.all.get(*at))
    };
    let room = look.width.saturating_sub(INDENT + column + 2).max(24);
    let mut lines: Vec<(String, usize)> = vec![(String::new(), 0)];
    for standing in Standing::ALL {
        let n = members().filter(|one| one.standing == *standing).count();
        if n == 0 {
            continue;
        }
        let text = report.lang.standings(n, *standing);
        let wide = width(&text);
        if let Some((line, used)) = lines.last_mut()
            && (*used == 0 || *used + 3 + wide <= room)
        {
            let gap = if *used == 0 { "" } else { " · " };
            write!(line, "{gap}{}", look.paint(paint(*standing), &text))?;
            *used += width(gap) + wide;
        } else {
            lines.push((look.paint(paint(*standing), &text), wide));
        }
    }
    let pad = column.saturating_sub(width(name));
    for (at, (line, _)) in lines.iter().enumerate() {
        if at == 0 {
            let name = look.paint(Paint::Strong, name);
            writeln!(out, "{:INDENT$}{name}{:pad$}  {line}", "", "")?;
        } else {
            writeln!(out, "{:INDENT$}{:column$}  {line}", "", "")?;
        }
    }
    Ok(())
}

/// Every requirement of a framework, each with why it stands so.
fn whole(
    out: &mut String,
    framework: &FrameworkStanding,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let lang = report.lang;
    let name = clean_line(lang.of(&framework.name));
    let column = width(&name).min(look.width / 2);
    counted(
        out,
        &shorten(&name, column),
        column,
        framework,
        report,
        look,
    )?;
    writeln!(out)?;
    let members = || {
        let all = framework.requirements.iter();
        all.filter_map(|at| report.requirements.all.get(*at))
    };
    let ids = members().map(|one| width(&one.id)).max().unwrap_or(0);
    let words = Standing::ALL.iter().map(|one| width(lang.standing(*one)));
    let words = words.max().unwrap_or(0);
    let before = INDENT + ids + 2 + words + 2;
    let room = look.width.saturating_sub(before).max(24);
    for one in members() {
        let id = clean_line(&one.id);
        let word = lang.standing(one.standing);
        let title = format!(
            "{}{}",
            clean_line(lang.of(&one.title)),
            numbers(one, report)
        );
        for (at, line) in textwrap::wrap(&title, room).iter().enumerate() {
            let pad = words.saturating_sub(width(word));
            if at == 0 {
                let word = look.paint(paint(one.standing), word);
                writeln!(out, "{:INDENT$}{id:ids$}  {word}{:pad$}  {line}", "", "")?;
            } else {
                writeln!(out, "{:before$}{line}", "")?;
            }
        }
        for why in reasons(one, report) {
            for line in textwrap::wrap(&clean_line(&why), room) {
                writeln!(out, "{:before$}{}", "", look.paint(Paint::Faint, &line))?;
            }
        }
    }
    writeln!(out)
}

/// What a requirement rests on: rules, an attestation, a reason.
pub(in crate::report) fn reasons(one: &RequirementStanding, report: &Report<'_>) -> Vec<String> {
    let lang = report.lang;
    let mut out = Vec::new();
    let told = matches!(
        one.standing,
        Standing::Violated | Standing::Undetermined | Standing::Waived | Standing::Met
    );
    if told && !one.rules.is_empty() {
        let named: Vec<&str> = one.rules.iter().take(RULES).map(String::as_str).collect();
        let more = if one.rules.len() > RULES { ", …" } else { "" };
        out.push(format!("{}{more}", named.join(", ")));
    }
    out.extend(one.reason.as_ref().map(|why| lang.of(why).to_owned()));
    if let Some(by) = one.attestation.as_ref().filter(|by| !by.ended) {
        out.push(match lang {
            Lang::En => {
                format!("attested by {} until {}: {}", by.by, by.until, by.reference)
            }
            Lang::Fr => format!(
                "attestée par {} jusqu’au {} : {}",
                by.by, by.until, by.reference
            ),
        });
    }
    out
}

/// `4 against, 2 open`: what there is to look at.
fn against(one: &RequirementStanding, report: &Report<'_>) -> String {
    let (counts, lang) = (one.counts, report.lang);
    let parts = [
        (counts.violations, lang.pick("against", "contre")),
        (counts.undetermined, lang.pick("open", "en suspens")),
    ];
    let parts = parts.iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, word)| format!("{n} {word}")).collect();
    parts.join(", ")
}

/// ` (4 against, 2 open, 1 accepted, 7 for)`, without what is none.
fn numbers(one: &RequirementStanding, report: &Report<'_>) -> String {
    let counts = one.counts;
    let lang = report.lang;
    let parts = [
        (counts.violations, lang.pick("against", "contre")),
        (counts.undetermined, lang.pick("open", "en suspens")),
        (counts.waived, lang.pick("accepted", "par dérogation")),
        (counts.passed, lang.pick("for", "pour")),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(" ({})", parts.join(", "))
    }
}

fn paint(of: Standing) -> Paint {
    match of {
        Standing::Violated => Paint::Bad,
        Standing::Undetermined | Standing::Waived => Paint::Care,
        Standing::Met => Paint::Good,
        Standing::Attested => Paint::Link,
        Standing::NotApplicable | Standing::NotChecked => Paint::Faint,
    }
}
