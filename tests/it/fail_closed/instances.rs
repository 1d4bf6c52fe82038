//! `for_each`, `count` and modules: every instance is judged with its own values, and a call that cannot be followed is said.

use super::*;

#[test]
fn trivy_10926() {
    let all = seen("trivy-10926-sibling-modules");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [plain(
            "module.archive.aws_db_instance.this",
            "modules/store/main.tf:9"
        )]
    );
    assert_eq!(all.counts(PLAIN), [1, 1, 0]);
}

#[test]
fn trivy_5555() {
    let all = seen("trivy-5555-equal-values-of-a-map");
    let one = |key: &str| plain(&format!("aws_db_instance.this[\"{key}\"]"), "main.tf:20");
    assert_eq!(all.code, 1);
    assert_eq!(all.failing(), [one("first"), one("second")]);
}

#[test]
fn trivy_5554() {
    let all = seen("trivy-5554-for-each-on-data");
    let far = "aws_s3_bucket.letters[\"far\"] main.tf:20";
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            format!("violation qualification/hds-missing {far}"),
            format!("violation residency/outside-area {far}")
        ]
    );
    assert_eq!(all.counts("residency/outside-area"), [1, 1, 0]);
}

#[test]
fn trivy_7611() {
    let all = seen("trivy-7611-arguments-of-for-each");
    assert_eq!(all.code, 2);
    let one = |name: &str, line: u32| {
        plain(
            &format!("aws_db_instance.{name}"),
            &format!("main.tf:{line}"),
        )
    };
    assert_eq!(
        all.failing(),
        [
            one("set[\"a\"]", 12),
            one("set[\"b\"]", 12),
            one("map[\"a\"]", 19),
            one("object[\"a\"]", 26),
            one("object[\"b\"]", 26),
            one("list[\"*\"]", 40),
            one("nothing[\"*\"]", 47),
            one("numbers[\"*\"]", 54),
            one("secret[\"*\"]", 61),
            one("beside", 67),
        ]
    );
    assert_eq!(
        all.problems(),
        [
            "error evaluation main.tf:37: `for_each` takes a map or a set of strings, not a tuple",
            "error evaluation main.tf:44: `for_each` must not be null",
            "error evaluation main.tf:51: `for_each` takes a set of strings, not a set of number",
            "error evaluation main.tf:58: `for_each` must not be sensitive: its keys become part of addresses",
        ]
    );
}

#[test]
fn trivy_7936() {
    let all = seen("trivy-7936-null-into-a-typed-variable");
    assert_eq!(all.code, 1);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(
        all.failing(),
        [
            plain("module.store.aws_db_instance.this", "store/main.tf:15"),
            plain(
                "module.store.aws_db_instance.copy[\"one\"]",
                "store/main.tf:29"
            ),
        ]
    );
}

#[test]
fn trivy_7113() {
    let all = seen("trivy-7113-subfolder-of-a-package");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [plain(
            "module.nodes.aws_db_instance.inside",
            ".terraform/modules/nodes/modules/nodes/main.tf:4"
        )]
    );
    assert_eq!(all.resources(), 1);
}

#[test]
fn trivy_5121() {
    let all = seen("trivy-5121-module-that-calls-itself");
    assert_eq!(all.code, 2);
    assert_eq!(
        all.problems(),
        [
            "error cycle down/main.tf:1: module.up calls a module that it is part of",
            "error cycle main.tf:8: module.again calls a module that it is part of",
        ]
    );
    assert_eq!(
        all.failing(),
        [
            plain("module.down.aws_db_instance.below", "down/main.tf:8"),
            plain("aws_db_instance.records", "main.tf:19"),
        ]
    );
}

#[test]
fn trivy_7984() {
    let all = seen("trivy-7984-fetched-modules-of-modules");
    assert_eq!(all.code, 1);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(
        all.failing(),
        [
            plain(
                "module.level1.module.level2.module.level3.aws_db_instance.at3",
                ".terraform/modules/level1.level2.level3/main.tf:4"
            ),
            plain(
                "module.level1.module.level2.aws_db_instance.at2",
                ".terraform/modules/level1.level2/main.tf:9"
            ),
            plain(
                "module.level1.aws_db_instance.at1",
                ".terraform/modules/level1/main.tf:9"
            ),
        ]
    );
}

