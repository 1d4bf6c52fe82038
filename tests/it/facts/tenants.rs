//! Whose data it is.

use super::levels::{facts_of, inspected};

fn tenants(document: &serde_json::Value, address: &str) -> Vec<String> {
    let all = facts_of(document, address)["tenancy"]["tenants"].as_array();
    let name = |tenant: &serde_json::Value| tenant["name"].as_str().expect("a name").to_owned();
    all.expect("tenants").iter().map(name).collect()
}

#[test]
fn modules_are_called_once_for_each_tenant() {
    let document = inspected(&[
        (
            "main.tf",
            r#"
variable "tenants" { default = { chu-x = {}, chu-y = {} } }
module "space" {
  source   = "./space"
  for_each = var.tenants
}
module "tenant_lille" { source = "./space" }
module "tenant_nord" { source = "./space" }
module "client_portal" { source = "./portal" }
module "said" {
  source = "./space"
  client = "chu-z"
}
module "tagged" {
  source = "./space"
  tags   = { etablissement = "chu-t" }
}
"#,
        ),
        (
            "space/main.tf",
            r#"
variable "client" { default = "" }
variable "tags" { default = {} }
resource "aws_s3_bucket" "b" {}
"#,
        ),
        ("portal/main.tf", "resource \"aws_s3_bucket\" \"b\" {}\n"),
        (
            "tenants/chu-f/main.tf",
            "resource \"aws_s3_bucket\" \"b\" {}\n",
        ),
        (
            "per-client/main.tf",
            "variable \"client\" {\n  default = \"chu-v\"\n}\nresource \"aws_s3_bucket\" \"v\" {}\n",
        ),
    ]);
    for (address, expected) in [
        ("module.space[\"chu-x\"].aws_s3_bucket.b", vec!["chu-x"]),
        ("module.space[\"chu-y\"].aws_s3_bucket.b", vec!["chu-y"]),
        ("module.tenant_lille.aws_s3_bucket.b", vec!["lille"]),
        ("module.client_portal.aws_s3_bucket.b", vec![]),
        ("module.said.aws_s3_bucket.b", vec!["chu-z"]),
        ("module.tagged.aws_s3_bucket.b", vec!["chu-t"]),
        ("aws_s3_bucket.b", vec!["chu-f"]),
        ("aws_s3_bucket.v", vec!["chu-v"]),
    ] {
        assert_eq!(tenants(&document, address), expected, "{address}");
    }
}
