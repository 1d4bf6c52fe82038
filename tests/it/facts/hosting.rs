//! Who runs a resource, as `inspect --format json` tells it: companies by their arguments, backends, attestations.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou};

/// Runs a command on files in a folder of their own.
fn run_on(command: &str, files: &[(&str, &str)], as_of: &str) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let path = folder.path().to_str().expect("UTF-8");
    gardefou(&[command, path, "--as-of", as_of, "--format", "json"])
}

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}", run.stderr))
}

/// What `inspect` says of Terraform code, and of a configuration beside it.
fn inspect_on(code: &str, config: &str, as_of: &str) -> Value {
    document(&run_on(
        "inspect",
        &[("main.tf", code), ("gardefou.toml", config)],
        as_of,
    ))
}

fn inspect(code: &str) -> Value {
    inspect_on(code, "", AS_OF)
}

/// The facts of a resource or of a backend.
fn facts_of<'d>(document: &'d Value, address: &str) -> &'d Value {
    let root = &document["roots"][0];
    let resources = root["resources"].as_array().into_iter().flatten();
    let found = resources
        .chain([&root["backend"], &root["cloud"]])
        .find(|resource| resource["address"] == address);
    &found.unwrap_or_else(|| panic!("no {address}: {document:#}"))["facts"]
}

/// `offering, certainty`; `company, certainty` where none of its offerings is meant; `? reason` where it is open.
fn who(document: &Value, address: &str) -> String {
    let hosting = &facts_of(document, address)["hosting"];
    if let Some(reason) = hosting["$unknown"].as_str() {
        return format!("? {reason}");
    }
    let text = |key: &str| hosting[key].as_str().map(str::to_owned);
    let who = text("offering").or(text("provider"));
    format!(
        "{}, {}",
        who.expect("a company"),
        text("certainty").expect("a certainty")
    )
}

fn assert_who(code: &str, address: &str, expected: &str) {
    let document = inspect(code);
    assert_eq!(who(&document, address), expected, "{code}");
}

fn assert_open(code: &str, address: &str, reason: &str) {
    let found = who(&inspect(code), address);
    assert!(
        found.starts_with("? ") && found.contains(reason),
        "{found}\n{code}"
    );
}

const SOURCES: &str = r#"terraform {
  required_providers {
    cloudavenue  = { source = "orange-cloudavenue/cloudavenue" }
    cloudtemple  = { source = "Cloud-Temple/cloudtemple" }
    keycloak     = { source = "keycloak/keycloak" }
    numspot      = { source = "numspot/numspot" }
    openstack    = { source = "terraform-provider-openstack/openstack" }
    outscale     = { source = "outscale/outscale" }
    ovh          = { source = "ovh/ovh" }
    vcd          = { source = "vmware/vcd" }
  }
}
"#;

fn with_sources(code: &str) -> String {
    format!("{SOURCES}{code}")
}

#[test]
fn the_universe_tells_s3ns_from_google() {
    let bucket = |provider: &str, location: &str| {
        format!(
            "provider \"google\" {{\n{provider}}}\nresource \"google_storage_bucket\" \"b\" {{\n  name = \"b\"\n  location = \"{location}\"\n}}\n"
        )
    };
    for (provider, location, expected) in [
        (
            "  universe_domain = \"s3nsapis.fr\"\n",
            "u-france-east1",
            "s3ns/premi3ns, certain",
        ),
        (
            "  universe_domain = \"googleapis.com\"\n",
            "europe-west9",
            "google/public, certain",
        ),
        (
            "  region = \"europe-west9\"\n",
            "europe-west9",
            "google/public, certain",
        ),
        (
            "  project = \"s3ns:chu\"\n",
            "u-france-east1",
            "s3ns/premi3ns, probable",
        ),
    ] {
        assert_who(
            &bucket(provider, location),
            "google_storage_bucket.b",
            expected,
        );
    }
    assert_open(
        &bucket(
            "  universe_domain = \"apis-berlin-build0.goog\"\n",
            "u-germany-northeast1",
        ),
        "google_storage_bucket.b",
        "who answers at apis-berlin-build0.goog",
    );
    assert_open(
        &format!(
            "variable \"universe\" {{}}\n{}",
            bucket("  universe_domain = var.universe\n", "u-france-east1")
        ),
        "google_storage_bucket.b",
        "`universe_domain` is not known",
    );
}

