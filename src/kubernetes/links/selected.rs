//! Workloads that others choose by the labels of their pods: services by equal labels, network policies by expressions too.

use hashbrown::HashMap;

use super::Link;
use super::pods::Pod;
use crate::catalog::Tie;
use crate::discover::folder_of;
use crate::kubernetes::{Manifest, Manifests, common_folders};
use crate::source::Place;
use crate::value::Value;

/// One service is followed to so many workloads: thousands that all select thousands say nothing more.
const MAX_SELECTED: usize = 1_000;

/// All network policies of a scan are followed to so many workloads: no fact rests on them, and one that selects nothing
/// means all of its namespace.
const MAX_GUARDED: usize = 200_000;

type Label<'a> = (Option<&'a str>, &'a str, &'a str);

/// Workloads by namespace and each label of their pods, so that a selector need not look at all of them.
pub(super) struct Labelled<'a> {
    manifests: &'a Manifests,
    pods: &'a [Option<Pod<'a>>],
    by_label: HashMap<Label<'a>, Vec<usize>>,
    by_namespace: HashMap<Option<&'a str>, Vec<usize>>,
    guarded: usize,
}

impl<'a> Labelled<'a> {
    pub(super) fn new(manifests: &'a Manifests, pods: &'a [Option<Pod<'a>>]) -> Self {
        let mut by_label: HashMap<Label<'a>, Vec<usize>> = HashMap::new();
        let mut by_namespace: HashMap<Option<&str>, Vec<usize>> = HashMap::new();
        for (at, (manifest, pod)) in manifests.all.iter().zip(pods).enumerate() {
            let Some(pod) = pod else { continue };
            let namespace = manifest.namespace.as_deref();
            by_namespace.entry(namespace).or_default().push(at);
            for (key, value) in pod.labels {
                if let Some(value) = value.as_str() {
                    by_label
                        .entry((namespace, key, value))
                        .or_default()
                        .push(at);
                }
            }
        }
        Self {
            manifests,
            pods,
            by_label,
            by_namespace,
            guarded: 0,
        }
    }

    /// The workloads that a service selects.
    pub(super) fn service(&self, at: usize, service: &'a Manifest, out: &mut Vec<Link<'_>>) {
        let selector = service
            .value
            .entry("spec")
            .and_then(|spec| spec.entry("selector"));
        let labels = selector.and_then(Value::entries).unwrap_or_default();
        // One without a selector has its ends elsewhere.
        if let Some(found) = self.with_labels(service, labels) {
            let place = selector.and_then(|selector| selector.origin.place);
            let found = found.into_iter().take(MAX_SELECTED).collect();
            self.add(at, service, Tie::Exposes, found, place, out);
        }
    }

    /// The workloads that a network policy guards: all of its namespace where the selector is empty.
    pub(super) fn policy(&mut self, at: usize, policy: &'a Manifest, out: &mut Vec<Link<'_>>) {
        let selector = policy
            .value
            .entry("spec")
            .and_then(|spec| spec.entry("podSelector"));
        let Some(selector) = selector.filter(|selector| !selector.is_null()) else {
            return;
        };
        let labels = selector.entry("matchLabels").and_then(Value::entries);
        let expressions = selector.entry("matchExpressions").and_then(Value::elements);
        let expressions = expressions.unwrap_or_default();
        let found = match labels.unwrap_or_default() {
            [] => self.by_namespace.get(&policy.namespace.as_deref()).cloned(),
            labels => self.with_labels(policy, labels),
        };
        let left = MAX_GUARDED.saturating_sub(self.guarded).min(MAX_SELECTED);
        let found: Vec<usize> = found
            .unwrap_or_default()
            .into_iter()
            .filter(|one| expressions.iter().all(|term| self.fits(*one, term)))
            .take(left)
            .collect();
        self.guarded += found.len();
        let place = selector.origin.place;
        self.add(at, policy, Tie::AttachedTo, found, place, out);
    }

    /// Does an expression hold for the pods of a workload?
    fn fits(&self, workload: usize, term: &Value) -> bool {
        let text = |key: &str| term.entry(key).and_then(Value::as_str);
        let Some(key) = text("key") else { return false };
        let pod = self.pods.get(workload).and_then(Option::as_ref);
        let label = pod
            .into_iter()
            .flat_map(|pod| pod.labels)
            .find(|(name, _)| **name == *key)
            .map(|(_, value)| value.as_str().unwrap_or(""));
        let values = term.entry("values").and_then(Value::elements);
        let among = |label: &str| {
            let values = values.unwrap_or_default();
            values.iter().any(|value| value.as_str() == Some(label))
        };
        match text("operator") {
            Some("In") => label.is_some_and(among),
            Some("NotIn") => !label.is_some_and(among),
            Some("Exists") => label.is_some(),
            Some("DoesNotExist") => label.is_none(),
            _ => false,
        }
    }

    /// The workloads of an object's namespace whose pods have all of some labels.
    fn with_labels(
        &self,
        chooser: &'a Manifest,
        labels: &'a [(std::sync::Arc<str>, Value)],
    ) -> Option<Vec<usize>> {
        let mut sets = Vec::with_capacity(labels.len());
        for (key, value) in labels {
            let namespace = chooser.namespace.as_deref();
            let label = (namespace, &**key, value.as_str().unwrap_or(""));
            sets.push(self.by_label.get(&label)?);
        }
        sets.sort_by_key(|set| set.len());
        let (smallest, others) = sets.split_first()?;
        let found = smallest
            .iter()
            .copied()
            .filter(|one| others.iter().all(|set| set.binary_search(one).is_ok()));
        Some(found.collect())
    }

    /// Those whose files are nearest, when several estates share a scan.
    fn add(
        &self,
        at: usize,
        chooser: &Manifest,
        tie: Tie,
        found: Vec<usize>,
        place: Option<Place>,
        out: &mut Vec<Link<'_>>,
    ) {
        let folder = folder_of(&chooser.path);
        let nearness = |index: usize| common_folders(folder, self.manifests.folder(index));
        let most = found.iter().map(|one| nearness(*one)).max();
        for to in found {
            if Some(nearness(to)) == most {
                out.push(Link {
                    from: at,
                    tie,
                    to,
                    path: "",
                    place,
                });
            }
        }
    }
}
