//! Tests of all functions through a small reader of literal calls. The expected values are what Terraform 1.11 answered.

use super::*;
use crate::source::Sources;
use crate::syntax::Origin;
use crate::syntax::hcl::{
    ExprId, ExprKind, File, KeyKind, StepKind, UnaryOperator, parse_expression,
};
use crate::value::{Marks, Number, normal_text};

/// Files that exist only here.
struct Files(Limits);

const FILES: &[(&str, &[u8])] = &[
    ("files/hello.txt", b"hello file\n"),
    ("files/bin.dat", b"\xff\xfe\x00bin"),
    ("files/data.json", b"{}"),
    (
        "files/uni.txt",
        "unicode \u{e9} \u{65e5}\r\ncrlf\r\n".as_bytes(),
    ),
    ("files/sub/one.txt", b"1"),
    ("files/sub/two.md", b"2"),
    ("t/plain.tftpl", b"Hello"),
];

impl Context for Files {
    fn limits(&self) -> &Limits {
        &self.0
    }

    fn spend(&self, _: usize) -> Result<(), FunctionError> {
        Ok(())
    }

    fn made(&self, _: usize) -> Result<(), FunctionError> {
        Ok(())
    }

    fn constants(&self, _: &str) -> Result<Value, FunctionError> {
        Err(FunctionError::new(Text::same("there is no parser here")))
    }

