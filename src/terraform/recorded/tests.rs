use super::*;
use crate::problem::Weight;
use crate::terraform::{
    Estate, Key, Mode, Options, ReadFault, ReadFiles, ReadFrom, evaluate_with, recorded,
};

/// `file()` and its like find nothing.
struct NoFiles;

impl ReadFiles for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn list(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }

    fn folder(&self, _: &str) -> Result<Vec<String>, ReadFault> {
        Err(ReadFault::NotFound)
    }
}

fn read(text: &str) -> Estate {
    let sources = Sources::new();
    let file = RecordedFile {
        path: "a/terraform.tfstate".to_owned(),
        source: sources.add_private("a/terraform.tfstate", text),
    };
    let recorded = recorded(&[file], &sources);
    let options = Options::default();
    evaluate_with(&[], &sources, &options, &NoFiles, recorded)
}

/// What is said of a text that is not read.
fn refused(text: &str) -> (Weight, String) {
    let estate = read(text);
    assert!(estate.roots.is_empty());
    let [problem] = estate.problems.as_slice() else {
        panic!("{:?}", estate.problems)
    };
    assert!(problem.place.is_some(), "a problem has a place");
    let help = problem.help.as_deref();
    let help = help.map_or("", |help| &help.en);
    (problem.weight, format!("{}; {help}", problem.message.en))
}

const AWS: &str = r#"provider[\"registry.terraform.io/hashicorp/aws\"].west"#;

fn state(resources: &str) -> String {
    format!(
        r#"{{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l",
        "outputs": {{"b": {{"value": "x", "type": "string", "sensitive": true}}, "a": {{"value": 1, "type": "number"}}}},
        "resources": [{resources}]}}"#
    )
}

#[test]
fn a_stored_state_is_a_root_with_its_instances() {
    let estate = read(&state(&format!(
        r#"{{"module": "module.m[\"k\"]", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "provider": "{AWS}",
             "instances": [
               {{"index_key": 0, "attributes": {{"bucket": "x", "tags": {{"a": "b"}}}}, "sensitive_attributes": [],
                 "dependencies": ["aws_kms_key.k"]}},
               {{"index_key": "y\"z", "attributes": {{"bucket": "x"}}}},
               {{"deposed": "1a2b", "attributes": {{"bucket": "old"}}}}]}},
           {{"mode": "data", "type": "aws_region", "name": "r", "provider": "{AWS}",
             "instances": [{{"attributes_flat": {{"name": "eu-west-3"}}}}]}}"#
    )));
    assert_eq!(estate.problems, []);
    let [root] = estate.roots.as_slice() else {
        panic!("one root")
    };
    assert_eq!(
        (root.path.as_str(), root.read_from),
        ("a/terraform.tfstate", ReadFrom::State)
    );
    let addresses: Vec<_> = root.resources.iter().map(|r| &*r.address).collect();
    assert_eq!(
        addresses,
        [
            r#"module.m["k"].aws_s3_bucket.b[0]"#,
            r#"module.m["k"].aws_s3_bucket.b["y\"z"]"#,
            r#"module.m["k"].aws_s3_bucket.b (deposed 1a2b)"#,
            "data.aws_region.r",
        ]
    );
    let first = &root.resources[0];
    assert_eq!(first.key, Some(Key::Int(0)));
    assert_eq!(&*first.module, r#"module.m["k"]"#);
    assert_eq!(&*first.depends_on[0], "aws_kms_key.k");
    assert_eq!(root.resources[3].mode, Mode::Data);
    assert!(root.resources[3].attributes.entry("name").is_some());
    // One configuration, of which only the name is known.
    assert_eq!(root.providers.len(), 1);
    assert_eq!(root.providers[0].alias.as_deref(), Some("west"));
    assert!(root.providers[0].config.is_unknown());
    let outputs: Vec<_> = root
        .outputs
        .iter()
        .map(|o| (&*o.name, o.value.is_sensitive()))
        .collect();
    assert_eq!(outputs, [("a", false), ("b", true)]);
}

