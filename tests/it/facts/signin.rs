//! Multi-factor authentication of administrators and of end users.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::gardefou_in;

/// Files, each in the folder that is its root, and what is expected of the resources in them.
type Situation = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// `state audience`, `none`, or `? reason`.
fn shown(mfa: &Value) -> String {
    if let Some(reason) = mfa["$unknown"].as_str() {
        return format!("? {reason}");
    }
    match (mfa["state"].as_str(), mfa["audience"].as_str()) {
        (Some(state), Some(audience)) => format!("{state} {audience}"),
        _ => "none".to_owned(),
    }
}

/// Scans all situations at once, each as a root, and holds every answer against what is expected.
fn hold(situations: &[Situation]) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text, _) in situations {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("main.tf"), text).expect("a file");
    }
    let run = gardefou_in(folder.path(), &["inspect", "--format", "json", "."], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let seen: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let roots = seen["roots"].as_array().expect("roots");
    let mut wrong = Vec::new();
    for (name, _, expected) in situations {
        let root = roots
            .iter()
            .find(|root| Path::new(root["path"].as_str().unwrap_or("")) == Path::new(name));
        let root = root.unwrap_or_else(|| panic!("no root {name}"));
        for (address, wanted) in *expected {
            let resources = root["resources"].as_array().expect("resources");
            let resource = resources.iter().find(|one| one["address"] == *address);
            let resource = resource.unwrap_or_else(|| panic!("{name}: no {address}"));
            let got = shown(&resource["facts"]["mfa"]);
            let same = match wanted.strip_prefix("? ") {
                Some(words) => got.starts_with("? ") && got.contains(words),
                None => got == *wanted,
            };
            if !same {
                wrong.push(format!("{name} {address}: expected {wanted}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A policy of one statement.
fn statement(effect: &str, operator: &str, wanted: &str) -> String {
    format!(
        r#"
        resource "aws_s3_bucket" "b" {{}}
        resource "aws_iam_policy" "p" {{
          policy = jsonencode({{
            Statement = [
              {{ Effect = "Allow", Action = "s3:*", Resource = [aws_s3_bucket.b.arn, "${{aws_s3_bucket.b.arn}}/*"] }},
              {{
                Effect    = "{effect}"
                NotAction = "iam:*"
                Resource  = "*"
                Condition = {{ {operator} = {{ "aws:MultiFactorAuthPresent" = {wanted} }} }}
              }},
            ]
          }})
        }}
        "#
    )
}

/// The condition keys and operators as AWS documents them: a request signed with a long-lived key carries no
/// `aws:MultiFactorAuthPresent` at all.
#[test]
fn conditions_are_read_in_documents_that_only_apply_completes() {
    let cases = [
        (
            "Deny",
            "BoolIfExists",
            "\"false\"",
            "enforced administrators",
        ),
        ("Deny", "BoolIfExists", "false", "enforced administrators"),
        ("Allow", "Bool", "\"true\"", "enforced administrators"),
        (
            "Allow",
            "BoolIfExists",
            "\"true\"",
            "optional administrators",
        ),
        ("Deny", "Bool", "\"false\"", "optional administrators"),
        ("Deny", "Null", "\"true\"", "optional administrators"),
        ("Allow", "Null", "\"false\"", "optional administrators"),
        ("Allow", "Bool", "\"false\"", "inverted administrators"),
        (
            "Deny",
            "BoolIfExists",
            "\"true\"",
            "inverted administrators",
        ),
        ("Deny", "Null", "\"false\"", "inverted administrators"),
        ("Allow", "Null", "\"true\"", "inverted administrators"),
        (
            "Deny",
            "BoolIfExists",
            "aws_s3_bucket.b.id",
            "? condition on a second factor",
        ),
    ];
    let situations: Vec<Situation> = cases
        .iter()
        .enumerate()
        .map(|(at, (effect, operator, wanted, state))| {
            let name = format!("{at}-{effect}-{operator}");
            let text = statement(effect, operator, wanted);
            let expected = vec![("aws_iam_policy.p", *state)];
            let (name, text): (&str, &str) = (name.leak(), text.leak());
            let expected: &[(&str, &str)] = expected.leak();
            (name, text, expected)
        })
        .collect();
    hold(&situations);
}

#[test]
fn every_way_to_write_a_document_is_read() {
    hold(&[
        (
            "heredoc",
            r#"
            resource "aws_s3_bucket" "b" {}
            resource "aws_iam_group_policy" "p" {
              group  = "admins"
              policy = <<-EOT
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    { "Effect": "Allow", "Action": "s3:*", "Resource": "${aws_s3_bucket.b.arn}/*" },
                    { "Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
                      "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } } }
                  ]
                }
              EOT
            }
            resource "aws_iam_group_policy" "broken" {
              group  = "admins"
              policy = <<-EOT
                { "Statement": [ { "Effect": "Deny", "Resource": ${aws_s3_bucket.b.arn},
                      "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } } } ] }
              EOT
            }
            resource "aws_iam_group_policy" "silent" {
              group  = "admins"
              policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.b.arn }] })
            }
            "#,
            &[
                ("aws_iam_group_policy.p", "enforced administrators"),
                (
                    "aws_iam_group_policy.broken",
                    "? condition on a second factor",
                ),
                ("aws_iam_group_policy.silent", "none"),
            ],
        ),
        (
            "trust",
            r#"
            data "aws_caller_identity" "me" {}
            resource "aws_iam_role" "admin" {
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
                  Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
                }]
              })
            }
            data "aws_iam_policy_document" "deny" {
              statement {
                effect      = "Deny"
                not_actions = ["iam:*"]
                resources   = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x"]
                condition {
                  test     = "BoolIfExists"
                  variable = "aws:MultiFactorAuthPresent"
                  values   = ["false"]
                }
              }
            }
            resource "aws_organizations_policy" "all" {
              content = data.aws_iam_policy_document.deny.json
            }
            "#,
            &[
                ("aws_iam_role.admin", "enforced administrators"),
                ("aws_organizations_policy.all", "enforced administrators"),
            ],
        ),
        (
            "oracle",
            r#"
            resource "oci_identity_compartment" "c" {
              name        = "c"
              description = "c"
            }
            resource "oci_identity_policy" "mfa" {
              name           = "mfa"
              description    = "mfa"
              compartment_id = oci_identity_compartment.c.id
              statements = [
                "Allow group admins to manage all-resources in compartment id ${oci_identity_compartment.c.id} where request.user.mfaTotpVerified='true'",
              ]
            }
            "#,
            &[("oci_identity_policy.mfa", "enforced administrators")],
        ),
    ]);
}

