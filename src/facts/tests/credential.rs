//! Static credentials, and what ends them.

use super::{Seen, manifests, reason, terraform};
use crate::facts::{Credential, Fact, Lifetime};

fn fact<'s>(seen: &'s Seen, address: &str) -> &'s Fact<Credential> {
    &seen.facts_of(address).credential
}

fn of<'s>(seen: &'s Seen, address: &str) -> &'s Credential {
    match fact(seen, address) {
        Fact::Known(credential) => credential,
        other => panic!("{address}: {other:?}"),
    }
}

fn lifetime(seen: &Seen, address: &str) -> (Lifetime, Option<u32>) {
    let found = of(seen, address);
    (found.lifetime, found.days)
}

const UNLIMITED: (Lifetime, Option<u32>) = (Lifetime::Unlimited, None);

#[test]
fn an_end_is_read_as_the_type_writes_it() {
    let seen = terraform(
        r#"
        variable "end" {}
        resource "outscale_access_key" "none" {}
        resource "outscale_access_key" "empty" { expiration_date = "" }
        resource "outscale_access_key" "null" { expiration_date = null }
        resource "outscale_access_key" "dated" { expiration_date = "2026-08-30" }
        resource "outscale_access_key" "past" { expiration_date = "2020-01-01T00:00:00Z" }
        resource "outscale_access_key" "never" { expiration_date = "9999-12-31" }
        resource "outscale_access_key" "open" { expiration_date = var.end }
        resource "outscale_access_key" "odd" { expiration_date = "in a while" }
        resource "outscale_access_key" "computed" { expiration_date = timeadd(timestamp(), "2160h") }
        resource "outscale_access_key" "off" { state = "INACTIVE" }
        resource "stackit_service_account_key" "days" { ttl_days = 90 }
        resource "stackit_service_account_key" "none" {}
        resource "azuread_application_password" "span" {
          start_date = "2026-01-01T00:00:00Z"
          end_date   = "2026-03-02T00:00:00Z"
        }
        resource "azuread_application_password" "silent" {}
        resource "aws_iam_access_key" "a" { user = "a" }
        resource "aws_iam_access_key" "off" {
          user   = "a"
          status = "Inactive"
        }
        resource "aws_s3_bucket" "b" {}
        "#,
    );
    let key = |name: &str| lifetime(&seen, &format!("outscale_access_key.{name}"));
    assert_eq!(key("none"), UNLIMITED);
    assert_eq!(key("empty"), UNLIMITED);
    assert_eq!(
        of(&seen, "outscale_access_key.empty").path,
        "expiration_date"
    );
    assert_eq!(of(&seen, "outscale_access_key.none").path, "");
    assert_eq!(key("null"), UNLIMITED);
    assert_eq!(key("dated"), (Lifetime::Limited, Some(90)));
    assert_eq!(
        of(&seen, "outscale_access_key.dated").path,
        "expiration_date"
    );
    assert_eq!(key("past"), (Lifetime::Limited, Some(0)));
    assert_eq!(key("never"), UNLIMITED);
    assert_eq!(key("computed"), (Lifetime::Limited, None));
    assert!(reason(fact(&seen, "outscale_access_key.open")).contains("variable \"end\""));
    assert!(reason(fact(&seen, "outscale_access_key.odd")).contains("in a while"));
    assert_eq!(*fact(&seen, "outscale_access_key.off"), Fact::Absent);
    assert_eq!(
        lifetime(&seen, "stackit_service_account_key.days"),
        (Lifetime::Limited, Some(90))
    );
    assert_eq!(
        lifetime(&seen, "stackit_service_account_key.none"),
        UNLIMITED
    );
    assert_eq!(
        lifetime(&seen, "azuread_application_password.span"),
        (Lifetime::Limited, Some(60))
    );
    assert_eq!(
        lifetime(&seen, "azuread_application_password.silent"),
        (Lifetime::Limited, Some(730))
    );
    assert_eq!(lifetime(&seen, "aws_iam_access_key.a"), UNLIMITED);
    assert_eq!(*fact(&seen, "aws_iam_access_key.off"), Fact::Absent);
    assert_eq!(*fact(&seen, "aws_s3_bucket.b"), Fact::Absent);
}

