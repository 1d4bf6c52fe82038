//! Charts that Terraform installs: rendered with what the release says, on the cluster that its provider block reaches; else a
//! reason why what they make is not seen. Most of it with a program of a few lines of shell; the last with the real one.
#![cfg(unix)]

use std::fs;

use serde_json::Value;

use crate::render::{CHART, Estate, errors, hold_schema, texts};

const CLUSTER: &str = r#"
provider "aws" {
  region = "us-east-1"
}
resource "aws_eks_cluster" "main" {
  name = "records"
}
provider "helm" {
  kubernetes = { host = aws_eks_cluster.main.endpoint }
}
"#;

/// A release for each tenant, with all ways to give a value.
const TENANTS: &str = r#"
resource "helm_release" "portal" {
  for_each  = toset(["chu", "essai"])
  name      = "portal-${each.key}"
  chart     = "${path.module}/../charts/portal"
  namespace = each.key
  values = [
    "name: first\n",
    yamlencode({ tenant = each.key }),
  ]
  set {
    name  = "class"
    value = "fast, $(evil) ${each.key}"
  }
  set {
    name  = "port"
    value = 5432
    type  = "string"
  }
  set_list {
    name  = "zones"
    value = ["a", "b"]
  }
}
"#;

/// Prints a claim in clear with its class, by the name of the release; writes down the values that it finds.
const HELM: &str = r#"
for file in values-*.yaml; do
  while read -r line; do echo "$line" >> "$0.values"; done < "$file"
done
while [ "$1" != -- ]; do shift; done
echo '---'
echo '# Source: portal/templates/db.yaml'
echo 'apiVersion: storage.k8s.io/v1'
echo 'kind: StorageClass'
echo "metadata: {name: $2}"
echo 'provisioner: ebs.csi.aws.com'
echo 'parameters: {encrypted: "false"}'
echo '---'
echo '# Source: portal/templates/db.yaml'
echo 'apiVersion: v1'
echo 'kind: PersistentVolumeClaim'
echo 'metadata: {name: db, labels: {gardefou.eu/sensitivity: health}}'
echo "spec: {storageClassName: $2}"
"#;

fn estate(releases: &str) -> Estate {
    let estate = Estate::new(&[
        ("charts/portal/Chart.yaml", CHART),
        ("charts/portal/values.yaml", "name: db\n"),
        (
            "charts/portal/templates/db.yaml",
            "kind: {{ .Values.name }}\n",
        ),
    ]);
    estate.write("infra/main.tf", &format!("{CLUSTER}{releases}"));
    estate.program("helm", HELM);
    estate
}

