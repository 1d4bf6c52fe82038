//! Services of others: who they are, what flows there, and what is none.

use super::{Seen, manifests, terraform};
use crate::facts::{Dependency, Fact};

/// `flow name company`, or `flow name ?` where the operator is open.
fn uses(seen: &Seen, address: &str) -> Vec<String> {
    let said = |one: &Dependency| {
        let who = match &one.hosting {
            Fact::Known(hosting) => &*hosting.provider,
            _ => "?",
        };
        format!("{} {} {who}", one.flow, one.name)
    };
    seen.facts_of(address)
        .dependencies
        .iter()
        .map(said)
        .collect()
}

fn only<'s>(seen: &'s Seen, address: &str) -> &'s Dependency {
    match seen.facts_of(address).dependencies.as_slice() {
        [one] => one,
        other => panic!("{address}: {other:?}"),
    }
}

fn workload(kind: &str, around: &str, spec: &str) -> String {
    format!(
        "apiVersion: {kind}\nmetadata: {{ name: a, namespace: ns }}\nspec: {}\n",
        around.replace("POD", spec)
    )
}

#[test]
fn images_are_found_in_every_kind_of_workload() {
    let pod = "{ initContainers: [{ name: i, image: busybox }], containers: [{ name: c, image: 'ghcr.io/acme/api:1' }, { name: d, image: 'ghcr.io/acme/side:1' }] }";
    let template = "{ template: { spec: POD } }";
    let job = "{ jobTemplate: { spec: { template: { spec: POD } } } }";
    for (kind, around, address) in [
        ("v1\nkind: Pod", "POD", "v1/Pod ns/a"),
        (
            "apps/v1\nkind: Deployment",
            template,
            "apps/v1/Deployment ns/a",
        ),
        (
            "apps/v1\nkind: StatefulSet",
            template,
            "apps/v1/StatefulSet ns/a",
        ),
        (
            "apps/v1\nkind: DaemonSet",
            template,
            "apps/v1/DaemonSet ns/a",
        ),
        ("batch/v1\nkind: Job", template, "batch/v1/Job ns/a"),
        ("batch/v1\nkind: CronJob", job, "batch/v1/CronJob ns/a"),
        (
            "argoproj.io/v1alpha1\nkind: Rollout",
            template,
            "argoproj.io/v1alpha1/Rollout ns/a",
        ),
    ] {
        let seen = manifests(&workload(kind, around, pod));
        assert_eq!(
            uses(&seen, address),
            ["images ghcr.io github", "images docker.io docker-hub"],
            "{kind}"
        );
    }
}

#[test]
fn the_terraform_provider_declares_pods_in_words_of_its_own() {
    let seen = terraform(
        r#"
        resource "kubernetes_deployment" "a" {
          metadata { name = "a" }
          spec {
            template {
              spec {
                container {
                  name  = "c"
                  image = "quay.io/acme/api:1"
                }
                init_container {
                  name  = "i"
                  image = "busybox"
                }
              }
            }
          }
        }
        resource "kubernetes_service" "a" {
          metadata { name = "a" }
          spec {
            type          = "ExternalName"
            external_name = "cluster0.abcde.mongodb.net"
          }
        }
        resource "kubernetes_manifest" "a" {
          manifest = {
            apiVersion = "source.toolkit.fluxcd.io/v1"
            kind       = "GitRepository"
            metadata   = { name = "a", namespace = "n" }
            spec       = { url = "ssh://git@github.com/acme/infra" }
          }
        }
        "#,
    );
    assert_eq!(
        uses(&seen, "kubernetes_deployment.a"),
        ["images quay.io quay", "images docker.io docker-hub"]
    );
    let paths = &seen.facts_of("kubernetes_deployment.a").dependencies;
    assert_eq!(paths[0].path, "spec.template.spec.container.0.image");
    assert_eq!(
        uses(&seen, "kubernetes_service.a"),
        ["data cluster0.abcde.mongodb.net mongodb-atlas"]
    );
    assert_eq!(
        uses(&seen, "kubernetes_manifest.a"),
        ["sources github.com github"]
    );
    assert_eq!(
        only(&seen, "kubernetes_manifest.a").path,
        "manifest.spec.url"
    );
}

