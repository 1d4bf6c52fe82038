//! Made-up repositories of any size, for the benches: each is a shape of code that some real one has.
#![allow(
    dead_code,
    reason = "shared by several benches, each of which uses a part"
)]
#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

pub(crate) mod clusters;
pub(crate) mod floor;
pub(crate) mod manifests;
pub(crate) mod recorded;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gardefou::source::Sources;
use gardefou::terraform::{self, Estate, FolderFiles, Options, RecordedFile, TerraformFile};

/// The files of a repository: path and text.
#[derive(Debug, Default)]
pub(crate) struct Workload {
    pub(crate) files: Vec<(String, String)>,
}

impl Workload {
    fn one(text: String) -> Self {
        Self::default().with("main.tf", text)
    }

    fn with(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.push((path.into(), text.into()));
        self
    }

    /// Writes it to a folder.
    pub(crate) fn write(&self, folder: &Path) {
        for (path, text) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
    }

    /// Keeps its texts, and says what they are: code, plans and states.
    pub(crate) fn sources(&self) -> (Sources, Vec<TerraformFile>, Vec<RecordedFile>) {
        let sources = Sources::new();
        let (mut code, mut recorded) = (Vec::new(), Vec::new());
        for (path, text) in &self.files {
            let source = sources.add(path.as_str(), text.as_str());
            let path = path.clone();
            if path.ends_with("tfplan.json") || path.ends_with(".tfstate") {
                recorded.push(RecordedFile { path, source });
                continue;
            }
            let (folder, _) = path.rsplit_once('/').unwrap_or_default();
            code.push(TerraformFile {
                folder: folder.to_owned(),
                path,
                source,
            });
        }
        (sources, code, recorded)
    }

    /// Parses and evaluates it.
    pub(crate) fn evaluate(&self) -> Estate {
        let (sources, code, recorded) = self.sources();
        let reader = FolderFiles::new(PathBuf::new(), 1 << 20);
        let recorded = terraform::recorded(&recorded, &sources);
        let estate =
            terraform::evaluate_with(&code, &sources, &Options::default(), &reader, recorded);
        let wrong = estate.problems.first();
        assert!(wrong.is_none(), "the workload is faulty: {wrong:?}");
        estate
    }
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, at| {
        all.push_str(&line(at));
        all.push('\n');
        all
    })
}

/// `[0, 1, ...]` as HCL; `range()` stops at 1,024.
fn numbers(count: usize) -> String {
    let tens = count.div_ceil(100);
    format!(
        "slice(flatten([for a in range({}) : [for b in range({}) : [for c in range(100) : a * 100000 + b * 100 + c]]]), 0, {count})",
        tens.div_ceil(1000),
        tens.min(1000),
    )
}

/// Keys, buckets, and encryption settings that tie the two: one of each for each site.
pub(crate) fn linked(sites: usize) -> Workload {
    Workload::one(format!(
        r#"
provider "aws" {{
  region = "eu-west-3"
}}
locals {{
  sites = {{ for i in {} : format("site-%05d", i) => {{ level = "health" }} }}
}}
resource "aws_kms_key" "site" {{
  for_each            = local.sites
  description         = "key of ${{each.key}}"
  enable_key_rotation = true
  tags                = {{ site = each.key, data-classification = each.value.level }}
}}
resource "aws_s3_bucket" "site" {{
  for_each = local.sites
  bucket   = "data-${{each.key}}"
  tags     = {{ site = each.key, data-classification = each.value.level }}
}}
resource "aws_s3_bucket_server_side_encryption_configuration" "site" {{
  for_each = local.sites
  bucket   = aws_s3_bucket.site[each.key].id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.site[each.key].arn
    }}
  }}
}}
"#,
        numbers(sites)
    ))
}

