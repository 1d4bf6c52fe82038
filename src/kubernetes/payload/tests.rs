//! Texts in manifests, read with their places.

use super::*;
use crate::catalog::PayloadFormat as Format;
use crate::value::Path;

/// Reads the text under `data.x` of a manifest, and answers what is written at the place of one of its values.
fn written(manifest: &str, format: Format, path: &str) -> (String, String) {
    let sources = Sources::new();
    let id = sources.add("a.yaml", manifest);
    let parsed = yaml::parse(id, manifest);
    let document = parsed.documents.first().expect("a document");
    let value = document
        .value
        .entry("data")
        .and_then(|data| data.entry("x"));
    let text = Text::of(value.expect("a value"), &sources).expect("a text");
    let read = text.read(format).expect("readable");
    let path = Path::parse(path).expect("a path");
    let found = read
        .get(&path)
        .unwrap_or_else(|| panic!("nothing in {read:?}"));
    let place = found.origin.place.expect("a place");
    let said = found.as_text().map(std::borrow::Cow::into_owned);
    (said.unwrap_or_default(), sources.text(place))
}

#[test]
fn values_in_a_literal_block_have_places_of_their_own() {
    for block in ["|", "|-", "|2", "| # note"] {
        let manifest =
            format!("data:\n  x: {block}\n    a:\n\n      - b: été\n      - c\n  y: 1\n");
        let (said, place) = written(&manifest, Format::Yaml, "a.0.b");
        assert_eq!((said.as_str(), place.as_str()), ("été", "été"), "{block}");
    }
}

#[test]
fn line_ends_of_windows_change_nothing() {
    let manifest = "data:\r\n  x: |\r\n    a: 1\r\n    b: two\r\n";
    let (said, place) = written(manifest, Format::Yaml, "b");
    assert_eq!((said.as_str(), place.as_str()), ("two", "two"));
}

#[test]
fn a_text_that_is_not_written_line_by_line_is_its_place_as_a_whole() {
    let folded = "data:\n  x: >-\n    a: one\n\n    b: two\n";
    let (said, place) = written(folded, Format::Yaml, "b");
    assert_eq!(said, "two");
    assert!(
        place.contains("a: one") && place.contains("b: two"),
        "{place}"
    );
    let escaped = "data:\n  x: \"a: one\\nb: two\\n\"\n";
    let (said, place) = written(escaped, Format::Yaml, "b");
    assert_eq!(said, "two");
    assert!(place.contains("a: one"), "{place}");
}

#[test]
fn json_is_read_even_with_tabs() {
    let manifest = "data:\n  x: '{\"realm\": \"a\", \"users\": []}'\n";
    assert_eq!(written(manifest, Format::Yaml, "realm").0, "a");
    let manifest = "data:\n  x: |\n    {\n    \t\"realm\": \"a\"\n    }\n";
    assert_eq!(written(manifest, Format::Yaml, "realm").0, "a");
}

#[test]
fn every_format_has_its_places() {
    let block = |text: &str| {
        let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
        format!("data:\n  x: |\n{lines}")
    };
    for (text, format, path, wanted) in [
        (
            "top = 1\n[auth.basic]\n; note\nenabled = \"false\"\n",
            Format::Ini,
            "[\"auth.basic\"].enabled",
            "false",
        ),
        (
            "[Global]\nauth-url=https://iam.example/v3\n",
            Format::Ini,
            "Global[\"auth-url\"]",
            "https://iam.example/v3",
        ),
        (
            "[SERVICE]\n  Flush 1\n[OUTPUT]\n  Name  es\n  Host  logs.example\n",
            Format::Sections,
            "output.0.host",
            "logs.example",
        ),
        (
            "acr_values = \"eidas2\"\nupstreams = [\"a\"]\n",
            Format::Toml,
            "acr_values",
            "\"eidas2\"",
        ),
        (
            "<match **>\n  @type copy\n  <store>\n    @type s3\n    s3_region eu-west-3\n  </store>\n</match>\n",
            Format::Directives,
            "match.0.store.0.s3_region",
            "eu-west-3",
        ),
        (
            ".:53 {\n    errors\n    forward . tls://dns.example 1.1.1.1 {\n      tls_servername dns.example\n    }\n}\n",
            Format::Corefile,
            "forward.0",
            "tls://dns.example",
        ),
    ] {
        let (_, place) = written(&block(text), format, path);
        assert_eq!(place, wanted, "{path}");
    }
}

#[test]
fn hostile_texts_are_refused_or_read_in_part() {
    let text = |text: &str| Text {
        text: text.to_owned().into(),
        place: None,
        parts: None,
        secret: false,
    };
    let deep = "[".repeat(100_000);
    let bomb = "a: &a [x,x]\nb: &b [*a,*a]\n".to_owned() + &"c: [*b,*b,*b]\n".repeat(1000);
    let long = "x".repeat(MAX_TEXT + 1);
    for format in Format::ALL {
        for hostile in [
            deep.as_str(),
            &bomb,
            "",
            "\u{0}",
            "<a>\n<b>\n</c>\n</d>\n</e>",
            "[\n]\n[]\n=\n==\n",
            "{{ x }}",
        ] {
            let _ = text(hostile).read(*format);
        }
        assert_eq!(text(&long).read(*format).err(), Some(Unread::TooLong));
    }
    let unclosed = "<match>\n".repeat(1000);
    assert!(text(&unclosed).read(Format::Directives).is_ok());
}

#[test]
fn what_comes_from_a_secret_stays_marked() {
    let value = Value::string("YTogYg==").marked(Marks::SENSITIVE);
    let read = Text::decoded(&value).and_then(|text| text.read(Format::Yaml).ok());
    let found = read.expect("readable");
    assert!(found.entry("a").is_some_and(Value::is_sensitive));
}