#[test]
fn trivy_6603() {
    let all = seen("trivy-6603-fetched-modules-are-there");
    assert_eq!(all.code, 1);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(
        all.failing(),
        [plain(
            "module.store.aws_db_instance.this",
            ".terraform/modules/store/main.tf:8"
        )]
    );
}

#[test]
fn trivy_5414() {
    let all = seen("trivy-5414-one-module-out-of-reach");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.problems(),
        [
            "warning missing-module main.tf:8: module.private is not judged: its code is kept in a git repository"
        ]
    );
    // What depends on it is open, the rest is judged.
    assert_eq!(
        all.failing(),
        [
            format!("undetermined {PLAIN} aws_db_instance.records main.tf:20"),
            plain("module.store.aws_db_instance.this", "store/main.tf:8"),
        ]
    );
    assert_eq!(
        all.document["coverage"]["missing_modules"][0]["call"],
        "module.private"
    );
}

#[test]
fn trivy_action_383() {
    let fixture = "trivy-action-383-nothing-but-private-modules";
    // Nothing was seen: that is no pass.
    let all = seen(fixture);
    assert_eq!(all.code, 3);
    assert_eq!(all.problems().len(), 1);
    assert_eq!(all.resources(), 0);
    let run = gardefou(&["scan", &format!("{FOLDER}/{fixture}"), "--as-of", AS_OF]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("`terraform init`"), "{}", run.stderr);
    // Code beside it that declares something is scanned.
    let copy = Copy::of(fixture);
    let store = "resource \"aws_db_instance\" \"a\" {\n  storage_encrypted = true\n}\n";
    fs::write(copy.path().join("more.tf"), store).expect("written");
    let more = copy.scan(&[]);
    assert_eq!((more.code, more.problems().len()), (0, 1));
}

#[test]
fn tflint_1138() {
    let all = seen("tflint-1138-each-value");
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.this[\"false\"]", "main.tf:12"),
            plain("aws_db_instance.counted[1]", "main.tf:19"),
        ]
    );
    assert_eq!(all.counts(PLAIN), [2, 2, 0]);
}

#[test]
fn tflint_1415() {
    let all = seen("tflint-1415-nothing-of-what-is-not-made");
    assert_eq!(all.code, 1);
    assert_eq!(all.problems(), [""; 0]);
    assert_eq!(
        all.failing(),
        [plain(
            "module.present[0].aws_db_instance.this",
            "store/main.tf:8"
        )]
    );
    assert_eq!(all.resources(), 1);
}

/// A hundred roots, each with two calls of a module that calls another one, all with `for_each`.
#[test]
fn checkov_5047() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    let fixture = root().join(FOLDER).join("checkov-5047-many-roots");
    for at in 0..100 {
        let text = fs::read_to_string(fixture.join("root/main.tf")).expect("a file");
        write(format!("r{at}/main.tf"), &text);
    }
    copy(
        &fixture.join("modules"),
        &folder.path().join("modules"),
        Path::new(""),
    );
    let all = seen_in(folder.path(), &["."]);
    assert_eq!(all.code, 1);
    assert_eq!(all.resources(), 100 * 2 * 3);
    assert_eq!(all.counts(PLAIN), [400, 200, 0]);
    // The fixture itself is one of them.
    assert_eq!(seen("checkov-5047-many-roots").counts(PLAIN), [4, 2, 0]);
}

#[test]
fn kics_4493() {
    let all = seen("kics-4493-module-of-a-registry");
    // The rest is judged and right; the call is said, and counted as not seen.
    assert_eq!(all.code, 0);
    assert_eq!(
        all.problems(),
        [
            "warning missing-module main.tf:8: module.db is not judged: its code is kept in a module registry"
        ]
    );
    let missing = &all.document["coverage"]["missing_modules"][0];
    assert_eq!(missing["source"], "terraform-aws-modules/rds/aws");
    assert_eq!(all.counts(PLAIN), [1, 0, 0]);
}

#[test]
fn kics_5312() {
    let all = seen("kics-5312-for-each-of-a-list");
    let far = "aws_s3_bucket.letters[\"letters-1\"] main.tf:15";
    assert_eq!(all.code, 1);
    assert_eq!(
        all.failing(),
        [
            format!("violation qualification/hds-missing {far}"),
            format!("violation residency/outside-area {far}")
        ]
    );
    assert_eq!(all.counts("residency/outside-area"), [1, 1, 0]);
}