/// Sites of ten resources each at four clouds: stores, their keys and settings, copies, a snapshot, a sign-in, labels of
/// levels and tenants. All of one site hang together; sites share nothing but every tenth key.
pub(crate) fn mixed(resources: usize) -> Workload {
    Workload::one(format!(
        r#"
terraform {{
  required_providers {{
    aws      = {{ source = "hashicorp/aws" }}
    azurerm  = {{ source = "hashicorp/azurerm" }}
    google   = {{ source = "hashicorp/google" }}
    scaleway = {{ source = "scaleway/scaleway" }}
  }}
}}
provider "aws" {{
  region = "eu-west-3"
  default_tags {{
    tags = {{ team = "platform" }}
  }}
}}
provider "azurerm" {{
  features {{}}
}}
provider "google" {{
  region = "europe-west9"
}}
provider "scaleway" {{
  region = "fr-par"
}}
locals {{
  tenants = {{ for i in {} : format("site-%05d", i) => {{ level = i % 3 == 0 ? "health" : "personal" }} }}
}}
resource "aws_kms_key" "site" {{
  for_each            = local.tenants
  enable_key_rotation = true
}}
resource "aws_s3_bucket" "site" {{
  for_each = local.tenants
  bucket   = "data-${{each.key}}"
  tags     = {{ tenant = each.key, data-classification = each.value.level }}
}}
resource "aws_s3_bucket_server_side_encryption_configuration" "site" {{
  for_each = local.tenants
  bucket   = aws_s3_bucket.site[each.key].id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.site[each.key].arn
    }}
  }}
}}
resource "aws_s3_bucket_replication_configuration" "site" {{
  for_each = local.tenants
  role     = "arn:aws:iam::123456789012:role/copy"
  bucket   = aws_s3_bucket.site[each.key].id
  rule {{
    status = "Enabled"
    destination {{
      bucket = aws_s3_bucket.copy[each.key].arn
    }}
  }}
}}
resource "aws_s3_bucket" "copy" {{
  for_each = local.tenants
  bucket   = "copy-${{each.key}}"
  region   = "eu-west-2"
}}
resource "aws_db_instance" "site" {{
  for_each          = local.tenants
  identifier        = "patients-${{each.key}}"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.site[each.key].arn
  tags              = {{ tenant = each.key }}
}}
resource "aws_db_snapshot" "site" {{
  for_each               = local.tenants
  db_instance_identifier = aws_db_instance.site[each.key].identifier
  db_snapshot_identifier = "snap-${{each.key}}"
}}
resource "azurerm_storage_account" "site" {{
  for_each                 = local.tenants
  name                     = "st${{each.key}}"
  location                 = "West Europe"
  account_replication_type = "GRS"
  tags                     = {{ tenant = each.key, sensibilite = each.value.level }}
}}
resource "google_sql_database_instance" "site" {{
  for_each         = local.tenants
  name             = "sql-${{each.key}}"
  database_version = "POSTGRES_16"
}}
resource "scaleway_rdb_instance" "site" {{
  for_each           = local.tenants
  name               = "rdb-${{each.key}}"
  node_type          = "DB-DEV-S"
  engine             = "PostgreSQL-16"
  encryption_at_rest = true
  tags               = ["tenant=${{each.key}}", "classification=health"]
}}
"#,
        numbers(resources / 10)
    ))
}

/// Sites of twenty resources each that give every built-in rule something to do, and what they share.
pub(crate) fn estate(sites: usize) -> Workload {
    Workload::one(include_str!("estate.tf").replace("SITES", &numbers(sites)))
}

/// Instances that say nothing of their own, of a type that the catalogue knows (`known`) or not.
pub(crate) fn plain(instances: usize, known: bool) -> Workload {
    let kind = if known {
        "aws_route53_record"
    } else {
        "example_thing"
    };
    let per_block = instances.min(100_000);
    let mut text = String::from("provider \"aws\" {\n  region = \"eu-west-3\"\n}\n");
    for at in 0..instances / per_block {
        let _ = writeln!(
            text,
            "resource \"{kind}\" \"t{at}\" {{\n  count = {per_block}\n  name  = \"plain\"\n  ttl   = 300\n}}"
        );
    }
    Workload::one(text)
}

/// One value of many keys in a tfvars file.
pub(crate) fn tfvars_object(keys: usize) -> Workload {
    let entries = lines(keys, |at| {
        format!("  key-{at} = {{ name = \"n{at}\", size = {at} }}")
    });
    Workload::one(
        r#"variable "v" {}
provider "aws" {
  region = "eu-west-3"
}
resource "aws_s3_bucket" "all" {
  bucket = "data-${length(var.v)}"
}
output "n" {
  value = length(var.v)
}
"#
        .to_owned(),
    )
    .with("terraform.tfvars", format!("v = {{\n{entries}}}\n"))
}

