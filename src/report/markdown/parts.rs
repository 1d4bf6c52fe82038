//! What stands around the findings: counts, problems, waivers, requirements, coverage. Each is bounded by itself.

use std::fmt::Write as _;

use super::escape::{code, code_in_cell, prose};
use super::findings::sign;
use crate::config::words::{Level, Severity};
use crate::problem::{Problem, Weight};
use crate::report::human::{self, Look};
use crate::report::spot::Spot;
use crate::report::{Lang, Report, first};
use crate::verdict::{AcceptedBy, Finding, Outcome, RequirementStanding, Standing, Waived};

/// Problems that are told.
const PROBLEMS: usize = 10;
/// Waived findings that are told.
const WAIVED: usize = 20;
/// Requirements that are named.
const REQUIREMENTS: usize = 20;
/// Bytes of a text within one of these lists.
const TEXT: usize = 300;
/// Bytes of a line about coverage, and how many lines there are.
const COVERAGE: (usize, usize) = (600, 12);

/// Which part of the findings is listed, and what became of the baseline: under the verdict, so that a part never looks like
/// all of them.
pub(super) fn terms(report: &Report<'_>) -> String {
    let colon = report.lang.pick(":", " :");
    let terms = human::terms(report).into_iter();
    terms
        .map(|(name, words)| format!("> **{name}{colon}** {}\n\n", prose(&words, COVERAGE.0)))
        .collect()
}

/// Accepted by the baseline.
fn is_known(waived: &Waived) -> bool {
    waived.kind == AcceptedBy::Baseline
}

/// Findings by severity and level of data.
pub(super) fn counts(report: &Report<'_>) -> String {
    let lang = report.lang;
    if report.findings.is_empty() {
        return format!("{}.\n\n", capital(&human::counts(report)));
    }
    let mut levels: Vec<Option<Level>> = Level::ALL.iter().rev().copied().map(Some).collect();
    levels.push(None);
    levels.retain(|level| report.findings.iter().any(|one| one.level == *level));
    let mut text = String::from("| |");
    for level in &levels {
        let name = level.map_or(lang.pick("settings", "réglages"), |level| lang.data(level));
        // Writing to a String cannot fail.
        let _ = write!(text, " {name} |");
    }
    let _ = write!(text, " {} |\n|:--|", lang.pick("all", "total"));
    text += &"--:|".repeat(levels.len() + 1);
    text.push('\n');
    let mut row = |name: String, is: &dyn Fn(&Finding) -> bool| {
        let of = |level: Option<Option<Level>>| {
            let findings = report.findings.iter().filter(|one| is(one));
            findings
                .filter(|one| level.is_none_or(|level| one.level == level))
                .count()
        };
        let all = of(None);
        if all == 0 {
            return;
        }
        let _ = write!(text, "| {name} |");
        for level in &levels {
            match of(Some(*level)) {
                0 => text += " |",
                n => drop(write!(text, " {n} |")),
            }
        }
        let _ = writeln!(text, " **{all}** |");
    };
    let open = |one: &Finding| one.waived.is_none();
    for severity in Severity::ALL.iter().rev() {
        let name = format!("{} {}", sign(*severity), lang.severity(*severity));
        row(name, &|one| {
            open(one) && one.outcome == Outcome::Violation && one.severity == *severity
        });
    }
    let undetermined = lang.pick("undetermined", "indéterminé");
    row(format!("❔ {undetermined}"), &|one| {
        open(one) && one.outcome != Outcome::Violation
    });
    for (by, known) in [(AcceptedBy::Config, false), (AcceptedBy::Baseline, true)] {
        row(format!("☑️ {}", lang.accepted_by(by)), &|one| {
            let waived = one.waived.as_ref();
            waived.is_some_and(|waived| is_known(waived) == known)
        });
    }
    text + "\n"
}

