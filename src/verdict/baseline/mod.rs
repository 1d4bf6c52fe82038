//! The baseline: findings that were known on the day a team began, kept in a file beside the code.
//!
//! What is in it is accepted and stays visible; what is new fails. An entry is bound to a finding by its fingerprint, never
//! by a line, and holds what was judged: when the same finding becomes graver, or is about another place or host, nobody
//! has accepted that, and it counts again.

mod entry;
mod read;
mod write;

use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use entry::Entry;
pub use read::load;
pub use write::write;

use super::own::EXPIRED;
use super::{AcceptedBy, Finding, Ground, Outcome, Pointed, Waived};
use crate::config::Date;
use crate::config::words::Severity;
use crate::facts::{Evidence, EvidenceAt, Text};
use crate::source::Place;

/// Version of the file; raised when something that is there changes its meaning.
pub const SCHEMA: u32 = 1;

/// How the name of a text ends that a program made of a chart: `portal (rendered)`, `portal (rendered 2)`.
const RENDERED: &str = " (rendered";

/// The name of the file, where none is given.
pub const FILE_NAME: &str = "gardefou.baseline.json";

/// A baseline as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The file, as shown; empty for one that is not written yet.
    pub path: String,
    /// Why its findings are accepted.
    pub reason: String,
    /// Who accepted them.
    pub by: Option<String>,
    /// Its last day.
    pub until: Option<Date>,
    /// Where that is written.
    pub until_place: Option<Place>,
    /// What is known, in the order of the file.
    pub entries: Vec<Entry>,
}

/// What a scan looked at: what is not found there is fixed, what lies elsewhere is not.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The folder that paths of entries are relative to.
    pub top: PathBuf,
    /// Folders and files that were asked for, inside the repository; an empty one is its top.
    pub asked: Vec<String>,
    /// The files that were read, and the folders they lie in.
    pub read: BTreeSet<String>,
    /// Charts and kustomizations were rendered.
    pub rendered: bool,
    /// Something could not be read or judged: what was not found may still be there.
    pub incomplete: bool,
}

/// What became of a baseline in a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineUse {
    /// The file, as shown.
    pub path: String,
    /// Findings that it accepts.
    pub known: usize,
    /// The same by severity, gravest first.
    pub by_severity: Vec<(Severity, usize)>,
    /// Findings that nobody accepted.
    pub new: usize,
    /// Of these, those that it has in a less grave form.
    pub graver: usize,
    /// Entries that were looked for and are gone.
    pub fixed: Vec<Entry>,
    /// Entries about what this scan did not look at.
    pub not_looked_at: usize,
    /// Its last day is over: it accepts nothing.
    pub expired: bool,
    /// Why its findings are accepted.
    pub reason: String,
    /// Who accepted them.
    pub by: Option<String>,
    /// Its last day.
    pub until: Option<Date>,
    /// Fingerprints of the findings that it has an entry for, in whatever form.
    pub met: BTreeSet<String>,
}

impl Baseline {
    /// By fingerprint; of two with one name the first.
    fn by_name(&self) -> HashMap<&str, usize> {
        let mut all = HashMap::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            all.entry(&*entry.fingerprint).or_insert(at);
        }
        all
    }

    /// Is its last day over?
    pub(super) fn has_ended(&self, as_of: Date) -> bool {
        self.until.is_some_and(|last| as_of > last)
    }

    /// That it has ended, drawn in the file.
    pub(super) fn about(&self, as_of: Date) -> Option<Finding> {
        let last = self.until.filter(|_| self.has_ended(as_of))?;
        let place = self.until_place?;
        Some(Finding {
            rule: Arc::from(EXPIRED.id),
            title: EXPIRED.title(),
            outcome: Outcome::Violation,
            severity: EXPIRED.severity,
            level: None,
            on: None,
            address: Arc::from("baseline"),
            root: None,
            kind: Arc::from("baseline"),
            message: Text::new(
                format!("the baseline ended on {last}: its findings count again"),
                format!(
                    "l’état de référence a pris fin le {last} : ses constats comptent de nouveau"
                ),
            ),
            help: EXPIRED.help(),
            place,
            pointed: Pointed::Setting,
            attribute: None,
            evidence: Vec::new(),
            related: Vec::new(),
            requirements: Vec::new(),
            fingerprint: String::new(),
            waived: None,
        })
    }

    fn waived(&self, entry: &Entry) -> Waived {
        Waived {
            kind: AcceptedBy::Baseline,
            reason: self.reason.clone(),
            by: self.by.clone(),
            until: self.until.map(|day| day.to_string()),
            place: entry.place,
        }
    }
}

