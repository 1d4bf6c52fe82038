//! One finding: closed it is a line, open it has the excerpt, the chain of evidence and the way out.

use super::Page;
use super::markup::{Anchor, Markup};
use crate::facts::{Evidence, EvidenceAt};
use crate::report::Lang;
use crate::report::human::Look;
use crate::report::human::excerpt::Excerpt;
use crate::report::human::finding::{label, position, shows};
use crate::report::human::phrases::IN_RENDERED;
use crate::source::Place;
use crate::verdict::{AcceptedBy, Finding, Outcome, Waived, narrow};

/// Pieces of evidence and related resources that are listed at most: the JSON output has all.
const LISTED: usize = 30;
/// Characters of source text beside a piece of evidence.
const WRITTEN: usize = 80;

pub(super) fn write(page: &Page<'_>, h: &mut Markup, finding: &Finding, anchor: &Anchor) {
    let flag = |so: bool| if so { "yes" } else { "no" };
    let around = [
        ("class", "finding"),
        ("id", anchor.id()),
        ("data-severity", finding.severity.as_str()),
        (
            "data-level",
            finding.level.map_or("", |level| level.as_str()),
        ),
        ("data-outcome", finding.outcome.as_str()),
        ("data-waived", flag(finding.waived.is_some())),
        ("data-fails", flag(page.report.bar.fails(finding))),
    ];
    h.tag("details", &around, |h| {
        h.tag("summary", &[], |h| summary(page, h, finding));
        h.tag("div", &[("class", "body")], |h| {
            body(page, h, finding, anchor)
        });
    });
}

fn summary(page: &Page<'_>, h: &mut Markup, finding: &Finding) {
    let severity = page.lang.severity(finding.severity);
    let class = format!("severity s-{}", finding.severity);
    match (&finding.waived, &finding.outcome) {
        (Some(waived), _) => {
            let text = page.lang.accepted_by(waived.kind);
            h.leaf("span", &[("class", "severity s-waived")], text);
        }
        (None, Outcome::Undetermined(_)) => {
            let text = page.say("undetermined", "indéterminé");
            h.leaf("span", &[("class", "severity s-undetermined")], text);
        }
        (None, Outcome::Violation) => h.leaf("span", &[("class", &class)], severity),
    }
    h.text(" ");
    h.leaf("span", &[("class", "address")], &finding.address);
    h.text(" ");
    let place = position(page.report.sources, finding.place);
    h.leaf("span", &[("class", "path")], &place);
}

fn body(page: &Page<'_>, h: &mut Markup, finding: &Finding, anchor: &Anchor) {
    let report = page.report;
    h.tag("p", &[("class", "message")], |h| {
        h.prose(page.lang.of(&finding.message));
    });
    if let Some(waived) = &finding.waived {
        accepted(page, h, waived);
    }
    if let Outcome::Undetermined(reason) = &finding.outcome {
        h.tag("p", &[("class", "reason")], |h| {
            h.leaf(
                "span",
                &[("class", "lead-in")],
                page.say("Undetermined because", "Indéterminé car"),
            );
            h.text(" ");
            h.prose(page.lang.of(reason));
        });
    }
    excerpt(page, h, finding.place, &label(finding, report));
    evidence(page, h, finding);
    related(page, h, finding);
    facts(page, h, finding, anchor);
}

fn accepted(page: &Page<'_>, h: &mut Markup, waived: &Waived) {
    h.tag("p", &[("class", "accepted")], |h| {
        let lead_in = match waived.kind {
            AcceptedBy::Config | AcceptedBy::Inline => page.say("Waived because", "Accepté car"),
            AcceptedBy::Baseline => page.say(
                "Known by the baseline:",
                "Connu selon l’état de référence\u{a0}:",
            ),
        };
        h.leaf("span", &[("class", "lead-in")], lead_in);
        h.text(" ");
        h.prose(&waived.reason);
        for (word, what) in [
            (page.say("by", "par"), &waived.by),
            (page.say("until", "jusqu’au"), &waived.until),
        ] {
            if let Some(what) = what {
                h.text(&format!(", {word} {what}"));
            }
        }
        if let (AcceptedBy::Inline, Some(place)) = (waived.kind, waived.place) {
            h.text(" (");
            h.leaf("code", &[], &position(page.report.sources, place));
            h.text(")");
        }
    });
}

