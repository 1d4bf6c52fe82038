//! `--catalog DIR` and `[catalog] paths`: facts of one's own over the shipped ones.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::support::{AS_OF, Run, gardefou_in, root};

/// Writes files below a folder.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        fs::write(file, text).expect("a file");
    }
}

const BUCKET: &str = r#"
provider "aws" { region = "eu-west-2" }
resource "aws_s3_bucket" "notes" { bucket = "notes" }
"#;

const MOVED: &str = r#"
id = "aws"
[defaults]
evidence = "vendor-doc"
source = "letter of the operator"
[region]
eu-west-2 = { city = "Lille", country = "FR" }
"#;

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), files);
    gardefou_in(folder.path(), arguments, &[])
}

fn json(files: &[(&str, &str)], arguments: &[&str]) -> Json {
    let mut all = arguments.to_vec();
    all.extend(["--as-of", AS_OF, "--format", "json"]);
    let run = run(files, &all);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr))
}

/// The location of the only resource.
fn location(document: &Json) -> &Json {
    &document["roots"][0]["resources"][0]["facts"]["location"]
}

#[test]
fn a_region_is_corrected_in_one_line_and_says_where() {
    let files = [("main.tf", BUCKET), ("own/regions/aws.toml", MOVED)];
    let before = json(&files, &["inspect", "."]);
    assert_eq!(location(&before)["countries"], serde_json::json!(["GB"]));
    assert_eq!(before["catalogues"], serde_json::json!([]));
    let after = json(&files, &["inspect", ".", "--catalog", "own"]);
    assert_eq!(location(&after)["countries"], serde_json::json!(["FR"]));
    assert_eq!(location(&after)["area"], "eu");
    assert!(
        location(&after)
            .to_string()
            .contains("own/regions/aws.toml: letter of the operator"),
        "the evidence names the file: {}",
        location(&after)
    );
    assert_eq!(
        after["catalogues"],
        serde_json::json!([{ "path": "own", "files": 1, "added": 0, "replaced": 1 }])
    );
    // Everything else stays: other regions, and the rules of the file.
    let zone = json(
        &files,
        &[
            "catalog",
            "regions",
            "eu-west-3a",
            "--provider",
            "aws",
            "--catalog",
            "own",
        ],
    );
    assert_eq!(zone["regions"][0]["id"], "eu-west-3");
}

#[test]
fn every_report_names_the_folders() {
    let files = [("main.tf", BUCKET), ("own/regions/aws.toml", MOVED)];
    let scan = json(&files, &["scan", ".", "--catalog", "own"]);
    assert_eq!(scan["coverage"]["catalogues"][0]["replaced"], 1);
    let schema = fs::read_to_string(root().join("docs/schema/scan.schema.json")).expect("a schema");
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON"));
    assert!(validator.expect("a schema").is_valid(&scan));
    for command in ["scan", "inspect"] {
        let people = run(
            &files,
            &[command, ".", "--catalog", "own", "--as-of", AS_OF],
        );
        assert!(
            people
                .stdout
                .contains("also those of own: 1 fact replaced, 0 added"),
            "{}",
            people.stdout
        );
    }
    let violations = |document: &Json| {
        let findings = document["findings"].as_array().expect("findings").clone();
        findings
            .iter()
            .filter(|one| one["rule"] == "residency/outside-area")
            .count()
    };
    assert_eq!(violations(&scan), 0);
    assert_eq!(
        violations(&json(&files, &["scan", "."])),
        1,
        "Great Britain, without the folder"
    );
}

#[test]
fn the_configuration_may_name_folders_of_the_repository() {
    let config = "[catalog]\npaths = [\"own\"]\n";
    let files = [
        ("repo/gardefou.toml", config),
        ("repo/own/regions/aws.toml", MOVED),
        ("repo/infra/main.tf", BUCKET),
        ("repo/.git/HEAD", ""),
        ("elsewhere/regions/aws.toml", MOVED),
    ];
    let found = json(&files, &["inspect", "repo/infra"]);
    assert_eq!(location(&found)["countries"], serde_json::json!(["FR"]));
    assert_eq!(found["catalogues"][0]["path"], "../own");
    for outside in ["../elsewhere", "nowhere", "/"] {
        let config = format!("[catalog]\npaths = [\"{outside}\"]\n");
        let mut files = files.to_vec();
        files[0].1 = &config;
        let run = run(&files, &["scan", "repo/infra", "--as-of", AS_OF]);
        assert_eq!(run.code, 2, "{outside}: {}", run.stdout);
        assert!(
            run.stdout.contains("no folder of this repository"),
            "{}",
            run.stdout
        );
        assert!(
            run.stdout.contains("gardefou.toml"),
            "drawn where it stands: {}",
            run.stdout
        );
    }
}

