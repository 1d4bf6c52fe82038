//! `gardefou policy lock`: pins the policies of others that a repository runs, once they were reviewed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::PolicyLockArgs;
use super::{shown, unreadable};
use crate::cli::args::TerminalArgs;
use crate::cli::{Fault, request, terminal};
use crate::config::{self, Config, Found};
use crate::policy::lock::{self, Lock, Pin};
use crate::policy::{CONTRACT, Naming};
use crate::problem::{Problem, Weight};
use crate::report::clean_line;
use crate::source::Sources;
use crate::text::{Lang, Text};
use crate::verdict::ExitStatus;

pub(super) fn run(args: &PolicyLockArgs, look: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let sources = Sources::new();
    let root = root(&args.path)?;
    let (config, problems) = configuration(args, &root, &sources)?;
    if problems.iter().any(|one| one.weight == Weight::Error) {
        return Err(Fault::Input(Box::new((sources, problems))));
    }
    let naming = Naming {
        by_hand: &args.policy,
        config: &config,
        root: &root,
        locked: true,
    };
    let folder = naming.lock_folder().ok_or_else(|| {
        Fault::usage(Text::new(
            "the folder of gardefou.lock is gone: change to one that is there",
            "le dossier de gardefou.lock a disparu : allez dans un dossier qui existe",
        ))
    })?;
    let (named, problems) = naming.files();
    if !problems.is_empty() {
        return Err(Fault::Input(Box::new((sources, problems))));
    }
    let file = folder.join(lock::NAME);
    let old = match Lock::read(&folder, &root, &sources) {
        Ok(old) => old,
        // What cannot be read is written anew, unless it is to be checked.
        Err(problem) if args.check => {
            return Err(Fault::Input(Box::new((sources, vec![problem]))));
        }
        Err(_) => None,
    };
    if named.is_empty() && old.is_none() && !file.is_file() {
        return Err(Fault::with_help(
            Text::new(
                "no policy is named: there is nothing to pin",
                "aucune politique n’est nommée : il n’y a rien à épingler",
            ),
            Text::new(
                "name files or folders with --policy, or under [policies] in gardefou.toml",
                "nommez des fichiers ou des dossiers avec --policy, ou sous [policies] dans gardefou.toml",
            ),
        ));
    }
    let engine = request::engine(args.no_cache);
    let pins = lock::pins(&named, &folder, &engine)
        .map_err(|problems| Fault::Input(Box::new((sources, problems))))?;
    let before = old.iter().flat_map(Lock::pins);
    let changes = compare(before, &pins);
    let differs = old.is_none() || changes.iter().any(|(_, change)| *change != Change::Same);
    if !args.check && differs {
        lock::write(&folder, &pins).map_err(|error| Fault::Output {
            to: Text::same(shown(&file)),
            error,
        })?;
    }
    let text = told(&file, &changes, args.check, differs, look);
    terminal::print_text(&text).map_err(Fault::stdout)?;
    Ok(if args.check && differs {
        ExitStatus::Findings
    } else {
        ExitStatus::Clean
    })
}

/// The folder that is scanned, links resolved; of a file, the folder it lies in.
fn root(path: &Path) -> Result<PathBuf, Fault> {
    let found = path.canonicalize();
    let found = found.map_err(|error| unreadable(path, &error))?;
    match found.parent() {
        Some(folder) if found.is_file() => Ok(folder.to_owned()),
        _ => Ok(found),
    }
}

/// The configuration that a scan of this folder would have.
fn configuration(
    args: &PolicyLockArgs,
    root: &Path,
    sources: &Sources,
) -> Result<(Config, Vec<Problem>), Fault> {
    let found = match &args.config {
        Some(file) if !file.is_file() => {
            return Err(request::no_config(&file.display()));
        }
        Some(file) => Some(Found::named(file)),
        None => config::find(root),
    };
    Ok(found.map_or_else(Default::default, |found| {
        config::load(&found, root, sources)
    }))
}

/// What happened to one pinned policy.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change<'a> {
    Same,
    New(&'a Pin),
    Dropped,
    Changed { before: &'a Pin, after: &'a Pin },
}

