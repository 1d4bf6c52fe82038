//! What somebody accepted stays accepted, and nothing else with it.

use super::*;

#[test]
fn checkov_4366() {
    let fixture = "checkov-4366-ignore-at-the-call";
    let all = seen(fixture);
    assert_eq!(all.code, 1);
    let of = |call: &str| {
        [
            plain(
                &format!("module.{call}.module.deeper.aws_db_instance.below"),
                "store/deeper/main.tf:4",
            ),
            plain(
                &format!("module.{call}.aws_db_instance.this"),
                "store/main.tf:4",
            ),
        ]
    };
    assert_eq!(all.accepted(), of("training"));
    assert_eq!(all.failing(), of("records"));
    // After its last day it accepts nothing.
    let copy = Copy::of(fixture);
    copy.edit("main.tf", "until=2026-12-31", "until=2026-11-20");
    let ended = copy.scan(&[]);
    assert_eq!(ended.accepted(), [""; 0]);
    assert_eq!(ended.failing().len(), 4);
    assert_eq!(
        ended.of_rule("waiver/expired").len(),
        1,
        "{:#}",
        ended.document
    );
    // Nor does one without a reason.
    copy.edit("main.tf", " invented records until=2026-11-20", "");
    assert_eq!(copy.scan(&[]).failing().len(), 4);
}

#[test]
fn checkov_4027() {
    let fixture = "checkov-4027-gate-without-ignores";
    let heeded = seen(fixture);
    assert_eq!(heeded.code, 0);
    let expected = plain("aws_db_instance.records", "main.tf:12");
    assert_eq!(heeded.accepted(), std::slice::from_ref(&expected));
    let gate = seen_with(fixture, &["--no-inline-ignores"]);
    assert_eq!(gate.code, 1);
    assert_eq!(gate.failing(), std::slice::from_ref(&expected));
    assert_eq!(gate.document["coverage"]["inline_ignores"]["not_heeded"], 1);
    // Nothing in the repository undoes it.
    let copy = Copy::of(fixture);
    let config = "[ignores]\ninline = true\nforeign = true\n";
    fs::write(copy.path().join("gardefou.toml"), config).expect("written");
    assert_eq!(
        copy.scan(&["--no-inline-ignores"]).failing(),
        std::slice::from_ref(&expected)
    );
    // A rule that nobody may ignore.
    let config = "[ignores]\nnever = [\"encryption/*\"]\n";
    fs::write(copy.path().join("gardefou.toml"), config).expect("written");
    let never = copy.scan(&[]);
    assert_eq!(never.failing(), [expected]);
    assert_eq!(never.of_rule("waiver/not-allowed").len(), 1);
}

#[test]
fn checkov_7501() {
    let all = seen("checkov-7501-every-kind-of-input");
    assert_eq!(all.code, 1);
    let claim = |name: &str, line: u32| {
        plain(
            &format!("v1/PersistentVolumeClaim records/{name}"),
            &format!("stack.yaml:{line}"),
        )
    };
    assert_eq!(
        all.accepted(),
        [
            plain("aws_db_instance.training", "main.tf:12"),
            plain("aws_db_instance.json_training", "more.tf.json:6"),
            claim("training", 40),
            claim("noted", 55),
        ]
    );
    assert_eq!(
        all.failing(),
        [
            plain("aws_db_instance.records", "main.tf:18"),
            plain("aws_db_instance.json_records", "more.tf.json:9"),
            claim("records", 27),
        ]
    );
}

#[test]
fn checkov_7647() {
    let fixture = "checkov-7647-baseline-of-another-folder";
    let copy = Copy::of(fixture);
    copy.baseline("create");
    let baseline = ["--baseline", "gardefou.baseline.json"];
    let known = copy.scan(&baseline);
    assert_eq!(known.code, 0);
    assert!(
        known
            .accepted()
            .contains(&plain("aws_db_instance.this", "main.tf:11"))
    );
    // Fixed there, wrong elsewhere: the same address in another folder is another finding.
    copy.edit("main.tf", "false", "true");
    copy.later(fixture);
    let new = copy.scan(&baseline);
    assert_eq!(new.code, 1);
    assert_eq!(
        new.failing(),
        [plain(
            "aws_db_instance.this",
            "environments/staging/main.tf:11"
        )]
    );
    let elsewhere = |one: &String| one.ends_with(" main.tf:8");
    assert!(new.accepted().iter().all(elsewhere));
    // Nor is it the same file under the same name in another folder of the scan.
    let nested = seen_in(
        &copy.path().join("environments/staging"),
        &[".", "--baseline", "../../gardefou.baseline.json"],
    );
    assert_eq!(nested.code, 1);
}

