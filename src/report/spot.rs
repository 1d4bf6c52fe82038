//! Where systems that read a report from a pipeline show a finding or a problem: a file of the repository, with lines.
//!
//! What a program rendered is no file. It is shown at the file that defines the chart or kustomization, without lines; where
//! in the rendered text it stands is said in words. What came through a pipe or from the command line is no file either: it is
//! shown at the configuration where a path is asked for, and its own name is said in words.

use hashbrown::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Report, clean_line};
use crate::discover::STDIN;
use crate::kubernetes::{PackageKind, Rendering};
use crate::problem::Problem;
use crate::source::{Place, Position, Source};

/// Where something without a file is shown when there is no configuration: GitLab asks for a path.
const CONFIGURATION: &str = "gardefou.toml";

/// Where something is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// From the top of the repository, with `/` between parts.
    pub(super) path: String,
    /// First and last position; none: the whole file.
    pub(super) lines: Option<(Position, Position)>,
    /// Where it stands in a text that is no file.
    pub(super) rendered: Option<String>,
    /// False when the path stands in for what is no file at all.
    pub(super) is_file: bool,
}

impl Spot {
    /// Of the whole run: the configuration.
    pub(super) fn of_run(report: &Report<'_>) -> Self {
        let path = report.repository_path(report.config.unwrap_or(CONFIGURATION));
        Self {
            path: clean_line(&path).into_owned(),
            lines: None,
            rendered: None,
            is_file: false,
        }
    }

    /// Of a place.
    pub(super) fn of(place: Place, report: &Report<'_>) -> Self {
        let source = report.sources.at(place.source);
        let start = source.position(place.span.start);
        if source.is_rendered() {
            return Self {
                path: definition(source, report),
                lines: None,
                rendered: Some(format!("{}:{}", clean_line(source.path()), start.line)),
                is_file: true,
            };
        }
        if !source.is_file() {
            let (name, at) = (clean_line(source.path()), start);
            return Self {
                rendered: Some(format!("{name}:{}:{}", at.line, at.column)),
                ..Self::of_run(report)
            };
        }
        Self {
            path: clean_line(&report.repository_path(source.path())).into_owned(),
            lines: Some((start, source.position(place.span.end))),
            rendered: None,
            is_file: true,
        }
    }

    /// Of a problem; none for those of the whole run.
    pub(super) fn of_problem(problem: &Problem, report: &Report<'_>) -> Option<Self> {
        match (problem.place, &problem.path) {
            (Some(place), _) => Some(Self::of(place, report)),
            (None, Some(path)) if path == STDIN => Some(Self {
                rendered: Some(STDIN.to_owned()),
                ..Self::of_run(report)
            }),
            (None, Some(path)) => Some(Self {
                path: clean_line(&report.repository_path(path)).into_owned(),
                lines: None,
                rendered: None,
                is_file: true,
            }),
            (None, None) => None,
        }
    }

    /// `modules/db/main.tf:3:5`, for people.
    pub(super) fn words(&self) -> String {
        match (&self.rendered, self.lines) {
            (Some(rendered), _) => rendered.clone(),
            (None, Some((start, _))) => format!("{}:{}:{}", self.path, start.line, start.column),
            (None, None) => self.path.clone(),
        }
    }
}

/// The file that stands for a rendered text.
fn definition(source: &Source, report: &Report<'_>) -> String {
    let label = source.path();
    let is_of = |one: &&Rendering| {
        let rest = label.strip_prefix(one.folder.as_str());
        rest.is_some_and(|rest| rest.starts_with(" ("))
    };
    let renderings = report.coverage.renderings.iter();
    // Of folders that start alike the longer one is meant.
    let found = renderings.filter(is_of).max_by_key(|one| one.folder.len());
    let file = match found {
        Some(one) => {
            let name = match one.kind {
                PackageKind::Chart => "Chart.yaml",
                PackageKind::Kustomization => "kustomization.yaml",
            };
            match one.folder.as_str() {
                "." => name.to_owned(),
                folder => format!("{folder}/{name}"),
            }
        }
        None => label.to_owned(),
    };
    clean_line(&report.repository_path(&file)).into_owned()
}