#[test]
fn metadata_host_and_environment_tell_the_national_clouds_of_azure() {
    let account = |provider: &str, location: &str| {
        format!(
            "provider \"azurerm\" {{\n  features {{}}\n{provider}}}\nresource \"azurerm_storage_account\" \"a\" {{\n  name = \"a\"\n  location = \"{location}\"\n}}\n"
        )
    };
    for (provider, location, expected) in [
        (
            "  metadata_host = \"management.sovcloud-api.fr\"\n",
            "bleufrancecentral",
            "bleu/cloud-de-confiance, certain",
        ),
        (
            "",
            "Bleu France Central",
            "bleu/cloud-de-confiance, probable",
        ),
        (
            "  environment = \"china\"\n",
            "chinaeast2",
            "azure/china, certain",
        ),
        (
            "  environment = \"usgovernment\"\n",
            "usgovvirginia",
            "azure/us-government, certain",
        ),
        (
            "  environment = \"german\"\n",
            "germanycentral",
            "azure/germany, certain",
        ),
        (
            "  environment = \"public\"\n",
            "francecentral",
            "azure/public, certain",
        ),
        ("", "West Europe", "azure/public, certain"),
        ("", "US Gov Virginia", "azure/us-government, certain"),
    ] {
        assert_who(
            &account(provider, location),
            "azurerm_storage_account.a",
            expected,
        );
    }
    for (provider, reason) in [
        (
            "  metadata_host = \"management.local.azurestack.chu.fr\"\n",
            "who answers at management.local.azurestack.chu.fr",
        ),
        // The end of a name is not the end of a text.
        (
            "  metadata_host = \"evilsovcloud-api.fr\"\n",
            "who answers at evilsovcloud-api.fr",
        ),
        (
            "  metadata_host = \"management.sovcloud-api.fr.evil.example\"\n",
            "who answers at management.sovcloud-api.fr.evil.example",
        ),
        (
            "  environment = \"stack\"\n",
            "`environment` = \"stack\" is no value",
        ),
    ] {
        assert_open(
            &account(provider, "bleufrancecentral"),
            "azurerm_storage_account.a",
            reason,
        );
    }
    let document = inspect(&account("  environment = \"china\"\n", "chinaeast2"));
    let hosting = &facts_of(&document, "azurerm_storage_account.a")["hosting"];
    assert_eq!(hosting["headquarters"], "CN", "{hosting:#}");
    assert_eq!(hosting["hds"], "no", "{hosting:#}");
}

#[test]
fn the_endpoint_of_ovh_tells_the_company() {
    for (endpoint, expected, exposure, headquarters) in [
        (
            "ovh-eu",
            "ovhcloud/public-cloud, certain",
            "elsewhere",
            "FR",
        ),
        ("ovh-us", "ovhcloud/us, certain", "exposed", "US"),
        ("ovh-ca", "ovhcloud/canada, certain", "exposed", "CA"),
        (
            "soyoustart-eu",
            "ovhcloud/other, certain",
            "elsewhere",
            "FR",
        ),
    ] {
        let code = with_sources(&format!(
            "provider \"ovh\" {{\n  endpoint = \"{endpoint}\"\n}}\nresource \"ovh_cloud_project_kube\" \"k\" {{\n  service_name = \"x\"\n  region = \"GRA9\"\n}}\n"
        ));
        let document = inspect(&code);
        assert_eq!(who(&document, "ovh_cloud_project_kube.k"), expected);
        let hosting = &facts_of(&document, "ovh_cloud_project_kube.k")["hosting"];
        assert_eq!(hosting["exposure"], exposure, "{endpoint}");
        assert_eq!(hosting["headquarters"], headquarters, "{endpoint}");
    }
    assert_open(
        &with_sources(
            "provider \"ovh\" {\n  endpoint = \"ovh-mars\"\n}\nresource \"ovh_cloud_project_kube\" \"k\" {}\n",
        ),
        "ovh_cloud_project_kube.k",
        "`endpoint` = \"ovh-mars\" is no value",
    );
}

