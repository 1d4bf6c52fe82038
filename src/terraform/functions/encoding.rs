//! Functions from and to other notations: base64, JSON, CSV, URLs.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use super::{Call, Function, FunctionError, Kind, Outcome, Param, not_evaluated};
use crate::source::Sources;
use crate::syntax::json::{Document, NodeId, NodeKind, parse};
use crate::text::{Text, text};
use crate::value::{Entries, Number, Range, Type, Value, normal_text};

const TEXT: Param = Param::new(Kind::String);

/// Go's decoder does not look at the bits behind the last byte.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

pub(super) const ALL: &[Function] = &[
    Function::new("base64decode", &[TEXT], Kind::String, base64_decode),
    Function::new("base64encode", &[TEXT], Kind::String, |call| {
        call.string(&BASE64.encode(call.text(0)))
    }),
    // Its bytes depend on how Go's compressor cuts its blocks.
    Function::new("base64gzip", &[TEXT], Kind::String, |_| {
        Ok(not_evaluated("base64gzip", Type::String, None))
    }),
    Function::new("csvdecode", &[TEXT], Kind::Any, csv_decode).or_null(),
    Function::new("jsondecode", &[TEXT.or_unknown()], Kind::Any, json_decode).or_null(),
    Function::new(
        "jsonencode",
        &[Param::new(Kind::Any).or_null().or_unknown().or_untyped()],
        Kind::String,
        json_encode,
    ),
    Function::new("urlencode", &[TEXT], Kind::String, url_encode),
];

/// The bytes behind a base64 text; line breaks in it do not count.
pub(super) fn decode_base64(text: &str, at: usize) -> Result<Vec<u8>, FunctionError> {
    let joined: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    BASE64
        .decode(joined)
        .map_err(|error| FunctionError::argument(at, format!("it is no base64: {error}")))
}

fn base64_decode(call: &Call<'_>) -> Outcome {
    let bytes = decode_base64(call.text(0), 0)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| FunctionError::argument(0, "what it encodes is no UTF-8 text"))?;
    call.string(&text)
}

fn url_encode(call: &Call<'_>) -> Outcome {
    let mut out = String::new();
    for byte in call.text(0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    call.string(&out)
}

fn json_encode(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = call.unknown_inside() {
        // How it starts can be told from the type, unless it may be null.
        let value = call.arg(0);
        let is_set = Range::of(value).is_set;
        let start = match value.ty() {
            _ if !is_set => "",
            Type::String => "\"",
            Type::Object(_) | Type::Map(_) => "{",
            Type::Tuple(_) | Type::List(_) | Type::Set(_) => "[",
            _ => "",
        };
        let prefix = (!start.is_empty()).then(|| start.into());
        let range = Range {
            prefix,
            ..Range::set()
        };
        // What is known of a document tells much of it: its conditions seldom hold what only apply can tell.
        let known = call.built(value.clone());
        let range = match known {
            Ok(known) if !start.is_empty() => range.with_parts(&known.to_partial_json_text()),
            _ => range,
        };
        return Ok(unknown.within(range));
    }
    // Parts that are shared are written out each time, so the bound must come first.
    let value = call.built(call.arg(0).clone())?;
    call.string(&value.to_json_text())
}

fn json_decode(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = call.arg(0).as_unknown() {
        // How a text starts may tell that it cannot be JSON, or what it will be.
        let start = unknown.range.prefix.as_deref().unwrap_or_default();
        let ty = match start.trim_start().chars().next() {
            None | Some('{' | '[' | 'n') => Type::Dynamic,
            Some('"') => Type::String,
            Some('t' | 'f') => Type::Bool,
            Some('-' | '0'..='9') => Type::Number,
            Some(_) => return Err(FunctionError::argument(0, "it is no JSON")),
        };
        return Ok(Value::unknown_of(ty, unknown.because.clone()));
    }
    let text = call.text(0);
    if text.starts_with('\u{feff}') {
        return Err(FunctionError::argument(
            0,
            "it starts with a byte order mark",
        ));
    }
    // The tree wants a source to name; nobody asks for places in a text that was computed.
    let source = Sources::new().add("", "");
    let (document, problems) = parse(source, text.into());
    match (document.root(), problems.first()) {
        (Some(root), None) => call.fresh(from_json(&document, root)?),
        (_, problem) => {
            let why = problem.map_or_else(
                || Text::new("it is empty", "il est vide"),
                |problem| problem.message.clone(),
            );
            let message = text!("it is no JSON: {why}", "ce n’est pas du JSON : {why}"; why);
            Err(FunctionError::argument(0, message))
        }
    }
}

fn from_json(document: &Document, id: NodeId) -> Outcome {
    let node = document.node(id);
    Ok(match node.kind {
        NodeKind::Null => Value::null(),
        NodeKind::Bool(value) => Value::bool(value),
        NodeKind::Number => Value::number(
            Number::parse(document.text(node.span))
                .ok_or_else(|| FunctionError::argument(0, "a number has too many digits"))?,
        ),
        NodeKind::String => Value::string(normal_text(&document.string(id).unwrap_or_default())),
        NodeKind::Array(_) => {
            let all: Result<Vec<Value>, _> = document
                .elements(id)
                .iter()
                .map(|inner| from_json(document, *inner))
                .collect();
            Value::tuple(all?)
        }
        NodeKind::Object(_) => {
            let all: Result<Entries, FunctionError> = document
                .members(id)
                .iter()
                .map(|member| {
                    let value = from_json(document, member.value)?;
                    Ok((normal_text(&document.key(member)), value))
                })
                .collect();
            Value::object(all?)
        }
    })
}

fn csv_decode(call: &Call<'_>) -> Outcome {
    let wrong = |error: csv::Error| FunctionError::argument(0, format!("it is no CSV: {error}"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(call.text(0).as_bytes());
    let mut records = reader.records();
    let header = records
        .next()
        .ok_or_else(|| FunctionError::argument(0, "it has no header line"))?
        .map_err(wrong)?;
    let names: Vec<Arc<str>> = header.iter().map(normal_text).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    if sorted.len() != names.len() {
        return Err(FunctionError::argument(0, "two columns have the same name"));
    }
    let ty = Type::object(names.iter().map(|name| (Arc::clone(name), Type::String)));
    let mut rows = Vec::new();
    let mut size = 0usize;
    for record in records {
        let record = record.map_err(wrong)?;
        let cells = names.iter().zip(record.iter());
        rows.push(Value::object(cells.map(|(name, cell)| {
            (Arc::clone(name), Value::string(normal_text(cell)))
        })));
        size = size.saturating_add(names.len()).saturating_add(1);
        call.check_count(size)?;
    }
    call.context.made(size)?;
    Ok(Value::list(ty, rows))
}