/// Stable names of problems, each its own: what they are, never where in the file.
#[derive(Debug, Default)]
pub(super) struct Names {
    seen: HashMap<String, u32>,
}

impl Names {
    /// The next name; to be asked in the order of the problems.
    pub(super) fn of(&mut self, problem: &Problem, report: &Report<'_>) -> String {
        let path = Spot::of_problem(problem, report).map_or(String::new(), |spot| spot.path);
        let mut text = String::from("gardefou/problem/1");
        for part in [problem.code.as_str(), &path, &problem.message.en] {
            text.push('\0');
            text.push_str(part);
        }
        let repeated = self
            .seen
            .entry(text.clone())
            .and_modify(|n| *n += 1)
            .or_insert(0);
        // Writing to a String cannot fail.
        let _ = write!(text, "\0{repeated}");
        short_hash(&text)
    }
}

/// Sixteen hexadecimal digits.
pub(super) fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut out = String::with_capacity(16);
    for byte in digest.iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;
    use crate::report::testing::Sample;
    use crate::source::Span;
    use crate::text::Text;
    use crate::verdict::ExitStatus;

    #[test]
    fn paths_start_at_the_top_of_the_repository() {
        let sample = Sample::new();
        let report = Report {
            base: "infra/prod",
            ..sample.report(ExitStatus::Clean)
        };
        let cases = [
            ("main.tf", "infra/prod/main.tf"),
            ("../../gardefou.toml", "gardefou.toml"),
            ("../net/main.tf", "infra/net/main.tf"),
            ("../../../gardefou.toml", "../../../gardefou.toml"),
            ("/etc/gardefou.toml", "/etc/gardefou.toml"),
            ("<stdin>", "<stdin>"),
        ];
        for (shown, expected) in cases {
            assert_eq!(report.repository_path(shown), expected, "{shown}");
        }
    }

    #[test]
    fn rendered_text_is_shown_at_what_defines_it() {
        let sample = Sample::new();
        let text = sample.sources.add_rendered("portal (rendered)", "a\nb\n");
        let other = sample.sources.add_rendered("elsewhere (rendered)", "a\n");
        let report = Report {
            base: "k8s",
            ..sample.report(ExitStatus::Clean)
        };
        let spot = Spot::of(Place::new(text, Span::new(2, 3)), &report);
        assert_eq!(spot.path, "k8s/portal/Chart.yaml");
        assert_eq!(spot.lines, None);
        assert_eq!(spot.words(), "portal (rendered):2");
        let spot = Spot::of(Place::new(other, Span::new(0, 1)), &report);
        assert_eq!(spot.path, "k8s/elsewhere (rendered)");
    }

    #[test]
    fn what_came_through_a_pipe_is_no_file() {
        let sample = Sample::new();
        let piped = sample.sources.add_given(STDIN, "a\nb\n", false);
        let report = Report {
            base: "infra",
            config: Some("../gardefou.toml"),
            ..sample.report(ExitStatus::Clean)
        };
        let problem = Problem::error(ProblemCode::Syntax, Text::same("x"));
        let whole = Spot::of_problem(&problem.in_file(STDIN), &report).expect("a spot");
        let place = Spot::of(Place::new(piped, Span::new(2, 3)), &report);
        assert_eq!(
            (&*whole.words(), &*place.words()),
            ("<stdin>", "<stdin>:2:1")
        );
        for spot in [whole, place] {
            assert_eq!((&*spot.path, spot.lines), ("gardefou.toml", None));
            assert!(!spot.is_file);
        }
    }

    #[test]
    fn equal_problems_have_names_of_their_own() {
        let sample = Sample::new();
        let report = sample.report(ExitStatus::Clean);
        let one = Problem::error(ProblemCode::Syntax, Text::same("x")).in_file("a.tf");
        let other = Problem::error(ProblemCode::Syntax, Text::same("x")).in_file("b.tf");
        let mut names = Names::default();
        let all = [&one, &one, &other].map(|problem| names.of(problem, &report));
        let [a, b, c] = &all;
        assert!(a != b && b != c && a != c, "{all:?}");
        assert_eq!(*a, Names::default().of(&one, &report));
        assert!(a.len() == 16 && a.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