#[test]
fn endpoints_of_aws_tell_whose_client_it_is() {
    for (host, expected) in [
        (
            "https://oos.cloudgouv-eu-west-1.outscale.com",
            "outscale/iaas-cloud-on-demand, certain",
        ),
        (
            "https://oos.eu-west-2.outscale.com",
            "outscale/public-regions, certain",
        ),
        (
            "https://s3.gra.io.cloud.ovh.net/",
            "ovhcloud/public-cloud, certain",
        ),
        (
            "https://s3.sbg.perf.cloud.ovh.net",
            "ovhcloud/public-cloud, certain",
        ),
        (
            "https://s3.eu-west-rbx-snc.cloud.snc.ovh.net",
            "ovhcloud/snc-cloud-platform, probable",
        ),
        ("s3.fr-par.scw.cloud", "scaleway/public, certain"),
        (
            "https://chu.s3.fr1.cloud-temple.com",
            "cloud-temple/iaas-secure-temple, probable",
        ),
        (
            "https://objectstorage.cloudgouv-eu-west-1.numspot.com",
            "numspot/plateforme-services-cloud, probable",
        ),
        (
            "https://s3.pub1.infomaniak.cloud",
            "infomaniak/all, certain",
        ),
        (
            "https://obs.eu-de.otc.t-systems.com",
            "opentelekomcloud/all, certain",
        ),
        (
            "https://fsn1.your-objectstorage.com",
            "hetzner/all, certain",
        ),
        (
            "https://x.r2.cloudflarestorage.com",
            "cloudflare/all, certain",
        ),
        ("https://s3.eu-west-3.amazonaws.com", "aws/public, certain"),
    ] {
        assert_who(
            &format!(
                "provider \"aws\" {{\n  endpoints {{ s3 = \"{host}\" }}\n}}\nresource \"aws_s3_bucket\" \"b\" {{}}\n"
            ),
            "aws_s3_bucket.b",
            expected,
        );
    }
    for (host, reason) in [
        ("http://minio:9000", "who answers at minio"),
        ("minio.chu.local:9000", "who answers at minio.chu.local"),
        ("http://localhost:4566", "who answers at localhost"),
        (
            "https://oos.cloudgouv-eu-west-1.outscale.com.evil.example",
            "who answers at oos.cloudgouv-eu-west-1.outscale.com.evil.example",
        ),
        (
            "https://s3.amazonaws.com@evil.example/",
            "who answers at evil.example",
        ),
        (
            "https://s3.cloudavenue.orange-business.com",
            "only an attestation can tell",
        ),
    ] {
        assert_open(
            &format!(
                "provider \"aws\" {{\n  endpoints {{ s3 = \"{host}\" }}\n}}\nresource \"aws_s3_bucket\" \"b\" {{}}\n"
            ),
            "aws_s3_bucket.b",
            reason,
        );
    }
}

#[test]
fn the_endpoint_of_one_service_says_nothing_of_the_others() {
    let code = r#"
provider "aws" {
  region = "eu-west-3"
  endpoints { s3 = "https://s3.fr-par.scw.cloud" }
}
resource "aws_s3_bucket" "b" {}
resource "aws_instance" "i" {}
resource "aws_db_instance" "d" {}
provider "aws" {
  alias  = "osc"
  region = "cloudgouv-eu-west-1"
  endpoints {
    ec2 = "https://fcu.cloudgouv-eu-west-1.outscale.com"
    elb = "https://lbu.cloudgouv-eu-west-1.outscale.com"
  }
}
resource "aws_ebs_volume" "v" { provider = aws.osc }
resource "aws_elb" "l" { provider = aws.osc }
"#;
    let document = inspect(code);
    for (address, expected) in [
        ("aws_s3_bucket.b", "scaleway/public, certain"),
        ("aws_instance.i", "aws/public, certain"),
        ("aws_db_instance.d", "aws/public, certain"),
        ("aws_ebs_volume.v", "outscale/iaas-cloud-on-demand, certain"),
        ("aws_elb.l", "outscale/iaas-cloud-on-demand, certain"),
    ] {
        assert_eq!(who(&document, address), expected, "{address}");
    }
}

#[test]
fn partitions_of_aws_are_offerings_of_their_own() {
    for (arguments, expected, headquarters) in [
        ("region = \"cn-north-1\"", "aws/china, certain", "CN"),
        (
            "region = \"us-gov-west-1\"\n  use_fips_endpoint = true",
            "aws/us-government, certain",
            "US",
        ),
        (
            "region = \"eusc-de-east-1\"",
            "aws/european-sovereign-cloud, certain",
            "US",
        ),
        // Where tokens come from moves nothing.
        (
            "region = \"eu-west-3\"\n  sts_region = \"us-gov-west-1\"",
            "aws/public, certain",
            "US",
        ),
    ] {
        let document = inspect(&format!(
            "provider \"aws\" {{\n  {arguments}\n}}\nresource \"aws_s3_bucket\" \"b\" {{}}\n"
        ));
        assert_eq!(who(&document, "aws_s3_bucket.b"), expected);
        let hosting = &facts_of(&document, "aws_s3_bucket.b")["hosting"];
        assert_eq!(hosting["headquarters"], headquarters);
        assert_eq!(hosting["exposure"], "exposed");
    }
}

