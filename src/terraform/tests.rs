//! The evaluation on small texts.

use super::*;
use crate::problem::{ProblemCode, Weight};
use crate::value::{Because, Marks, Path, Step, Supply};

/// No files but those of the scan.
struct NoFiles;

impl ReadFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn folder(&self, folder: &str) -> Result<Vec<String>, ReadFault> {
        Err(match folder.starts_with("..") {
            true => ReadFault::Outside,
            false => ReadFault::NotFound,
        })
    }
}

struct Run {
    sources: Sources,
    estate: Estate,
}

fn run_with(files: &[(&str, &str)], options: &Options) -> Run {
    let sources = Sources::new();
    let files: Vec<TerraformFile> = files
        .iter()
        .map(|(path, text)| TerraformFile {
            path: (*path).to_owned(),
            folder: path
                .rsplit_once('/')
                .map_or(String::new(), |(folder, _)| folder.to_owned()),
            source: sources.add(*path, *text),
        })
        .collect();
    let estate = evaluate(&files, &sources, options, &NoFiles);
    Run { sources, estate }
}

fn run(files: &[(&str, &str)]) -> Run {
    run_with(files, &Options::default())
}

impl Run {
    fn root(&self) -> &Root {
        &self.estate.roots[0]
    }

    fn addresses(&self) -> Vec<String> {
        let resources = self.root().resources.iter();
        resources.map(|r| r.address.to_string()).collect()
    }

    fn resource(&self, address: &str) -> &Declared {
        let mut all = self.root().resources.iter();
        all.find(|r| *r.address == *address).expect(address)
    }

    fn attribute(&self, address: &str, path: &str) -> &Value {
        let path = Path::parse(path).expect(path);
        self.resource(address).attributes.get(&path).expect(address)
    }

    fn text(&self, address: &str, path: &str) -> String {
        let value = self.attribute(address, path);
        value.show().to_string()
    }

    fn provider(&self, address: &str) -> &ProviderConfig {
        &self.root().providers[self.resource(address).provider]
    }

    fn output(&self, name: &str) -> &Value {
        let mut all = self.root().outputs.iter();
        &all.find(|o| *o.name == *name).expect(name).value
    }

    /// The texts at the places on the way of a value.
    fn chain(&self, value: &Value) -> Vec<String> {
        let chain = value.origin.chain().into_iter();
        chain.map(|(place, _)| self.sources.text(place)).collect()
    }

    fn errors(&self) -> Vec<&str> {
        let problems = self.estate.problems.iter();
        problems
            .filter(|p| p.weight == Weight::Error)
            .map(|p| &*p.message.en)
            .collect()
    }
}

