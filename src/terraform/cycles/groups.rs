//! What a search for groups of nodes that depend on one another keeps in mind (Tarjan's algorithm).

/// What the search for groups knows of a node.
#[derive(Clone, Copy)]
pub(super) struct Met {
    pub(super) index: usize,
    /// The earliest node that it leads back to.
    low: usize,
    /// Its group is not complete yet.
    pub(super) open: bool,
}

pub(super) struct Search {
    /// By node.
    met: Vec<Option<Met>>,
    /// How many were met.
    count: usize,
    stack: Vec<usize>,
    pub(super) groups: Vec<Vec<usize>>,
}

impl Search {
    pub(super) fn among(nodes: usize) -> Self {
        Self {
            met: vec![None; nodes],
            count: 0,
            stack: Vec::new(),
            groups: Vec::new(),
        }
    }

    pub(super) fn met(&self, node: usize) -> Option<Met> {
        *self.met.get(node)?
    }

    fn met_mut(&mut self, node: usize) -> Option<&mut Met> {
        self.met.get_mut(node)?.as_mut()
    }

    /// False when a node was met before.
    pub(super) fn enter(&mut self, node: usize) -> bool {
        let index = self.count;
        let Some(slot @ None) = self.met.get_mut(node) else {
            return false;
        };
        *slot = Some(Met {
            index,
            low: index,
            open: true,
        });
        self.count += 1;
        self.stack.push(node);
        true
    }

    pub(super) fn low(&self, node: usize) -> usize {
        self.met(node).map_or(usize::MAX, |met| met.low)
    }

    pub(super) fn lower(&mut self, node: usize, to: usize) {
        if let Some(met) = self.met_mut(node) {
            met.low = met.low.min(to);
        }
    }

    /// All that follows a node was met: if it leads back no further than to itself, its group is complete.
    pub(super) fn close(&mut self, node: usize, to_itself: bool) {
        if self.met(node).is_none_or(|met| met.low != met.index) {
            return;
        }
        let mut group = Vec::new();
        while let Some(member) = self.stack.pop() {
            if let Some(met) = self.met_mut(member) {
                met.open = false;
            }
            group.push(member);
            if member == node {
                break;
            }
        }
        if group.len() > 1 || to_itself {
            self.groups.push(group);
        }
    }
}
