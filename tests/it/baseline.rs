//! The baseline through the real program: what is known stays and does not fail, what is new or graver does.

use std::path::Path;

use serde_json::Value;

use crate::ignores::{Estate, HEAD, OUTSIDE};
use crate::support::{AS_OF, Run, gardefou_in};

const FILE: &str = "gardefou.baseline.json";

/// A repository with two roots, a module and a manifest.
fn estate() -> Estate {
    let main = HEAD.to_owned()
        + "resource \"aws_s3_bucket\" \"a\" {}\nmodule \"db\" {\n  source = \"./modules/db\"\n}\n";
    let other = HEAD.replace("us-east-1", "eu-west-3") + "resource \"aws_s3_bucket\" \"b\" {}\n";
    Estate::new(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("infra/main.tf", &main),
        (
            "infra/modules/db/main.tf",
            "resource \"aws_db_instance\" \"main\" {\n  storage_encrypted = false\n}\n",
        ),
        ("other/main.tf", &other),
        (
            "k8s/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  namespace: prod\nspec:\n  containers:\n    - name: a\n      image: ghcr.io/x/y:1\n",
        ),
    ])
}

fn baseline(estate: &Estate, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut all = vec!["baseline"];
    all.extend(arguments);
    all.extend(["--as-of", AS_OF]);
    gardefou_in(estate.folder.path(), &all, environment)
}

fn created() -> Estate {
    let estate = estate();
    let run = baseline(
        &estate,
        &["create", "--reason", "before the migration"],
        &[],
    );
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    estate
}

/// What the report says of the baseline, with the status.
fn scan_in(estate: &Estate, folder: &str, more: &[&str]) -> (i32, Value) {
    let file = estate.folder.path().join(FILE);
    let file = file.to_str().expect("UTF-8");
    let mut arguments = vec!["scan", ".", "--as-of", AS_OF, "--format", "json"];
    if !more.contains(&"--no-baseline") {
        arguments.extend(["--baseline", file]);
    }
    arguments.extend(more);
    let run = gardefou_in(&estate.folder.path().join(folder), &arguments, &[]);
    let document = serde_json::from_str(&run.stdout);
    let document = document.unwrap_or_else(|error| panic!("{error}\n{}", run.stderr));
    (run.code, document)
}

