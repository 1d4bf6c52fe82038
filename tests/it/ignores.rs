//! Ignores in the code, through the real program: what each of them accepts, and what is said of those that accept nothing.

mod bounds;
mod foreign;
mod json;
mod kubernetes;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou_in, root};

pub(crate) struct Estate {
    pub(crate) folder: tempfile::TempDir,
}

impl Estate {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
            std::fs::write(path, text).expect("written");
        }
        Self { folder }
    }

    pub(crate) fn run(&self, more: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut arguments = vec!["scan", "."];
        if !more.contains(&"--as-of") {
            arguments.extend(["--as-of", AS_OF]);
        }
        arguments.extend(more);
        gardefou_in(self.folder.path(), &arguments, environment)
    }

    pub(crate) fn scan_with(&self, more: &[&str], environment: &[(&str, &str)]) -> Scan {
        let mut arguments = vec!["--format", "json"];
        arguments.extend(more);
        let run = self.run(&arguments, environment);
        let document: Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}", run.stderr));
        let schema = std::fs::read_to_string(root().join("docs/schema/scan.schema.json"));
        let schema = serde_json::from_str(&schema.expect("the schema")).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        Scan { document }
    }

    pub(crate) fn scan(&self) -> Scan {
        self.scan_with(&[], &[])
    }
}

pub(crate) struct Scan {
    pub(crate) document: Value,
}

impl Scan {
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Value> {
        self.document["findings"].as_array().expect("a list").iter()
    }

    /// Addresses of the findings of a rule: those that are ignored, or those that are not.
    pub(crate) fn of(&self, rule: &str, ignored: bool) -> BTreeSet<String> {
        self.findings()
            .filter(|one| one["rule"] == rule && one["waived"].is_null() != ignored)
            .map(|one| one["address"].as_str().expect("an address").to_owned())
            .collect()
    }

    /// Line and message of the findings about ignores, `rule` without its family.
    pub(crate) fn about(&self) -> Vec<String> {
        self.findings()
            .filter_map(|one| {
                let rule = one["rule"].as_str()?.strip_prefix("waiver/")?;
                let (line, message) = (&one["location"]["start"]["line"], one["message"].as_str()?);
                Some(format!("{line} {rule}: {message}"))
            })
            .collect()
    }
}

pub(crate) fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

pub(crate) const OUTSIDE: &str = "residency/outside-area";
pub(crate) const PLAIN: &str = "encryption/not-encrypted";

/// Health data in Virginia: every bucket is outside, and every database without encryption is said at its attribute.
pub(crate) const HEAD: &str = r#"provider "aws" {
  region = "us-east-1"
  default_tags { tags = { data-classification = "health" } }
}
"#;

