//! Findings by rule: the place, what is wrong, what proves it, what to do. Findings that say the same of several resources
//! are one, with a list.

use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::escape::{code, message, prose};
use super::parts;
use crate::config::words::Severity;
use crate::facts::{Evidence, EvidenceAt};
use crate::report::safe::cut;
use crate::report::spot::Spot;
use crate::report::{Lang, Report, human};
use crate::verdict::{Finding, Outcome, narrow};

/// Groups of findings of one rule that are told in full.
const GROUPS: usize = 8;
/// Further resources that are listed for one group, and for one rule.
const OTHERS: usize = 20;
/// Pieces of evidence told for one finding.
const EVIDENCE: usize = 8;
/// Bytes of a message or a remedy.
pub(super) const TEXT: usize = 800;
/// Bytes of a label of evidence.
const LABEL: usize = 200;
/// Bytes of what is written at a place.
const WRITTEN: usize = 80;

/// A part of the report, and how many findings it has no room for.
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) left: usize,
}

/// The findings of one rule.
struct OfRule<'a> {
    id: &'a str,
    severity: Severity,
    groups: Vec<Vec<&'a Finding>>,
    all: usize,
}

/// Findings under a title, within some room. The room is shared fairly: what a rule leaves goes to the next.
pub(super) fn section(
    title: &str,
    findings: &[&Finding],
    folded: bool,
    room: usize,
    report: &Report<'_>,
) -> Shown {
    if findings.is_empty() {
        return Shown {
            text: String::new(),
            left: 0,
        };
    }
    let n = findings.len();
    let lang = report.lang;
    let framed = |body: &str| {
        if folded {
            parts::folded(&title.replace('`', ""), &n.to_string(), body, lang)
        } else {
            format!("### {title}\n\n{body}")
        }
    };
    let rules = by_rule(findings, lang);
    let total = rules.len();
    let mut body = String::new();
    let mut left = 0;
    let room = room.saturating_sub(framed("").len());
    for (at, rule) in rules.iter().enumerate() {
        let free = room.saturating_sub(body.len());
        let Shown { text, left: more } = of_rule(rule, free / (total - at), free, report);
        body += &text;
        left += more;
    }
    let text = if body.is_empty() {
        String::new()
    } else {
        framed(&body)
    };
    Shown { text, left }
}

/// By rule, those with the gravest finding first; within a rule the gravest first, and those that say the same together.
fn by_rule<'a>(findings: &[&'a Finding], lang: Lang) -> Vec<OfRule<'a>> {
    let mut rules: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        rules.entry(&finding.rule).or_default().push(finding);
    }
    let mut all: Vec<OfRule<'_>> = rules
        .into_iter()
        .map(|(id, mut of)| {
            of.sort_by_key(|one| (Reverse(one.severity), one.outcome != Outcome::Violation));
            OfRule {
                id,
                severity: of.first().map_or(Severity::Info, |one| one.severity),
                all: of.len(),
                groups: groups(of, lang),
            }
        })
        .collect();
    all.sort_by_key(|rule| Reverse(rule.severity));
    all
}

/// What is said of a resource is the message without its name.
fn groups(findings: Vec<&Finding>, lang: Lang) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let said = lang.of(&finding.message).replace(&*finding.address, "");
        let key = (&finding.outcome, finding.severity, finding.level, said);
        // An outcome holds texts, and has no hash of its own.
        let key = format!("{key:?}");
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// One rule, in its share of the room; its first group where there is any room for it.
fn of_rule(rule: &OfRule<'_>, share: usize, free: usize, report: &Report<'_>) -> Shown {
    let nothing = Shown {
        text: String::new(),
        left: rule.all,
    };
    let Some(first) = rule.groups.first().and_then(|group| group.first()) else {
        return nothing;
    };
    let start = heading(rule, first, report);
    let end = remedy(first, report.lang);
    let frame = start.len() + end.len();
    // Not formatted when it cannot fit: there may be tens of thousands.
    if free < frame {
        return nothing;
    }
    let mut body = String::new();
    let mut rest: Vec<&Finding> = Vec::new();
    for (at, group) in rule.groups.iter().enumerate() {
        if at >= GROUPS || frame + body.len() >= share.max(1) && at > 0 {
            rest.extend(group);
            continue;
        }
        let text = told(group, report);
        let most = if at == 0 { free } else { share };
        if frame + body.len() + text.len() <= most {
            body += &text;
        } else {
            rest.extend(group);
        }
    }
    let mut left = rest.len();
    if !rest.is_empty() {
        let list = list(&rest, report, "");
        if frame + body.len() + list.len() <= share.max(frame + list.len()).min(free) {
            body += &list;
            left = rest.len().saturating_sub(OTHERS);
        }
    }
    if body.is_empty() {
        return nothing;
    }
    Shown {
        text: format!("{start}{body}{end}"),
        left,
    }
}

/// The rule in one line, its name, and what its findings are evidence against.
fn heading(rule: &OfRule<'_>, first: &Finding, report: &Report<'_>) -> String {
    let lang = report.lang;
    let count = match lang {
        Lang::En => human::count(rule.all, "finding"),
        Lang::Fr => format!(
            "{} constat{}",
            rule.all,
            if rule.all > 1 { "s" } else { "" }
        ),
    };
    let mut text = format!(
        "#### {} {}\n\n{} · {} · {count}",
        sign(rule.severity),
        prose(lang.of(&first.title), TEXT),
        lang.severity(rule.severity),
        code(rule.id),
    );
    let mut against: Vec<&str> = Vec::new();
    let findings = rule.groups.iter().flatten();
    for id in findings.flat_map(|one| &one.requirements) {
        if against.len() == OTHERS {
            break;
        }
        if !against.contains(&id.as_str()) {
            against.push(id);
        }
    }
    if !against.is_empty() {
        let ids: Vec<String> = against.iter().map(|id| code(id)).collect();
        let word = lang.pick("evidence against", "preuve contre");
        text += &format!(" · {word} {}", ids.join(", "));
    }
    text + "\n\n"
}