/// The lines around a place, with the place marked. Of a plan or a state no text is shown, only where it stands.
pub(super) fn excerpt(page: &Page<'_>, h: &mut Markup, place: Place, label: &str) {
    let sources = page.report.sources;
    let source = sources.get(place.source);
    h.tag("figure", &[("class", "excerpt")], |h| {
        h.tag("figcaption", &[], |h| {
            h.leaf("code", &[], &position(sources, place));
            if source.is_rendered() {
                h.text(" · ");
                h.text(page.lang.say(IN_RENDERED));
            }
            if source.is_private() {
                h.text(" · ");
                h.text(page.say(
                    "the text of plans and states is never shown",
                    "le texte des plans et des états n’est jamais montré",
                ));
            }
            if !label.is_empty() {
                h.text(" · ");
                h.prose(label);
            }
        });
        if !source.is_private() {
            let label = position(sources, place);
            lines(
                h,
                &Excerpt::new(sources, place, "", &Look::default()),
                &label,
            );
        }
    });
}

fn lines(h: &mut Markup, excerpt: &Excerpt, label: &str) {
    // Long lines scroll: whoever has no mouse has to get there too.
    h.tag(
        "pre",
        &[("tabindex", "0"), ("role", "group"), ("aria-label", label)],
        |h| {
            let mut start = excerpt.window.start;
            for (line, text) in (excerpt.first_line..).zip(excerpt.text.split('\n')) {
                let end = start.saturating_add(text.len() as u32);
                let inside = |at: u32| (at.clamp(start, end) - start) as usize;
                let (from, to) = (inside(excerpt.span.start), inside(excerpt.span.end));
                let parts = (text.get(..from), text.get(from..to), text.get(to..));
                let is_here = line == excerpt.at.line;
                h.tag(
                    "span",
                    &[("class", if is_here { "l here" } else { "l" })],
                    |h| {
                        h.leaf(
                            "span",
                            &[("class", "ln"), ("aria-hidden", "true")],
                            &line.to_string(),
                        );
                        match parts {
                            (Some(before), Some(marked), Some(after)) if !marked.is_empty() => {
                                h.source(before);
                                h.tag("mark", &[], |h| h.source(marked));
                                h.source(after);
                            }
                            // Something is missing here.
                            (Some(before), _, Some(after)) if is_here => {
                                h.source(before);
                                h.leaf("mark", &[], "\u{a0}");
                                h.source(after);
                            }
                            _ => h.source(text),
                        }
                        h.source("\n");
                    },
                );
                start = end.saturating_add(1);
            }
        },
    );
}

fn evidence(page: &Page<'_>, h: &mut Markup, finding: &Finding) {
    let sources = page.report.sources;
    let pieces: Vec<&Evidence> = finding
        .evidence
        .iter()
        .filter(|piece| match piece.at {
            EvidenceAt::Place(place) => !shows(sources, place, finding.place),
            _ => true,
        })
        .collect();
    if pieces.is_empty() {
        return;
    }
    h.leaf("h4", &[], page.say("Evidence", "Preuves"));
    h.tag("ol", &[("class", "evidence")], |h| {
        for piece in pieces.iter().take(LISTED) {
            h.tag("li", &[], |h| step(page, h, piece));
        }
    });
    more(page, h, pieces.len());
}

