//! Input that asks for too much: a small text that would take all time, all memory or all stack.

use std::fmt::Write as _;

use super::support::{Case, code, file, hold};

const DEEP: usize = 100_000;

fn locals(text: &str) -> String {
    format!("locals {{\n{text}\n}}\n")
}

fn output(text: &str) -> String {
    format!("output \"o\" {{\n  value = {text}\n}}\n")
}

/// `n` locals, each made of the one before; the output is the last.
fn chain(first: &str, n: usize, next: impl Fn(String) -> String) -> String {
    let mut text = format!("s0 = {first}\n");
    for at in 0..n {
        let made = next(format!("local.s{at}"));
        writeln!(text, "s{} = {made}", at + 1).expect("written");
    }
    locals(&text) + &output(&format!("local.s{n}"))
}

/// `open`, so many times, then `close` as many times.
fn nest(open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(DEEP), close.repeat(DEEP))
}

#[test]
fn nesting_of_code() {
    let limit = Some(("limit", "main.tf:2", "256"));
    let value = |name, text: String, problem| code(name, locals(&format!("a = {text}")), problem);
    hold(vec![
        value("brackets", nest("[", "1", "]"), limit),
        value("parentheses", nest("(", "1", ")"), limit),
        value("braces", nest("{a=", "1", "}"), limit),
        value("calls", nest("abs(", "1", ")"), limit),
        value("indexes", nest("a[", "1", "]"), limit),
        value("for", nest("[for x in [1]: ", "1", "]"), limit),
        value("templates", nest("\"${", "1", "}\""), limit),
        value("minus", "-".repeat(DEEP) + "1", limit),
        value("not", "!".repeat(DEEP) + "true", limit),
        value("then", nest("true ? ", "1", " : 2"), limit),
        value("else", "true ? 1 : ".repeat(DEEP) + "2", limit),
        value(
            "if",
            format!("\"{}\"", nest("%{if true}", "x", "%{endif}")),
            limit,
        ),
        value(
            "heredocs",
            "<<E\n${".repeat(DEEP) + "1" + &"}\nE\n".repeat(DEEP),
            Some(("limit", "main.tf", "256")),
        ),
        value("splats", "[1]".to_owned() + &"[*]".repeat(DEEP), limit),
        code(
            "blocks",
            nest("b {\n", "", "}\n"),
            Some(("limit", "main.tf:257", "256")),
        ),
        // Operators in a row nest nothing.
        value("plus", "1 + ".repeat(DEEP) + "1", None),
        value("and", "true && ".repeat(DEEP) + "true", None),
        value(
            "type",
            format!(
                "1\n}}\nvariable \"v\" {{\n type = {}",
                nest("list(", "string", ")")
            ),
            Some(("limit", "main.tf:5", "256")),
        ),
    ]);
}

#[test]
fn nesting_of_data() {
    let manifest = |text: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: {text}\n")
    };
    let json = |text: String| format!("{{\"locals\": {{\n\"a\": {text}}}}}");
    let yaml = Some(("syntax", "k.yaml:6", "256"));
    hold(vec![
        file(
            "arrays",
            "main.tf.json",
            json(nest("[", "", "]")),
            Some(("limit", "main.tf.json:2", "256")),
        ),
        file(
            "objects",
            "main.tf.json",
            json(nest("{\"a\":", "1", "}")),
            Some(("limit", "main.tf.json:2", "256")),
        ),
        file(
            "text in JSON",
            "main.tf.json",
            json(format!("\"${{{}}}\"", nest("[", "", "]"))),
            Some(("limit", "main.tf.json:2", "256")),
        ),
        file("flow", "k.yaml", manifest(&nest("[", "", "]")), yaml),
        file(
            "flow maps",
            "k.yaml",
            manifest(&nest("{a: ", "", "}")),
            yaml,
        ),
        file(
            "dashes",
            "k.yaml",
            manifest(&format!("\n    {}a", "- ".repeat(DEEP))),
            Some(("syntax", "k.yaml:7", "256")),
        ),
        file(
            "keys",
            "k.yaml",
            manifest(&format!("\n    {}a", "? ".repeat(DEEP))),
            Some(("syntax", "k.yaml:7", "256")),
        ),
        Case {
            name: "variables",
            files: vec![
                ("main.tf".into(), "variable \"a\" {}\n".into()),
                (
                    "terraform.tfvars".into(),
                    format!("a = {}\n", nest("[", "", "]")),
                ),
                (
                    "b.auto.tfvars.json".into(),
                    format!("{{\"a\": {}}}", nest("[", "", "]")),
                ),
            ],
            problem: Some(("limit", "terraform.tfvars:1", "256")),
        },
    ]);
}