/// Old and new pins by path.
fn compare<'a>(
    before: impl Iterator<Item = &'a Pin>,
    after: &'a [Pin],
) -> Vec<(&'a str, Change<'a>)> {
    let mut pairs: BTreeMap<&str, (Option<&Pin>, Option<&Pin>)> = BTreeMap::new();
    for pin in before {
        pairs.entry(&pin.path).or_default().0 = Some(pin);
    }
    for pin in after {
        pairs.entry(&pin.path).or_default().1 = Some(pin);
    }
    let change = |pair| match pair {
        (Some(before), Some(after)) if before == after => Change::Same,
        (Some(before), Some(after)) => Change::Changed { before, after },
        (None, Some(pin)) => Change::New(pin),
        (_, None) => Change::Dropped,
    };
    let changes = pairs.into_iter();
    changes.map(|(path, pair)| (path, change(pair))).collect()
}

/// What is pinned, what changed and what went: a line each, more where something is to be reviewed.
fn told(
    file: &Path,
    changes: &[(&str, Change<'_>)],
    check: bool,
    differs: bool,
    look: &TerminalArgs,
) -> String {
    let lang = look.lang();
    let mut text = format!("{}\n", shown(file));
    for (path, change) in changes {
        let path = clean_line(path);
        match change {
            Change::Same if look.quiet => {}
            Change::Same => text.push_str(&format!(
                "  {}{path}\n",
                lang.pick("same     ", "pareille ")
            )),
            Change::Dropped => text.push_str(&format!(
                "  {}{path}\n",
                lang.pick("dropped  ", "retirée  ")
            )),
            Change::New(pin) => {
                text.push_str(&format!(
                    "  {}{path}\n",
                    lang.pick("new      ", "nouvelle ")
                ));
                text.push_str(&format!("         + sha256 {}\n", pin.sha256));
                text.push_str(&rules("+", &pin.rules));
            }
            Change::Changed { before, after } => {
                text.push_str(&format!(
                    "  {}{path}\n",
                    lang.pick("changed  ", "changée  ")
                ));
                if before.sha256 != after.sha256 {
                    text.push_str(&format!("         - sha256 {}\n", before.sha256));
                    text.push_str(&format!("         + sha256 {}\n", after.sha256));
                }
                if before.contract != after.contract {
                    let contract = clean_line(&before.contract);
                    text.push_str(&format!("         - {contract}\n         + {CONTRACT}\n"));
                }
                text.push_str(&rules("-", &without(&before.rules, &after.rules)));
                text.push_str(&rules("+", &without(&after.rules, &before.rules)));
            }
        }
    }
    let count = |wanted: fn(&Change<'_>) -> bool| {
        changes.iter().filter(|(_, change)| wanted(change)).count()
    };
    let pinned = count(|change| *change != Change::Dropped);
    let said = match (check, differs) {
        (false, _) => match (pinned, lang) {
            (0, Lang::En) => "nothing is pinned: no policy of others will run".to_owned(),
            (0, Lang::Fr) => {
                "rien n’est épinglé : aucune politique d’autrui ne sera lancée".to_owned()
            }
            (1, Lang::En) => "1 policy pinned; commit the lock".to_owned(),
            (1, Lang::Fr) => "1 politique épinglée ; versionnez le verrou".to_owned(),
            (many, Lang::En) => format!("{many} policies pinned; commit the lock"),
            (many, Lang::Fr) => format!("{many} politiques épinglées ; versionnez le verrou"),
        },
        (true, false) => lang
            .pick("the lock is up to date", "le verrou est à jour")
            .to_owned(),
        (true, true) => lang
            .pick(
                "the lock differs: review the policies, then run `gardefou policy lock`",
                "le verrou diffère : relisez les politiques, puis lancez `gardefou policy lock`",
            )
            .to_owned(),
    };
    text + &said + "\n"
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    let left = these.iter().filter(|rule| !those.contains(rule));
    left.cloned().collect()
}

fn rules(sign: &str, rules: &[String]) -> String {
    rules
        .iter()
        .map(|rule| format!("         {sign} {}\n", clean_line(rule)))
        .collect()
}
