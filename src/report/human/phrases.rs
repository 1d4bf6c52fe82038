//! The words of the frame around findings: names in the left column, headings, counts. One table, both languages.
//!
//! Names of the left column are at most nine letters long.

use crate::config::words::{Level, Severity};
use crate::discover::Kind;
use crate::problem::Weight;
use crate::report::Lang;

/// A phrase in English and in French.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Phrase(&'static str, &'static str);

pub(super) const ACCEPTED: Phrase = Phrase("Waived", "Acceptés par dérogation");
pub(super) const AGAINST: Phrase = Phrase("against", "contre");
pub(super) const ALSO: Phrase = Phrase("also", "aussi");
pub(super) const AND: Phrase = Phrase("and", "et");
pub(super) const AS_OF: Phrase = Phrase("as of", "au");
pub(super) const ASSUMED: Phrase =
    Phrase("assumed, nobody said", "par hypothèse, personne ne l’a dit");
pub(super) const BECAUSE: Phrase = Phrase("because", "car");
pub(super) const BY: Phrase = Phrase("by", "par");
pub(super) const CATALOGUE: Phrase = Phrase("catalogue", "catalogue");
pub(in crate::report) const COLON: Phrase = Phrase(":", " :");
pub(super) const DATA: Phrase = Phrase("data", "données");
pub(super) const EVIDENCE: Phrase = Phrase("evidence", "preuves");
pub(in crate::report) const EXIT_STATUS: Phrase = Phrase("Exit status", "Code de sortie");
pub(super) const FACTS: Phrase = Phrase("facts", "faits");
pub(super) const FINDINGS: Phrase = Phrase("findings", "constats");
pub(super) const FROM: Phrase = Phrase("from", "d’après");
pub(super) const HELP: Phrase = Phrase("help", "remède");
pub(super) const IGNORED_AT: Phrase = Phrase("ignored at", "dérogation en");
pub(super) const MORE: Phrase = Phrase("more", "suite");
pub(super) const MORE_OF_THEM: Phrase = Phrase("more", "de plus");
pub(super) const MORE_PROBLEMS: Phrase = Phrase(
    "more problems with --verbose",
    "autres problèmes avec --verbose",
);
pub(super) const MORE_WITH_VERBOSE: Phrase =
    Phrase("more with --verbose", "de plus avec --verbose");
pub(super) const NO_VIOLATION: Phrase = Phrase("no violation", "aucune violation");
pub(super) const NO_VIOLATION_SEEN: Phrase = Phrase(
    "no violation in what could be judged",
    "aucune violation dans ce qui a pu être jugé",
);
pub(super) const NOTHING_JUDGED: Phrase = Phrase("nothing was judged", "rien n’a été jugé");
pub(super) const NOT_HEEDED: Phrase = Phrase("not heeded", "sans effet");
pub(super) const NOT_SEEN: Phrase = Phrase("not seen", "non vu");
pub(in crate::report) const NOT_SET: Phrase = Phrase("is not set here", "n’est pas renseigné ici");
pub(super) const NOTHING_FOUND: Phrase = Phrase("nothing found", "rien à signaler");
pub(super) const NOTHING_TO_SCAN: Phrase = Phrase("nothing to scan", "rien à analyser");
pub(super) const NEVER_FAIL: Phrase = Phrase(
    "findings never fail with `--fail-on never`",
    "aucun constat ne fait échouer avec `--fail-on never`",
);
pub(super) const NOT_ALL_JUDGED: Phrase = Phrase(
    "not everything could be judged",
    "tout n’a pas pu être jugé",
);
pub(super) const OF_A_KIND: Phrase = Phrase("of", "de");
pub(in crate::report) const SEMICOLON: Phrase = Phrase("; ", " ; ");
pub(super) const WHAT_COULD_HAS: Phrase =
    Phrase("what could be has ", "ce qui a pu l’être compte ");
