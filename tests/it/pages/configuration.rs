//! The page of all keys of the configuration, and the schema with which editors complete and check it: both from the table
//! that its reader reads by.

use std::fmt::Write as _;

use gardefou::config::keys::{CONFIGURATION, RULE, SETTINGS, Table, Takes};
use serde_json::{Map, Value, json};

use crate::support::{HOW, hold, root};

/// Where the schema stands.
const SCHEMA: &str = "docs/schema/gardefou.schema.json";

#[test]
#[ignore = "a page: held by .ci/run"]
fn keys_are_described_as_they_are() {
    let mut page = format!(
        "# Keys of the configuration\n\n<!-- Made from src/config/keys.rs; write it with: {HOW} -->\n\n\
         Every key of `gardefou.toml`. What they are for, with examples: [Configuration](configuration.md). Editors that know\n\
         JSON Schema for TOML complete and check the file by [gardefou.schema.json](https://github.com/gardefou/gardefou/blob/main/{SCHEMA}):\n\
         write `#:schema` and the address of the schema into its first line.\n\n"
    );
    tables(&mut page, &CONFIGURATION);
    hold("docs/src/configuration-keys.md", &page);
}

fn tables(page: &mut String, table: &Table) {
    let title = match table.name.starts_with('[') {
        true => format!("`{}`", table.name),
        false => "The file".to_owned(),
    };
    writeln!(
        page,
        "## {title}\n\n{}.\n\n| key | takes | says |\n|---|---|---|",
        table.about
    )
    .expect("written");
    for key in table.keys {
        let needed = match table.required.contains(&key.name) {
            true => " Needed.",
            false => "",
        };
        let default = match key.default {
            "" => String::new(),
            default => format!(" Without it: {default}."),
        };
        let says = format!("{}.{needed}{default}", key.about);
        writeln!(
            page,
            "| `{}` | {} | {} |",
            key.name,
            takes(key.takes),
            says.replace('|', "\\|")
        )
        .expect("written");
    }
    page.push('\n');
    for key in table.keys {
        if let Takes::Table(inner) | Takes::Entries(inner) = key.takes {
            tables(page, inner);
        }
    }
}

fn takes(of: Takes) -> String {
    let words = |words: &[&str]| -> String {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    match of {
        Takes::Text => "a text".to_owned(),
        Takes::Texts => "a list of texts".to_owned(),
        Takes::Flag => "`true` or `false`".to_owned(),
        Takes::Day => "a day".to_owned(),
        Takes::Number(from, to) => format!("a number from {from} to {to}"),
        Takes::Word(of) => format!("one of {}", words(of)),
        Takes::Words(of) => format!("a list of {}", words(of)),
        Takes::Patterns => "a list of globs".to_owned(),
        Takes::Table(table) | Takes::Entries(table) => format!("`{}`", table.name),
        Takes::Rules => format!("for each rule one of {}, or a table", words(SETTINGS)),
        Takes::Options => {
            "for each option a text, a number, `true` or `false`, or a list of texts".to_owned()
        }
    }
}

#[test]
#[ignore = "a page: held by .ci/run"]
fn the_schema_is_that_of_the_reader() {
    let mut schema = Map::new();
    schema.insert(
        "$schema".into(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".into(), json!("gardefou.toml"));
    let Value::Object(top) = object(&CONFIGURATION) else {
        panic!("the configuration is a table");
    };
    schema.extend(top);
    let text = serde_json::to_string_pretty(&schema).expect("a schema");
    hold(SCHEMA, &format!("{text}\n"));
}

fn object(table: &Table) -> Value {
    let properties: Map<String, Value> = table
        .keys
        .iter()
        .map(|key| {
            let mut value = shape(key.takes);
            if let Value::Object(of) = &mut value {
                of.insert("description".into(), json!(key.about));
            }
            (key.name.to_owned(), value)
        })
        .collect();
    json!({
        "description": table.about,
        "type": "object",
        "properties": properties,
        "required": table.required,
        "additionalProperties": false,
    })
}

fn shape(of: Takes) -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    match of {
        Takes::Text => json!({"type": "string", "minLength": 1}),
        Takes::Texts | Takes::Patterns => texts(),
        Takes::Flag => json!({"type": "boolean"}),
        // TOML has days of its own, which JSON Schema sees as texts.
        Takes::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Takes::Number(from, to) => json!({"type": "integer", "minimum": from, "maximum": to}),
        Takes::Word(words) => json!({"enum": words}),
        Takes::Words(words) => json!({"type": "array", "items": {"enum": words}}),
        Takes::Table(table) => object(table),
        Takes::Entries(table) => json!({"type": "array", "items": object(table)}),
        Takes::Rules => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [{"enum": SETTINGS}, object(&RULE)]},
        }),
        Takes::Options => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": ["string", "integer", "boolean"]}, texts()]},
        }),
    }
}

/// The schema knows what the reader knows: every configuration of the fixtures, right or wrong.
#[test]
fn the_schema_judges_as_the_reader_does() {
    let schema = std::fs::read_to_string(root().join(SCHEMA)).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut files = Vec::new();
    configurations(&root().join("fixtures"), &mut files);
    assert!(files.len() > 5, "{} configurations", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a configuration");
        let sources = gardefou::source::Sources::new();
        let source = sources.add("gardefou.toml", text.as_str());
        let (_, problems) = gardefou::config::parse(source, &text);
        let Ok(value) = text.parse::<toml::Table>() else {
            assert!(!problems.is_empty(), "{}", file.display());
            continue;
        };
        let errors: Vec<String> = validator
            .iter_errors(&as_json(toml::Value::Table(value)))
            .map(|error| error.to_string())
            .collect();
        assert_eq!(
            errors.is_empty(),
            problems.is_empty(),
            "{}: {errors:?} {problems:?}",
            file.display()
        );
    }
}

fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, as_json(value)))
            .collect::<Map<_, _>>()
            .into(),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
    }
}

fn configurations(folder: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            configurations(&path, out);
        } else if entry.file_name() == "gardefou.toml" {
            out.push(path);
        }
    }
    out.sort();
}
