//! Where the storage lies that a backup object names: outside the cluster, so that the place of the cluster says nothing
//! of it. A host that it names wins over a region, which means something at one company only.

use super::text_of;
use crate::catalog::{Certainty, FactKind, KubernetesKind};
use crate::facts::establish::Lens;
use crate::facts::location::not_known;
use crate::facts::{Fact, Gap, Location, Text};
use crate::graph::Resource;
use crate::value::Value;

/// Plugins of backup tools, and whose regions they mean.
const PLUGINS: [(&str, &str); 3] = [("aws", "aws"), ("azure", "azure"), ("gcp", "google")];

impl<'a> Lens<'a> {
    /// The place of the storage that a backup object names. `None`: its kind names none, and what it keeps is in the
    /// cluster.
    pub(super) fn backup_location(&mut self, resource: &'a Resource) -> Option<Fact<Location>> {
        let kind = self.object_of(resource)?.kind?;
        let names_storage = kind.holds_data
            && kind.family == "backup"
            && fields(kind, FactKind::Egress)
                .chain(fields(kind, FactKind::Region))
                .next()
                .is_some();
        if !names_storage {
            return None;
        }
        for path in fields(kind, FactKind::Egress) {
            if let Some(value) = self.object_field(resource, path) {
                return Some(self.place_of_storage(value, path));
            }
        }
        let company = fields(kind, FactKind::Provider)
            .find_map(|path| self.object_field(resource, path).and_then(text_of))
            .and_then(|word| {
                let word = word.strip_prefix("velero.io/").unwrap_or(word);
                PLUGINS.iter().find(|(plugin, _)| *plugin == word)
            })
            .map(|(_, regions)| *regions);
        for path in fields(kind, FactKind::Region) {
            let Some(value) = self.object_field(resource, path) else {
                continue;
            };
            let way = self.ledger.way(value, label(path));
            return Some(match text_of(value) {
                Some(text) => self.look_up(company, text, way, Certainty::Certain),
                None => Fact::Unknown(not_known(value, path, way)),
            });
        }
        let evidence = vec![self.header(resource)];
        Some(Fact::Unknown(Gap {
            reason: Text::new(
                "it names neither the region nor the host of its storage, which is not in the cluster",
                "elle ne nomme ni la région ni l'hôte de son stockage, qui n'est pas dans le cluster",
            ),
            evidence,
        }))
    }

    fn place_of_storage(&mut self, value: &'a Value, path: &'static str) -> Fact<Location> {
        let way = self.ledger.way(value, label(path));
        let Some(text) = text_of(value) else {
            return Fact::Unknown(not_known(value, path, way));
        };
        match self.place_in_host(text, way.clone()) {
            Some(found) => found,
            None => {
                let text = crate::facts::location::shown(text);
                Fact::Unknown(Gap {
                    reason: Text::new(
                        format!("the catalogue does not know where {text} is"),
                        format!("le catalogue ne sait pas où se trouve {text}"),
                    ),
                    evidence: way,
                })
            }
        }
    }
}

/// Paths of the fields of a kind that speak of one thing.
fn fields(kind: &'static KubernetesKind, fact: FactKind) -> impl Iterator<Item = &'static str> {
    kind.facts
        .iter()
        .filter(move |field| field.fact == fact && !field.path.contains('*'))
        .map(|field| field.path.as_str())
}

fn label(path: &str) -> Text {
    Text::new(
        format!("`{path}`: where backups go"),
        format!("`{path}` : où vont les sauvegardes"),
    )
}
