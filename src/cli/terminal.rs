//! Where output goes: data to standard output, the rest to standard error; a reader that went away is no error.

use std::io::{self, IsTerminal as _, Write};

use super::args::{Color, TerminalArgs};
use crate::problem::Problem;
use crate::report::clean;
use crate::report::human::{Look, Verbosity};
use crate::source::Sources;

/// Width when there is no terminal.
const WIDTH: usize = 100;
/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 120;
/// Narrower than this nothing is aligned any more.
const NARROWEST: usize = 60;

/// What the environment says about colour.
#[derive(Debug, Clone, Copy, Default)]
struct Surroundings {
    no_color: bool,
    force: bool,
    clicolor_off: bool,
    dumb: bool,
    terminal: bool,
}

impl Surroundings {
    fn now() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is =
            |name: &str, wanted: &str| std::env::var_os(name).is_some_and(|value| value == wanted);
        Self {
            no_color: set("NO_COLOR"),
            force: set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0"),
            clicolor_off: is("CLICOLOR", "0"),
            dumb: is("TERM", "dumb"),
            terminal: io::stdout().is_terminal(),
        }
    }
}

/// The option first, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR, and whether there is a terminal.
fn colored(option: Color, around: Surroundings) -> bool {
    match option {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if around.no_color => false,
        Color::Auto if around.force => true,
        Color::Auto => around.terminal && !around.clicolor_off && !around.dumb,
    }
}

/// How the report looks here.
pub(super) fn look(args: &TerminalArgs) -> Look {
    let around = Surroundings::now();
    let width = match terminal_size::terminal_size() {
        Some((width, _)) if around.terminal => usize::from(width.0),
        _ => WIDTH,
    };
    Look {
        color: colored(args.color, around),
        width: width.clamp(NARROWEST, WIDEST),
        verbosity: match (args.quiet, args.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        },
        undetermined: true,
    }
}

/// Writes data to standard output.
///
/// # Errors
/// When it cannot be written, but for a reader that went away.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Draws problems beside the data.
pub(super) fn draw(sources: &Sources, problems: &[Problem], args: &TerminalArgs) {
    let look = Look {
        color: colored(
            args.color,
            Surroundings {
                terminal: io::stderr().is_terminal(),
                ..Surroundings::now()
            },
        ),
        ..look(args)
    };
    if let Ok(text) = crate::report::human::problems(sources, problems, args.lang(), &look) {
        let _ = write!(io::stderr().lock(), "{text}");
    }
}

/// Says something beside the data. Failing to say it is no reason to fail.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", clean(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_the_option_then_the_environment() {
        let at = Surroundings {
            terminal: true,
            ..Surroundings::default()
        };
        let piped = Surroundings::default();
        let cases = [
            (Color::Auto, at, true),
            (Color::Auto, piped, false),
            (Color::Always, piped, true),
            (Color::Never, at, false),
            (
                Color::Auto,
                Surroundings {
                    no_color: true,
                    ..at
                },
                false,
            ),
            (
                Color::Auto,
                Surroundings {
                    no_color: true,
                    force: true,
                    ..at
                },
                false,
            ),
            (
                Color::Always,
                Surroundings {
                    no_color: true,
                    ..piped
                },
                true,
            ),
            (
                Color::Auto,
                Surroundings {
                    force: true,
                    ..piped
                },
                true,
            ),
            (
                Color::Auto,
                Surroundings {
                    clicolor_off: true,
                    ..at
                },
                false,
            ),
            (Color::Auto, Surroundings { dumb: true, ..at }, false),
        ];
        for (option, around, expected) in cases {
            assert_eq!(colored(option, around), expected, "{option:?} {around:?}");
        }
    }
}
