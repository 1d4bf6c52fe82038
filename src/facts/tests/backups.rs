//! Where tools and operators of a cluster send backups, and how they are encrypted there.

use super::{Seen, manifests, reason};
use crate::facts::{Answer, Fact, KeyHolder};

/// Company and countries of a store that is an object of its own.
fn store(seen: &Seen, address: &str) -> String {
    let facts = seen.facts_of(address);
    let company = match &facts.hosting {
        Fact::Known(hosting) => &*hosting.provider,
        _ => "?",
    };
    format!("{company} {}", place(&facts.location))
}

fn place(location: &Fact<crate::facts::Location>) -> String {
    match location {
        Fact::Known(place) => place.countries.join(","),
        Fact::Absent => "-".to_owned(),
        Fact::Unknown(_) => "?".to_owned(),
    }
}

/// Copies of an object as `path place`.
fn copies(seen: &Seen, address: &str) -> Vec<String> {
    let all = seen.facts_of(address).copies.iter();
    all.map(|copy| format!("{} {}", copy.path, place(&copy.location)))
        .collect()
}

#[test]
fn a_target_of_longhorn_means_the_host_that_its_secret_names() {
    let target = |name: &str| {
        format!(
            "---\napiVersion: longhorn.io/v1beta2\nkind: BackupTarget\nmetadata: {{name: {name}, namespace: l}}\nspec: {{backupTargetURL: 's3://backups@eu-west-2/', credentialSecret: {name}}}\n"
        )
    };
    let secret = |name: &str, data: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: l}}\nstringData: {data}\n"
        )
    };
    let text = [
        target("amazon"),
        secret("amazon", "{AWS_ACCESS_KEY_ID: a}"),
        target("other"),
        secret("other", "{AWS_ENDPOINTS: 'https://oos.eu-west-2.outscale.com'}"),
        target("open"),
        "---\napiVersion: longhorn.io/v1beta2\nkind: Setting\nmetadata: {name: backup-target, namespace: l}\nvalue: s3://backups@us-east-1/\n".to_owned(),
        "---\napiVersion: longhorn.io/v1beta2\nkind: Setting\nmetadata: {name: default-replica-count, namespace: l}\nvalue: '3'\n".to_owned(),
    ]
    .concat();
    let seen = manifests(&text);
    let at = |name: &str| store(&seen, &format!("longhorn.io/v1beta2/BackupTarget l/{name}"));
    assert_eq!(at("amazon"), "aws GB");
    assert_eq!(at("other"), "outscale FR");
    assert_eq!(at("open"), "? ?");
    assert_eq!(
        store(&seen, "longhorn.io/v1beta2/Setting l/backup-target"),
        "? ?"
    );
    assert_eq!(
        store(&seen, "longhorn.io/v1beta2/Setting l/default-replica-count"),
        "? -"
    );
}

#[test]
fn databases_send_backups_where_their_fields_and_variables_say() {
    let seen = manifests(
        r"
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: amazon, namespace: app }
spec: { env: [{ name: WAL_S3_BUCKET, value: b }, { name: AWS_REGION, value: us-east-1 }] }
---
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: paris, namespace: app }
spec:
  env:
  - { name: WAL_S3_BUCKET, value: b }
  - { name: AWS_REGION, value: us-east-1 }
  - { name: AWS_ENDPOINT, value: 'https://s3.fr-par.scw.cloud' }
---
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: none, namespace: app }
spec: { env: [{ name: LOG_LEVEL, value: debug }] }
---
apiVersion: acid.zalan.do/v1
kind: postgresql
metadata: { name: open, namespace: app }
spec: { env: [{ name: WAL_S3_BUCKET, value: b }] }
---
apiVersion: provisioning.cattle.io/v1
kind: Cluster
metadata: { name: c, namespace: fleet }
spec: { rkeConfig: { etcd: { s3: { bucket: b, region: us-east-1 } } } }
---
apiVersion: stash.appscode.com/v1alpha1
kind: Repository
metadata: { name: r, namespace: app }
spec: { backend: { s3: { bucket: b, endpoint: s3.amazonaws.com, region: us-west-2 }, storageSecretName: s } }
---
apiVersion: storage.kubestash.com/v1alpha1
kind: BackupStorage
metadata: { name: s, namespace: app }
spec: { storage: { provider: s3, s3: { bucket: b, region: eu-west-3 } } }
",
    );
    let of = |name: &str| copies(&seen, &format!("acid.zalan.do/v1/postgresql app/{name}"));
    assert_eq!(of("amazon"), ["spec.env US"]);
    assert_eq!(of("paris"), ["spec.env FR"]);
    assert_eq!(of("none"), <[&str; 0]>::default());
    assert_eq!(of("open"), ["spec.env ?"]);
    assert_eq!(
        copies(&seen, "provisioning.cattle.io/v1/Cluster fleet/c"),
        ["spec.rkeConfig.etcd.s3.region US"]
    );
    assert_eq!(
        store(&seen, "storage.kubestash.com/v1alpha1/BackupStorage app/s"),
        "aws FR"
    );
}

#[test]
fn a_copy_is_encrypted_as_the_block_of_its_store_says() {
    let seen = manifests(
        r"
apiVersion: psmdb.percona.com/v1
kind: PerconaServerMongoDB
metadata: { name: m, namespace: app }
spec:
  backup:
    storages:
      keyed: { type: s3, s3: { bucket: a, region: eu-west-3, serverSideEncryption: { kmsKeyID: k, sseAlgorithm: aws:kms } } }
      bare: { type: s3, s3: { bucket: b, region: eu-west-1 } }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: app }
spec: { backup: { barmanObjectStore: { destinationPath: s3://b/, endpointURL: 'https://s3.eu-west-3.amazonaws.com', data: { encryption: AES256 } } } }
",
    );
    let copies = &seen
        .facts_of("psmdb.percona.com/v1/PerconaServerMongoDB app/m")
        .copies;
    let of = |country: &str| {
        let found = copies.iter().find(|copy| place(&copy.location) == country);
        &found.expect("a copy").encryption
    };
    match of("FR") {
        Fact::Known(parts) => {
            assert_eq!(
                (parts[0].at_rest, parts[0].holder),
                (Answer::Yes, KeyHolder::Customer)
            );
            assert_eq!(parts[0].key_name.as_deref(), Some("k"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        reason(of("IE")),
        "the bucket decides how backups are encrypted there, and no field asks for it"
    );
    match &seen.facts_of("postgresql.cnpg.io/v1/Cluster app/pg").copies[0].encryption {
        Fact::Known(parts) => assert_eq!(parts[0].holder, KeyHolder::Provider),
        other => panic!("{other:?}"),
    }
}
