//! Which recorded values are secret though nothing marks them: old states mark little.
//!
//! Hiding too much costs an unknown; hiding too little costs a password. Only texts, and what holds texts, are hidden: a
//! switch or a count (`manage_master_user_password`, `min_password_length`) is no secret.

use hashbrown::HashSet;
use std::sync::Arc;

use crate::source::says_secret;
use crate::value::{Data, Marks, Value};

/// Words in a type that holds a secret in an attribute of a common name.
const KINDS: [&str; 8] = [
    "credential",
    "credentials",
    "password",
    "secret",
    "secrets",
    "token",
    "variable",
    "parameter",
];

/// Those common names.
const CONTENTS: [&str; 14] = [
    "bcrypt_hash",
    "binary_data",
    "content",
    "data",
    "data_base64",
    "data_json",
    "encrypted_value",
    "insecure_value",
    "key",
    "payload",
    "plaintext_value",
    "result",
    "string_data",
    "value",
];

/// Marks the texts that also stand in a marked part of the same resource: `terraform_data` echoes its input, unmarked.
pub(super) fn with_echoes(value: Value) -> Value {
    let mut secrets = HashSet::new();
    collect(&value, value.is_sensitive(), &mut secrets);
    if secrets.is_empty() {
        return value;
    }
    mark(value, &secrets)
}

/// Shorter ones are on and off, yes and no.
const MIN_ECHO: usize = 4;

fn collect(value: &Value, is_sensitive: bool, secrets: &mut HashSet<Arc<str>>) {
    let is_sensitive = is_sensitive || value.is_sensitive();
    match &value.data {
        Data::String(text) if is_sensitive && text.len() >= MIN_ECHO => {
            secrets.insert(Arc::clone(text));
        }
        Data::Tuple(all) => all
            .iter()
            .for_each(|one| collect(one, is_sensitive, secrets)),
        Data::Object(all) => all
            .iter()
            .for_each(|(_, one)| collect(one, is_sensitive, secrets)),
        _ => {}
    }
}

fn mark(mut value: Value, secrets: &HashSet<Arc<str>>) -> Value {
    value.data = match value.data {
        Data::String(text) if secrets.contains(&text) => {
            value.marks = value.marks.with(Marks::SENSITIVE);
            Data::String(text)
        }
        Data::Tuple(all) => Data::Tuple(all.iter().map(|one| mark(one.clone(), secrets)).collect()),
        Data::Object(all) => {
            let entries = all
                .iter()
                .map(|(key, one)| (Arc::clone(key), mark(one.clone(), secrets)));
            Data::Object(Arc::new(entries.collect()))
        }
        data => data,
    };
    value
}

/// True when the name of the attribute says that its text is secret.
pub(super) fn is_secret(kind: &str, name: &str, value: &Value) -> bool {
    let is_secret = says_secret(name) || is_content(name) && holds_secrets(kind);
    is_secret && holds_text(value)
}

/// True when the text gives itself away: a private key, or an address with a password in it.
pub(super) fn is_secret_text(text: &str) -> bool {
    if text.len() < 8 {
        return false;
    }
    if memchr::memmem::find(text.as_bytes(), b"PRIVATE KEY-----").is_some() {
        return true;
    }
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let end = rest
            .find(|c: char| c == '/' || c == '?' || c == '"' || c.is_whitespace())
            .unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

/// Only what holds text is secret.
pub(super) fn holds_text(value: &Value) -> bool {
    match &value.data {
        Data::String(text) => !text.is_empty(),
        Data::Unknown(_) => true,
        _ => {
            let elements = value.elements().unwrap_or_default().iter();
            let entries = value.entries().unwrap_or_default().iter();
            elements
                .chain(entries.map(|(_, value)| value))
                .any(holds_text)
        }
    }
}

/// True for a type that holds secrets under common names.
pub(super) fn holds_secrets(kind: &str) -> bool {
    kind.split('_').any(|word| KINDS.contains(&word))
}

/// True for such a common name.
pub(super) fn is_content(name: &str) -> bool {
    CONTENTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_secret() {
        let text = Value::string("x");
        for name in [
            "password",
            "DB_PASSWORD",
            "admin_password",
            "clientSecret",
            "primary_access_key",
            "private_key_pem",
            "ses_smtp_password_v4",
            "primary_blob_connection_string",
            "kube_config_raw",
            "tunnel1_preshared_key",
            "password_wo",
            "secret_string",
            "user_data",
            "api-key",
        ] {
            assert!(is_secret("t", name, &text), "{name}");
        }
        for name in [
            "kms_key_id",
            "key_vault_secret_id",
            "secret_arn",
            "http_tokens",
            "password_policy",
            "token_validity_units",
            "region",
            "hash_key",
            "key",
            "secret_permissions",
        ] {
            assert!(!is_secret("t", name, &text), "{name}");
        }
    }

    #[test]
    fn only_what_holds_text_is_secret() {
        assert!(!is_secret("t", "generate_secret", &Value::bool(true)));
        assert!(!is_secret("t", "password", &Value::int(12)));
        assert!(!is_secret("t", "password", &Value::null()));
        let block = Value::tuple(vec![Value::object([("host".into(), Value::string("x"))])]);
        assert!(is_secret("t", "kube_config", &block));
    }

    #[test]
    fn common_names_are_secret_in_types_that_hold_secrets() {
        let text = Value::string("x");
        assert!(is_secret("random_password", "result", &text));
        assert!(is_secret("aws_ssm_parameter", "value", &text));
        assert!(is_secret("kubernetes_secret_v1", "data", &text));
        assert!(!is_secret("aws_cloudwatch_metric_alarm", "value", &text));
    }

    #[test]
    fn what_is_marked_in_one_attribute_is_marked_in_its_echo() {
        let secret = Value::string("hunter2");
        let value = Value::object([
            ("input".into(), secret.clone().marked(Marks::SENSITIVE)),
            (
                "output".into(),
                Value::tuple(vec![secret, Value::string("open")]),
            ),
        ]);
        assert_eq!(
            with_echoes(value).to_inspection().to_string(),
            r#"{"input":{"$sensitive":true},"output":[{"$sensitive":true},"open"]}"#
        );
    }

    #[test]
    fn texts_that_give_themselves_away() {
        assert!(is_secret_text("-----BEGIN RSA PRIVATE KEY-----\nMII"));
        assert!(is_secret_text("postgres://app:hunter2@db.example:5432/x"));
        assert!(!is_secret_text("https://example.org:443/a@b"));
        assert!(!is_secret_text("postgres://app@db.example/x"));
    }
}
