//! Findings about the ignores themselves: one that does nothing is said, never passed over.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Fault, Ignore, Ignores, NoRule, State};
use crate::facts::Text;
use crate::source::Place;
use crate::verdict::own::{EXPIRED, NO_REASON, NOT_ALLOWED, NOT_UNDERSTOOD, OwnRule, UNUSED};
use crate::verdict::{Finding, Outcome, Pointed};

/// So many characters of a name are shown.
const MAX_NAME: usize = 80;

/// Findings about ignores. `judged`: the rules that gave an answer; none: only a part of them was asked, and nobody can
/// tell what is unused.
pub(in crate::verdict) fn about_ignores(
    ignores: &Ignores,
    judged: Option<&BTreeSet<&str>>,
) -> Vec<Finding> {
    let all = ignores.all.iter();
    // A marker that does nothing here serves another tool.
    let all = all.filter(|ignore| {
        ignore.written.foreign.is_none() || ignore.is_met() || ignore.is_unknown(0)
    });
    all.flat_map(|ignore| match &ignore.state {
        State::Void(fault) => vec![void(ignore, fault)],
        State::NoReason => vec![no_reason(ignore)],
        State::Expired => vec![expired(ignore)],
        State::TooLong(most) => vec![too_long(ignore, *most)],
        State::InForce(unknown) => in_force(ignore, unknown, judged),
    })
    .collect()
}

fn in_force(
    ignore: &Ignore,
    unknown: &std::collections::BTreeMap<usize, NoRule>,
    judged: Option<&BTreeSet<&str>>,
) -> Vec<Finding> {
    let named = ignore.written.rules.iter().enumerate();
    named
        .filter_map(|(at, (name, span))| {
            let place = Place::new(ignore.source, *span);
            match unknown.get(&at) {
                Some(why) => Some(no_rule(ignore, name, why, place)),
                None if ignore.used.get(at) == Some(&true) => None,
                None if ignore.is_reached || ignore.written.foreign.is_some() => None,
                None => is_judged(name, judged?).then(|| unused(ignore, name, place)),
            }
        })
        .collect()
}

/// A rule whose policy failed says nothing of its ignores.
fn is_judged(name: &str, judged: &BTreeSet<&str>) -> bool {
    match name.strip_suffix('*') {
        Some(family) => {
            let mut from = judged.range(family..);
            from.next().is_some_and(|rule| rule.starts_with(family))
        }
        None => judged.contains(name),
    }
}

fn unused(ignore: &Ignore, name: &str, place: Place) -> Finding {
    let name = shown(name);
    let (en, fr) = match ignore.region {
        Some(_) => (
            format!("this ignore of {name} accepts no finding"),
            format!("cette dérogation à {name} n’accepte aucun constat"),
        ),
        None => (
            format!(
                "this ignore of {name} belongs to no code: none starts on its line, or on the line below it"
            ),
            format!(
                "cette dérogation à {name} ne porte sur aucun code : rien ne commence sur sa ligne ni sur la suivante"
            ),
        ),
    };
    finding(ignore, &UNUSED, place, en, fr)
}

fn no_rule(ignore: &Ignore, name: &str, why: &NoRule, place: Place) -> Finding {
    let name = shown(name);
    let (en, fr) = match why {
        NoRule::Unknown(Some(near)) => (
            format!("there is no rule \"{name}\": did you mean \"{near}\"?"),
            format!("il n’y a pas de règle « {name} » : vouliez-vous dire « {near} » ?"),
        ),
        NoRule::Unknown(None) => (
            format!(
                "there is no rule \"{name}\": `gardefou rules` lists them, those of your own policies need --policy"
            ),
            format!(
                "il n’y a pas de règle « {name} » : `gardefou rules` les liste, celles de vos propres politiques demandent --policy"
            ),
        ),
        NoRule::Never => (
            format!("gardefou.toml allows no ignore in the code for {name}: [ignores] never"),
            format!(
                "gardefou.toml ne permet aucune dérogation dans le code à {name} : [ignores] never"
            ),
        ),
        NoRule::Own => (
            format!(
                "{name} is about waivers and attestations: it is set in [rules] of gardefou.toml, not ignored in the code"
            ),
            format!(
                "{name} porte sur les dérogations et attestations : cela se règle dans [rules] de gardefou.toml, pas dans le code"
            ),
        ),
    };
    let rule = match why {
        NoRule::Never => &NOT_ALLOWED,
        NoRule::Unknown(_) | NoRule::Own => &NOT_UNDERSTOOD,
    };
    finding(ignore, rule, place, en, fr)
}

