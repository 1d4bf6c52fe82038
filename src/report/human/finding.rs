//! Findings: a drawing of the narrow place, then the evidence. Findings that say the same of several resources are drawn
//! once, with the places of the others in a list: 25 resources on one unqualified offering are one thing to fix.

use std::fmt::{self, Write as _};

use super::excerpt::{Drawing, Mark};
use super::known;
use super::layout::{Paint, shorten};
use super::phrases::{
    A_FINDING, A_RESOURCE, ACCEPTED, AGAINST, ALSO, AND, BECAUSE, BY, CATALOGUE, COLON,
    EVIDENCE as EVIDENCE_OF, FROM, HELP, IGNORED_AT, IN_RENDERED, MORE, MORE_WITH_VERBOSE, NOT_SET,
    REASON, RULE, SETTING, UNDETERMINED, UNTIL, WHAT_TO_DO, WITH, WOULD_BE,
};
use super::{Look, Verbosity};
use crate::config::words::Severity;
use crate::facts::{Evidence, EvidenceAt};
use crate::report::{Lang, Report, clean_line};
use crate::source::{Place, Sources};
use crate::verdict::{AcceptedBy, Finding, Outcome, Pointed, narrow};

/// Pieces of evidence shown of one finding unless everything is asked for.
const EVIDENCE: usize = 5;
/// Columns of source text beside a piece of evidence.
const WRITTEN: usize = 48;
/// Other resources listed below one drawing unless everything is asked for.
const OTHERS: usize = 30;

/// Every finding, drawn.
pub(super) fn all(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let shown = || {
        report
            .findings
            .iter()
            .filter(|finding| is_shown(finding, look))
    };
    // What has to be mended first comes first; the order of paths and lines stays among equals.
    let mut open: Vec<_> = shown().filter(|finding| finding.waived.is_none()).collect();
    open.sort_by_key(|finding| {
        let undetermined = finding.outcome != Outcome::Violation;
        (undetermined, std::cmp::Reverse(finding.severity))
    });
    for group in groups(open.into_iter(), report, look) {
        draw(out, &group, report, look)?;
    }
    let waived: Vec<_> = shown()
        .filter(|finding| finding.waived.is_some() && known::is_listed(finding, look))
        .collect();
    if !waived.is_empty() {
        writeln!(
            out,
            "{}\n",
            look.paint(Paint::Strong, report.lang.say(ACCEPTED))
        )?;
        waived
            .iter()
            .try_for_each(|finding| draw_waived(out, finding, report, look))?;
        writeln!(out)?;
    }
    Ok(())
}

/// One line for each finding that is not waived, for logs and editors.
pub(super) fn lines(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let shown = report
        .findings
        .iter()
        .filter(|f| f.waived.is_none() && is_shown(f, look));
    for finding in shown {
        let severity = report.lang.severity(finding.severity);
        let word = match finding.outcome {
            Outcome::Violation => severity.to_owned(),
            Outcome::Undetermined(_) => format!("{} {severity}", report.lang.say(UNDETERMINED)),
        };
        let word = look.paint(finding.severity.into(), &word);
        writeln!(
            out,
            "{}: {word}[{}]: {}",
            look.at(report.sources, finding.place),
            finding.rule,
            clean_line(report.lang.of(&finding.message)),
        )?;
    }
    Ok(())
}

fn is_shown(finding: &Finding, look: &Look) -> bool {
    look.undetermined || finding.outcome == Outcome::Violation
}

/// Findings in order, those that say the same together at the place of the first.
fn groups<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    report: &Report<'_>,
    look: &Look,
) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known = hashbrown::HashMap::new();
    for finding in findings {
        // The message without the name of the resource is what is said of it.
        let said = report
            .lang
            .of(&finding.message)
            .replace(&*finding.address, "");
        let key = (
            &finding.rule,
            &finding.outcome,
            finding.severity,
            finding.level,
            said,
        );
        let together = look.verbosity < Verbosity::Verbose;
        match known
            .get(&format!("{key:?}"))
            .and_then(|at: &usize| groups.get_mut(*at))
        {
            Some(group) if together => group.push(finding),
            _ => {
                known.insert(format!("{key:?}"), groups.len());
                groups.push(vec![finding]);
            }
        }
    }
    groups
}

fn draw(out: &mut String, group: &[&Finding], report: &Report<'_>, look: &Look) -> fmt::Result {
    let Some((finding, others)) = group.split_first() else {
        return Ok(());
    };
    heading(out, finding, group.len(), report, look)?;
    Drawing {
        mark: mark(finding),
        message: clean_line(report.lang.of(&finding.message)).into_owned(),
        at: Some((finding.place, label(finding, report))),
        sources: report.sources,
        lang: report.lang,
    }
    .render(out, look)?;
    if let Outcome::Undetermined(reason) = &finding.outcome {
        look.row(out, report.lang.say(REASON), report.lang.of(reason))?;
    }
    evidence(out, finding, report, look)?;
    related(out, finding, report, look)?;
    list_others(out, others, report, look)?;
    writeln!(out)
}

