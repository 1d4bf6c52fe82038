//! One result for each finding.
//!
//! An undetermined outcome is a result of kind `fail` like a violation, and says of itself that it is undetermined. SARIF has
//! the kind `open` for it, but ties that to the level `none`, and what counts levels would pass it over in silence.

use std::borrow::Cow;

use super::log::{
    ArtifactLocation, CodeFlow, Entry, Fingerprints, Label, Location, LogicalLocation, Message,
    PhysicalLocation, Region, ResultProperties, SarifResult, Step, Suppression,
    SuppressionProperties, ThreadFlow,
};
use super::rules::{Rules, level};
use super::text::{line, link, sentence, uri};
use crate::config::words::Severity;
use crate::facts::{Evidence, EvidenceAt};
use crate::report::anchor::{Anchor, Anchors};
use crate::report::{Lang, Report};
use crate::source::{Place, Sources};
use crate::verdict::{AcceptedBy, Finding, Outcome, Waived, narrow};

/// Further locations of a result: code scanning keeps a hundred.
const LOCATIONS: usize = 99;
/// Pieces of evidence, and other resources, that a message names.
const NAMED: usize = 5;
/// Bytes of a message of the input, of a label, and of a name.
const MESSAGE: usize = 4 << 10;
const LABEL: usize = 300;
const ADDRESS: usize = 1 << 10;
/// Where all paths start.
const ROOT: &str = "%SRCROOT%";

/// What every result needs.
pub(super) struct Results<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) rules: &'a Rules<'a>,
    pub(super) anchors: &'a Anchors<'a>,
}

