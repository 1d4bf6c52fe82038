//! `classification/out-of-band`: the data is protected by other rules, and Gardefou concludes nothing about it.

use gardefou_sdk::{
    Judgement, Level, Resource, Rule, Scan, Severity, Text, Verdict, level_words, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    let verdict = match &sensitivity.contradiction {
        _ if sensitivity.level == Level::Beyond => Verdict::violation(message(resource)),
        // A label holds against a name; but if the name is right, nothing else that is said here holds.
        Some(against) if against.level == Level::Beyond => {
            Verdict::undecided(disagreement(sensitivity.level), cannot_tell(resource))
                .evidence(&against.basis.evidence)
        }
        _ if sensitivity.assumed => return Judgement::NotApplicable,
        _ => return Judgement::Passed,
    };
    verdict
        .severity(Severity::Critical)
        .evidence(&sensitivity.basis.evidence)
        .into()
}

fn message(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    text!(
        "{address} holds Diffusion Restreinte or classified data: Gardefou concludes nothing about it, neither for nor against; see interministerial instructions 901 and 1300, or correct the classification",
        "{address} porte des données Diffusion Restreinte ou classifiées : Gardefou n'en conclut rien, ni pour ni contre ; voyez les instructions interministérielles 901 et 1300, ou corrigez la classification"
    )
}

fn cannot_tell(resource: &Resource<'_>) -> Text {
    let address = resource.name();
    text!(
        "cannot tell whether {address} is outside what Gardefou judges: if it holds Diffusion Restreinte or classified data, nothing that is concluded about it here holds; correct its label or its name",
        "impossible de dire si {address} est hors de ce que Gardefou juge : s'il porte des données Diffusion Restreinte ou classifiées, rien de ce qui en est conclu ici ne vaut ; corrigez son étiquette ou son nom"
    )
}

fn disagreement(level: Level) -> Text {
    let Text { en, fr } = level_words(level);
    text!(
        "the label says {en}, and the name says more",
        "l'étiquette dit {fr}, et le nom en dit davantage"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::ContradictedBy;
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
    fn it_says_that_nothing_is_concluded() {
        let judgement = judged(store(Level::Beyond));
        let verdict = judgement.verdict();
        assert!(verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Critical));
        assert!(verdict.message().en.contains("concludes nothing"));
        assert!(verdict.message().fr.contains("n'en conclut rien"));
        for text in [&verdict.message().en, &verdict.message().fr] {
            assert!(text.contains("901") && text.contains("1300"), "{text}");
        }
    }

    #[test]
    fn below_it_nothing_is_said() {
        assert_eq!(judged(store(Level::Particular)), Judgement::Passed);
        assert_eq!(
            judged(Item::new("aws_s3_bucket.a")),
            Judgement::NotApplicable
        );
        let health = store(Level::Public).contradicted(ContradictedBy::Name, Level::Health);
        assert_eq!(judged(health), Judgement::Passed);
    }

    #[test]
    fn a_name_against_the_label_leaves_it_open() {
        let item = store(Level::Internal).contradicted(ContradictedBy::Name, Level::Beyond);
        let judgement = judged(item);
        let verdict = judgement.verdict();
        assert!(!verdict.is_violation());
        assert_eq!(verdict.severity_override(), Some(Severity::Critical));
        assert_eq!(verdict.evidence_ids(), [810, 800]);
    }
}
