//! The baseline in the report for people: what it accepts is counted, not listed, unless everything is asked for.

use super::Verbosity;
use super::layout::{Look, Paint, count};
use crate::report::{Lang, Report, clean_line};
use crate::verdict::{AcceptedBy, BaselineUse, Finding};

/// Is it drawn with the accepted findings? A baseline may hold thousands.
pub(super) fn is_listed(finding: &Finding, look: &Look) -> bool {
    let waived = finding.waived.as_ref();
    look.verbosity == Verbosity::Verbose
        || waived.is_some_and(|waived| waived.kind != AcceptedBy::Baseline)
}

/// `412 known (3 critical, 20 high), 2 new, 1 of them graver than accepted, 5 fixed`.
pub(super) fn summary(used: &BaselineUse, report: &Report<'_>, look: &Look) -> Vec<String> {
    let lang = report.lang;
    let path = clean_line(&used.path);
    if used.expired {
        let text = match lang {
            Lang::En => format!("{path} has ended: it accepts nothing"),
            Lang::Fr => format!("{path} a pris fin : plus rien n’est accepté"),
        };
        return vec![look.paint(Paint::Care, &text)];
    }
    let graves: Vec<String> = used
        .by_severity
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(severity, n)| lang.severities(*n, *severity))
        .collect();
    let mut first = match lang {
        Lang::En => format!("{} known in {path}", used.known),
        Lang::Fr => format!("{} connus selon {path}", used.known),
    };
    if !graves.is_empty() {
        first += &format!(" ({})", graves.join(", "));
    }
    let mut lines = vec![first];
    let new = match (lang, used.graver) {
        _ if used.new == 0 => lang.pick("nothing new", "rien de nouveau").to_owned(),
        (Lang::En, 0) => format!("{} new", used.new),
        (Lang::Fr, 0) => format!("{} nouveaux", used.new),
        (Lang::En, graver) => format!("{} new, {graver} of them graver than accepted", used.new),
        (Lang::Fr, graver) => {
            format!(
                "{} nouveaux, dont {graver} plus graves que ce qui était accepté",
                used.new
            )
        }
    };
    lines.push(new);
    let fixed = used.fixed.len();
    if fixed > 0 {
        lines.push(match lang {
            Lang::En => format!(
                "{} fixed: `gardefou baseline prune` drops {}",
                count(fixed, "entry"),
                if fixed == 1 { "it" } else { "them" }
            ),
            Lang::Fr if fixed == 1 => "1 corrigé : `gardefou baseline prune` le retire".to_owned(),
            Lang::Fr => format!("{fixed} corrigés : `gardefou baseline prune` les retire"),
        });
    }
    lines
}

/// Markers of other tools that somebody may believe are heeded.
pub(super) fn foreign(report: &Report<'_>) -> Option<String> {
    let n = report.coverage.ignores.foreign_unmapped;
    (n > 0).then(|| match report.lang {
        Lang::En => format!(
            "{} of other tools: no rule here asks the same",
            count(n, "marker")
        ),
        Lang::Fr if n == 1 => {
            "1 marqueur d’un autre outil : aucune règle ici ne pose la même question".to_owned()
        }
        Lang::Fr => {
            format!("{n} marqueurs d’autres outils : aucune règle ici ne pose la même question")
        }
    })
}
