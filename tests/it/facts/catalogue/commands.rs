//! `catalog` and `explain OFFERING`: what they find, and what they say when there is nothing.

use serde_json::Value as Json;

use crate::support::{AS_OF, gardefou, root};

/// A listing as JSON, held against its schema.
fn listing(arguments: &[&str]) -> (i32, Json) {
    let mut all = vec!["catalog"];
    all.extend(arguments);
    all.extend(["--as-of", AS_OF, "--format", "json"]);
    let run = gardefou(&all);
    let document: Json = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{}", run.stderr));
    let schema = std::fs::read_to_string(root().join("docs/schema/catalog.schema.json"));
    let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(5)
        .collect();
    assert!(errors.is_empty(), "{arguments:?}: {errors:#?}");
    (run.code, document)
}

/// `provider id`, `country+country`, area of each region that is met.
fn regions(arguments: &[&str]) -> Vec<[String; 3]> {
    let mut all = vec!["regions"];
    all.extend(arguments);
    let (_, document) = listing(&all);
    let regions = document["regions"].as_array().expect("regions");
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    regions
        .iter()
        .map(|one| {
            let countries: Vec<String> = one["countries"]
                .as_array()
                .expect("countries")
                .iter()
                .map(text)
                .collect();
            [
                format!("{} {}", text(&one["provider"]), text(&one["id"])),
                countries.join("+"),
                text(&one["area"]),
            ]
        })
        .collect()
}

fn has(found: &[[String; 3]], wanted: [&str; 3]) -> bool {
    found.iter().any(|one| one == &wanted.map(str::to_owned))
}

#[test]
fn one_identifier_is_two_countries_side_by_side() {
    let found = regions(&["eu-west-2"]);
    let at = |wanted: [&str; 3]| {
        found
            .iter()
            .position(|one| one == &wanted.map(str::to_owned))
            .unwrap_or_else(|| panic!("{wanted:?} in {found:#?}"))
    };
    let london = at(["aws eu-west-2", "GB", "adequate"]);
    let paris = at(["outscale eu-west-2", "FR", "eu"]);
    let near_london = at(["aws eu-west-2-wl1-lon-wlz-1", "GB", "adequate"]);
    assert!(
        london < near_london && paris < near_london,
        "exact hits first: {found:#?}"
    );
}

#[test]
fn regions_are_met_by_any_of_their_names() {
    for (query, wanted) in [
        (vec!["paris", "amazon"], ["aws eu-west-3", "FR", "eu"]),
        (
            vec!["switzerland", "aws"],
            ["aws eu-central-2", "CH", "adequate"],
        ),
        (vec!["France Central"], ["azure francecentral", "FR", "eu"]),
        (vec!["RS"], ["oracle eu-jovanovac-1", "RS", "third"]),
        (
            vec!["eu-west-3a", "--provider", "aws"],
            ["aws eu-west-3", "FR", "eu"],
        ),
        (vec!["brandenburg"], ["aws eusc-de-east-1", "DE", "eu"]),
        (
            vec!["--area", "third", "serbia"],
            ["oracle eu-jovanovac-1", "RS", "third"],
        ),
    ] {
        let found = regions(&query);
        assert!(has(&found, wanted), "{query:?}: {found:#?}");
    }
    let french = regions(&["fr"]);
    assert!(!french.is_empty());
    assert!(
        french
            .iter()
            .all(|one| one[1].contains("FR") || one[0].contains("fr")),
        "a short word is no part of a longer one: {french:#?}"
    );
}

#[test]
fn filters_leave_only_what_they_name() {
    for one in regions(&["--area", "eea"]) {
        assert_eq!(one[2], "eea");
    }
    for one in regions(&["--provider", "outscale"]) {
        assert!(one[0].starts_with("outscale "), "{one:?}");
    }
    assert_eq!(gardefou(&["catalog", "regions", "--area", "mars"]).code, 2);
}

#[test]
fn offerings_stand_as_they_do_on_the_day() {
    let standing = |day: &str| {
        let run = gardefou(&[
            "catalog",
            "offerings",
            "outscale/iaas-cloud-on-demand",
            "--as-of",
            day,
            "--format",
            "json",
        ]);
        let document: Json = serde_json::from_str(&run.stdout).expect("JSON");
        let visa = document["offerings"][0]["visa"].clone();
        (visa["standing"].clone(), visa["days_left"].clone())
    };
    assert_eq!(standing("2023-11-29"), ("candidate".into(), Json::Null));
    assert_eq!(standing("2026-11-21"), ("in-force".into(), 9.into()));
    assert_eq!(
        standing("2026-11-30"),
        ("in-force".into(), 0.into()),
        "the last day counts"
    );
    assert_eq!(standing("2026-12-01"), ("lapsed".into(), Json::Null));
}

