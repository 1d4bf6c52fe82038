use super::secrets_in;
use crate::source::masked;

fn shown(text: &str) -> String {
    masked(text, &secrets_in(text, false))
}

fn shown_hcl(text: &str) -> String {
    masked(text, &secrets_in(text, true))
}

/// Every secret is `SEKRET`, and everything else stays.
fn hides(text: &str) {
    let shown = shown(text);
    assert!(!shown.contains("SEKRET"), "{text}\n{shown}");
    assert_eq!(shown.len(), text.len());
}

#[test]
fn environments_arguments_and_addresses() {
    for (text, expected) in [
        (
            "env:\n- name: DB_PASSWORD\n  value: SEKRET\n- name: HOST\n  value: db.eu\n",
            "env:\n- name: DB_PASSWORD\n  value: ******\n- name: HOST\n  value: db.eu\n",
        ),
        (
            "- value: SEKRET\n  name: API_KEY\n- value: x\n  name: HOST\n",
            "- value: ******\n  name: API_KEY\n- value: x\n  name: HOST\n",
        ),
        (
            "env: [{name: A_TOKEN, value: \"SEKRET\"}, {value: SEKRET, name: PGPASSWORD}, {name: B, value: x}]",
            "env: [{name: A_TOKEN, value: ********}, {value: ******, name: PGPASSWORD}, {name: B, value: x}]",
        ),
        (
            "  \"name\": \"DB_DSN\",\n  \"value\": \"SEKRET\",\n  \"b\": 1\n",
            "  \"name\": \"DB_DSN\",\n  \"value\": ********,\n  \"b\": 1\n",
        ),
        (
            "args: [\"--password=SEKRET x\", \"--host=db.eu\", \"-p\", SEKRET, --token, SEKRET, -p, 8080]",
            "args: [\"--password=********\", \"--host=db.eu\", \"-p\", ******, --token, ******, -p, 8080]",
        ),
        (
            "- --password\n- SEKRET\n- --host\n- db.eu\n",
            "- --password\n- ******\n- --host\n- db.eu\n",
        ),
        (
            "[\"sh\", \"-c\", \"curl -u admin:SEKRET https://x.eu --password=SEKRET https://y.eu\"]",
            "[\"sh\", \"-c\", \"curl -u admin:****** https://x.eu --password=****** https://y.eu\"]",
        ),
        (
            "url: \"https://SEKRET@o1.ingest.sentry.io/1\"",
            "url: \"https://******@o1.ingest.sentry.io/1\"",
        ),
        (
            "url: postgres://u:SEK/RET@db.eu:5432/x?sslmode=require&password=SEKRET",
            "url: postgres://*********@db.eu:5432/x?sslmode=require&password=******",
        ),
        (
            "url: \"https://s3.eu/b?X-Amz-Signature=SEKRET&x=1\"",
            "url: \"https://s3.eu/b?X-Amz-Signature=******&x=1\"",
        ),
        (
            "u: https://{{ .Values.user }}:SEKRET@git.eu/x",
            "u: https://*************************@git.eu/x",
        ),
        ("h: \"u:SEKRET@db.x.eu\"", "h: \"u:******@db.x.eu\""),
        (
            "DB_PASSWORD:\n  value: SEKRET\n  note: x\n",
            "DB_PASSWORD:\n  value: ******\n  note: x\n",
        ),
        (
            "tokens:\n  - SEKRET\n  - SEKRET\nb: 1\n",
            "tokens:\n  - ******\n  - ******\nb: 1\n",
        ),
        (
            "password: &a SEKRET one\n  SEKRET\nb: 1\n",
            "password: &a **********\n  ******\nb: 1\n",
        ),
        (
            "key: |\n  -----BEGIN PRIVATE KEY-----\n  SEKRET\n  -----END PRIVATE KEY-----\nb: 1\n",
            "key: |\n  -----BEGIN PRIVATE KEY-----\n  ******\n  -----END PRIVATE KEY-----\nb: 1\n",
        ),
        (
            "é: http://SEKRET@x.eu\nsql: \"ALTER USER x PASSWORD 'SEKRET'\"\n",
            "é: http://******@x.eu\nsql: \"ALTER USER x PASSWORD ********\"\n",
        ),
        (
            "config: '{\"password\": \"SEKRET\", \"a\": 1}'\nb: \"{\\\"password\\\":\\\"SEKRET\\\",\\\"a\\\":1}\"\n",
            "config: '{\"password\": ********, \"a\": 1}'\nb: \"{\\\"password\\\":**********,\\\"a\\\":1}\"\n",
        ),
    ] {
        assert_eq!(shown(text), expected);
    }
    for text in [
        "a: {password: SEKRET, password: SEKRET}",
        "values: \"db:\\n  password: SEKRET\\n\"",
        "run: mysqldump -pSEKRET -h db",
        "h: \"Authorization: Bearer SEKRETSEKRET\"",
        "url: https://hooks.slack.com/services/T/B/SEKRET",
        "a: {{ .Values.password | default \"SEKRET\" }}",
    ] {
        hides(text);
    }
}

