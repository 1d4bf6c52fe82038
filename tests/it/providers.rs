//! Provider blocks and data sources, through the program.

use std::fs;

use serde_json::Value;

use crate::support::gardefou_in;

#[test]
fn a_region_is_that_of_the_resource_then_that_of_the_provider() {
    let folder = tempfile::tempdir().expect("a folder");
    let code = r#"
provider "aws" { region = "us-east-1" }
data "aws_region" "here" {}
data "aws_partition" "p" {}
resource "aws_s3_bucket" "own" {
  region = "eu-west-3"
  bucket = "b-${data.aws_region.here.name}-${data.aws_partition.p.partition}"
}
resource "aws_s3_bucket" "inherits" {}
resource "aws_cloudfront_distribution" "edge" {}
resource "aws_ssmincidents_replication_set" "r" {
  region { name = "eu-west-1" }
}
"#;
    fs::write(folder.path().join("main.tf"), code).expect("a file");
    let run = gardefou_in(folder.path(), &["inspect", ".", "--format", "json"], &[]);
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let resource = |address: &str| {
        let all = document["roots"][0]["resources"]
            .as_array()
            .expect("a list");
        let found = all.iter().find(|resource| resource["address"] == address);
        found.unwrap_or_else(|| panic!("no {address}")).clone()
    };
    for (address, region) in [
        ("aws_s3_bucket.own", "eu-west-3"),
        ("aws_s3_bucket.inherits", "us-east-1"),
        ("aws_cloudfront_distribution.edge", "global"),
        ("aws_ssmincidents_replication_set.r", "eu-west-1"),
    ] {
        assert_eq!(
            resource(address)["facts"]["location"]["region"],
            region,
            "{address}"
        );
    }
    let name = &resource("aws_s3_bucket.own")["values"]["bucket"];
    assert_eq!(name, "b-us-east-1-aws");
}
