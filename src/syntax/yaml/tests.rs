use super::*;
use crate::problem::Weight;
use crate::source::Sources;
use crate::value::{Because, Path};

fn read(text: &str) -> Parsed {
    let sources = Sources::new();
    let id = sources.add("t.yaml", text);
    parse(id, text)
}

fn at<'a>(document: &'a Document, path: &str) -> Option<&'a Value> {
    document.value.get(&Path::parse(path).expect("a path"))
}

fn text_at(parsed: &Parsed, document: usize, path: &str) -> Option<String> {
    at(parsed.documents.get(document)?, path)?
        .as_text()
        .map(Into::into)
}

fn span_text<'a>(text: &'a str, value: &Value) -> &'a str {
    value.origin.place.map_or("", |place| place.span.of(text))
}

#[test]
fn every_node_knows_its_bytes_and_its_key() {
    let text = "# é\nkind: Deployment\nspec:\n  paths: [a, \"b c\"]\n  script: |\n    one\n    two\n\n  list:\n  - x: 1\n  - w: {z: 2}\n  none:\nlast: 'q'\n";
    let parsed = read(text);
    assert_eq!(parsed.problems, []);
    let document = &parsed.documents[0];
    let shows = |path: &str, value: &str, key: &str| {
        let node = at(document, path).expect(path);
        assert_eq!(span_text(text, node), value, "{path}");
        let found = document.keys.key_of(node).map(|place| place.span.of(text));
        assert_eq!(found.unwrap_or(""), key, "key of {path}");
    };
    shows("kind", "Deployment", "kind");
    shows("spec.paths", "[a, \"b c\"]", "paths");
    shows("spec.paths.1", "\"b c\"", "");
    shows("spec.script", "one\n    two", "script");
    shows("spec.list", "- x: 1\n  - w: {z: 2}", "list");
    shows("spec.list.1.w", "{z: 2}", "w");
    shows("spec.list.1.w.z", "2", "z");
    shows("spec.none", "none", "none");
    shows("last", "'q'", "last");
    assert_eq!(
        document
            .keys
            .entry_of(at(document, "kind").unwrap())
            .map(|p| p.span.of(text)),
        Some("kind: Deployment")
    );
    assert!(document.place.span.of(text).starts_with("kind:"));
    assert!(document.place.span.of(text).ends_with("'q'"));
    assert_eq!(parsed.comments.len(), 1);
    assert_eq!(parsed.comments[0].span.of(text), "# é");
}

#[test]
fn documents_are_separate_and_empty_ones_left_out() {
    let parsed =
        read("\u{feff}---\na: 1\r\n---\r\n---\n# only a comment\n---\nb: 2\n...\n---\nc: 3\n");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.documents.len(), 3);
    assert_eq!(text_at(&parsed, 0, "a").as_deref(), Some("1"));
    assert_eq!(text_at(&parsed, 2, "c").as_deref(), Some("3"));
    assert!(read("").documents.is_empty());
    assert!(read("\n\n# nothing\n").documents.is_empty());
    assert_eq!(read("--- ~\n").documents.len(), 1);
}

#[test]
fn a_fault_costs_its_own_document_only() {
    let text = "a: 1\n---\nb: [1, 2\nx: }\n---\nc: 3\n--- # note\nd: \"open\n---\ne: 5\n";
    let parsed = read(text);
    let found: Vec<_> = ["a", "c", "e"]
        .iter()
        .enumerate()
        .map(|(index, key)| text_at(&parsed, index, key))
        .collect();
    assert_eq!(
        found,
        [Some("1".into()), Some("3".into()), Some("5".into())]
    );
    assert_eq!(parsed.documents.len(), 3);
    assert_eq!(parsed.problems.len(), 2);
    assert!(
        parsed
            .problems
            .iter()
            .all(|p| p.weight == Weight::Error && p.place.is_some())
    );
}

#[test]
fn offsets_stay_right_after_a_fault() {
    let text = "é: [\n---\nkey: value\n";
    let parsed = read(text);
    assert_eq!(
        span_text(text, at(&parsed.documents[0], "key").unwrap()),
        "value"
    );
}

#[test]
fn the_last_of_equal_keys_counts_and_says_so() {
    let text = "a: 1\nb: 2\na: 3\n";
    let parsed = read(text);
    assert_eq!(text_at(&parsed, 0, "a").as_deref(), Some("3"));
    assert_eq!(parsed.problems.len(), 1);
    let problem = &parsed.problems[0];
    assert_eq!(
        (problem.code, problem.weight),
        (ProblemCode::Duplicate, Weight::Warning)
    );
    assert_eq!(problem.place.map(|p| p.span.start), Some(10));
    assert_eq!(problem.related[0].0.span.start, 0);
}