#[test]
fn later_folders_win() {
    let second = MOVED.replace("Lille", "Zurich").replace("\"FR\"", "\"CH\"");
    let files = [
        ("main.tf", BUCKET),
        ("one/regions/aws.toml", MOVED),
        ("two/regions/aws.toml", second.as_str()),
    ];
    let found = json(
        &files,
        &["inspect", ".", "--catalog", "one", "--catalog", "two"],
    );
    assert_eq!(location(&found)["countries"], serde_json::json!(["CH"]));
    let found = json(
        &files,
        &["inspect", ".", "--catalog", "two", "--catalog", "one"],
    );
    assert_eq!(location(&found)["countries"], serde_json::json!(["FR"]));
}

const RENEWED: &str = r#"
id = "outscale"
[[offering]]
id = "outscale/iaas-cloud-on-demand"
name = "IaaS Cloud on Demand"
service_models = ["IaaS"]
status = "qualified"
status_2026_03 = "qualified"
framework = "3.2"
qualified_from = "2023-11-30"
qualified_to = "2029-11-30"
scope_regions = ["cloudgouv-eu-west-1"]
confidence = "high"
sources = ["anssi-cat-b"]
[[offering.match]]
terraform_source = "outscale/outscale"
arg = "api.region"
values = ["cloudgouv-eu-west-1"]
certainty = "certain"
"#;

#[test]
fn a_visa_is_renewed_and_the_company_stays() {
    let files = [("own/providers/outscale.toml", RENEWED)];
    let arguments = |day| {
        [
            "catalog",
            "offerings",
            "outscale",
            "--as-of",
            day,
            "--catalog",
            "own",
            "--format",
            "json",
        ]
    };
    let found = run(&files, &arguments("2027-06-01"));
    let found: Json = serde_json::from_str(&found.stdout).expect("JSON");
    let of = |id: &str| {
        let all = found["offerings"].as_array().expect("offerings");
        all.iter()
            .find(|one| one["id"] == id)
            .cloned()
            .unwrap_or_else(|| panic!("{id}"))
    };
    assert_eq!(
        of("outscale/iaas-cloud-on-demand")["visa"]["standing"],
        "in-force"
    );
    assert_eq!(
        of("outscale/public-regions")["visa"]["standing"],
        "none",
        "its sibling is still there"
    );
    assert_eq!(
        of("outscale/public-regions")["provider"]["headquarters"],
        "FR"
    );
    let explained = run(
        &files,
        &[
            "explain",
            "outscale/iaas-cloud-on-demand",
            "--catalog",
            "own",
            "--as-of",
            "2027-06-01",
        ],
    );
    assert!(
        explained.stdout.contains("2029-11-30"),
        "{}",
        explained.stdout
    );
    assert!(
        explained.stdout.contains("own/providers/outscale.toml"),
        "the source is the file"
    );
}

#[test]
fn a_new_cloud_is_a_folder() {
    let files = [
        (
            "main.tf",
            "terraform {\n  required_providers {\n    nuage = { source = \"nuage/nuage\" }\n  }\n}\nprovider \"nuage\" {\n  site = \"bzh-1\"\n}\nresource \"nuage_disk\" \"d\" {\n  size = 1\n}\n",
        ),
        (
            "own/regions/nuage.toml",
            "id = \"nuage\"\nname = \"Nuage\"\noperator = \"nuage\"\nterraform = [\"nuage/nuage\"]\ngathered = \"2026-11-01\"\n[defaults]\nevidence = \"vendor-doc\"\nsource = \"contract\"\n[region]\nbzh-1 = { city = \"Rennes\", country = \"FR\" }\n",
        ),
        (
            "own/providers/nuage.toml",
            "id = \"nuage\"\nlegal_name = \"Nuage SAS\"\nkind = \"cloud\"\nhq_country = \"FR\"\ncontrol_country = \"FR\"\neu_controlled = \"yes\"\nownership = \"Ours.\"\nownership_confidence = \"high\"\nextraterritorial = \"no\"\nextraterritorial_reason = \"None.\"\nsources = [\"our-contract\"]\n[hds]\ncertified = \"no\"\nsource = \"our-contract\"\n[identify]\nterraform_sources = [\"nuage/nuage\"]\nresource_prefixes = [\"nuage_\"]\nsource = \"our-contract\"\nregions_id = [\"nuage\"]\n[[offering]]\nid = \"nuage/iaas\"\nname = \"IaaS\"\nstatus = \"none\"\nstatus_2026_03 = \"none\"\nconfidence = \"high\"\nsources = [\"our-contract\"]\n[[offering.match]]\nterraform_source = \"nuage/nuage\"\ncertainty = \"certain\"\n",
        ),
        (
            "own/sources.toml",
            "[[source]]\nid = \"our-contract\"\nreference = \"Contract 2026-114\"\nkind = \"primary\"\n",
        ),
        (
            "own/resources/nuage/provider.toml",
            "address = \"nuage/nuage\"\nprefix = \"nuage_\"\nregions_id = \"nuage\"\nproviders_id = \"nuage\"\nlocation_paths = [\"site\"]\nverification = \"docs\"\n",
        ),
        (
            "own/resources/nuage/disk.toml",
            "[nuage_disk]\ncategory = \"disk\"\nservice_model = \"IaaS\"\nholds_data = true\nlocation_inherits = true\n[nuage_disk.encryption]\ncustomer_key = \"none\"\ndefault = \"unencrypted\"\n",
        ),
    ];
    let found = json(&files, &["inspect", ".", "--catalog", "own"]);
    let facts = &found["roots"][0]["resources"][0]["facts"];
    assert_eq!(
        facts["location"]["countries"],
        serde_json::json!(["FR"]),
        "{facts:#}"
    );
    assert_eq!(facts["hosting"]["offering"], "nuage/iaas", "{facts:#}");
    assert_eq!(facts["encryption"][0]["at_rest"], "no", "{facts:#}");
    assert_eq!(found["catalogues"][0]["added"], 7);
}

