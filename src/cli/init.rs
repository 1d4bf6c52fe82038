//! `gardefou init`: proposes a configuration, a job for the CI and a hook, and writes what is wanted and not there yet.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::args::{CiArg, InitArgs};
use super::{Fault, terminal};
use crate::init::{self, Choices, Ci, Given, NotPlaced, Proposal, Seen};
use crate::report::{Lang, clean, clean_line};
use crate::scan::{self, Request};
use crate::text::text;
use crate::verdict::ExitStatus;

pub(super) fn run(args: &InitArgs, lang: Lang) -> Result<ExitStatus, Fault> {
    let top = top(&args.dir)?;
    let scan = scan::understand(&Request {
        paths: vec![top.clone()],
        // What is there may be wrong; it is not to decide over what is proposed.
        config: scan::ConfigChoice::Without,
        render: scan::RenderChoice {
            asked: Some(false),
            ..scan::RenderChoice::default()
        },
        ..Request::default()
    });
    let seen = init::look(&top, &scan);
    std::mem::forget(scan);
    let given = given(args)?;
    // Only where somebody reads the questions and can answer them.
    let asks =
        !args.yes && !args.dry_run && io::stdin().is_terminal() && io::stderr().is_terminal();
    let choices = if asks {
        let heard = init::ask(
            &seen,
            given,
            lang,
            &mut io::stdin().lock(),
            &mut io::stderr().lock(),
        );
        match heard.map_err(Fault::stdout)? {
            Some(choices) => choices,
            None => {
                let nothing = lang.pick("nothing was written", "rien n’a été écrit");
                return Err(Fault::spoken(nothing.to_owned()));
            }
        }
    } else {
        given.choices(&seen)
    };
    let writes = args.yes || asks;
    let (text, failed) = carry_out(&top, &seen, &choices, writes && !args.dry_run, lang);
    terminal::print_text(&text).map_err(Fault::stdout)?;
    if failed {
        return Ok(ExitStatus::Incomplete);
    }
    if writes || args.dry_run {
        return Ok(ExitStatus::Clean);
    }
    let how = lang.pick(
        "nothing was written: there is no terminal to ask at; --yes writes what is shown, --dry-run only shows it",
        "rien n’a été écrit : il n’y a pas de terminal où poser de questions ; --yes écrit ce qui est montré, --dry-run ne fait que le montrer",
    );
    Err(Fault::spoken(how.to_owned()))
}

/// The top of the repository around a folder, else the folder.
fn top(folder: &Path) -> Result<PathBuf, Fault> {
    let real = folder.canonicalize().ok().filter(|real| real.is_dir());
    let Some(real) = real else {
        let shown = folder.display().to_string();
        let shown = clean_line(&shown);
        return Err(Fault::usage(text!(
            "{shown}: there is no such folder",
            "{shown} : ce dossier n’existe pas"
        )));
    };
    let mut above = real.ancestors();
    let repository = above.find(|folder| folder.join(".git").exists());
    Ok(repository.map(Path::to_owned).unwrap_or(real))
}

fn given(args: &InitArgs) -> Result<Given, Fault> {
    if let Some(pin) = &args.pin
        && !(pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        let shown = clean_line(pin);
        return Err(Fault::usage(text!(
            "--pin {shown}: write the 40 digits of a commit",
            "--pin {shown} : écrivez les 40 chiffres d’un commit"
        )));
    }
    Ok(Given {
        actor: args.actor,
        assume: args.assume,
        ci: args.ci.map(|ci| match ci {
            CiArg::Github => Some(Ci::Github),
            CiArg::Gitlab => Some(Ci::Gitlab),
            CiArg::None => None,
        }),
        hook: match (args.hook, args.no_hook) {
            (_, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => None,
        },
        pin: args.pin.clone(),
    })
}

/// What became of a proposal.
enum Done {
    Written,
    /// It would be.
    Planned,
    /// Something else is there.
    Taken(String),
    Failed(NotPlaced),
}

/// Writes, or only says what would be written. True: something that should have been could not.
fn carry_out(
    top: &Path,
    seen: &Seen,
    choices: &Choices,
    writes: bool,
    lang: Lang,
) -> (String, bool) {
    let mut out = String::new();
    let mut failed = false;
    let proposals = init::propose(seen, choices, lang);
    for proposal in &proposals {
        let done = one(top, seen, proposal, writes);
        failed |= matches!(done, Done::Failed(_));
        say(&mut out, proposal, &done, lang);
    }
    next(&mut out, choices, writes, lang);
    (out, failed)
}

fn one(top: &Path, seen: &Seen, proposal: &Proposal, writes: bool) -> Done {
    // A configuration under another name counts, too.
    if proposal.path == "gardefou.toml"
        && let Some(config) = &seen.config
    {
        return Done::Taken(config.clone());
    }
    if !writes {
        return match top.join(&proposal.path).symlink_metadata() {
            Ok(_) => Done::Taken(proposal.path.clone()),
            Err(_) => Done::Planned,
        };
    }
    match init::place(top, &proposal.path, &proposal.text) {
        Ok(()) => Done::Written,
        Err(NotPlaced::Taken) => Done::Taken(proposal.path.clone()),
        Err(error) => Done::Failed(error),
    }
}

fn say(out: &mut String, proposal: &Proposal, done: &Done, lang: Lang) {
    let path = &proposal.path;
    let line = match (done, lang) {
        (Done::Written, Lang::En) => format!("wrote {path}"),
        (Done::Written, Lang::Fr) => format!("{path} : écrit"),
        (Done::Planned, Lang::En) => format!("would write {path}:"),
        (Done::Planned, Lang::Fr) => format!("{path} serait écrit :"),
        (Done::Taken(there), Lang::En) => {
            format!("{there} is there and stays as it is; the proposal:")
        }
        (Done::Taken(there), Lang::Fr) => {
            format!("{there} existe et reste tel quel ; la proposition :")
        }
        (Done::Failed(why), Lang::En) => format!(
            "could not write {path}: {}; the proposal:",
            clean_line(&why.to_string())
        ),
        (Done::Failed(why), Lang::Fr) => format!(
            "{path} n’a pas pu être écrit : {} ; la proposition :",
            clean_line(&why.to_string())
        ),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{line}");
    if !matches!(done, Done::Written) {
        let _ = writeln!(out);
        for line in clean(&proposal.text).lines() {
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
        }
        let _ = writeln!(out);
    }
}

/// What is left to do.
fn next(out: &mut String, choices: &Choices, writes: bool, lang: Lang) {
    let _ = writeln!(out);
    if choices.pin.is_none() && (choices.ci.is_some() || choices.hook) {
        let say = lang.pick(
            "Pin to a commit: replace the zeros by what this prints last, or use --pin:",
            "Épinglez un commit : remplacez les zéros par ce que ceci affiche en dernier, ou utilisez --pin :",
        );
        let _ = writeln!(out, "{say}\n  {}", init::find_commit());
    }
    if writes {
        let say = lang.pick(
            "Then: gardefou scan .",
            "Ensuite : gardefou scan . --lang fr",
        );
        let _ = writeln!(out, "{say}");
    }
}