#[test]
fn keys_are_spelled_as_json_has_them() {
    let parsed = read("on: 1\n0x10: 2\n\"yes\": 3\n1.5: 4\n");
    let keys: Vec<_> = parsed.documents[0]
        .value
        .entries()
        .unwrap()
        .iter()
        .map(|(k, _)| &**k)
        .collect();
    assert_eq!(keys, ["1.5", "16", "true", "yes"]);
}

#[test]
fn aliases_are_followed_and_keep_both_places() {
    let text = "base: &b {region: fr-par}\nuse: *b\n";
    let parsed = read(text);
    assert_eq!(text_at(&parsed, 0, "use.region").as_deref(), Some("fr-par"));
    let value = at(&parsed.documents[0], "use").unwrap();
    let places: Vec<_> = value
        .origin
        .chain()
        .iter()
        .map(|(place, _)| place.span.of(text))
        .collect();
    assert_eq!(places, ["*b", "{region: fr-par}"]);
    assert_eq!(
        parsed.documents[0]
            .keys
            .key_of(value)
            .map(|p| p.span.of(text)),
        Some("use")
    );
}

#[test]
fn merge_keys_take_over_entries_in_go_yaml_order() {
    let parsed = read(
        "a: &a {x: 1, p: 1}\nb: &b {p: 2, z: 2}\none: {<<: *a, x: 9}\nmany:\n  <<: [*a, *b]\n  w: 0\nlate: {x: 9, <<: *a}\nquoted: {\"<<\": 1}\n",
    );
    assert_eq!(parsed.problems, []);
    let value = |path: &str| text_at(&parsed, 0, path);
    assert_eq!(value("one.x").as_deref(), Some("9"));
    assert_eq!(value("one.p").as_deref(), Some("1"));
    assert_eq!(
        value("many.p").as_deref(),
        Some("1"),
        "the first of several counts"
    );
    assert_eq!(value("many.z").as_deref(), Some("2"));
    assert_eq!(
        value("late.x").as_deref(),
        Some("1"),
        "go-yaml v2 goes by position"
    );
    assert_eq!(value("quoted[\"<<\"]").as_deref(), Some("1"));
    assert_eq!(value("one[\"<<\"]"), None);
}

#[test]
fn hostile_aliases_are_bounded() {
    let mut text = "a0: &a0 [lol, lol, lol, lol]\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            vec![format!("*a{before}"); 9].join(", ")
        ));
    }
    let parsed = read(&text);
    assert!(parsed.problems.iter().any(|p| p.code == ProblemCode::Limit));
    assert!(parsed.problems.len() <= MAX_PROBLEMS + 1);
    let circle = read("a: &a [*a]\nb: *nowhere\n");
    let codes: Vec<_> = circle.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, [ProblemCode::Cycle, ProblemCode::Reference]);
    let unknown = at(&circle.documents[0], "b").and_then(Value::as_unknown);
    assert_eq!(unknown.map(|u| &u.because), Some(&Because::Error));
}

#[test]
fn nesting_is_bounded() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "a: &x ".to_owned() + &"[".repeat(300),
    ] {
        let parsed = read(&text);
        assert!(parsed.documents.is_empty());
        assert_eq!(parsed.problems.len(), 1);
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let chained = read(&format!(
        "a: &a {deep}\nb: [[*a]]\nc: {}*a{}\n",
        "[".repeat(60),
        "]".repeat(60)
    ));
    assert_eq!(chained.problems.len(), 1);
    assert_eq!(chained.problems[0].code, ProblemCode::Limit);
}

#[test]
fn templates_are_told_from_data() {
    let raw = read(
        "kind: Pod\nname: {{ .Values.name }}\n---\na: 1\n---\n{{- if .x }}\nb: 2\n{{- end }}\n",
    );
    assert_eq!(raw.templated.len(), 2);
    assert_eq!(raw.problems, []);
    assert_eq!(raw.documents.len(), 1);
    let data = read("expr: \"{{ $labels.pod }}\"\ntext: |\n  {{ range }}\n# {{ comment }}\n");
    assert!(data.templated.is_empty());
    assert_eq!(data.documents.len(), 1);
}

