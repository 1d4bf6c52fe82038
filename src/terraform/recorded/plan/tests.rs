//! Plans on small texts, and one that Terraform itself made.

use serde_json::{Value as Json, json};

use crate::problem::Weight;
use crate::source::Sources;
use crate::terraform::{
    Declared, Estate, Options, ProviderConfig, ReadFault, ReadFiles, ReadFrom, RecordedFile,
    TerraformFile, evaluate_with, recorded,
};
use crate::value::{Because, Path, Value};

struct NoFiles;

impl ReadFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn folder(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }
}

struct Run {
    sources: Sources,
    estate: Estate,
}

fn folder(path: &str) -> String {
    path.rsplit_once('/')
        .map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// Code and plans together.
fn run(code: &[(&str, &str)], plans: &[(&str, &str)]) -> Run {
    let sources = Sources::new();
    let code: Vec<TerraformFile> = code
        .iter()
        .map(|(path, text)| TerraformFile {
            path: (*path).to_owned(),
            folder: folder(path),
            source: sources.add(*path, *text),
        })
        .collect();
    let plans: Vec<RecordedFile> = plans
        .iter()
        .map(|(path, text)| RecordedFile {
            path: (*path).to_owned(),
            source: sources.add(*path, *text),
        })
        .collect();
    let read = recorded(&plans, &sources);
    let estate = evaluate_with(&code, &sources, &Options::default(), &NoFiles, read);
    Run { sources, estate }
}

fn alone(plan: &Json) -> Run {
    run(&[], &[("plan.json", &plan.to_string())])
}

impl Run {
    fn resource(&self, address: &str) -> &Declared {
        let mut all = self.estate.roots.iter().flat_map(|root| &root.resources);
        all.find(|one| *one.address == *address).expect(address)
    }

    fn addresses(&self) -> Vec<String> {
        let all = self.estate.roots.iter().flat_map(|root| &root.resources);
        all.map(|one| one.address.to_string()).collect()
    }

    fn value(&self, address: &str, path: &str) -> &Value {
        let parsed = Path::parse(path).expect(path);
        let found = self.resource(address).attributes.get(&parsed);
        found.unwrap_or_else(|| panic!("{address} has no {path}"))
    }

    /// What a value was taken from, as `address:path`.
    fn taken(&self, address: &str, path: &str) -> Vec<String> {
        let references = self.value(address, path).origin.references();
        let all = references.iter();
        all.map(|(address, path)| format!("{address}:{path}"))
            .collect()
    }

    fn why(&self, address: &str, path: &str) -> String {
        let value = self.value(address, path);
        let unknown = value.as_unknown();
        unknown
            .unwrap_or_else(|| panic!("{address} {path} is known: {}", value.show()))
            .because
            .to_string()
    }

    fn provider(&self, address: &str) -> &ProviderConfig {
        let resource = self.resource(address);
        let mut roots = self.estate.roots.iter();
        let root = roots.find(|root| {
            let mut own = root.resources.iter();
            own.any(|one| std::ptr::eq(one, resource))
        });
        &root.expect("a root").providers[resource.provider]
    }

    /// The text at the place of a value.
    fn text(&self, address: &str, path: &str) -> String {
        let place = self.value(address, path).origin.place;
        self.sources.text(place.expect("a place"))
    }

    fn problems(&self) -> Vec<(Weight, &str)> {
        let all = self.estate.problems.iter();
        all.map(|one| (one.weight, &*one.message.en)).collect()
    }
}

/// A resource of `planned_values`.
fn planned(address: &str, index: Json, values: Json) -> Json {
    let local = address.split('[').next().unwrap_or_default();
    let mut parts = local.rsplit('.');
    let (name, kind) = (parts.next(), parts.next());
    let mut one = json!({
        "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0,
        "values": values, "sensitive_values": {},
    });
    if !index.is_null() {
        one["index"] = index;
    }
    one
}

/// An entry of `resource_changes`.
fn changed(address: &str, unknown: Json) -> Json {
    json!({"address": address, "change": {
        "actions": ["create"], "before": null, "after": {}, "after_unknown": unknown,
    }})
}

/// A resource of the configuration.
fn block(address: &str, provider: &str, expressions: Json) -> Json {
    let (kind, name) = address.split_once('.').expect("an address");
    json!({
        "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_config_key": provider, "expressions": expressions, "schema_version": 0,
    })
}

fn repeated(mut block: Json, over: Json) -> Json {
    block["for_each_expression"] = over;
    block
}

fn plan(resources: Json, changes: Json, configuration: Json) -> Json {
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "variables": {"region": {"value": "eu-west-3"}, "env": {"value": "prod"}},
        "planned_values": {"root_module": resources},
        "resource_changes": changes,
        "configuration": configuration,
    })
}

