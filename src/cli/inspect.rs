//! `gardefou inspect`: what was understood.

use clap::ArgMatches;

use super::args::{Format, InspectArgs, TerminalArgs};
use super::{Fault, request, terminal};
use crate::problem::Weight;
use crate::report::clean_line;
use crate::report::inspect::{self, Inspection, Secrets};
use crate::scan;
use crate::verdict::ExitStatus;

pub(super) fn run(
    args: &InspectArgs,
    options: Option<&ArgMatches>,
    terminal: &TerminalArgs,
) -> Result<ExitStatus, Fault> {
    request::threads(args.input.threads)?;
    let scan = scan::understand(&request::request(&args.input, options)?);
    let as_of = scan.settings.as_of.to_string();
    let inspection = Inspection {
        sources: &scan.sources,
        graph: &scan.graph,
        facts: &scan.facts,
        estate: &scan.estate,
        problems: &scan.problems,
        as_of: &as_of,
        lang: args.input.lang.into(),
        secrets: if args.show_sensitive {
            Secrets::Shown
        } else {
            Secrets::Hidden
        },
    };
    let look = terminal::look(terminal);
    terminal::print(|out| match args.format {
        Format::Json => inspect::json(&inspection, out),
        Format::Human => {
            let text = inspect::human(&inspection, &look).map_err(std::io::Error::other)?;
            out.write_all(text.as_bytes())
        }
    })
    .map_err(Fault::stdout)?;
    let errors: Vec<_> = scan
        .problems
        .iter()
        .filter(|p| p.weight == Weight::Error)
        .collect();
    if args.format == Format::Human {
        for problem in &errors {
            terminal::say(&format!("error: {}", clean_line(&problem.message)));
        }
    }
    Ok(if !errors.is_empty() {
        ExitStatus::Incomplete
    } else if scan.coverage.scanned() == 0 {
        ExitStatus::NothingToScan
    } else {
        ExitStatus::Clean
    })
}