#[test]
fn a_fault_beside_a_commented_template_is_still_a_fault() {
    let parsed = read("# {{ x }}\na: [\n");
    assert!(parsed.templated.is_empty());
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn json_is_yaml() {
    let parsed = read(
        "{\n\t\"kind\": \"List\",\n\t\"items\": [{\"a\": \"\\u00e9\\/\"}, 1.5e3, true, null]\n}\n",
    );
    assert_eq!(parsed.problems, []);
    assert_eq!(text_at(&parsed, 0, "items.0.a").as_deref(), Some("é/"));
}

#[test]
fn many_comments_and_many_faults_end_in_time() {
    let comments = "# note\n".repeat(50_000) + "a: 1\n";
    let parsed = read(&comments);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.comments.len(), 50_000);
    let faults = "---\n\"\n".repeat(50_000);
    let parsed = read(&faults);
    assert_eq!(parsed.problems.len(), MAX_PROBLEMS + 1);
}

const SAMPLE: &str = "apiVersion: v1 # n\nkind: &k Pod\nmetadata: {name: 'é', labels: {<<: {a: \"\\u00e9\"}}}\nspec:\n- |+\n  x\n\n- >-\n  y\n- *k\n? c\n: !!str 1\n---\n%YAML 1.2\n---\n- {{ x }}\n...\n--- # end\n~\n";

/// What the quick reader reads, and what it has to leave to the parser, in the middle of each other.
const PLAIN: &str = "# head\napiVersion: v1 # n\nkind: Pod\nmetadata:\n  name: 'it''s'\n  \"x\\n\\u00e9\": é # c\n  labels: {a: b, \"c\":1, d: [x, {y: z}, \"q\" ]}\n  empty:\nspec:\n- a: 1\n  b: two\n    words\n\n    more\n-\n  - - 7\n    -   c: 0644\n  - yes\n- |\n  text\n   more\n\n  end\n\n- x: |-\n    y: z\n  # c\nlast: [\n  1,\n  2 ]\nlast: -1\n---\n{\"a\": {\"b\": [1.5, true, null]},\n\t\"c\": \"\"}\n{\"d\": \"e\"}\n---\nk: a:b#c -d\n";

/// Both readers say the same, down to the last place. Of JSON objects one after the other the quick one keeps those before
/// a fault, which the parser meets too early for that.
fn check_same(text: &str) {
    let id = Sources::new().add("t.yaml", text);
    let (quick, slow) = (parse(id, text), parse_slowly(id, text));
    if text.contains("}\n{") && !slow.problems.is_empty() {
        return;
    }
    let (quick, slow) = (format!("{quick:#?}"), format!("{slow:#?}"));
    let mut lines = quick.lines().zip(slow.lines());
    let differs = lines.position(|(quick, slow)| quick != slow);
    let around = |all: &str| {
        let from = differs.unwrap_or_default().saturating_sub(12);
        all.lines()
            .skip(from)
            .take(16)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        quick == slow,
        "{text:?}\nquickly: {}\nslowly: {}",
        around(&quick),
        around(&slow)
    );
}

#[test]
fn the_quick_reader_says_what_the_parser_says() {
    check_same(SAMPLE);
    check_same(PLAIN);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut open = vec![folder];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "json")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                check_same(&text);
            }
        }
    }
}

/// Else everything above is read by the parser alone, and nothing is compared.
#[test]
fn plain_documents_are_read_quickly() {
    let id = Sources::new().add("t.yaml", PLAIN);
    let mut builder = Builder::new(id, PLAIN);
    let first = next_marker(PLAIN, 0).expect("a second document");
    assert!(quick::is_simple(&PLAIN[..first]));
    assert_eq!(quick::read(&mut builder, 0..first), Ok(()));
    assert_eq!(builder.parsed.documents.len(), 1);
}

#[test]
fn what_aliases_and_merge_keys_bring_is_placed_at_them() {
    let text =
        "base: &b {region: fr-par, deep: [x]}\nuse: *b\nin:\n  <<: *b\n  <<: [{region: it}]\n";
    let parsed = read(text);
    assert_eq!(parsed.problems, []);
    let document = &parsed.documents[0];
    for (path, places, entry) in [
        ("use.region", ["*b", "fr-par"], "use: *b"),
        ("use.deep.0", ["*b", "x"], "use: *b"),
        ("in.deep", ["*b", "[x]"], "<<: *b"),
    ] {
        let value = at(document, path).expect(path);
        let chain = value.origin.chain();
        let chain: Vec<_> = chain.iter().map(|(place, _)| place.span.of(text)).collect();
        assert_eq!(chain, places, "{path}");
        let found = document
            .keys
            .entry_of(value)
            .map(|place| place.span.of(text));
        assert_eq!(found, Some(entry), "{path}");
    }
    assert_eq!(text_at(&parsed, 0, "in.region").as_deref(), Some("it"));
}

