//! Problems: what could not be read or decided, drawn like findings.

use std::fmt::{self, Write as _};

use super::excerpt::{Drawing, Mark};
use super::layout::Paint;
use super::phrases::{AND, HELP, MORE_PROBLEMS, SEE};
use super::{Look, Verbosity};
use crate::problem::{Problem, Weight};
use crate::report::{Lang, clean_line};
use crate::source::Sources;

/// Warnings shown unless everything is asked for.
const WARNINGS: usize = 10;
/// Errors drawn unless everything is asked for.
const ERRORS: usize = 30;

/// Problems with the texts they stand in.
#[derive(Clone, Copy)]
pub(super) struct Problems<'a> {
    pub(super) sources: &'a Sources,
    pub(super) all: &'a [Problem],
    pub(super) lang: Lang,
}

/// Errors drawn, warnings in a line each.
pub(super) fn all(out: &mut String, of: Problems<'_>, look: &Look) -> fmt::Result {
    let weighing = |weight| of.all.iter().filter(move |p| p.weight == weight);
    let verbose = look.verbosity == Verbosity::Verbose;
    let most = |limit| if verbose { usize::MAX } else { limit };
    for problem in weighing(Weight::Error).take(most(ERRORS)) {
        draw(out, problem, of, look)?;
    }
    if verbose {
        weighing(Weight::Warning).try_for_each(|problem| draw(out, problem, of, look))?;
    } else {
        let mut warned = false;
        for problem in weighing(Weight::Warning).take(most(WARNINGS)) {
            line(out, problem, of, look)?;
            warned = true;
        }
        if warned {
            writeln!(out)?;
        }
    }
    let left = weighing(Weight::Error).count().saturating_sub(most(ERRORS))
        + weighing(Weight::Warning)
            .count()
            .saturating_sub(most(WARNINGS));
    if left > 0 {
        let (and, more) = (of.lang.say(AND), of.lang.say(MORE_PROBLEMS));
        writeln!(out, "{and} {left} {more}\n")?;
    }
    Ok(())
}

/// One line for each problem, errors first. Warnings too: they say what was not looked at.
pub(super) fn lines(out: &mut String, of: Problems<'_>, look: &Look) -> fmt::Result {
    for weight in [Weight::Error, Weight::Warning] {
        let mut problems = of.all.iter().filter(|p| p.weight == weight);
        problems.try_for_each(|problem| line(out, problem, of, look))?;
    }
    Ok(())
}

fn draw(out: &mut String, problem: &Problem, of: Problems<'_>, look: &Look) -> fmt::Result {
    let (paint, mark) = match problem.weight {
        Weight::Error => (Paint::Bad, Mark::Error),
        Weight::Warning => (Paint::Care, Mark::Warning),
    };
    let path = problem.path.as_ref().filter(|_| problem.place.is_none());
    let path = path.map(|path| look.path(path));
    let path = path.map_or_else(String::new, |path| {
        look.link(&path, &look.paint(Paint::Faint, &format!(" · {path}")))
    });
    writeln!(
        out,
        "{} {}{}",
        look.paint(paint, of.lang.weight(problem.weight)),
        look.paint(Paint::Strong, problem.code.as_str()),
        path,
    )?;
    Drawing {
        mark,
        message: clean_line(of.lang.of(&problem.message)).into_owned(),
        at: problem.place.map(|place| (place, String::new())),
        sources: of.sources,
        lang: of.lang,
    }
    .render(out, look)?;
    let rows: Vec<_> = problem
        .related
        .iter()
        .map(|(place, label)| {
            vec![
                look.at(of.sources, *place),
                clean_line(of.lang.of(label)).into_owned(),
            ]
        })
        .collect();
    look.table(out, of.lang.say(SEE), &rows)?;
    if let Some(help) = &problem.help {
        look.row(out, of.lang.say(HELP), of.lang.of(help))?;
    }
    writeln!(out)
}

/// A problem on one line: `main.tf:3:5: warning[duplicate]: ...`.
fn line(out: &mut String, problem: &Problem, of: Problems<'_>, look: &Look) -> fmt::Result {
    let place = match (problem.place, &problem.path) {
        (Some(place), _) => look.at(of.sources, place) + ": ",
        (None, Some(path)) => format!("{}: ", look.path(path)),
        (None, None) => String::new(),
    };
    let paint = match problem.weight {
        Weight::Error => Paint::Bad,
        Weight::Warning => Paint::Care,
    };
    writeln!(
        out,
        "{place}{}[{}]: {}",
        look.paint(paint, of.lang.weight(problem.weight)),
        problem.code.as_str(),
        clean_line(of.lang.of(&problem.message))
    )
}
