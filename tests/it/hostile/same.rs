//! Changes of the code that change nothing of what it means.

use std::collections::BTreeMap;

use serde_json::Value;

use super::support::folder;
use crate::support::gardefou_in;

/// Addresses with their attributes, and outputs with their values.
fn meaning(files: &[(&str, &str)]) -> BTreeMap<String, Value> {
    let folder = folder(files);
    let run = gardefou_in(folder.path(), &["inspect", ".", "--format", "json"], &[]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(
        document["problems"].as_array().map(Vec::len),
        Some(0),
        "{}",
        run.stdout
    );
    let mut all = BTreeMap::new();
    let roots = document["roots"].as_array().into_iter().flatten();
    for resource in roots.flat_map(|root| root["resources"].as_array().into_iter().flatten()) {
        let address = resource["address"].as_str().unwrap_or_default().to_owned();
        all.insert(address, resource["values"].clone());
    }
    assert!(!all.is_empty());
    all
}

const VARIABLES: &str = "variable \"names\" {\n  type    = list(string)\n  default = [\"a\", \"b\"]\n}\nvariable \"tags\" {\n  type    = map(string)\n  default = { level = \"health\" }\n}\n";
const LOCALS: &str = "locals {\n  upper = [for name in var.names : upper(name)]\n  text  = <<-EOT\n    one ${length(local.upper)}\n      two\n  EOT\n}\n";
const BUCKETS: &str = "resource \"aws_s3_bucket\" \"b\" {\n  for_each = toset(local.upper)\n  bucket   = \"x-${each.key}\"\n  tags     = merge(var.tags, { text = local.text })\n}\n";
const KEY: &str = "resource \"aws_kms_key\" \"k\" {\n  description = \"%{ if true }yes%{ else }no%{ endif }\"\n  tags        = var.tags\n}\n";

fn plain() -> BTreeMap<String, Value> {
    meaning(&[("main.tf", &[VARIABLES, LOCALS, BUCKETS, KEY].concat())])
}

#[test]
fn the_order_of_blocks_and_files_means_nothing() {
    assert_eq!(plain().len(), 3);
    assert_eq!(
        plain(),
        meaning(&[("main.tf", &[KEY, BUCKETS, LOCALS, VARIABLES].concat())])
    );
    assert_eq!(
        plain(),
        meaning(&[
            ("z.tf", VARIABLES),
            ("y.tf", LOCALS),
            ("x.tf", BUCKETS),
            ("a.tf", KEY)
        ])
    );
}

#[test]
fn comments_and_white_space_mean_nothing() {
    let code = [VARIABLES, LOCALS, BUCKETS, KEY].concat();
    let heredoc = LOCALS
        .find("<<-EOT")
        .map(|at| at + VARIABLES.len())
        .expect("a heredoc");
    let end = code.find("  EOT\n").expect("its end") + "  EOT\n".len();
    let outside = |text: &str| {
        text.replace('\n', " # comment\n\n// another\n")
            .replace(" = ", " /* x */ =\t ")
    };
    let spread = [
        outside(&code[..heredoc]),
        code[heredoc..end].to_owned(),
        outside(&code[end..]),
    ]
    .concat();
    assert_eq!(plain(), meaning(&[("main.tf", &spread)]));
    assert_eq!(
        plain(),
        meaning(&[(
            "main.tf",
            &code.replace('\n', "\n\n").replace(
                "EOT\n\n    one ${length(local.upper)}\n\n      two\n\n  EOT",
                "EOT\n    one ${length(local.upper)}\n      two\n  EOT"
            )
        )])
    );
}

/// A name that only one instance has is another name for it.
#[test]
fn a_module_that_is_called_means_what_it_means_inlined() {
    let call = "module \"m\" {\n  source = \"./m\"\n  names  = [\"a\", \"b\"]\n}\n";
    let body = [VARIABLES, LOCALS, BUCKETS, KEY].concat();
    let called = meaning(&[("main.tf", call), ("m/main.tf", &body)]);
    let inlined: BTreeMap<String, Value> = called
        .into_iter()
        .map(|(address, attributes)| (address.replace("module.m.", ""), attributes))
        .collect();
    assert_eq!(plain(), inlined);
}

#[test]
fn json_syntax_means_the_same() {
    let json = r#"{
  "variable": {
    "names": {"type": "list(string)", "default": ["a", "b"]},
    "tags": {"type": "map(string)", "default": {"level": "health"}}
  },
  "locals": {
    "upper": "${[for name in var.names : upper(name)]}",
    "text": "one ${length(local.upper)}\n  two\n"
  },
  "resource": {
    "aws_s3_bucket": {"b": {
      "for_each": "${toset(local.upper)}",
      "bucket": "x-${each.key}",
      "tags": "${merge(var.tags, { text = local.text })}"
    }},
    "aws_kms_key": {"k": {
      "description": "%{ if true }yes%{ else }no%{ endif }",
      "tags": "${var.tags}"
    }}
  }
}"#;
    assert_eq!(plain(), meaning(&[("main.tf.json", json)]));
}