/// One step of the proof: what it shows, where, and what is written there.
fn step(page: &Page<'_>, h: &mut Markup, piece: &Evidence) {
    h.tag("span", &[("class", "shows")], |h| {
        h.prose(page.lang.of(&piece.label));
    });
    h.text(" ");
    match &piece.at {
        EvidenceAt::Place(place) => {
            let sources = page.report.sources;
            h.leaf("code", &[("class", "path")], &position(sources, *place));
            let source = sources.get(place.source);
            if !source.is_private() {
                let text = narrow(&source, place.span).of(source.shown_text()).trim();
                let cut = text.char_indices().nth(WRITTEN).map(|(at, _)| at);
                let short = cut.and_then(|at| text.get(..at)).unwrap_or(text);
                if !short.is_empty() {
                    let more = if cut.is_some() { "…" } else { "" };
                    h.text(" ");
                    h.leaf("code", &[("class", "written")], &format!("{short}{more}"));
                }
            }
        }
        EvidenceAt::Catalogue { entry, source } => {
            h.tag("span", &[("class", "path")], |h| {
                h.text(page.say("catalogue", "catalogue"));
                h.text(" ");
                h.leaf("code", &[], entry);
                if !source.is_empty() {
                    h.text(page.say(", from ", ", d’après "));
                    h.text(source);
                }
            });
        }
        EvidenceAt::Setting => {
            h.leaf(
                "span",
                &[("class", "path")],
                page.say("a setting", "un réglage"),
            );
        }
    }
}

fn related(page: &Page<'_>, h: &mut Markup, finding: &Finding) {
    if finding.related.is_empty() {
        return;
    }
    h.leaf("h4", &[], page.say("Together with", "Avec"));
    h.tag("ul", &[("class", "related")], |h| {
        for one in finding.related.iter().take(LISTED) {
            h.tag("li", &[], |h| {
                h.leaf("code", &[], &one.address);
                h.text(" ");
                let place = position(page.report.sources, one.place);
                h.leaf("code", &[("class", "path")], &place);
            });
        }
    });
    more(page, h, finding.related.len());
}

fn more(page: &Page<'_>, h: &mut Markup, all: usize) {
    let left = all.saturating_sub(LISTED);
    if left > 0 {
        let text = match page.lang {
            Lang::En => format!("and {left} more, in the JSON output"),
            Lang::Fr => format!("et {left} de plus, dans la sortie JSON"),
        };
        h.leaf("p", &[("class", "small")], &text);
    }
}

fn facts(page: &Page<'_>, h: &mut Markup, finding: &Finding, anchor: &Anchor) {
    let row = |h: &mut Markup, name: &str, value: &dyn Fn(&mut Markup)| {
        h.tag("div", &[], |h| {
            h.leaf("dt", &[], name);
            h.tag("dd", &[], |h| value(h));
        });
    };
    h.tag("dl", &[("class", "facts")], |h| {
        row(h, page.say("Severity", "Gravité"), &|h| {
            h.text(page.lang.severity(finding.severity));
            if finding.outcome != Outcome::Violation {
                h.text(page.say(", if it is a violation", ", si c’est une violation"));
            }
            if page.report.bar.fails(finding) {
                h.text(page.say("; makes the run fail", "\u{a0}; fait échouer le contrôle"));
            }
        });
        if let Some(level) = finding.level {
            row(h, page.say("Data", "Données"), &|h| {
                h.text(page.lang.level(level))
            });
        }
        row(h, page.say("Kind", "Type"), &|h| {
            h.leaf("code", &[], &finding.kind)
        });
        if let Some(root) = &finding.root {
            row(h, page.say("Root", "Racine"), &|h| {
                h.leaf("code", &[], root)
            });
        }
        if !finding.requirements.is_empty() {
            row(h, page.say("Evidence against", "Preuve contre"), &|h| {
                for (at, id) in finding.requirements.iter().enumerate() {
                    if at > 0 {
                        h.text(", ");
                    }
                    match page.requirements.get(id.as_str()) {
                        Some(to) => h.link(to, &[], |h| h.text(id)),
                        None => h.text(id),
                    }
                }
            });
        }
        row(h, page.say("Fingerprint", "Empreinte"), &|h| {
            h.link(anchor, &[("class", "print")], |h| {
                h.text(&finding.fingerprint)
            });
        });
    });
}
