//! `yamlencode` and `yamldecode`.
//!
//! Terraform's reading of YAML is neither version 1.1 nor 1.2: `yes` and `on` are booleans, `017` is seventeen, `1_000`
//! a string, a date a timestamp. So the scalars are resolved here, and only the events come from the parser.

use hashbrown::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle};

use super::{Call, Function, FunctionError, Kind, Outcome, Param};
use crate::text::{Text, text};
use crate::value::{Data, Entries, Number, Value, normal_text};

const TEXT: Param = Param::new(Kind::String);
const MAX_NESTING: usize = 128;

pub(super) const ALL: &[Function] = &[
    Function::new("yamldecode", &[TEXT], Kind::Any, decode).or_null(),
    Function::new(
        "yamlencode",
        &[Param::new(Kind::Any).or_null().or_unknown().or_untyped()],
        Kind::String,
        encode,
    )
    .or_null(),
];

fn encode(call: &Call<'_>) -> Outcome {
    if let Some(unknown) = call.unknown_inside() {
        return Ok(unknown);
    }
    let value = call.built(call.arg(0).clone())?;
    let mut out = String::new();
    match is_block(&value) {
        true => write_block(&value, 0, &mut out),
        false => {
            write_scalar(&value, &mut out);
            out.push('\n');
            // An open scalar at the top needs an end; a string in quotes or an empty collection does not.
            if matches!(value.data, Data::Null(_) | Data::Bool(_) | Data::Number(_)) {
                out.push_str("...\n");
            }
        }
    }
    call.string(&out)
}

/// True for collections with something in them.
fn is_block(value: &Value) -> bool {
    value.elements().is_some_and(|all| !all.is_empty())
        || value.entries().is_some_and(|all| !all.is_empty())
}

/// Each entry on its line; the first one where the line stands already.
fn write_block(value: &Value, indent: usize, out: &mut String) {
    let start_line = |at: usize, out: &mut String| {
        if at > 0 {
            out.push_str(&" ".repeat(indent));
        }
    };
    for (at, element) in value.elements().unwrap_or_default().iter().enumerate() {
        start_line(at, out);
        out.push_str("- ");
        if is_block(element) {
            write_block(element, indent + 2, out);
        } else {
            write_scalar(element, out);
            out.push('\n');
        }
    }
    for (at, (key, element)) in value.entries().unwrap_or_default().iter().enumerate() {
        start_line(at, out);
        write_string(key, out);
        out.push(':');
        if is_block(element) {
            out.push('\n');
            // Sequences are not indented below their key.
            let inner = match element.elements() {
                Some(_) => indent,
                None => indent + 2,
            };
            out.push_str(&" ".repeat(inner));
            write_block(element, inner, out);
        } else {
            out.push(' ');
            write_scalar(element, out);
            out.push('\n');
        }
    }
}

fn write_scalar(value: &Value, out: &mut String) {
    match &value.data {
        Data::String(text) => write_string(text, out),
        Data::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a string never fails.
        Data::Number(number) => _ = write!(out, "{number}"),
        Data::Null(_) | Data::Unknown(_) => out.push_str("null"),
        Data::List(..) | Data::Set(..) | Data::Tuple(_) => out.push_str("[]"),
        Data::Map(..) | Data::Object(_) => out.push_str("{}"),
    }
}

/// In double quotes, so that nothing can be taken for something else.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{a0}' => out.push_str("\\_"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            '\u{feff}' => out.push_str("\\uFEFF"),
            c if c.is_control() => _ = write!(out, "\\x{:02X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn wrong(why: Text) -> FunctionError {
    FunctionError::argument(
        0,
        text!("it is no YAML: {why}", "ce n’est pas du YAML : {why}"; why),
    )
}

fn decode(call: &Call<'_>) -> Outcome {
    let text = call.text(0);
    let options = granit_parser::options! {
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    };
    let mut reader = Reader {
        call,
        open: Vec::new(),
        anchors: HashMap::new(),
        aliased: 0,
        root: None,
        documents: 0,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| wrong(Text::same(error.info())))?;
        let is_empty = match (span.start.byte_offset(), span.end.byte_offset()) {
            (Some(start), Some(end)) => start == end,
            _ => false,
        };
        reader.take(event, is_empty)?;
    }
    reader
        .root
        .ok_or_else(|| wrong(Text::new("it is empty", "il est vide")))
}

/// A collection that is still open.
enum Open {
    Sequence(Vec<Value>),
    Mapping(Entries, Option<Arc<str>>),
}

struct Reader<'a, 'c> {
    call: &'a Call<'c>,
    open: Vec<(Open, usize)>,
    anchors: HashMap<usize, Value>,
    /// Values that aliases brought in.
    aliased: usize,
    root: Option<Value>,
    documents: usize,
}

