//! What people read, in both languages side by side: a reviewer sees both at once, and the compiler sees that none is missing.
//!
//! There is no way to make a [`Text`] of one language by accident: [`Text::new`] and the macro `text!` take both, and
//! [`Text::same`] is for what has no language, such as a name or the words of another program.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text in both languages with what is named in it: ``text!("no file `{path}`", "pas de fichier `{path}`")``. What
/// follows them, both have to name. What follows a semicolon are texts themselves, each taken in its language:
/// `text!("no JSON: {why}", "pas du JSON : {why}"; why)`.
macro_rules! text {
    ($en:literal, $fr:literal $(, $given:expr)* ; $($name:ident),+ $(,)?) => {
        $crate::text::Text::new(
            {
                $(let $name = $crate::text::Lang::En.of(&$name);)+
                ::std::format!($en $(, $given)*)
            },
            {
                $(let $name = $crate::text::Lang::Fr.of(&$name);)+
                ::std::format!($fr $(, $given)*)
            },
        )
    };
    ($en:literal, $fr:literal $(, $given:expr)* $(,)?) => {
        $crate::text::Text::new(
            ::std::format!($en $(, $given)*),
            ::std::format!($fr $(, $given)*),
        )
    };
}
pub(crate) use text;

/// Language of messages and remedies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// The word in this language.
    pub(crate) fn pick(self, en: &'static str, fr: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    /// The text in this language; the English one where it is missing, as in policies of other people.
    pub fn of(self, text: &Text) -> &str {
        match self {
            Self::Fr if !text.fr.is_empty() => &text.fr,
            _ => &text.en,
        }
    }
}

/// What people read, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text {
    /// English.
    pub en: Phrase,
    /// French.
    pub fr: Phrase,
}

impl Text {
    /// A text in both languages.
    pub fn new(en: impl Into<Phrase>, fr: impl Into<Phrase>) -> Self {
        Self {
            en: en.into(),
            fr: fr.into(),
        }
    }

    /// A text made once for each language, from other texts.
    pub fn each(make: impl Fn(Lang) -> String) -> Self {
        Self::new(make(Lang::En), make(Lang::Fr))
    }

    /// What reads the same in both languages: a name, or the words of somebody else.
    pub fn same(text: impl Into<Phrase>) -> Self {
        let text = text.into();
        Self {
            en: text.clone(),
            fr: text,
        }
    }
}

/// Points at a name that is near.
pub fn did_you_mean(near: &str) -> Text {
    text!("did you mean `{near}`?", "vouliez-vous dire `{near}` ?")
}

/// Why a file could not be had: the words of the standard library, which has them in English only.
pub fn why_not(error: std::io::ErrorKind) -> Text {
    use std::io::ErrorKind as Kind;
    let french = match error {
        Kind::NotFound => "introuvable",
        Kind::PermissionDenied => "permission refusée",
        Kind::AlreadyExists => "existe déjà",
        Kind::NotADirectory => "ce n’est pas un dossier",
        Kind::IsADirectory => "c’est un dossier",
        Kind::InvalidFilename => "nom de fichier non valide",
        Kind::ReadOnlyFilesystem => "système de fichiers en lecture seule",
        Kind::StorageFull => "plus de place sur le disque",
        Kind::TimedOut => "délai dépassé",
        Kind::Interrupted => "opération interrompue",
        _ => "",
    };
    Text::new(error.to_string(), french)
}

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
