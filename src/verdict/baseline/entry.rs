//! One known finding, as the file holds it.

use crate::config::words::{Level, Severity};
use crate::discover::in_repository;
use crate::facts::EvidenceAt;
use crate::source::Place;
use crate::verdict::fingerprint::address_inside;
use crate::verdict::{Finding, Ground, Outcome};

/// Entries of the catalogue that say what was judged: where something is, who runs it, which host it talks to. They are ids,
/// the same in every language.
const JUDGED: [&str; 3] = ["regions/", "offerings ", "endpoints "];

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name: rule, address, root, file and attribute, never lines.
    pub fingerprint: String,
    /// Rule id.
    pub rule: String,
    /// Undetermined, not a violation.
    pub undetermined: bool,
    /// How grave it was.
    pub severity: Severity,
    /// How sensitive the data was.
    pub level: Option<Level>,
    /// Address of the resource.
    pub address: String,
    /// Its file, inside the repository.
    pub path: String,
    /// Folder of its Terraform root, inside the repository; `.` for the top.
    pub root: Option<String>,
    /// Attribute that it names.
    pub attribute: Option<String>,
    /// Ids of the catalogue that prove it: regions, offerings, hosts. Sorted.
    pub judged: Vec<String>,
    /// Where it is written; none for one that is not yet.
    pub place: Option<Place>,
}

impl Entry {
    /// Of a finding.
    pub fn of(finding: &Finding, ground: Ground<'_>) -> Self {
        let inside = |path: &str| in_repository(ground.base, path).into_owned();
        let resource = finding.on.and_then(|id| ground.graph.get(id));
        Self {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.to_string(),
            undetermined: finding.outcome != Outcome::Violation,
            severity: finding.severity,
            level: finding.level,
            address: resource
                .and_then(|resource| address_inside(resource, ground.base))
                .unwrap_or_else(|| finding.address.to_string()),
            path: inside(ground.sources.get(finding.place.source).path()),
            root: finding.root.as_deref().map(inside),
            attribute: finding.attribute.clone(),
            judged: judged(finding),
            place: None,
        }
    }

    /// Does who accepted this entry accept the finding as it is now? As long as it is not graver, and not about another
    /// place, host or operator.
    pub(in crate::verdict) fn accepts(&self, finding: &Finding) -> bool {
        let is_violation = finding.outcome == Outcome::Violation;
        let mut judged = judged(finding).into_iter();
        finding.severity <= self.severity
            && finding.level <= self.level
            && !(is_violation && self.undetermined)
            && judged.all(|one| self.judged.binary_search(&one).is_ok())
    }

    /// `medium, personal, regions/aws eu-west-3`.
    pub(super) fn in_words(&self) -> String {
        let mut parts = vec![self.severity.to_string()];
        parts.extend(self.level.map(|level| level.as_str().to_owned()));
        if self.undetermined {
            parts.push("undetermined".to_owned());
        }
        parts.extend(self.judged.iter().cloned());
        parts.join(", ")
    }
}

/// The ids of the catalogue that prove a finding; sorted.
fn judged(finding: &Finding) -> Vec<String> {
    let pieces = finding.evidence.iter();
    let mut all: Vec<String> = pieces
        .filter_map(|piece| match &piece.at {
            EvidenceAt::Catalogue { entry, .. } => {
                let mut kinds = JUDGED.iter();
                kinds
                    .any(|kind| entry.starts_with(kind))
                    .then(|| entry.to_string())
            }
            EvidenceAt::Place(_) | EvidenceAt::Setting => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