#[test]
fn auth_url_tells_which_openstack_it_is() {
    for (url, expected) in [
        (
            "https://auth.cloud.ovh.net/v3",
            "ovhcloud/public-cloud, certain",
        ),
        ("https://auth.cloud.ovh.us/v3", "ovhcloud/us, certain"),
        (
            "https://auth.eu-west-rbx-snc.cloud.snc.ovh.net/v3",
            "ovhcloud/snc-cloud-platform, probable",
        ),
        (
            "https://api.pub1.infomaniak.cloud/identity",
            "infomaniak/all, certain",
        ),
        (
            "https://iam.eu-de.otc.t-systems.com/v3",
            "opentelekomcloud/all, certain",
        ),
        (
            "https://identity.prod-cloud-ocb.orange-business.com/v3",
            "orange-business/flexible-engine, certain",
        ),
    ] {
        assert_who(
            &with_sources(&format!(
                "provider \"openstack\" {{\n  auth_url = \"{url}\"\n}}\nresource \"openstack_compute_instance_v2\" \"i\" {{}}\n"
            )),
            "openstack_compute_instance_v2.i",
            expected,
        );
    }
    for (argument, reason) in [
        (
            "auth_url = \"https://keystone.chu.fr:5000/v3\"",
            "who answers at keystone.chu.fr",
        ),
        // Hosts of clouds that the registry does not have.
        (
            "auth_url = \"https://identity.api.ams.fuga.cloud:443/v3\"",
            "who answers at identity.api.ams.fuga.cloud",
        ),
        (
            "auth_url = \"https://fra1.citycloud.com:5000\"",
            "who answers at fra1.citycloud.com",
        ),
        ("cloud = \"prod\"", "the file behind `cloud`"),
        ("", "comes from the environment (OS_AUTH_URL)"),
    ] {
        assert_open(
            &with_sources(&format!(
                "provider \"openstack\" {{\n  {argument}\n}}\nresource \"openstack_compute_instance_v2\" \"i\" {{}}\n"
            )),
            "openstack_compute_instance_v2.i",
            reason,
        );
    }
}

#[test]
fn consoles_of_virtualisation_leave_the_offering_to_an_attestation() {
    assert_open(
        "provider \"vsphere\" {\n  vsphere_server = \"pcc-192-0-2-1.ovh.com\"\n}\nresource \"vsphere_virtual_machine\" \"v\" {}\n",
        "vsphere_virtual_machine.v",
        "(ovhcloud/hosted-private-cloud-vmware), but only an attestation can tell",
    );
    assert_open(
        "provider \"vsphere\" {\n  vsphere_server = \"vcenter.chu.fr\"\n}\nresource \"vsphere_virtual_machine\" \"v\" {}\n",
        "vsphere_virtual_machine.v",
        "who answers at vcenter.chu.fr",
    );
    assert_open(
        "provider \"vsphere\" {}\nresource \"vsphere_virtual_machine\" \"v\" {}\n",
        "vsphere_virtual_machine.v",
        "comes from the environment (VSPHERE_SERVER)",
    );
    assert_who(
        &with_sources(
            "provider \"vcd\" {\n  url = \"https://console4.cloudavenue.orange-business.com/api\"\n}\nresource \"vcd_vm\" \"v\" {}\n",
        ),
        "vcd_vm.v",
        "orange-business/cloud-avenue, probable",
    );
    assert_open(
        &with_sources("provider \"cloudavenue\" {}\nresource \"cloudavenue_vm\" \"v\" {}\n"),
        "cloudavenue_vm.v",
        "only an attestation can tell",
    );
    assert_who(
        &with_sources(
            "provider \"cloudtemple\" {}\nresource \"cloudtemple_compute_virtual_machine\" \"v\" {}\n",
        ),
        "cloudtemple_compute_virtual_machine.v",
        "cloud-temple/iaas-secure-temple, probable",
    );
}