#[test]
fn offerings_are_met_by_company_standing_and_model() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let mut all = vec!["offerings"];
        all.extend(arguments);
        let (_, document) = listing(&all);
        let offerings = document["offerings"].as_array().expect("offerings");
        let id = |one: &Json| one["id"].as_str().unwrap_or_default().to_owned();
        offerings.iter().map(id).collect()
    };
    let qualified = ids(&["--status", "qualified"]);
    assert!(qualified.contains(&"outscale/iaas-cloud-on-demand".to_owned()));
    assert!(!qualified.iter().any(|id| id.starts_with("aws/")));
    assert!(
        ids(&["--status", "candidate", "bleu"])
            .iter()
            .all(|id| id.starts_with("bleu/"))
    );
    assert!(ids(&["dassault"]).contains(&"outscale/public-regions".to_owned()));
    assert!(ids(&["amazon", "none"]).contains(&"aws/european-sovereign-cloud".to_owned()));
    assert_eq!(
        ids(&["iaas-cloud-on-demand"]).first().map(String::as_str),
        Some("outscale/iaas-cloud-on-demand")
    );
}

#[test]
fn resources_are_listed_and_one_is_explained() {
    let (code, document) = listing(&["resources", "s3", "--provider", "hashicorp/aws"]);
    assert_eq!(code, 0);
    let types: Vec<&str> = document["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter_map(|one| one["type"].as_str())
        .collect();
    assert!(types.contains(&"aws_s3_bucket") && types.contains(&"aws_s3_object"));
    assert!(types.iter().all(|kind| kind.starts_with("aws_")));
    let run = gardefou(&["catalog", "resources", "aws_s3_bucket"]);
    for part in [
        "its own `region`",
        "else the provider block's `region`",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_server_side_encryption_configuration",
        "evidence schema",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(
        !run.stdout.contains("aws_s3_bucket_acl"),
        "only the one named"
    );
    let run = gardefou(&["catalog", "resources", "terraform.backend.s3"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = gardefou(&["catalog", "resources", "apps/StatefulSet", "--lang", "fr"]);
    assert!(
        run.stdout.contains("conserve des données"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_miss_says_what_is_near_and_ends_with_3() {
    for (arguments, near) in [
        (vec!["regions", "eu-wst-2"], "eu-west-2"),
        (
            vec!["offerings", "outscale/iaas-cloud-on-demant"],
            "outscale/iaas-cloud-on-demand",
        ),
        (vec!["offerings", "outscall"], "outscale"),
        (vec!["resources", "aws_s3_buckt"], "aws_s3_bucket"),
        (vec!["resources", "zzzzzzzzzzzzzzzz"], "fewer words"),
    ] {
        let mut all = vec!["catalog"];
        all.extend(&arguments);
        let run = gardefou(&all);
        assert_eq!(run.code, 3, "{arguments:?}");
        assert!(run.stdout.is_empty(), "{}", run.stdout);
        assert!(run.stderr.contains(near), "{arguments:?}: {}", run.stderr);
    }
    let (code, document) = listing(&["regions", "eu-wst-2"]);
    assert_eq!(
        (code, document["regions"].as_array().map(Vec::len)),
        (3, Some(0))
    );
    assert!(
        document["near"]
            .as_array()
            .is_some_and(|near| near.contains(&"eu-west-2".into()))
    );
}

#[test]
fn listings_keep_to_the_width_and_speak_french() {
    for arguments in [
        ["regions", "paris"],
        ["offerings", "fr"],
        ["resources", "kms"],
    ] {
        let run = gardefou(&["catalog", arguments[0], arguments[1], "--as-of", AS_OF]);
        // Names are never cut; what follows them is.
        let long: Vec<&str> = run
            .stdout
            .lines()
            .filter(|line| line.chars().count() > 130)
            .collect();
        assert!(long.is_empty(), "{long:#?}");
    }
    let run = gardefou(&["catalog", "regions", "eu-west-2", "--lang", "fr"]);
    assert!(run.stdout.contains("identifiant"), "{}", run.stdout);
    let coloured = gardefou(&["catalog", "regions", "eu-west-2", "--color", "always"]);
    assert!(coloured.stdout.contains('\u{1b}'));
    assert!(!run.stdout.contains('\u{1b}'));
}

#[test]
fn every_listing_follows_its_schema() {
    for what in ["regions", "offerings", "resources"] {
        let (code, document) = listing(&[what]);
        assert_eq!(code, 0);
        assert!(document[what].as_array().is_some_and(|all| all.len() > 100));
    }
}

#[test]
fn an_offering_is_explained_whole() {
    let run = gardefou(&["explain", "outscale/iaas-cloud-on-demand", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!("explain_offering", run.stdout);
    let run = gardefou(&[
        "explain",
        "ovhcloud/hosted-private-cloud-vmware",
        "--lang",
        "fr",
    ]);
    assert!(
        run.stdout.contains("une [[attestation]] doit le dire"),
        "{}",
        run.stdout
    );
}

#[test]
fn the_two_meanings_of_an_identifier_read_well() {
    let run = gardefou(&["catalog", "regions", "eu-west-2", "--provider", "outscale"]);
    insta::assert_snapshot!("catalog_regions", run.stdout);
    let run = gardefou(&["catalog", "resources", "aws_s3_bucket"]);
    insta::assert_snapshot!("catalog_resource", run.stdout);
}
