//! `classification/unclassified`: nothing says what a data store holds.

use gardefou_sdk::{
    Class, Hint, Judgement, LabelsFact, Level, Resource, Rule, Scan, Severity, Text, Verdict,
    level_words, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    // A state takes no label: it has the level of what it describes.
    if sensitivity.level == Level::Beyond || resource.class().contains(Class::STATE_BACKEND) {
        return Judgement::NotApplicable;
    }
    if !sensitivity.assumed {
        return Judgement::Passed;
    }
    let address = resource.name();
    let Text { en, fr } = level_words(sensitivity.level);
    let sign = sign(sensitivity.hint.as_ref());
    let (sign_en, sign_fr) = (&sign.en, &sign.fr);
    let verdict = match resource.labels() {
        LabelsFact::Unknown(gap) => Verdict::undetermined(
            gap,
            text!(
                "cannot tell whether {address} is classified: its labels are not known here; until then it counts as {en}{sign_en}",
                "impossible de dire si {address} est classé : ses étiquettes ne sont pas connues ici ; d'ici là, il compte comme portant {fr}{sign_fr}"
            ),
        ),
        LabelsFact::Known(_) | LabelsFact::Absent => Verdict::violation(text!(
            "nothing says what data {address} holds, so it counts as {en}{sign_en}: label it, or assign a level in gardefou.toml",
            "rien ne dit quelles données {address} conserve ; il compte donc comme portant {fr}{sign_fr} : étiquetez-le, ou donnez-lui un niveau dans gardefou.toml"
        )),
    };
    // Those whom the law obliges to know what they hold.
    let severity = if resource.regime().bound {
        Severity::High
    } else {
        Severity::Medium
    };
    let hinted = sensitivity.hint.iter();
    let hinted: Vec<_> = hinted
        .flat_map(|hint| &hint.basis.evidence)
        .copied()
        .collect();
    verdict
        .severity(severity)
        .evidence(&hinted)
        .evidence(&sensitivity.basis.evidence)
        .into()
}

/// A sign too weak to decide by, which tells a reader what to ask first.
fn sign(hint: Option<&Hint>) -> Text {
    let Some(hint) = hint else {
        return text!("", "");
    };
    let Text { en, fr } = level_words(hint.level);
    text!(
        ", although a weak sign tells of {en}",
        ", bien qu'un signe faible annonce {fr}"
    )
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::Actor;
    use gardefou_sdk::testing::{Estate, Item};

    use super::*;

    fn judged(mut estate: Estate, item: Item) -> Judgement {
        estate.add(item);
        estate.judge_one(RULE)
    }

    #[test]
    fn an_assumed_level_is_no_classification() {
        let judgement = judged(Estate::new(), Item::new("aws_s3_bucket.a"));
        assert!(judgement.verdict().is_violation());
        assert_eq!(
            judgement.verdict().severity_override(),
            Some(Severity::Medium)
        );
        assert_eq!(
            judged(
                Estate::new(),
                Item::new("aws_s3_bucket.a").level(Level::Public)
            ),
            Judgement::Passed
        );
    }

    #[test]
    fn it_weighs_more_for_who_is_bound() {
        for (actor, severity) in [
            (Actor::Gip, Severity::High),
            (Actor::HealthBody, Severity::High),
            (Actor::LocalAuthority, Severity::Medium),
            (Actor::PrivateBody, Severity::Medium),
        ] {
            let judgement = judged(Estate::new().of(actor), Item::new("aws_s3_bucket.a"));
            assert_eq!(
                judgement.verdict().severity_override(),
                Some(severity),
                "{actor:?}"
            );
        }
    }

    #[test]
    fn a_weak_sign_is_named_and_shown() {
        let judgement = judged(
            Estate::new(),
            Item::new("aws_s3_bucket.lab").hint(Level::Health),
        );
        let verdict = judgement.verdict();
        assert!(
            verdict
                .message()
                .en
                .contains("weak sign tells of health data")
        );
        assert_eq!(verdict.evidence_ids(), [820, 800]);
    }

    #[test]
    fn a_state_takes_no_label_and_level_beyond_answers_to_another_rule() {
        let state = Item::new("terraform.backend.s3");
        let state = state.class(Class::HOLDS_DATA | Class::STATE_BACKEND);
        assert_eq!(judged(Estate::new(), state), Judgement::NotApplicable);
        let beyond = Item::new("aws_s3_bucket.a").level(Level::Beyond);
        assert_eq!(judged(Estate::new(), beyond), Judgement::NotApplicable);
    }

    #[test]
    fn labels_that_cannot_be_known_leave_it_open() {
        let judgement = judged(
            Estate::new(),
            Item::new("aws_s3_bucket.a").labels_unknown("variable \"tags\""),
        );
        assert_eq!(
            judgement
                .verdict()
                .reason()
                .map(|reason| reason.en.as_str()),
            Some("variable \"tags\"")
        );
    }
}
