//! Facts of states: from what a resource says of itself, and by the identifiers it is known by elsewhere.

use super::{NoFiles, Seen, reason, seen_in};
use crate::graph::RelationKind::{EncryptsWith, PartOf, ReplicatesTo};
use crate::source::Sources;
use crate::terraform::{Options, RecordedFile, evaluate_with, recorded};

/// Reads states, each `(resource type, name, attributes)`.
fn states(all: &[&[(&str, &str, &str)]]) -> Seen {
    let sources = Sources::new();
    let files: Vec<RecordedFile> = all
        .iter()
        .enumerate()
        .map(|(at, resources)| {
            let resources: Vec<String> = resources
                .iter()
                .map(|(kind, name, attributes)| {
                    let provider = match kind.split('_').next() {
                        Some("scaleway") => "scaleway/scaleway".to_owned(),
                        first => format!("hashicorp/{}", first.unwrap_or_default()),
                    };
                    format!(
                        r#"{{"mode": "managed", "type": "{kind}", "name": "{name}",
                             "provider": "provider[\"registry.terraform.io/{provider}\"]",
                             "instances": [{{"attributes": {{{attributes}}}}}]}}"#
                    )
                })
                .collect();
            let text = format!(
                r#"{{"version": 4, "resources": [{}]}}"#,
                resources.join(",")
            );
            let path = format!("{at}.tfstate");
            RecordedFile {
                source: sources.add_private(path.as_str(), text),
                path,
            }
        })
        .collect();
    let recorded = recorded(&files, &sources);
    let estate = evaluate_with(&[], &sources, &Options::default(), &NoFiles, recorded);
    assert!(estate.problems.is_empty(), "{:?}", estate.problems);
    seen_in(&estate, &[], &sources)
}

fn region(seen: &Seen, address: &str) -> String {
    let location = &seen.facts_of(address).location;
    let known = location.known().map(|place| place.region.to_string());
    known.unwrap_or_else(|| format!("unknown: {}", reason(location)))
}

#[test]
fn the_place_is_that_of_the_resource_and_never_of_what_it_names() {
    let seen = states(&[&[
        (
            "aws_s3_bucket",
            "own",
            r#""region": "eu-west-3", "arn": "arn:aws:s3:::own""#,
        ),
        (
            "aws_sqs_queue",
            "arn",
            r#""arn": "arn:aws:sqs:eu-central-1:1:q", "kms_master_key_id": "arn:aws:kms:us-east-1:1:key/2""#,
        ),
        (
            "aws_s3_bucket",
            "copied",
            r#""arn": "arn:aws:s3:::copied", "replication_configuration":
               [{"rules": [{"destination": [{"bucket": "arn:aws:s3:us-east-1::far"}]}]}]"#,
        ),
        (
            "google_compute_disk",
            "link",
            r#""self_link": "https://www.googleapis.com/compute/v1/projects/p/zones/europe-west9-a/disks/d""#,
        ),
        (
            "scaleway_rdb_instance",
            "id",
            r#""id": "nl-ams/2ee3c1a0-1b2c-4d5e-8f90-a1b2c3d4e5f6""#,
        ),
    ]]);
    assert_eq!(region(&seen, "aws_s3_bucket.own"), "eu-west-3");
    assert_eq!(region(&seen, "aws_sqs_queue.arn"), "eu-central-1");
    assert_eq!(region(&seen, "google_compute_disk.link"), "europe-west9");
    assert_eq!(region(&seen, "scaleway_rdb_instance.id"), "nl-ams");
    let lost = region(&seen, "aws_s3_bucket.copied");
    assert!(
        lost.contains("a state does not hold the configuration of providers"),
        "{lost}"
    );
}

const KEY: &str = "arn:aws:kms:eu-west-3:1:key/6f1d2c3b-4a59-4e68-8f70-1a2b3c4d5e6f";