#[test]
fn what_one_runs_oneself_is_nobodys_by_name() {
    for (code, address, host) in [
        (
            "provider \"gitlab\" {\n  base_url = \"https://gitlab.chu.fr/api/v4\"\n}\nresource \"gitlab_project\" \"x\" {}\n",
            "gitlab_project.x",
            "gitlab.chu.fr",
        ),
        (
            "provider \"github\" {\n  base_url = \"https://github.chu.fr/\"\n}\nresource \"github_repository\" \"x\" {}\n",
            "github_repository.x",
            "github.chu.fr",
        ),
        (
            "provider \"vault\" {\n  address = \"https://vault.chu.fr:8200\"\n}\nresource \"vault_mount\" \"x\" {}\n",
            "vault_mount.x",
            "vault.chu.fr",
        ),
        (
            "provider \"keycloak\" {\n  url = \"https://sso.chu.fr\"\n}\nresource \"keycloak_realm\" \"x\" {}\n",
            "keycloak_realm.x",
            "sso.chu.fr",
        ),
        (
            "provider \"kubernetes\" {\n  host = \"https://10.0.0.1:6443\"\n}\nresource \"kubernetes_persistent_volume_claim_v1\" \"x\" {}\n",
            "kubernetes_persistent_volume_claim_v1.x",
            "10.0.0.1",
        ),
    ] {
        assert_open(
            &with_sources(code),
            address,
            &format!("who answers at {host}"),
        );
    }
    for (code, address, expected) in [
        (
            "provider \"gitlab\" {}\nresource \"gitlab_project\" \"x\" {}\n",
            "gitlab_project.x",
            "gitlab-saas/all, certain",
        ),
        (
            "provider \"github\" {\n  base_url = \"https://api.github.com/\"\n}\nresource \"github_repository\" \"x\" {}\n",
            "github_repository.x",
            "github/all, certain",
        ),
        (
            "provider \"vault\" {\n  address = \"https://x.vault.hashicorp.cloud:8200\"\n}\nresource \"vault_mount\" \"x\" {}\n",
            "vault_mount.x",
            "hcp/all, probable",
        ),
    ] {
        assert_who(&with_sources(code), address, expected);
    }
}

#[test]
fn a_cluster_of_the_scan_answers_for_what_runs_on_it() {
    let code = r#"
provider "aws" { region = "eu-west-3" }
resource "aws_eks_cluster" "c" { name = "prod" }
provider "kubernetes" { host = aws_eks_cluster.c.endpoint }
resource "kubernetes_persistent_volume_claim_v1" "s" {}
provider "vault" { address = "https://${aws_instance.vault.private_ip}:8200" }
resource "aws_instance" "vault" {}
resource "vault_mount" "m" {}
provider "helm" {
  kubernetes {
    config_path = "~/.kube/config"
  }
}
resource "helm_release" "r" { name = "x" }
"#;
    let document = inspect(code);
    assert_eq!(
        who(&document, "kubernetes_persistent_volume_claim_v1.s"),
        "aws/public, certain"
    );
    assert_eq!(who(&document, "vault_mount.m"), "aws/public, probable");
    assert!(
        who(&document, "helm_release.r").contains("the file behind `kubernetes.config_path`"),
        "{}",
        who(&document, "helm_release.r")
    );
}

#[test]
fn two_services_that_name_each_other_are_open() {
    let code = r#"
provider "vault" { address = "https://${kubernetes_service_v1.v.id}:8200" }
resource "vault_mount" "m" {}
provider "kubernetes" { host = vault_mount.m.path }
resource "kubernetes_service_v1" "v" {}
"#;
    let document = inspect(code);
    assert!(who(&document, "vault_mount.m").starts_with("? "));
}

