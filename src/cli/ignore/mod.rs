//! `gardefou ignore --add`: writes an ignore where the code is, and looks whether it does what it should.

mod args;
mod insert;
mod target;

use hashbrown::HashSet;
use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ArgMatches;

use self::insert::{Insertion, NoPlace, Words};
use super::args::TerminalArgs;
use super::{Fault, file, request, terminal, threads};
use crate::config::Date;
use crate::discover;
use crate::graph::Resource;
use crate::report::{Lang, clean_line};
use crate::scan::{self, Scan};
use crate::source::{Place, Source};
use crate::text::Text;
use crate::verdict::{ExitStatus, Finding};

pub(super) use args::IgnoreArgs;

/// So long a reason is kept whole by those who read it.
const MAX_REASON: usize = 500;
/// Larger files hold no code that people write.
const MAX_FILE: u64 = 16 << 20;

pub(super) fn run(
    args: &IgnoreArgs,
    options: Option<&ArgMatches>,
    terminal: &TerminalArgs,
) -> Result<ExitStatus, Fault> {
    threads::set(args.input.threads);
    let [rule, address] = args.add.as_slice() else {
        return Err(Fault::spoken("--add RULE ADDRESS".to_owned()));
    };
    let job = Job {
        args,
        lang: terminal.lang(),
        rule,
        address,
    };
    job.run(options, terminal)
}

struct Job<'a> {
    args: &'a IgnoreArgs,
    lang: Lang,
    rule: &'a str,
    address: &'a str,
}

/// A file as it is, and as it is to be.
struct Edit {
    file: PathBuf,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Job<'_> {
    fn run(
        &self,
        options: Option<&ArgMatches>,
        terminal: &TerminalArgs,
    ) -> Result<ExitStatus, Fault> {
        let mut asked = request::request(&self.args.input, options)?;
        asked.policies.clone_from(&self.args.policy);
        let engine = request::engine(self.args.no_cache);
        let reason = self.reason()?;
        let scan = scan::run(&asked, &engine);
        let until = self.until(&scan)?;
        let usage = |said: String| Fault::spoken(said);
        target::rule(&scan, self.rule, self.lang).map_err(usage)?;
        self.allowed(&scan, until)?;
        let on = target::resources(&scan, self.address, self.lang).map_err(|said| {
            terminal::draw(&scan.sources, &scan.problems, terminal);
            usage(said)
        })?;
        let findings = target::findings(&scan, self.rule, &on);
        self.worth_it(&findings)?;
        let place = target::block(&scan, &on, self.args.at.as_deref(), self.lang).map_err(usage)?;
        let others = target::others(&scan, self.rule, &on, place);
        self.no_more(&on, &others)?;
        let source = scan.sources.get(place.source);
        let words = Words {
            rule: self.rule,
            reason: &reason,
            until,
        };
        let file = self.file(&scan, &source)?;
        let is_object = on.iter().all(|one| one.root.is_none());
        let insertion = insert::insertion(&source, place.span, is_object, words)
            .map_err(|why| self.no_place(why, &source))?;
        let edit = self.edit(file, &source, &insertion)?;
        if !self.args.dry_run {
            self.write(&edit, &source)?;
            let after = scan::run(&asked, &engine);
            if !self.does_it(&scan, &after, &findings, place) {
                self.restore(&edit, &source)?;
                return Err(self.did_nothing(&source, place, &scan));
            }
        }
        let said = self.said(&insertion, &source, (&on, &findings, &others));
        terminal::print_text(&said).map_err(Fault::stdout)?;
        Ok(ExitStatus::Clean)
    }

    /// In the language of whoever typed this.
    fn fault(&self, en: impl Into<String>, fr: impl Into<String>) -> Fault {
        Fault::spoken(match self.lang {
            Lang::En => en.into(),
            Lang::Fr => fr.into(),
        })
    }

