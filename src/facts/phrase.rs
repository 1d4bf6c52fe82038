//! Texts of facts: most are written in the program, the others are shared by the many resources they speak of.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text that costs nothing to copy.
#[derive(Clone)]
pub enum Phrase {
    /// Written in the program.
    Fixed(&'static str),
    /// Made at run time.
    Made(Arc<str>),
}

impl Deref for Phrase {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl Default for Phrase {
    fn default() -> Self {
        Self::Fixed("")
    }
}

impl From<&'static str> for Phrase {
    fn from(text: &'static str) -> Self {
        Self::Fixed(text)
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self::Made(text.into())
    }
}

// By content, however it is kept.

impl PartialEq for Phrase {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Phrase {}

impl PartialOrd for Phrase {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Phrase {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Phrase {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_its_content() {
        let (fixed, made) = (Phrase::from("a"), Phrase::from("a".to_owned()));
        assert_eq!(fixed, made);
        let hash = |phrase: &Phrase| {
            let mut hasher = std::hash::DefaultHasher::new();
            phrase.hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(&fixed), hash(&made));
    }
}