fn aws(key: &str, expressions: Json) -> Json {
    let mut config = json!({
        "name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "expressions": expressions,
    });
    if let Some((module, _)) = key.rsplit_once(':') {
        config["module_address"] = module.into();
    }
    if let Some((_, alias)) = key
        .rsplit_once('.')
        .filter(|(before, _)| before.ends_with("aws"))
    {
        config["alias"] = alias.into();
    }
    config
}

#[test]
fn an_unknown_key_is_still_that_key() {
    let run = alone(&plan(
        json!({"resources": [
            planned("aws_kms_key.k[\"a\"]", "a".into(), json!({})),
            planned("aws_kms_key.k[\"b\"]", "b".into(), json!({})),
            planned("aws_kms_key.other", Json::Null, json!({"arn": "arn:aws:kms:eu-west-3:1:key/o"})),
            planned("aws_x.each[\"b\"]", "b".into(), json!({"rule": [{"name": "n"}]})),
            planned("aws_x.whole", Json::Null, json!({})),
            planned("aws_x.chosen", Json::Null, json!({"key": "arn:aws:kms:us-east-1:1:key/z"})),
            planned("aws_x.by_value", Json::Null, json!({"key": "arn:aws:kms:eu-west-3:1:key/o"})),
            planned("aws_x.local", Json::Null, json!({})),
        ]}),
        json!([
            changed("aws_kms_key.k[\"a\"]", json!({"arn": true})),
            changed("aws_kms_key.k[\"b\"]", json!({"arn": true})),
            changed(
                "aws_x.each[\"b\"]",
                json!({"key": true, "rule": [{"key": true}], "id": true})
            ),
            changed("aws_x.whole", json!({"key": true})),
            changed("aws_x.local", json!({"key": true})),
        ]),
        json!({"root_module": {"resources": [
            repeated(block("aws_kms_key.k", "aws", json!({})), json!({"references": ["var.keys"]})),
            block("aws_kms_key.other", "aws", json!({})),
            repeated(
                block("aws_x.each", "aws", json!({
                    "key": {"references": ["aws_kms_key.k", "each.key", "aws_kms_key.other.arn", "aws_kms_key.other"]},
                    "rule": [{"name": {"constant_value": "n"}, "key": {"references": ["each.value.arn", "each.value"]}}],
                })),
                json!({"references": ["aws_kms_key.k"]}),
            ),
            block("aws_x.whole", "aws", json!({"key": {"references": ["aws_kms_key.k"]}})),
            block("aws_x.chosen", "aws", json!({"key": {"references": ["var.own", "aws_kms_key.other.arn", "aws_kms_key.other"]}})),
            block("aws_x.by_value", "aws", json!({"key": {"references": ["var.own", "aws_kms_key.other.arn", "aws_kms_key.other"]}})),
            block("aws_x.local", "aws", json!({"key": {"references": ["local.key"]}})),
        ]}}),
    ));
    assert_eq!(run.problems(), []);
    // The other key is known, so it cannot be what is not.
    assert_eq!(
        run.taken("aws_x.each[\"b\"]", "key"),
        ["aws_kms_key.k[\"b\"]:"]
    );
    assert_eq!(
        run.taken("aws_x.each[\"b\"]", "rule.0.key"),
        ["aws_kms_key.k[\"b\"]:"]
    );
    assert_eq!(run.taken("aws_x.whole", "key"), ["aws_kms_key.k:"]);
    // A known value is from where that value is, whatever the expression refers to.
    assert!(run.taken("aws_x.chosen", "key").is_empty());
    assert_eq!(
        run.taken("aws_x.by_value", "key"),
        ["aws_kms_key.other:arn"]
    );
    assert_eq!(
        run.why("aws_x.local", "key"),
        "local.key is known only after apply"
    );
    // What no argument writes and the provider computes is not set, as in code.
    let each = run.resource("aws_x.each[\"b\"]");
    assert!(each.attributes.entry("id").is_none());
}

