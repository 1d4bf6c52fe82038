//! Conversion of values between types, with Terraform's rules.

use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{Data, Entries, Number, ObjectAttribute, Type, Unknown, Value, unify};
use crate::text::{Text, text};

/// Why a value does not convert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertError {
    /// Where inside the value, outermost first: `["rules", "0"]`; empty for the value itself.
    pub path: Vec<Arc<str>>,
    /// What is wrong there.
    pub message: Text,
}

impl ConvertError {
    pub(super) fn new(message: Text) -> Self {
        Self {
            path: Vec::new(),
            message,
        }
    }

    fn inside(mut self, step: impl Into<Arc<str>>) -> Self {
        self.path.insert(0, step.into());
        self
    }

    /// What is wrong, and where inside the value.
    pub fn text(&self) -> Text {
        if self.path.is_empty() {
            return self.message.clone();
        }
        let (path, message) = (self.path.join("."), &self.message);
        text!("{path}: {message}", "{path} : {message}"; message)
    }
}

impl From<ConvertError> for Text {
    fn from(error: ConvertError) -> Self {
        error.text()
    }
}

/// Unicode normal form C: what Terraform brings every string to. Costs a look at each byte for text in it already.
pub fn normal_text(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return text.into();
    }
    text.nfc().collect::<String>().into()
}

/// The value in another type. Keeps marks and origins at every level.
///
/// # Errors
/// When Terraform has no such conversion, or when the content does not allow it (`"x"` to a number).
pub fn convert(value: &Value, to: &Type) -> Result<Value, ConvertError> {
    if matches!(to, Type::Dynamic) {
        return Ok(value.clone());
    }
    if let Data::Unknown(unknown) = &value.data {
        return convert_unknown(value, unknown, to);
    }
    let data = match &value.data {
        Data::Null(ty) => Data::Null(absent_type(ty, to)?),
        _ => match convert_known(value, to)? {
            Some(data) => data,
            None => return Ok(value.clone()),
        },
    };
    let converted = Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    };
    Ok(match converted.data {
        // A set cannot say which of its elements is marked, so it carries the marks itself.
        Data::Set(..) => {
            let marks = converted.deep_marks();
            converted.unmarked().marked(marks)
        }
        _ => converted,
    })
}

fn convert_unknown(value: &Value, unknown: &Unknown, to: &Type) -> Result<Value, ConvertError> {
    let ty = absent_type(&unknown.ty, to)?;
    let range = unknown.range.converted(&unknown.ty, &ty);
    let mut converted = Value::unknown_of(ty, unknown.because.clone());
    converted.marks = value.marks;
    converted.origin = value.origin.clone();
    Ok(converted.within(range))
}

/// The type of a null or unknown after conversion.
fn absent_type(from: &Type, to: &Type) -> Result<Type, ConvertError> {
    if !matches!(from, Type::Dynamic) && !can_convert(from, to) {
        return Err(mismatch(from, to));
    }
    Ok(match (from, to) {
        (Type::List(of), Type::List(into)) | (Type::Set(of), Type::List(into))
            if **into == Type::Dynamic =>
        {
            Type::List(Arc::clone(of))
        }
        (Type::List(of), Type::Set(into)) | (Type::Set(of), Type::Set(into))
            if **into == Type::Dynamic =>
        {
            Type::Set(Arc::clone(of))
        }
        (Type::Map(of), Type::Map(into)) if **into == Type::Dynamic => Type::Map(Arc::clone(of)),
        _ => to.without_optional(),
    })
}

