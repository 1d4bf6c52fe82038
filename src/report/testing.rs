//! A small scan for the tests of the formats.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Lang, Report};
use crate::config::words::{Level, Severity};
use crate::config::{Config, Date};
use crate::discover::{Kind, State};
use crate::facts::{Evidence, EvidenceAt, Facts, Settings, Text};
use crate::graph::Graph;
use crate::kubernetes::{PackageKind, RenderOutcome, Rendering};
use crate::problem::{Problem, ProblemCode};
use crate::source::{Place, SourceId, Sources};
use crate::verdict::testing::{finding, span_of};
use crate::verdict::{
    AcceptedBy, AttestedBy, Bar, BaselineUse, Counts, Coverage, ExitStatus, FactCount, FileCount,
    Finding, FrameworkStanding, LevelCount, Outcome, PackageCount, Pointed, Related,
    RequirementStanding, Requirements, RuleCount, Scope, ScopeKind, Standing, Waived,
};

const MAIN: &str = "provider \"aws\" {\n  region = var.region\n}\n\nresource \"aws_s3_bucket\" \"notes\" {\n  bucket = \"notes\u{202e}\"\n}\n\nresource \"aws_s3_bucket\" \"scans\" {\n  bucket = \"scans\"\n  region = \"eu-west-2\"\n}\n";
const VARS: &str = "# where\nregion = \"eu-west-2\"\n";

/// The parts of a report, owned.
pub(super) struct Sample {
    pub(super) sources: Sources,
    pub(super) findings: Vec<Finding>,
    pub(super) requirements: Requirements,
    pub(super) problems: Vec<Problem>,
    pub(super) coverage: Coverage,
    pub(super) bar: Bar,
    pub(super) graph: Graph,
    pub(super) facts: Facts,
    pub(super) settings: Settings,
    pub(super) scope: Option<Scope>,
    pub(super) baseline: Option<BaselineUse>,
}