#[test]
fn the_registry_of_the_own_cloud_is_no_third_party() {
    let seen = terraform(
        r#"
        provider "aws" { region = "eu-west-3" }
        variable "tag" {}
        resource "aws_ecr_repository" "own" { name = "own" }
        resource "aws_ecs_task_definition" "a" {
          family                = "a"
          container_definitions = jsonencode([
            { name = "own", image = "123456789012.dkr.ecr.eu-west-3.amazonaws.com/a:1" },
            { name = "proxy", image = "nginx:1.27" },
            { name = "open", image = var.tag },
          ])
        }
        resource "aws_lambda_function" "own" {
          function_name = "own"
          role          = "arn:aws:iam::123456789012:role/a"
          image_uri     = "${aws_ecr_repository.own.repository_url}:${var.tag}"
        }
        "#,
    );
    assert_eq!(
        uses(&seen, "aws_ecs_task_definition.a"),
        [
            "images docker.io docker-hub",
            "images container_definitions ?"
        ]
    );
    assert!(uses(&seen, "aws_lambda_function.own").is_empty());
}

#[test]
fn the_start_of_an_image_tells_its_registry() {
    let seen = terraform(
        r#"
        variable "tag" {}
        variable "image" {}
        variable "registry" {}
        resource "google_cloud_run_v2_service" "a" {
          name     = "a"
          location = "europe-west9"
          template {
            containers { image = "ghcr.io/acme/api:${var.tag}" }
            containers { image = "nginx:${var.tag}" }
            containers { image = "${var.registry}/acme/api:1" }
          }
        }
        "#,
    );
    assert_eq!(
        uses(&seen, "google_cloud_run_v2_service.a"),
        [
            "images ghcr.io github",
            "images docker.io docker-hub",
            "images template.containers.*.image ?",
        ]
    );
}

#[test]
fn stores_of_secrets_lead_to_whoever_keeps_them() {
    let store = |provider: &str| {
        manifests(&format!(
            "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {{ name: a, namespace: ns }}\nspec: {{ provider: {provider} }}\n"
        ))
    };
    let address = "external-secrets.io/v1/SecretStore ns/a";
    for (provider, expected) in [
        ("{ scaleway: { region: fr-par } }", "secrets Scaleway ?"),
        (
            "{ onepassword: { connectHost: 'http://connect:8080' } }",
            "secrets 1Password onepassword",
        ),
        (
            "{ vault: { server: 'https://vault.example.org:8200' } }",
            "secrets vault.example.org ?",
        ),
        (
            "{ akeyless: { akeylessGWApiURL: 'https://api.akeyless.io' } }",
            "secrets akeyless ?",
        ),
        (
            "{ github: { url: 'https://github.example.org/' } }",
            "secrets github.example.org ?",
        ),
        ("{ never-heard-of: {} }", "secrets never-heard-of ?"),
    ] {
        assert_eq!(uses(&store(provider), address), [expected], "{provider}");
    }
    for provider in [
        "{ vault: { server: 'http://vault.vault.svc:8200' } }",
        "{ fake: {} }",
        "{ kubernetes: {} }",
    ] {
        assert!(uses(&store(provider), address).is_empty(), "{provider}");
    }
    let seen = store("{ aws: { service: SecretsManager, region: eu-west-3 } }");
    let at = only(&seen, address).location.known().expect("a place");
    assert_eq!(&*at.region, "eu-west-3");
}

#[test]
fn what_takes_secrets_from_a_store_depends_on_it_too() {
    let seen = manifests(
        "apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: hosted }
spec: { provider: { onepassword: { connectHost: 'http://connect:8080' } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: a, namespace: ns }
spec: { secretStoreRef: { name: hosted, kind: ClusterSecretStore } }
",
    );
    let one = only(&seen, "external-secrets.io/v1/ExternalSecret ns/a");
    assert_eq!(one.path, "spec.secretStoreRef.name");
    let store = seen.resource("external-secrets.io/v1/ClusterSecretStore hosted");
    assert_eq!(one.target, Some(store.id));
}

#[test]
fn hosts_in_settings_count_by_what_their_name_says() {
    let spec = "{ containers: [{ name: c, image: localhost/a, args: [--oidc-issuer-url, 'https://acme.okta.com'], env: [
      { name: DATABASE_URL, value: 'postgres://user:secret@db.abc.mongodb.net/x' },
      { name: APP_URL, value: 'https://app.example.org' },
      { name: CACHE_HOST, value: 'cache.ns.svc:6379' },
      { name: NAME, value: 'github.com' },
      { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: 'https://otel.example.org:4317' },
      { name: VAULT_ADDR, value: 'http://10.0.0.7:8200' },
      { name: MADE_URL, value: 'https://$(HOST)/x' } ] }] }";
    let seen = manifests(&workload("v1\nkind: Pod", "POD", spec));
    let found = uses(&seen, "v1/Pod ns/a");
    assert_eq!(
        found,
        [
            "data db.abc.mongodb.net mongodb-atlas",
            "logs otel.example.org ?",
            "identities acme.okta.com okta",
        ]
    );
}