    /// Why, in words that can be written and read again.
    fn reason(&self) -> Result<String, Fault> {
        let reason = self.args.reason.as_deref().unwrap_or_default().trim();
        if !reason.chars().any(char::is_alphanumeric) {
            return Err(self.fault(
                "--reason TEXT is needed: without a reason an ignore does nothing",
                "--reason TEXTE est nécessaire : sans motif, une dérogation reste sans effet",
            ));
        }
        let is_plain = clean_line(reason) == reason && !reason.contains(['\n', '\r', '\t']);
        let is_read_again = !reason
            .split_whitespace()
            .any(|word| word.starts_with("until="))
            && !reason.contains("gardefou:")
            && !reason.contains("*/");
        if !is_plain || !is_read_again || reason.chars().count() > MAX_REASON {
            return Err(self.fault(
                format!("--reason: one line of at most {MAX_REASON} characters, without control characters, `gardefou:`, `*/` and `until=`, which is an option of its own"),
                format!("--reason : une ligne de {MAX_REASON} caractères au plus, sans caractère de contrôle, ni `gardefou:`, ni `*/`, ni `until=`, qui est une option à part"),
            ));
        }
        // As they are read.
        Ok(reason.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn until(&self, scan: &Scan) -> Result<Option<Date>, Fault> {
        let Some(text) = self.args.until.as_deref() else {
            return Ok(None);
        };
        let Ok(day) = text.parse::<Date>() else {
            return Err(self.fault(
                format!("--until {text}: write a day such as 2026-12-31"),
                format!("--until {text} : écrivez un jour comme 2026-12-31"),
            ));
        };
        if scan.settings.as_of > day {
            return Err(self.fault(
                format!("--until {day}: this day is over"),
                format!("--until {day} : ce jour est passé"),
            ));
        }
        Ok(Some(day))
    }

    /// What the configuration says of ignores in the code.
    fn allowed(&self, scan: &Scan, until: Option<Date>) -> Result<(), Fault> {
        let config = &scan.settings.config;
        if !config.heeds_ignores() {
            return Err(self.fault(
                "gardefou.toml heeds no ignore in the code ([ignores] inline = false): have a [[waiver]] decided there",
                "gardefou.toml n’écoute aucune dérogation dans le code ([ignores] inline = false) : faites-y décider une entrée [[waiver]]",
            ));
        }
        let family = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
        let is_never = config.ignores.never.iter().any(|one| {
            let (never, asked) = (&*one.value, self.rule);
            never == asked
                || (never.ends_with("/*") || asked.ends_with("/*"))
                    && family(never) == family(asked)
        });
        if is_never {
            return Err(self.fault(
                format!("gardefou.toml allows no ignore of {} ([ignores] never): have a [[waiver]] decided there", self.rule),
                format!("gardefou.toml ne permet pas d’ignorer {} ([ignores] never) : faites-y décider une entrée [[waiver]]", self.rule),
            ));
        }
        if let Some(most) = config.ignores.max_days.as_ref().map(|most| most.value) {
            let days = until.map(|day| scan.settings.as_of.days_until(day));
            if days.is_none_or(|days| u64::try_from(days).unwrap_or(0) > most) {
                return Err(self.fault(
                    format!("gardefou.toml asks for a last day at most {most} days ahead ([ignores] max-days): give it with --until"),
                    format!("gardefou.toml demande une échéance à {most} jours au plus ([ignores] max-days) : donnez-la avec --until"),
                ));
            }
        }
        Ok(())
    }

    /// There is something to accept.
    fn worth_it(&self, findings: &[&Finding]) -> Result<(), Fault> {
        let (rule, address) = (self.rule, self.address);
        if self.args.force {
            return Ok(());
        }
        if findings.is_empty() {
            return Err(self.fault(
                format!("{rule} has no finding on `{address}`: the ignore would accept nothing, and the next finding unseen\nhelp: --force writes it all the same"),
                format!("{rule} n’a aucun constat sur `{address}` : la dérogation n’accepterait rien, puis le prochain constat sans bruit\nremède : --force l’écrit quand même"),
            ));
        }
        if findings.iter().all(|one| one.waived.is_some()) {
            return Err(self.fault(
                format!("what {rule} finds on `{address}` is accepted already\nhelp: --force writes the ignore all the same"),
                format!("ce que {rule} constate sur `{address}` est déjà accepté\nremède : --force écrit la dérogation quand même"),
            ));
        }
        Ok(())
    }

    /// One instance is named, and the block declares others that have findings, too: nobody said that these are accepted.
    fn no_more(&self, on: &[&Resource], others: &[&Finding]) -> Result<(), Fault> {
        let plain = target::plain(self.address);
        let is_one = plain != self.address && on.iter().all(|one| *one.address == *self.address);
        let same = others
            .iter()
            .filter(|other| target::plain(&other.address) == plain);
        let names: BTreeSet<&str> = same.map(|other| &*other.address).collect();
        if self.args.force || self.args.at.is_some() || !is_one || names.is_empty() {
            return Ok(());
        }
        let (rule, address) = (self.rule, self.address);
        let others = listed(&names);
        Err(self.fault(
            format!("an ignore in the code speaks of the whole block: it would accept {rule} on {others}, too\nhelp: name `{plain}` to accept it for all instances, write a [[waiver]] for `{address}` in gardefou.toml, or give --force"),
            format!("une dérogation dans le code porte sur tout le bloc : elle accepterait aussi {rule} sur {others}\nremède : nommez `{plain}` pour toutes les instances, écrivez une entrée [[waiver]] pour `{address}` dans gardefou.toml, ou donnez --force"),
        ))
    }

    fn no_place(&self, why: NoPlace, source: &Source) -> Fault {
        let path = clean_line(source.path()).into_owned();
        match why {
            NoPlace::Taken => self.fault(
                format!("{path}: there is a comment (`\"//\"`) or an annotation `gardefou.eu/ignore` already: add to it by hand, as docs/src/ignores.md shows"),
                format!("{path} : il y a déjà un commentaire (`\"//\"`) ou une annotation `gardefou.eu/ignore` : complétez à la main"),
            ),
            NoPlace::NotFound => self.fault(
                format!("{path}: the block is not written in a way that an ignore can be added to: write a [[waiver]] in gardefou.toml"),
                format!("{path} : ce bloc est écrit d’une façon qui n’admet pas d’ajout : écrivez une entrée [[waiver]] dans gardefou.toml"),
            ),
        }
    }

    /// The file behind a source, when it is one that people write.
    fn file(&self, scan: &Scan, source: &Source) -> Result<PathBuf, Fault> {
        let path = clean_line(source.path()).into_owned();
        let waiver_en = "write a [[waiver]] in gardefou.toml";
        let waiver_fr = "écrivez une entrée [[waiver]] dans gardefou.toml";
        if source.is_private() || source.is_rendered() {
            return Err(self.fault(
                format!("{path} is made by a program, nothing can be written into it: {waiver_en}"),
                format!(
                    "{path} est produit par un programme, rien ne peut y être écrit : {waiver_fr}"
                ),
            ));
        }
        if path.split('/').any(|part| part == ".terraform") {
            return Err(self.fault(
                format!("{path} was fetched by `terraform init`, and ignores in it are not heeded: use --at module.NAME, or {waiver_en}"),
                format!("{path} a été téléchargé par `terraform init`, ses dérogations ne comptent pas : utilisez --at module.NOM, ou {waiver_fr}"),
            ));
        }
        let root = scan.inputs.root.clone().unwrap_or_default();
        let boundary = discover::boundary(&root);
        let inside = |file: &PathBuf| file.starts_with(&boundary) && file.is_file();
        let file = root.join(source.path()).canonicalize().ok();
        file.filter(inside).ok_or_else(|| {
            self.fault(
                format!(
                    "{path} is no file inside {}: {waiver_en}",
                    boundary.display()
                ),
                format!(
                    "{path} n’est pas un fichier de {} : {waiver_fr}",
                    boundary.display()
                ),
            )
        })
    }

    /// The file with the insertion.
    fn edit(&self, file: PathBuf, source: &Source, insertion: &Insertion) -> Result<Edit, Fault> {
        let changed = || {
            let path = clean_line(source.path());
            self.fault(
                format!("{path} is no plain UTF-8, or has changed meanwhile: nothing is written"),
                format!("{path} n’est pas en UTF-8 simple, ou vient de changer : rien n’est écrit"),
            )
        };
        let old = discover::bytes(&file, MAX_FILE).map_err(|_| changed())?;
        if old != source.text().as_bytes() {
            return Err(changed());
        }
        let new = insertion.into(source.text()).ok_or_else(changed)?;
        let new = new.into_bytes();
        Ok(Edit { file, old, new })
    }

    fn write(&self, edit: &Edit, source: &Source) -> Result<(), Fault> {
        file::replace(&edit.file, &edit.new).map_err(|error| Fault::Output {
            to: Text::same(source.path().to_owned()),
            error,
        })
    }

    fn restore(&self, edit: &Edit, source: &Source) -> Result<(), Fault> {
        file::replace(&edit.file, &edit.old).map_err(|error| Fault::Output {
            to: Text::same(source.path().to_owned()),
            error,
        })
    }

    /// Are the findings accepted now, and none but those of the block, or of what the call of a module brings?
    fn does_it(&self, before: &Scan, after: &Scan, meant: &[&Finding], place: Place) -> bool {
        let waived = |scan: &Scan| -> HashSet<String> {
            let all = scan.findings.iter().filter(|one| one.waived.is_some());
            all.map(|one| one.fingerprint.clone()).collect()
        };
        let (old, new) = (waived(before), waived(after));
        let is_there = |finding: &&Finding| {
            let resource = finding.on.and_then(|id| before.graph.get(id));
            resource.is_some_and(|one| one.block == place || one.calls.contains(&place))
        };
        let there = before.findings.iter().filter(is_there);
        let there: HashSet<&str> = there.map(|one| &*one.fingerprint).collect();
        meant.iter().all(|one| new.contains(&one.fingerprint))
            && new.difference(&old).all(|name| there.contains(&**name))
            && after.problems.len() <= before.problems.len()
    }

    fn did_nothing(&self, source: &Source, place: Place, scan: &Scan) -> Fault {
        let path = clean_line(source.path()).into_owned();
        let line = scan.sources.start(place).line;
        self.fault(
            format!("an ignore above {path}:{line} would not accept this finding, or others with it; the file is as it was\nhelp: write a [[waiver]] in gardefou.toml"),
            format!("une dérogation au-dessus de {path}:{line} n’accepterait pas ce constat, ou en accepterait d’autres ; le fichier est inchangé\nremède : écrivez une entrée [[waiver]] dans gardefou.toml"),
        )
    }

    fn said(
        &self,
        insertion: &Insertion,
        source: &Source,
        (on, findings, others): (&[&Resource], &[&Finding], &[&Finding]),
    ) -> String {
        let path = clean_line(source.path()).into_owned();
        // The line of the code that it stands above, as it was.
        let line = source.line(insertion.at as u32);
        let mut out = format!("{path}:{line}\n");
        for added in insertion
            .text
            .lines()
            .filter(|line| !line.trim().is_empty())
        {
            let added = clean_line(added);
            out += &match insertion.is_line {
                true => format!("+ {added}\n"),
                false => format!("+ …{}…\n", added.trim()),
            };
        }
        // Secrets may stand on the line below.
        let below = source
            .line_span(line)
            .map(|span| span.of(source.shown_text()));
        if let Some(below) = below.filter(|_| insertion.is_line) {
            out += &format!("  {}\n", clean_line(below.trim_end()));
        }
        let n = findings.len();
        let count = match (self.lang, n) {
            (Lang::En, 1) => "accepts 1 finding".to_owned(),
            (Lang::En, n) => format!("accepts {n} findings"),
            (Lang::Fr, 0 | 1) => format!("accepte {n} constat"),
            (Lang::Fr, n) => format!("accepte {n} constats"),
        };
        out += &match self.args.dry_run {
            true => format!(
                "{}\n",
                self.lang
                    .pick("not written (--dry-run)", "non écrit (--dry-run)")
            ),
            false => format!("{} {count}\n", self.lang.pick("written:", "écrit :")),
        };
        if !others.is_empty() {
            let names: BTreeSet<&str> = others.iter().map(|other| &*other.address).collect();
            let (n, names) = (others.len(), listed(&names));
            out += &match self.lang {
                Lang::En => format!("note: it accepts {n} more, on {names}\n"),
                Lang::Fr => format!("note : elle en accepte {n} de plus, sur {names}\n"),
            };
        }
        let in_module = on.iter().any(|one| !one.module.is_empty());
        if in_module && self.args.at.is_none() {
            out += self.lang.pick(
                "note: it counts for every call of the module; --at module.NAME writes it for one call\n",
                "note : elle vaut pour chaque appel du module ; --at module.NOM l’écrit pour un seul appel\n",
            );
        }
        out
    }
}

/// `a`, `b` and how many more.
fn listed(names: &BTreeSet<&str>) -> String {
    let shown = names.iter().take(target::NAMED);
    let shown: Vec<String> = shown
        .map(|name| format!("`{}`", clean_line(name)))
        .collect();
    let more = match names.len().saturating_sub(target::NAMED) {
        0 => String::new(),
        more => format!(" (+{more})"),
    };
    shown.join(", ") + &more
}