/// A severity at a glance; the word stands beside it.
pub(super) fn sign(of: Severity) -> &'static str {
    match of {
        Severity::Critical => "🔴",
        Severity::High => "🟠",
        Severity::Medium => "🟡",
        Severity::Low => "🔵",
        Severity::Info => "⚪",
    }
}

/// What to do about all findings of a rule.
fn remedy(first: &Finding, lang: Lang) -> String {
    match lang.of(&first.help) {
        "" => String::new(),
        help => {
            let word = lang.pick("What to do:", "Que faire :");
            format!("**{word}** {}\n\n", prose(help, TEXT))
        }
    }
}

/// A finding in full, and the places of those that say the same.
fn told(group: &[&Finding], report: &Report<'_>) -> String {
    let Some((finding, others)) = group.split_first() else {
        return String::new();
    };
    let lang = report.lang;
    let said = lang.of(&finding.message);
    let mut text = String::from("- ");
    // Most messages name what they speak of.
    if !finding.address.is_empty() && !said.contains(&*finding.address) {
        text += &format!("{} ", code(&finding.address));
    }
    text += &message(said.trim(), &finding.address, TEXT);
    if let Outcome::Undetermined(reason) = &finding.outcome {
        let word = lang.pick("Undetermined:", "Indéterminé :");
        text += &format!("<br>*{word}* {}", prose(lang.of(reason), TEXT));
    }
    text += &format!("<br>{}", code(&Spot::of(finding.place, report).words()));
    if let Some(level) = finding.level {
        text += &format!(" · {}", lang.data(level));
    }
    if finding.outcome != Outcome::Violation {
        let severity = lang.severity(finding.severity);
        let word = lang.pick("would be", "serait de gravité");
        text += &format!(" · {word} {severity}");
    }
    text += "\n";
    text += &evidence(finding, report);
    if !others.is_empty() {
        text += &list(others, report, "  ");
    }
    text
}

/// `` `aws_s3_bucket.notes` `main.tf:3:5` ``
fn place(finding: &Finding, report: &Report<'_>) -> String {
    let at = code(&Spot::of(finding.place, report).words());
    match &*finding.address {
        "" => at,
        address => format!("{} {at}", code(address)),
    }
}

/// The chain of the proof, folded.
fn evidence(finding: &Finding, report: &Report<'_>) -> String {
    let pieces = &finding.evidence;
    if pieces.is_empty() && finding.related.is_empty() {
        return String::new();
    }
    let lang = report.lang;
    let n = pieces.len() + finding.related.len();
    let title = lang.pick("Evidence", "Preuves");
    let mut text = format!("  <details><summary>{title} ({n})</summary>\n\n");
    for piece in pieces.iter().take(EVIDENCE) {
        text += &format!("  - {}\n", proof(piece, report));
    }
    let room = EVIDENCE.saturating_sub(pieces.len());
    for related in finding.related.iter().take(room) {
        let at = code(&Spot::of(related.place, report).words());
        text += &format!("  - {} {at}\n", code(&related.address));
    }
    if n > EVIDENCE {
        text += &format!("  - {}\n", more(n - EVIDENCE, lang));
    }
    text + "\n  </details>\n\n"
}

fn proof(piece: &Evidence, report: &Report<'_>) -> String {
    let lang = report.lang;
    let label = prose(lang.of(&piece.label), LABEL);
    match &piece.at {
        EvidenceAt::Place(place) => {
            let at = code(&Spot::of(*place, report).words());
            let source = report.sources.get(place.source);
            let written = match source.is_private() {
                true => "",
                false => narrow(&source, place.span).of(source.shown_text()).trim(),
            };
            match written {
                "" => format!("{at} {label}"),
                written => {
                    let colon = lang.pick(":", " :");
                    format!("{at} {label}{colon} {}", code(&cut(written, WRITTEN)))
                }
            }
        }
        EvidenceAt::Catalogue { entry, .. } => {
            // The same word in both languages.
            format!("Catalogue, {}{} {label}", code(entry), lang.pick(":", " :"))
        }
        EvidenceAt::Setting => {
            let name = lang.pick("Setting:", "Réglage :");
            format!("{name} {label}")
        }
    }
}

/// Places and addresses alone, folded.
fn list(findings: &[&Finding], report: &Report<'_>, indent: &str) -> String {
    let lang = report.lang;
    let n = findings.len();
    let title = match lang {
        Lang::En => format!("and {n} more"),
        Lang::Fr => format!("et {n} de plus"),
    };
    let mut text = format!("{indent}<details><summary>{title}</summary>\n\n");
    for finding in findings.iter().take(OTHERS) {
        text += &format!("{indent}- {}\n", place(finding, report));
    }
    if n > OTHERS {
        text += &format!("{indent}- {}\n", more(n - OTHERS, lang));
    }
    format!("{text}\n{indent}</details>\n\n")
}

fn more(n: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("and {n} more"),
        Lang::Fr => format!("et {n} de plus"),
    }
}
