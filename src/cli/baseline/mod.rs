//! `gardefou baseline`: the findings that are known today, in a file that is reviewed like code.

mod args;

use hashbrown::HashSet;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use args::{BaselineCommand, CommonArgs, WordsArgs};

use super::args::TerminalArgs;
use super::{Fault, file, request, terminal, threads};
use crate::config::words::Severity;
use crate::config::{self, Date};
use crate::discover;
use crate::report::{Lang, clean_line};
use crate::scan::{self, BaselineChoice, Scan};
use crate::source::Sources;
use crate::text::Text;
use crate::verdict::baseline::{self, Baseline, Entry, FILE_NAME};
use crate::verdict::{AcceptedBy, ExitStatus, Finding, Ground};

pub(super) use args::BaselineArgs;

/// Entries of one kind that are listed; the file has all.
const LISTED: usize = 200;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Create { allow_ci: bool },
    Update { allow_ci: bool },
    Prune,
}

pub(super) fn run(
    args: &BaselineArgs,
    options: Option<&ArgMatches>,
    terminal: &TerminalArgs,
) -> Result<ExitStatus, Fault> {
    // Values for variables keep their order, which only the matches know.
    let options = options.and_then(ArgMatches::subcommand).map(|(_, own)| own);
    let none = WordsArgs {
        reason: None,
        by: None,
        until: None,
    };
    let (work, common, words) = match &args.command {
        BaselineCommand::Create(args) => {
            let allow_ci = args.allow_ci;
            (Work::Create { allow_ci }, &args.common, &args.words)
        }
        BaselineCommand::Update(args) => {
            let allow_ci = args.allow_ci;
            (Work::Update { allow_ci }, &args.common, &args.words)
        }
        BaselineCommand::Prune(args) => (Work::Prune, &args.common, &none),
    };
    let job = Job {
        work,
        common,
        words,
        lang: terminal.lang(),
        terminal,
    };
    job.run(options)
}

struct Job<'a> {
    work: Work,
    common: &'a CommonArgs,
    words: &'a WordsArgs,
    lang: Lang,
    terminal: &'a TerminalArgs,
}

