//! The page that describes every key: made from the types that read them, with an example of each from the catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Value;

use super::{HOW, hold};
use crate::support::root;

/// The kinds of file: where they stand, what one is, the type that reads it. `*` stands for any name. The last says how
/// the type is nested in the file: the file itself, a table for each key, or lists.
const FILES: [(&str, &str, &str, Shape); 17] = [
    (
        "regions/*.toml",
        "What the identifiers of one provider mean.",
        "RegionFile",
        Shape::File,
    ),
    (
        "providers/*.toml",
        "A company and its offerings.",
        "Provider",
        Shape::File,
    ),
    (
        "resources/*/provider.toml",
        "How a Terraform provider's block gives place and tags.",
        "TerraformProvider",
        Shape::File,
    ),
    (
        "resources/*/*.toml",
        "Resource types; the name of the table is the type.",
        "ResourceKind",
        Shape::Tables,
    ),
    (
        "data-sources/*.toml",
        "What data sources answer; the name of the table is the type.",
        "DataSource",
        Shape::Tables,
    ),
    (
        "terraform.toml",
        "Providers that any company may stand behind, backends, types left out.",
        "TerraformFacts",
        Shape::File,
    ),
    (
        "kubernetes/kinds/*.toml",
        "Kinds of objects.",
        "KubernetesKinds",
        Shape::File,
    ),
    (
        "kubernetes/*.toml",
        "Drivers, registries, hosts, labels, annotations, tenancy.",
        "KubernetesFacts",
        Shape::File,
    ),
    (
        "jurisdictions.toml",
        "Countries, unions, adequacy decisions, laws that reach abroad.",
        "Jurisdictions",
        Shape::File,
    ),
    (
        "classification/labels.toml",
        "What labels say.",
        "LabelFacts",
        Shape::File,
    ),
    (
        "classification/names.toml",
        "What names hint at.",
        "NameFacts",
        Shape::File,
    ),
    (
        "classification/tenancy.toml",
        "Words for the client whose data it is.",
        "Tenancy",
        Shape::File,
    ),
    (
        "frameworks/frameworks.toml",
        "Frameworks.",
        "Frameworks",
        Shape::File,
    ),
    (
        "frameworks/requirements/*.toml",
        "Requirements.",
        "Requirements",
        Shape::File,
    ),
    (
        "frameworks/regime.toml",
        "What is asked of whom.",
        "RegimeTable",
        Shape::File,
    ),
    (
        "sources.toml",
        "Where the facts of the registry were read.",
        "Sources",
        Shape::File,
    ),
    (
        "registry.toml",
        "What holds for the whole registry of companies.",
        "Registry",
        Shape::File,
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    File,
    Tables,
}

#[test]
#[ignore = "a page: held by .ci/run"]
fn the_page_of_keys_is_what_the_types_say() {
    let model = Model::read();
    hold("docs/src/catalogue-schema.md", &page(&model));
}

#[test]
fn every_key_has_a_meaning() {
    let model = Model::read();
    let mut silent = Vec::new();
    for (name, of) in &model.structs {
        for field in &of.fields {
            if field.about.is_empty() {
                silent.push(format!("{name}.{}", field.key));
            }
        }
    }
    assert!(
        model.structs.len() > 30 && model.words.len() > 15,
        "the types were read"
    );
    assert!(silent.is_empty(), "{silent:#?}");
}

/// A key of a type.
struct Field {
    key: String,
    of: String,
    about: String,
    optional: bool,
}

#[derive(Default)]
struct Struct {
    about: String,
    fields: Vec<Field>,
}

/// The types that read the catalogue.
#[derive(Default)]
struct Model {
    structs: BTreeMap<String, Struct>,
    /// Closed vocabularies: each word with its meaning.
    words: BTreeMap<String, Vec<(String, String)>>,
}

impl Model {
    fn read() -> Self {
        let mut model = Self::default();
        let folder = root().join("src/catalog/model");
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .expect("the model")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.push(root().join("src/config/words.rs"));
        files.sort();
        for file in files {
            model.read_file(&fs::read_to_string(file).expect("a file"));
        }
        model
    }

    /// Reads the shape of types as rustfmt writes them.
    fn read_file(&mut self, text: &str) {
        let (mut about, mut attributes) = (String::new(), String::new());
        let (mut of, mut words): (Option<String>, Option<String>) = (None, None);
        for line in text.lines().map(str::trim) {
            if line == "#[cfg(test)]" {
                break;
            }
            if let Some(said) = line.strip_prefix("/// ") {
                if !about.is_empty() {
                    about.push(' ');
                }
                about.push_str(said);
            } else if line.starts_with("#[") {
                attributes.push_str(line);
            } else if let Some(name) = line
                .strip_prefix("pub struct ")
                .and_then(|rest| rest.strip_suffix(" {"))
            {
                of = Some(name.to_owned());
                let about = std::mem::take(&mut about);
                self.structs.insert(
                    name.to_owned(),
                    Struct {
                        about,
                        fields: Vec::new(),
                    },
                );
                attributes.clear();
            } else if let Some((name, _)) = line.split_once(", \"").filter(|_| line.ends_with('{'))
            {
                words = Some(name.to_owned());
                self.words.insert(name.to_owned(), Vec::new());
                about.clear();
            } else if line == "}" {
                (of, words) = (None, None);
                about.clear();
                attributes.clear();
            } else if let (Some(name), Some((field, ty))) = (
                &of,
                line.strip_prefix("pub ")
                    .and_then(|rest| rest.split_once(": ")),
            ) {
                let renamed = attributes
                    .split("rename = \"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let field = Field {
                    key: renamed.unwrap_or(field).to_owned(),
                    of: ty.trim_end_matches(',').replace("super::", ""),
                    about: std::mem::take(&mut about),
                    optional: attributes.contains("default"),
                };
                self.structs
                    .get_mut(name)
                    .expect("the struct")
                    .fields
                    .push(field);
                attributes.clear();
            } else if let (Some(name), Some((_, word))) = (&words, line.split_once(" = \"")) {
                let word = word.split('"').next().unwrap_or_default().to_owned();
                let meaning = std::mem::take(&mut about);
                self.words
                    .get_mut(name)
                    .expect("the words")
                    .push((word, meaning));
            } else {
                about.clear();
                attributes.clear();
            }
        }
    }

    /// A type in words, with a link where it has a section of its own.
    fn shown(&self, of: &str) -> String {
        let inside = |name: &str| {
            of.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('<'))
                .and_then(|rest| rest.strip_suffix('>'))
        };
        if let Some(of) = inside("Option") {
            return self.shown(of);
        }
        if let Some(of) = inside("Vec") {
            return format!("list of {}", self.shown(of));
        }
        if let Some(of) = inside("BTreeMap") {
            let (key, value) = of.split_once(", ").unwrap_or(("String", of));
            let key = if key == "String" {
                String::new()
            } else {
                format!(" by {}", self.shown(key))
            };
            return format!("table of {}{key}", self.shown(value));
        }
        match of {
            "String" => "text".to_owned(),
            "bool" => "`true` or `false`".to_owned(),
            "u8" | "u16" | "u32" => "number".to_owned(),
            "Date" => "day".to_owned(),
            "ClassSet" => "list of [class](#class)".to_owned(),
            name => format!("[{}](#{})", spaced(name), spaced(name).replace(' ', "-")),
        }
    }

    /// The types of the model that a type names.
    fn named<'m>(&'m self, of: &str) -> Vec<&'m str> {
        let names = of.split(|c: char| !c.is_alphanumeric());
        let mut found = Vec::new();
        for name in names {
            let name = if name == "ClassSet" { "Class" } else { name };
            found.extend(
                self.structs
                    .get_key_value(name)
                    .map(|(name, _)| name.as_str()),
            );
            found.extend(
                self.words
                    .get_key_value(name)
                    .map(|(name, _)| name.as_str()),
            );
        }
        found
    }
}

