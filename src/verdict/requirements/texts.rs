//! Reasons, in both languages.

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
    let levels: Vec<&str> = applied.each().map(|level| level.as_str()).collect();
    Text::new(
        format!("no data at level {}", levels.join(", ")),
        format!("aucune donnée de niveau {}", levels.join(", ")),
    )
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
