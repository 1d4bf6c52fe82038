//! A file that was cut off, as by a full disk or a broken download, never turns a run green: it is said that it is broken, or
//! what is left is judged as before.
//!
//! An ordinary run tries a part of all cuts: `cargo test --test it cuts -- --ignored` tries each of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use gardefou::policy::{Engine, Limits};
use gardefou::scan::{self, RenderChoice, Request, Scan};
use gardefou::verdict::ExitStatus;

use crate::support::AS_OF;

/// Cuts in an ordinary run, all seeds together.
const CUTS: usize = 250;

/// What a cut of a file can leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Nothing whole: a document without its end is none.
    Document,
    /// Whole blocks: one that is cut is broken.
    Blocks,
    /// Whole objects and the start of one, which says less than it did.
    Objects,
}

/// A file that is cut, and those beside it.
struct Seed {
    name: &'static str,
    form: Form,
    file: &'static str,
    text: String,
    /// Cuts are made behind this: what comes before tells nobody what the file is.
    from: &'static str,
    beside: Vec<(&'static str, &'static str)>,
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::builtin(Limits::default()));

/// The whole scan of these files.
fn scanned(folder: &Path, files: &[(&str, &str)]) -> Scan {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    let request = Request {
        paths: vec![folder.to_owned()],
        as_of: AS_OF.parse().ok(),
        render: RenderChoice {
            asked: Some(false),
            ..RenderChoice::default()
        },
        ..Request::default()
    };
    scan::run(&request, &ENGINE)
}

/// What is said of each resource.
fn said(scan: &Scan) -> BTreeMap<String, Vec<String>> {
    let mut said = BTreeMap::new();
    for resource in scan.graph.resources() {
        let of = scan
            .findings
            .iter()
            .filter(|one| one.on == Some(resource.id));
        let mut of: Vec<String> = of
            .map(|one| format!("{} {} {:?}", one.rule, one.outcome.as_str(), one.severity))
            .collect();
        of.sort_unstable();
        said.insert(resource.address.to_string(), of);
    }
    said
}

/// What is wrong with a cut; none: nothing.
fn wrong(seed: &Seed, whole: &BTreeMap<String, Vec<String>>, cut: usize) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = seed.beside.clone();
    files.push((seed.file, &seed.text[..cut]));
    let scan = scanned(folder.path(), &files);
    if matches!(
        scan.status,
        ExitStatus::Incomplete | ExitStatus::NothingToScan
    ) {
        return None;
    }
    if seed.form == Form::Document {
        return Some(format!("status {}", scan.status.code()));
    }
    let said = said(&scan);
    // Of objects the last one may be the start of one.
    let last = match seed.form {
        Form::Objects => scan.manifests.all.last().map(|one| one.address.to_string()),
        Form::Document | Form::Blocks => None,
    };
    let changed = said.iter().find(|(address, findings)| {
        Some(address.as_str()) != last.as_deref() && whole.get(*address) != Some(findings)
    });
    changed.map(|(address, findings)| {
        format!("{address} was {:?}, is {findings:?}", whole.get(address))
    })
}

/// Every cut of a seed that leaves characters whole.
fn cuts(seed: &Seed) -> impl Iterator<Item = usize> {
    let text = &seed.text;
    let first = text.find(seed.from).map_or(0, |at| at + seed.from.len());
    let end = text.trim_end().len();
    (first..end).filter(|at| text.is_char_boundary(*at))
}

const AWS: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n";

/// Buckets, databases and keys, each of which says all that there is to say of it.
const BLOCKS: &str = r#"resource "aws_db_instance" "d" {
  storage_encrypted = true
  tags = {
    data-classification = "health"
  }
}
resource "aws_s3_bucket" "é" {
  tags = { "data-classification" = "health" } # gardefou: ignore[residency/*] a reason
}
resource "aws_dynamodb_table" "t" {
  replica {
    region_name = "eu-west-3"
  }
  tags = merge({}, { data-classification = <<-EOT
    health
  EOT
  })
}
"#;

const OBJECTS: &str = "apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: one
  labels: { data-classification: health }
spec:
  storageClassName: gp3