impl Sample {
    /// Two buckets in London, one with a waiver, an open question, and one of each problem.
    pub(super) fn new() -> Self {
        let sources = Sources::new();
        let main = sources.add("main.tf", MAIN);
        let vars = sources.add("terraform.tfvars", VARS);
        let at = |text: &str| Place::new(main, span_of(MAIN, text));
        let evidence = |label: &'static str, place| Evidence {
            label: Text::new(label, ""),
            at: EvidenceAt::Place(place),
        };
        let country = || Evidence {
            label: Text::new("London, GB", "Londres, GB"),
            at: EvidenceAt::Catalogue {
                entry: "regions/aws eu-west-2".into(),
                source: "https://docs.aws.example/regions".into(),
            },
        };
        let outside = |address: &str, place| {
            let mut finding = finding("residency/outside-area", address, Severity::Critical);
            finding.title = Text::new(
                "Data sits where its level allows",
                "Les données sont où leur niveau le permet",
            );
            finding.message = Text::new(
                format!("{address} holds health data in eu-west-2 (GB), outside the EEA"),
                format!("{address} détient des données de santé en eu-west-2 (GB), hors de l’EEE"),
            );
            finding.help = Text::new(
                "Choose a region in the European Economic Area.",
                "Choisissez une région de l’Espace économique européen.",
            );
            finding.level = Some(Level::Health);
            finding.requirements = vec!["GDPR-44".into(), "HDS-SOV-01".into()];
            finding.place = place;
            finding
        };
        let mut notes = outside(
            "aws_s3_bucket.notes",
            at("resource \"aws_s3_bucket\" \"notes\""),
        );
        notes.evidence = vec![
            evidence("region of the provider", at("var.region")),
            evidence(
                "value of var.region",
                Place::new(vars, span_of(VARS, "\"eu-west-2\"")),
            ),
            country(),
        ];
        let mut scans = outside("aws_s3_bucket.scans", at("\"eu-west-2\""));
        scans.pointed = Pointed::Attribute;
        scans.attribute = Some("region".into());
        scans.evidence = vec![
            evidence("region of the bucket", at("\"eu-west-2\"")),
            country(),
        ];
        let mut shared = finding(
            "encryption/key-shared-between-tenants",
            "aws_s3_bucket.scans",
            Severity::High,
        );
        shared.message = Text::new(
            "it cannot be told whether the key of aws_s3_bucket.scans serves one tenant",
            "",
        );
        shared.outcome = Outcome::Undetermined(Text::new(
            "var.kms_key has no value",
            "var.kms_key n’a pas de valeur",
        ));
        shared.level = Some(Level::Health);
        shared.place = at("resource \"aws_s3_bucket\" \"scans\"");
        shared.attribute = Some("kms_key_id".into());
        shared.related = vec![Related {
            address: Arc::from("aws_s3_bucket.notes"),
            place: notes.place,
        }];
        let mut waived = finding(
            "classification/unclassified",
            "aws_s3_bucket.notes",
            Severity::Medium,
        );
        waived.place = notes.place;
        waived.waived = Some(Waived {
            kind: AcceptedBy::Config,
            reason: "labels arrive with the next release".into(),
            by: Some("DSI".into()),
            until: Some("2027-01-31".into()),
            place: None,
        });
        let findings = vec![waived, notes, shared, scans];
        let problems = vec![
            Problem::error(
                ProblemCode::Syntax,
                Text::new("a block is not closed", "un bloc n’est pas fermé"),
            )
            .at(at("provider \"aws\" {"))
            .help(Text::new("add `}`", "ajoutez `}`")),
            Problem::warning(
                ProblemCode::NotRendered,
                Text::new("the chart `web` was not rendered", "chart `web` sans rendu"),
            )
            .in_file("web/Chart.yaml"),
        ];
        Self {
            sources,
            requirements: requirements(main),
            findings,
            problems,
            coverage: coverage(),
            bar: Bar::default(),
            graph: Graph::default(),
            facts: Facts::default(),
            settings: Settings {
                actor: None,
                as_of: "2026-11-21".parse().expect("a day"),
                assume: Level::Internal,
                config: Config::default(),
            },
            scope: None,
            baseline: None,
        }
    }

    /// The same estate in a pull request, with a baseline that knows the bucket of scans, and the open question in a less
    /// grave form.
    pub(super) fn in_part() -> Self {
        let mut sample = Self::new();
        let mut met = BTreeSet::new();
        for (at, finding) in sample.findings.iter_mut().enumerate() {
            finding.fingerprint = format!("{at:016x}");
            let is_known = finding.attribute.as_deref() == Some("region");
            if is_known {
                finding.waived = Some(Waived {
                    kind: AcceptedBy::Baseline,
                    reason: "before we began".into(),
                    by: Some("DSI".into()),
                    until: Some("2027-03-31".into()),
                    place: None,
                });
            }
            if is_known || finding.outcome != Outcome::Violation {
                met.insert(finding.fingerprint.clone());
            }
        }
        sample.baseline = Some(BaselineUse {
            path: "gardefou.baseline.json".into(),
            known: 1,
            by_severity: vec![(Severity::Critical, 1), (Severity::High, 0)],
            new: 2,
            graver: 1,
            fixed: Vec::new(),
            not_looked_at: 3,
            expired: false,
            reason: "before we began".into(),
            by: Some("DSI".into()),
            until: "2027-03-31".parse().ok(),
            met,
        });
        sample.scope = Some(Scope {
            kind: ScopeKind::Since {
                reference: "origin/main".into(),
                commit: "0123456789abcdef0123456789abcdef01234567".into(),
            },
            files: 2,
            outside: 1,
            everything: None,
            new_elsewhere: 0,
            left_out: 12,
            left_out_failing: 4,
        });
        sample
    }

    /// The report, in English.
    pub(super) fn report(&self, status: ExitStatus) -> Report<'_> {
        Report {
            sources: &self.sources,
            findings: &self.findings,
            baseline: self.baseline.as_ref(),
            requirements: &self.requirements,
            problems: &self.problems,
            coverage: &self.coverage,
            config: Some("gardefou.toml"),
            bar: &self.bar,
            status,
            lang: Lang::En,
            rules: &[],
            graph: &self.graph,
            facts: &self.facts,
            settings: &self.settings,
            catalog: crate::catalog::Catalog::get(),
            scope: self.scope.as_ref(),
            base: "",
            category: None,
        }
    }
}

