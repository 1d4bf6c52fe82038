//! Addresses and references as plans write them: `module.a["x"].aws_s3_bucket.b[0]`, `data.aws_vpc.v.id`, `var.a.b`.

use crate::terraform::Key;

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// Between dots.
    Name(&'t str),
    /// With its brackets.
    Key(&'t str),
}

/// The parts of an address, each with where it ends.
pub(super) struct Parts<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parts<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What follows the parts taken so far, without a dot in front.
    pub(super) fn rest(&self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.strip_prefix('.').unwrap_or(rest)
    }

    /// What has been taken so far.
    fn taken(&self) -> &'t str {
        self.text.get(..self.at).unwrap_or_default()
    }

    fn name(&mut self) -> Option<&'t str> {
        match self.next()? {
            Part::Name(name) => Some(name),
            Part::Key(_) => None,
        }
    }

    /// The next part, if it is a key.
    fn key(&mut self) -> Option<&'t str> {
        if !self.text.get(self.at..)?.starts_with('[') {
            return None;
        }
        match self.next()? {
            Part::Key(key) => Some(key),
            Part::Name(_) => None,
        }
    }
}

impl<'t> Iterator for Parts<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        let rest = self.text.get(self.at..)?;
        let skipped = usize::from(rest.starts_with('.'));
        let rest = rest.get(skipped..)?;
        if rest.is_empty() {
            return None;
        }
        self.at += skipped;
        if rest.starts_with('[') {
            let end = key_end(rest);
            self.at += end;
            return rest.get(..end).map(Part::Key);
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).map(Part::Name)
    }
}

/// Length of the key at the start: to its closing bracket, whatever a quoted text holds.
fn key_end(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// One call on the way to a module instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call<'t> {
    pub(super) name: &'t str,
    pub(super) key: Option<&'t str>,
    /// Address of the module instance that calls.
    pub(super) caller: &'t str,
    /// Address of the call, without its key.
    pub(super) declaration: &'t str,
    /// Address of the module instance.
    pub(super) instance: &'t str,
}

/// The calls on the way to an address, and what is left of it: its part within the innermost module.
pub(super) fn calls(address: &str) -> (Vec<Call<'_>>, &str) {
    let mut calls: Vec<Call<'_>> = Vec::new();
    let mut parts = Parts::of(address);
    loop {
        let local = parts.rest();
        if !(local.starts_with("module.") && parts.next() == Some(Part::Name("module"))) {
            return (calls, local);
        }
        let Some(name) = parts.name() else {
            return (calls, local);
        };
        let declaration = parts.taken();
        let key = parts.key();
        calls.push(Call {
            name,
            key,
            caller: calls.last().map_or("", |call| call.instance),
            declaration,
            instance: parts.taken(),
        });
    }
}

/// `module` and what is in it.
pub(super) fn within(module: &str, local: &str) -> String {
    if module.is_empty() {
        local.to_owned()
    } else {
        format!("{module}.{local}")
    }
}

/// The key in its brackets.
pub(super) fn key(text: &str) -> Option<Key> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let Some(quoted) = inner.strip_prefix('"') else {
        return inner.parse().ok().map(Key::Int);
    };
    let quoted = quoted.strip_suffix('"')?;
    let mut key = String::with_capacity(quoted.len());
    let mut escaped = false;
    for c in quoted.chars() {
        if !escaped && c == '\\' {
            escaped = true;
            continue;
        }
        key.push(match c {
            'n' if escaped => '\n',
            'r' if escaped => '\r',
            't' if escaped => '\t',
            c => c,
        });
        escaped = false;
    }
    Some(Key::Str(key.into()))
}