impl Job<'_> {
    fn run(&self, options: Option<&ArgMatches>) -> Result<ExitStatus, Fault> {
        threads::set(self.common.input.threads);
        let until = self.words.until.as_deref().map(|text| self.day(text));
        let until = until.transpose()?;
        let mut asked = request::request(&self.common.input, options)?;
        asked.policies.clone_from(&self.common.policy);
        // Where the file is, the configuration may say, which is read with the code.
        let file = self.file(&asked)?;
        let shown = seen_from_here(&file);
        let old = match self.work {
            Work::Create { .. } if file.exists() => return Err(self.is_there(&shown)),
            Work::Create { .. } => None,
            Work::Update { .. } | Work::Prune => {
                asked.baseline = BaselineChoice::File(file.clone());
                let sources = Sources::new();
                let loaded = baseline::load(&file, &shown, &sources);
                Some(loaded.map_err(|faults| Fault::Input(Box::new((sources, faults))))?)
            }
        };
        let engine = request::engine(self.common.no_cache);
        let scan = scan::run(&asked, &engine);
        terminal::draw(&scan.sources, &scan.problems, self.terminal);
        if scan.status == ExitStatus::NothingToScan {
            terminal::say(self.lang.pick(
                "nothing to scan: no baseline is written",
                "rien à analyser : aucun état de référence n’est écrit",
            ));
            return Ok(ExitStatus::NothingToScan);
        }
        let status = match scan.status {
            ExitStatus::Incomplete => ExitStatus::Incomplete,
            _ => ExitStatus::Clean,
        };
        let change = Change::of(&scan, old.as_ref(), self.work);
        let as_of = scan.settings.as_of;
        if let Some(ended) = old.as_ref().and_then(|old| old.until)
            && as_of > ended
            && until.is_none()
            && matches!(self.work, Work::Update { .. })
        {
            return Err(self.has_ended(&shown, ended));
        }
        if self.adds_where_nobody_looks() && !change.added.is_empty() {
            let lines = change.lines(self.lang);
            terminal::print_text(&lines).map_err(Fault::stdout)?;
            return Err(self.refused_in_ci(&change));
        }
        let new = self.settled(old, &change, until, &scan);
        let text =
            baseline::write(&new).map_err(|error| Fault::usage(Text::same(error.to_string())))?;
        let is_new = std::fs::read(&file).ok().as_deref() != Some(text.as_bytes());
        if is_new && !self.common.dry_run {
            file::replace(&file, text.as_bytes()).map_err(|error| Fault::Output {
                to: Text::same(shown.clone()),
                error,
            })?;
        }
        let said = self.said(&change, &new, (&file, &shown), (&asked, status));
        terminal::print_text(&said).map_err(Fault::stdout)?;
        Ok(status)
    }

    /// Findings would be accepted in CI, and nobody said that they may be.
    fn adds_where_nobody_looks(&self) -> bool {
        let may = match self.work {
            Work::Create { allow_ci } | Work::Update { allow_ci } => allow_ci,
            Work::Prune => true,
        };
        !may && is_ci(|name| std::env::var_os(name))
    }

    fn day(&self, text: &str) -> Result<Date, Fault> {
        let wrong = |_| {
            Fault::spoken(match self.lang {
                Lang::En => format!("--until {text}: write a day such as 2027-06-30"),
                Lang::Fr => format!("--until {text} : écrivez un jour comme 2027-06-30"),
            })
        };
        text.parse().map_err(wrong)
    }

    /// The file that is meant.
    fn file(&self, asked: &scan::Request) -> Result<PathBuf, Fault> {
        let named = self.common.baseline.as_ref();
        if let Some(file) = named.filter(|file| !file.is_empty()) {
            return Ok(file.into());
        }
        let (config, root) = scan::settings_of(asked);
        let base = config.base.clone();
        if let (Some(named), Some(base)) = (&config.baseline, &base) {
            let boundary = discover::boundary(base);
            let file = base.join(&named.value);
            let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
            if folder.is_none_or(|folder| !folder.starts_with(boundary)) {
                return Err(Fault::spoken(match self.lang {
                    Lang::En => format!(
                        "[baseline] file = \"{}\" lies in no folder of this repository",
                        named.value
                    ),
                    Lang::Fr => format!(
                        "[baseline] file = \"{}\" n’est dans aucun dossier de ce dépôt",
                        named.value
                    ),
                }));
            }
            return Ok(file);
        }
        let folder = base.unwrap_or_else(|| discover::boundary(&root));
        Ok(folder.join(FILE_NAME))
    }

    fn is_there(&self, shown: &str) -> Fault {
        Fault::spoken(match self.lang {
            Lang::En => format!(
                "{shown} is there already: `gardefou baseline update` adds to it, `gardefou baseline prune` drops what is fixed"
            ),
            Lang::Fr => format!(
                "{shown} existe déjà : `gardefou baseline update` le complète, `gardefou baseline prune` en retire ce qui est corrigé"
            ),
        })
    }

    fn has_ended(&self, shown: &str, day: Date) -> Fault {
        Fault::spoken(match self.lang {
            Lang::En => format!(
                "{shown} ended on {day}\nhelp: have its end decided anew, and give it with --until"
            ),
            Lang::Fr => format!(
                "{shown} a pris fin le {day}\nremède : faites fixer une nouvelle échéance, et donnez-la avec --until"
            ),
        })
    }

    fn refused_in_ci(&self, change: &Change<'_>) -> Fault {
        let n = change.added.len();
        let verb = match self.work {
            Work::Create { .. } => "create",
            Work::Update { .. } | Work::Prune => "update",
        };
        Fault::spoken(match self.lang {
            Lang::En => format!(
                "nothing is written: this is CI, where nobody looks at the {n} findings that would be accepted\n\
                 help: run `gardefou baseline {verb}` at your desk and have the file reviewed; `gardefou baseline prune` only drops; --allow-ci adds all the same"
            ),
            Lang::Fr => format!(
                "rien n’est écrit : dans une CI, personne ne relit les constats qui seraient acceptés ({n})\n\
                 remède : lancez `gardefou baseline {verb}` sur votre poste et faites relire le fichier ; `gardefou baseline prune` ne fait que retirer ; --allow-ci ajoute quand même"
            ),
        })
    }

    /// The baseline as it is from now on.
    fn settled(
        &self,
        old: Option<Baseline>,
        change: &Change<'_>,
        until: Option<Date>,
        scan: &Scan,
    ) -> Baseline {
        let as_of = scan.settings.as_of;
        let mut new = old.unwrap_or_else(|| Baseline {
            reason: match self.lang {
                Lang::En => format!("known on {as_of}, when the baseline was created"),
                Lang::Fr => format!("connu le {as_of}, à la création de l’état de référence"),
            },
            ..Baseline::default()
        });
        if let Some(reason) = &self.words.reason {
            new.reason.clone_from(reason);
        }
        if let Some(by) = &self.words.by {
            new.by = Some(by.clone());
        }
        new.until = until.or(new.until);
        new.entries.retain(|entry| {
            let name = &*entry.fingerprint;
            !change.dropped.contains(name) && !change.renewed.contains(name)
        });
        new.entries.extend(change.entries.iter().cloned());
        new
    }

    /// The file, as `[baseline] file` names it: relative to the configuration that is there, or would be at the top.
    fn named(&self, file: &Path, asked: &scan::Request) -> String {
        let (config, root) = scan::settings_of(asked);
        let base = config.base.unwrap_or_else(|| discover::boundary(&root));
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
        let whole = folder.zip(file.file_name());
        let whole = whole.map_or_else(|| file.to_owned(), |(folder, name)| folder.join(name));
        // As in JSON: TOML writes the same escapes.
        serde_json::Value::String(config::shown(&whole, &base)).to_string()
    }

    fn said(
        &self,
        change: &Change<'_>,
        new: &Baseline,
        (file, shown): (&Path, &str),
        (asked, status): (&scan::Request, ExitStatus),
    ) -> String {
        let lang = self.lang;
        let mut out = match self.work {
            Work::Create { .. } => String::new(),
            Work::Update { .. } | Work::Prune => change.lines(lang),
        };
        let (all, shown) = (new.entries.len(), clean_line(shown));
        let count = by_severity(&new.entries, lang);
        let word = match (self.common.dry_run, lang) {
            (false, Lang::En) => "written",
            (false, Lang::Fr) => "écrit",
            (true, Lang::En) => "not written (--dry-run)",
            (true, Lang::Fr) => "non écrit (--dry-run)",
        };
        out += &match lang {
            Lang::En => format!("{shown}: {word}, {all} known{count}\n"),
            Lang::Fr => format!("{shown} : {word}, {all} connus{count}\n"),
        };
        if matches!(self.work, Work::Create { .. }) && !self.common.dry_run {
            let named = self.named(file, asked);
            let named = clean_line(&named);
            out += &match lang {
                Lang::En => format!(
                    "Commit it, and read it in scans: `gardefou scan --baseline {shown}`, or in gardefou.toml:\n\n[baseline]\nfile = {named}\n"
                ),
                Lang::Fr => format!(
                    "Versionnez-le, et lisez-le dans les analyses : `gardefou scan --baseline {shown}`, ou dans gardefou.toml :\n\n[baseline]\nfile = {named}\n"
                ),
            };
        }
        if status == ExitStatus::Incomplete {
            out += lang.pick(
                "Not everything could be read: what was not found is kept.\n",
                "Tout n’a pas pu être lu : ce qui n’a pas été trouvé est conservé.\n",
            );
        }
        out
    }
}

