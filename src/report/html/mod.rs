//! One page that needs nothing else: style and script are in it, it loads nothing and it sends nothing. Complete without
//! the script, which only filters, opens and prints.
//!
//! Whatever comes from the input goes through [`markup::Markup`], which knows no other way in than escaped. The policy in the
//! head of the page refuses every script and style but the two of the program, by their hashes.

mod countries;
mod coverage;
mod finding;
mod findings;
mod hosts;
mod map;
mod markup;
mod problems;
mod requirements;
#[cfg(test)]
mod tests;
mod timeline;
mod verdict;
mod waivers;

use hashbrown::HashMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::markup::{Anchor, Anchors, Attribute, Markup};
use super::{Lang, Report, Tally};
use crate::facts::{Facts, ResourceFacts};
use crate::graph::{Resource, World};

/// The look of the page.
const STYLE: &str = include_str!("page.css");
/// What filters and opens.
const SCRIPT: &str = include_str!("page.js");

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page::new(report);
    let parts: [fn(&Page<'_>, &mut Markup); 10] = [
        head,
        verdict::write,
        map::write,
        hosts::write,
        findings::write,
        requirements::write,
        waivers::write,
        coverage::write,
        problems::write,
        foot,
    ];
    let mut markup = Markup::default();
    for part in parts {
        part(&page, &mut markup);
        out.write_all(markup.take().as_bytes())?;
    }
    Ok(())
}

/// A report, and where its parts stand in the page.
struct Page<'a> {
    report: &'a Report<'a>,
    lang: Lang,
    tally: Tally,
    /// The findings that are shown, gravest first, written.
    shown: Vec<findings::Shown>,
    /// Where each finding stands, in the order of the report; none: it is not shown.
    anchors: Vec<Option<Anchor>>,
    /// Where each rule with findings stands.
    rules: HashMap<&'a str, Anchor>,
    /// Where each requirement stands.
    requirements: HashMap<&'a str, Anchor>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let mut anchors = Anchors::default();
        for part in PARTS {
            anchors.make("", part.id);
        }
        for id in OWN_IDS {
            anchors.make("", id);
        }
        let mut page = Self {
            report,
            lang: report.lang,
            tally: Tally::of(report.findings, report.bar),
            shown: Vec::new(),
            anchors: vec![None; report.findings.len()],
            rules: HashMap::new(),
            requirements: HashMap::new(),
        };
        for one in &report.requirements.all {
            let anchor = anchors.make("requirement-", &one.id);
            page.requirements.entry(&one.id).or_insert(anchor);
        }
        for finding in report.findings {
            page.rules
                .entry(&finding.rule)
                .or_insert_with(|| anchors.make("rule-", &finding.rule));
        }
        findings::choose(&mut page, &mut anchors);
        page
    }

    /// A word in the language of the page.
    fn say(&self, en: &'static str, fr: &'static str) -> &'static str {
        self.lang.pick(en, fr)
    }
}

/// The resources that rules may judge, with what is established about them.
fn judged<'a>(report: &'a Report<'_>) -> impl Iterator<Item = (&'a Resource, &'a ResourceFacts)> {
    let facts: &Facts = report.facts;
    let resources = report.graph.resources().iter();
    resources
        .filter(|resource| resource.world != World::TerraformData)
        .filter_map(|resource| Some((resource, facts.of(resource.id)?)))
}

/// A part of the page.
struct Part {
    id: &'static str,
    en: &'static str,
    fr: &'static str,
}

const VERDICT: Part = Part {
    id: "verdict",
    en: "Verdict",
    fr: "Verdict",
};
const MAP: Part = Part {
    id: "places",
    en: "Where data sits",
    fr: "Où sont les données",
};
const HOSTS: Part = Part {
    id: "hosts",
    en: "Who hosts it",
    fr: "Qui les héberge",
};
const FINDINGS: Part = Part {
    id: "findings",
    en: "Findings",
    fr: "Constats",
};
const REQUIREMENTS: Part = Part {
    id: "requirements",
    en: "Requirements",
    fr: "Exigences",
};
const WAIVERS: Part = Part {
    id: "waivers",
    en: "Waivers and attestations",
    fr: "Dérogations et attestations",
};
const COVERAGE: Part = Part {
    id: "coverage",
    en: "Coverage",
    fr: "Couverture",
};
const PROBLEMS: Part = Part {
    id: "problems",
    en: "Problems",
    fr: "Problèmes",
};

/// All of them, in their order.
const PARTS: [Part; 8] = [
    VERDICT,
    MAP,
    HOSTS,
    FINDINGS,
    REQUIREMENTS,
    WAIVERS,
    COVERAGE,
    PROBLEMS,
];

/// A part with its heading; `inside` writes the rest.
fn part(page: &Page<'_>, h: &mut Markup, of: &Part, inside: impl FnOnce(&mut Markup)) {
    let heading = format!("{}-heading", of.id);
    h.tag(
        "section",
        &[("id", of.id), ("aria-labelledby", &heading)],
        |h| {
            h.leaf("h2", &[("id", &heading)], page.say(of.en, of.fr));
            inside(h);
        },
    );
}