fn references(value: &Value) -> Vec<(String, String)> {
    let found = value.origin.references().into_iter();
    found.map(|(a, p)| (a.to_string(), p.to_string())).collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn the_way_of_a_value_leads_to_the_line_that_decides_it() {
    let run = run(&[
        (
            "main.tf",
            r#"
variable "region" { type = string }
module "net" {
  source = "./net"
  place  = var.region
}
"#,
        ),
        ("terraform.tfvars", "region = \"eu-west-2\"\n"),
        (
            "net/main.tf",
            r#"
variable "place" { type = string }
locals { zone = "${var.place}a" }
resource "aws_subnet" "s" { availability_zone = local.zone }
"#,
        ),
    ]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let zone = run.attribute("module.net.aws_subnet.s", "availability_zone");
    assert_eq!(zone.as_str(), Some("eu-west-2a"));
    assert_eq!(
        run.chain(zone),
        [
            "local.zone",
            "\"${var.place}a\"",
            "var.place",
            "var.region",
            "\"eu-west-2\""
        ]
    );
}

#[test]
fn references_name_the_instance_and_the_attribute() {
    let run = run(&[(
        "main.tf",
        r#"
resource "aws_kms_key" "k" {
  for_each = toset(["a", "b"])
}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  count  = 2
  vpc_id = aws_vpc.v.id
}
resource "aws_s3_bucket" "b" {
  for_each = { a = 1, b = 2 }
  key      = aws_kms_key.k[each.key].arn
  cidr     = aws_vpc.v.cidr_block
  subnets  = aws_subnet.s[*].id
  second   = aws_subnet.s[1].arn
  deep     = aws_vpc.v.default_route[0].arn
  via      = local.vpc.arn
  all      = [for k in aws_kms_key.k : k.arn]
}
locals { vpc = aws_vpc.v }
"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let bucket = "aws_s3_bucket.b[\"a\"]";
    let key = run.attribute(bucket, "key");
    assert_eq!(references(key)[0], pair("aws_kms_key.k[\"a\"]", "arn"));
    assert!(matches!(
        &key.as_unknown().expect("unknown").because,
        Because::Reference { address, path }
            if &**address == "aws_kms_key.k[\"a\"]" && &**path == "arn"
    ));
    let cidr = run.attribute(bucket, "cidr");
    assert_eq!(cidr.as_str(), Some("10.0.0.0/16"));
    assert_eq!(references(cidr), [pair("aws_vpc.v", "cidr_block")]);
    assert_eq!(
        run.chain(cidr).last().map(String::as_str),
        Some("\"10.0.0.0/16\"")
    );
    let subnets = run
        .attribute(bucket, "subnets")
        .elements()
        .expect("known length");
    assert_eq!(references(&subnets[1]), [pair("aws_subnet.s[1]", "id")]);
    assert_eq!(
        references(run.attribute(bucket, "second")),
        [pair("aws_subnet.s[1]", "arn")]
    );
    assert_eq!(
        references(run.attribute(bucket, "deep")),
        [pair("aws_vpc.v", "default_route.0.arn")]
    );
    let via = run.attribute(bucket, "via");
    assert_eq!(references(via), [pair("aws_vpc.v", "arn")]);
    assert_eq!(run.chain(via), ["local.vpc.arn", "aws_vpc.v"]);
    let all = run
        .attribute(bucket, "all")
        .elements()
        .expect("known length");
    assert_eq!(references(&all[1])[0], pair("aws_kms_key.k[\"b\"]", "arn"));
}

#[test]
fn what_the_provider_may_add_to_a_block_is_unknown_and_no_fault() {
    let run = run(&[(
        "main.tf",
        r#"
resource "google_container_cluster" "c" {
  master_auth { issue = true }
}
locals { auth = google_container_cluster.c.master_auth }
output "direct" { value = google_container_cluster.c.master_auth[0].ca }
output "through" { value = local.auth[0].ca }
output "each" { value = [for a in local.auth : a.ca] }
output "known" { value = google_container_cluster.c.master_auth[0].issue }
output "one" { value = one(google_container_cluster.c[*].endpoint) }
"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    for (name, path) in [
        ("direct", "master_auth.0.ca"),
        ("through", "master_auth.ca"),
    ] {
        let because = &run.output(name).as_unknown().expect(name).because;
        assert_eq!(
            because.to_string(),
            format!("google_container_cluster.c.{path} is known only after apply")
        );
    }
    assert!(run.output("each").elements().expect("known length")[0].is_unknown());
    assert_eq!(run.output("known").as_bool(), Some(true));
    assert_eq!(
        references(run.output("one"))[0],
        pair("google_container_cluster.c", "endpoint")
    );
}

#[test]
fn instances_that_are_not_known_are_one_symbolic_instance() {
    let run = run(&[(
        "main.tf",
        r#"
variable "names" { type = set(string) }
resource "aws_kms_key" "k" { for_each = var.names }
resource "aws_s3_bucket" "b" {
  for_each = var.names
  bucket   = "x-${each.key}"
  region   = "eu-west-3"
  kms      = aws_kms_key.k[each.key].arn
}
output "arns" { value = values(aws_kms_key.k)[*].arn }
"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    assert_eq!(
        run.addresses(),
        ["aws_kms_key.k[\"*\"]", "aws_s3_bucket.b[\"*\"]"]
    );
    let bucket = run.resource("aws_s3_bucket.b[\"*\"]");
    assert_eq!(bucket.key, Some(Key::Unknown));
    assert_eq!(
        run.text("aws_s3_bucket.b[\"*\"]", "region"),
        "\"eu-west-3\""
    );
    let name = run.attribute("aws_s3_bucket.b[\"*\"]", "bucket");
    assert_eq!(
        name.as_unknown().expect("unknown").because,
        Because::Variable("names".into())
    );
    assert_eq!(
        references(run.attribute("aws_s3_bucket.b[\"*\"]", "kms"))[0],
        pair("aws_kms_key.k[\"*\"]", "arn")
    );
    assert!(run.output("arns").is_unknown());
}

#[test]
fn a_block_with_zero_instances_is_never_evaluated() {
    let run = run(&[
        (
            "main.tf",
            r#"
resource "aws_s3_bucket" "b" {
  count  = 0
  bucket = tonumber("x")
}
module "m" {
  source = "./m"
  count  = 0
  a      = tonumber("x")
}
output "safe" { value = length(aws_s3_bucket.b) > 0 ? aws_s3_bucket.b[0].arn : "none" }
"#,
        ),
        ("m/main.tf", "variable \"a\" {}\n"),
    ]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    assert!(run.addresses().is_empty());
    assert_eq!(run.output("safe").as_str(), Some("none"));
}

#[test]
fn a_fault_is_said_once_and_costs_one_attribute() {
    let run = run(&[(
        "main.tf",
        r#"
resource "aws_s3_bucket" "b" {
  count  = 3
  bucket = "b" + 1
  region = "eu-west-3"
}
"#,
    )]);
    assert_eq!(run.errors().len(), 1, "{:?}", run.errors());
    assert_eq!(run.text("aws_s3_bucket.b[2]", "region"), "\"eu-west-3\"");
    let bucket = run.attribute("aws_s3_bucket.b[2]", "bucket");
    assert_eq!(
        bucket.as_unknown().expect("unknown").because,
        Because::Error
    );
}

#[test]
fn circles_name_their_members() {
    let run = run(&[(
        "main.tf",
        "locals {\n  a = local.b\n  b = [local.c]\n  c = local.a\n}\n",
    )]);
    assert_eq!(
        run.errors(),
        ["a circle of references: local.a -> local.b -> local.c -> local.a"]
    );
}

#[test]
fn dynamic_blocks() {
    let run = run(&[(
        "main.tf",
        r#"
variable "unset" { type = list(string) }
resource "aws_security_group" "g" {
  ingress { port = 1 }
  dynamic "ingress" {
    for_each = [22, 443]
    content {
      port = ingress.value
      dynamic "range" {
        for_each = { a = "10.0.0.0/8" }
        iterator = each_range
        content {
          name = each_range.key
          cidr = each_range.value
          port = ingress.value
        }
      }
    }
  }
  dynamic "egress" {
    for_each = var.unset
    content { cidr = egress.value }
  }
  dynamic "none" {
    for_each = []
    content { a = 1 }
  }
}
"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let group = "aws_security_group.g";
    assert_eq!(
        run.attribute(group, "ingress").elements().map(<[_]>::len),
        Some(3)
    );
    assert_eq!(run.text(group, "ingress.2.port"), "443");
    assert_eq!(run.text(group, "ingress.2.range.0.cidr"), "\"10.0.0.0/8\"");
    assert_eq!(run.text(group, "ingress.2.range.0.port"), "443");
    // Whether there is one is not known, so nothing of it is.
    let cidr = run.attribute(group, "egress.cidr");
    assert_eq!(
        cidr.as_unknown().expect("unknown").because,
        Because::Variable("unset".into())
    );
    assert!(run.resource(group).attributes.entry("none").is_none());
}

#[test]
fn providers_are_inherited_passed_and_aliased() {
    let run = run(&[
        (
            "main.tf",
            r#"
terraform {
  required_providers {
    aws   = { source = "hashicorp/aws", version = "~> 5.0" }
    cloud = { source = "Outscale/outscale" }
  }
}
variable "region" { default = "eu-west-3" }
provider "aws" { region = var.region }
provider "aws" {
  alias  = "london"
  region = "eu-west-2"
}
resource "aws_s3_bucket" "home" {}
resource "aws_s3_bucket" "away" { provider = aws.london }
resource "cloud_vm" "v" {}
resource "google_x" "g" {}
module "inherits" { source = "./m" }
module "passed" {
  source    = "./m"
  providers = { aws = aws.london }
}
"#,
        ),
        ("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let region = |address: &str| {
        let config = &run.provider(address).config;
        config
            .entry("region")
            .and_then(|v| v.as_str().map(str::to_owned))
    };
    assert_eq!(region("aws_s3_bucket.home").as_deref(), Some("eu-west-3"));
    assert_eq!(region("aws_s3_bucket.away").as_deref(), Some("eu-west-2"));
    assert_eq!(
        region("module.inherits.aws_s3_bucket.b").as_deref(),
        Some("eu-west-3")
    );
    assert_eq!(
        region("module.passed.aws_s3_bucket.b").as_deref(),
        Some("eu-west-2")
    );
    assert_eq!(&*run.provider("cloud_vm.v").source, "outscale/outscale");
    assert_eq!(&*run.provider("google_x.g").source, "hashicorp/google");
    assert!(run.provider("google_x.g").place.is_none());
    let version = run.provider("aws_s3_bucket.home").version.clone();
    assert_eq!(version.as_deref(), Some("~> 5.0"));
}

#[test]
fn modules_by_key_with_outputs() {
    let run = run(&[
        (
            "main.tf",
            r#"
module "tenant" {
  source   = "./tenant"
  for_each = { chu-a = "fr", chu-b = "de" }
  country  = each.value
}
output "keys" { value = { for name, m in module.tenant : name => m.key } }
output "one" { value = module.tenant["chu-b"].country }
output "all" { value = values(module.tenant)[*].country }
"#,
        ),
        (
            "tenant/main.tf",
            r#"
variable "country" { type = string }
resource "aws_kms_key" "k" { description = var.country }
output "key" { value = aws_kms_key.k.arn }
output "country" { value = var.country }
"#,
        ),
    ]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    assert_eq!(
        run.addresses(),
        [
            "module.tenant[\"chu-a\"].aws_kms_key.k",
            "module.tenant[\"chu-b\"].aws_kms_key.k"
        ]
    );
    assert_eq!(run.output("one").as_str(), Some("de"));
    let keys = run.output("keys");
    let key = keys.entry("chu-a").expect("there");
    assert_eq!(
        references(key)[0],
        pair("module.tenant[\"chu-a\"].aws_kms_key.k", "arn")
    );
    assert_eq!(run.output("all").show().to_string(), "[\"fr\", \"de\"]");
    let calls = &run.resource("module.tenant[\"chu-b\"].aws_kms_key.k").calls;
    assert_eq!(run.sources.text(calls[0]), "module \"tenant\"");
}

#[test]
fn modules_that_are_not_there_are_told_and_their_outputs_unknown() {
    let run = run(&[(
        "main.tf",
        r#"
module "far" {
  source = "terraform-aws-modules/vpc/aws"
}
module "out" { source = "../../elsewhere" }
resource "aws_subnet" "s" {
  vpc_id = module.far.vpc_id
  count  = length(module.far.zones)
}
"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    assert_eq!(run.estate.modules_missing.len(), 2);
    assert_eq!(run.estate.modules_missing[0].address, "module.far");
    let vpc = run.attribute("aws_subnet.s[\"*\"]", "vpc_id");
    assert_eq!(
        vpc.as_unknown().expect("unknown").because,
        Because::Module("module.far".into())
    );
    assert!(
        run.estate
            .problems
            .iter()
            .all(|p| p.code == ProblemCode::MissingModule)
    );
}

#[test]
fn a_module_that_contains_itself_ends() {
    let run = run(&[
        ("main.tf", "module \"a\" { source = \"./a\" }\n"),
        ("a/main.tf", "module \"b\" { source = \"../b\" }\n"),
        (
            "b/main.tf",
            "module \"a\" { source = \"../a\" }\nresource \"x_y\" \"z\" {}\n",
        ),
    ]);
    assert_eq!(run.addresses(), ["module.a.module.b.x_y.z"]);
    assert_eq!(run.errors().len(), 1);
}

#[test]
fn roots_are_folders_that_nothing_calls_or_that_have_a_state_or_values() {
    let run = run(&[
        ("prod/main.tf", "module \"m\" { source = \"../m\" }\n"),
        ("m/main.tf", "resource \"x_y\" \"z\" {}\n"),
        ("both/main.tf", "terraform {\n  backend \"local\" {}\n}\n"),
        (
            "user/main.tf",
            "module \"b\" { source = \"../both\" }\nmodule \"v\" { source = \"../values\" }\nmodule \"c\" { source = \"../code\" }\n",
        ),
        ("values/main.tf", "locals {}\n"),
        ("values/terraform.tfvars", ""),
        (
            "code/main.tf",
            "provider \"x\" {}\nresource \"x_y\" \"z\" {}\n",
        ),
        ("p/main.tf", "module \"q\" { source = \"../q\" }\n"),
        ("q/main.tf", "module \"p\" { source = \"../p\" }\n"),
    ]);
    let roots: Vec<&str> = run.estate.roots.iter().map(|r| r.path.as_str()).collect();
    assert_eq!(roots, ["both", "p", "prod", "user", "values"]);
}

#[test]
fn command_line_values_win_and_have_a_place() {
    let options = Options {
        vars: vec![VarInput::Var {
            name: "region".to_owned(),
            text: "fr-par".to_owned(),
        }],
        ..Options::default()
    };
    let run = run_with(
        &[
            (
                "main.tf",
                "variable \"region\" {}\noutput \"r\" { value = var.region }\n",
            ),
            ("terraform.tfvars", "region = \"eu-west-1\"\n"),
        ],
        &options,
    );
    let region = run.output("r");
    assert_eq!(region.as_str(), Some("fr-par"));
    let (place, step) = region.origin.chain().pop().expect("a chain");
    assert_eq!(run.sources.get(place.source).path(), "--var region");
    let step = step.expect("a step");
    assert!(
        matches!(&step, Step::Variable { name, by: Supply::Option, secret: false } if &**name == "region"),
        "{step:?}"
    );
}

#[test]
fn secrets_stay_marked() {
    let run = run(&[(
        "main.tf",
        r#"
variable "token" {
  sensitive = true
  default   = "s3cret"
}
resource "x_y" "z" { header = "Bearer ${upper(var.token)}" }
"#,
    )]);
    let header = run.attribute("x_y.z", "header");
    assert!(header.marks.has(Marks::SENSITIVE));
    assert!(!format!("{}", header.show()).contains("S3CRET"));
}

#[test]
fn overrides_and_meta_arguments() {
    let run = run(&[
        (
            "main.tf",
            r#"
resource "aws_db_instance" "d" {
  region     = "us-east-1"
  depends_on = [aws_kms_key.k, module.m]
  timeouts { create = "1h" }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [password, tags["x"]]
  }
}
resource "aws_kms_key" "k" {}
"#,
        ),
        (
            "override.tf",
            "resource \"aws_db_instance\" \"d\" {\n  region = \"eu-west-3\"\n  timeouts { create = \"2h\" }\n}\n",
        ),
    ]);
    let database = run.resource("aws_db_instance.d");
    assert_eq!(run.text("aws_db_instance.d", "region"), "\"eu-west-3\"");
    assert_eq!(run.text("aws_db_instance.d", "timeouts.0.create"), "\"2h\"");
    assert!(database.attributes.entry("depends_on").is_none());
    assert!(database.attributes.entry("lifecycle").is_none());
    let depends: Vec<&str> = database.depends_on.iter().map(|d| &**d).collect();
    assert_eq!(depends, ["aws_kms_key.k", "module.m"]);
    let prevent = database.lifecycle.prevent_destroy.as_ref();
    assert_eq!(prevent.and_then(Value::as_bool), Some(true));
    let ignored: Vec<&str> = database
        .lifecycle
        .ignore_changes
        .iter()
        .map(|i| &**i)
        .collect();
    assert_eq!(ignored, ["password", "tags[\"x\"]"]);
    let names: Vec<&str> = database
        .attribute_names
        .iter()
        .map(|(name, _)| &**name)
        .collect();
    assert_eq!(names, ["region", "timeouts"]);
}

#[test]
fn json_bodies_have_the_shape_of_blocks() {
    let run = run(&[(
        "main.tf.json",
        r#"{
  "provider": {"aws": [{"region": "eu-west-3"}, {"alias": "x", "region": "eu-west-2"}]},
  "resource": {"aws_s3_bucket": {"b": {
    "bucket": "${local.name}",
    "provider": "aws.x",
    "versioning": [{"enabled": true}],
    "dynamic": {"rule": {"for_each": [1, 2], "content": {"n": "${rule.value}"}}},
    "lifecycle": {"prevent_destroy": true},
    "depends_on": ["aws_kms_key.k"]
  }}, "aws_kms_key": {"k": {}}},
  "locals": {"name": "patients"}
}"#,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let bucket = "aws_s3_bucket.b";
    assert_eq!(run.text(bucket, "bucket"), "\"patients\"");
    assert_eq!(run.text(bucket, "versioning.0.enabled"), "true");
    assert_eq!(run.text(bucket, "rule.1.n"), "2");
    assert_eq!(run.resource(bucket).depends_on[0].as_ref(), "aws_kms_key.k");
    let region = run
        .provider(bucket)
        .config
        .entry("region")
        .expect("a region");
    assert_eq!(region.as_str(), Some("eu-west-2"));
}

#[test]
fn hostile_code_meets_limits() {
    // A chain of locals that is longer than any stack bears, in the worst order.
    let mut chain = String::from("locals {\n");
    for at in 0..20_000 {
        chain.push_str(&format!("  a{at} = [local.a{}]\n", at + 1));
    }
    chain.push_str("  a20000 = 1\n}\n");
    // The same the other way round: nothing recurses, but the value grows deep.
    chain.push_str("locals {\n  b0 = 1\n");
    for at in 1..20_000 {
        chain.push_str(&format!("  b{at} = [local.b{}]\n", at - 1));
    }
    chain.push_str("}\n");
    let deep = run(&[("main.tf", &chain)]);
    assert!(
        deep.estate
            .problems
            .iter()
            .all(|p| p.code == ProblemCode::Limit)
    );
    assert!(!deep.errors().is_empty());

    // A value that doubles at each step.
    let mut laughs = String::from("locals {\n  l0 = [1]\n");
    for at in 1..60 {
        laughs.push_str(&format!("  l{at} = [local.l{0}, local.l{0}]\n", at - 1));
    }
    laughs.push_str("}\noutput \"o\" { value = jsonencode(local.l59) }\n");
    let doubled = run(&[("main.tf", &laughs)]);
    assert_eq!(
        doubled.output("o").as_unknown().expect("unknown").because,
        Because::Limit
    );

    let options = Options {
        limits: limits::Limits {
            nodes: 1 << 12,
            values: 1 << 14,
            ..limits::Limits::default()
        },
        ..Options::default()
    };
    let many = run_with(
        &[(
            "main.tf",
            "resource \"x_y\" \"z\" {\n  count = 100001\n}\nlocals {\n  n = [for a in range(1024) : [for b in range(1024) : [for c in range(1024) : c]]]\n}\n",
        )],
        &options,
    );
    assert_eq!(many.addresses(), ["x_y.z[\"*\"]"]);
    assert_eq!(many.errors().len(), 2, "{:?}", many.errors());
}

/// Five small folders, each of which calls the next thirty times: 24 million module instances.
fn fan_out(top: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for level in 0..6 {
        let mut code = "resource \"x_y\" \"z\" {}\n".to_owned();
        for call in 0..3 {
            if level < 5 {
                let next = level + 1;
                code.push_str(&format!(
                    "module \"m{call}\" {{\n  source = \"../{top}{next}\"\n  count  = 10\n}}\n"
                ));
            }
        }
        files.push((format!("{top}{level}/main.tf"), code));
    }
    files
}

#[test]
fn modules_that_fan_out_meet_one_limit() {
    let mut files = fan_out("a");
    files.extend(fan_out("b"));
    files.push((
        "small/main.tf".to_owned(),
        "resource \"x_y\" \"z\" {\n  count = 3\n}\n".to_owned(),
    ));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let run = run_with(
        &files,
        &Options {
            limits: limits::Limits {
                instances: 30_000,
                ..limits::Limits::default()
            },
            ..Options::default()
        },
    );
    // One problem for each of the two roots; the small root is whole.
    let problems = &run.estate.problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    for problem in problems {
        assert_eq!(problem.code, ProblemCode::Limit);
        assert!(problem.message.en.contains("more instances"), "{problem:?}");
        assert!(problem.place.is_some());
    }
    let counts: Vec<usize> = run.estate.roots.iter().map(|r| r.resources.len()).collect();
    // What the small root left went to the others, and all together stay within the limit.
    assert!(counts[0] > 100 && counts[0] == counts[1], "{counts:?}");
    assert!(counts[0] * limits::MODULE_WEIGHT < 15_000, "{counts:?}");
    assert_eq!(counts[2], 3);
    // Calls that were left alone are told, each once.
    let cut = &run.estate.modules_missing;
    assert!(!cut.is_empty() && cut.len() <= 30, "{}", cut.len());
}

#[test]
fn modules_that_double_without_count_meet_the_limit() {
    let files: Vec<(String, String)> = (0..30)
        .map(|level| {
            let next = level + 1;
            let code = match level {
                29 => "resource \"x_y\" \"z\" {}\n".to_owned(),
                _ => format!(
                    "module \"a\" {{ source = \"../l{next}\" }}\nmodule \"b\" {{ source = \"../l{next}\" }}\n"
                ),
            };
            (format!("l{level}/main.tf"), code)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let run = run(&files);
    let problems = &run.estate.problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].code, ProblemCode::Limit);
}

#[test]
fn a_root_that_needs_more_than_its_share_takes_what_others_leave() {
    let options = Options {
        limits: limits::Limits {
            instances: 100,
            ..limits::Limits::default()
        },
        ..Options::default()
    };
    let run = run_with(
        &[
            ("a/main.tf", "resource \"x_y\" \"z\" {\n  count = 80\n}\n"),
            ("b/main.tf", "resource \"x_y\" \"z\" {\n  count = 5\n}\n"),
        ],
        &options,
    );
    let counts: Vec<usize> = run.estate.roots.iter().map(|r| r.resources.len()).collect();
    assert_eq!(counts, [80, 5]);
    assert!(run.estate.problems.is_empty());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files: Vec<(String, String)> = (0..20)
        .map(|at| {
            let code = format!(
                "variable \"v\" {{}}\nresource \"x_y\" \"z\" {{\n  a = var.v\n  b = \"x\" + {at}\n}}\n"
            );
            (format!("r{at:02}/main.tf"), code)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let shown = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        let run = pool.install(|| run(&files));
        let problems: Vec<_> = run
            .estate
            .problems
            .iter()
            .map(|p| {
                (
                    p.message.en.to_string(),
                    p.place.map(|at| run.sources.start(at)),
                )
            })
            .collect();
        let roots: Vec<_> = run.estate.roots.iter().map(|r| r.path.clone()).collect();
        (problems, roots)
    };
    assert_eq!(shown(1), shown(4));
}

/// What terraform 1.11.4 answers.
#[test]
fn values_become_texts_of_variables_and_back() {
    let run = run(&[(
        "main.tf",
        r##"
locals {
  o = { a = 1, "b c" = { "1x" = [], y_-1 = "q" }, "" = 2, "if" = 3, "ünï" = 4 }
}
output "text"   { value = provider::terraform::encode_expr("a\"b\n$${x} é") }
output "number" { value = provider::terraform::encode_expr(123456789012345678901234567890) }
output "tuple"  { value = provider::terraform::encode_expr([1, "a", [true]]) }
output "set"    { value = provider::terraform::encode_expr(toset(["b", "a"])) }
output "empty"  { value = provider::terraform::encode_expr({}) }
output "object" { value = provider::terraform::encode_expr(local.o) }
output "objects" { value = provider::terraform::encode_expr([{ a = 1 }, { b = [2] }]) }
output "file"   { value = provider::terraform::encode_tfvars({ a = 1, b = "x", long_name = [1, 2], o = { z = 1, yy = 2 }, n = null }) }
output "no_file" { value = provider::terraform::encode_tfvars({}) }
output "back"   { value = jsonencode(provider::terraform::decode_tfvars("a = 1 + 1\nb = [\"x\", { c = true }]\n# c\nd = null\n")) }
output "later"  { value = provider::terraform::encode_expr({ a = timestamp() }) }
output "null"   { value = can(provider::terraform::encode_expr(null)) }
output "key"    { value = can(provider::terraform::encode_tfvars({ "a b" = 1 })) }
output "list"   { value = can(provider::terraform::encode_tfvars([1])) }
output "name"   { value = can(provider::terraform::decode_tfvars("a = var.x")) }
output "call"   { value = can(provider::terraform::decode_tfvars("a = upper(1)")) }
output "block"  { value = can(provider::terraform::decode_tfvars("a {}")) }
output "twice"  { value = can(provider::terraform::decode_tfvars("a = 1\na = 2")) }
"##,
    )]);
    assert!(run.errors().is_empty(), "{:?}", run.errors());
    let expected = [
        ("text", r#""a\"b\n$${x} é""#),
        ("number", "123456789012345678901234567890"),
        ("tuple", r#"[1, "a", [true]]"#),
        ("set", r#"["a", "b"]"#),
        ("empty", "{}"),
        (
            "object",
            "{\n  \"\" = 2\n  a  = 1\n  \"b c\" = {\n    \"1x\" = []\n    y_-1 = \"q\"\n  }\n  if  = 3\n  ünï = 4\n}",
        ),
        ("objects", "[{\n  a = 1\n  }, {\n  b = [2]\n}]"),
        (
            "file",
            "a         = 1\nb         = \"x\"\nlong_name = [1, 2]\nn         = null\no = {\n  yy = 2\n  z  = 1\n}\n",
        ),
        ("no_file", ""),
        ("back", r#"{"a":2,"b":["x",{"c":true}],"d":null}"#),
    ];
    for (name, text) in expected {
        assert_eq!(run.output(name).as_str(), Some(text), "{name}");
    }
    assert!(run.output("later").is_unknown());
    for name in ["null", "key", "list", "name", "call", "block", "twice"] {
        assert_eq!(run.output(name).as_bool(), Some(false), "{name}");
    }
}

#[test]
fn what_is_worked_out_from_an_attribute_is_not_asked_of_it() {
    let run = run(&[(
        "main.tf",
        r#"
resource "aws_x" "x" {}
locals {
  chosen = { for key, value in { a = { size = 1 } } : key => value if key == aws_x.x.name }
  handed = aws_x.x.endpoint
}
output "chosen" { value = local.chosen.a.size }
output "handed" { value = local.handed[0].address }
"#,
    )]);
    let reason = |name: &str| run.output(name).as_unknown().map(|u| u.because.to_string());
    let chosen = reason("chosen").unwrap_or_default();
    assert_eq!(chosen, "aws_x.x.name is known only after apply");
    let handed = reason("handed").unwrap_or_default();
    assert_eq!(
        handed,
        "aws_x.x.endpoint.0.address is known only after apply"
    );
}

#[test]
fn what_is_known_of_a_block_passes_through_try() {
    let run = run(&[(
        "main.tf",
        r#"
resource "aws_kms_key" "k" {}
locals {
  rules = [{ algorithm = "aws:kms", key = aws_kms_key.k.arn }]
}
resource "aws_x" "x" {
  dynamic "rule" {
    for_each = try(flatten([local.rules]), [])
    content {
      algorithm = try(rule.value.algorithm, null)
      key       = try(rule.value.key, null)
    }
  }
}
output "as_terraform_says" { value = try(flatten([local.rules]), []) }
"#,
    )]);
    let rule = run.attribute("aws_x.x", "rule");
    let rule = rule.elements().and_then(<[Value]>::first).expect("a rule");
    assert_eq!(
        rule.entry("algorithm").and_then(Value::as_str),
        Some("aws:kms")
    );
    let key = rule.entry("key").expect("a key");
    assert_eq!(references(key)[0], pair("aws_kms_key.k", "arn"));
    assert!(run.output("as_terraform_says").is_unknown());
}
