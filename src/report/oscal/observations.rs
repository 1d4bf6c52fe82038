//! What was observed: findings, attestations, what could not be read, and what was seen at all.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Page;
use super::model::{Observation, Prop, Shown};
use super::text::{address, ends, href, markup, paragraphs, path_href, prop, token};
use super::uuid::uuid;
use crate::facts::{Evidence, EvidenceAt};
use crate::problem::{Problem, Weight};
use crate::report::human::{self, Look};
use crate::report::{Lang, Report};
use crate::source::Place;
use crate::verdict::{AttestedBy, Finding, Pointed, RequirementStanding, Waived};

/// Nobody looked but this program.
const BY_TEST: &str = "TEST-AUTOMATED";
/// A person says so.
const BY_WORD: &str = "ATTESTATION";

/// The observations of some findings.
pub(super) fn findings<'p>(
    page: &'p Page<'_>,
    some: &Range<usize>,
) -> impl Iterator<Item = Observation<'p>> {
    let findings = page.report.findings.get(some.clone()).into_iter().flatten();
    let names = page.observations.get(some.clone()).into_iter().flatten();
    let both = findings.zip(names);
    both.map(|(one, name)| finding(page, one, name))
}

/// All others: attestations, problems, and what was seen.
pub(super) fn rest<'p>(page: &'p Page<'_>) -> impl Iterator<Item = Observation<'p>> {
    attestations(page)
        .chain(problems(page))
        .chain(std::iter::once(coverage(page)))
}

fn finding<'p>(page: &'p Page<'_>, finding: &'p Finding, name: &str) -> Observation<'p> {
    let report = page.report;
    let lang = report.lang;
    // The chain may hold the place that the finding points at, with better words.
    let points = |one: &Evidence| matches!(one.at, EvidenceAt::Place(at) if at == finding.place);
    let mut shown = Vec::new();
    if !finding.evidence.iter().any(points) {
        shown.push(proof(finding, report));
    }
    shown.extend(finding.evidence.iter().map(|one| piece(one, report)));
    shown.extend(finding.related.iter().map(|one| {
        let said = lang.pick("speaks of", "à propos de");
        place(
            one.place,
            format!("{said} {}", markup(&one.address)),
            report,
        )
    }));
    let reason = finding.outcome.reason().map(|reason| {
        let said = lang.pick("Undetermined:", "Indéterminé :");
        format!("{said} {}", markup(lang.of(reason)))
    });
    let accepted = finding.waived.as_ref().map(|one| accepted(one, lang));
    Observation {
        uuid: name.to_owned(),
        title: markup(lang.of(&finding.title)),
        description: markup(lang.of(&finding.message)),
        props: props(finding),
        methods: [BY_TEST],
        types: ["finding"],
        origins: &page.tool,
        subjects: page.subjects.named(finding),
        relevant_evidence: shown,
        collected: &page.day,
        expires: None,
        remarks: paragraphs(reason.into_iter().chain(accepted)),
    }
}

fn props(finding: &Finding) -> Vec<Prop> {
    let props = [
        prop("rule", &finding.rule),
        prop("outcome", finding.outcome.as_str()),
        prop("severity", finding.severity.as_str()),
        finding
            .level
            .and_then(|level| prop("level", level.as_str())),
        finding
            .attribute
            .as_ref()
            .and_then(|path| prop("attribute", path)),
        prop("fingerprint", &finding.fingerprint),
        finding
            .waived
            .as_ref()
            .and_then(|waived| prop("accepted-by", waived.kind.as_str())),
    ];
    let requirements = finding.requirements.iter();
    props
        .into_iter()
        .flatten()
        .chain(requirements.filter_map(|id| prop("requirement", id)))
        .collect()
}

fn accepted(waived: &Waived, lang: Lang) -> String {
    let mut text = lang.pick("Accepted:", "Accepté :").to_owned();
    text += &format!(" {}", markup(&waived.reason));
    if let Some(by) = &waived.by {
        text += &format!(", {} {}", lang.pick("by", "par"), markup(by));
    }
    if let Some(until) = &waived.until {
        text += &format!(", {} {}", lang.pick("until", "jusqu’au"), markup(until));
    }
    text
}

