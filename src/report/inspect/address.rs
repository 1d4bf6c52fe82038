//! Addresses as people type them: `module.a["x"].t.n`, `t.n[*]`, and with the quotes that a shell took away.

/// An address, perhaps without some of its keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
}

#[derive(Debug, PartialEq, Eq)]
struct Segment {
    name: String,
    /// None: none was written, so any will do.
    key: Option<String>,
}

impl Pattern {
    /// Reads an address. What is no address matches nothing.
    pub(super) fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let (key, after) = match after.strip_prefix('[') {
                Some(inner) => {
                    let (key, after) = key_of(inner);
                    (Some(key).filter(|key| key != "*"), after)
                }
                None => (None, after),
            };
            segments.push(Segment {
                name: name.to_owned(),
                key,
            });
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        Self { segments }
    }

    /// The address of all instances.
    pub(super) fn keyless(&self) -> String {
        let names: Vec<&str> = self
            .segments
            .iter()
            .map(|segment| segment.name.as_str())
            .collect();
        names.join(".")
    }

    /// True when an address is what is meant.
    pub(super) fn matches(&self, address: &str) -> bool {
        let other = Self::parse(address);
        self.segments.len() == other.segments.len()
            && self
                .segments
                .iter()
                .zip(&other.segments)
                .all(|(own, other)| {
                    own.name == other.name && (own.key.is_none() || own.key == other.key)
                })
    }
}

/// A key without its quotes and escapes, and what follows its bracket.
fn key_of(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        return match text.split_once(']') {
            Some((key, after)) => (key.trim_matches('\'').to_owned(), after),
            None => (text.to_owned(), ""),
        };
    };
    let mut key = String::new();
    let mut characters = inner.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some((_, 'n')) => key.push('\n'),
                Some((_, 'r')) => key.push('\r'),
                Some((_, 't')) => key.push('\t'),
                Some((_, c)) => key.push(c),
                None => {}
            },
            '"' => {
                let after = inner.get(at + 1..).unwrap_or_default();
                return (key, after.strip_prefix(']').unwrap_or(after));
            }
            c => key.push(c),
        }
    }
    (key, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_be_left_out_or_lose_their_quotes() {
        let address = r#"module.a["x.y"].aws_s3_bucket.b[0]"#;
        for typed in [
            address,
            "module.a.aws_s3_bucket.b",
            "module.a[*].aws_s3_bucket.b[0]",
            "module.a[x.y].aws_s3_bucket.b",
            "module.a['x.y'].aws_s3_bucket.b[*]",
        ] {
            assert!(Pattern::parse(typed).matches(address), "{typed}");
        }
        for typed in [
            "module.a.aws_s3_bucket",
            r#"module.a["x"].aws_s3_bucket.b"#,
            "module.a.aws_s3_bucket.b[1]",
            "",
            "[",
        ] {
            assert!(!Pattern::parse(typed).matches(address), "{typed}");
        }
        assert!(Pattern::parse(r#"t.n["*"]"#).matches(r#"t.n["*"]"#));
        assert!(Pattern::parse(r#"t.n["a\"]b"]"#).matches(r#"t.n["a\"]b"]"#));
    }
}
