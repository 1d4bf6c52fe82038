//! Ignores in the JSON notation of Terraform.

use super::{Estate, OUTSIDE, PLAIN, set};

const CODE: &str = r#"{
  "//": "gardefou: ignore[residency/outside-area] the whole file is nobody's to ignore",
  "provider": {"aws": {"region": "us-east-1", "default_tags": {"tags": {"data-classification": "health"}}}},
  "resource": {
    "aws_s3_bucket": {
      "//": "gardefou: ignore[residency/outside-area] nor is a type",
      "text": {
        "//": "gardefou: ignore[residency/outside-area] synthetic"
      },
      "list": [{
        "//": ["the words of others", "gardefou: ignore[residency/outside-area] synthetic until=2026-12-31"],
        "bucket": "x"
      }],
      "escaped": {"//": "\u0067ardefou: ignore[residency/outside-area] \u0073ynthetic, gardefou:"},
      "value": {"bucket": "gardefou: ignore[residency/outside-area] a text"},
      "left": {}
    },
    "aws_instance": {
      "nested": {"root_block_device": {"//": "gardefou: ignore[encryption/not-encrypted] scratch", "encrypted": false}}
    }
  },
  "module": {
    "one": {"//": "gardefou: ignore[residency/outside-area] test data", "source": "./m"},
    "two": {"source": "./m"}
  }
}
"#;

#[test]
fn the_key_of_a_block_speaks_of_the_block() {
    let module = "resource \"aws_s3_bucket\" \"a\" {}\n";
    let estate = Estate::new(&[("main.tf.json", CODE), ("m/main.tf", module)]);
    let scan = estate.scan();
    assert_eq!(
        scan.of(OUTSIDE, true),
        set(&[
            "aws_s3_bucket.escaped",
            "aws_s3_bucket.list",
            "aws_s3_bucket.text",
            "module.one.aws_s3_bucket.a",
        ])
    );
    assert_eq!(scan.of(PLAIN, true), set(&["aws_instance.nested"]));
    let unbound = "belongs to no code: none starts on its line, or on the line below it";
    assert_eq!(
        scan.about(),
        [
            format!("2 unused: this ignore of {OUTSIDE} {unbound}"),
            format!("6 unused: this ignore of {OUTSIDE} {unbound}"),
        ]
    );
    let place = |address: &str| {
        let mut all = scan.findings();
        let found = all.find(|one| one["rule"] == OUTSIDE && one["address"] == address);
        found.expect("a finding")["waived"]["location"]["start"].clone()
    };
    assert_eq!(place("aws_s3_bucket.text")["line"], 8);
    assert_eq!(place("aws_s3_bucket.text")["column"], 16);
    assert_eq!(place("aws_s3_bucket.escaped")["line"], 14);
}