#[test]
fn values_that_grow() {
    let limit = |words| Some(("limit", "main.tf", words));
    let error = |words| Some(("evaluation", "main.tf", words));
    hold(vec![
        code(
            "text",
            chain("\"ab\"", 60, |s| format!("\"${{{s}}}${{{s}}}\"")),
            limit("text"),
        ),
        code(
            "tuples",
            chain("[\"ab\"]", 60, |s| format!("[{s}, {s}]")),
            limit("parts"),
        ),
        code(
            "objects",
            chain("{a = 1}", 60, |s| format!("{{ a = {s}, b = {s} }}")),
            limit("parts"),
        ),
        code(
            "concat",
            chain("[1]", 60, |s| format!("concat({s}, {s})")),
            limit("values made"),
        ),
        code(
            "flatten",
            chain("[1]", 60, |s| format!("flatten([{s}, {s}])")),
            limit("values made"),
        ),
        code(
            "merge",
            chain("{a = 1}", 60, |s| {
                format!(
                    "merge({{for k, v in {s} : \"${{k}}0\" => v}}, {{for k, v in {s} : \"${{k}}1\" => v}})"
                )
            }),
            limit("values made"),
        ),
        code(
            "replace",
            chain("\"aa\"", 60, |s| {
                format!("replace({s}, \"a\", \"aaaaaaaaaa\")")
            }),
            error("1048576"),
        ),
        code(
            "escapes",
            chain("\"\\\"\"", 60, |s| format!("jsonencode({s})")),
            error("1048576"),
        ),
        code(
            "numbers",
            chain("10", 60, |s| format!("{s} * {s}")),
            error("digits"),
        ),
        code(
            "small numbers",
            chain("0.1", 60, |s| format!("{s} * {s}")),
            error("digits"),
        ),
        code(
            "deep values",
            chain("1", 5_000, |s| format!("[{s}]")),
            limit("deep"),
        ),
        code("long chain", chain("1", 50_000, |s| s), limit("deep")),
    ]);
}

