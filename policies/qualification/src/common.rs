//! What the rules of the family share: whom they ask, how they weigh, and the words that their messages have in common.

use gardefou_sdk::{
    Demand, Gap, Hosting, Judgement, Level, Resource, Severity, Text, Verdict, level_words, lower,
    text,
};

/// Characters of a name in a message: names come from the code under scan, and may be of any length.
const NAME: usize = 200;
/// Entries of a list in a message.
const SHOWN: usize = 5;

/// Is a qualified offering demanded for this data, and not only advised?
pub(crate) fn is_demanded(resource: &Resource<'_>) -> bool {
    resource.sensitivity().level != Level::Beyond
        && resource.regime().qualification == Demand::Required
}

/// A verdict with its severity, one step lower where qualification is advice to the organisation. What it rests on comes
/// first, what makes the data so sensitive last.
pub(crate) fn weighed(
    resource: &Resource<'_>,
    severity: Severity,
    verdict: Verdict,
    hosting: Option<&Hosting>,
) -> Judgement {
    let severity = if resource.regime().softened {
        lower(severity)
    } else {
        severity
    };
    verdict
        .severity(severity)
        .evidence(hosting.map_or(&[], |hosting| &hosting.basis.evidence))
        .evidence(&resource.sensitivity().basis.evidence)
        .into()
}

/// Who runs it is not known: the same question for every rule.
pub(crate) fn unknown_host(resource: &Resource<'_>, gap: &Gap) -> Verdict {
    let address = address(resource);
    let Text { en, fr } = data(resource);
    let message = text!(
        "cannot tell which offering runs {address}, which holds {en}: name it in the code, in a [[target]], or attest it with [[attestation]]",
        "impossible de dire quelle offre exploite {address}, qui porte {fr} : nommez-la dans le code, dans une [[target]], ou attestez-la avec [[attestation]]"
    );
    Verdict::undetermined(gap, message)
}

/// The resource, as a message names it.
pub(crate) fn address(resource: &Resource<'_>) -> String {
    cut(resource.address())
}

/// The offering, else the company, as a message names it.
pub(crate) fn offering(hosting: &Hosting) -> String {
    cut(hosting.offering.as_deref().unwrap_or(&hosting.provider))
}

/// What it holds, and that the level was raised.
pub(crate) fn data(resource: &Resource<'_>) -> Text {
    let sensitivity = resource.sensitivity();
    let Text { en, fr } = level_words(sensitivity.level);
    let Some(before) = sensitivity.raised_from else {
        return Text { en, fr };
    };
    let before = level_words(before);
    let (before_en, before_fr) = (before.en, before.fr);
    text!(
        "{en} ({before_en}, raised by the organisation's status)",
        "{fr} ({before_fr}, relevées par le statut de l'organisation)"
    )
}

/// "a holds health data on b".
pub(crate) fn holds(resource: &Resource<'_>, hosting: &Hosting) -> Text {
    let (address, offering) = (address(resource), offering(hosting));
    let Text { en, fr } = data(resource);
    text!(
        "{address} holds {en} on {offering}",
        "{address} porte {fr} chez {offering}"
    )
}

/// Where qualified services are: at the same company when it has some.
pub(crate) fn way_out(hosting: &Hosting) -> Text {
    match &hosting.qualified_sibling {
        Some(sibling) => {
            let sibling = cut(sibling);
            text!(
                "the qualified offering of this provider is {sibling}: move it there",
                "l'offre qualifiée de ce fournisseur est {sibling} : déplacez-la"
            )
        }
        None => text!(
            "move it to a qualified offering",
            "choisissez une offre qualifiée"
        ),
    }
}

/// A list of names as a message shows it.
pub(crate) fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| cut(name)).collect();
    if names.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// A name at a length that fits a message.
pub(crate) fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use gardefou_sdk::testing::{Estate, Item, unqualified};
    use gardefou_sdk::{Actor, Answer3, Exposure, Rule, Scope, Visa};

    use super::*;

    /// What a rule says of one store.
    pub(crate) fn judged(
        rule: Rule,
        actor: Option<Actor>,
        level: Level,
        hosting: Hosting,
    ) -> Judgement {
        judged_item(
            rule,
            actor,
            Item::new("disk.a").level(level).hosted(hosting),
        )
    }

    /// What a rule says of one resource.
    pub(crate) fn judged_item(rule: Rule, actor: Option<Actor>, item: Item) -> Judgement {
        let mut estate = match actor {
            Some(actor) => Estate::new().of(actor),
            None => Estate::new(),
        };
        estate.add(item);
        estate.judge_one(rule)
    }

    /// An offering with a visa in force, used inside its scope.
    pub(crate) fn qualified() -> Hosting {
        Hosting {
            offering: Some("outscale/iaas-cloud-on-demand".to_owned()),
            visa: Visa::InForce,
            visa_from: Some("2023-11-30".to_owned()),
            visa_ends: Some("2028-11-30".to_owned()),
            scope: Scope::Inside,
            hds: Answer3::Yes,
            headquarters: Some("FR".to_owned()),
            eu_controlled: Answer3::Yes,
            exposure: Exposure::None,
            ..unqualified("outscale")
        }
    }

    #[test]
    fn names_of_any_length_fit_a_message() {
        assert_eq!(cut("é"), "é");
        let long = "é".repeat(5_000);
        assert_eq!(cut(&long).chars().count(), NAME + 1);
        let all = list(&vec![long; 50]);
        assert!(all.len() < 8 << 10 && all.ends_with(", …"), "{}", all.len());
        assert_eq!(list(&["a".to_owned(), "b".to_owned()]), "a, b");
    }
}