#[test]
fn references_go_through_modules() {
    let inner = |name: &str| {
        json!({"address": format!("module.store[\"{name}\"]"), "resources": [
            planned(&format!("module.store[\"{name}\"].aws_x.s"), Json::Null, json!({})),
        ]})
    };
    let key = |name: &str| {
        json!({"address": format!("module.keys[\"{name}\"]"), "child_modules": [
            {"address": format!("module.keys[\"{name}\"].module.kms"), "resources": [
                planned(&format!("module.keys[\"{name}\"].module.kms.aws_kms_key.k"), Json::Null, json!({})),
            ]},
        ]})
    };
    let run = alone(&plan(
        json!({"child_modules": [inner("a"), inner("b"), key("a"), key("b")]}),
        json!([
            changed("module.store[\"a\"].aws_x.s", json!({"key": true})),
            changed(
                "module.keys[\"a\"].module.kms.aws_kms_key.k",
                json!({"arn": true})
            ),
        ]),
        json!({"root_module": {"module_calls": {
            "store": {
                "source": "./store",
                "expressions": {"key_arn": {"references": ["module.keys", "each.key"]}},
                "for_each_expression": {"references": ["var.names"]},
                "module": {"resources": [block("aws_x.s", "aws", json!({"key": {"references": ["var.key_arn"]}}))]},
            },
            "keys": {
                "source": "./keys",
                "for_each_expression": {"references": ["var.names"]},
                "module": {
                    "outputs": {"arn": {"expression": {"references": ["module.kms.arn", "module.kms"]}}},
                    "module_calls": {"kms": {"source": "./kms", "module": {
                        "outputs": {"arn": {"expression": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}},
                        "resources": [block("aws_kms_key.k", "aws", json!({}))],
                    }}},
                },
            },
        }}}),
    ));
    assert_eq!(
        run.taken("module.store[\"a\"].aws_x.s", "key"),
        ["module.keys[\"a\"].module.kms.aws_kms_key.k:arn"]
    );
}

