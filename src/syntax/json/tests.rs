//! JSON texts that are right and wrong, read whole and in part.

use super::*;
use crate::problem::ProblemCode;
use crate::source::{Sources, Span};

fn read(text: &str) -> (Document, Vec<Problem>) {
    parse(Sources::new().add("test.json", text), Arc::from(text))
}

#[test]
fn keeps_order_duplicates_and_spans() {
    let text = "\u{FEFF}{\"a\": [1, -2.5e+3, \"x\"], \"b\": null, \"a\": {\"c\": true}}\r\n";
    let (document, problems) = read(text);
    assert_eq!(problems, []);
    let Some(root) = document.root() else {
        unreachable!("a text without problems has a root")
    };
    let keys: Vec<_> = document
        .members(root)
        .iter()
        .map(|m| document.key(m))
        .collect();
    assert_eq!(keys, ["a", "b", "a"]);
    let first = document.get(root, "a").map(|id| {
        let spans = document
            .elements(id)
            .iter()
            .map(|id| document.text(document.node(*id).span));
        spans.collect::<Vec<_>>()
    });
    assert_eq!(first, Some(vec!["1", "-2.5e+3", "\"x\""]));
    assert_eq!(
        document.text(document.node(root).span),
        text.trim_start_matches('\u{FEFF}').trim()
    );
}

