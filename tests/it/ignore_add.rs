//! `gardefou ignore --add` through the real program: one insertion, and the finding is accepted.

use crate::ignores::{Estate, HEAD, OUTSIDE, PLAIN};
use crate::support::{AS_OF, Run, gardefou_in};

fn add(estate: &Estate, rule: &str, address: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["ignore", "--add", rule, address, "--as-of", AS_OF];
    if !more.contains(&"--reason") {
        arguments.extend(["--reason", "a reason"]);
    }
    arguments.extend(more);
    gardefou_in(estate.folder.path(), &arguments, &[])
}

fn read(estate: &Estate, path: &str) -> Vec<u8> {
    std::fs::read(estate.folder.path().join(path)).expect("a file")
}

/// One insertion of this text makes the one into the other, and no other byte differs.
fn holds(before: &[u8], after: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    let fits = |at: usize| {
        let (head, tail) = before.split_at(at);
        after
            .strip_prefix(head)
            .and_then(|rest| rest.strip_prefix(text))
            == Some(tail)
    };
    after.len() == before.len() + text.len() && (0..=before.len()).any(fits)
}

const MARKED: &str = "gardefou: ignore[residency/outside-area] a reason";

/// However a file is laid out, one insertion makes the difference.
#[test]
fn one_insertion_whatever_the_layout() {
    let head = HEAD;
    let bucket = "resource \"aws_s3_bucket\" \"a\" {}";
    let comment = "# gardefou: ignore[residency/*] of others";
    let crlf = format!("{head}\n{bucket}\n").replace('\n', "\r\n");
    let json = |bucket: &str| {
        format!(
            "{{\"provider\": {{\"aws\": {{\"region\": \"us-east-1\", \"default_tags\": {{\"tags\": {{\"data-classification\": \"health\"}}}}}}}}, \"resource\": {{\"aws_s3_bucket\": {{\"a\": {bucket}}}}}}}"
        )
    };
    let line = format!("# {MARKED}\n");
    let key = format!("\"//\": \"{MARKED}\"");
    for (path, text, expected) in [
        ("main.tf", format!("{head}{bucket}\n"), line.clone()),
        ("main.tf", format!("{head}{bucket}"), line.clone()),
        ("main.tf", format!("{bucket}\n{head}"), line.clone()),
        ("main.tf", format!("\u{feff}{bucket}\n{head}"), line.clone()),
        ("main.tf", crlf.clone(), format!("# {MARKED}\r\n")),
        (
            "main.tf",
            format!("\u{feff}{crlf}"),
            format!("# {MARKED}\r\n"),
        ),
        (
            "main.tf",
            format!("{head}\t  {bucket}\n"),
            format!("\t  {line}"),
        ),
        (
            "main.tf",
            format!("{head}# ours\n{bucket} # behind\n"),
            line.clone(),
        ),
        (
            "main.tf",
            format!("{head}/* before */ {bucket}\n"),
            line.clone(),
        ),
        (
            "main.tf",
            format!("{head}{comment}\n\n{bucket}\n"),
            line.clone(),
        ),
        (
            "main.tf",
            format!("{head}x = <<E\n  {bucket}\nE\n{bucket}\n").replace("x = ", "locals {\n  x = ")
                + "}\n",
            String::new(),
        ),
        (
            "main.tf",
            format!("# é日本\n{head}{bucket}\n"),
            line.clone(),
        ),
        ("main.tf.json", json("{}"), key.clone()),
        ("main.tf.json", json("{ }"), key.clone()),
        (
            "main.tf.json",
            json("{\"bucket\": \"x\"}"),
            format!("{key}, "),
        ),
        (
            "main.tf.json",
            json("[{\"bucket\": \"x\"}]"),
            format!("{key}, "),
        ),
        (
            "main.tf.json",
            json("{\n    \"bucket\": \"x\"\n  }"),
            format!("\n    {key},"),
        ),
        (
            "main.tf.json",
            json("{\r\n\t\"bucket\": \"x\"}"),
            format!("\r\n\t{key},"),
        ),
    ] {
        let estate = Estate::new(&[(path, &text)]);
        let run = add(&estate, OUTSIDE, "aws_s3_bucket.a", &[]);
        if expected.is_empty() {
            // Two things of one name: Terraform would refuse it, and so is this.
            assert_ne!(run.code, 0, "{text}");
            assert_eq!(read(&estate, path), text.as_bytes());
            continue;
        }
        assert_eq!(run.code, 0, "{text}\n{}{}", run.stdout, run.stderr);
        assert!(
            run.stdout.contains("written: accepts 1 finding"),
            "{}",
            run.stdout
        );
        let after = read(&estate, path);
        let shown = String::from_utf8_lossy(&after);
        assert!(holds(text.as_bytes(), &after, &expected), "{text}\n{shown}");
        assert_eq!(estate.scan().of(OUTSIDE, true).len(), 1, "{text}");
        // Another one stands beside it.
        if path == "main.tf" {
            let once = read(&estate, path);
            let run = add(
                &estate,
                "encryption/no-customer-key",
                "aws_s3_bucket.a",
                &[],
            );
            assert_eq!(run.code, 0, "{}", run.stderr);
            let marked = expected.replace(OUTSIDE, "encryption/no-customer-key");
            assert!(holds(&once, &read(&estate, path), &marked), "{text}");
        }
    }
}

