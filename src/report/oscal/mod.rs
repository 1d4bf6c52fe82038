//! Assessment results of OSCAL 1.1, as JSON: what a compliance officer loads beside the results of other assessments.
//!
//! Evidence is told apart from verdicts. Every finding is an *observation*; a violation is a *risk* as well, open or with an
//! approved deviation; every requirement gets a *finding* of OSCAL that says how it stands. OSCAL knows two states there:
//! `satisfied` is said only where there is evidence for a requirement or a person attests it, `not-satisfied` of all the
//! rest, and a property tells violated, undetermined, waived, not applicable and not checked apart.

mod controls;
mod lists;
mod model;
mod observations;
mod risks;
mod subjects;
mod text;
mod uuid;

use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use sha1::{Digest, Sha1};

use self::lists::{Elsewhere, Lists};
use self::model::{
    Actor, Assets, BackMatter, Component, Controls, Definitions, ImportAp, Inventory, Metadata,
    Origin, Party, Platform, Prop, Resource, Rlink, State, Uses,
};
use self::subjects::Subjects;
use self::text::{known, markup, paragraphs, plain, prop, starts};
use self::uuid::uuid;
use super::human::phrases::COLON;
use super::{Report, Tally};
use crate::verdict::{ExitStatus, Finding, OWN_RULES, Outcome};

/// The version of the model that is written. Later ones of its line read it.
const OSCAL: &str = "1.1.3";

/// Where the day cannot be written in OSCAL.
const NO_DAY: &str = "1970-01-01T00:00:00Z";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    assessment_results: Results<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Results<'a> {
    uuid: String,
    metadata: Metadata,
    import_ap: ImportAp,
    local_definitions: Definitions,
    results: [Outcomes<'a>; 1],
    back_matter: BackMatter,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Outcomes<'a> {
    uuid: String,
    title: String,
    description: String,
    start: &'a str,
    end: &'a str,
    props: Vec<Prop>,
    local_definitions: Inventory,
    reviewed_controls: Controls,
    observations: Elsewhere,
    #[serde(skip_serializing_if = "Option::is_none")]
    risks: Option<Elsewhere>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Elsewhere>,
    remarks: String,
}

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let page = Page::new(report);
    let mut lists = Lists::new(&page);
    // A document that says something else has another name, so it is written twice.
    let mut digest = Digesting(Sha1::new());
    lists.write(&page.around("")?, &mut digest)?;
    let digest = digest.0.finalize();
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    lists.write(&page.around(&name)?, out)?;
    out.write_all(b"\n")
}

struct Digesting(Sha1);