/// The place that the finding points at.
fn proof(finding: &Finding, report: &Report<'_>) -> Shown {
    let lang = report.lang;
    let attribute = finding.attribute.as_deref().map(markup);
    let text = match (finding.pointed, attribute) {
        (Pointed::Attribute, Some(path)) => match lang {
            Lang::En => format!("the value of {path}"),
            Lang::Fr => format!("la valeur de {path}"),
        },
        (Pointed::Ancestor | Pointed::Header, Some(path)) => {
            let not_set = lang.pick("is not set here", "n’est pas renseigné ici");
            format!("{path} {not_set}")
        }
        (Pointed::Setting, _) => lang.pick("the setting", "le réglage").to_owned(),
        _ => lang
            .pick(
                "the line that declares the resource",
                "la ligne qui déclare la ressource",
            )
            .to_owned(),
    };
    place(finding.place, text, report)
}

/// A link of the chain of evidence.
fn piece(piece: &Evidence, report: &Report<'_>) -> Shown {
    let label = markup(report.lang.of(&piece.label));
    match &piece.at {
        EvidenceAt::Place(at) => place(*at, label, report),
        EvidenceAt::Catalogue { entry, source } => Shown {
            href: address(source),
            description: label,
            props: [prop("catalogue", &**entry), prop("source", &**source)]
                .into_iter()
                .flatten()
                .collect(),
        },
        EvidenceAt::Setting => Shown {
            href: None,
            description: label,
            props: Vec::new(),
        },
    }
}

fn place(at: Place, description: String, report: &Report<'_>) -> Shown {
    let source = report.sources.get(at.source);
    let start = source.position(at.span.start);
    let rendered = source.is_rendered();
    let props = [
        rendered.then(|| prop("rendered", source.path())).flatten(),
        prop("line", start.line.to_string()),
        prop("column", start.column.to_string()),
    ];
    Shown {
        href: href(at, report),
        description,
        props: props.into_iter().flatten().collect(),
    }
}

/// The name of an attestation: of the entry that says it.
pub(super) fn attestation_name(one: &AttestedBy, report: &Report<'_>) -> String {
    let source = report.sources.get(one.place.source);
    let at = one.place.span.start.to_string();
    let parts = [report.base, source.path(), &at, &one.by, &one.reference];
    uuid("attestation", &parts)
}

/// One for each entry of the configuration, however many requirements it speaks of.
fn attestations<'p>(page: &'p Page<'_>) -> impl Iterator<Item = Observation<'p>> {
    let mut entries: Vec<(&AttestedBy, Vec<&RequirementStanding>)> = Vec::new();
    for one in &page.report.requirements.all {
        let Some(by) = &one.attestation else {
            continue;
        };
        let same = |(other, _): &&mut (&AttestedBy, _)| other.place == by.place;
        match entries.iter_mut().find(same) {
            Some((_, of)) => of.push(one),
            None => entries.push((by, vec![one])),
        }
    }
    entries
        .into_iter()
        .map(move |(by, of)| attestation(page, by, &of))
}

fn attestation<'p>(
    page: &'p Page<'_>,
    by: &AttestedBy,
    of: &[&RequirementStanding],
) -> Observation<'p> {
    let report = page.report;
    let lang = report.lang;
    let until = by.until.to_string();
    let said = by.statement.as_deref().unwrap_or(&by.reference);
    let ended = by.ended.then(|| {
        lang.pick(
            "Its last day is over: it counts no more.",
            "Son dernier jour est passé : elle ne compte plus.",
        )
        .to_owned()
    });
    let props = [
        prop("by", &by.by),
        prop("reference", &by.reference),
        prop("until", &until),
        prop("ended", if by.ended { "yes" } else { "no" }),
    ];
    let ids = of.iter().map(|one| token(&one.id).into_owned());
    Observation {
        uuid: attestation_name(by, report),
        title: match lang {
            Lang::En => format!("Attested by {}", markup(&by.by)),
            Lang::Fr => format!("Attesté par {}", markup(&by.by)),
        },
        description: markup(said),
        props: props
            .into_iter()
            .flatten()
            .chain(ids.filter_map(|id| prop("attests", id)))
            .collect(),
        methods: [BY_WORD],
        types: ["control-objective"],
        origins: page.person(&by.by),
        subjects: Vec::new(),
        relevant_evidence: vec![place(by.place, markup(&by.reference), report)],
        collected: &page.day,
        expires: ends(&until),
        remarks: ended,
    }
}