impl<'a> Results<'a> {
    /// The result of a finding.
    pub(super) fn of(&self, finding: &'a Finding) -> SarifResult<'a> {
        let anchor = self.anchors.finding(finding);
        let related = self.related(finding);
        let address = line(&finding.address, ADDRESS);
        let logical = LogicalLocation {
            fully_qualified_name: address.clone(),
            kind: "resource",
        };
        let primary = Location {
            logical_locations: match address.is_empty() {
                true => Vec::new(),
                false => vec![logical],
            },
            ..location(&anchor, self.report.sources)
        };
        SarifResult {
            rule_id: line(&finding.rule, ADDRESS),
            rule_index: self.rules.index(&finding.rule),
            kind: "fail",
            level: level_of(finding, self.report),
            rank: rank(finding),
            message: Message::plain(self.message(finding, &anchor, &related)),
            code_flows: flow(&primary, &related),
            locations: [primary],
            partial_fingerprints: Fingerprints {
                own: &finding.fingerprint,
                line: format!("{}:1", finding.fingerprint),
            },
            suppressions: finding
                .waived
                .iter()
                .map(|waived| self.suppression(waived))
                .collect(),
            baseline_state: baseline_state(finding, self.report),
            properties: self.properties(finding, related.left_out),
            related_locations: related.locations,
        }
    }

    /// Evidence that is in a file, then the other resources that the finding speaks of; ids count from 1.
    fn related(&self, finding: &'a Finding) -> RelatedLocations<'a> {
        let mut found = RelatedLocations {
            evidence: Vec::with_capacity(finding.evidence.len()),
            others: Vec::with_capacity(finding.related.len()),
            locations: Vec::new(),
            proofs: 0,
            left_out: 0,
        };
        for piece in &finding.evidence {
            let id = match piece.at {
                EvidenceAt::Place(place) => {
                    found.add(self, place, line(self.report.lang.of(&piece.label), LABEL))
                }
                EvidenceAt::Catalogue { .. } | EvidenceAt::Setting => None,
            };
            found.evidence.push(id);
        }
        found.proofs = found.locations.len();
        for other in &finding.related {
            let id = found.add(self, other.place, line(&other.address, ADDRESS));
            found.others.push(id);
        }
        found
    }

    /// A title as the first sentence, then what was found, why it is open, and what proves it, with links.
    fn message(
        &self,
        finding: &Finding,
        anchor: &Anchor,
        related: &RelatedLocations<'_>,
    ) -> String {
        let lang = self.report.lang;
        let title = line(lang.of(&finding.title), LABEL);
        let title = title.trim_end_matches('.');
        let mut text = match &finding.outcome {
            Outcome::Violation => title.to_owned(),
            Outcome::Undetermined(_) => {
                format!(
                    "{}{title}",
                    lang.pick("Undetermined: ", "Indéterminé\u{a0}: ")
                )
            }
        };
        if !finding.address.is_empty() {
            text += &format!(" ({})", line(&finding.address, LABEL));
        }
        text.push_str(". ");
        text += &sentence(&line(lang.of(&finding.message), MESSAGE));
        if let Outcome::Undetermined(reason) = &finding.outcome {
            let why = lang.pick(" Why it is open: ", " Pourquoi cela reste ouvert\u{a0}: ");
            text += &format!("{why}{}", sentence(&line(lang.of(reason), MESSAGE)));
        }
        text += &self.named(
            lang.pick(" Evidence: ", " Preuves\u{a0}: "),
            finding.evidence.iter().zip(&related.evidence),
            |piece, id| self.evidence(piece, id),
        );
        text += &self.named(
            lang.pick(" With: ", " Avec\u{a0}: "),
            finding.related.iter().zip(&related.others),
            |other, id| linked(&line(&other.address, LABEL), id),
        );
        if anchor.is_stand_in {
            text += &self.stand_in(finding.place);
        }
        text
    }

    /// A list in a sentence of its own, of which only the start is named.
    fn named<'b, T: 'b>(
        &self,
        name: &str,
        all: impl ExactSizeIterator<Item = (&'b T, &'b Option<usize>)>,
        show: impl Fn(&T, Option<usize>) -> String,
    ) -> String {
        let total = all.len();
        if total == 0 {
            return String::new();
        }
        let mut shown: Vec<String> = all.take(NAMED).map(|(one, id)| show(one, *id)).collect();
        if total > NAMED {
            let more = total - NAMED;
            shown.push(match self.report.lang {
                Lang::En => format!("{more} more"),
                Lang::Fr => format!("{more} de plus"),
            });
        }
        let between = self.report.lang.pick("; ", "\u{a0}; ");
        format!("{name}{}.", shown.join(between))
    }

    fn evidence(&self, piece: &Evidence, id: Option<usize>) -> String {
        let lang = self.report.lang;
        let label = line(lang.of(&piece.label), LABEL);
        let label = label.trim_end_matches('.');
        match &piece.at {
            EvidenceAt::Place(_) => linked(label, id),
            EvidenceAt::Catalogue { .. } => {
                format!("{label} ({})", lang.pick("catalogue", "catalogue"))
            }
            EvidenceAt::Setting => format!("{label} ({})", lang.pick("setting", "réglage")),
        }
    }

    /// Says that the finding is not where it is shown.
    fn stand_in(&self, place: Place) -> String {
        let source = self.report.sources.get(place.source);
        let (path, at) = (
            line(source.path(), LABEL),
            source.position(place.span.start),
        );
        match self.report.lang {
            Lang::En => format!(
                " It is shown here because it stands in no file: {path}, line {}.",
                at.line
            ),
            Lang::Fr => format!(
                " Montré ici, faute de fichier où il se trouve\u{a0}: {path}, ligne {}.",
                at.line
            ),
        }
    }

    fn suppression(&self, waived: &'a Waived) -> Suppression<'a> {
        let place = waived.place.and_then(|place| self.anchors.place(place));
        Suppression {
            // What is written beside the code is in the source, the rest is not.
            kind: match waived.kind == AcceptedBy::Inline {
                true => "inSource",
                false => "external",
            },
            status: "accepted",
            justification: line(&waived.reason, MESSAGE).into_owned(),
            location: place.map(|anchor| location(&anchor, self.report.sources)),
            properties: SuppressionProperties {
                by: waived.by.as_deref().map(|by| line(by, LABEL)),
                until: waived.until.as_deref(),
            },
        }
    }

    fn properties(&self, finding: &'a Finding, locations_left_out: usize) -> ResultProperties<'a> {
        let lang = self.report.lang;
        let entries = finding.evidence.iter().filter_map(|piece| match &piece.at {
            EvidenceAt::Catalogue { entry, source } => Some(Entry {
                label: line(lang.of(&piece.label), LABEL),
                entry: line(entry, LABEL),
                source: line(source, LABEL),
            }),
            EvidenceAt::Place(_) | EvidenceAt::Setting => None,
        });
        ResultProperties {
            outcome: finding.outcome.as_str(),
            severity: finding.severity.as_str(),
            data_level: finding.level.map(|level| level.as_str()),
            fails: self.report.bar.fails(finding),
            root: finding.root.as_deref().map(|root| line(root, ADDRESS)),
            attribute: finding.attribute.as_deref().map(|path| line(path, ADDRESS)),
            remedy: line(lang.of(&finding.help), MESSAGE),
            reason: finding
                .outcome
                .reason()
                .map(|reason| line(lang.of(reason), MESSAGE)),
            requirements: finding
                .requirements
                .iter()
                .map(|id| line(id, LABEL))
                .collect(),
            catalogue: entries.take(LOCATIONS).collect(),
            locations_left_out,
        }
    }
}

/// Where else to look.
struct RelatedLocations<'a> {
    locations: Vec<Location<'a>>,
    /// Those of them that are evidence: the first ones.
    proofs: usize,
    /// Ids of the evidence and of the other resources; none for what is in no file, and for what there is no room for.
    evidence: Vec<Option<usize>>,
    others: Vec<Option<usize>>,
    left_out: usize,
}

impl<'a> RelatedLocations<'a> {
    fn add(&mut self, of: &Results<'_>, place: Place, label: Cow<'a, str>) -> Option<usize> {
        let anchor = of.anchors.place(place)?;
        if self.locations.len() == LOCATIONS {
            self.left_out += 1;
            return None;
        }
        let id = self.locations.len() + 1;
        self.locations.push(Location {
            id: Some(id),
            message: Some(label)
                .filter(|text| !text.is_empty())
                .map(|text| Label { text }),
            ..location(&anchor, of.report.sources)
        });
        Some(id)
    }
}

fn linked(label: &str, id: Option<usize>) -> String {
    match id {
        Some(id) => link(label, id),
        None => label.to_owned(),
    }
}

/// The way of a value to the place of the finding, from its source: evidence starts at the finding.
fn flow<'a>(primary: &Location<'a>, related: &RelatedLocations<'a>) -> Vec<CodeFlow<'a>> {
    let mut steps: Vec<Location<'a>> = related
        .locations
        .iter()
        .take(related.proofs)
        .rev()
        .map(|location| Location {
            id: None,
            ..location.clone()
        })
        .collect();
    let ends = |step: &Location<'_>| step.physical_location == primary.physical_location;
    if !steps.last().is_some_and(ends) {
        steps.push(primary.clone());
    }
    if steps.len() < 2 {
        return Vec::new();
    }
    let locations = steps
        .into_iter()
        .map(|location| Step { location })
        .collect();
    vec![CodeFlow {
        thread_flows: [ThreadFlow { locations }],
    }]
}

/// A place, or a file as a whole, as a location.
pub(super) fn location<'a>(anchor: &Anchor, sources: &Sources) -> Location<'a> {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri(&anchor.path),
                uri_base_id: ROOT,
            },
            region: anchor
                .place
                .map_or(Region::START, |place| region(place, sources)),
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

/// At most one line: what covers more lines than a change is not shown beside the change.
fn region(place: Place, sources: &Sources) -> Region {
    let source = sources.get(place.source);
    let span = narrow(&source, place.span);
    let line = |offset| source.position(offset).line;
    Region {
        start_line: line(span.start),
        start_column: source.utf16_column(span.start),
        end_line: line(span.end),
        end_column: source.utf16_column(span.end),
    }
}

/// What is undetermined and fails the run is an error; else it is never more than a warning.
fn level_of(finding: &Finding, report: &Report<'_>) -> &'static str {
    let of_severity = level(finding.severity);
    match &finding.outcome {
        Outcome::Undetermined(_) if of_severity == "error" && !report.bar.fails(finding) => {
            "warning"
        }
        _ => of_severity,
    }
}

/// Of a hundred; what is undetermined comes behind violations of its severity.
fn rank(finding: &Finding) -> u8 {
    let rank = match finding.severity {
        Severity::Critical => 95,
        Severity::High => 80,
        Severity::Medium => 55,
        Severity::Low => 20,
        Severity::Info => 5,
    };
    match finding.outcome {
        Outcome::Violation => rank,
        Outcome::Undetermined(_) => rank - 5,
    }
}

/// How a finding stands to the baseline; none: there is no baseline. All results of a run have it, or none has. What it knew
/// in another form, graver now or about another place, is `updated`; what is gone is no result, since it is in no file.
fn baseline_state(finding: &Finding, report: &Report<'_>) -> Option<&'static str> {
    let used = report.baseline?;
    let is_met = used.met.contains(&finding.fingerprint);
    Some(match &finding.waived {
        Some(waived) if waived.kind == AcceptedBy::Baseline => "unchanged",
        // Of one that somebody else accepts, or when the baseline has ended, nobody looked whether it is graver.
        waived if is_met && (waived.is_some() || used.expired) => "unchanged",
        _ if is_met => "updated",
        _ => "new",
    })
}