/// The converted data; none when the value is of the type already.
fn convert_known(value: &Value, to: &Type) -> Result<Option<Data>, ConvertError> {
    let refuse = || mismatch(&value.ty(), to);
    Ok(Some(match (&value.data, to) {
        (Data::String(_), Type::String)
        | (Data::Number(_), Type::Number)
        | (Data::Bool(_), Type::Bool) => return Ok(None),
        (Data::Number(_) | Data::Bool(_), Type::String) => {
            Data::String(value.as_text().unwrap_or_default().into())
        }
        (Data::String(text), Type::Number) => match Number::parse(text) {
            Some(number) => Data::Number(number),
            None => {
                return Err(ConvertError::new(Text::new(
                    "a number is required",
                    "un nombre est requis",
                )));
            }
        },
        (Data::String(text), Type::Bool) => match &**text {
            "true" | "1" => Data::Bool(true),
            "false" | "0" => Data::Bool(false),
            _ => {
                return Err(ConvertError::new(Text::new(
                    "a bool is required",
                    "un booléen est requis",
                )));
            }
        },
        (Data::List(of, _), Type::List(into)) | (Data::Set(of, _), Type::Set(into))
            if *of == **into || **into == Type::Dynamic =>
        {
            return Ok(None);
        }
        (Data::Map(of, _), Type::Map(into)) if *of == **into || **into == Type::Dynamic => {
            return Ok(None);
        }
        // An unknown element may turn out equal to another one, so the length is open.
        (Data::Set(of, all), Type::List(into))
            if all.len() > 1 && value.first_unknown().is_some() =>
        {
            let of = match **into == Type::Dynamic {
                true => of.clone(),
                false => into.without_optional(),
            };
            convert_elements(value, &of)?;
            let because = value.first_unknown().map(|unknown| unknown.because.clone());
            Data::Unknown(Arc::new(Unknown {
                ty: Type::list(of),
                because: because.unwrap_or(super::Because::Error),
                range: super::Range::default(),
            }))
        }
        (Data::List(..) | Data::Set(..) | Data::Tuple(_), Type::List(into)) => {
            let (of, all) = convert_elements(value, into)?;
            Data::List(of, all.into())
        }
        (Data::List(..) | Data::Set(..) | Data::Tuple(_), Type::Set(into)) => {
            let (of, all) = convert_elements(value, into)?;
            Data::Set(of, super::equal::as_set(all).into())
        }
        (Data::Map(..) | Data::Object(_), Type::Map(into)) => {
            let (of, all) = convert_entries(value.entries().unwrap_or_default(), into)?;
            Data::Map(of, Arc::new(all))
        }
        (Data::Tuple(all), Type::Tuple(types)) => {
            if all.len() != types.len() {
                return Err(ConvertError::new(text!(
                    "a tuple of {} elements is required",
                    "un tuple de {} éléments est requis",
                    types.len()
                )));
            }
            let all: Result<Vec<Value>, ConvertError> = all
                .iter()
                .zip(types.iter())
                .enumerate()
                .map(|(at, (element, ty))| {
                    convert(element, ty).map_err(|error| error.inside(at.to_string()))
                })
                .collect();
            Data::Tuple(all?.into())
        }
        (Data::Map(..) | Data::Object(_), Type::Object(attributes)) => {
            Data::Object(Arc::new(convert_object(value, attributes)?))
        }
        _ => return Err(refuse()),
    }))
}

/// The type that elements get, when a collection asks for any: the one they all convert to.
fn element_type<'a>(
    into: &Type,
    elements: impl Iterator<Item = &'a Value>,
    is_map: bool,
) -> Result<Type, ConvertError> {
    if !matches!(into, Type::Dynamic) {
        return Ok(into.clone());
    }
    let mut types: Vec<Type> = Vec::new();
    let mut is_open = false;
    for element in elements {
        let ty = element.ty();
        is_open |= element.is_unknown() && matches!(ty, Type::Dynamic);
        if !types.contains(&ty) {
            types.push(ty);
        }
    }
    if types.is_empty() {
        return Ok(Type::Dynamic);
    }
    let differ = || {
        ConvertError::new(Text::new(
            "all elements must have the same type",
            "tous les éléments doivent être du même type",
        ))
    };
    let ty = unify(&types).ok_or_else(differ)?;
    if ty != Type::Dynamic || types.len() == 1 {
        return Ok(ty);
    }
    // Only maps take a null that has no type beside something compound. Of an unknown without a type nobody can say.
    types.retain(|ty| *ty != Type::Dynamic);
    match (is_map, is_open) {
        (true, _) => unify(&types).ok_or_else(differ),
        (false, true) => Ok(ty),
        (false, false) => Err(differ()),
    }
}

fn convert_elements(value: &Value, into: &Type) -> Result<(Type, Vec<Value>), ConvertError> {
    let elements = value.elements().unwrap_or_default();
    let of = match &value.data {
        Data::List(of, _) | Data::Set(of, _) if matches!(into, Type::Dynamic) => of.clone(),
        _ => element_type(into, elements.iter(), false)?,
    };
    let all: Result<Vec<Value>, ConvertError> = elements
        .iter()
        .enumerate()
        .map(|(at, element)| convert(element, &of).map_err(|error| error.inside(at.to_string())))
        .collect();
    Ok((of.without_optional(), all?))
}

fn convert_entries(
    entries: &[(Arc<str>, Value)],
    into: &Type,
) -> Result<(Type, Entries), ConvertError> {
    let of = element_type(into, entries.iter().map(|(_, value)| value), true)?;
    let all: Result<Entries, ConvertError> = entries
        .iter()
        .map(|(key, value)| {
            let value = convert(value, &of).map_err(|error| error.inside(Arc::clone(key)))?;
            Ok((Arc::clone(key), value))
        })
        .collect();
    Ok((of.without_optional(), all?))
}

