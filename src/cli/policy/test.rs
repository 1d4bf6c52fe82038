//! `gardefou policy test`: cases in files, through the whole scanner.

use std::path::Path;

use rayon::prelude::*;

use super::args::PolicyTestArgs;
use super::{build, engine_of, read, said, shown};
use crate::catalog::{Catalog, Date};
use crate::cli::args::TerminalArgs;
use crate::cli::{Fault, request, terminal};
use crate::config::suggest;
use crate::policy::Engine;
use crate::report::clean_line;
use crate::text::{Lang, Text, did_you_mean, text};
use crate::verdict::ExitStatus;
use crate::workshop::cases::{self, Case, Change, Trial};
use crate::workshop::{Kind, Mark, Project};

pub(super) fn run(args: &PolicyTestArgs, look: &TerminalArgs) -> Result<ExitStatus, Fault> {
    let as_of = match args.as_of.as_deref() {
        Some(day) => request::as_of(Some(day))?,
        None => day_of_registry()?,
    };
    let lang = look.lang();
    let engine = engine(args, lang)?;
    let groups = groups(&engine, &args.folder)?;
    let mut text = String::new();
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for (rule, all) in &groups {
        text.push_str(&format!("{rule}\n"));
        if all.is_empty() {
            let (_, name) = rule.split_once('/').unwrap_or_default();
            let none = lang.pick("no case: put some into", "aucun cas : mettez-en dans");
            text.push_str(&format!("  {none} rules/{name}/cases\n"));
        }
        let mut trials: Vec<(&Case, Trial)> = all
            .par_iter()
            .map(|case| (case, case.run(&engine, as_of)))
            .collect();
        for (case, trial) in &mut trials {
            let mut lines = String::new();
            if args.update && !(trial.missing.is_empty() && trial.extra.is_empty()) {
                match case.update(&engine, as_of, trial) {
                    Ok(changes) => {
                        lines.extend(changes.iter().map(changed));
                        *trial = case.run(&engine, as_of);
                    }
                    Err(why) => trial.faults.push(why),
                }
            }
            let good = trial.passed();
            *if good { &mut passed } else { &mut failed } += 1;
            if !good || !lines.is_empty() || !look.quiet {
                let word = if good {
                    lang.pick("pass", "bon ")
                } else {
                    lang.pick("FAIL", "RATÉ")
                };
                let name = case.name.strip_prefix(rule.as_str()).unwrap_or(&case.name);
                let name = clean_line(name.trim_start_matches('/'));
                text.push_str(&format!("  {word}  {name}\n{lines}{}", why(trial, lang)));
            }
        }
    }
    let all = passed + failed;
    if all == 0 {
        let rules: Vec<&str> = groups.iter().map(|(rule, _)| rule.as_str()).collect();
        return Err(Fault::with_help(
            text!(
                "{} has no cases for {}",
                "{} n’a pas de cas pour {}",
                args.folder.display(),
                rules.join(", ")
            ),
            Text::new(
                "put them into rules/RULE/cases: bad-*, good-* and unknown-*",
                "mettez-les dans rules/RÈGLE/cases : bad-*, good-* et unknown-*",
            ),
        ));
    }
    let several = |n: usize| if n < 2 { "" } else { "s" };
    text.push_str(&match lang {
        Lang::En => {
            let one = if all == 1 { "case" } else { "cases" };
            format!("\n{all} {one}: {passed} passed, {failed} failed\n")
        }
        Lang::Fr => format!(
            "\n{all} cas : {passed} bon{}, {failed} raté{}\n",
            several(passed),
            several(failed)
        ),
    });
    if failed > 0 && !args.update {
        text.push_str(lang.pick(
            "When the rule is right, `gardefou policy test --update` rewrites the marks.\n",
            "Quand la règle a raison, `gardefou policy test --update` réécrit les marques.\n",
        ));
    }
    terminal::print_text(&text).map_err(Fault::stdout)?;
    Ok(if failed > 0 {
        ExitStatus::Findings
    } else {
        ExitStatus::Clean
    })
}