/// What could not be read or judged: errors in sight, warnings folded.
pub(super) fn problems(report: &Report<'_>) -> String {
    let of = |weight| -> Vec<&Problem> {
        let mut all = first::problems(report.problems);
        all.retain(|one| one.weight == weight);
        all
    };
    let (errors, warnings) = (of(Weight::Error), of(Weight::Warning));
    let lang = report.lang;
    let mut text = String::new();
    if !errors.is_empty() {
        let title = lang.pick("What could not be judged", "Ce qui n’a pas pu être jugé");
        text += &format!("### {title}\n\n{}", list_of_problems(&errors, report));
    }
    if !warnings.is_empty() {
        let title = lang.pick("Warnings", "Avertissements");
        text += &folded(
            title,
            &warnings.len().to_string(),
            &list_of_problems(&warnings, report),
            lang,
        );
    }
    text
}

fn list_of_problems(problems: &[&Problem], report: &Report<'_>) -> String {
    let lang = report.lang;
    let mut text = String::new();
    for problem in problems.iter().take(PROBLEMS) {
        text += "- ";
        if let Some(spot) = Spot::of_problem(problem, report) {
            text += &format!("**{}** ", code(&spot.words()));
        }
        text += &format!("{}{} ", code(problem.code.as_str()), lang.pick(":", " :"));
        text += &prose(lang.of(&problem.message), TEXT);
        if let Some(help) = &problem.help {
            let word = lang.pick("What to do:", "Que faire :");
            text += &format!("<br>*{word}* {}", prose(lang.of(help), TEXT));
        }
        text.push('\n');
    }
    if problems.len() > PROBLEMS {
        text += &more(problems.len() - PROBLEMS, lang);
    }
    text + "\n"
}

/// Accepted findings, with who accepted them, why and until when. Those of the baseline are counted above.
pub(super) fn waived(report: &Report<'_>) -> String {
    let lang = report.lang;
    let all = || {
        let all = report.findings.iter();
        let waived = all.filter_map(|one| one.waived.as_ref().map(|waived| (one, waived)));
        waived.filter(|(_, waived)| !is_known(waived))
    };
    let n = all().count();
    if n == 0 {
        return String::new();
    }
    let mut text = String::from(lang.pick(
        "| until | rule | resource | why | by |\n|:--|:--|:--|:--|:--|\n",
        "| jusqu’au | règle | ressource | motif | par |\n|:--|:--|:--|:--|:--|\n",
    ));
    let mut soonest: Vec<_> = all().collect();
    // Those that end first; those without an end last.
    soonest.sort_by_key(|(_, waived)| (waived.until.is_none(), waived.until.clone()));
    for (finding, waived) in soonest.iter().take(WAIVED) {
        let cell = |text: Option<&str>| match text {
            None | Some("") => "—".to_owned(),
            Some(text) => prose(text, TEXT),
        };
        let spot = Spot::of(finding.place, report).words();
        text += &format!(
            "| {} | {} | {}<br>{} | {} | {} |\n",
            cell(waived.until.as_deref()),
            code_in_cell(&finding.rule),
            code_in_cell(&finding.address),
            code_in_cell(&spot),
            // Code of prose would end at a bar.
            cell(Some(&waived.reason.replace('`', "'"))),
            cell(
                waived
                    .by
                    .as_deref()
                    .map(|by| by.replace('`', "'"))
                    .as_deref()
            ),
        );
    }
    text.push('\n');
    if n > WAIVED {
        text += &more(n - WAIVED, lang);
        text.push('\n');
    }
    let title = lang.pick("Waived", "Acceptés par dérogation");
    folded(title, &n.to_string(), &text, lang)
}