#[test]
fn a_great_many_aliases_take_no_more_room_than_fits() {
    let wide = "x, ".repeat(2000);
    let text = format!("a: &a [{wide}]\nb: [{}]\n", "*a, ".repeat(100));
    let parsed = read(&text);
    let limits = parsed
        .problems
        .iter()
        .filter(|p| p.code == ProblemCode::Limit);
    assert!(limits.count() > 0);
}

#[test]
fn json_objects_may_follow_one_another() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for text in [
        "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}\n".to_owned(),
        "{\"a\": 1, \"b\": \"\\ud83d\\ude00\\u00e9\"}\n{\"a\": 2}\n{\"a\": 3}\n".to_owned(),
        "---\n{\"a\": 1}\n{\"a\": &x 2}\n{\"a\": 3}\n".to_owned(),
        format!("{{\"a\": 1, \"d\": {deep}}}\n{{\"a\": 2}}\n{{\"a\": 3, \"d\": {deep}}}\n"),
    ] {
        for parsed in [
            read(&text),
            parse_slowly(Sources::new().add("t.json", &*text), &text),
        ] {
            assert_eq!(parsed.problems, [], "{text}");
            let found: Vec<_> = (0..3).map(|index| text_at(&parsed, index, "a")).collect();
            assert_eq!(
                found,
                [Some("1".into()), Some("2".into()), Some("3".into())]
            );
        }
    }
    // A comma is missing, and no object has ended.
    let parsed = read("{\"a\": {}\n{}}\n");
    assert_eq!((parsed.documents.len(), parsed.problems.len()), (0, 1));
}

#[test]
fn each_document_may_have_its_byte_order_mark() {
    let parsed = read("\u{feff}a: 1\n---\n\u{feff}a: 2\n--- \r\n\u{feff}a: 3\n");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.documents.len(), 3);
}

#[test]
fn a_fault_beside_braces_in_a_text_is_a_fault() {
    for text in [
        "a: \"{{ x }}\"\nb: [\n",
        "a: |\n  {{ x }}\n b: [\n",
        "a: '{{ x }}'\nb: \"{{ y }}\" z\n",
    ] {
        let parsed = read(text);
        assert_eq!(parsed.templated, [], "{text}");
        assert_eq!(parsed.problems.len(), 1, "{text}");
    }
}

/// Every place lies in the text, on character boundaries.
fn check_places(text: &str, parsed: &Parsed) {
    fn walk(text: &str, value: &Value) {
        for (place, _) in value.origin.chain() {
            let (start, end) = (place.span.start as usize, place.span.end as usize);
            assert!(
                start <= end && text.get(start..end).is_some(),
                "{start}..{end}"
            );
        }
        for inner in value.elements().unwrap_or_default() {
            walk(text, inner);
        }
        for (_, inner) in value.entries().unwrap_or_default() {
            walk(text, inner);
        }
    }
    for document in &parsed.documents {
        walk(text, &document.value);
    }
    let places = parsed.problems.iter().filter_map(|problem| problem.place);
    for place in places
        .chain(parsed.comments.iter().copied())
        .chain(parsed.templated.iter().copied())
    {
        assert!(
            text.get(place.span.start as usize..place.span.end as usize)
                .is_some()
        );
    }
}

#[test]
fn every_prefix_is_read_without_a_panic() {
    for end in (0..=SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        check_places(&SAMPLE[..end], &read(&SAMPLE[..end]));
    }
}

#[test]
fn every_prefix_is_read_the_same() {
    for end in (0..=PLAIN.len()).filter(|end| PLAIN.is_char_boundary(*end)) {
        check_same(&PLAIN[..end]);
    }
}

proptest::proptest! {
    #[test]
    fn a_changed_byte_is_read_the_same(at in 0..PLAIN.len(), byte in 0u8..128) {
        let mut bytes = PLAIN.as_bytes().to_vec();
        bytes[at] = byte;
        check_same(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_lines_are_read_the_same(lines in proptest::collection::vec(
        "( {0,4}(- |-|[ab]:|[ab]: |\"a\": |'a':|)(x|- |\\{|\\[|\\]|\\}|, |\"q\"|'|\"|\\||>-| #|#|: |\\*a|&a |~|0|é|\t|\\{\\}|\\?|){0,3})", 0..8
    )) {
        check_same(&lines.join("\n"));
    }

    #[test]
    fn a_changed_byte_is_read_without_a_panic(at in 0..SAMPLE.len(), byte in 0u8..128) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        check_places(&text, &read(&text));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[-:{}\\[\\]&*#'\"|>?!%, \\na1\\té~<]{0,60}") {
        check_places(&text, &read(&text));
    }
}
