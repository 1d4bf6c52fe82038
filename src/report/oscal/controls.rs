//! Requirements as controls: which were looked at, what each asks, and how it stands.

use super::model::{
    Activity, All, ById, Controls, Objective, ObservationRef, Part, Prop, RiskRef, Said, Selection,
    State, Status, Target,
};
use super::observations::attestation_name;
use super::text::{known, markup, paragraphs, prop, token};
use super::uuid::uuid;
use super::{Page, Report};
use crate::report::Lang;
use crate::verdict::{RequirementStanding, Standing};

/// The objective of a requirement: what a finding of OSCAL speaks of.
fn objective_id(id: &str) -> String {
    format!("{}_obj", token(id))
}

fn by_id(id: &str) -> ById {
    ById {
        control_id: token(id).into_owned(),
    }
}

/// All requirements of the frameworks that the scan is about, also those that nothing looked at: each of them gets a finding.
pub(super) fn reviewed(report: &Report<'_>) -> Controls {
    let table = report.requirements;
    let frameworks = table.frameworks.iter();
    let mut selections: Vec<Selection> = frameworks
        .map(|framework| {
            let members = framework.requirements.iter();
            Selection {
                description: Some(markup(report.lang.of(&framework.name))),
                props: prop("framework", &framework.id).into_iter().collect(),
                include_all: None,
                include_controls: members
                    .filter_map(|at| table.all.get(*at))
                    .map(|one| by_id(&one.id))
                    .collect(),
            }
        })
        .collect();
    if selections.is_empty() {
        // Nothing was asked, and OSCAL wants a selection.
        selections.push(Selection {
            description: None,
            props: Vec::new(),
            include_all: Some(All {}),
            include_controls: Vec::new(),
        });
    }
    Controls {
        control_selections: selections,
    }
}

/// What each requirement asks, since no catalogue of controls is at hand that says it.
pub(super) fn objectives(report: &Report<'_>) -> Vec<Objective> {
    let all = report.requirements.all.iter();
    all.map(|one| objective(one, report)).collect()
}

fn objective(one: &RequirementStanding, report: &Report<'_>) -> Objective {
    let title = markup(report.lang.of(&one.title));
    let method = format!("{}_test", token(&one.id));
    let props = [
        prop("number", &one.number),
        prop("framework", &one.framework),
        prop("serves", one.serves.join(", ")),
    ];
    let references = report.catalog.requirement(&one.id);
    let references = references.map(|known| known.references.join("; "));
    let asked = match one.rules.is_empty() {
        true => report
            .lang
            .pick("No rule was asked.", "Aucune règle n’a été posée.")
            .to_owned(),
        false => {
            let said = report.lang.pick("Rules:", "Règles :");
            format!("{said} {}", markup(&one.rules.join(", ")))
        }
    };
    Objective {
        control_id: token(&one.id).into_owned(),
        description: title.clone(),
        props: props.into_iter().flatten().collect(),
        parts: vec![
            Part {
                id: Some(objective_id(&one.id)),
                name: "assessment-objective",
                props: known("method-id", &method).into_iter().collect(),
                prose: Some(title),
                parts: Vec::new(),
            },
            Part {
                id: Some(method),
                name: "assessment-method",
                props: known("method", "TEST").into_iter().collect(),
                prose: None,
                parts: vec![Part {
                    id: None,
                    name: "assessment-objects",
                    props: Vec::new(),
                    prose: Some(asked),
                    parts: Vec::new(),
                }],
            },
        ],
        remarks: references
            .filter(|text| !text.is_empty())
            .map(|text| markup(&text)),
    }
}

/// The rules that were asked.
pub(super) fn activities(report: &Report<'_>) -> Vec<Activity> {
    let listed = |id: &&String| report.requirements.all.iter().any(|one| one.id == **id);
    let rules = report.rules.iter();
    rules
        .map(|rule| {
            let requirements: Vec<ById> = rule
                .requirements
                .iter()
                .filter(listed)
                .map(|id| by_id(id))
                .collect();
            let related = (!requirements.is_empty()).then(|| Controls {
                control_selections: vec![Selection {
                    description: None,
                    props: Vec::new(),
                    include_all: None,
                    include_controls: requirements,
                }],
            });
            let props = [known("method", "TEST"), prop("rule", &rule.id)];
            Activity {
                uuid: uuid("rule", &[&rule.policy, &rule.id]),
                title: markup(&rule.id),
                description: markup(report.lang.of(&rule.title)),
                props: props.into_iter().flatten().collect(),
                related_controls: related,
            }
        })
        .collect()
}

/// How one requirement stands.
pub(super) fn said<'p>(page: &'p Page<'_>, at: usize) -> impl Iterator<Item = Said<'p>> {
    let one = page.report.requirements.all.get(at).into_iter();
    one.map(|one| said_of(page, one))
}

fn said_of<'p>(page: &'p Page<'_>, one: &RequirementStanding) -> Said<'p> {
    let report = page.report;
    let lang = report.lang;
    let title = markup(&format!("{} {}", one.id, lang.of(&one.title)));
    let findings = one.findings.iter();
    let mut observations: Vec<ObservationRef> = findings
        .clone()
        .filter_map(|at| page.observations.get(*at))
        .map(|name| ObservationRef {
            observation_uuid: name.clone(),
        })
        .collect();
    observations.extend(one.attestation.as_ref().map(|by| ObservationRef {
        observation_uuid: attestation_name(by, report),
    }));
    let risks = findings.filter_map(|at| page.risks.get(*at)?.as_ref());
    let reason = one.reason.as_ref().map(|why| markup(lang.of(why)));
    // Evidence for it is evidence as far as was read.
    let gaps = page.gaps().filter(|_| one.standing == Standing::Met);
    Said {
        uuid: uuid("requirement", &[report.base, &one.id]),
        description: capital(lang.standing_means(one.standing)),
        props: props(one),
        origins: &page.tool,
        target: Target {
            is: "objective-id",
            target_id: objective_id(&one.id),
            title: title.clone(),
            status: status(one, lang),
            implementation_status: (one.standing == Standing::NotApplicable).then_some(State {
                state: "not-applicable",
            }),
        },
        related_observations: observations,
        related_risks: risks
            .map(|name| RiskRef {
                risk_uuid: name.clone(),
            })
            .collect(),
        remarks: paragraphs(reason.into_iter().chain(gaps)),
        title,
    }
}

fn props(one: &RequirementStanding) -> Vec<Prop> {
    let counts = one.counts;
    let props = [
        prop("standing", one.standing.as_str()),
        prop("number", &one.number),
        prop("framework", &one.framework),
        prop("resources-for", counts.passed.to_string()),
        prop("violations", counts.violations.to_string()),
        prop("undetermined", counts.undetermined.to_string()),
        prop("waived", counts.waived.to_string()),
    ];
    props.into_iter().flatten().collect()
}

/// OSCAL knows two states. What nobody gave evidence for is not satisfied, whatever the reason: a gap must never be counted
/// as a pass. Only evidence of a test passes; a person's word is `other`.
fn status(one: &RequirementStanding, lang: Lang) -> Status {
    let (state, reason) = match one.standing {
        Standing::Met => ("satisfied", "pass"),
        Standing::Attested => ("satisfied", "other"),
        Standing::Violated => ("not-satisfied", "fail"),
        Standing::Undetermined
        | Standing::Waived
        | Standing::NotApplicable
        | Standing::NotChecked => ("not-satisfied", "other"),
    };
    Status {
        state,
        reason,
        remarks: capital(lang.standing(one.standing)),
    }
}

/// A phrase as a sentence's start.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
