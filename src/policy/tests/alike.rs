//! Resources with the same number have the same answer, and those that differ have different numbers.

use std::fmt::Debug;

use super::super::contract::graph::{Direction, Fact as Of, Host as _, Relation as By};
use super::super::contract::settings::Host as _;
use super::super::host::Host;
use super::*;

/// Stores of several kinds and levels, some of them like others, with relations.
fn estate() -> Subject {
    let mut graph = GraphBuilder::default();
    let tagged = |level: &str, region: &str| {
        Value::object([
            ("region".into(), Value::string(region).at(place())),
            (
                "tags".into(),
                Value::object([(
                    "data-classification".into(),
                    Value::string(level).at(place()),
                )]),
            ),
        ])
    };
    let written = [
        ("health", "eu-west-3"),
        ("health", "eu-west-3"),
        ("personal", "eu-west-3"),
        ("health", "us-east-1"),
        ("personal", "eu-west-3"),
    ];
    for (at, (level, region)) in written.into_iter().enumerate() {
        let address = format!("aws_s3_bucket.b[{at}]");
        graph.resource(store(&address, tagged(level, region)));
    }
    let other = Resource {
        kind: "aws_iam_access_key".into(),
        classes: ClassSet::of(&[Class::Identity]),
        ..store("aws_iam_access_key.k", Value::object([]))
    };
    graph.resource(other);
    for (from, to) in [(0, 2), (1, 2), (3, 4)] {
        graph.relation(Relation {
            from: ResourceId(from),
            kind: RelationKind::ReplicatesTo,
            to: ResourceId(to),
            path: String::new(),
            place: None,
        });
    }
    subject_of(graph.finish(), Config::default())
}

#[track_caller]
fn agree(
    numbers: &[u32],
    count: u32,
    mut answer: impl FnMut(u32) -> wasmtime::Result<Box<dyn Debug>>,
) {
    let answers: Vec<String> = (0..count)
        .map(|of| format!("{:?}", answer(of).expect("an answer")))
        .collect();
    assert_eq!(numbers.len(), answers.len());
    let mut most = 0;
    for (at, (number, said)) in numbers.iter().zip(&answers).enumerate() {
        // Counted from zero, in the order of the resources.
        assert!(*number <= most, "{numbers:?}");
        most = most.max(number + 1);
        for (other, other_said) in numbers.iter().zip(&answers).take(at) {
            assert_eq!(number == other, said == other_said, "{said} {other_said}");
        }
    }
}

#[test]
fn numbers_are_the_same_where_the_answers_are() {
    let subject = estate();
    let count = subject.graph.resources().len() as u32;
    let rules: [Arc<Rule>; 0] = [];
    let new = || {
        Host::new(
            Some(subject.clone()),
            Arc::default(),
            &rules,
            &Limits::default(),
        )
    };
    let mut host = new();
    let mut seen = new();
    let mut numbers = |of: Of| host.alike_in(of).expect("numbers");
    macro_rules! hold {
        ($($fact:ident: $call:ident),+) => {
            $(agree(&numbers(Of::$fact), count, |of| Ok(Box::new(seen.$call(of)?)));)+
        };
    }
    hold!(
        Kind: kind, ClassOf: class_of, SensitivityOf: sensitivity_of, LocationOf: location_of,
        CopiesOf: copies_of, EncryptionOf: encryption_of, MfaOf: mfa_of,
        DependenciesOf: dependencies_of, CredentialOf: credential_of, TenancyOf: tenancy_of,
        RegimeOf: regime_of, HostingOf: hosting_of
    );
    for towards in [Direction::Outgoing, Direction::Incoming] {
        let numbers = seen
            .alike_in_related(By::ReplicatesTo, towards)
            .expect("numbers");
        agree(&numbers, count, |of| {
            Ok(Box::new(seen.related(of, By::ReplicatesTo, towards)?))
        });
    }
}

#[test]
fn labels_with_one_number_are_the_same() {
    let subject = estate();
    let rules: [Arc<Rule>; 0] = [];
    let mut host = Host::new(Some(subject), Arc::default(), &rules, &Limits::default());
    let numbers = host.alike_in(Of::LabelsOf).expect("numbers");
    let said: Vec<String> = (0..numbers.len() as u32)
        .map(|of| format!("{:?}", host.labels_of(of).expect("labels")))
        .collect();
    for (at, number) in numbers.iter().enumerate() {
        let first = numbers.iter().position(|other| other == number);
        assert_eq!(first.map(|first| &said[first]), Some(&said[at]));
    }
}

#[test]
fn a_policy_that_describes_itself_sees_no_numbers() {
    let mut host = Host::new(None, Arc::default(), &[], &Limits::default());
    assert!(host.alike_in(Of::Kind).is_err());
    assert!(
        host.alike_in_related(By::PartOf, Direction::Incoming)
            .is_err()
    );
}