#[test]
fn agents_send_to_their_maker_wherever_their_image_comes_from() {
    let spec = "{ containers: [{ name: c, image: 'localhost/mirror/datadog/agent:7' }] }";
    let seen = manifests(&workload("v1\nkind: Pod", "POD", spec));
    assert_eq!(uses(&seen, "v1/Pod ns/a"), ["logs Datadog datadog"]);
    let seen = manifests(
        "apiVersion: datadoghq.com/v2alpha1\nkind: DatadogAgent\nmetadata: { name: a, namespace: ns }\nspec: { global: { site: datadoghq.eu } }\n",
    );
    let one = only(&seen, "datadoghq.com/v2alpha1/DatadogAgent ns/a");
    assert_eq!(&*one.location.known().expect("a place").countries[0], "DE");
    let seen = manifests(
        "apiVersion: datadoghq.com/v2alpha1\nkind: DatadogAgent\nmetadata: { name: a, namespace: ns }\nspec: {}\n",
    );
    assert_eq!(
        uses(&seen, "datadoghq.com/v2alpha1/DatadogAgent ns/a"),
        ["logs Datadog datadog"]
    );
}

const SOURCES: &str = r#"
    terraform {
      required_providers {
        cloudflare = { source = "cloudflare/cloudflare" }
        datadog    = { source = "DataDog/datadog" }
        github     = { source = "integrations/github" }
        gitlab     = { source = "gitlabhq/gitlab" }
        keycloak   = { source = "keycloak/keycloak" }
        outscale   = { source = "outscale/outscale" }
      }
    }
"#;

#[test]
fn what_a_root_declares_at_a_third_party_is_a_service_of_its_own() {
    let seen = terraform(&format!(
        r#"{SOURCES}
        provider "datadog" {{ api_url = "https://api.datadoghq.eu/" }}
        resource "datadog_monitor" "a" {{ name = "a" }}
        resource "datadog_dashboard" "b" {{ title = "b" }}
        resource "github_actions_secret" "a" {{ secret_name = "a" }}
        resource "github_branch_protection" "a" {{ pattern = "main" }}
        "#
    ));
    let monitor = seen.resource("datadog_monitor.a").id;
    for address in ["datadog_monitor.a", "datadog_dashboard.b"] {
        assert_eq!(uses(&seen, address), ["logs api.datadoghq.eu datadog"]);
        let one = only(&seen, address);
        assert_eq!((one.target, one.path.as_str()), (Some(monitor), ""));
        assert_eq!(&*one.location.known().expect("a place").countries[0], "DE");
    }
    assert_eq!(
        uses(&seen, "github_actions_secret.a"),
        ["secrets GitHub github"]
    );
    assert_eq!(
        uses(&seen, "github_branch_protection.a"),
        ["sources GitHub github"]
    );
}

#[test]
fn a_record_sends_traffic_through_somebody_only_when_it_is_proxied() {
    let seen = terraform(&format!(
        r#"{SOURCES}
        variable "proxied" {{}}
        resource "cloudflare_record" "on" {{ proxied = true }}
        resource "cloudflare_record" "off" {{ proxied = false }}
        resource "cloudflare_record" "silent" {{ name = "a" }}
        resource "cloudflare_record" "open" {{ proxied = var.proxied }}
        resource "cloudflare_zone" "z" {{ zone = "example.org" }}
        "#
    ));
    assert_eq!(
        uses(&seen, "cloudflare_record.on"),
        ["data Cloudflare cloudflare"]
    );
    assert_eq!(uses(&seen, "cloudflare_record.open"), ["data Cloudflare ?"]);
    for address in [
        "cloudflare_record.off",
        "cloudflare_record.silent",
        "cloudflare_zone.z",
    ] {
        assert!(uses(&seen, address).is_empty(), "{address}");
    }
}

