//! Multi-factor authentication.

use super::{Seen, manifests, reason, terraform};
use crate::facts::{Audience, Fact, MfaState};

fn state(seen: &Seen, address: &str) -> MfaState {
    match seen.mfa(address) {
        Fact::Known(mfa) => mfa.state,
        other => panic!("{address}: {other:?}"),
    }
}

#[test]
fn on_off_and_offered_differ() {
    let seen = terraform(
        r#"
        variable "mfa" {}
        resource "aws_cognito_user_pool" "on" { mfa_configuration = "ON" }
        resource "aws_cognito_user_pool" "offered" { mfa_configuration = "OPTIONAL" }
        resource "aws_cognito_user_pool" "off" { mfa_configuration = "OFF" }
        resource "aws_cognito_user_pool" "silent" {}
        resource "aws_cognito_user_pool" "open" { mfa_configuration = var.mfa }
        "#,
    );
    assert_eq!(state(&seen, "aws_cognito_user_pool.on"), MfaState::Enforced);
    assert_eq!(
        state(&seen, "aws_cognito_user_pool.offered"),
        MfaState::Optional
    );
    assert_eq!(state(&seen, "aws_cognito_user_pool.off"), MfaState::Off);
    assert_eq!(state(&seen, "aws_cognito_user_pool.silent"), MfaState::Off);
    assert!(reason(seen.mfa("aws_cognito_user_pool.open")).contains("variable \"mfa\""));
    assert_eq!(
        seen.mfa("aws_cognito_user_pool.on")
            .known()
            .expect("known")
            .audience,
        Audience::EndUsers
    );
}

const CONDITIONS: &str = r#"
    conditions {
      client_app_types = ["all"]
      users { included_users = ["USERS"] }
      applications { included_applications = ["All"] }
    }
"#;

fn conditional_access(name: &str, state: &str, users: &str, grant: &str) -> String {
    let conditions = CONDITIONS.replace("USERS", users);
    format!(
        "resource \"azuread_conditional_access_policy\" \"{name}\" {{\n  display_name = \"{name}\"\n  state = \"{state}\"\n  {conditions}\n  grant_controls {{\n    operator = \"OR\"\n    {grant}\n  }}\n}}\n"
    )
}

#[test]
fn conditional_access_is_judged_as_a_set() {
    let partial = conditional_access("some", "enabled", "a-user", "built_in_controls = [\"mfa\"]");
    let reporting = conditional_access(
        "reporting",
        "enabledForReportingButNotEnforced",
        "All",
        "built_in_controls = [\"mfa\"]",
    );
    let replaced = conditional_access(
        "either",
        "enabled",
        "All",
        "built_in_controls = [\"mfa\", \"compliantDevice\"]",
    );
    let blocking = conditional_access("block", "enabled", "All", "built_in_controls = [\"block\"]");
    let alone = terraform(&format!("{partial}{reporting}{replaced}{blocking}"));
    let policy = |name: &str| format!("azuread_conditional_access_policy.{name}");
    assert_eq!(state(&alone, &policy("some")), MfaState::Optional);
    assert_eq!(state(&alone, &policy("reporting")), MfaState::Off);
    assert_eq!(state(&alone, &policy("either")), MfaState::Optional);
    assert_eq!(*alone.mfa(&policy("block")), Fact::Absent);
    for grant in [
        "built_in_controls = [\"mfa\"]",
        "authentication_strength_policy_id = \"/policies/x\"",
    ] {
        let enforcing = conditional_access("all", "enabled", "All", grant);
        let together = terraform(&format!("{partial}{reporting}{blocking}{enforcing}"));
        for name in ["all", "some", "reporting"] {
            assert_eq!(
                state(&together, &policy(name)),
                MfaState::Enforced,
                "{name} with {grant}"
            );
        }
        assert_eq!(*together.mfa(&policy("block")), Fact::Absent);
    }
}

#[test]
fn a_realm_is_judged_by_its_users_and_its_flow() {
    let realm = |flow: &str| {
        format!("resource \"keycloak_realm\" \"r\" {{\n  realm = \"r\"\n  {flow}\n}}\n")
    };
    let user = "resource \"keycloak_user\" \"u\" {\n  realm_id = keycloak_realm.r.id\n  username = \"u\"\n}\n";
    let step = "resource \"keycloak_authentication_execution\" \"otp\" {\n  realm_id = keycloak_realm.r.id\n  authenticator = \"auth-otp-form\"\n  requirement = \"REQUIRED\"\n}\n";
    let built_in = realm("");
    assert_eq!(
        state(&terraform(&format!("{built_in}{user}")), "keycloak_realm.r"),
        MfaState::Off
    );
    assert!(reason(terraform(&built_in).mfa("keycloak_realm.r")).contains("not in the code"));
    let own = realm("browser_flow = \"strong\"");
    assert_eq!(
        state(
            &terraform(&format!("{own}{user}{step}")),
            "keycloak_realm.r"
        ),
        MfaState::Enforced
    );
    assert!(reason(terraform(&format!("{own}{user}")).mfa("keycloak_realm.r")).contains("no step"));
}

