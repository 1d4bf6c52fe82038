use gardefou_sdk::testing::{Estate, Item, certain, gap, unqualified};
use gardefou_sdk::{Actor, LocationFact};

use super::*;

fn exposed(provider: &str) -> Hosting {
    Hosting {
        exposure: Exposure::Exposed,
        exposed_to: vec![
            "US CLOUD Act".to_owned(),
            "FISA 702".to_owned(),
            "x".to_owned(),
        ],
        eu_controlled: Answer3::No,
        ..unqualified(provider)
    }
}

fn european(provider: &str) -> Hosting {
    Hosting {
        exposure: Exposure::None,
        eu_controlled: Answer3::Yes,
        ..unqualified(provider)
    }
}

fn on(flow: Flow, name: &str, hosting: HostingFact) -> Dependency {
    Dependency {
        flow,
        name: name.to_owned(),
        hosting,
        location: LocationFact::Absent,
        path: "spec.image".to_owned(),
        target: None,
        evidence: vec![1],
    }
}

fn known(flow: Flow, name: &str, hosting: Hosting) -> Dependency {
    on(flow, name, HostingFact::Known(hosting))
}

fn workload(level: Level) -> Item {
    Item::new("apps/Deployment.a")
        .level(level)
        .class(Class::WORKLOAD)
}

fn judged_by(actor: Option<Actor>, item: Item) -> Judgement {
    let mut estate = match actor {
        Some(actor) => Estate::new().of(actor),
        None => Estate::new(),
    };
    estate.add(item);
    estate.judge_one(RULE)
}

fn judged(item: Item) -> Judgement {
    judged_by(None, item)
}

#[test]
fn severity_follows_what_flows_and_the_level() {
    use Severity::{Critical, High, Low, Medium};
    let of = |actor, level, flow| {
        let item = workload(level).depends_on(known(flow, "x", exposed("acme")));
        judged_by(actor, item).verdict().severity_override()
    };
    for (flow, particular, health) in [
        (Flow::Data, Critical, High),
        (Flow::Secrets, Critical, High),
        (Flow::Identities, High, Medium),
        (Flow::Logs, High, Medium),
        (Flow::Images, Medium, Low),
        (Flow::Sources, Medium, Low),
    ] {
        assert_eq!(
            of(None, Level::Particular, flow),
            Some(particular),
            "{flow:?}"
        );
        assert_eq!(of(None, Level::Health, flow), Some(health), "{flow:?}");
        let softened = of(Some(Actor::PrivateBody), Level::Particular, flow);
        assert_eq!(softened, Some(health), "{flow:?}");
    }
}

#[test]
fn personal_data_and_what_lies_beyond_are_not_asked() {
    for level in [
        Level::Public,
        Level::Internal,
        Level::Personal,
        Level::Beyond,
    ] {
        let item = workload(level).depends_on(known(Flow::Data, "x", exposed("acme")));
        assert_eq!(judged(item), Judgement::NotApplicable, "{level:?}");
    }
}

#[test]
fn nothing_used_is_no_question_and_something_fine_is_a_pass() {
    assert_eq!(judged(workload(Level::Health)), Judgement::NotApplicable);
    let item = workload(Level::Health).depends_on(known(Flow::Data, "x", european("acme")));
    assert_eq!(judged(item), Judgement::Passed);
}

#[test]
fn a_european_operator_without_a_visa_is_enough_for_health_data_only() {
    let of = |level| judged(workload(level).depends_on(known(Flow::Logs, "x", european("acme"))));
    assert_eq!(of(Level::Health), Judgement::Passed);
    assert!(of(Level::Particular).verdict().is_violation());
}

