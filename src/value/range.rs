//! What is known of an unknown value: that it is set, how a text starts, how large a number or a collection is.
//!
//! Terraform answers some questions about unknowns from this: `"arn:${x.id}" == null` is false whatever the id.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Data, Number, Type, Value};

/// Bounds on what an unknown value can turn out to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Range {
    /// It will not be null.
    pub is_set: bool,
    /// A text starts with this.
    pub prefix: Option<Arc<str>>,
    /// A number is at least this, or a collection has at least so many elements.
    pub least: Option<Number>,
    /// A number is at most this, or a collection has at most so many elements.
    pub most: Option<Number>,
    /// A map holds these texts, sorted by key, whatever else is in it: the known end of `merge(var.tags, { a = "b" })`.
    pub holds: Option<Held>,
    /// What is known of a text that is put together, in order: an unknown part is left out, or stands as
    /// `{"$unknown":true}` in what `jsonencode` made.
    pub parts: Option<Arc<str>>,
}

/// Texts by key.
pub type Held = Arc<[(Arc<str>, Arc<str>)]>;

/// Of what a map holds no more is kept than this.
const MAX_HELD: usize = 64;

/// Longer known starts of texts are cut.
const MAX_PREFIX: usize = 128;

/// The parts of longer documents are not kept.
const MAX_DOCUMENT: usize = 1 << 16;

/// Nor those of other texts that are longer than this.
const MAX_PARTS: usize = 1 << 10;

impl Range {
    /// Set, and nothing more.
    pub fn set() -> Self {
        Self {
            is_set: true,
            ..Self::default()
        }
    }

    /// A text that goes on after a known start.
    pub fn starting_with(text: &str) -> Self {
        let prefix = safe_prefix(text);
        Self {
            is_set: true,
            prefix: (!prefix.is_empty()).then(|| prefix.into()),
            ..Self::default()
        }
    }

    /// The same, with the parts of the text that are known, unless they are long.
    #[must_use]
    pub fn with_parts(self, text: &str) -> Self {
        let most = if text.trim_start().starts_with(['{', '[']) {
            MAX_DOCUMENT
        } else {
            MAX_PARTS
        };
        Self {
            parts: (!text.is_empty() && text.len() <= most).then(|| text.into()),
            ..self
        }
    }

    /// A map that holds at least these texts.
    pub fn holding(entries: impl IntoIterator<Item = (Arc<str>, Arc<str>)>) -> Self {
        let held: Held = entries.into_iter().take(MAX_HELD).collect();
        Self {
            holds: (!held.is_empty()).then_some(held),
            ..Self::default()
        }
    }

    /// Between two counts, both included.
    pub fn between(least: usize, most: usize) -> Self {
        Self {
            is_set: true,
            prefix: None,
            least: Some(counted(least)),
            most: Some(counted(most)),
            holds: None,
            parts: None,
        }
    }

    /// What a value can be: the value itself when it is known.
    pub fn of(value: &Value) -> Self {
        let (least, most) = match &value.data {
            Data::Null(_) => return Self::default(),
            Data::Unknown(unknown) => return unknown.range.clone(),
            Data::Number(number) => (number.clone(), number.clone()),
            Data::List(_, all) => (counted(all.len()), counted(all.len())),
            Data::Map(_, all) => (counted(all.len()), counted(all.len())),
            // Unknown elements may turn out equal to others.
            Data::Set(_, all) if all.len() == 1 || value.first_unknown().is_none() => {
                (counted(all.len()), counted(all.len()))
            }
            _ => return Self::set(),
        };
        Self {
            is_set: true,
            prefix: None,
            least: Some(least),
            most: Some(most),
            holds: None,
            parts: None,
        }
    }

    /// What one of two values can be, when it is not known which. Only numbers and collections of one type have bounds.
    pub fn either(a: &Value, b: &Value) -> Self {
        let (x, y) = (Self::of(a), Self::of(b));
        let is_set = x.is_set && y.is_set;
        let (ta, tb) = (a.ty(), b.ty());
        let has_bounds = ta == tb
            && matches!(
                ta,
                Type::Number | Type::List(_) | Type::Set(_) | Type::Map(_)
            );
        if !has_bounds {
            return Self {
                is_set,
                ..Self::default()
            };
        }
        Self {
            is_set,
            prefix: None,
            least: x.least.zip(y.least).map(|(a, b)| a.min(b)),
            most: x.most.zip(y.most).map(|(a, b)| a.max(b)),
            holds: None,
            parts: None,
        }
    }

    /// What stays known after a conversion.
    pub(super) fn converted(&self, from: &Type, to: &Type) -> Self {
        let bounded = |least: usize, most: usize| Self {
            is_set: self.is_set,
            ..Self::between(least, most)
        };
        match (from, to) {
            (Type::Tuple(all), Type::List(_)) => bounded(all.len(), all.len()),
            (Type::Tuple(all), Type::Set(_)) => bounded(all.len().min(1), all.len()),
            (Type::Object(all), Type::Map(_)) => bounded(all.len(), all.len()),
            (Type::List(_), Type::Set(_)) => Self {
                least: self.least.clone().map(|least| least.min(counted(1))),
                ..self.clone()
            },
            _ if std::mem::discriminant(from) == std::mem::discriminant(to) => self.clone(),
            (Type::Set(_), Type::List(_)) => self.clone(),
            _ => Self {
                is_set: self.is_set,
                ..Self::default()
            },
        }
    }

