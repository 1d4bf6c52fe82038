//! Ignores in manifests: comments and the annotation, and the labels that stand beside it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Estate, set};
use crate::support::{AS_OF, gardefou_in};

const FOREIGN: &str = "qualification/foreign-dependency";

/// Health data whose images come from a foreign registry: each is said at the image.
fn deployment(name: &str, containers: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels: {{sensitivity: health}}\nspec:\n  template:\n    spec:\n      containers:\n{containers}"
    )
}

#[test]
fn in_yaml_an_ignore_speaks_of_the_key_on_its_line_or_below_it() {
    let on = "gardefou: ignore[qualification/foreign-dependency] mirror in spring";
    let image = "image: quay.io/acme/a:1";
    let documents = [
        deployment(
            "on-the-line",
            &format!("      - name: a\n        {image} # {on}\n"),
        ),
        deployment(
            "above-the-key",
            &format!("      - name: a\n        # {on}\n        {image}\n"),
        ),
        deployment(
            "above-the-item",
            &format!("      # {on}\n      - name: a\n        {image}\n"),
        ),
        deployment(
            "on-the-item",
            &format!("      - name: a # {on}\n        {image}\n"),
        ),
        deployment(
            "below-the-dash",
            &format!("      - # {on}\n        name: a\n        {image}\n"),
        ),
        deployment(
            "above-a-subtree",
            &format!("      - name: a\n        {image}\n"),
        )
        .replace("  template:", &format!("  # {on}\n  template:")),
        format!(
            "# {on}\n{}",
            deployment("above-the-object", &format!("      - {image}\n"))
        ),
        deployment("on-the-kind", &format!("      - {image}\n"))
            .replace("kind: Deployment", &format!("kind: Deployment # {on}")),
        deployment("above-the-kind", &format!("      - {image}\n"))
            .replace("kind: Deployment", &format!("# {on}\nkind: Deployment")),
        deployment(
            "no-comment",
            &format!(
                "      - {image}\n        args: ['# {on}']\n        command:\n        - |\n          # {on}\n"
            ),
        ),
        deployment(
            "elsewhere",
            &format!("      - {image}\n        # {on}\n        name: x\n"),
        ),
        deployment("metadata", &format!("      - {image}\n"))
            .replace("metadata:", &format!("metadata: # {on}")),
    ];
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n# {on}\n- {}- {}",
        deployment("first-of-a-list", &format!("      - {image}\n"))
            .replace('\n', "\n  ")
            .trim_end_matches(' '),
        deployment("second-of-a-list", &format!("      - {image}\n"))
            .replace('\n', "\n  ")
            .trim_end_matches(' '),
    );
    let head = format!(
        "# {on}\n---\n{}",
        deployment("below-the-marker", &format!("      - {image}\n"))
    );
    let crlf = deployment(
        "crlf",
        &format!("      - name: a\n        {image} # {on}\n"),
    )
    .replace('\n', "\r\n");
    let all = documents.join("---\n");
    let scan = Estate::new(&[
        ("all.yaml", all.as_str()),
        ("list.yaml", list.as_str()),
        ("head.yaml", head.as_str()),
        ("crlf.yaml", crlf.as_str()),
        (
            ".github/workflows/ci.yaml",
            &format!("# {on}\njobs: {{}}\n"),
        ),
    ])
    .scan();
    let deployments = |names: &[&str]| -> BTreeSet<String> {
        names
            .iter()
            .map(|name| format!("apps/v1/Deployment {name}"))
            .collect()
    };
    assert_eq!(
        scan.of(FOREIGN, true),
        deployments(&[
            "on-the-line",
            "above-the-key",
            "above-the-item",
            "on-the-item",
            "below-the-dash",
            "above-a-subtree",
            "above-the-object",
            "on-the-kind",
            "above-the-kind",
            "first-of-a-list",
            "below-the-marker",
            "crlf",
        ])
    );
    assert_eq!(
        scan.of(FOREIGN, false),
        deployments(&["no-comment", "elsewhere", "metadata", "second-of-a-list"])
    );
    let about = scan.about();
    assert_eq!(about.len(), 2, "{about:#?}");
    assert!(about.iter().all(|one| one.contains("unused")), "{about:#?}");
}

