//! `classification/unclassified`: nothing says what a data store holds.

use gardefou_sdk::{
    Judgement, LabelsFact, Resource, Rule, Scan, Severity, Verdict, level_words, text,
};

pub(crate) const RULE: Rule = Rule::each(judge);

fn judge(_: &Scan, resource: &Resource<'_>) -> Judgement {
    let sensitivity = resource.sensitivity();
    if !sensitivity.assumed {
        return Judgement::Passed;
    }
    let address = resource.address();
    let assumed = level_words(sensitivity.level);
    let (en, fr) = (&assumed.en, &assumed.fr);
    let verdict = match resource.labels() {
        LabelsFact::Unknown(gap) => Verdict::undetermined(
            gap,
            text!(
                "cannot tell whether {address} is classified: its labels are not known here; until then it counts as {en}",
                "impossible de dire si {address} est classé : ses étiquettes ne sont pas connues ici ; d'ici là, il compte comme portant {fr}"
            ),
        ),
        LabelsFact::Known(_) | LabelsFact::Absent => Verdict::violation(text!(
            "nothing says what data {address} holds, so it counts as {en}: label it, or assign a level in gardefou.toml",
            "rien ne dit quelles données {address} conserve ; il compte donc comme portant {fr} : étiquetez-le, ou donnez-lui un niveau dans gardefou.toml"
        )),
    };
    // Those whom the law obliges to know what they hold.
    let severity = if resource.regime().bound {
        Severity::High
    } else {
        Severity::Medium
    };
    verdict
        .severity(severity)
        .evidence(&sensitivity.basis.evidence)
        .into()
}

#[cfg(test)]
mod tests {
    use gardefou_sdk::testing::{Estate, Item};
    use gardefou_sdk::{Actor, Level};

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