impl Reader<'_, '_> {
    fn take(&mut self, event: Event<'_>, is_empty: bool) -> Result<(), FunctionError> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(wrong(Text::new(
                        "it has more than one document",
                        "il a plus d’un document",
                    )));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                let text = if is_plain && is_empty { "" } else { &*text };
                let tag = tag.map(|tag| {
                    tag.suffix_in_namespace("tag:yaml.org,2002:")
                        .map(|suffix| suffix.to_string())
                });
                let value = scalar(text, is_plain, tag.as_ref().map(|tag| tag.as_deref()))?;
                self.node(value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push((Open::Sequence(Vec::new()), anchor));
                Ok(())
            }
            Event::MappingStart(_, anchor, _) => {
                self.open
                    .push((Open::Mapping(Entries::new(), None), anchor));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some((Open::Sequence(all), anchor)) => self.node(Value::tuple(all), anchor),
                Some((Open::Mapping(all, _), anchor)) => self.node(Value::object(all), anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned();
                let value = value.ok_or_else(|| {
                    wrong(Text::new(
                        "an alias stands inside its own anchor",
                        "un alias se trouve dans sa propre ancre",
                    ))
                })?;
                self.aliased = self.aliased.saturating_add(1);
                self.call.check_count(self.aliased)?;
                self.node(self.call.built(value)?, 0)
            }
            _ => Ok(()),
        }
    }

    fn node(&mut self, value: Value, anchor: usize) -> Result<(), FunctionError> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => {
                // Aliases share what they stand for, but whoever walks the result meets it each time.
                self.root = Some(self.call.fresh(value)?);
            }
            Some((Open::Sequence(all), _)) => all.push(value),
            Some((Open::Mapping(all, key), _)) => match key.take() {
                None => {
                    let name = match &value.data {
                        Data::String(_) | Data::Number(_) | Data::Bool(_) => value.as_text(),
                        _ => None,
                    };
                    let name = name.ok_or_else(|| {
                        wrong(Text::new(
                            "a key must be a string",
                            "une clé doit être une chaîne",
                        ))
                    })?;
                    *key = Some(normal_text(&name));
                }
                Some(name) if &*name == "<<" => {
                    // What is written in the mapping itself wins over what is merged in.
                    let merged = value.entries().ok_or_else(|| {
                        wrong(Text::new(
                            "only a mapping can be merged",
                            "seule une table peut être fusionnée",
                        ))
                    })?;
                    let mut merged = merged.to_vec();
                    merged.append(all);
                    *all = merged;
                }
                Some(name) => all.push((name, value)),
            },
        }
        Ok(())
    }
}

/// `tag`: none without one; `Some(None)` for one outside YAML's own.
fn scalar(text: &str, is_plain: bool, tag: Option<Option<&str>>) -> Outcome {
    match tag {
        Some(Some("str" | "binary")) => Ok(Value::string(normal_text(text))),
        // A quoted text stays one, whatever the tag asks for.
        Some(Some("int" | "float" | "bool" | "null")) if !is_plain => {
            Ok(Value::string(normal_text(text)))
        }
        Some(Some("int" | "float")) => Number::parse(text).map(Value::number).ok_or_else(|| {
            wrong(text!(
                "{text:?} is no number",
                "{text:?} n’est pas un nombre"
            ))
        }),
        Some(Some("bool")) => boolean(text).map(Value::bool).ok_or_else(|| {
            wrong(text!(
                "{text:?} is no boolean",
                "{text:?} n’est pas un booléen"
            ))
        }),
        Some(Some("null")) => Ok(Value::null()),
        Some(Some("timestamp")) => Ok(Value::string(
            timestamp(text).unwrap_or_else(|| text.to_owned()),
        )),
        Some(_) => Err(wrong(Text::new(
            "it has a tag that is not supported",
            "il a une balise qui n’est pas prise en charge",
        ))),
        None if is_plain => plain(text),
        None => Ok(Value::string(normal_text(text))),
    }
}

fn plain(text: &str) -> Outcome {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::null());
    }
    if let Some(value) = boolean(text) {
        return Ok(Value::bool(value));
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    if matches!(
        unsigned,
        ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN"
    ) {
        return Err(wrong(Text::new(
            "infinities and NaN are not supported",
            "les infinis et NaN ne sont pas pris en charge",
        )));
    }
    if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.len() - unsigned.len() <= 1
        && let Some(number) = Number::parse(text)
    {
        return Ok(Value::number(number));
    }
    Ok(Value::string(match timestamp(text) {
        Some(time) => time.into(),
        None => normal_text(text),
    }))
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Some(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Some(false)
        }
        _ => None,
    }
}

/// A date alone becomes midnight.
fn timestamp(text: &str) -> Option<String> {
    let is_date = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_date.then(|| format!("{text}T00:00:00Z"))
}
