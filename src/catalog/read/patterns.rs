//! What a regular expression needs of a text, so that most texts are told apart without compiling it.

use regex_syntax::hir::{Hir, HirKind};

use super::super::model::PatternText;

/// A pattern with what it needs.
pub(super) fn described(text: &str) -> PatternText {
    let parsed = regex_syntax::parse(text);
    PatternText {
        text: text.to_owned(),
        needs: parsed.map(|parsed| needs(&parsed)).unwrap_or_default(),
    }
}

/// Texts of which one stands in whatever matches. Empty: none are known.
fn needs(of: &Hir) -> Vec<String> {
    match of.kind() {
        HirKind::Literal(literal) => {
            let text = String::from_utf8(literal.0.to_vec());
            text.into_iter().collect()
        }
        HirKind::Capture(group) => needs(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => needs(&repeated.sub),
        // All parts have to match: the one of the longest texts says most.
        HirKind::Concat(parts) => {
            let of_parts = parts.iter().map(needs);
            let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min();
            of_parts.max_by_key(shortest).unwrap_or_default()
        }
        HirKind::Alternation(ways) => {
            let of_ways: Vec<_> = ways.iter().map(needs).collect();
            if of_ways.iter().any(Vec::is_empty) {
                return Vec::new();
            }
            of_ways.concat()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn what_a_pattern_needs_stands_in_all_that_it_matches() {
        let needs = |pattern: &str| described(pattern).needs;
        assert_eq!(
            needs(r"^(?P<a>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?:com|eu)$"),
            [".dkr.ecr"]
        );
        assert_eq!(needs(r"^ghcr\.io$"), ["ghcr.io"]);
        assert_eq!(
            needs(r"^sts\.a\.net$|\.s3\.b\.com$"),
            ["sts.a.net", ".s3.b.com"]
        );
        assert_eq!(needs(r"^abcd?e{0,2}f+g*$"), ["abc"]);
        assert_eq!(needs(r"x[^]a\]]yz"), ["yz"]);
        assert_eq!(
            needs(r"^[a-z]+\.(?:azure\.us|azure\.cn)$"),
            ["azure.us", "azure.cn"]
        );
        for open in [
            r"^\d+$",
            "(?i)abc",
            "abc|[0-9]+",
            "(?:abc)?",
            "(?:abc)*",
            "[[:alpha:]]+",
            "",
            "a(",
        ] {
            assert!(needs(open).is_empty(), "{open}");
        }
    }
}
