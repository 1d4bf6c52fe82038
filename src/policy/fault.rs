//! What can be wrong with a policy, in the words that its author and its user need.

use std::time::Duration;

use crate::problem::{Problem, ProblemCode};
use crate::text::{Lang, Text};

/// Why a policy was refused, or failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("cannot be read: {}", .0.en)]
    Unreadable(Text),
    #[error("is larger than {0} bytes")]
    TooLarge(u64),
    #[error("is no WebAssembly component")]
    NoWasm,
    #[error("is a core WebAssembly module, not a component")]
    CoreModule,
    #[error("is native code, compiled already")]
    Precompiled,
    #[error("is no valid component: {0}")]
    Invalid(String),
    #[error("imports WASI: {0}")]
    Wasi(String),
    #[error("imports what no policy gets: {0}")]
    ForeignImport(String),
    #[error("is for a newer contract, {0}")]
    TooNew(String),
    #[error("is for an older contract, {0}")]
    TooOld(String),
    #[error("does not export `{0}` as the contract says")]
    MissingExport(&'static str),
    #[error("does not fit the contract: {0}")]
    WrongShape(String),
    #[error("describes no rule")]
    NoRules,
    #[error("describes rule {rule} wrongly: {what}")]
    BadRule { rule: String, what: String },
    #[error("has rule {rule}, which {other} has already")]
    SameRule { rule: String, other: String },
    #[error("used up its {0} units of fuel")]
    Fuel(u64),
    #[error("ran longer than {0:?}")]
    Clock(Duration),
    #[error("needs more than {0}")]
    Memory(String),
    #[error("hands over more than {} MiB at once", .0 >> 20)]
    Handed(usize),
    #[error("stopped by itself: {0}")]
    Trap(String),
    #[error("was told \"{0}\" by the host, and stopped")]
    Refused(String),
    #[error("reports: {0}")]
    Reported(String),
    #[error("gives a wrong answer: {0}")]
    WrongAnswer(String),
}

impl Fault {
    /// In French; in English it displays. What the engine and the author say of a component stays in their words.
    fn french(&self) -> String {
        match self {
            Self::Unreadable(why) => format!("ne peut pas être lue : {}", Lang::Fr.of(why)),
            Self::TooLarge(bytes) => format!("dépasse {bytes} octets"),
            Self::NoWasm => "n’est pas un composant WebAssembly".to_owned(),
            Self::CoreModule => "est un module WebAssembly de base, pas un composant".to_owned(),
            Self::Precompiled => "est du code natif, déjà compilé".to_owned(),
            Self::Invalid(why) => format!("n’est pas un composant valide : {why}"),
            Self::Wasi(what) => format!("importe WASI : {what}"),
            Self::ForeignImport(what) => {
                format!("importe ce qu’aucune politique ne reçoit : {what}")
            }
            Self::TooNew(contract) => format!("est faite pour un contrat plus récent, {contract}"),
            Self::TooOld(contract) => format!("est faite pour un contrat plus ancien, {contract}"),
            Self::MissingExport(name) => {
                format!("n’exporte pas `{name}` comme le dit le contrat")
            }
            Self::WrongShape(why) => format!("ne correspond pas au contrat : {why}"),
            Self::NoRules => "ne décrit aucune règle".to_owned(),
            Self::BadRule { rule, what } => format!("décrit mal la règle {rule} : {what}"),
            Self::SameRule { rule, other } => {
                format!("a la règle {rule}, que {other} a déjà")
            }
            Self::Fuel(units) => format!("a épuisé ses {units} unités de carburant"),
            Self::Clock(time) => format!("a duré plus de {time:?}"),
            Self::Memory(what) => format!("a besoin de plus de {what}"),
            Self::Handed(bytes) => format!("remet plus de {} Mio d’un coup", bytes >> 20),
            Self::Trap(why) => format!("s’est arrêtée d’elle-même : {why}"),
            Self::Refused(why) => {
                format!("s’est entendu dire « {why} » par l’hôte, et s’est arrêtée")
            }
            Self::Reported(why) => format!("signale : {why}"),
            Self::WrongAnswer(why) => format!("donne une réponse fausse : {why}"),
        }
    }