fn too_long(ignore: &Ignore, most: u64) -> Finding {
    let (en, fr, place) = match ignore.written.until {
        Some((day, span)) => (
            format!(
                "this ignore lasts until {day}, more than the {most} days that gardefou.toml allows"
            ),
            format!(
                "cette dérogation court jusqu’au {day}, au-delà des {most} jours que permet gardefou.toml"
            ),
            Place::new(ignore.source, span),
        ),
        None => (
            format!(
                "this ignore has no last day: gardefou.toml asks for one, at most {most} days ahead"
            ),
            format!(
                "cette dérogation n’a pas d’échéance : gardefou.toml en demande une, à {most} jours au plus"
            ),
            ignore.place(),
        ),
    };
    finding(ignore, &NOT_ALLOWED, place, en, fr)
}

fn no_reason(ignore: &Ignore) -> Finding {
    finding(
        ignore,
        &NO_REASON,
        ignore.place(),
        "this ignore says no reason, so it does nothing".to_owned(),
        "cette dérogation ne donne pas de motif : elle reste sans effet".to_owned(),
    )
}

fn expired(ignore: &Ignore) -> Finding {
    let names = names(ignore);
    let (day, place) = match ignore.written.until {
        Some((day, span)) => (day.to_string(), Place::new(ignore.source, span)),
        None => (String::new(), ignore.place()),
    };
    finding(
        ignore,
        &EXPIRED,
        place,
        format!("the ignore of {names} ended on {day}: what it accepted counts again"),
        format!(
            "la dérogation à {names} a pris fin le {day} : ce qu’elle acceptait compte de nouveau"
        ),
    )
}

fn void(ignore: &Ignore, fault: &Fault) -> Finding {
    let (en, fr) = match fault {
        Fault::NoIgnore(word) => {
            let word = shown(word);
            (
                format!("`{word}` is no word of Gardefou: write `gardefou: ignore[rule] reason`"),
                format!("`{word}` n’est pas un mot de Gardefou : écrivez `gardefou: ignore[règle] motif`"),
            )
        }
        Fault::NoRule => (
            "this ignore names no rule, so it does nothing: write `ignore[rule] reason`".to_owned(),
            "cette dérogation ne nomme aucune règle et reste sans effet : écrivez `ignore[règle] motif`".to_owned(),
        ),
        Fault::Open => (
            "the bracket of this ignore is not closed on its line, so it does nothing".to_owned(),
            "le crochet de cette dérogation n’est pas refermé sur sa ligne : elle reste sans effet".to_owned(),
        ),
        Fault::Everything => (
            "`*` would ignore every rule, those to come included, so it does nothing: name rules, or a family as `residency/*`".to_owned(),
            "`*` écarterait toutes les règles, y compris à venir : sans effet. Nommez des règles, ou une famille comme `residency/*`".to_owned(),
        ),
        Fault::TooMany => (
            "this ignore names more rules than there can be, so it does nothing".to_owned(),
            "cette dérogation nomme plus de règles qu’il ne peut y en avoir : elle reste sans effet".to_owned(),
        ),
        Fault::NoDay(day) => {
            let day = shown(day);
            (
                format!("`until={day}` is no day, so this ignore does nothing: write it as until=2026-12-31"),
                format!("`until={day}` n’est pas un jour : cette dérogation reste sans effet. Écrivez until=2026-12-31"),
            )
        }
        Fault::TwoDays => (
            "this ignore has two last days, so it does nothing".to_owned(),
            "cette dérogation a deux échéances : elle reste sans effet".to_owned(),
        ),
        Fault::NoText => (
            "the annotation is no text, so it does nothing: put it in quotes, or after `|`".to_owned(),
            "l’annotation n’est pas un texte et reste sans effet : mettez-la entre guillemets, ou après `|`".to_owned(),
        ),
    };
    finding(ignore, &NOT_UNDERSTOOD, ignore.place(), en, fr)
}

/// The rules that it names, a few of them.
fn names(ignore: &Ignore) -> String {
    const SHOWN: usize = 5;
    let rules = &ignore.written.rules;
    let mut all: Vec<String> = rules
        .iter()
        .take(SHOWN)
        .map(|(name, _)| shown(name))
        .collect();
    if rules.len() > SHOWN {
        all.push("…".to_owned());
    }
    all.join(", ")
}

fn shown(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

fn finding(ignore: &Ignore, rule: &OwnRule, place: Place, en: String, fr: String) -> Finding {
    Finding {
        rule: Arc::from(rule.id),
        title: rule.title(),
        outcome: Outcome::Violation,
        severity: rule.severity,
        level: None,
        on: None,
        address: Arc::from(format!("ignore {}", names(ignore)).trim_end()),
        root: None,
        kind: Arc::from("ignore"),
        message: Text::new(en, fr),
        help: rule.help(),
        place,
        pointed: Pointed::Setting,
        attribute: None,
        evidence: Vec::new(),
        related: Vec::new(),
        requirements: Vec::new(),
        fingerprint: String::new(),
        waived: None,
    }
}