/// Counts for each framework, and what needs a look.
pub(super) fn requirements(report: &Report<'_>) -> String {
    let (table, lang) = (report.requirements, report.lang);
    if table.all.is_empty() {
        return String::new();
    }
    let standings: Vec<Standing> = (Standing::ALL.iter().copied())
        .filter(|standing| table.all.iter().any(|one| one.standing == *standing))
        .collect();
    let mut text = String::from("| |");
    for standing in &standings {
        // Writing to a String cannot fail.
        let _ = write!(text, " {} |", lang.standing(*standing));
    }
    text += "\n|:--|";
    text += &"--:|".repeat(standings.len());
    text.push('\n');
    for framework in &table.frameworks {
        let _ = write!(
            text,
            "| {} |",
            prose(&human::short_name(lang.of(&framework.name)), TEXT)
        );
        for standing in &standings {
            let members = framework.requirements.iter();
            let members = members.filter_map(|at| table.all.get(*at));
            match members.filter(|one| one.standing == *standing).count() {
                0 => text += " |",
                n => drop(write!(text, " {n} |")),
            }
        }
        text.push('\n');
    }
    text.push('\n');
    let look = |standing| {
        table
            .all
            .iter()
            .filter(move |one: &&RequirementStanding| one.standing == standing)
    };
    let named: Vec<_> = look(Standing::Violated)
        .chain(look(Standing::Undetermined))
        .collect();
    for one in named.iter().take(REQUIREMENTS) {
        text += &requirement(one, lang);
    }
    if named.len() > REQUIREMENTS {
        text += &more(named.len() - REQUIREMENTS, lang);
    }
    if !named.is_empty() {
        text.push('\n');
    }
    if report
        .problems
        .iter()
        .any(|one| one.weight == Weight::Error)
    {
        text += lang.pick(
            "Not everything could be judged: what was not may be evidence against any of them.\n\n",
            "Tout n’a pas pu être jugé : ce qui manque peut être une preuve contre chacune d’elles.\n\n",
        );
    }
    let violated = look(Standing::Violated).count();
    let title = lang.pick("Requirements", "Exigences");
    let counted = lang.standings(violated, Standing::Violated);
    folded(title, &counted, &text, lang)
}

/// `- SNC-LOC-001 violated: title (4 against, 2 open)`
fn requirement(one: &RequirementStanding, lang: Lang) -> String {
    let counts = one.counts;
    let parts = [
        (counts.violations, lang.pick("against", "contre")),
        (counts.undetermined, lang.pick("open", "en suspens")),
    ];
    let parts = parts.iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, word)| format!("{n} {word}")).collect();
    let mut text = format!(
        "- {} {}{} {}",
        code(&one.id),
        lang.standing(one.standing),
        lang.pick(":", " :"),
        prose(lang.of(&one.title), TEXT)
    );
    if !parts.is_empty() {
        text += &format!(" ({})", parts.join(", "));
    }
    // Without a finding that tells it, the reason does.
    if let Some(why) = one.reason.as_ref().filter(|_| one.findings.is_empty()) {
        text += &format!("<br>{}", prose(lang.of(why), TEXT));
    }
    text + "\n"
}

/// What was read, and what was not.
pub(super) fn coverage(report: &Report<'_>) -> String {
    let lang = report.lang;
    let (bytes, lines) = COVERAGE;
    let title = lang.pick("What was seen", "Ce qui a été vu");
    let read = lang.pick("Read:", "Lu :");
    let mut text = format!(
        "### {title}\n\n**{read}** {}\n\n",
        prose(&human::read(report), bytes)
    );
    let mut unseen: Vec<String> = report
        .coverage
        .catalogues
        .iter()
        .map(|folder| human::catalogue(folder, lang))
        .collect();
    unseen.extend(human::not_seen(report, &Look::default()));
    if unseen.is_empty() {
        return text;
    }
    let not_seen = lang.pick("Not seen, or not established:", "Non vu, ou non établi :");
    text += &format!("**{not_seen}**\n\n");
    for line in unseen.iter().take(lines) {
        text += &format!("- {}\n", prose(line, bytes));
    }
    if unseen.len() > lines {
        text += &more(unseen.len() - lines, lang);
    }
    text + "\n"
}

/// A part that is opened by a click. Of the input nothing is in its title.
pub(super) fn folded(title: &str, count: &str, text: &str, lang: Lang) -> String {
    let colon = lang.pick(":", " :");
    format!("<details>\n<summary><b>{title}</b>{colon} {count}</summary>\n\n{text}</details>\n\n")
}

fn more(n: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("- and {n} more\n"),
        Lang::Fr => format!("- et {n} de plus\n"),
    }
}

/// A sentence starts with a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
