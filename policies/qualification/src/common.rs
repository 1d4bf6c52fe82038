//! What the rules of the family share: whom they ask, how they weigh, and the words that their messages have in common.

use std::borrow::Cow;

use gardefou_sdk::{
    Demand, Gap, Hosting, Judgement, Level, Name, Resource, Severity, Text, Verdict, Visa,
    level_words, listed, lower, short, text,
};

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
pub(crate) fn address<'a>(resource: &Resource<'a>) -> Name<'a> {
    resource.name()
}

/// The offering, else the company, as a message names it.
pub(crate) fn offering(hosting: &Hosting) -> Cow<'_, str> {
    short(hosting.offering.as_deref().unwrap_or(&hosting.provider))
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

/// Where to go: what the offering's own visa covers, else the qualified offering of the same company, else any.
pub(crate) fn way_out(hosting: &Hosting) -> Text {
    let places = listed(hosting.visa_places.iter().map(String::as_str));
    let named = if places.is_empty() {
        text!("", "")
    } else {
        text!(" ({places})", " ({places})")
    };
    let (places_en, places_fr) = (named.en, named.fr);
    match &hosting.qualified_sibling {
        _ if hosting.visa == Visa::InForce => text!(
            "use what the visa of this offering covers{places_en}",
            "employez ce que couvre le visa de cette offre{places_fr}"
        ),
        Some(sibling) if hosting.other_siblings.is_empty() => {
            let sibling = short(sibling);
            text!(
                "the qualified offering of this provider is {sibling}{places_en}: move it there",
                "l'offre qualifiée de ce fournisseur est {sibling}{places_fr} : déplacez-y la ressource"
            )
        }
        Some(sibling) => {
            let sibling = short(sibling);
            let others = listed(hosting.other_siblings.iter().map(String::as_str));
            text!(
                "the qualified offerings of this provider are {sibling}{places_en}, whose visa ends last, and {others}: move it to one of them",
                "les offres qualifiées de ce fournisseur sont {sibling}{places_fr}, dont le visa court le plus longtemps, et {others} : déplacez la ressource vers l'une d'elles"
            )
        }
        None => text!(
            "move it to a qualified offering",
            "choisissez une offre qualifiée"
        ),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use gardefou_sdk::testing::{Estate, Item, unqualified};
    use gardefou_sdk::{Actor, Answer3, Area, Exposure, Rule, Scope};

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

    /// A message over 8 KiB fails the policy, and the names are of the code under scan or of a catalogue beside it.
    #[test]
    fn names_of_any_length_fit_every_message() {
        let long = "𝄞".repeat(20_000);
        let worst = Hosting {
            provider: long.clone(),
            offering: Some(long.clone()),
            milestone: Some(long.clone()),
            milestone_on: Some(long.clone()),
            visa_ends: Some(long.clone()),
            qualified_sibling: Some(long.clone()),
            other_siblings: vec![long.clone(); 50],
            visa_places: vec![long.clone(); 50],
            headquarters: Some(long.clone()),
            exposed_to: vec![long.clone(); 50],
            ..unqualified("")
        };
        for rule in [
            crate::not_qualified::RULE,
            crate::outside_scope::RULE,
            crate::visa_ending::RULE,
            crate::extraterritorial_exposure::RULE,
            crate::hds_missing::RULE,
        ] {
            let mut said = 0;
            for (visa, scope, exposure, hds) in [
                (
                    Visa::InForce,
                    Scope::Outside,
                    Exposure::Exposed,
                    Answer3::No,
                ),
                (
                    Visa::InForce,
                    Scope::NotStated,
                    Exposure::Elsewhere,
                    Answer3::Unknown,
                ),
                (
                    Visa::Candidate,
                    Scope::NotStated,
                    Exposure::Exposed,
                    Answer3::Yes,
                ),
                (
                    Visa::Lapsed,
                    Scope::NotStated,
                    Exposure::Unknown,
                    Answer3::No,
                ),
                (
                    Visa::None,
                    Scope::NotStated,
                    Exposure::Elsewhere,
                    Answer3::No,
                ),
            ] {
                let item = Item::new(&long)
                    .level(Level::Particular)
                    .raised_from(Level::Health)
                    .at(&long, &[long.as_str()], Area::Third)
                    .hosted(Hosting {
                        visa,
                        scope,
                        exposure,
                        hds,
                        eu_controlled: Answer3::Yes,
                        ..worst.clone()
                    });
                let judgement = judged_item(rule, Some(Actor::State), item);
                for verdict in judgement.verdicts() {
                    said += 1;
                    let reason = verdict.reason();
                    for text in [Some(verdict.message()), reason].into_iter().flatten() {
                        assert!(text.en.len() < 8 << 10, "{}", text.en.len());
                        assert!(text.fr.len() < 8 << 10, "{}", text.fr.len());
                    }
                }
            }
            assert!(said > 0);
        }
    }
}