#[test]
fn a_policy_speaks_only_by_its_own_conditions() {
    let policy = |effect: &str, operator: &str, wanted: &str| {
        format!(
            r#"
            resource "aws_iam_policy" "p" {{
              policy = jsonencode({{
                Statement = [{{
                  Effect    = "{effect}"
                  Action    = "*"
                  Resource  = "*"
                  Condition = {{ {operator} = {{ "aws:MultiFactorAuthPresent" = "{wanted}" }} }}
                }}]
              }})
            }}
            "#
        )
    };
    let judged = |text: String| state(&terraform(&text), "aws_iam_policy.p");
    assert_eq!(
        judged(policy("Deny", "BoolIfExists", "false")),
        MfaState::Enforced
    );
    assert_eq!(
        judged(policy("Allow", "BoolIfExists", "true")),
        MfaState::Optional
    );
    assert_eq!(judged(policy("Allow", "Bool", "false")), MfaState::Inverted);
    let silent = terraform(
        r#"resource "aws_iam_policy" "p" { policy = jsonencode({ Statement = [{ Effect = "Allow" }] }) }"#,
    );
    assert_eq!(*silent.mfa("aws_iam_policy.p"), Fact::Absent);
}

#[test]
fn what_only_shows_a_weakness_proves_nothing_without_one() {
    let seen = terraform(
        r#"
        resource "snowflake_user" "fine" { name = "a" }
        resource "snowflake_user" "weak" {
          name        = "b"
          disable_mfa = "true"
        }
        "#,
    );
    assert_eq!(*seen.mfa("snowflake_user.fine"), Fact::Absent);
    assert_eq!(state(&seen, "snowflake_user.weak"), MfaState::Off);
}

#[test]
fn documents_made_of_blocks_are_read_even_where_a_part_is_unknown() {
    let seen = terraform(
        r#"
        data "aws_caller_identity" "me" {}
        data "aws_iam_policy_document" "enforces" {
          statement {
            sid       = "DenyWithoutFactor"
            effect    = "Deny"
            actions   = ["*"]
            resources = ["*"]
            condition {
              test     = "BoolIfExists"
              variable = "aws:MultiFactorAuthPresent"
              values   = ["false"]
            }
          }
        }
        data "aws_iam_policy_document" "partly" {
          statement {
            actions   = ["sts:AssumeRole"]
            resources = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/admin"]
            condition {
              test     = "Bool"
              variable = "aws:MultiFactorAuthPresent"
              values   = [false]
            }
          }
        }
        data "aws_iam_policy_document" "merged" {
          source_policy_documents = [data.aws_iam_policy_document.enforces.json]
        }
        resource "aws_iam_policy" "enforces" { policy = data.aws_iam_policy_document.enforces.json }
        resource "aws_iam_policy" "merged" { policy = data.aws_iam_policy_document.merged.json }
        resource "aws_iam_policy" "inverted" { policy = data.aws_iam_policy_document.partly.json }
        "#,
    );
    assert_eq!(state(&seen, "aws_iam_policy.enforces"), MfaState::Enforced);
    assert_eq!(state(&seen, "aws_iam_policy.merged"), MfaState::Enforced);
    assert_eq!(state(&seen, "aws_iam_policy.inverted"), MfaState::Inverted);
    let Fact::Known(mfa) = seen.mfa("aws_iam_policy.enforces") else {
        unreachable!("known above");
    };
    let shown: Vec<_> = mfa
        .basis
        .evidence
        .iter()
        .map(|id| seen.facts.evidence(*id))
        .collect();
    let of_the_document = shown.iter().filter(|evidence| {
        matches!(evidence.map(|e| &e.label.en), Some(label) if label.contains("data.aws_iam_policy_document.enforces"))
    });
    assert!(of_the_document.count() > 0, "{shown:?}");
}

