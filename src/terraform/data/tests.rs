//! Data sources on small texts. The policy documents and what becomes of them are those of the provider's documentation.

use crate::source::Sources;
use crate::terraform::{Estate, Options, ReadFault, ReadFiles, TerraformFile, evaluate};
use crate::value::{Marks, Step, Value};

/// The files that `local_file` finds.
struct Files;

impl ReadFiles for Files {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault> {
        match path {
            "hello.txt" => Ok(b"Hello".to_vec()),
            _ => Err(ReadFault::NotFound),
        }
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn folder(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }
}

struct Run(Estate, Sources);

fn run_files(files: &[(&str, &str)]) -> Run {
    let sources = Sources::new();
    let files: Vec<TerraformFile> = files
        .iter()
        .map(|(path, text)| TerraformFile {
            path: (*path).to_owned(),
            folder: path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned(),
            source: sources.add(*path, *text),
        })
        .collect();
    let estate = evaluate(&files, &sources, &Options::default(), &Files);
    Run(estate, sources)
}

fn run(text: &str) -> Run {
    let run = run_files(&[("main.tf", text)]);
    assert!(run.0.problems.is_empty(), "{:?}", run.0.problems);
    run
}

impl Run {
    fn output(&self, name: &str) -> &Value {
        let mut all = self.0.roots[0].outputs.iter();
        let found = all.find(|output| &*output.name == name);
        &found.unwrap_or_else(|| panic!("no output {name}")).value
    }

    fn text(&self, name: &str) -> &str {
        let value = self.output(name);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{name}: {value:?}"))
    }

    fn why(&self, name: &str) -> String {
        let value = self.output(name);
        let unknown = value
            .as_unknown()
            .unwrap_or_else(|| panic!("{name}: {value:?}"));
        unknown.because.to_string()
    }

    fn messages(&self) -> Vec<&str> {
        self.0.problems.iter().map(|p| &*p.message.en).collect()
    }

