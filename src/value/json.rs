//! Values as JSON, for outputs and for `jsonencode`.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::{Data, Value};

/// Stands for what is unknown in a JSON text that is known in part.
const UNKNOWN_PART: &str = r#"{"$unknown":true}"#;

impl Value {
    /// JSON for people and programs to look at: unknown parts as `{"$unknown": reason}`, sensitive ones as
    /// `{"$sensitive": true}`, so that no secret is ever printed.
    pub fn to_inspection(&self) -> Json {
        if self.is_sensitive() {
            return one("$sensitive", Json::Bool(true));
        }
        if let Some(unknown) = self.as_unknown() {
            return one("$unknown", Json::String(unknown.because.to_string()));
        }
        if let Some(all) = self.elements() {
            return all.iter().map(Value::to_inspection).collect();
        }
        if let Some(all) = self.entries() {
            return all
                .iter()
                .map(|(key, value)| (key.to_string(), value.to_inspection()))
                .collect();
        }
        scalar(self)
    }

    /// Plain JSON with unknown parts as null. Prints sensitive content: only for computing, never for output.
    pub fn to_plain_json(&self) -> Json {
        if let Some(all) = self.elements() {
            return all.iter().map(Value::to_plain_json).collect();
        }
        if let Some(all) = self.entries() {
            return all
                .iter()
                .map(|(key, value)| (key.to_string(), value.to_plain_json()))
                .collect();
        }
        scalar(self)
    }

    /// Which parts are unknown: `true`, or arrays and objects of the same shape; none when wholly known.
    pub fn unknown_shape(&self) -> Option<Json> {
        self.first_unknown()?;
        Some(self.shape())
    }

    fn shape(&self) -> Json {
        if let Some(all) = self.elements() {
            return all.iter().map(Value::shape).collect();
        }
        if let Some(all) = self.entries() {
            return all
                .iter()
                .filter(|(_, value)| value.first_unknown().is_some())
                .map(|(key, value)| (key.to_string(), value.shape()))
                .collect();
        }
        Json::Bool(self.is_unknown())
    }

    /// JSON text as `jsonencode` writes it: no spaces, numbers with all their digits, `<`, `>` and `&` escaped.
    /// The value must be wholly known; an unknown part would become null.
    pub fn to_json_text(&self) -> String {
        let mut out = String::new();
        self.write_json("null", &mut out);
        out
    }

    /// The same of a value that is known in part: what is unknown becomes `{"$unknown":true}`.
    pub fn to_partial_json_text(&self) -> String {
        let mut out = String::new();
        self.write_json(UNKNOWN_PART, &mut out);
        out
    }

    fn write_json(&self, unknown: &str, out: &mut String) {
        match &self.data {
            Data::Null(_) => out.push_str("null"),
            Data::Unknown(_) => out.push_str(unknown),
            Data::Bool(true) => out.push_str("true"),
            Data::Bool(false) => out.push_str("false"),
            // Writing to a string never fails.
            Data::Number(number) => _ = write!(out, "{number}"),
            Data::String(text) => write_string(text, out),
            Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
                out.push('[');
                for (at, value) in all.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write_json(unknown, out);
                }
                out.push(']');
            }
            Data::Map(_, all) | Data::Object(all) => {
                out.push('{');
                for (at, (key, value)) in all.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write_json(unknown, out);
                }
                out.push('}');
            }
        }
    }
}

/// A text in quotes, escaped as Terraform and its providers do.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn one(key: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(key.to_owned(), value)]))
}

fn scalar(value: &Value) -> Json {
    match &value.data {
        Data::Bool(value) => Json::Bool(*value),
        Data::String(text) => Json::String(text.to_string()),
        Data::Number(number) => match number.as_i64() {
            Some(int) => int.into(),
            // Beyond the range of doubles only the text keeps the value.
            None => serde_json::Number::from_f64(number.as_f64())
                .map_or_else(|| Json::String(number.to_string()), Json::Number),
        },
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Because, Marks};
    use super::*;

    #[test]
    fn never_prints_secrets() {
        let value = Value::object([
            ("a".into(), Value::string("s3cret").marked(Marks::SENSITIVE)),
            ("b".into(), Value::unknown(Because::Variable("v".into()))),
        ]);
        assert_eq!(
            value.to_inspection().to_string(),
            r#"{"a":{"$sensitive":true},"b":{"$unknown":"variable \"v\" has no value"}}"#
        );
        assert_eq!(
            value.unknown_shape().map(|s| s.to_string()).as_deref(),
            Some(r#"{"b":true}"#)
        );
    }

    #[test]
    fn encodes_as_terraform_does() {
        let value = Value::tuple(vec![
            Value::string("a<b>&\"\\\n\u{7f}\u{1}é"),
            Value::null(),
            Value::number(super::super::Number::parse("1.50").expect("a number")),
        ]);
        assert_eq!(
            value.to_json_text(),
            "[\"a\\u003cb\\u003e\\u0026\\\"\\\\\\n\u{7f}\\u0001é\",null,1.5]"
        );
    }
}