/// Findings of a rule about releases and what they make: outcome, address, reason.
fn found(document: &Value, rule: &str) -> Vec<(String, String, String)> {
    let findings = document["findings"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = findings.filter(|finding| finding["rule"] == rule);
    of.map(|finding| {
        let of = |key: &str| text(&finding[key]);
        (of("outcome"), of("address"), of("reason"))
    })
    .filter(|(_, address, _)| address.contains("helm_release"))
    .collect()
}

/// Why what the only release makes is not seen.
fn reason(releases: &str) -> String {
    let estate = estate(releases);
    let (_, document) = estate.json("scan", &["--render"]);
    let release = |line: &String| line.contains("--namespace");
    assert!(
        !estate.started("helm").iter().any(release),
        "it was started"
    );
    assert_eq!(document["coverage"]["releases"]["not_rendered"], 1);
    let all = found(&document, "encryption/not-encrypted");
    let [(outcome, address, reason)] = &all[..] else {
        panic!("{document:#}");
    };
    assert_eq!((&**outcome, &**address), ("undetermined", "helm_release.a"));
    reason.clone()
}

fn release(arguments: &str) -> String {
    format!("resource \"helm_release\" \"a\" {{\n  name = \"a\"\n  {arguments}\n}}\n")
}

#[test]
fn every_instance_is_rendered_with_its_values() {
    let estate = estate(TENANTS);
    let (_, document) = estate.json("inspect", &["--render"]);
    let chart = estate.code().join("charts/portal");
    let chart = chart.canonicalize().expect("there");
    let arguments = |tenant: &str| {
        format!(
            "template --skip-schema-validation --include-crds --values=values-0.yaml --values=values-1.yaml --set=class=fast, $(evil) {tenant} \
             --set-string=port=5432 --set=zones={{a,b}} --namespace={tenant} -- portal-{tenant} {}",
            chart.display()
        )
    };
    // Once each, and not with the values of the chart alone.
    assert_eq!(estate.started("helm"), ["chu", "essai"].map(arguments));
    let values = fs::read_to_string(estate.programs().join("helm.values")).expect("values");
    let mut values: Vec<&str> = values.lines().collect();
    values.sort_unstable();
    assert_eq!(
        values,
        [
            "\"tenant\": \"chu\"",
            "\"tenant\": \"essai\"",
            "name: first",
            "name: first"
        ]
    );
    hold_schema("inspect", &document);
    let renderings = document["renderings"].as_array().expect("a list");
    let by: Vec<_> = renderings.iter().map(|one| &one["installed_by"]).collect();
    assert_eq!(
        by,
        [
            r#"helm_release.portal["chu"]"#,
            r#"helm_release.portal["essai"]"#
        ]
    );
}

#[test]
fn what_a_release_makes_is_judged_on_its_cluster() {
    let estate = estate(TENANTS);
    let (_, document) = estate.json("inspect", &["--render"]);
    let objects = document["objects"].as_array().expect("a list");
    let object = |address: &str| {
        let object = objects.iter().find(|one| one["address"] == address);
        object.unwrap_or_else(|| panic!("{address}: {objects:#?}"))
    };
    for tenant in ["chu", "essai"] {
        let release = format!("helm_release.portal[\"{tenant}\"]");
        let claim = format!("{release}: v1/PersistentVolumeClaim {tenant}/db");
        let facts = &object(&claim)["facts"];
        assert_eq!(facts["location"]["region"], "us-east-1", "{facts:#}");
        assert_eq!(facts["hosting"]["provider"], "aws", "{facts:#}");
        // By the class of its own release.
        assert_eq!(facts["encryption"][0]["at_rest"], "no", "{facts:#}");
        let relations = document["relations"].as_array().expect("a list");
        let says = |kind: &str, to: &str| {
            relations.iter().any(|one| {
                let (from, end) = (&one["from"]["address"], &one["to"]["address"]);
                one["relation"] == kind && *from == *claim && *end == *to
            })
        };
        assert!(says("part-of", &release), "{relations:#?}");
        assert!(says("runs-on", "aws_eks_cluster.main"), "{relations:#?}");
    }
    let (code, document) = estate.json("scan", &["--render"]);
    assert_eq!(code, 1);
    hold_schema("scan", &document);
    // The claims, and not the releases: what they make is seen.
    let found = found(&document, "encryption/not-encrypted");
    let addresses: Vec<&str> = found.iter().map(|(_, address, _)| &**address).collect();
    assert_eq!(
        addresses,
        [
            r#"helm_release.portal["chu"]: v1/PersistentVolumeClaim chu/db"#,
            r#"helm_release.portal["essai"]: v1/PersistentVolumeClaim essai/db"#,
        ]
    );
    assert_eq!(
        document["coverage"]["releases"],
        serde_json::json!({ "found": 2, "rendered": 2, "not_rendered": 0 })
    );
    assert_eq!(document["coverage"]["packages"][0]["rendered"], 1);
}

#[test]
fn releases_of_two_clusters_are_not_mixed_up() {
    let estate = estate(
        r#"
provider "aws" {
  alias  = "paris"
  region = "eu-west-3"
}
resource "aws_eks_cluster" "paris" {
  provider = aws.paris
  name     = "paris"
}
provider "helm" {
  alias      = "paris"
  kubernetes = { host = aws_eks_cluster.paris.endpoint }
}
resource "helm_release" "far" {
  name  = "one"
  chart = "../charts/portal"
}
resource "helm_release" "near" {
  provider = helm.paris
  name     = "one"
  chart    = "../charts/portal"
}
"#,
    );
    let (_, document) = estate.json("inspect", &["--render"]);
    let objects = document["objects"].as_array().expect("a list");
    let region = |release: &str| {
        let address = format!("helm_release.{release}: v1/PersistentVolumeClaim default/db");
        let object = objects.iter().find(|one| one["address"] == *address);
        object.expect("the claim")["facts"]["location"]["region"].clone()
    };
    assert_eq!(
        (region("far"), region("near")),
        ("us-east-1".into(), "eu-west-3".into())
    );
    let relations = document["relations"].as_array().expect("a list").iter();
    let both = |one: &&Value| {
        let of = |end: &str, release: &str| {
            let text = one[end]["address"].as_str().unwrap_or_default();
            text.starts_with(&format!("helm_release.{release}: "))
        };
        of("from", "far") && of("to", "near") || of("from", "near") && of("to", "far")
    };
    assert_eq!(relations.filter(both).count(), 0);
}

#[test]
fn a_chart_that_the_configuration_names_is_rendered_for_that_too() {
    let estate = estate(&release("chart = \"../charts/portal\""));
    estate.write(
        "gardefou.toml",
        "[[render.chart]]\npaths = [\"charts/*\"]\nnamespace = \"prod\"\nkube-version = \"1.33\"\n",
    );
    let (_, document) = estate.json("inspect", &["--render"]);
    let started = estate.started("helm");
    assert_eq!(started.len(), 2, "{started:#?}");
    assert!(
        started
            .iter()
            .all(|line| line.contains("--kube-version=1.33"))
    );
    assert!(started[0].contains("--namespace=default") && started[0].contains("-- a "));
    assert!(started[1].contains("--namespace=prod") && started[1].contains("-- portal "));
    assert_eq!(document["renderings"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_not_rendered_says_why() {
    let local = "chart = \"../charts/portal\"";
    let with = |more: &str| reason(&release(&format!("{local}\n  {more}")));
    let secret = "variable \"word\" {\n  sensitive = true\n  default = \"hunter2\"\n}\n";
    for (said, expected) in [
        (
            reason(&release(
                "chart = \"portal\"\n  repository = \"https://charts.example.org\"",
            )),
            "what the chart portal makes is not seen: it is in a registry: put it into the repository, and scan with --render",
        ),
        (
            reason(&release("chart = \"oci://registry.example.org/portal\"")),
            "what the chart oci://registry.example.org/portal makes is not seen: it is in a registry: put it into the repository, and scan with --render",
        ),
        (
            reason(&release("chart = \"../charts/other\"")),
            "what the chart ../charts/other makes is not seen: it is no chart folder of the scan",
        ),
        (
            reason(&release("chart = \"../../../charts/portal\"")),
            "what the chart ../../../charts/portal makes is not seen: it is no chart folder of the scan",
        ),
        (
            with("values = [yamlencode({ host = aws_eks_cluster.main.endpoint })]"),
            "what the chart ../charts/portal makes is not seen: `values` is known only after apply",
        ),
        (
            with("set {\n    name  = \"host\"\n    value = aws_eks_cluster.main.endpoint\n  }"),
            "what the chart ../charts/portal makes is not seen: `set` is known only after apply",
        ),
        (
            with("set_sensitive {\n    name  = \"word\"\n    value = \"hunter2\"\n  }"),
            "what the chart ../charts/portal makes is not seen: `set_sensitive` is secret, and is handed to no program",
        ),
        (
            reason(&format!(
                "{secret}{}",
                release(&format!(
                    "{local}\n  set = [{{ name = \"word\", value = var.word }}]"
                ))
            )),
            "what the chart ../charts/portal makes is not seen: `set` is secret, and is handed to no program",
        ),
        (
            with("postrender {\n    binary_path = \"./patch\"\n  }"),
            "what the chart ../charts/portal makes is not seen: `postrender` changes it beyond what the code shows",
        ),
    ] {
        assert_eq!(said, expected);
    }
}

#[test]
fn without_rendering_it_is_said() {
    let estate = estate(TENANTS);
    let (_, document) = estate.json("scan", &[]);
    assert_eq!(estate.started("helm").len(), 0);
    let found = found(&document, "encryption/not-encrypted");
    assert_eq!(found.len(), 2, "{found:#?}");
    for (outcome, _, reason) in &found {
        assert_eq!(outcome, "undetermined");
        assert_eq!(
            reason,
            "what the chart charts/portal makes is not seen: scan with --render"
        );
    }
    let releases = &document["coverage"]["releases"];
    assert_eq!(
        *releases,
        serde_json::json!({ "found": 2, "rendered": 0, "not_rendered": 2 })
    );
}

#[test]
fn a_release_that_cannot_be_rendered_is_an_error_that_names_it() {
    let estate = estate(&release("chart = \"../charts/portal\""));
    estate.program("helm", "echo 'Error: no' >&2; exit 1");
    let (code, document) = estate.json("scan", &["--render"]);
    assert_eq!(code, 2);
    let [(message, ..)] = &errors(&document)[..] else {
        panic!("{document:#}");
    };
    assert_eq!(
        message,
        "the Helm chart `charts/portal` was not rendered for `helm_release.a`: `helm` failed (exit status: 1)"
    );
    let found = found(&document, "encryption/not-encrypted");
    assert!(
        found[0].2.ends_with("it could not be rendered"),
        "{found:#?}"
    );
}

#[test]
#[ignore = "needs helm and kubectl: .ci/run gets them"]
fn the_real_helm_makes_what_terraform_says() {
    let estate = estate(
        r#"
resource "helm_release" "portal" {
  for_each  = toset(["chu", "essai"])
  name      = "portal-${each.key}"
  chart     = "../charts/portal"
  namespace = each.key
  values    = [<<-YAML
    class:
      name: slow
    level: health
  YAML
  ]
  set {
    name  = "class.name"
    value = "fast-${each.key}"
  }
  set_list {
    name  = "zones"
    value = ["a", "b"]
  }
}
"#,
    );
    estate.write(
        "charts/portal/values.yaml",
        "class: {name: none}\nlevel: internal\n",
    );
    estate.write(
        "charts/portal/templates/db.yaml",
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: {{ .Release.Name }}\n  labels:\n    gardefou.eu/sensitivity: {{ .Values.level }}\n    zones: {{ join \"-\" .Values.zones }}\nspec:\n  storageClassName: {{ .Values.class.name }}\n",
    );
    fs::remove_file(estate.programs().join("helm")).expect("removed");
    let helm = std::env::var("GARDEFOU_TEST_HELM");
    let helm = helm.expect("GARDEFOU_TEST_HELM names the program; .ci/kubernetes-tools gets it");
    std::os::unix::fs::symlink(helm, estate.programs().join("helm")).expect("linked");
    let (_, document) = estate.json("inspect", &["--render"]);
    let objects = document["objects"].as_array().expect("a list");
    let addresses: Vec<_> = objects.iter().map(|one| &one["address"]).collect();
    assert_eq!(
        addresses,
        [
            r#"helm_release.portal["chu"]: v1/PersistentVolumeClaim chu/portal-chu"#,
            r#"helm_release.portal["essai"]: v1/PersistentVolumeClaim essai/portal-essai"#,
        ]
    );
    let of = &objects[0];
    assert_eq!(of["facts"]["sensitivity"]["level"], "health", "{of:#}");
    let values = &of["values"];
    assert_eq!(values["spec"]["storageClassName"], "fast-chu", "{of:#}");
    assert_eq!(values["metadata"]["labels"]["zones"], "a-b", "{of:#}");
    assert_eq!(
        texts(&document["renderings"][0]["values"]),
        Vec::<&str>::new()
    );
    // What the values of the release say is shown where Terraform writes it.
    let evidence = of["facts"]["sensitivity"]["evidence"].to_string();
    assert!(evidence.contains("infra/main.tf"), "{evidence}");
}
