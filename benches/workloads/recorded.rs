//! What Terraform recorded, of any size: keys, buckets and encryption settings of many sites.

use std::fmt::Write as _;

use super::Workload;

/// A plan as `terraform show -json` prints it, half of whose resources are there already, with all that a real plan repeats
/// (before, after, prior state). 15,000 resources make about 50 MB.
pub(crate) fn plan(resources: usize) -> Workload {
    Workload::default().with("tfplan.json", plan_text(resources))
}

/// A state as Terraform keeps it.
pub(crate) fn state(resources: usize) -> Workload {
    Workload::default().with("terraform.tfstate", state_text(resources))
}

fn plan_text(resources: usize) -> String {
    let sites = resources / KINDS.len();
    let mut planned = String::new();
    let mut changes = String::new();
    let mut prior = String::new();
    for site in 0..sites {
        let is_new = site % 2 == 0;
        for kind in KINDS {
            let head = head(kind, site);
            let values = values(kind, site, is_new);
            let unknown = if is_new { unknown(kind) } else { "{}" };
            let before = if is_new { "null" } else { values.as_str() };
            let action = if is_new { "create" } else { "no-op" };
            let _ = write!(
                planned,
                r#"{{{head},"schema_version":0,"values":{values},"sensitive_values":{{"tags":{{}},"tags_all":{{}}}}}},"#
            );
            let _ = write!(
                changes,
                r#"{{{head},"change":{{"actions":["{action}"],"before":{before},"after":{values},"after_unknown":{unknown},"before_sensitive":{{}},"after_sensitive":{{}}}}}},"#
            );
            if !is_new {
                let _ = write!(
                    prior,
                    r#"{{{head},"schema_version":0,"values":{values},"sensitive_values":{{}},"depends_on":["aws_kms_key.site"]}},"#
                );
            }
        }
    }
    let (planned, changes, prior) = (cut(&planned), cut(&changes), cut(&prior));
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","variables":{{"region":{{"value":"eu-west-3"}}}},"planned_values":{{"root_module":{{"resources":[{planned}]}}}},"resource_changes":[{changes}],"prior_state":{{"format_version":"1.0","terraform_version":"1.11.4","values":{{"root_module":{{"resources":[{prior}]}}}}}},"configuration":{CONFIGURATION},"timestamp":"2026-11-20T09:00:00Z","applyable":true,"complete":true,"errored":false}}"#
    )
}

fn state_text(resources: usize) -> String {
    let mut all = String::new();
    for kind in KINDS {
        let mut instances = String::new();
        for site in 0..resources / KINDS.len() {
            let values = values(kind, site, false);
            let _ = write!(
                instances,
                r#"{{"index_key":"site-{site:05}","schema_version":0,"attributes":{values},"sensitive_attributes":[],"private":"bnVsbA==","dependencies":["aws_kms_key.site"]}},"#
            );
        }
        let _ = write!(
            all,
            r#"{{"mode":"managed","type":"{kind}","name":"site","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{}]}},"#,
            cut(&instances)
        );
    }
    format!(
        r#"{{"version":4,"terraform_version":"1.11.4","serial":12,"lineage":"00000000-0000-4000-8000-000000000000","outputs":{{}},"resources":[{}],"check_results":null}}"#,
        cut(&all)
    )
}

/// What each site has.
const KINDS: [&str; 3] = [
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_s3_bucket_server_side_encryption_configuration",
];

const CONFIGURATION: &str = r#"{"provider_config":{"aws":{"name":"aws","full_name":"registry.terraform.io/hashicorp/aws","expressions":{"region":{"references":["var.region"]}}}},"root_module":{"resources":[{"address":"aws_kms_key.site","mode":"managed","type":"aws_kms_key","name":"site","provider_config_key":"aws","expressions":{"description":{"references":["each.key"]},"enable_key_rotation":{"constant_value":true}},"schema_version":0,"for_each_expression":{"references":["local.sites"]}},{"address":"aws_s3_bucket.site","mode":"managed","type":"aws_s3_bucket","name":"site","provider_config_key":"aws","expressions":{"bucket":{"references":["each.key"]},"tags":{"references":["each.key"]}},"schema_version":0,"for_each_expression":{"references":["local.sites"]}},{"address":"aws_s3_bucket_server_side_encryption_configuration.site","mode":"managed","type":"aws_s3_bucket_server_side_encryption_configuration","name":"site","provider_config_key":"aws","expressions":{"bucket":{"references":["aws_s3_bucket.site","each.key"]},"rule":[{"apply_server_side_encryption_by_default":[{"kms_master_key_id":{"references":["aws_kms_key.site","each.key"]},"sse_algorithm":{"constant_value":"aws:kms"}}]}]},"schema_version":0,"for_each_expression":{"references":["local.sites"]}}],"variables":{"region":{}}}}"#;

fn head(kind: &str, site: usize) -> String {
    format!(
        r#""address":"{kind}.site[\"site-{site:05}\"]","mode":"managed","type":"{kind}","name":"site","index":"site-{site:05}","provider_name":"registry.terraform.io/hashicorp/aws""#
    )
}