/// What an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference<'t> {
    /// `each.key`, `count.index`
    EachKey,
    /// `each.value`, and what is in it
    EachValue,
    /// `var.name`, and what is in it
    Variable { name: &'t str, rest: &'t str },
    /// `local.name`
    Local(&'t str),
    /// `module.name["key"].output.a.b`
    Output {
        call: &'t str,
        key: Option<&'t str>,
        output: Option<&'t str>,
        rest: &'t str,
    },
    /// `aws_x.y["key"].a.b`
    Resource {
        declaration: &'t str,
        key: Option<&'t str>,
        path: &'t str,
    },
    /// `path.module`, `terraform.workspace`, `self`
    Other,
}

impl<'t> Reference<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self::read(text).unwrap_or(Self::Other)
    }

    fn read(text: &'t str) -> Option<Self> {
        let mut parts = Parts::of(text);
        Some(match parts.name()? {
            "each" => match parts.name()? {
                "key" => Self::EachKey,
                _ => Self::EachValue,
            },
            "count" => Self::EachKey,
            "var" => Self::Variable {
                name: parts.name()?,
                rest: parts.rest(),
            },
            "local" => Self::Local(text),
            "path" | "terraform" | "self" => Self::Other,
            "module" => {
                let call = parts.name()?;
                let key = parts.key();
                Self::Output {
                    call,
                    key,
                    output: parts.name(),
                    rest: parts.rest(),
                }
            }
            first => {
                if first == "data" {
                    parts.name()?;
                }
                parts.name()?;
                Self::Resource {
                    declaration: parts.taken(),
                    key: parts.key(),
                    path: parts.rest(),
                }
            }
        })
    }
}

/// True when one reference names what the other one is part of: `a.b` of `a.b["x"].c`.
pub(super) fn is_part_of(whole: &str, part: &str) -> bool {
    part.strip_prefix(whole)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_from_what_they_hold() {
        let (found, local) = calls(r#"module.a["x.y]\"["].module.b[0].data.t.n["k"]"#);
        assert_eq!(local, r#"data.t.n["k"]"#);
        let names: Vec<_> = found.iter().map(|call| (call.name, call.key)).collect();
        assert_eq!(names, [("a", Some(r#"["x.y]\"["]"#)), ("b", Some("[0]"))]);
        let inner = found.get(1).copied();
        assert_eq!(
            inner.map(|call| (call.caller, call.declaration)),
            Some((r#"module.a["x.y]\"["]"#, r#"module.a["x.y]\"["].module.b"#))
        );
        assert_eq!(calls("module.a"), (calls("module.a.").0, ""));
        let text: Key = Key::Str("a\"b\\c\n".into());
        assert_eq!(key(&text.to_string()), Some(text));
        assert_eq!(key("[3]"), Some(Key::Int(3)));
        // A type may begin like a module.
        assert_eq!(calls("module_x.y"), (Vec::new(), "module_x.y"));
    }

    #[test]
    fn references_are_taken_apart() {
        let resource = |text| match Reference::of(text) {
            Reference::Resource {
                declaration,
                key,
                path,
            } => Some((declaration, key, path)),
            _ => None,
        };
        assert_eq!(
            resource(r#"t.n["a.b"].c[0].d"#),
            Some(("t.n", Some(r#"["a.b"]"#), "c[0].d"))
        );
        assert_eq!(resource("data.t.n.id"), Some(("data.t.n", None, "id")));
        assert_eq!(resource("t.n"), Some(("t.n", None, "")));
        assert_eq!(resource("t"), None);
        assert_eq!(
            Reference::of(r#"module.m["one"].out.a"#),
            Reference::Output {
                call: "m",
                key: Some(r#"["one"]"#),
                output: Some("out"),
                rest: "a"
            }
        );
        assert_eq!(
            Reference::of("var.a.b"),
            Reference::Variable {
                name: "a",
                rest: "b"
            }
        );
        for hostile in [
            "", ".", "[", "t.[", "module.", "each", "data.x", "]", "\"", "a..b",
        ] {
            let _ = Reference::of(hostile);
            let _ = calls(hostile);
        }
    }
}
