//! From what policies answered to what a run says: findings with a place and a name, waivers, coverage, exit status.
//!
//! A policy names *resource + attribute path + evidence*; only this layer finds the bytes.

mod attestations;
pub mod baseline;
mod coverage;
mod exit;
mod finding;
mod fingerprint;
mod frameworks;
mod ignores;
mod locate;
mod own;
mod packages;
mod requirements;
mod scope;
mod served;
mod settle;
mod waivers;

pub use attestations::attestation_problems;
pub use baseline::BaselineUse;
pub use coverage::{
    Coverage, FactCount, FileCount, LevelCount, MissingModule, ResourceCount, RuleCount,
};
pub use exit::{Bar, ExitStatus, decide};
pub use finding::{AcceptedBy, Finding, Outcome, Pointed, Related, Waived};
pub use fingerprint::Identity;
pub use frameworks::{Chosen, choose, left_out, limit};
pub use ignores::{Asked, Foreign, IgnoreCount, Ignores};
pub use locate::{Located, locate, narrow};
pub use own::{OWN_POLICY, OWN_RULES, OwnRule};
pub use packages::{PackageCount, ReleaseCount};
pub use requirements::{
    AttestedBy, Counts, FrameworkStanding, Hearing, RequirementStanding, Requirements, Sight,
    Standing, requirements,
};
pub use scope::{Before, Changed, Narrowed, Scope, ScopeKind, bears_on_everything, narrow_to};
pub use settle::{Accepted, Ground, settle};

/// What the tests of this layer and of the reports share.
#[cfg(test)]
pub(crate) mod testing {
    use std::sync::Arc;

    use super::{Finding, Outcome, Pointed};

    use crate::config::words::{Level, Severity};
    use crate::facts::Text;
    use crate::graph::{Resource, ResourceId, World};
    use crate::source::{Place, Sources, Span};
    use crate::value::Value;

    /// The first occurrence of `part` in `text`.
    pub(crate) fn span_of(text: &str, part: &str) -> Span {
        let start = text.find(part).expect("the part is in the text") as u32;
        Span::new(start, start + part.len() as u32)
    }

    /// A resource without attributes.
    pub(crate) fn resource(address: &str, kind: &str, header: Place) -> Resource {
        Resource {
            id: ResourceId(0),
            world: World::Terraform,
            address: Arc::from(address),
            kind: Arc::from(kind),
            name: Arc::from("x"),
            attributes: Value::object([]),
            header,
            block: header,
            root: None,
            written_as: None,
            path: Arc::from("main.tf"),
            module: Arc::from(""),
            calls: Arc::from([]),
            instance_key: None,
            provider: None,
            release: None,
            namespace: None,
            classes: Default::default(),
            object: None,
            catalogued: true,
            attribute_names: Arc::from([]),
            incomplete: false,
            prevent_destroy: false,
            replaced_with: Arc::default(),
        }
    }

    /// A violation at the start of the first source.
    pub(crate) fn finding(rule: &str, address: &str, severity: Severity) -> Finding {
        let sources = Sources::new();
        let source = sources.add("x", "x");
        Finding {
            rule: Arc::from(rule),
            title: Text::new("Title", "Titre"),
            outcome: Outcome::Violation,
            severity,
            level: Some(Level::Personal),
            on: None,
            address: Arc::from(address),
            root: None,
            kind: Arc::from("x"),
            message: Text::new("message", "message"),
            help: Text::new("help", "aide"),
            place: Place::new(source, Span::new(0, 1)),
            pointed: Pointed::Header,
            attribute: None,
            evidence: Vec::new(),
            related: Vec::new(),
            requirements: Vec::new(),
            fingerprint: "0000000000000000".into(),
            waived: None,
        }
    }
}
