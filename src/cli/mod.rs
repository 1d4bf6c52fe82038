//! The command line: one file for each command. Data goes to standard output, the rest to standard error.

mod args;
mod baseline;
mod catalog;
mod explain;
mod file;
mod help;
mod ignore;
mod init;
mod inspect;
mod locale;
mod man;
mod policy;
mod request;
mod rules;
mod scan;
mod terminal;
mod threads;
mod usage;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::error::ErrorFormatter;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::problem::Problem;
use crate::program::sweeper;
use crate::report::clean;
use crate::source::Sources;
use crate::text::{Lang, Text, why_not};
use crate::verdict::ExitStatus;
use args::{Cli, Command};

/// What keeps a command from doing its job.
#[derive(Debug)]
enum Fault {
    /// Something that was asked for cannot be had, and what to do.
    Usage(Text, Option<Text>),
    /// Facts, policies or a configuration with something wrong in them, to be drawn.
    Input(Box<(Sources, Vec<Problem>)>),
    /// Output that could not be written.
    Output {
        /// Where to.
        to: Text,
        /// Why not.
        error: io::Error,
    },
}

impl Fault {
    /// Something that was asked for cannot be had.
    fn usage(what: Text) -> Self {
        Self::Usage(what, None)
    }

    /// The same, in the language of whoever typed it.
    fn spoken(what: impl Into<String>) -> Self {
        Self::Usage(Text::same(what.into()), None)
    }

    /// The same, with what to do.
    fn with_help(what: Text, help: Text) -> Self {
        Self::Usage(what, Some(help))
    }

    /// In words; what is wrong with the input is drawn instead.
    fn said(&self, lang: Lang) -> String {
        match self {
            Self::Usage(what, help) => {
                let mut said = lang.of(what).to_owned();
                if let Some(help) = help {
                    said += &format!("\n{} {}", terminal::help_word(lang), lang.of(help));
                }
                said
            }
            Self::Input(_) => String::new(),
            Self::Output { to, error } => {
                let to = lang.of(to);
                match lang {
                    Lang::En => format!("could not write {to}: {error}"),
                    Lang::Fr => {
                        let why = why_not(error.kind());
                        format!("écriture impossible {to} : {}", lang.of(&why))
                    }
                }
            }
        }
    }
    /// For standard output.
    fn stdout(error: io::Error) -> Self {
        Self::Output {
            to: Text::new("to standard output", "sur la sortie standard"),
            error,
        }
    }
}

/// The whole command line as data: what its reference is made from.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program with its arguments (the first is its name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if matches!(arguments.as_slice(), [_, only] if only == sweeper::ARGUMENT) {
        sweeper::sweep();
        return ExitCode::SUCCESS;
    }
    // A fault of the program is no verdict: it ends with the status that says so, as all that keeps it from its job.
    std::panic::catch_unwind(|| run(arguments.clone())).unwrap_or_else(|_| {
        terminal::say(match locale::of_arguments(&arguments) {
            Lang::En => "error: a fault in Gardefou itself: nothing was judged; please report it with the lines above",
            Lang::Fr => "erreur : un défaut de Gardefou lui-même : rien n’a été jugé ; merci de le signaler avec les lignes ci-dessus",
        });
        ExitCode::from(ExitStatus::Incomplete.code())
    })
}

fn run(arguments: Vec<OsString>) -> ExitCode {
    let matches = match Cli::command().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return not_parsed(error, &arguments),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return not_parsed(error, &arguments),
    };
    // Values for variables keep their order, which only the matches know.
    let options = matches.subcommand().map(|(_, options)| options);
    let outcome = match &cli.command {
        Command::Scan(args) => scan::run(args, options, &cli.terminal),
        Command::Inspect(args) => inspect::run(args, options, &cli.terminal),
        Command::Baseline(args) => baseline::run(args, options, &cli.terminal),
        Command::Ignore(args) => ignore::run(args, options, &cli.terminal),
        Command::Explain(args) => explain::run(args, &cli.terminal),
        Command::Catalog(args) => catalog::run(args, &cli.terminal),
        Command::Rules(args) => rules::run(args, &cli.terminal),
        Command::Init(args) => init::run(args, cli.terminal.lang()),
        Command::Policy(args) => policy::run(args, &cli.terminal),
        Command::Completions { shell } => completions(*shell),
        Command::Man(args) => man::run(args),
    };
    match outcome {
        Ok(status) => ExitCode::from(status.code()),
        Err(Fault::Input(wrong)) => {
            terminal::draw(&wrong.0, &wrong.1, &cli.terminal);
            ExitCode::from(ExitStatus::Incomplete.code())
        }
        Err(fault) => {
            say(&fault, cli.terminal.lang());
            ExitCode::from(ExitStatus::Incomplete.code())
        }
    }
}

/// Says beside the data what keeps a command from its job.
fn say(fault: &Fault, lang: Lang) {
    let error = lang.pick("error:", "erreur :");
    terminal::say(&format!("{error} {}", fault.said(lang)));
}

/// Help and version are what was asked for; everything else is bad usage. French is made ready only when it is read.
fn not_parsed(error: clap::Error, arguments: &[OsString]) -> ExitCode {
    let is_fault = error.use_stderr();
    let lang = locale::of_arguments(arguments);
    let told = match lang {
        Lang::En => told(&error),
        Lang::Fr => match help::in_french(Cli::command()).try_get_matches_from(arguments) {
            Ok(_) => told(&error),
            Err(error) => told(&error.apply::<usage::French>()),
        },
    };
    match told {
        _ if is_fault => ExitCode::from(ExitStatus::Incomplete.code()),
        // A reader that went away is no error.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&Fault::stdout(error), lang);
            ExitCode::from(ExitStatus::Incomplete.code())
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Arguments may be names of files, which a shell put there for a pattern.
fn told<F: ErrorFormatter>(error: &clap::error::Error<F>) -> io::Result<()> {
    if error.use_stderr() && terminal::in_runner() {
        terminal::beside(&clean(&error.render().to_string()));
        return Ok(());
    }
    error.print()
}

fn completions(shell: clap_complete::Shell) -> Result<ExitStatus, Fault> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gardefou", &mut script);
    terminal::print(|out| out.write_all(&script)).map_err(Fault::stdout)?;
    Ok(ExitStatus::Clean)
}