/// `RegionLine` is `region line`.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for (at, c) in name.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Examples from the catalogue, by type and key: the first one that is short.
type Examples = BTreeMap<(String, String), String>;

fn page(model: &Model) -> String {
    let mut examples = Examples::new();
    for (pattern, _, of, shape) in FILES {
        for file in files(pattern) {
            let text = fs::read_to_string(&file).expect("a file");
            let value: Value = toml::from_str(&text).expect("TOML");
            match (shape, &value) {
                (Shape::Tables, Value::Table(tables)) => {
                    for table in tables.values() {
                        collect(model, of, table, &mut examples);
                    }
                }
                _ => collect(model, of, &value, &mut examples),
            }
        }
    }
    let mut out = String::from(
        "# Keys of the catalogue\n\n\
         <!-- Made from src/catalog/model/ and catalog/; write it with: HOW -->\n\n\
         Every file and every key, from the types that read them. A key in **bold** has to be there; any other has the default that its meaning says, else\n\
         none. A key that is not listed is an error. `--catalog` folders have the same layout: [The catalogue](catalogue.md).\n\n\
         | file | one file is |\n|---|---|\n",
    );
    out = out.replace("HOW", HOW);
    for (pattern, about, of, _) in FILES {
        let name = spaced(of);
        writeln!(
            out,
            "| [`{pattern}`](#{}) | {about} |",
            name.replace(' ', "-")
        )
        .expect("written");
    }
    let mut todo: Vec<&str> = FILES.iter().rev().map(|(_, _, of, _)| *of).collect();
    let (mut done, mut words) = (BTreeSet::new(), BTreeSet::new());
    while let Some(name) = todo.pop() {
        if model.words.contains_key(name) {
            words.insert(name);
            continue;
        }
        let Some(of) = model.structs.get(name).filter(|_| done.insert(name)) else {
            continue;
        };
        section(&mut out, model, name, of, &examples);
        for field in of.fields.iter().rev() {
            todo.extend(model.named(&field.of).into_iter().map(|found| {
                let all = model
                    .structs
                    .get_key_value(found)
                    .map(|(name, _)| name.as_str());
                all.or_else(|| {
                    model
                        .words
                        .get_key_value(found)
                        .map(|(name, _)| name.as_str())
                })
                .unwrap_or(found)
            }));
        }
    }
    out += "\n# Words\n";
    for name in words {
        writeln!(out, "\n## {}\n\n| word | means |\n|---|---|", spaced(name)).expect("written");
        for (word, meaning) in &model.words[name] {
            writeln!(out, "| `{word}` | {} |", cell(meaning)).expect("written");
        }
    }
    out
}

