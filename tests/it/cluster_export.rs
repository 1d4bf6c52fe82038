//! What a cluster says of itself: `kubectl get ... -A -o json`, with what the server adds and what controllers made.

use crate::support::{AS_OF, gardefou, scan_json};

const EXPORT: &str = "fixtures/cluster-export";

#[test]
fn an_export_is_judged_once_and_placed_by_its_nodes() {
    let (code, document) = scan_json(EXPORT, &[]);
    assert_eq!(code, 1);
    assert_eq!(document["problems"], serde_json::json!([]));
    let findings = document["findings"].as_array().expect("a list");
    let text =
        |finding: &serde_json::Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    let found: Vec<String> = findings
        .iter()
        .map(|one| {
            let (outcome, rule, address) = (
                text(one, "outcome"),
                text(one, "rule"),
                text(one, "address"),
            );
            format!("{outcome} {rule} {address}")
        })
        .collect();
    for expected in [
        "violation encryption/not-encrypted v1/PersistentVolumeClaim records/exports",
        "violation qualification/foreign-dependency apps/v1/Deployment records/exports",
        "violation qualification/foreign-dependency v1/Service records/mail",
        "violation qualification/not-qualified apps/v1/StatefulSet records/database",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}\n{found:#?}"
        );
    }
    // Pods and replica sets are their workload's; a claim template is the claims that came of it.
    for made in [
        "v1/Pod ",
        "apps/v1/ReplicaSet ",
        "data-database-*",
        "v1/Node ",
        "v1/Secret ",
    ] {
        assert!(
            !found.iter().any(|one| one.contains(made)),
            "{made}\n{found:#?}"
        );
    }
    // All nodes are in Paris, and so is everything.
    assert!(
        !found.iter().any(|one| one.contains("residency/")),
        "{found:#?}"
    );
    // The volumes of the database are encrypted with a passphrase of ours.
    let database = "not-encrypted v1/PersistentVolumeClaim records/data-database-0";
    assert!(
        !found.iter().any(|one| one.ends_with(database)),
        "{found:#?}"
    );
}

#[test]
fn what_the_secrets_of_an_export_keep_is_never_printed() {
    for arguments in [
        &["scan", EXPORT, "--verbose"][..],
        &["scan", EXPORT, "--format", "json"],
        &["inspect", EXPORT, "--format", "json"],
        &["inspect", EXPORT],
    ] {
        let mut all = arguments.to_vec();
        all.extend(["--as-of", AS_OF]);
        let run = gardefou(&all);
        assert!(!run.stdout.contains("c2FtcGxlIG9ubHk"), "{arguments:?}");
        assert!(!run.stderr.contains("c2FtcGxlIG9ubHk"), "{arguments:?}");
    }
}