#[test]
fn a_provider_is_the_one_the_plan_names_or_none() {
    let resources = |names: &[&str]| -> Json {
        let all = names
            .iter()
            .map(|name| planned(name, Json::Null, json!({})));
        json!({"resources": all.collect::<Vec<_>>()})
    };
    let names = [
        "aws_x.plain",
        "aws_x.alias",
        "aws_x.two",
        "aws_x.lost",
        "aws_x.gone",
    ];
    let run = alone(&plan(
        resources(&names),
        json!([]),
        json!({
            "provider_config": {
                "aws": aws("aws", json!({"region": {"references": ["var.region"]}})),
                "aws.west": aws("aws.west", json!({"region": {"constant_value": "us-west-2"}, "assume_role": [{"role_arn": {"constant_value": "r"}}]})),
                "aws.two": aws("aws.two", json!({"region": {"references": ["var.region", "var.env"]}})),
            },
            "root_module": {"resources": [
                block("aws_x.plain", "aws", json!({})),
                block("aws_x.alias", "aws.west", json!({})),
                block("aws_x.two", "aws.two", json!({})),
                block("aws_x.lost", "module.m:aws", json!({})),
            ]},
        }),
    ));
    let region = |address: &str| {
        let config = &run.provider(address).config;
        let region = config.get(&Path::parse("region").expect("a path"));
        region.map(|value| match value.as_unknown() {
            Some(unknown) => unknown.because.to_string(),
            None => value.as_str().unwrap_or_default().to_owned(),
        })
    };
    assert_eq!(region("aws_x.plain").as_deref(), Some("eu-west-3"));
    assert_eq!(region("aws_x.alias").as_deref(), Some("us-west-2"));
    assert_eq!(run.provider("aws_x.alias").alias.as_deref(), Some("west"));
    let two = "the plan gives of it only that it refers to var.region, var.env";
    assert_eq!(region("aws_x.two").as_deref(), Some(two));
    let open = "the plan does not say which configuration of hashicorp/aws it uses";
    assert_eq!(region("aws_x.lost").as_deref(), Some(open));
    assert_eq!(region("aws_x.gone").as_deref(), Some(open));

    // With one configuration alone, an inherited one can be no other.
    let run = alone(&plan(
        resources(&["aws_x.only"]),
        json!([]),
        json!({
            "provider_config": {"aws": aws("aws", json!({"region": {"constant_value": "eu-west-1"}}))},
            "root_module": {"resources": [block("aws_x.only", "module.m:aws", json!({}))]},
        }),
    ));
    let config = &run.provider("aws_x.only").config;
    let region = config.entry("region").and_then(Value::as_str);
    assert_eq!(region, Some("eu-west-1"));
}

#[test]
fn a_provider_block_in_a_module_takes_what_the_caller_gives() {
    let run = alone(&plan(
        json!({"child_modules": [{"address": "module.m", "resources": [
            planned("module.m.aws_x.a", Json::Null, json!({})),
        ]}]}),
        json!([]),
        json!({
            "provider_config": {"module.m:aws": aws("module.m:aws", json!({"region": {"references": ["var.where"]}}))},
            "root_module": {"module_calls": {"m": {
                "source": "./m",
                "expressions": {"where": {"references": ["var.region"]}},
                "module": {
                    "resources": [block("aws_x.a", "module.m:aws", json!({}))],
                    "variables": {"where": {"default": "us-east-1"}},
                },
            }}},
        }),
    ));
    let config = &run.provider("module.m.aws_x.a").config;
    let region = config.entry("region").and_then(Value::as_str);
    assert_eq!(region, Some("eu-west-3"));
}

#[test]
fn what_was_read_is_there_and_what_goes_is_not() {
    let mut plan = plan(
        json!({"resources": [planned("aws_x.stays", Json::Null, json!({"a": 1}))]}),
        json!([
            {"address": "aws_x.goes", "change": {"actions": ["delete"], "before": {"password": "p"}, "after": null, "after_unknown": {}}},
            {"address": "aws_x.stays", "deposed": "abc", "change": {"actions": ["delete"], "after_unknown": {"a": true}}},
            {"address": "aws_x.stays", "change": {"actions": ["no-op"], "after_unknown": {}}},
        ]),
        json!({"root_module": {"resources": [block("aws_x.stays", "aws", json!({}))]}}),
    );
    let mut read = planned("aws_ami.a", Json::Null, json!({"id": "ami-1"}));
    read["mode"] = "data".into();
    read["address"] = "data.aws_ami.a".into();
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [
        planned("aws_x.goes", Json::Null, json!({"password": "p"})), read,
    ]}}});
    let run = alone(&plan);
    assert_eq!(run.addresses(), ["aws_x.stays", "data.aws_ami.a"]);
    assert!(run.value("aws_x.stays", "a").as_number().is_some());
    assert_eq!(run.value("data.aws_ami.a", "id").as_str(), Some("ami-1"));
}

