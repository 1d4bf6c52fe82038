//! Requirements that the scan decides itself, from the configuration and the levels that it found.

use super::texts::{self, nobody_judges};
use super::{Bench, Counts, Standing, Why};
use crate::catalog::Requirement;
use crate::facts::Text;
use crate::verdict::attestations;
use crate::verdict::frameworks::Levels;

impl Bench<'_> {
    /// What the scan itself decides.
    pub(super) fn by_scan(&self, requirement: &Requirement, counts: &mut Counts) -> Why {
        let applied = Levels::applied(requirement);
        let of_levels = || self.data.iter().filter(|one| one.meet(applied)).count();
        let settings = self.of.settings;
        let about_data = matches!(&*requirement.id, "SNC-SCP-002" | "SNC-SCP-003");
        if let Some(why) = self.absent(applied).filter(|_| about_data) {
            return why;
        }
        match &*requirement.id {
            "SNC-SCP-002" => {
                let regime = settings
                    .actor
                    .and_then(|actor| self.of.catalog.regime(Some(actor), settings.assume));
                if let Some((actor, _)) = settings.actor.zip(regime.filter(|regime| regime.bound)) {
                    let why = Text::new(
                        format!("the organisation is bound, as {actor}"),
                        format!(
                            "l’organisation est soumise à la doctrine ou à la loi, comme {actor}"
                        ),
                    );
                    return (Standing::NotApplicable, Some(why));
                }
                // To set clauses aside for data is to know its level.
                if let Some(doubt) = texts::doubt(self.of.sight, self.unstated) {
                    return (Standing::NotChecked, Some(doubt));
                }
                counts.passed = of_levels();
                let skipped = self.of.catalog.requirements().filter(|one| {
                    one.framework == requirement.framework && !Levels::applied(one).meet(applied)
                });
                let skipped = skipped.count();
                let why = Text::new(
                    format!(
                        "{skipped} requirements of SecNumCloud ask nothing of internal and personal data and were left out for them"
                    ),
                    format!(
                        "{skipped} exigences de SecNumCloud ne demandent rien des données internes et personnelles et ont été écartées pour elles"
                    ),
                );
                (Standing::Met, Some(why))
            }
            "SNC-SCP-003" => match settings.actor {
                Some(actor) => {
                    counts.passed = of_levels();
                    let why = Text::new(format!("declared: {actor}"), format!("déclaré : {actor}"));
                    (Standing::Met, Some(why))
                }
                None => {
                    // Nothing in the code speaks against it, and no finding does: a line of the configuration is missing.
                    let why = Text::new(
                        "not declared: write `actor` under [organisation] in gardefou.toml (state, health-body, private ...), or give --actor",
                        "non déclaré : écrivez `actor` sous [organisation] dans gardefou.toml (state, health-body, private...), ou donnez --actor",
                    );
                    (Standing::Undetermined, Some(why))
                }
            },
            "SNC-QUA-010" => self.foreign_labels(requirement, counts),
            _ => (Standing::NotChecked, Some(nobody_judges(requirement))),
        }
    }

    fn foreign_labels(&self, requirement: &Requirement, counts: &mut Counts) -> Why {
        let statements = self.of.settings.config.statements.iter();
        let mut labels: Vec<&str> = statements
            .flat_map(|one| one.requirements.iter().map(move |id| (one, id)))
            .filter_map(|(one, id)| {
                let of = self.of.catalog.requirement(&id.value)?;
                let (by, label, _) = attestations::refused(one, of, self.of.catalog)?;
                (by.id == requirement.id).then_some(label)
            })
            .collect();
        counts.violations = labels.len();
        labels.dedup();
        if labels.is_empty() {
            let why = Text::new(
                "no attestation offers another label as proof",
                "aucune attestation n’offre un autre label comme preuve",
            );
            return (Standing::NotApplicable, Some(why));
        }
        let labels = labels.join(", ");
        let why = Text::new(
            format!("an attestation offers {labels} as proof of a qualification"),
            format!("une attestation offre {labels} comme preuve d’une qualification"),
        );
        (Standing::Violated, Some(why))
    }
}