    fn help(&self) -> Text {
        match self {
            Self::Unreadable(_) => Text::new(
                "check the path given to --policy",
                "vérifiez le chemin donné à --policy",
            ),
            Self::TooLarge(_) => Text::new(
                "a policy built in release mode has some tens of kilobytes",
                "une politique construite en mode release pèse quelques dizaines de kilo-octets",
            ),
            Self::NoWasm => Text::new(
                "give a .wasm component for the world in wit/policy.wit",
                "donnez un composant .wasm pour le monde de wit/policy.wit",
            ),
            Self::Precompiled => Text::new(
                "give the portable .wasm component: nobody can check what native code does",
                "donnez le composant .wasm portable : personne ne peut vérifier ce que fait du code natif",
            ),
            Self::CoreModule => Text::new(
                "make it a component with `gardefou policy build`, or with your language's component tool",
                "faites-en un composant avec `gardefou policy build`, ou avec l’outil de votre langage",
            ),
            Self::Invalid(_) | Self::WrongShape(_) | Self::MissingExport(_) => Text::new(
                "build it for the world `policy` in wit/policy.wit",
                "construisez-la pour le monde `policy` de wit/policy.wit",
            ),
            Self::Wasi(_) => Text::new(
                "policies get no WASI: no files, no clock, no network; build it with stubs instead",
                "les politiques n’ont pas WASI : ni fichiers, ni horloge, ni réseau ; construisez-la avec des bouchons",
            ),
            Self::ForeignImport(_) => Text::new(
                "a policy may import the interfaces of wit/policy.wit and nothing else",
                "une politique peut importer les interfaces de wit/policy.wit et rien d’autre",
            ),
            Self::TooNew(_) => Text::new(
                "update Gardefou, or build the policy for an older contract",
                "mettez Gardefou à jour, ou construisez la politique pour un contrat plus ancien",
            ),
            Self::TooOld(_) => Text::new(
                "build the policy again with the wit/policy.wit of this version",
                "reconstruisez la politique avec le wit/policy.wit de cette version",
            ),
            Self::NoRules | Self::BadRule { .. } => Text::new(
                "see `describe` in wit/policy.wit",
                "voyez `describe` dans wit/policy.wit",
            ),
            Self::SameRule { .. } => Text::new(
                "rename one of them: a rule's id is unique in a scan",
                "renommez l’une d’elles : l’identifiant d’une règle est unique dans une analyse",
            ),
            Self::Fuel(_) | Self::Clock(_) => Text::new(
                "it may loop; a rule has to end for every input",
                "elle boucle peut-être ; une règle doit finir pour toute entrée",
            ),
            Self::Memory(_) => Text::new(
                "fetch facts as they are needed, and keep less",
                "demandez les faits au fur et à mesure, et gardez-en moins",
            ),
            Self::Handed(_) => Text::new(
                "say less in each verdict, or scan fewer resources at once",
                "dites-en moins dans chaque verdict, ou analysez moins de ressources à la fois",
            ),
            Self::Trap(_) | Self::Refused(_) | Self::Reported(_) => Text::new(
                "none of its verdicts count; tell its author, with the input that did it",
                "aucun de ses verdicts ne compte ; prévenez son auteur, avec l’entrée en cause",
            ),
            Self::WrongAnswer(_) => Text::new(
                "every resource in a rule's scope is answered exactly once: passed, not applicable, or a verdict",
                "chaque ressource à portée d’une règle reçoit exactement une réponse : conforme, sans objet, ou un verdict",
            ),
        }
    }

    /// As a problem that fails the run.
    pub(super) fn problem(&self, policy: &str, built_in: bool) -> Problem {
        let message = Text::new(
            format!("policy {policy} {self}"),
            format!("la politique {policy} {}", self.french()),
        );
        let problem = Problem::error(ProblemCode::Policy, message).help(self.help());
        if built_in {
            problem
        } else {
            problem.in_file(policy)
        }
    }
}
