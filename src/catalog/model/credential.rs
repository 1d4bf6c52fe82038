//! What a type says about static credentials: keys, passwords and tokens that are good by themselves, and what ends them.

use serde::{Deserialize, Serialize};

use crate::config::words::words;

words! {
    /// How an end, or a period, is written.
    Measure, "measure" {
        /// A day, or a moment (`2026-11-30T00:00:00Z`).
        Date = "date",
        /// A number of seconds.
        Seconds = "seconds",
        /// A number of minutes.
        Minutes = "minutes",
        /// A number of hours.
        Hours = "hours",
        /// A number of days.
        Days = "days",
        /// A number of months.
        Months = "months",
        /// A number of years.
        Years = "years",
        /// A number with its unit (`720h`); without one, seconds.
        Duration = "duration",
        /// A switch: yes means that it ends.
        Flag = "flag",
    }
}

words! {
    /// What becomes of a credential of which nothing says when it ends.
    CredentialDefault, "default of a credential" {
        /// It is good until somebody takes it away.
        Unlimited = "unlimited",
        /// The service, or its own nature, ends it.
        Limited = "limited",
        /// The documentation does not say.
        Unknown = "unknown",
    }
}

/// A static credential: a key, a password, a token that is good by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// It is one only when all of these hold; none: always.
    #[serde(default)]
    pub when: Vec<CredentialCondition>,
    /// When one of these holds it is switched off: good for nothing.
    #[serde(default)]
    pub off: Vec<CredentialCondition>,
    /// Attributes that end it; the first that is written decides.
    #[serde(default)]
    pub ends: Vec<CredentialEnd>,
    /// Attribute with the day from which it is good.
    #[serde(default)]
    pub start_path: Option<String>,
    /// Attributes that keep it alive for ever where they are written, and nothing ends it.
    #[serde(default)]
    pub endless_paths: Vec<String>,
    /// Attributes whose change makes it anew: with a clock behind them (`clocks` of `terraform.toml`) it rotates.
    #[serde(default)]
    pub rotation_paths: Vec<String>,
    /// What becomes of it when nothing is written.
    #[serde(default = "unlimited")]
    pub default: CredentialDefault,
    /// Days after which it then ends; absent: not stated.
    #[serde(default)]
    pub default_days: Option<u32>,
    /// Settings of the account that end what says nothing itself.
    #[serde(default)]
    pub limits: Vec<CredentialLimit>,
    /// Page or file of the provider's documentation, where it is not that of the type.
    #[serde(default)]
    pub source: String,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

fn unlimited() -> CredentialDefault {
    CredentialDefault::Unlimited
}

/// An attribute that has one of some values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialCondition {
    /// The attribute.
    pub path: String,
    /// The values, whatever their case.
    pub values: Vec<String>,
}

/// An attribute that ends something, or that says how long a period is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialEnd {
    /// The attribute.
    pub path: String,
    /// How it is written.
    pub is: Measure,
    /// Values that mean "never" (`*` at the end).
    #[serde(default)]
    pub never: Vec<String>,
    /// The provider fills it in when nobody writes it: that a plan does not know it proves nothing.
    #[serde(default)]
    pub computed: bool,
}

/// A setting of the account that ends credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialLimit {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its attribute.
    pub path: String,
    /// How it is written.
    pub is: Measure,
    /// Values that mean "never" (`*` at the end).
    #[serde(default)]
    pub never: Vec<String>,
    /// It is such a setting only when all of these hold; values with a `*` in front are ends.
    #[serde(default)]
    pub when: Vec<CredentialCondition>,
}

/// A type whose resources change as time goes by: what depends on them is made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Attributes with its period; the first that is written counts.
    pub periods: Vec<CredentialEnd>,
}