#[test]
fn data_sources_are_facts_too() {
    let files = [
        (
            "main.tf",
            "data \"aws_region\" \"here\" {}\nprovider \"aws\" {\n  region = \"eu-west-3\"\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = data.aws_region.here.name\n}\n",
        ),
        (
            "own/data-sources/aws.toml",
            "[aws_region]\nsource = \"a test\"\nevidence = \"docs\"\n[aws_region.attributes.name]\ntext = \"elsewhere\"\n",
        ),
    ];
    let found = json(&files, &["inspect", "."]);
    let managed = |document: &Json| {
        let all = document["roots"][0]["resources"]
            .as_array()
            .expect("resources")
            .clone();
        let one = all.into_iter().find(|one| one["mode"] == "managed");
        one.expect("the bucket")["values"]["bucket"].clone()
    };
    assert_eq!(managed(&found), "eu-west-3");
    assert_eq!(
        managed(&json(&files, &["inspect", ".", "--catalog", "own"])),
        "elsewhere"
    );
}

#[test]
fn mistakes_are_drawn_at_their_line_and_end_with_2() {
    let region = |line: &str| {
        format!("id = \"aws\"\n[defaults]\nevidence = \"docs\"\nsource = \"s\"\n[region]\n{line}\n")
    };
    let offering = |line: &str| RENEWED.replace("framework = \"3.2\"", line);
    for (file, text, said, line) in [
        ("regions/aws.toml", region("x = { contry = \"FR\" }"), "contry", "6:"),
        ("regions/aws.toml", region("x = { country = \"ZZ\" }"), "no country has the code `ZZ`", "6:"),
        ("regions/aws.toml", region("x = { country = \"FR\", parent = \"y\" }"), "no region `y`", "6:"),
        ("regions/aws.toml", region("x = { country = \"FR\", countries = [\"DE\"] }"), "both", "6:"),
        ("regions/aws.toml", "id = \"gcp\"\n".to_owned(), "should be the file's name", "1:"),
        ("regions/aws.toml", "id = \"aws\"\n[region]\nx = { country = \"FR\" }\n".to_owned(), "has no `evidence`", "3:"),
        ("regions/aws.toml", "id = ".to_owned(), "", "1:"),
        ("providers/outscale.toml", offering("composition = \"nobody/nothing\""), "no offering is called `nobody/nothing`", ":"),
        ("providers/outscale.toml", offering("framework = 3"), "expected", ":"),
        ("providers/outscale.toml", offering("not_covered_resource_types = [\"aws_nothing\"]"), "no resource type is called `aws_nothing`", ":"),
        ("providers/outscale.toml", RENEWED.replace("anssi-cat-b", "hearsay"), "no source is called `hearsay`", ":"),
        ("providers/outscale.toml", RENEWED.replace("outscale/outscale", "no/body"), "nobody is known to publish `no/body`", ":"),
        ("providers/outscale.toml", RENEWED.replace("values = [\"cloudgouv-eu-west-1\"]", "values_regex = \"(\""), "`(` is no pattern", ":"),
        ("resources/aws/s3.toml", "[aws_s3_bucket]\ncategory = \"storage\"\nservice_model = \"PaaS\"\nparent = { attr = \"a\", types = [\"aws_nothing\"] }\n".to_owned(), "`aws_nothing`", "4:"),
        ("resources/nobody/s3.toml", "[x_y]\ncategory = \"storage\"\nservice_model = \"PaaS\"\n".to_owned(), "no provider.toml", "1:"),
        ("kubernetes/drivers.toml", "[[drivers]]\nprovisioner = \"x\"\nproviders_id = \"nobody\"\noperator = \"o\"\ncustomer_key = \"none\"\ndefault = \"unknown\"\nsource = \"s\"\n".to_owned(), "no company is called `nobody`", "3:"),
        ("surprise.toml", "a = 1\n".to_owned(), "nothing reads a file in this place", ""),
    ] {
        let path = format!("own/{file}");
        let files = [("main.tf", BUCKET), (path.as_str(), text.as_str())];
        for arguments in [vec!["scan", ".", "--catalog", "own"], vec!["catalog", "regions", "paris", "--catalog", "own"]] {
            let run = run(&files, &arguments);
            let shown = if arguments[0] == "scan" { &run.stdout } else { &run.stderr };
            assert_eq!(run.code, 2, "{file}: {said}: {shown}");
            assert!(shown.contains(said), "{file}: {said}: {shown}");
            let place = format!("{path}{}{line}", if line.is_empty() { "" } else { ":" });
            let place = if line == ":" { format!("{path}:") } else { place };
            assert!(shown.contains(&place), "{place}: {shown}");
        }
    }
}