impl io::Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What all parts of a document refer to.
struct Page<'a> {
    report: &'a Report<'a>,
    /// The day of the scan, as an instant.
    day: String,
    subjects: Subjects<'a>,
    /// Of each finding.
    observations: Vec<String>,
    /// Of each finding that is a risk.
    risks: Vec<Option<String>>,
    /// Who speaks, where nobody else does.
    tool: [Origin; 1],
    /// Everybody else who does.
    people: BTreeMap<&'a str, [Origin; 1]>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let tool = actor("tool", uuid("tool", &[]));
        let observations = names(report);
        let risks = report.findings.iter().zip(&observations);
        Self {
            report,
            day: starts(&report.as_of().to_string()).unwrap_or_else(|| NO_DAY.to_owned()),
            subjects: Subjects::of(report),
            risks: risks
                .map(|(finding, name)| is_risk(finding).then(|| uuid("risk", &[name])))
                .collect(),
            observations,
            tool: [tool],
            people: people(report)
                .into_iter()
                .map(|name| (name, [actor("party", person(name))]))
                .collect(),
        }
    }

    /// A person, as the origin of what they say.
    fn person(&self, name: &str) -> &[Origin] {
        self.people.get(name).unwrap_or(&self.tool)
    }

    /// The document without its long lists.
    fn around(&self, name: &str) -> io::Result<String> {
        let report = self.report;
        let plan = uuid("plan", &[env!("CARGO_PKG_VERSION")]);
        let outcomes = Outcomes {
            uuid: uuid("result", &[report.base, name]),
            title: report
                .lang
                .pick(
                    "Evidence in Terraform and Kubernetes code",
                    "Preuves dans le code Terraform et Kubernetes",
                )
                .to_owned(),
            description: self.description(),
            start: &self.day,
            end: &self.day,
            props: self.props(),
            local_definitions: Inventory {
                inventory_items: (self.subjects.count() > 0).then_some(Elsewhere),
                assessment_assets: self.assets(),
            },
            reviewed_controls: controls::reviewed(report),
            observations: Elsewhere,
            risks: (self.risks.iter().any(Option::is_some)).then_some(Elsewhere),
            findings: (!report.requirements.all.is_empty()).then_some(Elsewhere),
            remarks: self.remarks(),
        };
        let document = Document {
            assessment_results: Results {
                uuid: uuid("assessment-results", &[report.base, name]),
                metadata: self.metadata(),
                import_ap: ImportAp {
                    href: format!("#{plan}"),
                    remarks: self.no_plan().to_owned(),
                },
                local_definitions: Definitions {
                    objectives_and_methods: controls::objectives(report),
                    activities: controls::activities(report),
                },
                results: [outcomes],
                back_matter: BackMatter {
                    resources: [self.plan(plan)],
                },
            },
        };
        // For programs: indentation would be half of it.
        serde_json::to_string(&document).map_err(io::Error::from)
    }

    fn metadata(&self) -> Metadata {
        let report = self.report;
        Metadata {
            title: report
                .lang
                .pick(
                    "Gardefou: assessment results",
                    "Gardefou : résultats d’évaluation",
                )
                .to_owned(),
            last_modified: self.day.clone(),
            version: plain(&report.as_of().to_string()).unwrap_or_else(|| OSCAL.to_owned()),
            oscal_version: OSCAL,
            props: tool_version().into_iter().collect(),
            parties: self
                .people
                .keys()
                .map(|name| Party {
                    uuid: person(name),
                    is: "person",
                    name: plain(name).unwrap_or_else(|| "-".to_owned()),
                })
                .collect(),
            remarks: report
                .lang
                .pick(
                    "Rules give evidence for and against requirements; they certify nothing.",
                    "Les règles donnent des preuves pour et contre des exigences ; elles ne certifient rien.",
                )
                .to_owned(),
        }
    }

    /// What was judged, and how the run ends.
    fn description(&self) -> String {
        let read = markup(&super::human::read(self.report));
        match self.report.lang {
            super::Lang::En => format!("Read: {read}"),
            super::Lang::Fr => format!("Lu : {read}"),
        }
    }

    fn props(&self) -> Vec<Prop> {
        let report = self.report;
        let tally = Tally::of(report.findings, report.bar);
        let fail_on = report.bar.fail_on.map_or("never", |one| one.as_str());
        let frameworks = report.coverage.frameworks.join(", ");
        let props = [
            prop("as-of", report.as_of().to_string()),
            prop("exit-status", report.status.code().to_string()),
            prop("fail-on", fail_on),
            prop("violations", tally.total_violations().to_string()),
            prop("undetermined", tally.undetermined.to_string()),
            prop("waived", tally.waived.to_string()),
            prop("failing", tally.failing.to_string()),
            prop("config", report.config.unwrap_or_default()),
            prop("frameworks", frameworks),
            report
                .scope
                .and_then(|one| prop("scope", one.kind.as_str())),
            report
                .scope
                .and_then(|one| prop("left-out", one.left_out.to_string())),
            report
                .scope
                .and_then(|one| prop("left-out-failing", one.left_out_failing.to_string())),
            report
                .baseline
                .and_then(|one| prop("baseline-known", one.known.to_string())),
            report
                .baseline
                .and_then(|one| prop("baseline-new", one.new.to_string())),
        ];
        props.into_iter().flatten().collect()
    }

    /// What a reader of the numbers must know.
    fn remarks(&self) -> String {
        let lang = self.report.lang;
        let states = lang.pick(
            "`satisfied` is said of requirements with evidence for them and none against them or open, and of those that a person \
             attests; `not-satisfied` of all others, also of those that nobody checked or that do not apply. The property \
             `standing` tells them apart.",
            "`satisfied` se dit des exigences étayées par des preuves, sans preuve contre elles ni question en suspens, et de \
             celles qu’une personne atteste ; `not-satisfied` de toutes les autres, y compris celles que personne n’a vérifiées \
             ou qui sont sans objet. La propriété `standing` les distingue.",
        );
        let all = std::iter::once(states.to_owned());
        let colon = lang.say(COLON);
        let terms = super::human::terms(self.report).into_iter();
        let terms = terms.map(|(name, words)| format!("{name}{colon} {}", markup(&words)));
        paragraphs(all.chain(terms).chain(self.gaps())).unwrap_or_default()
    }

    /// What was not read may hold evidence that no requirement knows of.
    fn gaps(&self) -> Option<String> {
        let text = self.report.lang.pick(
            "Not everything could be judged: what was not may be evidence against any of them.",
            "Tout n’a pas pu être jugé : ce qui manque peut être une preuve contre chacune d’elles.",
        );
        let incomplete = self.report.status == ExitStatus::Incomplete;
        incomplete.then(|| text.to_owned())
    }

    fn no_plan(&self) -> &'static str {
        self.report.lang.pick(
            "No assessment plan was written: the rules that were asked are the plan.",
            "Aucun plan d’évaluation n’a été rédigé : les règles posées sont le plan.",
        )
    }

    fn plan(&self, name: String) -> Resource {
        Resource {
            uuid: name,
            title: self
                .report
                .lang
                .pick("Rules of Gardefou", "Règles de Gardefou")
                .to_owned(),
            description: self.no_plan().to_owned(),
            props: tool_version().into_iter().collect(),
            rlinks: [Rlink {
                href: env!("CARGO_PKG_REPOSITORY"),
            }],
        }
    }

    fn assets(&self) -> Assets {
        let tool = uuid("tool", &[]);
        Assets {
            components: vec![Component {
                uuid: tool.clone(),
                is: "software",
                title: "Gardefou",
                description: self
                    .report
                    .lang
                    .pick(
                        "Judges Terraform and Kubernetes code by rules about where data is, who operates it and with which key it is encrypted.",
                        "Juge le code Terraform et Kubernetes selon des règles sur le lieu des données, leur opérateur et la clé qui les chiffre.",
                    )
                    .to_owned(),
                props: known("version", env!("CARGO_PKG_VERSION")).into_iter().collect(),
                status: State {
                    state: "operational",
                },
            }],
            assessment_platforms: vec![Platform {
                uuid: uuid("platform", &[]),
                title: "gardefou scan",
                uses_components: vec![Uses {
                    component_uuid: tool,
                }],
            }],
        }
    }
}