#[test]
fn software_on_a_host_of_its_own_is_nobodys_by_name() {
    let seen = terraform(&format!(
        r#"{SOURCES}
        provider "gitlab" {{ base_url = "https://gitlab.example.org/api/v4/" }}
        provider "keycloak" {{ url = "https://keycloak.example.org" }}
        resource "gitlab_project_variable" "a" {{ key = "a" }}
        resource "keycloak_realm" "a" {{ realm = "a" }}
        "#
    ));
    assert_eq!(
        uses(&seen, "gitlab_project_variable.a"),
        ["secrets gitlab.example.org ?"]
    );
    assert_eq!(
        uses(&seen, "keycloak_realm.a"),
        ["identities keycloak.example.org ?"]
    );
}

#[test]
fn a_directory_at_another_cloud_than_that_of_the_data_is_a_third_partys() {
    let users = r#"resource "azuread_user" "a" {
        user_principal_name = "a@example.org"
        display_name        = "a"
    }"#;
    let abroad = terraform(&format!(
        r#"{SOURCES}
        provider "outscale" {{
          api {{ region = "cloudgouv-eu-west-1" }}
        }}
        resource "outscale_volume" "v" {{
          subregion_name = "cloudgouv-eu-west-1a"
          size           = 10
        }}
        {users}"#
    ));
    let found = uses(&abroad, "azuread_user.a");
    assert_eq!(found, ["identities Azure azure"]);
    let at_home = terraform(&format!(
        r#"resource "azurerm_storage_account" "s" {{ location = "francecentral" }}
        {users}"#
    ));
    assert!(uses(&at_home, "azuread_user.a").is_empty());
}

#[test]
fn what_is_only_read_depends_on_nothing() {
    let seen = terraform(&format!(
        r#"{SOURCES}
        data "github_repository" "a" {{ name = "a" }}"#
    ));
    assert!(uses(&seen, "data.github_repository.a").is_empty());
}

#[test]
fn services_of_one_resource_are_bounded() {
    let images: Vec<String> = (0..500)
        .map(|at| format!("{{ name: c{at}, image: 'r{at}.example.org/a' }}"))
        .collect();
    let spec = format!("{{ containers: [{}] }}", images.join(", "));
    let seen = manifests(&workload("v1\nkind: Pod", "POD", &spec));
    assert_eq!(seen.facts_of("v1/Pod ns/a").dependencies.len(), 64);
}

#[test]
fn configurations_name_where_software_sends_to() {
    let carried = |key: &str, text: &str| {
        let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
        manifests(&format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: a, namespace: ns }}\ndata:\n  {key}: |\n{lines}"
        ))
    };
    for (key, text, wanted) in [
        (
            "v.yaml",
            "sinks: { a: { type: datadog_logs }, b: { type: http, uri: 'http://logs.n.svc' } }\n",
            vec!["logs Datadog datadog"],
        ),
        (
            "v.toml",
            "[sinks.a]\ntype = \"aws_s3\"\nregion = \"eu-west-3\"\n",
            vec!["logs AWS ?"],
        ),
        (
            "f.conf",
            "<match **>\n  @type newrelic\n</match>\n",
            vec!["logs New Relic newrelic"],
        ),
        (
            "f.conf",
            "[OUTPUT]\n  Name http\n  Host http-intake.logs.datadoghq.eu\n",
            vec!["logs http-intake.logs.datadoghq.eu datadog"],
        ),
        (
            "a.yaml",
            "route: {}\nreceivers: [{ name: a, pagerduty_configs: [{ routing_key: x }] }]\n",
            vec![],
        ),
        (
            "alertmanager.yaml",
            "route: {}\nreceivers: [{ name: a, pagerduty_configs: [{ routing_key: x }] }]\n",
            vec!["logs events.pagerduty.com pagerduty"],
        ),
        (
            "d.yaml",
            "datasources: [{ type: cloudwatch, jsonData: { defaultRegion: eu-west-3 } }, { type: prometheus, url: 'http://p:9090' }]\n",
            vec!["logs AWS ?"],
        ),
        (
            "o.yaml",
            "type: S3\nconfig: { bucket: b, endpoint: s3.fr-par.scw.cloud }\n",
            vec!["logs s3.fr-par.scw.cloud ?"],
        ),
        (
            "registries.yaml",
            "mirrors: { docker.io: { endpoint: ['https://mirror.gcr.io'] } }\n",
            vec!["images mirror.gcr.io ?"],
        ),
        ("Corefile", ".:53 {\n  forward . 8.8.8.8\n}\n", vec![]),
        ("x.yaml", "exporters: 3\nservice: [\n", vec![]),
    ] {
        assert_eq!(
            uses(&carried(key, text), "v1/ConfigMap ns/a"),
            wanted,
            "{key}: {text}"
        );
    }
}

