//! Every type of the catalogue whose key is an attribute, with and without that key, in one run.

use std::fs;

use serde_json::{Map, Value, json};

use crate::support::{gardefou_in, root};

/// A customer's key of each provider: the folder of its types, the type, the attribute that cites it.
const KEYS: [(&str, &str, &str); 10] = [
    ("aws", "aws_kms_key", "arn"),
    ("azurerm", "azurerm_key_vault_key", "id"),
    ("google", "google_kms_crypto_key", "id"),
    ("oci", "oci_kms_key", "id"),
    ("ibm", "ibm_kms_key", "crn"),
    ("alicloud", "alicloud_kms_key", "id"),
    ("opentelekomcloud", "opentelekomcloud_kms_key_v1", "id"),
    ("flexibleengine", "flexibleengine_kms_key_v1", "id"),
    ("scaleway", "scaleway_key_manager_key", "id"),
    ("ovh", "ovh_okms_service_key", "id"),
];

/// One type: its name, its facts, and the key that its provider has.
struct Type {
    name: String,
    facts: toml::Table,
    key: (&'static str, &'static str),
}

/// Types that hold a key in an attribute. One that holds no data has the key for another: nothing is asked of it.
fn types() -> Vec<Type> {
    let mut found = Vec::new();
    for (folder, key, attribute) in KEYS {
        let folder = root().join("catalog/resources").join(folder);
        for file in fs::read_dir(folder).expect("a folder") {
            let text = fs::read_to_string(file.expect("a file").path()).expect("a text");
            let table: toml::Table = toml::from_str(&text).expect("TOML");
            for (name, facts) in table {
                let Some(facts) = facts.as_table().cloned() else {
                    continue;
                };
                let encryption = facts.get("encryption");
                let of = |what: &str| encryption.and_then(|all| all.get(what)?.as_str());
                if of("customer_key") == Some("attribute")
                    && of("default") != Some("not-applicable")
                    && facts["encryption"].get("key_paths").is_some()
                {
                    found.push(Type {
                        name,
                        facts,
                        key: (key, attribute),
                    });
                }
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Puts a value where a path of the catalogue leads, making the blocks on the way.
fn put(body: &mut Map<String, Value>, path: &str, value: Value) {
    // A key of a map may have dots of its own.
    let (dotted, quoted) = match path.split_once("[\"") {
        Some((before, quoted)) => (before, quoted.strip_suffix("\"]")),
        None => (path, None),
    };
    let steps = dotted.split('.').filter(|step| *step != "*");
    let steps: Vec<&str> = steps.chain(quoted).collect();
    let (last, blocks) = steps.split_last().expect("a path");
    let mut at = body;
    for block in blocks {
        let is_map = quoted.is_some() && Some(block) == blocks.last();
        let empty = if is_map { json!({}) } else { json!([{}]) };
        let next = at.entry(*block).or_insert(empty);
        let inner = if next.is_array() {
            next.get_mut(0)
        } else {
            Some(next)
        };
        let Some(inner) = inner.and_then(Value::as_object_mut) else {
            return;
        };
        at = inner;
    }
    at.insert((*last).to_owned(), value);
}

fn texts<'t>(facts: &'t toml::Value, name: &str) -> Vec<&'t str> {
    let all = facts.get(name).and_then(toml::Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}

/// The arguments that encrypt with the key: in every part, with the switches and modes that go with it.
fn with_key(one: &Type) -> Map<String, Value> {
    let facts = &one.facts["encryption"];
    let (kind, attribute) = one.key;
    let paths = texts(facts, "key_paths");
    let scopes = facts.get("key_scopes").and_then(toml::Value::as_array);
    let scoped: Vec<&str> = scopes
        .into_iter()
        .flatten()
        .filter_map(|scope| texts(scope, "paths").first().copied())
        .collect();
    let chosen = if scoped.is_empty() {
        paths[..1].to_vec()
    } else {
        scoped
    };
    let mut body = Map::new();
    for path in chosen {
        let cited = if path.ends_with("disk_encryption_set_id") {
            "${azurerm_disk_encryption_set.k.id}".to_owned()
        } else {
            format!("${{{kind}.k.{attribute}}}")
        };
        put(&mut body, path, json!(cited));
    }
    for path in texts(facts, "enabled_paths") {
        if !paths.iter().any(|key| key.starts_with(path)) {
            put(&mut body, path, json!(true));
        }
    }
    for mode in facts
        .get("modes")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(customer) = texts(mode, "customer").first() {
            put(
                &mut body,
                mode["path"].as_str().expect("a path"),
                json!(customer),
            );
        }
    }
    body
}

#[test]
fn every_type_with_a_key_of_its_own_is_told_with_it_and_without() {
    let types = types();
    assert!(types.len() > 400, "{} types", types.len());
    let mut all: Map<String, Value> = Map::new();
    let mut add = |kind: &str, name: &str, body: Map<String, Value>| {
        let of_kind = all.entry(kind).or_insert_with(|| json!({}));
        of_kind
            .as_object_mut()
            .expect("an object")
            .insert(name.to_owned(), Value::Object(body));
    };
    for one in &types {
        add(&one.name, "with", with_key(one));
        add(&one.name, "without", Map::new());
    }
    for (_, key, _) in KEYS {
        add(key, "k", Map::new());
    }
    let set = json!({"key_vault_key_id": "${azurerm_key_vault_key.k.id}"});
    add(
        "azurerm_disk_encryption_set",
        "k",
        set.as_object().expect("an object").clone(),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let text = json!({"resource": all, "provider": {"aws": {"region": "eu-west-3"}}});
    fs::write(folder.path().join("main.tf.json"), text.to_string()).expect("a file");
    let run = gardefou_in(folder.path(), &["inspect", "--format", "json", "."], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let seen: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let resources = seen["roots"][0]["resources"].as_array().expect("resources");
    let found: std::collections::BTreeMap<&str, &Value> = resources
        .iter()
        .map(|one| {
            (
                one["address"].as_str().unwrap_or(""),
                &one["facts"]["encryption"],
            )
        })
        .collect();
    let mut wrong = Vec::new();
    for one in &types {
        let name = &one.name;
        let key = format!("{}.k", one.key.0);
        let with = found[format!("{name}.with").as_str()];
        let parts = with.as_array().map(Vec::as_slice).unwrap_or_default();
        let keyed = |part: &Value| part["holder"] == "customer" && part["key"] == key.as_str();
        if parts.is_empty() || !parts.iter().all(keyed) {
            wrong.push(format!("{name} with its key: {with}"));
        }
        let wanted = match one.facts["encryption"]["default"].as_str() {
            Some("unencrypted" | "account-default") => "no",
            Some("provider-owned" | "provider-managed") => "yes",
            Some("unknown") => "unknown",
            // What it belongs to decides, or the key is required: a reason.
            _ => "",
        };
        let without = found[format!("{name}.without").as_str()];
        let parts = without.as_array().map(Vec::as_slice).unwrap_or_default();
        let same = |part: &Value| part["at_rest"] == wanted && part["key"].is_null();
        let holds = if wanted.is_empty() {
            without["$unknown"].is_string() || without.is_null()
        } else {
            !parts.is_empty() && parts.iter().all(same)
        };
        if !holds {
            wrong.push(format!(
                "{name} without a key, expected {wanted:?}: {without}"
            ));
        }
    }
    let cut: Vec<String> = wrong
        .iter()
        .map(|line| line.chars().take(240).collect())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        cut.join("\n")
    );
}
