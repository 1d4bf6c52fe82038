//! Type constraints of input variables: types with `optional()` attributes and their defaults.

use std::sync::Arc;

use super::{ConvertError, Data, Entries, Type, Value, convert};

/// A type constraint as `variable` blocks write it.
#[derive(Debug, Clone, Default)]
pub enum Constraint {
    /// `any`
    #[default]
    Any,
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(...)`
    List(Box<Constraint>),
    /// `set(...)`
    Set(Box<Constraint>),
    /// `map(...)`
    Map(Box<Constraint>),
    /// `tuple([...])`
    Tuple(Vec<Constraint>),
    /// `object({...})`
    Object(Vec<ConstraintAttribute>),
}

/// An attribute of an object constraint.
#[derive(Debug, Clone)]
pub struct ConstraintAttribute {
    /// Name.
    pub name: Arc<str>,
    /// What its value must be.
    pub constraint: Constraint,
    /// Written as `optional(...)`.
    pub optional: bool,
    /// The second argument of `optional`, converted to the type of the attribute.
    pub default: Option<Value>,
}

impl Constraint {
    /// An object constraint; sorts.
    pub fn object(mut attributes: Vec<ConstraintAttribute>) -> Self {
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        Self::Object(attributes)
    }

    /// The type to convert to.
    pub fn ty(&self) -> Type {
        match self {
            Self::Any => Type::Dynamic,
            Self::String => Type::String,
            Self::Number => Type::Number,
            Self::Bool => Type::Bool,
            Self::List(element) => Type::list(element.ty()),
            Self::Set(element) => Type::set(element.ty()),
            Self::Map(element) => Type::map(element.ty()),
            Self::Tuple(all) => Type::Tuple(all.iter().map(Constraint::ty).collect()),
            Self::Object(all) => Type::Object(
                all.iter()
                    .map(|attribute| super::ObjectAttribute {
                        name: Arc::clone(&attribute.name),
                        ty: attribute.constraint.ty(),
                        optional: attribute.optional,
                    })
                    .collect(),
            ),
        }
    }

    /// Fills in the defaults of optional attributes, then converts.
    ///
    /// # Errors
    /// When the value does not convert to the type.
    pub fn apply(&self, value: &Value) -> Result<Value, ConvertError> {
        let filled = if self.has_defaults() {
            self.fill(value)
        } else {
            value.clone()
        };
        convert(&filled, &self.ty())
    }

    /// How many attributes [`Constraint::apply`] adds to a value. Counting ends above `most`: a short text can ask for
    /// more than there is room for.
    pub fn added(&self, value: &Value, most: usize) -> usize {
        let mut added = 0;
        self.count_added(value, most, &mut added);
        added
    }

    fn count_added(&self, value: &Value, most: usize, added: &mut usize) {
        let all_of = |inner: &Constraint, added: &mut usize| {
            let elements = value.elements().unwrap_or_default().iter();
            let entries = value.entries().unwrap_or_default().iter();
            for element in elements.chain(entries.map(|(_, element)| element)) {
                if *added <= most {
                    inner.count_added(element, most, added);
                }
            }
        };
        match self {
            Self::Any | Self::String | Self::Number | Self::Bool => {}
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) => all_of(inner, added),
            Self::Tuple(inner) => {
                for (inner, element) in inner.iter().zip(value.elements().unwrap_or_default()) {
                    inner.count_added(element, most, added);
                }
            }
            Self::Object(attributes) if value.entries().is_some() => {
                for attribute in attributes {
                    if *added > most {
                        return;
                    }
                    let given = value.entry(&attribute.name);
                    *added += usize::from(given.is_none());
                    let given = given.filter(|given| !given.is_null());
                    if let Some(value) = given.or(attribute.default.as_ref()) {
                        attribute.constraint.count_added(value, most, added);
                    }
                }
            }
            Self::Object(_) => {}
        }
    }

    fn has_defaults(&self) -> bool {
        match self {
            Self::Any | Self::String | Self::Number | Self::Bool => false,
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) => inner.has_defaults(),
            Self::Tuple(all) => all.iter().any(Constraint::has_defaults),
            Self::Object(all) => all.iter().any(|attribute| {
                attribute.default.is_some() || attribute.constraint.has_defaults()
            }),
        }
    }

    /// Null attributes take their default; a null or unknown whole stays as it is.
    fn fill(&self, value: &Value) -> Value {
        let data = match (self, &value.data) {
            (
                Self::List(inner) | Self::Set(inner),
                Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all),
            ) => Data::Tuple(all.iter().map(|element| inner.fill(element)).collect()),
            (Self::Tuple(inner), Data::Tuple(all)) if inner.len() == all.len() => Data::Tuple(
                inner
                    .iter()
                    .zip(all.iter())
                    .map(|(c, v)| c.fill(v))
                    .collect(),
            ),
            (Self::Map(inner), Data::Map(_, all) | Data::Object(all)) => {
                let filled: Entries = all
                    .iter()
                    .map(|(key, element)| (Arc::clone(key), inner.fill(element)))
                    .collect();
                Data::Object(Arc::new(filled))
            }
            (Self::Object(attributes), Data::Map(_, all) | Data::Object(all)) => {
                let mut filled: Entries = Vec::with_capacity(all.len());
                for (key, element) in all.iter() {
                    let known = attributes.binary_search_by(|a| a.name.cmp(key));
                    let filled_in = match known.ok().and_then(|at| attributes.get(at)) {
                        Some(attribute) => attribute.fill(element),
                        None => element.clone(),
                    };
                    filled.push((Arc::clone(key), filled_in));
                }
                for attribute in attributes {
                    if let Some(default) = &attribute.default
                        && all
                            .binary_search_by(|(key, _)| key.cmp(&attribute.name))
                            .is_err()
                    {
                        let value = attribute.constraint.fill(default);
                        filled.push((Arc::clone(&attribute.name), value));
                    }
                }
                Data::Object(Arc::new(super::sort_entries(filled)))
            }
            _ => return value.clone(),
        };
        Value {
            data,
            marks: value.marks,
            origin: value.origin.clone(),
        }
    }
}

impl ConstraintAttribute {
    fn fill(&self, value: &Value) -> Value {
        match &self.default {
            Some(default) if value.is_null() => self.constraint.fill(default),
            _ => self.constraint.fill(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn optional(name: &str, constraint: Constraint, default: Option<Value>) -> ConstraintAttribute {
        ConstraintAttribute {
            name: name.into(),
            constraint,
            optional: true,
            default,
        }
    }

    #[test]
    fn defaults_fill_what_is_absent_or_null() {
        let nested = Constraint::object(vec![optional(
            "x",
            Constraint::String,
            Some(Value::string("dx")),
        )]);
        let constraint = Constraint::List(Box::new(Constraint::object(vec![
            ConstraintAttribute {
                name: "port".into(),
                constraint: Constraint::Number,
                optional: false,
                default: None,
            },
            optional("proto", Constraint::String, Some(Value::string("tcp"))),
            optional("nested", nested, Some(Value::object([]))),
            optional("extra", Constraint::Bool, None),
        ])));
        let rule = |entries: &[(&str, Value)]| {
            Value::object(entries.iter().map(|(k, v)| ((*k).into(), v.clone())))
        };
        let value = Value::tuple(vec![
            rule(&[("port", Value::string("443")), ("dropped", Value::int(1))]),
            rule(&[("port", Value::int(22)), ("proto", Value::null())]),
        ]);
        let applied = constraint.apply(&value).expect("it converts");
        let first = applied
            .elements()
            .and_then(<[_]>::first)
            .expect("an element");
        let text = |value: &Value, key: &str| {
            value
                .entry(key)
                .and_then(|v| v.as_text().map(|t| t.into_owned()))
        };
        assert_eq!(text(first, "port").as_deref(), Some("443"));
        assert!(matches!(
            first.entry("port").map(|v| &v.data),
            Some(Data::Number(_))
        ));
        assert_eq!(text(first, "proto").as_deref(), Some("tcp"));
        assert!(first.entry("extra").is_some_and(Value::is_null));
        assert!(first.entry("dropped").is_none());
        let second = applied
            .elements()
            .and_then(|all| all.get(1))
            .expect("an element");
        assert_eq!(text(second, "proto").as_deref(), Some("tcp"));
        let nested = second.entry("nested").expect("filled");
        assert_eq!(text(nested, "x").as_deref(), Some("dx"));
        assert!(constraint.apply(&Value::tuple(vec![rule(&[])])).is_err());
        // `proto`, `nested` with its `x`, and `extra`; the second element has a `proto`.
        assert_eq!(constraint.added(&value, 100), 4 + 3);
        assert!(constraint.added(&value, 2) < 7);
    }
}
