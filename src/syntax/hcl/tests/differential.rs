//! The same text given to `hcl-edit`: same attributes, blocks, labels and values, at the same places.

use std::fmt::Write;
use std::path::Path;

use hcl_edit::Span as _;
use hcl_edit::structure::{Body as TheirBody, Structure};
use proptest::prelude::*;

use super::read;
use crate::syntax::hcl::{Body, File, Item};

fn ours(file: &File, body: &Body, out: &mut String) {
    for item in file.list(body.items) {
        match item {
            Item::Attribute(attribute) => {
                let value = file.expr(attribute.value).span;
                let _ = writeln!(out, "{} = {}", file.text(attribute.name), file.text(value));
            }
            Item::Block(block) => {
                let _ = write!(out, "{}", file.text(block.kind));
                for label in file.list(block.labels) {
                    let _ = write!(out, " {:?}", file.label(label));
                }
                out.push_str(" {\n");
                ours(file, file.get(block.body), out);
                out.push_str("}\n");
            }
        }
    }
}

fn theirs(text: &str, body: &TheirBody, out: &mut String) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let value = attribute
                    .value
                    .span()
                    .and_then(|span| text.get(span))
                    .unwrap_or("?");
                // Their heredocs include the line break after the end line; ours end before it.
                let value = if value.starts_with("<<") {
                    value.trim_end_matches(['\n', '\r'])
                } else {
                    value
                };
                let _ = writeln!(out, "{} = {value}", attribute.key.as_str());
            }
            Structure::Block(block) => {
                let _ = write!(out, "{}", block.ident.as_str());
                for label in &block.labels {
                    let _ = write!(out, " {:?}", label.as_str());
                }
                out.push_str(" {\n");
                theirs(text, &block.body, out);
                out.push_str("}\n");
            }
        }
    }
}

/// Both summaries; none when `hcl-edit` refuses the text.
fn both(text: &str) -> Option<(String, String)> {
    let their_body = hcl_edit::parser::parse_body(text).ok()?;
    let parsed = read(text);
    assert_eq!(parsed.problems, [], "{text}");
    let (mut our, mut their) = (String::new(), String::new());
    ours(&parsed.file, parsed.file.root(), &mut our);
    theirs(text, &their_body, &mut their);
    Some((our, their))
}

fn terraform_files(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            terraform_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "tf" || e == "tfvars")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.push(text);
        }
    }
}

#[test]
fn agrees_on_every_fixture() {
    let mut texts = Vec::new();
    terraform_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        &mut texts,
    );
    texts.push(super::robust::SAMPLE.replace(".0.*", "[0].*"));
    let mut compared = 0;
    for (our, their) in texts.iter().filter_map(|text| both(text)) {
        assert_eq!(our, their);
        compared += 1;
    }
    assert!(
        compared > texts.len() / 2,
        "only {compared} of {} compared",
        texts.len()
    );
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z][a-z0-9_-]{0,5}".prop_filter("a keyword", |name| name != "for"
            && name != "if"
            && name != "in"),
        "[1-9][0-9]{0,4}(\\.[0-9]{1,3})?(e-?[1-9])?",
        "\"[a-z .é]{0,6}(\\$\\$\\{|\\\\n|\\\\u00e9|\\$)?[a-z]{0,3}\"",
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let several = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (
                inner.clone(),
                "( \\+ | - |\\*| / | == | && |>=| \\|\\| )",
                inner.clone()
            )
                .prop_map(|(a, op, b)| format!("{a}{op}{b}")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            several
                .clone()
                .prop_map(|all| format!("[\n  {}]", all.join(",\n  "))),
            several
                .clone()
                .prop_map(|all| format!("f({})", all.join(", "))),
            several.clone().prop_map(|all| {
                let members = all
                    .iter()
                    .enumerate()
                    .map(|(at, value)| format!("k{at} = {value}"));
                format!("{{\n{}\n}}", members.collect::<Vec<_>>().join("\n"))
            }),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("[for k, v in {a} : {b} if k != v]")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("{{for v in {a} : v => {b}...}}")),
            (inner.clone(), "(\\.id|\\[0\\]|\\[\\*\\]|\\.\\*)")
                .prop_map(|(a, step)| format!("({a}){step}")),
            inner.clone().prop_map(|a| format!("!({a})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.clone().prop_map(|a| format!("\"a ${{~ {a} ~}} b\"")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("\"%{{ if {a} }}x%{{ else }}${{{b}}}%{{ endif }}\"")),
        ]
    })
}

fn body() -> impl Strategy<Value = String> {
    let attribute = expression().prop_map(|value| format!("= {value}\n"));
    let heredoc = "( {0,3}[a-z$ ]{0,6}\n){0,3}".prop_map(|text| format!("= <<-EOT\n{text}  EOT\n"));
    let items =
        prop::collection::vec(prop_oneof![3 => attribute, 1 => heredoc], 0..4).prop_map(|values| {
            let items = values
                .iter()
                .enumerate()
                .map(|(at, value)| format!("a{at} {value}"));
            items.collect::<String>()
        });
    let items = items.boxed();
    items.clone().prop_recursive(3, 12, 3, move |inner| {
        (
            items.clone(),
            "( \"[a-z]{0,4}\"| [a-z]{1,4}){0,2}",
            inner,
            "( # [a-z]*)?",
        )
            .prop_map(|(before, labels, inner, comment)| {
                format!("{before}block{labels} {{{comment}\n{inner}}}\n")
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn agrees_on_generated_files(text in body()) {
        if let Some((our, their)) = both(&text) {
            prop_assert_eq!(our, their);
        }
    }
}
