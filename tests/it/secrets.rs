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
