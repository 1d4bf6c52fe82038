//! A platform for several hospitals in a cluster: silent where all is well, and each planted fault at its own line.

use serde_json::Value;

use crate::support::{root, scan_json};

/// Rule, address, file, and what stands on the line that the finding points at.
type Planted = (&'static str, &'static str, &'static str, &'static str);

const PLANTED: [Planted; 17] = [
    // 1: an alternative of the scheduler
    (
        "residency/outside-area",
        "apps/v1/StatefulSet chu-rouen/imaging",
        "tenants/chu-rouen/imaging.yaml",
        "us-east-2a",
    ),
    (
        "qualification/hds-missing",
        "apps/v1/StatefulSet chu-rouen/imaging",
        "tenants/chu-rouen/imaging.yaml",
        "us-east-2a",
    ),
    // 2: a class in clear
    (
        "encryption/not-encrypted",
        "v1/PersistentVolumeClaim chu-tours/documents",
        "tenants/chu-tours/records.yaml",
        "storageClassName: bsu-chu-tours",
    ),
    (
        "encryption/not-encrypted",
        "v1/PersistentVolumeClaim chu-tours/images-imaging-*",
        "tenants/chu-tours/imaging.yaml",
        "storageClassName: bsu-chu-tours",
    ),
    (
        "encryption/not-encrypted",
        "postgresql.cnpg.io/v1/Cluster chu-tours/records",
        "tenants/chu-tours/database.yaml",
        "storageClass: bsu-chu-tours",
    ),
    // 3: the passphrase of a neighbour
    (
        "encryption/key-shared-between-tenants",
        "postgresql.cnpg.io/v1/Cluster chu-amiens/records",
        "tenants/chu-amiens/database.yaml",
        "storageClass: bsu-chu-amiens",
    ),
    // 4: backups in the United States
    (
        "residency/copy-outside-area",
        "velero.io/v1/BackupStorageLocation backup/chu-amiens",
        "platform/backup.yaml",
        "s3.us-east-1.amazonaws.com",
    ),
    (
        "qualification/hds-missing",
        "velero.io/v1/BackupStorageLocation backup/chu-amiens",
        "platform/backup.yaml",
        "s3.us-east-1.amazonaws.com",
    ),
    (
        "qualification/extraterritorial-exposure",
        "velero.io/v1/BackupStorageLocation backup/chu-amiens",
        "platform/backup.yaml",
        "s3.us-east-1.amazonaws.com",
    ),
    (
        "qualification/not-qualified",
        "velero.io/v1/BackupStorageLocation backup/chu-amiens",
        "platform/backup.yaml",
        "s3.us-east-1.amazonaws.com",
    ),
    (
        "encryption/key-outside-area",
        "velero.io/v1/BackupStorageLocation backup/chu-amiens",
        "platform/backup.yaml",
        "s3.us-east-1.amazonaws.com",
    ),
    // 5: a public registry
    (
        "qualification/foreign-dependency",
        "apps/v1/StatefulSet chu-amiens/imaging",
        "tenants/chu-amiens/imaging.yaml",
        "orthancteam/orthanc",
    ),
    // 6: a store of secrets
    (
        "qualification/foreign-dependency",
        "external-secrets.io/v1/SecretStore chu-tours/openbao",
        "platform/secret-stores.yaml",
        "service: SecretsManager",
    ),
    // 7: a factor for those who want one
    (
        "identity/mfa-not-enforced",
        "k8s.keycloak.org/v2alpha1/KeycloakRealmImport identity/platform",
        "platform/identity.yaml",
        "browserFlow: browser",
    ),
    // 8: a name that leads away
    (
        "qualification/foreign-dependency",
        "v1/Service chu-rouen/telemetry",
        "tenants/chu-rouen/records.yaml",
        "http-intake.logs.us5.datadoghq.com",
    ),
    // 9: a token without an end
    (
        "identity/long-lived-credential",
        "v1/Secret chu-amiens/records-deployer",
        "tenants/chu-amiens/secrets.yaml",
        "kind: Secret",
    ),
    // 10: secrets in clear
    (
        "encryption/not-encrypted",
        "apiserver.config.k8s.io/v1/EncryptionConfiguration control-plane/encryption.yaml",
        "control-plane/encryption.yaml",
        "identity: {}",
    ),
];

fn findings<'d>(document: &'d Value, outcome: &str) -> Vec<&'d Value> {
    let all = document["findings"].as_array().expect("a list");
    all.iter()
        .filter(|finding| finding["outcome"] == outcome)
        .collect()
}

#[test]
fn the_clean_platform_has_no_violation() {
    let (code, document) = scan_json("fixtures/hospital-platform/clean", &[]);
    assert_eq!(code, 0, "{:#}", document["summary"]);
    let violations = findings(&document, "violation");
    assert!(violations.is_empty(), "{violations:#?}");
    for open in findings(&document, "undetermined") {
        assert_eq!(open["rule"], "encryption/key-not-erasable", "{open:#}");
    }
    assert_eq!(document["problems"], serde_json::json!([]));
}

#[test]
fn every_planted_fault_is_found_at_its_line_and_nothing_else() {
    let (code, document) = scan_json("fixtures/hospital-platform/faulty", &[]);
    assert_eq!(code, 1);
    let mut missing: Vec<&Planted> = PLANTED.iter().collect();
    let mut unexpected = Vec::new();
    for finding in findings(&document, "violation") {
        let path = finding["location"]["path"].as_str().expect("a path");
        let line = finding["location"]["start"]["line"]
            .as_u64()
            .expect("a line");
        let file = root().join("fixtures/hospital-platform/faulty").join(path);
        let text = std::fs::read_to_string(file).expect("the file");
        let line = text.lines().nth(line as usize - 1).expect("the line");
        let is = |planted: &&Planted| {
            finding["rule"] == planted.0
                && finding["address"] == planted.1
                && path == planted.2
                && line.contains(planted.3)
        };
        if PLANTED.iter().any(|planted| is(&planted)) {
            missing.retain(|planted| !is(planted));
        } else {
            unexpected.push(format!(
                "{} {} {path}: {line}",
                finding["rule"], finding["address"]
            ));
        }
    }
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert!(missing.is_empty(), "{missing:#?}");
    for open in findings(&document, "undetermined") {
        assert_eq!(open["rule"], "encryption/key-not-erasable", "{open:#}");
    }
}