/// One of each framework that stands otherwise.
fn requirements(source: SourceId) -> Requirements {
    let one = |id: &str, framework: &str, standing| RequirementStanding {
        id: id.into(),
        number: "R00".into(),
        framework: framework.into(),
        serves: vec![framework.into()],
        title: Text::new(format!("Title of {id}"), format!("Titre de {id}")),
        standing,
        reason: None,
        rules: Vec::new(),
        counts: Counts::default(),
        findings: Vec::new(),
        attestation: None,
    };
    let mut violated = one("HDS-LOC-001", "hds", Standing::Violated);
    violated.rules = vec!["residency/outside-area".into()];
    violated.findings = vec![1, 3];
    violated.counts.violations = 2;
    let mut attested = one("HDS-LOC-002", "hds", Standing::Attested);
    attested.attestation = Some(AttestedBy {
        by: "RSSI".into(),
        reference: "contract 2026-114".into(),
        statement: Some("access from France alone".into()),
        until: Date::LAST,
        ended: false,
        place: Place::new(source, span_of(MAIN, "var.region")),
    });
    let mut unchecked = one("SNC-GOV-001", "secnumcloud", Standing::NotChecked);
    unchecked.reason = Some(Text::new(
        "a document of the organisation: attest it",
        "un document de l’organisation : à attester",
    ));
    let mut met = one("SNC-CRY-001", "secnumcloud", Standing::Met);
    met.counts.passed = 3;
    let group = |id: &str, name: &str, requirements| FrameworkStanding {
        id: id.into(),
        name: Text::new(name.to_owned(), name.to_owned()),
        requirements,
    };
    Requirements {
        all: vec![violated, attested, unchecked, met],
        frameworks: vec![
            group("secnumcloud", "SecNumCloud 3.2", vec![2, 3]),
            group("hds", "HDS", vec![0, 1]),
        ],
        limited: false,
    }
}

fn coverage() -> Coverage {
    let mut coverage = Coverage {
        files: vec![
            FileCount {
                kind: Kind::Terraform,
                state: State::Read,
                files: 1,
            },
            FileCount {
                kind: Kind::TerraformVariables,
                state: State::Read,
                files: 1,
            },
            FileCount {
                kind: Kind::HelmChart,
                state: State::Read,
                files: 1,
            },
        ],
        facts: vec![
            FactCount {
                fact: "location",
                known: 2,
                unknown: 0,
            },
            FactCount {
                fact: "encryption",
                known: 1,
                unknown: 1,
            },
        ],
        levels: vec![LevelCount {
            level: Level::Health,
            resources: 2,
            assumed: 0,
        }],
        rules: vec![RuleCount {
            rule: "residency/outside-area".into(),
            passed: 0,
            violations: 2,
            undetermined: 0,
            not_applicable: 0,
        }],
        packages: vec![PackageCount {
            kind: PackageKind::Chart,
            found: 2,
            rendered: 1,
            failed: 0,
            not_rendered: 1,
            parts: 0,
            objects: 4,
        }],
        renderings: vec![Rendering {
            kind: PackageKind::Chart,
            folder: "portal".into(),
            outcome: RenderOutcome::Rendered,
            release: Some("portal".into()),
            by: None,
            namespace: None,
            values: vec!["portal/values-prod.yaml".into()],
            objects: 4,
            empty: vec!["portal/templates/backup.yaml".into()],
        }],
        ..Coverage::default()
    };
    coverage.resources.total = 3;
    coverage.resources.terraform = 3;
    coverage.resources.catalogued = 2;
    coverage.resources.unknown_kinds = vec![("acme_thing".into(), 1)];
    coverage
}
