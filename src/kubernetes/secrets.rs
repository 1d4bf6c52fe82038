//! What a `Secret` keeps is marked, so that no output shows it; nor are passwords shown that a text in a `ConfigMap` holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Manifest;
use crate::source::{Source, SourceId, Sources, Span, masked, says_secret, secrets_in};
use crate::value::{Data, Entries, Marks, Value};

/// Fields of a `Secret` with its content.
const FIELDS: [&str; 2] = ["data", "stringData"];
/// `kubectl apply` notes the whole object here, content included.
const NOTE: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A `Secret` with the mark on its content. Where that is written goes to `out`.
pub(super) fn marked(object: &Value, out: &mut Vec<Span>) -> Value {
    inside(object, &mut |key, value| {
        if FIELDS.contains(&key) {
            return hide(value, out);
        }
        if key != "metadata" {
            return value.clone();
        }
        inside(value, &mut |key, value| match key {
            "annotations" => inside(value, &mut |key, value| match key {
                NOTE => hide(value, out),
                _ => value.clone(),
            }),
            _ => value.clone(),
        })
    })
}

/// Hides what `Secret`s keep in every text that it was written in: in templates, values and bases of what was rendered.
pub(super) fn hide_origins(all: &[Manifest], sources: &Sources) {
    let mut found: BTreeMap<SourceId, Vec<Span>> = BTreeMap::new();
    let secrets = all.iter().filter(|manifest| {
        let is_secret = manifest.group.is_empty() && &*manifest.kind == "Secret";
        is_secret && manifest.rendering.is_some()
    });
    for value in secrets.flat_map(|secret| FIELDS.map(|field| secret.value.entry(field))) {
        value
            .into_iter()
            .for_each(|value| places_in(value, &mut found));
    }
    for (source, spans) in found {
        sources.get(source).hide(&spans);
    }
}

/// Where the leaves of a value stand. Recursion is bounded by the nesting limit of the parser.
fn places_in(value: &Value, out: &mut BTreeMap<SourceId, Vec<Span>>) {
    if let Some(entries) = value.entries() {
        entries.iter().for_each(|(_, value)| places_in(value, out));
        return;
    }
    for (place, _) in value.origin.chain() {
        out.entry(place.source).or_default().push(place.span);
    }
}

/// A document that could not be read may be a `Secret`: what is then quoted of it is hidden as a whole.
pub(super) fn around(text: &str, at: Span) -> Option<Span> {
    const MARK: &str = "\n---";
    let (before, after) = text.split_at_checked(at.start as usize)?;
    let start = before.rfind(MARK).map_or(0, |at| at + MARK.len());
    let end = after
        .find(MARK)
        .map_or(text.len(), |end| at.start as usize + end);
    let document = text.get(start..end)?;
    let is_secret = document.lines().any(|line| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word == "kind") && words.any(|word| word == "Secret")
    });
    is_secret.then(|| Span::new(start as u32, end as u32))
}

