//! Manifests as people, tools and servers write them, and as nobody should: through the real program.

use std::fs;

use serde_json::Value;

use crate::support::{AS_OF, Run, gardefou_in};

/// A run of a subcommand over those files, with its document.
fn run(command: &str, files: &[(&str, &[u8])]) -> (Run, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    let arguments = [command, ".", "--format", "json", "--as-of", AS_OF];
    let run = gardefou_in(folder.path(), &arguments, &[]);
    let document = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {} {}", run.code, run.stderr));
    (run, document)
}

fn inspect(text: &str) -> (Run, Value) {
    run("inspect", &[("k.yaml", text.as_bytes())])
}

fn texts<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|one| one[key].as_str()).collect()
}

fn addresses(document: &Value) -> Vec<&str> {
    texts(&document["objects"], "address")
}

/// `code line message` of each problem.
fn problems(document: &Value) -> Vec<String> {
    let all = document["problems"].as_array().expect("problems");
    all.iter()
        .map(|problem| {
            format!(
                "{} {} {}",
                problem["code"].as_str().unwrap_or_default(),
                problem["location"]["start"]["line"],
                problem["message"].as_str().unwrap_or_default()
            )
        })
        .collect()
}

fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n")
}

#[test]
fn documents_are_read_however_files_were_put_together() {
    let [a, b, c] = ["a", "b", "c"].map(config_map);
    for text in [
        format!("---\n---\n# nothing\n---\n{a}---\n\n...\n---\n{b}---\n{c}"),
        format!("{a}---\n{b}---\n{c}").replace('\n', "\r\n"),
        format!("\u{feff}{a}---\n\u{feff}{b}---\n\u{feff}{c}"),
        format!("%YAML 1.1\n---\n{a}...\n---\n{b}--- # three\n{c}"),
        "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}\n\
         {\"apiVersion\": \"v1\",\n\t\"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"b\"}}\n\
         {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"c\", \"labels\": {\"a\": \"\\ud83d\\ude00\"}}}\n"
            .to_owned(),
    ] {
        let (run, document) = inspect(&text);
        assert_eq!(
            addresses(&document),
            ["v1/ConfigMap a", "v1/ConfigMap b", "v1/ConfigMap c"],
            "{text}"
        );
        assert_eq!((run.code, problems(&document)), (0, vec![]), "{text}");
    }
}

#[test]
fn a_broken_document_costs_itself_alone() {
    let text = format!(
        "{}---\nmetadata:\n\tname: tab\n---\n{}---\na: [\n---\n{}",
        config_map("a"),
        config_map("b"),
        config_map("c")
    );
    let (run, document) = inspect(&text);
    assert_eq!(run.code, 2);
    assert_eq!(addresses(&document).len(), 3);
    let found = problems(&document);
    assert!(found[0].starts_with("syntax 7 "), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn lists_hold_objects_or_nothing() {
    let text = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: inner}}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - metadata: {name: typed}
- {apiVersion: v1, kind: List, items: []}
- {apiVersion: v1, kind: SecretList, items: null}
---
apiVersion: v1
kind: List
---
apiVersion: example.org/v1
kind: AllowList
metadata: {name: own}
items: [10.0.0.0/8]
---
apiVersion: v1
kind: List
items: {a: b}
---
apiVersion: v1
kind: List
items:
- just a text
---
- {apiVersion: v1, kind: ConfigMap, metadata: {name: lost}}
";
    let (run, document) = inspect(text);
    assert_eq!(
        addresses(&document),
        [
            "v1/ConfigMap inner",
            "v1/ConfigMap typed",
            "example.org/v1/AllowList own"
        ]
    );
    assert_eq!(
        problems(&document),
        [
            "manifest 25 the `items` of this `List` are no sequence; nothing in them is judged",
            "manifest 30 this item of a list is no object; it is not judged",
            "manifest 32 this is a sequence of objects, which Kubernetes does not read; they are not judged",
        ]
    );
    assert_eq!(run.code, 0);
}

#[test]
fn objects_without_a_name_are_told_apart() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: import-\n";
    let (_, document) = inspect(&format!(
        "{job}---\n{job}---\n{job}  namespace: prod\n---\napiVersion: batch/v1\nkind: Job\n---\napiVersion: batch/v1\nkind: Job\n"
    ));
    assert_eq!(
        addresses(&document),
        [
            "batch/v1/Job import-*",
            "batch/v1/Job import-* #2",
            "batch/v1/Job prod/import-*",
            "batch/v1/Job k.yaml",
            "batch/v1/Job k.yaml #2"
        ]
    );
}

