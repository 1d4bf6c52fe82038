//! Markdown for a comment on a merge request and for the summary of a job: the verdict first, then what to mend.
//!
//! A comment at GitHub holds 65,536 characters, so that is what one report is kept to: findings are left out whole, the
//! gravest last, and how many is said. The first line lets a program find its own comment again.

mod escape;
mod findings;
mod parts;
#[cfg(test)]
mod tests;

use std::io;

use self::findings::Shown;
use super::{Lang, Report, human};
use crate::config::words::Severity;
use crate::verdict::{ExitStatus, Outcome};

/// Marks the comment.
const MARKER: &str = "<!-- gardefou -->";

/// Bytes of a report. Somewhat less than what a comment holds: whoever posts it may add a line.
const ROOM: usize = 64_000;

/// Writes the report.
///
/// # Errors
/// When `out` cannot take more.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let head = head(report);
    let problems = parts::problems(report);
    if report.status == ExitStatus::NothingToScan {
        write!(out, "{head}{problems}")?;
        return out.write_all(parts::coverage(report).as_bytes());
    }
    let tail = [
        parts::waived(report),
        parts::requirements(report),
        parts::coverage(report),
        footer(report.lang),
    ]
    .concat();
    let room = ROOM.saturating_sub(head.len() + problems.len() + tail.len());
    let findings = findings(report, room);
    write!(out, "{head}{problems}{findings}{tail}")
}

/// The verdict and the counts.
fn head(report: &Report<'_>) -> String {
    let (_, verdict) = human::verdict_words(report);
    let sign = match report.status {
        ExitStatus::Clean => "✅",
        ExitStatus::Findings => "❌",
        ExitStatus::Incomplete | ExitStatus::NothingToScan => "⚠️",
    };
    let colon = report.lang.pick(":", " :");
    let mut text = format!("{MARKER}\n## {sign} Gardefou{colon} {verdict}\n\n");
    if report.status != ExitStatus::NothingToScan {
        text += &parts::terms(report);
        text += &parts::counts(report);
    }
    text
}

/// What fails, what does not, what is open: each folded but for what fails.
fn findings(report: &Report<'_>, room: usize) -> String {
    let lang = report.lang;
    let open = || report.findings.iter().filter(|one| one.waived.is_none());
    let (failing, rest): (Vec<_>, Vec<_>) = open().partition(|one| report.bar.fails(one));
    let (below, undetermined): (Vec<_>, Vec<_>) = rest
        .into_iter()
        .partition(|one| one.outcome == Outcome::Violation);
    let fails = lang.pick("What fails the run", "Ce qui fait échouer l’analyse");
    let below_title = match report.bar.fail_on {
        Some(bar) if bar > Severity::Info => match lang {
            Lang::En => format!("Below `{bar}`"),
            Lang::Fr => format!("De gravité inférieure à « {} »", lang.severity(bar)),
        },
        _ => lang.pick("Findings", "Constats").to_owned(),
    };
    let open_title = lang.pick("Undetermined", "Indéterminé");
    let parts = [
        (fails, &failing, false),
        (below_title.as_str(), &below, true),
        (open_title, &undetermined, true),
    ];
    let mut text = String::new();
    let mut hidden = 0;
    // What says how much is left out needs room too.
    let room = room.saturating_sub(400);
    for (title, findings, folded) in parts {
        let Shown { text: part, left } = findings::section(
            title,
            findings,
            folded,
            room.saturating_sub(text.len()),
            report,
        );
        text += &part;
        hidden += left;
    }
    if hidden > 0 {
        text += &cut_words(hidden, lang);
    }
    text
}

fn cut_words(hidden: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!(
            "> **{} more** would not fit into a comment. The other reports of the same run have everything: `--output json=FILE`, \
             `html=FILE`.\n\n",
            human::count(hidden, "finding")
        ),
        Lang::Fr => {
            let plural = if hidden > 1 { "s" } else { "" };
            format!(
                "> **{hidden} autre{plural} constat{plural}** n’ont pas tenu dans un commentaire. Les autres rapports de la même \
                 analyse ont tout : `--output json=FICHIER`, `html=FICHIER`.\n\n"
            )
        }
    }
}

fn footer(lang: Lang) -> String {
    let text = lang.pick(
        "`gardefou explain RULE` says what a rule asks and why. Findings are evidence for and against, not a certificate.",
        "`gardefou explain RÈGLE` dit ce qu’une règle demande et pourquoi. Les constats sont des preuves pour et contre, non un certificat.",
    );
    format!("<sub>{text}</sub>\n")
}