#[test]
fn a_key_is_found_by_its_arn_or_id_in_any_state() {
    let key = format!(r#""arn": "{KEY}", "key_id": "6f1d2c3b-4a59-4e68-8f70-1a2b3c4d5e6f""#);
    let by_arn = format!(r#""kms_master_key_id": "{KEY}""#);
    let seen = states(&[
        &[("aws_kms_key", "k", &key)],
        &[
            ("aws_sqs_queue", "by_arn", &by_arn),
            (
                "aws_sqs_queue",
                "by_id",
                r#""kms_master_key_id": "6f1d2c3b-4a59-4e68-8f70-1a2b3c4d5e6f""#,
            ),
            (
                "aws_sqs_queue",
                "other",
                r#""kms_master_key_id": "6f1d2c3b-0000-4e68-8f70-1a2b3c4d5e6f""#,
            ),
        ],
    ]);
    for queue in ["aws_sqs_queue.by_arn", "aws_sqs_queue.by_id"] {
        assert_eq!(
            seen.related(queue, EncryptsWith),
            ["aws_kms_key.k"],
            "{queue}"
        );
    }
    assert!(seen.related("aws_sqs_queue.other", EncryptsWith).is_empty());
}

#[test]
fn an_identifier_that_two_states_have_means_the_one_of_its_own() {
    let key = format!(r#""arn": "{KEY}""#);
    let queue = format!(r#""kms_master_key_id": "{KEY}""#);
    let seen = states(&[
        &[("aws_kms_key", "a", &key)],
        &[("aws_kms_key", "b", &key), ("aws_sqs_queue", "b", &queue)],
        &[("aws_sqs_queue", "c", &queue)],
    ]);
    assert_eq!(
        seen.related("aws_sqs_queue.b", EncryptsWith),
        ["aws_kms_key.b"]
    );
    assert!(
        seen.related("aws_sqs_queue.c", EncryptsWith).is_empty(),
        "two could be meant"
    );
}

#[test]
fn parents_and_copies_are_found_by_identifiers() {
    let account =
        "/subscriptions/0/resourceGroups/Rg/providers/Microsoft.Storage/storageAccounts/a";
    let seen = states(&[&[
        (
            "azurerm_storage_account",
            "a",
            &format!(r#""id": "{account}", "location": "francecentral""#),
        ),
        (
            "azurerm_storage_container",
            "c",
            &format!(r#""storage_account_id": "{}""#, account.replace("Rg", "rg")),
        ),
        (
            "aws_s3_bucket",
            "near",
            r#""id": "near", "bucket": "near", "arn": "arn:aws:s3:::near-bucket", "region": "eu-west-3""#,
        ),
        (
            "aws_s3_bucket",
            "far",
            r#""id": "far", "bucket": "far", "arn": "arn:aws:s3:::far-bucket", "region": "us-east-1""#,
        ),
        (
            "aws_s3_bucket_replication_configuration",
            "r",
            r#""bucket": "near", "rule": [{"destination": [{"bucket": "arn:aws:s3:::far-bucket"}]}]"#,
        ),
    ]]);
    assert_eq!(
        seen.related("azurerm_storage_container.c", PartOf),
        ["azurerm_storage_account.a"]
    );
    assert_eq!(
        region(&seen, "azurerm_storage_container.c"),
        "francecentral"
    );
    assert_eq!(
        seen.related("aws_s3_bucket.near", ReplicatesTo),
        ["aws_s3_bucket.far"]
    );
}

#[test]
fn a_provider_that_a_state_does_not_describe_is_known_by_the_region_of_its_resource() {
    let seen = states(&[&[
        (
            "google_sql_database_instance",
            "here",
            r#""region": "europe-west9""#,
        ),
        ("google_sql_database_instance", "there", r#""name": "x""#),
    ]]);
    let hosting = |name| {
        &seen
            .facts_of(&format!("google_sql_database_instance.{name}"))
            .hosting
    };
    let provider = hosting("here").known().map(|hosting| &*hosting.provider);
    assert_eq!(provider, Some("google"));
    assert!(hosting("there").known().is_none());
}