/// Terraform before 1.0 had `after_sensitive` alone.
#[test]
fn what_the_change_calls_sensitive_is() {
    let mut change = changed("aws_x.a", json!({}));
    change["change"]["after_sensitive"] = json!({"one": true, "list": [false, {"in": true}]});
    let mut resource = planned(
        "aws_x.a",
        Json::Null,
        json!({"one": "s", "two": "o", "list": ["o", {"in": "s"}]}),
    );
    resource
        .as_object_mut()
        .expect("an object")
        .remove("sensitive_values");
    let run = alone(&plan(
        json!({"resources": [resource]}),
        json!([change]),
        json!({}),
    ));
    let sensitive = |path: &str| run.value("aws_x.a", path).is_sensitive();
    assert!(sensitive("one") && sensitive("list.1.in"));
    assert!(!sensitive("two") && !sensitive("list.0"));
}

#[test]
fn a_plan_that_is_not_whole_says_so() {
    let whole = plan(json!({}), json!([]), json!({}));
    let with = |name: &str, value: Json| {
        let mut plan = whole.clone();
        plan[name] = value;
        let run = alone(&plan);
        let all = run.problems();
        all.into_iter()
            .map(|(weight, message)| (weight, message.to_owned()))
            .collect::<Vec<_>>()
    };
    assert!(with("errored", false.into()).is_empty());
    let errored = with("errored", true.into());
    assert!(matches!(&errored[..], [(Weight::Error, text)] if text.contains("not whole")));
    let partial = with("complete", false.into());
    assert!(matches!(&partial[..], [(Weight::Warning, text)] if text.contains("leaves part")));
    let mut cut = whole.clone();
    cut.as_object_mut()
        .expect("an object")
        .remove("planned_values");
    let cut = alone(&cut);
    assert!(
        matches!(cut.problems()[..], [(Weight::Error, text)] if text.contains("planned_values"))
    );
    let later = with("format_version", "2.0".into());
    assert!(matches!(&later[..], [(Weight::Error, text)] if text.contains("version 2")));
}

const REAL: &str = include_str!("recorded_by_terraform/plan.json");
const REAL_CODE: [(&str, &str); 2] = [
    (
        "infra/main.tf",
        include_str!("recorded_by_terraform/main.tf"),
    ),
    (
        "infra/mod/main.tf",
        include_str!("recorded_by_terraform/mod/main.tf"),
    ),
];

#[test]
fn a_plan_of_terraform_is_read() {
    let run = run(&[], &[("plan.json", REAL)]);
    assert_eq!(run.problems(), []);
    assert_eq!(run.addresses().len(), 9);
    let store = "terraform_data.store[\"b\"]";
    assert_eq!(
        run.taken(store, "input.key"),
        ["terraform_data.key[\"b\"]:"]
    );
    assert_eq!(run.value(store, "input.loc").as_str(), Some("eu-west-1-l"));
    assert!(run.value(store, "input.sec").is_sensitive());
    let inner = "module.m[\"one\"].terraform_data.inner[0]";
    assert_eq!(
        run.taken(inner, "input.k"),
        ["terraform_data.key[\"a\"]:id"]
    );
    assert_eq!(
        run.taken("terraform_data.single", "input"),
        [format!("{inner}:id")]
    );
    assert_eq!(
        run.taken("terraform_data.counted[1]", "input"),
        ["terraform_data.key[\"a\"]:output"]
    );
}