/// One variable each, all of them set.
pub(crate) fn tfvars_lines(count: usize) -> Workload {
    Workload::one(lines(count, |at| format!("variable \"v{at}\" {{}}"))).with(
        "terraform.tfvars",
        lines(count, |at| format!("v{at} = {at}")),
    )
}

/// So many modules, each called by a root of its own.
pub(crate) fn modules(count: usize) -> Workload {
    let mut all = Workload::default();
    for at in 0..count {
        all = all
            .with(
                format!("modules/m{at}/main.tf"),
                r#"variable "name" {
  type = string
}
variable "tags" {
  type    = map(string)
  default = {}
}
locals {
  tags = merge(var.tags, { data-classification = "personal", module = var.name })
}
resource "aws_s3_bucket" "main" {
  bucket = "data-${var.name}"
  tags   = local.tags
}
resource "aws_s3_bucket_versioning" "main" {
  bucket = aws_s3_bucket.main.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_public_access_block" "main" {
  bucket                  = aws_s3_bucket.main.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
output "arn" {
  description = "Name of the bucket in policies"
  value       = aws_s3_bucket.main.arn
}
"#,
            )
            .with(
                format!("roots/r{at}/main.tf"),
                format!(
                    r#"terraform {{
  required_version = ">= 1.5"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }}
  }}
}}
provider "aws" {{
  region = "eu-west-3"
}}
module "store" {{
  source = "../../modules/m{at}"
  name   = "r{at}"
  tags   = {{ team = "platform" }}
}}
output "arn" {{
  value = module.store.arn
}}
"#
                ),
            );
    }
    all
}

/// One module, called many times by `for_each`.
pub(crate) fn module_instances(count: usize) -> Workload {
    Workload::one(format!(
        "module \"m\" {{\n  source   = \"./m\"\n  for_each = toset([for i in {} : \"k${{i}}\"])\n  name     = each.key\n}}\n",
        numbers(count)
    ))
    .with(
        "m/main.tf",
        "variable \"name\" {}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.name\n}\noutput \"arn\" {\n  value = aws_s3_bucket.b.arn\n}\n",
    )
}

/// Resource blocks, each of which names the one before.
pub(crate) fn blocks(count: usize) -> Workload {
    Workload::one(lines(count, |at| {
        let before = at.saturating_sub(1);
        let link = if at % 8 == 0 {
            "\"none\"".to_owned()
        } else {
            format!("aws_s3_bucket.b{before}.id")
        };
        format!(
            "resource \"aws_s3_bucket\" \"b{at}\" {{\n  bucket = \"b{at}\"\n  tags   = {{ beside = {link} }}\n}}"
        )
    }))
}

/// Locals, each a text made of the one before, in chains of 100.
pub(crate) fn locals(count: usize) -> Workload {
    let all = lines(count, |at| match at % 100 {
        0 => format!("  l{at} = \"start\""),
        _ => format!("  l{at} = \"{at}-${{length(local.l{})}}\"", at - 1),
    });
    Workload::one(format!("locals {{\n{all}}}\n"))
}

/// Variables with types, defaults and validations.
pub(crate) fn variables(count: usize) -> Workload {
    Workload::one(lines(count, |at| {
        format!(
            "variable \"v{at}\" {{\n  type    = object({{ name = string, size = optional(number, 1) }})\n  default = {{ name = \"v{at}\" }}\n  validation {{\n    condition     = var.v{at}.size > 0\n    error_message = \"Too small.\"\n  }}\n}}"
        )
    }))
}

/// Outputs of texts.
pub(crate) fn outputs(count: usize) -> Workload {
    Workload::one(lines(count, |at| {
        format!("output \"o{at}\" {{\n  value = \"v${{{at} + 1}}\"\n}}")
    }))
}

/// Nested blocks of one resource, by `dynamic`.
pub(crate) fn dynamic_blocks(count: usize) -> Workload {
    Workload::one(format!(
        "resource \"aws_security_group\" \"g\" {{\n  dynamic \"ingress\" {{\n    for_each = {}\n    content {{\n      from_port = ingress.value\n      to_port   = ingress.value + 1\n    }}\n  }}\n}}\n",
        numbers(count)
    ))
}