/// The attributes that a provider records; of a new one, those that are known.
fn values(kind: &str, site: usize, is_new: bool) -> String {
    let tags = format!(
        r#""tags":{{"data-classification":"health","site":"site-{site:05}","owner":"a team of the hospital"}},"tags_all":{{"data-classification":"health","site":"site-{site:05}","owner":"a team of the hospital"}}"#
    );
    let arn = format!("arn:aws:kms:eu-west-3:111122223333:key/00000000-0000-4000-8000-{site:012}");
    let policy = r#"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Administration of the key by the account\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Sid\":\"Use by the service\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":[\"kms:Decrypt\",\"kms:GenerateDataKey\"],\"Resource\":\"*\"}]}"#;
    match (kind, is_new) {
        ("aws_kms_key", true) => format!(
            r#"{{"bypass_policy_lockout_safety_check":false,"custom_key_store_id":null,"customer_master_key_spec":"SYMMETRIC_DEFAULT","deletion_window_in_days":30,"description":"key of site-{site:05}","enable_key_rotation":true,"is_enabled":true,"key_usage":"ENCRYPT_DECRYPT",{tags},"timeouts":null,"xks_key_id":null,"policy":"{policy}"}}"#
        ),
        ("aws_kms_key", false) => format!(
            r#"{{"arn":"{arn}","bypass_policy_lockout_safety_check":false,"custom_key_store_id":null,"customer_master_key_spec":"SYMMETRIC_DEFAULT","deletion_window_in_days":30,"description":"key of site-{site:05}","enable_key_rotation":true,"id":"00000000-0000-4000-8000-{site:012}","is_enabled":true,"key_id":"00000000-0000-4000-8000-{site:012}","key_usage":"ENCRYPT_DECRYPT","multi_region":false,{tags},"rotation_period_in_days":365,"timeouts":null,"xks_key_id":null,"policy":"{policy}"}}"#
        ),
        ("aws_s3_bucket", true) => format!(
            r#"{{"bucket":"data-site-{site:05}","force_destroy":false,{tags},"timeouts":null}}"#
        ),
        ("aws_s3_bucket", false) => format!(
            r#"{{"acceleration_status":"","acl":null,"arn":"arn:aws:s3:::data-site-{site:05}","bucket":"data-site-{site:05}","bucket_domain_name":"data-site-{site:05}.s3.amazonaws.com","bucket_prefix":"","bucket_regional_domain_name":"data-site-{site:05}.s3.eu-west-3.amazonaws.com","cors_rule":[],"force_destroy":false,"grant":[{{"id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","permissions":["FULL_CONTROL"],"type":"CanonicalUser","uri":""}}],"hosted_zone_id":"Z3R1K369G5AVDG","id":"data-site-{site:05}","lifecycle_rule":[],"logging":[],"object_lock_configuration":[],"object_lock_enabled":false,"policy":"{policy}","region":"eu-west-3","replication_configuration":[],"request_payer":"BucketOwner","server_side_encryption_configuration":[{{"rule":[{{"apply_server_side_encryption_by_default":[{{"kms_master_key_id":"{arn}","sse_algorithm":"aws:kms"}}],"bucket_key_enabled":false}}]}}],{tags},"timeouts":null,"versioning":[{{"enabled":true,"mfa_delete":false}}],"website":[],"website_domain":null,"website_endpoint":null}}"#
        ),
        (_, true) => r#"{"expected_bucket_owner":null,"rule":[{"apply_server_side_encryption_by_default":[{"sse_algorithm":"aws:kms"}],"bucket_key_enabled":null}]}"#.to_owned(),
        (_, false) => format!(
            r#"{{"bucket":"data-site-{site:05}","expected_bucket_owner":"","id":"data-site-{site:05}","rule":[{{"apply_server_side_encryption_by_default":[{{"kms_master_key_id":"{arn}","sse_algorithm":"aws:kms"}}],"bucket_key_enabled":null}}]}}"#
        ),
    }
}

/// What of a new resource is known only after apply.
fn unknown(kind: &str) -> &'static str {
    match kind {
        "aws_kms_key" => {
            r#"{"arn":true,"id":true,"key_id":true,"multi_region":true,"rotation_period_in_days":true,"tags":{},"tags_all":{}}"#
        }
        "aws_s3_bucket" => {
            r#"{"acceleration_status":true,"acl":true,"arn":true,"bucket_domain_name":true,"bucket_prefix":true,"bucket_regional_domain_name":true,"cors_rule":true,"grant":true,"hosted_zone_id":true,"id":true,"lifecycle_rule":true,"logging":true,"object_lock_configuration":true,"object_lock_enabled":true,"policy":true,"region":true,"replication_configuration":true,"request_payer":true,"server_side_encryption_configuration":true,"tags":{},"tags_all":{},"versioning":true,"website":true,"website_domain":true,"website_endpoint":true}"#
        }
        _ => {
            r#"{"bucket":true,"id":true,"rule":[{"apply_server_side_encryption_by_default":[{"kms_master_key_id":true}]}]}"#
        }
    }
}

/// Without the last comma.
fn cut(list: &str) -> &str {
    list.strip_suffix(',').unwrap_or(list)
}