#[test]
fn keys_are_found_by_their_texts() {
    let (document, _) = read(r#"{"ab": 1, "a\u0062c": 2, "a\\nb": 3, "a\nb": 4}"#);
    let found = |name: &str| {
        let node = document.get(document.root()?, name)?;
        Some(document.text(document.node(node).span))
    };
    let names = ["ab", "abc", "a\\nb", "a\nb", "a", "a\\u0062c"];
    let expected = [Some("1"), Some("2"), Some("3"), Some("4"), None, None];
    assert_eq!(names.map(found), expected);
}

#[test]
fn the_end_of_a_string_is_found_wherever_it_is() {
    for before in 0..20 {
        for after in 0..10 {
            let (x, y) = ("x".repeat(before), "y".repeat(after));
            let text = format!(r#"["{x}\"é{y}","{x}",{{"{y}":"\\"}}]"#);
            let (document, problems) = read(&text);
            assert_eq!(problems, [], "{text}");
            let all = document.root().map(|root| document.elements(root));
            let all = all.unwrap_or_default().iter();
            let strings: Vec<_> = all.filter_map(|id| document.string(*id)).collect();
            assert_eq!(strings, [format!("{x}\"é{y}"), x.clone()]);
            for control in ['\n', '\u{1F}', '\u{0}'] {
                let (_, problems) = read(&format!("[\"{x}{control}{y}\"]"));
                assert_eq!(problems.len(), 1, "{x}{control:?}{y}");
            }
        }
    }
}

#[test]
fn strings_know_where_their_characters_come_from() {
    let text = r#"["a\n${b}\ud83d\ude00c\ud800d"]"#;
    let (document, problems) = read(text);
    assert_eq!(problems, []);
    let string = document
        .root()
        .and_then(|root| document.elements(root).first().copied());
    let Some((value, origin)) = string.and_then(|id| document.string_with_origin(id)) else {
        unreachable!("there is one string")
    };
    assert_eq!(value, "a\n${b}\u{1F600}c\u{FFFD}d");
    for part in ["${b}", "c", "d"] {
        let at = value.find(part).unwrap_or_default() as u32;
        let span = origin.span(Span::new(at, at + part.len() as u32));
        assert_eq!(span.of(text), part);
    }
    assert_eq!(origin.span(Span::new(1, 2)).of(text), "\\n");
    assert_eq!(origin.span(Span::new(6, 10)).of(text), "\\ud83d\\ude00");
}

const REFUSED: [&str; 25] = [
    "",
    " ",
    "{",
    "[1,]",
    "[1 2]",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "+1",
    "nul",
    "\"a",
    "\"\\x\"",
    "\"\\u12\"",
    "\"a\nb\"",
    "1 2",
    "// c\n1",
    "{\"a\" 1}",
    "[1",
    "\"\u{1}\"",
    "\"\\",
];

#[test]
fn refuses_what_is_no_json() {
    for text in REFUSED {
        let (document, problems) = read(text);
        assert!(document.root().is_none(), "{text:?}");
        assert_eq!(problems.len(), 1, "{text:?}");
    }
}

#[test]
fn what_nobody_wants_takes_no_nodes() {
    let text = r#"{"a": {"skip": [1, {"x": "]}\""}], "mode": "m", "v": 1e-3, "k": [true]}, "skip": 2,
        "b": [{"mode": "d", "v": "kept"}, {"mode": "m", "v": {"deep": [[]]} }]}"#;
    let unwanted = |upcoming: &Upcoming<'_, '_>| {
        upcoming.path.last() == Some(&"v") && upcoming.earlier("mode") == Some("\"m\"")
            || upcoming.path == ["a", "skip"]
    };
    let source = Sources::new().add("test.json", text);
    let (document, problems) = parse_without(source, Arc::from(text), Some(&unwanted));
    assert_eq!(problems, []);
    let get = |id: NodeId, name: &str| document.get(id, name).expect("a member");
    let root = document.root().expect("a root");
    let a = get(root, "a");
    assert_eq!(document.node(get(a, "skip")).kind, NodeKind::Null);
    assert_eq!(document.node(get(a, "v")).kind, NodeKind::Null);
    assert_eq!(document.elements(get(a, "k")).len(), 1);
    assert_eq!(document.node(get(root, "skip")).kind, NodeKind::Number);
    let kept: Vec<_> = document
        .elements(get(root, "b"))
        .iter()
        .map(|id| document.string(get(*id, "v")))
        .collect();
    assert_eq!(kept, [Some("kept".into()), None]);
    for broken in [
        r#"{"a": {"skip": [1"#,
        r#"{"a": {"skip": "\"#,
        r#"{"a": {"skip": }}"#,
        r#"{"a": {"skip": , "x": 1}}"#,
        r#"{"a": {"skip": "#,
        r#"{"a": {"skip": é"#,
    ] {
        let (document, problems) = parse_without(source, Arc::from(broken), Some(&unwanted));
        assert!(document.root().is_none() && problems.len() == 1, "{broken}");
        let span = problems[0].place.expect("a place").span;
        let there = broken.get(span.start as usize..span.end as usize);
        assert!(there.is_some(), "{broken}: {span:?}");
    }
}

#[test]
fn a_fault_in_what_nobody_wants_is_one_of_the_text() {
    let unwanted = |upcoming: &Upcoming<'_, '_>| upcoming.path == ["skip"];
    let said = |text: &str, unwanted| {
        let source = Sources::new().add("test.json", text);
        let (document, problems) = parse_without(source, Arc::from(text), unwanted);
        assert_eq!(document.root().is_none(), !problems.is_empty(), "{text:?}");
        problems
    };
    let around = |text: &str| format!("{{\"skip\": {text}, \"k\": 1}}");
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let further = [
        "[\"a\" \"b\"]",
        "[1}",
        "{\"a\":1]",
        "[01]",
        "[tru]",
        "{\"a\"}",
        "[1,,2]",
    ];
    let further = further.map(str::to_owned).into_iter().chain([deep(256)]);
    for text in REFUSED.map(str::to_owned).into_iter().chain(further) {
        let text = around(&text);
        let problems = said(&text, Some(&unwanted));
        assert_eq!(problems.len(), 1, "{text:?}");
        // The same fault at the same place as if it were wanted.
        assert_eq!(problems, said(&text, None), "{text:?}");
    }
    let fine = [
        "{}",
        "[]",
        " [ ] ",
        "-0.5E+7",
        "\"\\ud800\\/\"",
        "[null, true, {\"a\": [false]}]",
    ];
    for text in fine.map(str::to_owned).into_iter().chain([deep(255)]) {
        assert_eq!(said(&around(&text), Some(&unwanted)), [], "{text:?}");
    }
}

#[test]
fn nesting_is_limited_not_fatal() {
    let (_, problems) = read(&"[".repeat(100_000));
    assert_eq!(problems.first().map(|p| p.code), Some(ProblemCode::Limit));
    let (_, problems) = read(&format!("{}{}", "[".repeat(256), "]".repeat(256)));
    assert_eq!(problems, []);
}