#[test]
fn in_terraform_an_ignore_speaks_of_the_code_on_its_line_or_below_it() {
    let code = HEAD.to_owned()
        + r##"
# gardefou: ignore[residency/outside-area] synthetic
resource "aws_s3_bucket" "above" {}

// gardefou: ignore[residency/*] synthetic
# The words of others may stand between.
/* And others. */
resource "aws_s3_bucket" "far_above" {}

/* gardefou: ignore[encryption/not-encrypted] other things
 * gardefou: ignore[residency/outside-area] synthetic
 */
resource "aws_s3_bucket" "in_a_block_comment" {}

resource "aws_s3_bucket" "on_the_header" { # gardefou: ignore[residency/outside-area] synthetic
}

/* gardefou: ignore[residency/outside-area] synthetic */ resource "aws_s3_bucket" "before_the_header" {}

# gardefou: ignore[residency/outside-area] an empty line is between

resource "aws_s3_bucket" "after_an_empty_line" {}

resource "aws_s3_bucket" "inside" {
  # gardefou: ignore[residency/outside-area] not where the finding stands
  bucket = "x"
}

resource "aws_s3_bucket" "at_the_end" {
} # gardefou: ignore[residency/outside-area] nothing starts here

resource "aws_s3_bucket" "no_comment" {
  bucket = "# gardefou: ignore[residency/outside-area] a text"
  policy = <<-EOT
    # gardefou: ignore[residency/outside-area] a text
  EOT
}

resource "aws_db_instance" "on_the_line" {
  storage_encrypted = false # gardefou: ignore[encryption/not-encrypted] no data yet
}

resource "aws_db_instance" "above_the_line" {
  # gardefou: ignore[encryption/not-encrypted] no data yet
  storage_encrypted = false
  # gardefou: ignore[encryption/not-encrypted] the other line
  engine = "postgres"
}

resource "aws_instance" "nested" {
  # gardefou: ignore[encryption/not-encrypted] scratch
  root_block_device {
    encrypted = false
  }
}

# gardefou: ignore[encryption/not-encrypted] all of it
resource "aws_instance" "whole" {
  root_block_device {
    encrypted = false
  }
}
"##;
    let scan = Estate::new(&[("main.tf", &code)]).scan();
    assert_eq!(
        scan.of(OUTSIDE, true),
        set(&[
            "aws_s3_bucket.above",
            "aws_s3_bucket.before_the_header",
            "aws_s3_bucket.far_above",
            "aws_s3_bucket.in_a_block_comment",
            "aws_s3_bucket.on_the_header",
        ])
    );
    for left in ["after_an_empty_line", "inside", "at_the_end", "no_comment"] {
        let address = format!("aws_s3_bucket.{left}");
        assert!(scan.of(OUTSIDE, false).contains(&address), "{left}");
    }
    assert_eq!(
        scan.of(PLAIN, true),
        set(&[
            "aws_db_instance.above_the_line",
            "aws_db_instance.on_the_line",
            "aws_instance.nested",
            "aws_instance.whole",
        ])
    );
    assert_eq!(scan.of(PLAIN, false), set(&[]));
    let nothing = "belongs to no code: none starts on its line, or on the line below it";
    let unused =
        |line: u32, rule: &str| format!("{line} unused: this ignore of {rule} accepts no finding");
    let unbound = |line: u32| format!("{line} unused: this ignore of {OUTSIDE} {nothing}");
    assert_eq!(
        scan.about(),
        [
            unused(14, PLAIN),
            unbound(24),
            unused(29, OUTSIDE),
            unbound(34),
            unused(50, PLAIN),
        ]
    );
    assert_eq!(scan.document["coverage"]["inline_ignores"]["written"], 14);
    assert_eq!(scan.document["coverage"]["inline_ignores"]["not_heeded"], 0);
}

#[test]
fn an_ignored_finding_stays_and_says_why() {
    let code = HEAD.to_owned()
        + "# gardefou: ignore[residency/outside-area, qualification/*, encryption/*] moves in spring until=2026-11-21\nresource \"aws_s3_bucket\" \"a\" {}\n";
    let estate = Estate::new(&[("main.tf", &code)]);
    let scan = estate.scan();
    let finding = scan
        .findings()
        .find(|one| one["rule"] == OUTSIDE)
        .expect("it is there");
    let waived = &finding["waived"];
    assert_eq!(waived["kind"], "inline");
    assert_eq!(waived["reason"], "moves in spring");
    assert_eq!(waived["until"], "2026-11-21");
    assert_eq!(waived["by"], Value::Null);
    assert_eq!(waived["location"]["path"], "main.tf");
    assert_eq!(waived["location"]["start"]["line"], 5);
    assert_eq!(waived["location"]["start"]["column"], 3);
    assert_eq!(finding["fails"], false);
    assert_eq!(scan.document["summary"]["failing"], 0);
    let run = estate.run(&[], &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("moves in spring, until 2026-11-21 (ignored at main.tf:5:3)"),
        "{}",
        run.stdout
    );
    let french = estate.run(&["--lang", "fr"], &[]).stdout;
    assert!(french.contains("(dérogation en main.tf:5:3)"), "{french}");
    // From the day after it counts again.
    let later = estate.scan_with(&["--as-of", "2026-11-22"], &[]);
    assert_eq!(later.of(OUTSIDE, false).len(), 1);
    assert_eq!(
        later.about(),
        [format!(
            "5 expired: the ignore of {OUTSIDE}, qualification/*, encryption/* ended on 2026-11-21: what it accepted counts again"
        )]
    );
}