fn section(out: &mut String, model: &Model, name: &str, of: &Struct, examples: &Examples) {
    writeln!(out, "\n## {}\n\n{}\n", spaced(name), of.about).expect("written");
    out.push_str("| key | is | meaning | example |\n|---|---|---|---|\n");
    for field in &of.fields {
        let key = if field.optional || field.of.starts_with("Option<") {
            format!("`{}`", field.key)
        } else {
            format!("**`{}`**", field.key)
        };
        let example = examples.get(&(name.to_owned(), field.key.clone()));
        let example = example.map_or_else(String::new, |example| format!("`{}`", cell(example)));
        writeln!(
            out,
            "| {key} | {} | {} | {example} |",
            model.shown(&field.of),
            cell(&field.about)
        )
        .expect("written");
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// The files of the catalogue that a pattern means.
fn files(pattern: &str) -> Vec<PathBuf> {
    let top = root().join("catalog");
    let mut found = vec![top];
    for part in pattern.split('/') {
        let mut next = Vec::new();
        for folder in &found {
            if !part.contains('*') {
                next.push(folder.join(part));
                continue;
            }
            let Ok(entries) = fs::read_dir(folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.expect("an entry").path();
                let is_file = path.extension().is_some_and(|ending| ending == "toml");
                if is_file == part.ends_with(".toml") && !is_head(&path, pattern) {
                    next.push(path);
                }
            }
        }
        next.sort();
        found = next;
    }
    found.retain(|file| file.is_file());
    found
}

/// `provider.toml` is no file of types.
fn is_head(path: &Path, pattern: &str) -> bool {
    path.ends_with("provider.toml") && pattern == "resources/*/*.toml"
}

/// Longer examples say less.
const LONGEST: usize = 60;

fn collect(model: &Model, of: &str, value: &Value, into: &mut Examples) {
    let (Some(found), Value::Table(table)) = (model.structs.get(of), value) else {
        return;
    };
    for field in &found.fields {
        let Some(value) = table.get(&field.key) else {
            continue;
        };
        if let Some(example) = short(value) {
            into.entry((of.to_owned(), field.key.clone()))
                .or_insert(example);
        }
        for inner in model.named(&field.of) {
            match value {
                Value::Array(list) => list.iter().for_each(|one| collect(model, inner, one, into)),
                Value::Table(all) if field.of.starts_with("BTreeMap<") => {
                    all.values()
                        .for_each(|one| collect(model, inner, one, into));
                }
                one => collect(model, inner, one, into),
            }
        }
    }
}

/// A value as it is written, when that is short.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) if text.contains(['"', '\\', '\n']) => format!("'{text}'"),
        Value::String(text) => format!("\"{text}\""),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Array(list) if !list.is_empty() => {
            let parts: Option<Vec<String>> = list.iter().map(short).collect();
            format!("[{}]", parts?.join(", "))
        }
        Value::Table(table) if !table.is_empty() => {
            let parts: Option<Vec<String>> = table
                .iter()
                .map(|(key, value)| Some(format!("{key} = {}", short(value)?)))
                .collect();
            format!("{{ {} }}", parts?.join(", "))
        }
        _ => return None,
    };
    (text.chars().count() <= LONGEST && !text.contains(['`', '\n'])).then_some(text)
}
