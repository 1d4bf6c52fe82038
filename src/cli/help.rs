//! The help in French: the same commands and options, with the texts of `help.fr.toml`.
//!
//! English stands where options are declared. That no text is missing is held by a test.

use std::collections::BTreeMap;

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use serde::Deserialize;

/// All texts; read only when they are asked for.
const TEXTS: &str = include_str!("help.fr.toml");

/// The file of texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    shared: Shared,
    commands: BTreeMap<String, CommandTexts>,
}

/// Options that several commands have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    args: BTreeMap<String, String>,
    values: BTreeMap<String, BTreeMap<String, String>>,
}

/// A command.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CommandTexts {
    about: String,
    long: String,
    after: String,
    args: BTreeMap<String, String>,
    values: BTreeMap<String, BTreeMap<String, String>>,
}

/// The command line with its help in French; as it is, should the texts not be readable.
pub(super) fn in_french(mut command: Command) -> Command {
    let Ok(texts) = toml::from_str::<Texts>(TEXTS) else {
        return command;
    };
    // Help and version are options only from here on.
    command.build();
    translated(command, "", &texts)
}

fn translated(command: Command, path: &str, texts: &Texts) -> Command {
    let mut command = command.subcommand_help_heading("Commandes");
    if let Some(of) = texts.commands.get(path) {
        let long = if of.long.is_empty() {
            &of.about
        } else {
            &of.long
        };
        command = command.about(of.about.clone()).long_about(paragraphs(long));
        if !of.after.is_empty() {
            command = command.after_long_help(of.after.trim_start().to_owned());
        }
    }
    command
        .mut_args(|arg| argument(arg, path, texts))
        .mut_subcommands(|below| {
            let name = below.get_name();
            let path = match path {
                "" => name.to_owned(),
                path => format!("{path} {name}"),
            };
            translated(below, &path, texts)
        })
}

impl Texts {
    /// What is said of an argument by its command, by one above it, or of all that are called so.
    fn argument(&self, path: &str, id: &str) -> Option<&String> {
        let own = above(path).find_map(|path| self.commands.get(path)?.args.get(id));
        own.or_else(|| self.shared.args.get(id))
    }

    fn values(&self, path: &str, id: &str) -> Option<&BTreeMap<String, String>> {
        let own = above(path).find_map(|path| self.commands.get(path)?.values.get(id));
        own.or_else(|| self.shared.values.get(id))
    }
}

/// The lines of a paragraph as one: they are wrapped to the terminal.
fn paragraphs(text: &str) -> String {
    let paragraphs: Vec<String> = text
        .trim()
        .split("\n\n")
        .map(|one| one.replace('\n', " "))
        .collect();
    paragraphs.join("\n\n")
}

/// The group of options that is called so in English.
fn heading(english: &str) -> Option<&'static str> {
    Some(match english {
        "Input" => "Entrée",
        "Judgement" => "Jugement",
        "Output" => "Sortie",
        "Evidence" => "Preuves",
        "Terminal" => "Terminal",
        _ => return None,
    })
}

/// `policy new`, `policy`.
fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(path.rsplit_once(' ')?.0))
}

