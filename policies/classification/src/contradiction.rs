//! `classification/contradiction`: a label says less than a telling name, or than what the resource belongs to.

use gardefou_sdk::{
    ContradictedBy, Contradiction, Judgement, LabelsFact, Level, LevelOrigin, Resource, Rule, Scan,
    Severity, Text, Verdict, level_words, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    if sensitivity.level == Level::Beyond || sensitivity.assumed {
        return Judgement::NotApplicable;
    }
    if let Some(contradiction) = &sensitivity.contradiction {
        // Its own label is what has to be read again, so it comes first; one from around is not to be seen there.
        let (label, against) = (&sensitivity.basis.evidence, &contradiction.basis.evidence);
        let (first, second) = match sensitivity.origin {
            LevelOrigin::Label => (label, against),
            _ => (against, label),
        };
        return Verdict::violation(message(resource, contradiction))
            .severity(Severity::High)
            .evidence(first)
            .evidence(second)
            .into();
    }
    // A name or a type speaks, and a label that cannot be read might say less.
    let may_be_less = matches!(
        sensitivity.origin,
        LevelOrigin::Name | LevelOrigin::ResourceType
    );
    if may_be_less && let LabelsFact::Unknown(gap) = resource.labels() {
        return Verdict::undetermined(gap, cannot_tell(resource))
            .severity(Severity::High)
            .evidence(&sensitivity.basis.evidence)
            .into();
    }
    Judgement::Passed
}

fn message(resource: &Resource<'_>, contradiction: &Contradiction) -> Text {
    let address = resource.name();
    let says = level_words(resource.sensitivity().level);
    let tells = level_words(contradiction.level);
    let (says_en, says_fr) = (&says.en, &says.fr);
    let (tells_en, tells_fr) = (&tells.en, &tells.fr);
    match contradiction.by {
        ContradictedBy::Name => text!(
            "{address} is labelled as {says_en}, and its name or its type tells of {tells_en}: correct the label, or say that the data is invented or anonymised",
            "{address} est étiqueté comme portant {says_fr}, et son nom ou son type annonce {tells_fr} : corrigez l'étiquette, ou dites que les données sont fictives ou anonymisées"
        ),
        ContradictedBy::Parent => text!(
            "{address} is labelled as {says_en}, and what it belongs to, or the configuration, says {tells_en}: correct the label, or move it out",
            "{address} est étiqueté comme portant {says_fr}, et ce à quoi il appartient, ou la configuration, dit {tells_fr} : corrigez l'étiquette, ou sortez-le de là"
        ),
        ContradictedBy::Label => text!(
            "{address} is labelled as {says_en}, and another label says {tells_en}: keep the one that is right",
            "{address} est étiqueté comme portant {says_fr}, et une autre étiquette dit {tells_fr} : gardez celle qui est juste"
        ),
    }
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    let Text { en, fr } = level_words(resource.sensitivity().level);
    text!(
        "cannot tell whether the labels of {address} agree with its name or type, which tells of {en}: write them where this code can show them",
        "impossible de dire si les étiquettes de {address} s'accordent avec son nom ou son type, qui annonce {fr} : écrivez-les là où ce code peut les montrer"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn judged(item: Item) -> Judgement {
        let mut estate = Estate::new();
        estate.add(item);
        estate.judge_one(RULE)
    }

    fn store(level: Level) -> Item {
        Item::new("aws_s3_bucket.a").level(level)
    }

    #[test]
    fn each_voice_against_the_label_is_named() {
        for (by, word) in [
            (ContradictedBy::Name, "name"),
            (ContradictedBy::Parent, "belongs to"),
            (ContradictedBy::Label, "another label"),
        ] {
            let judgement = judged(store(Level::Public).contradicted(by, Level::Health));
            let verdict = judgement.verdict();
            assert!(verdict.is_violation());
            assert_eq!(verdict.severity_override(), Some(Severity::High));
            assert!(verdict.message().en.contains(word), "{by:?}");
            assert!(verdict.message().en.contains("health data"), "{by:?}");
        }
    }

    #[test]
    fn the_label_is_shown_before_what_speaks_against_it() {
        let item = store(Level::Public).contradicted(ContradictedBy::Name, Level::Health);
        assert_eq!(judged(item.clone()).verdict().evidence_ids(), [800, 810]);
        let inherited = item.origin(LevelOrigin::InheritedLabel);
        assert_eq!(judged(inherited).verdict().evidence_ids(), [810, 800]);
    }

    #[test]
    fn agreement_passes_and_silence_is_not_asked() {
        assert_eq!(judged(store(Level::Health)), Judgement::Passed);
        assert_eq!(
            judged(Item::new("aws_s3_bucket.a")),
            Judgement::NotApplicable
        );
        assert_eq!(judged(store(Level::Beyond)), Judgement::NotApplicable);
    }

    #[test]
    fn labels_that_cannot_be_read_may_contradict_a_name() {
        let open = store(Level::Health).labels_unknown("variable \"tags\"");
        let judgement = judged(open.clone().origin(LevelOrigin::Name));
        let verdict = judgement.verdict();
        assert_eq!(
            verdict.reason().map(|reason| reason.en.as_str()),
            Some("variable \"tags\"")
        );
        assert_eq!(verdict.severity_override(), Some(Severity::High));
        // What the configuration says, it says of the very resource.
        let assigned = open.origin(LevelOrigin::Configuration);
        assert_eq!(judged(assigned), Judgement::Passed);
    }
}