/// What asks for a factor before something is deleted is no sign-in.
#[test]
fn protection_against_deletion_is_no_sign_in() {
    hold(&[(
        "root",
        r#"
        resource "aws_s3_bucket_versioning" "v" {
          bucket = "b"
          versioning_configuration {
            status     = "Enabled"
            mfa_delete = "Enabled"
          }
        }
        "#,
        &[("aws_s3_bucket_versioning.v", "none")],
    )]);
}

#[test]
fn pools_and_tenants_of_end_users() {
    hold(&[(
        "root",
        r#"
        variable "asked" {}
        resource "aws_cognito_user_pool" "on" { mfa_configuration = "ON" }
        resource "aws_cognito_user_pool" "offered" { mfa_configuration = "OPTIONAL" }
        resource "aws_cognito_user_pool" "silent" {}
        resource "aws_cognito_user_pool" "open" { mfa_configuration = var.asked }
        resource "auth0_guardian" "all" { policy = "all-applications" }
        resource "auth0_guardian" "adaptive" { policy = "confidence-score" }
        resource "auth0_guardian" "never" { policy = "never" }
        resource "google_identity_platform_config" "on" {
          mfa {
            state = "MANDATORY"
            provider_configs { state = "ENABLED" }
          }
        }
        resource "google_identity_platform_config" "offered" {
          mfa {
            state = "ENABLED"
            provider_configs { state = "ENABLED" }
          }
        }
        resource "google_identity_platform_config" "off" {
          mfa { state = "DISABLED" }
        }
        "#,
        &[
            ("aws_cognito_user_pool.on", "enforced end-users"),
            ("aws_cognito_user_pool.offered", "optional end-users"),
            ("aws_cognito_user_pool.silent", "off end-users"),
            ("aws_cognito_user_pool.open", "? variable \"asked\""),
            ("auth0_guardian.all", "enforced end-users"),
            ("auth0_guardian.adaptive", "optional end-users"),
            ("auth0_guardian.never", "off end-users"),
            ("google_identity_platform_config.on", "enforced end-users"),
            (
                "google_identity_platform_config.offered",
                "optional end-users",
            ),
            ("google_identity_platform_config.off", "off end-users"),
        ],
    )]);
}

