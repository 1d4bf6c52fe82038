//! Services that are named where the catalogue knows no field: in commands, in Secrets, inside objects of operators.

use super::{Seen, manifests};
use crate::facts::{Dependency, Fact};

/// `flow name company at path`.
fn uses(seen: &Seen, address: &str) -> Vec<String> {
    let said = |one: &Dependency| {
        let who = match &one.hosting {
            Fact::Known(hosting) => &*hosting.provider,
            _ => "?",
        };
        format!("{} {} {who} at {}", one.flow, one.name, one.path)
    };
    let all = &seen.facts_of(address).dependencies;
    all.iter().map(said).collect()
}

#[test]
fn commands_name_services() {
    let of = |word: &str| {
        let seen = manifests(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: a, namespace: ns }}\nspec: {{ containers: [{{ name: c, image: registry.local/a, args: {word} }}] }}\n"
        ));
        uses(&seen, "v1/Pod ns/a")
    };
    for (words, wanted) in [
        (
            "['sh -c \"curl https://api.openai.com/v1\"']",
            vec!["data api.openai.com openai at spec.containers.0.args.0"],
        ),
        (
            "[--any, acme.snowflakecomputing.com]",
            vec!["data acme.snowflakecomputing.com snowflake at spec.containers.0.args.1"],
        ),
        (
            "['git clone https://github.com/acme/x']",
            vec!["sources github.com github at spec.containers.0.args.0"],
        ),
        (
            "[--oidc-issuer-url, 'https://acme.okta.com']",
            vec!["identities acme.okta.com okta at spec.containers.0.args.0"],
        ),
        (
            "['--labels=okta.com/x', 'a@openai.com', '--x=https://unknown.example']",
            vec![],
        ),
    ] {
        assert_eq!(of(words), wanted, "{words}");
    }
}

#[test]
fn containers_are_found_in_objects_of_any_kind() {
    let of = |spec: &str| {
        let seen = manifests(&format!(
            "apiVersion: acme.example/v1\nkind: Thing\nmetadata: {{ name: a, namespace: ns }}\nspec: {spec}\nstatus: {{ image: ghcr.io/a/b }}\n"
        ));
        uses(&seen, "acme.example/v1/Thing ns/a")
    };
    for (spec, wanted) in [
        (
            "{ a: [{ b: { containers: [{ image: 'quay.io/a/b' }] } }] }",
            vec!["images quay.io quay at spec.a.0.b.containers.0.image"],
        ),
        (
            "{ image: 'quay.io/a/b' }",
            vec!["images quay.io quay at spec.image"],
        ),
        (
            "{ image: 'ubuntu-22.04', other: { image: 'registry.acme.example/a' } }",
            vec![],
        ),
        (
            "{ conf: { fs.url: 'https://api.openai.com' } }",
            vec!["data api.openai.com openai at spec.conf[\"fs.url\"]"],
        ),
        (
            "{ annotations: { a: 'https://api.openai.com' }, description: 'https://github.com/a' }",
            vec![],
        ),
        (
            "{ containers: 3, image: [], env: [1, { name: 2 }] }",
            vec![],
        ),
    ] {
        assert_eq!(of(spec), wanted, "{spec}");
    }
}

#[test]
fn deep_and_wide_objects_are_bounded() {
    let deep = format!("{}{}", "{ a: ".repeat(90), "}".repeat(90));
    let wide: String = (0..20_000)
        .map(|n| format!("  k{n}: {{ image: 'h{n}.quay.io/a' }}\n"))
        .collect();
    for spec in [format!("spec: {deep}\n"), format!("spec:\n{wide}")] {
        let seen = manifests(&format!(
            "apiVersion: acme.example/v1\nkind: Thing\nmetadata: {{ name: a, namespace: ns }}\n{spec}"
        ));
        assert!(uses(&seen, "acme.example/v1/Thing ns/a").len() <= 64);
    }
}

#[test]
fn variables_in_secrets_name_the_company_and_no_host() {
    let seen = manifests(concat!(
        "apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: ns }\n",
        // postgres://u:p@acme.snowflakecomputing.com/x
        "data: { DATABASE_URL: cG9zdGdyZXM6Ly91OnBAYWNtZS5zbm93Zmxha2Vjb21wdXRpbmcuY29tL3g=, OTHER_URL: '%%%' }\n",
        "stringData: { OIDC_ISSUER_URL: 'https://acme.okta.com/', link: 'https://api.openai.com', OWN_URL: 'https://acme.example' }\n",
    ));
    let said = uses(&seen, "v1/Secret ns/s");
    let said: Vec<&str> = said
        .iter()
        .filter_map(|one| one.split(" at ").next())
        .collect();
    assert_eq!(said, ["identities Okta okta", "data Snowflake snowflake"]);
}

#[test]
fn a_variable_is_read_behind_the_key_that_it_is_taken_from() {
    let seen = manifests(concat!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: s, namespace: ns }\ndata: { link: 'https://api.openai.com/' }\n",
        "---\napiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: ns }\n",
        "spec: { containers: [{ name: c, image: registry.local/a, env: [{ name: MODEL_URL, valueFrom: { configMapKeyRef: { name: s, key: link } } }] }] }\n",
    ));
    assert_eq!(
        uses(&seen, "v1/Pod ns/a"),
        ["data api.openai.com openai at spec.containers.0.env.0.valueFrom.configMapKeyRef.key"]
    );
}
