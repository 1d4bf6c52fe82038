//! `gardefou catalog`: the facts, looked up.

use std::str::FromStr as _;

use super::args::{CatalogArgs, CatalogCommand, Format, ListArgs, StandingArg, TerminalArgs};
use super::{Fault, request, terminal};
use crate::catalog::{Area, Query, Standing};
use crate::report::catalogue::{Question, kinds, offerings, regions};
use crate::report::{Lang, clean_line};
use crate::verdict::ExitStatus;

pub(super) fn run(args: &CatalogArgs, terminal: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let list = args.command.list();
    let extended = request::catalog(&list.catalog)?;
    let query = Query::new(&list.query);
    let question = Question {
        catalog: extended.catalog,
        folders: &extended.folders,
        query: &query,
        provider: list.provider.as_deref(),
        as_of: request::as_of(list.as_of.as_deref())?,
        lang: terminal.lang(),
    };
    let look = terminal::look(terminal);
    let mut near = Vec::new();
    let mut text = String::new();
    let mut json = Vec::new();
    let mut answer = |human: Result<String, std::fmt::Error>| {
        text = human.unwrap_or_default();
    };
    let people = list.format == Format::Human;
    let none = match &args.command {
        CatalogCommand::Regions { area, .. } => {
            let found = regions::find(&question, *area);
            if found.is_empty() {
                near = regions::near(&question);
            }
            if people {
                answer(regions::human(&found, &question, &look));
            } else {
                regions::json(&found, &question, &mut json).map_err(Fault::stdout)?;
            }
            found.is_empty()
        }
        CatalogCommand::Offerings { status, .. } => {
            let found = offerings::find(&question, status.map(Standing::from));
            if found.is_empty() {
                near = offerings::near(&question);
            }
            if people {
                answer(offerings::human(&found, &question, &look));
            } else {
                offerings::json(&found, &question, &mut json).map_err(Fault::stdout)?;
            }
            found.is_empty()
        }
        CatalogCommand::Resources { .. } => {
            let found = kinds::find(&question);
            if found.is_empty() {
                near = kinds::near(&question);
            }
            if people {
                answer(kinds::human(&found, &question, &look));
            } else {
                kinds::json(&found, &question, &mut json).map_err(Fault::stdout)?;
            }
            found.is_empty()
        }
    };
    if none && people {
        terminal::say(&nothing(list, &near, question.lang));
        return Ok(ExitStatus::NothingToScan);
    }
    let written = match people {
        true => terminal::print_text(&text),
        false => terminal::print(|out| out.write_all(&json)),
    };
    written.map_err(Fault::stdout)?;
    Ok(if none {
        ExitStatus::NothingToScan
    } else {
        ExitStatus::Clean
    })
}

/// Nothing was met: what was near.
fn nothing(list: &ListArgs, near: &[&str], lang: Lang) -> String {
    let asked = list.query.join(" ");
    let asked = clean_line(&asked);
    let help = match (near, lang) {
        ([], Lang::En) => "every word has to be met: try fewer words, or none for all".to_owned(),
        ([], Lang::Fr) => {
            "chaque mot doit être satisfait : essayez moins de mots, ou aucun pour tout voir"
                .to_owned()
        }
        (near, Lang::En) => format!("did you mean {}?", quoted(near, " or ")),
        (near, Lang::Fr) => format!("vouliez-vous dire {} ?", quoted(near, " ou ")),
    };
    match lang {
        Lang::En => format!("the catalogue has nothing for `{asked}`\nhelp: {help}"),
        Lang::Fr => format!(
            "le catalogue n’a rien pour `{asked}`\n{} {help}",
            terminal::help_word(lang)
        ),
    }
}

fn quoted(names: &[&str], or: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(or)
}

impl From<StandingArg> for Standing {
    fn from(arg: StandingArg) -> Self {
        match arg {
            StandingArg::Qualified => Self::InForce,
            StandingArg::Candidate => Self::Candidate,
            StandingArg::Lapsed => Self::Lapsed,
            StandingArg::None => Self::None,
        }
    }
}

/// `--area third`
pub(super) fn area(text: &str) -> Result<Area, String> {
    Area::from_str(text).map_err(|error| error.to_string())
}

impl CatalogCommand {
    fn list(&self) -> &ListArgs {
        match self {
            Self::Regions { list, .. }
            | Self::Offerings { list, .. }
            | Self::Resources { list } => list,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_standing_can_be_asked_for() {
        let standings: Vec<Standing> = StandingArg::value_variants()
            .iter()
            .map(|arg| Standing::from(*arg))
            .collect();
        assert_eq!(standings.len(), 4);
        assert!(area("third").is_ok() && area("mars").is_err());
    }
}