    fn working_folder(&self) -> Option<String> {
        None
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadFault> {
        if path.starts_with('/') || path.starts_with("..") {
            return Err(ReadFault::Outside);
        }
        FILES
            .iter()
            .find(|(name, _)| *name == path.trim_start_matches("./"))
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or(ReadFault::NotFound)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadFault> {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        Ok(FILES
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(&folder).map(str::to_owned))
            .collect())
    }

    fn render(&self, _: Option<&str>, text: &str, variables: &Value) -> Outcome {
        let count = variables.entries().map_or(0, <[_]>::len);
        Ok(Value::string(format!("{text} with {count}")))
    }
}

/// Evaluates literals, calls of functions, and `unknown`, `secret` as names of such values.
fn evaluate(text: &str) -> Outcome {
    evaluate_with(text, Limits::default())
}

fn evaluate_with(text: &str, limits: Limits) -> Outcome {
    let source = Sources::new().add("", "");
    let parsed = parse_expression(source, text.into(), Origin::WHOLE);
    if let Some(problem) = parsed.problems.first() {
        return Err(FunctionError::new(problem.message.clone()));
    }
    value(&parsed.file, parsed.expr, &Files(limits))
}

fn value(file: &File, id: ExprId, context: &Files) -> Outcome {
    let expr = file.expr(id);
    Ok(match expr.kind {
        ExprKind::Null => Value::null(),
        ExprKind::Bool(value) => Value::bool(value),
        ExprKind::Number => Value::number(
            Number::parse(file.text(expr.span))
                .ok_or_else(|| FunctionError::new(Text::same("number")))?,
        ),
        ExprKind::String(literal) => Value::string(normal_text(&file.literal(literal))),
        ExprKind::Parentheses(inner) => value(file, inner, context)?,
        ExprKind::Unary {
            operator: UnaryOperator::Negate,
            operand,
        } => {
            let operand = value(file, operand, context)?;
            Value::number(operand.as_number().map(Number::negate).unwrap_or(0.into()))
        }
        ExprKind::Tuple(all) => {
            let all: Result<Vec<Value>, _> = file
                .list(all)
                .iter()
                .map(|id| value(file, *id, context))
                .collect();
            Value::tuple(all?)
        }
        ExprKind::Object(members) => {
            let mut entries = Vec::new();
            for member in file.list(members) {
                let key = match member.key_kind {
                    KeyKind::Name => file.text(file.expr(member.key).span).into(),
                    _ => {
                        let key = value(file, member.key, context)?;
                        key.as_text().unwrap_or_default().into()
                    }
                };
                entries.push((key, value(file, member.value, context)?));
            }
            Value::object(entries)
        }
        ExprKind::Variable => named(file.text(expr.span))?,
        ExprKind::Traversal { base, steps } => {
            let whole = file.text(expr.span);
            if let Ok(value) = named(whole) {
                return Ok(value);
            }
            let mut found = value(file, base, context)?;
            for step in file.list(steps) {
                let key = match step.kind {
                    StepKind::Attribute(name) => Value::string(file.text(name)),
                    StepKind::Index(key) => value(file, key, context)?,
                    _ => return Err(FunctionError::new(Text::same("skip"))),
                };
                let inner = match key.as_number().and_then(Number::as_i64) {
                    Some(at) => found.elements().and_then(|all| all.get(at as usize)),
                    None => found.entry(key.as_str().unwrap_or_default()),
                };
                found = inner
                    .cloned()
                    .ok_or_else(|| FunctionError::new(Text::same("no such element")))?;
            }
            found
        }
        ExprKind::Call(call_id) => {
            let node = *file.get(call_id);
            let name = file.function(&node).into_owned();
            let function =
                lookup(&name).ok_or_else(|| FunctionError::new(Text::same("no such function")))?;
            let args: Vec<Outcome> = file
                .list(node.args)
                .iter()
                .map(|id| value(file, *id, context))
                .collect();
            if name == "can" {
                return Ok(Value::bool(args.iter().all(Result::is_ok)));
            }
            if name == "try" {
                return args
                    .into_iter()
                    .find(Result::is_ok)
                    .unwrap_or_else(|| Err(FunctionError::new(Text::same("nothing worked"))));
            }
            let mut args = args.into_iter().collect::<Result<Vec<Value>, _>>()?;
            if node.expand
                && let Some(last) = args.pop()
            {
                args.extend_from_slice(last.elements().unwrap_or_default());
            }
            call(function, args, context, None)?
        }
        _ => return Err(FunctionError::new(Text::same("skip"))),
    })
}

fn named(name: &str) -> Outcome {
    Ok(match name {
        "unknown" => Value::unknown_of(Type::String, Because::Variable("v".into())),
        "anything" => Value::unknown(Because::Variable("v".into())),
        "secret" => Value::string("s3cret").marked(Marks::SENSITIVE),
        _ => return Err(FunctionError::new(Text::same("skip"))),
    })
}

/// Each line: a call, `=>`, and its value as JSON with its type, or `error`, or `unknown`.
fn check(table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (text, expected) = line.rsplit_once(" => ").expect("an arrow in each line");
        let got = match evaluate(text) {
            Err(error) => {
                assert_ne!(&*error.message.en, "skip", "{text}");
                "error".to_owned()
            }
            Ok(value) if value.is_unknown() => "unknown".to_owned(),
            Ok(value) => {
                let sensitive = if value.is_sensitive() {
                    " sensitive"
                } else {
                    ""
                };
                format!(
                    "{} {}{sensitive}",
                    value.to_json_text(),
                    value.ty().to_json()
                )
            }
        };
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn numbers() {
    check(include_str!("recorded/numbers.txt"));
}

#[test]
fn strings() {
    check(include_str!("recorded/strings.txt"));
}

#[test]
fn formats() {
    check(include_str!("recorded/formats.txt"));
}

#[test]
fn regular_expressions() {
    check(include_str!("recorded/regular_expressions.txt"));
}

#[test]
fn collections() {
    check(include_str!("recorded/collections.txt"));
}

#[test]
fn sets() {
    check(include_str!("recorded/sets.txt"));
}

#[test]
fn conversions() {
    check(include_str!("recorded/conversions.txt"));
}

#[test]
fn encodings() {
    check(include_str!("recorded/encodings.txt"));
}

#[test]
fn yaml() {
    check(include_str!("recorded/yaml.txt"));
}

#[test]
fn digests() {
    check(include_str!("recorded/digests.txt"));
}

#[test]
fn times() {
    check(include_str!("recorded/times.txt"));
}

#[test]
fn networks() {
    check(include_str!("recorded/networks.txt"));
}

#[test]
fn paths() {
    check(include_str!("recorded/paths.txt"));
}

#[test]
fn files() {
    check(
        r#"
        file("files/hello.txt") => "hello file\n" "string"
        file("./files/hello.txt") => "hello file\n" "string"
        file("files/bin.dat") => error
        file("files/nope.txt") => error
        file("/etc/passwd") => unknown
        file("") => error
        filebase64("files/bin.dat") => "//4AYmlu" "string"
        filemd5("files/hello.txt") => "14f21c9a90ca89a660e63f886a91bd4a" "string"
        filesha1("files/bin.dat") => "b54210181d484b0e5f6fa290f819caeb255d8221" "string"
        filebase64sha256("files/hello.txt") => "cCt9LksoxPPvFDS9IzOoNCd5apAH+yojJIvs1NUaPn8=" "string"
        fileexists("files/hello.txt") => true "bool"
        fileexists("nope") => false "bool"
        fileset("files", "*.txt") => ["hello.txt","uni.txt"] ["set","string"]
        fileset("files", "**/*") => ["bin.dat","data.json","hello.txt","sub/one.txt","sub/two.md","uni.txt"] ["set","string"]
        fileset("files", "**.txt") => ["hello.txt","uni.txt"] ["set","string"]
        fileset("files", "**/one.txt") => ["sub/one.txt"] ["set","string"]
        fileset("files/", "./*.json") => ["data.json"] ["set","string"]
        fileset("files", "[!u]ello.{txt,md}") => ["hello.txt"] ["set","string"]
        fileset("files", "?ello.txt") => ["hello.txt"] ["set","string"]
        fileset("files", "{,sub/}*.txt") => error
        fileset("nope", "*") => [] ["set","string"]
        templatefile("t/plain.tftpl", {name = 1}) => "Hello with 1" "string"
        templatefile("t/plain.tftpl", {"1bad" = 1}) => error
        templatefile("t/plain.tftpl", null) => error
        templatefile("t/plain.tftpl", [1]) => error
        templatestring("a", {}) => "a with 0" "string"
        abspath("/a/./b/../c") => "/a/c" "string"
        abspath("a") => unknown
        pathexpand("~/.ssh/id") => unknown
        "#,
    );
}

#[test]
fn unknown_passes_through() {
    check(
        r#"
        upper(unknown) => unknown
        length(unknown) => unknown
        length([unknown, 1]) => 2 "number"
        join(",", [unknown, "a"]) => unknown
        lookup({a = 1}, unknown, 2) => unknown
        lookup({a = unknown, b = 1}, "b", 2) => 1 "number"
        merge(anything, {b = 1}) => unknown
        coalesce(null, unknown, "x") => unknown
        coalesce("x", unknown) => "x" "string"
        contains(["a", unknown], "a") => true "bool"
        contains(["a", unknown], "b") => unknown
        alltrue([false, tobool(unknown)]) => false "bool"
        alltrue([true, tobool(unknown)]) => unknown
        format("%s", null) => unknown
        flatten([anything, ["x"]]) => unknown
        setintersection(["a"], [unknown]) => unknown
        jsonencode({a = unknown}) => unknown
        toset(unknown) => error
        timestamp() => unknown
        "#,
    );
    let union = evaluate(r#"setunion(["a"], [unknown])"#).expect("a set");
    assert_eq!(
        union
            .unknown_shape()
            .map(|shape| shape.to_string())
            .as_deref(),
        Some("[false,true]")
    );
    let upper = evaluate("upper(unknown)").expect("a string");
    assert_eq!(upper.ty(), Type::String);
    assert_eq!(
        upper.as_unknown().map(|unknown| &unknown.because),
        Some(&Because::Variable("v".into())),
        "the reason stays"
    );
}

#[test]
fn sensitive_sticks() {
    for (text, expected) in [
        ("upper(secret)", true),
        ("jsonencode({a = secret})", true),
        ("length(secret)", true),
        ("merge({a = 1}, {b = secret})", false),
        ("merge({a = 1}, {b = secret}).b", true),
        ("keys({a = secret})", false),
        ("toset([secret])", true),
        ("tolist([secret])", false),
        ("lookup({a = secret, b = 1}, \"b\")", false),
        ("lookup({a = secret, b = 1}, \"a\")", true),
        ("nonsensitive(secret)", false),
        ("element(sensitive([1, 2]), 0)", true),
        ("issensitive(secret)", false),
        ("sensitive(null)", true),
    ] {
        let value = evaluate(text).expect(text);
        assert_eq!(value.is_sensitive(), expected, "{text}");
    }
    check("issensitive(secret) => true \"bool\"\nissensitive([secret]) => false \"bool\"");
}

#[test]
fn says_which_arguments_it_came_from() {
    use crate::source::{Place, Span};
    let source = Sources::new().add("", "");
    let place = |at| Place::new(source, Span::new(at, at + 1));
    let run = |name: &str, args: Vec<Value>| {
        let function = lookup(name).expect(name);
        let context = Files(Limits::default());
        let result = call(function, args, &context, Some(place(0))).expect(name);
        let chain = result.origin.chain();
        chain
            .iter()
            .map(|(place, _)| place.span.start)
            .collect::<Vec<_>>()
    };
    let at = |text: &str, at| Value::string(text).at(place(at));
    assert_eq!(run("format", vec![at("%s", 1), at("x", 2)]), [0, 1, 2]);
    // An argument that is passed through is the evidence; what was not taken is none.
    assert_eq!(
        run("coalesce", vec![at("", 1), at("x", 2), at("y", 3)]),
        [0, 2]
    );
    let list = Value::tuple(vec![at("x", 5), at("y", 6)]).at(place(4));
    assert_eq!(run("element", vec![list, Value::int(1)]), [0, 6, 4]);
}

#[test]
fn limits_are_named() {
    let tight = Limits {
        string: 10,
        nodes: 5,
        ..Limits::default()
    };
    for text in [
        "join(\"-\", [\"aaaaa\", \"bbbbb\"])",
        "indent(100000000, \"a\\nb\")",
        "format(\"%9999s\", \"a\")",
        "replace(\"aaaaaaaa\", \"a\", \"bb\")",
        "replace(\"aaaaaaaa\", \"/a/\", \"bb\")",
        "setproduct([1, 2, 3], [1, 2, 3])",
        "concat([1, 2, 3], [1, 2, 3])",
        "concat([[1, 2]], [[1, 2]])",
        "range(6)",
    ] {
        let error = evaluate_with(text, tight).expect_err(text);
        assert!(error.message.en.contains("limit"), "{text}: {error:?}");
    }
    assert!(evaluate("range(2000)").is_err());
    let infinite = evaluate("log(10, 1)").expect("an infinity");
    assert!(infinite.as_number().is_some_and(Number::is_infinite));
}

#[test]
fn every_function_is_there_once() {
    let names = names();
    assert_eq!(names.len(), 118);
    assert_eq!(GROUPS.iter().map(|group| group.len()).sum::<usize>(), 118);
    for name in names {
        assert!(lookup(&format!("core::{name}")).is_some());
    }
    assert!(lookup("Upper").is_none());
    assert!(lookup("provider::x::y").is_none());
}

/// Arguments that no author had in mind. Nothing may panic, hang or outgrow the limits.
#[test]
fn survives_odd_arguments() {
    let odd = [
        "null",
        "unknown",
        "anything",
        "true",
        "-0",
        "-1",
        "9223372036854775807",
        "1e300",
        "1e-300",
        "0.5",
        "\"\"",
        "\"/(a*)*[^b]$/\"",
        "\"%[1]0-#9999.9999e%%%v\"",
        "\"9999-12-31T23:59:59+23:59\"",
        "\"ffff::/0\"",
        "\"\\u0000\u{1F468}\u{200D}\u{1F469}\\r\\n[\\\\\"",
        "\"- &a [*a, {b: !!int x}]\"",
        "[]",
        "[[], [null], {}]",
        "toset([\"a\", unknown])",
        "{}",
        "{a = [1], b = secret}",
    ];
    let limits = Limits {
        string: 1 << 16,
        nodes: 1 << 12,
        ..Limits::default()
    };
    let values: Vec<Value> = odd.iter().map(|text| evaluate(text).expect(text)).collect();
    let context = Files(limits);
    let mut answered = 0;
    for name in names() {
        let function = lookup(name).expect(name);
        let mut run = |args: Vec<Value>| {
            if let Ok(value) = call(function, args, &context, None) {
                answered += 1;
                if let Some(text) = value.as_str() {
                    assert!(text.len() <= limits.string, "{name}");
                }
            }
        };
        run(Vec::new());
        for (at, a) in values.iter().enumerate() {
            run(vec![a.clone()]);
            for b in &values {
                run(vec![a.clone(), b.clone()]);
                // Some of the triples are enough to reach every branch.
                for c in values.iter().skip(at % 7).step_by(7) {
                    run(vec![a.clone(), b.clone(), c.clone()]);
                }
            }
        }
    }
    assert!(answered > 1_000, "{answered}");
}