#[test]
fn a_clock_makes_a_credential_anew() {
    let seen = terraform(
        r#"
        resource "time_rotating" "monthly" { rotation_days = 30 }
        resource "time_static" "once" {}
        resource "google_service_account_key" "turning" {
          service_account_id = "a"
          keepers = { turn = time_rotating.monthly.rotation_rfc3339 }
        }
        resource "google_service_account_key" "by_hand" {
          service_account_id = "a"
          keepers = { turn = time_static.once.rfc3339, version = "2" }
        }
        resource "aws_iam_access_key" "replaced" {
          user = "a"
          lifecycle {
            replace_triggered_by = [time_rotating.monthly.id]
          }
        }
        resource "aws_iam_access_key" "other" {
          user = "a"
          lifecycle {
            replace_triggered_by = [time_static.once]
          }
        }
        "#,
    );
    let limited = (Lifetime::Limited, Some(30));
    assert_eq!(
        lifetime(&seen, "google_service_account_key.turning"),
        limited
    );
    assert_eq!(
        of(&seen, "google_service_account_key.turning").path,
        "keepers"
    );
    assert_eq!(
        lifetime(&seen, "google_service_account_key.by_hand"),
        UNLIMITED
    );
    assert_eq!(lifetime(&seen, "aws_iam_access_key.replaced"), limited);
    assert_eq!(lifetime(&seen, "aws_iam_access_key.other"), UNLIMITED);
}

#[test]
fn a_setting_of_the_account_ends_what_says_nothing() {
    let policy = |seconds: &str| {
        terraform(&format!(
            r#"
            variable "max" {{}}
            resource "outscale_api_access_policy" "p" {{
              max_access_key_expiration_seconds = {seconds}
              require_trusted_env               = false
            }}
            resource "outscale_access_key" "k" {{}}
            "#
        ))
    };
    let of = |seconds: &str| lifetime(&policy(seconds), "outscale_access_key.k");
    assert_eq!(of("7776000"), (Lifetime::Limited, Some(90)));
    assert_eq!(of("0"), UNLIMITED);
    // A hundred years: how the documentation switches the limit off while a trusted session asks for one.
    assert_eq!(of("3153600000"), UNLIMITED);
    let open = policy("var.max");
    assert!(reason(fact(&open, "outscale_access_key.k")).contains("variable \"max\""));
}

#[test]
fn some_secrets_of_a_cluster_are_credentials() {
    let seen = manifests(
        r#"
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: ci, annotations: { kubernetes.io/service-account.name: deploy } }
type: kubernetes.io/service-account-token
---
apiVersion: v1
kind: Secret
metadata: { name: password, namespace: ci }
type: Opaque
---
apiVersion: v1
kind: Secret
metadata: { name: untyped, namespace: ci }
"#,
    );
    assert_eq!(lifetime(&seen, "v1/Secret ci/token"), UNLIMITED);
    assert_eq!(*fact(&seen, "v1/Secret ci/password"), Fact::Absent);
    assert_eq!(*fact(&seen, "v1/Secret ci/untyped"), Fact::Absent);
    let seen = terraform(
        r#"
        variable "type" {}
        resource "kubernetes_secret_v1" "token" {
          metadata {
            name = "token"
          }
          type = "kubernetes.io/service-account-token"
        }
        resource "kubernetes_secret" "open" {
          metadata {
            name = "open"
          }
          type = var.type
        }
        resource "kubernetes_secret" "other" {
          metadata {
            name = "other"
          }
        }
        resource "kubernetes_manifest" "token" {
          manifest = {
            apiVersion = "v1"
            kind       = "Secret"
            metadata   = { name = "token", namespace = "ci" }
            type       = "kubernetes.io/service-account-token"
          }
        }
        resource "kubernetes_token_request_v1" "short" {
          metadata {
            name = "a"
          }
          spec {
            expiration_seconds = 86400
          }
        }
        "#,
    );
    assert_eq!(lifetime(&seen, "kubernetes_secret_v1.token"), UNLIMITED);
    assert_eq!(lifetime(&seen, "kubernetes_manifest.token"), UNLIMITED);
    assert!(reason(fact(&seen, "kubernetes_secret.open")).contains("variable \"type\""));
    assert_eq!(*fact(&seen, "kubernetes_secret.other"), Fact::Absent);
    assert_eq!(
        lifetime(&seen, "kubernetes_token_request_v1.short"),
        (Lifetime::Limited, Some(1))
    );
}