/// `critical residency/outside-area · particular data`.
fn heading(
    out: &mut String,
    finding: &Finding,
    resources: usize,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let lang = report.lang;
    let severity = lang.severity(finding.severity);
    let word = match finding.outcome {
        Outcome::Violation => severity,
        Outcome::Undetermined(_) => lang.say(UNDETERMINED),
    };
    let word = look.paint(finding.severity.into(), word);
    let rule = look.paint(Paint::Strong, &finding.rule);
    let mut rest = Vec::new();
    if finding.outcome != Outcome::Violation {
        rest.push(format!("{} {severity}", lang.say(WOULD_BE)));
    }
    rest.extend(finding.level.map(|level| lang.data(level).to_owned()));
    let is_rendered = report.sources.get(finding.place.source).is_rendered();
    rest.extend(is_rendered.then(|| lang.say(IN_RENDERED).to_owned()));
    rest.extend((resources > 1).then(|| lang.count(resources, A_RESOURCE)));
    rest.extend((look.verbosity == Verbosity::Verbose).then(|| finding.fingerprint.clone()));
    let rest: String = rest
        .iter()
        .fold(String::new(), |text, part| text + " · " + part);
    writeln!(out, "{word} {rule}{}", look.paint(Paint::Faint, &rest))
}

fn mark(finding: &Finding) -> Mark {
    match (&finding.outcome, finding.severity) {
        (Outcome::Undetermined(_), _) | (_, Severity::Medium) => Mark::Warning,
        (_, Severity::Critical | Severity::High) => Mark::Error,
        _ => Mark::Advice,
    }
}

/// The words at the drawn place: what the evidence says of it, or what is missing there.
pub(in crate::report) fn label(finding: &Finding, report: &Report<'_>) -> String {
    let proof = finding.evidence.iter().find(|piece| {
        matches!(&piece.at, EvidenceAt::Place(place) if shows(report.sources, *place, finding.place))
    });
    match (finding.pointed, &finding.attribute, proof) {
        (Pointed::Header | Pointed::Ancestor, Some(path), _) => {
            format!("`{}` {}", clean_line(path), report.lang.say(NOT_SET))
        }
        // A header speaks for itself.
        (Pointed::Header, None, _) => String::new(),
        (_, _, Some(piece)) => clean_line(report.lang.of(&piece.label)).into_owned(),
        _ => String::new(),
    }
}

/// True when a piece of evidence is what the drawing shows already.
pub(in crate::report) fn shows(sources: &Sources, evidence: Place, drawn: Place) -> bool {
    evidence.source == drawn.source
        && (evidence.span == drawn.span
            || narrow(&sources.get(evidence.source), evidence.span) == drawn.span)
}

fn evidence(out: &mut String, finding: &Finding, report: &Report<'_>, look: &Look) -> fmt::Result {
    let pieces: Vec<&Evidence> = finding
        .evidence
        .iter()
        .filter(|piece| match piece.at {
            EvidenceAt::Place(place) => !shows(report.sources, place, finding.place),
            _ => true,
        })
        .collect();
    if look.verbosity == Verbosity::Verbose {
        return pieces
            .iter()
            .try_for_each(|piece| draw_evidence(out, piece, report, look));
    }
    let mut rows: Vec<Vec<String>> = pieces
        .iter()
        .take(EVIDENCE)
        .map(|piece| row(piece, report, look))
        .collect();
    if pieces.len() > EVIDENCE {
        rows.push(vec![more_with_verbose(
            pieces.len() - EVIDENCE,
            report.lang,
        )]);
    }
    look.table(out, report.lang.say(EVIDENCE_OF), &rows)
}

/// A place, what it shows, what is written there.
fn row(piece: &Evidence, report: &Report<'_>, look: &Look) -> Vec<String> {
    let label = clean_line(report.lang.of(&piece.label)).into_owned();
    match &piece.at {
        EvidenceAt::Place(place) => {
            let source = report.sources.get(place.source);
            let text = match source.is_private() {
                true => "",
                false => narrow(&source, place.span).of(source.shown_text()).trim(),
            };
            let text = shorten(&clean_line(text), WRITTEN);
            vec![look.at(report.sources, *place), label, text]
        }
        EvidenceAt::Catalogue { .. } => vec![report.lang.say(CATALOGUE).into(), label],
        EvidenceAt::Setting => vec![report.lang.say(SETTING).into(), label],
    }
}

fn draw_evidence(
    out: &mut String,
    piece: &Evidence,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let label = clean_line(report.lang.of(&piece.label)).into_owned();
    match &piece.at {
        EvidenceAt::Place(place) => Drawing {
            mark: Mark::Advice,
            message: label,
            at: Some((*place, String::new())),
            sources: report.sources,
            lang: report.lang,
        }
        .render(out, look),
        EvidenceAt::Catalogue { entry, source } => look.row(
            out,
            report.lang.say(CATALOGUE),
            &format!(
                "{label}{} {entry}, {} {source}",
                report.lang.say(COLON),
                report.lang.say(FROM)
            ),
        ),
        EvidenceAt::Setting => look.row(out, report.lang.say(SETTING), &label),
    }
}