#[test]
fn a_console_password_needs_a_policy_that_asks_for_the_factor() {
    let deny = |test: &str| {
        format!(
            r#"
            resource "aws_iam_policy" "mfa" {{
              policy = jsonencode({{
                Version = "2012-10-17"
                Statement = [{{
                  Effect    = "Deny"
                  NotAction = ["iam:EnableMFADevice"]
                  Resource  = "*"
                  Condition = {{ {test} = {{ "aws:MultiFactorAuthPresent" = "false" }} }}
                }}]
              }})
            }}
            "#
        )
    };
    let login = r#"resource "aws_iam_user_login_profile" "ops" { user = "ops" }"#;
    let address = "aws_iam_user_login_profile.ops";
    assert!(reason(terraform(login).mfa(address)).contains("console password"));
    let asked = terraform(&format!("{login}\n{}", deny("BoolIfExists")));
    assert_eq!(state(&asked, address), MfaState::Enforced);
    // A document that is the wrong way round stays wrong beside a right one.
    let wrong = r#"
        resource "aws_iam_policy" "wrong" {
          policy = jsonencode({
            Statement = [{
              Effect    = "Deny"
              Action    = "*"
              Resource  = "*"
              Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
            }]
          })
        }
    "#;
    let both = terraform(&format!("{wrong}\n{}", deny("BoolIfExists")));
    assert_eq!(state(&both, "aws_iam_policy.wrong"), MfaState::Inverted);
}

fn carried(key: &str, text: &str) -> Seen {
    let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
    manifests(&format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: a, namespace: ns }}\ndata:\n  {key}: |\n{lines}"
    ))
}

const CARRIED: &str = "v1/ConfigMap ns/a";

#[test]
fn configurations_of_sign_in_are_read_in_what_carries_them() {
    use MfaState::{Enforced, Off, Optional, OutsideCode};
    let dex = "issuer: https://d.example\nstorage: {}\n";
    let factor = "mfa: { defaultMFAChain: [otp] }\n";
    let proxy = "provider = \"oidc\"\noidc_issuer_url = \"https://s.example\"\n";
    let grafana = "[auth]\ndisable_login_form = true\n[auth.basic]\nenabled = false\n";
    let zitadel = "DefaultInstance:\n  LoginPolicy:\n    ForceMFA:";
    for (key, text, wanted) in [
        ("c.yaml", format!("{dex}enablePasswordDB: true\n"), Off),
        ("c.yaml", format!("{dex}enablePasswordDB: true\n{factor}"), Enforced),
        ("c.yaml", format!("{dex}staticClients: [{{ id: a, mfaChain: [] }}]\n{factor}"), Optional),
        ("c.yaml", format!("{dex}connectors: [{{ type: ldap }}]\n"), Off),
        ("c.yaml", format!("{dex}connectors: [{{ type: github }}]\n"), OutsideCode),
        ("c.yaml", format!("{dex}connectors: [{{ type: oidc, config: {{ acrValues: [pwd] }} }}]\n"), OutsideCode),
        ("oauth2-proxy.cfg", proxy.to_owned(), OutsideCode),
        ("oauth2-proxy.cfg", format!("{proxy}acr_values = \"eidas2\"\n"), Enforced),
        ("oauth2-proxy.cfg", format!("{proxy}htpasswd_file = \"/x\"\nacr_values = \"eidas2\"\n"), Off),
        ("grafana.ini", "[server]\nhttp_port = 3000\n".to_owned(), Off),
        ("grafana.ini", format!("{grafana}[auth.anonymous]\nenabled = true\n"), Off),
        ("grafana.ini", format!("{grafana}[auth.generic_oauth]\nenabled = true\n"), OutsideCode),
        ("z.yaml", format!("{zitadel} true\n"), Enforced),
        ("z.yaml", format!("{zitadel} false\n"), Optional),
        ("alpha.yaml", "upstreamConfig: {}\nproviders: [{ id: a, loginURLParameters: [{ name: acr_values, default: [eidas2] }] }]\n".to_owned(), Enforced),
        ("b.yaml", "version: 1\nentries: [{ attrs: { not_configured_action: skip } }]\n".to_owned(), Optional),
        ("b.yaml", "version: 1\nentries: [{ attrs: { not_configured_action: configure } }]\n".to_owned(), Enforced),
    ] {
        assert_eq!(state(&carried(key, &text), CARRIED), wanted, "{key}: {text}");
    }
    for (key, text) in [
        ("grafana.ini", grafana),
        ("app.yaml", "issuer: x\n"),
        ("nginx.conf", "server {}\n"),
    ] {
        let seen = carried(key, text);
        assert!(
            !matches!(seen.mfa(CARRIED), Fact::Known(_)),
            "{key}: {text}"
        );
    }
}

