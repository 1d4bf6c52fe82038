//! Whatever is composed of what Terraform knows is evaluated without a panic, and in bounded time.

use std::path::Path;

use gardefou::source::Sources;
use gardefou::terraform::{FolderFiles, Options, TerraformFile, evaluate, functions};
use proptest::prelude::*;

const ATOMS: &[&str] = &[
    "null",
    "true",
    "0",
    "-0",
    "1",
    "-1",
    "2.5",
    "1e30",
    "1e-7",
    "1 / 0",
    "\"\"",
    "\"a\"",
    "\"é日\"",
    "\"%s-%d\"",
    "\"[a-z]+(\\\\d)?\"",
    "\"10.0.0.0/8\"",
    "\"2026-01-31T08:00:00Z\"",
    "\"${x.id}\"",
    "x.id",
    "x.output",
    "sensitive(\"s\")",
    "[]",
    "[1, null]",
    "[\"b\", \"a\"]",
    "{}",
    "{ a = 1 }",
    "{ a = [null, x.id] }",
    "toset([x.id, \"a\"])",
    "tolist([])",
    "tomap({ a = \"b\" })",
    "tonumber(null)",
    "jsondecode(x.id)",
    "toset([[1], [2]])",
];

/// Holes are filled with other expressions.
const SHAPES: &[&str] = &[
    "[@, @]",
    "{ a = @, (@) = @ }",
    "@ ? @ : @",
    "@ == @",
    "@ + @",
    "@ % @",
    "@ < @",
    "-@",
    "!@",
    "(@)[@]",
    "(@).a",
    "(@)[*].a",
    "(@).*.a",
    "(@)[*][0]",
    "[for k, v in @ : @ if @]",
    "{ for k, v in @ : k => v }",
    "{ for v in @ : v => @... }",
    "\"p${@}q\"",
    "\"%{ if @ }${@}%{ else }-%{ endif }\"",
    "\"%{ for v in @ }${v}%{ endfor }\"",
    "[@...]",
    "try(@, @)",
    "can(@)",
    "<<-E\n  ${@}\n  E\n",
];

fn expression() -> impl Strategy<Value = String> {
    let calls = functions::names();
    let leaf = prop::sample::select(ATOMS).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let shape = prop::sample::select(SHAPES);
        let filled = (shape, prop::collection::vec(inner.clone(), 3)).prop_map(|(shape, parts)| {
            let mut parts = parts.iter().cycle();
            let mut out = String::new();
            for piece in shape.split_inclusive('@') {
                match piece.strip_suffix('@') {
                    Some(before) => {
                        out.push_str(before);
                        out.push_str(parts.next().map_or("null", String::as_str));
                    }
                    None => out.push_str(piece),
                }
            }
            out
        });
        let call = (
            prop::sample::select(calls.clone()),
            prop::collection::vec(inner, 0..4),
            prop::bool::weighted(0.1),
        );
        let called = call.prop_map(|(name, args, spread)| {
            let dots = if spread && !args.is_empty() {
                "..."
            } else {
                ""
            };
            format!("{name}({}{dots})", args.join(", "))
        });
        prop_oneof![filled, called]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_composition_is_evaluated_without_panic(all in prop::collection::vec(expression(), 40)) {
        let sources = Sources::new();
        let mut files = Vec::new();
        for (at, text) in all.iter().enumerate() {
            let text = text.replace("x.", "terraform_data.x.");
            let code = format!("output \"o{at}\" {{\n  value = {text}\n}}\n");
            let path = format!("e{at}.tf");
            let source = sources.add(path.clone(), code);
            files.push(TerraformFile { path, folder: String::new(), source });
        }
        let code = "resource \"terraform_data\" \"x\" {\n  input = \"i\"\n}\n";
        let source = sources.add("x.tf", code);
        files.push(TerraformFile { path: "x.tf".to_owned(), folder: String::new(), source });
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/fixture");
        let estate = evaluate(&files, &sources, &Options::default(), &FolderFiles::new(&folder, 1 << 16));
        let root = estate.roots.first().expect("the root");
        prop_assert_eq!(root.outputs.len(), all.len());
        for output in &root.outputs {
            // Whatever came out can be printed.
            let _ = (output.value.show().to_string(), output.value.to_inspection());
        }
    }
}
