//! What a `Secret` keeps, and passwords in texts that objects carry, are in no output of the program.

use std::fs;

use crate::support::{AS_OF, gardefou_in};

/// Stands for a secret, and its base64.
const SECRET: &str = "mot-de-passe-tres-secret-42";
const PACKED: &str = "bW90LWRlLXBhc3NlLXRyZXMtc2VjcmV0LTQy";

fn manifests() -> String {
    let object = |kind: &str, name: &str, rest: &str| {
        format!(
            "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: records\n{rest}---\n"
        )
    };
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: records\n  labels: { data-classification: sante }\n---\n";
    let repository = "  labels: { argocd.argoproj.io/secret-type: repository }\n";
    [
        namespace.to_owned(),
        object("Secret", "plain", &format!("stringData:\n  a: {SECRET}\n  b: |\n    line\n    {SECRET}\ndata:\n  c: {PACKED}\n")),
        // Findings sit on these, and their lines are quoted.
        object("Secret", "repository", &format!("{repository}stringData:\n  url: https://git:{SECRET}@github.com/acme/{SECRET}\n  password: {SECRET}\n")),
        object("Secret", "dex", &format!("stringData:\n  config.yaml: |\n    issuer: https://dex.example\n    storage: {{}}\n    enablePasswordDB: true # {SECRET}\n    connectors:\n      - config: {{ issuer: 'https://{SECRET}.eu.auth0.com', clientSecret: {SECRET} }}\n")),
        object("ConfigMap", "dex", &format!("data:\n  DB_PASSWORD: {SECRET}\n  config.yaml: |\n    issuer: https://dex.example\n    storage: {{ password: {SECRET} }}\n    enablePasswordDB: true\n    connectors:\n      - config: {{ issuer: 'https://acme.eu.auth0.com', clientSecret: {SECRET} }}\n")),
        format!(
            r#"{{"apiVersion": "v1", "kind": "Secret", "metadata": {{"name": "line", "namespace": "records", "annotations": {{"kubectl.kubernetes.io/last-applied-configuration": "{{\"stringData\":{{\"a\":\"{SECRET}\"}}}}"}}}}, "stringData": {{"a": "{SECRET}"}}}}"#
        ),
    ]
    .concat()
}

#[test]
fn what_is_secret_is_never_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("all.yaml"), manifests()).expect("written");
    fs::write(
        folder.path().join("gardefou.toml"),
        "[organisation]\nactor = \"state-operator\"\n",
    )
    .expect("written");
    let mut found = 0;
    for arguments in [
        ["inspect", ".", "--format", "json"],
        ["inspect", ".", "--format", "human"],
        ["scan", ".", "--format", "json"],
        ["scan", ".", "--format", "human"],
        ["scan", ".", "--format", "sarif"],
    ] {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--as-of", AS_OF, "--verbose"]);
        if arguments.first() == Some(&"inspect") {
            arguments.pop();
        }
        let run = gardefou_in(folder.path(), &arguments, &[]);
        assert!(run.code != 2 || run.stdout.is_empty(), "{}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(SECRET), "{arguments:?}\n{text}");
            assert!(!text.contains(PACKED), "{arguments:?}\n{text}");
        }
        found += usize::from(run.stdout.contains("foreign-dependency"));
    }
    assert!(found >= 2, "nothing was found on the secrets at all");
}

/// Marks what must not be printed.
const MARK: &str = "SEKRET";

const WORKLOAD: &str = r#"apiVersion: v1
kind: Namespace
metadata: { name: records, labels: { data-classification: sante } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: d, namespace: records }
spec:
  template:
    spec:
      containers:
      - name: d
        image: ghcr.io/acme/api:1
        env: [{name: DB_PASSWORD, value: SEKRET}, {name: S3_ENDPOINT, value: "https://s3.us-east-1.amazonaws.com"}]
      - {name: e, image: ghcr.io/acme/api:1, args: ["--password=SEKRET", "--endpoint=https://s3.us-west-1.amazonaws.com", "-p", SEKRET]}
      - name: f
        env:
        - {name: S3_ENDPOINT, value: "https://AKIA:SEKRET@s3.us-east-1.amazonaws.com/?X-Amz-Signature=SEKRET"}
        - name: SENTRY_DSN
          value: https://SEKRET@o123.ingest.sentry.io/1
        - name: AWS_SECRET_ACCESS_KEY
          value: SEKRET
        image: quay.io/acme/x:1
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: records }
spec:
  storage: { size: 1Gi }
  externalClusters:
  - { name: o, connectionParameters: { host: db.abc.us-east-1.rds.amazonaws.com, password: SEKRET } }
  backup: { barmanObjectStore: { destinationPath: "s3://b/", endpointURL: "https://u:SEKRET@s3.us-east-1.amazonaws.com/?token=SEKRET" } }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: app, namespace: records }
spec:
  source: { repoURL: "https://SEKRET@github.com/acme/x.git", path: x, helm: { parameters: [{ name: db.password, value: SEKRET }], values: "db:\n  password: SEKRET\n" } }
---
apiVersion: acme.io/v1
kind: Thing
metadata: { name: th, namespace: records, labels: { data-classification: sante } }
spec: { password: SEKRET, conf: "password=SEKRET", nested: { apiKey: SEKRET, clientSecret: SEKRET, privateKey: "-----BEGIN RSA PRIVATE KEY-----\nSEKRET" } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: dup, namespace: records }
data: { password: SEKRET, password: SEKRET }
"#;

const CODE: &str = r#"resource "kubernetes_deployment_v1" "d" {
  metadata {
    name   = "d"
    labels = { data-classification = "sante" }
  }
  spec {
    template {
      spec {
        container {
          name  = "d"
          image = "ghcr.io/acme/api:1"
          env {
            name  = "DB_PASSWORD"
            value = "SEKRET"
          }
          env {
            name  = "S3_ENDPOINT"
            value = "https://u:SEKRET@s3.us-east-1.amazonaws.com"
          }
        }
      }
    }
  }
}

resource "helm_release" "pg" {
  name   = "pg"
  chart  = "postgresql"
  values = [yamlencode({ auth = { postgresPassword = "SEKRET" }, s3 = "https://s3.us-east-1.amazonaws.com" })]
}
"#;

#[test]
fn secrets_of_environments_arguments_and_addresses_are_never_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text);
    write("all.yaml", WORKLOAD).expect("written");
    write("main.tf", CODE).expect("written");
    let mut quoted = 0;
    for command in ["scan", "inspect"] {
        for format in ["human", "json"] {
            let mut arguments = vec![command, ".", "--format", format, "--as-of", AS_OF];
            if command == "scan" {
                arguments.push("--verbose");
            }
            let run = gardefou_in(folder.path(), &arguments, &[]);
            for text in [&run.stdout, &run.stderr] {
                assert!(!text.contains(MARK), "{arguments:?}\n{text}");
            }
            assert!(
                run.stdout.contains("us-east-1"),
                "{arguments:?}\n{}",
                run.stderr
            );
            quoted += usize::from(run.stdout.contains("DB_PASSWORD"));
        }
    }
    // Beside what is hidden, everything is shown.
    assert!(quoted >= 2, "{quoted}");
    let address = "apps/v1/Deployment records/d";
    let run = gardefou_in(
        folder.path(),
        &["inspect", address, ".", "--as-of", AS_OF],
        &[],
    );
    assert!(run.stdout.contains("DB_PASSWORD"), "{}", run.stderr);
    assert!(!run.stdout.contains(MARK), "{}", run.stdout);
}
