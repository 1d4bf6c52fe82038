#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cases;
mod differential;
mod robust;

use super::*;
use crate::source::Sources;

fn read(text: &str) -> Parsed {
    parse(Sources::new().add("test.tf", text), Arc::from(text))
}

#[test]
fn takes_what_terraform_takes() {
    let refused: Vec<_> = cases::TAKEN
        .iter()
        .filter_map(|text| {
            let problems = read(text).problems;
            (!problems.is_empty()).then(|| format!("{text:?}: {}", problems[0].message.en))
        })
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn refuses_what_terraform_refuses() {
    let taken: Vec<_> = cases::REFUSED
        .iter()
        .filter(|text| read(text).problems.is_empty())
        .collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

/// The only attribute of a text without problems.
fn value(text: &str) -> (File, ExprId) {
    let parsed = read(text);
    assert_eq!(parsed.problems, [], "{text}");
    let id = parsed
        .file
        .attributes(parsed.file.root())
        .next()
        .unwrap()
        .value;
    (parsed.file, id)
}

/// The expression in a notation that shows its structure.
fn shape(file: &File, id: ExprId) -> String {
    let expr = file.expr(id);
    let many = |ids: &[ExprId]| {
        ids.iter()
            .map(|id| shape(file, *id))
            .collect::<Vec<_>>()
            .join(" ")
    };
    match expr.kind {
        ExprKind::Invalid => "invalid".to_owned(),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number | ExprKind::Variable => {
            file.text(expr.span).to_owned()
        }
        ExprKind::String(literal) => format!("{:?}", file.literal(literal)),
        ExprKind::Template(parts) => format!("(template{})", parts_shape(file, parts)),
        ExprKind::Wrap(inner) => format!("(wrap {})", shape(file, inner)),
        ExprKind::Parentheses(inner) => format!("(paren {})", shape(file, inner)),
        ExprKind::Unary { operator, operand } => format!("({operator:?} {})", shape(file, operand)),
        ExprKind::Tuple(ids) => format!("[{}]", many(file.list(ids))),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => format!("(? {})", many(&[condition, then, otherwise])),
        ExprKind::Operation { first, rest } => {
            let rest = file
                .list(rest)
                .iter()
                .map(|o| format!(" {} {}", file.text(o.operator_span), shape(file, o.expr)));
            format!("({}{})", shape(file, first), rest.collect::<String>())
        }
        ExprKind::Call(call) => {
            let call = file.get(call);
            let dots = if call.expand { "..." } else { "" };
            format!(
                "(call {} {}{dots})",
                file.function(call),
                many(file.list(call.args))
            )
        }
        ExprKind::Traversal { base, steps } => {
            let steps = file.list(steps).iter().map(|step| match step.kind {
                StepKind::Attribute(name) => format!(" .{}", file.text(name)),
                StepKind::LegacyIndex(digits) => format!(" .#{}", file.text(digits)),
                StepKind::Index(key) => format!(" [{}]", shape(file, key)),
                StepKind::AttributeSplat => " .*".to_owned(),
                StepKind::FullSplat => " [*]".to_owned(),
            });
            format!("(get {}{})", shape(file, base), steps.collect::<String>())
        }
        ExprKind::Object(members) => {
            let members = file.list(members).iter().map(|member| {
                let kind = match member.key_kind {
                    KeyKind::Name => "",
                    KeyKind::Parenthesised => "()",
                    KeyKind::Expression => "=",
                };
                format!(
                    "{kind}{}:{}",
                    shape(file, member.key),
                    shape(file, member.value)
                )
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(" "))
        }
        ExprKind::For(each) => {
            let each = file.get(each);
            let name = |name: Option<crate::source::Span>| {
                name.map_or("", |name| file.text(name)).to_owned()
            };
            let optional = |id: Option<ExprId>| id.map_or("-".to_owned(), |id| shape(file, id));
            format!(
                "(for {},{} in {} : {} => {}{} if {})",
                name(each.key_name),
                name(Some(each.value_name)),
                shape(file, each.collection),
                optional(each.key),
                shape(file, each.value),
                if each.group { "..." } else { "" },
                optional(each.condition)
            )
        }
    }
}

fn parts_shape(file: &File, parts: List<Part>) -> String {
    let parts = file.list(parts).iter().map(|part| match part.kind {
        PartKind::Literal(_) => format!(" {:?}", file.part_text(part).unwrap()),
        PartKind::Interpolation(id) => format!(" {}", shape(file, id)),
        PartKind::If(id) => {
            let id = file.get(id);
            format!(
                " (if {}{} else{})",
                shape(file, id.condition),
                parts_shape(file, id.then),
                parts_shape(file, id.otherwise)
            )
        }
        PartKind::For(id) => {
            let id = file.get(id);
            format!(
                " (for {},{} in {}{})",
                id.key_name.map_or("", |name| file.text(name)),
                file.text(id.value_name),
                shape(file, id.collection),
                parts_shape(file, id.body)
            )
        }
    });
    parts.collect()
}

#[test]
fn expressions_have_the_right_structure() {
    for (text, expected) in [
        ("1 + 2 * 3 - 4", "(1 + (2 * 3) - 4)"),
        (
            "a * b + c * d == e && f || !g",
            "(((((a * b) + (c * d)) == e) && f) || (Not g))",
        ),
        ("1 - 2 - 3", "(1 - 2 - 3)"),
        ("-a.b + 1", "((Negate (get a .b)) + 1)"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("a == b ? 1 : 2", "(? (a == b) 1 2)"),
        ("(1 + 2) * 3", "((paren (1 + 2)) * 3)"),
        (
            "a.b[0].c[\"d\"][*].e.*.f.0",
            "(get a .b [0] .c [\"d\"] [*] .e .* .f .#0)",
        ),
        ("f(a, [1, 2]...)", "(call f a [1 2]...)"),
        ("provider :: x /* c */ ::f(1)", "(call provider::x::f 1)"),
        (
            "{a = 1, \"b\" : 2, (c) = 3, d.e = 4, null = 5}",
            "{a:1 =\"b\":2 ()(paren c):3 =(get d .e):4 null:5}",
        ),
        (
            "[for v in c : v.id if v.ok]",
            "(for ,v in c : - => (get v .id) if (get v .ok))",
        ),
        (
            "{for k, v in c : k => v...}",
            "(for k,v in c : k => v... if -)",
        ),
        ("\"${a}\"", "(wrap a)"),
        ("\"${~ a ~}\"", "(wrap a)"),
        ("\"a${b}c\"", "(template \"a\" b \"c\")"),
        ("\" ${~ b ~} \"", "(template b)"),
        ("\"\"", "\"\""),
        (
            "\"a-$${b}-%%{c}-\\u00e9\\t\\\"\"",
            "\"a-${b}-%{c}-é\\t\\\"\"",
        ),
        (
            "\"$$${1}|$$$${1}|$$|%%|$$$|$\"",
            "\"$${1}|$$${1}|$$|%%|$$$|$\"",
        ),
        (
            "\"%{if a}b%{else}c%{endif}d\"",
            "(template (if a \"b\" else \"c\") \"d\")",
        ),
        (
            "\"%{for k, v in a}${k}%{if v}x%{endif}%{endfor}\"",
            "(template (for k,v in a k (if v \"x\" else)))",
        ),
        (
            "\"a\\n  ${~ \"b\" ~}  \\n\\u2003 c\"",
            "(template \"a\" \"b\" \"c\")",
        ),
    ] {
        let (file, id) = value(&format!("x = {text}\n"));
        assert_eq!(shape(&file, id), expected, "{text}");
    }
}

/// The value of a template of constants, for comparison with what Terraform printed.
fn rendered(file: &File, id: ExprId) -> String {
    match file.expr(id).kind {
        ExprKind::String(literal) => file.literal(literal).into_owned(),
        ExprKind::Template(parts) => rendered_parts(file, parts),
        ExprKind::Number => file.text(file.expr(id).span).to_owned(),
        other => panic!("{other:?}"),
    }
}

fn rendered_parts(file: &File, parts: List<Part>) -> String {
    let parts = file.list(parts).iter().map(|part| match part.kind {
        PartKind::Literal(_) => file.part_text(part).unwrap().into_owned(),
        PartKind::Interpolation(id) => rendered(file, id),
        PartKind::If(id) => rendered_parts(file, file.get(id).then),
        PartKind::For(_) => String::new(),
    });
    parts.collect()
}

#[test]
fn white_space_of_heredocs_is_that_of_terraform() {
    // Each value is what `terraform plan` 1.11.4 printed.
    for (text, expected) in [
        ("<<EOT\nx ${~ 1 ~}\n   \n\n  y\nEOT", "x1   \n\n  y\n"),
        (
            "<<-EOT\n    x ${ 1 ~}\n   \n\n      y\n    EOT",
            "x 1   \n\n  y\n",
        ),
        (
            "<<-EOT\n    %{ if true ~}\n      a\n    %{~ else ~}\n      b\n    %{ endif ~}\n      z\n    EOT",
            "          a\n      z\n",
        ),
        (
            "<<-EOT\n      a\n     \t b\n   \n      ${1}\n      c\n    EOT",
            "a\n b\n   \n1\nc\n",
        ),
        ("<<-EOT\n  ${1} a\n      b\n    EOT", "1 a\n    b\n"),
        (
            "<<-EOT\n    a ${1 ~}\n       b\n      c ${~ 2}\n    EOT",
            "a 1       b\n  c2\n",
        ),
        ("<<-EOT\n    a\n  \n      b  \n    EOT", "a\n  \n  b  \n"),
        (
            "<<-EOT\n    a\n  %{ if true }\n      b\n  %{ endif }\n    EOT",
            "  a\n\n    b\n\n",
        ),
        ("<<EOT\nEOT", ""),
        ("<<EOT\n$${a}\n%%{b}\n\\n\"\nEOT", "${a}\n%{b}\n\\n\"\n"),
    ] {
        let (file, id) = value(&format!("x = {text}\n"));
        assert_eq!(rendered(&file, id), expected, "{text}");
    }
    let text = "x \n  ${~ 1 ~} \n\n  y\n";
    let parsed = parse_template(
        Sources::new().add("a.tftpl", text),
        Arc::from(text),
        Origin::WHOLE,
    );
    assert_eq!(rendered(&parsed.file, parsed.expr), "x \n1\n  y\n");
}

#[test]
fn a_heredoc_in_one_piece_is_one_literal() {
    let (file, id) = value("x = <<EOT\na\n  b\n$\nEOT\n");
    assert!(matches!(file.expr(id).kind, ExprKind::String(_)));
    assert_eq!(file.text(file.expr(id).span), "<<EOT\na\n  b\n$\nEOT");
}

#[test]
fn comments_are_kept_in_order() {
    let parsed = read("# a\nb = 1 // c\r\nd {\n  /* e\n  */\n  f = [ # g\n  1]\n}\nh = \"# no\"\n");
    assert_eq!(parsed.problems, []);
    let comments: Vec<_> = parsed
        .file
        .comments()
        .iter()
        .map(|c| parsed.file.text(c.span))
        .collect();
    assert_eq!(comments, ["# a", "// c", "/* e\n  */", "# g"]);
}

/// Each problem as `line: message`.
fn messages(text: &str) -> (File, Vec<String>) {
    let sources = Sources::new();
    let parsed = parse(sources.add("test.tf", text), Arc::from(text));
    let lines = parsed.problems.iter().map(|problem| {
        let line = problem.place.map_or(0, |place| sources.start(place).line);
        format!("{line}: {}", problem.message.en)
    });
    let lines = lines.collect();
    (parsed.file, lines)
}

fn headers(file: &File) -> Vec<(String, bool)> {
    let blocks = file.blocks(file.root());
    blocks
        .map(|block| {
            (
                file.text(block.header).to_owned(),
                file.get(block.body).broken,
            )
        })
        .collect()
}

#[test]
fn one_fault_costs_one_value() {
    let (file, messages) = messages(
        "resource \"a\" \"b\" {\n  tags = {\n    x = 1\n    y = 'z'\n  }\n  ok = true\n}\n\
         locals {\n  p = [1, 2\n  q = 3\n}\nlast = 1\n",
    );
    assert_eq!(
        messages,
        [
            "4: expected a value, found `'`",
            "10: expected `,` or `]`, found `q`"
        ]
    );
    assert_eq!(
        headers(&file),
        [
            ("resource \"a\" \"b\"".to_owned(), true),
            ("locals".to_owned(), true)
        ]
    );
    let bodies: Vec<_> = file
        .blocks(file.root())
        .map(|block| *file.get(block.body))
        .collect();
    let kinds = |body: &Body| {
        let attributes = file.attributes(body);
        attributes
            .map(|a| {
                (
                    file.text(a.name).to_owned(),
                    file.expr(a.value).kind == ExprKind::Invalid,
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(&bodies[0]),
        [("tags".to_owned(), true), ("ok".to_owned(), false)]
    );
    assert_eq!(
        kinds(&bodies[1]),
        [("p".to_owned(), true), ("q".to_owned(), false)]
    );
    assert!(file.attribute(file.root(), "last").is_some());
}

#[test]
fn a_missing_brace_is_blamed_on_its_block() {
    let (file, messages) = messages(
        "resource \"a\" \"b\" {\n  x = 1\n\nresource \"c\" \"d\" {\n  nested {\n    y = 2\n}\n\nvariable \"v\" {}\n",
    );
    assert_eq!(
        messages,
        [
            "1: the block `resource \"a\" \"b\"` is not closed",
            "5: the block `nested` is not closed"
        ]
    );
    let expected = [
        "resource \"a\" \"b\"",
        "resource \"c\" \"d\"",
        "variable \"v\"",
    ];
    assert_eq!(
        headers(&file).into_iter().map(|h| h.0).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn code_without_indentation_is_no_fault() {
    let (_, messages) = messages("a {\nb {\nc = 1\n}\nd = 2\n}\n");
    assert_eq!(messages, Vec::<String>::new());
    let (file, messages) = self::messages("a {\nb {\nc = \n}\nd = 2\n}\ne {}\n");
    assert_eq!(messages, ["3: expected a value, found the end of the line"]);
    assert_eq!(headers(&file).len(), 2);
}

#[test]
fn messages_name_the_remedy() {
    for (text, message, help) in [
        (
            "a = <<EOT\nx\nEOT",
            "this heredoc has no end line `EOT`",
            "add a line break",
        ),
        (
            "a = \"x\n",
            "this string is not closed on its line",
            "heredoc",
        ),
        ("a = \"\\d\"", "`\\d` is not an escape sequence", "`\\\\`"),
        (
            "a = 10.0.0.1/32",
            "`10.0.0.1` is not a number",
            "double quotes",
        ),
        (
            "a { b = 1, c = 2 }",
            "expected `}`, found `,`",
            "each argument on a line of its own",
        ),
        (
            "a \"b\"\n{\n}\n",
            "expected `{` to open the block, found the end of the line",
            "line of the block's type",
        ),
        ("a = 1\na = 2\n", "`a` is set twice", "remove one"),
        (
            "a = 1;",
            "expected the end of the line, found `;`",
            "no semicolon",
        ),
        (
            "a = [for k, v in x : k => v]",
            "a `for` in brackets takes no key",
            "braces",
        ),
        ("}", "this brace closes no block", "remove it"),
        ("\"a\" = 1", "names of arguments are not quoted", "quotes"),
        ("/* a", "this comment is not closed", "*/"),
        (
            "a\u{a0}= 1",
            "expected `=` and a value, or a block, found the invisible character U+00A0",
            "write `a = ...`",
        ),
    ] {
        let problems = read(text).problems;
        assert_eq!(&*problems[0].message.en, message, "{text}");
        assert!(
            problems[0]
                .help
                .as_ref()
                .is_some_and(|h| h.en.contains(help)),
            "{text}: {:?}",
            problems[0].help
        );
    }
}

#[test]
fn nesting_is_limited_and_chains_are_not() {
    for opener in [
        "[",
        "(",
        "{a=",
        "-",
        "!",
        "\"${",
        "f(",
        "a[",
        "a?",
        "a?b:",
        "[for x in ",
    ] {
        let problems = read(&format!("x = {}", opener.repeat(100_000))).problems;
        assert_eq!(
            problems[0].code,
            crate::problem::ProblemCode::Limit,
            "{opener}"
        );
    }
    let problems = read(&"a {\n".repeat(100_000)).problems;
    assert!(
        problems
            .iter()
            .any(|problem| problem.code == crate::problem::ProblemCode::Limit)
    );
    for link in ["a + ", "a && ", "a == ", "a * "] {
        let (file, id) = value(&format!("x = {}a\n", link.repeat(100_000)));
        assert!(
            matches!(file.expr(id).kind, ExprKind::Operation { rest, .. } if rest.len() == 100_000)
        );
    }
    value(&format!("x = a{}\n", ".b".repeat(100_000)));
    let deep = format!("x = {}1{}\n", "[".repeat(200), "]".repeat(200));
    value(&deep);
}

#[test]
fn faults_without_end_are_cut_short() {
    let problems = read(&"a = <<EOT\n".repeat(50_000)).problems;
    assert_eq!(problems.len(), crate::syntax::MAX_PROBLEMS + 1);
    assert_eq!(
        problems.last().unwrap().code,
        crate::problem::ProblemCode::Limit
    );
}

#[test]
fn a_template_in_json_points_into_the_json() {
    let text = r#"{"a": "x\n${ b + }"}"#;
    let source = Sources::new().add("a.tf.json", text);
    let (document, _) = crate::syntax::json::parse(source, Arc::from(text));
    let id = document.get(document.root().unwrap(), "a").unwrap();
    let (value, origin) = document.string_with_origin(id).unwrap();
    let parsed = parse_template(source, Arc::from(&*value), origin);
    assert_eq!(parsed.file.expr(parsed.expr).kind, ExprKind::Invalid);
    assert_eq!(parsed.problems[0].place.unwrap().span.of(text), "}");
}

#[test]
fn names_set_twice_are_found_among_many() {
    let mut text: String = (0..1000).map(|at| format!("a{at} = 1\n")).collect();
    text.push_str("a7 = 2\nb {}\na999 = 2\na7 = 3\n");
    let (_, messages) = messages(&text);
    let expected = [
        "1001: `a7` is set twice",
        "1003: `a999` is set twice",
        "1004: `a7` is set twice",
    ];
    assert_eq!(messages, expected);
}