/// Somebody runs a gate on the code of others.
#[test]
fn a_gate_heeds_no_ignore() {
    let code = HEAD.to_owned()
        + "# gardefou: ignore[residency/outside-area] synthetic\nresource \"aws_s3_bucket\" \"a\" {}\n# gardefou: ignore\n";
    let off = "[ignores]\ninline = false\n";
    let estate = Estate::new(&[("main.tf", &code)]);
    let by_config = Estate::new(&[("main.tf", &code), ("gardefou.toml", off)]);
    let on = Estate::new(&[
        ("main.tf", &code),
        ("gardefou.toml", "[ignores]\ninline = true\n"),
    ]);
    assert_eq!(on.scan().of(OUTSIDE, true).len(), 1);
    for scan in [
        estate.scan_with(&["--no-inline-ignores"], &[]),
        estate.scan_with(&[], &[("GARDEFOU_NO_INLINE_IGNORES", "1")]),
        on.scan_with(&["--no-inline-ignores"], &[]),
        by_config.scan(),
    ] {
        assert_eq!(scan.of(OUTSIDE, false).len(), 1);
        assert_eq!(scan.about(), [""; 0]);
        assert_eq!(scan.document["coverage"]["inline_ignores"]["not_heeded"], 2);
    }
    let text = estate.run(&["--no-inline-ignores"], &[]).stdout;
    assert!(text.contains("· 2 inline ignores not heeded"), "{text}");
}

#[test]
fn what_an_ignore_does_not_do_is_said() {
    let code = HEAD.to_owned()
        + r#"
resource "aws_db_instance" "a" {
  # gardefou: ignore[encryption/not-encrypted]
  # gardefou: ignore[encryption/not-encrypted] a until=2026-11-20
  # gardefou: ignore[encryption/not-encrypted] a until=2026-13-20
  # gardefou: ignore[*] a
  # gardefou: ignore
  # gardefou: ignore[encryption/not-encrypted a
  # gardefou: ignroe[encryption/not-encrypted] a
  # gardefou: ignore[encryption/not-encrypt, encription/*, acme/naming, waiver/unused] a
  # Not for us: write gardefou: ignore[encryption/not-encrypted] a
  storage_encrypted = false
}
"#;
    let estate = Estate::new(&[("main.tf", &code)]);
    let scan = estate.scan();
    assert_eq!(scan.of(PLAIN, false), set(&["aws_db_instance.a"]));
    let unknown =
        |name: &str, near: &str| format!("there is no rule \"{name}\": did you mean \"{near}\"?");
    assert_eq!(
        scan.about(),
        [
            "7 no-reason: this ignore says no reason, so it does nothing".to_owned(),
            format!("8 expired: the ignore of {PLAIN} ended on 2026-11-20: what it accepted counts again"),
            "9 not-understood: `until=2026-13-20` is no day, so this ignore does nothing: write it as until=2026-12-31".to_owned(),
            "10 not-understood: `*` would ignore every rule, those to come included, so it does nothing: name rules, or a family as `residency/*`".to_owned(),
            "11 not-understood: this ignore names no rule, so it does nothing: write `ignore[rule] reason`".to_owned(),
            "12 not-understood: the bracket of this ignore is not closed on its line, so it does nothing".to_owned(),
            "13 not-understood: `ignroe` is no word of Gardefou: write `gardefou: ignore[rule] reason`".to_owned(),
            format!("14 not-understood: {}", unknown("encryption/not-encrypt", PLAIN)),
            format!("14 not-understood: {}", unknown("encription/*", "encryption/*")),
            "14 not-understood: there is no rule \"acme/naming\": `gardefou rules` lists them, those of your own policies need --policy".to_owned(),
            "14 not-understood: waiver/unused is about waivers and attestations: it is set in [rules] of gardefou.toml, not ignored in the code".to_owned(),
        ]
    );
    let severities: BTreeSet<&str> = scan
        .findings()
        .filter(|one| one["kind"] == "ignore")
        .filter_map(|one| one["severity"].as_str())
        .collect();
    assert_eq!(severities, BTreeSet::from(["medium"]));
    // The rules about ignores are set like any other, and explained.
    let off = "[rules]\n\"waiver/not-understood\" = \"off\"\n\"waiver/no-reason\" = \"high\"\n";
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", off)]).scan();
    assert_eq!(scan.about().len(), 2);
    for rule in ["waiver/no-reason", "waiver/not-understood"] {
        assert_eq!(estate_free(&["explain", rule]).code, 0, "{rule}");
    }
}