#[test]
fn accounts_and_organisations_of_administrators() {
    hold(&[(
        "root",
        r#"
        resource "outscale_api_access_policy" "strong" {
          max_access_key_expiration_seconds = 86400
          require_trusted_env               = true
        }
        resource "outscale_api_access_policy" "lasting" {
          max_access_key_expiration_seconds = 0
          require_trusted_env               = true
        }
        resource "outscale_api_access_policy" "open" {
          max_access_key_expiration_seconds = 86400
          require_trusted_env               = false
        }
        resource "ibm_iam_account_settings" "all" { mfa = "LEVEL3" }
        resource "ibm_iam_account_settings" "none" { mfa = "NONE" }
        resource "oci_identity_domains_authentication_factor_setting" "on" {
          mfa_enrollment_type = "Required"
        }
        resource "oci_identity_domains_authentication_factor_setting" "offered" {
          mfa_enrollment_type = "Optional"
        }
        resource "vault_identity_mfa_login_enforcement" "on" {
          name           = "all"
          mfa_method_ids = ["0c1a"]
        }
        resource "gitlab_group" "on" {
          name = "a"
          path = "a"
          require_two_factor_authentication = true
        }
        resource "gitlab_group" "off" {
          name = "b"
          path = "b"
          require_two_factor_authentication = false
        }
        resource "opentelekomcloud_identity_user_v3" "on" {
          name = "a"
          login_protection {
            enabled             = true
            verification_method = "vmfa"
          }
        }
        resource "opentelekomcloud_identity_user_v3" "sms" {
          name = "b"
          login_protection {
            enabled             = false
            verification_method = "sms"
          }
        }
        resource "openstack_identity_user_v3" "on" {
          name                      = "a"
          multi_factor_auth_enabled = true
          multi_factor_auth_rule { rule = ["password", "totp"] }
        }
        resource "openstack_identity_user_v3" "off" { name = "b" }
        resource "okta_policy_rule_signon" "on" {
          name         = "a"
          mfa_required = true
        }
        resource "okta_policy_rule_signon" "off" { name = "b" }
        resource "okta_app_signon_policy_rule" "one" {
          name        = "c"
          factor_mode = "1FA"
        }
        resource "snowflake_user" "off" {
          name        = "b"
          disable_mfa = "true"
        }
        resource "google_compute_project_metadata" "on" {
          metadata = { enable-oslogin = "TRUE", enable-oslogin-2fa = "TRUE" }
        }
        "#,
        &[
            (
                "outscale_api_access_policy.strong",
                "enforced administrators",
            ),
            ("outscale_api_access_policy.lasting", "off administrators"),
            ("outscale_api_access_policy.open", "off administrators"),
            ("ibm_iam_account_settings.all", "enforced administrators"),
            ("ibm_iam_account_settings.none", "off administrators"),
            (
                "oci_identity_domains_authentication_factor_setting.on",
                "enforced administrators",
            ),
            (
                "oci_identity_domains_authentication_factor_setting.offered",
                "optional administrators",
            ),
            (
                "vault_identity_mfa_login_enforcement.on",
                "enforced administrators",
            ),
            ("gitlab_group.on", "enforced administrators"),
            ("gitlab_group.off", "off administrators"),
            (
                "opentelekomcloud_identity_user_v3.on",
                "enforced administrators",
            ),
            (
                "opentelekomcloud_identity_user_v3.sms",
                "off administrators",
            ),
            ("openstack_identity_user_v3.on", "enforced administrators"),
            ("openstack_identity_user_v3.off", "off administrators"),
            ("okta_policy_rule_signon.on", "enforced both"),
            ("okta_policy_rule_signon.off", "off both"),
            ("okta_app_signon_policy_rule.one", "off both"),
            ("snowflake_user.off", "off administrators"),
            (
                "google_compute_project_metadata.on",
                "enforced administrators",
            ),
        ],
    )]);
}

