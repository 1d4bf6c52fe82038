//! What was to be judged and was not seen: said, and a failure where that is asked for.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou_in};

/// One resource, and nothing wrong with it.
const CODE: &str = r#"
provider "aws" {
  region = "eu-west-3"
}
resource "aws_s3_bucket" "b" {
  bucket = "b"
  tags   = { data-classification = "internal" }
}
"#;

const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

/// Something that a scan does not see.
struct Gap {
    /// Files beside the code.
    files: &'static [(&'static str, &'static str)],
    /// What is said of it, in both languages.
    said: [&'static str; 2],
    /// Arguments with which it is seen; none: it takes other files.
    closed: &'static [&'static str],
}

const GAPS: &[Gap] = &[
    Gap {
        files: &[(
            "module.tf",
            "module \"m\" {\n  source = \"terraform-aws-modules/s3-bucket/aws\"\n}\n",
        )],
        said: ["module.m is not judged", "module.m n’est pas jugé"],
        closed: &[],
    },
    Gap {
        files: &[
            (
                "chart/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            ),
            ("chart/templates/a.yaml", OBJECT),
        ],
        said: [
            "the Helm chart `chart` was not rendered",
            "chart Helm `chart` n’a pas de rendu",
        ],
        closed: &[],
    },
    Gap {
        files: &[
            ("overlay/kustomization.yaml", "resources:\n  - a.yaml\n"),
            ("overlay/a.yaml", OBJECT),
        ],
        said: [
            "the kustomization `overlay` was not rendered",
            "kustomization `overlay` n’a pas de rendu",
        ],
        closed: &[],
    },
    Gap {
        files: &[(
            "template.yaml",
            "apiVersion: v1\nkind: ConfigMap\n{{- if .Values.on }}\nmetadata:\n  name: a\n{{- end }}\n",
        )],
        said: ["this document is a template", "ce document est un modèle"],
        closed: &[],
    },
    Gap {
        files: &[
            (".gardefouignore", "old/\n"),
            ("old/main.tf", "locals {}\n"),
        ],
        said: [
            "`.gardefouignore` leaves files out",
            "`.gardefouignore` laisse des fichiers hors",
        ],
        closed: &["--no-ignore-files"],
    },
    Gap {
        files: &[("plans/tfplan", "PK\u{3}\u{4}tfplan")],
        said: [
            "`plans/tfplan` is a binary plan",
            "`plans/tfplan` est un plan binaire",
        ],
        closed: &[],
    },
    Gap {
        files: &[(
            "states/terraform.tfstate",
            r#"{"version": 3, "serial": 1, "lineage": "x", "backend": {"type": "http", "config": {}, "hash": 1}}"#,
        )],
        said: [
            "it says where the state is kept",
            "il dit où l’état est gardé",
        ],
        closed: &[],
    },
    Gap {
        files: &[(
            "workspace.tf",
            "locals {\n  name = terraform.workspace\n}\n",
        )],
        said: [
            "`terraform.workspace` counts as `default`",
            "`terraform.workspace` compte comme `default`",
        ],
        closed: &["--workspace", "default"],
    },
    Gap {
        files: &[("live/terragrunt.hcl", "terraform {\n  source = \"x\"\n}\n")],
        said: [
            "`live/terragrunt.hcl` is not evaluated",
            "`live/terragrunt.hcl` n’est pas évalué",
        ],
        closed: &[],
    },
    Gap {
        files: &[(
            "application.yaml",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a\nspec:\n  source:\n    \
             repoURL: https://git.example.org/x.git\n    path: elsewhere\n",
        )],
        said: [
            "which is not part of the scan",
            "qui ne fait pas partie de l’analyse",
        ],
        closed: &[],
    },
    Gap {
        files: &[(
            "release.tf",
            "resource \"helm_release\" \"web\" {\n  name  = \"web\"\n  chart = \"oci://registry.example.org/web\"\n}\n",
        )],
        said: [
            "helm_release.web installs a chart that was not rendered",
            "helm_release.web installe un chart sans rendu",
        ],
        closed: &[],
    },
];

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let top = tempfile::tempdir().expect("a folder");
    for (path, text) in [("main.tf", CODE)].iter().chain(files) {
        let path = top.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    top
}

fn scan(folder: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["scan", ".", "--as-of", AS_OF];
    arguments.extend(more);
    gardefou_in(folder, &arguments, &[])
}

/// The exit status and the errors.
fn errors(folder: &Path, more: &[&str]) -> (i32, Vec<Value>) {
    let run = scan(folder, &[more, &["--format", "json"]].concat());
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let problems = document["problems"].as_array().expect("problems").iter();
    let errors = problems.filter(|one| one["severity"] == "error").cloned();
    (run.code, errors.collect())
}

#[test]
fn each_gap_fails_where_that_is_asked_for() {
    for gap in GAPS {
        let top = folder(gap.files);
        let what = gap.said[0];
        assert_eq!(errors(top.path(), &[]), (0, vec![]), "{what}");
        let (code, errors_) = errors(top.path(), &["--fail-on-gaps"]);
        assert_eq!((code, errors_.len()), (2, 1), "{what}: {errors_:#?}");
        for (language, said) in ["en", "fr"].iter().zip(gap.said) {
            let run = scan(top.path(), &["--fail-on-gaps", "--lang", language]);
            assert_eq!(run.code, 2, "{said}");
            // Lines are broken where the terminal ends.
            let words: Vec<&str> = run.stdout.split_whitespace().collect();
            let text = words.join(" ").replace(" │ ", " ");
            assert!(text.contains(said), "{said}: {}", run.stdout);
        }
        assert!(errors_[0]["help"].is_string(), "{what}: no remedy");
        if !gap.closed.is_empty() {
            let closed = [gap.closed, &["--fail-on-gaps"]].concat();
            assert_eq!(errors(top.path(), &closed), (0, vec![]), "{what}");
        }
    }
}

#[test]
fn without_a_gap_nothing_changes() {
    let top = folder(&[]);
    assert_eq!(scan(top.path(), &["--fail-on-gaps"]), scan(top.path(), &[]));
    assert_eq!(scan(top.path(), &[]).code, 0);
}

#[test]
fn the_configuration_and_the_environment_ask_for_it_as_well() {
    let top = folder(GAPS[0].files);
    let config = |text: &str| fs::write(top.path().join("gardefou.toml"), text).expect("a file");
    config("[fail]\ngaps = true\n");
    assert_eq!(scan(top.path(), &[]).code, 2);
    config("[fail]\ngaps = false\n");
    assert_eq!(scan(top.path(), &[]).code, 0);
    assert_eq!(scan(top.path(), &["--fail-on-gaps"]).code, 2);
    for (value, code) in [("1", 2), ("", 0), ("false", 0)] {
        let set = [("GARDEFOU_FAIL_ON_GAPS", value)];
        let run = gardefou_in(top.path(), &["scan", ".", "--as-of", AS_OF], &set);
        assert_eq!(run.code, code, "{value:?}");
    }
}

/// A link that leads out may hide anything; one that leads nowhere hides nothing.
#[cfg(unix)]
#[test]
fn folders_that_links_lead_out_to_are_gaps() {
    let (top, elsewhere) = (folder(&[]), folder(&[]));
    std::os::unix::fs::symlink("nowhere", top.path().join("broken")).expect("a link");
    assert_eq!(errors(top.path(), &["--fail-on-gaps"]), (0, vec![]));
    std::os::unix::fs::symlink(elsewhere.path(), top.path().join("out")).expect("a link");
    assert_eq!(errors(top.path(), &[]), (0, vec![]));
    let (code, errors) = errors(top.path(), &["--fail-on-gaps"]);
    assert_eq!((code, errors.len()), (2, 1), "{errors:#?}");
}

#[test]
fn fewer_resources_than_expected_fail() {
    let top = folder(&[]);
    let of = |n| errors(top.path(), &["--min-resources", n]);
    assert_eq!(of("0"), (0, vec![]));
    assert_eq!(of("1"), (0, vec![]));
    let (code, errors_) = of("2");
    assert_eq!((code, errors_.len()), (2, 1), "{errors_:#?}");
    let message = errors_[0]["message"].as_str().expect("a message");
    assert_eq!(
        message,
        "resources that were judged: 1; at least 2 are expected"
    );
    let config = "[fail]\nmin-resources = 2\n";
    fs::write(top.path().join("gardefou.toml"), config).expect("a file");
    assert_eq!(scan(top.path(), &[]).code, 2);
    // The command line is stronger.
    assert_eq!(scan(top.path(), &["--min-resources", "1"]).code, 0);
    // Nothing at all is fewer, too.
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(scan(empty.path(), &[]).code, 3);
    assert_eq!(scan(empty.path(), &["--min-resources", "1"]).code, 2);
}