fn argument(arg: Arg, path: &str, texts: &Texts) -> Arg {
    let id = arg.get_id().to_string();
    let Some(says) = texts.argument(path, &id) else {
        return arg;
    };
    let takes = arg.get_action().takes_values() || arg.is_positional();
    let shown = |value: &&PossibleValue| takes && !value.is_hide_set();
    let all = arg.get_possible_values();
    let words: Vec<&PossibleValue> = all.iter().filter(shown).collect();
    let mut notes = String::new();
    let default: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if takes && !default.is_empty() {
        notes.push_str(&format!(" [défaut : {}]", default.join(" ")));
    }
    let names: Vec<&str> = words.iter().map(|word| word.get_name()).collect();
    let mut short = format!("{says}{notes}");
    let mut long = short.clone();
    if !names.is_empty() {
        short.push_str(&format!(" [valeurs possibles : {}]", names.join(", ")));
        long.push_str("\n\nValeurs possibles :");
        let about = texts.values(path, &id);
        for name in names {
            match about.and_then(|about| about.get(name)) {
                Some(about) => long.push_str(&format!("\n- {name} : {about}")),
                None => long.push_str(&format!("\n- {name}")),
            }
        }
    }
    let heading = arg.get_help_heading().and_then(heading);
    let arg = arg
        .hide_default_value(true)
        .hide_possible_values(true)
        .help(short)
        .long_help(long);
    match heading {
        Some(heading) => arg.help_heading(heading),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is missing or too much, by path and id.
    fn differences(command: &Command, path: &str, texts: &Texts, out: &mut Vec<String>) {
        match texts.commands.get(path) {
            None => out.push(format!("no text for the command `{path}`")),
            Some(of) => {
                let both = |what: &str, english: bool, french: &str| {
                    let french = !french.is_empty();
                    (english != french)
                        .then(|| format!("`{path}`: {what}: English {english}, French {french}"))
                };
                let has_long = command.get_long_about().is_some_and(|long| {
                    Some(long.to_string()) != command.get_about().map(ToString::to_string)
                });
                out.extend(both("about", true, &of.about));
                out.extend(both("long", has_long, &of.long));
                out.extend(both(
                    "after",
                    command.get_after_long_help().is_some(),
                    &of.after,
                ));
            }
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let id = arg.get_id().as_str();
            if texts.argument(path, id).is_none() {
                out.push(format!("`{path}`: no text for `{id}`"));
            }
            if let Some(of) = arg.get_help_heading()
                && heading(of).is_none()
            {
                out.push(format!("no text for the heading `{of}`"));
            }
            let described = arg.get_possible_values();
            for word in described
                .iter()
                .filter(|word| word.get_help().is_some() && arg.get_action().takes_values())
            {
                let about = texts
                    .values(path, id)
                    .and_then(|about| about.get(word.get_name()));
                if about.is_none() {
                    out.push(format!("`{path}`: no text for `{id}` {}", word.get_name()));
                }
            }
        }
        for below in command
            .get_subcommands()
            .filter(|below| below.get_name() != "help" && !below.is_hide_set())
        {
            let path = format!("{path} {}", below.get_name());
            differences(below, path.trim_start(), texts, out);
        }
    }

    #[test]
    fn all_help_is_there_in_french() {
        let texts: Texts = toml::from_str(TEXTS).expect("the texts");
        let mut command = crate::cli::command();
        command.build();
        let mut out = Vec::new();
        differences(&command, "", &texts, &mut out);
        let paths: std::collections::BTreeSet<String> = paths(&command, "");
        for path in texts
            .commands
            .keys()
            .filter(|path| !path.is_empty() && *path != "help")
        {
            if !paths.contains(path) {
                out.push(format!("a text for `{path}`, which is no command"));
            }
        }
        assert!(out.is_empty(), "\n{}", out.join("\n"));
    }

    fn paths(command: &Command, path: &str) -> std::collections::BTreeSet<String> {
        command
            .get_subcommands()
            .flat_map(|below| {
                let path = format!("{path} {}", below.get_name())
                    .trim_start()
                    .to_owned();
                let mut all = paths(below, &path);
                all.insert(path);
                all
            })
            .collect()
    }

    #[test]
    fn help_in_french_parses_the_same() {
        let matches = in_french(crate::cli::command()).try_get_matches_from([
            "gardefou",
            "scan",
            "x",
            "--fail-on",
            "low",
        ]);
        assert!(matches.is_ok());
        let error = in_french(crate::cli::command())
            .try_get_matches_from(["gardefou", "scan", "--help"])
            .expect_err("help");
        let text = error.to_string();
        for part in [
            "Lit le code",
            "Entrée:",
            "[défaut : default]",
            "Valeurs possibles :",
            "Code de retour",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for part in ["possible values", "[default", "Print help"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
    }
}
