//! Write policies for Gardefou.
//!
//! A policy is a WebAssembly component that holds a family of rules. A rule looks at one resource of a scan at a time,
//! through typed facts, and answers with a [`Judgement`]. Nothing can be forgotten: the SDK asks for every resource of
//! the rule's scope, and the rule has to answer.
//!
//! ```ignore
//! // src/lib.rs
//! mod outside_area;
//! gardefou_sdk::policy!("residency", [outside_area]);
//!
//! // src/outside_area.rs
//! pub(crate) const RULE: Rule = Rule::each(judge);
//! fn judge(_scan: &Scan, resource: &Resource<'_>) -> Judgement { .. }
//! ```
//!
//! Title, help, severity, scope and documentation of a rule stand beside it in `rules/outside-area/`: `rule.toml`,
//! `doc.en.md`, `doc.fr.md`. Rule logic is tested natively, with plain `cargo test`, on an [`Estate`](testing::Estate).

mod alike;
mod column;
mod judgement;
mod memory;
mod quote;
mod rule;
mod scan;
pub mod testing;
mod whole;

#[doc(hidden)]
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod bindings {
    wit_bindgen::generate!({
        world: "policy",
        path: "../../wit",
        pub_export_macro: true,
        default_bindings_module: "gardefou_sdk::bindings",
        additional_derives: [PartialEq],
    });
}

pub use bindings::gardefou::policy::graph::{Direction, Fact, Relation};
pub use bindings::gardefou::policy::settings::{Actor, Demand, Regime};
pub use bindings::gardefou::policy::types::{
    Answer3, Area, Audience, Basis, Beyond, Certainty, Class, ContradictedBy, Contradiction,
    CopyKind, Credential, CredentialFact, DataCopy, Dependency, Encryption, EncryptionFact,
    EvidenceId, Exposure, Flow, Gap, Hint, Hosting, HostingFact, KeyHolder, KeyOrigin, Label,
    LabelsFact, Level, LevelOrigin, Lifetime, Location, LocationFact, Mfa, MfaFact, MfaState,
    OptionKind, ResourceId, RuleOption, Scope, Sensitivity, Severity, Tenancy, Tenant, Text, Value,
    Visa,
};
pub use gardefou_sdk_macros::policy;
pub use judgement::{Judgement, Verdict, level_words, lower};
#[doc(hidden)]
pub use memory::Memory;
pub use quote::{listed, short};
pub use rule::{About, AboutOption, Finding, Judge, Judges, Rule, describe, evaluate};
pub use scan::{Name, Resource, Scan, Source};

/// A text in both languages, with the variables in scope: `text!("{name} is open", "{name} est ouvert")`.
#[macro_export]
macro_rules! text {
    ($en:literal, $fr:literal $(,)?) => {
        $crate::Text {
            en: format!($en),
            fr: format!($fr),
        }
    };
}
