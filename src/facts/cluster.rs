//! Where a Kubernetes object is and who runs its cluster: its own hard constraint, then `[[target]]`.

use std::sync::Arc;

use super::establish::{Lens, gap};
use super::{Fact, Gap, Hosting, Location, Text};
use crate::catalog::{Certainty, Class, ClassSet};
use crate::config::Target;
use crate::graph::Resource;
use crate::value::{Path, PathStep, Value};

/// Labels of nodes that name a region, and zones after them.
const REGION_LABELS: [&str; 2] = [
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/region",
];
const ZONE_LABELS: [&str; 2] = [
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

impl<'a> Lens<'a> {
    fn target_of(&self, resource: &Resource) -> Option<&'a Target> {
        self.settings.target_of(resource)
    }

    pub(super) fn kubernetes_location(&mut self, resource: &'a Resource) -> Fact<Location> {
        if !resource.classes.intersects(placed()) {
            return Fact::Absent;
        }
        let target = self.target_of(resource);
        let regions = target
            .and_then(|target| self.catalog.offering(&target.offering.value))
            .and_then(|offering| self.catalog.provider(offering.provider()))
            .and_then(|provider| provider.identify.regions_id.first())
            .map(String::as_str);
        if let Some(found) = self.pinned(resource, regions) {
            return found;
        }
        let Some(target) = target else {
            return Fact::Unknown(gap(
                "where its cluster runs is not part of the scan: declare a [[target]] in gardefou.toml",
                "l'emplacement du cluster ne fait pas partie de l'analyse : déclarez une [[target]] dans gardefou.toml",
            ));
        };
        let evidence = self.ledger.place(
            target.place,
            Text::new("target of the manifests", "cible des manifestes"),
        );
        let Some(region) = &target.region else {
            return Fact::Unknown(Gap {
                reason: Text::new(
                    "the [[target]] names no region",
                    "la [[target]] ne nomme aucune région",
                ),
                evidence: vec![evidence],
            });
        };
        self.look_up(regions, &region.value, vec![evidence], Certainty::Probable)
    }

    /// A hard placement constraint: node selector, or required node affinity. `In` with several values, and ORed
    /// terms, mean the worst place the scheduler may choose.
    fn pinned(
        &mut self,
        resource: &'a Resource,
        regions: Option<&'static str>,
    ) -> Option<Fact<Location>> {
        let spec = self.pod_spec(resource)?;
        let mut values = selector(spec, &REGION_LABELS);
        if values.is_empty() {
            values = affinity(spec, &REGION_LABELS);
        }
        if values.is_empty() {
            values = selector(spec, &ZONE_LABELS);
        }
        if values.is_empty() {
            values = affinity(spec, &ZONE_LABELS);
        }
        let mut worst: Option<Location> = None;
        for value in values {
            let way = self.ledger.way(
                value,
                Text::new(
                    "where the scheduler may place it",
                    "où l'ordonnanceur peut le placer",
                ),
            );
            let Some(text) = value.as_str() else { continue };
            match self.look_up(regions, text, way, Certainty::Certain) {
                Fact::Known(location)
                    if worst
                        .as_ref()
                        .is_none_or(|before| before.area < location.area) =>
                {
                    worst = Some(location)
                }
                Fact::Known(_) | Fact::Absent => {}
                Fact::Unknown(gap) => return Some(Fact::Unknown(gap)),
            }
        }
        worst.map(Fact::Known)
    }

    fn pod_spec(&mut self, resource: &'a Resource) -> Option<&'a Value> {
        let (group, kind) = resource
            .kind
            .rsplit_once('/')
            .unwrap_or(("", &resource.kind));
        let path = self
            .catalog
            .kubernetes_kind(group, kind)?
            .pod_spec
            .as_deref()?;
        self.attribute(resource, path)
    }

    pub(super) fn kubernetes_hosting(
        &mut self,
        resource: &'a Resource,
        location: &Fact<Location>,
    ) -> Fact<Arc<Hosting>> {
        if !resource.classes.intersects(placed()) {
            return Fact::Absent;
        }
        let Some(target) = self.target_of(resource) else {
            if let Some(attested) = self.attested_object(resource, location) {
                return attested;
            }
            return Fact::Unknown(gap(
                "who runs its cluster is not part of the scan: declare a [[target]] in gardefou.toml",
                "l'opérateur du cluster ne fait pas partie de l'analyse : déclarez une [[target]] dans gardefou.toml",
            ));
        };
        let Some(offering) = self.catalog.offering(&target.offering.value) else {
            return Fact::Unknown(gap(
                format!("the registry has no offering {}", target.offering.value),
                format!("le registre n'a pas d'offre {}", target.offering.value),
            ));
        };
        let evidence = self.ledger.place(
            target.place,
            Text::new("target of the manifests", "cible des manifestes"),
        );
        self.standing(
            resource,
            offering,
            location.known(),
            Certainty::Probable,
            vec![evidence],
        )
    }
}

/// Kinds that sit somewhere.
fn placed() -> ClassSet {
    ClassSet::of(&[
        Class::HoldsData,
        Class::Compute,
        Class::Workload,
        Class::Backup,
    ])
}

fn at(steps: &[&str]) -> Path {
    Path::of(
        steps
            .iter()
            .map(|step| PathStep::Key(Arc::from(*step)))
            .collect::<Vec<_>>(),
    )
}

fn selector<'v>(spec: &'v Value, labels: &[&str]) -> Vec<&'v Value> {
    labels
        .iter()
        .filter_map(|label| spec.get(&at(&["nodeSelector", label])))
        .take(1)
        .collect()
}

/// Values of `In` expressions of required node affinity; empty when some term leaves the place open.
fn affinity<'v>(spec: &'v Value, labels: &[&str]) -> Vec<&'v Value> {
    let terms = spec.get(&at(&[
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ]));
    let mut found = Vec::new();
    for term in terms.and_then(Value::elements).unwrap_or_default() {
        let expressions = term
            .get(&at(&["matchExpressions"]))
            .and_then(Value::elements)
            .unwrap_or_default();
        let pins: Vec<&Value> = expressions
            .iter()
            .filter(|expression| {
                let text = |name: &str| expression.entry(name).and_then(Value::as_str);
                text("operator") == Some("In")
                    && text("key").is_some_and(|key| labels.contains(&key))
            })
            .filter_map(|expression| expression.entry("values"))
            .filter_map(Value::elements)
            .flatten()
            .collect();
        if pins.is_empty() {
            return Vec::new();
        }
        found.extend(pins);
    }
    found
}