#[test]
fn checkov_5868() {
    let fixture = "checkov-5868-baseline-of-what-changed";
    let copy = Copy::of(fixture);
    copy.baseline("create");
    let baseline = ["--baseline", "gardefou.baseline.json"];
    assert_eq!(copy.scan(&baseline).code, 0);
    // What was not accepted: another place.
    copy.edit("main.tf", "us-east-1", "ap-southeast-1");
    let moved = copy.scan(&baseline);
    assert_eq!(moved.code, 1);
    let letters = "aws_s3_bucket.letters main.tf:10";
    assert_eq!(
        moved.failing(),
        [
            format!("violation qualification/hds-missing {letters}"),
            format!("violation residency/outside-area {letters}")
        ]
    );
    // What changes nothing that was judged leaves it accepted.
    copy.edit("main.tf", "ap-southeast-1", "us-east-1");
    copy.edit("main.tf", "\"letters\"\n", "\"letters-of-patients\"\n");
    assert_eq!(copy.scan(&baseline).code, 0);
}

#[test]
fn checkov_6858() {
    let fixture = "checkov-6858-baseline-that-grows";
    let copy = Copy::of(fixture);
    copy.baseline("create");
    copy.later(fixture);
    let baseline = ["--baseline", "gardefou.baseline.json"];
    let new = copy.scan(&baseline);
    assert_eq!(new.failing(), [plain("aws_db_instance.new", "more.tf:4")]);
    // An update adds, and keeps what was known.
    copy.baseline("update");
    let both = copy.scan(&baseline);
    assert_eq!(
        (both.code, both.accepted().len()),
        (0, both.list("findings").len())
    );
    // Pruning adds nothing.
    copy.edit("more.tf", "\"new\"", "\"newer\"");
    copy.baseline("prune");
    assert_eq!(
        copy.scan(&baseline).failing(),
        [plain("aws_db_instance.newer", "more.tf:4")]
    );
}

#[test]
fn trivy_5665() {
    let all = seen("trivy-5665-ignored-module-with-count");
    assert_eq!(all.code, 1);
    let of = |call: &str| {
        plain(
            &format!("module.{call}.aws_db_instance.this"),
            "store/main.tf:4",
        )
    };
    assert_eq!(all.accepted(), [of("training[0]"), of("training[1]")]);
    assert_eq!(all.failing(), [of("records[\"a\"]")]);
}

#[cfg(unix)]
#[test]
fn trivy_8198() {
    use crate::render::Estate;
    let estate = Estate::new(&[]);
    let fixture = root().join(FOLDER).join("trivy-8198-ignore-in-a-chart");
    copy(&fixture, &estate.code(), Path::new(""));
    let template = estate.code().join("charts/portal/templates/storage.yaml");
    let rendered: String = fs::read_to_string(template)
        .expect("the template")
        .replace("{{ .Values.encrypted | quote }}", "\"false\"")
        .split("---\n")
        .map(|document| format!("---\n# Source: portal/templates/storage.yaml\n{document}"))
        .collect();
    fs::write(estate.programs().join("rendered"), rendered).expect("written");
    let print = "while IFS= read -r line; do printf '%s\\n' \"$line\"; done < \"${0%/*}/rendered\"";
    estate.program("helm", print);
    let scan = |more: &[&str]| {
        let (code, document) = estate.json("scan", more);
        Seen { code, document }
    };
    let claim = |name: &str, line: u32| {
        plain(
            &format!("v1/PersistentVolumeClaim records/{name}"),
            &format!("charts/portal/templates/storage.yaml:{line}"),
        )
    };
    let all = scan(&["--render"]);
    assert_eq!(all.code, 1);
    assert_eq!(all.accepted(), [claim("training", 42)]);
    assert_eq!(all.failing(), [claim("dossiers", 27)]);
    let gate = scan(&["--render", "--no-inline-ignores"]);
    assert_eq!(gate.accepted(), [""; 0]);
    assert_eq!(gate.failing().len(), 2);
}