    fn is_one(&self) -> bool {
        let one = Some(counted(1));
        self.least == one && self.most == one
    }

    /// False when a known value lies outside.
    pub(super) fn may_be(&self, value: &Value) -> bool {
        match &value.data {
            Data::Null(_) => !self.is_set,
            Data::Unknown(_) => true,
            Data::String(text) => match &self.prefix {
                Some(prefix) => text.starts_with(&**prefix),
                None => true,
            },
            Data::Number(_) | Data::List(..) | Data::Set(..) | Data::Map(..) => {
                let other = Self::of(value);
                let above = |a: &Option<Number>, b: &Option<Number>| match (a, b) {
                    (Some(a), Some(b)) => a > b,
                    _ => false,
                };
                !above(&self.least, &other.most) && !above(&other.least, &self.most)
            }
            _ => true,
        }
    }
}

fn counted(count: usize) -> Number {
    Number::counted(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What stays as it is whatever follows: the last character may still change by a combining one behind it.
fn safe_prefix(text: &str) -> &str {
    let mut end = text.len().min(MAX_PREFIX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    // Marks that people put between the parts of a name combine with nothing.
    if text.ends_with(|c: char| c == ' ' || c.is_ascii_punctuation() && !"<=>`\"\\$%".contains(c)) {
        return text;
    }
    let last = text.grapheme_indices(true).next_back();
    last.and_then(|(at, _)| text.get(..at)).unwrap_or_default()
}

impl Value {
    /// The same, with more known of it when it is unknown.
    #[must_use]
    pub fn within(self, range: Range) -> Self {
        let Data::Unknown(unknown) = &self.data else {
            return self;
        };
        if let (Type::Number, true, Some(least), Some(most)) =
            (&unknown.ty, range.is_set, &range.least, &range.most)
            && least == most
        {
            return Self {
                data: Data::Number(least.clone()),
                ..self
            };
        }
        // A list whose length is known for sure is a list of so many unknowns.
        if let (Type::List(element), true, Some(least), Some(most)) =
            (&unknown.ty, range.is_set, &range.least, &range.most)
            && least == most
            && let Some(length) = least.as_i64().and_then(|n| usize::try_from(n).ok())
            && length <= MAX_ELEMENTS
        {
            let one = Self::unknown_of((**element).clone(), unknown.because.clone());
            let all = vec![one.with_origin(self.origin.clone()); length];
            return Self {
                data: Data::List((**element).clone(), all.into()),
                ..self
            };
        }
        let is_empty = range.is_set && range.most.as_ref().is_some_and(Number::is_zero);
        match &unknown.ty {
            Type::Map(element) if is_empty => {
                let data = Data::Map((**element).clone(), Arc::default());
                return Self { data, ..self };
            }
            Type::Set(element) if is_empty => {
                let data = Data::Set((**element).clone(), Arc::default());
                return Self { data, ..self };
            }
            // Of one element that is not known, it is known that there is one.
            Type::Set(element) if range.is_set && range.is_one() => {
                let one = Self::unknown_of((**element).clone(), unknown.because.clone());
                let all = vec![one.with_origin(self.origin.clone())];
                let data = Data::Set((**element).clone(), all.into());
                return Self { data, ..self };
            }
            _ => {}
        }
        let unknown = super::Unknown {
            ty: unknown.ty.clone(),
            because: unknown.because.clone(),
            range,
        };
        Self {
            data: Data::Unknown(Arc::new(unknown)),
            ..self
        }
    }

    /// The same, known to be no null when it is unknown.
    #[must_use]
    pub fn never_null(self) -> Self {
        match &self.data {
            Data::Unknown(unknown) if !unknown.range.is_set => {
                let range = Range {
                    is_set: true,
                    ..unknown.range.clone()
                };
                self.within(range)
            }
            _ => self,
        }
    }
}

/// Lists of unknowns are made up to this length.
const MAX_ELEMENTS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::super::Because;
    use super::*;

    #[test]
    fn starts_of_texts_are_cut_where_they_could_change() {
        for (text, safe) in [
            ("p-", "p-"),
            ("p", ""),
            ("pq1", "pq"),
            ("é", ""),
            ("é/", "é/"),
            ("p=", "p"),
            ("p\n", "p"),
            ("", ""),
        ] {
            assert_eq!(safe_prefix(text), safe, "{text:?}");
        }
        assert!(safe_prefix(&"é".repeat(100)).len() < MAX_PREFIX);
    }

    #[test]
    fn bounds_exclude() {
        let unknown = |range| Value::unknown_of(Type::Number, Because::Error).within(range);
        let range = Range::either(&Value::int(1), &Value::int(5));
        assert!(range.may_be(&Value::int(3)) && !range.may_be(&Value::int(6)));
        assert!(!range.may_be(&Value::null()));
        let open = Range::either(&unknown(Range::set()), &Value::int(5));
        assert!(open.is_set && open.may_be(&Value::int(6)));
        let text = Range::starting_with("arn:");
        assert!(!text.may_be(&Value::string("x")) && text.may_be(&Value::string("arn:x")));
    }

    #[test]
    fn a_known_length_makes_a_list() {
        let tuple = Type::Tuple(vec![Type::String, Type::Number].into());
        let value = Value::unknown_of(tuple, Because::Error).never_null();
        let list = super::super::convert(&value, &Type::list(Type::String)).expect("a list");
        assert_eq!(list.elements().map(<[_]>::len), Some(2));
    }
}