#[test]
fn an_alias_and_a_merge_key_are_ignored_where_they_are_used() {
    let on = "gardefou: ignore[qualification/foreign-dependency] mirror in spring";
    let list = |first: &str, second: &str, third: &str| {
        format!(
            "apiVersion: v1\nkind: List\nitems:\n\
             - apiVersion: apps/v1\n  kind: Deployment\n  metadata: {{name: anchor, labels: {{sensitivity: health}}}}\n  spec:\n    template:\n      spec:\n        containers:{first}\n        - &c\n          name: a\n          image: quay.io/acme/a:1\n\
             - apiVersion: apps/v1\n  kind: Deployment\n  metadata: {{name: alias, labels: {{sensitivity: health}}}}\n  spec:\n    template:\n      spec:\n        containers:\n        - *c{second}\n\
             - apiVersion: apps/v1\n  kind: Deployment\n  metadata: {{name: merge, labels: {{sensitivity: health}}}}\n  spec:\n    template:\n      spec:\n        containers:\n        - name: b\n          <<: *c{third}\n"
        )
    };
    let on = format!(" # {on}");
    let deployments = |names: &[&str]| -> BTreeSet<String> {
        names
            .iter()
            .map(|name| format!("apps/v1/Deployment {name}"))
            .collect()
    };
    for (text, ignored) in [
        (list("", &on, ""), "alias"),
        (list("", "", &on), "merge"),
        (list(&on, "", ""), "anchor"),
    ] {
        let scan = Estate::new(&[("all.yaml", &text)]).scan();
        assert_eq!(scan.of(FOREIGN, true), deployments(&[ignored]), "{text}");
        assert_eq!(scan.of(FOREIGN, false).len(), 2, "{text}");
        assert_eq!(scan.about(), [""; 0]);
    }
}

#[test]
fn the_annotation_speaks_of_its_object() {
    let image = "      - image: quay.io/acme/a:1\n";
    let with = |name: &str, annotation: &str| {
        deployment(name, image).replace(
            "metadata:\n",
            &format!("metadata:\n  annotations:\n    gardefou.eu/ignore: {annotation}\n"),
        )
    };
    let several = "|\n      [qualification/hds-missing, qualification/not-qualified] contract under way\n      [qualification/foreign-dependency] mirror in spring until=2026-12-31\n";
    let yaml = [
        with("quoted", "\"[qualification/foreign-dependency] mirror in spring\""),
        with("block", several),
        with("no-reason", "\"[qualification/foreign-dependency]\""),
        with("the-word", "\"ignore[qualification/foreign-dependency] x\""),
        with("a-list", "[qualification/foreign-dependency]"),
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  annotations:\n    gardefou.eu/ignore: \"[qualification/foreign-dependency] not of what is in it\"\n".to_owned(),
        deployment("in-a-namespace", image).replace("metadata:\n", "metadata:\n  namespace: n\n"),
    ]
    .join("---\n");
    let json = r#"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "json", "labels": {"sensitivity": "health"}, "annotations": {"gardefou.eu/ignore": "[qualification/not-qualified] a\n[qualification/foreign-dependency] \"mirror\" in spring"}}, "spec": {"template": {"spec": {"containers": [{"image": "quay.io/acme/a:1"}]}}}}"#;
    let scan = Estate::new(&[("a.yaml", &yaml), ("b.json", json)]).scan();
    assert_eq!(
        scan.of(FOREIGN, true),
        set(&[
            "apps/v1/Deployment block",
            "apps/v1/Deployment json",
            "apps/v1/Deployment quoted"
        ])
    );
    let block = scan
        .findings()
        .find(|one| one["rule"] == FOREIGN && one["address"] == "apps/v1/Deployment block")
        .expect("a finding");
    assert_eq!(block["waived"]["reason"], "mirror in spring");
    assert_eq!(block["waived"]["until"], "2026-12-31");
    let line = yaml
        .lines()
        .position(|line| line.contains("mirror in spring until"));
    assert_eq!(
        block["waived"]["location"]["start"]["line"],
        line.expect("a line") + 1
    );
    let about: Vec<String> = scan
        .about()
        .iter()
        .map(|one| one.split(' ').skip(1).take(5).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        about,
        [
            "no-reason: this ignore says no",
            "not-understood: this ignore names no",
            "not-understood: the annotation is no",
            "unused: this ignore of qualification/foreign-dependency",
        ]
    );
}

/// What the page on labels promises.
#[test]
fn labels_of_kubernetes_say_the_level() {
    let label = |indent: &str| {
        format!(
            "{indent}labels:\n{indent}  gardefou.eu/sensitivity: health\n{indent}  gardefou.eu/tenant: chu-a\n"
        )
    };
    let yaml = [
        format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n{}", label("  ")),
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: in-it, namespace: n}\n".to_owned(),
        format!("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: own\n{}", label("  ")),
        format!("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: annotated\n{}", label("  ").replace("labels", "annotations")),
        format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: on-the-template}}\nspec:\n  template:\n    metadata:\n{}    spec:\n      volumes: [{{persistentVolumeClaim: {{claimName: mounted}}}}]\n", label("      ")),
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: mounted}\n".to_owned(),
    ]
    .join("---\n");
    let estate = Estate::new(&[("a.yaml", &yaml)]);
    let run = gardefou_in(
        estate.folder.path(),
        &["inspect", ".", "--as-of", AS_OF, "--format", "json"],
        &[],
    );
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let objects = document["objects"].as_array().expect("objects");
    assert_eq!(objects.len(), 6);
    for object in objects {
        let facts = &object["facts"];
        assert_eq!(facts["sensitivity"]["level"], "health", "{object}");
        assert_eq!(facts["tenancy"]["tenants"][0]["name"], "chu-a", "{object}");
    }
}
