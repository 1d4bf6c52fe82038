//! What a `Secret` keeps is marked, so that no output shows it; nor are passwords shown that a text in a `ConfigMap` holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Manifest;
use crate::source::{Source, SourceId, Sources, Span};
use crate::terraform::says_secret;
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
                data: Data::String(crate::source::masked(text, &spans).into()),
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
    let mut out = Vec::new();
    if says_secret(key) && !text.contains('\n') {
        return vec![Span::new(0, text.len() as u32)];
    }
    let mut from = 0;
    // The indentation of a name whose text is on the lines below it.
    let mut below: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if below.is_some_and(|name| indent > name || line.trim().is_empty()) {
            let end = line.trim_end().len().max(indent);
            out.push(Span::new((from + indent) as u32, (from + end) as u32));
        } else {
            let before = out.len();
            in_line(line, from, &mut out);
            let is_block = line.trim_end().ends_with(['|', '>', '-', '+']);
            below = (out.len() > before && is_block).then_some(indent);
        }
        from += line.len();
    }
    out
}

fn in_line(line: &str, from: usize, out: &mut Vec<Span>) {
    let mut note = |start: usize, end: usize| {
        if end > start {
            out.push(Span::new((from + start) as u32, (from + end) as u32));
        }
    };
    let mut at = 0;
    while let Some(found) = line.get(at..).and_then(|rest| rest.find([':', '='])) {
        let sign = at + found;
        at = sign + 1;
        let (before, after) = (line.get(..sign).unwrap_or(""), line.get(at..).unwrap_or(""));
        if let Some(address) = after.strip_prefix("//") {
            let end = address.find(['/', '?', '"', ' ']).unwrap_or(address.len());
            let user = address.get(..end).and_then(|all| all.rsplit_once('@'));
            if let Some((_, password)) = user.and_then(|(user, _)| user.split_once(':')) {
                let start = at + 2 + user.map_or(0, |(user, _)| user.len() - password.len());
                note(start, start + password.len());
            }
            continue;
        }
        let name = before.trim_end_matches(['"', '\'', ' ']);
        let start = name.rfind(|c: char| !is_of_name(c)).map_or(0, |at| at + 1);
        let name = name.get(start..).unwrap_or("");
        if !says_secret(name) {
            continue;
        }
        let value = after.trim_start_matches([' ', '\t']);
        let start = at + after.len() - value.len();
        let end = value_end(value, before.contains(['{', '[']));
        note(start, start + end);
        at = start + end;
    }
    // `Http_Passwd secret`
    let bare = line.trim_start();
    if !line.contains([':', '='])
        && let Some((name, value)) = bare.split_once([' ', '\t'])
        && says_secret(name)
    {
        let value = value.trim();
        let start = line.rfind(value).unwrap_or(line.len());
        note(start, start + value.len());
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The length of a value: to its closing quote, or to the end of its line or of its entry.
fn value_end(value: &str, flows: bool) -> usize {
    let Some(quote @ ('"' | '\'')) = value.chars().next() else {
        let line = value.trim_end().len();
        let entry = value.find([',', '}', ']']).filter(|_| flows);
        return entry.map_or(line, |entry| entry.min(line));
    };
    let mut escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    value.trim_end().len()
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
                "url: https://u:**@h.example/x",
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
            assert_eq!(crate::source::masked(text, &spans), shown);
        }
        assert_eq!(secret_parts("DB_PASSWORD", "x"), [Span::new(0, 1)]);
    }
}
