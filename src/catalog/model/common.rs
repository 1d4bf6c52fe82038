//! Words that several kinds of facts share: dates, answers, certainty, levels, classes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::config::date::{Date, NotADate};
use crate::config::words::words;
pub use crate::config::words::{Actor, Level, Severity};

words! {
    /// Where a set of countries stands. Ordered from the narrowest to the widest.
    Area, "area" {
        /// Member States of the European Union.
        Eu = "eu",
        /// Iceland, Liechtenstein, Norway and nothing further out.
        Eea = "eea",
        /// A country with an adequacy decision in force.
        Adequate = "adequate",
        /// Any other country.
        Third = "third",
        /// No fixed place, or one that is not known.
        Worldwide = "worldwide",
    }
}

words! {
    /// A question that may have no established answer.
    Answer, "answer" {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Not established; never read as no.
        Unknown = "unknown",
    }
}

words! {
    /// How far code alone establishes something.
    Certainty, "certainty" {
        /// Code alone identifies it.
        Certain = "certain",
        /// Code points to it, a person should confirm.
        Probable = "probable",
        /// Code cannot tell: only an attestation can.
        Attest = "attest",
    }
}

words! {
    /// How sure the catalogue's authors are.
    Confidence, "confidence" {
        /// A primary source, or two independent ones.
        High = "high",
        /// One source, or inferred from one.
        Medium = "medium",
        /// Practice knowledge or one weak hint.
        Low = "low",
    }
}

words! {
    /// What kind of source a fact rests on.
    Evidence, "evidence" {
        /// Taken by script from data the vendor publishes.
        Machine = "machine",
        /// Identifier from vendor code or docs; the rest from its name or general knowledge.
        MachineId = "machine-id",
        /// Read in vendor or regulator documentation.
        VendorDoc = "vendor-doc",
        /// Read in public code or pages of third parties.
        ThirdParty = "third-party",
        /// Concluded from a code, a prefix or a domain.
        Inferred = "inferred",
        /// General knowledge: verify before relying on it.
        Unsourced = "unsourced",
        /// Resolved step by step in a published schema.
        Schema = "schema",
        /// Read in the project's documentation.
        Docs = "docs",
    }
}

words! {
    /// How a service is delivered.
    ServiceModel, "service model" {
        /// Infrastructure.
        Iaas = "IaaS",
        /// Containers.
        Caas = "CaaS",
        /// Platform.
        Paas = "PaaS",
        /// Software.
        Saas = "SaaS",
    }
}

words! {
    /// What a resource is, seen by rules that know no provider. The order is that of the flags in `wit/policy.wit`.
    Class, "class" {
        /// Keeps data.
        HoldsData = "holds-data",
        /// Machines, clusters, node pools.
        Compute = "compute",
        /// What runs on them: pods, functions, container services.
        Workload = "workload",
        /// Users, groups, sign-in and its policies.
        Identity = "identity",
        /// An encryption key, or a handle on one.
        Key = "key",
        /// What holds keys.
        KeyStore = "key-store",
        /// Backups, their plans and vaults.
        Backup = "backup",
        /// Networks and their parts.
        Network = "network",
        /// Where data meets the outside: load balancers, gateways, CDN, front doors.
        Edge = "edge",
        /// Container image registries.
        Registry = "registry",
        /// Secret stores and secrets.
        Secrets = "secrets",
        /// Logs, metrics, traces.
        Logs = "logs",
        /// Where Terraform keeps its state.
        StateBackend = "state-backend",
        /// A service of another company than the host.
        ThirdParty = "third-party",
        /// Settings only: it keeps and carries nothing.
        Configuration = "configuration",
    }
}

/// A set of [`Class`]es. In TOML a list of words; the bits are those of the flags in `wit/policy.wit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct ClassSet(u32);

impl ClassSet {
    /// No class.
    pub const EMPTY: Self = Self(0);

    /// The set of these classes.
    pub fn of(classes: &[Class]) -> Self {
        classes
            .iter()
            .fold(Self::EMPTY, |set, class| set.with(*class))
    }

    /// What holds, processes or carries data: the question how sensitive it is arises there. Networks, identities and
    /// settings answer to no rule about data.
    pub fn of_data() -> Self {
        Self::of(&[
            Class::HoldsData,
            Class::Compute,
            Class::Workload,
            Class::Edge,
            Class::Registry,
            Class::Secrets,
            Class::Logs,
            Class::Backup,
            Class::StateBackend,
        ])
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, class: Class) -> Self {
        Self(self.0 | 1 << class as u32)
    }

    /// This set and one less.
    #[must_use]
    pub const fn without(self, class: Class) -> Self {
        Self(self.0 & !(1 << class as u32))
    }

    /// The classes of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Is the class in the set?
    pub const fn contains(self, class: Class) -> bool {
        self.0 & 1 << class as u32 != 0
    }

    /// Do the sets share a class?
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Is the set empty?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit a class, the first in the lowest.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The classes, in order.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL
            .iter()
            .copied()
            .filter(move |class| self.contains(*class))
    }
}

impl fmt::Display for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, class) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            f.write_str(class.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ClassSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.collect_seq(self.iter())
        } else {
            self.0.serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for ClassSet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            Ok(Self::of(&Vec::<Class>::deserialize(from)?))
        } else {
            Ok(Self(u32::deserialize(from)?))
        }
    }
}

/// `catalog/sources.toml`: where the facts of the registry were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Its sources.
    pub source: Vec<Source>,
}

/// Where a fact was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id that facts cite.
    pub id: String,
    /// What it is, well enough to find it again.
    pub reference: String,
    /// `primary`, `secondary` or `assumption`.
    pub kind: String,
    /// What it says for us.
    #[serde(default)]
    pub note: String,
}