    /// The texts on the way of an output.
    fn way(&self, name: &str) -> Vec<String> {
        let chain = self.output(name).origin.chain();
        chain
            .iter()
            .map(|(place, _)| self.1.text(*place).to_owned())
            .collect()
    }
}

#[test]
fn the_region_comes_from_the_provider_block_or_the_argument() {
    let run = run(r#"
variable "region" { default = "eu-west-3" }
provider "aws" { region = var.region }
provider "aws" {
  alias  = "london"
  region = "eu-west-2"
}
data "aws_region" "here" {}
data "aws_region" "there" { provider = aws.london }
data "aws_region" "named" { name = "eu-central-1" }
data "aws_region" "argued" { region = "eu-south-2" }
data "aws_region" "looked_up" { endpoint = "ec2.eu-west-1.amazonaws.com" }
output "here" { value = data.aws_region.here.name }
output "id" { value = data.aws_region.here.id }
output "region" { value = data.aws_region.here.region }
output "description" { value = data.aws_region.here.description }
output "endpoint" { value = data.aws_region.here.endpoint }
output "there" { value = data.aws_region.there.name }
output "named" { value = data.aws_region.named.id }
output "argued" { value = "x-${data.aws_region.argued.name}" }
output "looked_up" { value = data.aws_region.looked_up.name }
output "given" { value = data.aws_region.looked_up.endpoint }
"#);
    for (name, expected) in [
        ("here", "eu-west-3"),
        ("id", "eu-west-3"),
        ("region", "eu-west-3"),
        ("description", "Europe (Paris)"),
        ("endpoint", "ec2.eu-west-3.amazonaws.com"),
        ("there", "eu-west-2"),
        ("named", "eu-central-1"),
        ("argued", "x-eu-south-2"),
        ("given", "ec2.eu-west-1.amazonaws.com"),
    ] {
        assert_eq!(run.text(name), expected, "{name}");
    }
    assert_eq!(
        run.why("looked_up"),
        "the provider looks it up by `endpoint`"
    );
    // The way leads through the data block to the variable of the provider block.
    let way = run.way("here");
    assert_eq!(
        way,
        [
            "data.aws_region.here.name",
            "data \"aws_region\" \"here\"",
            "var.region",
            "\"eu-west-3\""
        ]
    );
    let steps: Vec<_> = run.output("here").origin.chain();
    assert!(
        matches!(&steps[2].1, Some(Step::Provider(name)) if &**name == "aws"),
        "{steps:?}"
    );
}

#[test]
fn a_provider_without_a_region_leaves_it_to_the_environment() {
    let run = run(r#"
data "aws_region" "r" {}
data "aws_partition" "p" {}
output "region" { value = data.aws_region.r.name }
output "partition" { value = "arn:${data.aws_partition.p.partition}:s3:::b" }
"#);
    assert_eq!(run.why("region"), "AWS_REGION comes from the environment");
    assert_eq!(
        run.why("partition"),
        "AWS_REGION comes from the environment"
    );
}

#[test]
fn partitions_by_region() {
    for (region, partition, suffix, prefix) in [
        ("eu-west-3", "aws", "amazonaws.com", "com.amazonaws"),
        (
            "cn-north-1",
            "aws-cn",
            "amazonaws.com.cn",
            "cn.com.amazonaws",
        ),
        (
            "us-gov-west-1",
            "aws-us-gov",
            "amazonaws.com",
            "com.amazonaws",
        ),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu", "eu.amazonaws"),
        (
            "us-isob-east-1",
            "aws-iso-b",
            "sc2s.sgov.gov",
            "gov.sgov.sc2s",
        ),
    ] {
        let run = run(&format!(
            r#"
provider "aws" {{ region = "{region}" }}
data "aws_partition" "p" {{}}
output "partition" {{ value = data.aws_partition.p.partition }}
output "suffix" {{ value = data.aws_partition.p.dns_suffix }}
output "prefix" {{ value = data.aws_partition.p.reverse_dns_prefix }}
"#
        ));
        assert_eq!(run.text("partition"), partition, "{region}");
        assert_eq!(run.text("suffix"), suffix, "{region}");
        assert_eq!(run.text("prefix"), prefix, "{region}");
    }
}

#[test]
fn what_names_and_ids_are_made_of() {
    let run = run(r#"
provider "aws" {
  region = "eu-west-3"
  default_tags { tags = { owner = "dsi" } }
}
provider "google" {
  project = "dossiers"
  region  = "europe-west9"
}
provider "azurerm" {
  features {}
  subscription_id = "1234"
}
provider "openstack" { region = "GRA11" }
provider "scaleway" { region = "fr-par" }
data "aws_service_principal" "s" { service_name = "logs" }
data "aws_service" "s3" { service_id = "s3" }
data "aws_default_tags" "t" {}
data "aws_availability_zones" "z" {}
data "aws_caller_identity" "me" {}
data "google_client_config" "c" {}
data "google_kms_key_ring" "r" {
  name     = "ring"
  location = "europe-west9"
}
data "google_kms_crypto_key" "k" {
  name     = "key"
  key_ring = data.google_kms_key_ring.r.id
}
data "google_kms_crypto_key" "short" {
  name     = "key"
  key_ring = "europe-west9/ring"
}
data "azurerm_resource_group" "g" { name = "rg" }
data "azurerm_location" "l" { location = "France Central" }
data "azurerm_subscription" "s" {}
data "openstack_identity_project_v3" "p" { name = "demo" }
data "scaleway_config" "c" {}
output "principal" { value = data.aws_service_principal.s.name }
output "dns" { value = data.aws_service.s3.dns_name }
output "reverse" { value = data.aws_service.s3.reverse_dns_name }
output "owner" { value = data.aws_default_tags.t.tags["owner"] }
output "zone" { value = data.aws_availability_zones.z.names[0] }
output "account" { value = data.aws_caller_identity.me.account_id }
output "project" { value = data.google_client_config.c.project }
output "token" {
  value     = data.google_client_config.c.access_token
  sensitive = true
}
output "key" { value = data.google_kms_crypto_key.k.id }
output "short" { value = data.google_kms_crypto_key.short.id }
output "group" { value = data.azurerm_resource_group.g.id }
output "group_name" { value = data.azurerm_resource_group.g.name }
output "group_location" { value = data.azurerm_resource_group.g.location }
output "location" { value = data.azurerm_location.l.location }
output "subscription" { value = data.azurerm_subscription.s.id }
output "openstack" { value = data.openstack_identity_project_v3.p.region }
output "scaleway" { value = data.scaleway_config.c.region }
"#);
    for (name, expected) in [
        ("principal", "logs.amazonaws.com"),
        ("dns", "s3.eu-west-3.amazonaws.com"),
        ("reverse", "com.amazonaws.eu-west-3.s3"),
        ("owner", "dsi"),
        ("project", "dossiers"),
        (
            "key",
            "projects/dossiers/locations/europe-west9/keyRings/ring/cryptoKeys/key",
        ),
        ("group", "/subscriptions/1234/resourceGroups/rg"),
        ("group_name", "rg"),
        ("location", "francecentral"),
        ("subscription", "/subscriptions/1234"),
        ("openstack", "GRA11"),
        ("scaleway", "fr-par"),
    ] {
        assert_eq!(run.text(name), expected, "{name}");
    }
    for name in ["zone", "account", "short", "group_location"] {
        assert!(run.why(name).contains("known only after apply"), "{name}");
    }
    assert!(run.output("token").marks.has(Marks::SENSITIVE));
    assert!(run.output("token").is_unknown());
}

/// A document as the blocks make it.
fn document(blocks: &str) -> String {
    let text = format!(
        "data \"aws_iam_policy_document\" \"d\" {{\n{blocks}\n}}\noutput \"json\" {{ value = data.aws_iam_policy_document.d.json }}\n"
    );
    run(&text).text("json").to_owned()
}

#[test]
fn a_policy_document_is_rendered_as_the_provider_does() {
    let json = document(
        r#"
  policy_id = "policy_id"
  statement {
    sid       = "1"
    actions   = ["s3:GetBucketLocation", "s3:ListAllMyBuckets"]
    resources = ["arn:aws:s3:::*"]
  }
  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::foo"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["home/", "", "home/&{aws:username}/"]
    }
    not_principals {
      type        = "AWS"
      identifiers = ["arn:blahblah:example"]
    }
  }
  statement {
    actions = ["s3:*"]
    resources = [
      "arn:aws:s3:::foo/home/&{aws:username}",
      "arn:aws:s3:::foo/home/&{aws:username}/*",
    ]
    principals {
      type        = "AWS"
      identifiers = ["arn:a:example", "arn:b:example"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["s3:*"]
    not_resources = ["arn:aws:s3:::*"]
  }
  statement {
    actions = ["kinesis:*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
  statement {
    actions = ["firehose:*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
"#,
    );
    let expected = r#"{
  "Version": "2012-10-17",
  "Id": "policy_id",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::foo",
      "NotPrincipal": {
        "AWS": "arn:blahblah:example"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "home/",
            "",
            "home/${aws:username}/"
          ]
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": [
        "arn:aws:s3:::foo/home/${aws:username}/*",
        "arn:aws:s3:::foo/home/${aws:username}"
      ],
      "Principal": {
        "AWS": [
          "arn:b:example",
          "arn:a:example"
        ]
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "kinesis:*",
      "Principal": {
        "AWS": "*"
      }
    },
    {
      "Effect": "Allow",
      "Action": "firehose:*",
      "Principal": "*"
    }
  ]
}"#;
    assert_eq!(json, expected);
}

#[test]
fn conditions_are_grouped_by_test_and_sorted_by_variable() {
    let json = document(
        r#"
  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:EncryptionContext:service"
      values   = ["pi"]
    }
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:EncryptionContext:aws:pi:service"
      values   = ["rds"]
    }
    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = [true]
    }
  }
"#,
    );
    let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "kms:GenerateDataKey",
        "kms:Decrypt"
      ],
      "Resource": "*",
      "Condition": {
        "Bool": {
          "aws:MultiFactorAuthPresent": "true"
        },
        "ForAnyValue:StringEquals": {
          "kms:EncryptionContext:aws:pi:service": "rds",
          "kms:EncryptionContext:service": "pi"
        }
      }
    }
  ]
}"#;
    assert_eq!(json, expected);
}

