//! The value model shared by HCL, YAML and JSON: known, null, or unknown with a reason; a sensitive mark; an origin.
//!
//! Clones are O(1). A value says where it was written and by which way it came ([`Origin`]), so that every verdict can
//! point at its evidence. *Unknown* and *null* never mix: null is "not set", unknown is "set, but not knowable here".

mod constraint;
mod convert;
mod equal;
mod float;
mod json;
mod number;
mod origin;
mod path;
mod range;
mod show;
mod types;
mod unify;

pub use constraint::{Constraint, ConstraintAttribute};
pub use convert::{ConvertError, can_convert, convert, normal_text};
pub use equal::{equal, identical};
pub use float::Decimal;
pub(crate) use json::write_string;
pub use number::{Number, NumberError};
pub use origin::{Origin, RouteStep, Step, Supply, Via};
pub use path::{Path, PathError, PathStep};
pub use range::{Held, Range};
pub use show::Shown;
pub use unify::unify;

use std::sync::Arc;

use crate::source::Place;
use crate::text::Text;

/// A Terraform type. YAML and JSON values use `String`, `Number`, `Bool`, `Tuple` and `Object`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Type {
    /// Not known yet, or anything (`any`).
    #[default]
    Dynamic,
    /// Text.
    String,
    /// Number.
    Number,
    /// Boolean.
    Bool,
    /// Ordered elements of one type.
    List(Arc<Type>),
    /// Unique elements of one type.
    Set(Arc<Type>),
    /// Elements of one type by key.
    Map(Arc<Type>),
    /// Elements of a type each.
    Tuple(Arc<[Type]>),
    /// Attributes of a type each, sorted by name.
    Object(Arc<[ObjectAttribute]>),
}

/// An attribute of an object type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectAttribute {
    /// Name.
    pub name: Arc<str>,
    /// Type.
    pub ty: Type,
    /// May be left out (`optional(...)`, only in type constraints).
    pub optional: bool,
}

/// Why a value is unknown; said to people word for word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Because {
    /// An attribute that the provider computes at apply: `aws_kms_key.a` + `arn`.
    Reference {
        /// Address of the resource instance (or of the resource, when the instance is not known).
        address: Arc<str>,
        /// Attribute path below it; empty: the whole resource.
        path: Arc<str>,
    },
    /// An input variable of the root without a value.
    Variable(Arc<str>),
    /// A module that is not at hand.
    Module(Arc<str>),
    /// A function that is only known at apply, or that is not evaluated here.
    Function(Arc<str>),
    /// Taken from the environment or a profile: named by what is missing.
    Environment(Arc<Text>),
    /// Evaluation failed here; a problem says how.
    Error,
    /// Above a limit of the scan.
    Limit,
    /// Marked sensitive: known, and withheld.
    Sensitive,
    /// Anything else, in words.
    Other(Arc<Text>),
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reference { address, path } if path.is_empty() => {
                write!(f, "{address} is known only after apply")
            }
            Self::Reference { address, path } => {
                write!(f, "{address}.{path} is known only after apply")
            }
            Self::Variable(name) => write!(f, "variable \"{name}\" has no value"),
            Self::Module(name) => write!(f, "module {name} is not at hand"),
            Self::Function(name) => write!(f, "{name}() is not evaluated"),
            Self::Environment(name) => write!(f, "{} comes from the environment", name.en),
            Self::Error => f.write_str("its expression could not be evaluated"),
            Self::Limit => f.write_str("it is above a limit of the scan"),
            Self::Sensitive => f.write_str("it is marked sensitive"),
            Self::Other(text) => f.write_str(&text.en),
        }
    }
}

impl Because {
    /// The reason in French; in English it displays.
    pub fn french(&self) -> String {
        match self {
            Self::Reference { address, path } if path.is_empty() => {
                format!("{address} n’est connu qu’après l’application")
            }
            Self::Reference { address, path } => {
                format!("{address}.{path} n’est connu qu’après l’application")
            }
            Self::Variable(name) => format!("la variable « {name} » n’a pas de valeur"),
            Self::Module(name) => format!("le module {name} n’est pas disponible"),
            Self::Function(name) => format!("{name}() n’est pas évaluée"),
            Self::Environment(name) => format!("{} vient de l’environnement", name.fr),
            Self::Error => "son expression n’a pas pu être évaluée".to_owned(),
            Self::Limit => "elle dépasse une limite de l’analyse".to_owned(),
            Self::Sensitive => "elle est marquée sensible".to_owned(),
            Self::Other(text) => text.fr.to_string(),
        }
    }
}

