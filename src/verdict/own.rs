//! The rules that are Gardefou's own: about the configuration and the ignores in the code, not about resources, so no policy
//! can hold them.

use crate::config::words::Severity;
use crate::facts::Text;

/// A rule about what people set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnRule {
    /// `family/name`.
    pub id: &'static str,
    /// Severity, unless the configuration says otherwise.
    pub severity: Severity,
    /// Version in which it appeared.
    pub since: &'static str,
    title: [&'static str; 2],
    help: [&'static str; 2],
    doc: [&'static str; 2],
}

/// Stands where the policy of a rule is named.
pub const OWN_POLICY: &str = "gardefou";

/// An attestation whose last day is over.
pub(super) const ATTESTATION_EXPIRED: OwnRule = OwnRule {
    id: "attestation/expired",
    severity: Severity::Medium,
    since: "0.1.0",
    title: ["An attestation has ended", "Une attestation a pris fin"],
    help: [
        "Look at the document again, and state it anew with a new end date, or remove the entry.",
        "Revoyez le document et renouvelez l’attestation avec une nouvelle échéance, ou supprimez l’entrée.",
    ],
    doc: [
        "An `[[attestation]]` of gardefou.toml is believed until its last day, which still counts. From the day after, what it \
         said is open again: the requirement is not checked or undetermined, the host of what it covers is unknown. The entry \
         itself is then a finding, drawn in the configuration. `--as-of` shows which attestations will have ended on a later day.",
        "Une entrée `[[attestation]]` de gardefou.toml est crue jusqu’à son dernier jour, inclus. Dès le lendemain, ce qu’elle \
         disait redevient ouvert : l’exigence est non vérifiée ou indéterminée, l’hébergeur de ce qu’elle couvre est inconnu. \
         L’entrée devient elle-même un constat, montré dans la configuration. `--as-of` montre les attestations qui auront pris \
         fin à une date ultérieure.",
    ],
};

/// A waiver whose last day is over.
pub(super) const EXPIRED: OwnRule = OwnRule {
    id: "waiver/expired",
    severity: Severity::Medium,
    since: "0.1.0",
    title: ["A waiver has ended", "Une dérogation a pris fin"],
    help: [
        "Fix what it accepted, or have whoever granted it decide on a new end date.",
        "Corrigez ce qu’elle acceptait, ou faites fixer une nouvelle échéance par qui l’a accordée.",
    ],
    doc: [
        "A `[[waiver]]` of gardefou.toml, an ignore in the code with `until=`, or a baseline with one accepts findings until its \
         last day, which still counts. From the day after, its findings count again, and it is a finding itself, drawn where it is written: an \
         accepted risk has an end, and somebody has to look at it then. `--as-of` shows which of them will have ended on a \
         later day.",
        "Une entrée `[[waiver]]` de gardefou.toml, une dérogation dans le code avec `until=`, ou un état de référence qui en a un \
         accepte des constats jusqu’à son dernier jour, inclus. Dès le lendemain, ces constats comptent de nouveau, et elle devient elle-même un constat, montré \
         là où elle est écrite : un risque accepté a une échéance, et quelqu’un doit alors le revoir. `--as-of` montre celles \
         qui auront pris fin à une date ultérieure.",
    ],
};

/// An ignore in the code that the configuration does not allow.
pub(super) const NOT_ALLOWED: OwnRule = OwnRule {
    id: "waiver/not-allowed",
    severity: Severity::Medium,
    since: "0.1.0",
    title: [
        "An ignore is not allowed",
        "Une dérogation dans le code n’est pas permise",
    ],
    help: [
        "Fix the finding, shorten `until=`, or have a `[[waiver]]` decided in gardefou.toml.",
        "Corrigez le constat, rapprochez `until=`, ou faites décider une entrée `[[waiver]]` dans gardefou.toml.",
    ],
    doc: [
        "gardefou.toml says what ignores in the code may do: `[ignores] never` names rules and families that they cannot accept, \
         `max-days` how far ahead their last day may lie, so that each needs one. An ignore that asks for more does nothing, and \
         is a finding, drawn at the comment. A `[[waiver]]` is bound by neither: it names who decided.",
        "gardefou.toml dit ce que peuvent les dérogations dans le code : `[ignores] never` nomme les règles et familles qu’elles ne \
         peuvent pas accepter, `max-days` le nombre de jours jusqu’à leur échéance, qui devient obligatoire. Une dérogation qui \
         demande plus reste sans effet, et devient un constat, montré au commentaire. Une entrée `[[waiver]]` n’est pas concernée : \
         elle nomme qui a décidé.",
    ],
};

/// An ignore in the code that says no reason.
pub(super) const NO_REASON: OwnRule = OwnRule {
    id: "waiver/no-reason",
    severity: Severity::Medium,
    since: "0.1.0",
    title: [
        "An ignore says no reason",
        "Une dérogation dans le code est sans motif",
    ],
    help: [
        "Write why the finding is accepted behind the brackets: `gardefou: ignore[rule] reason until=2026-12-31`.",
        "Écrivez après les crochets pourquoi le constat est accepté : `gardefou: ignore[règle] motif until=2026-12-31`.",
    ],
    doc: [
        "An ignore in the code, `# gardefou: ignore[rule] reason`, accepts a finding for a reason that whoever reads the code can \
         weigh. Without one it does nothing, and is a finding, drawn at the comment.",
        "Une dérogation dans le code, `# gardefou: ignore[règle] motif`, accepte un constat pour un motif que toute personne qui \
         lit le code peut peser. Sans motif elle reste sans effet, et devient un constat, montré au commentaire.",
    ],
};

/// An ignore in the code that cannot be read.
pub(super) const NOT_UNDERSTOOD: OwnRule = OwnRule {
    id: "waiver/not-understood",
    severity: Severity::Medium,
    since: "0.1.0",
    title: [
        "An ignore is not understood",
        "Une dérogation dans le code n’est pas comprise",
    ],
    help: [
        "Write `gardefou: ignore[rule, family/*] reason until=2026-12-31`; `gardefou rules` lists the rules.",
        "Écrivez `gardefou: ignore[règle, famille/*] motif until=2026-12-31` ; `gardefou rules` liste les règles.",
    ],
    doc: [
        "A comment or an annotation is meant to ignore findings, and does nothing: it names no rule, one that does not exist, or \
         all of them; its bracket is open; its last day is no day. The finding says which. What else it names still counts.",
        "Un commentaire ou une annotation veut écarter des constats et reste sans effet : il ne nomme aucune règle, en nomme une \
         qui n’existe pas, ou toutes ; son crochet est ouvert ; son échéance n’est pas un jour. Le constat le dit. Les autres \
         règles qu’il nomme comptent quand même.",
    ],
};

/// A waiver that accepts nothing.
pub(super) const UNUSED: OwnRule = OwnRule {
    id: "waiver/unused",
    severity: Severity::Low,
    since: "0.1.0",
    title: ["A waiver accepts nothing", "Une dérogation ne sert plus"],
    help: [
        "Remove it, or correct its rule or its patterns.",
        "Supprimez-la, ou corrigez sa règle ou ses motifs.",
    ],
    doc: [
        "A `[[waiver]]` of gardefou.toml, or an ignore in the code, that is in force matches no finding of this scan: what it \
         accepted was fixed, was renamed, or it never matched. Left in place it would accept the next finding that happens to \
         match, unseen. Scan everything that the configuration is about before removing a waiver: a part of the code has a part \
         of the findings. An ignore belongs to the code that starts on its line or, alone on its line, on the next one; the \
         report shows the line of a finding.",
        "Une entrée `[[waiver]]` de gardefou.toml, ou une dérogation dans le code, en vigueur ne correspond à aucun constat de \
         cette analyse : ce qu’elle acceptait a été corrigé ou renommé, ou elle n’a jamais convenu. Laissée en place, elle \
         accepterait sans bruit le prochain constat qui lui correspond. Avant de supprimer une entrée `[[waiver]]`, analysez tout \
         ce que couvre la configuration. Une dérogation dans le code porte sur ce qui commence sur sa ligne ou, si elle y est \
         seule, sur la suivante ; le rapport montre la ligne d’un constat.",
    ],
};

/// All of them, in order of id.
pub const OWN_RULES: [OwnRule; 6] = [
    ATTESTATION_EXPIRED,
    EXPIRED,
    NO_REASON,
    NOT_ALLOWED,
    NOT_UNDERSTOOD,
    UNUSED,
];

impl OwnRule {
    /// What is wrong when it is broken.
    pub fn title(&self) -> Text {
        text(self.title)
    }

    /// What to do.
    pub fn help(&self) -> Text {
        text(self.help)
    }

    /// The whole documentation.
    pub fn doc(&self) -> Text {
        text(self.doc)
    }
}

fn text([en, fr]: [&'static str; 2]) -> Text {
    Text::new(en, fr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_texts_are_there() {
        assert!(OWN_RULES.is_sorted_by_key(|rule| rule.id));
        for rule in OWN_RULES {
            for text in [rule.title(), rule.help(), rule.doc()] {
                assert!(!text.en.is_empty() && !text.fr.is_empty(), "{}", rule.id);
                assert!(!text.en.contains("  "), "{}: {}", rule.id, text.en);
            }
        }
    }
}