const ACCESS: &str = r#"
resource "azuread_conditional_access_policy" "NAME" {
  display_name = "NAME"
  state        = "STATE"
  conditions {
    client_app_types = ["all"]
    applications { included_applications = ["All"] }
    users { included_users = ["USERS"] }
  }
  grant_controls {
    operator          = "OR"
    built_in_controls = ["GRANT"]
  }
}
"#;

fn access(name: &str, state: &str, users: &str, grant: &str) -> String {
    ACCESS
        .replace("NAME", name)
        .replace("STATE", state)
        .replace("USERS", users)
        .replace("GRANT", grant)
}

/// One policy that enforces for all is enough; one that blocks is neutral.
#[test]
fn conditional_access_is_judged_as_a_set() {
    let weak = access("some", "enabled", "a-group", "mfa")
        + &access("tried", "enabledForReportingButNotEnforced", "All", "mfa")
        + &access("blocks", "enabled", "All", "block");
    let strong = format!("{weak}{}", access("all", "enabled", "All", "mfa"));
    hold(&[
        (
            "weak",
            weak.leak(),
            &[
                (
                    "azuread_conditional_access_policy.some",
                    "optional administrators",
                ),
                (
                    "azuread_conditional_access_policy.tried",
                    "off administrators",
                ),
                ("azuread_conditional_access_policy.blocks", "none"),
            ],
        ),
        (
            "strong",
            strong.leak(),
            &[
                (
                    "azuread_conditional_access_policy.some",
                    "enforced administrators",
                ),
                (
                    "azuread_conditional_access_policy.tried",
                    "enforced administrators",
                ),
                (
                    "azuread_conditional_access_policy.all",
                    "enforced administrators",
                ),
                ("azuread_conditional_access_policy.blocks", "none"),
            ],
        ),
    ]);
}

const REALM: &str = "resource \"keycloak_realm\" \"r\" {\n  realm = \"r\"\n  FLOW\n}\n";
const USER: &str =
    "resource \"keycloak_user\" \"u\" {\n  realm_id = keycloak_realm.r.id\n  username = \"u\"\n}\n";
const STEP: &str = "resource \"keycloak_authentication_execution\" \"otp\" {\n  realm_id = keycloak_realm.r.id\n  parent_flow_alias = \"strong\"\n  authenticator = \"auth-otp-form\"\n  requirement = \"REQUIRED\"\n}\n";

#[test]
fn a_realm_with_users_on_built_in_flows_asks_for_no_factor() {
    let built_in = REALM.replace("FLOW", "");
    let own = REALM.replace("FLOW", "browser_flow = \"strong\"");
    hold(&[
        (
            "users",
            format!("{built_in}{USER}").leak(),
            &[("keycloak_realm.r", "off both")],
        ),
        (
            "alone",
            built_in.clone().leak(),
            &[("keycloak_realm.r", "? not in the code")],
        ),
        (
            "own",
            format!("{own}{USER}{STEP}").leak(),
            &[("keycloak_realm.r", "enforced both")],
        ),
        (
            "stepless",
            format!("{own}{USER}").leak(),
            &[("keycloak_realm.r", "? no step")],
        ),
    ]);
}