---
apiVersion: v1
kind: Service
metadata:
  name: two
  annotations: { a: \"b\" }
spec:
  type: ExternalName
  externalName: api.openai.com
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: three
  annotations:
    gardefou.eu/ignore: |
      [encryption/not-encrypted] a reason
";

const CODE: &str = r#"{"provider": {"aws": {"region": "us-east-1"}}, "resource": {"aws_s3_bucket": {"a": {"//": "gardefou: ignore[residency/*] a reason", "tags": {"data-classification": "health"}}}}}"#;

const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.11.4","variables":{"a":{"value":{}}},"planned_values":{"root_module":{"resources":[{"address":"aws_s3_bucket.a","mode":"managed","type":"aws_s3_bucket","name":"a","provider_name":"registry.terraform.io/hashicorp/aws","schema_version":0,"values":{"bucket":"x","tags":{"data-classification":"health"}},"sensitive_values":{}}]}},"resource_changes":[{"address":"aws_s3_bucket.a","mode":"managed","type":"aws_s3_bucket","name":"a","provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["create"],"before":null,"after":{"bucket":"x"},"after_unknown":{"arn":true}}}],"configuration":{"provider_config":{"aws":{"name":"aws","expressions":{"region":{"constant_value":"us-east-1"}}}},"root_module":{"resources":[]}}}"#;

const STATE: &str = r#"{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","outputs":{},"resources":[{"mode":"managed","type":"aws_s3_bucket","name":"a","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":0,"attributes":{"bucket":"x","region":"us-east-1","arn":"arn:aws:s3:::x","tags":{"data-classification":"health"}},"sensitive_attributes":[]}]}]}"#;

const LIST: &str = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a","labels":{"data-classification":"health"}}},{"apiVersion":"v1","kind":"Service","metadata":{"name":"b"},"spec":{"type":"ExternalName","externalName":"api.openai.com"}}]}"#;

fn seeds() -> Vec<Seed> {
    let seed = |name, form, file, text: &str, beside: &[(&'static str, &'static str)]| Seed {
        name,
        form,
        file,
        text: text.to_owned(),
        from: "",
        beside: beside.to_vec(),
    };
    let document = |name, file, text, beside: &[_]| seed(name, Form::Document, file, text, beside);
    let aws = [("aws.tf", AWS)];
    let variables = [("main.tf", "variable \"level\" {}\nvariable \"n\" {}\n")];
    let values = r#"{"level": "health", "n": [1, {"a": null}]}"#;
    let other = [("a.tf", "locals {}\n")];
    vec![
        seed("code", Form::Blocks, "main.tf", BLOCKS, &aws),
        seed(
            "code with CRLF",
            Form::Blocks,
            "main.tf",
            &BLOCKS.replace('\n', "\r\n"),
            &aws,
        ),
        seed("objects", Form::Objects, "k.yaml", OBJECTS, &[]),
        seed(
            "objects beside code",
            Form::Objects,
            "k/k.yaml",
            OBJECTS,
            &aws,
        ),
        document("code in JSON", "main.tf.json", CODE, &[]),
        document("code in JSON beside code", "main.tf.json", CODE, &other),
        document("values", "terraform.tfvars.json", values, &variables),
        document("a plan", "plan.json", PLAN, &[]),
        document("a state", "terraform.tfstate", STATE, &[]),
        document("a state beside code", "terraform.tfstate", STATE, &other),
        document("a list", "k.json", LIST, &[]),
        Seed {
            from: "\"terraform_version\"",
            ..document("a plan beside code", "plan.json", PLAN, &other)
        },
        Seed {
            from: "\"apiVersion\"",
            ..document("a list beside code", "k.json", LIST, &other)
        },
    ]
}

fn hold(exhaustive: bool) {
    let seeds = seeds();
    let wholes: Vec<_> = seeds
        .iter()
        .map(|seed| {
            let folder = tempfile::tempdir().expect("a folder");
            let mut files = seed.beside.clone();
            files.push((seed.file, &seed.text));
            let scan = scanned(folder.path(), &files);
            assert_eq!(scan.problems, [], "{}", seed.name);
            said(&scan)
        })
        .collect();
    let all = seeds.iter().zip(&wholes);
    let all = all.flat_map(|(seed, whole)| cuts(seed).map(move |cut| (seed, whole, cut)));
    let all: Vec<_> = all.collect();
    let step = if exhaustive {
        1
    } else {
        (all.len() / CUTS) | 1
    };
    let chosen: Vec<_> = all.into_iter().step_by(step).collect();
    let next = AtomicUsize::new(0);
    let wrong = std::sync::Mutex::new(Vec::new());
    let work = || {
        while let Some((seed, whole, cut)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(what) = self::wrong(seed, whole, *cut) {
                let said = format!("{} cut at {cut}: {what}", seed.name);
                wrong.lock().expect("no panic while it is held").push(said);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().expect("no panic while it is held");
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        chosen.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_cut_is_never_green() {
    hold(false);
}

#[test]
#[ignore = "every cut: minutes"]
fn what_is_cut_anywhere_is_never_green() {
    hold(true);
}