#[test]
fn equal_keys_and_values_that_are_no_texts_are_said() {
    let text = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  name: b
  labels:
    region: NO
    mode: 0644
    time: 12:30:45
    day: 2001-12-14
";
    let (run, document) = inspect(text);
    assert_eq!(addresses(&document), ["v1/ConfigMap b"]);
    let labels = &document["objects"][0]["values"]["metadata"]["labels"];
    assert_eq!(labels["region"], false);
    assert_eq!(labels["mode"], 420);
    assert_eq!(labels["time"], "12:30:45");
    assert_eq!(labels["day"], "2001-12-14");
    assert_eq!(
        problems(&document),
        [
            "duplicate 5 the key `name` is written twice; the last one counts",
            "manifest 8 `mode` in `labels` is a number, not a text",
        ]
    );
    let first = &document["problems"][0]["related"][0]["location"]["start"];
    assert_eq!(first["line"], 4);
    assert_eq!(run.code, 0);
}

/// A volume in Virginia, told twice more by an alias and by a merge key.
const VOLUMES: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: one}
  spec: &volume
    csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
    nodeAffinity:
      required:
        nodeSelectorTerms:
        - matchExpressions:
          - {key: topology.kubernetes.io/region, operator: In, values: [us-east-1]}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: two}
  spec: *volume
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: three}
  spec:
    <<: *volume
    volumeMode: Block
";

#[test]
fn evidence_stands_at_the_alias_with_the_anchor_behind_it() {
    let (_, document) = run("scan", &[("k.yaml", VOLUMES.as_bytes())]);
    let findings = document["findings"].as_array().expect("findings");
    for (name, line) in [("one", 13), ("two", 17), ("three", 22)] {
        let address = format!("v1/PersistentVolume {name}");
        let found = findings
            .iter()
            .find(|one| one["rule"] == "residency/outside-area" && one["address"] == *address);
        let found = found.unwrap_or_else(|| panic!("{name}: {document:#}"));
        assert_eq!(found["location"]["start"]["line"], line, "{found:#}");
        let proof = found["evidence"].as_array().expect("evidence");
        let lines: Vec<_> = proof.iter().map(|step| step["line"].as_u64()).collect();
        assert!(lines.contains(&Some(13)), "{name}: {lines:?}");
    }
}

/// Words between braces in texts, as alerts, workflows and templates of other tools have them.
#[test]
fn braces_in_texts_make_no_template() {
    let text = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: alerts}
data:
  summary: \"{{ $labels.instance }} down\"
  plain: x {{ y }} z
  page.tpl: |
    {{ range .Items }}
    {{ . }}
    {{ end }}
---
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  templates:
  - container: {image: busybox, args: [\"{{inputs.parameters.x}}\", '{{=asInt(1)}}']}
";
    let (run, document) = inspect(text);
    assert_eq!(addresses(&document).len(), 2);
    assert_eq!((run.code, problems(&document)), (0, vec![]));
    // A fault beside such a text is a fault.
    let broken = text.replace("  page.tpl: |\n", "  page.tpl: |\n bad: [\n");
    let (run, document) = inspect(&broken);
    assert_eq!(run.code, 2, "{:?}", problems(&document));
    assert!(problems(&document)[0].starts_with("syntax "));
    for template in [
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n",
        "{{- if .Values.on }}\napiVersion: v1\nkind: ConfigMap\n{{- end }}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    {{- include \"app.labels\" . | nindent 4 }}\n",
        "apiVersion: v1\nkind: Pod\nspec:\n  image: {{ .Values.image }}:{{ .Values.tag }}\n",
    ] {
        let (run, document) = inspect(template);
        assert_eq!(addresses(&document), [""; 0], "{template}");
        assert!(
            problems(&document)[0].starts_with("not-rendered "),
            "{template}"
        );
        assert_ne!(run.code, 2, "{template}");
    }
}

/// What `kubectl get all -A -o json` says of one Deployment.
fn export() -> String {
    let containers = |extra: &str| {
        format!("[{{\"name\": \"c\", \"image\": \"docker.io/library/nginx:1\"}}{extra}]")
    };
    let place = "\"nodeSelector\": {\"topology.kubernetes.io/region\": \"us-east-1\"}";
    let pods = format!("{{\"containers\": {}, {place}}}", containers(""));
    let meta = |name: &str, uid: &str, owner: Option<(&str, &str, &str, &str)>| {
        let owners = owner.map_or(String::new(), |(version, kind, name, uid)| {
            format!(", \"ownerReferences\": [{{\"apiVersion\": \"{version}\", \"kind\": \"{kind}\", \"name\": \"{name}\", \"uid\": \"{uid}\", \"controller\": true}}]")
        });
        format!("{{\"name\": \"{name}\", \"namespace\": \"prod\", \"uid\": \"{uid}\"{owners}}}")
    };
    let deployment = format!(
        "{{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {{\"name\": \"api\", \"namespace\": \"prod\", \"uid\": \"u1\", \
         \"managedFields\": [{{\"manager\": \"by-hand\"}}], \"annotations\": {{\"kubectl.kubernetes.io/last-applied-configuration\": \"docker.io/was/here hunter2\"}}}}, \
         \"spec\": {{\"template\": {{\"spec\": {pods}}}}}, \"status\": {{\"phase\": \"seen\"}}}}"
    );
    let set = format!(
        "{{\"apiVersion\": \"apps/v1\", \"kind\": \"ReplicaSet\", \"metadata\": {}, \"spec\": {{\"template\": {{\"spec\": {pods}}}}}}}",
        meta("api-1", "u2", Some(("apps/v1", "Deployment", "api", "u1")))
    );
    let pod = |name: &str, owner: (&str, &str), extra: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {}, \"spec\": {{\"containers\": {}, {place}, \
             \"volumes\": [{{\"name\": \"token\", \"projected\": {{\"sources\": []}}}}]}}}}",
            meta(
                name,
                &format!("u-{name}"),
                Some(("apps/v1", "ReplicaSet", owner.0, owner.1))
            ),
            containers(extra)
        )
    };
    let pods = [
        pod("api-1-a", ("api-1", "u2"), ""),
        // Given a container that its owner does not have.
        pod(
            "api-1-b",
            ("api-1", "u2"),
            ", {\"name\": \"proxy\", \"image\": \"docker.io/x/proxy:1\"}",
        ),
        // Of an owner that is not at hand.
        pod("gone-1-a", ("gone-1", "u9"), ""),
    ]
    .join(",\n");
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"metadata\": {{\"resourceVersion\": \"\"}}, \"items\": [\n{deployment},\n{set},\n{pods}\n]}}\n"
    )
}