/// Accepts what a baseline knows of findings that have their names. `judged`: the rules that gave an answer; none: only a part
/// of them was asked.
pub(super) fn accept(
    (baseline, seen): (&Baseline, &Seen),
    findings: &mut [Finding],
    ground: Ground<'_>,
    judged: Option<&BTreeSet<&str>>,
    as_of: Date,
) -> BaselineUse {
    let by_name = baseline.by_name();
    let expired = baseline.has_ended(as_of);
    let mut met = vec![false; baseline.entries.len()];
    let mut used = BaselineUse {
        path: baseline.path.clone(),
        known: 0,
        by_severity: Severity::ALL.iter().rev().map(|one| (*one, 0)).collect(),
        new: 0,
        graver: 0,
        fixed: Vec::new(),
        not_looked_at: 0,
        expired,
        reason: baseline.reason.clone(),
        by: baseline.by.clone(),
        until: baseline.until,
        met: BTreeSet::new(),
    };
    for finding in findings.iter_mut().filter(|one| one.on.is_some()) {
        let at = by_name.get(&*finding.fingerprint).copied();
        let entry = at.and_then(|at| baseline.entries.get(at));
        if let Some(slot) = at.and_then(|at| met.get_mut(at)) {
            *slot = true;
            used.met.insert(finding.fingerprint.clone());
        }
        if finding.waived.is_some() {
            continue;
        }
        match entry {
            Some(entry) if !expired && entry.accepts(finding, ground) => {
                finding.waived = Some(baseline.waived(entry));
                used.known += 1;
                let mut counts = used.by_severity.iter_mut();
                if let Some((_, count)) = counts.find(|(one, _)| *one == finding.severity) {
                    *count += 1;
                }
            }
            Some(entry) if !expired => {
                finding.evidence.extend(accepted_before(entry));
                used.graver += 1;
                used.new += 1;
            }
            Some(_) | None => used.new += 1,
        }
    }
    for (entry, met) in baseline.entries.iter().zip(met) {
        let is_judged = judged.is_some_and(|judged| judged.contains(&*entry.rule));
        let first = by_name.get(&*entry.fingerprint);
        let again = first.is_some_and(|at| baseline.entries.get(*at) != Some(entry));
        match met || again {
            true => {}
            false if is_judged && !seen.incomplete && seen.covers(entry) => {
                used.fixed.push(entry.clone());
            }
            false => used.not_looked_at += 1,
        }
    }
    used
}

/// Says in which form a finding was accepted that is graver now.
fn accepted_before(entry: &Entry) -> Option<Evidence> {
    let as_ = entry.in_words();
    Some(Evidence {
        label: Text::new(
            format!("the baseline accepts less: {as_}"),
            format!("l’état de référence accepte moins : {as_}"),
        ),
        at: EvidenceAt::Place(entry.place?),
    })
}

impl Seen {
    /// Would a finding of this entry have been found, if it were still there?
    fn covers(&self, entry: &Entry) -> bool {
        let looked_for = entry.root.as_deref().unwrap_or(&entry.path);
        // What a program made of a chart: `portal (rendered)`.
        let (path, is_rendered) = match looked_for.rsplit_once(RENDERED) {
            Some((folder, _)) => (folder, true),
            None => (looked_for, false),
        };
        if !self.is_asked(path) {
            return false;
        }
        match is_rendered {
            true => self.rendered,
            // A file that is there and was not read was left out.
            false => self.read.contains(path) || !self.top.join(path).exists(),
        }
    }

    fn is_asked(&self, path: &str) -> bool {
        self.asked.iter().any(|asked| {
            let below = path.strip_prefix(asked.as_str());
            asked.is_empty() || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}