pub(super) const OF: Phrase = Phrase("of", "sur");
pub(super) const PROBLEMS: Phrase = Phrase("problems", "problèmes");
pub(super) const READ: Phrase = Phrase("read", "lu");
pub(super) const REASON: Phrase = Phrase("reason", "motif");
pub(super) const REGISTRY_OF: Phrase = Phrase("registry of", "registre du");
pub(super) const RULE: Phrase = Phrase("rule", "règle");
pub(super) const SCOPE: Phrase = Phrase("scope", "portée");
pub(super) const SEE: Phrase = Phrase("see", "voir");
pub(super) const SETTING: Phrase = Phrase("setting", "réglage");
pub(super) const SUMMARY: Phrase = Phrase("Summary", "Résumé");
pub(super) const UNDETERMINED: Phrase = Phrase("undetermined", "indéterminé");
pub(super) const UNTIL: Phrase = Phrase("until", "jusqu’au");
pub(super) const WHAT_TO_DO: Phrase = Phrase("What to do", "Que faire");
pub(super) const WITH: Phrase = Phrase("with", "avec");
pub(super) const WOULD_BE: Phrase = Phrase("would be", "serait de gravité");
pub(super) const COULD_NOT_BE_READ: Phrase = Phrase("could not be read", "non lisible");
pub(super) const NOT_SUPPORTED: Phrase = Phrase("not supported", "non pris en charge");
pub(super) const STATES_READ: Phrase = Phrase(
    "left out, the states themselves are read",
    "laissé de côté, les états eux-mêmes sont lus",
);
pub(super) const NOT_RENDERED: Phrase = Phrase("not rendered", "sans rendu");
pub(super) const NO_RENDERING: Phrase = Phrase("could not be rendered", "rendu impossible");
pub(in crate::report) const IN_RENDERED: Phrase =
    Phrase("in the rendered text", "dans le texte rendu");
pub(super) const EMPTY: Phrase = Phrase(
    "gave nothing with these values",
    "sans rien rendre avec ces valeurs",
);
pub(super) const NO_RESOURCE: Phrase = Phrase(
    "no resource is declared in what was read",
    "aucune ressource n’est déclarée dans ce qui a été lu",
);
pub(super) const UNKNOWN_TO_CATALOGUE: Phrase = Phrase(
    "unknown to the catalogue",
    "que le catalogue ne connaît pas",
);
pub(super) const NOT_ASKED: Phrase = Phrase("not asked, of no use to", "sans objet pour");
pub(super) const NOT_ESTABLISHED: Phrase = Phrase("facts not established", "faits non établis");
pub(super) const NOT_AT_HAND: Phrase = Phrase("not at hand", "introuvable");

/// What is counted: one of it in English; one and several of it in French.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Thing(&'static str, &'static str, &'static str);

pub(in crate::report) const A_FINDING: Thing = Thing("finding", "constat", "constats");
pub(super) const A_FAILING_FINDING: Thing =
    Thing("failing finding", "constat bloquant", "constats bloquants");
pub(super) const ANOTHER_FINDING: Thing =
    Thing("other finding", "autre constat", "autres constats");
pub(super) const A_CHANGED_FILE: Thing =
    Thing("changed file", "fichier modifié", "fichiers modifiés");
pub(in crate::report) const A_RESOURCE: Thing = Thing("resource", "ressource", "ressources");
pub(in crate::report) const A_RULE: Thing = Thing("rule", "règle", "règles");
pub(super) const A_FACT: Thing = Thing("fact", "fait", "faits");
pub(super) const A_KIND: Thing = Thing("kind", "type", "types");
pub(super) const AN_OBJECT: Thing = Thing("object", "objet", "objets");
pub(super) const A_TEMPLATE: Thing = Thing("template", "modèle", "modèles");
pub(super) const A_RELEASE: Thing = Thing("Helm release", "release Helm", "releases Helm");
pub(in crate::report) const A_MODULE: Thing = Thing("module", "module", "modules");
pub(in crate::report) const AN_ERROR: Thing = Thing("error", "erreur", "erreurs");
pub(in crate::report) const A_WARNING: Thing = Thing("warning", "avertissement", "avertissements");
pub(super) const AN_IGNORE: Thing = Thing(
    "inline ignore",
    "dérogation dans le code",
    "dérogations dans le code",
);

