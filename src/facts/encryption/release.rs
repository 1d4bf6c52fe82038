//! Charts that Terraform installs keep nothing themselves: their volumes are those of the objects that they make, which are
//! judged when they are seen.

use crate::facts::Phrase;
use crate::facts::establish::Lens;
use crate::facts::location::shown;
use crate::facts::{Encryption, Fact};
use crate::graph::Resource;
use crate::kubernetes::{Release, Unseen};
use crate::text::Lang;

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
    let why = unseen.text();
    let (en, fr) = (Lang::En.of(&why), Lang::Fr.of(&why));
    (
        format!("what the chart {chart} makes is not seen: {en}").into(),
        format!("ce que produit le chart {chart} n’est pas visible : {fr}").into(),
    )
}
