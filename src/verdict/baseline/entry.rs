//! One known finding, as the file holds it.

use crate::config::words::{Level, Severity};
use crate::discover::in_repository;
use crate::facts::{EvidenceAt, Fact};
use crate::source::Place;
use crate::verdict::fingerprint::address_inside;
use crate::verdict::{Finding, Ground, Outcome};

/// Entries of the catalogue that say what was judged: where something is, who runs it, which host it talks to. They are ids,
/// the same in every language.
const JUDGED: [&str; 3] = [REGIONS, "offerings ", "endpoints "];
const REGIONS: &str = "regions/";
/// Messages name it as the place to decide something.
const OUR_FILE: &str = "gardefou.toml";
/// The rules that ask where something is.
const RESIDENCY: &str = "residency/";

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
    /// What it is about: ids of the catalogue (regions, offerings, endpoints), hosts, names that nobody knows. Sorted.
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
            judged: judged(finding, ground),
            place: None,
        }
    }

    /// Does who accepted this entry accept the finding as it is now? As long as it is not graver, and not about another
    /// place, host or operator.
    pub(in crate::verdict) fn accepts(&self, finding: &Finding, ground: Ground<'_>) -> bool {
        let is_violation = finding.outcome == Outcome::Violation;
        let mut judged = judged(finding, ground).into_iter();
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

/// What a finding is about, in words that do not depend on the language; sorted. Entries of the catalogue where it knows, else
/// the hosts and names that the finding shows: who accepted one host that nobody knows did not accept another.
fn judged(finding: &Finding, ground: Ground<'_>) -> Vec<String> {
    let mut all: Vec<String> = finding
        .evidence
        .iter()
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
    if finding.rule.starts_with(RESIDENCY) && !all.iter().any(|one| one.starts_with(REGIONS)) {
        all.extend(place(finding, ground));
    }
    let texts = [Some(&finding.message), finding.outcome.reason()];
    for text in texts.into_iter().flatten() {
        // English, whatever the language of the report.
        all.extend(hosts(&text.en).map(|host| format!("host {host}")));
    }
    if let Some(reason) = finding.outcome.reason() {
        all.extend(quoted(&reason.en).map(|name| format!("name {name}")));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Where the resource is: a place that somebody attested is no entry of the catalogue, and a finding that names the operator
/// first may not prove the place.
fn place(finding: &Finding, ground: Ground<'_>) -> Option<String> {
    let facts = finding.on.and_then(|id| ground.facts.of(id))?;
    match &facts.location {
        Fact::Known(location) => {
            let countries = location.countries.join(",");
            Some(format!("place {} {countries}", location.region))
        }
        Fact::Unknown(_) | Fact::Absent => None,
    }
}

/// Names of hosts in a text: labels with dots between, the last one of letters. Addresses of resources and attribute paths are
/// left out where they can be told apart; what else looks like a host only makes an entry narrower.
fn hosts(text: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | '"' | '`');
    text.split(move |c| !is_part(c)).filter_map(|word| {
        let word = word.trim_end_matches(['.', '"']).trim_start_matches('"');
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let (before, last) = word.rsplit_once('.')?;
        let is_name = last.chars().count() > 1 && !last.chars().any(|c| c.is_ascii_digit());
        let is_ip = word.parse::<std::net::Ipv4Addr>().is_ok();
        let is_host = (is_name || is_ip) && is_label(last) && before.split('.').all(is_label);
        (is_host && word != OUR_FILE).then(|| word.to_lowercase())
    })
}

/// What stands in double quotes: values as they are written.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let odd = text.split('"').skip(1).step_by(2);
    odd.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_addresses() {
        let of = |text: &str| hosts(text).collect::<Vec<_>>();
        assert_eq!(
            of(
                "a runs images from Harbor.chu-lille.fr: name it in gardefou.toml, e.g. 10.0.0.1:80."
            ),
            ["harbor.chu-lille.fr", "10.0.0.1"]
        );
        assert_eq!(
            of("who answers at https://evil.ru/x and \"b.example\""),
            ["evil.ru", "b.example"]
        );
        for none in [
            "aws_s3_bucket.logs",
            "module.a[\"x\"].aws_s3_bucket.logs",
            "`spec.template.spec`",
            "containers.0",
            "a sentence. Another...",
            "version 1.2.3",
        ] {
            assert_eq!(of(none), [""; 0], "{none}");
        }
        assert_eq!(
            quoted("\"xx-1\" is no known region of \"b").collect::<Vec<_>>(),
            ["xx-1", "b"]
        );
    }
}