fn estate_free(arguments: &[&str]) -> Run {
    gardefou_in(&root(), arguments, &[])
}

#[test]
fn the_call_of_a_module_speaks_of_all_that_is_in_it() {
    let main = HEAD.to_owned()
        + r#"
# gardefou: ignore[residency/outside-area] test data
module "one" {
  source = "./m"
}
module "two" {
  source = "./m"
}
terraform {
  # gardefou: ignore[residency/state-outside-area] moves with the rest
  backend "s3" {
    bucket = "state"
    key    = "k"
    region = "us-east-1"
  }
}
"#;
    let module = r#"
resource "aws_s3_bucket" "a" {}
resource "aws_db_instance" "a" {
  storage_encrypted = false # gardefou: ignore[encryption/not-encrypted] for every caller
}
module "inner" {
  source = "./inner"
}
"#;
    let inner = "resource \"aws_s3_bucket\" \"b\" {}\n";
    let files = [
        ("main.tf", main.as_str()),
        ("m/main.tf", module),
        ("m/inner/main.tf", inner),
    ];
    let scan = Estate::new(&files).scan();
    assert_eq!(
        scan.of(OUTSIDE, true),
        set(&[
            "module.one.aws_db_instance.a",
            "module.one.aws_s3_bucket.a",
            "module.one.module.inner.aws_s3_bucket.b",
        ])
    );
    assert_eq!(scan.of(OUTSIDE, false).len(), 3);
    assert_eq!(scan.of(PLAIN, true).len(), 2);
    assert_eq!(scan.of("residency/state-outside-area", true).len(), 1);
    assert_eq!(scan.about(), [""; 0]);
}

/// Whoever wrote a module of a registry knows nothing of the data that others put into it.
#[test]
fn ignores_in_fetched_modules_are_not_heeded() {
    let main = HEAD.to_owned()
        + "module \"m\" {\n  source = \"acme/m/aws\"\n}\nmodule \"n\" {\n  source = \"../beside\"\n}\n";
    let module = "# gardefou: ignore[residency/outside-area] trust us\nresource \"aws_s3_bucket\" \"a\" {}\n# gardefou: ignore\n";
    let beside = "# gardefou: ignore[residency/outside-area] ours\nresource \"aws_s3_bucket\" \"a\" {}\n# gardefou: ignore[residency/outside-area] for another root\nlocals {}\n";
    let index = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/acme/m/aws","Version":"1.0.0","Dir":".terraform/modules/m"},{"Key":"n","Source":"../beside","Dir":"../beside"}]}"#;
    let estate = Estate::new(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("root/main.tf", main.as_str()),
        ("root/.terraform/modules/modules.json", index),
        ("root/.terraform/modules/m/main.tf", module),
        ("beside/main.tf", beside),
    ]);
    let run = gardefou_in(
        &estate.folder.path().join("root"),
        &["scan", ".", "--as-of", AS_OF, "--format", "json"],
        &[],
    );
    let document = serde_json::from_str(&run.stdout).expect("JSON");
    let scan = Scan { document };
    assert_eq!(scan.of(OUTSIDE, false), set(&["module.m.aws_s3_bucket.a"]));
    assert_eq!(scan.of(OUTSIDE, true), set(&["module.n.aws_s3_bucket.a"]));
    assert_eq!(scan.about(), [""; 0]);
    let count = &scan.document["coverage"]["inline_ignores"];
    assert_eq!(count["written"], 4);
    assert_eq!(count["not_heeded"], 2);
}

