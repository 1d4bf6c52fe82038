//! Where things are for readers that know only the files of a repository: code scanning refuses a result without one.
//!
//! A finding can stand in what is no file: a rendered chart, a plan that came through a pipe, a value of the command line. It
//! is then shown at the nearest file, and whoever prints it says so.

use std::collections::BTreeSet;

use super::Report;
use crate::facts::EvidenceAt;
use crate::kubernetes::PackageKind;
use crate::source::{Place, SourceId};
use crate::verdict::Finding;

/// What stands for a file where a scan has none: it read standard input alone.
const NO_FILE: &str = "standard-input";

/// A file of the repository, and the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    /// From the top of the repository, `/` between parts.
    pub(super) path: String,
    /// None: the file as a whole.
    pub(super) place: Option<Place>,
    /// True when it is not the place of the finding itself.
    pub(super) is_stand_in: bool,
}

/// Finds anchors.
#[derive(Debug, Clone)]
pub(super) struct Anchors<'a> {
    report: &'a Report<'a>,
    /// Where everything stands that has no better place.
    last_resort: String,
}

impl<'a> Anchors<'a> {
    /// For the findings of a report.
    pub(super) fn of(report: &'a Report<'a>) -> Self {
        let config = report.config.and_then(|path| inside(report, path));
        let first = || {
            let places = report.findings.iter().flat_map(places);
            let files: BTreeSet<SourceId> = places.map(|place| place.source).collect();
            let paths = files.into_iter().filter_map(|id| file(report, id));
            paths.min()
        };
        Self {
            report,
            last_resort: config.or_else(first).unwrap_or_else(|| NO_FILE.to_owned()),
        }
    }

    /// Where a finding is shown.
    pub(super) fn finding(&self, finding: &Finding) -> Anchor {
        if let Some(path) = file(self.report, finding.place.source) {
            return Anchor {
                path,
                place: Some(finding.place),
                is_stand_in: false,
            };
        }
        let (path, place) = self
            .packaged(finding)
            .map(|path| (path, None))
            .or_else(|| self.proven(finding))
            .unwrap_or_else(|| (self.last_resort.clone(), None));
        Anchor {
            path,
            place,
            is_stand_in: true,
        }
    }

    /// The file that a place is in; none where it is in no file of the repository.
    pub(super) fn place(&self, place: Place) -> Option<Anchor> {
        let path = file(self.report, place.source)?;
        Some(Anchor {
            path,
            place: Some(place),
            is_stand_in: false,
        })
    }

    /// A file that is named as a whole.
    pub(super) fn path(&self, shown: &str) -> Option<Anchor> {
        Some(Anchor {
            path: inside(self.report, shown)?,
            place: None,
            is_stand_in: false,
        })
    }

    /// The template or the chart that a rendered object comes from.
    fn packaged(&self, finding: &Finding) -> Option<String> {
        let source = self.report.sources.get(finding.place.source);
        if !source.is_rendered() {
            return None;
        }
        let resource = finding.on.and_then(|id| self.report.graph.get(id));
        let template = resource
            .map(|resource| &*resource.path)
            .filter(|path| *path != source.path());
        // The longest folder wins: one chart can lie in another.
        let mut renderings = self.report.coverage.renderings.iter();
        let packaged = |of: &&crate::kubernetes::Rendering| {
            let rest = source.path().strip_prefix(of.folder.as_str());
            rest.is_some_and(|rest| rest.starts_with(" ("))
        };
        let rendering = renderings.find(packaged);
        let Some(rendering) = rendering else {
            return inside(self.report, template?);
        };
        let folder = match rendering.folder.as_str() {
            "." => String::new(),
            folder => format!("{folder}/"),
        };
        // A subchart may be an archive: its templates are in no file.
        let template = template.filter(|path| {
            let below = path.strip_prefix(&*folder);
            below.is_some_and(|below| !below.starts_with("charts/"))
        });
        match (template, rendering.kind) {
            (Some(template), _) => inside(self.report, template),
            (None, PackageKind::Chart) => inside(self.report, &format!("{folder}Chart.yaml")),
            (None, PackageKind::Kustomization) => None,
        }
    }

    /// The first piece of evidence that is in a file.
    fn proven(&self, finding: &Finding) -> Option<(String, Option<Place>)> {
        places(finding).find_map(|place| Some((file(self.report, place.source)?, Some(place))))
    }
}

/// All places of a finding.
fn places(finding: &Finding) -> impl Iterator<Item = Place> {
    let evidence = finding.evidence.iter().filter_map(|piece| match piece.at {
        EvidenceAt::Place(place) => Some(place),
        EvidenceAt::Catalogue { .. } | EvidenceAt::Setting => None,
    });
    std::iter::once(finding.place).chain(evidence)
}

/// The path of a source from the top of the repository, if it is a file there.
fn file(report: &Report<'_>, source: SourceId) -> Option<String> {
    let source = report.sources.get(source);
    inside(report, source.path()).filter(|_| source.is_file())
}

/// A shown path from the top of the repository; none for what lies outside of it.
fn inside(report: &Report<'_>, shown: &str) -> Option<String> {
    if shown.starts_with('/') {
        return None;
    }
    let path = report.repository_path(shown);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::Sample;
    use crate::source::Span;
    use crate::verdict::ExitStatus;

    #[test]
    fn paths_start_at_the_top_of_the_repository() {
        let sample = Sample::new();
        let report = sample.report(ExitStatus::Clean);
        let below = |base, shown| inside(&Report { base, ..report }, shown);
        assert_eq!(below("", "a/./b//c.tf").as_deref(), Some("a/b/c.tf"));
        assert_eq!(
            below("infra/prod", "main.tf").as_deref(),
            Some("infra/prod/main.tf")
        );
        assert_eq!(
            below("infra/prod", "../../gardefou.toml").as_deref(),
            Some("gardefou.toml")
        );
        assert_eq!(below("infra", "../../gardefou.toml"), None);
        assert_eq!(below("infra", "/etc/gardefou.toml"), None);
        assert_eq!(below("", "."), None);
    }

    #[test]
    fn what_is_in_no_file_is_shown_at_the_nearest() {
        let mut sample = Sample::new();
        let piped = sample.sources.add_given("<stdin>", "{}", true);
        let place = Place::new(piped, Span::new(0, 1));
        // With evidence in a file, and without.
        for finding in &mut sample.findings {
            finding.place = place;
        }
        let report = sample.report(ExitStatus::Clean);
        let anchors = Anchors::of(&report);
        let shown: Vec<_> = report
            .findings
            .iter()
            .map(|finding| anchors.finding(finding))
            .map(|anchor| (anchor.path, anchor.place.is_some(), anchor.is_stand_in))
            .collect();
        assert_eq!(
            shown,
            [
                ("gardefou.toml".to_owned(), false, true),
                ("main.tf".to_owned(), true, true),
                ("gardefou.toml".to_owned(), false, true),
                ("main.tf".to_owned(), true, true),
            ]
        );
        let without = Report {
            config: None,
            ..report
        };
        assert_eq!(Anchors::of(&without).last_resort, "main.tf");
        let nothing = Report {
            findings: &[],
            ..without
        };
        assert_eq!(Anchors::of(&nothing).last_resort, NO_FILE);
    }
}
