//! Values in messages: short, on one line, and never what is sensitive.

use std::fmt;

use super::{Data, Value};

/// So many elements of a collection are shown.
const MAX_ELEMENTS: usize = 3;
/// So many characters of a text are shown.
const MAX_TEXT: usize = 60;

/// Prints a value for a message.
pub struct Shown<'a>(&'a Value);

impl Value {
    /// For messages: `"eu-west-1"`, `[1, 2, ...]`, `(sensitive)`, `(not known: ...)`.
    pub fn show(&self) -> Shown<'_> {
        Shown(self)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(self.0, 0, f)
    }
}

fn write_value(value: &Value, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if value.is_sensitive() {
        return f.write_str("(sensitive)");
    }
    match &value.data {
        Data::Null(_) => f.write_str("null"),
        Data::Bool(value) => write!(f, "{value}"),
        Data::Number(number) => {
            let text = number.to_string();
            match text.char_indices().nth(MAX_TEXT) {
                Some((end, _)) => write!(f, "{}...", text.get(..end).unwrap_or_default()),
                None => f.write_str(&text),
            }
        }
        Data::String(text) => write_text(text, f),
        Data::Unknown(unknown) => write!(f, "(not known: {})", unknown.because),
        Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
            f.write_str("[")?;
            for (at, element) in all.iter().take(MAX_ELEMENTS).enumerate() {
                separate(at, f)?;
                write_nested(element, depth, f)?;
            }
            close(all.len(), "]", f)
        }
        Data::Map(_, all) | Data::Object(all) => {
            f.write_str("{")?;
            for (at, (key, element)) in all.iter().take(MAX_ELEMENTS).enumerate() {
                separate(at, f)?;
                write_text(key, f)?;
                f.write_str(" = ")?;
                write_nested(element, depth, f)?;
            }
            close(all.len(), "}", f)
        }
    }
}

fn write_nested(value: &Value, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let is_compound = value.elements().is_some() || value.entries().is_some();
    if is_compound && depth > 0 && !value.is_sensitive() {
        return f.write_str("...");
    }
    write_value(value, depth + 1, f)
}

fn separate(at: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if at > 0 { f.write_str(", ") } else { Ok(()) }
}

fn close(length: usize, bracket: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if length > MAX_ELEMENTS {
        f.write_str(", ...")?;
    }
    f.write_str(bracket)
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => write!(f, "{:?}...", text.get(..end).unwrap_or_default()),
        None => write!(f, "{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Because, Marks};
    use super::*;

    #[test]
    fn is_short_and_discreet() {
        let long = Value::tuple((0..9).map(Value::int).collect::<Vec<_>>());
        assert_eq!(long.show().to_string(), "[0, 1, 2, ...]");
        assert_eq!(Value::string("a\"b\n").show().to_string(), r#""a\"b\n""#);
        let nested = Value::object([
            ("a".into(), Value::tuple(vec![long])),
            ("p".into(), Value::string("s3cret").marked(Marks::SENSITIVE)),
        ]);
        assert_eq!(
            nested.show().to_string(),
            r#"{"a" = [...], "p" = (sensitive)}"#
        );
        let unknown = Value::unknown(Because::Variable("v".into()));
        assert_eq!(
            unknown.show().to_string(),
            "(not known: variable \"v\" has no value)"
        );
    }
}