#[test]
fn only_a_visa_in_force_and_in_scope_passes_at_particular() {
    let of = |visa, scope| {
        let hosting = Hosting {
            visa,
            scope,
            ..european("acme")
        };
        judged(workload(Level::Particular).depends_on(known(Flow::Data, "x", hosting)))
    };
    assert_eq!(of(Visa::InForce, Scope::Inside), Judgement::Passed);
    assert!(of(Visa::InForce, Scope::Outside).verdict().is_violation());
    assert!(
        of(Visa::InForce, Scope::NotStated)
            .verdict()
            .reason()
            .is_some()
    );
    for visa in [Visa::None, Visa::Candidate, Visa::Lapsed] {
        assert!(
            of(visa, Scope::NotStated).verdict().is_violation(),
            "{visa:?}"
        );
    }
}

#[test]
fn a_company_whose_offering_is_open_is_undetermined_when_one_is_qualified() {
    let hosting = Hosting {
        offering: None,
        qualified_sibling: Some("acme/qualified".to_owned()),
        ..european("acme")
    };
    let judgement = judged(workload(Level::Particular).depends_on(known(Flow::Data, "x", hosting)));
    assert!(judgement.verdict().reason().is_some());
}

#[test]
fn an_operator_outside_the_union_is_none_of_ours_even_if_no_law_is_named() {
    let hosting = Hosting {
        eu_controlled: Answer3::No,
        ..european("acme")
    };
    let judgement = judged(workload(Level::Health).depends_on(known(Flow::Data, "x", hosting)));
    assert!(judgement.verdict().is_violation());
}

#[test]
fn unknown_exposure_is_undetermined_for_health_data() {
    let judgement =
        judged(workload(Level::Health).depends_on(known(Flow::Data, "x", unqualified("acme"))));
    assert!(judgement.verdict().reason().is_some());
}

#[test]
fn an_unknown_host_is_undetermined_unless_it_is_trusted() {
    let with = |patterns: &[&str], host: &str| {
        let mut estate = Estate::new().option(ID, "trusted-hosts", patterns);
        let unknown = on(Flow::Secrets, host, HostingFact::Unknown(gap("who?")));
        estate.add(workload(Level::Health).depends_on(unknown));
        estate.judge_one(RULE)
    };
    let judgement = with(&[], "vault.example.org");
    assert_eq!(
        judgement.verdict().reason().map(|text| text.en.as_str()),
        Some("who?")
    );
    assert_eq!(
        judgement.verdict().severity_override(),
        Some(Severity::High)
    );
    assert_eq!(
        with(&["vault.example.org"], "vault.example.org"),
        Judgement::Passed
    );
    assert_eq!(
        with(&["*.example.org"], "Vault.Example.org"),
        Judgement::Passed
    );
    assert_eq!(
        with(&["*.example.org"], "a.b.example.org"),
        Judgement::Passed
    );
    for (pattern, host) in [
        ("*.example.org", "example.org"),
        ("*.example.org", "evil-example.org"),
        ("example.org", "vault.example.org"),
        ("*.", "vault.example.org"),
        ("*", "vault.example.org"),
    ] {
        assert_ne!(
            with(&[pattern], host),
            Judgement::Passed,
            "{pattern} {host}"
        );
    }
}

#[test]
fn a_known_operator_is_not_made_trusted_by_its_host() {
    let mut estate = Estate::new().option(ID, "trusted-hosts", &["docker.io"]);
    estate.add(workload(Level::Health).depends_on(known(
        Flow::Images,
        "docker.io",
        exposed("docker"),
    )));
    assert!(estate.judge_one(RULE).verdict().is_violation());
}

#[test]
fn one_finding_for_each_operator_and_flow() {
    let item = workload(Level::Health)
        .depends_on(known(Flow::Images, "gcr.io", exposed("google")))
        .depends_on(known(Flow::Images, "eu.gcr.io", exposed("google")))
        .depends_on(known(Flow::Images, "docker.io", exposed("docker")))
        .depends_on(known(
            Flow::Data,
            "storage.googleapis.com",
            exposed("google"),
        ));
    let judgement = judged(item);
    assert_eq!(judgement.verdicts().len(), 3);
    let both = judgement
        .verdicts()
        .iter()
        .filter(|one| one.message().en.contains("gcr.io, eu.gcr.io"));
    assert_eq!(both.count(), 1);
}