#[test]
fn a_waiver_and_an_ignore_of_the_same_finding_are_both_in_use() {
    let code = HEAD.to_owned()
        + r#"
# gardefou: ignore[residency/outside-area] outer
resource "aws_s3_bucket" "a" { # gardefou: ignore[residency/outside-area] the same again
}
# gardefou: ignore[encryption/*] outer
resource "aws_db_instance" "b" {
  storage_encrypted = false # gardefou: ignore[encryption/not-encrypted] inner
}
"#;
    let config = "[[waiver]]\nrule = \"residency/outside-area\"\nmatch = [\"aws_s3_bucket.a\"]\nreason = \"ours\"\nby = \"DSI\"\nuntil = 2026-12-31\n";
    let scan = Estate::new(&[("main.tf", &code), ("gardefou.toml", config)]).scan();
    let waived = |rule: &str, address: &str| {
        let mut all = scan.findings();
        let found = all.find(|one| one["rule"] == rule && one["address"] == address);
        found.expect("a finding")["waived"].clone()
    };
    assert_eq!(waived(OUTSIDE, "aws_s3_bucket.a")["kind"], "config");
    assert_eq!(waived(PLAIN, "aws_db_instance.b")["reason"], "inner");
    assert_eq!(
        scan.about(),
        [format!(
            "7 unused: this ignore of {OUTSIDE} accepts no finding"
        )]
    );
    // With a part of the rules nobody can tell what is of no use.
    let part = Estate::new(&[("main.tf", &code)]).scan_with(&["--framework", "hds"], &[]);
    assert_eq!(part.about(), [""; 0]);
}

/// Plans hold no comments: findings that the code locates are ignored there.
#[test]
fn with_a_plan_the_ignores_of_the_code_count() {
    let fixture = |name: &str| {
        let path = root().join("fixtures/clinic-plan-and-code").join(name);
        std::fs::read_to_string(path).expect("a fixture")
    };
    let on = "# gardefou: ignore[residency/outside-area] moves in spring";
    let code = fixture("main.tf")
        .replace(
            "resource \"aws_db_instance\" \"legacy\"",
            &format!("{on}\nresource \"aws_db_instance\" \"legacy\""),
        )
        .replace("module \"archive\"", &format!("{on}\nmodule \"archive\""));
    let plan = fixture("tfplan.json");
    let scan = Estate::new(&[("main.tf", &code), ("tfplan.json", &plan)]).scan();
    assert_eq!(
        scan.of(OUTSIDE, true),
        set(&[
            "aws_db_instance.legacy",
            "module.archive.aws_s3_bucket.this"
        ])
    );
    assert_eq!(scan.of(OUTSIDE, false), set(&[]));
    assert_eq!(scan.about(), [""; 0]);
}

/// A pull request may hold anything.
#[test]
fn hostile_ignores_are_bounded_and_escaped() {
    let reason = "\u{1b}[31m\u{202e}evil\u{7} ".repeat(1000);
    let mut code = HEAD.to_owned();
    code += &format!(
        "# gardefou: ignore[residency/outside-area] {reason}\nresource \"aws_s3_bucket\" \"a\" {{}}\n"
    );
    code += &format!("# gardefou: ignore[{}] x\n", "\u{202e}é".repeat(200_000));
    code += &format!("# {}\n", "gardefou: ".repeat(50_000));
    code += &format!(
        "# gardefou: ignore[{}] x\n",
        "residency/outside-area,".repeat(50_000)
    );
    code += &"# gardefou: ignore[residency/outside-area] x\n".repeat(5_000);
    code += "resource \"aws_s3_bucket\" \"b\" {}\n";
    code += &format!(
        "x = [{}]\n",
        "/* gardefou: ignore[residency/outside-area] */ 1, ".repeat(5_000)
    );
    let estate = Estate::new(&[("main.tf", &code)]);
    for more in [
        &["--format", "human"][..],
        &["--format", "json"],
        &["--quiet"],
    ] {
        let run = estate.run(more, &[]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        for evil in ['\u{1b}', '\u{7}'] {
            assert!(!run.stdout.contains(evil), "{more:?}");
        }
        if more[1..] != ["json"] {
            assert!(!run.stdout.contains('\u{202e}'), "{more:?}");
        }
    }
}
