//! Values as JSON: what is unknown says why, what is sensitive stays hidden.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::value::{Data, Number, Value};

/// A value to be written as JSON: unknowns as `{"$unknown": "reason"}`, sensitive values as `{"$sensitive": true}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsJson<'a>(pub(super) &'a Value);

impl Serialize for AsJson<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let value = self.0;
        if value.is_sensitive() {
            return single(to, "$sensitive", &true);
        }
        if let Some(unknown) = value.as_unknown() {
            return single(to, "$unknown", &unknown.because.to_string());
        }
        if let Some(elements) = value.elements() {
            let mut seq = to.serialize_seq(Some(elements.len()))?;
            for element in elements {
                seq.serialize_element(&AsJson(element))?;
            }
            return seq.end();
        }
        if let Some(entries) = value.entries() {
            let mut map = to.serialize_map(Some(entries.len()))?;
            for (key, inner) in entries {
                map.serialize_entry(&**key, &AsJson(inner))?;
            }
            return map.end();
        }
        match &value.data {
            Data::Bool(truth) => to.serialize_bool(*truth),
            Data::String(text) => to.serialize_str(text),
            Data::Number(number) => write_number(number, to),
            _ => to.serialize_none(),
        }
    }
}

fn single<S: Serializer>(to: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

/// A number that a double cannot hold exactly is written as its text: a wrong digit would be worse than another type.
fn write_number<S: Serializer>(number: &Number, to: S) -> Result<S::Ok, S::Error> {
    if let Some(whole) = number.as_i64() {
        return to.serialize_i64(whole);
    }
    let (near, text) = (number.as_f64(), number.to_string());
    if near.is_finite() && near.to_string() == text {
        to.serialize_f64(near)
    } else {
        to.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Because, Marks};
    use std::sync::Arc;

    fn json(value: &Value) -> String {
        serde_json::to_string(&AsJson(value)).expect("JSON")
    }

    #[test]
    fn unknown_and_sensitive_values_are_marked() {
        let value = Value::object([
            (Arc::from("a"), Value::int(1)),
            (
                Arc::from("b"),
                Value::unknown(Because::Variable("x".into())),
            ),
            (
                Arc::from("c"),
                Value::string("hunter2").marked(Marks::SENSITIVE),
            ),
            (
                Arc::from("d"),
                Value::tuple(vec![Value::null(), Value::bool(true)]),
            ),
            (
                Arc::from("e"),
                Value::unknown(Because::Error).marked(Marks::SENSITIVE),
            ),
        ]);
        assert_eq!(
            json(&value),
            r#"{"a":1,"b":{"$unknown":"variable \"x\" has no value"},"c":{"$sensitive":true},"d":[null,true],"e":{"$sensitive":true}}"#
        );
    }

    #[test]
    fn numbers_keep_every_digit() {
        let number = |text: &str| {
            json(&Value::from(Data::Number(
                Number::parse(text).expect("a number"),
            )))
        };
        assert_eq!(number("0.5"), "0.5");
        assert_eq!(number("12"), "12");
        assert!(number("9007199254740993000001").contains("9007199254740993000001"));
    }
}