/// What changes in a baseline.
#[derive(Debug, Default)]
struct Change<'a> {
    /// New findings, and those that became graver; with whether they did.
    added: Vec<(&'a Finding, bool)>,
    /// Names of entries that are gone.
    dropped: HashSet<&'a str>,
    /// The same, as entries.
    gone: &'a [Entry],
    /// Names of entries that are written as they are now.
    renewed: HashSet<&'a str>,
    /// Entries of what is found.
    entries: Vec<Entry>,
}

impl<'a> Change<'a> {
    fn of(scan: &'a Scan, old: Option<&Baseline>, work: Work) -> Self {
        let old: HashSet<&str> = old
            .iter()
            .flat_map(|old| old.entries.iter().map(|entry| &*entry.fingerprint))
            .collect();
        let ground = Ground {
            sources: &scan.sources,
            graph: &scan.graph,
            facts: &scan.facts,
            catalog: scan.catalog,
            base: &scan.base,
        };
        let mut change = Self {
            gone: scan.baseline.as_ref().map_or(&[], |used| &used.fixed),
            ..Self::default()
        };
        change.dropped = change.gone.iter().map(|one| &*one.fingerprint).collect();
        if work == Work::Prune {
            return change;
        }
        for finding in scan.findings.iter().filter(|one| one.on.is_some()) {
            let name = &*finding.fingerprint;
            match &finding.waived {
                None => change.added.push((finding, old.contains(name))),
                Some(waived) if waived.kind == AcceptedBy::Baseline => {}
                Some(_) => continue,
            }
            change.renewed.insert(name);
            change.entries.push(Entry::of(finding, ground));
        }
        change
    }

