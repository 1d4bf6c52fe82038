//! The type of a value, and types in words.

use std::sync::Arc;

use super::{Data, ObjectAttribute, Type, Value};

impl Type {
    /// `list(element)`
    pub fn list(element: Type) -> Self {
        Self::List(Arc::new(element))
    }

    /// `set(element)`
    pub fn set(element: Type) -> Self {
        Self::Set(Arc::new(element))
    }

    /// `map(element)`
    pub fn map(element: Type) -> Self {
        Self::Map(Arc::new(element))
    }

    /// `object({...})` without optional attributes; sorts.
    pub fn object(attributes: impl IntoIterator<Item = (Arc<str>, Type)>) -> Self {
        let mut all: Vec<ObjectAttribute> = attributes
            .into_iter()
            .map(|(name, ty)| ObjectAttribute {
                name,
                ty,
                optional: false,
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Self::Object(all.into())
    }

    /// The type of the elements of a list, set or map.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Some(element),
            _ => None,
        }
    }

    /// String, number or bool.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::String | Self::Number | Self::Bool)
    }

    /// True when any part of it is not known.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::String | Self::Number | Self::Bool => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(all) => all.iter().any(Type::has_dynamic),
            Self::Object(all) => all.iter().any(|attribute| attribute.ty.has_dynamic()),
        }
    }

    /// The same type, optional attributes made ordinary ones: the type of the values of a constraint.
    #[must_use]
    pub fn without_optional(&self) -> Type {
        match self {
            Self::List(element) => Self::list(element.without_optional()),
            Self::Set(element) => Self::set(element.without_optional()),
            Self::Map(element) => Self::map(element.without_optional()),
            Self::Tuple(all) => Self::Tuple(all.iter().map(Type::without_optional).collect()),
            Self::Object(all) => Self::Object(
                all.iter()
                    .map(|attribute| ObjectAttribute {
                        name: Arc::clone(&attribute.name),
                        ty: attribute.ty.without_optional(),
                        optional: false,
                    })
                    .collect(),
            ),
            primitive => primitive.clone(),
        }
    }

    /// Terraform's JSON notation: `"string"`, `["list","number"]`, `["object",{"a":"bool"}]`.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::Dynamic => json!("dynamic"),
            Self::String => json!("string"),
            Self::Number => json!("number"),
            Self::Bool => json!("bool"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(all) => {
                json!(["tuple", all.iter().map(Type::to_json).collect::<Vec<_>>()])
            }
            Self::Object(all) => {
                let attributes: serde_json::Map<_, _> = all
                    .iter()
                    .map(|attribute| (attribute.name.to_string(), attribute.ty.to_json()))
                    .collect();
                json!(["object", attributes])
            }
        }
    }
}

/// As Terraform names types in messages.
impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dynamic => f.write_str("any type"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(element) => write!(f, "list of {element}"),
            Self::Set(element) => write!(f, "set of {element}"),
            Self::Map(element) => write!(f, "map of {element}"),
            Self::Tuple(_) => f.write_str("tuple"),
            Self::Object(_) => f.write_str("object"),
        }
    }
}

impl Value {
    /// Its type. Costs a walk for tuples and objects only.
    pub fn ty(&self) -> Type {
        match &self.data {
            Data::Null(ty) => ty.clone(),
            Data::Bool(_) => Type::Bool,
            Data::Number(_) => Type::Number,
            Data::String(_) => Type::String,
            Data::List(element, _) => Type::list(element.clone()),
            Data::Set(element, _) => Type::set(element.clone()),
            Data::Map(element, _) => Type::map(element.clone()),
            Data::Tuple(all) => Type::Tuple(all.iter().map(Value::ty).collect()),
            Data::Object(all) => Type::Object(
                all.iter()
                    .map(|(name, value)| ObjectAttribute {
                        name: Arc::clone(name),
                        ty: value.ty(),
                        optional: false,
                    })
                    .collect(),
            ),
            Data::Unknown(unknown) => unknown.ty.clone(),
        }
    }

    /// The outside of its type: a tuple, object or collection says nothing of its parts. Costs no walk.
    pub fn outer_ty(&self) -> Type {
        match &self.data {
            Data::List(..) => Type::list(Type::Dynamic),
            Data::Set(..) => Type::set(Type::Dynamic),
            Data::Map(..) => Type::map(Type::Dynamic),
            Data::Tuple(_) => Type::Tuple([].into()),
            Data::Object(_) => Type::Object([].into()),
            _ => self.ty(),
        }
    }

    /// A number.
    pub fn number(number: super::Number) -> Self {
        Data::Number(number).into()
    }

    /// A null of a type.
    pub fn null_of(ty: Type) -> Self {
        Data::Null(ty).into()
    }

    /// A list; the elements must be of the type.
    pub fn list(element: Type, elements: impl Into<Arc<[Value]>>) -> Self {
        Data::List(element, elements.into()).into()
    }

    /// A set: sorts and drops duplicates; the elements must be of the type. It takes the marks of its elements.
    pub fn set(element: Type, elements: Vec<Value>) -> Self {
        let elements = super::equal::as_set(elements);
        let set = Self::from(Data::Set(element, elements.into()));
        let marks = set.deep_marks();
        set.unmarked().marked(marks)
    }

    /// A map: sorts, and the last of equal keys wins; the elements must be of the type.
    pub fn map(element: Type, entries: impl IntoIterator<Item = (Arc<str>, Value)>) -> Self {
        let entries = super::sort_entries(entries.into_iter().collect());
        Data::Map(element, Arc::new(entries)).into()
    }

    /// The same content and marks without an origin of its own.
    #[must_use]
    pub fn without_origin(mut self) -> Self {
        self.origin = super::Origin::default();
        self
    }

    /// The marks of the value and of everything in it.
    pub fn deep_marks(&self) -> super::Marks {
        let mut marks = self.marks;
        for element in self.elements().unwrap_or_default() {
            marks = marks.with(element.deep_marks());
        }
        for (_, element) in self.entries().unwrap_or_default() {
            marks = marks.with(element.deep_marks());
        }
        marks
    }

    /// Without marks at any depth. Does not copy what carries none.
    #[must_use]
    pub fn unmarked(&self) -> Self {
        if self.deep_marks() == super::Marks::NONE {
            return self.clone();
        }
        let data = match &self.data {
            Data::List(ty, all) => Data::List(ty.clone(), unmark_all(all)),
            Data::Set(ty, all) => Data::Set(ty.clone(), unmark_all(all)),
            Data::Tuple(all) => Data::Tuple(unmark_all(all)),
            Data::Map(ty, all) => Data::Map(ty.clone(), unmark_entries(all)),
            Data::Object(all) => Data::Object(unmark_entries(all)),
            other => other.clone(),
        };
        Self {
            data,
            marks: super::Marks::NONE,
            origin: self.origin.clone(),
        }
    }

    /// The first unknown in it, itself included; none when it is wholly known.
    pub fn first_unknown(&self) -> Option<&super::Unknown> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => {
                all.iter().find_map(Value::first_unknown)
            }
            Data::Map(_, all) | Data::Object(all) => {
                all.iter().find_map(|(_, value)| value.first_unknown())
            }
            _ => None,
        }
    }
}

fn unmark_all(all: &[Value]) -> Arc<[Value]> {
    all.iter().map(Value::unmarked).collect()
}

fn unmark_entries(all: &super::Entries) -> Arc<super::Entries> {
    Arc::new(
        all.iter()
            .map(|(key, value)| (Arc::clone(key), value.unmarked()))
            .collect(),
    )
}