#[test]
fn a_plan_and_its_code_are_one_root() {
    let both = run(&REAL_CODE, &[("tfplan.json", REAL)]);
    assert_eq!(both.problems(), []);
    assert_eq!(both.estate.roots.len(), 1);
    assert_eq!(both.estate.roots[0].read_from, ReadFrom::Code);
    let mut addresses = both.addresses();
    addresses.sort();
    let mut planned = run(&[], &[("plan.json", REAL)]).addresses();
    planned.sort();
    assert_eq!(addresses, planned);
    let store = "terraform_data.store[\"b\"]";
    // The value is the plan's, the place that of the code, and so is the way.
    assert_eq!(both.value(store, "input.loc").as_str(), Some("eu-west-1-l"));
    assert_eq!(both.text(store, "input.loc"), "local.l");
    assert_eq!(
        both.text(store, "input.key"),
        "terraform_data.key[each.key].id"
    );
    assert_eq!(
        both.taken(store, "input.key"),
        ["terraform_data.key[\"b\"]:id"]
    );
    assert!(both.value(store, "input.sec").is_sensitive());
    assert_eq!(
        both.text(store, "triggers_replace"),
        "resource \"terraform_data\" \"store\""
    );
    // Made with `-var region=eu-west-1`, which no file says; the rest are defaults.
    let variables = &both.estate.roots[0].variables;
    let place = |name: &str| {
        let mut all = variables.iter();
        let value = &all.find(|one| *one.name == *name).expect(name).value;
        let place = value.origin.place.expect("a place");
        both.sources.get(place.source).path().to_owned()
    };
    assert_eq!(place("region"), "tfplan.json");
    assert_eq!(place("names"), "infra/main.tf");
}

#[test]
fn code_that_is_newer_than_the_plan_is_judged_as_written() {
    let main = format!(
        "{}\nresource \"terraform_data\" \"new\" {{\n  input = 1\n}}\n",
        REAL_CODE[0].1.replace("\"counted\"", "\"renamed\"")
    );
    let code = [("infra/main.tf", main.as_str()), REAL_CODE[1]];
    let run = run(&code, &[("infra/tfplan.json", REAL)]);
    assert_eq!(run.estate.roots.len(), 1);
    let problems = run.problems();
    assert!(
        matches!(problems[..], [(Weight::Warning, newer), (Weight::Warning, gone)]
            if newer.ends_with("it has no terraform_data.new, terraform_data.renamed")
            && gone.ends_with("which has no terraform_data.counted")),
        "{problems:?}"
    );
    assert_eq!(
        run.value("terraform_data.new", "input")
            .as_text()
            .as_deref(),
        Some("1")
    );
    assert_eq!(
        run.text("terraform_data.counted[0]", "triggers_replace"),
        "null"
    );
}

#[test]
fn a_plan_that_could_be_of_two_roots_stays_apart() {
    let code = [
        ("a/main.tf", REAL_CODE[0].1),
        ("a/mod/main.tf", REAL_CODE[1].1),
        ("b/main.tf", REAL_CODE[0].1),
        ("b/mod/main.tf", REAL_CODE[1].1),
    ];
    let paths = |run: &Run| -> Vec<String> {
        let all = run.estate.roots.iter();
        all.map(|root| root.path.clone()).collect()
    };
    let open = run(&code, &[("plan.json", REAL)]);
    assert_eq!(paths(&open), ["a", "b", "plan.json"]);
    assert!(
        open.problems()
            .iter()
            .any(|(_, text)| text.contains("could be of `a` or `b`"))
    );
    let beside = run(&code, &[("b/plan.json", REAL)]);
    assert_eq!(paths(&beside), ["a", "b"]);
    let twice = run(&code, &[("b/dev.json", REAL), ("b/prod.json", REAL)]);
    assert_eq!(paths(&twice), ["a", "b", "b/dev.json", "b/prod.json"]);
}

