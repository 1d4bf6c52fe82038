//! The tests of the catalogue on what stands at a path. Three answers: it holds, it does not, it cannot be told.

use crate::catalog::MfaTest;
use crate::value::Value;

/// A value, or what counts when none is written.
pub(super) enum Read<'a> {
    Written(&'a Value),
    Default(&'static str),
}

impl Read<'_> {
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Default(text) => vec![(*text).to_owned()],
            Self::Written(value) => {
                let all = value.elements().unwrap_or(std::slice::from_ref(*value));
                all.iter()
                    .filter_map(|value| value.as_text().map(|text| text.into_owned()))
                    .collect()
            }
        }
    }

    pub(super) fn unknown(&self) -> Option<&crate::value::Because> {
        let Self::Written(value) = self else {
            return None;
        };
        let all = value.elements().unwrap_or(std::slice::from_ref(*value));
        value
            .as_unknown()
            .or_else(|| all.iter().find_map(Value::as_unknown))
            .map(|unknown| &unknown.because)
    }

    /// Does this hold of the known parts of a text that is known in part?
    fn has_part(&self, has: &dyn Fn(&str) -> bool) -> bool {
        let Self::Written(value) = self else {
            return false;
        };
        let all = value.elements().unwrap_or(std::slice::from_ref(*value));
        let mut unknown = all.iter().filter_map(Value::as_unknown);
        unknown.any(|unknown| unknown.range.parts.as_deref().is_some_and(has))
    }

    fn is_list(&self) -> bool {
        matches!(self, Self::Written(value) if value.elements().is_some())
    }

    fn entries(&self) -> &[(std::sync::Arc<str>, Value)] {
        match self {
            Self::Written(value) => value.entries().unwrap_or_default(),
            Self::Default(_) => &[],
        }
    }
}

pub(super) fn is_one_of(text: &str, values: &[String]) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(text))
}

/// Does a test hold? None: it cannot be told. Without a value, only tests for what must not be hold.
pub(super) fn test(kind: MfaTest, wanted: &[String], values: &[Read<'_>]) -> Option<bool> {
    let unknown = values.iter().any(|value| value.unknown().is_some());
    let texts = || values.iter().flat_map(Read::texts);
    let pair = |value: &Read<'_>, pair: &String| {
        let Some((key, text)) = pair.split_once('=') else {
            return false;
        };
        value.entries().iter().any(|(k, v)| {
            **k == *key
                && v.as_text()
                    .is_some_and(|found| found.eq_ignore_ascii_case(text))
        })
    };
    let known = match kind {
        MfaTest::Equals | MfaTest::In => {
            let mut all = texts().peekable();
            all.peek().is_some() && all.all(|text| is_one_of(&text, wanted))
        }
        MfaTest::NotIn => {
            return if texts().any(|text| is_one_of(&text, wanted)) {
                Some(false)
            } else {
                (!unknown).then_some(true)
            };
        }
        MfaTest::ContainsAny => {
            let any = |value: &Read<'_>| value.texts().iter().any(|text| is_one_of(text, wanted));
            // Lists of several blocks must each contain one; scalars of several blocks together are a list.
            if values.iter().any(Read::is_list) {
                values.iter().all(any)
            } else {
                values.iter().any(any)
            }
        }
        // A value that is only known after apply is set.
        MfaTest::Present => {
            return Some(values.iter().any(|value| {
                value.unknown().is_some()
                    || !value.texts().is_empty()
                    || !value.entries().is_empty()
            }));
        }
        MfaTest::Absent => {
            return Some(values.iter().all(|value| {
                value.unknown().is_none() && value.texts().is_empty() && value.entries().is_empty()
            }));
        }
        MfaTest::TextContains => {
            let has = |text: &str| wanted.iter().any(|part| text.contains(part.as_str()));
            texts().any(|text| has(&text)) || values.iter().any(|value| value.has_part(&has))
        }
        MfaTest::MapEquals => values
            .iter()
            .any(|value| wanted.iter().all(|wanted| pair(value, wanted))),
        MfaTest::MapNotIn => {
            return if values
                .iter()
                .any(|value| wanted.iter().any(|wanted| pair(value, wanted)))
            {
                Some(false)
            } else {
                (!unknown).then_some(true)
            };
        }
        MfaTest::JsonCondition | MfaTest::PairEquals => return None,
    };
    if known || !unknown { Some(known) } else { None }
}
