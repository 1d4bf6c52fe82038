//! What a plain scalar means: the rules of go-yaml v2, which Kubernetes reads manifests with.

use crate::value::{Number, Value};

/// The type of a plain scalar by its text.
pub(super) fn plain(text: &str) -> Value {
    special(text).unwrap_or_else(|| Value::string(text))
}

/// What a plain scalar means when it is no text.
pub(super) fn special(text: &str) -> Option<Value> {
    match text.as_bytes().first() {
        None => Some(Value::null()),
        Some(b'~' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => {
            word(text)
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        Some(_) => None,
    }
}

/// The type that an explicit tag of YAML's own asks for; texts that do not fit it stay text.
pub(super) fn tagged(tag: &str, text: &str, is_plain: bool) -> Value {
    match tag {
        "str" | "binary" => Value::string(text),
        "null" => Value::null(),
        "int" | "bool" | "float" => plain(text),
        _ if is_plain => plain(text),
        _ => Value::string(text),
    }
}

fn word(text: &str) -> Option<Value> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Some(Value::bool(true))
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Value::bool(false))
        }
        "~" | "null" | "Null" | "NULL" => Some(Value::null()),
        _ => None,
    }
}

/// Infinite and not-a-number stay text: JSON has neither, and Kubernetes refuses them.
fn number(text: &str) -> Option<Value> {
    let bare;
    let digits = if text.contains('_') && !text.starts_with('.') {
        bare = text.replace('_', "");
        &bare
    } else {
        text
    };
    let number = integer(digits).or_else(|| {
        is_decimal(digits)
            .then(|| Number::parse(digits.strip_prefix('+').unwrap_or(digits)))
            .flatten()
    })?;
    Some(crate::value::Data::Number(number).into())
}

fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    let value = if negative {
        -i128::from(size)
    } else {
        i128::from(size)
    };
    match i64::try_from(value) {
        Ok(small) => Some(Number::from(small)),
        // Unsigned 64-bit integers are read as such; below the smallest signed one a number is a float.
        Err(_) if !negative => Number::parse(&value.to_string()),
        Err(_) => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && all_digits(fraction),
        Some((whole, fraction)) => all_digits(whole) && all_digits(fraction),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    mantissa_fits
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty() && all_digits(digits)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let value = plain(text);
        match &value.data {
            crate::value::Data::String(text) => format!("\"{text}\""),
            crate::value::Data::Null(_) => "null".to_owned(),
            _ => value.as_text().unwrap_or_default().into_owned(),
        }
    }

    #[test]
    fn scalars_are_typed_as_kubernetes_does() {
        for (text, expected) in [
            ("yes", "true"),
            ("y", "true"),
            ("On", "true"),
            ("NO", "false"),
            ("off", "false"),
            ("yEs", "\"yEs\""),
            ("~", "null"),
            ("", "null"),
            ("Null", "null"),
            ("nUll", "\"nUll\""),
            ("0644", "420"),
            ("017", "15"),
            ("08", "8"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("-0x1f", "-31"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("+12", "12"),
            ("-7", "-7"),
            ("0", "0"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("1.e3", "1000"),
            ("9223372036854775807", "9223372036854775807"),
            (".inf", "\".inf\""),
            ("-.inf", "\"-.inf\""),
            (".", "\".\""),
            ("-", "\"-\""),
            ("0x", "\"0x\""),
            ("+-1", "\"+-1\""),
            ("1.2.3", "\"1.2.3\""),
            ("1e", "\"1e\""),
            ("100m", "\"100m\""),
            ("10.0.0.0/8", "\"10.0.0.0/8\""),
            ("2027-01-31", "\"2027-01-31\""),
            ("12:30", "\"12:30\""),
            ("eu-west-1", "\"eu-west-1\""),
            ("=", "\"=\""),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_tag_decides_before_the_text() {
        assert_eq!(tagged("str", "yes", true).as_str(), Some("yes"));
        assert_eq!(
            tagged("int", "7", false)
                .as_number()
                .and_then(Number::as_i64),
            Some(7)
        );
        assert!(tagged("null", "x", true).is_null());
        assert_eq!(tagged("vault", "yes", false).as_str(), Some("yes"));
    }
}
