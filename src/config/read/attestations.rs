//! `[[attestation]]`: what people state of offerings, and of requirements.

use super::{Reader, Section};
use crate::config::{Attestation, Statement, keys};
use crate::text::Text;

impl Reader {
    /// Entries of offerings, and entries of requirements.
    pub(super) fn attestations(&mut self, top: &Section<'_>) -> (Vec<Attestation>, Vec<Statement>) {
        let mut statements = Vec::new();
        let of_offerings = self.entries(top, "attestation", "[[attestation]]", |this, entry| {
            let of_requirements = ["requirement", "requirements"]
                .iter()
                .any(|key| entry.get(this, key).is_some());
            if of_requirements {
                statements.extend(this.statement(entry));
                None
            } else {
                this.attestation(entry)
            }
        });
        (of_offerings, statements)
    }

    fn statement(&mut self, entry: &Section<'_>) -> Option<Statement> {
        if let Some((at, _)) = entry.get(self, "offering") {
            let message = Text::new(
                "an attestation is of an offering or of requirements: write two entries",
                "une attestation porte sur une offre ou sur des exigences : écrivez deux entrées",
            );
            self.wrong(message, at, None);
            return None;
        }
        self.known_of(entry, keys::OF_REQUIREMENTS);
        let mut requirements = self.texts(entry, "requirements");
        if entry.get(self, "requirement").is_some() {
            requirements.extend(self.text(entry, "requirement"));
        }
        let statement = self.text(entry, "statement");
        let covers = self.patterns(entry, "covers");
        if let Some((at, _)) = entry.get(self, "covers").filter(|_| covers.is_empty()) {
            let message = Text::new(
                "`covers` names nothing; without it the whole scan is meant",
                "`covers` ne nomme rien ; sans elle, toute l’analyse est visée",
            );
            self.wrong(message, at, None);
            return None;
        }
        let reference = self.text(entry, "reference");
        let by = self.text(entry, "by");
        let until = self.date(entry, "until");
        self.required(entry, &keys::ATTESTATION);
        Some(Statement {
            requirements,
            statement,
            covers,
            reference: reference?,
            by: by?,
            until: until?,
            place: entry.place,
        })
    }

    fn attestation(&mut self, entry: &Section<'_>) -> Option<Attestation> {
        const NEEDED: &[&str] = &["covers", "reference", "by", "until"];
        self.known_of(entry, keys::OF_OFFERING);
        let offering = self.text(entry, "offering");
        let covers = self.patterns(entry, "covers");
        let region = self.text(entry, "region");
        let reference = self.text(entry, "reference");
        let by = self.text(entry, "by");
        let until = self.date(entry, "until");
        if entry.get(self, "offering").is_some() {
            self.required_of(entry, NEEDED);
        } else {
            let message = Text::new(
                "[[attestation]] needs `offering`, or `requirement`",
                "[[attestation]] a besoin de `offering`, ou de `requirement`",
            );
            self.wrong(message, entry.place, None);
        }
        Some(Attestation {
            offering: offering?,
            covers,
            region,
            reference: reference?,
            by: by?,
            until: until?,
            place: entry.place,
        })
    }
}
