//! The nodes of a cluster, as far as files show them: an export has them all, a folder of manifests mostly none.
//!
//! Nodes that differ in nothing but their name are one shape, so that a constraint is compared with few of them however
//! large the cluster is.

use hashbrown::HashMap;
use std::sync::Arc;

use super::selection::{Need, Operator};
use super::{inside, text_of};
use crate::catalog::MetadataKey;
use crate::facts::establish::Lens;
use crate::graph::Resource;
use crate::source::Place;
use crate::value::Value;

/// The label with the name of a node.
const HOSTNAME: &str = "kubernetes.io/hostname";

/// The field with the name of a node.
const NAME: &str = "metadata.name";

/// Clusters with more kinds of nodes are not looked through for each workload.
const MAX_SHAPES: usize = 256;

/// Nodes that can be named.
const MAX_NAMES: usize = 10_000;

/// What nodes have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// Sorted by key.
    labels: Vec<(Arc<str>, Arc<str>)>,
    /// The text that says where they are, and the label that it is the value of; none for an id.
    pub(super) place: Option<(Arc<str>, Option<&'static str>)>,
}

impl Shape {
    fn label(&self, key: &str) -> Option<&str> {
        let at = self
            .labels
            .binary_search_by(|(known, _)| (**known).cmp(key));
        let (_, value) = self.labels.get(at.ok()?)?;
        Some(value)
    }

    /// False when a node of this shape is kept out for sure. Names are looked at elsewhere.
    fn may_have(&self, need: &Need<'_>) -> bool {
        if need.of_field || need.key == HOSTNAME {
            return need.operator != Operator::DoesNotExist;
        }
        need.holds(self.label(need.key)) != Some(false)
    }
}

/// One node.
pub(super) struct Node {
    names: Vec<Arc<str>>,
    pub(super) shape: Arc<Shape>,
    pub(super) at: Option<Place>,
}

/// Nodes of one cluster.
#[derive(Debug, Clone, Default)]
pub(super) struct Nodes {
    shapes: Vec<(Arc<Shape>, Option<Place>)>,
    known: HashMap<Arc<Shape>, usize>,
    by_name: HashMap<Arc<str>, usize>,
    too_many: bool,
}

impl Nodes {
    /// One more.
    pub(super) fn note(&mut self, node: &Node) {
        let index = match self.known.get(&node.shape) {
            Some(index) => *index,
            None if self.shapes.len() >= MAX_SHAPES => {
                self.too_many = true;
                return;
            }
            None => {
                let index = self.shapes.len();
                self.shapes.push((Arc::clone(&node.shape), node.at));
                self.known.insert(Arc::clone(&node.shape), index);
                index
            }
        };
        if self.by_name.len() < MAX_NAMES {
            for name in &node.names {
                self.by_name.insert(Arc::clone(name), index);
            }
        }
    }

    /// Every shape.
    pub(super) fn shapes(&self) -> &[(Arc<Shape>, Option<Place>)] {
        match self.too_many {
            true => &[],
            false => &self.shapes,
        }
    }

    /// The node of a name.
    pub(super) fn named(&self, name: &str) -> Option<&(Arc<Shape>, Option<Place>)> {
        self.shapes.get(*self.by_name.get(name)?)
    }

    /// The shapes that may have all that is needed. None: that keeps none of them out, or they are not known.
    pub(super) fn left_by(&self, way: &[&Need<'_>]) -> Option<Vec<(Arc<Shape>, Option<Place>)>> {
        if self.shapes.is_empty() || self.too_many {
            return None;
        }
        let names_one = |need: &&&Need<'_>| {
            need.operator == Operator::In
                && (need.key == HOSTNAME || (need.of_field && need.key == NAME))
        };
        let mut candidates: Vec<usize> = (0..self.shapes.len()).collect();
        for need in way.iter().filter(names_one) {
            let texts = need.values.iter().filter_map(|value| value.text);
            let named: Vec<usize> = texts
                .filter_map(|name| self.by_name.get(name))
                .copied()
                .collect();
            candidates.retain(|index| named.contains(index));
        }
        let of = |index: &usize| self.shapes.get(*index);
        let left: Vec<_> = candidates
            .iter()
            .filter_map(of)
            .filter(|(shape, _)| way.iter().all(|need| shape.may_have(need)))
            .cloned()
            .collect();
        (left.len() < self.shapes.len()).then_some(left)
    }
}

impl<'a> Lens<'a> {
    /// A node object.
    pub(super) fn node(
        &self,
        node: &Resource,
        shapes: &mut HashMap<Arc<Shape>, Arc<Shape>>,
    ) -> Node {
        let labels = inside(&node.attributes, &["metadata", "labels"]);
        let labels = labels.and_then(Value::entries).unwrap_or_default();
        let name = &node.name;
        let mut names = vec![Arc::clone(name)];
        let mut own = Vec::with_capacity(labels.len());
        for (key, value) in labels {
            let Some(text) = text_of(value) else { continue };
            if &**key == HOSTNAME {
                names.push(text.into());
            } else if text != &**name {
                own.push((Arc::clone(key), Arc::from(text)));
            }
        }
        let place = self.place_of_node(node);
        let shape = Arc::new(Shape {
            labels: own,
            place: place.as_ref().map(|(value, label)| {
                let text = text_of(value).unwrap_or_default();
                (text.into(), label.map(|label| label.key.as_str()))
            }),
        });
        Node {
            names,
            shape: Arc::clone(shapes.entry(Arc::clone(&shape)).or_insert(shape)),
            at: place.and_then(|(value, _)| value.origin.place),
        }
    }

    /// The region of a node, or the zone; in its labels, else in its id.
    pub(super) fn place_of_node<'n>(
        &self,
        node: &'n Resource,
    ) -> Option<(&'n Value, Option<&'static MetadataKey>)> {
        let labels = inside(&node.attributes, &["metadata", "labels"]);
        let labelled = self.place_labels().find_map(|label| {
            let value = labels?.entry(&label.key)?;
            // Drivers write an empty zone where the region has none.
            text_of(value).map(|_| (value, Some(label)))
        });
        labelled.or_else(|| {
            let id = inside(&node.attributes, &["spec", "providerID"])?;
            text_of(id).map(|_| (id, None))
        })
    }
}