/// A value that is set but not knowable here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unknown {
    /// What is known of its type.
    pub ty: Type,
    /// Why.
    pub because: Because,
    /// What is known of it all the same.
    pub range: Range,
}

/// Keys and values, sorted by key, without duplicates.
pub type Entries = Vec<(Arc<str>, Value)>;

/// Up to so many entries one after the other are sooner looked at than searched.
const FEW: usize = 16;

/// What a value is.
#[derive(Debug, Clone)]
pub enum Data {
    /// Not set.
    Null(Type),
    /// Boolean.
    Bool(bool),
    /// Number.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// Ordered elements of one type.
    List(Type, Arc<[Value]>),
    /// Unique elements, in the order that Terraform iterates them.
    Set(Type, Arc<[Value]>),
    /// Elements of one type, sorted by key.
    Map(Type, Arc<Entries>),
    /// Elements of a type each. YAML and JSON sequences, and repeated blocks.
    Tuple(Arc<[Value]>),
    /// Attributes of a type each, sorted by name. YAML and JSON mappings, and blocks.
    Object(Arc<Entries>),
    /// Set, but not knowable here.
    Unknown(Arc<Unknown>),
}

/// Marks that stick to a value through every operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marks(u8);

impl Marks {
    /// No mark.
    pub const NONE: Marks = Marks(0);
    /// Never printed.
    pub const SENSITIVE: Marks = Marks(1);
    /// Never stored.
    pub const EPHEMERAL: Marks = Marks(2);

    /// Both sets.
    #[must_use]
    pub const fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    /// The first set without the second.
    #[must_use]
    pub const fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }

    /// True when every mark of `other` is set.
    pub const fn has(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A value with its marks and its origin.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Sensitive, ephemeral.
    pub marks: Marks,
    /// Where it was written, and how it came here.
    pub origin: Origin,
}

impl From<Data> for Value {
    fn from(data: Data) -> Self {
        Self {
            data,
            marks: Marks::NONE,
            origin: Origin::default(),
        }
    }
}

impl Value {
    /// A null of unknown type.
    pub fn null() -> Self {
        Data::Null(Type::Dynamic).into()
    }

    /// A boolean.
    pub fn bool(value: bool) -> Self {
        Data::Bool(value).into()
    }

    /// A text.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Data::String(text.into()).into()
    }

    /// A whole number.
    pub fn int(value: i64) -> Self {
        Data::Number(Number::from(value)).into()
    }

    /// A sequence whose elements may differ in type.
    pub fn tuple(elements: impl Into<Arc<[Value]>>) -> Self {
        Data::Tuple(elements.into()).into()
    }

    /// An object; sorts, and the last of equal keys wins.
    pub fn object(entries: impl IntoIterator<Item = (Arc<str>, Value)>) -> Self {
        Data::Object(Arc::new(sort_entries(entries.into_iter().collect()))).into()
    }

    /// An unknown of any type.
    pub fn unknown(because: Because) -> Self {
        Self::unknown_of(Type::Dynamic, because)
    }

    /// An unknown of a type.
    pub fn unknown_of(ty: Type, because: Because) -> Self {
        let range = Range::default();
        Data::Unknown(Arc::new(Unknown { ty, because, range })).into()
    }

    /// Sets where it was written.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.origin.place = Some(place);
        self
    }

    /// Sets where it was written and how it came.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Adds marks.
    #[must_use]
    pub fn marked(mut self, marks: Marks) -> Self {
        self.marks = self.marks.with(marks);
        self
    }

    /// True when its content must not be printed.
    pub fn is_sensitive(&self) -> bool {
        self.marks.has(Marks::SENSITIVE)
    }

    /// The same with everything sensitive made unknown; marks and origins stay. What facts and policies see.
    #[must_use]
    pub fn withheld(&self) -> Self {
        if !self.deep_marks().has(Marks::SENSITIVE) {
            return self.clone();
        }
        withhold(self).unwrap_or_else(|| self.clone())
    }

    /// True when not set.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null(_))
    }

    /// True when set but not knowable here (at the top; elements may still be unknown).
    pub fn is_unknown(&self) -> bool {
        matches!(self.data, Data::Unknown(_))
    }

    /// The reason when unknown.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.data {
            Data::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The text when it is a known string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean when it is one, or a string that Terraform reads as one.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Bool(value) => Some(*value),
            Data::String(text) if matches!(&**text, "true" | "1") => Some(true),
            Data::String(text) if matches!(&**text, "false" | "0") => Some(false),
            _ => None,
        }
    }

    /// The number when it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.data {
            Data::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Text of a known scalar as Terraform converts it to a string; none for everything else.
    pub fn as_text(&self) -> Option<std::borrow::Cow<'_, str>> {
        match &self.data {
            Data::String(text) => Some(text.as_ref().into()),
            Data::Bool(value) => Some(if *value {
                "true".into()
            } else {
                "false".into()
            }),
            Data::Number(number) => Some(number.to_string().into()),
            _ => None,
        }
    }

    /// The elements of a list, set or tuple.
    pub fn elements(&self) -> Option<&[Value]> {
        match &self.data {
            Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => Some(all),
            _ => None,
        }
    }

    /// The entries of a map or object.
    pub fn entries(&self) -> Option<&[(Arc<str>, Value)]> {
        match &self.data {
            Data::Map(_, all) | Data::Object(all) => Some(all),
            _ => None,
        }
    }

    /// The entry of a map or object under a key.
    pub fn entry(&self, key: &str) -> Option<&Value> {
        let entries = self.entries()?;
        // Most keys differ in their length, which is told without looking at their texts.
        let at = if entries.len() <= FEW {
            entries.iter().position(|(name, _)| **name == *key)?
        } else {
            entries
                .binary_search_by(|(name, _)| (**name).cmp(key))
                .ok()?
        };
        entries.get(at).map(|(_, value)| value)
    }

    /// The first value at a path, looking through one-element wrapping as blocks need it: a key step on a sequence
    /// goes into its first element that has it. None: not set anywhere on the way. An unknown on the way is returned.
    pub fn get(&self, path: &Path) -> Option<&Value> {
        path.first(self)
    }

    /// Every value at a path: a key step on a sequence goes into each of its elements.
    pub fn get_all<'a>(&'a self, path: &Path) -> Vec<&'a Value> {
        path.all(self)
    }
}