#[test]
fn functions_that_make_much() {
    let error = |words| Some(("evaluation", "main.tf:2", words));
    let long = "a".repeat(100_000);
    let list = |n: usize, item: &str| vec![item; n].join(",");
    let one = |name, text: &str, problem| code(name, output(text), problem);
    hold(vec![
        one(
            "for_each over range",
            "toset([for i in range(1000000000) : tostring(i)])",
            error("1024"),
        ),
        one("range", "range(1e12)", error("1024")),
        one("tiny steps", "range(0, 1, 1e-12)", error("1024")),
        one(
            "product",
            "setproduct(range(1000), range(1000), range(1000))",
            error(""),
        ),
        one(
            "product of pairs",
            &format!("setproduct({})", list(60, "[1, 2]")),
            error(""),
        ),
        one("width", "format(\"%1000000000d\", 1)", error("")),
        one(
            "width of text",
            "format(\"%-1000000000s\", \"a\")",
            error(""),
        ),
        one("digits", "format(\"%.1000000000f\", 1.5)", error("")),
        one("argument", "format(\"%[1000000000]d\", 1)", error("")),
        one("indent", "indent(1000000000, \"a\\nb\")", error("")),
        one(
            "subnets",
            &format!("cidrsubnets(\"10.0.0.0/8\", {})", list(100_000, "8")),
            error(""),
        ),
        one(
            "counted repetition",
            "regexall(\"(((a{0,1000}){0,1000}){0,1000})\", \"aaa\")",
            error(""),
        ),
        one(
            "backtracking",
            &format!("regexall(\"(a*)*b\", \"{long}\")"),
            None,
        ),
        one(
            "lazy",
            &format!("replace(\"{long}\", \"/a*?a*?a*?a*?b/\", \"x\")"),
            None,
        ),
        one(
            "groups",
            &format!(
                "regexall(\"{}a{}\", \"a\")",
                "(".repeat(50_000),
                ")".repeat(50_000)
            ),
            error(""),
        ),
        one(
            "aliases",
            &format!(
                "yamldecode(\"a: &a [x, x, x]\\n{}\")",
                (0..30)
                    .map(|at| {
                        let before = if at == 0 {
                            "a".to_owned()
                        } else {
                            format!("a{}", at - 1)
                        };
                        format!(
                            "a{at}: &a{at} [{}]\\n",
                            vec![format!("*{before}"); 9].join(", ")
                        )
                    })
                    .collect::<String>()
            ),
            error(""),
        ),
        one(
            "deep JSON",
            &format!("jsondecode(\"{}{}\")", "[".repeat(DEEP), "]".repeat(DEEP)),
            error(""),
        ),
        one(
            "deep YAML",
            &format!("yamldecode(\"{}{}\")", "[".repeat(DEEP), "]".repeat(DEEP)),
            error(""),
        ),
        one(
            "long number",
            &format!("jsondecode(\"{}e99999\")", "9".repeat(100_000)),
            error("digits"),
        ),
        one("exponent", "1e1000000000 + 1", error("")),
        // Infinite, as in Terraform, and small.
        one("power", "pow(10, 1e9)", None),
        one(
            "marks without letters",
            &format!("strrev(\"{}\")", "\\u0301".repeat(100_000)),
            None,
        ),
        code(
            "loops in loops",
            "locals {\n  r = range(1000)\n}\noutput \"o\" {\n  value = [for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : 1]]]]\n}\n",
            Some(("limit", "main.tf:5", "")),
        ),
        code(
            "loops of nothing",
            "locals {\n  r = range(1000)\n}\noutput \"o\" {\n  value = [for a in local.r : 1 if length([for b in local.r : 1 if length([for c in local.r : 1 if length([for d in local.r : 1 if false]) > 0]) > 0]) > 0]\n}\n",
            Some(("limit", "main.tf:5", "")),
        ),
    ]);
}

