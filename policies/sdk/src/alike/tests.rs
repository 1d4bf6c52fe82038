//! What is alike is judged once, each by its own name; what is looked at by itself is judged by itself.

use std::cell::Cell;

use super::*;
use crate::testing::{Estate, Item};
use crate::{Area, Level, Rule, Scan, text};

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// What a rule says of an estate, and how often it was asked.
fn judged(estate: &Estate, judge: fn(&Scan, &Resource<'_>) -> Judgement) -> (Vec<String>, usize) {
    let scan = Scan::of(Box::new(estate.clone()));
    let scope: Vec<Resource<'_>> = (0..scan.count()).map(|id| scan.resource(id)).collect();
    ASKED.set(0);
    let judged = Rule::each(judge).judge(&scan, &scope);
    let asked = ASKED.get();
    assert_eq!(judged, Rule::each(judge).judge_each(&scan, &scope));
    let says = judged.iter().map(|judgement| match judgement {
        Judgement::Verdicts(all) => all.iter().map(|one| one.message().en.as_str()).collect(),
        other => format!("{other:?}"),
    });
    (says.collect(), asked)
}

fn buckets(count: usize) -> Estate {
    let mut estate = Estate::new();
    for at in 0..count {
        let item = Item::new(&format!("aws_s3_bucket.a{at}")).level(Level::Health);
        estate.add(item.at("eu-west-3", &["FR"], Area::Eu));
    }
    estate
}

fn by_level(_: &Scan, resource: &Resource<'_>) -> Judgement {
    ASKED.set(ASKED.get() + 1);
    match resource.sensitivity().level {
        Level::Health => {
            let name = resource.name();
            Verdict::violation(text!("{name}, and {name}", "{name}")).into()
        }
        _ => Judgement::Passed,
    }
}

#[test]
fn those_alike_are_judged_once_each_by_its_name() {
    let mut estate = buckets(100);
    estate.add(Item::new("a.alone"));
    let (says, asked) = judged(&estate, by_level);
    // The first of them once more, for the name; and the one that is alone.
    assert_eq!(asked, 3);
    assert_eq!(says[7], "aws_s3_bucket.a7, and aws_s3_bucket.a7");
    assert_eq!(says[100], "Passed");
}

#[test]
fn what_is_told_from_the_others_is_judged_by_itself() {
    fn by_address(_: &Scan, resource: &Resource<'_>) -> Judgement {
        ASKED.set(ASKED.get() + 1);
        match resource.sensitivity().level {
            Level::Health if resource.address().ends_with('7') => Judgement::Passed,
            _ => Judgement::NotApplicable,
        }
    }
    fn by_id(_: &Scan, resource: &Resource<'_>) -> Judgement {
        Verdict::violation(text!("see", "voyez"))
            .related([resource])
            .into()
    }
    let (says, asked) = judged(&buckets(20), by_address);
    assert_eq!(asked, 20);
    let passed = says.iter().filter(|says| *says == "Passed").count();
    assert_eq!(passed, 2);
    judged(&buckets(20), by_id);
}

#[test]
fn what_differs_in_a_fact_that_is_read_differs() {
    fn by_region(_: &Scan, resource: &Resource<'_>) -> Judgement {
        ASKED.set(ASKED.get() + 1);
        let level = resource.sensitivity().level;
        let place = format!("{level:?} {:?}", resource.location());
        Verdict::violation(text!("{place}", "{place}")).into()
    }
    let mut estate = buckets(10);
    for at in 0..10 {
        let item = Item::new(&format!("b.{at}")).level(Level::Health);
        estate.add(item.at("us-east-1", &["US"], Area::Third));
    }
    let (says, asked) = judged(&estate, by_region);
    assert_eq!(asked, 4);
    assert!(says[9].contains("eu-west-3") && says[10].contains("us-east-1"));
}

#[test]
fn relations_are_read_too() {
    fn by_parts(_: &Scan, resource: &Resource<'_>) -> Judgement {
        ASKED.set(ASKED.get() + 1);
        let parts = resource.related(Relation::PartOf, Direction::Incoming);
        let names: Vec<String> = parts.iter().map(|part| part.name().to_string()).collect();
        let name = resource.name();
        let names = names.join(" ");
        Verdict::violation(text!("{name}: {names}", "{name}")).into()
    }
    let mut estate = buckets(6);
    estate.relate(1, Relation::PartOf, 0);
    estate.relate(2, Relation::PartOf, 0);
    let (says, asked) = judged(&estate, by_parts);
    // The first is alone with its parts; the others have none.
    assert_eq!(asked, 3);
    assert_eq!(
        says[0],
        "aws_s3_bucket.a0: aws_s3_bucket.a1 aws_s3_bucket.a2"
    );
    assert_eq!(says[5], "aws_s3_bucket.a5: ");
}

#[test]
fn one_that_others_point_to_keeps_its_name_there() {
    fn by_target(_: &Scan, resource: &Resource<'_>) -> Judgement {
        let targets = resource.related(Relation::ReplicatesTo, Direction::Outgoing);
        let names: Vec<String> = targets.iter().map(|one| one.name().to_string()).collect();
        let (name, names) = (resource.name(), names.join(" "));
        Verdict::violation(text!("{name} to {names}", "{name}")).into()
    }
    let mut estate = buckets(3);
    for from in 0..3 {
        estate.relate(from, Relation::ReplicatesTo, 0);
    }
    let (says, _) = judged(&estate, by_target);
    assert_eq!(says[0], "aws_s3_bucket.a0 to aws_s3_bucket.a0");
    assert_eq!(says[2], "aws_s3_bucket.a2 to aws_s3_bucket.a0");
}

#[test]
fn a_stand_in_in_the_input_is_no_name() {
    fn by_region(_: &Scan, resource: &Resource<'_>) -> Judgement {
        let place = format!("{:?}", resource.kind());
        let kind = resource.kind();
        let name = resource.name();
        Verdict::violation(text!("{name} {kind} {place}", "{name}")).into()
    }
    let mut estate = Estate::new();
    for at in 0..3 {
        estate.add(Item::new(&format!("a.{at}")).kind(&format!("kind{STAND_IN}")));
    }
    let (says, _) = judged(&estate, by_region);
    assert!(
        says[1].starts_with(&format!("a.1 kind{STAND_IN} ")),
        "{says:?}"
    );
}

#[test]
fn long_names_are_cut_for_all() {
    let mut estate = Estate::new();
    for at in 0..3 {
        let address = format!("{at}.{}", "é".repeat(300));
        estate.add(Item::new(&address).level(Level::Health));
    }
    let (says, _) = judged(&estate, by_level);
    assert!(says[2].starts_with("2.é") && says[2].len() < 400);
}