#[test]
fn documents_are_merged_by_sid() {
    let run = run(r#"
data "aws_iam_policy_document" "one" {
  statement {
    sid       = "OverridePlaceHolderOne"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "two" {
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
  statement {
    sid       = "OverridePlaceHolderTwo"
    actions   = ["iam:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "three" {
  statement {
    sid       = "OverridePlaceHolderOne"
    effect    = "Deny"
    actions   = ["logs:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "combined" {
  override_policy_documents = [
    data.aws_iam_policy_document.one.json,
    data.aws_iam_policy_document.two.json,
    data.aws_iam_policy_document.three.json,
  ]
  statement {
    sid       = "OverridePlaceHolderTwo"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "sourced" {
  source_policy_documents = [
    data.aws_iam_policy_document.two.json,
    jsonencode({
      Version   = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = ["a:B"]
        Principal = { AWS = ["arn:x"], Service = "y" }
        Condition = { Bool = { "aws:SecureTransport" = false } }
      }]
    }),
  ]
}
data "aws_iam_policy_document" "empty" {
  source_policy_documents = []
}
output "combined" { value = data.aws_iam_policy_document.combined.minified_json }
output "sourced" { value = data.aws_iam_policy_document.sourced.minified_json }
output "empty" { value = data.aws_iam_policy_document.empty.json }
"#);
    assert_eq!(
        run.text("combined"),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"OverridePlaceHolderTwo","Effect":"Allow","Action":"iam:*","Resource":"*"},{"Sid":"OverridePlaceHolderOne","Effect":"Deny","Action":"logs:*","Resource":"*"},{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#
    );
    assert_eq!(
        run.text("sourced"),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Sid":"OverridePlaceHolderTwo","Effect":"Allow","Action":"iam:*","Resource":"*"},{"Effect":"Allow","Action":["a:B"],"Principal":{"AWS":["arn:x"],"Service":"y"},"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#
    );
    assert_eq!(run.text("empty"), "{\n  \"Version\": \"2012-10-17\"\n}");
}

#[test]
fn a_document_that_depends_on_the_unknown_is_unknown_and_keeps_its_references() {
    let run = run(r#"
resource "aws_s3_bucket" "b" {}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn]
  }
}
output "json" { value = data.aws_iam_policy_document.d.json }
"#);
    let value = run.output("json");
    assert_eq!(
        run.why("json"),
        "aws_s3_bucket.b.arn is known only after apply"
    );
    let references = value.origin.references();
    assert!(
        references.iter().any(|(a, _)| &**a == "aws_s3_bucket.b"),
        "{references:?}"
    );
}

#[test]
fn what_the_provider_refuses_is_a_problem() {
    let statement = |inner: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"d\" {{\n{inner}\n}}\noutput \"json\" {{ value = data.aws_iam_policy_document.d.json }}\n"
        )
    };
    for (blocks, expected) in [
        (
            "statement {\n sid = \"A\"\n}\nstatement {\n sid = \"A\"\n}",
            "two statements have the sid \"A\"",
        ),
        (
            "version = \"2008-10-17\"\nstatement {\n resources = [\"&{aws:username}\"]\n}",
            "a document of version 2008-10-17 knows no variables",
        ),
        (
            "source_policy_documents = [\"{\"]",
            "this is no policy document: line 1, column 1: no JSON",
        ),
    ] {
        let run = run_files(&[("main.tf", &statement(blocks))]);
        assert_eq!(run.messages(), [expected]);
        assert_eq!(run.why("json"), "its expression could not be evaluated");
    }
}

#[test]
fn documents_that_double_meet_the_limit() {
    let mut text = "data \"aws_iam_policy_document\" \"d0\" {\n  statement {\n    actions = [\"s3:*\"]\n  }\n}\n".to_owned();
    for at in 1..40 {
        let before = at - 1;
        text.push_str(&format!(
            "data \"aws_iam_policy_document\" \"d{at}\" {{\n  source_policy_documents = [data.aws_iam_policy_document.d{before}.json, data.aws_iam_policy_document.d{before}.json]\n}}\n"
        ));
    }
    text.push_str("output \"json\" { value = data.aws_iam_policy_document.d39.json }\n");
    assert_eq!(run(&text).why("json"), "it is above a limit of the scan");
}

#[test]
fn arns_are_taken_apart() {
    let run = run(r#"
data "aws_arn" "db" { arn = "arn:aws:rds:eu-west-1:123456789012:db:mysql-db" }
output "region" { value = data.aws_arn.db.region }
output "resource" { value = data.aws_arn.db.resource }
output "account" { value = data.aws_arn.db.account }
output "arn" { value = data.aws_arn.db.arn }
"#);
    assert_eq!(run.text("region"), "eu-west-1");
    assert_eq!(run.text("resource"), "db:mysql-db");
    assert_eq!(run.text("account"), "123456789012");
    assert_eq!(
        run.text("arn"),
        "arn:aws:rds:eu-west-1:123456789012:db:mysql-db"
    );
    let run = run_files(&[(
        "main.tf",
        "data \"aws_arn\" \"a\" { arn = \"nothing\" }\noutput \"x\" { value = data.aws_arn.a.region }\n",
    )]);
    assert_eq!(run.messages(), ["this is no ARN"]);
}

#[test]
fn files_and_templates() {
    let run = run(r#"
variable "who" {}
data "template_file" "t" {
  template = "$${greeting}, ${upper("x")} $${n + 1}"
  vars     = { greeting = "Bonjour", n = 1 }
}
data "template_file" "u" {
  template = "$${who}"
  vars     = { who = var.who }
}
data "local_file" "f" { filename = "hello.txt" }
data "local_sensitive_file" "s" { filename = "${path.module}/hello.txt" }
data "local_file" "missing" { filename = "nothing.txt" }
data "null_data_source" "n" { inputs = { a = "b" } }
data "terraform_remote_state" "net" {
  backend = "s3"
  config  = { bucket = "states", key = "net", region = "eu-west-3" }
}
output "template" { value = data.template_file.t.rendered }
output "unknown" { value = data.template_file.u.rendered }
output "content" { value = data.local_file.f.content }
output "base64" { value = data.local_file.f.content_base64 }
output "md5" { value = data.local_file.f.content_md5 }
output "sensitive" {
  value     = data.local_sensitive_file.s.content
  sensitive = true
}
output "missing" { value = data.local_file.missing.content }
output "null" { value = data.null_data_source.n.outputs["a"] }
output "remote" { value = data.terraform_remote_state.net.outputs.vpc.region }
output "bucket" { value = data.terraform_remote_state.net.config.bucket }
"#);
    assert_eq!(run.text("template"), "Bonjour, X 2");
    assert_eq!(run.why("unknown"), "variable \"who\" has no value");
    assert_eq!(run.text("content"), "Hello");
    assert_eq!(run.text("base64"), "SGVsbG8=");
    assert_eq!(run.text("md5"), "8b1a9953c4611296a827abf8c47804d7");
    assert_eq!(run.text("sensitive"), "Hello");
    assert!(run.output("sensitive").is_sensitive());
    assert!(run.why("missing").starts_with("nothing.txt cannot be read"));
    assert_eq!(run.text("null"), "b");
    assert_eq!(
        run.why("remote"),
        "it is an output of another root, kept in a state in `s3`"
    );
    assert_eq!(run.text("bucket"), "states");
    let references = run.output("remote").origin.references();
    assert_eq!(&*references[0].0, "data.terraform_remote_state.net");
}

#[test]
fn tags_of_the_resource_stand_over_those_of_the_provider() {
    let run = run(r#"
provider "aws" {
  region = "eu-west-3"
  default_tags {
    tags = { owner = "dsi", level = "internal" }
  }
}
provider "aws" {
  alias  = "ignoring"
  region = "eu-west-3"
  ignore_tags { keys = ["x"] }
}
resource "aws_s3_bucket" "b" { tags = { level = "health", gone = null } }
resource "aws_s3_bucket" "plain" {}
resource "aws_s3_bucket" "i" { provider = aws.ignoring }
output "level" { value = aws_s3_bucket.b.tags_all["level"] }
output "owner" { value = aws_s3_bucket.b.tags_all.owner }
output "keys" { value = join(",", keys(aws_s3_bucket.b.tags_all)) }
output "plain" { value = aws_s3_bucket.plain.tags_all["level"] }
output "ignored" { value = aws_s3_bucket.i.tags_all }
"#);
    assert_eq!(run.text("level"), "health");
    assert_eq!(run.text("owner"), "dsi");
    assert_eq!(run.text("keys"), "level,owner");
    assert_eq!(run.text("plain"), "internal");
    assert!(run.output("ignored").is_unknown());
}

#[test]
fn a_provider_that_asks_itself_is_a_circle() {
    let run = run_files(&[(
        "main.tf",
        r#"
provider "aws" { region = data.aws_region.r.name }
data "aws_region" "r" {}
output "x" { value = data.aws_region.r.name }
"#,
    )]);
    assert_eq!(
        run.messages(),
        ["a circle of references: provider aws depends on itself"]
    );
    assert!(run.output("x").is_unknown());
}