/// Reviewed by hand: `tests/it/facts/offerings.toml`.
#[test]
fn every_offering_stands_as_the_registry_says_on_the_days_around_its_visa() {
    let table = include_str!("offerings.toml");
    let table: BTreeMap<String, Vec<String>> = toml::from_str(table).expect("a table");
    let mut days: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (offering, lines) in &table {
        for line in lines {
            let (day, standing) = line.split_once(' ').expect("a day and a standing");
            days.entry(day).or_default().push((offering, standing));
        }
    }
    let mut wrong = Vec::new();
    for (day, expected) in days {
        let run = gardefou(&["catalog", "offerings", "--format", "json", "--as-of", day]);
        let document = document(&run);
        let all = document["offerings"].as_array().expect("offerings");
        assert_eq!(all.len(), table.len(), "an offering without a line");
        for (offering, standing) in expected {
            let found = all.iter().find(|one| one["id"] == offering);
            let found = found.map(|one| &one["visa"]["standing"]);
            if found.and_then(Value::as_str) != Some(standing) {
                wrong.push(format!("{offering} on {day}: {found:?}, not {standing}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const PCC: &str = r#"provider "vsphere" {
  vsphere_server = "pcc-192-0-2-1.ovh.com"
}
resource "vsphere_virtual_machine" "v" {}
"#;

fn attestation(offering: &str, covers: &str, until: &str, more: &str) -> String {
    format!(
        "[[attestation]]\noffering = \"{offering}\"\ncovers = [{covers}]\nreference = \"contract 2026-114\"\nby = \"RSSI\"\nuntil = {until}\n{more}"
    )
}

const VMWARE: &str = "ovhcloud/hosted-private-cloud-vmware";

#[test]
fn an_attestation_tells_what_code_leaves_open() {
    let config = attestation(VMWARE, "\"vsphere_*\"", "2027-01-31", "region = \"gra2\"\n");
    let document = inspect_on(PCC, &config, AS_OF);
    let address = "vsphere_virtual_machine.v";
    assert_eq!(who(&document, address), format!("{VMWARE}, attest"));
    let facts = facts_of(&document, address);
    assert_eq!(facts["hosting"]["visa"], "in-force");
    // Gravelines is a site of the visa.
    assert_eq!(facts["hosting"]["scope"], "inside");
    assert_eq!(facts["location"]["region"], "GRA");
    assert_eq!(facts["location"]["certainty"], "attest");
    let evidence = facts["hosting"]["evidence"].as_array().expect("evidence");
    let stated = evidence
        .iter()
        .find(|piece| piece["path"] == "gardefou.toml")
        .unwrap_or_else(|| panic!("{evidence:#?}"));
    assert_eq!(
        stated["label"],
        "attested by RSSI until 2027-01-31: contract 2026-114"
    );
}

#[test]
fn an_attestation_ends_on_its_day_and_never_outlives_the_visa() {
    let address = "vsphere_virtual_machine.v";
    let until = attestation(VMWARE, "\"vsphere_*\"", "2026-12-01", "");
    let last = inspect_on(PCC, &until, "2026-12-01");
    assert_eq!(who(&last, address), format!("{VMWARE}, attest"));
    let after = inspect_on(PCC, &until, "2026-12-02");
    let reason = who(&after, address);
    assert!(
        reason.starts_with("? ")
            && reason.ends_with(
                "the attestation of ovhcloud/hosted-private-cloud-vmware ended on 2026-12-01"
            ),
        "{reason}"
    );
    let long = attestation(VMWARE, "\"vsphere_*\"", "2030-01-01", "");
    let lapsed = inspect_on(PCC, &long, "2026-12-30");
    assert_eq!(facts_of(&lapsed, address)["hosting"]["visa"], "lapsed");
}

#[test]
fn an_attestation_covers_what_it_names_and_nothing_else() {
    let code = "provider \"vsphere\" {\n  vsphere_server = \"vcenter.chu.fr\"\n}\nresource \"vsphere_virtual_machine\" \"a\" {}\nresource \"vsphere_virtual_machine\" \"b\" {}\n";
    for covers in ["\"vsphere_virtual_machine.a\"", "\"*.a\""] {
        let config = attestation("cegedim/cegnumcloud-secured-iaas", covers, "2027-01-31", "");
        let document = inspect_on(code, &config, AS_OF);
        assert_eq!(
            who(&document, "vsphere_virtual_machine.a"),
            "cegedim/cegnumcloud-secured-iaas, attest"
        );
        assert!(who(&document, "vsphere_virtual_machine.b").starts_with("? "));
    }
    for covers in ["\"main.tf\"", "\"vsphere_*\""] {
        let config = attestation(
            "worldline/cloud-services-secured-iaas",
            covers,
            "2027-01-31",
            "",
        );
        let document = inspect_on(code, &config, AS_OF);
        assert_eq!(
            who(&document, "vsphere_virtual_machine.b"),
            "worldline/cloud-services-secured-iaas, attest"
        );
    }
}

#[test]
fn an_attestation_against_the_code_is_not_believed() {
    let code = "provider \"aws\" {\n  region = \"eu-west-3\"\n}\nresource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_sqs_queue\" \"q\" {}\n";
    let config = attestation(
        "outscale/iaas-cloud-on-demand",
        "\"aws_*\"",
        "2027-01-31",
        "",
    );
    let document = inspect_on(code, &config, AS_OF);
    assert_eq!(who(&document, "aws_s3_bucket.b"), "aws/public, certain");
    let problems = document["problems"].as_array().expect("problems");
    let said = problems
        .iter()
        .filter_map(|problem| problem["message"].as_str())
        .find(|message| message.contains("is not believed"));
    assert_eq!(
        said,
        Some(
            "the attestation of outscale/iaas-cloud-on-demand is not believed for aws_s3_bucket.b and 1 other: the code shows aws/public"
        )
    );
}

#[test]
fn the_place_that_a_visa_does_not_cover_is_the_first_evidence() {
    let code = "terraform {\n  required_providers {\n    openstack = { source = \"terraform-provider-openstack/openstack\" }\n  }\n}\nprovider \"openstack\" {\n  auth_url = \"https://auth.cloud.snc.ovh.net/v3\"\n}\nresource \"openstack_blockstorage_volume_v3\" \"v\" {\n  size   = 1\n  region = \"REGION\"\n}\n";
    let labels = |region: &str| {
        let document = inspect_on(&code.replace("REGION", region), "", AS_OF);
        let hosting = &facts_of(&document, "openstack_blockstorage_volume_v3.v")["hosting"];
        let evidence = hosting["evidence"].as_array().expect("evidence");
        evidence
            .iter()
            .map(|piece| piece["label"].as_str().expect("a label").to_owned())
            .collect::<Vec<_>>()
    };
    let only = "the visa covers eu-west-rbx-snc, eu-west-gra-snc, eu-west-sbg-snc only".to_owned();
    let outside = labels("GRA11");
    assert_eq!(outside[0], "`region` of the resource");
    assert!(outside.contains(&only), "{outside:#?}");
    let inside = labels("eu-west-gra-snc");
    assert_ne!(inside[0], "`region` of the resource");
    assert!(!inside.contains(&only), "{inside:#?}");
}

#[test]
fn an_attestation_confirms_what_the_code_makes_probable_and_leaves_what_it_shows() {
    let code = "terraform {\n  required_providers {\n    cloudtemple = { source = \"Cloud-Temple/cloudtemple\" }\n  }\n}\nresource \"cloudtemple_object_storage_bucket\" \"b\" {\n  name = \"b\"\n}\n";
    let offering = "cloud-temple/iaas-secure-temple";
    let bucket = "cloudtemple_object_storage_bucket.b";
    assert_eq!(who(&inspect(code), bucket), format!("{offering}, probable"));
    let config = attestation(offering, "\"cloudtemple_*\"", "2027-01-31", "");
    let attested = inspect_on(code, &config, AS_OF);
    assert_eq!(who(&attested, bucket), format!("{offering}, attest"));
    let code = "provider \"google\" {\n  universe_domain = \"s3nsapis.fr\"\n}\nresource \"google_storage_bucket\" \"b\" {\n  location = \"u-france-east1\"\n}\n";
    let config = attestation("s3ns/premi3ns", "\"google_*\"", "2027-01-31", "");
    let shown = inspect_on(code, &config, AS_OF);
    assert_eq!(
        who(&shown, "google_storage_bucket.b"),
        "s3ns/premi3ns, certain"
    );
}

#[test]
fn an_attestation_can_name_the_universe_of_a_key_file() {
    let code = "provider \"google\" {}\nresource \"google_storage_bucket\" \"b\" {\n  location = \"LOCATION\"\n}\n";
    let config = attestation("s3ns/premi3ns", "\"google_*\"", "2027-01-31", "");
    let here = inspect_on(&code.replace("LOCATION", "u-france-east1"), &config, AS_OF);
    assert!(who(&here, "google_storage_bucket.b").starts_with("s3ns/premi3ns, "));
    // A region of Google is none of S3NS.
    let there = inspect_on(&code.replace("LOCATION", "europe-west9"), &config, AS_OF);
    assert_eq!(
        who(&there, "google_storage_bucket.b"),
        "google/public, certain"
    );
}

#[test]
fn state_backends_have_an_operator_and_a_place() {
    for (block, address, expected, region) in [
        (
            "backend \"s3\" {\n    bucket = \"x\"\n    key = \"x\"\n    region = \"eu-west-3\"\n  }",
            "terraform.backend.s3",
            "aws/public, certain",
            Some("eu-west-3"),
        ),
        (
            "backend \"s3\" {\n    bucket = \"x\"\n    key = \"x\"\n    region = \"fr-par\"\n    endpoints = { s3 = \"https://s3.fr-par.scw.cloud\" }\n  }",
            "terraform.backend.s3",
            "scaleway/public, certain",
            Some("fr-par"),
        ),
        (
            "backend \"s3\" {\n    bucket = \"x\"\n    key = \"x\"\n    region = \"gra\"\n    endpoint = \"https://s3.gra.io.cloud.ovh.net/\"\n  }",
            "terraform.backend.s3",
            "ovhcloud/public-cloud, certain",
            Some("GRA"),
        ),
        (
            "backend \"azurerm\" {\n    storage_account_name = \"x\"\n    container_name = \"x\"\n    key = \"x\"\n  }",
            "terraform.backend.azurerm",
            "azure/public, certain",
            None,
        ),
        (
            "backend \"azurerm\" {\n    container_name = \"x\"\n    key = \"x\"\n    environment = \"china\"\n  }",
            "terraform.backend.azurerm",
            "azure/china, certain",
            None,
        ),
        (
            "backend \"gcs\" {\n    bucket = \"x\"\n  }",
            "terraform.backend.gcs",
            "google/public, certain",
            None,
        ),
        (
            "backend \"oss\" {\n    bucket = \"x\"\n    region = \"eu-central-1\"\n  }",
            "terraform.backend.oss",
            "alibaba/all, certain",
            Some("eu-central-1"),
        ),
        (
            "backend \"cos\" {\n    bucket = \"x\"\n    region = \"eu-frankfurt\"\n  }",
            "terraform.backend.cos",
            "tencent/all, certain",
            Some("eu-frankfurt"),
        ),
        (
            "backend \"remote\" {\n    organization = \"chu\"\n  }",
            "terraform.backend.remote",
            "hcp/all, certain",
            None,
        ),
        (
            "cloud {\n    organization = \"chu\"\n    hostname = \"app.eu.terraform.io\"\n  }",
            "terraform.cloud",
            "hcp/all, certain",
            None,
        ),
        (
            "backend \"http\" {\n    address = \"https://gitlab.com/api/v4/projects/1/terraform/state/x\"\n  }",
            "terraform.backend.http",
            "gitlab-saas/all, probable",
            None,
        ),
        (
            "backend \"pg\" {\n    conn_str = \"postgres://u@db.x.eu-west-3.rds.amazonaws.com/state\"\n  }",
            "terraform.backend.pg",
            "aws, probable",
            None,
        ),
    ] {
        let document = inspect(&format!("terraform {{\n  {block}\n}}\n"));
        assert_eq!(who(&document, address), expected, "{block}");
        let location = &facts_of(&document, address)["location"];
        assert_eq!(location["region"].as_str(), region, "{block}");
    }
    for (block, address, reason) in [
        (
            "backend \"s3\" {}",
            "terraform.backend.s3",
            "comes from -backend-config",
        ),
        (
            "backend \"s3\" {\n    bucket = \"x\"\n    key = \"x\"\n    endpoints = { s3 = \"https://minio.chu.fr\" }\n  }",
            "terraform.backend.s3",
            "who answers at minio.chu.fr",
        ),
        (
            "backend \"azurerm\" {}",
            "terraform.backend.azurerm",
            "comes from -backend-config",
        ),
        (
            "backend \"http\" {\n    address = \"https://gitlab.chu.fr/api/v4/projects/1/terraform/state/x\"\n  }",
            "terraform.backend.http",
            "who answers at gitlab.chu.fr",
        ),
        ("backend \"pg\" {}", "terraform.backend.pg", "(PG_CONN_STR)"),
        (
            "backend \"consul\" {\n    address = \"consul.chu.fr:8500\"\n    path = \"x\"\n  }",
            "terraform.backend.consul",
            "who answers at consul.chu.fr",
        ),
        (
            "backend \"kubernetes\" {\n    secret_suffix = \"x\"\n    config_path = \"~/.kube/config\"\n  }",
            "terraform.backend.kubernetes",
            "the file behind `config_path`",
        ),
        (
            "backend \"local\" {}",
            "terraform.backend.local",
            "a file beside the code",
        ),
        (
            "cloud {\n    hostname = \"tfe.chu.fr\"\n    organization = \"chu\"\n  }",
            "terraform.cloud",
            "who answers at tfe.chu.fr",
        ),
    ] {
        assert_open(&format!("terraform {{\n  {block}\n}}\n"), address, reason);
    }
}
