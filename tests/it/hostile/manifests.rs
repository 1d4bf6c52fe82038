//! Manifests that are many, long, or not what they should be.

use super::support::{file, hold};

const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

#[test]
fn odd_yaml_is_named() {
    let with = |text: &str| format!("{CONFIG}{text}");
    hold(vec![
        file(
            "a key that is a mapping",
            "k.yaml",
            with("data:\n  {a: b}: c\n"),
            Some(("syntax", "k.yaml:5", "key")),
        ),
        file(
            "a key that is a sequence",
            "k.yaml",
            with("data:\n  ? [x]\n  : d\n"),
            Some(("syntax", "k.yaml:5", "key")),
        ),
        file(
            "a key that is null",
            "k.yaml",
            with("~: x\n"),
            Some(("syntax", "k.yaml:4", "null")),
        ),
        file(
            "an alias inside its anchor",
            "k.yaml",
            with("a: &x {b: *x}\n"),
            Some(("cycle", "k.yaml:4", "*x")),
        ),
        file(
            "a tab",
            "k.yaml",
            with("data:\n\ta: b\n"),
            Some(("syntax", "k.yaml:5", "tab")),
        ),
        file(
            "zero bytes",
            "k.yaml",
            with("\0\0\0"),
            Some(("syntax", "k.yaml:4", "")),
        ),
        file(
            "tags of other languages",
            "k.yaml",
            with("data: !!python/object:os.system {a: b}\n"),
            None,
        ),
        file(
            "binary data",
            "k.yaml",
            with("binaryData:\n  a: !!binary aGVsbG8=\n"),
            None,
        ),
        file(
            "an anchor twice",
            "k.yaml",
            with("a: &x 1\nb: &x 2\nc: *x\n"),
            None,
        ),
        file(
            "a kind as long as a file",
            "k.yaml",
            format!(
                "apiVersion: v1\nkind: {}\nmetadata: {{name: a}}\n",
                "K".repeat(1 << 20)
            ),
            None,
        ),
    ]);
}

/// Each of these takes hours where the work grows with the square of it.
#[test]
fn much_of_one_thing_ends_in_time() {
    let json = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}";
    hold(vec![
        file("keys", "k.yaml", format!("{CONFIG}data:\n{}", (0..200_000).map(|at| format!("  k{at}: v\n")).collect::<String>()), None),
        file("equal keys", "k.yaml", format!("{CONFIG}data:\n{}", "  k: v\n".repeat(100_000)), None),
        file("documents", "k.yaml", format!("---\n{CONFIG}").repeat(10_000), None),
        file("empty documents", "k.yaml", format!("{CONFIG}{}", "---\n".repeat(200_000)), None),
        file("documents for the parser", "k.yaml", format!("---\n{CONFIG}x: &x 1\n").repeat(10_000), None),
        file("JSON objects", "k.json", format!("{json}}}\n").repeat(10_000), None),
        file("JSON objects for the parser", "k.json", format!("{json},\"x\":&x 1}}\n").repeat(10_000), None),
        file("broken documents", "k.yaml", format!("{CONFIG}a: \"\n---\n").repeat(50_000), Some(("limit", "k.yaml", "100 problems"))),
        file("items that are no objects", "k.yaml", format!("apiVersion: v1\nkind: List\nitems:\n{}", "- 1\n".repeat(200_000)), None),
        file("objects without a name", "k.yaml", "---\napiVersion: v1\nkind: ConfigMap\n".repeat(10_000), None),
        file("aliases", "k.yaml", format!("{CONFIG}data: &d {{a: b}}\nl: [{}]\n", "*d,".repeat(200_000)), None),
        file("lines of one text", "k.yaml", format!("{CONFIG}data:\n  a: x\n{}", "\n\n     y\n".repeat(100_000)), None),
        file(
            "owners of owners",
            "k.yaml",
            (0..5_000)
                .map(|at| {
                    format!(
                        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p{at}\n  uid: u{at}\n  ownerReferences: \
                         [{{apiVersion: v1, kind: Pod, name: p{0}, uid: u{0}, controller: true}}]\nspec: {{}}\n",
                        (at + 1) % 5_000
                    )
                })
                .collect::<String>(),
            None,
        ),
    ]);
}
