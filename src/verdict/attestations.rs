//! Attestations of requirements: which of them count, which are refused, and which have ended.
//!
//! An attestation fills what code cannot show. It is no pass, and it never speaks against what the code shows: what is
//! decided from the code is not attested, and a label of another kind proves no qualification.

use std::sync::Arc;

use super::own::ATTESTATION_EXPIRED;
use super::{Finding, Outcome, Pointed};
use crate::catalog::{Catalog, Check, Requirement};
use crate::config::{Config, Date, Located, Pattern, Statement, suggest};
use crate::facts::Text;
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;
use crate::text::text;

/// Names that a message lists.
pub(super) const NAMED: usize = 5;

/// What is wrong with the attestations of requirements.
pub fn attestation_problems(config: &Config, catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for statement in &config.statements {
        for id in &statement.requirements {
            problems.extend(problem(statement, id, catalog));
        }
    }
    problems
}

fn problem(statement: &Statement, id: &Located<String>, catalog: &Catalog) -> Option<Problem> {
    let Some(requirement) = catalog.requirement(&id.value) else {
        let known = catalog.requirements().map(|one| one.id.as_str());
        let help = match suggest::closest(&id.value, known) {
            Some(near) => text!("did you mean \"{near}\"?", "vouliez-vous dire « {near} » ?"),
            None => Text::new(
                "ids look like SNC-GOV-001; docs/src/requirement-table.md lists them",
                "les identifiants ressemblent à SNC-GOV-001 ; docs/src/requirement-table.md les liste",
            ),
        };
        let message = text!(
            "there is no requirement \"{}\"",
            "il n’y a pas d’exigence « {} »",
            id.value
        );
        return Some(
            Problem::error(ProblemCode::Config, message)
                .at(id.place)
                .help(help),
        );
    };
    let name = &requirement.id;
    if let Some((by, label, place)) = refused(statement, requirement, catalog) {
        let asked = id.place;
        let (id, en, fr) = (&by.id, by.title.to_lowercase(), by.title_fr.to_lowercase());
        let message = text!(
            "{label} proves nothing for {name}: {id}, {en}",
            "{label} ne prouve rien pour {name} : {id}, {fr}"
        );
        return Some(
            Problem::error(ProblemCode::Config, message)
                .at(place)
                .related(asked, Text::new("offered as proof of this requirement", "donné comme preuve de cette exigence"))
                .help(Text::new("only a SecNumCloud visa in force answers it: name the offering with `offering`", "seul un visa SecNumCloud en vigueur y répond : nommez l’offre avec `offering`")),
        );
    }
    if requirement.is_attestable() {
        return None;
    }
    let (message, help) = match requirement.check {
        Check::Scan => (
            text!(
                "{name} is decided by the scan itself: an attestation of it counts for nothing",
                "{name} est tranchée par l’analyse elle-même : une attestation n’y change rien"
            ),
            Text::new(
                "the status of the organisation is `actor` of [organisation], or --actor",
                "le statut de l’organisation est `actor` de [organisation], ou --actor",
            ),
        ),
        _ => (
            text!(
                "{name} is decided from the code: an attestation of it counts for nothing",
                "{name} est tranchée d’après le code : une attestation n’y change rien"
            ),
            Text::new(
                "an offering that code cannot tell is attested with `offering`; a finding is accepted with [[waiver]]",
                "une offre que le code ne dit pas s’atteste avec `offering` ; un constat s’accepte avec [[waiver]]",
            ),
        ),
    };
    Some(
        Problem::error(ProblemCode::Config, message)
            .at(id.place)
            .help(help),
    )
}

/// The label that is offered and that another requirement refuses as proof, with where it is written.
pub(super) fn refused<'a>(
    statement: &Statement,
    requirement: &Requirement,
    catalog: &'a Catalog,
) -> Option<(&'a Requirement, &'a str, Place)> {
    let texts = [Some(&statement.reference), statement.statement.as_ref()];
    catalog.requirements().find_map(|by| {
        let refuses = by.refuses.as_ref()?;
        if !refuses.of.contains(&requirement.id) {
            return None;
        }
        let mut texts = texts.into_iter().flatten();
        texts.find_map(|text| {
            let mut labels = refuses.labels.iter();
            let label = labels.find(|label| names(&text.value, label))?;
            Some((by, label.as_str(), text.place))
        })
    })
}