#[test]
fn blocks_that_multiply() {
    let modules = |n: usize, calls: &dyn Fn(usize) -> String| {
        let mut files: Vec<(String, String)> = (0..n)
            .map(|at| (format!("m{at}/main.tf"), calls(at + 1)))
            .collect();
        files.push((
            format!("m{n}/main.tf"),
            "resource \"null_resource\" \"a\" {}\n".into(),
        ));
        files
    };
    let one =
        |name: &str, next: usize| format!("module \"{name}\" {{\n  source = \"../m{next}\"\n}}\n");
    hold(vec![
        code(
            "count",
            "resource \"null_resource\" \"a\" {\n  count = 1000000000\n}\n",
            Some(("limit", "main.tf:2", "")),
        ),
        code(
            "a large count",
            "resource \"null_resource\" \"a\" {\n  count = 1e30\n}\n",
            Some(("evaluation", "main.tf:2", "")),
        ),
        code(
            "an endless count",
            "resource \"null_resource\" \"a\" {\n  count = 1/0\n}\n",
            Some(("evaluation", "main.tf:2", "")),
        ),
        Case {
            name: "32 levels of modules",
            files: modules(32, &|next| one("n", next)),
            problem: None,
        },
        Case {
            name: "33 levels of modules",
            files: modules(33, &|next| one("n", next)),
            problem: Some(("missing-module", "m32/main.tf:1", "nested deeper")),
        },
        Case {
            name: "ten calls in each of thirty",
            files: modules(30, &|next| {
                (0..10).map(|at| one(&format!("n{at}"), next)).collect()
            }),
            problem: Some(("limit", "m29/main.tf", "instances")),
        },
        Case {
            name: "a thousand of a thousand",
            files: modules(10, &|next| one("n", next).replace('}', "  count = 1000\n}")),
            problem: Some(("limit", "m0/main.tf:1", "instances")),
        },
        code(
            "a module of itself",
            "module \"a\" {\n  source = \"./\"\n}\n",
            Some(("cycle", "main.tf:1", "part of")),
        ),
        Case {
            name: "two modules of each other",
            files: vec![
                ("a/main.tf".into(), one("b", 0).replace("m0", "b")),
                ("b/main.tf".into(), one("a", 0).replace("m0", "a")),
            ],
            problem: Some(("cycle", "b/main.tf:1", "part of")),
        },
        Case {
            name: "templates of each other",
            files: vec![
                ("main.tf".into(), output("templatefile(\"./a.tftpl\", {})")),
                (
                    "a.tftpl".into(),
                    "${templatefile(\"./b.tftpl\", {})}".into(),
                ),
                (
                    "b.tftpl".into(),
                    "${templatefile(\"./a.tftpl\", {})}".into(),
                ),
            ],
            problem: Some(("evaluation", "main.tf:2", "")),
        },
        file(
            "aliases",
            "k.yaml",
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\na: &a [x, x, x]\n{}",
                (0..30)
                    .map(|at| {
                        let before = if at == 0 {
                            "a".to_owned()
                        } else {
                            format!("a{}", at - 1)
                        };
                        format!(
                            "a{at}: &a{at} [{}]\n",
                            vec![format!("*{before}"); 9].join(", ")
                        )
                    })
                    .collect::<String>()
            ),
            Some(("limit", "k.yaml", "10 times")),
        ),
        file(
            "an alias of itself",
            "k.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: &m\n  name: a\n  b: *m\n",
            Some(("cycle", "k.yaml:5", "")),
        ),
    ]);
}

/// Looks at a value of 15,000 parts 5,000 times, with so few steps that it cannot be walked each time.
fn again_and_again(name: &'static str, expression: &str, bound: Option<&'static str>) -> Case {
    let text = locals(&format!(
        "list = flatten([for b in range(50) : [for c in range(100) : b * 100 + c]])\n\
         all = {{ for i in local.list : \"k${{i}}\" => {{ name = \"n${{i}}\", odd = i % 2 == 1 }} }}\n\
         text = join(\"\", [for i in local.list : \"${{i}}-${{i}}-${{i}}\"])\n\
         found = [for i in local.list : {expression}]"
    ));
    let problem = bound.map(|words| ("limit", "main.tf:5", words));
    let mut case = code(name, text + &output("length(local.found)"), problem);
    let config = "[limits]\nsteps = 64000000\n".to_owned();
    case.files.push(("gardefou.toml".to_owned(), config));
    case
}

#[test]
fn the_same_value_again_and_again() {
    let steps = Some("steps of evaluation");
    let values = Some("values made");
    hold(vec![
        again_and_again("index", "local.all[\"k${i}\"]", None),
        again_and_again("lookup", "lookup(local.all, \"k${i}\", null)", None),
        again_and_again("element", "element(local.list, i)", None),
        again_and_again("try", "try(local.all[\"k${i}\"].name, \"\")", None),
        again_and_again("equal", "local.all == local.all", steps),
        again_and_again("then", "i > 2 ? local.all : local.all", steps),
        again_and_again("splat", "[local.all][*]", steps),
        again_and_again("function", "jsonencode(local.all)", steps),
        again_and_again("list", "length(tolist([local.all, local.all]))", steps),
        again_and_again("merge", "merge(local.all, { a = 1 })", values),
        again_and_again("template", "\"${local.text}${local.text}\"", values),
    ]);
}