impl Lang {
    /// A phrase of the frame.
    pub(in crate::report) fn say(self, phrase: Phrase) -> &'static str {
        self.pick(phrase.0, phrase.1)
    }

    /// So many of a thing.
    pub(in crate::report) fn count(self, n: usize, thing: Thing) -> String {
        match self {
            Self::En => super::layout::count(n, thing.0),
            Self::Fr if n < 2 => format!("{n} {}", thing.1),
            Self::Fr => format!("{n} {}", thing.2),
        }
    }

    /// How much a problem weighs.
    pub(in crate::report) fn weight(self, of: Weight) -> &'static str {
        match of {
            Weight::Error => self.pick("error", "erreur"),
            Weight::Warning => self.pick("warning", "avertissement"),
        }
    }

    /// So many files of a kind.
    pub(crate) fn files(self, n: usize, of: Kind) -> String {
        let (one, several) = match of {
            Kind::Terraform => ("fichier Terraform", "fichiers Terraform"),
            Kind::TerraformVariables => (
                "fichier de variables Terraform",
                "fichiers de variables Terraform",
            ),
            Kind::ModulesIndex => ("index de modules Terraform", "index de modules Terraform"),
            Kind::Manifest => ("manifeste Kubernetes", "manifestes Kubernetes"),
            Kind::HelmChart => ("chart Helm", "charts Helm"),
            Kind::Kustomization => ("kustomization", "kustomizations"),
            Kind::Plan => ("plan Terraform", "plans Terraform"),
            Kind::TerraformState => ("état Terraform", "états Terraform"),
            Kind::StateBackup => (
                "sauvegarde d’un état Terraform",
                "sauvegardes d’états Terraform",
            ),
            Kind::Orchestration => (
                "fichier de Terragrunt ou d’une stack",
                "fichiers de Terragrunt ou d’une stack",
            ),
            Kind::Data => ("fichier de données", "fichiers de données"),
            Kind::Other => ("fichier", "fichiers"),
        };
        self.count(n, Thing(of.title(), one, several))
    }

    /// So many of a severity.
    pub(in crate::report) fn severities(self, n: usize, of: Severity) -> String {
        self.agreed(n, self.severity(of))
    }

    /// So many undetermined findings.
    pub(in crate::report) fn undetermined(self, n: usize) -> String {
        self.agreed(n, self.say(UNDETERMINED))
    }

    /// So many accepted findings.
    pub(in crate::report) fn waived(self, n: usize) -> String {
        self.agreed(n, self.pick("waived", "accepté"))
    }

    /// French adjectives agree with a number.
    fn agreed(self, n: usize, word: &str) -> String {
        let plural = self == Self::Fr && n > 1;
        format!("{n} {word}{}", if plural { "s" } else { "" })
    }

    /// A level in a list of counts.
    pub(in crate::report) fn level(self, of: Level) -> &'static str {
        match self {
            Self::En => of.as_str(),
            Self::Fr => of.french(),
        }
    }

    /// A fact in a list of counts; one that has no name in French keeps its own.
    pub(in crate::report) fn fact(self, name: &'static str) -> &'static str {
        match (self, name) {
            (Self::En, _) => name,
            (Self::Fr, "location") => "lieu",
            (Self::Fr, "hosting") => "hébergeur",
            (Self::Fr, "encryption") => "chiffrement",
            (Self::Fr, "credential") => "secret d’accès",
            (Self::Fr, "tenant") => "client",
            (Self::Fr, "sensitivity") => "sensibilité",
            (Self::Fr, _) => name,
        }
    }
}
