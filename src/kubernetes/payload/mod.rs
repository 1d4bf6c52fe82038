//! Configurations that objects carry as text: read as what they are, with the places where they are written.
//!
//! A text inside a literal block of YAML keeps its lines, so that every value in it has a place of its own. Where that
//! cannot be told (folded or escaped texts, base64, texts that Terraform made), the whole text is the place.

mod lines;
mod markup;
mod place;

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;

use crate::catalog::PayloadFormat;
use crate::problem::Weight;
use crate::source::{Place, Sources, Span};
use crate::syntax::{Origin, yaml};
use crate::value::{Because, Marks, Value};

/// Longer texts are not read.
pub const MAX_TEXT: usize = 1 << 20;

pub(super) use place::parts as parts_of;

/// A text that an object carries.
#[derive(Debug, Clone)]
pub struct Text<'v> {
    text: Cow<'v, str>,
    /// The whole of it.
    place: Option<Place>,
    /// Where its parts are; none: not known.
    parts: Option<Origin>,
    secret: bool,
}

/// Why a text could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// Above the limit.
    TooLong,
    /// No text of its format.
    Malformed,
}

impl<'v> Text<'v> {
    /// The text of a value.
    pub fn of(value: &'v Value, sources: &Sources) -> Option<Self> {
        let text = value.as_str()?;
        let place = value.origin.place;
        let parts = place.filter(|_| value.origin.via.is_none()).and_then(|at| {
            let source = sources.get(at.source);
            place::parts(source.text(), at.span, text)
        });
        Some(Self {
            text: text.into(),
            place,
            parts,
            secret: value.is_sensitive(),
        })
    }

    /// The text of a value, of which nothing but the whole has a place.
    pub fn whole(value: &'v Value) -> Option<Self> {
        Some(Self {
            text: value.as_str()?.into(),
            place: value.origin.place,
            parts: None,
            secret: value.is_sensitive(),
        })
    }

    /// The text behind base64: `data` of a `Secret`, `binaryData` of a `ConfigMap`.
    pub fn decoded(value: &'v Value) -> Option<Self> {
        let text = value.as_str()?;
        if text.len() > MAX_TEXT.saturating_mul(2) {
            return None;
        }
        let packed: String = text.split_ascii_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(packed)
            .ok()?;
        Some(Self {
            text: String::from_utf8(bytes).ok()?.into(),
            place: value.origin.place,
            parts: None,
            secret: value.is_sensitive(),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is too long, or not of that format.
    pub fn read(&self, format: PayloadFormat) -> Result<Value, Unread> {
        if self.text.len() > MAX_TEXT {
            return Err(Unread::TooLong);
        }
        let value = match format {
            PayloadFormat::Yaml => return self.yaml(),
            PayloadFormat::Toml => markup::toml(self)?,
            PayloadFormat::Ini => lines::ini(self),
            PayloadFormat::Sections => lines::sections(self),
            PayloadFormat::Directives => markup::directives(self),
            PayloadFormat::Corefile => lines::corefile(self),
            PayloadFormat::Keys | PayloadFormat::Flags | PayloadFormat::Object => {
                return Err(Unread::Malformed);
            }
        };
        Ok(value)
    }

    /// The first document that is a mapping or a sequence; a tab, which YAML forbids and JSON does not, is no obstacle.
    fn yaml(&self) -> Result<Value, Unread> {
        // Its own places are offsets in the text: any source will do to count them with.
        let counting = Sources::new();
        let source = counting.add("", "");
        let parsed = yaml::parse(source, &self.text);
        let is_broken = parsed
            .problems
            .iter()
            .any(|one| one.weight == Weight::Error);
        let whole = |value: &Value| value.entries().is_some() || value.elements().is_some();
        let mut found = parsed.documents.into_iter().map(|one| one.value);
        match found.find(whole) {
            Some(value) if !is_broken => Ok(self.moved(&value)),
            _ => self.json().ok_or(Unread::Malformed),
        }
    }

    fn json(&self) -> Option<Value> {
        if !self.text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let json = serde_json::from_str::<serde_json::Value>(&self.text).ok()?;
        Some(self.json_value(&json))
    }

    fn json_value(&self, json: &serde_json::Value) -> Value {
        let whole = Span::new(0, self.text.len() as u32);
        let value = match json {
            serde_json::Value::Null => Value::null(),
            serde_json::Value::Bool(value) => Value::bool(*value),
            serde_json::Value::Number(number) => number
                .as_i64()
                .map_or_else(|| Value::string(number.to_string()), Value::int),
            serde_json::Value::String(text) => Value::string(text.as_str()),
            serde_json::Value::Array(all) => {
                let all = all.iter().map(|one| self.json_value(one));
                Value::tuple(all.collect::<Vec<_>>())
            }
            serde_json::Value::Object(all) => Value::object(
                all.iter()
                    .map(|(key, one)| (key.as_str().into(), self.json_value(one))),
            ),
        };
        self.at(value, whole)
    }

    /// A value of the text with its place, and secret if the text is.
    fn at(&self, mut value: Value, span: Span) -> Value {
        value.origin = crate::value::Origin {
            place: self.placed(span),
            via: None,
        };
        if self.secret {
            value.marks = value.marks.with(Marks::SENSITIVE);
        }
        value
    }

    /// A part of the text, as a value.
    fn string(&self, text: &str, span: Span) -> Value {
        self.at(Value::string(text), span)
    }

    fn placed(&self, span: Span) -> Option<Place> {
        let whole = self.place?;
        match &self.parts {
            Some(parts) => Some(Place::new(whole.source, parts.span(span))),
            None => Some(whole),
        }
    }

    /// A value with offsets in the text, as one with places in the source. Bounded by the nesting limit of the parser.
    fn moved(&self, value: &Value) -> Value {
        let span = value.origin.place.map(|place| place.span);
        let moved = match (value.elements(), value.entries()) {
            (Some(all), _) => {
                let all = all.iter().map(|one| self.moved(one));
                Value::tuple(all.collect::<Vec<_>>())
            }
            (None, Some(all)) => Value::object(
                all.iter()
                    .map(|(key, one)| (Arc::clone(key), self.moved(one))),
            ),
            (None, None) => value.data.clone().into(),
        };
        self.at(moved, span.unwrap_or_default())
    }
}

/// Stands for a configuration that could not be read.
pub fn unread(value: &Value, why: Unread) -> Value {
    let because = match why {
        Unread::TooLong => Because::Limit,
        Unread::Malformed => Because::other(crate::text::Text::new(
            "its text could not be read",
            "son texte n’a pas pu être lu",
        )),
    };
    let mut unknown = Value::unknown(because);
    unknown.origin = value.origin.clone();
    unknown
}

#[cfg(test)]
mod tests;
