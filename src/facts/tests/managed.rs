//! Resources of clouds that manifests declare.

use super::{Seen, manifests, reason};
use crate::catalog::Class;
use crate::config::words::Level;
use crate::facts::{Answer, CopyKind, Fact, KeyHolder};
use crate::graph::RelationKind::{AttachedTo, EncryptsWith};
use crate::graph::World;

fn countries<'s>(seen: &'s Seen, address: &str) -> Vec<&'s str> {
    match &seen.facts_of(address).location {
        Fact::Known(location) => location.countries.iter().map(|one| &**one).collect(),
        other => panic!("{address}: {other:?}"),
    }
}

fn company<'s>(seen: &'s Seen, address: &str) -> &'s str {
    match &seen.facts_of(address).hosting {
        Fact::Known(hosting) => &hosting.provider,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn a_kind_made_from_a_type_is_known_as_the_type_is() {
    let seen = manifests(
        r"
apiVersion: kms.aws.upbound.io/v1beta1
kind: Key
metadata: { name: hospital }
spec: { forProvider: { region: eu-west-3, enableKeyRotation: true } }
---
apiVersion: rds.aws.upbound.io/v1beta3
kind: Instance
metadata: { name: hospital }
spec:
  forProvider: { region: eu-west-3, storageEncrypted: true, kmsKeyIdRef: { name: hospital } }
---
apiVersion: rds.aws.upbound.io/v1beta1
kind: SubnetGroup
metadata: { name: hospital }
spec: { forProvider: { region: eu-west-3 } }
---
apiVersion: rds.aws.m.upbound.io/v1beta1
kind: Instance
metadata: { name: bare, namespace: app, labels: { gardefou.eu/sensitivity: health } }
spec: { forProvider: { region: us-east-1, storageEncrypted: false } }
",
    );
    let key = "kms.aws.upbound.io/v1beta1/Key hospital";
    let store = "rds.aws.upbound.io/v1beta3/Instance hospital";
    let bare = "rds.aws.m.upbound.io/v1beta1/Instance app/bare";
    let resource = seen.resource(store);
    assert_eq!(&*resource.kind, "aws_db_instance");
    assert_eq!(&**resource.written_kind(), "rds.aws.upbound.io/Instance");
    assert!(resource.catalogued && resource.is_object());
    assert_eq!(countries(&seen, store), ["FR"]);
    assert_eq!(company(&seen, store), "aws");
    let whole = seen.whole(store);
    assert_eq!(
        (whole.at_rest, whole.holder),
        (Answer::Yes, KeyHolder::Customer)
    );
    assert_eq!(whole.key, Some(seen.resource(key).id));
    assert_eq!(seen.related(store, EncryptsWith), [key]);
    assert_eq!(countries(&seen, bare), ["US"]);
    assert_eq!(seen.whole(bare).at_rest, Answer::No);
    assert_eq!(seen.facts_of(bare).sensitivity.level, Level::Health);
}

#[test]
fn companions_are_found_by_references_and_selectors() {
    let seen = manifests(
        r"
apiVersion: kms.aws.upbound.io/v1beta1
kind: Key
metadata: { name: k, labels: { for: records } }
spec: { forProvider: { region: eu-west-3 } }
---
apiVersion: kms.aws.upbound.io/v1beta1
kind: Key
metadata: { name: other, labels: { for: logs } }
spec: { forProvider: { region: eu-west-3 } }
---
apiVersion: s3.aws.upbound.io/v1beta2
kind: Bucket
metadata: { name: records }
spec: { forProvider: { region: eu-west-3 } }
---
apiVersion: s3.aws.upbound.io/v1beta2
kind: BucketServerSideEncryptionConfiguration
metadata: { name: records }
spec:
  forProvider:
    region: eu-west-3
    bucketRef: { name: records }
    rule:
    - applyServerSideEncryptionByDefault:
        sseAlgorithm: aws:kms
        kmsMasterKeyIdSelector: { matchLabels: { for: records } }
",
    );
    let bucket = "s3.aws.upbound.io/v1beta2/Bucket records";
    let companion = "s3.aws.upbound.io/v1beta2/BucketServerSideEncryptionConfiguration records";
    let key = "kms.aws.upbound.io/v1beta1/Key k";
    assert_eq!(seen.related(companion, AttachedTo), [bucket]);
    assert_eq!(seen.related(bucket, EncryptsWith), [key]);
    assert_eq!(seen.whole(bucket).holder, KeyHolder::Customer);
}

#[test]
fn copies_are_those_of_the_type() {
    let seen = manifests(
        r"
apiVersion: dynamodb.aws.upbound.io/v1beta2
kind: Table
metadata: { name: t }
spec: { forProvider: { region: eu-west-3, replica: [{ regionName: us-east-1 }] } }
---
apiVersion: storage.azure.upbound.io/v1beta2
kind: Account
metadata: { name: a }
spec: { forProvider: { location: West Europe, accountReplicationType: GRS, tags: { DataClass: health } } }
---
apiVersion: storage.gcp.upbound.io/v1beta2
kind: Bucket
metadata: { name: g }
spec: { forProvider: { location: US } }
",
    );
    let copies = |address: &str| -> Vec<Vec<String>> {
        let all = seen.facts_of(address).copies.iter();
        all.filter_map(|copy| copy.location.known())
            .map(|place| place.countries.iter().map(|one| one.to_string()).collect())
            .collect()
    };
    assert_eq!(copies("dynamodb.aws.upbound.io/v1beta2/Table t"), [["US"]]);
    let account = "storage.azure.upbound.io/v1beta2/Account a";
    assert_eq!(countries(&seen, account), ["NL"]);
    assert_eq!(copies(account), [["IE"]]);
    let labels = &seen.facts.labels[seen.resource(account).id.index()];
    assert!(labels.all.iter().any(|label| &*label.key == "DataClass"));
    assert_eq!(
        countries(&seen, "storage.gcp.upbound.io/v1beta2/Bucket g"),
        ["US"]
    );
}

#[test]
fn what_is_only_observed_is_only_read() {
    let seen = manifests(
        r"
apiVersion: s3.aws.upbound.io/v1beta2
kind: Bucket
metadata: { name: theirs }
spec: { managementPolicies: [Observe], forProvider: { region: us-east-1 } }
",
    );
    let bucket = seen.resource("s3.aws.upbound.io/v1beta2/Bucket theirs");
    assert_eq!(bucket.world, World::TerraformData);
    assert!(!bucket.classes.contains(Class::HoldsData));
}

#[test]
fn what_the_catalogue_does_not_list_is_never_silent() {
    let seen = manifests(
        r"
apiVersion: v1
kind: Namespace
metadata: { name: app, annotations: { services.k8s.aws/default-region: eu-west-3 } }
---
apiVersion: elasticache.services.k8s.aws/v1alpha1
kind: ReplicationGroup
metadata: { name: cache, namespace: app }
spec: {}
---
apiVersion: novel.aws.upbound.io/v1beta1
kind: Thing
metadata: { name: marked, labels: { gardefou.eu/sensitivity: health } }
spec: { forProvider: { region: us-east-1 } }
---
apiVersion: novel.aws.upbound.io/v1beta1
kind: Thing
metadata: { name: plain }
spec: { forProvider: { region: us-east-1 } }
",
    );
    let cache = "elasticache.services.k8s.aws/v1alpha1/ReplicationGroup app/cache";
    assert!(seen.facts_of(cache).classes.contains(Class::HoldsData));
    assert_eq!(countries(&seen, cache), ["FR"]);
    assert_eq!(
        reason(seen.encryption(cache)),
        "the catalogue does not know the fields of elasticache.services.k8s.aws/ReplicationGroup"
    );
    let marked = "novel.aws.upbound.io/v1beta1/Thing marked";
    assert!(!seen.resource(marked).catalogued);
    assert!(seen.facts_of(marked).classes.contains(Class::HoldsData));
    assert_eq!(countries(&seen, marked), ["US"]);
    assert_eq!(company(&seen, marked), "aws");
    let plain = "novel.aws.upbound.io/v1beta1/Thing plain";
    assert!(!seen.resource(plain).catalogued);
    assert_eq!(seen.facts_of(plain).location, Fact::Absent);
}

#[test]
fn a_composition_is_made_of_resources() {
    let seen = manifests(
        r"
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: { name: store }
spec:
  mode: Pipeline
  pipeline:
  - step: make
    functionRef: { name: patch-and-transform }
    input:
      apiVersion: pt.fn.crossplane.io/v1beta1
      kind: Resources
      patchSets:
      - { name: where, patches: [{ type: FromCompositeFieldPath, fromFieldPath: spec.region, toFieldPath: spec.forProvider.region }] }
      resources:
      - name: key
        base:
          apiVersion: kms.aws.upbound.io/v1beta1
          kind: Key
          spec: { forProvider: { region: eu-west-3 } }
      - name: far
        base:
          apiVersion: rds.aws.upbound.io/v1beta3
          kind: Instance
          spec: { forProvider: { region: us-east-1, storageEncrypted: true, kmsKeyIdSelector: { matchControllerRef: true } } }
      - name: anywhere
        base:
          apiVersion: rds.aws.upbound.io/v1beta3
          kind: Instance
          spec: { forProvider: { region: eu-west-3, storageEncrypted: false } }
        patches:
        - { type: PatchSet, patchSetName: where }
        - { type: FromCompositeFieldPath, fromFieldPath: spec.encrypted, toFieldPath: spec.forProvider.storageEncrypted }
",
    );
    let far = "rds.aws.upbound.io/v1beta3/Instance store.far";
    let anywhere = "rds.aws.upbound.io/v1beta3/Instance store.anywhere";
    assert_eq!(countries(&seen, far), ["US"]);
    assert_eq!(seen.whole(far).holder, KeyHolder::Customer);
    assert_eq!(
        seen.related(far, EncryptsWith),
        ["kms.aws.upbound.io/v1beta1/Key store.key"]
    );
    assert!(reason(&seen.facts_of(anywhere).location).contains("a patch of the composition"));
    assert!(matches!(seen.encryption(anywhere), Fact::Unknown(_)));
}

#[test]
fn accounts_of_a_cluster_act_as_identities_of_the_same_scan() {
    let seen = super::seen(
        Some(
            r#"
resource "aws_iam_role" "app" { name = "app" }
resource "aws_iam_role" "other" { name = "other" }
resource "google_service_account" "app" { account_id = "app" }
"#,
        ),
        Some(
            r"
apiVersion: v1
kind: ServiceAccount
metadata: { name: a, namespace: prod, annotations: { eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/app' } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: g, namespace: prod, annotations: { iam.gke.io/gcp-service-account: app@project.iam.gserviceaccount.com } }
",
        ),
    );
    assert_eq!(
        seen.related("v1/ServiceAccount prod/a", AttachedTo),
        ["aws_iam_role.app"]
    );
    assert_eq!(
        seen.related("v1/ServiceAccount prod/g", AttachedTo),
        ["google_service_account.app"]
    );
}

#[test]
fn keys_of_config_connector_are_objects_and_defaults_those_of_the_cloud() {
    let seen = manifests(
        r"
apiVersion: sql.cnrm.cloud.google.com/v1beta1
kind: SQLInstance
metadata: { name: keyed }
spec: { region: europe-west9, encryptionKMSCryptoKeyRef: { name: k } }
---
apiVersion: sql.cnrm.cloud.google.com/v1beta1
kind: SQLInstance
metadata: { name: bare }
spec: { region: europe-west9 }
---
apiVersion: rds.services.k8s.aws/v1alpha1
kind: DBInstance
metadata: { name: clear, annotations: { services.k8s.aws/region: eu-west-3 } }
spec: { dbInstanceIdentifier: clear }
",
    );
    let keyed = seen.whole("sql.cnrm.cloud.google.com/v1beta1/SQLInstance keyed");
    assert_eq!(keyed.holder, KeyHolder::Customer);
    assert_eq!(keyed.key_name.as_deref(), Some("k"));
    let bare = seen.whole("sql.cnrm.cloud.google.com/v1beta1/SQLInstance bare");
    assert_eq!(
        (bare.at_rest, bare.holder),
        (Answer::Yes, KeyHolder::Provider)
    );
    let clear = seen.whole("rds.services.k8s.aws/v1alpha1/DBInstance clear");
    assert_eq!(clear.at_rest, Answer::No);
}

#[test]
fn copies_are_told_in_the_words_of_each_cloud() {
    let seen = manifests(
        r"
apiVersion: dynamodb.services.k8s.aws/v1alpha1
kind: Table
metadata: { name: t, annotations: { services.k8s.aws/region: eu-west-3 } }
spec: { tableReplicas: [{ regionName: eu-west-3 }, { regionName: us-east-1 }] }
---
apiVersion: s3.services.k8s.aws/v1alpha1
kind: Bucket
metadata: { name: b, annotations: { services.k8s.aws/region: eu-west-3 } }
spec: { replication: { rules: [{ status: Disabled, destination: { bucket: 'arn:aws:s3:::x' } }, { status: Enabled, destination: { bucket: 'arn:aws:s3:::y' } }] } }
---
apiVersion: sql.cnrm.cloud.google.com/v1beta1
kind: SQLInstance
metadata: { name: q }
spec: { region: europe-west1, settings: { backupConfiguration: { enabled: true, location: us } } }
---
apiVersion: storage.azure.com/v1api20230101
kind: StorageAccount
metadata: { name: s }
spec: { location: westeurope, sku: { name: Standard_GRS } }
---
apiVersion: dbforpostgresql.azure.com/v1api20240801
kind: FlexibleServer
metadata: { name: f }
spec: { location: westeurope, backup: { geoRedundantBackup: Disabled } }
---
apiVersion: documentdb.azure.com/v1api20240815
kind: DatabaseAccount
metadata: { name: d }
spec: { location: francecentral, locations: [{ locationName: francecentral }, { locationName: eastus }] }
",
    );
    let copies = |address: &str| -> Vec<(CopyKind, Option<String>, String)> {
        let all = seen.facts_of(address).copies.iter();
        all.map(|copy| {
            let region = copy.location.known().map(|place| place.region.to_string());
            (copy.kind, region, copy.path.clone())
        })
        .collect()
    };
    let at = |kind, region: &str, path: &str| (kind, Some(region.to_owned()), path.to_owned());
    assert_eq!(
        copies("dynamodb.services.k8s.aws/v1alpha1/Table t"),
        [at(
            CopyKind::Replica,
            "us-east-1",
            "spec.tableReplicas.*.regionName"
        )]
    );
    assert_eq!(
        copies("s3.services.k8s.aws/v1alpha1/Bucket b"),
        [(
            CopyKind::Replica,
            None,
            "spec.replication.rules.*.destination.bucket".to_owned()
        )]
    );
    assert_eq!(
        copies("sql.cnrm.cloud.google.com/v1beta1/SQLInstance q"),
        [at(
            CopyKind::Backup,
            "US",
            "spec.settings.backupConfiguration.location"
        )]
    );
    let account = "storage.azure.com/v1api20230101/StorageAccount s";
    assert_eq!(
        copies(account),
        [at(CopyKind::GeoRedundant, "northeurope", "spec.sku.name")]
    );
    assert_eq!(seen.whole(account).at_rest, Answer::Yes);
    let server = "dbforpostgresql.azure.com/v1api20240801/FlexibleServer f";
    assert_eq!(copies(server), []);
    assert_eq!(seen.whole(server).at_rest, Answer::Yes);
    assert_eq!(
        copies("documentdb.azure.com/v1api20240815/DatabaseAccount d"),
        [at(
            CopyKind::Replica,
            "eastus",
            "spec.locations.*.locationName"
        )]
    );
}

#[test]
fn a_company_that_chooses_the_place_may_choose_any() {
    let seen = manifests(
        r"
apiVersion: secretmanager.cnrm.cloud.google.com/v1beta1
kind: SecretManagerSecret
metadata: { name: s }
spec: { replication: { automatic: true } }
",
    );
    let secret = "secretmanager.cnrm.cloud.google.com/v1beta1/SecretManagerSecret s";
    let location = seen.facts_of(secret).location.known();
    assert!(location.is_some_and(|one| one.area == crate::catalog::Area::Worldwide));
}

#[test]
fn what_wraps_or_templates_objects_holds_nothing_itself() {
    let seen = manifests(
        r"
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: { name: c, labels: { gardefou.eu/sensitivity: health } }
spec: { resources: [{ name: b, base: { apiVersion: s3.aws.upbound.io/v1beta1, kind: Bucket, spec: { forProvider: { region: us-east-1 } } } }] }
---
apiVersion: kubernetes.crossplane.io/v1alpha2
kind: Object
metadata: { name: o, labels: { gardefou.eu/sensitivity: health } }
spec: { forProvider: { manifest: { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: inner, namespace: app } } } }
---
apiVersion: helm.crossplane.io/v1beta1
kind: Release
metadata: { name: r, labels: { gardefou.eu/sensitivity: health } }
spec: { forProvider: { chart: { name: pg } } }
",
    );
    for address in [
        "apiextensions.crossplane.io/v1/Composition c",
        "kubernetes.crossplane.io/v1alpha2/Object o",
        "helm.crossplane.io/v1beta1/Release r",
    ] {
        let facts = seen.facts_of(address);
        assert!(!facts.classes.contains(Class::HoldsData), "{address}");
        assert_eq!(facts.sensitivity.level, Level::Health, "{address}");
    }
}

#[test]
fn a_placeholder_is_said_to_be_one() {
    let seen = manifests(
        r"
apiVersion: storage.cnrm.cloud.google.com/v1beta1
kind: StorageBucket
metadata: { name: b }
spec: { location: '${region:=eu}' }
",
    );
    let bucket = "storage.cnrm.cloud.google.com/v1beta1/StorageBucket b";
    assert_eq!(
        reason(&seen.facts_of(bucket).location),
        "`${region:=eu}` is filled in when it is applied, as Flux does with `postBuild`"
    );
}