/// None: there is nothing to hide.
fn withhold(value: &Value) -> Option<Value> {
    if value.is_sensitive() && !value.is_null() && !value.is_unknown() {
        let because = Because::Sensitive;
        return Some(Value {
            data: Data::Unknown(Arc::new(Unknown {
                ty: value.ty(),
                because,
                range: Range::set(),
            })),
            marks: value.marks,
            origin: value.origin.clone(),
        });
    }
    let elements = |all: &[Value]| {
        let hidden: Vec<Option<Value>> = all.iter().map(withhold).collect();
        hidden.iter().any(Option::is_some).then(|| {
            let all = all.iter().zip(hidden);
            all.map(|(value, hidden)| hidden.unwrap_or_else(|| value.clone()))
                .collect::<Arc<[Value]>>()
        })
    };
    let entries = |all: &Entries| {
        let hidden: Vec<Option<Value>> = all.iter().map(|(_, value)| withhold(value)).collect();
        hidden.iter().any(Option::is_some).then(|| {
            let all = all.iter().zip(hidden);
            let all = all.map(|((key, value), hidden)| {
                (Arc::clone(key), hidden.unwrap_or_else(|| value.clone()))
            });
            Arc::new(all.collect::<Entries>())
        })
    };
    let data = match &value.data {
        // Elements may now be unknown, so they need not be of one type any more.
        Data::List(_, all) | Data::Set(_, all) | Data::Tuple(all) => Data::Tuple(elements(all)?),
        Data::Map(_, all) | Data::Object(all) => Data::Object(entries(all)?),
        _ => return None,
    };
    Some(Value {
        data,
        marks: value.marks,
        origin: value.origin.clone(),
    })
}

fn sort_entries(mut entries: Entries) -> Entries {
    // Most are written in their order, or made of what is sorted.
    if entries.is_sorted_by(|a, b| a.0 < b.0) {
        return entries;
    }
    // Stable, so that of equal keys the last one written stays last, and wins.
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.reverse();
    entries.dedup_by(|later, earlier| later.0 == earlier.0);
    entries.reverse();
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_wins() {
        let value = Value::object([
            ("a".into(), Value::int(1)),
            ("b".into(), Value::int(2)),
            ("a".into(), Value::int(3)),
        ]);
        assert_eq!(value.entries().map(<[_]>::len), Some(2));
        assert_eq!(
            value.entry("a").and_then(|v| v.as_text()).as_deref(),
            Some("3")
        );
    }

    #[test]
    fn null_and_unknown_never_mix() {
        assert!(!Value::null().is_unknown());
        assert!(!Value::unknown(Because::Error).is_null());
    }
}
