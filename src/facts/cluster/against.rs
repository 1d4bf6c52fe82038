//! Targets that the manifests speak against. A target decides, since people know what code may not show; but signs that
//! agree on another company are said, as for an attestation that is not believed.

use std::collections::BTreeMap;

use super::companies::Companies;
use super::hints::{Bag, Verdict};
use crate::config::Target;
use crate::facts::establish::Lens;
use crate::graph::World;
use crate::problem::{Problem, ProblemCode};
use crate::source::Place;

impl<'a> Lens<'a> {
    /// A warning for each target whose manifests show another company.
    pub(in crate::facts) fn targets_against(&mut self) -> Vec<Problem> {
        if self.settings.config.targets.is_empty() {
            return Vec::new();
        }
        let companies = Companies::new(self.catalog);
        let mut bags: BTreeMap<Place, (&'a Target, Bag)> = BTreeMap::new();
        let mut signs = Vec::new();
        for resource in self.graph.resources() {
            if resource.world != World::Kubernetes || resource.release.is_some() {
                continue;
            }
            let Some(target) = self.settings.target_of(resource) else {
                continue;
            };
            signs.clear();
            self.signs_of(resource, &companies, &mut signs);
            let (_, bag) = bags
                .entry(target.place)
                .or_insert_with(|| (target, Bag::default()));
            signs.iter().for_each(|sign| bag.note(sign));
        }
        let mut problems = Vec::new();
        for (target, bag) in bags.into_values() {
            let Verdict::Company(shown, _) = self.weigh(&bag) else {
                continue;
            };
            let offering = &target.offering.value;
            let Some(declared) = self.catalog.offering(offering) else {
                continue;
            };
            if declared.provider() == shown.id {
                continue;
            }
            let mut problem = Problem::warning(
                ProblemCode::Config,
                format!(
                    "the [[target]] says {offering}, and its manifests show {}: the target is believed",
                    shown.id
                ),
            )
            .at(target.offering.place)
            .help("correct `offering`, or narrow `paths` to the manifests that are applied there");
            for (text, place) in bag.shown(&shown.id) {
                problem = problem.related(place, text.to_owned());
            }
            problems.push(problem);
        }
        problems
    }
}
