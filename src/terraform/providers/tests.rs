//! Which configuration a resource gets. Where Terraform itself has been asked, with its built-in provider, the test says so.

use crate::source::Sources;
use crate::terraform::{
    Estate, Options, ProviderConfig, ReadFault, ReadFiles, TerraformFile, evaluate,
};

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

struct Run(Estate, Sources);

fn run(files: &[(&str, &str)]) -> Run {
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
    let estate = evaluate(&files, &sources, &Options::default(), &NoFiles);
    Run(estate, sources)
}

impl Run {
    fn provider(&self, address: &str) -> &ProviderConfig {
        let root = &self.0.roots[0];
        let found = root.resources.iter().find(|r| &*r.address == address);
        &root.providers[found.unwrap_or_else(|| panic!("no {address}")).provider]
    }

    /// The region, or why there is none.
    fn region(&self, address: &str) -> String {
        let config = &self.provider(address).config;
        if let Some(unknown) = config.as_unknown() {
            return format!("? {}", unknown.because);
        }
        match config.entry("region") {
            Some(value) => match value.as_unknown() {
                Some(unknown) => format!("? {}", unknown.because),
                None => value.as_str().unwrap_or("?").to_owned(),
            },
            None => "-".to_owned(),
        }
    }

    /// Line and message of each problem.
    fn problems(&self) -> Vec<String> {
        let all = self.0.problems.iter();
        all.map(|problem| {
            let place = problem.place.expect("a place");
            format!("{}: {}", self.1.start(place).line, problem.message.en)
        })
        .collect()
    }

    fn clean(self) -> Self {
        assert_eq!(self.problems(), [""; 0]);
        self
    }
}

/// As `terraform graph` shows it: module.e gets root's west through two names.
#[test]
fn aliases_go_through_three_levels() {
    let run = run(&[
        (
            "main.tf",
            r#"
provider "aws" {
  alias  = "west"
  region = "eu-west-3"
}
provider "aws" { region = "eu-central-1" }
module "m" {
  source    = "./m"
  providers = { aws.x = aws.west }
}
"#,
        ),
        (
            "m/main.tf",
            r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.x]
    }
  }
}
resource "aws_s3_bucket" "x" { provider = aws.x }
resource "aws_s3_bucket" "default" {}
module "e" {
  source    = "./e"
  providers = {
    aws.y = aws.x
    aws   = aws.x
  }
}
"#,
        ),
        (
            "m/e/main.tf",
            r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.y]
    }
  }
}
resource "aws_s3_bucket" "y" { provider = aws.y }
resource "aws_s3_bucket" "u" {}
"#,
        ),
    ])
    .clean();
    for (address, region) in [
        ("module.m.aws_s3_bucket.x", "eu-west-3"),
        ("module.m.aws_s3_bucket.default", "eu-central-1"),
        ("module.m.module.e.aws_s3_bucket.y", "eu-west-3"),
        ("module.m.module.e.aws_s3_bucket.u", "eu-west-3"),
    ] {
        assert_eq!(run.region(address), region, "{address}");
    }
}

/// As `terraform graph` shows it: a proxy takes what it is given; without that it is a configuration of its own.
#[test]
fn an_empty_block_in_a_called_module_stands_for_what_is_passed() {
    let root = r#"
provider "aws" { region = "eu-central-1" }
provider "aws" {
  alias  = "west"
  region = "eu-west-3"
}
module "given" {
  source    = "./m"
  providers = { aws = aws.west }
}
module "bare" { source = "./m" }
"#;
    let module = r#"
provider "aws" {}
resource "aws_s3_bucket" "b" {}
module "inner" { source = "./inner" }
"#;
    let run = run(&[
        ("main.tf", root),
        ("m/main.tf", module),
        ("m/inner/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ])
    .clean();
    for (address, region) in [
        ("module.given.aws_s3_bucket.b", "eu-west-3"),
        ("module.given.module.inner.aws_s3_bucket.b", "eu-west-3"),
        ("module.bare.aws_s3_bucket.b", "-"),
        ("module.bare.module.inner.aws_s3_bucket.b", "-"),
    ] {
        assert_eq!(run.region(address), region, "{address}");
    }
}

/// As `terraform graph` shows it: names are local, the source counts.
#[test]
fn the_source_counts_and_not_the_local_name() {
    let run = run(&[
        (
            "main.tf",
            r#"
terraform {
  required_providers {
    amazon      = { source = "hashicorp/aws" }
    google-beta = { source = "hashicorp/google-beta" }
    old         = { source = "-/scaleway" }
  }
}
provider "amazon" { region = "eu-west-3" }
provider "amazon" {
  alias  = "q"
  region = "eu-west-2"
}
provider "google-beta" { region = "europe-west9" }
resource "aws_s3_bucket" "implied" {}
resource "aws_s3_bucket" "named" { provider = amazon }
resource "aws_s3_bucket" "quoted" { provider = "amazon.q" }
resource "aws_s3_bucket" "usual" { provider = aws.q }
resource "google_storage_bucket" "beta" { provider = google-beta }
resource "google_storage_bucket" "plain" {}
resource "scaleway_object_bucket" "s" { provider = old }
module "m" { source = "./m" }
"#,
        ),
        ("m/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
    ])
    .clean();
    for (address, region) in [
        ("aws_s3_bucket.implied", "eu-west-3"),
        ("aws_s3_bucket.named", "eu-west-3"),
        ("aws_s3_bucket.quoted", "eu-west-2"),
        ("aws_s3_bucket.usual", "eu-west-2"),
        ("google_storage_bucket.beta", "europe-west9"),
        ("google_storage_bucket.plain", "-"),
        ("module.m.aws_s3_bucket.b", "eu-west-3"),
    ] {
        assert_eq!(run.region(address), region, "{address}");
    }
    let beta = run.provider("google_storage_bucket.beta");
    assert_eq!(&*beta.source, "hashicorp/google-beta");
    let old = run.provider("scaleway_object_bucket.s");
    assert_eq!(&*old.source, "hashicorp/scaleway");
}

/// Terraform refuses all of them.
#[test]
fn what_is_not_configured_is_a_problem_at_its_place_and_determines_nothing() {
    let module = r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.x]
    }
  }
}
resource "aws_s3_bucket" "b" { provider = aws.x }
"#;
    let run = run(&[
        (
            "main.tf",
            r#"
provider "aws" { region = "eu-west-3" }
resource "aws_s3_bucket" "b" { provider = aws.nope }
module "m" { source = "./m" }
module "n" {
  source    = "./m"
  providers = { aws.x = aws.gone }
}
module "own" {
  source    = "./own"
  providers = { aws = aws }
}
"#,
        ),
        ("m/main.tf", module),
        (
            "own/main.tf",
            "provider \"aws\" { region = \"eu-west-1\" }\nresource \"aws_s3_bucket\" \"b\" {}\n",
        ),
    ]);
    assert_eq!(
        run.problems(),
        [
            "3: provider aws.nope is not configured",
            "4: module.m needs provider aws.x, which its call does not pass",
            "7: provider aws.gone is not configured",
            "11: provider aws cannot be passed: the module configures it itself",
        ]
    );
    for (address, region) in [
        ("aws_s3_bucket.b", "? provider aws.nope is not configured"),
        (
            "module.m.aws_s3_bucket.b",
            "? provider aws.x is given by whoever calls the module",
        ),
        (
            "module.n.aws_s3_bucket.b",
            "? provider aws.gone is not configured",
        ),
        ("module.own.aws_s3_bucket.b", "eu-west-1"),
    ] {
        assert_eq!(run.region(address), region, "{address}");
    }
}

