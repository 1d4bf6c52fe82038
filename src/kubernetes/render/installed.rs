//! Charts rendered for the releases that Terraform declares: each with the values of its release, and nothing else.

use std::sync::Arc;

use super::helm::{Chart, Given};
use super::{By, File, Input, Job, Package, Rendering, Shop, What, shown};
use crate::config::RenderChart;
use crate::kubernetes::releases::Release;
use crate::kubernetes::trace::moved;
use crate::source::{Place, SourceId};
use crate::value::{Data, Value};

/// What a release says.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    /// Single values, as flags.
    pub(super) flags: Vec<String>,
    /// With the definitions of kinds that the chart brings.
    pub(super) definitions: bool,
    /// Where Terraform writes each text of values.
    places: Vec<(SourceId, Place)>,
}

/// The rendering of a chart for one release. `entry` says which Kubernetes it is for.
pub(super) fn job<'a>(
    shop: &Shop<'_>,
    (package, file): (&'a Package, &'a Input),
    (at, release): (usize, &Release),
    entry: Option<&'a RenderChart>,
    others: &[Job<'_>],
) -> Option<Job<'a>> {
    let install = release.install.as_ref()?;
    let address = Arc::clone(&release.address);
    let label = label(
        &format!("{} (rendered for {address}", shown(&file.folder)),
        others,
    );
    let mut places = Vec::new();
    let texts = install.values.iter().enumerate();
    let values = texts.filter_map(|(number, value)| {
        let text: Arc<str> = value.as_str()?.into();
        let name = format!("values[{number}] of {address}");
        // A file that Terraform reads as it is has places of its own.
        let source = shop.source_of(&text).unwrap_or_else(|| {
            let source = shop.sources.add_rendered(name.as_str(), Arc::clone(&text));
            places.push((source, value.origin.place.unwrap_or(release.header)));
            source
        });
        Some(Given::new(name, text, source))
    });
    let values = values.collect();
    Some(Job {
        package,
        file,
        label,
        rendering: Rendering {
            release: Some(install.name.clone()),
            namespace: Some(install.namespace.clone()),
            by: Some(By {
                release: at,
                address,
            }),
            ..Rendering::of(package, file)
        },
        what: What::Chart(Chart {
            entry,
            values: Some(values),
            installed: Some(Installed {
                flags: install.flags.clone(),
                definitions: install.definitions,
                places,
            }),
        }),
    })
}

/// A name that no other rendering has: roots may use one address.
fn label(start: &str, others: &[Job<'_>]) -> String {
    let mut label = format!("{start})");
    let mut count = 1;
    while others.iter().any(|other| other.label == label) {
        count += 1;
        label = format!("{start}, {count})");
    }
    label
}

impl Installed {
    /// Values that Terraform writes are shown where it does.
    pub(super) fn land(&self, file: &mut File) {
        if self.places.is_empty() {
            return;
        }
        let place = |place: Place| {
            let found = self.places.iter().find(|(of, _)| *of == place.source);
            found.map(|(_, written)| *written)
        };
        for manifest in &mut file.all {
            manifest.value = landed(&manifest.value, &place);
        }
    }
}

/// Recursion is bounded by the nesting limit of the parser.
fn landed(value: &Value, place: &dyn Fn(Place) -> Option<Place>) -> Value {
    let mut new = value.clone();
    new.data = match &value.data {
        Data::Tuple(all) => Data::Tuple(all.iter().map(|one| landed(one, place)).collect()),
        Data::Object(all) => {
            let all = all.iter();
            let all = all.map(|(key, one)| (Arc::clone(key), landed(one, place)));
            Data::Object(Arc::new(all.collect()))
        }
        other => other.clone(),
    };
    new.origin = moved(&value.origin, place);
    new
}