/// A table that may be wider than the page: it scrolls by itself, with the keyboard too.
fn table(
    h: &mut Markup,
    class: &str,
    caption: &str,
    headings: &[&str],
    rows: impl FnOnce(&mut Markup),
) {
    let around: [Attribute<'_>; 4] = [
        ("class", "scroll"),
        ("tabindex", "0"),
        ("role", "group"),
        ("aria-label", caption),
    ];
    h.tag("div", &around, |h| {
        h.tag("table", &[("class", class)], |h| {
            h.leaf("caption", &[], caption);
            h.tag("thead", &[], |h| {
                h.tag("tr", &[], |h| {
                    for heading in headings {
                        h.leaf("th", &[("scope", "col")], heading);
                    }
                });
            });
            h.tag("tbody", &[], rows);
        });
    });
}

/// A cell with a number.
fn number(h: &mut Markup, n: usize) {
    if n == 0 {
        h.leaf("td", &[("class", "n none")], "0");
    } else {
        h.leaf("td", &[("class", "n")], &n.to_string());
    }
}

fn head(page: &Page<'_>, h: &mut Markup) {
    h.fixed("<!doctype html>\n");
    // Closed at the foot: what comes between is written part by part.
    h.fixed(page.say("<html lang=\"en\">", "<html lang=\"fr\">"));
    h.tag("head", &[], |h| {
        h.fixed("<meta charset=\"utf-8\">");
        h.void(
            "meta",
            &[
                ("http-equiv", "Content-Security-Policy"),
                ("content", &policy()),
            ],
        );
        h.fixed(concat!(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<meta name=\"referrer\" content=\"no-referrer\">",
            "<meta name=\"robots\" content=\"noindex\">",
            "<link rel=\"icon\" href=\"data:,\">",
        ));
        let title = format!(
            "Gardefou · {} · {}",
            verdict::word(page),
            page.report.as_of()
        );
        h.leaf("title", &[], &title);
        h.fixed("<style>");
        h.fixed(STYLE);
        h.fixed("</style>");
    });
    h.fixed("<body>");
    let skip = page.say("Skip to the verdict", "Aller au verdict");
    h.link(&Anchor::fixed("verdict"), &[("class", "skip")], |h| {
        h.text(skip);
    });
    h.tag("header", &[("class", "top")], |h| {
        h.tag("p", &[("class", "brand")], |h| {
            h.leaf("strong", &[], "Gardefou");
            h.text(" ");
            h.leaf(
                "span",
                &[],
                page.say(
                    "data sovereignty report",
                    "rapport de souveraineté des données",
                ),
            );
        });
        let (dark, light) = (page.say("Dark", "Sombre"), page.say("Light", "Clair"));
        h.tag(
            "button",
            &[
                ("type", "button"),
                ("id", "theme"),
                ("class", "scripted"),
                ("data-dark", dark),
                ("data-light", light),
            ],
            |h| h.text(dark),
        );
    });
    contents(page, h);
    h.fixed("<main id=\"report\">");
}

fn contents(page: &Page<'_>, h: &mut Markup) {
    let label = page.say("Contents", "Sommaire");
    h.tag(
        "nav",
        &[("class", "contents"), ("aria-label", label)],
        |h| {
            h.tag("ol", &[], |h| {
                for part in PARTS.iter().filter(|part| is_there(page, part)) {
                    h.tag("li", &[], |h| {
                        h.link(&Anchor::fixed(part.id), &[], |h| {
                            h.text(page.say(part.en, part.fr));
                        });
                    });
                }
            });
        },
    );
}

/// A part without anything to say is left out, but for those whose silence says something.
fn is_there(page: &Page<'_>, part: &Part) -> bool {
    match part.id {
        "requirements" => !page.report.requirements.all.is_empty(),
        "problems" => !page.report.problems.is_empty(),
        _ => true,
    }
}

fn foot(page: &Page<'_>, h: &mut Markup) {
    h.fixed("</main>");
    h.tag("footer", &[], |h| {
        let version = format!("Gardefou {}", env!("CARGO_PKG_VERSION"));
        h.leaf("p", &[], &version);
        h.leaf(
            "p",
            &[],
            page.say(
                "A scan gives evidence for and against requirements. It is no certificate and no legal advice.",
                "Une analyse apporte des preuves pour et contre des exigences. Ce n’est ni un certificat ni un avis juridique.",
            ),
        );
    });
    h.fixed("<script>");
    h.fixed(SCRIPT);
    h.fixed("</script></body></html>\n");
}

/// Ids that the page and its script use beside those of its parts.
const OWN_IDS: [&str; 16] = [
    "report",
    "theme",
    "filters",
    "no-match",
    "p-eea",
    "p-adequate",
    "p-third",
    "f-text",
    "f-path",
    "f-severity",
    "f-level",
    "f-outcome",
    "f-rule",
    "f-waived",
    "f-reset",
    "f-count",
];

/// What the page may load: nothing. What may run in it: the program's own script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