/// A mapping with its values changed.
fn inside(value: &Value, change: &mut dyn FnMut(&str, &Value) -> Value) -> Value {
    let Some(entries) = value.entries() else {
        return value.clone();
    };
    let changed: Entries = entries
        .iter()
        .map(|(key, value)| (Arc::clone(key), change(key, value)))
        .collect();
    Value {
        data: Data::Object(Arc::new(changed)),
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

/// Keys of `Secret`s with an address that is no secret: Longhorn's backups go there.
const ADDRESSES: [&str; 1] = ["AWS_ENDPOINTS"];

/// The names of what a `Secret` keeps are no secret, its values are.
fn hide(value: &Value, out: &mut Vec<Span>) -> Value {
    if value.entries().is_some() {
        return inside(value, &mut |key, value| {
            let plain = |text: &str| text.starts_with("https://") && !text.contains(['@', '?']);
            match ADDRESSES.contains(&key) && value.as_str().is_some_and(plain) {
                true => value.clone(),
                false => hide(value, out),
            }
        });
    }
    let chain = value.origin.chain();
    out.extend(chain.into_iter().map(|(place, _)| place.span));
    value.clone().marked(Marks::SENSITIVE)
}

/// A `ConfigMap` as it may be shown: in its texts, what stands behind the name of a secret reads as asterisks.
pub(crate) fn shown_texts(object: &Value) -> Value {
    inside(object, &mut |key, value| {
        if key != "data" {
            return value.clone();
        }
        inside(value, &mut |key, value| {
            let Some(text) = value.as_str() else {
                return value.clone();
            };
            let spans = secret_parts(key, text);
            if spans.is_empty() {
                return value.clone();
            }
            Value {
                data: Data::String(masked(text, &spans).into()),
                marks: value.marks,
                origin: value.origin.clone(),
            }
        })
    })
}

/// The same for the text that the object is written in.
pub(super) fn in_texts(object: &Value, source: &Source, out: &mut Vec<Span>) {
    for (key, value) in object
        .entry("data")
        .and_then(Value::entries)
        .unwrap_or_default()
    {
        let (Some(text), Some(place)) = (value.as_str(), value.origin.place) else {
            continue;
        };
        let spans = secret_parts(key, text);
        if spans.is_empty() {
            continue;
        }
        match super::payload::parts_of(source.text(), place.span, text) {
            Some(parts) if value.origin.via.is_none() => {
                out.extend(spans.iter().map(|span| parts.span(*span)));
            }
            // Nobody can say where in the text it stands.
            _ => {
                let chain = value.origin.chain();
                out.extend(chain.into_iter().map(|(place, _)| place.span));
            }
        }
    }
}

/// Where secrets stand in a text: behind the name of one, or in an address before its host.
fn secret_parts(key: &str, text: &str) -> Vec<Span> {
    if says_secret(key) && !text.contains('\n') {
        return vec![Span::new(0, text.len() as u32)];
    }
    secrets_in(text, false)
}

/// A value as it may be printed: what stands behind the name of a secret is marked, and addresses and arguments in texts lose
/// their secrets. What is judged is left as it is: an address has its host.
///
/// Recursion is bounded by the nesting limit of the parsers.
pub(crate) fn printable(value: &Value) -> Value {
    let data = if let Some(entries) = value.entries() {
        let text = |name| value.entry(name).and_then(Value::as_str);
        let is_named = ["name", "key"]
            .map(text)
            .into_iter()
            .flatten()
            .any(says_secret);
        let entries = entries.iter().map(|(key, value)| {
            let is_secret = says_secret(key) || is_named && &**key == "value";
            let shown = match is_secret {
                true => marked_texts(value),
                false => printable(value),
            };
            (Arc::clone(key), shown)
        });
        Data::Object(Arc::new(entries.collect()))
    } else if let Some(elements) = value.elements() {
        let mut is_argument = false;
        let elements = elements.iter().map(|value| {
            let text = value.as_str().unwrap_or("");
            let is_secret = std::mem::replace(&mut is_argument, is_secret_flag(text));
            match is_secret && !text.starts_with('-') {
                true => marked_texts(value),
                false => printable(value),
            }
        });
        Data::Tuple(elements.collect())
    } else if let Some(text) = value.as_str() {
        let spans = secrets_in(text, false);
        if spans.is_empty() {
            return value.clone();
        }
        Data::String(masked(text, &spans).into())
    } else {
        return value.clone();
    };
    Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    }
}

/// `--password`, whose argument comes next; `-p` may be a port.
fn is_secret_flag(text: &str) -> bool {
    text == "-p"
        || text.starts_with('-') && !text.contains('=') && says_secret(text.trim_start_matches('-'))
}

/// A text, or texts of a list, with the mark; in a mapping, what is a secret by its own name, and its `value`.
fn marked_texts(value: &Value) -> Value {
    if value.as_str().is_some_and(|text| !text.is_empty()) {
        return value.clone().marked(Marks::SENSITIVE);
    }
    if let Some(elements) = value.elements() {
        let data = Data::Tuple(elements.iter().map(marked_texts).collect());
        return Value {
            data,
            marks: value.marks,
            origin: value.origin.clone(),
        };
    }
    if value.entries().is_none() {
        return value.clone();
    }
    inside(&printable(value), &mut |key, value| match key {
        "value" => marked_texts(value),
        _ => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_cannot_be_read_is_hidden_as_a_whole() {
        let text = "kind: ConfigMap\na: [\n---\nkind: Secret\na: [\n---\nkind: Pod\n";
        let at = |word: &str| text.rfind(word).unwrap_or_default() as u32;
        let hidden = |at| around(text, Span::new(at, at + 1));
        assert_eq!(hidden(3), None);
        assert_eq!(hidden(at("Pod")), None);
        assert_eq!(
            hidden(at("[")).map(|span| span.of(text)),
            Some("\nkind: Secret\na: [")
        );
    }

    #[test]
    fn passwords_in_texts_are_hidden_in_every_format() {
        for (text, shown) in [
            ("a: 1\npassword: x y\nb: 2\n", "a: 1\npassword: ***\nb: 2\n"),
            (
                "{\"password\": \"x\", \"b\": 2}",
                "{\"password\": ***, \"b\": 2}",
            ),
            ("{password: x, b: 2}", "{password: *, b: 2}"),
            ("client_secret = \"x\\\"y\"\n", "client_secret = ******\n"),
            ("    Http_Passwd  x\n", "    Http_Passwd  *\n"),
            (
                "url: https://u:pw@h.example/x",
                "url: https://****@h.example/x",
            ),
            (
                "url: https://h.example:8080/x",
                "url: https://h.example:8080/x",
            ),
            (
                "password: |\n  x\n  y\nb: 2\n",
                "password: *\n  *\n  *\nb: 2\n",
            ),
            ("a: b\n", "a: b\n"),
            ("password:\n", "password:\n"),
        ] {
            let spans = secret_parts("config.yaml", text);
            assert_eq!(masked(text, &spans), shown);
        }
        assert_eq!(secret_parts("DB_PASSWORD", "x"), [Span::new(0, 1)]);
    }
}