#[test]
fn an_export_tells_each_workload_once() {
    let export = export();
    let (_, document) = run("scan", &[("export.json", export.as_bytes())]);
    let findings = document["findings"].as_array().expect("findings");
    let placed: Vec<_> = findings
        .iter()
        .filter(|one| one["rule"] == "residency/outside-area")
        .filter_map(|one| one["address"].as_str())
        .collect();
    assert_eq!(
        placed,
        [
            "apps/v1/Deployment prod/api",
            "v1/Pod prod/api-1-b",
            "v1/Pod prod/gone-1-a"
        ]
    );
    // All of them are there to be seen; what the server noted is not.
    let (run, document) = run("inspect", &[("export.json", export.as_bytes())]);
    assert_eq!(addresses(&document).len(), 5);
    for noted in ["hunter2", "was/here", "by-hand", "\"seen\""] {
        assert!(!run.stdout.contains(noted), "{noted}");
    }
}

#[test]
fn unknown_versions_and_kinds_are_said_or_counted() {
    let text = "\
apiVersion: apps/v99
kind: Deployment
metadata: {name: a}
---
apiVersion: nonsense
kind: Deployment
metadata: {name: b}
---
apiVersion: a/b/c
kind: Deployment
metadata: {name: c}
---
apiVersion: apps/v1beta1
kind: Deployment
metadata: {name: old}
---
apiVersion: example.com/v1
kind: Foo
metadata: {name: own}
";
    let (_, document) = run("scan", &[("k.yaml", text.as_bytes())]);
    let found = problems(&document);
    assert_eq!(found.len(), 3, "{found:?}");
    for (problem, start) in found.iter().zip([
        "manifest 1 the API version `apps/v99` of `Deployment` is unknown",
        "manifest 5 the API version `nonsense` is unknown",
        "manifest 9 `a/b/c` is no API version",
    ]) {
        assert!(problem.starts_with(start), "{problem}");
    }
    let unknown = texts(&document["coverage"]["resources"]["unknown_kinds"], "kind");
    assert!(unknown.contains(&"example.com/Foo"), "{unknown:?}");
}

/// Facts look for what has a shape; of what has another one it is said that nothing was looked at.
#[test]
fn shapes_that_kubernetes_refuses_are_said() {
    let deployment = |spec: &str| {
        format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {spec}\n")
    };
    let named =
        |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n");
    for (text, line, words) in [
        (deployment("text"), 4, "`spec` is a text"),
        (deployment("[a]"), 4, "`spec` is a sequence"),
        (deployment("{template: 7}"), 4, "`template` is a number"),
        (
            deployment("{template: {spec: text}}"),
            4,
            "`spec` is a text",
        ),
        (
            deployment("{template: {spec: {containers: {name: c}}}}"),
            4,
            "`containers` is a mapping",
        ),
        (
            deployment("{template: {spec: {containers: [c]}}}"),
            4,
            "an element of `containers` is a text",
        ),
        (
            deployment("{template: {spec: {nodeSelector: {a: true}}}}"),
            4,
            "`a` in `nodeSelector` is the boolean `true`",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: [a]\n".to_owned(),
            3,
            "`metadata` is a sequence",
        ),
        (named("{a: b}"), 4, "`metadata.name` is a mapping"),
        (named("7"), 4, "`metadata.name` is a number"),
        (named(&"n".repeat(1 << 20)), 4, "longer than 253"),
    ] {
        let (run, document) = inspect(&text);
        let found = problems(&document);
        let wanted = format!("manifest {line} ");
        assert!(
            found
                .iter()
                .any(|one| one.starts_with(&wanted) && one.contains(words)),
            "{words}: {found:?}"
        );
        assert_eq!(addresses(&document).len(), 1, "{words}");
        assert!(run.stdout.len() < 3 << 20, "{words}");
    }
}