/// The day to which what is known of visas is complete: cases say the same tomorrow.
fn day_of_registry() -> Result<Date, Fault> {
    match Catalog::get().registry() {
        Some(registry) => Ok(registry.compiled_on),
        None => request::as_of(None),
    }
}

/// The policy that was named, or the one in the folder: built first when its sources are newer.
fn engine(args: &PolicyTestArgs, lang: Lang) -> Result<Engine, Fault> {
    if let Some(file) = &args.policy {
        let loaded = engine_of(&read(file)?, &file.display().to_string());
        return loaded.map_err(|problem| said(&problem));
    }
    let project = Project::of(&args.folder)?;
    let component = project.component();
    if project.is_stale() {
        let building = lang.pick("building", "construction de");
        terminal::say(&format!("{building} {}", shown(&component)));
        let (bytes, stubs) = project.build()?;
        return build::keep(&bytes, &stubs, &component, lang);
    }
    let loaded = engine_of(&read(&component)?, &component.display().to_string());
    loaded.map_err(|problem| said(&problem))
}

/// Every rule of the policy with its cases. A folder of a rule that the policy does not have is a slip of the pen.
fn groups(engine: &Engine, folder: &Path) -> Result<Vec<(String, Vec<Case>)>, Fault> {
    if !folder.is_dir() {
        return Err(Fault::usage(text!(
            "{}: there is no such folder",
            "{} : ce dossier n’existe pas",
            folder.display()
        )));
    }
    let rules = folder.join("rules");
    let ids = engine.rules().iter().map(|rule| rule.id.clone());
    let groups: Vec<(String, Vec<Case>)> = ids
        .map(|id| {
            let (_, name) = id.split_once('/').unwrap_or_default();
            let cases = cases::in_folder(&id, &rules.join(name).join("cases"));
            (id, cases)
        })
        .collect();
    let names: Vec<&str> = groups
        .iter()
        .filter_map(|(id, _)| Some(id.split_once('/')?.1))
        .collect();
    for entry in std::fs::read_dir(&rules).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("cases").is_dir() && !names.contains(&name.as_str()) {
            let near = suggest::closest(&name, names.iter().copied());
            let message = text!(
                "rules/{name}/cases: the policy has no rule of that name",
                "rules/{name}/cases : la politique n’a pas de règle de ce nom"
            );
            return Err(Fault::Usage(message, near.map(did_you_mean)));
        }
    }
    Ok(groups)
}

fn changed(change: &Change) -> String {
    let (file, before, after) = (
        clean_line(&change.file),
        clean_line(&change.before),
        clean_line(&change.after),
    );
    format!(
        "        {file}:{}\n        - {before}\n        + {after}\n",
        change.line
    )
}

/// Why a case fails, a line for each reason.
fn why(trial: &Trial, lang: Lang) -> String {
    let mut text = String::new();
    for fault in &trial.faults {
        text.push_str(&format!("        {}\n", clean_line(fault)));
    }
    let place = |mark: &Mark| format!("{}:{}", clean_line(&mark.file), mark.line);
    for mark in &trial.missing {
        let expected = match mark.kind {
            Kind::Violation => lang.pick(
                "a violation is expected, and none was found",
                "une violation est attendue, et aucune n’a été trouvée",
            ),
            Kind::Undetermined => lang.pick(
                "\"undetermined\" is expected, and was not said",
                "« undetermined » est attendu, et n’a pas été dit",
            ),
        };
        text.push_str(&format!("        {}  {expected}\n", place(mark)));
    }
    for said in &trial.extra {
        let found = match said.mark.kind {
            Kind::Violation => lang.pick(
                "a violation that is not expected",
                "une violation qui n’est pas attendue",
            ),
            Kind::Undetermined => lang.pick(
                "\"undetermined\", which is not expected",
                "« undetermined », qui n’est pas attendu",
            ),
        };
        text.push_str(&format!(
            "        {}  {found}{} {}\n",
            place(&said.mark),
            lang.pick(":", " :"),
            clean_line(&said.message)
        ));
    }
    text
}
