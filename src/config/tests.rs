use super::*;
use crate::problem::{Problem, ProblemCode, Weight};
use crate::source::Sources;

/// The example of the manual.
const WHOLE: &str = r#"
[organisation]
actor = "state-operator"
role = "operator"
[classification]
assume = "personal"
keys = ["nature-donnees"]
[[classification.assign]]
match = ["infra/dmp/**", "module.patients.**", "ns:dossier-*"]
level = "health"
[tenancy]
multi-tenant = true
keys = ["etablissement"]
[[target]]
paths = ["clusters/prod/**"]
offering = "outscale/iaas-cloud-on-demand"
region = "cloudgouv-eu-west-1"
[[attestation]]
offering = "ovhcloud/hosted-private-cloud-vmware"
covers = ["vsphere_*"]
reference = "contract 2026-114"
by = "RSSI"
until = 2027-01-31
[[waiver]]
rule = "qualification/not-qualified"
match = ["azurerm_storage_account.legacy"]
reason = "derogation granted during the migration"
by = "DSI"
until = "2026-12-31"
[rules]
"residency/worldwide-service" = "off"
"identity/mfa-not-enforced" = "low"
[render]
enabled = true
timeout = 60
[[render.chart]]
paths = ["charts/portal"]
values = ["charts/portal/values-prod.yaml"]
release = "portal"
namespace = "prod"
kube-version = "1.33"
api-versions = ["monitoring.coreos.com/v1"]
[fail]
on = "medium"
undetermined = ["health"]
"#;

fn read(text: &str) -> (Config, Vec<Problem>, Sources) {
    let sources = Sources::new();
    let id = sources.add("gardefou.toml", text);
    let (config, problems) = parse(id, text);
    (config, problems, sources)
}

/// Message, text at the place, help.
fn said(text: &str) -> Vec<(String, String, Option<String>)> {
    let (_, problems, sources) = read(text);
    problems
        .into_iter()
        .map(|problem| {
            assert_eq!(
                (problem.code, problem.weight),
                (ProblemCode::Config, Weight::Error)
            );
            (
                problem.message.en.to_string(),
                sources.text(problem.place.expect("a place")),
                problem.help.map(|help| help.en.to_string()),
            )
        })
        .collect()
}

#[test]
fn the_whole_of_it_is_read_with_places() {
    let (config, problems, sources) = read(WHOLE);
    assert_eq!(problems, []);
    let actor = config.organisation.actor.as_ref().expect("an actor");
    assert_eq!(actor.value, Actor::StateOperator);
    assert_eq!(sources.text(actor.key), "actor");
    assert_eq!(sources.text(actor.place), "\"state-operator\"");
    assert_eq!(
        config.organisation.role.as_ref().map(|role| role.value),
        Some(Role::Operator)
    );
    assert_eq!(config.classification.keys[0].value, "nature-donnees");
    let subject = Subject {
        namespace: Some("dossier-x"),
        ..Subject::default()
    };
    assert_eq!(
        config.assigned(&subject).map(|entry| entry.level.value),
        Some(Level::Health)
    );
    assert_eq!(
        config.tenancy.multi_tenant.as_ref().map(|flag| flag.value),
        Some(true)
    );
    let subject = Subject {
        path: "clusters/prod/a.yaml",
        ..Subject::default()
    };
    let target = config.target_of(&subject).expect("a target");
    assert_eq!(
        sources.text(target.offering.place),
        "\"outscale/iaas-cloud-on-demand\""
    );
    assert_eq!(config.attestations[0].until.value.to_string(), "2027-01-31");
    assert_eq!(config.waivers[0].until.value.to_string(), "2026-12-31");
    assert_eq!(sources.text(config.waivers[0].place), "[[waiver]]");
    assert_eq!(
        config.severity_of("residency/worldwide-service"),
        Some(None)
    );
    assert_eq!(
        config.severity_of("identity/mfa-not-enforced"),
        Some(Some(Severity::Low))
    );
    assert_eq!(config.severity_of("identity/other"), None);
    let chart = &config.render.charts[0];
    assert_eq!(config.render.timeout.as_ref().map(|of| of.value), Some(60));
    assert_eq!(chart.values[0].value, "charts/portal/values-prod.yaml");
    assert_eq!(
        chart.kube_version.as_ref().map(|of| &*of.value),
        Some("1.33")
    );
    assert_eq!(config.fail_on(), Severity::Medium);
    assert!(
        config.fails_undetermined(Level::Health) && !config.fails_undetermined(Level::Particular)
    );
}

