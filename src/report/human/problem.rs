//! Problems: what could not be read or decided, drawn like findings.

use std::fmt::{self, Write as _};

use super::excerpt::{Drawing, Mark};
use super::finding::position;
use super::layout::Paint;
use super::{Look, Verbosity};
use crate::problem::{Problem, Weight};
use crate::report::{Report, clean_line};

/// Warnings shown unless everything is asked for.
const WARNINGS: usize = 10;
/// Errors drawn unless everything is asked for.
const ERRORS: usize = 30;

/// Errors drawn, warnings in a line each.
pub(super) fn all(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    let of = |weight| report.problems.iter().filter(move |p| p.weight == weight);
    let verbose = look.verbosity == Verbosity::Verbose;
    let most = |limit| if verbose { usize::MAX } else { limit };
    for problem in of(Weight::Error).take(most(ERRORS)) {
        draw(out, problem, report, look)?;
    }
    if verbose {
        of(Weight::Warning).try_for_each(|problem| draw(out, problem, report, look))?;
    } else {
        let mut warned = false;
        for problem in of(Weight::Warning).take(most(WARNINGS)) {
            line(out, problem, report, look)?;
            warned = true;
        }
        if warned {
            writeln!(out)?;
        }
    }
    let left = of(Weight::Error).count().saturating_sub(most(ERRORS))
        + of(Weight::Warning).count().saturating_sub(most(WARNINGS));
    if left > 0 {
        writeln!(out, "and {left} more problems with --verbose\n")?;
    }
    Ok(())
}

/// One line for each problem, errors first. Warnings too: they say what was not looked at.
pub(super) fn lines(out: &mut String, report: &Report<'_>, look: &Look) -> fmt::Result {
    for weight in [Weight::Error, Weight::Warning] {
        let mut problems = report.problems.iter().filter(|p| p.weight == weight);
        problems.try_for_each(|problem| line(out, problem, report, look))?;
    }
    Ok(())
}

fn draw(out: &mut String, problem: &Problem, report: &Report<'_>, look: &Look) -> fmt::Result {
    let (paint, mark) = match problem.weight {
        Weight::Error => (Paint::Bad, Mark::Error),
        Weight::Warning => (Paint::Care, Mark::Warning),
    };
    let path = problem.path.as_ref().filter(|_| problem.place.is_none());
    let path = path.map_or_else(String::new, |path| format!(" · {}", clean_line(path)));
    writeln!(
        out,
        "{} {}{}",
        look.paint(paint, problem.weight.as_str()),
        look.paint(Paint::Strong, problem.code.as_str()),
        look.paint(Paint::Faint, &path),
    )?;
    Drawing {
        mark,
        message: clean_line(&problem.message).into_owned(),
        at: problem.place.map(|place| (place, String::new())),
        sources: report.sources,
    }
    .render(out, look)?;
    let rows: Vec<_> = problem
        .related
        .iter()
        .map(|(place, label)| {
            vec![
                position(report.sources, *place),
                clean_line(label).into_owned(),
            ]
        })
        .collect();
    look.table(out, "see", &rows)?;
    if let Some(help) = &problem.help {
        look.row(out, "help", help)?;
    }
    writeln!(out)
}

/// A problem on one line: `main.tf:3:5: warning[duplicate]: ...`.
fn line(out: &mut String, problem: &Problem, report: &Report<'_>, look: &Look) -> fmt::Result {
    let place = match (problem.place, &problem.path) {
        (Some(place), _) => position(report.sources, place) + ": ",
        (None, Some(path)) => format!("{}: ", clean_line(path)),
        (None, None) => String::new(),
    };
    let paint = match problem.weight {
        Weight::Error => Paint::Bad,
        Weight::Warning => Paint::Care,
    };
    writeln!(
        out,
        "{place}{}[{}]: {}",
        look.paint(paint, problem.weight.as_str()),
        problem.code.as_str(),
        clean_line(&problem.message)
    )
}
