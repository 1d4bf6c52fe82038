//! Charts that Terraform installs keep nothing themselves: their volumes are those of the objects that they make, which are
//! judged when they are seen.

use crate::facts::Phrase;
use crate::facts::establish::Lens;
use crate::facts::location::shown;
use crate::facts::{Encryption, Fact};
use crate::graph::Resource;
use crate::kubernetes::{Release, Unseen};

impl<'a> Lens<'a> {
    pub(super) fn encryption_of_release(
        &mut self,
        resource: &'a Resource,
        release: &Release,
    ) -> Fact<Vec<Encryption>> {
        let Some(unseen) = &release.unseen else {
            return Fact::Absent;
        };
        let chart = match &*release.chart {
            "" => "?".to_owned(),
            chart => shown(chart).to_string(),
        };
        let (en, fr): (Phrase, Phrase) = reason(&chart, unseen);
        Fact::Unknown(self.gap_at(resource, en, fr))
    }
}

fn reason(chart: &str, unseen: &Unseen) -> (Phrase, Phrase) {
    let (en, fr) = match unseen {
        Unseen::NotAsked => (
            "scan with --render".to_owned(),
            "analysez avec --render".to_owned(),
        ),
        Unseen::Registry => (
            "it is in a registry: put it into the repository, and scan with --render".to_owned(),
            "il est dans un registre : placez-le dans le dépôt et analysez avec --render"
                .to_owned(),
        ),
        Unseen::NotInScan => (
            "it is no chart folder of the scan".to_owned(),
            "ce n’est pas un dossier de chart de l’analyse".to_owned(),
        ),
        Unseen::Unknown(argument) => (
            format!("`{argument}` is known only after apply"),
            format!("`{argument}` n’est connu qu’après l’application"),
        ),
        Unseen::Secret(argument) => (
            format!("`{argument}` is secret, and is handed to no program"),
            format!("`{argument}` est secret et n’est transmis à aucun programme"),
        ),
        Unseen::Changed(argument) => (
            format!("`{argument}` changes it beyond what the code shows"),
            format!("`{argument}` le modifie au-delà de ce que montre le code"),
        ),
        Unseen::TooLong => (
            "its values are too long to be handed to a program".to_owned(),
            "ses valeurs sont trop longues pour être transmises à un programme".to_owned(),
        ),
        Unseen::Failed => (
            "it could not be rendered".to_owned(),
            "son rendu a échoué".to_owned(),
        ),
    };
    (
        format!("what the chart {chart} makes is not seen: {en}").into(),
        format!("ce que produit le chart {chart} n’est pas visible : {fr}").into(),
    )
}