/// Code whose instances only the plan tells, and a module that is not at hand.
#[test]
fn the_plan_fills_what_the_code_leaves_open() {
    let code = r#"
variable "regions" {}
variable "given" {}
provider "aws" {
  region = var.regions["main"]
}
resource "aws_x" "each" {
  for_each = data.aws_y.names.ids
  name     = each.key
  rule {
    key = aws_kms_key.k.arn
  }
}
resource "aws_kms_key" "k" {}
data "aws_y" "names" {}
module "away" {
  source = "registry/away/aws"
  key    = aws_kms_key.k.arn
}
resource "aws_x" "reads" {
  name = module.away.name
}
"#;
    let mut plan = plan(
        json!({
            "resources": [
                planned("aws_kms_key.k", Json::Null, json!({})),
                planned("aws_x.each[\"p\"]", "p".into(), json!({"name": "p", "tags": null, "rule": [{}]})),
                planned("aws_x.each[\"q\"]", "q".into(), json!({"name": "q", "tags": {"a": "b"}, "rule": [{}]})),
                planned("aws_x.reads", Json::Null, json!({"name": "bucket-1"})),
            ],
            "child_modules": [{"address": "module.away", "resources": [
                planned("module.away.aws_x.in", Json::Null, json!({"name": "bucket-1"})),
            ]}],
        }),
        json!([
            changed("aws_kms_key.k", json!({"arn": true})),
            changed("aws_x.each[\"p\"]", json!({"rule": [{"key": true}]})),
            changed("aws_x.each[\"q\"]", json!({"rule": [{"key": true}]})),
            changed("module.away.aws_x.in", json!({"key": true})),
        ]),
        json!({
            "provider_config": {"aws": aws("aws", json!({"region": {"references": ["var.regions[\"main\"]", "var.regions"]}}))},
            "root_module": {
                "variables": {"regions": {}, "given": {}},
                "resources": [
                    block("aws_kms_key.k", "aws", json!({})),
                    repeated(
                        block("aws_x.each", "aws", json!({"name": {"references": ["each.key"]}, "rule": [{"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}}]})),
                        json!({"references": ["data.aws_y.names.ids", "data.aws_y.names"]}),
                    ),
                    block("aws_x.reads", "aws", json!({"name": {"references": ["module.away.name", "module.away"]}})),
                    {"address": "data.aws_y.names", "mode": "data", "type": "aws_y", "name": "names", "provider_config_key": "aws"},
                ],
                "module_calls": {"away": {
                    "source": "registry/away/aws",
                    "expressions": {"key": {"references": ["aws_kms_key.k.arn", "aws_kms_key.k"]}},
                    "module": {
                        "outputs": {"name": {"expression": {"references": ["aws_x.in.name", "aws_x.in"]}}},
                        "variables": {"key": {}},
                        "resources": [block("aws_x.in", "aws", json!({"key": {"references": ["var.key"]}}))],
                    },
                }},
            },
        }),
    );
    plan["variables"] = json!({"regions": {"value": {"main": "eu-west-3"}}, "given": {"value": 1}});
    let text = plan.to_string();
    let run = run(&[("main.tf", code)], &[("plan.json", &text)]);
    assert_eq!(run.problems(), []);
    assert!(run.estate.modules_missing.is_empty());
    assert_eq!(
        run.addresses(),
        [
            "aws_x.each[\"p\"]",
            "aws_x.each[\"q\"]",
            "aws_kms_key.k",
            "data.aws_y.names",
            "aws_x.reads",
            "module.away.aws_x.in"
        ]
    );
    let each = "aws_x.each[\"q\"]";
    assert_eq!(run.text(each, "name"), "each.key");
    assert_eq!(run.text(each, "rule.0.key"), "aws_kms_key.k.arn");
    assert_eq!(run.taken(each, "rule.0.key"), ["aws_kms_key.k:arn"]);
    assert_eq!(run.text(each, "tags.a"), "resource \"aws_x\" \"each\"");
    let inside = "module.away.aws_x.in";
    assert_eq!(run.taken(inside, "key"), ["aws_kms_key.k:arn"]);
    assert_eq!(run.text(inside, "key"), "module \"away\"");
    assert_eq!(run.taken("aws_x.reads", "name"), [format!("{inside}:name")]);
    let region = |address: &str| {
        let config = &run.provider(address).config;
        config
            .entry("region")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    assert_eq!(region(each).as_deref(), Some("eu-west-3"));
    assert_eq!(region(inside).as_deref(), Some("eu-west-3"));
    let unknown = run.value(inside, "key").as_unknown();
    assert!(matches!(
        unknown.map(|one| &one.because),
        Some(Because::Reference { .. })
    ));
}