#[test]
fn a_realm_is_judged_by_the_way_that_everybody_goes() {
    use MfaState::{Enforced, Off, Optional, OutsideCode};
    let strong = "browserFlow: f\nauthenticationFlows:\n- alias: f\n  authenticationExecutions:\n  - { authenticator: auth-username-password-form, requirement: REQUIRED }\n  - { authenticator: auth-otp-form, requirement: REQUIRED }\n";
    let step = |requirement: &str| {
        format!(
            "browserFlow: f\nauthenticationFlows:\n- alias: f\n  authenticationExecutions:\n  - {{ authenticator: auth-username-password-form, requirement: REQUIRED }}\n  - {{ authenticator: auth-otp-form, requirement: {requirement} }}\n"
        )
    };
    let realm = |text: &str| carried("realm.yaml", &format!("realm: a\nenabled: true\n{text}"));
    for (text, wanted) in [
        (strong.to_owned(), Enforced),
        (step("CONDITIONAL"), Optional),
        (step("ALTERNATIVE"), Off),
        (step("DISABLED"), Off),
        ("users: [{ username: a }]\n".to_owned(), Optional),
        ("registrationAllowed: true\n".to_owned(), Optional),
        ("components: { org.keycloak.storage.UserStorageProvider: [{ name: ldap }] }\n".to_owned(), Optional),
        ("requiredActions: [{ alias: CONFIGURE_TOTP, enabled: true, defaultAction: true }]\n".to_owned(), Enforced),
        ("requiredActions: [{ alias: CONFIGURE_TOTP, enabled: true, defaultAction: true }]\nusers: [{ username: a }]\n".to_owned(), Optional),
        ("requiredActions: [{ alias: CONFIGURE_TOTP, defaultAction: true }]\nusers: [{ username: a, requiredActions: [CONFIGURE_TOTP] }]\n".to_owned(), Enforced),
        (format!("{strong}identityProviders: [{{ alias: google, enabled: true }}]\n"), OutsideCode),
        (format!("{strong}identityProviders: [{{ alias: google, postBrokerLoginFlowAlias: f }}]\n"), Enforced),
        (format!("{strong}clients: [{{ clientId: a, directAccessGrantsEnabled: true }}]\n"), Optional),
        (format!("{strong}clients: [{{ clientId: a, enabled: false, directAccessGrantsEnabled: true }}]\n"), Enforced),
    ] {
        assert_eq!(state(&realm(&text), CARRIED), wanted, "{text}");
    }
    assert!(reason(realm("browserFlow: other\n").mfa(CARRIED)).contains("not part of it"));
    assert!(reason(realm("").mfa(CARRIED)).contains("comes with Keycloak"));
    // A flow that holds itself has no end, and the realm none the less an answer.
    let round = "browserFlow: f\nauthenticationFlows:\n- alias: f\n  authenticationExecutions:\n  - { flowAlias: f, authenticatorFlow: true, requirement: REQUIRED }\n";
    assert!(matches!(realm(round).mfa(CARRIED), Fact::Unknown(_)));
}

#[test]
fn the_server_of_a_cluster_says_what_it_demands_of_tokens() {
    let kubeadm = |arguments: &str| {
        manifests(&format!(
            "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs: {arguments}\n"
        ))
    };
    let address = "kubeadm.k8s.io/v1beta3/ClusterConfiguration all.yaml";
    let issuer = "oidc-issuer-url: https://s.example";
    let with = |more: &str| kubeadm(&format!("{{ {issuer}, {more} }}"));
    assert_eq!(
        state(&with("oidc-required-claim: acr=eidas2"), address),
        MfaState::Enforced
    );
    assert_eq!(
        state(&with("anonymous-auth: 'true'"), address),
        MfaState::Off
    );
    for more in [
        "oidc-required-claim: hd=chu",
        "oidc-required-claim: acr=0",
        "oidc-client-id: k",
    ] {
        assert!(
            matches!(with(more).mfa(address), Fact::Unknown(_)),
            "{more}"
        );
    }
    assert_eq!(
        *kubeadm("{ audit-log-path: /x }").mfa(address),
        Fact::Absent
    );
    let pod = manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: k, namespace: kube-system }\nspec:\n  containers:\n  - name: k\n    image: registry.k8s.io/kube-apiserver:v1.33.0\n    command: [kube-apiserver, --oidc-issuer-url=https://s.example, --oidc-required-claim=acr=eidas2]\n",
    );
    assert_eq!(state(&pod, "v1/Pod kube-system/k"), MfaState::Enforced);
}
