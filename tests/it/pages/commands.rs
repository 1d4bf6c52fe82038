//! The page of all commands and options, made from the command line itself.

use std::fmt::Write as _;

use clap::{Arg, Command};

use crate::support::{HOW, hold};

#[test]
#[ignore = "a page: held by .ci/run"]
fn commands_are_described_as_they_are() {
    let mut command = gardefou::cli::command();
    command.build();
    let mut page = format!(
        "# Commands and options\n\n<!-- Made from the command line; write it with: {HOW} -->\n\n\
         What `gardefou help` and `gardefou COMMAND --help` print. Options that name a `GARDEFOU_…` variable read it when they\n\
         are not typed; typed ones win over the environment, this over `gardefou.toml`, this over the defaults. Those below\n\
         [every command](#every-command) stand before or behind any command. `gardefou man --to DIR` writes the same as manual\n\
         pages, `gardefou completions SHELL` what a shell needs to complete them.\n\n"
    );
    for one in shown(&command) {
        section(&mut page, one, &[one.get_name()]);
    }
    page.push_str("## Every command\n\n");
    options(
        &mut page,
        command.get_arguments().filter(|arg| arg.is_global_set()),
    );
    hold("docs/src/commands.md", &page);
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    let own = |one: &&Command| !one.is_hide_set() && one.get_name() != "help";
    command.get_subcommands().filter(own)
}

/// A command, its options by their headings, and the commands below it.
fn section(page: &mut String, command: &Command, path: &[&str]) {
    let title = path.join(" ");
    let depth = "#".repeat(path.len() + 1);
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    writeln!(page, "{depth} `gardefou {title}`\n\n{}\n", about.trim()).expect("written");
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    if command.get_subcommands().next().is_none() {
        writeln!(page, "```text\n{usage}\n```\n").expect("written");
    }
    if let Some(after) = command.get_after_long_help() {
        writeln!(page, "```text\n{}\n```\n", after.to_string().trim()).expect("written");
    }
    let own = |arg: &&Arg| {
        !arg.is_global_set()
            && !arg.is_hide_set()
            && arg.get_id() != "help"
            && arg.get_id() != "version"
    };
    options(page, command.get_arguments().filter(own));
    for one in shown(command) {
        let below: Vec<&str> = path.iter().copied().chain([one.get_name()]).collect();
        section(page, one, &below);
    }
}

fn options<'a>(page: &mut String, all: impl Iterator<Item = &'a Arg>) {
    let mut headings: Vec<(String, Vec<&Arg>)> = Vec::new();
    for arg in all {
        let heading = match arg.get_help_heading() {
            Some(heading) => heading.to_owned(),
            None if arg.is_positional() => "Arguments".to_owned(),
            None => "Options".to_owned(),
        };
        match headings.iter_mut().find(|(name, _)| *name == heading) {
            Some((_, args)) => args.push(arg),
            None => headings.push((heading, vec![arg])),
        }
    }
    for (heading, args) in headings {
        writeln!(page, "| {heading} | |\n|---|---|").expect("written");
        for arg in args {
            writeln!(page, "| {} | {} |", name(arg), cell(&says(arg))).expect("written");
        }
        page.push('\n');
    }
}

/// `-q`, `--quiet`; `--format FORMAT`; `PATHS`.
fn name(arg: &Arg) -> String {
    let takes = arg.get_action().takes_values();
    let values: Vec<&str> = arg
        .get_value_names()
        .into_iter()
        .flatten()
        .map(|name| name.as_str())
        .collect();
    let value = values.join(" ");
    if arg.is_positional() {
        return format!("`{}`", cell(&value));
    }
    let long = arg.get_long().map(|long| match takes {
        true => format!("`--{long} {}`", cell(&value)),
        false => format!("`--{long}`"),
    });
    let short = arg.get_short().map(|short| format!("`-{short}`"));
    short.into_iter().chain(long).collect::<Vec<_>>().join(", ")
}

fn says(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help());
    let mut out = help.map(ToString::to_string).unwrap_or_default();
    let possible: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !possible.is_empty() {
        write!(out, ": {}", possible.join(", ")).expect("written");
    }
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        write!(out, ". Default: `{}`", defaults.join(" ")).expect("written");
    }
    if let Some(variable) = arg.get_env() {
        write!(out, ". Variable: `{}`", variable.to_string_lossy()).expect("written");
    }
    out
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}