#[test]
fn a_shown_state_is_a_root_with_its_modules() {
    let estate = read(
        r#"{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"outputs": {}, "root_module": {
            "resources": [{"address": "t.n[0]", "mode": "managed", "type": "t", "name": "n", "index": 0,
              "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"a": "x", "b": "y"},
              "sensitive_values": {"b": true}}],
            "child_modules": [{"address": "module.m", "resources": [
              {"address": "module.m.data.t.n", "mode": "data", "type": "t", "name": "n", "deposed_key": "00ff",
               "provider_name": "registry.terraform.io/hashicorp/aws", "values": {}}]}]}}}"#,
    );
    assert_eq!(estate.problems, []);
    let root = &estate.roots[0];
    let shown: Vec<_> = root
        .resources
        .iter()
        .map(|r| {
            (
                &*r.address,
                &*r.module,
                r.attributes.to_inspection().to_string(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                "t.n[0]",
                "",
                r#"{"a":"x","b":{"$sensitive":true}}"#.to_owned()
            ),
            (
                "module.m.data.t.n (deposed 00ff)",
                "module.m",
                "{}".to_owned()
            ),
        ]
    );
    assert_eq!(root.providers.len(), 1);
    assert_eq!(&*root.providers[0].source, "hashicorp/aws");
    assert_eq!(
        read(r#"{"format_version":"1.0"}"#).roots.len(),
        1,
        "an empty state"
    );
}

#[test]
fn what_is_no_readable_state_says_what_to_do() {
    use Weight::{Error, Warning};
    for (text, weight, words) in [
        (
            r#"{"version": 3, "serial": 1, "modules": [{"resources": {"a.b": {}}}]}"#,
            Error,
            "terraform show -json",
        ),
        (r#"{"version": 1, "modules": []}"#, Error, "version 1"),
        (r#"{"version": 9, "resources": []}"#, Error, "version 9"),
        (
            r#"{"version": "4", "resources": []}"#,
            Error,
            "no whole number",
        ),
        (
            r#"{"version": 3, "serial": 1, "backend": {"type": "s3", "config": {"bucket": "b"}}, "modules": [{"resources": {}}]}"#,
            Warning,
            "terraform state pull",
        ),
        (
            r#"{"serial": 1, "lineage": "x", "encrypted_data": "AAAA"}"#,
            Error,
            "tofu show -json",
        ),
        (
            r#"{"format_version": "2.0", "values": {}}"#,
            Error,
            "version 2",
        ),
        (r#"{"hello": 1}"#, Error, "neither"),
        (
            r#"{"version": 4, "resources": ["#,
            Error,
            "the end of the file",
        ),
        ("{\"version\": 4, \"resources\": \u{0}[]}", Error, "U+0000"),
        (
            &format!(r#"{{"version": 4, "resources": {}"#, "[".repeat(100_000)),
            Error,
            "levels deep",
        ),
    ] {
        let (found, said) = refused(text);
        assert_eq!(found, weight, "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_is_missing_from_a_state_is_said_and_the_rest_is_read() {
    let estate = read(&state(
        r#"{"mode": "managed", "type": "t", "instances": []}, {"type": "t", "name": "n"},
           {"type": "t", "name": "o", "instances": [{"index_key": 0}, {"attributes": {"a": 1, "a": 2}}]}"#,
    ));
    let said: Vec<_> = estate
        .problems
        .iter()
        .map(|p| (p.weight, &*p.message.en))
        .collect();
    assert_eq!(
        said,
        [
            (Weight::Warning, "a key is there twice; the last one counts"),
            (Weight::Error, "a resource without `type` or `name`"),
            (Weight::Error, "a resource without `instances`"),
            (Weight::Error, "an instance without `attributes`"),
        ]
    );
    assert_eq!(estate.roots[0].resources.len(), 2);
    let (_, problems) = (&estate.roots, read(r#"{"version": 4}"#).problems);
    assert_eq!(
        &*problems[0].message.en,
        "the state has no list of `resources`"
    );
}
