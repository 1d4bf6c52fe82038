//! Reasons, in both languages.

use super::Sight;
use crate::catalog::{Check, Requirement};
use crate::config::Statement;
use crate::facts::Text;
use crate::verdict::attestations::NAMED;
use crate::verdict::frameworks::Levels;

/// What evidence for it leaves out.
pub(super) fn in_part(requirement: &Requirement, silent: Option<Text>) -> Option<Text> {
    let part = Text::new(
        "in part: nothing found against it, and code shows only some of it",
        "en partie : rien trouvé contre elle, et le code n’en montre qu’une part",
    );
    match (requirement.check == Check::Partial, silent) {
        (false, silent) => silent,
        (true, None) => Some(part),
        (true, Some(silent)) => Some(Text::new(
            format!("{}; {}", part.en, silent.en),
            format!("{} ; {}", part.fr, silent.fr),
        )),
    }
}

/// A reason, and the attestation that closed it until it ended.
pub(super) fn with_ended(reason: Option<Text>, ended: &Statement) -> Text {
    let until = ended.until.value;
    let (en, fr) = (
        format!("the attestation of it ended on {until}"),
        format!("son attestation a pris fin le {until}"),
    );
    match reason {
        Some(reason) => Text::new(
            format!("{}; {en}", reason.en),
            format!("{} ; {fr}", reason.fr),
        ),
        None => Text::new(en, fr),
    }
}

/// What an attestation is limited to.
pub(super) fn as_far(statement: &Statement) -> Option<Text> {
    if statement.covers.is_empty() {
        return None;
    }
    let covers: Vec<&str> = statement
        .covers
        .iter()
        .take(NAMED)
        .map(|one| one.value.as_str())
        .collect();
    let more = if statement.covers.len() > NAMED {
        ", …"
    } else {
        ""
    };
    let covers = format!("{}{more}", covers.join(", "));
    Some(Text::new(
        format!("as far as it covers: {covers}"),
        format!("dans la limite de ce qu’elle couvre : {covers}"),
    ))
}

/// Nothing at these levels.
pub(super) fn no_data(applied: Levels) -> Text {
    let en: Vec<&str> = applied.each().map(|level| level.as_str()).collect();
    let fr: Vec<&str> = applied.each().map(|level| level.french()).collect();
    Text::new(
        format!("no data at level {}", en.join(", ")),
        format!("aucune donnée {}", fr.join(" ou ")),
    )
}

/// Not one file.
pub(super) fn nothing_read() -> Text {
    Text::new("nothing was read", "rien n’a été lu")
}

/// Rules, and nothing that they ask about.
pub(super) fn out_of_scope() -> Text {
    Text::new(
        "its rules were asked, and nothing is in their scope",
        "ses règles ont été posées, et rien n’entre dans leur champ",
    )
}

/// Why nobody can tell whether a requirement applies, with the number of resources whose level nobody stated; none: one can.
pub(super) fn doubt(sight: Sight, unstated: usize) -> Option<Text> {
    let (mut en, mut fr) = (Vec::new(), Vec::new());
    match sight {
        Sight::Nothing => return Some(nothing_read()),
        Sight::Part => {
            en.push("not everything was read".to_owned());
            fr.push("tout n’a pas été lu".to_owned());
        }
        Sight::All => {}
    }
    if unstated > 0 {
        let resources = if unstated == 1 {
            "resource"
        } else {
            "resources"
        };
        en.push(format!(
            "nobody stated the level of {unstated} {resources} with data"
        ));
        let resources = if unstated == 1 {
            "ressource"
        } else {
            "ressources"
        };
        fr.push(format!(
            "personne n’a précisé le niveau de {unstated} {resources} à données"
        ));
    }
    (!en.is_empty()).then(|| {
        Text::new(
            format!("nobody can tell whether it applies: {}", en.join(", and ")),
            format!("on ne peut dire si elle s’applique : {}", fr.join(", et ")),
        )
    })
}

/// No rule, and no better reason.
pub(super) fn nobody_judges(requirement: &Requirement) -> Text {
    match requirement.check {
        Check::Attestation => Text::new(
            "only an attestation can tell",
            "seule une attestation peut le dire",
        ),
        _ => Text::new(
            "no rule of this version judges it",
            "aucune règle de cette version ne la juge",
        ),
    }
}
