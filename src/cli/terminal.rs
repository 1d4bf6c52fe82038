//! Where output goes: data to standard output, the rest to standard error; a reader that went away is no error.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use super::args::{Color, TerminalArgs};
use crate::problem::Problem;
use crate::report::human::{Ground, Look, Verbosity};
use crate::report::{clean, unheeded};
use crate::source::Sources;
use crate::text::Lang;

/// Width when there is no terminal.
pub(super) const WIDTH: usize = 100;
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
    /// The terminal is one that makes links clickable; others may show the address.
    links: bool,
    /// What FORCE_HYPERLINK says.
    force_links: Option<bool>,
}

/// Terminals that know links by the name they give in TERM_PROGRAM.
const PROGRAMS: [&str; 7] = [
    "ghostty",
    "Hyper",
    "iTerm.app",
    "rio",
    "Tabby",
    "vscode",
    "WezTerm",
];
/// Those that are known by TERM.
const TERMS: [&str; 6] = [
    "alacritty",
    "contour",
    "foot",
    "foot-extra",
    "xterm-ghostty",
    "xterm-kitty",
];
/// Those that are known by a variable of their own.
const MARKS: [&str; 4] = [
    "DOMTERM",
    "KITTY_WINDOW_ID",
    "KONSOLE_VERSION",
    "WT_SESSION",
];
/// The first version of the terminal of GNOME and of its relatives that knows links.
const VTE: u32 = 5000;

impl Surroundings {
    fn now() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is =
            |name: &str, wanted: &str| std::env::var_os(name).is_some_and(|value| value == wanted);
        let on = |name: &str| set(name) && !is(name, "0");
        let vte = std::env::var("VTE_VERSION").ok();
        Self {
            no_color: set("NO_COLOR"),
            force: on("FORCE_COLOR") || on("CLICOLOR_FORCE"),
            clicolor_off: is("CLICOLOR", "0"),
            dumb: is("TERM", "dumb"),
            terminal: io::stdout().is_terminal(),
            links: PROGRAMS.iter().any(|name| is("TERM_PROGRAM", name))
                || TERMS.iter().any(|name| is("TERM", name))
                || MARKS.iter().any(|name| set(name))
                || vte.is_some_and(|vte| vte.parse().is_ok_and(|vte: u32| vte >= VTE)),
            force_links: set("FORCE_HYPERLINK").then(|| on("FORCE_HYPERLINK")),
        }
    }
}

/// The option first, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, CLICOLOR, and whether there is a terminal.
fn colored(option: Color, around: Surroundings) -> bool {
    match option {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if around.no_color => false,
        Color::Auto if around.force => true,
        Color::Auto => around.terminal && !around.clicolor_off && !around.dumb,
    }
}

/// Without colour there are no links. FORCE_HYPERLINK decides; else a terminal that is known to make them clickable.
fn linked(option: Color, around: Surroundings) -> bool {
    colored(option, around)
        && around
            .force_links
            .unwrap_or(around.terminal && around.links && !around.dumb)
}

/// Where the reader of a scan of `root` stands.
pub(super) fn ground(args: &TerminalArgs, root: Option<&Path>) -> Ground {
    let working = std::env::current_dir().and_then(|folder| folder.canonicalize());
    let (Some(root), Ok(working)) = (root, working) else {
        return Ground::default();
    };
    let ground = Ground::new(root, &working);
    if linked(args.color, Surroundings::now()) {
        ground.with_links(host())
    } else {
        ground
    }
}

/// The name of this machine; empty where none is to be had, which stands for the one of the terminal.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
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
        ..Look::default()
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

/// Writes text for people to standard output.
///
/// # Errors
/// When it cannot be written, but for a reader that went away.
pub(super) fn print_text(text: &str) -> io::Result<()> {
    print(|out| out.write_all(readable(text).as_bytes()))
}

/// Text for people as this place can bear it: what a job of GitHub Actions prints, its runner searches for commands.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    if in_runner() {
        unheeded(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// True in a job of GitHub Actions, and of those that run its workflows elsewhere.
pub(super) fn in_runner() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Says something beside the data, as it is. Failing to say it is no reason to fail.
pub(super) fn beside(text: &str) {
    let _ = io::stderr().lock().write_all(readable(text).as_bytes());
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
        beside(&text);
    }
}

/// What stands before a remedy.
pub(super) fn help_word(lang: Lang) -> &'static str {
    lang.pick("help:", "remède :")
}

/// Says something beside the data, on lines of its own.
pub(super) fn say(text: &str) {
    beside(&format!("{}\n", clean(text)));
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

    #[test]
    fn links_need_a_terminal_that_knows_them() {
        let at = Surroundings {
            terminal: true,
            links: true,
            ..Surroundings::default()
        };
        let forced = |on| Surroundings {
            force_links: Some(on),
            ..at
        };
        let piped = Surroundings {
            terminal: false,
            ..at
        };
        let unknown = Surroundings { links: false, ..at };
        let no_color = Surroundings {
            no_color: true,
            ..forced(true)
        };
        let cases = [
            (Color::Auto, at, true),
            (Color::Auto, piped, false),
            (Color::Always, piped, false),
            (Color::Auto, unknown, false),
            (Color::Never, forced(true), false),
            (Color::Auto, no_color, false),
            (Color::Auto, forced(false), false),
            (
                Color::Auto,
                Surroundings {
                    links: false,
                    ..forced(true)
                },
                true,
            ),
            (Color::Auto, Surroundings { dumb: true, ..at }, false),
        ];
        for (option, around, expected) in cases {
            assert_eq!(linked(option, around), expected, "{option:?} {around:?}");
        }
    }
}