#[test]
fn a_module_that_nobody_calls_waits_for_its_providers_without_a_fault() {
    let run = run(&[(
        "main.tf",
        r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}
resource "aws_s3_bucket" "r" { provider = aws.replica }
"#,
    )])
    .clean();
    assert_eq!(
        run.region("aws_s3_bucket.r"),
        "? provider aws.replica is given by whoever calls the module"
    );
}

/// OpenTofu: a block with `for_each`, chosen from by key.
#[test]
fn repeated_configurations_are_chosen_by_key() {
    let run = run(&[
        (
            "main.tf",
            r#"
variable "regions" { default = { paris = "eu-west-3", milan = "eu-south-1" } }
variable "unset" {}
provider "aws" {
  alias    = "by"
  for_each = var.regions
  region   = each.value
}
provider "aws" {
  alias    = "open"
  for_each = toset(var.unset)
  region   = each.key
}
resource "aws_s3_bucket" "each" {
  for_each = var.regions
  provider = aws.by[each.key]
}
resource "aws_s3_bucket" "missing" { provider = aws.by["lyon"] }
resource "aws_s3_bucket" "none" { provider = aws.by }
resource "aws_s3_bucket" "unknown" { provider = aws.by[var.unset] }
resource "aws_s3_bucket" "open" { provider = aws.open["eu-west-1"] }
module "m" {
  source    = "./m"
  for_each  = var.regions
  providers = { aws = aws.by[each.key] }
}
"#,
        ),
        (
            "m/main.tf",
            "resource \"aws_s3_bucket\" \"b\" {}\ndata \"aws_region\" \"r\" {}\nresource \"aws_s3_bucket\" \"c\" { bucket = data.aws_region.r.name }\n",
        ),
    ]);
    assert_eq!(
        run.problems(),
        [
            "18: provider aws.by has no instance [\"lyon\"]",
            "19: provider aws.by has several instances, and none is chosen",
        ]
    );
    for (address, region) in [
        ("aws_s3_bucket.each[\"milan\"]", "eu-south-1"),
        ("aws_s3_bucket.each[\"paris\"]", "eu-west-3"),
        (
            "aws_s3_bucket.missing",
            "? provider aws.by has no instance [\"lyon\"]",
        ),
        (
            "aws_s3_bucket.none",
            "? which instance of provider aws.by it uses is not said",
        ),
        (
            "aws_s3_bucket.unknown",
            "? which instance of provider aws.by it uses is not known",
        ),
        ("aws_s3_bucket.open", "eu-west-1"),
        ("module.m[\"milan\"].aws_s3_bucket.b", "eu-south-1"),
        ("module.m[\"paris\"].aws_s3_bucket.b", "eu-west-3"),
    ] {
        assert_eq!(run.region(address), region, "{address}");
    }
    let root = &run.0.roots[0];
    let bucket = root
        .resources
        .iter()
        .find(|r| &*r.address == "module.m[\"paris\"].aws_s3_bucket.c");
    let name = bucket
        .and_then(|r| r.attributes.entry("bucket"))
        .and_then(|v| v.as_str());
    assert_eq!(name, Some("eu-west-3"));
}