fn related(out: &mut String, finding: &Finding, report: &Report<'_>, look: &Look) -> fmt::Result {
    let rows = finding.related.iter().map(|related| {
        vec![
            look.at(report.sources, related.place),
            clean_line(&related.address).into_owned(),
        ]
    });
    list(out, report.lang.say(WITH), rows, report.lang, look)
}

fn list_others(
    out: &mut String,
    others: &[&Finding],
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let rows = others.iter().map(|other| {
        vec![
            look.at(report.sources, other.place),
            clean_line(&other.address).into_owned(),
        ]
    });
    list(out, report.lang.say(ALSO), rows, report.lang, look)
}

fn list(
    out: &mut String,
    name: &str,
    rows: impl ExactSizeIterator<Item = Vec<String>>,
    lang: Lang,
    look: &Look,
) -> fmt::Result {
    let total = rows.len();
    let most = if look.verbosity == Verbosity::Verbose {
        usize::MAX
    } else {
        OTHERS
    };
    let mut rows: Vec<_> = rows.take(most).collect();
    if total > rows.len() {
        rows.push(vec![more_with_verbose(total - rows.len(), lang)]);
    }
    look.table(out, name, &rows)
}

fn more_with_verbose(n: usize, lang: Lang) -> String {
    format!("{} {n} {}", lang.say(AND), lang.say(MORE_WITH_VERBOSE))
}

fn draw_waived(
    out: &mut String,
    finding: &Finding,
    report: &Report<'_>,
    look: &Look,
) -> fmt::Result {
    let Some(waived) = &finding.waived else {
        return Ok(());
    };
    let lang = report.lang;
    let mut why = waived.reason.clone();
    for (word, what) in [(BY, &waived.by), (UNTIL, &waived.until)] {
        if let Some(what) = what {
            why += &format!(", {} {what}", lang.say(word));
        }
    }
    if let (AcceptedBy::Inline, Some(place)) = (waived.kind, waived.place) {
        let place = look.at(report.sources, place);
        why += &format!(" ({} {place})", lang.say(IGNORED_AT));
    }
    let place = look.place(&look.at(report.sources, finding.place));
    writeln!(
        out,
        "   {place}  {} {}  {}",
        lang.severity(finding.severity),
        finding.rule,
        clean_line(&finding.address)
    )?;
    look.row(out, lang.say(BECAUSE), &why)
}

/// `main.tf:3:5`, below the scan root.
pub(in crate::report) fn position(sources: &Sources, place: Place) -> String {
    let at = sources.start(place);
    let source = sources.get(place.source);
    format!("{}:{}:{}", clean_line(source.path()), at.line, at.column)
}

/// What to do, once for each rule that found something.
pub(super) fn remedies(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let mut rules: Vec<(&Finding, usize)> = Vec::new();
    for finding in report
        .findings
        .iter()
        .filter(|f| f.waived.is_none() && is_shown(f, look))
    {
        match rules
            .iter_mut()
            .find(|(first, _)| first.rule == finding.rule)
        {
            Some((_, n)) => *n += 1,
            None => rules.push((finding, 1)),
        }
    }
    if rules.is_empty() {
        return Ok(());
    }
    rules.sort_by(|(a, _), (b, _)| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.rule.cmp(&b.rule))
    });
    writeln!(
        out,
        "{}\n",
        look.paint(Paint::Strong, report.lang.say(WHAT_TO_DO))
    )?;
    for (finding, n) in rules {
        let title = clean_line(report.lang.of(&finding.title));
        writeln!(
            out,
            "   {} {}",
            look.paint(Paint::Strong, &finding.rule),
            look.paint(
                Paint::Faint,
                &format!("· {}", report.lang.count(n, A_FINDING))
            )
        )?;
        look.row(out, report.lang.say(RULE), &title)?;
        look.row(out, report.lang.say(HELP), report.lang.of(&finding.help))?;
        let against = against(&finding.rule, report);
        if !against.is_empty() {
            look.row(out, report.lang.say(AGAINST), &against.join(", "))?;
        }
        look.line(
            out,
            report.lang.say(MORE),
            &look.paint(Paint::Link, &format!("gardefou explain {}", finding.rule)),
        )?;
        writeln!(out)?;
    }
    Ok(())
}

/// What the findings of a rule are evidence against: each of them speaks of its own level.
fn against<'a>(rule: &str, report: &Report<'a>) -> Vec<&'a str> {
    let findings = report.findings.iter();
    let mut all: Vec<&str> = Vec::new();
    for id in findings
        .filter(|one| &*one.rule == rule && one.waived.is_none())
        .flat_map(|one| &one.requirements)
    {
        if !all.contains(&id.as_str()) {
            all.push(id);
        }
    }
    all
}
