//! The bounds of the report and what hostile input does to it.

use super::*;
use crate::config::words::Severity;
use crate::facts::Text;
use crate::problem::{Problem, ProblemCode};
use crate::report::testing::Sample;
use crate::source::{Place, Span};
use crate::verdict::{AcceptedBy, Finding, Waived};

/// What a comment at GitHub holds, in characters.
const COMMENT: usize = 65_536;

fn written(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    write(report, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// Findings that each say something else, of several rules.
fn many(sample: &Sample, n: usize) -> Vec<Finding> {
    let one = |at: usize| {
        let mut finding = sample.findings[1].clone();
        finding.rule = format!("family/rule-{}", at % 7).into();
        finding.address = format!("aws_s3_bucket.b{at}").into();
        finding.message = Text::new(format!("b{at} is wrong in a way of its own"), "");
        finding.severity = Severity::ALL[at % Severity::ALL.len()];
        finding
    };
    (0..n).map(one).collect()
}

#[test]
fn a_small_report_is_told_in_full() {
    let sample = Sample::new();
    let text = written(&sample.report(ExitStatus::Incomplete));
    insta::assert_snapshot!("markdown", text);
    let french = Report {
        lang: Lang::Fr,
        ..sample.report(ExitStatus::Incomplete)
    };
    insta::assert_snapshot!("markdown_fr", written(&french));
}

/// However many there are, a comment holds it, its folds are closed, and each finding is there or counted.
#[test]
fn a_large_report_fits_and_says_what_is_left_out() {
    let mut sample = Sample::new();
    for n in [10, 300, 5_000] {
        sample.findings = many(&Sample::new(), n);
        let text = written(&sample.report(ExitStatus::Incomplete));
        assert!(text.chars().count() <= COMMENT, "{n}: {}", text.len());
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count(),
            "{n}"
        );
        for rule in 0..7 {
            assert!(
                text.contains(&format!("`family/rule-{rule}`")),
                "{n}: {rule}"
            );
        }
        assert!(text.contains("What was seen"), "{n}");
        assert!(text.ends_with("</sub>\n"), "{n}");
        let is_there = |at: &usize| text.contains(&format!("`aws_s3_bucket.b{at}`"));
        let shown = (0..n).filter(is_there).count();
        let left = text
            .split_once("> **")
            .and_then(|(_, rest)| rest.split_once(" findings more** would not fit"))
            .map_or(0, |(number, _)| number.parse().expect("a number"));
        assert_eq!(shown + left, n, "{shown} shown, {left} left out");
        assert!(shown >= n.min(150), "{shown} of {n}");
    }
}

#[test]
fn texts_without_end_do_not_fill_the_comment() {
    let long = "`@x` | [y](z) ".repeat(20_000);
    let mut sample = Sample::new();
    for finding in &mut sample.findings {
        finding.message = Text::new(long.clone(), "");
        finding.help = Text::new(long.clone(), "");
        finding.title = Text::new(long.clone(), "");
        for piece in &mut finding.evidence {
            piece.label = Text::new(long.clone(), "");
        }
    }
    sample.problems = (0..50)
        .map(|_| {
            Problem::error(ProblemCode::Syntax, Text::same(long.clone()))
                .help(Text::same(long.clone()))
        })
        .collect();
    sample.coverage.resources.unknown_kinds = vec![(long.clone(), 1)];
    let text = written(&sample.report(ExitStatus::Incomplete));
    assert!(text.chars().count() <= COMMENT, "{}", text.len());
}

/// No line starts with what a system reads as a command, no tag is made, nobody is told.
#[test]
fn hostile_names_stay_text() {
    let hostile = "x\n/close @team #1 !1 <img src=a> ![a](b) <script>alert(1)</script> | `c` :tada: http://a.b </details> $x$";
    let mut sample = Sample::new();
    let source = sample
        .sources
        .add(format!("{hostile}.tf"), format!("{hostile}\n"));
    for finding in &mut sample.findings {
        finding.place = Place::new(source, Span::new(0, 8));
        finding.address = hostile.into();
        finding.message = Text::new(format!("{hostile} holds"), "");
        finding.help = Text::new(hostile, "");
        finding.title = Text::new(hostile, "");
        finding.requirements = vec![hostile.into()];
        for piece in &mut finding.evidence {
            piece.label = Text::new(hostile, "");
        }
        if finding.waived.is_some() {
            finding.waived = Some(Waived {
                kind: AcceptedBy::Config,
                reason: hostile.into(),
                by: Some(hostile.into()),
                until: None,
                place: None,
            });
        }
    }
    sample.problems = vec![
        Problem::error(ProblemCode::Syntax, Text::same(hostile))
            .in_file(hostile)
            .help(Text::same(hostile)),
        Problem::warning(ProblemCode::NotRendered, Text::same(hostile)),
    ];
    sample.coverage.resources.unknown_kinds = vec![(hostile.into(), 1)];
    let text = written(&sample.report(ExitStatus::Incomplete));
    let starts = [
        "<!-- gardefou -->",
        "<details>",
        "</details>",
        "<summary>",
        "<sub>",
        "#",
        "-",
        "|",
        "**",
    ];
    for line in text
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty())
    {
        let own = starts.iter().any(|start| line.starts_with(start));
        let words = line.starts_with("critical ·")
            || line.starts_with("high ·")
            || line.starts_with("Not everything");
        assert!(own || words, "{line}");
    }
    for tag in tags_outside_of_code(&text) {
        let own = [
            "!--",
            "details>",
            "/details>",
            "summary>",
            "/summary>",
            "b>",
            "/b>",
            "br>",
            "sub>",
            "/sub>",
            "span>",
            "/span>",
        ];
        assert!(own.iter().any(|start| tag.starts_with(start)), "<{tag}");
    }
    assert_eq!(
        text.matches("<details>").count(),
        text.lines()
            .filter(|line| line.trim() == "</details>")
            .count()
    );
}

/// What follows each `<` that is not within backticks.
fn tags_outside_of_code(text: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['`', '<']) {
            let from = &rest[at..];
            if let Some(tag) = from.strip_prefix('<') {
                tags.push(tag);
                rest = tag;
                continue;
            }
            let run = from.bytes().take_while(|b| *b == b'`').count();
            if at > 0 && rest.as_bytes()[at - 1] == b'\\' {
                rest = &from[1..];
                continue;
            }
            let fence = &from[..run];
            let behind = &from[run..];
            rest = match behind.find(fence) {
                Some(end) => behind[end..].trim_start_matches('`'),
                None => behind,
            };
        }
    }
    tags
}

#[test]
fn nothing_to_scan_is_no_good_news() {
    let mut sample = Sample::new();
    sample.findings.clear();
    sample.problems.clear();
    let text = written(&sample.report(ExitStatus::NothingToScan));
    assert!(
        text.starts_with("<!-- gardefou -->\n## ⚠️ Gardefou: nothing to scan\n"),
        "{text}"
    );
    assert!(!text.contains('✅'));
    let text = written(&sample.report(ExitStatus::Clean));
    assert!(
        text.starts_with("<!-- gardefou -->\n## ✅ Gardefou: nothing found\n"),
        "{text}"
    );
    assert!(text.contains("unknown to the catalogue"), "{text}");
}