fn problems<'p>(page: &'p Page<'_>) -> impl Iterator<Item = Observation<'p>> {
    // Two problems may say the same of one place.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    page.report.problems.iter().map(move |one| {
        let at = one.place.map(|at| {
            let source = page.report.sources.get(at.source);
            format!("{}:{}", source.path(), at.span.start)
        });
        let at = at.or_else(|| one.path.clone()).unwrap_or_default();
        let parts = [page.report.base, one.code.as_str(), &at, &one.message.en];
        let name = uuid("problem", &parts);
        let again = seen.entry(name.clone()).or_default();
        *again += 1;
        let name = match again {
            1 => name,
            again => uuid("problem", &[&name, &again.to_string()]),
        };
        problem(page, one, name)
    })
}

fn problem<'p>(page: &'p Page<'_>, problem: &Problem, name: String) -> Observation<'p> {
    let report = page.report;
    let lang = report.lang;
    let what = lang.pick("where", "où");
    let said = match problem.weight {
        Weight::Error => lang.pick("Not judged:", "Non jugé :"),
        Weight::Warning => lang.pick("Warning:", "Avertissement :"),
    };
    let mut shown: Vec<Shown> = Vec::new();
    match (problem.place, &problem.path) {
        (Some(at), _) => shown.push(place(at, what.to_owned(), report)),
        (None, Some(path)) => shown.push(Shown {
            href: (!path.starts_with('<')).then(|| path_href(path, report)),
            description: what.to_owned(),
            props: prop("path", report.repository_path(path))
                .into_iter()
                .collect(),
        }),
        (None, None) => {}
    }
    let related = problem.related.iter();
    shown.extend(related.map(|(at, label)| place(*at, markup(lang.of(label)), report)));
    let props = [
        prop("problem", problem.code.as_str()),
        prop("weight", problem.weight.as_str()),
    ];
    Observation {
        uuid: name,
        title: format!("{said} {}", problem.code.as_str()),
        description: markup(lang.of(&problem.message)),
        props: props.into_iter().flatten().collect(),
        methods: [BY_TEST],
        types: ["discovery"],
        origins: &page.tool,
        subjects: Vec::new(),
        relevant_evidence: shown,
        collected: &page.day,
        expires: None,
        remarks: problem.help.as_deref().map(|help| markup(lang.of(help))),
    }
}

/// What was seen, and what a pass does not cover.
fn coverage<'p>(page: &'p Page<'_>) -> Observation<'p> {
    let report = page.report;
    let lang = report.lang;
    let resources = &report.coverage.resources;
    let unseen = human::not_seen(report, &Look::default());
    let unseen = unseen.iter().map(|line| {
        let said = lang.pick("Not seen:", "Non vu :");
        format!("{said} {}", markup(line))
    });
    let facts = report.coverage.catalogues.iter();
    let facts = facts.map(|folder| {
        let said = lang.pick("Facts:", "Faits :");
        format!("{said} {}", markup(&human::catalogue(folder, lang)))
    });
    let registry = report.coverage.registry.map(|day| day.to_string());
    let props = [
        prop("resources", resources.total.to_string()),
        prop("resources-catalogued", resources.catalogued.to_string()),
        prop("rules", report.coverage.rules.len().to_string()),
        registry.and_then(|day| prop("registry-of", day)),
    ];
    Observation {
        uuid: uuid("coverage", &[report.base]),
        title: lang
            .pick(
                "What was seen, and what was not",
                "Ce qui a été vu, et ce qui ne l’a pas été",
            )
            .to_owned(),
        description: markup(&human::read(report)),
        props: props.into_iter().flatten().collect(),
        methods: [BY_TEST],
        types: ["discovery"],
        origins: &page.tool,
        subjects: Vec::new(),
        relevant_evidence: Vec::new(),
        collected: &page.day,
        expires: None,
        remarks: paragraphs(unseen.chain(facts)),
    }
}
