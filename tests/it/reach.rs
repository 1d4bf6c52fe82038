//! Modules that are called and were not given: beside the scanned folder, or where `terraform init` put them.

use std::fs;
use std::path::Path;

use crate::support::gardefou_in;

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A scan as JSON: the exit status and the document.
fn scan(folder: &Path, path: &str) -> (i32, serde_json::Value) {
    let arguments = ["scan", path, "--as-of", "2026-11-21", "--format", "json"];
    let run = gardefou_in(folder, &arguments, &[]);
    let document = serde_json::from_str(&run.stdout).expect("JSON");
    (run.code, document)
}

fn rules(document: &serde_json::Value) -> Vec<&str> {
    let findings = document["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect()
}

fn messages(document: &serde_json::Value) -> String {
    let problems = document["problems"].as_array().expect("problems");
    problems
        .iter()
        .filter_map(|problem| problem["message"].as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

const BUCKET: &str = r#"
variable "level" {
  default = "internal"
}
resource "aws_s3_bucket" "b" {
  bucket = "b"
  tags   = { classification = var.level }
}
"#;

const VIRGINIA: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n";

fn call(source: &str) -> String {
    format!("{VIRGINIA}module \"bucket\" {{\n  source = \"{source}\"\n  level  = \"health\"\n}}\n")
}

#[test]
fn a_module_beside_the_scanned_folder_is_read_inside_the_repository() {
    let top = tempfile::tempdir().expect("a folder");
    fs::create_dir(top.path().join(".git")).expect("a folder");
    write(top.path(), "modules/bucket/main.tf", BUCKET);
    write(
        top.path(),
        "envs/prod/main.tf",
        &call("../../modules/bucket"),
    );
    let elsewhere = tempfile::tempdir().expect("a folder");
    let prod = top.path().join("envs/prod");
    let (code, document) = scan(elsewhere.path(), prod.to_str().expect("UTF-8"));
    assert!(
        rules(&document).contains(&"residency/outside-area"),
        "{document}"
    );
    assert_eq!(code, 1);
    let files = document["coverage"]["files"].to_string();
    assert!(files.contains(r#""files":2"#), "{files}");
    let place = &document["findings"][0]["location"]["path"];
    assert_eq!(place, "../../modules/bucket/main.tf", "{document}");
}

#[test]
fn without_a_repository_the_working_folder_is_the_boundary() {
    let top = tempfile::tempdir().expect("a folder");
    write(top.path(), "modules/bucket/main.tf", BUCKET);
    write(
        top.path(),
        "envs/prod/main.tf",
        &call("../../modules/bucket"),
    );
    let (code, document) = scan(top.path(), "envs/prod");
    assert!(
        rules(&document).contains(&"residency/outside-area"),
        "{document}"
    );
    assert_eq!(code, 1);
    let (_, document) = scan(&top.path().join("envs"), "prod");
    assert!(rules(&document).is_empty());
    assert!(
        messages(&document).contains("lies outside of the repository"),
        "{document}"
    );
}

#[test]
fn nothing_outside_of_the_repository_is_read() {
    let top = tempfile::tempdir().expect("a folder");
    write(top.path(), "secret/main.tf", BUCKET);
    write(top.path(), "secret/note.txt", "hunter2");
    write(top.path(), "repo/.git/HEAD", "ref: refs/heads/main\n");
    let code = call("../secret") + "output \"o\" {\n  value = file(\"../secret/note.txt\")\n}\n";
    write(top.path(), "repo/main.tf", &code);
    let (_, document) = scan(top.path(), "repo");
    assert!(
        messages(&document).contains("lies outside of the repository"),
        "{document}"
    );
    let run = gardefou_in(top.path(), &["inspect", "repo", "--format", "json"], &[]);
    assert!(!run.stdout.contains("hunter2"));
}

#[test]
fn one_file_is_read_with_the_others_of_its_module() {
    let top = tempfile::tempdir().expect("a folder");
    write(top.path(), "provider.tf", VIRGINIA);
    write(top.path(), "bucket.tf", BUCKET);
    write(top.path(), "terraform.tfvars", "level = \"health\"\n");
    write(top.path(), "other/bad.tf", "resource {");
    let (code, document) = scan(top.path(), "bucket.tf");
    assert!(
        rules(&document).contains(&"residency/outside-area"),
        "{document}"
    );
    assert_eq!((code, messages(&document).as_str()), (1, ""));
}

fn index(source: &str, dir: &str) -> String {
    format!(
        r#"{{"Modules":[{{"Key":"","Source":"","Dir":"."}},{{"Key":"bucket","Source":"{source}","Version":"1.2.3","Dir":"{dir}"}},{{"Key":"bucket.inner","Source":"git::https://example.org/inner.git","Dir":".terraform/modules/bucket.inner"}}]}}"#
    )
}

#[test]
fn what_init_fetched_is_read_where_it_is_called_and_is_no_root() {
    let top = tempfile::tempdir().expect("a folder");
    let folder = top.path();
    write(folder, "main.tf", &call("acme/bucket/aws//modules/plain"));
    let dir = ".terraform/modules/bucket/modules/plain";
    let outer = "variable \"level\" {}\nmodule \"inner\" {\n  source = \"git::https://example.org/inner.git\"\n  level  = var.level\n}\nmodule \"near\" {\n  source = \"../near\"\n}\n";
    write(folder, &format!("{dir}/main.tf"), outer);
    write(
        folder,
        ".terraform/modules/bucket/modules/near/main.tf",
        BUCKET,
    );
    write(folder, ".terraform/modules/bucket/main.tf", "resource {");
    write(folder, ".terraform/modules/bucket.inner/main.tf", BUCKET);
    let recorded = "registry.terraform.io/acme/bucket/aws//modules/plain";
    write(
        folder,
        ".terraform/modules/modules.json",
        &index(recorded, dir),
    );
    let (code, document) = scan(folder, ".");
    assert_eq!((code, messages(&document).as_str()), (1, ""), "{document}");
    let addresses: Vec<_> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["rule"] == "residency/outside-area")
        .filter_map(|finding| finding["address"].as_str())
        .collect();
    assert_eq!(addresses, ["module.bucket.module.inner.aws_s3_bucket.b"]);
    assert_eq!(document["coverage"]["resources"]["total"], 2, "{document}");
}

#[test]
fn another_source_than_the_fetched_one_is_a_gap_by_name() {
    let top = tempfile::tempdir().expect("a folder");
    let folder = top.path();
    write(folder, "main.tf", &call("acme/other/aws"));
    write(folder, ".terraform/modules/bucket/main.tf", BUCKET);
    let recorded = "registry.terraform.io/acme/bucket/aws";
    let dir = ".terraform/modules/bucket";
    write(
        folder,
        ".terraform/modules/modules.json",
        &index(recorded, dir),
    );
    let (_, document) = scan(folder, ".");
    assert!(
        messages(&document).contains("fetched another source"),
        "{document}"
    );
    assert_eq!(
        document["coverage"]["missing_modules"][0]["call"],
        "module.bucket"
    );
    fs::remove_dir_all(folder.join(".terraform")).expect("removed");
    let (_, document) = scan(folder, ".");
    assert!(
        messages(&document).contains("kept in a module registry"),
        "{document}"
    );
    assert!(
        document["problems"][0]["help"]
            .to_string()
            .contains("terraform init")
    );
}

#[test]
fn an_index_leads_nowhere_outside() {
    let top = tempfile::tempdir().expect("a folder");
    write(top.path(), "elsewhere/main.tf", BUCKET);
    let folder = top.path().join("repo");
    write(&folder, ".git/HEAD", "ref: refs/heads/main\n");
    write(&folder, "main.tf", &call("acme/bucket/aws"));
    let recorded = "registry.terraform.io/acme/bucket/aws";
    for dir in [
        "../elsewhere",
        "/etc",
        top.path().join("elsewhere").to_str().expect("UTF-8"),
    ] {
        write(
            &folder,
            ".terraform/modules/modules.json",
            &index(recorded, dir),
        );
        let (_, document) = scan(&folder, ".");
        assert_eq!(
            document["coverage"]["resources"]["total"], 0,
            "{dir}: {document}"
        );
        assert_eq!(
            document["coverage"]["missing_modules"][0]["call"],
            "module.bucket"
        );
    }
}