fn tool_version() -> Option<Prop> {
    prop("gardefou-version", env!("CARGO_PKG_VERSION"))
}

fn actor(is: &'static str, name: String) -> Origin {
    Origin {
        actors: [Actor {
            is,
            actor_uuid: name,
        }],
    }
}

/// Everybody who attests or accepts something.
fn people<'a>(report: &Report<'a>) -> BTreeSet<&'a str> {
    let findings = report.findings.iter();
    let accept = findings.filter_map(|one| one.waived.as_ref()?.by.as_deref());
    let requirements = report.requirements.all.iter();
    let attest = requirements.filter_map(|one| Some(one.attestation.as_ref()?.by.as_str()));
    accept.chain(attest).collect()
}

fn person(name: &str) -> String {
    uuid("person", &[name])
}

/// The name of the observation of each finding. Fingerprints are unique in a scan; should two agree, they are counted.
fn names(report: &Report<'_>) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let findings = report.findings.iter();
    findings
        .map(|finding| {
            let again = seen.entry(&finding.fingerprint).or_default();
            *again += 1;
            let nth = if *again == 1 {
                String::new()
            } else {
                again.to_string()
            };
            uuid("observation", &[report.base, &finding.fingerprint, &nth])
        })
        .collect()
}

/// Violations are risks. What could not be decided is none yet, and a finding about settings endangers nothing.
fn is_risk(finding: &Finding) -> bool {
    finding.outcome == Outcome::Violation && !is_own(finding)
}

/// Of a rule about settings.
fn is_own(finding: &Finding) -> bool {
    OWN_RULES.iter().any(|rule| rule.id == &*finding.rule)
}