fn convert_object(value: &Value, attributes: &[ObjectAttribute]) -> Result<Entries, ConvertError> {
    attributes
        .iter()
        .map(|attribute| {
            let converted = match value.entry(&attribute.name) {
                Some(inner) => convert(inner, &attribute.ty)
                    .map_err(|error| error.inside(Arc::clone(&attribute.name)))?,
                None if attribute.optional => Value::null_of(attribute.ty.without_optional()),
                None => {
                    return Err(ConvertError::new(text!(
                        "attribute \"{}\" is required",
                        "l’attribut « {} » est requis",
                        attribute.name
                    )));
                }
            };
            Ok((Arc::clone(&attribute.name), converted))
        })
        .collect()
}

fn mismatch(from: &Type, to: &Type) -> ConvertError {
    let article = if matches!(to, Type::Object(_)) {
        "an"
    } else {
        "a"
    };
    ConvertError::new(text!(
        "{article} {to} is required, not {from}",
        "un {to} est requis, et non un {from}"
    ))
}

/// Whether values of a type may convert to another: some may still fail (`"x"` to a number).
pub fn can_convert(from: &Type, to: &Type) -> bool {
    if from == to {
        return true;
    }
    match (from, to) {
        (_, Type::Dynamic) | (Type::Dynamic, _) => true,
        (Type::Number | Type::Bool, Type::String) | (Type::String, Type::Number | Type::Bool) => {
            true
        }
        (Type::List(of) | Type::Set(of), Type::List(into) | Type::Set(into)) => {
            can_convert(of, into)
        }
        (Type::Map(of), Type::Map(into)) => can_convert(of, into),
        (Type::Tuple(all), Type::List(into) | Type::Set(into)) => match &**into {
            Type::Dynamic => all.is_empty() || unify(all).is_some(),
            into => all.iter().all(|of| can_convert(of, into)),
        },
        (Type::Object(all), Type::Map(into)) => match &**into {
            Type::Dynamic => {
                let types: Vec<Type> = all.iter().map(|a| a.ty.clone()).collect();
                types.is_empty() || unify(&types).is_some()
            }
            into => all.iter().all(|a| can_convert(&a.ty, into)),
        },
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| can_convert(a, b))
        }
        (Type::Map(of), Type::Object(all)) => all.iter().all(|a| can_convert(of, &a.ty)),
        (Type::Object(from), Type::Object(to)) => {
            to.iter().all(
                |wanted| match from.iter().find(|given| given.name == wanted.name) {
                    Some(given) => can_convert(&given.ty, &wanted.ty),
                    None => wanted.optional,
                },
            )
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Because;
    use super::*;

    fn strings(all: &[&str]) -> Vec<Value> {
        all.iter().map(|s| Value::string(*s)).collect()
    }

    #[test]
    fn primitives() {
        let number = |text: &str| convert(&Value::string(text), &Type::Number);
        assert!(number("1.50").is_ok_and(|v| v.as_text().as_deref() == Some("1.5")));
        assert!(number("x").is_err() && number("").is_err() && number("0x10").is_err());
        let bool = |text: &str| convert(&Value::string(text), &Type::Bool).map(|v| v.as_bool());
        assert_eq!(bool("1"), Ok(Some(true)));
        assert!(bool("TRUE").is_err());
        assert!(convert(&Value::int(1), &Type::Bool).is_err());
        let text = convert(&Value::bool(true), &Type::String).expect("a string");
        assert_eq!(text.as_str(), Some("true"));
    }

    #[test]
    fn collections() {
        let mixed = Value::tuple(vec![Value::int(1), Value::string("1"), Value::bool(true)]);
        let set = convert(&mixed, &Type::set(Type::Dynamic)).expect("a set");
        assert_eq!(set.ty(), Type::set(Type::String));
        assert_eq!(set.elements().map(<[_]>::len), Some(2));
        let list = convert(&set, &Type::list(Type::Dynamic)).expect("a list");
        assert_eq!(list.ty(), Type::list(Type::String));
        let wrong = Value::tuple(vec![Value::int(1), Value::bool(true)]);
        assert!(convert(&wrong, &Type::list(Type::Dynamic)).is_err());
        let error = convert(
            &Value::tuple(strings(&["1", "x"])),
            &Type::list(Type::Number),
        );
        assert_eq!(
            error.map_err(|e| e.text().en.to_string()).err().as_deref(),
            Some("1: a number is required")
        );
        let absent = Value::null_of(Type::String);
        assert!(convert(&absent, &Type::list(Type::Dynamic)).is_err());
        let unknown = convert(&Value::unknown(Because::Error), &Type::list(Type::Number));
        assert!(unknown.is_ok_and(|v| v.ty() == Type::list(Type::Number)));
    }

    #[test]
    fn strings_are_normalised() {
        assert_eq!(&*normal_text("e\u{301}cole"), "école");
        assert_eq!(&*normal_text("plain"), "plain");
    }
}