#[test]
fn what_is_no_folder_of_facts_is_said() {
    let files = [("main.tf", BUCKET), ("empty/README.md", "nothing")];
    for (folder, said) in [
        ("nowhere", "could not be read"),
        ("empty", "holds no .toml file"),
        ("main.tf", "could not be read"),
    ] {
        for command in ["scan", "inspect"] {
            let run = run(&files, &[command, ".", "--catalog", folder]);
            assert_eq!(run.code, 2, "{folder}: {}", run.stdout);
        }
        let run = run(
            &files,
            &[
                "explain",
                "outscale/iaas-cloud-on-demand",
                "--catalog",
                folder,
            ],
        );
        assert_eq!((run.code, run.stdout.is_empty()), (2, true));
        assert!(run.stderr.contains(said), "{folder}: {}", run.stderr);
    }
}

#[test]
fn hostile_facts_are_refused_and_break_nothing() {
    let deep = format!("id = {}1{}", "[".repeat(20_000), "]".repeat(20_000));
    let wide: String = (0..20_000)
        .map(|n| format!("x{n} = {{ country = \"FR\" }}\n"))
        .collect();
    let wide =
        format!("id = \"aws\"\n[defaults]\nevidence = \"docs\"\nsource = \"s\"\n[region]\n{wide}");
    let strange = "id = \"aws\"\n[defaults]\nevidence = \"docs\"\nsource = \"\\u001b[31m\"\n[region]\n\"\\u001b[2J\" = { city = \"\\u202e\", country = \"FR\" }\n";
    let year = "[[adequacy]]\ncode = \"CH\"\nyear = 65535\n";
    for (file, text, code) in [
        ("regions/aws.toml", deep.as_str(), 2),
        ("regions/aws.toml", wide.as_str(), 0),
        ("regions/aws.toml", strange, 0),
        ("jurisdictions.toml", year, 2),
        ("regions/aws.toml", "", 2),
        ("providers/\u{1b}.toml", "id = 1", 2),
    ] {
        let path = format!("own/{file}");
        let files = [(path.as_str(), text)];
        let run = run(&files, &["catalog", "regions", "--catalog", "own"]);
        assert_eq!(
            run.code,
            code,
            "{file}: {}",
            run.stderr.chars().take(300).collect::<String>()
        );
        assert!(
            !run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'),
            "{file}"
        );
    }
}

#[test]
fn the_same_facts_in_a_folder_change_nothing() {
    // The shipped files themselves, as a folder: every entry is replaced by itself.
    let top = root();
    let folder = top.join("catalog");
    let folder = folder.to_str().expect("a path");
    let arguments = [
        "inspect",
        "fixtures/mixed-aws",
        "--as-of",
        AS_OF,
        "--format",
        "json",
    ];
    let before = gardefou_in(&top, &arguments, &[]);
    let mut more = arguments.to_vec();
    more.extend(["--catalog", folder]);
    let after = gardefou_in(&top, &more, &[]);
    assert_eq!((before.code, after.code), (0, 0), "{}", after.stderr);
    let facts = |run: &Run| -> Json {
        let mut document: Json = serde_json::from_str(&run.stdout).expect("JSON");
        document["catalogues"] = Json::Null;
        without_sources(&mut document);
        document
    };
    assert_eq!(facts(&before), facts(&after));
    let document: Json = serde_json::from_str(&after.stdout).expect("JSON");
    assert_eq!(document["catalogues"][0]["added"], 0);
}

/// Sources name the file; everything else is the same.
fn without_sources(json: &mut Json) {
    match json {
        Json::Object(all) => {
            if all.contains_key("catalogue") {
                all.remove("source");
            }
            all.values_mut().for_each(without_sources);
        }
        Json::Array(all) => all.iter_mut().for_each(without_sources),
        _ => {}
    }
}