/// Does a text name a label, however it is spaced: `SOC 2`, `SOC2`, `C5:2020`?
fn names(text: &str, label: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let wanted = words(label).concat();
    let words = words(text);
    (0..words.len()).any(|from| {
        let mut joined = String::new();
        words.iter().skip(from).take(4).any(|word| {
            joined.push_str(word);
            joined == wanted
        })
    })
}

/// The attestations of a requirement that count as far as their text goes, the last of the file first: in force on a day,
/// or ended before it.
pub(super) fn of<'a>(
    requirement: &'a Requirement,
    config: &'a Config,
    catalog: &'a Catalog,
) -> impl Iterator<Item = &'a Statement> {
    config.statements.iter().rev().filter(move |statement| {
        let mut ids = statement.requirements.iter();
        requirement.is_attestable()
            && ids.any(|id| [&requirement.id, &requirement.number].contains(&&id.value))
            && refused(statement, requirement, catalog).is_none()
    })
}

/// Findings about attestations whose last day is over.
pub(super) fn ended(config: &Config, as_of: Date) -> Vec<Finding> {
    let offerings = config.attestations.iter().map(|one| {
        let what = vec![one.offering.value.as_str()];
        (what, &one.covers, &one.until, &one.by)
    });
    let requirements = config.statements.iter().map(|one| {
        let what = one.requirements.iter().map(|id| id.value.as_str());
        (what.collect(), &one.covers, &one.until, &one.by)
    });
    let Some(severity) = config
        .severity_of(ATTESTATION_EXPIRED.id)
        .unwrap_or(Some(ATTESTATION_EXPIRED.severity))
    else {
        return Vec::new();
    };
    offerings
        .chain(requirements)
        .filter(|(_, _, until, _)| as_of > until.value)
        .map(|(what, covers, until, by)| Finding {
            severity,
            ..expired(&what, covers, until, &by.value)
        })
        .collect()
}

fn expired(what: &[&str], covers: &[Located<Pattern>], until: &Located<Date>, by: &str) -> Finding {
    let more = if what.len() > NAMED { ", …" } else { "" };
    let named: Vec<&str> = what.iter().take(NAMED).copied().collect();
    let named = format!("{}{more}", named.join(", "));
    let day = until.value;
    let patterns = covers.iter().map(|one| one.value.as_str());
    let address: Vec<&str> = ["attestation"]
        .into_iter()
        .chain(what.iter().copied())
        .chain(patterns)
        .collect();
    Finding {
        rule: Arc::from(ATTESTATION_EXPIRED.id),
        title: ATTESTATION_EXPIRED.title(),
        outcome: Outcome::Violation,
        severity: ATTESTATION_EXPIRED.severity,
        level: None,
        on: None,
        // What tells one from another, whatever its place in the file.
        address: Arc::from(address.join(" ")),
        root: None,
        kind: Arc::from("attestation"),
        message: Text::new(
            format!("the attestation of {named} ended on {day}: it counts no more"),
            format!("l’attestation de {named} a pris fin le {day} : elle ne compte plus"),
        ),
        help: Text::new(
            format!("Have {by} look at the document again and state it anew, or remove the entry."),
            format!(
                "Faites revoir le document par {by} et renouvelez l’attestation, ou supprimez l’entrée."
            ),
        ),
        place: until.place,
        pointed: Pointed::Setting,
        attribute: None,
        evidence: Vec::new(),
        related: Vec::new(),
        requirements: Vec::new(),
        fingerprint: String::new(),
        waived: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_however_they_are_spaced() {
        for (text, label) in [
            ("C5:2020 type 2 report", "C5"),
            ("SOC2 report of 2026", "SOC 2"),
            ("certificat ISO/IEC 27001:2022", "ISO/IEC 27001"),
            ("our hds certificate", "HDS"),
        ] {
            assert!(names(text, label), "{text}");
        }
        for (text, label) in [
            ("contract C51", "C5"),
            ("visa 2025-114, annexe HDSX", "HDS"),
            ("sens", "ENS"),
        ] {
            assert!(!names(text, label), "{text}");
        }
    }
}