/// Collections passed through `for`, `merge`, `lookup` and conversions.
pub(crate) fn collections(count: usize) -> Workload {
    Workload::one(format!(
        r#"
locals {{
  all    = {{ for i in {} : "k${{i}}" => {{ name = "n${{i}}", odd = i % 2 == 1 }} }}
  merged = merge(local.all, {{ for key, one in local.all : "${{key}}-odd" => one if one.odd }})
  names  = toset([for one in local.merged : one.name])
  sorted = sort(tolist(local.names))
  found  = [for key in keys(local.all) : lookup(local.merged, key, null)]
}}
"#,
        numbers(count)
    ))
}

/// Instances of two resources, the second of which looks at one instance each of the first.
pub(crate) fn references(count: usize) -> Workload {
    Workload::one(format!(
        "resource \"aws_kms_key\" \"k\" {{\n  count = {count}\n}}\nresource \"aws_ebs_volume\" \"v\" {{\n  count      = {count}\n  kms_key_id = aws_kms_key.k[count.index].arn\n}}\noutput \"all\" {{\n  value = aws_ebs_volume.v[*].id\n}}\n"
    ))
}

/// Files of one module.
pub(crate) fn files(count: usize) -> Workload {
    (0..count).fold(Workload::default(), |all, at| {
        all.with(
            format!("f{at}.tf"),
            format!("locals {{\n  f{at} = {at}\n}}\n"),
        )
    })
}

/// An override file for every resource of the main file.
pub(crate) fn overrides(count: usize) -> Workload {
    let text = |value: &str| {
        lines(count, |at| {
            format!("resource \"aws_s3_bucket\" \"b{at}\" {{\n  bucket = \"{value}\"\n}}")
        })
    };
    Workload::one(text("a")).with("override.tf", text("b"))
}

/// Terraform's JSON syntax.
pub(crate) fn json(count: usize) -> Workload {
    let all: Vec<String> = (0..count)
        .map(|at| format!("\"b{at}\": {{ \"bucket\": \"x-${{{at}}}\" }}"))
        .collect();
    Workload::default().with(
        "main.tf.json",
        format!(
            "{{ \"resource\": {{ \"aws_s3_bucket\": {{ {} }} }} }}",
            all.join(",\n")
        ),
    )
}

/// A name, and a text of HCL with so many of something.
pub(crate) type Shape = (&'static str, fn(usize) -> String);

/// Every way in which a text can be long.
pub(crate) const SHAPES: [Shape; 14] = [
    ("object keys", |n| {
        format!(
            "x = {{\n{}}}\n",
            lines(n, |at| format!("  key_{at} = {at}"))
        )
    }),
    ("attributes of a body", |n| {
        lines(n, |at| format!("key_{at} = {at}"))
    }),
    ("equal attributes of a body", |n| {
        lines(n, |_| "key = 1".to_owned())
    }),
    ("blocks of a body", |n| {
        lines(n, |at| format!("thing \"b{at}\" {{\n  size = {at}\n}}"))
    }),
    ("operators", |n| format!("x = {}a\n", "a + ".repeat(n))),
    ("elements of a list", |n| {
        format!("x = [{}]\n", "1, ".repeat(n))
    }),
    ("arguments of a call", |n| {
        format!("x = f({}1)\n", "1, ".repeat(n))
    }),
    ("steps of a reference", |n| {
        format!("x = a{}\n", ".b[0]".repeat(n))
    }),
    ("parts of a template", |n| {
        format!("x = \"{}\"\n", "a${b}".repeat(n))
    }),
    ("length of a text", |n| {
        format!("x = \"{}\"\n", "text ".repeat(n))
    }),
    ("lines of a heredoc", |n| {
        format!("x = <<-EOT\n{}EOT\n", "    line of ${a} text\n".repeat(n))
    }),
    ("labels of a block", |n| {
        format!("thing {}{{\n}}\n", "\"a\" ".repeat(n))
    }),
    ("comments", |n| {
        format!("{}x = 1\n", "# said\n/* so */\n".repeat(n))
    }),
    ("faults", |n| "x = = 1\n".repeat(n)),
];
