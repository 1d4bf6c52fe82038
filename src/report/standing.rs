//! Words for standings, levels and severities, in both languages.

use super::Lang;
use crate::config::words::{Actor, Level, Severity};
use crate::verdict::{AcceptedBy, Standing};

impl Lang {
    /// A standing, as people read it.
    pub(crate) fn standing(self, of: Standing) -> &'static str {
        match of {
            Standing::Violated => self.pick("violated", "enfreinte"),
            Standing::Undetermined => self.pick("undetermined", "indéterminée"),
            Standing::Waived => self.pick("accepted", "acceptée"),
            Standing::Met => self.pick("met by evidence", "étayée"),
            Standing::Attested => self.pick("attested", "attestée"),
            Standing::NotApplicable => self.pick("not applicable", "sans objet"),
            Standing::NotChecked => self.pick("not checked", "non vérifiée"),
        }
    }

    /// How many stand so: adjectives of the French agree.
    pub(crate) fn standings(self, n: usize, of: Standing) -> String {
        let word = self.standing(of);
        let plural = self == Self::Fr && n > 1 && of != Standing::NotApplicable;
        format!("{n} {word}{}", if plural { "s" } else { "" })
    }

    /// What it means.
    pub(crate) fn standing_means(self, of: Standing) -> &'static str {
        match of {
            Standing::Violated => self.pick(
                "evidence against it that nobody accepted",
                "des preuves contre elle, que personne n’a acceptées",
            ),
            Standing::Undetermined => self.pick(
                "a rule was asked and could not decide",
                "une règle a été posée et n’a pu conclure",
            ),
            Standing::Waived => self.pick(
                "all evidence against it is accepted by waivers",
                "toutes les preuves contre elle sont acceptées par des dérogations",
            ),
            Standing::Met => self.pick(
                "evidence for it, and none against it or open",
                "des preuves pour elle, et aucune contre elle ni en suspens",
            ),
            Standing::Attested => self.pick(
                "a person states it, until a day",
                "une personne l’atteste, jusqu’à une date",
            ),
            Standing::NotApplicable => self.pick(
                "no data at a level where it applies, or nothing in the scope of its rules",
                "aucune donnée d’un niveau où elle s’applique, ou rien dans le champ de ses règles",
            ),
            Standing::NotChecked => self.pick(
                "nothing here looks at it, or nobody can tell whether it applies",
                "rien ici ne l’examine, ou l’on ne peut dire si elle s’applique",
            ),
        }
    }

    /// What stands in place of the severity of a finding that is accepted.
    pub(crate) fn accepted_by(self, of: AcceptedBy) -> &'static str {
        match of {
            AcceptedBy::Config | AcceptedBy::Inline => self.pick("waived", "accepté"),
            AcceptedBy::Baseline => {
                self.pick("known by the baseline", "connu selon l’état de référence")
            }
        }
    }

    /// Data of a level.
    pub(crate) fn data(self, level: Level) -> &'static str {
        match level {
            Level::Public => self.pick("public data", "données publiques"),
            Level::Internal => self.pick("internal data", "données internes"),
            Level::Personal => self.pick("personal data", "données personnelles"),
            Level::Health => self.pick("health data", "données de santé"),
            Level::Particular => {
                self.pick("particular data", "données d’une sensibilité particulière")
            }
            Level::Beyond => self.pick("data beyond the scope", "données au-delà du périmètre"),
        }
    }

    /// An organisation before the law; the word that the configuration has for it stays.
    pub(crate) fn actor(self, of: Actor) -> String {
        let fr = match (self, of) {
            (Self::En, _) => return of.to_string(),
            (Self::Fr, Actor::State) => "administration de l’État",
            (Self::Fr, Actor::StateOperator) => "opérateur de l’État",
            (Self::Fr, Actor::Gip) => "groupement d’intérêt public",
            (Self::Fr, Actor::Oiv) => "opérateur d’importance vitale",
            (Self::Fr, Actor::Ose) => "opérateur de services essentiels",
            (Self::Fr, Actor::HealthBody) => "organisme de santé",
            (Self::Fr, Actor::LocalAuthority) => "collectivité territoriale",
            (Self::Fr, Actor::Private) => "entreprise ou association privée",
        };
        format!("{fr} ({of})")
    }

    /// A severity.
    pub(crate) fn severity(self, of: Severity) -> &'static str {
        match of {
            Severity::Critical => self.pick("critical", "critique"),
            Severity::High => self.pick("high", "élevée"),
            Severity::Medium => self.pick("medium", "moyenne"),
            Severity::Low => self.pick("low", "faible"),
            Severity::Info => self.pick("info", "information"),
        }
    }
}