#[test]
fn instances_and_modules() {
    let main = HEAD.to_owned()
        + r#"
resource "aws_s3_bucket" "many" {
  for_each = toset(["a", "b"])
}
module "db" {
  for_each = toset(["x", "y"])
  source   = "./db"
}
module "other" {
  source = "./db"
}
"#;
    let db = "module \"inner\" {\n  source = \"../inner\"\n}\n";
    let inner = "resource \"aws_db_instance\" \"main\" {\n  storage_encrypted = false\n}\n";
    let files = [
        ("main.tf", main.as_str()),
        ("db/main.tf", db),
        ("inner/main.tf", inner),
    ];
    let estate = Estate::new(&files);
    // The instances share the block: one of them cannot be accepted alone, and none is in silence.
    let before = read(&estate, "main.tf");
    let one = "aws_s3_bucket.many[\"a\"]";
    let run = add(&estate, OUTSIDE, one, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("on `aws_s3_bucket.many[\"b\"]`, too")
            && run.stderr.contains("name `aws_s3_bucket.many`"),
        "{}",
        run.stderr
    );
    assert_eq!(read(&estate, "main.tf"), before);
    let run = add(&estate, OUTSIDE, one, &["--force", "--dry-run"]);
    assert!(
        run.code == 0
            && run
                .stdout
                .contains("it accepts 1 more, on `aws_s3_bucket.many[\"b\"]`"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let run = add(&estate, OUTSIDE, "aws_s3_bucket.many", &[]);
    assert!(
        run.stdout.contains("accepts 2 findings") && !run.stdout.contains("more"),
        "{}",
        run.stdout
    );
    assert_eq!(estate.scan().of(OUTSIDE, true).len(), 2);
    let deep = "module.db[\"x\"].module.inner.aws_db_instance.main";
    let run = add(&estate, PLAIN, deep, &["--at", "module.db"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("main.tf:"), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("it accepts 1 more, on `module.db[\"y\"].module.inner.aws_db_instance.main`"),
        "{}",
        run.stdout
    );
    assert_eq!(estate.scan().of(PLAIN, true).len(), 2);
    assert_eq!(estate.scan().of(PLAIN, false).len(), 1);
    let run = add(
        &estate,
        PLAIN,
        "module.other.module.inner.aws_db_instance.main",
        &["--at", "module.other.module.inner"],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("db/main.tf:"), "{}", run.stdout);
    assert_eq!(estate.scan().of(PLAIN, false).len(), 0);
    for (at, said) in [
        ("module.none", "is no call on the way"),
        ("module.d", "is no call on the way"),
    ] {
        let run = add(&estate, OUTSIDE, deep, &["--at", at]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let run = add(
        &estate,
        "encryption/no-customer-key",
        "aws_s3_bucket.many",
        &["--at", "module.db"],
    );
    assert!(run.stderr.contains("is in no module"), "{}", run.stderr);
    let run = add(
        &estate,
        OUTSIDE,
        "module.other.module.inner.aws_db_instance.main",
        &[],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("it counts for every call of the module"),
        "{}",
        run.stdout
    );
}

#[test]
fn objects_of_kubernetes() {
    let pod = "metadata:\n  name: x\n  namespace: prod\n  labels: {data-classification: health}\nspec:\n  containers:\n    - name: a\n      image: ghcr.io/x/y:1\n";
    let rule = "qualification/foreign-dependency";
    let marked = format!("# gardefou: ignore[{rule}] a reason\n");
    for (path, text, expected) in [
        ("a.yaml", format!("apiVersion: v1\nkind: Pod\n{pod}"), marked.clone()),
        ("a.yaml", format!("# ours\n---\n# theirs\nkind: Pod\napiVersion: v1\n{pod}"), marked.clone()),
        ("a.yaml", format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: y}}\n---\nkind: Pod\napiVersion: v1\n{pod}"), marked.clone()),
        (
            "a.yaml",
            format!("apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n{}", pod.lines().map(|line| format!("    {line}\n")).collect::<String>()),
            format!("  {marked}"),
        ),
        (
            "a.json",
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"x\", \"namespace\": \"prod\", \"labels\": {\"sensitivity\": \"health\"}}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"ghcr.io/x/y:1\"}]}}".to_owned(),
            format!("\"annotations\": {{\"gardefou.eu/ignore\": \"[{rule}] a reason\"}}, "),
        ),
        (
            "a.json",
            "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"x\", \"namespace\": \"prod\", \"labels\": {\"sensitivity\": \"health\"}, \"annotations\": {\n  \"a\": \"b\"}}, \"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"ghcr.io/x/y:1\"}]}}]}".to_owned(),
            format!("\n  \"gardefou.eu/ignore\": \"[{rule}] a reason\","),
        ),
    ] {
        let estate = Estate::new(&[(path, &text)]);
        let run = add(&estate, rule, "v1/Pod prod/x", &[]);
        assert_eq!(run.code, 0, "{text}\n{}{}", run.stdout, run.stderr);
        let after = read(&estate, path);
        let shown = String::from_utf8_lossy(&after);
        assert!(holds(text.as_bytes(), &after, &expected), "{text}
{shown}");
        assert_eq!(estate.scan().of(rule, false).len(), 0, "{text}");
    }
}

#[test]
fn what_it_refuses() {
    let code = HEAD.to_owned()
        + "resource \"aws_s3_bucket\" \"a\" {}\nresource \"aws_db_instance\" \"b\" {\n  storage_encrypted = true\n}\n";
    let estate = Estate::new(&[("main.tf", &code)]);
    let bucket = "aws_s3_bucket.a";
    for (rule, address, more, said) in [
        (
            "residency/outside-aera",
            bucket,
            &[][..],
            "did you mean \"residency/outside-area\"?",
        ),
        ("waiver/unused", bucket, &[], "there is no rule"),
        (
            OUTSIDE,
            "aws_s3_bucket.b",
            &[],
            "did you mean `aws_s3_bucket.a`?",
        ),
        (
            OUTSIDE,
            bucket,
            &["--reason", " - "],
            "--reason TEXT is needed",
        ),
        (OUTSIDE, bucket, &["--reason", "a\nresource"], "one line"),
        (
            OUTSIDE,
            bucket,
            &["--reason", "a until=2099-01-01"],
            "an option of its own",
        ),
        (
            OUTSIDE,
            bucket,
            &["--reason", "\u{202e}a"],
            "without control characters",
        ),
        (
            OUTSIDE,
            bucket,
            &["--until", "2026-11-20"],
            "this day is over",
        ),
        (OUTSIDE, bucket, &["--until", "soon"], "write a day"),
        (PLAIN, "aws_db_instance.b", &[], "has no finding on"),
    ] {
        let run = add(&estate, rule, address, more);
        assert_eq!(run.code, 2, "{said}: {}", run.stdout);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        assert_eq!(read(&estate, "main.tf"), code.as_bytes(), "{said}");
    }
    let run = add(&estate, PLAIN, "aws_db_instance.b", &["--force"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = add(&estate, OUTSIDE, bucket, &["--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout
            .contains("+ # gardefou: ignore[residency/outside-area] a reason"),
        "{}",
        run.stdout
    );
    assert_eq!(estate.scan().of(OUTSIDE, true).len(), 0);
    assert_eq!(add(&estate, OUTSIDE, bucket, &[]).code, 0);
    let run = add(&estate, OUTSIDE, bucket, &[]);
    assert!(run.stderr.contains("is accepted already"), "{}", run.stderr);

    // What the configuration does not allow is not written.
    for (config, said) in [
        ("[ignores]\ninline = false\n", "inline = false"),
        ("[ignores]\nnever = [\"residency/*\"]\n", "[ignores] never"),
        ("[ignores]\nmax-days = 30\n", "[ignores] max-days"),
    ] {
        let estate = Estate::new(&[("main.tf", &code), ("gardefou.toml", config)]);
        let run = add(&estate, OUTSIDE, bucket, &[]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    let french = add(&estate, OUTSIDE, "aws_s3_bucket.b", &["--lang", "fr"]);
    assert!(
        french
            .stderr
            .contains("vouliez-vous dire `aws_s3_bucket.a`"),
        "{}",
        french.stderr
    );
}

/// Two objects on one line: an ignore above it speaks of the first.
#[test]
fn an_ignore_that_does_something_else_is_taken_back() {
    let pod = |name: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: prod, labels: {{data-classification: health}}}}, spec: {{containers: [{{name: a, image: ghcr.io/x/y:1}}]}}}}"
        )
    };
    let rule = "qualification/foreign-dependency";
    let text = format!(
        "apiVersion: v1\nkind: List\nitems: [{}, {}]\n",
        pod("x"),
        pod("z")
    );
    let estate = Estate::new(&[("a.yaml", &text)]);
    assert_eq!(estate.scan().of(rule, false).len(), 2);
    let run = add(&estate, rule, "v1/Pod prod/z", &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("the file is as it was"),
        "{}",
        run.stderr
    );
    assert_eq!(read(&estate, "a.yaml"), text.as_bytes());
}

#[test]
fn what_a_program_makes_is_not_written_into() {
    let plan =
        std::fs::read_to_string(crate::support::root().join("fixtures/plan-alone/plan.json"));
    let Ok(plan) = plan else {
        panic!("the fixture has a plan");
    };
    let estate = Estate::new(&[("plan.json", &plan)]);
    let scan = estate.scan();
    let finding = scan
        .findings()
        .find(|one| one["rule"] == OUTSIDE)
        .expect("a finding");
    let address = finding["address"].as_str().expect("an address").to_owned();
    let run = add(&estate, OUTSIDE, &address, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("is made by a program"),
        "{}",
        run.stderr
    );
    assert_eq!(read(&estate, "plan.json"), plan.as_bytes());
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_do_not_lead_out() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let code = HEAD.to_owned() + "resource \"aws_s3_bucket\" \"a\" {}\n";
    let estate = Estate::new(&[("main.tf", &code)]);
    let file = estate.folder.path().join("main.tf");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("set");
    assert_eq!(add(&estate, OUTSIDE, "aws_s3_bucket.a", &[]).code, 0);
    let mode = std::fs::metadata(&file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    // A link inside stays one; what it leads to is written.
    let inside = Estate::new(&[("real.txt", &code)]);
    symlink("real.txt", inside.folder.path().join("main.tf")).expect("a link");
    let run = add(&inside, OUTSIDE, "aws_s3_bucket.a", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(inside.folder.path().join("main.tf").is_symlink());
    assert!(read(&inside, "real.txt").len() > code.len());
    let outside = Estate::new(&[("real.tf", &code)]);
    let here = Estate::new(&[("other.tf", "")]);
    symlink(
        outside.folder.path().join("real.tf"),
        here.folder.path().join("main.tf"),
    )
    .expect("a link");
    assert_ne!(add(&here, OUTSIDE, "aws_s3_bucket.a", &[]).code, 0);
    assert_eq!(read(&outside, "real.tf"), code.as_bytes());
}

/// The line that is named is the one that is written to.
#[test]
fn a_line_of_json_is_the_one_that_is_written() {
    let object = "{\n  \"apiVersion\": \"apps/v1\",\n  \"kind\": \"Deployment\",\n  \"metadata\": {\n    \"name\": \"j\",\n    \"namespace\": \"d\",\n    \"annotations\": {\"a\": \"b\"},\n    \"labels\": {\"sensitivity\": \"health\"}\n  },\n  \"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"x\", \"image\": \"quay.io/x/y:1\"}]}}}\n}\n";
    let estate = Estate::new(&[("j.json", object)]);
    let run = add(
        &estate,
        "qualification/foreign-dependency",
        "apps/v1/Deployment d/j",
        &["--force"],
    );
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("j.json:7\n"), "{}", run.stdout);
}
