//! The closed vocabularies that the configuration, the catalogue and every output share.

use crate::text::{Text, text};

/// A word that is none of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}; use one of {}", allowed.join(", "))]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// What it should have been: `level`, `actor` ...
    pub what: &'static str,
    /// Every allowed word.
    pub allowed: &'static [&'static str],
}

impl UnknownWord {
    /// What is wrong, in both languages.
    pub fn text(&self) -> Text {
        let (word, allowed) = (&self.word, self.allowed.join(", "));
        text!(
            "{self}",
            "`{word}` n’est pas un mot connu ; à choisir parmi {allowed}"
        )
    }
}

/// Defines an enum whose variants are words: one list for parsing, printing and serde.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident, $what:literal { $( $(#[$doc:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $( $(#[$doc])* #[serde(rename = $word)] $variant ),+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word used in files and outputs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::config::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::config::words::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::config::words::UnknownWord { word: word.to_owned(), what: $what, allowed: Self::WORDS }),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How sensitive data is, lowest first.
    Level, "level" {
        /// Published, or meant to be.
        Public = "public",
        /// Of the organisation, about nobody.
        Internal = "internal",
        /// Personal data (GDPR article 4).
        Personal = "personal",
        /// Health data (GDPR article 9; HDS).
        Health = "health",
        /// Data of particular sensitivity (SREN act, article 31).
        Particular = "particular",
        /// Protected by other rules (II 901, IGI 1300): out of scope, never judged.
        Beyond = "beyond",
    }
}

impl Level {
    /// What data of this level is called in French: an adjective, or what stands for one.
    pub const fn french(self) -> &'static str {
        match self {
            Self::Public => "publique",
            Self::Internal => "interne",
            Self::Personal => "personnelle",
            Self::Health => "de santé",
            Self::Particular => "d’une sensibilité particulière",
            Self::Beyond => "au-delà du périmètre",
        }
    }
}

words! {
    /// How grave a finding is, lowest first.
    Severity, "severity" {
        /// To know.
        Info = "info",
        /// To improve.
        Low = "low",
        /// To plan.
        Medium = "medium",
        /// To fix before it is deployed.
        High = "high",
        /// To stop for.
        Critical = "critical",
    }
}

impl Severity {
    /// One step lower; the lowest stays.
    #[must_use]
    pub const fn lower(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

words! {
    /// What the organisation is before the law; with the level it decides the regime.
    Actor, "actor" {
        /// An administration of the State.
        State = "state",
        /// An operator of the State.
        StateOperator = "state-operator",
        /// A public interest group.
        Gip = "gip",
        /// An operator of vital importance.
        Oiv = "oiv",
        /// An operator of essential services.
        Ose = "ose",
        /// A hospital or other body that hosts health data of its own.
        HealthBody = "health-body",
        /// A local authority.
        LocalAuthority = "local-authority",
        /// A private company or association.
        Private = "private",
    }
}

words! {
    /// Whose cloud it is: decides who the tenants are.
    Role, "role" {
        /// The organisation runs its own data in somebody's cloud.
        Customer = "customer",
        /// The organisation runs a service for clients.
        Operator = "operator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for level in Level::ALL {
            assert_eq!(level.as_str().parse(), Ok(*level));
        }
        for actor in Actor::ALL {
            assert_eq!(actor.as_str().parse(), Ok(*actor));
            assert_eq!(
                serde_json::to_value(actor).ok(),
                Some(serde_json::Value::from(actor.as_str()))
            );
        }
    }

    #[test]
    fn levels_and_severities_are_ordered() {
        assert!(Level::Public < Level::Internal && Level::Personal < Level::Health);
        assert!(Level::Health < Level::Particular && Level::Particular < Level::Beyond);
        assert!(Severity::Info < Severity::Low && Severity::High < Severity::Critical);
        assert_eq!(Severity::Info.lower(), Severity::Info);
    }

    #[test]
    fn a_wrong_word_names_the_right_ones() {
        let error = "sante".parse::<Level>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sante` is no level; use one of public, internal, personal, health, particular, beyond"
        );
    }
}