/// `count` resources of one third party in one root; the first stands for them.
fn root(estate: &mut Estate, count: u32, level: impl Fn(u32) -> Level) {
    for at in 0..count {
        let mut dependency = known(Flow::Logs, "Datadog, Inc.", exposed("datadog"));
        dependency.path.clear();
        dependency.target = Some(0);
        estate.add(
            Item::new(&format!("datadog_monitor.m{at}"))
                .level(level(at))
                .class(Class::THIRD_PARTY)
                .depends_on(dependency),
        );
    }
}

#[test]
fn many_resources_of_one_third_party_are_one_finding() {
    let mut estate = Estate::new();
    root(&mut estate, 300, |_| Level::Health);
    let judgements = estate.judge(RULE);
    let found: Vec<&Verdict> = judgements.iter().flat_map(Judgement::verdicts).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].related_ids().len(), MOST_RELATED);
    assert!(found[0].message().en.contains("299 more"));
    assert!(
        judgements[1..]
            .iter()
            .all(|one| *one == Judgement::NotApplicable)
    );
}

#[test]
fn the_first_of_the_highest_level_stands_for_all() {
    let mut estate = Estate::new();
    root(&mut estate, 3, |at| match at {
        0 => Level::Personal,
        1 => Level::Health,
        _ => Level::Particular,
    });
    let judgements = estate.judge(RULE);
    assert_eq!(judgements[0], Judgement::NotApplicable);
    assert_eq!(judgements[1], Judgement::NotApplicable);
    assert_eq!(
        judgements[2].verdict().severity_override(),
        Some(Severity::High)
    );
}

#[test]
fn a_store_at_another_company_is_judged_as_a_store() {
    let mut estate = Estate::new();
    let mut dependency = known(Flow::Data, "MongoDB, Inc.", exposed("mongodb-atlas"));
    dependency.path.clear();
    dependency.target = Some(0);
    estate.add(
        Item::new("mongodbatlas_cluster.c")
            .level(Level::Health)
            .class(Class::HOLDS_DATA | Class::THIRD_PARTY)
            .depends_on(dependency),
    );
    assert_eq!(estate.judge_one(RULE), Judgement::NotApplicable);
}

#[test]
fn what_reads_a_store_is_found_where_the_store_itself_holds_less() {
    let of = |store: Level| {
        let mut estate = Estate::new();
        let secrets = || known(Flow::Secrets, "Amazon Web Services", exposed("aws"));
        let target = estate.add(
            Item::new("external-secrets.io/ClusterSecretStore.s")
                .level(store)
                .class(Class::SECRETS)
                .depends_on(secrets()),
        );
        let mut reads = secrets();
        reads.target = Some(target);
        estate.add(
            Item::new("external-secrets.io/ExternalSecret.e")
                .level(Level::Health)
                .class(Class::SECRETS)
                .depends_on(reads),
        );
        estate
            .judge(RULE)
            .iter()
            .map(|one| one.verdicts().len())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Level::Personal), [0, 1]);
    assert_eq!(of(Level::Health), [1, 0]);
}

#[test]
fn messages_are_bounded_and_name_the_laws() {
    let long = "a".repeat(10_000);
    let mut item = workload(Level::Health);
    for at in 0..100 {
        item = item.depends_on(known(Flow::Images, &format!("{at}{long}"), exposed("acme")));
    }
    let judgement = judged(item);
    let message = judgement.verdict().message();
    for text in [&message.en, &message.fr] {
        assert!(text.len() < 2_000, "{}", text.len());
        assert!(
            text.contains("US CLOUD Act, FISA 702)") && text.contains('…'),
            "{text}"
        );
    }
}

#[test]
fn the_proof_comes_before_the_level() {
    let mut hosting = exposed("acme");
    hosting.basis = certain(7);
    let judgement = judged(workload(Level::Health).depends_on(known(Flow::Data, "x", hosting)));
    assert_eq!(judgement.verdict().evidence_ids(), [1, 7, 800]);
}