#[test]
fn what_is_no_secret_is_shown() {
    for text in [
        "image: ghcr.io/acme/vault-token:1.2@sha256:abcdef\n",
        "arn: arn:aws:secretsmanager:eu-west-3:1:secret:x\n",
        "automountServiceAccountToken: false\nsecretName: x\n",
        "imagePullSecrets:\n- name: regcred\n",
        "secretKeyRef:\n  name: db-password\n  key: password\n",
        "volumes:\n- name: v\n  secret:\n    secretName: x\n",
        "tolerations:\n- key: a\n  value: b\n",
        "url: https://host.eu:8443/a@b\nrepo: ssh://git@git.eu/x\n",
        "url: abfss://data@acct.dfs.core.windows.net/x\n",
        "args: [-p, \"8080:80\", -p, /data]\n",
        "password:\npasswords: []\n",
        "# don't: it's a comment\nb: \"x\"\n",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn terraform_shows_what_it_refers_to() {
    for (text, expected) in [
        (
            "password = \"SEKRET\"\nhost = \"x\"\n",
            "password = ********\nhost = \"x\"\n",
        ),
        (
            "password = random_password.x.result\n",
            "password = random_password.x.result\n",
        ),
        (
            "token = coalesce(var.x, \"SEKRET\")\n",
            "token = coalesce(var.x, \"******\")\n",
        ),
        (
            "env {\n  name  = \"DB_PASSWORD\"\n  value = \"SEKRET\"\n}\nenv {\n  name  = \"A\"\n  value = \"x\"\n}\n",
            "env {\n  name  = \"DB_PASSWORD\"\n  value = ********\n}\nenv {\n  name  = \"A\"\n  value = \"x\"\n}\n",
        ),
        (
            "set = [{ name = \"auth.password\", value = \"SEKRET\" }]\n",
            "set = [{ name = \"auth.password\", value = ******** }]\n",
        ),
        (
            "variable \"db_password\" {\n  default = \"SEKRET\"\n}\nvariable \"a\" {\n  default = \"x\"\n}\n",
            "variable \"db_password\" {\n  default = ********\n}\nvariable \"a\" {\n  default = \"x\"\n}\n",
        ),
        (
            "user_data = <<-EOT\n  SEKRET\nEOT\nb = 1\n",
            "user_data = <<-EOT\n  ******\nEOT\nb = 1\n",
        ),
    ] {
        assert_eq!(shown_hcl(text), expected);
    }
}

#[test]
fn any_text_is_read_to_its_end() {
    for text in [
        "{",
        "[",
        "\"",
        "\\",
        "{{",
        "password",
        "://",
        "- ",
        "-p ",
        "é:",
        "name: token, value: ",
    ] {
        let text = text.repeat(5000);
        assert_eq!(shown(&text).len(), text.len());
        assert_eq!(shown_hcl(&text).len(), text.len());
    }
}