#[test]
fn nothing_said_means_the_defaults() {
    let (config, problems, _) = read("");
    assert_eq!(problems, []);
    assert_eq!(
        (config.assume(), config.fail_on()),
        (Level::Personal, Severity::High)
    );
    assert!(
        config.fails_undetermined(Level::Particular) && !config.fails_undetermined(Level::Personal)
    );
}

#[test]
fn rendering_names_no_program_and_takes_no_hours() {
    let found = said(
        "[render]\nhelm = \"./evil\"\ntimeout = 86400\n[[render.chart]]\nvalue = [\"a.yaml\"]\n",
    );
    assert_eq!(
        found,
        [
            (
                "`helm` is no key of [render]; it has enabled, timeout, chart".to_owned(),
                "helm".to_owned(),
                None
            ),
            (
                "`timeout` is a number of seconds from 1 to 600".to_owned(),
                "86400".to_owned(),
                None
            ),
            (
                "`value` is no key of [[render.chart]]; it has paths, values, release, namespace, kube-version, api-versions".to_owned(),
                "value".to_owned(),
                Some("did you mean `values`?".to_owned())
            ),
            (
                "[[render.chart]] needs `paths`".to_owned(),
                "[[render.chart]]".to_owned(),
                None
            ),
        ]
    );
}

#[test]
fn slips_are_drawn_where_they_stand() {
    let found = said("[organisation]\nactr = \"gip\"\n\n[fail]\non = \"hihg\"\n[organization]\n");
    let help = |text: &str| Some(format!("did you mean `{text}`?"));
    assert_eq!(
        found,
        [
            (
                "`organization` is no key of the configuration; it has organisation, classification, tenancy, target, attestation, waiver, rules, policies, fail, ignores, baseline, catalog, render, limits".to_owned(),
                "organization".to_owned(),
                help("organisation")
            ),
            (
                "`actr` is no key of [organisation]; it has actor, role, frameworks".to_owned(),
                "actr".to_owned(),
                help("actor")
            ),
            (
                "`hihg` is no severity; use one of info, low, medium, high, critical".to_owned(),
                "\"hihg\"".to_owned(),
                help("high")
            ),
        ]
    );
}

#[test]
fn what_is_missing_or_of_a_wrong_shape_is_said() {
    let found = said(
        "[[waiver]]\nrule = \"a/b\"\nmatch = [\"x\"]\nby = \"DSI\"\nuntil = 2026-02-30T10:00:00Z\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    let found =
        said("[[waiver]]\nrule = \"a/b\"\nmatch = [\"x\"]\nreason = \" \"\nuntil = \"soon\"\n");
    let messages: Vec<_> = found.iter().map(|one| one.0.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`reason` is empty",
            "`soon` is no day: expected a day such as 2026-11-30",
            "[[waiver]] needs `by`"
        ]
    );
    assert_eq!(found[2].1, "[[waiver]]");
    let found = said(
        "rules = 3\ntenancy = {multi-tenant = \"yes\", keys = \"x\"}\n[target]\n[[classification.assign]]\nmatch = [\"ns:a[\", 4]\nlevel = \"health\"\n",
    );
    let places: Vec<_> = found.iter().map(|one| one.1.as_str()).collect();
    assert_eq!(
        places,
        ["4", "\"ns:a[\"", "\"yes\"", "\"x\"", "[target]", "3"]
    );
}

#[test]
fn what_is_no_toml_is_said() {
    let found = said("[organisation\nactor = 1");
    assert_eq!(found.len(), 1);
    assert!(found[0].0.starts_with("the configuration is no TOML"));
}