fn edit(estate: &Estate, path: &str, from: &str, to: &str) {
    let path = estate.folder.path().join(path);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{from} in {text}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

fn read(estate: &Estate) -> String {
    std::fs::read_to_string(estate.folder.path().join(FILE)).expect("a baseline")
}

#[test]
fn what_is_known_stays_visible_and_does_not_fail() {
    let estate = created();
    let (code, before) = scan_in(&estate, ".", &["--no-baseline"]);
    assert_eq!(code, 1);
    assert_eq!(before["baseline"], Value::Null);
    let (code, after) = scan_in(&estate, ".", &[]);
    assert_eq!(code, 0);
    let count = before["findings"].as_array().map(Vec::len);
    assert_eq!(after["findings"].as_array().map(Vec::len), count);
    assert_eq!(after["baseline"]["known"], count.unwrap_or_default());
    assert_eq!(after["baseline"]["new"], 0);
    assert_eq!(after["baseline"]["not_looked_at"], 0);
    let entries = read(&estate);
    for finding in after["findings"].as_array().expect("findings") {
        let waived = &finding["waived"];
        assert_eq!(waived["kind"], "baseline");
        assert_eq!(waived["reason"], "before the migration");
        // Its place is its line in the file.
        let line = waived["location"]["start"]["line"]
            .as_u64()
            .expect("a line");
        let line = entries.lines().nth(line as usize - 1).expect("a line");
        assert!(
            line.contains(finding["fingerprint"].as_str().expect("a name")),
            "{line}"
        );
    }
    let schema = crate::support::root().join("docs/schema/baseline.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let written = serde_json::from_str(&entries).expect("JSON");
    let errors: Vec<String> = validator
        .iter_errors(&written)
        .map(|one| one.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // One line for each, sorted, and the same bytes again.
    let lines: Vec<&str> = entries
        .lines()
        .filter(|line| line.contains("\"rule\""))
        .collect();
    assert_eq!(Some(lines.len()), count);
    let again = baseline(&estate, &["update"], &[]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(read(&estate), entries);
    // For people it is counted, and listed when asked.
    let text = estate.run(&["--baseline", FILE], &[]).stdout;
    assert!(
        text.contains("known in gardefou.baseline.json (") && text.contains("nothing new"),
        "{text}"
    );
    assert!(!text.contains("before the migration"), "{text}");
    let all = estate.run(&["--baseline", FILE, "--verbose"], &[]).stdout;
    assert!(all.contains("before the migration"), "{all}");
    let french = estate
        .run(&["--baseline", FILE, "--lang", "fr"], &[])
        .stdout;
    assert!(
        french.contains("connus selon") && french.contains("rien de nouveau"),
        "{french}"
    );
}

#[test]
fn a_finding_has_one_name_from_wherever_it_is_looked_at() {
    let estate = created();
    for (folder, code) in [(".", 0), ("infra", 0), ("other", 0), ("k8s", 0)] {
        let (status, document) = scan_in(&estate, folder, &[]);
        assert_eq!(status, code, "{folder}: {}", document["summary"]);
        assert_eq!(document["baseline"]["new"], 0, "{folder}");
        assert_ne!(document["baseline"]["known"], 0, "{folder}");
        // What lies elsewhere is not fixed.
        assert_eq!(
            document["baseline"]["fixed"],
            Value::Array(Vec::new()),
            "{folder}"
        );
    }
    // The module alone is a root of its own: nobody looked at the call.
    let (_, document) = scan_in(&estate, "infra/modules/db", &[]);
    assert_eq!(document["baseline"]["fixed"], Value::Array(Vec::new()));
    // Lines above change nothing.
    edit(
        &estate,
        "infra/main.tf",
        "provider",
        "# one\n\n# two\nprovider",
    );
    edit(&estate, "k8s/pod.yaml", "apiVersion", "# one\napiVersion");
    let (status, document) = scan_in(&estate, ".", &[]);
    assert_eq!((status, &document["baseline"]["new"]), (0, &Value::from(0)));
}

#[test]
fn what_is_new_or_graver_or_elsewhere_counts() {
    let estate = created();
    edit(
        &estate,
        "infra/main.tf",
        "module \"db\"",
        "resource \"aws_s3_bucket\" \"new\" {}\nmodule \"db\"",
    );
    let (code, document) = scan_in(&estate, ".", &[]);
    assert_eq!(code, 1);
    let open: Vec<&str> = document["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["waived"].is_null())
        .filter_map(|one| one["address"].as_str())
        .collect();
    assert!(
        !open.is_empty() && open.iter().all(|one| *one == "aws_s3_bucket.new"),
        "{open:?}"
    );
    assert_eq!(document["baseline"]["graver"], 0);

    // Another region is another decision.
    let estate = created();
    edit(&estate, "infra/main.tf", "us-east-1", "ap-southeast-1");
    let (code, document) = scan_in(&estate, ".", &[]);
    assert_eq!(code, 1);
    assert_ne!(document["baseline"]["graver"], 0);
    let moved = document["findings"].as_array().into_iter().flatten();
    let moved: Vec<&Value> = moved
        .filter(|one| one["rule"] == OUTSIDE && one["waived"].is_null())
        .collect();
    assert_eq!(moved.len(), 2);
    let evidence = moved[0]["evidence"].as_array().and_then(|all| all.last());
    let evidence = evidence.expect("evidence");
    let said = "the baseline accepts less: critical, health, regions/aws us-east-1";
    assert_eq!(evidence["label"], said);
    assert_eq!(evidence["path"], FILE);

    // So is more sensitive data; less of it is covered.
    for (level, code) in [("particular", 1), ("personal", 0)] {
        let estate = created();
        edit(
            &estate,
            "infra/main.tf",
            "\"health\"",
            &format!("\"{level}\""),
        );
        assert_eq!(scan_in(&estate, "infra", &[]).0, code, "{level}");
    }
}

#[test]
fn what_is_fixed_is_said_and_dropped() {
    let estate = created();
    edit(&estate, "infra/modules/db/main.tf", "false", "true");
    let (_, document) = scan_in(&estate, ".", &[]);
    let fixed = document["baseline"]["fixed"].as_array().expect("a list");
    assert!(
        fixed
            .iter()
            .any(|one| one["rule"] == "encryption/not-encrypted"),
        "{fixed:?}"
    );
    assert!(
        fixed
            .iter()
            .all(|one| one["path"] == "infra/modules/db/main.tf"),
        "{fixed:?}"
    );
    let text = estate.run(&["--baseline", FILE], &[]).stdout;
    assert!(text.contains("`gardefou baseline prune` drops"), "{text}");

    let before = read(&estate);
    let dry = baseline(&estate, &["prune", "--dry-run"], &[]);
    assert!(
        dry.stdout
            .contains("- critical encryption/not-encrypted  module.db.aws_db_instance.main"),
        "{}",
        dry.stdout
    );
    assert_eq!(read(&estate), before);
    // A part of the code drops only what belongs to it.
    let part = baseline(&estate, &["prune", "other"], &[]);
    assert_eq!(part.code, 0, "{}", part.stderr);
    assert_eq!(read(&estate), before);
    // CI may drop.
    let run = baseline(&estate, &["prune"], &[("CI", "true")]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!read(&estate).contains("encryption/not-encrypted"));
    let gone = before.lines().count() - read(&estate).lines().count();
    assert_eq!(gone, fixed.len());
}

#[test]
fn nothing_that_could_not_be_judged_is_called_fixed() {
    let estate = created();
    let before = read(&estate);
    edit(
        &estate,
        "infra/main.tf",
        "resource \"aws_s3_bucket\" \"a\" {}",
        "resource \"aws_s3_bucket\" \"a\" {",
    );
    let (code, document) = scan_in(&estate, ".", &[]);
    assert_eq!(code, 2);
    assert_eq!(document["baseline"]["fixed"], Value::Array(Vec::new()));
    let run = baseline(&estate, &["prune"], &[]);
    assert_eq!(run.code, 2);
    assert_eq!(read(&estate), before);
    // Nor is what a part of the rules was not asked about.
    let estate = created();
    edit(&estate, "infra/modules/db/main.tf", "false", "true");
    let (_, document) = scan_in(&estate, ".", &["--framework", "sren"]);
    assert_eq!(document["baseline"]["fixed"], Value::Array(Vec::new()));
    // Nor what was left out.
    let estate = created();
    std::fs::write(estate.folder.path().join(".gardefouignore"), "other\n").expect("written");
    let (_, document) = scan_in(&estate, ".", &[]);
    assert_eq!(document["baseline"]["fixed"], Value::Array(Vec::new()));
}

#[test]
fn nothing_is_overwritten_and_ci_adds_nothing() {
    let estate = created();
    let before = read(&estate);
    let again = baseline(&estate, &["create"], &[]);
    assert_eq!(again.code, 2);
    assert!(
        again.stderr.contains("is there already"),
        "{}",
        again.stderr
    );
    assert_eq!(read(&estate), before);

    edit(
        &estate,
        "other/main.tf",
        "resource",
        "resource \"aws_s3_bucket\" \"new\" {}\nresource",
    );
    let run = baseline(&estate, &["update"], &[("CI", "true")]);
    assert_eq!(run.code, 2);
    assert!(
        run.stdout.contains("+ ") && run.stdout.contains("aws_s3_bucket.new"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("this is CI"), "{}", run.stderr);
    assert_eq!(read(&estate), before);
    for (arguments, environment) in [
        (&["update", "--allow-ci"][..], &[("CI", "true")][..]),
        (&["update"], &[("CI", "false")]),
    ] {
        std::fs::write(estate.folder.path().join(FILE), &before).expect("written");
        let run = baseline(&estate, arguments, environment);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(read(&estate).contains("aws_s3_bucket.new"));
        assert!(read(&estate).contains("\"reason\": \"before the migration\""));
    }
}

#[test]
fn the_configuration_names_it_and_it_ends() {
    let estate = estate();
    let config = "[baseline]\nfile = \"ci/known.json\"\n";
    std::fs::write(estate.folder.path().join("gardefou.toml"), config).expect("written");
    std::fs::create_dir(estate.folder.path().join("ci")).expect("a folder");
    let absent = estate.run(&[], &[]);
    assert_eq!(absent.code, 2);
    assert!(
        absent.stdout.contains("there is no baseline")
            && absent.stdout.contains("gardefou.toml:2:8"),
        "{}",
        absent.stdout
    );
    let run = baseline(
        &estate,
        &[
            "create",
            "infra",
            "other",
            "k8s",
            "--until",
            "2027-06-30",
            "--by",
            "RSSI",
        ],
        &[],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.starts_with("ci/known.json: written"),
        "{}",
        run.stdout
    );
    assert_eq!(estate.run(&[], &[]).code, 0);
    assert_eq!(estate.run(&["--no-baseline"], &[]).code, 1);
    let waived = estate.scan_with(&[], &[]).findings().next().expect("one")["waived"].clone();
    assert_eq!(
        (&waived["until"], &waived["by"]),
        (&"2027-06-30".into(), &"RSSI".into())
    );
    let later = estate.scan_with(&["--as-of", "2027-07-01"], &[]);
    assert_eq!(later.document["baseline"]["expired"], true);
    assert_eq!(
        later.about(),
        ["5 expired: the baseline ended on 2027-06-30: its findings count again"]
    );
    assert_ne!(later.document["summary"]["failing"], 0);
    // The environment names another, and an empty one nothing.
    let none = estate.run(&[], &[("GARDEFOU_BASELINE", "nowhere.json")]);
    assert_eq!(none.code, 2, "{}", none.stdout);
    assert_eq!(estate.run(&[], &[("GARDEFOU_BASELINE", "")]).code, 0);
}

#[test]
fn a_baseline_with_a_fault_accepts_nothing() {
    let estate = created();
    let good = read(&estate);
    let path = estate.folder.path().join(FILE);
    let conflict = good.replacen("    {", "<<<<<<< ours\n    {", 1);
    for (text, said) in [
        ("", "the baseline is no JSON"),
        ("[]", "a baseline is an object"),
        (
            "{\"schema\": 2, \"reason\": \"x\", \"findings\": []}",
            "a baseline of this version has `\"schema\": 1`",
        ),
        (
            "{\"schema\": 1, \"reason\": \"x\"}",
            "a baseline has a list `findings`",
        ),
        (
            "{\"schema\": 1, \"reason\": \"x\", \"findings\": [{}]}",
            "`fingerprint` is missing here",
        ),
        (
            &good.replacen("\"severity\":\"", "\"severity\":\"very ", 1),
            "it is one of",
        ),
        (
            &good.replacen("\"address\"", "\"adress\"", 1),
            "did you mean `address`?",
        ),
        (
            &good.replacen("\"reason\": ", "\"until\": \"soon\",\n  \"reason\": ", 1),
            "`soon` is no day",
        ),
        (&conflict, "the baseline is no JSON"),
    ] {
        std::fs::write(&path, text).expect("written");
        let run = estate.run(&["--baseline", FILE], &[]);
        assert_eq!(run.code, 2, "{said}: {}", run.stdout);
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
        assert!(!run.stdout.contains("known in"), "{said}");
        let run = baseline(&estate, &["update"], &[]);
        assert_eq!(run.code, 2, "{said}");
        assert_eq!(read(&estate), text, "{said}");
    }
}

/// A pull request may bring any file.
#[test]
fn a_hostile_baseline_is_bounded_and_escaped() {
    let estate = created();
    let good = read(&estate);
    let path = estate.folder.path().join(FILE);
    let run = |text: &str| {
        std::fs::write(&path, text).expect("written");
        estate.run(&["--baseline", FILE, "--verbose"], &[])
    };
    let many = format!(
        "{{\"schema\": 1, \"reason\": \"x\", \"findings\": [{}1]}}",
        "1,".repeat(100_000)
    );
    let said = run(&many);
    assert_eq!(said.code, 2);
    assert!(said.stdout.len() < 200_000, "{}", said.stdout.len());
    assert!(said.stdout.contains("more faults"));
    let deep = "[".repeat(100_000);
    assert_eq!(run(&deep).code, 2);
    let evil = good.replacen(
        "before the migration",
        &"\\u001b[31m\\u202e\\n".repeat(50),
        1,
    );
    let said = run(&evil);
    assert_eq!(said.code, 0, "{}", said.stdout);
    assert!(
        !said.stdout.contains(['\u{1b}', '\u{202e}']),
        "{}",
        said.stdout
    );
}

#[test]
fn it_is_written_where_the_repository_begins() {
    let estate = estate();
    let run = |folder: &str, more: &[&str]| {
        let mut arguments = vec!["baseline", "create", "--as-of", AS_OF];
        arguments.extend(more);
        gardefou_in(&estate.folder.path().join(folder), &arguments, &[])
    };
    assert_eq!(run("infra", &[]).code, 0);
    assert!(estate.folder.path().join(FILE).is_file());
    let paths = read(&estate);
    assert!(
        paths.contains("\"path\":\"infra/modules/db/main.tf\""),
        "{paths}"
    );
    // An empty folder has none.
    let empty = estate.folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    assert_eq!(run("empty", &["--baseline", "b.json"]).code, 3);
    assert!(!Path::new(&empty).join("b.json").exists());
}

/// A host that nobody knows is not any host that nobody knows.
#[test]
fn another_unknown_host_or_place_counts() {
    let pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: d, labels: {sensitivity: health}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: log\n          image: harbor.chu-lille.fr/log:1\n          env:\n            - {name: SENTRY_DSN, value: \"https://x@sentry.chu-lille.fr/1\"}\n";
    let state = HEAD.replace("us-east-1", "eu-west-3")
        + "terraform {\n  backend \"s3\" {\n    bucket = \"state\"\n    key    = \"x\"\n    region = \"eu-west-3\"\n  }\n}\nresource \"aws_s3_bucket\" \"a\" {}\n";
    let made = || {
        let estate = Estate::new(&[
            (".git/HEAD", "ref: refs/heads/main\n"),
            ("k8s/a.yaml", pod),
            ("infra/main.tf", &state),
        ]);
        let run = baseline(&estate, &["create"], &[]);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        estate
    };
    let open = |estate: &Estate| {
        let (_, document) = scan_in(estate, ".", &[]);
        let all = document["findings"].as_array().cloned().unwrap_or_default();
        let open = all.iter().filter(|one| one["waived"].is_null());
        let mut open: Vec<String> = open
            .map(|one| format!("{} {}", one["rule"], one["address"]).replace('"', ""))
            .collect();
        open.sort();
        open
    };
    assert_eq!(open(&made()), [""; 0]);
    let dependency = "qualification/foreign-dependency apps/v1/Deployment d/api";
    // Another version of the same image is the same host.
    for (from, to, expected) in [
        ("log:1", "log:2", &[][..]),
        ("harbor.chu-lille.fr", "evil.ru", &[dependency]),
        ("sentry.chu-lille.fr", "sentry.example.us", &[dependency]),
    ] {
        let estate = made();
        edit(&estate, "k8s/a.yaml", from, to);
        assert_eq!(open(&estate), expected, "{to}");
    }
    let estate = made();
    let old = "    region = \"eu-west-3\"\n  }";
    edit(
        &estate,
        "infra/main.tf",
        old,
        &old.replace("eu-west-3", "ap-southeast-1"),
    );
    assert!(
        open(&estate)
            .iter()
            .any(|one| one.starts_with("residency/state-outside-area")),
        "{:?}",
        open(&estate)
    );
    // What an entry holds does not hang on the language.
    let english = read(&made());
    let french = made();
    std::fs::remove_file(french.folder.path().join(FILE)).expect("removed");
    let run = baseline(&french, &["create", "--lang", "fr"], &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let entries = |text: &str| {
        let lines = text.lines().filter(|line| line.contains("fingerprint"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(entries(&english), entries(&read(&french)));
}

#[test]
fn ci_creates_nothing_either() {
    let estate = estate();
    let run = baseline(&estate, &["create"], &[("CI", "true")]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("this is CI") && run.stderr.contains("`gardefou baseline create`"),
        "{}",
        run.stderr
    );
    assert!(!estate.folder.path().join(FILE).exists());
    let run = baseline(&estate, &["create", "--allow-ci"], &[("CI", "true")]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// The file that is written is the one that the advice names.
#[test]
fn advice_names_the_file_that_was_written() {
    let estate = estate();
    std::fs::create_dir(estate.folder.path().join("ops")).expect("a folder");
    let run = baseline(&estate, &["create", "--baseline", "ops/known.json"], &[]);
    assert!(
        run.stdout.contains("file = \"ops/known.json\""),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

/// A folder may be called as what a program made of a chart is.
#[test]
fn what_is_fixed_in_a_folder_with_brackets_is_dropped() {
    let main = HEAD.to_owned() + "resource \"aws_s3_bucket\" \"a\" {}\n";
    let estate = Estate::new(&[
        (".git/HEAD", "ref: refs/heads/main\n"),
        ("env (old)/main.tf", &main),
    ]);
    assert_eq!(baseline(&estate, &["create"], &[]).code, 0);
    edit(&estate, "env (old)/main.tf", "us-east-1", "eu-west-3");
    let (_, document) = scan_in(&estate, ".", &[]);
    let fixed = document["baseline"]["fixed"].as_array().expect("a list");
    assert!(
        fixed.iter().any(|one| one["rule"] == OUTSIDE),
        "{}",
        document["baseline"]
    );
}
