//! Services of others, as `inspect` shows them: for people, in both languages, and in JSON with their evidence.

use std::fs;

use serde_json::Value;

use crate::support::gardefou_in;

const CODE: &str = r#"
terraform {
  required_providers {
    datadog  = { source = "DataDog/datadog" }
    scaleway = { source = "scaleway/scaleway" }
  }
}

provider "datadog" {
  api_url = "https://api.datadoghq.eu/"
}

variable "tag" {}

resource "scaleway_container" "api" {
  name           = "api"
  registry_image = "ghcr.io/acme/api:${var.tag}"
}

resource "datadog_monitor" "cpu" {
  name = "cpu"
}
"#;

fn inspect(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("main.tf"), CODE).expect("a file");
    let all: Vec<&str> = [&["inspect"], arguments, &["."]].concat();
    let run = gardefou_in(folder.path(), &all, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn people_see_what_flows_and_who_runs_it() {
    let english = inspect(&[]);
    assert!(
        english.contains("uses       images: ghcr.io (github/all)"),
        "{english}"
    );
    // The type is not in the catalogue; whose service it is is known all the same.
    assert!(
        english.contains("uses       logs: api.datadoghq.eu (datadog/all), datadoghq.eu (DE; eu)"),
        "{english}"
    );
    let french = inspect(&["--lang", "fr"]);
    assert!(
        french.contains("emploie    journaux : api.datadoghq.eu (datadog/all)"),
        "{french}"
    );
}

#[test]
fn json_has_the_attribute_and_the_evidence() {
    let document: Value = serde_json::from_str(&inspect(&["--format", "json"])).expect("JSON");
    let resources = document["roots"][0]["resources"]
        .as_array()
        .expect("resources");
    let of = |address: &str| {
        let found = resources.iter().find(|one| one["address"] == address);
        &found.expect("the resource")["facts"]["dependencies"][0]
    };
    let image = of("scaleway_container.api");
    assert_eq!(image["flow"], "images");
    assert_eq!(image["name"], "ghcr.io");
    assert_eq!(image["attribute"], "registry_image");
    assert_eq!(image["target"], Value::Null);
    assert_eq!(image["hosting"]["provider"], "github");
    assert_eq!(image["evidence"][0]["line"], 17);
    let monitor = of("datadog_monitor.cpu");
    assert_eq!(monitor["attribute"], "");
    assert_eq!(monitor["target"], "datadog_monitor.cpu");
    assert_eq!(monitor["hosting"]["exposure"], "exposed");
    assert_eq!(monitor["location"]["countries"][0], "DE");
}