#[test]
fn the_nearest_file_counts_up_to_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path().canonicalize().expect("a path");
    let write = |path: &str, text: &str| {
        let path = top.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    };
    write("gardefou.toml", "");
    write("repo/infra/prod/main.tf", "");
    let root = top.join("repo/infra/prod");
    assert_eq!(
        find(&root),
        None,
        "outside a repository what lies above does not count"
    );
    write("repo/.git/HEAD", "");
    assert_eq!(find(&root), None, "above the repository neither");
    write(
        "repo/.github/gardefou.toml",
        "[classification]\nassign = [{match = [\"infra/**\"], level = \"health\"}]\n",
    );
    let found = find(&root).expect("a configuration");
    let sources = Sources::new();
    let (config, problems) = load(&found, &root, &sources);
    assert_eq!(problems, []);
    assert_eq!(config.path.as_deref(), Some("../../.github/gardefou.toml"));
    let path = config.path_of("main.tf");
    assert_eq!(path, "infra/prod/main.tf");
    let subject = Subject {
        path: &path,
        ..Subject::default()
    };
    assert!(config.assigned(&subject).is_some());
    write("repo/infra/.gardefou.toml", "");
    assert_eq!(
        find(&root).map(|found| found.file),
        Some(top.join("repo/infra/.gardefou.toml"))
    );
    let (_, problems) = load(&Found::named(&top.join("nowhere.toml")), &root, &sources);
    assert_eq!(problems.len(), 1);
}

proptest::proptest! {
    #[test]
    fn a_changed_byte_is_read_without_a_panic(at in 0..WHOLE.len(), byte in 0u8..128) {
        let mut bytes = WHOLE.as_bytes().to_vec();
        bytes[at] = byte;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (_, problems, _) = read(&text);
        for place in problems.iter().filter_map(|problem| problem.place) {
            assert!(text.get(place.span.start as usize..place.span.end as usize).is_some());
        }
    }
}

#[test]
fn attestations_are_of_an_offering_or_of_requirements() {
    let (config, problems, _) = read(
        "[[attestation]]\nrequirements = [\"SNC-GOV-001\", \"R77\"]\nstatement = \"approved\"\nreference = \"minutes\"\nby = \"RSSI\"\nuntil = 2027-01-31\n[organisation]\nframeworks = [\"hds\"]\n",
    );
    assert_eq!(problems, []);
    assert!(config.attestations.is_empty());
    let statement = &config.statements[0];
    let ids: Vec<&str> = (statement.requirements.iter())
        .map(|id| id.value.as_str())
        .collect();
    assert_eq!(ids, ["SNC-GOV-001", "R77"]);
    let anything = Subject {
        path: "main.tf",
        address: "a.b",
        namespace: None,
    };
    assert!(statement.covers.is_empty() && statement.speaks_of(&anything, "a"));
    assert_eq!(config.organisation.frameworks[0].value, "hds");
    for (text, message) in [
        (
            "by = \"x\"",
            "[[attestation]] needs `offering`, or `requirement`",
        ),
        (
            "requirement = \"R1\"\nby = \"x\"",
            "[[attestation]] needs `reference`, `until`",
        ),
        (
            "requirement = \"R1\"\noffering = \"a/b\"",
            "an attestation is of an offering or of requirements: write two entries",
        ),
        (
            "requirement = \"R1\"\ncovers = []",
            "`covers` names nothing; without it the whole scan is meant",
        ),
        (
            "requirement = \"R1\"\nregion = \"x\"\nreference = \"x\"\nby = \"x\"\nuntil = 2027-01-31",
            "`region` is no key of [[attestation]]; it has requirement, requirements, statement, covers, reference, by, until",
        ),
    ] {
        let found = said(&format!("[[attestation]]\n{text}\n"));
        let messages: Vec<_> = found.iter().map(|one| one.0.as_str()).collect();
        assert_eq!(messages, [message]);
    }
}