    /// One line for each entry that comes or goes.
    fn lines(&self, lang: Lang) -> String {
        let mut out = String::new();
        for (finding, is_graver) in self.added.iter().take(LISTED) {
            let graver = match is_graver {
                true => lang.pick(
                    " (graver than accepted)",
                    " (plus grave que ce qui était accepté)",
                ),
                false => "",
            };
            let (rule, severity) = (&finding.rule, finding.severity);
            let address = clean_line(&finding.address);
            out += &format!("+ {severity} {rule}  {address}{graver}\n");
        }
        out += &rest(self.added.len(), "+", lang);
        for entry in self.gone.iter().take(LISTED) {
            let address = clean_line(&entry.address);
            let (rule, severity) = (clean_line(&entry.rule), entry.severity);
            out += &format!("- {severity} {rule}  {address}\n");
        }
        out += &rest(self.gone.len(), "-", lang);
        out
    }
}

fn rest(all: usize, sign: &str, lang: Lang) -> String {
    match all.checked_sub(LISTED) {
        None | Some(0) => String::new(),
        Some(more) => format!("{sign} … {more} {}\n", lang.pick("more", "de plus")),
    }
}

/// ` (3 critical, 20 high)`.
fn by_severity(entries: &[Entry], lang: Lang) -> String {
    let of = |severity: Severity| {
        let n = entries
            .iter()
            .filter(|one| one.severity == severity)
            .count();
        let word = lang.severity(severity);
        let plural = if lang == Lang::Fr && n > 1 { "s" } else { "" };
        (n > 0).then(|| format!("{n} {word}{plural}"))
    };
    let all: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter_map(|one| of(*one))
        .collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(" ({})", all.join(", ")),
    }
}

/// A path as people see it from where they stand.
fn seen_from_here(file: &Path) -> String {
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize());
    match here {
        Ok(here) if file.is_absolute() => config::shown(file, &here),
        _ => file.display().to_string(),
    }
}

/// Does nobody sit before this run? As continuous integration says it of itself.
fn is_ci(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let says = |name: &str| {
        variable(name).is_some_and(|value| {
            let value = value.to_string_lossy().to_lowercase();
            !matches!(&*value, "" | "0" | "false" | "no")
        })
    };
    [
        "CI",
        "TF_BUILD",
        "JENKINS_URL",
        "TEAMCITY_VERSION",
        "CODEBUILD_BUILD_ID",
    ]
    .iter()
    .any(|name| says(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuous_integration_says_that_it_is() {
        let with = |name: &'static str, value: &'static str| {
            is_ci(move |asked| (asked == name).then(|| value.into()))
        };
        assert!(with("CI", "true") && with("CI", "1") && with("TF_BUILD", "True"));
        assert!(!with("CI", "false") && !with("CI", "") && !with("HOME", "/root"));
    }
}