#[test]
fn what_a_secret_names_is_told_without_its_words() {
    let secret = |url: &str| {
        manifests(&format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{ name: a, namespace: ns, labels: {{ argocd.argoproj.io/secret-type: repository }} }}\nstringData: {{ url: '{url}' }}\n"
        ))
    };
    assert_eq!(
        uses(&secret("https://github.com/a/b"), "v1/Secret ns/a"),
        ["sources GitHub github"]
    );
    assert_eq!(
        uses(&secret("https://git.chu.example/a"), "v1/Secret ns/a"),
        ["sources stringData.url ?"]
    );
    assert!(uses(&secret("https://git.n.svc/a"), "v1/Secret ns/a").is_empty());
}

#[test]
fn the_terraform_provider_carries_configurations_too() {
    let seen = terraform(
        r#"
        resource "kubernetes_config_map" "a" {
          metadata { name = "a" }
          data = {
            "relay.yaml" = yamlencode({
              receivers = {}
              exporters = { datadog = { api = { site = "datadoghq.eu" } } }
            })
          }
        }
        resource "kubernetes_manifest" "a" {
          manifest = {
            apiVersion = "monitoring.coreos.com/v1"
            kind       = "Prometheus"
            metadata   = { name = "a", namespace = "ns" }
            spec       = { remoteWrite = [{ url = "https://otlp.eu01.nr-data.net" }] }
          }
        }
        "#,
    );
    assert_eq!(
        uses(&seen, "kubernetes_config_map.a"),
        ["logs datadoghq.eu datadog"]
    );
    assert_eq!(
        uses(&seen, "kubernetes_manifest.a"),
        ["logs otlp.eu01.nr-data.net newrelic"]
    );
    assert_eq!(
        only(&seen, "kubernetes_manifest.a").path,
        "manifest.spec.remoteWrite.*.url"
    );
}

#[test]
fn the_settings_of_a_cloud_controller_tell_the_cloud() {
    let seen = manifests(
        "apiVersion: v1\nkind: Secret\nmetadata: { name: cloud-config, namespace: kube-system }\nstringData:\n  cloud.conf: |\n    [Global]\n    auth-url = \"https://auth.cloud.ovh.net/v3\"\n    region = GRA\n    password = x\n",
    );
    let carried = seen
        .graph
        .payloads_of(seen.resource("v1/Secret kube-system/cloud-config").id);
    let cloud = carried
        .iter()
        .find_map(|one| one.cloud(crate::catalog::Catalog::get()));
    let cloud = cloud.expect("a cloud");
    assert_eq!(cloud.host.as_str(), Some("https://auth.cloud.ovh.net/v3"));
    assert_eq!(
        cloud.region.and_then(crate::value::Value::as_str),
        Some("GRA")
    );
    assert!(cloud.host.is_sensitive());
}

#[test]
fn a_store_that_is_not_there_is_an_open_question() {
    let secret = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: a, namespace: ns }\nspec: { secretStoreRef: { name: s } }\n";
    let store = "---\napiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: { name: s, namespace: ns }\nspec: { provider: { vault: { server: 'https://vault.n.svc' } } }\n";
    let address = "external-secrets.io/v1/ExternalSecret ns/a";
    assert_eq!(uses(&manifests(secret), address), ["secrets s ?"]);
    assert!(uses(&manifests(&format!("{secret}{store}")), address).is_empty());
}

#[test]
fn mounted_secrets_name_their_regions() {
    let class = |parameters: &str| {
        manifests(&format!(
            "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {{ name: a, namespace: ns }}\nspec:\n  provider: aws\n  parameters:\n{parameters}"
        ))
    };
    let place = |seen: &Seen| {
        let one = only(
            seen,
            "secrets-store.csi.x-k8s.io/v1/SecretProviderClass ns/a",
        );
        one.location
            .known()
            .map(|location| location.region.to_string())
    };
    let objects = "    objects: |\n      - objectName: arn:aws:secretsmanager:us-east-1:123456789012:secret:a\n";
    assert_eq!(place(&class(objects)).as_deref(), Some("us-east-1"));
    let failover = "    region: eu-west-3\n    failoverRegion: us-east-1\n";
    assert_eq!(
        place(&class(failover)).as_deref(),
        Some("eu-west-3, us-east-1")
    );
}
