//! Which names say that what they name is secret.

/// The last words of a name that says secret. Words are what `_`, `-`, `.` and capitals separate.
const NAMES: [&str; 62] = [
    "access_key",
    "access_token",
    "account_key",
    "api_key",
    "apikey",
    "auth_key",
    "auth_string",
    "auth_token",
    "authkey",
    "basic_auth",
    "bearer",
    "bearer_token",
    "client_key",
    "connection_string",
    "connection_strings",
    "connection_uri",
    "connection_url",
    "credential",
    "credentials",
    "dsn",
    "function_key",
    "host_key",
    "instrumentation_key",
    "join_key",
    "jwt",
    "kube_admin_config",
    "kube_config",
    "kubeconfig",
    "license_key",
    "master_key",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "preshared_key",
    "pre_shared_key",
    "primary_key",
    "primary_readonly_key",
    "private_key",
    "privatekey",
    "psk",
    "pw",
    "pwd",
    "raw_key",
    "readonly_key",
    "sas",
    "sas_token",
    "sas_url",
    "sasl_jaas_config",
    "secondary_key",
    "secondary_readonly_key",
    "secret",
    "secret_key",
    "secretkey",
    "secrets",
    "shared_key",
    "smtp_password",
    "storage_key",
    "token",
    "tokens",
    "user_data",
];

/// Further names of what starts a machine, which is full of secrets, and says nothing that is judged.
const SCRIPTS: [&str; 6] = [
    "cloud_config",
    "custom_data",
    "custom_script",
    "metadata_startup_script",
    "startup_script",
    "user_data_base64",
];

/// Last words that change nothing: `private_key_pem`, `ses_smtp_password_v4`, `password_wo`.
const ENDINGS: [&str; 22] = [
    "base64",
    "b64",
    "bytes",
    "data",
    "der",
    "hash",
    "hex",
    "jks",
    "json",
    "openssh",
    "payload",
    "pem",
    "pkcs8",
    "plain",
    "plaintext",
    "raw",
    "string",
    "text",
    "v4",
    "value",
    "wo",
    "yaml",
];

/// Names that end so and are no secrets.
const OPEN: [&str; 2] = ["http_tokens", "public_access_key"];

/// Words that say secret even where nothing sets them apart: `PGPASSWORD`, `dbpassword`.
const GLUED: [&str; 4] = ["passphrase", "passwd", "password", "secretkey"];

/// Longer words are no names.
const MAX_NAME: usize = 256;

/// True when the name says that what it names is secret.
pub(crate) fn says_secret(name: &str) -> bool {
    // Nearly all names are settled without being copied.
    const HINTS: [&str; 16] = [
        "key", "pass", "pw", "secret", "token", "cred", "config", "conn", "auth", "sas", "jwt",
        "bearer", "dsn", "psk", "data", "script",
    ];
    if name.len() > MAX_NAME {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    if !HINTS.iter().any(|hint| lower.contains(hint)) {
        return false;
    }
    let words = words(name);
    if OPEN.contains(&words.as_str()) {
        return false;
    }
    let mut words = words.as_str();
    loop {
        let ends = |with: &str| {
            words
                .strip_suffix(with)
                .is_some_and(|before| before.is_empty() || before.ends_with('_'))
        };
        if NAMES.iter().chain(&SCRIPTS).any(|name| ends(name))
            || GLUED.iter().any(|name| words.ends_with(name))
        {
            return true;
        }
        match words.rsplit_once('_') {
            Some((before, last))
                if ENDINGS.contains(&last) || last.bytes().all(|b| b.is_ascii_digit()) =>
            {
                words = before;
            }
            _ => return false,
        }
    }
}

/// `clientSecret` and `Client-Secret` as `client_secret`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut lower_before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower_before {
            words.push('_');
        }
        lower_before = c.is_ascii_lowercase() || c.is_ascii_digit();
        words.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    words
}
